"""Pieces of HTML and calls of a reader come in; one tree of elements goes out, however wrongly the tags stand."""

from __future__ import annotations

import html as _entities
import re
from collections.abc import Iterator
from typing import TypeAlias, Union

from pubkit.diagnostics import Diagnostic, LimitError, diagnostic

__all__ = ["BLOCK", "DEPTH", "GONE", "INLINE", "KNOWN", "MEDIA", "VOID", "Child", "Element", "Findings", "TreeBuilder"]

DEPTH = 150
"""How many elements may stand inside each other."""

VOID = frozenset("area base basefont bgsound br col embed frame hr img input link meta param source track wbr".split())
RAW_TEXT = frozenset("script style textarea title xmp".split())
GONE = frozenset("script style template head link meta base title param source track area canvas svg datalist basefont bgsound".split())
FORMATTING = frozenset(
    "abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u "
    "var".split())
INLINE = FORMATTING | frozenset(
    "a blink br button data img input map math meter optgroup option output picture progress rb rp rt rtc ruby select slot wbr $math $note "
    "$soft".split())
BLOCK = frozenset(
    "address article aside audio blockquote body caption center col colgroup dd details dialog dir div dl dt embed fieldset figcaption "
    "figure footer form frame frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li listing main marquee menu nav noembed "
    "noframes noscript object ol p plaintext pre search section summary table tbody td textarea tfoot th thead tr ul video "
    "xmp $box $mathblock".split())
KNOWN = INLINE | BLOCK | GONE | VOID
MEDIA = frozenset("iframe video audio embed object".split())

_CELLS = frozenset({"td", "th"})
_PARTS = frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"})
_TABLE = frozenset({"table"})
_RUBY = frozenset({"ruby"})
_END_MAY_LACK = frozenset({"rb", "rt", "rp", "rtc", "option", "optgroup"})
# A start tag closes these open elements, but does not look beyond the barrier.
IMPLIED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir"}) | _CELLS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _CELLS),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _CELLS),
    "tr": (_CELLS | {"tr", "caption", "colgroup"}, _TABLE),
    "td": (_CELLS | {"caption", "colgroup"}, frozenset({"tr", "table"})),
    "th": (_CELLS | {"caption", "colgroup"}, frozenset({"tr", "table"})),
    **dict.fromkeys(("thead", "tbody", "tfoot", "colgroup"), (_PARTS | _CELLS | {"tr"}, _TABLE)),
    "option": (frozenset({"option"}), frozenset({"select", "datalist"})),
    "optgroup": (frozenset({"option", "optgroup"}), frozenset({"select"})),
    "rb": (frozenset({"rb", "rt", "rp", "rtc"}), _RUBY),
    "rt": (frozenset({"rb", "rt", "rp"}), _RUBY | {"rtc"}),
    "rp": (frozenset({"rb", "rt", "rp"}), _RUBY | {"rtc"}),
    "rtc": (frozenset({"rb", "rt", "rp", "rtc"}), _RUBY),
    "a": (frozenset({"a"}), _CELLS | {"caption", "object"}),
}
SCOPES = frozenset({"td", "th", "li", "dd", "blockquote", "table", "div", "section", "article", "figure", "details", "aside", "button"})
# An end tag in a cell closes nothing outside of the table, unless it is one of the table's own.
_WALLS = _CELLS | _TABLE | {"caption"}
_OF_TABLES = _WALLS | _PARTS | {"tr"}
_LONG = 4000
_ALIKE = 8  # unknown tags of one name within each other: nobody closes them, they are words

Child: TypeAlias = Union["Element", str]


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

    def elements(self) -> list[Element]:
        """The elements directly inside."""
        return [c for c in self.children if isinstance(c, Element)]

    def solid(self) -> list[Child]:
        """The children without the white space between them."""
        return [c for c in self.children if (c.strip() if isinstance(c, str) else c.tag != "$soft")]

    def descendants(self) -> Iterator[Element]:
        """All elements inside that may be shown, each before its children: what stands in a ``GONE`` one is not."""
        stack = [c for c in reversed(self.children) if isinstance(c, Element)]
        while stack:
            element = stack.pop()
            yield element
            if element.tag in GONE:
                continue
            stack.extend(c for c in reversed(element.children) if isinstance(c, Element))

    def words(self) -> str:
        """The words inside, on one line, with a space between those of different elements."""
        parts = (c for e in (self, *self.descendants()) for c in e.children if isinstance(c, str))
        return " ".join(" ".join(parts).split())

    def text(self) -> str:
        """The characters inside."""
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


