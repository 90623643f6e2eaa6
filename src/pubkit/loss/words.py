"""Text comes in; its words go out, cut the same way wherever the text is from, with the line each stands on."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

__all__ = ["Pen", "Word", "words"]

# A sign of a script without spaces is a word, and so is a sign that says something: currency, mathematics, pictures. Punctuation is none.
_UNSPACED = ("\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf"
             "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+|[^\x00-\x7f\w\s]")


class Word(NamedTuple):
    """A word, the line it stands on (from 1; 0 where none is known), and the first and last line of its block."""

    text: str
    line: int = 0
    first: int = 0
    last: int = 0


def words(text: str) -> list[str]:
    """The words of a text in NFC, in order; punctuation is left out."""
    return [w for w in _WORD.findall(unicodedata.normalize("NFC", text)) if len(w) > 1 or w.isascii() or _says(w)]


def _says(sign: str) -> bool:
    return unicodedata.category(sign) in ("Sc", "Sm", "So") or sign.isalnum()


class Pen:
    """Takes pieces of text as they stand beside each other, and makes words of what stands between two gaps."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._text: list[str] = []
        self._starts: list[tuple[int, int]] = []
        self._length = 0

    def write(self, text: str, line: int = 0) -> None:
        """Goes on with a text that begins on a line of the source."""
        if text:
            self._starts.append((self._length, line))
            self._text.append(text)
            self._length += len(text)

    def gap(self, first: int = 0, last: int = 0) -> None:
        """Ends a run: no word goes on behind. ``first`` and ``last`` are the lines of the block it stood in."""
        if not self._text:
            return
        text = "".join(self._text)
        offsets = [at for at, _ in self._starts]
        # Normal form may move characters: what is in it already, nearly always, keeps exact lines.
        if not unicodedata.is_normalized("NFC", text):
            line = self._starts[0][1]
            self.words += [Word(w, line, first, last) for w in words(text)]
        else:
            at, lines = 0, 0
            for found in _WORD.finditer(text):
                word = found.group()
                if len(word) == 1 and not word.isascii() and not _says(word):
                    continue
                piece = bisect_right(offsets, found.start()) - 1
                begin, line = self._starts[piece]
                if begin >= at:
                    at, lines = begin, 0
                lines += text.count("\n", at, found.start())
                at = found.start()
                self.words.append(Word(word, line + lines if line else 0, first, last))
        self._text, self._starts, self._length = [], [], 0
