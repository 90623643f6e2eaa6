"""A theme, folders of fonts and some pages go in; a font configuration that knows these and nothing of the machine comes out.

The theme's faces come first, then the folders' fonts, those of the text's kind and language before others, then the last resort: GNU
Unifont, and for what it lacks a font of boxes with numbers, so that no page ever shows a missing glyph.
"""

from __future__ import annotations

import functools
import os
import re
import threading
import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pubkit.diagnostics import Diagnostic, OptionError, ThemeError, diagnostic
from pubkit.exporters.boxes import FAMILY as BOXES
from pubkit.exporters.boxes import font as boxes_font
from pubkit.files import write_file
from pubkit.theme import Face, Family, Theme, font_files, unpacked
from pubkit.xhtml import escape

__all__ = ["below", "configuration", "folders", "font_kind", "font_region", "lacking", "some"]

FILES = (".ttf", ".otf", ".ttc", ".otc")
LAST_RESORT = ("Unifont", "Unifont Upper", BOXES)
# The same Han character is drawn in other ways in these places; fonts say at the end of their names for which they are.
REGIONS = ("SC", "TC", "HK", "JP", "KR")
HAN = (("zh", ("SC",)), ("zh-hans", ("SC",)), ("zh-cn", ("SC",)), ("zh-sg", ("SC",)), ("zh-hant", ("TC",)), ("zh-tw", ("TC",)),
       ("zh-hk", ("HK", "TC")), ("zh-mo", ("HK", "TC")), ("zh-hant-hk", ("HK", "TC")), ("yue", ("HK", "TC")), ("ja", ("JP",)),
       ("ja-jp", ("JP",)), ("ko", ("KR",)), ("ko-kr", ("KR",)), ("", REGIONS))
# Families that drawings ask for, by what stands for them here.
SANS = ("sans-serif", "Arial", "Helvetica", "Helvetica Neue", "Verdana", "Tahoma", "Trebuchet MS", "Segoe UI", "Open Sans", "Roboto",
        "Inter", "system-ui", "DejaVu Sans", "Liberation Sans", "Noto Sans")
MONO = ("monospace", "Courier", "Courier New", "Consolas", "Menlo", "Monaco", "DejaVu Sans Mono", "Liberation Mono")
# Fonts of coloured pictures have one size, and are scaled as fontconfig's own rules for them say.
SCALING = """<match target="font"><test name="outline"><bool>false</bool></test>
<edit name="pixelsizefixupfactor"><divide><name target="pattern">pixelsize</name><name target="font">pixelsize</name></divide></edit>
<edit name="matrix"><times><name>matrix</name><matrix><name>pixelsizefixupfactor</name><double>0</double>
<double>0</double><name>pixelsizefixupfactor</name></matrix></times></edit>
<edit name="size"><divide><name>size</name><name>pixelsizefixupfactor</name></divide></edit></match>
"""
_reading = threading.Lock()
_kept = threading.local()


def folders(fonts: str | tuple[str, ...]) -> tuple[str, ...]:
    """The folders of more fonts, as whole paths: those given, else those that PUBKIT_FONTS names. Raises `OptionError`."""
    given = fonts or os.environ.get("PUBKIT_FONTS", "")
    named = [Path(f).expanduser() for f in (given.split(os.pathsep) if isinstance(given, str) else given) if f]
    for folder in named:
        if not folder.is_dir():
            raise OptionError(f"{str(folder)!r} is no folder of fonts", hint=f"Name folders, joined by {os.pathsep!r}")
    return tuple(dict.fromkeys(str(folder.resolve()) for folder in named))


def configuration(theme: Theme, more: tuple[str, ...] = (), root: ET.Element | None = None) -> Any:
    """WeasyPrint's font configuration for a theme, folders of more fonts and the pages of a markup.

    It is kept for the next article of this thread: making one takes milliseconds, WeasyPrint never gives its memory back, and Pango's maps
    of fonts are not for two threads. Raises `ThemeError`.
    """
    files = font_files(theme)
    unknown = _unknown(root, next(path for face, path in files.items() if face.family == LAST_RESORT[1])) if root is not None else ""
    key = tuple(sorted(map(str, files.values()))), more, unknown
    kept: dict[Any, Any] = _kept.__dict__.setdefault("configurations", {})
    if key not in kept:
        made = _made(theme, files, more, unknown)
        there = {file for file, _ in made.listed}
        for face, path in files.items():
            if str(path) not in there:
                raise ThemeError("the font cannot be read", file=face.path, hint="Replace the file, or take the face out of theme.toml")
        for old in list(kept)[:-3]:
            del kept[old]
        kept[key] = made
    _fontconfig().FcConfigSetCurrent(kept[key]._config)
    return kept[key]


