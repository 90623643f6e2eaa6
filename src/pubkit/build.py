"""Paths and settings go in; files in every format asked for come out, one independent job an article, feeds gathered at the end.

`rebuild` does the same from archived PDFs alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import posixpath
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec
from msgspec import Struct

from pubkit import exporters, model, readers, syndication
from pubkit.diagnostics import Diagnostic, ExportError, OptionError, PubkitError, ReadError, UnknownFormat, UsageError, diagnostic
from pubkit.exporters import Output
from pubkit.exporters.base import Attachment
from pubkit.exporters.entries import Site
from pubkit.exporters.feedparts import newest_first
from pubkit.files import copy_file, indexed, media_type_of, write_file
from pubkit.metadata import file_slug, override, page_file, page_path
from pubkit.model import Article, Entry, Feed, FeedMeta, Image, Meta, Text, Volume, walk
from pubkit.preserve import records
from pubkit.preserve.records import Made, Outcome
from pubkit.publication import FILE as PUBLICATION_FILE
from pubkit.publication import Paths, Publication, home_of, load
from pubkit.readers.base import Read
from pubkit.readers.encoding import decode
from pubkit.references import Table, linked, path_key, table
from pubkit.resolve import local_file
from pubkit.state import Record, State, moment, remembered
from pubkit.syndication import alternates
from pubkit.theme import Theme
from pubkit.theme import load as theme_of

__all__ = ["DEFAULT_FORMATS", "Job", "Report", "Result", "Settings", "build", "job", "rebuild", "sources"]

log = logging.getLogger("pubkit.build")
DEFAULT_FORMATS = ("pdf", "epub", "docx", "rss", "atom")
Transform = Callable[[Article], Article]
_HEAD = re.compile(r"(?:slug|url|canonical|permalink|draft|published|status)[\"']?[ \t]*[:=]", re.IGNORECASE)
_HEAD_FIELDS = ("slug", "url", "draft", "published", "updated", "section")
PATHS = (("docx", "reference_doc"), ("pdf", "fonts"))  # options that are paths
_LEFT_OUT = frozenset(("readme", "_index", "license", "licence", "changelog", "contributing", "copying"))


class Settings(Struct, frozen=True):
    """What every job of a run shares; picklable.

    ``options`` are by format, ``meta`` stands over the sources' metadata, ``archive`` embeds in each PDF what it is made from, ``sources``
    says where links to other sources lead, ``home`` is the folder of the publication, ``state`` what it remembers of its articles.
    """

    out: str
    formats: tuple[str, ...] = DEFAULT_FORMATS
    theme: str = "journal"
    publication: Publication = Publication()
    options: dict[str, dict[str, Any]] = {}
    meta: dict[str, Any] = {}
    kind: str | None = None
    encoding: str = ""
    strict: bool = False
    drafts: bool = False
    transform: Transform | None = None
    archive: bool = False
    sources: Table = Table()
    home: str = ""
    state: State | None = None


class Job(Struct, frozen=True):
    """One article to build: its source, as given or found, and the folder it lies in below the one that was searched."""

    source: str
    folder: str = ""


class Result(Struct, frozen=True):
    """What came of one job: files written, the entry for feeds, diagnostics, and the error that stopped it.

    ``links`` are the sources of the run that the article links to, as `pubkit.references.path_key` writes them, each with a line.
    ``pictures`` are the files of its pictures and enclosures, ``record`` is what is to be remembered of it.
    """

    source: str
    slug: str = ""
    title: str = ""
    made: tuple[Made, ...] = ()
    entry: Entry | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    error: PubkitError | None = None
    skipped: str = ""
    links: tuple[tuple[str, int], ...] = ()
    pictures: tuple[str, ...] = ()
    record: Record | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of the files written, in order."""
        return tuple(made.path for made in self.made)


