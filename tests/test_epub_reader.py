"""An EPUB that carries its articles: what comes back is what went in, and every other file is refused with a word."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from PIL import Image as Pillow

import pubkit
from pubkit import api
from pubkit import model as m
from pubkit.cli import main
from pubkit.diagnostics import LimitError, PubkitError, ReadError, UnknownFormat, UsageError
from pubkit.publication import Publication
from pubkit.readers import epub as reader
from pubkit.resolve import resolve
from pubkit.zipfiles import pack, unpack
from samples import PICTURES, PNG, SVG, articles, every_node

JSON = f"{reader.FOLDER}/{reader.FILE}"
HOUSE = Publication(title="The House", url="https://house.example.org/", language="uk", author="Nobody", rights="Reserved",
                    timezone="Asia/Tokyo", smart=True)


def jpeg() -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (40, 30), (120, 40, 30)).save(out, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    return out.getvalue()


def sample() -> m.Article:
    """One article with every node and four pictures, as `pubkit.read` gives it back."""
    article = every_node()
    more = m.Paragraph([m.Image("photo.jpg", "A field"), "\"Straight\" -- and ...", m.Image("gone.png", "Not there")], line=77)
    article, _ = api.ready(msgspec.structs.replace(article, content=(*article.content, more)), Publication())
    return resolve(article, None, {**PICTURES, "photo.jpg": jpeg()})[0]


def places(work: m.Volume, left_in: tuple[str, ...] = ()) -> list[dict[str, str]]:
    return [{a.name: f"images/{a.name}" for a in chapter.assets if a.name not in left_in} for chapter in work.chapters]


def files_of(work: m.Volume, left_in: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The members of a small book that carries its articles."""
    named = places(work, left_in)
    pictures = {f"{reader.FOLDER}/{named[n][a.name]}": a.data for n, c in enumerate(work.chapters) for a in c.assets if a.name in named[n]}
    return {"mimetype": b"application/epub+zip", JSON: reader.encode(work, named), **pictures}


def bound(*chapters: m.Article) -> m.Volume:
    return m.Volume(chapters[0].meta if len(chapters) == 1 else m.Meta(title="Bound", slug="bound", language="en"), chapters)


def book(*chapters: m.Article, **kept: Any) -> bytes:
    return pack(files_of(bound(*chapters), **kept).items())


@pytest.fixture(scope="module")
def article() -> m.Article:
    return sample()


# --- There and back ---

def test_what_comes_back_is_what_went_in(article: m.Article) -> None:
    read = api.read_bytes(book(article), "tides.epub", "epub")
    assert len(article.assets) == 3
    assert read.article == article
    assert read.provenance is not None
    assert (read.provenance.kind, read.provenance.name) == ("epub", "tides.epub")


def test_pictures_that_are_no_files_of_the_book_stand_in_its_json(article: m.Article) -> None:
    left = article.assets[0].name
    data = book(article, left_in=(left,))
    assert f"OEBPS/images/{left}" not in unpack(data)
    assert api.read_bytes(data, "x.epub", "epub").article == article
    kept = msgspec.json.decode(unpack(data)[JSON])["volume"]["chapters"][0]["assets"]
    assert [bool(asset["data"]) for asset in kept] == [True, False, False]


def test_the_json_says_what_it_is_and_sorts_its_keys(article: m.Article) -> None:
    work = bound(article)
    data = reader.encode(work, places(work))
    said = json.loads(data)
    assert (said["format"], said["version"], len(said["pictures"])) == ("pubkit-book", 1, 1)
    assert data == reader.encode(work, [dict(reversed(places(work)[0].items()))])
    assert data.decode() == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_a_publication_and_typography_change_nothing(article: m.Article, tmp_path: Path) -> None:
    (tmp_path / "gone.png").write_bytes(PNG)
    (tmp_path / "pubkit.toml").write_text('title = "The House"\nurl = "https://house.example.org/"\nrights = "R"\nsmart = true\n')
    (tmp_path / "other-name.epub").write_bytes(book(article))
    assert pubkit.read(tmp_path / "other-name.epub").article == article
    assert pubkit.read(tmp_path / "other-name.epub", smart=True, publication=HOUSE).article == article


