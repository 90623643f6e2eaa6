"""From TOML to front matter: values of TOML's own kinds, each with the line of its key."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pubkit.diagnostics import MetadataError
from pubkit.readers.front_matter.values import MAX_DEPTH, FrontMatter, Value

__all__ = ["read"]

_KEY = re.compile(r"""(\[{0,2})\s*((?:"[^"\n]*"|'[^'\n]*'|[\w-]+)(?:\s*\.\s*(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)){0,20})\s*(=|\])""")

_STRING = re.compile(r""""[^"\n]*"|'[^'\n]*'""")
_DEEP_KEY = re.compile(rf"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}")


def read(source: str, name: str, first: int) -> FrontMatter:
    """The table of a TOML document.

    Args:
        source: the TOML, line feeds only.
        name: the file's name, for errors.
        first: the line of the file on which it begins.

    Raises:
        MetadataError: it is not TOML, or nested too deep.
    """
    bare = _STRING.sub("s", source)
    if deep := _DEEP_KEY.search(bare):  # tomllib takes time and memory by the square of a key's parts
        raise MetadataError("the front matter is nested too deep", file=name, line=bare.count("\n", 0, deep.start()) + first,
                            hint="Write it flatter")
    try:
        table = _table(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        end = source.count("\n") + first
        line, column = (int(found.group(1)) + first - 1, int(found.group(2))) if found else (end, 0)
        message = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise MetadataError(f"the front matter is not TOML: {message}", file=name, line=line, column=column,
                            hint="Values of words stand in quotes") from None
    except RecursionError:
        raise MetadataError("the front matter is nested too deep", file=name, line=first, hint="Write it flatter") from None
    except (ValueError, OverflowError) as error:
        raise MetadataError(f"the front matter is not TOML: {error}", file=name, line=first,
                            hint="Look for an odd number or date") from None
    lines = _lines(source, first)
    return {key: _value(value, key, name, lines, first, 1) for key, value in table.items()}


_STATEMENT = re.compile(r"^(?=[A-Za-z_]\w*[ \t]*=(?!=))", re.MULTILINE)
_CALL = re.compile(r"=\s*(?:[A-Za-z_][\w.!]*\(|\[\s*\()|^(?:using|import|function)\b", re.MULTILINE)
_DAY = re.compile(r"=\s*(?:Dates\.)?Date\(\s*(\d{4})\s*,\s*0*(\d{1,2})\s*,\s*0*(\d{1,2})\s*\)")


def _table(source: str) -> dict[str, Any]:
    """The table of TOML; or of Franklin's Julia, whose plain values are written alike: statements that call something stay as text."""
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        if not _CALL.search(source):
            raise
    out: dict[str, Any] = {}
    for statement in _STATEMENT.split(source):
        plain = _DAY.sub(lambda day: f"= {day[1]}-{int(day[2]):02}-{int(day[3]):02}", statement)
        try:
            out.update(tomllib.loads(plain))
        except tomllib.TOMLDecodeError:
            if not _CALL.search(statement):
                raise
            name, _, value = statement.partition("=")
            out[name.strip() or "program"] = value.strip()
    return out


def _lines(source: str, first: int) -> dict[str, int]:
    """The line on which each key stands first, by its full name."""
    out: dict[str, int] = {}
    table = ""
    for number, line in enumerate(source.split("\n"), first):
        if found := _KEY.match(line.lstrip()):
            opened, key = found.group(1), ".".join(part.strip(" \t\"'") for part in found.group(2).split("."))
            if opened:
                table = f"{key}."
            out.setdefault(key if opened else table + key, number)
    return out


def _value(value: Any, key: str, name: str, lines: dict[str, int], line: int, depth: int) -> Value:
    line = lines.get(key, line)
    if depth > MAX_DEPTH:
        raise MetadataError("the front matter is nested too deep", file=name, line=line, hint="Write it flatter")
    if isinstance(value, dict):
        return Value({str(k): _value(v, f"{key}.{k}", name, lines, line, depth + 1) for k, v in value.items()}, line)
    if isinstance(value, list):
        return Value([_value(v, key, name, lines, line, depth + 1) for v in value], line)
    return Value(value, line)
