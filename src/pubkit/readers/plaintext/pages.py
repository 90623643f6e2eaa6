"""A text comes in; its numbered lines go out without page breaks and without the heads and feet of its pages, and what was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from pubkit.readers.plaintext.hints import is_hint
from pubkit.readers.plaintext.lines import LONG, Line, ends_sentence, has_gap, line, lines_in, squeeze, starts_lower

__all__ = ["Dropped", "lines_of"]

HEAD = 3        # lines that the head or foot of a page may have
APART = 3       # lines of text that must stand between two page numbers, where nothing else says that they are such

Row = tuple[int, str]
Page = list[Row]

_PAGE = (r"(?:page|pg\.|p\.|seite|página|pagina|pág\.|strona|str\.|stránka|sida|side|sivu|sayfa|сторінка|стор\.|страница|стр\.|с\."
         r"|σελίδα|σελ\.|صفحة|עמוד|第)")
_NUMBER_ALONE = re.compile(r"\W*\d{1,4}\W*\Z|.*\[[^\]\d]*\d+\]\Z")
_PAGE_LINE = re.compile(
    rf"[\W_]*{_PAGE}\s*\d{{1,4}}(?:\s*(?:[/|]|\w{{1,4}})\s*\d{{1,4}})?\s*[页頁]?[\W_]*\Z|[-–—\[(|]+ ?\d{{1,4}} ?[-–—\])|]+\Z"
    rf"|.*\[{_PAGE}?\s*\d{{1,4}}\]\Z",
    re.IGNORECASE)
_OF_ALL = re.compile(rf"[\W_]*{_PAGE}\s*(\d{{1,4}})\s*(?:[/|]|\w{{1,4}})\s*\1[\W_]*\Z", re.IGNORECASE)
_COLUMNS = re.compile(r"(?=.{1,120}\Z)\S+(?: {1,2}\S+)* {3,}\S+(?: {1,2}\S+)* {3,}\S+(?: {1,2}\S+)*\Z")
_DIGITS = re.compile(r"\d+")


class Dropped(NamedTuple):
    """A page that was opened up: its first line, whether it began with a page break, and its running head and foot."""

    no: int
    breaks: bool
    words: tuple[Row, ...]


def lines_of(text: str, first: int = 1) -> tuple[list[Line], list[Dropped]]:
    """The numbered lines of a text, without page breaks and what repeats around them.

    Args:
        text: the text; any line ends.
        first: the number of its first line.
    """
    rows = list(enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), first))
    if "\f" in text:
        return _broken(rows)
    furniture = _furniture(rows) | _last(rows)
    return _without(rows, furniture) if furniture else ([x for no, raw in rows for x in lines_in(no, raw)], [])


# --- Pages that end in a form feed --------------------------------------------------------------------------------------------------

def _broken(rows: list[Row]) -> tuple[list[Line], list[Dropped]]:
    pages: list[Page] = [[]]
    for i, raw in rows:
        first, *others = raw.split("\f")
        pages[-1].append((i, first))
        pages.extend([(i, part)] for part in others)
    edges = [(_edge(p, last=False), _edge(p, last=True)) for p in pages]
    heads = Counter(_mask(p[at][1]) for p, (head, _) in zip(pages, edges, strict=True) for at in head)
    feet = Counter(_mask(p[at][1]) for p, (_, foot) in zip(pages, edges, strict=True) for at in foot)
    often = max(2, (len(pages) - 1) // 2)
    out: list[Line] = []
    dropped: list[Dropped] = []
    numbered = False        # whether the page before ends in its number
    for number, (page, (head, foot)) in enumerate(zip(pages, edges, strict=True)):
        gone: list[Row] = []
        for edge, counts in ((head, heads), (foot, feet)):
            for at in edge:
                columns = numbered and edge is head and len(head) == 1 and _COLUMNS.match(page[at][1].strip()) is not None
                if not columns and not _repeats(page[at][1], counts, often, first=not number and edge is head):
                    break
                if squeeze(page[at][1]):
                    gone.append((page[at][0], squeeze(page[at][1])))
                page[at] = (page[at][0], "")
        numbered = any(_NUMBER_ALONE.match(text) or _PAGE_LINE.match(text) for _, text in gone)
        if number or gone:
            dropped.append(Dropped(page[0][0], number > 0, tuple(gone)))
        _append(out, [x for no, raw in page for x in lines_in(no, raw)], joint=bool(number))
    return out, dropped


def _edge(page: Page, last: bool) -> list[int]:
    """Where the first or last written lines of a page are, from the edge inwards, up to a blank line."""
    found: list[int] = []
    for i in range(len(page) - 1, -1, -1) if last else range(len(page)):
        if page[i][1].strip():
            found.append(i)
        elif found:
            break
        if len(found) == HEAD:
            break
    return found


def _mask(raw: str) -> str:
    """A row with each number as #; empty if it is too long for the head of a page."""
    return _DIGITS.sub("#", squeeze(raw)) if len(raw) <= 2 * LONG else ""


