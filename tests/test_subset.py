"""Subset fonts: which characters each face is asked to draw, that it can draw them as the whole face does, and whose name it bears."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import cssselect2
import pytest
import tinycss2
import uharfbuzz as hb
from fontTools.ttLib import TTFont

from pubkit import css, theme, words
from pubkit.css import subset as subsetting
from pubkit.css.faces import ALWAYS, characters, faces
from pubkit.css.subset import Font, fonts, subset, woff
from pubkit.diagnostics import ThemeError
from pubkit.model import Article, Block, CodeBlock, Emphasis, Heading, List, Meta, Paragraph, Strong
from pubkit.xhtml import Dialect, Renderer
from samples import every_node

NAMES = ("journal", "letter", "report")
LATIN = frozenset("".join(map(chr, range(0x20, 0x7F))) + "éßœŁž–—‘’“”…\u00a0")


@cache
def face(family: str = "Source Serif 4", weight: int = 400, italic: bool = False) -> theme.Face:
    everywhere = (f for name in NAMES for f in theme.font_files(theme.load(name)))
    return next(f for f in everywhere if (f.family, f.weight, f.italic) == (family, weight, italic))


def whole(of: theme.Face) -> bytes:
    return theme.unpacked(of.path).read_bytes()


def opened(data: bytes) -> TTFont:
    return TTFont(io.BytesIO(data), checkChecksums=2)


def shaped(data: bytes, text: str, **features: bool) -> list[tuple[int, ...]]:
    """The glyphs of a text by how they look and where they stand: their numbers differ from font to font."""
    font, buffer = hb.Font(hb.Face(data)), hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer, features)
    out = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        extents = font.get_glyph_extents(info.codepoint)
        out.append((info.cluster, place.x_advance, place.x_offset, place.y_offset, *(extents or ())))
    return out


def bodies(article: Article, xml: bool = True) -> list[str]:
    """The markup of an article, as a book has it."""
    renderer = Renderer(article, Dialect(article.meta.language, notes="popup", xml=xml, epub=xml, sections=xml))
    head = renderer.title_block()
    rendered = renderer.render(article.content)
    return [head, f'<div class="pk-body">\n{rendered.body}</div>\n{rendered.notes}', renderer.end_matter() + renderer.render(()).notes]


# --- What a subset holds ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("of", [face(), face("Source Sans 3", 600), face("IBM Plex Sans", 700, True), face("Source Code Pro"),
                                face("Unifont")], ids=lambda f: f"{f.family} {f.weight}")
def test_a_subset_holds_the_characters_and_no_others(of: theme.Face) -> None:
    wanted = frozenset("Hamburgefonstiv é–—“”0123456789/")
    font = opened(subset(of, wanted).data)
    assert set(font.getBestCmap()) == set(map(ord, wanted))
    assert font["maxp"].numGlyphs < 140


def test_it_is_a_sound_font_file() -> None:
    font = subset(face(), LATIN)
    assert (font.suffix, font.media_type, font.format) == (".ttf", "font/ttf", "truetype")
    read = opened(font.data)  # its checksums are looked at
    tags = [font.data[at : at + 4] for at in range(12, 12 + 16 * len(read.reader.tables), 16)]
    assert tags == sorted(tags)
    starts = [entry.offset for entry in read.reader.tables.values()]
    assert all(start % 4 == 0 for start in starts)
    assert len(set(starts)) == len(starts)
    summed = sum(int.from_bytes(font.data[i : i + 4], "big") for i in range(0, len(font.data), 4)) & 0xFFFFFFFF
    assert summed == 0xB1B0AFBA


def test_outlines_of_another_kind_have_another_suffix() -> None:
    font = subset(face("Unifont"), frozenset("ᚠ"))
    assert (font.data[:4], font.suffix, font.media_type, font.format) == (b"OTTO", ".otf", "font/otf", "opentype")


def test_nothing_wanted_is_a_font_without_characters() -> None:
    font = opened(subset(face(), frozenset()).data)
    assert not font.getBestCmap()
    assert font["maxp"].numGlyphs >= 1


def test_what_a_face_lacks_is_left_out() -> None:
    font = opened(subset(face(), frozenset("a中ب")).data)
    assert set(font.getBestCmap()) == {ord("a")}


@pytest.mark.parametrize(("letter", "pieces"), [("\u012c", "I\u0306"), ("\u1e1c", "\u0228\u0306"), ("\u1e08", "\u00c7\u0301")])
def test_a_letter_that_a_face_lacks_is_put_together_from_its_pieces(letter: str, pieces: str) -> None:
    full = hb.Face(whole(face())).unicodes
    assert ord(letter) not in full
    data = subset(face(), frozenset(letter)).data
    assert shaped(data, letter) == shaped(whole(face()), letter)
    assert {c for c in pieces if ord(c) in full} <= set(map(chr, hb.Face(data).unicodes))


# --- What it can do -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("of", "text", "features", "without"), [
    (face(), "Small Caps ßé", {"smcp": True}, {}),
    (face(), "Small Caps", {"smcp": True, "c2sc": True}, {"smcp": True}),
    (face(), "1234567890", {"onum": True, "pnum": True}, {"lnum": True, "tnum": True}),
    (face("Source Sans 3", 600), "1234567890", {"onum": True, "pnum": True}, {}),
    (face(), "1⁄24", {}, {"frac": False, "numr": False, "dnom": False}),
    (face("Source Serif 4", 400, True), "AVA Wo Ty.", {}, {"kern": False}),
    (face(), "e\u0301x\u0302\u0323", {}, {"mark": False, "mkmk": False, "ccmp": False}),
    (face("IBM Plex Sans"), "fi fl", {}, {"liga": False}),
    (face("Noto Naskh Arabic"), "الخطّ العربي لله", {}, {"init": False, "medi": False, "fina": False, "rlig": False, "liga": False}),
    (face("Noto Serif Hebrew"), "שָׁלוֹם", {}, {"mark": False}),
], ids=lambda value: value if isinstance(value, str) else "")
def test_type_is_set_as_with_the_whole_face(of: theme.Face, text: str, features: dict[str, bool], without: dict[str, bool]) -> None:
    data, full = subset(of, frozenset(text + unicodedata.normalize("NFC", text))).data, whole(of)
    assert shaped(data, text, **features) == shaped(full, text, **features)
    assert shaped(data, text, **features) != shaped(data, text, **without)  # it does something


def test_small_capitals_go_where_nobody_asks_for_them() -> None:
    with_them, without = (subset(face(), LATIN, small_caps=x).data for x in (True, False))
    assert len(without) < len(with_them)
    assert shaped(without, "abc", smcp=True) == shaped(without, "abc")
    assert shaped(without, "1 fi", onum=True) == shaped(whole(face()), "1 fi", onum=True)


def test_forms_of_fractions_come_with_the_slash_alone() -> None:
    glyphs = [opened(subset(face(), frozenset("0123456789" + more)).data)["maxp"].numGlyphs for more in ("", "\u2044")]
    assert glyphs[1] >= glyphs[0] + 20


# --- Whose name it bears ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("of", "reserved"), [
    (face(), "source"), (face("Source Sans 3", 600), "source"), (face("IBM Plex Sans", 300), "plex"), (face("Noto Naskh Arabic"), "noto"),
], ids=lambda value: getattr(value, "family", value))
def test_no_name_is_reserved_and_the_licence_stays(of: theme.Face, reserved: str) -> None:
    before, after = ({r.nameID: str(r) for r in opened(data)["name"].names if r.platformID == 3}
                     for data in (whole(of), subset(of, LATIN).data))
    assert {key: after[key] for key in (0, 13, 14)} == {key: before[key] for key in (0, 13, 14)}
    assert "Open Font License" in after[13]
    others = {key: value for key, value in after.items() if key not in (0, 13, 14)}
    assert set(others) == {1, 2, 3, 4, 5, 6}
    assert not [value for value in others.values() if reserved in value.lower()]
    assert any(reserved in value.lower() for key, value in before.items() if key in (1, 4, 6))  # there was one
    assert all(c.isalnum() or c == "-" for c in after[6])
    assert len(after[6]) < 64


def test_every_subset_has_a_name_of_its_own() -> None:
    made = [subset(face(), frozenset("a")), subset(face(), frozenset("b")), subset(face(weight=700), frozenset("a")),
            subset(face(italic=True), frozenset("a"))]
    assert len({opened(font.data)["name"].getDebugName(6) for font in made}) == 4


# --- Same in, same out --------------------------------------------------------------------------------------------------------------

PROGRAM = """
import hashlib
from pubkit import css, theme
from pubkit.css.subset import fonts
from pubkit.model import Article, Meta, Paragraph
worn = theme.load("journal")
made = fonts(worn, [Article(Meta(title="Words"), [Paragraph("Some text")])], ["<h1 class='pk-title'>Words</h1><p>Some text</p>"],
             css.sheet("book", worn, "rem"))
