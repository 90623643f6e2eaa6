"""The pieces of a text come in; its blocks go out, those that are headings with their level, and why."""

from __future__ import annotations

import re

from pubkit.model import Block, Heading
from pubkit.readers.base import Guess
from pubkit.readers.plaintext.bylines import byline
from pubkit.readers.plaintext.dates import VERSION, is_only_date
from pubkit.readers.plaintext.head import is_date, is_opening
from pubkit.readers.plaintext.hints import REASON
from pubkit.readers.plaintext.inline import inlines
from pubkit.readers.plaintext.lines import ends_sentence, has_gap, sentences, titled, width
from pubkit.readers.plaintext.lines import words as word_count
from pubkit.readers.plaintext.lists import Marker, follows, marker
from pubkit.readers.plaintext.pieces import Piece, guess

__all__ = ["body"]

ENOUGH = 0.6        # a line that scores less is a paragraph
_DECIMAL = re.compile(r"(?:§ ?)?(\d{1,3}(?:\.\d{1,3}){0,5})([.)]?)\s+(?=\S)")
_ROMAN = re.compile(r"[IVXLC]{1,7}[.)]\s+(?=\S)|[IVXLC]{1,7}\.?\Z")
_WIDE = re.compile(r"第?[一二三四五六七八九十]{1,3}(?:、|章|节|節|\s)(?=\S)")
_LABEL = re.compile(r"[^\W\d_][\w-]{0,20}(?: [\w-]{1,20}){0,3}: \S")
_LETTER = re.compile(r"[^\W\d_][.)]\s+(?=\S)")
_CHAPTER = re.compile(
    r"([^\W\d_]{3,12})\.? (?:\d{1,3}|[IVXLC]{1,7})(?:[.:)]|[.:]? [–—-])?(?:\s|\Z)|第(?:\d{1,3}|[一二三四五六七八九十]{1,3})[章回部]")
_BARE = re.compile(r"(\d{1,2}) +(?=[^\W\d_])")
_ALONE = re.compile(r"(?:([IVXLC]{1,7})|(\d{1,3}))\.?\Z")
_YEARS = re.compile(r"[(,] ?\d{4} ?[-–—/] ?\d{2,4}\)?\Z")
_ENDS = frozenset("end ends ende fin fine final koniec konec slut loppu кінець конец τέλος fim".split()) | {"the end", "ενδε"}


def body(pieces: list[Piece], base: int, guesses: list[Guess]) -> tuple[Block, ...]:
    """The blocks of all pieces; those that are headings become headings."""
    found = _headings(pieces, base)
    levels = _levels([(p, found[i][2]) for i, p in enumerate(pieces) if i in found])
    subs = _sub_headings(pieces, found)
    out: list[Block] = []
    current = 0
    for i, piece in enumerate(pieces):
        if i in found:
            score, reason, style = found[i]
            current = piece.level or levels[style]
            out.append(_heading(piece, current))
            guesses.append(guess(piece.line, "heading", score, f"{reason}: level {current}", piece.text))
        elif i in subs:
            score, reason = subs[i]
            level = min(current + 1, 6) if current else 2
            out.append(_heading(piece, level, colon=True))
            guesses.append(guess(piece.line, "sub-heading", score, f"{reason}: level {level}", piece.text))
        else:
            out.append(piece.block)
            if piece.kind != "rule":
                guesses.append(piece.guess)
    return tuple(out)


def _heading(piece: Piece, level: int, colon: bool = False) -> Heading:
    text = piece.text.replace("\n", " ")
    return Heading(level, inlines(text.rstrip(":： \u00a0\u202f") if colon else text), line=piece.line)


Found = tuple[float, str, str]


