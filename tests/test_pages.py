"""Pages: what their markup says, how options change them, and what is corrected while they are laid out."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from PIL import Image as Picture
from PIL import ImageChops, ImageFilter, ImageStat

import pubkit
from pubkit import model as m
from pubkit import theme
from pubkit.exporters import pages, passes, press
from samples import SVG

GOLDEN = Path(__file__).parent / "golden" / "pages"
THEMES = ("journal", "letter", "report")
PIXELS = 4 / 3
SENTENCE = "The lamp is lit at dusk and put out at dawn, and in the hours between somebody writes down what has passed. "


def article(*blocks: m.Block | str, **meta: Any) -> m.Article:
    assets = (m.Asset("bar.svg", "image/svg+xml", SVG, 400, 200), m.Asset("tall.svg", "image/svg+xml", SVG, 200, 400))
    whole = m.Article(m.Meta(**{"title": "The keeper’s book", "slug": "book", "language": "en", **meta}),
                      [m.Paragraph(b) if isinstance(b, str) else b for b in blocks])
    return msgspec.structs.replace(whole, assets=assets)


def shown(name: str) -> m.Image:
    return m.Image(name, "A bar", asset=name)


def marked(work: m.Article, name: str = "journal", **chosen: Any) -> ET.Element:
    options = msgspec.convert(chosen, pages.Options)
    worn = pages.worn(theme.load(name), options, work.meta.language)
    return pages.markup(m.Volume(work.meta, (work,)), worn, options, {})


def laid_out(work: m.Article, name: str = "journal", **chosen: Any) -> Any:
    options = msgspec.convert(chosen, pages.Options)
    worn = pages.worn(theme.load(name), options, work.meta.language)
    resources: pages.Resources = {}
    root = pages.markup(m.Volume(work.meta, (work,)), worn, options, resources)
    with passes.settling(passes.Settler(root, worn, options.moves, options.settle)):
        return press.lay_out(root, worn, resources)


def boxes(document: Any, tag: str, name: str = "") -> Iterator[tuple[int, Any]]:
    """Page (from 0) and box of each element of a kind."""
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            own = box.element is not None and box.element_tag == box.element.tag == tag
            if own and name in box.element.get("class", "") and type(box).__name__ not in ("LineBox", "TextBox"):
                yield number, box


def lines(document: Any) -> Iterator[tuple[int, float, Any]]:
    """Page, distance from its top in pixels, and box of each line of plain paragraphs of the body."""
    for number, page in enumerate(document.pages):
        top = page._page_box.content_box_y()
        for box in page._page_box.children[0].descendants():
            if type(box).__name__ == "LineBox" and box.element.tag == "p" and box.element.get("class") in (None, "pk-first"):
                yield number, box.position_y - top, box


def words_of(box: Any) -> str:
    return "".join(part.text for part in box.descendants() if hasattr(part, "text") and isinstance(part.text, str))


def one(root: ET.Element, name: str) -> ET.Element:
    (found,) = [e for e in root.iter() if name in e.get("class", "").split()]
    return found


# --- Markup -------------------------------------------------------------------------------------------------------------------------

def test_a_long_first_paragraph_has_an_initial_and_loses_no_letter() -> None:
    root = marked(article(SENTENCE * 3, "Second."))
    assert one(root, "pk-initial").text == "T"
    assert "".join(one(root, "pk-first").itertext()).split() == (SENTENCE * 3).split()


@pytest.mark.parametrize("first", ["Too short.", "“" + SENTENCE * 3, "7 " + SENTENCE * 3, SENTENCE.lower() * 3])
def test_not_every_paragraph_can_carry_an_initial(first: str) -> None:
    assert not [e for e in marked(article(first)).iter() if e.get("class") == "pk-initial"]


def test_only_some_themes_have_an_initial() -> None:
    assert not [e for e in marked(article(SENTENCE * 3), "letter").iter() if e.get("class") == "pk-initial"]


@pytest.mark.parametrize(("chosen", "there"), [({}, False), ({"contents_from": 2}, True), ({"contents": "yes"}, True),
                                               ({"contents": "no", "contents_from": 1}, False)])
def test_contents_stand_where_they_are_wanted(chosen: dict[str, Any], there: bool) -> None:
    root = marked(article(m.Heading(2, "One", id="one"), SENTENCE, m.Heading(2, "Two", id="two"), SENTENCE), **chosen)
    assert bool([e for e in root.iter() if e.get("class") == "pk-toc"]) is there


def test_long_contents_leave_out_the_lower_level() -> None:
    blocks = [m.Heading(2 + (n % 3 > 0), f"Part {n}", id=f"p{n}") for n in range(30)]
    toc = one(marked(article(*blocks)), "pk-toc")
    assert len(list(toc.iter("li"))) == 10


def test_long_titles_tall_pictures_and_short_tables_are_marked() -> None:
    rows = [m.Row(["a", "b"])] * 4
    root = marked(article(m.Table([m.Column(), m.Column()], [], rows), m.Table([m.Column(), m.Column()], [], rows * 9),
                          title="A title that goes on and on until it has no business to be one any more, or so one would think",
                          image=m.Figure(shown("tall.svg"))))
    assert "pk-long" in one(root, "pk-title").get("class", "")
    assert "pk-tall" in one(root, "pk-lead").get("class", "")
    assert ["pk-short" in e.get("class", "") for e in root.iter() if "pk-table" in e.get("class", "")] == [True, False]


def test_short_last_words_and_names_are_kept_in_company() -> None:
    root = marked(article(SENTENCE + "And that was it.", SENTENCE + "And so to breakfasting.", authors=["Ada B. Tester"]))
    first, second = ["".join(e.itertext()) for e in one(root, "pk-body")]
    assert first.endswith("was\u00a0it.")
    assert second.endswith("to breakfasting.")
    assert one(root, "pk-author").text == "Ada\u00a0B.\u00a0Tester"
    assert "\u00a0" not in "".join(marked(article(SENTENCE + "And that was it."), settle=False).itertext())


def test_a_running_head_is_never_too_long() -> None:
    chapter = one(marked(article(SENTENCE, title=SENTENCE * 3, publisher="The Specimen"), "report"), "pk-chapter")
    assert len(chapter.get("data-title", "")) < 80
    assert chapter.get("data-title", "").endswith("…")
    assert chapter.get("data-publication") == "The Specimen"


# --- Options ------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
def test_a_theme_fits_every_paper(name: str, paper: str) -> None:
    base = theme.load(name)
    page = pages.worn(base, pages.Options(paper=paper), "en").page  # type: ignore[arg-type]
    assert (page.width, page.height) == pages.SHEETS[paper]
    assert min(page.left - page.strip, page.right) >= pages.LEAST_MARGIN - 0.01
    assert page.measure <= base.page.measure + 0.01
    assert page.measure >= 320 or page.measure > base.page.measure * 0.95
    assert page.lead_out <= min(page.left, page.right)


def test_a_strip_goes_where_it_has_no_room() -> None:
    worn = pages.worn(theme.load("report"), pages.Options(paper="a5"), "en")
    assert (worn.page.strip, worn.choices.layout) == (0, "column")


def test_pages_from_right_to_left_are_mirrored() -> None:
    base = theme.load("report")
    worn = pages.worn(base, pages.Options(), "ar")
    assert (worn.page.left, worn.page.right, worn.direction) == (base.page.right, base.page.left, "rtl")
    document = laid_out(article(m.Heading(2, "قسم"), "نص قصير.", language="ar"), "report")
    number, text = (next(b for _, b in boxes(document, tag)) for tag in ("h2", "p"))
    assert text.position_x + text.width <= document.pages[0]._page_box.width + document.pages[0]._page_box.margin_left + 1
    assert number.position_x >= 0
    assert document.pages[0]._page_box.margin_right > document.pages[0]._page_box.margin_left


@pytest.mark.parametrize(("sides", "mirrored"), [("one", False), ("two", True), ("theme", True)])
def test_two_sides_are_mirrored_and_one_is_not(sides: str, mirrored: bool) -> None:
    document = laid_out(article(*[SENTENCE * 4] * 20, publisher="The Specimen"), sides=sides)
    heads = ["".join(words_of(b) for b in page._page_box.children if type(b).__name__ == "MarginBox" and "top" in b.at_keyword)
             for page in document.pages]
    assert heads[0] == ""
    assert heads[1:3] == (["The Specimen", "The keeper’s book"] if mirrored else ["The keeper’s book"] * 2)


def test_links_look_like_text_in_print() -> None:
    linked = article(m.Paragraph(["See ", m.Link("here", "https://example.org/"), "."]))
    for links, underlined in (("screen", True), ("print", False)):
        box = next(b for _, b in boxes(laid_out(linked, links=links), "a"))
        assert bool(box.style["text_decoration_line"] != "none") is underlined


def test_wrong_options_are_refused() -> None:
    for wrong in ({"paper": "a3"}, {"moves": -1}, {"contents_from": 0}):
        with pytest.raises(pubkit.PubkitError):
            pubkit.export(article(SENTENCE), "pdf", **wrong)


# --- Corrections --------------------------------------------------------------------------------------------------------------------

BLOCKS = (SENTENCE * 3, m.Figure(shown("bar.svg"), "A caption of no importance"), SENTENCE * 2,
          m.MathBlock(r"\frac{a}{b}"), m.Heading(2, "A part"), SENTENCE * 2, m.CodeBlock("one\ntwo\nthree"), SENTENCE * 2,
          m.Table([m.Column(), m.Column()], [m.Row(["a", "b"])], [m.Row(["c", "d"])] * 3), SENTENCE * 2, m.List(["x", "y"]), SENTENCE,
          m.Heading(3, "A smaller part"), SENTENCE * 2, m.Quote([m.Paragraph(SENTENCE)], "Somebody"), SENTENCE)


@pytest.mark.parametrize("name", THEMES)
def test_lines_stand_on_the_grid_after_blocks_of_any_height(name: str) -> None:
    worn = theme.load(name)
    unit = worn.type.leading * PIXELS * (1 if worn.choices.paragraph == "indent" else 0.5)

    def off(document: Any) -> int:
        own = set(one(document._html.etree_element, "pk-body"))
        return sum(min(y % unit, unit - y % unit) > 0.5 for _, y, line in lines(document) if line.element in own)

    assert off(laid_out(article(*BLOCKS), name)) == 0
    assert off(laid_out(article(*BLOCKS), name, settle=False)) > 0


def holes(*after: m.Block | str, caption: Any = "A caption", before: str = SENTENCE) -> Iterator[tuple[m.Article, Any]]:
    """Articles with a figure at other and other places of the page, and their pages without moves where it leaves a hole."""
    figure = m.Figure(shown("bar.svg"), caption)
    for count in range(14, 34, 2):
        work = article(*["One line."] * count, before, figure, *(after or ("After. " + SENTENCE * 6, SENTENCE * 6)))
        still = laid_out(work, moves=0)
        page = next(number for number, _ in boxes(still, "figure"))
        bottom = max((y for n, y, _ in lines(still) if n == page - 1), default=0)
        if page and bottom < still.pages[0]._page_box.height - 7 * 15 * PIXELS:
            yield work, still


def order(document: Any) -> list[str]:
    body = next(e for e in document._html.etree_element.iter() if e.get("class") == "pk-body")
    return ["figure" if e.tag == "figure" else "".join(e.itertext())[:6] for e in body]


def test_a_figure_that_leaves_a_hole_changes_places_with_what_follows() -> None:
    count = 0
    for work, still in holes():
        moved = laid_out(work)
        assert order(still)[-4:] == ["The la", "figure", "After.", "The la"]
        assert order(moved)[-4:-1] == ["The la", "After.", "figure"]
        assert sorted(order(still)) == sorted(order(moved))
        assert max(y for n, y, _ in lines(still) if n == 0) < max(y for n, y, _ in lines(moved) if n == 0) - 100
        count += 1
    assert count > 2


@pytest.mark.parametrize(("others", "changes"), [
    ((), {"before": "See the picture:"}), ((m.Heading(2, "A part"), SENTENCE * 6), {}),
    ((), {"caption": ["A caption", m.Note([m.Paragraph("Aside.")])]}),
    ((m.Paragraph("After it comes:"), m.CodeBlock("code"), SENTENCE * 6), {})])
def test_a_figure_stays_where_it_belongs(others: Any, changes: dict[str, Any]) -> None:
    """After words that announce it, before a section or words that announce something else, with a note of its own."""
    found = [(work, still) for work, still in holes(*others, **changes)]
    assert found
    for work, still in found:
        assert order(laid_out(work)) == order(still)


def test_a_lower_heading_goes_along() -> None:
    work, _ = next(holes(m.Heading(3, "A part"), SENTENCE * 6, SENTENCE * 6))
    assert order(laid_out(work))[-4:] == ["A part", "The la", "figure", "The la"]


def test_a_move_that_does_not_help_is_taken_back() -> None:
    """The paragraph after the figure has no room on the page before either."""
    work, still = next(holes(m.Quote([m.Paragraph(SENTENCE * 12)]), SENTENCE))
    assert order(laid_out(work)) == order(still)


def test_a_move_keeps_indents_and_notes_true_to_their_place() -> None:
    work, _ = next(holes(m.Paragraph(["After. ", m.Note([m.Paragraph("An aside.")]), SENTENCE * 6]), SENTENCE * 6))
    document = laid_out(work)
    page, line = next((n, line) for n, _, line in lines(document) if words_of(line).startswith("After."))
    assert line.children[0].position_x - line.position_x == pytest.approx(theme.load().type.leading * PIXELS, abs=0.1)
    notes = [n for n, box in enumerate(p._page_box for p in document.pages)
             for b in box.children if type(b).__name__ == "FootnoteAreaBox" and b.children]
    assert notes == [page]
    follows = next(line for n, _, line in lines(document) if line.element is list(one(document._html.etree_element, "pk-body"))[-1])
    assert follows.children[0].position_x == follows.position_x


def test_lines_of_a_title_are_of_about_the_same_length() -> None:
    def evenness(title: str, settle: bool) -> float:
        document = laid_out(article(SENTENCE, title=title), settle=settle)
        widths = [line.children[0].width for line in next(b for _, b in boxes(document, "h1")).children]
        return min(widths) / max(widths)

    better = 0
    for count in range(6, 13):
        title = " ".join("The keeper’s long winter days and some of the nights they begot".split()[:count])
        plain, even = evenness(title, False), evenness(title, True)
        assert even >= plain - 0.01
        better += even > plain + 0.1
    assert better


@pytest.mark.parametrize("name", THEMES)
def test_notes_are_put_off_by_no_rounding_error(name: str) -> None:
    """A note stands on the page of its call wherever there is room for it."""
    for size in range(1, 12):
        noted = m.Paragraph(["After. ", m.Note([m.Paragraph("An aside. " * size)]), SENTENCE])
        document = laid_out(article(noted, SENTENCE), name, settle=False)
        assert len(document.pages) == 1
        notes = [box for box in document.pages[0]._page_box.children if type(box).__name__ == "FootnoteAreaBox"]
        assert "An aside." in "".join(map(words_of, notes))


def test_a_volume_begins_each_chapter_on_a_page() -> None:
    one_, two = article(SENTENCE * 3, publisher="The Lamp"), article(SENTENCE * 3, title="Another book", slug="other")
    worn = theme.load("journal")
    root = pages.markup(m.Volume(one_.meta, (one_, two)), worn, pages.Options(), {})
    with passes.settling(passes.Settler(root, worn, 5)):
        document = press.lay_out(root, worn, {})
    assert [n for n, _ in boxes(document, "h1")] == [0, 1]
    assert len([e for e in root.iter() if e.get("class") == "pk-masthead"]) == 1


# --- Rules of the page --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", THEMES)
def test_nothing_leaves_the_page(name: str) -> None:
    address = "https://example.org/" + "a-very-long-way/" * 12
    work = article(m.Paragraph([m.Link(address, address)]), m.CodeBlock("x" * 80 + "\n" + "y" * 300), m.Paragraph([m.Code("z" * 200)]),
                   m.Table([m.Column()] * 3, [], [m.Row([address, "b" * 90, "c"])]))
    document = laid_out(work, name)
    for page in document.pages:
        right = page._page_box.content_box_x() + page._page_box.width
        for box in page._page_box.children[0].descendants():
            if type(box).__name__ == "TextBox":
                assert box.position_x + box.width <= right + 1, box.text[:40]


@pytest.mark.parametrize("name", THEMES)
def test_eighty_characters_of_code_fit_a_line(name: str) -> None:
    (pre,) = [b for _, b in boxes(laid_out(article(m.CodeBlock("x" * 80)), name), "code")][:1]
    assert len(pre.children) == 1


def test_a_long_table_repeats_its_head_and_breaks_no_row() -> None:
    cell = SENTENCE * 2
    table = m.Table([m.Column(), m.Column()], [m.Row(["Head", "Other"])], [m.Row([cell, "b"]) for _ in range(40)])
    document = laid_out(article(table))
    heads = {n for n, _ in boxes(document, "thead")}
    assert heads == {n for n, _ in boxes(document, "td")} == set(range(len(document.pages)))
    assert sum(1 for _ in boxes(document, "tr")) == 40 + len(heads)


def test_a_heading_stays_with_what_follows_and_no_line_alone() -> None:
    for count in range(28, 40):
        document = laid_out(article(*["One line."] * count, m.Heading(2, "A part"), SENTENCE * 2, *["One line."] * 3))
        (heading,) = {n for n, _ in boxes(document, "h2")}
        page = [n for n, _, line in lines(document) if len("".join(line.element.itertext())) > 100]
        assert page.count(heading) >= 2
        assert min((page.count(n) for n in set(page)), default=2) >= 2


def test_formulas_have_the_colour_of_the_theme() -> None:
    for name in THEMES:
        resources: pages.Resources = {}
        work = article(m.MathBlock("x^2"))
        pages.markup(m.Volume(work.meta, (pubkit.normalize(work)[0],)), theme.load(name), pages.Options(), resources)
        (data,) = [d for d, kind in resources.values() if kind == "image/svg+xml" and d != SVG]
        assert theme.load(name).color.ink.encode() in data


def test_a_cover_holds_the_head_alone_and_contents_that_do_not_fit_begin_the_text() -> None:
    parts = [block for n in range(5) for block in (m.Heading(2, f"Part {n}", id=f"p{n}"), SENTENCE * 3)]
    work = article(*parts, image=m.Figure(shown("bar.svg"), "A caption"))
    fits = laid_out(work, "report")
    assert {n for n, _ in boxes(fits, "nav")} == {0}
    assert min(n for n, _, _ in lines(fits)) == 1
    crowded = laid_out(msgspec.structs.replace(work, meta=msgspec.structs.replace(work.meta, subtitle=(m.Text(SENTENCE * 9),))), "report")
    assert {n for n, _ in boxes(crowded, "nav")} == {1}
    assert min(n for n, _, _ in lines(crowded)) == 1


# --- Pictures of pages --------------------------------------------------------------------------------------------------------------

def sample() -> m.Article:
    bar = m.Figure(shown("bar.svg"), "A bar, and what is to be said about it", "Drawn here")
    table = m.Table([m.Column(), m.Column("right")], [m.Row(["Night", "Ships"])],
                    [m.Row(["First", "12"]), m.Row(["Second", "7"])], [m.Row(["Both", "19"])], caption="Ships that passed")
    noted = m.Paragraph([SENTENCE, m.Note([m.Paragraph("As the book has it.")]), SENTENCE])
    leads = m.List([m.ListItem([m.Paragraph([m.Strong("Oil:"), " two measures a night"])]),
                    m.ListItem([m.Paragraph([m.Strong("Wick:"), " trimmed at midnight"])])])
    return article(
        SENTENCE * 3, noted, m.Heading(2, "What is written", id="a"), SENTENCE * 2, leads,
        m.Quote("Nobody sleeps while it burns.", pull=True),
        m.Heading(3, "The count", id="b"), SENTENCE, table, SENTENCE * 2, m.Heading(2, "What is not", id="c"), bar, SENTENCE * 2,
        m.CodeBlock("for night in book:\n    print(night.ships)  # all of them", "python"), m.Quote([m.Paragraph(SENTENCE)], "The keeper"),
        m.Heading(2, "The end", id="d"), m.Aside("Keep the oil dry.", "note", "For keepers"), SENTENCE,
        subtitle="What a light house keeper writes down in a winter, and what is left out", section="Archives", publisher="The Lamp",
        authors=["Ada Tester"], series=m.Series("Winter", 2), image=bar)


def picture(pdf: bytes, number: int, folder: Path) -> Picture.Image:
    tool = shutil.which("pdftoppm")
    if not tool:
        pytest.skip("pdftoppm is not here")
    (folder / "a.pdf").write_bytes(pdf)
    subprocess.run([tool, "-r", "40", "-f", str(number), "-l", str(number), "-gray", "-png", str(folder / "a.pdf"), str(folder / "a")],
                   check=True)
    return Picture.open(io.BytesIO(next(folder.glob("a-*.png")).read_bytes())).convert("L")


@pytest.mark.parametrize(("name", "number"), [(name, number) for name in THEMES for number in (1, 2)])
def test_pages_look_as_they_were_accepted(name: str, number: int, tmp_path: Path) -> None:
    """A blurred difference: other versions of the font libraries draw edges in other ways, but no line elsewhere."""
    seen = picture(laid_out(sample(), name).write_pdf(), number, tmp_path)
    path = GOLDEN / f"{name}-{number}.png"
    if os.environ.get("PUBKIT_ACCEPT"):
        path.parent.mkdir(parents=True, exist_ok=True)
        seen.save(path, optimize=True)
    accepted = Picture.open(path).convert("L")
    assert seen.size == accepted.size
    soft = ImageFilter.GaussianBlur(2)
    difference = ImageChops.difference(seen.filter(soft), accepted.filter(soft))
    assert ImageStat.Stat(difference).mean[0] < 1.5, f"{path.name} looks different; PUBKIT_ACCEPT=1 accepts it"