@functools.cache
def _fontconfig() -> Any:
    """The library of fontconfig with one function more: Pango takes the rules of choice from the process' current configuration."""
    from weasyprint.text.ffi import ffi, fontconfig

    ffi.cdef("FcBool FcConfigSetCurrent (FcConfig *config);")
    return fontconfig


def _made(theme: Theme, files: dict[Face, Path], more: tuple[str, ...], unknown: str) -> Any:
    cache = next(iter(files.values())).parents[2]
    ours = {str(path.parent) for path in files.values()}
    if unknown:
        ours.add(str(_boxes(unknown, cache)))
    if not more:
        return _configuration(cache, sorted(ours), _generic(theme))
    places, broken = _web_fonts(more)
    theirs = tuple(f"{place}{os.sep}" for place in (*more, *sorted(places - ours)))
    everything = [*sorted(ours | places), *more]
    known = [(file, family) for file, family in _configuration(cache, everything, "").listed if file.startswith(theirs)]
    own = {face.family for face in files}
    # A face of the theme is the one that the theme brings, and the last resort is the last.
    hidden = sorted({file for file, family in known if family in own or family.startswith(LAST_RESORT[0])})
    families = {family for file, family in known if file not in hidden}
    made = _configuration(cache, everything, _hiding(hidden) + _generic(theme) + _choice(sorted(families), theme))
    readable = {file for file, _ in known}
    unread = (file for folder in more for file in below(folder, FILES) if file not in readable)
    made.broken = sorted({*broken, *(file for file in unread if not _is_font(file))})
    return made


def _is_font(file: str) -> bool:
    """Whether a file is a font after all, if none for pages: one of dots, for one."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(file, fontNumber=0, lazy=True) as read:
            return "EBDT" in read
    except Exception:  # noqa: BLE001 (it raises what it likes on broken files)
        return False


def _configuration(cache: Path, places: list[str], rules: str) -> Any:
    """WeasyPrint's configuration of the fonts below these folders; ``listed`` tells the file and family of each."""
    from weasyprint.text.ffi import ffi, fontconfig
    from weasyprint.text.fonts import FontConfiguration

    _mend_leak()
    with _reading:  # fontconfig reads the name of its file from the process' environment
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = _fontconfig_file(cache, places, rules)
        try:
            made: Any = FontConfiguration()
            made.font_features = _Features()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
    held, text = fontconfig.FcConfigGetFonts(made._config, fontconfig.FcSetSystem), ffi.new("FcChar8 **")
    made.broken, made.listed = [], []
    for number in range(held.nfont):
        names = []
        for name in (b"file", b"family"):
            fontconfig.FcPatternGetString(held.fonts[number], name, 0, text)
            names.append(os.fsdecode(ffi.string(text[0])))
        made.listed.append(tuple(names))
    return made


class _Features(dict[bytes, Any]):
    """A font configuration's store of Pango attributes, which hands each layout its own and keeps none: see `_mend_leak`."""

    def setdefault(self, key: bytes, default: Any = None) -> Any:  # noqa: ARG002 (a dict's own signature)
        return default


@functools.cache
def _mend_leak() -> None:
    """Let WeasyPrint 70.0 give back the attributes of each line of text, a third of a megabyte in an article.

    It shares an attribute among lists that each believe it theirs, and so never frees a list. Where no attribute is shared, a list may go
    with its line. Font configurations of others are left as they are.
    """
    import weasyprint
    from weasyprint.text.ffi import ffi, pango
    from weasyprint.text.line_break import Layout

    if weasyprint.__version__ != "70.0":
        return
    setup = Layout.setup

    def freeing(self: Any, style: Any) -> None:
        setup(self, style)
        if isinstance(style.font_config.font_features, _Features):
            attributes = pango.pango_layout_get_attributes(self.layout)
            if attributes != ffi.NULL:
                pango.pango_attr_list_unref(attributes)  # the layout holds it still

    Layout.setup = freeing


