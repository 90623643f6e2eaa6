"""What is known about an article goes in; the parts of a Word file that tell about it come out: core, app and custom properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pubkit
from pubkit.exporters.word.elements import Element, qn
from pubkit.model import UNDATED, Meta, Person
from pubkit.normalize import clean_text
from pubkit.xhtml import attr, escape

__all__ = ["app", "core", "custom", "parts"]

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
FIRST_ID = 2
MAX_UNITS = 255
MAX_NUMBER = 2**31
FIRST_YEAR, LAST_YEAR = 1602, 9998  # Windows counts from 1601, Python to 9999; a year at either end may be another one in UTC
GENERATOR = "pubkit"
P, T, TAB, BREAK = (qn(name) for name in ("w:p", "w:t", "w:tab", "w:br"))
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def parts(meta: Meta, body: Element) -> dict[str, bytes]:
    """The three parts by their names in the package; ``body`` is the finished body of the document."""
    return {"docProps/core.xml": core(meta), "docProps/app.xml": app(meta, body), "docProps/custom.xml": custom(meta)}


# --- Core ----------------------------------------------------------------------------------------------------------------------------

def core(meta: Meta) -> bytes:
    """The core properties (ECMA-376 part 2, 11). Every text is whole, however long; a date that is not known is not said."""
    names = "; ".join(p.name for p in _authors(meta))
    published, updated = _dates(meta)
    elements = [
        _element("dc:title", meta.title_text),
        _element("dc:subject", meta.subtitle_text),
        _element("dc:creator", names),
        _element("cp:keywords", ", ".join(meta.tags)),
        _element("dc:description", meta.summary),
        _element("cp:lastModifiedBy", names),
        _element("cp:revision", "1"),
        _date("dcterms:created", published),
        _date("dcterms:modified", updated or published),
        _element("cp:category", meta.section),
        _element("cp:contentStatus", "Draft" if meta.draft else ""),
        _element("dc:language", meta.language),
        _element("dc:identifier", meta.id or meta.url),
    ]
    spaces = (f'xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
              'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
    return f'{DECLARATION}<cp:coreProperties {spaces}>{"".join(elements)}</cp:coreProperties>'.encode()


def _authors(meta: Meta) -> list[Person]:
    return [p for p in meta.authors if p.role == "author"] or list(meta.authors)


def _dates(meta: Meta) -> tuple[datetime | None, datetime | None]:
    """When it was published and updated, as far as that is known."""
    return meta.published if meta.is_dated else None, meta.updated if meta.updated != UNDATED else None


def _element(name: str, value: str) -> str:
    text = escape(clean_text(value, line=True))
    return f"<{name}>{text}</{name}>" if text else ""


def _date(name: str, value: datetime | None) -> str:
    text = _utc(value) if value else ""
    return f'<{name} xsi:type="dcterms:W3CDTF">{text}</{name}>' if text else ""


def _utc(value: datetime) -> str:
    """A moment in UTC, to the second; '' for one that Windows cannot count."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return ""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- App -----------------------------------------------------------------------------------------------------------------------------

def app(meta: Meta, body: Element) -> bytes:
    """The extended properties (ECMA-376 part 1, 22.2), in the order of the schema.

    Counted is what stands in the body, as Word does it: titles, captions and cells too, but no notes, running heads or formulas. White
    space parts words; a Chinese or Japanese character is a word. Paragraphs are those that are not empty.
    """
    words, characters, spaced, paragraphs = _counts(body)
    major, minor = pubkit.__version__.split(".")[:2]
    elements = [
        _element("Company", _publisher(meta)), _element("Words", str(words)), _element("Characters", str(characters)),
        _element("Paragraphs", str(paragraphs)), _element("CharactersWithSpaces", str(spaced)), _element("Application", GENERATOR),
        _element("AppVersion", f"{int(major):02}.{int(minor):04}"), _element("DocSecurity", "0"),
    ]
    return f'{DECLARATION}<Properties xmlns="{OFFICE}/extended-properties">{"".join(elements)}</Properties>'.encode()


def _publisher(meta: Meta) -> str:
    return meta.publisher or next((p.name for p in meta.authors if p.role == "publisher"), "")


