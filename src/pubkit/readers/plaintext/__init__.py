"""Plain text comes in; an article goes out whose structure was inferred, with the reason of every guess.

The kinds of guesses are title, deck, byline, dateline, heading, sub-heading, paragraph, list, quote, verse, code, table and dropped. Few
guesses rest on the words of a language: bylines, dates and what is written above a press release.
"""

from __future__ import annotations

import msgspec

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.model import Article, Meta
from pubkit.readers import front_matter
from pubkit.readers.base import Guess, Read
from pubkit.readers.plaintext.head import read_head
from pubkit.readers.plaintext.headings import body
from pubkit.readers.plaintext.hints import parts
from pubkit.readers.plaintext.inline import inlines
from pubkit.readers.plaintext.lines import Line, body_indent, wrap_width
from pubkit.readers.plaintext.lists import marker
from pubkit.readers.plaintext.pages import Dropped, lines_of
from pubkit.readers.plaintext.pieces import Segmenter, guess
from pubkit.readers.plaintext.shapes import recurring_signs, recurring_speakers

__all__ = ["parse"]

_FENCES = {"---": ("---", "..."), "+++": ("+++",)}


def parse(text: str, name: str = "") -> Read:
    """Read plain text.

    Args:
        text: the text; any line ends, with or without a byte order mark or front matter.
        name: the file's name, for diagnostics.

    Returns:
        The raw article with the diagnostics and, in order of lines, every guess.

    Raises:
        MetadataError: the front matter cannot be read.
    """
    meta, below, first, said = _front_matter(text, name)
    lines, dropped = lines_of(below, first)
    cut, about_hints = parts(lines, name)
    written = [x for part in cut if part.hint is None for x in part.lines]
    wrap = wrap_width(written)
    base = body_indent(_running_text(written))
    guesses: list[Guess] = []
    pieces = Segmenter([], wrap, base, guesses, speakers=recurring_speakers(written), signs=recurring_signs(written)).run_parts(cut)
    head, rest = read_head(pieces, name, meta)
    diagnostics = [*said, *about_hints, *_page_breaks(dropped, name, guesses), *head.diagnostics]
    guesses.extend(head.guesses)
    content = body(rest, base, guesses)
    meta = msgspec.structs.replace(meta, title=head.title, subtitle=head.subtitle, authors=tuple(head.authors), published=head.published)
    guesses.sort(key=lambda g: g.line)
    diagnostics.sort(key=lambda d: d.location.line)
    return Read(Article(meta, content), tuple(diagnostics), guesses=tuple(guesses))


def _front_matter(text: str, name: str) -> tuple[Meta, str, int, tuple[Diagnostic, ...]]:
    """The metadata of a head between lines of ``---`` or ``+++``, the text below it, and the number of its first line."""
    if not text.removeprefix("\ufeff").startswith(tuple(_FENCES)):
        return Meta(), text, 1, ()
    rows = text.removeprefix("\ufeff").splitlines()
    if not any(x.rstrip() in _FENCES.get(rows[0].rstrip(), ()) for x in rows[1:]):      # a drawn line, and no head
        return Meta(), text, 1, ()
    mapping, below, first = front_matter.split(text, name)
    meta, said = front_matter.to_meta(mapping, inlines, name)
    return meta, below, first, tuple(said)


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
        what: dict[int, list[str]] = {page.no: ["a page break"]} if page.breaks else {}
        for no, text in page.words:
            what.setdefault(no, []).append(f"the page head or foot “{text}”")
        out.extend(diagnostic("pagebreak-dropped", f"left out: {', '.join(said)}", name, no) for no, said in what.items())
        guesses.extend(guess(no, "dropped", 0.8, "a page head or foot that repeats", text) for no, text in page.words)
    return out