def test_what_the_user_says_of_the_metadata_stands(article: m.Article) -> None:
    read = api.read_bytes(book(article), "x.epub", "epub", language="uk", slug="renamed", publication=HOUSE)
    assert read.article.meta == msgspec.structs.replace(article.meta, language="uk", slug="renamed")
    assert read.article.content == article.content


def test_missing_pictures_are_said_again(article: m.Article) -> None:
    found = api.read_bytes(book(article), "x.epub", "epub").diagnostics
    assert ["gone.png" in d.message for d in found if d.code == "image-missing"] == [True]


@given(articles)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_article_comes_back(random: m.Article) -> None:
    article, _ = api.ready(api.ready(random, Publication())[0], Publication())  # what every further cleaning leaves as it is
    assert api.read_bytes(book(article), "x.epub", "epub").article == article


@pytest.mark.parametrize("smart", [False, True])
def test_a_book_of_the_exporter_comes_back(smart: bool) -> None:
    text = ('---\ntitle: "Tides"\nimage: lead.svg\n---\n\nThe "sea" -- rises...\n\n![A dot](dot.png)\n\n## Low\n\nWords.[^1]\n\n'
            "[^1]: Aside.\n")
    read = pubkit.parse(text, pictures=PICTURES, smart=smart, publication=HOUSE)
    [file] = pubkit.export(read.article, "epub", source=True, fonts="none").files
    again = api.read_bytes(file.data, file.name, "epub")
    assert again.article == read.article
    assert [a.data for a in again.article.assets] == [a.data for a in read.article.assets] != []
    assert pubkit.export(again.article, "epub", source=True, fonts="none").files == (file,)


# --- Books of many ---

def three() -> list[m.Article]:
    def one(n: int) -> m.Article:
        article = m.Article(m.Meta(title=f"Part {n}", slug="part" if n < 3 else "Part", language="en", authors=["A"]),
                            [m.Heading(2, "Same", id="same"), m.Paragraph(m.Image("dot.png", "A dot"))])
        ready, _ = api.ready(article, Publication())
        return resolve(ready, None, {"dot.png": PNG if n == 1 else SVG})[0]
    return [one(n) for n in (1, 2, 3)]


def test_a_volume_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "bound.epub"
    path.write_bytes(book(*three()))
    volume = pubkit.read_volume(path)
    assert list(volume.chapters) == three()
    assert volume.meta.title_text == "Bound"


def test_a_volume_of_the_exporter_comes_back(tmp_path: Path) -> None:
    about = api.ready(m.Article(m.Meta(title="Bound", slug="bound", language="en")), Publication())[0].meta
    volume = m.Volume(about, tuple(three()))
    [path] = pubkit.export(volume, "epub", source=True, fonts="none").write(tmp_path)
    assert pubkit.read_volume(path) == volume


def test_a_book_of_many_is_not_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "bound.epub"
    path.write_bytes(book(*three()))
    with pytest.raises(ReadError, match=r"the book holds 3 articles.*read_volume"):
        pubkit.read(path)


