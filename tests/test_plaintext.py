"""The plain-text reader: whole cases, single rules, nothing lost, nothing slow."""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from pubkit.model import (
    Article,
    CodeBlock,
    Heading,
    LineBreak,
    Link,
    List,
    Meta,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Text,
    Verse,
    content,
    encode,
    plain_text,
    walk,
)
from pubkit.outline import outline
from pubkit.readers.base import Read
from pubkit.readers.plaintext import parse

CASES = Path(__file__).parent / "cases" / "plaintext"
NAMES = sorted(p.stem for p in CASES.glob("*.txt"))
KINDS = {"title", "deck", "byline", "heading", "sub-heading", "paragraph", "list", "quote", "verse", "code", "dropped"}
WORD = re.compile(r"[^\W_]+")
BODY = "This is a paragraph with some words in it. It has two sentences."


def case(name: str) -> str:
    return (CASES / f"{name}.txt").read_text("utf-8")


def headings(read: Read) -> list[tuple[int, str]]:
    return [(h.level, plain_text(h).strip()) for h in read.article.content if isinstance(h, Heading)]


def kinds(read: Read) -> list[str]:
    return [type(b).__name__ for b in read.article.content]


def lists(read: Read) -> list[List]:
    return [n for n in walk(read.article) if isinstance(n, List)]


def lost_words(text: str, read: Read) -> Counter[str]:
    """Words of the source that are in no part of the article, lines that were said to be dropped aside."""
    gone = {g.line for g in read.guesses if g.kind in ("dropped", "byline")}
    source = [x for i, x in enumerate(re.split("\r\n|\r|\n", text), 1) if i not in gone]
    meta = read.article.meta
    kept = "\n".join([meta.title_text, meta.subtitle_text, plain_text(read.article.content)])
    return Counter(w for x in source for w in WORD.findall(x)) - Counter(WORD.findall(kept))


# --- Cases --------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    found = encode(content(parse(case(name), f"{name}.txt").article), indent=1) + b"\n"
    expected = CASES / f"{name}.json"
    if os.environ.get("PUBKIT_ACCEPT") == "1":
        expected.write_bytes(found)
    assert found.decode() == expected.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_lost(name: str) -> None:
    text = case(name)
    assert all(len(w) <= 3 for w in lost_words(text, parse(text))), "only list markers may go"


@pytest.mark.parametrize("name", NAMES)
def test_every_block_has_its_line_and_every_guess_its_place(name: str) -> None:
    text = case(name)
    read = parse(text)
    rows = text.split("\n")
    for block in read.article.content:
        words = WORD.findall(plain_text(block))
        assert block.line
        assert not words or words[0] in rows[block.line - 1]
    assert {g.kind for g in read.guesses} <= KINDS
    assert all(0 < g.score <= 1 and g.reason and 1 <= g.line <= len(rows) for g in read.guesses)
    assert [g.line for g in read.guesses] == sorted(g.line for g in read.guesses)


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    text = case("english")
    for other in (text.replace("\n", "\r\n"), text.replace("\n", "\r"), "\ufeff" + text, text + "\n\n\n"):
        assert parse(other).article == parse(text).article


# --- Head ---------------------------------------------------------------------------------------------------------------------------

def test_the_title_is_kept_once() -> None:
    read = parse(f"A Day Out\n\nA day out\n\n{BODY}\n", "x.txt")
    assert read.article.meta.title_text == "A Day Out"
    assert kinds(read) == ["Paragraph"]
    assert [(d.code, d.location.line) for d in read.diagnostics] == [("title-repeated", 3)]


def test_a_sentence_between_title_and_text_is_the_deck() -> None:
    read = parse(f"A Day Out\n\nWe went to the sea and came back wet.\n\n{BODY} And a third one.\n")
    assert read.article.meta.subtitle_text == "We went to the sea and came back wet."


@pytest.mark.parametrize("first", ["A full sentence stands here.", "Dear readers,", "12 May 2024, 10:30", "https://a.example/b"])
def test_what_is_no_title(first: str) -> None:
    assert parse(f"{first}\n\n{BODY}\n").article.meta.title == ()


@pytest.mark.parametrize(("line", "names"), [
    ("By Jane Doe", ["Jane Doe"]), ("by Jane Doe and Max W. Roe", ["Jane Doe", "Max W. Roe"]), ("Von Anna von Stein", ["Anna von Stein"]),
    ("Par Léa Petit et Jean Grand", ["Léa Petit", "Jean Grand"]), ("Автор: Іван Зразок", ["Іван Зразок"]),
    ("Από Μαρία Δέντρου", ["Μαρία Δέντρου"]),
    ("By Jane Doe, Max Roe & Ann Poe", ["Jane Doe", "Max Roe", "Ann Poe"]),
])
def test_bylines(line: str, names: list[str]) -> None:
    read = parse(f"A Title\n\n{line}\n\n{BODY}\n")
    assert [p.name for p in read.article.meta.authors] == names
    assert kinds(read) == ["Paragraph"]


