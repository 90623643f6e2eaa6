"""Feeds before feedparser, html5lib and the schema of JSON Feed, and by the rules of their specifications."""

from __future__ import annotations

import json
import shutil
from calendar import timegm
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feed_rules
import pytest
import tools
from lxml import etree, html

import pubkit

SITE = "https://letter.example/"
ATOM = "{http://www.w3.org/2005/Atom}"
DIALECTS = ["rss", "atom"]
UNDATED = {"bare", "plain", "umlauts"}
SETTINGS = f"""\
title = "The small letter"
url = "{SITE}"
language = "en"
authors = ["Ida Marsh"]
description = "Everything & <more>"
rights = "© The small letter"
license = "https://creativecommons.org/licenses/by/4.0/"
logo = "logo.png"
timezone = "Europe/Kyiv"
formats = ["rss", "atom", "jsonfeed"]

[paths]
articles = ["articles"]
out = "site"
address = "{{year}}/{{slug}}/"

[feeds]
limit = 4
rss = "feed/"
by = ["tag", "author", "section", "series", "language"]
hubs = ["https://hub.example/"]
"""
NOW = datetime(2026, 6, 1, tzinfo=UTC)


# --- One feed of each format, without a publication ---------------------------------------------------------------------------------

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
    texts = [element.text or "" for element in root.iter("{*}encoded", f"{ATOM}content")]
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


def test_without_a_site_only_the_link_to_itself_is_missed(path: Path) -> None:
    found = {line.partition(":")[0] for line in feed_rules.judge(path.read_bytes())}
    assert found <= {"MissingSelf", "MissingAtomSelfLink", "SchemeNotIANARegistered"}


# --- The feeds of a publication -----------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def home(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of the small articles and the sample, built."""
    folder = tmp_path_factory.mktemp("letter")
    shutil.copytree(sources, folder / "articles")
    shutil.copytree(tools.SAMPLE, folder / "articles" / "sample", ignore=shutil.ignore_patterns("*.toml", "LICENSE"))
    tools.draw_pictures(folder / "drawn")
    shutil.copy(next((folder / "drawn").glob("*.png")), folder / "logo.png")
    shutil.rmtree(folder / "drawn")
    (folder / "pubkit.toml").write_text(SETTINGS, encoding="utf-8")
    report = pubkit.build(folder, now=NOW)
    assert report.ok, report.errors
    return folder


def documents(home: Path) -> dict[str, Path]:
    """The feeds of a built publication by their addresses."""
    site = home / "site"
    files = [p for p in sorted(site.rglob("*")) if p.name in ("index.xml", "atom.xml", "feed.json")]
    return {urljoin(SITE, p.relative_to(site).as_posix().removesuffix("index.xml")): p for p in files}


def test_no_document_has_a_fault(home: Path) -> None:
    found = {url: feed_rules.judge(path.read_bytes(), url=url) for url, path in documents(home).items()}
    assert len(found) > 60
    assert {url: lines for url, lines in found.items() if lines} == {}


def test_no_document_of_the_newsletter_has_a_fault(tmp_path: Path) -> None:
    folder = tmp_path / "newsletter"
    shutil.copytree(tools.ROOT / "examples" / "newsletter", folder, ignore=shutil.ignore_patterns("site"))
    assert pubkit.build(folder).ok
    found = {url: feed_rules.judge(path.read_bytes(), url=url) for url, path in documents(folder).items()}
    assert len(found) > 100
    assert {url: lines for url, lines in found.items() if lines} == {}


def test_each_article_alone_has_no_fault(home: Path) -> None:
    about = pubkit.Publication(title="T", url=SITE, language="en")
    for source in sorted((home / "articles").rglob("*.*")):
        if source.suffix not in (".md", ".txt"):
            continue
        article = pubkit.read(source, publication=about).article
        for format_, name in (("rss", "rss.xml"), ("atom", "atom.xml"), ("jsonfeed", "feed.json")):
            output = pubkit.export(article, format_, publication=about)
            assert feed_rules.judge(output.files[0].data, url=SITE + name) == [], (source.name, format_)


def test_the_markup_is_html_without_any_fault(home: Path) -> None:
    html5lib = tools.module("html5lib")
    seen = set[str]()
    for path in documents(home).values():
        if path.suffix == ".json":
            texts = [item["content_html"] for item in json.loads(path.read_bytes())["items"]]
        else:
            root = etree.parse(path)
            texts = [e.text or "" for e in (*root.iter("{*}encoded", f"{ATOM}content"), *root.iterfind(".//item/description"))]
        for text in set(texts) - seen:
            html5lib.HTMLParser(strict=True).parseFragment(text)
            seen.add(text)
    assert len(seen) >= len(tools.NAMES)


