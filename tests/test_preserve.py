"""Archived PDFs: what they carry, the way back, what was changed, bad input, and the records of a run."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import pickle
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import msgspec
import pikepdf
import pytest
from click.testing import CliRunner

import pubkit
from pubkit import model as m
from pubkit import preserve, theme
from pubkit.build import rebuild
from pubkit.cli import main
from pubkit.diagnostics import OptionError, PreserveError, PubkitError
from pubkit.preserve import checking, making, records
from samples import PNG, SVG

TIDES = """---
title: Tides
date: 2024-05-01
updated: 2024-05-03T10:00:00+02:00
author: Ida Marsh
---

The sea "rises" twice, as [the other piece](more/rain.md#why) says, and [below](#low).[^1]

![A dot](images/a%20dot.png) ![A bar](images/bar.svg)

## Low

Words.

[^1]: A note.
"""
RAIN = "---\ntitle: Rain\nlang: en\n---\n\n## Why\n\nIt rained. See [the tides](../tides.md).\n"
ALL = ("pdf", "epub", "docx", "rss", "atom", "html", "json")
OPTIONS = {"pdf": {"contents": "yes"}, "docx": {"embed_fonts": True}, "html": {"pictures": "files"}}


def written(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def articles(folder: Path) -> Path:
    (folder / "images").mkdir(parents=True)
    (folder / "more").mkdir()
    (folder / "tides.md").write_text(TIDES, encoding="utf-8")
    (folder / "more" / "rain.md").write_text(RAIN, encoding="utf-8")
    (folder / "images" / "a dot.png").write_bytes(PNG)
    (folder / "images" / "bar.svg").write_bytes(SVG)
    (folder / "pubkit.toml").write_text('title = "The Tide Review"\nurl = "https://tides.example/"\nlanguage = "en"\nsmart = true\n')
    return folder


class Run:
    """One archived run of two articles, made once for all tests; its sources are gone."""

    def __init__(self, folder: Path) -> None:
        sources = articles(folder / "articles")
        report = pubkit.build([sources], folder / "out", ALL, options=OPTIONS, archive=True, meta={"section": "Shore"})
        assert report.ok, report.errors
        self.files = written(folder / "out")
        self.article = pubkit.read(sources / "tides.md", section="Shore").article
        self.pdf = self.files["tides.pdf"]
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("run"))


def saved(data: bytes, change: Callable[[pikepdf.Pdf], Any], **options: Any) -> bytes:
    """The PDF with something changed in it by another program."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def put(name: str, data: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
    return change


def states(data: bytes) -> dict[str, str]:
    return {check.what: check.state for check in preserve.verify(data).checks}


def manifest_with(data: bytes, **files: bytes) -> bytes:
    """The manifest of a PDF, made to agree with other files."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        manifest = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
    for file in manifest["files"]:
        if file["role"] in files:
            file["sha256"] = hashlib.sha256(files[file["role"]]).hexdigest()
            file["size"] = len(files[file["role"]])
    return json.dumps(manifest).encode()


# --- There and back -----------------------------------------------------------------------------------------------------------------

def test_every_output_is_made_again_from_the_pdfs_alone(run: Run, tmp_path: Path) -> None:
    for name in ("tides.pdf", "rain.pdf"):
        (tmp_path / name).write_bytes(run.files[name])
    report = rebuild([tmp_path / "tides.pdf", tmp_path / "rain.pdf"], tmp_path / "again")
    assert report.ok, report.errors
    again = written(tmp_path / "again")
    made = {name: data for name, data in run.files.items() if name not in ("manifest.json", "report.csv")}
    assert sorted(again) == sorted(made)
    assert [name for name in made if again[name] != made[name]] == []
    assert b"https://tides.example/rain.html#why" in again["tides.html"]
    assert "“rises”".encode() in again["tides.html"]
    assert {d.code for d in report.diagnostics} == set()


def test_one_format_is_made_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "any.pdf").write_bytes(run.pdf)
    report = rebuild(tmp_path / "any.pdf", tmp_path / "again", ["epub"])
    assert written(tmp_path / "again") == {"tides.epub": run.files["tides.epub"]}
    assert report.results[0].slug == "tides"


def test_what_it_was_made_from_comes_out(run: Run, tmp_path: Path) -> None:
    archive = preserve.extract(run.pdf, tmp_path)
    assert written(tmp_path).keys() == {"tides.md", "images/a dot.png", "images/bar.svg", "article.json", "theme.json", "settings.json",
                                        "versions.json", "manifest.json"}
    assert archive.source == (tmp_path / "tides.md").read_bytes() == TIDES.encode()
    assert {a.data for a in archive.article.assets} == {a.data for a in run.article.assets}
    assert archive.versions["weasyprint"]
    assert archive.facts.options["html"] == {"fonts": "embed", "pictures": "files", "path": "", "feeds": []}
    assert archive.facts.publication.url == "https://tides.example/"
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    for file in manifest["files"]:
        data = (tmp_path / file["paths"][0]).read_bytes()
        assert (file["size"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    # what comes out can be built as any source can
    assert pubkit.build([tmp_path / "tides.md"], tmp_path / "out", ["html"]).ok


def test_the_model_is_the_same(tmp_path: Path) -> None:
    read = pubkit.read(articles(tmp_path / "a") / "tides.md")
    pdf = pubkit.export(read.article, "pdf", archive=read.provenance).files[0].data
    assert preserve.extract(pdf).article == read.article
    assert preserve.verify(pdf).ok


def test_nothing_of_the_machine_is_inside(run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = articles(tmp_path / "elsewhere" / "deeper")
    monkeypatch.chdir(other)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    report = pubkit.build(["."], tmp_path / "out", ALL, options=OPTIONS, archive=True, meta={"section": "Shore"}, jobs=1)
    assert report.ok
    assert written(tmp_path / "out") == run.files
    for file in preserve.extract(run.pdf).files:
        assert str(Path.home()).encode() not in file.data or str(Path.home()) == "/"
        assert b"/tmp" not in file.data
        assert str(root).encode() not in file.data


def test_each_file_says_what_it_is_to_the_pages(run: Run) -> None:
    with pikepdf.open(io.BytesIO(run.pdf)) as pdf:
        said = {str(spec.UF): str(spec.AFRelationship) for spec in pdf.Root.AF}
        embedded = dict(pikepdf.NameTree(pdf.Root.Names.EmbeddedFiles).items())
        assert str(embedded["tides.md"].EF.F.Subtype) == "/text/markdown"
        assert str(embedded["tides.md"].EF.F.Params.ModDate) == "D:20240503080000Z"
    assert set(said) == set(embedded)
    assert said.pop("manifest.json") == said.pop("versions.json") == "/Unspecified"
    assert {name for name, word in said.items() if word == "/Data"} == {"article.json", "theme.json", "settings.json"}
    assert sorted(name.rpartition(".")[2] for name, word in said.items() if word == "/Source") == ["md", "png", "svg"]


def test_pictures_are_there_once(run: Run) -> None:
    article = json.loads(next(f.data for f in preserve.extract(run.pdf).files if f.name == "article.json"))
    assert [asset["data"] for asset in article["article"]["assets"]] == ["", ""]


def test_names_that_are_taken_get_a_number(tmp_path: Path) -> None:
    text = "# One\n\n![a](manifest.json) ![b](x/article-2.json)\n"
    (tmp_path / "x").mkdir()
    (tmp_path / "manifest.json").write_bytes(PNG)
    (tmp_path / "x" / "article-2.json").write_bytes(SVG)
    (tmp_path / "article.json").write_text(text)
    read = pubkit.read(tmp_path / "article.json", "markdown")
    pdf = pubkit.export(read.article, "pdf", archive=read.provenance).files[0].data
    archive = preserve.extract(pdf, tmp_path / "out")
    assert (tmp_path / "out" / "article-2.json").read_text() == text == archive.source.decode()
    assert (tmp_path / "out" / "x" / "article-2.json").read_bytes() == archive.article.assets[1].data
    assert archive.article == read.article
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["format"] == "pubkit-archive"


def test_a_slug_that_comes_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "ebb").mkdir()
    (tmp_path / "ebb" / "index.md").write_text("# Ebb\n\nWords.\n")
    read = pubkit.read(tmp_path / "ebb" / "index.md")
    pdf = pubkit.export(read.article, "pdf", archive=read.provenance).files[0].data
    assert read.article.meta.slug == "ebb"
    assert states(pdf)["article"] == "same"


@pytest.mark.parametrize("name", ["", "-", "a:b?.md", ".md", "Ще.md"])
def test_every_name_of_a_source_will_do(tmp_path: Path, name: str) -> None:
    read = pubkit.parse("# One\n\nWords.\n", name=name)
    pdf = pubkit.export(read.article, "pdf", archive=read.provenance).files[0].data
    preserve.extract(pdf, tmp_path)
    assert len(list(tmp_path.glob("*md"))) == 1
    assert states(pdf)["article"] == "same"


def test_only_the_pdf_of_an_article_is_an_archive() -> None:
    read = pubkit.parse("# One\n\nWords.\n")
    for work, format_ in ((read.article, "epub"), (m.Volume(read.article.meta, (read.article,)), "pdf")):
        with pytest.raises(OptionError, match="archive"):
            pubkit.export(work, format_, archive=read.provenance)
    with pytest.raises(PubkitError, match="embed"):
        pubkit.export(read.article, "pdf", archive=read.provenance, standard="a-2u")


def test_pdf_a_4f_is_one_too() -> None:
    read = pubkit.parse("# One\n\nWords.\n", name="one.md")
    output = pubkit.export(read.article, "pdf", archive=read.provenance, standard="a-4f")
    assert output.claims[0].startswith("PDF/A-4")
    assert preserve.verify(output.files[0].data).ok


# --- Themes -------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", theme.names())
def test_every_theme_comes_back(tmp_path: Path, name: str) -> None:
    read = pubkit.parse("# One\n\nWords.\n", name="one.md")
    archive = preserve.extract(pubkit.export(read.article, "pdf", theme=name, archive=read.provenance).files[0].data)
    with archive.dressed() as worn:
        assert worn == msgspec.structs.replace(theme.load(name), diagnostics=())
    assert {kept.role for kept in archive.manifest.files} == {"source", "article", "theme", "settings", "versions"}


@pytest.fixture
def mine(root: Path, tmp_path: Path) -> Path:
    """A theme of one's own with a font of its own."""
    folder = tmp_path / "mine"
    shutil.copytree(root / "themes" / "fonts" / "source-code-pro", folder / "fonts" / "my-code")
    text = (root / "themes" / "journal" / "theme.toml").read_text(encoding="utf-8")
    (folder / "theme.toml").write_text(text.replace('"source-code-pro/', '"my-code/').replace('"#7c2b1d"', '"#1d4b7c"'), encoding="utf-8")
    return folder


def archived_in(worn: Path, out: Path, *formats: str) -> dict[str, bytes]:
    (worn.parent / "one.md").write_text("# One\n\nWords and `code`.\n")
    assert pubkit.build(worn.parent / "one.md", out, formats, theme=str(worn), archive=True, report=False).ok
    return written(out)


def test_a_theme_that_is_gone_is_worn_again(mine: Path, tmp_path: Path) -> None:
    made = archived_in(mine, tmp_path / "out", "pdf", "epub", "html")
    archive = preserve.extract(made["one.pdf"])
    assert {k.role for k in archive.manifest.files} >= {"font", "licence"}
    shutil.rmtree(mine)
    assert rebuild(tmp_path / "out" / "one.pdf", tmp_path / "again").ok
    assert written(tmp_path / "again") == made
    assert preserve.verify(made["one.pdf"]).ok


def test_a_font_that_may_not_travel_stays_at_home(mine: Path, tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    path = next((mine / "fonts" / "my-code").glob("*Regular*"))
    with TTFont(path) as font:
        font["OS/2"].fsType = 2
        font.save(path)
    made = archived_in(mine, tmp_path / "out", "pdf")
    assert path.name not in {file.name for file in preserve.extract(made["one.pdf"]).files}
    found = next(check for check in preserve.verify(made["one.pdf"]).checks if check.what == "pages")
    assert (found.state, path.name in found.why) == ("not comparable", True)
    report = rebuild(tmp_path / "out" / "one.pdf", tmp_path / "again")
    assert path.name in str(report.errors[0])


# --- What was changed ---------------------------------------------------------------------------------------------------------------

def test_nothing_was_changed(run: Run) -> None:
    verdict = preserve.verify(run.pdf)
    assert verdict.ok
    assert {check.state for check in verdict.checks} == {"same"}
    assert [check.what for check in verdict.checks][-2:] == ["article", "pages"]


def test_an_attachment_that_was_replaced(run: Run) -> None:
    found = states(saved(run.pdf, put("tides.md", b"# Other\n")))
    assert {what for what, state in found.items() if state != "same"} == {"PDF", "tides.md"}
    assert found["tides.md"] == "changed"


def test_an_attachment_that_is_missing(run: Run) -> None:
    found = states(saved(run.pdf, lambda pdf: pdf.attachments.__delitem__("settings.json")))
    assert found["settings.json"] == "missing"


def test_an_attachment_that_was_added(run: Run) -> None:
    data = saved(run.pdf, put("invoice.xml", b"<x/>"))
    found = states(data)
    assert found["invoice.xml"] == "added"
    assert found["tides.md"] == found["article"] == "same"
    assert "invoice.xml" not in {file.name for file in preserve.extract(data).files}


def test_a_source_that_was_replaced_together_with_its_digest(run: Run) -> None:
    other = TIDES.replace("rises", "sinks").encode()
    data = saved(run.pdf, put("tides.md", other))
    data = saved(data, put("manifest.json", manifest_with(run.pdf, source=other)))
    found = states(data)
    assert found["tides.md"] == "same"
    assert found["article"] == found["pages"] == found["PDF"] == "changed"


def test_an_article_that_was_replaced_together_with_its_digest(run: Run) -> None:
    archive = preserve.extract(run.pdf)
    other = archive.data("article").replace(b"Low", b"Ebb")
    data = saved(saved(run.pdf, put("article.json", other)), put("manifest.json", manifest_with(run.pdf, article=other)))
    assert states(data)["embedded files"] == "changed"
    with pytest.raises(PreserveError, match="manifest"):
        preserve.extract(data)


def test_words_that_were_drawn_over(run: Run) -> None:
    def draw(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n0 0 100 100 re f\n")
    data = saved(run.pdf, draw)
    verdict = preserve.verify(data)
    assert {check.what for check in verdict.changes} == {"PDF", "pages"}
    assert "page 1" in verdict.changes[-1].why


def test_a_title_that_was_changed(run: Run) -> None:
    def rename(pdf: pikepdf.Pdf) -> None:
        packet = pdf.Root.Metadata.read_bytes()
        assert b"Tides" in packet
        pdf.Root.Metadata.write(packet.replace(b"Tides", b"Waves"))
    why = preserve.verify(saved(run.pdf, rename)).changes[-1].why
    assert "metadata" in why


def test_what_was_added_at_the_end_is_told_from_what_was_changed(run: Run) -> None:
    more = run.pdf + b"% a remark\n" + run.pdf[run.pdf.rindex(b"startxref"):]
    found = preserve.verify(more).checks[0]
    assert found.state == "changed"
    assert f"{len(more) - len(run.pdf):,} bytes were added" in found.why


def test_no_byte_can_be_changed_unseen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pubkit.Output((pubkit.File("tides.pdf", "application/pdf", run.pdf),))
    monkeypatch.setattr(checking, "archived", lambda *_: whole)  # it is the same for each
    for place in range(7, len(run.pdf), len(run.pdf) // 60):
        data = run.pdf[:place] + bytes((run.pdf[place] ^ 4,)) + run.pdf[place + 1:]
        try:
            ok = preserve.verify(data).ok
        except PreserveError as error:
            ok = " at 0x" in str(error)
        assert not ok, place


def test_a_damaged_attachment_is_named(run: Run) -> None:
    packed = zlib.compress(TIDES.encode())
    place = run.pdf.index(packed[2:40]) + 30
    data = run.pdf[:place] + b"\xff\xff\xff\xff" + run.pdf[place + 4:]
    assert states(data)["tides.md"] == "changed"
    with pytest.raises(PreserveError, match=r"tides\.md is changed"):
        preserve.extract(data)


def test_other_versions_are_not_compared(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "versions", lambda: {**preserve.versions(), "weasyprint": "99.0"})
    verdict = preserve.verify(run.pdf)
    assert verdict.ok
    found = {check.what: check for check in verdict.checks}
    assert (found["pages"].state, found["article"].state) == ("not comparable", "same")
    assert "weasyprint 70.0, here 99.0" in found["pages"].why
    (tmp_path / "tides.pdf").write_bytes(run.pdf)
    report = rebuild(tmp_path / "tides.pdf", tmp_path / "again", ["json"])
    assert [d.code for d in report.diagnostics] == ["archive-versions"]
    assert report.ok


def shout(article: m.Article) -> m.Article:
    return m.rewrite(article, lambda node: m.Text(node.text.upper()) if isinstance(node, m.Text) else node)


def test_an_article_that_a_program_changed_is_not_compared_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# One\n\nWords.\n")
    assert pubkit.build(tmp_path / "one.md", tmp_path / "out", ["pdf", "html"], archive=True, transform=shout).ok
    verdict = preserve.verify(tmp_path / "out" / "one.pdf")
    assert {check.what: check.state for check in verdict.checks}["article"] == "not comparable"
    assert verdict.ok
    assert rebuild(tmp_path / "out" / "one.pdf", tmp_path / "again", ["html"]).ok
    assert (tmp_path / "again" / "one.html").read_bytes() == (tmp_path / "out" / "one.html").read_bytes()


# --- Bad input ----------------------------------------------------------------------------------------------------------------------

def blank() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def bad(kind: str, run: Run) -> bytes:
    if kind == "encrypted":
        return saved(run.pdf, repr, encryption=pikepdf.Encryption(owner="o", user="u"))
    if kind == "locked":
        return saved(run.pdf, repr, encryption=pikepdf.Encryption(owner="o", user=""))
    return {"empty": b"", "spaces": b"  \n", "text": b"# A title\n", "another": blank(), "cut": run.pdf[:len(run.pdf) // 2],
            "cut and ended": run.pdf[:-4000] + b"\nstartxref\n9\n%%EOF\n", "another's files": saved(blank(), put("manifest.json", b"{}")),
            "a list": saved(blank(), put("manifest.json", b"[1]")), "head": b"%PDF-1.7\n%%EOF\n"}[kind]


KINDS = ("empty", "spaces", "text", "another", "cut", "cut and ended", "another's files", "a list", "head", "encrypted", "locked")


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_a_clear_error(run: Run, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(bad(kind, run))
    for attempt in (lambda: preserve.extract(path, tmp_path / "out"), lambda: preserve.verify(path)):
        with pytest.raises(PreserveError) as error:
            attempt()
        assert "bad.pdf" in str(error.value)
        assert "0x" not in str(error.value)
        assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)
    assert not (tmp_path / "out").exists()
    for command in (("extract", path, "-o", tmp_path / "out"), ("extract", path, "-o", tmp_path / "o", "-f", "json"), ("verify", path)):
        result = CliRunner().invoke(main, [str(word) for word in command])
        assert result.exit_code == 1, result.output
        assert "bad.pdf: error: " in result.stderr


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no.pdf"):
        with pytest.raises(PreserveError):
            preserve.extract(path)


@pytest.mark.parametrize("path", ["../../x", "/etc/x", "a/../../x", "..", "a\\..\\x", "C:x", "a//b", "nul\u0000", "", "a/ ./b",
                                  "manifest.json", "ARTICLE.json", "x" * 500])
def test_names_that_lead_elsewhere_are_refused(run: Run, tmp_path: Path, path: str) -> None:
    manifest = json.loads(next(f.data for f in preserve.extract(run.pdf).files if f.name == "manifest.json"))
    manifest["files"][0]["paths"] = [path]
    data = saved(run.pdf, put("manifest.json", json.dumps(manifest).encode()))
    out = tmp_path / "a" / "b" / "out"
    with pytest.raises(PreserveError):
        preserve.extract(data, out)
    assert list(tmp_path.rglob("*")) == []


def test_an_attachment_with_a_path_for_a_name_is_written_nowhere(run: Run, tmp_path: Path) -> None:
    data = saved(run.pdf, put("../../x", b"evil"))
    out = tmp_path / "a" / "b" / "out"
    preserve.extract(data, out)
    assert not list(tmp_path.rglob("x"))
    assert states(data)["../../x"] == "added"


def test_other_files_are_not_overwritten_and_links_are_not_followed(run: Run, tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (out / "tides.md").write_text("mine")
    with pytest.raises(PreserveError, match="other contents"):
        preserve.extract(run.pdf, out)
    assert written(out) == {"tides.md": b"mine"}
    (out / "tides.md").unlink()
    (out / "images").symlink_to(outside)
    with pytest.raises(PreserveError, match="leads out"):
        preserve.extract(run.pdf, out)
    assert written(outside) == {}
    (out / "images").unlink()
    preserve.extract(run.pdf, out)
    preserve.extract(run.pdf, out)  # the same files again are no harm
    assert (out / "tides.md").read_text() == TIDES


def test_a_folder_that_cannot_be_written_gets_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "images").write_text("a file where a folder is to be")
    with pytest.raises(PubkitError):
        preserve.extract(run.pdf, tmp_path / "out")
    assert list(written(tmp_path / "out")) == ["images"]


def packed(size: int) -> Callable[[pikepdf.Pdf], None]:
    """An attachment that unpacks to that many bytes."""
    engine = zlib.compressobj(9)
    data = b"".join(engine.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + engine.flush()

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(b"")
        stream.write(data, filter=pikepdf.Name.FlateDecode)
        stream.Params = pikepdf.Dictionary(Size=10)
        entry = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="bomb", UF="bomb", EF=pikepdf.Dictionary(F=stream))
        tree = pikepdf.NameTree(pdf.Root.Names.EmbeddedFiles)
        tree["bomb"] = pdf.make_indirect(entry)
    return change


def test_a_bomb_is_not_unpacked(run: Run) -> None:
    data = saved(run.pdf, packed(60_000_000), compress_streams=False)
    assert len(data) < len(run.pdf) + 200_000
    with pytest.raises(PreserveError, match="more than 5,000,000 bytes"):
        preserve.extract(data, limits=preserve.Limits(bytes=5_000_000))


def test_a_bomb_in_the_structure_is_not_unpacked() -> None:
    engine = zlib.compressobj(9)
    body = engine.compress(b"1 0 << /Type /Catalog /Pages 2 0 R >>") + b"".join(
        engine.compress(b" " * 1_000_000) for _ in range(150)) + engine.flush()
    out = bytearray(b"%PDF-1.7\n")
    pages = len(out)
    out += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    objects = len(out)
    out += b"3 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(body) + body
    out += b"\nendstream\nendobj\n"
    table = len(out)
    rows = b"".join(bytes((kind,)) + place.to_bytes(4, "big") + number.to_bytes(2, "big") for kind, place, number in (
        (0, 0, 65535), (2, 3, 0), (1, pages, 0), (1, objects, 0), (1, table, 0)))
    out += b"4 0 obj\n<< /Type /XRef /Size 5 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n" % len(rows) + rows
    out += b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table
    before = pikepdf.settings.get_qpdf_limits()
    with pytest.raises(PreserveError, match="damaged"):
        preserve.extract(bytes(out))
    assert pikepdf.settings.get_qpdf_limits() == before


def test_a_file_for_thousands_of_places_is_refused(run: Run) -> None:
    manifest = json.loads(next(f.data for f in preserve.extract(run.pdf).files if f.name == "manifest.json"))
    manifest["files"][0]["paths"] = [f"x{number}" for number in range(5_001)]
    with pytest.raises(PreserveError, match="would be more"):
        preserve.extract(saved(run.pdf, put("manifest.json", json.dumps(manifest).encode())))


def test_too_many_files_and_too_large_a_pdf(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(run.pdf)
    with pytest.raises(PreserveError, match="more than 3 files"):
        preserve.extract(run.pdf, limits=preserve.Limits(files=3))
    with pytest.raises(PreserveError, match="more than 100 bytes"):
        preserve.extract(tmp_path / "a.pdf", limits=preserve.Limits(bytes=100))


@pytest.mark.parametrize(("role", "name", "old", "new"), [
    ("theme", "theme.json", b'"ink": "#', b'"ink": "</style><script>'), ("theme", "theme.json", b'"height": 8', b'"height": 0.8'),
    ("theme", "theme.json", b'"heading2": {', b'"heading9": {'),
    ("theme", "theme.json", b'"base": ', b'"base": 9999'), ("settings", "settings.json", b"https://tides", b"javascript://tides"),
    ("settings", "settings.json", b'"kind"', b'"sort"'), ("versions", "versions.json", b"{", b"[")])
def test_forged_settings_reach_no_output(run: Run, tmp_path: Path, role: str, name: str, old: bytes, new: bytes) -> None:
    archive = preserve.extract(run.pdf)
    assert old in archive.data(role)
    forged = archive.data(role).replace(old, new)
    data = saved(saved(run.pdf, put(name, forged)), put("manifest.json", manifest_with(run.pdf, **{role: forged})))
    (tmp_path / "forged.pdf").write_bytes(data)
    report = rebuild(tmp_path / "forged.pdf", tmp_path / "out", ["html"])
    assert not report.ok
    assert "fault in pubkit" not in str(report.errors[0])
    assert written(tmp_path / "out") == {}
    verdict = preserve.verify(data)
    assert {check.what for check in verdict.changes} & {"embedded files", "pages"}


def test_a_forged_article_goes_through_the_door(run: Run, tmp_path: Path) -> None:
    archive = preserve.extract(run.pdf)
    article = m.decode(archive.data("article"))
    evil = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 4'><script>alert(1)</script><rect width='4' height='4'/></svg>"
    link = m.Paragraph([m.Link("press", "javascript:alert(1)")])
    whole = m.Article(article.meta, (*article.content, link), tuple(
        msgspec.structs.replace(asset, data=evil if asset.media_type == "image/svg+xml" else PNG) for asset in article.assets))
    files = preserve.payload(whole, theme.load(), pubkit.Provenance("tides.md", "markdown", b"# Tides\n"))
    pdf = preserve.archived(run.article, theme.load(), {}, files).files[0].data
    (tmp_path / "forged.pdf").write_bytes(pdf)
    assert rebuild(tmp_path / "forged.pdf", tmp_path / "out", ["html"]).ok
    page = (tmp_path / "out" / "tides.html").read_bytes()
    assert b"alert(1)" not in page
    assert "pages" in {check.what for check in preserve.verify(pdf).changes}


def test_a_forged_name_of_a_picture_leads_nowhere(run: Run, tmp_path: Path) -> None:
    article = run.article
    asset = msgspec.structs.replace(article.assets[0], name="../../evil.png")
    whole = m.Article(article.meta, [m.Paragraph([m.Image("a.png", "A", asset=asset.name)])], [asset])
    files = preserve.payload(whole, theme.load(), pubkit.Provenance("tides.md", "markdown", b"# Tides\n"))
    (tmp_path / "forged.pdf").write_bytes(preserve.archived(article, theme.load(), {}, files).files[0].data)
    report = rebuild(tmp_path / "forged.pdf", tmp_path / "a" / "b" / "out", ["html"])
    assert "name of a picture" in str(report.errors[0])
    assert not list(tmp_path.rglob("evil*"))


def test_a_forged_slug_leads_nowhere(run: Run, tmp_path: Path) -> None:
    article = msgspec.structs.replace(run.article, meta=msgspec.structs.replace(run.article.meta, slug="../../evil"))
    files = preserve.payload(article, theme.load(), pubkit.Provenance("tides.md", "markdown", b"# Tides\n"))
    (tmp_path / "forged.pdf").write_bytes(preserve.archived(run.article, theme.load(), {}, files).files[0].data)
    assert rebuild(tmp_path / "forged.pdf", tmp_path / "a" / "b" / "out", ["json"]).ok
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("evil*")] == ["a/b/out/evil.json"]


# --- Records ------------------------------------------------------------------------------------------------------------------------

def test_the_manifest_of_a_run_names_every_file(run: Run) -> None:
    manifest = json.loads(run.files["manifest.json"])
    assert [file["name"] for file in manifest["files"]] == sorted(set(run.files) - {"manifest.json"})
    for file in manifest["files"]:
        assert file["sha256"] == hashlib.sha256(run.files[file["name"]]).hexdigest()
    claims = {file["name"]: (file["source"], file["claims"]) for file in manifest["files"]}
    assert claims["rain.pdf"] == ("more/rain.md", ["PDF/A-3a", "PDF/UA-1"])


def table(data: bytes) -> list[dict[str, str]]:
    assert data.count(b"\r\n") == data.count(b"\n")
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_the_report_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text('---\ntitle: "=1+1, \\"so\\""\nlang: en\n---\n\nWords. [x](#no) [y](#nor)\n')
    (tmp_path / "bad.md").write_text("---\ntitle: [\n---\n")
    (tmp_path / "draft.md").write_text("---\ntitle: D\ndraft: true\n---\nx\n")
    report = pubkit.build([tmp_path], tmp_path / "out", ["json", "atom"], report=True)
    rows = table((tmp_path / "out" / "report.csv").read_bytes())
    assert list(rows[0]) == ["source", "title", "output", "bytes", "sha256", "claims", "diagnostics", "failure"]
    by_source = {row["source"]: row for row in rows}
    assert set(by_source) == {"", "bad.md", "draft.md", "good.md"}
    good = by_source["good.md"]
    assert good["title"] == '\'=1+1, "so"'
    assert good["output"] == "good.json"
    assert good["sha256"] == hashlib.sha256((tmp_path / "out" / "good.json").read_bytes()).hexdigest()
    assert "link-broken:2" in good["diagnostics"].split()
    assert by_source["bad.md"]["failure"].startswith("line ")
    assert by_source["draft.md"]["failure"] == "left out, a draft"
    assert by_source[""]["output"] == "atom.xml"
    assert {Path(file).name for file in report.files} == {"good.json", "atom.xml", "report.csv", "manifest.json"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1"])
def test_no_cell_is_a_formula(text: str) -> None:
    rows = table(records.report([records.Outcome(text, text, failure=text)]))
    assert [rows[0][name] for name in ("source", "title", "failure")] == [f"'{text}"] * 3


def test_an_output_with_the_name_of_the_record_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "manifest.md").write_text("# M\n\nWords.\n")
    report = pubkit.build([tmp_path], tmp_path / "out", ["json"], report=True)
    assert "manifest.json" in str(report.errors[0])
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["format"] == "pubkit-article"


def test_a_bag_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    sources = articles(tmp_path / "articles")
    (sources / "bad.md").write_text("---\ntitle: [\n---\n")
    before = written(sources)
    bags = []
    for name in ("one", "two"):
        pubkit.build([sources], tmp_path / f"out-{name}", ["html", "rss"], bag=tmp_path / name)
        assert bagit.Bag(str(tmp_path / name)).is_valid()
        bags.append(written(tmp_path / name))
    assert bags[0] == bags[1]
    assert written(sources) == before
    payload = {name.removeprefix("data/") for name in bags[0] if name.startswith("data/")}
    assert payload >= {"sources/tides.md", "sources/more/rain.md", "sources/images/a dot.png", "sources/images/bar.svg",
                       "sources/pubkit.toml", "outputs/tides.html", "outputs/rss.xml", "outputs/manifest.json", "outputs/report.csv"}
    assert "sources/bad.md" not in payload
    info = bags[0]["bag-info.txt"].decode()
    assert "Source-Organization: The Tide Review\n" in info
    assert "Bagging-Date" not in info
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1714521600")
    pubkit.build([sources], tmp_path / "out", ["html"], bag=tmp_path / "dated")
    assert "Bagging-Date: 2024-05-01\n" in (tmp_path / "dated" / "bag-info.txt").read_text()
    assert bagit.Bag(str(tmp_path / "dated")).is_valid()


def test_a_bag_with_hard_names_is_one(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"x")
    names = ["line\nend", "é", "a b", "#", "x/y"]
    records.bag(tmp_path / "bag", dict.fromkeys(names, tmp_path / "in"), "Who\nsays", "pubkit")
    assert bagit.Bag(str(tmp_path / "bag")).is_valid()
    # RFC 8493, 2.1.3, wants percents written so; the library does not read them
    records.bag(tmp_path / "other", {"a%b": tmp_path / "in"}, "", "pubkit")
    assert "  data/a%25b\n" in (tmp_path / "other" / "manifest-sha256.txt").read_text()


def test_a_bag_takes_no_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# One\n\nWords.\n")
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "mine").write_text("x")
    result = CliRunner().invoke(main, ["build", str(tmp_path / "one.md"), "-o", str(tmp_path / "out"), "-f", "json", "--bag",
                                       str(tmp_path / "bag")])
    assert result.exit_code == 2
    assert "bag" in result.stderr
    assert not (tmp_path / "out" / "one.json").exists()
    assert os.listdir(tmp_path / "bag") == ["mine"]


# --- The command line ---------------------------------------------------------------------------------------------------------------

def test_extract_and_verify_on_the_command_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("tides.pdf", "rain.pdf"):
        Path(name).write_bytes(run.files[name])
    Path("bad.pdf").write_bytes(saved(run.pdf, put("tides.md", b"x")))
    call = CliRunner().invoke
    result = call(main, ["extract", "tides.pdf", "-o", "one"])
    assert (result.exit_code, Path("one/tides.md").read_text()) == (0, TIDES), result.output
    assert "archive-changed" not in result.output
    Path("touched.pdf").write_bytes(saved(run.pdf, lambda _pdf: None))
    result = call(main, ["extract", "touched.pdf", "-o", "touched"])
    assert (result.exit_code, Path("touched/tides.md").read_text()) == (0, TIDES), result.output
    assert "archive-changed" in result.output
    result = call(main, ["extract", "tides.pdf", "rain.pdf", "-o", "both"])
    assert (result.exit_code, Path("both/rain/rain.md").read_text()) == (0, RAIN), result.output
    result = call(main, ["extract", "tides.pdf", "-o", "made", "-f", "html,json"])
    assert result.exit_code == 0, result.output
    assert {name: run.files[name] for name in written(Path("made"))} == written(Path("made"))
    assert call(main, ["extract", "tides.pdf", "-o", "made", "-f", "pfd"]).exit_code == 2
    assert call(main, ["extract", "bad.pdf", "tides.pdf", "-o", "some"]).exit_code == 1
    assert Path("some/tides/tides.md").exists()
    result = call(main, ["verify", "tides.pdf"])
    assert (result.exit_code, "tides.pdf: unchanged" in result.stdout) == (0, True), result.output
    result = call(main, ["verify", "tides.pdf", "bad.pdf"])
    assert result.exit_code == 1
    assert "bad.pdf: tides.md: changed (1 bytes, not" in result.stdout
    assert call(main, ["verify"]).exit_code == 2
    result = call(main, ["verify", "--json", "bad.pdf"])
    assert json.loads(result.stdout)["files"][0]["ok"] is False
