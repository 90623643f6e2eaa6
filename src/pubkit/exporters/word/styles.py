"""A theme goes in; the style sheet of a Word document comes out: a style for every role of the theme's table, and one for every way in
which a paragraph or some words of the document differ from those.

Styles are those of ECMA-376 part 1, 17.7; lengths are in points.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from msgspec import Struct

from pubkit.exporters.word.elements import (
    ROOT_NS,
    Element,
    Props,
    borders,
    eighths,
    el,
    half_points,
    languages,
    merge,
    ppr,
    qn,
    rgb,
    rpr,
    twips,
)
from pubkit.exporters.word.numbering import HEADINGS, NUMBERED
from pubkit.exporters.word.story import Box, Variation
from pubkit.theme import Style, Theme

__all__ = ["BOX", "PADDED", "Para", "Sheet", "Styles", "family", "list_style", "run_props", "sheet"]

PADDED = ("grid", "solid")
"""Rules of tables whose cells have room at both sides."""
ACCENT = 1.2            # points, of the line below a table's head
BOX = 11.5              # points between the edge of a box and its text
FARTHEST = 31.0         # points that a border may stand off (17.18.68)
NO_LEVEL = 9            # the outline level of what is no heading (17.3.1.20)
STYLED_LEVELS = 5       # levels of lists for which Word has styles
SYMBOLS = "MS Gothic"
BUILT_IN = frozenset((
    "Normal", "Body Text", "Title", "Subtitle", "TOC Heading", "Quote", "caption", "header", "footer", "footnote text", "endnote text",
    "Default Paragraph Font", "footnote reference", "endnote reference", "Hyperlink", "page number", "Strong", "Emphasis", "Normal Table",
    *(f"{name} {n}" for name in ("heading", "toc") for n in range(1, 10)),
    *(f"{name}{n}" for name in ("List Bullet", "List Number", "List Continue") for n in ("", " 2", " 3", " 4", " 5"))))
"""Names that are Word's own, in every language of it (17.7.4.9)."""

class Para(Struct, frozen=True):
    """What the exporter has to know of a paragraph style to vary it; lengths in points."""

    before: float = 0.0
    after: float = 0.0
    left: float = 0.0
    right: float = 0.0
    line: float = 0.0
    at_least: bool = False
    keep_next: bool = False
    bold: bool = False
    contextual: bool = False


class Sheet(Struct, frozen=True):
    """The styles of a theme as a part; by id the measures of those of paragraphs, the properties of those of words, and all names."""

    xml: bytes
    paras: dict[str, Para]
    chars: dict[str, Props]
    names: dict[str, str]


