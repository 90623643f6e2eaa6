"""The inlines of an article go in; the runs, links, fields and drawings of a Word document come out.

All looks of words are character styles: where several come together, `Styles` makes one of them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import assert_never

import msgspec
from msgspec import Struct

from pubkit import words
from pubkit.diagnostics import AssetError, Diagnostic, diagnostic
from pubkit.exporters.captions import Label, Mention, mention
from pubkit.exporters.word import elements as word
from pubkit.exporters.word import omml
from pubkit.exporters.word.elements import Element, Picture, Props
from pubkit.exporters.word.package import Host, Package
from pubkit.exporters.word.text import directions, joined, scheme, uri
from pubkit.model import (
    Abbreviation,
    Article,
    Asset,
    Block,
    Code,
    Emphasis,
    Figure,
    Highlight,
    Image,
    Inline,
    LineBreak,
    Link,
    Math,
    Note,
    Paragraph,
    Reference,
    SmallCaps,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    plain_text,
    walk,
)
from pubkit.theme import Theme, font_files

__all__ = ["Look", "Runs"]

PIXEL = 0.75                # a pixel in points, at 96 dots per inch
INLINE_TALLEST = 1.2        # of the leading, for a picture within a line
RASTER = 1.5                # pixels of a drawn SVG for each pixel at 96 dots per inch
BREAKS = re.compile(r"([\t\n])")
# The order in which looks that come together are named; the first is what their style is based on.
RANK = ("Hyperlink", "InternalLink", "CodeChar", "LeadIn", "Strong", "StrongInBold", "Emphasis", "SmallCaps", "Highlight", "Strikethrough",
        "Superscript", "Subscript", "Credit", "Author", "ArticleDate")


class Look(Struct, frozen=True):
    """How inlines look at a place: character styles, language, direction, and what they stand in.

    ``bold``: the paragraph is bold already; ``linked``, ``noted``: they stand in a link or a note; ``width``: the room for a picture.
    """

    host: Host
    looks: tuple[str, ...] = ()
    language: str = ""
    rtl: bool = False
    linked: bool = False
    noted: bool = False
    bold: bool = False
    width: float = 0.0

    def with_(self, style: str) -> Look:
        """The same look with one character style more; emphasis within emphasis takes itself away."""
        if style in self.looks:
            looks = tuple(s for s in self.looks if s != style) if style == "Emphasis" else self.looks
        else:
            looks = tuple(sorted((*self.looks, style), key=_rank))
        return msgspec.structs.replace(self, looks=looks)


def _rank(style: str) -> int:
    return RANK.index(style) if style in RANK else len(RANK)


class Runs(ABC):
    """Writes the inlines of one article; what blocks there are in them, those of notes, `note` writes."""

    def __init__(self, package: Package, theme: Theme, article: Article, language: str, found: list[Diagnostic],
                 labels: Mapping[int, Label]) -> None:
        self.package = package
        self.theme = theme
        self.article = article
        self.meta = article.meta
        self.found = found
        self.language = article.meta.language or language
        self.rtl = words.direction(self.language) == "rtl"
        self.assets: dict[str, Asset] = {a.name: a for a in article.assets}
        self.anchors = self._anchors()
        self.labels = labels
        self.labelled = {node.id: labels[id(node)] for node in walk(article)
                         if isinstance(node, (Figure, Table)) and id(node) in labels} if labels else {}
        self.label_names: dict[int, str] = {}
        self.calls = 0
        self.note_calls: dict[str, tuple[str, str]] = {}
        self._props: dict[tuple[tuple[str, ...], str], Props] = {}

    def _anchors(self) -> dict[str, str]:
        """A bookmark name for every id: Word takes 40 letters, digits and underscores."""
        names: dict[str, str] = {}
        for node in walk(self.article):
            name = getattr(node, "id", "")
            if not name or node is self.meta or name in names:
                continue
            plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:30]
            names[name] = self.package.name(plain if plain[:1].isalpha() else f"p_{plain}".rstrip("_"))
        return names

    def say(self, code: str, message: str) -> None:
        """Add a diagnostic."""
        self.found.append(diagnostic(code, message))

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
                return self.inlines(content, look.with_("Emphasis"))
            case Strong(content):  # bold in bold would be none: Word takes the one for the opposite of the other (17.7.3)
                return self.inlines(content, look.with_("StrongInBold" if look.bold else "Strong"))
            case Strikethrough(content):
                return self.inlines(content, look.with_("Strikethrough"))
            case Highlight(content):
                return self.inlines(content, look.with_("Highlight"))
            case SmallCaps(content):
                return self.inlines(content, look.with_("SmallCaps"))
            case Subscript(content):
                return self.inlines(content, look.with_("Subscript"))
            case Superscript(content):
                return self.inlines(content, look.with_("Superscript"))
            case Code(text):
                return self.text(text, look.with_("CodeChar"))
            case Link(content, url, title):
                return self._link(content or (Text(url),), url, title, look)
            case Reference(content, target):
                return self._reference(content, target, look)
            case Image():
                return self.image(node, look, look.width or self.package.measure, self.theme.type.leading * INLINE_TALLEST, "")
            case LineBreak():
                return [word.run(self.props(look), word.break_())]
            case Note():
                return self._note(node, look)
            case Math(tex, mathml):
                formula = self.formula(tex, mathml)
                return [formula] if formula is not None else self.text(tex, look.with_("CodeChar"))
            case Span(content, language, direction):
                rtl = direction == "rtl" if direction else words.direction(language) == "rtl" if language else look.rtl
                return self.inlines(content, msgspec.structs.replace(look, language=language or look.language, rtl=rtl))
            case Abbreviation(content, title):
                if title:
                    self.say("export-note", f"Word has no place for what {plain_text(content)!r} stands for: {title}")
                return self.inlines(content, look)
            case _:
                assert_never(node)

    def formula(self, tex: str, mathml: str) -> Element | None:
        """A formula as Word edits it, None where it has no MathML that can be read."""
        found = omml.formula(mathml) if mathml else None
        if found and found.lost:
            self.say("export-note", f"the formula {tex[:60]!r}: Word's formulas cannot say {', '.join(found.lost)}")
        return found.element if found else None

    def props(self, look: Look) -> Props:
        """The properties of a run: its style and its language."""
        key = (look.looks, look.language)
        if key not in self._props:
            props: Props = {"rStyle": {"val": self.package.styles.character(look.looks)}} if look.looks else {}
            if look.language and look.language != self.package.language:
                props["lang"] = word.languages(look.language)
            self._props[key] = props
        return self._props[key]

    def text(self, text: str, look: Look) -> list[Element]:
        """The runs of a text: one, or several where it changes direction; tabs and line feeds as Word's own."""
        out: list[Element] = []
        props = self.props(look)
        for part, rtl in directions(text, look.rtl):
            pieces = (word.break_() if x == "\n" else word.tab() if x == "\t" else word.text(x) for x in BREAKS.split(part) if x)
            out.append(word.run(word.merge(props, {"rtl": {}}) if rtl else props, *pieces))
        return out

    # -- Links -----------------------------------------------------------------------------------------------------------------------

    def address(self, url: str) -> str:
        """The address as Word can hold it, '' where it cannot."""
        if not scheme(url):
            if self.meta.url:
                url = joined(self.meta.url, url)
            elif not url.startswith("//"):
                self.say("link-relative", f"{url} has no site address to lead from")
        return uri(url)

    def _link(self, content: Sequence[Inline], url: str, title: str, look: Look) -> list[Element]:
        address = "" if look.linked else self.address(url)
        if not address:
            return self.inlines(content, look)
        runs = self.inlines(content, msgspec.structs.replace(look.with_("Hyperlink"), linked=True))
        return [self.linked(runs, address, look, title)]

    def linked(self, runs: Iterable[Element], address: str, look: Look, title: str = "") -> Element:
        """Runs as a link to an address."""
        return word.hyperlink(look.host.link(address), tooltip=title, content=runs)

    def _reference(self, content: Sequence[Inline], target: str, look: Look) -> list[Element]:
        if look.linked or target not in self.anchors:
            return self.inlines(content, look)
        inner = msgspec.structs.replace(look.with_("InternalLink"), linked=True)
        label = self.labelled.get(target)
        if label and (found := mention(tuple(content), label, self.language)):
            return self._live(found, label, target, inner)
        return [word.hyperlink(anchor=self.anchors[target], content=self.inlines(content, inner))]

    def _live(self, found: Mention, label: Label, target: str, look: Look) -> list[Element]:
        """A reference whose number is that of the caption, whatever becomes of it: a field (17.16.5.51), and links beside it."""
        anchor, inner = self.anchors[target], look
        for mark in found.marks:
            inner = self._wearing(mark, inner)
        name = self.label_name(label) + ("L" if found.what == "label" else "N")
        out = word.field(f"REF {name} \\h \\* MERGEFORMAT", found.text, self.props(inner))
        before, after = (self.inlines(part, look) for part in (found.before, found.after))
        return [*([word.hyperlink(anchor=anchor, content=before)] if before else []), *out,
                *([word.hyperlink(anchor=anchor, content=after)] if after else [])]

    def _wearing(self, mark: Inline, look: Look) -> Look:
        """The look of words within an inline that has no content here."""
        match mark:
            case Emphasis() | Strong() | Highlight() | SmallCaps():
                strong = "StrongInBold" if look.bold else "Strong"
                return look.with_(strong if isinstance(mark, Strong) else type(mark).__name__)
            case Span(_, language, direction):
                rtl = direction == "rtl" if direction else words.direction(language) == "rtl" if language else look.rtl
                return msgspec.structs.replace(look, language=language or look.language, rtl=rtl)
            case _:
                return look

    def label_name(self, label: Label) -> str:
        """The stem of the bookmarks of a label and of its number."""
        if id(label) not in self.label_names:
            self.label_names[id(label)] = self.package.name(f"_Ref{len(self.package.names_taken)}")
        return self.label_names[id(label)]

    def label(self, label: Label, look: Look) -> list[Element]:
        """A label with its number, which Word counts (17.16.5.56), each with a bookmark for those that refer to it."""
        look_ = look
        for mark in label.marks:
            look_ = self._wearing(mark, look_)
        name = self.label_name(label)
        number = self.text(label.number, look_)
        if label.counted:
            reset = f" \\r {label.number}" if label.reset else ""
            number = word.field(f"SEQ {words.word(label.kind, self.language)} \\* ARABIC{reset}", label.number, self.props(look_))
        whole, own = (word.bookmark(name + end, self.package.next_bookmark()) for end in "LN")
        return [whole[0], *self.text(label.word + label.between, look_), own[0], *number, own[1], whole[1], *self.text(label.after, look_)]

    def marked(self, children: list[Element], name: str) -> list[Element]:
        """Elements between the ends of the bookmark for an id."""
        if not name or name not in self.anchors:
            return children
        start, end = word.bookmark(self.anchors[name], self.package.next_bookmark())
        return [start, *children, end]

    # -- Notes -----------------------------------------------------------------------------------------------------------------------

    def _note(self, note: Note, look: Look) -> list[Element]:
        kind = self.package.kind
        if look.noted:
            self.say("export-note", "Word has no notes within notes: one stands in brackets")
            return [*self.text(" (", look), *self.inlines(_flat(note.content), look), *self.text(")", look)]
        style = f"{kind.title()}Reference"
        if note.id and note.id in self.note_calls:
            name, number = self.note_calls[note.id]
            return word.field(f"NOTEREF {name} \\f \\h", number, {"rStyle": {"val": style}})
        number = self.package.next_note()
        self.calls += 1
        out = [word.note_call(kind, number, style)]
        if note.id and note.id in self.anchors:
            self.note_calls[note.id] = (self.anchors[note.id], str(self.calls))
            out = self.marked(out, note.id)
        self.note(note, number, word.note_mark(kind, style))
        return out

    @abstractmethod
    def note(self, note: Note, number: str, mark: Element) -> None:
        """Write what a note says, its first paragraph with the note's number."""

    # -- Pictures --------------------------------------------------------------------------------------------------------------------

    def image(self, image: Image, look: Look, room: float, tallest: float, url: str) -> list[Element]:
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
        return [word.run(None, word.drawing(picture, self.package.next_drawing()))]

    def size(self, image: Image) -> tuple[int, int]:
        """Width and height of a loaded picture in pixels."""
        asset = self.assets.get(image.asset)
        return (asset.width, asset.height) if asset else (0, 0)

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
        runs = self.text(image.alt or words.word("image", self.language), look.with_("Emphasis"))
        remote = image.src.startswith(("http://", "https://", "//"))
        url = self.address(f"https:{image.src}" if image.src.startswith("//") else image.src) if remote else ""
        return [self.linked(runs, url, look)] if url and not look.linked else runs


def _flat(blocks: Iterable[Block]) -> Iterator[Inline]:
    """The inlines of a note that has to stand within a line."""
    for number, node in enumerate(blocks):
        if number:
            yield Text(" ")
        if isinstance(node, Paragraph):
            yield from node.content
        else:
            yield Text(" ".join(plain_text(node).split()))
