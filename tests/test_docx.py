"""The Word exporter: what stands in the parts of the document, and that nothing of an article is lost on the way there."""

from __future__ import annotations

import io
import re
import tempfile
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from docx import Document
from docx.shared import Pt
from lxml import etree

import pubkit
from pubkit import model as m
from pubkit import zipfiles
from pubkit.diagnostics import OptionError
from pubkit.exporters import docx
from pubkit.exporters.base import Output
from pubkit.exporters.word import elements as word
from pubkit.math import to_mathml
from pubkit.normalize import normalize
from pubkit.theme import load
from samples import at_random, every_node

if TYPE_CHECKING:
    from collections.abc import Iterable

W = f"{{{word.NS['w']}}}"
M = f"{{{word.NS['m']}}}"
THEME = load("journal")
DATE = datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=3)))


def png(width: int, height: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), "#7c2b1d").save(out, "PNG")
    return out.getvalue()


def asset(name: str, width: int, height: int) -> m.Asset:
    return m.Asset(name, "image/png", png(width, height), width, height)


def article(*blocks: m.Block, assets: Iterable[m.Asset] = (), **meta: object) -> m.Article:
    given: dict[str, object] = {"title": "A title", "slug": "a-title", "language": "en", "authors": "Ada Tester", "published": DATE, **meta}
    return m.Article(m.Meta(**given), blocks, assets)  # type: ignore[arg-type]


def export(*chapters: m.Article, meta: m.Meta | None = None, options: docx.Options | None = None) -> Output:
    return docx.export(m.Volume(meta or chapters[0].meta, chapters), THEME, options or docx.Options())


def parts(*chapters: m.Article, meta: m.Meta | None = None) -> dict[str, bytes]:
    return zipfiles.unpack(export(*chapters, meta=meta).files[0].data)


def tree(files: dict[str, bytes], name: str = "document") -> etree._Element:
    return etree.fromstring(files[f"word/{name}.xml"])


