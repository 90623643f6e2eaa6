"""An organisation's own Word template comes in; an empty document that wears it goes out, and then our styles and lists come in and go out
joined to those of the template, in its manner.

Of a template stay the styles, theme, fonts, lists, settings of layout, and the last section's page, headers and footers with their
pictures. Nothing of it is run or fetched, and nothing stays in it that would be by a program that opens the document. Sections are those
of ECMA-376 part 1 (5th edition), transitional, and part 2 for what concerns the package.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from lxml import etree
from msgspec import Struct

from pubkit import zipfiles
from pubkit.diagnostics import AssetError, LimitError, ReadError
from pubkit.exporters.word.elements import NS, PPR_RANK, RPR_RANK, Element, el, qn, root
from pubkit.normalize import SCHEMES

__all__ = ["MAX_MEMBERS", "MAX_PART", "MAX_TOTAL", "Joined", "Reference", "load"]

MAX_TOTAL = 100_000_000  # bytes of a template, and of all that it holds once unpacked
MAX_PART = 20_000_000  # bytes of one XML part
MAX_MEMBERS = 2_000
HOUSE = "word/house"  # the folder for what comes from the template; nothing of ours is written there
IDS = 1_000_000  # ids of drawings in headers and footers begin here, so that those of the text can begin at 1

_ANOTHER = "Take another copy of it, or open it in Word and save it anew as a Word document (*.docx)"
_SAVE = "Save it as a Word document (*.docx), without macros or password"


class Joined(Struct, frozen=True):
    """Our styles and lists joined to those of a template.

    ``parts``: by name the parts of the document that are new (styles, numbering, table of fonts).
    ``ids``: for each style of ours the id that it has there, whether it is the template's or was added.
    ``missing``: the names of our styles that the template lacks, in the order of our sheet, without those that Word hides and those that
    vary another (``Quote + 14 pt left``).
    ``offset``: what was added to the ids of our lists.
    """

    parts: dict[str, bytes]
    ids: dict[str, str]
    missing: tuple[str, ...]
    offset: int

    def rename(self, part: Element) -> None:
        """Change the ids of our styles and lists in the body, a story or a header that we wrote to what they are in the document."""
        for e in part.iter(*WORN):
            number = e.get(_W + "val") or ""
            e.set(_W + "val", self.ids.get(number, number))
        for e in part.iter(_W + "numPr"):
            _shift(e.find(_W + "numId"), self.offset)


class Reference(Struct, frozen=True):
    """A template made ready: an empty document that wears it, and what there is to know of its pages. Lengths are in points.

    ``document`` is a DOCX without notes and properties; its body holds the properties of its one section and nothing else.
    ``measure`` is the width of a column of text, ``height`` that of the text on a page.
    """

    document: bytes
    measure: float
    height: float

    def join(self, sheet: bytes, numbering: bytes) -> Joined:
        """Join our styles and lists to those of the template.

        What the template has by kind and name is taken from it. What it lacks is added as it would have made it: without colours and fonts
        of ours (but for code and signs), sizes, spaces and indents by the ratio of both running texts, line heights its own. Lists of
        ours get the marks of its list styles.

        Args:
            sheet: our styles part.
            numbering: our numbering part.
        """
        files = zipfiles.unpack(self.document)
        house, lists, fonts = (etree.fromstring(files[name]) for name in (STYLES, NUMBERING, FONTS))
        offset = _last(lists, "num", "numId", 0)
        styles = _Styles(house, etree.fromstring(sheet), self.measure, offset, files.get(THEME, b""))
        _Lists(lists, offset, styles).add(etree.fromstring(numbering))
        _name_fonts(fonts, styles.code_fonts)
        parts = {STYLES: _xml(house), NUMBERING: _xml(lists), FONTS: _xml(fonts)}
        return Joined(parts, styles.ids, tuple(styles.missing), offset)


def load(data: bytes, name: str) -> Reference:
    """Read a template and make it ready.

    Args:
        data: the bytes of a .docx or .dotx file.
        name: its name, for errors.

    Raises:
        ReadError: for what is no Word document that can be used, with what it is instead.
        LimitError: for what is too large.
    """
    with _Template(data, name) as template:
        return _Dresser(template).dressed()


# --- The package --------------------------------------------------------------------------------------------------------------------

OFFICE = NS["r"]
STRICT = "http://purl.oclc.org/ooxml/"
MAIN = (CT.WML_DOCUMENT_MAIN, "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml")
OTHERS = (("spreadsheetml", "an Excel workbook"), ("ms-excel", "an Excel workbook"), ("presentationml", "a PowerPoint presentation"),
          ("ms-powerpoint", "a PowerPoint presentation"), ("visio", "a Visio drawing"))
HEADS = ((b"%PDF-", "a PDF"), (b"{\\rtf", "a file in Rich Text Format"), (b"<", "XML or HTML"), (b"\x89PNG", "a picture"),
         (b"\xff\xd8\xff", "a picture"))


class _Relation(Struct, frozen=True):
    """A relation of a part: its kind (the last word of its type; '' for those of other makers), and a part's name or an address."""

    kind: str
    target: str
    external: bool


