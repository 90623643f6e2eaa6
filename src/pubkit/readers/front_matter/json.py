"""From a JSON object to front matter: values with their place, and faults named with theirs."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import NoReturn

from pubkit.diagnostics import MetadataError
from pubkit.readers.front_matter.values import MAX_DEPTH, MAX_NODES, Data, FrontMatter, Value

__all__ = ["read"]

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"[A-Za-z_]\w*")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def read(source: str, name: str, first: int) -> tuple[FrontMatter, int]:
    """The object that a text begins with.

    Args:
        source: text that begins with ``{``, line feeds only.
        name: the file's name, for errors.
        first: the line of the file on which the text begins.

    Returns:
        The mapping, and how many characters it takes.

    Raises:
        MetadataError: it is not a JSON object, or beyond the bounds.
    """
    return _Scanner(source, name, first).document()


class _Scanner:
    """One pass over the text."""

    def __init__(self, source: str, name: str, first: int) -> None:
        self.source = source
        self.name = name
        self.first = first
        self.starts = [0, *(m.end() for m in re.finditer("\n", source))]
        self.at = 0
        self.count = 0

    def document(self) -> tuple[FrontMatter, int]:
        if self.sign() != "{":
            self.fail(self.at, "an object is expected", "Begin with {")
        found = self.value(0).data
        assert isinstance(found, dict)
        return found, self.at

    def place(self, at: int) -> tuple[int, int]:
        row = bisect_right(self.starts, at) - 1
        return row + self.first, at - self.starts[row] + 1

    def fail(self, at: int, message: str, hint: str) -> NoReturn:
        line, column = self.place(at)
        raise MetadataError(f"the front matter is not JSON: {message}", file=self.name, line=line, column=column, hint=hint)

    def sign(self) -> str:
        """The next character that is no space."""
        found = _SPACE.match(self.source, self.at)
        self.at = found.end() if found else self.at
        return self.source[self.at:self.at + 1]

    def value(self, depth: int) -> Value:
        sign, at = self.sign(), self.at
        line, column = self.place(at)
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            message = "is nested too deep" if depth > MAX_DEPTH else f"has more than {MAX_NODES} values"
            raise MetadataError(f"the front matter {message}", file=self.name, line=line, column=column, hint="Write it shorter")
        made: Data
        if sign == "{":
            made = self.object(depth)
        elif sign == "[":
            made = self.array(depth)
        else:
            made = self.string() if sign == '"' else self.plain()
        return Value(made, line, column)

    def object(self, depth: int) -> dict[str, Value]:
        out: dict[str, Value] = {}
        start, self.at = self.at, self.at + 1
        while not (not out and self.sign() == "}"):
            self.expect_key(start, bool(out))
            at, key = self.at, self.string()
            if key in out:
                line, column = self.place(at)
                raise MetadataError(f"'{key}' stands twice in the front matter (first on line {out[key].line})", file=self.name, line=line,
                                    column=column, hint="Keep one of them")
            if self.sign() != ":":
                self.fail(self.at, f"a colon is expected after '{key}'", "Write each as \"key\": value")
            self.at += 1
            out[key] = self.value(depth + 1)
            if self.closed(start, "}"):
                return out
        self.at += 1
        return out

    def array(self, depth: int) -> list[Value]:
        out: list[Value] = []
        start, self.at = self.at, self.at + 1
        while not (not out and self.sign() == "]"):
            if self.sign() == "]":
                self.fail(self.at, "a value is expected after the comma", "Take the last comma out")
            out.append(self.value(depth + 1))
            if self.closed(start, "]"):
                return out
        self.at += 1
        return out

    def closed(self, start: int, sign: str) -> bool:
        """Whether the list or object ends here; otherwise goes past the comma."""
        found = self.sign()
        if not found:
            self.fail(start, "it never ends", f"Close it with {sign}")
        if found not in (",", sign):
            self.fail(self.at, f"a comma or {sign} is expected", "Put a comma between two values, and quotes inside words as \\\"")
        self.at += 1
        return found == sign

    def expect_key(self, start: int, more: bool) -> None:
        found = self.sign()
        if not found:
            self.fail(start, "it never ends", "Close it with }")
        if found == "}" and more:
            self.fail(self.at, "a key is expected after the comma", "Take the last comma out")
        if found == "/":
            self.fail(self.at, "a key is expected", "JSON has no comments: take it out")
        if found != '"':
            self.fail(self.at, "a key is expected", "Put keys in double quotes")

    def string(self) -> str:
        found = _STRING.match(self.source, self.at)
        if found is None:
            self.fail(self.at, "a string never ends on its line", "Close it with a double quote, and write \\n for a line break")
        try:
            text = json.loads(found.group())
        except ValueError as error:
            column = getattr(error, "pos", 0)
            self.fail(self.at + column, "an escape that JSON does not have", "Write \\\\ for a backslash")
        self.at = found.end()
        return str(text)

    def plain(self) -> int | float | bool | str | None:
        """A number, or one of the three words."""
        if found := _NUMBER.match(self.source, self.at):
            self.at = found.end()
            words = found.group()
            if found.group(1) or found.group(2):
                return float(words)
            return int(words) if len(words) < 19 else words
        word = _WORD.match(self.source, self.at)
        if word and word.group() in _WORDS:
            self.at = word.end()
            return _WORDS[word.group()]
        hint = "Put words in double quotes"
        if word and word.group().lower() in ("true", "false", "null", "none"):
            hint = "Write true, false or null"
        if self.source[self.at:self.at + 1] in (*"-+.0123456789",):
            hint = "Write a number such as 12 or 0.5, or put it in double quotes"
        if self.at >= len(self.source):
            hint = "Close it with }"
        return self.fail(self.at, "a value is expected", hint)
