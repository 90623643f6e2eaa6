"""Two pages go in, the HTML that mammoth makes of a Word document and our own page of the same article; what either says and where they
differ comes out.

Nothing here knows how the two are made: all is read from the finished files. What mammoth does not know is told it in words that it does
(see `_told`); what a format adds of its own, or cannot say, is taken out in `_evened` and nowhere else.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

import tools
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["ASPECTS", "Block", "Cell", "Char", "Story", "Table", "differences", "html_of_page", "html_of_word", "story"]

Node: TypeAlias = Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
PICTURE, FORMULA, CALL = "\ufffc", "\u222e", "\u2020"
LINE = "\u2028"
NOTE = re.compile(r"(?:_note|footnote|endnote)-\d")
BOXES = ("\u2610", "\u2611")
LEVELS = 9
NUMBER = ("\ue000", "\ue001")
WRITTEN = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}

# What a newsroom would make of each of our styles, by the name that Word shows. All other styles are based on one of these.
PARAGRAPHS = {
    "Title": "h1", **{f"heading {n}": f"h{n}" for n in range(1, 7)}, "Normal": "p", "Body Text": "p", "First Paragraph": "p",
    "Kicker": "p.kicker", "Subtitle": "p.deck", "Byline": "p.byline", "Quote": "blockquote > p", "Pull Quote": "aside.pull > p",
    "Attribution": "p.source", "Pull Quote Attribution": "p.source", "Verse": "p.verse", "Definition Term": "dl > dt",
    "Definition": "dl > dd > p", "Code": "pre", "Formula": "p.formula", "Aside": "aside > p", "Aside Title": "p.aside-title",
    "Rule": "p.rule",
    "Figure": "p.figure", "Captioned Figure": "p.figure", "caption": "figcaption", "Table Caption": "figcaption", "Table Text": "p",
    "Table Head": "p", "Table Total": "p", "Table End": "p.end", "Embed": "p.embed", "Embed Picture": "p.embed", "footnote text": "p",
    "endnote text": "p", "Colophon": "p.colophon", "Colophon First": "p.colophon", "List Continue": "p.continue", "List Bullet": "p",
    "List Number": "p", **{f"toc {n}": "p.toc" for n in range(1, 10)}, "TOC Heading": "p.toc",
}
WORDS = {
    "Strong": "strong", "Strong in Bold": "strong", "Lead-in": "strong", "Emphasis": "em", "Strikethrough": "s", "Highlight": "mark",
    "Superscript": "sup", "Subscript": "sub", "Code Char": "code", "Small Caps": "span.smallcaps",
}
MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "mark": "mark", "sup": "sup", "sub": "sub", "code": "code"}


# --- What either page says ----------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Char:
    """A character with its looks and the address that it leads to; so are a picture, with its alternative text, and the call of a note."""

    sign: str
    marks: frozenset[str] = frozenset()
    link: str = ""
    alt: str = ""
    note: str = ""


@dataclass
class Block:
    """A paragraph of any kind. Of an item: the depth of its list, its number and what that is written in ('' where it has none)."""

    kind: str
    chars: list[Char]
    depth: int = 0
    number: str = ""
    names: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """Its words; † stands for the call of a note, ∮ for a formula."""
        return "".join(c.sign for c in self.chars)


@dataclass
class Cell:
    """A cell of a table."""

    columns: int
    rows: int
    blocks: list[Block]

    @property
    def text(self) -> str:
        """The words of its paragraphs."""
        return "\n".join(b.text for b in self.blocks)


@dataclass
class Table:
    """A table: its rows, and how many of them are its head."""

    rows: list[list[Cell]]
    head: int

    @property
    def width(self) -> int:
        """The columns of its first row."""
        return sum(cell.columns for cell in self.rows[0]) if self.rows else 0


@dataclass
class Story:
    """What a page says: its paragraphs and tables in order, by its name what each note says, and names of publication and series."""

    parts: list[Block | Table] = field(default_factory=list)
    notes: dict[str, list[Block | Table]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)

    @property
    def blocks(self) -> list[Block]:
        """The paragraphs of the text, those in cells among them."""
        return list(_flat(self.parts))

    @property
    def everything(self) -> list[Block]:
        """The paragraphs of the text and then those of the notes."""
        return [*self.blocks, *(block for note in self.notes.values() for block in _flat(note))]


def _flat(parts: Iterable[Block | Table]) -> Iterator[Block]:
    for part in parts:
        if isinstance(part, Block):
            yield part
        else:
            yield from (block for row in part.rows for cell in row for block in cell.blocks)


# --- Word, through mammoth ----------------------------------------------------------------------------------------------------------

def html_of_word(data: bytes) -> str:
    """The HTML that mammoth makes of a Word document, with a style map made from its own style sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        styles = _style_map(etree.fromstring(package.read("word/styles.xml")))
    result = tools.module("mammoth").convert_to_html(
        io.BytesIO(_told(data)), style_map=styles, include_default_style_map=False, ignore_empty_paragraphs=False,
        convert_image=lambda image: [_image(image.alt_text or "")])
    return f"<div>{result.value}</div>"


