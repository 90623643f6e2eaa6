"""The structure tree of a PDF, on a document in which nothing fits a page: what a screen reader is told, point by point."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pikepdf
import pytest

import pubkit
from pubkit import model as m
from samples import PICTURES
from tagged import Node, Tagged

DATE = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
SENTENCE = "The keeper of the lamp wrote every evening what the weather had been, how much oil was burned and which ships had gone by. "
LONG = (SENTENCE * 24).strip()
ITEM = "An item of the list that begins on one page, runs on for many a line, and comes to its end on the next one. " * 20
ARABIC = "مرحبا بالعالم، هذه جملة طويلة بعض الشيء تمتد على أكثر من سطر واحد في الصفحة المطبوعة حتى نرى ما يحدث."
WRAPPED = "a link of so many words that the end of a line comes before the end of the link, and another line begins within it"


def text(*content: m.Inline | str) -> m.Paragraph:
    return m.Paragraph(list(content))


@pytest.fixture(scope="module")
def article() -> m.Article:
    note = m.Note([text("Said at the foot of the page.")], "first")
    seen = text("passed by", m.Note([text("Seen from the tower.")]))
    rows = [m.Row([m.Cell(f"Ship {n}", header=True), str(n), m.Cell([seen if n == 2 else text("passed by")])]) for n in range(60)]
    blocks: list[m.Block] = [
        text("Before it ", m.Emphasis("carefully"), " ", m.Strong("said"), m.Note([text("A note"), text("of two paragraphs.")]),
             " and so on. " + LONG),
        m.Heading(2, "Lists"),
        m.List([m.ListItem([text("Short.")]), m.ListItem([text(ITEM), m.List([m.ListItem("nested")])])], "decimal", 4),
        m.List([m.ListItem("done", True), m.ListItem("to do", False)]),
        m.DefinitionList([m.Definition(["Lamp", "Light"], ["What shines.", "What is kept."])]),
        m.Heading(2, "A table"),
        m.Table([m.Column(), m.Column("right"), m.Column()], [m.Row(["Name", "Number", "Remark"])], rows, caption="Ships and numbers"),
        m.Heading(3, "Pictures"),
        m.Figure(m.Image("lead.svg", "A red bar"), ["Bars ", m.Note([text("On the caption.")])], "Drawn here"),
        m.Figure(m.Image("dot.png", decorative=True)),
        m.Figure(m.Image("dot.png")),
        m.Heading(2, "Words"),
        text("In another language: ", m.Span("слово за словом", "uk"), ", and ", m.Link(WRAPPED, "https://example.org/"), " it was."),
        text("An ", m.Abbreviation("HTML", "Hypertext Markup Language"), " file, some ", m.Code("code"), ", ", m.Strikethrough("gone"),
             ", water H", m.Subscript("2"), "O, ", m.SmallCaps("Small Capitals"), "."),
        m.CodeBlock("def lamp(oil):\n\n    return oil > 0", "python"),
        m.Quote([text("Nobody saw the ship.")], "The keeper"),
        m.Quote("The lamp was lit.", pull=True),
        m.MathBlock(r"\frac{a}{b}"), text("where ", m.Math("x^2"), " grows."),
        m.Passage([text(ARABIC)], "ar", "rtl"),
        m.Verse(["A line", "another line"]), m.Rule(), text("See the note again", note, ". The end\u00a0of it: a well-known word."),
    ]
    meta = m.Meta(title="The keeper’s book", subtitle="A year", slug="book", language="en", published=DATE, authors=["Ada Tester"],
                  publisher="The Lamp")
    return m.Article(meta, blocks)


@pytest.fixture(scope="module")
def tagged(article: m.Article) -> Tagged:
    from pubkit.api import ready
    from pubkit.resolve import resolve

    whole, _ = resolve(ready(article, pubkit.Publication())[0], None, PICTURES)
    return Tagged(io.BytesIO(pubkit.export(whole, "pdf").files[0].data))


def one(tagged: Tagged, type: str, start: str) -> Node:
    """The one element of a type whose text starts so."""
    (found,) = [node for node in tagged.document.all(type) if node.text.strip().startswith(start)]
    return found


def parent(tagged: Tagged, child: Node) -> Node:
    return next(node for node in tagged.document.all() if any(kid is child for kid in node.kids))


def after(tagged: Tagged, node: Node) -> Node:
    """The element that follows in reading order, on the same level."""
    siblings = parent(tagged, node).nodes
    return siblings[next(i for i, kid in enumerate(siblings) if kid is node) + 1]


def test_it_has_four_pages_and_more(tagged: Tagged) -> None:
    assert len(tagged.pdf.pages) >= 4


def test_everything_drawn_is_owned_once_or_an_artifact(tagged: Tagged) -> None:
    assert tagged.unowned == {}


def test_a_paragraph_over_two_pages_is_one_element(tagged: Tagged) -> None:
    paragraph = one(tagged, "P", "Before it")
    assert len(paragraph.pages) == 2
    assert " ".join(paragraph.text.replace("\u00ad", "").split()).endswith(LONG)


def test_a_list_over_two_pages_is_one_with_its_labels_and_bodies(tagged: Tagged) -> None:
    listed = one(tagged, "L", "4.")
    assert listed.attribute("/ListNumbering") == "/Decimal"
    assert [item.type for item in listed.nodes] == ["LI", "LI"]
    assert [[part.type for part in item.nodes] for item in listed.nodes] == [["Lbl", "LBody"], ["Lbl", "LBody"]]
    assert [item.nodes[0].text.strip() for item in listed.nodes] == ["4.", "5."]
    assert len(listed.nodes[1].pages) == 2
    (nested,) = listed.nodes[1].nodes[1].all("L")
    assert nested.text.endswith("nested")


def test_boxes_to_tick_are_labels_that_say_their_state(tagged: Tagged) -> None:
    labels = [node for node in tagged.document.all("Lbl") if node.get("/Alt")]
    assert [label.get("/Alt") for label in labels] == ["done", "not done"]


def test_definitions_are_a_list_of_terms_and_bodies(tagged: Tagged) -> None:
    (item,) = [item for item in tagged.document.all("LI") if item.text.startswith("Lamp")]
    assert [(part.type, part.text.strip()) for part in item.nodes[:2]] == [("Lbl", "Lamp"), ("Lbl", "Light")]
    assert item.nodes[2].type == "LBody"
    assert [paragraph.text for paragraph in item.nodes[2].nodes] == ["What shines.", "What is kept."]


def test_a_table_over_pages_is_one_with_scopes_and_its_caption_inside(tagged: Tagged) -> None:
    table = tagged.document.one("Table")
    assert len(table.pages) >= 2
    assert [kid.type for kid in table.nodes] == ["Caption", "THead", "TBody"]
    assert "Ships and numbers" in table.nodes[0].text
    assert len(list(table.all("TR"))) == 61
    heads = list(table.all("TH"))
    assert [str(head.attribute("/Scope")) for head in heads[:3]] == ["/Column"] * 3
    assert {str(head.attribute("/Scope")) for head in heads[3:]} == {"/Row"}


def test_the_head_of_a_table_that_is_drawn_again_is_an_artifact(tagged: Tagged) -> None:
    again = [said for page in tagged.artifacts for about, said in page if about.get("/Type") == "/Pagination" and "Number" in said]
    assert len(again) == len(tagged.document.one("Table").pages) - 1


def test_a_table_that_has_a_head_alone_has_rows_alone() -> None:
    table = m.Table([m.Column(), m.Column()], [m.Row(["Name", "Number"])], [])
    tree = Tagged(io.BytesIO(pubkit.export(m.Article(m.Meta(title="T", slug="t", language="en"), [table]), "pdf").files[0].data))
    assert [kid.type for kid in tree.document.one("Table").nodes] == ["TR"]


def test_notes_have_an_id_and_links_both_ways_and_follow_what_calls_them(tagged: Tagged) -> None:
    notes = list(tagged.document.all("Note"))
    assert [note.get("/ID") for note in notes] == ["note-1", "note-2", "note-3", "note-4"]
    ids = tagged.pdf.Root.StructTreeRoot.IDTree.Names
    assert [str(name) for name in list(ids)[::2]] == ["note-1", "note-2", "note-3", "note-4"]
    calls = [node for node in tagged.document.all("Reference") if parent(tagged, node).type != "TOCI"]
    named = names(tagged)
    for number, (call, note) in enumerate(zip(calls, notes, strict=True), 1):
        (there,), (back,) = call.one("Link").links, note.one("Lbl").one("Link").links
        assert (str(there.Contents), str(back.Contents)) == (f"Footnote {number}", f"Back to the text: {number}")
        assert named[str(there.Dest)] in note.pages
        assert named[str(back.Dest)] in call.pages
    assert after(tagged, one(tagged, "P", "Before it")) is notes[0]
    assert [kid.type for kid in notes[0].nodes] == ["Lbl", "P", "P"]
    assert after(tagged, tagged.document.one("Table")) is notes[1]
    assert parent(tagged, notes[2]).type == "Caption"
    assert after(tagged, one(tagged, "P", "See the note")) is notes[3]


def names(tagged: Tagged) -> dict[str, int]:
    """The named destinations and their pages."""
    held = list(tagged.pdf.Root.Names.Dests.Names)
    return {str(name): tagged.numbers[place[0].objgen] for name, place in zip(held[::2], held[1::2], strict=True)}


def test_a_figure_has_its_caption_beside_it(tagged: Tagged) -> None:
    figure = next(node for node in tagged.document.all("Figure") if node.get("/Alt") == "A red bar")
    caption = after(tagged, figure)
    assert (caption.type, parent(tagged, figure).type) == ("Caption", "Div")
    assert caption.text.startswith("Bars")
    assert "Drawn here" in caption.text
    left, low, right, high = (float(n) for n in figure.attribute("/BBox"))
    page = tagged.pdf.pages[min(figure.pages)].mediabox
    assert 0 <= left < right <= float(page[2])
    assert 0 <= low < high <= float(page[3])


def test_a_decorative_picture_is_an_artifact_and_one_without_words_says_so(tagged: Tagged) -> None:
    assert [node.get("/Alt") for node in tagged.document.all("Figure")] == ["A red bar", "Picture without a description"]


def test_running_heads_and_page_numbers_are_artifacts(tagged: Tagged) -> None:
    margins = [(str(about["/Attached"][0]), said) for page in tagged.artifacts for about, said in page if "/Attached" in about]
    assert ("/Bottom", "2") in margins
    assert ("/Top", "The keeper’s book") in margins or ("/Top", "The Lamp") in margins
    assert {str(p["/Subtype"]) for page in tagged.artifacts for p, _ in page if "/Subtype" in p} == {"/Header", "/Footer"}


def test_a_passage_in_another_language_is_marked(tagged: Tagged) -> None:
    assert [(node.type, node.get("/Lang")) for node in tagged.document.all() if node.get("/Lang")] == [("Span", "uk"), ("Div", "ar")]
    assert str(tagged.pdf.Root.Lang) == "en"


def test_a_link_over_two_lines_is_one_element_with_its_words(tagged: Tagged) -> None:
    link = one(tagged, "Link", "a link of so many")
    assert " ".join(link.text.split()) == WRAPPED
    assert len(link.links) >= 2  # one for each line
    assert {str(annotation.Contents) for annotation in link.links} == {WRAPPED}
    assert {str(annotation.A.URI) for annotation in link.links} == {"https://example.org/"}


def test_words_keep_what_they_are(tagged: Tagged) -> None:
    paragraph = one(tagged, "P", "An HTML")
    assert [(node.own, node.text) for node in paragraph.nodes] == [
        ("Span", "HTML"), ("Code", "code"), ("Span", "gone"), ("Sub", "2")]
    assert paragraph.nodes[0].get("/E") == "Hypertext Markup Language"
    assert str(paragraph.nodes[2].attribute("/TextDecorationType")) == "/LineThrough"
    assert paragraph.text == "An HTML file, some code, gone, water H2O, Small Capitals."
    first = one(tagged, "P", "Before it")
    assert [node.own for node in first.nodes[:2]] == ["Em", "Strong"]
    assert first.text.startswith("Before it carefully said")


def test_code_keeps_its_lines(tagged: Tagged) -> None:
    code = one(tagged, "Code", "def lamp")
    assert code.text == "def lamp(oil):\n\n    return oil > 0"
    assert parent(tagged, code).type == "P"


def test_quotes_are_quotes(tagged: Tagged) -> None:
    assert [node.text.split()[0] for node in tagged.document.all("BlockQuote")] == ["Nobody", "The"]


def test_formulas_are_said_in_words(tagged: Tagged) -> None:
    display, inline = tagged.document.all("Formula")
    assert parent(tagged, display).type == "Art"
    assert parent(tagged, inline).type == "P"
    assert all(node.get("/Alt") for node in (display, inline))


def test_right_to_left_text_is_in_reading_order(tagged: Tagged) -> None:
    (passage,) = [node for node in tagged.document.all("Div") if node.get("/Lang") == "ar"]
    assert " ".join(passage.text.split()) == ARABIC


def test_the_contents_lead_to_the_pages_of_their_headings(tagged: Tagged) -> None:
    contents = next(tagged.document.all("TOC"))
    entries = list(contents.all("TOCI"))
    assert [next(entry.all("Link")).text.rpartition(" ")[0] for entry in entries] == ["Lists", "A table", "Pictures", "Words"]
    assert [kid.type for kid in entries[1].nodes] == ["Reference", "TOC"]
    for entry in entries:
        link = next(entry.all("Link"))
        (annotation,) = link.links
        title, _, page = link.text.rpartition(" ")
        assert names(tagged)[str(annotation.Dest)] + 1 == int(page), title


def test_the_tree_says_what_the_article_says_in_its_order(tagged: Tagged, article: m.Article) -> None:
    said = words(re.sub(r"\u00ad\s*", "", "".join(flat(tagged.document))))
    place = 0
    for block in article.content:
        if not any(isinstance(node, (m.Table, m.Figure, m.MathBlock, m.Math)) for node in m.walk(block)):
            for word in words(m.plain_text([block], notes=False)):
                place = said.index(word, place) + 1


def flat(node: Node) -> Iterator[str]:
    """The texts of a tree, notes left out, blocks set apart."""
    if node.type in ("Note", "Reference"):
        return
    yield "" if node.type in ("Span", "Code", "Link") else " "
    if node.get("/ActualText"):
        yield node.text
        return
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from flat(kid)
        elif isinstance(kid, str):
            yield kid


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_a_broken_word_is_whole_again(article: m.Article) -> None:
    sentence = "Incomprehensibility, unintelligibility and misinterpretation are characteristically interconnected. "
    tree = Tagged(io.BytesIO(pubkit.export(m.Article(article.meta, [text(sentence * 12)]), "pdf").files[0].data))
    (paragraph,) = [node for node in tree.document.all("P") if node.text.startswith("Incompre")]
    assert "\u00ad" in paragraph.text  # lines were broken within words
    assert paragraph.text.replace("\u00ad", "").split() == sentence.split() * 12


def test_the_file_opens_as_a_reader_wants_it(tagged: Tagged) -> None:
    root = tagged.pdf.Root
    assert root.ViewerPreferences.DisplayDocTitle
    assert root.MarkInfo.Marked
    assert str(root.PageMode) == "/UseOutlines"
    assert all(str(page.Tabs) == "/S" for page in tagged.pdf.pages)
    for key, value in zip(*[iter(tagged.pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True):
        assert isinstance(value, (pikepdf.Array, pikepdf.Dictionary)), key


def test_a_volume_has_one_part_for_each_chapter(article: m.Article) -> None:
    content = [text("Words", m.Note([text("A note.")]))]
    chapters = [m.Article(m.Meta(title=f"Chapter {n}", slug=f"c{n}", language=tag, published=DATE), content)
                for n, tag in enumerate(("en", "uk"))]
    volume = m.Volume(m.Meta(title="All", slug="all", language="en", published=DATE), chapters)
    tree = Tagged(io.BytesIO(pubkit.export(volume, "pdf").files[0].data))
    parts = list(tree.document.all("Art"))
    assert [(part.get("/Lang"), next(part.all("H1")).text) for part in parts] == [("", "Chapter 0"), ("uk", "Chapter 1")]
    assert [note.get("/ID") for note in tree.document.all("Note")] == ["note-1", "note-2"]
    (back,) = list(tree.document.all("Note"))[1].one("Link").links
    assert str(back.Contents) == "Назад до тексту: 2"


def tree_of(*blocks: m.Block, **options: object) -> tuple[Tagged, set[str]]:
    meta = m.Meta(title="T", slug="t", language="en", published=DATE, authors=["A"], publisher="P")
    output = pubkit.export(m.Article(meta, blocks), "pdf", **options)
    return Tagged(io.BytesIO(output.files[0].data)), {d.code for d in output.diagnostics}


@pytest.mark.parametrize("options", [{}, {"notes": "end"}])
def test_notes_too_long_for_a_page_stand_at_the_end_and_none_is_lost(options: dict[str, object]) -> None:
    long = m.Note([text(SENTENCE * 30), text("The last words of it.")])
    tree, codes = tree_of(text("A call", long, " and another", m.Note("Short."), "."), **options)
    notes = list(tree.document.all("Note"))
    assert [note.get("/ID") for note in notes] == ["note-1", "note-2"]
    assert "The last words of it." in notes[0].text
    assert notes[0].nodes[0].type == "Lbl"
    assert ("export-note" in codes) == (not options)
    calls = [node.one("Link") for node in tree.document.all("Reference")]
    assert [names(tree)[str(call.links[0].Dest)] in note.pages for call, note in zip(calls, notes, strict=True)] == [True, True]
    assert tree.unowned == {}


def test_many_notes_of_one_paragraph_are_all_there() -> None:
    tree, codes = tree_of(text(*(part for n in range(60) for part in (f"Word {n}", m.Note(f"Note {n} here."), " "))))
    assert [note.text.split("Note ")[1][:8].strip() for note in tree.document.all("Note")][::20] == ["0 here.", "20 here.", "40 here."]
    assert "export-note" in codes


def test_characters_of_private_use_are_said() -> None:
    tree, _ = tree_of(text("Private \ue000 use"))
    assert "Private \ue000 use" in tree.document.text