def _fontconfig_file(cache: Path, places: list[str], rules: str) -> str:
    """A fontconfig file that lists these folders alone, and only what can travel in a PDF; written once."""
    dirs = "".join(f"<dir>{escape(place)}</dir>" for place in places)
    kinds = "".join(f'<pattern><patelt name="fontformat"><string>{kind}</string></patelt></pattern>'
                    for kind in ("Type 1", "CID Type 1", "Type 42", "PCF", "BDF", "PFR", "Windows FNT"))
    kinds += '<pattern><patelt name="scalable"><bool>false</bool></patelt></pattern>'
    text = ('<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>'
            f"{dirs}<selectfont><rejectfont><glob>*.woff</glob><glob>*.woff2</glob>{kinds}</rejectfont></selectfont>\n{SCALING}{rules}"
            f"<cachedir>{escape(str(cache / 'fontconfig'))}</cachedir></fontconfig>\n")
    data = text.encode("utf-8", "surrogateescape")
    path = cache / f"fonts-{sha256(data).hexdigest()[:12]}.conf"
    if not path.is_file():
        write_file(path, data)
    return str(path)


def below(folder: str, suffixes: tuple[str, ...]) -> list[str]:
    """The font files below a folder."""
    return [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names if name.lower().endswith(suffixes)]


def _web_fonts(more: tuple[str, ...]) -> tuple[set[str], list[str]]:
    """Where the WOFF2 files of some folders lie unpacked, and those that cannot be."""
    places, broken = set(), []
    for file in (file for folder in more for file in below(folder, (".woff2",))):
        try:
            places.add(str(unpacked(file).parent))
        except ThemeError:
            broken.append(file)
    return places, broken


# --- Which font stands for which text -----------------------------------------------------------------------------------------------

def _generic(theme: Theme) -> str:
    """Rules for text that names no last resort, such as that of drawings: a face of the theme stands for what is not there."""
    rules = []
    uses: tuple[tuple[Family, tuple[str, ...]], ...] = (("label", SANS), ("code", MONO), ("text", ()))
    for use, names in uses:
        faces = (*theme.stack(use), *theme.stack("text"), *LAST_RESORT)
        plain = f'<test name="family" qual="all" compare="not_eq"><string>{LAST_RESORT[0]}</string></test>'
        rules += [f'<match target="pattern">{plain}{named}{_edit("append_last", faces)}</match>\n'
                  for named in (f'<test name="family"><string>{name}</string></test>' for name in names)]
        if not names:
            rules.append(f'<match target="pattern">{plain}{_edit("append_last", faces)}</match>\n')
    return "".join(rules)


def _choice(families: list[str], theme: Theme) -> str:
    """Rules that put families before the last resort: those of the text's kind first and, for Han characters, of its language."""
    last = f'<test name="family"><string>{LAST_RESORT[0]}</string></test>'  # tested first: it is here that the edit takes place
    uses = dict.fromkeys(family for use in ("text", "display", "note", "label", "code") for family in theme.stack(use))
    pictures = [family for family in families if "emoji" in family.lower()]
    rules = []
    for first in uses:
        worn = f'<test name="family" qual="first"><string>{escape(first)}</string></test>'
        for language, regions in HAN:
            wanted = [family for family in families if not language or font_region(family) in regions]
            ranked = sorted((f in pictures, font_kind(f) != font_kind(first),
                             regions.index(font_region(f)) if font_region(f) else -1, f) for f in wanted)
            spoken = f'<test name="lang"><string>{language}</string></test>' if language else ""
            if ranked:
                rules.append(f'<match target="pattern">{last}{worn}{spoken}{_edit("prepend", (f for *_, f in ranked))}</match>\n')
    if pictures:  # Pango asks for the family "emoji" where characters are to be pictures
        colour = '<edit name="color" mode="assign"><bool>true</bool></edit>' if any("color" in f.lower() for f in pictures) else ""
        asked = '<test name="family"><string>emoji</string></test>'
        rules.append(f'<match target="pattern">{asked}{_edit("prepend_first", pictures)}{colour}</match>\n')
    return "".join(rules)


def _edit(mode: str, families: Iterable[str]) -> str:
    names = "".join(f"<string>{escape(family)}</string>" for family in families)
    return f'<edit name="family" mode="{mode}" binding="strong">{names}</edit>'


