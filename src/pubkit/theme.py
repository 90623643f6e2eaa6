"""A theme file goes in; a checked `Theme` with one table *role → Style* comes out, from which CSS and Word styles are generated."""

from __future__ import annotations

import difflib
import functools
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, ThemeError, diagnostic
from pubkit.plugins import offered

__all__ = ["Face", "FaceMetrics", "Family", "Style", "Theme", "contrast", "font_files", "load", "metrics", "names", "unpacked"]

Role: TypeAlias = Literal[
    "text", "first", "title", "deck", "kicker", "byline", "author", "date",
    "heading2", "heading3", "heading4", "heading5", "heading6",
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
    """Sizes and leadings in points; ``web_base`` in rem, ``measure`` and ``label_tracking`` in em; weights 100 to 900."""

    base: float
    leading: float
    small: float
    small_leading: float
    note: float
    note_leading: float
    title: float
    title_leading: float
    title_weight: int
    deck: float
    deck_leading: float
    deck_weight: int
    heading2: float
    heading2_leading: float
    heading3: float
    heading4: float
    heading_weight: int
    pull: float
    pull_leading: float
    pull_weight: int
    code: float
    code_leading: float
    table: float
    table_leading: float
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
    on_accent: str
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
    """The sheet and its margins in points.

    ``first_top``: the upper margin of the first page. ``strip``: how far titles, tables and what stands beside the text reach into the
    margin where lines begin. ``lead_out``: how far the lead picture stands out on both sides; ``lead_lines``: how many lines it may be
    high.
    """

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    first_top: float
    strip: float
    lead_out: float
    lead_lines: int

    @property
    def measure(self) -> float:
        """The width of the text in points."""
        return self.width - self.left - self.right


class Choices(_Table, frozen=True):
    """The closed choices of a theme; docs/themes.md says what each value looks like."""

    layout: Literal["column", "band", "strip"]
    opening: Literal["run", "page"]
    sides: Literal["one", "two"]
    heads: Literal["alternate", "foot", "both"]
    contents: Literal["ruled", "boxed", "listed"]
    labels: Literal["caps", "plain"]
    byline: Literal["text", "label"]
    deck: Literal["italic", "roman"]
    initial: bool
    numbered: bool
    heading3: Literal["italic", "bold"]
    paragraph: Literal["indent", "space"]
    align: Literal["justify", "left"]
    hyphens: bool
    figures: Literal["oldstyle", "lining"]
    lead_in: Literal["small-caps", "strong", "label"]
    quote: Literal["indent", "bar"]
    pull: Literal["ruled", "plain", "barred"]
    aside: Literal["plain", "round", "barred"]
    code: Literal["bar", "box"]
    table_rules: Literal["horizontal", "grid", "none", "accent", "solid"]
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
    """A theme, ready to be worn: tokens as read, faces as files, and a style for every role.

    ``direction``: that of the text it is worn by; ``links``: whether links stand out, as on a screen, or look like the text around them, as
    in print.
    """

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
    direction: Literal["ltr", "rtl"] = "ltr"
    links: Literal["screen", "print"] = "screen"

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
    replace = msgspec.structs.replace
    indented, caps, sans = c.paragraph == "indent", c.labels == "caps", c.byline == "label"
    body = Style("text", t.base, lead, align=c.align, figures=c.figures, hyphens=c.hyphens, indent=lead if indented else 0.0,
                 after=0.0 if indented else half)
    small = Style("label", t.small, t.small_leading, color="ink_soft")
    heading = Style("display", t.heading2, t.heading2_leading, weight=t.heading_weight, tracking=_tracking(t.heading_weight),
                    before=lead * 1.5, after=lead / 4, keep_next=True, keep_together=True)
    slanted = c.heading3 == "italic"
    lower = replace(heading, font="text" if slanted else "display", size=t.heading4, leading=lead, weight=700 if slanted else _bold(t),
                    tracking=0.0, before=lead * 0.75, after=0.0)
    label = Style("label", t.base, lead, weight=600, caps="all-small", tracking=t.label_tracking) if caps else (
        Style("label", t.small + 1, lead, weight=_bold(t)))
    byline = Style("label", t.small + 0.5, lead) if sans else Style("text", t.base - 0.5, lead)
    head = Style("label", t.small - 0.25, lead) if sans else Style("text", t.small + 0.5, lead)
    return {
        "text": body,
        "first": replace(body, indent=0.0),
        "title": Style("display", t.title, t.title_leading, weight=t.title_weight, tracking=_tracking(t.title_weight), after=lead,
                       keep_next=True),
        "deck": Style("display", t.deck, t.deck_leading, weight=t.deck_weight, italic=c.deck == "italic", color="ink_soft", after=lead,
                      keep_next=True),
        "kicker": replace(label, color="accent", after=half),
        "byline": replace(byline, after=lead),
        "author": replace(byline, weight=600) if sans else replace(byline, size=t.base + 0.5, caps="small", tracking=0.01),
        "date": replace(byline, italic=not sans, color="ink_soft", figures=c.figures),
        "heading2": heading,
        "heading3": replace(lower, size=t.heading3, weight=400, italic=True, after=lead / 4) if slanted else (
            replace(lower, size=t.heading3, weight=_bold(t), after=lead / 4)),
        "heading4": lower,
        "heading5": replace(lower, weight=400, italic=True, before=half),
        "heading6": replace(lower, weight=400, color="ink_soft", before=half),
        "list": replace(body, indent=0.0, after=0.0),
        "leadin": {"small-caps": replace(body, caps="small"), "strong": replace(body, weight=700),
                   "label": replace(body, font="label", size=t.base - 0.25, weight=700)}[c.lead_in],
        "quote": replace(body, italic=True, align="left", indent=0.0, hyphens=False, keep_together=True),
        "attribution": replace(small, leading=lead),
        "pull": Style("display", t.pull, t.pull_leading, weight=t.pull_weight, italic=c.pull == "ruled", color="accent", before=lead,
                      align="center" if c.pull == "ruled" else "left", tracking=_tracking(t.pull_weight) / 2, after=lead,
                      keep_together=True),
        "verse": replace(body, align="left", indent=0.0, hyphens=False, after=0.0),
        "caption": replace(small, before=half, keep_together=True),
        "label": replace(small, weight=600, color="ink"),
        "credit": replace(small, size=t.small * 0.87),
        "code": Style("code", t.base * 0.88, lead),
        "code-block": Style("code", t.code, t.code_leading),
        "note": Style("note", t.note, t.note_leading, after=lead / 4),
        "note-call": Style("label" if sans else "text", t.base * 0.65, lead, weight=_bold(t) if sans else 400, color="accent"),
        "table-head": Style("label", t.table - (0.0 if c.table_rules == "solid" else 0.5), t.table_leading, weight=_bold(t),
                            color="accent" if c.table_rules in ("accent", "solid") else "ink_soft"),
        "table-cell": Style("label", t.table, t.table_leading),
        "aside": Style("label" if c.aside == "round" else "text", t.base - (1.0 if indented else 0.75), lead, figures=c.figures),
        "aside-title": Style("label", t.small - 0.25 if caps else t.small + 1, lead, weight=_bold(t), color="accent",
                             tracking=0.06 if caps else 0.0, keep_next=True),
        "running-head": replace(head, italic=not sans, color="ink_soft"),
        "folio": head if sans else Style("text", t.base - 1, lead, figures=c.figures),
        "contents": Style("label", t.small + 1, lead) if sans else Style("text", t.base - 1, lead, figures=c.figures),
        "contents-title": replace(label, color="ink_soft") if caps else replace(label, size=t.small + 0.5, color="accent"),
        "colophon": replace(small, after=half / 2),
    }


def _bold(t: Type) -> int:
    """The weight of small labels: semibold beside semibold titles, bold beside heavier ones."""
    return 600 if t.title_weight <= 600 else 700


def _tracking(weight: int) -> float:
    """The letter spacing of large type, in em: the heavier, the closer."""
    return -0.022 if weight > 600 else -0.012 if weight > 400 else 0.0


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
        for token in ("ink", "ink_soft", "accent", "link", "code_comment", "code_keyword", "code_string", "code_number", "on_accent"):
            for ground in ("paper", "tint") if token != "on_accent" else ("accent",) if name == "color" else ():
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
    """The faces of a theme and of its fallbacks as TTF or OTF files, unpacked once per machine into the user's cache folder.

    Raises `ThemeError` for a file that is no WOFF2 font.
    """
    fallbacks = (Face(family, weight, False, str(_folder() / "fonts" / name))
                 for family, files in FALLBACKS.items() for weight, name in files.items())
    return {face: unpacked(face.path) for face in (*theme.faces, *fallbacks)}


class FaceMetrics(Struct, frozen=True):
    """Heights of a face as parts of its size: from the base line up, down, and up to the top of capitals; whether it has small ones."""

    ascent: float
    descent: float
    cap: float
    small_caps: bool


@functools.lru_cache(maxsize=64)
def metrics(path: str) -> FaceMetrics:
    """The heights of an unpacked font file."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        unit, lines = font["head"].unitsPerEm, font["hhea"]
        cap = getattr(font["OS/2"], "sCapHeight", 0) or unit * 0.7
        features = font["GSUB"].table.FeatureList.FeatureRecord if "GSUB" in font else ()
        small = any(feature.FeatureTag == "smcp" for feature in features)
        return FaceMetrics(lines.ascent / unit, -lines.descent / unit, cap / unit, small)


@functools.lru_cache(maxsize=256)
def unpacked(woff2: str) -> Path:
    """The unpacked twin of a WOFF2 file; its name carries the digest, so that a changed font is a new file. Raises `ThemeError`."""
    import hashlib
    from io import BytesIO

    from pubkit.files import write_file

    try:
        data = Path(woff2).read_bytes()
    except OSError as error:
        raise ThemeError(f"the font cannot be read: {error.strerror or error}", file=woff2) from error
    folder = _cache() / "fonts" / hashlib.sha256(data).hexdigest()[:16]
    name = Path(woff2).name.split(".")[0]
    if found := next((p for s in (".ttf", ".otf") if (p := folder / (name + s)).is_file()), None):
        return found
    from fontTools.ttLib import woff2 as codec

    out = BytesIO()
    try:
        codec.decompress(BytesIO(data), out)
    except Exception as error:  # it raises what it likes on broken files
        raise ThemeError(f"the font cannot be read as WOFF2: {error}", file=woff2, hint="Replace the file") from error
    plain = out.getvalue()
    return write_file(folder / (name + (".otf" if plain[:4] == b"OTTO" else ".ttf")), plain)
