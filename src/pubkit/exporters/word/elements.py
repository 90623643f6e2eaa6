"""Names, properties and lengths go in; WordprocessingML elements come out, their children in the order that the schema wants.

Sections are those of ECMA-376 part 1 (5th edition), transitional, unless another document is named.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from lxml import etree
from msgspec import Struct

from pubkit import words

__all__ = [
    "NS", "Element", "Picture", "Props", "begin", "bookmark", "borders", "break_", "cell", "checkbox", "contents", "drawing", "eighths",
    "el", "end_of_field", "field", "half_points", "hyperlink", "languages", "merge", "note_call", "note_mark", "paragraph", "ppr", "qn",
    "rgb", "root", "row", "rpr", "run", "section", "section_like", "start_of_field", "styles_of", "tab", "table", "text",
    "twips",
]

Element: TypeAlias = etree._Element
Props: TypeAlias = dict[str, dict[str, str]]

NS = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
ROOT_NS = {prefix: NS[prefix] for prefix in ("w", "r", "m", "wp", "a", "pic", "mc", "w14")}
OWN = frozenset(("w", "m", "w14"))  # vocabularies whose attributes carry the namespace of their element
EMU_PER_POINT = 12700

# The order of CT_RPr and CT_PPr (ECMA-376 part 1, 17.3.2 and 17.3.1; w14 of MS-DOCX after them).
RPR = ("rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color "
       "spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath "
       "w14:ligatures w14:numForm w14:numSpacing").split()
PPR = ("pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku "
       "wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
       "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr").split()
RPR_RANK = {name: i for i, name in enumerate(RPR)}
PPR_RANK = {name: i for i, name in enumerate(PPR)}


@lru_cache(maxsize=1024)
def qn(name: str) -> str:
    """The name with its namespace written out: ``w:p`` is ``{http://…}p``."""
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


@lru_cache(maxsize=2048)
def _key(prefix: str, key: str) -> str:
    if "_" in key:
        return qn(key.replace("_", ":", 1))
    return qn(f"{prefix}:{key}") if prefix in OWN else key


@lru_cache(maxsize=1024)
def _tag(tag: str) -> tuple[str, str, dict[str, str], dict[str, str]]:
    """Of a tag the full name, the prefix, and the namespaces that it declares without and with relations."""
    prefix = tag.partition(":")[0]
    return qn(tag), prefix, {prefix: NS[prefix]}, {prefix: NS[prefix], "r": NS["r"]}


def el(tag: str, /, *children: Element, **attributes: str) -> Element:
    """An element with children and attributes; ``r_id`` is ``r:id``, a bare name is of the element's own vocabulary."""
    name, prefix, own, related = _tag(tag)
    if attributes:
        spaces = related if any(key[:2] == "r_" for key in attributes) else own
        out = etree.Element(name, {_key(prefix, key): value for key, value in attributes.items()}, spaces)
    else:
        out = etree.Element(name, None, own)
    if children:
        out.extend(children)
    return out


def twips(points: float) -> str:
    """Points as twentieths of a point, which Word measures lengths in."""
    return str(round(points * 20))


def half_points(points: float) -> str:
    """Points as half points, which Word measures type in."""
    return str(max(2, int(points * 2 + 0.5)))


def eighths(points: float) -> str:
    """Points as eighths of a point, which Word measures lines in; never thinner than Word can draw."""
    return str(max(2, int(points * 8 + 0.5)))


def rgb(color: str) -> str:
    """``#rrggbb`` as Word wants it."""
    return color[1:].upper()


def _properties(tag: str, props: Mapping[str, dict[str, str]], rank: dict[str, int], extra: Mapping[str, Element]) -> Element:
    out = el(tag)
    for name in sorted({*props, *extra}, key=rank.__getitem__):
        full = name if ":" in name else f"w:{name}"
        out.append(extra[name] if name in extra else el(full, **props[name]))
    return out


def rpr(props: Mapping[str, dict[str, str]]) -> Element:
    """Run properties, in the order of the schema."""
    return _properties("w:rPr", props, RPR_RANK, {})


def ppr(props: Mapping[str, dict[str, str]], **extra: Element) -> Element:
    """Paragraph properties, in the order of the schema; those with children (``pBdr``, ``numPr``, ``tabs``) as elements."""
    return _properties("w:pPr", props, PPR_RANK, extra)


def merge(*props: Mapping[str, dict[str, str]]) -> Props:
    """Properties, later ones before earlier ones."""
    out: Props = {}
    for p in props:
        out.update(p)
    return out


def borders(tag: str, **sides: tuple[str, str, float]) -> Element:
    """Borders of a paragraph, table or cell: for each side its thickness in eighths, colour and distance in points ('' for none)."""
    order = ("top", "left", "bottom", "right", "insideH", "insideV", "between")
    out = el(tag)
    for side in sorted(sides, key=order.index):
        size, color, space = sides[side]
        value = "single" if size else "nil"
        attributes = {"val": value, **({"sz": size, "space": str(round(space)), "color": color} if size else {})}
        out.append(el(f"w:{side}", **attributes))
    return out


def bookmark(name: str, number: int) -> tuple[Element, Element]:
    """The two ends of a bookmark (17.13.6)."""
    return el("w:bookmarkStart", id=str(number), name=name), el("w:bookmarkEnd", id=str(number))


def hyperlink(relation: str = "", anchor: str = "", tooltip: str = "", content: Iterable[Element] = ()) -> Element:
    """A hyperlink (17.16.22) to a relation of the part or to a bookmark."""
    attributes = {"history": "1"}
    if relation:
        attributes["r_id"] = relation
    if anchor:
        attributes["anchor"] = anchor
    if tooltip:
        attributes["tooltip"] = tooltip[:255]
    return el("w:hyperlink", *content, **attributes)


def _fonts_of(props: Mapping[str, dict[str, str]] | None) -> list[Element]:
    return [rpr(props)] if props else []


def run(props: Mapping[str, dict[str, str]] | None, *children: Element) -> Element:
    """A run (17.3.2.25)."""
    return el("w:r", *_fonts_of(props), *children)


def text(words: str) -> Element:
    """The text of a run (17.3.3.31), its spaces kept."""
    out = el("w:t")
    out.text = words
    if words != words.strip() or "  " in words:
        out.set(qn("xml:space"), "preserve")
    return out


def break_() -> Element:
    """The end of a line within a paragraph (17.3.3.1)."""
    return el("w:br")


def tab() -> Element:
    """A tab (17.3.3.32)."""
    return el("w:tab")


def start_of_field(instruction: str, props: Props | None = None) -> list[Element]:
    """The runs that open a complex field, up to its cached result (17.16.18)."""
    code = el("w:instrText", xml_space="preserve")
    code.text = f" {instruction} "
    return [run(props, el("w:fldChar", fldCharType="begin")), run(props, code), run(props, el("w:fldChar", fldCharType="separate"))]


def end_of_field(props: Props | None = None) -> Element:
    """The run that closes a complex field."""
    return run(props, el("w:fldChar", fldCharType="end"))


def field(instruction: str, cached: str, props: Props | None = None) -> list[Element]:
    """The runs of a complex field with its cached result (17.16.18)."""
    return [*start_of_field(instruction, props), run(props, text(cached)), end_of_field(props)]


def note_call(kind: str, number: str, style: str) -> Element:
    """The call of a note (17.11.13, 17.11.7); ``kind`` is footnote or endnote."""
    return run({"rStyle": {"val": style}}, el(f"w:{kind}Reference", id=number))


def note_mark(kind: str, style: str) -> Element:
    """The number of a note where it stands (17.11.14, 17.11.6)."""
    return run({"rStyle": {"val": style}}, el(f"w:{kind}Ref"))


def checkbox(number: int, checked: bool, signs: tuple[str, str], font: str, props: Props) -> Element:
    """A box to tick (17.5.2.31; w14:checkbox is MS-DOCX 2.5.1.3); ``signs`` stand for the open and the ticked one."""
    state = el("w14:checkbox", el("w14:checked", val=str(int(checked))), el("w14:checkedState", val=f"{ord(signs[1]):04X}", font=font),
               el("w14:uncheckedState", val=f"{ord(signs[0]):04X}", font=font))
    return el("w:sdt", el("w:sdtPr", el("w:id", val=str(number)), state), el("w:sdtContent", run(props, text(signs[checked]))))


def contents(number: int, entries: Sequence[Element]) -> Element:
    """A block that Word knows as a table of contents and offers to update (17.5.2.29)."""
    about = el("w:docPartObj", el("w:docPartGallery", val="Table of Contents"), el("w:docPartUnique"))
    return el("w:sdt", el("w:sdtPr", el("w:id", val=str(number)), about), el("w:sdtContent", *entries))


class Picture(Struct, frozen=True):
    """A picture as a drawing shows it: relations in the part, size in points, and what it says to those who do not see it."""

    relation: str
    width: float
    height: float
    name: str
    alt: str = ""
    title: str = ""
    decorative: bool = False
    vector: str = ""
    link: str = ""


def drawing(picture: Picture, number: int) -> Element:
    """An inline drawing (20.4.2.8), ``number`` its id, unique in the document.

    What is decorative says so (MS-ODRAWXML 2.26); an SVG stands beside the picture that programs without SVG show (MS-ODRAWXML 2.15).
    """
    cx, cy = (str(max(1, round(v * EMU_PER_POINT))) for v in (picture.width, picture.height))
    about = el("wp:docPr", id=str(number), name=f"Picture {number}", descr="" if picture.decorative else picture.alt)
    if picture.title:
        about.set("title", picture.title)
    if picture.link:
        about.append(el("a:hlinkClick", r_id=picture.link))
    if picture.decorative:
        about.append(el("a:extLst", el("a:ext", el("adec:decorative", val="1"), uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}")))
    blip = el("a:blip", r_embed=picture.relation)
    if picture.vector:
        vector = el("a:ext", el("asvg:svgBlip", r_embed=picture.vector), uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}")
        blip.append(el("a:extLst", vector))
    shape = el(
        "pic:pic",
        el("pic:nvPicPr", el("pic:cNvPr", id=str(number), name=picture.name), el("pic:cNvPicPr")),
        el("pic:blipFill", blip, el("a:stretch", el("a:fillRect"))),
        el("pic:spPr", el("a:xfrm", el("a:off", x="0", y="0"), el("a:ext", cx=cx, cy=cy)),
           el("a:prstGeom", el("a:avLst"), prst="rect")))
    return el("w:drawing", el(
        "wp:inline", el("wp:extent", cx=cx, cy=cy), about,
        el("wp:cNvGraphicFramePr", el("a:graphicFrameLocks", noChangeAspect="1")),
        el("a:graphic", el("a:graphicData", shape, uri=NS["pic"])), distT="0", distB="0", distL="0", distR="0"))


def styles_of(story: Element) -> set[str]:
    """The ids of the styles that are worn in a story."""
    return {e.get(qn("w:val")) or "" for e in story.iter(qn("w:pStyle"), qn("w:rStyle"), qn("w:tblStyle"))}


# --- Paragraphs, tables, sections ---------------------------------------------------------------------------------------------------

def paragraph(style: str, content: Iterable[Element], *, number: tuple[str, int] | None = None, rtl: bool = False,
              section: Element | None = None) -> Element:
    """A paragraph (17.3.1.22): its style, its place in a list (number and level), its direction, the section that it ends. Nothing else.

    All formatting is that of the style, so that who changes the style changes the paragraph.
    """
    props: Props = {"pStyle": {"val": style}}
    extra: dict[str, Element] = {}
    if number:
        extra["numPr"] = el("w:numPr", el("w:ilvl", val=str(number[1])), el("w:numId", val=number[0]))
    if rtl:
        props["bidi"] = {}
    if section is not None:
        extra["sectPr"] = section
    out = el("w:p", ppr(props, **extra))
    out.extend(content)
    return out


def begin(block: Element, content: Sequence[Element]) -> None:
    """Put elements at the beginning of the first paragraph in a block."""
    first = next(block.iter(qn("w:p")))
    at = 1 if first.find(qn("w:pPr")) is not None else 0
    first[at:at] = content


def table(style: str, widths: Sequence[float], *, indent: float = 0.0, rtl: bool = False, head: bool = False, foot: bool = False,
          row_heads: bool = False, title: str = "", description: str = "") -> Element:
    """A table without rows (17.4.37); widths and indent in points.

    ``title`` and ``description`` are its alternative text (17.4.62, 17.4.47). Which parts of its style it wears (17.4.55): the
    first row where it has a head, the last where it has a foot, the first column where rows have heads, the last column always.
    """
    props = el("w:tblPr", el("w:tblStyle", val=style))
    if rtl:
        props.append(el("w:bidiVisual"))
    props.append(el("w:tblW", w=twips(sum(widths)), type="dxa"))
    if indent:
        props.append(el("w:tblInd", w=twips(indent), type="dxa"))
    props.append(el("w:tblLayout", type="fixed"))
    bits = 0x0600 | 0x0100 | 0x0020 * head | 0x0040 * foot | 0x0080 * row_heads
    props.append(el("w:tblLook", val=f"{bits:04X}", firstRow=str(int(head)), lastRow=str(int(foot)), firstColumn=str(int(row_heads)),
                    lastColumn="1", noHBand="1", noVBand="1"))
    if title:
        props.append(el("w:tblCaption", val=title))
    if description:
        props.append(el("w:tblDescription", val=description))
    return el("w:tbl", props, el("w:tblGrid", *[el("w:gridCol", w=twips(w)) for w in widths]))


def row(cells: Sequence[Element], head: bool = False) -> Element:
    """A row that is not torn by pages (17.4.6); that of a head is repeated on each page (17.4.49)."""
    return el("w:tr", el("w:trPr", el("w:cantSplit"), *([el("w:tblHeader")] if head else ())), *cells)


def cell(width: float, content: Sequence[Element], span: int = 1, merged: str = "", own: Sequence[Element] = ()) -> Element:
    """A cell (17.4.65): its width in points, its columns, and whether it begins ("restart") or goes on ("continue") over several rows."""
    props = el("w:tcPr", el("w:tcW", w=twips(width), type="dxa"))
    if span > 1:
        props.append(el("w:gridSpan", val=str(span)))
    if merged:
        props.append(el("w:vMerge", val=merged))
    props.extend(own)
    return el("w:tc", props, *content)


def section(heads: Sequence[tuple[str, str, str]], size: tuple[float, float], margins: Mapping[str, float], *, rtl: bool = False,
            notes: Sequence[Element] = ()) -> Element:
    """The properties of a section that begins on a new page (17.6.17); lengths in points.

    ``heads`` are (header or footer, default or first or even, relation).
    """
    out = el("w:sectPr", *[el(f"w:{kind}Reference", type=page, r_id=relation) for kind, page, relation in heads], *notes,
             el("w:type", val="nextPage"), el("w:pgSz", w=twips(size[0]), h=twips(size[1])),
             el("w:pgMar", **{side: twips(length) for side, length in margins.items()}, gutter="0"), el("w:titlePg"))
    if rtl:
        out.append(el("w:bidi"))
    return out


def section_like(like: Element, rtl: bool, notes: Sequence[Element]) -> Element:
    """A section with the pages and heads of another; ``notes`` say how they are counted in it."""
    out = copy.deepcopy(like)
    for note in notes:
        for old in out.findall(note.tag):
            out.remove(old)
    heads = sum(1 for e in out if e.tag in (qn("w:headerReference"), qn("w:footerReference")))
    out[heads:heads] = notes
    if rtl and out.find(qn("w:bidi")) is None:
        after = next((n for n, e in enumerate(out) if e.tag in (qn("w:rtlGutter"), qn("w:docGrid"))), len(out))
        out.insert(after, el("w:bidi"))
    return out


EAST_ASIAN = re.compile(r"^(zh|ja|ko|yue|cmn)(-|$)", re.IGNORECASE)


def languages(tag: str) -> dict[str, str]:
    """The attributes of ``w:lang`` for a BCP 47 tag: Word keeps one language for each of three groups of scripts."""
    if not tag:
        return {"val": "en"}
    if words.direction(tag) == "rtl":
        return {"val": tag, "bidi": tag}
    return {"val": tag, "eastAsia": tag} if EAST_ASIAN.match(tag) else {"val": tag}


def root(tag: str, *children: Element) -> bytes:
    out = etree.Element(qn(tag), nsmap=ROOT_NS)
    out.extend(children)
    out.set(qn("mc:Ignorable"), "w14")
    return etree.tostring(out, encoding="UTF-8", xml_declaration=True, standalone=True)
