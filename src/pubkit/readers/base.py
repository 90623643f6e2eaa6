"""What every reader gives back: an article as read, what there is to say about it, and where it came from."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from pubkit.diagnostics import Diagnostic
from pubkit.model import Article

__all__ = ["Guess", "Provenance", "Read"]


class Provenance(Struct, frozen=True):
    """Where an article came from: file name as given, kind of source, its bytes, and what it was read with.

    ``settings`` holds what bears on the result: ``encoding``, ``smart``, the fields of the ``publication``, and the ``meta`` given.
    """

    name: str
    kind: str
    source: bytes
    settings: dict[str, Any] = {}


class Guess(Struct, frozen=True):
    """Why a reader took some lines for a kind of block: first line (from 1), kind, score 0 to 1, reason, and the words it begins with."""

    line: int
    kind: str
    score: float
    reason: str
    text: str


class Read(Struct, frozen=True):
    """An article that was read, with everything that was noticed on the way."""

    article: Article
    diagnostics: tuple[Diagnostic, ...] = ()
    provenance: Provenance | None = None
    guesses: tuple[Guess, ...] = ()
