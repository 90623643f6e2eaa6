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
    Table,
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
EXACT = sorted(p.stem for p in CASES.glob("*.json"))
KINDS = {"title", "deck", "byline", "dateline", "heading", "sub-heading", "paragraph", "list", "quote", "verse", "code", "table", "dropped"}
WORD = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u4e00-\u9fff]+")      # lines of ideographs join without a space
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

@pytest.mark.parametrize("name", EXACT)
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
        first = next((x for x in rows[block.line - 1:] if WORD.search(x)), "")     # a table may begin with a drawn line
        assert not words or words[0] in first
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


def test_a_heading_in_capitals_right_above_its_text() -> None:
    long = "The weather was kind to us in most of the months of the year, and we thank it."
    assert headings(parse(f"Title Here\n\n{BODY}\n\nTHE WEATHER\n{long}\n{long}\n")) == [(2, "THE WEATHER")]


@pytest.mark.parametrize(("line", "words"), [
    ("== The Weather ==", "The Weather"), ("## The Weather", "The Weather"), ("# The Weather #", "The Weather"),
    ("*** The Weather ***", "The Weather"),
])
def test_a_heading_between_signs(line: str, words: str) -> None:
    assert headings(parse(f"Title Here\n\n{BODY}\n\n{line}\n\n{BODY}\n")) == [(2, words)]


@pytest.mark.parametrize("line", ["** The Weather", "== 3 ==", "#weather", "*** START OF THE BOOK ***"])
def test_signs_that_make_no_heading(line: str) -> None:
    read = parse(f"Title Here\n\n{BODY}\n\n{line}\n\n{BODY}\n")
    assert headings(read) == []
    assert line in plain_text(read.article.content)


def test_aligned_keys_are_no_table() -> None:
    block = parse(f"Title\n\n{BODY}\n\nPlace:    the sea\nTime:     noon\nLeader:   Ann\n\n{BODY}\n").article.content[1]
    assert isinstance(block, Paragraph)
    assert LineBreak() in block.content


def test_chapters_and_their_titles() -> None:
    text = "Title Here\n\n" + "".join(f"CHAPTER {n}.\n\nIN WHICH IT RAINS\n\n{BODY}\n\n" for n in ("I", "II"))
    assert headings(parse(text)) == [(2, "CHAPTER I."), (3, "IN WHICH IT RAINS"), (2, "CHAPTER II."), (3, "IN WHICH IT RAINS")]


def test_parts_hold_chapters() -> None:
    text = "Title Here\n\n" + "".join(f"{x}\n\n" if x.isupper() else f"{x}\n\n{BODY}\n\n" for x in ("PART ONE", "1", "2", "PART TWO", "3"))
    assert headings(parse(text)) == [(2, "PART ONE"), (3, "1"), (3, "2"), (2, "PART TWO"), (3, "3")]


def test_a_name_alone_is_an_author_only_above_a_heading_or_a_date() -> None:
    for below, names in (("PART ONE", ["Ada Quill"]), ("3 May 2024", ["Ada Quill"]), (BODY, [])):
        assert [p.name for p in parse(f"A Title\n\nAda Quill\n\n{below}\n\n{BODY}\n").article.meta.authors] == names


def test_one_chapter_is_none() -> None:
    assert headings(parse(f"Title Here\n\n{BODY}\n\nCatch 22.\n\n{BODY}\n")) == []


def test_questions_with_answers_are_headings_where_they_are_many() -> None:
    asked = "".join(f"{q}\n\n{BODY}\n\n" for q in ("May I fish here?", "May I swim here?"))
    assert headings(parse(f"Title Here\n\n{asked}")) == [(2, "May I fish here?"), (2, "May I swim here?")]
    assert headings(parse("Title Here\n\n" + f"{BODY}\n\n" * 9 + asked)) == []


def test_a_release_with_its_date_is_a_heading() -> None:
    text = f"Title Here\n\n{BODY}\n\n1.3.0 (2024-02-01)\n\n{BODY}\n\n1.2.0 (2023-10-02)\n\n{BODY}\n"
    assert headings(parse(text)) == [(2, "1.3.0 (2024-02-01)"), (2, "1.2.0 (2023-10-02)")]


def test_numbered_lines_that_go_on_behind_a_text_are_headings() -> None:
    text = f"Title Here\n\n{BODY}\n\nI. Ground\n\nII. Water\n\n{BODY}\n\nIII. Air\n"
    assert headings(parse(text)) == [(2, "I. Ground"), (2, "II. Water"), (2, "III. Air")]
    assert len(lists(parse(f"Title Here\n\n{BODY}\n\nI. Ground\n\nII. Water\n\n{BODY}\n"))[0].items) == 2


