"""Smart punctuation: the signs of each language, words that stay words, and what is never touched."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samples
from pubkit import model as m
from pubkit.normalize import normalize
from pubkit.typography import quotation_marks, smart, smart_text

NARROW = "\u202f"


def article(*content: m.Inline | str, language: str = "en") -> m.Article:
    return m.Article(m.Meta(title="T", language=language), [m.Paragraph(content)])


def said(*content: m.Inline | str, language: str = "en") -> str:
    return m.plain_text(smart(article(*content, language=language)).content).rstrip("\n")


# --- English ------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "expected"), [
    ('"Come in," said the fox.', "“Come in,” said the fox."),
    ("\"'Walden' is the title.\"", "“‘Walden’ is the title.”"),
    ("'p', 'q' and 'r' are letters", "‘p’, ‘q’ and ‘r’ are letters"),
    ("'Tea,' 'milk' and 'rum.'", "‘Tea,’ ‘milk’ and ‘rum.’"),
    ("'She wrote, \"No more.\"'", "‘She wrote, “No more.”’"),
    ("'We'd take Ann's bike and Tom's sledge,' he said.", "‘We’d take Ann’s bike and Tom’s sledge,’ he said."),
    ("[b]'s and (c)'s x'", "[b]’s and (c)’s x’"),
    ('"It goes on in the next paragraph.', "“It goes on in the next paragraph."),
    ('It ends here."', "It ends here.”"),
    ('"He said "no" to me," she said.', "“He said ‘no’ to me,” she said."),
    ('"yes,"he said, "no"', "“yes,”he said, “no”"),
    ('say:"x"; ("y") ["z"] "a"--"b"', "say:“x”; (“y”) [“z”] “a”–“b”"),
    ('("...so") \'...\'', "(“…so”) ‘…’"),
    ('"no. 13";"#1"', "“no. 13”;“#1”"),
    ("the \"Ajax\"'s crew", "the “Ajax”’s crew"),
])
def test_quotations(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("don't, it's, o'clock, the 80's", "don’t, it’s, o’clock, the 80’s"),
    ("in the '90s and '06", "in the ’90s and ’06"),
    ("rock 'n' roll", "rock ’n’ roll"),
    ("'twas the night of 'long knives'", "’twas the night of ‘long knives’"),
    ("'He knew 'twas late,' they say", "‘He knew ’twas late,’ they say"),
    ("give 'em the boys' books", "give ’em the boys’ books"),
    ("'til' and '42' are quoted", "‘til’ and ‘42’ are quoted"),
    ("'The dogs' bowls,' he said", "‘The dogs’ bowls,’ he said"),
    ("the '90s. 'The dogs' bowls,' he said", "the ’90s. ‘The dogs’ bowls,’ he said"),
    ("Mary \"'s\" and 10'000", "Mary “’s” and 10’000"),
])
def test_apostrophes(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("5'10\" and 5' 10½\"", "5′10″ and 5′ 10½″"),
    ("40°26'46\" N", "40°26′46″ N"),
    ('a 5"x7" print, 8\'x10\', 6\' tall', "a 5″x7″ print, 8′x10′, 6′ tall"),
    ('"He is 5\'10" tall," she said', "“He is 5′10″ tall,” she said"),
    ('"the 5" disk" and "in 1999" too', "“the 5″ disk” and “in 1999” too"),
])
def test_primes(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("one - two -- three --- four", "one - two – three — four"),
    ("pp. 4--9", "pp. 4–9"),
    (" ".join("x" + "-" * n for n in range(1, 11)), "x- x– x— x–– x—– x—— x—–– x–––– x——— x–––––"),
    ("a...b.. c.... d", "a…b.. c…. d"),
    ("a --> b <-- c <!-- d", "a --> b <-- c <!-- d"),
    ("(c) (r) (tm) 1/2 ->", "(c) (r) (tm) 1/2 ->"),
    ("see http://example.org/a--b... and www.example.org/---", "see http://example.org/a--b… and www.example.org/---"),
])
def test_dashes_and_dots(text: str, expected: str) -> None:
    assert said(text) == expected


def test_a_quote_between_spaces_and_three_in_a_row_are_no_quotation_marks() -> None:
    assert said("a ditto \" here, a ' there") == "a ditto \" here, a ' there"
    assert said('"') == '"'
    assert said('""" here """, a line \'\'\'\'\', but ""') == '""" here """, a line \'\'\'\'\', but “”'


# --- Languages ----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("language", "text", "expected"), [
    ("de", "\"Ja, 'du'\", hat's geheißen", "„Ja, ‚du‘“, hat’s geheißen"),
    ("de-CH", "\"Ja, 'du'\"", "«Ja, ‹du›»"),
    ("fr", "\"C'est 'elle'\", dit-il", f"«{NARROW}C’est “elle”{NARROW}», dit-il"),
    ("fr-CA", 'l\'"amour"', f"l’«{NARROW}amour{NARROW}»"),
    ("fr-CH", '"oui"', "«oui»"),
    ("uk", 'На "Завод "Промінь"" йдуть п\'ять', "На «Завод „Промінь“» йдуть п’ять"),
    ("ru", '"да"', "«да»"), ("bg", '"да"', "„да“"), ("el", '"ναι"', "«ναι»"), ("cs", "\"a 'b'\"", "„a ‚b‘“"),
    ("pl", "\"a 'b' c\"", "„a «b» c”"), ("hu", "\"a 'b' c\"", "„a »b« c”"), ("ro", '"da"', "„da”"),
    ("es", '"sí"', "«sí»"), ("es-MX", '"sí"', "“sí”"), ("it", 'l\'"eco"', "l’«eco»"),
    ("pt-BR", '"sim"', "“sim”"), ("pt-PT", '"sim"', "«sim»"), ("nb", '"ja"', "«ja»"),
    ("sv", "\"ja 'du'\"", "”ja ’du’”"), ("fi", '"ei"', "”ei”"), ("nl", "'s avonds \"thee\"", "’s avonds “thee”"),
    ("ar", '"نعم"', "”نعم“"), ("he", 'אמר צה"ל "כן" ג\'ז', "אמר צה״ל ”כן” ג׳ז"),
    ("ja", '彼は"はい"と言い、"Yes"と書いた', "彼は「はい」と言い、“Yes”と書いた"),
    ("zh", '他说"好"。"是"吗', "他说“好”。“是”吗"), ("zh-TW", '他說"好"', "他說「好」"),
    ("ko", "그는 \"네\"라고, '참'은", "그는 “네”라고, ‘참’은"),
    ("tlh", '"nuqneH"', "“nuqneH”"), ("", '"yes"', "“yes”"),
])
def test_each_language_has_its_marks(language: str, text: str, expected: str) -> None:
    assert said(text, language=language) == expected


def test_a_tag_falls_back_to_its_shorter_forms() -> None:
    assert quotation_marks("de-AT-1996") == quotation_marks("de") == ("„", "“", "‚", "‘")
    assert quotation_marks("zh-Hant-HK") == quotation_marks("zh_TW") != quotation_marks("zh") == quotation_marks("en")


def test_words_in_another_language_have_its_marks() -> None:
    assert said('"one ', m.Span('"два"', "uk"), ' two"') == "“one «два» two”"
    made = smart(m.Article(m.Meta(language="en"), [m.Passage([m.Paragraph('"ja"'), m.Passage([m.Paragraph('"tak"')], "pl")], "de"),
                                                   m.Passage([m.Paragraph('"yes"')], direction="ltr")]))
    assert m.plain_text(made.content) == "„ja“\n„tak”\n“yes”\n"


# --- Across nodes -------------------------------------------------------------------------------------------------------------------

def test_a_quotation_goes_on_across_nodes() -> None:
    link = m.Link("a link", "https://example.org/")
    assert said('"', m.Emphasis("stress"), '" and "', link, '".') == "“stress” and “a link”."
    assert said(m.Strong('"Lead'), '-in": Ann', m.Emphasis("'s"), " dog") == "“Lead-in”: Ann’s dog"
    assert said('a "b', m.LineBreak(), 'c"') == "a “b\nc”"


def test_code_formulas_and_pictures_are_words_to_the_quotes_beside_them() -> None:
    assert said("'", m.Code("x"), "' and \"", m.Code('"y"'), "\", ", m.Code("z"), "'s") == "‘x’ and “\"y\"”, z’s"
    assert said('"', m.Math("a'"), '" "', m.Image("p.png", '"alt"'), '"') == "“a'” ““alt””"


def test_a_note_is_a_text_of_its_own_and_not_seen_by_the_quotes_beside_it() -> None:
    assert said('"word', m.Note('"aside'), '" and', m.Note('it"'), ' "more"') == "“word [“aside]” and [it”] “more”"


def test_verse_is_one_text_and_each_cell_term_and_paragraph_another() -> None:
    blocks = [m.Verse(['"Who goes,', 'who stays?"']),
              m.Table([m.Column()], [], [m.Row(['"a', 'b"'])], caption='"c"'),
              m.DefinitionList([m.Definition(['"t', "it's"], ['"d"'])]),
              m.Paragraph('"one'), m.Paragraph('"two"')]
    text = m.plain_text(smart(m.Article(m.Meta(language="en"), blocks)).content)
    assert text == "“Who goes,\nwho stays?”\n“c”\n“a\tb”\n“t\nit’s\n“d”\n“one\n“two”\n"


def test_titles_captions_credits_and_strings() -> None:
    meta = m.Meta(title='"T"', subtitle="It's", summary='"S"', authors=["Sinéad O'Hara"], tags=["it's"], language="fr",
                  image=m.Figure(m.Image("a.png", "l'\"alt\"", title="d'ici"), "\"c\"", "l'agence"),
                  corrections=[m.Correction(samples.DATE, "n'est")])
    made = smart(m.Article(meta, [m.Heading(2, '"H"'), m.Aside("a", title="qu'on"), m.Quote("q", "d'elle"),
                                  m.Embed("https://example.org/a--b", '"E"'),
                                  m.Paragraph([m.Abbreviation("S'", "l'\"a\""), m.Link("l'un", "https://example.org/it's--", '"x"')])]))
    assert made.meta.title == (m.Text(f"«{NARROW}T{NARROW}»"),)
    assert made.meta.subtitle == (m.Text("It’s"),)
    assert made.meta.summary == "« S »"  # a string of one line has no narrow spaces: they would not last
    assert (made.meta.authors, made.meta.tags) == (meta.authors, meta.tags)
    assert made.meta.image == m.Figure(m.Image("a.png", "l’« alt »", title="d’ici"), f"«{NARROW}c{NARROW}»", "l’agence")
    assert made.meta.corrections[0].content == (m.Text("n’est"),)
    heading, aside, quote, embed, paragraph = made.content
    assert heading == m.Heading(2, f"«{NARROW}H{NARROW}»")
    assert (aside, quote) == (m.Aside("a", title="qu’on"), m.Quote("q", "d’elle"))
    assert embed == m.Embed("https://example.org/a--b", "« E »")
    assert paragraph == m.Paragraph([m.Abbreviation("S’", "l’« a »"), m.Link("l’un", "https://example.org/it's--", "« x »")])


def test_addresses_that_are_shown_stay() -> None:
    shown = m.Link("example.org/it's--so...", "https://example.org/it's--so...")
    assert said('"', shown, '"') == "“example.org/it's--so...”"


def test_what_has_nothing_to_change_is_the_same_article() -> None:
    inlines = ["a", m.Code("'"), m.Note("b")]
    whole = m.Article(m.Meta(title="T", language="en"), [m.Paragraph(inlines), m.CodeBlock("\"'--"), m.Verse(["c"])])
    assert smart(whole) is whole


def test_the_specimen_keeps_its_code_and_formulas() -> None:
    before, after = samples.every_node(), smart(samples.every_node())
    kept = (m.Code, m.CodeBlock, m.Math, m.MathBlock, m.Person, m.Rule)
    assert [n for n in m.walk(before) if isinstance(n, kept)] == [n for n in m.walk(after) if isinstance(n, kept)]
    assert [type(n) for n in m.walk(before)] == [type(n) for n in m.walk(after)]


# --- For any text -------------------------------------------------------------------------------------------------------------------

SIGNS = st.text("ab sxn0159'\"-.,()<>!–—“”’…«» \n\u00a0שはx", max_size=60)
TAGS = st.sampled_from(["en", "de", "fr", "he", "ja", "nl", "zh-Hant", "uk", ""])


def bare(text: str) -> str:
    """The text without the signs that may change."""
    return re.sub("[\"'“”‘’„‚«»‹›「」『』′″׳״…—–.\u202f -]", "", text)


@given(SIGNS, TAGS)
def test_any_line_keeps_its_words_and_does_not_change_twice(text: str, language: str) -> None:
    once = smart_text(text, language)
    assert smart_text(once, language) == once
    assert bare(once) == bare(text)
    assert not re.search("[\"']", re.sub(r"""(?<!\S)["'](?!\S)|(["'])\1\1+""", "", once))


@given(st.lists(SIGNS.filter(bool), min_size=1, max_size=6), TAGS)
def test_runs_side_by_side_are_read_as_one_text(runs: list[str], language: str) -> None:
    runs = [r.replace(".", ",").replace("-", ",") for r in runs]  # these are looked for in each run by itself
    assert said(*(m.Emphasis(r) for r in runs), language=language) == said("".join(runs), language=language).rstrip("\n")


@settings(max_examples=60, deadline=None)
@given(samples.articles, TAGS)
def test_any_article_keeps_its_words_and_code_and_stays_clean(given_article: m.Article, language: str) -> None:
    meta = m.Meta(title=given_article.meta.title, language=language, published=samples.DATE, slug="random", authors=["A. Uthor"])
    before, _ = normalize(m.Article(meta, given_article.content))
    after = smart(before)
    assert smart(after) == after
    assert bare(m.plain_text(after.content)) == bare(m.plain_text(before.content))
    assert bare(after.meta.title_text) == bare(before.meta.title_text)
    for kind in (m.Code, m.CodeBlock):
        assert [n for n in m.walk(before) if isinstance(n, kind)] == [n for n in m.walk(after) if isinstance(n, kind)]
    assert [getattr(n, "id", "") for n in m.walk(before)] == [getattr(n, "id", "") for n in m.walk(after)]
    assert normalize(after)[0] == after


@pytest.mark.parametrize("part", ['"', '"a', "a'", "\"'", " \"a 'b", "'tis ", "dogs' ", "'n' ", '5"', "5'1", '"字', "-", "->", ".", "://"])
def test_time_grows_with_the_length(part: str) -> None:
    text = part * (100_000 // len(part))
    start = time.perf_counter()
    smart_text(text, "ja")
    assert time.perf_counter() - start < 5
