"""The metadata of a work, its lead picture and a theme go in; the cover of a book comes out, 1600 × 2560 pixels.

Pillow draws it, with the shaping of RAQM. Three compositions follow the theme's layout: a column of text above the picture, a band of
colour above all, and a strip beside the title. Words never stand on the picture, so that they can always be read.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pubkit import pictures, words
from pubkit.diagnostics import AssetError, Diagnostic, diagnostic
from pubkit.exporters import fonts as fontlists
from pubkit.exporters.lettering import IDEOGRAPH, JOINER, KEPT, NBSP, Block, Setter, backward, fit, opened
from pubkit.model import Asset, Meta
from pubkit.theme import Style, Theme, contrast, font_files

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = ["HEIGHT", "WIDTH", "alt", "draw"]

WIDTH, HEIGHT = 1600, 2560
POINT = 6  # pixels to a point of the theme's rules
ENLARGED = 1.1  # how far a picture of dots may be enlarged
FRAME = (70, 250)  # around a picture that does not fill its place, above and below: at least and at most, in pixels
LEAST = 220  # the longer side of the smallest picture that is shown, in pixels
LONGEST = 600  # characters of a title or deck that are looked at
replace = msgspec.structs.replace


def alt(meta: Meta, picture_alt: str = "") -> str:
    """The alternative text of a cover, in the language of the work: what it is, its title, its authors, and what the picture shows."""
    language = meta.language or "en"
    gap = words.gap(language)
    stop = "." if gap else "。"
    parts = (words.word("cover", language), meta.title_text, _authors(meta), picture_alt.strip())
    return gap.join(p if p[-1] in ".!?…。！？؟।" else p + stop for p in parts if p)


def draw(meta: Meta, picture: Asset | None, theme: Theme, fonts: tuple[str, ...] = ()) -> tuple[Asset, bool, tuple[Diagnostic, ...]]:
    """The cover of a book, and what there is to say about it.

    Args:
        meta: what stands on it: publisher, section, series, title, deck and authors.
        picture: the lead picture; one that cannot be read, or is too small, is left out with a finding.
        theme: its colours, fonts and choices.
        fonts: folders of more fonts; by default those that PUBKIT_FONTS names.

    Returns:
        A JPEG of `WIDTH` × `HEIGHT` pixels, the same bytes for the same arguments; whether the picture is on it; and findings
        (``glyph-missing``, ``export-note``).

    Raises:
        OptionError: for a folder of fonts that is none.
        ThemeError: for a font of the theme that cannot be read.
    """
    sheet = _Sheet(meta, theme, fontlists.folders(fonts))
    shown = sheet.read(picture) if picture else None
    {"column": _column, "band": _band, "strip": _strip}[theme.choices.layout](sheet, shown)
    out = BytesIO()
    sheet.canvas.save(out, "JPEG", quality=82, subsampling=2)
    return Asset("cover.jpg", "image/jpeg", out.getvalue(), WIDTH, HEIGHT), shown is not None, sheet.findings()


def _authors(meta: Meta, whole: bool = False) -> str:
    """The authors in running text; ``whole``: so that no line ends within a name."""
    names = [p.name for p in meta.authors if p.role == "author" and p.name]
    return words.names([_whole(name) for name in names] if whole else names, meta.language or "en")


def _whole(name: str) -> str:
    name = NBSP.join(name.split())
    return JOINER.join(name) if IDEOGRAPH.search(name) else name


# --- Compositions -------------------------------------------------------------------------------------------------------------------

def _column(sheet: _Sheet, shown: _Picture | None) -> None:
    """A masthead over a heavy rule, title and deck flush with it, the picture from edge to edge, authors at the foot.

    Without a picture the first letter of the title stands for it, if the theme begins its articles so.
    """
    theme, left, width = sheet.theme, 150, WIDTH - 300
    color = theme.color
    ground = color.paper if shown else color.tint
    sheet.fill(0, 0, WIDTH, HEIGHT, ground)
    caps = theme.choices.labels == "caps"
    name = Style("text", 1, 1, caps="all-small", tracking=0.14) if caps else replace(theme.style("label"), weight=700)
    sheet.masthead(left, 190, width, (name, 76 if caps else 56, color.ink), (theme.style("date"), 52, color.ink_soft), ground)
    sheet.fill(left, 232, width, round(theme.rules.heavy * POINT), color.ink)
    top, foot = 350, HEIGHT - 140
    if sheet.kicker:
        top = sheet.put(sheet.line(sheet.kicker, theme.style("kicker"), 50, width), left, top, color.accent, ground) + 64
    if sheet.authors:
        authors = sheet.fit(sheet.authors, theme.style("author"), width, 200, (64, 44), 1.3, 2)
        foot = sheet.put(authors, left, foot - authors.height, color.ink, ground, up=True) - 76
    room = foot - top
    least = shown.least(WIDTH, 640) if shown else round(room * 0.36) if theme.choices.initial else 0
    title, deck = sheet.head(width, room - least - 100, (250, 66), 1.05, 70)
    top = sheet.put(title, left, top, color.ink, ground)
    if deck:
        top = sheet.put(deck, left, top + 70, color.ink_soft, ground)
    if shown:
        high = shown.height(WIDTH, least, foot - top - 100)
        sheet.picture(shown, foot - high, high, left)
    elif not (theme.choices.initial and sheet.initial(left, top + 120, width, foot - top - 160, color.accent)):
        sheet.fill(left, foot, width, round(theme.rules.heavy * POINT), color.ink)


def _band(sheet: _Sheet, shown: _Picture | None) -> None:
    """A band of colour with the publication's name, the picture below it, then the title; without a picture a field of colour."""
    theme, left, width = sheet.theme, 130, WIDTH - 260
    color = theme.color
    sheet.fill(0, 0, WIDTH, HEIGHT, color.paper)
    name, side = (replace(theme.style("title"), tracking=-0.01), 92, color.on_accent), (theme.style("byline"), 50, color.on_accent)
    foot = HEIGHT - 140
    if sheet.authors:
        authors = sheet.fit(sheet.authors, theme.style("author"), width, 180, (60, 42), 1.25, 2)
        foot = sheet.put(authors, left, foot - authors.height, color.ink, color.paper, up=True) - 80
    kicker = sheet.line(sheet.kicker, theme.style("kicker"), 56, width) if sheet.kicker else None
    above = kicker.height + 50 if kicker else 0
    if shown:
        band = 250
        sheet.fill(0, 0, WIDTH, band, color.accent)
        sheet.masthead(left, 158, width, name, side, color.accent)
        least = shown.least(WIDTH, 640)
        title, deck = sheet.head(width, foot - band - least - 110 - above - 30, (240, 64), 1.0, 62)
        below = 110 + above + title.height + (deck.height + 62 if deck else 0) + 30
        high = shown.height(WIDTH, least, foot - band - below)
        sheet.picture(shown, band, high, left)
        top: float = band + high + 110
        if kicker:
            sheet.put(kicker, left, top, color.accent, color.paper)
        top = sheet.put(title, left, top + above, color.ink, color.paper)
        if deck:
            sheet.put(deck, left, top + 62, color.ink_soft, color.paper)
        return
    deck = sheet.deck(width, 560)
    field = round(foot - deck.height - 110 if deck else foot - 60 if sheet.authors else HEIGHT - 160)
    sheet.fill(0, 0, WIDTH, field, color.accent)
    sheet.masthead(left, 208, width, name, side, color.accent)
    title = sheet.heading(width, field - 480 - above, (330, 70), 0.98)
    top = field - 130 - title.height
    sheet.put(title, left, top, color.on_accent, color.accent)
    if kicker:
        sheet.put(kicker, left, top - above, color.on_accent, color.accent)
    if deck:
        sheet.put(deck, left, field + 90, color.ink, color.paper)


