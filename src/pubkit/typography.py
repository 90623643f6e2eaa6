"""An article with straight quotes and doubled hyphens comes in; the same words with the signs of their languages go out. Idempotent."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import Any, TypeVar, get_args

import msgspec

from pubkit.model import (
    Abbreviation,
    Article,
    Code,
    Embed,
    Image,
    Inline,
    LineBreak,
    Link,
    Math,
    Meta,
    Node,
    Note,
    Passage,
    Span,
    Text,
    Verse,
    plain_text,
)

__all__ = ["quotation_marks", "smart", "smart_text"]

# Quotation marks, outer and inner, and the languages that use them: CLDR 47, but for es, fr (inner), nl and the Swiss ones, which follow
# the usage of print. "_" is the narrow no-break space (U+202F). A language that is not named has the marks of English.
_TABLE = """
“ ” ‘ ’      en
„ “ ‚ ‘      de bs-cyrl cs dsb et hr hsb is lb mk sk sl
„ “ „ “      bg lt
„ “ « »      ka
„ ” ‘ ’      bs
„ ” « »      pl ro
„ ” » «      hu
„ ” ’ ’      sr
«_ _» “ ”    fr
« » ‹ ›      de-ch de-li fr-ch it-ch gsw am az-arab az-cyrl fa
« » “ ”      ast br ca el es eu it kk mg pt-pt sc sq
« » „ “      be cv ky ru uk
« » ‘ ’      nb nn no rw
« » « »      hy
“ ” ‘ ’      es-419 es-ar es-cl es-co es-mx es-pe es-us
” ” ’ ’      fi he iw sv
” “ ’ ‘      ar ur
“ ” ’ ‘      uz
「 」 『 』  ja yue zh-hant zh-hk zh-mo zh-tw
"""
_MARKS: dict[str, tuple[str, ...]] = {
    tag: tuple(mark.replace("_", "\u202f") for mark in parts[:4])
    for parts in map(str.split, _TABLE.strip().split("\n")) for tag in parts[4:]
}
# Words that begin with an apostrophe; their quote opens a quotation only if nothing else can. A language without any has those of years.
_ELIDED_WORDS = {
    "": [],
    "en": "tis tisn twas twasn twere twill twixt til till em er cause cos coz bout round neath tween gainst kay ere".split(),
    "de": "s n ne nen nem ner rum ran rein raus rauf runter".split(),
    "nl": "s t n k m r ns".split(),
    "af": "n s t k".split(),
}
# A quoted word ('til') is none with an apostrophe, nor is a quoted number ('42').
_ELIDED = {language: re.compile(rf"(?:{'|'.join([r'[0-9]{2}s?', *words])})(?!\w|'(?!\w))", re.IGNORECASE)
           for language, words in _ELIDED_WORDS.items()}

_OBJECT = "\ufffc"  # stands for what is not text but has its place between words: code, formulas, pictures, written-out addresses
_INLINES = get_args(Inline)
_STRINGS: dict[type, tuple[str, ...]] = {Abbreviation: ("title",), Embed: ("title",), Image: ("alt", "title"), Link: ("title",),
                                         Meta: ("summary",)}

_SIGNS = re.compile(r"""(?P<address>(?:://|www\.)[^\s"'<>«»‹›“”„‘’‚「」『』′″]+)|(?<![<-])(?<!<!)-{2,}+(?!>)|\.{3,}""")
_QUOTE = re.compile("[\"']")
_DRAWN = re.compile(r"""(["'])\1{2,}""")  # a line of a drawing, or the delimiters of a program
# Feet and inches, minutes and seconds: both signs are certain.
_MEASURE = re.compile(r"""(?<=\d)'[ \u00a0\u202f]?\d{1,2}(?:[.,/]\d{1,3}|[¼½¾⅓⅔⅛⅜⅝⅞])?(?=")""")
_THOUSANDS = re.compile(r"\d{3}(?!\d)")
_TIMES = re.compile(r"x\d")
# Scripts that put no spaces between words, or none between a word and its particle: there, what is beside a quote does not say its side.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u3400-\u4dbf\u4e00-\u9fff"
                       "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")

N = TypeVar("N", bound=Node)


def smart(article: Article) -> Article:
    """The article with the quotation marks, apostrophes, primes, dashes and ellipses of print in its words.

    Straight quotes become the marks of the language of the words around them, ``--`` an en dash, ``---`` an em dash, ``...`` an ellipsis.
    Code, formulas, addresses and names stay as they are, and so does every word. ``article`` should know its language; without one its
    words are taken for English.
    """
    return _node(article, article.meta.language)


def smart_text(text: str, language: str = "") -> str:
    """One line of plain text in a language (BCP 47), changed as `smart` changes words; within guillemets stand ordinary spaces."""
    return _set([(text, language)], narrow=" ")[0]


@lru_cache(maxsize=256)
def quotation_marks(language: str) -> tuple[str, ...]:
    """Opening and closing mark, then those of a quotation within, with the spaces that belong to them; English for an unknown language."""
    return _named(_MARKS, language) or _MARKS["en"]


def _named(table: dict[str, Any], language: str) -> Any:
    parts = language.replace("_", "-").lower().split("-")
    return next((table[tag] for n in range(len(parts), 0, -1) if (tag := "-".join(parts[:n])) in table), None)


# --- The tree: which words stand in one line of text --------------------------------------------------------------------------------

def _node(node: N, language: str) -> N:
    """The node with everything inside it changed; each run of inlines is a text of its own."""
    if isinstance(node, (Passage, Span)):
        language = node.language or language
    fields: dict[str, Any] = _strings(node, language)
    if isinstance(node, Verse):  # what opens in one line may close in the next
        fields["lines"] = _streams(node.lines, language)
    else:
        fields |= {name: _value(value, language) for name in node.__struct_fields__
                   if isinstance(value := getattr(node, name), (Node, tuple))}
    return _with(node, fields)


def _value(value: Any, language: str) -> Any:
    if isinstance(value, Node):
        return _node(value, language)
    if type(value) is not tuple or not value:
        return value
    if isinstance(value[0], _INLINES):
        return _streams((value,), language)[0]
    return _same(value, tuple(_value(v, language) for v in value))


def _strings(node: Node, language: str) -> dict[str, Any]:
    return {name: smart_text(getattr(node, name), language) for name in _STRINGS.get(type(node), ())}


def _with(node: N, fields: dict[str, Any]) -> N:
    """The node with new fields; itself where nothing is new."""
    changed = {name: new for name, new in fields.items()
               if new is not (old := getattr(node, name)) and (type(new) is not str or new != old)}
    return msgspec.structs.replace(node, **changed) if changed else node


def _same(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    return old if all(a is b for a, b in zip(old, new, strict=True)) else new


def _streams(lines: tuple[tuple[Inline, ...], ...], language: str) -> tuple[tuple[Inline, ...], ...]:
    """Lines of inlines that are one text."""
    runs: list[tuple[str, str | None]] = []
    for line in lines:
        _collect(line, language, runs)
        runs.append(("\n", None))
    texts = iter(_set(runs))
    return _same(lines, tuple(_replaced(line, language, texts) for line in lines))


def _collect(inlines: tuple[Inline, ...], language: str, runs: list[tuple[str, str | None]]) -> None:
    """The characters of inlines in order, each run with its language; a run that must stay has none. Notes are texts of their own."""
    for inline in inlines:
        match inline:
            case Text(text):
                runs.append((text, language))
            case Note():
                pass
            case LineBreak():
                runs.append(("\n", None))
            case Code() | Math() | Image():
                runs.append((_OBJECT, None))
            case Link() if _shows_address(inline):
                runs.append((_OBJECT, None))
            case Span():
                _collect(inline.content, inline.language or language, runs)
            case _:
                _collect(inline.content, language, runs)


def _replaced(inlines: tuple[Inline, ...], language: str, texts: Iterator[str]) -> tuple[Inline, ...]:
    """The inlines with the texts that were made of what `_collect` found, in the same order."""
    out: list[Inline] = []
    for inline in inlines:
        match inline:
            case Text(text):
                new = next(texts)
                out.append(inline if new == text else Text(new))
            case Note() | LineBreak() | Code() | Math() | Image():
                out.append(_node(inline, language))
            case Link() if _shows_address(inline):
                out.append(_with(inline, _strings(inline, language)))
            case _:
                inner = inline.language or language if isinstance(inline, Span) else language
                out.append(_with(inline, {"content": _replaced(inline.content, inner, texts), **_strings(inline, inner)}))
    return _same(inlines, tuple(out))


def _shows_address(link: Link) -> bool:
    text = plain_text(link.content, notes=False).strip()
    return bool(text) and text in link.url and all(isinstance(c, Text) for c in link.content)


# --- One text -----------------------------------------------------------------------------------------------------------------------

def _set(runs: list[tuple[str, str | None]], narrow: str = "\u202f") -> list[str]:
    """What becomes of each run that has a language, in order."""
    flat = "".join(text for text, _ in runs)
    marks = {at: mark.replace("\u202f", narrow) for at, mark in _Quotes(flat, runs).marks().items()} if _QUOTE.search(flat) else {}
    out: list[str] = []
    start = 0
    for text, language in runs:
        if language is not None:
            out.append(_SIGNS.sub(_sign, "".join(_marked(text, start, marks))))
        start += len(text)
    return out


def _marked(text: str, start: int, marks: dict[int, str]) -> Iterator[str]:
    done = 0
    for match in _QUOTE.finditer(text):
        yield text[done:match.start()]
        yield marks.get(start + match.start(), match[0])
        done = match.end()
    yield text[done:]


def _sign(match: re.Match[str]) -> str:
    text = match[0]
    if match["address"]:
        address = text.rstrip(".")
        return address + _dots(len(text) - len(address))
    return _dots(len(text)) if text[0] == "." else _dashes(len(text))


def _dots(count: int) -> str:
    return "…" * (count // 3) + "." * (count % 3)


def _dashes(count: int) -> str:
    """Two or more hyphens as dashes of one kind where that comes out even, else em dashes and as few en dashes as can be."""
    if count % 3 == 0:
        return "—" * (count // 3)
    if count % 2 == 0:
        return "–" * (count // 2)
    short = 1 if count % 3 == 2 else 2
    return "—" * ((count - 2 * short) // 3) + "–" * short


# --- The quotes of one text ---------------------------------------------------------------------------------------------------------

class _Role(Enum):
    """What a straight quote can be by the characters beside it."""

    STAY = auto()
    OPEN = auto()
    CLOSE = auto()
    EITHER = auto()  # it closes what is open, else it opens
    APOSTROPHE = auto()
    PRIME = auto()


class _Quotes:
    """The straight quotes of one text, each a mark of a pair, an apostrophe or a prime; one pass over them, then one over the pairs."""

    def __init__(self, flat: str, runs: list[tuple[str, str | None]]) -> None:
        self.flat = flat
        self.quotes: list[tuple[int, str]] = []  # place and language
        start = 0
        for text, language in runs:
            if language is not None:
                self.quotes += [(start + m.start(), language) for m in _QUOTE.finditer(text)]
            start += len(text)
        self.certain = {at for m in _MEASURE.finditer(flat) for at in (m.start(), m.end())}
        self.roles: dict[int, _Role] = {at: _Role.STAY for m in _DRAWN.finditer(flat) for at in range(*m.span())}
        self.ends: dict[int, int] = {}  # opening to closing
        self.open: list[int] = []
        self.doubles = 0  # double ones among the open
        # For each level of `open`, and the ground: a quote before a word such as 'tis, which opens only what nothing else opens.
        self.loose: list[int | None] = [None]
        # The pair that was closed last, by what may be an apostrophe or a prime as well (dogs', 5").
        self.doubtful: tuple[int, int] | None = None

    def marks(self) -> dict[int, str]:
        """What to put in the place of each quote; what is not among them stays: one alone between spaces, three in a row."""
        for at, language in self.quotes:
            role = self.roles.get(at) or self.role(at, language)
            if role is _Role.EITHER:
                role = _Role.CLOSE if self.closes(at) else _Role.OPEN
            self.roles[at] = role
            if role is _Role.OPEN:
                self.opened(at, language)
            elif role is _Role.CLOSE:
                self.closed(at)
        return self.chosen()

    # -- What it can be --------------------------------------------------------------------------------------------------------------

    def role(self, at: int, language: str) -> _Role:
        flat = self.flat
        quote, before, after = flat[at], flat[at - 1] if at else " ", flat[at + 1:at + 2] or " "
        if at in self.certain:
            return _Role.PRIME
        if before.isspace() and after.isspace():
            return _Role.STAY
        if self.is_and(at, before, language):
            self.roles[at + 2] = _Role.APOSTROPHE
            return _Role.APOSTROPHE
        if _word(before) and _word(after):
            return self.within_word(at, quote, before, after)
        left = not after.isspace() and (_word(after) or not _word(before))
        right = not before.isspace() and (_word(before) or not _word(after))
        if left and right:  # between signs
            kind = unicodedata.category(before)
            if kind == "Pd" or before in ",;:":
                return _Role.EITHER
            return _Role.OPEN if kind in ("Ps", "Pi") or self.roles.get(at - 1) is _Role.OPEN else _Role.CLOSE
        if not left:
            return _Role.CLOSE
        if before in ")]}" or self.roles.get(at - 1) is _Role.CLOSE:
            return _Role.APOSTROPHE if quote == "'" else _Role.EITHER
        return _Role.EITHER if before in ",.;!?…" else _Role.OPEN

    def within_word(self, at: int, quote: str, before: str, after: str) -> _Role:
        if _UNSPACED.match(before) or _UNSPACED.match(after):
            return _Role.EITHER
        if quote == '"':
            return _Role.PRIME if _digit(before) or _hebrew(before) else _Role.CLOSE
        if _digit(before) and (_TIMES.match(self.flat, at + 1) or (_digit(after) and not _THOUSANDS.match(self.flat, at + 1))):
            return _Role.PRIME
        return _Role.APOSTROPHE

    def is_and(self, at: int, before: str, language: str) -> bool:
        """Whether this begins the 'n' of rock 'n' roll."""
        return before == " " and self.flat[at:at + 4].lower() == "'n' " and _elided(language) is _elided("en")

    # -- Pairs -----------------------------------------------------------------------------------------------------------------------

    def closes(self, at: int) -> bool:
        return self.doubles > 0 if self.flat[at] == '"' else bool(self.open) and self.flat[self.open[-1]] == "'"

    def opened(self, at: int, language: str) -> None:
        self.doubtful = None
        if self.flat[at] == "'" and _elided(language).match(self.flat, at + 1):
            self.loose[-1] = at
            return
        self.open.append(at)
        self.loose.append(None)
        self.doubles += self.flat[at] == '"'

    def closed(self, at: int) -> None:
        doubtful = self.may_be_else(at)
        if self.closes(at):
            while self.flat[self.open[-1]] != self.flat[at]:
                self.pop()
            self.pair(self.pop(), at, doubtful)
            self.doubles -= self.flat[at] == '"'
        elif not doubtful and self.doubtful and self.flat[self.doubtful[1]] == self.flat[at]:
            self.pair(self.doubtful[0], at, doubtful)
        elif not doubtful and self.flat[at] == "'" and (loose := self.loose[-1]) is not None:
            self.loose[-1] = None
            self.pair(loose, at, doubtful)

    def pop(self) -> int:
        self.loose.pop()
        return self.open.pop()

    def pair(self, opening: int, closing: int, doubtful: bool) -> None:
        self.ends[opening] = closing
        self.doubtful = (opening, closing) if doubtful else None

    def may_be_else(self, at: int) -> bool:
        """Whether a closing quote may be a prime or, as in dogs', runnin', o', an apostrophe as well."""
        before = self.flat[max(at - 3, 0):at].lower()
        return _digit(before[-1:]) or (self.flat[at] == "'" and (before.endswith(("s", "x", "z", "in")) or before.lstrip() == "o"))

    # -- Marks -----------------------------------------------------------------------------------------------------------------------

    def chosen(self) -> dict[int, str]:
        out: dict[int, str] = {}
        around: list[tuple[int, str]] = []  # the pairs about this place: closing quote and opening mark
        unspaced = [m.start() for m in _UNSPACED.finditer(self.flat)]
        closing = set(self.ends.values())
        for at, language in self.quotes:
            if around and around[-1][0] == at:
                around.pop()
            if at in self.ends:
                end = self.ends[at]
                marks = _marks_for(language, bisect_left(unspaced, end) > bisect_left(unspaced, at))
                outer, inner = marks[:2], marks[2:]
                if self.flat[at] == "'":
                    outer, inner = inner, outer
                out[at], out[end] = inner if around and around[-1][1] == outer[0] else outer  # never the marks that stand around it
                around.append((end, out[at]))
            elif at not in closing and self.roles[at] is not _Role.STAY:
                out[at] = self.single(at, language)
        return out

    def single(self, at: int, language: str) -> str:
        """The sign for a quote without another: one that opens in this paragraph and closes in a later one, or is no quotation mark."""
        quote, before, role = self.flat[at], self.flat[at - 1:at], self.roles[at]
        if _hebrew(before) and (quote == "'" or role is _Role.PRIME):
            return "׳" if quote == "'" else "״"  # they belong to Hebrew words: abbreviations, numbers, foreign sounds
        if role is _Role.PRIME or (role is _Role.CLOSE and _digit(before)):
            return "′" if quote == "'" else "″"
        if quote == "'":
            return "’"
        inside = _UNSPACED.match(self.flat, at + 1) if role is _Role.OPEN else _UNSPACED.match(before)
        return _marks_for(language, bool(inside))[role is not _Role.OPEN]


def _marks_for(language: str, unspaced: bool) -> tuple[str, ...]:
    marks = quotation_marks(language)
    return marks if unspaced or marks[0] != "「" else _MARKS["en"]  # corner brackets are for the scripts they come from


@lru_cache(maxsize=256)
def _elided(language: str) -> re.Pattern[str]:
    return _named(_ELIDED, language or "en") or _ELIDED[""]


def _word(char: str) -> bool:
    return char.isalnum() or char == _OBJECT or unicodedata.category(char)[0] == "M"


def _digit(char: str) -> bool:
    return char.isdigit() or char in tuple("¼½¾⅓⅔⅛⅜⅝⅞")


def _hebrew(char: str) -> bool:
    return "\u05d0" <= char <= "\u05f2"