class Findings:
    """Diagnostics of one file, without a flood: of what is of one kind the first three are said, and how many more there were."""

    def __init__(self, name: str, said: list[Diagnostic]) -> None:
        self.name = name
        self.said = said
        self._lines: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._third: dict[tuple[str, str], int] = {}

    def add(self, code: str, message: str, line: int, kind: str = "") -> None:
        """Says something; what has the same ``kind`` (by default: the same words) is counted together.

        Args:
            code: one of `pubkit.diagnostics.CODES`.
            message: the sentence.
            line: where it is.
            kind: what is counted together.
        """
        key = (code, kind or message)
        lines = self._lines.setdefault(key, [])
        if (line, message) in lines[-1:]:
            return
        lines.append((line, message))
        if len(lines) <= 3:
            self._third[key] = len(self.said)
            self.said.append(diagnostic(code, message, self.name, line))
            return
        # The third one tells of the others.
        third, more = self.said[self._third[key]], len(lines) - 3
        words = third.message.removesuffix(f" (and {more - 1} more like this)")
        self.said[self._third[key]] = diagnostic(code, f"{words} (and {more} more like this)", self.name, third.location.line)


# --- Pieces of HTML ------------------------------------------------------------------------------------------------------------------

_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/<>\"'=]*)")
_TAG_STOP = re.compile(r"[<>\"']")
# Words on programs write names of types in angle brackets: Box<U>, Vec<Object>, Html<Link>.
_TYPE_NAME = re.compile(r"<[A-Z][a-z]*>")
_TYPE_TAGS = INLINE | GONE | MEDIA
_TYPE_VOID = VOID - {"br", "hr", "img", "wbr"}
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`][^\s\"'<>`]*)))?")
_SELF_CLOSED = re.compile(r"(?:^|[\s\"'])/>$|^<[A-Za-z][^\s/<>\"'=]*/>$|\s[^\s\"'<>/=]+/>$")
# In an address "&copy=1" is no copyright sign (HTML, 13.2.5.73).
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]*;|[A-Za-z][A-Za-z0-9]*(?![A-Za-z0-9=]))")
_NAMES = {"image": "img"}


def _may_be_words(name: str, raw: str) -> bool:
    """Whether a start tag is none if nothing closes it."""
    return name not in KNOWN or (name in _TYPE_TAGS and _TYPE_NAME.fullmatch(raw) is not None)


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
        value = double or single or bare
        out.setdefault(name.lower(), _ENTITY.sub(lambda m: _entities.unescape(m.group()), value) if "&" in value else value)
    return out


class _Piece:
    """A piece of HTML that is being read, with its line; it remembers what does not occur again, so that no search is made twice."""

    def __init__(self, source: str, line: int) -> None:
        self.source = source
        self.line = line
        self._counted = 0
        self._absent: set[str] = set()

    def find(self, words: str, start: int) -> int:
        """The place of ``words`` after ``start``; -1 where there is none."""
        if words in self._absent:
            return -1
        found = self.source.find(words, start)
        if found < 0:
            self._absent.add(words)
        return found

    def end_tag(self, name: str, start: int) -> tuple[int, int]:
        """Where the end tag of an element begins and ends; -1, -1 where there is none."""
        if name in self._absent:
            return -1, -1
        if found := re.compile(rf"</{name}(?:[\s/][^<>]*)?>", re.IGNORECASE).search(self.source, start):
            return found.span()
        self._absent.add(name)
        return -1, -1

    def line_at(self, at: int) -> int:
        """The line of a place; places are asked for in their order."""
        if at > self._counted:
            self.line += self.source.count("\n", self._counted, at)
            self._counted = at
        return self.line


