"""What an article is: frozen node types, and the few functions that walk over them.

Everything that pubkit reads becomes these types, and everything it writes is made from them. The module imports nothing of ours.
Blocks and inlines carry an optional ``id`` and blocks the source ``line`` they came from; ``line`` is not content (see `content`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, Union, assert_never
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

__all__ = [
    "UNDATED", "Abbreviation", "Article", "Aside", "Asset", "Block", "Cell", "Code", "CodeBlock", "Column", "Correction", "Definition",
    "DefinitionList", "Embed", "Emphasis", "Enclosure", "Entry", "Feed", "FeedMeta", "Figure", "Heading", "Highlight", "Image",
    "Inline", "LineBreak", "Link", "List", "ListItem", "Math", "MathBlock", "Media", "Meta", "Node", "Note", "Paragraph", "Passage",
    "Person", "Quote", "Reference", "Row", "Rule", "Series", "SmallCaps", "Span", "Strikethrough", "Strong", "Subscript", "Superscript",
    "Table", "Text", "Verse", "Volume", "children", "content", "content_hash", "decode", "encode", "json_schema", "plain_text", "rewrite",
    "walk",
]

FORMAT = "pubkit-article"
VERSION = 1
UNDATED = datetime(1980, 1, 1, tzinfo=UTC)
"""The date of an article that has none."""

Direction: TypeAlias = Literal["", "ltr", "rtl"]
Align: TypeAlias = Literal["", "left", "center", "right"]
ListStyle: TypeAlias = Literal["bullet", "decimal", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman"]


# Nodes hold one another in tuples and in no circle, so that Python's collector of circles need not look at them.
class Node(Struct, gc=False, frozen=True, tag_field="type", omit_defaults=True, forbid_unknown_fields=True):
    """The common ground of all nodes; never used by itself."""


# --- Constructors take plain strings where inlines are meant ------------------------------------------------------------------------

if TYPE_CHECKING:
    Inlines: TypeAlias = tuple["Inline", ...]
    Blocks: TypeAlias = tuple["Block", ...]
else:
    Inlines = tuple["Inline", ...]
    Blocks = tuple["Block", ...]

InlineLike: TypeAlias = Union[str, "Inline", Iterable[Union[str, "Inline"]]]
BlockLike: TypeAlias = Union[str, "Block", Iterable[Union[str, "Block"]]]


def _inlines(value: InlineLike) -> tuple[Inline, ...]:
    if isinstance(value, str):
        return (Text(value),) if value else ()
    if isinstance(value, Struct):
        return (value,)
    return tuple(Text(v) if isinstance(v, str) else v for v in value)


def _blocks(value: BlockLike) -> tuple[Block, ...]:
    if isinstance(value, str):
        return (Paragraph(value),) if value else ()
    if isinstance(value, Struct):
        return (value,)
    return tuple(Paragraph(v) if isinstance(v, str) else v for v in value)


def _tuple_of_text(value: Any, name: str, self: Struct, convert: Callable[[Any], Any]) -> None:
    if type(value) is not tuple or any(type(v) is str for v in value):
        force_setattr(self, name, convert(value))


class _InlineContent(Node, frozen=True):
    """A node whose ``content`` is inlines."""

    content: Inlines = ()

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


# --- Inlines ------------------------------------------------------------------------------------------------------------------------

class Text(Node, frozen=True, tag="text"):
    """A run of characters."""

    text: str


class Emphasis(_InlineContent, frozen=True, tag="emphasis"):
    """Stressed words; italic in most themes."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class Strong(_InlineContent, frozen=True, tag="strong"):
    """Important words; bold in most themes."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class Strikethrough(_InlineContent, frozen=True, tag="strikethrough"):
    """Words that no longer hold."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class Highlight(_InlineContent, frozen=True, tag="highlight"):
    """Words marked for attention."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class SmallCaps(_InlineContent, frozen=True, tag="small-caps"):
    """Words set in small capitals; the letters themselves stay as written."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class Subscript(_InlineContent, frozen=True, tag="subscript"):
    """Words below the line."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class Superscript(_InlineContent, frozen=True, tag="superscript"):
    """Words above the line."""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike = ()) -> None: ...


class Code(Node, frozen=True, tag="code"):
    """A short piece of code, a key or a file name."""

    text: str


class Link(Node, frozen=True, tag="link"):
    """A link to an address outside this article."""

    content: Inlines
    url: str
    title: str = ""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike, url: str, title: str = "") -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


class Reference(Node, frozen=True, tag="reference"):
    """A link to the block with this id in the same article."""

    content: Inlines
    target: str

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike, target: str) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


class Image(Node, frozen=True, tag="image"):
    """A picture: ``src`` as written in the source, ``asset`` the name of the loaded `Asset`.

    ``alt`` is text for those who do not see it; ``decorative`` says that there is nothing to say. Neither is a finding (``alt-missing``).
    ``width`` is the wish of the source as a share of the text's width, 0 to 1; 0 means none.
    """

    src: str
    alt: str = ""
    decorative: bool = False
    title: str = ""
    asset: str = ""
    width: float = 0.0


class LineBreak(Node, frozen=True, tag="line-break"):
    """A line break that the author wants."""


class Note(Node, frozen=True, tag="note"):
    """A note, at the place of its call; each exporter decides whether it stands at the foot, at the end or pops up."""

    content: Blocks = ()
    id: str = ""

    if TYPE_CHECKING:
        def __init__(self, content: BlockLike = (), id: str = "") -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)


class Math(Node, frozen=True, tag="math"):
    """A formula in the line. ``mathml`` is canonical (a ``math`` element as text), ``tex`` what it was made from."""

    tex: str
    mathml: str = ""


class Span(Node, frozen=True, tag="span"):
    """Words in another language (BCP 47) or direction."""

    content: Inlines
    language: str = ""
    direction: Direction = ""

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike, language: str = "", direction: Direction = "") -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


class Abbreviation(Node, frozen=True, tag="abbreviation"):
    """A short form and, in ``title``, what it stands for."""

    content: Inlines
    title: str

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike, title: str) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


# --- Blocks -------------------------------------------------------------------------------------------------------------------------

class Paragraph(Node, frozen=True, tag="paragraph"):
    """A paragraph."""

    content: Inlines
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, content: InlineLike, id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


class Heading(Node, frozen=True, tag="heading"):
    """A heading of level 2 to 6; level 1 is the article's title."""

    level: int
    content: Inlines
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, level: int, content: InlineLike, id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


