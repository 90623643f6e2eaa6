"""From HTML, whole or in pieces, to a tree of elements, and from such a tree to the blocks and inlines of the model."""

from __future__ import annotations

import html as _entities
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, Union, cast

import msgspec

from pubkit.diagnostics import Diagnostic, LimitError, diagnostic
from pubkit.model import (
    Abbreviation,
    Align,
    Aside,
    Block,
    Cell,
    Code,
    CodeBlock,
    Column,
    Definition,
    DefinitionList,
    Direction,
    Embed,
    Emphasis,
    Figure,
    Heading,
    Highlight,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    ListStyle,
    Paragraph,
    Passage,
    Quote,
    Row,
    Rule,
    SmallCaps,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    children,
    plain_text,
)

__all__ = ["DEPTH", "Converter", "Element", "TreeBuilder", "fragment", "strip_ends", "tidy"]

DEPTH = 150
"""How many elements may stand inside each other."""

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
RAW_TEXT = frozenset("script style".split())
GONE = frozenset("script style template head link meta base title param source track area map canvas svg datalist".split())
INLINE = frozenset(
    "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark meter output picture progress q "
    "rb rp rt ruby s samp select small span strike strong sub sup time tt u var wbr $math $note $soft".split())
BLOCK = frozenset(
    "address article aside audio blockquote body caption center col colgroup dd details dialog dir div dl dt embed fieldset figcaption "
    "figure footer form frame frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav noscript object ol optgroup "
    "option p pre search section summary table tbody td textarea tfoot th thead tr ul video $box $mathblock".split())
KNOWN = INLINE | BLOCK | GONE | VOID
MEDIA = frozenset("iframe video audio embed object".split())
PLAIN_WRAPPERS = frozenset("div section article main header footer nav body html hgroup noscript search address".split())
SILENT_INLINE = frozenset("ins small time data label bdi bdo span output picture rb rp $soft".split())

# A start tag closes these open elements, but does not look beyond the barrier.
IMPLIED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr", "caption", "colgroup"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "thead": (frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    "tbody": (frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    "tfoot": (frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
}
SCOPES = frozenset({"td", "th", "li", "dd", "blockquote", "table", "div", "section", "article", "figure", "details", "aside", "button"})

Child: TypeAlias = Union["Element", str]
InlineReader: TypeAlias = Callable[[str, int], tuple[Inline, ...]]


class Element:
    """An element on its way into the model. ``raw`` is its start tag as written, or empty where no tag was written."""

    __slots__ = ("attrs", "children", "hidden", "line", "raw", "tag")

    def __init__(self, tag: str, attrs: dict[str, str] | None = None, line: int = 0, raw: str = "",
                 children: list[Child] | None = None) -> None:
        self.tag = tag
        self.attrs = {} if attrs is None else attrs
        self.children: list[Child] = [] if children is None else children
        self.line = line
        self.raw = raw
        self.hidden = False

    def classes(self) -> list[str]:
        """The words of its class attribute."""
        return self.attrs.get("class", "").split()

    def descendants(self) -> Iterator[Element]:
        """All elements inside that may be shown, each before its children: what stands in a ``GONE`` one is not."""
        stack = [c for c in reversed(self.children) if isinstance(c, Element)]
        while stack:
            element = stack.pop()
            yield element
            if element.tag in GONE:
                continue
            stack.extend(c for c in reversed(element.children) if isinstance(c, Element))

    def text(self) -> str:
        """The words inside."""
        out: list[str] = []
        stack: list[Child] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                out.append(item)
            elif item.tag in ("$soft", "br"):
                out.append("\n")
            else:
                stack.extend(reversed(item.children))
        return "".join(out)


# --- Pieces of HTML ------------------------------------------------------------------------------------------------------------------

_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/<>\"'=]*)")
_TAG_STOP = re.compile(r"[<>\"']")
# Words on programs write names of types in angle brackets: Box<U>, Vec<Object>, Html<Link>.
_TYPE_NAME = re.compile(r"<[A-Z][a-z]*>")
_TYPE_TAGS = INLINE | GONE | MEDIA
_TYPE_VOID = VOID - {"br", "hr", "img", "wbr"}
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")


def _tag_end(source: str, start: int) -> int:
    """The position after the tag that begins at ``start``; -1 where it never ends."""
    at = start
    while found := _TAG_STOP.search(source, at):
        sign = found.group()
        if sign == ">":
            return found.end()
        if sign == "<":
            return -1
        close = source.find(sign, found.end())
        if close < 0:
            return -1
        at = close + 1
    return -1