def _image(alt: str) -> Any:
    return tools.module("mammoth").html.element("img", {"alt": alt})


def _told(data: bytes) -> bytes:
    """The document, with what mammoth passes over: references by fields as links, a sign for every formula, the numbers of items."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        lists = _Lists(etree.fromstring(old.read("word/numbering.xml")))
        for info in old.infolist():
            content = old.read(info)
            if re.fullmatch(r"word/(document|footnotes|endnotes)\.xml", info.filename):
                root = etree.fromstring(content, etree.XMLParser(huge_tree=True))
                for code in root.iter(f"{W}instrText"):
                    if found := re.match(r"\s*(NOTE)?REF\s+(\S+)", code.text or ""):
                        code.text = f'HYPERLINK \\l "{CALL if found[1] else ""}{found[2]}"'
                for tag in ("oMathPara", "oMath"):
                    for formula in list(root.iter(M + tag)):
                        formula.getparent().replace(formula, _run(FORMULA))
                for paragraph in root.iter(f"{W}p"):
                    if number := lists.number(paragraph):
                        paragraph.insert(1, _run(f"{NUMBER[0]}{number}{NUMBER[1]}"))
                content = etree.tostring(root)
            new.writestr(info, content)
    return out.getvalue()


def _run(text: str) -> Node:
    run = etree.Element(f"{W}r")
    etree.SubElement(run, f"{W}t").text = text
    return run


class _Lists:
    """Counts as Word does: lists of one abstract list go on counting, but where a level of theirs says where to begin (ECMA-376, 17.9)."""

    def __init__(self, part: Node) -> None:
        self.abstracts = {abstract.get(f"{W}abstractNumId"): abstract for abstract in part.iter(f"{W}abstractNum")}
        self.nums = {num.get(f"{W}numId"): num for num in part.iter(f"{W}num")}
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()

    def number(self, paragraph: Node) -> str:
        """The number of a paragraph and what it is written in, '' for one without; to be asked once of each, in order."""
        place = paragraph.find(f"{W}pPr/{W}numPr")
        if place is None:
            return ""
        num, level = self.nums[_value(place, "numId")], int(_value(place, "ilvl"))
        abstract = _value(num, "abstractNumId")
        about = next(each for each in self.abstracts[abstract].iter(f"{W}lvl") if each.get(f"{W}ilvl") == str(level))
        counts = self.counts.setdefault(abstract, {})
        override = next((each for each in num.iter(f"{W}lvlOverride") if each.get(f"{W}ilvl") == str(level)), None)
        start = _value(about if override is None else override, "start" if override is None else "startOverride")
        key = (num.get(f"{W}numId"), level)
        fresh = level not in counts or (override is not None and key not in self.begun)
        self.begun.add(key)
        counts[level] = int(start) if fresh else counts[level] + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        written = _value(about, "numFmt")
        return f"{counts[level]} {written}" if written != "bullet" else ""


def _style_map(sheet: Node) -> str:
    """A line for every style of the document: that of the nearest style which is known, however many are based on one another."""
    styles = {s.get(f"{W}styleId"): s for s in sheet.iter(f"{W}style")}
    lines = []
    for style in styles.values():
        name, kind = _value(style, "name"), style.get(f"{W}type")
        quoted = name.replace("\\", "\\\\").replace("'", "\\'")
        if kind == "paragraph":
            path = _known(style, styles)
            lines += [f"p[style-name='{quoted}']{matched} => {made}" for matched, made in _paths(path)]
        elif kind == "character":
            tags = [WORDS[part] for part in name.split(" + ") if part in WORDS]
            lines.append(f"r[style-name='{quoted}'] => {' > '.join(tags)}")
    return "\n".join(lines)


def _value(style: Node, name: str) -> str:
    child = style.find(W + name)
    return "" if child is None else child.get(f"{W}val") or ""


def _known(style: Node, styles: dict[str, Node]) -> str:
    while style is not None:
        name = _value(style, "name")
        name = re.sub(r"^(List (?:Bullet|Number|Continue)) \d$", r"\1", name)
        if name in PARAGRAPHS:
            return PARAGRAPHS[name]
        style = styles.get(_value(style, "basedOn"))
    return "p.unknown"


def _paths(path: str) -> Iterator[tuple[str, str]]:
    """The path of a paragraph, and before it those of its items in lists of every level, as they win over it.

    An item has a paragraph of its own, so that the items that mammoth makes to reach a level are not taken for any of the document's.
    """
    *around, own = path.split(" > ")
    outer = "".join(f"{tag} > " for tag in around)
    if own.partition(".")[0] == "p":
        for level in range(LEVELS):
            above = "ul|ol > li > " * level
            for kind, tag in (("ordered", "ol"), ("unordered", "ul")):
                yield f":{kind}-list({level + 1})", f"{outer}{above}{tag} > li:fresh > p.item:fresh"
    yield "", f"{outer}{own}:fresh"


# --- Our own page -------------------------------------------------------------------------------------------------------------------

OURS = {
    "pk-kicker": "p.kicker", "pk-deck": "p.deck", "pk-meta": "p.byline", "pk-source": "p.source", "pk-verse": "p.verse",
    "pk-math": "p.formula", "pk-aside-title": "p.aside-title", "pk-pull": "aside.pull", "pk-missing": "em", "pk-table": "div",
    "pk-embed": "figure.embed", "pk-check": "input", "pk-smallcaps": "span.smallcaps",
}


def html_of_page(page: str) -> str:
    """The article of one of our web pages in the vocabulary of `PARAGRAPHS`, without what leads through it: contents and links back.

    What it says of publication and series outside of the article stands at its end.
    """
    found = re.search(r"<article.*</article>", page, re.DOTALL)
    assert found, "the page has no article"
    root = etree.fromstring(found[0], etree.XMLParser(huge_tree=True))
    for node in list(root.iter(etree.Element)):
        _translate(node)
    about = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
    for key in ("publisher", "isPartOf"):
        if key in about:
            etree.SubElement(root, "p", {"class": "elsewhere"}).text = about[key]["name"]
    return etree.tostring(root, encoding="unicode")


def _translate(node: Node) -> None:
    tag, classes, above = etree.QName(node).localname, (node.get("class") or "").split(), node.getparent()
    path = next((OURS[name] for name in classes if name in OURS), tag)
    inside = "" if above is None else above.get("inside", "")
    node.set("inside", path if path in ("footer", "section", "p.byline") else inside)
    if tag == "nav" or "pk-back" in classes or (tag == "h2" and above.tag == "section"):
        _cut(node)
    elif tag == "math":
        node[:], node.text, path = [], FORMULA, "span"
    elif path == "input" and node.text == BOXES[True]:
        node.set("checked", "checked")
    elif path == "em" and tag == "p":  # in a figure
        path = "p.figure"
    elif tag == "li" and not NOTE.match(node.get("id", "")):
        path = "li.item"
    elif tag == "p" and inside == "footer":
        path = "p.colophon"
    elif tag == "p" and inside == "p.byline":
        path, node.tail = "span", " "
    node.tag, _, name = path.partition(".")
    node.set("class", name)


def _cut(node: Node) -> None:
    """Take out an element and leave what follows it."""
    parent, before = node.getparent(), node.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (node.tail or "")
    else:
        parent.text = (parent.text or "") + (node.tail or "")
    parent.remove(node)


# --- Reading ------------------------------------------------------------------------------------------------------------------------

CONTAINERS = {"blockquote": "quote", "aside": "aside", "dd": "definition", "td": "cell", "th": "cell"}
OPAQUE = ("quote", "pull", "aside", "cell", "note")  # in which terms and definitions have no style of their own
BLOCKS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "figcaption"))
GROUPS = frozenset(("div", "article", "header", "footer", "section", "figure", "ul", "ol", "li", "dl", "table", *CONTAINERS))


@dataclass(frozen=True)
class _Place:
    """Where a node stands: in which container, in which figure, in a list of which depth; what words look like, where they lead."""

    container: str = ""
    figure: str = ""
    depth: int = 0
    marks: frozenset[str] = frozenset()
    link: str = ""


class _Reader:
    def __init__(self, html: str) -> None:
        self.story = Story()
        self.out: list[Any] = self.story.parts
        self.open: Block | None = None
        self.item: Block | None = None      # an item of a list whose first paragraph has not come yet
        self.names: set[str] = set()        # of what comes next
        self.at_call: list[str] = []        # names of the place right before
        self.called: dict[str, str] = {}    # the notes whose calls have these names
        self.shown: dict[str, str] = {}     # the numbers that notes are called by
        root = etree.fromstring(html, etree.XMLParser(huge_tree=True))
        self.children(root, _Place())
        self.close()
        if self.names and (blocks := self.story.blocks):
            blocks[-1].names |= self.names

    # Paragraphs

    def begin(self, kind: str, place: _Place) -> None:
        if self.open and self.open.kind == "item" and self.open.text.strip() in BOXES and kind == self.kind(place):
            return  # a paragraph goes on where its box stands
        self.close()
        if self.item is not None and kind == self.kind(place):
            self.open, self.item = self.item, None
        else:
            self.end_item()
            self.open = Block(kind, [], place.depth if kind == "item" else 0)

    def end_item(self) -> None:
        """An item that begins with something else than a paragraph has an empty one."""
        if self.item is not None:
            block, self.item = self.item, None
            self.put(block)

    def close(self) -> None:
        block, self.open = self.open, None
        if block is None or block.kind == "toc":
            return
        if block.kind == "elsewhere":
            self.story.elsewhere.add(block.text)
            return
        if block.kind == "item" and block.text.startswith(NUMBER[0]):
            block.number, _, text = block.text[1:].partition(NUMBER[1])
            block.chars = block.chars[-len(text):] if text else []
        block.chars = _lines(block.chars) if block.kind == "code" else _trimmed(block.chars)
        self.names |= block.names
        if block.kind in ("figure", "embed"):
            for chars in _split(block.chars):
                self.put(Block(block.kind, chars))
        elif block.chars or block.kind in ("item", "rule"):
            self.put(block)

    def put(self, block: Block) -> None:
        block.names |= self.names
        self.names = set()
        self.out.append(block)

    def kind(self, place: _Place) -> str:
        """What a paragraph is by where it stands."""
        return place.container or ("continue" if place.depth else "p")

    # Nodes

    def children(self, node: Node, place: _Place) -> None:
        self.text(node.text, place)
        for child in node:
            self.node(child, place)
            self.text(child.tail, place)

    def text(self, text: str | None, place: _Place) -> None:
        if not text or (self.open is None and not text.strip(" \t\r\n")):
            return
        self.signs([Char(sign, place.marks, place.link) for sign in text], place)

    def signs(self, chars: Iterable[Char], place: _Place) -> None:
        if self.open is None:
            self.begin(place.figure or self.kind(place), place)
        assert self.open is not None
        self.open.chars.extend(chars)
        self.at_call = []

    def node(self, node: Node, place: _Place) -> None:
        tag, name = node.tag, node.get("class") or ""
        if tag in BLOCKS:
            self.paragraph(node, tag, name, place)
        elif tag == "hr":
            self.begin("rule", place)
            self.named(node)
            self.close()
        elif tag == "table":
            self.table(node)
        elif tag in GROUPS:
            self.group(node, tag, name, place)
        else:
            self.inline(node, tag, place)

    def named(self, node: Node) -> None:
        if name := node.get("id"):
            (self.open.names if self.open else self.names).add(name)

    def paragraph(self, node: Node, tag: str, name: str, place: _Place) -> None:
        opaque = place.container in OPAQUE
        kinds = {"pre": "code", "dt": place.container if opaque else "term",
                 "figcaption": "embed" if place.figure == "embed" else "caption"}
        kind = name or kinds.get(tag) or (self.kind(place) if tag == "p" else tag)
        kind = place.figure or kind if name == "figure" else kind
        self.begin(kind, place)
        self.named(node)
        marks = place.marks | ({"strong"} if tag == "dt" and opaque else set()) | ({"em"} if name == "figure" and place.figure else set())
        self.children(node, replace(place, marks=marks, figure=""))
        self.close()

    def group(self, node: Node, tag: str, name: str, place: _Place) -> None:
        self.close()
        if tag in ("ul", "ol", "blockquote", "aside", "dl", "figure"):
            self.end_item()
        note = node.get("id") if tag == "li" else ""
        if note and NOTE.match(note):
            self.apart(self.story.notes.setdefault(note, []), node, _Place("note"))
            return
        self.named(node)
        if tag in ("ul", "ol"):
            place = replace(place, depth=place.depth + 1)
        elif tag == "li":
            self.end_item()
            if name == "item":
                self.item = Block("item", [], place.depth, _numbered(node))
        elif tag == "figure":
            place = replace(place, figure=name or "figure")
        elif tag == "dd" and place.container in OPAQUE:
            pass
        elif tag in CONTAINERS:
            place = _Place("pull" if name == "pull" else CONTAINERS[tag])
        self.children(node, place)
        self.close()
        if tag == "li":
            self.end_item()

    def apart(self, out: list[Any], node: Node, place: _Place) -> None:
        """Read into another list."""
        kept, self.out = self.out, out
        self.children(node, place)
        self.close()
        self.end_item()
        self.out = kept

    def table(self, node: Node) -> None:
        self.close()
        self.end_item()
        self.named(node)
        rows: list[list[Cell]] = []
        for row in node.iter("tr"):
            cells: list[Cell] = []
            for cell in row:
                blocks: list[Block] = []
                self.apart(blocks, cell, _Place("cell"))
                cells.append(Cell(int(cell.get("colspan", "1")), int(cell.get("rowspan", "1")), blocks))
            rows.append(cells)
        self.out.append(Table(rows, len(node.findall("thead/tr"))))

    def inline(self, node: Node, tag: str, place: _Place) -> None:
        if tag == "a":
            self.anchor(node, place)
        elif tag == "br":
            self.signs([Char(LINE)], place)
        elif tag == "img":
            self.signs([Char(PICTURE, frozenset(), place.link, node.get("alt") or "")], place)
        elif tag == "input":
            self.signs([Char(BOXES[bool(node.get("checked"))])], place)
        else:
            mark = "smallcaps" if "smallcaps" in (node.get("class") or "") else MARKS.get(tag)
            marks = place.marks
            if mark:
                marks = marks - {mark} if mark == "em" and mark in marks else marks | {mark}
            self.children(node, replace(place, marks=marks))

    def anchor(self, node: Node, place: _Place) -> None:
        href, name = node.get("href") or "", node.get("id") or ""
        if re.match(r"#(_ref|footnote-ref|endnote-ref)-", href):
            return  # back from a note
        target = unquote(href[1:]) if href.startswith("#") else ""
        note = target if NOTE.match(target) else ""
        if target.startswith(CALL):
            note = self.called.get(target[1:], target)
        if note:
            self.called.update(dict.fromkeys(self.at_call, note))
            number = "".join(node.itertext()).strip("[]")
            if self.shown.setdefault(note, number) != number:
                note = f"{note}, called {number}"
            self.signs([Char(CALL, place.marks, place.link, note=note)], place)
        elif href:
            self.children(node, replace(place, link=f"#{target}" if target else href))
        elif name:
            (self.open.names if self.open else self.names).add(name)
            self.at_call.append(name)


def _numbered(item: Node) -> str:
    """The number of an item of a page and what it is written in."""
    parent = item.getparent()
    if parent.tag != "ol":
        return ""
    return f"{int(parent.get('start', '1')) + parent.index(item)} {WRITTEN.get(parent.get('type'), 'decimal')}"


def _lines(chars: Sequence[Char]) -> list[Char]:
    """The characters of code, without the end of its last line."""
    out = [replace(char, sign=LINE) if char.sign == "\n" else char for char in chars]
    while out and out[-1].sign == LINE:
        out.pop()
    return out


def _trimmed(chars: Sequence[Char]) -> list[Char]:
    """Characters with white space made single, and none at the ends and beside the ends of lines."""
    out: list[Char] = []
    for char in chars:
        if char.sign in (" ", "\t", "\r", "\n"):
            if out and out[-1].sign not in (" ", LINE):
                out.append(replace(char, sign=" "))
        else:
            if char.sign == LINE and out and out[-1].sign == " ":
                out.pop()
            out.append(char)
    return out[:-1] if out and out[-1].sign == " " else out


def _split(chars: list[Char]) -> Iterator[list[Char]]:
    """Pictures each by itself, and the words between them."""
    words: list[Char] = []
    for char in chars:
        if char.sign == PICTURE:
            if words := _trimmed(words):
                yield words
            yield [char]
            words = []
        else:
            words.append(char)
    if words := _trimmed(words):
        yield words


def story(html: str) -> Story:
    """What a page says."""
    return _Reader(html).story


# --- Comparing ----------------------------------------------------------------------------------------------------------------------

ASPECTS: dict[str, Callable[[Story], list[Any]]] = {}


def _aspect(function: Callable[[Story], list[Any]]) -> Callable[[Story], list[Any]]:
    ASPECTS[function.__name__.strip("_")] = function
    return function


@_aspect
def _text(story: Story) -> list[Any]:
    """The words in order."""
    return [word for block in story.blocks for word in block.text.split()]


@_aspect
def _headings(story: Story) -> list[Any]:
    return [(block.kind, block.text) for block in story.blocks if re.fullmatch(r"h\d", block.kind)]


@_aspect
def _kinds(story: Story) -> list[Any]:
    """What every paragraph is: text, item, quotation, code, caption ..."""
    return [(block.kind, block.text) for block in story.blocks]


@_aspect
def _lists(story: Story) -> list[Any]:
    """The items: how deep they stand, their numbers, what their first paragraph says."""
    return [(block.depth, block.number, block.text) for block in story.everything if block.kind == "item"]


@_aspect
def _notes(story: Story) -> list[Any]:
    """The calls in order with the words before them, which of the notes each leads to, and what that says; then notes without a call."""
    order = {name: n for n, name in enumerate(story.notes, 1)}
    calls = [(block.text[max(0, at - 30):at], char.note) for block in story.everything for at, char in enumerate(block.chars) if char.note]
    uncalled = [("", name) for name in story.notes if name not in {name for _, name in calls}]
    return [(before, order.get(name, 0), _note(story, name)) for before, name in (*calls, *uncalled)]


def _note(story: Story, name: str) -> tuple[tuple[str, str], ...]:
    return tuple((block.kind, block.text) for block in _flat(story.notes.get(name, [Block("missing", [])])) if block.chars)


@_aspect
def _links(story: Story) -> list[Any]:
    """What leads out, and where."""
    return [(text, unquote(link)) for text, link in _linked(story) if not link.startswith("#")]


@_aspect
def _references(story: Story) -> list[Any]:
    """What leads to another place of the page, and what stands there."""
    targets: dict[str, str] = {}
    blocks = story.everything
    for n, block in enumerate(blocks):
        shown = next((b for b in blocks[n:] if b.kind != "figure"), block) if block.kind == "figure" else block
        targets.update(dict.fromkeys(block.names, shown.text if shown.kind in (block.kind, "caption") else block.text))
    return [(text, targets.get(link[1:], "nothing")) for text, link in _linked(story, targets) if link.startswith("#")]


def _linked(story: Story, targets: dict[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Words with the address that they lead to; what leads to one place without a gap is one link."""
    for block in story.everything:
        text, link, where = "", "", ""
        for char in [*block.chars, Char("")]:
            now = (targets or {}).get(char.link[1:], "") if char.link.startswith("#") else char.link
            if bool(char.link) != bool(link) or now != where:
                if link:
                    yield text, link
                text = ""
            text, link, where = text + char.sign, char.link, now


