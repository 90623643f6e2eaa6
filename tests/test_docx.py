"""The Word exporter: what stands in the parts of the document, and that nothing of an article is lost on the way there."""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import msgspec
import pytest
from docx import Document
from lxml import etree

import pubkit
from pubkit import model as m
from pubkit import zipfiles
from pubkit.exporters import docx
from pubkit.exporters.base import Output
from pubkit.exporters.word import elements as word
from pubkit.exporters.word import omml
from pubkit.math import to_mathml
from pubkit.theme import load
from samples import every_node

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
    assert len(core.title) == 255
    assert (core.author, core.keywords, core.subject, core.language, core.comments) == ("Ada; Ben", "one, two", "Of it", "en", "")
    assert core.created is not None
    assert core.created.replace(tzinfo=None) == DATE.astimezone(UTC).replace(tzinfo=None)


def test_every_style_used_is_there_with_fonts_for_all_scripts() -> None:
    files = parts(pubkit.normalize(every_node())[0])
    styles = {s.get(W + "styleId"): s for s in tree(files, "styles").iter(W + "style")}
    for name in ("document", "footnotes"):
        used = {e.get(W + "val") for tag in ("pStyle", "rStyle", "tblStyle") for e in tree(files, name).iter(W + tag)}
        assert used <= set(styles)
    for style in styles.values():
        if style.get(W + "type") == "paragraph":
            fonts = style.find(f"{W}rPr/{W}rFonts")
            assert fonts is not None
            assert {etree.QName(k).localname for k in fonts.attrib} == {"ascii", "hAnsi", "cs", "eastAsia"}


def test_heavier_faces_are_families_of_their_own() -> None:
    style = next(s for s in tree(parts(article(m.Paragraph("x"))), "styles").iter(W + "style") if s.get(W + "styleId") == "Title")
    assert style.find(f"{W}rPr/{W}rFonts").get(W + "ascii") == "Source Serif 4 Display Semibold"  # type: ignore[union-attr]
    assert style.find(f"{W}rPr/{W}b").get(W + "val") == "0"  # type: ignore[union-attr]
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
    p = word.paragraph("BodyText", (), {"jc": {"val": "left"}})
    word.change(p, "keepNext", val="1")
    word.put(p, "pBdr", word.borders("w:pBdr", bottom=("4", "000000", 1), top=("4", "000000", 1)))
    word.change(p, "spacing", before="10")
    word.change(p, "spacing", after="20")
    assert [etree.QName(c).localname for c in p[0]] == ["pStyle", "keepNext", "pBdr", "spacing", "jc"]
    assert [etree.QName(c).localname for c in p[0][2]] == ["top", "bottom"]


def test_stress_within_italics_stands_upright() -> None:
    root = tree(parts(article(m.Quote([m.Paragraph(["a ", m.Emphasis("b")])]), m.Paragraph(m.Emphasis("c")))))
    slants = {said(r): r.find(f"{W}rPr/{W}i") for r in root.iter(W + "r")}
    assert slants["b"].get(W + "val") == "0"  # type: ignore[union-attr]
    assert slants["c"].get(W + "val") is None  # type: ignore[union-attr]


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

def test_lists_count_for_themselves() -> None:
    first = m.List([m.ListItem([m.Paragraph("a"), m.List(["b"], "lower-alpha")]), "c"], "decimal")
    files = parts(article(first, m.Paragraph("x"), m.List(["d"], "decimal", 7), m.List(["e"])))
    found = numbers(tree(files))
    assert [level for _, level in found] == ["0", "1", "0", "0", "0"]
    assert found[0] == found[2]
    assert len({number for number, _ in found}) == 4
    starts = {n.get(W + "numId"): n.find(f"{W}lvlOverride/{W}startOverride") for n in tree(files, "numbering").iter(W + "num")}
    assert starts[found[3][0]].get(W + "val") == "7"  # type: ignore[union-attr]


def test_boxes_are_part_of_the_text() -> None:
    root = tree(parts(article(m.List([m.ListItem("done", True), m.ListItem("open", False)]))))
    assert [said(p) for p in styled(root, "ListBullet")] == ["\u2611done", "\u2610open"]


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
    assert [e.get(W + "val") for e in rows[0].iter(W + "jc")] == ["right"]


def dressed(rules: str, pull: str) -> dict[str, bytes]:
    """A table and a pull quotation in a theme that makes these choices."""
    worn = msgspec.structs.replace(THEME, choices=msgspec.structs.replace(THEME.choices, table_rules=rules, pull=pull))
    table = m.Table([m.Column()], head=[m.Row(["a"]), m.Row(["b"])], body=[m.Row(["c"])], foot=[m.Row(["d"])])
    whole = article(table, m.Quote(["x"], pull=True))
    return zipfiles.unpack(docx.export(m.Volume(whole.meta, (whole,)), worn).files[0].data)


@pytest.mark.parametrize(("rules", "edges", "fills"), [
    ("horizontal", {1: "bottom", 3: "top"}, 0), ("accent", {1: "bottom", 3: "top"}, 0), ("solid", {}, 3), ("grid", {}, 0), ("none", {}, 0)])
