"""A theme and its styles go in; an empty Word document that wears them comes out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from msgspec import Struct

from pubkit import zipfiles
from pubkit.exporters.word.elements import Element, el, languages, ppr, root, twips
from pubkit.exporters.word.styles import family
from pubkit.theme import Face, Theme, font_files

__all__ = ["separators", "template"]

ALTERNATIVES = {"roman": "Georgia", "swiss": "Calibri", "modern": "Consolas"}

def _settings(theme: Theme, language: str, embed_fonts: bool) -> bytes:
    word = "http://schemas.microsoft.com/office/word"
    options = {"compatibilityMode": "15", "overrideTableStyleFontSizeAndJustification": "1", "enableOpenTypeFeatures": "1",
               "doNotFlipMirrorIndents": "1"}
    math = el("m:mathPr", el("m:mathFont", val="Cambria Math"), el("m:brkBin", val="before"), el("m:brkBinSub", val="--"),
              el("m:smallFrac", val="0"), el("m:dispDef"), el("m:lMargin", val="0"), el("m:rMargin", val="0"),
              el("m:defJc", val="centerGroup"), el("m:wrapIndent", val="1440"), el("m:intLim", val="subSup"), el("m:naryLim", val="undOvr"))
    tags, two = languages(language), theme.choices.sides == "two"
    return root(
        "w:settings", el("w:zoom", percent="100"), *([el("w:embedTrueTypeFonts")] if embed_fonts else ()),
        *([el("w:mirrorMargins")] if two else ()), el("w:defaultTabStop", val=twips(36)),
        el("w:autoHyphenation", val="1" if theme.choices.hyphens else "0"), el("w:consecutiveHyphenLimit", val="3"),
        el("w:hyphenationZone", val="360"), el("w:doNotHyphenateCaps"), *([el("w:evenAndOddHeaders")] if two else ()),
        el("w:characterSpacingControl", val="doNotCompress"),
        el("w:footnotePr", el("w:footnote", id="-1"), el("w:footnote", id="0")),
        el("w:endnotePr", el("w:pos", val="sectEnd"), el("w:endnote", id="-1"), el("w:endnote", id="0")),
        el("w:compat", el("w:doNotExpandShiftReturn"), *[el("w:compatSetting", name=k, uri=word, val=v) for k, v in options.items()]),
        math, el("w:themeFontLang", **tags), el("w:decimalSymbol", val="."), el("w:listSeparator", val=","))


class _Font(Struct, frozen=True):
    """A font of the table: the Word family, its kind, and the faces to embed by the element that names them."""

    name: str
    kind: str
    faces: dict[str, Face]


def _fonts(theme: Theme) -> list[_Font]:
    """The families that the styles name, with their faces."""
    fonts: dict[str, _Font] = {}
    for role in theme.styles.values():
        name, _ = family(theme, role)
        own = theme.family(role)
        slots: dict[str, Face] = {}
        for face in theme.faces:
            if face.family != own:
                continue
            if name != own:
                if face.weight == role.weight:
                    slots["embedItalic" if face.italic else "embedRegular"] = face
            elif face.weight in (400, 700):
                slots[("embedBoldItalic" if face.italic else "embedBold") if face.weight == 700 else
                      ("embedItalic" if face.italic else "embedRegular")] = face
        kind = "modern" if role.font == "code" else "roman" if "Serif" in name else "swiss"
        fonts.setdefault(name, _Font(name, kind, slots))
    return [fonts[name] for name in sorted(fonts)]


@lru_cache(maxsize=64)
def _obfuscated(path: str) -> tuple[str, bytes]:
    """A font file's key and its bytes as Word embeds them: the first 32 are mixed with the key (ECMA-376 part 4, 17.8.1)."""
    data = Path(path).read_bytes()
    digest = hashlib.sha256(data).hexdigest()[:32].upper()
    key = bytes.fromhex(digest)[::-1]
    mixed = bytes(b ^ key[i % 16] for i, b in enumerate(data[:32]))
    guid = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))
    return f"{{{guid}}}", mixed + data[32:]


