"""The parts of a book and what is known about it go in; the package document and the NCX come out.

ebooklib writes both; what it cannot say is put right here. It is never given the parts themselves, only their names, so that a book of many
megabytes is packed once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from typing import Any

from msgspec import Struct

from pubkit import words
from pubkit.diagnostics import ExportError
from pubkit.exporters.accessibility import STANDARD, Claims
from pubkit.exporters.navigation import Line
from pubkit.model import UNDATED, Meta, Person, Volume
from pubkit.readers.epub import FOLDER
from pubkit.zipfiles import unpack

__all__ = ["Part", "package", "sort_name"]

APPLE = "http://vocabulary.itunes.apple.com/rdf/ibooks/vocabulary-extensions-1.0/"
# MARC relators, as EPUB 3.3 (D.3.11) recommends them for roles.
RELATORS = {"author": "aut", "editor": "edt", "translator": "trl", "illustrator": "ill", "photographer": "pht", "interviewer": "ivr",
            "interviewee": "ive", "contributor": "ctb", "designer": "dsr", "narrator": "nrt", "publisher": "pbl", "researcher": "res"}


class Part(Struct, frozen=True):
    """One file of a book, by its name in `FOLDER`. ``spine``: whether it is read in turn; ``properties`` are those of EPUB 3.3, D.7."""

    id: str
    name: str
    media_type: str
    data: bytes
    properties: tuple[str, ...] = ()
    spine: bool = False


def package(work: Volume, parts: Sequence[Part], lines: Sequence[Line], claims: Claims, certifier: str, title: str) -> dict[str, bytes]:
    """``META-INF/container.xml``, ``content.opf`` and ``toc.ncx`` of a book, by their names in the zip.

    Args:
        work: the volume.
        parts: every file but these, in the order of the manifest; those of the spine in the order of reading.
        lines: the contents.
        claims: what the book claims of its accessibility.
        certifier: who says that it conforms; '' where that is not said.
        title: the title that stands for one that is missing too.

    Raises `ExportError` if ebooklib cannot write it.
    """
    from ebooklib import epub

    book = epub.EpubBook()
    book.FOLDER_NAME = FOLDER
    book.metadata.pop("http://www.idpf.org/2007/opf", None)  # names and numbers ebooklib's version
    _describe(book, work, title)
    _accessibility(book, claims, certifier)
    cover = next((part.id for part in parts if "cover-image" in part.properties), "")
    if cover:
        book.add_metadata(None, "meta", None, {"name": "cover", "content": cover})
    if any(part.media_type.startswith("font/") for part in parts):
        book.add_metadata(None, "meta", "true", {"property": "ibooks:specified-fonts"})  # Apple Books leaves them out without
    for part in parts:
        item = epub.EpubItem(uid=part.id, file_name=part.name, media_type=part.media_type, content=b"")
        item.properties = list(part.properties)
        book.add_item(item)
        if part.spine:
            book.spine.append(item)
    book.toc = _toc(epub, lines, count(1))
    book.add_item(epub.EpubNcx(uid="ncx", file_name="toc.ncx"))
    out = BytesIO()
    options = {"raise_exceptions": True, "epub3_pages": False, "epub3_landmark": False, "epub2_guide": False, "mtime": modified(work)}
    try:
        epub.write_epub(out, book, options)
    except (OSError, ValueError) as error:
        raise ExportError(f"ebooklib cannot write the package: {error}") from error
    files = unpack(out.getvalue())
    return {"META-INF/container.xml": files["META-INF/container.xml"],
            f"{FOLDER}/content.opf": _repaired(files[f"{FOLDER}/content.opf"], work.meta),
            f"{FOLDER}/toc.ncx": _ncx(files[f"{FOLDER}/toc.ncx"], work.meta)}


def modified(work: Volume) -> datetime:
    """When the volume or one of its articles was last changed, in UTC."""
    dates = [d for m in (work.meta, *(c.meta for c in work.chapters)) if (d := m.updated or m.published)]
    return max(dates, default=UNDATED).astimezone(UTC)


# --- Metadata -----------------------------------------------------------------------------------------------------------------------

def _describe(book: Any, work: Volume, title: str) -> None:
    meta = work.meta
    book.set_identifier(meta.id)
    book.title = title  # of toc.ncx
    book.add_metadata("DC", "title", title, {"id": "title"})
    _refine(book, "title", "title-type", "main")
    if meta.subtitle_text:
        book.add_metadata("DC", "title", meta.subtitle_text, {"id": "subtitle"})
        _refine(book, "subtitle", "title-type", "subtitle")
    book.set_language(meta.language)
    for language in dict.fromkeys(c.meta.language for c in work.chapters):
        if language and language != meta.language:
            book.add_metadata("DC", "language", language)
    for number, (person, language) in enumerate(_people(work), 1):
        book.add_metadata("DC", "creator" if person.role == "author" else "contributor", person.name, {"id": f"person-{number}"})
        if person.role in RELATORS:
            _refine(book, f"person-{number}", "role", RELATORS[person.role], scheme="marc:relators")
        _refine(book, f"person-{number}", "file-as", sort_name(person, language))
    if meta.published and meta.is_dated:
        book.add_metadata("DC", "date", meta.published.isoformat())
    tags = [t for m in (meta, *(c.meta for c in work.chapters)) for t in (*m.tags, m.section) if t]
    singles = (("publisher", meta.publisher), ("description", meta.summary or meta.subtitle_text), ("source", meta.url),
               ("source", meta.source if meta.source != meta.url else ""), ("rights", meta.rights),
               ("rights", meta.license if meta.license != meta.rights else ""))
    for name, value in (*(("subject", t) for t in dict.fromkeys(tags)), *singles):
        if value:
            book.add_metadata("DC", name, value)
    if meta.series:
        book.add_metadata(None, "meta", meta.series.name, {"property": "belongs-to-collection", "id": "series"})
        _refine(book, "series", "collection-type", "series")
        if meta.series.position:
            _refine(book, "series", "group-position", str(meta.series.position))
    if words.direction(meta.language) == "rtl":
        book.set_direction("rtl")


def _people(work: Volume) -> Iterable[tuple[Person, str]]:
    """Everybody who had a part, each once in each role, with the language of what they wrote."""
    found: dict[tuple[str, str], tuple[Person, str]] = {}
    written = any(p.role == "author" for c in work.chapters for p in c.meta.authors)
    for meta in (work.meta, *(c.meta for c in work.chapters)):
        for person in meta.authors:
            if written and person.role == "publisher":  # stands in for an author where there is none
                continue
            if person.name:
                found.setdefault((person.name, person.role), (person, meta.language))
    return found.values()


def _accessibility(book: Any, claims: Claims, certifier: str) -> None:
    """EPUB Accessibility 1.1, 3.2 and 4.2."""
    facts = (("accessMode", claims.modes), ("accessModeSufficient", claims.sufficient), ("accessibilityFeature", claims.features),
             ("accessibilityHazard", claims.hazards), ("accessibilitySummary", (claims.summary,)))
    for name, values in facts:
        for value in values:
            book.add_metadata(None, "meta", value, {"property": f"schema:{name}"})
    if certifier:
        book.add_metadata(None, "meta", STANDARD, {"property": "dcterms:conformsTo", "id": "conformance"})
        _refine(book, "conformance", "a11y:certifiedBy", certifier)


def _refine(book: Any, target: str, name: str, value: str, **more: str) -> None:
    book.add_metadata(None, "meta", value, {"refines": f"#{target}", "property": name, **more})


# --- Names as lists have them -------------------------------------------------------------------------------------------------------

_ORGANISED = frozenset(
    "agency agentur archive archives association bank blog board bureau center centre club college collective commission committee "
    "community company consortium contributors corporation council department desk dept e.v. editorial editors federation foundation "
    "gmbh government group inc inc. initiative institut institute lab laboratory labs library limited llc ltd ltd. magazine media "
    "ministry museum network news office organisation organization partners plc post press project publishing redaktion review school "
    "service services society staff stiftung studio studios team the times trust union universität universidad university université "
    "verein verlag".split())
_PARTICLES = frozenset("af al al- bin d' da dal de degli dei del della den der des di do dos du el el- ibn la le lo san ten ter 't "
                       "van vander vom von y zu zum zur".split())
_AFTER = frozenset(("von", "vom", "zu", "zum", "zur"))  # of German names, which are sorted without them
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv esq esq. phd ph.d. md m.d. dds".split())
_FAMILY_FIRST = frozenset(("hu", "vi", "zh", "ja", "ko", "is", "th", "mn", "km", "my", "ta", "bo"))  # or sorted as they are written


def sort_name(person: Person, language: str) -> str:
    """A name as lists of names have it: what was said, else the family's name first where the name is that of a person in a language
    that puts it last.
    """
    name = " ".join(person.name.split())
    stem, _, after = name.partition(",")
    suffix = ""
    if after.strip().lower() in _SUFFIXES:
        name, suffix = stem, after.strip()
    parts = name.split()
    if (person.sort or person.role == "publisher" or "," in name or len(parts) < 2 or language.partition("-")[0].lower() in _FAMILY_FIRST
            or any(p.lower().strip("()") in _ORGANISED for p in parts) or re.search(r"[\d@&/]", name) or not _alphabetic(name)):
        return person.sort or person.name
    if parts[-1].lower() in _SUFFIXES and len(parts) > 2:
        suffix = parts.pop()
    first = len(parts) - 1
    while first > 1 and parts[first - 1].lower() in _PARTICLES:
        first -= 1
    moved = [p for p in parts[first:-1] if p in _AFTER]
    family = " ".join(p for p in parts[first:] if p not in moved)
    return ", ".join(filter(None, (family, " ".join((*parts[:first], *moved)), suffix)))


def _alphabetic(name: str) -> bool:
    """Whether a name is written in letters whose names put the family last."""
    return all(unicodedata.name(c, "").startswith(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN")) for c in name if c.isalpha())


# --- What ebooklib cannot say -------------------------------------------------------------------------------------------------------

def _toc(epub: Any, lines: Sequence[Line], numbers: Iterator[int]) -> list[Any]:
    """The contents as ebooklib wants them for toc.ncx."""
    out: list[Any] = []
    for line in lines:
        link = epub.Link(line.href, line.title, uid=f"line-{next(numbers)}")
        out.append((link, _toc(epub, line.below, numbers)) if line.below else link)
    return out


def _parse(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _written(root: Any) -> bytes:
    from lxml import etree

    etree.cleanup_namespaces(root, keep_ns_prefixes=["dc"])
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True) + b""


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _repaired(data: bytes, meta: Meta) -> bytes:
    root = _parse(data)
    metas = list(root.iter("{*}meta"))
    del root.attrib["prefix"]  # names a vocabulary that is not used
    if any(element.get("property", "").startswith("ibooks:") for element in metas):
        root.set("prefix", f"ibooks: {APPLE}")
    root.set(_XML_LANG, meta.language)
    root.set("dir", words.direction(meta.language))
    spoken = words.spoken(meta.language)
    for element in metas:
        if element.get("property") == "schema:accessibilitySummary" and not meta.language.startswith(spoken):
            element.set(_XML_LANG, spoken)
            element.set("dir", words.direction(spoken))
    return _written(root)


def _ncx(data: bytes, meta: Meta) -> bytes:
    root = _parse(data)
    root.set(_XML_LANG, meta.language)

    def depth(element: Any) -> int:
        return max((1 + depth(child) for child in element.findall("{*}navPoint")), default=0)

    for element in root.iter("{*}meta"):
        if element.get("name") == "dtb:depth":
            element.set("content", str(depth(root.find("{*}navMap"))))
    return _written(root)
