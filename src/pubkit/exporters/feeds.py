"""A `Feed` goes in; RSS 2.0 or Atom 1.0 comes out.

feedgen writes the feeds. Where its release 1.0 is at fault, an extension of ours - the door that feedgen itself offers - puts the
elements right; each such place says what is wrong, and a test bears the fault's name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.exporters.base import File, Output
from pubkit.exporters.feedparts import address, feed_id, feed_title, is_address, media_type, newest_first, rfc822, terms, uri
from pubkit.files import indexed
from pubkit.model import UNDATED, Entry, Feed, Person
from pubkit.theme import Theme
from pubkit.xhtml import escape

__all__ = ["Options", "export_atom", "export_rss"]

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"
LICENSE = "http://backend.userland.com/creativeCommonsRssModule"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = {"dc": DC, "media": MEDIA, "fh": HISTORY, "creativeCommons": LICENSE}
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""The date of an entry without any, in Atom, which must have one: the first that readers take for a date."""


class Options(Struct, frozen=True):
    """Feeds have nothing to choose: what is in them is said by ``[feeds]`` of ``pubkit.toml``."""


def export_rss(work: Feed, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (one signature for all; frozen)
    """``rss.xml``: RSS 2.0 with summary and full content, newest first. ``theme`` changes nothing."""
    name = work.meta.name or "rss.xml"
    feed, found = _feed(work, name, _RssRepair(work, "application/rss+xml"))
    # feedgen swaps the locale of the whole process for each date it writes: this one we write ourselves (see _RssRepair).
    feed._FeedGenerator__rss_lastBuildDate = None
    if not work.meta.url:
        found.append(diagnostic("link-relative", "the feed has no site address, and so no link to itself: its link is its id; give the "
                                                 "publication a url"))
    if re.search(r"\.(png|jpe?g|gif)$", logo := work.meta.logo.lower()) and logo:  # RSS 2.0, <image>: GIF, JPEG or PNG
        feed.image(url=work.meta.logo, title=feed_title(work.meta), link=work.meta.url or feed.id())
    for item in newest_first(work.entries):
        made = _entry(feed, item, _RssEntryRepair(item))
        if item.url:
            made.link(href=item.url, rel="alternate")
        # The description of RSS is HTML: a summary of plain text is escaped once more.
        made.summary(escape(item.summary or item.title).replace("\ufffd", "&#xFFFD;"))
        if item.content:
            made.content(item.content, type="CDATA")
        made.guid(item.id, permalink=item.id == item.url)  # last: id() sets isPermaLink back to false
    return Output((File(indexed(name, "xml"), "application/rss+xml", _plain(feed.rss_str(pretty=True))),), tuple(found))


def export_atom(work: Feed, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (one signature for all; frozen)
    """``atom.xml``: Atom 1.0 with summary and full content, newest first. ``theme`` changes nothing."""
    name = work.meta.name or "atom.xml"
    dates = _distinct(work.entries)
    feed, found = _feed(work, name, _AtomRepair(work, "application/atom+xml"))
    feed.updated(max(dates.values(), default=EARLIEST))
    if work.meta.logo:
        feed.logo(work.meta.logo)
    if work.meta.icon:
        feed.icon(work.meta.icon)
    for item in newest_first(work.entries):
        made = _entry(feed, item, _AtomEntryRepair(item))
        made.updated(dates[item.id])
        made.summary(item.summary or item.title)
        if item.content:
            made.content(item.content, type="html")  # without a type readers show the tags
        else:
            made.link(href=item.url, rel="alternate")  # feedgen wants one of both
        for person in item.authors:
            add = made.author if person.role == "author" or not _writers(item) else made.contributor
            add(_person(person))
        if item.is_dated:
            made.published(item.published)
    return Output((File(indexed(name, "xml"), "application/atom+xml", re.sub(rb"\s*\Z", b"\n", feed.atom_str(pretty=True))),), tuple(found))


# --- What both have in common -------------------------------------------------------------------------------------------------------

def _feed(work: Feed, name: str, repair: _Repair) -> tuple[Any, list[Diagnostic]]:
    """feedgen's feed with what RSS and Atom have in common."""
    from feedgen.feed import FeedGenerator

    meta = work.meta
    feed = FeedGenerator()
    feed.id(uri(feed_id(meta)))
    feed.title(feed_title(meta))
    if meta.description:
        feed.subtitle(meta.description)
    feed.description(meta.description or feed_title(meta))
    feed.generator("pubkit")
    if meta.language:
        feed.language(meta.language)
    if meta.rights:
        feed.rights(meta.rights)
    if meta.feed_url:
        feed.link(href=address(meta, name), rel="self", type=repair.media)
    # Last: whatever link is given last becomes the channel's link, be it the feed itself.
    if meta.url:
        feed.link(href=meta.url, rel="alternate", type="text/html")
    else:
        feed._FeedGenerator__rss_link = feed.id()
    for person in meta.authors or _authors(work):
        feed.author(_person(person))
    feed.register_extension("pubkit", lambda: repair, lambda: None)
    return feed, []


def _entry(feed: Any, item: Entry, repair: Any) -> Any:
    """feedgen's entry with what RSS and Atom have in common."""
    from feedgen.entry import FeedEntry

    made = FeedEntry()
    made.register_extension("pubkit", lambda: repair)
    feed.add_entry(made, order="append")  # else the order is turned round
    made.id(uri(item.id))
    made.title(item.title or item.slug or item.id)
    made.updated(item.updated.astimezone(UTC))  # else it is now, and every build marks every entry as new
    for term in terms(item):
        made.category(term=term, label=term)
    return made


def _person(person: Person) -> dict[str, str]:
    """A person as feedgen wants one."""
    url = uri(person.url) if urlsplit(person.url).scheme else ""
    return {k: v for k, v in (("name", person.name), ("email", person.email), ("uri", url)) if v}


def _writers(item: Entry) -> list[Person]:
    return [p for p in item.authors if p.role == "author"]


def _authors(work: Feed) -> Sequence[Person]:
    """An author for a feed in which an entry names none: Atom wants one somewhere."""
    return () if all(e.authors for e in work.entries) else (Person(feed_title(work.meta)),)


def _distinct(entries: Iterable[Entry]) -> dict[str, datetime]:
    """When entries were updated, by id. No two are the same: readers that go by this date would take one entry for the other.

    A day without a time has a fraction of its first second that the entry's id gives, so that it stays whatever other entries there are.
    """
    found: dict[str, datetime] = {}
    taken: set[datetime] = set()
    for item in sorted(entries, key=lambda e: e.id):
        date = item.updated if item.is_dated or item.updated != UNDATED else EARLIEST
        if date == EARLIEST or not (date.hour or date.minute or date.second or date.microsecond):
            date += timedelta(microseconds=1 + int.from_bytes(hashlib.sha256(item.id.encode()).digest()[:4]) % 999_998)
        while date in taken:
            date += timedelta(microseconds=1)
        taken.add(date)
        found[item.id] = date.astimezone(UTC)
    return found


def _plain(data: bytes) -> bytes:
    """RSS with ``&`` and ``<`` in plain words written as the RSS Advisory Board's profile has them, which keeps readers from taking them
    for markup."""
    def hexed(match: re.Match[bytes]) -> bytes:
        return match[1] + match[3].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;") + match[4]

    words = re.sub(rb"(<(title|category|dc:creator|copyright|author|media:description)(?: [^>]*)?>)([^<]*)(</\2>)", hexed, data)
    first = words.find(b"<item>") if b"<item>" in words else len(words)  # the channel's description is plain, that of an item is HTML
    head = re.sub(rb"(<(description)>)([^<]*)(</description>)", hexed, words[:first])
    return re.sub(rb"\s*\Z", b"\n", head + words[first:])


# --- What feedgen leaves out, or gets wrong -----------------------------------------------------------------------------------------

class _Repair:
    """What feedgen leaves out of a feed."""

    def __init__(self, feed: Feed, media: str) -> None:
        self.feed, self.media = feed, media

    def extend_ns(self) -> dict[str, str]:
        """The namespaces that the feed uses, which feedgen declares at its root."""
        entries = self.feed.entries
        licenses = [self.feed.meta.license, *(e.license for e in entries)]
        rss = self.media == "application/rss+xml"
        used = {"dc": rss or any(e.source and not is_address(e.source) for e in entries),
                "media": any(e.image or len(e.enclosures) > 1 for e in entries), "fh": bool(self.feed.meta.role),
                "creativeCommons": rss and any(map(is_address, licenses))}
        return {prefix: PREFIXES[prefix] for prefix, wanted in used.items() if wanted}

    def links(self) -> Iterator[dict[str, str]]:
        """Links to hubs and to other documents of the feed, which feedgen drops in RSS (WebSub, 4; RFC 5005, 4)."""
        meta = self.feed.meta
        yield from ({"href": hub, "rel": "hub"} for hub in meta.hubs)
        for rel, name in (("current", meta.current), ("prev-archive", meta.previous), ("next-archive", meta.next)):
            if name and meta.feed_url:
                yield {"href": address(meta, name), "rel": rel, "type": self.media}

    def role(self) -> Iterator[Any]:
        """The mark of an archive or a complete feed."""
        from lxml import etree

        if self.feed.meta.role:
            yield etree.Element(f"{{{HISTORY}}}{self.feed.meta.role}")


class _RssRepair(_Repair):
    def extend_rss(self, root: Any) -> None:
        from lxml import etree

        channel = root[0]
        for link in self.links():
            etree.SubElement(channel, f"{{{ATOM}}}link", link)
        channel.extend(self.role())
        if is_address(self.feed.meta.license):
            etree.SubElement(channel, f"{{{LICENSE}}}license").text = uri(self.feed.meta.license)
        if dates := [e.updated for e in self.feed.entries if e.updated != UNDATED]:
            etree.SubElement(channel, "lastBuildDate").text = rfc822(max(dates).astimezone(UTC))


class _AtomRepair(_Repair):
    def extend_atom(self, root: Any) -> None:
        from lxml import etree

        place = next((n for n, child in enumerate(root) if child.tag.rpartition("}")[2] == "entry"), len(root))
        license_ = [{"href": uri(self.feed.meta.license), "rel": "license"}] if is_address(self.feed.meta.license) else []
        for element in [*(etree.Element("link", link) for link in (*self.links(), *license_)), *self.role()][::-1]:
            root.insert(place, element)
        for name in ("title", "subtitle", "rights"):
            _typed(root.findall(name))


class _RssEntryRepair:
    def __init__(self, item: Entry) -> None:
        self.item = item

    def extend_rss(self, element: Any) -> None:
        from lxml import etree

        item = self.item
        if item.is_dated:
            etree.SubElement(element, "pubDate").text = rfc822(item.published)
        if item.updated > item.published:
            etree.SubElement(element, f"{{{ATOM}}}updated").text = item.updated.astimezone(UTC).isoformat()
        writers = [p for p in _writers(item) or item.authors if p.name]
        if len(writers) == 1 and writers[0].email:  # RSS knows authors by their address alone, and one of them
            etree.SubElement(element, "author").text = f"{writers[0].email} ({writers[0].name})"
        else:
            for person in writers:
                etree.SubElement(element, f"{{{DC}}}creator").text = person.name
        for person in item.authors:
            if person not in writers and person.name:
                etree.SubElement(element, f"{{{DC}}}contributor").text = person.name
        for name, text in (("language", item.language), ("rights", item.rights), ("source", item.source)):
            if text:
                etree.SubElement(element, f"{{{DC}}}{name}").text = text
        if is_address(item.license):
            etree.SubElement(element, f"{{{LICENSE}}}license").text = uri(item.license)
        for enclosure in item.enclosures[:1]:
            attributes = {"url": uri(enclosure.url), "length": str(max(enclosure.length, 0)), "type": media_type(enclosure.media_type)}
            etree.SubElement(element, "enclosure", attributes)
        _with_media(element, item, item.enclosures[1:])


class _AtomEntryRepair:
    def __init__(self, item: Entry) -> None:
        self.item = item

    def extend_atom(self, element: Any) -> None:
        from lxml import etree

        item = self.item
        if item.language:
            element.set(XML_LANG, item.language)
        # feedgen's loop forgets every attribute of an entry's link but its address: all of them are written here.
        links = [{"href": uri(item.url), "rel": "alternate", "type": "text/html"}] if item.url else []
        for enclosure in item.enclosures:
            length = {"length": str(enclosure.length)} if enclosure.length else {}
            links.append({"href": uri(enclosure.url), "rel": "enclosure", "type": media_type(enclosure.media_type), **length})
        if is_address(item.license):
            links.append({"href": uri(item.license), "rel": "license"})
        if is_address(item.source):
            links.append({"href": uri(item.source), "rel": "via"})
        for link in element.findall("link"):
            element.remove(link)
        place = next((n + 1 for n, child in enumerate(element) if child.tag in ("updated", f"{{{ATOM}}}updated")), len(element))
        for attributes in reversed(links):
            element.insert(place, etree.Element("link", attributes))
        if item.rights:
            etree.SubElement(element, "rights").text = item.rights
        if item.source and not is_address(item.source):
            etree.SubElement(element, f"{{{DC}}}source").text = item.source
        _with_media(element, item, ())
        _typed([child for name in ("summary", "title", "rights") for child in element.findall(name)])


def _typed(elements: Iterable[Any]) -> None:
    """Says of plain words that they are such; those that look like markup are written as HTML, which every reader shows as they are."""
    for element in elements:
        if re.search(r"</?[a-zA-Z]|&#?\w|\ufffd", element.text or ""):
            element.set("type", "html")
            element.text = escape(element.text).replace("\ufffd", "&#xFFFD;")
        else:
            element.set("type", "text")


def _with_media(element: Any, item: Entry, more: Iterable[Any]) -> None:
    """The lead picture and enclosures beyond the first, as Media RSS has them."""
    from lxml import etree

    if image := item.image:
        size = {k: str(v) for k, v in (("width", image.width), ("height", image.height)) if v}
        kind = {"type": image.media_type} if image.media_type else {}
        made = etree.SubElement(element, f"{{{MEDIA}}}content", {"url": uri(image.url), **kind, "medium": "image", **size})
        if image.alt:
            etree.SubElement(made, f"{{{MEDIA}}}description", {"type": "plain"}).text = image.alt
        etree.SubElement(element, f"{{{MEDIA}}}thumbnail", {"url": uri(image.url), **size})
    for enclosure in more:
        type_ = media_type(enclosure.media_type)
        medium = type_.partition("/")[0]
        attributes = {"url": uri(enclosure.url), "type": type_, "medium": medium if medium in ("image", "audio", "video") else "document"}
        if enclosure.length > 0:
            attributes["fileSize"] = str(enclosure.length)
        etree.SubElement(element, f"{{{MEDIA}}}content", attributes)
