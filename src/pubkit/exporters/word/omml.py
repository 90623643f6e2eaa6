"""A formula as MathML goes in; the same formula as Office Math (OMML) comes out, every token of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from pubkit.exporters.word.elements import Element, el

__all__ = ["omath"]

NARY = frozenset("∑∏∐∫∬∭∮∯∰⋀⋁⋂⋃⨀⨁⨂⨄⨆")
INTEGRALS = frozenset("∫∬∭∮∯∰")
INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")
OPEN, CLOSE = frozenset("([{⟨⌈⌊⟦⟮"), frozenset(")]}⟩⌉⌋⟧⟯")
SCRIPTS = {"msub": ("sSub", "sub"), "msup": ("sSup", "sup"), "msubsup": ("sSubSup", "sub", "sup")}
# Accents that MathML writes as spacing characters, and the combining ones that m:acc wants.
ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "∼": "\u0303", "˙": "\u0307", "¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7",
    "←": "\u20d6", "´": "\u0301", "`": "\u0300", "˘": "\u0306", "ˇ": "\u030c", "˚": "\u030a", "⃛": "\u20db", "…": "\u20db",
    "↔": "\u20e1", ".": "\u0307", "\u0302": "\u0302", "\u0303": "\u0303", "\u0307": "\u0307", "\u0308": "\u0308", "\u0301": "\u0301",
    "\u0300": "\u0300", "\u030c": "\u030c", "\u0306": "\u0306",
}
BARS = frozenset("¯‾ˉ_̲̅―─")
BRACES = frozenset("⏞⏟⏜⏝⎴⎵︷︸")
VARIANTS = {
    "normal": ("", "p"), "bold": ("", "b"), "italic": ("", "i"), "bold-italic": ("", "bi"), "double-struck": ("double-struck", "p"),
    "script": ("script", "p"), "bold-script": ("script", "b"), "fraktur": ("fraktur", "p"), "bold-fraktur": ("fraktur", "b"),
    "sans-serif": ("sans-serif", "p"), "bold-sans-serif": ("sans-serif", "b"), "sans-serif-italic": ("sans-serif", "i"),
    "sans-serif-bold-italic": ("sans-serif", "bi"), "monospace": ("monospace", "p"),
}
EM = re.compile(r"(-?\d*\.?\d+)em")


def omath(mathml: str) -> Element | None:
    """The formula as an ``m:oMath`` element; None if the MathML is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(mathml.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None
    out = el("m:oMath")
    out.extend(_row(_children(root)))
    return out if len(out) else None


def _name(e: Element) -> str:
    return str(e.tag).rpartition("}")[2]


def _children(e: Element) -> list[Element]:
    return list(e.iterchildren("{*}*"))


def _text(e: Element) -> str:
    return " ".join("".join(str(t) for t in e.itertext()).split())


def _run(text: str, style: str = "", script: str = "", plain: bool = False) -> Element:
    props = el("m:rPr")
    if plain:
        props.append(el("m:nor"))
    else:
        if script:
            props.append(el("m:scr", val=script))
        if style:
            props.append(el("m:sty", val=style))
    run = el("m:r")
    if len(props):
        run.append(props)
    run.append(el("w:rPr", el("w:rFonts", ascii="Cambria Math", hAnsi="Cambria Math", cs="Cambria Math", eastAsia="Cambria Math")))
    t = el("m:t")
    t.text = text
    if text != text.strip():
        t.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(t)
    return run


def _box(name: str, nodes: Sequence[Element]) -> Element:
    """An argument (``m:e``, ``m:num``, …) that holds what the nodes become."""
    out = el(f"m:{name}")
    out.extend(_row(nodes))
    return out


def _row(nodes: Sequence[Element]) -> list[Element]:
    """What a row of MathML becomes. A sum or an integral takes the next term into itself, and fences what stands between them, since
    OMML wants both there."""
    out: list[Element] = []
    at = 0
    while at < len(nodes):
        node = nodes[at]
        if (operator := _nary(node)) and at + 1 < len(nodes) and not _relation(nodes[at + 1]):
            end = _closer(nodes, at + 1) or at + 1
            out.append(_nary_element(_unwrapped(node), operator, nodes[at + 1 : end + 1]))
            at = end + 1
        elif (end := _closer(nodes, at)) or _fence(node, "prefix"):
            inside = nodes[at + 1 : end or len(nodes)]
            out.append(_delimited(_text(node), inside, nodes[end] if end else None))
            at = (end or len(nodes)) + 1
        else:
            out.extend(_convert(node))
            at += 1
    return out


def _opens(node: Element) -> bool:
    return _name(node) == "mo" and (_text(node) in OPEN or _fence(node, "prefix"))


def _closes(node: Element) -> bool:
    """Whether a node is a closing fence, or one with scripts on it."""
    if _name(node) in SCRIPTS and len(node):
        node = _children(node)[0]
    return _name(node) == "mo" and (_text(node) in CLOSE or _fence(node, "postfix"))


def _fence(node: Element, form: str) -> bool:
    return _name(node) == "mo" and node.get("form") == form and node.get("fence") == "true"


def _closer(nodes: Sequence[Element], at: int) -> int:
    """Where the fence that opens at ``at`` is closed; 0 if none opens there or it is never closed."""
    if not _opens(nodes[at]):
        return 0
    depth = 0
    for i in range(at, len(nodes)):
        depth += _opens(nodes[i]) - _closes(nodes[i])
        if not depth:
            return i
    return 0


def _delimited(opened: str, inside: Sequence[Element], closer: Element | None) -> Element:
    """Fences around a row; scripts on the closing one stand on the whole."""
    scripted = closer is not None and _name(closer) in SCRIPTS
    mark = _text(_children(closer)[0]) if scripted and closer is not None else _text(closer) if closer is not None else ""
    props = el("m:dPr", el("m:begChr", val=opened), el("m:endChr", val=mark))
    out = el("m:d", props, _box("e", inside))
    if scripted and closer is not None:
        return _scripted(_name(closer), el("m:e", out), _children(closer)[1:])
    return out


def _scripted(name: str, base: Element, scripts: Sequence[Element]) -> Element:
    tag, *places = SCRIPTS[name]
    return el(f"m:{tag}", base, *[_box(place, [script]) for place, script in zip(places, scripts, strict=True)])


def _unwrapped(node: Element) -> Element:
    while _is_row(node) and len(_children(node)) == 1:
        node = _children(node)[0]
    return node


def _is_row(node: Element) -> bool:
    return _name(node) in ("mrow", "mstyle", "mpadded")


def _relation(node: Element) -> bool:
    return _name(node) == "mo" and _text(node) not in OPEN


def _nary(node: Element) -> str:
    """The big operator that a node is or is scripts of, or ''."""
    base = node = _unwrapped(node)
    if _name(node) in ("msub", "msup", "msubsup", "munder", "mover", "munderover") and len(node):
        base = _unwrapped(_children(node)[0])
    text = _text(base) if _name(base) == "mo" else ""
    return text if text in NARY else ""


def _nary_element(node: Element, operator: str, term: Sequence[Element]) -> Element:
    name, parts = _name(node), _children(node)
    under = parts[1] if name in ("msub", "msubsup", "munder", "munderover") else None
    over = parts[-1] if name in ("msup", "mover") else parts[2] if name in ("msubsup", "munderover") else None
    limits = "undOvr" if name in ("munder", "mover", "munderover") else "subSup"
    props = el("m:naryPr", el("m:chr", val=operator), el("m:limLoc", val=limits))
    if under is None:
        props.append(el("m:subHide", val="1"))
    if over is None:
        props.append(el("m:supHide", val="1"))
    return el("m:nary", props, _box("sub", [under] if under is not None else []), _box("sup", [over] if over is not None else []),
              _box("e", term))


def _convert(node: Element) -> list[Element]:
    """The OMML of one MathML element; an element without a counterpart gives what is inside it."""
    name, kids = _name(node), _children(node)
    match name:
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            return _token(node, name)
        case "mspace":
            return _space(node)
        case "mrow" | "mstyle" | "mpadded" | "merror" | "math" | "mtd" | "none" | "mprescripts":
            return _row(kids)
        case "semantics" | "maction":
            return _convert(kids[0]) if kids else []
        case "annotation" | "annotation-xml":
            return []
        case "mphantom":
            return [el("m:phant", el("m:phantPr", el("m:show", val="0")), _box("e", kids))]
        case "msqrt":
            return [el("m:rad", el("m:radPr", el("m:degHide", val="1")), el("m:deg"), _box("e", kids))]
        case "mfenced":
            return [_fenced(node, kids)]
        case "mtable":
            return [_matrix(kids)]
        case "mtr" | "mlabeledtr":
            return [x for k in kids for x in _convert(k)]
        case "menclose":
            return [_enclosed(node.get("notation") or "", kids)]
        case "mmultiscripts" if kids:
            return _multiscripts(kids)
        case "mfrac" if len(kids) == 2:
            return [_fraction(node, kids)]
        case "mroot" if len(kids) == 2:
            return [el("m:rad", _box("deg", kids[1:]), _box("e", kids[:1]))]
        case "msub" | "msup" | "msubsup" if len(kids) == len(SCRIPTS[name]):
            return [_scripted(name, _box("e", kids[:1]), kids[1:])]
        case "munder" if len(kids) == 2:
            return [_under(kids[0], kids[1])]
        case "mover" if len(kids) == 2:
            return [_over(_box("e", kids[:1]), kids[1])]
        case "munderover" if len(kids) == 3:
            return [_over(el("m:e", _under(kids[0], kids[1])), kids[2])]
    if kids:
        return _row(kids)
    return [_run(text, plain=True)] if (text := _text(node)) else []


def _token(node: Element, name: str) -> list[Element]:
    text = _text(node)
    if name in ("mtext", "ms"):
        raw = "".join(str(t) for t in node.itertext())
        return [_run(re.sub(r"[ \t\r\n]+", " ", raw), plain=True)] if raw else []
    text = "".join(c for c in text if c not in INVISIBLE)
    if not text:
        return []
    script, style = VARIANTS.get(node.get("mathvariant") or "", ("", ""))
    if not style:
        style = "" if name == "mi" and len(text) == 1 else "p"
    return [_run(text, style, script)]


def _space(node: Element) -> list[Element]:
    found = EM.fullmatch((node.get("width") or "").strip())
    width = float(found.group(1)) if found else 0.0
    if width <= 0.05:
        return []
    wide = "\u2003" * min(int(width), 8)
    rest = width - int(width)
    part = "" if rest < 0.08 else "\u2009" if rest < 0.2 else "\u2005" if rest < 0.4 else "\u2002"
    return [_run(wide + part, plain=True)] if wide + part else []


def _fenced(node: Element, kids: list[Element]) -> Element:
    props = el("m:dPr", el("m:begChr", val=node.get("open", "(")), el("m:sepChr", val=(node.get("separators", ",").strip() or ",")[0]),
               el("m:endChr", val=node.get("close", ")")))
    return el("m:d", props, *([_box("e", [k]) for k in kids] or [el("m:e")]))


def _fraction(node: Element, kids: list[Element]) -> Element:
    thickness = (node.get("linethickness") or "").strip()
    kind = "noBar" if re.fullmatch(r"0+(\.0+)?[a-z%]*", thickness) else "skw" if node.get("bevelled") == "true" else ""
    out = el("m:f")
    if kind:
        out.append(el("m:fPr", el("m:type", val=kind)))
    out.extend((_box("num", kids[:1]), _box("den", kids[1:])))
    return out


def _mark(node: Element) -> str:
    """The one character that an under- or overscript is, or ''."""
    while _is_row(node) and len(_children(node)) == 1:
        node = _children(node)[0]
    text = _text(node) if _name(node) in ("mo", "mi", "mtext") else ""
    return text if len(text) == 1 else ""


def _over(base: Element, script: Element) -> Element:
    mark = _mark(script)
    if mark in BARS:
        return el("m:bar", el("m:barPr", el("m:pos", val="top")), base)
    if mark in ACCENTS and _name(script) == "mo":
        return el("m:acc", el("m:accPr", el("m:chr", val=ACCENTS[mark])), base)
    if mark in BRACES:
        return el("m:groupChr", el("m:groupChrPr", el("m:chr", val=mark), el("m:pos", val="top"), el("m:vertJc", val="bot")), base)
    return el("m:limUpp", base, _box("lim", [script]))


def _under(base: Element, script: Element) -> Element:
    mark, inner = _mark(script), _box("e", [base])
    if mark in BARS:
        return el("m:bar", el("m:barPr", el("m:pos", val="bot")), inner)
    if mark in BRACES:
        return el("m:groupChr", el("m:groupChrPr", el("m:chr", val=mark), el("m:pos", val="bot"), el("m:vertJc", val="top")), inner)
    return el("m:limLow", inner, _box("lim", [script]))


def _matrix(rows: list[Element]) -> Element:
    cells = [_children(row) if _name(row) in ("mtr", "mlabeledtr") else [row] for row in rows]
    width = max((len(row) for row in cells), default=1) or 1
    aligns = _alignments(rows, width)
    columns = el("m:mcs", *[el("m:mc", el("m:mcPr", el("m:count", val="1"), el("m:mcJc", val=a))) for a in aligns])
    out = el("m:m", el("m:mPr", columns))
    for row in cells:
        line = el("m:mr")
        line.extend(_box("e", [cell]) for cell in row)
        line.extend(el("m:e") for _ in range(width - len(row)))
        out.append(line)
    return out


def _alignments(rows: list[Element], width: int) -> list[str]:
    """The alignment of each column: that of its first cell, else what the table says."""
    table: Any = rows[0].getparent() if rows else None
    words = ((table.get("columnalign") if table is not None else None) or "").split() or ["center"]
    first = _children(rows[0]) if rows else []
    asked = [(first[i].get("columnalign") if i < len(first) else "") or words[min(i, len(words) - 1)] for i in range(width)]
    return [a if a in ("left", "right", "center") else "center" for a in asked]


def _enclosed(notation: str, kids: list[Element]) -> Element:
    kinds = set(notation.split())
    props = el("m:borderBoxPr")
    sides = {"top": "hideTop", "bottom": "hideBot", "left": "hideLeft", "right": "hideRight"}
    if not kinds & {"box", "roundedbox", "circle", "longdiv", "actuarial"}:
        for side, flag in sides.items():
            if side not in kinds:
                props.append(el(f"m:{flag}", val="1"))
    for kind, flag in (("horizontalstrike", "strikeH"), ("verticalstrike", "strikeV"), ("downdiagonalstrike", "strikeTLBR"),
                       ("updiagonalstrike", "strikeBLTR")):
        if kind in kinds:
            props.append(el(f"m:{flag}", val="1"))
    return el("m:borderBox", props, _box("e", kids))


def _multiscripts(kids: list[Element]) -> list[Element]:
    base, rest = kids[0], kids[1:]
    cut = next((i for i, k in enumerate(rest) if _name(k) == "mprescripts"), len(rest))
    after, before = rest[:cut], rest[cut + 1 :]
    inner = el("m:e")
    inner.extend(_convert(base))
    for i in range(0, len(after), 2):
        pair = after[i : i + 2]
        script = el("m:sSubSup", inner, _box("sub", pair[:1]), _box("sup", pair[1:]))
        inner = el("m:e", script)
    for i in range(0, len(before), 2):
        pair = before[i : i + 2]
        inner = el("m:e", el("m:sPre", _box("sub", pair[:1]), _box("sup", pair[1:]), inner))
    return list(inner)
