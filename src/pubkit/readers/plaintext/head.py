"""The first pieces of a text come in; title, deck, authors and date go out, and the pieces that remain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.model import Inline, LineBreak, Meta, Paragraph, Person, plain_text
from pubkit.readers.base import Guess
from pubkit.readers.front_matter import parse_date
from pubkit.readers.plaintext.bylines import BYLINE, byline, byline_parts, is_name, people_in
from pubkit.readers.plaintext.dates import Dateline, date_line, dateline, is_only_date
from pubkit.readers.plaintext.hints import REASON
from pubkit.readers.plaintext.inline import inlines
from pubkit.readers.plaintext.lines import (
    LOOK_AHEAD,
    Line,
    ends_sentence,
    is_rule,
    join,
    sentences,
    squeeze,
    starts_lower,
    titled,
    width,
)
from pubkit.readers.plaintext.pieces import Piece, guess

__all__ = ["Head", "is_date", "is_opening", "read_head"]

REACH = 12      # pieces from the top that may belong to the head of a text

_YEAR = re.compile(r"\b(?:1[0-9]|20|21)\d\d\b")
_HEADER = re.compile(r"[^\W\d_][\w -]{0,30}?\s?(?::(?:\s|\Z)|：)")
_TITLE_KEY = re.compile(
    r"(?:title|subject|titel|titre|título|titolo|tytuł|betreff|asunto|objet|oggetto|temat|назва|тема|заголовок|τίτλος|θέμα|件名|主题|標題|标题)"
    r"\s*[:：]\s*(?=\S)", re.IGNORECASE)
_FROM_KEY = re.compile(
    r"(?:from|authors?|von|de|da|od|від|автор|autor|auteur|autore|από|差出人|发件人)\s*[:：]\s*(?=\S)", re.IGNORECASE)
_DATE_KEY = re.compile(
    r"(?:date|datum|fecha|data|дата|ημερομηνία|日付|日期|release date|released|published|created|sent|gesendet|envoyé)"
    r"\s*[:：]\s*(?=\S)", re.IGNORECASE)
_RELEASE = re.compile(
    r"(?:(?:not )?for (?:immediate |general )?(?:release|publication)|embargo|sperrfrist"
    r"|zur (?:sofortigen )?(?:veröffentlichung|freigabe)"
    r"|(?:para|de) (?:su )?(?:difusión|publicación|publicação|divulgação) (?:inmediata|imediata)"
    r"|pour (?:diffusion|publication) immédiate|(?:per )?(?:la )?(?:diffusione|pubblicazione) immediata|do natychmiastowej publikacji"
    r"|voor (?:directe|onmiddellijke) (?:publicatie|verspreiding)|för omedelbar publicering|til umiddelbar (?:frigivelse|publisering)"
    r"|k okamžitému (?:zveřejnění|uveřejnění)|julkaistavissa heti"
    r"|(?:для|до) (?:негайн|немедленн)\w{2,3} (?:оприлюднення|публікації|поширення|публикации|распространения)"
    r"|για άμεση (?:δημοσίευση|κυκλοφορία)|للنشر الفوري|לפרסום מיידי|即日発表|即时发布|即時發布|즉시 (?:보도|배포)"
    r"|комюніке|коммюнике|(?:press|media|news)[ -](?:release|statement|advisory|notice)"
    r"|pressemitteilung|presseinformation"
    r"|presseaussendung|medienmitteilung|communiqué|comunicado|nota (?:de prensa|de imprensa|informativa)"
    r"|comunicato stampa|persbericht|informacja prasowa|komunikat prasowy|tisková zpráva|pressmeddelande|pressemeddelelse|pressemelding"
    r"|lehdistötiedote"
    r"|прес-?реліз|пресс-?релиз|повідомлення для преси|δελτίο τύπου|basın bülteni|بيان صحفي|הודעה לעיתונות"
    r"|プレスリリース|報道発表|新闻稿|新聞稿|보도자료)", re.IGNORECASE)
_REACHED = re.compile(r"\+?[\d ()/.-]{6,}\Z|\S+@\S+\Z|(?:www\.|https?://)\S+\Z", re.IGNORECASE)
_START = re.compile(r"\*\*\* ?START OF ")
_CREDIT = re.compile(r"(?:produced|transcribed|prepared|e-?text (?:was )?(?:produced|prepared)) by ", re.IGNORECASE)
_ASKS = ("?", "？", "؟")
_ARTICLES = frozenset("the a an der die das ein eine le la les un une el los las una il lo gli i de het een o os as um uma en ett".split())
_MEANINGLESS = re.compile(r"[\W_]+")


@dataclass
class Head:
    """What the beginning of a text says of it."""

    title: tuple[Inline, ...] = ()
    subtitle: tuple[Inline, ...] = ()
    authors: list[Person] = field(default_factory=list)
    published: datetime | None = None
    guesses: list[Guess] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def is_date(text: str) -> bool:
    """Whether a short text is a date: a year and another number, and few words."""
    if _YEAR.search(text) and len(re.findall(r"\d+", text)) >= 2 and len(text.split()) <= 8 and not ends_sentence(text):
        return True
    return date_line(text) is not None


def read_head(pieces: list[Piece], name: str, meta: Meta) -> tuple[Head, list[Piece]]:
    """The head of a text.

    Args:
        pieces: the whole text.
        name: the file's name, for diagnostics.
        meta: what the front matter says, which no guess changes.

    Returns:
        The head, and the pieces of the body.
    """
    head = Head(meta.title, meta.subtitle, list(meta.authors), meta.published)
    above, rest = _hinted(head, pieces)
    if head.title:
        rest = _take_rest(head, rest, name, below_title=not meta.title)
    elif rest and not rest[0].fixed:
        rest = _infer(head, rest, name)
    rest = above + rest
    _take_date(head, rest)
    return head, rest


def _hinted(head: Head, pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Set what hint lines name; the pieces above a title that was named so, and those below."""
    above: list[Piece] = []
    rest: list[Piece] = []
    for piece in pieces:
        if piece.fixed not in ("title", "deck", "byline"):
            rest.append(piece)
        elif piece.fixed == "title" and not any(g.kind == "title" for g in head.guesses):
            _set_title(head, piece.text, piece.line, 1, REASON)
            above, rest = above + rest, []
        elif piece.fixed == "deck" and not any(g.kind == "deck" for g in head.guesses):
            _set_deck(head, piece.text, piece.line, 1, REASON)
        elif piece.fixed == "byline":
            head.authors.extend(_named(piece.text))
            head.guesses.append(guess(piece.line, "byline", 1, REASON, piece.text))
        else:
            rest.append(piece)
    return above, rest