@_aspect
def _tables(story: Story) -> list[Any]:
    """The rows of every table: which are head, the spans of cells, and what these say."""
    return [(n < table.head, tuple((cell.columns, cell.rows, cell.text) for cell in row))
            for parts in (story.parts, *story.notes.values()) for table in parts if isinstance(table, Table)
            for n, row in enumerate(table.rows)]


@_aspect
def _emphasis(story: Story) -> list[Any]:
    """The words that stand out, and how."""
    return [(mark, text) for block in story.everything if block.kind != "code" for mark in sorted(set(MARKS.values()) | {"smallcaps"})
            for text in _stretches(block.chars, mark)]


def _stretches(chars: Sequence[Char], mark: str) -> Iterator[str]:
    text = "".join(c.sign if mark in c.marks and c.sign not in (PICTURE, FORMULA, CALL) else "\0" for c in chars)
    yield from (part.strip() for part in text.split("\0") if part.strip())


@_aspect
def _pictures(story: Story) -> list[Any]:
    """The alternative texts in order."""
    return [char.alt for block in story.everything for char in block.chars if char.sign == PICTURE]


def differences(page: Story, word: Story, most: int = 6) -> dict[str, list[str]]:
    """By aspect where the two differ, at most so many places of each."""
    page, word = _evened(page, word)
    found = {name: list(_unlike(aspect(page), aspect(word), most)) for name, aspect in ASPECTS.items()}
    return {name: places for name, places in found.items() if places}


