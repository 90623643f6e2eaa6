"""What front matter becomes, and how its faults are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pubkit.diagnostics import Diagnostic, LimitError, MetadataError
from pubkit.model import Correction, Enclosure, Figure, Image, Inline, Meta, Person, Series, Text
from pubkit.readers.front_matter import parse_date, peek, split, to_meta


def inline(text: str) -> tuple[Inline, ...]:
    return (Text(text),) if text else ()


def read(source: str) -> tuple[Meta, tuple[Diagnostic, ...]]:
    mapping, _, _ = split(f"---\n{source}\n---\n", "a.md")
    return to_meta(mapping, inline, "a.md")


def meta(source: str) -> Meta:
    return read(source)[0]


# --- Where it begins and ends ---

@pytest.mark.parametrize(("text", "body", "line"), [
    ("---\ntitle: x\n---\nbody\n", "body\n", 4), ("\ufeff---\r\ntitle: x\r\n---\r\nbody", "body", 4), ("---\n---\nbody", "body", 3),
    ("---\n# only a remark\n...\nbody", "body", 4), ("body", "body", 1), ("", "", 1), ("---", "---", 1),
    ("--- \ntitle: x\n--- \nb", "b", 4),
    ("---\n\nText\n\n---\n", "---\n\nText\n\n---\n", 1), ("---\nFoo\n---\nBar\n", "---\nFoo\n---\nBar\n", 1), ("---\ntext", "---\ntext", 1),
    ('+++\ntitle = "x"\n+++\nbody', "body", 4), ("+++ a", "+++ a", 1),
])
def test_split(text: str, body: str, line: int) -> None:
    _, found, first = split(text)
    assert (found, first) == (body, line)


@pytest.mark.parametrize(("text", "line", "column", "words"), [
    ("---\ntitle: x\n\nbody", 1, 0, "never ends"),
    ("---\n- a\n- b\n---\n", 2, 1, "not a list of keys"),
    ("---\na: 1\na: 2\n---\n", 3, 1, "stands twice in the front matter (first on line 2)"),
    ("---\na:\n\tb: c\n---\n", 3, 1, "Use spaces instead of the tab"),
    ("---\ntitle: a: b\n---\n", 2, 9, "must stand in quotes"),
    ("---\na: *b\n---\n", 2, 4, "undefined alias"),
    ("---\na: &x [*x]\n---\n", 2, 4, "contains itself"),
    ("---\na: b\n[c]: d\n---\n", 3, 1, "a key of the front matter is not a word"),
    ("---\na: b\nc: \x01\n---\n", 3, 0, "U+0001"),
    ("---\na: " + "[" * 3000 + "\n---\n", 1, 0, "nested too deep"),
    ('+++\na = "x"\nb = oops\n+++\n', 3, 5, "not TOML"),
    ("+++\na = 1\n", 1, 0, "never ends"),
])
def test_faults_of_syntax(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(MetadataError) as caught:
        split(text, "a.md")
    assert (caught.value.location.file, caught.value.location.line, caught.value.location.column) == ("a.md", line, column)
    assert words in str(caught.value)
    assert caught.value.hint


def test_aliases_are_bounded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(MetadataError, match="more than 10000 values"):
        read("\n".join(lines))


def test_aliases_within_bounds_are_read() -> None:
    assert meta("one: &a [x]\ntags: *a").tags == ("x",)


# --- Values ---

def test_all_keys() -> None:
    lines = [
        "title: A title", "subtitle: B", "slug: c", "author: Ana <a@b.org>", "lang: pt-BR", "date: 2024-01-31",
        "updated: 2024-02-01T10:00:00Z",
        "id: urn:x:y", "url: https://example.org/a", "description: D  e", "tags: f, g", "categories: [g, h]", "section: S",
        "series: {name: N, position: 3}", "publisher: P", "rights: R", "license: CC-BY-4.0", "image: {src: i.png, alt: A, credit: K}",
        "enclosures: [{url: e.mp3, type: audio/mpeg, length: 12}]", "corrections: [{date: 2024-02-03, text: T}]", "source: Q", "draft: yes",
    ]
    found, said = read("\n".join(lines))
    assert said == ()
    assert found == Meta(
        title="A title", subtitle="B", slug="c", authors=(Person("Ana", "a@b.org"),), language="pt-BR", published=datetime(2024, 1, 31,
        tzinfo=UTC),
        updated=datetime(2024, 2, 1, 10, tzinfo=UTC), id="urn:x:y", url="https://example.org/a", summary="D e", tags=("f", "g", "h"),
        section="S",
        series=Series("N", 3), publisher="P", rights="R", license="CC-BY-4.0", image=Figure(Image("i.png", "A"), (), "K", line=19),
        enclosures=(Enclosure("e.mp3", "audio/mpeg", 12),), corrections=(Correction(datetime(2024, 2, 3, tzinfo=UTC), "T"),), source="Q",
        draft=True, extra={})


def test_scalars_stay_words() -> None:
    found = meta("title: no\nslug: 1e3\ntags: [on, 2024-01-31, 0x1F, ~]\nsection: 1:30")
    assert (found.title_text, found.slug, found.tags, found.section) == ("no", "1e3", ("on", "2024-01-31", "0x1F"), "1:30")


def test_empty_values_are_not_said() -> None:
    assert meta("title:\nauthor: ~\ndate:\nimage: ''\nseries: []") == Meta(extra={})


@pytest.mark.parametrize(("source", "people"), [
    ("author: Ana", ["Ana"]), ("authors: Ana, Bo", ["Ana", "Bo"]), ("author: Ana, MD", ["Ana, MD"]), ("authors: [Ana, Bo]", ["Ana", "Bo"]),
    ("byline: Ana", ["Ana"]), ("authors: [{given: Ana, family: Ruiz}]", ["Ana Ruiz"]), ("author: {name: Ana, url: u}", ["Ana"]),
])
def test_authors(source: str, people: list[str]) -> None:
    assert [p.name for p in meta(source).authors] == people


@pytest.mark.parametrize(("source", "field", "value"), [
    ("pubDate: 2024-01-31", "published", datetime(2024, 1, 31, tzinfo=UTC)),
    ("Date: 2024-01-31", "published", datetime(2024, 1, 31, tzinfo=UTC)),
    ("excerpt: x", "summary", "x"), ("canonical_url: x", "url", "x"), ("hero: h.png", "image", Figure(Image("h.png"), line=2)),
    ("dek: x", "subtitle", (Text("x"),)), ("keywords: [x]", "tags", ("x",)), ("category: x", "section", "x"),
    ("category: [x]", "tags", ("x",)),
    ("published: false", "draft", True), ("permalink: https://example.org/", "url", "https://example.org/"), ("guid: g", "id", "g"),
])
def test_synonyms(source: str, field: str, value: Any) -> None:
    found, said = read(source)
    assert getattr(found, field) == value
    assert said == ()


def test_picture_parts_in_keys_of_their_own() -> None:
    assert meta("image: a.png\nimage_alt: A\nimage_caption: C").image == Figure(Image("a.png", "A"), "C", line=2)


def test_second_name_for_the_same_is_kept_aside() -> None:
    found, said = read("excerpt: b\nsummary: a")
    assert (found.summary, found.extra) == ("a", {"excerpt": "b"})
    assert [(d.code, d.location.line) for d in said] == [("metadata-unknown", 2)]


def test_unknown_keys_are_kept() -> None:
    found, said = read("layout: post\nweight: 3\nnested: {a: [b, {c: d}]}\npermalink: /x/")
    assert found.extra == {"layout": "post", "weight": "3", "nested": {"a": ["b", {"c": "d"}]}, "permalink": "/x/"}
    assert {(d.code, d.severity) for d in said} == {("metadata-unknown", "info")}


@pytest.mark.parametrize(("key", "near"), [("titel", "title"), ("athor", "author"), ("sumary", "summary"), ("langauge", "language")])
def test_near_misses_are_named(key: str, near: str) -> None:
    (said,) = read(f"{key}: x")[1]
    assert f"was '{near}' meant?" in said.message


def test_toml() -> None:
    text = '+++\ntitle = "T"\ndate = 2024-01-31\ntags = ["a"]\ndraft = true\nweight = 3\n[extra]\nsubtitle = "S"\n+++\n'
    found, said = to_meta(split(text)[0], inline)
    assert (found.title_text, found.subtitle_text, found.published, found.tags, found.draft, found.extra) == (
        "T", "S", datetime(2024, 1, 31, tzinfo=UTC), ("a",), True, {"weight": 3})
    assert [d.location.line for d in said] == [6]


# --- Values of the wrong kind ---

@pytest.mark.parametrize(("source", "words"), [
    ("title: [a]", "'title' must be words, not a list"), ("summary: {a: b}", "not a mapping"), ("tags: [{a: b}]", "must be words"),
    ("draft: maybe", "must be true or false"), ("date: 2024-13-45", "is not a date: 2024-13-45"), ("date: soon", "Accepted are 2024-01-31"),
    ("updated: [x]", "must be words"), ("authors: [{email: x}]", "has no name"), ("series: [a, b]", "one series"),
    ("series: {position: 1}", "no name"),
    ("series: {name: a, position: x}", "whole number"), ("image: {alt: x}", "has no src"), ("image: [a, b]", "one picture"),
    ("enclosures: [{type: x}]", "no url"), ("enclosures: [{url: a, length: -1}]", "whole number"), ("corrections: [x]", "not a mapping"),
    ("corrections: [{text: x}]", "no date"), ("corrections: [{date: 2024-01-01}]", "no text"),
])
def test_wrong_kinds(source: str, words: str) -> None:
    with pytest.raises(MetadataError) as caught:
        read(f"x: y\n{source}")
    assert caught.value.location.line == 3
    assert words in str(caught.value)
    assert caught.value.hint


def test_limit_in_a_title_names_its_line() -> None:
    def refuse(text: str) -> tuple[Inline, ...]:
        raise LimitError("too deep")

    with pytest.raises(LimitError) as caught:
        to_meta(split("---\na: b\ntitle: x\n---\n")[0], refuse, "a.md")
    assert (caught.value.location.file, caught.value.location.line) == ("a.md", 3)


# --- Dates ---

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(("text", "moment"), [
    ("2024-01-31", datetime(2024, 1, 31, tzinfo=UTC)), ("2024/1/31", datetime(2024, 1, 31, tzinfo=UTC)),
    ("2024-01-31T09:30", datetime(2024, 1, 31, 9, 30, tzinfo=UTC)), ("2024-01-31 09:30:15", datetime(2024, 1, 31, 9, 30, 15, tzinfo=UTC)),
    ("2024-01-31T09:30:15.250Z", datetime(2024, 1, 31, 9, 30, 15, 250000, tzinfo=UTC)),
    ("2024-01-31T09:30:00+02:00", datetime(2024, 1, 31, 9, 30, tzinfo=EAST)),
    ("2024-01-31 09:30:00 +0200", datetime(2024, 1, 31, 9, 30, tzinfo=EAST)),
    ("31 January 2024", datetime(2024, 1, 31, tzinfo=UTC)), ("January 31, 2024", datetime(2024, 1, 31, tzinfo=UTC)),
    ("Jan 31st, 2024", datetime(2024, 1, 31, tzinfo=UTC)), ("Wednesday, 31 January 2024", datetime(2024, 1, 31, tzinfo=UTC)),
    ("Wed, 31 Jan 2024 09:30:00 +0200", datetime(2024, 1, 31, 9, 30, tzinfo=EAST)),
    ("Wed, 31 Jan 2024 09:30:00 GMT", datetime(2024, 1, 31, 9, 30, tzinfo=UTC)),
])
def test_dates(text: str, moment: datetime) -> None:
    found = parse_date(text)
    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize("text", ["", "2024", "2024-13-45", "2023-02-29", "2024-01-31T25:00", "31/01/2024", "yesterday", "31 Foo 2024",
    "2024-01-31 +9900",
                                  "2024-01-31T10:00:00+99:00", "0000-01-01", "1e3", "99 January 2024"])
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any words will do
        parse_date(text)


# --- One key alone ---

def test_peek(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: x\nSlug: here\n---\n", encoding="utf-8")
    assert (peek(path, "slug"), peek(path, "url")) == ("here", "")
    path.write_text("slug: not here\n", encoding="utf-8")
    assert peek(path, "slug") == ""
