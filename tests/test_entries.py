"""The entry of an article: what feeds say of it, its content for readers of feeds, its pictures and enclosures."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree, html

from pubkit.exporters.entries import Site, entry, pictures
from pubkit.model import (
    Article,
    Aside,
    Asset,
    Cell,
    Code,
    Column,
    Correction,
    Embed,
    Enclosure,
    Figure,
    Image,
    Link,
    Math,
    MathBlock,
    Media,
    Meta,
    Note,
    Paragraph,
    Quote,
    Reference,
    Row,
    Table,
    content_hash,
)

SITE = Site("https://example.org/", "2026/glass/")


def article(*blocks: Any, **more: Any) -> Article:
    known: dict[str, Any] = {"title": "Glass & time", "slug": "glass", "language": "en", "id": "urn:x:1", "authors": ("Olena",),
                             "published": datetime(2026, 3, 1, 12, tzinfo=UTC), "url": "https://example.org/glass/"}
    return Article(Meta(**{**known, **more}), blocks, (Asset("dot-1.png", "image/png", b"\x89PNG", 4, 2),))


def test_entry_of_an_article() -> None:
    work = article(Paragraph("Text."), tags=("a",), section="Archives", subtitle="A deck", updated=datetime(2026, 3, 2, tzinfo=UTC))
    made, found = entry(work)
    assert (made.id, made.title, made.slug, made.summary) == ("urn:x:1", "Glass & time", "glass", "A deck")
    assert made.url == "https://example.org/glass/"
    assert (made.published, made.updated) == (work.meta.published, work.meta.updated)
    assert made.hash == content_hash(work)
    assert made.text == "Text."
    assert found == ()


def test_updated_is_never_before_published() -> None:
    assert entry(article(updated=datetime(2020, 1, 1, tzinfo=UTC)))[0].updated == article().meta.published


def test_summary_is_cut_at_a_word() -> None:
    text = "word, " * 100
    summary = entry(article(Paragraph((text, Note("no note")))))[0].summary
    assert summary.endswith("word\u2026")
    assert len(summary) <= 281


def content(work: Article, site: Site = SITE) -> Any:
    made, _ = entry(work, site)
    assert made.content == "" or etree.fromstring(f"<div>{made.content}</div>") is not None
    return html.fragment_fromstring(made.content, create_parent="div")


MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'
EVERYTHING = (
    Paragraph(("x", Note("A note."), Link("near", "../near/"), Reference("within", "t"), Code("a<b"), Math("x^2", MATHML))),
    Figure(Image("dot.png", alt="a dot", asset="dot-1.png", width=0.5), "caption", id="fig"), Aside("Aside.", "tip"),
    Table((Column(), Column("right")), head=(Row(("a", "")),), body=(Row((Cell("1", header=True), Cell())),), id="t"),
    Embed("https://video.example/1", "A film"))


def test_content_has_only_what_readers_take() -> None:
    root = content(article(*EVERYTHING))
    for element in root.iter():
        assert element.tag not in ("script", "style", "iframe", "object", "embed", "math", "svg", "aside")
        assert not set(element.attrib) & {"style", "class", "id", "role", "tabindex", "onclick", "aria-label"}
    assert all(":" in url for url in root.xpath("//@href | //@src"))
    assert '<td align="right"></td>' in entry(article(*EVERYTHING))[0].content


def test_what_style_sheets_say_is_said_by_elements() -> None:
    root = content(article(*EVERYTHING, Aside("Text.", "tip", "Mind"), Quote("Words.", "Ida")))
    assert root.xpath("//table/@border") == ["1"]
    assert root.xpath("//td/@align") == ["right", "right"]
    assert root.xpath("//blockquote/p/strong/text()") == ["Tip", "Mind"]
    assert root.xpath("//blockquote/div/em/text()") == ["Ida"]


def test_wide_pictures_say_a_width_that_fits() -> None:
    work = article(Figure(Image("w.png", alt="w", asset="w.png")))
    wide = Article(work.meta, work.content, (Asset("w.png", "image/png", b"x", 3000, 1000),))
    assert dict(content(wide).find(".//img").attrib) | {"src": ""} == {"src": "", "alt": "w", "width": "720", "height": "240"}


def test_formulas_are_characters_with_their_tex_as_title() -> None:
    root = content(article(Paragraph(("a ", Math("x^2", MATHML))), MathBlock("x^2", MATHML), MathBlock("\\odd{", "")))
    assert root.xpath("//span/text()") == ["x\u00b2", "x\u00b2"]
    assert root.xpath("//span/@title") == ["x^2", "x^2"]
    assert root.xpath("//code/text()") == ["\\odd{"]


def test_notes_lead_to_the_page_and_stand_below() -> None:
    root = content(article(Paragraph(("x", Note("First.")), id="p"), Paragraph(("y", Note("Second.")))))
    assert root.xpath("//a/@href") == ["https://example.org/glass/#_note-1", "https://example.org/glass/#_note-2"]
    assert [li.get("value") + li.text_content().strip() for li in root.iter("li")] == ["1First.", "2Second."]


def test_a_sign_for_a_lost_character_is_written_by_its_number() -> None:
    made, _ = entry(article(Paragraph("a\ufffdb")))
    assert "a&#xFFFD;b" in made.content
    assert "\ufffd" not in made.content


def test_summaries_alone() -> None:
    assert entry(article(Paragraph("Text."), summary="S"), SITE, content=False)[0].content == ""
    assert "Text." in entry(article(Paragraph("Text."), url=""), Site(), content=False)[0].content  # there is no page to read it on


def test_an_article_without_words_has_some_content() -> None:
    assert entry(article())[0].content == "<p>Glass &amp; time</p>"


def test_enclosures_have_whole_addresses() -> None:
    given = (Enclosure("audio/a b.mp3", "audio/mpeg", 7), Enclosure("https://cdn.example/x.mp3", "audio/mpeg"))
    made, found = entry(article(enclosures=given), SITE)
    assert [(e.url, e.length) for e in made.enclosures] == [
        ("https://example.org/2026/glass/a%20b.mp3", 7), ("https://cdn.example/x.mp3", 0)]
    assert found == ()


def test_addresses_are_whole() -> None:
    root = content(article(*EVERYTHING))
    assert root.xpath("//img/@src") == ["https://example.org/2026/glass/dot-1.png"]
    assert "https://example.org/near/" in root.xpath("//a/@href")
    assert "https://example.org/glass/#t" in root.xpath("//a/@href")
    assert content(article(*EVERYTHING), Site("https://site.example/x", "a/b.html")).xpath("//img/@src") == [
        "https://site.example/x/a/glass/dot-1.png"]


def test_the_pictures_lie_where_the_entry_says() -> None:
    work = article(*EVERYTHING, book_cover=Image("cover.png", asset="cover-2.png"))
    (file,) = pictures(work, SITE)
    assert (f"https://example.org/{file.name}", file.data) == (content(work).xpath("//img/@src")[0], b"\x89PNG")
    assert pictures(work, Site()) == ()


def test_without_a_site_pictures_are_inside_and_words_stay() -> None:
    made, found = entry(article(*EVERYTHING, url="", enclosures=(Enclosure("a.mp3"),)))
    assert {d.code for d in found} == {"link-relative"}
    assert len(found) == 2  # a link and the enclosure
    root = content(article(*EVERYTHING, url=""), Site())
    assert root.xpath("//a/@href") == ["https://video.example/1"]
    assert root.xpath("//img/@src") == ["data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()]
    assert all(word in root.text_content() for word in ("near", "within", "A note.", "x\u00b2", "a<b", "A film"))
    assert (made.image, made.enclosures) == (None, ())


def test_deck_lead_picture_and_corrections_are_in_the_content() -> None:
    lead = Figure(Image("dot.png", alt="a dot", asset="dot-1.png"), "Lead caption")
    correction = Correction(datetime(2026, 3, 5, tzinfo=UTC), "It was four.")
    made, _ = entry(article(Paragraph("Text."), subtitle="A deck", image=lead, corrections=(correction,)), SITE)
    words = [made.content.index(word) for word in ("A deck", "Lead caption", "Text.", "It was four.")]
    assert words == sorted(words)
    assert "March 5, 2026" in made.content
    assert made.image == Media(url="https://example.org/2026/glass/dot-1.png", media_type="image/png", width=4, height=2, alt="a dot")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_unsafe_schemes_are_not_written(url: str) -> None:
    assert url not in entry(article(Paragraph(Link("x", url)), Embed(url)))[0].content.replace(">" + url, "")


def test_text_is_never_markup() -> None:
    assert "<script" not in entry(article(Paragraph("<script>x</script>"), subtitle="<script>"))[0].content
