"""Times each format against the library below it: the sample article goes in, a table of milliseconds, ratios and memory comes out.

    python benchmarks/formats.py [-n RUNS] [FORMAT ...]

Each format is measured in a fresh process that is warmed by one run. Times are of the processor. The ratio is our time by that of a bare
job of the library that the format is made with, in the same process: what pubkit adds, whatever the machine. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pubkit
from pubkit import theme
from pubkit.model import Article, Volume
from pubkit.zipfiles import unpack

ARTICLE = Path(__file__).resolve().parents[1] / "article" / "article.md"
SITE = pubkit.Publication(title="Benchmarks", url="https://example.org/", language="en")
Run = Callable[[], object]


def bare_markdown(_: Article) -> Run:
    """markdown-it rendering the same text to HTML."""
    from markdown_it import MarkdownIt

    text = ARTICLE.read_text(encoding="utf-8")
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return lambda: md.render(text)


def laying_out(article: Article) -> Callable[[], Any]:
    """WeasyPrint laying out the markup that pubkit makes, with its parsed style sheet and fonts."""
    from pubkit.exporters import pages, pdf, press

    resources = dict[str, tuple[bytes, str]]()
    worn = pages.worn(theme.load(), pdf.Options(), article.meta.language)
    root = pages.markup(Volume(article.meta, (article,)), worn, pdf.Options(), resources)
    return lambda: press.lay_out(root, worn, resources)


def bare_pdf(article: Article) -> Run:
    """WeasyPrint writing the same markup with the same parsed style sheet and fonts, as PDF/A without tags."""
    from pubkit.exporters import press

    lay_out = laying_out(article)
    return lambda: lay_out().write_pdf(**press.OPTIONS, dpi=press.DPI)


def bare_epub(article: Article) -> Run:
    """ebooklib writing one finished chapter with its pictures, style sheet and fonts."""
    from ebooklib import epub

    files = unpack(pubkit.export(article, "epub").files[0].data)
    parts = {name.removeprefix("OEBPS/"): data for name, data in files.items() if name.startswith("OEBPS/")}
    chapter = parts["chapter-1.xhtml"]
    beside = {name: data for name, data in parts.items() if not name.endswith((".xhtml", ".opf", ".ncx"))}

    def run() -> object:
        book = epub.EpubBook()
        book.set_identifier("urn:uuid:0")
        book.set_title("Bare")
        item = epub.EpubItem(uid="chapter", file_name="chapter.xhtml", media_type="application/xhtml+xml", content=chapter)
        book.add_item(item)
        for number, (name, data) in enumerate(beside.items()):
            book.add_item(epub.EpubItem(uid=f"part-{number}", file_name=name, content=data))
        book.add_item(epub.EpubNcx())
        book.add_item(epub.EpubNav())
        book.spine = [item]
        out = BytesIO()
        epub.write_epub(out, book)
        return out
    return run


def bare_docx(article: Article) -> Run:
    """python-docx writing as many paragraphs, with the same words, in its default style."""
    import docx

    texts = [p.text for p in docx.Document(BytesIO(pubkit.export(article, "docx").files[0].data)).paragraphs]

    def run() -> object:
        document = docx.Document()
        for text in texts:
            document.add_paragraph(text)
        return saved(document)
    return run


def saved(document: Any) -> BytesIO:
    """A document of python-docx as a file."""
    out = BytesIO()
    document.save(out)
    return out


def bare_feed(article: Article, atom: bool = False) -> Run:
    """feedgen writing one finished entry."""
    from feedgen.feed import FeedGenerator

    entry = pubkit.feed_entry(article, publication=SITE)

    def run() -> object:
        feed = FeedGenerator()
        feed.id("urn:uuid:0")
        feed.title("Bare")
        feed.link(href="https://example.org/")
        feed.description("Bare")
        made = feed.add_entry()
        made.id(entry.id)
        made.title(entry.title)
        made.content(entry.content, type="html" if atom else "CDATA")
        made.updated(entry.updated)
        return feed.atom_str() if atom else feed.rss_str()
    return run


def bare_atom(article: Article) -> Run:
    """feedgen writing one finished entry."""
    return bare_feed(article, atom=True)


BARE: dict[str, Callable[[Article], Run] | None] = {
    "read": bare_markdown, "pdf": bare_pdf, "epub": bare_epub, "docx": bare_docx, "entry": None, "rss": bare_feed, "atom": bare_atom,
    "html": None, "json": None}


def timed(jobs: list[Run], runs: int) -> list[float]:
    """The median processor time of each job in milliseconds; they take turns, so that whatever else the machine does meets all alike."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, taken in zip(jobs, times, strict=True):
            gc.collect()  # one job's litter is not to be swept up in another's time
            start = time.process_time()
            job()
            taken.append(time.process_time() - start)
    return [statistics.median(taken) * 1000 for taken in times]


