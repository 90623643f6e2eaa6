"""What feeds of every kind have in common: addresses, ids, order, categories."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urljoin, urlsplit

from pubkit.model import Entry, FeedMeta
from pubkit.normalize import safe_url

__all__ = ["address", "feed_id", "feed_title", "is_address", "media_type", "newest_first", "rfc822", "terms", "uri"]


def address(meta: FeedMeta, name: str) -> str:
    """The whole address of a feed's file; '' where the feed has none."""
    return urljoin(meta.feed_url.rstrip("/") + "/", quote(name)) if meta.feed_url else ""


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Entries, the one that was published last first; those of one moment by their ids."""
    return sorted(entries, key=lambda e: (-e.published.timestamp(), e.id))


def terms(item: Entry) -> list[str]:
    """Tags and section of an entry, each once."""
    return [term for term in dict.fromkeys((*item.tags, item.section)) if term]


def feed_id(meta: FeedMeta) -> str:
    """The id of a feed: its own, else the same for the same site, or for the same title where there is no site."""
    return meta.id or uuid.uuid5(uuid.NAMESPACE_URL, meta.url or meta.feed_url or f"pubkit:{meta.title}").urn


def is_address(text: str) -> bool:
    """Whether words are an address of the web."""
    return text.startswith(("http://", "https://")) and bool(urlsplit(text).netloc)


def media_type(text: str) -> str:
    """A media type, or the one of all files where the text is none."""
    return text if re.fullmatch(r"[\w.+-]+/[\w.+-]+", text) else "application/octet-stream"


def feed_title(meta: FeedMeta) -> str:
    """The title of a feed, or what stands for one."""
    return meta.title or meta.url or "pubkit"


def uri(iri: str) -> str:
    """An IRI as the URI that stands for it (RFC 3987, 3.1)."""
    whole = safe_url(iri) if is_address(iri) else None
    return whole or quote(iri, safe="%/:=&?~#+!$,;'@()*[]")


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc822(date: datetime) -> str:
    """A date as RSS writes it, whatever the locale of the process; in UTC where its zone is odd to some readers (+0202)."""
    offset = date.utcoffset() or timedelta()
    date = date if offset.seconds % 1800 == 0 else date.astimezone(UTC)
    return (f"{_DAYS[date.weekday()]}, {date.day:02} {_MONTHS[date.month - 1]} {date.year:04} {date:%H:%M:%S} "
            f"{date.strftime('%z')[:5] or '+0000'}")
