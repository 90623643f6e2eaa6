"""Paths and settings go in; files in every format asked for come out, one independent job an article, feeds gathered at the end.

`rebuild` does the same from archived PDFs alone.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from pubkit import exporters
from pubkit.diagnostics import ExportError, OptionError, PubkitError, ThemeError, UnknownFormat, UsageError, diagnostic
from pubkit.exporters import Output
from pubkit.gather import distinct, feeds, memory, remember, stranded
from pubkit.jobs import (
    DEFAULT_FORMATS,
    Report,
    Result,
    Settings,
    Transform,
    located,
    name_from,
    outputs_of,
    placed,
    run,
    write_all,
)
from pubkit.plan import home_folder, is_whole, listed, plan, within
from pubkit.preserve import records
from pubkit.preserve.records import Outcome
from pubkit.publication import FILE as PUBLICATION_FILE
from pubkit.publication import Paths, Publication, home_of, line_of, load

__all__ = ["DEFAULT_FORMATS", "Report", "Result", "build", "rebuild"]

log = logging.getLogger("pubkit.build")
PATHS = (("docx", "reference_doc"), ("pdf", "fonts"))  # options that are paths


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
    given = listed(paths)
    if not given:
        raise UsageError("there is nothing to build", hint="Give files or folders")
    home = home_of(Path(given[0]))
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
    given = within(given, settings)
    roots = [settings.home, *given] if settings.home else given  # what the paths in records lead from
    planned, failed, addresses = plan(given, settings)
    settings = msgspec.structs.replace(settings, sources=addresses)
    state, troubles = memory(settings, now, planned)
    settings = msgspec.structs.replace(settings, state=state)
    results = [*failed, *troubles]
    for result in results:
        if progress:
            progress(result)
    for result in run(planned, settings, jobs):
        results.append(result)
        if progress:
            progress(result)
    whole = not settings.home or is_whole([*(work.source for work in planned), *(r.source for r in failed)], settings)
    results, doubled = distinct(results)
    lasts: list[Callable[[], Result | None]] = [
        lambda: stranded(results), lambda: Result("", diagnostics=tuple(doubled)) if doubled else None,
        lambda: remember(results, settings, whole),
        lambda: None if any(r.error for r in results if not r.source) else feeds(results, settings, whole)]
    if report or (report is None and (archive or bag is not None)):
        lasts.append(lambda: _recorded(results, settings, roots))
    if bag is not None:
        lasts.append(lambda: _bagged(results, settings, roots, bag))
    for step in lasts:
        last = step()
        if last:
            results.append(last)
            if progress:
                progress(last)
    return Report(tuple(results))


def _theme(about: Publication, home: Path | None) -> str:
    """The theme of a publication: a name, or a folder seen from that of ``pubkit.toml``."""
    from pubkit import theme

    name = os.path.join(home, about.theme) if home and "/" in about.theme else about.theme or "journal"
    try:
        theme.load(name)
    except ThemeError as error:
        if home and about.theme and not error.location.file:
            file = home / PUBLICATION_FILE
            raise ThemeError(f"theme: {error.message}", file=str(file), line=line_of(file, "theme"), hint=error.hint) from None
        raise
    return name


def _chosen(about: Publication, home: Path | None, given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The options of formats: those of ``pubkit.toml``, whose paths lead from its folder, and over them those of the call."""
    file = str(home / PUBLICATION_FILE) if home else ""
    chosen: dict[str, dict[str, Any]] = {}
    for name in about.formats if file else ():
        try:
            exporters.exporter(name)
        except UnknownFormat as error:
            raise UnknownFormat(f"formats: {error.message}", file=file, line=line_of(Path(file), "formats"), hint=error.hint) from None
    for name, options in about.options.items():
        try:
            exporters.exporter(name).checked(options)
        except (UnknownFormat, OptionError) as error:
            line = line_of(Path(file), "options", name)
            raise type(error)(f"[options.{name}]: {error.message}", file=file, line=line, hint=error.hint) from None
        chosen[name] = {key: _from(home, value) if (name, key) in PATHS and home else value for key, value in options.items()}
    for name, more in given.items():
        chosen[name] = {**chosen.get(name, {}), **more}
    return chosen


def _from(home: Path, value: Any) -> Any:
    """A path of ``pubkit.toml``, or several, from its folder."""
    if isinstance(value, list):
        return [str(home / one) for one in value]
    return os.pathsep.join(str(home / one) for one in value.split(os.pathsep)) if isinstance(value, str) and value else value


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


# --- Records ------------------------------------------------------------------------------------------------------------------------

def _outcomes(results: Sequence[Result], given: Sequence[str]) -> list[Outcome]:
    """The results as records have them: sources by their path from the folder that all were given in."""
    def failure(result: Result) -> str:
        if result.error is None:
            return f"left out, a {result.skipped}" if result.skipped else ""
        place = f"line {result.error.location.line}: " if result.error.location.line else ""
        return place + result.error.message

    base = _base(given)
    return [Outcome(name_from(r.source, base), r.title, r.made, tuple(d.code for d in r.diagnostics), failure(r))
            for r in results if r.source or r.made or r.error]


def _base(given: Sequence[str]) -> str:
    try:
        return os.path.commonpath([home_folder(path).resolve() for path in given])
    except ValueError:  # on several drives
        return ""


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
        made = write_all([Output((table,))], settings.out)
        listed = File(records.MANIFEST, "application/json", records.manifest([*outcomes, Outcome("", made=made)]))
        return Result("", made=(*made, *write_all([Output((listed,))], settings.out)))
    except PubkitError as error:
        return Result("", error=error)


def _bagged(results: Sequence[Result], settings: Settings, given: Sequence[str], bag: str | os.PathLike[str]) -> Result | None:
    """A bag of all that was made and what it was made from."""
    import pubkit

    base = _base(given)
    files = {f"outputs/{made.name}": Path(made.path) for result in results for made in result.made}
    own = [PUBLICATION_FILE, settings.publication.feeds.state if settings.publication.feeds else ""] if settings.home else []
    for about in (Path(settings.home) / name for name in own if name):
        if about.is_file():
            files[f"sources/{name_from(str(about), base) if base else about.name}"] = about
    for result in results:
        if result.source and (result.made or result.entry):
            for path in (result.source, *result.pictures):
                files[f"sources/{name_from(path, base) if base else Path(path).name}"] = Path(path)
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
    given = listed(pdfs)
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
            outputs, entry = outputs_of(archive.article, worn, settings, archive.files)
        found = [placed(d, pdf) for o in outputs for d in o.diagnostics]
        if other := preserve.comparable(archive.versions):
            found.insert(0, diagnostic("archive-versions", f"made under other versions ({', '.join(other[:6])}): the outputs cannot be "
                                       "compared with those made then", pdf))
        return Result(pdf, slug, archive.article.meta.title_text, write_all(outputs, out), entry, tuple(dict.fromkeys(found))), settings
    except PubkitError as error:
        return Result(pdf, error=located(error, pdf)), None
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
    return feeds(distinct(results)[0], msgspec.structs.replace(shared[0], formats=names))