class Report(Struct, frozen=True):
    """What came of a run: one result an article, and under the source '' the feeds' files and what concerns no article alone."""

    results: tuple[Result, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file written, in order."""
        return tuple(f for r in self.results for f in r.files)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every diagnostic, in order."""
        return tuple(d for r in self.results for d in r.diagnostics)

    @property
    def errors(self) -> tuple[PubkitError, ...]:
        """Every error, in order."""
        return tuple(r.error for r in self.results if r.error)

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.errors


def build(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], out: str | os.PathLike[str] | None = None,
          formats: Sequence[str] | None = None, *,
          theme: str | None = None, publication: Publication | None = None, options: Mapping[str, Mapping[str, Any]] | None = None,
          meta: Mapping[str, Any] | None = None, kind: str | None = None, encoding: str = "", smart: bool | None = None,
          strict: bool = False, drafts: bool = False, jobs: int = 1, archive: bool = False, report: bool | None = None,
          bag: str | os.PathLike[str] | None = None, transform: Transform | None = None, now: datetime | None = None,
          progress: Callable[[Result], None] | None = None) -> Report:
    """Build articles into a folder. An article that fails stops no other; its error is in the report.

    Args:
        paths: a file or folder, or several; folders are searched for articles, that of a publication where its ``paths.articles`` says.
        out: the folder for the outputs, made if it is missing; by default the publication's, else ``out``.
        formats: names of ``pubkit formats``; by default the publication's, else `DEFAULT_FORMATS`.
        theme: the name of a theme, or the path of one; by default the publication's, else journal.
        publication: by default the ``pubkit.toml`` that the first path belongs to.
        options: by format, what its ``Options`` knows; over those of the publication.
        meta: fields of `Meta` that stand over those of every source.
        kind: the kind of every source (markdown, text, json, epub); by default what its name says.
        encoding: the name of every source's encoding; by default UTF-8 or UTF-16, else what the source declares or its letters show.
        smart: whether straight quotes and hyphens become those of print; by default what the publication says.
        strict: whether warnings make an article fail.
        drafts: whether drafts are built.
        jobs: how many processes work at once.
        archive: whether each PDF carries what it is made from.
        report: whether ``manifest.json`` and ``report.csv`` of the run stand beside the outputs; by default with ``archive`` or ``bag``.
        bag: a folder, missing or empty, for a bag (RFC 8493) of outputs, sources, manifest and report.
        transform: a function from article to article, called before the exporters; picklable where ``jobs`` > 1.
        now: the date of what changed in a publication with feeds; by default ``SOURCE_DATE_EPOCH``, else the clock.
        progress: called with each result as it comes.

    Raises `UnknownFormat`, `OptionError`, `ThemeError`, `UsageError` before anything is written, and `ExportError` if ``out`` is no folder.
    """
    given = _paths(paths)
    if not given:
        raise UsageError("there is nothing to build", hint="Give files or folders")
    home = home_of(Path(given[0]))
    home = Path(os.path.relpath(home)) if home and not Path(given[0]).is_absolute() else home
    about = publication or (load(home / PUBLICATION_FILE) if home else Publication())
    if smart is not None:
        about = msgspec.structs.replace(about, smart=smart)
    target = os.fspath(out) if out is not None else str(home / about.paths.out) if home and about.paths.out else "out"
    settings = Settings(target, tuple(dict.fromkeys(formats if formats is not None else about.formats or DEFAULT_FORMATS)),
                        theme or _theme(about, home), about, _chosen(about, home, options or {}), dict(meta or {}), kind, encoding, strict,
                        drafts, transform, archive, home=str(home or ""))
    _check(settings)
    if bag is not None:
        records.check_bag(Path(bag))
        if Path(bag).resolve() == Path(settings.out).resolve():
            raise UsageError("the bag cannot be the folder of the outputs", hint="Give the bag a folder of its own")
    given = _within(given, settings)
    planned, failed, addresses = _plan(given, settings)
    state, troubles = _state(settings, now)
    settings = msgspec.structs.replace(settings, sources=addresses, state=state)
    results = [*failed, *troubles]
    for result in results:
        if progress:
            progress(result)
    for result in _run(planned, settings, jobs):
        results.append(result)
        if progress:
            progress(result)
    whole = not settings.home or _whole(planned, settings)
    lasts: list[Callable[[], Result | None]] = [
        lambda: _stranded(results), lambda: None if troubles and state is None else _feeds(results, settings, whole),
        lambda: _remember(results, settings, whole)]
    if report or (report is None and (archive or bag is not None)):
        lasts.append(lambda: _recorded(results, settings, given))
    if bag is not None:
        lasts.append(lambda: _bagged(results, settings, given, bag))
    for step in lasts:
        last = step()
        if last:
            results.append(last)
            if progress:
                progress(last)
    return Report(tuple(results))


def _theme(about: Publication, home: Path | None) -> str:
    """The theme of a publication: a name, or a folder seen from that of ``pubkit.toml``."""
    return str(home / about.theme) if home and "/" in about.theme else about.theme or "journal"


