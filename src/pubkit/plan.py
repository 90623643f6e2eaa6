"""Paths go in; the jobs of a run come out, with what fails before it begins, and where links between articles lead."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from pubkit import model, readers
from pubkit.diagnostics import PubkitError, ReadError, UsageError
from pubkit.jobs import (
    Job,
    Result,
    Settings,
    beside,
    placed_at,
)
from pubkit.metadata import override, page_path
from pubkit.model import Article, Meta, Text
from pubkit.preserve import records
from pubkit.publication import Publication
from pubkit.readers.encoding import decode
from pubkit.references import Table, table

__all__ = ["home_folder", "is_whole", "listed", "plan", "sources", "within"]

_HEAD = re.compile(r"(?:slug|url|canonical|permalink|draft|published|status)[\"']?[ \t]*[:=]", re.IGNORECASE)
_HEAD_FIELDS = ("slug", "url", "draft", "published", "updated", "section")
_LEFT_OUT = frozenset(("readme", "_index", "license", "licence", "changelog", "contributing", "copying"))


def listed(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    given = list(paths)
    if not all(isinstance(path, (str, os.PathLike)) for path in given):
        raise UsageError("build takes the paths of files and folders", hint="pubkit.export makes files of an article in memory")
    return [os.fspath(path) for path in given]


def home_folder(path: str) -> Path:
    given = Path(path)
    return given if given.is_dir() else given.parent


def within(given: Sequence[str], settings: Settings) -> list[str]:
    """The paths of a run, the folder of the publication replaced by those that its articles lie in."""
    home = Path(settings.home).resolve() if settings.home else None
    out: list[str] = []
    for path in given:
        if home is None or Path(path).resolve() != home:
            out.append(path)
        else:
            out += [os.path.normpath(Path(path) / part) for part in settings.publication.paths.articles]
    return list(dict.fromkeys(out))


def sources(folder: Path, out: Path | None = None) -> Iterator[Path]:
    """The articles below a folder, sorted: Markdown and text, but not hidden ones, READMEs, licences, or what is in ``out`` or a bag."""
    suffixes = _searched()
    own = out.resolve() if out else None
    for root, folders, files in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(d for d in folders if not d.startswith(".") and (here / d).resolve() != own
                            and not (here / d / records.BAG).exists())
        for name in sorted(files):
            path = here / name
            if path.suffix.lower() in suffixes and not name.startswith(".") and path.stem.lower() not in _LEFT_OUT:
                yield path


def _searched() -> list[str]:
    """The suffixes of files that a folder is searched for. JSON and EPUB are outputs too, which often lie beside the sources."""
    return [s for kind in readers.kinds() if kind.name not in ("json", "epub") for s in kind.suffixes]


def plan(paths: Sequence[str], settings: Settings) -> tuple[list[Job], list[Result], Table]:
    """The jobs of a run, what fails before it begins (missing files, empty folders, slugs that stand twice), and where links lead."""
    found: list[str] = []
    folders: dict[str, str] = {}
    failed: list[Result] = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            inside = [str(p) for p in sources(path, Path(settings.out))]
            if not inside:
                failed.append(Result(given, error=ReadError("the folder holds no articles", file=given,
                                                            hint=f"Articles end in {' '.join(_searched())}")))
            for source in inside:
                if Path(source).is_symlink() and not Path(source).resolve().is_relative_to(path.resolve()):
                    failed.append(Result(source, error=ReadError("this is a link that leads out of the folder", file=source,
                                                                 hint="Give the file that it leads to, or copy it here")))
                else:
                    found.append(source)
                    folders[source] = _folder(Path(os.path.relpath(source, path)))
        elif path.exists():
            found.append(given)
        else:
            failed.append(Result(given, error=ReadError("there is no such file or folder", file=given, hint="Check the path")))
    works = [Job(source, _folder_of(source, folders, settings)) for source in dict.fromkeys(found)]
    heads = {work.source: _head(work, settings) for work in works}
    by_slug: dict[str, list[Job]] = {}
    for work in works:
        head = heads[work.source]
        by_slug.setdefault(posixpath.join(beside(head, placed_at(work, settings).publication), head.slug).casefold(), []).append(work)
    jobs = []
    for slug, same in by_slug.items():
        if len(same) == 1:
            jobs.append(same[0])
            continue
        for work in same:
            others = ", ".join(s.source for s in same if s != work)
            failed.append(Result(work.source, slug, error=UsageError(
                f"the slug {slug!r} is also that of {others}", file=work.source,
                hint="Give one of them another slug in its front matter, or both addresses of their own: paths.address in pubkit.toml")))
    absent = {r.source: "a source that fails" for r in failed}
    absent |= {j.source: "a draft, which is left out" for j in jobs if heads[j.source].draft and not settings.drafts}
    built = {j.source: heads[j.source] for j in jobs if j.source not in absent}
    abouts = {work.source: placed_at(work, settings).publication for work in jobs}
    pages = {source: head.url or quote(page_path(head, abouts[source])) for source, head in built.items()}
    return jobs, failed, table(pages, absent)


def _folder_of(source: str, folders: Mapping[str, str], settings: Settings) -> str:
    """The folder of a source below those of the publication, whatever part of it is built; else below the one that was searched."""
    path = Path(source).resolve()
    for part in settings.publication.paths.articles if settings.home else ():
        root = (Path(settings.home) / part).resolve()
        if path.is_relative_to(root):
            return _folder(path.relative_to(root))
    return folders.get(source, "")


def _folder(path: Path) -> str:
    return "" if path.parent == Path() else path.parent.as_posix()


def _head(work: Job, settings: Settings) -> Meta:
    """Slug, address and draft as the article of a source will have them, read from its head alone; the job says what is wrong there."""
    from pubkit.api import ready

    source, settings = work.source, placed_at(work, settings)
    try:
        kind = settings.kind or readers.kind_of(source)
        said = _said(source, kind, settings.encoding, settings.publication.paths.address != Publication().paths.address)
        head = override(Meta(slug=said.slug, url=said.url, draft=said.draft, published=said.published, updated=said.updated,
                             section=said.section), {name: settings.meta.get(name) for name in _HEAD_FIELDS})
        return ready(Article(head), settings.publication, source)[0].meta
    except (PubkitError, OSError, UnicodeDecodeError, msgspec.MsgspecError, RecursionError):
        return ready(Article(Meta()), settings.publication, source)[0].meta


def _said(source: str, kind: str, encoding: str, dated: bool) -> Meta:
    """What the head of a source says; ``dated``: whether its dates and section are wanted."""
    if kind == "json":
        return model.decode(Path(source).read_bytes()).meta
    if kind == "epub":
        from pubkit.readers import epub

        return epub.meta(Path(source).read_bytes(), source)
    if kind not in ("markdown", "text"):
        return Meta()
    from pubkit.readers import front_matter

    text, _ = decode(Path(source).read_bytes(), source, encoding)
    # Most sources have no such key; to see that is much faster than to read YAML.
    if not dated and not _HEAD.search(text):
        return Meta()
    mapping, _, _ = front_matter.split(text, source)
    return front_matter.to_meta(mapping, lambda words: (Text(words),), source)[0]


def is_whole(taken: Iterable[str], settings: Settings) -> bool:
    """Whether the sources of a run are all that its publication has."""
    here = {Path(source).resolve() for source in taken}
    home = Path(settings.home)
    parts = [home / part for part in settings.publication.paths.articles]
    return all(path.resolve() in here for part in parts if part.is_dir() for path in sources(part, Path(settings.out)))
