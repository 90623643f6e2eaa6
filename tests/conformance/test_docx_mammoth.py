"""Word documents, as mammoth reads them, beside our own pages of the same articles: what one says, the other says."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import mammoth_html
import pytest
import tools
from lxml import etree

import pubkit
import samples
from pubkit.model import Person, encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

W = mammoth_html.W
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
RANDOM = 12


def _pair(article: pubkit.Article, **options: Any) -> tuple[str, bytes]:
    """An article as a page and as a Word document."""
    page = pubkit.export(article, "html", fonts="none").files[0].data.decode()
    return page, pubkit.export(article, "docx", **options).files[0].data


def _compared(page: str, document: bytes) -> dict[str, list[str]]:
    ours = mammoth_html.story(mammoth_html.html_of_page(page))
    theirs = mammoth_html.story(mammoth_html.html_of_word(document))
    return mammoth_html.differences(ours, theirs)


def _report(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{aspect}: {place}" for aspect, places in found.items() for place in places)


def _written(text: str) -> pubkit.Article:
    return pubkit.parse(f"---\ntitle: A title\nlanguage: en\nauthor: Ada\n---\n\n{text}", pictures=samples.PICTURES).article


# --- Articles -----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", tools.NAMES)
def test_mammoth_tells_what_our_page_tells(name: str, built: Callable[[str], dict[str, Path]]) -> None:
    tools.nothing(_report(_compared(built("html")[name].read_text("utf-8"), built("docx")[name].read_bytes())))


@pytest.mark.parametrize("options", [{"notes": "end"}, {"captions": "plain"}, {"contents": True}, {"theme": "report"}, {"theme": "letter"}],
                         ids=str)
def test_options_change_nothing_that_is_said(options: dict[str, Any]) -> None:
    article = pubkit.parse(encode(samples.every_node()).decode(), "json", pictures=samples.PICTURES).article
    tools.nothing(_report(_compared(*_pair(article, **options))))


def test_articles_at_random() -> None:
    for raw in samples.at_random(RANDOM):
        article = pubkit.normalize(raw)[0]
        tools.nothing(_report(_compared(*_pair(article))))


# --- Places where they have differed ------------------------------------------------------------------------------------------------

PLACES = {
    "notes of a tight item come before those of the list in it": "- item[^a]\n  - nested[^b]\n\n[^a]: Note a.\n[^b]: Note b.\n",
    "notes of a definition come before those of the list in it":
        "Term\n:   meaning[^a]\n\n    - nested[^b]\n\n[^a]: Note a.\n[^b]: Note b.\n",
    "notes of a quotation come before those of its source": "> Quoted[^a]\n>\n> — Somebody[^b]\n\n[^a]: Note a.\n[^b]: Note b.\n",
    "a remote picture whose address has no scheme": "![alt](//pictures.example.org/x.png)\n",
    "a note within a note": "Text[^a] and[^a].\n\n[^a]: Note[^b] *a*.\n[^b]: Note b.\n",
    "a table too wide for a page": "|" + "|".join(f"head{n}" for n in range(70)) + "|\n|" + "-|" * 70 + "\n|" + "|".join(
        f"cell{n}" for n in range(70)) + "|\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "lists deeper than Word's": "".join(f"{'  ' * n}- level {n}\n" for n in range(12)),
    "lists that follow each other":
        "1. a\n2. b\n\n<!-- -->\n\n1. again\n\n7. from seven\n\ntext\n\n1. anew\n   a) inner\n   b) inner\n2. two\n   a) anew\n",
    "items without paragraphs": "-\n- ```\n  code\n  ```\n- > quoted\n- | a |\n  |---|\n  | b |\n- ***\n",
    "emphasis within emphasis and within a table's head": "*em *inner* em* **a *b* c**\n\n| **a** | *b* |\n|---|---|\n| **1** | `2` |\n",
    "links side by side":
        "[a](https://a.example.org)[b](https://a.example.org)[c](https://c.example.org) [**d** *e*](https://d.example.org \"D\")\n",
    "a link to a table without a caption": "See [it](#t).\n\n<table id=\"t\"><tr><td>a</td></tr></table>\n",
    "a link to a paragraph of a note": "Text[^a], see [it](#here).\n\n[^a]: One.\n\n    <p id=\"here\">Two.</p>\n",
    "a link to an item with a lead-in": "- <p id=\"x\"><b>Lead.</b> text</p>\n- **Lead.** more\n\nSee [it](#x).\n",
    "a passage in another language in an item": "- <div lang=\"uk\">\n\n  Слово\n\n  ще\n\n  - список\n\n  </div>\n- two\n",
    "a cell beside one of several rows and columns": '<table><thead><tr><th>a</th><th colspan="2" rowspan="2">b</th></tr>'
                                                     "<tr><th>c</th><th>d</th></tr></thead><tbody><tr><td>e</td></tr></tbody></table>\n",
    "blocks within blocks":
        "> - item\n>\n>   more\n>\n>   > inner\n>\n> Term\n> :   meaning\n\n"
        "::: note\nBody\n\n- item\n\n  > quoted\n\n| a |\n|---|\n| b |\n:::\n",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_they_agree_on(text: str) -> None:
    tools.nothing(_report(_compared(*_pair(_written(text)))))


def test_a_publisher_is_no_author() -> None:
    """A publisher that stands among the persons is named in neither the byline nor the list of contributors."""
    publisher = Person("The House", role="publisher")
    for authors in ((publisher,), (Person("Ada"), publisher)):
        article = pubkit.normalize(pubkit.Article(pubkit.Meta(title="T", slug="t", language="en", authors=authors), ("Text",)))[0]
        tools.nothing(_report(_compared(*_pair(article))))


# --- Damages: each must be seen -----------------------------------------------------------------------------------------------------

TEXT = """
## First {#first}

