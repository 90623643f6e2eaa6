"""``pubkit.toml`` goes in; the publication that it describes comes out, with every fault named by file, line and what to do."""

from __future__ import annotations

import difflib
import os
import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from pubkit.diagnostics import PubkitError
from pubkit.model import Person
from pubkit.normalize import clean_text, language_tag, safe_url

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Author", "Feeds", "Paths", "Publication", "checked", "find", "home_of", "json_schema", "line_of", "load", "zone"]

FILE = "pubkit.toml"
NAMELESS = "Unnamed publication"
Kind: TypeAlias = Literal["tag", "author", "section", "series", "language"]
ADDRESS = ("slug", "folder", "section", "year", "month", "day")
_SAID = msgspec.Meta


class Author(Struct, frozen=True, forbid_unknown_fields=True):
    """An author of the publication."""

    name: str
    email: str = ""
    url: str = ""


class Paths(Struct, frozen=True, forbid_unknown_fields=True):
    """Where articles and outputs lie, seen from the folder of ``pubkit.toml``, and how the addresses of articles are made."""

    articles: Annotated[tuple[str, ...], _SAID(description="Folders and files that are searched for articles.")] = (".",)
    out: Annotated[str, _SAID(description="The folder of the outputs, which is the root of the site.")] = ""
    address: Annotated[str, _SAID(
        description="The address of an article below url: {slug}, {folder}, {section}, {year}, {month}, {day}. An end of / is a folder "
        "with an index.html.", examples=["{slug}.html", "{year}/{slug}/"])] = "{slug}.html"


class Feeds(Struct, frozen=True, forbid_unknown_fields=True):
    """The feeds of the publication. A file name that ends in ``/`` is a folder with an index file; '' is none."""

    content: Annotated[Literal["full", "summary"], _SAID(description="What an entry holds: the whole article, or its summary.")] = "full"
    limit: Annotated[int, _SAID(ge=1, le=100_000, description="How many entries a feed has.")] = 20
    rss: Annotated[str, _SAID(description="The file of the RSS feed, below the site.", examples=["index.xml", "feed/"])] = "rss.xml"
    atom: Annotated[str, _SAID(description="The file of the Atom feed, below the site.")] = "atom.xml"
    jsonfeed: Annotated[str, _SAID(description="The file of the JSON Feed, below the site.")] = "feed.json"
    opml: Annotated[str, _SAID(description="The file that lists all feeds (OPML 2.0); '' for none.")] = "feeds.opml"
    by: Annotated[tuple[Kind, ...], _SAID(description="Feeds of their own for each tag, author, section, series or language.")] = ()
    name: Annotated[str, _SAID(description="The files of these feeds: {kind}, {key} and {file}.")] = "{kind}/{key}/{file}"
    archive: Annotated[bool, _SAID(description="Whether all entries stand in archive pages, one a month (RFC 5005, section 4).")] = True
    archives: Annotated[str, _SAID(description="The files of the archive pages: {year}, {month} and {file}.")] = (
        "archive/{year}-{month}/{file}")
    complete: Annotated[bool, _SAID(description="Whether feeds hold every entry and say so (RFC 5005, section 2); no limit and no archive "
                                    "then.")] = False
    hubs: Annotated[tuple[str, ...], _SAID(description="WebSub hubs that `pubkit ping` tells of changes.")] = ()
    state: Annotated[str, _SAID(description="The file, beside pubkit.toml, that remembers when articles changed.")] = "pubkit.state.json"

    def file(self, format_: str) -> str:
        """The name of a format's file (rss, atom, jsonfeed), which may end in ``/``."""
        return {"rss": self.rss, "atom": self.atom, "jsonfeed": self.jsonfeed}[format_]