def _chosen(about: Publication, home: Path | None, given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The options of formats: those of ``pubkit.toml``, whose paths lead from its folder, and over them those of the call."""
    file = str(home / PUBLICATION_FILE) if home else ""
    chosen: dict[str, dict[str, Any]] = {}
    for name, options in about.options.items():
        try:
            exporters.exporter(name).checked(options)
        except (UnknownFormat, OptionError) as error:
            raise type(error)(f"[options.{name}]: {error.message}", file=file, hint=error.hint) from None
        chosen[name] = {key: _from(home, value) if (name, key) in PATHS and home else value for key, value in options.items()}
    for name, more in given.items():
        chosen[name] = {**chosen.get(name, {}), **more}
    return chosen


def _from(home: Path, value: Any) -> Any:
    """A path of ``pubkit.toml``, or several, from its folder."""
    if isinstance(value, list):
        return [str(home / one) for one in value]
    return os.pathsep.join(str(home / one) for one in value.split(os.pathsep)) if isinstance(value, str) and value else value


def _within(given: Sequence[str], settings: Settings) -> list[str]:
    """The paths of a run, the folder of the publication replaced by those that its articles lie in."""
    home = Path(settings.home).resolve() if settings.home else None
    out: list[str] = []
    for path in given:
        if home is None or Path(path).resolve() != home:
            out.append(path)
        else:
            out += [os.path.normpath(Path(path) / part) for part in settings.publication.paths.articles]
    return list(dict.fromkeys(out))


def _paths(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    given = list(paths)
    if not all(isinstance(path, (str, os.PathLike)) for path in given):
        raise UsageError("build takes the paths of files and folders", hint="pubkit.export makes files of an article in memory")
    return [os.fspath(path) for path in given]


def _home(path: str) -> Path:
    given = Path(path)
    return given if given.is_dir() else given.parent


def _whole(planned: Sequence[Job], settings: Settings) -> bool:
    """Whether a run has all articles of its publication."""
    here = {Path(work.source).resolve() for work in planned}
    home = Path(settings.home)
    parts = [home / part for part in settings.publication.paths.articles]
    return all(path.resolve() in here for part in parts if part.is_dir() for path in sources(part, Path(settings.out)))


def _check(settings: Settings) -> None:
    """Formats, options and theme exist, and the folder can be written, before any work is done."""
    from pubkit import theme

    if not settings.formats:
        raise UsageError("no format is asked for", hint="See `pubkit formats`")
    for name in settings.formats:
        if name not in (f.name for f in exporters.FORMATS):
            exporters.exporter(name)
    for name, given in settings.options.items():
        exporter = exporters.exporter(name)
        chosen = exporter.checked(given)
        if exporter.check and name in settings.formats:
            exporter.check(chosen)
    theme.load(settings.theme)
    if settings.archive and "pdf" not in settings.formats:
        raise UsageError("only a PDF can be an archive, and pdf is not among the formats", hint="Add pdf to the formats")
    _folder(Path(settings.out))


def _folder(out: Path) -> None:
    """The folder of the outputs is there and can be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"the folder {out} cannot be made: {error.strerror}", hint="Choose another with -o") from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise ExportError(f"the folder {out} cannot be written", hint="Choose another with -o")


# --- The plan -----------------------------------------------------------------------------------------------------------------------

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


def _plan(paths: Sequence[str], settings: Settings) -> tuple[list[Job], list[Result], Table]:
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
                    folders[source] = Path(os.path.relpath(source, path)).parent.as_posix().strip(".")
        elif path.exists():
            found.append(given)
        else:
            failed.append(Result(given, error=ReadError("there is no such file or folder", file=given, hint="Check the path")))
    works = [Job(source, _folder_of(source, folders, settings)) for source in dict.fromkeys(found)]
    heads = {work.source: _head(work, settings) for work in works}
    by_slug: dict[str, list[Job]] = {}
    for work in works:
        head = heads[work.source]
        by_slug.setdefault(posixpath.join(_beside(head, _placed_at(work, settings).publication), head.slug).casefold(), []).append(work)
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
    abouts = {work.source: _placed_at(work, settings).publication for work in jobs}
    pages = {source: head.url or quote(page_path(head, abouts[source])) for source, head in built.items()}
    return jobs, failed, table(pages, absent)


def _folder_of(source: str, folders: Mapping[str, str], settings: Settings) -> str:
    """The folder of a source below the one that was searched, or, of a file that was given, below those of the publication."""
    if source in folders or not settings.home:
        return folders.get(source, "")
    path = Path(source).resolve()
    for part in settings.publication.paths.articles:
        root = (Path(settings.home) / part).resolve()
        if path.is_relative_to(root):
            return path.relative_to(root).parent.as_posix().strip(".")
    return ""