def test_a_colon_before_a_text_is_a_sub_heading_where_another_is() -> None:
    text = f"Title Here\n\n{BODY}\n\nFor:\n\n• a\n\nAgainst:\n\n{BODY}\n"
    assert headings(parse(text)) == [(2, "For"), (2, "Against")]
    assert headings(parse(f"Title Here\n\n{BODY}\n\nAgainst:\n\n{BODY}\n")) == []


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


@pytest.mark.parametrize(("marks", "style"), [
    ("а) б) в) г) ґ)", "lower-alpha"), ("а) б) в) г) д) е)", "lower-alpha"), ("α) β) γ)", "lower-alpha"), ("Α. Β. Γ.", "upper-alpha"),
    ("א) ב) ג)", "lower-alpha"), ("١. ٢. ٣.", "decimal"), ("1、 2、 3、", "decimal"), ("（一） （二） （三）", "decimal"),
    ("① ② ③", "decimal"), ("九、 十、 十一、", "decimal"), ("1º 2º 3º", "decimal"),
])
def test_numbers_and_letters_of_other_scripts(marks: str, style: str) -> None:
    found, = lists(parse(f"Title\n\n{BODY}\n\n" + "\n".join(f"{m} слово" for m in marks.split()) + f"\n\n{BODY}\n"))
    assert (found.style, found.start, len(found.items)) == (style, 9 if "九" in marks else 1, len(marks.split()))
    assert [plain_text(i.content) for i in found.items] == ["слово\n"] * len(marks.split())


def test_one_item_is_a_list_where_the_sign_is_common() -> None:
    text = f"Title\n\n{BODY}\n\n- a\n- b\n\n{BODY}\n\n- c\n\n{BODY}\n"
    assert [len(x.items) for x in lists(parse(text))] == [2, 1]
    assert lists(parse(f"Title\n\n{BODY}\n\n- c\n\n{BODY}\n")) == []


def test_bullets_inside_a_long_line() -> None:
    line = f"{BODY * 2} The town has:  •\tone bridge   •\ttwo mills  •\tno castle"
    found, = lists(parse(f"Title\n\n{line}\n"))
    assert [plain_text(i.content).strip() for i in found.items] == ["one bridge", "two mills", "no castle"]


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


@pytest.mark.parametrize("lines", [
    "+-----+-----+\n| Day | mm  |\n+=====+=====+\n| Mon | 3   |\n| Tue | 4   |\n+-----+-----+",
    "+-----+----+\n| Day | mm |\n+-----+----+\n| Mon | 3  |\n| Tue | 4  |\n+-----+----+",
    "Day | mm\n--- | --\nMon | 3\nTue | 4", "| Day | mm |\n|-----|---:|\n| Mon | 3 |\n| Tue | 4 |", "Day   mm\n----  --\nMon   3\nTue   4",
    "===  ==\nDay  mm\n===  ==\nMon  3\nTue  4\n===  ==", " Day | mm\n-----+----\n Mon | 3\n Tue | 4",
])
def test_tables_whose_columns_are_beyond_doubt(lines: str) -> None:
    found, = (b for b in parse(f"Title\n\n{BODY}\n\n{lines}\n").article.content if isinstance(b, Table))
    assert plain_text(found) in ("Day\tmm\nMon\t3\nTue\t4\n", "Day\tmm\nMon Tue\t3 4\n")
    assert len(found.head) == 1


@pytest.mark.parametrize("lines", [
    "Day   mm\n----  --\nMonday  3\nTue   4", "+-----+----+\n| Day      |\n+-----+----+\n| Mon | 3  |\n+-----+----+",
    "Day   mm\nMon    3\nTue    4", "Day   mm\n----  --\n   up  3\nTue   4", "Day | mm\n--- | --\nMon\nTue | 4",
])
def test_other_tables_stay_as_they_stand(lines: str) -> None:
    read = parse(f"Title\n\n{BODY}\n\n{lines}\n")
    code = read.article.content[1]
    assert isinstance(code, CodeBlock)
    assert code.text == lines
    assert [g.kind for g in read.guesses if g.line == code.line] == ["table"]


def test_a_contents_with_dots_stays_as_it_stands() -> None:
    lines = "1. Ground ............ 3\n2. Water ............. 7\n"
    code = parse(f"Title\n\n{BODY}\n\n{lines}\n{BODY}\n").article.content[1]
    assert isinstance(code, CodeBlock)


@pytest.mark.parametrize("lines", [
    "Place: the sea\nTime: noon\nLeader: Ann", "12 Pier Road\nLittle Haven\nLH2 7QN", "ANN, a diver\nBO, her brother\nA VOICE",
])
def test_short_lines_that_are_no_verse_stay_lines(lines: str) -> None:
    block = parse(f"Title\n\n{BODY}\n\n{lines}\n\n{BODY}\n").article.content[1]
    assert isinstance(block, Paragraph)
    assert plain_text(block) == lines + "\n"


def test_a_stanza_of_two_lines_beside_verse() -> None:
    text = "Title\n\nOne short line,\nand one more,\nand a third.\n\nThen a short line,\nand that is all.\n"
    assert kinds(parse(text)) == ["Verse", "Verse"]


