"""The first pieces of a text come in; title, deck and authors go out, and how many pieces they took."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.model import Inline, LineBreak, Paragraph, Person, plain_text
from pubkit.readers.base import Guess
from pubkit.readers.plaintext_inline import inlines
from pubkit.readers.plaintext_lines import Line, ends_sentence, is_rule, join, sentences, squeeze, width
from pubkit.readers.plaintext_pieces import Piece, guess

__all__ = ["Head", "byline", "is_date", "read_head"]

_BY = (
    "by|written by|words by|text by|von|text von|par|de|texte de|texte par|por|texto de|di|testo di|door|tekst|av|af|przez|od|text|autor"
    "|autorin|author|authors|auteur|auteurs|autore|autora|автор|авторка|авторы|автори|текст|από|του|της|κείμενο|συντάκτης|συντάκτρια"
)
_BYLINE = re.compile(rf"(?:{_BY})\s*(?::\s*|\s)(?=\S)", re.IGNORECASE)
_SURE = re.compile(r"(?:by|von|par|por|door|автор|авторка|από|author|autor|auteur)\b|[^:]+:", re.IGNORECASE)
_AND = re.compile(r"\s*[,;&]\s*(?:(?:and|und|et|y|e|en|og|och|i|і|та|й|и|και)\s+)?|\s+(?:and|und|et|y|e|en|og|och|i|і|та|й|и|και)\s+")
_MAIL = re.compile(r"\s*[<(]([^\s<>()@]{1,64}@[^\s<>()@]{1,200})[>)]\Z")
_PARTICLES = frozenset("de da di du del della des la le van von der den ten ter zu zur al el bin ibn y e и та до af av".split())
_YEAR = re.compile(r"\b(?:1[0-9]|20|21)\d\d\b")
_HEADER = re.compile(r"[^\W\d_][\w-]{0,30}:(?:\s|\Z)")
_TITLE_KEY = re.compile(r"(?:title|subject|titel|titre|título|titolo|betreff|назва|тема|заголовок|τίτλος|θέμα)\s*:\s*(?=\S)", re.IGNORECASE)
_MEANINGLESS = re.compile(r"[\W_]+")


@dataclass
class Head:
    """What the beginning of a text says of it, and the pieces that remain."""

    title: tuple[Inline, ...] = ()
    subtitle: tuple[Inline, ...] = ()
    authors: list[Person] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    mark: str = ""


def is_date(text: str) -> bool:
    """Whether a short text is a date: a year and another number, and few words."""
    return bool(_YEAR.search(text)) and len(re.findall(r"\d+", text)) >= 2 and len(text.split()) <= 8 and not ends_sentence(text)


def read_head(pieces: list[Piece], name: str) -> tuple[Head, list[Piece]]:
    """The head of a text and the pieces below it."""
    head = Head()
    if not pieces:
        return head, pieces
    if found := _mail_head(pieces[0]):
        head.title = inlines(found.text)
        head.guesses.append(guess(found.line, "title", 0.7, "named as the title in the head lines, which stay", found.text))
        return head, pieces
    before: list[Piece] = []
    rest = list(pieces)
    if len(rest) > 2 and rest[0].kind == "paragraph" and "\n" not in rest[0].text and is_date(rest[0].text):
        before.append(rest.pop(0))
    if len(rest) > 1 and rest[0].kind == "rule":
        before.append(rest.pop(0))
    taken = _take_title(head, rest, name)
    if taken is None:
        return head, pieces
    rest = _take_rest(head, taken, name)
    return head, [p for p in before if p.kind != "rule"] + rest


# --- Title --------------------------------------------------------------------------------------------------------------------------

def _mail_head(piece: Piece) -> Piece | None:
    """The title in a block of `Key: value` lines, as a piece of its own."""
    lines = piece.lines
    if piece.kind == "underlined" or len(lines) < 3 or not _HEADER.match(lines[0].text):
        return None
    if not all(_HEADER.match(x.text) or x.indent > lines[0].indent for x in lines):
        return None
    for x in lines:
        if m := _TITLE_KEY.match(x.text):
            text = squeeze(x.text[m.end():])
            return replace(piece, line=x.no, text=text)
    return None


def _can_be_title(text: str) -> bool:
    if not text or width(text) > 160 or len(text.split()) > 24 or not any(c.isalnum() for c in text):
        return False
    if text[-1] in ".。,;:：،؛" and not text.endswith(("...",)):
        return False
    return not is_date(text) and "://" not in text and not byline(text) and is_opening(text) and sentences(text) == 1


def _take_title(head: Head, rest: list[Piece], name: str) -> list[Piece] | None:
    """Set the title; the pieces below it, or None if there is no title."""
    first = rest[0]
    if len(rest) < 2 and len(first.lines) < 2 and first.kind != "underlined":
        return None
    if first.kind == "underlined":
        head.mark = first.mark
        _set_title(head, first.text, first.line, 0.95, "the first line, " + first.guess.reason)
        return rest[1:]
    if first.kind not in ("paragraph", "verse"):
        return None
    if len(first.lines) == 1:
        if not _can_be_title(first.text) or (_numbered(first.text) and any(_numbered(p.text) for p in rest[1:])):
            return None
        shout = first.text.isupper()
        score = 0.75 + 0.1 * (len(first.text.split()) <= 12) + 0.1 * shout - 0.2 * first.text[0].islower()
        _set_title(head, first.text, first.line, score, "the first block, short, no full stop" + (", all capitals" if shout else ""))
        return rest[1:]
    return _title_of_lines(head, rest, name)


def is_opening(text: str) -> bool:
    """Whether a title or heading may begin as this text does: with a letter, a digit, a quotation mark or bracket, not with a sign."""
    return text[0].isalnum() or text[0] in "\"'“‘«„‹(¿¡§…@#&$€£`_"


def _numbered(text: str) -> bool:
    return bool(re.match(r"\d{1,2}[.)] |[IVX]{1,5}\. ", text))


def _title_of_lines(head: Head, rest: list[Piece], name: str) -> list[Piece] | None:
    """A title in a first block of two to five short lines: alone, twice, with a deck or authors below, or centred over lines."""
    lines = rest[0].lines
    if len(lines) > 5 or not _can_be_title(squeeze(lines[0].text)) or any(width(x.text) > 110 for x in lines):
        return None
    title = [lines[0]]
    others = lines[1:]
    while others and _key(others[0].text) == _key(lines[0].text):
        _drop_repeat(head, [others.pop(0)], name)
    bylines = [x for x in others if byline(x.text)]
    plain = [x for x in others if x not in bylines]
    below = rest[1:]
    if plain and not is_opening(plain[0].text):
        below.insert(0, _remainder(plain))
        plain = []
    centred = all(x.indent >= 8 for x in lines)
    texts = [squeeze(x.text) for x in (lines[0], *plain)]
    if plain and (centred or (len(plain) == 1 and width(lines[0].text) >= 45)) and _can_be_title(join(texts)):
        title, plain = [lines[0], *plain], []
    dates = [x for x in plain if is_date(x.text)]
    deck = [x for x in plain if x not in dates]
    if len(deck) > 1 or (deck and (len(deck[0].text.split()) > 30 or deck[0].text.endswith((":", ",")) or len(rest) < 2)):
        return None
    _set_title(head, join([x.text for x in title]), lines[0].no, 0.7, "the first lines, short, no full stop")
    if deck:
        _set_deck(head, squeeze(deck[0].text), deck[0].no, 0.6, "a line right below the title")
    for x in bylines:
        _set_authors(head, x)
    return [_remainder([x]) for x in dates] + below


def _remainder(lines: list[Line]) -> Piece:
    """Lines beside the head's own, as a paragraph."""
    content: list[Inline] = []
    for i, x in enumerate(lines):
        content.extend([LineBreak()] if i else [])
        content.extend(inlines(squeeze(x.text)))
    text = "\n".join(squeeze(x.text) for x in lines)
    found = guess(lines[0].no, "paragraph", 0.8, "lines beside title and authors", text)
    return Piece("paragraph", lines[0].no, Paragraph(content, line=lines[0].no), found, lines, text=text)


