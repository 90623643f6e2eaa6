"""An article and the guesses of its reader come in; a text tree for people goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from pubkit.model import (
    Article,
    Aside,
    Block,
    CodeBlock,
    DefinitionList,
    Embed,
    Figure,
    Heading,
    List,
    MathBlock,
    Passage,
    Quote,
    Table,
    Verse,
    plain_text,
)
from pubkit.readers.base import Guess

__all__ = ["outline"]

WORDS = 60
LABEL = 26

Row: TypeAlias = "tuple[int, int, str, str]"


def outline(article: Article, guesses: Iterable[Guess] = (), why: bool = False) -> str:
    """The article as a tree of lines: what is known about it, then its blocks with line number, kind and first words.

    Args:
        article: any article.
        guesses: what a reader that infers structure took its blocks for.
        why: say below each block with how much certainty it was taken for its kind, and why.

    Returns:
        The tree, each line ended by a line feed.
    """
    found = list(guesses)
    out = list(_facts(article))
    rows = list(_rows(article.content, 0))
    digits = max([len(str(line)) for line, *_ in rows] + [len(str(g.line)) for g in found if why] + [1])
    out += ["", *_tree(rows, digits, _by_line(found) if why else {})]
    if why:
        out += _others(found, digits)
    return "\n".join(x.rstrip() for x in out).strip("\n") + "\n"


def _facts(article: Article) -> Iterator[str]:
    meta = article.meta
    facts = [
        ("Title", meta.title_text or "(none)"),
        ("Deck", meta.subtitle_text),
        ("Authors", ", ".join(p.name for p in meta.authors) or "(none)"),
        ("Date", meta.published.isoformat(" ", "minutes") if meta.published else "(none)"),
        ("Updated", meta.updated.isoformat(" ", "minutes") if meta.updated else ""),
        ("Language", meta.language or "(none)"),
        ("Tags", ", ".join(meta.tags)),
    ]
    for label, value in facts:
        if value:
            yield f"{label:<10}{_short(value, 100)}"


def _short(text: str, room: int) -> str:
    text = " ".join(text[:room * 4].split())
    return text if len(text) <= room else text[:room - 1].rstrip() + "…"


def _rows(blocks: Iterable[Block], depth: int) -> Iterator[Row]:
    """Line, depth, label and first words of each block; blocks below a heading stand one step deeper."""
    here = depth
    for block in blocks:
        if isinstance(block, Heading):
            here = depth + max(block.level - 2, 0)
        yield block.line, here, _label(block), _short(_words(block), WORDS)
        if isinstance(block, Heading):
            here += 1
        elif isinstance(block, List):
            inner = [b for item in block.items for b in item.content if isinstance(b, List)]
            yield from _rows(inner, here + 1)
        elif isinstance(block, (Aside, Passage, Quote)) and len(block.content) > 1:
            yield from _rows(block.content, here + 1)


def _words(block: Block) -> str:
    match block:
        case Figure():
            return plain_text(block, notes=False) or next((p.alt or p.src for p in block.pictures), "")
        case List() if block.items:
            return plain_text(block.items[0].content, notes=False)
        case _:
            return plain_text(block, notes=False)


def _label(block: Block) -> str:
    match block:
        case Heading(level):
            return f"h{level}"
        case List(items, style):
            ticked = "tasks" if any(i.checked is not None for i in items) else "list"
            return f"{ticked}{'' if style == 'bullet' else ' ' + _FIRST[style]}, {_count(len(items), 'item')}"
        case DefinitionList(items):
            return f"definitions, {_count(len(items), 'item')}"
        case CodeBlock(text, language):
            return f"code{' ' + language if language else ''}, {_count(text.count(chr(10)) + 1, 'line')}"
        case Verse(lines):
            return f"verse, {_count(len(lines), 'line')}"
        case Quote(content):
            return f"{'pull quote' if block.pull else 'quote'}, {_count(len(content), 'block')}"
        case Figure(pictures):
            return f"figure, {_count(len(pictures), 'picture')}"
        case Table(columns, head, body, foot):
            return f"table, {len(head) + len(body) + len(foot)} × {len(columns)}"
        case Aside():
            return block.kind
        case Passage():
            return f"passage {block.language or block.direction}".rstrip()
        case MathBlock():
            return "formula"
        case Embed():
            return "embed"
        case _:
            return type(block).__name__.lower()


_FIRST = {"decimal": "1.", "lower-alpha": "a.", "upper-alpha": "A.", "lower-roman": "i.", "upper-roman": "I."}


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


# --- Why ----------------------------------------------------------------------------------------------------------------------------

def _by_line(guesses: list[Guess]) -> dict[int, list[Guess]]:
    out: dict[int, list[Guess]] = {}
    for g in guesses:
        if g.kind not in _ABOVE:
            out.setdefault(g.line, []).append(g)
    return out


_ABOVE = ("title", "deck", "byline", "dropped")


def _tree(rows: list[Row], digits: int, reasons: dict[int, list[Guess]]) -> Iterator[str]:
    said: set[int] = set()
    for line, depth, label, words in rows:
        left = "  " * depth + label
        yield f"{line or '':>{digits}}  {left:<{LABEL}}  {words}"
        if line not in said:
            said.add(line)
            for g in reasons.get(line, ()):
                yield f"{'':>{digits}}  {'  ' * depth}    {g.score:.2f} {g.kind}: {g.reason}"


def _others(guesses: list[Guess], digits: int) -> list[str]:
    rows = [g for g in guesses if g.kind in _ABOVE]
    if not rows:
        return []
    return ["", "Taken out of the body:", *(f"{g.line:>{digits}}  {g.kind:<9} {g.score:.2f} {g.reason} — {g.text}" for g in rows)]
