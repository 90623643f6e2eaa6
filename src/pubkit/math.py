"""TeX or foreign MathML comes in; clean MathML, an SVG of paths and a line of readable text go out. No files, no state between calls."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from math import floor
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["MATHML", "Svg", "clean", "linear", "spoken", "to_mathml", "to_svg"]

MATHML = "http://www.w3.org/1998/Math/MathML"
SVG = "http://www.w3.org/2000/svg"
LONGEST = 20_000
DEEPEST = 60
WIDEST = 100.0

# Elements and attributes of MathML 3 presentation markup that can do nothing but show. Others are taken apart or out.
ELEMENTS = frozenset((
    "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot mstyle merror mpadded mphantom menclose msub msup msubsup munder mover "
    "munderover mmultiscripts mprescripts none mtable mtr mlabeledtr mtd").split())
ATTRIBUTES = frozenset((
    "accent accentunder columnalign columnlines columnspacing columnspan depth dir displaystyle fence form frame height "
    "largeop linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowalign rowlines "
    "rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width").split())
LENGTHS = frozenset("columnspacing depth height linethickness lspace mathsize maxsize minsize rowspacing rspace voffset width".split())
TOKENS = frozenset(("mi", "mn", "mo", "mtext", "ms"))
ROWS = frozenset(("math", "mrow", "mstyle", "mpadded", "mphantom", "menclose", "msqrt", "merror", "mtd"))
ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
PER_EM = {"em": 1.0, "ex": 2.0, "mu": 18.0, "pt": 10.0, "px": 16.0, "pc": 10 / 12, "in": 10 / 72.27, "cm": 0.3515, "mm": 3.515}
NAMED_SPACES = {name: f"{n}em" for name, n in zip(
    (f"{very}{width}mathspace" for very, width in (("veryvery", "thin"), ("very", "thin"), ("", "thin"), ("", "medium"), ("", "thick"),
                                                   ("very", "thick"), ("veryvery", "thick"))),
    ("0.056", "0.111", "0.167", "0.222", "0.278", "0.333", "0.389"), strict=True)}
LENGTH = re.compile(r"([+-]?)(\d*\.?\d+)\s*([a-z]+|%|)")
COLOUR = re.compile(r"[a-zA-Z]{1,24}|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}")
WORD = re.compile(r"[a-zA-Z0-9 .+-]{0,80}")
ENTITY = re.compile(r"&#x([0-9A-Fa-f]{1,6});")

# Greek capitals that look Latin have no name in the library.
CAPITALS = {rf"\{name}": chr(code) for name, code in {
    "Alpha": 0x391, "Beta": 0x392, "Epsilon": 0x395, "Zeta": 0x396, "Eta": 0x397, "Iota": 0x399, "Kappa": 0x39A, "Mu": 0x39C,
    "Nu": 0x39D, "Omicron": 0x39F, "Rho": 0x3A1, "Tau": 0x3A4, "Chi": 0x3A7, "omicron": 0x3BF}.items()}
LIMITS = frozenset(("lim", "max", "min", "sup", "inf", "lim sup", "lim inf", "arg max", "arg min", "argmax", "argmin", "det", "gcd", "Pr"))
NOT_OPERATORS = frozenset("\u221e\u2205\u00b0")
APPLY = "\u2061"
TIGHT = "stretchy"


# --- TeX to MathML ------------------------------------------------------------------------------------------------------------------

def to_mathml(tex: str, display: bool) -> str | None:
    """The formula as a ``math`` element.

    Args:
        tex: TeX's math mode, without the dollar signs.
        display: whether it stands on a line of its own.

    Returns:
        Well-formed XML, the same for the same formula; or None where the formula cannot be read as a whole: unknown macros, unbalanced
        braces, definitions of macros, or more than the limits.
    """
    source = _prepared(tex)
    if source is None:
        return None
    try:
        math = _converted(source, display)
        if any(e.get("linebreak") for e in math.iter("mspace")):
            math = _converted(rf"\begin{{array}}{{c}}{source}\end{{array}}", display)
        _read_text(math)
        return _finished(math, display)
    except Exception:  # noqa: BLE001 (the library raises many things for TeX it cannot read, RecursionError and IndexError among them)
        return None


class _Unreadable(ValueError):
    """Something in the formula that has no place in MathML."""


def _converted(tex: str, display: bool) -> Element:
    from latex2mathml.converter import Converter

    return Converter(display="block" if display else "inline").convert_to_element(tex)


TEX_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}]|%[^\n]*", re.DOTALL)
ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{\s*([a-zA-Z]+\*?)\s*\}")
DEFINITION = re.compile(
    r"\\(?:def|gdef|edef|let|newcommand|renewcommand|providecommand|DeclareMathOperator|newenvironment|require|sideset)(?![a-zA-Z])")
KNOWN = {name: name for name in (
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix matrix* pmatrix* bmatrix* Bmatrix* vmatrix* Vmatrix* array smallmatrix cases split "
    "align*").split()}
SAME_AS = {"align": "align*", "aligned": "align*", "alignat": "align*", "alignat*": "align*", "alignedat": "align*", "flalign": "align*",
           "flalign*": "align*", "dcases": "cases", **KNOWN}
CENTRED = frozenset(("gather", "gather*", "gathered", "multline", "multline*"))
ONE_LINE = frozenset(("equation", "equation*", "displaymath", "math"))


def _prepared(tex: str) -> str | None:
    tex = "".join(c for c in tex if c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co")).strip()
    if not tex or len(tex) > LONGEST or DEFINITION.search(tex) or not _balanced(tex):
        return None
    tex = re.sub(r"(?<!\\)%[^\n]*(?:\n|$)", "", tex)
    tex = re.sub(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![a-zA-Z])", "", tex)
    tex = re.sub(r"\\text\s*\{([^{}]*(?<!\\)\$[^{}]*)\}", r"\\hbox{\1}", tex)
    tex = re.sub(r"(\\begin\s*\{(?:aligned|alignedat|gathered|array)\})\s*\[[tbc]\]", r"\1", tex)
    tex = re.sub(r"(\\begin\s*\{alignat(?:ed)?\*?\}|\\begin\s*\{alignedat\})\s*\{\d+\}", r"\1", tex)
    if any(m[2] not in SAME_AS and m[2] not in CENTRED and m[2] not in ONE_LINE and not m[2].startswith("eqnarray")
           for m in ENVIRONMENT.finditer(tex)):
        return None
    tex = ENVIRONMENT.sub(_environment, tex).strip()
    return tex if re.search(r"[^\s{}]", tex) else None


def _environment(match: re.Match[str]) -> str:
    edge, name = match[1], match[2]
    if name in ONE_LINE:
        return "{" if edge == "begin" else "}"
    columns = "{rcl}" if name.startswith("eqnarray") else "{c}" if name in CENTRED else ""
    known = "array" if columns else SAME_AS[name]
    return rf"\{edge}{{{known}}}" + (columns if edge == "begin" else "")


def _balanced(tex: str) -> bool:
    depth = 0
    for token in TEX_TOKEN.findall(tex):
        depth += (token == "{") - (token == "}")
        if not 0 <= depth <= DEEPEST:
            return False
    ends = [m[1] for m in ENVIRONMENT.finditer(tex)]
    return depth == 0 and ends.count("begin") == ends.count("end") <= DEEPEST


def _read_text(math: Element) -> None:
    """Put characters for the entities the library writes, and find what it passed through without understanding."""
    for e in math.iter():
        _group_digits(e)
        raw = e.text or ""
        if not raw:
            continue
        if raw in CAPITALS:
            raw = CAPITALS[raw]
        elif e.tag == "mtext":
            raw = re.sub(r"\\([%$&#_{} ])", r"\1", raw)
        elif raw in (r"\{", r"\}"):
            raw = raw[1:]
        if "\\" in raw or (e.tag == "mi" and raw in ("&", "$", "{", "}", "#", "%")):
            raise _Unreadable(raw)
        if e.tag == "mi" and re.fullmatch(r"&#x0*(4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]);", raw):
            e.set("mathvariant", "normal")
        e.text = ENTITY.sub(lambda m: chr(int(m[1], 16)), raw)


def _group_digits(row: Element) -> None:
    """Make one number of ``1{,}000``, which comes as number, braced comma, number."""
    i = 0
    while i + 2 < len(row):
        first, comma, last = row[i:i + 3]
        if first.tag == last.tag == "mn" and comma.tag == "mrow" and len(comma) == 1 and comma[0].text in (",", "&#x0002C;"):
            first.text = f"{first.text},{last.text}"
            del row[i + 1:i + 3]
        else:
            i += 1


# --- The clean form -----------------------------------------------------------------------------------------------------------------

def clean(mathml: str) -> str | None:
    """MathML from elsewhere in the form that `to_mathml` gives: known elements and harmless attributes alone.

    Args:
        mathml: a ``math`` element, with or without its namespace (a prefix is fine), as text.

    Returns:
        The clean ``math`` element, or None for what is not MathML, not well-formed or beyond the limits.
    """
    from lxml import etree

    if not mathml or len(mathml) > 20 * LONGEST or "<!" in mathml:
        return None
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
        root = etree.fromstring(mathml.encode(), parser)
        math = _plain_element(root, 0)
        return _finished(math, root.get("display") == "block") if math.tag == "math" else None
    except (etree.XMLSyntaxError, ValueError, RecursionError):
        return None


def _plain_element(node: Any, depth: int) -> Element:
    from xml.etree.ElementTree import Element

    if depth > DEEPEST * 3:
        raise _Unreadable("nesting")
    name = str(node.tag).rpartition("}")[2]
    if name == "semantics":
        return _plain_element(node[0], depth + 1) if len(node) else Element("mrow")
    if name in ("annotation", "annotation-xml", "script", "style", "maligngroup", "malignmark"):
        return Element("mrow")
    out = Element(name if name in ELEMENTS else "mrow", {k: str(v) for k, v in node.attrib.items() if k in ATTRIBUTES})
    children = [c for c in node if isinstance(c.tag, str)]
    if name == "mfenced":
        _fenced(out, node, [_plain_element(c, depth + 1) for c in children])
    elif out.tag in TOKENS:
        out.text = re.sub(r"[ \t\r\n]+", " ", "".join(_token_text(node))).strip(" ")
    else:
        out.extend(_plain_element(c, depth + 1) for c in children)
    return out


def _token_text(node: Any) -> Iterator[str]:
    """The words of a token, those of foreign elements in it too, but not what a script or a style sheet says."""
    yield node.text or ""
    for child in node:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2].lower() not in ("script", "style"):
            yield from _token_text(child)
        yield child.tail or ""


def _fenced(out: Element, node: Any, children: list[Element]) -> None:
    from xml.etree.ElementTree import SubElement

    separators = "".join(node.get("separators", ",").split())
    out.attrib.clear()
    SubElement(out, "mo", fence="true", form="prefix").text = node.get("open", "(")
    for i, child in enumerate(children):
        if i and separators:
            SubElement(out, "mo", separator="true").text = separators[min(i - 1, len(separators) - 1)]
        out.append(child)
    SubElement(out, "mo", fence="true", form="postfix").text = node.get("close", ")")


def _finished(math: Element, display: bool) -> str:
    from xml.etree.ElementTree import tostring

    _tidy(math, display, 0)
    if len(math) == 1 and math[0].tag == "mrow" and not math[0].attrib:
        math[:] = list(math[0])
    if not any(e.tag in TOKENS or e.tag == "mspace" for e in math.iter()):
        raise _Unreadable("nothing in it")
    math.attrib.clear()
    math.attrib.update({"xmlns": MATHML, "display": "block" if display else "inline"})
    return tostring(math, encoding="unicode", short_empty_elements=True).replace(" />", "/>")


def _tidy(e: Element, display: bool, depth: int) -> None:
    """Bring one element and all inside it into the canonical form; ``display`` says whether limits stand above and below here."""
    if depth > DEEPEST * 3:
        raise _Unreadable("nesting")
    e.tail = None
    e.attrib = _attributes(e)
    if e.tag in TOKENS and len(e):
        e.tag, e.text = "mrow", None
    if e.tag not in TOKENS:
        e.text = None
        style = e.get("displaystyle")
        display = display if style is None else style == "true"
        for i, child in enumerate(e):
            _tidy(child, display and _keeps_display(e, i), depth + 1)
        if e.tag in ARITY and len(e) != ARITY[e.tag]:
            raise _Unreadable(f"{e.tag} with {len(e)} children")
        _limits(e, display)
        _accent(e)
        e[:] = [_unwrapped(child) for child in e]
        if e.tag in ROWS:
            _tidy_row(e)
    else:
        _tidy_token(e)


def _keeps_display(e: Element, index: int) -> bool:
    if e.tag in ARITY:
        return e.tag not in ("mfrac", "mroot") and index == 0
    return (e.tag != "mtable" and e.tag != "mmultiscripts") or e.get("displaystyle") == "true"


def _attributes(e: Element) -> dict[str, str]:
    out = {}
    for key, value in e.attrib.items():
        kept: str | None = value.strip()
        if key not in ATTRIBUTES:
            continue
        if key in LENGTHS:
            kept = _lengths(value, key)
        elif key in ("mathcolor", "mathbackground"):
            kept = value if COLOUR.fullmatch(value) else None
        elif not WORD.fullmatch(value):
            kept = None
        if kept:
            out[key] = kept
    return out


def _lengths(value: str, key: str) -> str | None:
    """Lengths in em, so that a formula grows with its text; None for what is no length."""
    return " ".join(parts) if None not in (parts := [_length(v, key) for v in value.split()]) else None  # type: ignore[arg-type]


def _length(value: str, key: str) -> str | None:
    negative = value.startswith("negative")
    value = NAMED_SPACES.get(value.removeprefix("negative"), value)
    match = LENGTH.fullmatch(value)
    if match is None:
        return value if value in ("thin", "medium", "thick", "width", "height", "depth", "infinity", "small", "normal", "big") else None
    sign, number, unit = "-" if negative else match[1], float(match[2]), match[3]
    if unit in ("", "%"):
        return f"{sign}{number:g}{unit}" if number <= WIDEST * 10 else None
    if unit not in PER_EM:
        return None
    number /= PER_EM[unit]
    if number > WIDEST:
        raise _Unreadable(f"{key} of {value}")
    return f"{sign}{number:.4g}em"


def _limits(e: Element, display: bool) -> None:
    if display and e.tag in ("msub", "msup", "msubsup") and _name(e[0]) in LIMITS:
        e.tag = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}[e.tag]


def _accent(e: Element) -> None:
    """Say which marks are accents, and which of them are as wide as what they stand on: browsers and readers differ in what they guess."""
    if e.tag == "mover" and e[1].tag == "mo" and e[1].text in ACCENTS:
        e.set("accent", "true")
        if e[1].get(TIGHT) is None:
            e[1].set(TIGHT, "true" if len("".join(e[0].itertext())) > 1 else "false")


def _name(e: Element) -> str:
    while e.tag in ("mrow", "mstyle") and len(e) == 1:
        e = e[0]
    return unicodedata.normalize("NFKC", e.text or "") if e.tag in ("mi", "mo") else ""


def _unwrapped(e: Element) -> Element:
    while e.tag in ("mrow", "mstyle") and not e.attrib and len(e) == 1:
        e = e[0]
    if e.tag == "mstyle" and not e.attrib:
        e.tag = "mrow"
    return e


def _tidy_token(e: Element) -> None:
    text = e.text = "".join(c for c in e.text or "" if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    if e.tag in ("mi", "mn") and e.get("mathvariant", "normal") != "normal":
        text = e.text = "".join(_styled(c, e.attrib["mathvariant"]) for c in text)
        del e.attrib["mathvariant"]
    if e.tag == "mi" and not text:
        e.tag, e.text = "mrow", None
        e.attrib.clear()
    elif e.tag == "mi" and len(text) == 1 and text not in NOT_OPERATORS and unicodedata.category(text) in ("Sm", "Ps", "Pe", "Po", "Pd"):
        e.tag = "mo"
        e.attrib.pop("mathvariant", None)
        if unicodedata.category(text) in ("Ps", "Pe") or text == "|":
            e.set(TIGHT, "false")
    elif e.tag == "mi" and text and not text.strip("\u2032\u2033\u2034\u2057"):
        e.tag = "mo"
    elif e.tag == "mo" and (text in NOT_OPERATORS or (len(text) > 1 and text[0].isalpha())) and text != "mod":
        e.tag = "mi"
        e.attrib = {k: v for k, v in e.attrib.items() if k == "mathvariant"}
    elif e.tag == "mo" and text == "\u2015":
        e.text = "\u203e"
        e.set(TIGHT, "true")
        e.attrib.pop("accent", None)


def _styled(letter: str, variant: str) -> str:
    """The letter's own character for a style (bold, script, ...): what is left of ``mathvariant`` in MathML Core is ``normal``."""
    if variant == "italic":
        return letter  # a single letter is italic anyway
    style = " ".join(sorted(variant.upper().split("-"), key=["DOUBLE", "STRUCK", "SANS", "SERIF", "BOLD", "ITALIC"].index)
                     if set(variant.split("-")) <= {"double", "struck", "sans", "serif", "bold", "italic"} else variant.upper().split("-"))
    style = style.replace("DOUBLE STRUCK", "DOUBLE-STRUCK").replace("SANS SERIF", "SANS-SERIF")
    kind = re.sub(r"^(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER (?:FINAL )?(\w+)$", r"\1 \2", unicodedata.name(letter, ""))
    for prefix in ("MATHEMATICAL ", ""):
        for shape in (style, style.replace("FRAKTUR", "BLACK-LETTER")):
            try:
                return unicodedata.lookup(f"{prefix}{shape} {kind}")
            except KeyError:
                continue
    return letter


