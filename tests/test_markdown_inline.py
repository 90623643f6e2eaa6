"""Bare addresses, brackets and formulas in Markdown, and that hostile runs of signs take time in proportion to their length."""

from __future__ import annotations

import time

import pytest

from pubkit.model import Block, Link, MathBlock, Note, Paragraph, content, plain_text, walk
from pubkit.readers.markdown import parse


def blocks(text: str) -> tuple[Block, ...]:
    return content(parse(text).article).content


def words(text: str) -> str:
    return "".join(plain_text(b) for b in blocks(text)).strip()


def links(text: str) -> list[tuple[str, str]]:
    return [(plain_text(n), n.url) for n in walk(parse(text).article) if isinstance(n, Link)]


@pytest.mark.parametrize(("text", "address"), [
    ("See https://example.org/a_b_c.", "https://example.org/a_b_c"),
    ("(see http://example.org/x_(y))", "http://example.org/x_(y)"),
    ("https://example.org/?a=1&amp=2&copy;", "https://example.org/?a=1&amp=2"),
    ("https://example.org/*a* and so on", "https://example.org/*a"),
    ("*https://example.org*", "https://example.org"),
    ("Заходьте: https://example.org/шлях!", "https://example.org/шлях"),
    ("見よhttps://example.org/。次", "https://example.org/"),
    ("http://localhost:3000/a", "http://localhost:3000/a"),
    ("https://ada@example.org:8080/x", "https://ada@example.org:8080/x"),
    ("FTP is at ftp://example.org/pub", "ftp://example.org/pub"),
])
def test_a_bare_address_is_a_link(text: str, address: str) -> None:
    assert links(text) == [(address, address)]


@pytest.mark.parametrize(("text", "words", "address"), [
    ("www.example.org/a?b.", "www.example.org/a?b", "http://www.example.org/a?b"),
    ("mail ada_b.c+d@example.org!", "ada_b.c+d@example.org", "mailto:ada_b.c+d@example.org"),
    ("mailto:ada@example.org", "mailto:ada@example.org", "mailto:ada@example.org"),
    ("_x_ and a_b@example.org", "a_b@example.org", "mailto:a_b@example.org"),
])
def test_addresses_without_a_scheme(text: str, words: str, address: str) -> None:
    assert links(text) == [(words, address)]


@pytest.mark.parametrize("text", [
    "`https://example.org`", "xhttps://example.org", "http://", "https://_bad._host/", "www.", "awww.example.org", "ada@host", "a@b@c.org",
    "ada@example.org-", "@example.org", "12:30:45", "www",
])
def test_what_only_looks_like_an_address(text: str) -> None:
    assert links(text) == []
    assert words(text) == text.strip("`")


def test_an_address_in_a_link_is_no_link_of_its_own() -> None:
    assert links("[see https://example.org/a](https://example.org/b)") == [("see https://example.org/a", "https://example.org/b")]


def test_notes_in_place_hold_links_and_brackets() -> None:
    (paragraph,) = blocks("Words^[a note [with brackets] and [a link](https://example.org/)] go on.")
    assert isinstance(paragraph, Paragraph)
    notes = [n for n in paragraph.content if isinstance(n, Note)]
    assert [plain_text(n.content).strip() for n in notes] == ["a note [with brackets] and a link"]
    assert plain_text(paragraph.content, notes=False) == "Words go on."


def test_notes_stand_in_captions_and_titles_too() -> None:
    read = parse("---\ntitle: T^[title]\nsubtitle: D^[deck]\ncorrections: [{date: 2024-01-01, text: 'C^[correction]'}]\n---\n"
                        "![a](a.png \"Caption^[note]\")\n")
    notes = [plain_text(n.content).strip() for n in walk(read.article) if isinstance(n, Note)]
    assert sorted(notes) == ["correction", "deck", "note", "title"]


def test_brackets_that_once_led_nowhere_do_so_again() -> None:
    text = "[a [b] [c](https://example.org/) [d ![e [f](https://example.org/)"
    assert [address for _, address in links(text)] == ["https://example.org/", "https://example.org/"]
    assert words(text) == "[a [b] c [d ![e f"


def test_a_formula_on_lines_of_its_own_stands_alone() -> None:
    made = blocks("Hence\n$$\nx^2\n$$\nfor all $x$.")
    assert [type(b) for b in made] == [Paragraph, MathBlock, Paragraph]
    assert made[1] == MathBlock("x^2")
    assert [type(b) for b in blocks("It is $$x$$ here.")] == [Paragraph]


HOSTILE = ("[", "![", "^[", "[[", "[a](", "[a][", "![[]()", "[x", "a]", "http://a", "://", "a@", "@", "_a@", "www.", "<", "<a ", "&",
           "`` `", "*a_ ", "$a", "{", "{#a ", ":::a ", "|a", "a \n", "\\", "~", "[^a]", "www.a.b/)", "http://a.b/(")


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_runs_take_time_in_proportion(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.process_time()
        parse(text)
        return time.process_time() - start

    seconds(1_000)
    # A cost that grew with the square would be sixteen times as much.
    assert any(seconds(40_000) < 10 * max(seconds(10_000), 0.02) for _ in range(3))
