"""What a story of a Word document (its text, or a note) consists of while it is written: paragraphs and tables.

A paragraph wears a style and may differ from it in a few ways, all of them in `Variation`. Nothing of that becomes formatting of the
paragraph itself: `pubkit.exporters.word.styles.Styles` gives every variation that is used a style of its own.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from pubkit.exporters.word.elements import Element

__all__ = ["Box", "Grid", "Number", "Paragraph", "Story", "Variation"]


class Box(Struct, frozen=True):
    """The part of a tinted box that a paragraph is: how far the tint reaches out above, below and at the left of it, in points.

    ``second``: the box follows another one.
    """

    above: float
    below: float
    reach: float
    second: bool = False


class Variation(Struct, frozen=True):
    """How a paragraph differs from its style; lengths in points, None where it does not.

    ``apart``: keeps its distance from neighbours of the same style too; ``grows``: its lines grow with pictures and formulas in them.
    """

    before: float | None = None
    after: float | None = None
    left: float | None = None
    right: float | None = None
    keep_next: bool | None = None
    apart: bool = False
    align: Literal["", "left", "center", "right"] = ""
    grows: bool = False
    box: Box | None = None


class Number(Struct, frozen=True):
    """The place of a paragraph in a list: the list, the level from 0, and where its mark and its lines begin, in points."""

    list: str
    level: int
    mark: float
    left: float


class Paragraph(Struct):
    """A paragraph: the style that it wears, how it differs from it, its content as elements.

    ``close``: it follows what stands above it in a list without space.
    """

    style: str
    content: list[Element]
    variation: Variation = Variation()
    number: Number | None = None
    rtl: bool = False
    section: Element | None = None
    close: bool = False

    def vary(self, **fields: object) -> None:
        """Differ in more ways; see `Variation`."""
        self.variation = msgspec.structs.replace(self.variation, **fields)


class Grid(Struct):
    """A finished block that is no paragraph: a table, or the contents."""

    element: Element


Block: TypeAlias = Paragraph | Grid
Story: TypeAlias = list[Block]