def _tidy_row(row: Element) -> None:
    out: list[Element] = []
    for e in row:
        if e.tag == "mo" and not e.text and e.get("fence"):
            continue
        if e.tag == "mrow" and not e.attrib and not len(e) and row.tag != "mtd":
            continue
        if out and _joined(out, e):
            continue
        out.append(e)
    for e in out:
        if e.tag == "mi" and len(e.text or "") > 1 and e.get("mathvariant") == "normal":
            del e.attrib["mathvariant"]
    row[:] = list(_with_applications(out))


def _joined(out: list[Element], e: Element) -> bool:
    """Whether ``e`` was made one with what stands before it: upright letters of a word, a struck-out relation."""
    last, text = out[-1], e.text or ""
    if e.tag == last.tag == "mi" and e.get("mathvariant") == last.get("mathvariant") == "normal" and text.isalpha():
        last.text = (last.text or "") + text
        return True
    if last.tag == "mpadded" and "".join(last.itertext()) == "\u29f8" and e.tag in ("mo", "mi") and len(text) == 1:
        e.text = unicodedata.normalize("NFC", text + "\u0338")
        out[-1] = e
        return True
    return False


def _with_applications(children: list[Element]) -> Iterator[Element]:
    """The children of a row with the invisible operator, and the thin space that it needs, after every named function."""
    from xml.etree.ElementTree import Element

    for i, e in enumerate(children):
        yield e
        if not _is_function(e) or i + 1 == len(children):
            continue
        after = children[i + 1]
        opens = after.tag == "mo" and (after.text in ("(", "[", "{", "|", "\u2016", "\u27e8") or after.get("form") == "prefix")
        first = after[0] if after.tag == "mrow" and len(after) else after
        opens = opens or (first.tag == "mo" and first.get("form") == "prefix")
        if not opens and after.tag not in ("mi", "mn", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot", "mrow", "mover", "mstyle",
                                           "munder", "munderover"):
            continue
        apply = Element("mo")
        apply.text = APPLY
        yield apply
        if not opens:
            yield Element("mspace", width="0.167em")