def _attributes(text: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        out.setdefault(name.lower(), _entities.unescape(double or single or bare))
    return out


class TreeBuilder:
    """Makes a tree of elements from calls of a reader and from pieces of HTML, which may close their elements late, wrongly or never."""

    def __init__(self, name: str = "", line: int = 0) -> None:
        self.name = name
        self.root = Element("$root", line=line)
        self.stack = [self.root]
        self.diagnostics: list[Diagnostic] = []

    def start(self, tag: str, attrs: dict[str, str] | None = None, line: int = 0, raw: str = "") -> Element:
        """Opens an element inside the current one.

        Raises:
            LimitError: more than `DEPTH` elements would stand inside each other.
        """
        if len(self.stack) > DEPTH:
            raise LimitError(f"markup is nested more than {DEPTH} levels deep", file=self.name, line=line, hint="Write it flatter")
        element = Element(tag, attrs, line, raw)
        self.stack[-1].children.append(element)
        self.stack.append(element)
        return element

    def void(self, tag: str, attrs: dict[str, str] | None = None, line: int = 0, raw: str = "") -> Element:
        """Adds an element that holds nothing."""
        element = Element(tag, attrs, line, raw)
        self.stack[-1].children.append(element)
        return element

    def text(self, text: str) -> None:
        """Adds characters."""
        inside = self.stack[-1].children
        if inside and isinstance(inside[-1], str):
            inside[-1] += text
        elif text:
            inside.append(text)

    def push(self, element: Element) -> None:
        """Goes on inside an element that stands elsewhere, until `end`."""
        self.stack.append(element)

    def end(self) -> None:
        """Closes the innermost element that was not written as a tag, and all open tags inside it."""
        while self.stack[-1].raw:
            self._unclosed(self.stack.pop())
        self.stack.pop()

    def finish(self) -> Element:
        """Closes everything and gives back the root."""
        while len(self.stack) > 1:
            element = self.stack.pop()
            if element.raw:
                self._unclosed(element)
        return self.root

    def html(self, source: str, line: int) -> None:
        """Reads a piece of HTML as it stands in a text."""
        at = 0
        while at < len(source):
            sign = source.find("<", at)
            if sign < 0:
                break
            if sign > at:
                self.text(_entities.unescape(source[at:sign]))
            at = self._markup(source, sign, line + source.count("\n", 0, sign) if "\n" in source else line)
        if at < len(source):
            self.text(_entities.unescape(source[at:]))

    def _markup(self, source: str, at: int, line: int) -> int:
        """Reads what begins with the ``<`` at ``at``; gives back where it ends."""
        if source.startswith("<!--", at):
            return self._comment(source, at, line)
        if source.startswith("<![CDATA[", at):
            end = source.find("]]>", at)
            self.text(source[at + 9:end if end >= 0 else len(source)])
            return end + 3 if end >= 0 else len(source)
        if source.startswith(("<!", "<?"), at):
            end = source.find(">", at)
            if end >= 0:
                self.diagnostics.append(diagnostic("html-dropped", f"'{source[at:at + 20]}…' was left out", self.name, line))
                return end + 1
        elif found := _TAG_NAME.match(source, at):
            end = _tag_end(source, found.end())
            if end >= 0:
                return self._tag(source, at, found, end, line)
        self.text("<")
        return at + 1

    def _comment(self, source: str, at: int, line: int) -> int:
        if found := re.compile(r"<!---?>|<!--.*?--!?>", re.DOTALL).match(source, at):
            return found.end()
        self.diagnostics.append(diagnostic("markup-unread", "a comment begins and never ends; it stays as text", self.name, line))
        self.text("<!--")
        return at + 4

    def _tag(self, source: str, at: int, found: re.Match[str], end: int, line: int) -> int:
        name = found.group(1).lower()
        raw = source[at:end]
        if raw.startswith("</"):
            self._end_tag(name, raw, line)
            return end
        attrs = _attributes(source[found.end():end - 1])
        self._imply(name)
        if name in _TYPE_VOID and _TYPE_NAME.fullmatch(raw):
            self._as_words(raw, line)
            return end
        if name in VOID or raw.endswith("/>"):
            self.void(name, attrs, line, raw)
            return end
        if name in RAW_TEXT and (close := re.compile(rf"</{name}\s*>", re.IGNORECASE).search(source, end)):
            self.void(name, attrs, line, raw)
            return close.end()
        self.start(name, attrs, line, raw)
        return end

    def _open(self, wanted: frozenset[str], barrier: frozenset[str]) -> int:
        """The place in the stack of the innermost open tag among ``wanted``; 0 where there is none this side of the barrier."""
        for at in range(len(self.stack) - 1, 0, -1):
            element = self.stack[at]
            if not element.raw:
                return 0
            if element.tag in wanted:
                return at
            if element.tag in barrier:
                return 0
        return 0

    def _imply(self, name: str) -> None:
        if name in IMPLIED:
            wanted, barrier = IMPLIED[name]
        elif name in BLOCK:
            wanted, barrier = frozenset({"p"}), SCOPES
        else:
            return
        self._close_to(self._open(wanted, barrier))

    def _end_tag(self, name: str, raw: str, line: int) -> None:
        at = self._open(frozenset({name}), frozenset())
        if at:
            self._close_to(at)
        elif name == "br":
            self.void("br", {}, line, raw)
        elif name not in KNOWN:
            self._as_words(raw, line)

    def _as_words(self, raw: str, line: int) -> None:
        self.diagnostics.append(diagnostic("markup-unread", f"'{raw}' is no known markup and stays as text", self.name, line))
        self.text(raw)

    def _close_to(self, at: int) -> None:
        if not at:
            return
        while len(self.stack) - 1 > at:
            self._unclosed(self.stack.pop())
        self.stack.pop()

    def _unclosed(self, element: Element) -> None:
        """What was never closed: an unknown tag was not meant as one, and a known inline one must not reach over the rest."""
        inside = self.stack[-1].children
        if element.tag not in KNOWN or (element.tag in _TYPE_TAGS and _TYPE_NAME.fullmatch(element.raw)):
            message = f"'{element.raw}' is no known markup and stays as text"
            self.diagnostics.append(diagnostic("markup-unread", message, self.name, element.line))
            put: list[Child] = [element.raw, *element.children]
        elif element.tag in INLINE or element.tag in RAW_TEXT:
            if element.tag != "a" or "href" in element.attrs:
                message = f"<{element.tag}> is never closed and was left out"
                self.diagnostics.append(diagnostic("html-dropped", message, self.name, element.line))
                put = element.children
            else:
                put = [Element("a", element.attrs, element.line, element.raw), *element.children]
        else:
            return
        place = next((i for i in range(len(inside) - 1, -1, -1) if inside[i] is element), -1)
        if place >= 0:
            inside[place:place + 1] = put


def fragment(source: str, name: str = "", line: int = 1) -> tuple[tuple[Block, ...], tuple[Diagnostic, ...]]:
    """The blocks of a whole piece of HTML, repaired the way browsers do it.

    Args:
        source: HTML, such as the inside of a ``body``.
        name: the file's name, for diagnostics.
        line: the line on which it stands there.

    Returns:
        The blocks, and what there is to say about them.

    Raises:
        LimitError: the elements are nested too deep.
    """
    from tinyhtml5.parser import HTMLParser

    try:
        tree = HTMLParser(namespace_html_elements=False).parse_fragment(source)
        root = _from_etree(tree, line, name, 0)
        converter = Converter(name)
        return converter.blocks(root.children, line), tuple(converter.diagnostics)
    except RecursionError:
        raise LimitError("markup is nested too deep", file=name, line=line, hint="Write it flatter") from None


def _from_etree(node: object, line: int, name: str, depth: int) -> Element:
    """An `Element` of an ElementTree element; comments become nothing."""
    if depth > DEPTH:
        raise LimitError(f"markup is nested more than {DEPTH} levels deep", file=name, line=line, hint="Write it flatter")
    tag = getattr(node, "tag", "")
    attrs = {str(k): str(v) for k, v in getattr(node, "attrib", {}).items()}
    tag = tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
    element = Element(tag or "$root", attrs, line, f"<{tag}>")
    if text := getattr(node, "text", None):
        element.children.append(text)
    for child in cast(Iterable[object], node):
        if isinstance(getattr(child, "tag", None), str):
            element.children.append(_from_etree(child, line, name, depth + 1))
        if tail := getattr(child, "tail", None):
            element.children.append(tail)
    return element


# --- Inlines -------------------------------------------------------------------------------------------------------------------------

_SPACES = re.compile(r"[ \t\n\r\f\v]+")
# Scripts that are written without spaces between words (Korean is not among them).
_NO_SPACES = re.compile("[\u2e80-\u312f\u31a0-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")


def _edge(node: Inline | None, last: bool) -> str:
    """The first or last character of an inline; empty where it has none."""
    text = plain_text(node, notes=False) if node is not None else ""
    return (text[-1] if last else text[0]) if text else ""


def _spaced(text: str, before: str, after: str) -> str:
    def one(found: re.Match[str]) -> str:
        if "\n" in found.group():
            left = text[found.start() - 1] if found.start() else before
            right = text[found.end()] if found.end() < len(text) else after
            if _NO_SPACES.match(left) and _NO_SPACES.match(right):
                return ""
        return " "
    return _SPACES.sub(one, text)


def tidy(nodes: Iterable[Inline]) -> list[Inline]:
    """The inlines with neighbouring texts joined and white space made single."""
    joined: list[Inline] = []
    run: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            run.append(node.text)
            continue
        if run:
            joined.append(Text("".join(run)))
            run = []
        joined.append(node)
    if run:
        joined.append(Text("".join(run)))
    out: list[Inline] = []
    for at, node in enumerate(joined):
        if isinstance(node, Text):
            before = joined[at - 1] if at else None
            after = joined[at + 1] if at + 1 < len(joined) else None
            text = _spaced(node.text, _edge(before, True), _edge(after, False)) if _SPACES.search(node.text) else node.text
            if isinstance(before, LineBreak):
                text = text.lstrip(" ")
            if isinstance(after, LineBreak):
                text = text.rstrip(" ")
            if text:
                out.append(Text(text))
        else:
            out.append(node)
    return out


def strip_ends(nodes: Iterable[Inline]) -> tuple[Inline, ...]:
    """The inlines without white space and line breaks at both ends."""
    out = list(nodes)
    while out and (isinstance(out[0], LineBreak) or (isinstance(out[0], Text) and not out[0].text.strip(" \t\n\r\f\v"))):
        out.pop(0)
    while out and (isinstance(out[-1], LineBreak) or (isinstance(out[-1], Text) and not out[-1].text.strip(" \t\n\r\f\v"))):
        out.pop()
    if out and isinstance(out[0], Text):
        out[0] = Text(out[0].text.lstrip(" \t\n\r\f\v"))
    if out and isinstance(out[-1], Text):
        out[-1] = Text(out[-1].text.rstrip(" \t\n\r\f\v"))
    return tuple(out)


def _joined(parts: Iterable[tuple[Inline, ...]]) -> tuple[Inline, ...]:
    """Paragraphs' inlines as one run, with a space between."""
    out: list[Inline] = []
    for part in parts:
        if part and out:
            out.append(Text(" "))
        out.extend(part)
    return tuple(tidy(out))


def _direction(attrs: dict[str, str]) -> Direction:
    value = attrs.get("dir", "").lower()
    return "ltr" if value == "ltr" else "rtl" if value == "rtl" else ""


def _language(attrs: dict[str, str]) -> str:
    return (attrs.get("lang") or attrs.get("xml:lang") or "").strip()


def _share(value: str) -> float:
    """A width as a share of the text's: ``60%`` or ``0.6``; 0 for any other."""
    found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*|\s*(0?\.\d+)\s*", value)
    if not found:
        return 0.0
    share = float(found.group(1)) / 100 if found.group(1) else float(found.group(2))
    return round(min(share, 1.0), 4)


def _number(value: str, default: int, low: int, high: int) -> int:
    found = re.fullmatch(r"\s*(-?\d{1,9})\s*", value)
    return min(max(int(found.group(1)), low), high) if found else default


_LIST_STYLES: dict[str, ListStyle] = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}


