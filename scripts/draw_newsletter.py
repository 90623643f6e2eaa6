"""Makes the drawings, the chart and the sound of the example newsletter in ``examples/newsletter/articles``, the same bytes every time.

Run from anywhere: ``python scripts/draw_newsletter.py``. It needs Pillow, and fontTools with Brotli to unpack the theme's fonts.
"""

from __future__ import annotations

import math
import wave
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

__all__ = ["bridge", "chime", "levels", "main", "swifts"]

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "themes" / "fonts" / "source-sans-3"
TARGET = ROOT / "examples" / "newsletter" / "articles"

Point = tuple[float, float]

SIZE = (1600, 800)
FINER = 2                  # drawings are made this many times as large and then reduced, so that slanting edges are smooth
COLOURS = 64

INK, SOFT, TINT, ACCENT, RULE = "#1B1A18", "#57534D", "#F4F1EA", "#2F6673", "#CFC9BD"

FIRST = date(2026, 3, 16)
NOON = (41, 40, 42, 44, 43, 47, 58, 71, 66, 57, 51, 48, 46, 45)     # centimetres of water
PATH = 90

RATE = 8000                # samples a second
SECONDS = 4
NOTES = ((0.0, 0), (0.7, 3), (1.4, -2), (2.1, -4))                  # when a note begins, and its semitones above A4


