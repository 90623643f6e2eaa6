"""The entries of a publication go in; every feed document that it has comes out: the feed of all, those by tag and the like, archives.

Which documents there are, and what is in them, follows from the entries alone: no document knows what others looked like before.
"""

from __future__ import annotations

import glob
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urljoin

import msgspec
from msgspec import Struct

from pubkit.exporters.base import File
from pubkit.exporters.feedparts import address, is_address, newest_first
from pubkit.exporters.html import Alternate
from pubkit.exporters.opml import Outline, opml
from pubkit.files import indexed
from pubkit.metadata import file_slug
from pubkit.model import Entry, Feed, FeedMeta, Meta, Series
from pubkit.publication import NAMELESS, Feeds, Kind, Publication, zone

__all__ = ["FORMATS", "Document", "alternates", "documents", "feed_meta", "feeds_of", "listing", "topics"]

FORMATS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "jsonfeed": "application/feed+json"}
GROUPS = {"": "", "tag": "Tags", "author": "Authors", "section": "Sections", "series": "Series", "language": "Languages"}
BEST = ("atom", "rss", "jsonfeed")  # Atom says most of an entry


class Document(Struct, frozen=True):
    """One feed document in one format. ``group`` is '' for the feed of all, else archive or what kind of feed it is."""

    format: str
    feed: Feed
    group: str = ""


class _Topic(Struct, frozen=True):
    """What a feed of its own is about: a kind, the key in its file's name, a label."""

    kind: Kind
    key: str
    label: str


def feed_meta(publication: Publication) -> FeedMeta:
    """What the feeds of a publication say of it."""
    def whole(path: str) -> str:
        if not path or is_address(path):
            return path
        return urljoin(publication.url.rstrip("/") + "/", quote(path)) if publication.url else ""

    about = publication
    return FeedMeta(title=about.title or NAMELESS, url=about.url, feed_url=about.url, description=about.description,
                    language=about.language, rights=about.rights, license=about.license, authors=about.people, logo=whole(about.logo),
                    icon=whole(about.icon), hubs=about.feeds.hubs if about.feeds else ())


def documents(entries: Iterable[Entry], publication: Publication, formats: Sequence[str]) -> Iterator[Document]:
    """Every feed document of a publication in the formats given (rss, atom, jsonfeed), one after the other.

    Without ``[feeds]`` in ``pubkit.toml`` that is one feed a format, with all entries.
    """
    whole, meta = newest_first(entries), feed_meta(publication)
    settings = publication.feeds
    if settings is None:
        yield from (Document(format_, Feed(meta, tuple(whole))) for format_ in formats)
        return
    pages = _months(whole, publication) if settings.archive and not settings.complete and publication.url else {}
    if len(pages) == 1 and len(whole) <= settings.limit:  # the feed itself has all there is
        pages = {}
    for format_ in formats:
        yield from _main(whole, pages, meta, settings, format_)
    for topic, about in _topics(whole, settings):
        own = _about(meta, topic, about)
        for format_ in formats:
            name = settings.name.format(kind=topic.kind, key=topic.key, file=settings.file(format_))
            yield Document(format_, _newest(about, msgspec.structs.replace(own, name=name), settings), topic.kind)


def _main(whole: list[Entry], pages: dict[tuple[int, int], list[Entry]], meta: FeedMeta, settings: Feeds,
          format_: str) -> Iterator[Document]:
    """The feed of all in one format, and its archives, one a month (RFC 5005, section 4)."""
    current = settings.file(format_)
    names = [settings.archives.format(year=f"{y:04}", month=f"{m:02}", file=current) for y, m in pages]
    yield Document(format_, _newest(whole, msgspec.structs.replace(meta, name=current, previous=names[0] if names else ""), settings))
    for n, month in enumerate(pages.values()):
        alone = current if len(names) == 1 else ""  # an archive that leads nowhere would be taken for a fragment
        about = msgspec.structs.replace(meta, name=names[n], role="archive", current=current, next=names[n - 1] if n else alone,
                                        previous=names[n + 1] if n + 1 < len(names) else "")
        yield Document(format_, Feed(about, tuple(month)), "archive")


def _months(whole: list[Entry], publication: Publication) -> dict[tuple[int, int], list[Entry]]:
    """Entries by the month of their publication in the publication's time zone, the newest first."""
    local, found = zone(publication.timezone), dict[tuple[int, int], list[Entry]]()
    for one in whole:
        day = one.published.astimezone(local) if one.is_dated else one.published
        found.setdefault((day.year, day.month), []).append(one)
    return dict(sorted(found.items(), reverse=True))