def _counts(body: Element) -> tuple[int, int, int, int]:
    """Words, characters without and with spaces, paragraphs."""
    words = characters = spaced = paragraphs = 0
    for text in _paragraphs(body):
        found = text.split()
        words += len(found if text.isascii() else IDEOGRAPHS.sub(" x ", text).split())
        characters += len("".join(found))
        spaced += len(text) - text.count("\n")
        paragraphs += bool(found)
    return words, characters, spaced, paragraphs


def _paragraphs(body: Element) -> Iterator[str]:
    """The text of each paragraph; a tab or a break is a line feed."""
    pieces: list[str] = []
    for element in body.iter(P, T, TAB, BREAK):
        if element.tag == T:
            pieces.append(element.text or "")
        elif element.tag == P:
            yield "".join(pieces)
            pieces.clear()
        else:
            pieces.append("\n")
    yield "".join(pieces)


# --- Custom --------------------------------------------------------------------------------------------------------------------------

def custom(meta: Meta) -> bytes:
    """The custom properties (ECMA-376 part 1, 22.3): what the others have no place for, in a fixed order; see `_known`.

    Word reads no more than 255 units of UTF-16 of a text. A longer one is cut between two characters and ends in an ellipsis; an address
    is left whole, since half of one leads nowhere.
    """
    listed: dict[str, tuple[str, Any]] = {}  # Word does not tell the capitals of names apart
    for name, value in _known(meta):
        name = _short(clean_text(name, line=True))
        if name and value not in ("", None):
            listed.setdefault(name.lower(), (name, value))
    body = "".join(f'<property fmtid="{FORMAT_ID}" pid="{pid}"{attr("name", name)}>{_variant(value)}</property>'
                   for pid, (name, value) in enumerate(listed.values(), FIRST_ID))
    return f'{DECLARATION}<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">{body}</Properties>'.encode()


def _known(meta: Meta) -> Iterator[tuple[str, Any]]:
    """Names and values: the article's own, then the people's. ``meta.extra`` and addresses for mail stay with the author."""
    yield "URL", meta.url
    yield "Slug", meta.slug
    published, updated = _dates(meta)
    yield "Published", published
    yield "Updated", updated
    yield "Corrections", len(meta.corrections) or None
    if meta.series:
        yield "Series", meta.series.name
        yield "Series position", meta.series.position or None
    yield from _people(meta)
    yield "Publisher", _publisher(meta)
    yield "Rights", meta.rights
    yield "License", meta.license
    yield "Source", meta.source
    yield "Generator", f"{GENERATOR} {pubkit.__version__}"


def _people(meta: Meta) -> Iterator[tuple[str, str]]:
    """Everybody by role, numbered where there are several; authors, whose names are core properties, where more is known of them."""
    roles: dict[str, list[Person]] = {}
    for person in meta.authors:
        roles.setdefault(person.role, []).append(person)
    for role, people in roles.items():
        name = role[:1].upper() + role[1:]
        for number, person in enumerate(people, 1):
            orcid = f"https://orcid.org/{person.orcid}" if person.orcid and "://" not in person.orcid else person.orcid
            about = [x for x in (person.url, orcid) if x]
            if role != "author" or about:
                # A number for authors even if there is one: "Author" is the name of a core property.
                yield f"{name} {number}" if len(people) > 1 or role == "author" else name, ", ".join((person.name, *about))


def _variant(value: Any) -> str:
    """A value in the type that Word has for it (22.4.2), else as text."""
    if isinstance(value, int) and abs(value) < MAX_NUMBER:
        return f"<vt:i4>{value}</vt:i4>"
    if isinstance(value, datetime) and (moment := _utc(value)):
        return f"<vt:filetime>{moment}</vt:filetime>"
    text = clean_text(value.isoformat() if isinstance(value, datetime) else str(value), line=True)
    return f"<vt:lpwstr>{escape(text if text.startswith(('http://', 'https://')) else _short(text))}</vt:lpwstr>"


def _short(text: str) -> str:
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * MAX_UNITS else units[:2 * MAX_UNITS - 2].decode("utf-16-le", "ignore") + "…"
