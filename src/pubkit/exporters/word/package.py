"""Text, notes, lists and pictures go in, one after the other; the finished Word document comes out."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, Literal

from docx import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from pubkit import zipfiles
from pubkit.exporters.word import elements as word
from pubkit.exporters.word.elements import ROOT_NS, Element, el
from pubkit.exporters.word.numbering import Lists
from pubkit.exporters.word.parts import separators, template
from pubkit.exporters.word.reference import Reference
from pubkit.exporters.word.sections import Heads
from pubkit.exporters.word.story import Block, Grid
from pubkit.exporters.word.styles import Styles, sheet
from pubkit.model import Asset, Meta
from pubkit.theme import Theme

__all__ = ["Host", "Package"]

PROPERTIES = {"docProps/core.xml": (CT.OPC_CORE_PROPERTIES, RT.CORE_PROPERTIES),
              "docProps/app.xml": (CT.OFC_EXTENDED_PROPERTIES, RT.EXTENDED_PROPERTIES),
              "docProps/custom.xml": (CT.OFC_CUSTOM_PROPERTIES, RT.CUSTOM_PROPERTIES)}


class Host:
    """A part that holds text: the body or the notes. Knows its relations."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.links: dict[str, str] = {}
        self.images: dict[str, str] = {}

    def link(self, url: str) -> str:
        """The relation to an address outside; one for each address."""
        # Numbers of our own: python-docx looks through all relations for every new one.
        if url not in self.links:
            self.links[url] = f"link{len(self.links) + 1}"
            self.part.rels.add_relationship(RT.HYPERLINK, url, self.links[url], True)
        return self.links[url]

    def image(self, media: Part) -> str:
        """The relation to a picture's part."""
        name = str(media.partname)
        if name not in self.images:
            self.images[name] = f"image{len(self.images) + 1}"
            self.part.rels.add_relationship(RT.IMAGE, media, self.images[name])
        return self.images[name]


