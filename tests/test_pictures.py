"""Pictures: what is taken, what is mended, what is refused; and where they may lie."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from pubkit import model as m
from pubkit.diagnostics import AssetError
from pubkit.pictures import Limits, load, raster
from pubkit.resolve import resolve
from samples import PNG, SVG


def drawn(format_: str, mode: str = "RGB", size: tuple[int, int] = (40, 20), **save: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, format_, **save)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(("data", "media_type"), [
    (drawn("PNG"), "image/png"), (drawn("PNG", "RGBA"), "image/png"), (drawn("PNG", "I;16"), "image/png"), (drawn("JPEG"), "image/jpeg"),
    (drawn("JPEG", "CMYK"), "image/jpeg"), (drawn("GIF", "P"), "image/png"), (drawn("WEBP"), "image/jpeg"),
    (drawn("WEBP", "RGBA"), "image/png"), (PNG, "image/png"), (SVG, "image/svg+xml")])
def test_what_every_output_can_hold_comes_out(data: bytes, media_type: str) -> None:
    asset = load("a picture é.bin", data)
    assert asset.media_type == media_type
    assert asset.name.startswith("a-picture-e-")
    assert asset.name.isascii()
    assert load("a picture é.bin", data) == asset
    if media_type != "image/svg+xml":
        picture = Image.open(BytesIO(asset.data))
        assert picture.mode in ("L", "RGB", "RGBA", "P", "1", "LA")
        assert (asset.width, asset.height) == picture.size


def test_metadata_goes_and_the_turn_it_asks_for_is_made() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "SECRET PLACE"
    asset = load("x.jpg", drawn("JPEG", exif=exif))
    assert (asset.width, asset.height) == (20, 40)
    assert b"SECRET" not in asset.data
    assert b"SECRET" not in load("x.png", drawn("PNG", exif=exif)).data


def test_an_animated_gif_stays_one() -> None:
    frames = [Image.new("RGB", (8, 8), c) for c in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert load("a.gif", out.getvalue()).media_type == "image/gif"


def test_large_pictures_are_scaled_and_larger_ones_refused() -> None:
    assert load("x.png", drawn("PNG", "L", (9000, 10))).width == 4000
    with pytest.raises(AssetError, match="pixels"):
        load("x.png", drawn("PNG", "1", (9000, 9000)))
    with pytest.raises(AssetError, match="bytes"):
        load("x.png", drawn("PNG"), Limits(bytes=10))


@pytest.mark.parametrize("data", [b"", b"no picture", drawn("PNG")[:60], drawn("JPEG")[:200], drawn("BMP"), b"<svg", b"<html><svg/></html>",
                                  b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
                                  b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>'])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(AssetError):
        load("x", data)


def test_svg_leaves_without_scripts_and_outside_addresses() -> None:
    dirty = (b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="2cm" height="1in" onload="a()">'
             b'<script>a()</script><style>@import url(http://e.example/x.css); rect{fill:url(http://e.example/y)}</style>'
             b'<a xlink:href="javascript:a()"><rect width="3" height="3" fill="url(#g)"/></a><image href="http://e.example/z.png"/>'
             b'<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject><linearGradient id="g"/><use href="#g"/>'
             b'<image href="file:///etc/passwd"/><set attributeName="href" to="javascript:a()"/></svg>')
    asset = load("x.svg", dirty)
    for bad in (b"script", b"onload", b"javascript", b"e.example", b"foreignObject", b"file:", b"@import"):
        assert bad not in asset.data
    assert b"linearGradient" in asset.data
    assert b"url(#g)" in asset.data
    assert b"viewBox" in asset.data
    assert (asset.width, asset.height) == (76, 96)
    assert load("x.svg", asset.data).data == asset.data


def test_svg_becomes_the_same_png_each_time() -> None:
    one = raster(load("x.svg", SVG), 200)
    assert (one.media_type, one.width, one.height) == ("image/png", 200, 100)
    assert raster(load("x.svg", SVG), 200) == one


def test_only_the_articles_own_folder_is_read(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "sub").mkdir(parents=True)
    (own / "sub" / "ä b.png").write_bytes(PNG)
    (tmp_path / "out.png").write_bytes(PNG)
    (own / "link.png").symlink_to(tmp_path / "out.png")
    sources = {"sub/%C3%A4%20b.png": "", "/sub/ä b.png?x=1": "", "../out.png": "image-outside", "link.png": "image-outside",
               "file:///etc/hostname": "image-outside", "https://e.example/x.png": "image-remote", "//e.example/x.png": "image-remote",
               "no.png": "image-missing", "": "image-missing", "a\x00b.png": "image-missing", "x" * 5000: "image-missing",
               "data:image/png;base64,!!!": "image-missing"}
    article = m.Article(m.Meta(title="T"), [m.Paragraph([m.Image(src, "alt")], line=n) for n, src in enumerate(sources, 1)])
    done, found = resolve(article, own, file="a.md")
    assert {d.location.line: d.code for d in found} == {n: code for n, code in enumerate(sources.values(), 1) if code}
    assert len(done.assets) == 1
    assert [i.asset != "" for i in m.walk(done) if isinstance(i, m.Image)] == [not code for code in sources.values()]
    assert resolve(done, own)[0] == done
