"""Lines come in; a table goes out where the columns are beyond doubt: a drawn grid, cells between bars, or a rule of dashes per column."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from pubkit.model import Align, Cell, Column, Paragraph, Row, Table
from pubkit.readers.plaintext.inline import lines_as_inlines
from pubkit.readers.plaintext.lines import BAR_RULE, Line, squeeze, width

__all__ = ["aligned", "table"]

_GRID = re.compile(r"\+(?:[-=]{2,}\+)+\Z")
_RULE = re.compile(r"(?:-{2,}|={2,})(?: +(?:-{2,}|={2,}))+\Z")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_CELL = re.compile(r"\S+(?: \S+)*")
_GUTTER = re.compile(r" {2,}")
_NUMERIC = re.compile(r"[-+−]?[\d.,\u202f%€$£]+\Z")

Cells = list[list[str]]     # of a row: the lines of each cell


def table(lines: list[Line]) -> tuple[Table, str] | None:
    """The table that some lines are, and how its columns are told; None where that is not beyond doubt or a word would be lost.

    Args:
        lines: the lines, without blank ones.
    """
    if len(lines) < 3 or any(len(x.raw) > 250 or width(x.raw) != len(x.raw) for x in lines):
        return None
    for read, reason in ((_grid, "a drawn grid"), (_bars, "bars between the cells"), (_ruled, "a rule of dashes for each column")):
        if (found := read(lines)) is not None:
            head, body = found
            if not body or not _all_words(lines, head + body):
                return None
            return _build(head, body, lines), reason
    return None


def aligned(lines: list[Line]) -> Table | None:
    """The table of lines whose columns stand apart by two spaces or more, where the author says that it is one; None if they do not.

    Args:
        lines: the lines, without blank ones.
    """
    if len(lines) < 2 or any(len(x.raw) > 250 or width(x.raw) != len(x.raw) for x in lines):
        return None
    cells = [_CELL.findall(x.raw) for x in lines]
    rows = _between_gutters(lines)
    if len(rows[0]) < max(len(row) for row in cells):
        if len({len(row) for row in cells}) > 1:
            return None
        rows = cells
    if len(rows[0]) < 2:
        return None
    made = [[[text] for text in row] for row in rows]
    head = int(len(rows) > 2 and all(text and not _DIGIT.search(text) for text in rows[0])
               and any(all(_NUMERIC.match(row[n]) for row in rows[1:]) for n in range(len(rows[0]))))
    return _build(made[:head], made[head:], lines)


def _between_gutters(lines: list[Line]) -> list[list[str]]:
    """The cells of each line, cut where two columns of characters or more are blank in all of them."""
    wide = max(len(x.raw) for x in lines)
    first = min(x.indent for x in lines)
    blank = "".join(" " if all(x.raw[at:at + 1] in ("", " ") for x in lines) else "x" for at in range(first, wide))
    cuts = [first, *(first + m.end() for m in _GUTTER.finditer(blank)), wide]
    return [[squeeze(x.raw[a:b]) for a, b in pairwise(cuts)] for x in lines]


def _all_words(lines: list[Line], rows: list[Cells]) -> bool:
    source = Counter(w for x in lines for w in _WORD.findall(x.text))
    return source == Counter(w for cells in rows for cell in cells for text in cell for w in _WORD.findall(text))


# --- A drawn grid -------------------------------------------------------------------------------------------------------------------

def _grid(lines: list[Line]) -> tuple[list[Cells], list[Cells]] | None:
    if not _GRID.match(lines[0].text) or not _GRID.match(lines[-1].text):
        return None
    places = [m.start() for m in re.finditer(r"\+", lines[0].raw)]
    rows: list[Cells] = []
    head = 0
    for x in lines[1:]:
        if _GRID.match(x.text):
            if [m.start() for m in re.finditer(r"\+", x.raw)] != places:
                return None
            if "=" in x.text:
                head = len(rows)
            rows.append([[] for _ in places[1:]])
            continue
        if any(len(x.raw) <= at or x.raw[at] != "|" for at in places):
            return None
        if not rows:
            rows.append([[] for _ in places[1:]])
        for cell, (a, b) in zip(rows[-1], pairwise(places), strict=True):
            cell.append(squeeze(x.raw[a + 1:b]))
    if rows and not any(text for cell in rows[-1] for text in cell):
        rows.pop()
    drawn = sum(1 for x in lines if _GRID.match(x.text))
    if not head and drawn == 3 and len(rows) == 2 and all(rows[1][0]):     # one rule below the head, none between the rows
        rows = [rows[0], *([[text] for text in row] for row in zip(*rows[1], strict=True))]
        head = 1
    return rows[:head], rows[head:]


# --- Cells between bars -------------------------------------------------------------------------------------------------------------

def _bars(lines: list[Line]) -> tuple[list[Cells], list[Cells]] | None:
    if "|" not in lines[0].text or not BAR_RULE.match(lines[1].text):
        return None
    rows = [[[squeeze(cell)] for cell in _between(x.text)] for i, x in enumerate(lines) if i != 1]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return None
    return rows[:1], rows[1:]


def _between(text: str) -> list[str]:
    return text.removeprefix("|").removesuffix("|").split("|")


# --- A rule for each column ---------------------------------------------------------------------------------------------------------

def _ruled(lines: list[Line]) -> tuple[list[Cells], list[Cells]] | None:
    rules = [i for i, x in enumerate(lines) if _RULE.match(x.text)]
    framed = bool(rules) and rules[0] == 0 and len(rules) > 1
    at = rules[1] if framed else rules[0] if rules else 0
    if not at or any(lines[i].raw != lines[at].raw for i in rules) or (not framed and at != 1):
        return None
    starts = [m.start() for m in re.finditer(r"[-=]+", lines[at].raw)]
    ends = [m.end() for m in re.finditer(r"[-=]+", lines[at].raw)]
    head: list[Cells] = []
    body: list[Cells] = []
    for i, x in enumerate(lines):
        if i in rules:
            continue
        cells = _sliced(x.raw, starts, ends)
        if cells is None or (i > at and not cells[0]):
            return None
        (head if i < at else body).append([[c] for c in cells])
    return head, body


def _sliced(raw: str, starts: list[int], ends: list[int]) -> list[str] | None:
    """The cells of a row; None if a word stands across the gap between two columns. The last column may run over its rule."""
    if raw[:starts[0]].strip():
        return None
    for end, start in zip(ends, starts[1:], strict=False):
        if raw[end:start].strip():
            return None
    cuts = zip(starts, [*ends[:-1], len(raw)], strict=True)
    return [squeeze(raw[a:b]) for a, b in cuts]


# --- The table ----------------------------------------------------------------------------------------------------------------------

def _build(head: list[Cells], body: list[Cells], lines: list[Line]) -> Table:
    columns = [Column(_align([row[n] for row in body])) for n in range(len(body[0]))]
    made = [[Row(tuple(_cell(cell) for cell in row)) for row in rows] for rows in (head, body)]
    return Table(columns, head=made[0], body=made[1], line=lines[0].no)


def _align(cells: list[list[str]]) -> Align:
    texts = [t for cell in cells for t in cell if t]
    return "right" if texts and all(_NUMERIC.match(t) for t in texts) else ""


def _cell(texts: list[str]) -> Cell:
    written = [t for t in texts if t]
    return Cell((Paragraph(lines_as_inlines([" ".join(written)])),)) if written else Cell()
