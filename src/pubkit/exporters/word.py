"""Properties, a theme and pictures go in; WordprocessingML elements, parts and the finished package come out.

All raw WordprocessingML stands here. Elements are inserted in the order that ECMA-376 wants, whatever order they are named in.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from docx import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree
from msgspec import Struct

from pubkit import words, zipfiles
from pubkit.model import Asset, ListStyle
from pubkit.theme import Face, Style, Theme, font_files

__all__ = [
    "NS", "Element", "Host", "Package", "Picture", "Props", "Sheet", "bookmark", "borders", "change", "drawing", "eighths", "el", "field",
    "hyperlink", "languages", "merge", "paragraph", "ppr", "put", "qn", "rgb", "rpr", "run_props", "sheet", "template", "twips",
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
LISTS: tuple[ListStyle, ...] = ("bullet", "decimal", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman")
NUMBERS = {"decimal": "decimal", "lower-alpha": "lowerLetter", "upper-alpha": "upperLetter", "lower-roman": "lowerRoman",
           "upper-roman": "upperRoman"}
CHECKS = len(LISTS)  # the abstract list of items with a box: the box is text, so that the list itself shows no mark
DEEPEST = 8

# The order of CT_RPr and CT_PPr (ECMA-376 part 1, 17.3.2 and 17.3.1; w14 of MS-DOCX after them).
RPR = ("rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color "
       "spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath "
       "w14:ligatures w14:numForm w14:numSpacing").split()
PPR = ("pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku "
       "wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
       "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr").split()
RPR_RANK = {name: i for i, name in enumerate(RPR)}
PPR_RANK = {name: i for i, name in enumerate(PPR)}


# --- Elements -----------------------------------------------------------------------------------------------------------------------

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


# --- Styles -------------------------------------------------------------------------------------------------------------------------

class Para(Struct, frozen=True):
    """What the exporter has to know of a paragraph style to bend it: indents, leading and first indent in points."""

    left: float = 0.0
    right: float = 0.0
    line: float = 0.0
    italic: bool = False


class Sheet(Struct, frozen=True):
    """The styles of a theme as an element, and the measures of the paragraph styles by id."""

    xml: bytes
    paras: dict[str, Para]


# Families that Word lists by another name than that of weight 600.
SEMIBOLD = {"IBM Plex Sans": "IBM Plex Sans SmBld"}
WEIGHTS = {300: "Light", 600: "Semibold", 900: "Black"}
ALTERNATIVES = {"roman": "Georgia", "swiss": "Calibri", "modern": "Consolas"}


def family(theme: Theme, style: Style) -> tuple[str, bool]:
    """The Word family of a style and whether it is bold: weights other than regular and bold are families of their own."""
    name = theme.family(style)
    if style.weight in WEIGHTS and any(f.family == name and f.weight == style.weight and not f.italic for f in theme.faces):
        return (SEMIBOLD.get(name) or f"{name} Semibold" if style.weight == 600 else f"{name} {WEIGHTS[style.weight]}"), False
    return name, style.weight >= 600


def run_props(theme: Theme, style: Style) -> Props:
    """The run properties of a role."""
    name, bold = family(theme, style)
    size = half_points(style.size)
    props: Props = {
        "rFonts": {"ascii": name, "hAnsi": name, "eastAsia": name, "cs": name},
        "b": {"val": "1" if bold else "0"}, "bCs": {"val": "1" if bold else "0"},
        "i": {"val": "1" if style.italic else "0"}, "iCs": {"val": "1" if style.italic else "0"},
        "color": {"val": rgb(theme.hex(style))}, "sz": {"val": size}, "szCs": {"val": size},
        "w14:numForm": {"val": "oldStyle" if style.figures == "oldstyle" else "lining"},
    }
    if style.caps == "small":
        props["smallCaps"] = {}
    elif style.caps:  # Word has no small capitals for capitals: capitals of their height stand for them
        small = half_points(style.size * 0.78)
        props.update({"caps": {}, "sz": {"val": small}, "szCs": {"val": small}})
    if style.tracking:
        props["spacing"] = {"val": twips(style.tracking * style.size)}
    return props


class _Sheet:
    """Collects the styles of a theme."""

    def __init__(self, theme: Theme, language: str) -> None:
        self.theme = theme
        self.root = etree.Element(qn("w:styles"), nsmap=ROOT_NS)
        self.root.set(qn("mc:Ignorable"), "w14")
        self.paras: dict[str, Para] = {}
        text = theme.style("text")
        defaults = merge(run_props(theme, text), {"lang": languages(language), "kern": {"val": "0"}})
        self.root.append(el("w:docDefaults", el("w:rPrDefault", rpr(defaults)), el("w:pPrDefault", ppr({"widowControl": {}}))))
        self.root.append(el("w:latentStyles", defLockedState="0", defUIPriority="99", defSemiHidden="1", defUnhideWhenUsed="1",
                            defQFormat="0", count="376"))

    def para(self, style: str, name: str, role: Style, *, follow: str = "", based: str = "Normal", before: float | None = None,
             after: float | None = None, left: float = 0.0, right: float = 0.0, first: float | None = None, level: int | None = None,
             at_least: bool = False, look: Props | None = None, more: Props | None = None, quick: bool = True, priority: int = 20,
             **extra: Element) -> None:
        """Add a paragraph style for a role."""
        before, after = (role.before if before is None else before), (role.after if after is None else after)
        indent = role.indent if first is None else first
        props: Props = {
            "spacing": {"before": twips(before), "after": twips(after), "line": twips(role.leading),
                        "lineRule": "atLeast" if at_least else "exact"},
            "ind": {"left": twips(left), "right": twips(right), "hanging" if indent < 0 else "firstLine": twips(abs(indent))},
            "jc": {"val": {"justify": "both"}.get(role.align, role.align)},
            "keepNext": {"val": "1" if role.keep_next else "0"}, "keepLines": {"val": "1" if role.keep_together else "0"},
            "suppressAutoHyphens": {"val": "0" if role.hyphens else "1"},
        }
        if level is not None:
            props["outlineLvl"] = {"val": str(level)}
        props = merge(props, more or {})
        self.paras[style] = Para(left, right, role.leading, role.italic)
        out = el("w:style", el("w:name", val=name), type="paragraph", styleId=style)
        if style == "Normal":
            out.set(qn("w:default"), "1")
        elif based:
            out.append(el("w:basedOn", val=based))
        if follow:
            out.append(el("w:next", val=follow))
        out.append(el("w:uiPriority", val=str(priority)))
        if quick:
            out.append(el("w:qFormat"))
        out.extend((ppr(props, **extra), rpr(merge(run_props(self.theme, role), look or {}))))
        self.root.append(out)

    def char(self, style: str, name: str, props: Props, default: bool = False) -> None:
        """Add a character style."""
        out = el("w:style", el("w:name", val=name), type="character", styleId=style)
        if default:
            out.set(qn("w:default"), "1")
        else:
            out.append(el("w:basedOn", val="DefaultParagraphFont"))
        out.append(el("w:uiPriority", val="30"))
        if default:
            out.extend((el("w:semiHidden"), el("w:unhideWhenUsed")))
        else:
            out.append(el("w:qFormat"))
        if props:
            out.append(rpr(props))
        self.root.append(out)


def _only(props: Props, *names: str) -> Props:
    return {name: props[name] for name in names if name in props}


def sheet(theme: Theme, language: str) -> Sheet:
    """Every style of a document, made from the theme's table of roles."""
    s = _Sheet(theme, language)
    _text_styles(s, theme)
    _block_styles(s, theme)
    _small_styles(s, theme)
    _character_styles(s, theme)
    _table_styles(s, theme)
    return Sheet(etree.tostring(s.root, encoding="UTF-8", xml_declaration=True, standalone=True), s.paras)


