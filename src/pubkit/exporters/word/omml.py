"""A formula as MathML goes in; the same formula as Office Math (OMML) comes out, every token of it, with what was lost on the way.

Sections are those of ECMA-376 part 1 (5th edition), 22.1, where the elements of OMML stand. Tokens keep the order in which they are read:
the index of a root before what stands under it, prescripts before their base, the label of a row of equations after it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from pubkit.exporters.word.elements import NS, Element, qn
from pubkit.math import LIMITS

__all__ = ["Formula", "formula"]

DEEPEST = 96  # levels of OMML; readers of XML stop at 256, and a formula stands in lists and tables
WIDEST = 63  # columns that one cell may cover, as in a table of Word
NARY = frozenset("∑∏∐∫∬∭∮∯∰∱∲∳⋀⋁⋂⋃⨀⨁⨂⨃⨄⨅⨆")
INTEGRALS = frozenset("∫∬∭∮∯∰∱∲∳")
APPLY = "\u2061"
INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b")
NOTHING = "\u200b"  # stands where OMML wants something; Word would draw a dotted box there
OPEN, CLOSE = frozenset("([{⟨⌈⌊⟦⟮❲⟪⦃⦅"), frozenset(")]}⟩⌉⌋⟧⟯❳⟫⦄⦆")
BARS = frozenset("|‖∣∥")
SIGNS = frozenset("+-−±∓")
SEPARATORS = frozenset(",;:.…⋯")
SCRIPTS = {"msub": ("under",), "msup": ("over",), "msubsup": ("under", "over"),
           "munder": ("under",), "mover": ("over",), "munderover": ("under", "over")}
ROWS = frozenset(("math", "mrow", "mstyle", "mpadded", "merror", "maction", "semantics"))
TOKENS = frozenset(("mi", "mn", "mo", "mtext", "ms"))
ARGUMENTS = frozenset(("mfrac", "mroot", "mmultiscripts", *SCRIPTS))
NO_ROLES = frozenset(("hidden", "void"))  # what stands in no row: annotations, tokens without a letter
# The names that every program knows as functions; another word is normal text, or some would read it as a sign or letter by letter.
NAMES = frozenset("sin cos tan cot sinh cosh tanh coth arcsin arccos arctan ln log exp".split())
# Accents that MathML writes as spacing characters, and the combining ones that m:acc wants (22.1.2.20).
ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "∼": "\u0303", "˙": "\u0307", "¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7",
    "←": "\u20d6", "´": "\u0301", "`": "\u0300", "˘": "\u0306", "ˇ": "\u030c", "˚": "\u030a", "⃛": "\u20db", "…": "\u20db",
    "↔": "\u20e1", ".": "\u0307", "\u0302": "\u0302", "\u0303": "\u0303", "\u0307": "\u0307", "\u0308": "\u0308", "\u0301": "\u0301",
    "\u0300": "\u0300", "\u030c": "\u030c", "\u0306": "\u0306",
}
LINES = frozenset("¯‾ˉ_̲̅―─")
SHORT_LINES = frozenset("¯ˉ")
BRACES = frozenset("⏞⏟⏜⏝⎴⎵⏠⏡︷︸")
VARIANTS = {
    "normal": ("", "p"), "bold": ("", "b"), "italic": ("", "i"), "bold-italic": ("", "bi"), "double-struck": ("double-struck", "p"),
    "script": ("script", "p"), "bold-script": ("script", "b"), "fraktur": ("fraktur", "p"), "bold-fraktur": ("fraktur", "b"),
    "sans-serif": ("sans-serif", "p"), "bold-sans-serif": ("sans-serif", "b"), "sans-serif-italic": ("sans-serif", "i"),
    "sans-serif-bold-italic": ("sans-serif", "bi"), "monospace": ("monospace", "p"),
}
# Characters that build structure where Word reads a formula typed in a line; m:lit says that these do not (22.1.2.60).
SPECIAL = frozenset("&#%\"_^~\\`$@{}|")
COLOURS = {
    "black": "000000", "white": "FFFFFF", "gray": "808080", "grey": "808080", "silver": "C0C0C0", "lightgray": "D3D3D3",
    "darkgray": "A9A9A9", "red": "FF0000", "maroon": "800000", "brown": "A52A2A", "orange": "FFA500", "yellow": "FFFF00",
    "olive": "808000", "lime": "00FF00", "green": "008000", "teal": "008080", "cyan": "00FFFF", "aqua": "00FFFF", "blue": "0000FF",
    "navy": "000080", "purple": "800080", "violet": "EE82EE", "magenta": "FF00FF", "fuchsia": "FF00FF", "pink": "FFC0CB",
}
EM = re.compile(r"([+-]?\d*\.?\d+)em")
ZERO = re.compile(r"[+]?0+(\.0*)?[a-z%]*")
SPACES = ((1.0, "\u2003"), (0.5, "\u2002"), (0.33, "\u2004"), (0.25, "\u2005"), (0.16, "\u2009"), (0.08, "\u200a"))


class Formula(Struct, frozen=True):
    """A formula for Word: its ``m:oMath`` element, and in short phrases, each once, what OMML could not say of it."""

    element: Element
    lost: tuple[str, ...] = ()


def formula(mathml: str) -> Formula | None:
    """The formula as Office Math.

    Args:
        mathml: a ``math`` element as text, the canonical form of `pubkit.math` or any other presentation MathML.

    Returns:
        The element and what was lost; None if the MathML is not well-formed, nested beyond the limits of the parser, or empty.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(mathml.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return None
    reader = _Reader()
    nodes = reader.read(root)
    if not nodes:
        return None
    element = _written(nodes, reader.lost)
    return Formula(element, tuple(reader.lost))


# --- What stands between MathML and OMML --------------------------------------------------------------------------------------------

class Look(Struct, frozen=True):
    """Colours of letters and of what is behind them, as Word writes them; '' for those of the text around."""

    color: str = ""
    fill: str = ""


PLAIN = Look()


class Node(Struct):
    """An element of OMML: an object, an argument of one, or a run, with properties in the order of the schema."""

    tag: str
    parts: list[Node] = field(default_factory=list)
    props: tuple[tuple[str, str], ...] = ()
    text: str = ""
    look: Look = PLAIN
    size: int = 0


class Place(Struct, frozen=True):
    """What an element inherits: ``level`` is how many steps its letters are smaller than the text (script level), ``word_level`` how many
    Word makes them; ``size`` the difference that is to be said here; ``display`` and ``word_display`` whether fractions are tall."""

    look: Look = PLAIN
    variant: str = ""
    display: bool = False
    word_display: bool = False
    level: int = 0
    word_level: int = 0
    size: int = 0


class Piece(Struct):
    """What one element of MathML became, as long as its row may still need to know what it is: an operator, a fence, a function."""

    node: Any
    place: Place
    made: list[Node] = field(default_factory=list)
    role: str = ""
    text: str = ""
    forced: bool = False
    base: Piece | None = None
    under: Piece | None = None
    over: Piece | None = None
    size: int = 0
    cells: list[Piece] = field(default_factory=list)

    @property
    def name(self) -> str:
        return _name(self.node)


def _name(e: Element) -> str:
    return str(e.tag).rpartition("}")[2]


def _run(text: str, look: Look, *props: str) -> Node:
    """A run; properties are ``lit``, ``nor``, ``scr`` and ``sty`` with their values (22.1.2.87 and after)."""
    return Node("r", text=text, look=look, props=tuple((p.partition("=")[0], p.partition("=")[2]) for p in props if p))


def _space(em: float, look: Look) -> list[Node]:
    text = ""
    for width, character in SPACES:
        times = min(int((em + 0.04) / width), 40) if em > 0 else 0
        text += character * times
        em -= times * width
    return [_run(text, look, "nor")] if text else []


def _operator(node: Node) -> bool:
    return node.tag == "r" and bool(node.text) and not node.text.strip("=<>*/+-") and not any(p[0] == "nor" for p in node.props)


def _arg(tag: str, nodes: Sequence[Node], size: int = 0) -> Node:
    """An argument (``m:e``, ``m:num``, …): never empty, and no operator at its ends that would look for what it joins."""
    nodes = list(nodes) or [_run(NOTHING, PLAIN)]
    if _operator(nodes[0]) and (len(nodes) == 1 or nodes[0].text.strip("+-")):
        nodes = [_literal(nodes[0])] if len(nodes) == 1 else [_run(NOTHING, nodes[0].look), *nodes]
    if len(nodes) > 1 and _operator(nodes[-1]):
        last = nodes.pop()
        nodes += [_literal(last)] if last.text.strip("=<>") else [last, _run(NOTHING, last.look)]
    return Node(tag, nodes, size=size)


def _literal(node: Node) -> Node:
    return Node("r", text=node.text, look=node.look, props=(("lit", ""), *(p for p in node.props if p[0] != "lit")))


# --- Reading MathML -----------------------------------------------------------------------------------------------------------------

class _Reader:
    """Reads a tree of MathML from its leaves up, without recursion, and collects what OMML cannot say."""

    def __init__(self) -> None:
        self.lost: dict[str, None] = {}

    def lose(self, what: str) -> None:
        self.lost[what] = None

    def read(self, root: Element) -> list[Node]:
        block = root.get("display") == "block" or root.get("mode") == "display"
        stack: list[tuple[Any, Place, list[Piece]]] = [(None, Place(display=block, word_display=block), [])]
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, node in walker:
            if event == "start":
                parent, place, pieces = stack[-1]
                if _hidden(parent, len(pieces), node):
                    if _name(parent) == "maction":
                        self.lose("the other states of an action")
                    pieces.append(Piece(node, place, role="hidden"))
                    stack.append((node, place, []))
                    walker.skip_subtree()
                    continue
                stack.append((node, self._place(node, place, _name(parent) if parent is not None else "", len(pieces)), []))
                if _name(node) in TOKENS:
                    walker.skip_subtree()
            else:
                _, place, kids = stack.pop()
                pieces = stack[-1][2]
                if pieces and pieces[-1].node is node:
                    continue
                piece = self._piece(node, place, kids)
                pieces.append(self._sized(piece, place, stack[-1][0]))
        nodes = self.made(stack[0][2][0])
        return _arg("e", nodes).parts if nodes else []

    def _place(self, node: Element, outer: Place, parent: str, index: int) -> Place:
        """What holds inside an element: its own attributes, and what its parent does to it."""
        look, display, word_display, level, word = outer.look, outer.display, outer.word_display, outer.level, outer.word_level
        if parent == "mfrac":
            level, word = level + (not display), word + (not word_display)
        elif parent == "mroot" and index:
            level, word = level + 2, word + 2
        elif (parent in SCRIPTS or parent == "mmultiscripts") and index:
            level, word = level + 1, word + 1
        if (parent == "mfrac") or (index and (parent in SCRIPTS or parent in ("mroot", "mmultiscripts"))):
            display = word_display = False
        if parent in ("mtr", "mlabeledtr"):
            word_display = False
        if _name(node) == "mtable" and node.get("displaystyle") is None:
            display = False
        if style := node.get("displaystyle"):
            display = style == "true"
        if (step := node.get("scriptlevel")) and re.fullmatch(r"[+-]?\d{1,3}", step):
            level = level + int(step) if step[0] in "+-" else int(step)
        level += self._smaller(node)
        size = max(-2, min(2, word - level))
        if node.get("mathcolor") or node.get("color"):
            look = replace(look, color=self._color(node.get("mathcolor") or node.get("color") or "") or look.color)
        if background := node.get("mathbackground") or node.get("background"):
            look = replace(look, fill=self._color(background) or look.fill)
            self.lose("a background colour beyond the letters")
        if node.get("dir") == "rtl":
            self.lose("the direction from right to left")
        return Place(look, node.get("mathvariant") or outer.variant, display, word_display, level, level, size)

    def _sized(self, piece: Piece, place: Place, parent: Any) -> Piece:
        """A piece of another size than its place has, which an argument says (22.1.2.7 argSz): that of its parent, or of a box."""
        if not place.size:
            return piece
        if parent is not None and _name(parent) in ARGUMENTS:
            return replace(piece, size=place.size)
        return Piece(piece.node, place, [Node("box", [_arg("e", self.made(piece), place.size)], look=place.look)])

    def _smaller(self, node: Element) -> int:
        """How many steps smaller a size of its own makes an element; OMML has no sizes, only steps."""
        value = (node.get("mathsize") or node.get("fontsize") or "").strip()
        if not value or value in ("normal", "1em", "100%"):
            return 0
        self.lose("a size of letters")
        found = re.fullmatch(r"(\d*\.?\d+)(em|%)", value)
        ratio = float(found[1]) / (100 if found[2] == "%" else 1) if found else 0.8 if value == "small" else 1.2
        return 2 if ratio < 0.6 else 1 if ratio < 0.86 else 0

    def _color(self, value: str) -> str:
        value = value.strip().lower()
        if found := re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", value):
            return "".join(c * 2 for c in found.groups()).upper()
        if re.fullmatch(r"#[0-9a-f]{6}", value):
            return value[1:].upper()
        if value not in COLOURS and value != "transparent":
            self.lose("a colour by an unknown name")
        return COLOURS.get(value, "")

    # --- One element ---

    def _piece(self, node: Element, place: Place, kids: list[Piece]) -> Piece:
        name = _name(node)
        if name in TOKENS:
            return self._token(node, place)
        if name in SCRIPTS and len(kids) == 1 + len(SCRIPTS[name]):
            return self._scripted(node, place, kids)
        match name:
            case "mspace":
                return self._mspace(node, place)
            case "mtr" | "mlabeledtr":
                return Piece(node, place, self.row(kids), cells=kids)
            case "mtd" | "none" | "mprescripts":
                return Piece(node, place, self.row(kids))
            case "mtable":
                return Piece(node, place, self._table(node, place, kids), role="table")
            case "mstack" | "mlongdiv":
                return Piece(node, place, self._stack(place, kids))
            case "msline" | "malignmark" | "maligngroup":
                return Piece(node, place, role="void")
            case _:
                return self._built(name, node, place, kids)

    def _built(self, name: str, node: Element, place: Place, kids: list[Piece]) -> Piece:
        look = place.look
        match name:
            case "mphantom":
                made = [Node("phant", [_arg("e", self.row(kids))], _ghost(node.getparent()), look=look)]
            case "msqrt":
                made = [Node("rad", [Node("deg"), _arg("e", self.row(kids))], (("degHide", "1"),), look=look)]
            case "mroot" if len(kids) == 2:
                made = [Node("rad", [self._argument("deg", kids[1]), self._argument("e", kids[0])], look=look)]
            case "mfrac" if len(kids) == 2:
                made = [Node("f", [self._argument("num", kids[0]), self._argument("den", kids[1])], self._fraction(node), look=look)]
            case "mfenced":
                made = self._mfenced(node, place, kids)
            case "menclose":
                made = self._enclosed(node.get("notation") or "longdiv", self.row(kids), look)
            case "mmultiscripts" if kids:
                made = self._multiscripts(kids, look)
            case _:
                return self._plain_row(name, node, place, kids)
        return Piece(node, place, made)

    def _plain_row(self, name: str, node: Element, place: Place, kids: list[Piece]) -> Piece:
        """A row or what has no meaning of its own: what is in it. With one thing in it, it is that thing."""
        if name == "mpadded":
            self._padding(node, kids)
        elif name == "merror":
            self.lose("the mark of an error")
        elif name not in ROWS and not kids and (text := _words(node)):
            self.lose("an element that is not known")
            return Piece(node, place, [_run(text, place.look, "nor")])
        shown = [k for k in kids if k.role not in NO_ROLES]
        if len(shown) == 1 and name in ROWS and not shown[0].forced and not shown[0].cells:
            return shown[0]
        made = self.row(kids)
        return Piece(node, place, made, role="" if made else "empty")

    def _padding(self, node: Element, kids: list[Piece]) -> None:
        parent = node.getparent()
        if (parent is not None and _name(parent) in ("munder", "mover", "munderover")) or all(k.name == "mphantom" for k in kids):
            return
        if any(ZERO.fullmatch(node.get(key) or "") for key in ("width", "height", "depth")):
            self.lose("a part that takes no room")
        elif any(node.get(key) for key in ("width", "height", "depth", "lspace")):
            self.lose("the room around a part")
        if not ZERO.fullmatch(node.get("voffset") or "0"):
            self.lose("a shift up or down")

    def _token(self, node: Element, place: Place) -> Piece:
        name, look = _name(node), place.look
        for glyph in node.iterchildren("{*}mglyph"):
            self.lose("a picture")
            glyph.text = glyph.get("alt") or ""
        raw = "".join(str(t) for t in node.itertext())
        if name in ("mtext", "ms"):
            text = re.sub(r"[ \t\r\n]+", " ", raw)
            return Piece(node, place, [_run(text, look, "nor")] if text else [], role="text", text=text)
        text = " ".join(raw.split())
        shown = "".join(c for c in text if c not in INVISIBLE)
        if not shown:
            return Piece(node, place, role="apply" if text == APPLY else "void", text=text)
        if name == "mo":
            return self._mo(node, place, shown)
        return Piece(node, place, [_letters(shown, name, node.get("mathvariant") or place.variant, look)], text=shown)

    def _mo(self, node: Element, place: Place, text: str) -> Piece:
        role, forced = _role(node, text)
        if text.isalpha() and len(text) > 1:
            made = [Node("box", [_arg("e", [_run(text, place.look, "nor")])], (("opEmu", "1"),), look=place.look)]
        elif any(c.isalpha() and c < "\u2100" for c in text):
            made = [_run(text, place.look, "sty=p")]
        else:
            made = [_run(text, place.look, "lit" if set(text) & SPECIAL or role in ("open", "close") else "")]
        if any(_em(node.get(key) or "") > 0.3 for key in ("lspace", "rspace")):
            self.lose("the space around an operator")
        return Piece(node, place, made, role, text, forced)

    def _mspace(self, node: Element, place: Place) -> Piece:
        if node.get("linebreak") == "newline":
            return Piece(node, place, [Node("br", look=place.look)], role="separator")
        if node.get("mathbackground"):
            self.lose("a filled box")
        width = _em(node.get("width") or "")
        if width < -0.03:
            self.lose("a negative space")
        return Piece(node, place, _space(width, place.look), role="separator" if width >= 0.9 else "space")

    # --- Scripts ---

    def _scripted(self, node: Element, place: Place, kids: list[Piece]) -> Piece:
        """Something with scripts. What it is in its row is what its base is there: a sum, a closing fence, the name of a function."""
        base, places = kids[0], dict(zip(SCRIPTS[_name(node)], kids[1:], strict=True))
        under, over = places.get("under"), places.get("over")
        inherited = base.role in ("nary", "close", "relation", "sign", "bar") and base.base is None
        if base.role == "open":
            base = replace(base, role="")
        role = base.role if inherited else "empty" if not self.made(base) else ""
        out = Piece(node, place, role=role, text=base.text, forced=base.forced, base=base, under=under, over=over)
        if role in ("nary", "close", "bar", "empty"):
            return out
        out.made = self._limits(out) if _name(node) in ("munder", "mover", "munderover") else self._with_scripts(self.made(base), out)
        return out

    def made(self, piece: Piece) -> list[Node]:
        """The OMML of a piece whose row needs nothing more of it."""
        if piece.base is not None and not piece.made:
            if piece.role == "nary":
                piece.made = [self._nary(piece, [])]
            elif piece.name in ("munder", "mover", "munderover") and piece.role != "close":
                piece.made = self._limits(piece)
            else:
                piece.made = self._with_scripts(self.made(piece.base), piece)
        return piece.made

    def _argument(self, tag: str, piece: Piece) -> Node:
        return _arg(tag, self.made(piece), piece.size)

    def _with_scripts(self, base: Sequence[Node], piece: Piece) -> list[Node]:
        """Scripts at the side of a base (22.1.2.101 sSub, .103 sSubSup, .105 sSup)."""
        scripts = [self._argument(tag, p) for tag, p in (("sub", piece.under), ("sup", piece.over)) if p is not None]
        tag = "sSubSup" if len(scripts) == 2 else "sSub" if piece.under is not None else "sSup"
        return [Node(tag, [_arg("e", base), *scripts], look=piece.place.look)]

    def _limits(self, piece: Piece) -> list[Node]:
        """What stands over and under a base: accents, bars, braces, labels of arrows, limits."""
        base, look = piece.base, piece.place.look
        assert base is not None
        if base.text in ARROWS and base.base is None:
            return [Node("box", [_arg("e", self._arrow(base.text, piece))], (("opEmu", "1"),), look=look)]
        nodes = self.made(base)
        if piece.under is not None:
            nodes = self._marked(nodes, piece.under, piece, below=True)
        if piece.over is not None:
            nodes = self._marked(nodes, piece.over, piece, below=False)
        if base.role in ("relation", "sign"):
            nodes = [Node("box", [_arg("e", nodes)], (("opEmu", "1"),), look=look)]
        return nodes

    def _arrow(self, text: str, piece: Piece) -> list[Node]:
        """An arrow as long as its label (22.1.2.41 groupChr): it stands under the label, or over that below it, on the baseline."""
        look = piece.place.look
        if piece.under is None:
            assert piece.over is not None
            return [Node("groupChr", [self._argument("e", piece.over)], (("chr", text), ("pos", "bot"), ("vertJc", "bot")), look=look)]
        nodes = [Node("groupChr", [self._argument("e", piece.under)], (("chr", text), ("pos", "top"), ("vertJc", "top")), look=look)]
        if piece.over is not None:
            nodes = [Node("limUpp", [_arg("e", nodes), self._argument("lim", piece.over)], look=look)]
        return nodes

    def _marked(self, base: Sequence[Node], script: Piece, piece: Piece, below: bool) -> list[Node]:
        look, e, mark = piece.place.look, _arg("e", base), script.text if len(script.text) == 1 and script.base is None else ""
        side = "bot" if below else "top"
        if mark in LINES:
            if mark in SHORT_LINES and not below and len(base) == 1 and len(base[0].text) == 1:
                return [Node("acc", [e], (("chr", "\u0305"),), look=look)]
            return [Node("bar", [e], (("pos", side),), look=look)]
        if mark in BRACES or (below and mark in ACCENTS and script.name == "mo"):
            return [Node("groupChr", [e], (("chr", mark), ("pos", side), ("vertJc", "top" if below else "bot")), look=look)]
        if mark in ACCENTS and script.name == "mo":
            return [Node("acc", [e], (("chr", ACCENTS[mark]),), look=look)]
        return [Node("limLow" if below else "limUpp", [e, self._argument("lim", script)], look=look)]

    def _nary(self, piece: Piece, term: Sequence[Node]) -> Node:
        """A sum, product, integral … with its limits and its term (22.1.2.70 nary)."""
        node, place = piece.node, piece.place
        stacked = piece.name in ("munder", "mover", "munderover")
        if stacked and not place.display and piece.text not in INTEGRALS and _core(node).get("movablelimits") != "false":
            stacked = False
        hidden = [(key, "1") for key, p in (("subHide", piece.under), ("supHide", piece.over)) if p is None]
        parts = [Node(tag) if p is None else self._argument(tag, p) for tag, p in (("sub", piece.under), ("sup", piece.over))]
        props = (("chr", piece.text), ("limLoc", "undOvr" if stacked else "subSup"), *hidden)
        return Node("nary", [*parts, _arg("e", term)], props, look=place.look)

    def _multiscripts(self, kids: list[Piece], look: Look) -> list[Node]:
        """A base with scripts on both sides: each pair a layer, the outermost of those before the base first (22.1.2.99 sPre)."""
        base, rest = kids[0], kids[1:]
        cut = next((i for i, k in enumerate(rest) if k.name == "mprescripts"), len(rest))
        nodes = self.made(base)
        for under, over in _pairs(rest[:cut]):
            if under is not None or over is not None:
                nodes = self._with_scripts(nodes, Piece(base.node, replace(base.place, look=look), under=under, over=over))
        for under, over in reversed(list(_pairs(rest[cut + 1:]))):
            nodes = [self._before(nodes, under, over, look)]
        return nodes

    def _before(self, base: Sequence[Node], under: Piece | None, over: Piece | None, look: Look) -> Node:
        sub, sup = (self._argument(tag, p) if p is not None else _arg(tag, []) for tag, p in (("sub", under), ("sup", over)))
        return Node("sPre", [sub, sup, _arg("e", base)], look=look)

    # --- Fractions, frames, fences ---

    def _fraction(self, node: Element) -> tuple[tuple[str, str], ...]:
        thickness = (node.get("linethickness") or "").strip()
        if ZERO.fullmatch(thickness):
            return (("type", "noBar"),)
        if thickness not in ("", "1", "medium", "100%"):
            self.lose("the thickness of a fraction line")
        if any((node.get(key) or "center") != "center" for key in ("numalign", "denomalign")):
            self.lose("the alignment within a fraction")
        return (("type", "skw"),) if node.get("bevelled") == "true" else ()

    def _mfenced(self, node: Element, place: Place, kids: list[Piece]) -> list[Node]:
        separators = "".join(node.get("separators", ",").split())
        inner: list[Piece] = []
        for i, kid in enumerate(k for k in kids if k.role != "hidden"):
            if i and separators:
                mark = separators[min(i - 1, len(separators) - 1)]
                inner.append(Piece(node, place, [_run(mark, place.look, "lit" if mark in SPECIAL else "")],
                                   "middle" if mark in BARS else "separator", mark))
            inner.append(Piece(kid.node, kid.place, self.made(kid)))
        ends = [Piece(node, place, [_run(t, place.look, "lit")] if t else [], role, t, forced=True)
                for role, t in (("open", node.get("open", "(").strip()), ("close", node.get("close", ")").strip()))]
        return self.row([ends[0], *inner, ends[1]]) if ends[0].text or ends[1].text else self.row(inner)

    def _enclosed(self, notation: str, nodes: list[Node], look: Look) -> list[Node]:
        """A frame, some sides of one, and lines across (22.1.2.11 borderBox)."""
        kinds = set(notation.split())
        for kind, said in SAID_OF_FRAMES.items():
            if kind in kinds:
                self.lose(said)
        if kinds - KNOWN_FRAMES:
            self.lose("an enclosure of its own kind")
        if "radical" in kinds:
            nodes = [Node("rad", [Node("deg"), _arg("e", nodes)], (("degHide", "1"),), look=look)]
        sides = {side for kind in kinds for side in SIDES.get(kind, "").split()}
        strikes = [(flag, "1") for flag, names in STRIKES if kinds & names]
        if len(sides) == 1 and sides <= {"top", "bottom"} and not strikes:
            return [Node("bar", [_arg("e", nodes)], (("pos", "top" if "top" in sides else "bot"),), look=look)]
        if not sides and not strikes:
            return nodes
        hidden = [(flag, "1") for flag, side in (("hideTop", "top"), ("hideBot", "bottom"), ("hideLeft", "left"), ("hideRight", "right"))
                  if side not in sides]
        return [Node("borderBox", [_arg("e", nodes)], (*hidden, *strikes), look=look)]

    def _fenced(self, opener: Piece | None, inner: list[Piece], closer: Piece | None) -> Piece:
        """Fences that grow around a row (22.1.2.24 d); scripts on the closing one stand on the whole."""
        some = opener or closer
        assert some is not None
        begin, end = (p.text if p is not None else "" for p in (opener, closer))
        scripts = closer if closer is not None and closer.base is not None else None
        if max(len(begin), len(end)) > 1 or max(begin + end) > "\uffff" or not any(self.made(p) for p in inner):
            row = [*([opener] if opener else []), *inner, *([closer] if closer else [])]
            return Piece(some.node, some.place, [n for p in row for n in self.made(p)])
        mark = next((p.text for p in inner if p.role == "middle"), "")
        parts: list[list[Piece]] = [[]]
        for p in inner:
            if p.role == "middle" and p.text == mark:
                parts.append([])
            else:
                parts[-1].append(p)
        props = (("begChr", begin), *((("sepChr", mark),) if mark else ()), ("endChr", end))
        made = [Node("d", [_arg("e", self._grouped(part)) for part in parts], props, look=some.place.look)]
        if scripts is not None:
            made = self._with_scripts(made, scripts)
        return Piece(some.node, some.place, made, role="fence")

    # --- Rows ---

    def row(self, pieces: Iterable[Piece]) -> list[Node]:
        """What a row becomes: fences around what stands between them; sums, integrals and functions around what they act on."""
        frames: list[tuple[Piece | None, list[Piece]]] = [(None, [])]
        forced: list[int] = []
        for p in _with_bars([p for p in pieces if p.role not in NO_ROLES]):
            if p.role == "open":
                frames.append((p, []))
                if p.forced:
                    forced.append(len(frames) - 1)
            elif p.role == "close" and len(frames) > 1:
                if p.forced and forced:
                    self._collapse(frames, forced[-1])
                opener, inner = frames.pop()
                if forced and forced[-1] == len(frames):
                    forced.pop()
                frames[-1][1].append(self._fenced(opener, inner, p))
            elif p.role == "close" and p.forced:
                frames[0] = (None, [self._fenced(None, frames[0][1], p)])
            else:
                frames[-1][1].append(p)
        self._collapse(frames, 0)
        return self._grouped(frames[0][1])

    def _collapse(self, frames: list[tuple[Piece | None, list[Piece]]], floor: int) -> None:
        """Close the frames above ``floor``, which nothing closed: fences that say that they are some reach to the end, others are signs."""
        late: list[Piece] = []
        while len(frames) - 1 > floor:
            opener, inner = frames.pop()
            late.extend(reversed(inner))
            if opener is not None and opener.forced:
                late = [self._fenced(opener, late[::-1], None)]
            elif opener is not None:
                late.append(opener)
        frames[floor][1].extend(reversed(late))

    def _grouped(self, pieces: Sequence[Piece]) -> list[Node]:
        """The OMML of a row without fences, made from its end, so that what acts on something finds that made."""
        out: list[Piece] = []
        for p in reversed(self._staggered(pieces)):
            if p.role == "nary":
                term = self._term(out, p.text in INTEGRALS)
                out.append(Piece(p.node, p.place, [self._nary(p, term)]) if term else p)
            elif p.role == "empty" and p.base is not None and p.name.startswith("ms") and out and out[-1].role in ("", "fence"):
                base = out.pop()
                out.append(Piece(p.node, p.place, [self._before(self.made(base), p.under, p.over, p.place.look)]))
            elif out and out[-1].role == "apply" and p.role == "":
                out.append(self._function(p, out))
            else:
                out.append(p)
        return [n for p in reversed(out) for n in self.made(p)]

    def _staggered(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The row, with scripts on nothing after a letter as further scripts of that letter, as in the indices of a tensor."""
        out: list[Piece] = []
        for p in pieces:
            if p.role == "empty" and p.base is not None and out and out[-1].role == "" and _name(_core(out[-1].node)) == "mi":
                last = out.pop()
                p = Piece(last.node, last.place, self._with_scripts(self.made(last), p))
            out.append(p)
        return out

    def _function(self, name: Piece, out: list[Piece]) -> Piece:
        """A function with what it is applied to (22.1.2.39 func), which is taken from the row after it."""
        sign = out.pop()
        if out and out[-1].role == "space":
            spaces = [out.pop()]
        else:
            spaces = []
        word = unicodedata.normalize("NFKC", _base_text(name))
        term = self._term(out, False) if word in LIMITS else self._operand(out)
        if not term:
            out.extend([*spaces, sign])
            return name
        return Piece(name.node, name.place, [Node("func", [_arg("fName", self.made(name)), _arg("e", term)], look=name.place.look)])

    def _operand(self, out: list[Piece]) -> list[Node]:
        """What a function is applied to: what is in fences, or what stands together up to the next sign."""
        taken: list[Piece] = []
        if len(out) > 1 and out[-1].role == "sign" and out[-2].role in ("", "fence"):
            taken.append(out.pop())
        while out and out[-1].role in ("", "fence", "table"):
            taken.append(out.pop())
            if (taken[-1].role == "fence" and len(taken) == 1) or (taken[-1].made and taken[-1].made[-1].tag in ("func", "nary")):
                break
        return [n for p in taken for n in self.made(p)]

    def _term(self, out: list[Piece], integral: bool) -> list[Node]:
        """What a sum or integral is of: what follows, up to the next sign; an integral up to its differential, if it has one."""
        end = len(out)
        if integral:
            end = _differential(out)
        if not integral or end == len(out):
            end = len(out)
            while end and out[end - 1].role in (("", "fence", "table", "space", "sign", "apply") if end == len(out)
                                               else ("", "fence", "table", "space", "apply")):
                end -= 1
        while end < len(out) and out[end].role in ("space", "sign", "apply"):
            end += 1
        taken = out[end:]
        if not any(p.role in ("", "fence", "table") for p in taken):
            return []
        del out[end:]
        return [n for p in reversed(taken) for n in self.made(p)]

    # --- Tables ---

    def _table(self, node: Element, place: Place, rows: list[Piece]) -> list[Node]:
        """A matrix (22.1.2.68 m); aligned equations too, as one without gaps: an equation array marks its columns in the text."""
        grid, labels = self._grid([r for r in rows if r.role != "hidden"])
        width = max((len(line) for line in grid), default=0)
        if not width:
            return []
        for line in grid:
            line.extend([None] * (width - len(line)))
        for key, said in (("columnlines", "lines in a table"), ("rowlines", "lines in a table")):
            if set((node.get(key) or "none").split()) - {"none"}:
                self.lose(said)
        gap, extra = _gaps(node.get("columnspacing") or "", width)
        columns = " ".join(self._alignments(node, grid, width) + ["left"] * bool(labels))
        props = (*((("cGpRule", "4"), ("cGp", str(gap))) if gap is not None else ()), ("mcs", columns))
        lines = []
        for i, line in enumerate(grid):
            cells = []
            for j, cell in enumerate(line):
                nodes = self.made(cell) if cell is not None else []
                cells.append(_arg("e", [*(_space(extra[j], place.look) if nodes else []), *nodes]))
            if labels:
                cells.append(_arg("e", self.made(labels[i]) if i in labels else []))
            lines.append(Node("mr", cells))
        made = [Node("m", lines, props, look=place.look)]
        frame = (node.get("frame") or "none").strip()
        return made if frame == "none" else [Node("borderBox", [_arg("e", made)], look=place.look)]

    def _grid(self, rows: list[Piece]) -> tuple[list[list[Piece | None]], dict[int, Piece]]:
        """The cells of each row at their columns, None where a cell of more columns or rows reaches; and the labels of rows."""
        grid: list[list[Piece | None]] = []
        labels: dict[int, Piece] = {}
        taken: dict[int, int] = {}
        for i, row in enumerate(rows):
            cells = row.cells if row.name in ("mtr", "mlabeledtr") else [row]
            cells = [c for c in cells if c.role != "hidden"]
            if row.name == "mlabeledtr" and cells:
                labels[i], cells = cells[0], cells[1:]
                self.lose("the number of an equation at the margin")
            line: list[Piece | None] = []
            below: dict[int, int] = {}
            for cell in cells:
                while taken.get(len(line), 0):
                    line.append(None)
                columns, deep = (_count(cell.node.get(key)) if cell.name == "mtd" else 1 for key in ("columnspan", "rowspan"))
                if columns > 1 or deep > 1:
                    self.lose("a cell over several columns or rows")
                for j in range(columns):
                    below[len(line)] = deep
                    line.append(None if j else cell)
            taken = {j: n - 1 for j, n in {**taken, **below}.items() if n > 1}
            grid.append(line)
        return grid, labels

    def _alignments(self, table: Element, grid: list[list[Piece | None]], width: int) -> list[str]:
        """The alignment of each column: that of most of its cells."""
        words = (table.get("columnalign") or "").split() or ["center"]
        out = []
        for j in range(width):
            asked = Counter(_alignment(line[j], words, j) for line in grid if line[j] is not None)
            if len(asked) > 1:
                self.lose("the alignment of single cells")
            out.append(max(asked, key=lambda a: asked[a]) if asked else "center")
        return out

    def _stack(self, place: Place, rows: list[Piece]) -> list[Node]:
        """Arithmetic in columns, its rows one under the other at the right."""
        self.lose("the columns of an elementary sum")
        lines = [Node("mr", [_arg("e", self.made(r))]) for r in rows if self.made(r)]
        return [Node("m", lines, (("mcs", "right"),), look=place.look)] if lines else []


ARROWS = frozenset("←→↔⇐⇒⇔↦↼↽⇀⇁⇋⇌↞↠↩↪⟵⟶⟷⟸⟹⟺⟼")
SIDES = {"box": "top bottom left right", "roundedbox": "top bottom left right", "circle": "top bottom left right", "top": "top",
         "bottom": "bottom", "left": "left", "right": "right", "actuarial": "top right", "longdiv": "top left", "madruwb": "bottom right",
         "phasorangle": "bottom"}
STRIKES = (("strikeH", frozenset(("horizontalstrike",))), ("strikeV", frozenset(("verticalstrike",))),
           ("strikeBLTR", frozenset(("updiagonalstrike", "updiagonalarrow", "northeastarrow", "southwestarrow", "phasorangle"))),
           ("strikeTLBR", frozenset(("downdiagonalstrike", "southeastarrow", "northwestarrow"))))
SAID_OF_FRAMES = {
    "roundedbox": "the round corners of a box", "circle": "a circle, which is a box", "longdiv": "the bracket of a long division",
    "phasorangle": "the angle of a phasor", "updiagonalarrow": "the head of an arrow", "northeastarrow": "the head of an arrow",
    "southwestarrow": "the head of an arrow", "southeastarrow": "the head of an arrow", "northwestarrow": "the head of an arrow"}
KNOWN_FRAMES = frozenset((*SIDES, "radical", "none", *(n for _, names in STRIKES for n in names)))


def _ghost(parent: Any) -> tuple[tuple[str, str], ...]:
    """What a phantom shows, which is nothing, and which of its lengths count: an ``mpadded`` around it takes others away (22.1.2.81)."""
    padded = parent is not None and _name(parent) == "mpadded" and len(parent) == 1
    gone = (("zeroWid", "width"), ("zeroAsc", "height"), ("zeroDesc", "depth"))
    return (("show", "0"), *((flag, "1") for flag, key in gone if padded and ZERO.fullmatch(parent.get(key) or "")))


def _words(e: Element) -> str:
    return " ".join("".join(str(t) for t in e.itertext()).split())


def _hidden(parent: Any, index: int, node: Any) -> bool:
    """Whether an element shows nothing: an annotation, or a state of an action that is not the chosen one."""
    if not isinstance(node.tag, str) or _name(node) in ("annotation", "annotation-xml"):
        return True
    if parent is None:
        return False
    if _name(parent) == "semantics":
        return index > 0
    return _name(parent) == "maction" and index != min(_count(parent.get("selection")), len(parent)) - 1


def _count(value: str | None) -> int:
    return max(1, min(int(value), WIDEST)) if value and re.fullmatch(r"\d{1,9}", value) else 1


def _em(value: str) -> float:
    found = EM.fullmatch(value.strip())
    return float(found[1]) if found else 0.0


def _core(node: Any) -> Any:
    """The element at the heart of one with scripts or of a row of one."""
    while len(node) and (_name(node) in SCRIPTS or _name(node) in ROWS):
        node = node[0]
    return node


def _base_text(piece: Piece) -> str:
    while piece.base is not None:
        piece = piece.base
    return piece.text


def _letters(text: str, name: str, variant: str, look: Look) -> Node:
    """A number, a letter, which is italic, or a word, which is upright."""
    script, style = VARIANTS.get(variant, ("", ""))
    if style:
        return _run(text, look, f"scr={script}" if script else "", f"sty={style}")
    special = "lit" if set(text) & SPECIAL else ""
    letters = [c for c in text if c.isalpha()]
    if not letters or (name == "mi" and len(text) == 1 and text < "\u0590"):
        return _run(text, look, special)
    if len(text) == 1 or text in NAMES or name == "mn" or all(c > "\uffff" for c in letters):
        return _run(text, look, special, "sty=p")
    return _run(text, look, "nor")


def _role(node: Element, text: str) -> tuple[str, bool]:
    """What an operator is in its row, and whether it says so itself."""
    fence, form = node.get("fence") == "true", node.get("form")
    if fence and form in ("prefix", "postfix"):
        return ("open" if form == "prefix" else "close"), True
    if text in OPEN:
        return "open", False
    if text in CLOSE:
        return "close", False
    if text in BARS:
        middle = (fence and node.get("minsize") is None) or node.get("separator") == "true"
        return ("middle" if middle else "bar"), False
    if text in NARY:
        return "nary", False
    if text in SIGNS:
        return "sign", False
    if text in SEPARATORS or node.get("separator") == "true":
        return "separator", False
    return ("relation", False) if _relates(text) else ("", False)


def _relates(text: str) -> bool:
    return text[0] in "=<>" or text[-1] == "=" or any(low <= text[0] <= high for low, high in (
        ("\u2190", "\u21ff"), ("\u2208", "\u220d"), ("\u2223", "\u2226"), ("\u2234", "\u2237"), ("\u223c", "\u2292"), ("\u22a2", "\u22bf"),
        ("\u22c8", "\u22cd"), ("\u22d0", "\u22ed"), ("\u27f0", "\u27ff"), ("\u2900", "\u297f"), ("\u2a66", "\u2adb")))


def _with_bars(pieces: list[Piece]) -> Iterator[Piece]:
    """The row, with bars that enclose something as fences: those around a table, and those that come in pairs."""
    pairs: dict[int, str] = {}
    bars = [i for i, p in enumerate(pieces) if p.role == "bar"]
    depth, depths = 0, {}
    for i, p in enumerate(pieces):
        depth += (p.role == "open") - (p.role == "close")
        depths[i] = depth
    i = 0
    while i + 1 < len(bars):
        a, b = bars[i], bars[i + 1]
        one = pieces[a].base is None and _base_text(pieces[a]) == _base_text(pieces[b]) and depths[a] == depths[b]
        if one and b - a > 1 and pieces[a + 1].role not in ("relation", "separator", "close") and pieces[b - 1].role not in (
                "relation", "sign", "nary", "separator") and all(depths[k] >= depths[a] for k in range(a, b)):
            pairs[a], pairs[b] = "open", "close"
            i += 2
        else:
            i += 1
    for i, p in enumerate(pieces):
        yield replace(p, role=pairs[i]) if i in pairs else p


def _differential(out: list[Piece]) -> int:
    """Where in a row, which is kept from its end, the differentials of an integral end: the index of the last; the length if none."""
    at = len(out)
    for i in range(len(out) - 1, max(-1, len(out) - 200), -1):
        if out[i].role in ("relation", "separator", "text", "middle"):
            break
        if out[i].text in ("d", "ⅆ", "đ") and out[i].base is None and i and out[i - 1].role in ("", "fence"):
            at = i - 1
        elif re.fullmatch(r"[dⅆ]\w", out[i].text) and out[i].name == "mi":
            at = i
        elif at < len(out) and i < at and out[i].role != "space":
            break
    return at


def _pairs(scripts: Sequence[Piece]) -> Iterator[tuple[Piece | None, Piece | None]]:
    for i in range(0, len(scripts), 2):
        under, over = scripts[i], scripts[i + 1] if i + 1 < len(scripts) else None
        yield (None if under.name == "none" else under), (None if over is None or over.name == "none" else over)


def _gaps(spacing: str, width: int) -> tuple[int | None, list[float]]:
    """The gap between columns in halves of an em (22.1.2.17 cGp), and the space that single columns have before them beyond it."""
    asked = [_em(s) for s in spacing.split()]
    if not asked or width < 2:
        return None, [0.0] * width
    gaps = [asked[min(j, len(asked) - 1)] for j in range(width - 1)]
    least = int(2 * max(0.0, min(gaps)) + 0.5)
    return least, [0.0, *(max(0.0, g - least / 2) for g in gaps)]


def _alignment(cell: Piece | None, words: list[str], column: int) -> str:
    own = cell.node.get("columnalign") if cell is not None else None
    row = cell.node.getparent().get("columnalign") if cell is not None and cell.node.getparent() is not None else None
    listed = (row or "").split() or words
    asked = own or listed[min(column, len(listed) - 1)]
    return asked if asked in ("left", "right", "center") else "center"


# --- Writing OMML -------------------------------------------------------------------------------------------------------------------

ARGS = frozenset("e num den sub sup deg lim fName mr".split())


def _written(nodes: Sequence[Node], lost: dict[str, None]) -> Element:
    """The nodes in an ``m:oMath`` (22.1.2.77); what is nested deeper than readers of XML go stands in a line there."""
    out = etree.Element(qn("m:oMath"), nsmap={"m": NS["m"], "w": NS["w"]})
    stack: list[tuple[Node, Element, int]] = [(node, out, 1) for node in reversed(nodes)]
    while stack:
        node, parent, depth = stack.pop()
        if node.tag == "r":
            _write_run(node, parent)
        elif node.tag == "br":
            etree.SubElement(etree.SubElement(parent, qn("m:r")), qn("w:br"))
        elif depth > DEEPEST and node.tag not in ARGS:
            lost["what is nested too deep"] = None
            for run in _flat(node):
                _write_run(run, parent)
        else:
            e = etree.SubElement(parent, qn(f"m:{node.tag}"))
            if node.tag not in ARGS:
                _write_props(node, e)
            elif node.size:
                _value(etree.SubElement(e, qn("m:argPr")), "argSz", str(node.size))
            stack.extend((part, e, depth + 1) for part in reversed(node.parts))
    return out


def _value(parent: Element, name: str, value: str) -> None:
    etree.SubElement(parent, qn(f"m:{name}"), {qn("m:val"): value} if value or name.endswith("Chr") else {})


def _write_props(node: Node, e: Element) -> None:
    """The properties of an object, with those of the signs that it draws itself (22.1.2.23 ctrlPr)."""
    props = etree.SubElement(e, qn(f"m:{node.tag}Pr"))
    for name, value in node.props:
        if name == "mcs":
            columns = etree.SubElement(props, qn("m:mcs"))
            for alignment in value.split():
                one = etree.SubElement(etree.SubElement(columns, qn("m:mc")), qn("m:mcPr"))
                _value(one, "count", "1")
                _value(one, "mcJc", alignment)
        else:
            _value(props, name, value)
    _write_font(etree.SubElement(props, qn("m:ctrlPr")), node.look, math=True)


def _write_run(node: Node, parent: Element) -> None:
    run = etree.SubElement(parent, qn("m:r"))
    if node.props:
        props = etree.SubElement(run, qn("m:rPr"))
        for name, value in node.props:
            _value(props, name, value)
    normal = any(name == "nor" for name, _ in node.props)
    _write_font(run, node.look, math=not normal or not node.text.strip(), rtl=normal and _rtl(node.text))
    t = etree.SubElement(run, qn("m:t"))
    t.text = node.text
    if node.text != node.text.strip() or "  " in node.text or node.text == NOTHING:
        t.set(qn("xml:space"), "preserve")


def _write_font(parent: Element, look: Look, math: bool, rtl: bool = False) -> None:
    """The font of formulas, which Word takes from nowhere else, and colours; normal text keeps the font of the paragraph."""
    if not (math or look != PLAIN or rtl):
        return
    props = etree.SubElement(parent, qn("w:rPr"))
    if math:
        etree.SubElement(props, qn("w:rFonts"), {qn("w:ascii"): "Cambria Math", qn("w:hAnsi"): "Cambria Math"})
    if look.color:
        etree.SubElement(props, qn("w:color"), {qn("w:val"): look.color})
    if look.fill:
        etree.SubElement(props, qn("w:shd"), {qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): look.fill})
    if rtl:
        etree.SubElement(props, qn("w:rtl"))


def _rtl(text: str) -> bool:
    return next((unicodedata.bidirectional(c) for c in text if unicodedata.bidirectional(c) in ("L", "R", "AL")), "L") != "L"


def _flat(node: Node) -> Iterator[Node]:
    """The runs of a node and the signs that it draws itself, in the order in which they are read."""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.tag == "r":
            yield node
            continue
        props, parts = dict(node.props), list(node.parts)
        signs = {key: _run(props[key], node.look, "lit") for key in ("chr", "begChr", "sepChr", "endChr") if props.get(key)}
        if "sepChr" in signs:
            parts = [x for part in parts for x in (signs["sepChr"], part)][1:]
        before = "chr" in signs and (node.tag == "nary" or (node.tag == "groupChr" and props["pos"] == props["vertJc"]))
        first = [signs[key] for key in ("begChr", *(("chr",) if before else ())) if key in signs]
        last = [signs[key] for key in ("endChr", *(() if before else ("chr",))) if key in signs]
        if node.tag == "bar":
            last.append(_run("\u203e", node.look))
        stack.extend(reversed([*first, *parts, *last]))
