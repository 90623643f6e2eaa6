"""A part of somebody else's document goes in; the same part comes out without what would reach out of it: fields, objects, addresses."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from lxml import etree
from msgspec import Struct

from pubkit.exporters.word.elements import NS, Element, el, qn
from pubkit.exporters.word.readings import W, drop, local

__all__ = ["OFFICE_VML", "RELATION", "tame"]

IDS = 1_000_000  # ids of drawings in headers and footers begin here, so that those of the text can begin at 1
_VML = "{urn:schemas-microsoft-com:vml}"
OFFICE_VML = "{urn:schemas-microsoft-com:office:office}"
RELATION = f"{{{NS['r']}}}"
# What goes with a relation that goes: the nearest of these around it, so that the rest stays valid.
WITH_RELATION = frozenset((
    *(qn(n) for n in ("w:drawing", "w:pict", "w:object", "w:embedRegular", "w:embedBold", "w:embedItalic", "w:embedBoldItalic",
                      "a:ext", "a:hlinkClick", "a:hlinkMouseOver")), f"{{{NS['a']}}}hlinkHover", f"{_VML}fill", f"{_VML}stroke"))
# What no header of ours can have: what belongs to parts that go, to forms, and to what is embedded.
GONE = frozenset(W + n for n in (
    "object control altChunk subDoc contentPart commentRangeStart commentRangeEnd commentReference footnoteReference endnoteReference "
    "bookmarkStart bookmarkEnd permStart permEnd proofErr placeholder movie rsid").split())
# The data that a content control may show: the properties of the document, which it has (17.5.2.6). Other data go with their part.
PROPERTY_DATA = ("{6C3C8BC8-F283-45AE-878A-BAB7291924A1}", "{6668398D-A668-4E3E-A5EB-62B293D839F1}")
REACHING = frozenset("INCLUDEPICTURE INCLUDETEXT INCLUDE IMPORT LINK DDE DDEAUTO DATABASE RD EMBED OCX CONTROL HTMLCONTROL "
                     "MACROBUTTON".split())
HOLDERS = tuple(W + n for n in ("hdr", "ftr", "tc", "txbxContent"))


def tame(part: Element, kept: Container[str]) -> None:
    """Take out of a part what belongs to relations that are not ``kept``, and all that fetches or runs something."""
    for e in list(part.iter(etree.Element)):
        if e.tag in GONE or (etree.QName(e).localname == "dataBinding" and (e.get(W + "storeItemID") or "").upper() not in PROPERTY_DATA):
            drop(e)
        elif etree.QName(e).localname == "webVideoPr":  # the page of a film, [MS-DOCX] 2.6.5
            _with_relation(e)
        else:
            _tame_attributes(e, kept)
    _tame_fields(part)
    for n, e in enumerate(part.iter(qn("wp:docPr"))):
        e.set("id", str(IDS + n))
    for e in list(part.iter(*HOLDERS)):
        if all(local(child) == "tcPr" for child in e):
            e.append(el("w:p"))


def _tame_attributes(e: Element, kept: Container[str]) -> None:
    for key, value in e.attrib.items():
        key = str(key)
        # ID: of LibreOffice, which no schema knows.
        if key.startswith((f"{W}rsid", f"{OFFICE_VML}href", f"{OFFICE_VML}althref")) or (
                key in ("src", "ID") and str(e.tag).startswith(_VML)):
            del e.attrib[key]
        elif key.startswith(RELATION) or key == f"{OFFICE_VML}relid":
            if value in kept:
                continue
            del e.attrib[key]
            # Words that were a link stay, and a picture that is not only linked but embedded too.
            if e.tag != W + "hyperlink" and not (e.tag == qn("a:blip") and e.get(qn("r:embed")) in kept):
                _with_relation(e)


def _with_relation(e: Element) -> None:
    """Drop what cannot be without a relation."""
    around = next((a for a in (e, *e.iterancestors()) if a.tag in WITH_RELATION), None)
    if around is not None:
        drop(around)


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
    content = [child for r in part.iter(W + "r") for child in r if local(child) != "rPr"]
    fields, gone = list[_Field](), list[range]()
    for n, e in enumerate(content):
        kind = e.get(W + "fldCharType") if local(e) == "fldChar" else ""
        if kind == "begin":
            fields.append(_Field(n))
        elif fields and kind:
            field = fields[-1]
            field.end = n if field.end < 0 else field.end
            if kind == "end":
                fields.pop()
                if field.reaches():
                    gone += (range(field.start, field.end + 1), range(n, n + 1))
        elif fields and fields[-1].end < 0 and local(e) == "instrText" and len(fields[-1].code) < LONGEST:
            fields[-1].code = (fields[-1].code + (e.text or "")).lstrip()
    gone += (range(field.start, max(field.start, field.end) + 1) for field in fields if field.reaches())
    for span in _joined(gone):
        for n in span:
            drop(content[n])
    for e in list(part.iter(W + "fldSimple")):
        words, parent = (e.get(W + "instr") or "").split(), e.getparent()
        if words and words[0].upper() in REACHING and parent is not None:
            place = parent.index(e)
            parent[place:place + 1] = [child for child in e if local(child) != "fldData"]


def _joined(spans: Iterable[range]) -> Iterator[range]:
    """The spans that lie in no other: those of fields lie in each other or apart."""
    end = -1
    for span in sorted(spans, key=lambda r: (r.start, -r.stop)):
        if span.stop > end:
            yield span
            end = span.stop
