"""Canonical JSON goes in; the article that it holds comes out."""

from __future__ import annotations

import msgspec

from pubkit.diagnostics import LimitError, ReadError
from pubkit.model import decode
from pubkit.readers.base import Read

__all__ = ["parse"]


def parse(text: str, name: str = "") -> Read:
    """The article of a canonical JSON. Raises `ReadError` with the path of the fault, or the line and column where it is no JSON."""
    try:
        return Read(decode(text.encode("utf-8", "surrogatepass")))
    except msgspec.ValidationError as error:
        raise ReadError(f"this is no pubkit article: {error}", file=name,
                        hint="docs/article.schema.json says what may stand there") from error
    except msgspec.DecodeError as error:
        line, column = _place(text)
        raise ReadError(f"this is no JSON: {error}", file=name, line=line, column=column) from error
    except RecursionError as error:
        raise LimitError("the JSON is nested too deeply", file=name) from error


def _place(text: str) -> tuple[int, int]:
    import json

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, error.colno
    except RecursionError:
        pass
    return 0, 0
