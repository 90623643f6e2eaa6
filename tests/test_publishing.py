"""A publication from its folder to its site: where things are found and written, what is remembered, and the commands for it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree
from PIL import Image

import pubkit
from pubkit.cli import main
from pubkit.publication import find, home_of

ATOM = "{http://www.w3.org/2005/Atom}"
NOW, LATER = datetime(2026, 6, 1, 8, tzinfo=UTC), datetime(2026, 7, 1, 9, tzinfo=UTC)
SETTINGS = """\
title = "Letter"
url = "https://e.example/"
language = "en"
author = "Ida"
formats = ["atom"]
[paths]
articles = ["articles"]
out = "site"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A publication of three articles in three months."""
    folder = tmp_path / "letter"
    (folder / "articles").mkdir(parents=True)
    (folder / "pubkit.toml").write_text(SETTINGS + "[feeds]\n")
    for n in (1, 2, 3):
        (folder / "articles" / f"2026-0{n}-05-post-{n}.md").write_text(f"# Post {n}\n\nWords of {n}.\n")
    return folder


def settings(home: Path, more: str, feeds: bool = True) -> None:
    (home / "pubkit.toml").write_text(SETTINGS + more + ("\n[feeds]\n" if feeds else ""))


def feed(home: Path, name: str = "atom.xml") -> Any:
    return etree.parse(home / "site" / name).getroot()


def dates(home: Path) -> dict[str, str]:
    return {e.findtext(f"{ATOM}id").rpartition("/")[2]: e.findtext(f"{ATOM}updated")[:10] for e in feed(home).iterfind(f"{ATOM}entry")}


def build(home: Path, **more: Any) -> pubkit.Report:
    return pubkit.build(home, **{"now": NOW, **more})


def codes(report: pubkit.Report) -> list[str]:
    return [d.code for d in report.diagnostics]


def run(*arguments: str, folder: Path | None = None) -> tuple[int, str, str]:
    before = Path.cwd()
    try:
        os.chdir(folder or before)
        done = CliRunner().invoke(main, list(arguments))
    finally:
        os.chdir(before)
    return done.exit_code, done.stdout, done.stderr


# --- Where things are ---------------------------------------------------------------------------------------------------------------

def test_the_folder_of_a_publication_stands_for_its_articles(home: Path) -> None:
    (home / "notes.md").write_text("# No article\n")
    report = build(home)
    assert [r.slug for r in report.results if r.source] == ["post-1", "post-2", "post-3"]
    assert {p.name for p in (home / "site").iterdir()} == {"atom.xml", "archive", "feeds.opml"}


def test_an_article_belongs_to_the_publication_above_it(home: Path) -> None:
    deep = home / "articles" / "deep"
    deep.mkdir()
    assert home_of(deep) == home_of(home / "articles" / "2026-01-05-post-1.md") == home
    assert pubkit.read(home / "articles" / "2026-01-05-post-1.md").article.meta.url == "https://e.example/post-1.html"
    (home / "drafts").mkdir()
    assert home_of(home / "drafts") is None  # its articles do not lie here
    assert find(home / "drafts").title == ""
    assert home_of(home.parent) is None


@pytest.mark.parametrize(("address", "files"), [
    ("{slug}.html", {"post-1.html", "post-1.epub", "post-1/dot-0.png"}),
    ("{year}/{slug}/", {"2026/post-1/index.html", "2026/post-1/post-1.epub", "2026/post-1/dot-0.png"}),
    ("{year}/{month}/{day}/{slug}", {"2026/01/05/post-1.html", "2026/01/05/post-1.epub", "2026/01/05/post-1/dot-0.png"}),
    ("{section}/{slug}/", {"the-shore/post-1/index.html", "the-shore/post-1/post-1.epub", "the-shore/post-1/dot-0.png"}),
    ("{folder}/{slug}/", {"post-1/index.html", "post-1/post-1.epub", "post-1/dot-0.png"}),
])
def test_addresses(address: str, files: set[str], home: Path) -> None:
    Image.new("RGB", (4, 4), "red").save(home / "articles" / "dot.png")
    source = home / "articles" / "2026-01-05-post-1.md"
    source.write_text("---\nsection: The shore\n---\n# Post 1\n\n![A dot](dot.png)\n")
    settings(home, f'address = "{address}"\n[options.html]\npictures = "files"\n')
    report = build(home, formats=["html", "epub", "atom"])
    assert report.ok
    made = {Path(f).relative_to(home / "site").as_posix().replace("dot-" + Path(f).stem.rpartition("-")[2], "dot-0") for f in report.files}
    assert files <= made
    page = next(home.glob("site/**/post-1/index.html"), None) if address.endswith("/") else None
    entry = next(e for e in feed(home).iterfind(f"{ATOM}entry") if "post-1" in e.findtext(f"{ATOM}id"))
    link = entry.find(f"{ATOM}link").get("href").removeprefix("https://e.example/")
    assert any(name == link or name in (link + ".html", link + "index.html") for name in files)
    picture = etree.HTML(entry.findtext(f"{ATOM}content")).find(".//img").get("src").removeprefix("https://e.example/")
    assert (home / "site" / picture).is_file()
    if page:
        assert (page.parent / etree.HTML(page.read_text()).find(".//img").get("src")).is_file()


def test_letters_of_one_name_are_kept_apart_by_their_addresses(home: Path) -> None:
    for day in ("2026-04-01", "2026-04-08"):
        (home / "articles" / f"{day}-weekly.md").write_text(f"# Weekly of {day}\n\nSee [the other](2026-04-01-weekly.md).\n")
    report = build(home)
    assert len(report.errors) == 2
    assert "paths.address" in str(report.errors[0])
    assert len(dates(home)) == 3  # the others came out
    settings(home, 'address = "{year}/{month}/{day}-{slug}/"\n')
    assert build(home).ok
    content = "".join(e.findtext(f"{ATOM}content") for e in feed(home).iterfind(f"{ATOM}entry"))
    assert "https://e.example/2026/04/01-weekly/" in content


def test_folders_in_addresses(home: Path) -> None:
    for language in ("en", "uk"):
        (home / "articles" / language).mkdir()
        text = f"---\ndate: 2026-05-01\n---\n# Tides {language}\n\n[Post](../2026-01-05-post-1.md)\n"
        (home / "articles" / language / "tides.md").write_text(text)
    settings(home, 'address = "{folder}/{slug}/"\n')
    assert build(home, formats=["html", "json", "atom"]).ok
    assert (home / "site" / "uk" / "tides" / "index.html").is_file()
    assert (home / "site" / "uk" / "tides" / "tides.json").is_file()
    assert (home / "site" / "post-1" / "index.html").is_file()
    assert pubkit.build(home / "articles" / "uk" / "tides.md", formats=["html"], now=NOW).ok  # alone it has the same address
    assert pubkit.build(home / "articles" / "uk", formats=["html"], now=NOW).ok
    assert not list(home.glob("site/tides*"))


def test_paths_in_options_lead_from_the_folder(home: Path, tmp_path: Path) -> None:
    assert run("template", "-o", str(home / "house.docx"))[0] == 0
    settings(home, 'address = "{slug}.html"\n[options.docx]\nreference_doc = "house.docx"\nnotes = "end"\n')
    report = build(home, formats=["docx"])
    assert report.ok, report.errors


@pytest.mark.parametrize(("more", "words"), [
    ("[options.pdff]\n", "options.pdff"), ("[options.pdf]\ncontent = true\n", "Did you mean contents?"),
    ('formats = ["rss"]\n', "TOML"),
])
def test_bad_options_of_a_publication_are_named(more: str, words: str, home: Path) -> None:
    settings(home, more, feeds=False)
    with pytest.raises(pubkit.PubkitError) as caught:
        build(home)
    assert "pubkit.toml" in caught.value.location.file or words == "TOML"
    assert words in str(caught.value) or words == "TOML"


# --- Enclosures, logo ---------------------------------------------------------------------------------------------------------------

def test_enclosures_are_measured_and_copied(home: Path) -> None:
    (home / "articles" / "a sound.mp3").write_bytes(b"x" * 777)
    given = "[a sound.mp3, gone.mp3, ../pubkit.toml, {url: 'https://cdn.example/y.ogg', length: 5}]"
    (home / "articles" / "2026-01-05-post-1.md").write_text(f"---\nenclosures: {given}\n---\n# Post 1\n\nWords.\n")
    report = build(home)
    assert codes(report).count("file-missing") == 2
    links = [dict(e.attrib) for e in feed(home).iter(f"{ATOM}link") if e.get("rel") == "enclosure"]
    assert links == [{"href": "https://e.example/post-1/a%20sound.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "777"},
                     {"href": "https://cdn.example/y.ogg", "rel": "enclosure", "type": "audio/ogg", "length": "5"}]
    assert (home / "site" / "post-1" / "a sound.mp3").read_bytes() == b"x" * 777


def test_the_logo_is_copied(home: Path) -> None:
    Image.new("RGB", (4, 4), "red").save(home / "logo.png")
    (home / "pubkit.toml").write_text('logo = "logo.png"\nicon = "none.png"\n' + SETTINGS + "[feeds]\n")
    report = build(home, formats=["atom", "rss", "jsonfeed"])
    assert codes(report).count("file-missing") == 1
    assert feed(home).find(f"{ATOM}icon") is None
    assert (home / "site" / "logo.png").read_bytes() == (home / "logo.png").read_bytes()
    assert feed(home).findtext(f"{ATOM}logo") == "https://e.example/logo.png"
    assert feed(home, "rss.xml").findtext("channel/image/url") == "https://e.example/logo.png"
    assert json.loads((home / "site" / "feed.json").read_bytes())["icon"] == "https://e.example/logo.png"


# --- What is remembered -------------------------------------------------------------------------------------------------------------

def test_dates_move_with_words_alone(home: Path) -> None:
    assert "state-missing" in codes(build(home))
    first = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    assert codes(build(home, now=LATER)) == []
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == first
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text().replace("Words", "Other words"))
    assert build(home, now=LATER).ok
    assert dates(home) == {"post-1.html": "2026-01-05", "post-2.html": "2026-07-01", "post-3.html": "2026-03-05"}
    changed = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file() and p.read_bytes() != first.get(p)}
    assert changed == {"articles/2026-02-05-post-2.md", "pubkit.state.json", "site/atom.xml", "site/archive/2026-02/atom.xml"}


def test_all_formats_tell_the_same_date(home: Path) -> None:
    build(home)
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text() + "More.\n")
    build(home, now=LATER, formats=["atom", "html", "json"])
    assert b'"updated": "2026-07-01T09:00:00Z"' in (home / "site" / "post-2.json").read_bytes()
    assert 'modified_time" content="2026-07-01T09:00:00' in (home / "site" / "post-2.html").read_text()


def test_a_moved_article_keeps_its_id(home: Path) -> None:
    build(home)
    (home / "articles" / "2026-01-05-post-1.md").rename(home / "articles" / "renamed.md")
    source = home / "articles" / "renamed.md"
    source.write_text("---\ndate: 2026-01-05\n---\n" + source.read_text())
    report = build(home, now=LATER)
    assert "id-kept" in codes(report)
    assert dates(home)["post-1.html"] == "2026-01-05"
    assert "2026-01-05-post-1.md" not in (home / "pubkit.state.json").read_text()
    settings(home, 'address = "{year}/{slug}/"\n')
    assert codes(build(home, now=LATER)).count("id-kept") == 3
    assert set(dates(home)) == {"post-1.html", "post-2.html", "post-3.html"}


def test_ids_follow_the_text_and_not_the_file(home: Path) -> None:
    build(home)
    (home / "articles" / "2026-01-05-post-1.md").rename(home / "articles" / "2026-01-05-old-post.md")
    (home / "articles" / "2026-01-05-post-1.md").write_text("# Quite new\n\nAnother story.\n")
    assert build(home, now=LATER).ok
    entries = {e.findtext(f"{ATOM}title"): e.findtext(f"{ATOM}id") for e in feed(home).iterfind(f"{ATOM}entry")}
    assert entries["Post 1"] == "https://e.example/post-1.html"
    assert entries["Quite new"].startswith("urn:uuid:")
    before = (home / "site" / "atom.xml").read_bytes()
    assert "id-duplicate" not in codes(build(home))
    assert (home / "site" / "atom.xml").read_bytes() == before


def test_texts_that_change_places_are_noticed(home: Path) -> None:
    build(home)
    one, two = (home / "articles" / f"2026-0{n}-05-post-{n}.md" for n in (1, 2))
    first, second = one.read_text(), two.read_text()
    one.write_text(second)
    two.write_text(first)
    assert codes(build(home, now=LATER)).count("id-changed") == 2


def test_a_title_from_the_name_of_the_file_is_no_content(home: Path) -> None:
    (home / "articles" / "2026-04-05-foo.md").write_text("Words without a title.\n")
    build(home)
    (home / "articles" / "2026-04-05-foo.md").rename(home / "articles" / "2026-04-05-bar.md")
    assert "id-kept" in codes(build(home, now=LATER))
    assert dates(home)["foo.html"] == "2026-04-05"


def test_what_is_gone_is_said(home: Path) -> None:
    build(home)
    (home / "articles" / "2026-01-05-post-1.md").unlink()
    (home / "articles" / "2026-01-05-renamed.md").write_text("# Post 1\n\nOther words.\n")
    report = build(home)
    assert codes(report) == ["article-gone"]
    assert "https://e.example/post-1.html" in str(report.diagnostics[0])
    assert codes(build(home)) == []


def test_a_complete_feed_never_lacks_an_article_that_fails(home: Path) -> None:
    settings(home, "", feeds=False)
    (home / "pubkit.toml").write_text(SETTINGS + "[feeds]\ncomplete = true\n")
    build(home)
    before = (home / "site" / "atom.xml").read_bytes()
    (home / "articles" / "2026-01-05-post-1.md").write_text("---\ntitle: [\n---\n")
    report = build(home)
    assert (len(report.errors), "feed-kept" in codes(report)) == (1, True)
    assert (home / "site" / "atom.xml").read_bytes() == before


def test_first_feeds_of_a_part_are_said_to_be_such(home: Path, tmp_path: Path) -> None:
    report = pubkit.build(home / "articles" / "2026-01-05-post-1.md", tmp_path / "preview", now=NOW)
    assert report.ok
    assert "feed-part" in codes(report)


def test_what_cannot_be_remembered_is_not_announced(home: Path) -> None:
    build(home)
    before = (home / "site" / "atom.xml").read_bytes()
    (home / "pubkit.state.json").unlink()
    (home / "pubkit.toml").write_text(SETTINGS + '[feeds]\nstate = "pubkit.toml/state.json"\n')
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text() + "More.\n")
    report = build(home, now=LATER)
    assert len(report.errors) == 1
    assert (home / "site" / "atom.xml").read_bytes() == before


@pytest.mark.parametrize("data", [b"<<<<<<< mine\n", b'{"format": "other"}', b"\xff"])
def test_a_broken_state_stops_the_feeds_alone(data: bytes, home: Path) -> None:
    build(home)
    before = (home / "site" / "atom.xml").read_bytes()
    state = home / "pubkit.state.json"
    state.write_bytes(data)
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text() + "More.\n")
    report = build(home, formats=["atom", "json"])
    assert [e.location.file for e in report.errors] == [str(state)]
    assert state.read_bytes() == data
    assert (home / "site" / "atom.xml").read_bytes() == before
    assert b"More." in (home / "site" / "post-2.json").read_bytes()


def test_a_part_of_the_articles_leaves_the_feeds_as_they_are(home: Path) -> None:
    build(home)
    before = (home / "site" / "atom.xml").read_bytes()
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text() + "More.\n")
    report = pubkit.build(source, now=LATER, formats=["atom", "json"])
    assert codes(report) == ["feed-kept"]
    assert (home / "site" / "atom.xml").read_bytes() == before
    assert build(home, now=datetime(2027, 1, 1, tzinfo=UTC)).ok
    assert dates(home)["post-2.html"] == "2026-07-01"  # seen then, though not announced


def test_two_articles_with_one_id(home: Path) -> None:
    for n in (1, 2):
        source = home / "articles" / f"2026-0{n}-05-post-{n}.md"
        source.write_text(f"---\nid: urn:x:1\n---\n{source.read_text()}")
    report = build(home)
    assert codes(report).count("id-duplicate") == 1
    ids = [e.text for e in feed(home).iterfind(f"{ATOM}entry/{ATOM}id")]
    assert len(set(ids)) == 3
    assert "urn:x:1" in ids
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text().replace("id: urn:x:1\n", "updated: 2026-02-05\n"))
    assert "id-duplicate" not in codes(build(home))
    assert [e.text for e in feed(home).iterfind(f"{ATOM}entry/{ATOM}id")] == ids  # as they were announced


def test_no_input_is_replaced(home: Path) -> None:
    text = SETTINGS.replace('"site"', '"."') + '[feeds]\natom = "pubkit.toml"\n'
    (home / "pubkit.toml").write_text(text)
    report = build(home)
    assert ["pubkit.toml would be replaced" in str(error) for error in report.errors] == [True]
    assert (home / "pubkit.toml").read_text() == text
    article = pubkit.read(home / "articles" / "2026-01-05-post-1.md").article
    source = home / "articles" / "post-1.json"
    source.write_bytes(pubkit.export(article, "json").files[0].data.replace(b"Words", b"Swords") + b"\n\n")
    before = source.read_bytes()
    report = pubkit.build(source, home / "articles", ["json"])
    assert ["would be replaced" in str(error) for error in report.errors] == [True]
    assert source.read_bytes() == before


def test_a_feed_replaces_no_article(home: Path) -> None:
    (home / "articles" / "feed.md").write_text("# Feed\n\nWords.\n")
    report = build(home, formats=["json", "jsonfeed"])
    assert ["feed.json is a feed" in str(error) for error in report.errors] == [True]
    assert b"pubkit-article" in (home / "site" / "feed.json").read_bytes()


def test_dates_in_the_future_are_said_and_shown(home: Path) -> None:
    report = build(home, now=datetime(2026, 2, 10, tzinfo=UTC))
    assert codes(report).count("date-future") == 1
    assert len(dates(home)) == 3


def test_a_draft_and_a_failing_article_leave_the_others(home: Path) -> None:
    (home / "articles" / "draft.md").write_text("---\ndraft: true\n---\n# Draft\n")
    (home / "articles" / "broken.md").write_text("---\ntitle: [\n---\n# Broken\n")
    report = build(home)
    assert len(report.errors) == 1
    assert len(dates(home)) == 3
    assert "draft" not in (home / "pubkit.state.json").read_text()


def test_workers_give_the_same_site(home: Path, tmp_path: Path) -> None:
    build(home, formats=["atom", "rss", "jsonfeed", "html"])
    one = {p.relative_to(home): p.read_bytes() for p in home.rglob("*") if p.is_file()}
    for name in ("site", "pubkit.state.json"):
        (home / name).rename(tmp_path / name)
    build(home, formats=["atom", "rss", "jsonfeed", "html"], jobs=2)
    assert {p.relative_to(home): p.read_bytes() for p in home.rglob("*") if p.is_file()} == one


def test_archived_articles_of_a_publication_are_derived_from_their_sources(home: Path) -> None:
    from pubkit import preserve

    build(home)
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text() + "More.\n")
    report = build(home, now=LATER, formats=["pdf", "html"], archive=True)
    assert report.ok
    archive = preserve.extract(home / "site" / "post-2.pdf")
    assert archive.article.meta.updated == LATER
    assert archive.facts.derived


def test_a_bag_has_all_that_the_site_is_made_of(home: Path, tmp_path: Path) -> None:
    build(home)
    assert build(home, bag=tmp_path / "bag").ok
    names = {p.relative_to(tmp_path / "bag" / "data").as_posix() for p in (tmp_path / "bag" / "data").rglob("*") if p.is_file()}
    assert {"sources/pubkit.toml", "sources/pubkit.state.json", "sources/articles/2026-01-05-post-1.md", "outputs/atom.xml",
            "outputs/archive/2026-01/atom.xml", "outputs/manifest.json"} <= names


# --- Commands -----------------------------------------------------------------------------------------------------------------------

def test_a_new_publication_works(tmp_path: Path) -> None:
    code, out, err = run("new", "my-letter", "--url", "https://e.example/", "--author", 'A "B"', folder=tmp_path)
    assert code == 0, err
    assert out.splitlines()[-1] == "now: pubkit build my-letter"
    code, out, err = run("build", "my-letter", "--strict", folder=tmp_path)
    assert code == 0, err
    assert "warning" not in err
    site = tmp_path / "my-letter" / "site"
    assert {p.name for p in site.iterdir()} >= {"rss.xml", "atom.xml", "feed.json", "feeds.opml"}
    root = etree.parse(site / "atom.xml").getroot()
    assert (root.findtext(f"{ATOM}title"), root.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name")) == ("My letter", 'A "B"')
    assert run("build", folder=tmp_path / "my-letter")[0] == 0


@pytest.mark.parametrize(("arguments", "words"), [
    (("full",), "not empty"), (("file",), "is there already"), (("x", "--url", "e.example"), "whole address"),
    (("x", "--language", "??"), "BCP 47"),
])
def test_what_a_new_publication_cannot_be(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    (tmp_path / "file").write_text("")
    code, _, err = run("new", *arguments, folder=tmp_path)
    assert (code, words in err) == (2, True)
    assert not (tmp_path / "x").exists()


def test_without_a_path_and_a_publication_there_is_nothing_to_build(tmp_path: Path) -> None:
    code, _, err = run("build", folder=tmp_path)
    assert (code, "pubkit new" in err) == (2, True)


def test_now_on_the_command_line(home: Path) -> None:
    assert run("build", str(home))[0] == 0
    source = home / "articles" / "2026-02-05-post-2.md"
    source.write_text(source.read_text() + "More.\n")
    assert run("build", str(home), "--now", "2026-08-09T10:00:00+02:00")[0] == 0
    assert '"updated":"2026-08-09T08:00:00Z"' in (home / "pubkit.state.json").read_text()
    code, _, err = run("build", str(home), "--now", "soon")
    assert (code, "--now" in err) == (2, True)


def test_the_schema_is_printed() -> None:
    assert json.loads(run("schema")[1])["title"] == "pubkit.toml"


@pytest.fixture
def hub() -> Iterator[tuple[str, list[str]]]:
    got: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(202 if "refuse" not in self.path else 410)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()


@pytest.mark.loopback
def test_hubs_are_told(home: Path, hub: tuple[str, list[str]]) -> None:
    url, got = hub
    code, _, err = run("ping", str(home))
    assert (code, "no hub" in err) == (2, True)
    (home / "pubkit.toml").write_text(SETTINGS + f'[feeds]\nhubs = ["{url}"]\nby = ["author"]\n')
    code, _, err = run("ping", str(home))
    assert (code, "pubkit build" in err) == (2, True)
    build(home)
    assert run("ping", str(home))[0] == 0
    assert got == ["hub.mode=publish&hub.url=https%3A%2F%2Fe.example%2Fatom.xml"]
    assert run("ping", "--all", folder=home)[0] == 0
    assert len(got) == 3
    code, _, err = run("ping", str(home), "--hub", url + "refuse")
    assert (code, "410" in err) == (1, True)
    code, _, err = run("ping", str(home), "--hub", "nowhere")
    assert (code, "no address" in err) == (2, True)