def test_names_above_what_they_say_are_no_headings() -> None:
    text = "Title\n\n" + "WATCHMAN.\nWho goes there, and why, and with what, and where to?\n\nBOY.\nOnly me, sir, and the goose.\n\n" * 2
    assert kinds(parse(text)) == ["Paragraph"] * 4


def test_who_speaks_begins_a_paragraph() -> None:
    text = "Title\n\n" + "ANN: Who is there? I cannot see you.\nBO: It is only me, with the lamp.\n" * 2
    assert kinds(parse(text)) == ["Paragraph"] * 4


def test_a_signature() -> None:
    read = parse(f"Title\n\n{BODY}\n\n-- \nAnn Lee\nHarbour\nTel. 555\n")
    assert kinds(read) == ["Paragraph", "Rule", "Paragraph"]
    assert plain_text(read.article.content[-1]) == "Ann Lee\nHarbour\nTel. 555\n"


# --- Links --------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "url"), [
    ("See https://a.example/b?c=d#e.", "https://a.example/b?c=d#e"), ("(http://a.example)", "http://a.example"),
    ("http://a.example/x_(y), too", "http://a.example/x_(y)"), ("“https://a.example/”", "https://a.example/"),
    ("<https://a.example/q>", "https://a.example/q"), ("Write to a.b+c@d-e.example!", "mailto:a.b+c@d-e.example"),
    ("mailto:a@b.example", "mailto:a@b.example"), ("HTTPS://A.EXAMPLE", "HTTPS://A.EXAMPLE"),
    ("See www.a.example/b.", "http://www.a.example/b"), ("(WWW.A.example)", "http://WWW.A.example"),
    ("http://www.a.example", "http://www.a.example"), ("www.müller.example", "http://www.müller.example"),
])
def test_links(text: str, url: str) -> None:
    read = parse(f"Title\n\n{BODY} {text}\n")
    link, = (n for n in walk(read.article) if isinstance(n, Link))
    assert link.url == url
    assert plain_text(read.article.content) == f"{BODY} {text}\n"


@pytest.mark.parametrize("text", ["a@b", "@name", "x@", "https://", "mailto:", "1@2 pounds", "www.", "www.a", "awww.a.example", "www..a.b"])
def test_no_links(text: str) -> None:
    assert not [n for n in walk(parse(f"Title\n\n{BODY} {text}\n").article) if isinstance(n, Link)]


# --- Pages --------------------------------------------------------------------------------------------------------------------------

def test_page_breaks_and_heads_go_with_a_diagnostic() -> None:
    read = parse(case("paged"), "paged.txt")
    text = plain_text(read.article.content)
    assert "mended so often" in text
    assert "[Page" not in text
    assert "May 1998" not in text
    assert {d.code for d in read.diagnostics} == {"pagebreak-dropped"}
    assert sum(1 for g in read.guesses if g.kind == "dropped") == 5


def test_a_page_break_alone() -> None:
    read = parse(f"Title\n\n{BODY}\n\f{BODY}\n", "x.txt")
    assert kinds(read) == ["Paragraph", "Paragraph"]
    assert [str(d.location) for d in read.diagnostics] == ["x.txt:4"]


@pytest.mark.parametrize(("one", "two"), [
    ("Report 2024        Page 1", "Report 2024        Page 2"), ("                - 1 -", "                - 2 -"),
    ("Page 1 of 2", "Page 2 of 2"), ("Seite 1", "Seite 2"), ("Сторінка 4", "Сторінка 5"),
    ("Lee     Draft     [Page 7]", "Lee     Draft     [Page 8]"),
])
def test_page_numbers_without_page_breaks(one: str, two: str) -> None:
    more = f"{BODY}\n\n" * 4
    first = f"A Title\n\n{more}This sentence goes\n\n{one}\n\nTHE REPORT\n\nover the page.\n\n"
    read = parse(f"{first}{more}{two}\n\nTHE REPORT\n\n{BODY}\n", "x.txt")
    assert "This sentence goes over the page." in plain_text(read.article.content)
    assert [d.code for d in read.diagnostics] == ["pagebreak-dropped"] * 4
    gone = [g.text for g in read.guesses if g.kind == "dropped"]
    assert gone == [" ".join(one.split()), "THE REPORT", " ".join(two.split()), "THE REPORT"]
    assert read.diagnostics[0].location.line == 13


@pytest.mark.parametrize(("one", "two"), [
    ("Chapter 1", "Chapter 2"), ("Item 1      $5", "Item 3      $7"), ("1", "2"), ("Step 1", "Step 2"),
    ("%% paragraph\nPage 1", "%% paragraph\nPage 2"),
])
def test_what_is_no_page_number(one: str, two: str) -> None:
    more = f"{BODY}\n\n" * 4
    read = parse(f"A Title\n\n{more}{one}\n\n{more}{two}\n\n{more}")
    assert not [g for g in read.guesses if g.kind == "dropped"]


