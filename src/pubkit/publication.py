"""``pubkit.toml`` and what an article does not say of itself go in; a publication and an article with every needed field come out."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, PubkitError, diagnostic
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

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Publication", "checked", "complete", "file_slug", "find", "load", "localised", "override", "slug_of"]

FILE = "pubkit.toml"
NAMELESS = "Unnamed publication"
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[-_ ]+|$)(.*)")


class Publication(Struct, frozen=True, forbid_unknown_fields=True):
    """The publication that an article appears in: title, address of its site, language (BCP 47) and author by default, description.

    ``timezone`` is a name of the IANA's time zone database: dates that name no zone are taken there.
    ``smart`` says whether straight quotes and hyphens become those of print.
    """

    title: str = ""
    url: str = ""
    language: str = ""
    author: str = ""
    description: str = ""
    rights: str = ""
    theme: str = ""
    timezone: str = "UTC"
    smart: bool = False


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
    words = {f: clean_text(v, line=True) for f in known if isinstance(v := getattr(given, f), str)}
    cleaned = msgspec.structs.replace(given, **words)
    if cleaned.url and (urlsplit(cleaned.url).scheme not in ("http", "https") or not urlsplit(cleaned.url).hostname):
        raise PubkitError(f"url is {cleaned.url!r}", file=file, hint="Write the whole address, such as https://example.org/")
    if cleaned.language and not language_tag(cleaned.language):
        raise PubkitError(f"language is {cleaned.language!r}", file=file, hint="Write a tag of BCP 47, such as en, uk or pt-BR")
    try:
        _zone(cleaned.timezone)
    except PubkitError as error:
        raise PubkitError(error.message, file=file, hint=error.hint) from None
    return cleaned


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    """The zone of a name. Raises `PubkitError` for what is no zone, or not the same one on every machine."""
    from zoneinfo import ZoneInfo, available_timezones

    zones = available_timezones() - {"localtime"}
    if name in zones:
        return ZoneInfo(name)
    wanted = name.replace(" ", "_").casefold()
    same = sorted(z for z in zones if wanted in (z.casefold(), z.rpartition("/")[2].casefold()))
    close = same or difflib.get_close_matches(name, sorted(zones), 1)
    raise PubkitError(f"timezone is {name!r}",
                      hint=(f"Did you mean {close[0]}? " if close else "") + "Write the name of a place, such as Europe/Kyiv, or UTC")


def find(folder: Path) -> Publication:
    """The publication of the ``pubkit.toml`` in a folder, or an empty one where there is none."""
    path = folder / FILE
    return load(path) if path.is_file() else Publication()


# --- What an article does not say ---------------------------------------------------------------------------------------------------

def localised(meta: Meta, publication: Publication) -> Meta:
    """The metadata with every date that names no zone put in that of the publication; a day without a time is its midnight there."""
    corrections = tuple(c if c.date.tzinfo else msgspec.structs.replace(c, date=_aware(c.date, publication)) for c in meta.corrections)
    published = meta.published and _aware(meta.published, publication)
    updated = meta.updated and _aware(meta.updated, publication)
    return msgspec.structs.replace(meta, published=published, updated=updated, corrections=corrections)


def _aware(value: datetime, publication: Publication) -> datetime:
    from pubkit.readers.front_matter.dates import fixed

    return value if value.tzinfo else fixed(value, _zone(publication.timezone))


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
    a UUIDv5 of the site's address and the slug. Dates without a zone are those of the publication.
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
        reason = ", that of the publication" if said else ", as the letters and words of the text tell" if told else ""
        missing("language-missing", f"there is no language; {language} is used{reason}")
    authors = meta.authors
    if not authors:
        authors = (Person(publication.author),) if publication.author else (Person(publication.title or NAMELESS, role="publisher"),)
        if not publication.author:
            missing("author-missing", f"there is no author; the publication, {authors[0].name!r}, is used")
    published = meta.published or (_aware(dated, publication) if dated else None)
    if published is None:
        published = meta.updated or UNDATED
        missing("date-missing", f"there is no date; {published:%Y-%m-%d} is used")
    if meta.updated and meta.updated < published:
        found.append(diagnostic("metadata-invalid", f"the article was updated on {meta.updated:%Y-%m-%d}, before it was published; "
                                f"{published:%Y-%m-%d} is used", file or name))
    url = meta.url or (urljoin(publication.url.rstrip("/") + "/", quote(slug) + ".html") if publication.url else "")
    new = msgspec.structs.replace(
        meta, title=title, slug=slug, language=language, authors=authors, published=published,
        updated=max(meta.updated or published, published), url=url, id=meta.id or _id(publication.url, slug),
        publisher=meta.publisher or publication.title, rights=meta.rights or publication.rights)
    return (msgspec.structs.replace(article, meta=new) if new != article.meta else article), tuple(found)


def _id(site: str, slug: str) -> str:
    import uuid

    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site}#{slug}')}"


def override(meta: Meta, changes: dict[str, Any]) -> Meta:
    """Metadata with what the user said on the command line or in the call, which stands over the source."""
    given = {k: v for k, v in changes.items() if v is not None}
    return msgspec.structs.replace(meta, **given) if given else meta
