"""What the Markdown reader makes of sources: cases in files, and what no file shows well."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pubkit.diagnostics import LimitError, PubkitError
from pubkit.model import (
    Article,
    Aside,
    Block,
    Cell,
    Column,
    Embed,
    Emphasis,
    Figure,
    Heading,
    Image,
    Link,
    List,
    Meta,
    Note,
    Paragraph,
    Quote,
    Row,
    Strong,
    Table,
    Text,
    content,
    decode,
    encode,
    plain_text,
    walk,
)
from pubkit.normalize import normalize
from pubkit.readers.html import fragment
from pubkit.readers.markdown import parse, parse_inline

CASES = Path(__file__).parent / "cases" / "markdown"


def blocks(text: str) -> tuple[Block, ...]:
    return content(parse(text).article).content


def codes(text: str) -> list[str]:
    return [d.code for d in parse(text).diagnostics]


def words(text: str) -> str:
    return " ".join(plain_text(parse(text).article.content).split())


@pytest.mark.parametrize("case", sorted(CASES.glob("*.md")), ids=lambda p: p.stem)
def test_case(case: Path) -> None:
    made = encode(content(parse(case.read_text(encoding="utf-8"), case.name).article), indent=1) + b"\n"
    expected = case.with_suffix(".json")
    if os.environ.get("PUBKIT_ACCEPT") == "1":
        expected.write_bytes(made)
    assert made.decode() == expected.read_text(encoding="utf-8")
    assert encode(decode(made)) == encode(decode(expected.read_bytes()))


# --- Places ---

def test_lines_count_from_the_top_of_the_file() -> None:
    article = parse("---\ntitle: T\n---\n\nOne.\n\n## Two\n\n- three\n- four\n").article
    found = {type(n).__name__: getattr(n, "line", 0) for n in walk(article.content) if getattr(n, "line", 0)}
    assert found == {"Paragraph": 10, "Heading": 7, "List": 9, "ListItem": 10}
    assert article.content[0].line == 5


def test_diagnostics_name_file_and_line() -> None:
    found = parse("---\ntitle: T\n---\nOne\ntwo <b>three\n\n<form>\n\nfour\n\n</form>\n", "a.md").diagnostics
    assert [(d.location.file, d.location.line, d.code) for d in found] == [("a.md", 5, "html-dropped"), ("a.md", 7, "html-dropped")]


# --- Limits ---

@pytest.mark.parametrize("text", [
    "> " * 500 + "x", "".join("  " * i + "- a\n" for i in range(500)), "- " * 500 + "x", "::: note\n" * 500, "<div>\n\n" * 500 + "x",
    "*" * 1000 + "a" + "*" * 1000, "<b>" * 1000 + "x", "".join("    " * i + f"[^{i}]: a\n\n" for i in range(300)),
    "".join(f"[^{i}]: [^{i + 1}]\n" for i in range(500)) + "\n[^0]\n\n[^500]: end",
], ids=["quotes", "lists", "one line", "boxes", "html", "emphasis", "inline html", "note in note", "note calls note"])
def test_too_deep_is_said_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(LimitError, match="nested more than"):
        parse(text, "deep.md")
    assert time.process_time() - start < 1


def test_deep_but_allowed_keeps_its_words() -> None:
    assert words("> " * 90 + "end") == "end"
    assert words("".join("  " * i + f"- w{i}\n" for i in range(45))) == " ".join(f"w{i}" for i in range(45))


def test_notes_that_double_each_other_are_refused() -> None:
    text = "[^0]\n\n" + "\n".join(f"[^{i}]: a[^{i + 1}] b[^{i + 1}]" for i in range(40)) + "\n[^40]: end\n"
    with pytest.raises(LimitError, match="notes call each other too often"):
        parse(text)


# --- Nothing is lost ---

@pytest.mark.parametrize(("text", "kept"), [
    ("a <b>c", "a c"), ("Vec<T> and Box<U>", "Vec<T> and Box<U>"), ("Html<Link>", "Html<Link>"),
    ("<valid semver> ::= x", "<valid semver> ::= x"), ("a </T> b", "a </T> b"),
    ("<foo>x</foo>", "x"), ("x <script>y", "x y"), ("<script>y\n\nz", "y z"), ("text <!-- a", "text <!-- a"), ("<!-- a\n\nb", "<!-- a b"),
    ("{% include x %}", "{% include x %}"), ("{{ x }}", "{{ x }}"), ("a {#not", "a {#not"), ("{ }", "{ }"), (":::", ":::"),
    ("*a <b>x* y</b>", "a x y"), ("<b>*x</b> y*", "x y"), ("<table>x<tr><td>y</table>", "y x"), ("<ul>x<li>y</ul>", "x y"),
    ("a [^none] b", "a [^none] b"), ("::: foo bar\nx\n:::", "bar x"), ("::: note\nx", "x"), ("Table: alone", "Table: alone"),
    ("<![CDATA[abc]]>", "abc"), ("> — only", "— only"), ("a < b & c", "a < b & c"), ("- [ ]", "[ ]"),
])
def test_words_stay(text: str, kept: str) -> None:
    assert words(text) == kept


@pytest.mark.parametrize(("text", "code"), [
    ("a <b>c", "html-dropped"), ("Vec<T>", "markup-unread"), ("{{ x }}", "markup-unread"), ("x[^1]", "markup-unread"),
    ("[^1]: x", "footnote-unused"), ("<!-- a\n\nb", "markup-unread"), ("::: foo\nx\n:::", "dialect-dropped"),
    ("::: note\nx", "markup-unread"),
    ("<script>x</script>", "html-dropped"), ("[a]()", "link-broken"), ("---\ntitle: T\n---\n# T", "title-repeated"),
])
def test_what_is_lost_or_doubtful_is_said(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize("text", ["<!-- a -->x", "[a]{.unknown x=y}", "<div>\n\nx\n\n</div>", "[x](javascript:y)", "# T\n\n<br>",
    "$5 and $10"])
def test_what_is_not_lost_is_not_said(text: str) -> None:
    assert codes(text) == []


PIECES = ["# ", "> ", "- ", "1. ", "\n", "\n\n", "    ", "*", "**", "_", "`", "```\n", "[", "]", "(", ")", "![", "[^1]", "[^1]: ", "^[",
    "$", "$$",
          "::: note\n", ":::\n", "::: verse\n", "::: figure\n", "::: pull\n", "{#a}", "{.b lang=uk}", "<div>", "</div>", "<b>", "</b>",
          "<table><tr><td>", "</table>", "<p>", "</p>", "<ul><li>", "</ul>", "<!--", "-->", "<T>", "<img src=a>", "<iframe src=b>",
          "|a|b|\n|-|-|\n", "|c|", "Table: x", "word ", "слово ", "中\n文", "— by", "\\\n", "  \n", "~~", "<details><summary>s</summary>",
          "<script>", "</script>", "<a href='#x'>", "</a>", "<pre>", "a\n: b\n", "---\n", "[!NOTE]", "<figure>", "<figcaption>",
          "</figure>"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        article = parse(text).article
    except PubkitError:
        return
    assert decode(encode(article)) == article


@given(st.text(max_size=200))
def test_any_characters_are_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except PubkitError:
        return


# --- Titles ---

def test_first_heading_is_the_title_only_without_another() -> None:
    assert parse("# A *b*\n\nx").article.meta.title == (Text("A "), Emphasis("b"))
    assert blocks("# A *b*\n\nx") == (Paragraph("x"),)
    kept = parse("---\ntitle: T\n---\n# Other\n")
    assert kept.article.meta.title_text == "T"
    assert isinstance(kept.article.content[0], Heading)


def test_one_of_several_first_level_headings_after_text_is_no_title() -> None:
    assert parse("x\n\n# A\n\n# B").article.meta.title == ()
    assert parse("x\n\n# A\n\n## B").article.meta.title_text == "A"
    assert parse("## A").article.meta.title == ()


# --- Blocks and inlines that need more than a file ---

def test_thematic_break_at_the_top_is_no_front_matter() -> None:
    assert words("---\n\nWords.\n\n---\n\nMore.") == "Words. More."


def test_note_called_twice_is_the_same_note() -> None:
    first, second = (n for n in walk(blocks("a[^1] b[^1]\n\n[^1]: x")) if isinstance(n, Note))
    assert first == second == Note("x", "1")


def test_note_never_called_stays_as_an_aside() -> None:
    assert blocks("a\n\n[^1]: x\n[^1]: y") == (Paragraph("a"), Aside("x"), Aside("y"))


def test_addresses_stay_as_written() -> None:
    assert blocks("[a](<b c%20é> 'd') x") == (Paragraph((Link("a", "b c%20é", "d"), Text(" x"))),)
    assert blocks("[a](javascript:x) y") == (Paragraph((Link("a", "javascript:x"), Text(" y"))),)


def test_chinese_and_japanese_lines_join_without_a_space() -> None:
    assert words("中文\n文字") == "中文文字"
    assert words("日本。\n*語*") == "日本。語"
    assert words("한국어\n문장") == "한국어 문장"
    assert words("中文\nword") == "中文 word"


def test_line_under_a_table_is_its_caption() -> None:
    (table,) = blocks("| a |\n|---|\n| b |\nTable: Cap {#t}\n")
    assert isinstance(table, Table)
    assert (table.caption, table.id, len(table.body)) == ((Text("Cap"),), "t", 1)


def test_captions_between_tables_go_by_the_way_they_are_written() -> None:
    one, two = "| a |\n|---|\n| b |\n\n", "| c |\n|---|\n| d |\n\n"
    before = blocks(f"Table: A\n\n{one}Table: C\n\n{two}")
    after = blocks(f"{one}Table: A\n\n{two}Table: C\n")
    assert before == after
    assert [plain_text(b.caption) for b in before if isinstance(b, Table)] == ["A", "C"]


def test_fence_in_a_box_hides_colons() -> None:
    (box,) = blocks("::: note\n```\n:::\n```\nx\n:::\n")
    assert isinstance(box, Aside)
    assert len(box.content) == 2


def test_loose_and_tight_lists() -> None:
    assert [b.tight for b in blocks("- a\n- b\n\n***\n\n- a\n\n- b\n") if isinstance(b, List)] == [True, False]


def test_attributes_go_to_what_they_stand_at() -> None:
    assert blocks("{#a}\nText") == (Paragraph("Text", id="a"),)
    assert blocks("Text\n{#a}") == (Paragraph("Text", id="a"),)
    assert blocks("## H {#a .b}") == (Heading(2, "H", id="a"),)
    assert blocks("> q\n{#a}") == (Quote((Paragraph("q", id="a"),)),)


def test_embed_inside_words_parts_them() -> None:
    assert blocks('a <iframe src="u"></iframe> b') == (Paragraph("a"), Embed("u"), Paragraph("b"))


def test_inline_alone() -> None:
    assert parse_inline("A *b*")[0] == (Text("A "), Emphasis("b"))
    assert parse_inline("")[0] == ()


# --- HTML by itself ---

def test_fragment_is_repaired_like_in_a_browser() -> None:
    found, said = fragment("<p>One <b>two</p><img src=a alt=A><table><tr><td>x</table><custom-tag>y</custom-tag>")
    assert content(Article(Meta(), found)).content == (
        Paragraph(("One ", Strong("two"))), Figure(Image("a", "A")), Table((Column(),), (),
        (Row((Cell("x"),)),)), Paragraph((Strong("y"),)))
    assert [d.code for d in said] == ["html-dropped"]


def test_fragment_has_a_limit() -> None:
    with pytest.raises(LimitError):
        fragment("<div>" * 400 + "x")


# --- What must not get lost ---

def test_cells_beyond_the_head_are_kept_and_said() -> None:
    found = parse("| a | b |\n|---|---|\n| 1 | 2 | three |\n| 4 | `5|6` |\n| 7 |\n", "a.md")
    (table,) = content(found.article).content
    assert isinstance(table, Table)
    assert [[plain_text(c.content).strip() for c in row.cells] for row in table.body] == [["1", "2", "three"], ["4", "`5", "6`"], ["7", ""]]
    assert [(d.code, d.location.line) for d in found.diagnostics] == [("table-ragged", 3), ("table-ragged", 4)]


@pytest.mark.parametrize(("text", "expected"), [
    ("他说：“好”\n然后", "他说：“好”然后"), ("走了……\n真的——\n是的", "走了……真的——是的"), ("他说\n“好”", "他说“好”"),
    ("a “b”\nc", "a “b” c"), ("中文\nword", "中文 word"), ("word”\n中文", "word”中文"), ("한국\n어", "한국 어"),
])
def test_lines_of_scripts_without_spaces_join_around_their_signs(text: str, expected: str) -> None:
    assert words(text) == expected


def test_a_link_without_words_shows_where_it_leads() -> None:
    assert words("See [](#eq1) and [](https://example.org/).") == "See #eq1 and https://example.org/."


@pytest.mark.parametrize(("text", "said"), [
    ("```\na\n\nb", ["markup-unread"]), ("- ```\n  a\n- b", ["markup-unread"]), ("```\na\n```\nb", []), ("> ```\n> a\n> ```", []),
    ("```\n```", ["empty-dropped"]), ("##\n\na", ["empty-dropped"]), ("a[^1]\n\n[^1]:\n", ["empty-dropped"]),
])
def test_what_is_never_closed_or_empty_is_said(text: str, said: list[str]) -> None:
    assert codes(text) == said


def test_definitions_that_are_called_too_often_are_too_much() -> None:
    text = "[r]: https://example.org/" + "u" * 20_000 + "\n\n" + "[r] " * 1_200
    with pytest.raises(LimitError, match="characters"):
        normalize(parse(text).article)


def test_the_title_of_code_stands_before_it() -> None:
    made = blocks('```jsx title="/src/hello.js" {1,3}\nx\n```\n')
    assert [type(b).__name__ for b in made] == ["Paragraph", "CodeBlock"]
    assert plain_text(made[0]).strip() == "/src/hello.js"


@pytest.mark.parametrize(("text", "expected"), [
    ("a %%secret%% b", "a b"), ("%%\nsecret\nlines\n%%", ""), ("100%% sure and 50%% off", "100%% sure and 50%% off"),
    ("%% heading", "%% heading"),
    ("a {>>secret<<} b", "a b"), ("{>> a", "{>> a"), ("`%%a%%`", "%%a%%"), ("a %%b", "a %%b"),
])
def test_comments_of_the_author_are_not_published(text: str, expected: str) -> None:
    assert words(text) == expected
    assert ("dialect-dropped" in codes(text)) == (words(text) != text.strip("`"))


def test_the_size_of_a_picture_is_no_text() -> None:
    (figure,) = blocks("![A pier|300x200](pier.png)")
    assert isinstance(figure, Figure)
    assert figure.pictures[0].alt == "A pier"