def _beside(meta: Meta, publication: Publication) -> str:
    """The folder of an article's page, in which its other outputs lie too."""
    return posixpath.dirname(page_file(page_path(meta, publication)))


def _placed_at(work: Job, settings: Settings) -> Settings:
    """The settings of a job, its folder written into the addresses."""
    paths = settings.publication.paths
    if "{folder}" not in paths.address:
        return settings
    folder = "/".join(file_slug(part) for part in work.folder.split("/") if part).replace("{", "").replace("}", "")
    address = re.sub(r"/{2,}", "/", paths.address.replace("{folder}", folder)).lstrip("/")
    about = msgspec.structs.replace(settings.publication, paths=msgspec.structs.replace(paths, address=address))
    return msgspec.structs.replace(settings, publication=about)


def _head(work: Job, settings: Settings) -> Meta:
    """Slug, address and draft as the article of a source will have them, read from its head alone; the job says what is wrong there."""
    from pubkit.api import ready

    source, settings = work.source, _placed_at(work, settings)
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


# --- Jobs ---------------------------------------------------------------------------------------------------------------------------

def _run(planned: Sequence[Job], settings: Settings, jobs: int) -> Iterator[Result]:
    if jobs <= 1 or len(planned) <= 1:
        for one in planned:
            yield job(one, settings)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # The settings go to each process once, not with each job: their table grows with the run.
    with ProcessPoolExecutor(min(jobs, len(planned)), get_context("spawn"), _share, (settings,)) as pool:
        yield from pool.map(_shared_job, planned)


_shared: list[Settings] = []


def _share(settings: Settings) -> None:
    _shared[:] = [settings]


def _shared_job(work: Job) -> Result:
    return job(work, _shared[0])


def job(work: Job, settings: Settings) -> Result:
    """One article, from its source to its files. Never raises: what stopped it is in the result."""
    found: tuple[Diagnostic, ...] = ()
    try:
        from pubkit.api import read

        settings = _placed_at(work, settings)
        article_read = read(work.source, settings.kind, encoding=settings.encoding, publication=settings.publication, **settings.meta)
        article, found = article_read.article, article_read.diagnostics
        if article.meta.draft and not settings.drafts:
            return Result(work.source, article.meta.slug, skipped="draft")
        if settings.transform:
            article, more = _transformed(article_read, settings)
            found += more
        article, record, more = _known(article, work.source, settings)
        found += more
        if record and article_read.provenance:
            article_read = _told(article_read, article)
        article, more, links = linked(article, work.source, settings.sources)
        found += more
        from pubkit import theme

        worn = theme.load(settings.theme)
        attachments = _payload(article, article_read, worn, work, links, settings) if settings.archive else ()
        outputs, entry = _outputs(article, worn, settings, attachments)
        found = tuple(dict.fromkeys((*found, *(_placed(d, work.source) for o in outputs for d in o.diagnostics))))
        if settings.strict and (grave := [d for d in found if d.severity != "info"]):
            raise ExportError(f"{len(grave)} warnings, and --strict lets none pass", file=work.source,
                              hint="Mend them, or build without --strict")
        enclosed = _enclosures(article, work.source, settings) if entry else {}
        outputs = [_under(output, _beside(article.meta, settings.publication)) for output in outputs]
        written = _written(outputs, settings.out, _given(settings), enclosed)
        return Result(work.source, article.meta.slug, article.meta.title_text, written, entry, found, links=links,
                      pictures=(*_pictures(article, work.source, settings), *map(str, enclosed.values())), record=record)
    except PubkitError as error:
        return Result(work.source, diagnostics=found, error=_at(error, work.source))
    except Exception as error:  # a fault of ours must not take the other articles with it
        log.debug("job failed", exc_info=True)
        return Result(work.source, diagnostics=found, error=PubkitError(
            f"a fault in pubkit: {type(error).__name__}: {error}", file=work.source, hint="Please report it with the article"))


def _under(output: Output, folder: str) -> Output:
    """An output with its files in a folder; a page and what it shows lie where their addresses say."""
    if not folder:
        return output
    moved = (file if "/" in file.name or file.media_type == "text/html" else msgspec.structs.replace(file, name=f"{folder}/{file.name}")
             for file in output.files)
    return msgspec.structs.replace(output, files=tuple(moved))


def _transformed(article_read: Read, settings: Settings) -> tuple[Article, tuple[Diagnostic, ...]]:
    """The article as the user's function gives it back, through the one door again."""
    from pubkit.api import ready

    assert settings.transform is not None
    name = article_read.provenance.name if article_read.provenance else ""
    return ready(settings.transform(article_read.article), settings.publication, name)