def _strip(sheet: _Sheet, shown: _Picture | None) -> None:
    """A strip of labels beside title and deck, the picture from edge to edge at the foot; without one a field of colour."""
    theme, edge, left = sheet.theme, 100, 480
    color = theme.color
    sheet.fill(0, 0, WIDTH, HEIGHT, color.paper)
    narrow, width, top = left - edge - 90, WIDTH - left - edge, 430
    strong, heavy = replace(theme.style("label"), weight=700), round(theme.rules.heavy * POINT)
    if shown:
        ground, front, soft = color.paper, color.ink, color.ink_soft
        sheet.fill(edge, 130, WIDTH - 2 * edge, heavy, color.accent)
        sheet.masthead(edge, 226, WIDTH - 2 * edge, (strong, 52, color.accent), (theme.style("byline"), 48, soft), ground)
        foot = HEIGHT - shown.least(WIDTH, 700) - 110
    else:
        ground, front, soft = color.accent, color.on_accent, color.on_accent
        sheet.fill(left - 60, 0, WIDTH - left + 60, HEIGHT, ground)
        if sheet.publisher:
            sheet.put(sheet.fit(sheet.publisher, strong, narrow, 240, (52, 34), 1.2, 4), edge, 140, color.accent, color.paper)
        if sheet.series:
            sheet.put(sheet.line(sheet.series, theme.style("byline"), 48, width), left, 140, front, ground)
        foot = HEIGHT - 140
    if sheet.kicker:
        sheet.put(sheet.fit(sheet.kicker, theme.style("kicker"), narrow, 300, (52, 34), 1.2, 4), edge, top, color.accent, color.paper)
    title, deck = sheet.head(width, foot - top, (230 if shown else 250, 60), 1.08, 90)
    below: float = sheet.put(title, left, top, front, ground)
    beside = below + 90
    if deck:
        below = sheet.put(deck, left, beside, soft, ground)
    if sheet.authors:
        authors = sheet.fit(sheet.authors.replace(NBSP, " "), theme.style("author"), narrow, 420, (48, 32), 1.3, 8)
        start = beside if shown else HEIGHT - 140 - authors.height
        sheet.fill(edge, round(start) - 40, narrow, heavy, color.accent)
        below = max(below, sheet.put(authors, edge, start, color.ink, color.paper))
    if shown:
        high = shown.height(WIDTH, shown.least(WIDTH, 700), HEIGHT - below - 110)
        sheet.picture(shown, HEIGHT - high, high, edge)


