"""Names, properties and lengths go in; WordprocessingML elements come out, their children in the order that ECMA-376 wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from lxml import etree
from msgspec import Struct

from pubkit import words

__all__ = [
    "NS", "Element", "Picture", "Props", "bookmark", "borders", "change", "drawing", "eighths", "el", "field", "half_points", "hyperlink",
    "languages", "merge", "paragraph", "ppr", "put", "qn", "rgb", "root", "rpr", "twips",
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
ONE_NS = {prefix: {prefix: uri, "r": NS["r"]} for prefix, uri in NS.items()}
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


def el(tag: str, /, *children: Element, **attributes: str) -> Element:
    """An element with children and attributes; ``r_id`` is ``r:id``, a bare name is of the element's own vocabulary."""
    prefix = tag.partition(":")[0]
    out = etree.Element(qn(tag), {_key(prefix, k): v for k, v in attributes.items()}, ONE_NS[prefix])
    out.extend(children)
    return out


def twips(points: float) -> str:
    """Points as twentieths of a point, which Word measures lengths in."""
    return str(round(points * 20))


def half_points(points: float) -> str:
    """Points as half points, which Word measures type in."""
    return str(int(points * 2 + 0.5))


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


def change(paragraph: Element, name: str, **attributes: str) -> None:
    """Set attributes of a paragraph's property, which is made where it is missing, at its place."""
    put(paragraph, name, None, **attributes)


def put(paragraph: Element, name: str, new: Element | None, **attributes: str) -> None:
    """Put ``new`` into a paragraph's properties in place of what has its name, or set attributes of what is there."""
    found = paragraph.find(qn("w:pPr"))
    if found is None:
        found = el("w:pPr")
        paragraph.insert(0, found)
    old = found.find(qn(f"w:{name}"))
    if old is not None and new is not None:
        found.remove(old)
    if old is None or new is not None:
        fresh = new if new is not None else el(f"w:{name}")
        place = sum(1 for c in found if PPR_RANK.get(etree.QName(c).localname, 0) < PPR_RANK[name])
        found.insert(place, fresh)
        old = fresh
    for key, value in attributes.items():
        old.set(_key("w", key), value)


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
    """The two ends of a bookmark."""
    return el("w:bookmarkStart", id=str(number), name=name), el("w:bookmarkEnd", id=str(number))


def hyperlink(relation: str = "", anchor: str = "", tooltip: str = "") -> Element:
    """An empty hyperlink to a relation of the part or to a bookmark."""
    attributes = {"history": "1"}
    if relation:
        attributes["r_id"] = relation
    if anchor:
        attributes["anchor"] = anchor
    if tooltip:
        attributes["tooltip"] = tooltip[:255]
    return el("w:hyperlink", **attributes)


def field(instruction: str, cached: str, props: Mapping[str, dict[str, str]] | None = None) -> list[Element]:
    """The runs of a complex field with its cached result."""
    def wrapped(child: Element) -> Element:
        return el("w:r", *([rpr(props)] if props else []), child)

    code, text = el("w:instrText", xml_space="preserve"), el("w:t")
    code.text, text.text = f" {instruction} ", cached
    return [wrapped(el("w:fldChar", fldCharType="begin")), wrapped(code), wrapped(el("w:fldChar", fldCharType="separate")), wrapped(text),
            wrapped(el("w:fldChar", fldCharType="end"))]


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
    """An inline drawing; ``number`` is its id, unique in the document."""
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


def paragraph(style: str, children: Sequence[Element], props: Mapping[str, dict[str, str]], **extra: Element) -> Element:
    """A paragraph of a style with direct properties on top."""
    out = el("w:p", ppr(merge({"pStyle": {"val": style}}, props), **extra))
    out.extend(children)
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
