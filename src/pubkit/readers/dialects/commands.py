"""Text with commands of template languages comes in; the commands go out, with their arguments and with which closes which."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["COMMAND", "Command", "Found", "Scan", "Term", "command_at", "key_of", "scan", "terms"]

COMMAND = ("{{", "{%", "{# ", "{/*")
"""What a command begins with."""


@dataclass(frozen=True)
class Command:
    """A command as it is written.

    Attributes:
        name: its name; for an expression all that stands between the braces.
        positional: the arguments without a name.
        named: the arguments with a name.
        raw: how it stands in the source.
        line: the line on which it begins.
        style: ``shortcode``, ``tag``, ``expression``, ``remark`` or ``directive``.
        closes: whether it ends a pair.
        call: whether its arguments stand in parentheses.
        bare: the names of those arguments whose values are not quoted.
        paired: whether something closes it.
        inside: what stands between it and its end, where that is no Markdown.
    """

    name: str
    positional: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""
    line: int = 0
    style: str = "shortcode"
    closes: bool = False
    call: bool = False
    bare: frozenset[str] = frozenset()
    paired: bool = False
    inside: str | None = None

    def get(self, *names: str) -> str:
        """The first of the named arguments that says something; empty where none does."""
        return next((v for n in names if (v := self.named.get(n, "").strip())), "")


def key_of(name: str) -> str:
    """A name as the table of dialects knows it."""
    return name.lower().replace("-", "_")


# --- Arguments -----------------------------------------------------------------------------------------------------------------------

# A quotation that is never closed reaches to the end: so no sign is looked at twice.
_QUOTED = r"\"((?:[^\"\\]|\\.|\\\Z)*)(?:\"|\Z)|'((?:[^'\\]|\\.|\\\Z)*)(?:'|\Z)|`([^`]*)(?:`|\Z)"
_ARGUMENT = re.compile(rf"(?:([A-Za-z_$][\w.-]*)[ \t]*(?:=[ \t\n]*|:[ \t\n]+|:(?=[\"'])))?"
                       rf"(?:{_QUOTED}|([^\s,\"'`=|][^\s,\"'`|]*)|([=|]))", re.DOTALL)
_ESCAPE = re.compile(r"\\([\"'\\])")


def _arguments(text: str) -> tuple[tuple[str, ...], dict[str, str], frozenset[str]]:
    positional: list[str] = []
    named: dict[str, str] = {}
    bare: set[str] = set()
    for found in _ARGUMENT.finditer(text):
        key, double, single, back, word, _ = found.groups()
        value = next((v for v in (double, single, back, word) if v is not None), None)
        if value is None:
            continue
        if back is None and word is None:
            value = _ESCAPE.sub(r"\1", value)
        if key:
            named.setdefault(key.lower(), value)
            if word is not None:
                bare.add(key.lower())
        else:
            positional.append(value)
    return tuple(positional), named, frozenset(bare)


@dataclass(frozen=True)
class Term:
    """One part of an expression between ``|`` signs: a quoted text, a name, or a name with arguments."""

    name: str
    positional: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()
    quoted: bool = False
    quotes: tuple[bool, ...] = ()


_PIPED = re.compile(rf"(?:{_QUOTED}|[^|\"'`])+|[\"'`]", re.DOTALL)
_TEXT = re.compile(rf"\s*(?:{_QUOTED})\s*", re.DOTALL)
_CALL = re.compile(r"\s*([\w.]+)\s*(?:\((.*)\)|:?(?:\s+(.*))?)\s*", re.DOTALL)
_VALUE = re.compile(rf"{_QUOTED}|[^\s,\"'`]+", re.DOTALL)


def terms(expression: str) -> tuple[Term, ...]:
    """The parts of an expression; none where it is of no known form."""
    out: list[Term] = []
    for found in _PIPED.finditer(expression):
        part = found.group()
        if text := _TEXT.fullmatch(part):
            value = next(v for v in text.groups() if v is not None)
            out.append(Term(_ESCAPE.sub(r"\1", value), quoted=True))
        elif (call := _CALL.fullmatch(part)) and not (call.group(3) and not out):
            arguments = call.group(2) or call.group(3) or ""
            positional, named, bare = _arguments(arguments)
            quotes = tuple(v.group()[0] in "\"'`" for v in _VALUE.finditer(arguments))
            out.append(Term(call.group(1), positional, named, bare, quotes=quotes))
        else:
            return ()
    return tuple(out)


# --- One command ---------------------------------------------------------------------------------------------------------------------

_ENDS = {"{{<": re.compile(r"\{\{<|>\}\}"), "{{%": re.compile(r"\{\{%|%\}\}"), "{%": re.compile(r"\{%|%\}"), "{#": re.compile(r"\{#|#\}"),
         "{/*": re.compile(r"\{/\*|\*/\}")}
_NAME = re.compile(r"\s*(/?)\s*([A-Za-z_][\w./:-]*)")
_TAG = re.compile(r"([A-Za-z_][\w.:-]*)(?=[\s(,]|$)")
_EXPRESSION = re.compile(r"\{\{[-~]?(\s*(?:\"[^\"\n]*\"|'[^'\n]*')\s*(?:\|[^{}\n]*)?|(?:[^{}\n]|\n(?![ \t]*\n))+?)[-~]?\}\}")
_LONGEST = 400


def command_at(src: str, at: int) -> tuple[Command, int] | None:
    """The command that begins at a place, and where it ends; None where none does.

    Args:
        src: the text.
        at: the place of a ``{``.
    """
    opening = next((o for o in ("{{<", "{{%", "{%", "{{", "{#", "{/*") if src.startswith(o, at)), "")
    if opening == "{{":
        found = _EXPRESSION.match(src, at, at + _LONGEST)
        words = found.group(1).strip() if found else ""
        if not found or not words:
            return None
        called = re.fullmatch(r"([A-Za-z_]\w*)\s*\((.*)\)", words, re.DOTALL)
        positional, named, bare = _arguments(called.group(2)) if called else ((), {}, frozenset())
        name = called.group(1) if called else words
        return Command(name, positional, named, found.group(), style="expression", call=bool(called), bare=bare), found.end()
    if not opening or (opening == "{#" and src[at + 2:at + 3] not in " \t\n"):
        return None
    end = _ENDS[opening].search(src, at + len(opening))
    if end is None or end.group()[0] == "{":
        return None
    made = _made(opening, src[at + len(opening):end.start()], src[at:end.end()])
    return (made, end.end()) if made else None


def _made(opening: str, words: str, raw: str) -> Command | None:
    if opening in ("{#", "{/*"):
        return Command("comment", raw=raw, style="remark")
    if opening.startswith("{{"):
        if words.strip().startswith("/*") and words.strip().endswith("*/"):
            return Command("/*", (opening + words.strip()[2:-2] + raw[-3:],), raw=raw)
        found = _NAME.match(words)
        if not found:
            return None
        positional, named, bare = _arguments(words[found.end():].rstrip().removesuffix("/"))
        if positional and positional[-1] == "/":
            positional = positional[:-1]
        return Command(found.group(2), positional, named, raw, closes=bool(found.group(1)), bare=bare)
    words = words.removeprefix("-").removeprefix("~").removesuffix("-").removesuffix("~").strip()
    if words.startswith("#"):
        return Command("comment", raw=raw, style="remark")
    found = _TAG.match(words)
    if not found:
        return None
    rest = words[found.end():].strip()
    call = rest.startswith("(") and rest.endswith(")")
    positional, named, bare = _arguments(rest[1:-1] if call else rest)
    name = found.group(1)
    closes = name == "end" or (name.startswith("end") and len(name) > 3)
    return Command(name.removeprefix("end").removeprefix("_") if closes else name, positional, named, raw, style="tag", closes=closes,
                   call=call, bare=bare)


# --- All commands of a text ----------------------------------------------------------------------------------------------------------

class Found:
    """A command in its place, and the one that it opens or closes."""

    __slots__ = ("command", "depth", "end", "partner", "start")

    def __init__(self, command: Command, start: int, end: int) -> None:
        self.command, self.start, self.end = command, start, end
        self.partner: Found | None = None
        self.depth = 0


Scan = dict[int, Found]

_FENCE = re.compile(r"^([ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*)(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_NEXT = re.compile(r"`+|<!--|\{[{%#/]")
_DIRECTIVE = re.compile(r"[ \t]*\{[A-Za-z][\w:-]*\}")


def scan(src: str, verbatim: frozenset[str]) -> Scan:
    """All commands of a text that do not stand in code or comments, by the place where they begin.

    Args:
        src: the text.
        verbatim: the names of the commands between whose beginning and end there are no others.
    """
    if not any(sign in src for sign in COMMAND):
        return {}
    out: Scan = {}
    fences = _fences(src)
    starts = [start for start, _ in fences]
    ticks = _ticks(src)
    pairs = _Pairs()
    missing: set[str] = set()
    at = 0
    while sign := _NEXT.search(src, at):
        start = sign.start()
        where = bisect_right(starts, start) - 1
        if where >= 0 and start < fences[where][1]:
            at = fences[where][1]
        elif sign.group()[0] == "`":
            at = ticks.get(start, sign.end())
        elif sign.group() == "<!--":
            end = -1 if "-->" in missing else src.find("-->", sign.end())
            if end < 0:
                missing.add("-->")
            at = end + 3 if end >= 0 else sign.end()
        elif start and src[start - 1] == "\\":
            at = start + 2
        elif (made := command_at(src, start)) is None:
            at = start + 1
        else:
            found = out[start] = Found(made[0], start, made[1])
            at = found.end
            if key_of(found.command.name) in verbatim and not found.command.closes:
                closing = None if _closing_key(found.command) in missing else _closing(src, found)
                if closing:
                    out[closing.start], at = closing, closing.end
                else:
                    missing.add(_closing_key(found.command))
            elif found.command.style in ("shortcode", "tag"):
                pairs.add(found)
    return out


def _closing_key(command: Command) -> str:
    return f"{command.style} {command.name}"


def _closing(src: str, opening: Found) -> Found | None:
    """The end of a command between whose ends there are no others."""
    name = re.escape(opening.command.name)
    pattern = rf"\{{%[-~]?\s*end_?(?:{name})?\s*[-~]?%\}}" if opening.command.style == "tag" else rf"\{{\{{([<%])\s*/\s*{name}\s*[>%]\}}\}}"
    end = re.compile(pattern).search(src, opening.end)
    if not end:
        return None
    closing = Found(Command(opening.command.name, raw=end.group(), style=opening.command.style, closes=True), end.start(), end.end())
    opening.partner, closing.partner = closing, opening
    return closing


class _Pairs:
    """Brings beginnings and ends together; each is looked at a fixed number of times."""

    def __init__(self) -> None:
        self.stack: list[Found] = []
        self.by: dict[tuple[str, str], list[Found]] = {}

    def add(self, found: Found) -> None:
        command = found.command
        key = (command.style, command.name)
        if not command.closes:
            if command.raw.rstrip("}>%").rstrip().endswith("/") and command.style == "shortcode":
                return
            found.depth = len(self.stack)
            self.stack.append(found)
            self.by.setdefault(key, []).append(found)
            if command.call:
                self.by.setdefault((command.style, ""), []).append(found)
            return
        waiting = self.by.get(key, [])
        while waiting:
            opening = waiting.pop()
            if opening.depth < len(self.stack) and self.stack[opening.depth] is opening:
                del self.stack[opening.depth:]
                opening.partner, found.partner = found, opening
                return


def _fences(src: str) -> list[tuple[int, int]]:
    """From where to where there is fenced code."""
    out: list[tuple[int, int]] = []
    opening: re.Match[str] | None = None
    for found in _FENCE.finditer(src):
        signs, after = found.group(2), found.group(3)
        if opening is None:
            if not _DIRECTIVE.match(after) and not ("`" in after and signs[0] == "`"):
                opening = found
        elif signs.startswith(opening.group(2)) and not after.strip():
            out.append((opening.start(), found.end()))
            opening = None
        elif ">" in opening.group(1) and ">" not in found.group(1):
            out.append((opening.start(), src.find("\n", opening.end())))
            opening = None if not after.strip() else found
    if opening is not None:
        quoted = ">" in opening.group(1)
        out.append((opening.start(), opening.end() if quoted else len(src)))
    return out


_EMPTY = re.compile(r"\n[ \t>]*(?=\n)")


def _ticks(src: str) -> dict[int, int]:
    """Where each code span begins and ends."""
    if "`" not in src:
        return {}
    empty = [m.start() for m in _EMPTY.finditer(src)]
    runs = [(m.start(), m.end()) for m in re.finditer("`+", src)]
    waiting: dict[int, tuple[int, int]] = {}
    closing: dict[int, tuple[int, int]] = {}
    for start, end in runs:
        if end - start in waiting:
            closing[waiting[end - start][0]] = (start, end)
        waiting[end - start] = (start, end)
    out: dict[int, int] = {}
    at = 0
    for start, _ in runs:
        if start < at or start not in closing or (start and src[start - 1] == "\\"):
            continue
        close, end = closing[start]
        if bisect_right(empty, start) == bisect_right(empty, close):
            out[start] = at = end
    return out