def test_rows_close_together_are_no_page_numbers() -> None:
    assert not parse(f"A Title\n\n{BODY}\n\nDay 1      Swim 1\n\nDay 2      Swim 2\n\n{BODY}\n").diagnostics


# --- Press releases, mails, books ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("above", [
    "FOR IMMEDIATE RELEASE", "PRESSEMITTEILUNG\n\n3 May 2024", "Press release\n3 May 2024\n\nContact: Ann Lee\nPhone: 555 0110",
    "Press release\n\nMedia contact:\nOlive Trent\nHarbour Trust\nolive@trust.example\n+44 20 5550 0100",
    "ПРЕС-РЕЛІЗ", "MEDIA ADVISORY\n\nContact: Ann Lee",
])
def test_what_stands_above_a_press_release_is_kept(above: str) -> None:
    read = parse(f"{above}\n\nA Bridge Opens\n\n{BODY} And more words.\n\nAbout Us\n\n{BODY}\n")
    assert read.article.meta.title_text == "A Bridge Opens"
    assert headings(read) == [(2, "About Us")]
    assert plain_text(read.article.content).startswith(above.split("\n", 1)[0])


@pytest.mark.parametrize(("text", "date"), [
    ("KYIV, May 3, 2024 (Agency) — ", "2024-05-03"), ("BERLIN, 3. Mai 2024 – ", "2024-05-03"), ("PARIS, le 3 mai 2024 - ", "2024-05-03"),
    ("Київ, 3 травня 2024 – ", "2024-05-03"), ("ΑΘΗΝΑ, 3 Μαΐου 2024 – ", "2024-05-03"), ("Warszawa, 3 maja 2024 -- ", "2024-05-03"),
    ("VALDELUZ (4 de abril de 2022). ", "2022-04-04"), ("LANDING, 4 May – ", ""), ("WASHINGTON, DC - ", ""),
    ("LONDON (Agency) - ", ""), ("WASHINGTON - ", ""), ("新华社南湖5月3日电 ", ""),
])
def test_datelines_stay_and_may_give_the_date(text: str, date: str) -> None:
    read = parse(f"A Title\n\n{text}{BODY} There is more to say of it than this, and it is said here.\n")
    assert [g.line for g in read.guesses if g.kind == "dateline"] == [3]
    assert plain_text(read.article.content).startswith(text)
    published = read.article.meta.published
    assert (published.date().isoformat() if published else "") == date


@pytest.mark.parametrize("text", [
    "It rained - ", "In the end, we left – ", "On 3 May we left – ", "Munich, 3 May, where we met – ", "Well – ", "ANN - ",
])
def test_what_is_no_dateline(text: str) -> None:
    long = f"{BODY} There is more to say of it than this, and it is said here."
    second = f"\n\nBO - {long}" if text.startswith("ANN") else ""
    assert not [g for g in parse(f"A Title\n\n{text}{long}{second}\n").guesses if g.kind == "dateline"]


@pytest.mark.parametrize(("line", "date"), [
    ("3 May 2024", "2024-05-03"), ("Thursday, June 14, 2007", "2007-06-14"), ("2024-05-03", "2024-05-03"), ("3. Mai 2024", "2024-05-03"),
    ("Kraków, 2 czerwca 2021 r.", "2021-06-02"), ("Published: May 3, 2024, 10:30 am", "2024-05-03"), ("3 травня 2024 р.", "2024-05-03"),
    ("2024年3月18日", "2024-03-18"), ("3 de mayo de 2024", "2024-05-03"), ("13/5/2024", "2024-05-13"), ("3/5/2024", ""),
    ("3.5.2024", "2024-05-03"), ("١٢ مايو ٢٠٢٢", "2022-05-12"), ("Spring / Issue 14 / 2 April 2023", "2023-04-02"),
])
def test_a_line_with_a_date_below_the_title(line: str, date: str) -> None:
    read = parse(f"A Title\n\n{line}\n\n{BODY}\n")
    assert [(g.line, g.kind) for g in read.guesses if g.line == 3] == [(3, "dateline")]
    assert plain_text(read.article.content).startswith(line)
    published = read.article.meta.published
    assert (published.date().isoformat() if published else "") == date


@pytest.mark.parametrize("line", ["He died on 3 May 2024.", "31 February 2024", "May I come in 2024", "In 2024 there were 12 of them"])
def test_what_is_no_line_with_a_date(line: str) -> None:
    assert parse(f"A Title\n\n{line}\n\n{BODY}\n").article.meta.published is None


