"""The one door: text, addresses, levels, ids, tables, limits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

import pubkit
from pubkit import model as m
from pubkit.diagnostics import LimitError, PubkitError
from pubkit.normalize import Limits, language_tag, normalize, slugify
from samples import DATE, articles, every_node


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


def ids(content: tuple[m.Block, ...]) -> list[str]:
    return [str(getattr(b, "id", "")) for b in content]


def targets(content: tuple[m.Block, ...]) -> list[str]:
    return [n.target for n in m.walk(content) if isinstance(n, m.Reference)]


def test_headings_have_the_ids_of_github_and_authors_keep_theirs() -> None:
    content, codes = clean(m.Heading(2, "1. Start here"), m.Heading(2, "Same"), m.Heading(2, "Same"), m.Heading(2, "Same 1"),
                           m.Heading(2, "🎉 Party_time — now"), m.Heading(2, [m.Code("f()"), " & ", m.Emphasis("g"), m.Note("no")]),
                           m.Heading(2, "Own", id="fig:Own.1"), m.Heading(2, "🎉"), m.Heading(2, [m.Image("a.png", "A dot"), " x"]))
    assert ids(content) == ["1-start-here", "same", "same-1", "same-1-1", "-party_time--now", "f--g", "fig:Own.1", "section", "-x"]
    assert codes == set()


def test_an_id_of_a_heading_never_takes_one_that_an_author_gave() -> None:
    content, codes = clean(m.Heading(2, "Part"), m.Heading(2, "Part"), m.Paragraph("x", id="part"), m.Paragraph("y", id="part-1"))
    assert ids(content) == ["part-2", "part-3", "part", "part-1"]
    assert codes == set()


def test_ids_that_stand_twice_or_cannot_stand_are_changed_and_links_follow() -> None:
    content, codes = clean(m.Paragraph("a", id="x"), m.Paragraph("b", id="x"), m.Paragraph("c", id="a b"), m.Paragraph("d", id="a-b"),
                           m.Paragraph("e", id="50%"), m.Paragraph("f", id="_note-1"),
                           m.Paragraph([m.Reference("1", t) for t in ("x", "a b", "a-b", "50%", "_note-1")] + [m.Link("2", "#a%20b")]))
    assert ids(content) == ["x", "x-1", "a-b-1", "a-b", "50-", "id-_note-1", ""]
    assert targets(content) == ["x", "a-b-1", "a-b", "50-", "id-_note-1", "a-b-1"]
    assert codes == {"id-duplicate", "id-changed"}


def test_a_new_heading_changes_no_other_id() -> None:
    heads: list[m.Block | str] = [m.Heading(2, "One"), m.Heading(3, "Два"), m.Heading(2, "Three", id="own")]
    assert ids(clean(m.Heading(2, "New"), *heads)[0])[1:] == ids(clean(*heads)[0]) == ["one", "два", "own"]


@pytest.mark.parametrize("url", [
    "#Heading-Name", "#heading%2dname", "#user-content-heading-name", "#HEADING--NAME", "#heading_name", "#heading-name"])
def test_links_to_headings_are_found_however_they_are_typed(url: str) -> None:
    content, codes = clean(m.Heading(2, "Heading name"), m.Paragraph([m.Link("x", url)]))
    assert targets(content) == ["heading-name"]
    assert codes == set()


def test_accents_and_percent_signs_are_read_as_one() -> None:
    content, codes = clean(m.Heading(2, "Cafe\u0301 й"), m.Paragraph([m.Link("x", "#caf%C3%A9-%D0%B9"), m.Link("y", "#café-й")]))
    assert targets(content) == ["cafe\u0301-й"] * 2
    assert codes == set()


@pytest.mark.parametrize("url", ["#", "#top", "#Top", "#t-and-more"])
def test_links_to_the_top_are_words_and_no_finding(url: str) -> None:
    article, found = normalize(m.Article(m.Meta(title="T and more"), [m.Heading(2, "A"), m.Paragraph([m.Link("up", url)])]))
    assert article.content[1] == m.Paragraph("up")
    assert found == ()


def test_a_heading_may_be_called_top() -> None:
    assert targets(clean(m.Heading(2, "Top"), m.Paragraph([m.Link("up", "#top")]))[0]) == ["top"]


@pytest.mark.parametrize("url", ["#fn1", "#fn:1", "#footnote-1", "#user-content-fn-1", "#fnref:1", "#fnref1", "#_note-1", "#1"])
def test_links_to_notes_lead_to_the_block_that_calls_them(url: str) -> None:
    note = m.Note([m.Paragraph(["y", m.Note("inner", id="in")])], id="1")
    content, codes = clean("first", m.Paragraph(["x", note]), m.Paragraph([m.Link("see", url), m.Reference("in", "in")]))
    assert ids(content) == ["", content[1].id, ""]  # type: ignore[union-attr]
    assert targets(content) == [content[1].id] * 2  # type: ignore[union-attr]
    assert codes == set()


def test_notes_are_counted_where_a_link_names_none() -> None:
    content, codes = clean(m.Paragraph(["x", m.Note("a", id="alpha")], id="p"), m.Paragraph(["y", m.Note("b")], id="q"),
                           m.Paragraph([m.Link("1", "#fn1"), m.Link("2", "#fnref2"), m.Link("3", "#fn3")]))
    assert targets(content) == ["p", "q"]
    assert codes == {"link-broken"}


def test_notes_of_one_id_and_other_words_are_two() -> None:
    content, codes = clean(m.Paragraph([m.Note("a", id="n"), m.Note("b", id="n"), m.Note("a", id="n"), m.Note("c", id="n-1")]))
    assert [n.id for n in content[0].content if isinstance(n, m.Note)] == ["n", "n-1", "n", "n-1-1"]  # type: ignore[union-attr]
    assert codes == {"id-duplicate"}


def test_a_note_and_a_block_have_different_ids() -> None:
    content, codes = clean(m.Heading(2, "One"), m.Paragraph(["x", m.Note("a", id="one")]))
    assert [n.id for n in m.walk(content) if isinstance(n, m.Note)] == ["note-one"]
    assert codes == set()


def test_a_broken_link_is_named_with_its_line_and_an_id_like_it() -> None:
    article, found = normalize(m.Article(m.Meta(title="T"), [
        m.Heading(2, "Results"), m.Quote([m.Paragraph([m.Link("x", "#reslts")], line=7)], line=5)]), "a.md")
    assert targets(article.content) == []
    assert [(d.code, d.location.line, "'results'" in d.message) for d in found] == [("link-broken", 7, True)]


def test_many_ids_and_links_take_no_long_time() -> None:
    n = 10_000
    begin = time.process_time()
    content, _ = clean(*[m.Heading(2, "Same") for _ in range(n)], *[m.Heading(2, f"Same {i}") for i in range(n)],
                       m.Paragraph([m.Link("x", f"#Gone{i}") for i in range(n)] + [m.Link("x", f"#fn{i}") for i in range(n)]),
                       m.Paragraph([m.LineBreak()] * n + [m.Text("words ")] * n + [m.LineBreak()] * n))
    assert time.process_time() - begin < 30
    assert len(set(ids(content[:2 * n]))) == 2 * n


def test_dates_without_a_zone_pass_unharmed() -> None:
    day = DATE.replace(tzinfo=None)
    article, found = normalize(m.Article(m.Meta(title="T", published=day, corrections=[m.Correction(day, "x")]), ["x"]))
    assert (article.meta.published, article.meta.corrections[0].date) == (day, day)
    assert found == ()


def test_spans_are_cut_to_the_table_and_gaps_filled() -> None:
    content, codes = clean(m.Table([m.Column()], body=[m.Row(["a", "b"]), m.Row([m.Cell("c", colspan=65534, rowspan=9)])]))
    table = content[0]
    assert isinstance(table, m.Table)
    assert len(table.columns) == 2
    assert (table.body[1].cells[0].colspan, table.body[1].cells[0].rowspan) == (2, 1)
    assert codes == {"span-clamped"}


def test_a_cell_of_several_rows_and_columns_at_the_end_of_its_row_has_room() -> None:
    content, codes = clean(m.Table([m.Column()], body=[m.Row(["a", m.Cell("b", colspan=2, rowspan=2)]), m.Row(["c", "d"])]))
    table = content[0]
    assert isinstance(table, m.Table)
    assert len(table.columns) == 4
    assert [[m.plain_text(c.content).strip() for c in row.cells] for row in table.body] == [["a", "b", ""], ["c", "d"]]
    assert codes == {"table-ragged"}


def test_links_do_not_stand_in_links() -> None:
    content, _ = clean(m.Paragraph([m.Link([m.Link("x", "https://a.example/")], "https://b.example/")]))
    assert content == (m.Paragraph([m.Link("x", "https://b.example/")]),)


@pytest.mark.parametrize(("url", "safe"), [
    ("https://../", False), ("https://a..b/", False), ("https://example.org./", True), ("http://127.0.0.1:8000/", True),
    ("http://1.2.3.4.5/", False), ("http://256.1.1.1/", False), ("http://2130706433/", True), ("http://[::1]/", True),
    ("https://a%20b/", False), ("https://a_b.example/", True), ("https://müller.example/", True), ("https://a^b/", False)])
def test_hosts_are_such_as_can_be(url: str, safe: bool) -> None:
    blocks, codes = clean(m.Paragraph(m.Link("x", url)))
    assert isinstance(blocks[0].content[0], m.Link) == safe  # type: ignore[union-attr]
    assert ("link-unsafe" in codes) != safe


def test_links_and_headings_have_something_to_be_seen() -> None:
    breaks = m.Link((m.LineBreak(), m.Highlight((m.LineBreak(),)), " "), "https://example.org/")
    picture = m.Image("a.png", "A")
    blocks, _ = clean(m.Paragraph(breaks), m.Paragraph(m.Link(picture, "https://example.org/")), m.Heading(2, m.Highlight(m.LineBreak())),
                      m.Heading(2, picture))
    assert blocks[0].content == (m.Link("https://example.org/", "https://example.org/"),)  # type: ignore[union-attr]
    assert blocks[1].content == (m.Link(picture, "https://example.org/"),)  # type: ignore[union-attr]
    assert [b.content for b in blocks[2:]] == [(picture,)]  # type: ignore[union-attr]


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


@pytest.mark.parametrize(("text", "tag"), [
    ("en", "en"), ("pt_br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("not a tag", ""), ("e", ""), ("zz-nonsense-x", ""), ("en-a", ""),
    ("en-x-a1", "en-x-a1"), ("de-CH-1996", "de-CH-1996"), ("es-419", "es-419"), ("x-a", "x-a"), ("i-klingon", "i-klingon"), ("i-none", ""),
    ("zh-cmn-hans-CN", "zh-cmn-Hans-CN")])
def test_language_tags(text: str, tag: str) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(("text", "slug"), [
    ("Hello, World!", "hello-world"), ("Привіт світ", "привіт-світ"), ("a  b", "a--b"), ("C++ & C#", "c--c"), ("snake_case", "snake_case"),
    ("中文 標題。", "中文-標題"), ("ε=mc²", "εmc"), ("हिन्दी", "हिन्दी"), ("½ Ⅷ ٣", "-ⅷ-٣"), ("Ⓐ ☃ 👩‍💻", "ⓐ--"), ("a\u00a0b\tc", "abc"),
    ("ΟΔΟΣ", "οδος"), ("e.g. v1.2-rc", "eg-v12-rc"), ("“Quoted” – it’s", "quoted--its"), ("🎉", "")])
def test_slugs_are_those_of_github(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_a_picture_cannot_be_named_out_of_its_folder() -> None:
    names = ["../../evil.png", "fine-1.svg", "/etc/x", "", ".hidden.png", "a\\b.png"]
    assets = [m.Asset(name, "image/png", b"", 1, 1) for name in names]
    article = m.Article(m.Meta(title="T"), [m.Figure([m.Image("x", "alt", asset=name) for name in names])], assets)
    clean, found = pubkit.normalize(article)
    assert [a.name for a in clean.assets] == ["picture-1.png", "fine-1.svg", "picture-3", "picture-4", "picture-5.png", "picture-6.png"]
    assert [i.asset for i in clean.content[0].pictures][:2] == ["picture-1.png", "fine-1.svg"]  # type: ignore[union-attr]
    assert sum(d.code == "id-changed" for d in found) == 5
    assert pubkit.normalize(clean)[0] == clean


def test_an_output_writes_nothing_out_of_its_folder(tmp_path: Path) -> None:
    output = pubkit.Output((pubkit.File("fine.txt", "text/plain", b""), pubkit.File("a/../../evil.txt", "text/plain", b"")))
    with pytest.raises(pubkit.ExportError):
        output.write(tmp_path / "out")
    assert list(tmp_path.rglob("*")) == []
