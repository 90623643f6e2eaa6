"""Times the pages of a PDF: articles go in; what pubkit adds to WeasyPrint in time and memory comes out, as ratios within one run.

    python benchmarks/pages.py [-n RUNS] [all|finisher|cold|memory|growth ...]

all: everything that `pubkit.export` does, beside WeasyPrint drawing the same markup with the same parsed style sheet and fonts, untagged.
finisher: what tags, metadata and claims take of that, for pages of plain text.
cold: importing, and the first page, each in a fresh process, beside a bare WeasyPrint with the fonts of this machine.
memory: the most that a process needs for 200 pages of plain text, beside the same without our finisher, and beside a bare WeasyPrint.
growth: the memory that a process has after a hundred articles, and what a second hundred adds.
Nothing is asserted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from formats import ARTICLE, Run, bare_pdf, child, clock, laying_out, memory, run, timed

import pubkit
from pubkit.exporters import pdf, press
from pubkit.exporters.tags import Tagger
from pubkit.model import Article

WORDS = ("The harbour wakes before the sun does, and its bell rings twice for those who have to be at sea by then, but nobody asks why the "
         "second stroke is the louder one; the keeper says that it is the wind, and the wind has never said anything of the kind. ")
PAGE = 4  # paragraphs of three times these words, about a page's worth in the journal theme


def plain(count: int) -> Article:
    """An article of about so many pages of plain text, no two paragraphs alike."""
    paragraphs = (f"{number}. {WORDS * 3}" for number in range(count * PAGE))
    return pubkit.parse("\n\n".join(paragraphs), title="Plain").article


def markup(count: int) -> str:
    """The same words as a page for a bare WeasyPrint."""
    paragraphs = "".join(f"<p>{number}. {WORDS * 3}</p>" for number in range(count * PAGE))
    style = "@page{size:A4;margin:2cm}p{font-size:11pt;text-align:justify;hyphens:auto}"
    return f"<!DOCTYPE html><html lang=en><title>Plain</title><style>{style}</style><h1>Plain</h1>{paragraphs}"


def everything(runs: int) -> None:
    """The sample article and plain text, ours in all beside WeasyPrint alone."""
    for name, article in (("the sample article", pubkit.read(ARTICLE).article), ("20 pages of plain text", plain(20))):
        jobs: list[Run] = [lambda article=article: pubkit.export(article, "pdf"), bare_pdf(article)]  # type: ignore[misc]
        timed(jobs, 1)
        ours, bare = timed(jobs, runs)
        print(f"{name:<34}{ours:>9.0f} ms   WeasyPrint{bare:>7.0f} ms   ratio {ours / bare:.2f}", flush=True)


def finisher(runs: int) -> None:
    """Tags, metadata and claims for pages of plain text: milliseconds per page, and the share of the whole."""
    article = plain(50)
    lay_out = laying_out(article)
    taken, whole = [], []
    for _ in range(runs):
        start = time.process_time()
        document = lay_out()
        begun = time.process_time()
        last = pdf._Finisher(article.meta, pdf.STANDARDS["a-3a+ua-1"], (), Tagger(document))
        spent = [time.process_time() - begun]

        def finish(drawn: object, made: object, last: Callable[..., None] = last, spent: list[float] = spent) -> None:
            begun = time.process_time()
            last(drawn, made)
            spent.append(time.process_time() - begun)

        press.write(document, finish)
        whole.append(time.process_time() - start)
        taken.append(sum(spent))
    count = len(document.pages)
    ours, all_of_it = statistics.median(taken), statistics.median(whole)
    each = ours / count * 1000
    print(f"{f'the finisher, {count} pages':<34}{each:>9.1f} ms a page   {ours / all_of_it:.0%} of {all_of_it:.2f} s", flush=True)


def fresh(code: str) -> Run:
    """Running this code in a fresh process."""
    return lambda: subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def cold(runs: int) -> None:
    """Importing, and the first page, in fresh processes."""
    nothing = clock(fresh("pass"), runs)
    for name, ours, bare in (
            ("importing", "import pubkit", "import weasyprint"),
            ("the first page", "import pubkit; pubkit.export(pubkit.parse('A page.', title='One').article, 'pdf')",
             "import weasyprint; weasyprint.HTML(string='<h1>One</h1><p>A page.').write_pdf()")):
        one, other = clock(fresh(ours), runs) - nothing, clock(fresh(bare), runs) - nothing
        print(f"{name + ', cold':<34}{one:>9.0f} ms   WeasyPrint{other:>7.0f} ms   ratio {one / other:.2f}", flush=True)


def peak(_: int) -> None:
    """The most memory for 200 pages."""
    ours, bare, alone = (child(__file__, job)[0] for job in ("ours", "drawn", "bare"))
    print(f"{'200 pages, most memory':<34}{ours:>9.0f} MB   without ours{bare:>5.0f} MB   ratio {ours / bare:.2f}   "
          f"bare WeasyPrint{alone:>5.0f} MB   ratio {ours / alone:.2f}", flush=True)


def growth(_: int) -> None:
    """What a hundred articles more add to a process that has made a hundred."""
    first, second = child(__file__, "many")
    print(f"{'100 articles, then 100 more':<34}{first:>9.0f} MB   then {second:.0f} MB   {(second - first) / first:+.1%}", flush=True)


def ours() -> None:
    """200 pages by pubkit."""
    pubkit.export(plain(200), "pdf")
    print(memory())


def drawn() -> None:
    """The same pages without our finisher."""
    bare_pdf(plain(200))()
    print(memory())


def bare() -> None:
    """The same words by a bare WeasyPrint, tagged."""
    import weasyprint

    weasyprint.HTML(string=markup(200)).write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True)
    print(memory())


def many() -> None:
    """Two hundred articles, no two alike, and the memory after each hundred."""
    import os

    text = ARTICLE.read_text(encoding="utf-8")
    pictures = {file.relative_to(ARTICLE.parent).as_posix(): file.read_bytes() for file in ARTICLE.parent.rglob("*") if file.is_file()}
    for number in range(200):
        article = pubkit.parse(f"{text}\n\nThe end of number {number}.\n", pictures=pictures).article
        pubkit.export(article, "pdf")
        if number % 100 == 99:
            held = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], check=True, capture_output=True, text=True).stdout
            print(int(held) / 1000)


JOBS = {"ours": ours, "drawn": drawn, "bare": bare, "many": many}
PARTS = {"all": everything, "finisher": finisher, "cold": cold, "memory": peak, "growth": growth}


if __name__ == "__main__":
    run(__doc__, PARTS, JOBS)
