"""Bytes that claim to be a picture go in; an `Asset` that every output can hold comes out: checked, turned, stripped, in sRGB.

What a picture is, its bytes say, not its name. SVG is parsed without entities and leaves without scripts and outside addresses.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pubkit.diagnostics import AssetError
from pubkit.model import Asset

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = ["Limits", "load", "raster"]

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
SUFFIX = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg"}


class Limits(Struct, frozen=True):
    """How large a picture may be: bytes; pixels in all; and the longest side in pixels, beyond which it is scaled down."""

    bytes: int = 30_000_000
    pixels: int = 60_000_000
    side: int = 4000


def load(name: str, data: bytes, limits: Limits | None = None) -> Asset:
    """The asset of a picture (PNG, JPEG, GIF, WebP or SVG).

    PNG, JPEG and still GIF come out as PNG or JPEG in sRGB without metadata, an animated GIF as it is, SVG as cleaned XML.
    Raises `AssetError` for what is none of these, is broken, or is beyond ``limits``.
    """
    limits = limits or Limits()
    if len(data) > limits.bytes:
        raise AssetError(f"has {len(data):,} bytes, more than {limits.bytes:,}")
    if _looks_like_svg(data):
        clean, width, height = _svg(data)
        return _asset(name, "image/svg+xml", clean, width, height)
    return _bitmap(name, data, limits)


def _asset(name: str, media_type: str, data: bytes, width: int, height: int) -> Asset:
    stem = unicodedata.normalize("NFKD", PurePath(name.replace("\\", "/")).stem).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()[:40] or "picture"
    return Asset(f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{SUFFIX[media_type]}", media_type, data, width, height)


# --- Bitmaps ------------------------------------------------------------------------------------------------------------------------

def _bitmap(name: str, data: bytes, limits: Limits) -> Asset:
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the pixel limit is ours
            Image.init()
            picture = Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP", "MPO"))
            if picture.width * picture.height > limits.pixels:
                raise AssetError(f"has {picture.width} × {picture.height} pixels, more than {limits.pixels:,} in all")
            if picture.format == "GIF" and getattr(picture, "n_frames", 1) > 1:
                return _asset(name, "image/gif", data, picture.width, picture.height)
            kept = _as_it_is(picture, data, limits)
            if kept:
                picture.load()  # a broken file must not pass unread
                return _asset(name, kept, data, picture.width, picture.height)
            return _drawn_anew(name, picture, limits)
    except AssetError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise AssetError("is not a picture that can be read (PNG, JPEG, GIF, WebP or SVG)") from error
    except Exception as error:  # Pillow's decoders raise what they like on broken files
        raise AssetError(f"is broken: {error}") from error


def _as_it_is(picture: Picture, data: bytes, limits: Limits) -> str:
    """The media type of a picture that needs no change, or ''."""
    if max(picture.size) > limits.side:
        return ""
    if picture.format == "PNG" and picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA") and _png_chunks(data) <= {
            b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"pHYs"}:
        return "image/png"
    segments = _jpeg_segments(data) if picture.format == "JPEG" else set()
    if picture.format == "JPEG" and picture.mode in ("L", "RGB") and 0xE0 in segments and not segments & {0xE1, 0xE2, 0xED, 0xEE, 0xFE}:
        return "image/jpeg"
    return ""


def _png_chunks(data: bytes) -> set[bytes]:
    found, place = set(), 8
    while place + 8 <= len(data):
        found.add(data[place + 4:place + 8])
        place += 12 + int.from_bytes(data[place:place + 4], "big")
    return found if place == len(data) else found | {b"rest"}


def _jpeg_segments(data: bytes) -> set[int]:
    """The markers before the first scan (ITU T.81, annex B): E0 is JFIF, E1 Exif and XMP, E2 a colour profile, EE Adobe's."""
    found, place = set(), 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        found.add(data[place + 1])
        place += 2 + int.from_bytes(data[place + 2:place + 4], "big")
    return found


def _drawn_anew(name: str, picture: Picture, limits: Limits) -> Asset:
    """The picture turned as its Exif says, in sRGB, without metadata, as JPEG if it was lossy and as PNG otherwise."""
    from PIL import Image, ImageOps

    lossy = picture.format in ("JPEG", "MPO") or (picture.format == "WEBP" and picture.mode == "RGB")
    turned: Any = ImageOps.exif_transpose(picture)
    turned = _srgb(turned, picture.info.get("icc_profile"))
    if max(turned.size) > limits.side:
        turned.thumbnail((limits.side, limits.side), Image.Resampling.LANCZOS)
    out = BytesIO()
    turned.info = {}
    if lossy and turned.mode in ("L", "RGB"):
        turned.save(out, "JPEG", quality=90, optimize=True, exif=b"")
        return _asset(name, "image/jpeg", out.getvalue(), turned.width, turned.height)
    turned.save(out, "PNG", optimize=True)
    return _asset(name, "image/png", out.getvalue(), turned.width, turned.height)


def _srgb(picture: Any, profile: bytes | None) -> Any:
    from PIL import ImageCms

    alpha = picture.mode in ("LA", "RGBA", "PA", "La", "RGBa") or "transparency" in picture.info
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        picture = picture.point(lambda v: v / 256).convert("L") if picture.mode != "F" else picture.convert("L")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile says nothing: the plain conversion stands
    if picture.mode in ("L", "RGB", "RGBA", "LA") and "transparency" not in picture.info:
        return picture.copy()
    return picture.convert("RGBA" if alpha else "L" if picture.mode == "1" else "RGB")