def _text_styles(s: _Sheet, theme: Theme) -> None:
    t, lead, measure = theme.styles, theme.type.leading, theme.page.measure
    s.para("Normal", "Normal", t["first"], after=0.0, priority=0)
    s.para("BodyText", "Body Text", t["text"], follow="BodyText", priority=1)
    s.para("FirstParagraph", "First Paragraph", t["first"], follow="BodyText", priority=1)
    s.para("Kicker", "Kicker", t["kicker"], follow="Title", more={"keepNext": {}})
    s.para("Title", "Title", t["title"], follow="Subtitle", level=0, priority=2)
    s.para("Subtitle", "Subtitle", t["deck"], follow="Byline", priority=3)
    s.para("Byline", "Byline", t["byline"], follow="FirstParagraph",
           tabs=el("w:tabs", el("w:tab", val="right", pos=twips(measure))))
    s.para("Heading1", "heading 1", t["title"], follow="FirstParagraph", level=0, priority=9, quick=False)
    for n in range(2, 7):
        s.para(f"Heading{n}", f"heading {n}", t[f"heading{n}"], follow="FirstParagraph", level=n - 1, priority=9)
    listed: Props = {"contextualSpacing": {}}
    half = lead / 2
    for style, name in (("ListBullet", "List Bullet"), ("ListNumber", "List Number")):
        s.para(style, name, t["list"], before=half, after=half, left=lead, first=-lead, more=listed, priority=10)
    s.para("ListContinue", "List Continue", t["list"], before=half, after=half, left=lead, more=listed, priority=10)


