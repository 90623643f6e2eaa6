"""A font file and characters go in; a small font comes out that can set these characters, and says whose it is and under which licence.

HarfBuzz cuts; the name table is written anew, since a font that was changed must not bear a name that its makers reserve (SIL Open Font
License, condition 3). What comes out is plain TrueType or OpenType: a zip deflates it to nearly what WOFF2 would be, in a hundredth of
the time; `woff` packs it for where there is no zip.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Set
from typing import Any

from msgspec import Struct

from pubkit.css.faces import characters, faces
from pubkit.diagnostics import ThemeError
from pubkit.model import Article
from pubkit.theme import FALLBACKS, Face, Theme, font_files, unpacked

__all__ = ["Font", "fonts", "subset", "woff"]

FIGURES = ("onum", "lnum", "pnum", "tnum")  # what the style sheets ask for beyond what is always on
SMALL_CAPS = ("smcp", "c2sc")
FRACTIONS = ("frac", "numr", "dnom")
SLASH = "\u2044"  # shaping turns fractions on at this sign alone
KEPT_NAMES = (0, 13, 14)  # copyright, licence and its address
WHOLE = 0xB1B0AFBA  # what the words of a font file add up to (OpenType, head.checksumAdjustment)


class Font(Struct, frozen=True):
    """A font file: its bytes, suffix and media type, and what CSS calls the format."""

    data: bytes
    suffix: str
    media_type: str
    format: str


# --- Which characters, in which face ------------------------------------------------------------------------------------------------

def fonts(theme: Theme, articles: Iterable[Article], bodies: Iterable[str], sheet: str) -> dict[Face, Font]:
    """The faces of a theme and of its fallbacks that articles need, each cut down to what it has to draw.

    A character goes to the first family of its stack that has it; one that none has is left to the reader's machine. All faces of a family
    hold the same characters, so that readers who want their text bold see no other font.

    Args:
        theme: whose faces.
        articles: what is set in them.
        bodies: all the markup that they become, as XHTML.
        sheet: the style sheet of that markup. A fallback takes part where a stack names it.

    Returns:
        The fonts by face, in the theme's order; fallbacks last.

    Raises:
        ThemeError: for a font that cannot be read.
    """
    own = faces(theme, articles)
    wanted: dict[str, tuple[set[str], bool]] = {}
    drawing: dict[Face, str] = {}
    for stack, asked in characters(bodies, sheet).items():
        rest = set(asked.characters)
        for family in stack:
            chosen = [face for face in own if face.family == family] or _fallbacks(theme, family, rest)
            if not chosen:
                continue
            drawing.update((face, family) for face in chosen)
            before, caps = wanted.get(family, (set(), False))
            wanted[family] = before | rest, caps or asked.small_caps
            known = [_known(face, rest) for face in chosen]
            rest = {c for c in rest if _joins(c) or not all(c in one for one in known)}
    return {face: subset(face, *wanted[family]) for face, family in sorted(drawing.items(), key=lambda pair: _place(theme, pair[0]))}


def _fallbacks(theme: Theme, family: str, rest: Set[str]) -> list[Face]:
    """The faces of a fallback, if it has any of the characters that are left."""
    lacking = {c for c in rest if not _joins(c)}
    if family not in FALLBACKS or not lacking:
        return []
    return [face for face in font_files(theme) if face.family == family and _known(face, lacking)]


def _place(theme: Theme, face: Face) -> tuple[int, str, int]:
    return (theme.faces.index(face) if face in theme.faces else len(theme.faces), face.family, face.weight)


def _known(face: Face, wanted: Iterable[str]) -> set[str]:
    codes = _opened(face).unicodes
    return {c for c in wanted if ord(c) in codes}


def _joins(character: str) -> bool:
    """Whether a character is drawn with the one beside it, in its font: marks, joiners, signs of direction."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


# --- Cutting ------------------------------------------------------------------------------------------------------------------------

