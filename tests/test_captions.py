"""Labels of figures and tables: what the author wrote stands, what is added never contradicts it, and references find it."""

from __future__ import annotations

import time
from typing import Any

import pytest

import samples
from pubkit import model as m
from pubkit.exporters.captions import Label, Mention, labels, mention
from pubkit.words import LANGUAGES

PICTURE = m.Image("x.png", "A thing")


def figure(caption: m.InlineLike = "A tower", id: str = "", credit: str = "") -> m.Figure:
    return m.Figure(PICTURE, caption, credit, id=id)


def table(caption: m.InlineLike = "Heights", id: str = "", cell: m.BlockLike = "1") -> m.Table:
    return m.Table([m.Column()], [m.Row(["Name"])], [m.Row([m.Cell(cell)])], caption=caption, id=id)


def labelled(*blocks: m.Block | str, language: str = "en", later: bool = False) -> list[Label | None]:
    """What each figure and table has, in reading order."""
    article = m.Article(m.Meta(title="T", language=language), blocks)
    found = labels(article, language, later)
    return [found.get(id(node)) for node in m.walk(article.content) if isinstance(node, (m.Figure, m.Table))]


def shown(*blocks: m.Block | str, **more: Any) -> list[str]:
    """The labels as they are read; '' for none."""
    return [label.text if label else "" for label in labelled(*blocks, **more)]


def caption(label: Label) -> str:
    return label.text + label.after + m.plain_text(label.rest)


# --- Labels of ours -----------------------------------------------------------------------------------------------------------------

def test_figures_and_tables_count_for_themselves() -> None:
    first, second, third = labelled(figure("One"), table("Two"), figure("Three"))
    assert first == Label("figure", "Figure", "1", "\u00a0", ". ", (m.Text("One"),))
    assert second == Label("table", "Table", "1", "\u00a0", ". ", (m.Text("Two"),))
    assert third == Label("figure", "Figure", "2", "\u00a0", ". ", (m.Text("Three"),))


def test_only_those_with_words_in_their_captions_count() -> None:
    assert shown(figure(""), figure("One"), figure(m.Note("A note.")), figure("", credit="By hand"), figure("Two"), table("")) == [
        "", "Figure\u00a01", "", "", "Figure\u00a02", ""]


def test_wherever_they_stand_but_in_notes() -> None:
    assert shown(m.Aside([figure()]), m.List([m.ListItem([figure()])]), m.Quote([figure()]), m.Passage([figure()], "uk"),
                 m.Paragraph(["Words", m.Note([figure("Noted")])]), table(cell=[figure(), table("Within")]),
                 m.DefinitionList([m.Definition(["Term"], [[figure()]])])) == [
        "Figure\u00a01", "Figure\u00a02", "Figure\u00a03", "Figure\u00a04", "", "Table\u00a01", "Figure\u00a05", "Table\u00a02",
        "Figure\u00a06"]


def test_the_lead_picture_has_none() -> None:
    lead = figure("The lead")
    article = m.Article(m.Meta(title="T", image=lead), [figure("One")])
    assert [label.number for label in labels(article, "en").values()] == ["1"]
    assert id(lead) not in labels(article, "en")


@pytest.mark.parametrize(("language", "first", "second"), [
    ("en-GB", "Figure\u00a01. X", "Table\u00a01. X"), ("de", "Abbildung\u00a01: X", "Tabelle\u00a01: X"),
    ("fr", "Figure\u00a01\u00a0– X", "Tableau\u00a01\u00a0– X"), ("ru", "Рис.\u00a01. X", "Таблица\u00a01. X"),
    ("ja", "図1\u3000X", "表1\u3000X"),
    ("zh-TW", "圖1\u3000X", "表1\u3000X"), ("ko", "그림\u00a01. X", "표\u00a01. X"), ("he", "איור\u00a01: X", "טבלה\u00a01: X"),
    ("tlh", "Figure\u00a01. X", "Table\u00a01. X")])
