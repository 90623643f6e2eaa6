"""Elements that name a picture, a film or another thing elsewhere come in; addresses, pictures and embeds of the model go out."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from pubkit.model import Embed, Image
from pubkit.readers.html.text import number, share, style
from pubkit.readers.html.tree import Element

__all__ = ["embed", "image", "is_picture", "source_of", "watch_address"]

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy")
_LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PLACEHOLDER = re.compile(r"data:image/(?:gif|svg|png)|.*(?:placeholder|spacer|blank|transparent|1x1|pixel)[^/]*\.(?:gif|png|svg)$")
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?:\s+([\d.]+)[wxh])?\s*(?:,|$)")
_PICTURE_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif)(?:[?#]|$)", re.IGNORECASE)


def source_of(element: Element) -> str:
    """The address of an ``img``; that of a page that loads its pictures late, or of the largest picture to choose from, else ''."""
    attrs = element.attrs
    src = attrs.get("src", "").strip()
    late = next((v for name in _LAZY if (v := attrs.get(name, "").strip())), "")
    if late and (not src or _PLACEHOLDER.match(src)):
        return late
    sets = next((v for name in _LAZY_SETS if (v := attrs.get(name, "").strip())), "")
    return _largest(sets) or src if sets and (not src or _PLACEHOLDER.match(src)) else src


def _largest(candidates: str) -> str:
    best, size = "", -1.0
    for url, width in _CANDIDATE.findall(candidates):
        wide = float(width) if re.fullmatch(r"\d+(?:\.\d+)?", width) else 1.0
        if wide > size:
            best, size = url, wide
    return best


def image(element: Element) -> Image:
    """The picture of an ``img``, or of an ``object`` or ``embed`` that is one."""
    attrs = element.attrs
    if element.tag != "img":
        inner = next((e for e in element.descendants() if e.tag == "img"), None)
        alt = element.text() or attrs.get("aria-label", "") or (inner.attrs.get("alt", "") if inner else "")
        src = attrs.get("data") or attrs.get("src") or ""
        return Image(src.strip(), " ".join(alt.split()), title=attrs.get("title", ""), width=_width(attrs))
    alt = " ".join((attrs.get("alt", "") or attrs.get("aria-label", "")).split())
    hidden = "decorative" in element.classes() or attrs.get("role") in ("presentation", "none") or attrs.get("aria-hidden") == "true"
    # In HTML an alt that is there and empty says that the picture is decoration; in Markdown it is only missing.
    decorative = not alt and (hidden or bool(element.raw and "alt" in attrs))
    return Image(source_of(element), alt, decorative, attrs.get("title", ""), width=_width(attrs))


def _width(attrs: dict[str, str]) -> float:
    return share(attrs.get("width", "")) or share(style(attrs).get("width", ""))


def is_picture(element: Element) -> bool:
    """Whether an ``object`` or ``embed`` is a picture."""
    if element.tag not in ("object", "embed"):
        return False
    kind = element.attrs.get("type", "").lower()
    url = element.attrs.get("data") or element.attrs.get("src") or ""
    return bool(url) and (kind.startswith("image/") or (not kind and _PICTURE_FILE.search(url) is not None))


def embed(element: Element) -> Embed | None:
    """The embed of an ``iframe``, ``video``, ``audio``, ``embed`` or ``object``; None where it names no address."""
    attrs = element.attrs
    inner = [element, *element.descendants()]
    urls = [attrs.get(name, "").strip() for name in ("src", "data", "data-src", "data-lazy-src")]
    for part in inner[1:]:
        if part.tag in ("source", "embed"):
            urls.append(part.attrs.get("src", "").strip())
        elif part.tag == "param" and part.attrs.get("name", "").lower() in ("movie", "src", "filename", "url"):
            urls.append(part.attrs.get("value", "").strip())
    url = next((u for u in urls if u and not u.startswith(("about:", "data:text"))), "")
    if not url:
        return None
    poster = attrs.get("poster", "").strip()
    title = " ".join((attrs.get("title") or attrs.get("aria-label") or "").split())
    return Embed(watch_address(url), title, Image(poster, decorative=True) if poster else None, attrs.get("id", ""), element.line)


_YOUTUBE = re.compile(r"(?:www\.|m\.)?(?:youtube|youtube-nocookie)\.com")
_VIDEO = re.compile(r"[\w-]{6,20}")


def watch_address(url: str) -> str:
    """The page on which people watch a film, where the address is that of a player; else the address itself, with its scheme."""
    if url.startswith("//"):
        url = "https:" + url
    try:
        parts = urlsplit(url)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    except ValueError:
        return url
    steps = [s for s in parts.path.split("/") if s]
    if _YOUTUBE.fullmatch(parts.netloc.lower()) and len(steps) == 2 and steps[0] in ("embed", "v"):
        return _youtube(steps[1], query) or url
    if parts.netloc.lower() == "player.vimeo.com" and len(steps) == 2 and steps[0] == "video" and steps[1].isdigit():
        private = f"/{query['h']}" if re.fullmatch(r"\w+", query.get("h", "")) else ""
        start = f"#{parts.fragment}" if re.fullmatch(r"t=\w+", parts.fragment) else ""
        return f"https://vimeo.com/{steps[1]}{private}{start}"
    return url


def _youtube(video: str, query: dict[str, str]) -> str:
    videos = query.get("list", "")
    more = f"&list={videos}" if re.fullmatch(r"[\w-]+", videos) else ""
    if video == "videoseries":
        return f"https://www.youtube.com/playlist?{more[1:]}" if more else ""
    if not _VIDEO.fullmatch(video):
        return ""
    start = number(query.get("start", ""), 0, 0, 10**6)
    return f"https://www.youtube.com/watch?v={video}{more}" + (f"&t={start}s" if start else "")
