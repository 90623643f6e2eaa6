"""An article goes in; its canonical JSON comes out, from which the same article can be read again."""

from __future__ import annotations

from msgspec import Struct

from pubkit.exporters.base import File, Output
from pubkit.model import Article, encode
from pubkit.theme import Theme

__all__ = ["Options", "export"]


class Options(Struct, frozen=True):
    """The canonical JSON has nothing to choose."""


def export(work: Article, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (one signature for all; frozen)
    """``<slug>.json``: the article with its pictures, indented by one space a level. ``theme`` changes nothing."""
    return Output((File(f"{work.meta.slug}.json", "application/json", encode(work, indent=1) + b"\n"),))
