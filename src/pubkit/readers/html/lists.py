"""The element of a list, also of one of terms, comes in; lists of the model go out, with the numbers that their items have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pubkit.model import Block, Definition, DefinitionList, Inline, List, ListItem, ListStyle
from pubkit.readers.html.math import holds_blocks
from pubkit.readers.html.text import number, style
from pubkit.readers.html.tree import Child, Element

if TYPE_CHECKING:
    from pubkit.readers.html import Converter

__all__ = ["definitions_of", "item_of", "lists_of"]

_BIG = 10**9
_TYPES: dict[str, ListStyle] = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_STYLES: dict[str, ListStyle] = {"lower-alpha": "lower-alpha", "lower-latin": "lower-alpha", "upper-alpha": "upper-alpha",
                                 "upper-latin": "upper-alpha", "lower-roman": "lower-roman", "upper-roman": "upper-roman"}


def lists_of(convert: Converter, element: Element) -> tuple[Block, ...]:
    """A list, or several where its numbers leap; what stands in it outside an item becomes one, or belongs to the item before it."""
    ordered = element.tag == "ol"
    key = convert.take_id(element.attrs.get("id", ""))
    runs: list[tuple[int, list[ListItem]]] = [(number(element.attrs.get("start", "1"), 1, -_BIG, _BIG) if ordered else 1, [])]
    if ordered and "reversed" in element.attrs:
        convert.say("html-dropped", "the numbers of a list that counts down were left out; it counts up", element.line, "reversed")
    for node in _members(element):
        if node.tag == "li" and ordered and "value" in node.attrs:
            expected = runs[-1][0] + len(runs[-1][1])
            value = number(node.attrs["value"], expected, -_BIG, _BIG)
            if value != expected:
                runs.append((value, []))
        if node.tag == "li":
            runs[-1][1].append(convert.item(node))
        elif inside := convert.blocks(node.children, element.line):
            runs[-1][1].append(ListItem(inside, line=element.line))
    kind = _kind(element) if ordered else "bullet"
    tight = not any(p.tag == "p" and not p.hidden for li in element.elements() for p in li.elements())
    kept = [(start, items) for start, items in runs if items]
    return tuple(List(items, kind, start, tight, "" if at else key, items[0].line if at else element.line)
                 for at, (start, items) in enumerate(kept))


def _kind(element: Element) -> ListStyle:
    declared = style(element.attrs)
    words = [declared.get("list-style-type", ""), *declared.get("list-style", "").split()]
    return next((_STYLES[word] for word in words if word in _STYLES), _TYPES.get(element.attrs.get("type", "1"), "decimal"))


def _members(element: Element) -> list[Element]:
    """The items; a list that stands between them belongs to the one before it, and what else stands there is held by a ``$stray``."""
    out: list[Element] = []
    for node in element.solid():
        last = out[-1] if out else None
        if isinstance(node, Element) and node.tag == "li":
            out.append(node)
        elif isinstance(node, Element) and node.tag in ("ul", "ol", "menu", "dir") and last is not None:
            last.children.append(node)
        else:
            if last is None or last.tag != "$stray":
                out.append(Element("$stray"))
            out[-1].children.append(node)
    return out


def item_of(convert: Converter, element: Element) -> ListItem:
    """An item of a list, with its box to tick if it has one."""
    checked: bool | None = None
    first: Element = element
    while (inside := first.solid()) and isinstance(inner := inside[0], Element) and inner.tag in ("p", "label"):
        first = inner
    box: Child = inside[0] if inside else ""
    if isinstance(box, Element) and box.tag == "input" and box.attrs.get("type", "").lower() == "checkbox":
        checked = "checked" in box.attrs
        first.children.remove(box)
    key = convert.take_id(element.attrs.get("id", ""))
    return ListItem(convert.blocks_in(element), checked, key, element.line)


def definitions_of(convert: Converter, element: Element) -> tuple[Block, ...]:
    """A list of terms and what they mean."""
    items: list[Definition] = []
    terms: list[tuple[Inline, ...]] = []
    texts: list[tuple[Block, ...]] = []
    key = convert.take_id(element.attrs.get("id", ""))
    for node in _grouped(element):
        if isinstance(node, Element) and node.tag == "dt":
            if texts:
                items.append(Definition(terms, texts))
                terms, texts = [], []
            if holds_blocks(node):
                convert.say("html-dropped", "the blocks in a <dt> became one line", node.line, "<dt>")
            terms.append(convert.line_in(node))
        elif isinstance(node, Element) and node.tag == "dd":
            texts.extend([inside] if (inside := convert.anchored(convert.blocks_in(node), node.attrs.get("id", ""))) else [])
        elif inside := convert.blocks([node], element.line):
            texts.append(inside)
    if terms or texts:
        items.append(Definition(terms, texts))
    return (DefinitionList(items, key, element.line),) if items else ()


def _grouped(element: Element) -> list[Child]:
    """The terms and definitions of a list, also of those in groups."""
    return [c for n in element.children for c in (_grouped(n) if isinstance(n, Element) and n.tag == "div" else [n])]
