"""The PDF exporter: what a file claims, what it says of the article, and what travels inside."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pikepdf
import pytest
from lxml import etree

import pubkit
from pubkit import model as m
from pubkit.diagnostics import ExportError, OptionError
from pubkit.exporters.base import Attachment
from samples import PICTURES

DATE = datetime(2026, 3, 4, 1, 30, tzinfo=timezone(timedelta(hours=3)))
NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/", "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/", "schema": "http://www.aiim.org/pdfa/ns/schema#",
}
META: dict[str, Any] = {
    "title": "Salt & <Water>", "subtitle": "A deck", "slug": "salt", "language": "uk", "published": DATE,
    "updated": DATE + timedelta(days=1),
    "authors": [m.Person("Ада Тестер"), m.Person("Bo Second"), m.Person("Cy Drawer", role="illustrator")], "tags": ["sea", "salt"],
    "summary": "What the sea leaves.", "publisher": "The Shore", "rights": "© the shore", "license": "https://example.org/licence",
    "id": "urn:uuid:1b671a64-40d5-491e-99b0-da01ff1f3341", "source": "https://example.org/source", "url": "https://example.org/salt",
}
FILES = (Attachment("b.json", "application/json", b"{}", "Data", "Numbers", DATE),
         Attachment("a b/ü.md", "text/markdown; charset=utf-8", b"# Salt", "Source"))


def made(*blocks: m.Block, options: dict[str, Any] | None = None, **meta: Any) -> pikepdf.Pdf:
    article = m.Article(m.Meta(**{**META, **meta}), blocks or (m.Paragraph("Words."),))
    return pikepdf.open(io.BytesIO(pubkit.export(article, "pdf", **(options or {})).files[0].data))


def packet(pdf: pikepdf.Pdf) -> etree._Element:
    return etree.fromstring(bytes(pdf.Root.Metadata.read_bytes()))


def values(tree: etree._Element, name: str) -> list[str]:
    found = tree.findall(f".//{name}", NS)
    assert len(found) <= 1
    return [str(item.text) for item in (found[0].findall(".//rdf:li", NS) or found)] if found else []


def test_the_packet_is_one_and_holds_the_articles_metadata() -> None:
    tree = packet(made())
    assert len(tree.findall("rdf:RDF", NS)) == 1
    assert values(tree, "dc:title") == ["Salt & <Water>", "Salt & <Water>"]
    titles = tree.findall(".//dc:title//rdf:li", NS)
    assert [item.get("{http://www.w3.org/XML/1998/namespace}lang") for item in titles] == ["x-default", "uk"]
    assert values(tree, "dc:creator") == ["Ада Тестер", "Bo Second"]
    assert values(tree, "dc:contributor") == ["Cy Drawer"]
    assert values(tree, "dc:description")[0] == "What the sea leaves."
    assert values(tree, "dc:subject") == ["sea", "salt"]
    assert values(tree, "dc:language") == ["uk"]
    assert values(tree, "dc:publisher") == ["The Shore"]
    assert values(tree, "dc:rights")[0] == "© the shore"
    assert values(tree, "dc:identifier") == [META["id"]]
    assert values(tree, "dc:source") == [META["source"]]
    assert values(tree, "xmpRights:WebStatement") == [META["license"]]
    assert values(tree, "xmpRights:Marked") == ["True"]
    assert values(tree, "xmp:CreateDate") == ["2026-03-03T22:30:00Z"]
    assert values(tree, "xmp:ModifyDate") == ["2026-03-04T22:30:00Z"]


def test_the_packet_can_be_found_without_reading_pdf() -> None:
    data = pubkit.export(m.Article(m.Meta(**META), [m.Paragraph("Words.")]), "pdf").files[0].data
    assert data.count(b"<?xpacket begin=") == 1
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data


def test_the_information_dictionary_says_the_same() -> None:
    pdf = made()
    assert {str(key): str(value) for key, value in pdf.docinfo.items()} == {
        "/Title": "Salt & <Water>", "/Author": "Ада Тестер, Bo Second", "/Subject": "What the sea leaves.", "/Keywords": "sea, salt",
        "/Creator": "pubkit", "/Producer": "pubkit", "/CreationDate": "D:20260303223000Z", "/ModDate": "D:20260304223000Z"}


def test_metadata_that_an_article_lacks_is_left_out() -> None:
    meta = m.Meta(title="Bare", slug="bare", language="en", published=datetime(987, 1, 1, tzinfo=UTC))
    article = m.Article(meta, [m.Paragraph("Words.")])
    pdf = pikepdf.open(io.BytesIO(pubkit.export(article, "pdf").files[0].data))
    tree = packet(pdf)
    assert values(tree, "dc:subject") == values(tree, "dc:rights") == values(tree, "xmpRights:Marked") == []
    assert str(pdf.docinfo["/CreationDate"]) == "D:09870101000000Z"
    assert all(element.text or len(element) for element in tree.iter() if element.tag.startswith(f"{{{NS['dc']}}}"))


CLAIMS = {
    "a-3a+ua-1": (["3"], ["A"], ["1"], ("PDF/A-3a", "PDF/UA-1"), "1.7"),
    "a-2a+ua-1": (["2"], ["A"], ["1"], ("PDF/A-2a", "PDF/UA-1"), "1.7"),
    "a-2u": (["2"], ["U"], [], ("PDF/A-2u",), "1.7"),
    "a-4f": (["4"], ["F"], [], ("PDF/A-4f",), "2.0"),
    "none": ([], [], [], (), "1.7"),
}


@pytest.mark.parametrize("standard", CLAIMS)
def test_a_file_claims_what_was_chosen(standard: str) -> None:
    part, level, accessible, claims, version = CLAIMS[standard]
    article = m.Article(m.Meta(**META), [m.Paragraph("Words.")])
    output = pubkit.export(article, "pdf", standard=standard, attachments=FILES if standard == "a-4f" else ())
    pdf = pikepdf.open(io.BytesIO(output.files[0].data))
    tree = packet(pdf)
    assert output.claims == claims
    assert (values(tree, "pdfaid:part"), values(tree, "pdfaid:conformance"), values(tree, "pdfuaid:part")) == (part, level, accessible)
    assert pdf.pdf_version == version
    assert ("/Info" in pdf.trailer) == (standard != "a-4f") or not pdf.docinfo
    assert bool(tree.findall(".//schema:property", NS)) == bool(accessible)
    assert "/ID" in pdf.trailer
    assert pdf.Root.StructTreeRoot is not None


@pytest.mark.parametrize(("options", "words"), [
    ({"standard": "a-2a+ua-1", "attachments": FILES}, "PDF/A-2a holds no files"),
    ({"standard": "a-2u", "attachments": FILES}, "PDF/A-2u holds no files"),
    ({"standard": "a-4f"}, "nothing is to be embedded"),
    ({"attachments": FILES + FILES[:1]}, "two embedded files are called 'b.json'"),
    ({"attachments": (Attachment("", "text/plain", b""),)}, "'' cannot be the name"),
])
def test_a_claim_that_the_content_does_not_bear_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ExportError, match=words) as error:
        made(options=options)
    assert error.value.hint


def test_a_standard_that_is_none_is_refused_with_the_list() -> None:
    with pytest.raises(OptionError) as error:
        made(options={"standard": "pdf/a-1b"})
    assert "a-3a+ua-1" in error.value.hint


def test_files_travel_inside_once_each_with_what_they_are() -> None:
    pdf = made(options={"attachments": FILES})
    listed = list(pdf.Root.Names.EmbeddedFiles.Names)
    assert [str(name) for name in listed[::2]] == ["a b/ü.md", "b.json"]  # sorted, as a name tree must be
    assert [entry.objgen for entry in pdf.Root.AF] == [entry.objgen for entry in listed[1::2]]
    source, data = listed[1::2]
    assert (str(source.AFRelationship), str(data.AFRelationship), str(data.Desc)) == ("/Source", "/Data", "Numbers")
    assert str(source.UF) == "a b/ü.md"
    assert bytes(source.EF.F.read_bytes()) == b"# Salt"
    assert str(source.EF.F.Subtype) == "/text/markdown; charset=utf-8"
    assert (int(data.EF.F.Params.Size), str(data.EF.F.Params.ModDate)) == (2, "D:20260303223000Z")
    assert bytes(data.EF.F.Params.CheckSum) == hashlib.md5(b"{}").digest()


def test_nothing_in_a_file_is_interpolated() -> None:
    read = pubkit.parse("# A\n\n![a dot](dot.png)\n", pictures=PICTURES, published=DATE)
    data = pubkit.export(read.article, "pdf").files[0].data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pictures = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"]
        assert pictures
        assert not any(picture.get("/Interpolate", False) for picture in pictures)


def test_the_same_article_is_the_same_bytes() -> None:
    article = m.Article(m.Meta(**META), [m.Paragraph(["Words", m.Note("A note.")])])
    one, other = (pubkit.export(article, "pdf", attachments=FILES).files[0].data for _ in range(2))
    assert one == other
    assert not re.search(rb"/tmp|/home|/root", one)