def _block_styles(s: _Sheet, theme: Theme) -> None:
    t, lead = theme.styles, theme.type.leading
    half = lead / 2
    hair, heavy = eighths(theme.rules.hair), eighths(theme.rules.heavy)
    rule, tint = rgb(theme.color.rule), rgb(theme.color.tint)
    apart: Props = {"contextualSpacing": {}}
    s.para("Quote", "Quote", t["quote"], before=lead, after=lead, left=lead, right=lead, more=apart)
    s.para("Attribution", "Attribution", t["attribution"], follow="FirstParagraph", before=0.0, after=lead, left=lead, right=lead)
    line = (hair, rule, 10)
    pull = theme.choices.pull
    edges = {"ruled": {"top": line, "bottom": line}, "plain": {}, "barred": {"top": (heavy, rgb(theme.color.accent), 8)}}
    left, right = {"ruled": (lead * 2, lead * 2), "plain": (0.0, lead * 1.5), "barred": (0.0, theme.page.measure * 0.14)}[pull]
    s.para("PullQuote", "Pull Quote", t["pull"], left=left, right=right, before=lead * 1.5, after=lead * 1.5, more=apart,
           pBdr=borders("w:pBdr", **edges[pull]))
    s.para("Verse", "Verse", t["verse"], before=half, after=half, left=lead * 2, more=apart)
    s.para("Definition", "Definition", t["list"], left=lead, after=lead / 4)
    s.para("DefinitionTerm", "Definition Term", t["list"], follow="Definition", before=lead / 4, look={"b": {}, "bCs": {}},
           more={"keepNext": {}})
    s.para("Code", "Code", t["code-block"], before=lead, after=lead, left=10.0, look={"noProof": {}},
           pBdr=borders("w:pBdr", left=(heavy, rule, 9)), more={"jc": {"val": "left"}})
    s.para("Formula", "Formula", t["first"], before=half, after=half, at_least=True, more={"jc": {"val": "center"}})
    edge = ("4", tint, 11)
    box = borders("w:pBdr", top=edge, left=edge, bottom=edge, right=edge)
    shade = {"shd": {"val": "clear", "color": "auto", "fill": tint}}
    boxed: dict[str, Any] = {"left": 11.5, "right": 11.5, "first": 0.0}
    s.para("AsideTitle", "Aside Title", t["aside-title"], follow="Aside", before=0.0, after=0.0, more=shade, pBdr=box, **boxed)
    s.para("Aside", "Aside", t["aside"], before=0.0, after=0.0, more=merge(shade, {"keepLines": {}}),
           pBdr=borders("w:pBdr", top=edge, left=edge, bottom=edge, right=edge), **boxed)
    room = theme.page.measure * 0.42
    s.para("Rule", "Rule", t["first"], before=0.0, after=lead, left=room, right=room, more={"keepNext": {}},
           pBdr=borders("w:pBdr", bottom=(eighths(theme.rules.heavy / 1.5), rgb(theme.color.accent), 1)))
    s.para("Figure", "Figure", t["first"], before=lead, after=0.0, at_least=True, more={"jc": {"val": "left"}})
    s.para("Caption", "caption", t["caption"], follow="FirstParagraph", after=lead * 1.5, priority=11)
    s.para("TableCaption", "Table Caption", t["caption"], follow="FirstParagraph", before=lead * 1.5, after=half, more={"keepNext": {}})
    s.para("TableText", "Table Text", t["table-cell"], before=0.0, after=0.0)
    on_head: Props = {"color": {"val": rgb(theme.color.on_accent)}} if theme.choices.table_rules == "solid" else {}
    s.para("TableHead", "Table Head", t["table-head"], before=0.0, after=0.0, look=on_head, more={"keepNext": {}})
    total = Style("label", t["table-cell"].size, t["table-cell"].leading, weight=t["table-head"].weight)
    s.para("TableTotal", "Table Total", total, before=0.0, after=0.0)
    s.para("TableEnd", "Table End", t["first"], before=0.0, after=0.0, quick=False)
    link = rgb(theme.color.accent)
    s.para("Embed", "Embed", t["caption"], before=half, after=lead, left=10.0, follow="FirstParagraph",
           pBdr=borders("w:pBdr", left=(heavy, link, 9)))


