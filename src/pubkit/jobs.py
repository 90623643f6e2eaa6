"""One article goes in, as a job with the settings of its run; its files come out, and what there is to say of them.

A job never raises: what stopped it is in its result, and stops no other.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import posixpath
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from pubkit import exporters, readers
from pubkit.diagnostics import Diagnostic, ExportError, PubkitError, diagnostic
from pubkit.exporters import Output
from pubkit.exporters.base import Attachment
from pubkit.exporters.entries import Site, file_address
from pubkit.files import copy_file, media_type_of
from pubkit.metadata import file_slug, page_file, page_path
from pubkit.model import Article, Enclosure, Entry, Image, Meta, Volume, walk
from pubkit.preserve.records import Made
from pubkit.publication import FILE as PUBLICATION_FILE
from pubkit.publication import Publication
from pubkit.readers.base import Read
from pubkit.references import Table, linked, path_key
from pubkit.resolve import local_file
from pubkit.state import Record, State, fingerprint, remembered
from pubkit.syndication import alternates
from pubkit.theme import Theme

__all__ = [
    "DEFAULT_FORMATS", "Inputs", "Job", "Report", "Result", "Settings", "Transform", "beside", "job", "key_of", "located", "name_from",
    "outputs_of", "placed", "placed_at", "run", "seen", "write_all",
]

log = logging.getLogger("pubkit.build")
DEFAULT_FORMATS = ("pdf", "epub", "docx", "rss", "atom")
Transform = Callable[[Article], Article]


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


def beside(meta: Meta, publication: Publication) -> str:
    """The folder of an article's page, in which its other outputs lie too."""
    return posixpath.dirname(page_file(page_path(meta, publication)))


def placed_at(work: Job, settings: Settings) -> Settings:
    """The settings of a job, its folder written into the addresses."""
    paths = settings.publication.paths
    if "{folder}" not in paths.address:
        return settings
    folder = "/".join(file_slug(part) for part in work.folder.split("/") if part).replace("{", "").replace("}", "")
    address = re.sub(r"/{2,}", "/", paths.address.replace("{folder}", folder)).lstrip("/")
    about = msgspec.structs.replace(settings.publication, paths=msgspec.structs.replace(paths, address=address))
    return msgspec.structs.replace(settings, publication=about)


def run(planned: Sequence[Job], settings: Settings, jobs: int) -> Iterator[Result]:
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

        settings = placed_at(work, settings)
        article_read = read(work.source, settings.kind, encoding=settings.encoding, publication=settings.publication, **settings.meta)
        article, found = article_read.article, article_read.diagnostics
        if article.meta.draft and not settings.drafts:
            return Result(work.source, article.meta.slug, skipped="draft")
        if settings.transform:
            article, more = _transformed(article_read, settings)
            found += more
        article, record, more = _known(article, work.source, _titled(article_read), settings)
        found += more
        if record and article_read.provenance:
            article_read = _told(article_read, article)
        article, more, links = linked(article, work.source, settings.sources)
        article, enclosed = _enclosed(article, work.source, settings)
        found += more
        from pubkit import theme

        worn = theme.load(settings.theme)
        attachments = _payload(article, article_read, worn, work, links, settings) if settings.archive else ()
        outputs, entry = outputs_of(article, worn, settings, attachments)
        found = tuple(dict.fromkeys((*found, *(placed(d, work.source) for o in outputs for d in o.diagnostics))))
        if settings.strict and (grave := [d for d in found if d.severity != "info"]):
            raise ExportError(f"{len(grave)} warnings, and --strict lets none pass", file=work.source,
                              hint="Mend them, or build without --strict")
        outputs = [_under(output, beside(article.meta, settings.publication)) for output in outputs]
        written = write_all(outputs, settings.out, Inputs(settings), enclosed)
        return Result(work.source, article.meta.slug, article.meta.title_text, written, entry, found, links=links,
                      pictures=(*_pictures(article, work.source, settings), *map(str, enclosed.values())), record=record)
    except PubkitError as error:
        return Result(work.source, diagnostics=found, error=located(error, work.source))
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


def _known(article: Article, source: str, titled: bool, settings: Settings) -> tuple[Article, Record | None, tuple[Diagnostic, ...]]:
    """The article as the publication remembers it."""
    if settings.state is None:
        return article, None, ()
    found: list[Diagnostic] = []
    if (article.meta.published or settings.state.now) > settings.state.now:
        found.append(diagnostic("date-future", f"the article is dated {article.meta.published:%Y-%m-%d %H:%M}, later than now", source))
    key = key_of(source, settings)
    if not key:
        return article, None, tuple(found)
    article, record, more = remembered(article, key, settings.state, settings.publication, source, titled)
    return article, record, (*found, *more)