# Families that Word lists by another name than that of weight 600.
SEMIBOLD = {"IBM Plex Sans": "IBM Plex Sans SmBld"}
WEIGHTS = {300: "Light", 600: "Semibold", 900: "Black"}


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
    """Collects the styles of a theme. Each says only what it does not take over from the style that it is based on."""

    def __init__(self, theme: Theme, language: str) -> None:
        self.theme = theme
        self.root = etree.Element(qn("w:styles"), nsmap=ROOT_NS)
        self.root.set(qn("mc:Ignorable"), "w14")
        self.paras: dict[str, Para] = {}
        self.chars: dict[str, Props] = {}
        self.names: dict[str, str] = {}
        text = theme.style("text")
        looks = merge(run_props(theme, text), {"lang": languages(language), "kern": {"val": "0"}})
        self.looks: dict[str, Props] = {"": looks}
        self.shapes: dict[str, Props] = {"": {"widowControl": {}}}
        self.root.append(el("w:docDefaults", el("w:rPrDefault", rpr(looks)), el("w:pPrDefault", ppr(self.shapes[""]))))
        self.root.append(el("w:latentStyles", defLockedState="0", defUIPriority="99", defSemiHidden="1", defUnhideWhenUsed="1",
                            defQFormat="0", count="376"))

    def para(self, style: str, name: str, role: Style, *, follow: str = "", based: str = "Normal", before: float | None = None,
             after: float | None = None, left: float | None = 0.0, right: float = 0.0, first: float | None = None, level: int | None = None,
             at_least: bool = False, look: Props | None = None, more: Props | None = None, quick: bool = True, priority: int = 20,
             **extra: Element) -> None:
        """Add a paragraph style for a role; ``left`` is None where the numbering says how far it is indented."""
        before, after = (role.before if before is None else before), (role.after if after is None else after)
        indent = role.indent if first is None else first
        shape: Props = {
            "spacing": {"before": twips(before), "after": twips(after), "line": twips(role.leading),
                        "lineRule": "atLeast" if at_least else "exact"},
            "jc": {"val": {"justify": "both"}.get(role.align, role.align)},
            "keepNext": {"val": "1" if role.keep_next else "0"}, "keepLines": {"val": "1" if role.keep_together else "0"},
            "suppressAutoHyphens": {"val": "0" if role.hyphens else "1"},
        }
        if left is not None:
            shape["ind"] = {"left": twips(left), "right": twips(right), "hanging" if indent < 0 else "firstLine": twips(abs(indent))}
        if level is not None:
            shape["outlineLvl"] = {"val": str(level)}
        shape = merge(shape, more or {})
        drawn = merge(run_props(self.theme, role), look or {})
        base = "" if style == "Normal" else based
        out = self._named("paragraph", style, name, base, style == "Normal")
        if follow:
            out.append(el("w:next", val=follow))
        out.append(el("w:uiPriority", val=str(priority)))
        if quick:
            out.append(el("w:qFormat"))
        out.extend((ppr(_besides(shape, self.shapes[base]), **extra), rpr(_besides(drawn, self.looks[base]))))
        self.looks[style], self.shapes[style] = merge(self.looks[base], drawn), merge(self.shapes[base], shape)
        self.paras[style] = Para(before, after, left or 0.0, right, role.leading, at_least, shape["keepNext"].get("val") != "0",
                                 drawn["b"].get("val") != "0", "contextualSpacing" in self.shapes[style])
        self.root.append(out)

    def char(self, style: str, name: str, props: Props, default: bool = False) -> None:
        """Add a character style."""
        out = self._named("character", style, name, "" if default else "DefaultParagraphFont", default)
        out.append(el("w:uiPriority", val="30"))
        if default:
            out.extend((el("w:semiHidden"), el("w:unhideWhenUsed")))
        else:
            out.append(el("w:qFormat"))
        if props:
            out.append(rpr(props))
        self.chars[style] = props
        self.root.append(out)

    def table(self, style: str, name: str, *parts: Element, default: bool = False, based: str = "TableNormal") -> None:
        """Add a table style."""
        out = self._named("table", style, name, "" if default else based, default)
        out.append(el("w:uiPriority", val="99" if default else "40"))
        out.extend((el("w:semiHidden"), el("w:unhideWhenUsed")) if default else (el("w:qFormat"),))
        out.extend(parts)
        self.root.append(out)

    def _named(self, kind: str, style: str, name: str, based: str, default: bool) -> Element:
        self.names[style] = name
        out = el("w:style", el("w:name", val=name), type=kind, styleId=style)
        if default:
            out.set(qn("w:default"), "1")
        if name not in BUILT_IN:
            out.set(qn("w:customStyle"), "1")
        if based:
            out.append(el("w:basedOn", val=based))
        return out


def _besides(props: Props, base: Props) -> Props:
    """The properties that a base does not have already."""
    return {name: value for name, value in props.items() if base.get(name) != value}


def _only(props: Props, *names: str) -> Props:
    return {name: props[name] for name in names if name in props}


def sheet(theme: Theme, language: str) -> Sheet:
    """Every style of a document, made from the theme's table of roles."""
    s = _Sheet(theme, language)
    _text_styles(s, theme)
    _list_styles(s, theme)
    _block_styles(s, theme)
    _picture_styles(s, theme)
    _small_styles(s, theme)
    _character_styles(s, theme)
    _table_styles(s, theme)
    return Sheet(etree.tostring(s.root, encoding="UTF-8", xml_declaration=True, standalone=True), s.paras, s.chars, s.names)


