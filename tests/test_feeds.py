"""Feeds: the entry of an article, and RSS and Atom as their specifications want them. Each fault of feedgen 1.0 has a test of its name."""

from __future__ import annotations

import locale
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
import pytest
from lxml import etree

from pubkit import theme
from pubkit.exporters import feeds
from pubkit.model import (
    Enclosure,
    Entry,
    Feed,
    FeedMeta,
    Person,
)

A = {"a": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/", "content": "http://purl.org/rss/1.0/modules/content/"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SITE = FeedMeta(title="Meridian", url="https://example.org/", feed_url="https://example.org/feeds", description="Long reads", language="en")


def entry(n: int = 1, **more: Any) -> Entry:
    day = datetime(2026, 3, n, 12, tzinfo=timezone(timedelta(hours=2)))
    known: dict[str, Any] = {
        "id": f"urn:x:{n}", "title": f"Title {n}", "slug": f"s{n}", "url": f"https://example.org/{n}/", "summary": "Short & <b>",
        "content": "<p>Long &amp; <em>good</em></p>", "authors": (Person("Olena"),), "published": day,
        "updated": day + timedelta(hours=1), "language": "en", "tags": ("a", "b")}
    return Entry(**{**known, **more})


def rss(*entries: Entry, meta: FeedMeta = SITE) -> Any:
    return etree.fromstring(feeds.export_rss(Feed(meta, entries), theme.load()).files[0].data)


def atom(*entries: Entry, meta: FeedMeta = SITE) -> Any:
    return etree.fromstring(feeds.export_atom(Feed(meta, entries), theme.load()).files[0].data)


def texts(root: Any, path: str) -> list[str]:
    return [e if isinstance(e, str) else e.text for e in root.xpath(path, namespaces=A)]


# --- Faults of feedgen --------------------------------------------------------------------------------------------------------------

def test_fault_atom_entry_links_lose_their_attributes() -> None:
    root = atom(entry(enclosures=(Enclosure("https://example.org/a.mp3", "audio/mpeg", 12),)))
    links = [dict(e.attrib) for e in root.xpath("//a:entry/a:link", namespaces=A)]
    assert links == [{"href": "https://example.org/1/", "rel": "alternate", "type": "text/html"},
                     {"href": "https://example.org/a.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "12"}]


def test_fault_channel_link_is_the_last_link() -> None:
    assert texts(rss(entry()), "/rss/channel/link") == ["https://example.org/"]


def test_fault_entries_are_prepended() -> None:
    shuffled = (entry(2), entry(3), entry(1))
    assert texts(rss(*shuffled), "//item/title") == ["Title 3", "Title 2", "Title 1"]
    assert texts(atom(*shuffled), "//a:entry/a:title") == ["Title 3", "Title 2", "Title 1"]


def test_order_of_equal_dates_is_that_of_ids() -> None:
    same = [msgspec.structs.replace(entry(1), id=f"urn:x:{c}") for c in "bca"]
    assert texts(atom(*same), "//a:entry/a:id") == ["urn:x:a", "urn:x:b", "urn:x:c"]


def test_fault_authors_without_email_are_dropped_from_rss() -> None:
    several = (Person("A", email="a@b.c"), Person("B"))
    three, two, one = rss(entry(1), entry(2, authors=(Person("Olena", email="o@example.org"),)), entry(3, authors=several)).iter("item")
    assert (texts(one, "dc:creator"), texts(one, "author")) == (["Olena"], [])
    assert (texts(two, "dc:creator"), texts(two, "author")) == ([], ["o@example.org (Olena)"])
    assert (texts(three, "dc:creator"), texts(three, "author")) == (["A", "B"], [])


def test_fault_updated_is_now() -> None:
    assert texts(atom(entry(1)), "//a:updated") == ["2026-03-01T11:00:00+00:00"] * 2
    assert texts(rss(entry(1)), "//lastBuildDate") == ["Sun, 01 Mar 2026 11:00:00 +0000"]
    assert texts(atom(), "//a:updated") == ["1990-01-01T00:00:00+00:00"]


def test_fault_guid_forgets_whether_it_is_a_permalink() -> None:
    guid = rss(entry()).find(".//guid")
    assert (guid.text, guid.get("isPermaLink")) == ("urn:x:1", "false")
    guid = rss(entry(id="https://example.org/1/")).find(".//guid")
    assert guid.get("isPermaLink") == "true"


def test_fault_dates_of_rss_swap_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*args: object) -> str:
        raise AssertionError("the locale of the process is nobody's but its own")

    monkeypatch.setattr(locale, "setlocale", forbidden)
    root = rss(entry(1))
    assert texts(root, "//pubDate") == ["Sun, 01 Mar 2026 12:00:00 +0200"]
    assert parsedate_to_datetime(texts(root, "//pubDate")[0]) == entry(1).published


def test_safe_from_threads() -> None:
    feed = Feed(SITE, tuple(entry(n) for n in range(1, 28)))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: feeds.export_rss(feed, theme.load()).files[0].data, range(12)))
    assert len(set(made)) == 1


