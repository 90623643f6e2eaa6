"""Bytes that claim to be a picture go in; an `Asset` that every output can hold comes out: checked, turned, stripped, in sRGB.

What a picture is, its bytes say, not its name. SVG is parsed without entities and leaves without scripts and outside addresses.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import threading
import unicodedata
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct

from pubkit.diagnostics import AssetError
from pubkit.model import Asset

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = ["INKS", "MOVEMENT", "Limits", "load", "raster"]

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MOVEMENT = "movement"
INKS = "inks"
SUFFIX = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg"}


class Limits(Struct, frozen=True):
    """How large a picture may be: bytes; pixels in all; and the longest side in pixels, beyond which it is scaled down."""

    bytes: int = 30_000_000
    pixels: int = 60_000_000
    side: int = 4000


def load(name: str, data: bytes, limits: Limits | None = None, lost: set[str] | None = None) -> Asset:
    """The asset of a picture (PNG, JPEG, GIF, WebP or SVG).

    PNG, JPEG and still GIF come out as PNG or JPEG in sRGB without metadata, an animated GIF with its frames alone, SVG as cleaned XML.
    Pixels are coded anew only where they have to be turned, scaled or brought to sRGB.

    Args:
        name: what it is called, for its asset's name and for errors.
        data: its bytes.
        limits: how large it may be.
        lost: receives what had to go of it, in words: `MOVEMENT`, `INKS` (it was in CMYK), or what an SVG held that could run or fetch.

    Raises:
        AssetError: for what is none of these, is broken, or is beyond ``limits``.
    """
    limits, lost = limits or Limits(), lost if lost is not None else set()
    try:
        if len(data) > limits.bytes:
            raise AssetError(f"has {len(data):,} bytes, more than {limits.bytes:,}")
        if _looks_like_svg(data):
            clean, width, height = _svg(data, limits, lost)
            return _asset(name, "image/svg+xml", clean, width, height)
        return _bitmap(name, data, limits, lost)
    except AssetError as error:
        raise AssetError(error.message, file=name) from error.__cause__


def _asset(name: str, media_type: str, data: bytes, width: int, height: int) -> Asset:
    stem = unicodedata.normalize("NFKD", PurePath(name.replace("\\", "/")).stem).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()[:40] or "picture"
    return Asset(f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{SUFFIX[media_type]}", media_type, data, width, height)


# --- Bitmaps ------------------------------------------------------------------------------------------------------------------------

_whole_files = threading.Lock()
# Other pictures, by their first bytes.
_OTHERS = {
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "BMP": rb"BM.{4}\0{4}",
    "AVIF": rb".{4}ftypavi[fs]",
    "HEIC": rb".{4}ftyp(?:hei[cfmsx]|hev[cx]|mif1|msf1)",
    "JPEG 2000": rb".{4}jP  \r\n|\xff\x4f\xff\x51",
    "JPEG XL": rb".{4}JXL \r\n|\xff\x0a",
    "PDF": rb"%PDF-",
    "PostScript": rb"%!PS",
    "Photoshop": rb"8BPS",
}


def _bitmap(name: str, data: bytes, limits: Limits, lost: set[str]) -> Asset:
    import warnings

    from PIL import Image, ImageFile, UnidentifiedImageError

    if not data:
        raise AssetError("is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the pixel limit is ours
            picture = Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP"))
            if picture.width * picture.height > limits.pixels:
                raise AssetError(f"has {picture.width} × {picture.height} pixels, more than {limits.pixels:,} in all")
            with _whole_files:  # WeasyPrint lets Pillow take cut-off files, in the whole process
                lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
                try:
                    picture.load()  # a broken file must not pass unread
                finally:
                    ImageFile.LOAD_TRUNCATED_IMAGES = lenient
            if picture.format == "GIF" and getattr(picture, "is_animated", False):
                return _asset(name, "image/gif", _bare_gif(data), picture.width, picture.height)
            if getattr(picture, "is_animated", False) and picture.format != "MPO":
                lost.add(MOVEMENT)
            if picture.mode == "CMYK":
                lost.add(INKS)
            kept = _bare(picture, data, limits)
            if kept:
                return _asset(name, f"image/{picture.format.lower()}" if picture.format == "PNG" else "image/jpeg", kept, *picture.size)
            return _drawn_anew(name, picture, data, limits)
    except AssetError:
        raise
    except UnidentifiedImageError as error:
        kind = next((kind for kind, mark in _OTHERS.items() if re.match(mark, data, re.DOTALL)), "")
        what = f"is {kind}, which is not read; make it" if kind else "is no picture of a kind that is read:"
        raise AssetError(f"{what} PNG, JPEG, GIF, WebP or SVG") from error
    except Image.DecompressionBombError as error:
        raise AssetError(f"has more pixels than {limits.pixels:,} in all") from error
    except Exception as error:  # Pillow's decoders raise what they like on broken files
        raise AssetError(f"is broken: {error}") from error


def _bare(picture: Picture, data: bytes, limits: Limits) -> bytes:
    """The same pixels without metadata; nothing where they have to be coded anew."""
    if max(picture.size) > limits.side or picture.getexif().get(0x112, 1) != 1 or not _is_srgb(picture.info.get("icc_profile")):
        return b""
    if picture.format == "PNG" and picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        return _bare_png(data)
    if picture.format in ("JPEG", "MPO") and picture.mode in ("L", "RGB"):
        return _bare_jpeg(data)
    return b""


def _is_srgb(profile: bytes | None) -> bool:
    from PIL import ImageCms

    if not profile:
        return True
    try:
        return "srgb" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile))).lower()
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False


def _bare_png(data: bytes) -> bytes:
    """The chunks that hold the picture (PNG, 11): no text, times, profiles or further frames. Deeper than 8 bits is for Pillow."""
    out, place = data[:8], 8
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place:place + 4], "big")
        kind = data[place + 4:place + 8]
        if kind == b"IHDR" and data[place + 16] > 8:
            return b""
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            out += data[place:end]
        if kind == b"IEND":
            return out
        place = end
    return b""


JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")


def _bare_jpeg(data: bytes) -> bytes:
    """The segments that hold the picture (ITU T.81, annex B) behind a JFIF marker, which tells Word and others what the colours are."""
    out, place = [data[:2], JFIF], 2
    while place + 2 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            return b"".join((*out, data[place:place + 2]))
        end = place + 2 + int.from_bytes(data[place + 2:place + 4], "big")
        body = data[place + 4:end]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and (
                marker > 0xC2 or body[:1] != b"\x08" or body[5:6] not in (b"\x01", b"\x03") or body[6::3] == b"RGB"):
            return b""
        if marker == 0xEE and body.startswith(b"Adobe") and body[11:12] != b"\x01":
            return b""
        if marker == 0xDA:
            while (end := data.find(b"\xff", end)) >= 0 and data[end + 1:end + 2] and (data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7):
                end += 2
            end = end if end >= 0 else len(data)
        if not 0xE0 <= marker <= 0xEF and marker != 0xFE:
            out.append(data[place:end])
        place = end
    return b""


def _bare_gif(data: bytes) -> bytes:
    """The frames of a GIF and how they move (GIF89a): no comments, no XMP, nothing behind the end."""
    place = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    out = [data[:place]]
    while place < len(data):
        start, kind = place, data[place]
        if kind == 0x3B:
            return b"".join((*out, b";"))
        if kind == 0x21:
            place += 2
        elif kind == 0x2C:
            place += 10
            flags = data[place - 1]
            place += (3 << ((flags & 7) + 1) if flags & 0x80 else 0) + 1
        else:
            break
        while place < len(data) and data[place]:
            place += 1 + data[place]
        place += 1
        block = data[start:place]
        if kind == 0x2C or block[1] == 0xF9 or (block[1] == 0xFF and block[3:14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")):
            out.append(block)
    raise AssetError("is broken: the GIF ends before its end")


def _drawn_anew(name: str, picture: Picture, data: bytes, limits: Limits) -> Asset:
    """The picture turned as its Exif says, in sRGB, without metadata, as JPEG if it was lossy and as PNG otherwise."""
    from PIL import Image, ImageOps

    lossy = picture.format in ("JPEG", "MPO") or (picture.format == "WEBP" and not _is_lossless_webp(data))
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


def _is_lossless_webp(data: bytes) -> bool:
    place = 12
    while place + 8 <= len(data):
        kind, size = data[place:place + 4], int.from_bytes(data[place + 4:place + 8], "little")
        if kind in (b"VP8 ", b"VP8L"):
            return kind == b"VP8L"
        place += 8 + size + size % 2
    return True


def _srgb(picture: Any, profile: bytes | None) -> Any:
    from PIL import ImageCms

    alpha = picture.mode in ("LA", "RGBA", "PA", "La", "RGBa") or "transparency" in picture.info
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = picture.convert("I").point(lambda v: v / 257).convert("L")
    if not _is_srgb(profile) and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
            plain = picture.convert("RGB") if picture.mode == "RGBA" else picture
            converted = ImageCms.profileToProfile(plain, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                if picture.mode == "RGBA":
                    converted.putalpha(picture.getchannel("A"))
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile says nothing: the plain conversion stands
    if picture.mode in ("L", "RGB", "RGBA", "LA") and "transparency" not in picture.info:
        return picture.copy()
    return picture.convert("RGBA" if alpha else "L" if picture.mode == "1" else "RGB")


# --- SVG ----------------------------------------------------------------------------------------------------------------------------

# In lower case: a page that takes the SVG in reads its names without regard to case.
# The value says what is lost, where that may be missed.
_GONE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("script", "handler", "listener"), ("scripts",)),
    **dict.fromkeys(("foreignobject", "iframe", "object", "embed", "audio", "video"), ("pages and media within it",)),
    **dict.fromkeys(("animate", "animatemotion", "animatetransform", "animatecolor", "set", "discard"), (MOVEMENT,)),
    "metadata": (),
}
_FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "expression"}
_INLINE_PICTURE = re.compile(r"\s*data:image/(?:png|jpe?g|gif);base64,([A-Za-z0-9+/=\s]*)", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(\s*[\"']?#([^)\"']+)")
_LAYER = re.compile(r"\b(?:opacity|filter|mask|clip-path|mix-blend-mode|isolation)\b")
_MOST = 100_000
_LAYER_PIXELS = 60_000_000
_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
_BOX = re.compile(r"\s*" + r"[\s,]+".join([_NUMBER] * 4) + r"\s*", re.IGNORECASE)
_LENGTH = re.compile(rf"\s*{_NUMBER}\s*(px|pt|pc|mm|cm|in|em|ex|rem)?\s*", re.IGNORECASE)
_PIXELS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0, "rem": 16.0, "ex": 8.0}


def _looks_like_svg(data: bytes) -> bool:
    head = data[:4096]
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return "<svg" in head.decode(encoding, "replace")
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and (b"<svg" in head or b":svg" in head or b"<!DOCTYPE svg" in head)


def _parsed(data: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
                             remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise AssetError(f"is no well-formed SVG: {error.msg}") from error


def _svg(data: bytes, limits: Limits, lost: set[str]) -> tuple[bytes, int, int]:
    """The clean SVG with a size and a viewBox, and its size in CSS pixels."""
    from lxml import etree

    root = _parsed(data)
    dtd: Any = root.getroottree().docinfo.internalDTD  # its stubs lack the entities
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise AssetError("is an SVG with entities of its own, which are not read")
    if etree.QName(root).localname != "svg" or etree.QName(root).namespace not in (SVG, None):
        raise AssetError("is XML, but no SVG")
    if etree.QName(root).namespace is None:
        for element in root.iter(etree.Element):
            if etree.QName(element).namespace is None:
                element.tag = f"{{{SVG}}}{element.tag}"
    _clean(root, etree, limits, lost)
    _name(root)
    _Weight(root)
    width, height = _size(root)
    _tame_filters(root)
    etree.cleanup_namespaces(root, keep_ns_prefixes=[])
    return etree.tostring(root, encoding="utf-8", xml_declaration=False, with_tail=False), max(round(width), 1), max(round(height), 1)


def _clean(root: Any, etree: Any, limits: Limits, lost: set[str]) -> None:
    for element in list(root.iter()):
        if not isinstance(element.tag, str):  # an entity that was not resolved
            _remove(element)
            continue
        name = etree.QName(element)
        if name.localname.lower() in _GONE or name.namespace != SVG:
            if element is not root:
                lost.update(_GONE.get(name.localname.lower(), ()))
                _remove(element)
            continue
        for key, value in list(element.attrib.items()):
            kept = _attribute(etree.QName(key), value, name.localname, limits, lost)
            if kept is None:
                del element.attrib[key]
            elif kept != value:
                element.attrib[key] = kept
    for element in list(root.iter(f"{{{SVG}}}style")):  # last: what was taken out of a sheet must not join two halves of a word
        sheet = _css("".join(element.itertext()), lost)
        element[:] = []
        element.text = sheet


_XML_NAME = re.compile(r"[^\W\d][\w.\-]*")
_POINTER = re.compile(r"#([^\s()\"';#]+)")


def _name(root: Any) -> None:
    """Puts ids right: the second of a name goes, and one that is no name in XML (``paint:2``) is changed, where it is pointed at too."""
    taken = {name for e in root.iter() if _XML_NAME.fullmatch(name := e.get("id", ""))}
    changed: dict[str, str] = {}
    seen: set[str] = set()
    for element in root.iter():
        name = element.get("id")
        if name is None:
            continue
        if name in seen or not name.strip():
            del element.attrib["id"]
            continue
        seen.add(name)
        if name not in taken:
            changed[name] = new = _unlike("_" + re.sub(r"[^\w.\-]", "_", name), taken)
            element.set("id", new)
    if not changed:
        return

    def pointed(text: str) -> str:
        return _POINTER.sub(lambda found: f"#{changed.get(unquote(found[1]), found[1])}", text)

    for element in root.iter():
        for key, value in element.attrib.items():
            if "#" in value:
                element.set(key, pointed(value))
            elif key in ("aria-labelledby", "aria-describedby"):
                element.set(key, " ".join(changed.get(name, name) for name in value.split()))
        if element.text and "#" in element.text and element.tag == f"{{{SVG}}}style":
            element.text = pointed(element.text)


def _unlike(name: str, taken: set[str]) -> str:
    """The name, longer where it is taken; it is taken from now on."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _attribute(key: Any, value: str, element: str, limits: Limits, lost: set[str]) -> str | None:
    """What may stay of an attribute's value; None for an attribute that has to go."""
    local = key.localname.lower()
    if local.startswith("on"):
        lost.add("scripts")
        return None
    if key.namespace not in (None, SVG, XLINK, "http://www.w3.org/XML/1998/namespace"):
        return None
    if local in ("href", "src", "base"):
        kept = value if value.strip().startswith("#") else _inline_picture(value, limits) if element == "image" else None
        if kept is None:
            lost.add("links" if element == "a" else "what it takes from elsewhere")
        return kept
    return _css(value, lost) if "(" in value or "\\" in value else value


