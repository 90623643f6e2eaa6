"""From the head of a source (YAML between ``---``, or TOML between ``+++``) to the metadata of an article."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from msgspec import Struct

from pubkit.diagnostics import Diagnostic, LimitError, MetadataError, diagnostic
from pubkit.model import Correction, Enclosure, Figure, Image, Inline, Meta, Person, Series

__all__ = ["FrontMatter", "Value", "parse_date", "peek", "split", "to_meta"]

MAX_NODES = 10_000
DATES = "2024-01-31, 2024-01-31T09:30:00+02:00, 2024-01-31 09:30, 2024/01/31, 31 January 2024 or Wed, 31 Jan 2024 09:30:00 +0200"


class Value(Struct, frozen=True):
    """A value and where it stands. ``data`` is text, None, a list or mapping of values, or (from TOML) a number, bool or date."""

    data: Data
    line: int = 0
    column: int = 0
    plain: bool = False

    def natural(self) -> Any:
        """The value as Python lists, dictionaries, text and so on; dates as text."""
        if isinstance(self.data, dict):
            return {k: v.natural() for k, v in self.data.items()}
        if isinstance(self.data, list):
            return [v.natural() for v in self.data]
        return self.data.isoformat() if isinstance(self.data, (date, time)) else self.data


Data: TypeAlias = "str | int | float | bool | date | time | list[Value] | dict[str, Value] | None"
FrontMatter: TypeAlias = dict[str, Value]
InlineReader: TypeAlias = Callable[[str], tuple[Inline, ...]]


# --- Finding it ----------------------------------------------------------------------------------------------------------------------

_KEY_LINE = re.compile(r"""\s*(?:"[^"]+"|'[^']+'|[^\W\d][\w .-]*?)\s*:(?:\s|$)""")
_ODD_LINE = re.compile(r"""\t|[ ]*(?:- |\{(?![%{])|["'])""")
_FENCE_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")


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
    if first.rstrip() == "+++":
        return _split_toml(text, rest, name)
    if first.rstrip() != "---":
        return {}, text, 1
    lines = rest.split("\n")
    end = next((i for i, line in enumerate(lines) if _FENCE_END.match(line)), -1)
    if not _meant(lines if end < 0 else lines[:end], end >= 0):
        return {}, text, 1
    if end < 0:
        raise MetadataError("the front matter never ends", file=name, line=1, hint="Close it with a line of three hyphens, ---")
    return _yaml("\n".join(lines[:end]), name), "\n".join(lines[end + 1:]), end + 3


def peek(path: Path, key: str) -> str:
    """The words that the front matter of a file has for one key, read without the rest; empty where it has none.

    Raises:
        PubkitError: the file is no text, or its front matter cannot be read.
        OSError: the file cannot be read.
    """
    from pubkit.readers import decode_text

    text = decode_text(path.read_bytes(), str(path))
    # Most sources have no such key; to see that is much faster than to read YAML.
    if not text.startswith(("---", "+++")) or not re.search(rf"^[\"']?{re.escape(key)}\b", text, re.IGNORECASE | re.MULTILINE):
        return ""
    mapping, _, _ = split(text, str(path))
    found = next((value for name, value in mapping.items() if _plain_key(name) == _plain_key(key)), None)
    return str(found.data) if found is not None and isinstance(found.data, str | int) else ""


def _meant(lines: list[str], closed: bool) -> bool:
    """Whether the lines after a ``---`` are front matter, not text after a thematic break."""
    solid = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if _KEY_LINE.match(solid):
        return True
    return closed and (not solid or (bool(lines[0].strip()) and (
        _ODD_LINE.match(solid) is not None or any(_KEY_LINE.match(line) for line in lines))))


