"""An article and a table of the sources of its run go in; the article whose links to other sources lead to their articles comes out.

Paths are compared as text. Nothing is read from disk: what a link leads to is known from the plan of the run.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec
from msgspec import Struct

from pubkit import readers
from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.model import Article, Link, Meta, Node, Note, Reference, rewrite
from pubkit.normalize import folded, near, placed

__all__ = ["Table", "linked", "path_key", "table"]

HINTS = 20
_INDEX = frozenset(("index", "_index", "readme"))


class Table(Struct, frozen=True):
    """Where the articles of a run are published: the address of each source, why a source has none, and sources by their last name.

    Sources are named by `path_key`.
    """

    addresses: dict[str, str] = {}
    absent: dict[str, str] = {}
    called: dict[str, tuple[str, ...]] = {}


def path_key(path: str) -> str:
    """The one way in which the path of a source is written in a `Table`."""
    return unicodedata.normalize("NFC", os.path.abspath(path).replace(os.sep, "/"))


def table(addresses: Mapping[str, str], absent: Mapping[str, str]) -> Table:
    """The table of a run.

    Args:
        addresses: by the path of a source, the address of its article's page, absolute or relative to the folder of the outputs.
        absent: by the path of a source, what keeps its article from being published, such as ``a draft``.
    """
    known = {path_key(path): address for path, address in addresses.items()}
    missing = {path_key(path): reason for path, reason in absent.items()}
    called: dict[str, list[str]] = {}
    for key in (*known, *missing):
        called.setdefault(PurePosixPath(_bare(key)).name, []).append(key)
    return Table(known, missing, {name: tuple(keys) for name, keys in called.items()})


def linked(article: Article, source: str, sources: Table) -> tuple[Article, tuple[Diagnostic, ...], tuple[tuple[str, int], ...]]:
    """The article with links to other articles of its run.

    A link to a source becomes one to the address of that source's article, query and fragment kept; a link to the article's own source, one
    within the article. A link to a source that the run does not have, or has no article of, stays, with ``link-broken``.

    Args:
        article: a normalized article.
        source: the path of its source, from which its links lead.
        sources: the table of the run.

    Returns:
        The article, what there is to say, and the sources that it now leads to, each with the line of the link.
    """
    work = _Linker(article, source, sources)
    for node, line in placed(article):
        if isinstance(node, Link):
            work.take(node.url, line)
    if not work.goals:
        return article, tuple(work.found), ()

    def change(node: Node) -> Node | tuple[Node, ...]:
        if not isinstance(node, Link) or node.url not in work.goals:
            return node
        goal = work.goals[node.url]
        if goal.startswith("#"):
            return Reference(node.content, goal[1:])
        return msgspec.structs.replace(node, url=goal) if goal else node.content

    return rewrite(article, change), tuple(work.found), tuple(work.used.items())


class _Linker:
    def __init__(self, article: Article, source: str, sources: Table) -> None:
        self.article, self.source, self.sources = article, source, sources
        self.own = path_key(source)
        self.home = self.own.rpartition("/")[0]
        self.suffixes: dict[str, str] = {}
        self.goals: dict[str, str] = {}  # by address as written: the new one, '#' and an id of this article, or '' for words alone
        self.used: dict[str, int] = {}
        self.found: list[Diagnostic] = []
        self.ids: dict[str, str] = {}

    def take(self, url: str, line: int) -> None:
        """Notes what becomes of a link, if it leads to a source."""
        parts = urlsplit(url)
        path = unquote(parts.path)
        suffix = PurePosixPath(path).suffix.lower()
        if parts.scheme or parts.netloc or not suffix:
            return
        self.suffixes = self.suffixes or {s: kind.name for kind in readers.kinds() for s in kind.suffixes}
        if suffix not in self.suffixes:
            return
        key = self.find(unicodedata.normalize("NFC", path))
        if key == self.own and parts.fragment:
            self.goals[url] = self.within(parts.fragment, line)
        elif key in self.sources.addresses:
            self.goals[url] = _address(self.sources.addresses[key], parts.query, parts.fragment)
            self.used.setdefault(key, line)
        elif key in self.sources.absent:
            self.say(f"the link to {url[:80]!r} leads to {self.sources.absent[key]}: it stays as it is", line)
        elif self.suffixes[suffix] not in ("text", "json", "epub"):  # a file of text or data may be there to be taken as it is
            hint = self.hint(path)
            self.say(f"the link to {url[:80]!r} leads to a source that is not in this run: it stays as it is"
                     + (f". Did you mean {hint!r}?" if hint else "; build both together, or link to an address"), line)

    def find(self, path: str) -> str:
        """The source of a path: the one that lies there, seen from the article; else the only one of the run whose path ends so."""
        key = path_key(f"{self.home}/{path}")
        if not path.startswith("/") and (key in self.sources.addresses or key in self.sources.absent):
            return key
        if path.startswith(("./", "../")):
            return ""
        end = "/" + os.path.normpath(path.lstrip("/")).replace(os.sep, "/")
        same = self.sources.called.get(PurePosixPath(_bare(end)).name, ())
        ends = [key for key in same if key.endswith(end)] or [key for key in same if _bare(key).endswith(_bare(end))]
        return ends[0] if len(ends) == 1 else ""

    def within(self, fragment: str, line: int) -> str:
        """'#' and the id that a fragment means in this article; '' where it means none."""
        if not self.ids:
            nodes = (node for node, _ in placed(self.article) if not isinstance(node, (Meta, Note)))
            names = [str(name) for node in nodes if (name := getattr(node, "id", ""))]
            self.ids = {folded(name): name for name in reversed(names)} | {name: name for name in names}
        name = self.ids.get(unquote(fragment)) or self.ids.get(folded(fragment))
        if name is None:
            self.say(f"there is no block with the id {unquote(fragment)!r}; the link's words stay", line)
        return f"#{name}" if name else ""

    def hint(self, path: str) -> str:
        """A source of the run with a path like this one."""
        if len(self.found) >= HINTS or len(self.sources.addresses) > 500:
            return ""
        return near(os.path.normpath(path), (os.path.relpath(key, self.home) for key in self.sources.addresses if key != self.own))

    def say(self, message: str, line: int) -> None:
        self.found.append(diagnostic("link-broken", message, self.source, line))


def _bare(path: str) -> str:
    """A path without its suffix, and without the name of a file that stands for its folder."""
    bare = path.removesuffix(PurePosixPath(path).suffix)
    folder, _, name = bare.rpartition("/")
    return folder if folder and name.lower() in _INDEX else bare


def _address(address: str, query: str, fragment: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=parts.query or query, fragment=fragment.removeprefix("user-content-") or parts.fragment))
