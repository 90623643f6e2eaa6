"""An organisation's own Word template comes in; an empty document that wears it goes out.

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
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from lxml import etree
from msgspec import Struct

from pubkit import zipfiles
from pubkit.diagnostics import AssetError, LimitError, ReadError
from pubkit.exporters.word.elements import NS, Element, el, qn, root, twips
from pubkit.exporters.word.joining import Joined, join
from pubkit.exporters.word.readings import (
    DOCUMENT,
    FONTS,
    NUMBERING,
    OFF,
    SETTINGS,
    STYLES,
    THEME,
    W,
    attribute,
    drop,
    in_points,
    keep,
    local,
    put,
    unset,
    whole,
    xml,
)
from pubkit.exporters.word.taming import OFFICE_VML, RELATION, tame
from pubkit.normalize import SCHEMES

__all__ = ["MAX_MEMBERS", "MAX_PART", "MAX_TOTAL", "Reference", "load"]

MAX_TOTAL = 100_000_000  # bytes of a template, and of all that it holds once unpacked
MAX_PART = 20_000_000  # bytes of one XML part
MAX_MEMBERS = 2_000
HOUSE = "word/house"  # the folder for what comes from the template; nothing of ours is written there

_ANOTHER = "Take another copy of it, or open it in Word and save it anew as a Word document (*.docx)"
_SAVE = "Save it as a Word document (*.docx), without macros or password"


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
        return join(zipfiles.unpack(self.document), self.measure, sheet, numbering)


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
        for e in self._copy("fontTable", "w:fonts", FONTS, CT.WML_FONT_TABLE).iter(W + "charset"):
            unset(e, "characterSet")  # of strict documents, though LibreOffice writes it in others
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
                drop(e)
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
        tame(part, targets)
        used = {value for e in part.iter(etree.Element) for key, value in e.attrib.items() if str(key).startswith((RELATION, OFFICE_VML))}
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
        self.files |= {name: xml(part) for name, part in self.parts.items()}
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
        sections = [e for e in document.iter(W + "sectPr") if local(e.getparent()) in ("body", "pPr")]  # type: ignore[arg-type]
        heads: dict[tuple[str, str], str] = {}
        for e in (child for s in sections for child in s if local(child) in ("headerReference", "footerReference")):
            if (which := e.get(W + "type") or "default") in ("default", "first", "even"):
                heads[local(e), which] = e.get(qn("r:id")) or ""
        out = el("w:sectPr")
        for (kind, which), number in heads.items():
            if target := self._head(kind.removesuffix("Reference"), number):
                out.append(el(f"w:{kind}", type=which, r_id=target))
        last = sections[-1] if sections else el("w:sectPr")
        for name in SECTION[2:]:
            found = last.find(W + name)
            if found is not None and not (name == "type" and found.get(W + "val") not in ("oddPage", "evenPage")):
                out.append(_bare(found))
        for e in out.findall(W + "pgNumType"):
            unset(e, "start")  # the section may come to stand for many
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
FONT = "application/vnd.openxmlformats-officedocument.obfuscatedFont"


def _arrange(settings: Element) -> None:
    """Put settings in their order, and those right that concern parts which are not the template's."""
    found = {str(etree.QName(e).localname): e for e in settings}
    found["zoom"] = el("w:zoom", percent="100")
    for kind in NOTES:
        notes = found.setdefault(f"{kind}Pr", el(f"w:{kind}Pr", *([el("w:pos", val="sectEnd")] if kind == "endnote" else [])))
        keep(notes, NOTES_KEPT)
        notes.extend(el(f"w:{kind}", id=number) for number in ("-1", "0"))
    compat = found.setdefault("compat", el("w:compat"))
    for e in [c for c in compat.iter(W + "compatSetting") if c.get(W + "name") == "compatibilityMode"]:
        drop(e)
    # Word shows "Compatibility Mode" below 15 ([MS-DOCX] 2.3.2).
    compat.append(el("w:compatSetting", name="compatibilityMode", uri=WORD, val="15"))
    # Lines that end with a break, as those of verse, are not spread to the width of the column.
    if compat.find(W + "doNotExpandShiftReturn") is None:
        compat.insert(sum(1 for e in compat if local(e) in COMPAT_FIRST), el("w:doNotExpandShiftReturn"))
    settings[:] = [found[name] for name in SETTINGS_KEPT if name in found]


def _drop_bullets(numbering: Element) -> None:
    """Drop bullets whose picture is gone (17.9.20)."""
    empty = [e for e in numbering.iter(W + "numPicBullet") if len(e) == 0]
    gone = {e.get(W + "numPicBulletId") for e in empty}
    for e in (*empty, *[e for e in numbering.iter(W + "lvlPicBulletId") if e.get(W + "val") in gone]):
        drop(e)


def _listed(tag: str, namespace: str, rows: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """A part of the package itself: a root with rows of attributes."""
    out = etree.Element(f"{{{namespace}}}{tag}", nsmap={None: namespace})  # type: ignore[dict-item]  # its stubs know no default namespace
    for name, attributes in rows:
        etree.SubElement(out, f"{{{namespace}}}{name}", dict(attributes))
    return xml(out)


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
        if part is not out and not local(part):
            drop(part)
        for key in list(part.attrib):
            if not str(key).startswith(W) or str(key).startswith(f"{W}rsid"):
                del part.attrib[key]
    return out


def _fill(section: Element, name: str, defaults: Mapping[str, int]) -> None:
    """Give a property of a section the lengths that it lacks, all in twips."""
    found = section.find(W + name)
    if found is None:
        found = el(f"w:{name}")
        put(section, found, SECTION_RANK)
    for key, default in defaults.items():
        points = in_points(found.get(W + key))
        found.set(W + key, str(default) if points is None else twips(points))


class _Page:
    """The measures of a section in points."""

    def __init__(self, section: Element, settings: Element, template: _Template) -> None:
        size, margins = section.find(W + "pgSz"), section.find(W + "pgMar")
        edge = {key: in_points(attribute(margins, key)) or 0.0 for key in MARGINS}
        on_top = settings.find(W + "gutterAtTop")
        gutter = edge["gutter"] if on_top is None or on_top.get(W + "val") in OFF else 0.0
        width, height = (in_points(attribute(size, key)) or 0.0 for key in A4)
        self.measure = _measure(section.find(W + "cols"), width - edge["left"] - edge["right"] - gutter)
        # A negative margin holds whatever the header needs (17.6.11).
        self.height = round(height - abs(edge["top"]) - abs(edge["bottom"]) - (edge["gutter"] - gutter), 3)
        if self.measure < NARROWEST or self.height < NARROWEST:
            template.fail(f"the pages of the template leave {self.measure:.0f} by {self.height:.0f} points for a column of text",
                          "Set the size, margins and columns of its last section")


def _measure(cols: Element | None, text: float) -> float:
    """How wide the narrowest column is (17.6.4)."""
    widths = [] if cols is None or attribute(cols, "equalWidth") not in OFF else [
        w for c in cols.iter(W + "col") if (w := in_points(attribute(c, "w"))) is not None]
    if widths:
        return round(min(*widths, text), 3)
    count = max(1, whole(attribute(cols, "num")) or 1)
    space = in_points(attribute(cols, "space"))
    return round((text - (count - 1) * (36.0 if space is None else space)) / count, 3)
