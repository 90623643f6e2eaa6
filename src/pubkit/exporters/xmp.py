"""Metadata and claims go in; the XMP packet and the information dictionary of a PDF come out (ISO 16684-1; ISO 32000-1, 14.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from pubkit.model import Meta
from pubkit.xhtml import escape

__all__ = ["Standard", "information", "packet", "pdf_date"]

PRODUCER = "pubkit"
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
# PDF/A-2 and PDF/A-3 know only the schemas of 2005: a later one is described in the packet itself (ISO 19005-2, 6.6.2.3).
_PDFUA_SCHEMA = """<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


class Standard(Struct, frozen=True):
    """What a file claims to be: part and level of PDF/A (ISO 19005), part of PDF/UA (ISO 14289), 0 or '' for none; the PDF version."""

    part: int = 0
    level: str = ""
    accessible: int = 0
    version: str = "1.7"

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims in words, such as ("PDF/A-3a", "PDF/UA-1")."""
        archival = (f"PDF/A-{self.part}{self.level.lower()}",) if self.part else ()
        return archival + ((f"PDF/UA-{self.accessible}",) if self.accessible else ())

    @property
    def holds_files(self) -> bool:
        """Whether files of any kind may be embedded (ISO 19005-3, 6.8; ISO 19005-4, annex A)."""
        return self.part == 3 or (self.part, self.level) == (4, "F") or not self.part


def packet(meta: Meta, standard: Standard) -> bytes:
    """The XMP packet of a file: Dublin Core, rights, dates in UTC, and what the file claims to be."""
    language = meta.language or "x-default"
    created, modified = meta.published, meta.updated or meta.published
    rights = meta.rights or (meta.license if not _is_address(meta.license) else "")
    parts = [
        _alternatives("dc:title", meta.title_text, language),
        _list("dc:creator", "Seq", [p.name for p in meta.authors if p.role == "author"]),
        _list("dc:contributor", "Bag", [p.name for p in meta.authors if p.role not in ("author", "publisher")]),
        _alternatives("dc:description", _description(meta), language),
        _list("dc:subject", "Bag", meta.tags),
        _list("dc:language", "Bag", [meta.language] if meta.language else []),
        _list("dc:publisher", "Bag", [_publisher(meta)] if _publisher(meta) else []),
        _alternatives("dc:rights", rights, language),
        _list("dc:date", "Seq", [_date(created)] if created else []),
        _simple("dc:identifier", meta.id or meta.url),
        _simple("dc:source", meta.source or meta.url),
        _simple("dc:format", "application/pdf"),
        _simple("pdf:Keywords", ", ".join(meta.tags)),
        _simple("pdf:Producer", PRODUCER),
        _simple("xmp:CreatorTool", PRODUCER),
        _simple("xmp:CreateDate", _date(created)),
        _simple("xmp:ModifyDate", _date(modified)),
        _simple("xmp:MetadataDate", _date(modified)),
        _simple("xmpRights:Marked", "True" if rights else ""),
        _simple("xmpRights:WebStatement", meta.license if _is_address(meta.license) else ""),
        _alternatives("xmpRights:UsageTerms", meta.license if meta.license and not _is_address(meta.license) else "", language),
    ]
    if standard.part:
        parts += [_simple("pdfaid:part", str(standard.part)), _simple("pdfaid:conformance", standard.level),
                  _simple("pdfaid:rev", "2020" if standard.part == 4 else "")]
    if standard.accessible:
        parts.append(_simple("pdfuaid:part", str(standard.accessible)))
    spaces = "".join(f'\n xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items())
    schema = _PDFUA_SCHEMA if standard.accessible and standard.part in (2, 3) else ""
    text = ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
            f'<rdf:Description rdf:about=""{spaces}>\n{"".join(parts)}</rdf:Description>\n{schema}</rdf:RDF>\n</x:xmpmeta>\n'
            '<?xpacket end="r"?>')
    return text.encode()


def information(meta: Meta) -> dict[str, Any]:
    """The entries of the information dictionary (14.3.3), as pydyf strings: what older readers show of a file."""
    import pydyf

    created, modified = meta.published, meta.updated or meta.published
    authors = [p.name for p in meta.authors if p.role == "author"]
    entries = {
        "Title": meta.title_text,
        "Author": ", ".join(authors),
        "Subject": _description(meta),
        "Keywords": ", ".join(meta.tags),
        "Creator": PRODUCER,
        "Producer": PRODUCER,
        "CreationDate": pdf_date(created),
        "ModDate": pdf_date(modified),
    }
    return {key: pydyf.String(value) for key, value in entries.items() if value}


def pdf_date(value: datetime | None) -> str:
    """A date as PDF writes it (7.9.4), in UTC; '' for none."""
    return "D:" + "".join(c for c in _date(value) if c not in "-:T") if value else ""


def _description(meta: Meta) -> str:
    return meta.summary or meta.subtitle_text


def _publisher(meta: Meta) -> str:
    return meta.publisher or next((p.name for p in meta.authors if p.role == "publisher"), "")


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _date(value: datetime | None) -> str:
    if value and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z" if value else ""


def _simple(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>\n" if value else ""


def _list(name: str, kind: str, values: Iterable[str]) -> str:
    items = "".join(f"<rdf:li>{escape(value)}</rdf:li>" for value in values)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>\n" if items else ""


def _alternatives(name: str, value: str, language: str) -> str:
    """A text by language: the default first, as ISO 16684-1, 8.2.2.4 wants it, then the same under its own language."""
    tags = dict.fromkeys(("x-default", language))
    items = "".join(f'<rdf:li xml:lang="{tag}">{escape(value)}</rdf:li>' for tag in tags)
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>\n" if value else ""