def _inline_picture(value: str, limits: Limits) -> str | None:
    """A picture within the SVG goes through the same gate as one beside it."""
    found = _INLINE_PICTURE.fullmatch(value)
    try:
        asset = _bitmap("inline", base64.b64decode(found[1]), limits, set()) if found else None
    except (AssetError, ValueError):
        return None
    return f"data:{asset.media_type};base64,{base64.b64encode(asset.data).decode()}" if asset else None


def _css(text: str, lost: set[str]) -> str:
    """CSS, or an attribute's value, without what could fetch. Read by tokens, since escapes and comments hide words from patterns."""
    import tinycss2

    tokens = tinycss2.parse_component_value_list(text, skip_comments=True)
    before = str(tinycss2.serialize(tokens))
    after = str(tinycss2.serialize(_without_fetching(tokens, lost)))
    return after if after != before or "\\" in text or "/*" in text else text


def _without_fetching(tokens: list[Any], lost: set[str]) -> list[Any]:
    out: list[Any] = []
    importing = False
    for token in tokens:
        if token.type == "at-keyword" and token.lower_value in ("import", "font-face", "namespace", "charset"):
            importing = True
            if token.lower_value in ("import", "font-face"):
                lost.add("what it takes from elsewhere" if token.lower_value == "import" else "fonts")
        elif importing:
            importing = not (token == ";" or token.type == "{} block")
        elif token.type == "url" or (token.type == "function" and token.lower_name in _FETCHING):
            if not _own(token):
                lost.add("what it takes from elsewhere")
            out.append(token if _own(token) else _none(token))
        elif token.type != "error":
            _clean_inside(token, lost)
            out.append(token)
    return out