class _Template:
    """The zip of a template: its members, none read before it is asked for, and none beyond what it says of its size."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.archive = _opened(data, name)
        # Names of parts differ by more than the case of their letters (part 2, 6.2.2.3).
        self.members = {info.filename.lower(): info for info in self.archive.infolist()}
        self._check()
        self.defaults, self.overrides = self._content_types()
        self.main = self._main()

    def __enter__(self) -> _Template:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def fail(self, message: str, hint: str = _ANOTHER) -> NoReturn:
        """Raise `ReadError`."""
        raise ReadError(message, file=self.name, hint=hint)

    def _check(self) -> None:
        infos = self.archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise LimitError(f"the template holds more than {MAX_MEMBERS:,} files", file=self.name, hint=_ANOTHER)
        if len(self.members) < len(infos):
            self.fail("two files in the template have the same name: it is damaged, or was made to deceive")
        if (size := sum(info.file_size for info in infos)) > MAX_TOTAL:
            raise LimitError(f"the template would unpack to {size:,} bytes, more than {MAX_TOTAL:,}", file=self.name,
                             hint="Make its pictures smaller")
        for info in infos:
            if _leads_out(info.filename):
                self.fail(f"a file in the template has a name that leads out of it, {_shown(info.filename)}", "Trust nothing in it")
            if info.flag_bits & 1:
                self.fail("the template is an encrypted zip file", "Save it without a password")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self.fail(f"{_shown(info.filename)} in the template is packed in a way that Word never uses")

    def _content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        """The types by ending and by part (part 2, 6.2.3)."""
        if "[content_types].xml" not in self.members:
            self.fail(f"this is {self._other_zip()}, not a Word document", _SAVE)
        defaults, overrides = dict[str, str](), dict[str, str]()
        for e in self.xml("[Content_Types].xml").iter(etree.Element):
            kind = e.get("ContentType", "")
            if etree.QName(e).localname == "Default":
                defaults[e.get("Extension", "").lower()] = kind
            elif etree.QName(e).localname == "Override":
                overrides[e.get("PartName", "").lstrip("/").lower()] = kind
        return defaults, overrides

    def _other_zip(self) -> str:
        kind = self.members.get("mimetype")
        what = self.read("mimetype") if kind is not None and kind.file_size < 100 else b""
        if b"opendocument" in what:
            return "an OpenDocument file"
        if b"epub" in what:
            return "an EPUB"
        return "a zip file"

    def _main(self) -> str:
        """The main part: that of a document or of a template, and without macros."""
        types = [*self.defaults.values(), *self.overrides.values()]
        marks = (*self.members, *(t.lower() for t in types))
        if any("vbaproject" in m or "macroenabled" in m for m in marks):
            self.fail("the template holds macros, which are not taken over", "Save it as a Word document without macros (*.docx)")
        found = [r for r in self.relations("") .values() if r.kind == "officeDocument" and not r.external]
        if not found:
            self.fail("this is a zip file without a main part of a Word document", _SAVE)
        kind = self.type_of(found[0].target)
        if kind not in MAIN:
            other = next((what for mark, what in OTHERS if mark in kind), "a file of another kind")
            self.fail(f"this is {other}, not a Word document", _SAVE)
        return found[0].target

    def has(self, part: str) -> bool:
        """Whether there is a part of that name."""
        return part.lower() in self.members

    def type_of(self, part: str) -> str:
        """The content type of a part."""
        return self.overrides.get(part.lower(), self.defaults.get(part.rpartition(".")[2].lower(), ""))

    def read(self, part: str) -> bytes:
        """The bytes of a part: as many as the zip says, which were counted before."""
        info = self.members[part.lower()]
        try:
            with self.archive.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise ReadError(f"{_shown(info.filename)} in the template is damaged: {error}", file=self.name, hint=_ANOTHER) from error
        if len(data) != info.file_size:
            self.fail(f"{_shown(info.filename)} in the template is damaged: it has not the length that it says")
        return data

    def xml(self, part: str, tag: str = "") -> Element:
        """The root of an XML part, which must be ``tag``."""
        data = self.read(part)
        if len(data) > MAX_PART:
            raise LimitError(f"{_shown(part)} in the template has {len(data):,} bytes, more than {MAX_PART:,}", file=self.name,
                             hint="Delete the text of the template, and styles that nobody uses")
        # No part has a document type (part 2, 6.2.5); zeros are out for the sake of UTF-16.
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            self.fail(f"{_shown(part)} in the template declares a document type, which no Word document does")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
                                 remove_pis=True)
        try:
            out: Element = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise ReadError(f"{_shown(part)} in the template is no well-formed XML: {error}", file=self.name, hint=_ANOTHER) from error
        if out.getroottree().docinfo.internalDTD is not None:
            self.fail(f"{_shown(part)} in the template declares a document type, which no Word document does")
        if tag and out.tag != qn(tag):
            if str(etree.QName(out).namespace).startswith(STRICT):
                self._refuse_strict()
            self.fail(f"{_shown(part)} in the template is damaged: it is no {tag}")
        return out

    def _refuse_strict(self) -> NoReturn:
        self.fail("the template is a Strict Open XML document, which is not supported",
                  "In Word, save it as “Word Document (*.docx)” instead of “Strict Open XML Document”")

    def relations(self, part: str) -> dict[str, _Relation]:
        """The relations of a part, '' being the package itself, by id (part 2, 6.5). Those to parts that are not there are left out."""
        folder, _, file = part.rpartition("/")
        source = f"{folder}/_rels/{file}.rels".lstrip("/")
        if not self.has(source):
            return {}
        out: dict[str, _Relation] = {}
        for e in self.xml(source).iter("{*}Relationship"):
            base, _, kind = e.get("Type", "").rpartition("/")
            if base.startswith(STRICT) and kind == "officeDocument":
                self._refuse_strict()
            kind, target = kind if base == OFFICE else "", e.get("Target", "")
            if e.get("TargetMode", "Internal").lower() == "external":
                out[e.get("Id", "")] = _Relation(kind, target, True)
            elif inside := self._resolved(folder, target):
                out[e.get("Id", "")] = _Relation(kind, inside, False)
        return out

    def _resolved(self, folder: str, target: str) -> str:
        """The name of the part that a target leads to from a folder; '' if there is none."""
        steps: list[str] = [] if target.startswith("/") else [s for s in folder.split("/") if s]
        for step in target.partition("#")[0].split("/"):
            if step == "..":
                if not steps:
                    return ""
                steps.pop()
            elif step not in ("", "."):
                steps.append(step)
        path = "/".join(steps)
        return next((p for p in (path, unquote(path)) if self.has(p)), "")


def _opened(data: bytes, name: str) -> zipfile.ZipFile:
    if len(data) > MAX_TOTAL:
        raise LimitError(f"the template has {len(data):,} bytes, more than {MAX_TOTAL:,}", file=name, hint="Make its pictures smaller")
    if not data.startswith(b"PK\x03\x04"):
        message, hint = _no_zip(data)
        raise ReadError(message, file=name, hint=hint)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise ReadError(f"the template is damaged or cut off: {error}", file=name, hint=_ANOTHER) from error


def _no_zip(data: bytes) -> tuple[str, str]:
    """What a file is that is no zip, and what to do with it."""
    if not data:
        return "the template is empty", _ANOTHER
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # a compound file, [MS-CFB] 2.2, with names of streams in UTF-16
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "the template is encrypted", "Open it in Word and save it without a password"
        if "WordDocument".encode("utf-16-le") in data:
            return "the template is in the old format of Word (.doc)", _SAVE
        return "the template is encrypted, or in an old format of Office (.doc)", _SAVE
    what = next((kind for head, kind in HEADS if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(head)), "a file of another kind")
    return f"this is {what}, not a Word document (*.docx)", _SAVE


def _leads_out(name: str) -> bool:
    return bool(re.search(r"[\\:\x00-\x1f]", name)) or name.startswith("/") or ".." in name.split("/")


def _shown(text: str) -> str:
    """A name from a template, which may hold anything, as an error can show it."""
    return repr(text if len(text) <= 80 else text[:79] + "…")


# --- Small readings -----------------------------------------------------------------------------------------------------------------

_W = qn("w:p")[:-1]
_LENGTH = re.compile(r"(-?\d{1,7}(?:\.\d{1,6})?)(mm|cm|in|pt|pc|pi)?")
_UNITS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0, "pc": 12.0, "pi": 12.0}
_OFF = ("0", "false", "off")


def _points(text: str | None, unit: float = 1 / 20) -> float | None:
    """A length in points; a bare number counts in ``unit`` points (22.9.2.14)."""
    found = _LENGTH.fullmatch(text.strip()) if text else None
    return round(float(found[1]) * _UNITS.get(found[2], unit), 3) if found else None


def _whole(text: str | None) -> int | None:
    """A whole number that is not negative."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _val(parent: Element | None, *path: str) -> str | None:
    """``w:val`` of the element that a path of names below ``w`` leads to, if there is one."""
    found = parent
    for name in path:
        found = None if found is None else found.find(_W + name)
    return None if found is None else found.get(_W + "val")


def _attribute(e: Element | None, name: str) -> str | None:
    return None if e is None else e.get(_W + name)


def _local(e: Element) -> str:
    """The name of an element of WordprocessingML, '' for those of others."""
    return e.tag[len(_W):] if str(e.tag).startswith(_W) else ""


def _drop(e: Element) -> None:
    parent = e.getparent()
    if parent is not None:
        parent.remove(e)


