"""The table of readers: a kind of source, the file names that mean it, and the module that parses it.

Readers parse text; that of EPUB, which is no text, the bytes.

Readers of other packages are found by entry point (group ``pubkit.readers``): an object with ``parse(text, name) -> Read`` and a tuple
``SUFFIXES``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath
from typing import Any

import msgspec
from msgspec import Struct

from pubkit.diagnostics import UnknownFormat, UsageError
from pubkit.plugins import offered
from pubkit.readers.base import Guess, Provenance, Read

__all__ = ["MAX_BOOK", "Guess", "Kind", "Provenance", "Read", "decode_text", "kind_of", "kinds", "of_bytes", "parser"]

MAX_BOOK = 200_000_000  # bytes of an EPUB, and of all that it holds once unpacked


class Kind(Struct, frozen=True):
    """One kind of source: its name, its file suffixes, and what it is in a few words."""

    name: str
    suffixes: tuple[str, ...]
    description: str


KINDS = (
    Kind("markdown", (".md", ".markdown", ".mkd", ".mdown", ".qmd"),
         "CommonMark with tables, notes, math and more; front matter in YAML, TOML, JSON or headers"),
    Kind("text", (".txt", ".text"), "plain text; its structure is inferred"),
    Kind("json", (".json",), "pubkit's own canonical JSON"),
    Kind("epub", (".epub",), "an EPUB that pubkit made with epub.source=true"),
)
_MODULES = {"markdown": "pubkit.readers.markdown", "text": "pubkit.readers.plaintext", "json": "pubkit.readers.json"}


def kinds() -> tuple[Kind, ...]:
    """Every kind that can be read: ours and those of installed packages."""
    ours = {kind.name for kind in KINDS}
    others = (Kind(e.name, tuple(getattr(e.load(), "SUFFIXES", ())), f"from {e.value}") for e in offered("readers")
              if e.name not in ours)
    return (*KINDS, *others)


def kind_of(name: str) -> str:
    """The kind of a file by its name. Raises `UnknownFormat` with the list of what is known."""
    suffix = PurePath(name).suffix.lower()
    for kind in kinds():
        if suffix in kind.suffixes:
            return kind.name
    known = "; ".join(f"{kind.name}: {' '.join(kind.suffixes)}" for kind in kinds())
    raise UnknownFormat(f"the kind of {name} cannot be told from its name", hint=f"Say which with --from, or rename it ({known})")


def parser(kind: str) -> Callable[[str, str], Read]:
    """The ``parse(text, name) -> Read`` of a kind, loaded now. Raises `UnknownFormat`, and `UsageError` for a kind that is no text."""
    if kind == "epub":
        raise UsageError("an EPUB is no text, and cannot be parsed as one", hint="pubkit.read takes its path, pubkit.read_bytes its bytes")
    if kind in _MODULES:
        return _parse_of(import_module(_MODULES[kind]))
    for entry in offered("readers"):
        if entry.name == kind:
            return _parse_of(entry.load())
    names = [k.name for k in kinds()]
    close = difflib.get_close_matches(kind, names, 1)
    raise UnknownFormat(f"there is no reader for {kind!r}",
                        hint=(f"Did you mean {close[0]}? " if close else "") + f"Known: {', '.join(names)}")


def _parse_of(module: Any) -> Callable[[str, str], Read]:
    parse: Callable[[str, str], Read] = module.parse
    return parse


def of_bytes(data: bytes, kind: str, name: str, encoding: str = "") -> Read:
    """What the reader of a kind makes of a file's bytes, decoded first where the kind is text. Raises `ReadError`, `UnknownFormat`."""
    if kind == "epub":
        from pubkit.readers import epub

        return epub.parse(data, name)
    from pubkit.readers.encoding import decode

    text, found = decode(data, name, encoding)
    read = parser(kind)(text, name)
    return msgspec.structs.replace(read, diagnostics=(*found, *read.diagnostics))


def decode_text(data: bytes, name: str) -> str:
    """The text of a source, as `pubkit.readers.encoding.decode` reads it, without its findings. Raises `ReadError`."""
    from pubkit.readers.encoding import decode

    return decode(data, name)[0]