def _text_styles(s: _Sheet, theme: Theme) -> None:
    t, measure = theme.styles, theme.page.measure
    s.para("Normal", "Normal", t["first"], after=0.0, priority=0)
    s.para("BodyText", "Body Text", t["text"], follow="BodyText", priority=1)
    s.para("FirstParagraph", "First Paragraph", t["first"], follow="BodyText", based="BodyText", priority=1)
    s.para("Kicker", "Kicker", t["kicker"], follow="Title", more={"keepNext": {}})
    s.para("Title", "Title", t["title"], follow="Subtitle", level=0, priority=2)
    s.para("VolumeTitle", "Volume Title", t["title"], follow="Subtitle", based="Title", before=theme.page.height / 5, level=NO_LEVEL)
    s.para("Subtitle", "Subtitle", t["deck"], follow="Byline", priority=3)
    s.para("Byline", "Byline", t["byline"], follow="FirstParagraph", tabs=el("w:tabs", el("w:tab", val="right", pos=twips(measure))))
    s.para("Heading1", "heading 1", t["title"], follow="FirstParagraph", level=0, priority=9, quick=False)
    for n in range(2, 7):
        numbers: dict[str, Any] = {"numPr": heading_number(n - 2)} if theme.choices.numbered and n < 2 + NUMBERED else {}
        s.para(f"Heading{n}", f"heading {n}", t[f"heading{n}"], follow="FirstParagraph", level=n - 1, priority=9, **numbers)
    lead, half = theme.type.leading, theme.type.leading / 2
    s.para("TOCHeading", "TOC Heading", t["heading3"], follow="BodyText", level=NO_LEVEL, priority=39)
    s.para("TOC1", "toc 1", t["first"], before=half, after=0.0, look={"b": {}, "bCs": {}}, more={"jc": {"val": "left"}}, priority=39,
           tabs=_leader(measure))
    for n in range(2, 7):
        s.para(f"TOC{n}", f"toc {n}", t["first"], before=0.0, after=0.0, left=lead * max(0, n - 2), more={"jc": {"val": "left"}},
               priority=39, tabs=_leader(measure))


def _leader(measure: float) -> Element:
    return el("w:tabs", el("w:tab", val="right", leader="dot", pos=twips(measure)))


def _list_styles(s: _Sheet, theme: Theme) -> None:
    """Styles of lists say nothing of indents, which belong to the numbering; below the first level items stand close."""
    role, lead, half = theme.styles["list"], theme.type.leading, theme.type.leading / 2
    close: Props = {"contextualSpacing": {}}
    for style, name, number in (("ListBullet", "List Bullet", "1"), ("ListNumber", "List Number", "2")):
        for n in range(1, STYLED_LEVELS + 1):
            space = half if n == 1 else 0.0
            s.para(_level(style, n), _level(name, n, " "), role, based="Normal" if n == 1 else style, before=space, after=space, left=None,
                   more=close, priority=10, quick=n < 3, numPr=el("w:numPr", el("w:ilvl", val=str(n - 1)), el("w:numId", val=number)))
    for n in range(1, STYLED_LEVELS + 1):
        s.para(_level("ListContinue", n), _level("List Continue", n, " "), role, based="Normal" if n == 1 else "ListContinue", before=half,
               after=half, left=lead * n, more=close, priority=10, quick=n < 3)


def _level(name: str, level: int, gap: str = "") -> str:
    return name if level == 1 else f"{name}{gap}{level}"


def list_style(kind: str, depth: int) -> str:
    """The id of the style of a list (ListBullet, ListNumber, ListContinue) at a depth from 0."""
    return _level(kind, min(depth + 1, STYLED_LEVELS))


def heading_number(level: int) -> Element:
    """What ties a style of headings to the numbers of sections, at a level from 0."""
    return el("w:numPr", el("w:ilvl", val=str(level)), el("w:numId", val=HEADINGS))


