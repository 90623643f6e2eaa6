"""An article and its publication go in; the article with every needed field comes out, each from the best source there is."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, urljoin

import msgspec

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.languages import sample, tell
from pubkit.model import (
    UNDATED,
    Article,
    Heading,
    Meta,
    Person,
    Text,
    plain_text,
)
from pubkit.normalize import clean_text, language_tag
from pubkit.publication import NAMELESS, Publication, zone

__all__ = ["complete", "default_id", "file_slug", "localised", "override", "page_file", "page_path", "slug_of"]

_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[-_ ]+|$)(.*)")


def localised(meta: Meta, publication: Publication) -> Meta:
    """The metadata with every date that names no zone put in that of the publication; a day without a time is its midnight there."""
    corrections = tuple(c if c.date.tzinfo else msgspec.structs.replace(c, date=_aware(c.date, publication)) for c in meta.corrections)
    published = meta.published and _aware(meta.published, publication)
    updated = meta.updated and _aware(meta.updated, publication)
    return msgspec.structs.replace(meta, published=published, updated=updated, corrections=corrections)


def _aware(value: datetime, publication: Publication) -> datetime:
    from pubkit.readers.front_matter.dates import fixed

    return value if value.tzinfo else fixed(value, zone(publication.timezone))


def slug_of(name: str) -> tuple[str, datetime | None]:
    """The slug that a file name gives, and the day it may begin with (``2024-05-31-title.md``), in no zone."""
    path = PurePath(name)
    stem = path.stem
    if stem.lower() in ("index", "_index", "readme") and path.parent.name:
        stem = path.parent.name
    date = None
    if (found := _DATED.fullmatch(stem)) and found[1] not in ("0001", "9999"):  # in another zone they may be another year
        try:
            date = datetime(int(found[1]), int(found[2]), int(found[3]))  # noqa: DTZ001 - the publication's zone is put on it later
            stem = found[4] or stem
        except ValueError:
            pass
    return file_slug(stem), date


def file_slug(text: str) -> str:
    """Text as a part of a file name and an address: letters and digits of any script, joined by hyphens; at most 80 characters."""
    text = unicodedata.normalize("NFC", clean_text(text, line=True))
    slug = re.sub(r"[^\w]+", "-", text).strip("-_")[:80].strip("-_")
    return slug or "article"


def complete(article: Article, publication: Publication, name: str = "", file: str = "") -> tuple[Article, tuple[Diagnostic, ...]]:
    """The article with title, slug, language, authors, dates, id and address, each from the best source there is.

    ``name`` is the source's file name (for slug and date), ``file`` what diagnostics call it. Dates fall back to 1980-01-01, the author to
    the publication's title, the language to the publication's, else to what `pubkit.languages` tells of the text, else to ``en``, the id to
    the address, else to a UUIDv5 of the slug. Dates without a zone are those of the publication.
    """
    meta = localised(article.meta, publication)
    found: list[Diagnostic] = []
    if not article.content:
        found.append(diagnostic("content-missing", "there is no text besides the metadata", file or name))

    def missing(code: str, message: str) -> None:
        found.append(diagnostic(code, message, file or name))

    named, dated = slug_of(name) if name and name != "-" else ("", None)
    title = meta.title
    if not meta.title_text:
        heading = next((b for b in article.content if isinstance(b, Heading)), None)
        text = (" ".join(plain_text(heading.content, notes=False).split()) if heading
                else named.replace("-", " ").replace("_", " ").capitalize())
        title = (Text(text or "Untitled"),)
        missing("title-missing", f"there is no title; {text or 'Untitled'!r} is used")
    slug = file_slug(meta.slug) if meta.slug else named or file_slug(plain_text(title, notes=False).lower())
    language = meta.language
    if not language:
        said = language_tag(publication.language)
        told = "" if said else tell(sample(article))
        language = said or told or "en"
        if not said:
            missing("language-missing", f"there is no language; {language} is used"
                    + (", as the letters and words of the text tell" if told else ""))
    authors = meta.authors
    if not authors:
        authors = publication.people or (Person(publication.title or NAMELESS, role="publisher"),)
        if not publication.people:
            missing("author-missing", f"there is no author; the publication, {authors[0].name!r}, is used")
    published = meta.published or (_aware(dated, publication) if dated else None)
    if published is None:
        published = meta.updated or UNDATED
        missing("date-missing", f"there is no date; {published:%Y-%m-%d} is used")
    if meta.updated and meta.updated < published:
        found.append(diagnostic("metadata-invalid", f"the article was updated on {meta.updated:%Y-%m-%d}, before it was published; "
                                f"{published:%Y-%m-%d} is used", file or name))
    new = msgspec.structs.replace(
        meta, title=title, slug=slug, language=language, authors=authors, published=published,
        updated=max(meta.updated or published, published), publisher=meta.publisher or publication.title,
        rights=meta.rights or publication.rights, license=meta.license or publication.license)
    new = msgspec.structs.replace(new, url=new.url or _url(new, publication))
    new = msgspec.structs.replace(new, id=new.id or default_id(new, publication))
    return (msgspec.structs.replace(article, meta=new) if new != article.meta else article), tuple(found)


def page_path(meta: Meta, publication: Publication) -> str:
    """The address of a complete article's page below the site, as ``paths.address`` has it: ``2026/tides/``."""
    day = meta.published or UNDATED
    fields = {"slug": meta.slug, "folder": "", "section": file_slug(meta.section).lower() if meta.section else "articles",
              "year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}
    return publication.paths.address.format(**fields).lstrip("/")


def page_file(path: str) -> str:
    """The file of a page's address: ``2026/tides/`` is ``2026/tides/index.html``, and ``tides`` is ``tides.html``."""
    if path.endswith("/"):
        return path + "index.html"
    return path if path.endswith((".html", ".htm", ".xhtml")) else path + ".html"


def _url(meta: Meta, publication: Publication) -> str:
    return urljoin(publication.url.rstrip("/") + "/", quote(page_path(meta, publication))) if publication.url else ""


def default_id(meta: Meta, publication: Publication) -> str:
    """The id of an article that names none: its address, else a UUIDv5 of its slug (RFC 9562)."""
    import uuid

    return meta.url or f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{publication.url}#{meta.slug}')}"


def override(meta: Meta, changes: dict[str, Any]) -> Meta:
    """Metadata with what the user said on the command line or in the call, which stands over the source."""
    given = {k: v for k, v in changes.items() if v is not None}
    return msgspec.structs.replace(meta, **given) if given else meta
