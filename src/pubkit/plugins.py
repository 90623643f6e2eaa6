"""A group of entry points goes in; what installed packages offer in it comes out, not loaded yet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["offered"]


@cache
def offered(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of ``pubkit.<group>`` (exporters, readers, themes), by name; looked up only when asked, for that takes long."""
    from importlib.metadata import entry_points

    return tuple(sorted(entry_points(group=f"pubkit.{group}"), key=lambda e: e.name))