def _clean_inside(token: Any, lost: set[str]) -> None:
    for part in ("content", "arguments"):
        inside = getattr(token, part, None)
        if inside:
            setattr(token, part, _without_fetching(inside, lost))


def _own(token: Any) -> bool:
    """Whether a ``url()`` leads to a part of the same SVG."""
    if token.type == "url":
        return str(token.value).strip().startswith("#")
    words = [t for t in token.arguments if t.type not in ("whitespace", "comment")]
    return token.lower_name == "url" and len(words) == 1 and words[0].type == "string" and str(words[0].value).startswith("#")


def _none(token: Any) -> Any:
    from tinycss2.ast import IdentToken

    return IdentToken(token.source_line, token.source_column, "none")


class _Weight:
    """What an SVG costs to draw: its elements and its layers (filters, masks, groups that show through), copies of copies counted."""

    def __init__(self, root: Any) -> None:
        self.named = {element.get("id"): element for element in root.iter() if element.get("id")}
        self.sheet = bool(_LAYER.search(" ".join(e.text or "" for e in root.iter(f"{{{SVG}}}style"))))
        self.known: dict[Any, tuple[int, int]] = {}
        self.open: set[Any] = set()
        self.elements, self.layers = self.of(root)

    def of(self, element: Any) -> tuple[int, int]:
        if element in self.known:
            return self.known[element]
        if element in self.open:
            raise AssetError("is an SVG that holds itself")
        self.open.add(element)
        elements, layers = 1, self.own_layers(element)
        for inner in (*element, *self.referred(element)):
            more = self.of(inner)
            elements, layers = elements + more[0], layers + more[1]
        self.open.discard(element)
        if elements > _MOST:
            raise AssetError(f"is an SVG that draws more than {_MOST:,} elements")
        self.known[element] = elements, layers
        return elements, layers

    def own_layers(self, element: Any) -> int:
        if str(element.tag).endswith("}feTurbulence"):
            return 20
        if str(element.tag).rpartition("}")[2].startswith("fe"):
            return 8
        marks = " ".join((*element.keys(), element.get("style", "")))
        return int(bool(_LAYER.search(marks)) or (self.sheet and element.get("class") is not None))

    def referred(self, element: Any) -> list[Any]:
        targets = []
        for key, value in element.attrib.items():
            targets += [value.strip()[1:]] if key.rpartition("}")[2] == "href" else _REFERENCE.findall(value)
        return [self.named[t] for t in targets if t in self.named]