def test_an_address_beside_an_author() -> None:
    author, = parse(f"A Title\n\nBy Jane Doe <jane@doe.example>\n\n{BODY}\n").article.meta.authors
    assert (author.name, author.email) == ("Jane Doe", "jane@doe.example")


@pytest.mark.parametrize("line", ["By the river it was cold", "By Monday Everything Was Over.", "De la mer"])
def test_what_is_no_byline(line: str) -> None:
    assert parse(f"A Title\n\n{line}\n\n{BODY}\n").article.meta.authors == ()


def test_head_lines_name_the_title_and_stay() -> None:
    read = parse(f"Number: 7\nTitle: The Seventh\nStatus: open\n\n{BODY}\n")
    assert read.article.meta.title_text == "The Seventh"
    assert "Status: open" in plain_text(read.article.content)


# --- Headings -----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("line", [
    "The Weather", "Why it rained", "Das Wetter", "Погода навесні", "Ο καιρός", "天气", "الطقس اليوم", "THE WEATHER", "1. Weather",
    "IV. Weather",
])
def test_a_heading_without_markup(line: str) -> None:
    assert headings(parse(f"Title Here\n\n{BODY}\n\n{line}\n\n{BODY}\n")) == [(2, line)]


@pytest.mark.parametrize("line", [
    "It rained.", "and then it rained", "“Will it rain?”", "– Rain", "12 May 2024", "Rain,", "see https://rain.example", "Rain…", "* * *",
    "a b@c.example",
])
def test_what_is_no_heading(line: str) -> None:
    assert headings(parse(f"Title Here\n\n{BODY}\n\n{line}\n\n{BODY}\n")) == []


def test_the_last_line_is_no_heading() -> None:
    assert headings(parse(f"Title Here\n\n{BODY}\n\nThe End\n")) == []


def test_levels_by_drawn_lines() -> None:
    text = f"Title\n=====\n\n{BODY}\n\nOne\n---\n\n{BODY}\n\nInner\n~~~~~\n\n{BODY}\n\nTwo\n---\n\n{BODY}\n"
    read = parse(text)
    assert read.article.meta.title_text == "Title"
    assert headings(read) == [(2, "One"), (3, "Inner"), (2, "Two")]


def test_levels_by_numbers_and_capitals() -> None:
    text = "Title\n\n" + f"\n\n{BODY}\n\n".join(["FIRST PART", "1. Ground", "1.1 Deeper", "1.1.1 Deepest", "SECOND PART", BODY]) + "\n"
    assert headings(parse(text)) == [(2, "FIRST PART"), (3, "1. Ground"), (4, "1.1 Deeper"), (5, "1.1.1 Deepest"), (2, "SECOND PART")]


def test_a_few_words_and_a_colon_before_a_list() -> None:
    text = f"Title\n\n{BODY}\n\nBoth Sides\n\n{BODY}\n\nFor:\n\n• a\n• b\n\nAgainst:\n\n• c\n\nThe things we have seen:\n\n• d\n"
    read = parse(text)
    assert headings(read) == [(2, "Both Sides"), (3, "For"), (3, "Against")]
    assert kinds(read)[-2:] == ["Paragraph", "List"]


def test_key_and_value_lines_are_no_headings() -> None:
    assert headings(parse(f"A Title\n\nPlace: the sea\n\nPrice: nothing\n\n{BODY}\n")) == []


# --- Lists --------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("sign", list("•●◦▪–-*+"))
def test_bullets(sign: str) -> None:
    found, = lists(parse(f"Title\n\nSome words:\n\n{sign} one\n{sign} two\n  goes on\n{sign} three\n\n{BODY}\n"))
    assert [plain_text(i.content).strip() for i in found.items] == ["one", "two goes on", "three"]


@pytest.mark.parametrize(("marks", "style", "start"), [
    ("1. 2. 3.", "decimal", 1), ("4) 5) 6)", "decimal", 4), ("(1) (2) (3)", "decimal", 1), ("a) b) c)", "lower-alpha", 1),
    ("A. B. C.", "upper-alpha", 1), ("i. ii. iii.", "lower-roman", 1), ("I. II. III.", "upper-roman", 1),
    ("viii. ix. x.", "lower-roman", 8),
])
def test_numbers(marks: str, style: str, start: int) -> None:
    found, = lists(parse(f"Title\n\n{BODY}\n\n" + "\n".join(f"{m} word" for m in marks.split()) + f"\n\n{BODY}\n"))
    assert (found.style, found.start, len(found.items), found.tight) == (style, start, 3, True)


