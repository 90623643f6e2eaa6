"""The command line: a thin face on the library. Findings go to standard error, results to standard output.

Exit codes: 0 all is built, 1 something failed, 2 the command cannot be meant.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from pubkit.build import DEFAULT_FORMATS, Report, Result
from pubkit.build import build as build_all
from pubkit.diagnostics import PubkitError, ThemeError, UsageError, diagnostic
from pubkit.preserve import Verdict
from pubkit.publication import Publication, zone
from pubkit.readers import Read

__all__ = ["main"]


class _Face(click.Group):
    """Turns what the library raises into one line on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (UsageError, ThemeError) as error:
            _stop(error, 2)
        except PubkitError as error:
            _stop(error, 1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


def _stop(error: PubkitError, code: int) -> NoReturn:
    click.echo(_line(error), err=True)
    sys.exit(code)


def _line(error: PubkitError) -> str:
    place = f"{error.location}: " if error.location.file else ""
    return f"{place}error: {error.message}" + (f". {error.hint}" if error.hint else "")


@click.group(cls=_Face, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pubkit", message="%(prog)s %(version)s")
def main() -> None:
    """One article in, every form it is published in out: PDF, EPUB, DOCX, RSS, Atom, HTML and JSON."""


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-o", "--out", default=None, metavar="DIR",
              help="Folder for the outputs; '-' for standard output. [default: that of pubkit.toml, else out]")
@click.option("-f", "--formats", default=None, metavar="NAMES",
              help="Formats, joined by commas. [default: those of pubkit.toml, else pdf,epub,docx,rss,atom]")
@click.option("--theme", default=None, metavar="NAME", help="A theme's name, or the folder of one. [default: pubkit.toml's, or journal]")
@click.option("--from", "kind", default=None, metavar="KIND", help="Kind of the sources: markdown, text, json or epub.")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of the sources, such as windows-1252; nothing is guessed then.")
@click.option("--site-url", default=None, metavar="URL", help="Address of the site, for links, feeds and ids.")
@click.option("--title", "site_title", default=None, metavar="TEXT", help="Title of the publication.")
@click.option("--language", default=None, metavar="TAG", help="Language of sources that name none (BCP 47).")
@click.option("--author", default=None, metavar="NAME", help="Author of sources that name none.")
@click.option("--date", default=None, metavar="DATE", help="Date of publication, over the sources' own (ISO 8601).")
@click.option("--now", default=None, metavar="DATE",
              help="When what has changed was changed, in a publication with feeds. [default: SOURCE_DATE_EPOCH, else the clock]")
@click.option("--slug", default=None, metavar="SLUG", help="Name of the output files, over the source's own.")
@click.option("--option", "options", multiple=True, metavar="FORMAT.NAME=VALUE", help="An option of a format, such as pdf.contents=no.")
@click.option("--reference-doc", default=None, metavar="FILE", help="A Word document whose styles, pages and heads DOCX wears.")
@click.option("--smart/--no-smart", default=None, help="Set the quotation marks, dashes and dots of print.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that work at once.")
@click.option("--strict", is_flag=True, help="Let warnings fail.")
@click.option("--drafts", is_flag=True, help="Build drafts too.")
@click.option("--archive", is_flag=True, help="Put into each PDF all that it is made from.")
@click.option("--report/--no-report", default=None, help="Write manifest.json and report.csv of the run. [default: with --archive, --bag]")
@click.option("--bag", default=None, metavar="DIR", help="Make a bag (RFC 8493) of outputs, sources and records.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON report instead of lines.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and errors alone.")
def build(paths: tuple[str, ...], out: str | None, formats: str | None, theme: str | None, kind: str | None, encoding: str,
          site_url: str | None, site_title: str | None, language: str | None, author: str | None, date: str | None, now: str | None,
          slug: str | None, options: tuple[str, ...],
          reference_doc: str | None, smart: bool | None, jobs: int, strict: bool, drafts: bool, archive: bool, report: bool | None,
          bag: str | None, as_json: bool, quiet: bool) -> None:
    """Build articles: files, and folders that are searched for them. '-' is standard input; without PATH, the publication that is here."""
    paths = paths or _here()
    publication = _publication(paths[0], url=site_url, title=site_title, language=language, author=author)
    chosen = _options(options)
    names = _names(formats) if formats is not None else None
    if reference_doc is not None:
        if "docx" not in (names or publication.formats or DEFAULT_FORMATS):
            raise UsageError("--reference-doc is for DOCX, which is not among the formats", hint="Add docx to -f, or leave it out")
        if not reference_doc or "reference_doc" in chosen.get("docx", {}):
            raise UsageError("--reference-doc names no file" if not reference_doc else "two reference documents are given", hint="Name one")
        chosen.setdefault("docx", {})["reference_doc"] = reference_doc
    meta: dict[str, Any] = {"published": _date("--date", date)} if date else {}
    today = _date("--now", now) if now is not None else None
    if today and today.tzinfo is None:
        today = today.replace(tzinfo=zone(publication.timezone))
    if slug:
        meta["slug"] = slug
    with tempfile.TemporaryDirectory(prefix="pubkit-") as scratch:
        given = tuple(_standard_input(scratch, kind) if p == "-" else p for p in paths)
        target = str(Path(scratch) / "out") if out == "-" else out
        shown = _Shown(quiet or as_json or out == "-", len(given) == 1 and given[0].startswith(scratch))
        with _spinner(quiet or as_json or out == "-") as turn:
            done = build_all(given, target, names, theme=theme, publication=publication, options=chosen, meta=meta,
                             kind=kind or ("markdown" if "-" in paths else None), encoding=encoding, smart=smart, strict=strict,
                             drafts=drafts, jobs=jobs, archive=archive, report=report if out != "-" else False, bag=bag, now=today,
                             progress=lambda result: turn(shown, result))
        if out == "-":
            _to_standard_output(done)
    if not quiet and out != "-" and not as_json:
        shown.summary(done)
    _end(done, as_json)


def _end(report: Report, as_json: bool) -> NoReturn:
    """The report, and the exit code that says what came of the run."""
    if as_json:
        click.echo(_json(report))
    if report.ok:
        sys.exit(0)
    sys.exit(2 if all(isinstance(e, UsageError) for e in report.errors) and len(report.results) == len(report.errors) else 1)


@contextmanager
def _spinner(silent: bool) -> Iterator[Callable[[_Shown, Result], None]]:
    """On a terminal, a line that says how many articles are done while the work goes on; elsewhere the plain lines alone."""
    if silent or not sys.stderr.isatty():
        yield lambda shown, result: shown(result)
        return
    from rich.console import Console

    done = 0
    with Console(stderr=True).status("building …") as status:
        def turn(shown: _Shown, result: Result) -> None:
            nonlocal done
            done += bool(result.source)
            status.stop()
            shown(result)
            status.update(f"building … {_count(done, 'article')} done")
            status.start()

        yield turn


def _here() -> tuple[str, ...]:
    """The publication of the working folder."""
    from pubkit.publication import FILE, home_of

    if home_of(Path.cwd()) != Path.cwd():
        raise UsageError(f"there is nothing to build: no PATH is given, and there is no {FILE} here",
                         hint="Give files or folders, or make a publication with `pubkit new NAME`")
    return (".",)


def _names(formats: str) -> list[str]:
    return [name for part in formats.split(",") if (name := part.strip().lower())]


def _publication(first: str, **changes: str | None) -> Publication:
    import msgspec

    from pubkit.publication import checked, find

    known = Publication() if first == "-" else find(Path(first))
    given = {k: v for k, v in changes.items() if v is not None}
    own = msgspec.to_builtins(known)
    if "author" in given:
        own.pop("authors", None)
    try:
        return checked({**own, **given}, "") if given else known
    except PubkitError as error:
        raise UsageError(error.message, hint=error.hint) from error


def _date(option: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} is {text!r}", hint="Write it as 2024-05-31 or 2024-05-31T09:00:00+02:00") from error


def _options(given: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    options: dict[str, dict[str, Any]] = {}
    for text in given:
        name, mark, value = text.partition("=")
        format_, dot, option = name.partition(".")
        if not (mark and dot and option):
            raise UsageError(f"--option is {text!r}", hint="Write FORMAT.NAME=VALUE, such as pdf.contents=no")
        options.setdefault(format_.strip(), {})[option.strip().replace("-", "_")] = value
    return options


def _standard_input(folder: str, kind: str | None) -> str:
    from pubkit import readers

    suffix = next((k.suffixes[0] for k in readers.kinds() if k.name == (kind or "markdown") and k.suffixes), ".md")
    path = Path(folder) / f"article{suffix}"
    path.write_bytes(sys.stdin.buffer.read())
    return str(path)


def _to_standard_output(report: Report) -> None:
    if report.ok and len(report.files) != 1:
        raise UsageError(f"{len(report.files)} files cannot go to standard output",
                         hint="Ask for one article and one format, or give a folder with -o")
    for file in report.files:
        sys.stdout.buffer.write(Path(file).read_bytes())


class _Shown:
    """Prints each result as it comes."""

    def __init__(self, silent: bool, from_input: bool) -> None:
        self.silent = silent
        self.from_input = from_input

    def __call__(self, result: Result) -> None:
        for found in result.diagnostics:
            if found.severity != "info" or not self.silent:
                click.echo(self._named(str(found), result), err=True)
        if result.error:
            click.echo(self._named(_line(result.error), result), err=True)
        if self.silent:
            return
        if result.skipped:
            click.echo(f"{result.source}: left out, a {result.skipped}")
        for file in result.files:
            click.echo(f"{file}  {_size(Path(file).stat().st_size)}")

    def _named(self, line: str, result: Result) -> str:
        return line.replace(result.source, "<stdin>") if self.from_input and result.source else line

    def summary(self, report: Report) -> None:
        """How many articles and files came out, and how many failed."""
        articles = [r for r in report.results if r.source]
        built = sum(1 for r in articles if not r.error and not r.skipped)
        failed = len(report.errors)
        warnings = sum(1 for d in report.diagnostics if d.severity != "info")
        text = f"{_count(built, 'article')}, {_count(len(report.files), 'file')}"
        text += f", {_count(warnings, 'warning')}" if warnings else ""
        click.echo(text + (f", {failed} failed" if failed else ""))


def _count(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def _size(size: int) -> str:
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"


def _json(report: Report) -> str:
    import msgspec

    def error(e: PubkitError | None) -> dict[str, Any] | None:
        return None if e is None else {"kind": type(e).__name__, "message": e.message, "hint": e.hint, "file": e.location.file,
                                       "line": e.location.line, "column": e.location.column}

    results = [{"source": r.source, "slug": r.slug, "files": r.files, "skipped": r.skipped, "error": error(r.error),
                "diagnostics": [msgspec.to_builtins(d) for d in r.diagnostics]} for r in report.results]
    return msgspec.json.format(msgspec.json.encode({"ok": report.ok, "results": results}), indent=2).decode()


@main.command()
@click.argument("name")
@click.option("--title", default="", metavar="TEXT", help="Title of the publication. [default: made from NAME]")
@click.option("--url", default="", metavar="URL", help="Address of its site.")
@click.option("--language", default="en", show_default=True, metavar="TAG", help="Its language (BCP 47).")
@click.option("--author", default="", metavar="NAME", help="Author of articles that name none.")
def new(name: str, title: str, url: str, language: str, author: str) -> None:
    """Make a new publication in the folder NAME: settings, a first article, feeds."""
    from pubkit import scaffold
    from pubkit.state import moment

    for path in scaffold.new(Path(name), moment(), title=title, url=url, language=language, author=author):
        click.echo(path)
    click.echo(f"now: pubkit build {shlex.quote(name)}")


@main.command()
@click.argument("path", default=".")
@click.option("--hub", "hubs", multiple=True, metavar="URL", help="A hub to tell, instead of those of pubkit.toml; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Tell of the feeds by tag, author and the like too.")
@click.option("-o", "--out", default=None, metavar="DIR", help="Where the feeds were built. [default: that of pubkit.toml]")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1, 300), metavar="SECONDS",
              help="How long a hub may take.")
def ping(path: str, hubs: tuple[str, ...], every: bool, out: str | None, timeout: float) -> None:
    """Tell the WebSub hubs of the publication in PATH that its feeds have changed. Nothing else of pubkit uses the network."""
    from pubkit.syndication import topics
    from pubkit.websub import ping as tell

    home, about = _found(path)
    asked = tuple(dict.fromkeys(hubs or (about.feeds.hubs if about.feeds else ())))
    if not asked:
        raise UsageError("there is no hub to tell", hint="Name it with --hub, or below [feeds] in pubkit.toml: hubs = [\"https://hub.example/\"]")
    built = topics(about, Path(out) if out else home / (about.paths.out or "out"), every)
    if not built:
        raise UsageError("there are no feeds to tell of", hint="Run `pubkit build` first, with a url and a feed format in pubkit.toml")
    failed = False
    for hub in asked:
        for told in tell(hub, built, timeout=timeout):
            failed = failed or not told.ok
            click.echo(f"{told.hub}: {told.topic}: {'told' if told.ok else 'error: ' + told.message}", err=not told.ok)
    sys.exit(1 if failed else 0)


def _found(path: str) -> tuple[Path, Publication]:
    """The folder and the publication that a path belongs to."""
    from pubkit.publication import FILE, home_of, load

    home = home_of(Path(path))
    if home is None:
        raise UsageError(f"there is no {FILE} in {Path(path).absolute()}", hint="Name the folder of a publication")
    return home, load(home / FILE)


@main.command()
def schema() -> None:
    """Print the JSON Schema of pubkit.toml, with which editors complete and check it."""
    import json

    from pubkit.publication import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@main.command()
@click.argument("file")
@click.option("--why", is_flag=True, help="Show the reason for each guess.")
@click.option("--loss", is_flag=True, help="Compare the words and the structure with those of the source.")
@click.option("--json", "as_json", is_flag=True, help="Print the canonical JSON; with --loss, that of the comparison.")
@click.option("--from", "kind", default=None, metavar="KIND", help="Kind of the source: markdown, text, json or epub.")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of the source, such as windows-1252; nothing is guessed then.")
def inspect(file: str, why: bool, loss: bool, as_json: bool, kind: str | None, encoding: str) -> None:
    """Show the structure that is found in a file."""
    import pubkit
    from pubkit.model import encode
    from pubkit.outline import outline

    if file == "-":
        read = pubkit.read_bytes(sys.stdin.buffer.read(), "-", kind or "markdown", encoding=encoding)
    else:
        read = pubkit.read(file, kind, encoding=encoding)
    for found in read.diagnostics:
        click.echo(str(found), err=True)
    if loss:
        _show_loss(read, as_json)
    else:
        click.echo(encode(read.article, indent=1).decode() if as_json else outline(read.article, read.guesses, why))


def _show_loss(read: Read, as_json: bool) -> None:
    import msgspec

    from pubkit.loss import check

    loss = check(read)
    click.echo(msgspec.json.format(msgspec.json.encode(loss)).decode() if as_json else str(loss), nl=as_json)
    sys.exit(0 if loss.ok else 1)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder for what comes out, made if it is missing.")
@click.option("-f", "--formats", default=None, metavar="NAMES",
              help="Make these formats again, joined by commas ('same': those that were made then), instead of the embedded files.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON report instead of lines.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and errors alone.")
def extract(files: tuple[str, ...], out: str, formats: str | None, as_json: bool, quiet: bool) -> None:
    """Take out what archived PDFs were made from, or make other formats from them alone; take the articles out of EPUBs."""
    if formats is None:
        _end(_taken_out(files, Path(out), _Shown(quiet or as_json, False)), as_json)
    if any(_is_book(file) for file in files):
        raise UsageError("formats are made again from PDFs alone", hint="`pubkit build book.epub` makes them of an EPUB with one article")
    from pubkit.build import rebuild

    shown = _Shown(quiet or as_json, False)
    report = rebuild(files, out, None if formats.strip() == "same" else _names(formats), progress=shown)
    if not (quiet or as_json):
        shown.summary(report)
    _end(report, as_json)


def _taken_out(files: tuple[str, ...], out: Path, shown: _Shown) -> Report:
    """What PDFs and EPUBs carry, written: the files of one into the folder, those of several into folders of their own."""
    results: list[Result] = []
    for file in files:
        folder = out if len(files) == 1 else out / Path(file).stem
        try:
            results.append(_unbound(file, folder) if _is_book(file) else _unpacked(file, folder))
        except PubkitError as error:
            results.append(Result(file, error=error))
        shown(results[-1])
    return Report(tuple(results))


def _unpacked(file: str, folder: Path) -> Result:
    """The embedded files of an archived PDF, written."""
    from pubkit import preserve
    from pubkit.preserve.records import Made

    archive = preserve.extract(file)
    paths = archive.write(folder)
    made = tuple(Made(str(path), path.name, "", path.stat().st_size, "") for path in paths)
    found = () if preserve.sealed(Path(file).read_bytes()) else (diagnostic(
        "archive-changed", "the PDF is not byte for byte as pubkit wrote it; `pubkit verify` says what was changed", file),)
    return Result(file, archive.article.meta.slug, archive.article.meta.title_text, made, diagnostics=found)


def _is_book(file: str) -> bool:
    return Path(file).suffix.lower() == ".epub"


def _unbound(file: str, folder: Path) -> Result:
    """The articles of an EPUB, each written as canonical JSON."""
    import pubkit
    from pubkit.files import write_file
    from pubkit.model import encode
    from pubkit.preserve.records import Made

    bound = pubkit.read_volume(file)
    names: dict[str, str] = {}  # by the name as systems that know no capitals have it
    for article in bound.chapters:
        name, number = article.meta.slug, 1
        while name.casefold() in names:
            number += 1
            name = f"{article.meta.slug}-{number}"
        names[name.casefold()] = name
    goals = [folder / f"{name}.json" for name in names.values()]
    files = [encode(article, indent=1) + b"\n" for article in bound.chapters]
    for goal, data in zip(goals, files, strict=True):
        if goal.exists() and not (goal.is_file() and goal.read_bytes() == data):
            raise UsageError(f"{goal} is there already, with other contents", file=file, hint="Choose an empty folder")
    made = tuple(Made(str(write_file(goal, data)), goal.name, "", len(data), "") for goal, data in zip(goals, files, strict=True))
    return Result(file, bound.meta.slug, bound.meta.title_text, made)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE.pdf...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON instead of lines.")
@click.option("-q", "--quiet", is_flag=True, help="Print changes and errors alone.")
def verify(files: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Say what was changed in archived PDFs since pubkit wrote them."""
    import msgspec

    from pubkit import preserve

    found: list[dict[str, Any]] = []
    for file in files:
        try:
            verdict = preserve.verify(file)
        except PubkitError as error:
            click.echo(_line(error), err=True)
            found.append({"file": file, "ok": False, "checks": [], "error": error.message})
            continue
        found.append({"file": file, "ok": verdict.ok, "checks": msgspec.to_builtins(verdict.checks), "error": None})
        if not as_json:
            _show_verdict(file, verdict, quiet)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({"ok": all(one["ok"] for one in found), "files": found}), indent=2).decode())
    sys.exit(0 if all(one["ok"] for one in found) else 1)


def _show_verdict(file: str, verdict: Verdict, quiet: bool) -> None:
    """A line for all that is not the same, and one for the whole."""
    for check in verdict.checks:
        if check in verdict.changes or (check.state != "same" and not quiet):
            click.echo(f"{file}: {check}")
    if not quiet:
        same = sum(1 for check in verdict.checks if check.state == "same")
        click.echo(f"{file}: " + (f"unchanged, {_count(same, 'check')}" if verdict.ok else _count(len(verdict.changes), "change")))


@main.command()
def formats() -> None:
    """List the formats that can be made and read."""
    from pubkit import exporters, readers

    click.echo("Written:")
    for format_ in exporters.formats():
        click.echo(f"  {format_.name:<9} {format_.files:<13} {format_.description}")
    click.echo("Read:")
    for kind in readers.kinds():
        click.echo(f"  {kind.name:<9} {' '.join(kind.suffixes):<38} {kind.description}")


@main.command()
@click.option("-o", "--out", default="template.docx", show_default=True, metavar="FILE", help="The file to write.")
@click.option("--theme", default="journal", show_default=True, metavar="NAME", help="A theme's name, or the folder of one.")
@click.option("--language", default="en", show_default=True, metavar="TAG", help="Language of the documents (BCP 47).")
def template(out: str, theme: str, language: str) -> None:
    """Write a Word document with all styles of DOCX, to be changed in Word and given to --reference-doc."""
    from pubkit import theme as themes_
    from pubkit.exporters import docx
    from pubkit.files import write_file

    if Path(out).suffix.lower() != ".docx":
        raise UsageError(f"{out} is no name of a Word document", hint="Name a file that ends in .docx")
    if Path(out).exists():
        raise UsageError(f"{out} exists already", hint="Name another file with -o, or remove it")
    click.echo(write_file(Path(out), docx.template(themes_.load(theme), language)))


@main.command()
def themes() -> None:
    """List the themes."""
    from pubkit import theme

    for name in theme.names():
        click.echo(f"{name:<10} {theme.load(name).title}")
