"""A `Feed` goes in; JSON Feed 1.1 comes out (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from msgspec import Struct

from pubkit.exporters.base import File, Output
from pubkit.exporters.feedparts import address, feed_id, feed_title, is_address, media_type, newest_first, terms
from pubkit.files import indexed
from pubkit.model import UNDATED, Entry, Feed, FeedMeta, Person
from pubkit.theme import Theme

__all__ = ["Options", "export"]

VERSION = "https://jsonfeed.org/version/1.1"


class Options(Struct, frozen=True):
    """Feeds have nothing to choose: what is in them is said by ``[feeds]`` of ``pubkit.toml``."""


def export(work: Feed, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (one signature for all; frozen)
    """``feed.json``: JSON Feed 1.1 with summary and full content, newest first. ``theme`` changes nothing."""
    name = work.meta.name or "feed.json"
    data = {**_head(work.meta, name), "items": [_item(one) for one in newest_first(work.entries)]}
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Output((File(indexed(name, "json"), "application/feed+json", f"{text}\n".encode()),))


def _head(meta: FeedMeta, name: str) -> dict[str, Any]:
    known = {
        "version": VERSION, "title": feed_title(meta), "home_page_url": meta.url, "feed_url": address(meta, name),
        "description": meta.description, "next_url": address(meta, meta.previous) if meta.previous else "", "icon": meta.logo,
        "favicon": meta.icon, "authors": _people(meta.authors), "language": meta.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in meta.hubs],
        "_pubkit": _filled({"id": feed_id(meta), "rights": meta.rights, "license": meta.license, "role": meta.role})}
    return _filled(known)


def _item(item: Entry) -> dict[str, Any]:
    series = _filled({"name": item.series.name, "position": item.series.position}) if item.series else {}
    known = {
        "id": item.id, "url": item.url, "external_url": item.source if is_address(item.source) else "", "title": item.title,
        "content_html": item.content, "content_text": "" if item.content else item.summary or item.title, "summary": item.summary,
        "image": item.image.url if item.image else "", "date_published": item.published.isoformat() if item.is_dated else "",
        "date_modified": item.updated.astimezone(UTC).isoformat() if item.updated not in (UNDATED, item.published) else "",
        "authors": _people(item.authors), "tags": terms(item), "language": item.language,
        "attachments": [_filled({"url": e.url, "mime_type": media_type(e.media_type), "size_in_bytes": max(e.length, 0)})
                        for e in item.enclosures],
        "_pubkit": _filled({"rights": item.rights, "license": item.license, "source": item.source, "section": item.section,
                            "series": series, "image_alt": item.image.alt if item.image else ""})}
    return _filled(known)


def _people(people: tuple[Person, ...]) -> list[dict[str, str]]:
    """Those who wrote it; where nobody did, all who had a part."""
    writers = [p for p in people if p.role == "author"] or list(people)
    return [_filled({"name": p.name, "url": p.url or (f"mailto:{p.email}" if p.email else "")}) for p in writers]


def _filled(known: dict[str, Any]) -> dict[str, Any]:
    """What has a value."""
    return {key: value for key, value in known.items() if value}