def _named(text: str) -> list[Person]:
    """The people of a line that a hint calls a byline, however they are named."""
    if people := byline(text):
        return people
    m = BYLINE.match(text)
    return people_in(text[m.end() if m else 0:], check=False)


def _infer(head: Head, rest: list[Piece], name: str) -> list[Piece]:
    """Title and what belongs to it, where nothing names them; the pieces that remain."""
    if found := _mail_head(head, rest[0]):
        greeting = [_fixed(p) for p in rest[1:2] if p.kind == "paragraph" and width(p.text) <= 40]
        return [found, *greeting, *rest[1 + len(greeting):]]
    passed = _ebook(rest) or _preamble(rest)
    before, below = [_fixed(p) for p in rest[:passed]], rest[passed:]
    taken = _take_title(head, below, name) if below and not below[0].fixed else None
    if taken is None:
        return before + below if passed else rest
    return [p for p in before if p.kind != "rule"] + _take_rest(head, taken, name, below_title=True)


def _fixed(piece: Piece) -> Piece:
    return replace(piece, fixed=piece.fixed or piece.kind)


# --- What stands above a title ------------------------------------------------------------------------------------------------------

def _ebook(pieces: list[Piece]) -> int:
    """How many pieces stand above the title of a book that says where it starts, and maybe in key lines what it is; 0 if it does not."""
    starts = [i for i, p in enumerate(pieces[:40]) if _START.match(p.text)]
    start = starts[0] if starts else 0
    lines = [x.text for p in pieces[:start] for x in p.lines]
    title = next((_key(squeeze(x[m.end():])) for x in lines if (m := _TITLE_KEY.match(x))), "")
    if not title:
        below = next((i for i, p in enumerate(pieces[:start + REACH]) if i > start and not _CREDIT.match(p.text)), 0)
        return below if starts else 0
    return next((i for i, p in enumerate(pieces[start:start + REACH], start) if _key(p.text.replace("\n", " ")) == title), 0)