print([(f.family, f.weight, f.italic, hashlib.sha256(x.data).hexdigest()) for f, x in made.items()])
"""


def test_the_same_bytes_in_every_run() -> None:
    runs = {subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True,
                           env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")}
    assert len(runs) == 1
    assert "Source Serif 4" in runs.pop()


def test_the_same_bytes_in_every_thread() -> None:
    alone = subset(face(), LATIN)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: subset(face(), set(LATIN)), range(32))) == {alone}


# --- Broken files -------------------------------------------------------------------------------------------------------------------

def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.woff2").write_bytes(b"wOF2 and nothing more")
    with pytest.raises(ThemeError) as error:
        subset(theme.Face("Broken", 400, False, str(tmp_path / "broken.woff2")), LATIN)
    assert "broken.woff2" in str(error.value)


@pytest.mark.parametrize("cut", [0, 100, 5000, 50_000])
def test_a_font_with_broken_tables_is_named(cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.ttf").write_bytes(whole(face())[:cut])
    monkeypatch.setattr(subsetting, "unpacked", lambda _: tmp_path / "broken.ttf")
    with pytest.raises(ThemeError) as error:
        subset(face(), LATIN)
    assert Path(face().path).name in str(error.value)


def test_a_font_that_went_from_the_cache_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subsetting, "unpacked", lambda _: tmp_path / "gone.ttf")
    with pytest.raises(ThemeError, match=r"gone\.ttf"):
        subset(face(), LATIN)


# --- WOFF ---------------------------------------------------------------------------------------------------------------------------

def test_woff_holds_the_same_tables() -> None:
    plain = subset(face(), LATIN)
    packed = woff(plain)
    assert (packed.suffix, packed.media_type, packed.format) == (".woff", "font/woff", "woff")
    assert len(packed.data) < len(plain.data) * 0.55
    one, other = opened(plain.data), opened(packed.data)
    assert other.flavor == "woff"
    assert set(other.reader.keys()) == set(one.reader.keys())
    assert all(other.reader[tag] == one.reader[tag] for tag in one.reader.keys())  # noqa: SIM118 (a reader is no dict)
    assert int.from_bytes(packed.data[8:12], "big") == len(packed.data)
    assert int.from_bytes(packed.data[16:20], "big") == len(plain.data)


# --- Which characters ---------------------------------------------------------------------------------------------------------------

SHEET = """
@font-face { font-family: 'T'; src: url('t.ttf') }
body { font-family: 'T', serif }
.head, h2 { font-family: 'D', 'T', serif }
code, pre code { font-family: "C", monospace }
.odd q { font-family: 'P' }
.check { font-family: sans-serif }
.caps { font-variant-caps: all-small-caps }
/* h2 { font-family: 'X' } */
@media (min-width: 3em) { .wide { font-family: 'W' } }
.rule::before { content: "\\2014\\2009" counter(x) '§' }
ul { list-style-type: "\\2013\\2002" }
.body > .first::first-letter { font-family: 'I' }
"""


def drawn(markup: str) -> dict[str, str]:
    """By first family, what is drawn beyond what always is."""
    always = {*ALWAYS, *"—\u2009§–\u2002"}
    return {stack[0] if stack else "": "".join(sorted(asked.characters - always)) for stack, asked in characters([markup], SHEET).items()}


@pytest.mark.parametrize(("markup", "wanted"), [
    ("", {}),
    ("abc", {"T": "abc"}),
    ('<p>ab<a href="http://xyz.example/">c</a></p>', {"T": "abc"}),
    ('<p class="a head b">ab<em>c</em></p>d', {"D": "abc", "T": "d"}),
    ("<h2>a<br/>b<img src='x'/>c</h2>d", {"D": "abc", "T": "d"}),
    ("<h2>a<code>b</code>c</h2>", {"D": "ac", "C": "b"}),
    ("<pre><code>ab</code></pre>", {"C": "ab", "T": ""}),
    ("<div><p>a</p></div>", {"T": "a"}),
    ("<p><q>a</q></p>", {"T": "a", "P": "a"}),  # what the rule asks before is not looked at
    ('<span class="check">☑</span>a', {"": "☑", "T": "a"}),
    ('<p class="caps">aß</p>', {"T": "ASaß"}),
    ('<p class="wide">a</p>', {"W": "a"}),
    ("a &lt; b &amp; c", {"T": "&<abc"}),
    ('<img src="uvw" alt="a&amp;b"/>', {"T": "&ab"}),
    ("e\u0301", {"T": "eé\u0301"}),
    ("a\tb\nc", {"T": "abc"}),
    ("</p></p>a", {"T": "a"}),
], ids=str)
def test_characters_are_counted_where_they_are_drawn(markup: str, wanted: dict[str, str]) -> None:
    found = {family: text for family, text in drawn(markup).items() if text or family in wanted}
    assert {k: v for k, v in found.items() if v} == {k: "".join(sorted(v)) for k, v in wanted.items() if v}


def test_first_letters_are_counted_with_their_word() -> None:
    assert drawn('<div class="body"><p class="first"><em>“Ad</em> rem</p><ul></ul></div>') == {"T": "Ademr“", "I": "Ad“"}


def test_lists_of_letters_have_all_letters() -> None:
    assert set(drawn('<ol type="a"><li>é</li></ol>')["T"]) > set("abcdefghijklmnopqrstuvwxyz")
    assert drawn('<ol start="3"><li>é</li></ol>') == {"T": "é"}


def test_what_the_style_sheet_writes_is_everywhere() -> None:
    for asked in characters(["a<h2>b</h2>"], SHEET).values():
        assert set("0123456789-\u2010\u00ad—\u2009§–\u2002") <= asked.characters


def test_small_capitals_are_said_of_their_stack_alone() -> None:
    found = characters(['<h2>a</h2><p>b<span class="caps">c<i>d</i></span></p>'], SHEET)
    assert {stack[0]: asked.small_caps for stack, asked in found.items()} == {"T": True, "D": False}
    assert not any(asked.small_caps for asked in characters(['<p class="caps"></p>a'], SHEET).values())


def computed(body: str, sheet: str) -> Iterator[tuple[str, str]]:
    """The texts of a body with the font families that the rules of CSS give them: specificity, order, inheritance."""
    matcher = cssselect2.Matcher()
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        for declaration in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            if declaration.type == "declaration" and declaration.lower_name == "font-family":
                for selector in cssselect2.compile_selector_list(rule.prelude):
                    if selector.pseudo_element is None:
                        matcher.add_selector(selector, tinycss2.serialize(declaration.value).strip())
    names = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
    root = ET.fromstring(f"<html {names}><body>{body}</body></html>")

    def texts(element: Any, around: str) -> Iterator[tuple[str, str]]:
        given = matcher.match(element)
        family = max(given, key=lambda match: match[:2])[3] if given else around
        yield family, element.etree_element.text or ""
        for child in element.iter_children():
            yield from texts(child, family)
            yield family, child.etree_element.tail or ""

    yield from texts(cssselect2.ElementWrapper.from_html_root(root), "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["book", "web"])
def test_no_character_is_missed(kind: str, name: str) -> None:
    sheet = css.sheet(kind, theme.load(name), "rem")
    marked = bodies(every_node(), xml=kind == "book")
    asked = {stack: one.characters for stack, one in characters(marked, sheet).items()}
    seen = 0
    for body in marked:
        for family, text in computed(body, sheet):
            stack = tuple(part.strip(" '\"") for part in family.split(",") if "'" in part or '"' in part)
            if text.strip():
                seen += 1
                assert set(text) - set("\n\t") <= asked[stack], (family, text)
    assert seen > 100


# --- The fonts of an article --------------------------------------------------------------------------------------------------------

def cut(article: Article, name: str = "journal") -> dict[theme.Face, Font]:
    worn = theme.load(name)
    sheet = css.sheet("book", worn, "rem")
    return fonts(worn, (article,), bodies(article), sheet)


def codes(font: Font) -> set[str]:
    return set(map(chr, hb.Face(font.data).unicodes))


@pytest.mark.parametrize("name", NAMES)
def test_the_faces_of_an_article_are_small(name: str) -> None:
    made = cut(every_node(), name)
    assert list(made) == [f for f in theme.load(name).faces if f in made]  # in the theme's order
    assert set(made) == set(faces(theme.load(name), (every_node(),)))
    assert sum(len(font.data) for font in made.values()) < 0.2 * sum(len(whole(f)) for f in made)


def test_each_family_has_its_own_characters() -> None:
    blocks: list[Block] = [Heading(2, "Ww"), Paragraph(["Xx ", Strong("Yy"), Emphasis("Zz")]), CodeBlock("$%")]
    article = Article(Meta(title="Qq", language="en"), blocks)
    made = {(f.family, f.weight, f.italic): codes(font) for f, font in cut(article).items()}
    text = made["Source Serif 4", 400, False]
    assert set("XxYyZz") <= text
    assert not set("Qq$%") & text
    assert made["Source Serif 4", 700, False] == text  # whole sentences may be made bold by a reader
    assert set("QqWw") <= made["Source Serif 4 Display", 600, False]
    assert not set("XxYyZz$%") & made["Source Serif 4 Display", 600, False]
    assert set("$%") <= made["Source Code Pro", 400, False]
    assert not set("XxQq") & made["Source Code Pro", 400, False]


def test_a_fallback_goes_along_where_it_is_needed() -> None:
    arabic = Article(Meta(title="الخط", language="ar"), [Paragraph("نصٌّ عربي שלום 12 words")])
    found = {f.family: codes(font) for f, font in cut(arabic).items()}
    assert set("نصٌّعربي") <= found["Noto Naskh Arabic"]
    assert set("שלום") <= found["Noto Serif Hebrew"]
    assert not set("words12") & (found["Noto Naskh Arabic"] | found["Noto Serif Hebrew"])
    assert set("words12") <= found["Source Serif 4"]
    weights = [(f.family, f.weight) for f in cut(arabic)][-4:]
    assert weights == [("Noto Naskh Arabic", 400), ("Noto Naskh Arabic", 700), ("Noto Serif Hebrew", 400), ("Noto Serif Hebrew", 700)]


def test_no_fallback_goes_along_where_the_theme_has_all() -> None:
    article = Article(Meta(title="Words", language="en"), [Paragraph("Слова λέξεις e\u0301 中\u200d")])
    assert not [f for f in cut(article) if f.family in theme.FALLBACKS]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_our_own_words_can_be_drawn(language: str) -> None:
    """Whatever pubkit writes into a book in a language that the faces know."""
    article = Article(Meta(title="A", language=language, authors=["B"], source="C"), [List(["x"])])
    own = bodies(article)
    made = fonts(theme.load("journal"), (article,), own, css.sheet("book", theme.load("journal"), "rem"))
    held = set().union(*map(codes, made.values()))
    known = set().union(*(set(map(chr, hb.Face(whole(f)).unicodes)) for f in made))
    assert {c for body in own for c in "".join(ET.fromstring(
        f'<b xmlns:epub="x">{body}</b>').itertext())} & known <= held | set("\n\r\t")
