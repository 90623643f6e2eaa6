"""Which feed documents a publication has, what is in them, and how they lead to one another."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pubkit import syndication
from pubkit.exporters import exporter
from pubkit.model import Entry, Meta, Person, Series
from pubkit.publication import Feeds, Publication
from pubkit.theme import load

ATOM = "{http://www.w3.org/2005/Atom}"
START = datetime(2026, 1, 10, 12, tzinfo=UTC)


def entry(n: int, **more: Any) -> Entry:
    day = START + timedelta(days=10 * n)
    known: dict[str, Any] = {"id": f"urn:x:{n}", "title": f"T{n}", "slug": f"s{n}", "url": f"https://e.example/{n}", "content": "<p>x</p>",
                             "authors": (Person("Ida Marsh"),), "published": day, "updated": day, "language": "en"}
    return Entry(**{**known, **more})


def publication(url: str = "https://e.example/", **feeds: Any) -> Publication:
    return Publication(title="Letter", url=url, feeds=Feeds(**feeds))


def made(entries: list[Entry], about: Publication, *formats: str) -> dict[str, list[int]]:
    """The files of all documents, with the numbers of their entries in order."""
    found = {}
    for document in syndication.documents(entries, about, formats or ("atom",)):
        file = exporter(document.format)(document.feed, load("journal"), {}).files[0]
        found[file.name] = [int(e.id.rpartition(":")[2]) for e in document.feed.entries]
    return found


def xml(entries: list[Entry], about: Publication, name: str, format_: str = "atom") -> Any:
    for document in syndication.documents(entries, about, (format_,)):
        file = exporter(document.format)(document.feed, load("journal"), {}).files[0]
        if file.name == name:
            return etree.fromstring(file.data)
    raise AssertionError(name)


def links(root: Any) -> dict[str, str]:
    return {e.get("rel"): e.get("href") for e in root.iter(f"{ATOM}link") if e.getparent().tag in (f"{ATOM}feed", "channel")}


# --- The feed of all ----------------------------------------------------------------------------------------------------------------

def test_without_feeds_there_is_one_with_everything() -> None:
    assert made([entry(n) for n in range(30)], Publication(title="Letter")) == {"atom.xml": list(range(30))[::-1]}


def test_the_newest_come_first_up_to_the_limit() -> None:
    assert made([entry(n) for n in range(9)], publication(limit=4, archive=False)) == {"atom.xml": [8, 7, 6, 5]}


def test_a_corrected_entry_reappears() -> None:
    entries = [entry(n) for n in range(9)]
    entries[2] = entry(2, updated=START + timedelta(days=300))
    assert made(entries, publication(limit=4, archive=False)) == {"atom.xml": [8, 7, 6, 2]}


def test_many_corrections_do_not_push_out_what_is_new() -> None:
    late = START + timedelta(days=300)
    entries = [*(entry(n, updated=late + timedelta(n)) for n in range(20)), *(entry(n) for n in range(20, 25))]
    assert made(entries, publication(limit=4, archive=False)) == {"atom.xml": [24, 23, 19, 18]}


def test_addresses_are_ascii() -> None:
    about = Publication(title="L", url="https://exämple.org/blög/", feeds=Feeds(archive=False))
    assert about.url == "https://xn--exmple-cua.org/bl%C3%B6g/"
    assert links(xml([entry(1)], about, "atom.xml"))["self"] == "https://xn--exmple-cua.org/bl%C3%B6g/atom.xml"


def test_names_of_files_that_subscribers_know() -> None:
    about = publication(rss="feed/", atom="index.xml", jsonfeed="json/feed.json", archive=False)
    assert list(made([entry(1)], about, "rss", "atom", "jsonfeed")) == ["feed/index.xml", "index.xml", "json/feed.json"]
    assert links(xml([entry(1)], about, "feed/index.xml", "rss"))["self"] == "https://e.example/feed/"


# --- Archives -----------------------------------------------------------------------------------------------------------------------

def walk(entries: list[Entry], about: Publication, format_: str) -> list[str]:
    """The ids on all archive pages, in the order of walking from the current document."""
    files = {}
    for document in syndication.documents(entries, about, (format_,)):
        file = exporter(format_)(document.feed, load("journal"), {}).files[0]
        files["https://e.example/" + file.name] = file.data
    at, ids = f"https://e.example/{about.feeds.file(format_) if about.feeds else ''}", list[str]()
    seen = set()
    while at:
        assert at not in seen
        seen.add(at)
        first = len(seen) == 1
        if format_ == "jsonfeed":
            data = json.loads(files[at])
            assert data["feed_url"] == at
            ids += [] if first else [item["id"] for item in data["items"]]
            at = data.get("next_url", "")
        else:
            root = etree.fromstring(files[at])
            said = links(root)
            assert said["self"] == at
            if not first:
                assert said["current"] == f"https://e.example/{about.feeds.file(format_) if about.feeds else ''}"
                assert root.find(".//{http://purl.org/syndication/history/1.0}archive") is not None
                ids += [e.text for e in (root.iter("guid") if format_ == "rss" else root.iterfind(f"{ATOM}entry/{ATOM}id"))]
            at = said.get("prev-archive", "")
    return ids


@pytest.mark.parametrize("format_", ["rss", "atom", "jsonfeed"])
def test_walking_the_archive_reaches_every_entry_once(format_: str) -> None:
    entries = [entry(n) for n in range(40)]
    assert walk(entries, publication(limit=5), format_) == [f"urn:x:{n}" for n in range(40)][::-1]


def test_archives_are_months_in_the_zone_of_the_publication() -> None:
    edge = [entry(0, published=datetime(2026, 1, 31, 23, tzinfo=UTC)), entry(9)]
    assert list(made(edge, publication())) == ["atom.xml", "archive/2026-04/atom.xml", "archive/2026-01/atom.xml"]
    there = Publication(title="L", url="https://e.example/", timezone="Europe/Kyiv", feeds=Feeds())
    assert list(made(edge, there)) == ["atom.xml", "archive/2026-04/atom.xml", "archive/2026-02/atom.xml"]


def test_a_single_month_has_an_archive_only_where_the_feed_has_not_all() -> None:
    month = [entry(n, published=START + timedelta(hours=n)) for n in range(3)]
    assert list(made(month, publication(limit=3))) == ["atom.xml"]
    assert made(month, publication(limit=2)) == {"atom.xml": [2, 1], "archive/2026-01/atom.xml": [2, 1, 0]}


def test_archives_lead_both_ways() -> None:
    entries = [entry(0), entry(3), entry(6)]
    said = links(xml(entries, publication(), "archive/2026-02/atom.xml"))
    assert said == {"self": "https://e.example/archive/2026-02/atom.xml", "alternate": "https://e.example/",
                    "current": "https://e.example/atom.xml", "prev-archive": "https://e.example/archive/2026-01/atom.xml",
                    "next-archive": "https://e.example/archive/2026-03/atom.xml"}


def test_without_a_site_there_are_no_archives() -> None:
    assert list(made([entry(1)], publication(url=""))) == ["atom.xml"]


def test_an_entry_that_is_added_touches_its_own_month_alone() -> None:
    def bytes_of(entries: list[Entry]) -> dict[str, bytes]:
        documents = syndication.documents(entries, publication(limit=2, by=("tag",)), ("atom",))
        return {f.name: f.data for d in documents for f in exporter("atom")(d.feed, load("journal"), {}).files}

    entries = [entry(n, tags=("old",)) for n in range(6)]
    before, after = bytes_of(entries), bytes_of([*entries, entry(6, tags=("new",))])
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"atom.xml", "archive/2026-03/atom.xml", "tag/new/atom.xml"}


def test_complete_feeds() -> None:
    about = publication(limit=2, complete=True, by=("tag",))
    entries = [entry(n, tags=("a",)) for n in range(5)]
    assert made(entries, about) == {"atom.xml": [4, 3, 2, 1, 0], "tag/a/atom.xml": [4, 3, 2, 1, 0]}
    root = xml(entries, about, "atom.xml")
    assert root.find("{http://purl.org/syndication/history/1.0}complete") is not None
    assert "prev-archive" not in links(root)


# --- Feeds of their own -------------------------------------------------------------------------------------------------------------

def test_feeds_by_everything() -> None:
    people = (Person("Ida Marsh"), Person("Jo", role="editor"))
    one = entry(1, tags=("Bees", "C++"), section="News", series=Series("The shore", 2), authors=people)
    two = entry(2, tags=("bees",), language="uk")
    found = made([one, two], publication(by=("tag", "author", "section", "series", "language"), archive=False))
    assert {name: ids for name, ids in found.items() if "c-" not in name} == {
        "atom.xml": [2, 1], "tag/bees/atom.xml": [2, 1], "author/ida-marsh/atom.xml": [2, 1], "section/news/atom.xml": [1],
        "series/the-shore/atom.xml": [1], "language/en/atom.xml": [1], "language/uk/atom.xml": [2]}


def test_labels_that_no_name_can_hold_are_told_apart() -> None:
    found = made([entry(1, tags=("C", "C++", "C#", "+", "++"))], publication(by=("tag",), archive=False))
    assert len(found) == 6
    assert "tag/c/atom.xml" in found
    assert list(made([entry(1, tags=("C++",))], publication(by=("tag",), archive=False)))[1] in found  # whatever others there are


def test_a_feed_of_its_own_says_so() -> None:
    entries = [entry(1, tags=("Bees",), language="uk"), entry(2, tags=("bees",), language="uk"), entry(3, tags=("bees",), language="uk")]
    root = xml(entries, publication(by=("tag", "language")), "tag/bees/atom.xml")
    assert root.findtext(f"{ATOM}title") == "Letter: bees"  # as most write it
    assert links(root) == {"self": "https://e.example/tag/bees/atom.xml", "alternate": "https://e.example/"}
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "uk"
    other = xml(entries, publication(by=("tag", "language")), "language/uk/atom.xml")
    assert other.findtext(f"{ATOM}title") == "Letter: українська"
    ids = {r.findtext(f"{ATOM}id") for r in (root, other, xml(entries, publication(), "atom.xml"))}
    assert len(ids) == 3


def test_names_of_ones_own() -> None:
    about = publication(by=("tag",), name="topics/{key}/{kind}-{file}", archives="{year}/{month}/{file}")
    assert list(made([entry(0, tags=("x y",)), entry(3)], about)) == [
        "atom.xml", "2026/02/atom.xml", "2026/01/atom.xml", "topics/x-y/tag-atom.xml"]


# --- Hubs, lists, pages -------------------------------------------------------------------------------------------------------------

def test_hubs_are_named_in_every_format() -> None:
    about = publication(hubs=("https://hub.example/", "https://two.example/"))
    for format_, name in (("rss", "rss.xml"), ("atom", "atom.xml")):
        hubs = [e.get("href") for e in xml([entry(1)], about, name, format_).iter(f"{ATOM}link") if e.get("rel") == "hub"]
        assert hubs == ["https://hub.example/", "https://two.example/"]
    document = next(syndication.documents([entry(1)], about, ("jsonfeed",)))
    data = json.loads(exporter("jsonfeed")(document.feed, load("journal"), {}).files[0].data)
    assert data["hubs"] == [{"type": "WebSub", "url": url} for url in about.feeds.hubs] if about.feeds else False


def listed(about: Publication, entries: list[Entry], *formats: str) -> Any:
    documents = syndication.documents(entries, about, formats)
    file = syndication.listing([(d.feed.meta, d.format, d.group) for d in documents], about)
    return file and etree.fromstring(file.data)


def test_the_list_of_feeds_has_each_once_in_the_best_of_its_formats() -> None:
    about = publication(by=("tag", "language"))
    root = listed(about, [entry(1, tags=("a & b",)), entry(2, tags=("z",))], "rss", "atom", "jsonfeed")
    assert (root.get("version"), root.findtext("head/title")) == ("2.0", "Letter")
    assert [o.get("text") for o in root.findall("body/outline")] == ["Letter", "Tags", "Languages"]
    feeds = [o for o in root.iter("outline") if o.get("xmlUrl")]
    assert [o.get("text") for o in feeds] == ["Letter", "Letter: a & b", "Letter: z", "Letter: English"]
    assert all(o.get("type") == "rss" and o.get("xmlUrl").endswith("atom.xml") for o in feeds)
    assert "rss.xml" in listed(about, [entry(1)], "rss").find("body/outline").get("xmlUrl")


def test_there_may_be_no_list() -> None:
    assert listed(publication(opml=""), [entry(1)], "atom") is None
    assert listed(publication(url=""), [entry(1)], "atom") is None


def test_pages_name_the_feeds_that_they_are_in() -> None:
    meta = Meta(title="x", tags=("bees",), language="en", authors=("Ida",))
    about = publication(by=("tag", "author"), rss="feed/")
    found = syndication.alternates(meta, about, ("html", "rss", "jsonfeed"))
    assert [(a.type, a.title, a.url) for a in found] == [
        ("application/rss+xml", "Letter", "https://e.example/feed/"), ("application/feed+json", "Letter", "https://e.example/feed.json"),
        ("application/rss+xml", "Letter: bees", "https://e.example/tag/bees/feed/"),
        ("application/rss+xml", "Letter: Ida", "https://e.example/author/ida/feed/")]
    assert syndication.alternates(meta, publication(url=""), ("rss",)) == ()
    assert syndication.alternates(meta, about, ("html",)) == ()


def test_topics_are_the_feeds_that_were_built(tmp_path: Path) -> None:
    about = publication(by=("tag",), rss="feed/")
    for document in syndication.documents([entry(n, tags=("a", "b")) for n in range(3)], about, ("rss", "atom")):
        exporter(document.format)(document.feed, load("journal"), {}).write(tmp_path)
    assert syndication.topics(about, tmp_path) == ["https://e.example/feed/", "https://e.example/atom.xml"]
    assert syndication.topics(about, tmp_path, every=True) == [
        "https://e.example/feed/", "https://e.example/tag/a/feed/", "https://e.example/tag/b/feed/",
        "https://e.example/atom.xml", "https://e.example/tag/a/atom.xml", "https://e.example/tag/b/atom.xml"]
    assert syndication.topics(publication(url=""), tmp_path) == []
