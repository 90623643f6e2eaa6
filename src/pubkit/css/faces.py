"""A theme and articles go in; the font files come out that their words are set in, so that no page carries a face it never shows.

Markup and its style sheet go in; what each stack of font families has to draw comes out.
"""

from __future__ import annotations

import html
import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from pubkit.model import (
    Article,
    Aside,
    Code,
    CodeBlock,
    DefinitionList,
    Embed,
    Emphasis,
    Figure,
    Heading,
    List,
    Math,
    MathBlock,
    Node,
    Note,
    Quote,
    Strong,
    Table,
    Verse,
    walk,
)
from pubkit.theme import Face, Family, Role, Theme

__all__ = ["Asked", "characters", "faces"]

_ROLES: dict[type[Node], tuple[Role, ...]] = {
    Aside: ("aside", "aside-title"),
    Code: ("code",),
    CodeBlock: ("code-block",),
    Embed: ("caption",),
    Figure: ("caption", "credit"),
    List: ("leadin",),
    Math: ("code",),
    MathBlock: ("code",),
    Note: ("note", "note-call"),
    Quote: ("quote", "pull", "attribution"),
    Table: ("table-head", "table-cell", "caption"),
    Verse: ("verse",),
}


def faces(theme: Theme, articles: Iterable[Article]) -> tuple[Face, ...]:
    """The faces of ``theme`` that ``articles`` need, in the theme's order."""
    wanted: set[tuple[Family, int, bool]] = set()
    for article in articles:
        wanted.update((style.font, style.weight, style.italic) for style in map(theme.style, _roles(article)))
        wanted.update(_marked(article))
    chosen = {_nearest(theme, *want) for want in wanted}
    return tuple(face for face in theme.faces if face in chosen)


def _roles(article: Article) -> Iterator[Role]:
    yield from ("text", "title", "author", "byline", "date", "colophon", "contents", "contents-title")
    if article.meta.subtitle:
        yield "deck"
    if article.meta.section:
        yield "kicker"
    for node in walk(article):
        if isinstance(node, Heading):
            levels: dict[int, Role] = {3: "heading3", 4: "heading4", 5: "heading5", 6: "heading6"}
            yield levels.get(node.level, "heading2")
        elif isinstance(node, (Math, MathBlock)) and node.mathml:
            continue
        else:
            yield from _ROLES.get(type(node), ())


def _marked(article: Article) -> Iterator[tuple[Family, int, bool]]:
    """The faces that marked words ask for, over those of the roles."""
    headings = (n for n in walk(article.content) if isinstance(n, Heading))
    if any(isinstance(n, Emphasis) for n in walk((*article.meta.title, *headings))):
        yield "display", 400, True
    leaning = [*article.meta.subtitle, *(n for n in walk(article.content) if isinstance(n, Quote))]
    if any(isinstance(n, Emphasis) for n in walk(leaning)):  # stress within italics stands upright
        yield "display", 400, False
    for node in walk(article):
        if isinstance(node, (Emphasis, Strong)):
            both = any(isinstance(n, (Emphasis, Strong)) and type(n) is not type(node) for n in walk(node))
            yield "text", 700 if both or isinstance(node, Strong) else 400, both or isinstance(node, Emphasis)
        elif isinstance(node, DefinitionList):
            yield "text", 700, False
        elif isinstance(node, Note):
            marked = [n for n in walk(node) if isinstance(n, (Emphasis, Strong))]
            yield from (("note", 700 if isinstance(n, Strong) else 400, isinstance(n, Emphasis)) for n in marked)
        elif isinstance(node, CodeBlock) and node.language:
            yield "code", 400, True


def _nearest(theme: Theme, font: Family, weight: int, italic: bool) -> Face:
    family = theme.stack(font)[0]
    own = [face for face in theme.faces if face.family == family]
    return min(own, key=lambda face: (face.italic != italic, abs(face.weight - weight), face.weight))


# --- What they draw -----------------------------------------------------------------------------------------------------------------

Stack: TypeAlias = tuple[str, ...]
Rules: TypeAlias = dict[str, list["_Rule"]]