def styled(root: etree._Element, style: str) -> list[etree._Element]:
    return [p for p in root.iter(W + "p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(W + "val") == style]


def said(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(W + "t"))


def style(paragraph: etree._Element) -> str:
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.get(W + "val") or ""


def numbers(root: etree._Element) -> list[tuple[str, str]]:
    return [(n.find(W + "numId").get(W + "val"), n.find(W + "ilvl").get(W + "val")) for n in root.iter(W + "numPr")]  # type: ignore[union-attr, misc]


# --- The package --------------------------------------------------------------------------------------------------------------------

def test_the_file_is_named_for_the_slug_and_is_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    text = article(m.Paragraph("Text."), m.Figure(m.Image("a.png", "A", asset="a.png")), assets=[asset("a.png", 40, 20)])
    first = export(text)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert export(text) == first
    finally:
        monkeypatch.undo()
        time.tzset()
    (file,) = first.files
    assert file.name == "a-title.docx"
    assert file.media_type == docx.MEDIA_TYPE
    assert next(iter(zipfiles.unpack(file.data))) == "[Content_Types].xml"


def test_no_foreign_template_shines_through() -> None:
    files = parts(article(m.Paragraph("Text.")))
    everything = b"".join(files.values())
    assert not [n for n in files if "thumbnail" in n or "customXml" in n or "Effects" in n]
    for trace in (b"python-docx", b"Theme=", b"Calibri Light", b"updateFields", b"2013-12-23"):
        assert trace not in everything
    size = tree(files).find(f".//{W}pgSz")
    assert size is not None
    assert (size.get(W + "w"), size.get(W + "h")) == ("11906", "16838")
    assert b'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in files["word/settings.xml"]


def test_core_properties() -> None:
    text = article(m.Paragraph("Text."), title="T" * 300, authors=["Ada", "Ben"], tags=["one", "two"], summary="Of it", section="News")
    core = Document(io.BytesIO(export(text).files[0].data)).core_properties
    assert len(core.title) == 300
    assert (core.author, core.keywords, core.comments, core.language, core.category) == ("Ada; Ben", "one, two", "Of it", "en", "News")
    assert core.created is not None
    assert core.created.replace(tzinfo=None) == DATE.astimezone(UTC).replace(tzinfo=None)


def test_every_style_used_is_there_with_fonts_for_all_scripts() -> None:
    files = parts(pubkit.normalize(every_node())[0])
    styles = {s.get(W + "styleId"): s for s in tree(files, "styles").iter(W + "style")}
    for name in ("document", "footnotes"):
        used = {e.get(W + "val") for tag in ("pStyle", "rStyle", "tblStyle") for e in tree(files, name).iter(W + tag)}
        assert used <= set(styles)
    fonts = list(tree(files, "styles").iter(W + "rFonts"))
    assert len(fonts) > 5
    assert all({etree.QName(k).localname for k in f.attrib} == {"ascii", "hAnsi", "cs", "eastAsia"} for f in fonts)


def test_heavier_faces_are_families_of_their_own() -> None:
    style = next(s for s in tree(parts(article(m.Paragraph("x"))), "styles").iter(W + "style") if s.get(W + "styleId") == "Title")
    assert style.find(f"{W}rPr/{W}rFonts").get(W + "ascii") == "Source Serif 4 Display Semibold"  # type: ignore[union-attr]
    assert style.find(f"{W}rPr/{W}b") is None
    assert style.find(f"{W}pPr/{W}outlineLvl").get(W + "val") == "0"  # type: ignore[union-attr]


def test_fonts_are_embedded_on_demand() -> None:
    files = zipfiles.unpack(export(article(m.Paragraph("x")), options=docx.Options(embed_fonts=True)).files[0].data)
    embedded = [n for n in files if n.endswith(".odttf")]
    assert embedded
    table = tree(files, "fontTable")
    key = next(e for e in table.iter(W + "embedRegular")).get(W + "fontKey")
    assert key is not None
    mask = bytes.fromhex(re.sub("[{}-]", "", key))[::-1]
    assert bytes(b ^ mask[i % 16] for i, b in enumerate(files["word/fonts/font1.odttf"][:4])) == b"\x00\x01\x00\x00"


# --- Text ---------------------------------------------------------------------------------------------------------------------------

def test_elements_stand_in_the_order_of_the_schema() -> None:
    props = word.rpr({"lang": {"val": "uk"}, "i": {}, "b": {}, "rStyle": {"val": "Code"}, "w14:numForm": {"val": "lining"}})
    assert [etree.QName(c).localname for c in props] == ["rStyle", "b", "i", "lang", "numForm"]
    shape = word.ppr({"spacing": {"before": "10"}, "keepNext": {}, "pStyle": {"val": "Quote"}},
                     pBdr=word.borders("w:pBdr", bottom=("4", "000000", 1), top=("4", "000000", 1)))
    assert [etree.QName(c).localname for c in shape] == ["pStyle", "keepNext", "pBdr", "spacing"]
    assert [etree.QName(c).localname for c in shape[2]] == ["top", "bottom"]


def test_looks_of_words_are_character_styles() -> None:
    words = ["a ", m.Emphasis(["b", m.Strong("c")]), m.Strong(m.Emphasis("d")), m.Emphasis(m.Emphasis("e")), m.Strong(m.Code("f"))]
    files = parts(article(m.Paragraph(words), m.DefinitionList([m.Definition(["t"], [[m.Paragraph(m.Strong("g"))]])])))
    worn = {said(r): s.get(W + "val") for r in tree(files).iter(W + "r") if (s := r.find(f"{W}rPr/{W}rStyle")) is not None}
    assert {k: worn.get(k) for k in "bcdefg"} == {"b": "Emphasis", "c": "StrongEmphasis", "d": "StrongEmphasis", "e": None,
                                                  "f": "CodeCharStrong", "g": "Strong"}
    both = next(s for s in tree(files, "styles") if s.get(W + "styleId") == "StrongEmphasis")
    assert both.find(W + "name").get(W + "val") == "Strong + Emphasis"  # type: ignore[union-attr]
    assert both.find(W + "basedOn").get(W + "val") == "Strong"  # type: ignore[union-attr]
    assert both.find(f"{W}rPr/{W}i") is not None


def test_strong_words_of_a_bold_paragraph_stay_bold() -> None:
    """Word takes bold in bold for the opposite (17.7.3)."""
    root = tree(parts(article(m.DefinitionList([m.Definition([m.Strong("x")], [[m.Paragraph(m.Strong("y"))]])]))))
    assert [e.get(W + "val") for p in styled(root, "DefinitionTerm") for e in p.iter(W + "rStyle")] == ["StrongInBold"]
    assert [e.get(W + "val") for p in styled(root, "Definition") for e in p.iter(W + "rStyle")] == ["Strong"]


def test_languages_and_directions() -> None:
    mixed = m.Paragraph(["one ", m.Span("слово", "uk"), " שלום ", m.Span("كلمة abc", "ar")])
    root = tree(parts(article(mixed, m.Passage([m.Paragraph("كلمة")], "ar"))))
    runs = {said(r).strip(): r for r in root.iter(W + "r")}
    assert runs["слово"].find(f"{W}rPr/{W}lang").get(W + "val") == "uk"  # type: ignore[union-attr]
    assert runs["שלום"].find(f"{W}rPr/{W}rtl") is not None
    assert runs["كلمة"].find(f"{W}rPr/{W}lang").get(W + "bidi") == "ar"  # type: ignore[union-attr]
    assert runs["abc"].find(f"{W}rPr/{W}rtl") is None
    assert any(p.find(f"{W}pPr/{W}bidi") is not None and said(p) == "كلمة" for p in root.iter(W + "p"))


def test_an_article_written_from_right_to_left() -> None:
    files = parts(article(m.Paragraph("مرحبا"), m.Table([m.Column()], body=[m.Row(["واحد"])]), language="ar", title="عنوان"))
    root = tree(files)
    assert all(p.find(f"{W}pPr/{W}bidi") is not None for p in root.iter(W + "p") if said(p))
    assert root.find(f".//{W}sectPr/{W}bidi") is not None
    assert root.find(f".//{W}tblPr/{W}bidiVisual") is not None


def test_links_are_live_and_bad_addresses_are_not_written() -> None:
    good = ["https://example.org/a b?q=ü#x[1]", "mailto:a@example.org", "https://example.org/50%"]
    bad = ["https://[oops/", "mailto:nobody", "http://"]
    output = export(article(*[m.Paragraph(m.Link(f"link {n}", url)) for n, url in enumerate([*good, *bad, "../other/"])]))
    files = zipfiles.unpack(output.files[0].data)
    targets = re.findall(rb'Target="([^"]*)" TargetMode="External"', files["word/_rels/document.xml.rels"])
    assert targets == [b"https://example.org/a%20b?q=%C3%BC#x%5B1%5D", b"mailto:a@example.org", b"https://example.org/50%25", b"../other/"]
    assert said(tree(files)).count("link") == 7
    assert [d.code for d in output.diagnostics] == ["link-relative"]


def test_references_lead_to_bookmarks_that_word_can_hold() -> None:
    odd = ["розділ", "a" * 60, "a" * 61, "1st", "A-b", "a_B"]
    blocks = [m.Heading(2, f"Heading {n}", id=i) for n, i in enumerate(odd)]
    calls = [m.Reference(str(n), i) for n, i in enumerate(odd)]
    root = tree(parts(article(*blocks, m.Paragraph(calls), m.Paragraph(m.Reference("x", "nowhere")))))
    names = [b.get(W + "name") or "" for b in root.iter(W + "bookmarkStart")]
    assert len({n.lower() for n in names}) == len(odd)
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", n, re.ASCII) for n in names)
    assert [h.get(W + "anchor") for h in root.iter(W + "hyperlink")] == names


def test_notes_are_real_footnotes() -> None:
    inner = m.Note([m.Paragraph(["One ", m.Link("link", "https://example.org/"), m.Note("deep")]), m.List(["item"])], id="n")
    output = export(article(m.Heading(2, ["Head", m.Note("on a heading")]), m.Paragraph(["a", inner, "b", m.Note((), id="n")]),
                            m.Table([m.Column()], body=[m.Row([m.Cell([m.Paragraph(["c", m.Note("in a table")])])])])))
    files = zipfiles.unpack(output.files[0].data)
    root, notes = tree(files), tree(files, "footnotes")
    assert [r.get(W + "id") for r in root.iter(W + "footnoteReference")] == ["1", "2", "3"]
    bodies = {n.get(W + "id"): " ".join(said(p).strip() for p in n.iter(W + "p")) for n in notes}
    assert bodies["1"] == "on a heading"
    assert bodies["2"] == "One link (deep) item"
    assert b"https://example.org/" in files["word/_rels/footnotes.xml.rels"]
    assert "NOTEREF" in "".join(t.text or "" for t in root.iter(W + "instrText"))
    assert [d.code for d in output.diagnostics] == ["export-note"]


# --- Blocks -------------------------------------------------------------------------------------------------------------------------

def items(*blocks: m.Block) -> list[tuple[str, str, str, str]]:
    """Of every item: its words, its level, the format of its mark, and the number that it has when one counts as Word does."""
    files = parts(article(*blocks))
    part = tree(files, "numbering")
    abstracts = {a.get(W + "abstractNumId"): a for a in part.iter(W + "abstractNum")}
    nums = {n.get(W + "numId"): n for n in part.iter(W + "num")}
    counts: dict[tuple[str, str], int] = {}
    out = []
    for p in tree(files).iter(W + "p"):
        found = p.find(f"{W}pPr/{W}numPr")
        if found is None:
            continue
        num, level = found.find(W + "numId").get(W + "val") or "", found.find(W + "ilvl").get(W + "val") or ""  # type: ignore[union-attr]
        format_ = abstracts[nums[num].find(W + "abstractNumId").get(W + "val")].find(  # type: ignore[union-attr]
            f"{W}lvl[@{W}ilvl='{level}']/{W}numFmt").get(W + "val") or ""  # type: ignore[union-attr]
        start = nums[num].find(f"{W}lvlOverride[@{W}ilvl='{level}']/{W}startOverride")
        counts = {k: v for k, v in counts.items() if k[0] != num or k[1] <= level}
        counts[num, level] = counts.get((num, level), int(start.get(W + "val") or 1) - 1 if start is not None else 0) + 1
        out.append((said(p), level, format_, str(counts[num, level]) if format_ != "bullet" else ""))
    return out


def test_lists_count_for_themselves() -> None:
    first = m.List([m.ListItem([m.Paragraph("a"), m.List(["b", "c"], "lower-alpha")]),
                    m.ListItem([m.Paragraph("d"), m.List(["e"], "lower-alpha"), m.Paragraph("f"), m.List(["g"], "lower-alpha")])],
                   "decimal")
    assert items(first, m.Paragraph("x"), m.List(["h"], "decimal", 7), m.List(["i"]), m.List(["j"], "upper-roman")) == [
        ("a", "0", "decimal", "1"), ("b", "1", "lowerLetter", "1"), ("c", "1", "lowerLetter", "2"), ("d", "0", "decimal", "2"),
        ("e", "1", "lowerLetter", "1"), ("g", "1", "lowerLetter", "1"), ("h", "0", "decimal", "7"), ("i", "0", "bullet", ""),
        ("j", "0", "upperRoman", "1")]


def test_nested_lists_of_other_kinds_and_starts() -> None:
    nested = m.List([m.ListItem([m.Paragraph("a"), m.List(["b"], "decimal", 4)]), m.ListItem([m.Paragraph("c"), m.List(["d"])]),
                     m.ListItem([m.Paragraph("e"), m.List(["f"], "decimal")])])
    assert items(nested) == [("a", "0", "bullet", ""), ("b", "1", "decimal", "4"), ("c", "0", "bullet", ""), ("d", "1", "bullet", ""),
                             ("e", "0", "bullet", ""), ("f", "1", "decimal", "1")]


def test_lists_are_levels_of_one_another_and_say_their_indents_themselves() -> None:
    files = parts(article(m.List([m.ListItem([m.Paragraph("a"), m.List([m.ListItem([m.Paragraph("b"), m.List(["c"])])], "decimal")])])))
    root = tree(files)
    assert len({number for number, _ in numbers(root)}) == 1
    assert [level for _, level in numbers(root)] == ["0", "1", "2"]
    assert [style(p) for p in root.iter(W + "p") if p.find(f"{W}pPr/{W}numPr") is not None] == [
        "ListBullet0PtBelow", "ListNumber2", "ListBullet37p5PtBelow"]


@pytest.mark.parametrize("depth", [9, 12, 40])
def test_lists_may_be_deeper_than_words_levels(depth: int) -> None:
    node = m.List([f"level {depth}"])
    for n in range(depth - 1, 0, -1):
        node = m.List([m.ListItem([m.Paragraph(f"level {n}"), node])], "decimal" if n % 2 else "bullet")
    found = items(node)
    assert [words for words, *_ in found] == [f"level {n}" for n in range(1, depth + 1)]
    assert [int(level) for _, level, *_ in found] == [n % 9 for n in range(depth)]
    lefts = [float(e.get(W + "left") or 0) for e in tree(parts(article(node)), "numbering").iter(W + "ind")]
    assert max(lefts) / 20 >= depth * THEME.type.leading


def test_boxes_can_be_ticked() -> None:
    root = tree(parts(article(m.List([m.ListItem("done", True), m.ListItem("open", False)]), m.List(["plain", m.ListItem("mixed", True)]))))
    assert [said(p) for p in root.iter(W + "p") if p.find(f"{W}pPr/{W}numPr") is not None] == [
        "\u2612done", "\u2610open", "plain", "\u2612mixed"]
    assert [e.get(f"{{{word.NS['w14']}}}val") for e in root.iter(f"{{{word.NS['w14']}}}checked")] == ["1", "0", "1"]
    assert len({e.get(W + "val") for e in root.iterfind(f".//{W}sdtPr/{W}id")}) == 3


def test_tables_repeat_their_heads_and_span() -> None:
    table = m.Table([m.Column(), m.Column("right"), m.Column()], head=[m.Row(["a", "b", "c"])],
                    body=[m.Row([m.Cell("d", rowspan=2), m.Cell("e", colspan=2)]), m.Row(["f", "g"]), m.Row(["h"])],
                    caption="Caption", id="t")
    root = tree(parts(article(table, table)))
    first, second = root.iter(W + "tbl")
    assert first.getnext() is not second
    assert root.find(f"{W}body")[-2].tag == W + "p"  # type: ignore[index]
    rows = list(first.iter(W + "tr"))
    assert [r.find(f"{W}trPr/{W}tblHeader") is not None for r in rows] == [True, False, False, False]
    assert [len(r.findall(W + "tc")) for r in rows] == [3, 2, 3, 3]
    assert [e.get(W + "val") for e in first.iter(W + "vMerge")] == ["restart", "continue"]
    assert [e.get(W + "val") for e in first.iter(W + "gridSpan")] == ["2"]
    assert all(c[-1].tag == W + "p" for c in first.iter(W + "tc"))
    assert [style(p) for p in rows[0].iter(W + "p")] == ["TableHead", "TableHeadRight", "TableHead"]
    assert first.find(f"{W}tblPr/{W}tblCaption").get(W + "val") == "Caption"  # type: ignore[union-attr]
    assert first.find(f"{W}tblPr/{W}tblDescription").get(W + "val") == "a; b; c"  # type: ignore[union-attr]


def dressed(rules: str, pull: str) -> dict[str, bytes]:
    """A table and a pull quotation in a theme that makes these choices."""
    worn = msgspec.structs.replace(THEME, choices=msgspec.structs.replace(THEME.choices, table_rules=rules, pull=pull))
    table = m.Table([m.Column()], head=[m.Row(["a"]), m.Row(["b"])], body=[m.Row(["c"])], foot=[m.Row(["d"])])
    whole = article(table, m.Quote(["x"], pull=True))
    return zipfiles.unpack(docx.export(m.Volume(whole.meta, (whole,)), worn).files[0].data)


@pytest.mark.parametrize(("rules", "edges", "fills"), [
    ("horizontal", {"firstRow": "bottom", "lastRow": "top"}, []), ("accent", {"firstRow": "bottom", "lastRow": "top"}, []),
    ("solid", {}, ["firstRow", "lastRow"]), ("grid", {}, []), ("none", {}, [])])
def test_tables_wear_the_rules_of_the_theme(rules: str, edges: dict[str, str], fills: list[str]) -> None:
    files = dressed(rules, "ruled")
    assert not list(tree(files).iter(W + "tcBorders", W + "shd"))
    styles = {s.get(W + "styleId"): s for s in tree(files, "styles")}
    of_parts = {p.get(W + "type"): p for p in styles["TablePublished"].iter(W + "tblStylePr")}
    assert {k: etree.QName(line).localname for k, p in of_parts.items() for line in p.iterfind(f".//{W}tcBorders/*")} == edges
    assert [k for k, p in of_parts.items() if p.find(f".//{W}shd") is not None] == fills
    assert (styles["TablePublished"].find(f".//{W}tblBorders") is not None) == (rules != "none")
    if rules == "solid":
        color = styles["TableHead"].find(f"{W}rPr/{W}color")
        assert color.get(W + "val") == word.rgb(THEME.color.on_accent)  # type: ignore[union-attr]
    look = next(tree(files).iter(W + "tblLook"))
    assert [look.get(W + n) for n in ("firstRow", "lastRow", "firstColumn", "lastColumn")] == ["1", "1", "0", "1"]


@pytest.mark.parametrize(("pull", "sides"), [("ruled", ["top", "bottom"]), ("plain", []), ("barred", ["top"])])
def test_pull_quotations_wear_the_lines_of_the_theme(pull: str, sides: list[str]) -> None:
    style = next(s for s in tree(dressed("none", pull), "styles") if s.get(W + "styleId") == "PullQuote")
    assert [etree.QName(line).localname for line in style.iterfind(f".//{W}pBdr/*")] == sides


def sides(files: dict[str, bytes], paragraph: etree._Element) -> dict[str, str]:
    """The borders that a paragraph has by its style and those below it: none, or the room to them in points."""
    styles = {s.get(W + "styleId"): s for s in tree(files, "styles").iter(W + "style")}
    found: dict[str, str] = {}
    name: str | None = style(paragraph)
    while name:
        for line in styles[name].iterfind(f"{W}pPr/{W}pBdr/*"):
            found.setdefault(etree.QName(line).localname, "" if line.get(W + "val") == "nil" else line.get(W + "space") or "0")
        based = styles[name].find(W + "basedOn")
        name = None if based is None else based.get(W + "val")
    return found


def test_what_stands_in_a_box_is_tied_together() -> None:
    box = m.Aside([m.Paragraph("one"), m.Quote([m.Paragraph("two")]), m.List(["three", "four"]), m.Paragraph("five")])
    files = parts(article(box))
    boxed = {said(p): sides(files, p) for p in tree(files).iter(W + "p") if said(p) in ("Note", "one", "two", "three", "four", "five")}
    assert [(words, s["top"], s["bottom"]) for words, s in boxed.items()] == [
        ("Note", "11", ""), ("one", "", ""), ("two", "14", ""), ("three", "14", ""), ("four", "", ""), ("five", "", "11")]
    assert {s["right"] for s in boxed.values()} == {"11"}
    assert [s["left"] for s in boxed.values()] == ["11", "11", "26", "11", "11", "11"]


def test_boxes_one_after_the_other_stand_apart() -> None:
    files = parts(article(*[m.Aside([m.Paragraph(f"box {n}")]) for n in range(3)]))
    fills = {said(p): style(p) for p in tree(files).iter(W + "p") if said(p).startswith("box")}
    assert fills["box 0"] == fills["box 2"] == "Aside"
    assert fills["box 1"].endswith("Second")


@pytest.mark.parametrize(("width", "height", "wish", "expected"),
                         [(4000, 1000, 0.0, 1.0), (4000, 1000, 0.5, 0.5), (96, 96, 0.0, 72 / 357.28)])
def test_pictures_keep_within_the_measure(width: int, height: int, wish: float, expected: float) -> None:
    picture = m.Image("a.png", "What it shows", asset="a.png", width=wish)
    root = tree(parts(article(m.Figure(picture, "Caption"), assets=[asset("a.png", width, height)])))
    extent = root.find(f".//{{{word.NS['wp']}}}extent")
    assert extent is not None
    assert int(extent.get("cx") or 0) / 12700 == pytest.approx(expected * THEME.page.measure, abs=0.1)
    assert int(extent.get("cx") or 0) / int(extent.get("cy") or 1) == pytest.approx(width / height, rel=0.01)
    assert root.find(f".//{{{word.NS['wp']}}}docPr").get("descr") == "What it shows"  # type: ignore[union-attr]


def test_tall_and_decorative_pictures() -> None:
    files = parts(article(m.Figure(m.Image("a.png", decorative=True, asset="a.png")), assets=[asset("a.png", 400, 4000)]))
    assert b"adec:decorative" in files["word/document.xml"]
    extent = tree(files).find(f".//{{{word.NS['wp']}}}extent")
    assert extent is not None
    assert int(extent.get("cy") or 0) / 12700 <= 0.71 * (THEME.page.height - THEME.page.top - THEME.page.bottom)


def test_a_picture_that_is_not_there_gives_its_words() -> None:
    root = tree(parts(article(m.Figure(m.Image("https://example.org/a.png", "What it shows"), "Caption"))))
    assert said(styled(root, "CaptionedFigure")[0]) == "What it shows"
    assert root.find(f".//{W}hyperlink") is not None


def test_code_keeps_its_lines_and_colours() -> None:
    root = tree(parts(article(m.CodeBlock("def f():\n    return 1  # one\n\n\tx", "python"))))
    (code,) = styled(root, "Code")
    text = "".join({W + "t": e.text or "", W + "br": "\n", W + "tab": "\t"}.get(str(e.tag), "") for e in code.iter())
    assert text == "def f():\n    return 1  # one\n\n\tx"
    assert {"CodeKeyword", "CodeNumber", "CodeComment"} <= {e.get(W + "val") for e in code.iter(W + "rStyle")}


def test_lines_with_pictures_and_formulas_may_grow() -> None:
    inline = m.Image("a.png", "a", asset="a.png")
    formula = m.Math("x", to_mathml("x", False) or "")
    root = tree(parts(article(m.Paragraph(["x ", inline]), m.Paragraph([formula]), m.Paragraph("plain"), assets=[asset("a.png", 40, 40)])))
    worn = {said(p): style(p) for p in root.iter(W + "p")}
    assert (worn["x "], worn[""], worn["plain"]) == ("FirstParagraphTall", "BodyTextTall", "BodyText")


def test_chapters_are_sections_with_their_own_heads() -> None:
    one = article(m.Heading(2, "Same", id="same"), m.Paragraph(m.Reference("r", "same")), title="One")
    two = article(m.Heading(2, "Same", id="same"), m.Paragraph(m.Reference("r", "same")), title="Two")
    files = parts(one, two, meta=m.Meta(title="The whole", slug="whole", language="en", authors="Ada"))
    root = tree(files)
    assert [said(p) for p in styled(root, "VolumeTitle")] == ["The whole"]
    assert [said(p) for p in styled(root, "Title")] == ["One", "Two"]
    assert len(list(root.iter(W + "sectPr"))) == 3
    anchors = [h.get(W + "anchor") for h in root.iter(W + "hyperlink")]
    assert len(set(anchors)) == 2
    heads = b"".join(data for name, data in files.items() if "header" in name)
    assert b">One<" in heads
    assert b">Two<" in heads


# --- Formulas -----------------------------------------------------------------------------------------------------------------------

def test_what_formulas_of_word_cannot_say_is_said() -> None:
    text = article(m.MathBlock("x", '<math><menclose notation="circle"><mi>x</mi></menclose></math>'))
    output = export(pubkit.normalize(text)[0])
    assert [(d.code, d.message) for d in output.diagnostics] == [
        ("export-note", "the formula 'x': Word's formulas cannot say a circle, which is a box")]


def test_a_formula_that_cannot_be_read_stays_as_code() -> None:
    root = tree(parts(article(m.Paragraph(m.Math(r"\oops{")), m.MathBlock(r"\oops{"))))
    assert said(root).count(r"\oops{") == 2


# --- Styles -------------------------------------------------------------------------------------------------------------------------

FORMATTING = {"pPr": {"pStyle", "numPr", "bidi", "sectPr"}, "rPr": {"rStyle", "lang", "rtl"}}


def test_nothing_is_formatted_but_by_styles() -> None:
    """What paragraphs and runs say of themselves is structure, language and direction; formulas name the font that Word sets them in."""
    files = parts(pubkit.normalize(every_node())[0], *[pubkit.normalize(a)[0] for a in at_random(12)], meta=m.Meta(title="x", slug="x"))
    stories = [tree(files, n) for n in ("document", "footnotes")] + [
        etree.fromstring(data) for name, data in files.items() if re.match(r"word/(header|footer)", name)]
    for root in stories:
        for tag, allowed in FORMATTING.items():
            for props in root.iter(W + tag):
                if props.getparent().tag.startswith(M) or props.getparent().getparent().get(W + "type"):  # type: ignore[union-attr]
                    continue
                assert {etree.QName(e).localname for e in props} <= allowed


def worn(document: Any, of: Any, what: str) -> Any:
    """What a paragraph or run has by its style, and by what that is based on."""
    style = of.style
    while style is not None:
        value = getattr(style.font, what) if what != "left_indent" else style.paragraph_format.left_indent
        if value is not None:
            return value
        style = style.base_style
    return None


def test_who_changes_a_style_changes_all_that_wears_it() -> None:
    text = [m.Paragraph("One."), m.Paragraph([m.Strong("Two"), m.Strong(m.Emphasis("three"))]), m.Quote([m.Paragraph("Four."),
            m.Paragraph("Five.")], attribution="Somebody"), m.List([m.ListItem([m.Paragraph("six"), m.List(["seven"])]), "eight"]),
            m.Table([m.Column("right")], body=[m.Row(["nine"])]), m.Aside([m.Paragraph("Ten."), m.List(["eleven"])])]
    document = Document(io.BytesIO(export(article(*text)).files[0].data))
    changed = {"Body Text": 21, "Quote": 22, "List Bullet": 23, "Table Text": 24, "Aside": 25}
    for name, size in changed.items():
        document.styles[name].font.size = Pt(size)
    document.styles["Strong"].font.name = "Comic Sans MS"
    cells = [p for t in document.tables for c in t._cells for p in c.paragraphs]
    sizes = {p.text: worn(document, p, "size").pt for p in [*document.paragraphs, *cells] if p.text}
    assert {words: size for words, size in sizes.items() if size > 20 and words != "A title"} == {
        "One.": 21, "Twothree": 21, "Four.": 22, "Five.": 22, "six": 23, "seven": 23, "eight": 23, "nine": 24, "Ten.": 25, "eleven": 25}
    runs = {r.text: worn(document, r, "name") for p in document.paragraphs for r in p.runs}
    assert (runs["Two"], runs["three"]) == ("Comic Sans MS", "Comic Sans MS")


# --- Templates, contents, captions, notes at the end ----------------------------------------------------------------------------------

def text_of(root: etree._Element) -> list[str]:
    return [said(p) for p in root.iter(W + "p") if said(p)]


def fields(root: etree._Element) -> list[str]:
    return [" ".join((t.text or "").split()) for t in root.iter(W + "instrText")]


def settled(*chapters: m.Article, **options: Any) -> dict[str, bytes]:
    meta = m.Meta(title="The whole", slug="whole", language="en", authors="Ada")
    return zipfiles.unpack(export(*chapters, meta=meta if len(chapters) > 1 else None, options=docx.Options(**options)).files[0].data)


def test_our_template_has_every_style_and_nothing_of_others() -> None:
    data = docx.template(THEME, "de")
    files = zipfiles.unpack(data)
    assert sorted(n for n in files if not n.startswith("word/")) == [
        "[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "docProps/custom.xml"]
    assert not [n for n in files if re.search(r"customXml|theme|thumbnail|glossary|webSettings", n, re.IGNORECASE)]
    everything = b"".join(files.values())
    assert not re.search(rb"Theme=|w:rsid|python|12240|15840|dc:creator>\w|1[89]\d\d-|20\d\d-", everything)
    settings = tree(files, "settings")
    assert settings.find(f".//{W}compatSetting[@{W}name='compatibilityMode']").get(W + "val") == "15"  # type: ignore[union-attr]
    assert settings.find(W + "updateFields") is None
    assert tree(files, "styles").find(f"{W}docDefaults//{W}lang").get(W + "val") == "de"  # type: ignore[union-attr]
    document = Document(io.BytesIO(data))
    shown = {p.text for p in document.paragraphs} | {r.text for p in document.paragraphs for r in p.runs}
    hidden = {"Default Paragraph Font", "Normal Table", "Table Text", "Table Head", "Table Total", "Table End", "Published Table",
              "Published Table in a Box"}
    in_file = {s.find(W + "name").get(W + "val") for s in tree(files, "styles").iter(W + "style")}  # type: ignore[union-attr]
    assert in_file - shown <= hidden
    assert docx.template(THEME, "de") == data


def test_the_template_can_be_worn() -> None:
    house = docx.template(load("letter"))
    changed = Document(io.BytesIO(house))
    changed.styles["Quote"].font.name = "Papyrus"
    out = io.BytesIO()
    changed.save(out)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "house.docx"
        path.write_bytes(out.getvalue())
        output = pubkit.export(every_node(), "docx", reference_doc=path)
    assert "style-missing" not in [d.code for d in output.diagnostics]
    document = Document(io.BytesIO(output.files[0].data))
    assert document.styles["Quote"].font.name == "Papyrus"
    assert document.sections[0].page_width == Document(io.BytesIO(house)).sections[0].page_width
    assert not [p.text for p in document.paragraphs if p.text == "Normal"]
    assert [p.style.name for p in document.paragraphs if p.style.name.startswith("Quote")]


def test_a_template_that_is_none_is_said_before_anything_is_made(tmp_path: Path) -> None:
    article_ = tmp_path / "a.md"
    article_.write_text("# Title\n\nText.\n", "utf-8")
    for name, data in (("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), ("cut.docx", docx.template(THEME)[:5000])):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(OptionError, match=r".") as error:
            pubkit.build(article_, tmp_path / "out", ["docx", "json"], options={"docx": {"reference_doc": str(path)}})
        assert error.value.location.file == str(path)
        assert error.value.hint
    with pytest.raises(OptionError, match=r"cannot be read"):
        pubkit.build(article_, tmp_path / "out", ["docx"], options={"docx": {"reference_doc": str(tmp_path / "none.docx")}})
    assert not list((tmp_path / "out").glob("*"))


def test_contents_are_a_field_with_its_entries() -> None:
    blocks = [m.Heading(2, ["One", m.Note("n")], id="one"), m.Heading(3, "Deep", id="deep"), m.Heading(4, "Deeper", id="deeper"),
              m.Heading(2, m.Emphasis("Two"), id="two")]
    root = tree(settled(article(*blocks), contents=True, contents_depth=2))
    assert fields(root) == [r'TOC \o "2-3" \h \z']
    sdt = root.find(f".//{W}sdt")
    assert sdt is not None
    assert sdt.find(f".//{W}docPartGallery").get(W + "val") == "Table of Contents"  # type: ignore[union-attr]
    assert [(style(p), said(p)) for p in sdt.iter(W + "p")] == [
        ("TOCHeading", "Contents"), ("TOC2", "One"), ("TOC3", "Deep"), ("TOC2", "Two")]
    marks = {b.get(W + "name") for b in root.iter(W + "bookmarkStart")}
    assert {h.get(W + "anchor") for h in sdt.iter(W + "hyperlink")} <= marks
    assert [e.get(W + "fldCharType") for e in sdt.iter(W + "fldChar")] == ["begin", "separate", "end"]
    assert fields(tree(settled(article(m.Paragraph("No headings.")), contents=True))) == []


def test_contents_of_a_volume_have_its_chapters() -> None:
    chapters = [article(m.Heading(2, "Same", id="same"), title=title) for title in ("One", "Two")]
    root = tree(settled(*chapters, contents=True, contents_depth=2))
    assert fields(root)[0] == r'TOC \o "1-2" \h \z \u'
    lines = [(style(p), said(p)) for p in next(root.iter(W + "sdt")).iter(W + "p")]
    assert lines == [("TOCHeading", "Contents"), ("TOC1", "One"), ("TOC2", "Same"), ("TOC1", "Two"), ("TOC2", "Same")]
    starts = [b.get(W + "name") for b in root.iter(W + "bookmarkStart")]
    assert len(set(starts)) == len(starts) == 4


def test_captions_are_counted_by_word_and_references_follow() -> None:
    blocks = [m.Paragraph([m.Reference("Figure 2", "b"), " and ", m.Reference("see table 1", "t"), " and ", m.Reference("that", "a")]),
              m.Figure(m.Image("a.png", "a"), "The first", id="a"), m.Figure(m.Image("b.png", "b")),
              m.Figure(m.Image("c.png", "c"), "The second", id="b"), m.Table([m.Column()], body=[m.Row(["x"])], caption="Rows", id="t")]
    root = tree(settled(article(*blocks)))
    assert [said(p) for s in ("Caption", "TableCaption") for p in styled(root, s)] == [
        "Figure\u00a01. The first", "Figure\u00a02. The second", "Table\u00a01. Rows"]
    found = fields(root)
    assert [f for f in found if f.startswith("SEQ")] == [r"SEQ Figure \* ARABIC", r"SEQ Figure \* ARABIC", r"SEQ Table \* ARABIC"]
    marks = {b.get(W + "name") for b in root.iter(W + "bookmarkStart")}
    refs = [f.split()[1] for f in found if f.startswith("REF")]
    assert len(refs) == 2
    assert set(refs) <= marks
    assert said(styled(root, "FirstParagraph")[0]) == "Figure 2 and see table 1 and that"
    plain = tree(settled(article(*blocks), captions="plain"))
    assert [said(p) for p in styled(plain, "Caption")] == ["The first", "The second"]
    assert fields(plain) == []


def test_numbers_begin_anew_in_every_chapter() -> None:
    blocks = [m.Figure(m.Image("a.png", "a"), "It", id="a"), m.Paragraph(["x", m.Note("n", id="n"), m.Note((), id="n")])]
    files = settled(article(*blocks, title="One"), article(*blocks, title="Two"))
    found = fields(tree(files))
    assert [f for f in found if f.startswith("SEQ")] == [r"SEQ Figure \* ARABIC", r"SEQ Figure \* ARABIC \r 1"]
    assert [e.get(W + "val") for e in tree(files).iter(W + "numRestart")] == ["eachSect"] * 3
    again = [said(r) for r in tree(files).iter(W + "r") if (s := r.find(f"{W}rPr/{W}rStyle")) is not None
             and s.get(W + "val") == "FootnoteReference" and said(r)]
    assert again == ["1", "1"]


def test_notes_may_stand_at_the_end() -> None:
    files = settled(article(m.Paragraph(["x", m.Note([m.Paragraph(["One ", m.Link("link", "https://example.org/")])])])), notes="end")
    assert [e.get(W + "id") for e in tree(files).iter(W + "endnoteReference")] == ["1"]
    assert not list(tree(files).iter(W + "footnoteReference"))
    note = next(n for n in tree(files, "endnotes") if n.get(W + "id") == "1")
    assert (style(note[0]), said(note).strip()) == ("EndnoteText", "One link")
    assert b"https://example.org/" in files["word/_rels/endnotes.xml.rels"]
    assert tree(files, "settings").find(f"{W}endnotePr/{W}pos").get(W + "val") == "sectEnd"  # type: ignore[union-attr]


def test_tables_that_are_too_wide_stand_in_parts() -> None:
    rows = [m.Row([f"{n}.{k}" for k in range(100)]) for n in range(3)]
    output = export(article(m.Table([m.Column() for _ in range(100)], head=rows[:1], body=rows[1:])))
    root = tree(zipfiles.unpack(output.files[0].data))
    counts = [len(t.findall(f"{W}tblGrid/{W}gridCol")) for t in root.iter(W + "tbl")]
    assert sum(counts) == 100
    assert max(counts) <= 63
    assert sorted(text for text in text_of(root) if "." in text) == sorted(f"{n}.{k}" for n in range(3) for k in range(100))
    assert "parts" in next(d.message for d in output.diagnostics if d.code == "export-note")


def test_headings_are_numbered_where_the_theme_has_numbers() -> None:
    report = load("report")
    whole = article(m.Heading(2, "A"), m.Heading(3, "B"))
    files = zipfiles.unpack(docx.export(m.Volume(whole.meta, (whole,)), report).files[0].data)
    ties = {s.get(W + "styleId"): s.find(f"{W}pPr/{W}numPr/{W}ilvl") for s in tree(files, "styles").iter(W + "style")}
    assert {k: e.get(W + "val") for k, e in ties.items() if e is not None and k and k.startswith("Heading")} == {
        "Heading2": "0", "Heading3": "1"}
    texts = [e.get(W + "val") for e in tree(files, "numbering").iter(W + "lvlText")]
    assert "%1.%2" in texts
    assert {"A", "B"} <= set(text_of(tree(files)))  # the numbers are not typed
    assert not numbers(tree(files))
    bound = zipfiles.unpack(docx.export(m.Volume(whole.meta, (whole, whole)), report).files[0].data)
    found = numbers(tree(bound))
    assert [level for _, level in found] == ["0", "1", "0", "1"]
    assert found[0][0] == found[1][0] != found[2][0] == found[3][0]


def test_a_build_never_replaces_its_template(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nText.\n", "utf-8")
    house = tmp_path / "a.docx"
    house.write_bytes(docx.template(THEME))
    report = pubkit.build(tmp_path / "a.md", tmp_path, ["docx"], options={"docx": {"reference_doc": str(house)}})
    assert [str(e) for e in report.errors] != []
    assert house.read_bytes() == docx.template(THEME)


def test_no_word_of_ours_stands_in_the_heads_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "house.docx").write_bytes(docx.template(load("letter")))
    output = pubkit.export(article(m.Paragraph("Text.")), "docx", reference_doc=tmp_path / "house.docx")
    heads = [etree.fromstring(d) for n, d in zipfiles.unpack(output.files[0].data).items() if re.search(r"(header|footer)\d", n)]
    assert heads
    assert {said(root).strip() for root in heads} <= {"", "1"}


def test_boxes_wear_the_tint_of_the_template(tmp_path: Path) -> None:
    (tmp_path / "house.docx").write_bytes(docx.template(load("letter")))
    text = article(m.Aside([m.Paragraph("x"), m.List(["y"])]), m.List([m.ListItem([m.Paragraph("a"), m.List(["b"])]), "c"]))
    files = zipfiles.unpack(pubkit.export(text, "docx", reference_doc=tmp_path / "house.docx").files[0].data)
    tint = word.rgb(load("letter").color.tint)
    boxed = [s for s in tree(files, "styles").iter(W + "style") if "boxed" in s.find(W + "name").get(W + "val")]  # type: ignore[union-attr, operator]
    assert boxed
    assert {e.get(W + "fill") for s in boxed for e in s.iter(W + "shd")} == {tint}
    assert {e.get(W + "color") for s in boxed for e in s.iterfind(f"{W}pPr/{W}pBdr/*")} <= {None, tint}
    worn = {said(p): style(p) for p in tree(files).iter(W + "p")}
    assert worn["a"].endswith("0PtBelow")


def test_cells_beside_those_that_reach_down_are_kept() -> None:
    rows = [m.Row(["a", m.Cell("b", colspan=2, rowspan=2)]), m.Row(["c", "d"]), m.Row(["e"])]
    table = m.Table([m.Column()], body=rows)
    root = tree(parts(normalize(article(table))[0]))
    assert [said(p) for p in root.iter(W + "p") if said(p) in "abcde" and said(p)] == ["a", "b", "c", "d", "e"]
    assert len(root.findall(f".//{W}gridCol")) == 4


def test_a_link_to_a_table_leads_there() -> None:
    table = m.Table([m.Column()], body=[m.Row(["x"])], id="t")
    root = tree(parts(article(m.Paragraph(m.Reference("it", "t")), table)))
    (mark,) = root.iter(W + "bookmarkStart")
    assert [h.get(W + "anchor") for h in root.iter(W + "hyperlink")] == [mark.get(W + "name")]
    assert said(mark.getparent()) == "x"  # type: ignore[arg-type]