def _unset(e: Element, *names: str) -> None:
    """Take attributes of WordprocessingML away."""
    for name in names:
        e.attrib.pop(_W + name, "")


def _keep(parent: Element, wanted: Container[str]) -> None:
    """Drop the children that are not wanted."""
    for child in list(parent):
        if _local(child) not in wanted:
            parent.remove(child)


def _twips(points: float) -> str:
    return str(round(points * 20))


def _half_points(points: float) -> str:
    return str(max(2, int(points * 2 + 0.5)))


def _xml(e: Element) -> bytes:
    return etree.tostring(e, encoding="UTF-8", xml_declaration=True, standalone=True)


# --- What would reach out of a document ----------------------------------------------------------------------------------------------

_VML = "{urn:schemas-microsoft-com:vml}"
_OFFICE_VML = "{urn:schemas-microsoft-com:office:office}"
_RELATION = f"{{{OFFICE}}}"
# What goes with a relation that goes: the nearest of these around it, so that the rest stays valid.
WITH_RELATION = frozenset((
    *(qn(n) for n in ("w:drawing", "w:pict", "w:object", "w:embedRegular", "w:embedBold", "w:embedItalic", "w:embedBoldItalic",
                      "a:ext", "a:hlinkClick", "a:hlinkMouseOver")), f"{{{NS['a']}}}hlinkHover", f"{_VML}fill", f"{_VML}stroke"))
# What no header of ours can have: what belongs to parts that go, to forms, and to what is embedded.
GONE = frozenset(_W + n for n in (
    "object control altChunk subDoc contentPart commentRangeStart commentRangeEnd commentReference footnoteReference endnoteReference "
    "bookmarkStart bookmarkEnd permStart permEnd proofErr placeholder movie rsid").split())
# The data that a content control may show: the properties of the document, which it has (17.5.2.6). Other data go with their part.
PROPERTY_DATA = ("{6C3C8BC8-F283-45AE-878A-BAB7291924A1}", "{6668398D-A668-4E3E-A5EB-62B293D839F1}")
REACHING = frozenset("INCLUDEPICTURE INCLUDETEXT INCLUDE IMPORT LINK DDE DDEAUTO DATABASE RD EMBED OCX CONTROL HTMLCONTROL "
                     "MACROBUTTON".split())
HOLDERS = tuple(_W + n for n in ("hdr", "ftr", "tc", "txbxContent"))


def _tame(part: Element, kept: Container[str]) -> None:
    """Take out of a part what belongs to relations that are not ``kept``, and all that fetches or runs something."""
    for e in list(part.iter(etree.Element)):
        if e.tag in GONE or (etree.QName(e).localname == "dataBinding" and (e.get(_W + "storeItemID") or "").upper() not in PROPERTY_DATA):
            _drop(e)
        elif etree.QName(e).localname == "webVideoPr":  # the page of a film, [MS-DOCX] 2.6.5
            _with_relation(e)
        else:
            _tame_attributes(e, kept)
    _tame_fields(part)
    for n, e in enumerate(part.iter(qn("wp:docPr"))):
        e.set("id", str(IDS + n))
    for e in list(part.iter(*HOLDERS)):
        if all(_local(child) == "tcPr" for child in e):
            e.append(el("w:p"))


def _tame_attributes(e: Element, kept: Container[str]) -> None:
    for key, value in e.attrib.items():
        key = str(key)
        # ID: of LibreOffice, which no schema knows.
        if key.startswith((f"{_W}rsid", f"{_OFFICE_VML}href", f"{_OFFICE_VML}althref")) or (
                key in ("src", "ID") and str(e.tag).startswith(_VML)):
            del e.attrib[key]
        elif key.startswith(_RELATION) or key == f"{_OFFICE_VML}relid":
            if value in kept:
                continue
            del e.attrib[key]
            # Words that were a link stay, and a picture that is not only linked but embedded too.
            if e.tag != _W + "hyperlink" and not (e.tag == qn("a:blip") and e.get(qn("r:embed")) in kept):
                _with_relation(e)


def _with_relation(e: Element) -> None:
    """Drop what cannot be without a relation."""
    around = next((a for a in (e, *e.iterancestors()) if a.tag in WITH_RELATION), None)
    if around is not None:
        _drop(around)


LONGEST = 100  # characters of a field's code, more than any name of one has


class _Field(Struct):
    """A field that is being read: which element it begins with, which ends its code (-1: none so far), and the words of the code."""

    start: int
    end: int = -1
    code: str = ""

    def reaches(self) -> bool:
        """Whether it would reach out of the document."""
        words = self.code.split(maxsplit=1)
        return bool(words) and words[0].upper() in REACHING


def _tame_fields(part: Element) -> None:
    """Turn fields that fetch or run something into what they show (17.16)."""
    content = [child for r in part.iter(_W + "r") for child in r if _local(child) != "rPr"]
    fields, gone = list[_Field](), list[range]()
    for n, e in enumerate(content):
        kind = e.get(_W + "fldCharType") if _local(e) == "fldChar" else ""
        if kind == "begin":
            fields.append(_Field(n))
        elif fields and kind:
            field = fields[-1]
            field.end = n if field.end < 0 else field.end
            if kind == "end":
                fields.pop()
                if field.reaches():
                    gone += (range(field.start, field.end + 1), range(n, n + 1))
        elif fields and fields[-1].end < 0 and _local(e) == "instrText" and len(fields[-1].code) < LONGEST:
            fields[-1].code = (fields[-1].code + (e.text or "")).lstrip()
    gone += (range(field.start, max(field.start, field.end) + 1) for field in fields if field.reaches())
    for span in _joined(gone):
        for n in span:
            _drop(content[n])
    for e in list(part.iter(_W + "fldSimple")):
        words, parent = (e.get(_W + "instr") or "").split(), e.getparent()
        if words and words[0].upper() in REACHING and parent is not None:
            place = parent.index(e)
            parent[place:place + 1] = [child for child in e if _local(child) != "fldData"]


def _joined(spans: Iterable[range]) -> Iterator[range]:
    """The spans that lie in no other: those of fields lie in each other or apart."""
    end = -1
    for span in sorted(spans, key=lambda r: (r.start, -r.stop)):
        if span.stop > end:
            yield span
            end = span.stop


# --- The document ---------------------------------------------------------------------------------------------------------------------

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# What stays of CT_SectPr (17.6.17) and CT_Settings (17.15.1.78), in their order. How notes count and where columns begin is the article's.
SECTION = ("headerReference footerReference type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols vAlign noEndnote titlePg "
           "textDirection rtlGutter docGrid").split()
SETTINGS_KEPT = ("zoom embedTrueTypeFonts embedSystemFonts saveSubsetFonts mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader "
            "bordersDoNotSurroundFooter gutterAtTop defaultTabStop autoHyphenation consecutiveHyphenLimit hyphenationZone "
            "doNotHyphenateCaps "
            "defaultTableStyle evenAndOddHeaders bookFoldRevPrinting bookFoldPrinting bookFoldPrintingSheets drawingGridHorizontalSpacing "
            "drawingGridVerticalSpacing displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery noPunctuationKerning "
            "characterSpacingControl strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore footnotePr endnotePr compat mathPr "
            "themeFontLang clrSchemeMapping decimalSymbol listSeparator").split()