def test_fault_content_without_a_type_is_text() -> None:
    root = atom(entry())
    content, summary = root.find(".//a:content", A), root.find(".//a:summary", A)
    assert (content.get("type"), content.text) == ("html", "<p>Long &amp; <em>good</em></p>")
    assert (summary.get("type"), summary.text) == ("html", "Short &amp; &lt;b&gt;")  # what looks like markup is said to be none
    assert atom(entry(summary="Plain & good")).find(".//a:summary", A).attrib == {"type": "text"}


def test_fault_no_language_of_an_entry() -> None:
    root = atom(entry(1), entry(2, language="uk"))
    assert root.get(LANG) == "en"
    assert [e.get(LANG) for e in root.findall("a:entry", A)] == ["uk", "en"]


def test_fault_generator_names_a_version() -> None:
    for root in (rss(entry()), atom(entry())):
        data = etree.tostring(root)
        assert b"feedgen" not in data
        assert texts(root, "//generator | //a:generator") == ["pubkit"]
    assert atom(entry()).find("a:generator", A).attrib == {}


def test_fault_only_one_enclosure_in_rss() -> None:
    both = (Enclosure("https://example.org/a.mp3", "audio/mpeg", 12), Enclosure("https://example.org/b", "", 0))
    assert [dict(e.attrib) for e in rss(entry(enclosures=both)).iter("enclosure")] == [
        {"url": "https://example.org/a.mp3", "length": "12", "type": "audio/mpeg"}]
    assert [e.get("type") for e in atom(entry(enclosures=both)).xpath("//a:link[@rel='enclosure']", namespaces=A)] == [
        "audio/mpeg", "application/octet-stream"]


def test_fault_atom_without_any_author() -> None:
    assert texts(atom(entry(authors=())), "/a:feed/a:author/a:name") == ["Meridian"]
    assert texts(atom(entry()), "/a:feed/a:author/a:name") == []


def test_contributors_are_not_authors() -> None:
    root = atom(entry(authors=(Person("Olena", email="o@example.org", url="https://example.org/o"), Person("Ana", role="translator"))))
    assert texts(root, "//a:entry/a:author/*") == ["Olena", "o@example.org", "https://example.org/o"]
    assert texts(root, "//a:entry/a:contributor/a:name") == ["Ana"]


# --- The feed as a whole ------------------------------------------------------------------------------------------------------------

def test_self_and_alternate_links() -> None:
    links = {e.get("rel"): e.get("href") for e in atom(entry()).findall("a:link", A)}
    assert links == {"self": "https://example.org/feeds/atom.xml", "alternate": "https://example.org/"}
    assert [dict(e.attrib) for e in rss(entry()).xpath("//a:link", namespaces=A)] == [
        {"href": "https://example.org/feeds/rss.xml", "rel": "self", "type": "application/rss+xml"}]


def test_without_a_site_nothing_is_invented() -> None:
    nowhere = FeedMeta(title="Meridian")
    bare = entry(url="")
    root = rss(bare, meta=nowhere)
    assert texts(root, "/rss/channel/link")[0].startswith("urn:uuid:")
    assert texts(root, "//item/link") == []
    assert atom(bare, meta=nowhere).findall("a:link", A) == []
    assert texts(atom(bare, meta=nowhere), "/a:feed/a:id") == texts(root, "/rss/channel/link")
    assert [d.code for d in feeds.export_rss(Feed(nowhere, ()), theme.load()).diagnostics] == ["link-relative"]
    assert feeds.export_rss(Feed(SITE, ()), theme.load()).diagnostics == ()


def test_rss_item() -> None:
    item = rss(entry()).find(".//item")
    assert [child.tag.rpartition("}")[2] for child in item] == [
        "title", "link", "description", "encoded", "guid", "category", "category", "pubDate", "updated", "creator", "language"]
    assert texts(item, "description") == ["Short &amp; &lt;b&gt;"]  # RSS knows only HTML there
    assert texts(item, "content:encoded") == ["<p>Long &amp; <em>good</em></p>"]


def test_summaries_alone() -> None:
    bare = entry(content="")
    item = rss(bare).find(".//item")
    assert (texts(item, "description"), texts(item, "content:encoded")) == (["Short &amp; &lt;b&gt;"], [])
    made = atom(bare).find("a:entry", A)
    assert made.find("a:content", A) is None
    assert [e.get("href") for e in made.findall("a:link", A)] == ["https://example.org/1/"]


def test_cdata_cannot_be_left() -> None:
    assert texts(rss(entry(content="<p>]]&gt; ]]></p>")), "//content:encoded") == ["<p>]]&gt; ]]></p>"]


def test_undated_entries_claim_no_date() -> None:
    old = datetime(1980, 1, 1, tzinfo=UTC)
    assert texts(rss(entry(published=old, updated=old)), "//pubDate") == []
    assert texts(atom(entry(published=old, updated=old)), "//a:published") == []


def test_titles_are_plain_text() -> None:
    assert texts(rss(entry(title="AT&T <b>")), "//item/title") == ["AT&T <b>"]


def test_same_bytes_twice() -> None:
    feed = Feed(SITE, (entry(1), entry(2)))
    assert feeds.export_rss(feed, theme.load()) == feeds.export_rss(feed, theme.load())
    assert feeds.export_atom(feed, theme.load()) == feeds.export_atom(feed, theme.load())
