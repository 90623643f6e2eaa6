"""The web page: one file that needs no other, in the article's language, with true metadata. Nu and axe judge it in tests/conformance."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html as parser

from pubkit import theme
from pubkit.exporters import html
from pubkit.exporters import json as canonical
from pubkit.model import (
    Article,
    Asset,
    Cell,
    Code,
    Column,
    Definition,
    DefinitionList,
    Enclosure,
    Figure,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Meta,
    Note,
    Paragraph,
    Person,
    Reference,
    Row,
    Strong,
    Table,
    decode,
)

PLAIN = html.Options(fonts="none")


def article(*blocks: Any, **more: Any) -> Article:
    known: dict[str, Any] = {"title": "Glass", "slug": "glass", "language": "en", "id": "urn:x:1", "authors": ("Olena",),
                             "published": datetime(2026, 3, 1, tzinfo=UTC)}
    return Article(Meta(**{**known, **more}), blocks, (Asset("dot-1.png", "image/png", b"\x89PNG", 4, 2),))


def page(work: Article, options: html.Options = PLAIN) -> str:
    return html.export(work, theme.load(), options).files[0].data.decode()


def tree(work: Article) -> Any:
    return parser.document_fromstring(page(work))


FULL = article(
    Paragraph(("One", Note("A note."), Link("away", "https://example.org/"), Reference("down", "c"))),
    Heading(2, "A & b", "a"), Heading(3, "Below", "b"), Heading(2, "C", "c"), Heading(2, "D", "d"),
    Figure(Image("dot.png", alt='a "dot"', asset="dot-1.png"), "caption"),
    subtitle="A deck", summary="In <short>", url="https://example.org/glass/", publisher="Meridian", section="Archives", tags=("x", "y"),
    authors=(Person("Olena", url="https://example.org/olena"), Person("Ana", role="translator")), license="https://example.org/licence",
    updated=datetime(2026, 3, 2, tzinfo=UTC))


def test_the_page_needs_no_other_file() -> None:
    text = page(FULL, html.Options())
    assert not re.search(r"""(src|srcset)=["'](?!data:)""", text)
    assert not re.search(r"url\((?!['\"]?data:)", text)
    assert "@import" not in text
    assert 'rel="stylesheet"' not in text


def test_ids_are_unique_and_links_within_lead_somewhere() -> None:
    root = tree(FULL)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in root.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def test_head() -> None:
    root = tree(FULL)
    assert root.xpath("string(//title)") == "Glass"
    assert root.xpath("//html/@lang") == ["en"]
    assert root.xpath("//link[@rel='canonical']/@href") == ["https://example.org/glass/"]
    assert root.xpath("//meta[@name='description']/@content") == ["In <short>"]
    assert root.xpath("//meta[@name='author']/@content") == ["Olena"]
    assert root.xpath("//meta[@property='og:title']/@content") == ["Glass"]
    assert root.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]


def linked_data(work: Article) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(tree(work).xpath("string(//script[@type='application/ld+json'])"))
    return data


def test_linked_data() -> None:
    data = linked_data(FULL)
    assert data["@type"] == "Article"
    assert data["author"] == [{"@type": "Person", "name": "Olena", "url": "https://example.org/olena"}]
    assert data["translator"] == [{"@type": "Person", "name": "Ana"}]
    assert data["datePublished"] == "2026-03-01T00:00:00+00:00"
    assert data["publisher"] == {"@type": "Organization", "name": "Meridian"}


def test_linked_data_cannot_end_its_element() -> None:
    hostile = article(Paragraph("x"), title="</script><script>alert(1)</script>&<!--")
    assert page(hostile).count("<script") == 1
    assert linked_data(hostile)["headline"] == "</script><script>alert(1)</script>&<!--"


def test_without_a_date_none_is_claimed() -> None:
    undated = article(Paragraph("x"), published=datetime(1980, 1, 1, tzinfo=UTC))
    assert "datePublished" not in linked_data(undated)
    assert "1980" not in page(undated).replace("#", "")


def test_contents_from_three_sections_on() -> None:
    assert [a.text for a in tree(FULL).xpath("//nav//a")] == ["A & b", "Below", "C", "D"]
    assert tree(article(Heading(2, "A", "a"), Heading(2, "B", "b"))).xpath("//nav") == []


def test_notes_stand_at_the_end_with_a_way_back() -> None:
    root = tree(FULL)
    call = root.xpath("//a[@role='doc-noteref']")[0]
    note = root.get_element_by_id(call.get("href")[1:])
    assert "A note." in note.text_content()
    assert note.xpath(".//a[@role='doc-backlink']/@href") == ["#" + call.get("id")]