def _known(article: Article, source: str, settings: Settings) -> tuple[Article, Record | None, tuple[Diagnostic, ...]]:
    """The article as the publication remembers it."""
    if settings.state is None:
        return article, None, ()
    found: list[Diagnostic] = []
    if (article.meta.published or settings.state.now) > settings.state.now:
        found.append(diagnostic("date-future", f"the article is dated {article.meta.published:%Y-%m-%d %H:%M}, later than now", source))
    key = _name(source, str(Path(settings.home).resolve()))
    if Path(key).is_absolute() or key.startswith(".."):  # not of this publication
        return article, None, tuple(found)
    article, record, more = remembered(article, key, settings.state, settings.publication, source)
    return article, record, (*found, *more)


def _told(article_read: Read, article: Article) -> Read:
    """What was read, with id and date as they are remembered among what it was read with, so that it can be read so again."""
    assert article_read.provenance is not None
    settings = article_read.provenance.settings
    told = msgspec.to_builtins({"id": article.meta.id, "updated": article.meta.updated})
    provenance = msgspec.structs.replace(article_read.provenance, settings={**settings, "meta": {**settings.get("meta", {}), **told}})
    return msgspec.structs.replace(article_read, provenance=provenance)


def _payload(article: Article, article_read: Read, worn: Theme, work: Job, links: Iterable[tuple[str, int]],
             settings: Settings) -> tuple[Attachment, ...]:
    """What the PDF of a job carries. Where links lead is said by paths from the source's folder."""
    from pubkit import preserve

    assert article_read.provenance is not None
    own = path_key(work.source)
    known = {key: settings.sources.addresses[key] for key in (own, *(key for key, _ in links)) if key in settings.sources.addresses}
    return preserve.payload(article, worn, article_read.provenance, publication=settings.publication, options=settings.options,
                            formats=settings.formats,
                            links={posixpath.relpath(key, posixpath.dirname(own)): address for key, address in known.items()})


def _pictures(article: Article, source: str, settings: Settings) -> tuple[str, ...]:
    """The files below the source's folder that the article's pictures were loaded from."""
    if (settings.kind or readers.kind_of(source)) == "epub":  # they come from the book
        return ()
    root = Path(source).parent.resolve()
    names = {unquote(node.src).replace("\\", "/").lstrip("/") for node in walk(article)
             if isinstance(node, Image) and node.asset and not node.src.startswith("data:")}
    paths = ((root / name).resolve() for name in names if "\0" not in name and len(name) < 1000)
    return tuple(sorted(str(path) for path in paths if path.is_relative_to(root) and path.is_file()))


def _outputs(article: Article, worn: Theme, settings: Settings,
             attachments: tuple[Attachment, ...] = ()) -> tuple[list[Output], Entry | None]:
    outputs, entry, about = [Output((), worn.diagnostics)], None, settings.publication
    for name in settings.formats:
        make = exporters.exporter(name)
        if make.format.work == "feed":
            if entry is None:
                from pubkit.exporters import entries

                site = Site(about.url, page_path(article.meta, about))
                entry, found = entries.entry(article, site, about.feeds is None or about.feeds.content == "full")
                outputs.append(Output(entries.pictures(article, site), found))
            continue
        chosen = settings.options.get(name, {})
        if name == "html":
            named = alternates(article.meta, about, about.formats or settings.formats)
            chosen = {**chosen, "path": chosen.get("path") or page_file(page_path(article.meta, about)),
                      "feeds": chosen.get("feeds") or msgspec.to_builtins(named)}
        if name == "pdf" and attachments:
            from pubkit import preserve

            outputs.append(preserve.archived(article, worn, chosen, attachments))
            continue
        work = Volume(article.meta, (article,)) if make.format.work == "volume" else article
        outputs.append(make(work, worn, chosen))
    return outputs, entry


def _enclosures(article: Article, source: str, settings: Settings) -> dict[str, Path]:
    """The files of enclosures, by the names that they are to have among the outputs."""
    about = settings.publication
    site = Site(about.url, page_path(article.meta, about))
    found: dict[str, Path] = {}
    for one in article.meta.enclosures if about.url else ():
        path = None if urlsplit(one.url).scheme else local_file(Path(source).parent, one.url)
        if path:
            found[f"{site.folder(article.meta.slug)}/{posixpath.basename(unquote(one.url))}"] = path
    return found