def _set_title(head: Head, text: str, line: int, score: float, reason: str) -> None:
    head.title = inlines(text)
    head.guesses.append(guess(line, "title", min(score, 0.99), reason, text))


# --- Deck, authors, the title again -------------------------------------------------------------------------------------------------

def _take_rest(head: Head, pieces: list[Piece], name: str) -> list[Piece]:
    title = _key(_text(head.title))
    rest = list(pieces)
    passed: list[Piece] = []
    for _ in range(5):
        if not rest:
            break
        piece = rest[0]
        if piece.kind in ("paragraph", "underlined") and title and _key(piece.text) == title:
            _drop_repeat(head, piece.lines, name)
        elif piece.kind == "rule" and len(rest) > 1 and not passed:
            passed.append(rest.pop(0))
            continue
        elif not head.authors and _has_byline(piece):
            rest[:1] = _without_byline(head, piece)
            if head.authors and rest and rest[0].lines[0] in piece.lines:
                passed.append(rest.pop(0))
            continue
        elif not head.subtitle and not head.authors and _is_deck(rest):
            _set_deck(head, piece.text, piece.line, 0.75, "one sentence between the title and a longer text")
        else:
            break
        rest.pop(0)
    return passed + rest


def _has_byline(piece: Piece) -> bool:
    return piece.kind in ("paragraph", "verse") and len(piece.lines) < 4 and any(byline(x.text) for x in piece.lines[:2])