def test_the_words_of_the_language(language: str, first: str, second: str) -> None:
    assert [caption(label) for label in labelled(figure("X"), table("X"), language=language) if label] == [first, second]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_of_ours_would_be_known_as_the_author_s(language: str) -> None:
    ours = [label for label in labelled(figure("X"), figure("Y"), table("Z"), language=language) if label]
    assert len(ours) == 3
    first, second, third = map(caption, ours)
    own = labelled(figure(first), figure(second), table(third), language=language)
    for one, other in zip(ours, own, strict=True):
        assert other
        assert (other.own, other.word, other.between, other.number) == (True, one.word, one.between, one.number)
        assert other.after + m.plain_text(other.rest) == one.after + m.plain_text(one.rest)


# --- Labels of the author's -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("language", "text", "parts"), [
    ("en", "Figure 3: A tower", ("Figure", " ", "3", ": ")), ("en", "Fig. 3. A tower", ("Fig.", " ", "3", ". ")),
    ("en", "FIGURE 3 — A tower", ("FIGURE", " ", "3", " — ")), ("en", "Fig.3 A tower", ("Fig.", "", "3", " ")),
    ("en", "Figure\u00a03", ("Figure", "\u00a0", "3", "")), ("en", "Figure 3, seen from below", ("Figure", " ", "3", "")),
    ("en", "Figure no. 3: A tower", ("Figure", " no. ", "3", ": ")), ("en", "Photo 3: A tower", ("Photo", " ", "3", ": ")),
    ("de", "Abb. 4", ("Abb.", " ", "4", "")), ("de", "Figure 4: Turm", ("Figure", " ", "4", ": ")),
    ("de", "Bild 4: Turm", ("Bild", " ", "4", ": ")),
    ("uk", "Рис. № 2. Вежа", ("Рис.", " № ", "2", ". ")), ("ru", "Рисунок 2 — Башня", ("Рисунок", " ", "2", " — ")),
    ("pl", "Ryc. 2. Wieża", ("Ryc.", " ", "2", ". ")), ("cs", "Obr. 3 – Věž", ("Obr.", " ", "3", " – ")),
    ("tr", "ŞEKİL 1. Kule", ("ŞEKİL", " ", "1", ". ")), ("fi", "Kuva 1 Torni", ("Kuva", " ", "1", " ")),
    ("el", "Εικ. 1: Πύργος", ("Εικ.", " ", "1", ": ")), ("ar", "شكل 1", ("شكل", " ", "1", "")),
    ("he", "איור 1. מגדל", ("איור", " ", "1", ". ")),
    ("ja", "図1塔", ("図", "", "1", "")), ("zh", "图 1：塔", ("图", " ", "1", "：")), ("ko", "그림 1. 탑", ("그림", " ", "1", ". "))])
def test_what_the_author_wrote_is_taken(language: str, text: str, parts: tuple[str, str, str, str]) -> None:
    (label,) = labelled(figure(text), language=language)
    assert label
    assert (label.word, label.between, label.number, label.after) == parts
    assert label.own
    assert label.counted
    assert caption(label) == text


@pytest.mark.parametrize(("language", "text"), [("en", "Table 2"), ("de", "Tab. 2 – Höhen"), ("ru", "Таблица 2"),
                                                ("es", "Cuadro 2. Alturas"),
                                                ("zh", "表 2"), ("tr", "Çizelge 2: Boylar"), ("it", "Tav. 2. Altezze")])
def test_of_tables_too(language: str, text: str) -> None:
    (label,) = labelled(table(text), language=language)
    assert label
    assert (label.own, label.number, caption(label)) == (True, "2", text)


@pytest.mark.parametrize("text", ["Figures of a dance", "Figure I drew", "Figs: two", "Photo 1 of 3", "3 towers",
                                  "Configure 1", "A figure", "Figuring 2", "FIGS. from the garden", "Image"])
def test_what_is_no_label_is_a_caption(text: str) -> None:
    (label,) = labelled(figure(text))
    assert label
    assert (label.own, caption(label)) == (False, f"Figure\u00a01. {text}")


