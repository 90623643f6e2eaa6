"""A theme goes in; the numbering part of a Word document comes out: one abstract list for each style of list."""

from __future__ import annotations

from pubkit.exporters.word.elements import Element, el, merge, ppr, rgb, root, rpr, twips
from pubkit.model import ListStyle
from pubkit.theme import Theme

__all__ = ["CHECKS", "DEEPEST", "LISTS", "numbering"]

LISTS: tuple[ListStyle, ...] = ("bullet", "decimal", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman")
NUMBERS = {"decimal": "decimal", "lower-alpha": "lowerLetter", "upper-alpha": "upperLetter", "lower-roman": "lowerRoman",
           "upper-roman": "upperRoman"}
CHECKS = len(LISTS)  # the abstract list of items with a box: the box is text, so that the list itself shows no mark
DEEPEST = 8


def numbering(theme: Theme) -> bytes:
    """One abstract list for each style, nine levels deep, and one without a mark for items that carry a box to tick."""
    step = theme.type.leading
    accent = {"color": {"val": rgb(theme.color.accent)}}
    upright = {"b": {"val": "0"}, "bCs": {"val": "0"}, "i": {"val": "0"}, "iCs": {"val": "0"}}
    mark = {"dash": "\u2013", "bullet": "\u2022"}[theme.choices.list_mark]
    out: list[Element] = []
    for number in range(CHECKS + 1):
        style = LISTS[number] if number < CHECKS else "bullet"
        abstract = el("w:abstractNum", el("w:multiLevelType", val="multilevel"), abstractNumId=str(number))
        for level in range(DEEPEST + 1):
            text = "" if number == CHECKS else mark if style == "bullet" else f"%{level + 1}"
            wide = step * (1.5 if "roman" in style else 1.0)
            abstract.append(el(
                "w:lvl", el("w:start", val="1"), el("w:numFmt", val=NUMBERS.get(style, "bullet")),
                el("w:suff", val="nothing" if number == CHECKS else "tab"), el("w:lvlText", val=text), el("w:lvlJc", val="left"),
                ppr({"ind": {"left": twips(step * level + wide), "hanging": twips(wide)}}), rpr(merge(accent, upright)), ilvl=str(level)))
        out.append(abstract)
    out.extend(el("w:num", el("w:abstractNumId", val=str(n)), numId=str(n + 1)) for n in range(CHECKS + 1))
    return root("w:numbering", *out)