@pytest.mark.parametrize(("line", "left"), [
    ("By Jane Doe | May 3, 2024", "May 3, 2024"), ("By Jane Doe, 3 May 2024", "3 May 2024"), ("By Jane Doe, Staff Writer", "Staff Writer"),
    ("Posted by Jane Doe on March 8, 2020", "on March 8, 2020"),
])
def test_what_stands_beside_an_author_stays(line: str, left: str) -> None:
    read = parse(f"A Title\n\n{line}\n\n{BODY}\n")
    assert [p.name for p in read.article.meta.authors] == ["Jane Doe"]
    assert plain_text(read.article.content[0]) == left + "\n"


def test_the_head_of_a_mail_stays_and_gives_the_metadata() -> None:
    head = "From: Ann Lee <ann@lee.example>\nTo: Bo\nDate: Tue, 6 Feb 2024 09:12:00 +0100\nSubject: The piano"
    read = parse(f"{head}\n\nDear Bo,\n\n{BODY}\n")
    meta = read.article.meta
    assert (meta.title_text, meta.authors[0].name, meta.authors[0].email) == ("The piano", "Ann Lee", "ann@lee.example")
    assert meta.published is not None
    assert meta.published.isoformat() == "2024-02-06T09:12:00+01:00"
    assert plain_text(read.article.content[0]) == head + "\n"


def test_an_address_at_the_head_of_a_letter_is_no_title() -> None:
    assert parse(f"14 Pier Road\nHollowford\n\nDear Mr. Quill,\n\n{BODY}\n").article.meta.title == ()


def test_the_title_of_an_ebook_stands_below_its_licence() -> None:
    read = parse(f"The Some EBook of Gulls, by A. Lee\n\nTitle: Gulls\n\nAuthor: A. Lee\n\n*** START OF THE EBOOK GULLS ***\n\n"
                 f"Produced by Volunteers\n\nGULLS\n\nby A. Lee\n\n{BODY}\n")
    assert (read.article.meta.title_text, [p.name for p in read.article.meta.authors]) == ("GULLS", ["A. Lee"])
    assert headings(read) == []
    assert "Produced by Volunteers" in plain_text(read.article.content)


# --- Faults that were mended -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("line", [
    "Minutes of 12 April 2024", "The Long War (1939-1945)", "Harbour Letter 3/2024", "Protokoll vom 12.04.2024", "Jaarverslag 2022/23",
])
def test_a_title_may_end_in_a_date(line: str) -> None:
    meta = parse(f"{line}\n\nBy Ann Lee\n\n{BODY}\n").article.meta
    assert (meta.title_text, [p.name for p in meta.authors]) == (line, ["Ann Lee"])


@pytest.mark.parametrize("line", [
    "12 April 2024", "Monday, 3 May 2024", "Lisbon, 3 May 2024", "Le lundi 3 mai 2024", "Published on 3 May 2024", "2023-2024",
    "Kyiv, 3–5 May 2024", "Berlin den 3. Mai 2024",
])
def test_a_line_that_is_only_a_date_is_no_title(line: str) -> None:
    assert parse(f"{line}\n\n{BODY}\n\n{BODY}\n").article.meta.title_text == ""


def test_a_second_line_with_a_date_is_no_part_of_the_title() -> None:
    read = parse(f"Bus 7: Old Pier - Station\nValid from 1 June 2024\n\nMonday to Friday\n\n{BODY}\n")
    assert read.article.meta.title_text == "Bus 7: Old Pier - Station"
    assert headings(read) == [(2, "Monday to Friday")]
    assert parse(f"THE MINUTES\n3 MAY 2024\n\n{BODY}\n").article.meta.title_text == "THE MINUTES"


@pytest.mark.parametrize("above", [
    "ДЛЯ НЕГАЙНОГО ОПРИЛЮДНЕННЯ", "ДО НЕГАЙНОЇ ПУБЛІКАЦІЇ", "КОМЮНІКЕ", "ZUR SOFORTIGEN VERÖFFENTLICHUNG", "PARA SU DIFUSIÓN INMEDIATA",
    "PARA DIFUSIÓN INMEDIATA", "POUR DIFFUSION IMMÉDIATE", "PER DIFFUSIONE IMMEDIATA", "DO NATYCHMIASTOWEJ PUBLIKACJI",
])
def test_formulas_above_a_press_release(above: str) -> None:
    read = parse(f"{above}\n\nThe Harbour Opens Again\n\n{BODY} {BODY}\n")
    assert read.article.meta.title_text == "The Harbour Opens Again"
    assert above in plain_text(read.article.content)


@pytest.mark.parametrize("line", ["Door onze verslaggever Ann Lee", "Propos recueillis par Ann Lee", "Interview by Ann Lee"])
def test_bylines_of_reporters(line: str) -> None:
    deck = "A talk about boats and ropes and what becomes of\nthose who know too much of both."
    meta = parse(f"The Rope\n\n{deck}\n\n{line}\n\n{BODY} {BODY}\n").article.meta
    assert [p.name for p in meta.authors] == ["Ann Lee"]
    assert meta.subtitle_text == deck.replace("\n", " ")