def test_paragraphs_of_notes_and_items_keep_their_ids() -> None:
    note = Note([Paragraph("One.", id="n1"), Paragraph("Two.", id="n2")])
    items = List([ListItem(Paragraph((Strong("Lead."), " text"), id=f"i{n}")) for n in range(2)])
    work = article(Paragraph(("x", note, *(Reference("to", name) for name in ("n1", "n2", "i0", "i1")))), items)
    root = tree(work)
    for link in root.xpath("//p/a[not(@role)]/@href"):
        assert root.get_element_by_id(link[1:]).tag == "p"


def test_cells_are_aligned_as_their_column_below_cells_that_reach_down() -> None:
    rows = (Row((Cell("a", rowspan=3), Cell("b"), Cell("1"))), Row((Cell("c", rowspan=2), Cell("2"))), Row((Cell("3"),)),
            Row(("d", "e", "4")))
    work = article(Table((Column(), Column(), Column("right")), body=rows))
    assert [td.text_content() for td in tree(work).xpath("//td[@class='pk-right']")] == ["1", "2", "3", "4"]


def test_one_main_and_one_first_heading() -> None:
    root = tree(FULL)
    assert len(root.xpath("//main")) == 1
    assert root.xpath("//h1|//h2|//h3")[0].tag == "h1"
    assert len(root.xpath("//h1")) == 1


def test_light_and_dark() -> None:
    worn = theme.load()
    text = page(FULL)
    assert "prefers-color-scheme: dark" in text
    assert worn.color.paper in text
    assert worn.dark.paper in text


def test_fonts_are_those_that_are_shown() -> None:
    families = set(re.findall(r"@font-face\{font-family:'([^']+)'", page(FULL, html.Options())))
    assert "Source Serif 4" in families
    assert "Source Code Pro" not in families
    assert "Source Code Pro" in page(article(Paragraph(Code("x"))), html.Options()).split("pk-", 1)[0]
    assert "@font-face" not in page(FULL, PLAIN)


def test_lists_of_definitions_have_both_of_every_group() -> None:
    items = [Definition([("Term",)], []), Definition([], [(Paragraph("Alone"),)]), Definition([("A",), ("B",)], [(Paragraph("Both"),)])]
    (found,) = tree(article(DefinitionList(items))).xpath("//dl")
    assert [(e.tag, e.text_content()) for e in found] == [
        ("dt", "Term"), ("dd", ""), ("dt", ""), ("dd", "Alone"), ("dt", "A"), ("dt", "B"), ("dd", "Both")]


def test_a_link_around_a_decorative_picture_can_be_spoken() -> None:
    def link(**more: Any) -> Any:
        return Paragraph(Link(Image("dot.png", asset="dot-1.png", **more), "https://example.org/"))

    assert 'href="https://example.org/" aria-label="https://example.org/"' in page(article(link(decorative=True)))
    assert "aria-label" not in page(article(link(alt="A dot"))).partition("<main>")[2]


def test_pictures_inside_or_beside() -> None:
    assert 'src="data:image/png;base64,iVBORw=="' in page(FULL)
    output = html.export(FULL, theme.load(), html.Options(fonts="none", pictures="files"))
    assert [f.name for f in output.files] == ["glass.html", "glass/dot-1.png"]
    assert b'src="glass/dot-1.png"' in output.files[0].data


def test_right_to_left() -> None:
    assert '<html lang="ar" dir="rtl">' in page(article(Paragraph("س"), language="ar"))


def test_relative_links_follow_the_canonical_address() -> None:
    near = (Paragraph(Link("near", "../near/")),)
    assert 'href="https://example.org/near/"' in page(article(*near, url="https://example.org/glass/"))
    assert 'href="../near/"' in page(article(*near))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_unsafe_schemes_are_not_written(url: str) -> None:
    assert url not in page(article(Paragraph(Link("x", url))))


def test_text_is_never_markup() -> None:
    assert "<b>" not in page(article(Paragraph("<b>x</b>"), title="<b>", subtitle="<b>", section="<b>", publisher="<b>", rights="<b>"))


def test_an_empty_article_is_a_page() -> None:
    assert tree(article()).xpath("string(//h1)") == "Glass"
    assert tree(article(Table((), ()))).xpath("//table")


def test_same_bytes_twice() -> None:
    assert html.export(FULL, theme.load()) == html.export(FULL, theme.load())


def test_json_reads_back_as_the_same_article() -> None:
    (file,) = canonical.export(FULL, theme.load()).files
    assert (file.name, file.data[-1:]) == ("glass.json", b"\n")
    assert decode(file.data) == FULL


def test_files_that_go_along_are_linked_where_they_have_an_address() -> None:
    given = (Enclosure("https://example.org/a%20b.mp3", "audio/mpeg", 32044), Enclosure("here.mp3"), Enclosure("https://example.org/"))
    links = tree(article(Paragraph("x"), enclosures=given)).xpath("//footer//a")
    assert [(a.get("href"), a.text) for a in links] == [
        ("https://example.org/a%20b.mp3", "a b.mp3 (32\u00a0kB)"), ("https://example.org/", "https://example.org/")]