SECTION_RANK = {name: n for n, name in enumerate(SECTION)}
NOTES, NOTES_KEPT = ("footnote", "endnote"), ("pos", "numFmt", "numStart", "numRestart")
# What of CT_Compat (17.15.3) stands before doNotExpandShiftReturn.
COMPAT_FIRST = ("useSingleBorderforContiguousCells wpJustification noTabHangInd noLeading spaceForUL noColumnBalance "
                "balanceSingleByteDoubleByteWidth noExtraLineSpacing doNotLeaveBackslashAlone ulTrailSpace").split()
A4 = {"w": 11906, "h": 16838}
MARGINS = {"top": 1417, "right": 1417, "bottom": 1417, "left": 1417, "header": 708, "footer": 708, "gutter": 0}
NARROWEST = 36.0  # points, of a column of text that is still one
WORD = "http://schemas.microsoft.com/office/word"


class _Dresser:
    """Collects the parts of the document."""

    def __init__(self, template: _Template) -> None:
        self.template = template
        self.parts: dict[str, Element] = {}
        self.files: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.relations: dict[str, list[tuple[str, str, str, bool]]] = {}
        self.leaves: dict[str, str] = {}
        self.of_main = template.relations(template.main)

    def dressed(self) -> Reference:
        """The reference."""
        section = self._section()
        self._theme()
        self._copy("styles", "w:styles", STYLES, CT.WML_STYLES)
        _drop_bullets(self._copy("numbering", "w:numbering", NUMBERING, CT.WML_NUMBERING))
        for e in self._copy("fontTable", "w:fonts", FONTS, CT.WML_FONT_TABLE).iter(_W + "charset"):
            _unset(e, "characterSet")  # of strict documents, though LibreOffice writes it in others
        settings = self._copy("settings", "w:settings", SETTINGS, CT.WML_SETTINGS, SETTINGS_KEPT)
        _arrange(settings)
        page = _Page(section, settings, self.template)
        self.parts[DOCUMENT] = etree.fromstring(root("w:document", el("w:body", section)))
        self.types[DOCUMENT] = CT.WML_DOCUMENT_MAIN
        return Reference(self._packed(), page.measure, page.height)

    # Parts

    def _relate(self, source: str, number: str, kind: str, target: str, external: bool = False) -> None:
        self.relations.setdefault(source, []).append((number, kind, target, external))

    def _copy(self, kind: str, tag: str, name: str, content_type: str, wanted: Sequence[str] = ()) -> Element:
        """A part that the main part has once at most, tamed and with the ``wanted`` children alone; empty where there is none."""
        found = self._one(kind)
        part = self.template.xml(found, tag) if found else etree.fromstring(root(tag))
        for e in list(part) if wanted else ():
            if etree.QName(e).namespace not in (NS["w"], NS["m"]) or etree.QName(e).localname not in wanted:
                _drop(e)
        if found:
            self._tame(part, found, name)
        self.parts[name], self.types[name] = part, content_type
        self._relate(DOCUMENT, kind, f"{OFFICE}/{kind}", name)
        return part

    def _one(self, kind: str) -> str:
        return next((r.target for r in self.of_main.values() if r.kind == kind and not r.external), "")

    def _tame(self, part: Element, source: str, name: str) -> None:
        """Clean a part, and take over those of its relations that it then has left."""
        relations = self.template.relations(source)
        targets = {number: target for number, r in relations.items() if (target := self._kept(r))}
        _tame(part, targets)
        used = {value for e in part.iter(etree.Element) for key, value in e.attrib.items() if str(key).startswith((_RELATION, _OFFICE_VML))}
        for number, target in targets.items():
            if number in used:
                r = relations[number]
                self._relate(name, number, f"{OFFICE}/{r.kind}", target if r.external else self._leaf(r), r.external)

    def _kept(self, relation: _Relation) -> str:
        """Where a relation of a part leads that can stay, '' for others."""
        if relation.external:
            return relation.target if relation.kind == "hyperlink" and _safe(relation.target) else ""
        kind = self.template.type_of(relation.target)
        if (relation.kind == "image" and kind.startswith("image/")) or (relation.kind == "font" and kind == FONT):
            return relation.target
        return ""

    def _leaf(self, relation: _Relation) -> str:
        """A picture or a font, taken over once."""
        source = relation.target.lower()
        if source not in self.leaves:
            kind = self.template.type_of(source)
            ending = source.rpartition(".")[2]
            name = f"{HOUSE}/{relation.kind}{len(self.leaves) + 1}.{ending if re.fullmatch('[a-z0-9]{1,6}', ending) else 'bin'}"
            self.files[name], self.types[name] = _picture(self.template.read(source), kind), kind
            self.leaves[source] = name
        return self.leaves[source]

    def _packed(self) -> bytes:
        self._relate("", "rId1", RT.OFFICE_DOCUMENT, DOCUMENT)
        self.files |= {name: _xml(part) for name, part in self.parts.items()}
        types = _listed("Types", f"{PACKAGE}/content-types", [
            ("Default", {"Extension": "rels", "ContentType": CT.OPC_RELATIONSHIPS}),
            ("Default", {"Extension": "xml", "ContentType": CT.XML}),
            *(("Override", {"PartName": f"/{name}", "ContentType": kind}) for name, kind in self.types.items())])
        rels = [(_rels_of(source), _listed("Relationships", f"{PACKAGE}/relationships", [
            ("Relationship", {"Id": number, "Type": kind, "Target": target if external else f"/{target}",
                              **({"TargetMode": "External"} if external else {})}) for number, kind, target, external in rows]))
            for source, rows in self.relations.items()]
        return zipfiles.pack([("[Content_Types].xml", types), *sorted([*rels, *self.files.items()])])

    # What stands in them

    def _theme(self) -> None:
        if self._one("theme"):
            self._copy("theme", "a:theme", THEME, CT.OFC_THEME)

    def _section(self) -> Element:
        """The properties of the last section, with the headers and footers that it has or inherits (17.10.5), and nothing else."""
        document = self.template.xml(self.template.main, "w:document")
        sections = [e for e in document.iter(_W + "sectPr") if _local(e.getparent()) in ("body", "pPr")]  # type: ignore[arg-type]
        heads: dict[tuple[str, str], str] = {}
        for e in (child for s in sections for child in s if _local(child) in ("headerReference", "footerReference")):
            if (which := e.get(_W + "type") or "default") in ("default", "first", "even"):
                heads[_local(e), which] = e.get(qn("r:id")) or ""
        out = el("w:sectPr")
        for (kind, which), number in heads.items():
            if target := self._head(kind.removesuffix("Reference"), number):
                out.append(el(f"w:{kind}", type=which, r_id=target))
        last = sections[-1] if sections else el("w:sectPr")
        for name in SECTION[2:]:
            found = last.find(_W + name)
            if found is not None and not (name == "type" and found.get(_W + "val") not in ("oddPage", "evenPage")):
                out.append(_bare(found))
        for e in out.findall(_W + "pgNumType"):
            _unset(e, "start")  # the section may come to stand for many
        _fill(out, "pgSz", A4)
        _fill(out, "pgMar", MARGINS)
        return out

    def _head(self, kind: str, number: str) -> str:
        """The relation to a header or footer of the template, '' if there is none."""
        r = self.of_main.get(number)
        if r is None or r.external or r.kind != kind:
            return ""
        part = self.template.xml(r.target, "w:hdr" if kind == "header" else "w:ftr")
        count = sum(1 for n in self.parts if n.startswith(f"{HOUSE}/{kind}")) + 1
        name = f"{HOUSE}/{kind}{count}.xml"
        self._tame(part, r.target, name)
        self.parts[name], self.types[name] = part, CT.WML_HEADER if kind == "header" else CT.WML_FOOTER
        self._relate(DOCUMENT, f"house-{kind}{count}", f"{OFFICE}/{kind}", name)
        return f"house-{kind}{count}"


BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
DOCUMENT, STYLES, NUMBERING = "word/document.xml", "word/styles.xml", "word/numbering.xml"
SETTINGS, FONTS, THEME = "word/settings.xml", "word/fontTable.xml", "word/theme/theme1.xml"
FONT = "application/vnd.openxmlformats-officedocument.obfuscatedFont"


def _arrange(settings: Element) -> None:
    """Put settings in their order, and those right that concern parts which are not the template's."""
    found = {str(etree.QName(e).localname): e for e in settings}
    found["zoom"] = el("w:zoom", percent="100")
    for kind in NOTES:
        notes = found.setdefault(f"{kind}Pr", el(f"w:{kind}Pr", *([el("w:pos", val="sectEnd")] if kind == "endnote" else [])))
        _keep(notes, NOTES_KEPT)
        notes.extend(el(f"w:{kind}", id=number) for number in ("-1", "0"))
    compat = found.setdefault("compat", el("w:compat"))
    for e in [c for c in compat.iter(_W + "compatSetting") if c.get(_W + "name") == "compatibilityMode"]:
        _drop(e)
    # Word shows "Compatibility Mode" below 15 ([MS-DOCX] 2.3.2).
    compat.append(el("w:compatSetting", name="compatibilityMode", uri=WORD, val="15"))
    # Lines that end with a break, as those of verse, are not spread to the width of the column.
    if compat.find(_W + "doNotExpandShiftReturn") is None:
        compat.insert(sum(1 for e in compat if _local(e) in COMPAT_FIRST), el("w:doNotExpandShiftReturn"))
    settings[:] = [found[name] for name in SETTINGS_KEPT if name in found]


def _name_fonts(table: Element, families: Iterable[str]) -> None:
    """Say what may stand for fonts of code that a machine has not."""
    known = {e.get(_W + "name") for e in table.iter(_W + "font")}
    for family in families:
        if family not in known:
            table.append(el("w:font", el("w:altName", val="Consolas"), el("w:family", val="modern"), el("w:pitch", val="fixed"),
                            name=family))


def _drop_bullets(numbering: Element) -> None:
    """Drop bullets whose picture is gone (17.9.20)."""
    empty = [e for e in numbering.iter(_W + "numPicBullet") if len(e) == 0]
    gone = {e.get(_W + "numPicBulletId") for e in empty}
    for e in (*empty, *[e for e in numbering.iter(_W + "lvlPicBulletId") if e.get(_W + "val") in gone]):
        _drop(e)


