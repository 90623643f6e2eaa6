"""Text, notes, lists and pictures go in, one after the other; the finished Word document comes out."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from pubkit import zipfiles
from pubkit.exporters.word.elements import ROOT_NS, Element, Props, el, field, languages, merge, ppr, root, rpr, twips
from pubkit.exporters.word.numbering import CHECKS, LISTS
from pubkit.exporters.word.parts import FONT_TYPE, font_table, separators, template
from pubkit.exporters.word.styles import sheet
from pubkit.model import Asset, ListStyle
from pubkit.theme import Theme

__all__ = ["Host", "Package", "cut"]

class Host:
    """A part that holds text: the body or the footnotes. Knows its relations."""

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
    """A document that is being written: its body, its footnotes, its lists and its pictures."""

    def __init__(self, theme: Theme, language: str, embed_fonts: bool = False) -> None:
        self.theme = theme
        self.language = language
        self.sheet = sheet(theme, language)
        table, fonts = font_table(theme, embed_fonts)
        self.document = Document(io.BytesIO(template(theme, language, self.sheet.xml, table, embed_fonts)))
        self.package: Any = self.document.part.package
        listed = self.document.part.part_related_by(RT.FONT_TABLE)
        for n, data in enumerate(fonts, 1):
            listed.rels.add_relationship(RT.FONT, Part(PackURI(f"/word/fonts/font{n}.odttf"), FONT_TYPE, data, self.package), f"rId{n}")
        self.body: Any = self.document.element.body
        self.main = Host(self.document.part)
        self.notes_root = etree.fromstring(separators())
        self.notes = Host(Part(PackURI("/word/footnotes.xml"), CT.WML_FOOTNOTES, b"", self.package))
        self.media: dict[str, Part] = {}
        self.names: set[str] = set()
        self.names_taken: set[str] = set()
        self.numbers = CHECKS + 1
        self.drawings = self.bookmarks = self.footnotes = self.heads = 0

    def next_drawing(self) -> int:
        """A new id for a drawing."""
        self.drawings += 1
        return self.drawings

    def next_bookmark(self) -> int:
        """A new id for a bookmark."""
        self.bookmarks += 1
        return self.bookmarks

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

    def list_number(self, style: ListStyle, start: int, level: int, checks: bool = False) -> str:
        """The number of a list: bullets share one, every numbered list counts for itself."""
        if checks:
            return str(CHECKS + 1)
        abstract = LISTS.index(style)
        if style == "bullet":
            return str(abstract + 1)
        self.numbers += 1
        override = el("w:lvlOverride", el("w:startOverride", val=str(max(0, start))), ilvl=str(level))
        numbering: Any = self.document.part.numbering_part.element
        numbering.append(el("w:num", el("w:abstractNumId", val=str(abstract)), override, numId=str(self.numbers)))
        return str(self.numbers)

    def add_footnote(self) -> tuple[str, Element]:
        """A new footnote: its id and the element that its blocks go into."""
        self.footnotes += 1
        out = el("w:footnote", id=str(self.footnotes))
        self.notes_root.append(out)
        return str(self.footnotes), out

    def section(self, title: str, language: str, rtl: bool) -> Element:
        """The properties of a section whose pages carry ``title``; the first page carries the folio alone."""
        page = self.theme.page
        text = el("w:t")
        text.text = title
        direction: Props = {"bidi": {}} if rtl else {}
        run_look = merge({"lang": languages(language)}, {"rtl": {}} if rtl else {})
        head = self._head("header", RT.HEADER, CT.WML_HEADER, "w:hdr",
                          el("w:p", ppr(merge({"pStyle": {"val": "Header"}}, direction)), el("w:r", rpr(run_look), text)))
        feet = [self._head("footer", RT.FOOTER, CT.WML_FOOTER, "w:ftr",
                           el("w:p", ppr({"pStyle": {"val": "Footer"}}), *field("PAGE", "1"))) for _ in range(2)]
        blank = self._head("header", RT.HEADER, CT.WML_HEADER, "w:hdr", el("w:p", ppr({"pStyle": {"val": "Header"}})))
        lead = self.theme.type.leading
        out = el(
            "w:sectPr",
            el("w:headerReference", type="default", r_id=head), el("w:headerReference", type="first", r_id=blank),
            el("w:footerReference", type="default", r_id=feet[0]), el("w:footerReference", type="first", r_id=feet[1]),
            el("w:type", val="nextPage"),
            el("w:pgSz", w=twips(page.width), h=twips(page.height)),
            el("w:pgMar", top=twips(page.top), right=twips(page.right), bottom=twips(page.bottom), left=twips(page.left),
               header=twips(max(18.0, page.top - 2 * lead)), footer=twips(max(18.0, page.bottom - 2 * lead)), gutter="0"),
            el("w:titlePg"))
        if rtl:
            out.append(el("w:bidi"))
        return out

    def _head(self, kind: str, relation: str, content_type: str, tag: str, paragraph: Element) -> str:
        self.heads += 1
        part = Part(PackURI(f"/word/{kind}{self.heads}.xml"), content_type, root(tag, paragraph), self.package)
        self.document.part.rels.add_relationship(relation, part, f"head{self.heads}")
        return f"head{self.heads}"

    def properties(self, *, title: str, author: str, subject: str, keywords: str, language: str, identifier: str, category: str,
                   created: datetime | None, modified: datetime | None) -> None:
        """Write the core properties; texts are cut to the 255 characters that the format holds, dates are told in UTC."""
        core = self.document.core_properties
        core.title, core.author, core.last_modified_by = cut(title), cut(author), cut(author)
        core.subject, core.keywords, core.category = cut(subject), cut(keywords), cut(category)
        core.language, core.identifier, core.comments, core.revision = cut(language), cut(identifier), "", 1
        if created:
            core.created = _utc(created)
        if modified:
            core.modified = _utc(modified)

    def save(self) -> bytes:
        """The finished file."""
        if self.footnotes:
            self.notes.part._blob = etree.tostring(self.notes_root, encoding="UTF-8", xml_declaration=True, standalone=True)
        else:
            self.notes.part._blob = separators()
        self.document.part.rels.add_relationship(RT.FOOTNOTES, self.notes.part, "notes")
        etree.cleanup_namespaces(self.body, keep_ns_prefixes=list(ROOT_NS))
        out = io.BytesIO()
        self.document.save(out)
        files = zipfiles.unpack(out.getvalue())
        first = "[Content_Types].xml"
        return zipfiles.pack([(first, files.pop(first)), *files.items()])


def cut(text: str) -> str:
    """A text of at most 255 characters, with an ellipsis where it had more."""
    text = " ".join(text.split())
    return text if len(text) <= 255 else text[:254].rstrip() + "…"


def _utc(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)