def _given(settings: Settings) -> frozenset[Path]:
    """Files that options name, which no output may replace."""
    house = settings.options.get("docx", {}).get("reference_doc")
    return frozenset([Path(house).resolve()] if house else ())


def _written(outputs: Iterable[Output], out: str, kept: frozenset[Path] = frozenset(),
             copies: Mapping[str, Path] | None = None) -> tuple[Made, ...]:
    """Every file of a job, written or copied, but over none that is ``kept``; none of them stays if one cannot be."""
    written: dict[str, Made] = {}
    outputs = list(outputs)
    for name in (*(file.name for output in outputs for file in output.files), *(copies or {})):
        if (Path(out) / name).resolve() in kept:
            raise ExportError(f"{name} would replace the reference document", hint="Give the outputs another folder")
    try:
        for output in outputs:
            for file, path in zip(output.files, output.write(out), strict=True):
                digest = hashlib.sha256(file.data).hexdigest()
                written[file.name] = Made(str(path), file.name, file.media_type, len(file.data), digest, output.claims)
        for name, source in (copies or {}).items():
            size, digest = copy_file(source, Path(out) / name)
            written[name] = Made(str(Path(out) / name), name, media_type_of(name) or "application/octet-stream", size, digest)
    except ExportError:
        for made in written.values():
            Path(made.path).unlink(missing_ok=True)
        raise
    return tuple(written.values())


def _placed(found: Diagnostic, source: str) -> Diagnostic:
    return found if found.location.file else msgspec.structs.replace(found, location=msgspec.structs.replace(found.location, file=source))


def _at(error: PubkitError, source: str) -> PubkitError:
    if error.location.file:
        return error
    return type(error)(error.message, file=source, line=error.location.line, column=error.location.column, hint=error.hint)


def _stranded(results: Sequence[Result]) -> Result | None:
    """What there is to say of links to articles that turned out to have no outputs."""
    gone = {path_key(r.source): r for r in results if r.source and (r.error or r.skipped)}
    found = [diagnostic("link-broken", f"a link leads to {gone[key].source}, which has no outputs", result.source, line)
             for result in results for key, line in result.links if key in gone]
    return Result("", diagnostics=tuple(found)) if found else None


def _feeds(results: Sequence[Result], settings: Settings, whole: bool = True) -> Result | None:
    """The feeds of a run, made of the entries of all its articles; a file that would be the same is not touched."""
    names = [name for name in settings.formats if exporters.exporter(name).format.work == "feed"]
    built = [r for r in results if r.entry]
    if not names or not built:
        return None
    about = settings.publication
    own = [name for name in names if name in syndication.FORMATS]
    entries, found = _distinct(built)
    made: list[Made] = []
    try:
        worn = theme_of(settings.theme)
        if about.feeds and not whole and any((Path(settings.out) / indexed(about.feeds.file(f), "xml")).exists() for f in own):
            return Result("", diagnostics=(diagnostic("feed-kept", "this run has a part of the publication's articles: its feeds were left "
                                                      f"as they are; build {settings.home or 'its folder'}"),))
        listed: list[tuple[FeedMeta, str, str]] = []
        for document in syndication.documents(entries, about, own):
            output = exporters.exporter(document.format)(document.feed, worn, settings.options.get(document.format, {}))
            found += [d for d in output.diagnostics if d not in found]
            made += _written([output], settings.out)
            listed.append((document.feed.meta, document.format, document.group))
        for name in names:
            if name not in own:
                output = exporters.exporter(name)(Feed(syndication.feed_meta(about), tuple(newest_first(entries))), worn,
                                                  settings.options.get(name, {}))
                found += output.diagnostics
                made += _written([output], settings.out)
        if file := syndication.listing(listed, about):
            made += _written([Output((file,))], settings.out)
        more, missing = _emblems(settings)
        return Result("", made=(*made, *more), diagnostics=(*found, *missing))
    except PubkitError as error:
        return Result("", made=tuple(made), diagnostics=tuple(found), error=error)


def _distinct(results: Sequence[Result]) -> tuple[list[Entry], list[Diagnostic]]:
    """The entries of a run, each with an id of its own."""
    entries: list[Entry] = []
    found: list[Diagnostic] = []
    first: dict[str, Result] = {}
    for result in sorted(results, key=lambda r: (r.entry.published, r.source) if r.entry else ()):
        entry = result.entry
        assert entry is not None
        other = first.setdefault(entry.id, result)
        if other is not result:
            new = uuid.uuid5(uuid.NAMESPACE_URL, f"{entry.id}#{entry.slug}").urn
            found.append(diagnostic("id-duplicate", f"the id {entry.id!r} is also that of {other.source}; {new} is used", result.source))
            entry = msgspec.structs.replace(entry, id=new)
        entries.append(entry)
    return entries, found