class _Sheet:
    """A drawing in units of ``SIZE``."""

    def __init__(self, ground: str) -> None:
        self.picture = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), ground)
        self.canvas = ImageDraw.Draw(self.picture)

    def area(self, points: list[Point], fill: str) -> None:
        self.canvas.polygon([(x * FINER, y * FINER) for x, y in points], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        self.area([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        self.canvas.ellipse([(x - radius) * FINER, (y - radius) * FINER, (x + radius) * FINER, (y + radius) * FINER], fill=fill)

    def line(self, points: list[Point], fill: str, width: float) -> None:
        self.canvas.line([(x * FINER, y * FINER) for x, y in points], fill=fill, width=round(width * FINER), joint="curve")

    def png(self) -> bytes:
        return _png(self.picture.resize(SIZE, Image.Resampling.BOX))


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True, dpi=(320, 320))
    return out.getvalue()


def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    data = BytesIO()
    font = TTFont(FONTS / f"SourceSans3-{face}.ttf.woff2", recalcTimestamp=False)
    font.flavor = None
    font.save(data)
    data.seek(0)
    # The basic layout engine is part of every Pillow, so the picture does not depend on how Pillow was built.
    return ImageFont.truetype(data, size, layout_engine=ImageFont.Layout.BASIC)


def _hills(sheet: _Sheet, height: float, swing: float, length: float, shift: float, fill: str) -> None:
    """Land with a wavy edge, from ``height`` down to the foot of the drawing."""
    edge: list[Point] = [(x, height + swing * math.sin(x / length + shift) + swing / 3 * math.sin(x / length * 2.7 + shift))
                         for x in range(0, SIZE[0] + 1, 8)]
    sheet.area([*edge, (SIZE[0], SIZE[1]), (0, SIZE[1])], fill)


# --- The hedgehog on its bridge -----------------------------------------------------------------------------------------------------

def _tree(sheet: _Sheet, x: float, y: float, length: float, angle: float, width: float, fill: str) -> None:
    """A bare tree: a branch, and where it ends two shorter ones."""
    end = (x + length * math.cos(angle), y - length * math.sin(angle))
    sheet.line([(x, y), end], fill, width)
    if length > 14:
        _tree(sheet, *end, length * 0.76, angle + 0.42, width * 0.68, fill)
        _tree(sheet, *end, length * 0.7, angle - 0.5, width * 0.68, fill)


def _hedgehog(sheet: _Sheet, x: float, y: float) -> None:
    """A hedgehog that looks to the right; (x, y) is the ground below its middle."""
    for leg in (-52, -30, 34, 58):
        sheet.box(x + leg, y - 20, x + leg + 15, y, "#3A2F28")
    face: list[Point] = [(x + 46, y - 66), (x + 88, y - 54), (x + 126, y - 26), (x + 122, y - 16), (x + 40, y - 10)]
    sheet.area(face, "#C9A27C")
    back: list[Point] = []
    for step in range(61):                                          # a half circle whose edge is spines
        turn = math.pi * step / 60
        far = 1.0 if step % 2 else 1.13
        back.append((x - 8 + 84 * far * math.cos(turn), y - 14 - 76 * far * math.sin(turn)))
    sheet.area(back, "#4A3B31")
    for row, many in ((0.84, 15), (0.62, 11), (0.4, 7)):
        for step in range(many):
            turn = math.pi * (step + 0.5) / many
            foot = (x - 8 + 84 * row * math.cos(turn), y - 16 - 74 * row * math.sin(turn))
            sheet.line([foot, (foot[0] - 7 + 9 * math.cos(turn), foot[1] - 15)], "#8A745F", 3)
    sheet.disc(x + 128, y - 23, 7, "#1E1916")
    sheet.disc(x + 89, y - 39, 5.5, "#1E1916")
    sheet.disc(x + 58, y - 58, 12, "#B58C67")


def _fence(sheet: _Sheet, left: float, right: float, top: float, bottom: float) -> None:
    """Upright boards with points, and a square hole at the foot of two of them, dark against the land behind."""
    wide = 46
    sheet.box(left + 8 * wide - 6, bottom - 52, left + 10 * wide, bottom, "#17232B")
    for number, x in enumerate(range(round(left), round(right), wide)):
        foot = bottom - 50 if number in (8, 9) else bottom
        sheet.area([(x, top), (x + wide / 2 - 3, top - 18), (x + wide - 6, top), (x + wide - 6, foot), (x, foot)], "#39474F")
    for y in (top + 22, bottom - 66):
        sheet.box(left, y, right, y + 12, "#2F3C44")


def bridge() -> bytes:
    """A garden at night, with a hedgehog on a plank over the millrace, as the bytes of a PNG file."""
    sheet = _Sheet("#22333F")
    for radius, shade in ((330, "#263945"), (230, "#2B404C"), (150, "#334A56")):
        sheet.disc(1210, 190, radius, shade)
    sheet.disc(1210, 190, 78, "#EFE6CC")
    for x, y, radius in ((1186, 172, 13), (1232, 214, 18), (1226, 156, 8)):
        sheet.disc(x, y, radius, "#E2D6B6")
    for x, y in ((120, 90), (270, 170), (420, 70), (600, 130), (770, 60), (890, 190), (1010, 80), (1440, 90), (1530, 240), (520, 240)):
        sheet.disc(x, y, 2.6, "#B9C4C4")
    _hills(sheet, 440, 26, 210, 0.6, "#2A3F47")
    for x, y, length in ((170, 520, 92), (470, 500, 70), (1460, 520, 84)):
        _tree(sheet, x, y, length, 1.52, 13, "#1C2A33")
    _fence(sheet, 690, 1380, 420, 556)
    _hills(sheet, 548, 6, 170, 2.0, "#3C5446")
    sheet.box(560, 590, 1040, 800, "#16232C")                       # the channel
    for y, left, right in ((724, 600, 820), (742, 760, 1000), (768, 610, 720), (780, 880, 1010)):
        sheet.line([(left, y), (right, y)], "#2E4653", 4)
    sheet.line([(640, 752), (700, 752)], "#B9B18F", 4)
    sheet.line([(668, 764), (730, 764)], "#8E8B78", 3)
    for left, shift in ((500, 0), (1040, 20)):                      # its walls
        sheet.box(left, 592, left + 60, 800, "#7C7F7A")
        for row in range(5):
            y = 592 + row * 42
            sheet.line([(left, y), (left + 60, y)], "#5D625F", 4)
            sheet.line([(left + 18 + (row * 23 + shift) % 36, y), (left + 18 + (row * 23 + shift) % 36, y + 42)], "#5D625F", 4)
    sheet.box(430, 566, 1170, 592, "#9A7B55")                       # the plank
    sheet.box(430, 584, 1170, 592, "#7A5F40")
    for x in range(440, 1150, 20):
        sheet.line([(x, 566), (x + 10, 574), (x + 20, 566)], "#C9C3B2", 2)
    for x in (452, 1134):
        sheet.box(x, 552, x + 14, 640, "#5F4A33")
    _hedgehog(sheet, 770, 566)
    for x in range(10, 490, 24):
        sheet.area([(x, 640), (x + 9, 606 + x % 5 * 5), (x + 14, 640)], "#4B6653")
    for x in range(1110, 1590, 24):
        sheet.area([(x, 640), (x + 9, 606 + x % 7 * 4), (x + 14, 640)], "#4B6653")
    return sheet.png()


# --- The swifts ---------------------------------------------------------------------------------------------------------------------

def _swift(sheet: _Sheet, x: float, y: float, span: float, lean: float) -> None:
    """A swift from below: wings like a sickle, a short forked tail. ``lean`` turns it, in radians."""
    half: list[Point] = [(0.0, -0.2), (0.12, -0.14), (0.34, -0.13), (0.58, -0.04), (1.0, 0.28), (0.6, 0.09), (0.32, 0.03), (0.1, 0.06),
                         (0.06, 0.16), (0.07, 0.28), (0.0, 0.22)]
    outline = [*half, *((-a, b) for a, b in reversed(half))]
    cos, sin = math.cos(lean) * span / 2, math.sin(lean) * span / 2
    sheet.area([(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in outline], "#2B2430")


def swifts() -> bytes:
    """Nine swifts over roofs in the evening, as the bytes of a PNG file."""
    sheet = _Sheet("#E9C9A2")
    for row, shade in enumerate(("#7F93A6", "#8FA0AC", "#A3ADB0", "#B8B9B0", "#CDC2AC", "#DEC7A5", "#E9C9A2", "#EFC596", "#F0BC88")):
        sheet.box(0, row * 68, SIZE[0], (row + 1) * 68, shade)
    sheet.box(0, 612, SIZE[0], SIZE[1], "#EFB17C")
    sheet.disc(1180, 606, 92, "#F8E3B4")
    _hills(sheet, 610, 14, 260, 1.0, "#B08A79")
    _hills(sheet, 648, 10, 150, 2.2, "#93707A")
    roofs = ((-40, 190, 640), (150, 380, 596), (350, 560, 650), (900, 1120, 636), (1090, 1330, 604), (1300, 1480, 660), (1450, 1660, 616))
    for left, right, top in roofs:
        sheet.area([(left, top + 76), ((left + right) / 2, top), (right, top + 76)], "#4A3A47")
        sheet.box(left + 14, top + 74, right - 14, 800, "#5A4752")
    for x, y in ((60, 610), (290, 580), (1170, 590), (1540, 590)):
        sheet.box(x, y, x + 34, y + 62, "#3C2F3B")
        sheet.box(x - 5, y - 8, x + 39, y + 4, "#3C2F3B")
    sheet.box(590, 470, 890, 800, "#41333F")                        # the mill
    sheet.area([(566, 476), (740, 356), (914, 476)], "#332732")
    for x in (650, 800):
        for y in (620, 690):
            sheet.box(x, y, x + 40, y + 50, "#F2CF8E" if (x, y) != (800, 690) else "#5A4752")
    for number in range(11):                                        # the eleven boxes below its eaves
        x = 601 + number * 26
        sheet.box(x, 492, x + 18, 514, "#C79B6D")
        sheet.box(x + 4, 505, x + 14, 509, "#33272F")
    for x, y, span, lean in ((250, 210, 190, -0.35), (520, 120, 130, 0.3), (640, 280, 96, -0.8), (900, 170, 230, 0.12), (380, 400, 80, 0.9),
                             (1120, 300, 110, 0.7), (1300, 140, 160, -0.2), (1450, 330, 84, 0.4), (1040, 430, 64, -0.5)):
        _swift(sheet, x, y, span, lean)
    return sheet.png()


# --- The chart ----------------------------------------------------------------------------------------------------------------------

def levels() -> bytes:
    """The level of the river on fourteen days, as the bytes of a PNG file."""
    left, right, top, bottom, most = 190, 1520, 70, 640, 100
    sheet = _Sheet(TINT)

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / most

    def x(day: int) -> float:
        return left + 40 + (right - left - 80) * day / (len(NOON) - 1)

    points: list[Point] = [(x(day), y(value)) for day, value in enumerate(NOON)]
    for value in range(0, most + 1, 20):
        sheet.line([(left, y(value)), (right, y(value))], INK if value == 0 else RULE, 3 if value == 0 else 2)
    sheet.area([(points[0][0], y(0) - 2), *points, (points[-1][0], y(0) - 2)], "#D5E0DF")
    for start in range(left, right, 28):
        sheet.line([(start, y(PATH)), (min(start + 16, right), y(PATH))], "#9A3B26", 4)
    sheet.line(points, ACCENT, 7)
    for point in points:
        sheet.disc(*point, 10, ACCENT)
    picture = sheet.picture.resize(SIZE, Image.Resampling.BOX)
    canvas = ImageDraw.Draw(picture)
    regular, bold = _font("Regular", 32), _font("Semibold", 36)
    for value in range(0, most + 1, 20):
        canvas.text((left - 22, y(value)), f"{value} cm" if value == most else str(value), font=regular, fill=SOFT, anchor="rm")
    for day in range(len(NOON)):
        when = FIRST + timedelta(days=day)
        canvas.text((x(day), bottom + 20), str(when.day), font=regular, fill=SOFT, anchor="ma")
    canvas.text(((left + right) / 2, bottom + 76), "March 2026", font=regular, fill=SOFT, anchor="ma")
    canvas.text((right, y(PATH) + 12), "the towpath", font=regular, fill="#9A3B26", anchor="ra")
    high = NOON.index(max(NOON))
    canvas.text((x(high), y(NOON[high]) - 20), f"{NOON[high]}", font=bold, fill=INK, anchor="ms")
    return _png(picture)


# --- The sound ----------------------------------------------------------------------------------------------------------------------

def _level(second: float) -> float:
    """How far the air is moved at a moment, between -1 and 1."""
    total = 0.0
    for start, semitones in NOTES:
        since = second - start
        if since < 0:
            continue
        turn = 2 * math.pi * 440 * 2 ** (semitones / 12) * since
        attack, end = min(1.0, since / 0.01), min(1.0, (SECONDS - second) / 0.2)     # seconds; without them it would click
        total += attack * end * (math.exp(-2.6 * since) * math.sin(turn) + 0.3 * math.exp(-5 * since) * math.sin(2 * turn))
    return total * 0.55


def chime() -> bytes:
    """Four notes as the bytes of a WAV file: one channel of 8 bits."""
    out = BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(bytes(128 + max(-127, min(127, round(127 * _level(number / RATE)))) for number in range(RATE * SECONDS)))
    return out.getvalue()


def main() -> None:
    """Write the pictures and the sound to their places."""
    for name, data in (("images/bridge.png", bridge()), ("images/swifts.png", swifts()), ("images/levels.png", levels()),
                       ("audio/chime.wav", chime())):
        path = TARGET / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
