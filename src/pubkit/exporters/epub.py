"""A volume goes in; an EPUB 3.3 comes out: cover, title page, one document a chapter with pop-up notes, and contents in both forms.

The XHTML is ours and finished; ebooklib describes it. The zip is written here, so that its bytes depend on the content alone and nothing
is held twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args
from urllib.parse import urldefrag, urljoin, urlsplit

import msgspec
from msgspec import Struct

from pubkit import words
from pubkit.css import font_face, sheet, subset
from pubkit.css.faces import faces
from pubkit.diagnostics import Diagnostic, ExportError, diagnostic
from pubkit.exporters import cover, navigation
from pubkit.exporters.accessibility import STANDARD, Claim, Claims, claims
from pubkit.exporters.base import File, Output
from pubkit.exporters.navigation import Landmark, Line
from pubkit.exporters.package import Part, package
from pubkit.model import (
    Article,
    Asset,
    Figure,
    Image,
    Link,
    Meta,
    Node,
    Reference,
    Table,
    Volume,
    rewrite,
    walk,
)
from pubkit.normalize import SCHEMES
from pubkit.readers import epub as reader
from pubkit.theme import Face, Theme
from pubkit.xhtml import Dialect, Renderer, attr, escape
from pubkit.zipfiles import pack

__all__ = ["Options", "export"]

MEDIA_TYPE = "application/epub+zip"
XHTML = "application/xhtml+xml"
PACKED = ("image/jpeg", "image/png", "image/gif", "image/webp", "font/woff2")  # a zip makes them no smaller
LEAST_COVER = 625  # pixels
LEAST_CONTENTS = 4  # lines that are worth a page of their own


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be chosen of a book.

    ``fonts``: whether the theme's fonts go along with the signs that the text needs ("subset"), whole ("embed"), or not ("none").
    ``cover``: the article's own cover, else one that is drawn ("auto"), the lead picture as it is ("picture"), or none ("none").
    ``contents_depth``: how many levels of headings stand in the contents.
    ``source``: whether the article itself goes along, as canonical JSON, so that the book can be read again.
    ``claims``: what the book has to be able to claim of its accessibility, joined by commas; one that it cannot claim is an error.
    ``certified_by``: who says that the book conforms to EPUB Accessibility, where it does.
    """

    fonts: Literal["subset", "embed", "none"] = "subset"
    cover: Literal["auto", "picture", "none"] = "auto"
    contents_depth: Annotated[int, msgspec.Meta(ge=0, le=5)] = 5
    source: bool = False
    claims: str | tuple[str, ...] = ()
    certified_by: str = "pubkit"

    def __post_init__(self) -> None:
        for name in self.wanted:
            if name not in get_args(Claim):
                raise ValueError(f"there is no claim {name!r}; known are {', '.join(get_args(Claim))}")

    @property
    def wanted(self) -> tuple[Claim, ...]:
        """The names of ``claims``."""
        names = self.claims.split(",") if isinstance(self.claims, str) else self.claims
        return tuple(cast("Claim", name.strip()) for name in names if name.strip())


class _Document(Struct):
    """One XHTML document: file name, title, markup of its body, and what it is in a book (epub:type and ARIA role)."""

    name: str
    title: str
    language: str
    body: str
    kind: str
    role: str = ""


