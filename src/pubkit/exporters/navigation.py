"""The chapters of a book go in; its contents, landmarks and lists of figures and tables come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pubkit import words
from pubkit.model import Article, Figure, Inline, Table, plain_text, walk
from pubkit.xhtml import Outline, attr, escape, outline

__all__ = ["Landmark", "Line", "contents", "figures", "markup", "tables"]

LONGEST = 120  # characters of a caption in a list


class Line(Struct, frozen=True):
    """One line of a list: its words, where it leads, the language of the words ('': that of the book), and the lines below it."""

    title: str
    href: str
    language: str = ""
    below: tuple[Line, ...] = ()


class Landmark(Struct, frozen=True):
    """One place that a reading system can offer by itself: its epub:type, address and words."""

    kind: str
    href: str
    title: str


def contents(article: Article, document: str, depth: int, language: str = "") -> tuple[Line, ...]:
    """The headings of an article that stands in ``document``, ``depth`` levels of them."""
    return _headings(outline(article.content), document, depth, language)


def _headings(tree: Sequence[Outline], document: str, depth: int, language: str) -> tuple[Line, ...]:
    if not depth:
        return ()
    return tuple(Line(_label(line.heading.content) or "\u2014", f"{document}#{line.heading.id}", language,
                      _headings(line.below, document, depth - 1, language)) for line in tree)


def figures(article: Article, document: str, language: str = "") -> Iterator[Line]:
    """The figures of an article's text that have a caption, or else an alternative text, to be known by."""
    for node in walk(article.content):
        if isinstance(node, Figure) and (title := _label(node.caption) or next((p.alt for p in node.pictures if p.alt), "")):
            yield Line(_short(title), f"{document}#{node.id}", language)


def tables(article: Article, document: str, language: str = "") -> Iterator[Line]:
    """The tables of an article's text that have a caption."""
    for node in walk(article.content):
        if isinstance(node, Table) and (title := _label(node.caption)):
            yield Line(_short(title), f"{document}#{node.id}", language)


def _label(inlines: Iterable[Inline]) -> str:
    return " ".join(plain_text(tuple(inlines), notes=False).split())


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST - 1].rpartition(" ")[0].rstrip(" ,;:.\u2013\u2014") + "\u2026"


def markup(language: str, lines: Sequence[Line], landmarks: Sequence[Landmark], lists: Sequence[tuple[str, str, Sequence[Line]]]) -> str:
    """The body of the navigation document (EPUB 3.3, 7).

    Args:
        language: that of the book.
        lines: the contents.
        landmarks: what reading systems offer by themselves.
        lists: more lists, each with its epub:type, its key in `words` and its lines; those without lines are left out.
    """
    out = [_nav("toc", "contents", language, lines, ' role="doc-toc"', "h1")]
    out += [_nav(kind, key, language, below, "", "h2") for kind, key, below in lists if below]
    marks = "".join(f'<li><a epub:type="{m.kind}"{attr("href", m.href)}>{escape(m.title)}</a></li>\n' for m in landmarks)
    return "".join(out) + f'<nav epub:type="landmarks" hidden="hidden">\n<ol>\n{marks}</ol>\n</nav>\n'


def _nav(kind: str, key: str, language: str, lines: Sequence[Line], role: str, tag: str) -> str:
    title = escape(words.word(key, language))
    return (f'<nav epub:type="{kind}"{role} class="pk-toc" id="{kind}" aria-labelledby="{kind}-title">\n'
            f'<{tag} class="pk-toc-title" id="{kind}-title">{title}</{tag}>\n{_list(lines)}</nav>\n')


def _list(lines: Sequence[Line]) -> str:
    def item(line: Line) -> str:
        title = escape(line.title)
        if line.language:  # within the link, so that all lines begin at one side
            marks = attr("lang", line.language) + attr("xml:lang", line.language) + attr("dir", words.direction(line.language))
            title = f"<span{marks}>{title}</span>"
        return f'<li><a{attr("href", line.href)}>{title}</a>{_list(line.below) if line.below else ""}</li>\n'

    return f"<ol>\n{''.join(map(item, lines))}</ol>\n"
