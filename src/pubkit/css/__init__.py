"""A theme goes in; style sheets come out: text from the table of roles, layout from the hand-written sheets beside this file."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import Literal, TypeAlias

import msgspec

from pubkit.theme import FALLBACKS, Face, Family, Style, Theme

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
GENERIC = {"text": "serif", "display": "serif", "note": "serif", "label": "sans-serif", "code": "monospace"}


def sheet(name: str, theme: Theme, unit: Unit) -> str:
    """The whole style sheet ``name`` (print, book or web) for a theme, lengths of text in ``unit`` (rem: 1 is the text's size)."""
    layout = (files("pubkit.css") / f"{name}.css").read_text(encoding="utf-8")
    return _text(theme, unit) + Template(layout).substitute(_tokens(theme))


def _text(theme: Theme, unit: Unit) -> str:
    return "".join(f"{selector}{{{_declarations(role, theme, unit)}}}\n" for role, selector in SELECTORS.items())


def _stack(theme: Theme, style: Style, unit: Unit) -> str:
    families = [f"'{family}'" for family in theme.stack(style.font)]
    if unit == "pt":  # the page has no other fonts than ours: the last resort has a glyph for everything
        others = (f"'{family}'" for font in _MORE for family in theme.stack(font))  # they know signs that a display face lacks
        return ", ".join(dict.fromkeys([*families, *others, *(f"'{family}'" for family in FALLBACKS)]))
    return ", ".join([*families, GENERIC[style.font]])


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


def _tokens(theme: Theme) -> dict[str, str]:
    numbers = {**msgspec.structs.asdict(theme.type), **msgspec.structs.asdict(theme.rules)}
    page = {f"page_{k}": f"{v:g}" for k, v in msgspec.structs.asdict(theme.page).items()}
    colors = msgspec.structs.asdict(theme.color)
    dark = {f"dark_{k}": v for k, v in msgspec.structs.asdict(theme.dark).items()}
    return {
        **{k: f"{v:g}" for k, v in numbers.items()}, **page, **colors, **dark,
        "half": f"{theme.type.leading / 2:g}",
        "quarter": f"{theme.type.leading / 4:g}",
        "page_measure": f"{theme.page.measure:g}",
        "indent": f"{theme.styles['text'].indent:g}",
        "after": f"{theme.styles['text'].after:g}",
        "align": theme.choices.align,
        "mark": {"dash": "\\2013", "bullet": "\\2022"}[theme.choices.list_mark],
        **{f"font_{f}": ", ".join(f"'{x}'" for x in theme.stack(f)) for f in _FAMILIES},
    }


def font_face(face: Face, url: str) -> str:
    """The ``@font-face`` rule of a face that lies at ``url``."""
    style = "italic" if face.italic else "normal"
    return (f"@font-face{{font-family:'{face.family}';font-weight:{face.weight};font-style:{style};font-display:swap;"
            f"src:url('{url}') format('woff2')}}\n")