class Publication(Struct, frozen=True, forbid_unknown_fields=True):
    """The publication that an article appears in: title, address of its site, language (BCP 47) and author by default, description.

    ``timezone`` is a name of the IANA's time zone database: dates that name no zone are taken there.
    ``smart`` says whether straight quotes and hyphens become those of print.
    ``options`` are those of formats, such as ``{"pdf": {"contents": False}}``. Without ``feeds`` each format has one feed of all articles.
    """

    title: Annotated[str, _SAID(description="The name of the publication.")] = ""
    url: Annotated[str, _SAID(description="The address of its site.", examples=["https://example.org/"])] = ""
    language: Annotated[str, _SAID(description="The language of articles that name none (BCP 47).", examples=["en", "pt-BR"])] = ""
    author: Annotated[str, _SAID(description="The author of articles that name none.")] = ""
    description: Annotated[str, _SAID(description="What the publication is, in a sentence.")] = ""
    rights: Annotated[str, _SAID(description="Who holds the rights, in words.")] = ""
    theme: Annotated[str, _SAID(description="The name of a theme, or the folder of one.")] = ""
    timezone: Annotated[str, _SAID(description="The time zone of dates that name none.", examples=["Europe/Kyiv"])] = "UTC"
    smart: Annotated[bool, _SAID(description="Whether quotation marks, dashes and dots become those of print.")] = False
    authors: Annotated[tuple[str | Author, ...], _SAID(description="The authors of articles that name none; instead of author.")] = ()
    license: Annotated[str, _SAID(description="The licence, as an address or in words.")] = ""
    logo: Annotated[str, _SAID(description="The logo: a picture beside pubkit.toml, or an address.")] = ""
    icon: Annotated[str, _SAID(description="A small square logo: a picture beside pubkit.toml, or an address.")] = ""
    formats: Annotated[tuple[str, ...], _SAID(description="The formats that are made.", examples=[["html", "rss", "atom"]])] = ()
    paths: Paths = Paths()
    feeds: Feeds | None = None
    options: Annotated[dict[str, dict[str, Any]], _SAID(description="Options of formats, such as [options.pdf].")] = {}

    def __post_init__(self) -> None:
        if not self.url.isascii():  # addresses are made of it, and ids of these
            force_setattr(self, "url", safe_url(self.url) or self.url)

    @property
    def people(self) -> tuple[Person, ...]:
        """The authors of articles that name none."""
        given = self.authors or ((self.author,) if self.author else ())
        return tuple(Person(a) if isinstance(a, str) else Person(a.name, a.email, a.url) for a in given)


def load(path: Path) -> Publication:
    """The publication of a ``pubkit.toml``. Raises `PubkitError` with file, line and a hint."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+), column (\d+)", str(error))
        place = (int(line[1]), int(line[2])) if line else (0, 0)
        raise PubkitError(f"this is no TOML: {error}", file=str(path), line=place[0], column=place[1]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PubkitError(f"the file cannot be read: {error}", file=str(path)) from error
    return checked(raw, str(path), text)


def home_of(path: Path) -> Path | None:
    """The folder of the nearest ``pubkit.toml``, from a file or folder upwards, whose articles lie there; None where there is none."""
    given = Path(path).absolute()
    for folder in (given, *given.parents):
        if (folder / FILE).is_file():
            shown = folder if Path(path).is_absolute() else Path(os.path.relpath(folder))
            return shown if folder == given or _holds(shown, given) else None
    return None


def _holds(folder: Path, path: Path) -> bool:
    """Whether the publication in a folder searches a path for articles."""
    return any(path.resolve().is_relative_to((folder / part).resolve()) for part in load(folder / FILE).paths.articles)


def find(path: Path) -> Publication:
    """The publication that a file or folder belongs to (see `home_of`), or an empty one."""
    home = home_of(path)
    return load(home / FILE) if home else Publication()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``pubkit.toml``, for editors."""
    schema = msgspec.json.schema(Publication)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FILE, **schema}


# --- What is wrong ------------------------------------------------------------------------------------------------------------------

class _Fault(Exception):
    """What is wrong with a key: its path, what there is to say, and what to do."""

    def __init__(self, keys: Sequence[str], message: str, hint: str = "") -> None:
        super().__init__(message)
        self.keys, self.message, self.hint = keys, message, hint


def checked(raw: dict[str, Any], file: str, text: str = "") -> Publication:
    """A publication of keys and values. ``text`` is the TOML they were read from, for the lines of faults. Raises `PubkitError`."""
    try:
        _known(raw, Publication, ())
        given = _cleaned(_converted(raw))
        if text and raw.get("formats") == []:
            raise _Fault(("formats",), "formats is empty", "Name some, or leave the key out")
        _usable(given, raw)
        return given
    except _Fault as fault:
        raise PubkitError(fault.message, file=file, line=_line(text, fault.keys), hint=fault.hint) from None