def test_letters_past_those_that_are_also_numbers() -> None:
    found, = lists(parse("Title\n\nAll of them:\n\n" + "\n".join(f"{c}. word" for c in "abcdefghijklm") + "\n"))
    assert (found.style, len(found.items)) == ("lower-alpha", 13)


def test_lead_ins() -> None:
    read = parse("Title\n\nSome words here:\n\n• Cold water: It is good.\n• Bread : oui.\n• Neither of both.\n")
    assert [i.content[0] for i in lists(read)[0].items] == [
        Paragraph((Strong("Cold water:"), Text(" It is good.")), line=5), Paragraph((Strong("Bread :"), Text(" oui.")), line=6),
        Paragraph("Neither of both.", line=7),
    ]


def test_lead_ins_need_a_majority() -> None:
    read = parse("Title\n\nSome words here:\n\n• Cold water: It is good.\n• Bread.\n• At 10:30 we left.\n")
    assert not [n for n in walk(read.article) if isinstance(n, Strong)]


def test_nested_lists() -> None:
    outer = lists(parse("Title\n\n• a\n  • b\n    1. c\n    2. d\n  • e\n• f\n"))
    assert [len(x.items) for x in outer] == [2, 2, 2]


def test_a_line_of_speech_is_no_list() -> None:
    read = parse("Title\n\n– Are you there?\n– I am, he said.\n– Good!\n\nThe door closed.\n")
    assert not lists(read)
    assert "– I am, he said." in plain_text(read.article.content)


def test_a_number_that_begins_a_wrapped_line() -> None:
    text = ("Title\n\nThe house was built by the grandfather of the man who sold it in the year\n1984. Nobody remembers what "
            "it cost, and the roof was mended last in May\n2. June would have been better, the neighbours say, as it rained so much.\n")
    assert not lists(parse(text))


# --- Other blocks -------------------------------------------------------------------------------------------------------------------

def test_quotes() -> None:
    read = parse("Title\n\nHe wrote:\n> It is late\n> and cold.\n>\n> > Is it?\n> — A friend\n")
    quote = read.article.content[1]
    assert isinstance(quote, Quote)
    assert plain_text(quote.attribution) == "A friend"
    assert quote.content[0] == Paragraph("It is late and cold.", line=4)
    assert isinstance(quote.content[1], Quote)


def test_verse_and_rules() -> None:
    read = parse("Title\n\nOne short line\nand one more\nand a third\n\n***\n\nA text.\n")
    assert kinds(read) == ["Verse", "Rule", "Paragraph"]
    assert isinstance(read.article.content[1], Rule)


def test_two_short_lines_keep_their_break() -> None:
    block = parse("Title\n\nRiver Road 7\nLanding\n\n" + BODY).article.content[0]
    assert isinstance(block, Paragraph)
    assert LineBreak() in block.content


def test_programs_and_tables_stay_as_they_are() -> None:
    program = "def f(x):\n    return x\n\n    # after\nprint(f(1))"
    indented = "\n".join("    " + x if x else x for x in program.split("\n"))
    read = parse(f"Title\n\nA program:\n\n{indented}\n\nname    age\nAnn     3\nBo      4\n")
    code = [b for b in read.article.content if isinstance(b, CodeBlock)]
    assert [c.text for c in code] == [program, "name    age\nAnn     3\nBo      4"]


def test_first_line_indents_begin_paragraphs() -> None:
    lines = ("   In the beginning there was a house with a garden, and in the garden\nstood a tree that nobody had planted.\n"
             "   Then came the winter, and with the winter came the wind, and the wind\ntook the tree.\n")
    assert kinds(parse("Title\n\n" + lines)) == ["Paragraph", "Paragraph"]


def test_wrapped_words_join() -> None:
    text = ("Title\n\nThe people who live on the other side of the river are known for their well-\nmeant letters, for pre-\n"
            "and post-war houses, and for the habit of talking to themselves--\nas the old do--when it rains.\n")
    assert plain_text(parse(text).article.content[0]) == (
        "The people who live on the other side of the river are known for their well-meant letters, for pre- and post-war houses, and for "
        "the habit of talking to themselves--as the old do--when it rains.\n")


def test_verse_of_long_lines_is_not_joined() -> None:
    poem = ("Shall I go down to the harbour again today\nWhere the boats lie waiting in the rain\n"
            "And the gulls cry over the grey, grey bay\nAs if they called someone home in vain\n")
    assert isinstance(parse("Title\n\n" + poem).article.content[0], Verse)