def _block_styles(s: _Sheet, theme: Theme) -> None:
    t, lead, choices = theme.styles, theme.type.leading, theme.choices
    half = lead / 2
    hair, heavy = eighths(theme.rules.hair), eighths(theme.rules.heavy)
    rule, tint, accent = rgb(theme.color.rule), rgb(theme.color.tint), rgb(theme.color.accent)
    apart: Props = {"contextualSpacing": {}}
    bar: dict[str, Any] = {"pBdr": borders("w:pBdr", left=(heavy, accent, 10))} if choices.quote == "bar" else {}
    s.para("Quote", "Quote", t["quote"], before=lead, after=lead, left=lead, right=lead, more=apart, **bar)
    s.para("Attribution", "Attribution", t["attribution"], follow="FirstParagraph", before=0.0, after=lead, left=lead, right=lead)
    line = (hair, rule, 10)
    edges = {"ruled": {"top": line, "bottom": line}, "plain": {}, "barred": {"top": (heavy, accent, 8)}}
    left, right = {"ruled": (lead * 2, lead * 2), "plain": (0.0, lead * 1.5), "barred": (0.0, theme.page.measure * 0.14)}[choices.pull]
    s.para("PullQuote", "Pull Quote", t["pull"], left=left, right=right, before=lead * 1.5, after=lead * 1.5, more=apart,
           pBdr=borders("w:pBdr", **edges[choices.pull]))
    center: Props = {"jc": {"val": "center"}} if choices.pull == "ruled" else {}
    s.para("PullQuoteAttribution", "Pull Quote Attribution", t["attribution"], follow="FirstParagraph", based="Attribution", before=half,
           after=lead, left=left, right=right, more=center)
    s.para("Verse", "Verse", t["verse"], before=half, after=half, left=lead * 2, more=apart)
    s.para("DefinitionTerm", "Definition Term", t["list"], follow="Definition", before=half, after=0.0, look={"b": {}, "bCs": {}},
           more=merge(apart, {"keepNext": {}}))
    s.para("Definition", "Definition", t["list"], left=lead, before=0.0, after=half, more=apart)
    frame = {"bar": {"left": (heavy, rule, 9)}, "box": dict.fromkeys(("top", "left", "bottom", "right"), (hair, rule, 8))}[choices.code]
    fill: Props = {"shd": {"val": "clear", "color": "auto", "fill": tint}} if choices.code == "box" else {}
    s.para("Code", "Code", t["code-block"], before=lead, after=lead, left=10.0, right=10.0 if choices.code == "box" else 0.0,
           look={"noProof": {}}, pBdr=borders("w:pBdr", **frame), more=merge(fill, {"jc": {"val": "left"}}))
    s.para("Formula", "Formula", t["first"], before=half, after=half, at_least=True, more={"jc": {"val": "center"}})
    shade: Props = {"shd": {"val": "clear", "color": "auto", "fill": tint}}
    boxed: dict[str, Any] = {"left": BOX, "right": BOX, "first": 0.0}
    s.para("Aside", "Aside", t["aside"], before=0.0, after=lead * 1.5, more=merge(shade, apart, {"keepLines": {}}),
           pBdr=borders("w:pBdr", **box_sides(theme)), **boxed)
    s.para("AsideTitle", "Aside Title", t["aside-title"], follow="Aside", based="Aside", before=lead * 1.5, after=0.0, more=shade, **boxed)
    room = theme.page.measure * 0.42
    s.para("Rule", "Rule", t["first"], before=0.0, after=lead, left=room, right=room, more={"keepNext": {}},
           pBdr=borders("w:pBdr", bottom=(eighths(theme.rules.heavy / 1.5), accent, 1)))


def box_sides(theme: Theme, box: Box = Box(BOX, BOX, BOX - 0.5)) -> dict[str, tuple[str, str, float]]:  # noqa: B008 (frozen)
    """The borders of a part of the box of an aside: in the colour of its tint, or a bar before it, as the theme has it.

    A side that is not wanted is said to be none, since a style takes over what it does not say. Where two alike neighbours keep a
    distance, it is the border between them that fills it (17.3.1.5).
    """
    fill, none = box_fill(theme, box), ("", "", 0.0)
    edge = ("4", fill, BOX - 0.5)
    left = (eighths(theme.rules.heavy), rgb(theme.color.accent)) if theme.choices.aside == "barred" else edge[:2]
    above, below = (("4", fill, min(FARTHEST, room - 0.5)) if room else none for room in (box.above, box.below))
    between = {"between": above} if box.above and not box.below else {}
    return {"top": above, "bottom": below, "left": (*left, min(FARTHEST, box.reach)), "right": edge, **between}


def box_fill(theme: Theme, box: Box) -> str:
    """The tint of a box; that of a second one is a shade off, which nobody sees, or Word would fill what lies between the two."""
    tint = rgb(theme.color.tint)
    return f"{int(tint, 16) ^ 1:06X}" if box.second else tint


