"""Draws the chart of the sample article: dates in, ``article/images/gaps.png`` out, the same bytes every time.

Run from anywhere: ``python scripts/draw_sample.py``. It needs Pillow, and fontTools with Brotli to unpack the theme's fonts.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

__all__ = ["draw", "main"]

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "themes" / "fonts" / "source-sans-3"
TARGET = ROOT / "article" / "images" / "gaps.png"

INK, SOFT, TINT, ACCENT, RULE, BAR = "#1B1A18", "#57534D", "#F4F1EA", "#7C2B1D", "#CFC9BD", "#A1978A"

DATES = (
    ("Budapest", date(1994, 12, 5)),
    ("Crimea", date(2014, 3, 18)),
    ("Minsk Protocol", date(2014, 9, 5)),
    ("Second Minsk agreement", date(2015, 2, 12)),
    ("Full-scale invasion", date(2022, 2, 24)),
    ("Anchorage", date(2025, 8, 15)),
)

COMMON = {"Second Minsk agreement", "Full-scale invasion"}    # names that lose their capital inside a phrase
WAR = "Full-scale invasion"
SIZE = (1600, 750)
LEFT, RIGHT, TOP, STEP, THICK = 500, 1450, 76, 118, 54
LONGEST = 8000
GRID = 2000


def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    data = BytesIO()
    font = TTFont(FONTS / f"SourceSans3-{face}.ttf.woff2", recalcTimestamp=False)
    font.flavor = None
    font.save(data)
    data.seek(0)
    # The basic layout engine is part of every Pillow, so the picture does not depend on how Pillow was built.
    return ImageFont.truetype(data, size, layout_engine=ImageFont.Layout.BASIC)


def _x(days: float) -> int:
    return round(LEFT + (RIGHT - LEFT) * days / LONGEST)


def _grid(canvas: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, bottom: int) -> None:
    for days in range(0, LONGEST + 1, GRID):
        canvas.line([(_x(days), TOP - 24), (_x(days), bottom)], fill=INK if days == 0 else RULE, width=3 if days == 0 else 2)
        label = f"{days:,} days" if days == LONGEST else f"{days:,}"
        canvas.text((_x(days), bottom + 16), label, font=font, fill=SOFT, anchor="ma")


def draw() -> bytes:
    """The chart as the bytes of a PNG file.

    Returns:
        A picture of five bars, one for each gap between neighbouring dates, each with its length in days.
    """
    picture = Image.new("RGB", SIZE, TINT)
    canvas = ImageDraw.Draw(picture)
    regular, small, bold = _font("Regular", 34), _font("Regular", 30), _font("Semibold", 36)
    gaps = list(pairwise(DATES))
    bottom = TOP + STEP * len(gaps) - (STEP - THICK) + 24
    _grid(canvas, small, bottom)
    for row, ((start, first), (end, last)) in enumerate(gaps):
        days = (last - first).days
        top = TOP + row * STEP
        middle = top + THICK // 2
        war = start == WAR
        canvas.text((LEFT - 28, middle - 4), start, font=bold, fill=INK, anchor="rs")
        goal = end[0].lower() + end[1:] if end in COMMON else end
        canvas.text((LEFT - 28, middle + 34), f"to {goal}", font=regular, fill=SOFT, anchor="rs")
        canvas.rectangle([LEFT, top, _x(days), top + THICK], fill=ACCENT if war else BAR)
        place = (_x(days) + 16, middle)
        box = canvas.textbbox(place, f"{days:,}", font=bold, anchor="lm")
        canvas.rectangle([box[0] - 8, box[1] - 6, box[2] + 8, box[3] + 6], fill=TINT)
        canvas.text(place, f"{days:,}", font=bold, fill=ACCENT if war else INK, anchor="lm")
    out = BytesIO()
    picture.save(out, "PNG", optimize=True, dpi=(320, 320))
    return out.getvalue()


def main() -> None:
    """Write the chart to its place."""
    TARGET.write_bytes(draw())


if __name__ == "__main__":
    main()
