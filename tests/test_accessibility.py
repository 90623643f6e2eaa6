"""What a book can claim of its accessibility, and what stands in the way of claiming that it conforms."""

from __future__ import annotations

import msgspec
import pytest

from pubkit import theme
from pubkit.diagnostics import diagnostic
from pubkit.exporters.accessibility import Claims, claims
from pubkit.model import (
    Article,
    Asset,
    Block,
    Cell,
    CodeBlock,
    Column,
    Figure,
    Heading,
    Image,
    Link,
    Math,
    Meta,
    Paragraph,
    Passage,
    Row,
    Table,
    Volume,
)

DOT = Asset("dot.png", "image/png", b"dot", 1, 1)
MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mi>x</mi></math>'


def of(*blocks: Block, assets: tuple[Asset, ...] = (DOT,), title: str = "T", language: str = "en", **more: object) -> Claims:
    meta = msgspec.structs.replace(Meta(title=title, language=language), **more)  # type: ignore[arg-type]
    return claims(Volume(meta, (Article(meta, blocks, assets),)), theme.load())


def picture(alt: str = "", decorative: bool = False, line: int = 0) -> Figure:
    return Figure(Image("dot.png", alt, decorative, asset="dot.png"), line=line)


def table(head: bool = True, side: bool = False) -> Table:
    body = tuple(Row((Cell(str(n), header=side), Cell("x"))) for n in range(3))
    return Table((Column(), Column()), head=(Row((Cell("a"), Cell("b"))),) if head else (), body=body, line=7)


def test_plain_text_bears_every_claim() -> None:
    found = of(Paragraph("Plain words."))
    assert (found.modes, found.sufficient, found.hazards, found.against) == (("textual",), ("textual",), ("none",), ())
    assert found.conforms
    assert "structuralNavigation" not in found.features
    assert "alternativeText" not in found.features
    assert "structuralNavigation" in of(Heading(2, "A"), Paragraph("x")).features


def test_pictures_are_seen_and_perhaps_described() -> None:
    described = of(picture("A dot"))
    assert (described.modes, described.sufficient) == (("textual", "visual"), ("textual", "textual,visual"))
    assert "alternativeText" in described.features
    one_of_two = of(picture("A dot"), picture(line=9))
    assert one_of_two.sufficient == ("textual,visual",)
    assert "alternativeText" not in one_of_two.features
    assert one_of_two.against == ("without an alternative text: 'dot.png' (line 9) (1.1.1)",)
    assert of(picture(decorative=True)).modes == ("textual",)


@pytest.mark.parametrize("alt", ["IMG_2034.jpg", "photo", "Image 3", "dsc 0012.JPG", "a-b (1).png"])
def test_the_name_of_a_file_is_no_alternative_text(alt: str) -> None:
    assert not of(picture(alt)).conforms
    assert "alternativeText" not in of(picture(alt)).features


@pytest.mark.parametrize("alt", ["A photo", "Image of a harbour at dawn", "photo.jpg as seen in a list of files", "دائرة"])
def test_words_are_one(alt: str) -> None:
    assert of(picture(alt)).conforms


def test_the_cover_is_not_counted() -> None:
    cover = Image("cover.png", asset="dot.png")
    assert of(Paragraph("x"), book_cover=cover).modes == ("textual",)
    assert of(Paragraph("x"), book_cover=cover).conforms
    chapter = Article(Meta(title="T", language="en", book_cover=cover), (Paragraph("x"),), (DOT,))
    assert claims(Volume(Meta(title="V", language="en"), (chapter, chapter)), theme.load()).conforms


def test_formulas_are_mathml() -> None:
    found = of(Paragraph(("Let ", Math("x", MATHML))))
    assert "MathML" in found.features
    assert found.summary.endswith("Formulas are written as MathML.")


@pytest.mark.parametrize(("data", "media_type", "moves"), [
    (b"\x21\xf9\x04..\x21\xf9\x04", "image/gif", True), (b"\x21\xf9\x04..", "image/gif", False),
    (b"<svg><animateTransform/></svg>", "image/svg+xml", True), (b"<svg><g id='settle'/></svg>", "image/svg+xml", False)])