def _picture_styles(s: _Sheet, theme: Theme) -> None:
    t, lead = theme.styles, theme.type.leading
    half = lead / 2
    left: Props = {"jc": {"val": "left"}}
    s.para("Figure", "Figure", t["first"], before=lead, after=lead * 1.5, at_least=True, more=left)
    s.para("CaptionedFigure", "Captioned Figure", t["first"], follow="Caption", based="Figure", before=lead, after=0.0, at_least=True,
           more=merge(left, {"keepNext": {}}))
    s.para("Caption", "caption", t["caption"], follow="FirstParagraph", after=lead * 1.5, priority=11)
    s.para("TableCaption", "Table Caption", t["caption"], follow="FirstParagraph", based="Caption", before=lead * 1.5, after=half,
           more={"keepNext": {}})
    s.para("TableText", "Table Text", t["table-cell"], before=0.0, after=0.0)
    on_head: Props = {"color": {"val": rgb(theme.color.on_accent)}} if theme.choices.table_rules == "solid" else {}
    s.para("TableHead", "Table Head", t["table-head"], based="TableText", before=0.0, after=0.0, look=on_head, more={"keepNext": {}})
    total = Style("label", t["table-cell"].size, t["table-cell"].leading, weight=t["table-head"].weight)
    s.para("TableTotal", "Table Total", total, based="TableText", before=0.0, after=0.0)
    s.para("TableEnd", "Table End", t["first"], before=0.0, after=0.0, quick=False)
    bar = borders("w:pBdr", left=(eighths(theme.rules.heavy), rgb(theme.color.accent), 9))
    s.para("Embed", "Embed", t["caption"], before=lead, after=lead, left=10.0, follow="FirstParagraph", pBdr=bar)
    s.para("EmbedPicture", "Embed Picture", t["caption"], before=lead, after=0.0, left=10.0, follow="Embed", based="Embed", at_least=True,
           more={"keepNext": {}})


def _small_styles(s: _Sheet, theme: Theme) -> None:
    t, lead = theme.styles, theme.type.leading
    s.para("FootnoteText", "footnote text", t["note"], quick=False)
    s.para("EndnoteText", "endnote text", t["note"], quick=False)
    colophon = t["colophon"]
    s.para("Colophon", "Colophon", colophon, before=0.0, after=lead / 4)
    s.para("ColophonFirst", "Colophon First", colophon, follow="Colophon", based="Colophon", before=lead * 2, after=lead / 4,
           pBdr=borders("w:pBdr", top=(eighths(theme.rules.hair), rgb(theme.color.rule), 10)))
    for style, name in (("Header", "header"), ("Footer", "footer")):
        s.para(style, name, t["running-head"], more={"jc": {"val": "left"}}, quick=False,
               tabs=el("w:tabs", el("w:tab", val="right", pos=twips(theme.page.measure))))


def _character_styles(s: _Sheet, theme: Theme) -> None:
    def look(role: str) -> Props:
        return run_props(theme, theme.styles[role])

    t = theme.styles
    s.char("DefaultParagraphFont", "Default Paragraph Font", {}, default=True)
    call: Props = {"vertAlign": {"val": "superscript"}, "color": look("note-call")["color"]}
    s.char("FootnoteReference", "footnote reference", call)
    s.char("EndnoteReference", "endnote reference", call)
    s.char("PageNumber", "page number", _only(look("folio"), "rFonts", "b", "bCs", "color", "sz", "szCs", "w14:numForm"))
    s.char("Hyperlink", "Hyperlink", {"color": {"val": rgb(theme.color.link)}, "u": {"val": "single", "color": rgb(theme.color.rule)}})
    s.char("InternalLink", "Internal Link", {"color": {"val": rgb(theme.color.link)}})
    s.char("Strong", "Strong", {"b": {}, "bCs": {}})
    s.char("StrongInBold", "Strong in Bold", {})
    s.char("Emphasis", "Emphasis", {"i": {}, "iCs": {}})
    s.char("Strikethrough", "Strikethrough", {"strike": {}})
    s.char("Highlight", "Highlight", {"shd": {"val": "clear", "color": "auto", "fill": rgb(theme.color.tint)}})
    s.char("SmallCaps", "Small Caps", {"smallCaps": {}})
    s.char("Subscript", "Subscript", {"vertAlign": {"val": "subscript"}})
    s.char("Superscript", "Superscript", {"vertAlign": {"val": "superscript"}})
    s.char("CodeChar", "Code Char", {"noProof": {}, **_only(look("code"), "rFonts", "sz", "szCs", "w14:numForm")})
    s.char("LeadIn", "Lead-in", _only(look("leadin"), "smallCaps") if t["leadin"].caps else {"b": {}, "bCs": {}})
    s.char("CheckBox", "Check Box", {"rFonts": dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), SYMBOLS),
                                     "color": {"val": rgb(theme.color.accent)}})
    s.char("Author", "Author", _only(look("author"), "smallCaps", "spacing", "sz", "szCs"))
    s.char("ArticleDate", "Article Date", _only(look("date"), "i", "iCs", "color", "w14:numForm"))
    s.char("Credit", "Credit", _only(look("credit"), "sz", "szCs", "color"))
    slanted: Props = {"i": {}, "iCs": {}}
    for kind in ("comment", "keyword", "string", "number"):
        color = {"val": rgb(getattr(theme.color, f"code_{kind}"))}
        s.char(f"Code{kind.title()}", f"Code {kind.title()}", merge({"color": color}, slanted if kind == "comment" else {}))