def test_json_feeds_follow_the_schema(home: Path) -> None:
    jsonschema = tools.module("jsonschema")
    path = tools.NODE / "jsonfeed-schema" / "schema-v1.1.json"
    if not path.is_file():
        tools.command("jsonfeed-schema")
    validator = jsonschema.Draft7Validator(json.loads(path.read_bytes()), format_checker=jsonschema.FormatChecker())
    for path in documents(home).values():
        if path.suffix == ".json":
            assert [error.message for error in validator.iter_errors(json.loads(path.read_bytes()))] == [], path


def test_publications_follow_their_schema(home: Path) -> None:
    import tomllib

    jsonschema = tools.module("jsonschema")
    schema = json.loads((tools.ROOT / "docs" / "publication.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for file in (home / "pubkit.toml", *tools.ROOT.glob("examples/*/pubkit.toml"), tools.SAMPLE / "pubkit.toml"):
        assert [e.message for e in validator.iter_errors(tomllib.loads(file.read_text(encoding="utf-8")))] == []
    assert list(validator.iter_errors({"titel": "x"}))
    assert list(validator.iter_errors({"feeds": {"limit": "many"}}))


def test_feedparser_reads_back_what_was_written(home: Path) -> None:
    feedparser = tools.module("feedparser")
    about = pubkit.Publication(title="The small letter", url=SITE, language="en", timezone="Europe/Kyiv", authors=("Ida Marsh",))
    given = {}
    for source in sorted((home / "articles").rglob("*.*")):
        if source.suffix in (".md", ".txt"):
            article = pubkit.read(source, publication=about).article
            given[article.meta.title_text] = article.meta
    read: dict[str, Any] = {}
    for month in sorted((home / "site" / "archive").iterdir()):
        rss, atom = (feedparser.parse((month / name).read_bytes()) for name in ("feed/index.xml", "atom.xml"))
        items = json.loads((month / "feed.json").read_bytes())["items"]
        for one, two, three in zip(rss.entries, atom.entries, items, strict=True):
            assert one.id == two.id == three["id"]
            assert one.link == two.link == three["url"]
            assert one.get("published_parsed") == two.get("published_parsed")
            assert one.content[0].value == two.content[0].value
            assert [a.name for a in one.authors if a] == [a.name for a in two.authors]
            assert [t.term for t in one.get("tags", [])] == [t.term for t in two.get("tags", [])] == three.get("tags", [])
            assert [e.href for e in one.enclosures] == [e.href for e in two.enclosures][:1]
            assert [e.href for e in two.enclosures] == [a["url"] for a in three.get("attachments", [])]
            read[unescape(two.title) if "html" in two.title_detail.type else two.title] = two
    assert set(read) == set(given)
    for title, meta in given.items():
        entry = read[title]
        if meta.is_dated and meta.published:
            assert timegm(entry.published_parsed) == int(meta.published.timestamp())
        names = [p.name for p in meta.authors if p.role == "author"] or [p.name for p in meta.authors]
        assert [a.name for a in entry.authors] == names


@pytest.mark.parametrize("name", ["feed/", "atom.xml"])
def test_walking_the_archive_reaches_every_article_once(name: str, home: Path) -> None:
    known, at, ids = documents(home), urljoin(SITE, name), list[str]()
    current = at
    while at:
        root: Any = etree.parse(known[at]).getroot()
        links = {e.get("rel"): e.get("href") for e in root.iter(f"{ATOM}link") if e.getparent().tag in (f"{ATOM}feed", "channel")}
        if at != current:
            ids += [e.text or "" for e in (*root.iter("guid"), *root.iterfind(f"{ATOM}entry/{ATOM}id"))]
        at = links.get("prev-archive", "")
    assert len(ids) == len(set(ids)) == len(tools.NAMES)


def test_nothing_changes_but_what_changed(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(home, folder)

    def state() -> dict[str, bytes]:
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    before = state()
    assert pubkit.build(folder, now=datetime(2031, 1, 1, tzinfo=UTC)).ok
    assert state() == before
    source = folder / "articles" / f"{tools.SMALL[0]}.md"
    source.write_text(source.read_text(encoding="utf-8").rstrip() + " Indeed.\n", encoding="utf-8")
    assert pubkit.build(folder, now=datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)).ok
    after = state()
    for url, path in documents(home).items():
        if path.name != "atom.xml":
            continue
        name = path.relative_to(home).as_posix()
        old, new = (etree.fromstring(files[name]) for files in (before, after))
        dates = [{e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}updated") for e in root.iterfind(f"{ATOM}entry")} for root in (old, new)]
        moved = {key for key in dates[1] if dates[1][key] != dates[0].get(key)}
        assert all((dates[1][key] or "").startswith("2031-01-02T03:04:05") for key in moved)
        assert len(moved) <= 1, url
        assert moved or before[name] == after[name], url
