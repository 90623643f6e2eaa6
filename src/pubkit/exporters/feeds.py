"""An article goes in and one `Entry` comes out, which is all that a feed ever sees of it; a `Feed` goes in and RSS or Atom comes out.

feedgen writes the feeds. Where its release 1.0 is at fault, an extension of ours - the door that feedgen itself offers - puts the
elements right; each such place says what is wrong, and a test bears the fault's name.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.exporters.base import File, Output
from pubkit.model import UNDATED, Article, Asset, Entry, Feed, FeedMeta, Image, Paragraph, Person, content_hash, plain_text, walk
from pubkit.normalize import SCHEMES
from pubkit.theme import Theme
from pubkit.xhtml import Dialect, Renderer, escape

__all__ = ["Options", "entry", "export_atom", "export_rss"]

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SUMMARY = 280  # characters of a summary that is taken from the text


class Options(Struct, frozen=True):
    """Feeds have nothing to choose."""


# --- From an article to its entry ---------------------------------------------------------------------------------------------------

def entry(article: Article, site_url: str = "") -> tuple[Entry, tuple[Diagnostic, ...]]:
    """The entry of an article, and what it could not take along.

    Relative addresses are led from ``meta.url``, else from ``site_url``; without either, links keep their words and pictures their
    alternative text, each with a diagnostic. The content is XHTML without scripts, styles, frames and handlers.
    """
    meta = article.meta
    page = _Page(article, meta.url or site_url)
    published = meta.published or UNDATED
    made = Entry(
        id=meta.id, title=meta.title_text, slug=meta.slug, url=meta.url, summary=_summary(article), content=page.content(),
        text=plain_text(article.content).strip(), authors=meta.authors, published=published,
        updated=max(meta.updated or published, published), language=meta.language, tags=meta.tags, section=meta.section,
        rights=meta.rights, image=page.lead(),
        enclosures=tuple(e for e in meta.enclosures if page.absolute(e.url)), hash=content_hash(article))
    return made, tuple(dict.fromkeys(page.found))


class _Page:
    """The content of an entry, and the addresses in it."""

    def __init__(self, article: Article, base: str) -> None:
        self.article, self.base = article, base
        self.found: list[Diagnostic] = []
        self.sources = {n.asset: n.src for n in list(walk(article))[::-1] if isinstance(n, Image) and n.asset}

    def content(self) -> str:
        """Deck, lead picture, text, notes and end matter as XHTML."""
        meta = self.article.meta
        dialect = Dialect(meta.language, notes="end", code=False, href=self.href, src=self.src, math=_math)
        renderer = Renderer(self.article, dialect)
        deck = f"<p><em>{renderer.inlines(meta.subtitle)}</em></p>\n" if meta.subtitle else ""
        lead = renderer.block(meta.image) + "\n" if meta.image else ""
        rendered = renderer.render(self.article.content)
        return _cleaned(deck + lead + rendered.body + rendered.notes + renderer.end_matter() + renderer.render(()).notes, meta.url)

    def absolute(self, url: str) -> str:
        """The whole address of a relative one, or '' where nothing is known to lead from."""
        if scheme := urlsplit(url).scheme:
            return url if scheme in SCHEMES else ""
        return urljoin(self.base, url) if self.base else ""

    def href(self, url: str) -> str:
        """The address of a link."""
        whole = self.absolute(url)
        if not whole and not urlsplit(url).scheme:
            self.found.append(diagnostic("link-relative", f"the link to {url[:80]!r} leads nowhere from a feed: its words stay; "
                                                          "give the article a url, or the publication one"))
        return whole

    def src(self, asset: Asset) -> str:
        """The address of a picture on the site."""
        source = self.sources.get(asset.name, "")
        whole = "" if source.startswith("data:") or not source else self.absolute(source)
        if not whole:
            self.found.append(diagnostic("link-relative", f"the picture {source[:80]!r} has no address for a feed: its alternative text "
                                                          "stays"))
        return whole

    def lead(self) -> str:
        """The address of the lead picture."""
        image = self.article.meta.image
        assets = {a.name: a for a in self.article.assets}
        pictures = [assets[p.asset] for p in image.pictures if p.asset in assets] if image else []
        return self.absolute(self.sources.get(pictures[0].name, "")) if pictures and self.base else ""


def _math(tex: str, mathml: str, display: bool) -> str:  # noqa: ARG001 (one signature for all dialects)
    """A formula as its TeX: what readers of feeds make of MathML is chaff."""
    return f"<code>{escape(tex)}</code>"


def _summary(article: Article) -> str:
    """The summary as plain text: the author's, else the deck, else the beginning of the first paragraph."""
    meta = article.meta
    if given := meta.summary or meta.subtitle_text:
        return given
    first = next((n for n in walk(article.content) if isinstance(n, Paragraph) and plain_text(n, notes=False).strip()), None)
    text = " ".join(plain_text(first, notes=False).split()) if first else ""
    if len(text) <= SUMMARY:
        return text
    cut = text[: SUMMARY + 1]
    return (cut.rpartition(" ")[0] or cut[:SUMMARY]).rstrip(" ,;:.\u2013\u2014-") + "\u2026"


