"""The press: which font stands for which text, what is said of those that are lacking, what the engine may not do."""

from __future__ import annotations

import io
import shutil
import threading
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from PIL import Image

from pubkit import model as m
from pubkit import pictures, theme
from pubkit.diagnostics import ExportError, OptionError, PubkitError, ThemeError
from pubkit.exporters import boxes, fonts, pages, pdf, press

STYLE = "font-family:'Source Serif 4','Unifont','Unifont Upper'"


def face(path: Path, family: str, characters: str) -> Path:
    """A font of solid squares for some characters."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    names = {ord(c): f"u{ord(c):04X}" for c in characters}
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", *names.values()])
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys([".notdef", *names.values()], square))
    made.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (800, 0)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupOS2()
    made.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    made.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)
    return path


def drawn(text: str, language: str = "en", **options: Any) -> tuple[Any, bytes]:
    """The document of one paragraph, drawn, and its PDF."""
    work = m.Volume(m.Meta(title="T", language="en"), (m.Article(m.Meta(title="T", slug="t", language=language), [m.Paragraph(text)]),))
    resources: pages.Resources = {}
    worn = theme.load()
    document = press.lay_out(pages.markup(work, worn, pdf.Options(), resources), worn, resources, **options)
    return document, press.write(document, None)


def families(text: str, language: str = "en", **options: Any) -> dict[str, str]:
    """The font family that each character is set in."""
    document, _ = drawn(text, language, **options)
    return {c: font.family for font in document.fonts.values() for shown in font.to_unicode.values() for c in shown if c in text}


def said(text: str, **options: Any) -> list[str]:
    document, _ = drawn(text, **options)
    return [d.message for d in press.lacking(document)]


def test_what_the_theme_lacks_is_set_in_the_last_resort_which_is_said() -> None:
    assert families("漢 word") == {"漢": "Unifont", "w": "Source Serif 4", "o": "Source Serif 4", "r": "Source Serif 4",
                                  "d": "Source Serif 4", " ": "Unifont"}
    assert said("plain words, ‘quoted’ – and Ünïcödé") == []


@pytest.mark.parametrize(("text", "package"), [("漢字", "fonts-noto-cjk"), ("한글、", "fonts-noto-cjk"), ("😀", "fonts-noto-color-emoji"),
                                               ("हिन्दी", "fonts-noto-core"), ("ไทย", "fonts-noto-core"), ("♞", "fonts-noto-core")])
def test_the_package_that_would_help_is_named(text: str, package: str) -> None:
    found = said(text)
    assert len(found) == 1
    assert text[0] in found[0]
    assert package in found[0]
    assert "PUBKIT_FONTS" in found[0]


def test_scripts_that_are_bundled_need_no_last_resort() -> None:
    assert said("العربية עברית Українська Ελληνικά") == []


def test_characters_that_no_font_has_are_boxes_and_no_missing_glyph() -> None:
    text = "𠀀 𰀀 \u0378 \U000f0000"
    document, data = drawn(text)
    assert [d.message for d in press.lacking(document) if "boxes" in d.message] == [
        "no font has U+20000, U+30000, U+F0000; set as boxes with these numbers"]
    assert not any(font.missing for font in document.fonts.values())
    assert drawn(text)[1] == data


def test_the_box_of_a_character_holds_its_number() -> None:
    data = boxes.font("\U00020bb7\ue000")
    assert data == boxes.font("\U00020bb7\ue000")
    with TTFont(io.BytesIO(data)) as font:
        cmap = font.getBestCmap()
        contours = {c: font["glyf"][cmap[ord(c)]].numberOfContours for c in " \ue000\U00020bb7"}
    assert contours[" "] == 0
    assert contours["\ue000"] == 2 + 11 + 3 * 12  # the box, then the dots of E and of three noughts
    assert contours["\U00020bb7"] > contours["\ue000"]


def test_variation_selectors_and_joiners_ask_for_no_glyph() -> None:
    document, _ = drawn("x\ufe0f y\U000e0101 a\u200db \u2060c \u00add")
    assert press.lacking(document) == []
    assert not any(font.missing for font in document.fonts.values())


def test_fonts_of_named_folders_come_before_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    face(tmp_path / "sub" / "one.ttf", "Test Serif", "漢ab")
    assert families("漢a", fonts=(str(tmp_path),)) == {"漢": "Test Serif", "a": "Source Serif 4"}
    assert families("漢a")["漢"] == "Unifont"
    monkeypatch.setenv("PUBKIT_FONTS", str(tmp_path))
    assert families("漢a")["漢"] == "Test Serif"
    assert families("漢a", fonts=str(tmp_path))["漢"] == "Test Serif"
    assert said("漢a") == []


def test_han_characters_are_drawn_as_their_language_has_them(tmp_path: Path) -> None:
    for region in ("SC", "TC", "JP"):
        face(tmp_path / f"{region}.ttf", f"Test Serif CJK {region}", "漢、")
    face(tmp_path / "sans.ttf", "Test Sans CJK JP", "漢")
    folder = (str(tmp_path),)
    chosen = {tag: families("漢", tag, fonts=folder)["漢"] for tag in ("en", "zh", "zh-Hans", "zh-Hant", "zh-TW", "zh-HK", "ja")}
    assert chosen == {"en": "Test Serif CJK SC", "zh": "Test Serif CJK SC", "zh-Hans": "Test Serif CJK SC", "zh-Hant": "Test Serif CJK TC",
                      "zh-TW": "Test Serif CJK TC", "zh-HK": "Test Serif CJK TC", "ja": "Test Serif CJK JP"}


def test_a_font_of_a_folder_hides_none_of_the_theme(tmp_path: Path) -> None:
    face(tmp_path / "false.ttf", "Source Serif 4", "漢abc")
    assert families("漢a", fonts=(str(tmp_path),)) == {"漢": "Unifont", "a": "Source Serif 4"}


def test_web_fonts_of_a_folder_are_unpacked(tmp_path: Path) -> None:
    with TTFont(face(tmp_path / "one.ttf", "Test Serif", "漢")) as font:
        font.flavor = "woff2"
        font.save(tmp_path / "one.woff2")
    (tmp_path / "one.ttf").unlink()
    assert families("漢", fonts=(str(tmp_path),))["漢"] == "Test Serif"


def test_a_broken_font_of_a_folder_is_left_out_and_named(tmp_path: Path) -> None:
    for name in ("a.ttf", "b.woff2"):
        (tmp_path / name).write_bytes(b"no font")
    face(tmp_path / "good.ttf", "Test Serif", "漢")
    found = said("漢", fonts=(str(tmp_path),))
    assert [message.split("/")[-1] for message in found] == [f"{name} cannot be read and is left out" for name in ("a.ttf", "b.woff2")]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no folder of fonts"):
        drawn("x", fonts=(str(tmp_path / "no"),))


def worn_with(folder: Path, data: bytes, root: Path) -> theme.Theme:
    """The journal theme with one file of its text face replaced."""
    shutil.copytree(root / "themes" / "journal", folder / "own")
    (folder / "own" / "fonts").mkdir()
    text = (folder / "own" / "theme.toml").read_text(encoding="utf-8")
    name = next(f.path for f in theme.load().faces if f.family == "Source Serif 4" and f.weight == 400 and not f.italic)
    (folder / "own" / "fonts" / "bad.woff2").write_bytes(data)
    relative = Path(name).relative_to(root / "themes" / "fonts").as_posix()
    assert relative in text
    (folder / "own" / "theme.toml").write_text(text.replace(relative, "bad.woff2"), encoding="utf-8")
    return theme.load(str(folder / "own"))


@pytest.mark.parametrize("data", [b"", b"no font at all", b"wOF2" + b"\xff" * 200])
def test_a_theme_with_a_font_that_cannot_be_read_is_refused_by_name(tmp_path: Path, root: Path, data: bytes) -> None:
    with pytest.raises(ThemeError, match=r"bad\.woff2.*cannot be read"):
        fonts.configuration(worn_with(tmp_path, data, root))


def test_a_font_that_unpacks_to_nothing_of_use_is_refused_too(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBKIT_CACHE", str(tmp_path / "cache"))
    with TTFont(face(tmp_path / "one.ttf", "Broken", "a"), recalcTimestamp=False) as font:
        del font["head"], font["glyf"], font["loca"]
        font.flavor = "woff2"
        packed = io.BytesIO()
        try:
            font.save(packed)
        except Exception:  # noqa: BLE001 - the packer wants them: what it makes of garbage will do as well
            packed.write(b"wOF2")
    with pytest.raises(ThemeError):
        fonts.configuration(worn_with(tmp_path, packed.getvalue(), root))


def test_fonts_are_read_once_for_each_thread() -> None:
    worn = theme.load()
    assert fonts.configuration(worn) is fonts.configuration(worn)
    others: list[Any] = []
    thread = threading.Thread(target=lambda: others.append(fonts.configuration(worn)))
    thread.start()
    thread.join()
    assert others[0] is not fonts.configuration(worn)


# --- Drawings -----------------------------------------------------------------------------------------------------------------------

START = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30" viewBox="0 0 60 30">'
STOPS = '<stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/>'


def drawing(inside: str, **options: Any) -> tuple[pikepdf.Pdf, list[str]]:
    """The PDF of a page with one drawing, and what is said of it."""
    picture = pictures.load("x.svg", f"{START}{inside}</svg>".encode())
    page = ET.fromstring('<html lang="en"><head><title>T</title></head><body><img src="pubkit:0/x.svg" alt="x"/></body></html>')
    document = press.lay_out(page, theme.load(), {"pubkit:0/x.svg": (picture.data, picture.media_type)}, **options)
    data = press.write(document, None)
    return pikepdf.open(io.BytesIO(data)), [d.message for d in press.lacking(document)]


def streams(pdf: pikepdf.Pdf, key: str, value: Any) -> list[pikepdf.Stream]:
    return [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get(key) == value]


def test_gradients_stay_vectors_in_cells_that_every_reader_draws() -> None:
    pdf, found = drawing(f'<linearGradient id="g">{STOPS}</linearGradient><rect width="50" height="30" fill="url(#g)"/>')
    pattern, = streams(pdf, "/PatternType", 1)
    assert [float(n) for n in pattern.BBox] == [0, 0, 1000, 1000]
    assert float(pattern.XStep) == 1000
    assert bytes(pattern.read_bytes()).startswith(b"1000 0 0 1000 0 0 cm")
    assert streams(pdf, "/Subtype", "/Image") == []
    assert found == []


@pytest.mark.parametrize("given", ["", 'cx="50%" cy="50%" r="50%"', 'r="0.5"'])
def test_round_gradients_reach_as_far_as_they_are_to(given: str) -> None:
    pdf, _ = drawing(f'<radialGradient id="g" {given}>{STOPS}</radialGradient><rect width="50" height="30" fill="url(#g)"/>')
    assert _shadings(pdf) == [[0.5, 0.5, 0.5]]


def _shadings(pdf: pikepdf.Pdf) -> list[list[float]]:
    """The outer circles of all round shadings."""
    found = []
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and "/Resources" in item:
            found += [[float(n) for n in shading.Coords[3:]] for shading in item.Resources.get("/Shading", {}).values()]
    return found


@pytest.mark.parametrize("inside", [
    '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    '<mask id="m"><rect width="5" height="9" fill="#fff"/></mask><g mask="url(#m)"><rect width="9" height="9"/></g>',
    f'<linearGradient id="g">{STOPS}</linearGradient><path d="M0 9H50V20" fill="none" stroke-width="4" stroke="url(#g)"/>',
    '<rect width="9" height="9" style="mix-blend-mode:multiply"/>'])
def test_drawings_beyond_the_engine_are_dots_of_the_same_size_which_is_said(inside: str) -> None:
    pdf, found = drawing(inside, dpi=192)
    assert {(int(picture.Width), int(picture.Height)) for picture in streams(pdf, "/Subtype", "/Image")} == {(120, 60)}
    assert len(found) == 1
    assert "x.svg" in found[0]


def test_words_in_drawings_are_set_in_faces_of_the_theme() -> None:
    pdf, found = drawing('<text x="2" y="20" font-family="Helvetica, sans-serif">One</text><text font-family="monospace">Two</text>'
                         '<text font-family="Unheard Of">Three</text>')
    names = {str(o.BaseFont) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"}
    worn = theme.load()
    for use in ("label", "code", "text"):
        assert any(worn.stack(use)[0].replace(" ", "-") in name for name in names), use  # type: ignore[arg-type]
    assert found == []


def test_words_of_drawings_made_of_dots_are_there_too() -> None:
    files = list(theme.font_files(theme.load()).values())
    for family in ("", "sans-serif", "Helvetica", "Unheard Of"):
        asset = pictures.load("x.svg", f'{START}<text y="20" font-family="{family}">Words</text></svg>'.encode())
        assert Image.open(io.BytesIO(pictures.raster(asset, 60, files).data)).getbbox(), family


# --- Bitmaps and notes --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_bitmaps_are_scaled_down_to_the_dots_that_they_may_have(kind: str) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((960, 480)).save(out, kind, quality=95)
    images = "".join(f'<img src="pubkit:0/x" alt="x" style="width:{width}px;height:auto;max-height:none"/>' for width in (96, 192))
    page = ET.fromstring(f'<html lang="en"><head><title>T</title></head><body><p>{images}</p></body></html>')
    sizes = {}
    for dpi in (150, 300, 600):
        document = press.lay_out(page, theme.load(), {"pubkit:0/x": (out.getvalue(), f"image/{kind.lower()}")}, dpi=dpi)
        made = pikepdf.open(io.BytesIO(press.write(document, None, dpi=dpi)))
        picture, = streams(made, "/Subtype", "/Image")
        sizes[dpi] = int(picture.Width), int(picture.Height)
        assert picture.get("/ColorSpace") == "/DeviceRGB"
        middle = pikepdf.PdfImage(picture).as_pil_image().convert("L").getpixel((sizes[dpi][0] // 2, sizes[dpi][1] // 2))
        assert abs(middle - 128) < 4
    assert sizes == {150: (300, 150), 300: (600, 300), 600: (960, 480)}


def test_notes_that_run_off_their_page_are_seen() -> None:
    def of(note: str) -> Any:
        work = m.Article(m.Meta(title="T", slug="t", language="en"), [m.Paragraph([m.Text("Words"), m.Note([m.Paragraph(note)])])])
        worn = theme.load()
        return press.lay_out(pages.markup(m.Volume(work.meta, (work,)), worn, pdf.Options(), {}), worn, {})

    assert not press.spilled(of("A note. " * 20))
    assert press.spilled(of("A note. " * 1500))


def test_faults_of_the_engine_are_errors_of_this_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("of the engine")

    monkeypatch.setattr(press, "_style_sheet", fail)
    with pytest.raises(ExportError, match="ZeroDivisionError") as error:
        drawn("x")
    assert isinstance(error.value, PubkitError)