def _known(raw: Mapping[str, Any], kind: type[Struct], path: tuple[str, ...]) -> None:
    hints = get_type_hints(kind)
    for key, value in raw.items():
        if key not in hints:
            close = difflib.get_close_matches(key, hints, 1)
            where = f" in [{'.'.join(path)}]" if path else ""
            raise _Fault((*path, key), f"the key {key!r} is not known{where}",
                         (f"Did you mean {close[0]}? " if close else "") + f"Known: {', '.join(hints)}")
        inner = next((k for k in (hints[key], *get_args(hints[key])) if isinstance(k, type) and issubclass(k, Struct)), None)
        if inner and isinstance(value, dict):
            _known(value, inner, (*path, key))
        if key == "authors" and isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    _known(one, Author, (*path, key))


def _converted(raw: dict[str, Any]) -> Publication:
    try:
        return msgspec.convert(raw, Publication)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        keys = re.findall(r"[\w-]+", re.sub(r"\[[^]]*\]", "", place))
        for name, words in _TYPES.items():
            message = message.replace(f"`{name}`", words)
        hint = _wanted(keys)
        hint = hint if "a list" in message or not hint.startswith("Write a list") else ""
        raise _Fault(keys, f"{'.'.join(keys)}: {message}" if keys else message, hint) from error


_TYPES = {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "array": "a list", "object": "a table",
          "object | null": "a table", "str | object": "text or a table"}  # what msgspec calls what TOML has


def _wanted(keys: Sequence[str]) -> str:
    """The values that a key may have, where they are few."""
    kind: Any = Publication
    for key in keys:
        hints = get_type_hints(kind)
        if key not in hints:
            return ""
        kind = next((k for k in (hints[key], *get_args(hints[key])) if isinstance(k, type) and issubclass(k, Struct)), hints[key])
    inner = next((k for k in (kind, *get_args(kind)) if get_origin(k) is Literal), None)
    return f"Values: {', '.join(get_args(inner))}" if inner else "Write a list, such as [\"one\"]" if get_origin(kind) is tuple else ""


def _cleaned(given: Publication) -> Publication:
    """The publication without characters that no output can hold."""
    words = {f: clean_text(v, line=True) for f in given.__struct_fields__ if isinstance(v := getattr(given, f), str)}
    authors = tuple(clean_text(a, line=True) if isinstance(a, str) else
                    Author(*(clean_text(getattr(a, f), line=True) for f in a.__struct_fields__)) for a in given.authors)
    return msgspec.structs.replace(given, **words, authors=authors)


def _usable(given: Publication, raw: Mapping[str, Any]) -> None:
    """Raises `_Fault` for what the types let through and nothing can be made of."""
    if given.url and (not _is_site(given.url) or urlsplit(given.url).query or urlsplit(given.url).fragment):
        raise _Fault(("url",), f"url is {given.url!r}" if "@" not in given.url else "url holds a name or a password",
                     "Write the whole address of the site alone, such as https://example.org/")
    if given.language and not language_tag(given.language):
        raise _Fault(("language",), f"language is {given.language!r}", "Write a tag of BCP 47, such as en, uk or pt-BR")
    try:
        zone(given.timezone)
    except PubkitError as error:
        raise _Fault(("timezone",), error.message, error.hint) from None
    if given.author and given.authors:
        raise _Fault(("author",), "there are both author and authors", "Put all of them into authors")
    if any(not person.name for person in given.people):
        raise _Fault(("authors",), "an author has no name", "Give each a name")
    if not given.paths.articles:
        raise _Fault(("paths", "articles"), "paths.articles is empty", 'Name the folders of the articles, such as ["articles"]')
    _pattern(("paths", "address"), given.paths.address, ADDRESS, ("slug",))
    if given.feeds:
        _usable_feeds(given.feeds, raw.get("feeds", {}))


