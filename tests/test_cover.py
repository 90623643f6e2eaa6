"""Covers: what is drawn from which metadata and picture, in every theme; what is left out is said."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from PIL import ImageChops, ImageDraw, ImageFilter, ImageStat

import pubkit
from pubkit import model as m
from pubkit import theme
from pubkit.diagnostics import Diagnostic
from pubkit.exporters import cover, lettering
from samples import SVG

GOLDEN = Path(__file__).parent / "golden" / "covers"
THEMES = ("journal", "letter", "report")
DECK = "What ninety years of weather tell about the sea, and about the people who wrote it down every night."
LONG = ("On the keeping of lamps along a coast of rocks and shallows, with remarks on wicks, oils, lenses and clockwork, on the pay of "
        "those who keep them and on the winters in which nobody came, together with a table of wrecks and a few words about birds, fog, "
        "bells, guns and patience in general, by one who was there")
MARGIN = 80  # pixels that words keep free on every side, in every theme


def meta(title: str = "The keeper’s book", **more: Any) -> m.Meta:
    return m.Meta(**{"title": title, "language": "en", "publisher": "The Specimen", "section": "Coasts", "authors": ["Ada Tester"], **more})


def drawn(about: m.Meta, name: str = "journal", shown: m.Asset | None = None, **more: Any) -> tuple[Picture.Image, tuple[Diagnostic, ...]]:
    asset, _, found = cover.draw(about, shown, theme.load(name), **more)
    assert (asset.name, asset.media_type, asset.width, asset.height) == ("cover.jpg", "image/jpeg", 1600, 2560)
    seen = Picture.open(BytesIO(asset.data))
    assert (seen.format, seen.size, seen.mode) == ("JPEG", (1600, 2560), "RGB")
    return seen, found


def picture(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", color: Any = (30, 160, 60)) -> m.Asset:
    data = BytesIO()
    Picture.new(mode, (width, height), color).save(data, kind)
    return m.Asset(f"p.{kind.lower()}", f"image/{kind.lower()}", data.getvalue(), width, height)


def share(seen: Picture.Image, color: tuple[int, int, int] = (30, 160, 60), box: tuple[int, int, int, int] | None = None) -> float:
    """The part of a cover that has about this colour."""
    part = seen.crop(box) if box else seen
    apart = ImageChops.difference(part, Picture.new("RGB", part.size, color)).convert("L").point(lambda v: 255 * (v < 14))
    return float(ImageStat.Stat(apart).mean[0]) / 255


def flat(seen: Picture.Image, box: tuple[int, int, int, int], along: str = "x") -> bool:
    """Whether a part of a cover is the same along an axis: fields of colour may end in it, but there are no signs."""
    part = seen.crop(box)
    line = part.crop((0, 0, 1, part.height) if along == "x" else (0, 0, part.width, 1)).resize(part.size)
    return max(high for _, high in ImageChops.difference(part, line).getextrema()) < 60  # type: ignore[misc,str-unpack]


# --- Bytes --------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
def test_the_same_cover_has_the_same_bytes_in_every_thread(name: str) -> None:
    def once(_: int) -> bytes:
        return cover.draw(meta(subtitle=DECK), shown, theme.load(name))[0].data

    shown = picture(1600, 1000)
    with ThreadPoolExecutor(3) as pool:
        assert len({once(0), *pool.map(once, range(4))}) == 1


def test_covers_are_small() -> None:
    assert len(cover.draw(meta(subtitle=DECK), None, theme.load("letter"))[0].data) < 250_000


def test_themes_look_different() -> None:
    seen = [drawn(meta(subtitle=DECK), name)[0].resize((40, 64)) for name in THEMES]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert sum(ImageStat.Stat(ImageChops.difference(seen[one], seen[other])).mean) > 60


def test_every_part_is_drawn() -> None:
    for name in THEMES:
        seen = set()
        for less in ({}, {"publisher": ""}, {"section": ""}, {"series": None}, {"subtitle": ""}, {"authors": ()}, {"title": "Another"}):
            about: dict[str, Any] = {"subtitle": DECK, "series": m.Series("Lamps", 3), **less}
            seen.add(cover.draw(meta(**about), None, theme.load(name))[0].sha256)
        assert len(seen) == 7


def test_only_authors_are_named() -> None:
    assert cover.draw(meta(authors=["Ada Tester", m.Person("Bo Cutter", role="editor")]), None, theme.load())[0] == (
        cover.draw(meta(), None, theme.load())[0])


# --- Titles -------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("title", ["Go", LONG * 3, "https://example.org/" + "a-very/long_path" * 20, "W" * 400, "燈台守" * 60,
                                   "حارس المنارة " * 20])
def test_titles_stay_inside_the_margins(name: str, title: str) -> None:
    seen = drawn(meta(title, subtitle=DECK, publisher="", section=""), name)[0]
    assert flat(seen, (0, 0, MARGIN, 2560))
    assert flat(seen, (1600 - MARGIN, 0, 1600, 2560))
    assert flat(seen, (0, 0, 1600, MARGIN), "y")
    assert flat(seen, (0, 2560 - MARGIN, 1600, 2560), "y")


@pytest.mark.parametrize("name", THEMES)
def test_a_title_is_as_large_as_it_can_be(name: str) -> None:
    def height(title: str) -> int:
        sheet = cover._Sheet(meta(title), theme.load(name), ())
        return sheet.heading(1000, 1500, (250, 60), 1.05).size

    assert height("Go") == 250
    assert 250 > height("Illuminations") > height(LONG) >= 60


def test_lines_end_with_the_sense() -> None:
    def lines(title: str, width: int = 1300, language: str = "en") -> list[str]:
        block = cover._Sheet(meta(title, language=language), theme.load(), ()).heading(width, 1500, (250, 60), 1.05)
        return ["".join(run.text for run in line.runs) for line in block.lines]

    assert lines("Three hours, one blank page") == ["Three hours,", "one blank page"]
    assert not any(line.endswith("Day") or line.startswith("–") for line in lines("Plumbers, Day 1 – a report on pipes and valves"))
    said = lines("灯台守は言った。「海よ、眠れ」と彼女は、静かに。", 900, "ja")
    assert len(said) > 2
    assert not any(line.startswith(tuple("、。」")) or line.endswith("「") for line in said)
    *broken, last = lines("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", 700)
    assert broken
    assert all(line.endswith("-") and len(line) > 3 for line in broken)
    assert "".join(line[:-1] for line in broken) + last == "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    assert "\u00ad" not in "".join(lines("Co\u00adoperation"))


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    sheet = cover._Sheet(meta(), theme.load(), ())
    long = "A publication with a name that goes on for much longer than any head of a page has room for it"
    block = sheet.line(long, theme.load().style("label"), 50, 600)
    (line,) = block.lines
    assert block.cut
    assert line.runs[-1].text.endswith("…")
    assert line.width * block.size <= 600


def test_a_name_is_not_torn() -> None:
    sheet = cover._Sheet(meta(authors=["Ada B. Tester", "夏目 漱石"]), theme.load("report"), ())
    pieces = sheet.type.text(sheet.authors, theme.load().style("author"), 0).pieces()
    assert len(pieces) == 3  # a name, "and", a name


# --- Scripts ------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
def test_from_right_to_left_everything_is_mirrored(name: str) -> None:
    there, found = drawn(meta("حارس المنارة", language="ar", section="", publisher="", authors=()), name)
    box = (1200, 300, 1500, 2400) if name == "letter" else (900, 300, 1500, 900)
    assert not found
    assert not flat(there, box)
    left = drawn(meta("Hi", section="", publisher="", authors=()), name)[0]
    if name == "report":
        assert there.getpixel((1590, 1200)) == left.getpixel((10, 1200)) != there.getpixel((10, 1200))


def test_a_title_says_itself_that_it_runs_from_right_to_left() -> None:
    said, unsaid = (cover.draw(meta("שומר המגדלור", language=language, section="", publisher="", authors=()), None, theme.load())[0]
                    for language in ("he", "en"))
    assert said.data == unsaid.data


@pytest.mark.parametrize(("text", "base", "seen"), [
    ("abc", 0, "abc"),
    ("אבג", 1, "אבג"),
    ("אבג abc", 1, "abc|אבג "),
    ("abc אבג", 0, "abc |אבג"),
    ("abc אבג 123 def", 0, "abc |123|אבג | def"),
    ("אבג (12.5%) דה", 1, ") דה|12.5%|אבג ("),
    ("אבג C++ דה", 1, "++ דה|C|אבג "),
    ("אבג a (b) דה", 1, " דה|a (b)|אבג "),
    ("عام ١٩٣١ هنا", 1, " هنا|١٩٣١|عام "),
])
def test_runs_stand_in_the_order_in_which_they_are_seen(text: str, base: int, seen: str) -> None:
    levels = lettering._levels(text, base)
    starts = [i for i in range(len(text)) if not i or levels[i] != levels[i - 1]]
    runs = [lettering._Run(text[start:end], lettering._Font(""), levels[start], 1, 1, 0, 0, ())
            for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert "|".join(run.text for run in lettering._seen(runs)) == seen


@pytest.mark.parametrize(("title", "language", "name"), [("燈台守の本", "ja", "journal"), ("등대지기의 책", "ko", "letter"),
                                                         ("灯塔看守人的书", "zh", "report")])
def test_scripts_without_a_font_are_set_in_the_last_resort_and_that_is_said(title: str, language: str, name: str,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBKIT_FONTS", raising=False)
    seen, found = drawn(meta(title, language=language), name)
    assert [f.code for f in found] == ["glyph-missing"]
    assert title[0] in found[0].message
    assert "PUBKIT_FONTS" in found[0].message
    assert ImageChops.difference(seen, drawn(meta(title[1:], language=language), name)[0]).getbbox()


def test_folders_of_fonts_come_before_the_last_resort(tmp_path: Path) -> None:
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 900))
    pen.lineTo((900, 900))
    pen.closePath()
    wedge = pen.glyph()
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", "h"])
    made.setupCharacterMap({0x71C8: "h"})
    made.setupGlyf({".notdef": wedge, "h": wedge})
    made.setupHorizontalMetrics({".notdef": (1000, 0), "h": (1000, 0)})
    made.setupHorizontalHeader(ascent=900, descent=-100)
    made.setupNameTable({"familyName": "Wedge Serif CJK JP", "styleName": "Bold"})
    made.setupOS2()
    made.setupPost()
    made.save(tmp_path / "wedge.ttf")
    (tmp_path / "broken.otf").write_bytes(b"OTTO and nothing else")
    assert not drawn(meta("燈", language="ja"), fonts=(str(tmp_path),))[1]
    assert drawn(meta("燈台", language="ja"), fonts=(str(tmp_path),))[1][0].message.startswith("no font of the theme has '台'")


def test_what_no_font_has_is_left_out_and_said() -> None:
    asset, _, found = cover.draw(meta("Ab\ue000c\U000f0000"), None, theme.load())
    assert [f.code for f in found] == ["glyph-missing"]
    assert "U+E000, U+F0000" in found[0].message
    assert asset == cover.draw(meta("Abc"), None, theme.load())[0]


@pytest.mark.parametrize("title", ["🎉 👩‍🚀 🏳️‍🌈 🇺🇦 1️⃣", "e\u0301\u0323 ŋ̊ नमस्ते ภาษาไทย", "a\u202eb\u2066c\u200bd\x00e", "\u0301", "", "—",
                                   "\u200d" * 50])
def test_any_title_gives_a_cover(title: str) -> None:
    for name in THEMES:
        cover.draw(meta(title, authors=[title], publisher=title, section=title, subtitle=title), None, theme.load(name))


def test_marks_are_drawn_with_their_letters() -> None:
    one, other = (cover.draw(meta(title), None, theme.load())[0] for title in ("Café", "Cafe\u0301"))
    seen, also = (Picture.open(BytesIO(a.data)).convert("L").filter(ImageFilter.GaussianBlur(4)) for a in (one, other))
    assert ImageStat.Stat(ImageChops.difference(seen, also)).extrema[0][1] < 60


def test_without_raqm_a_cover_comes_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_shapes", lambda: False)
    monkeypatch.setattr(lettering, "_kept", lettering.threading.local())
    _, found = drawn(meta("The keeper’s שומר"))
    assert [f.code for f in found] == ["export-note"]
    assert "RAQM" in found[0].message


# --- Pictures -----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("size", [(1600, 1067), (3200, 1800)])
def test_a_photograph_fills_its_place_from_edge_to_edge(name: str, size: tuple[int, int]) -> None:
    seen, found = drawn(meta(), name, picture(*size))
    assert not found
    assert share(seen) > 0.25
    assert share(seen, box=(0, 1000, 20, 1100)) == share(seen, box=(1580, 1000, 1600, 1100))
    rows = [y for y in range(0, 2560, 20) if share(seen, box=(0, y, 1600, y + 1)) > 0.98]
    assert len(rows) > 25


@pytest.mark.parametrize(("name", "width", "height", "kind"), [("journal", 500, 400, "JPEG"), ("letter", 800, 500, "WEBP"),
                                                               ("report", 300, 200, "GIF"), ("journal", 240, 1200, "PNG")])
def test_a_small_picture_is_not_enlarged(name: str, width: int, height: int, kind: str) -> None:
    seen, _ = drawn(meta(), name, picture(width, height, kind))
    pixels = share(seen) * 1600 * 2560
    assert pixels <= width * height * 1.22
    assert pixels > width * height * 0.3


@pytest.mark.parametrize("name", THEMES)
def test_a_drawing_is_neither_cropped_nor_distorted(name: str) -> None:
    drawing = Picture.new("RGB", (1000, 1000), "#ffffff")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((0, 0, 999, 999), fill=(30, 160, 60))
    pen.rectangle((100, 100, 899, 899), fill=(200, 30, 200))
    data = BytesIO()
    drawing.save(data, "PNG")
    seen, _ = drawn(meta(), name, m.Asset("d.png", "image/png", data.getvalue(), 1000, 1000))
    inner = ImageChops.difference(seen, Picture.new("RGB", seen.size, (200, 30, 200))).convert("L").point(lambda v: 255 * (v < 20))
    left, top, right, bottom = inner.getbbox() or (0, 0, 0, 0)
    assert abs((right - left) - (bottom - top)) <= 4
    border = (right - left) / 8
    for x, y in ((left - border / 2, top), (right + border / 2, top), (left, top - border / 2), (left, bottom + border / 2)):
        assert share(seen, box=(round(x) - 3, round(y) - 3, round(x) + 3, round(y) + 3)) > 0.8


@pytest.mark.parametrize("name", THEMES)
def test_a_vector_picture_is_drawn_at_full_width(name: str) -> None:
    seen, found = drawn(meta(), name, m.Asset("bar.svg", "image/svg+xml", SVG, 400, 200))
    assert not found
    assert ImageChops.difference(seen, drawn(meta(), name)[0]).getbbox()


def test_white_signs_on_nothing_have_a_dark_ground() -> None:
    sign = Picture.new("RGBA", (900, 500), (0, 0, 0, 0))
    ImageDraw.Draw(sign).ellipse((250, 50, 650, 450), fill="#ffffff")
    data = BytesIO()
    sign.save(data, "PNG")
    seen, _ = drawn(meta(), "report", m.Asset("s.png", "image/png", data.getvalue(), 900, 500))
    accent = tuple(bytes.fromhex(theme.load("report").color.accent[1:]))
    assert share(seen, accent) > 0.15  # type: ignore[arg-type]


@pytest.mark.parametrize(("asset", "said"), [
    (picture(64, 64), "64 × 64 pixels"),
    (m.Asset("b.jpg", "image/jpeg", b"\xff\xd8 no picture", 900, 900), "cannot be read"),
    (m.Asset("b.png", "image/png", b"", 900, 900), "cannot be read"),
    (m.Asset("b.svg", "image/svg+xml", b"<svg", 900, 900), "SVG"),
])
def test_a_picture_that_cannot_be_shown_is_left_out_and_that_is_said(asset: m.Asset, said: str) -> None:
    made, pictured, found = cover.draw(meta(), asset, theme.load())
    assert [f.code for f in found] == ["export-note"]
    assert said in found[0].message
    assert not pictured
    assert made == cover.draw(meta(), None, theme.load())[0]


# --- Colours ------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("shown", [None, picture(1600, 900)])
def test_words_can_be_read(name: str, shown: m.Asset | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block is drawn in a colour that stands out from its ground, and the ground is what it is said to be."""
    seen: list[tuple[float, int]] = []
    put = cover._Sheet.put

    def watched(self: Any, block: Any, x: float, y: float, color: str, ground: str, up: bool = False) -> int:
        wide = max(line.width for line in block.lines) * block.size
        spot = self.canvas.getpixel((min(max(round(self._x(x, wide)) - 6, 0), 1599), round(y) + 2))
        assert spot == tuple(bytes.fromhex(ground[1:])), block.lines[0].runs[0].text
        seen.append((theme.contrast(cover._legible(color, ground, block.size), ground), block.size))
        return put(self, block, x, y, color, ground, up)

    monkeypatch.setattr(cover._Sheet, "put", watched)
    drawn(meta(subtitle=DECK, series=m.Series("Lamps", 2)), name, shown)
    assert len(seen) >= 6
    assert all(ratio >= (3.0 if size >= 96 else 4.5) for ratio, size in seen)


