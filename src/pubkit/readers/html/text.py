"""Runs of inlines and the values of attributes come in; inlines with their white space in order, languages and numbers go out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pubkit.model import Direction, Inline, LineBreak, Text, plain_text

__all__ = ["direction", "joined", "language", "number", "share", "shown", "strip_ends", "style", "tidy"]

# White space that is more than one space.
_SPACES = re.compile(r"[ \t\n\r\f\v]{2,}|[\t\n\r\f\v]")
# Scripts that are written without spaces between words (Korean is not among them).
_NO_SPACES = re.compile("[\u2e80-\u312f\u31a0-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")


# Signs that Chinese and Japanese share with other scripts: they belong to the letters around them.
_SHARED = "\u2018\u2019\u201c\u201d\u2014\u2015\u2026\u00b7\u2e3a"


def _joins(left: str, right: str) -> bool:
    """Whether nothing stands between two lines, given the end of one and the beginning of the other."""
    before, after = left.rstrip(_SHARED)[-1:], right.lstrip(_SHARED)[:1]
    if left[-1:] in _SHARED or right[:1] in _SHARED:
        return any(sign and _NO_SPACES.match(sign) for sign in (before, after)) and all(not s.isascii() for s in (left[-1:], right[:1]))
    return bool(before and after and _NO_SPACES.match(before) and _NO_SPACES.match(after))


def _edge(node: Inline | None, last: bool) -> str:
    """The first or last characters of an inline; empty where it has none."""
    text = plain_text(node, notes=False) if node is not None else ""
    return text[-4:] if last else text[:4]


def _spaced(text: str, before: Inline | None, after: Inline | None) -> str:
    if not _SPACES.search(text):
        return text
    if text.isascii() and not text.isspace():
        return _SPACES.sub(" ", text)

    def one(found: re.Match[str]) -> str:
        if "\n" in found.group():
            left = text[max(found.start() - 4, 0):found.start()] or _edge(before, True)
            right = text[found.end():found.end() + 4] or _edge(after, False)
            if _joins(left, right):
                return ""
        return " "
    return _SPACES.sub(one, text)


def tidy(nodes: Iterable[Inline]) -> list[Inline]:
    """The inlines with neighbouring texts joined and white space made single."""
    whole: list[Inline] = []
    run: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            run.append(node.text)
            continue
        if run:
            whole.append(Text("".join(run)))
            run = []
        whole.append(node)
    if run:
        whole.append(Text("".join(run)))
    out: list[Inline] = []
    for at, node in enumerate(whole):
        if isinstance(node, Text):
            before = whole[at - 1] if at else None
            after = whole[at + 1] if at + 1 < len(whole) else None
            text = _spaced(node.text, before, after)
            if isinstance(before, LineBreak):
                text = text.lstrip(" ")
            if isinstance(after, LineBreak):
                text = text.rstrip(" ")
            if text:
                out.append(node if text == node.text else Text(text))
        else:
            out.append(node)
    return out


def strip_ends(nodes: Iterable[Inline]) -> tuple[Inline, ...]:
    """The inlines without white space and line breaks at both ends."""
    out = list(nodes)
    first, last = 0, len(out)
    while first < last and _is_blank(out[first]):
        first += 1
    while last > first and _is_blank(out[last - 1]):
        last -= 1
    out = out[first:last]
    if out and isinstance(one := out[0], Text):
        out[0] = Text(one.text.lstrip(" \t\n\r\f\v"))
    if out and isinstance(one := out[-1], Text):
        out[-1] = Text(one.text.rstrip(" \t\n\r\f\v"))
    return tuple(out)


def _is_blank(node: Inline) -> bool:
    return isinstance(node, LineBreak) or (isinstance(node, Text) and not node.text.strip(" \t\n\r\f\v"))


def joined(parts: Iterable[tuple[Inline, ...]]) -> tuple[Inline, ...]:
    """Paragraphs' inlines as one run, with a space between."""
    out: list[Inline] = []
    for part in parts:
        if part and out:
            out.append(Text(" "))
        out.extend(part)
    return tuple(tidy(out))


def shown(text: str) -> str:
    """Words as a diagnostic quotes them: on one line and not too long."""
    text = " ".join(text.split())
    return f"'{text[:79]}…'" if len(text) > 80 else f"'{text}'"


# --- Attributes ----------------------------------------------------------------------------------------------------------------------

def direction(attrs: dict[str, str]) -> Direction:
    """The direction that an element has."""
    value = attrs.get("dir", "").strip().lower()
    return "ltr" if value == "ltr" else "rtl" if value == "rtl" else ""


def language(attrs: dict[str, str]) -> str:
    """The language that an element has, as written."""
    return (attrs.get("lang") or attrs.get("xml:lang") or "").strip()


def share(value: str) -> float:
    """A width as a share of the text's: ``60%`` or ``0.6``; 0 for any other."""
    found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*|\s*(0?\.\d+)\s*", value)
    if not found:
        return 0.0
    part = float(found.group(1)) / 100 if found.group(1) else float(found.group(2))
    return round(min(part, 1.0), 4)


def number(value: str, default: int, low: int, high: int) -> int:
    """A whole number between two others."""
    found = re.fullmatch(r"\s*([+-]?\d{1,9})\s*", value)
    return min(max(int(found.group(1)), low), high) if found else default


def style(attrs: dict[str, str]) -> dict[str, str]:
    """The declarations of an element's ``style``, in lower case."""
    pairs = (part.partition(":") for part in attrs.get("style", "").lower().split(";"))
    return {key.strip(): value.replace("!important", "").strip() for key, _, value in pairs if value.strip()}