def _small_styles(s: _Sheet, theme: Theme) -> None:
    t, lead = theme.styles, theme.type.leading
    s.para("FootnoteText", "footnote text", t["note"], quick=False)
    colophon = t["colophon"]
    s.para("Colophon", "Colophon", colophon, before=0.0, after=lead / 4)
    s.para("ColophonFirst", "Colophon First", colophon, follow="Colophon", before=lead * 2, after=lead / 4,
           pBdr=borders("w:pBdr", top=(eighths(theme.rules.hair), rgb(theme.color.rule), 10)))
    s.para("Header", "header", t["running-head"], more={"jc": {"val": "right"}}, quick=False)
    s.para("Footer", "footer", t["folio"], more={"jc": {"val": "right"}}, quick=False)


def _character_styles(s: _Sheet, theme: Theme) -> None:
    def look(role: str) -> Props:
        return run_props(theme, theme.styles[role])

    t = theme.styles
    s.char("DefaultParagraphFont", "Default Paragraph Font", {}, default=True)
    s.char("FootnoteReference", "footnote reference", {"vertAlign": {"val": "superscript"}, "color": look("note-call")["color"]})
    s.char("Hyperlink", "Hyperlink", {"color": {"val": rgb(theme.color.link)}, "u": {"val": "single", "color": rgb(theme.color.rule)}})
    s.char("InternalLink", "Internal Link", {"color": {"val": rgb(theme.color.link)}})
    s.char("CodeChar", "Code Char", {"noProof": {}, **_only(look("code"), "rFonts", "sz", "szCs", "w14:numForm")})
    s.char("LeadIn", "Lead-in", _only(look("leadin"), "smallCaps") if t["leadin"].caps else {"b": {}, "bCs": {}})
    s.char("SmallCaps", "Small Caps", {"smallCaps": {}})
    s.char("Author", "Author", _only(look("author"), "smallCaps", "spacing", "sz", "szCs"))
    s.char("ArticleDate", "Article Date", _only(look("date"), "i", "iCs", "color", "w14:numForm"))
    s.char("Credit", "Credit", _only(look("credit"), "sz", "szCs", "color"))
    slanted: Props = {"i": {}, "iCs": {}}
    for kind in ("comment", "keyword", "string", "number"):
        color = {"val": rgb(getattr(theme.color, f"code_{kind}"))}
        s.char(f"Code{kind.title()}", f"Code {kind.title()}", merge({"color": color}, slanted if kind == "comment" else {}))


def _table_styles(s: _Sheet, theme: Theme) -> None:
    def style(name: str, title: str, default: bool, *parts: Element) -> Element:
        out = el("w:style", el("w:name", val=title), type="table", styleId=name)
        if default:
            out.set(qn("w:default"), "1")
        else:
            out.append(el("w:basedOn", val="TableNormal"))
        out.append(el("w:uiPriority", val="99" if default else "40"))
        if default:
            out.extend((el("w:semiHidden"), el("w:unhideWhenUsed")))
        else:
            out.append(el("w:qFormat"))
        out.extend(parts)
        return out

    def margins(top: str, left: str, bottom: str, right: str) -> Element:
        return el("w:tblCellMar", *[el(f"w:{side}", w=w, type="dxa")
                                    for side, w in (("top", top), ("left", left), ("bottom", bottom), ("right", right))])

    s.root.append(style("TableNormal", "Normal Table", True, el("w:tblPr", el("w:tblInd", w="0", type="dxa"), margins("0", "0", "0", "0"))))
    hair, heavy, ink = eighths(theme.rules.hair), eighths(theme.rules.heavy), rgb(theme.color.ink)
    rule, accent = rgb(theme.color.rule), rgb(theme.color.accent)
    kind = theme.choices.table_rules
    props = el("w:tblPr", el("w:tblInd", w="0", type="dxa"))
    conditions: list[Element] = []
    if kind == "horizontal":
        props.append(borders("w:tblBorders", top=(heavy, ink, 0), bottom=(heavy, ink, 0)))
        conditions = [
            el("w:tblStylePr", el("w:tcPr", borders("w:tcBorders", bottom=(hair, ink, 0)), el("w:vAlign", val="bottom")), type="firstRow")]
    elif kind == "grid":
        line = (hair, rule, 0.0)
        props.append(borders("w:tblBorders", top=line, left=line, bottom=line, right=line, insideH=line, insideV=line))
    elif kind in ("accent", "solid"):
        line = (hair, rule, 0.0)
        props.append(borders("w:tblBorders", bottom=line if kind == "accent" else (heavy, accent, 0.0), insideH=line))
    padded = kind in PADDED
    props.append(margins("38", "100" if padded else "0", "37", "100" if padded else "200"))
    s.root.append(style("TablePublished", "Published Table", False, props, *conditions))


