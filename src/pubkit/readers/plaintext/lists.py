"""A line comes in; the list marker it begins with goes out, and whether a run of such lines is a list."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from pubkit.model import ListStyle
from pubkit.readers.plaintext.lines import LOOK_AHEAD, Line, ends_sentence

__all__ = ["Marker", "follows", "is_list", "marker", "same_family"]

_SIGNS = "•●◦▪▫■□‣⁃∙○◆◇➢➤►▶✓✔✗・\uf0b7"
_BULLET = re.compile(rf"([{_SIGNS}])\s*(?=\S)|([-*+–—·o])\s+(?=\S)|([☐☑☒])\s*(?=\S)")
_BOX = re.compile(r"\[([ xX✓])\]\s+(?=\S)")
_NUMBER = re.compile(r"(\(?)(?:(\d{1,3})|([ivxlc]{1,7}|[IVXLC]{1,7})|([^\W\d_]))([.)]|\.?[ºª])\s+(?=\S)")
_WIDE_NUMBER = re.compile(r"(（?)(?:(\d{1,3})|([一二三四五六七八九十]{1,3}))([、．）])\s*(?=\S)|([①-⑳])\s*(?=\S)")
_IDEOGRAPHS = "一二三四五六七八九"
# The letters that lists count with, in the order of each alphabet that does so.
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщюя", "абвгдежзийклмнопрстуфхцчшщ",
    "αβγδεζηθικλμνξοπρστυφχψω", "אבגדהוזחטיכלמנסעפצקרשת", "أبجدهوزحطيكلمنسعفصقرشت", "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class Marker(NamedTuple):
    """A list marker: sign or style, its value if it counts, where it and the text after it stand, and the box to tick."""

    sign: str
    style: ListStyle
    value: int
    indent: int
    column: int
    checked: bool | None = None

    @property
    def counts(self) -> bool:
        """Whether the marker is a number or letter."""
        return self.style != "bullet"


def marker(x: Line) -> Marker | None:
    """The marker a line begins with, read as a number rather than a letter where both fit; None if there is none."""
    return _bullet(x) or _numbered(x) or _wide_number(x)


def _bullet(x: Line) -> Marker | None:
    m = _BULLET.match(x.text)
    if m is None:
        box = _BOX.match(x.text)
        return Marker("☐", "bullet", 0, x.indent, x.indent + box.end(), box[1] != " ") if box else None
    checked = None if m[3] is None else m[3] != "☐"
    end = m.end()
    if box := _BOX.match(x.text, end):
        checked, end = box[1] != " ", box.end()
    return Marker(m[1] or m[2] or "☐", "bullet", 0, x.indent, x.indent + end, checked)


def _numbered(x: Line) -> Marker | None:
    m = _NUMBER.match(x.text)
    if m is None or (m[1] and m[5] != ")"):
        return None
    style: ListStyle
    if m[2]:
        style, value = "decimal", int(m[2])
    elif m[3] and (value := _roman(m[3])):
        style = "lower-roman" if m[3].islower() else "upper-roman"
    else:
        letter = m[3] or m[4]
        value = next((a.index(letter.lower()) + 1 for a in _ALPHABETS if len(letter) == 1 and letter.lower() in a), 0)
        if not value:
            return None
        style = "upper-alpha" if letter.isupper() else "lower-alpha"
    return Marker(m[1] + m[5], style, value, x.indent, x.indent + m.end())


def _wide_number(x: Line) -> Marker | None:
    """A number as Chinese and Japanese texts write it: ``1、``, ``（一）``, ``①``."""
    m = _WIDE_NUMBER.match(x.text)
    if m is None or bool(m[1]) != (m[4] == "）"):
        return None
    value = ord(m[5]) - 0x245F if m[5] else int(m[2]) if m[2] else _ideograph(m[3])
    sign = "①" if m[5] else m[1] + m[4] + ("" if m[2] else "一")
    return Marker(sign, "decimal", value, x.indent, x.indent + m.end()) if value else None


def _ideograph(text: str) -> int:
    """The value of a number below 100 in ideographs; 0 if it is none."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _IDEOGRAPHS.find(text) + 1
    return 10 * (_IDEOGRAPHS.find(tens) + 1 if tens else 1) + (_IDEOGRAPHS.find(ones) + 1 if ones else 0)


def _roman(text: str) -> int:
    """The value of a Roman number; 0 if it is none, or a letter that more often is just a letter."""
    text = text.lower()
    if text in ("c", "l"):
        return 0
    values = [_ROMAN[c] for c in text]
    total = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    return total if _as_roman(total) == text else 0


