"""HTML, whole or in pieces, comes in; the blocks of the model go out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

import msgspec

from pubkit.diagnostics import Diagnostic, LimitError
from pubkit.model import (
    Aside,
    Block,
    CodeBlock,
    Embed,
    Figure,
    Heading,
    Image,
    Inline,
    Link,
    ListItem,
    MathBlock,
    Node,
    Paragraph,
    Passage,
    Quote,
    Rule,
    Table,
    Text,
    children,
    plain_text,
    rewrite,
)
from pubkit.readers.html import media
from pubkit.readers.html.inlines import WRAPPERS, InlineConverter, InlineReader, has_source
from pubkit.readers.html.lists import definitions_of, item_of, lists_of
from pubkit.readers.html.math import formula, holds_blocks, is_display
from pubkit.readers.html.tables import table
from pubkit.readers.html.text import direction, joined, language, shown, strip_ends, tidy
from pubkit.readers.html.tree import BLOCK, DEPTH, GONE, MEDIA, Child, Element, TreeBuilder

__all__ = ["DEPTH", "Child", "Converter", "Element", "TreeBuilder", "fragment", "strip_ends", "tidy"]

# What only groups or styles blocks.
PLAIN_WRAPPERS = frozenset(
    "div section article main header footer nav body html hgroup noscript noembed noframes search address center font small big span ins "
    "map li dd dt tr td th thead tbody tfoot caption figcaption summary label bdi bdo nobr slot option optgroup legend data time output"
    .split())
KINDS = frozenset({"note", "tip", "important", "warning", "caution", "info", "sidebar"})


def fragment(source: str, name: str = "", line: int = 1) -> tuple[tuple[Block, ...], tuple[Diagnostic, ...]]:
    """The blocks of a whole piece of HTML, repaired the way browsers do it.

    Args:
        source: HTML, such as the inside of a ``body``.
        name: the file's name, for diagnostics.
        line: the line on which it stands there.

    Returns:
        The blocks, and what there is to say about them.

    Raises:
        LimitError: the elements are nested too deep.
    """
    from tinyhtml5.parser import HTMLParser

    TreeBuilder(name).html(source, line)  # measures the depth in linear time, which the parser below does not
    try:
        tree = HTMLParser(namespace_html_elements=False).parse_fragment(source)
        root = _from_etree(tree, line, name, 0)
        converter = Converter(name)
        return converter.blocks(root.children, line), tuple(converter.diagnostics)
    except RecursionError:
        raise LimitError("markup is nested too deep", file=name, line=line, hint="Write it flatter") from None


def _from_etree(node: object, line: int, name: str, depth: int) -> Element:
    """An `Element` of an ElementTree element; comments become nothing."""
    if depth > DEPTH:
        raise LimitError(f"markup is nested more than {DEPTH} levels deep", file=name, line=line, hint="Write it flatter")
    tag = getattr(node, "tag", "")
    attrs = {str(k): str(v) for k, v in getattr(node, "attrib", {}).items()}
    tag = tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
    element = Element(tag or "$root", attrs, line, f"<{tag}>")
    if text := getattr(node, "text", None):
        element.children.append(text)
    for child in cast(Iterable[object], node):
        if isinstance(getattr(child, "tag", None), str):
            element.children.append(_from_etree(child, line, name, depth + 1))
        if tail := getattr(child, "tail", None):
            element.children.append(tail)
    return element


class Converter(InlineConverter):
    """Turns elements into blocks and inlines of the model; ``diagnostics`` collects what it has to say."""

    def __init__(self, name: str = "", inline: InlineReader | None = None) -> None:
        super().__init__(name, inline)
        self._level = 0
        self._same: dict[str, str] = {}

    def blocks(self, nodes: Iterable[Child], line: int = 0) -> tuple[Block, ...]:
        """The blocks of some children; loose words become paragraphs."""
        out: list[Block] = []
        run: list[Child] = []
        self._level += 1

        def flush() -> None:
            if run:
                first = next((n.line for n in run if isinstance(n, Element) and n.line), line)
                out.extend(self.paragraph(Element("p", {}, first, "", list(run))))
                run.clear()

        for node in nodes:
            if isinstance(node, str) or not (node.tag in BLOCK or is_display(node) or holds_blocks(node)):
                run.append(node)
                continue
            flush()
            out.extend(self.anchored(self._block(node)))
        flush()
        self._level -= 1
        made = self.gather(out)
        return made if self._level else self._relinked(made)

    def gather(self, blocks: list[Block]) -> tuple[Block, ...]:
        """A chance to join neighbouring blocks."""
        return tuple(blocks)

    # --- ids ---

    def take_id(self, key: str) -> str:
        """The id of a block: its own or the first of the anchors before it; the others lead to the same place."""
        waiting, self._anchors = self._anchors, []
        key = key or (waiting[0] if waiting else "")
        self._same.update((other, key) for other in waiting if other != key)
        return key

    def anchored(self, blocks: tuple[Block, ...], key: str = "") -> tuple[Block, ...]:
        """Gives an id, or those of empty anchors, to the block they stand in or before."""
        if not blocks:
            self._anchors.extend([key] if key else [])
            return blocks
        if key and key not in (blocks[0].id, *self._anchors):
            self._anchors.append(key)
        if not self._anchors:
            return blocks
        return (msgspec.structs.replace(blocks[0], id=self.take_id(blocks[0].id)), *blocks[1:])

    def _relinked(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks with links to second ids of a block leading to its first one."""
        if blocks and self._anchors:
            blocks = (*blocks[:-1], msgspec.structs.replace(blocks[-1], id=self.take_id(blocks[-1].id)))
        if not self._same:
            return blocks

        def change(node: Node) -> Node:
            if isinstance(node, Link) and node.url.startswith("#") and (key := self._same.get(node.url[1:])):
                return msgspec.structs.replace(node, url=f"#{key}")
            return node
        return tuple(rewrite(block, change) for block in blocks)

    # --- one element ---

    def _block(self, element: Element) -> tuple[Block, ...]:
        self.noticed(element)
        before, self.language = self.language, language(element.attrs) or self.language
        made = self._block_by_tag(element)
        self.language = before
        if not made and (what := _CAN_BE_EMPTY.get(element.tag)):
            self.say("empty-dropped", f"{what} with nothing in it was left out", element.line, what)
        made = self.anchored(made, element.attrs.get("id", ""))
        return self._in_passage(made, element) if element.tag not in ("html", "body", "$box") else made

    def _in_passage(self, made: tuple[Block, ...], element: Element) -> tuple[Block, ...]:
        tongue, way = language(element.attrs), direction(element.attrs)
        return (Passage(made, tongue, way, line=element.line),) if made and (tongue or way) else made

    def blocks_in(self, element: Element) -> tuple[Block, ...]:
        """The blocks of all that an element holds, in its own language."""
        self.noticed(element)
        before, self.language = self.language, language(element.attrs) or self.language
        made = self.blocks(element.children, element.line)
        self.language = before
        return self._in_passage(made, element)

    def _block_by_tag(self, element: Element) -> tuple[Block, ...]:
        tag, key, line = element.tag, element.attrs.get("id", ""), element.line
        if re.fullmatch("h[1-6]", tag):
            inside = self.line_of(element.children)
            return (Heading(int(tag[1]), inside, self.take_id(key), line),) if inside else ()
        if is_display(element):
            tex, mathml = formula(element)
            return (MathBlock(tex, mathml, key, line),) if tex else ()
        match tag:
            case "p":
                return self.paragraph(element)
            case "ul" | "ol" | "menu" | "dir":
                return self.list_of(element)
            case "dl":
                return definitions_of(self, element)
            case "blockquote":
                return self.quote(element)
            case "pre" | "textarea" | "listing" | "xmp" | "plaintext":
                return self._pre(element)
            case "table":
                return table(self, element)
            case "figure":
                return self._figure(element)
            case "details" | "aside":
                return self._aside(element)
            case "hr":
                return (Rule(key, line),)
            case "iframe" | "video" | "audio" | "embed" | "object":
                return self._media(element)
            case "a":
                return self._block_link(element)
            case _:
                return self.wrapper(element)

    def wrapper(self, element: Element) -> tuple[Block, ...]:
        """An element that has no place itself: what it holds stays."""
        if element.tag in GONE:
            self.dropped(element)
            return ()
        if element.tag == "noscript" and self._shown_already(element):
            return ()
        if element.tag not in PLAIN_WRAPPERS and element.tag not in WRAPPERS:
            self.dropped(element)
        made = self.blocks(element.children, element.line)
        if element.tag not in WRAPPERS:
            return made
        around = WRAPPERS[element.tag]
        if made and not any(isinstance(b, (Paragraph, Heading)) for b in made):
            self.dropped(element)
        return tuple(msgspec.structs.replace(b, content=(around(b.content),)) if isinstance(b, (Paragraph, Heading)) else b for b in made)

    def _shown_already(self, element: Element) -> bool:
        """Whether a ``noscript`` only shows the picture before it again, for browsers that do not load it late."""
        pictures = [_picture(c) for c in element.solid() if isinstance(c, Element)]
        return len(pictures) == len(element.solid()) == 1 and pictures[0] is not None \
            and media.source_of(pictures[0]) == self._last_picture

    def paragraph(self, element: Element) -> tuple[Block, ...]:
        """A paragraph; or a figure, where only pictures stand in it, or an embed, where only one is in it."""
        solid = [c for c in element.solid() if isinstance(c, str) or c.tag != "br"]
        alone = [c for c in solid if isinstance(c, Element)]
        if alone and len(alone) == len(solid):
            if all(c.tag in MEDIA or is_display(c) for c in alone):
                return tuple(b for c in alone for b in self._block(c))
            pictures = [p for c in alone if (p := _picture(c)) and has_source(p)]
            if len(pictures) == len(alone):
                return (self.figure_of(pictures, element),)
        if holds_blocks(element):
            return self.blocks(element.children, element.line)
        inside = self.line_of(element.children)
        if not inside:
            return ()
        return (Paragraph(inside, self.take_id(element.attrs.get("id", "")), element.line),)

    # --- figures and embeds ---

    def figure_of(self, pictures: list[Element], element: Element, caption: tuple[Inline, ...] = (),
                  credit: tuple[Inline, ...] = ()) -> Figure:
        """A figure of some ``img`` elements; their titles are the caption unless there is another."""
        texts = [(p.attrs.get("title", ""), p.raw) for p in pictures] if not caption else []
        captions = [caption] if caption else [self._words(t, raw, element.line) for t, raw in texts]
        thanks = [credit] if credit else [self._words(e.attrs.get("credit", ""), e.raw, element.line) for e in (element, *pictures)]
        images = []
        for picture in pictures:
            made = self.image(picture)
            images.append(Image(made.src, made.alt, made.decorative, made.title if caption else "", width=made.width))
        key = element.attrs.get("id") or next((p.attrs["id"] for p in pictures if p.attrs.get("id")), "")
        return Figure(tuple(images), joined(captions), joined(thanks), self.take_id(key), element.line)

    def _words(self, text: str, raw: str, line: int) -> tuple[Inline, ...]:
        text = " ".join(text.split())
        return (Text(text),) if text and raw else self.read_inline(text, line) if text else ()

    def _figure(self, element: Element) -> tuple[Block, ...]:
        captions, rest = _parted(element.children)
        words = joined(self.line_in(c) for c in captions)
        holder = Element("figure", element.attrs, element.line, element.raw, rest)
        pictures = [e for e in holder.descendants() if e.tag == "img" and has_source(e)]
        others = any(e.tag in _FIGURED or is_display(e) for e in holder.descendants())
        if pictures and not others and "$math" not in {e.tag for e in holder.descendants()}:
            for link in holder.descendants():
                url = link.attrs.get("href", "").strip() if link.tag == "a" else ""
                if url and any(e.tag == "img" for e in link.descendants()):
                    self.say("html-dropped", f"the link from a picture to {shown(url)} was left out", link.line, "picture link")
            figure = self.figure_of(pictures, element, words)
            return (figure, *self._beside_pictures(rest, element.line))
        before = next(iter(element.solid()), None) in captions
        return self._captioned(list(self.blocks(rest, element.line)), words, element, before)

    def _beside_pictures(self, nodes: Iterable[Child], line: int) -> tuple[Block, ...]:
        """The words that stand in a figure beside its pictures and caption."""
        kept = [_without_pictures(n) for n in nodes]
        return self.blocks([k for k in kept if k is not None], line)

    def _captioned(self, made: list[Block], words: tuple[Inline, ...], element: Element, before: bool) -> tuple[Block, ...]:
        if words and len(made) == 1:
            only = made[0]
            if isinstance(only, Table) and not only.caption:
                return (msgspec.structs.replace(only, caption=words),)
            if isinstance(only, Quote) and (not only.attribution or _is_address(only.attribution)):
                url = plain_text(only.attribution)
                words = _undashed(words)
                return (msgspec.structs.replace(only, attribution=self._with_source(words, url, element.line) if url else words),)
            if isinstance(only, Embed) and not only.title and all(isinstance(n, Text) for n in words):
                return (msgspec.structs.replace(only, title=plain_text(words)),)
        if words:
            made.insert(0 if before else len(made), Paragraph(words, line=element.line))
        return tuple(made)

    def _media(self, element: Element) -> tuple[Block, ...]:
        if media.is_picture(element):
            return (self.figure_of([element], element),)
        made = media.embed(element)
        if made is not None:
            self.unseen(element)
            return (made,)
        if inner := element.attrs.get("srcdoc", ""):
            builder = TreeBuilder(self.name, element.line)
            builder.html(inner, element.line)
            root = builder.finish()
            self.diagnostics.extend(builder.diagnostics)
            return self.blocks(root.children, element.line)
        self.dropped(element)
        return self.blocks(element.children, element.line)

    # --- boxes, quotations, links ---

    def _aside(self, element: Element) -> tuple[Block, ...]:
        titles = [c for c in element.elements() if c.tag == "summary"]
        title = joined(self.line_in(c) for c in titles)
        key = self.take_id(element.attrs.get("id", ""))
        inside = self.blocks([c for c in element.children if c not in titles], element.line)
        if not inside and not title:
            return ()
        kind = next((c.lower() for c in element.classes() if c.lower() in KINDS), "note")
        return (Aside(inside, kind, title, key, element.line),)

    def _block_link(self, element: Element) -> tuple[Block, ...]:
        """A link around blocks: the paragraphs and headings inside become links."""
        url = element.attrs.get("href", "").strip()
        made = self.blocks(element.children, element.line)
        if not url:
            return self.anchored(made, element.attrs.get("name", ""))
        out = [msgspec.structs.replace(b, content=(Link(b.content, url, element.attrs.get("title", "")),))
               if isinstance(b, (Paragraph, Heading)) and not _has_link(b) else b for b in made]
        if out == list(made):
            self.say("html-dropped", f"the link around a block, to {shown(url)}, was left out", element.line, "block link")
        return tuple(out)

    def quote(self, element: Element) -> tuple[Block, ...]:
        """A quotation; a ``footer`` or ``cite`` at its end names whom it is from, its attribute ``cite`` where that stands."""
        nodes = list(element.children)
        while nodes and isinstance(nodes[-1], str) and not nodes[-1].strip():
            nodes.pop()
        by: tuple[Inline, ...] = ()
        last = nodes[-1] if len(nodes) > 1 else ""
        if isinstance(last, Element) and last.raw and _names_source(last):
            by = _undashed(self.line_in(last))
            nodes.pop()
        key = self.take_id(element.attrs.get("id", ""))
        inside = self.blocks(nodes, element.line)
        if url := element.attrs.get("cite", "").strip():
            by = self._with_source(by, url, element.line)
        return (Quote(inside, by, False, key, element.line),) if inside or by else ()

    def _with_source(self, by: tuple[Inline, ...], url: str, line: int) -> tuple[Inline, ...]:
        if not by:
            return (Link((Text(url),), url),) if re.match(r"https?://", url) else (Text(url),)
        if not any(_has_link(n) for n in by):
            return (Link(by, url),)
        if not any(isinstance(n, Link) and n.url == url for n in by):
            self.say("html-dropped", f"the source {shown(url)} of <blockquote> was left out", line, "<blockquote cite>")
        return by

    # --- lists and code ---

    def list_of(self, element: Element) -> tuple[Block, ...]:
        """A list, or several where its numbers leap; what stands in it outside an item becomes one."""
        return lists_of(self, element)

    def item(self, element: Element) -> ListItem:
        """An item of a list, with its box to tick if it has one."""
        return item_of(self, element)

    def _pre(self, element: Element) -> tuple[Block, ...]:
        text = element.text()
        text = text.removeprefix("\n") if element.raw else text
        for part in element.descendants():
            if part.tag == "img" or (part.tag == "a" and part.attrs.get("href", "").strip()):
                address = part.attrs.get("src") or part.attrs.get("href") or ""
                what = "picture" if part.tag == "img" else "link"
                self.say("html-dropped", f"the {what} {shown(address)} in code was left out", part.line, f"{what} in code")
        if not text.strip():
            return ()
        code = element.attrs.get("language") or _code_language(element)
        return (CodeBlock(text.removesuffix("\n"), code, self.take_id(element.attrs.get("id", "")), element.line),)