def test_tables_wear_the_rules_of_the_theme(rules: str, edges: dict[int, str], fills: int) -> None:
    files = dressed(rules, "ruled")
    rows = list(tree(files).iter(W + "tr"))
    found = {n: etree.QName(line).localname for n, row in enumerate(rows) for line in row.iterfind(f".//{W}tcBorders/*")}
    assert found == edges
    assert [n for n, row in enumerate(rows) if row.find(f".//{W}shd") is not None] == ([0, 1, 3] if fills else [])
    style = next(s for s in tree(files, "styles") if s.get(W + "styleId") == "TablePublished")
    assert (style.find(f".//{W}tblBorders") is not None) == (rules != "none")
    head = next(s for s in tree(files, "styles") if s.get(W + "styleId") == "TableHead")
    color = THEME.color.on_accent if rules == "solid" else THEME.hex(THEME.style("table-head"))
    assert head.find(f"{W}rPr/{W}color").get(W + "val") == word.rgb(color)  # type: ignore[union-attr]


@pytest.mark.parametrize(("pull", "sides"), [("ruled", ["top", "bottom"]), ("plain", []), ("barred", ["top"])])
def test_pull_quotations_wear_the_lines_of_the_theme(pull: str, sides: list[str]) -> None:
    style = next(s for s in tree(dressed("none", pull), "styles") if s.get(W + "styleId") == "PullQuote")
    assert [etree.QName(line).localname for line in style.iterfind(f".//{W}pBdr/*")] == sides


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
    assert said(styled(root, "Figure")[0]) == "What it shows"
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
    rules = {said(p): s.get(W + "lineRule") for p in root.iter(W + "p") if (s := p.find(f"{W}pPr/{W}spacing")) is not None}
    assert rules["x "] == "atLeast"
    assert rules[""] == "atLeast"
    assert "plain" not in rules


def test_chapters_are_sections_with_their_own_heads() -> None:
    one = article(m.Heading(2, "Same", id="same"), m.Paragraph(m.Reference("r", "same")), title="One")
    two = article(m.Heading(2, "Same", id="same"), m.Paragraph(m.Reference("r", "same")), title="Two")
    files = parts(one, two, meta=m.Meta(title="The whole", slug="whole", language="en", authors="Ada"))
    root = tree(files)
    assert [said(p) for p in styled(root, "Title")] == ["The whole", "One", "Two"]
    assert len(list(root.iter(W + "sectPr"))) == 3
    anchors = [h.get(W + "anchor") for h in root.iter(W + "hyperlink")]
    assert len(set(anchors)) == 2
    heads = b"".join(data for name, data in files.items() if "header" in name)
    assert b">One<" in heads
    assert b">Two<" in heads


# --- Formulas -----------------------------------------------------------------------------------------------------------------------

FORMULAS = [
    "E=mc^2", r"\frac{a}{b}", r"\sqrt[3]{x}+\sqrt{y}", r"\sum_{i=1}^{n} i^2", r"\int_0^1 f(x)\,dx", r"\left(\frac{F}{F_0}\right)^2",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\begin{cases} a & x>0 \\ b & \text{else} \end{cases}",
    r"\hat{x}\vec{v}\overline{AB}", r"\underbrace{a+b}_{n}", r"\lim_{x\to 0} \sin x", r"\binom{n}{k}", r"\mathbb{R}\mathbf{v}",
    r"x_i^2 + y'", r"\boxed{x}", r"(a,b]", r"a)", r"\prod_k", r"\left\{ x \right.", r"|x| \leq \left|y\right|", r"\xrightarrow{f}",
    r"((a+b)c)^{n}", r"\sum", r"x \neq y",
]


@pytest.mark.parametrize("tex", FORMULAS)
@pytest.mark.parametrize("display", [False, True])
def test_formulas_keep_every_token(tex: str, display: bool) -> None:
    mathml = to_mathml(tex, display)
    if mathml is None:
        pytest.skip("not read")
    wanted = sorted(c for c in "".join(str(t) for t in etree.fromstring(mathml).itertext()) if not c.isspace() and c not in omml.INVISIBLE)
    found = omml.omath(mathml)
    assert found is not None
    got = [str(t.text or "") for t in found.iter(M + "t")]
    marks = [str(e.get(M + "val") or "") for tag in ("chr", "begChr", "endChr") for e in found.iter(M + tag)]
    bars = list(found.iter(M + "bar"))
    combined = {v: k for k, v in reversed(omml.ACCENTS.items())}
    have = sorted([c for c in "".join([*got, *(combined.get(c, c) for c in marks)]) if not c.isspace()] + ["\u203e"] * len(bars))
    assert have == wanted


def test_formulas_have_structure() -> None:
    def names(tex: str) -> set[str]:
        found = omml.omath(to_mathml(tex, True) or "")
        assert found is not None
        return {etree.QName(e).localname for e in found.iter()}

    assert {"nary", "sSup"} <= names(r"\sum_{i=1}^{n} i^2")
    assert {"d", "f", "sSub"} <= names(r"\left(\frac{F}{F_0}\right)")
    assert {"d", "m", "mr"} <= names(r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}")
    assert {"rad", "deg"} <= names(r"\sqrt[3]{x}")
    assert "acc" in names(r"\hat{x}")
    assert omml.omath("<math><mi>x") is None


def test_a_formula_that_cannot_be_read_stays_as_code() -> None:
    root = tree(parts(article(m.Paragraph(m.Math(r"\oops{")), m.MathBlock(r"\oops{"))))
    assert said(root).count(r"\oops{") == 2
