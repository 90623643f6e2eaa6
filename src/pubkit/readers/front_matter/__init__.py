"""From the head of a source to a mapping of keys and values, whatever form it has: YAML, TOML, JSON, or headers without fences."""

from __future__ import annotations

import re

from pubkit.diagnostics import MetadataError
from pubkit.readers.front_matter import headers
from pubkit.readers.front_matter.dates import parse_date
from pubkit.readers.front_matter.keys import SYNONYMS, is_known
from pubkit.readers.front_matter.meta import to_meta
from pubkit.readers.front_matter.values import FrontMatter, Value

__all__ = ["SYNONYMS", "FrontMatter", "Value", "parse_date", "split", "to_meta"]

_KEY_LINE = re.compile(r"""\s*(?:"[^"]+"|'[^']+'|[^\W\d][\w .-]*?)\s*:(?:\s|$)""")
_ODD_LINE = re.compile(r"""\t|[ ]*(?:- |\{(?![%{])|["'])""")
_FENCE_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_LANGUAGE = re.compile(r"--- ?(yaml|yml|toml|json|js|javascript|coffee|cson)\s*$", re.IGNORECASE)
_JSON_KEY = re.compile(r"""\s*(?:"([^"\n]{1,60})"|'([^'\n]{1,60})'|([A-Za-z][\w-]{0,60}))\s*:""")
_DEFINITION = re.compile(r"@def[ \t]+[A-Za-z_]\w*[ \t]*=(?!=)")
_JSON_LOOK = 4_000


def split(text: str, name: str = "") -> tuple[FrontMatter, str, int]:
    """The front matter of a source, and what follows it.

    Args:
        text: the source; any line ends, with or without a byte order mark.
        name: the file's name, for errors.

    Returns:
        The mapping (empty where there is no front matter), the body with line feeds only, and the body's first line in the file.

    Raises:
        MetadataError: the front matter cannot be read, or never ends.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    fence = first.rstrip()
    if fence == "---":
        return _fenced_yaml(text, rest, name)
    if fence == "+++":
        return _fenced_toml(text, rest, name, "+++", "plus signs")
    if fence == ";;;":
        return _fenced_json(text, rest, name, ";;;", "semicolons")
    if found := _LANGUAGE.match(fence):
        return _fenced_language(text, rest, name, found.group(1).lower())
    if text.startswith("{"):
        return _bare_json(text, name)
    if text.startswith('"') and _named(_JSON_KEY.match(text)) and (end := _end(text.split("\n"), ";;;")) >= 0:
        lines = text.split("\n")  # Hexo has no fence above
        return _json("\n".join(lines[:end]), name, 1), "\n".join(lines[end + 1:]), end + 2
    if _DEFINITION.match(text):
        return _definitions(text, name)
    found_headers = headers.read(text)
    if found_headers is None:
        return {}, text, 1
    mapping, taken = found_headers
    return mapping, "\n".join(text.split("\n")[taken:]), taken + 1


def _definitions(text: str, name: str) -> tuple[FrontMatter, str, int]:
    """The lines ``@def key = value`` with which a page of Franklin begins; a text in three quotes may go over several lines."""
    from pubkit.readers.front_matter import toml

    lines = text.split("\n")
    taken, inside = 0, False
    while taken < len(lines) and (inside or not lines[taken].strip() or _DEFINITION.match(lines[taken])):
        inside ^= lines[taken].count('"""') % 2 == 1
        taken += 1
    source = "\n".join(line.removeprefix("@def").lstrip() if _DEFINITION.match(line) else line for line in lines[:taken])
    return toml.read(source, name, 1), "\n".join(lines[taken:]), taken + 1


def _end(lines: list[str], fence: str) -> int:
    """The line that is the fence, or -1."""
    return next((i for i, line in enumerate(lines) if line.rstrip() == fence), -1)


def _never_ends(name: str, fence: str, signs: str) -> MetadataError:
    return MetadataError("the front matter never ends", file=name, line=1, hint=f"Close it with a line of three {signs}, {fence}")


# --- Between fences ------------------------------------------------------------------------------------------------------------------

def _fenced_yaml(text: str, rest: str, name: str, sure: bool = False) -> tuple[FrontMatter, str, int]:
    lines = rest.split("\n")
    end = next((i for i, line in enumerate(lines) if _FENCE_END.match(line)), -1)
    if not sure and not _meant(lines if end < 0 else lines[:end], end >= 0):
        return {}, text, 1
    if end < 0:
        raise _never_ends(name, "---", "hyphens")
    return _yaml(lines[:end], name), "\n".join(lines[end + 1:]), end + 3