def _drop_repeat(head: Head, lines: list[Line], name: str) -> None:
    head.guesses.extend(guess(x.no, "dropped", 0.95, "the title again", x.text) for x in lines)
    head.diagnostics.append(diagnostic("title-repeated", "the title stands twice and is kept once", name, lines[0].no))


def _is_deck(rest: list[Piece]) -> bool:
    piece = rest[0]
    text = piece.text
    below = next((p for p in rest[1:4] if not _has_byline(p) and not is_date(p.text)), None)
    if piece.kind != "paragraph" or "\n" in text or below is None or below.kind != "paragraph" or _has_byline(piece):
        return False
    if not 20 <= width(text) <= 400 or len(text.split()) > 60 or text.endswith((":", "：", ",", ";")) or text[0] in "\"“«„—–-([":
        return False
    return sentences(text) == 1 and not is_date(text) and len(below.text) > len(text) * 1.1 and sentences(below.text) > 1


def _set_deck(head: Head, text: str, line: int, score: float, reason: str) -> None:
    head.subtitle = inlines(text)
    head.guesses.append(guess(line, "deck", score, reason, text))


def byline(text: str) -> list[Person]:
    """The people a line names as the authors; empty if it is no such line."""
    text = squeeze(text[:300])
    m = _BYLINE.match(text)
    if m is None or len(text) > 120 or (ends_sentence(text) and not re.search(r"\b[^\W\d_]{1,3}\.\Z", text)):
        return []
    people: list[Person] = []
    for part in _AND.split(text[m.end():]):
        mail = _MAIL.search(part)
        name = part[:mail.start()] if mail else part
        if not _is_name(name, alone=bool(_SURE.match(text))):
            return []
        people.append(Person(name, email=mail[1] if mail else ""))
    return people


def _is_name(name: str, alone: bool) -> bool:
    words = name.split()
    if not words or len(words) > 6 or any(c.isdigit() or c in "():!?\"“«" for c in name) or (len(words) == 1 and not alone):
        return False
    return all(not w[0].islower() or w in _PARTICLES for w in words) and not words[0][0].islower()


def _set_authors(head: Head, x: Line) -> None:
    head.authors.extend(byline(x.text))
    head.guesses.append(guess(x.no, "byline", 0.85, "a word such as “by” and names", x.text))


def _without_byline(head: Head, piece: Piece) -> list[Piece]:
    """The piece without its line of authors; nothing if that was all."""
    at = next(i for i, x in enumerate(piece.lines) if byline(x.text))
    _set_authors(head, piece.lines[at])
    lines = [x for i, x in enumerate(piece.lines) if i != at and not is_rule(x.text)]
    return [replace(_remainder(lines), before=piece.before)] if lines else []


def _key(text: str) -> str:
    return _MEANINGLESS.sub(" ", text.casefold()).strip() if len(text) < 500 else ""


def _text(content: tuple[Inline, ...]) -> str:
    return plain_text(content)