def _unlike(page: list[Any], word: list[Any], most: int) -> Iterator[str]:
    if page == word:
        return
    matcher = SequenceMatcher(None, [repr(x) for x in page], [repr(x) for x in word], autojunk=False)
    for op, a, b, c, d in [code for code in matcher.get_opcodes() if code[0] != "equal"][:most]:
        yield f"{op} after {page[max(0, a - 3):a]}:\n    page {page[a:b][:8]}\n    word {word[c:d][:8]}"


# --- What a format adds or cannot say -----------------------------------------------------------------------------------------------

def _evened(page: Story, word: Story) -> tuple[Story, Story]:
    """Both stories without the differences that are meant."""
    _without_furniture(page, word)
    _without_labels(page, word)
    _in_brackets(page)
    _rejoined(page, word)
    for parts in word.notes.values():
        first = next(_flat(parts), None)
        if first and first.text.startswith("\u2002"):  # between the number and the note
            first.chars = _trimmed(first.chars[1:])
    for block in word.everything:
        if block.kind == "embed":  # its picture leads where its title does
            block.chars = [replace(char, link="") if char.sign == PICTURE else char for char in block.chars]
    for block in page.everything:
        if block.depth:
            block.depth = (block.depth - 1) % LEVELS + 1
    return page, word