def test_a_name_above_verse_is_the_poet() -> None:
    verse = "A gull went over,\nthe light was thin,\nthe nets came in,\nand so did I."
    assert [p.name for p in parse(f"The Gull\n\nHanna Lind\n\n{verse}\n").article.meta.authors] == ["Hanna Lind"]
    assert not parse(f"The Gull\n\nover the water\n\n{verse}\n").article.meta.authors
    assert not parse(f"Two Songs\n\nGrey Gulls\n\n{verse}\n\nWhite Nets\n\n{verse}\n").article.meta.authors


def test_a_short_line_above_a_dateline_is_the_deck() -> None:
    meta = parse(f"The Harbour Opens\n\nFirst boat: the Ida\n\nLISBON, 3 May 2024 — {BODY} {BODY}\n").article.meta
    assert meta.subtitle_text == "First boat: the Ida"


def test_an_ebook_without_key_lines() -> None:
    read = parse(f"The Some EBook of Gulls, by A. Lee\n\n{BODY}\n\n*** START OF THE EBOOK GULLS ***\n\nProduced by Volunteers\n\n"
                 f"GULLS\n\nBY ANN LEE\n\nCHAPTER I.\n\n{BODY}\n\n       *       *       *\n\n{BODY}\n\nCHAPTER II.\n\n{BODY}\n")
    assert (read.article.meta.title_text, len(read.article.meta.authors)) == ("GULLS", 1)
    assert [h for _, h in headings(read)] == ["CHAPTER I.", "CHAPTER II."]
    assert kinds(read).count("Rule") == 1
    assert lists(read) == []


def test_a_drawing_stays_as_it_stands() -> None:
    drawing = "    0 1 2 3 4 5\n   +-+-+-+-+-+-+\n   | Lamp | Age |\n   +-+-+-+-+-+-+"
    read = parse(f"Title\n\n{BODY}\n\n{drawing}\n\n{BODY}\n")
    assert kinds(read) == ["Paragraph", "CodeBlock", "Paragraph"]
    assert [g.kind for g in read.guesses][2] == "code"


def test_a_heading_above_indented_text() -> None:
    read = parse("LAMP(1)        Manual        LAMP(1)\n\nNAME\n       lamp - light a lamp\n\n"
                 "FILES\n       /etc/lamp\n              where it is\n\nSEE ALSO\n       wick(1), oil(1)\n")
    assert [h for _, h in headings(read)] == ["NAME", "FILES", "SEE ALSO"]


def test_a_short_list_of_words_between_capitals_is_text() -> None:
    read = parse(f"A Life\n\nPROFILE\n\n{BODY}\n\nSKILLS\n\nPython, Drawing, Knots, first aid\n\nREFERENCES\n\nThere are some.\n")
    assert [h for _, h in headings(read)] == ["PROFILE", "SKILLS", "REFERENCES"]


def test_a_question_among_others_is_a_heading_above_any_answer() -> None:
    read = parse("The Ferry: Questions\n\nWhen does it go?\n\nIt goes at noon, and again at dusk.\n\nWhere do I buy my ticket?\n\n"
                 "In any of these:\n\n• the kiosk;\n• the quay.\n\nWho mends it?\n\nThe two men who built it, on Mondays.\n")
    assert [h for _, h in headings(read)] == ["When does it go?", "Where do I buy my ticket?", "Who mends it?"]


def test_a_numbered_series_is_judged_together() -> None:
    read = parse(f"知らせ\n\n１．日時\n\n三月の日曜日、午前九時から十一時まで行います。\n\n２．場所\n\n公園　東\n\n３．他\n\n{BODY}\n")
    assert [h for _, h in headings(read)] == ["１．日時", "２．場所", "３．他"]


def test_uneven_indents_are_verse() -> None:
    read = parse(f"Title\n\n{BODY} It was so:\n\n    Oh, the long road is white, is white,\n      And it goes by the inn and into night,\n"
                 f"    With a song and a hat.\n\n{BODY}\n")
    assert kinds(read) == ["Paragraph", "Verse", "Paragraph"]


def test_each_line_of_a_page_head_is_named() -> None:
    read = parse(f"Title\n\n{BODY}\n\n                - 1 -\n\fHarbour Plan      Lee      May 2024\n\n{BODY}\n", "x.txt")
    assert [(d.code, d.location.line) for d in read.diagnostics] == [("pagebreak-dropped", 5), ("pagebreak-dropped", 6)]
    assert kinds(read) == ["Paragraph", "Paragraph"]
    assert "The Quay" in plain_text(parse(f"Title\n\n{BODY}\n\fThe Quay\n\n{BODY}\n").article.content)


def test_the_last_page_says_that_it_is_the_last() -> None:
    read = parse(f"Title\n\n{BODY}\n\nPage 1 of 1\n", "x.txt")
    assert [(d.code, d.location.line) for d in read.diagnostics] == [("pagebreak-dropped", 5)]
    assert not parse(f"Title\n\n{BODY}\n\nPage 1 of 2\n").diagnostics


