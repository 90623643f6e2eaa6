"""Times DOCX beside the PDF of the same article, python-docx and pandoc: articles go in, a table of milliseconds and ratios comes out.

    python benchmarks/documents.py [-n RUNS] [time|growth|memory ...]

time: the sample article and one of 300 pages with 1,000 notes and 500 rows of tables as DOCX; beside it the PDF, python-docx writing the
same paragraphs and tables without notes, pictures and formulas, as its documentation does it and as fast as it can, and pandoc writing the
same source where ``pypandoc`` is installed (its process and its reading included, clock's time). The PDF of the long one is made once.
growth: twice as much of one thing, by half of it: a factor near 2 says that time grows as the length does.
memory: the most that a fresh process needs for the long article, beside the same before it is written, and beside python-docx.
Nothing is asserted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from books import long
from formats import ARTICLE, Run, child, clock, memory, pandoc, run, saved, source, timed
from pages import WORDS

import pubkit
from pubkit.model import (
    Article,
    Block,
    Cell,
    Column,
    Definition,
    DefinitionList,
    Emphasis,
    Heading,
    Inline,
    Link,
    List,
    Meta,
    Note,
    Paragraph,
    Row,
    Strong,
    Table,
    plain_text,
)

SECTIONS, NOTES, ROWS = 100, 10, 5

Piece = tuple[str, Any]


def docx(article: Article) -> bytes:
    """The Word document of an article."""
    return pubkit.export(article, "docx").files[0].data


# --- python-docx ----------------------------------------------------------------------------------------------------------------------

def pieces(blocks: Iterable[Block], style: str = "Normal") -> Iterator[Piece]:
    """What python-docx can write of an article: a table as rows of texts, all else as paragraphs: style and words."""
    for block in blocks:
        match block:
            case Heading(level, content):
                yield f"Heading {level}", inlines(content)
            case Paragraph(content):
                yield style, inlines(content)
            case List():
                for item in block.items:
                    yield from pieces(item.content, "List Number" if block.ordered else "List Bullet")
            case Table():
                rows = (*block.head, *block.body, *block.foot)
                yield "", [[plain_text(c.content) for c in row.cells] + [""] * (len(block.columns) - len(row.cells)) for row in rows]
            case _:
                if text := plain_text(block, notes=False):
                    yield "Normal", [(text, False, False)]


def inlines(content: Iterable[Inline]) -> list[tuple[str, bool, bool]]:
    """Texts with whether they are strong and stressed."""
    return [(plain_text([x], notes=False), isinstance(x, Strong), isinstance(x, Emphasis)) for x in content if not isinstance(x, Note)]


def writing(article: Article, paragraph: Callable[..., None], table: Callable[..., None]) -> Run:
    """python-docx writing an article piece by piece."""
    from docx import Document

    listed = list(pieces(article.content))

    def write() -> object:
        document = Document()
        for style, content in listed:
            if style:
                paragraph(document, style, content)
            else:
                table(document, content)
        return saved(document)
    return write


def as_documented(article: Article) -> Run:
    """python-docx by the names of styles, and cell by cell."""
    def paragraph(document: Any, style: str, content: Any) -> None:
        written = document.add_paragraph(style=style)
        for text, strong, stressed in content:
            made = written.add_run(text)
            made.bold, made.italic = strong or None, stressed or None

    def table(document: Any, rows: Any) -> None:
        written = document.add_table(len(rows), len(rows[0]), "Table Grid")
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                written.cell(r, c).text = text

    return writing(article, paragraph, table)


def as_fast_as_possible(article: Article) -> Run:
    """python-docx by the ids of styles, and row by row, with the elements below its objects."""
    from docx.text.font import Font

    def paragraph(document: Any, style: str, content: Any) -> None:
        written = document.add_paragraph()._p
        written.style = style.replace(" ", "")
        for text, strong, stressed in content:
            made = written.add_r()
            made.text = text
            if strong or stressed:
                Font(made).bold, Font(made).italic = strong or None, stressed or None

    def table(document: Any, rows: Any) -> None:
        written = document.add_table(len(rows), len(rows[0]))._tbl
        written.tblStyle_val = "TableGrid"
        for cells, row in zip(written.tr_lst, rows, strict=True):
            for cell, text in zip(cells.tc_lst, row, strict=True):
                cell.p_lst[0].add_r().text = text

    return writing(article, paragraph, table)


# --- Measures -------------------------------------------------------------------------------------------------------------------------

def times(runs: int) -> None:
    print(f"{'':<24}{'DOCX':>10}{'PDF':>12}{'DOCX : PDF':>12}{'python-docx':>14}{'its fastest':>14}{'pandoc':>12}")
    with source(long(SECTIONS, NOTES, ROWS)) as file:
        for name, path in (("the sample article", ARTICLE), ("300 pages", file)):
            article = pubkit.read(path).article
            pdf: Run = lambda article=article: pubkit.export(article, "pdf")  # type: ignore[misc]  # noqa: E731
            beside = [lambda article=article: docx(article), as_documented(article), as_fast_as_possible(article)]  # type: ignore[misc]
            if path == ARTICLE:
                timed([pdf, *beside], 1)
            ours, documented, fastest = timed(beside, runs)
            paper, = timed([pdf], runs if path == ARTICLE else 1)
            other = f"{clock(made, runs):.0f} ms" if (made := pandoc(path, "docx")) else "-"
            print(f"{name:<24}{ours:>7.0f} ms{paper:>9.0f} ms{ours / paper:>12.2f}{documented:>11.0f} ms{fastest:>11.0f} ms{other:>12}",
                  flush=True)


def _article(*blocks: Block) -> Article:
    return pubkit.normalize(Article(Meta(title="Growing", language="en"), blocks))[0]


def _table(rows: int) -> Article:
    return _article(Table([Column()] * 3, body=[Row([Cell(f"{n} {WORDS[:40]}") for _ in range(3)]) for n in range(rows)]))


# What a document may have much of: the name, how many, and an article that has so many.
KINDS: dict[str, tuple[int, Callable[[int], Article]]] = {
    "sections": (SECTIONS, lambda n: pubkit.parse(long(n, NOTES, ROWS)).article),
    "paragraphs": (5000, lambda n: _article(*[Paragraph(f"{i} {WORDS}") for i in range(n)])),
    "notes": (1000, lambda n: _article(*[Paragraph([f"{i} ", Note(WORDS)]) for i in range(n)])),
    "notes of a paragraph": (1000, lambda n: _article(Paragraph([x for i in range(n) for x in (f"{i} ", Note("Of it."))]))),
    "rows of a table": (500, _table),
    "tables": (500, lambda n: _article(*[Table([Column()], body=[Row([f"{i}"])]) for i in range(n)])),
    "items of a list": (5000, lambda n: _article(List([f"{i}" for i in range(n)]))),
    "lists": (1000, lambda n: _article(*[x for i in range(n) for x in (List([f"{i}"], "decimal"), Paragraph("Between."))])),
    "definitions": (2000, lambda n: _article(DefinitionList([Definition([f"{i}"], ["It."]) for i in range(n)]))),
    "links": (3000, lambda n: _article(*[Paragraph(Link("there", f"https://example.org/{i}")) for i in range(n)])),
    "headings": (3000, lambda n: _article(*[Heading(2, f"Heading {i}", f"h{i}") for i in range(n)])),
    "words of a paragraph": (50_000, lambda n: _article(Paragraph([f"{i} " if i % 2 else Strong(f"{i} ") for i in range(n)]))),
}


def growth(runs: int) -> None:
    print(f"{'':<40}{'half':>10}{'whole':>12}{'factor':>9}")
    for name, (count, make) in KINDS.items():
        jobs: list[Run] = [lambda article=article: docx(article) for article in (make(count // 2), make(count))]  # type: ignore[misc]
        timed(jobs, 1)
        half, whole = timed(jobs, runs)
        print(f"{f'{count // 2:,} and {count:,} {name}':<40}{half:>7.0f} ms{whole:>9.0f} ms{whole / half:>9.2f}", flush=True)


def peak(_: int) -> None:
    (read, ours), (before, theirs) = child(__file__, "ours"), child(__file__, "python-docx")
    print(f"300 pages, the most memory: {ours:.0f} MB, {ours - read:.0f} more than the article when it is read; "
          f"python-docx {theirs:.0f} MB, {theirs - before:.0f} more")


def written(make: Callable[[Article], object]) -> None:
    """The most memory before and after an article of 300 pages is written."""
    article = pubkit.parse(long(SECTIONS, NOTES, ROWS)).article
    before = memory()
    make(article)
    print(before, memory())


MEASURES = {"time": times, "growth": growth, "memory": peak}
JOBS = {"ours": lambda: written(docx), "python-docx": lambda: written(lambda article: as_fast_as_possible(article)())}


if __name__ == "__main__":
    run(__doc__, MEASURES, JOBS)