def _tame_filters(root: Any) -> None:
    """Keep the regions and radii of filters in reach of the picture: their cost grows with the square of both."""
    box = [float(n) for n in root.get("viewBox").replace(",", " ").split()]
    side = max(box[2], box[3])
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name == "filter":
            reach = (side + max(abs(box[0]), abs(box[1]))) * 1.5 if element.get("filterUnits") == "userSpaceOnUse" else 2.0
            if any(abs(_plain(element.get(key), 100)) > reach for key in ("x", "y", "width", "height")):
                for key in ("x", "y", "width", "height", "filterUnits"):
                    element.attrib.pop(key, None)
        elif name == "feTurbulence" and _plain(element.get("numOctaves"), 1) > 4:
            element.set("numOctaves", "4")
        elif name == "feMorphology" and _plain((element.get("radius") or "0").split()[0], 1) > side / 100:
            element.set("radius", f"{side / 100:g}")
    for element in list(root.iter(f"{{{SVG}}}feConvolveMatrix")):
        if max((_plain(n, 1) for n in (element.get("order") or "3").split()), default=3.0) > 5:
            _remove(element)


def _plain(text: str | None, percent: float) -> float:
    """A number or a share as a number; no number at all counts as too large."""
    found = re.fullmatch(rf"\s*{_NUMBER}\s*(%|px)?\s*", text or "0", re.IGNORECASE)
    return float(found[1]) / (percent if found[2] == "%" else 1) if found else float("inf")


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
    found = _BOX.fullmatch(root.get("viewBox", ""))
    box = [float(n) for n in found.groups()] if found else []
    if not box or max(abs(n) for n in box) > 1e7 or min(box[2:]) < 1e-3:
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