# --- SVG ----------------------------------------------------------------------------------------------------------------------------

_GONE = {"script", "foreignObject", "iframe", "object", "embed", "handler", "listener", "animate", "animateMotion", "animateTransform",
         "animateColor", "set", "audio", "video", "a:script", "metadata"}
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!\s*#)[^)]*\)|@import[^;]*;?|expression\s*\(", re.IGNORECASE)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([\d.]+(?:e[+-]?\d+)?)\s*(px|pt|pc|mm|cm|in|em|ex|rem)?\s*", re.IGNORECASE)
_PIXELS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0, "rem": 16.0, "ex": 8.0}


def _looks_like_svg(data: bytes) -> bool:
    head = data[:4096]
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return "<svg" in head.decode(encoding, "replace")
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and (b"<svg" in head or b":svg" in head or b"<!DOCTYPE svg" in head)


def _svg(data: bytes) -> tuple[bytes, int, int]:
    """The clean SVG with a size and a viewBox, and its size in CSS pixels."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
                             remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise AssetError(f"is no well-formed SVG: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None and b"<!ENTITY" in data:
        raise AssetError("is an SVG with entities of its own, which are not read")
    if etree.QName(root).localname != "svg" or etree.QName(root).namespace not in (SVG, None):
        raise AssetError("is XML, but no SVG")
    if etree.QName(root).namespace is None:
        for element in root.iter(etree.Element):
            if etree.QName(element).namespace is None:
                element.tag = f"{{{SVG}}}{element.tag}"
    _clean(root, etree)
    width, height = _size(root)
    etree.cleanup_namespaces(root, keep_ns_prefixes=[])
    return etree.tostring(root, encoding="utf-8", xml_declaration=False, with_tail=False), max(round(width), 1), max(round(height), 1)


def _clean(root: Any, etree: Any) -> None:
    depth_limit = 200
    for element in list(root.iter()):
        if not isinstance(element.tag, str):  # an entity that was not resolved
            _remove(element)
            continue
        name = etree.QName(element)
        if name.localname in _GONE or name.namespace != SVG or sum(1 for _ in element.iterancestors()) > depth_limit:
            if element is not root:
                _remove(element)
            continue
        if name.localname == "style" and element.text:
            element.text = _OUTSIDE.sub("", element.text)
        for key, value in list(element.attrib.items()):
            local = etree.QName(key).localname
            inside = value.strip().startswith("#") or (name.localname == "image" and _INLINE_PICTURE.fullmatch(value.strip()))
            foreign = etree.QName(key).namespace not in (None, SVG, XLINK, "http://www.w3.org/XML/1998/namespace")
            if local.lower().startswith("on") or foreign or (local in ("href", "src", "base") and not inside):
                del element.attrib[key]
            elif _OUTSIDE.search(value):
                element.attrib[key] = _OUTSIDE.sub("none", value)


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _size(root: Any) -> tuple[float, float]:
    """Width and height in CSS pixels; a missing size is taken from the viewBox, a missing viewBox from the size."""
    shown = root.get("viewBox", "")
    box = [float(n) for n in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", shown)[:4]] if _numbers(shown) else []
    usable = len(box) == 4 and box[2] > 0 and box[3] > 0
    if not usable:
        box = []
        root.attrib.pop("viewBox", None)
    width, height = _pixels(root.get("width", "")), _pixels(root.get("height", ""))
    if not width and not height:
        width, height = (box[2], box[3]) if box else (300.0, 150.0)
    elif not width:
        width = height * box[2] / box[3] if box else 300.0
    elif not height:
        height = width * box[3] / box[2] if box else 150.0
    scale = min(1.0, 4000 / max(width, height))
    if not box:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    width, height = max(width * scale, 1.0), max(height * scale, 1.0)
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    return width, height


def _numbers(text: str) -> bool:
    return bool(re.fullmatch(r"\s*-?[\d.]+(?:e[+-]?\d+)?(?:[\s,]+-?[\d.]+(?:e[+-]?\d+)?){3}\s*", text)) and ".." not in text


def _pixels(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    try:
        value = float(found[1]) * _PIXELS[(found[2] or "").lower()] if found else 0.0
    except ValueError:
        return 0.0
    return value if 0 < value < 1e6 else 0.0


def raster(asset: Asset, width_px: int, fonts: Sequence[Path] = ()) -> Asset:
    """An SVG as PNG of a width in pixels, drawn by resvg, which reads no system font and nothing outside. ``fonts``: folders or files."""
    import resvg_py

    width = max(1, min(width_px, 4000))
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=asset.data.decode("utf-8"), width=width, skip_system_fonts=True,
            font_dirs=[str(f) for f in fonts if f.is_dir()] or None, font_files=[str(f) for f in fonts if f.is_file()] or None)
    except ValueError as error:
        raise AssetError(f"cannot be drawn: {error}") from error
    data = bytes(png)
    size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return _asset(asset.name.rpartition("-")[0] or "picture", "image/png", data, *size)