class ListItem(Node, frozen=True, tag="list-item"):
    """One item; ``checked`` is None where the item has no box to tick."""

    content: Blocks
    checked: bool | None = None
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, content: BlockLike, checked: bool | None = None, id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)


class List(Node, frozen=True, tag="list"):
    """A list. ``start`` counts for numbered styles; ``tight`` items have no space between them."""

    items: tuple[ListItem, ...]
    style: ListStyle = "bullet"
    start: int = 1
    tight: bool = True
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, items: Iterable[ListItem | str], style: ListStyle = "bullet", start: int = 1, tight: bool = True,
                     id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.items, "items", self, lambda v: tuple(ListItem(i) if isinstance(i, str) else i for i in v))

    @property
    def ordered(self) -> bool:
        """Whether the items are numbered or lettered."""
        return self.style != "bullet"


class Definition(Node, frozen=True, tag="definition"):
    """One or more terms and what they mean."""

    terms: tuple[Inlines, ...]
    definitions: tuple[Blocks, ...]

    if TYPE_CHECKING:
        def __init__(self, terms: Iterable[InlineLike], definitions: Iterable[BlockLike]) -> None: ...

    def __post_init__(self) -> None:
        force_setattr(self, "terms", tuple(_inlines(t) for t in self.terms))
        force_setattr(self, "definitions", tuple(_blocks(d) for d in self.definitions))


class DefinitionList(Node, frozen=True, tag="definition-list"):
    """Terms with their definitions."""

    items: tuple[Definition, ...]
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, items: Iterable[Definition], id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.items, "items", self, tuple)


class CodeBlock(Node, frozen=True, tag="code-block"):
    """Lines of code, without a final line feed; ``language`` is a Pygments short name or empty."""

    text: str
    language: str = ""
    id: str = ""
    line: int = 0


class Quote(Node, frozen=True, tag="quote"):
    """A quotation; ``pull`` marks one that only repeats the article's own words for effect."""

    content: Blocks
    attribution: Inlines = ()
    pull: bool = False
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, content: BlockLike, attribution: InlineLike = (), pull: bool = False, id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)
        _tuple_of_text(self.attribution, "attribution", self, _inlines)


