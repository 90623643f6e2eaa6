"""The element of a table comes in; a table of the model goes out, and after it what stands in the table outside of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pubkit.model import Align, Block, Cell, Column, Inline, Paragraph, Row, Table
from pubkit.readers.html.math import holds_blocks
from pubkit.readers.html.text import joined, number, shown, style
from pubkit.readers.html.tree import Child, Element

if TYPE_CHECKING:
    from pubkit.readers.html import Converter

__all__ = ["table"]

_PARTS = ("thead", "tbody", "tfoot")
_MOST = 65_534  # rows that a cell may span (HTML, 4.9.11)


@dataclass
class _Found:
    """What is found in a table: its rows by part, each with the elements of its cells; captions; columns; runs of what is in no cell."""

    parts: dict[str, list[list[Element]]] = field(default_factory=lambda: {name: [] for name in _PARTS})
    captions: list[Element] = field(default_factory=list)
    columns: list[Align] = field(default_factory=list)
    stray: list[list[Child]] = field(default_factory=lambda: [[]])

    def add_stray(self, node: Child) -> None:
        """Adds what stands in no cell."""
        self.stray[-1].append(node)

    def end_stray(self) -> None:
        """Says that what comes next in no cell does not belong to what came before."""
        if self.stray[-1]:
            self.stray.append([])


def table(convert: Converter, element: Element) -> tuple[Block, ...]:
    """A table; what stands in it outside a cell follows it. A table that is only there for the layout becomes what its cells hold."""
    key = convert.take_id(element.attrs.get("id", ""))
    found = _Found()
    _collect(element, "tbody", "", found)
    parts = found.parts
    if summary := element.attrs.get("summary", "").strip():
        convert.say("html-dropped", f"the summary {shown(summary)} of <table> was left out", element.line, "<table summary>")
    words = joined(convert.line_in(c) for c in found.captions)
    if element.attrs.get("role") in ("presentation", "none"):
        convert.say("html-dropped", "a table that only lays things out was left out; what its cells hold stays", element.line)
        cells = [cell for name in _PARTS for row in parts[name] for cell in row]
        inside = tuple(block for cell in cells for block in convert.blocks_in(cell))
        return (*_caption(words, element), *inside, *_stray(convert, found, element))
    if not parts["thead"]:
        count = _leading_headers(parts["tbody"])
        parts["thead"], parts["tbody"] = parts["tbody"][:count], parts["tbody"][count:]
    columns = _columns(found)
    rows = {name: _rows(convert, parts[name], name) for name in _PARTS}
    after = _stray(convert, found, element)
    if not any(rows.values()):
        return (*_caption(words, element), *after)
    return (Table(columns, rows["thead"], rows["tbody"], rows["tfoot"], words, key, element.line), *after)


def _caption(words: tuple[Inline, ...], element: Element) -> tuple[Block, ...]:
    return (Paragraph(words, line=element.line),) if words else ()


def _stray(convert: Converter, found: _Found, element: Element) -> tuple[Block, ...]:
    return tuple(block for run in found.stray for block in convert.blocks(run, element.line))


def _collect(element: Element, part: str, align: Align, found: _Found) -> None:
    """Gathers what stands in a table or a part of it; cells without a row are one."""
    loose: list[Element] | None = None
    for node in element.children:
        if isinstance(node, str):
            found.add_stray(node)
            continue
        if node.tag in ("td", "th"):
            if loose is None:
                loose = []
                found.parts[part].append(loose)
            loose.append(_aligned(node, align))
            found.end_stray()
            continue
        loose = None
        if node.tag == "tr":
            found.parts[part].append(_cells(node, _align(node) or align, found))
        elif node.tag in found.parts:
            _collect(node, node.tag, _align(node) or align, found)
        elif node.tag == "caption":
            found.captions.append(node)
        elif node.tag == "colgroup":
            inner = [e for e in node.elements() if e.tag == "col"]
            for column in inner or [node]:
                found.columns.extend([_align(column) or _align(node)] * number(column.attrs.get("span", "1"), 1, 1, 1000))
        elif node.tag == "col":
            found.columns.extend([_align(node)] * number(node.attrs.get("span", "1"), 1, 1, 1000))
        else:
            found.add_stray(node)
            continue
        found.end_stray()


def _cells(row: Element, align: Align, found: _Found) -> list[Element]:
    cells: list[Element] = []
    found.end_stray()
    for node in row.children:
        if isinstance(node, Element) and node.tag in ("td", "th"):
            cells.append(_aligned(node, align))
            found.end_stray()
        else:
            found.add_stray(node)
    return cells


def _aligned(cell: Element, align: Align) -> Element:
    if align and not _align(cell):
        cell.attrs["align"] = align
    return cell


def _align(element: Element) -> Align:
    value = style(element.attrs).get("text-align") or element.attrs.get("align", "").strip().lower()
    value = {"start": "left", "end": "right"}.get(value, value)
    return cast(Align, value) if value in ("left", "center", "right") else ""


def _spans(cell: Element, rows_left: int) -> tuple[int, int]:
    """How many columns and rows a cell fills; a ``rowspan`` of 0 reaches to the end of the part."""
    across = number(cell.attrs.get("colspan", "1"), 1, 0, 1000) or 1
    down = number(cell.attrs.get("rowspan", "1"), 1, 0, _MOST) or rows_left
    return across, down


def _leading_headers(rows: list[list[Element]]) -> int:
    """How many rows at the beginning are a head that is not written as one; never all."""
    count, reach = 0, 0
    for at, row in enumerate(rows):
        if not any(c.tag == "th" for c in row) or not all(c.tag == "th" or not c.solid() for c in row):
            break
        if at and len(row) == 1 and reach <= at:  # it heads a group of rows, not the columns
            break
        reach = max(reach, *(at + _spans(c, len(rows) - at)[1] for c in row))
        count = at + 1
    return count if count < len(rows) and reach <= count else 0


def _rows(convert: Converter, rows: list[list[Element]], part: str) -> tuple[Row, ...]:
    return tuple(Row(tuple(_cell(convert, cell, part, len(rows) - at) for cell in row)) for at, row in enumerate(rows))


def _cell(convert: Converter, element: Element, part: str, rows_left: int) -> Cell:
    inside: tuple[Block, ...]
    if holds_blocks(element):
        inside = convert.anchored(convert.blocks_in(element), element.attrs.get("id", ""))
    else:
        words = convert.line_in(element)
        inside = (Paragraph(words, convert.take_id(""), line=element.line),) if words else ()
    across, down = _spans(element, rows_left)
    header = part != "thead" and (element.tag == "th" or element.attrs.get("scope", "").lower() in ("row", "rowgroup"))
    return Cell(inside, header, across, down)


def _columns(found: _Found) -> tuple[Column, ...]:
    """As many columns as the rows fill, each aligned as its ``col`` says or else its first cell that is aligned.

    The span of a row's last cell adds no column that nothing else stands in: large ones only mean "all the rest".
    """
    aligns: dict[int, Align] = {at: align for at, align in enumerate(found.columns) if align}
    width = 0
    for name in _PARTS:
        rows = found.parts[name]
        hanging: dict[int, int] = {}
        for index, row in enumerate(rows):
            at = 0
            for place, cell in enumerate(row):
                while hanging.get(at, 0) > index:
                    at += 1
                across, down = _spans(cell, len(rows) - index)
                last = place == len(row) - 1
                if across == 1 and (align := _align(cell)):
                    aligns.setdefault(at, align)
                if down > 1:
                    hanging.update(dict.fromkeys(range(at, at + (1 if last else across)), index + down))
                at += 1 if last else across
            width = max(width, at)
    return tuple(Column(aligns.get(at, "")) for at in range(width))