def clock(job: Run, runs: int) -> float:
    """The median of the clock's time in milliseconds, for jobs that work in another process."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


@contextmanager
def source(text: str) -> Iterator[Path]:
    """A Markdown file with this text, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.md"
        file.write_text(text, encoding="utf-8")
        yield file


def pandoc(source: Path, to: str) -> Run | None:
    """pandoc making another format of a Markdown file, its process included; None where it is not installed."""
    try:
        import pypandoc
    except ImportError:
        return None
    out = Path(tempfile.gettempdir()) / f"pubkit-bench-{os.getpid()}.{to}"

    def convert() -> object:
        pypandoc.convert_file(str(source), to, format="markdown", outputfile=str(out), cworkdir=str(source.parent), extra_args=["--quiet"])
        out.unlink()
        return out
    return convert


def child(script: str, job: str) -> list[float]:
    """The numbers that a job of a script prints in a fresh process."""
    done = subprocess.run([sys.executable, "-W", "ignore", script, "--job", job], check=True, capture_output=True, text=True)
    return [float(number) for number in done.stdout.split()]


def memory() -> float:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says here begins with the memory of the process that started this one
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1000)


def measure(task: tuple[str, int]) -> tuple[str, float, float, float]:
    """Name, our milliseconds, the bare job's (0: there is none), and the most memory that one run of ours has needed."""
    name, runs = task
    article = pubkit.read(ARTICLE).article
    ours, bare = our_job(name, article), BARE[name]
    ours()
    peak = memory()
    jobs = [ours, bare(article)] if bare else [ours]
    jobs[-1]()
    times = timed(jobs, runs)
    return name, times[0], times[1] if bare else 0.0, peak


def our_job(name: str, article: Article) -> Run:
    """What pubkit does under this name. A feed is made of an entry that is made before, as feedgen's is."""
    if name == "read":
        return lambda: pubkit.read(ARTICLE)
    if name == "entry":
        return lambda: pubkit.feed_entry(article, publication=SITE)
    if name in ("rss", "atom"):
        feed = pubkit.feed([pubkit.feed_entry(article, publication=SITE)], SITE)
        return lambda: pubkit.export(feed, name)
    return lambda: pubkit.export(article, name, publication=SITE)


def arguments(about: str | None, names: Iterable[str], jobs: Iterable[str] = ()) -> argparse.Namespace:
    """What the command line asks for: ``names`` (all where it gives none), ``runs``, and a ``job`` where it is that of a `child`."""
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("-n", "--runs", type=int, default=5, help="runs to take the median of (5)")
    parser.add_argument("--job", choices=list(jobs), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    given.names = given.names or list(names)
    return given


def run(about: str | None, measures: Mapping[str, Callable[[int], None]], jobs: Mapping[str, Callable[[], None]] | None = None) -> None:
    """Do what the command line asks for: measures by the number of runs, or one job."""
    jobs = jobs or {}
    given = arguments(about, measures, jobs)
    if given.job:
        jobs[given.job]()
        return
    for name in given.names:
        measures[name](given.runs)


def main() -> None:
    given = arguments(__doc__, BARE)
    print(f"{'':<6}{'pubkit':>12}{'bare job':>12}{'ratio':>8}{'peak memory':>14}   the bare job")
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name, ours, bare, peak in pool.imap(measure, [(name, given.runs) for name in given.names], chunksize=1):
            made = BARE[name]
            ratio = f"{ours / bare:.2f}" if bare else "-"
            what = (made.__doc__ or "").strip() if made else ""
            print(f"{name:<6}{ours:>9.1f} ms{f'{bare:.1f} ms' if bare else '-':>12}{ratio:>8}{peak:>11.0f} MB   {what}", flush=True)


if __name__ == "__main__":
    main()