class Verse(Node, frozen=True, tag="verse"):
    """Lines that stay lines: a poem, an address."""

    lines: tuple[Inlines, ...]
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, lines: Iterable[InlineLike], id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        force_setattr(self, "lines", tuple(_inlines(x) for x in self.lines))


class Figure(Node, frozen=True, tag="figure"):
    """One or more pictures with a caption and the credit of who made them."""

    pictures: tuple[Image, ...]
    caption: Inlines = ()
    credit: Inlines = ()
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, pictures: Image | Iterable[Image], caption: InlineLike = (), credit: InlineLike = (), id: str = "",
                     line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        if type(self.pictures) is not tuple:
            force_setattr(self, "pictures", (self.pictures,) if isinstance(self.pictures, Image) else tuple(self.pictures))
        _tuple_of_text(self.caption, "caption", self, _inlines)
        _tuple_of_text(self.credit, "credit", self, _inlines)


class Column(Node, frozen=True, tag="column"):
    """One column of a table."""

    align: Align = ""


class Cell(Node, frozen=True, tag="cell"):
    """One cell; ``header`` marks a row header (cells of the head are headers anyway)."""

    content: Blocks = ()
    header: bool = False
    colspan: int = 1
    rowspan: int = 1

    if TYPE_CHECKING:
        def __init__(self, content: BlockLike = (), header: bool = False, colspan: int = 1, rowspan: int = 1) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)


class Row(Node, frozen=True, tag="row"):
    """One row of cells."""

    cells: tuple[Cell, ...]

    if TYPE_CHECKING:
        def __init__(self, cells: Iterable[Cell | str]) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.cells, "cells", self, lambda v: tuple(Cell(c) if isinstance(c, str) else c for c in v))


class Table(Node, frozen=True, tag="table"):
    """A table: columns with their alignment; rows of the head, the body and the foot."""

    columns: tuple[Column, ...]
    head: tuple[Row, ...] = ()
    body: tuple[Row, ...] = ()
    foot: tuple[Row, ...] = ()
    caption: Inlines = ()
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, columns: Iterable[Column], head: Iterable[Row] = (), body: Iterable[Row] = (), foot: Iterable[Row] = (),
                     caption: InlineLike = (), id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        for name in ("columns", "head", "body", "foot"):
            _tuple_of_text(getattr(self, name), name, self, tuple)
        _tuple_of_text(self.caption, "caption", self, _inlines)


class Aside(Node, frozen=True, tag="aside"):
    """Text beside the main text. ``kind`` is note, tip, important, warning, caution or a word of the author's."""

    content: Blocks
    kind: str = "note"
    title: Inlines = ()
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, content: BlockLike, kind: str = "note", title: InlineLike = (), id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)
        _tuple_of_text(self.title, "title", self, _inlines)


class MathBlock(Node, frozen=True, tag="math-block"):
    """A formula on a line of its own; fields as `Math`."""

    tex: str
    mathml: str = ""
    id: str = ""
    line: int = 0


class Embed(Node, frozen=True, tag="embed"):
    """Something that lives elsewhere: a video, a post, a map. Outputs show a link, with the thumbnail where there is one."""

    url: str
    title: str = ""
    thumbnail: Image | None = None
    id: str = ""
    line: int = 0


class Passage(Node, frozen=True, tag="passage"):
    """Blocks in another language (BCP 47) or direction."""

    content: Blocks
    language: str = ""
    direction: Direction = ""
    id: str = ""
    line: int = 0

    if TYPE_CHECKING:
        def __init__(self, content: BlockLike, language: str = "", direction: Direction = "", id: str = "", line: int = 0) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)


class Rule(Node, frozen=True, tag="rule"):
    """A break in the thought, shown as a line or an ornament."""

    id: str = ""
    line: int = 0


Inline: TypeAlias = (Text | Emphasis | Strong | Strikethrough | Highlight | SmallCaps | Subscript | Superscript | Code | Link | Image
                     | LineBreak | Note | Math | Span | Abbreviation | Reference)
Block: TypeAlias = (Paragraph | Heading | List | DefinitionList | CodeBlock | Quote | Verse | Figure | Table | Aside | MathBlock | Embed
                    | Passage | Rule)


# --- Metadata -----------------------------------------------------------------------------------------------------------------------

