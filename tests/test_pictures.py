"""Pictures: what is taken, what is mended, what is refused; and where they may lie."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

import pubkit
from pubkit import model as m
from pubkit.diagnostics import AssetError
from pubkit.exporters import press
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


def test_ids_of_an_svg_are_names_and_stand_once() -> None:
    inside = ('<linearGradient id="paint:2"/><style>a{fill:url(#paint:2)}</style><rect id="dup" fill="url(#paint:2)"/><rect id="dup"/>'
              '<rect id=""/><rect id="1 2"/><use href="#paint:2"/><g id="_paint_2"/>')
    made = load("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode()).data.decode()
    assert re.findall(r'id="([^"]*)"', made) == ["_paint_2_", "dup", "_1_2", "_paint_2"]
    assert made.count("#_paint_2_") == 3
    assert "paint:2" not in made


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


SVG_START = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10">'


def svg(inside: str) -> bytes:
    return f"{SVG_START}{inside}</svg>".encode()


@pytest.mark.parametrize("inside", [
    '<rect fill="url(http://e.example/"/>', "<style>a{fill:url(http://e.example/</style>", r"<style>a{fill:\75rl(http://e.example/)}</style>",
    r'<style>@\69mport "http://e.example/";</style>', r'<rect style="fill:u\72l(http://e.example)"/>',
    '<style>@imp<x xmlns="a"/>ort "http://e.example/";</style>',
    '<style>a{background:image-set("http://e.example/" 1x)}</style>',
    "<style>@media all{a{fill:url('http://e.example/')}}</style>", '<SCRIPT>"http://e.example/"</SCRIPT>',
    '<use xlink:href="http://e.example/#a"/>',
    '<feImage href=" http://e.example/"/>', '<style>@font-face{font-family:x;src:url("http://e.example/")}</style>',
    '<image href="data:image/svg+xml,http://e.example/"/>', '<g xml:base="http://e.example/"/>'])
def test_svg_hides_no_address(inside: str) -> None:
    asset = load("x.svg", svg(inside))
    assert b"e.example" not in asset.data
    assert load("x.svg", asset.data).data == asset.data


def test_svg_keeps_what_leads_inside() -> None:
    data = load("x.svg", svg(
        '<g id="Grad"/><rect fill="url(\'#Grad\')" style="fill:url( #Grad )"/><style>a{fill:url("#Grad")}</style>')).data
    assert data.count(b"#Grad") == 3


def test_copies_of_copies_and_loops_are_refused() -> None:
    bomb = '<rect id="a0" width="1" height="1"/>' + "".join(
        f'<g id="a{i}">' + f'<use xlink:href="#a{i - 1}"/>' * 9 + "</g>" for i in range(1, 12))
    loops = ('<g id="a"><use href="#a"/></g>', '<pattern id="p"><rect fill="url(#p)"/></pattern>')
    for inside in (bomb, *loops, "<g>" * 9000 + "</g>" * 9000):
        with pytest.raises(AssetError):
            load("x.svg", svg(inside))


@pytest.mark.parametrize("inside", [
    '<filter id="f"><feTurbulence baseFrequency="0.5" numOctaves="9999"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    '<filter id="f"><feMorphology operator="dilate" radius="400"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    ('<filter id="f" x="-999" y="-999" width="9999" height="9999"><feGaussianBlur stdDeviation="5"/></filter>'
     '<rect width="9" height="9" filter="url(#f)"/>'),
    '<g opacity=".5"><rect width="9" height="9"/></g>' * 400])
def test_heavy_svg_is_drawn_in_bounded_time(inside: str) -> None:
    """Unbounded, each of these takes minutes; the width gives way, since a time limit would make the bytes depend on the machine."""
    asset = load("x.svg", svg(inside))
    assert raster(asset, 400) == raster(asset, 400)


@pytest.mark.parametrize("box", ["0 0 1 100000", "0 0 100000 1", "0 0 1e999 1e999", "0 0 . 3",
                                 "-1e308 0 1e308 1e-300", "nan nan nan nan", "0 0 0 0"])
def test_any_shape_of_svg_has_a_size_and_can_be_drawn(box: str) -> None:
    asset = load("x.svg", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><rect width="9" height="9"/></svg>'.encode())
    assert 1 <= asset.width <= 4000
    assert 1 <= asset.height <= 4000
    drawn_ = raster(asset, 4000)
    assert drawn_.width <= 4000
    assert drawn_.height <= 4000


@pytest.mark.parametrize("save", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}, {"optimize": True}])
def test_a_jpeg_loses_its_metadata_and_no_pixel(save: dict[str, object]) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    out = BytesIO()
    Image.effect_noise((61, 43), 80).convert("RGB").save(out, "JPEG", exif=exif, comment=b"SECRET", **save)
    asset = load("x.jpg", out.getvalue() + b"SECRET behind the end")
    assert b"SECRET" not in asset.data
    assert asset.data[6:10] == b"JFIF"
    assert Image.open(BytesIO(asset.data)).tobytes() == Image.open(out).tobytes()
    assert load("x.jpg", asset.data) == asset


def test_a_lossless_webp_stays_lossless() -> None:
    noise = Image.effect_noise((30, 20), 80).convert("RGB")
    out = BytesIO()
    noise.save(out, "WEBP", lossless=True)
    asset = load("x.webp", out.getvalue())
    assert asset.media_type == "image/png"
    assert Image.open(BytesIO(asset.data)).convert("RGB").tobytes() == noise.tobytes()


def test_an_animated_gif_loses_its_comments_and_must_be_whole() -> None:
    frames = [Image.new("RGB", (8, 8), c) for c in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"SECRET")
    asset = load("a.gif", out.getvalue() + b"SECRET")
    assert b"SECRET" not in asset.data
    assert b"NETSCAPE" in asset.data
    assert getattr(Image.open(BytesIO(asset.data)), "n_frames", 0) == 3
    with pytest.raises(AssetError):
        load("a.gif", out.getvalue()[:-20])


def moving(format_: str) -> bytes:
    frames = [Image.new("RGB", (40, 20), c) for c in ("red", "lime", "blue")]
    out = BytesIO()
    frames[0].save(out, format_, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def images(pdf: pikepdf.Pdf) -> list[Any]:
    return [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]


def found_in(data: bytes) -> list[tuple[str, str]]:
    article = m.Article(m.Meta(title="x"), (m.Figure(m.Image("a", alt="A")),))
    return [(d.code, d.message) for d in resolve(article, None, {"a": data})[1]]


@pytest.mark.parametrize(("inside", "lost"), [
    ('<script>a()</script>', "scripts"), ('<rect onclick="a()" width="1" height="1"/>', "scripts"),
    ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>', "pages and media within it"),
    ('<image href="other.png"/>', "what it takes from elsewhere"), ('<style>@import "a.css";</style>', "what it takes from elsewhere"),
    ('<rect fill="url(b.svg#g)"/>', "what it takes from elsewhere"), ('<style>@font-face{font-family:a;src:url(a.woff)}</style>', "fonts"),
    ('<a href="https://example.org/"><rect width="1" height="1"/></a>', "links"),
    ('<circle r="1"><set attributeName="r" to="2"/></circle><script/>', "movement, scripts"),
    ('<metadata>x</metadata><linearGradient id="g"/><rect fill="url(#g)" style="fill:rgb(1, 2, 3)"/><use href="#g"/>', ""),
])
def test_what_an_svg_loses_is_said(inside: str, lost: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode()
    assert found_in(svg) == ([("svg-cleaned", f"the picture 'a' lost {lost}")] if lost else [])
    assert found_in(load("a", svg).data) == []


def test_a_moving_picture_is_its_first_frame_where_it_cannot_move() -> None:
    for format_ in ("WEBP", "PNG"):
        assert [code for code, _ in found_in(moving(format_))] == ["picture-still"]
        assert Image.open(BytesIO(load("a", moving(format_)).data)).convert("RGB").getpixel((3, 3))[0] > 250  # type: ignore[index]
    assert found_in(moving("GIF")) == []
    article = pubkit.parse("![A](a.gif)", title="x", pictures={"a.gif": moving("GIF")}).article
    assert [d.code for d in pubkit.export(article, "pdf").diagnostics] == ["picture-still"]
    assert pubkit.export(article, "html").diagnostics == ()


@pytest.mark.parametrize(("data", "kind"), [
    (drawn("TIFF"), "TIFF"), (drawn("BMP"), "BMP"), (b"\0\0\0\x1cftypavif" + bytes(40), "AVIF"),
    (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"), (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"), (b"%PDF-1.7", "PDF")])
def test_a_picture_of_another_kind_is_called_by_its_name(data: bytes, kind: str) -> None:
    with pytest.raises(AssetError, match=f"is {kind}, which is not read; make it PNG"):
        load("a.png", data)


def test_the_place_where_a_picture_was_taken_goes() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 15.0), 29: "2024:01:02"})
    for turned in (1, 8):
        exif[0x0112] = turned
        for format_ in ("JPEG", "PNG", "WEBP"):
            data = drawn(format_, exif=exif)
            assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
            asset = load("a", data)
            assert not Image.open(BytesIO(asset.data)).getexif()
            assert b"2024:01:02" not in asset.data


def test_a_page_holds_no_more_pixels_than_asked_for() -> None:
    data = drawn("JPEG", size=(3000, 300))
    article = pubkit.parse("![A](a.jpg)", title="x", pictures={"a.jpg": data}).article

    def widest(dpi: int) -> int:
        with pikepdf.Pdf.open(BytesIO(pubkit.export(article, "pdf", dpi=dpi).files[0].data)) as pdf:
            return max(int(i.Width) for i in images(pdf))

    assert widest(2400) == 3000
    half, quarter = widest(200), widest(100)
    assert half < 2000
    assert abs(half - 2 * quarter) <= 4


@pytest.mark.parametrize("data", [
    drawn("PNG", "P"), drawn("PNG", "I;16"), drawn("PNG", "LA"), drawn("JPEG", "CMYK"), drawn("WEBP", "RGBA"), moving("GIF"), SVG],
    ids=["palette", "deep", "alpha", "cmyk", "webp", "gif", "svg"])
def test_every_picture_stands_in_rgb_or_grey_on_a_page(data: bytes) -> None:
    article = pubkit.parse("![A](a)", title="x", pictures={"a": data}).article
    with pikepdf.Pdf.open(BytesIO(pubkit.export(article, "pdf").files[0].data)) as pdf:
        assert bool(images(pdf)) == (data != SVG)
        for image in images(pdf):
            assert image.ColorSpace in ("/DeviceRGB", "/DeviceGray")
            assert not image.get("/Interpolate", False)



def test_a_picture_within_an_svg_is_drawn_and_none_beside_it() -> None:
    inner = base64.b64encode(PNG).decode()
    svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
           f'<image width="20" height="20" href="data:image/png;base64,{inner}"/></svg>').encode()
    article = pubkit.parse("![A](a.svg)", title="x", pictures={"a.svg": svg}).article
    with pikepdf.Pdf.open(BytesIO(pubkit.export(article, "pdf").files[0].data)) as made:
        assert any(isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image" for o in made.objects)


def test_the_engine_is_served_nothing_from_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    fetcher = press._fetcher({"pubkit:0/a.png": (PNG, "image/png")})
    assert fetcher.fetch("pubkit:0/a.png").read() == PNG
    outside = (tmp_path / "secret.png").as_uri()
    for url in ("pubkit:0/b.png", outside, "http://127.0.0.1:9/a.png", "data:text/css,p{color:red}", "ftp://a.example/b"):
        with pytest.raises(ValueError, match="not served"):
            fetcher.fetch(url)