def export(work: Volume, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 (frozen)
    """``<slug>.epub`` of a volume.

    Raises `ExportError` if the volume has no chapter, cannot bear a claim that is asked for, or ebooklib cannot describe it.
    """
    if not work.chapters:
        raise ExportError("the volume has no chapter", hint="An EPUB needs at least one article")
    borne = claims(work, theme)
    for claim in options.wanted:
        if reason := borne.lacks(claim):
            raise ExportError(f"the book cannot claim {claim}: {reason}", hint="Mend the article, or take the claim out of epub.claims")
    book = _Book(work, theme, options)
    if borne.against:
        book.found.append(diagnostic("claim-withheld", f"the EPUB does not claim {STANDARD}: {'; '.join(borne.against)}"))
    data = book.packed(borne)
    standards = ("EPUB 3.3", STANDARD) if borne.conforms and options.certified_by else ("EPUB 3.3",)
    return Output((File(f"{work.meta.slug}.epub", MEDIA_TYPE, data),), tuple(dict.fromkeys(book.found)), standards)


class _Book:
    """The parts of one EPUB, gathered while its chapters are rendered."""

    def __init__(self, work: Volume, theme: Theme, options: Options) -> None:
        self.work, self.theme, self.options = work, theme, options
        self.meta = work.meta
        self.chapters = tuple(map(_anchored, work.chapters))
        self.found: list[Diagnostic] = []
        self.pictures: dict[str, tuple[str, Asset]] = {}
        self.digests: dict[int, str] = {}
        self.names: set[str] = set()
        self.lone = len(work.chapters) == 1 and work.chapters[0].meta.title == work.meta.title
        self.about = (self.meta, work.chapters[0].meta) if self.lone else (self.meta,)
        self.places = dict(self._places())
        self.cover: Asset | None = None
        self.documents = [*self._cover(), *(self._lone() if self.lone else self._bound())]
        self.lines = self._contents()

    # -- Documents -------------------------------------------------------------------------------------------------------------------

    def _lone(self) -> list[_Document]:
        """One article: its head is the title page, its body a document of its own."""
        article = _across(self.chapters[0], "title.xhtml", "chapter-1.xhtml")
        renderer = self._renderer(article)
        head = self._title_page(renderer, article.meta, "")
        renderer.numbers.clear()  # a note's body has to lie in the document that calls it
        return [head, self._chapter(renderer, article, "chapter-1.xhtml", head=False)]

    def _bound(self) -> list[_Document]:
        """Articles bound together: a title page of the volume, and each article with its own head."""
        assets = tuple({self._digest(a): a for c in self.chapters for a in c.assets}.values())
        renderer = self._renderer(Article(self.meta, (), assets))
        documents = [self._title_page(renderer, self.meta, renderer.end_matter())]
        for number, article in enumerate(self.chapters, 1):
            documents.append(self._chapter(self._renderer(article), article, f"chapter-{number}.xhtml", head=True))
        return documents

    def _title_page(self, renderer: Renderer, meta: Meta, end: str) -> _Document:
        head = renderer.title_block()
        publisher = f'<p class="pk-publisher">{escape(meta.publisher)}</p>\n' if meta.publisher else ""
        body = head + publisher + renderer.render(()).notes + end
        return _Document("title.xhtml", _title(meta), meta.language, body, "titlepage")

    def _chapter(self, renderer: Renderer, article: Article, name: str, head: bool) -> _Document:
        title = renderer.title_block() if head else ""
        rendered = renderer.render(article.content)
        end = renderer.end_matter()
        body = f'{title}<div class="pk-body">\n{rendered.body}</div>\n{rendered.notes}{end}{renderer.render(()).notes}'
        return _Document(name, _title(article.meta), article.meta.language, body, "chapter", "doc-chapter")

    def _renderer(self, article: Article) -> Renderer:
        base = article.meta.url or self.meta.url
        language = article.meta.language
        dialect = Dialect(language, notes="popup", xml=True, epub=True, sections=True, undescribed=words.word("undescribed", language),
                          href=lambda url: self._href(url, base), src=self._src)
        return Renderer(article, dialect)

    # -- Addresses -------------------------------------------------------------------------------------------------------------------

    def _places(self) -> Iterator[tuple[str, tuple[str, frozenset[str]]]]:
        """Where the articles of the book stand, by the addresses they are published at, and the ids in each."""
        for number, article in enumerate(self.chapters, 1):
            if article.meta.url:
                ids = frozenset(getattr(n, "id", "") for n in walk(article.content)) - {""}
                yield article.meta.url, ("title.xhtml" if self.lone else f"chapter-{number}.xhtml", ids)

    def _href(self, url: str, base: str) -> str:
        if url.startswith(_INSIDE):
            return url.removeprefix(_INSIDE)
        if not urlsplit(url).scheme and not base:
            self.found.append(diagnostic("link-relative", f"the link to {url[:80]!r} leads nowhere from inside a book: its words stay; "
                                                          "give the article a url"))
            return ""
        whole = urljoin(base, url) if base else url
        if urlsplit(whole).scheme not in SCHEMES:
            return ""
        address, fragment = urldefrag(whole)
        if address not in self.places:
            return whole
        document, ids = self.places[address]
        if fragment not in ids:
            if fragment:
                self.found.append(diagnostic("link-broken", f"{address!r} has no block with the id {fragment!r}; the link leads to "
                                                            "its top"))
            return document
        return f"chapter-1.xhtml#{fragment}" if self.lone else f"{document}#{fragment}"

    def _src(self, asset: Asset) -> str:
        digest = self._digest(asset)
        if digest not in self.pictures:
            name = re.sub(r"[^A-Za-z0-9._-]+", "-", asset.name).strip("-.") or "picture"
            if name.lower() in self.names:
                name = f"{digest[:12]}-{name}"
            self.names.add(name.lower())
            self.pictures[digest] = (name, asset)
        return f"images/{self.pictures[digest][0]}"

    def _digest(self, asset: Asset) -> str:
        """The SHA-256 of a picture, made once."""
        if id(asset) not in self.digests:
            self.digests[id(asset)] = asset.sha256
        return self.digests[id(asset)]

    # -- The cover -------------------------------------------------------------------------------------------------------------------

    def _cover(self) -> Iterator[_Document]:
        """The page of the cover: the one that the article brings along, or one that is drawn from its lead picture and title."""
        if self.options.cover == "none":
            return
        lead, shown = self._lead()
        own = next((meta.book_cover for meta in self.about if meta.book_cover), None)
        alt = ""
        if own and (asset := self._asset(own)):
            self.cover, alt = asset, own.alt
            if asset.width and asset.width < LEAST_COVER:
                self.found.append(diagnostic("export-note", f"the cover {own.src!r} is {asset.width} pixels wide, and shops want 1,600, "
                                                            f"at least {LEAST_COVER}"))
        elif self.options.cover == "picture":
            self.cover = shown
        else:
            self.cover, pictured, found = cover.draw(self.meta, shown, self.theme)
            self.found += found
            lead = lead if pictured else None
        if not self.cover:
            return
        alt = alt or cover.alt(self.meta, lead.alt if lead else "")
        size = f' width="{self.cover.width}" height="{self.cover.height}"' if self.cover.width and self.cover.height else ""
        where = attr("src", self._src(self.cover)) + attr("alt", alt)
        body = f'<img epub:type="cover" role="doc-cover" class="pk-cover-image"{where}{size}/>\n'
        yield _Document("cover.xhtml", words.word("cover", self.meta.language), self.meta.language, body, "cover")

    def _lead(self) -> tuple[Image | None, Asset | None]:
        """The first lead picture that was loaded."""
        for meta in self.about:
            for picture in meta.image.pictures if meta.image else ():
                if asset := self._asset(picture):
                    return picture, asset
        return None, None

    def _asset(self, picture: Image) -> Asset | None:
        return next((a for c in self.chapters for a in c.assets if a.name == picture.asset), None) if picture.asset else None

    # -- Contents --------------------------------------------------------------------------------------------------------------------

    def _contents(self) -> tuple[Line, ...]:
        depth = self.options.contents_depth
        if self.lone:
            return (Line(_title(self.meta), "title.xhtml", "", navigation.contents(self.chapters[0], "chapter-1.xhtml", depth)),)
        lines = [Line(_title(self.meta), "title.xhtml")]
        for article, document in self._bodies():
            below = navigation.contents(article, document.name, depth, self._other(article))
            lines.append(Line(document.title, document.name, self._other(article), below))
        return tuple(lines)

    def _other(self, article: Article) -> str:
        """The language of an article where it is not that of the book."""
        return article.meta.language if article.meta.language != self.meta.language else ""

    def _bodies(self) -> Iterable[tuple[Article, _Document]]:
        return zip(self.chapters, (d for d in self.documents if d.kind == "chapter"), strict=True)

    @property
    def has_page_of_contents(self) -> bool:
        """Whether the contents are worth a page of their own."""
        return sum(1 + len(line.below) for line in self.lines) >= LEAST_CONTENTS

    def _navigation(self) -> _Document:
        language = self.meta.language
        title = words.word("contents", language)
        first = next(d for d in self.documents if d.kind == "chapter")
        marks = [Landmark("cover", "cover.xhtml", words.word("cover", language))] if self.cover else []
        marks.append(Landmark("titlepage", "title.xhtml", _title(self.meta)))
        marks += [Landmark("toc", "nav.xhtml", title)] if self.has_page_of_contents else []
        marks.append(Landmark("bodymatter", first.name, first.title))
        lists = [("loi", "figures", [line for a, d in self._bodies() for line in navigation.figures(a, d.name, self._other(a))]),
                 ("lot", "tables", [line for a, d in self._bodies() for line in navigation.tables(a, d.name, self._other(a))])]
        return _Document("nav.xhtml", title, language, navigation.markup(language, self.lines, marks, lists), "")

    # -- The package -----------------------------------------------------------------------------------------------------------------

    def packed(self, borne: Claims) -> bytes:
        """The finished book. The mimetype comes first and is not compressed (OCF, 4.2)."""
        parts = list(self._parts())
        described = package(self.work, parts, self.lines, borne, self.options.certified_by if borne.conforms else "", _title(self.meta))
        files = [("mimetype", MEDIA_TYPE.encode()), *described.items(), *((f"{reader.FOLDER}/{part.name}", part.data) for part in parts)]
        stored = {f"{reader.FOLDER}/{part.name}" for part in parts if part.media_type in PACKED}
        return pack(files, stored=frozenset(("mimetype", *stored)))

    def _parts(self) -> Iterator[Part]:
        nav = self._navigation()
        documents = [_part(d, f"document-{d.name.partition('.')[0]}") for d in self.documents]
        contents = Part("nav", nav.name, XHTML, _page(nav), ("nav",), self.has_page_of_contents)
        yield from documents[:-len(self.chapters)]
        yield contents
        yield from documents[-len(self.chapters):]
        yield from self._style([d.body for d in (*self.documents, nav)])
        shown = self._digest(self.cover) if self.cover else ""
        for number, (digest, (name, asset)) in enumerate(self.pictures.items(), 1):
            is_cover = digest == shown
            yield Part(f"picture-{number}", f"images/{name}", asset.media_type, asset.data, ("cover-image",) * is_cover)
        if self.options.source:
            yield Part("source", reader.FILE, "application/json", reader.encode(self.work, self._shown()))

    def _shown(self) -> list[dict[str, str]]:
        """By chapter, which of its pictures are in the book, and where."""
        return [{a.name: self._src(a) for a in c.assets if self._digest(a) in self.pictures} for c in self.work.chapters]

    def _style(self, bodies: Sequence[str]) -> Iterator[Part]:
        """The style sheet, the fonts that it names, and their licences."""
        css = sheet("book", self.theme, "rem")
        fonts = self._fonts(bodies, css)
        names = {face: f"fonts/{Path(face.path).name.partition('.')[0]}{font.suffix}" for face, font in fonts.items()}
        rules = "".join(font_face(face, names[face], font.format) for face, font in fonts.items())
        yield Part("style", "book.css", "text/css", (rules + css).encode())
        for number, (face, font) in enumerate(fonts.items(), 1):
            yield Part(f"font-{number}", names[face], font.media_type, font.data)
        for number, folder in enumerate(dict.fromkeys(Path(face.path).parent for face in fonts), 1):
            if text := next(iter(sorted(folder.glob("OFL*"))), None):
                yield Part(f"licence-{number}", f"fonts/{folder.name}-OFL.txt", "text/plain", text.read_bytes())

    def _fonts(self, bodies: Sequence[str], css: str) -> dict[Face, subset.Font]:
        articles = (Article(self.meta), *self.work.chapters)
        match self.options.fonts:
            case "subset":
                return subset.fonts(self.theme, articles, bodies, css)
            case "embed":
                return {face: subset.Font(Path(face.path).read_bytes(), ".woff2", "font/woff2", "woff2")
                        for face in faces(self.theme, articles)}
            case "none":
                return {}


# --- Small parts --------------------------------------------------------------------------------------------------------------------

_INSIDE = "\ue000"  # stands before the address of another document of the book; no source can write it into a normalized address


def _anchored(article: Article) -> Article:
    """The article with an id on every figure and table, so that lists can lead to them."""
    taken = {getattr(n, "id", "") for n in walk(article)}
    counts = {Figure: 0, Table: 0}

    def change(node: Node) -> Node:
        if not isinstance(node, (Figure, Table)) or node.id:
            return node
        kind = type(node)
        while True:
            counts[kind] += 1
            if (name := f"{kind.__name__.lower()}-{counts[kind]}") not in taken:
                return msgspec.structs.replace(node, id=name)

    return msgspec.structs.replace(article, content=rewrite(Article(Meta(), article.content), change).content)


def _across(article: Article, head: str, body: str) -> Article:
    """The article with references that lead from its head to its body, or back, made links between the two documents."""
    there = {getattr(n, "id", "") for n in walk(article.meta) if not isinstance(n, Meta)} - {""}

    def to(document: str, ids: set[str], inside: bool) -> Any:
        def change(node: Node) -> Node:
            if isinstance(node, Reference) and (node.target in ids) == inside:
                return Link(node.content, f"{_INSIDE}{document}#{node.target}")
            return node
        return change

    meta = rewrite(article.meta, to(body, there, False))
    content = rewrite(Article(Meta(), article.content), to(head, there, True)).content
    return Article(meta, content, article.assets)


def _title(meta: Meta) -> str:
    return meta.title_text or words.word("untitled", meta.language)


def _part(document: _Document, name: str) -> Part:
    return Part(name, document.name, XHTML, _page(document), _properties(document.body), True)


def _page(document: _Document) -> bytes:
    language = document.language
    direction = ' dir="rtl"' if words.direction(language) == "rtl" else ""
    body = document.body
    if document.kind in ("titlepage", "chapter"):
        body = f'<section epub:type="{document.kind}"{attr("role", document.role)}{attr("aria-label", document.title)}>\n{body}</section>\n'
    kind = "bodymatter" if document.kind == "chapter" else "frontmatter"
    return ('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
            f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{attr("lang", language)}'
            f'{attr("xml:lang", language)}{direction}>\n<head>\n<meta charset="utf-8"/>\n<title>{escape(document.title)}</title>\n'
            '<link rel="stylesheet" type="text/css" href="book.css"/>\n</head>\n'
            f'<body class="pk-{document.kind or "nav"}" epub:type="{kind}">\n{body}</body>\n</html>\n').encode()


def _properties(body: str) -> tuple[str, ...]:
    """What the package document has to say of a document (EPUB 3.3, section D.7). Text cannot be taken for markup: it is escaped."""
    marks: Sequence[tuple[str, str]] = (("mathml", "<math"), ("svg", "<svg"), ("remote-resources", '<img src="http'))
    return tuple(name for name, mark in marks if mark in body)