class Person(Node, frozen=True, tag="person"):
    """Somebody who had a part in the article. ``role`` is a word such as author, editor, translator, illustrator.

    ``sort`` is the name as lists of names have it, such as "Lovelace, Ada"; '' where it is not said.
    """

    name: str
    email: str = ""
    url: str = ""
    orcid: str = ""
    role: str = "author"
    sort: str = ""


class Series(Node, frozen=True, tag="series"):
    """A series and the article's place in it (0: not said)."""

    name: str
    position: int = 0


class Enclosure(Node, frozen=True, tag="enclosure"):
    """A file that goes with the article in feeds: address, media type and length in bytes."""

    url: str
    media_type: str = ""
    length: int = 0

    @property
    def label(self) -> str:
        """What a reader is told of it: the file's name, and its size where that is known."""
        name = unquote(urlsplit(self.url).path.rstrip("/").rpartition("/")[2]) or self.url
        units = ((1e9, 1, "GB"), (1e6, 1, "MB"), (1e3, 0, "kB"), (1, 0, "B"))
        size = next((f"{self.length / unit:.{digits}f}\u00a0{sign}" for unit, digits, sign in units if self.length >= unit), "")
        return f"{name} ({size})" if self.length > 0 else name


class Correction(Node, frozen=True, tag="correction"):
    """What was put right after publication, and when."""

    date: datetime
    content: Inlines

    if TYPE_CHECKING:
        def __init__(self, date: datetime, content: InlineLike) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _inlines)


class Meta(Node, frozen=True, tag="meta", kw_only=True):
    """What is known about an article. ``language`` is BCP 47; ``id`` an IRI; ``extra`` keeps unknown keys.

    ``image`` is the lead picture, which every format shows; ``book_cover`` a finished cover for formats that are books.

    Dates are aware once the publication has completed them; from a reader they may name no zone.
    """

    title: Inlines = ()
    subtitle: Inlines = ()
    slug: str = ""
    authors: tuple[Person, ...] = ()
    language: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    id: str = ""
    url: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    section: str = ""
    series: Series | None = None
    publisher: str = ""
    rights: str = ""
    license: str = ""
    image: Figure | None = None
    book_cover: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    source: str = ""
    corrections: tuple[Correction, ...] = ()
    draft: bool = False
    extra: dict[str, Any] = {}

    if TYPE_CHECKING:
        def __init__(self, *, title: InlineLike = (), subtitle: InlineLike = (), slug: str = "", authors: Iterable[Person | str] = (),
                     language: str = "", published: datetime | None = None, updated: datetime | None = None, id: str = "",
                     url: str = "", summary: str = "", tags: Iterable[str] = (), section: str = "", series: Series | None = None,
                     publisher: str = "", rights: str = "", license: str = "", image: Figure | None = None, book_cover: Image | None = None,
                     enclosures: Iterable[Enclosure] = (), source: str = "", corrections: Iterable[Correction] = (),
                     draft: bool = False, extra: dict[str, Any] = ...) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.title, "title", self, _inlines)
        _tuple_of_text(self.subtitle, "subtitle", self, _inlines)
        if type(self.authors) is not tuple or any(isinstance(a, str) for a in self.authors):
            given: Any = (self.authors,) if isinstance(self.authors, (str, Person)) else self.authors
            force_setattr(self, "authors", tuple(Person(a) if isinstance(a, str) else a for a in given))
        for name in ("tags", "enclosures", "corrections"):
            if type(getattr(self, name)) is not tuple:
                force_setattr(self, name, tuple(getattr(self, name)))

    @property
    def is_dated(self) -> bool:
        """Whether there is a date of publication, other than `UNDATED`."""
        return self.published is not None and self.published != UNDATED

    @property
    def title_text(self) -> str:
        """The title without markup, on one line."""
        return _one_line(self.title)

    @property
    def subtitle_text(self) -> str:
        """The deck without markup, on one line."""
        return _one_line(self.subtitle)


class Asset(Node, frozen=True, tag="asset"):
    """A loaded picture: a name unique in the article, media type, bytes, and size in pixels (0 where it has none)."""

    name: str
    media_type: str
    data: bytes
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


class Article(Node, frozen=True, tag="article"):
    """One article: metadata, blocks and the pictures that were loaded for it."""

    meta: Meta
    content: Blocks = ()
    assets: tuple[Asset, ...] = ()

    if TYPE_CHECKING:
        def __init__(self, meta: Meta, content: BlockLike = (), assets: Iterable[Asset] = ()) -> None: ...

    def __post_init__(self) -> None:
        _tuple_of_text(self.content, "content", self, _blocks)
        if type(self.assets) is not tuple:
            force_setattr(self, "assets", tuple(self.assets))


