"""Links from one article of a run to another."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest

import pubkit
from pubkit import model as m
from pubkit.build import Report
from pubkit.normalize import normalize
from pubkit.references import linked, table
from samples import DATE

SITE = pubkit.Publication(title="The Paper", url="https://paper.example/")
HEAD = "---\ntitle: {}\ndate: 2024-05-01\nauthor: A\nlang: en\n{}---\n\n"


def write(folder: Path, name: str, text: str, title: str = "T", more: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(title, more) + text, encoding="utf-8")
    return path


def links(path: Path) -> list[str]:
    return [n.url if isinstance(n, m.Link) else f"#{n.target}" for n in m.walk(m.decode(path.read_bytes()).content)
            if isinstance(n, (m.Link, m.Reference))]


def broken(report: Report) -> list[str]:
    return [str(d) for d in report.diagnostics if d.code == "link-broken"]


@pytest.fixture
def three(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    write(folder, "first.md", "[2](./posts/2024-05-31-second.md#part) [3](notes/третя%20стаття.markdown?plain=1#x) [own](first.md#here)\n\n"
                              "## Here\n\nText [out](https://e.example/a.md) and [data](numbers.json).\n")
    write(folder, "posts/2024-05-31-second.md", "[1](../first.md) and [3](../notes/третя%20стаття.markdown)\n\n## Part\n\nx\n")
    write(folder, "notes/третя стаття.markdown", "[1](../first.md#here)\n", more="url: https://elsewhere.example/third/\n")
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_links_lead_to_the_articles_of_the_run(three: Path, tmp_path: Path, jobs: int) -> None:
    report = pubkit.build([three], tmp_path / "out", ["json", "atom"], publication=SITE, jobs=jobs)
    assert report.ok
    assert broken(report) == []
    third = "https://elsewhere.example/third/"
    assert links(tmp_path / "out" / "first.json") == [
        "https://paper.example/second.html#part", f"{third}?plain=1#x", "#here", "https://e.example/a.md", "numbers.json"]
    assert links(tmp_path / "out" / "second.json") == ["https://paper.example/first.html", third]
    assert links(tmp_path / "out" / "третя-стаття.json") == ["https://paper.example/first.html#here"]
    feed = (tmp_path / "out" / "atom.xml").read_text(encoding="utf-8")
    assert feed.count("https://paper.example/second.html#part") == 1
    assert ".md#" not in feed


def test_every_number_of_processes_gives_the_same_bytes(three: Path, tmp_path: Path) -> None:
    formats = ["json", "html", "epub", "docx", "rss"]
    pubkit.build([three], tmp_path / "one", formats, publication=SITE)
    pubkit.build([three], tmp_path / "two", formats, publication=SITE, jobs=2)
    one = {p.name: p.read_bytes() for p in (tmp_path / "one").iterdir()}
    assert one == {p.name: p.read_bytes() for p in (tmp_path / "two").iterdir()}
    assert len(one) == 13


def test_without_a_site_links_lead_to_the_page_beside(three: Path, tmp_path: Path) -> None:
    pubkit.build([three], tmp_path / "out", ["html"])
    assert 'href="second.html#part"' in (tmp_path / "out" / "first.html").read_text(encoding="utf-8")
    assert 'href="first.html"' in (tmp_path / "out" / "second.html").read_text(encoding="utf-8")


def test_files_given_one_by_one_and_in_any_order_meet(three: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(three / "posts")
    pubkit.build([three / "first.md", "2024-05-31-second.md", "../notes"], tmp_path / "out", ["json"], publication=SITE)
    assert links(tmp_path / "out" / "second.json") == ["https://paper.example/first.html", "https://elsewhere.example/third/"]
    assert links(tmp_path / "out" / "first.json")[0] == "https://paper.example/second.html#part"


def test_a_source_that_is_not_in_the_run_is_said_with_one_like_it(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "text\n\n[x](./posts/secnd.md) [y](gone.md#x) [z](../LICENSE.md) [t](words.txt) [s](/posts/second/)\n")
    write(tmp_path, "posts/second.md", "x\n")
    report = pubkit.build([tmp_path], tmp_path / "out", ["json"], publication=SITE)
    assert links(tmp_path / "out" / "a.json") == ["./posts/secnd.md", "gone.md#x", "../LICENSE.md", "words.txt", "/posts/second/"]
    assert len(broken(report)) == 3
    assert re.search(r"a\.md:10: warning link-broken: .*'\./posts/secnd\.md' .*not in this run.*Did you mean 'posts/second\.md'\?",
                     broken(report)[0])
    assert not pubkit.build([tmp_path / "a.md"], tmp_path / "strict", ["json"], strict=True).ok


def test_one_file_alone_says_that_its_links_lead_to_sources(three: Path, tmp_path: Path) -> None:
    report = pubkit.build([three / "first.md"], tmp_path / "out", ["json"])
    assert len(broken(report)) == 2
    assert links(tmp_path / "out" / "first.json")[:3] == [
        "./posts/2024-05-31-second.md#part", f"notes/{quote('третя стаття')}.markdown?plain=1#x", "#here"]


def test_drafts_and_articles_that_fail_are_said(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "[d](draft.md) [f](bad.json) [two](x/same.md)\n\n[later](late.md)\n")
    write(tmp_path, "draft.md", "x\n", more="draft: true\n")
    write(tmp_path, "late.md", "> " * 500 + "x\n")
    (tmp_path / "bad.json").write_text("{")
    write(tmp_path, "x/same.md", "x\n")
    write(tmp_path, "y/same.md", "x\n")
    report = pubkit.build([tmp_path, tmp_path / "bad.json"], tmp_path / "out", ["json"], publication=SITE)
    found = broken(report)
    assert len(found) == 4
    assert "a.md:8: " in found[0]
    assert "a draft" in found[0]
    assert "a source that fails" in found[1]
    assert {line.partition("/late.md")[1] + line.partition("/bad.json")[1] for line in found[2:]} == {"/late.md", "/bad.json"}
    drafts = pubkit.build([tmp_path / "a.md", tmp_path / "draft.md"], tmp_path / "drafts", ["json"], publication=SITE, drafts=True)
    assert links(tmp_path / "drafts" / "a.json")[0] == "https://paper.example/draft.html"
    assert drafts.ok


@pytest.mark.parametrize(("url", "address"), [
    ("posts/other.md", "o.html"), ("/posts/other.md#x", "o.html#x"),
    ("2020-01-01-title.md", "t.html"), ("blog/2020-01-01-title.md", "t.html"),
    ("posts/bundle.md", "b.html"), ("posts/bundle/index.md", "b.html"), ("other.md?raw=1", "o.html?raw=1"),
    ("twice.md", "twice.md"), ("./other.md", "./other.md"), ("../title.md", "../title.md"), ("er.md", "er.md"),
    ("/posts/other/", "/posts/other/"), ("//e.example/other.md", "//e.example/other.md"), ("a/../../../../x.md", "a/../../../../x.md")])
def test_names_that_site_generators_know_are_found_where_they_are_unique(url: str, address: str) -> None:
    root = "/site/content"
    run = table({f"{root}/a/here.md": "h.html", f"{root}/posts/other.md": "o.html", f"{root}/blog/2020-01-01-title.markdown": "t.html",
                 f"{root}/posts/bundle/index.md": "b.html", f"{root}/x/twice.md": "x.html", f"{root}/y/twice.md": "y.html"}, {})
    article, _ = normalize(m.Article(m.Meta(title="T"), [m.Paragraph([m.Link("w", url)])]))
    new, found, _ = linked(article, f"{root}/a/here.md", run)
    assert new.content == (m.Paragraph([m.Link("w", address)]),)
    assert bool(found) == (url == address and url[-1] != "/" and url[:2] != "//")


def test_a_link_to_the_own_source_stays_within_the_article() -> None:
    article, _ = normalize(m.Article(m.Meta(title="T"), [m.Heading(2, "Здесь"), m.Paragraph([
        m.Link("a", "here.md#Здесь"), m.Link("b", "./here.md#no"), m.Link("c", "here.md")])], ()))
    new, found, _ = linked(article, "x/here.md", table({"x/here.md": "https://e.example/here.html"}, {}))
    assert new.content[1] == m.Paragraph([m.Reference("a", "здесь"), m.Text("b"), m.Link("c", "https://e.example/here.html")])
    assert [d.code for d in found] == ["link-broken"]


def test_links_in_titles_captions_and_notes_are_followed_too() -> None:
    link = m.Link("x", "b.md")
    article = m.Article(m.Meta(title=["T", link], corrections=[m.Correction(DATE, [link])]), [
        m.Paragraph(["a", m.Note([m.Paragraph([link])])]), m.Figure(m.Image("i.png", "i"), [link]), m.Table([m.Column()], body=[
            m.Row([m.Cell([m.Paragraph([link])])])], caption=[link])])
    new, found, used = linked(article, "a.md", table({"a.md": "a.html", "b.md": "b.html"}, {}))
    assert [n.url for n in m.walk(new) if isinstance(n, m.Link)] == ["b.html"] * 6
    assert not found
    assert len(used) == 1


def test_many_links_and_sources_take_no_long_time() -> None:
    run = table({f"p/{i}/index.md": f"{i}.html" for i in range(20_000)}, {})
    body = [m.Paragraph([m.Link("x", f"p/{i}.md"), m.Link("y", f"gone/{i}.md"), m.Link("z", "index.md")]) for i in range(20_000)]
    begin = time.perf_counter()
    new, found, _ = linked(m.Article(m.Meta(title="T"), body), "a.md", run)
    assert time.perf_counter() - begin < 20
    assert isinstance(new.content[7], m.Paragraph)
    assert new.content[7].content[0] == m.Link("x", "7.html")
    assert len(found) > 20_000
