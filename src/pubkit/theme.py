"""A theme file goes in; a checked `Theme` with one table *role → Style* comes out, from which CSS and Word styles are generated."""

from __future__ import annotations

import difflib
import functools
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, ThemeError, diagnostic
from pubkit.plugins import offered

__all__ = ["Face", "Family", "Style", "Theme", "contrast", "font_files", "load", "names"]

Role: TypeAlias = Literal[
    "text", "first", "title", "deck", "kicker", "byline", "author", "date", "heading2", "heading3", "heading4", "heading5", "heading6",
    "list", "leadin", "quote", "attribution", "pull", "verse", "caption", "label", "credit", "code", "code-block", "note", "note-call",
    "table-head", "table-cell", "aside", "aside-title", "running-head", "folio", "contents", "contents-title", "colophon",
]
Family: TypeAlias = Literal["text", "display", "note", "label", "code"]
# Families that every theme falls back on, in order: scripts that its own families lack, then a glyph for every character.
FALLBACKS = {
    "Noto Naskh Arabic": {400: "noto/NotoNaskhArabic-Regular.woff2", 700: "noto/NotoNaskhArabic-Bold.woff2"},
    "Noto Serif Hebrew": {400: "noto/NotoSerifHebrew-Regular.woff2", 700: "noto/NotoSerifHebrew-Bold.woff2"},
    "Unifont": {400: "unifont/Unifont.woff2"},
    "Unifont Upper": {400: "unifont/UnifontUpper.woff2"},
}


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of theme.toml: every token must be there, none may be added."""


class Fonts(_Table, frozen=True):
    """Font families by use, in order of choice."""

    text: tuple[str, ...]
    display: tuple[str, ...]
    note: tuple[str, ...]
    label: tuple[str, ...]
    code: tuple[str, ...]


class Type(_Table, frozen=True):
    """Sizes and leadings in points; ``web_base`` in rem, ``measure`` and ``label_tracking`` in em."""

    base: float
    leading: float
    small: float
    small_leading: float
    title: float
    title_leading: float
    title_weight: int
    deck: float
    deck_leading: float
    heading2: float
    heading3: float
    heading4: float
    heading_weight: int
    pull: float
    pull_leading: float
    code: float
    table: float
    label_tracking: float
    web_base: float
    web_leading: float
    measure: float


class Color(_Table, frozen=True):
    """Colours of light surfaces, as ``#rrggbb``."""

    ink: str
    ink_soft: str
    paper: str
    print_paper: str
    tint: str
    rule: str
    accent: str
    link: str
    code_comment: str
    code_keyword: str
    code_string: str
    code_number: str


class Dark(_Table, frozen=True):
    """Colours of dark surfaces, as ``#rrggbb``."""

    ink: str
    ink_soft: str
    paper: str
    tint: str
    rule: str
    accent: str
    link: str
    code_comment: str
    code_keyword: str
    code_string: str
    code_number: str


class Rules(_Table, frozen=True):
    """Thickness of lines in points."""

    hair: float
    heavy: float


class Page(_Table, frozen=True):
    """The sheet and its margins in points."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float

    @property
    def measure(self) -> float:
        """The width of the text in points."""
        return self.width - self.left - self.right


class Choices(_Table, frozen=True):
    """The closed choices of a theme."""

    layout: Literal["column"]
    paragraph: Literal["indent", "space"]
    align: Literal["justify", "left"]
    hyphens: bool
    figures: Literal["oldstyle", "lining"]
    lead_in: Literal["small-caps", "strong"]
    table_rules: Literal["horizontal", "grid", "none"]
    list_mark: Literal["dash", "bullet"]


class _File(_Table, frozen=True):
    title: str
    fonts: Fonts
    type: Type
    color: Color
    dark: Dark
    rules: Rules
    page: Page
    choices: Choices
    faces: dict[str, dict[str, str]]
    description: str = ""


class Face(Struct, frozen=True):
    """One font file: family, weight (100 to 900), whether italic, and where its WOFF2 lies."""

    family: str
    weight: int
    italic: bool
    path: str


class Style(Struct, frozen=True):
    """How one role looks. Lengths in points; ``tracking`` in em; ``caps`` is '' or 'small' (true small capitals for lower case)
    or 'all-small'; ``color`` names a token of the theme's colours."""

    font: Family
    size: float
    leading: float
    weight: int = 400
    italic: bool = False
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    color: str = "ink"
    align: Literal["left", "justify", "center", "right"] = "left"
    caps: Literal["", "small", "all-small"] = ""
    tracking: float = 0.0
    figures: Literal["oldstyle", "lining"] = "lining"
    hyphens: bool = False
    keep_next: bool = False
    keep_together: bool = False