class Volume(Node, frozen=True, tag="volume"):
    """Articles bound together; an article alone is a volume of one chapter."""

    meta: Meta
    chapters: tuple[Article, ...]


class Media(Node, frozen=True, tag="media", kw_only=True):
    """A picture on the network: address, media type, size in pixels (0: not known), alternative text."""

    url: str
    media_type: str = ""
    width: int = 0
    height: int = 0
    alt: str = ""


class Entry(Node, frozen=True, tag="entry", kw_only=True):
    """All that a feed ever sees of an article. ``content`` is XHTML with absolute addresses, '' where the summary is all; ``hash`` is
    `content_hash`."""

    id: str
    title: str
    slug: str
    url: str = ""
    summary: str = ""
    content: str = ""
    text: str = ""
    authors: tuple[Person, ...] = ()
    published: datetime
    updated: datetime
    language: str = ""
    tags: tuple[str, ...] = ()
    section: str = ""
    series: Series | None = None
    rights: str = ""
    license: str = ""
    source: str = ""
    image: Media | None = None
    enclosures: tuple[Enclosure, ...] = ()
    hash: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether there is a date of publication, other than `UNDATED`."""
        return self.published != UNDATED


class FeedMeta(Node, frozen=True, tag="feed-meta", kw_only=True):
    """What a feed document says of itself. ``url`` is the site's, ``feed_url`` the folder that the names of feed files lead from.

    ``name`` is that of its file ('': the format's own), ``current``, ``previous`` and ``next`` those of the newest document, and of the
    archives of older and newer entries (RFC 5005, section 4); ``role`` says what the document is. ``hubs`` are those of WebSub.
    """

    title: str
    url: str = ""
    feed_url: str = ""
    id: str = ""
    description: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    rights: str = ""
    license: str = ""
    logo: str = ""
    icon: str = ""
    hubs: tuple[str, ...] = ()
    name: str = ""
    role: Literal["", "archive", "complete"] = ""
    current: str = ""
    previous: str = ""
    next: str = ""


class Feed(Node, frozen=True, tag="feed"):
    """Entries, newest first, and what the feed says of itself."""

    meta: FeedMeta
    entries: tuple[Entry, ...] = ()


# --- Walking ------------------------------------------------------------------------------------------------------------------------

N = TypeVar("N", bound=Node)


@cache
def _fields_with_nodes(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node in which nodes may stand: all but those of plain values."""
    plain = ("str", "int", "bool", "float", "bytes", "dict", "datetime")
    hints = {name: hint for one in reversed(kind.__mro__) for name, hint in vars(one).get("__annotations__", {}).items()}
    return tuple(name for name in kind.__struct_fields__ if not str(hints.get(name, "")).startswith(plain))


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif type(value) is tuple:
        for v in value:
            yield from _nodes_in(v)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in reading order of its fields."""
    for name in _fields_with_nodes(type(node)):
        value = getattr(node, name)
        if type(value) is not tuple:
            yield from _nodes_in(value)
            continue
        for item in value:
            if isinstance(item, Node):
                yield item
            else:
                yield from _nodes_in(item)


def walk(node: Node | Iterable[Node]) -> Iterator[Node]:
    """The node (or nodes) and everything inside, each before its children."""
    stack: list[Node] = [node] if isinstance(node, Node) else list(node)[::-1]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(list(children(current))[::-1])


Change: TypeAlias = Callable[[Node], Node | Iterable[Node] | None]


def rewrite(node: N, change: Change) -> N:
    """A copy of ``node`` in which ``change`` was applied to everything inside it, innermost first; ``node`` itself stays.

    ``change`` gives back the node to put in place: the same, another, several (only where several may stand) or None for nothing.
    """
    changed: dict[str, Any] = {}
    for name in _fields_with_nodes(type(node)):
        value = getattr(node, name)
        if isinstance(value, (Node, tuple)) and (new := _rewritten(value, change)) is not value:
            changed[name] = new
    return msgspec.structs.replace(node, **changed) if changed else node


def _rewritten(value: Any, change: Change) -> Any:
    if isinstance(value, Node):
        new = change(rewrite(value, change))
        if new is None or isinstance(new, Node):
            return new
        nodes = tuple(new)
        if len(nodes) > 1:
            raise ValueError(f"{type(value).__name__} stands alone here and cannot become {len(nodes)} nodes")
        return nodes[0] if nodes else None
    if type(value) is not tuple or not value:
        return value
    out: list[Any] = []
    same = True
    for item in value:
        if not isinstance(item, Node):
            made: Any = _rewritten(item, change)
        else:
            made = change(rewrite(item, change) if _fields_with_nodes(type(item)) else item)
            if not isinstance(made, Node):
                same = False
                out.extend(made or ())
                continue
        same = same and made is item
        out.append(made)
    return value if same else tuple(out)


# --- Text, equality, JSON -----------------------------------------------------------------------------------------------------------

def plain_text(node: Block | Inline | Iterable[Block | Inline], notes: bool = True) -> str:
    """The words of blocks or inlines without markup: blocks end in a line feed, notes follow in brackets unless ``notes`` is False."""
    if not isinstance(node, Node):
        return "".join(plain_text(n, notes) for n in node)
    match node:
        case Text(text) | Code(text):
            return text
        case (Emphasis() | Strong() | Strikethrough() | Highlight() | SmallCaps() | Subscript() | Superscript() | Link() | Span()
              | Abbreviation() | Reference()):
            return plain_text(node.content, notes)
        case Image():
            return node.alt
        case LineBreak():
            return "\n"
        case Note(content):
            return f" [{plain_text(content, notes).strip()}]" if notes else ""
        case Math(tex):
            return tex
        case Paragraph() | Heading():
            return plain_text(node.content, notes) + "\n"
        case List(items):
            return "".join(plain_text(item.content, notes) for item in items)
        case DefinitionList(items):
            return "".join("".join(plain_text(t, notes) + "\n" for t in d.terms) + "".join(plain_text(x, notes) for x in d.definitions)
                           for d in items)
        case CodeBlock(text):
            return text + "\n"
        case Quote():
            return plain_text(node.content, notes) + (plain_text(node.attribution, notes) + "\n" if node.attribution else "")
        case Verse(lines):
            return "".join(plain_text(x, notes) + "\n" for x in lines)
        case Figure():
            return "".join(plain_text(x, notes) + "\n" for x in (node.caption, node.credit) if x)
        case Table():
            rows = (*node.head, *node.body, *node.foot)
            cells = "".join("\t".join(plain_text(c.content, notes).strip() for c in row.cells) + "\n" for row in rows)
            return (plain_text(node.caption, notes) + "\n" if node.caption else "") + cells
        case Aside():
            return (plain_text(node.title, notes) + "\n" if node.title else "") + plain_text(node.content, notes)
        case MathBlock(tex):
            return tex + "\n"
        case Embed():
            return (node.title or node.url) + "\n"
        case Passage():
            return plain_text(node.content, notes)
        case Rule():
            return "\n"
        case _:
            assert_never(node)


def _one_line(inlines: Inlines) -> str:
    return " ".join(plain_text(inlines, notes=False).split())


def content(article: Article) -> Article:
    """The article without what is not content: the ``line`` of every block."""
    def clean(node: Node) -> Node:
        return msgspec.structs.replace(node, line=0) if getattr(node, "line", 0) else node
    return rewrite(article, clean)


def content_hash(article: Article) -> str:
    """The SHA-256, in hexadecimal, of the canonical JSON of `content`."""
    return hashlib.sha256(encode(content(article))).hexdigest()


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    article: Article
    format: Literal["pubkit-article"] = "pubkit-article"
    version: int = VERSION


_encoder = msgspec.json.Encoder(order="sorted")


def encode(article: Article, indent: int = 0) -> bytes:
    """The canonical JSON of an article (UTF-8, keys sorted; ``indent`` spaces a level, 0 for one line)."""
    data = _encoder.encode(_File(article))
    return msgspec.json.format(data, indent=indent) if indent else data


def decode(data: bytes | str) -> Article:
    """The article of a canonical JSON. Raises `msgspec.DecodeError` or `msgspec.ValidationError` (with the path of the fault)."""
    file = msgspec.json.decode(data, type=_File)
    if file.version > VERSION:
        raise msgspec.ValidationError(f"the file has version {file.version}, this pubkit reads up to {VERSION}: update pubkit")
    return file.article


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the canonical JSON."""
    schema = msgspec.json.schema(_File)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "pubkit article", **schema}