def test_a_table_by_a_hint_needs_only_gaps() -> None:
    made = parse(f"{BODY}\n\n%% table\nPort      Boats  Open\nRiga         12  May\nOld Quay      3\n").article.content[-1]
    assert isinstance(made, Table)
    assert (len(made.columns), len(made.head), len(made.body)) == (3, 1, 2)
    assert isinstance(parse(f"{BODY}\n\n%% table\none two\nthree four\n").article.content[-1], CodeBlock)


def test_hints_that_say_nothing() -> None:
    read = parse(f"Title\n\n%% end\n\n{BODY}\n\n%% heading\n\n%% list\na\n%% end\n\n%% verse\n", "x.txt")
    assert [(d.code, d.location.line) for d in read.diagnostics] == [("markup-unread", n) for n in (3, 7, 13)]


def test_an_ftp_address_is_a_link() -> None:
    block = parse(f"{BODY} See ftp://files.example/a.txt.\n").article.content[-1]
    assert [n.url for n in walk(block) if isinstance(n, Link)] == ["ftp://files.example/a.txt"]


# --- Front matter -------------------------------------------------------------------------------------------------------------------

def test_front_matter() -> None:
    above = "---\ntitle: A Title\nauthor: Ann Lee\ndate: 2024-05-03\nodd: 1\n---\n"
    read = parse(f"{above}\nA Title\n\nBy Bo Ray\n\n{BODY}\n\nHeading\n\n{BODY}\n", "x.txt")
    meta = read.article.meta
    assert (meta.title_text, [p.name for p in meta.authors], meta.extra) == ("A Title", ["Ann Lee"], {"odd": "1"})
    assert kinds(read) == ["Paragraph", "Paragraph", "Heading", "Paragraph"]
    assert plain_text(read.article.content[0]) == "By Bo Ray\n"
    assert [(d.code, d.location.line) for d in read.diagnostics] == [("metadata-unknown", 5), ("title-repeated", 8)]
    assert read.article.content[0].line == 10


def test_front_matter_without_a_title() -> None:
    assert parse(f"---\nlang: de\n---\nEin Titel\n\n{BODY}\n").article.meta.title_text == "Ein Titel"


@pytest.mark.parametrize("text", [
    f"---\nTitle: x\n\n{BODY}\n", f"---\n\nTitle\n\n{BODY}\n", f"Title: x\n\n{BODY}\n", f"{{\"title\": 1}}\n\n{BODY}\n",
])
def test_what_is_no_front_matter(text: str) -> None:
    assert not lost_words(text, parse(text))


# --- Hint lines ---------------------------------------------------------------------------------------------------------------------

def hinted(hint: str, block: str) -> Read:
    return parse(f"Title\n\n{BODY}\n\n{hint}\n{block}\n\n{BODY}\n")


@pytest.mark.parametrize(("hint", "block", "kind"), [
    ("%% heading", "So it was, said the man.", "Heading"), ("%% heading 4", "so", "Heading"),
    ("%% sub-heading", "What is left over:", "Heading"), ("%% paragraph", "The Weather", "Paragraph"),
    ("%% paragraph", "- a\n- b", "Paragraph"),
    ("%% lines", "one\ntwo\nthree", "Paragraph"),
    ("%% list", "one\ntwo", "List"), ("%% list", "– Are you there?\n– I am.", "List"), ("%% quote", BODY, "Quote"),
    ("%% quote", f"> {BODY}", "Quote"), ("%% verse", f"{BODY}\n{BODY}", "Verse"),
    ("%% code", BODY, "CodeBlock"), ("%% table", "a b\nc d", "CodeBlock"),
    ("%% table", "a  b\n-- --\nc  d", "Table"), ("%%heading", "x", "Heading"), ("%% HEADING", "x", "Heading"),
])
def test_a_hint_line_decides(hint: str, block: str, kind: str) -> None:
    read = hinted(hint, block)
    found = read.article.content[1]
    assert type(found).__name__ == kind
    assert "%%" not in plain_text(read.article.content)
    assert [(g.score, g.reason.split(":")[0]) for g in read.guesses if g.line == found.line] == [(1, "a hint line")]
    assert not lost_words(block, read)
    assert not read.diagnostics


def test_the_level_of_a_hint() -> None:
    assert [hinted(f"%% heading {n}", "x").article.content[1].level for n in (2, 4, 6)] == [2, 4, 6]        # type: ignore[union-attr]


def test_hints_name_title_deck_and_authors() -> None:
    text = f"A First Line\n\n%% title\nthe real title.\n\n%% deck\nA deck.\n\n%% byline\nann lee and Bo\n\n{BODY}\n"
    meta = parse(text).article.meta
    assert (meta.title_text, meta.subtitle_text, [p.name for p in meta.authors]) == ("the real title.", "A deck.", ["ann lee", "Bo"])


