"""The one door: text, addresses, levels, ids, tables, limits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from pubkit import model as m
from pubkit.diagnostics import LimitError, PubkitError
from pubkit.normalize import Limits, language_tag, normalize, slugify
from samples import articles, every_node


def clean(*blocks: m.Block | str) -> tuple[tuple[m.Block, ...], set[str]]:
    article, found = normalize(m.Article(m.Meta(title="T"), blocks), "a.md")
    return article.content, {d.code for d in found}


@given(articles)
@settings(max_examples=80, deadline=None)
def test_is_idempotent(article: m.Article) -> None:
    once, _ = normalize(article)
    twice, found = normalize(once)
    assert twice == once
    assert not found


def test_the_whole_model_passes_without_a_word() -> None:
    article, found = normalize(every_node())
    assert {d.code for d in found} == set()
    assert normalize(article)[0] == article


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\ufffeb", "a\x1bb", "a\u202eb", "a\ufeffb", "a\U0001fffeb"])
def test_characters_that_no_output_can_hold_go(bad: str) -> None:
    content, codes = clean(bad)
    assert content == (m.Paragraph("ab"),)
    assert codes == {"character-dropped"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JaVaScRiPt:x", "java\tscript:x", "data:text/html,x", "file:///etc/passwd",
                                 "vbscript:x", "http://[::1", "http://", " javascript:x"])
def test_unsafe_addresses_keep_their_words(url: str) -> None:
    content, codes = clean(m.Paragraph([m.Link("words", url)]))
    assert content == (m.Paragraph("words"),)
    assert codes == {"link-unsafe"}


@pytest.mark.parametrize(("given_url", "url"), [
    ("https://example.org/a b", "https://example.org/a%20b"), ("../x.md", "../x.md"), ("mailto:a@b.example", "mailto:a@b.example"),
    ("https://müller.example/ä?q=é#z", "https://xn--mller-kva.example/%C3%A4?q=%C3%A9#z"), ("https://e.org/%41%zz", "https://e.org/%41%25zz"),
    ("https://e.org/a[1]\"#b#c", "https://e.org/a%5B1%5D%22#b%23c"), ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x")])
def test_addresses_are_written_as_rfc_3986_wants(given_url: str, url: str) -> None:
    content, _ = clean(m.Paragraph([m.Link("x", given_url)]))
    assert content == (m.Paragraph([m.Link("x", url)]),)


def test_addresses_outside_the_text_are_safe_too() -> None:
    meta = m.Meta(title="T", url="javascript:x", id="no iri", authors=[m.Person("A", url="data:x")], enclosures=[m.Enclosure("file:///x")])
    article, found = normalize(m.Article(meta, [m.Embed("javascript:x", "A film")]))
    assert (article.meta.url, article.meta.id, article.meta.authors[0].url, article.meta.enclosures) == ("", "", "", ())
    assert article.content == (m.Paragraph("A film"),)
    assert {d.code for d in found} == {"link-unsafe", "metadata-invalid"}


def test_heading_levels_have_no_gaps() -> None:
    content, codes = clean(m.Heading(3, "a"), m.Heading(5, "b"), m.Heading(5, "c"), m.Heading(2, "d"))
    assert [b.level for b in content if isinstance(b, m.Heading)] == [2, 3, 3, 2]
    assert codes == {"heading-skipped"}


def test_level_one_in_the_body_shifts_all() -> None:
    content, codes = clean(m.Heading(1, "a"), m.Heading(2, "b"))
    assert [b.level for b in content if isinstance(b, m.Heading)] == [2, 3]
    assert codes == {"heading-shifted"}


def test_ids_are_unique_names_and_references_follow() -> None:
    content, codes = clean(m.Heading(2, "1. Start here"), m.Heading(2, "Same"), m.Heading(2, "Same"), m.Paragraph("x", id="Same id!"),
                           m.Paragraph([m.Reference("a", "1-start-here"), m.Link("b", "#same-1"), m.Reference("c", "Same id!"),
                                        m.Reference("d", "no")]))
    ids = [getattr(b, "id", "") for b in content]
    assert ids == ["s-1-start-here", "same", "same-1", "Same-id-", ""]
    assert [i.target for i in content[-1].content if isinstance(i, m.Reference)] == ["s-1-start-here", "same-1", "Same-id-"]
    assert codes == {"link-broken"}


def test_spans_are_cut_to_the_table_and_gaps_filled() -> None:
    content, codes = clean(m.Table([m.Column()], body=[m.Row(["a", "b"]), m.Row([m.Cell("c", colspan=65534, rowspan=9)])]))
    table = content[0]
    assert isinstance(table, m.Table)
    assert len(table.columns) == 2
    assert (table.body[1].cells[0].colspan, table.body[1].cells[0].rowspan) == (2, 1)
    assert codes == {"span-clamped"}


def test_links_do_not_stand_in_links() -> None:
    content, _ = clean(m.Paragraph([m.Link([m.Link("x", "https://a.example/")], "https://b.example/")]))
    assert content == (m.Paragraph([m.Link("x", "https://b.example/")]),)


def test_notes_follow_the_link_that_they_are_called_in() -> None:
    note = m.Note("aside")
    content, _ = clean(m.Paragraph([m.Link(["a", m.Emphasis(["b", note])], "https://b.example/")]))
    assert content == (m.Paragraph([m.Link(["a", m.Emphasis("b")], "https://b.example/"), note]),)


def test_math_is_read_or_stays_as_code() -> None:
    content, codes = clean(m.Paragraph([m.Math("x^2"), m.Math(r"\nonsense{")]))
    good, bad = content[0].content  # type: ignore[union-attr]
    assert isinstance(good, m.Math)
    assert good.mathml.startswith("<math")
    assert bad == m.Code(r"\nonsense{")
    assert codes == {"math-unreadable"}


def test_mathml_from_elsewhere_is_cleaned() -> None:
    bad = ('<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext><script>alert(1)</script></mtext>'
           '<mi onclick="x()" href="javascript:x">y</mi></math>')
    content, _ = clean(m.MathBlock("y", bad), m.Paragraph([m.Math("y", bad), m.Math("z", "<p>no math</p><script/>")]))
    markup = "".join(n.mathml for n in m.walk(content) if isinstance(n, (m.Math, m.MathBlock)))
    assert markup.count("<math") == 3
    for word in ("script", "onclick", "javascript", "<p>"):
        assert word not in markup


def test_depth_and_size_have_limits() -> None:
    deep: m.Block = m.Paragraph("x")
    for _ in range(500):
        deep = m.Quote([deep])
    with pytest.raises(LimitError, match="levels deep"):
        normalize(m.Article(m.Meta(), [deep]))
    with pytest.raises(LimitError, match="columns"):
        normalize(m.Article(m.Meta(), [m.Table([m.Column()] * 3, body=[m.Row(["a"])])]), limits=Limits(columns=2))
    with pytest.raises(LimitError, match="characters"):
        normalize(m.Article(m.Meta(), ["x" * 100]), limits=Limits(characters=99))


def test_wrong_types_are_named() -> None:
    with pytest.raises(PubkitError, match=r"no article: .*level"):
        normalize(m.Article(m.Meta(), [m.Heading("two", "x")]))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "tag"), [("en", "en"), ("pt_br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("not a tag", ""), ("e", "")])
def test_language_tags(text: str, tag: str) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(("text", "slug"), [
    ("Hello, World!", "hello-world"), ("Привіт світ", "привіт-світ"), ("a  b", "a--b"), ("C++ & C#", "c--c")])
def test_slugs_are_those_of_github(text: str, slug: str) -> None:
    assert slugify(text) == slug