def _as_text(text: str, _: int) -> tuple[Inline, ...]:
    return (Text(text),) if text else ()


class Converter:
    """Turns elements into blocks and inlines of the model; ``diagnostics`` collects what it has to say."""

    def __init__(self, name: str = "", inline: InlineReader | None = None) -> None:
        self.name = name
        self.diagnostics: list[Diagnostic] = []
        self.read_inline: InlineReader = inline or _as_text
        self._said: set[tuple[str, str, int]] = set()
        self._anchor = ""
        self._in_link = 0

    def say(self, code: str, message: str, line: int) -> None:
        """Adds a diagnostic, each only once a line."""
        if (code, message, line) not in self._said:
            self._said.add((code, message, line))
            self.diagnostics.append(diagnostic(code, message, self.name, line))

    def dropped(self, element: Element) -> None:
        """Says that an element was left out, where one was written."""
        if element.raw and element.tag != "$root":
            self.say("html-dropped", f"<{element.tag}> has no place in an article and was left out", element.line)

    # --- inlines ---

    def inlines(self, nodes: Iterable[Child]) -> tuple[Inline, ...]:
        """The inlines of some children."""
        out: list[Inline] = []
        for node in nodes:
            if isinstance(node, str):
                out.append(Text(node))
            else:
                out.extend(self._inline(node))
        return tuple(tidy(out))

    def line_of(self, nodes: Iterable[Child]) -> tuple[Inline, ...]:
        """The inlines of some children, without white space at the ends."""
        return strip_ends(self.inlines(nodes))

    def _inline(self, element: Element) -> tuple[Inline, ...]:
        tag, attrs = element.tag, element.attrs
        if tag not in ("img", "$note") and (anchor := attrs.get("id") or (attrs.get("name", "") if tag == "a" else "")):
            self._anchor = self._anchor or anchor
        out = self._inline_by_tag(element)
        language, direction = _language(attrs), _direction(attrs)
        if out and (language or direction):
            return (Span(out, language, direction),)
        return out

    def _inline_by_tag(self, element: Element) -> tuple[Inline, ...]:
        tag = element.tag
        if tag in _WRAPPERS:
            inside = self.inlines(element.children)
            return (_WRAPPERS[tag](inside),) if inside else ()
        match tag:
            case "$soft":
                return (Text("\n"),)
            case "br":
                return (LineBreak(),)
            case "wbr":
                return ()
            case "code" | "kbd" | "samp" | "tt":
                return self._code(element.children)
            case "a":
                return self._link(element)
            case "img":
                return (self.image(element),)
            case "abbr" | "acronym" if element.attrs.get("title", "").strip():
                inside = self.inlines(element.children)
                return (Abbreviation(inside, " ".join(element.attrs["title"].split())),) if inside else ()
            case "span":
                return self._span(element)
            case "q":
                return (Text("\u201c"), *self.inlines(element.children), Text("\u201d"))
            case "rt":
                return (Text("("), *self.inlines(element.children), Text(")"))
            case "rp":
                return ()
            case "iframe" | "video" | "audio" | "embed" | "object":
                return self._media_link(element)
            case _:
                return self._other_inline(element)

    def _other_inline(self, element: Element) -> tuple[Inline, ...]:
        tag = element.tag
        if tag in GONE:
            self.dropped(element)
            return ()
        if tag not in SILENT_INLINE and tag not in ("abbr", "acronym", "p", "$root"):
            self.dropped(element)
        inside = self.inlines(element.children)
        return (Text(" "), *inside, Text(" ")) if tag in BLOCK else inside

    def _code(self, nodes: Iterable[Child]) -> tuple[Inline, ...]:
        """Code; links and pictures inside it stay what they are."""
        nodes = list(nodes)
        inside = [e for n in nodes if isinstance(n, Element) for e in (n, *n.descendants())]
        if not any(e.tag in ("a", "img", "$note") for e in inside):
            text = "".join(n if isinstance(n, str) else n.text() for n in nodes)
            return (Code(text.replace("\n", " ")),) if text else ()
        out: list[Inline] = []
        for node in nodes:
            if isinstance(node, str):
                out.append(Code(node.replace("\n", " ")))
            elif node.tag == "a" and (url := node.attrs.get("href", "").strip()):
                out.append(Link(self._code(node.children), url, node.attrs.get("title", "")))
            elif node.tag in ("img", "$note"):
                out.extend(self._inline(node))
            else:
                out.extend(self._code(node.children))
        return tuple(out)

    def _link(self, element: Element) -> tuple[Inline, ...]:
        url = element.attrs.get("href", "").strip()
        if self._in_link or "href" not in element.attrs:
            return self.inlines(element.children)
        self._in_link += 1
        inside = self.inlines(element.children)
        self._in_link -= 1
        if not url:
            if inside:
                self.say("link-broken", "a link has no address", element.line)
            return inside
        if not inside:
            return () if url.startswith("#") or element.raw else (Link((Text(url),), url, element.attrs.get("title", "")),)
        return (Link(inside, url, element.attrs.get("title", "")),)

    def _span(self, element: Element) -> tuple[Inline, ...]:
        inside = self.inlines(element.children)
        small = {"smallcaps", "small-caps", "sc"} & set(element.classes())
        if inside and (small or "small-caps" in element.attrs.get("style", "")):
            return (SmallCaps(inside),)
        if element.raw and not {"lang", "dir", "xml:lang", "id"} & set(element.attrs):
            self.dropped(element)
        return inside

    def _media_link(self, element: Element) -> tuple[Inline, ...]:
        embed = self._embed(element)
        if embed is None:
            return self.inlines(element.children) if element.tag != "object" else ()
        return (Link((Text(embed.title or embed.url),), embed.url),)

    def image(self, element: Element) -> Image:
        """The picture of an ``img``."""
        attrs = element.attrs
        alt = " ".join(attrs.get("alt", "").split())
        hidden = "decorative" in element.classes() or attrs.get("role") in ("presentation", "none")
        # In HTML an alt that is there and empty says that the picture is decoration; in Markdown it is only missing.
        decorative = not alt and (hidden or bool(element.raw and "alt" in attrs))
        return Image(attrs.get("src", "").strip(), alt, decorative, attrs.get("title", ""), width=_share(attrs.get("width", "")))

    # --- blocks ---

    def blocks(self, nodes: Iterable[Child], line: int = 0) -> tuple[Block, ...]:
        """The blocks of some children; loose words become paragraphs."""
        out: list[Block] = []
        run: list[Child] = []

        def flush() -> None:
            if run:
                first = next((n.line for n in run if isinstance(n, Element) and n.line), line)
                out.extend(self.paragraph(Element("p", {}, first, "", list(run))))
                run.clear()

        for node in nodes:
            if isinstance(node, str) or self._is_inline(node):
                run.append(node)
                continue
            flush()
            made = self._block(node)
            out.extend(self._anchored(made) if self._anchor else made)
        flush()
        return self.gather(out)

    def gather(self, blocks: list[Block]) -> tuple[Block, ...]:
        """A chance to join neighbouring blocks."""
        return tuple(blocks)

    def _anchored(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """Gives the id of an empty anchor to the block it stands in or before."""
        if blocks and not blocks[0].id:
            first = _with_id(blocks[0], self._anchor)
            self._anchor = ""
            return (first, *blocks[1:])
        if blocks:
            self._anchor = ""
        return blocks

    def _is_inline(self, element: Element) -> bool:
        if element.tag in BLOCK:
            return False
        if element.tag in GONE:
            return True
        return not any(e.tag in BLOCK for e in element.descendants())

    def _block(self, element: Element) -> tuple[Block, ...]:
        made = self._block_by_tag(element)
        language, direction = _language(element.attrs), _direction(element.attrs)
        if made and (language or direction) and element.tag not in ("html", "body", "$box"):
            return (Passage(made, language, direction, line=element.line),)
        return made

    def _block_by_tag(self, element: Element) -> tuple[Block, ...]:
        tag, key, line = element.tag, element.attrs.get("id", ""), element.line
        if re.fullmatch("h[1-6]", tag):
            inside = self.line_of(element.children)
            key, self._anchor = key or self._anchor, ""
            return (Heading(int(tag[1]), inside, key, line),) if inside else ()
        match tag:
            case "p":
                return self.paragraph(element)
            case "ul" | "ol" | "menu" | "dir":
                return self.list_of(element)
            case "dl":
                return self._definitions(element)
            case "blockquote":
                return self.quote(element)
            case "pre" | "textarea":
                return self._pre(element)
            case "table":
                return self.table(element)
            case "figure":
                return self._figure(element)
            case "details" | "aside":
                return self._aside(element)
            case "hr":
                return (Rule(key, line),)
            case "iframe" | "video" | "audio" | "embed" | "object":
                embed = self._embed(element)
                if embed is None:
                    self.dropped(element)
                return (embed,) if embed else self.blocks(element.children, line)
            case "a":
                return self._block_link(element)
            case _:
                return self.wrapper(element)

    def wrapper(self, element: Element) -> tuple[Block, ...]:
        """An element that has no place itself: what it holds stays."""
        if element.tag in GONE:
            self.dropped(element)
            return ()
        if element.tag in _WRAPPERS:
            around = _WRAPPERS[element.tag]
            return tuple(msgspec.structs.replace(b, content=(around(b.content),)) if isinstance(b, Paragraph) else b
                         for b in self.blocks(element.children, element.line))
        if element.tag not in PLAIN_WRAPPERS or set(element.attrs) - {"id", "lang", "dir"}:
            self.dropped(element)
        made = self.blocks(element.children, element.line)
        key = element.attrs.get("id", "")
        return (_with_id(made[0], key), *made[1:]) if made and key and not made[0].id else made

    def paragraph(self, element: Element) -> tuple[Block, ...]:
        """A paragraph; or a figure, where only pictures stand in it, or an embed, where only one is in it."""
        solid = [c for c in element.children if (c.strip() if isinstance(c, str) else c.tag not in ("$soft", "br"))]
        alone = [c for c in solid if isinstance(c, Element)]
        if alone and len(alone) == len(solid):
            if all(c.tag in MEDIA for c in alone):
                return tuple(b for c in alone for b in self._block_by_tag(c))
            pictures = [p for c in alone if (p := _picture(c))]
            if len(pictures) == len(alone):
                return (self.figure_of(pictures, element),)
        if any(e.tag in BLOCK for e in element.descendants()):
            return self._mixed(element)
        inside = self.line_of(element.children)
        if not inside:
            return ()
        key = element.attrs.get("id", "") or self._anchor
        self._anchor = ""
        return (Paragraph(inside, key, element.line),)

    def _mixed(self, element: Element) -> tuple[Block, ...]:
        made = self.blocks(element.children, element.line)
        key = element.attrs.get("id", "")
        return (_with_id(made[0], key), *made[1:]) if made and key and not made[0].id else made

    def figure_of(self, pictures: list[Element], element: Element, caption: tuple[Inline, ...] = (),
                  credit: tuple[Inline, ...] = ()) -> Figure:
        """A figure of some ``img`` elements; their titles are the caption unless there is another."""
        texts = [(p.attrs.get("title", ""), p.raw) for p in pictures] if not caption else []
        captions = [caption] if caption else [self._words(t, raw, element.line) for t, raw in texts]
        thanks = [credit] if credit else [self._words(e.attrs.get("credit", ""), e.raw, element.line) for e in (element, *pictures)]
        images = []
        for picture in pictures:
            made = self.image(picture)
            images.append(Image(made.src, made.alt, made.decorative, made.title if caption else "", width=made.width))
        key = element.attrs.get("id") or next((p.attrs["id"] for p in pictures if p.attrs.get("id")), "") or self._anchor
        self._anchor = ""
        return Figure(tuple(images), _joined(captions), _joined(thanks), key, element.line)

    def _words(self, text: str, raw: str, line: int) -> tuple[Inline, ...]:
        text = " ".join(text.split())
        return (Text(text),) if text and raw else self.read_inline(text, line) if text else ()

    def _figure(self, element: Element) -> tuple[Block, ...]:
        captions = [c for c in element.children if isinstance(c, Element) and c.tag == "figcaption"]
        rest = [c for c in element.children if c not in captions]
        words = _joined(self.line_of(c.children) for c in captions)
        holder = Element("figure", {}, element.line, element.raw, rest)
        pictures = [e for e in holder.descendants() if e.tag == "img"]
        if pictures and not any(e.tag in ("table", "blockquote", "pre", "video", "iframe", "audio") for e in holder.descendants()):
            return (self.figure_of(pictures, element, words), *self._beside_pictures(rest, element.line))
        made = list(self.blocks(rest, element.line))
        return self._captioned(made, words, element)

    def _beside_pictures(self, nodes: Iterable[Child], line: int) -> tuple[Block, ...]:
        """The words that stand in a figure beside its pictures and caption."""
        kept = [_without_pictures(n) for n in nodes]
        return self.blocks([k for k in kept if k is not None], line)

    def _captioned(self, made: list[Block], words: tuple[Inline, ...], element: Element) -> tuple[Block, ...]:
        key = element.attrs.get("id", "")
        if words and len(made) == 1:
            only = made[0]
            if isinstance(only, Table) and not only.caption:
                return (Table(only.columns, only.head, only.body, only.foot, words, only.id or key, only.line),)
            if isinstance(only, Quote) and not only.attribution:
                return (Quote(only.content, words, only.pull, only.id or key, only.line),)
            if isinstance(only, Embed) and not only.title:
                return (Embed(only.url, plain_text(words), only.thumbnail, only.id or key, only.line),)
        if words:
            made.append(Paragraph(words, line=element.line))
        return (_with_id(made[0], key), *made[1:]) if made and key and not made[0].id else tuple(made)

    def _aside(self, element: Element) -> tuple[Block, ...]:
        titles = [c for c in element.children if isinstance(c, Element) and c.tag == "summary"]
        title = _joined(self.line_of(c.children) for c in titles)
        inside = self.blocks([c for c in element.children if c not in titles], element.line)
        if not inside and not title:
            return ()
        return (Aside(inside, "note", title, element.attrs.get("id", ""), element.line),)

    def _block_link(self, element: Element) -> tuple[Block, ...]:
        """A link around blocks: the paragraphs inside become links."""
        url = element.attrs.get("href", "").strip()
        made = self.blocks(element.children, element.line)
        if not url:
            return made
        out = [Paragraph((Link(b.content, url, element.attrs.get("title", "")),), b.id, b.line)
               if isinstance(b, Paragraph) and not _has_link(b) else b for b in made]
        if out == list(made):
            self.dropped(element)
        return tuple(out)

    def quote(self, element: Element) -> tuple[Block, ...]:
        """A quotation; a ``footer`` or ``cite`` at its end names whom it is from."""
        nodes = list(element.children)
        while nodes and isinstance(nodes[-1], str) and not nodes[-1].strip():
            nodes.pop()
        by: tuple[Inline, ...] = ()
        last = nodes[-1] if len(nodes) > 1 else ""
        if isinstance(last, Element) and last.raw and last.tag in ("footer", "cite"):
            by = self.line_of(last.children)
            nodes.pop()
        return (Quote(self.blocks(nodes, element.line), by, False, element.attrs.get("id", ""), element.line),)

    def list_of(self, element: Element) -> tuple[Block, ...]:
        """A list; what stands in it outside an item becomes one."""
        items: list[ListItem] = []
        stray: list[Child] = []

        def flush() -> None:
            if inside := self.blocks(stray, element.line):
                items.append(ListItem(inside, line=element.line))
            stray.clear()

        for node in element.children:
            if isinstance(node, Element) and node.tag == "li":
                flush()
                items.append(self.item(node))
            else:
                stray.append(node)
        flush()
        if not items:
            return ()
        ordered = element.tag == "ol"
        style = _LIST_STYLES.get(element.attrs.get("type", "1"), "decimal") if ordered else "bullet"
        start = _number(element.attrs.get("start", "1"), 1, -10**9, 10**9) if ordered else 1
        loose = any(isinstance(p, Element) and p.tag == "p" and not p.hidden
                    for li in element.children if isinstance(li, Element) for p in li.children)
        return (List(items, style, start, not loose, element.attrs.get("id", ""), element.line),)

    def item(self, element: Element) -> ListItem:
        """An item of a list, with its box to tick if it has one."""
        checked: bool | None = None
        first: Element = element
        while first.children and isinstance(first.children[0], Element) and first.children[0].tag in ("p", "label"):
            first = first.children[0]
        if first.children and isinstance(box := first.children[0], Element) and box.tag == "input" and box.attrs.get("type") == "checkbox":
            checked = "checked" in box.attrs
            first.children.pop(0)
        return ListItem(self.blocks(element.children, element.line), checked, element.attrs.get("id", ""), element.line)

    def _definitions(self, element: Element) -> tuple[Block, ...]:
        nodes = [c for n in element.children for c in (n.children if isinstance(n, Element) and n.tag == "div" else [n])]
        items: list[Definition] = []
        terms: list[tuple[Inline, ...]] = []
        texts: list[tuple[Block, ...]] = []
        for node in nodes:
            if isinstance(node, Element) and node.tag == "dt":
                if texts:
                    items.append(Definition(terms, texts))
                    terms, texts = [], []
                terms.append(self.line_of(node.children))
            elif inside := self.blocks(node.children if isinstance(node, Element) and node.tag == "dd" else [node], element.line):
                texts.append(inside)
        if terms or texts:
            items.append(Definition(terms, texts))
        return (DefinitionList(items, element.attrs.get("id", ""), element.line),) if items else ()

    def _pre(self, element: Element) -> tuple[Block, ...]:
        text = element.text()
        text = text.removeprefix("\n") if element.raw else text
        names = [c for e in (element, *element.descendants()) for c in e.classes()]
        language = next((c.split("-", 1)[1] for c in names if c.startswith(("language-", "lang-", "highlight-source-"))), "")
        if not text.strip():
            return ()
        return (CodeBlock(text.removesuffix("\n"), element.attrs.get("language", language), element.attrs.get("id", ""), element.line),)

    def _embed(self, element: Element) -> Embed | None:
        attrs = element.attrs
        source = next((e.attrs["src"] for e in element.descendants() if e.tag == "source" and e.attrs.get("src")), "")
        url = (attrs.get("src") or attrs.get("data") or source).strip()
        if not url:
            return None
        if element.text().strip():
            self.say("html-dropped", f"the words inside <{element.tag}>, for programs that cannot show it, were left out", element.line)
        poster = attrs.get("poster", "").strip()
        title = " ".join((attrs.get("title") or attrs.get("aria-label") or "").split())
        return Embed(url, title, Image(poster, decorative=True) if poster else None, attrs.get("id", ""), element.line)

    # --- tables ---

    def table(self, element: Element) -> tuple[Block, ...]:
        """A table; what stands in it outside a cell follows it."""
        parts: dict[str, list[Row]] = {"thead": [], "tbody": [], "tfoot": []}
        rows: list[Element] = []
        captions: list[tuple[Inline, ...]] = []
        stray: list[Child] = []
        self._rows(element, "tbody", parts, rows, captions, stray)
        if not parts["thead"] and parts["tbody"] and len(parts["tbody"]) > 1 and _all_headers(rows[0]):
            first = parts["tbody"].pop(0)
            parts["thead"].append(Row(tuple(msgspec.structs.replace(cell, header=False) for cell in first.cells)))
        after = self.blocks(stray, element.line)
        if not rows:
            words = _joined(captions)
            return (*((Paragraph(words, line=element.line),) if words else ()), *after)
        columns = _columns(rows)
        head, body, foot = (tuple(parts[name]) for name in ("thead", "tbody", "tfoot"))
        key = element.attrs.get("id", "")
        return (Table(columns, head, body, foot, _joined(captions), key, element.line), *after)

    def _rows(self, element: Element, part: str, parts: dict[str, list[Row]], rows: list[Element],
              captions: list[tuple[Inline, ...]], stray: list[Child]) -> None:
        for node in element.children:
            if isinstance(node, str):
                if node.strip():
                    stray.append(node)
            elif node.tag == "tr":
                rows.append(node)
                parts[part].append(self._row(node, part, stray))
            elif node.tag in parts:
                self._rows(node, node.tag, parts, rows, captions, stray)
            elif node.tag == "caption":
                captions.append(self.line_of(node.children))
            elif node.tag not in ("colgroup", "col"):
                stray.append(node)

    def _row(self, element: Element, part: str, stray: list[Child]) -> Row:
        cells = []
        for node in element.children:
            if isinstance(node, Element) and node.tag in ("td", "th"):
                cells.append(self._cell(node, part))
            elif not isinstance(node, str) or node.strip():
                stray.append(node)
        return Row(tuple(cells))

    def _cell(self, element: Element, part: str) -> Cell:
        if any(e.tag in BLOCK for e in element.descendants()):
            inside = self.blocks(element.children, element.line)
        else:
            words = self.line_of(element.children)
            inside = (Paragraph(words, line=element.line),) if words else ()
        across = _number(element.attrs.get("colspan", "1"), 1, 1, 1000)
        down = _number(element.attrs.get("rowspan", "1"), 1, 1, 65534)
        return Cell(inside, element.tag == "th" and part == "tbody", across, down)


_WRAPPERS: dict[str, Callable[[tuple[Inline, ...]], Inline]] = {
    "em": Emphasis, "i": Emphasis, "cite": Emphasis, "dfn": Emphasis, "var": Emphasis, "u": Emphasis, "strong": Strong, "b": Strong,
    "s": Strikethrough, "del": Strikethrough, "strike": Strikethrough, "mark": Highlight, "sub": Subscript, "sup": Superscript,
}


def _with_id(block: Block, key: str) -> Block:
    return msgspec.structs.replace(block, id=key) if key else block


def _has_link(block: Block) -> bool:
    stack: list[object] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, Link):
            return True
        stack.extend(children(cast(Block, node)))
    return False