@pytest.mark.parametrize("text", ["Figure 3D printing", "Figure 1st", "Figure 2.1 of the report", "Figures 1st to last"])
def test_what_may_be_one_or_not_is_left_alone(text: str) -> None:
    assert shown(figure(text)) == [""]


@pytest.mark.parametrize("number", ["2.1", "A", "IV", "3a", "S1", "007", "１", "3–5", "12345"])
def test_a_number_that_nothing_counts_on_from(number: str) -> None:
    first, second = labelled(figure(f"Figure {number}: A tower"), figure("Another"))
    assert first
    assert (first.own, first.number, first.counted, first.reset) == (True, number, False, False)
    assert second is None


def test_formatting_around_the_label_and_within_the_rest() -> None:
    whole, part, deep = labelled(figure([m.Strong("Figure 1: A tower"), " of ", m.Emphasis("bricks")]),
                                 figure([m.Strong("Figure 2"), ": B"]),
                                 figure([m.Span([m.Emphasis(["Abb. 3", m.Code("x")])], "de")]), language="de")
    assert whole
    assert (whole.marks, whole.after) == ((m.Strong(),), ": ")
    assert whole.rest == (m.Strong("A tower"), m.Text(" of "), m.Emphasis("bricks"))
    assert part
    assert (part.marks, part.after, part.rest) == ((m.Strong(),), "", (m.Text(": B"),))
    assert deep
    assert (deep.marks, deep.rest) == ((m.Span((), "de"), m.Emphasis()), (m.Span([m.Emphasis([m.Code("x")])], "de"),))


@pytest.mark.parametrize("written", [
    (m.Strong("Figure"), m.Text(" 1: A tower")), (m.Link("Figure 1", "https://example.org/"), m.Text(": A tower")),
    (m.Text("(Figure 1) A tower"),),
    (m.Text("▲ Fig. 9: A tower"),), (m.Text("A tower (Fig. 1)"),), (m.Note("A note."), m.Text("Figure 9: A tower"))])
def test_a_label_that_cannot_be_taken_is_not_doubled(written: tuple[m.Inline, ...]) -> None:
    assert shown(figure(written), figure("Another"), table()) == ["", "", "Table\u00a01"]


def test_where_one_is_the_author_s_the_others_of_the_kind_stay_without() -> None:
    assert shown(figure("A"), figure("Figure 1: B"), figure("C"), table("D")) == ["", "Figure 1", "", "Table\u00a01"]


def test_the_count_begins_anew_where_the_author_s_number_is_another() -> None:
    found = labelled(*(figure(f"Figure {n}: A") for n in ("2", "3", "3.1", "4", "4", "1")), table())
    assert [label.reset for label in found if label] == [True, False, False, False, True, True, False]
    assert [label.reset for label in labelled(figure(), figure(), table(), later=True) if label] == [True, False, True]


# --- Never against the author -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("block", [
    "As Figure 7 shows.", "See fig. 3.", "In Figure 2.1 of the report.", "Figures 1 and 4 agree.", "Figures 1–5 agree.",
    "Figure 2: A tower", m.Paragraph(["(", m.Reference("Figure 2", "a"), ")"]), m.Paragraph(["Figure ", m.Reference("2", "a")]),
    m.Quote("Words", "after Figure 7"),
    m.Paragraph([m.Reference(["see ", m.Emphasis("fig."), " 2"], "a")]), m.Paragraph(["Words", m.Note("See Figure 7.")]),
    m.Aside("Words", title="On Figure 7"), m.Paragraph(["See ", m.Strong("Figure"), " 7."]), m.Paragraph("Figure 0 is not here."),
    table("After Figure 7")])
def test_no_label_of_ours_where_the_author_has_other_numbers(block: m.Block | str) -> None:
    assert shown(figure("A", "a"), figure("B", "b"), block, table())[:2] == ["", ""]


