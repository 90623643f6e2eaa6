"""EPUB: the package, its documents and what it says of itself. EPUBCheck and Ace judge the same files in tests/conformance."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any

import pytest
from lxml import etree

from pubkit import theme
from pubkit.diagnostics import ExportError
from pubkit.exporters import epub
from pubkit.model import (
    Article,
    Asset,
    Emphasis,
    Figure,
    Heading,
    Image,
    Link,
    List,
    Math,
    Meta,
    Note,
    Paragraph,
    Person,
    Reference,
    Series,
    Volume,
)

NS = {"o": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/", "h": "http://www.w3.org/1999/xhtml",
      "n": "http://www.daisy.org/z3986/2005/ncx/"}
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6360000000020001e221bc33"
                    "0000000049454e44ae426082")
BARE = epub.Options(fonts="none")
MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mi>x</mi></math>'


def meta(**more: Any) -> Meta:
    known: dict[str, Any] = {
        "title": "Glass & time", "slug": "glass", "language": "en", "id": "urn:uuid:0f3c1c5e-8f0e-5a68-9d4b-1b8f4a5b6c7d",
        "authors": (Person("Olena"), Person("Ana", role="translator")), "published": datetime(2026, 3, 1, 23, 30, tzinfo=UTC)}
    return Meta(**{**known, **more})


def article(*blocks: Any, **more: Any) -> Article:
    return Article(meta(**more), blocks, (Asset("dot-1.png", "image/png", PNG, 1, 1),))


def files(work: Article | Volume, options: epub.Options = BARE) -> dict[str, bytes]:
    volume = Volume(work.meta, (work,)) if isinstance(work, Article) else work
    (file,) = epub.export(volume, theme.load(), options).files
    with zipfile.ZipFile(BytesIO(file.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: dict[str, bytes]) -> Any:
    return etree.fromstring(parts["OEBPS/content.opf"])


def texts(root: Any, path: str) -> list[str]:
    return [e if isinstance(e, str) else e.text for e in root.xpath(path, namespaces=NS)]


def check(parts: dict[str, bytes]) -> None:
    """Every part is in the manifest, every id is unique, every link leads somewhere, every document is well-formed."""
    root = package(parts)
    listed = {"OEBPS/" + href for href in texts(root, "//o:manifest/o:item/@href")}
    assert listed == set(parts) - {"mimetype", "META-INF/container.xml", "OEBPS/content.opf"}
    ids = texts(root, "//@id")
    assert len(ids) == len(set(ids))
    trees: dict[str, Any] = {name: etree.fromstring(data) for name, data in parts.items() if name.endswith((".xhtml", ".ncx"))}
    anchors = {name: tree.xpath("//@id") for name, tree in trees.items()}
    for name, tree in trees.items():
        assert len(anchors[name]) == len(set(anchors[name])), name
        for link in tree.xpath("//@href | //*[local-name()='img' or local-name()='content']/@src"):
            if ":" in link:
                continue
            file, _, fragment = link.partition("#")
            target = normpath(join(dirname(name), file)) if file else name
            assert target in parts, (name, link)
            assert not fragment or fragment in anchors[target], (name, link)


FULL = article(
    Paragraph(("One", Note("A note."), Link("away", "https://example.org/"), Reference("the picture", "lead"), Math("x", MATHML))),
    Heading(2, "First & last", "first"), Heading(3, ("In ", Emphasis("it"), Note("called in a heading")), "in"),
    Heading(2, "Second", "second"), List(["x", "y"]), Figure(Image("dot.png", alt="dot", asset="dot-1.png"), "caption", id="fig"),
    subtitle=("A deck ", Emphasis("leaning")), publisher="Meridian", tags=("a", "b"), section="Archives", series=Series("Long reads", 3),
    summary="In short", rights="© Meridian", license="https://example.org/licence", source="https://example.org/?a=1&b=2",
    updated=datetime(2026, 3, 2, 1, 0, tzinfo=timezone(timedelta(hours=9))),
    image=Figure(Image("dot.png", alt="A dot", asset="dot-1.png"), ("See ", Reference("there", "second")), id="lead"))


def test_the_package_is_whole() -> None:
    check(files(FULL))


def test_mimetype_is_first_and_stored() -> None:
    (file,) = epub.export(Volume(FULL.meta, (FULL,)), theme.load()).files
    assert file.name == "glass.epub"
    first = zipfile.ZipFile(BytesIO(file.data)).infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert file.data[38:58] == b"application/epub+zip"


def test_package_metadata() -> None:
    root = package(files(FULL))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert root.get("dir") == "ltr"
    assert texts(root, "//dc:identifier") == ["urn:uuid:0f3c1c5e-8f0e-5a68-9d4b-1b8f4a5b6c7d"]
    assert texts(root, "//dc:title") == ["Glass & time", "A deck leaning"]
    assert texts(root, "//dc:creator") == ["Olena"]
    assert texts(root, "//dc:contributor") == ["Ana"]
    assert texts(root, "//o:meta[@property='role']") == ["aut", "trl"]
    assert texts(root, "//dc:publisher | //dc:description | //dc:source") == ["Meridian", "In short", "https://example.org/?a=1&b=2"]
    assert texts(root, "//dc:rights") == ["© Meridian", "https://example.org/licence"]
    assert texts(root, "//dc:subject") == ["a", "b", "Archives"]
    assert texts(root, "//o:meta[@property='belongs-to-collection']") == ["Long reads"]
    assert texts(root, "//o:meta[@property='group-position']") == ["3"]
    assert texts(root, "//dc:date") == ["2026-03-01T23:30:00+00:00"]


def test_modified_is_in_utc() -> None:
    assert texts(package(files(FULL)), "//o:meta[@property='dcterms:modified']") == ["2026-03-01T16:00:00Z"]


def test_no_version_of_a_tool_is_named() -> None:
    parts = files(FULL)
    assert not any(word in data.lower() for data in parts.values() for word in (b"ebook-lib", b"ebooklib", b"generator"))


def test_without_a_date_none_is_claimed() -> None:
    root = package(files(article(Paragraph("x"), published=datetime(1980, 1, 1, tzinfo=UTC))))
    assert texts(root, "//dc:date") == []
    assert texts(root, "//o:meta[@property='dcterms:modified']") == ["1980-01-01T00:00:00Z"]


def test_manifest_properties_follow_the_content() -> None:
    root = package(files(FULL))
    properties = dict(zip(texts(root, "//o:item[@properties]/@href"), texts(root, "//o:item/@properties"), strict=True))
    assert properties == {"chapter-1.xhtml": "mathml", "nav.xhtml": "nav", "images/dot-1.png": "cover-image"}
    plain = package(files(article(Paragraph("<math> and <svg> are only words here"))))
    assert texts(plain, "//o:item/@properties") == ["nav"]


def test_links_between_title_page_and_chapter() -> None:
    parts = files(FULL)
    assert b'href="chapter-1.xhtml#second">there' in parts["OEBPS/title.xhtml"]
    assert b'href="title.xhtml#lead">the picture' in parts["OEBPS/chapter-1.xhtml"]


def test_notes_pop_up_in_the_document_that_calls_them() -> None:
    work = article(Paragraph(("x", Note("same", id="n"))), title=("T", Note("same", id="n")), subtitle=("D", Note("deck")))
    parts = files(work)
    check(parts)
    title, chapter = parts["OEBPS/title.xhtml"], parts["OEBPS/chapter-1.xhtml"]
    assert title.count(b'epub:type="footnote"') == 2
    assert chapter.count(b'epub:type="footnote"') == 1
    assert b'epub:type="noteref"' in chapter


def test_contents_hold_every_heading_in_both_forms() -> None:
    parts = files(FULL)
    nav = etree.fromstring(parts["OEBPS/nav.xhtml"])
    assert texts(nav, "//h:nav[1]//h:a") == ["Glass & time", "First & last", "In it", "Second"]
    assert texts(nav, "//h:nav[1]/h:ol/h:li/h:ol/h:li/h:ol/h:li/h:a/@href") == ["chapter-1.xhtml#in"]
    ncx = etree.fromstring(parts["OEBPS/toc.ncx"])
    assert texts(ncx, "//n:navPoint/n:navLabel/n:text") == ["Glass & time", "First & last", "In it", "Second"]
    assert texts(ncx, "//n:meta[@name='dtb:depth']/@content") == ["3"]


def test_a_short_article_has_no_page_of_contents() -> None:
    assert texts(package(files(article(Paragraph("x")))), "//o:itemref/@idref") == ["document-0", "document-1"]


def accessibility(work: Article) -> dict[str, list[str]]:
    root = package(files(work))
    return {name: texts(root, f"//o:meta[@property='schema:{name}']") for name in
            ("accessMode", "accessModeSufficient", "accessibilityFeature", "accessibilityHazard")}


def test_accessibility_metadata_is_true() -> None:
    full = accessibility(FULL)
    assert full["accessMode"] == ["textual", "visual"]
    assert full["accessModeSufficient"] == ["textual"]
    assert {"alternativeText", "MathML", "structuralNavigation", "tableOfContents"} <= set(full["accessibilityFeature"])
    assert full["accessibilityHazard"] == ["none"]
    silent = accessibility(article(Figure(Image("dot.png", asset="dot-1.png"))))
    assert silent["accessModeSufficient"] == ["textual,visual"]
    assert "alternativeText" not in silent["accessibilityFeature"]
    decorated = accessibility(article(Figure(Image("dot.png", decorative=True, asset="dot-1.png"))))
    assert decorated["accessMode"] == ["textual"]
    gif = Asset("a.gif", "image/gif", b"\x21\xf9\x04..\x21\xf9\x04")
    moving = Article(meta(), (Figure(Image("a.gif", alt="a", asset="a.gif")),), (gif,))
    assert accessibility(moving)["accessibilityHazard"] == ["unknown"]


def test_relative_links_follow_the_article_or_are_said_out_loud() -> None:
    work = article(Paragraph(Link("near", "../near/")))
    output = epub.export(Volume(work.meta, (work,)), theme.load(), epub.Options(fonts="none"))
    assert [d.code for d in output.diagnostics] == ["link-relative"]
    assert b">near<" in files(work)["OEBPS/chapter-1.xhtml"]
    known = article(Paragraph(Link("near", "../near/")), url="https://example.org/a/b/")
    assert b'href="https://example.org/a/near/"' in files(known)["OEBPS/chapter-1.xhtml"]


def test_unsafe_schemes_are_not_written() -> None:
    assert b"javascript" not in files(article(Paragraph(Link("x", "javascript:alert(1)"))))["OEBPS/chapter-1.xhtml"]


def test_fonts_come_whole_with_their_licence() -> None:
    parts = files(FULL, epub.Options())
    check(parts)
    fonts = [name for name in parts if name.endswith(".woff2")]
    assert fonts
    assert all(data[:4] == b"wOF2" for name, data in parts.items() if name in fonts)
    assert any(name.endswith("OFL.txt") and b"SIL OPEN FONT LICENSE" in data.upper() for name, data in parts.items())
    assert not any("Code" in name for name in fonts)  # no code, no face for it
    css = parts["OEBPS/book.css"].decode()
    assert all(name.removeprefix("OEBPS/") in css for name in fonts)


def test_the_reader_keeps_paper_and_ink() -> None:
    css = files(FULL)["OEBPS/book.css"].decode()
    assert "background: #" not in css
    assert "direction:" not in css  # forbidden in EPUB style sheets


def test_pictures_of_one_name_stay_apart() -> None:
    figure = Figure(Image("d", alt="d", asset="dot-1.png"))
    other = Article(meta(title="Other", slug="other"), (figure,), (Asset("dot-1.png", "image/png", PNG + b"x"),))
    volume = Volume(meta(title="Both"), (FULL, other))
    parts = files(volume)
    check(parts)
    assert sum(name.startswith("OEBPS/images/") for name in parts) == 2


def test_a_volume_of_several_articles() -> None:
    parts = files(Volume(meta(title="Both", slug="both", url="https://example.org/"), (FULL, article(Paragraph("x"), title="Other"))))
    check(parts)
    assert b"<h1" in parts["OEBPS/chapter-1.xhtml"]
    nav = etree.fromstring(parts["OEBPS/nav.xhtml"])
    assert texts(nav, "//h:nav[1]/h:ol/h:li/h:a") == ["Both", "Glass & time", "Other"]


def test_right_to_left() -> None:
    parts = files(article(Heading(2, "ראשון", "a"), Paragraph("שלום"), title="זכוכית", language="he"))
    check(parts)
    root = package(parts)
    assert root.get("dir") == "rtl"
    assert texts(root, "//o:spine/@page-progression-direction") == ["rtl"]
    assert b'lang="he" xml:lang="he" dir="rtl"' in parts["OEBPS/chapter-1.xhtml"]


def test_a_volume_without_chapters_is_an_error() -> None:
    with pytest.raises(ExportError, match="no chapter"):
        epub.export(Volume(meta(), ()), theme.load())


SCRIPT = """
import sys; sys.path[:0] = sys.argv[1:]
import hashlib, test_epub
from pubkit import theme
from pubkit.exporters import epub
from pubkit.model import Volume
print(hashlib.sha256(epub.export(Volume(test_epub.FULL.meta, (test_epub.FULL,)), theme.load()).files[0].data).hexdigest())
"""


def test_same_bytes_at_any_time_in_any_zone() -> None:
    here = os.path.dirname(__file__)
    seen = set()
    for zone, seed in (("UTC", "1"), ("Asia/Tokyo", "2")):
        env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        seen.add(subprocess.run([sys.executable, "-c", SCRIPT, here], env=env, capture_output=True, text=True, check=True).stdout)
        time.sleep(1.1)
    assert len(seen) == 1
