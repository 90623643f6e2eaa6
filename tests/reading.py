"""Reads outputs back by hands that are not ours, and tells whether every letter of an article arrived, once and in order.

The streams of an article are its body (title, deck, blocks, captions, tables) and each note. Letters and digits are compared, without
spaces and signs: line ends, hyphenation and list marks are free, words are not. What pubkit adds (labels, contents, running heads) is
counted, and may not be more than a format is allowed.
"""

from __future__ import annotations

import html.parser
import io
import re
import shutil
import subprocess
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pubkit import model as m

VOID = {"script", "style", "head", "template", "annotation", "annotation-xml"}


def letters(text: str) -> str:
    """The letters and digits of a text, in the form that all hands agree on."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def without_math(article: m.Article) -> m.Article:
    """The article with formulas taken out: each format draws them in a way of its own."""
    return m.rewrite(article, lambda n: None if isinstance(n, (m.Math, m.MathBlock)) else n)


def body(article: m.Article) -> str:
    """The letters of the body's stream: title, deck and blocks, the alternative text of pictures left out."""
    bare = m.rewrite(without_math(article), lambda n: None if isinstance(n, (m.Note, m.Image)) else n)
    # A figure that lost its pictures still has its caption: plain_text reads it.
    return letters(m.plain_text(article.meta.title, notes=False) + " " + m.plain_text(article.meta.subtitle, notes=False) + " "
                   + (m.plain_text(bare.meta.image) if bare.meta.image else "") + " " + m.plain_text(bare.content))


def notes(article: m.Article) -> list[str]:
    """The letters of each note, in order of the calls; the notes within a note are its own."""
    found: dict[str, str] = {}
    for n, note in enumerate(x for x in m.walk(without_math(article).content) if isinstance(x, m.Note)):
        found.setdefault(note.id or f"#{n}", letters(m.plain_text(note.content, notes=False)))
    return [text for text in found.values() if text]


def is_subsequence(one: str, other: str) -> int:
    """-1 if the letters of ``one`` stand in ``other`` in their order, else the place in ``one`` where they stop."""
    rest = iter(other)
    for place, letter in enumerate(one):
        if letter not in rest:
            return place
    return -1


def losses(article: m.Article, read_back: str, allowed: int) -> list[str]:
    """What is wrong with a text that was read back: letters that are gone, out of order, or more than were allowed to be added."""
    got = letters(read_back)
    whole = body(article)
    found = []
    missing = Counter(whole) + Counter("".join(notes(article))) - Counter(got)
    if missing:
        found.append(f"letters are gone: {dict(missing)}")
    if (place := is_subsequence(whole, got)) >= 0:
        found.append(f"the body stops at …{whole[max(place - 40, 0):place]}|{whole[place:place + 40]}…")
    # A long note may run over a page; a short one stands in one piece.
    found.extend(f"the note {note[:40]}… is not whole" for note in notes(article)
                 if note not in got and (len(note) < 120 or is_subsequence(note, got) >= 0))
    extra = len(got) - len(whole) - sum(map(len, notes(article)))
    if extra > allowed:
        found.append(f"{extra} letters were added, {allowed} are allowed")
    return found


class _Text(html.parser.HTMLParser):
    """Text of a page, and nothing of its head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.inside += tag in VOID or tag == "math"

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in VOID or tag == "math"

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.parts.append(data)


def html_text(markup: str) -> str:
    """The text of a page by Python's own HTML parser."""
    parser = _Text()
    parser.feed(markup)
    return "".join(parser.parts)


def epub_text(data: bytes) -> str:
    """The text of a book's documents in the order of its spine."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        opf = next(n for n in book.namelist() if n.endswith(".opf"))
        package = book.read(opf).decode()
        folder = opf.rpartition("/")[0]
        items = re.findall(r"<(?:opf:)?item\b[^>]*>", package)
        by_id = {re.search(r'\bid="([^"]*)"', t)[1]: re.search(r'\bhref="([^"]*)"', t)[1] for t in items}  # type: ignore[index]
        spine = re.findall(r'<(?:opf:)?itemref\b[^>]*idref="([^"]*)"', package)
        return "\n".join(html_text(book.read(f"{folder}/{by_id[i]}".lstrip("/")).decode()) for i in spine if "nav" not in by_id[i])


def docx_text(data: bytes) -> str:
    """The text of a Word document as mammoth reads it, notes at the end."""
    mammoth = pytest.importorskip("mammoth")
    return html_text(mammoth.convert_to_html(io.BytesIO(data)).value)


def pdf_text(data: bytes) -> str:
    """The text of a PDF as Poppler reads it, in the order of its content, with the hyphens of line ends undone."""
    tool = shutil.which("pdftotext")
    if not tool:
        pytest.skip("pdftotext is not here")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(data)
        text = subprocess.run([tool, "-raw", "-nopgbrk", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"(?<=\w)[-‐\u00ad]\n", "", text)


def feed_text(data: bytes) -> Iterator[tuple[str, str]]:
    """The title and the text of each entry of a feed as feedparser reads it."""
    feedparser = pytest.importorskip("feedparser")
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    for entry in parsed.entries:
        yield entry.title, html_text(max((c.value for c in entry.content), key=len))


def join(parts: Iterable[str]) -> str:
    """Texts put together."""
    return "\n".join(parts)