def test_extract_writes_each_article(tmp_path: Path) -> None:
    path = tmp_path / "bound.epub"
    path.write_bytes(book(*three()))
    for _ in range(2):  # what is there already, the same, is no fault
        done = CliRunner().invoke(main, ["extract", str(path), "-o", str(tmp_path / "out")])
        assert done.exit_code == 0, done.output
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["Part-3.json", "part-2.json", "part.json"]
    assert [pubkit.read(tmp_path / "out" / name).article for name in ("part.json", "part-2.json", "Part-3.json")] == three()
    (tmp_path / "out" / "part.json").write_text("{}")
    done = CliRunner().invoke(main, ["extract", str(path), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "other contents" in done.stderr
    assert (tmp_path / "out" / "part.json").read_text() == "{}"


def test_extract_makes_no_formats_of_a_book(tmp_path: Path, article: m.Article) -> None:
    (tmp_path / "x.epub").write_bytes(book(article))
    done = CliRunner().invoke(main, ["extract", str(tmp_path / "x.epub"), "-o", str(tmp_path / "out"), "-f", "html"])
    assert done.exit_code == 2
    assert "pubkit build" in done.stderr


# --- The faces ---

def test_build_makes_other_formats(article: m.Article, tmp_path: Path) -> None:
    path = tmp_path / "some-name.epub"
    path.write_bytes(book(article))
    report = pubkit.build([path], tmp_path / "out", ["html", "json", "rss"])
    assert report.ok, report.errors
    assert sorted(Path(f).name for f in report.files) == ["every-node.html", "every-node.json", "rss.xml"]
    assert pubkit.read(tmp_path / "out" / "every-node.json").article == article


def test_a_bag_takes_no_pictures_from_beside_a_book(article: m.Article, tmp_path: Path) -> None:
    path = tmp_path / "in" / "x.epub"
    path.parent.mkdir()
    path.write_bytes(book(article))
    (path.parent / "dot.png").write_bytes(PNG)
    assert pubkit.build([path], tmp_path / "out", ["json"], bag=tmp_path / "bag").ok
    assert sorted(p.name for p in (tmp_path / "bag" / "data" / "sources").rglob("*")) == ["x.epub"]


def test_a_folder_is_not_searched_for_books(article: m.Article, tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nThe sea.\n")
    (tmp_path / "every-node.epub").write_bytes(book(article))
    report = pubkit.build([tmp_path], tmp_path / "out", ["json"])
    assert [r.slug for r in report.results] == ["tides"]
    (tmp_path / "tides.md").unlink()
    [result] = pubkit.build([tmp_path], tmp_path / "out", ["json"]).results
    assert result.error is not None
    assert ".epub" not in result.error.hint


def test_two_sources_of_one_slug_are_found(article: m.Article, tmp_path: Path) -> None:
    (tmp_path / "every-node.md").write_text("# Other\n\nWords.\n")
    (tmp_path / "x.epub").write_bytes(book(article))
    report = pubkit.build([tmp_path / "every-node.md", tmp_path / "x.epub"], tmp_path / "out", ["json"])
    assert [type(e) for e in report.errors] == [UsageError, UsageError]


def test_inspect_takes_a_path_and_standard_input(article: m.Article, tmp_path: Path) -> None:
    path = tmp_path / "x.epub"
    path.write_bytes(book(article))
    named = CliRunner().invoke(main, ["inspect", str(path)])
    piped = CliRunner().invoke(main, ["inspect", "-", "--from", "epub"], input=path.read_bytes())
    assert named.exit_code == piped.exit_code == 0
    assert named.stdout == piped.stdout
    assert "Every node" in named.stdout


def test_an_epub_is_no_text() -> None:
    with pytest.raises(UsageError, match=r"is no text.*pubkit\.read_bytes"):
        pubkit.parse("# x", "epub")
    with pytest.raises(UnknownFormat, match="Did you mean epub"):
        pubkit.parse("# x", "epbu")


# --- Bad input ---

Change = Callable[[dict[str, bytes]], None]


def changed(article: m.Article, change: Change) -> bytes:
    files = files_of(bound(article))
    change(files)
    return pack(files.items())


def rewritten(**new: Any) -> Change:
    def change(files: dict[str, bytes]) -> None:
        files[JSON] = json.dumps({**json.loads(files[JSON]), **new}).encode()
    return change


def replaced(name: str, data: bytes) -> Change:
    return lambda files: files.update({name: data})


def first_place(place: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        said = json.loads(files[JSON])
        said["pictures"][0][min(said["pictures"][0])] = place
        files[JSON] = json.dumps(said).encode()
    return change


BAD: dict[str, tuple[Change, str]] = {
    "another maker": (lambda files: files.pop(JSON) and None, "holds no article.json of pubkit.*epub.source=true"),
    "no mimetype": (lambda files: files.pop("mimetype") and None, "a zip file, but no EPUB"),
    "another zip": (replaced("mimetype", b"application/vnd.oasis.opendocument.text"), "a zip file, but no EPUB"),
    "no json": (replaced(JSON, b"{"), "damaged"),
    "empty json": (replaced(JSON, b""), "damaged"),
    "no utf-8": (replaced(JSON, b'{"format": "\xff"}'), "damaged"),
    "a list": (replaced(JSON, b"[]"), "damaged"),
    "deep json": (replaced(JSON, b'{"format":"pubkit-book","version":1,"volume":' + b"[" * 100_000), "damaged|too deeply"),
    "another's json": (replaced(JSON, b'{"a": 1}'), "not of pubkit"),
    "an article alone": (rewritten(format="pubkit-article"), "not of pubkit"),
    "a later version": (rewritten(version=2, new="thing"), "version 2, this pubkit reads up to 1. Update pubkit"),
    "more keys": (rewritten(new="thing"), "damaged"),
    "no chapters": (rewritten(pictures=[], volume={"type": "volume", "meta": {"type": "meta"}, "chapters": []}), "holds 0 articles"),
    "no places": (rewritten(pictures=[]), "places of pictures for 0"),
    "an unknown node": (rewritten(volume={"type": "volume", "meta": {"type": "meta"}, "chapters": [
        {"type": "article", "meta": {"type": "meta"}, "content": [{"type": "script"}]}]}), "damaged"),
    "a picture that is missing": (first_place("images/none.png"), "is missing"),
    "a picture elsewhere": (first_place("../secret.png"), "leads out of the book"),
    "a picture far off": (first_place("images/../../secret.png"), "leads out of the book"),
    "a picture on disk": (first_place("/etc/passwd"), "leads out of the book"),
    "a picture on a drive": (first_place("C:\\x.png"), "leads out of the book"),
    "a picture on the network": (first_place("https://example.org/x.png"), "leads out of the book"),
    "no place": (first_place(""), "leads out of the book"),
    "no picture": (first_place(reader.FILE), "cannot be used: it is no picture"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_books_are_refused(article: m.Article, name: str) -> None:
    change, words = BAD[name]
    with pytest.raises((ReadError, LimitError), match=words) as caught:
        api.read_bytes(changed(article, change), "tides.epub", "epub")
    assert caught.value.location.file == "tides.epub"
    assert caught.value.hint or isinstance(caught.value, LimitError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


NONE_AT_ALL = {
    "empty": (b"", "empty"), "text": (b"# Tides\n", "no EPUB"), "a PDF": (b"%PDF-1.7\n%%EOF\n", "this is a PDF"),
    "an empty zip": (pack(()), "no EPUB"), "a head alone": (b"PK\x03\x04" + bytes(40), "damaged or cut off"),
}


@pytest.mark.parametrize("name", NONE_AT_ALL)
def test_what_is_no_book_is_refused(name: str, tmp_path: Path) -> None:
    data, words = NONE_AT_ALL[name]
    path = tmp_path / "x.epub"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=words):
        pubkit.read(path)
    with pytest.raises(ReadError, match=words):
        pubkit.read_volume(path)
    done = CliRunner().invoke(main, ["extract", str(path), "-o", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "x.epub: error" in done.stderr


def test_a_book_cut_off_anywhere_is_refused(article: m.Article) -> None:
    data = book(article)
    for end in range(0, len(data) - 1, max(1, len(data) // 60)):
        with pytest.raises(ReadError):
            api.read_bytes(data[:end], "x.epub", "epub")


def test_a_book_with_any_byte_changed_is_read_or_refused(article: m.Article) -> None:
    data = book(article)
    for at in range(0, len(data), max(1, len(data) // 150)):
        broken = bytearray(data)
        broken[at] ^= 0xFF
        with contextlib.suppress(PubkitError):
            api.read_bytes(bytes(broken), "x.epub", "epub")


def test_names_that_stand_twice_are_refused(article: m.Article) -> None:
    out = io.BytesIO(book(article))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(JSON, b"{}")
    with pytest.raises(ReadError, match=r"two files in the EPUB are called 'OEBPS/article\.json'"):
        api.read_bytes(out.getvalue(), "x.epub", "epub")


def test_encrypted_members_are_refused(article: m.Article) -> None:
    data = bytearray(book(article))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(ReadError, match="is encrypted"):
        api.read_bytes(bytes(data), "x.epub", "epub")


def test_members_packed_in_other_ways_are_refused(article: m.Article) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in files_of(bound(article)).items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    with pytest.raises(ReadError, match="packed in a way"):
        api.read_bytes(out.getvalue(), "x.epub", "epub")


def test_bombs_are_refused_before_they_are_unpacked(article: m.Article, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_: object) -> None:
        raise AssertionError("a bomb was unpacked")

    data = changed(article, lambda files: files.update({f"bomb-{n}": bytes(21_000_000) for n in range(10)}))
    assert len(data) < 1_000_000
    monkeypatch.setattr(zipfile.ZipFile, "open", unpacked)
    with pytest.raises(ReadError, match="more than 200,000,000"):
        api.read_bytes(data, "x.epub", "epub")


def test_no_member_gives_more_than_it_says(article: m.Article) -> None:
    data = bytearray(changed(article, lambda files: files.update({JSON: files[JSON] + b" " * 10_000_000})))
    at = data.index(JSON.encode(), data.index(b"PK\x01\x02")) - 46
    assert data[at:at + 4] == b"PK\x01\x02"
    data[at + 24:at + 28] = struct.pack("<L", 1000)
    with pytest.raises(ReadError, match="damaged"):
        api.read_bytes(bytes(data), "x.epub", "epub")


def test_a_swarm_of_members_is_refused(article: m.Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_MEMBERS", 4)
    assert api.read_bytes(book(three()[0]), "x.epub", "epub")
    with pytest.raises(ReadError, match="more than 4 files"):
        api.read_bytes(book(article), "x.epub", "epub")


def test_a_json_too_large_is_refused(article: m.Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_JSON", 1000)
    with pytest.raises(ReadError, match="more than 1,000"):
        api.read_bytes(book(article), "x.epub", "epub")


def test_what_a_book_brings_goes_through_the_door(article: m.Article) -> None:
    def change(files: dict[str, bytes]) -> None:
        said = json.loads(files[JSON])
        chapter = said["volume"]["chapters"][0]
        chapter["content"] = [{"type": "paragraph", "content": [{"type": "link", "url": "javascript:run()", "content": [
            {"type": "text", "text": "press\u0000me"}]}]}, {"type": "heading", "level": 4, "content": [{"type": "text", "text": "Deep"}]}]
        chapter["meta"]["slug"] = "../../up"
        files[JSON] = json.dumps(said).encode()
        name = next(n for n in files if n.endswith(".svg"))
        files[name] = SVG.replace(b"<rect", b'<script>run()</script><image href="https://example.org/x.png"/><rect')
    read = api.read_bytes(changed(article, change), "x.epub", "epub")
    assert {d.code for d in read.diagnostics} >= {"link-unsafe", "heading-skipped"}
    assert m.plain_text(read.article.content) == "pressme\nDeep\n"
    assert not [n for n in m.walk(read.article) if isinstance(n, m.Link)]
    assert read.article.meta.slug == "up"
    [drawing] = [a for a in read.article.assets if a.media_type == "image/svg+xml"]
    assert b"script" not in drawing.data
    assert b"example.org" not in drawing.data