def _table_styles(s: _Sheet, theme: Theme) -> None:
    """The rules of tables: those of the whole, of the head (first row) and of the foot (last row)."""
    s.table("TableNormal", "Normal Table", el("w:tblPr", el("w:tblInd", w="0", type="dxa"), _margins("0", "0", "0", "0")), default=True)
    hair, heavy, ink = eighths(theme.rules.hair), eighths(theme.rules.heavy), rgb(theme.color.ink)
    rule, accent, tint = rgb(theme.color.rule), rgb(theme.color.accent), rgb(theme.color.tint)
    kind = theme.choices.table_rules
    line = (hair, rule, 0.0)
    whole: dict[str, dict[str, tuple[str, str, float]]] = {
        "horizontal": {"top": (heavy, ink, 0), "bottom": (heavy, ink, 0)},
        "grid": dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), line),
        "accent": {"bottom": line, "insideH": line}, "solid": {"bottom": (heavy, accent, 0.0), "insideH": line}, "none": {}}
    edge = {"horizontal": (hair, ink, 0.0), "accent": (eighths(ACCENT), accent, 0.0)}.get(kind)
    head: list[Element] = [borders("w:tcBorders", bottom=edge)] if edge else []
    foot: list[Element] = [borders("w:tcBorders", top=(hair, ink, 0.0))] if edge else []
    if kind == "solid":
        head.append(_fill(accent))
        foot.append(_fill(tint))
    lines = [borders("w:tblBorders", **whole[kind])] if whole[kind] else []
    last = "100" if kind in PADDED else "200"
    for style, name, left, right, filled in (("TablePublished", "Published Table", "100" if kind in PADDED else "0", last, False),
                                             ("TableBoxed", "Published Table in a Box", twips(BOX), twips(BOX), True)):
        parts = [el("w:tblPr", el("w:tblInd", w="0", type="dxa"), *map(copy.deepcopy, lines), _margins("38", left, "37", right))]
        if filled:
            parts.append(el("w:tcPr", _fill(tint)))
        parts.append(el("w:tblStylePr", el("w:tcPr", *map(copy.deepcopy, head), el("w:vAlign", val="bottom")), type="firstRow"))
        if foot:
            parts.append(el("w:tblStylePr", el("w:tcPr", *map(copy.deepcopy, foot)), type="lastRow"))
        if left == "0":  # the last column ends where the lines of the table end
            parts.append(el("w:tblStylePr", el("w:tcPr", el("w:tcMar", el("w:right", w="0", type="dxa"))), type="lastCol"))
        s.table(style, name, *parts)


def _margins(top: str, left: str, bottom: str, right: str) -> Element:
    return el("w:tblCellMar", *[el(f"w:{side}", w=w, type="dxa")
                                for side, w in (("top", top), ("left", left), ("bottom", bottom), ("right", right))])


def _fill(color: str) -> Element:
    return el("w:shd", val="clear", color="auto", fill=color)


# --- What differs -------------------------------------------------------------------------------------------------------------------