def _listed(tag: str, namespace: str, rows: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """A part of the package itself: a root with rows of attributes."""
    out = etree.Element(f"{{{namespace}}}{tag}", nsmap={None: namespace})  # type: ignore[dict-item]  # its stubs know no default namespace
    for name, attributes in rows:
        etree.SubElement(out, f"{{{namespace}}}{name}", dict(attributes))
    return _xml(out)


def _rels_of(part: str) -> str:
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")


def _safe(url: str) -> bool:
    try:
        return urlsplit(url).scheme in SCHEMES
    except ValueError:
        return False


def _picture(data: bytes, content_type: str) -> bytes:
    """The bytes of a picture; an SVG leaves without what could run or fetch, and empty if it is none."""
    from pubkit import pictures

    if content_type != "image/svg+xml":
        return data
    try:
        found = pictures.load("picture.svg", data)
    except AssetError:
        return BLANK
    return found.data if found.media_type == content_type else BLANK


def _bare(e: Element) -> Element:
    """A copy of an element with nothing but WordprocessingML in it."""
    out = copy.deepcopy(e)
    out.tail = None
    for part in list(out.iter(etree.Element)):
        if part is not out and not _local(part):
            _drop(part)
        for key in list(part.attrib):
            if not str(key).startswith(_W) or str(key).startswith(f"{_W}rsid"):
                del part.attrib[key]
    return out


def _fill(section: Element, name: str, defaults: Mapping[str, int]) -> None:
    """Give a property of a section the lengths that it lacks, all in twips."""
    found = section.find(_W + name)
    if found is None:
        found = el(f"w:{name}")
        _put(section, found, SECTION_RANK)
    for key, default in defaults.items():
        points = _points(found.get(_W + key))
        found.set(_W + key, str(default) if points is None else _twips(points))


class _Page:
    """The measures of a section in points."""

    def __init__(self, section: Element, settings: Element, template: _Template) -> None:
        size, margins = section.find(_W + "pgSz"), section.find(_W + "pgMar")
        edge = {key: _points(_attribute(margins, key)) or 0.0 for key in MARGINS}
        on_top = settings.find(_W + "gutterAtTop")
        gutter = edge["gutter"] if on_top is None or on_top.get(_W + "val") in _OFF else 0.0
        width, height = (_points(_attribute(size, key)) or 0.0 for key in A4)
        self.measure = _measure(section.find(_W + "cols"), width - edge["left"] - edge["right"] - gutter)
        # A negative margin holds whatever the header needs (17.6.11).
        self.height = round(height - abs(edge["top"]) - abs(edge["bottom"]) - (edge["gutter"] - gutter), 3)
        if self.measure < NARROWEST or self.height < NARROWEST:
            template.fail(f"the pages of the template leave {self.measure:.0f} by {self.height:.0f} points for a column of text",
                          "Set the size, margins and columns of its last section")


def _measure(cols: Element | None, text: float) -> float:
    """How wide the narrowest column is (17.6.4)."""
    widths = [] if cols is None or _attribute(cols, "equalWidth") not in _OFF else [
        w for c in cols.iter(_W + "col") if (w := _points(_attribute(c, "w"))) is not None]
    if widths:
        return round(min(*widths, text), 3)
    count = max(1, _whole(_attribute(cols, "num")) or 1)
    space = _points(_attribute(cols, "space"))
    return round((text - (count - 1) * (36.0 if space is None else space)) / count, 3)


# --- Styles -------------------------------------------------------------------------------------------------------------------------

PPR_KEPT = frozenset("keepNext keepLines pageBreakBefore widowControl numPr suppressLineNumbers pBdr tabs suppressAutoHyphens wordWrap "
                     "bidi spacing ind contextualSpacing jc outlineLvl".split())
RPR_KEPT = frozenset("rFonts b bCs i iCs caps smallCaps strike dstrike noProof vanish color sz szCs highlight u shd vertAlign rtl cs "
                     "specVanish".split())
CODE_ONLY = frozenset(("color", "shd"))  # looks of ours that code keeps
THEME_COLOR = ("themeColor", "themeTint", "themeShade")
TOGGLES = frozenset("b bCs i iCs caps smallCaps strike dstrike noProof vanish keepNext keepLines pageBreakBefore suppressLineNumbers "
                    "suppressAutoHyphens contextualSpacing bidi rtl cs".split())
SYMBOLS = re.compile(r"symbol|dings|math|emoji", re.IGNORECASE)
VARIED = " + "
BOLD = re.compile(r"bold|smbld|black|heavy", re.IGNORECASE)  # families whose weight is in their name
TEXT = ("normal", "body text", "first paragraph")  # running text, which is the template's own
WIDEST = 0.84  # of a column, for the indents of both sides


class _Index:
    """The styles of a part by id, and by kind and name."""

    def __init__(self, part: Element) -> None:
        self.styles = {number: s for s in part.iter(_W + "style") if (number := s.get(_W + "styleId"))}
        self.names: dict[tuple[str, str], str] = {}
        self.defaults: dict[str, str] = {}
        for number, s in self.styles.items():
            self.names.setdefault((_kind(s), _name(s).lower()), number)
            if s.get(_W + "default") not in (None, *_OFF):
                self.defaults.setdefault(_kind(s), number)
        self.run = part.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")
        self.paragraph = part.find(f"{_W}docDefaults/{_W}pPrDefault/{_W}pPr")

    def chain(self, number: str | None) -> Iterator[Element]:
        """A style and those that it is based on, in turn."""
        seen = set[str]()
        while number in self.styles and number not in seen:
            seen.add(number)
            yield self.styles[number]
            number = _val(self.styles[number], "basedOn")

    def inherited(self, number: str | None, group: str, name: str) -> Element | None:
        """What a style has of a property, itself or from the styles and defaults below it."""
        found = (s.find(f"{_W}{group}/{_W}{name}") for s in self.chain(number))
        defaults = self.run if group == "rPr" else self.paragraph
        return next((e for e in found if e is not None), None if defaults is None else defaults.find(_W + name))

    @property
    def text(self) -> str:
        """The id of the style of running text, '' where there is none."""
        return self.names.get(("paragraph", "normal"), self.defaults.get("paragraph", ""))

    def length(self, number: str, name: str, key: str) -> float:
        """A length that a paragraph style has in points, itself or from the styles and defaults below it; 0 if none says it."""
        found = (_attribute(s.find(f"{_W}pPr/{_W}{name}"), key) for s in self.chain(number))
        defaults = None if self.paragraph is None else self.paragraph.find(_W + name)
        return _points(next((value for value in found if value), _attribute(defaults, key))) or 0.0

    def size(self, number: str = "") -> float:
        """The size of a style in points, else of running text: that of the default style, of the defaults, or of Word."""
        e = self.inherited(number or self.text, "rPr", "sz")
        size = _points(_attribute(e, "val"), 0.5)
        return size if size and 1 <= size <= 200 else 10.0


def _kind(style: Element) -> str:
    return style.get(_W + "type") or "paragraph"


def _name(style: Element) -> str:
    return _val(style, "name") or style.get(_W + "styleId") or ""


def _base(style: Element, number: str) -> None:
    """Base a style on another."""
    for e in style.findall(_W + "basedOn"):
        _drop(e)
    style.insert(sum(1 for child in style if _local(child) in ("name", "aliases")), el("w:basedOn", val=number))


def _on(e: Element | None) -> bool:
    return e is not None and e.get(_W + "val") not in _OFF


class _Styles:
    """Gives the style sheet of a template what it lacks of ours."""

    def __init__(self, house: Element, sheet: Element, measure: float, offset: int, theme: bytes) -> None:
        self.house, self.index, self.ours = house, _Index(house), _Index(sheet)
        self.bare = not self.index.styles  # a template that has no styles has no manner of its own
        self.measure, self.offset, self.theme = measure, offset, theme
        self.size = self.ours.size() if self.bare else self.index.size()
        self.scale = self.size / self.ours.size()
        self.code_fonts: list[str] = []
        self.missing: list[str] = []
        self.had: set[str] = set()
        self.ids = self._ids()
        if self.bare:
            house[:] = [copy.deepcopy(e) for e in sheet]
            for e in house.iter(_W + "numPr"):
                _shift(e.find(_W + "numId"), offset)
            return
        self._speak()
        for number, style in self.ours.styles.items():
            if number not in self.had:
                house.append(self._adapted(number, style))
        self._default()

    def _ids(self) -> dict[str, str]:
        out: dict[str, str] = {}
        taken = {n.lower() for n in self.index.styles}
        for number, style in self.ours.styles.items():
            kind, name = _kind(style), _name(style)
            found = self.index.names.get((kind, name.lower()))
            if found is None and style.get(_W + "default") is not None:
                found = self.index.defaults.get(kind)
            if found is not None:
                out[number] = found
                self.had.add(number)
                continue
            if style.find(_W + "semiHidden") is None and VARIED not in name:
                self.missing.append(name)
            unique, n = number, 2
            while unique.lower() in taken:
                unique, n = f"{number}{n}", n + 1
            taken.add(unique.lower())
            out[number] = unique
        return out

    def _speak(self) -> None:
        """Give the template the language of our sheet: it is the article's, and Word checks its spelling by it."""
        lang = None if self.ours.run is None else self.ours.run.find(_W + "lang")
        if lang is None:
            return
        for number in sorted(self.ids[n] for n in self.had):
            for style in self.index.chain(number):
                for e in style.findall(f"{_W}rPr/{_W}lang"):
                    _drop(e)
        run = self.index.run
        if run is None:
            run = el("w:rPr")
            defaults = self.house.find(_W + "docDefaults")
            if defaults is None:
                defaults = el("w:docDefaults")
                self.house.insert(0, defaults)
            for old in defaults.findall(_W + "rPrDefault"):
                _drop(old)
            defaults.insert(0, el("w:rPrDefault", run))
        _put(run, copy.deepcopy(lang), RPR_RANK)

    def _default(self) -> None:
        """See to it that there is a default of every kind, as paragraphs without a style have it."""
        for kind, number in self.ours.defaults.items():
            if kind not in self.index.defaults:
                new = self.ids[number]
                for style in self.house.iter(_W + "style"):
                    if style.get(_W + "styleId") == new:
                        style.set(_W + "default", "1")

    # One style

    def _adapted(self, number: str, style: Element) -> Element:
        out = copy.deepcopy(style)
        out.tail = None
        out.set(_W + "styleId", self.ids[number])
        _unset(out, "default")
        for name in ("basedOn", "next", "link"):
            self._refer(out, name)
        name = _name(style).lower()
        if _kind(style) == "paragraph" and name in TEXT:
            return self._text(out, name)
        code = self._is_code(number)
        for pr in list(out.iter(_W + "pPr")):
            self._paragraph(pr, number, code)
        for pr in list(out.iter(_W + "rPr")):
            self._run(pr, number, code)
        self._table(out)
        base = self.ours.styles.get(_val(style, "basedOn") or "")
        if base is not None and _kind(style) == "paragraph" and VARIED not in name and _name(base).lower() in TEXT:
            self._restate(out, number)
        if (_kind(style), name) == ("character", "hyperlink"):
            self._link(out)
        if higher := self._higher(name):
            self._heading(out, number, higher)
        return out

    def _refer(self, style: Element, name: str) -> None:
        """Let a style refer to what the other is called in the template; it is linked to no style of the template."""
        e = style.find(_W + name)
        if e is None:
            return
        other = e.get(_W + "val") or ""
        if other not in self.ids or (name == "link" and other in self.had):
            _drop(e)
        else:
            e.set(_W + "val", self.ids[other])

    def _is_code(self, number: str) -> bool:
        return any(_on(s.find(f"{_W}rPr/{_W}noProof")) or _name(s).lower().startswith("code") for s in self.ours.chain(number))

    def _text(self, style: Element, name: str) -> Element:
        """Running text looks like the template's own; its first paragraph is not indented."""
        for e in (*style.findall(_W + "pPr"), *style.findall(_W + "rPr")):
            _drop(e)
        body = self.ours.names.get(("paragraph", "body text"))
        if name == "first paragraph" and body:
            _base(style, self.ids[body])
            style.append(el("w:pPr", el("w:ind", firstLine="0")))
        return style

    def _higher(self, name: str) -> str:
        """The template's heading of the next higher level than one that it lacks; '' if there is none, or for other styles."""
        found = re.fullmatch(r"heading ([2-9])", name)
        levels = range(int(found[1]) - 1, 0, -1) if found else ()
        return next((n for level in levels if (n := self.index.names.get(("paragraph", f"heading {level}")))), "")

    def _heading(self, style: Element, number: str, higher: str) -> None:
        """A heading below those of the template is like the last of these, as much smaller as it is with us."""
        _base(style, higher)
        for pr in style.findall(_W + "pPr"):
            _keep(pr, ("outlineLvl",))
            # The number would be of the level above, and the page break is for chapters.
            for e in (el("w:pageBreakBefore", val="0"), el("w:numPr", el("w:numId", val="0"))):
                _put(pr, e, PPR_RANK)
        own = self.ours.names.get(("paragraph", _name(self.index.styles[higher]).lower()), number)
        size = self.index.size(higher) * self.ours.size(number) / self.ours.size(own)
        for pr in style.findall(_W + "rPr"):
            for name in ("sz", "szCs"):
                _put(pr, el(f"w:{name}", val=_half_points(max(size, self.size))), RPR_RANK)

    def _redundant(self, number: str, group: str, e: Element) -> bool:
        """Whether a style of ours only repeats what it inherits, so that in the template it is to inherit as well."""
        below = self.ours.inherited(_val(self.ours.styles[number], "basedOn"), group, _local(e))
        if below is None:
            return _local(e) in TOGGLES and not _on(e)
        if set(map(str, (*e.attrib, *below.attrib))) <= {_W + "val"} and len(e) == len(below) == 0:
            values = (e.get(_W + "val", "1"), below.get(_W + "val", "1"))
            return values[0] == values[1] or all(v in _OFF for v in values)
        return False

    def _paragraph(self, pr: Element, number: str, code: bool) -> None:
        for e in list(pr):
            name = _local(e)
            if name not in PPR_KEPT or (_is_own(pr) and self._redundant(number, "pPr", e)):
                pr.remove(e)
            elif name == "spacing":
                self._scale(e, ("before", "after"))
                if not e.attrib:
                    pr.remove(e)
            elif name == "ind":
                self.indent(e)
            elif name == "tabs":
                for t in e:
                    self._tab(t)
            elif name == "numPr":
                _shift(e.find(_W + "numId"), self.offset)
        ragged = code or _name(self.ours.styles[number]).lower() == "table text"
        if ragged and pr.find(_W + "jc") is None and _is_own(pr):
            _put(pr, el("w:jc", val="left"), PPR_RANK)
        if not code:
            _plain_borders(pr)

    def _restate(self, style: Element, number: str) -> None:
        """Say in a style the spaces and indents that it has from our running text, where those of the template's are others."""
        pr = style.find(_W + "pPr")
        if pr is None:
            return
        house = _val(style, "basedOn") or ""
        house = house if house in self.index.styles else self.index.text
        listed = pr.find(_W + "numPr") is not None  # whose indents are those of its list
        for name, keys in (("spacing", ("before", "after")), ("ind", () if listed else ("left", "right", "firstLine"))):
            e = pr.find(_W + name)
            for key in keys:
                ours, theirs = self.ours.length(number, name, key) * self.scale, self.index.length(house, name, key)
                if abs(ours - theirs) < 0.05 or (e is not None and e.get(_W + {"firstLine": "hanging"}.get(key, key)) is not None):
                    continue
                if e is None:
                    e = el(f"w:{name}")
                    _put(pr, e, PPR_RANK)
                e.set(_W + key, _twips(ours))

    def _scale(self, e: Element, names: Iterable[str]) -> None:
        """Scale the lengths of these names and drop the other attributes."""
        for key in list(e.attrib):
            points = _points(e.get(key)) if str(key)[len(_W):] in names else None
            if points is None:
                del e.attrib[key]
            else:
                e.set(key, _twips(points * self.scale))

    def indent(self, e: Element) -> None:
        self._scale(e, ("left", "right", "start", "end", "hanging", "firstLine"))
        sides = [key for key in ("left", "right", "start", "end") if e.get(_W + key)]
        total = sum(_points(e.get(_W + key)) or 0.0 for key in sides)
        if total > (widest := self.measure * WIDEST):
            for key in sides:
                e.set(_W + key, _twips((_points(e.get(_W + key)) or 0.0) * widest / total))

    def _tab(self, e: Element) -> None:
        """Tabs to the right and to the centre mean the edge and the middle of the column."""
        part = {"right": 1.0, "end": 1.0, "center": 0.5}.get(e.get(_W + "val") or "")
        points = _points(e.get(_W + "pos")) or 0.0
        e.set(_W + "pos", _twips(points * self.scale if part is None else self.measure * part))

    def _run(self, pr: Element, number: str, code: bool) -> None:
        if not code and BOLD.search(_attribute(pr.find(_W + "rFonts"), "ascii") or ""):
            for name in ("b", "bCs"):
                _put(pr, el(f"w:{name}"), RPR_RANK)
        only_shade = {_local(e) for e in pr} - {""} == {"shd"}  # a highlight is nothing without
        for e in list(pr):
            name = _local(e)
            ours = name in CODE_ONLY and not code and not only_shade
            if ours or name not in RPR_KEPT or (_is_own(pr) and self._redundant(number, "rPr", e)):
                pr.remove(e)
            elif name == "rFonts":
                self._font(e, code)
            elif name in ("sz", "szCs"):
                points = _points(e.get(_W + "val"), 0.5)
                e.set(_W + "val", _half_points((points or self.size) * self.scale))
            elif name == "u":
                _unset(e, "color", *THEME_COLOR)

    def _font(self, e: Element, code: bool) -> None:
        family = e.get(_W + "ascii") or ""
        if not code and not SYMBOLS.search(family):
            _drop(e)
        elif code and family and family not in self.code_fonts:
            self.code_fonts.append(family)

    def _table(self, style: Element) -> None:
        for pr in list(style.iter(_W + "tblPr", _W + "tcPr", _W + "trPr")):
            for e in pr.findall(_W + "shd"):
                _drop(e)
            _plain_borders(pr)

    def _link(self, style: Element) -> None:
        """A link has the colour that the template's theme has for links, if it has a theme."""
        found = re.search(rb'<a:hlink>\s*<a:srgbClr val="([0-9A-Fa-f]{6})"', self.theme)
        if not found:
            return
        pr = style.find(_W + "rPr")
        if pr is None:
            pr = el("w:rPr")
            style.append(pr)
        _put(pr, el("w:color", val=found[1].decode(), themeColor="hyperlink"), RPR_RANK)


def _is_own(pr: Element) -> bool:
    """Whether properties are those of a style itself and not of a part of its tables."""
    parent = pr.getparent()
    return parent is not None and _local(parent) == "style"


def _plain_borders(pr: Element) -> None:
    """Borders in the colour of the text."""
    for e in pr.iter(etree.Element):
        if e.get(_W + "color") is not None and _local(e.getparent()) in ("pBdr", "tblBorders", "tcBorders"):  # type: ignore[arg-type]
            e.set(_W + "color", "auto")
            _unset(e, *THEME_COLOR)


def _put(pr: Element, e: Element, rank: Mapping[str, int]) -> None:
    """Put a property at its place, instead of what has its name."""
    for old in pr.findall(e.tag):
        pr.remove(old)
    at = rank[_local(e)]
    pr.insert(sum(1 for child in pr if rank.get(_local(child), len(rank)) < at), e)


# --- Lists --------------------------------------------------------------------------------------------------------------------------

FAR = 2 ** 30  # ids beyond are passed over: the next one would soon be more than Word can count
WORN = tuple(_W + n for n in ("pStyle", "rStyle", "tblStyle"))
LEVEL = "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr".split()  # the order of CT_Lvl (17.9.6)
LEVEL_RANK = {name: n for n, name in enumerate(LEVEL)}
DEEPEST = 5  # of the list styles that Word has


class _Lists:
    """Puts our lists behind those of a template."""

    def __init__(self, house: Element, offset: int, styles: _Styles) -> None:
        self.house, self.offset, self.styles = house, offset, styles
        self.behind = _last(house, "abstractNum", "abstractNumId", -1) + 1
        self.known = {_val(a, "nsid") for a in house.iter(_W + "abstractNum")}
        self.marks = {kind: [self._mark(f"list {kind}", n) for n in range(DEEPEST)] for kind in ("bullet", "number")}

    def add(self, ours: Element) -> None:
        """Add the lists of a part: all abstract lists before all lists (17.9.17)."""
        abstracts = [self._abstract(a) for a in ours.iter(_W + "abstractNum")]
        numbers = [self._number(n) for n in ours.iter(_W + "num")]
        for new, before in ((abstracts, ("numPicBullet", "abstractNum")), (numbers, ("numPicBullet", "abstractNum", "num"))):
            place = max((i for i, e in enumerate(self.house, 1) if _local(e) in before), default=0)
            self.house[place:place] = new

    def _number(self, number: Element) -> Element:
        out = _copy(number)
        out.set(_W + "numId", str((_whole(out.get(_W + "numId")) or 0) + self.offset))
        e = out.find(_W + "abstractNumId")
        if e is not None:
            e.set(_W + "val", str((_whole(e.get(_W + "val")) or 0) + self.behind))
        return out

    def _abstract(self, abstract: Element) -> Element:
        out, styles = _copy(abstract), self.styles
        out.set(_W + "abstractNumId", str((_whole(out.get(_W + "abstractNumId")) or 0) + self.behind))
        if _val(out, "nsid") in self.known:
            for e in out.findall(_W + "nsid"):
                _drop(e)
        for e in list(out.iter(_W + "pStyle", _W + "styleLink", _W + "numStyleLink")):
            number = e.get(_W + "val") or ""
            if number in styles.had or number not in styles.ids:
                _drop(e)  # a style of the template is linked with the template's list
            else:
                e.set(_W + "val", styles.ids[number])
        if not styles.bare:
            for level in out.iter(_W + "lvl"):
                self._look(level)
        return out

    def _look(self, level: Element) -> None:
        """Give a level the mark that the template's list style of its depth has, and the indents of ours, scaled."""
        for ind in level.iter(_W + "ind"):
            self.styles.indent(ind)
        for pr in level.findall(_W + "rPr"):
            _mark_look(pr)
        depth = _whole(level.get(_W + "ilvl")) or 0
        kind = "bullet" if _val(level, "numFmt") == "bullet" else "number"
        donor = self.marks[kind][min(depth, DEEPEST - 1)]
        if donor is None or not (_is_plain(level, kind) and _is_plain(donor, kind)):
            return
        for name in ("lvlText", "lvlPicBulletId", "rPr"):
            for old in level.findall(_W + name):
                _drop(old)
            found = donor.find(_W + name)
            if found is not None:
                _put(level, _copy(found), LEVEL_RANK)
        new = level.find(_W + "lvlText")
        if new is not None:
            new.set(_W + "val", re.sub("%[1-9]", f"%{depth + 1}", new.get(_W + "val") or ""))

    # The marks of the template

    def _mark(self, name: str, depth: int) -> Element | None:
        """The level that the template's list style of a depth is linked with, or that of the nearest style above it."""
        index = self.styles.index
        for n in range(depth, -1, -1):
            number = index.names.get(("paragraph", name if n == 0 else f"{name} {n + 1}"))
            if number is not None and (found := self._linked(number)) is not None:
                return found
        return None

    def _linked(self, style: str) -> Element | None:
        """The level of a list that a paragraph style is linked with: the one that names it (17.9.23), or what the style says."""
        chain = self.styles.index.chain(style)
        holder = next((s for s in chain if s.find(f"{_W}pPr/{_W}numPr/{_W}numId") is not None), None)
        abstract = self._of(_val(holder, "pPr", "numPr", "numId") or "0")
        levels = [] if abstract is None else [e for e in abstract.iter(_W + "lvl") if _whole(e.get(_W + "ilvl")) in range(9)]
        said = _val(holder, "pPr", "numPr", "ilvl") or "0"
        named = (e for e in levels if _val(e, "pStyle") == style)
        return next(named, next((e for e in levels if e.get(_W + "ilvl") == said), None))

    def _of(self, number: str) -> Element | None:
        """The abstract list of a list; one that only names a style of lists is that of the style (17.9.21)."""
        for _ in range(3):
            num = next((n for n in self.house.iter(_W + "num") if n.get(_W + "numId") == number), None)
            wanted = _val(num, "abstractNumId")
            found = next((a for a in self.house.iter(_W + "abstractNum") if a.get(_W + "abstractNumId") == wanted), None)
            link = _val(found, "numStyleLink")
            if link is None:
                return found if wanted is not None and number != "0" else None
            number = _val(self.styles.index.styles.get(link), "pPr", "numPr", "numId") or "0"
        return None


def _is_plain(level: Element, kind: str) -> bool:
    """Whether a level has a mark, and one that counts nothing but the level itself."""
    text = _val(level, "lvlText") or ""
    return bool(text) and re.findall("%[1-9]", text) == ([f"%{(_whole(level.get(_W + 'ilvl')) or 0) + 1}"] if kind == "number" else [])


def _copy(e: Element) -> Element:
    out = copy.deepcopy(e)
    out.tail = None
    return out


def _shift(e: Element | None, offset: int) -> None:
    """Add to the id of a list, unless it says that there is none."""
    old = _whole(_attribute(e, "val"))
    if e is not None and old:
        e.set(_W + "val", str(old + offset))


def _last(part: Element, tag: str, key: str, none: int) -> int:
    return max((n for e in part.iter(_W + tag) if (n := _whole(e.get(_W + key))) is not None and n < FAR), default=none)


def _mark_look(pr: Element) -> None:
    """A mark in the font and colour of the template, but for fonts that are made of signs."""
    for e in list(pr):
        if _local(e) in ("color", "") or (_local(e) == "rFonts" and not SYMBOLS.search(e.get(_W + "ascii") or "")):
            pr.remove(e)