def _emblems(settings: Settings) -> tuple[tuple[Made, ...], list[Diagnostic]]:
    """Logo and icon of the publication, copied to where its feeds say that they are."""
    found: list[Diagnostic] = []
    copies: dict[str, Path] = {}
    for name in dict.fromkeys((settings.publication.logo, settings.publication.icon)):
        if not name or urlsplit(name).scheme or not settings.publication.url or not settings.home:
            continue
        home = Path(settings.home)
        path = (home / name).resolve()
        if path.is_file() and path.is_relative_to(home.resolve()):
            copies[name] = path
        else:
            found.append(diagnostic("file-missing", f"there is no {name} beside {PUBLICATION_FILE}", str(home / PUBLICATION_FILE)))
    return _written((), settings.out, copies=copies), found


# --- What is remembered -------------------------------------------------------------------------------------------------------------

def _state(settings: Settings, now: datetime | None) -> tuple[State | None, list[Result]]:
    """What the publication remembers, and what there is to say of it. Without feeds nothing is remembered."""
    if settings.publication.feeds is None or not settings.home:
        return None, []
    path = Path(settings.home) / settings.publication.feeds.state
    today = moment(now)
    try:
        state = State.load(path, today)
    except PubkitError as error:
        return None, [Result("", error=error)]
    if state is None:
        said = diagnostic("state-missing", "nothing is remembered of this publication yet: articles that do not say when they were "
                          "updated are taken to be as they were published", str(path))
        return State({}, frozenset(), today), [Result("", diagnostics=(said,))]
    return state, []


def _remember(results: Sequence[Result], settings: Settings, whole: bool) -> Result | None:
    """Write what is to be remembered of this run, if it is anything new."""
    if settings.state is None or settings.publication.feeds is None:
        return None
    home = Path(settings.home).resolve()
    new = {_name(r.source, str(home)): r.record for r in results if r.record}
    gone = settings.state.lost if whole else frozenset[str]()
    records = {**{k: r for k, r in settings.state.records.items() if k not in gone}, **new}
    path = Path(settings.home) / settings.publication.feeds.state
    if records == settings.state.records and (path.exists() or not records):
        return None
    try:
        write_file(path, msgspec.structs.replace(settings.state, records=records).encode())
        return None
    except PubkitError as error:
        return Result("", error=error)


# --- Records ------------------------------------------------------------------------------------------------------------------------

def _outcomes(results: Sequence[Result], given: Sequence[str]) -> list[Outcome]:
    """The results as records have them: sources by their path from the folder that all were given in."""
    def failure(result: Result) -> str:
        if result.error is None:
            return f"left out, a {result.skipped}" if result.skipped else ""
        place = f"line {result.error.location.line}: " if result.error.location.line else ""
        return place + result.error.message

    base = _base(given)
    return [Outcome(_name(r.source, base), r.title, r.made, tuple(d.code for d in r.diagnostics), failure(r))
            for r in results if r.source or r.made or r.error]


def _base(given: Sequence[str]) -> str:
    try:
        return os.path.commonpath([_home(path).resolve() for path in given])
    except ValueError:  # on several drives
        return ""


def _name(path: str, base: str) -> str:
    """A path from a folder, with forward slashes; as it is where it leads elsewhere."""
    whole = Path(path).absolute()
    return whole.parent.resolve().joinpath(whole.name).relative_to(base).as_posix() if path and base and _below(whole, base) else path


def _below(path: Path, base: str) -> bool:
    return path.parent.resolve().is_relative_to(base)


def _recorded(results: Sequence[Result], settings: Settings, given: Sequence[str]) -> Result:
    """The manifest and the report of a run, written beside its outputs."""
    from pubkit.exporters import File

    taken = {made.name.casefold() for result in results for made in result.made} & {records.MANIFEST, records.REPORT}
    if taken:
        return Result("", error=UsageError(f"{', '.join(sorted(taken))} is an output of this run, and the record of a run is called so",
                                           hint="Give that article another slug, or leave the records out (--no-report)"))
    outcomes = _outcomes(results, given)
    try:
        table = File(records.REPORT, "text/csv", records.report(outcomes))
        made = _written([Output((table,))], settings.out)
        listed = File(records.MANIFEST, "application/json", records.manifest([*outcomes, Outcome("", made=made)]))
        return Result("", made=(*made, *_written([Output((listed,))], settings.out)))
    except PubkitError as error:
        return Result("", error=error)