class Styles:
    """The styles that a document uses beside those of the sheet: one for each variation of a paragraph, one for each combination of looks.

    They are named as Word itself describes formatting (``Quote + 14 pt left``), and based on what they vary: a change of the base is a
    change of them. ``plain``: the styles are those of somebody else's template, and small variations of their spacing are left out.
    """

    def __init__(self, sheet: Sheet, theme: Theme, plain: bool = False) -> None:
        self.sheet = sheet
        self.theme = theme
        self.plain = plain
        self.made: dict[str, Element] = {}
        self._bases: dict[str, str] = {}
        self._paragraphs: dict[tuple[str, Variation], str] = {}
        self._characters: dict[tuple[str, ...], str] = {}

    def paragraph(self, base: str, variation: Variation) -> str:
        """The id of the style of a paragraph."""
        if variation == AS_IS:
            return base
        key = (base, variation)
        if key not in self._paragraphs:
            self._paragraphs[key] = self._paragraph(base, self._worth(base, variation))
        return self._paragraphs[key]

    def _worth(self, base: str, v: Variation) -> Variation:
        """The variation without what the base has already."""
        para = self.sheet.paras[base]

        def beside(new: float | None, old: float) -> float | None:
            return None if new is None or abs(new - old) < 0.05 else round(new, 2)

        spaced = not self.plain
        # In a template of somebody else's: no space where items stand close, and that beside tables, which have none of their own.
        least = 0.0 if spaced or v.box else self.theme.type.leading
        return Variation(
            beside(v.before, para.before) if not v.before or v.before >= least else None,
            beside(v.after, para.after) if not v.after or v.after >= least else None, beside(v.left, para.left),
            beside(v.right, para.right), None if v.keep_next is para.keep_next else v.keep_next, v.apart and para.contextual,
            v.align, v.grows and not para.at_least and spaced, v.box)

    def _paragraph(self, base: str, v: Variation) -> str:
        if v == AS_IS:
            return base
        para = self.sheet.paras[base]
        props: Props = {}
        spacing: dict[str, str] = {}
        if v.before is not None:
            spacing["before"] = twips(v.before)
        if v.after is not None:
            spacing["after"] = twips(v.after)
        if v.grows:
            spacing.update(line=twips(para.line), lineRule="atLeast")
        if spacing:
            props["spacing"] = spacing
        indent = {side: twips(length) for side, length in (("left", v.left), ("right", v.right)) if length is not None}
        if indent:
            props["ind"] = indent
        if v.keep_next is not None:
            props["keepNext"] = {"val": "1" if v.keep_next else "0"}
        if v.apart:
            props["contextualSpacing"] = {"val": "0"}
        if v.align:
            props["jc"] = {"val": v.align}
        extra = {}
        if v.box:
            props["shd"] = {"val": "clear", "color": "auto", "fill": box_fill(self.theme, v.box)}
            extra["pBdr"] = borders("w:pBdr", **box_sides(self.theme, v.box))
        return self._add("paragraph", base, [base, *_said(v)], ppr(props, **extra))

    def character(self, looks: tuple[str, ...]) -> str:
        """The id of the style of words that wear several looks at once, the first of them its base."""
        if len(looks) == 1:
            return looks[0]
        if looks not in self._characters:
            props = merge(*[self.sheet.chars[look] for look in looks[1:]])
            self._characters[looks] = self._add("character", looks[0], list(looks), rpr(props))
        return self._characters[looks]

    def part(self) -> bytes:
        """The part ``styles.xml``: the sheet, and what the document uses beside it."""
        styles = etree.fromstring(self.sheet.xml)
        styles.extend(self.made.values())
        return etree.tostring(styles, encoding="UTF-8", xml_declaration=True, standalone=True)

    def base(self, style: str) -> str:
        """The style of the sheet that a style varies; itself where it is one."""
        return self._bases.get(style, style)

    def _add(self, kind: str, base: str, parts: list[str], props: Element) -> str:
        names = [self.sheet.names.get(part, part) for part in parts]
        said = " ".join(names).replace(".", "p").split()
        style = re.sub(r"[^A-Za-z0-9]+", "", "".join(word[:1].upper() + word[1:] for word in said))
        self._bases[style] = base
        self.made[style] = el("w:style", el("w:name", val=" + ".join(names)), el("w:basedOn", val=base),
                              el("w:uiPriority", val="50"), props, type=kind, customStyle="1", styleId=style)
        return style


AS_IS = Variation()


def _said(v: Variation) -> Iterator[str]:
    """A variation in a few words, without commas, which separate names in Word."""
    for length, where in ((v.before, "above"), (v.after, "below"), (v.left, "left"), (v.right, "right")):
        if length is not None:
            yield f"{length:g} pt {where}"
    if v.keep_next is not None:
        yield "kept with next" if v.keep_next else "not kept with next"
    if v.apart:
        yield "spaced"
    if v.align:
        yield {"center": "centred"}.get(v.align, v.align)
    if v.grows:
        yield "tall"
    if v.box:
        yield f"boxed {v.box.reach:g} pt" + "".join(
            f" {room:g} pt {side}" for room, side in ((v.box.above, "over"), (v.box.below, "under")) if room) + " second" * v.box.second
