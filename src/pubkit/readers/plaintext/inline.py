"""The text of one paragraph comes in; inlines go out, with addresses as links and the lead-in of a list item as strong words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pubkit.model import Inline, LineBreak, Link, Strong, Text
from pubkit.readers.plaintext.lines import words

__all__ = ["inlines", "lead_in", "lines_as_inlines", "with_lead_in"]

_START = re.compile(r"(?:https?|ftp)://(?=[^\s<>\"“”«»])|mailto:(?=\w)|(?<![\w@./-])www\.(?=[^\W_][\w-]{0,62}\.[^\W_])|@", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>\"“”«»„`|\\^{}]+")
_BEFORE_AT = re.compile(r"[A-Za-z0-9._%+-]{1,64}\Z")
_AFTER_AT = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_LEAD = re.compile(r"([^:：\n]{1,90}?)(:(?=[ ]\S)|[ \u00a0\u202f]:(?=[ ]\S)|：(?=\S))")
_SENTENCE_INSIDE = re.compile(r"\w{3}[.!?…]\s")


def inlines(text: str) -> tuple[Inline, ...]:
    """The text with web and mail addresses as links."""
    return tuple(_inlines(text))


def _inlines(text: str) -> Iterator[Inline]:
    at = 0
    position = 0
    while found := _START.search(text, position):
        start, end, url = _address(text, found, at)
        if end <= start:
            position = found.end()
            continue
        if start > at:
            yield Text(text[at:start])
        yield Link(text[start:end], url)
        at = position = end
    if at < len(text):
        yield Text(text[at:])


def _address(text: str, found: re.Match[str], floor: int) -> tuple[int, int, str]:
    """Where the address at a match starts and ends, and where it leads; an empty range if it is none."""
    if found[0] == "@":
        before = _BEFORE_AT.search(text[max(floor, found.start() - 64):found.start()])
        after = _AFTER_AT.match(text, found.end())
        if before is None or after is None or before[0][0] in ".-%":
            return 0, 0, ""
        start, end = found.start() - len(before[0]), after.end()
        while text[end - 1] == "-":
            end -= 1
        return start, end, "mailto:" + text[start:end]
    match = _ADDRESS.match(text, found.start())
    end = _trimmed(text, found.start(), match.end() if match else found.start())
    url = ("http://" if found[0][0] in "wW" else "") + text[found.start():end]
    return (found.start(), end, url) if end > found.end() else (0, 0, "")


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of an address without the punctuation of the sentence around it; brackets opened inside stay."""
    surplus = {close: text.count(close, start, end) - text.count(opening, start, end) for opening, close in ("()", "[]")}
    while end > start:
        last = text[end - 1]
        if last in surplus:
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
        elif last not in ".,;:!?'*_…’‘»”":
            break
        end -= 1
    return end


def lines_as_inlines(lines: list[str]) -> tuple[Inline, ...]:
    """The lines with a line break between each two."""
    out: list[Inline] = []
    for number, text in enumerate(lines):
        if number:
            out.append(LineBreak())
        out.extend(inlines(text))
    return tuple(out)


def lead_in(text: str) -> int:
    """How many characters of a list item are its lead-in with the colon; 0 if it has none."""
    match = _LEAD.match(text[:120])
    if match is None:
        return 0
    if not 0 < words(match[1]) <= 8 or _SENTENCE_INSIDE.search(match[1]) or not any(c.isalpha() for c in match[1]) or "@" in match[1]:
        return 0
    return match.end()


def with_lead_in(text: str) -> tuple[Inline, ...]:
    """The text of an item, its lead-in strong."""
    end = lead_in(text)
    return (Strong(inlines(text[:end])), *inlines(text[end:])) if end else inlines(text)