def _font_table(theme: Theme, embed: bool) -> tuple[bytes, list[bytes]]:
    """The table of fonts, and the files that it embeds in the order of their relations."""
    files = font_files(theme) if embed else {}
    listed, embedded = list[Element](), list[bytes]()
    for font in _fonts(theme):
        out = el("w:font", el("w:altName", val=ALTERNATIVES[font.kind]), el("w:charset", val="00"), el("w:family", val=font.kind),
                 el("w:pitch", val="fixed" if font.kind == "modern" else "variable"), name=font.name)
        for slot in ("embedRegular", "embedBold", "embedItalic", "embedBoldItalic"):
            path = files.get(font.faces[slot]) if slot in font.faces else None
            if path is not None and path.suffix == ".ttf":
                key, data = _obfuscated(str(path))
                embedded.append(data)
                out.append(el(f"w:{slot}", r_id=f"rId{len(embedded)}", fontKey=key))
        listed.append(out)
    return root("w:fonts", *listed), embedded


def separators(kind: str) -> bytes:
    """A part of notes, footnote or endnote, with the lines that part them from the text (ECMA-376 part 1, 17.11.23, 17.11.1)."""
    def note(number: str, name: str) -> Element:
        space = {"spacing": {"before": "0", "after": "0", "line": "240", "lineRule": "auto"}}
        return el(f"w:{kind}", el("w:p", ppr(space), el("w:r", el(f"w:{name}"))), type=name, id=number)

    return root(f"w:{kind}s", note("-1", "separator"), note("0", "continuationSeparator"))


DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
PARTS = {
    "word/document.xml": CT.WML_DOCUMENT_MAIN, "word/styles.xml": CT.WML_STYLES, "word/settings.xml": CT.WML_SETTINGS,
    "word/numbering.xml": CT.WML_NUMBERING, "word/fontTable.xml": CT.WML_FONT_TABLE,
}


def template(theme: Theme, language: str, styles: bytes, embed_fonts: bool = False) -> bytes:
    """An empty document that wears a theme: our own parts and nothing of a foreign template."""
    table, fonts = _font_table(theme, embed_fonts)
    defaults = {"rels": CT.OPC_RELATIONSHIPS, "xml": CT.XML, **({"odttf": FONT_TYPE} if fonts else {})}
    listed = "".join(f'<Default Extension="{x}" ContentType="{t}"/>' for x, t in defaults.items())
    listed += "".join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in PARTS.items())
    files = [
        ("[Content_Types].xml", f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">{listed}</Types>'.encode()),
        ("_rels/.rels", _relations([(RT.OFFICE_DOCUMENT, "word/document.xml")])),
        ("word/_rels/document.xml.rels", _relations([(RT.STYLES, "styles.xml"), (RT.SETTINGS, "settings.xml"),
                                                     (RT.NUMBERING, "numbering.xml"), (RT.FONT_TABLE, "fontTable.xml")])),
        ("word/document.xml", root("w:document", el("w:body"))),
        ("word/styles.xml", styles), ("word/settings.xml", _settings(theme, language, embed_fonts)),
        ("word/numbering.xml", root("w:numbering")), ("word/fontTable.xml", table)]
    if fonts:
        names = [f"fonts/font{n}.odttf" for n in range(1, len(fonts) + 1)]
        files.append(("word/_rels/fontTable.xml.rels", _relations([(RT.FONT, name) for name in names])))
        files.extend((f"word/{name}", data) for name, data in zip(names, fonts, strict=True))
    return zipfiles.pack(files)


def _relations(rows: Iterable[tuple[str, str]]) -> bytes:
    body = "".join(f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(rows, 1))
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{body}</Relationships>'.encode()