class Theme(Struct, frozen=True):
    """A theme, ready to be worn: tokens as read, faces as files, and a style for every role."""

    name: str
    title: str
    fonts: Fonts
    type: Type
    color: Color
    dark: Dark
    rules: Rules
    page: Page
    choices: Choices
    faces: tuple[Face, ...]
    styles: dict[str, Style]
    diagnostics: tuple[Diagnostic, ...] = ()

    def style(self, role: Role) -> Style:
        """The style of a role."""
        return self.styles[role]

    def hex(self, style: Style) -> str:
        """The colour of a style on light paper, as ``#rrggbb``."""
        value: str = getattr(self.color, style.color)
        return value

    def family(self, style: Style) -> str:
        """The first font family of a style."""
        return self.stack(style.font)[0]

    def stack(self, font: Family) -> tuple[str, ...]:
        """The font families of a use, in order of choice, the last resort left out."""
        value: tuple[str, ...] = getattr(self.fonts, font)
        return value


def _styles(t: Type, c: Choices) -> dict[str, Style]:
    """The one table of roles; everything that a format shows of a theme comes from here."""
    lead, half = t.leading, t.leading / 2
    body = Style("text", t.base, lead, align=c.align, figures=c.figures, hyphens=c.hyphens,
                 indent=lead if c.paragraph == "indent" else 0.0, after=0.0 if c.paragraph == "indent" else half)
    small = Style("label", t.small, t.small_leading, color="ink_soft")
    label = Style("label", t.small - 0.25, lead, weight=600, tracking=t.label_tracking, color="ink_soft")
    replace = msgspec.structs.replace

    def heading(size: float, **changes: Any) -> Style:
        return replace(Style("display", size, max(lead, round(size * 1.21 / 3.75) * 3.75), weight=t.heading_weight, before=lead * 1.5,
                             after=half / 2, keep_next=True, keep_together=True), **changes)

    return {
        "text": body,
        "first": replace(body, indent=0.0),
        "title": Style("display", t.title, t.title_leading, weight=t.title_weight, tracking=-0.012, after=lead, keep_next=True),
        "deck": Style("display", t.deck, t.deck_leading, italic=True, color="ink_soft", after=lead, keep_next=True),
        "kicker": replace(label, size=t.base, weight=600, caps="all-small", color="accent", after=half),
        "byline": Style("text", t.base - 0.5, lead, after=lead),
        "author": Style("text", t.base + 0.5, lead, caps="small", tracking=0.01),
        "date": Style("text", t.base - 0.5, lead, italic=True, color="ink_soft", figures=c.figures),
        "heading2": heading(t.heading2),
        "heading3": heading(t.heading3, font="text", weight=400, italic=True, before=lead * 0.75),
        "heading4": heading(t.heading4, font="text", weight=700, before=lead * 0.75, after=0.0),
        "heading5": heading(t.heading4, font="text", weight=400, italic=True, before=half, after=0.0),
        "heading6": heading(t.heading4, font="text", weight=400, color="ink_soft", before=half, after=0.0),
        "list": replace(body, indent=0.0, after=0.0),
        "leadin": replace(body, weight=400, caps="small") if c.lead_in == "small-caps" else replace(body, weight=700),
        "quote": replace(body, italic=True, align="left", indent=0.0, keep_together=True),
        "attribution": replace(small, leading=lead),
        "pull": Style("display", t.pull, t.pull_leading, italic=True, align="center", color="accent", before=lead, after=lead,
                      keep_together=True),
        "verse": replace(body, align="left", indent=0.0, hyphens=False, after=0.0),
        "caption": replace(small, before=half, keep_together=True),
        "label": replace(small, weight=600, color="ink"),
        "credit": replace(small, size=t.small - 1.25),
        "code": Style("code", t.base * 0.88, lead),
        "code-block": Style("code", t.code, t.small_leading),
        "note": Style("note", t.small, t.small_leading, figures="lining", after=half / 2),
        "note-call": Style("text", t.base * 0.65, lead, color="accent"),
        "table-head": Style("label", t.table - 0.75, lead, weight=600, color="ink_soft"),
        "table-cell": Style("label", t.table, lead),
        "aside": Style("text", t.base - 1, lead, figures=c.figures),
        "aside-title": Style("label", t.small - 0.25, lead, weight=600, tracking=0.06, color="accent", keep_next=True),
        "running-head": Style("text", t.small + 0.5, lead, italic=True, color="ink_soft"),
        "folio": Style("text", t.base - 1, lead, figures=c.figures),
        "contents": Style("text", t.base - 1, lead, figures=c.figures),
        "contents-title": replace(label, size=t.base, caps="all-small"),
        "colophon": replace(small, after=half / 2),
    }


# --- Loading ------------------------------------------------------------------------------------------------------------------------

def _folder() -> Path:
    """The folder of the bundled themes: inside an installed package, or at the top of a checkout."""
    inside = Path(__file__).parent / "themes"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "themes"


def names() -> list[str]:
    """The names of the themes that can be loaded: the bundled ones and those of installed packages (``pubkit.themes``)."""
    bundled = {p.parent.name for p in _folder().glob("*/theme.toml")}
    return sorted(bundled | {e.name for e in offered("themes")})