def _picture(element: Element) -> Element | None:
    """The ``img`` that an element is or only wraps."""
    if element.tag == "img":
        return element
    inside = [c for c in element.children if not (isinstance(c, str) and not c.strip())]
    inside = [c for c in inside if not (isinstance(c, Element) and c.tag == "source")]
    if element.tag in ("picture", "span") and len(inside) == 1 and isinstance(inside[0], Element):
        return _picture(inside[0])
    return None


def _without_pictures(node: Child) -> Child | None:
    """A copy of a child without its pictures; None where nothing is left."""
    if isinstance(node, str):
        return node
    if node.tag in ("img", "source"):
        return None
    kept = [k for c in node.children if (k := _without_pictures(c)) is not None]
    copy = Element(node.tag, node.attrs, node.line, node.raw, kept)
    return copy if copy.text().strip() else None


def _all_headers(row: Element) -> bool:
    cells = [c for c in row.children if isinstance(c, Element)]
    return bool(cells) and all(c.tag == "th" for c in cells)


def _align(element: Element) -> Align:
    found = re.search(r"text-align:\s*(left|center|right)", element.attrs.get("style", ""))
    value = found.group(1) if found else element.attrs.get("align", "").lower()
    return cast(Align, value) if value in ("left", "center", "right") else ""


def _columns(rows: list[Element]) -> tuple[Column, ...]:
    """As many columns as the widest row has, aligned as the first row says."""
    aligns: list[Align] = []
    width = 0
    for row in rows:
        at = 0
        for cell in row.children:
            if isinstance(cell, Element) and cell.tag in ("td", "th"):
                span = _number(cell.attrs.get("colspan", "1"), 1, 1, 1000)
                if row is rows[0]:
                    aligns.extend([_align(cell)] * span)
                at += span
        width = max(width, at)
    aligns.extend([""] * (width - len(aligns)))
    return tuple(Column(a) for a in aligns)
