"""A volume goes in; what its book can truly claim about its accessibility comes out, and what stands in the way of more.

Nothing is claimed that cannot be read off the content: EPUB Accessibility 1.1, section 3 (discovery) and 4 (conformance).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal, TypeAlias

from msgspec import Struct

from pubkit import words
from pubkit.languages import sample, tell
from pubkit.model import (
    Article,
    Asset,
    Code,
    CodeBlock,
    Heading,
    Image,
    Inline,
    Link,
    Math,
    MathBlock,
    Node,
    Passage,
    Reference,
    Span,
    Table,
    Text,
    Volume,
    children,
    plain_text,
    walk,
)
from pubkit.normalize import is_described, placed
from pubkit.theme import Theme

__all__ = ["STANDARD", "Claim", "Claims", "claims"]

# Languages that are not told apart, or have two tags.
_GROUPS = (("nb", "no", "nn", "da"), ("id", "ms"), ("sr", "hr", "bs", "sh"), ("fil", "tl"), ("he", "iw"), ("zh", "cmn", "yue"),
           ("hi", "mr", "ne"))
_KINDS = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
STANDARD = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA"
"""What a book says that it conforms to, in the words that the specification wants (4.2.2)."""
Claim: TypeAlias = Literal["alternativeText", "MathML", "structuralNavigation", "tableOfContents", "conformsTo"]
"""What a publisher can insist on."""
EXAMPLES = 3
SAMPLE = 4000  # letters that tell the script of a text
_NAMES = {"Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Arab": ("ARABIC",), "Hebr": ("HEBREW",), "Hans": ("CJK",),
          "Hant": ("CJK",), "Jpan": ("CJK", "HIRAGANA", "KATAKANA"), "Kore": ("HANGUL", "CJK"), "Deva": ("DEVANAGARI",),
          "Thai": ("THAI",), "Geor": ("GEORGIAN",), "Armn": ("ARMENIAN",), "Beng": ("BENGALI",), "Taml": ("TAMIL",)}


class Claims(Struct, frozen=True):
    """What a book says of itself, in the words of schema.org, and why it does not say that it conforms to `STANDARD`.

    ``against`` is empty where every check held; only then may ``conforms`` be said. ``undescribed`` is what of it concerns pictures without
    an alternative text.
    """

    modes: tuple[str, ...]
    sufficient: tuple[str, ...]
    features: tuple[str, ...]
    hazards: tuple[str, ...]
    summary: str
    undescribed: str
    against: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        """Whether every check held."""
        return not self.against

    def lacks(self, claim: Claim) -> str:
        """Why a claim cannot be made; '' where it can."""
        if claim == "conformsTo":
            return "; ".join(self.against)
        if claim in self.features:
            return ""
        if claim == "alternativeText":
            return self.undescribed or "there is no picture"
        return {"MathML": "there is no formula", "structuralNavigation": "there are no headings"}.get(claim, "there are no contents")


def claims(work: Volume, theme: Theme) -> Claims:
    """What the book of a volume can claim in a theme."""
    everything = list(placed(work))
    nodes = [node for node, _ in everything]
    covers = {id(meta.book_cover) for meta in (work.meta, *(chapter.meta for chapter in work.chapters))}  # their words are our own
    shown = [(n, line) for n, line in everything if isinstance(n, Image) and n.asset and not n.decorative and id(n) not in covers]
    mute = [(i, line) for i, line in shown if not is_described(i)]
    names = _some(f"{i.src[:60]!r}{f' (line {line})' if line else ''}" for i, line in mute)
    undescribed = f"without an alternative text: {names} (1.1.1)" if mute else ""
    moving = _moving(work)
    math = any(isinstance(n, (Math, MathBlock)) and n.mathml for n in nodes)
    headings = len(work.chapters) > 1 or any(isinstance(n, Heading) for n in nodes)
    features = ["tableOfContents", "readingOrder", "displayTransformability", "ARIA", "unlocked"]
    features += ["structuralNavigation"] * headings + ["alternativeText"] * bool(shown and not mute) + ["MathML"] * math
    hazards = ("unknown",) if moving else ("none",)
    language = work.meta.language
    keys = ["access_text"] + [("access_no_alt" if mute else "access_alt")] * bool(shown) + ["access_math"] * math
    keys += ["access_moving"] * bool(moving)
    return Claims(
        modes=("textual", "visual") if shown else ("textual",),
        sufficient=("textual",) * (not mute) + ("textual,visual",) * bool(shown),
        features=tuple(features), hazards=hazards,
        summary=words.gap(language).join(words.word(key, language) for key in keys),
        undescribed=undescribed, against=tuple(_against(work, theme, undescribed, moving, nodes)))


# --- What stands in the way ---------------------------------------------------------------------------------------------------------

def _against(work: Volume, theme: Theme, undescribed: str, moving: Sequence[Asset], nodes: Sequence[Node]) -> Iterator[str]:
    """One phrase for each success criterion (WCAG 2.1, A and AA) that the content is seen to miss."""
    if undescribed:
        yield undescribed
    if bare := [n for n in nodes if isinstance(n, Table) and not _has_headers(n)]:
        yield f"tables without a head: {_some(f'line {t.line}' if t.line else 'one' for t in bare)} (1.3.1)"
    if any(d.code == "theme-contrast" for d in theme.diagnostics):
        yield "colours of the theme are too close to be read (1.4.3)"
    if moving:
        yield f"pictures that move and cannot be stopped: {_some(repr(a.name) for a in moving)} (2.2.2)"
    if not work.meta.title_text or work.meta.title_text in (words.word("untitled", work.meta.language), words.word("untitled", "en")):
        yield "there is no title (2.4.2)"
    if any(isinstance(n, (Link, Reference)) and not _says(n.content) for n in nodes):
        yield "links without words (2.4.4)"
    if empty := [n for n in nodes if isinstance(n, Heading) and not _says(n.content)]:
        yield f"headings without words: {_some(f'line {h.line}' if h.line else 'one' for h in empty)} (2.4.6)"
    for article in work.chapters:
        if reason := _language(article):
            yield f"{reason} (3.1.1)"


def _some(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    more = f" and {len(listed) - EXAMPLES} more" if len(listed) > EXAMPLES else ""
    return ", ".join(listed[:EXAMPLES]) + more


def _has_headers(table: Table) -> bool:
    """Whether a cell names its column or row; a table of one column or one row needs none."""
    rows = (*table.head, *table.body, *table.foot)
    if len(rows) < 2 or len(table.columns) < 2:
        return True
    return any(plain_text(cell.content).strip() and (cell.header or row in table.head) for row in rows for cell in row.cells)


def _says(content: Sequence[Inline]) -> bool:
    """Whether inlines have words for everybody; a link without any shows its address."""
    return not content or bool(plain_text(content, notes=False).strip()) or any(isinstance(n, Image) and n.alt for n in walk(content))


def _moving(work: Volume) -> list[Asset]:
    """The pictures that may move: GIF with more than one frame, SVG with an animation."""
    names = [({i.asset for i in walk(c) if isinstance(i, Image)}, c) for c in work.chapters]
    return [a for shown, c in names for a in c.assets if a.name in shown and (
        (a.media_type == "image/gif" and a.data.count(b"\x21\xf9\x04") > 1)  # more than one graphic control: more frames
        or (a.media_type == "image/svg+xml" and re.search(rb"<(?:animate|set\b)|@keyframes", a.data)))]


# --- The language of a text -----------------------------------------------------------------------------------------------------------

def _language(article: Article) -> str:
    """What is wrong with the language that an article is said to be in, as far as its letters and small words tell; '' where nothing is."""
    from babel import Locale

    said = article.meta.language
    first = said.partition("-")[0].lower()
    if first in ("und", "mul", "mis", "zxx") or first not in Locale("en").languages:
        return f"{said!r} names no language that is known"
    if script := _foreign(article):
        return f"the language is said to be {said}, but the letters are {_KINDS.get(script, script.title())}"
    if (told := tell(sample(article))) and _alike(told) != _alike(said):
        return f"the language is said to be {said}, but the words are {told}"
    return ""


def _alike(language: str) -> str:
    """The first part of a tag, or that of the group of languages that are not told apart."""
    first = language.partition("-")[0].lower()
    return next((group[0] for group in _GROUPS if first in group), first)


def _foreign(article: Article) -> str:
    """The script of most letters where the article's language is not written in it; '' where it is, or cannot be told."""
    expected = _scripts(article.meta.language)
    letters = [c for c in islice(_letters(article), SAMPLE) if c.isalpha()]
    if not expected or not letters:
        return ""
    counts = Counter(map(_script, letters))
    [(most, _)] = counts.most_common(1)
    fitting = sum(counts[name] for name in expected)
    return "" if fitting * 3 >= len(letters) or most in expected else most


def _letters(article: Article) -> Iterator[str]:
    stack: list[Node] = [*article.content[::-1], *article.meta.title]
    while stack:
        node = stack.pop()
        if isinstance(node, (Code, CodeBlock)) or (isinstance(node, (Passage, Span)) and node.language):
            continue
        if isinstance(node, Text):
            yield from node.text
        stack.extend(list(children(node))[::-1])


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@lru_cache(maxsize=256)
def _scripts(language: str) -> tuple[str, ...]:
    """How the Unicode names of a language's letters begin; () where that is not known."""
    from babel.core import get_global

    parts = language.replace("_", "-").split("-")
    named = next((p.title() for p in parts[1:] if len(p) == 4 and p.isalpha()), "")
    likely = get_global("likely_subtags").get(parts[0].lower(), "").split("_")
    return _NAMES.get(named or (likely[1] if len(likely) > 1 else ""), ())