def _preamble(pieces: list[Piece]) -> int:
    """How many pieces stand above the title: what kind of text it is, when and from whom, and a head of two columns."""
    count = 0
    said = False
    for piece in pieces[:8]:
        if piece.fixed:
            break
        columns = piece.kind == "code" and piece.guess.kind == "table" and not count and len(piece.lines) <= 10
        if (columns and _is_centred(pieces[1:2])) or (piece.kind == "rule" and len(pieces) > count + 1):
            count += 1
        elif piece.kind in ("paragraph", "verse") and _is_preamble(piece, said):
            said = said or _RELEASE.match(piece.lines[0].text) is not None or len(piece.lines) > 1
            count += 1
        else:
            break
    return count if count < len(pieces) - 1 else 0


def _is_centred(pieces: list[Piece]) -> bool:
    return bool(pieces) and pieces[0].kind in ("paragraph", "verse") and len(pieces[0].lines) < 4 and pieces[0].lines[0].indent > 5


def _is_preamble(piece: Piece, said: bool) -> bool:
    """Whether each line says that this is a release, or when it is from, or whom to ask; a key alone only where more was said before."""
    lines = [x.text for x in piece.lines]
    if len(lines) > 8 or not (_is_release(lines[0]) or (date_line(lines[0]) and is_only_date(lines[0])) or (
            _HEADER.match(lines[0]) and (said or sum(1 for x in lines if _HEADER.match(x)) > 1))):
        return False
    if all(_is_release(x) or date_line(x) or _HEADER.match(x) or _REACHED.match(x) for x in lines):
        return True
    address = lines[0].endswith((":", "：")) and any(_REACHED.match(x) for x in lines)      # "Contact:", a name, a house, a number
    return address and all(width(x) <= 60 and not ends_sentence(x) for x in lines)


def _is_release(text: str) -> bool:
    return len(text) <= 80 and not ends_sentence(text) and _RELEASE.match(text) is not None


# --- Title --------------------------------------------------------------------------------------------------------------------------

def _mail_head(head: Head, piece: Piece) -> Piece | None:
    """Set what a block of `Key: value` lines says; the block, which stays as it is. None if it names no title."""
    lines = piece.lines
    if piece.kind not in ("paragraph", "verse") or len(lines) < 2 or not _HEADER.match(lines[0].text):
        return None
    if not all(_HEADER.match(x.text) or x.indent > lines[0].indent for x in lines):
        return None
    titled = next(((x, m) for x in lines if (m := _TITLE_KEY.match(x.text))), None)
    if titled is None:
        return None
    _set_title(head, squeeze(titled[0].text[titled[1].end():]), titled[0].no, 0.8, "named as the title in the head lines, which stay")
    for x in lines:
        if (m := _FROM_KEY.match(x.text)) and not head.authors and (people := people_in(x.text[m.end():], check=True)):
            head.authors.extend(people)
            head.guesses.append(guess(x.no, "byline", 0.8, "named in the head lines, which stay", x.text))
        elif (m := _DATE_KEY.match(x.text)) and (found := date_line(x.text[m.end():])):
            _set_date(head, x, found, x.text[m.end():])
    return _fixed(_remainder(lines, "head lines, each kept"))


def _can_be_title(text: str) -> bool:
    text = text.strip()
    if not text or width(text) > 160 or len(text.split()) > 24 or not any(c.isalnum() for c in text):
        return False
    if text[-1] in ".。,;:：،؛" and not text.endswith(("...",)):
        return False
    if is_date(text) and is_only_date(text):
        return False
    return "://" not in text and not byline(text) and is_opening(text) and sentences(text) == 1