def _find(name: str) -> Path:
    if os.sep in name or name.endswith(".toml"):
        given = Path(name)
        path = given if given.suffix == ".toml" else given / "theme.toml"
        if path.is_file():
            return path
        raise ThemeError(f"there is no theme file {path}", hint="Give a folder with a theme.toml, or the name of a theme")
    if (bundled := _folder() / name / "theme.toml").is_file():
        return bundled
    for entry in offered("themes"):
        if entry.name == name:
            return Path(str(entry.load())) / "theme.toml"
    close = difflib.get_close_matches(name, names(), 1)
    hint = f"Did you mean {close[0]}? " if close else ""
    raise ThemeError(f"there is no theme {name!r}", hint=f"{hint}Themes: {', '.join(names())}")


@functools.lru_cache(maxsize=16)
def load(name: str = "journal") -> Theme:
    """The theme of a name (``journal``), or of a folder or file (``my/theme``, ``my/theme/theme.toml``).

    Raises `ThemeError` with the file, and the token that is missing, unknown or wrong.
    """
    path = _find(name)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        file = msgspec.convert(raw, _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"the theme cannot be read: {error}", file=str(path)) from error
    except msgspec.ValidationError as error:
        raise ThemeError(f"{error}", file=str(path), hint="Compare it with the tokens in docs/themes.md") from error
    _check_colors(file, path)
    faces = tuple(_faces(file, path.parent))
    known = {face.family for face in faces}
    for font in ("text", "display", "note", "label", "code"):
        for family in getattr(file.fonts, font):
            if family not in known:
                raise ThemeError(f"fonts.{font} names {family!r}, which has no faces", file=str(path),
                                 hint=f"Known: {', '.join(sorted(known))}")
    return Theme(path.parent.name, file.title, file.fonts, file.type, file.color, file.dark, file.rules, file.page, file.choices, faces,
                 _styles(file.type, file.choices), tuple(_contrast_findings(file, path)))


def _faces(file: _File, folder: Path) -> list[Face]:
    faces = []
    for family, files in file.faces.items():
        for key, name in files.items():
            weight, _, style = key.partition(" ")
            if not weight.isdigit() or style not in ("", "italic"):
                raise ThemeError(f"faces.{family!r} has the key {key!r}", file=str(folder),
                                 hint="Keys are a weight, or a weight and 'italic'")
            path = next((p for p in (folder / "fonts" / name, _folder() / "fonts" / name) if p.is_file()), None)
            if path is None:
                raise ThemeError(f"the font file {name} of {family!r} is not there", file=str(folder / "theme.toml"))
            faces.append(Face(family, int(weight), style == "italic", str(path)))
    return faces


def _check_colors(file: _File, path: Path) -> None:
    for table in ("color", "dark"):
        for token, value in msgspec.structs.asdict(getattr(file, table)).items():
            if len(value) != 7 or value[0] != "#" or not set(value[1:].lower()) <= set("0123456789abcdef"):
                raise ThemeError(f"{table}.{token} is {value!r}", file=str(path), hint="Colours are written #rrggbb")


# --- Contrast (WCAG 2.2, success criterion 1.4.3) -----------------------------------------------------------------------------------

def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (``#rrggbb``), 1 to 21, as WCAG 2.2 defines it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _contrast_findings(file: _File, path: Path) -> list[Diagnostic]:
    found = []
    for name, table in (("color", file.color), ("dark", file.dark)):
        for token in ("ink", "ink_soft", "accent", "link", "code_comment", "code_keyword", "code_string", "code_number"):
            for ground in ("paper", "tint"):
                ratio = contrast(getattr(table, token), getattr(table, ground))
                if ratio < 4.5:
                    found.append(diagnostic("theme-contrast", f"{name}.{token} on {name}.{ground} has {ratio:.1f}:1, below 4.5:1",
                                            str(path)))
    return found


# --- Fonts as files -----------------------------------------------------------------------------------------------------------------

def _cache() -> Path:
    import platformdirs

    folder = Path(os.environ.get("PUBKIT_CACHE") or platformdirs.user_cache_dir("pubkit", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.gettempdir()) / f"pubkit-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"


def font_files(theme: Theme) -> dict[Face, Path]:
    """The faces of a theme and of its fallbacks as TTF or OTF files, unpacked once per machine into the user's cache folder."""
    fallbacks = (Face(family, weight, False, str(_folder() / "fonts" / name))
                 for family, files in FALLBACKS.items() for weight, name in files.items())
    return {face: _unpacked(face.path) for face in (*theme.faces, *fallbacks)}


@functools.lru_cache(maxsize=256)
def _unpacked(woff2: str) -> Path:
    """The unpacked twin of a WOFF2 file; its name carries the digest, so that a changed font is a new file."""
    import hashlib

    data = Path(woff2).read_bytes()
    folder = _cache() / "fonts" / hashlib.sha256(data).hexdigest()[:16]
    name = Path(woff2).name.split(".")[0]
    if found := next((p for s in (".ttf", ".otf") if (p := folder / (name + s)).is_file()), None):
        return found
    from io import BytesIO

    from fontTools.ttLib import woff2 as codec

    out = BytesIO()
    codec.decompress(BytesIO(data), out)
    unpacked = out.getvalue()
    from pubkit.files import write_file

    return write_file(folder / (name + (".otf" if unpacked[:4] == b"OTTO" else ".ttf")), unpacked)