@pytest.mark.parametrize("block", [
    "As Figure 2 shows.", "The figure is 7.", "It was 1999.", "Configure 7 of them.", m.Paragraph([m.Reference("Figure 1", "a")]),
    m.Paragraph([m.Reference("Figures 1 and 2", "b")]), m.Paragraph([m.Reference("the 7 towers", "a")]), m.CodeBlock("Figure 7"),
    m.Paragraph([m.Reference("Table 1", "a")]), m.Paragraph([m.Reference("Figure 1", "a"), ": so it is."]), "Figure 1 shows it.",
    "Table 7"])
def test_labels_of_ours_where_the_author_has_the_same_numbers_or_none(block: m.Block | str) -> None:
    assert shown(figure("A", "a"), figure("B", "b"), block) == ["Figure\u00a01", "Figure\u00a02"]


def test_an_author_who_may_count_what_has_no_caption() -> None:
    assert shown(figure("", "bare"), figure("A", "a"), figure("B"), "See Figure 2.") == ["", "", ""]
    assert shown(figure("", "bare"), figure("A", "a"), figure("B"), m.Paragraph([m.Reference("Figure 1", "bare")])) == ["", "", ""]
    assert shown(figure("", "bare"), figure("A", "a"), figure("B"), m.Paragraph([m.Reference("Figure 1", "a")]))[1:] == [
        "Figure\u00a01", "Figure\u00a02"]


def test_one_node_in_two_places() -> None:
    twice = figure()
    assert shown(twice, twice, table()) == ["", "", "Table\u00a01"]
    own = figure("Figure 1: A")
    assert shown(own, figure("Figure 2: B"), own) == ["", "Figure 2", ""]


@pytest.mark.parametrize(("language", "text"), [
    ("de", "wie in den Abbildungen 7 und 8"), ("de", "(vgl. Abb. 7)"), ("fr", "voir les figures 2 et 7"), ("es", "véase la figura 7"),
    ("it", "cfr. figg. 7"),
    ("pt", "nas figuras 1 e 7"), ("nl", "zie afbeelding 7"), ("pl", "na rysunku 7"), ("cs", "na obrázku 7"), ("sv", "se figur 7"),
    ("da", "jf. figur 7"),
    ("nb", "i figur 7"), ("fi", "kuvassa 7"), ("uk", "на рисунку 7"), ("ru", "на рисунках 1 и 7"), ("ru", "(рис. 7)"),
    ("el", "στην εικόνα 7"),
    ("tr", "Şekil 7’de"), ("ar", "كما في الشكل 7"), ("he", "כפי שנראה באיור 7"), ("ja", "上の図7のように"), ("zh", "如图7所示"),
    ("zh-Hant", "見圖 7"), ("ko", "다음 그림 7에서"), ("uk", "as Figure 7 shows")])
def test_the_text_names_numbers_in_its_language(language: str, text: str) -> None:
    assert shown(figure(), text, language=language) == [""]


@pytest.mark.parametrize(("language", "text"), [
    ("de", "siehe Tabelle 7"), ("pl", "w tabeli 7"), ("cs", "v tabulce 7"), ("fi", "taulukossa 7"), ("ru", "в таблице 7"),
    ("el", "στον πίνακα 7"), ("ar", "في الجدول 7"), ("he", "בטבלה 7"), ("zh", "见表 7"), ("ko", "표 7")])
def test_and_of_tables(language: str, text: str) -> None:
    assert shown(table(), text, language=language) == [""]
    assert shown(table(), text.replace("7", "1"), language=language) != [""]


def test_words_that_only_end_like_one() -> None:
    assert shown(table(), "代表7人", language="zh") == ["表1"]
    assert shown(table(), "대표 7명", language="ko") == ["표\u00a01"]


# --- Mentions ---------------------------------------------------------------------------------------------------------------------------

OURS = Label("figure", "Figure", "2", "\u00a0", ". ", ())


