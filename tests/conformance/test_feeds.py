"""RSS and Atom feeds before feedparser, and by the rules of their specifications."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tools
from lxml import etree, html

DIALECTS = ["rss", "atom"]
UNDATED = {"bare", "plain", "umlauts"}


@pytest.fixture(params=DIALECTS)
def path(request: pytest.FixtureRequest, feeds: dict[str, Path]) -> Path:
    return feeds[request.param]


@pytest.fixture
def parsed(path: Path) -> Any:
    return tools.module("feedparser").parse(path.read_bytes())


def _content(entry: Any) -> str:
    parts = [part["value"] for part in entry.get("content", [])]
    return "".join(parts) or str(entry.get("summary", ""))


def _markup(path: Path) -> list[Any]:
    """The HTML of every entry, parsed."""
    root = etree.fromstring(path.read_bytes())
    texts = [element.text or "" for element in root.iter("{*}encoded", "{*}content")]
    assert len(texts) == len(tools.SMALL)
    return [html.fragment_fromstring(text, create_parent="div") for text in texts]


def test_feedparser_has_no_complaint(parsed: Any) -> None:
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.feed.title


def test_every_article_is_an_entry(parsed: Any) -> None:
    assert len(parsed.entries) == len(tools.SMALL)
    assert all(entry.title for entry in parsed.entries)


def test_ids_are_there_and_differ(parsed: Any) -> None:
    ids = [entry.id for entry in parsed.entries]
    assert all(ids)
    assert len(set(ids)) == len(ids)
    assert "urn:uuid:3f0c2a52-7a39-5d54-9d3e-0c8f1b3a7e01" in ids


def test_newest_comes_first(parsed: Any) -> None:
    dates = [entry.published_parsed for entry in parsed.entries if "published_parsed" in entry]
    assert len(dates) >= len(tools.SMALL) - len(UNDATED)
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("name", tools.SMALL)
def test_an_entry_is_whole(name: str, parsed: Any) -> None:
    words = tools.squash(tools.last_words(name))
    assert any(words in tools.squash(_content(entry)) for entry in parsed.entries)


def test_nothing_in_it_runs(path: Path) -> None:
    for fragment in _markup(path):
        for element in fragment.iter(etree.Element):
            assert element.tag not in {"script", "style", "iframe", "object", "embed", "form"}
            assert not [name for name in element.attrib if name.startswith("on")]
        assert not [link for _, _, link, _ in fragment.iterlinks() if link.lower().startswith("javascript:")]


def test_pictures_and_links_are_absolute(path: Path) -> None:
    links = [(attribute, link) for fragment in _markup(path) for _, attribute, link, _ in fragment.iterlinks()]
    assert links
    assert not [link for _, link in links if not link.startswith(("https:", "http:", "mailto:", "data:", "#"))]


def test_atom_has_what_it_must(feeds: dict[str, Path]) -> None:
    """RFC 4287, 4.1.1 and 4.1.2."""
    feed = etree.fromstring(feeds["atom"].read_bytes())
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for parent in (feed, *feed.findall("{*}entry")):
        for child in ("id", "title", "updated"):
            assert len(parent.findall(f"{{*}}{child}")) == 1, child
        alternates = [link for link in parent.findall("{*}link") if link.get("rel", "alternate") == "alternate"]
        assert len({(link.get("type"), link.get("hreflang")) for link in alternates}) == len(alternates)
    assert all(entry.find("{*}author") is not None or feed.find("{*}author") is not None for entry in feed.findall("{*}entry"))
    assert all(":" in (element.text or "") for element in feed.iter("{*}id"))


def test_rss_has_what_it_must(feeds: dict[str, Path]) -> None:
    """RSS 2.0, required channel elements; an item has a title or a description."""
    rss = etree.fromstring(feeds["rss"].read_bytes())
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    channel = rss.find("channel")
    assert channel is not None
    assert all(channel.findtext(child) for child in ("title", "link", "description"))
    assert all(item.findtext("title") and item.findtext("guid") for item in channel.findall("item"))
