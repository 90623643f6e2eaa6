"""Properties of Word files: what an article knows of itself, in the three parts that tell about a document."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from docx import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

import pubkit
from pubkit import model as m
from pubkit.exporters.word import properties
from pubkit.exporters.word.elements import el

MOSCOW = timezone(timedelta(hours=3))
TYPES = {"core": (CT.OPC_CORE_PROPERTIES, RT.CORE_PROPERTIES), "app": (CT.OFC_EXTENDED_PROPERTIES, RT.EXTENDED_PROPERTIES),
         "custom": (CT.OFC_CUSTOM_PROPERTIES, RT.CUSTOM_PROPERTIES)}
VT = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"
CORE_ORDER = ["title", "subject", "creator", "keywords", "description", "lastModifiedBy", "revision", "created", "modified", "category",
              "contentStatus", "language", "identifier"]


def paragraph(*texts: str) -> Any:
    """A paragraph with a run for each text; a tab and a line feed are Word's own."""
    runs = []
    for text in texts:
        t = el({"\t": "w:tab", "\n": "w:br"}.get(text, "w:t"))
        if t.tag.endswith("}t"):
            t.text = text
        runs.append(el("w:r", t))
    return el("w:p", *runs)


def body(*paragraphs: Any) -> Any:
    return el("w:body", *paragraphs)


def custom(**meta: Any) -> dict[str, tuple[str, str]]:
    """Names with the type and the text of their values, as the part has them."""
    root = etree.fromstring(properties.custom(m.Meta(**meta)))
    assert [p.get("pid") for p in root] == [str(n + 2) for n in range(len(root))]
    assert {p.get("fmtid") for p in root} == {"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"}
    return {str(p.get("name")): (str(p[0].tag).removeprefix(VT), p[0].text or "") for p in root}


def app(*paragraphs: Any, **meta: Any) -> dict[str, str]:
    return {etree.QName(e).localname: e.text or "" for e in etree.fromstring(properties.app(m.Meta(**meta), body(*paragraphs)))}


def opened(meta: m.Meta) -> Any:
    """The properties as python-docx reads them from a file that has ours."""
    document = Document()
    package: Any = document.part.package
    for name in [k for k, r in package.rels.items() if r.reltype in {t for _, t in TYPES.values()}]:
        del package.rels[name]
    for name, data in properties.parts(meta, body()).items():
        content_type, relation = TYPES[name.removeprefix("docProps/").removesuffix(".xml")]
        package.rels.add_relationship(relation, Part(PackURI(f"/{name}"), content_type, data, package), name[9:-4])
    out = io.BytesIO()
    document.save(out)
    return Document(io.BytesIO(out.getvalue())).core_properties


FULL = m.Meta(title=["On ", m.Emphasis("tides")], subtitle="A <gauge> & a clock", language="en-GB",
              published=datetime(2026, 11, 22, 1, 30, tzinfo=MOSCOW),
              authors=["Ida Marsh", m.Person("Jo Ebb", role="editor")], updated=datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC),
              id="urn:uuid:1", url="https://example.org/tides/", summary="What it does.", tags=["sea", "measures"], section="Science",
              draft=True)


def test_core_properties_are_read_back() -> None:
    core = opened(FULL)
    assert (core.title, core.subject, core.author, core.comments) == ("On tides", "A <gauge> & a clock", "Ida Marsh", "What it does.")
    assert (core.keywords, core.category, core.language, core.identifier) == ("sea, measures", "Science", "en-GB", "urn:uuid:1")
    assert (core.content_status, core.revision, core.last_modified_by) == ("Draft", 1, "Ida Marsh")
    assert core.created == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert core.modified == datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


def test_core_properties_say_the_type_of_dates_and_no_language_of_texts() -> None:
    root = etree.fromstring(properties.core(FULL))
    assert [etree.QName(e).localname for e in root] == CORE_ORDER
    kind = "{http://www.w3.org/2001/XMLSchema-instance}type"
    assert [(etree.QName(e).localname, dict(e.attrib)) for e in root if e.attrib] == [
        (name, {kind: "dcterms:W3CDTF"}) for name in ("created", "modified")]
    assert [e.text for e in root if e.attrib] == ["2026-11-21T22:30:00Z", "2026-11-23T04:05:06Z"]


def test_what_is_not_known_is_not_said() -> None:
    undated = m.Meta(title="x", published=m.UNDATED, updated=m.UNDATED)
    for meta in (m.Meta(title="x"), undated):
        assert [etree.QName(e).localname for e in etree.fromstring(properties.core(meta))] == ["title", "revision"]
        assert list(custom(title="x", published=meta.published, updated=meta.updated)) == ["Generator"]


def test_a_long_title_is_whole_in_the_core() -> None:
    title = "Word " * 100 + "end"
    assert opened(m.Meta(title=title)).title == title


@pytest.mark.parametrize("year", [1, 1601, 9999])
def test_days_that_windows_cannot_count_are_text(year: int) -> None:
    moment = datetime(year, 12 if year == 9999 else 1, 31, 23 if year == 9999 else 0,
                      tzinfo=timezone(timedelta(hours=-14 if year == 9999 else 14)))
    assert b"dcterms:created" not in properties.core(m.Meta(title="x", published=moment))
    assert custom(published=moment)["Published"] == ("lpwstr", moment.isoformat())