PADDED = ("grid", "solid")
"""Rules of tables whose cells have room at both sides."""
EAST_ASIAN = re.compile(r"^(zh|ja|ko|yue|cmn)(-|$)", re.IGNORECASE)


def languages(tag: str) -> dict[str, str]:
    """The attributes of ``w:lang`` for a BCP 47 tag: Word keeps one language for each of three groups of scripts."""
    if not tag:
        return {"val": "en"}
    if words.direction(tag) == "rtl":
        return {"val": tag, "bidi": tag}
    return {"val": tag, "eastAsia": tag} if EAST_ASIAN.match(tag) else {"val": tag}


# --- Template -----------------------------------------------------------------------------------------------------------------------

def _root(tag: str, *children: Element) -> bytes:
    out = etree.Element(qn(tag), nsmap=ROOT_NS)
    out.extend(children)
    out.set(qn("mc:Ignorable"), "w14")
    return etree.tostring(out, encoding="UTF-8", xml_declaration=True, standalone=True)


def _numbering(theme: Theme) -> bytes:
    """One abstract list for each style, nine levels deep, and one without a mark for items that carry a box to tick."""
    step = theme.type.leading
    accent = {"color": {"val": rgb(theme.color.accent)}}
    upright = {"b": {"val": "0"}, "bCs": {"val": "0"}, "i": {"val": "0"}, "iCs": {"val": "0"}}
    mark = {"dash": "\u2013", "bullet": "\u2022"}[theme.choices.list_mark]
    root: list[Element] = []
    for number in range(CHECKS + 1):
        style = LISTS[number] if number < CHECKS else "bullet"
        out = el("w:abstractNum", el("w:multiLevelType", val="multilevel"), abstractNumId=str(number))
        for level in range(DEEPEST + 1):
            text = "" if number == CHECKS else mark if style == "bullet" else f"%{level + 1}"
            wide = step * (1.5 if "roman" in style else 1.0)
            out.append(el(
                "w:lvl", el("w:start", val="1"), el("w:numFmt", val=NUMBERS.get(style, "bullet")),
                el("w:suff", val="nothing" if number == CHECKS else "tab"), el("w:lvlText", val=text), el("w:lvlJc", val="left"),
                ppr({"ind": {"left": twips(step * level + wide), "hanging": twips(wide)}}), rpr(merge(accent, upright)), ilvl=str(level)))
        root.append(out)
    root.extend(el("w:num", el("w:abstractNumId", val=str(n)), numId=str(n + 1)) for n in range(CHECKS + 1))
    return _root("w:numbering", *root)


def _settings(theme: Theme, language: str, embed_fonts: bool) -> bytes:
    word = "http://schemas.microsoft.com/office/word"
    options = {"compatibilityMode": "15", "overrideTableStyleFontSizeAndJustification": "1", "enableOpenTypeFeatures": "1",
               "doNotFlipMirrorIndents": "1", "differentiateMultirowTableHeaders": "1"}
    math = el("m:mathPr", el("m:mathFont", val="Cambria Math"), el("m:brkBin", val="before"), el("m:brkBinSub", val="--"),
              el("m:smallFrac", val="0"), el("m:dispDef"), el("m:lMargin", val="0"), el("m:rMargin", val="0"),
              el("m:defJc", val="centerGroup"), el("m:wrapIndent", val="1440"), el("m:intLim", val="subSup"), el("m:naryLim", val="undOvr"))
    tags = languages(language)
    return _root(
        "w:settings", el("w:zoom", percent="100"), *([el("w:embedTrueTypeFonts")] if embed_fonts else ()),
        el("w:defaultTabStop", val=twips(36)),
        el("w:autoHyphenation", val="1" if theme.choices.hyphens else "0"), el("w:consecutiveHyphenLimit", val="3"),
        el("w:hyphenationZone", val="360"), el("w:doNotHyphenateCaps"), el("w:characterSpacingControl", val="doNotCompress"),
        el("w:footnotePr", el("w:footnote", id="-1"), el("w:footnote", id="0")),
        el("w:compat", el("w:doNotExpandShiftReturn"), *[el("w:compatSetting", name=k, uri=word, val=v) for k, v in options.items()]),
        math, el("w:themeFontLang", **tags), el("w:decimalSymbol", val="."), el("w:listSeparator", val=","))


