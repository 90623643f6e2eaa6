"""What every kind of front matter becomes: values that know where they stand, and the bounds that all kinds share."""

from __future__ import annotations

import math
from datetime import date, time
from typing import Any, TypeAlias

from msgspec import Struct

__all__ = ["MAX_DEPTH", "MAX_NODES", "Data", "FrontMatter", "Value"]

MAX_NODES = 10_000
MAX_DEPTH = 60


class Value(Struct, frozen=True):
    """A value and where it stands. ``data`` is text, None, a list or mapping of values, or (from TOML and JSON) a number, bool or date.

    ``earlier`` is what the same key said above.
    """

    data: Data
    line: int = 0
    column: int = 0
    earlier: Value | None = None

    def natural(self) -> Any:
        """The value as Python lists, dictionaries, text and so on, as JSON can hold it: dates, huge numbers and no-numbers are text."""
        data = self.data
        if isinstance(data, dict):
            return {_whole(k): v.natural() for k, v in data.items()}
        if isinstance(data, list):
            return [v.natural() for v in data]
        if isinstance(data, (date, time)):
            return data.isoformat()
        if isinstance(data, str):
            return _whole(data)
        if isinstance(data, int) and not -2**63 <= data < 2**63:
            return hex(data)  # str() of very many digits is refused by Python
        return str(data) if isinstance(data, float) and not math.isfinite(data) else data


def _whole(text: str) -> str:
    """Text with U+FFFD for half characters (lone surrogates)."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Data: TypeAlias = "str | int | float | bool | date | time | list[Value] | dict[str, Value] | None"
FrontMatter: TypeAlias = dict[str, Value]