def _usable_feeds(feeds: Feeds, raw: Mapping[str, Any]) -> None:
    names: dict[str, str] = {}
    for key in ("rss", "atom", "jsonfeed", "opml", "state"):
        name = getattr(feeds, key)
        if not name and key != "opml":
            raise _Fault(("feeds", key), f"feeds.{key} is empty", "Give the file a name" + (", or leave the format out of formats"
                                                                                           if key != "state" else ""))
        _pattern(("feeds", key), name, ())
        plain = name.rstrip("/").casefold()
        other = next((k for n, k in names.items() if plain == n or (n.startswith(plain + "/") and not name.endswith("/"))
                      or (plain.startswith(n + "/") and not getattr(feeds, k).endswith("/"))), key) if name else key
        names[plain] = key
        if other != key:
            raise _Fault(("feeds", key if key in raw else other), f"feeds.{key} and feeds.{other} have one place, {name!r}",
                         "Give each a file or folder of its own")
    _pattern(("feeds", "name"), feeds.name, ("kind", "key", "file"), ("kind", "key", "file"))
    _pattern(("feeds", "archives"), feeds.archives, ("year", "month", "file"), ("year", "month", "file"))
    if feeds.complete and raw.get("archive"):
        raise _Fault(("feeds", "archive"), "a complete feed has no archive (RFC 5005, section 2)", "Leave one of archive and complete out")
    for hub in feeds.hubs:
        if not _is_site(hub):
            raise _Fault(("feeds", "hubs"), "a hub is no address, or holds a name or password", "Write it as https://hub.example/")


def _pattern(keys: Sequence[str], text: str, known: Sequence[str], needed: Sequence[str] = ()) -> None:
    """Raises `_Fault` if a pattern of a file name names fields that there are not, lacks one, or leads out of the folder."""
    name = ".".join(keys)
    try:
        fields = [field for _, field, spec, conversion in string.Formatter().parse(text) if field is not None or spec or conversion]
    except ValueError:
        fields = [text]
    for field in fields:
        if field not in known:
            hint = f"Known: {', '.join('{' + f + '}' for f in known)}" if known else "No braces stand in this name"
            raise _Fault(keys, f"{name} is {text!r}, in which {field!r} has no meaning", hint)
    for field in needed:
        if field not in fields:
            raise _Fault(keys, f"{name} is {text!r}, so that several files would have one name", f"Put {{{field}}} into it")
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or re.search(r"[\\?#:\x00-\x1f]|//", text):
        raise _Fault(keys, f"{name} is {text!r}, which is no path below the site", "Write a relative path with forward slashes")


def _is_site(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = "@" not in parts.netloc and not re.search(r"[\s<>\"{}|\\^`]", url)  # a name or password would stand in every feed
        return parts.scheme in ("http", "https") and bool(parts.hostname) and plain
    except ValueError:
        return False


def _line(text: str, keys: Sequence[str]) -> int:
    """The line of a key in a TOML text, or of the table that it should be in; 0 where neither is found."""
    table: list[str] = []
    best = 0
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            table = [part.strip(" \"'") for part in head[1].split(".")]
            best = number if table == list(keys[: len(table)]) else best
        elif entry := re.match(r"\s*([\w.\"' -]+?)\s*=", line):
            own = [*table, *(part.strip(" \"'") for part in entry[1].split("."))]
            if own == list(keys) or own == list(keys[:-1]):
                return number
    return best


def line_of(path: Path, *keys: str) -> int:
    """The line of a key in a ``pubkit.toml``; 0 where it cannot be found."""
    try:
        return _line(path.read_text(encoding="utf-8-sig"), keys)
    except (OSError, UnicodeDecodeError):
        return 0


@lru_cache(maxsize=8)
def zone(name: str) -> ZoneInfo:
    """The time zone of a name. Raises `PubkitError` for what is no zone, or not the same one on every machine."""
    from zoneinfo import ZoneInfo, available_timezones

    zones = available_timezones() - {"localtime"}
    if name in zones:
        return ZoneInfo(name)
    wanted = name.replace(" ", "_").casefold()
    same = sorted(z for z in zones if wanted in (z.casefold(), z.rpartition("/")[2].casefold()))
    close = same or difflib.get_close_matches(name, sorted(zones), 1)
    raise PubkitError(f"timezone is {name!r}",
                      hint=(f"Did you mean {close[0]}? " if close else "") + "Write the name of a place, such as Europe/Kyiv, or UTC")