def _repeats(raw: str, counts: Counter[str], often: int, first: bool) -> bool:
    mask, text = _mask(raw), raw.strip()
    if not mask or len(mask) > LONG:
        return False
    if first:
        return counts[mask] >= often and "#" in mask and (has_gap(text) or _PAGE_LINE.match(text) is not None)
    if counts[mask] >= often and ("#" in mask or not ends_sentence(text)):
        return True
    return _NUMBER_ALONE.match(text) is not None or _PAGE_LINE.match(text) is not None


# --- Pages without form feeds -------------------------------------------------------------------------------------------------------

def _furniture(rows: list[Row]) -> set[int]:
    """Where page numbers stand that count up through the text, and the heads that repeat beside them."""
    found = _numbers(rows)
    if not found:
        return found
    beside: dict[str, set[int]] = {}
    for at in found:
        for step in (1, -1):
            if (near := _near(rows, at, step)) >= 0 and near not in found:
                beside.setdefault(_mask(rows[near][1]), set()).add(near)
    for mask, places in beside.items():
        if mask and len(places) > 1 and len(mask) <= LONG and not ends_sentence(mask) and all(_stands_free(rows, at) for at in places):
            found |= places
    return found


def _last(rows: list[Row]) -> set[int]:
    """Where the last page says that it is the last, as `Page 3 of 3`, below all text."""
    at = next((i for i in range(len(rows) - 1, 0, -1) if rows[i][1].strip()), 0)
    said = at > 1 and not rows[at - 1][1].strip() and len(rows[at][1]) <= LONG and _OF_ALL.match(rows[at][1].strip())
    return {at} if said else set()


def _numbers(rows: list[Row]) -> set[int]:
    groups: dict[str, list[int]] = {}
    written: list[int] = [0]
    for at, (_, raw) in enumerate(rows):
        written.append(written[-1] + bool(raw.strip()))
        if len(raw) <= 2 * LONG and any(c.isdigit() for c in raw) and _may_be_number(rows, at):
            groups.setdefault(_mask(raw), []).append(at)
    found: set[int] = set()
    for places in groups.values():
        apart = 1 if all(_PAGE_LINE.match(rows[at][1].strip()) for at in places) else APART
        far = all(written[b] - written[a] > apart for a, b in pairwise(places))
        if len(places) > 1 and far and _counts_up([rows[at][1] for at in places]):
            found.update(places)
    return found


def _may_be_number(rows: list[Row], at: int) -> bool:
    raw = rows[at][1]
    text = raw.strip()
    return _stands_free(rows, at) and (_PAGE_LINE.match(text) is not None or (
        has_gap(text) and (text[0].isdigit() or text[-1].isdigit() or text[-1] in "])-–—|")))


def _stands_free(rows: list[Row], at: int) -> bool:
    """Whether a row has a blank line before or after it, and no hint above."""
    before = rows[at - 1][1].strip() if at else ""
    after = rows[at + 1][1].strip() if at + 1 < len(rows) else ""
    return (not before or not after) and not is_hint(before)


def _counts_up(texts: Iterable[str]) -> bool:
    """Whether one of the numbers in these rows grows by one from row to row."""
    columns = zip(*([int(x) for x in _DIGITS.findall(t) if len(x) < 9] for t in texts), strict=False)
    return any(all(b == a + 1 for a, b in pairwise(column)) for column in columns)


def _near(rows: list[Row], at: int, step: int) -> int:
    """The nearest written row, at most three blank ones away; -1 if there is none."""
    for i in range(at + step, at + 5 * step, step):
        if not 0 <= i < len(rows):
            return -1
        if rows[i][1].strip():
            return i
    return -1


def _without(rows: list[Row], furniture: set[int]) -> tuple[list[Line], list[Dropped]]:
    out: list[Line] = []
    page: list[Line] = []
    dropped: list[Dropped] = []
    for at, (no, raw) in enumerate(rows):
        if at in furniture:
            dropped.append(Dropped(no, False, ((no, squeeze(raw)),)))
            _append(out, page, joint=bool(out))
            page = []
        else:
            page.extend(lines_in(no, raw))
    _append(out, page, joint=bool(out))
    return out, dropped


def _append(out: list[Line], page: list[Line], joint: bool) -> None:
    """Put a page after the others; a sentence that runs over the break becomes one paragraph again."""
    if joint:
        while out and not out[-1].text:
            out.pop()
        start = next((i for i, x in enumerate(page) if x.text), len(page))
        page = page[start:]
        runs_on = bool(out and page) and not ends_sentence(out[-1].text) and starts_lower(page[0].text) and out[-1].indent == page[0].indent
        if out and page and not runs_on:
            out.append(line(page[0].no, ""))
    out.extend(page)
