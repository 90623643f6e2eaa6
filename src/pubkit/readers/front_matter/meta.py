"""From a mapping of keys and values to the metadata of an article, and what there is to say about it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any, NoReturn, TypeAlias

from msgspec import Struct

from pubkit.diagnostics import Diagnostic, LimitError, MetadataError, diagnostic
from pubkit.model import Correction, Enclosure, Figure, Image, Inline, Meta, Person, Series
from pubkit.readers.front_matter.dates import ACCEPTED, BUILD_WORDS, read_date
from pubkit.readers.front_matter.keys import IMAGE_PARTS, SERIES_PARTS, SYNONYMS, field_of, near, plain_key
from pubkit.readers.front_matter.people import names, person
from pubkit.readers.front_matter.values import FrontMatter, Value

__all__ = ["to_meta"]

InlineReader: TypeAlias = Callable[[str], tuple[Inline, ...]]

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_INLINE = ("title", "subtitle")
_TEXT = ("slug", "language", "id", "url", "summary", "section", "publisher", "rights", "license", "source")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAMED = 50  # keys that one diagnostic names

_PERSON = {"name": "name", "email": "email", "mail": "email", "url": "url", "uri": "url", "website": "url", "web": "url", "link": "url",
           "homepage": "url", "github": "github", "orcid": "orcid", "role": "role", "given": "given", "family": "family",
           "givennames": "given", "givenname": "given", "familyname": "family", "familynames": "family", "surname": "family",
           "firstname": "given", "lastname": "family", "literal": "name", "sort": "sort", "sortas": "sort", "fileas": "sort"}
_SERIES = {"name": "name", "title": "name", "position": "position", "part": "position", "number": "position", "index": "position",
           "order": "position"}
_IMAGE = {"src": "src", "url": "src", "path": "src", "file": "src", "image": "src", "filename": "src", "alt": "alt", "caption": "caption",
          "title": "caption", "credit": "credit", "decorative": "decorative"}
_ENCLOSURE = {"url": "url", "href": "url", "src": "url", "type": "type", "mediatype": "type", "mimetype": "type", "length": "length",
              "size": "length", "bytes": "length"}
_CORRECTION = {"date": "date", "text": "text", "note": "text", "content": "text", "description": "text"}


def to_meta(mapping: FrontMatter, inline: InlineReader, name: str = "") -> tuple[Meta, tuple[Diagnostic, ...]]:
    """The metadata that a front matter says.

    Args:
        mapping: keys and values, as `split` gives them.
        inline: reads the inline markup of titles, captions, credits and corrections.
        name: the file's name, for errors and diagnostics.

    Returns:
        The metadata with nothing added that was not said, and what there is to say about it. A date that names no zone has none. What is
        not known or not usable is in ``extra``.

    Raises:
        MetadataError: a date is none.
    """
    return _Reader(inline, name).read(mapping)


class _Unusable(Exception):
    """A value that its key cannot take, and what to do about it."""

    def __init__(self, value: Value, message: str, hint: str) -> None:
        super().__init__(message)
        self.value = value
        self.hint = hint


def _blank(value: Value) -> bool:
    return value.data is None or (isinstance(value.data, str) and not value.data.strip())


class _Given(Struct, frozen=True):
    """One key with its value."""

    key: str
    value: Value

    @property
    def plain(self) -> str:
        return plain_key(self.key)


class _Reader:
    def __init__(self, inline: InlineReader, name: str) -> None:
        self.inline = inline
        self.name = name
        self.diagnostics: list[Diagnostic] = []
        self.fields: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
        self.unknown: list[tuple[str, Value]] = []
        self.plain: set[str] = set()

    def read(self, mapping: FrontMatter) -> tuple[Meta, tuple[Diagnostic, ...]]:
        fields: dict[str, list[_Given]] = {}
        parts: list[_Given] = []
        all_ = [_Given(key, value) for key, value in self._lifted(mapping).items()]
        self.plain = {given.plain for given in all_}
        for given in all_:
            if given.plain in IMAGE_PARTS or given.plain in SERIES_PARTS:
                parts.append(given)
            elif given.plain == "status" and self._status(given):
                continue
            elif (field := field_of(given.key)) and not _foreign(given):
                fields.setdefault(field, []).append(given)
            else:
                self._unknown(given)
        for field, values in fields.items():
            order = SYNONYMS[field]
            self._field(field, sorted(values, key=lambda g: order.index(g.plain)))
        self._image_parts([g for g in parts if g.plain in IMAGE_PARTS and not _blank(g.value)])
        self._series_parts([g for g in parts if g.plain in SERIES_PARTS and not _blank(g.value)])
        self._dated_path(mapping)
        self._repeated(mapping)
        self._say_unknown()
        self.diagnostics.sort(key=lambda d: d.location.line)
        return Meta(**self.fields, extra=self.extra), tuple(self.diagnostics)

    # --- what to do with a key ---

    def _repeated(self, mapping: FrontMatter) -> None:
        """Keys that stand several times: the last one counts, as in the systems that let this pass; the others are kept aside."""
        for key, value in mapping.items():
            earlier = value.earlier
            while earlier:
                self.extra[f"{key} (line {earlier.line})"] = earlier.natural()
                self._say("metadata-invalid", f"'{key}' stands again on line {value.line}, and that one is used; this one is kept aside",
                          earlier)
                earlier = earlier.earlier

    def _lifted(self, mapping: FrontMatter) -> FrontMatter:
        """The mapping with what Zola has in tables of their own; a key at the top stands over one of the same name in a table."""
        out: FrontMatter = {}
        inner: list[tuple[str, str, Value]] = []
        for key, value in mapping.items():
            if plain_key(key) in ("extra", "taxonomies") and isinstance(value.data, dict):
                inner += [(key, k, v) for k, v in value.data.items()]
            else:
                out[key] = value
        for table, key, value in inner:
            out[f"{table}.{key}" if key in out else key] = value
        return out

    def _status(self, given: _Given) -> bool:
        """``status: draft`` of Ghost and Pelican; other systems write the status of a proposal there, in capitals."""
        if given.value.data not in ("draft", "published", "sent"):
            return False
        self.fields["draft"] = self.fields.get("draft", False) or given.value.data == "draft"
        return True

    def _dated_path(self, mapping: FrontMatter) -> None:
        """The day that a ``path`` of Zola's begins with, where no key says it."""
        words = str(mapping["path"].data) if "path" in mapping else ""
        if "published" not in self.fields and (found := re.match(r"/?([0-9]{4})/([0-9]{2})/([0-9]{2})(?:/|$)", words)):
            with contextlib.suppress(ValueError):
                self.fields["published"] = read_date("-".join(found.groups()))[0]

    def _unknown(self, given: _Given) -> None:
        self.extra[given.key] = given.value.natural()
        if meant := near(given.key):
            self._say("metadata-unknown", f"the key '{given.key}' is not known and is kept aside; was '{meant}' meant?", given.value)
        else:
            self.unknown.append((f"'{given.key}'", given.value))

    def _say_unknown(self) -> None:
        """One finding for all keys that mean nothing here."""
        if not self.unknown:
            return
        self.unknown.sort(key=lambda u: u[1].line)
        listed = ", ".join(f"{shown} (line {value.line})" for shown, value in self.unknown[:_NAMED])
        more = f" and {len(self.unknown) - _NAMED} more" if len(self.unknown) > _NAMED else ""
        self._say("metadata-unknown", f"not known here, and kept aside: {listed}{more}", self.unknown[0][1])

    def _say(self, code: str, message: str, value: Value) -> None:
        self.diagnostics.append(diagnostic(code, message, self.name, value.line, value.column))

    def _invalid(self, given: _Given, fault: _Unusable) -> None:
        self.extra[given.key] = given.value.natural()
        self._say("metadata-invalid", f"{fault}; it is kept aside. {fault.hint}", fault.value)

    def _field(self, field: str, values: list[_Given]) -> None:
        if field == "section" and (lists := [g for g in values if isinstance(g.value.data, list)]):
            self._field("tags", lists)
            values = [g for g in values if g not in lists]
        if field == "published":
            values = [g for g in values if not self._publish_flag(g)]
        values = [g for g in values if not _blank(g.value)]
        if field == "tags":
            merged = [tag for given in values for tag in self._tags(given)]
            self.fields["tags"] = tuple(dict.fromkeys((*self.fields.get("tags", ()), *merged)))
            return
        for at, given in enumerate(values):
            if field in self.fields and field != "draft":
                self._again(given, values[:at])
                continue
            try:
                found = self._value(field, given)
            except _Unusable as fault:
                self._invalid(given, fault)
            else:
                self._set(field, found)

    def _set(self, field: str, found: Any) -> None:
        if field == "draft":
            found = self.fields.get("draft", False) or found
        if found or field == "draft":
            self.fields[field] = found

    def _again(self, given: _Given, before: list[_Given]) -> None:
        """A second name for what was said already; nothing is to be said where both say the same."""
        if any(given.value.natural() == other.value.natural() for other in before):
            return
        self.extra[given.key] = given.value.natural()
        self._say("metadata-unknown", f"'{given.key}' says what '{before[0].key}' says already; it is kept aside", given.value)

    def _publish_flag(self, given: _Given) -> bool:
        """``published: false`` is how Jekyll marks a draft."""
        text = str(given.value.data).lower()
        if given.plain != "published" or text not in ("true", "false"):
            return False
        self._set("draft", text == "false")
        return True

    def _value(self, field: str, given: _Given) -> Any:
        key, value = given.key, given.value
        if field in _INLINE:
            return self.words(self.text(key, value), value)
        if field in _TEXT:
            words = " ".join(self.text(key, value).split())
            return f"urn:uuid:{words.lower()}" if field == "id" and _UUID.fullmatch(words) else words
        match field:
            case "authors":
                return tuple(self._authors(given))
            case "published" | "updated":
                return self._when(given)
            case "draft":
                return self._bool(key, value)
            case "series":
                return self._series(given)
            case "image":
                return self._image(given)
            case "book_cover":
                figure = self._image(given)
                return figure and figure.pictures[0]
            case "enclosures":
                return tuple(self._each(given, self._enclosure))
            case _:
                return tuple(self._each(given, self._correction))

    # --- kinds of values ---

    def text(self, key: str, value: Value) -> str:
        """A value that must be words; a list of one is that one."""
        if isinstance(value.data, list) and len(value.data) == 1:
            value = value.data[0]
        if isinstance(value.data, (list, dict)):
            raise _Unusable(value, f"'{key}' must be words, not a {'list' if isinstance(value.data, list) else 'mapping'}",
                            "Put the value in quotes if brackets or braces are part of it")
        if isinstance(value.data, bool):
            return str(value.data).lower()
        found = value.natural()
        return "" if found is None else str(found)

    def words(self, text: str, value: Value) -> tuple[Inline, ...]:
        """Words with inline markup."""
        try:
            return self.inline(text)
        except LimitError as error:
            raise LimitError(error.message, file=self.name, line=value.line, hint=error.hint) from None

    def _when(self, given: _Given) -> datetime:
        """A date, or a mapping that has one (Docusaurus)."""
        if not isinstance(given.value.data, dict):
            return self.date(given.key, given.value)
        parts = self._parts(given, given.value, {"date": "date"})
        if "date" not in parts:
            raise _Unusable(given.value, f"'{given.key}' has no date", "Write the date alone")
        return self.date(given.key, parts["date"])

    def date(self, key: str, value: Value) -> datetime:
        """A value that must be a date."""
        if isinstance(value.data, datetime):
            return value.data
        if isinstance(value.data, date):
            return datetime.combine(value.data, time())
        try:
            text = self.text(key, value)
        except _Unusable as fault:
            self._no_date(value, str(fault), "")
        if plain_key(text) in BUILD_WORDS:
            raise _Unusable(value, f"'{key}' is what a build system fills in, not a date: {text}", "Write the date itself")
        try:
            found, precision = read_date(text)
        except (ValueError, OverflowError) as error:
            self._no_date(value, f"'{key}' is not a date: {' '.join(text[:100].split())}", str(error))
        if precision in ("year", "month"):
            self._say("metadata-invalid", f"'{key}' names a {precision} alone: {text}; its first day is taken. Write the whole date", value)
        return found

    def _no_date(self, value: Value, message: str, reason: str) -> NoReturn:
        hint = f"{reason[:1].upper()}{reason[1:]}. " if reason else ""
        raise MetadataError(message, file=self.name, line=value.line, column=value.column, hint=f"{hint}Accepted are {ACCEPTED}") from None

    def _bool(self, key: str, value: Value) -> bool:
        text = self.text(key, value).lower()
        if text not in (*_TRUE, *_FALSE):
            raise _Unusable(value, f"'{key}' must be true or false, not {text[:100]}", "Write true or false")
        return text in _TRUE

    def _whole(self, key: str, value: Value) -> int:
        text = self.text(key, value).strip()
        if not re.fullmatch(r"[0-9]{1,15}", text):
            raise _Unusable(value, f"'{key}' must be a whole number, not {text[:100] or 'empty'}", "Write digits only")
        return int(text)

    def _items(self, value: Value) -> Iterator[Value]:
        if isinstance(value.data, list):
            yield from (v for v in value.data if not _blank(v))
        elif not _blank(value):
            yield value

    def _each(self, given: _Given, make: Callable[[_Given, Value], Any]) -> Iterator[Any]:
        """What is made of each item; one that cannot be used is said, and the others go on."""
        for item in self._items(given.value):
            try:
                yield make(given, item)
            except _Unusable as fault:
                self._invalid(given, fault)

    def _parts(self, given: _Given, value: Value, known: dict[str, str]) -> dict[str, Value]:
        """The parts of a mapping under the names that ``known`` gives them; where there are others, the whole value is kept aside."""
        assert isinstance(value.data, dict)
        out: dict[str, Value] = {}
        for part, inside in value.data.items():
            field = known.get(plain_key(part), "")
            if _blank(inside):
                continue
            if field and field not in out:
                out[field] = inside
            else:
                self._aside_part(given, part, inside)
        return out

    def _aside_part(self, given: _Given, part: str, inside: Value) -> None:
        self.extra[given.key] = given.value.natural()
        self.unknown.append((f"'{part}' of '{given.key}'", inside))

    def _line(self, key: str, value: Value) -> str:
        return " ".join(self.text(key, value).split())

    # --- tags, people, series ---

    def _tags(self, given: _Given) -> list[str]:
        return [tag for tags in self._each(given, self._tags_of) for tag in tags]

    def _tags_of(self, given: _Given, item: Value) -> list[str]:
        """The tags of one item. Jekyll takes a string apart at its spaces, others at commas."""
        if isinstance(item.data, dict):  # Ghost
            parts = {plain_key(k): v for k, v in item.data.items()}
            found = next((parts[k] for k in ("name", "title", "label", "slug") if k in parts), None)
            if found is None:
                raise _Unusable(item, f"'{given.key}' must be words, or mappings with a name", "Write each tag as words")
            return [self._line(given.key, found)]
        words = self._line(given.key, item)
        if item is not given.value:
            return [words]
        if not set(",\uff0c\u3001") & set(words) and (given.plain == "categories" or (given.plain == "tags" and "layout" in self.plain)):
            return words.split()
        return [tag.strip() for tag in re.split("[,\uff0c\u3001]", words) if tag.strip()]

    def _authors(self, given: _Given) -> list[Person]:
        return [one for people in self._each(given, self._people) for one in people]

    def _people(self, given: _Given, item: Value) -> list[Person]:
        if isinstance(item.data, dict):
            return [self._person(given, item)]
        words = self._line(given.key, item)
        several = item is given.value and given.plain in ("authors", "creators")
        found = names(words, several) if item is given.value or "," not in words else [words]
        return [person(name, "eip" in self.plain) for name in found]

    def _person(self, given: _Given, value: Value) -> Person:
        assert isinstance(value.data, dict)
        flat: dict[str, Value] = {}
        for part, inside in value.data.items():  # Quarto has given and family below name
            flat.update(inside.data if plain_key(part) == "name" and isinstance(inside.data, dict) else {part: inside})
        parts = self._parts(given, Value(flat, value.line, value.column), _PERSON)
        words = {k: self._line(k, v) for k, v in parts.items()}
        first, last, github = words.pop("given", ""), words.pop("family", ""), words.pop("github", "")
        name = words.pop("name", "") or f"{first} {last}".strip()
        if not name:
            raise _Unusable(value, f"one of '{given.key}' has no name", "Give each a name: key")
        if first and last and not words.get("sort"):
            words["sort"] = f"{last}, {first}"
        if github and "url" in words:
            self._aside_part(given, "github", parts["github"])
        elif github:
            words["url"] = github if github.startswith("http") else f"https://github.com/{github.lstrip('@')}"
        return Person(name, **words)

    def _series(self, given: _Given) -> Series | None:
        items = list(self._items(given.value))
        if not items:
            return None
        if len(items) > 1:
            self._first_of(given, len(items))
        item = items[0]
        if not isinstance(item.data, dict):
            return Series(self._line(given.key, item))
        parts = self._parts(given, item, _SERIES)
        if "name" not in parts:
            raise _Unusable(item, f"'{given.key}' has no name", "Write the name of the series, or a mapping with name and position")
        return Series(self._line(given.key, parts["name"]), self._position(given, parts["position"]) if "position" in parts else 0)

    def _position(self, given: _Given, value: Value) -> int:
        try:
            return self._whole("position", value)
        except _Unusable as fault:
            self._invalid(given, fault)
            return 0

    def _first_of(self, given: _Given, count: int) -> None:
        self.extra[given.key] = given.value.natural()
        self._say("metadata-invalid", f"'{given.key}' has {count} values; the first is taken and the list is kept aside. Keep one of them",
                  given.value)

    def _series_parts(self, parts: list[_Given]) -> None:
        """The place in a series that stands in a key of its own."""
        for given in parts:
            series: Series | None = self.fields.get("series")
            if series is None or series.position:
                self._unknown(given)
            else:
                self.fields["series"] = Series(series.name, self._position(given, given.value))

    # --- pictures and other files ---

    def _image(self, given: _Given) -> Figure | None:
        items = list(self._items(given.value))
        if len(items) > 1:
            self._first_of(given, len(items))
        return self._picture(given, items[0]) if items else None

    def _picture(self, given: _Given, value: Value) -> Figure | None:
        key = given.key
        if not isinstance(value.data, dict):
            source = self.text(key, value).strip()
            if source.lower() == "true":
                raise _Unusable(value, f"'{key}' must be a file, not {source}", "Write the picture's file name")
            return Figure(Image(source), line=value.line) if source.lower() != "false" else None
        parts = self._parts(given, value, _IMAGE)
        if "src" not in parts:
            raise _Unusable(value, f"'{key}' has no src", "Write the picture's file name, or a mapping with src, alt, caption and credit")
        decorative = "decorative" in parts and self._bool("decorative", parts["decorative"])
        alt = self._line("alt", parts["alt"]) if "alt" in parts else ""
        words = {k: self.words(self.text(k, parts[k]), parts[k]) for k in ("caption", "credit") if k in parts}
        return Figure(Image(self.text("src", parts["src"]).strip(), alt, decorative), words.get("caption", ()), words.get("credit", ()),
                      line=value.line)

    def _image_parts(self, parts: list[_Given]) -> None:
        """Alternative text, caption and credit that stand in keys of their own; those of the picture's own key first."""
        figure: Figure | None = self.fields.get("image")
        taken: set[str] = set()
        for given in sorted(parts, key=lambda g: IMAGE_PARTS[g.plain][0] not in self.plain):
            part = IMAGE_PARTS[given.plain][1]
            if figure is None or part in taken or getattr(figure.pictures[0] if part == "alt" else figure, part):
                self._unknown(given)
                continue
            try:
                figure = self._with_part(figure, part, given)
                taken.add(part)
            except _Unusable as fault:
                self._invalid(given, fault)
        if figure is not None:
            self.fields["image"] = figure

    def _with_part(self, figure: Figure, part: str, given: _Given) -> Figure:
        picture, text = figure.pictures[0], self.text(given.key, given.value)
        if part == "alt":
            return Figure(Image(picture.src, " ".join(text.split())), figure.caption, figure.credit, line=figure.line)
        words = self.words(text, given.value)
        return Figure(picture, words if part == "caption" else figure.caption, words if part == "credit" else figure.credit,
                      line=figure.line)

    def _enclosure(self, given: _Given, value: Value) -> Enclosure:
        key = given.key
        if not isinstance(value.data, dict):
            return Enclosure(self.text(key, value).strip())
        parts = self._parts(given, value, _ENCLOSURE)
        if "url" not in parts:
            raise _Unusable(value, f"one of '{key}' has no url", "Give each url, type and length (in bytes)")
        length = self._whole("length", parts["length"]) if "length" in parts else 0
        kind = self.text("type", parts["type"]).strip() if "type" in parts else ""
        return Enclosure(self.text("url", parts["url"]).strip(), kind, length)

    def _correction(self, given: _Given, value: Value) -> Correction:
        key = given.key
        if not isinstance(value.data, dict):
            raise _Unusable(value, f"one of '{key}' is not a mapping", "Give each date and text")
        parts = self._parts(given, value, _CORRECTION)
        if "date" not in parts or "text" not in parts:
            raise _Unusable(value, f"one of '{key}' has no {'date' if 'date' not in parts else 'text'}", "Give each date and text")
        return Correction(self.date("date", parts["date"]), self.words(self.text("text", parts["text"]), parts["text"]))


def _foreign(given: _Given) -> bool:
    """Whether a key is used with another meaning than here: ``id``, ``permalink`` and ``url`` are places within a site to many systems."""
    text = str(given.value.data or "").strip()
    if given.plain == "id":  # a name within a site to Docusaurus and others; what is meant as an IRI has a colon
        return re.fullmatch(r"[\w./-]+", text) is not None and not _UUID.fullmatch(text)
    return given.plain in ("permalink", "url") and not re.match(r"https?://", text)