def _meant(lines: list[str], closed: bool) -> bool:
    """Whether the lines after a ``---`` are front matter, not text after a thematic break."""
    solid = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if _KEY_LINE.match(solid):
        return True
    return closed and (not solid or (bool(lines[0].strip()) and (
        _ODD_LINE.match(solid) is not None or any(_KEY_LINE.match(line) for line in lines))))


def _yaml(lines: list[str], name: str) -> FrontMatter:
    from pubkit.readers.front_matter import yaml

    try:
        return yaml.read("\n".join(lines), name, 2)
    except MetadataError:
        # Pelican and MultiMarkdown let their headers, keys in capitals, stand between fences too: their values need no quotes.
        block = headers.block(lines, 2) if lines[0][:1].isupper() else None
        if block is None:
            raise
        return block


def _fenced_toml(text: str, rest: str, name: str, fence: str, signs: str, sure: bool = False) -> tuple[FrontMatter, str, int]:
    from pubkit.readers.front_matter import toml

    lines = rest.split("\n")
    end = _end(lines, fence)
    if end < 0:
        if sure or re.match(r"\s*[\w-]+\s*=", rest):
            raise _never_ends(name, fence, signs)
        return {}, text, 1
    return toml.read("\n".join(lines[:end]), name, 2), "\n".join(lines[end + 1:]), end + 3


def _fenced_json(text: str, rest: str, name: str, fence: str, signs: str, sure: bool = False) -> tuple[FrontMatter, str, int]:
    lines = rest.split("\n")
    end = _end(lines, fence)
    inside = "\n".join(lines if end < 0 else lines[:end])
    meant = sure or inside.lstrip().startswith("{") or _named(_JSON_KEY.match(inside))
    if end < 0 and meant:
        raise _never_ends(name, fence, signs)
    if end < 0 or (inside.strip() and not meant):
        return {}, text, 1
    return _json(inside, name, 2), "\n".join(lines[end + 1:]), end + 3


def _json(source: str, name: str, first: int) -> FrontMatter:
    """The object between fences; Hexo and Middleman leave its braces out."""
    from pubkit.readers.front_matter import json

    if not source.strip():
        return {}
    if source.lstrip().startswith('"'):
        source, first = "{\n" + source + "\n}", first - 1
    mapping, taken = json.read(source, name, first)
    if source[taken:].strip():
        raise MetadataError("there is more after the JSON object of the front matter", file=name,
                            line=source.count("\n", 0, source.index(source[taken:].strip()[0], taken)) + first, hint="Keep one object")
    return mapping


def _fenced_language(text: str, rest: str, name: str, language: str) -> tuple[FrontMatter, str, int]:
    """Front matter whose first fence says what it is."""
    if language in ("yaml", "yml"):
        return _fenced_yaml(text, rest, name, sure=True)
    if language == "toml":
        return _fenced_toml(text, rest, name, "---", "hyphens", sure=True)
    if language == "json":
        return _fenced_json(text, rest, name, "---", "hyphens", sure=True)
    if _end(rest.split("\n"), "---") < 0:
        return {}, text, 1
    raise MetadataError(f"the front matter is a program ({language}), and pubkit runs none", file=name, line=1,
                        hint="Write its values as YAML, between two lines of ---")


# --- An object at the very top -------------------------------------------------------------------------------------------------------

def _bare_json(text: str, name: str) -> tuple[FrontMatter, str, int]:
    """A JSON object with a key that is known here, and nothing after it on its last line; a text that only begins with a brace stays."""
    from pubkit.readers.front_matter import json

    try:
        mapping, taken = json.read(text, name, 1)
    except MetadataError:
        if _json_meant(text):
            raise
        return {}, text, 1
    line, _, body = text[taken:].partition("\n")
    if line.strip() or not any(map(is_known, mapping)):
        return {}, text, 1
    return mapping, body, text.count("\n", 0, taken) + 2


def _json_meant(text: str) -> bool:
    """Whether what cannot be read was meant as JSON: a known key in double quotes, or any known key on a line below the brace."""
    head = text[1:_JSON_LOOK].split("\n")
    keys = [(_JSON_KEY.match(line), at) for at, line in enumerate(head)]
    alone = not head[0].strip()
    return any(_named(key) and (alone or (key is not None and key.group(1) is not None)) for key, at in keys if at or not alone)


def _named(key: re.Match[str] | None) -> bool:
    return key is not None and any(is_known(word) for word in key.groups() if word)