def _is_function(e: Element) -> bool:
    while e.tag in ("msub", "msup", "msubsup", "munder", "mover", "munderover"):
        e = e[0]
    return e.tag == "mi" and unicodedata.normalize("NFKC", e.text or "") in FUNCTIONS


FUNCTIONS = LIMITS | frozenset((
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log ln lg exp arg deg dim hom ker sgn tr rank div grad curl diag "
    "span erf").split())


# --- MathML to SVG ------------------------------------------------------------------------------------------------------------------

class Svg(Struct, frozen=True):
    """A drawn formula. Width, height and depth (how far it reaches below the baseline; part of the height) are in em, or in points
    where a size was given."""

    data: bytes
    width: float
    height: float
    depth: float


UNITS = 1000
_drawing = threading.Lock()  # the library keeps its settings, and with them the form of its output, in module globals


def to_svg(mathml: str, size_pt: float = 0.0) -> Svg:
    """The formula drawn with paths alone, in the colour of the text around it; the same bytes for the same formula.

    Args:
        mathml: a ``math`` element as `to_mathml` gives it. What cannot be drawn is shown as its characters in a row.
        size_pt: the size of the text in points; 0 for lengths in em.

    Returns:
        The SVG with its size.
    """
    from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring

    try:
        return _drawn(_for_drawing(fromstring(mathml)), size_pt)
    except ParseError:
        text = re.sub(r"<[^<>]*>", "", mathml)
    except Exception:  # noqa: BLE001 (the library raises what it likes for elements it does not know)
        text = "".join(fromstring(mathml).itertext())
    math = Element("math")
    SubElement(math, "mtext").text = text.replace(APPLY, "") or "?"
    return _drawn(math, size_pt)


