"""The lists of an article go in, level by level; the numbering part of a Word document comes out (ECMA-376 part 1, 17.9).

A list with all that is nested in it is one list of several levels in Word, so that an item can be moved in and out. Lists that look alike
share an abstract list; each counts for itself.
"""

from __future__ import annotations

import copy
import hashlib
from typing import Literal, TypeAlias

from msgspec import Struct

from pubkit.exporters.word.elements import Element, el, merge, ppr, rgb, root, rpr, twips
from pubkit.model import ListStyle
from pubkit.theme import Theme

__all__ = ["HEADINGS", "LEVELS", "NUMBERED", "Format", "Level", "Lists"]

Format: TypeAlias = ListStyle | Literal["check"]  # the marks of a list; with boxes to tick, which are text, it has none
LEVELS = 9              # of a list in Word (17.9.6)
NUMBERED = 2            # levels of headings that count, where the theme numbers sections
BULLETS, DECIMALS, HEADINGS = "1", "2", "3"  # the lists that styles are tied to
_STYLED = 5
_FORMATS = {"decimal": "decimal", "lower-alpha": "lowerLetter", "upper-alpha": "upperLetter", "lower-roman": "lowerRoman",
            "upper-roman": "upperRoman"}


class Level(Struct, frozen=True):
    """One level of a list: its marks, and in points where its lines begin and how far its mark stands before them."""

    format: Format
    left: float
    hanging: float

    @property
    def counts(self) -> bool:
        """Whether its items have numbers."""
        return self.format in _FORMATS


class Lists:
    """Every list of a document."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        step = theme.type.leading
        self.abstracts: dict[tuple[Level, ...], int] = {}
        self.nums: list[Element] = []
        self._shared: dict[tuple[Level, ...], str] = {}
        for format_, number in (("bullet", BULLETS), ("decimal", DECIMALS)):
            levels = tuple(Level(format_, step * (n + 1), step) for n in range(LEVELS))  # type: ignore[arg-type]
            self._shared[levels] = self._num(levels, {})
            assert self._shared[levels] == number
        self.abstracts[()] = len(self.abstracts)  # that of headings
        self.nums.append(el("w:num", el("w:abstractNumId", val=str(self.abstracts[()])), numId=HEADINGS))

    def new(self, levels: tuple[Level, ...], level: int, start: int) -> str:
        """The number of a list that begins at a level with ``start``. Those that do not count are one list."""
        levels = self._all(levels)
        if not any(each.counts for each in levels):
            if levels not in self._shared:
                self._shared[levels] = self._num(levels, {})
            return self._shared[levels]
        starts = {n: 1 for n, each in enumerate(levels) if each.counts and n > level}
        if levels[level].counts:
            starts[level] = max(0, start)
        return self._num(levels, starts)

    def headings(self) -> str:
        """The number of a list of headings that counts from one: that of a chapter."""
        return self._num((), dict.fromkeys(range(NUMBERED), 1))

    def _all(self, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        """The levels of a list, and those below that an editor may come to use."""
        step, last = self.theme.type.leading, levels[-1]
        more = range(1, LEVELS - len(levels) + 1)
        return (*levels, *(Level("bullet" if last.format == "check" else last.format, last.left + step * n, step) for n in more))

    def _num(self, levels: tuple[Level, ...], starts: dict[int, int]) -> str:
        abstract = self.abstracts.setdefault(levels, len(self.abstracts))
        number = str(len(self.nums) + 1)
        overrides = [el("w:lvlOverride", el("w:startOverride", val=str(start)), ilvl=str(n)) for n, start in sorted(starts.items())]
        self.nums.append(el("w:num", el("w:abstractNumId", val=str(abstract)), *overrides, numId=number))
        return number

    def part(self) -> bytes:
        """The part ``numbering.xml``: abstract lists before lists, as the schema wants (17.9.17)."""
        abstracts = [self._abstract(levels, n) if levels else self._headings(n) for levels, n in self.abstracts.items()]
        return root("w:numbering", *abstracts, *self.nums)

    def _abstract(self, levels: tuple[Level, ...], number: int) -> Element:
        out = self._opened(number, "-".join(f"{each.format} {each.left:.2f} {each.hanging:.2f}" for each in levels))
        mark = {"dash": "\u2013", "bullet": "\u2022"}[self.theme.choices.list_mark]
        look = rpr(merge(_UPRIGHT, {"color": {"val": rgb(self.theme.color.accent)}}))
        style = {BULLETS: "ListBullet", DECIMALS: "ListNumber"}.get(str(number + 1), "")
        for n, each in enumerate(levels):
            wanted = {"check": "", "bullet": mark}.get(each.format, f"%{n + 1}")
            tied = [el("w:pStyle", val=style if not n else f"{style}{n + 1}")] if style and n < _STYLED else []
            indent = {"left": twips(each.left), "hanging": twips(each.hanging)}
            out.append(el("w:lvl", el("w:start", val="1"), el("w:numFmt", val=_FORMATS.get(each.format, "bullet")), *tied,
                          el("w:suff", val="nothing" if each.format == "check" else "tab"), el("w:lvlText", val=wanted),
                          el("w:lvlJc", val="left"), ppr({"ind": indent}), copy.copy(look), ilvl=str(n)))
        return out

    def _headings(self, number: int) -> Element:
        """The numbers of sections, tied to the styles of headings from Heading 2 on."""
        out = self._opened(number, "headings")
        look = rpr({"color": {"val": rgb(self.theme.color.accent)}})
        numbered = self.theme.choices.numbered
        for n in range(LEVELS):
            shown = numbered and n < NUMBERED
            tied = [el("w:pStyle", val=f"Heading{n + 2}")] if shown else []
            wanted = ".".join(f"%{k + 1}" for k in range(n + 1)) if shown else ""
            out.append(el("w:lvl", el("w:start", val="1"), el("w:numFmt", val="decimal" if shown else "none"), *tied,
                          el("w:suff", val="space" if shown else "nothing"), el("w:lvlText", val=wanted), el("w:lvlJc", val="left"),
                          ppr({"ind": {"left": "0", "firstLine": "0"}}), copy.copy(look), ilvl=str(n)))
        return out

    def _opened(self, number: int, about: str) -> Element:
        """An abstract list with an id that Word knows it by when text is copied (17.9.14)."""
        name = hashlib.sha256(about.encode()).hexdigest()[:8].upper()
        return el("w:abstractNum", el("w:nsid", val=name), el("w:multiLevelType", val="multilevel"), abstractNumId=str(number))


_UPRIGHT = {"b": {"val": "0"}, "bCs": {"val": "0"}, "i": {"val": "0"}, "iCs": {"val": "0"}}
