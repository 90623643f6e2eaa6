"""Rows of text come in; numbered lines go out, with the measures that guesses rest on (indent, width, wrapping, gaps)."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

__all__ = [
    "BAR_RULE", "LEADERS", "LONG", "LOOK_AHEAD", "Line", "body_indent", "code_share", "ends_sentence", "first_word", "has_gap",
    "indented", "is_break", "is_full", "is_rule", "join", "line", "lines_in", "looks_wrapped", "sentences", "squeeze", "starts_lower",
    "tabular", "titled", "width", "words", "wrap_width",
]

LEADERS = "dots that lead to numbers"
LONG = 120          # a longer line was not wrapped by hand or by an editor: it is a paragraph of its own
LOOK_AHEAD = 100    # lines a search for a sibling may look ahead, so that no input makes reading slower than linear

BAR_RULE = re.compile(r"[|+]?(?: *:?-{2,}:? *[|+])+(?: *:?-{2,}:? *)?\Z")      # what stands below the head of a table with bars
_SPACE = re.compile(r"[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]")
_NO_SPACE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]")
_RULE = re.compile(r"([-=_*~#+.^\"'`·•⁂─━═—–])(?:\1{2,}|(?: {1,3}\1){2,})\Z|([*·•#~])(?: {4,9}\2){2,}\Z|[⁂❦❧]\Z")
_BREAK = frozenset("-=_*~#•⁂─━═—–·❦❧")
_LEADERS = re.compile(r"(?:\.{4}|(?:\. ){4}|…{2}) *\d+\Z")
_FAR = re.compile(r"(?<=\S) {30,}(?=\S)")
_INNER_BULLET = re.compile(r"(?<=\S)(?:[ \t]{2,}|\t)(?=[•●▪◦]\s)")
_PAUSES = frozenset(",.;:!?…—–，。、；！？،؛؟")
_CLOSERS = "\"'”’»›)]}*_"
_END = re.compile(r"(?<=\w\w\w)[.!?…]+[\"'”’»)\]]*\s+(?=(\S))|[。！？]+(?=[^\s」』）”’])")
_COUNT = re.compile(r"[IVXLC\d]{1,7}\.\s")
_CODE = re.compile(
    r"\w\([^)]*\)|[;{}]\Z|[\w\])\"'] (?:=|==|\+=|!=|->|=>|:=|&&|\|\|) |\A(?:>>>|\$|#!|//|/\*|</?\w)"
    r"|\A(?:def|class|function|import|from|return|print|for|while|if|else|try|except|finally|elif)\b[^.]*[:;(]\Z|\A\.{3,}\Z"
    r"|\A[)\]}]|\A\w+ = |\w\.\w+\(|\A[\w./-]+ (?:.{0,60} )?\[?--?\w|\AHTTP/\d|\A[A-Z][a-z]+-[A-Z][\w-]*: \S")
_BOX = re.compile(r"[│┃║├┤┌┐└┘─━═╔╗╚╝]|\+-{2,}|(?:\+-){2}|\|.*\||-{3,} +-{3,}|={3,} +={3,}")
_GAP = re.compile(r"(?<=[^\s.!?:,;…\"'”)\]]) {2,}(?=\S)")
_COLUMN_GAP = re.compile(r"[^\s:] {3,}(?=\S)")
_WIDE_GAP = re.compile(r"\S {3,}(?=\S)")


class Line(NamedTuple):
    """One line: its number in the file, the line with tabs expanded, its indent, and the text without outer space ("" if blank)."""

    no: int
    raw: str
    indent: int
    text: str


def line(no: int, raw: str) -> Line:
    """The line of this number."""
    raw = raw.expandtabs(8).rstrip()
    text = raw.strip()
    return Line(no, raw, len(raw) - len(raw.lstrip()), text)


def indented(no: int, text: str, indent: int) -> Line:
    """A line with this text at this indent."""
    return Line(no, " " * indent + text, indent, text)


def lines_in(no: int, raw: str) -> list[Line]:
    """The line of this number; cut where only a lost layout can have made it one: at very wide gaps, and at bullets between gaps."""
    parts = [raw]
    if len(raw) > 2 * LONG and _FAR.search(raw):
        parts = _FAR.split(raw.expandtabs(8))
    out: list[Line] = []
    for part in parts:
        out += [line(no, "")] if out else []
        bullets = _INNER_BULLET.split(part) if len(part) > LONG and len(_INNER_BULLET.findall(part)) > 1 else [part]
        out += [line(no, x) for x in bullets]
    return out


def squeeze(text: str) -> str:
    """The text with each run of spaces and breaks as one space (no-break spaces stay)."""
    return _SPACE.sub(" ", text).strip(" ")


def width(text: str) -> int:
    """Columns a text takes in a fixed-width font."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def words(text: str) -> int:
    """How many words a text has; two ideographs count as one."""
    return len(text.split()) + len(_NO_SPACE.findall(text)) // 2


def first_word(text: str) -> str:
    """The first word of a text, at most 80 characters of it."""
    return next(iter(text[:80].split(None, 1)), "")


def starts_lower(text: str) -> bool:
    """Whether the first letter of a text, past quotation marks, is a small one."""
    head = text.lstrip(_CLOSERS + "“‘«„(")
    return head[:1].islower()


def titled(words: list[str]) -> bool:
    """Whether most words of some length begin with a capital."""
    long = [w for w in words if len(w) > 3 and w[0].isalpha()]
    return bool(long) and sum(1 for w in long if w[0].isupper()) * 3 >= len(long) * 2


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(".!?…。！？") or text[-1:] in tuple(".!?…。！？")