_CAN_BE_EMPTY = {**{f"h{n}": "a heading" for n in range(1, 7)}, "blockquote": "a quotation", "pre": "a code block", "table": "a table",
                 "ul": "a list", "ol": "a list", "dl": "a list"}
_FIGURED = MEDIA | {"table", "blockquote", "pre", "figure", "ul", "ol", "dl", "$mathblock"}


def _has_link(node: Node) -> bool:
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Link):
            return True
        stack.extend(children(current))
    return False


def _picture(element: Element) -> Element | None:
    """The ``img`` that an element is or only wraps."""
    if element.tag == "img":
        return element
    inside = [c for c in element.solid() if not (isinstance(c, Element) and c.tag == "source")]
    if element.tag == "picture" and not inside:
        source = next((e for e in element.elements() if e.attrs.get("srcset")), None)
        return Element("img", {"srcset": source.attrs["srcset"]}, element.line, element.raw) if source else None
    if element.tag in ("picture", "span", "center", "font") and len(inside) == 1 and isinstance(inside[0], Element):
        return _picture(inside[0])
    return None


def _without_pictures(node: Child) -> Child | None:
    """A copy of a child without its pictures; None where nothing is left."""
    if isinstance(node, str):
        return node
    if node.tag in ("img", "source"):
        return None
    kept = [k for c in node.children if (k := _without_pictures(c)) is not None]
    copy = Element(node.tag, node.attrs, node.line, node.raw, kept)
    return copy if copy.text().strip() else None


