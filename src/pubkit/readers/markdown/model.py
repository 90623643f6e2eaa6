"""A tree of elements that was Markdown comes in; blocks and inlines of the model go out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, cast

import msgspec

from pubkit.diagnostics import Diagnostic, LimitError
from pubkit.model import (
    Aside,
    Block,
    Cell,
    Embed,
    Figure,
    Inline,
    Math,
    MathBlock,
    Note,
    Paragraph,
    Passage,
    Quote,
    Table,
    Text,
    Verse,
    plain_text,
    walk,
)
from pubkit.readers.dialects import box_of_classes, kind_of
from pubkit.readers.html import Child, Converter, Element, strip_ends, tidy
from pubkit.readers.markdown.tree import Builder

__all__ = ["ASIDES", "MarkdownConverter"]

NOTE_NODES = 100_000
ASIDES = {"note": "note", "tip": "tip", "hint": "tip", "important": "important", "warning": "warning", "danger": "caution",
          "caution": "caution", "info": "info", "aside": "aside", "sidebar": "sidebar"}

WordsReader: TypeAlias = Callable[[str, str, int], tuple[tuple[Inline, ...], tuple[Diagnostic, ...]]]

_ALERT = re.compile(r"\[!([A-Za-z][\w-]*)(?:\|[^\[\]\n]*)?\][+-]?[ \t]*")
_TASK = re.compile(r"\[([ xX])\](?:[ \t]+|$)")
_BY = re.compile(r"[ \t]*(?:\u2014|--|\u2015)[ \t]+")
_CAPTION = re.compile(r"Table:[ \t]+")
_CAPTION_ID = re.compile(r"[ \t]*\{#([^\s{}]+)\}[ \t]*$")


class MarkdownConverter(Converter):
    """Knows what Markdown has beyond HTML: notes, formulas, boxes between colons, captions, attributions."""

    def __init__(self, name: str, builder: Builder, read_words: WordsReader) -> None:
        def inline(text: str, line: int) -> tuple[Inline, ...]:
            inside, diagnostics = read_words(text, name, line)
            self.diagnostics.extend(diagnostics)
            return inside

        super().__init__(name, inline)
        self.notes = builder.notes
        self.again = builder.again
        self._made: dict[str, tuple[Note, int]] = {}
        self._open_notes: list[str] = []
        self._note_nodes = 0

    # --- notes and formulas ---

    def _inline_by_tag(self, element: Element) -> tuple[Inline, ...]:
        if element.tag == "$math":
            return (Math(element.text().strip()),)
        if element.tag == "$note":
            return self._note(element)
        return super()._inline_by_tag(element)

    def _note(self, element: Element) -> tuple[Inline, ...]:
        label = element.attrs["label"]
        definition = self.notes.get(label)
        if definition is None or label in self._open_notes:
            self.say("markup-unread", f"the call of note '{label}' inside itself stays as text", element.line)
            return (Text(f"[^{label}]"),)
        if label not in self._made:
            self._open_notes.append(label)
            link, self._in_link = self._in_link, 0
            inside = self.blocks(definition.children, definition.line)
            self._in_link = link
            self._open_notes.pop()
            note = Note(inside, "" if label.startswith("\0") else label)
            self._made[label] = (note, sum(1 for _ in walk(note)))
        note, size = self._made[label]
        if not note.content:
            self.say("empty-dropped", "a note with nothing in it was left out", element.line, "a note")
        self._note_nodes += size
        if self._note_nodes > NOTE_NODES:
            raise LimitError("notes call each other too often", file=self.name, line=element.line, hint="Call each note once")
        return (note,)

    def unused_notes(self) -> tuple[Block, ...]:
        """The notes that nothing calls, as asides, so that their words stay."""
        out: list[Block] = []
        for label, definition in self.notes.items():
            if label not in self._made and not label.startswith("\0"):
                self.say("footnote-unused", f"the note '{label}' is never called; it stands at the end", definition.line)
                self._open_notes.append(label)
                inside = self.blocks(definition.children, definition.line)
                self._open_notes.pop()
                if inside:
                    out.append(Aside(inside, "note", line=definition.line))
        for definition in self.again:
            label = definition.attrs["label"]
            self.say("footnote-unused", f"the note '{label}' is defined again; this one stands at the end", definition.line)
            if inside := self.blocks(definition.children, definition.line):
                out.append(Aside(inside, "note", line=definition.line))
        return tuple(out)

    # --- blocks ---

    def _block_by_tag(self, element: Element) -> tuple[Block, ...]:
        if element.tag == "$mathblock":
            return (MathBlock(element.text().strip(), "", element.attrs.get("id", ""), element.line),)
        if element.tag == "$box":
            return self._box(element)
        if element.tag in ("p", "blockquote") and not element.raw and "class" in element.attrs and (box := box_of_classes(element)):
            return self._box(box)
        return super()._block_by_tag(element)

    def paragraph(self, element: Element) -> tuple[Block, ...]:
        """A paragraph; a formula between ``$$`` on lines of its own parts it in two."""
        nodes = element.children
        own = [i for i, node in enumerate(nodes) if _is_displayed(node) and _is_line_end(nodes, i, -1) and _is_line_end(nodes, i, 1)]
        if not own:
            return super().paragraph(element)
        out: list[Block] = []
        start = 0
        for at in (*own, len(nodes)):
            part = nodes[start:at]
            if any(not isinstance(n, Element) or n.tag != "$soft" for n in part):
                line = next((n.line for n in part if isinstance(n, Element) and n.line), element.line) if start else element.line
                out.extend(super().paragraph(Element("p", {} if start else element.attrs, line, "", part)))
            if at < len(nodes):
                formula = nodes[at]
                assert isinstance(formula, Element)
                out.append(MathBlock(formula.text().strip(), line=formula.line))
            start = at + 1
        return tuple(out)

    def item(self, element: Element) -> Any:
        """An item; ``[ ]`` and ``[x]`` at its beginning are a box to tick."""
        first = element.children[0] if element.children else ""
        if not element.raw and isinstance(first, Element) and first.tag == "p" and first.children:
            words = first.children[0]
            if isinstance(words, str) and (found := _TASK.match(words)) and (found.end() < len(words) or len(first.children) > 1):
                first.children[0] = words[found.end():]
                return msgspec.structs.replace(super().item(element), checked=found.group(1) != " ")
        return super().item(element)

    def quote(self, element: Element) -> tuple[Block, ...]:
        """A quotation with whom it is from, or one of the alerts ``[!NOTE]``."""
        if element.raw:
            return super().quote(element)
        first = element.children[0] if element.children else ""
        if isinstance(first, Element) and first.tag == "p" and first.children and isinstance(first.children[0], str):
            found = _ALERT.match(first.children[0])
            if found:
                return self._alert(element, first, found)
        return (self._attributed(element, False),)

    def _alert(self, element: Element, first: Element, found: re.Match[str]) -> tuple[Block, ...]:
        words = first.children[0]
        assert isinstance(words, str)
        lines = _lines([words[found.end():], *first.children[1:]])
        title = self.line_of(lines[0])
        rest = Element("p", first.attrs, first.line, "", _unlined(lines[1:]))
        inside = self.blocks([*([rest] if lines[1:] else []), *element.children[1:]], element.line)
        kind = found.group(1).lower()
        return (Aside(inside, kind_of(kind), title, element.attrs.get("id", ""), element.line),)

    def _attributed(self, element: Element, pull: bool) -> Quote:
        nodes, by = list(element.children), ()
        last = next((n for n in reversed(nodes) if not isinstance(n, str) or n.strip()), None)
        if isinstance(last, Element) and last.tag == "p" and not last.raw:
            lines = _lines(last.children)
            words = lines[-1][0] if lines[-1] else ""
            if isinstance(words, str) and (found := _BY.match(words)) and (len(lines) > 1 or len(nodes) > 1):
                by = cast(Any, self.line_of([words[found.end():], *lines[-1][1:]]))
                nodes.remove(last)
                if len(lines) > 1:
                    nodes.append(Element("p", last.attrs, last.line, "", _unlined(lines[:-1])))
        return Quote(self.blocks(nodes, element.line), by, pull, element.attrs.get("id", ""), element.line)

    # --- boxes between colons ---

    def _box(self, element: Element) -> tuple[Block, ...]:
        words = element.attrs.get("$words", "")
        kind, _, rest = words.partition(" ")
        if not kind:
            classes = element.classes()
            kind = next((c for c in classes if c.lower() in (*_BOXES, *ASIDES)), "")
            kind = classes[0] + " aside" if not kind and "aside" in classes else kind
            kind, _, rest = kind.partition(" ")
        made = self._box_of(kind.lower(), rest.strip(), element)
        language = element.attrs.get("lang", "").strip()
        direction = element.attrs.get("dir", "").lower()
        if made and (language or direction in ("ltr", "rtl")) and not (len(made) == 1 and isinstance(made[0], Passage)):
            return (Passage(made, language, cast(Any, direction if direction in ("ltr", "rtl") else ""), line=element.line),)
        return made

    def _box_of(self, kind: str, rest: str, element: Element) -> tuple[Block, ...]:
        key, line = element.attrs.get("id", ""), element.line
        if kind in _BOXES:
            return _BOXES[kind](self, rest, element)
        second, _, more = rest.partition(" ")
        if second.lower() == "aside" or kind in ASIDES:
            title = self.read_inline(more.strip() if second.lower() == "aside" else rest, line)
            return (Aside(self.blocks(element.children, line), ASIDES.get(kind, kind), title, key, line),)
        language = element.attrs.get("lang") or element.attrs.get("dir")
        if kind:
            self.say("dialect-dropped", f"'::: {kind}' is no known block; what it holds stays", line)
        inside = self.blocks(element.children, line)
        if rest:
            inside = (Paragraph(self.read_inline(rest, line), line=line), *inside)
        if language and key and inside:
            attrs = element.attrs
            direction = cast(Any, attrs.get("dir", "") if attrs.get("dir") in ("ltr", "rtl") else "")
            return (Passage(inside, attrs.get("lang", ""), direction, key, line),)
        return (msgspec.structs.replace(inside[0], id=key), *inside[1:]) if inside and key and not inside[0].id else inside

    def _verse(self, rest: str, element: Element) -> tuple[Block, ...]:
        lines: list[tuple[Inline, ...]] = [self.read_inline(rest, element.line)] if rest else []
        after: list[Child] = []
        for node in element.children:
            if isinstance(node, Element) and node.tag == "p":
                if lines:
                    lines.append(())
                lines.extend(self.line_of(part) for part in _lines(node.children))
            elif not isinstance(node, str) or node.strip():
                after.append(node)
        verse = (Verse(lines, element.attrs.get("id", ""), element.line),) if lines else ()
        return (*verse, *self.blocks(after, element.line))

    def _pull(self, rest: str, element: Element) -> tuple[Block, ...]:
        inside = [c for c in element.children if not isinstance(c, str) or c.strip()]
        only = inside[0] if len(inside) == 1 else None
        holder = only if isinstance(only, Element) and only.tag == "blockquote" else element
        quote = self._attributed(holder, True)
        by = self.read_inline(rest, element.line) or quote.attribution
        return (msgspec.structs.replace(quote, attribution=by, id=element.attrs.get("id", ""), line=element.line),)

    def _figure_box(self, rest: str, element: Element) -> tuple[Block, ...]:
        pictures: list[Element] = []
        captions: list[tuple[Inline, ...]] = [self.read_inline(rest, element.line)] if rest else []
        after: list[Child] = []
        for node in element.children:
            if isinstance(node, Element) and node.tag == "p":
                pictures.extend(e for e in node.descendants() if e.tag == "img")
                words = self.line_of(_no_pictures(node.children))
                captions.extend([words] if words else [])
            elif isinstance(node, Element) and node.tag == "img":
                pictures.append(node)
            elif not isinstance(node, str) or node.strip():
                after.append(node)
        if not pictures:
            made = list(self.blocks(element.children, element.line))
            self.say("dialect-dropped", "'::: figure' holds no picture; what it holds stays", element.line)
            return tuple(made)
        words = strip_ends(tidy([n for i, c in enumerate(captions) for n in ((Text(" "), *c) if i else c)]))
        return (self.figure_of(pictures, element, words), *self.blocks(after, element.line))

    def _embed_box(self, rest: str, element: Element) -> tuple[Block, ...]:
        url, _, title = rest.partition(" ")
        url = url.strip("<>")
        pictures = [e for c in element.children if isinstance(c, Element) for e in (c, *c.descendants()) if e.tag == "img"]
        if not url:
            self.say("markup-unread", "'::: embed' names no address; what it holds stays", element.line)
            return self.blocks(element.children, element.line)
        thumbnail = self.image(pictures[0]) if pictures else None
        left = self.blocks(_no_pictures(element.children) if pictures else element.children, element.line)
        others = tuple(Figure(self.image(p), line=p.line) for p in pictures[1:])
        words = title.strip()
        if not words and len(left) == 1 and isinstance(left[0], Paragraph):
            words, left = plain_text(left[0]).strip(), ()
        return (Embed(url, words, thumbnail, element.attrs.get("id", ""), element.line), *others, *left)

    # --- captions of tables ---

    def gather(self, blocks: list[Block]) -> tuple[Block, ...]:
        """Joins paragraphs that begin with ``Table:`` to the table beside them."""
        if not any(isinstance(b, Table) for b in blocks):
            return tuple(blocks)
        out: list[Block] = []
        waiting: Paragraph | None = None
        for at, block in enumerate(blocks):
            if isinstance(block, Table):
                block = _last_row_caption(block)
                if waiting and not block.caption:
                    block, waiting = _with_caption(block, waiting), None
                if waiting:
                    out.append(waiting)
                    waiting = None
                out.append(block)
            elif isinstance(block, Paragraph) and _is_caption(block):
                if out and isinstance(before := out[-1], Table) and not before.caption:
                    out[-1] = _with_caption(before, block)
                elif at + 1 < len(blocks) and isinstance(blocks[at + 1], Table):
                    waiting = block
                else:
                    out.append(block)
            else:
                out.append(block)
        return tuple(out)


_BOXES: dict[str, Callable[[MarkdownConverter, str, Element], tuple[Block, ...]]] = {
    "verse": MarkdownConverter._verse, "poem": MarkdownConverter._verse, "pull": MarkdownConverter._pull,
    "figure": MarkdownConverter._figure_box, "embed": MarkdownConverter._embed_box,
}


def _is_displayed(node: Child) -> bool:
    return isinstance(node, Element) and node.tag == "$math" and "display" in node.attrs


def _is_line_end(nodes: list[Child], at: int, step: int) -> bool:
    """Whether a source line ends right before (``step`` -1) or after (1) a child."""
    at += step
    while 0 <= at < len(nodes) and isinstance(node := nodes[at], str) and not node.strip():
        at += step
    if not 0 <= at < len(nodes):
        return True
    node = nodes[at]
    return isinstance(node, Element) and node.tag in ("$soft", "br")


def _lines(nodes: Iterable[Child]) -> list[list[Child]]:
    """Children parted at the ends of source lines; an element that reaches over one is made twice."""
    out: list[list[Child]] = [[]]
    for node in nodes:
        if isinstance(node, Element) and node.tag in ("$soft", "br"):
            out.append([])
        elif isinstance(node, Element) and any(e.tag in ("$soft", "br") for e in node.descendants()):
            for at, part in enumerate(_lines(node.children)):
                if at:
                    out.append([])
                out[-1].append(Element(node.tag, node.attrs, node.line, node.raw, part))
        else:
            out[-1].append(node)
    return out


def _unlined(lines: Iterable[list[Child]]) -> list[Child]:
    out: list[Child] = []
    for at, line in enumerate(lines):
        if at:
            out.append(Element("$soft"))
        out.extend(line)
    return out


def _no_pictures(nodes: Iterable[Child]) -> list[Child]:
    out: list[Child] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif node.tag != "img":
            out.append(Element(node.tag, node.attrs, node.line, node.raw, _no_pictures(node.children)))
    return out


def _is_caption(block: Paragraph) -> bool:
    return bool(block.content) and isinstance(block.content[0], Text) and _CAPTION.match(block.content[0].text) is not None


def _caption(words: tuple[Inline, ...]) -> tuple[tuple[Inline, ...], str]:
    """The words of a caption without its mark, and the id at its end."""
    out, key = list(words), ""
    if isinstance(first := out[0], Text):
        out[0] = Text(_CAPTION.sub("", first.text, count=1))
    if isinstance(last := out[-1], Text) and (found := _CAPTION_ID.search(last.text)):
        out[-1], key = Text(last.text[:found.start()]), found.group(1)
    return strip_ends(out), key


def _with_caption(table: Table, paragraph: Paragraph) -> Table:
    words, key = _caption(paragraph.content)
    return msgspec.structs.replace(table, caption=words, id=table.id or key or paragraph.id)


def _last_row_caption(table: Table) -> Table:
    """A line ``Table:`` right under a table, without an empty line between, was read as a row."""
    if table.caption or not table.body:
        return table
    first, *others = table.body[-1].cells or (Cell(),)
    only = first.content[0] if len(first.content) == 1 and not any(c.content for c in others) else None
    if isinstance(only, Paragraph) and _is_caption(only):
        return _with_caption(msgspec.structs.replace(table, body=table.body[:-1]), only)
    return table