def sentences(text: str) -> int:
    """How many sentences a text seems to have; short words before a full stop count as abbreviations."""
    start = m.end() if (m := _COUNT.match(text)) else 0
    return 1 + sum(1 for m in _END.finditer(text, start) if not m[1] or not m[1].islower())


def is_rule(text: str) -> bool:
    """Whether a line is drawn: three or more of one sign, or an ornament."""
    return bool(text) and not text[0].isalnum() and len(text) <= 400 and _RULE.match(text) is not None


def is_break(text: str) -> bool:
    """Whether a line is drawn to part two passages."""
    return is_rule(text) and text[0] in _BREAK


def has_gap(text: str) -> bool:
    """Whether a line has a gap as between columns."""
    return _WIDE_GAP.search(text) is not None


def code_share(lines: list[Line]) -> float:
    """Which share of some lines looks like a programming language."""
    return sum(1 for x in lines if len(x.text) <= 200 and _CODE.search(x.text)) / len(lines)


def tabular(lines: list[Line]) -> str:
    """Why these lines are a table or a drawing made of characters ("" if they are not)."""
    if len(lines) < 2 or any(len(x.raw) > 250 for x in lines):
        return ""
    few = max(2, round(len(lines) * 0.6))
    if sum(1 for x in lines if _LEADERS.search(x.text)) >= few:
        return LEADERS
    if BAR_RULE.match(lines[1].text):
        return "bars between the cells"
    if sum(1 for x in lines if _BOX.search(x.text)) >= few:
        return "drawn with lines"
    if sum(1 for x in lines if _COLUMN_GAP.search(x.text)) >= few:
        return "wide gaps inside the lines"
    columns = Counter(m.end() for x in lines for m in _GAP.finditer(x.raw))
    if columns and max(columns.values()) >= max(3, few):
        return "gaps that stand below each other"
    if len(lines) > 2:
        for sign in ";|":
            counts = {x.text.count(sign) for x in lines}
            if len(counts) == 1 and counts != {0} and not all(x.text.endswith(sign) and x.text.count(sign) == 1 for x in lines):
                return f"the same number of {sign} in every line"
    return ""


def is_full(a: Line, b: Line, wrap: int, slack: int = 0) -> bool:
    """Whether the first word of ``b`` had no room left at the end of ``a``, so that the break between them means nothing."""
    return bool(wrap) and width(a.raw) + 1 + width(first_word(b.text)) > wrap - slack


def looks_wrapped(lines: list[Line], wrap: int) -> bool:
    """Whether the breaks between these lines come from filling a width and not from the author."""
    pairs = list(pairwise(lines))
    if not pairs:
        return True
    small = sum(1 for _, b in pairs if starts_lower(b.text)) / len(pairs)
    if len(pairs) > 2 and max(width(x.raw) for x in lines) < 65 and sum(1 for x in lines if x.text[-1] in _PAUSES) * 4 >= len(lines) * 3:
        return False
    narrow = len(pairs) > 2 and max(width(x.raw) for x in lines) < 65
    if narrow and all(b.text[0].isupper() and not ends_sentence(a.text) for a, b in pairs):
        return False
    share = sum(1 for a, b in pairs if is_full(a, b, wrap, slack=round(wrap * 0.1))) / len(pairs)
    if wrap and (share >= 0.7 or (share >= 0.4 and small >= 0.5)):
        return True
    local = max(width(x.raw) for x in lines)
    if len(pairs) >= 2 and local - lines[0].indent >= 36:
        share = sum(1 for a, b in pairs if is_full(a, b, local)) / len(pairs)
        return share >= 0.75 or (share >= 0.5 and small >= 0.5)
    return False


def wrap_width(lines: list[Line]) -> int:
    """The width the text was wrapped at, from the lines themselves; 0 if it was not."""
    pairs = [(a, b) for a, b in pairwise(lines) if a.text and b.text and 40 <= width(a.raw) <= LONG]
    if len(pairs) <= sum(1 for x in lines if len(x.raw) > LONG):
        return 0
    widths = sorted(width(a.raw) for a, _ in pairs)
    wrap = widths[int((len(widths) - 1) * 0.95)]
    full = sum(1 for a, b in pairs if is_full(a, b, wrap, slack=round(wrap * 0.05)))
    small = sum(1 for _, b in pairs if starts_lower(b.text))
    return wrap if full >= 0.6 * len(pairs) or (full >= 0.4 * len(pairs) and small >= 0.5 * len(pairs)) else 0


def body_indent(groups: list[list[Line]]) -> int:
    """The indent most of the running text stands at."""
    weight: Counter[int] = Counter()
    for group in groups:
        for x in group[1:] or group:
            weight[x.indent] += len(x.text)
    return max(weight, key=lambda k: (weight[k], -k)) if weight else 0


def join(texts: list[str]) -> str:
    """Wrapped lines as one: with a space, but none after a dash or hyphen at the end of a word nor between ideographs."""
    out: list[str] = []
    for text in texts:
        if out and _needs_space(out[-1], text):
            out.append(" ")
        out.append(text)
    return squeeze("".join(out))


def _needs_space(a: str, b: str) -> bool:
    if not a or not b:
        return False
    if a[-1] == "\u00ad" or (_NO_SPACE.match(a[-1]) and _NO_SPACE.match(b[0])):
        return False
    if a[-1] == "-" and len(a) > 1 and a[-2].isalpha():
        return not (starts_lower(b) and len(first_word(b)) > 3)
    glued = (a[-1] == "—" and a[-2:-1] not in ("", " ")) or (a[-2:] == "--" and a[-3:-2] not in ("", " ", "-"))
    return not glued