class _Font(Struct, frozen=True):
    """A font of the table: the Word family, its kind, and the faces to embed by the element that names them."""

    name: str
    kind: str
    faces: dict[str, Face]


def _fonts(theme: Theme) -> list[_Font]:
    """The families that the styles name, with their faces."""
    fonts: dict[str, _Font] = {}
    for role in theme.styles.values():
        name, _ = family(theme, role)
        own = theme.family(role)
        slots: dict[str, Face] = {}
        for face in theme.faces:
            if face.family != own:
                continue
            if name != own:
                if face.weight == role.weight:
                    slots["embedItalic" if face.italic else "embedRegular"] = face
            elif face.weight in (400, 700):
                slots[("embedBoldItalic" if face.italic else "embedBold") if face.weight == 700 else
                      ("embedItalic" if face.italic else "embedRegular")] = face
        kind = "modern" if role.font == "code" else "roman" if "Serif" in name else "swiss"
        fonts.setdefault(name, _Font(name, kind, slots))
    return [fonts[name] for name in sorted(fonts)]


@lru_cache(maxsize=64)
def _obfuscated(path: str) -> tuple[str, bytes]:
    """A font file's key and its bytes as Word embeds them: the first 32 are mixed with the key (ECMA-376 part 4, 17.8.1)."""
    data = Path(path).read_bytes()
    digest = hashlib.sha256(data).hexdigest()[:32].upper()
    key = bytes.fromhex(digest)[::-1]
    mixed = bytes(b ^ key[i % 16] for i, b in enumerate(data[:32]))
    guid = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))
    return f"{{{guid}}}", mixed + data[32:]


def _font_table(theme: Theme, embed: bool) -> tuple[bytes, list[bytes]]:
    """The table of fonts, and the files that it embeds in the order of their relations."""
    files = font_files(theme) if embed else {}
    root, embedded = list[Element](), list[bytes]()
    for font in _fonts(theme):
        out = el("w:font", el("w:altName", val=ALTERNATIVES[font.kind]), el("w:charset", val="00"), el("w:family", val=font.kind),
                 el("w:pitch", val="fixed" if font.kind == "modern" else "variable"), name=font.name)
        for slot in ("embedRegular", "embedBold", "embedItalic", "embedBoldItalic"):
            path = files.get(font.faces[slot]) if slot in font.faces else None
            if path is not None and path.suffix == ".ttf":
                key, data = _obfuscated(str(path))
                embedded.append(data)
                out.append(el(f"w:{slot}", r_id=f"rId{len(embedded)}", fontKey=key))
        root.append(out)
    return _root("w:fonts", *root), embedded


def _separators() -> bytes:
    def note(number: str, kind: str, mark: str) -> Element:
        space = {"spacing": {"before": "0", "after": "0", "line": "240", "lineRule": "auto"}}
        return el("w:footnote", el("w:p", ppr(space), el("w:r", el(mark))), type=kind, id=number)

    return _root("w:footnotes", note("-1", "separator", "w:separator"), note("0", "continuationSeparator", "w:continuationSeparator"))


def _relations(rows: Iterable[tuple[str, str]]) -> bytes:
    body = "".join(f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(rows, 1))
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{body}</Relationships>'.encode()


DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
PARTS = {
    "word/document.xml": CT.WML_DOCUMENT_MAIN, "word/styles.xml": CT.WML_STYLES, "word/settings.xml": CT.WML_SETTINGS,
    "word/numbering.xml": CT.WML_NUMBERING, "word/fontTable.xml": CT.WML_FONT_TABLE, "docProps/core.xml": CT.OPC_CORE_PROPERTIES,
    "docProps/app.xml": CT.OFC_EXTENDED_PROPERTIES,
}


