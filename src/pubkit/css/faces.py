"""A theme and articles go in; the font files come out that their words are set in, so that no page carries a face it never shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pubkit.model import (
    Article,
    Aside,
    Code,
    CodeBlock,
    DefinitionList,
    Embed,
    Emphasis,
    Figure,
    Heading,
    List,
    Math,
    MathBlock,
    Node,
    Note,
    Quote,
    Strong,
    Table,
    Verse,
    walk,
)
from pubkit.theme import Face, Family, Role, Theme

__all__ = ["faces"]

_ROLES: dict[type[Node], tuple[Role, ...]] = {
    Aside: ("aside", "aside-title"),
    Code: ("code",),
    CodeBlock: ("code-block",),
    Embed: ("caption",),
    Figure: ("caption", "credit"),
    List: ("leadin",),
    Math: ("code",),
    MathBlock: ("code",),
    Note: ("note", "note-call"),
    Quote: ("quote", "pull", "attribution"),
    Table: ("table-head", "table-cell", "caption"),
    Verse: ("verse",),
}


def faces(theme: Theme, articles: Iterable[Article]) -> tuple[Face, ...]:
    """The faces of ``theme`` that ``articles`` need, in the theme's order."""
    wanted: set[tuple[Family, int, bool]] = set()
    for article in articles:
        wanted.update((style.font, style.weight, style.italic) for style in map(theme.style, _roles(article)))
        wanted.update(_marked(article))
    chosen = {_nearest(theme, *want) for want in wanted}
    return tuple(face for face in theme.faces if face in chosen)


def _roles(article: Article) -> Iterator[Role]:
    yield from ("text", "title", "author", "byline", "date", "colophon", "contents", "contents-title")
    if article.meta.subtitle:
        yield "deck"
    if article.meta.section:
        yield "kicker"
    for node in walk(article):
        if isinstance(node, Heading):
            levels: dict[int, Role] = {3: "heading3", 4: "heading4", 5: "heading5", 6: "heading6"}
            yield levels.get(node.level, "heading2")
        elif isinstance(node, (Math, MathBlock)) and node.mathml:
            continue
        else:
            yield from _ROLES.get(type(node), ())


def _marked(article: Article) -> Iterator[tuple[Family, int, bool]]:
    """The faces that marked words ask for, over those of the roles."""
    headings = (n for n in walk(article.content) if isinstance(n, Heading))
    if any(isinstance(n, Emphasis) for n in walk((*article.meta.title, *headings))):
        yield "display", 400, True
    leaning = [*article.meta.subtitle, *(n for n in walk(article.content) if isinstance(n, Quote))]
    if any(isinstance(n, Emphasis) for n in walk(leaning)):  # stress within italics stands upright
        yield "display", 400, False
    for node in walk(article):
        if isinstance(node, (Emphasis, Strong)):
            both = any(isinstance(n, (Emphasis, Strong)) and type(n) is not type(node) for n in walk(node))
            yield "text", 700 if both or isinstance(node, Strong) else 400, both or isinstance(node, Emphasis)
        elif isinstance(node, DefinitionList):
            yield "text", 700, False
        elif isinstance(node, Note):
            marked = [n for n in walk(node) if isinstance(n, (Emphasis, Strong))]
            yield from (("note", 700 if isinstance(n, Strong) else 400, isinstance(n, Emphasis)) for n in marked)
        elif isinstance(node, CodeBlock) and node.language:
            yield "code", 400, True


def _nearest(theme: Theme, font: Family, weight: int, italic: bool) -> Face:
    family = theme.stack(font)[0]
    own = [face for face in theme.faces if face.family == family]
    return min(own, key=lambda face: (face.italic != italic, abs(face.weight - weight), face.weight))
