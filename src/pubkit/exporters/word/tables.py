"""A table of the article goes in; where its cells stand, how wide its columns are and which of them share a sheet come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pubkit.model import Cell, Row, Table, plain_text

__all__ = ["Part", "Spot", "parts"]

MOST = 63               # columns of a table in Word
CROWDED = 2.0           # times the room that the longest words ask for: beyond that nothing could be read
LETTER = 0.52           # of the type size: the width of a letter
WIDEST_WORD, WIDEST_LINE = 18, 48  # letters that a column is made wide for


class Spot(Struct, frozen=True):
    """A cell in its place: the column that it begins in, how many it covers, and whether it begins or continues one of several rows."""

    cell: Cell
    column: int
    span: int
    merged: str


class Part(Struct, frozen=True):
    """Columns that stand side by side: their alignments and widths in points, and the rows of head, body and foot with their spots."""

    first: int
    aligns: tuple[str, ...]
    widths: tuple[float, ...]
    head: tuple[tuple[Spot, ...], ...]
    body: tuple[tuple[Spot, ...], ...]
    foot: tuple[tuple[Spot, ...], ...]


def parts(node: Table, count: int, room: float, size: float, padding: float) -> list[Part]:
    """The table as one part, or as several one below the other where Word has no place for so many columns.

    Args:
        node: the table.
        count: its columns.
        room: the width that there is, in points.
        size: that of the type, in points.
        padding: the room at the sides of a cell, in points.
    """
    rows = [tuple(_placed(group, count)) for group in (node.head, node.body, node.foot)]
    least, wanted = _asked([spot for group in rows for row in group for spot in row], count, size * LETTER, padding)
    ends = [count]
    if count > MOST or sum(least) > CROWDED * room:
        ends = list(_ends(least, room))
    out, begin = list[Part](), 0
    for end in ends:
        widths = _widths(least[begin:end], wanted[begin:end], room)
        aligns = tuple(node.columns[n].align if n < len(node.columns) else "" for n in range(begin, end))
        groups = [tuple(tuple(_within(row, begin, end)) for row in group) for group in rows]
        out.append(Part(begin, aligns, tuple(widths), *groups))
        begin = end
    return out


def _placed(rows: Sequence[Row], count: int) -> Iterator[tuple[Spot, ...]]:
    """The spots of every row: cells, what continues those above, and empty cells where a row ends early."""
    hanging: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        out, column, cells = list[Spot](), 0, iter(row.cells)
        while column < count:
            if column in hanging:
                left, span = hanging.pop(column)
                out.append(Spot(Cell(()), column, span, "continue"))
                if left > 1:
                    hanging[column] = (left - 1, span)
            else:
                cell = next(cells, Cell(()))
                free = next((c for c in range(column + 1, count) if c in hanging), count)
                span = max(1, min(cell.colspan, free - column))
                tall = max(1, min(cell.rowspan, len(rows) - number))
                if tall > 1:
                    hanging[column] = (tall - 1, span)
                out.append(Spot(cell, column, span, "restart" if tall > 1 else ""))
            column += span
        yield tuple(out)


def _within(row: Sequence[Spot], begin: int, end: int) -> Iterator[Spot]:
    """The spots of a row between two columns; what reaches over the edge goes on empty."""
    for spot in row:
        first, last = max(spot.column, begin), min(spot.column + spot.span, end)
        if first < last:
            yield Spot(spot.cell if first == spot.column else Cell(()), first - begin, last - first, spot.merged)


def _asked(spots: Sequence[Spot], count: int, letter: float, padding: float) -> tuple[list[float], list[float]]:
    """The least width of each column, for its longest word, and the wanted one, for its longest line."""
    least, wanted = [2 * letter] * count, [4 * letter] * count
    for spot in spots:
        if spot.span == 1 and spot.merged != "continue":
            text = plain_text(spot.cell.content)
            word = min(WIDEST_WORD, max((len(x) for x in text.split()), default=0))
            line = min(WIDEST_LINE, max((len(x) for x in text.splitlines()), default=0))
            least[spot.column] = max(least[spot.column], letter * word + padding)
            wanted[spot.column] = max(wanted[spot.column], letter * line + padding)
    return least, wanted


def _widths(least: Sequence[float], wanted: Sequence[float], room: float) -> list[float]:
    """As much as the text asks, never below the longest word while there is room; all of them together fill the room."""
    if sum(wanted) > room > sum(least):
        spare = (room - sum(least)) / max(1e-9, sum(wanted) - sum(least))
        return [low + (high - low) * spare for low, high in zip(least, wanted, strict=True)]
    return [width * room / sum(wanted) for width in wanted]


def _ends(least: Sequence[float], room: float) -> Iterator[int]:
    """Where to part columns so that each part fits the room."""
    used, begin = 0.0, 0
    for n, width in enumerate(least):
        if n > begin and (used + width > room or n - begin == MOST):
            yield n
            used, begin = 0.0, n
        used += width
    yield len(least)