def template(theme: Theme, language: str, styles: bytes, table: bytes, embed_fonts: bool) -> bytes:
    """An empty document that wears a theme: our own parts and nothing of a foreign template."""
    overrides = "".join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in PARTS.items())
    defaults = "".join(f'<Default Extension="{x}" ContentType="{t}"/>'
                       for x, t in (("rels", CT.OPC_RELATIONSHIPS), ("xml", CT.XML)))
    types = f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">{defaults}{overrides}</Types>'
    app = (f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
           "<Application>pubkit</Application></Properties>")
    core = (f'{DECLARATION}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>')
    return zipfiles.pack([
        ("[Content_Types].xml", types.encode()),
        ("_rels/.rels", _relations([(RT.OFFICE_DOCUMENT, "word/document.xml"), (RT.CORE_PROPERTIES, "docProps/core.xml"),
                                    (RT.EXTENDED_PROPERTIES, "docProps/app.xml")])),
        ("word/_rels/document.xml.rels", _relations([(RT.STYLES, "styles.xml"), (RT.SETTINGS, "settings.xml"),
                                                     (RT.NUMBERING, "numbering.xml"), (RT.FONT_TABLE, "fontTable.xml")])),
        ("word/document.xml", _root("w:document", el("w:body"))),
        ("word/styles.xml", styles), ("word/settings.xml", _settings(theme, language, embed_fonts)),
        ("word/numbering.xml", _numbering(theme)),
        ("word/fontTable.xml", table), ("docProps/core.xml", core.encode()), ("docProps/app.xml", app.encode()),
    ])


# --- Package ------------------------------------------------------------------------------------------------------------------------

class Host:
    """A part that holds text: the body or the footnotes. Knows its relations."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.links: dict[str, str] = {}
        self.images: dict[str, str] = {}

    def link(self, url: str) -> str:
        """The relation to an address outside; one for each address."""
        # Numbers of our own: python-docx looks through all relations for every new one.
        if url not in self.links:
            self.links[url] = f"link{len(self.links) + 1}"
            self.part.rels.add_relationship(RT.HYPERLINK, url, self.links[url], True)
        return self.links[url]

    def image(self, media: Part) -> str:
        """The relation to a picture's part."""
        name = str(media.partname)
        if name not in self.images:
            self.images[name] = f"image{len(self.images) + 1}"
            self.part.rels.add_relationship(RT.IMAGE, media, self.images[name])
        return self.images[name]


