"""Where pictures may come from, which is loaded how often, and what is said of those that cannot be had."""

from __future__ import annotations

import base64
import os
import unicodedata
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from pubkit import model as m
from pubkit.pictures import Limits
from pubkit.resolve import resolve


def png(colour: str = "red", size: int = 4) -> bytes:
    out = BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


def article(*sources: str) -> m.Article:
    return m.Article(m.Meta(title="T"), [m.Paragraph([m.Image(src, "alt")], line=n) for n, src in enumerate(sources, 1)])


def images(done: m.Article) -> list[m.Image]:
    return [n for n in m.walk(done) if isinstance(n, m.Image)]


def test_without_a_folder_only_what_is_given_is_there() -> None:
    done, found = resolve(article("a.png", "/etc/hostname", "b.png"), None, {"a.png": png()})
    assert [bool(i.asset) for i in images(done)] == [True, False, False]
    assert [d.code for d in found] == ["image-missing"] * 2


def test_every_place_of_a_picture_is_seen(tmp_path: Path) -> None:
    for size, name in enumerate(("lead", "fig", "thumb", "note", "cell", "caption"), 4):
        (tmp_path / f"{name}.png").write_bytes(png(size=size))
    work = m.Article(m.Meta(title="T", image=m.Figure(m.Image("lead.png"))), [
        m.Figure([m.Image("fig.png")], caption=[m.Image("caption.png")]), m.Embed("https://v.example/", thumbnail=m.Image("thumb.png")),
        m.Paragraph([m.Note([m.Paragraph([m.Image("note.png")])])]),
        m.Table([m.Column()], body=[m.Row([m.Cell([m.Paragraph([m.Image("cell.png")])])])])])
    done, found = resolve(work, tmp_path)
    assert not found
    names = {a.name for a in done.assets}
    assert {i.asset for i in images(done)} == names
    assert all(n.isascii() for n in names)
    assert len(names) == 6


def test_the_same_bytes_are_one_asset(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "b.png").write_bytes(png())
    done, _ = resolve(article("a.png", "b.png", "a.png?x", "./a.png"), tmp_path)
    assert len(done.assets) == 1
    assert len({i.asset for i in images(done)}) == 1


def test_lines_are_those_of_the_nearest_block(tmp_path: Path) -> None:
    inner = m.Quote([m.Paragraph([m.Emphasis([m.Image("no.png", "x")])])], line=7)
    other = m.Aside([m.Paragraph([m.Image("no2.png")], line=9)], line=8)
    done, found = resolve(m.Article(m.Meta(), [m.Aside([inner], line=3), other]), tmp_path, file="a.md")
    assert [(d.location.file, d.location.line) for d in found] == [("a.md", 7), ("a.md", 9)]
    assert images(done)[0] == m.Image("no.png", "x")


def test_data_addresses_go_through_the_gate() -> None:
    good = "data:image/png;base64," + base64.b64encode(png()).decode()
    done, found = resolve(article(good, "data:text/html,<script>", "data:image/png;base64,AAAA", "data:"), None)
    assert [bool(i.asset) for i in images(done)] == [True, False, False, False]
    assert {d.code for d in found} == {"image-missing"}
    assert all(len(d.message) < 300 for d in found)


@pytest.mark.parametrize("src", ["../x.png", "..%2Fx.png", "a/../../x.png", "%2e%2e/x.png", "..\\x.png", "link/x.png", "file:x.png",
                                 "FILE:///x.png", "c:\\x.png", "ftp://e.example/x.png", "javascript:x"])
def test_nothing_outside_is_read(tmp_path: Path, src: str) -> None:
    own = tmp_path / "own"
    (own / "a").mkdir(parents=True)
    (tmp_path / "x.png").write_bytes(png())
    (own / "link").symlink_to(tmp_path)
    done, found = resolve(article(src), own)
    assert not done.assets
    assert [d.code for d in found] == ["image-outside"]


def test_a_leading_slash_means_the_folder(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(png())
    done, found = resolve(article("/x.png", "/etc/hostname"), tmp_path)
    assert [bool(i.asset) for i in images(done)] == [True, False]
    assert [d.code for d in found] == ["image-missing"]


def test_odd_files_and_names(tmp_path: Path) -> None:
    (tmp_path / "loop.png").symlink_to("loop.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "a?b.png").write_bytes(png())
    (tmp_path / unicodedata.normalize("NFD", "é.png")).write_bytes(png())
    sources = ["loop.png", "pipe.png", "folder.png", "a\x00.png", "%00", "[x", "//[x", "http://[", "%ff%fe", "a?b.png",
               unicodedata.normalize("NFC", "é.png")]
    done, found = resolve(article(*sources), tmp_path)
    assert [bool(i.asset) for i in images(done)] == [False] * 9 + [True] * 2
    assert len(found) == 9


def test_limits_reach_the_gate_and_the_disk(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(png(size=50))
    for limits in (Limits(bytes=10), Limits(pixels=100)):
        done, found = resolve(article("x.png"), tmp_path, limits=limits)
        assert not done.assets
        assert [d.code for d in found] == ["image-missing"]


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(png())
    done, _ = resolve(article("x.png"), tmp_path)
    assert resolve(done, None) == (done, ())
    assert m.decode(m.encode(done)) == done
    assert msgspec.structs.replace(done, assets=()) != done


def test_colours_of_print_are_converted_and_that_is_said() -> None:
    out = BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")
    done, found = resolve(article("ink.jpg", "plain.png"), None, {"ink.jpg": out.getvalue(), "plain.png": png()})
    assert [(d.code, "CMYK" in d.message) for d in found] == [("picture-converted", True)]
    pixel = Image.open(BytesIO(done.assets[0].data)).getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert max(pixel[1:]) < 60