def _parted(nodes: Iterable[Child]) -> tuple[list[Element], list[Child]]:
    """The captions of a figure, but not of the figures in it, and what else it holds."""
    captions: list[Element] = []
    rest: list[Child] = []
    for node in nodes:
        if isinstance(node, str) or node.tag == "figure":
            rest.append(node)
        elif node.tag == "figcaption":
            captions.append(node)
        else:
            inner, left = _parted(node.children)
            captions.extend(inner)
            rest.append(Element(node.tag, node.attrs, node.line, node.raw, left) if inner else node)
    return captions, rest


def _is_address(words: tuple[Inline, ...]) -> bool:
    """Whether an attribution is only the address that an attribute gave."""
    return len(words) == 1 and (isinstance(only := words[0], Link) and plain_text(only) == only.url)


def _names_source(element: Element) -> bool:
    """Whether the last element of a quotation says whom it is from."""
    if element.tag in ("footer", "cite", "figcaption"):
        return True
    solid = element.solid()
    if element.tag not in ("p", "div", "small", "span") or not solid:
        return False
    first = solid[0]
    if isinstance(first, str):
        return element.tag == "p" and first.lstrip()[:2].strip() in ("\u2014", "\u2015", "--")
    return len(solid) == 1 and first.tag in ("cite", "footer")


def _undashed(inside: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """An attribution without the dash before it, which outputs write themselves."""
    if inside and isinstance(first := inside[0], Text):
        return strip_ends((Text(re.sub(r"^\s*(?:[\u2013\u2014\u2015]|--?)\s*", "", first.text)), *inside[1:]))
    return inside


def _code_language(element: Element) -> str:
    """The language that highlighters write into the classes of code."""
    parts = (element, *element.descendants())
    names = [c for e in parts for c in e.classes()]
    for name in names:
        if name.startswith(("language-", "lang-", "highlight-source-")):
            return name.rsplit("-", 1)[1] if name.startswith("highlight") else name.split("-", 1)[1]
    given = next((v for e in parts for key in ("data-lang", "data-language") if (v := e.attrs.get(key, "").strip())), "")
    if not given and "sourceCode" in names:
        given = next((n for n in names if n != "sourceCode"), "")
    return given.lower()