ALWAYS = string.digits + " \u00a0.-\u00ad\u2010\u2022"  # numbers and marks of lists, and what ends a broken line
VOID = ("br", "img", "hr")
_PIECE = re.compile(r"<(/?)([\w:-]+)([^<>]*)>|([^<]+)")
_CLASS = re.compile(r'\bclass="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_FAMILY = re.compile(r"(?<![\w-])font-family:([^;]*)")
_CAPS = re.compile(r"(?<![\w-])font-variant-caps:\s*(?:all-)?small-caps")
_WRITTEN = re.compile(r"(?<![\w-])(?:content|list-style-type):([^;]*)")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


class Asked(Struct, frozen=True):
    """The characters that a stack of families is asked to draw, and whether some of them as small capitals."""

    characters: frozenset[str]
    small_caps: bool


class _Rule(Struct, frozen=True):
    """What a style sheet says of elements: their stack (None: nothing), small capitals, whether of the first letter alone, and whether
    of every element that has the name or class."""

    stack: Stack | None
    caps: bool
    initial: bool
    plain: bool


def characters(bodies: Iterable[str], sheet: str) -> dict[Stack, Asked]:
    """What each stack of font families has to draw.

    A rule is taken to hold for every element that the end of its selector fits, whatever stands before: more may be said than is drawn,
    never less. Numbers and what the style sheet itself writes belong to every stack.

    Args:
        bodies: markup as XHTML: what stands in ``body``.
        sheet: the style sheet of the markup.
    """
    rules, written = _rules(sheet)
    drawn: dict[Stack, set[str]] = {}
    small: set[Stack] = set()
    for body in bodies:
        for stacks, caps, text in _runs(body, rules):
            whole = text if text.isascii() else text + unicodedata.normalize("NFC", text)  # shaping does so
            for stack in stacks:
                drawn.setdefault(stack, set()).update(whole, text.upper() if caps else "")  # small capitals may be scaled ones
            if caps:
                small |= stacks
    unseen = frozenset("\t\n\r")
    return {stack: Asked((written | drawn[stack]) - unseen, stack in small) for stack in sorted(drawn)}


def _runs(body: str, rules: Rules) -> Iterator[tuple[frozenset[Stack], bool, str]]:
    """The texts of a body, with the stacks that they may be set in and whether in small capitals."""
    path = [_within((frozenset(), False), rules.get("body", ()))]
    initials: frozenset[Stack] = frozenset()
    for piece in _PIECE.finditer(body):
        closing, tag, attributes, text = piece.groups()
        if text is not None:
            text = html.unescape(text)
            yield *path[-1], text
            if initials and (words := text.split()):
                yield initials, False, words[0]
                initials = frozenset()
        elif closing:
            del path[max(len(path) - 1, 1):]
        else:
            hits = list(_hits(rules, tag, attributes))
            inside = _within(path[-1], hits)
            initials |= {hit.stack for hit in hits if hit.initial and hit.stack is not None}
            if tag == "ol" and " type=" in attributes:  # numbered with letters
                yield *inside, string.ascii_letters
            if alt := _ALT.search(attributes):
                yield *inside, html.unescape(alt[1])
            if tag not in VOID and not attributes.endswith("/"):
                path.append(inside)


def _hits(rules: Rules, tag: str, attributes: str) -> Iterator[_Rule]:
    classes = found[1].split() if (found := _CLASS.search(attributes)) else ()
    for key in ("*", tag, *(f".{name}" for name in classes)):
        yield from rules.get(key, ())


def _within(around: tuple[frozenset[Stack], bool], hits: Iterable[_Rule]) -> tuple[frozenset[Stack], bool]:
    """The stacks within an element, and whether small capitals: those around it go on unless a plain rule names others."""
    hits = [hit for hit in hits if not hit.initial]
    given = frozenset(hit.stack for hit in hits if hit.stack is not None)
    stays = not any(hit.plain and hit.stack is not None for hit in hits)
    return (given | around[0] if stays else given), around[1] or any(hit.caps for hit in hits)


@lru_cache(maxsize=16)
def _rules(sheet: str) -> tuple[Rules, frozenset[str]]:
    """The rules of a style sheet about fonts, by the name or class at the end of their selectors; and the characters that it writes."""
    rules: Rules = {}
    written = set(ALWAYS)
    for selectors, declarations in _RULE.findall(_COMMENT.sub("", sheet)):
        for values in _WRITTEN.findall(declarations):
            for pair in _STRING.findall(values):
                written.update(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), "".join(pair)))
        family, caps = _FAMILY.search(declarations), bool(_CAPS.search(declarations))
        if not (family or caps) or selectors.lstrip().startswith("@"):
            continue
        stack = tuple("".join(pair) for pair in _STRING.findall(family[1])) if family else None
        for selector in map(str.strip, selectors.split(",")):
            end = re.split(r"[\s>+~]+", selector)[-1]
            key = found[0] if (found := re.match(r"\.?[\w-]+", end)) else "*"
            rules.setdefault(key, []).append(_Rule(stack, caps, "first-letter" in end, selector == key))
    return rules, frozenset(written)