def _for_drawing(math: Element) -> Element:
    """A copy without namespaces, in the words that the library knows."""
    from xml.etree.ElementTree import Element

    tag = math.tag.rpartition("}")[2]
    out = Element(tag, {k: re.sub(r"([\d.]+)em\b", _library_em, v) for k, v in math.attrib.items()})
    out.text = math.text
    if tag in TOKENS and math.text in ("^", "~") and tag == "mo":
        stretchy = math.get("stretchy") != "false"
        out.text = {"^": "\u0302" if stretchy else "\u02c6", "~": "\u0303" if stretchy else "~"}[math.text]
    applied = False
    for child in math:
        if child.text == APPLY or (applied and child.tag.endswith("mspace")):
            applied = child.text == APPLY
            continue
        applied = False
        out.append(_for_drawing(child))
    return out


def _library_em(match: re.Match[str]) -> str:
    return f"{float(match[1]) * 0.75:.4g}em"  # the library's em is a third too long


def _drawn(math: Element, size_pt: float) -> Svg:
    from xml.etree.ElementTree import Element, tostring

    from ziafont.config import config as drawing
    from ziamath.zmath import Math

    with _drawing:
        before = drawing.svg2, drawing.precision
        drawing.svg2, drawing.precision = False, 1  # with 0 the library cuts the noughts off whole numbers
        try:
            formula = Math(math, size=UNITS, margin=0)
            canvas = Element("g")
            formula.node.draw(0, 0, canvas)
            box = formula.node.bbox
        finally:
            drawing.svg2, drawing.precision = before
    left, top, right, bottom = _extent(canvas, (box.xmin, -box.ymax, box.xmax, -box.ymin))
    em, unit = (size_pt / UNITS, "pt") if size_pt else (1 / UNITS, "em")
    width, height, depth = (round(n * em, 4) for n in (right - left, bottom - top, max(bottom, 0)))
    svg = Element("svg", {"xmlns": SVG, "width": f"{width:g}{unit}", "height": f"{height:g}{unit}",
                          "viewBox": f"{left} {top} {right - left} {bottom - top}", "fill": "currentColor"})
    for e in canvas.iter():
        for key in ("fill", "stroke"):
            if e.get(key) == "black":
                if key == "fill":
                    del e.attrib[key]
                else:
                    e.set(key, "currentColor")
    svg.extend(canvas)
    return Svg(tostring(svg, encoding="unicode").replace(" />", "/>").encode(), width, height, depth)