def test_all_authors_are_creators_and_others_only_where_there_are_none() -> None:
    assert b"<dc:creator>Ada; Ben</dc:creator>" in properties.core(m.Meta(title="x", authors=["Ada", "Ben", m.Person("C", role="editor")]))
    assert b"<dc:creator>C</dc:creator>" in properties.core(m.Meta(title="x", authors=[m.Person("C", role="editor")]))


def test_custom_properties_have_the_types_of_word() -> None:
    found = custom(url="https://example.org/a", slug="a", published=FULL.published, updated=FULL.updated, series=m.Series("Shore", 3),
                   corrections=[m.Correction(m.UNDATED, "x")], publisher="Review", rights="© R", license="CC BY", source="Gazette")
    assert found == {
        "URL": ("lpwstr", "https://example.org/a"), "Slug": ("lpwstr", "a"), "Published": ("filetime", "2026-11-21T22:30:00Z"),
        "Updated": ("filetime", "2026-11-23T04:05:06Z"), "Corrections": ("i4", "1"), "Series": ("lpwstr", "Shore"),
        "Series position": ("i4", "3"), "Publisher": ("lpwstr", "Review"), "Rights": ("lpwstr", "© R"), "License": ("lpwstr", "CC BY"),
        "Source": ("lpwstr", "Gazette"), "Generator": ("lpwstr", f"pubkit {pubkit.__version__}")}
    assert "Series position" not in custom(series=m.Series("Shore"))


def test_people_stand_by_role_with_what_is_known_of_them() -> None:
    people = [m.Person("Ada", "ada@example.org", "https://example.org/ada", "0000-0001"), m.Person("Ben", role="translator"),
              m.Person("Cyd", orcid="https://orcid.org/0000-0002"), m.Person("Dan", role="editor"), m.Person("Eve", role="editor"), "Fay"]
    found = custom(authors=people)
    assert {name: value for name, (_, value) in found.items() if name != "Generator"} == {
        "Author 1": "Ada, https://example.org/ada, https://orcid.org/0000-0001",
        "Author 2": "Cyd, https://orcid.org/0000-0002", "Translator": "Ben", "Editor 1": "Dan", "Editor 2": "Eve"}
    assert list(custom(authors=["Ada"])) == ["Generator"]


def test_what_is_private_stays_with_the_author() -> None:
    meta = m.Meta(title="T", authors=[m.Person("Ada", email="ada@example.org")], extra={"budget": "secret", "weight": 3})
    told = properties.core(meta) + properties.custom(meta) + properties.app(meta, body())
    assert b"secret" not in told
    assert b"weight" not in told
    assert b"ada@" not in told


def test_texts_are_no_longer_than_word_reads_but_addresses_are_whole() -> None:
    long = "https://example.org/" + "a" * 300
    found = custom(url=long, rights="a" * 255, license="a" * 256, source="😀" * 200)
    assert found["URL"][1] == long
    assert found["Rights"][1] == "a" * 255
    assert found["License"][1] == "a" * 254 + "…"
    assert found["Source"][1] == "😀" * 127 + "…"


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    bad = "a\x00b\x0b<\ud800>\ufffe&\"\n]]>"
    meta = m.Meta(title=bad, summary=bad, publisher=bad, tags=[bad], rights=bad)
    assert etree.fromstring(properties.core(meta))[0].text == "ab <>&\" ]]>"
    assert etree.fromstring(properties.app(meta, body()))[0].text == "ab <>&\" ]]>"
    assert etree.fromstring(properties.custom(meta))[0][0].text == "ab <>&\" ]]>"


def test_the_program_says_its_name_and_version() -> None:
    found = app(publisher="The Review")
    assert (found["Application"], found["Company"], found["DocSecurity"]) == ("pubkit", "The Review", "0")
    major, _, minor = found["AppVersion"].partition(".")
    assert (len(major), len(minor)) == (2, 4)
    assert [int(major), int(minor)] == [int(n) for n in pubkit.__version__.split(".")[:2]]
    assert app(authors=[m.Person("House", role="publisher")])["Company"] == "House"


@pytest.mark.parametrize(("paragraphs", "words", "characters", "spaced", "count"), [
    ([], 0, 0, 0, 0),
    ([("One two", " three")], 3, 11, 13, 1),
    ([("One tw", "o")], 2, 6, 7, 1),
    ([("One", "\t", "two", "\n", "three")], 3, 11, 11, 1),
    ([("One",), (), (" ",), ("two",)], 2, 6, 7, 2),
    ([("潮の満ち干 at sea",)], 7, 10, 12, 1),
])
def test_words_are_counted_as_word_does(paragraphs: list[tuple[str, ...]], words: int, characters: int, spaced: int, count: int) -> None:
    found = app(*(paragraph(*texts) for texts in paragraphs))
    names = ("Words", "Characters", "CharactersWithSpaces", "Paragraphs")
    assert [int(found[name]) for name in names] == [words, characters, spaced, count]


def test_codes_of_fields_are_no_words() -> None:
    code = el("w:instrText")
    code.text = "SEQ Figure"
    one = paragraph("Figure ", "1")
    one.insert(0, el("w:r", code))
    assert app(one)["Words"] == "2"
