"""A volume and a theme go in; one Word document comes out, with live notes, links, lists, tables and formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import assert_never
from urllib.parse import quote, urljoin, urlsplit

import msgspec
from msgspec import Struct

from pubkit import words
from pubkit.diagnostics import AssetError, Diagnostic, diagnostic
from pubkit.exporters.base import File, Output
from pubkit.exporters.word import elements as word
from pubkit.exporters.word import numbering, omml
from pubkit.exporters.word.elements import Element, Picture, Props, change, el, merge, paragraph, put, rpr, twips
from pubkit.exporters.word.package import Host, Package
from pubkit.exporters.word.styles import PADDED
from pubkit.model import (
    Abbreviation,
    Article,
    Aside,
    Asset,
    Block,
    Cell,
    Code,
    CodeBlock,
    DefinitionList,
    Embed,
    Emphasis,
    Figure,
    Heading,
    Highlight,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Math,
    MathBlock,
    Meta,
    Note,
    Paragraph,
    Passage,
    Person,
    Quote,
    Reference,
    Row,
    Rule,
    SmallCaps,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
    Volume,
    plain_text,
    walk,
)
from pubkit.theme import Theme, font_files
from pubkit.xhtml import aside_title, has_lead_ins, lead_in, tokens

__all__ = ["MEDIA_TYPE", "Options", "export"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PIXEL = 0.75                # a pixel in points, at 96 dots per inch
TALLEST = 0.7               # of the text's height, for one picture
ACCENT = 1.2                # points, of the line below a table's head
INLINE_TALLEST = 1.2        # of the leading, for a picture within a line
RASTER = 2.0                # pixels of a drawn SVG for each pixel at 96 dots per inch
CODE_KINDS = {"comment": "CodeComment", "keyword": "CodeKeyword", "string": "CodeString", "number": "CodeNumber"}
BOXES = {True: "\u2611", False: "\u2610"}
SYMBOLS = {"ascii": "Segoe UI Symbol", "hAnsi": "Segoe UI Symbol", "eastAsia": "Segoe UI Symbol", "cs": "Segoe UI Symbol"}
BREAKS = re.compile(r"([\t\n])")
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff"
RTL_WORDS = re.compile(f"[{_RTL}](?:[^A-Za-z\u00c0-\u058f\u0900-\ufb00]*[{_RTL}\u064b-\u065f])?")
_LTR = "A-Za-z\u00c0-\u058f\u0900-\u1fff"
LTR_WORDS = re.compile(f"[{_LTR}](?:[^{_RTL}]*[{_LTR}0-9])?")
HOST = re.compile(r"(?:[^\s/?#@\[\]<>\"{}|\\^`:]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?")
MAIL = re.compile(r"mailto:[^\s@,<>\"]+@[^\s@,<>\"]+(\?\S*)?", re.IGNORECASE)


class Options(Struct, frozen=True):
    """What may be chosen for Word.

    ``embed_fonts``: carry the theme's fonts in the file, so that it looks the same where they are not installed (some 2 MB more).
    """

    embed_fonts: bool = False


class Place(Struct, frozen=True):
    """Where blocks stand: the style of running text ('' in the body), indent and room in points, depth of lists, language, direction."""

    host: Host
    room: float
    style: str = ""
    indent: float = 0.0
    depth: int = 0
    language: str = ""
    rtl: bool = False
    align: str = ""
    note: bool = False
    boxed: bool = False


class Look(Struct, frozen=True):
    """How inlines look at a place: run properties, language, direction, and whether a link is open."""

    host: Host
    props: Props = {}
    language: str = ""
    rtl: bool = False
    linked: bool = False
    note: bool = False
    width: float = 0.0
    italic: bool = False

    def with_(self, **props: dict[str, str]) -> Look:
        """The same look with more properties."""
        return msgspec.structs.replace(self, props=merge(self.props, props))


def export(work: Volume, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 - frozen
    """The Word document of a volume, as one file ``<slug>.docx``.

    Args:
        work: chapters with resolved pictures; each begins on a page of its own.
        theme: where styles, page and colours come from.
        options: see `Options`.

    Returns:
        The file, and a diagnostic for everything that Word shows in another way.
    """
    meta = work.meta if len(work.chapters) != 1 else work.chapters[0].meta
    package = Package(theme, meta.language or "en", options.embed_fonts)
    found: list[Diagnostic] = []
    if len(work.chapters) > 1 and meta.title:
        _cover(package, theme, meta, found)
    for number, chapter in enumerate(work.chapters):
        _Chapter(package, theme, chapter, meta.language or "en", found).write(number == len(work.chapters) - 1)
    if not work.chapters:
        package.body.append(el("w:p"))
        package.body.append(package.section(meta.title_text, meta.language, False))
    _properties(package, meta)
    slug = work.meta.slug or meta.slug or "article"
    return Output((File(f"{slug}.docx", MEDIA_TYPE, package.save()),), tuple(dict.fromkeys(found)))


def _properties(package: Package, meta: Meta) -> None:
    authors = [a.name for a in meta.authors if a.role == "author"] or [a.name for a in meta.authors]
    package.properties(
        title=meta.title_text, author="; ".join(authors), subject=meta.summary or meta.subtitle_text, keywords=", ".join(meta.tags),
        language=meta.language, identifier=meta.id, category=meta.section, created=meta.published, modified=meta.updated or meta.published)


def _cover(package: Package, theme: Theme, meta: Meta, found: list[Diagnostic]) -> None:
    """The title page of a volume of several chapters. Its title has no outline level: those belong to the chapters."""
    writer = _Chapter(package, theme, Article(msgspec.structs.replace(meta, image=None)), meta.language or "en", found)
    blocks = writer.title_block()
    for p in blocks:
        if p.find(".//" + word.qn("w:pStyle")).get(word.qn("w:val")) == "Title":  # type: ignore[union-attr]
            change(p, "outlineLvl", val="9")
    change(blocks[0], "spacing", before=twips(theme.page.height / 5))
    blocks.extend(writer.end_matter())
    put(blocks[-1], "sectPr", package.section(meta.title_text, meta.language, writer.place.rtl))
    package.body.extend(blocks)


class _Chapter:
    """Writes one article into a package."""

    def __init__(self, package: Package, theme: Theme, article: Article, language: str, found: list[Diagnostic]) -> None:
        self.package = package
        self.theme = theme
        self.article = article
        self.meta = article.meta
        self.found = found
        self.language = article.meta.language or language
        self.assets: dict[str, Asset] = {a.name: a for a in article.assets}
        self.anchors = self._anchors()
        self.note_numbers: dict[str, tuple[str, str]] = {}
        rtl = words.direction(self.language) == "rtl"
        self.place = Place(package.main, theme.page.measure, language=self.language, rtl=rtl)
        self.tallest = TALLEST * (theme.page.height - theme.page.top - theme.page.bottom)

    def _anchors(self) -> dict[str, str]:
        """A bookmark name for every id: Word takes 40 letters, digits and underscores, and does not tell capitals apart."""
        names: dict[str, str] = {}
        for node in walk(self.article):
            name = getattr(node, "id", "")
            if not name or isinstance(node, Meta) or name in names:
                continue
            plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:30]
            plain = plain if plain[:1].isalpha() else f"p_{plain}".rstrip("_")
            unique, n = plain, 2
            while unique.lower() in self.package.names_taken:
                unique, n = f"{plain}_{n}", n + 1
            self.package.names_taken.add(unique.lower())
            names[name] = unique
        return names

    def say(self, code: str, message: str) -> None:
        """Add a diagnostic."""
        self.found.append(diagnostic(code, message))

    # -- The whole -------------------------------------------------------------------------------------------------------------------

    def write(self, last: bool) -> None:
        """Write title block, text and end matter as a section of its own."""
        body = self.title_block()
        body.extend(self.blocks(self.article.content, self.place))
        body.extend(self.end_matter())
        if not body or body[-1].tag != word.qn("w:p"):
            body.append(paragraph("TableEnd", (), {}))
        section = self.package.section(self.meta.title_text, self.language, self.place.rtl)
        if not last:
            put(body[-1], "sectPr", section)
        self.package.body.extend(body if not last else [*body, section])

    def title_block(self) -> list[Element]:
        """Section, title, deck, byline with the date, lead picture."""
        meta, place, out = self.meta, self.place, list[Element]()
        if meta.section:
            out.append(self.paragraph("Kicker", (Text(meta.section),), place))
        out.append(self.paragraph("Title", meta.title, place))
        if meta.subtitle:
            out.append(self.paragraph("Subtitle", meta.subtitle, place))
        if byline := self._byline():
            out.append(paragraph("Byline", byline, self._direct("Byline", place)))
        if meta.image:
            out.extend(self._figure(meta.image, place))
        return out

    def _byline(self) -> list[Element]:
        meta, look = self.meta, self._look(self.place)
        named = [a for a in meta.authors if a.role == "author"] or list(meta.authors)
        out: list[Element] = []
        if named:
            marks = [f"\ue000{i}\ue001" for i in range(len(named))]
            text = words.word("by", self.language, names=words.names(marks, self.language))
            for piece in re.split("(\ue000\\d+\ue001)", text):
                if piece in marks:
                    out.extend(self._author(named[marks.index(piece)], look))
                else:
                    out.extend(self.text(piece, look))
        if meta.published and meta.is_dated:
            if out:
                out.append(el("w:r", el("w:tab")))
            out.extend(self.text(words.date(meta.published, self.language), look.with_(rStyle={"val": "ArticleDate"})))
        return out

    def _author(self, person: Person, look: Look) -> list[Element]:
        runs = self.text(person.name, look.with_(rStyle={"val": "Author"}))
        url = self._address(person.url) if person.url else ""
        return [self._linked(runs, url, look)] if url else runs

    def end_matter(self) -> list[Element]:
        """Corrections, other contributors, series, update, source and rights."""
        meta, language = self.meta, self.language
        lines: list[tuple[Inline, ...]] = []
        for correction in meta.corrections:
            label = Strong(words.word("correction", language))
            lines.append((label, Text(f" ({words.date(correction.date, language)}): "), *correction.content))
        if any(p.role == "author" for p in meta.authors):
            lines.extend((Strong(p.name), Text(f", {p.role}")) for p in meta.authors if p.role != "author")
        if meta.series:
            position, name = meta.series.position, meta.series.name
            lines.append((Text(words.word("series", language, n=str(position), name=name) if position else name),))
        if meta.updated and meta.published and meta.updated.date() != meta.published.date():
            lines.append((Text(words.word("updated", language, date=words.date(meta.updated, language))),))
        if meta.source:
            lines.append((Text(f"{words.word('source', language)}: "), *_web(meta.source)))
        lines.extend((Text(x),) for x in (meta.publisher, meta.rights) if x)
        if meta.license and meta.license != meta.rights:
            lines.append(_web(meta.license))
        return [self.paragraph("Colophon" if n else "ColophonFirst", line, self.place) for n, line in enumerate(lines)]

    # -- Paragraphs ------------------------------------------------------------------------------------------------------------------

    def _look(self, place: Place, style: str = "") -> Look:
        props: Props = {}
        if place.language and place.language != self.package.language:
            props["lang"] = word.languages(place.language)
        return Look(place.host, props, place.language, place.rtl, note=place.note, width=place.room,
                    italic=bool(style) and self.package.sheet.paras[style].italic)

    def _direct(self, style: str, place: Place) -> Props:
        """The direct properties that a place asks of a paragraph."""
        props: Props = {}
        para = self.package.sheet.paras[style]
        if place.indent:
            props["ind"] = {"left": twips(place.indent + para.left), "right": twips(para.right)}
        if place.rtl:
            props["bidi"] = {}
        if place.align:
            props["jc"] = {"val": place.align}
        return props

    def paragraph(self, style: str, inlines: Iterable[Inline], place: Place, name: str = "", lead: Sequence[Element] = (),
                  props: Props | None = None) -> Element:
        """A paragraph of inlines; ``name`` is its id, ``lead`` what stands before the inlines."""
        children = [*lead, *self.inlines(inlines, self._look(place, style))]
        p = paragraph(style, self._marked(children, name), merge(self._direct(style, place), props or {}))
        return self._fitted(p, style)

    def _fitted(self, p: Element, style: str) -> Element:
        """Lines are of exact height, which would cut pictures and formulas: paragraphs with such grow."""
        if next(p.iter(word.qn("w:drawing"), word.qn("m:oMath")), None) is not None:
            change(p, "spacing", line=twips(self.package.sheet.paras[style].line), lineRule="atLeast")
        return p

    def _marked(self, children: list[Element], name: str) -> list[Element]:
        if not name or name not in self.anchors:
            return children
        start, end = word.bookmark(self.anchors[name], self.package.next_bookmark())
        return [start, *children, end]

    def _mark_first(self, out: list[Element], name: str) -> list[Element]:
        """Put a bookmark for an id at the first paragraph of blocks."""
        if not name or name not in self.anchors:
            return out
        start, end = word.bookmark(self.anchors[name], self.package.next_bookmark())
        first = next((p for e in out for p in e.iter(word.qn("w:p"))), None)
        if first is None:
            first = paragraph("TableEnd", (), {})
            out.insert(0, first)
        properties = first.find(word.qn("w:pPr"))
        at = 0 if properties is None else 1
        first.insert(at, start)
        first.insert(at + 1, end)
        return out

    def _running(self, place: Place, after_paragraph: bool) -> str:
        return place.style or ("BodyText" if after_paragraph else "FirstParagraph")

    # -- Blocks ----------------------------------------------------------------------------------------------------------------------

    def blocks(self, blocks: Iterable[Block], place: Place) -> list[Element]:
        """Blocks, one after the other."""
        out: list[Element] = []
        previous: Block | None = None
        for node in blocks:
            part = self.block(node, place, isinstance(previous, Paragraph))
            if isinstance(previous, List) and isinstance(node, List) and part:  # neighbours of one style would otherwise close ranks
                change(part[0], "contextualSpacing", val="0")
                change(part[0], "spacing", before=twips(self.theme.type.leading / 2))
            out.extend(part)
            previous = node
        return out

    def block(self, node: Block, place: Place, after_paragraph: bool = False) -> list[Element]:
        """One block; ``after_paragraph`` says whether a paragraph stands before it."""
        match node:
            case Paragraph(content, name):
                return [self.paragraph(self._running(place, after_paragraph), content, place, name)]
            case Heading(level, content, name):
                return [self.paragraph(f"Heading{min(max(level, 1), 6)}", content, place, name)]
            case List():
                return self._list(node, place)
            case DefinitionList():
                return self._definitions(node, place)
            case CodeBlock(text, language, name):
                return [self._code_block(text, language, name, place)]
            case Quote():
                return self._quote(node, place)
            case Verse(lines, name):
                inlines: list[Inline] = []
                for n, line in enumerate(lines):
                    inlines.extend((*((LineBreak(),) if n else ()), *line))
                return [self.paragraph("Verse", inlines, place, name)]
            case Figure():
                return self._figure(node, place)
            case Table():
                return self._table(node, place)
            case Aside():
                return self._aside(node, place)
            case MathBlock():
                return [self._math_block(node, place)]
            case Embed():
                return self._embed(node, place)
            case Passage(content, language, direction, name):
                rtl = direction == "rtl" or (not direction and bool(language) and words.direction(language) == "rtl")
                rtl = place.rtl if not direction and not language else rtl
                inner = msgspec.structs.replace(place, language=language or place.language, rtl=rtl)
                return self._mark_first(self.blocks(content, inner), name)
            case Rule(name):
                return [self.paragraph("Rule", (), place, name)]
            case _:
                assert_never(node)

    def _quote(self, node: Quote, place: Place) -> list[Element]:
        style = "PullQuote" if node.pull else "Quote"
        quoted = place.style in ("Quote", "PullQuote")
        step = self.theme.type.leading if quoted else 0.0
        inner = msgspec.structs.replace(place, style=style, indent=place.indent + step, room=place.room - self.theme.type.leading * 2)
        out = self.blocks(node.content, inner)
        if node.attribution:
            center: Props = {"jc": {"val": "center"}} if node.pull and self.theme.choices.pull == "ruled" else {}
            if out and _style_of(out[-1]) == style:
                change(out[-1], "spacing", after="0" if not node.pull else twips(self.theme.type.leading / 2))
                change(out[-1], "keepNext", val="1")
            out.append(self.paragraph("Attribution", node.attribution, msgspec.structs.replace(place, indent=inner.indent), "", (), center))
        return self._mark_first(out, node.id)

    def _code_block(self, text: str, language: str, name: str, place: Place) -> Element:
        look = msgspec.structs.replace(self._look(place), rtl=False)
        runs: list[Element] = []
        for kind, part in tokens(text, language):
            style = CODE_KINDS.get(kind, "")
            runs.extend(self.text(part, look.with_(rStyle={"val": style}) if style else look))
        props = self._direct("Code", place)
        if "bidi" in props:
            props.pop("bidi")
        return paragraph("Code", self._marked(runs, name), props)

    def _definitions(self, node: DefinitionList, place: Place) -> list[Element]:
        out: list[Element] = []
        own = "" if place.style in ("", "Definition") else place.style
        depth = 1 if place.style == "Definition" else 0
        outer = msgspec.structs.replace(place, indent=place.indent + depth * self.theme.type.leading)
        step = self.theme.type.leading
        for item in node.items:
            terms = [(Strong(t),) for t in item.terms] if own else item.terms
            out.extend(self.paragraph(own or "DefinitionTerm", t, outer, "", (), {"keepNext": {}}) for t in terms)
            inner = msgspec.structs.replace(outer, style=own or "Definition", room=place.room - step,
                                            indent=outer.indent + (step if own else 0.0))
            for definition in item.definitions:
                out.extend(self.blocks(definition, inner))
        if out and not place.style:
            change(out[0], "spacing", before=twips(step / 2))
            if _style_of(out[-1]) == "Definition":
                change(out[-1], "spacing", after=twips(step / 2))
        return self._mark_first(out, node.id)

    def _math_block(self, node: MathBlock, place: Place) -> Element:
        formula = omml.omath(node.mathml) if node.mathml else None
        props = merge(self._direct("Formula", place), {"jc": {"val": "center"}})
        props.pop("bidi", None)
        if formula is None:
            runs = self.text(node.tex, self._look(place).with_(rStyle={"val": "CodeChar"}))
            return paragraph("Formula", self._marked(runs, node.id), props)
        return paragraph("Formula", self._marked([el("m:oMathPara", formula)], node.id), props)

    def _embed(self, node: Embed, place: Place) -> list[Element]:
        title = node.title or node.url
        url = self._address(node.url)
        out: list[Element] = []
        if node.thumbnail and (picture := self._image(node.thumbnail, self._look(place), place.room - 12, self.tallest, url)):
            p = paragraph("Embed", picture, merge(self._direct("Embed", place), {"keepNext": {}}))
            change(p, "spacing", after="0")
            out.append(self._fitted(p, "Embed"))
        link: Inline = Link(title, node.url) if url else Text(title)
        out.append(self.paragraph("Embed", (link,), place))
        if len(out) > 1:
            change(out[1], "spacing", before=twips(4))
        return self._mark_first(out, node.id)

    # -- Asides ----------------------------------------------------------------------------------------------------------------------

    def _aside(self, node: Aside, place: Place) -> list[Element]:
        title: Sequence[Inline] = node.title or (Text(aside_title(node.kind, self.language)),)
        inner = msgspec.structs.replace(place, style="Aside", room=place.room - 23, boxed=True)
        out = [self.paragraph("AsideTitle", title, place), *self.blocks(node.content, inner)]
        if place.style != "Aside":
            self._boxed(out, place)
        return self._mark_first(out, node.id)

    def _boxed(self, out: list[Element], place: Place) -> None:
        """Tie the paragraphs of an aside to one tinted box.

        Their styles carry the box, and Word makes one of alike neighbours. Where lists or other blocks stand among them, every paragraph
        is given borders of its own that reach as far as its neighbours', and only the first and the last close the box.
        """
        lead, tint = self.theme.type.leading, word.rgb(self.theme.color.tint)
        if out[-1].tag != word.qn("w:p"):
            out.append(paragraph("Aside", (), self._direct("Aside", place)))
        paragraphs = [e for e in out if e.tag == word.qn("w:p")]
        if any(_style_of(p) not in ("Aside", "AsideTitle") or _indent_of(p) is not None for p in out):
            for n, p in enumerate(paragraphs):
                reach = min(31.0, max(1.0, self._left_edge(p) - place.indent - 0.5))
                sides: dict[str, tuple[str, str, float]] = {"left": ("4", tint, reach), "right": ("4", tint, 11)}
                if not n:
                    sides["top"] = ("4", tint, 11)
                if n == len(paragraphs) - 1:
                    sides["bottom"] = ("4", tint, 11)
                put(p, "pBdr", word.borders("w:pBdr", **sides))
                change(p, "shd", val="clear", color="auto", fill=tint)
                change(p, "ind", right=twips(11.5))
                if _style_of(p) not in ("Aside", "AsideTitle"):
                    change(p, "spacing", before="0", after="0")
        change(paragraphs[0], "spacing", before=twips(lead * 1.5))
        change(paragraphs[-1], "spacing", after=twips(lead * 1.5))

    def _left_edge(self, p: Element) -> float:
        """Where a paragraph's first or other lines begin, whichever is further left, in points."""
        indent, own = _indent_of(p), self.package.sheet.paras[_style_of(p)].left
        if indent is None:
            return own
        left = indent.get(word.qn("w:left"))
        return (own if left is None else float(left) / 20) - float(indent.get(word.qn("w:hanging")) or 0) / 20

    # -- Lists -----------------------------------------------------------------------------------------------------------------------

    def _list(self, node: List, place: Place) -> list[Element]:
        leads = has_lead_ins(node)
        level = min(place.depth, numbering.DEEPEST)
        step = self.theme.type.leading * (1.5 if "roman" in node.style else 1.0)
        number = self.package.list_number(node.style, node.start, level)
        inner = msgspec.structs.replace(place, depth=place.depth + 1, indent=self._list_indent(place) + step, room=place.room - step)
        out: list[Element] = []
        previous: list[Element] = []
        for item in node.items:
            part = self._item(item, node, number, level, step, inner, leads)
            if not node.tight and out:
                change(part[0], "spacing", before=twips(self.theme.type.leading / 2), after="0")
                change(part[0], "contextualSpacing", val="0")
            if node.tight:
                if out and _style_of(out[-1]).startswith("List") and len(previous) > 1:  # space between styles is not the list's own
                    change(part[0], "spacing", before="0")
                nested = len(part) > 1 and _style_of(part[1]).startswith("List")
                if nested or (place.style in ("Definition", "FootnoteText") and item is not node.items[-1]):
                    change(part[0], "spacing", after="0")
            out.extend(part)
            previous = part
        if not place.depth and not place.style and _style_of(out[-1]) in ("ListBullet", "ListNumber", "ListContinue"):
            change(out[-1], "spacing", after=twips(self.theme.type.leading / 2))
        return self._mark_first(out, node.id)

    def _list_indent(self, place: Place) -> float:
        """The indent that a list starts from: that of its place, and within another style's text that style's own."""
        if place.depth:
            return place.indent
        return place.indent + (self.package.sheet.paras[place.style].left if place.style else 0.0)

    def _item(self, item: ListItem, node: List, number: str, level: int, step: float, place: Place, leads: bool) -> list[Element]:
        style = place.style or ("ListNumber" if node.ordered else "ListBullet")
        look = self._look(place)
        box: list[Element] = []
        if item.checked is not None:
            mark = self.text(BOXES[item.checked], look.with_(rFonts=SYMBOLS, color={"val": word.rgb(self.theme.color.accent)}))
            box = [*mark, el("w:r", el("w:tab"))] if not node.ordered else [*mark, *self.text(" ", look)]
            number = number if node.ordered else self.package.list_number("bullet", 1, level, checks=True)
        first, rest = (item.content[0], item.content[1:]) if item.content else (Paragraph(()), ())
        lead: Sequence[Inline] = ()
        if isinstance(first, Paragraph):
            lead, name = first.content, first.id
        else:
            rest, name = item.content, ""
        runs: list[Element] = []
        if leads and (strong := lead_in(item)):
            runs = self.inlines(strong.content, look.with_(rStyle={"val": "LeadIn"}))
            lead = lead[1:]
        direct = self._direct(style, msgspec.structs.replace(place, indent=0.0))
        direct["ind"] = {"left": twips(place.indent), "hanging": twips(step), "right": "0"}
        if level:
            direct["spacing"] = {"before": "0", "after": "0"}
        children = self._marked([*box, *runs, *self.inlines(lead, look)], name)
        numbers = el("w:numPr", el("w:ilvl", val=str(level)), el("w:numId", val=number))
        p = self._fitted(paragraph(style, children, direct, numPr=numbers), style)
        out = [p, *self._continued(rest, place)]
        return self._mark_first(out, item.id)

    def _continued(self, blocks: Sequence[Block], place: Place) -> list[Element]:
        """What follows the first paragraph of an item: paragraphs as list continuations, all else at the item's indent."""
        out: list[Element] = []
        half = self.theme.type.leading / 2
        for node in blocks:
            if isinstance(node, Paragraph):
                style = place.style or "ListContinue"
                flat = msgspec.structs.replace(place, indent=0.0)
                p = self.paragraph(style, node.content, flat, node.id, (),
                                   {"ind": {"left": twips(place.indent), "right": "0", "firstLine": "0"}})
                if not place.style:
                    change(p, "spacing", before=twips(half), after="0")
                out.append(p)
            else:
                out.extend(self.block(node, place))
        return out

    # -- Figures ---------------------------------------------------------------------------------------------------------------------

    def _figure(self, node: Figure, place: Place) -> list[Element]:
        look = self._look(place)
        captioned = bool(node.caption or node.credit)
        rows = self._picture_rows(node.pictures, place.room)
        out: list[Element] = []
        for n, row in enumerate(rows):
            runs: list[Element] = []
            for picture, width, height in row:
                if runs:
                    runs.extend(self.text(" ", look))
                runs.extend(self._image(picture, look, width, height, ""))
            if not runs:
                continue
            p = paragraph("Figure", runs, self._direct("Figure", place))
            more = captioned or n < len(rows) - 1
            change(p, "keepNext", val="1" if more else "0")
            change(p, "spacing", before=twips(self.theme.type.leading * (0.5 if out else 1)),
                   after="0" if more else twips(self.theme.type.leading * 1.5))
            out.append(p)
        if captioned:
            runs = self.inlines(node.caption, look)
            if node.credit:
                runs.extend([*(self.text(" ", look) if node.caption else ()),
                             *self.inlines(node.credit, look.with_(rStyle={"val": "Credit"}))])
            out.append(self._fitted(paragraph("Caption", runs, self._direct("Caption", place)), "Caption"))
        return self._mark_first(out, node.id)

    def _picture_rows(self, pictures: Sequence[Image], room: float) -> list[list[tuple[Image, float, float]]]:
        """Rows of pictures with the width and height that each may take: two or three loaded ones stand side by side at one height."""
        sizes = [self._size(p) for p in pictures]
        if 2 <= len(pictures) <= 3 and all(w and h for w, h in sizes) and not any(p.width for p in pictures):
            height = (room - 6.0 * (len(pictures) - 1)) / sum(w / h for w, h in sizes)
            height = min(height, self.tallest, min(h for _, h in sizes) * PIXEL)
            return [[(p, w / h * height, height) for p, (w, h) in zip(pictures, sizes, strict=True)]]
        return [[(p, room, self.tallest)] for p in pictures]

    def _size(self, image: Image) -> tuple[int, int]:
        asset = self.assets.get(image.asset)
        return (asset.width, asset.height) if asset else (0, 0)

    def _image(self, image: Image, look: Look, room: float, tallest: float, url: str) -> list[Element]:
        """The run of a picture within ``room`` and ``tallest`` (points); its alternative text where it was not loaded."""
        asset = self.assets.get(image.asset)
        if asset is None:
            return self._missing(image, look)
        shown, vector = asset, ""
        if asset.media_type == "image/svg+xml":
            drawn = self._drawn(asset, self._extent(asset, image, room, tallest)[0])
            if drawn is None:
                return self._missing(image, look)
            shown, vector = drawn, self.package.picture(look.host, asset)
        width, height = self._extent(asset if asset.width and asset.height else shown, image, room, tallest)
        link = look.host.link(url) if url else ""
        relation = self.package.picture(look.host, shown)
        picture = Picture(relation, width, height, shown.name, image.alt, image.title, image.decorative, vector, link)
        return [el("w:r", word.drawing(picture, self.package.next_drawing()))]

    def _extent(self, asset: Asset, image: Image, room: float, tallest: float) -> tuple[float, float]:
        """Width and height in points: the natural size or the wished share of the room, within the room and the height given."""
        natural = (asset.width or 600) * PIXEL, (asset.height or 400) * PIXEL
        width = min(image.width, 1.0) * room if image.width > 0 else min(natural[0], room)
        height = width * natural[1] / natural[0]
        if height > tallest:
            width, height = width * tallest / height, tallest
        return width, height

    def _drawn(self, asset: Asset, width: float) -> Asset | None:
        """An SVG as the picture that Word versions without SVG show; None where it cannot be drawn."""
        from pubkit import pictures

        try:
            return pictures.raster(asset, max(1, round(width / PIXEL * RASTER)), self._fonts())
        except AssetError as error:
            self.say("image-missing", f"{asset.name} cannot be drawn for Word: {error}")
            return None

    def _fonts(self) -> list[Path]:
        return list(font_files(self.theme).values())

    def _missing(self, image: Image, look: Look) -> list[Element]:
        if image.decorative:
            return []
        text = image.alt or words.word("image", self.language)
        runs = self.text(text, look.with_(i={}, iCs={}))
        remote = image.src.startswith(("http://", "https://", "//"))
        url = self._address(f"https:{image.src}" if image.src.startswith("//") else image.src) if remote else ""
        return [self._linked(runs, url, look)] if url and not look.linked else runs

    # -- Tables ----------------------------------------------------------------------------------------------------------------------

    def _table(self, node: Table, place: Place) -> list[Element]:
        out: list[Element] = []
        if node.caption:
            out.append(self.paragraph("TableCaption", node.caption, msgspec.structs.replace(place, align="")))
        elif not place.style.startswith("Table"):
            out.append(paragraph("TableEnd", (), self._direct("TableEnd", place)))
        rows = (*node.head, *node.body, *node.foot)
        count = max([len(node.columns), *(sum(max(1, c.colspan) for c in r.cells) for r in rows)], default=0)
        if count and rows:
            out.append(self._grid(node, place, count))
            out.append(paragraph("TableEnd", (), {}))
        return self._mark_first(out, node.id)

    def _grid(self, node: Table, place: Place, count: int) -> Element:
        widths = self._widths(node, count, place.room)
        row_headers = any(r.cells and r.cells[0].header for r in node.body)
        props = el("w:tblPr", el("w:tblStyle", val="TablePublished"))
        if place.rtl:
            props.append(el("w:bidiVisual"))
        props.append(el("w:tblW", w=twips(sum(widths)), type="dxa"))
        if place.indent:
            props.append(el("w:tblInd", w=twips(place.indent), type="dxa"))
        props.append(el("w:tblLayout", type="fixed"))
        bits = 0x0600 | (0x0020 if node.head else 0) | (0x0080 if row_headers else 0)
        props.append(el("w:tblLook", val=f"{bits:04X}", firstRow=str(int(bool(node.head))), lastRow="0", firstColumn=str(int(row_headers)),
                        lastColumn="0", noHBand="1", noVBand="1"))
        if node.caption:
            props.append(el("w:tblCaption", val=" ".join(plain_text(node.caption, notes=False).split())[:255]))
        table = el("w:tbl", props, el("w:tblGrid", *[el("w:gridCol", w=twips(w)) for w in widths]))
        for kind, rows in (("head", node.head), ("body", node.body), ("foot", node.foot)):
            table.extend(self._rows(rows, kind, node, place, widths))
        return table

    def _widths(self, node: Table, count: int, room: float) -> list[float]:
        """The widths of columns in points: as much as their text asks, never below their longest word while there is room."""
        em = self.theme.style("table-cell").size * 0.52
        wanted, least = [4 * em] * count, [2 * em] * count
        for row in (*node.head, *node.body, *node.foot):
            column = 0
            for cell in row.cells:
                if cell.colspan == 1 and column < count:
                    text = plain_text(cell.content)
                    wanted[column] = max(wanted[column], em * min(48, max((len(x) for x in text.splitlines()), default=0)) + 11)
                    least[column] = max(least[column], em * min(18, max((len(x) for x in text.split()), default=0)) + 11)
                column += max(1, cell.colspan)
        if sum(wanted) > room and sum(least) < room:
            spare = (room - sum(least)) / max(1e-9, sum(wanted) - sum(least))
            return [low + (high - low) * spare for low, high in zip(least, wanted, strict=True)]
        return [w * room / sum(wanted) for w in wanted]

    def _rows(self, rows: Sequence[Row], kind: str, node: Table, place: Place, widths: list[float]) -> Iterator[Element]:
        hanging: dict[int, tuple[int, int]] = {}
        for number, row in enumerate(rows):
            props = el("w:trPr", el("w:cantSplit"))
            if kind == "head":
                props.append(el("w:tblHeader"))
            out, column, cells = el("w:tr", props), 0, iter(row.cells)
            while column < len(widths):
                edge = (kind == "head" and number == len(rows) - 1, kind == "foot" and number == 0)
                if column in hanging:
                    left, span = hanging.pop(column)
                    out.append(self._cell(Cell(()), kind, node, place, widths, column, span, "continue", edge))
                    if left > 1:
                        hanging[column] = (left - 1, span)
                else:
                    cell = next(cells, Cell(()))
                    free = next((c for c in range(column + 1, len(widths)) if c in hanging), len(widths))
                    span = max(1, min(cell.colspan, free - column))
                    tall = max(1, min(cell.rowspan, len(rows) - number))
                    if tall > 1:
                        hanging[column] = (tall - 1, span)
                    out.append(self._cell(cell, kind, node, place, widths, column, span, "restart" if tall > 1 else "", edge))
                column += span
            yield out

    def _cell(self, cell: Cell, kind: str, node: Table, place: Place, widths: list[float], column: int, span: int, merged: str,
              edge: tuple[bool, bool]) -> Element:
        room = sum(widths[column : column + span])
        props = el("w:tcPr", el("w:tcW", w=twips(room), type="dxa"))
        if span > 1:
            props.append(el("w:gridSpan", val=str(span)))
        if merged:
            props.append(el("w:vMerge", val=merged))
        rules, color = self.theme.choices.table_rules, self.theme.color
        if rules in ("horizontal", "accent") and any(edge):
            thick = ACCENT if rules == "accent" and edge[0] else self.theme.rules.hair
            line = (word.eighths(thick), word.rgb(color.accent if rules == "accent" else color.ink), 0.0)
            props.append(word.borders("w:tcBorders", **{"bottom" if edge[0] else "top": line}))
        fill = {"head": color.accent, "foot": color.tint}.get(kind, "") if rules == "solid" else ""
        if fill or place.boxed:
            props.append(el("w:shd", val="clear", color="auto", fill=word.rgb(fill or color.tint)))
        if column + span == len(widths) and rules not in PADDED:
            props.append(el("w:tcMar", el("w:right", w="0", type="dxa")))
        if kind == "head":
            props.append(el("w:vAlign", val="bottom"))
        align = node.columns[column].align if column < len(node.columns) else ""
        style = "TableHead" if kind == "head" else "TableTotal" if kind == "foot" else "TableText"
        inner = Place(place.host, room - 10, style, language=place.language, rtl=place.rtl, align=align if align != "left" else "",
                      note=place.note)
        content = self.blocks(cell.content, inner)
        if not content or content[-1].tag != word.qn("w:p"):
            content.append(paragraph(style, (), {}))
        return el("w:tc", props, *content)

    # -- Inlines ---------------------------------------------------------------------------------------------------------------------

    def inlines(self, inlines: Iterable[Inline], look: Look) -> list[Element]:
        """Inlines, one after the other."""
        out: list[Element] = []
        for node in inlines:
            out.extend(self.inline(node, look))
        return out

    def inline(self, node: Inline, look: Look) -> list[Element]:
        """One inline."""
        match node:
            case Text(text):
                return self.text(text, look)
            case Emphasis(content):
                # Within italics (a deck, a quotation) stressed words stand upright.
                slant = {"val": "0"} if look.italic else {}
                inner = look.with_(i=slant, iCs=slant)
                return self.inlines(content, msgspec.structs.replace(inner, italic=not look.italic))
            case Strong(content):
                return self.inlines(content, look.with_(b={}, bCs={}))
            case Strikethrough(content):
                return self.inlines(content, look.with_(strike={}))
            case Highlight(content):
                return self.inlines(content, look.with_(shd={"val": "clear", "color": "auto", "fill": word.rgb(self.theme.color.tint)}))
            case SmallCaps(content):
                return self.inlines(content, look.with_(smallCaps={}))
            case Subscript(content):
                return self.inlines(content, look.with_(vertAlign={"val": "subscript"}))
            case Superscript(content):
                return self.inlines(content, look.with_(vertAlign={"val": "superscript"}))
            case Code(text):
                return self.text(text, look.with_(rStyle={"val": "CodeChar"}))
            case Link(content, url, title):
                return self._link(content or (Text(url),), url, title, look)
            case Reference(content, target):
                return self._reference(content, target, look)
            case Image():
                leading = self.theme.type.leading * INLINE_TALLEST
                return self._image(node, look, look.width or self.theme.page.measure, leading, "")
            case LineBreak():
                return [el("w:r", *self._properties(look), el("w:br"))]
            case Note():
                return self._note(node, look)
            case Math(tex, mathml):
                formula = omml.omath(mathml) if mathml else None
                return [formula] if formula is not None else self.text(tex, look.with_(rStyle={"val": "CodeChar"}))
            case Span(content, language, direction):
                rtl = direction == "rtl" if direction else words.direction(language) == "rtl" if language else look.rtl
                lang = {"lang": word.languages(language)} if language else {}
                return self.inlines(content, msgspec.structs.replace(look.with_(**lang), language=language or look.language, rtl=rtl))
            case Abbreviation(content, title):
                if title:
                    self.say("export-note", f"Word has no place for what {plain_text(content)!r} stands for: {title}")
                return self.inlines(content, look)
            case _:
                assert_never(node)

    def _properties(self, look: Look) -> list[Element]:
        return [rpr(look.props)] if look.props else []

    def text(self, text: str, look: Look) -> list[Element]:
        """The runs of a text: one, or several where it changes direction; tabs and line feeds as Word's own."""
        out: list[Element] = []
        for part, rtl in _directions(text, look.rtl):
            props = merge(look.props, {"rtl": {}}) if rtl else look.props
            run = el("w:r", *([rpr(props)] if props else ()))
            for piece in BREAKS.split(part):
                if piece == "\n":
                    run.append(el("w:br"))
                elif piece == "\t":
                    run.append(el("w:tab"))
                elif piece:
                    t = el("w:t")
                    t.text = piece
                    if piece != piece.strip() or "  " in piece:
                        t.set(word.qn("xml:space"), "preserve")
                    run.append(t)
            out.append(run)
        return out

    def _address(self, url: str) -> str:
        """The address as Word can hold it, '' where it cannot: a relation with an address that is none makes the file unreadable."""
        if not _scheme(url):
            if self.meta.url:
                url = _joined(self.meta.url, url)
            elif not url.startswith("//"):
                self.say("link-relative", f"{url} has no site address to lead from")
        return _uri(url)

    def _link(self, content: Sequence[Inline], url: str, title: str, look: Look) -> list[Element]:
        address = "" if look.linked else self._address(url)
        if not address:
            return self.inlines(content, look)
        runs = self.inlines(content, msgspec.structs.replace(look.with_(rStyle={"val": "Hyperlink"}), linked=True))
        return [self._linked(runs, address, look, title)]

    def _linked(self, runs: Iterable[Element], address: str, look: Look, title: str = "") -> Element:
        link = word.hyperlink(look.host.link(address), tooltip=title)
        link.extend(runs)
        return link

    def _reference(self, content: Sequence[Inline], target: str, look: Look) -> list[Element]:
        if look.linked or target not in self.anchors:
            return self.inlines(content, look)
        link = word.hyperlink(anchor=self.anchors[target])
        link.extend(self.inlines(content, msgspec.structs.replace(look.with_(rStyle={"val": "InternalLink"}), linked=True)))
        return [link]

    # -- Notes -----------------------------------------------------------------------------------------------------------------------

    def _note(self, note: Note, look: Look) -> list[Element]:
        if look.note:
            self.say("export-note", "Word has no notes within notes: one stands in brackets")
            return [*self.text(" (", look), *self.inlines(_flat(note.content), look), *self.text(")", look)]
        style = {"rStyle": {"val": "FootnoteReference"}}
        if note.id and note.id in self.note_numbers:
            name, number = self.note_numbers[note.id]
            return word.field(f"NOTEREF {name} \\f \\h", number, style)
        number, home = self.package.add_footnote()
        call = el("w:r", rpr(style), el("w:footnoteReference", id=number))
        out = [call]
        if note.id and note.id in self.anchors:
            self.note_numbers[note.id] = (self.anchors[note.id], number)
            out = self._marked(out, note.id)
        place = Place(self.package.notes, self.theme.page.measure, "FootnoteText", language=self.language, rtl=self.place.rtl, note=True)
        mark = [el("w:r", rpr(style), el("w:footnoteRef")), *self.text("\u2002", self._look(place))]
        first, rest = (note.content[0], note.content[1:]) if note.content else (Paragraph(()), ())
        if isinstance(first, Paragraph):
            home.append(self.paragraph("FootnoteText", first.content, place, first.id, lead=mark))
        else:
            home.append(paragraph("FootnoteText", mark, self._direct("FootnoteText", place)))
            rest = note.content
        home.extend(self.blocks(rest, place))
        return out