def _newest(entries: list[Entry], meta: FeedMeta, settings: Feeds) -> Feed:
    """The newest entries: half of the limit is kept for those published last, the rest is for those published or corrected last."""
    if settings.complete:
        return Feed(msgspec.structs.replace(meta, role="complete"), tuple(entries))
    most = settings.limit
    first = entries[: (most + 1) // 2]
    rest = sorted(entries[len(first):], key=lambda e: (-e.updated.timestamp(), -e.published.timestamp(), e.id))[: most - len(first)]
    return Feed(meta, tuple(newest_first([*first, *rest])))


def _topics(whole: list[Entry], settings: Feeds) -> list[tuple[_Topic, list[Entry]]]:
    """What there are feeds of, and the entries of each, in the order of kinds and keys; each with the label that most entries write."""
    found: dict[tuple[int, str], list[Entry]] = {}
    labels: dict[tuple[int, str], Counter[str]] = {}
    for one in whole:
        for topic in feeds_of(one, settings):
            place = (settings.by.index(topic.kind), topic.key)
            found.setdefault(place, []).append(one)
            labels.setdefault(place, Counter())[topic.label] += 1
    return [(_Topic(settings.by[kind], key, min(labels[kind, key].items(), key=lambda i: (-i[1], i[0]))[0]), found[kind, key])
            for kind, key in sorted(found)]


def feeds_of(one: Entry | Meta, settings: Feeds) -> list[_Topic]:
    """The feeds of their own that an entry, or the article with this metadata, stands in; each once."""
    said: dict[Kind, Iterable[str]] = {
        "tag": one.tags, "author": [p.name for p in one.authors if p.role == "author"], "section": [one.section],
        "series": [one.series.name] if isinstance(one.series, Series) else [], "language": [one.language]}
    topics = [_Topic(kind, _key(kind, label), label) for kind in settings.by for label in said[kind] if label.strip()]
    return list({(topic.kind, topic.key): topic for topic in topics[::-1]}.values())[::-1]


def _key(kind: str, label: str) -> str:
    """A label as part of a file's name. What differs in capitals, spaces and hyphens alone is one; signs that no name can hold are told
    apart by a few digits of a hash."""
    plain = re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFC", label).casefold().strip())
    slug = re.sub(r"[\s_-]+", "-", file_slug(label).casefold())
    if slug == plain:
        return slug
    return f"{slug if slug != 'article' else kind}-{hashlib.sha256(plain.encode()).hexdigest()[:6]}"


def _about(meta: FeedMeta, topic: _Topic, entries: list[Entry]) -> FeedMeta:
    """What a feed of its own says of itself."""
    import uuid

    languages = {e.language for e in entries}
    title = f"{meta.title}: {_autonym(topic.label) if topic.kind == 'language' else topic.label}"
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{meta.url or meta.title}#{topic.kind}/{topic.key}").urn
    return msgspec.structs.replace(meta, title=title, id=own, language=languages.pop() if len(languages) == 1 else meta.language)


def _autonym(tag: str) -> str:
    """A language as its speakers call it; the tag where that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(tag, sep="-")
        return str(locale.get_display_name(locale) or tag)
    except (ValueError, UnknownLocaleError):
        return tag


# --- Where feeds are named ----------------------------------------------------------------------------------------------------------

def listing(feeds: Sequence[tuple[FeedMeta, str, str]], publication: Publication) -> File | None:
    """The file that lists feeds, given as what each says of itself, its format and its group; each in the best of its formats.

    None where there is none, or the feeds have no address.
    """
    settings = publication.feeds
    if settings is None or not settings.opml or not publication.url:
        return None
    made = {format_ for _, format_, _ in feeds}
    best = next((f for f in BEST if f in made), "")
    own = [(meta, group) for meta, format_, group in feeds if format_ == best and group != "archive"]
    lines = [Outline(title=meta.title, feed=address(meta, meta.name), site=meta.url, language=meta.language, group=GROUPS[group],
                     description="" if group else meta.description) for meta, group in own]
    return opml(settings.opml, publication.title or NAMELESS, lines)


def alternates(meta: Meta, publication: Publication, formats: Iterable[str]) -> tuple[Alternate, ...]:
    """The feeds that an article's page names: that of all in each format, and those of its own tags and the like in the best of them."""
    settings, about = publication.feeds, feed_meta(publication)
    made = [f for f in FORMATS if f in set(formats)]
    if settings is None or not publication.url or not made:
        return ()
    found = [Alternate(FORMATS[f], about.title, address(about, settings.file(f))) for f in made]
    best = next(f for f in BEST if f in made)
    for topic in feeds_of(meta, settings):
        own = _about(about, topic, [])
        name = settings.name.format(kind=topic.kind, key=topic.key, file=settings.file(best))
        found.append(Alternate(FORMATS[best], own.title, address(about, name)))
    return tuple(found)


def topics(publication: Publication, out: Path, every: bool = False) -> list[str]:
    """The addresses of the feeds that lie in a folder of outputs: that of all, and with ``every`` those by tag and the like."""
    settings, meta = publication.feeds, feed_meta(publication)
    if settings is None or not publication.url:
        return []
    found: list[str] = []
    for format_ in FORMATS:
        file, suffix = settings.file(format_), "json" if format_ == "jsonfeed" else "xml"
        names = [file] if (out / indexed(file, suffix)).is_file() else []
        for kind in settings.by if every else ():
            before, after = settings.name.format(kind=kind, key="\0", file=file).split("\0", 1)
            paths = sorted(out.glob(glob.escape(before) + "*" + glob.escape(indexed(after, suffix))))
            own = (path.relative_to(out).as_posix() for path in paths)
            names += [name[: len(name) - len(indexed(after, suffix))] + after for name in own]
        found += [address(meta, name) for name in names]
    return found