def test_pictures_that_move(data: bytes, media_type: str, moves: bool) -> None:
    found = of(picture("A dot"), assets=(Asset("dot.png", media_type, data),))
    assert found.hazards == (("unknown",) if moves else ("none",))
    assert found.conforms != moves


@pytest.mark.parametrize(("block", "criterion"), [
    (table(head=False), "tables without a head: line 7 (1.3.1)"), (Paragraph(("see ", Link("", "https://example.org/"))), ""),
    (Paragraph(("see ", Link(" ", "https://example.org/"))), "links without words (2.4.4)"), (table(), ""),
    (Heading(2, Image("dot.png", decorative=True, asset="dot.png"), line=3), "headings without words: line 3 (2.4.6)"),
    (Heading(2, Image("dot.png", "A dot", asset="dot.png")), ""),
    (table(head=False, side=True), ""),
    (Paragraph(Link(Image("dot.png", "A dot", asset="dot.png"), "https://example.org/")), ""),
    (Table((Column(),), body=(Row((Cell("x"),)), Row((Cell("y"),)))), "")])
def test_tables_and_links(block: Block, criterion: str) -> None:
    assert of(block).against == ((criterion,) if criterion else ())


@pytest.mark.parametrize(("text", "language", "criterion"), [
    ("مرحبا بكم في هذا المكان", "en", "Arabic"), ("Привіт, світе", "de", "Cyrillic"), ("これは日本語の文です", "en", "Japanese"),
    ("Hello there", "ar", "Latin"), ("これは日本語の文です", "ja", ""), ("한국어 문장입니다", "ko", ""), ("中文文章", "zh-Hant-TW", ""),
    ("Zdravo svete", "sr-Latn", ""), ("Здраво свете", "sr", ""), ("Hello there", "tlh", ""), ("123", "ar", ""),
    ("The word Привіт is Ukrainian", "en", "")])
def test_the_letters_have_to_be_those_of_the_language(text: str, language: str, criterion: str) -> None:
    found = of(Paragraph(text), language=language, title="1")
    assert found.against == ((f"the language is said to be {language}, but the letters are {criterion} (3.1.1)",) if criterion else ())


ENGLISH = ("The ferry was late again, and nobody on the quay could say why it had not left the other side of the water, or when it would; "
           "so we waited in the rain with the rest of them, and talked about the things that people talk about when nothing can be done.")


@pytest.mark.parametrize(("language", "reason"), [
    ("en-GB", ""), ("de", "the language is said to be de, but the words are en (3.1.1)"),
    ("und", "'und' names no language that is known (3.1.1)"),
    ("qaa", "'qaa' names no language that is known (3.1.1)"), ("fr-CA", "the language is said to be fr-CA, but the words are en (3.1.1)")])
def test_the_words_have_to_be_those_of_the_language(language: str, reason: str) -> None:
    assert of(Paragraph(ENGLISH), language=language).against == ((reason,) if reason else ())


def test_code_and_passages_in_another_language_do_not_count() -> None:
    assert of(CodeBlock("const x = function there"), Passage((Paragraph("Hello there everybody"),), "en"), Paragraph("مرحبا"), title="1",
              language="ar").conforms


def test_a_title_and_a_theme_that_can_be_read() -> None:
    assert of(Paragraph("x"), title="Untitled").against == ("there is no title (2.4.2)",)
    pale = msgspec.structs.replace(theme.load(), diagnostics=(diagnostic("theme-contrast", "pale"),))
    meta = Meta(title="T", language="en")
    assert "1.4.3" in claims(Volume(meta, (Article(meta, (Paragraph("x"),)),)), pale).against[0]


def test_the_summary_speaks_the_language_of_the_book() -> None:
    assert of(picture("Ein Punkt"), language="de").summary.endswith("Alle Bilder haben einen Alternativtext.")
    assert of(picture("点"), language="ja").summary.count(" ") == 0


def test_long_lists_are_cut_short() -> None:
    (against,) = of(*(picture(line=n) for n in range(1, 9))).against
    assert against == "without an alternative text: 'dot.png' (line 1), 'dot.png' (line 2), 'dot.png' (line 3) and 5 more (1.1.1)"