class Package:
    """A document that is being written: its body, its notes, its styles, its lists and its pictures.

    ``kind`` is that of its notes. All ids that it gives are unique in the document.
    """

    def __init__(self, theme: Theme, language: str, kind: Literal["footnote", "endnote"] = "footnote", embed_fonts: bool = False,
                 reference: Reference | None = None) -> None:
        self.theme = theme
        self.language = language
        self.kind = kind
        self.reference = reference
        self.measure = reference.measure if reference else theme.page.measure
        self.height = reference.height if reference else theme.page.height - theme.page.top - theme.page.bottom
        self.sheet = sheet(theme, language)
        self.styles = Styles(self.sheet, theme, plain=reference is not None)
        self.lists = Lists(theme)
        self.document = Document(io.BytesIO(reference.document if reference else
                                            template(theme, language, self.sheet.xml, embed_fonts)))
        self.package: Any = self.document.part.package
        self.body: Any = self.document.element.body
        self.house = self.body.find(word.qn("w:sectPr")) if reference else None
        if self.house is not None:
            self.body.remove(self.house)
        self.main = Host(self.document.part)
        self.stories = {name: etree.fromstring(separators(name)) for name in ("footnote", "endnote")}
        types = {"footnote": (CT.WML_FOOTNOTES, RT.FOOTNOTES), "endnote": (CT.WML_ENDNOTES, RT.ENDNOTES)}
        self.hosts = {name: Host(Part(PackURI(f"/word/{name}s.xml"), content_type, b"", self.package))
                      for name, (content_type, _) in types.items()}
        for name, (_, relation) in types.items():
            self.main.part.rels.add_relationship(relation, self.hosts[name].part, f"{name}s")
        self.notes = self.hosts[kind]
        self.media: dict[str, Part] = {}
        self.names: set[str] = set()
        self.names_taken: set[str] = set()
        self.heads = {"header": 0, "footer": 0}
        self.drawings = self.bookmarks = self.noted = self.controls = 0

    # -- Ids -------------------------------------------------------------------------------------------------------------------------

    def next_drawing(self) -> int:
        """A new id for a drawing."""
        self.drawings += 1
        return self.drawings

    def next_bookmark(self) -> int:
        """A new id for a bookmark."""
        self.bookmarks += 1
        return self.bookmarks

    def next_control(self) -> int:
        """A new id for a content control."""
        self.controls += 1
        return self.controls

    def name(self, wish: str) -> str:
        """A name for a bookmark that is not taken: Word does not tell capitals apart."""
        unique, n = wish, 2
        while unique.lower() in self.names_taken:
            unique, n = f"{wish}_{n}", n + 1
        self.names_taken.add(unique.lower())
        return unique

    # -- What goes in ----------------------------------------------------------------------------------------------------------------

    def add(self, story: Iterable[Block]) -> None:
        """Append to the body."""
        self.body.extend(self.elements(story))

    def elements(self, story: Iterable[Block]) -> list[Element]:
        """The elements of a story; each paragraph in the style that has all of its formatting."""
        return [block.element if isinstance(block, Grid) else word.paragraph(
            self.styles.paragraph(block.style, block.variation), block.content,
            number=(block.number.list, block.number.level) if block.number else None, rtl=block.rtl, section=block.section)
            for block in story]

    def picture(self, host: Host, asset: Asset) -> str:
        """The relation from a part to a picture, which is kept once."""
        digest = asset.sha256
        if digest not in self.media:
            stem, _, suffix = asset.name.rpartition(".")
            unique, n = asset.name, 2
            while unique.lower() in self.names:
                unique, n = f"{stem}-{n}.{suffix}", n + 1
            self.names.add(unique.lower())
            self.media[digest] = Part(PackURI(f"/word/media/{unique}"), asset.media_type, asset.data, self.package)
        return host.image(self.media[digest])

    def next_note(self) -> str:
        """The id of a new note."""
        self.noted += 1
        return str(self.noted)

    def add_note(self, number: str, story: Iterable[Block]) -> None:
        """Add a note (ECMA-376 part 1, 17.11.10, 17.11.2)."""
        self.stories[self.kind].append(el(f"w:{self.kind}", *self.elements(story), id=number))

    def section(self, meta: Meta, language: str, rtl: bool) -> Element:
        """The properties of a section whose pages carry the heads of an article; notes count anew in it."""
        notes = [el(f"w:{self.kind}Pr", el("w:numFmt", val="decimal"), el("w:numRestart", val="eachSect"))]
        if self.house is not None:
            return word.section_like(self.house, rtl, notes)
        heads = Heads(self.theme, self.styles, meta, language or self.language, rtl)
        listed = [(kind, page, self._head(kind, paragraph)) for kind, page, paragraph in heads.all()]
        size, margins = heads.page()
        return word.section(listed, size, margins, rtl=rtl, notes=notes)

    def _head(self, kind: str, paragraph: Element) -> str:
        number = self.heads[kind] = self.heads[kind] + 1
        content_type, relation, tag = {"header": (CT.WML_HEADER, RT.HEADER, "w:hdr"), "footer": (CT.WML_FOOTER, RT.FOOTER, "w:ftr")}[kind]
        part = Part(PackURI(f"/word/{kind}{number}.xml"), content_type, word.root(tag, paragraph), self.package)
        self.main.part.rels.add_relationship(relation, part, f"{kind}{number}")
        return f"{kind}{number}"

    # -- What comes out --------------------------------------------------------------------------------------------------------------

    def save(self, properties: dict[str, bytes]) -> tuple[bytes, tuple[str, ...]]:
        """The finished file, and the names of the styles used in it that the template of somebody else lacks.

        ``properties`` are the parts that tell about the document.
        """
        for name, (content_type, relation) in PROPERTIES.items():
            if name in properties:
                part = Part(PackURI(f"/{name}"), content_type, properties[name], self.package)
                self.package.rels.add_relationship(relation, part, PurePosixPath(name).stem)
        made = {"word/styles.xml": self.styles.part(), "word/numbering.xml": self.lists.part()}
        missing: tuple[str, ...] = ()
        if self.reference:
            joined = self.reference.join(*made.values())
            stories = (self.body, *self.stories.values())
            used = {self.sheet.names.get(self.styles.base(style)) for story in stories for style in word.styles_of(story)}
            made, missing = joined.parts, tuple(name for name in joined.missing if name in used)
            for story in stories:
                joined.rename(story)
        for name, story in self.stories.items():
            self.hosts[name].part._blob = _xml(story)
        etree.cleanup_namespaces(self.body, keep_ns_prefixes=list(ROOT_NS))
        out = io.BytesIO()
        self.document.save(out)
        files = {**zipfiles.unpack(out.getvalue()), **made}
        first = "[Content_Types].xml"
        return zipfiles.pack([(first, files.pop(first)), *files.items()]), missing


def _xml(element: Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, standalone=True)