def _style_of(p: Element) -> str:
    style = p.find(f"{word.qn('w:pPr')}/{word.qn('w:pStyle')}")
    return (style.get(word.qn("w:val")) or "") if style is not None else ""


def _indent_of(p: Element) -> Element | None:
    return p.find(f"{word.qn('w:pPr')}/{word.qn('w:ind')}")


def _web(text: str) -> tuple[Inline, ...]:
    return (Link(text, text),) if text.startswith(("http://", "https://", "mailto:")) else (Text(text),)


def _flat(blocks: Iterable[Block]) -> Iterator[Inline]:
    """The inlines of a note that has to stand within a line."""
    for number, node in enumerate(blocks):
        if number:
            yield Text(" ")
        if isinstance(node, Paragraph):
            yield from node.content
        else:
            yield Text(" ".join(plain_text(node).split()))


def _directions(text: str, rtl: bool) -> Iterator[tuple[str, bool]]:
    """Parts of a text that run one way; neutral characters go with their surroundings."""
    pattern = LTR_WORDS if rtl else RTL_WORDS
    at = 0
    if text.isascii() and not rtl:
        if text:
            yield text, False
        return
    for found in pattern.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], rtl
        yield found.group(), not rtl
        at = found.end()
    if at < len(text):
        yield text[at:], rtl


def _scheme(url: str) -> str:
    found = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", url)
    return found.group(1).lower() if found else ""


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def _uri(url: str) -> str:
    """An address with every character escaped that a URI must not have; '' for one that is no URI at all."""
    head, mark, fragment = url.strip().partition("#")
    safe = "!$&'()*+,/:;=?@[]~-._%"
    url = quote(head, safe=safe) + mark + quote(fragment, safe="!$&'()*+,/:;=?@~-._%")
    url = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https", "ftp") or url.startswith("//"):
        host = parts.netloc.rpartition("@")[2]
        return url if HOST.fullmatch(host) else ""
    if parts.scheme == "mailto":
        return url if MAIL.fullmatch(url) else ""
    return url if "[" not in url and "]" not in url else ""