def _headings(pieces: list[Piece], base: int) -> dict[int, Found]:
    """Which pieces are headings: score, reason and style. A heading needs a text below it, or another heading of another style."""
    underlined = sum(1 for p in pieces if p.kind == "underlined")
    _mark_bare_numbers(pieces)
    chapters = _chapters(pieces)
    questions = _questions(pieces)
    found: dict[int, Found] = {}
    last = ""
    for i in range(len(pieces) - 1, -1, -1):
        piece = pieces[i]
        if piece.fixed == "heading":
            found[i] = (1, REASON, _style(piece, base))
            continue
        if piece.fixed:
            continue
        if piece.kind == "underlined":
            found[i] = (0.95, piece.guess.reason, "line " + piece.mark)
            continue
        if piece.kind != "paragraph":
            continue
        if i + 1 == len(pieces):
            last = _style(piece, base) if _may_be_heading(piece) and _number_style(piece)[0] else ""
            continue
        previous = pieces[i - 1] if i else None
        if pieces[i + 1].line == piece.line or (previous is not None and previous.lines[-1].no == piece.line):
            continue
        if i in chapters and _has_body(piece, chapters[i], i, pieces, found):
            found[i] = (0.9, "the number of a part of the text", chapters[i])
            if i + 1 in found and i + 1 not in chapters and len(pieces[i + 1].lines) < 3:
                found[i + 1] = (*found[i + 1][:2], "title of " + chapters[i])
            continue
        if i in questions:
            found[i] = (0.7, "a question with its answer below, as others", _style(piece, base))
            continue
        if not _may_be_heading(piece) or _is_between_capitals(i, pieces):
            continue
        score, reason, style = _score(piece, previous, pieces[i + 1], base)
        if underlined > 1:
            score -= 0.2
        if score >= ENOUGH and _has_body(piece, style, i, pieces, found):
            found[i] = (min(score, 0.99), reason, style)
    _complete_series(pieces, found)
    if last and any(style == last for _, _, style in found.values()):
        found[len(pieces) - 1] = (0.7, "the last line, numbered as other headings", last)
    return found


def _complete_series(pieces: list[Piece], found: dict[int, Found]) -> None:
    """Make headings of numbered lines of their own where most of their series are headings: a series is judged together."""
    series: list[tuple[Marker, int]] = []
    for i, piece in enumerate([*pieces, None]):
        m = marker(piece.lines[0]) if piece is not None and len(piece.lines) == 1 and piece.kind == "paragraph" else None
        if piece is not None and (m is None or not m.counts or not _may_be_heading(piece)):
            continue
        if piece is None or m is None or not series or follows(series[-1][0], m, piece.lines[0]) is None:
            _join_series([i for _, i in series], pieces, found)
            series = []
        if m is not None:
            series.append((m, i))


def _join_series(series: list[int], pieces: list[Piece], found: dict[int, Found]) -> None:
    known = [i for i in series if i in found]
    if len(series) < 3 or len(known) * 2 < len(series):
        return
    for i in series:
        apart = i + 1 < len(pieces) and i + 1 not in series and i + 1 not in found
        if i not in found and apart and not pieces[i].fixed and pieces[i].kind == "paragraph":
            found[i] = (0.65, "numbered as other headings", found[known[0]][2])


def _chapters(pieces: list[Piece]) -> dict[int, str]:
    """Lines such as `CHAPTER I.`, `PART TWO` or `3`, where two or more begin with one word: the style of each.

    Lines of one kind that stand between those of another are a level deeper.
    """
    places: dict[str, list[int]] = {}
    for i, p in enumerate(pieces):
        if p.kind == "paragraph" and not p.fixed and not p.spoken and len(p.lines) < 3 and width(p.text) <= 100:
            word = _chapter_word(p.text, len(places.get("", ())))
            if word is not None:
                places.setdefault(word, []).append(i)
    groups = [found for found in places.values() if len(found) > 1]
    out: dict[int, str] = {}
    for found in groups:
        depth = sum(1 for other in groups if other[0] < found[0] < other[-1])
        out |= dict.fromkeys(found, f"chapter {depth}")
    return out