def _split_toml(text: str, rest: str, name: str) -> tuple[FrontMatter, str, int]:
    import tomllib

    lines = rest.split("\n")
    end = next((i for i, line in enumerate(lines) if line.rstrip() == "+++"), -1)
    if end < 0:
        if re.match(r"\s*[\w-]+\s*=", rest):
            raise MetadataError("the front matter never ends", file=name, line=1, hint="Close it with a line of three plus signs, +++")
        return {}, text, 1
    source = "\n".join(lines[:end])
    try:
        table = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found.group(1)) + 1, int(found.group(2))) if found else (1, 0)
        message = re.sub(r"\s*\(at .*\)$", "", str(error)) or "it is nested too deep"
        raise MetadataError(f"the front matter is not TOML: {message}", file=name, line=line, column=column,
                            hint="Values of words stand in quotes") from None
    extra = table.pop("extra", None)
    taxonomies = table.pop("taxonomies", None)
    for more in (taxonomies, extra):
        if isinstance(more, dict):
            table = {**more, **table}
    found_mapping = _toml_value(table, lines[:end]).data
    return found_mapping if isinstance(found_mapping, dict) else {}, "\n".join(lines[end + 1:]), end + 3


def _toml_value(value: Any, lines: list[str], line: int = 1) -> Value:
    if isinstance(value, dict):
        return Value({str(k): _toml_value(v, lines, _toml_line(str(k), lines, line)) for k, v in value.items()}, line)
    if isinstance(value, list):
        return Value([_toml_value(v, lines, line) for v in value], line)
    return Value(value, line)


def _toml_line(key: str, lines: list[str], default: int) -> int:
    pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    return next((i + 2 for i, line in enumerate(lines) if pattern.match(line)), default)


# --- YAML ----------------------------------------------------------------------------------------------------------------------------

def _yaml(source: str, name: str) -> FrontMatter:
    import yaml

    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        _yaml_error(error, source, name)
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 2
        raise MetadataError(f"the front matter has a character that YAML forbids (U+{_code(error.character):04X})", file=name, line=line,
                            hint="Take it out") from None
    except RecursionError:
        raise MetadataError("the front matter is nested too deep", file=name, line=1, hint="Write it flatter") from None
    except (yaml.YAMLError, ValueError) as error:
        raise MetadataError(f"the front matter is not YAML: {error}", file=name, line=1) from None
    if node is None:
        return {}
    try:
        data = _Construct(name).value(node).data
    except RecursionError:
        raise MetadataError("the front matter is nested too deep", file=name, line=1, hint="Write it flatter") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise MetadataError("the front matter is not a list of keys with values", file=name, line=node.start_mark.line + 2,
                            column=node.start_mark.column + 1, hint="Write each on a line of its own, such as: title: Words")
    return data


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])


def _yaml_error(error: Any, source: str, name: str) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 2, mark.column + 1) if mark else (1, 0)
    lines = source.split("\n")
    here = lines[mark.line] if mark and mark.line < len(lines) else ""
    hint = "A value with a colon, a quote or a bracket must stand in quotes"
    if "\t" in here[:len(here) - len(here.lstrip())]:
        hint = "Use spaces instead of the tab"
    elif "alias" in str(error.problem):
        hint = "A value that begins with * must stand in quotes"
    elif "token" in str(error.problem) and here.lstrip(" -")[:1] in ("@", "`", "%"):
        hint = "A value that begins with this sign must stand in quotes"
    raise MetadataError(f"the front matter is not YAML: {error.problem or error.context}", file=name, line=line, column=column,
                        hint=hint) from None