# --- The sheet ----------------------------------------------------------------------------------------------------------------------

class _Sheet:
    """The canvas with what is to stand on it. Distances are measured from the side where lines begin."""

    def __init__(self, meta: Meta, theme: Theme, more: tuple[str, ...]) -> None:
        from PIL import Image, ImageDraw

        self.theme, self.language = theme, meta.language or "en"
        self.base = 1 if words.direction(self.language) == "rtl" or backward(meta.title_text) else 0
        self.canvas = Image.new("RGB", (WIDTH, HEIGHT))
        self.pen = ImageDraw.Draw(self.canvas)
        self.type = Setter(theme, more, self.language)
        self.said: list[Diagnostic] = []
        self.title, self.subtitle, self.authors = _clean(meta.title_text), _clean(meta.subtitle_text), _clean(_authors(meta, whole=True))
        self.publisher, self.kicker, self.series = _clean(meta.publisher), _clean(meta.section), ""
        if meta.series and meta.series.name:
            name, place = meta.series.name, meta.series.position
            self.series = _clean(words.word("series", self.language, name=name, n=place) if place else name)
        if not self.kicker:
            self.kicker, self.series = self.series, ""

    def findings(self) -> tuple[Diagnostic, ...]:
        """What was left out, and what only the last resort could show."""
        return (*self.said, *self.type.findings())

    def _x(self, x: float, width: float) -> float:
        return WIDTH - x - width if self.base else x

    def fill(self, x: int, y: int, width: int, height: int, color: str) -> None:
        """A rectangle."""
        x = round(self._x(x, width))
        self.canvas.paste(color, (x, y, x + width, y + height))

    def line(self, text: str, style: Style, size: int, width: float) -> Block:
        """A text on one line: set smaller, and at last cut off, where it is too long."""
        return self.fit(text, style, width, size * 3, (size, round(size * 0.7)), 1.2, 1)

    def fit(self, text: str, style: Style, width: float, height: float, sizes: tuple[int, int], leading: float, most: int) -> Block:
        """A text at the largest of some sizes, in pixels, at which it fits."""
        return fit(self.type.text(_short(text), style, self.base), width, height, sizes, leading, most)

    def heading(self, width: float, height: float, sizes: tuple[int, int], leading: float) -> Block:
        """The title, smaller where its lines end better so."""
        text = self.type.text(_short(self.title), self.theme.style("title"), self.base)
        return fit(text, width, height, sizes, leading, 12, 5.0)

    def head(self, width: float, height: float, sizes: tuple[int, int], leading: float, gap: int) -> tuple[Block, Block | None]:
        """Title and deck for a place; the deck goes without if the title would become small for its sake."""
        deck, alone = self.deck(width, height * 0.5), self.heading(width, height, sizes, leading)
        if not deck:
            return alone, None
        both = self.heading(width, height - deck.height - gap, sizes, leading)
        return (alone, None) if both.cut or both.size < min(alone.size * 0.88, sizes[0] * 0.46) else (both, deck)

    def deck(self, width: float, height: float) -> Block | None:
        """The deck if there is one and room for it."""
        if not self.subtitle or len(self.subtitle) > LONGEST:
            return None
        block = self.fit(self.subtitle, self.theme.style("deck"), width * 0.98, height, (72, 50), 1.34, 7)
        return None if block.cut or block.height > height else block

    def put(self, block: Block, x: float, y: float, color: str, ground: str, up: bool = False) -> int:
        """Draw a block, flush where lines begin; gives the place below it, or above it."""
        color = _legible(color, ground, block.size)
        for baseline, line in zip(block.baselines, block.lines, strict=True):
            place = self._x(x, line.width * block.size)
            self.type.draw(self.pen, line, place, y + baseline, block.size, color)
        return round(y if up else y + block.height)

    def masthead(self, x: int, baseline: int, width: int, name: tuple[Style, int, str], side: tuple[Style, int, str],
                 ground: str) -> None:
        """The publication at the beginning of a line, the series at its end."""
        taken = 0.0
        if self.publisher:
            block = self.line(self.publisher, name[0], name[1], width)
            self.put(block, x, baseline - block.baselines[0], name[2], ground)
            taken = block.lines[0].width * block.size + 80
        if self.series and width - taken > 300:
            block = self.line(self.series, side[0], side[1], width - taken)
            if not block.cut:
                self.put(block, x + width - block.lines[0].width * block.size, baseline - block.baselines[0], side[2], ground)

    def initial(self, x: int, y: int, width: int, height: int, color: str) -> bool:
        """The first letter of the title, as large as there is room; whether there is one to be shown."""
        text = self.type.text(next((c for c in self.title if c.isalnum()), ""), self.theme.style("title"), self.base)
        if height < 400 or not text.text or self.type.rough(text):
            return False
        line = text.line(0, len(text.text))
        if line.ascent + line.descent <= 0.05:
            return False
        size = min(int(height / (line.ascent + line.descent)), int(width / max(line.width, 0.1)), 1600)
        inked, _, end, _ = opened(line.runs[0].font, size).getbbox(text.text, anchor="ls")
        self.type.draw(self.pen, line, self._x(x, end - inked) - inked, y + height - line.descent * size, size, color)
        return True

    def read(self, asset: Asset) -> _Picture | None:
        """The picture of an asset; None, with a finding, if it cannot be shown."""
        try:
            shown = _Picture(asset, self.theme)
        except AssetError as error:
            self.said.append(diagnostic("export-note", f"the cover has no picture: {asset.name} {error.message}"))
            return None
        return shown

    def picture(self, shown: _Picture, y: int, height: int, margin: int) -> None:
        """Show a picture from edge to edge: filling its place where it can, else in a frame."""
        found = shown.pixels(WIDTH, height, margin)
        if found.mode == "RGBA" and found.getchannel("A").getextrema() == (255, 255):
            found = found.convert("RGB")
        if found.size != (WIDTH, height) or found.mode == "RGBA":
            self.fill(0, y, WIDTH, height, shown.mat(found))
        place = ((WIDTH - found.width) // 2, y + (height - found.height) // 2)
        self.canvas.paste(found, place, found if found.mode == "RGBA" else None)


def _clean(text: str) -> str:
    """One line without controls; what breaks or joins words stays."""
    text = re.sub(r"[\t\n\r\f\v\u2028\u2029 ]+", " ", text).strip()
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs") and (unicodedata.category(c) != "Cf" or c in KEPT))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _legible(color: str, ground: str, size: float) -> str:
    """The colour, or black or white where it could not be read (WCAG 2.2, 1.4.3: less is needed of large letters)."""
    if contrast(color, ground) >= (3.0 if size >= 96 else 4.5):
        return color
    return max(("#000000", "#ffffff"), key=lambda c: contrast(c, ground))


# --- Pictures -----------------------------------------------------------------------------------------------------------------------

class _Picture:
    """A lead picture: an SVG is drawn at any size, dots are hardly enlarged; photographs may be cropped, drawings are shown whole."""

    def __init__(self, asset: Asset, theme: Theme) -> None:
        self.asset, self.theme = asset, theme
        self.drawn, self.photograph = asset.media_type == "image/svg+xml", asset.media_type == "image/jpeg"
        self.source = None if self.drawn else _opened(asset)
        self.wide, self.high = self.source.size if self.source else (max(asset.width, 1), max(asset.height, 1))
        if self.source and max(self.wide, self.high) < LEAST:
            raise AssetError(f"has {self.wide} × {self.high} pixels, too few")
        if self.drawn:
            self._raster((64, 64))  # raises for what cannot be drawn

    def height(self, width: int, least: float, most: float) -> int:
        """How high a box of this width becomes for it: a photograph may be cropped to fill it, a small picture has a broad frame."""
        own = wanted = width * self.high / self.wide
        if not self.fills(width):
            wanted = self.high + 2.0 * FRAME[1]
        elif self.photograph:
            wanted = min(max(own, most), own * 1.35, max(own, self.high * ENLARGED))
        return round(min(max(wanted, least), max(most, least)))

    def least(self, width: int, wish: int) -> int:
        """The least height that a box of this width should have for it."""
        own = width * self.high / self.wide
        return round(min(wish, own if self.fills(width) else self.high + 2 * FRAME[0]))

    def fills(self, width: int) -> bool:
        """Whether it has the pixels for a width."""
        return self.drawn or width <= self.wide * ENLARGED

    def pixels(self, width: int, height: int, margin: int) -> Picture:
        """The picture for a box: of its size, or smaller where it would be blurred or cut to pieces; ``margin`` is then left beside it."""
        from PIL import Image

        across, down = width / self.wide, height / self.high
        scale, kept = max(across, down), min(across, down) / max(across, down)
        if self.fills(round(self.wide * scale)) and (kept > 0.985 or (self.photograph and kept > 0.55)):
            size = (width, height)
        else:
            scale = min((width - 2 * margin) / self.wide, (height - 2 * FRAME[0]) / self.high, 9.0 if self.drawn else ENLARGED)
            size = (max(1, round(self.wide * scale)), max(1, round(self.high * scale)))
        if self.source is None:
            return self._raster(size)
        found = self.source
        if found.mode not in ("RGB", "RGBA"):
            clear = "transparency" in found.info or found.mode in ("LA", "PA", "La")
            found = found.convert("RGBA" if clear else "RGB")
        return found.resize(size, Image.Resampling.BICUBIC, box=_crop(found.size, size), reducing_gap=2.0)

    def _raster(self, size: tuple[int, int]) -> Picture:
        from PIL import Image

        named = tuple(font_files(self.theme).values()) if b"<text" in self.asset.data else ()
        found: Picture = Image.open(BytesIO(_raster(self.asset, size[0], named)))
        found.load()
        near = abs(found.width - size[0]) + abs(found.height - size[1]) < 5
        return found.resize(size, Image.Resampling.BICUBIC) if near and found.size != size else found

    def mat(self, found: Picture) -> str:
        """The colour around and behind a picture that does not fill its box: dark behind light signs on nothing."""
        from PIL import Image

        light = 0.0
        if found.mode == "RGBA":
            small = found.resize((32, 32), Image.Resampling.NEAREST).convert("LA")
            shown = [value for value, alpha in zip(*(small.getchannel(c).tobytes() for c in "LA"), strict=True) if alpha > 127]
            light = sum(value > 200 for value in shown) / max(len(shown), 1) if len(shown) < 900 else 0.0
        return self.theme.color.accent if light > 0.7 else self.theme.color.tint


@functools.lru_cache(maxsize=4)
def _raster(asset: Asset, width: int, fonts: tuple[Path, ...]) -> bytes:
    """The PNG of an SVG. A few are kept: one sign of the house often leads many articles, and drawing it is most of the work."""
    return pictures.raster(asset, width, fonts).data


def _opened(asset: Asset) -> Picture:
    """The decoded picture, turned as its Exif says. Raises `AssetError`."""
    from PIL import Image, ImageOps

    try:
        found: Picture = Image.open(BytesIO(asset.data), formats=("PNG", "JPEG", "GIF", "WEBP"))
        if found.width * found.height > pictures.Limits().pixels:
            raise AssetError("has too many pixels")
        if found.format == "JPEG":
            found.draft("RGB", (1456, 1100))  # pixels enough for most places, for half the work
        found.load()
        return ImageOps.exif_transpose(found) if found.getexif().get(0x112, 1) != 1 else found
    except AssetError:
        raise
    except Exception as error:  # Pillow's decoders raise what they like on broken files
        raise AssetError(f"cannot be read: {error}") from error


def _crop(source: tuple[int, int], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The part of a picture that has the shape of a box: its middle from side to side, and rather its upper half, where heads are."""
    width, height = source
    wanted = size[0] / size[1]
    if width / height > wanted:
        part = height * wanted
        return ((width - part) / 2, 0, (width + part) / 2, height)
    part = width / wanted
    top = (height - part) * 0.3
    return (0, top, width, top + part)
