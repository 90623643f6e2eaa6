"""Plain text comes in; an article goes out whose structure was inferred, with the reason of every guess.

The kinds of guesses are title, deck, byline, heading, sub-heading, paragraph, list, quote, verse, code and dropped. No guess rests on the
words of one language but the byline's.
"""

from __future__ import annotations

import re

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.model import Article, Block, Heading, Meta
from pubkit.readers.base import Guess, Read
from pubkit.readers.plaintext_head import byline, is_date, is_opening, read_head
from pubkit.readers.plaintext_inline import inlines
from pubkit.readers.plaintext_lines import Dropped, Line, body_indent, ends_sentence, has_gap, lines_of, sentences, width, wrap_width
from pubkit.readers.plaintext_lines import words as word_count
from pubkit.readers.plaintext_lists import marker
from pubkit.readers.plaintext_pieces import Piece, Segmenter, guess

__all__ = ["parse"]

ENOUGH = 0.6        # a line that scores less is a paragraph

_DECIMAL = re.compile(r"(?:§ ?)?(\d{1,3}(?:\.\d{1,3}){0,5})([.)]?)\s+(?=\S)")
_ROMAN = re.compile(r"[IVXLC]{1,7}[.)]\s+(?=\S)")
_LABEL = re.compile(r"[^\W\d_][\w-]{0,20}(?: [\w-]{1,20}){0,3}: \S")
_LETTER = re.compile(r"[^\W\d_][.)]\s+(?=\S)")


def parse(text: str, name: str = "") -> Read:
    """Read plain text.

    Args:
        text: the text; any line ends, with or without a byte order mark.
        name: the file's name, for diagnostics.

    Returns:
        The raw article with the diagnostics and, in order of lines, every guess.
    """
    lines, dropped = lines_of(text)
    wrap = wrap_width(lines)
    base = body_indent(_running_text(lines))
    guesses: list[Guess] = []
    pieces = Segmenter(lines, wrap, base, guesses).run()
    head, rest = read_head(pieces, name)
    diagnostics = [*_page_breaks(dropped, name, guesses), *head.diagnostics]
    guesses.extend(head.guesses)
    body = _body(rest, base, guesses)
    meta = Meta(title=head.title, subtitle=head.subtitle, authors=head.authors)
    guesses.sort(key=lambda g: g.line)
    diagnostics.sort(key=lambda d: d.location.line)
    return Read(Article(meta=meta, content=body), tuple(diagnostics), guesses=tuple(guesses))


def _running_text(lines: list[Line]) -> list[list[Line]]:
    """The runs of lines that are not lists or quotes."""
    groups: list[list[Line]] = [[]]
    for x in lines:
        if x.text:
            groups[-1].append(x)
        elif groups[-1]:
            groups.append([])
    return [g for g in groups if g and g[0].text[0] != ">" and marker(g[0]) is None]


def _page_breaks(dropped: list[Dropped], name: str, guesses: list[Guess]) -> list[Diagnostic]:
    out: list[Diagnostic] = []
    for page in dropped:
        what = ["a page break"] * page.breaks + [f"the page head or foot “{text}”" for _, text in page.words]
        out.append(diagnostic("pagebreak-dropped", f"left out: {', '.join(what)}", name, page.no))
        guesses.extend(guess(no, "dropped", 0.8, "a page head or foot that repeats", text) for no, text in page.words)
    return out


# --- Headings -----------------------------------------------------------------------------------------------------------------------

def _body(pieces: list[Piece], base: int, guesses: list[Guess]) -> tuple[Block, ...]:
    """The blocks of all pieces; those that are headings become headings."""
    found = _headings(pieces, base)
    levels = _levels([(p, found[i][2]) for i, p in enumerate(pieces) if i in found])
    subs = _sub_headings(pieces, found)
    out: list[Block] = []
    current = 0
    for i, piece in enumerate(pieces):
        if i in found:
            score, reason, style = found[i]
            current = levels[style]
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
    found: dict[int, Found] = {}
    for i in range(len(pieces) - 1, -1, -1):
        piece = pieces[i]
        if piece.kind == "underlined":
            found[i] = (0.95, piece.guess.reason, "line " + piece.mark)
            continue
        if piece.kind != "paragraph" or not _may_be_heading(piece) or i + 1 == len(pieces):
            continue
        previous = pieces[i - 1] if i else None
        if pieces[i + 1].line == piece.line or (previous is not None and previous.lines[-1].no == piece.line):
            continue
        score, reason, style = _score(piece, previous, pieces[i + 1], base)
        if underlined > 1:
            score -= 0.2
        if score >= ENOUGH and _has_body(piece, style, i, pieces, found):
            found[i] = (min(score, 0.99), reason, style)
    return found