def test_a_hint_keeps_a_first_line_from_being_the_title() -> None:
    assert parse(f"%% paragraph\nA First Line\n\n{BODY}\n").article.meta.title == ()


def test_a_hint_holds_up_to_a_blank_line_or_to_its_end() -> None:
    read = hinted("%% code", "one\n\ntwo\n%% end\n- a\n- b")
    assert kinds(read) == ["Paragraph", "CodeBlock", "List", "Paragraph"]
    assert kinds(hinted("%% code", "one\n\n- a\n- b")) == ["Paragraph", "CodeBlock", "List", "Paragraph"]
    assert kinds(hinted("%% quote", "one\n\ntwo\n%% end")) == ["Paragraph", "Quote", "Paragraph"]


def test_guessing_can_be_switched_off_and_on() -> None:
    read = parse(f"%% off\nTitle\n\n• a\n• b\n\nHeading\n\n{BODY}\n\n%% on\nHeading\n\n{BODY}\n")
    assert kinds(read) == ["Paragraph"] * 4 + ["Heading", "Paragraph"]
    assert read.article.meta.title == ()


def test_a_list_by_a_hint_has_items_within_items() -> None:
    found = hinted("%% list", "one\n  - inner\n  - more\ntwo\n  goes on").article.content[1]
    assert isinstance(found, List)
    assert [plain_text(i.content) for i in found.items] == ["one\ninner\nmore\n", "two goes on\n"]


@pytest.mark.parametrize(("line", "near"), [
    ("%% headng 3", "heading"), ("%% paragraf", "paragraph"), ("%% heading 9", "heading"), ("%% lst", "list"),
])
def test_an_unknown_hint_stays_with_a_diagnostic(line: str, near: str) -> None:
    read = parse(f"Title\n\n{BODY}\n\n{line}\nWords\n", "x.txt")
    said, = read.diagnostics
    assert (said.code, str(said.location)) == ("markup-unread", "x.txt:5")
    assert f"perhaps “{near}”" in said.message
    assert "sub-heading" in said.message
    assert line in plain_text(read.article.content)


def test_a_longer_line_with_percent_signs_is_text() -> None:
    read = parse(f"Title\n\n%% a comment of another program, of many words\n\n50%% of it\n\n{BODY}\n")
    assert not read.diagnostics
    assert "%% a comment" in plain_text(read.article.content)


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
            ">>> ", "* * *", "o ", "— ", "%% list\n", "%% end\n", "%% code\n", "%% off\n", "%% title\n", "Page 1\n", "Page 2\n", "| ",
            "-- --\n", "а) ", "б) ", "1、", "3 May 2024", "LANDING, 4 May – ", "Q: ", "A: ", "CHAPTER I.\n\n", "What?\n\n", "+--+--+\n"]
    for _ in range(1500):
        text = "x" + "".join(rnd.choice(bits) for _ in range(rnd.randint(1, 60)))
        read = parse(text)
        hints = {"list", "end", "code", "off", "title"}
        assert all(len(w) < 3 or w in hints for w in lost_words(text, read)), text


@pytest.mark.parametrize("text", [
    "word " * 200_000, "a" * 1_000_000, "abc" + "." * 500_000, "a@" * 100_000, "http://" * 50_000, "a" + " " * 500_000 + "b", ">" * 300_000,
    "- item\n" * 30_000, "1. item\n2. item\n" * 10_000, "Head\n\n" * 20_000, ">>> f(1)\n\n" * 20_000, "\f" * 50_000, "-" * 500_000,
    "\n".join(" " * i + "- x" for i in range(800)), "\n".join(">" * i + " x" for i in range(800)), f"{BODY}\n" * 20_000,
    "%% list\na\n\n" * 20_000, "%% code\n" * 50_000, "%%" * 300_000, "www." * 100_000, "Page 1\n\na\n\n" * 20_000, "| a " * 100_000,
    "| a | b |\n|---|---|\n" * 20_000, "CHAPTER I.\n\n" * 30_000, "What?\n\nThat it is.\n\n" * 20_000, "LANDING, 4 May – " * 30_000,
    "Ann: a\nBo: b\n" * 20_000, "".join(f"Report {n}      Page {n}\n\na\nb\nc\nd\n\n" for n in range(9000)), "3 May 2024\n\n" * 30_000,
    "I. Ground\n\nII. Water\n\n" * 20_000, "1. Ground\n\n" * 40_000, "WATCHMAN.\nWho?\n\n" * 30_000, "== a ==\n\n" * 40_000,
    "By Ann Lee, " * 50_000, "1.1." * 100_000, "– a – b\n" * 40_000, "---- " * 60_000, "a  b\n-- --\n" * 20_000,
], ids=lambda text: f"{text[:12]!r}*{len(text)}")
def test_long_input_is_read_in_good_time(text: str) -> None:
    begin = time.process_time()
    parse(text)
    assert time.process_time() - begin < 12


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
