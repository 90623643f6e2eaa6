"""A ``math`` element, or what stands for one, comes in; TeX and MathML as the model keeps them go out."""

from __future__ import annotations

import html

from pubkit.readers.html.tree import BLOCK, Element

__all__ = ["formula", "holds_blocks", "is_display", "is_math"]

_XMLNS = "http://www.w3.org/1998/Math/MathML"


def is_math(element: Element) -> bool:
    """Whether an element is a formula: MathML, or a script that holds TeX."""
    return element.tag == "math" or (element.tag == "script" and element.attrs.get("type", "").lower().startswith("math/tex"))


def is_display(element: Element) -> bool:
    """Whether a formula stands on a line of its own."""
    if element.tag == "math":
        return element.attrs.get("display") == "block" or element.attrs.get("mode") == "display"
    return is_math(element) and "display" in element.attrs.get("type", "")


def holds_blocks(element: Element) -> bool:
    """Whether blocks stand in an element, a formula on a line of its own among them."""
    return any(e.tag in BLOCK or is_display(e) for e in element.descendants())


def formula(element: Element) -> tuple[str, str]:
    """TeX (or, where the element tells none, its characters) and MathML."""
    if element.tag == "script":
        return element.text().strip(), ""
    tex = next((e.text().strip() for e in element.descendants()
                if e.tag == "annotation" and "tex" in e.attrs.get("encoding", "").lower()), "")
    tex = tex or element.attrs.get("alttext", "").strip() or " ".join(element.text().split())
    return tex, _written(element, True)


def _written(element: Element, outermost: bool = False) -> str:
    """The element as XML; marks that are no MathML, such as stress that Markdown saw in it, leave their characters."""
    inside = "".join(html.escape(c, quote=False) if isinstance(c, str) else _written(c) for c in element.children)
    if element.tag in ("annotation", "annotation-xml"):
        return ""
    if not element.raw or not element.tag.replace("-", "").isalnum():
        return inside
    attrs = {k: v for k, v in element.attrs.items() if k.replace("-", "").isalnum() and k.isascii()}
    if outermost:
        attrs["xmlns"] = _XMLNS
    written = "".join(f' {name}="{html.escape(value)}"' for name, value in attrs.items())
    return f"<{element.tag}{written}>{inside}</{element.tag}>"