class _Construct:
    """Makes values of YAML nodes; aliases count each time they are used."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.open: set[int] = set()

    def fail(self, node: Any, message: str, hint: str = "") -> NoReturn:
        mark = node.start_mark
        raise MetadataError(message, file=self.name, line=mark.line + 2, column=mark.column + 1, hint=hint)

    def value(self, node: Any) -> Value:
        import yaml

        self.count += 1
        if self.count > MAX_NODES:
            self.fail(node, f"the front matter has more than {MAX_NODES} values", "Repeat less with aliases")
        line, column = node.start_mark.line + 2, node.start_mark.column + 1
        if isinstance(node, yaml.ScalarNode):
            plain = node.style is None
            data = None if plain and node.value in ("", "~", "null", "Null", "NULL") else node.value
            return Value(data, line, column, plain)
        if id(node) in self.open:
            self.fail(node, "a value of the front matter contains itself", "Take the alias out")
        self.open.add(id(node))
        made: Data
        if isinstance(node, yaml.MappingNode):
            made = self._mapping(node)
        else:
            made = [self.value(v) for v in node.value]
        self.open.discard(id(node))
        return Value(made, line, column)

    def _mapping(self, node: Any) -> dict[str, Value]:
        import yaml

        out: dict[str, Value] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail(key, "a key of the front matter is not a word", "If braces were meant as text, put the value in quotes")
            if key.value in out:
                self.fail(key, f"'{key.value}' stands twice in the front matter (first on line {out[key.value].line})", "Keep one of them")
            self.count += 1
            out[str(key.value)] = self.value(value)
        return out


# --- Dates ---------------------------------------------------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?:[T\s]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
                  r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY_FIRST = re.compile(rf"(?:[a-z]+,?\s+)?(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"(?:[a-z]+,?\s+)?{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE)


def parse_date(text: str) -> datetime:
    """The date that a text says; UTC where it names no zone.

    Raises:
        ValueError: it is no date, or one that the calendar does not have.
    """
    value = _date_in(" ".join(text.split()))
    try:
        value.astimezone(UTC)  # at the calendar's edges another zone may have no such day
    except OverflowError:
        raise ValueError("the year is out of range") from None
    return value


def _date_in(text: str) -> datetime:
    if found := _ISO.fullmatch(text):
        year, _, month, day, hour, minute, second, part, zone = found.groups()
        micro = int((part or "0").ljust(6, "0")[:6])
        return datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, _zone(zone or "Z"))
    if found := _DAY_FIRST.fullmatch(text):
        return datetime(int(found.group(3)), _month(found.group(2)), int(found.group(1)), tzinfo=UTC)
    if found := _MONTH_FIRST.fullmatch(text):
        return datetime(int(found.group(3)), _month(found.group(1)), int(found.group(2)), tzinfo=UTC)
    return _mail_date(text)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _zone(text: str) -> timezone:
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError("no such zone")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _mail_date(text: str) -> datetime:
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (TypeError, IndexError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not re.search(r"[a-z]{3}", text, re.IGNORECASE):
        raise ValueError("not a date")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# --- Metadata ------------------------------------------------------------------------------------------------------------------------

# The first name is the field of the model; the others are read as the same, the earlier before the later.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "subtitle": ("subtitle", "deck", "dek", "subhead", "subheadline", "standfirst"),
    "slug": ("slug",),
    "authors": ("authors", "author", "byline", "creator"),
    "language": ("language", "lang", "locale"),
    "published": ("published", "date", "pubdate", "publishdate", "publisheddate", "datepublished", "publicationdate", "created"),
    "updated": ("updated", "lastmod", "modified", "lastmodified", "lastmodifiedat", "datemodified", "updatedat", "lastupdated"),
    "id": ("id", "guid", "uuid"),
    "url": ("url", "canonicalurl", "canonical", "permalink"),
    "summary": ("summary", "description", "excerpt", "abstract", "teaser"),
    "tags": ("tags", "keywords", "categories", "topics", "tag"),
    "section": ("section", "category"),
    "series": ("series",),
    "publisher": ("publisher",),
    "rights": ("rights", "copyright"),
    "license": ("license", "licence"),
    "image": ("image", "hero", "cover", "leadimage", "featuredimage", "featureimage", "heroimage", "coverimage"),
    "enclosures": ("enclosures", "enclosure"),
    "corrections": ("corrections", "correction"),
    "draft": ("draft",),
    "source": ("source",),
}
IMAGE_PARTS = {"imagealt": "alt", "imagecaption": "caption", "imagecredit": "credit"}
_FIELD_OF = {name: field for field, names in SYNONYMS.items() for name in names}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_INLINE = ("title", "subtitle")
_TEXT = ("slug", "language", "id", "url", "summary", "section", "publisher", "rights", "license", "source")


def _plain_key(key: str) -> str:
    return re.sub(r"[-_ ]", "", key.lower())


def to_meta(mapping: FrontMatter, inline: InlineReader, name: str = "") -> tuple[Meta, tuple[Diagnostic, ...]]:
    """The metadata that a front matter says.

    Args:
        mapping: keys and values, as `split` gives them.
        inline: reads the inline markup of titles, captions, credits and corrections.
        name: the file's name, for errors and diagnostics.

    Returns:
        The metadata with nothing added that was not said, and what there is to say about it.

    Raises:
        MetadataError: a value is of a kind that its key cannot take.
    """
    return _Reader(inline, name).read(mapping)


class _Reader:
    def __init__(self, inline: InlineReader, name: str) -> None:
        self.inline = inline
        self.name = name
        self.diagnostics: list[Diagnostic] = []
        self.fields: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}

    def read(self, mapping: FrontMatter) -> tuple[Meta, tuple[Diagnostic, ...]]:
        given: dict[str, list[tuple[int, str, Value]]] = {}
        parts: dict[str, Value] = {}
        for key, value in mapping.items():
            plain = _plain_key(key)
            if plain in IMAGE_PARTS:
                parts[IMAGE_PARTS[plain]] = value
            elif self._foreign(plain, value):
                self._aside(key, value)
            elif field := _FIELD_OF.get(plain):
                given.setdefault(field, []).append((SYNONYMS[field].index(plain), key, value))
            else:
                self._unknown(key, value)
        for field, values in given.items():
            values.sort(key=lambda v: v[0])
            self._field(field, values)
        if parts:
            self._image_parts(parts)
        return Meta(**self.fields, extra=self.extra), tuple(self.diagnostics)

    # --- what to do with a key ---

    def _foreign(self, plain: str, value: Value) -> bool:
        """Whether a key that has a meaning here is used with another one."""
        return plain == "permalink" and not re.match(r"https?://", str(value.data or ""))

    def _unknown(self, key: str, value: Value) -> None:
        plain = _plain_key(key)
        alike = [name for name in _FIELD_OF if name[0] == plain[:1] and abs(len(name) - len(plain)) < 3]
        near = difflib.get_close_matches(plain, alike, 1, 0.8)
        self._aside(key, value, f"; was '{near[0]}' meant?" if near else "")

    def _aside(self, key: str, value: Value, more: str = "") -> None:
        self.extra[key] = value.natural()
        self._say("metadata-unknown", f"the key '{key}' is not known and is kept aside{more}", value)

    def _say(self, code: str, message: str, value: Value) -> None:
        self.diagnostics.append(diagnostic(code, message, self.name, value.line, value.column))

    def _fail(self, value: Value, message: str, hint: str = "") -> NoReturn:
        raise MetadataError(message, file=self.name, line=value.line, column=value.column, hint=hint)

    def _field(self, field: str, values: list[tuple[int, str, Value]]) -> None:
        if field == "tags":
            merged = [tag for _, key, value in values for tag in self._tags(key, value)]
            self.fields["tags"] = tuple(dict.fromkeys((*self.fields.get("tags", ()), *merged)))
            return
        if field == "section" and (lists := [v for v in values if isinstance(v[2].data, list)]):
            self._field("tags", lists)
            values = [v for v in values if v not in lists]
        if field == "published":
            values = [v for v in values if not self._publish_flag(v[1], v[2])]
        values.sort(key=lambda v: v[2].data is None)
        for at, (_, key, value) in enumerate(values):
            if at:
                self.extra[key] = value.natural()
                self._say("metadata-unknown", f"'{key}' says what '{values[0][1]}' says already; it is kept aside", value)
            elif value.data is not None:
                self.fields[field] = self._value(field, key, value)

    def _publish_flag(self, key: str, value: Value) -> bool:
        """``published: false`` is how some systems mark a draft."""
        text = str(value.data).lower()
        if _plain_key(key) != "published" or text not in ("true", "false"):
            return False
        self.fields.setdefault("draft", text == "false")
        return True

    def _value(self, field: str, key: str, value: Value) -> Any:
        if field in _INLINE:
            return self.words(self.text(key, value), value)
        if field in _TEXT:
            return " ".join(self.text(key, value).split())
        match field:
            case "authors":
                return tuple(self._authors(key, value))
            case "published" | "updated":
                return self.date(key, value)
            case "draft":
                return self._bool(key, value)
            case "series":
                return self._series(key, value)
            case "image":
                return self._image(key, value)
            case "enclosures":
                return tuple(self._enclosure(v) for v in self._items(value))
            case _:
                return tuple(self._correction(v) for v in self._items(value))

    # --- kinds of values ---

    def text(self, key: str, value: Value) -> str:
        """A value that must be words."""
        if isinstance(value.data, (list, dict)):
            self._fail(value, f"'{key}' must be words, not a {'list' if isinstance(value.data, list) else 'mapping'}",
                       "Put the value in quotes if brackets or braces are part of it")
        if isinstance(value.data, bool):
            return str(value.data).lower()
        return value.data.isoformat() if isinstance(value.data, (date, time)) else str("" if value.data is None else value.data)

    def words(self, text: str, value: Value) -> tuple[Inline, ...]:
        """Words with inline markup."""
        try:
            return self.inline(text)
        except LimitError as error:
            raise LimitError(error.message, file=self.name, line=value.line, hint=error.hint) from None

    def date(self, key: str, value: Value) -> datetime:
        """A value that must be a date."""
        if isinstance(value.data, datetime):
            return value.data if value.data.tzinfo else value.data.replace(tzinfo=UTC)
        if isinstance(value.data, date):
            return datetime(value.data.year, value.data.month, value.data.day, tzinfo=UTC)
        text = self.text(key, value)
        try:
            return parse_date(text)
        except (ValueError, OverflowError):
            self._fail(value, f"'{key}' is not a date: {text}", f"Accepted are {DATES}")

    def _bool(self, key: str, value: Value) -> bool:
        text = self.text(key, value).lower()
        if text not in (*_TRUE, *_FALSE):
            self._fail(value, f"'{key}' must be true or false, not {text}", "Write true or false")
        return text in _TRUE

    def _whole(self, key: str, value: Value) -> int:
        text = self.text(key, value).replace("_", "").strip()
        if not re.fullmatch(r"\d{1,15}", text):
            self._fail(value, f"'{key}' must be a whole number, not {text or 'empty'}", "Write digits only")
        return int(text)

    def _items(self, value: Value) -> Iterator[Value]:
        if isinstance(value.data, list):
            yield from (v for v in value.data if v.data is not None)
        elif value.data is not None:
            yield value

    def _tags(self, key: str, value: Value) -> Iterator[str]:
        for item in self._items(value):
            words = self.text(key, item)
            for tag in words.split(",") if item is value else [words]:
                if tag.strip():
                    yield " ".join(tag.split())

    def _parts(self, key: str, value: Value, known: dict[str, str]) -> dict[str, Value]:
        """The parts of a mapping under the names that ``known`` gives them."""
        assert isinstance(value.data, dict)
        out: dict[str, Value] = {}
        for part, inside in value.data.items():
            field = known.get(_plain_key(part), "")
            if field and field not in out:
                if inside.data is not None:
                    out[field] = inside
            else:
                self.extra[key] = value.natural()
                self._say("metadata-unknown", f"'{part}' of '{key}' is not known and is kept aside", inside)
        return out

    def _authors(self, key: str, value: Value) -> Iterator[Person]:
        for item in self._items(value):
            if isinstance(item.data, dict):
                yield self._person(key, item)
                continue
            words = " ".join(self.text(key, item).split())
            several = item is value and _plain_key(key) == "authors"
            for name in re.split(r"\s*,\s+", words) if several else [words]:
                if name:
                    found = re.fullmatch(r"(.+?)\s*<([^<>\s@]+@[^<>\s@]+)>", name)
                    yield Person(found.group(1), found.group(2)) if found else Person(name)

    def _person(self, key: str, value: Value) -> Person:
        known = {"name": "name", "email": "email", "mail": "email", "url": "url", "uri": "url", "website": "url", "link": "url",
                 "orcid": "orcid", "role": "role", "given": "given", "family": "family", "givennames": "given", "surname": "family",
                 "firstname": "given", "lastname": "family"}
        parts = {k: " ".join(self.text(k, v).split()) for k, v in self._parts(key, value, known).items()}
        given, family = parts.pop("given", ""), parts.pop("family", "")
        name = parts.pop("name", "") or f"{given} {family}".strip()
        if not name:
            self._fail(value, f"one of '{key}' has no name", "Give each a name: key")
        return Person(name, **parts)

    def _series(self, key: str, value: Value) -> Series | None:
        if isinstance(value.data, dict):
            known = {"name": "name", "title": "name", "position": "position", "part": "position", "number": "position", "index": "position"}
            parts = self._parts(key, value, known)
            if "name" not in parts:
                self._fail(value, f"'{key}' has no name", "Write the name of the series, or a mapping with name and position")
            position = self._whole("position", parts["position"]) if "position" in parts else 0
            return Series(" ".join(self.text("name", parts["name"]).split()), position)
        items = list(self._items(value))
        if len(items) > 1:
            self._fail(value, f"'{key}' must be one series, not a list", "Write its name, or a mapping with name and position")
        words = " ".join(self.text(key, items[0]).split()) if items else ""
        return Series(words) if words else None

    def _image(self, key: str, value: Value) -> Figure | None:
        if isinstance(value.data, list):
            items = list(self._items(value))
            if len(items) > 1:
                self._fail(value, f"'{key}' must be one picture, not a list", "Keep the first one")
            return self._image(key, items[0]) if items else None
        if not isinstance(value.data, dict):
            source = self.text(key, value).strip()
            return Figure(Image(source), line=value.line) if source else None
        known = {"src": "src", "url": "src", "path": "src", "file": "src", "image": "src", "alt": "alt", "caption": "caption",
                 "title": "caption", "credit": "credit", "decorative": "decorative"}
        parts = self._parts(key, value, known)
        if "src" not in parts:
            self._fail(value, f"'{key}' has no src", "Write the picture's file name, or a mapping with src, alt, caption and credit")
        decorative = "decorative" in parts and self._bool("decorative", parts["decorative"])
        alt = " ".join(self.text("alt", parts["alt"]).split()) if "alt" in parts else ""
        words = {k: self.words(self.text(k, parts[k]), parts[k]) for k in ("caption", "credit") if k in parts}
        return Figure(Image(self.text("src", parts["src"]).strip(), alt, decorative), words.get("caption", ()), words.get("credit", ()),
                      line=value.line)

    def _image_parts(self, parts: dict[str, Value]) -> None:
        """Alt text, caption and credit that stand in keys of their own."""
        figure: Figure | None = self.fields.get("image")
        if figure is None:
            for part, value in parts.items():
                self._aside(f"image_{part}", value)
            return
        picture, value = figure.pictures[0], next(iter(parts.values()))
        words = {k: self.text(f"image_{k}", v) for k, v in parts.items()}
        alt = picture.alt or " ".join(words.get("alt", "").split())
        self.fields["image"] = Figure(
            Image(picture.src, alt, picture.decorative and not alt), figure.caption or self.words(words.get("caption", ""), value),
            figure.credit or self.words(words.get("credit", ""), value), line=figure.line)

    def _enclosure(self, value: Value) -> Enclosure:
        if not isinstance(value.data, dict):
            return Enclosure(self.text("enclosures", value).strip())
        known = {"url": "url", "href": "url", "src": "url", "type": "type", "mediatype": "type", "mimetype": "type", "length": "length",
                 "size": "length", "bytes": "length"}
        parts = self._parts("enclosures", value, known)
        if "url" not in parts:
            self._fail(value, "one of 'enclosures' has no url", "Give each url, type and length (in bytes)")
        length = self._whole("length", parts["length"]) if "length" in parts else 0
        kind = self.text("type", parts["type"]).strip() if "type" in parts else ""
        return Enclosure(self.text("url", parts["url"]).strip(), kind, length)

    def _correction(self, value: Value) -> Correction:
        if not isinstance(value.data, dict):
            self._fail(value, "one of 'corrections' is not a mapping", "Give each date and text")
        known = {"date": "date", "text": "text", "note": "text", "content": "text", "description": "text"}
        parts = self._parts("corrections", value, known)
        if "date" not in parts or "text" not in parts:
            missing = "date" if "date" not in parts else "text"
            self._fail(value, f"one of 'corrections' has no {missing}", "Give each date and text")
        return Correction(self.date("date", parts["date"]), self.words(self.text("text", parts["text"]), parts["text"]))