def _without_furniture(page: Story, word: Story) -> None:
    """The end of a Word document names publication and series, which the page has elsewhere."""
    ours = {block.text for block in page.blocks if block.kind == "colophon"}
    word.parts = [part for part in word.parts
                  if not (isinstance(part, Block) and part.kind == "colophon" and part.text not in ours
                          and any(name in part.text for name in page.elsewhere))]


def _without_labels(page: Story, word: Story) -> None:
    """Captions have a label with a number in Word alone."""
    captions = [[b for b in story.blocks if b.kind == "caption"] for story in (page, word)]
    for ours, theirs in zip(*captions, strict=False):
        label = theirs.text.removesuffix(ours.text)
        if ours.text != theirs.text and re.fullmatch(r"\D{1,14}\d+\D{0,3}", label):
            theirs.chars = theirs.chars[len(label):]


def _in_brackets(page: Story) -> None:
    """Word has no notes within notes: they stand in brackets."""
    called = {char.note for block in page.blocks for char in block.chars if char.note}
    said = {name: list(_flat(parts)) for name, parts in page.notes.items()}

    def flat(blocks: Iterable[Block], above: tuple[str, ...]) -> Iterator[Char]:
        for n, block in enumerate(blocks):
            yield from [Char(" ")] * bool(n)
            yield from opened(block.chars, above)

    def opened(chars: Iterable[Char], above: tuple[str, ...]) -> Iterator[Char]:
        for char in chars:
            if char.note and char.note not in above:
                for each in (Char(" "), Char("("), *flat(said.get(char.note, []), (*above, char.note)), Char(")")):
                    yield replace(each, marks=each.marks | char.marks, link=each.link or char.link)
            else:
                yield char

    found = {name: [list(opened(block.chars, (name,))) for block in blocks] for name, blocks in said.items()}
    for name, blocks in said.items():
        for block, chars in zip(blocks, found[name], strict=True):
            block.chars = chars if block.kind == "code" else _trimmed(chars)
    page.notes = {name: parts for name, parts in page.notes.items() if name in called}


def _rejoined(page: Story, word: Story) -> None:
    """A table that is too wide for a page stands in Word in parts, one below the other."""
    widths = iter([part.width for part in page.parts if isinstance(part, Table)])
    parts: list[Block | Table] = []
    wanted = 0
    for part in word.parts:
        last = parts[-1] if parts else None
        if isinstance(part, Table):
            if isinstance(last, Table) and last.width < wanted and len(last.rows) == len(part.rows):
                for row, more in zip(last.rows, part.rows, strict=True):
                    row.extend(more)
                continue
            wanted = next(widths, 0)
        parts.append(part)
    word.parts = parts