def _extent(canvas: Element, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The box around all ink and the formula's own box, in whole units: slanted letters reach beyond their advance."""
    xs, ys = [box[0], box[2]], [box[1], box[3]]
    for e in canvas.iter("path"):
        numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", e.get("d", ""))]
        xs += numbers[0::2]
        ys += numbers[1::2]
    return floor(min(xs)), floor(min(ys)), -floor(-max(xs)), -floor(-max(ys))


# --- MathML to a line of text -------------------------------------------------------------------------------------------------------

SUPER = dict(zip("0123456789+-\u2212=()ni",
                 "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b\u207c\u207d\u207e\u207f\u2071",
                 strict=True))
SUB = dict(zip("0123456789+-\u2212=()", "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089\u208a\u208b\u208b\u208c\u208d\u208e",
               strict=True))


def spoken(tex: str) -> str:
    """The formula on one line of plain characters, in no particular language: ``x\u00b2``, ``(a + b)/2``, ``\u221ax``.

    TeX that cannot be read comes out as it is.
    """
    return linear(to_mathml(tex, display=False) or "") or " ".join(tex.split())


def linear(mathml: str, low: tuple[str, str] = ("_(", ")"), high: tuple[str, str] = ("^(", ")")) -> str:
    """The same of MathML: ``x\u00b2`` for ``<msup><mi>x</mi><mn>2</mn></msup>``; '' where it has no characters.

    ``low`` and ``high`` stand around what is set lower or higher and has no characters of its own.
    """
    from xml.etree.ElementTree import fromstring

    line = " ".join(_linear(fromstring(mathml), _Scripts(low, high)).split()) if mathml else ""
    return re.sub(r"(?<=[(\[\u221a]) | (?=[)\],;])", "", line)


def _linear(e: Element, scripts: _Scripts) -> str:
    tag = e.tag.rpartition("}")[2]
    parts = [_linear(child, scripts) for child in e]
    text = e.text or ""
    match tag:
        case "mo":
            return _spaced(text)
        case "mi":
            name = "".join(unicodedata.normalize("NFKC", c) if c > "\uffff" else c for c in text)
            return f" {name} " if len(name) > 1 else name
        case "mn" | "mtext" | "ms":
            return text
        case "mspace":
            return " "
        case "mphantom":
            return ""
        case "mfrac":
            if e.get("linethickness", "1").startswith("0"):
                return f"{parts[0]} \u00a6 {parts[1]}"
            return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
        case "msqrt":
            return "\u221a" + _grouped("".join(parts))
        case "mroot":
            return f"{scripts.high(parts[1]).lstrip('^')}\u221a{_grouped(parts[0])}"
        case "msup" | "mover":
            return _accented(e, parts) or _scripted(e, parts[0], "", scripts.high(parts[1]))
        case "msub" | "munder":
            return _accented(e, parts) or _scripted(e, parts[0], scripts.low(parts[1]), "")
        case "msubsup" | "munderover":
            return _scripted(e, parts[0], scripts.low(parts[1]), scripts.high(parts[2]))
        case "mtable":
            return "[" + "; ".join(parts) + "]"
        case "mtr" | "mlabeledtr":
            cells = [p.strip() for p in parts]
            return "".join((" " if c[:1] and not c[0].isalnum() else ", ") + c for c in cells).lstrip(", ")
        case _:
            return _row(parts)


def _row(parts: list[str]) -> str:
    """The parts side by side; a sign that opens a row or follows another sign belongs to what comes after it."""
    out = ""
    for part in parts:
        sign = part.strip() in ("+", "-", "\u2212", "\u00b1", "\u2213")
        out += part.strip() if sign and (not out.strip() or out.endswith(("(", "[", "{", ", ", "= "))) else part
    return out


def _scripted(e: Element, base: str, below: str, above: str) -> str:
    large = e[0].tag.endswith("mo") or base != base.strip()
    return f" {base.strip()}{below}{above} " if large else base + below + above


RELATIONS = frozenset("+=<>:\u2212\u00b1\u2213\u00d7\u00f7\u2223\u2225\u2227\u2228\u2229\u222a")


def _spaced(text: str) -> str:
    if text in (APPLY, "\u2062", "\u2063", "\u2064"):
        return ""
    if text == ",":
        return ", "
    relation = text in RELATIONS or any(low <= text <= high for low, high in (
        ("\u2190", "\u21ff"), ("\u2208", "\u220d"), ("\u2234", "\u22bf"), ("\u27f0", "\u27ff")))
    return f" {text} " if relation or len(text) > 1 else text


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 1 or text.isalnum() or (text[0] == "(" and text.find(")") == len(text) - 1) else f"({text})"


class _Scripts(Struct, frozen=True):
    """How what stands lower and higher is written: in small characters where there are such, else between marks."""

    lower: tuple[str, str]
    higher: tuple[str, str]

    def low(self, text: str) -> str:
        return _script(text, SUB, self.lower)

    def high(self, text: str) -> str:
        return _script(text, SUPER, self.higher)


def _script(text: str, small: Mapping[str, str], marks: tuple[str, str]) -> str:
    text = re.sub(r" ([^\w\s]) ", r"\1", text.strip())
    if text and not text.strip("\u2032\u2033\u2034\u2057"):
        return text
    if text == "\u2218":
        return "\u00b0"
    if text and all(c in small for c in text):
        return "".join(small[c] for c in text)
    if not text or text in "\u23de\u23df":
        return ""
    begin, end = marks
    return begin.rstrip("(") + text if len(text) == 1 and begin.endswith("(") else begin + text + end


ACCENTS = {"^": "\u0302", "~": "\u0303", "\u00af": "\u0304", "\u203e": "\u0305", "\u2192": "\u20d7", "\u02d9": "\u0307", "\u00a8": "\u0308",
           "\u02c7": "\u030c", "\u02d8": "\u0306", "\u00b4": "\u0301", "\u0060": "\u0300", "\u02da": "\u030a"}


def _accented(e: Element, parts: list[str]) -> str:
    over = e.tag.endswith("mover")
    if (over or e.tag.endswith("munder")) and (mark := ACCENTS.get(parts[1].strip())):
        mark = mark if over else "\u0332"
        return unicodedata.normalize("NFC", parts[0] + mark) if len(parts[0]) == 1 else f"({parts[0]}){mark}"
    return ""
