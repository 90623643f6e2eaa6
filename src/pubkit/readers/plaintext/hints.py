"""A line comes in; the hint an author wrote there goes out: what kind of block follows, whatever the reader would guess."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.readers.plaintext.lines import Line

__all__ = ["KINDS", "REASON", "Hint", "Part", "is_hint", "parts"]

KINDS = ("title", "deck", "byline", "heading", "sub-heading", "paragraph", "lines", "list", "quote", "verse", "code", "table", "end",
         "off", "on")
REASON = "a hint line"

_HINT = re.compile(r"%%\s*([^\W\d_][\w-]*)(?:\s+([1-9]))?\Z")
_HARDLY = re.compile(r"%%\s*(\S{1,40})(?:\s+\S{1,40}){0,2}\Z")


class Hint(NamedTuple):
    """What a hint line says: a kind of `KINDS`, and the level of a heading (0 where it says none)."""

    kind: str
    level: int = 0


class Part(NamedTuple):
    """Lines under one hint, or between hints (then ``hint`` is None)."""

    hint: Hint | None
    lines: list[Line]


def _hint(text: str) -> Hint | None:
    m = _HINT.match(text)
    if m is None or m[1].lower() not in KINDS:
        return None
    kind, level = m[1].lower(), int(m[2] or 0)
    return None if level and (kind != "heading" or not 2 <= level <= 6) else Hint(kind, level)


def is_hint(text: str) -> bool:
    """Whether a line is a hint line."""
    return text.startswith("%%") and _hint(text.strip()) is not None


def parts(lines: list[Line], name: str) -> tuple[list[Part], list[Diagnostic]]:
    """The lines without hint lines, cut at the hints; and diagnostics: for hints that say nothing, and for lines that only look like one.

    A hint is for the lines up to the next blank line, or up to ``%% end`` where that comes before any other hint; ``%% off`` is for
    all lines up to ``%% on``.

    Args:
        lines: the lines of the text.
        name: the file's name, for diagnostics.
    """
    hints = {i: found for i, x in enumerate(lines) if x.text.startswith("%%") and (found := _hint(x.text))}
    said = _idle(lines, hints, name)
    said += [_unknown(x, name) for i, x in enumerate(lines) if i not in hints and x.text.startswith("%%") and _HARDLY.match(x.text)]
    return list(_cut(lines, hints)) if hints else [Part(None, lines)], said


def _cut(lines: list[Line], hints: dict[int, Hint]) -> Iterator[Part]:
    places = [*sorted(hints), len(lines)]
    yield Part(None, lines[:places[0]])
    off = False
    for at, following in pairwise(places):
        hint, inside = hints[at], lines[at + 1:following]
        off = hint.kind == "off" or (off and hint.kind != "on")
        if hint.kind in ("on", "off", "end"):
            yield Part(Hint("off") if off else None, inside)
            continue
        ended = following < len(lines) and hints[following].kind == "end"
        start = next((i for i, x in enumerate(inside) if x.text), len(inside))
        stop = len(inside) if ended else next((i for i in range(start, len(inside)) if not inside[i].text), len(inside))
        yield Part(hint, inside[start:stop])
        yield Part(Hint("off") if off else None, inside[stop:])


def _idle(lines: list[Line], hints: dict[int, Hint], name: str) -> list[Diagnostic]:
    """A diagnostic for each hint with nothing below it, and for each ``%% end`` that ends none."""
    out: list[Diagnostic] = []
    is_open = False
    for at, following in pairwise([*sorted(hints), len(lines)]):
        kind, x = hints[at].kind, lines[at]
        if kind == "end" and not is_open:
            out.append(diagnostic("markup-unread", f"“{x.text}” ends no hint and is left out", name, x.no))
        is_open = kind not in ("on", "off", "end")
        if is_open and not any(y.text for y in lines[at + 1:following]):
            out.append(diagnostic("markup-unread", f"the hint “{x.text}” has nothing below it and is left out", name, x.no))
    return out


def _unknown(x: Line, name: str) -> Diagnostic:
    m = _HARDLY.match(x.text)
    near = difflib.get_close_matches(m[1].lower() if m else "", KINDS, 1)
    meant = f"; perhaps “{near[0]}” is meant" if near else ""
    known = ", ".join(k if k != "heading" else "heading 2 to heading 6" for k in KINDS)
    return diagnostic("markup-unread", f"“{x.text}” is no hint and stays as text{meant}; known are {known}", name, x.no)