def _may_be_heading(piece: Piece) -> bool:
    text = piece.text
    if has_gap(piece.lines[0].text) or byline(text):
        return False
    if len(piece.lines) > (2 if piece.before > 1 else 1) or width(text) > 100 or word_count(text) > 14:
        return False
    if not any(c.isalnum() for c in text) or text[-1] in ",;:：、،؛" or is_date(text) or "://" in text or "@" in text:
        return False
    return not text.rstrip("\"'”’»)]").endswith((".", "。", "…")) and is_opening(text) and sentences(text) == 1


def _has_body(piece: Piece, style: str, i: int, pieces: list[Piece], found: dict[int, Found]) -> bool:
    below = pieces[i + 1]
    if i + 2 < len(pieces) and below.kind == "paragraph" and "\n" not in below.text and byline(below.text):
        below = pieces[i + 2]
    if i + 1 in found:
        return found[i + 1][2] != style and i + 2 not in found
    if below.kind == "rule":
        return False
    if below.kind != "paragraph":
        return True
    if len(below.lines) > 1 or below.lines[0].indent > piece.lines[0].indent + 1:
        return True
    return ends_sentence(below.text) or below.text.endswith((":", "：")) or width(below.text) > max(60, 1.3 * width(piece.text))


def _score(piece: Piece, previous: Piece | None, below: Piece, base: int) -> Found:
    text = piece.text.replace("\n", " ")
    words = text.split()
    indent = piece.lines[0].indent - base
    ends = text.rstrip("\"'”’»)]")[-1:] in tuple("?!？！")
    number, style = _number_style(text)
    capital = _titled(words)
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
        (bool(_LABEL.match(text)) and any(p is not None and _LABEL.match(p.text) for p in (previous, below)), -0.4, ""),
    ]
    score = sum(worth for holds, worth, _ in facts if holds)
    reason = ", ".join(words for holds, _, words in facts if holds and words)
    if not style:
        style = "capitals" if text.isupper() else "outdented" if indent < 0 else "plain"
    return score, reason, style


def _first_letter(text: str) -> str:
    return next((c for c in text if c.isalpha()), "")


def _titled(words: list[str]) -> bool:
    """Whether most words of some length begin with a capital."""
    long = [w for w in words if len(w) > 3 and w[0].isalpha()]
    return bool(long) and sum(1 for w in long if w[0].isupper()) * 3 >= len(long) * 2


def _number_style(text: str) -> tuple[str, str]:
    """The number a heading begins with, and a style that tells its depth; empty if it has none."""
    if (m := _DECIMAL.match(text)) and (m[2] or "." in m[1]):
        return m[1], f"number {m[1].count('.') + 1}"
    if m := _ROMAN.match(text):
        return m[0], "roman"
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
    if "capitals" in others and others[0] == "capitals" and len(others) > 1:
        levels["capitals"] = min(2 + below, 6)
        below += 1
    elif "outdented" in others and "plain" in others:
        levels["outdented"] = min(2 + below, 6)
        below += 1
    counted = [s for s in others if s in ("roman", "letter", "number 1")]
    for s in others:
        if s not in levels:
            deeper = counted.index(s) if s in counted else int(s[7:]) - 1 if s.startswith("number") else 0
            levels[s] = min(2 + below + deeper, 6)
    return levels


def _sub_headings(pieces: list[Piece], found: dict[int, Found]) -> dict[int, tuple[float, str]]:
    """Short lines that end in a colon right before a list."""
    short: dict[int, tuple[float, str]] = {}
    for i, piece in enumerate(pieces[:-1]):
        if piece.kind != "paragraph" or len(piece.lines) > 1 or pieces[i + 1].kind != "list" or i in found:
            continue
        text = piece.text.rstrip()
        words = text.rstrip(":： \u00a0\u202f").split()
        count = word_count(" ".join(words))
        if not text.endswith((":", "：")) or not 0 < count <= 4 or width(text) > 40 or _first_letter(text).islower():
            continue
        joined = piece.before == 0 and i > 0 and pieces[i - 1].kind == "paragraph"
        score = 0.85 if count <= 2 else 0.7 if _titled(words) and words[-1][0].isupper() else 0.5
        short[i] = (score - 0.3 * joined, "a few words and a colon before a list")
    alike = len(short) > 1
    return {i: (min(score + 0.15 * alike, 0.95), reason) for i, (score, reason) in short.items() if score + 0.15 * alike >= ENOUGH}