def _pixels(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    value = float(found[1]) * _PIXELS[(found[2] or "").lower()] if found else 0.0
    return value if 0 < value < 1e6 else 0.0


def raster(asset: Asset, width_px: int, fonts: Sequence[Path] = ()) -> Asset:
    """An SVG as PNG, drawn by resvg: the same pixels everywhere, since it reads no system font and nothing outside.

    Args:
        asset: an SVG that `load` gave.
        width_px: the width wished for; less is drawn where the picture is very tall or heavy with layers.
        fonts: folders or files of TrueType and OpenType fonts for its words.

    Raises:
        AssetError: for what cannot be drawn.
    """
    import resvg_py

    width = max(1, min(width_px, 4000, 4000 * max(asset.width, 1) // max(asset.height, 1)))
    shape = max(asset.height, 1) / max(asset.width, 1)
    weight = _Weight(_parsed(asset.data))
    affordable = int(max(1.0, _LAYER_PIXELS / max(weight.layers, 1) / shape) ** 0.5)
    if affordable < min(width, 48):
        raise AssetError(f"is an SVG with {weight.layers:,} layers, too many to be drawn")
    width = min(width, affordable)
    files = tuple(str(f) for f in fonts if f.is_file())
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=asset.data.decode("utf-8"), width=width, skip_system_fonts=True,
            font_dirs=[str(f) for f in fonts if f.is_dir()] or None, font_files=list(files) or None, **_generic(files))
    except ValueError as error:
        raise AssetError(f"cannot be drawn: {error}") from error
    data = bytes(png)
    size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return _asset(asset.name.rpartition("-")[0] or "picture", "image/png", data, *size)


@functools.lru_cache(maxsize=8)
def _generic(files: tuple[str, ...]) -> dict[str, Any]:
    """The families that stand for those that a drawing asks for in vain, since its words would be left out."""
    from fontTools.ttLib import TTFont

    chosen: dict[str, Any] = {}
    for file in files:
        with TTFont(file, lazy=True) as font:
            family = str(font["name"].getBestFamilyName())
        words = set(family.lower().split())
        kind = "monospace" if words & {"code", "mono"} else "sans_serif" if "sans" in words else "serif"
        chosen.setdefault(f"{kind}_family", family)
    first = next(iter(chosen.values()), "")
    return {"font_family": chosen.get("sans_serif_family", first), **chosen} if first else {}