def font_kind(family: str) -> str:
    """What a family is by its name: mono, sans or serif."""
    words = set(family.lower().split())
    return "mono" if words & {"mono", "code", "typewriter"} else "sans" if words & {"sans", "gothic", "grotesk"} else "serif"


def font_region(family: str) -> str:
    """The place for which a family draws its Han characters."""
    ends = family.rpartition(" ")[2]
    return ends if ends in REGIONS else ""


def _hiding(files: list[str]) -> str:
    """A rule that leaves files out."""
    globs = "".join(f"<glob>{escape(re.sub(r'[*?[]', '?', file))}</glob>" for file in files)
    return f"<selectfont><rejectfont>{globs}</rejectfont></selectfont>\n" if files else ""


# --- What no font has ---------------------------------------------------------------------------------------------------------------

def _unknown(root: ET.Element, last: Path) -> str:
    """The characters of the pages, sorted, that not even Unifont has: private, unassigned and rare ones."""
    found: set[str] = set()
    for element in root.iter():
        found.update(element.text or "", element.tail or "", *element.attrib.values())
    rare = {c for c in found if (c > "\uffff" or unicodedata.category(c) in ("Co", "Cn")) and not _invisible(c)}
    return "".join(sorted(rare - _characters(str(last)))) if rare else ""


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or unicodedata.name(character, "").startswith("VARIATION SELECTOR")


@functools.lru_cache(maxsize=1)
def _characters(font: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(BytesIO(Path(font).read_bytes()), lazy=True) as read:
        return frozenset(map(chr, read.getBestCmap()))


def _boxes(characters: str, cache: Path) -> Path:
    """The folder of a font that is made for characters that no other has."""
    folder = cache / "fonts" / f"boxes-{sha256(characters.encode()).hexdigest()[:16]}"
    if not (folder / "Boxes.ttf").is_file():
        write_file(folder / "Boxes.ttf", boxes_font(characters))
    return folder


# --- What there is to say -----------------------------------------------------------------------------------------------------------

# Debian's packages by the scripts (ISO 15924) that they are for, and where they put their files.
PACKAGES = {"fonts-noto-cjk": "opentype", "fonts-noto-color-emoji": "truetype", "fonts-noto-core": "truetype"}
CJK = {"Hani", "Hira", "Kana", "Hang", "Bopo"}


def lacking(document: Any) -> list[Diagnostic]:
    """What the fonts of a laid-out and drawn document lack: characters that only the last resort could show, and files that are broken."""
    found = [diagnostic("glyph-missing", f"the font {file} cannot be read and is left out") for file in document.font_config.broken]
    last: dict[str, set[str]] = {}
    for font in document.fonts.values():
        for character in {c for text in font.to_unicode.values() for c in text} if font.family in LAST_RESORT else ():
            if not character.isspace() and not _invisible(character):
                last.setdefault("" if font.family == BOXES else _package(character), set()).add(character)
    return found + [diagnostic("glyph-missing", _said(package, last[package])) for package in sorted(last)]


def _said(package: str, characters: set[str]) -> str:
    shown = some(characters, numbers=not package)
    if not package:
        return f"no font has {shown}; set as boxes with these numbers"
    return (f"no font of the theme has {shown}; set in the last-resort font Unifont. Debian's package {package} has a better "
            f"one: install it and name its folder, /usr/share/fonts/{PACKAGES[package]}/noto, in PUBKIT_FONTS or pdf.fonts")


def some(characters: set[str], numbers: bool) -> str:
    """The first of some characters as a message shows them: themselves, or their ``numbers`` in Unicode."""
    first = sorted(characters)
    others = " and others" if len(first) > 12 else ""
    return (", ".join(f"U+{ord(c):04X}" for c in first[:8]) if numbers else repr("".join(first[:12]))) + others


def _package(character: str) -> str:
    """The package with a font for a character."""
    from fontTools.unicodedata import script

    code = ord(character)
    if script(character) in CJK or 0x2E80 <= code < 0x3400 or 0xFE30 <= code < 0xFE50 or 0xFF00 <= code < 0xFFF0:
        return "fonts-noto-cjk"
    if any(first <= code <= last for first, last in ((0x1F1E6, 0x1F1FF), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF))):
        return "fonts-noto-color-emoji"
    return "fonts-noto-core"
