"""A theme goes in; the style sheet of a Word document comes out, one style for every role of the theme's table."""

from __future__ import annotations

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
from pubkit.theme import Style, Theme

__all__ = ["PADDED", "Para", "Sheet", "family", "run_props", "sheet"]

PADDED = ("grid", "solid")
"""Rules of tables whose cells have room at both sides."""

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
