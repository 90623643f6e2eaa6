"""Times EPUB beside the PDF of the same article, and beside pandoc: articles go in, a table of milliseconds, ratios and bytes comes out.

    python benchmarks/books.py [-n RUNS] [time|parts|memory ...]

time: an article as EPUB and as PDF, in one process and turn about, and pandoc writing an EPUB of the same source where ``pypandoc`` is
installed (its process included, clock's time).
parts: the same EPUB without a cover, without fonts, and without both.
memory: the most that Python holds while a book with many pictures is made, by the size of the book.
Nothing is asserted.
"""

from __future__ import annotations

import random
import tracemalloc
from io import BytesIO

from formats import ARTICLE, Run, clock, pandoc, run, source, timed
from pages import WORDS

import pubkit
from pubkit.exporters import cover
from pubkit.model import Article, Asset, Figure, Image, Meta, Paragraph

PICTURES, PIXELS = 60, 400


def long(sections: int, notes: int, rows: int) -> str:
    """Markdown of so many sections, each of paragraphs with a note, a list and a table, no two alike."""
    def section(n: int) -> str:
        paragraphs = "".join(f"{n}.{note} {WORDS * 2}[^{n}-{note}]\n\n" for note in range(notes))
        table = "\n".join(f"| {n}.{row} | {WORDS[row:row + 40].strip()} | {row * n} |" for row in range(rows))
        below = "\n\n".join(f"[^{n}-{note}]: Note {note} of {n}. {WORDS}" for note in range(notes))
        return (f"## Section {n}\n\n{paragraphs}- one\n- **two**, and *three*\n\n| a | b | c |\n|---|---|---|\n{table}\n\n{below}\n\n")
    return "---\ntitle: Long\nlanguage: en\n---\n\n" + "".join(map(section, range(1, sections + 1)))


def epub(article: Article, **options: str) -> int:
    """The bytes of an EPUB. Drawings of covers are kept for the next article that has the same picture; here each is the first."""
    cover._raster.cache_clear()
    return len(pubkit.export(article, "epub", **options).files[0].data)


def times(runs: int) -> None:
    print(f"{'':<28}{'EPUB':>10}{'PDF':>12}{'EPUB : PDF':>12}{'pandoc':>12}")
    with source(long(40, 4, 8)) as file:
        for name, path in (("the sample article", ARTICLE), ("60 pages, notes and tables", file)):
            article = pubkit.read(path).article
            jobs: list[Run] = [lambda article=article: epub(article),  # type: ignore[misc]
                               lambda article=article: pubkit.export(article, "pdf")]  # type: ignore[misc]
            timed(jobs, 1)
            book, pdf = timed(jobs, runs)
            other = clock(made, runs) if (made := pandoc(path, "epub")) else 0.0
            beside = f"{other:.0f} ms" if other else "-"
            print(f"{name:<28}{book:>7.0f} ms{pdf:>9.0f} ms{book / pdf:>12.2f}{beside:>12}", flush=True)


def parts(runs: int) -> None:
    article = pubkit.read(ARTICLE).article
    kinds = {"as by default": {}, "no cover": {"cover": "none"}, "no fonts": {"fonts": "none"}, "whole fonts": {"fonts": "embed"},
             "neither cover nor fonts": {"cover": "none", "fonts": "none"}}
    jobs: list[Run] = [lambda x=x: epub(article, **x) for x in kinds.values()]  # type: ignore[misc]
    timed(jobs, 1)
    for (name, options), taken in zip(kinds.items(), timed(jobs, runs), strict=True):
        print(f"{name:<28}{taken:>7.0f} ms{epub(article, **options) / 1000:>9.0f} kB", flush=True)


def noise(number: int) -> Asset:
    """A picture that no program can make smaller."""
    from PIL import Image as Pillow

    out = BytesIO()
    Pillow.frombytes("RGB", (PIXELS, PIXELS), random.Random(number).randbytes(PIXELS * PIXELS * 3)).save(out, "PNG")
    return Asset(f"{number}.png", "image/png", out.getvalue(), PIXELS, PIXELS)


def memory(_: int) -> None:
    assets = tuple(map(noise, range(PICTURES)))
    figures = (Figure(Image(a.name, f"Noise {a.name}", asset=a.name)) for a in assets)
    article = Article(Meta(title="Pictures", language="en", authors=("A",)), (Paragraph("x"), *figures), assets)
    pubkit.export(article, "epub")
    tracemalloc.start()
    size = len(pubkit.export(article, "epub").files[0].data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"a book of {size / 1e6:.1f} MB: {peak / 1e6:.1f} MB at most, {peak / size:.2f} of it, besides the pictures themselves")


MEASURES = {"time": times, "parts": parts, "memory": memory}


if __name__ == "__main__":
    run(__doc__, MEASURES)