def _take_title(head: Head, rest: list[Piece], name: str) -> list[Piece] | None:
    """Set the title; the pieces below it, or None if there is no title."""
    first = rest[0]
    if len(rest) < 2 and len(first.lines) < 2 and first.kind != "underlined":
        return None
    if first.kind == "underlined":
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
    return None if _is_letter(rest) else _title_of_lines(head, rest, name)


def _is_letter(pieces: list[Piece]) -> bool:
    """Whether a short line that ends in a comma, a salutation, stands near the top."""
    return any(len(p.lines) == 1 and p.text.endswith((",", "，", "،")) and len(p.text.split()) <= 6 for p in pieces[1:7])


def is_opening(text: str) -> bool:
    """Whether a title or heading may begin as this text does: with a letter, a digit, a quotation mark or bracket, not with a sign."""
    return text[0].isalnum() or text[0] in "\"'“‘«„‹(¿¡§…@#&$€£`_"


def _numbered(text: str) -> bool:
    return bool(re.match(r"\d{1,2}[.)] |[IVX]{1,5}\. ", text))


def _title_of_lines(head: Head, rest: list[Piece], name: str) -> list[Piece] | None:
    """A title in a first block of two to five short lines: alone, twice, with a deck or authors below, or centred over lines."""
    lines = rest[0].lines
    if len(lines) > 5 or any(width(x.text) > 110 for x in lines) or rest[0].guess.reason.startswith("lines with a word"):
        return None
    if not _can_be_title(squeeze(lines[0].text)):
        return None
    title = [lines[0]]
    others = lines[1:]
    while others and _key(others[0].text) == _key(lines[0].text):
        _drop_repeat(head, [others.pop(0)], name)
    bylines = [x for x in others if byline_parts(x.text)[0]]
    plain = [x for x in others if x not in bylines]
    below = rest[1:]
    if plain and not is_opening(plain[0].text):
        below.insert(0, _remainder(plain))
        plain = []
    centred = all(x.indent >= 8 for x in lines)
    texts = [squeeze(x.text) for x in (lines[0], *plain)]
    undated = not any(is_date(x.text) for x in plain)
    if plain and undated and (centred or len(plain) == 1) and _can_be_title(join(texts)) and all(
            _goes_on(lines[0], x, centred) for x in plain):
        title, plain = [lines[0], *plain], []
    while (plain and title[-1].text.isupper() and plain[0].text.isupper() and not is_date(plain[0].text)
           and _can_be_title(join([x.text for x in [*title, plain[0]]]))):
        title.append(plain.pop(0))
    dates = [x for x in plain if is_date(x.text)]
    deck = [x for x in plain if x not in dates]
    if len(deck) > 1 and all(starts_lower(x.text) for x in deck[1:]):
        deck = [deck[0]._replace(text=join([x.text for x in deck]))]
    if len(deck) > 1 or (deck and (len(deck[0].text.split()) > 30 or deck[0].text.endswith((":", ",")) or len(rest) < 2)):
        return None
    _set_title(head, join([x.text for x in title]), lines[0].no, 0.7, "the first lines, short, no full stop")
    if deck:
        _set_deck(head, squeeze(deck[0].text), deck[0].no, 0.6, "a line right below the title")
    left = [_set_authors(head, x) for x in bylines]
    return [_remainder([x]) for x in (*dates, *left) if x is not None] + below


def _goes_on(a: Line, b: Line, centred: bool) -> bool:
    """Whether a title goes on in its second line, rather than a deck standing there."""
    if centred:
        return b.text.isupper() == a.text.isupper() and titled(b.text.split()) == titled(a.text.split())
    if width(a.text) < 45 or a.text.isupper() != b.text.isupper():
        return False
    if starts_lower(b.text):
        return True
    return titled(a.text.split()) == titled(b.text.split()) and width(b.text) <= width(a.text)


def _remainder(lines: list[Line], reason: str = "lines beside title and authors") -> Piece:
    """Lines beside the head's own, as a paragraph."""
    content: list[Inline] = []
    for i, x in enumerate(lines):
        content.extend([LineBreak()] if i else [])
        content.extend(inlines(squeeze(x.text)))
    text = "\n".join(squeeze(x.text) for x in lines)
    found = guess(lines[0].no, "paragraph", 0.8, reason, text)
    return Piece("paragraph", lines[0].no, Paragraph(content, line=lines[0].no), found, lines, text=text)


