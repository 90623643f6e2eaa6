"""Text and addresses go in; parts that run one way, and addresses as a Word document can hold them, come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urljoin, urlsplit

__all__ = ["directions", "joined", "scheme", "uri"]

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff"
_RTL_WORDS = re.compile(f"[{_RTL}](?:[^A-Za-z\u00c0-\u058f\u0900-\ufb00]*[{_RTL}\u064b-\u065f])?")
_LTR = "A-Za-z\u00c0-\u058f\u0900-\u1fff"
_LTR_WORDS = re.compile(f"[{_LTR}](?:[^{_RTL}]*[{_LTR}0-9])?")
_HOST = re.compile(r"(?:[^\s/?#@\[\]<>\"{}|\\^`:]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?")
_MAIL = re.compile(r"mailto:[^\s@,<>\"]+@[^\s@,<>\"]+(\?\S*)?", re.IGNORECASE)


def directions(text: str, rtl: bool) -> Iterator[tuple[str, bool]]:
    """Parts of a text that run one way, and whether that is from right to left; neutral characters go with their surroundings."""
    if text.isascii() and not rtl:
        if text:
            yield text, False
        return
    at = 0
    for found in (_LTR_WORDS if rtl else _RTL_WORDS).finditer(text):
        if found.start() > at:
            yield text[at : found.start()], rtl
        yield found.group(), not rtl
        at = found.end()
    if at < len(text):
        yield text[at:], rtl


def scheme(url: str) -> str:
    """The scheme of an address in small letters, '' where it has none."""
    found = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", url)
    return found.group(1).lower() if found else ""


def joined(base: str, url: str) -> str:
    """An address as it leads from another; itself where that cannot be told."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def uri(url: str) -> str:
    """An address with every character escaped that a URI must not have; '' for one that is no URI at all (RFC 3986).

    A relation with an address that is none makes the whole file unreadable for Word.
    """
    head, mark, fragment = url.strip().partition("#")
    safe = "!$&'()*+,/:;=?@[]~-._%"
    url = quote(head, safe=safe) + mark + quote(fragment, safe="!$&'()*+,/:;=?@~-._%")
    url = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https", "ftp") or url.startswith("//"):
        return url if _HOST.fullmatch(parts.netloc.rpartition("@")[2]) else ""
    if parts.scheme == "mailto":
        return url if _MAIL.fullmatch(url) else ""
    return url if "[" not in url and "]" not in url else ""