def subset(face: Face, characters: Set[str], small_caps: bool = True) -> Font:
    """A face with the glyphs of ``characters`` alone, and what their ligatures, marks, joined forms and figures need.

    Args:
        face: the face; what it does not have is left out.
        characters: what it has to draw; a letter and its mark that make one character count as that character too.
        small_caps: whether its small capitals are asked for too.

    Raises:
        ThemeError: for a font that cannot be read, with its file.
    """
    import uharfbuzz as hb

    source = _opened(face)
    known = source.unicodes
    plan = hb.SubsetInput()
    plan.unicode_set.update(code for c in characters for code in _pieces(ord(c), known))
    plan.layout_feature_tag_set.update(map(_tag, (*FIGURES, *(SMALL_CAPS if small_caps else ()))))
    if SLASH not in characters:
        for feature in FRACTIONS:
            plan.layout_feature_tag_set.discard(_tag(feature))
    plan.drop_table_tag_set.update(map(_tag, ("name", "STAT", "meta")))
    plan.flags = hb.SubsetFlags.NO_HINTING
    try:
        data = bytes(hb.subset(source, plan).blob.data)
    except RuntimeError as error:
        raise ThemeError("the font cannot be cut down to the characters of a text", file=face.path, hint="Replace the file") from error
    digest = hashlib.sha256(f"{face.family}/{face.weight}/{face.italic}/{small_caps}/{''.join(sorted(characters))}".encode()).hexdigest()
    data = _with_names(data, _names(source, digest[:16], face.italic))
    return Font(data, ".otf", "font/otf", "opentype") if data[:4] == b"OTTO" else Font(data, ".ttf", "font/ttf", "truetype")


def _opened(face: Face) -> Any:
    import uharfbuzz as hb

    path = unpacked(face.path)
    try:
        return hb.Face(hb.Blob.from_file_path(str(path)))
    except hb.HarfBuzzError as error:
        raise ThemeError(f"the unpacked font {path} cannot be read", file=face.path) from error


def _pieces(code: int, known: Any) -> Iterator[int]:
    """The characters that a font draws one with: itself, or what it is put together from where the font has no glyph for it."""
    parts = () if code in known else unicodedata.decomposition(chr(code)).split()
    if not parts or parts[0].startswith("<"):  # none, or one that looks different
        yield code
    else:
        for part in parts:
            yield from _pieces(int(part, 16), known)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


def _names(source: Any, digest: str, italic: bool) -> bytes:
    """A name table (OpenType 1.9, ``name``) of a neutral name and of what the licence wants kept, in Windows' encoding and English."""
    style = "Italic" if italic else "Regular"
    texts = {1: f"pubkit {digest}", 2: style, 3: f"pubkit {digest} {style}", 4: f"pubkit {digest} {style}", 5: "Version 1.000",
             6: f"pubkit-{digest}-{style}", **{key: text for key in KEPT_NAMES if (text := source.get_name(key))}}
    records, strings = b"", b""
    for key, text in sorted(texts.items()):
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, key, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + strings


# --- Font files ---------------------------------------------------------------------------------------------------------------------

def _directory(font: bytes) -> list[tuple[bytes, int, int, int]]:
    """Tag, checksum, offset and length of every table."""
    count = struct.unpack_from(">H", font, 4)[0]
    return [struct.unpack_from(">4s3I", font, 12 + 16 * n) for n in range(count)]


def _with_names(font: bytes, names: bytes) -> bytes:
    """A font file that has no name table, with this one."""
    padded = names + bytes(-len(names) % 4)
    tables = [(tag, check, offset + 16, length) for tag, check, offset, length in _directory(font)]
    start = 12 + 16 * len(tables)
    body = font[start:] + bytes(-len(font) % 4)
    tables = sorted([*tables, (b"name", _sum(padded), start + 16 + len(body), len(names))])
    power = len(tables).bit_length() - 1
    head = struct.pack(">4s4H", font[:4], len(tables), 16 << power, power, 16 * len(tables) - (16 << power))
    head += b"".join(struct.pack(">4s3I", *table) for table in tables)
    out = bytearray(head + body + padded)
    at = next(offset for tag, _, offset, _ in tables if tag == b"head") + 8
    struct.pack_into(">I", out, at, (WHOLE - _sum(head) - sum(check for _, check, _, _ in tables)) & 0xFFFFFFFF)
    return bytes(out)


def _sum(words: bytes) -> int:
    values: tuple[int, ...] = struct.unpack(f">{len(words) // 4}I", words)
    return sum(values) & 0xFFFFFFFF


def woff(font: Font) -> Font:
    """The same font as WOFF 1.0, its tables deflated: for pages that carry their fonts within themselves."""
    tables = _directory(font.data)
    size, offset, entries, packed = 12 + 16 * len(tables), 44 + 20 * len(tables), b"", b""
    for tag, check, start, length in tables:
        plain = font.data[start : start + length]
        small = zlib.compress(plain)
        data = small if len(small) < length else plain
        entries += struct.pack(">4s4I", tag, offset + len(packed), len(data), length, check)
        packed += data + bytes(-len(data) % 4)
        size += length + -length % 4
    head = struct.pack(">4s4sI2HI2H5I", b"wOFF", font.data[:4], offset + len(packed), len(tables), 0, size, 1, 0, 0, 0, 0, 0, 0)
    return Font(head + entries + packed, ".woff", "font/woff", "woff")