def seen(work: Job, settings: Settings) -> str:
    """The fingerprint of a source's article, as it will be; '' where it cannot be read."""
    from pubkit.api import read

    try:
        settings = placed_at(work, settings)
        article_read = read(work.source, settings.kind, encoding=settings.encoding, publication=settings.publication, **settings.meta)
        article = _transformed(article_read, settings)[0] if settings.transform else article_read.article
        return fingerprint(article, _titled(article_read))
    except Exception:  # the job says what is wrong
        log.debug("no fingerprint", exc_info=True)
        return ""


def _titled(article_read: Read) -> bool:
    return all(found.code != "title-missing" for found in article_read.diagnostics)


def key_of(source: str, settings: Settings) -> str:
    """What the publication remembers a source by: its path from the folder of ``pubkit.toml``; '' where it lies elsewhere."""
    key = name_from(source, str(Path(settings.home).resolve()))
    return "" if Path(key).is_absolute() or key.startswith("..") else key


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


def outputs_of(article: Article, worn: Theme, settings: Settings,
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


def _enclosed(article: Article, source: str, settings: Settings) -> tuple[Article, dict[str, Path]]:
    """The article with the addresses that its enclosures will have on the site, and their files by the names they are to have there."""
    about, copies, new = settings.publication, dict[str, Path](), list[Enclosure]()
    site = Site(about.url, page_path(article.meta, about))
    for one in article.meta.enclosures if about.url else ():
        path = None if urlsplit(one.url).scheme else local_file(Path(source).parent, one.url)
        if path is None:
            new.append(one)
            continue
        name = next(n for n in itertools.chain([path.name], (f"{i}-{path.name}" for i in itertools.count(2)))
                    if copies.get(f"{site.folder(article.meta.slug)}/{n}", path) == path)
        copies[f"{site.folder(article.meta.slug)}/{name}"] = path
        new.append(msgspec.structs.replace(one, url=file_address(site, article.meta.slug, name)))
    if not copies:
        return article, {}
    return msgspec.structs.replace(article, meta=msgspec.structs.replace(article.meta, enclosures=tuple(new))), copies


class Inputs(Container[str]):
    """What a run is made from, as `pubkit.references.path_key` writes paths: no output may replace it."""

    def __init__(self, settings: Settings) -> None:
        home, about = settings.home, settings.publication
        house = settings.options.get("docx", {}).get("reference_doc")
        own = [os.path.join(home, PUBLICATION_FILE), os.path.join(home, about.feeds.state) if about.feeds else ""] if home else []
        self.own = {path_key(path) for path in (house, *own) if path}
        self.sources = settings.sources

    def __contains__(self, key: object) -> bool:
        return key in self.own or key in self.sources.addresses or key in self.sources.absent


def write_all(outputs: Iterable[Output], out: str, kept: Container[str] = frozenset(),
              copies: Mapping[str, Path] | None = None) -> tuple[Made, ...]:
    """Every file of a job, written or copied, but over none that is ``kept`` (see `Inputs`); none of them stays if one cannot be."""
    written: dict[str, Made] = {}
    outputs = list(outputs)
    for name, data in ((file.name, file.data) for output in outputs for file in output.files):
        path = Path(out) / name
        if path_key(str(path)) in kept and not (path.is_file() and path.read_bytes() == data):
            raise ExportError(f"{path} would be replaced, of which this run is made", hint="Give the outputs another folder or name")
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


def placed(found: Diagnostic, source: str) -> Diagnostic:
    return found if found.location.file else msgspec.structs.replace(found, location=msgspec.structs.replace(found.location, file=source))


def located(error: PubkitError, source: str) -> PubkitError:
    if error.location.file:
        return error
    return type(error)(error.message, file=source, line=error.location.line, column=error.location.column, hint=error.hint)


def name_from(path: str, base: str) -> str:
    """A path from a folder, with forward slashes; as it is where it leads elsewhere."""
    whole = Path(path).absolute()
    return whole.parent.resolve().joinpath(whole.name).relative_to(base).as_posix() if path and base and _below(whole, base) else path


def _below(path: Path, base: str) -> bool:
    return path.parent.resolve().is_relative_to(base)