def _chapter_word(text: str, numbers: int) -> str | None:
    """The word before the number of a chapter, "" for a number alone (``numbers`` were counted before); None if the text is none."""
    m = _CHAPTER.match(text)
    if m and not m[1]:
        return "第"
    if m and text[0].isupper() and (text[m.end():] == "" or not ends_sentence(text) or text.isupper()):
        return m[1].casefold()
    if m := _ALONE.match(text):
        return "" if m[1] or int(m[2]) == numbers + 1 else None
    words = text.split()
    shouted = len(words) == 2 and text.isupper() and all(w.rstrip(".").isalpha() for w in words) and len(words[0]) > 2
    return words[0].casefold() + " " if shouted and not byline(text) else None


def _mark_bare_numbers(pieces: list[Piece]) -> None:
    """Mark the short lines that begin with a number and no full stop, if these numbers count up from 1 or 2."""
    found = [(int(m[1]), p) for p in pieces if p.kind == "paragraph" and len(p.lines) == 1 and width(p.text) <= 80
             and (m := _BARE.match(p.text)) and not ends_sentence(p.text)]
    if len(found) > 1 and [n for n, _ in found] == list(range(found[0][0], found[0][0] + len(found))) and found[0][0] < 3:
        for _, piece in found:
            piece.mark = "number"


def _questions(pieces: list[Piece]) -> set[int]:
    """Short questions, each a line of its own with a longer answer below, where they are a good part of the text."""
    asked = {i for i, p in enumerate(pieces[:-1]) if _is_question(p) and (
        pieces[i + 1].kind != "paragraph" or (len(pieces[i + 1].text) > len(p.text) and not _is_question(pieces[i + 1])))}
    prose = sum(1 for p in pieces if p.kind == "paragraph")
    if len(asked) < 2 or len(asked) * 4 < prose:
        return set()
    siblings = {i for i, p in enumerate(pieces[:-1]) if i not in asked and _is_question(p)
                and not _is_question(pieces[i + 1]) and pieces[i + 1].text.endswith((":", "："))}
    return asked | siblings


def _is_question(piece: Piece) -> bool:
    return (piece.kind == "paragraph" and not piece.fixed and not piece.spoken and len(piece.lines) == 1 and width(piece.text) <= 100
            and piece.text.endswith(("?", "？", "؟", ";"))
            and (not piece.text.endswith(";") or "\u0370" <= max(piece.text) <= "\u1fff")
            and (piece.text[0].isalnum() or piece.text[0] == "¿") and sentences(piece.text) == 1
            and not _first_letter(piece.text).islower())


def _may_be_heading(piece: Piece) -> bool:
    text = piece.text
    if piece.spoken or has_gap(piece.lines[0].text) or byline(text) or text.strip(" -–—*").casefold() in _ENDS:
        return False
    if len(piece.lines) > (2 if piece.before > 1 else 1) or width(text) > 100 or word_count(text) > 14:
        return False
    dated = is_date(text) and not VERSION.match(text) and (is_only_date(text) or not _YEARS.search(text))
    if not any(c.isalnum() for c in text) or text[-1] in ",;:：、،؛" or dated or "://" in text or "@" in text:
        return False
    if not is_opening(text) or sentences(text) > 1:
        return False
    stopped = text.rstrip("\"'”’»)]").endswith((".", "。", "…"))
    return not stopped or (text.isupper() and not text.endswith("...") and (len(text) > 5 or _ROMAN.match(text) is not None))


def _is_between_capitals(i: int, pieces: list[Piece]) -> bool:
    """Whether a short enumeration stands between two lines in capitals, as in a curriculum vitae."""
    if not 0 < i < len(pieces) - 1 or pieces[i].text.count(", ") < 2 or pieces[i].text.isupper() or len(pieces[i].lines) > 1:
        return False
    return all(p.kind == "paragraph" and len(p.lines) == 1 and p.text.isupper() for p in (pieces[i - 1], pieces[i + 1]))


