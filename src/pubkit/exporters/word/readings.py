"""Elements of somebody else's WordprocessingML go in; lengths, numbers and values come out, whatever was written there."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from lxml import etree

from pubkit.exporters.word.elements import Element, qn

__all__ = [
    "DOCUMENT", "FONTS", "NUMBERING", "OFF", "SETTINGS", "STYLES", "THEME", "W", "attribute", "drop", "in_points", "keep", "local", "put",
    "unset", "val", "whole", "xml",
]

DOCUMENT, STYLES, NUMBERING = "word/document.xml", "word/styles.xml", "word/numbering.xml"
SETTINGS, FONTS, THEME = "word/settings.xml", "word/fontTable.xml", "word/theme/theme1.xml"
W = qn("w:p")[:-1]
_LENGTH = re.compile(r"(-?\d{1,7}(?:\.\d{1,6})?)(mm|cm|in|pt|pc|pi)?")
_UNITS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0, "pc": 12.0, "pi": 12.0}
OFF = ("0", "false", "off")


def in_points(text: str | None, unit: float = 1 / 20) -> float | None:
    """A length in points; a bare number counts in ``unit`` points (22.9.2.14)."""
    found = _LENGTH.fullmatch(text.strip()) if text else None
    return round(float(found[1]) * _UNITS.get(found[2], unit), 3) if found else None


def whole(text: str | None) -> int | None:
    """A whole number that is not negative."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def val(parent: Element | None, *path: str) -> str | None:
    """``w:val`` of the element that a path of names below ``w`` leads to, if there is one."""
    found = parent
    for name in path:
        found = None if found is None else found.find(W + name)
    return None if found is None else found.get(W + "val")


def attribute(e: Element | None, name: str) -> str | None:
    return None if e is None else e.get(W + name)


def local(e: Element) -> str:
    """The name of an element of WordprocessingML, '' for those of others."""
    return e.tag[len(W):] if str(e.tag).startswith(W) else ""


def drop(e: Element) -> None:
    parent = e.getparent()
    if parent is not None:
        parent.remove(e)


def unset(e: Element, *names: str) -> None:
    """Take attributes of WordprocessingML away."""
    for name in names:
        e.attrib.pop(W + name, "")


def keep(parent: Element, wanted: Container[str]) -> None:
    """Drop the children that are not wanted."""
    for child in list(parent):
        if local(child) not in wanted:
            parent.remove(child)


def xml(e: Element) -> bytes:
    return etree.tostring(e, encoding="UTF-8", xml_declaration=True, standalone=True)


def put(pr: Element, e: Element, rank: Mapping[str, int]) -> None:
    """Put a property at its place, instead of what has its name."""
    for old in pr.findall(e.tag):
        pr.remove(old)
    at = rank[local(e)]
    pr.insert(sum(1 for child in pr if rank.get(local(child), len(rank)) < at), e)