def _set_title(head: Head, text: str, line: int, score: float, reason: str) -> None:
    head.title = inlines(text)
    head.guesses.append(guess(line, "title", min(score, 0.99), reason, text))


# --- Deck, authors, the title again -------------------------------------------------------------------------------------------------

def _take_rest(head: Head, pieces: list[Piece], name: str, below_title: bool) -> list[Piece]:
    """What follows the title; ``below_title`` says that these pieces stand right below it."""
    title = _key(_text(head.title))
    rest = list(pieces)
    passed: list[Piece] = []
    given = bool(head.authors)
    for _ in range(6):
        if not rest or rest[0].fixed:
            break
        piece = rest[0]
        if piece.kind in ("paragraph", "underlined") and title and _key(piece.text) == title:
            _drop_repeat(head, piece.lines, name)
            below_title = True
        elif piece.kind == "rule" and len(rest) > 1 and not passed and below_title:
            passed.append(rest.pop(0))
            continue
        elif not given and not head.authors and _has_byline(piece):
            rest[:1] = _without_byline(head, piece)
            if head.authors and rest and rest[0].lines[0].no in {x.no for x in piece.lines}:
                passed.append(rest.pop(0))
            continue
        elif not head.authors and below_title and _is_bare_name(rest):
            head.authors.append(Person(piece.text))
            head.guesses.append(guess(piece.line, "byline", 0.6, "a name between the title and the first heading or date", piece.text))
        elif piece.kind == "paragraph" and len(piece.lines) == 1 and date_line(piece.text) and below_title:
            passed.append(rest.pop(0))
            continue
        elif not head.subtitle and below_title and (given or not head.authors) and _is_deck(rest):
            _set_deck(head, piece.text, piece.line, 0.75, "one sentence between the title and a longer text")
        else:
            break
        rest.pop(0)
    return passed + rest


def _is_bare_name(rest: list[Piece]) -> bool:
    """Whether a line is two to four words as of a name, and what stands below is no text but a date, a part of the text, or verse."""
    piece, below = rest[0], rest[1] if len(rest) > 1 else None
    words = piece.text.split()
    if piece.kind != "paragraph" or len(piece.lines) > 1 or below is None:
        return False
    if below.kind != "verse" and (below.kind != "paragraph" or len(below.lines) > 1):
        return False
    if not 2 <= len(words) <= 4 or piece.text.isupper() or not is_name(piece.text, alone=False) or ends_sentence(piece.text):
        return False
    if piece.text.upper() == piece.text.lower() or not all(re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\W\d_]\.", w) for w in words):
        return False
    if below.kind == "verse":
        others = any(a.kind == "paragraph" and len(a.lines) == 1 and b.kind == "verse" for a, b in pairwise(rest[1:LOOK_AHEAD]))
        return len(words) < 4 and words[0].lower() not in _ARTICLES and not others     # else titles of poems
    return date_line(below.text) is not None or (len(below.text.split()) <= 3 and (below.text.isupper() or below.text.isdigit()))


def _has_byline(piece: Piece) -> bool:
    return piece.kind in ("paragraph", "verse") and len(piece.lines) < 4 and any(byline_parts(x.text)[0] for x in piece.lines[:2])


def _drop_repeat(head: Head, lines: list[Line], name: str) -> None:
    head.guesses.extend(guess(x.no, "dropped", 0.95, "the title again", x.text) for x in lines)
    head.diagnostics.append(diagnostic("title-repeated", "the title stands twice and is kept once", name, lines[0].no))


def _is_deck(rest: list[Piece]) -> bool:
    piece = rest[0]
    text = piece.text
    if _stands_above_byline(rest) or _stands_above_dateline(rest):
        return True
    if text.endswith(_ASKS) and any(p.kind == "paragraph" and len(p.lines) == 1 and p.text.endswith(_ASKS) for p in rest[1:8]):
        return False
    below = next((p for p in rest[1:4] if not _has_byline(p) and not is_date(p.text)), None)
    if piece.kind != "paragraph" or len(piece.lines) > 2 or "\n" in text or _has_byline(piece):
        return False
    if below is None or below.kind != "paragraph":
        return False
    if not ends_sentence(text) and (len(text.split()) < 6 or text.isupper() or _numbered(text)):
        return False
    if not 20 <= width(text) <= 400 or len(text.split()) > 60 or text.endswith((":", "：", ",", ";")) or text[0] in "\"“«„—–-([":
        return False
    return sentences(text) == 1 and not is_date(text) and len(below.text) > len(text) * 1.1 and sentences(below.text) > 1


