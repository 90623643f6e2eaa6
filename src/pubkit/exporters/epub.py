"""A volume goes in; an EPUB 3.3 comes out: a title page, one document a chapter with pop-up notes, and contents in both forms.

The XHTML is ours and finished; ebooklib packs it. What ebooklib cannot say is put right in the package document, and the zip is written
again so that its bytes depend on the content alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from pubkit import words
from pubkit.css import font_face, sheet
from pubkit.css.faces import faces
from pubkit.diagnostics import Diagnostic, ExportError, diagnostic
from pubkit.exporters.base import File, Output
from pubkit.model import (
    Article,
    Asset,
    Image,
    Inline,
    Link,
    Math,
    MathBlock,
    Meta,
    Node,
    Person,
    Reference,
    Volume,
    plain_text,
    rewrite,
    walk,
)
from pubkit.normalize import SCHEMES
from pubkit.theme import Theme
from pubkit.xhtml import Dialect, Outline, Renderer, attr, escape, outline
from pubkit.zipfiles import pack, unpack

__all__ = ["Options", "export"]

MEDIA_TYPE = "application/epub+zip"
FOLDER = "OEBPS"
# MARC relators, as EPUB 3.3 (D.3.11) recommends them for roles.
RELATORS = {"author": "aut", "editor": "edt", "translator": "trl", "illustrator": "ill", "photographer": "pht", "interviewer": "ivr",
            "interviewee": "ive", "contributor": "ctb", "designer": "dsr", "narrator": "nrt", "publisher": "pbl", "researcher": "res"}


class Options(Struct, frozen=True):
    """``fonts``: whether the theme's fonts go along ("embed"), or the reader's are used ("none")."""

    fonts: Literal["embed", "none"] = "embed"


class _Document(Struct):
    """One XHTML document: file name, title, markup of its body, and what it is in a book (epub:type and ARIA role)."""

    name: str
    title: str
    language: str
    body: str
    kind: str
    role: str = ""


class _Line(Struct):
    """One line of the contents."""

    title: str
    href: str
    below: list[_Line]


def export(work: Volume, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 (frozen)
    """``<slug>.epub`` of a volume.

    Raises `ExportError` if the volume has no chapter, or ebooklib cannot pack it.
    """
    if not work.chapters:
        raise ExportError("the volume has no chapter", hint="An EPUB needs at least one article")
    book = _Book(work, theme, options)
    data = _repaired(book.packed(), work.meta)
    return Output((File(f"{work.meta.slug}.epub", MEDIA_TYPE, data),), tuple(dict.fromkeys(book.found)))


class _Book:
    """The parts of one EPUB, gathered while its chapters are rendered."""

    def __init__(self, work: Volume, theme: Theme, options: Options) -> None:
        self.work, self.theme, self.options = work, theme, options
        self.meta = work.meta
        self.found: list[Diagnostic] = []
        self.pictures: dict[str, tuple[str, Asset]] = {}
        self.lone = len(work.chapters) == 1 and work.chapters[0].meta.title == work.meta.title
        self.cover = self._cover()
        self.documents = self._lone() if self.lone else self._bound()
        self.lines = self._contents()

    # -- Documents -------------------------------------------------------------------------------------------------------------------

    def _lone(self) -> list[_Document]:
        """One article: its head is the title page, its body a document of its own."""
        article = _across(self.work.chapters[0], "title.xhtml", "chapter-1.xhtml")
        renderer = self._renderer(article)
        head = self._title_page(renderer, article.meta, "")
        renderer.numbers.clear()  # a note's body has to lie in the document that calls it
        return [head, self._chapter(renderer, article, "chapter-1.xhtml", head=False)]

    def _bound(self) -> list[_Document]:
        """Articles bound together: a title page of the volume, and each article with its own head."""
        assets = tuple({a.sha256: a for c in self.work.chapters for a in c.assets}.values())
        renderer = self._renderer(Article(self.meta, (), assets))
        documents = [self._title_page(renderer, self.meta, renderer.end_matter())]
        for number, article in enumerate(self.work.chapters, 1):
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
        dialect = Dialect(article.meta.language, notes="popup", xml=True, epub=True, href=lambda url: self._href(url, base), src=self._src)
        return Renderer(article, dialect)

    def _href(self, url: str, base: str) -> str:
        if url.startswith(_INSIDE):
            return url.removeprefix(_INSIDE)
        if scheme := urlsplit(url).scheme:
            return url if scheme in SCHEMES else ""
        if base:
            return urljoin(base, url)
        self.found.append(diagnostic("link-relative", f"the link to {url[:80]!r} leads nowhere from inside a book: its words stay; "
                                                      "give the article a url"))
        return ""

    def _src(self, asset: Asset) -> str:
        if asset.sha256 not in self.pictures:
            name = re.sub(r"[^A-Za-z0-9._-]+", "-", asset.name).strip("-.") or "picture"
            if any(name.lower() == taken.lower() for taken, _ in self.pictures.values()):
                name = f"{asset.sha256[:12]}-{name}"
            self.pictures[asset.sha256] = (name, asset)
        return f"images/{self.pictures[asset.sha256][0]}"

    def _cover(self) -> str:
        """The digest of the lead picture, which is the cover."""
        for article in (Article(self.meta), *self.work.chapters)[: 2 if self.lone else 1]:
            known = {a.name: a for c in self.work.chapters for a in c.assets}
            for picture in article.meta.image.pictures if article.meta.image else ():
                if picture.asset in known:
                    self._src(known[picture.asset])
                    return known[picture.asset].sha256
        return ""

    # -- Contents --------------------------------------------------------------------------------------------------------------------

    def _contents(self) -> list[_Line]:
        if self.lone:
            return [_Line(_title(self.meta), "title.xhtml", _lines(outline(self.work.chapters[0].content), "chapter-1.xhtml"))]
        lines = [_Line(_title(self.meta), "title.xhtml", [])]
        for article, document in zip(self.work.chapters, self.documents[1:], strict=True):
            lines.append(_Line(document.title, document.name, _lines(outline(article.content), document.name)))
        return lines

    @property
    def has_page_of_contents(self) -> bool:
        """Whether the contents are worth a page of their own."""
        return sum(1 + len(line.below) for line in self.lines) > 3

    def _navigation(self) -> str:
        language = self.meta.language
        title = escape(words.word("contents", language))
        marks = [("titlepage", "title.xhtml", _title(self.meta)), ("bodymatter", self.documents[1].name, self.documents[1].title)]
        if self.has_page_of_contents:
            marks.insert(1, ("toc", "nav.xhtml", words.word("contents", language)))
        landmarks = "".join(f'<li><a epub:type="{kind}" href="{href}">{escape(text)}</a></li>\n' for kind, href, text in marks)
        return (f'<nav epub:type="toc" role="doc-toc" class="pk-toc" id="toc" aria-labelledby="toc-title">\n'
                f'<h1 class="pk-toc-title" id="toc-title">{title}</h1>\n{_list(self.lines)}</nav>\n'
                f'<nav epub:type="landmarks" hidden="hidden">\n<ol>\n{landmarks}</ol>\n</nav>\n')

    # -- The package -----------------------------------------------------------------------------------------------------------------

    def packed(self) -> bytes:
        """The book as ebooklib writes it."""
        from ebooklib import epub

        book = epub.EpubBook()
        book.FOLDER_NAME = FOLDER
        book.metadata.pop("http://www.idpf.org/2007/opf", None)  # names and numbers ebooklib's version
        self._describe(book)
        spine = []
        for number, document in enumerate(self.documents):
            item = _item(epub, f"document-{number}", document.name, "application/xhtml+xml", _page(document), _properties(document.body))
            book.add_item(item)
            spine.append(item)
        nav = _Document("nav.xhtml", words.word("contents", self.meta.language), self.meta.language, self._navigation(), "")
        item = _item(epub, "nav", nav.name, "application/xhtml+xml", _page(nav), ["nav"])
        book.add_item(item)
        if self.has_page_of_contents:
            spine.insert(1, item)
        book.spine = spine
        for part in self._resources():
            book.add_item(_item(epub, *part))
        book.toc = _toc(epub, self.lines, iter(range(1, 1_000_000)))
        book.add_item(epub.EpubNcx(uid="ncx", file_name="toc.ncx"))
        out = BytesIO()
        options = {"raise_exceptions": True, "epub3_pages": False, "epub3_landmark": False, "epub2_guide": False,
                   "mtime": _modified(self.meta)}
        try:
            epub.write_epub(out, book, options)
        except (OSError, ValueError) as error:
            raise ExportError(f"ebooklib cannot pack the book: {error}") from error
        return out.getvalue()

    def _resources(self) -> Iterator[tuple[str, str, str, bytes, list[str]]]:
        chosen = faces(self.theme, (Article(self.meta), *self.work.chapters)) if self.options.fonts == "embed" else ()
        css = "".join(font_face(face, f"fonts/{Path(face.path).name}") for face in chosen) + sheet("book", self.theme, "rem")
        yield "style", "book.css", "text/css", css.encode(), []
        for number, face in enumerate(chosen, 1):
            yield f"font-{number}", f"fonts/{Path(face.path).name}", "font/woff2", Path(face.path).read_bytes(), []
        for number, folder in enumerate(dict.fromkeys(Path(face.path).parent for face in chosen), 1):
            if text := next(iter(sorted(folder.glob("OFL*"))), None):
                yield f"licence-{number}", f"fonts/{folder.name}-OFL.txt", "text/plain", text.read_bytes(), []
        for number, (name, asset) in enumerate(self.pictures.values(), 1):
            yield f"picture-{number}", f"images/{name}", asset.media_type, asset.data, ["cover-image"] * (asset.sha256 == self.cover)

    def _describe(self, book: Any) -> None:
        meta = self.meta
        book.set_identifier(meta.id)
        book.title = _title(meta)  # of toc.ncx
        book.add_metadata("DC", "title", _title(meta), {"id": "title"})
        _refine(book, "title", "title-type", "main")
        if meta.subtitle_text:
            book.add_metadata("DC", "title", meta.subtitle_text, {"id": "subtitle"})
            _refine(book, "subtitle", "title-type", "subtitle")
        book.set_language(meta.language)
        for number, person in enumerate(self._people(), 1):
            book.add_metadata("DC", "creator" if person.role == "author" else "contributor", person.name, {"id": f"person-{number}"})
            if person.role in RELATORS:
                _refine(book, f"person-{number}", "role", RELATORS[person.role], scheme="marc:relators")
        if meta.published and _known(meta.published):
            book.add_metadata("DC", "date", meta.published.isoformat())
        tags = [t for m in (meta, *(c.meta for c in self.work.chapters)) for t in (*m.tags, m.section) if t]
        singles = (("publisher", meta.publisher), ("description", meta.summary or meta.subtitle_text), ("source", meta.source),
                   ("rights", meta.rights), ("rights", meta.license if meta.license != meta.rights else ""))
        for name, value in (*(("subject", t) for t in dict.fromkeys(tags)), *singles):
            if value:
                book.add_metadata("DC", name, value)
        if meta.series:
            book.add_metadata(None, "meta", meta.series.name, {"property": "belongs-to-collection", "id": "series"})
            _refine(book, "series", "collection-type", "series")
            if meta.series.position:
                _refine(book, "series", "group-position", str(meta.series.position))
        if self.cover:
            book.add_metadata(None, "meta", None, {"name": "cover", "content": self._cover_id()})
        for name, value in _accessibility(self.work):
            book.add_metadata(None, "meta", value, {"property": f"schema:{name}"})
        if words.direction(meta.language) == "rtl":
            book.set_direction("rtl")

    def _people(self) -> Iterable[Person]:
        people = (*self.meta.authors, *(p for c in self.work.chapters for p in c.meta.authors))
        return {(p.name, p.role): p for p in people if p.name}.values()

    def _cover_id(self) -> str:
        return f"picture-{list(self.pictures).index(self.cover) + 1}"


# --- Small parts --------------------------------------------------------------------------------------------------------------------

_INSIDE = "\ue000"  # stands before the address of another document of the book; no source can write it into a normalized address


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


def _known(date: datetime) -> bool:
    """Whether a date is one that the source gave: the default is the first day of 1980."""
    return date.year > 1980


def _modified(meta: Meta) -> datetime:
    date = meta.updated or meta.published or datetime(1980, 1, 1, tzinfo=UTC)
    return date.astimezone(UTC)


def _lines(tree: Sequence[Outline], document: str) -> list[_Line]:
    return [_Line(_label(line.heading.content), f"{document}#{line.heading.id}", _lines(line.below, document)) for line in tree]


def _label(inlines: Iterable[Inline]) -> str:
    return " ".join(plain_text(tuple(inlines), notes=False).split()) or "\u2014"


def _list(lines: Sequence[_Line]) -> str:
    def item(line: _Line) -> str:
        return f'<li><a{attr("href", line.href)}>{escape(line.title)}</a>{_list(line.below) if line.below else ""}</li>\n'

    return f"<ol>\n{''.join(map(item, lines))}</ol>\n"


def _toc(epub: Any, lines: Sequence[_Line], numbers: Iterator[int]) -> list[Any]:
    """The contents as ebooklib wants them for toc.ncx."""
    out: list[Any] = []
    for line in lines:
        link = epub.Link(line.href, line.title, uid=f"line-{next(numbers)}")
        out.append((link, _toc(epub, line.below, numbers)) if line.below else link)
    return out


def _page(document: _Document) -> bytes:
    language = document.language
    direction = ' dir="rtl"' if words.direction(language) == "rtl" else ""
    body = document.body
    if document.kind:
        body = f'<section epub:type="{document.kind}"{attr("role", document.role)}{attr("aria-label", document.title)}>\n{body}</section>\n'
    kind = {"chapter": "bodymatter", "titlepage": "frontmatter"}.get(document.kind, "frontmatter")
    return ('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
            f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{attr("lang", language)}'
            f'{attr("xml:lang", language)}{direction}>\n<head>\n<meta charset="utf-8"/>\n<title>{escape(document.title)}</title>\n'
            '<link rel="stylesheet" type="text/css" href="book.css"/>\n</head>\n'
            f'<body class="pk-{document.kind or "nav"}" epub:type="{kind}">\n{body}</body>\n</html>\n').encode()


def _properties(body: str) -> list[str]:
    """What the package document has to say of a document (EPUB 3.3, section D.7). Text cannot be taken for markup: it is escaped."""
    marks = {"mathml": "<math", "svg": "<svg", "remote-resources": '<img src="http'}
    return [name for name, mark in marks.items() if mark in body]


def _item(epub: Any, uid: str, name: str, media_type: str, data: bytes, properties: list[str]) -> Any:
    item = epub.EpubItem(uid=uid, file_name=name, media_type=media_type, content=data)
    item.properties = properties
    return item


def _refine(book: Any, target: str, name: str, value: str, **more: str) -> None:
    book.add_metadata(None, "meta", value, {"refines": f"#{target}", "property": name, **more})


# --- Accessibility ------------------------------------------------------------------------------------------------------------------

def _accessibility(work: Volume) -> Iterator[tuple[str, str]]:
    """Metadata of accessibility (EPUB Accessibility 1.1), as far as it can be read off the content."""
    pictures = _pictures(work)
    shown = [p for p in pictures if not p.decorative]
    described = all(p.alt for p in shown)
    math = any(isinstance(n, (Math, MathBlock)) and n.mathml for n in walk(work))
    yield "accessMode", "textual"
    if shown:
        yield "accessMode", "visual"
    yield "accessModeSufficient", "textual" if described else "textual,visual"
    features = ["tableOfContents", "structuralNavigation", "displayTransformability"]
    features += ["alternativeText"] * bool(shown and described) + ["MathML"] * math
    for feature in features:
        yield "accessibilityFeature", feature
    yield "accessibilityHazard", "unknown" if _moves(work, pictures) else "none"
    yield "accessibilitySummary", _summary(len(shown), described, math)


def _pictures(work: Volume) -> list[Image]:
    return [n for n in walk(work) if isinstance(n, Image) and n.asset]


def _moves(work: Volume, pictures: Sequence[Image]) -> bool:
    """Whether a picture may move."""
    names = {p.asset for p in pictures}
    assets = [a for c in work.chapters for a in c.assets if a.name in names]
    return any((a.media_type == "image/gif" and a.data.count(b"\x21\xf9\x04") > 1)  # more than one graphic control: more frames
               or (a.media_type == "image/svg+xml" and re.search(rb"<(animate|set\b)|@keyframes", a.data)) for a in assets)


def _summary(pictures: int, described: bool, math: bool) -> str:
    sentences = ["The text can be navigated by its headings and by a table of contents, and takes on the reader's font, size and colours."]
    if pictures:
        sentences.append("All pictures have alternative text." if described else "Not every picture has alternative text.")
    if math:
        sentences.append("Formulas are MathML.")
    return " ".join(sentences)


# --- What ebooklib cannot say -------------------------------------------------------------------------------------------------------

def _repaired(data: bytes, meta: Meta) -> bytes:
    """The book with a package document in its language, and with a zip that has no dates."""
    files = unpack(data)
    files[f"{FOLDER}/content.opf"] = _package(files[f"{FOLDER}/content.opf"], meta)
    files[f"{FOLDER}/toc.ncx"] = _ncx(files[f"{FOLDER}/toc.ncx"], meta)
    return pack(files.items(), stored=frozenset(("mimetype",)))


def _parse(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _written(root: Any) -> bytes:
    from lxml import etree

    etree.cleanup_namespaces(root, keep_ns_prefixes=["dc"])
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True) + b""


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _package(data: bytes, meta: Meta) -> bytes:
    root = _parse(data)
    root.attrib.pop("prefix", None)  # names a vocabulary that is not used
    root.set(_XML_LANG, meta.language)
    root.set("dir", words.direction(meta.language))
    for element in root.iter("{*}meta"):
        if element.get("property") == "schema:accessibilitySummary":
            element.set(_XML_LANG, "en")
            element.set("dir", "ltr")
    return _written(root)


def _ncx(data: bytes, meta: Meta) -> bytes:
    root = _parse(data)
    root.set(_XML_LANG, meta.language)

    def depth(element: Any) -> int:
        return max((1 + depth(child) for child in element.findall("{*}navPoint")), default=0)

    for element in root.iter("{*}meta"):
        if element.get("name") == "dtb:depth":
            element.set("content", str(depth(root.find("{*}navMap"))))
    return _written(root)