class TreeBuilder:
    """Makes a tree of elements from calls of a reader and from pieces of HTML, which may close their elements late, wrongly or never."""

    def __init__(self, name: str = "", line: int = 0) -> None:
        self.name = name
        self.root = Element("$root", line=line)
        self.stack = [self.root]
        self.diagnostics: list[Diagnostic] = []
        self._findings = Findings(name, self.diagnostics)

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
        # What is long already is not copied again for each new piece.
        if inside and isinstance(last := inside[-1], str) and len(last) < _LONG:
            inside[-1] = last + text
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
        piece, at, words = _Piece(source, line), 0, 0
        while (sign := source.find("<", at)) >= 0:
            end = self._markup(piece, sign, words)
            if end < 0:  # the sign is only a sign
                at = sign + 1
                continue
            at = words = end
        self._characters(source[words:])

    def _characters(self, text: str) -> None:
        if text:
            self.text(_entities.unescape(text))

    def _markup(self, piece: _Piece, at: int, words: int) -> int:
        """Reads what begins with the ``<`` at ``at``, after the words from ``words`` on; where it ends, or -1 where it is no markup."""
        source = piece.source
        if source.startswith("<!--", at):
            end = self._comment_end(piece, at)
        elif source.startswith("<![CDATA[", at):
            close = piece.find("]]>", at)
            self._characters(source[words:at])
            self.text(source[at + 9:close if close >= 0 else len(source)])
            return close + 3 if close >= 0 else len(source)
        elif source.startswith(("<!", "<?"), at):
            end = self._declaration_end(piece, at)
        else:
            found = _TAG_NAME.match(source, at)
            end = _tag_end(source, found.end()) if found else -1
            if found and end >= 0:
                self._characters(source[words:at])
                return self._tag(piece, at, found, end)
        if end >= 0:
            self._characters(source[words:at])
        return end

    def _comment_end(self, piece: _Piece, at: int) -> int:
        for short in ("<!-->", "<!--->"):
            if piece.source.startswith(short, at):
                return at + len(short)
        ends = [found + len(mark) for mark in ("-->", "--!>") if (found := piece.find(mark, at + 4)) >= 0]
        if ends:
            return min(ends)
        self._findings.add("markup-unread", "a comment begins and never ends; it stays as text", piece.line_at(at))
        return -1

    def _declaration_end(self, piece: _Piece, at: int) -> int:
        end = piece.find("?>", at) + 1 if piece.source[at + 1] == "?" else 0
        end = end or piece.find(">", at)
        if end >= 0:
            shown = piece.source[at:min(at + 20, end + 1)] + ("…" if end >= at + 20 else "")
            self._findings.add("html-dropped", f"'{shown}' was left out", piece.line_at(at), piece.source[at:at + 5])
        return end + 1 or -1

    def _tag(self, piece: _Piece, at: int, found: re.Match[str], end: int) -> int:
        source, line = piece.source, piece.line_at(at)
        name = found.group(1).lower()
        name = _NAMES.get(name, name)
        raw = source[at:end]
        if raw.startswith("</"):
            self._end_tag(name, raw, line)
            return end
        attrs = _attributes(source[found.end():end - 1])
        self._imply(name)
        alike = _may_be_words(name, raw) and sum(e.raw == raw for e in self.stack)
        if alike >= _ALIKE or (name in _TYPE_VOID and _TYPE_NAME.fullmatch(raw)):
            self._as_words(raw, line)
        elif name in VOID or _SELF_CLOSED.search(raw):
            self.void(name, attrs, line, raw)
        elif name == "plaintext":
            self.void("pre", attrs, line, raw).children.append(source[end:])
            return len(source)
        elif name in RAW_TEXT:
            return self._raw_text(piece, name, attrs, raw, line, end)
        else:
            self.start(name, attrs, line, raw)
        return end

    def _raw_text(self, piece: _Piece, name: str, attrs: dict[str, str], raw: str, line: int, at: int) -> int:
        """An element that holds characters and no tags, if it ends in this piece; else it is one like others."""
        close, end = piece.end_tag(name, at)
        if close < 0:
            self.start(name, attrs, line, raw)
            return at
        words = piece.source[at:close]
        self.void(name, attrs, line, raw).children.append(_entities.unescape(words) if name in ("textarea", "title") else words)
        return end

    def _open(self, wanted: frozenset[str], barrier: frozenset[str], outermost: bool = False) -> int:
        """The place in the stack of an open tag among ``wanted``; 0 where there is none this side of the barrier."""
        place = 0
        for at in range(len(self.stack) - 1, 0, -1):
            element = self.stack[at]
            if element.raw and element.tag in wanted:
                place = at
            if not element.raw or element.tag in barrier or (place and not outermost):
                break
        return place

    def _imply(self, name: str) -> None:
        if name in IMPLIED:
            wanted, barrier = IMPLIED[name]
        elif name in BLOCK:
            wanted, barrier = frozenset({"p"}), SCOPES
        else:
            return
        self._close_to(self._open(wanted, barrier, True))

    def _end_tag(self, name: str, raw: str, line: int) -> None:
        at = self._open(frozenset({name}), frozenset() if name in _OF_TABLES else _WALLS)
        if at:
            self._close_to(at, name in FORMATTING)
        elif name == "br":
            self.void("br", {}, line, raw)
        elif name not in KNOWN:
            self._as_words(raw, line)

    def _as_words(self, raw: str, line: int) -> None:
        self._findings.add("markup-unread", f"'{raw[:80]}' is no known markup and stays as text", line)
        self.text(raw)

    def _close_to(self, at: int, crossed: bool = False) -> None:
        """Closes what is open down to ``at``. Marks that are ``crossed`` by an end tag go on behind it: ``<b><i></b></i>``."""
        if not at:
            return
        above = self.stack[at + 1:]
        if crossed and above and all(e.tag in FORMATTING for e in above):
            del self.stack[at:]
            for element in above:
                self.start(element.tag, element.attrs, element.line, element.raw)
            return
        while len(self.stack) - 1 > at:
            self._unclosed(self.stack.pop())
        self.stack.pop()

    def _unclosed(self, element: Element) -> None:
        """What was never closed: an unknown tag was not meant as one, and a known inline one must not reach over the rest."""
        inside = self.stack[-1].children
        if _may_be_words(element.tag, element.raw):
            message = f"'{element.raw[:80]}' is no known markup and stays as text"
            self._findings.add("markup-unread", message, element.line)
            put: list[Child] = [element.raw, *element.children]
        elif (element.tag in INLINE and element.tag not in _END_MAY_LACK) or element.tag in ("script", "style"):
            if element.tag != "a" or "href" in element.attrs:
                message = f"<{element.tag}> is never closed and was left out"
                self._findings.add("html-dropped", message, element.line)
                put = element.children
            else:
                put = [Element("a", element.attrs, element.line, element.raw), *element.children]
        else:
            return
        place = next((i for i in range(len(inside) - 1, -1, -1) if inside[i] is element), -1)
        if place >= 0:
            inside[place:place + 1] = put