def _stands_above_dateline(rest: list[Piece]) -> bool:
    piece = rest[0]
    return (len(rest) > 1 and piece.kind == "paragraph" and len(piece.lines) == 1 and 12 <= width(piece.text) <= 200
            and is_opening(piece.text) and piece.text[-1] not in ",:;" and not is_date(piece.text) and not _has_byline(piece)
            and dateline(piece.text) is None and rest[1].kind == "paragraph" and width(rest[1].text) > 100
            and dateline(rest[1].text) is not None)


def _stands_above_byline(rest: list[Piece]) -> bool:
    piece = rest[0]
    return (len(rest) > 2 and piece.kind == "paragraph" and len(piece.lines) < 3 and "\n" not in piece.text and width(piece.text) <= 200
            and sentences(piece.text) == 1 and _has_byline(rest[1])
            and not _has_byline(piece) and is_opening(piece.text) and piece.text[-1] not in ",:;" and not is_date(piece.text))


def _set_deck(head: Head, text: str, line: int, score: float, reason: str) -> None:
    head.subtitle = inlines(text)
    head.guesses.append(guess(line, "deck", score, reason, text))


def _set_authors(head: Head, x: Line) -> Line | None:
    """Set the authors of a line; the line with the words that are left of it, None if nothing is."""
    people, left = byline_parts(x.text)
    head.authors.extend(people)
    head.guesses.append(guess(x.no, "byline", 0.85, "a word such as “by” and names", x.text))
    return x._replace(raw=left, indent=0, text=left) if left else None


def _without_byline(head: Head, piece: Piece) -> list[Piece]:
    """The piece without its line of authors; nothing if that was all."""
    at = next(i for i, x in enumerate(piece.lines) if byline_parts(x.text)[0])
    left = _set_authors(head, piece.lines[at])
    lines = [y for i, x in enumerate(piece.lines) if (y := left if i == at else x) is not None and not is_rule(y.text)]
    return [replace(_remainder(lines), before=piece.before)] if lines else []


# --- Date ---------------------------------------------------------------------------------------------------------------------------

def _take_date(head: Head, pieces: list[Piece]) -> None:
    """Set the date from a line that says little else, or from the place and date the first paragraph begins with; the words stay."""
    for i, piece in enumerate(pieces[:REACH]):
        if piece.kind != "paragraph" or piece.fixed not in ("", "paragraph") or piece.guess.reason == REASON:
            continue
        said = piece.guess.reason.startswith("head lines")
        long = width(piece.text) > 100 or (len(piece.lines) > 1 and ends_sentence(piece.text))
        if not long and not said:
            for x in piece.lines:
                m = _DATE_KEY.match(x.text)
                if found := date_line(x.text[m.end() if m else 0:]):
                    _set_date(head, x, found, x.text)
                    pieces[i] = _fixed(replace(piece, guess=head.guesses.pop()) if len(piece.lines) == 1 else piece)
        elif long:
            first = piece.lines[0]
            if (found := dateline(piece.text)) and not any(dateline(p.text) for p in pieces[i + 1:i + 3] if p.kind == "paragraph"):
                _set_date(head, first, found, "")
            break


def _set_date(head: Head, x: Line, found: Dateline, text: str) -> None:
    head.guesses.append(guess(x.no, "dateline", found.score, found.reason, x.text))
    if head.published is None:
        try:
            head.published = parse_date(text) if text else found.date
        except (ValueError, OverflowError):
            head.published = found.date


def _key(text: str) -> str:
    return _MEANINGLESS.sub(" ", text.casefold()).strip() if len(text) < 500 else ""


def _text(content: tuple[Inline, ...]) -> str:
    return plain_text(content)


