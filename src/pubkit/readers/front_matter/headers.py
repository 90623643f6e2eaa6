"""Lines of ``Key: value`` without fences, as Pelican and MultiMarkdown have them: front matter where it is sure, otherwise nothing."""

from __future__ import annotations

import re

from msgspec import Struct

from pubkit.readers.front_matter.dates import BUILD_WORDS
from pubkit.readers.front_matter.keys import ELSEWHERE, field_of, is_known, plain_key
from pubkit.readers.front_matter.values import FrontMatter, Value

__all__ = ["block", "read"]

_LINE = re.compile(r"([A-Za-z][\w -]{0,40}?)[ \t]*:(?:[ \t]+(.*)|[ \t]*)$")
_MORE = re.compile(r"[ \t]+(?=\S)")

# Fields that a book or a film has too; what has no other field may be its description.
_OF_ANY_WORK = frozenset(("title", "subtitle", "authors", "publisher", "series", "published", "language", "source"))


class _Header(Struct, frozen=True):
    key: str
    words: list[str]
    line: int
    column: int


def read(text: str) -> tuple[FrontMatter, int] | None:
    """The headers that a text begins with, and how many lines they take with the empty line (or ``---``) after them; None without."""
    first, _, _ = text.partition("\n")
    found = _LINE.match(first)
    if found is None or not is_known(found.group(1)):
        return None
    lines: list[str] = []
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        line = text[start:end if end >= 0 else len(text)]
        if not line.strip() or line.rstrip() == "---":
            break
        if not lines or _LINE.match(line) or _MORE.match(line):
            lines.append(line)
        else:
            return None
        start = end + 1 if end >= 0 else len(text)
    mapping = block(lines, 1)
    return (mapping, len(lines) + 1) if mapping is not None else None


def block(lines: list[str], first: int) -> FrontMatter | None:
    """The mapping that lines say, or None where they are not sure to be headers.

    Args:
        lines: ``Key: value``, or indented lines that go on with the value above.
        first: the line of the file on which they begin.
    """
    headers: list[_Header] = []
    for number, line in enumerate(lines, first):
        if headers and _MORE.match(line):
            headers[-1].words.append(line.strip())
        elif found := _LINE.match(line):
            headers.append(_Header(found.group(1), [(found.group(2) or "").strip()], number, found.start(2) + 1 if found.group(2) else 0))
        else:
            return None
    return _mapping(headers) if _sure(headers) else None


def _sure(headers: list[_Header]) -> bool:
    """Whether these are headers, not the first paragraph of a text or the description of a book.

    A title, or a date, and one more known key; all keys are known, or most are and one is such as only an article has.
    """
    known = [h for h in headers if is_known(h.key)]
    fields = {field_of(h.key) for h in known}
    dated = [h for h in headers if field_of(h.key) in ("published", "updated")]
    if len({plain_key(h.key) for h in known}) < 2 or not all(map(_maybe_date, dated)) or not ("title" in fields or dated):
        return False
    if len(known) == len(headers):
        return True
    own = bool(dated) or any(field not in _OF_ANY_WORK for field in fields if field) or any(plain_key(h.key) in ELSEWHERE for h in known)
    return "title" in fields and own and 2 * len(known) >= len(headers)


def _maybe_date(header: _Header) -> bool:
    words = " ".join(header.words)
    return not words or (len(words) < 60 and any(c.isdigit() for c in words)) or plain_key(words) in BUILD_WORDS


def _mapping(headers: list[_Header]) -> FrontMatter | None:
    """The values by key; only names and tags may stand twice and make a list."""
    grouped: dict[str, list[_Header]] = {}
    for header in headers:
        grouped.setdefault(header.key, []).append(header)
    out: FrontMatter = {}
    for key, same in grouped.items():
        several = field_of(key) in ("authors", "tags")
        if len(same) > 1 and not several:
            return None
        made = [Value(words, h.line, h.column) for h in same for words in _values(h, several)]
        whole = Value(made, same[0].line, same[0].column)
        out[key] = whole if len(made) > 1 else made[0] if made else Value(None, same[0].line)
    return out


def _values(header: _Header, several: bool) -> list[str]:
    """The words of a header: one text, or one for each line where lines part names and tags."""
    words = [w for w in header.words if w]
    if several and not any("," in w or ";" in w for w in words):
        return words
    return [" ".join(words)] if words else []