def _has_body(piece: Piece, style: str, i: int, pieces: list[Piece], found: dict[int, Found]) -> bool:
    below = pieces[i + 1]
    if i + 2 < len(pieces) and below.kind == "paragraph" and "\n" not in below.text and byline(below.text):
        below = pieces[i + 2]
    if i + 1 in found:
        numbered = style == found[i + 1][2] and style.startswith(("number", "roman", "letter"))
        part = style.startswith("chapter")
        below_is_part = found[i + 1][2].startswith("chapter")
        return numbered or (found[i + 1][2] != style and (part or (i + 2 not in found and not below_is_part)))
    if below.kind == "rule":
        return False
    if _is_between_capitals(i + 1, pieces):
        return True
    if below.kind != "paragraph":
        return True
    if len(below.lines) > 1 or below.lines[0].indent > piece.lines[0].indent + 1:
        return True
    if ends_sentence(below.text) or below.text.endswith((":", "：")) or sentences(below.text) > 1:
        return True
    return width(below.text) > max(60, 1.3 * width(piece.text)) or width(below.text) > max(30, 3 * width(piece.text))


def _score(piece: Piece, previous: Piece | None, below: Piece, base: int) -> Found:
    text = piece.text.replace("\n", " ")
    words = text.split()
    indent = piece.lines[0].indent - base
    ends = text.rstrip("\"'”’»)]")[-1:] in tuple("?!？！")
    number = _number_style(piece)[0]
    capital = titled(words)
    facts: list[tuple[bool, float, str]] = [
        (True, 0.3, "a short line of its own"),
        (not ends, 0.25, "no final punctuation"),
        (len(words) <= 6 and width(text) <= 60, 0.15, "few words"),
        (6 < len(words) <= 10, 0.05, ""),
        (text.isupper() and (len(text) > 3 or bool(number)), 0.2, "all capitals"),
        (capital and not text.isupper(), 0.1, "title case"),
        (", " in text and not capital, -0.1, ""),
        (bool(number), 0.2, "numbered"),
        (indent < 0, 0.15, "outdented"),
        (piece.before > 1 and piece.before > below.before, 0.1, "more space above than below"),
        (below.before == 0 and piece.before == 0, -0.15, ""),
        (_first_letter(text).islower(), -0.4, ""),
        (0 < indent < 10 and not text.isupper() and not number, -0.3, ""),
        (text[0] in "\"“«„'‘[(", -0.2, ""),
        (previous is not None and previous.text.endswith((":", "：")), -0.3, ""),
        (previous is not None and previous.kind == "verse" and piece.before == 0, -0.3, ""),
        (len(piece.lines) > 1, -0.1, ""),
        (below.kind == "list" and len(words) > 4 and not capital and not number and not text.isupper(), -0.25, ""),
        (any(p is not None and p.guess.kind == "table" for p in (previous, below)) and bool(_CHAPTER.match(text)), -0.4, ""),
        (bool(_LABEL.match(text)) and any(p is not None and _LABEL.match(p.text) for p in (previous, below)), -0.4, ""),
    ]
    score = sum(worth for holds, worth, _ in facts if holds)
    reason = ", ".join(words for holds, _, words in facts if holds and words)
    return score, reason, _style(piece, base)


def _style(piece: Piece, base: int) -> str:
    """How a heading is written; headings written alike have one level."""
    text = piece.text
    return _number_style(piece)[1] or ("capitals" if text.isupper() else "outdented" if piece.lines[0].indent < base else "plain")


def _first_letter(text: str) -> str:
    return next((c for c in text if c.isalpha()), "")


def _number_style(piece: Piece) -> tuple[str, str]:
    """The number a heading begins with, and a style that tells its depth; empty if it has none."""
    text = piece.text
    if (m := _DECIMAL.match(text)) and (m[2] or "." in m[1] or piece.mark == "number"):
        return m[1], f"number {m[1].count('.') + 1}"
    if m := _ROMAN.match(text):
        return m[0], "roman"
    if m := _WIDE.match(text):
        return m[0], "ideograph"
    if m := _LETTER.match(text):
        return m[0], "letter"
    return "", ""