A paragraph with **strong** and *stressed* words, a note[^a] and another[^b], [one](https://one.example.org/) and
[two](https://two.example.org/), see [the first](#first) and [the second](#second), and $x^2$.

1. one
2. two
   - inner
   - more
3. three

> A quotation.

- [x] done
- [ ] open

![A dot](dot.png)

| Name | Count | Kind |
|------|-------|------|
| pear | 1     | a    |
| plum | 2     | b    |

Table: Fruit. {#fruit}

See [table 1](#fruit) again.[^a]

## Second {#second}

The end.

[^a]: The first note.
[^b]: The second note.
"""


class _Parts(dict[str, Any]):
    """The XML parts of a document, to be damaged."""

    def first(self, path: str, part: str = "word/document.xml") -> Any:
        found = self[part].xpath(path, namespaces={"w": W[1:-1], "r": R[1:-1], "wp": DRAWING[1:-1]})
        assert found, f"there is no {path} to damage"
        return found[0]

    def paragraph(self, words: str) -> Any:
        return self.first(f"//w:p[contains(., '{words}')]")

    def style(self, words: str, style: str) -> None:
        self.first(f"//w:p[contains(., '{words}')]/w:pPr/w:pStyle").set(f"{W}val", style)


def _swap(one: Any, two: Any, name: str) -> None:
    first, second = one.get(name), two.get(name)
    assert first != second
    one.set(name, second)
    two.set(name, first)


def _drop(element: Any) -> None:
    element.getparent().remove(element)


def _word_lost(parts: _Parts) -> None:
    _drop(parts.first("//w:r[contains(., 'stressed')]"))


def _paragraphs_moved(parts: _Parts) -> None:
    end = parts.paragraph("The end.")
    end.getparent().insert(3, end)


def _heading_sunk(parts: _Parts) -> None:
    parts.style("Second", "Heading3")


def _quotation_plain(parts: _Parts) -> None:
    parts.style("A quotation.", "BodyText")


def _item_raised(parts: _Parts) -> None:
    parts.first("//w:p[contains(., 'inner')]//w:ilvl").set(f"{W}val", "0")


def _list_from_five(parts: _Parts) -> None:
    parts.first("//w:startOverride", "word/numbering.xml").set(f"{W}val", "5")


def _list_of_letters(parts: _Parts) -> None:
    for kind in parts["word/numbering.xml"].iter(f"{W}numFmt"):
        if kind.get(f"{W}val") == "decimal":
            kind.set(f"{W}val", "lowerLetter")


def _item_lost(parts: _Parts) -> None:
    _drop(parts.first("//w:p[contains(., 'three')]//w:numPr"))


def _box_unticked(parts: _Parts) -> None:
    box = parts["word/document.xml"].find(".//{http://schemas.microsoft.com/office/word/2010/wordml}checked")
    box.set("{http://schemas.microsoft.com/office/word/2010/wordml}val", "0")


def _call_lost(parts: _Parts) -> None:
    _drop(parts.first("//w:r[w:footnoteReference]"))


def _notes_swapped(parts: _Parts) -> None:
    one, two = parts["word/document.xml"].iter(f"{W}footnoteReference")
    _swap(one, two, f"{W}id")


def _note_changed(parts: _Parts) -> None:
    parts.first("//w:t[contains(., 'second note')]", "word/footnotes.xml").text = "The other note."


def _links_swapped(parts: _Parts) -> None:
    one, two = parts["word/document.xml"].xpath("//w:hyperlink[@r:id]", namespaces={"w": W[1:-1], "r": R[1:-1]})
    _swap(one, two, f"{R}id")


def _link_lost(parts: _Parts) -> None:
    link = parts.first("//w:hyperlink[@r:id]")
    for run in link:
        link.addprevious(run)
    _drop(link)


def _references_swapped(parts: _Parts) -> None:
    one, two = parts["word/document.xml"].xpath("//w:hyperlink[@w:anchor]", namespaces={"w": W[1:-1]})[:2]
    _swap(one, two, f"{W}anchor")


def _field_astray(parts: _Parts) -> None:
    code = parts.first("//w:instrText[contains(., ' REF ')]")
    code.text = " REF first \\h "


def _bookmark_lost(parts: _Parts) -> None:
    _drop(parts.first("//w:bookmarkStart[@w:name='first']"))


def _cells_swapped(parts: _Parts) -> None:
    one, two = parts.paragraph("pear").getparent(), parts.paragraph("plum").getparent()
    texts = [next(cell.iter(f"{W}t")) for cell in (one, two)]
    texts[0].text, texts[1].text = texts[1].text, texts[0].text


def _cells_joined(parts: _Parts) -> None:
    cell = parts.paragraph("pear").getparent()
    etree.SubElement(cell.find(f"{W}tcPr"), f"{W}gridSpan", {f"{W}val": "2"})
    _drop(cell.getnext())


def _head_lost(parts: _Parts) -> None:
    _drop(parts.first("//w:tblHeader"))


def _strong_weak(parts: _Parts) -> None:
    parts.first("//w:rStyle[@w:val='Strong']").set(f"{W}val", "Emphasis")


def _picture_mute(parts: _Parts) -> None:
    parts.first("//wp:docPr").set("descr", "")


def _formula_lost(parts: _Parts) -> None:
    _drop(next(parts["word/document.xml"].iter(f"{mammoth_html.M}oMath")))


DAMAGES = [
    ("text", _word_lost), ("text", _paragraphs_moved), ("text", _formula_lost), ("headings", _heading_sunk), ("kinds", _quotation_plain),
    ("lists", _item_raised), ("lists", _list_from_five), ("lists", _list_of_letters), ("lists", _item_lost), ("lists", _box_unticked),
    ("notes", _call_lost), ("notes", _notes_swapped), ("notes", _note_changed), ("links", _links_swapped), ("links", _link_lost),
    ("references", _references_swapped), ("references", _field_astray),
    ("references", _bookmark_lost), ("tables", _cells_swapped), ("tables", _cells_joined),
    ("tables", _head_lost), ("emphasis", _strong_weak), ("pictures", _picture_mute),
]


@pytest.fixture(scope="module")
def whole() -> tuple[str, bytes]:
    page, document = _pair(_written(TEXT))
    assert not _compared(page, document)
    return page, document


@pytest.mark.parametrize(("aspect", "damage"), DAMAGES, ids=[damage.__name__.strip("_") for _, damage in DAMAGES])
def test_a_damage_is_seen(aspect: str, damage: Callable[[_Parts], None], whole: tuple[str, bytes]) -> None:
    page, document = whole
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    parts = _Parts({name: etree.fromstring(data) for name, data in files.items() if name.endswith(".xml")})
    damage(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in files.items():
            package.writestr(name, etree.tostring(parts[name]) if name in parts else data)
    assert aspect in _compared(page, out.getvalue())