@pytest.mark.parametrize(("words", "expected"), [
    ("Figure 2", Mention((), "label", "Figure 2", ())), ("Figure\u00a02", Mention((), "label", "Figure\u00a02", ())),
    ("see Figure 2a here", Mention((m.Text("see "),), "label", "Figure 2", (m.Text("a here"),))),
    ("figure 2", Mention((m.Text("figure "),), "number", "2", ())), ("Fig. 2", Mention((m.Text("Fig. "),), "number", "2", ())),
    ("Figures 1 and 2", Mention((m.Text("Figures 1 and "),), "number", "2", ())),
    ("(2)", Mention((m.Text("("),), "number", "2", (m.Text(")"),))),
    (["see ", m.Strong("the Figure 2."), " Yes"], Mention((m.Text("see "), m.Strong("the ")), "label", "Figure 2",
                                                          (m.Strong("."), m.Text(" Yes")),
                                                        (m.Strong(),))),
    ([m.Code("x"), " Figure 2"], Mention((m.Code("x"), m.Text(" ")), "label", "Figure 2", ()))])
def test_where_a_reference_names_the_label(words: m.InlineLike, expected: Mention) -> None:
    assert mention(m.Emphasis(words).content, OURS, "en") == expected


@pytest.mark.parametrize("words", ["the tower", "the 2 towers", "Figure 12", "Figure 2.1", "Figure 20", "Figures 1–2", "Table 2", "Figure",
                                   "", [m.Emphasis("Figure"), " 2"], [m.Code("Figure 2")]])
def test_where_it_does_not(words: m.InlineLike) -> None:
    assert mention(m.Emphasis(words).content, OURS, "en") is None


@pytest.mark.parametrize(("language", "label", "words", "what"), [
    ("ru", Label("figure", "Рис.", "2", "\u00a0", ". ", ()), "рисунке 2", "number"),
    ("ru", Label("figure", "Рис.", "2", "\u00a0", ". ", ()), "Рис. 2", "label"),
    ("zh", Label("figure", "图", "2", "", " ", ()), "如图2所示", "label"),
    ("zh", Label("figure", "图", "2", "", " ", ()), "图 2", "number"),
    ("en", Label("figure", "Figure", "2.1", " ", ": ", (), True), "Figure 2.1", "label"),
    ("en", Label("table", "Table", "A", " ", ". ", (), True), "Table A", "label"),
    ("en", Label("table", "Table", "A", " ", ". ", (), True), "Table After", None),
    ("en", Label("figure", "Fig.", "2", "", ". ", (), True), "Fig. 2", "number")])
def test_mentions_of_other_labels(language: str, label: Label, words: str, what: str | None) -> None:
    found = mention((m.Text(words),), label, language)
    assert (found.what if found else None) == what
    if found:
        assert m.plain_text(found.before) + found.text + m.plain_text(found.after) == words


# --- All at once ----------------------------------------------------------------------------------------------------------------------

def test_random_articles_lose_no_word() -> None:
    for article in [samples.every_node(), *samples.at_random(60)]:
        found = labels(article, article.meta.language)
        for node in m.walk(article.content):
            if isinstance(node, (m.Figure, m.Table)) and (label := found.get(id(node))):
                assert label.own or label.rest == node.caption


def test_the_time_is_linear() -> None:
    filler = "The figures of the table were drawn on page 12, as the figure shows in its own way. "
    blocks: list[m.Block | str] = []
    for n in range(1, 2001):
        blocks += [figure(f"The tower in view {n}", f"f{n}"), m.Paragraph([filler * 6, m.Reference(f"Figure {n}", f"f{n}"), "."])]
    begin = time.process_time()
    assert shown(*blocks)[-1] == "Figure\u00a02000"
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("text", ["1" * 300_000, "figure " * 50_000, "Figure 1" + " and 1" * 60_000, "Figure 1." + " ." * 150_000,
                                  "1.1-" * 90_000, "ו" * 300_000, "([" * 150_000])
@pytest.mark.parametrize("language", ["en", "he"])
def test_no_text_holds_it_up(text: str, language: str) -> None:
    begin = time.process_time()
    labelled(figure(), figure(text), table(), text, language=language)
    assert time.process_time() - begin < 1