# --- Links --------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "url"), [
    ("See https://a.example/b?c=d#e.", "https://a.example/b?c=d#e"), ("(http://a.example)", "http://a.example"),
    ("http://a.example/x_(y), too", "http://a.example/x_(y)"), ("“https://a.example/”", "https://a.example/"),
    ("<https://a.example/q>", "https://a.example/q"), ("Write to a.b+c@d-e.example!", "mailto:a.b+c@d-e.example"),
    ("mailto:a@b.example", "mailto:a@b.example"), ("HTTPS://A.EXAMPLE", "HTTPS://A.EXAMPLE"),
])
def test_links(text: str, url: str) -> None:
    read = parse(f"Title\n\n{BODY} {text}\n")
    link, = (n for n in walk(read.article) if isinstance(n, Link))
    assert link.url == url
    assert plain_text(read.article.content) == f"{BODY} {text}\n"


@pytest.mark.parametrize("text", ["a@b", "@name", "x@", "https://", "mailto:", "1@2 pounds"])
def test_no_links(text: str) -> None:
    assert not [n for n in walk(parse(f"Title\n\n{BODY} {text}\n").article) if isinstance(n, Link)]


# --- Pages --------------------------------------------------------------------------------------------------------------------------

def test_page_breaks_and_heads_go_with_a_diagnostic() -> None:
    read = parse(case("paged"), "paged.txt")
    text = plain_text(read.article.content)
    assert "mended so often" in text
    assert "[Page" not in text
    assert "May 1998" not in text
    assert [d.code for d in read.diagnostics] == ["pagebreak-dropped"] * 3
    assert sum(1 for g in read.guesses if g.kind == "dropped") == 5


def test_a_page_break_alone() -> None:
    read = parse(f"Title\n\n{BODY}\n\f{BODY}\n", "x.txt")
    assert kinds(read) == ["Paragraph", "Paragraph"]
    assert [str(d.location) for d in read.diagnostics] == ["x.txt:4"]


# --- Anything ---------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text", [
    "", "\n", " ", "\f", "\f\f\n", "\ufeff", "x", "-", "- ", ">", "> ", "1.", "===", "a\n===", "\x00", ":", "::\n\n- a", "a\n" * 3,
    "\u2028", "\ud800", "•", "•\n•x", ">>> ", "[x] ", "- [x] ", "By", "https://",
])
def test_hardly_anything(text: str) -> None:
    read = parse(text)
    assert outline(read.article, read.guesses, why=True)


def test_any_mixture_is_read_and_nothing_lost() -> None:
    rnd = random.Random(7)
    bits = ["alpha", "Beta", "GAMMA", "- ", "• ", "1. ", "2. ", "a) ", "b) ", "> ", "\n", "\n", "\n\n", "    ", "\t", ": ", ". ", ":",
            "===", "---", "\f", "    x = f(1)", "By Ann Lee", "Über", "слово", "http://a.example", "|", "  ", "☐ ",
            ">>> ", "* * *", "o ", "— "]
    for _ in range(1500):
        text = "".join(rnd.choice(bits) for _ in range(rnd.randint(1, 60)))
        read = parse(text)
        assert all(len(w) < 3 for w in lost_words(text, read)), text


@pytest.mark.parametrize("text", [
    "word " * 200_000, "a" * 1_000_000, "abc" + "." * 500_000, "a@" * 100_000, "http://" * 50_000, "a" + " " * 500_000 + "b", ">" * 300_000,
    "- item\n" * 30_000, "1. item\n2. item\n" * 10_000, "Head\n\n" * 20_000, ">>> f(1)\n\n" * 20_000, "\f" * 50_000, "-" * 500_000,
    "\n".join(" " * i + "- x" for i in range(800)), "\n".join(">" * i + " x" for i in range(800)), f"{BODY}\n" * 20_000,
], ids=lambda text: f"{text[:12]!r}*{len(text)}")
def test_long_input_is_read_in_good_time(text: str) -> None:
    begin = time.perf_counter()
    parse(text)
    assert time.perf_counter() - begin < 20


# --- Outline ------------------------------------------------------------------------------------------------------------------------

def test_outline() -> None:
    read = parse(case("english"))
    tree = outline(read.article)
    assert tree.startswith("Title     The Ferry That Runs on Patience\nDeck      After three winters ashore")
    assert "\n25    h3                        For\n27      list, 2 items           It is quiet.\n" in tree
    assert all(len(x) < 120 and x == x.rstrip() for x in tree.split("\n"))
    why = outline(read.article, read.guesses, why=True)
    assert "0.95 list: a bullet sign, 3 items" in why
    assert "\n 3  dropped" in why


def test_outline_of_nothing() -> None:
    assert outline(Article(Meta())) == "Title     (none)\nAuthors   (none)\nDate      (none)\nLanguage  (none)\n"