class Package:
    """A document that is being written: its body, its footnotes, its lists and its pictures."""

    def __init__(self, theme: Theme, language: str, embed_fonts: bool = False) -> None:
        self.theme = theme
        self.language = language
        self.sheet = sheet(theme, language)
        table, fonts = _font_table(theme, embed_fonts)
        self.document = Document(io.BytesIO(template(theme, language, self.sheet.xml, table, embed_fonts)))
        self.package: Any = self.document.part.package
        listed = self.document.part.part_related_by(RT.FONT_TABLE)
        for n, data in enumerate(fonts, 1):
            listed.rels.add_relationship(RT.FONT, Part(PackURI(f"/word/fonts/font{n}.odttf"), FONT_TYPE, data, self.package), f"rId{n}")
        self.body: Any = self.document.element.body
        self.main = Host(self.document.part)
        self.notes_root = etree.fromstring(_separators())
        self.notes = Host(Part(PackURI("/word/footnotes.xml"), CT.WML_FOOTNOTES, b"", self.package))
        self.media: dict[str, Part] = {}
        self.names: set[str] = set()
        self.names_taken: set[str] = set()
        self.numbers = CHECKS + 1
        self.drawings = self.bookmarks = self.footnotes = self.heads = 0

    def next_drawing(self) -> int:
        """A new id for a drawing."""
        self.drawings += 1
        return self.drawings

    def next_bookmark(self) -> int:
        """A new id for a bookmark."""
        self.bookmarks += 1
        return self.bookmarks

    def picture(self, host: Host, asset: Asset) -> str:
        """The relation from a part to a picture, which is kept once."""
        digest = asset.sha256
        if digest not in self.media:
            stem, _, suffix = asset.name.rpartition(".")
            unique, n = asset.name, 2
            while unique.lower() in self.names:
                unique, n = f"{stem}-{n}.{suffix}", n + 1
            self.names.add(unique.lower())
            self.media[digest] = Part(PackURI(f"/word/media/{unique}"), asset.media_type, asset.data, self.package)
        return host.image(self.media[digest])

    def list_number(self, style: ListStyle, start: int, level: int, checks: bool = False) -> str:
        """The number of a list: bullets share one, every numbered list counts for itself."""
        if checks:
            return str(CHECKS + 1)
        abstract = LISTS.index(style)
        if style == "bullet":
            return str(abstract + 1)
        self.numbers += 1
        override = el("w:lvlOverride", el("w:startOverride", val=str(max(0, start))), ilvl=str(level))
        root: Any = self.document.part.numbering_part.element
        root.append(el("w:num", el("w:abstractNumId", val=str(abstract)), override, numId=str(self.numbers)))
        return str(self.numbers)

    def add_footnote(self) -> tuple[str, Element]:
        """A new footnote: its id and the element that its blocks go into."""
        self.footnotes += 1
        out = el("w:footnote", id=str(self.footnotes))
        self.notes_root.append(out)
        return str(self.footnotes), out

    def section(self, title: str, language: str, rtl: bool) -> Element:
        """The properties of a section whose pages carry ``title``; the first page carries the folio alone."""
        page = self.theme.page
        text = el("w:t")
        text.text = title
        direction: Props = {"bidi": {}} if rtl else {}
        run_look = merge({"lang": languages(language)}, {"rtl": {}} if rtl else {})
        head = self._head("header", RT.HEADER, CT.WML_HEADER, "w:hdr",
                          el("w:p", ppr(merge({"pStyle": {"val": "Header"}}, direction)), el("w:r", rpr(run_look), text)))
        feet = [self._head("footer", RT.FOOTER, CT.WML_FOOTER, "w:ftr",
                           el("w:p", ppr({"pStyle": {"val": "Footer"}}), *field("PAGE", "1"))) for _ in range(2)]
        blank = self._head("header", RT.HEADER, CT.WML_HEADER, "w:hdr", el("w:p", ppr({"pStyle": {"val": "Header"}})))
        lead = self.theme.type.leading
        out = el(
            "w:sectPr",
            el("w:headerReference", type="default", r_id=head), el("w:headerReference", type="first", r_id=blank),
            el("w:footerReference", type="default", r_id=feet[0]), el("w:footerReference", type="first", r_id=feet[1]),
            el("w:type", val="nextPage"),
            el("w:pgSz", w=twips(page.width), h=twips(page.height)),
            el("w:pgMar", top=twips(page.top), right=twips(page.right), bottom=twips(page.bottom), left=twips(page.left),
               header=twips(max(18.0, page.top - 2 * lead)), footer=twips(max(18.0, page.bottom - 2 * lead)), gutter="0"),
            el("w:titlePg"))
        if rtl:
            out.append(el("w:bidi"))
        return out

    def _head(self, kind: str, relation: str, content_type: str, tag: str, paragraph: Element) -> str:
        self.heads += 1
        part = Part(PackURI(f"/word/{kind}{self.heads}.xml"), content_type, _root(tag, paragraph), self.package)
        self.document.part.rels.add_relationship(relation, part, f"head{self.heads}")
        return f"head{self.heads}"

    def properties(self, *, title: str, author: str, subject: str, keywords: str, language: str, identifier: str, category: str,
                   created: datetime | None, modified: datetime | None) -> None:
        """Write the core properties; texts are cut to the 255 characters that the format holds, dates are told in UTC."""
        core = self.document.core_properties
        core.title, core.author, core.last_modified_by = cut(title), cut(author), cut(author)
        core.subject, core.keywords, core.category = cut(subject), cut(keywords), cut(category)
        core.language, core.identifier, core.comments, core.revision = cut(language), cut(identifier), "", 1
        if created:
            core.created = _utc(created)
        if modified:
            core.modified = _utc(modified)

    def save(self) -> bytes:
        """The finished file."""
        if self.footnotes:
            self.notes.part._blob = etree.tostring(self.notes_root, encoding="UTF-8", xml_declaration=True, standalone=True)
        else:
            self.notes.part._blob = _separators()
        self.document.part.rels.add_relationship(RT.FOOTNOTES, self.notes.part, "notes")
        etree.cleanup_namespaces(self.body, keep_ns_prefixes=list(ROOT_NS))
        out = io.BytesIO()
        self.document.save(out)
        files = zipfiles.unpack(out.getvalue())
        first = "[Content_Types].xml"
        return zipfiles.pack([(first, files.pop(first)), *files.items()])


def cut(text: str) -> str:
    """A text of at most 255 characters, with an ellipsis where it had more."""
    text = " ".join(text.split())
    return text if len(text) <= 255 else text[:254].rstrip() + "…"


def _utc(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)


def paragraph(style: str, children: Sequence[Element], props: Mapping[str, dict[str, str]], **extra: Element) -> Element:
    """A paragraph of a style with direct properties on top."""
    out = el("w:p", ppr(merge({"pStyle": {"val": style}}, props), **extra))
    out.extend(children)
    return out
