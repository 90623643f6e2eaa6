"""A theme goes in; style sheets come out: text from the table of roles, layout from the hand-written sheets beside this file."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template
from typing import Literal, TypeAlias

import msgspec

from pubkit.theme import FALLBACKS, Face, FaceMetrics, Family, Style, Theme, font_files, metrics

__all__ = ["font_face", "sheet"]

Unit: TypeAlias = Literal["pt", "rem"]

# Which elements wear a role. Roles of margin boxes and of Word alone are not here.
SELECTORS = {
    "text": "body",
    "title": ".pk-title",
    "deck": ".pk-deck",
    "kicker": ".pk-kicker",
    "byline": ".pk-meta",
    "author": ".pk-author",
    "date": ".pk-date",
    "heading2": "h2",
    "heading3": "h3",
    "heading4": "h4",
    "heading5": "h5",
    "heading6": "h6",
    "leadin": ".pk-leadin",
    "quote": ".pk-quote",
    "attribution": ".pk-source",
    "pull": ".pk-pull",
    "verse": ".pk-verse",
    "caption": "figcaption",
    "credit": ".pk-credit",
    "code": "code, kbd, samp",
    "code-block": "pre, pre code",
    "note": ".pk-fn, .pk-notes",
    "table-cell": "table",
    "table-head": "thead th, thead td",
    "aside": ".pk-aside",
    "aside-title": ".pk-aside-title",
    "contents": ".pk-toc",
    "contents-title": ".pk-toc-title",
    "colophon": ".pk-colophon",
}
INLINE_ROLES = {"author", "leadin", "credit"}
_FAMILIES: tuple[Family, ...] = ("text", "display", "note", "label", "code")
_MORE: tuple[Family, ...] = ("label", "text")
_SECTION = re.compile(r"^@when (.+)\n((?:(?!@end$).*\n)*)@end\n", re.MULTILINE)
VERSO_CAPS = "font-style: normal; font-variant-caps: all-small-caps; letter-spacing: 0.09em"
CODE_WIDTH = 0.6  # of a character of the code's face, in em
SCRIPTS = ("'Noto Naskh Arabic'", "'Noto Serif Hebrew'")  # fallbacks that books and web pages carry where the theme lacks letters
GENERIC = {"text": "serif", "display": "serif", "note": "serif", "label": "sans-serif", "code": "monospace"}


def sheet(name: str, theme: Theme, unit: Unit) -> str:
    """The whole style sheet ``name`` (print, book or web) for a theme, lengths of text in ``unit`` (rem: 1 is the text's size)."""
    layout = (files("pubkit.css") / f"{name}.css").read_text(encoding="utf-8")
    return _text(theme, unit) + Template(_chosen(layout, theme)).substitute(_tokens(theme, unit))


def _chosen(layout: str, theme: Theme) -> str:
    """A layout without the sections for choices that the theme has not made."""
    made = {**msgspec.structs.asdict(theme.choices), "links": theme.links}

    def section(match: re.Match[str]) -> str:
        wanted = (condition.split(" = ") for condition in match[1].split(", "))
        return match[2] if all(str(made[key]).lower() in values.split("|") for key, values in wanted) else ""

    return _SECTION.sub(section, layout)


def _text(theme: Theme, unit: Unit) -> str:
    return "".join(f"{selector}{{{_declarations(role, theme, unit)}}}\n" for role, selector in SELECTORS.items())


def _stack(theme: Theme, style: Style, unit: Unit) -> str:
    families = [f"'{family}'" for family in theme.stack(style.font)]
    if unit == "pt":  # the page has no other fonts than ours: the last resort has a glyph for everything
        others = (f"'{family}'" for font in _MORE for family in theme.stack(font))  # they know signs that a display face lacks
        return ", ".join(dict.fromkeys([*families, *others, *(f"'{family}'" for family in FALLBACKS)]))
    return ", ".join([*families, *SCRIPTS, GENERIC[style.font]])


def _declarations(role: str, theme: Theme, unit: Unit) -> str:
    """The CSS of a role's style. Space around blocks is layout and stays with the sheets."""
    style, base = theme.styles[role], theme.type.base
    rules = [f"font-family:{_stack(theme, style, unit)}",
             f"font-weight:{style.weight}", f"font-style:{'italic' if style.italic else 'normal'}"]
    if role == "code":  # stands within other text: keeps its line and colour
        return ";".join([*rules, f"font-size:{style.size / base:.4g}em", "font-variant-numeric:lining-nums", "hyphens:manual"])
    reader_decides = unit == "rem" and role == "text"  # size and colour of running text belong to the reader of a screen
    if not reader_decides:
        rules.append(f"font-size:{_size(style, base, unit)}")
        rules.append(f"color:{_color(theme, style, unit)}")
        if role not in INLINE_ROLES:
            rules.append(f"line-height:{_leading(style, base, unit)}")
    caps = {"": "normal", "small": "small-caps", "all-small": "all-small-caps"}[style.caps]
    figures = "oldstyle-nums proportional-nums" if style.figures == "oldstyle" else "lining-nums"
    rules += [f"font-variant-numeric:{figures}", f"font-variant-caps:{caps}"]
    rules.append(f"letter-spacing:{f'{style.tracking:g}em' if style.tracking else 'normal'}")
    rules.append(f"hyphens:{'auto' if style.hyphens else 'manual'}")
    if style.align in ("center", "right"):
        rules.append(f"text-align:{style.align}")
    if style.keep_next:
        rules.append("break-after:avoid")
    if style.keep_together:
        rules.append("break-inside:avoid")
    return ";".join(rules)


def _size(style: Style, base: float, unit: Unit) -> str:
    return f"{style.size:g}pt" if unit == "pt" else f"{style.size / base:.4g}rem"


def _leading(style: Style, base: float, unit: Unit) -> str:
    if unit == "pt":
        return f"{style.leading:g}pt"
    return f"{max(style.leading / style.size, 1.4 if style.size <= base else 1.0):.4g}"


def _color(theme: Theme, style: Style, unit: Unit) -> str:
    return theme.hex(style) if unit == "pt" else f"var(--{style.color.replace('_', '-')})"


def _tokens(theme: Theme, unit: Unit) -> dict[str, str]:
    """What the layouts may name, as text: the theme's tokens, and lengths in points that are made of them."""
    t, page, styles = theme.type, theme.page, theme.styles
    ltr = theme.direction == "ltr"
    lengths = {
        **msgspec.structs.asdict(t), **msgspec.structs.asdict(theme.rules),
        **{f"page_{k}": v for k, v in msgspec.structs.asdict(page).items()},
        "lead_1_5": t.leading * 1.5, "lead_2": t.leading * 2, "lead_height": t.leading * page.lead_lines,
        "page_measure": page.measure, "strip_gap": t.leading * 1.25, "strip_width": page.strip - t.leading * 1.25,
        "tallest": (page.height - page.top - page.bottom) * 0.8, "radius": t.leading * 0.27,
        "title_long": t.title * 0.74, "title_long_leading": t.title_leading * 0.76,
        "code_long": min(t.code, (page.measure - t.leading * 1.6) / 80 / CODE_WIDTH),
        "note_call_rise": t.base * 0.36, "note_call_weight": styles["note-call"].weight, "bold": styles["table-head"].weight,
        "indent": styles["text"].indent, "after": styles["text"].after,
    }
    return {
        **{k: f"{v:.5g}" for k, v in (lengths | (_initial(theme) if unit == "pt" and theme.choices.initial else {})).items()},
        **msgspec.structs.asdict(theme.color), **{f"dark_{k}": v for k, v in msgspec.structs.asdict(theme.dark).items()},
        "start": "left" if ltr else "right", "end": "right" if ltr else "left",
        "recto": "right" if ltr else "left", "verso": "left" if ltr else "right",
        "align": {"left": "start"}.get(theme.choices.align, theme.choices.align),
        "mark": {"dash": "\\2013", "bullet": "\\2022"}[theme.choices.list_mark],
        "quote_bar": theme.color.accent if theme.choices.layout == "band" else theme.color.rule,
        "running_head": _declarations("running-head", theme, "pt"), "folio": _declarations("folio", theme, "pt"),
        "note_call": _declarations("note-call", theme, "pt"),
        "small_caps": "small-caps" if unit == "rem" or _face(theme, "text").small_caps else "normal",
        "verso_head": VERSO_CAPS if theme.choices.labels == "caps" else "",
        **{f"font_{f}": ", ".join(f"'{x}'" for x in theme.stack(f)) for f in _FAMILIES},
    }


def _face(theme: Theme, family: Family) -> FaceMetrics:
    """The metrics of a family's regular face."""
    files = font_files(theme)
    own = (f for f in files if f.family == theme.stack(family)[0] and not f.italic)
    return metrics(str(files[min(own, key=lambda f: abs(f.weight - 400))]))


def _initial(theme: Theme) -> dict[str, float]:
    """Size of a first letter of three lines, and how far it has to move down to stand on the third: by the metrics of its face."""
    t, text, display = theme.type, _face(theme, "text"), _face(theme, "display")

    def baseline(m: FaceMetrics, size: float, leading: float) -> float:
        return (leading - (m.ascent + m.descent) * size) / 2 + m.ascent * size

    size = (t.leading * 2 + text.cap * t.base) / display.cap
    return {"initial": size, "initial_drop": t.leading * 2 + baseline(text, t.base, t.leading) - baseline(display, size, t.leading * 3)}


def font_face(face: Face, url: str, format: str = "woff2") -> str:
    """The ``@font-face`` rule of a face that lies at ``url``, in a format by its name in CSS (woff2, woff, truetype, opentype)."""
    style = "italic" if face.italic else "normal"
    return (f"@font-face{{font-family:'{face.family}';font-weight:{face.weight};font-style:{style};font-display:swap;"
            f"src:url('{url}') format('{format}')}}\n")
