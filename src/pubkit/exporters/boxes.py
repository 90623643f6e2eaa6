"""Characters that no font has go in; a TrueType font comes out that shows each as a box with its number in it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

__all__ = ["FAMILY", "font"]

FAMILY = "Pubkit Boxes"
UNIT = 50  # of a thousand to the em
SPACES = " \u00a0\u2002\u2003\u2009\u202f\u3000"  # Pango sets those between two boxes in this font, whether it has them or not
# The hexadecimal digits, five rows of three dots each, a row as the bits of an octal digit.
DIGITS = ("75557", "26227", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717", "75755", "65656", "74447", "65556",
          "74747", "74744")


def font(characters: str) -> bytes:
    """The font of some characters; the same bytes for the same characters."""
    from fontTools.fontBuilder import FontBuilder

    names = {ord(c): f"u{ord(c):05X}" for c in SPACES + characters}
    blank = _glyph("", 0)
    glyphs = {".notdef": _glyph("", 7), **{names[ord(c)]: blank for c in SPACES}}
    for character in characters:
        number = f"{ord(character):04X}"
        glyphs[names[ord(character)]] = _glyph(number, 4 * ((len(number) + 1) // 2) + 3)
    made = FontBuilder(1000, isTTF=True)
    made.font.recalcTimestamp = False
    made.setupGlyphOrder(list(glyphs))
    made.setupCharacterMap(names)
    made.setupGlyf({name: glyph for name, (glyph, _) in glyphs.items()})
    made.setupHorizontalMetrics({name: (width, UNIT) for name, (_, width) in glyphs.items()})
    made.setupHorizontalHeader(ascent=850, descent=-150)
    made.setupHead(unitsPerEm=1000, created=0, modified=0)
    made.setupOS2(sTypoAscender=850, sTypoDescender=-150, usWinAscent=850, usWinDescent=150, fsType=0)
    made.setupNameTable({"familyName": FAMILY, "styleName": "Regular", "psName": "PubkitBoxes", "fullName": FAMILY, "version": "1"})
    made.setupPost()
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _glyph(number: str, columns: int) -> tuple[Any, int]:
    """A box of so many columns around two rows of digits, and how wide it is; without columns, a space."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)

    def block(x: int, y: int, width: int, height: int, hole: bool = False) -> None:
        left, low, right, high = (n * UNIT for n in (x + 1, y - 2, x + 1 + width, y - 2 + height))
        corners = [(left, low), (left, high), (right, high), (right, low)]
        pen.moveTo(corners[0])
        for corner in corners[:0:-1] if hole else corners[1:]:
            pen.lineTo(corner)
        pen.closePath()

    if not columns:
        return pen.glyph(), 6 * UNIT
    block(0, 0, columns, 17)
    block(1, 1, columns - 2, 15, hole=True)
    for place, digit in enumerate(number):
        line, column = divmod(place, (len(number) + 1) // 2)
        for row, dots in enumerate(DIGITS[int(digit, 16)]):
            for dot in range(3):
                if int(dots) >> 2 - dot & 1:
                    block(2 + 4 * column + dot, 14 - 7 * line - row, 1, 1)
    return pen.glyph(), (columns + 2) * UNIT
