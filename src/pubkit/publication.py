"""``pubkit.toml`` and what an article does not say of itself go in; a publication and an article with every needed field come out."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, PubkitError, diagnostic
from pubkit.model import Article, Heading, Meta, Person, Text, plain_text
from pubkit.normalize import clean_text, language_tag

__all__ = ["EPOCH", "Publication", "checked", "complete", "file_slug", "find", "load", "override", "slug_of"]

EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
FILE = "pubkit.toml"
NAMELESS = "Unnamed publication"
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[-_ ]+|$)(.*)")


class Publication(Struct, frozen=True, forbid_unknown_fields=True):
    """The publication that an article appears in: title, address of its site, language (BCP 47) and author by default, description."""

    title: str = ""
    url: str = ""
    language: str = ""
    author: str = ""
    description: str = ""
    rights: str = ""
    theme: str = ""


def load(path: Path) -> Publication:
    """The publication of a ``pubkit.toml``. Raises `PubkitError` with file, line and a hint."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+), column (\d+)", str(error))
        place = (int(line[1]), int(line[2])) if line else (0, 0)
        raise PubkitError(f"this is no TOML: {error}", file=str(path), line=place[0], column=place[1]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PubkitError(f"the file cannot be read: {error}", file=str(path)) from error
    return checked(raw, str(path))


def checked(raw: dict[str, Any], file: str) -> Publication:
    known = Publication.__struct_fields__
    for key in raw:
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            raise PubkitError(f"the key {key!r} is not known", file=file,
                              hint=(f"Did you mean {close[0]}? " if close else "") + f"Known: {', '.join(known)}")
    try:
        given = msgspec.convert(raw, Publication)
    except msgspec.ValidationError as error:
        raise PubkitError(str(error), file=file) from error
    cleaned = Publication(*(clean_text(getattr(given, f), line=True) for f in known))
    if cleaned.url and (urlsplit(cleaned.url).scheme not in ("http", "https") or not urlsplit(cleaned.url).hostname):
        raise PubkitError(f"url is {cleaned.url!r}", file=file, hint="Write the whole address, such as https://example.org/")
    if cleaned.language and not language_tag(cleaned.language):
        raise PubkitError(f"language is {cleaned.language!r}", file=file, hint="Write a tag of BCP 47, such as en, uk or pt-BR")
    return cleaned


def find(folder: Path) -> Publication:
    """The publication of the ``pubkit.toml`` in a folder, or an empty one where there is none."""
    path = folder / FILE
    return load(path) if path.is_file() else Publication()


# --- What an article does not say ---------------------------------------------------------------------------------------------------

def slug_of(name: str) -> tuple[str, datetime | None]:
    """The slug that a file name gives, and the date it may begin with (``2024-05-31-title.md``)."""
    path = PurePath(name)
    stem = path.stem
    if stem.lower() in ("index", "_index", "readme") and path.parent.name:
        stem = path.parent.name
    date = None
    if found := _DATED.fullmatch(stem):
        try:
            date = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
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
    the publication's title, the language to the publication's or ``en``, the id to a UUIDv5 of the site's address and the slug.
    """
    meta = article.meta
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
        language = language_tag(publication.language) or "en"
        missing("language-missing", f"there is no language; {language} is used")
    authors = meta.authors
    if not authors:
        authors = (Person(publication.author),) if publication.author else (Person(publication.title or NAMELESS, role="publisher"),)
        if not publication.author:
            missing("author-missing", f"there is no author; the publication, {authors[0].name!r}, is used")
    published = meta.published or dated
    if published is None:
        published = meta.updated or EPOCH
        missing("date-missing", f"there is no date; {published:%Y-%m-%d} is used")
    published = _aware(published)
    url = meta.url or (urljoin(publication.url.rstrip("/") + "/", quote(slug) + ".html") if publication.url else "")
    new = msgspec.structs.replace(
        meta, title=title, slug=slug, language=language, authors=authors, published=published,
        updated=max(_aware(meta.updated or published), published), url=url, id=meta.id or _id(publication.url, slug),
        publisher=meta.publisher or publication.title, rights=meta.rights or publication.rights)
    return (msgspec.structs.replace(article, meta=new) if new != meta else article), tuple(found)


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _id(site: str, slug: str) -> str:
    import uuid

    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site}#{slug}')}"


def override(meta: Meta, changes: dict[str, Any]) -> Meta:
    """Metadata with what the user said on the command line or in the call, which stands over the source."""
    given = {k: v for k, v in changes.items() if v is not None}
    return msgspec.structs.replace(meta, **given) if given else meta
