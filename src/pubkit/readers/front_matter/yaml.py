"""From YAML to front matter: scalars stay text, every value knows its place, and aliases, nesting and size are bounded."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import yaml

from pubkit.diagnostics import MetadataError
from pubkit.readers.front_matter.values import MAX_DEPTH, MAX_NODES, Data, FrontMatter, Value

__all__ = ["read"]


def read(source: str, name: str, first: int) -> FrontMatter:
    """The mapping of a YAML document.

    Args:
        source: the YAML, line feeds only.
        name: the file's name, for errors.
        first: the line of the file on which it begins.

    Raises:
        MetadataError: it is not YAML, no mapping, or beyond the bounds.
    """
    place = _Place(name, first)
    try:
        loader = _Composer(_TAB.sub(" ", source), place)
        node = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        where = error.position if isinstance(error.position, int) else 0
        raise MetadataError(f"the front matter has a character that YAML forbids (U+{_code(error.character):04X})", file=name,
                            line=source.count("\n", 0, where) + first, hint="Take it out") from None
    except yaml.MarkedYAMLError as error:
        _wrong(error, source, place)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise MetadataError(f"the front matter is not YAML: {error}", file=name, line=first, hint="Look for an escape sign, \\") from None
    data = _Values(place).value(node).data if node else None
    if data is not None and not isinstance(data, dict):
        place.fail(node, "the front matter is not a list of keys with values", "Write each on a line of its own, such as: title: Words")
    return data or {}


# YAML lets a tab part a key from its value; the library does not.
_TAB = re.compile(r"(?<=:)[ ]*\t[ \t]*(?=\S)")


class _Place:
    """Where a document stands in its file."""

    def __init__(self, name: str, first: int) -> None:
        self.name = name
        self.first = first

    def fail(self, at: Any, message: str, hint: str) -> NoReturn:
        mark = at.start_mark
        raise MetadataError(message, file=self.name, line=mark.line + self.first, column=mark.column + 1, hint=hint)


class _Composer(yaml.SafeLoader):
    """Composes nodes and stops early where there are too many, or too deep ones."""

    def __init__(self, source: str, place: _Place) -> None:
        super().__init__(source)
        self.place = place
        self.count = self.depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.count += 1
        self.depth += 1
        if self.count > MAX_NODES:
            self.place.fail(_next(self), f"the front matter has more than {MAX_NODES} values", "Keep data in a file of its own")
        if self.depth > MAX_DEPTH:
            self.place.fail(_next(self), "the front matter is nested too deep", "Write it flatter")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _next(loader: Any) -> Any:
    return loader.peek_event()


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])


def _wrong(error: Any, source: str, place: _Place) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + place.first, mark.column + 1) if mark else (place.first, 0)
    lines = source.split("\n")
    here = lines[mark.line] if mark and mark.line < len(lines) else ""
    hint = "A value with a colon, a quote or a bracket must stand in quotes"
    if "\t" in here[:len(here) - len(here.lstrip())]:
        hint = "Use spaces instead of the tab"
    elif "alias" in str(error.problem):
        hint = "A value that begins with * must stand in quotes"
    elif "token" in str(error.problem) and here.lstrip(" -")[:1] in ("@", "`", "%"):
        hint = "A value that begins with this sign must stand in quotes"
    elif "escape" in str(error.problem) or "escape" in str(error.context):
        hint = "Write \\\\ for a backslash, or use single quotes"
    raise MetadataError(f"the front matter is not YAML: {error.problem or error.context}", file=place.name, line=line, column=column,
                        hint=hint) from None


class _Values:
    """Makes values of nodes; aliases count each time they are used."""

    def __init__(self, place: _Place) -> None:
        self.place = place
        self.count = self.depth = 0

    def value(self, node: Any) -> Value:
        self.count += 1
        if self.count > MAX_NODES:
            self.place.fail(node, f"the front matter has more than {MAX_NODES} values", "Repeat less with aliases")
        line, column = node.start_mark.line + self.place.first, node.start_mark.column + 1
        if isinstance(node, yaml.ScalarNode):
            empty = node.style is None and node.value in ("", "~", "null", "Null", "NULL")
            return Value(None if empty else node.value, line, column)
        self.depth += 1
        if self.depth > MAX_DEPTH:  # nodes themselves lie less deep: only an alias to what it stands in leads here
            self.place.fail(node, "a value of the front matter contains itself", "Take the alias out")
        made: Data = self._mapping(node) if isinstance(node, yaml.MappingNode) else [self.value(v) for v in node.value]
        self.depth -= 1
        return Value(made, line, column)

    def _mapping(self, node: Any) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.place.fail(key, "a key of the front matter is not a word", "If braces were meant as text, put the value in quotes")
            earlier = out.get(key.value)
            if earlier and self.depth > 1:
                self.place.fail(key, f"'{key.value}' stands twice in the front matter (first on line {earlier.line})",
                                "Keep one of them")
            self.count += 1
            made = self.value(value)
            out[str(key.value)] = Value(made.data, made.line, made.column, earlier) if earlier else made
        return out