def _levels(found: list[tuple[Piece, str]]) -> dict[str, int]:
    """The level of each style of heading: by its drawn line, its number, its capitals, or else level 2."""
    styles = list(dict.fromkeys(style for _, style in found))
    lined = [s for s in styles if s.startswith("line ")]
    levels = {s: min(2 + n, 6) for n, s in enumerate(lined)}
    below = len(lined)
    others = [s for s in styles if s not in levels]
    chapters = sorted(s for s in others if s.startswith("chapter"))
    if chapters:
        levels["capitals"] = min(2 + below, 6)
        for s in chapters:
            level = 2 + below + int(s[8:])
            levels |= {s: min(level, 6), "title of " + s: min(level + 1, 6)}
        below += 1 + int(chapters[-1][8:])
        others = [s for s in others if s not in levels]
    if "capitals" in others and others[0] == "capitals" and len(others) > 1:
        levels["capitals"] = min(2 + below, 6)
        below += 1
    elif "outdented" in others and "plain" in others:
        levels["outdented"] = min(2 + below, 6)
        below += 1
    counted = [s for s in others if s in ("roman", "ideograph", "letter", "number 1")]
    shallow = min((int(s[7:]) for s in others if s.startswith("number")), default=1)
    for s in others:
        if s not in levels:
            deeper = counted.index(s) if s in counted else int(s[7:]) - shallow if s.startswith("number") else 0
            levels[s] = min(2 + below + deeper, 6)
    return levels


def _sub_headings(pieces: list[Piece], found: dict[int, Found]) -> dict[int, tuple[float, str]]:
    """Short lines that end in a colon: right before a list, or before other text where several stand alike."""
    short: dict[int, tuple[float, str]] = {}
    before_text: dict[int, tuple[float, str]] = {}
    for i, piece in enumerate(pieces[:-1]):
        if piece.fixed == "sub-heading":
            short[i] = (1, REASON)
        if piece.kind != "paragraph" or piece.fixed or len(piece.lines) > 1 or i in found:
            continue
        score = _colon_score(piece)
        joined = piece.before == 0 and i > 0 and pieces[i - 1].kind == "paragraph"
        if score and pieces[i + 1].kind == "list":
            short[i] = (score - 0.3 * joined, "a few words and a colon before a list")
        elif score > 0.6 and not joined and _follows_as_text(piece, pieces[i + 1]):
            before_text[i] = (score - 0.2, "a few words and a colon, as other lines")
    alike = len(short) + len(before_text) > 1
    short |= before_text if alike else {}
    return {i: (1 if score == 1 else min(score + 0.15 * alike, 0.95), reason)
            for i, (score, reason) in short.items() if score + 0.15 * alike >= ENOUGH}


def _colon_score(piece: Piece) -> float:
    text = piece.text.rstrip()
    words = text.rstrip(":： \u00a0\u202f").split()
    count = word_count(" ".join(words))
    if not text.endswith((":", "：")) or not 0 < count <= 4 or width(text) > 40 or _first_letter(text).islower():
        return 0
    if titled(words) and words[-1][0].isupper():
        return 0.85 if count <= 2 else 0.7
    return 0.85 if count == 1 or text.isupper() else 0.55 if count == 2 else 0.5


def _follows_as_text(piece: Piece, below: Piece) -> bool:
    """Whether a text below a line with a colon is more than what the line announces: longer, and a sentence."""
    if below.kind == "paragraph" and "\n" in below.text:
        return True
    longer = below.kind == "paragraph" and ends_sentence(below.text) and len(below.text) > 2 * len(piece.text)
    return longer or below.kind in ("verse", "table") or below.guess.kind == "table"