# What may stand in a feed. All else that the shared markup writes - classes, roles, ids, inline style - is for our own style sheets.
_ELEMENTS = frozenset(
    "a abbr b blockquote br cite code dd del div dl dt em figcaption figure footer h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s "
    "samp section small span strong sub sup table tbody td tfoot th thead time tr u ul".split())
_ATTRIBUTES = frozenset("alt colspan datetime dir height href lang rowspan scope src start title type value width".split())
_GONE = frozenset(("script", "style", "iframe", "object", "embed"))
_RENAMED = {"aside": "blockquote", "main": "div", "article": "div", "header": "div", "nav": "div"}


def _cleaned(markup: str, url: str) -> str:
    """The markup with what may stand in a feed. Unknown elements keep their text; links within the text lead to the page at ``url``."""
    from lxml import etree

    root = etree.fromstring(f"<div>{markup}</div>".encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _GONE or element.get("role") == "doc-backlink":
            _drop(element)
            continue
        element.tag = _RENAMED.get(element.tag, element.tag if element.tag in _ELEMENTS else "span")
        if (href := element.get("href", "")).startswith("#"):  # a relative address: no reader agrees with another on its base
            if url:
                element.set("href", url.partition("#")[0] + href)
            else:
                element.tag = "span"
        for name in element.attrib:
            if name not in _ATTRIBUTES or (name == "href" and element.tag != "a"):
                del element.attrib[name]
        if len(element) == 0 and element.text is None and element.tag not in ("br", "hr", "img"):
            element.text = ""  # <td></td>, not <td/>, which an HTML parser would leave open
    text: str = etree.tostring(root, encoding="unicode")
    return text.removeprefix("<div>").removesuffix("</div>").replace("<p></p>", "").strip()


def _drop(element: Any) -> None:
    """Takes an element out and leaves the text that follows it."""
    parent, before = element.getparent(), element.getprevious()
    tail = element.tail or ""
    parent.remove(element)
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail


# --- From a feed to RSS and Atom ----------------------------------------------------------------------------------------------------

def export_rss(work: Feed, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (one signature for all; frozen)
    """``rss.xml``: RSS 2.0 with summary and full content, newest first. ``theme`` changes nothing."""
    feed, found = _feed(work, "rss.xml", "application/rss+xml")
    # feedgen swaps the locale of the whole process for each date it writes: this one we write ourselves (see _RssFeed).
    feed._FeedGenerator__rss_lastBuildDate = None
    if not work.meta.url:
        found.append(diagnostic("link-relative", "the feed has no site address: its link is its id; give the publication a url"))
    for item in _sorted(work.entries):
        made = _entry(feed, item)
        if item.url:
            made.link(href=item.url, rel="alternate")
        # The description of RSS is HTML: a summary of plain text is escaped once more.
        made.summary(escape(item.summary or item.title))
        made.content(item.content or f"<p>{escape(item.summary or item.title)}</p>", type="CDATA")
        made.guid(item.id, permalink=item.id == item.url)  # last: id() sets isPermaLink back to false
    return Output((File("rss.xml", "application/rss+xml", _lined(feed.rss_str(pretty=True))),), tuple(found))


def export_atom(work: Feed, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (one signature for all; frozen)
    """``atom.xml``: Atom 1.0 with summary and full content, newest first. ``theme`` changes nothing."""
    feed, found = _feed(work, "atom.xml", "application/atom+xml")
    for item in _sorted(work.entries):
        made = _entry(feed, item)
        made.summary(item.summary or item.title)
        made.content(item.content or escape(item.summary or item.title), type="html")  # without a type readers show the tags
        for person in item.authors:
            add = made.author if person.role == "author" or not _writers(item) else made.contributor
            add(_person(person))
        if _known(item.published):
            made.published(item.published)
    return Output((File("atom.xml", "application/atom+xml", _lined(feed.atom_str(pretty=True))),), tuple(found))


def _feed(work: Feed, name: str, media_type: str) -> tuple[Any, list[Diagnostic]]:
    """feedgen's feed with what RSS and Atom have in common."""
    from feedgen.feed import FeedGenerator

    meta = work.meta
    feed = FeedGenerator()
    title = meta.title or meta.url or "pubkit"
    feed.id(meta.id or _id(meta))
    feed.title(title)
    if meta.description:
        feed.subtitle(meta.description)
    feed.description(meta.description or title)
    feed.generator("pubkit")
    if meta.language:
        feed.language(meta.language)
    if meta.rights:
        feed.rights(meta.rights)
    feed.updated(max((e.updated for e in work.entries), default=UNDATED).astimezone(UTC))
    if meta.feed_url:
        feed.link(href=urljoin(meta.feed_url.rstrip("/") + "/", name), rel="self", type=media_type)
    # Last: whatever link is given last becomes the channel's link, be it the feed itself.
    if meta.url:
        feed.link(href=meta.url, rel="alternate", type="text/html")
    else:
        feed._FeedGenerator__rss_link = meta.id or _id(meta)
    for person in meta.authors or _authors(work):
        feed.author(_person(person))
    feed.register_extension("pubkit", _FeedRepair, _EntryRepair)
    feed.pubkit.feed = work
    return feed, []


def _entry(feed: Any, item: Entry) -> Any:
    """feedgen's entry with what RSS and Atom have in common."""
    made = feed.add_entry(order="append")  # else the order is turned round
    made.pubkit.entry = item
    made.id(item.id)
    made.title(item.title or item.slug or item.id)
    made.updated(item.updated.astimezone(UTC))  # else it is now, and every build marks every entry as new
    for term in dict.fromkeys((*item.tags, item.section)):
        if term:
            made.category(term=term, label=term)
    if item.rights:
        made.rights(item.rights)
    return made


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda e: (-e.published.timestamp(), e.id))


def _id(meta: FeedMeta) -> str:
    """The same id for the same site, or for the same title where there is no site."""
    return uuid.uuid5(uuid.NAMESPACE_URL, meta.url or meta.feed_url or f"pubkit:{meta.title}").urn


def _person(person: Person) -> dict[str, str]:
    """A person as feedgen wants one."""
    url = person.url if urlsplit(person.url).scheme else ""
    return {k: v for k, v in (("name", person.name), ("email", person.email), ("uri", url)) if v}


def _writers(item: Entry) -> list[Person]:
    return [p for p in item.authors if p.role == "author"]


def _authors(work: Feed) -> Sequence[Person]:
    """An author for a feed in which an entry names none: Atom wants one somewhere."""
    return () if all(e.authors for e in work.entries) else (Person(work.meta.title or "pubkit"),)


def _known(date: datetime) -> bool:
    """Whether a date is one that the source gave."""
    return date != UNDATED


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _rfc822(date: datetime) -> str:
    """A date as RSS writes it, whatever the locale of the process."""
    zone = date.strftime("%z")[:5] or "+0000"
    return f"{_DAYS[date.weekday()]}, {date.day:02} {_MONTHS[date.month - 1]} {date.year:04} {date:%H:%M:%S} {zone}"


def _lined(data: bytes) -> bytes:
    return re.sub(rb"\s*\Z", b"\n", data)


class _FeedRepair:
    """What feedgen leaves out of a feed."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC}

    def extend_rss(self, root: Any) -> None:
        from lxml import etree

        channel = root[0]
        if dates := [e.updated for e in self.feed.entries]:
            etree.SubElement(channel, "lastBuildDate").text = _rfc822(max(dates).astimezone(UTC))

    def extend_atom(self, root: Any) -> None:
        from lxml import etree

        etree.cleanup_namespaces(root)  # Dublin Core is not used in Atom


class _EntryRepair:
    """What feedgen leaves out of an entry, or gets wrong."""

    entry: Entry

    def extend_rss(self, element: Any) -> None:
        from lxml import etree

        item = self.entry
        if _known(item.published):
            etree.SubElement(element, "pubDate").text = _rfc822(item.published)
        writers = [p for p in _writers(item) or item.authors if p.name]
        if len(writers) == 1 and writers[0].email:  # RSS knows authors by their address alone, and one of them
            etree.SubElement(element, "author").text = f"{writers[0].email} ({writers[0].name})"
        else:
            for person in writers:
                etree.SubElement(element, f"{{{DC}}}creator").text = person.name
        for enclosure in item.enclosures[:1]:
            attributes = {"url": enclosure.url, "length": str(max(enclosure.length, 0)), "type": _media_type(enclosure.media_type)}
            etree.SubElement(element, "enclosure", attributes)

    def extend_atom(self, element: Any) -> None:
        from lxml import etree

        item = self.entry
        if item.language:
            element.set(XML_LANG, item.language)
        # feedgen's loop forgets every attribute of an entry's link but its address: all of them are written here.
        links = [{"href": item.url, "rel": "alternate", "type": "text/html"}] if item.url else []
        for enclosure in item.enclosures:
            length = {"length": str(enclosure.length)} if enclosure.length else {}
            links.append({"href": enclosure.url, "rel": "enclosure", "type": _media_type(enclosure.media_type), **length})
        place = next((n + 1 for n, child in enumerate(element) if child.tag in ("updated", f"{{{ATOM}}}updated")), len(element))
        for link in reversed(links):
            made = etree.Element("link", link)
            element.insert(place, made)
        for name in ("summary", "title", "rights"):
            for child in element.findall(name):
                child.set("type", "text")


def _media_type(text: str) -> str:
    return text if re.fullmatch(r"[\w.+-]+/[\w.+-]+", text) else "application/octet-stream"


