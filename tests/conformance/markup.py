"""Brings the HTML of a Markdown specification and that of pubkit into one form in which they can be compared."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pubkit
from pubkit import model as m
from pubkit.xhtml import Dialect, Renderer, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["expected", "ours"]

VOID = {"img", "br", "hr", "input"}
BLOCK = set("p ul ol li blockquote pre table thead tbody tr td th h hr div figure figcaption dl dt dd".split())
KEPT = {"a": ("href", "title"), "img": ("src", "alt", "title"), "ol": ("start",), "td": ("align",), "th": ("align",)}
RENAMED = {"del": "s", **{f"h{n}": "h" for n in range(1, 7)}}

Node = tuple[str, tuple[tuple[str, str], ...], list["Node | str"]]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: Node = ("root", (), [])
        self.stack: list[Node] = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = RENAMED.get(tag, tag)
        given = {k: v or "" for k, v in attrs}
        if tag in {"td", "th"}:
            align = next((c.removeprefix("pk-") for c in given.get("class", "").split() if c in {"pk-center", "pk-right"}), "")
            align = align or next((w for w in ("center", "right") if f"text-align:{w}" in given.get("style", "").replace(" ", "")), "")
            attrs = [("align", align or given.get("align", ""))]
        if tag == "input":
            self.handle_data("\u2611" if "checked" in given else "\u2610")
            return
        kept = tuple((k, v or "") for k, v in sorted(attrs) if k in KEPT.get(tag, ()) and not (k == "title" and not v) and v != "left"
                     and not (k == "align" and not v))
        node: Node = (tag, tuple((k, _url(v) if k in {"href", "src"} else " ".join(v.split())) for k, v in kept), [])
        self.stack[-1][2].append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_endtag(self, tag: str) -> None:
        tag = RENAMED.get(tag, tag)
        if tag in VOID:
            return
        while len(self.stack) > 1 and self.stack[-1][0] != tag:
            self.stack.pop()
        if len(self.stack) > 1:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        inside = self.stack[-1][2]
        if inside and isinstance(inside[-1], str):
            inside[-1] += data
        else:
            inside.append(data)


def _url(text: str) -> str:
    return quote(text.strip(), safe="/?#[]@!$&'()*+,;=:%~")


def _notes(node: Node) -> Node:
    """Notes as they are counted: the call a number, the links back taken out, the rule above them too."""
    tag, attrs, inside = node
    out: list[Node | str] = []
    for at, child in enumerate(inside):
        if isinstance(child, str):
            out.append(child)
        elif (child[0] == "hr" and "section" in [c[0] for c in inside[at + 1:at + 3]]) or (child[0] == "h" and tag == "section"):
            continue
        elif child[0] == "section":
            out.extend(_notes(child)[2])
        elif child[0] == "sup" and (found := re.fullmatch(r"\[(\d+)(?::\d+)?\]", _text(child))):
            out.append(("call", (), [found.group(1)]))
        elif child[0] == "a" and dict(child[1]).get("href", "").startswith("#_note-"):
            out.append(("call", (), [_text(child)]))
        elif child[0] == "a" and dict(child[1]).get("href", "").startswith(("#_ref-", "#fnref")):
            continue
        else:
            out.append(_notes(child))
    return tag, attrs, out


def _form(node: Node, code: bool = False) -> Node:
    """White space made single outside code and taken off beside blocks; wrappers that say nothing opened."""
    tag, attrs, inside = node
    code = code or tag == "pre"
    out: list[Node | str] = []
    for child in inside:
        if not isinstance(child, str):
            inner = _form(child, code)
            holds = [c[0] for c in inner[2] if not isinstance(c, str)]
            wrapper = inner[0] == "span" or (inner[0] in {"figure", "div"} and holds == ["table"])
            # A definition is always set tight: its first paragraph stands bare.
            bare = tag == "dd" and inner[0] == "p" and not out
            out.extend(inner[2] if wrapper or bare else [inner])
        else:
            out.append(child if code else re.sub(r"[ \t\n\r\f]+", " ", child))
    joined: list[Node | str] = []
    for child in out:
        if isinstance(child, str) and joined and isinstance(joined[-1], str):
            joined[-1] += child
        else:
            joined.append(child)
    if not code:
        joined = [c for c in _stripped(joined, tag in BLOCK or tag == "root") if c]
    elif tag == "pre":
        text = "".join(_text(c) for c in joined)
        return tag, (), [text.removesuffix("\n")]
    return tag, attrs, joined


def _text(node: Node | str) -> str:
    return node if isinstance(node, str) else "".join(_text(c) for c in node[2])


def _stripped(nodes: list[Node | str], block: bool) -> Iterator[Node | str]:
    for at, node in enumerate(nodes):
        if not isinstance(node, str):
            yield node
            continue
        before, after = nodes[at - 1] if at else None, nodes[at + 1] if at + 1 < len(nodes) else None
        text = re.sub(" +", " ", node)
        if _edge(before, block):
            text = text.lstrip(" ")
        if _edge(after, block):
            text = text.rstrip(" ")
        yield text


def _edge(node: Node | str | None, block: bool) -> bool:
    return block if node is None else not isinstance(node, str) and (node[0] in BLOCK or node[0] == "br")


def _parsed(html: str) -> Node:
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return _form(_notes(tree.root))


def expected(html: str) -> Node:
    """The form of what a specification wants."""
    return _figures(_parsed(html))


def _figures(node: Node) -> Node:
    tag, attrs, inside = node
    inside = [c if isinstance(c, str) else _figures(c) for c in inside]
    solid = [c for c in inside if not isinstance(c, str) or c.strip()]
    if tag == "p" and solid and all(not isinstance(c, str) and c[0] == "img" for c in solid):
        captions = [v for c in solid if not isinstance(c, str) for k, v in c[1] if k == "title"]
        images: list[Node | str] = [("img", tuple((k, v) for k, v in c[1] if k != "title"), []) for c in solid if not isinstance(c, str)]
        return "figure", (), images + ([("figcaption", (), [" ".join(captions)])] if captions else [])
    return tag, attrs, inside


def ours(markdown: str) -> Node:
    """The form of what pubkit makes of it, through model and XHTML; its title is put back as the heading it was."""
    read = pubkit.parse(markdown)
    article = read.article
    pictures = {i.src for i in m.walk(article) if isinstance(i, m.Image)}
    assets = tuple(m.Asset(src, "image/png", b"", 0, 0) for src in sorted(pictures))

    def shown(node: m.Node) -> m.Node:
        return m.Image(node.src, node.alt, node.decorative, node.title, asset=node.src) if isinstance(node, m.Image) else node

    article = m.rewrite(m.Article(article.meta, article.content, assets), shown)
    dialect = Dialect("en", code=False, src=lambda asset: asset.name, math=_formula)
    renderer = Renderer(article, dialect)
    made = renderer.render(article.content)
    body = made.body + made.notes
    titled = not any(d.code == "title-missing" for d in read.diagnostics)
    head = f"<h1>{renderer.inlines(article.meta.title)}</h1>\n" if titled else ""
    return _parsed(head + body)


def _formula(tex: str, _: str, display: bool) -> str:
    return f"<div>{escape(tex)}</div>" if display else f"<span>{escape(tex)}</span>"
