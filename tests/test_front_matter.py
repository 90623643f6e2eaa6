"""What front matter becomes, and how its faults are named."""

from __future__ import annotations

import contextlib
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pubkit.diagnostics import Diagnostic, LimitError, MetadataError
from pubkit.model import Article, Correction, Enclosure, Figure, Image, Inline, Meta, Person, Series, Text, decode, encode
from pubkit.readers.front_matter import parse_date, split, to_meta
from pubkit.readers.front_matter.dates import read_date
from pubkit.readers.front_matter.keys import SYNONYMS, plain_key


def inline(text: str) -> tuple[Inline, ...]:
    return (Text(text),) if text else ()


def read(source: str) -> tuple[Meta, tuple[Diagnostic, ...]]:
    mapping, _, _ = split(f"---\n{source}\n---\n", "a.md")
    return to_meta(mapping, inline, "a.md")


def meta(source: str) -> Meta:
    return read(source)[0]


def whole(text: str) -> tuple[Meta, tuple[Diagnostic, ...]]:
    return to_meta(split(text, "a.md")[0], inline, "a.md")


def day(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - these name no zone


# --- Where it begins and ends ---

@pytest.mark.parametrize(("text", "body", "line"), [
    ("---\ntitle: x\n---\nbody\n", "body\n", 4), ("\ufeff---\r\ntitle: x\r\n---\r\nbody", "body", 4), ("---\n---\nbody", "body", 3),
    ("---\n# only a remark\n...\nbody", "body", 4), ("body", "body", 1), ("", "", 1), ("---", "---", 1),
    ("--- \ntitle: x\n--- \nb", "b", 4),
    ("---\n\nText\n\n---\n", "---\n\nText\n\n---\n", 1), ("---\nFoo\n---\nBar\n", "---\nFoo\n---\nBar\n", 1), ("---\ntext", "---\ntext", 1),
    ('+++\ntitle = "x"\n+++\nbody', "body", 4), ("+++ a", "+++ a", 1),
    ("---yaml\ntitle: x\n---\nbody", "body", 4), ("--- YML\ntitle: x\n---\nbody", "body", 4),
    ('---toml\ntitle = "x"\n---\nbody', "body", 4), ('---json\n{"title": "x"}\n---\nbody', "body", 4),
    ("---js\nno end", "---js\nno end", 1), ("---jsx\na: b\n---\n", "---jsx\na: b\n---\n", 1),
    (';;;\n{"title": "x"}\n;;;\nbody', "body", 4), (';;;\n"title": "x",\n"slug": "y"\n;;;\nbody', "body", 5),
    ('"title": "x",\n"date": "2024-01-31"\n;;;\nbody', "body", 4), (";;;\n;;;\nbody", "body", 3),
    (";;;\n(remark)\n;;;\n", ";;;\n(remark)\n;;;\n", 1), (";;; a remark", ";;; a remark", 1),
    ('{"title": "x"}\nbody', "body", 2), ('{\n  "title": "x",\n  "zoo": 1\n}\n\nbody', "\nbody", 5), ('{"slug": "x"}', "", 2),
])
def test_split(text: str, body: str, line: int) -> None:
    _, found, first = split(text)
    assert (found, first) == (body, line)


@pytest.mark.parametrize(("text", "line", "column", "words"), [
    ("---\ntitle: x\n\nbody", 1, 0, "never ends"),
    ("---\n- a\n- b\n---\n", 2, 1, "not a list of keys"),
    ("---\na:\n  b: 1\n  b: 2\n---\n", 4, 3, "stands twice in the front matter (first on line 3)"),
    ("---\na:\n\tb: c\n---\n", 3, 1, "Use spaces instead of the tab"),
    ("---\ntitle: a: b\n---\n", 2, 9, "must stand in quotes"),
    ("---\na: *b\n---\n", 2, 4, "undefined alias"),
    ("---\na: &x [*x]\n---\n", 2, 4, "contains itself"),
    ("---\na: b\n[c]: d\n---\n", 3, 1, "a key of the front matter is not a word"),
    ("---\na: b\nc: \x01\n---\n", 3, 0, "U+0001"),
    ("---\na: " + "[" * 3000 + "\n---\n", 2, 63, "nested too deep"),
    ('---\na: "\\q"\n---\n', 2, 6, "not YAML"), ('---\na: "\\UFFFFFFFF"\n---\n', 2, 0, "not YAML"),
    ("---\n" + "- a\n" * 20_000 + "---\n", 10_001, 3, "more than 10000 values"),
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


@pytest.mark.parametrize("text", [
    "{% include head.html %}\ntext", "{{ title }}\ntext", "{: .lead}\ntext", "{Source: a letter} it was.", "{ braces } of a text", "{",
    '{"title": "x"} is an object of JSON.', '{"colour": "blue"}\nis a file of settings', '{"a": [1, 2', '"Title": she said.\ntext',
    "{\n  not: json\n}", "{a: b}", "{}\ntext", "{ }",
])
def test_text_that_begins_with_a_brace_stays(text: str) -> None:
    assert split(text, "a.md") == ({}, text, 1)


@pytest.mark.parametrize(("text", "line", "column", "words", "hint"), [
    ('{"title": "x",\n "date": }', 2, 10, "a value is expected", "double quotes"),
    ('{"title": "x",\n "tags": ["a",]\n}', 2, 15, "after the comma", "Take the last comma out"),
    ('{"title": "x",\n}', 2, 1, "a key is expected after the comma", "Take the last comma out"),
    ('{"title": "x"\n "date": "y"}', 2, 2, "a comma or } is expected", "comma between"),
    ('{"title": "x",\n slug: "y"}', 2, 2, "a key is expected", "double quotes"),
    ('{\n  title: "x"\n}', 2, 3, "a key is expected", "double quotes"), ("{\n  'title': 'x'\n}", 2, 3, "a key is expected", "double"),
    ('{"title": "x",\n // why\n"slug": "y"}', 2, 2, "a key is expected", "no comments"),
    ('{"title": "x", "draft": True}', 1, 25, "a value is expected", "true, false or null"),
    ('{"title": "x", "n": 01}', 1, 21, "a value is expected", "a number"),
    ('{"title": "x\n"}', 1, 11, "a string never ends", "\\n for a line break"), ('{"title": "\\q"}', 1, 12, "an escape", "backslash"),
    ('{"title": "x"\n\nbody', 3, 1, "a comma", "comma"), ('{"title": "x"\n\n', 1, 1, "never ends", "}"),
    ('{"title": "x", "title": "y"}', 1, 16, "stands twice in the front matter (first on line 1)", "Keep one"),
    ('{"title": "x", "slug" "y"}', 1, 23, "a colon", "key"), ('{"title": ' + "[" * 9000, 1, 71, "nested too deep", "shorter"),
    ('{"tags": [' + "1," * 20_000 + "1]}", 1, 20_007, "more than 10000 values", "shorter"),
    ("---json\n[1]\n---\n", 2, 1, "an object is expected", "Begin with {"), ('---json\n{"a": 1}\n\nx\n---\n', 4, 0, "more after", "one"),
    ('---json\n{"a": 1}\n', 1, 0, "never ends", "three hyphens"), (';;;\n{"a": 1}\n', 1, 0, "never ends", "semicolons"),
    ("---toml\na = b\n---\n", 2, 5, "not TOML", "quotes"), ("---toml\na = 1\n", 1, 0, "never ends", "---"),
    ("---js\n{ title: 'x' }\n---\n", 1, 0, "a program (js), and pubkit runs none", "as YAML"),
    ("+++\na = 1\n" + "a." * 90_000 + "b = 1\n+++\n", 3, 0, "nested too deep", "flatter"),
])
def test_faults_of_json_and_others(text: str, line: int, column: int, words: str, hint: str) -> None:
    with pytest.raises(MetadataError) as caught:
        split(text, "a.md")
    place = caught.value.location
    assert (place.file, place.line, place.column) == ("a.md", line, column)
    assert words in str(caught.value)
    assert hint in caught.value.hint


def test_json_values() -> None:
    found, said = whole('{"title": "A \\u00e9 \\"b\\"", "date": "2024-01-31T09:30:00Z", "tags": ["a", "b"], "draft": true,\n'
                        '"weight": 3, "share": 0.5, "none": null, "many": 123456789012345678901234567890, "half": "\\ud800",'
                        ' "huge": 1e999}')
    assert (found.title_text, found.published, found.tags, found.draft) == (
        'A é "b"', datetime(2024, 1, 31, 9, 30, tzinfo=UTC), ("a", "b"), True)
    assert found.extra == {"weight": 3, "share": 0.5, "none": None, "many": "123456789012345678901234567890", "half": "\ufffd",
    "huge": "inf"}
    assert decode(encode(Article(found))).meta == found
    assert [(d.code, d.location.line) for d in said] == [("metadata-unknown", 2)]


POST = ("Title: My post\nDate: 2010-12-03 10:20\nModified: 2010-12-05\nCategory: Python\nTags: pelican, publishing\nSlug: my-post\n"
        "Authors: Ana Ruiz, Bo Li\nSummary: Short and\n    sweet\n")


@pytest.mark.parametrize("text", [f"{POST}\nBody", f"---\n{POST}---\nBody"])
def test_headers_of_pelican(text: str) -> None:
    mapping, body, _ = split(text, "a.md")
    found, said = to_meta(mapping, inline, "a.md")
    assert (body, said) == ("Body", ())
    assert found == Meta(title="My post", published=day(2010, 12, 3, 10, 20), updated=day(2010, 12, 5), section="Python",
                         tags=("pelican", "publishing"), slug="my-post", authors=("Ana Ruiz", "Bo Li"), summary="Short and sweet", extra={})


def test_headers_between_fences_need_no_quotes() -> None:
    assert whole("---\nTitle: Tides: a story\nDate: 2024-01-31\n---\n")[0].title_text == "Tides: a story"


def test_headers_know_their_lines() -> None:
    mapping, body, line = split("Title: x\nNumber: 3\nDate: 2024-01-31\n \nBody\n", "a.md")
    assert (body, line) == ("Body\n", 5)
    assert {k: (v.data, v.line, v.column) for k, v in mapping.items()} == {"Title": ("x", 1, 8), "Number": ("3", 2, 9),
    "Date": ("2024-01-31", 3, 7)}


@pytest.mark.parametrize(("text", "key", "data"), [
    ("Title: x\nAuthor: Ana\nAuthor: Bo\n", "Author", ["Ana", "Bo"]), ("Title: x\nAuthors: Ana\n    Bo\n\n", "Authors", ["Ana", "Bo"]),
    ("Title: x\nTags: a,\n  b\n\n", "Tags", "a, b"), ("Title: x\nTags:\n\n", "Tags", None),
    ("title: x\ndate: 2024-01-31\n---\nb", "title", "x"),
    ("Date: 2024-01-31\nAuthor: Ana\n\n# Minutes", "Author", "Ana"), ("Title: x\nDate: 2024-13-45\n\n", "Date", "2024-13-45"),
    ("Title: A: b\nDate: 1 May 2024\nBase Header Level: 2\n\n", "Title", "A: b"),
])
def test_values_of_headers(text: str, key: str, data: Any) -> None:
    assert split(text, "a.md")[0][key].natural() == data


@pytest.mark.parametrize("text", [
    "Note: this is text\n\nMore.", "Title: The story of a word that means much\n\nMore.", "Title: x\nand more words\n\nMore.",
    "Title: Dune\nAuthor: Frank Herbert\nPages: 412\n\nA great book.",
    "Title: Dune\nAuthor: Frank Herbert\nNumber: 1\nPages: 412\n\nA great book.", "Date: 2024-01-31\nPlace: Town hall\n\n# Minutes",
    "Date: soon\nAuthor: Ana\n\nText", "Title: x\nDate: one spring, long ago\n\nText", "Title: x\n=====\nDate: 2024-01-31\n",
    "Title: x\n- Date: 2024-01-31\n\n", "Title: A\nAuthor: X\nTitle: B\nAuthor: Y\n\n", "title:x\ndate:2024-01-31\n\n",
    "Title: x\nhttps://example.org/\n\n", "Source: a\nImage: b\n\nText",
    "From: ana@example.org\nTo: bo@example.org\nDate: 2024-01-31\n\nHi",
    " Title: x\nDate: 2024-01-31\n\n", "\nTitle: x\nDate: 2024-01-31\n\n", "Title:\n\nDate: 2024-01-31",
])
def test_prose_with_colons_stays_prose(text: str) -> None:
    assert split(text, "a.md") == ({}, text, 1)


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
        title="A title", subtitle="B", slug="c", authors=(Person("Ana", "a@b.org"),), language="pt-BR", published=day(2024, 1, 31),
        updated=datetime(2024, 2, 1, 10, tzinfo=UTC), id="urn:x:y", url="https://example.org/a", summary="D e", tags=("f", "g", "h"),
        section="S",
        series=Series("N", 3), publisher="P", rights="R", license="CC-BY-4.0", image=Figure(Image("i.png", "A"), (), "K", line=19),
        enclosures=(Enclosure("e.mp3", "audio/mpeg", 12),), corrections=(Correction(day(2024, 2, 3), "T"),), source="Q",
        draft=True, extra={})


def test_scalars_stay_words() -> None:
    found = meta("title: no\nslug: 1e3\ntags: [on, 2024-01-31, 0x1F, ~]\nsection: 1:30")
    assert (found.title_text, found.slug, found.tags, found.section) == ("no", "1e3", ("on", "2024-01-31", "0x1F"), "1:30")


def test_empty_values_are_not_said() -> None:
    assert meta("title:\nauthor: ~\ndate:\nimage: ''\nseries: []") == Meta(extra={})


@pytest.mark.parametrize(("source", "people"), [
    ("author: Ana", ["Ana"]), ("authors: Ana, Bo", ["Ana", "Bo"]), ("author: Ana, MD", ["Ana, MD"]), ("authors: [Ana, Bo]", ["Ana", "Bo"]),
    ("byline: By Ana Ruiz and Bo Li", ["Ana Ruiz", "Bo Li"]), ("authors: [{given: Ana, family: Ruiz}]", ["Ana Ruiz"]),
    ("author: {name: Ana, url: u}", ["Ana"]), ("author: {name: {given: Ana, family: Ruiz}}", ["Ana Ruiz"]),
    ("author: Ana and Bo", ["Ana", "Bo"]), ("author: Ana, Bo & Cy", ["Ana", "Bo", "Cy"]), ("author: Ana, Bo, and Cy", ["Ana", "Bo", "Cy"]),
    ("author: Ana Ruiz, Bo van der Li", ["Ana Ruiz", "Bo van der Li"]),
    ("author: 'Ana Ruiz, PhD, Bo Li, Jr.'", ["Ana Ruiz, PhD", "Bo Li, Jr."]),
    ("author: Ruiz, Ana", ["Ruiz, Ana"]), ("authors: Ruiz, Ana; Li, Bo", ["Ruiz, Ana", "Li, Bo"]),
    ("author: Ana Ruiz, Staff Writer", ["Ana Ruiz, Staff Writer"]),
    ("author: Department of Health and Human Services", ["Department of Health and Human Services"]),
    ("authors: [Ana Ruiz and Bo Li]", ["Ana Ruiz", "Bo Li"]),
    ("authors: ['Ruiz, Ana', 'Li and Sons Ltd.']", ["Ruiz, Ana", "Li and Sons Ltd."]),
    ("author: J (also known as Jay, Jr)", ["J (also known as Jay, Jr)"]), ("primary_author: {name: Ana, slug: ana}", ["Ana"]),
    ("author: Ana (@ana)", ["Ana (@ana)"]), ("author: The Team", ["The Team"]),
])
def test_authors(source: str, people: list[str]) -> None:
    assert [p.name for p in meta(source).authors] == people


@pytest.mark.parametrize(("source", "person"), [
    ("author: Ana <ana@example.org>", Person("Ana", "ana@example.org")),
    ("author: Ana <https://a.example>", Person("Ana", "", "https://a.example")),
    ("author: Ana <ana@example.org> (https://a.example)", Person("Ana", "ana@example.org", "https://a.example")),
    ("author: ana@example.org (Ana)", Person("Ana", "ana@example.org")), ("author: ana@example.org", Person("ana@example.org")),
    ("eip: 1\nauthor: Ana Ruiz (@ana)", Person("Ana Ruiz", "", "https://github.com/ana")),
    ("eip: 1\nauthor: Ana (@ana) <ana@example.org>", Person("Ana", "ana@example.org", "https://github.com/ana")),
    ("author: {name: Ana, github: ana}", Person("Ana", "", "https://github.com/ana")),
    ("author: {name: Ana, website: https://a.example, orcid: 0000-0002-1825-0097}", Person("Ana", "", "https://a.example",
    "0000-0002-1825-0097")),
])
def test_addresses_of_authors(source: str, person: Person) -> None:
    assert meta(source).authors == (person,)


def test_many_authors_of_a_proposal() -> None:
    found = meta("eip: 1\nauthor: Ana Ruiz (@ana), Bo <bo@example.org>, Cy (@cy)")
    assert [(p.name, p.email, p.url) for p in found.authors] == [
        ("Ana Ruiz", "", "https://github.com/ana"), ("Bo", "bo@example.org", ""), ("Cy", "", "https://github.com/cy")]


def test_what_else_is_said_of_people_is_kept() -> None:
    found, said = read("authors:\n- {name: Ana, twitter: ana}\n- {name: Bo, bio: Writes.}")
    assert found.authors == (Person("Ana"), Person("Bo"))
    assert found.extra == {"authors": [{"name": "Ana", "twitter": "ana"}, {"name": "Bo", "bio": "Writes."}]}
    assert [d.message for d in said] == ["not known here, and kept aside: 'twitter' of 'authors' (line 3), 'bio' of 'authors' (line 4)"]


@pytest.mark.parametrize(("source", "field", "value"), [
    ("pubDate: 2024-01-31", "published", day(2024, 1, 31)), ("Date: 2024-01-31", "published", day(2024, 1, 31)),
    ("published_at: 2024-01-31T10:00:00.000Z", "published", datetime(2024, 1, 31, 10, tzinfo=UTC)),
    ("created: 2024-01-31", "published", day(2024, 1, 31)), ("path: 2024/01/31/a-name", "extra", {"path": "2024/01/31/a-name"}),
    ("last_update: {date: 2024-01-31}", "updated", day(2024, 1, 31)), ("date-modified: 2024-01-31", "updated", day(2024, 1, 31)),
    ("updatedDate: Jan 31 2024", "updated", day(2024, 1, 31)), ("custom_excerpt: x", "summary", "x"),
    ("feature_image: x.png", "image", Figure(Image("x.png"), line=2)), ("heroImage: x.png", "image", Figure(Image("x.png"), line=2)),
    ("images: [x.png]", "image", Figure(Image("x.png"), line=2)),
    ("cover: {image: x.png, alt: A}", "image", Figure(Image("x.png", "A"), line=2)),
    ("image: false", "image", None), ("series: [x]", "series", Series("x")), ("series: x\nseries_order: 2", "series", Series("x", 2)),
    ("categories: news tech", "tags", ("news", "tech")), ("categories: open source, news", "tags", ("open source", "news")),
    ("tags: open source", "tags", ("open source",)), ("tags: [{name: A b, slug: a-b}]", "tags", ("A b",)),
    ("primary_tag: x", "section", "x"),
    ("extra: {subtitle: x}", "subtitle", (Text("x"),)), ("taxonomies: {tags: [x]}", "tags", ("x",)), ("status: draft", "draft", True),
    ("published: false\ndraft: false", "draft", True), ("uuid: 123E4567-E89B-12D3-A456-426614174000", "id",
                                                          "urn:uuid:123e4567-e89b-12d3-a456-426614174000"),
                                                          ("title: [x]", "title", (Text("x"),)),
    ("excerpt: x", "summary", "x"), ("canonical_url: x", "url", "x"), ("hero: h.png", "image", Figure(Image("h.png"), line=2)),
    ("dek: x", "subtitle", (Text("x"),)), ("keywords: [x]", "tags", ("x",)), ("category: x", "section", "x"),
    ("category: [x]", "tags", ("x",)),
    ("published: false", "draft", True), ("permalink: https://example.org/", "url", "https://example.org/"), ("guid: g", "id", "g"),
])
def test_synonyms(source: str, field: str, value: Any) -> None:
    found, said = read(source)
    assert getattr(found, field) == value
    assert not any(d.severity != "info" for d in said)
    assert said == () or found.extra


@pytest.mark.parametrize("source", ["title: x", "summary: x\ndescription: x", "status: published", "published: true", "tags:\nseries: ''"])
def test_nothing_to_say(source: str) -> None:
    assert read(source)[1] == ()


def test_jekyll_parts_tags_at_spaces() -> None:
    assert meta("layout: post\ntags: a b").tags == ("a", "b")


def test_a_path_of_zola_has_the_day() -> None:
    assert meta("path: 2024/01/31/a-name").published == day(2024, 1, 31)
    assert meta("path: 2024/01/31/a-name\ndate: 2023-01-01").published == day(2023, 1, 1)
    assert meta("path: 2024/13/31/a-name").published is None


@pytest.mark.parametrize("source", ["status: Draft", "status: Final", "permalink: false", "url: /a/", "date: Last Modified",
"date: git Created",
                                    "date: today", "updated: last-modified"])
def test_what_other_systems_mean_is_kept_aside(source: str) -> None:
    found, said = read(source)
    key, value = source.split(": ")
    assert found == Meta(extra={key: value})
    assert len(said) == 1


def test_picture_parts_in_keys_of_their_own() -> None:
    assert meta("image: a.png\nimage_alt: A\nimage_caption: C").image == Figure(Image("a.png", "A"), "C", line=2)
    found = meta("feature_image: a.png\nimage_alt: B\nfeature_image_alt: A\nfeatureImageCredit: K")
    assert (found.image, found.extra) == (Figure(Image("a.png", "A"), (), "K", line=2), {"image_alt": "B"})
    assert meta("image_alt: A").extra == {"image_alt": "A"}


def test_second_name_for_the_same_is_kept_aside() -> None:
    found, said = read("excerpt: b\nsummary: a")
    assert (found.summary, found.extra) == ("a", {"excerpt": "b"})
    assert [(d.code, d.location.line) for d in said] == [("metadata-unknown", 2)]


def test_unknown_keys_are_kept() -> None:
    found, said = read("layout: post\nweight: 3\nnested: {a: [b, {c: d}]}\npermalink: /x/")
    assert found.extra == {"layout": "post", "weight": "3", "nested": {"a": ["b", {"c": "d"}]}, "permalink": "/x/"}
    assert [(d.code, d.severity, d.location.line) for d in said] == [("metadata-unknown", "info", 2)]
    assert said[0].message.endswith(": 'layout' (line 2), 'weight' (line 3), 'nested' (line 4), 'permalink' (line 5)")


def test_very_many_unknown_keys_are_counted() -> None:
    (said,) = read("\n".join(f"k{i}: x" for i in range(60)))[1]
    assert said.message.endswith("'k49' (line 51) and 10 more")


@pytest.mark.parametrize(("key", "near"), [("titel", "title"), ("athor", "author"), ("sumary", "summary"), ("langauge", "language"),
                                           ("autor", "author"), ("tilte", "title"), ("discription", "description"), ("pubdte", "pubdate")])
def test_near_misses_are_named(key: str, near: str) -> None:
    (said,) = read(f"{key}: x")[1]
    assert f"was '{near}' meant?" in said.message


def test_near_misses_keep_a_line_of_their_own() -> None:
    assert [d.location.line for d in read("layout: x\nautor: y\nweight: 3")[1]] == [2, 3]


def test_toml() -> None:
    text = '+++\ntitle = "T"\ndate = 2024-01-31\ntags = ["a"]\ndraft = true\nweight = 3\n[extra]\nsubtitle = "S"\n+++\n'
    found, said = to_meta(split(text)[0], inline)
    assert (found.title_text, found.subtitle_text, found.published, found.tags, found.draft, found.extra) == (
        "T", "S", day(2024, 1, 31), ("a",), True, {"weight": 3})
    assert [d.location.line for d in said] == [6]


def test_tables_of_toml() -> None:
    text = ('+++\ntitle = "T"\ndate = 2024-01-31T09:30:00\nupdated = 2024-02-01T00:00:00Z\n[taxonomies]\ntags = ["a"]\nauthors = ["Ana"]\n'
            '[extra]\ntitle = "Other"\nmood = inf\n[cover]\nimage = "c.png"\nalt = "C"\nrelative = true\n+++\n')
    found, said = whole(text)
    assert found == Meta(title="T", published=day(2024, 1, 31, 9, 30), updated=datetime(2024, 2, 1, tzinfo=UTC), tags=("a",),
    authors=("Ana",),
                         image=Figure(Image("c.png", "C"), line=11),
                         extra={"extra.title": "Other", "mood": "inf", "cover": {"image": "c.png", "alt": "C", "relative": True}})
    assert [d.message for d in said] == [
        "not known here, and kept aside: 'extra.title' (line 9), 'mood' (line 10), 'relative' of 'cover' (line 14)"]


# --- Values of the wrong kind ---

@pytest.mark.parametrize(("source", "words"), [
    ("title: [a, b]", "'title' must be words, not a list"), ("summary: {a: b}", "not a mapping"), ("tags: [{a: b}]", "must be words"),
    ("draft: maybe", "must be true or false, not maybe"), ("authors: [{email: x}]", "has no name"), ("series: {position: 1}", "no name"),
    ("series: [a, b]", "has 2 values; the first is taken"), ("image: [a, b]", "has 2 values; the first is taken"),
    ("series: {name: a, position: x}", "whole number"), ("image: {alt: x}", "has no src"), ("image: true", "must be a file"),
    ("enclosures: [{type: x}]", "no url"), ("enclosures: [{url: a, length: -1}]", "whole number"), ("corrections: [x]", "not a mapping"),
    ("corrections: [{text: x}]", "no date"), ("corrections: [{date: 2024-01-01}]", "no text"),
    ("date: today", "what a build system fills in"),
    ("copyright: {holder: x, year: y}", "must be words"), ("updated: {author: x}", "has no date"),
])
def test_values_that_cannot_be_used_are_kept_aside(source: str, words: str) -> None:
    found, said = read(f"title: y\n{source}") if not source.startswith("title") else read(f"x: y\n{source}")
    said = tuple(d for d in said if d.code == "metadata-invalid")
    assert [(d.severity, d.location.line) for d in said] == [("warning", 3)]
    assert words in said[0].message
    assert said[0].message.count(". ") >= 1  # what to do
    key = source.partition(":")[0]
    assert found.extra[key] == split(f"---\n{source}\n---\n")[0][key].natural()


def test_one_bad_item_does_not_lose_the_others() -> None:
    found = meta("authors: [Ana, {email: x}, Bo]\nseries: [a, b]\nimage: [a.png, b.png]\ncorrections: [{date: 2024-01-31, text: T}, x]")
    assert (found.authors, found.series, found.image) == ((Person("Ana"), Person("Bo")), Series("a"), Figure(Image("a.png"), line=4))
    assert found.corrections == (Correction(day(2024, 1, 31), "T"),)
    assert found.extra["authors"] == ["Ana", {"email": "x"}, "Bo"]


@pytest.mark.parametrize(("source", "words"), [
    ("date: 2024-13-45", "is not a date: 2024-13-45"), ("date: soon", "Accepted are 2024-01-31"), ("updated: [x, y]", "must be words"),
    ("date: 03/04/2024", "3 April or 4 March"), ("corrections: [{date: soon, text: x}]", "is not a date"),
    ("date: 2024-01-31 10:00 IST", "The zone IST is not known"), ("date: 2024-02-30", "Day is out of range"),
])
def test_a_date_that_is_none_stops(source: str, words: str) -> None:
    with pytest.raises(MetadataError) as caught:
        read(f"x: y\n{source}")
    assert caught.value.location.line == 3
    assert words in str(caught.value)
    assert caught.value.hint


def test_a_month_alone_is_said() -> None:
    found, said = read("date: 2024-05")
    assert found == Meta(published=day(2024, 5, 1), extra={})
    assert [(d.code, d.location.line) for d in said] == [("metadata-invalid", 2)]


def test_limit_in_a_title_names_its_line() -> None:
    def refuse(text: str) -> tuple[Inline, ...]:
        raise LimitError("too deep")

    with pytest.raises(LimitError) as caught:
        to_meta(split("---\na: b\ntitle: x\n---\n")[0], refuse, "a.md")
    assert (caught.value.location.file, caught.value.location.line) == ("a.md", 3)


# --- Dates ---

EAST = timezone(timedelta(hours=2))


WEST = timezone(timedelta(hours=-5))
MOMENT = datetime(2024, 1, 31, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("text", "moment"), [
    ("2024-01-31", day(2024, 1, 31)), ("2024/1/31", day(2024, 1, 31)), ("2024.01.31", day(2024, 1, 31)), ("20240131", day(2024, 1, 31)),
    ("2024-01-31T09:30", day(2024, 1, 31, 9, 30)), ("2024-01-31 09:30:15", day(2024, 1, 31, 9, 30).replace(second=15)),
    ("2024-01-31T09:30:15.250Z", datetime(2024, 1, 31, 9, 30, 15, 250000, tzinfo=UTC)), ("20240131T0930", day(2024, 1, 31, 9, 30)),
    ("20240131T093000Z", MOMENT), ("2024-01-31T09:30:00+02:00", MOMENT.replace(tzinfo=EAST)),
    ("2024-01-31 09:30:00 +0200", MOMENT.replace(tzinfo=EAST)), ("2024-01-31 09:30 UTC+2", MOMENT.replace(tzinfo=EAST)),
    ("2024-01-31 09:30 Europe/Kyiv", MOMENT.replace(tzinfo=EAST)),
    ("2024-07-31 09:30 Europe/Kyiv", datetime(2024, 7, 31, 9, 30, tzinfo=timezone(timedelta(hours=3)))),
    ("2024-01-31 09:30 America/New_York", MOMENT.replace(tzinfo=WEST)), ("2024-01-31 09:30 EST", MOMENT.replace(tzinfo=WEST)),
    ("31 January 2024", day(2024, 1, 31)), ("January 31, 2024", day(2024, 1, 31)), ("Jan 31st, 2024", day(2024, 1, 31)),
    ("31st of January 2024", day(2024, 1, 31)), ("31-Jan-2024", day(2024, 1, 31)), ("Jan. 31, 2024", day(2024, 1, 31)),
    ("Sept 30, 2024", day(2024, 9, 30)), ("2024 Jan 31", day(2024, 1, 31)), ("Wednesday, 31 January 2024", day(2024, 1, 31)),
    ("31 January 2024 14:30", day(2024, 1, 31, 14, 30)), ("January 31 2024 2:30 PM EST", datetime(2024, 1, 31, 14, 30, tzinfo=WEST)),
    ("January 31, 2024 at 12am", day(2024, 1, 31)), ("31/12/2024", day(2024, 12, 31)), ("12/31/2024", day(2024, 12, 31)),
    ("03.04.2024", day(2024, 4, 3)), ("05/05/2024", day(2024, 5, 5)), ("1706693400", MOMENT), ("1706693400000", MOMENT),
    ("Wed, 31 Jan 2024 09:30:00 +0200", MOMENT.replace(tzinfo=EAST)), ("Wed, 31 Jan 2024 09:30:00 GMT", MOMENT),
    ("Wed Jan 31 2024 09:30:00 GMT+0200 (Eastern European Standard Time)", MOMENT.replace(tzinfo=EAST)),
    ("Wed Jan 31 09:30:00 2024 +0200", MOMENT.replace(tzinfo=EAST)), ("Wed Jan 31 09:30:00 UTC 2024", MOMENT),
    ("3. Mai 2024", day(2024, 5, 3)), ("vendredi 3 mai 2024", day(2024, 5, 3)), ("1er mai 2024", day(2024, 5, 1)),
    ("3 травня 2024", day(2024, 5, 3)), ("3 мая 2024 г.", day(2024, 5, 3)), ("3 de mayo de 2024", day(2024, 5, 3)),
    ("2024年5月3日", day(2024, 5, 3)), ("2024년 5월 3일", day(2024, 5, 3)),
])
def test_dates(text: str, moment: datetime) -> None:
    found = parse_date(text)
    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(("text", "precision"), [
    ("2024", "year"), ("2024-05", "month"), ("May 2024", "month"), ("2024-05-01", "day"), ("2024-05-01 00:00", "time"),
])
def test_how_much_of_a_date_is_said(text: str, precision: str) -> None:
    assert read_date(text)[1] == precision


@pytest.mark.parametrize("text", [
    "", "24", "2024-13-45", "2023-02-29", "2024-01-31T25:00", "yesterday", "31 Foo 2024", "2024-01-31 +9900", "2024-01-31T10:00:00+99:00",
    "0000-01-01", "0001-01-01", "1e3", "99 January 2024", "03/04/2024", "3-4-2024", "31/01/24", "2024-01-31 10:00 IST",
    "2024-01-31 10:00 Europe/Nowhere",
    "2024-01-31 10:00 Europe/../x", "2024-01-31 13:00 PM", "2024-01-31 and more", "10:30", "12345", "2024-01-31 " + "9" * 200, "31 May",
    "May",
])
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any words will do
        parse_date(text)


# --- What other systems let pass ---

def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    mapping, _, _ = split("---\ndate: 2024-01-01\ntitle: x\ndate: 2024-01-03\n---\n")
    meta, said = to_meta(mapping, lambda words: (Text(words),), "a.md")
    assert meta.published == datetime(2024, 1, 3)  # noqa: DTZ001 - a day without a zone
    assert meta.extra == {"date (line 2)": "2024-01-01"}
    assert [(d.code, d.location.line) for d in said] == [("metadata-invalid", 2)]


def test_the_plain_values_of_julia_are_read() -> None:
    text = '+++\ntitle = "x"\nmeta = [\n  ("a", "b")\n]\ndate = Date(2021, 07, 6)\nother = string("a", "b")\n+++\nBody'
    mapping, body, _ = split(text)
    meta, _ = to_meta(mapping, lambda words: (Text(words),))
    assert (meta.title_text, body) == ("x", "Body")
    assert meta.published == datetime(2021, 7, 6)  # noqa: DTZ001 - a day without a zone
    assert meta.extra == {"meta": '[\n  ("a", "b")\n]', "other": 'string("a", "b")'}


def test_the_definitions_of_franklin_are_front_matter() -> None:
    linked = '<a href="https://example.org/ana">Ana Bo</a>'
    text = f'@def title = "x"\n@def authors = """ {linked}, Cy Du"""\n\n@def hascode = true\nBody\n@def no = 1'
    mapping, body, line = split(text)
    meta, _ = to_meta(mapping, lambda words: (Text(words),))
    assert (meta.title_text, body, line) == ("x", "Body\n@def no = 1", 5)
    assert meta.authors == (Person("Ana Bo", url="https://example.org/ana"), Person("Cy Du"))


# --- Every form ---

@pytest.mark.parametrize("text", [
    "---\ntitle: x\nSlug: here\n---\n", '+++\nslug = "here"\n+++\n', '{"title": "x", "slug": "here"}\n', ';;;\n"slug": "here"\n;;;\n',
    "---toml\nslug = 'here'\n---\n", "Title: x\nSlug: here\n\nBody", "\ufeff---\r\nslug: here\r\n---\r\n",
])
def test_every_form_gives_the_same(text: str) -> None:
    mapping, _, _ = split(text)
    meta, _ = to_meta(mapping, lambda words: (Text(words),))
    assert (meta.slug, meta.url) == ("here", "")


# --- The manual, and hostile sources ---

def test_the_manual_lists_the_same_synonyms() -> None:
    page = (Path(__file__).parents[1] / "docs" / "front-matter.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([a-z_]+) \| ((?:`[^`]+`(?:, )?)+) \|", page, re.MULTILINE))
    listed = {field: tuple(plain_key(name) for name in re.findall("`([^`]+)`", names)) for field, names in rows.items()}
    assert listed == SYNONYMS


@pytest.mark.parametrize("text", [
    "---\ntitle: " + " " * 300_000 + "\n---\n", "---\nauthors: '" + "Ana Bo, " * 40_000 + "'\n---\n", "Title: x\n" + "Author: a\n" * 30_000,
    "+++\nx = " + "9" * 200_000 + "\n+++\n", '{"date": ' + "9" * 200_000 + "}", "+++\n" + " " * 300_000 + "\n+++\n",
    "Title" + " " * 300_000,
    '---\ndate: "' + "1 " * 100_000 + '"\n---\n', "+++\nx = " + "[" * 100_000 + "\n+++\n", "{" * 300_000, "{\n" * 100_000,
    "---\ntitle: x\n" + "? - " * 50_000 + "\n---\n", "---\nauthor: '" + "(" * 300_000 + "'\n---\n",
])
def test_hostile_sources_take_no_time(text: str) -> None:
    start = time.process_time()
    with contextlib.suppress(MetadataError):
        whole(text)
    assert time.process_time() - start < 5