def _bagged(results: Sequence[Result], settings: Settings, given: Sequence[str], bag: str | os.PathLike[str]) -> Result | None:
    """A bag of all that was made and what it was made from."""
    import pubkit

    base = _base(given)
    files = {f"outputs/{made.name}": Path(made.path) for result in results for made in result.made}
    if (about := Path(_home(given[0])) / PUBLICATION_FILE).is_file():
        files[f"sources/{_name(str(about), base) if base else about.name}"] = about
    for result in results:
        if result.source and result.made:
            for path in (result.source, *result.pictures):
                files[f"sources/{_name(path, base) if base else Path(path).name}"] = Path(path)
    try:
        records.bag(bag, files, settings.publication.title, f"pubkit {pubkit.__version__}")
        return None
    except PubkitError as error:
        return Result("", error=error)


# --- From archived PDFs -------------------------------------------------------------------------------------------------------------

def rebuild(pdfs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], out: str | os.PathLike[str] = "out",
            formats: Sequence[str] | None = None, *, progress: Callable[[Result], None] | None = None) -> Report:
    """The outputs of articles, made again from their archived PDFs alone, in the theme and with the options and links they had.

    Under the versions that the PDFs were made under, they are byte for byte the same; feeds, where all articles of the run are given.

    Args:
        pdfs: one PDF or several.
        out: the folder for the outputs; made if it is missing.
        formats: by default those that were made with the PDF.
        progress: called with each result as it comes.

    Raises `UnknownFormat`, `UsageError` and `ExportError` as `build`. A PDF that cannot be used stops no other; its error is in the report.
    """
    given = _paths(pdfs)
    for name in formats or ():
        exporters.exporter(name)
    _folder(Path(out))
    results: list[Result] = []
    shared: dict[str, Settings] = {}
    for pdf in given:
        result, settings = _rebuilt(pdf, os.fspath(out), tuple(dict.fromkeys(formats or ())), {r.slug for r in results if r.slug})
        results.append(result)
        if settings:
            shared[pdf] = settings
        if progress:
            progress(result)
    last = _gathered(results, list(shared.values()))
    if last:
        results.append(last)
        if progress:
            progress(last)
    return Report(tuple(results))


def _rebuilt(pdf: str, out: str, formats: tuple[str, ...], taken: set[str]) -> tuple[Result, Settings | None]:
    """What comes of one archived PDF, and the settings of its outputs."""
    from pubkit import preserve

    try:
        archive = preserve.extract(pdf)
        facts, slug = archive.facts, archive.article.meta.slug
        settings = Settings(out, formats or facts.formats, "journal", facts.publication, facts.options)
        if slug in taken:
            raise UsageError(f"the slug {slug!r} is also that of another PDF", hint="Build them into two folders")
        with archive.dressed() as worn:
            outputs, entry = _outputs(archive.article, worn, settings, archive.files)
        found = [_placed(d, pdf) for o in outputs for d in o.diagnostics]
        if other := preserve.comparable(archive.versions):
            found.insert(0, diagnostic("archive-versions", f"made under other versions ({', '.join(other[:6])}): the outputs cannot be "
                                       "compared with those made then", pdf))
        return Result(pdf, slug, archive.article.meta.title_text, _written(outputs, out), entry, tuple(dict.fromkeys(found))), settings
    except PubkitError as error:
        return Result(pdf, error=_at(error, pdf)), None
    except Exception as error:  # what a hostile PDF holds must not take the others with it
        log.debug("rebuilding failed", exc_info=True)
        return Result(pdf, error=PubkitError(f"a fault in pubkit: {type(error).__name__}: {error}", file=pdf,
                                             hint="Please report it with the PDF")), None


def _gathered(results: Sequence[Result], shared: Sequence[Settings]) -> Result | None:
    """The feeds of articles that were made again, as long as they were made for one publication."""
    names = tuple(dict.fromkeys(name for settings in shared for name in settings.formats))
    if not any(exporters.exporter(name).format.work == "feed" for name in names):
        return None
    abouts = {msgspec.json.encode(msgspec.structs.replace(s.publication, paths=Paths())) for s in shared}  # addresses may name folders
    if len(abouts) > 1:
        return Result("", error=UsageError("the PDFs are of several publications, and a feed is of one",
                                           hint="Give those of one publication alone, or leave the feeds out of the formats"))
    return _feeds(results, msgspec.structs.replace(shared[0], formats=names))
