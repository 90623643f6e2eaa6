"""From Markdown with front matter to a raw article.

markdown-it makes tokens, the tokens and any HTML between them become one tree of elements, and the tree becomes blocks and inlines.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pubkit.diagnostics import Diagnostic, LimitError, diagnostic
from pubkit.model import Article, Block, Heading, Inline, Link, Meta, Node, plain_text, rewrite
from pubkit.readers import front_matter
from pubkit.readers.base import Read
from pubkit.readers.dialects import rules as dialects_rules
from pubkit.readers.markdown.model import MarkdownConverter
from pubkit.readers.markdown.rules import NESTING, markdown_it
from pubkit.readers.markdown.tree import Builder

__all__ = ["parse", "parse_inline"]


def parse(text: str, name: str = "") -> Read:
    """Reads a Markdown source.

    Args:
        text: the source, with or without front matter.
        name: the file's name, for errors and diagnostics.

    Returns:
        The raw article, as it stands in the source, and what was noticed.

    Raises:
        MetadataError: the front matter cannot be read.
        LimitError: the markup is nested too deep, or its notes repeat each other without measure.
    """
    mapping, body, first = front_matter.split(text, name)
    head = "\n".join(text.splitlines()[:first - 1])
    try:
        return _read(mapping, body, first, name, {"franklin": dialects_rules.is_franklin(head) or None})
    except RecursionError:
        raise _too_deep(name, first) from None


def _read(mapping: front_matter.FrontMatter, body: str, first: int, name: str, env: dict[str, Any]) -> Read:
    said: list[Diagnostic] = []

    def inline(words: str) -> tuple[Inline, ...]:
        inside, diagnostics = parse_inline(words, name)
        said.extend(diagnostics)
        return inside

    meta, about_meta = front_matter.to_meta(mapping, inline, name)
    blocks, about_body = _body(body, first, name, meta.language, env)
    meta, blocks, about_title = _title(meta, blocks, name)
    found = sorted((*about_meta, *said, *about_title, *about_body), key=lambda d: d.location.line)
    return Read(Article(meta, blocks), tuple(found))


def parse_inline(text: str, name: str = "", line: int = 0) -> tuple[tuple[Inline, ...], tuple[Diagnostic, ...]]:
    """Reads words with inline markup, such as a title.

    Args:
        text: the words.
        name: the file's name, for diagnostics.
        line: the line on which they stand there.

    Returns:
        The inlines, and what was noticed.
    """
    env: dict[str, Any] = {}
    tokens = markdown_it("www." in text).parseInline(text, env)
    builder = Builder(name, 0, env)
    builder.inline_tokens(tokens[0].children or [] if tokens else [], line)
    converter = MarkdownConverter(name, builder, parse_inline)
    inside = converter.line_of(builder.finish().children)
    return inside, (*builder.diagnostics, *converter.diagnostics)


def _body(body: str, first: int, name: str, language: str,
          env: dict[str, Any]) -> tuple[tuple[Block, ...], tuple[Diagnostic, ...]]:
    tokens = markdown_it("www." in body).parse(body, env)
    for token in tokens:
        if token.level > NESTING:
            line = next((t.map[0] for t in reversed(tokens[:tokens.index(token) + 1]) if t.map), 0)
            raise _too_deep(name, line + first)
    builder = Builder(name, first, env)
    builder.block_tokens(tokens)
    root = builder.finish()
    converter = MarkdownConverter(name, builder, parse_inline)
    converter.language = language
    blocks = converter.blocks(root.children, first)
    blocks = (*blocks, *converter.unused_notes())
    return blocks, (*builder.diagnostics, *converter.diagnostics)


def _too_deep(name: str, line: int) -> LimitError:
    return LimitError(f"markup is nested more than {NESTING} levels deep", file=name, line=line, hint="Write it flatter")


# --- The title -----------------------------------------------------------------------------------------------------------------------

def _title(meta: Meta, blocks: tuple[Block, ...], name: str) -> tuple[Meta, tuple[Block, ...], list[Diagnostic]]:
    """The title from a first heading, where the front matter has none or has the same."""
    at = next((i for i, b in enumerate(blocks) if isinstance(b, Heading)), -1)
    heading = blocks[at] if at >= 0 else None
    if not isinstance(heading, Heading) or heading.level != 1:
        return meta, blocks, []
    rest = (*blocks[:at], *blocks[at + 1:])
    said: list[Diagnostic] = []
    if meta.title:
        words = " ".join(plain_text(heading.content, notes=False).split())
        if at or words.casefold() != meta.title_text.casefold():
            return meta, blocks, []
        said = [diagnostic("title-repeated", "the first heading repeats the title and was left out", name, heading.line)]
    elif at and any(isinstance(b, Heading) and b.level == 1 for b in rest):
        return meta, blocks, []
    # The heading may hold more than the words, such as a note.
    return msgspec.structs.replace(meta, title=heading.content), _to_the_top(rest, heading.id), said


def _to_the_top(blocks: tuple[Block, ...], key: str) -> tuple[Block, ...]:
    """Links to the id of the title lead to the top of the article."""
    if not key:
        return blocks

    def change(node: Node) -> Node:
        return msgspec.structs.replace(node, url="#top") if isinstance(node, Link) and node.url == f"#{key}" else node

    return tuple(rewrite(block, change) for block in blocks)
