"""Words come in; words with the characters that codes such as ``:tada:`` stand for, and with their short forms explained, go out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["ShortForms", "emoji"]

_CODES = re.compile(r"(?<![A-Za-z0-9:/.?&=#%@+~_\\-])((?::[A-Za-z0-9_+-]{1,60}:)+)(?![A-Za-z0-9:/])")


def emoji(text: str) -> str:
    """Words with the emoji that codes between colons name.

    Codes count only where no letter, digit or part of an address stands right before or after them. A code that nobody knows stays.
    """
    return _CODES.sub(_characters, text) if text.count(":") > 1 else text


def _characters(found: re.Match[str]) -> str:
    import emoji as library

    made: str = library.emojize(found.group(), language="alias")
    return made if ":" not in made else found.group()


_WORD = re.compile(r"\w+|[^\w]")


class ShortForms:
    """Short forms and what they mean, to be found in words in one pass."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = meanings
        self.tree: dict[str, Any] = {}
        for short in meanings:
            place = self.tree
            for part in _WORD.findall(short):
                place = place.setdefault(part, {})
            place[""] = short

    def parts(self, text: str) -> Iterator[tuple[str, str]]:
        """The parts of a text in order, each with its meaning, which is empty for all other words."""
        words = _WORD.findall(text)
        at, plain = 0, ""
        while at < len(words):
            end, short = self._longest(words, at)
            if not short:
                plain += words[at]
                at += 1
                continue
            if plain:
                yield plain, ""
                plain = ""
            yield short, self.meanings[short]
            at = end
        if plain:
            yield plain, ""

    def _longest(self, words: list[str], at: int) -> tuple[int, str]:
        place, end, short = self.tree, at, ""
        while at < len(words) and words[at] in place:
            place = place[words[at]]
            at += 1
            if place.get("") and self.meanings[place[""]]:
                end, short = at, place[""]
        return end, short