def test_colours_that_could_not_be_read_are_not_used() -> None:
    assert cover._legible("#7c2b1d", "#fffefb", 40) == "#7c2b1d"
    assert cover._legible("#999999", "#ffffff", 40) == "#000000"
    assert cover._legible("#888888", "#ffffff", 200) == "#888888"
    assert cover._legible("#123456", "#101010", 200) == "#ffffff"


# --- Alternative text ---------------------------------------------------------------------------------------------------------------

def test_the_alternative_text_says_what_the_cover_shows() -> None:
    assert cover.alt(meta(authors=["Ada Tester", "Bo Cutter"]), "A lamp at night") == (
        "Cover. The keeper’s book. Ada Tester and Bo Cutter. A lamp at night.")
    assert cover.alt(meta("Who was there?", authors=(), language="de")) == "Umschlag. Who was there?"
    assert cover.alt(meta("燈台守の本", authors=["夏目 漱石"], language="ja"), "夜の海") == "表紙。燈台守の本。夏目 漱石。夜の海。"
    assert cover.alt(m.Meta(), "") == "Cover."


# --- Looks --------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("kind", ["picture", "words", "arabic"])
def test_covers_look_as_they_were_accepted(name: str, kind: str, root: Path) -> None:
    """A blurred difference: other versions of the font libraries draw edges in other ways, but no line elsewhere."""
    work = pubkit.read(root / "article" / "article.md").article
    lead = next(a for a in work.assets if work.meta.image and a.name == work.meta.image.pictures[0].asset)
    arabic = meta("حارس المنارة وكتابه", language="ar", publisher="المجلة", section="سواحل", authors=["طه"])
    about = arabic if kind == "arabic" else work.meta
    seen = drawn(about, name, lead if kind == "picture" else None)[0].convert("L").resize((320, 512), Picture.Resampling.BOX)
    path = GOLDEN / f"{name}-{kind}.png"
    if os.environ.get("PUBKIT_ACCEPT"):
        path.parent.mkdir(parents=True, exist_ok=True)
        seen.save(path, optimize=True)
    accepted = Picture.open(path).convert("L")
    soft = ImageFilter.GaussianBlur(2)
    difference = ImageChops.difference(seen.filter(soft), accepted.filter(soft))
    assert ImageStat.Stat(difference).mean[0] < 1.5, f"{path.name} looks different; PUBKIT_ACCEPT=1 accepts it"