def _as_roman(value: int) -> str:
    out = ""
    for sign, worth in (("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)):
        while value >= worth:
            out, value = out + sign, value - worth
    return out


def same_family(a: Marker, b: Marker) -> bool:
    """Whether two markers are written alike (and could stand in one list)."""
    return a.sign == b.sign and (a.style == b.style or (a.counts and b.counts and "decimal" not in (a.style, b.style)))


def follows(a: Marker, b: Marker, x: Line) -> Marker | None:
    """``b``, the marker of line ``x``, if it may come after ``a`` in one list; letters are read as ``a`` was."""
    if a.checked is not None and b.checked is not None:
        return b
    if not same_family(a, b) or (a.style != b.style and a.style.split("-")[0] != b.style.split("-")[0]):
        return None
    if not a.counts:
        return b
    if a.style != b.style or b.value != a.value + 1:
        b = _as(a, b, x)
    return b if b.value == a.value + 1 or (b.value == a.value == 1 and a.style == "decimal") else None


def _as(a: Marker, b: Marker, x: Line) -> Marker:
    """``b`` read as the letter that comes after ``a``, if in any alphabet it does."""
    letter = x.text.lstrip("(")[:1].lower()
    if "alpha" not in a.style or not letter.isalpha() or x.text.lstrip("(")[1:2] != a.sign[-1]:
        return b
    follows_on = any(alphabet[a.value:a.value + 1] == letter for alphabet in _ALPHABETS)
    return b._replace(style=a.style, value=a.value + 1) if follows_on else b


def is_list(lines: list[Line], at: int, first: Marker, introduced: bool, base: int, signs: frozenset[str] = frozenset()) -> str:
    """Why the line at ``at`` begins a list ("" if it does not).

    Args:
        lines: the lines of the text.
        at: which of them.
        first: its marker.
        introduced: whether the text before announces a list (it ends in a colon, or is one).
        base: the indent of the text around.
        signs: bullet signs that the text uses often enough for one alone to be a list.
    """
    if first.sign in (*_SIGNS, "☐"):
        return "a bullet sign"
    if introduced and (not first.counts or first.value == 1):
        return "a marker after an introduction"
    if first.sign in ("-", "*", "+") and first.indent > base:
        return "an indented marker"
    if first.sign in signs and (at == 0 or not lines[at - 1].text):
        return "a marker that the text uses elsewhere"
    items = _siblings(lines, at, first)
    if len(items) < 2:
        return ""
    if first.counts and ((first.value > 3 and "alpha" in first.style) or _go_on_after_text(lines, items, first)):
        return ""
    if first.sign in ("–", "—"):
        talk = sum(1 for i in items if ends_sentence(lines[i].text))
        close = all(b - a < 4 for a, b in pairwise(items))
        return "dashes that are not speech" if close and talk * 2 < len(items) else ""
    return "markers in sequence" if first.counts else "a marker that repeats"


def _go_on_after_text(lines: list[Line], items: list[int], first: Marker) -> bool:
    """Whether these numbers, short lines that stand free, go on behind a text that belongs to none: then they are headings."""
    apart = all(not lines[b - 1].text for b in items[1:])
    short = all(len(lines[i].text) <= 60 and not ends_sentence(lines[i].text) and lines[i].text[-1] not in ",;" for i in items)
    last = marker(lines[items[-1]])
    text_between = False
    if not (apart and short and last):
        return False
    for x in lines[items[-1] + 1:items[-1] + LOOK_AHEAD]:
        if x.text and x.indent <= first.indent:
            m = marker(x)
            if m is not None and same_family(m, first) and m.value <= first.value:
                return False
            after = follows(last, m, x) if m is not None and m.indent == first.indent else None
            if after is not None and text_between:
                return True
            last, text_between = after or last, after is None
    return False


def _siblings(lines: list[Line], at: int, first: Marker) -> list[int]:
    """The lines, from ``at`` on, whose markers continue the sequence before other text begins."""
    found = [at]
    last = first
    blank = False
    for i in range(at + 1, min(len(lines), at + LOOK_AHEAD)):
        x = lines[i]
        if not x.text:
            blank = True
            continue
        m = marker(x)
        following = follows(last, m, x) if m is not None and abs(m.indent - first.indent) <= 1 else None
        if following is not None:
            found.append(i)
            last = following
            if len(found) > (8 if first.sign in ("–", "—") else 1):
                break
        elif blank and x.indent <= first.indent + 1:
            break
        blank = False
    return found
