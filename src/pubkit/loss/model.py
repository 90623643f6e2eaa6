"""An article comes in; its words go out in the order of reading, and its headings, lists and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pubkit.loss.source import Mark
from pubkit.loss.words import Pen, Word, words
from pubkit.model import (
    Abbreviation,
    Article,
    Aside,
    Code,
    CodeBlock,
    DefinitionList,
    Embed,
    Figure,
    Heading,
    Image,
    LineBreak,
    Link,
    List,
    Math,
    MathBlock,
    Node,
    Note,
    Paragraph,
    Passage,
    Quote,
    Reference,
    Rule,
    Table,
    Text,
    Verse,
    walk,
)

__all__ = ["Words", "marks_of", "words_of"]


@dataclass
class Words:
    """The words of an article.

    Attributes:
        body: the text.
        notes: the notes, each once.
        beside: what stands beside the text or in another place than in the source: metadata, captions, titles, credits, addresses.
    """

    body: list[Word] = field(default_factory=list)
    notes: list[Word] = field(default_factory=list)
    beside: list[list[str]] = field(default_factory=list)


def words_of(article: Article, markers: bool = False, references: dict[str, list[bool]] | None = None) -> Words:
    """The words of an article; with ``markers``, the numbers and letters of lists are words too.

    ``references`` says for each id whether the links to it have words in the source: those without show words of another place.
    """
    reader = _Reader(markers, {k: [*reversed(v)] for k, v in (references or {}).items()})
    reader.meta(article)
    reader.blocks(article.content)
    return Words(reader.body.words, reader.notes.words, reader.beside)


class _Reader:
    def __init__(self, markers: bool, references: dict[str, list[bool]]) -> None:
        self.markers = markers
        self.references = references
        self.body, self.notes = Pen(), Pen()
        self.pen = self.body
        self.beside: list[list[str]] = []
        self.line = 0
        self.seen: set[str] = set()

    def aside(self, *texts: str) -> None:
        self.beside += [said for text in texts if (said := words(text))]

    def meta(self, article: Article) -> None:
        meta = article.meta
        self.aside(meta.title_text, meta.subtitle_text)
        stack: list[Any] = [getattr(meta, name) for name in meta.__struct_fields__ if name not in ("title", "subtitle")]
        while stack:
            value = stack.pop()
            if isinstance(value, str):
                self.aside(value)
            elif isinstance(value, dict):
                stack += value.values()
            elif isinstance(value, (list, tuple)):
                stack += value
            elif isinstance(value, Node):
                stack += [getattr(value, name) for name in value.__struct_fields__]

    def apart(self, inlines: Iterable[Node]) -> None:
        """Words whose place is not that of the source, such as a caption."""
        pen, self.pen = self.pen, Pen()
        self.inlines(inlines)
        self.pen.gap()
        if self.pen.words:
            self.beside.append([w.text for w in self.pen.words])
        self.pen = pen

    def gap(self) -> None:
        self.pen.gap(self.line, self.line)

    def inlines(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.inline(node)

    def inline(self, node: Node) -> None:
        match node:
            case Text() | Code():
                self.pen.write(node.text, self.line)
            case LineBreak():
                self.gap()
            case Image():
                self.gap()
                self.pen.write(node.alt, self.line)
                self.gap()
                self.aside(node.title)
            case Math():
                self.pen.write(f"${_formula(node)}$", self.line)
            case Note():
                self.note(node)
            case Reference() if (said := self.references.get(node.target)) and not said.pop():
                self.gap()
            case Link() | Abbreviation() | Reference():
                self.aside(getattr(node, "title", ""))
                self.inlines(node.content)
            case _:
                self.inlines(getattr(node, "content", ()))

    def note(self, node: Note) -> None:
        if node.id and node.id in self.seen:
            return
        self.seen.add(node.id)
        pen, self.pen = self.pen, self.notes
        line = self.line
        self.blocks(node.content)
        self.pen, self.line = pen, line

    def blocks(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.gap()
            self.line = getattr(node, "line", 0) or self.line
            self.block(node)
            self.gap()

    def block(self, node: Node) -> None:
        match node:
            case Paragraph() | Heading():
                self.inlines(node.content)
            case List():
                self.list(node)
            case DefinitionList():
                for item in node.items:
                    for term in item.terms:
                        self.gap()
                        self.inlines(term)
                    for blocks in item.definitions:
                        self.blocks(blocks)
            case CodeBlock():
                self.pen.write(node.text, self.line)
            case Quote():
                self.blocks(node.content)
                self.inlines(node.attribution)
            case Verse():
                for line in node.lines:
                    self.gap()
                    self.inlines(line)
            case Figure():
                self.inlines(node.pictures)
                self.apart(node.caption)
                self.apart(node.credit)
            case Table():
                self.apart(node.caption)
                for row in (*node.head, *node.body, *node.foot):
                    for cell in row.cells:
                        self.blocks(cell.content)
            case Aside():
                self.inlines(node.title)
                self.blocks(node.content)
            case MathBlock():
                self.pen.write(node.tex or node.mathml, self.line)
            case Embed():
                self.aside(node.title, node.url)
                if node.thumbnail:
                    self.inline(node.thumbnail)
            case Passage():
                self.blocks(node.content)
            case Rule():
                pass
            case _:
                self.blocks(getattr(node, "content", ()))

    def list(self, node: List) -> None:
        for number, item in enumerate(node.items, node.start):
            self.gap()
            self.line = item.line or self.line
            if self.markers and node.style != "bullet":
                self.pen.write(_marker(number, node.style), self.line)
                self.gap()
            if self.markers and item.checked:
                self.pen.write("x", self.line)
                self.gap()
            self.blocks(item.content)


def _formula(node: Math | MathBlock) -> str:
    return node.tex or re.sub(r"<[^<>]*>", " ", node.mathml)


def _marker(number: int, style: str) -> str:
    if style.endswith("alpha"):
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif style.endswith("roman"):
        text = _roman(number)
    else:
        return str(number)
    return text.upper() if style.startswith("upper") else text


def _roman(number: int) -> str:
    out = ""
    for value, sign in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True):
        out += sign * (number // value)
        number %= value
    return out


_KINDS: tuple[tuple[type[Node] | tuple[type[Node], ...], str], ...] = (
    (Heading, "headings"), ((List, DefinitionList), "lists"), (Table, "tables"), ((Link, Reference), "links"), (Image, "pictures"),
    (Note, "notes"),
)


def marks_of(article: Article) -> list[Mark]:
    """The headings, lists, tables, links, pictures and notes of an article's text; a note that is called twice is one."""
    out: list[Mark] = []
    seen: set[str] = set()
    line = 0
    stack: list[Node] = [*reversed(article.content)]
    while stack:
        node = stack.pop()
        line = getattr(node, "line", 0) or line
        kind = next((name for types, name in _KINDS if isinstance(node, types)), "")
        if isinstance(node, Note):
            if node.id and node.id in seen:
                continue
            seen.add(node.id)
        if kind:
            out.append(Mark(kind, node.src if isinstance(node, Image) else _begin(node), line))
        stack += [c for name in node.__struct_fields__[::-1] for c in _nodes(getattr(node, name))]
    return out


def _nodes(value: Any) -> list[Node]:
    if isinstance(value, Node):
        return [value]
    return [n for v in reversed(value) for n in _nodes(v)] if isinstance(value, tuple) else []


def _begin(node: Node) -> str:
    """The first words inside a node."""
    out = ""
    for inner in walk(node):
        if len(out) > 60:
            break
        if isinstance(inner, (Text, Code, CodeBlock)):
            out += inner.text
    return out
