"""An article goes in; its `Entry` comes out, which is all that feeds ever see of it, and the pictures that the entry points to."""

from __future__ import annotations

import base64
import posixpath
import re
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.exporters.base import File
from pubkit.math import linear
from pubkit.model import (
    UNDATED,
    Article,
    Asset,
    Enclosure,
    Entry,
    Image,
    Media,
    Paragraph,
    content_hash,
    plain_text,
    walk,
)
from pubkit.normalize import SCHEMES
from pubkit.xhtml import Dialect, Renderer, attr, escape

__all__ = ["Site", "entry", "file_address", "pictures"]

SUMMARY = 280  # characters of a summary that is taken from the text
WIDEST = 720   # pixels that a picture is shown wide: readers without a style sheet set it as wide as it says


class Site(Struct, frozen=True):
    """Where an article's page and files lie: ``page`` is the path of the page below ``url``, such as ``2026/tides/``."""

    url: str = ""
    page: str = ""

    def folder(self, slug: str) -> str:
        """The path of the folder that the article's pictures and enclosures lie in."""
        return self.page.rstrip("/") if self.page.endswith("/") else posixpath.join(posixpath.dirname(self.page), slug)


def file_address(site: Site, slug: str, name: str) -> str:
    """The whole address of a file of an article; '' where the site has none."""
    return urljoin(site.url.rstrip("/") + "/", quote(f"{site.folder(slug)}/{name}")) if site.url else ""


def pictures(article: Article, site: Site) -> tuple[File, ...]:
    """The files of the pictures that an article's entry points to. Without an address of the site they stand in the entry itself."""
    if not site.url:
        return ()
    folder = site.folder(article.meta.slug)
    meta = msgspec.structs.replace(article.meta, book_cover=None)
    shown = {n.asset for n in walk((meta, *article.content)) if isinstance(n, Image)}
    return tuple(File(f"{folder}/{a.name}", a.media_type, a.data) for a in article.assets if a.name in shown)


def entry(article: Article, site: Site = Site(), content: bool = True) -> tuple[Entry, tuple[Diagnostic, ...]]:  # noqa: B008 (frozen)
    """The entry of a complete article, and what it could not take along.

    Args:
        article: the article, as `pubkit.api.ready` gives it.
        site: where its page and files lie.
        content: whether the entry holds the article, or its summary alone; the article too where there is no page to read it on.

    Relative addresses lead from ``meta.url``, else from the site; without either, links keep their words, with a diagnostic. Pictures have
    their addresses below the site, or are inside where it has none. The content is XHTML without scripts, styles, classes and ids.
    """
    meta = article.meta
    page = _Page(article, site)
    published = meta.published or UNDATED
    summary = _summary(article)
    whole = page.content() or f"<p>{escape(summary or meta.title_text)}</p>"
    made = Entry(
        id=meta.id, title=meta.title_text, slug=meta.slug, url=meta.url, summary=summary, content=whole if content or not meta.url else "",
        text=plain_text(article.content).strip(), authors=meta.authors,
        published=published, updated=max(meta.updated or published, published), language=meta.language, tags=meta.tags,
        section=meta.section, series=meta.series, rights=meta.rights, license=meta.license, source=meta.source, image=page.lead(),
        enclosures=page.enclosures(), hash=content_hash(article))
    return made, tuple(dict.fromkeys(page.found))


class _Page:
    """The content of an entry, and the addresses in it."""

    def __init__(self, article: Article, site: Site) -> None:
        self.article, self.site = article, site
        self.base = article.meta.url or site.url
        self.found: list[Diagnostic] = []

    def content(self) -> str:
        """Deck, lead picture, text, notes and end matter as XHTML."""
        meta = self.article.meta
        dialect = Dialect(meta.language, notes="end", code=False, href=self.href, src=self.src, math=_math)
        renderer = Renderer(self.article, dialect)
        deck = f"<p><em>{renderer.inlines(meta.subtitle)}</em></p>\n" if meta.subtitle else ""
        lead = renderer.block(meta.image) + "\n" if meta.image else ""
        rendered = renderer.render(self.article.content)
        end = renderer.end_matter() + renderer.render(()).notes
        return _cleaned(deck + lead + rendered.body + rendered.notes + ("<hr/>\n" if end else "") + end, meta.url)

    def absolute(self, url: str) -> str:
        """The whole address of a relative one, or '' where nothing is known to lead from."""
        try:
            scheme = urlsplit(url).scheme
            if scheme:
                return url if scheme in SCHEMES else ""
            return urljoin(self.base, url) if self.base else ""
        except ValueError:  # brackets that are no host
            return ""

    def href(self, url: str) -> str:
        """The address of a link."""
        whole = self.absolute(url)
        if not whole and not re.match(r"[a-zA-Z][\w+.-]*:", url):
            self.found.append(diagnostic("link-relative", f"the link to {url[:80]!r} leads nowhere from a feed: its words stay; "
                                                          "give the article a url, or the publication one"))
        return whole

    def src(self, asset: Asset) -> str:
        """The address of a picture on the site, or the picture itself."""
        whole = file_address(self.site, self.article.meta.slug, asset.name)
        return whole or f"data:{asset.media_type};base64,{base64.b64encode(asset.data).decode('ascii')}"

    def lead(self) -> Media | None:
        """The lead picture, where it has an address."""
        image = self.article.meta.image
        assets = {a.name: a for a in self.article.assets}
        for picture in image.pictures if image else ():
            if (asset := assets.get(picture.asset)) and self.site.url:
                return Media(url=self.src(asset), media_type=asset.media_type, width=asset.width, height=asset.height,
                             alt="" if picture.decorative else picture.alt)
            if picture.src.startswith(("http://", "https://")):
                return Media(url=picture.src, alt=picture.alt)
        return None

    def enclosures(self) -> tuple[Enclosure, ...]:
        """The enclosures, each with its whole address."""
        out = []
        for one in self.article.meta.enclosures:
            whole = self.absolute(one.url) if urlsplit(one.url).scheme else file_address(
                self.site, self.article.meta.slug, posixpath.basename(unquote(one.url)))
            if whole:
                out.append(msgspec.structs.replace(one, url=whole))
            else:
                self.found.append(diagnostic("link-relative", f"the enclosure {one.url[:80]!r} has no address for a feed: it is left out; "
                                                              "give the publication a url"))
        return tuple(out)


_SCRIPTS = (("\x01", "\x02"), ("\x03", "\x04"))  # no article holds these


def _math(tex: str, mathml: str, display: bool) -> str:
    """A formula as a line of characters, its TeX as title: what readers of feeds make of MathML is chaff."""
    text = escape(linear(mathml, *_SCRIPTS)) if mathml else ""
    if not text:
        return f"<code>{escape(tex)}</code>"
    for mark, tag in zip((*_SCRIPTS[0], *_SCRIPTS[1]), ("<sub>", "</sub>", "<sup>", "</sup>"), strict=True):
        text = text.replace(mark, tag)
    return f"<p><span{attr('title', tex)}>{text}</span></p>" if display else f"<span{attr('title', tex)}>{text}</span>"


def _summary(article: Article) -> str:
    """The summary as plain text: the author's, else the deck, else the beginning of the first paragraph."""
    meta = article.meta
    if given := meta.summary or meta.subtitle_text:
        return given
    first = next((n for n in walk(article.content) if isinstance(n, Paragraph) and plain_text(n, notes=False).strip()), None)
    text = " ".join(plain_text(first, notes=False).split()) if first else ""
    if len(text) <= SUMMARY:
        return text
    cut = text[: SUMMARY + 1]
    return (cut.rpartition(" ")[0] or cut[:SUMMARY]).rstrip(" ,;:.\u2013\u2014-") + "\u2026"


# --- Markup for readers of feeds ----------------------------------------------------------------------------------------------------

# What may stand in a feed. All else that the shared markup writes - classes, roles, ids, inline style - is for our own style sheets.
_ELEMENTS = frozenset(
    "a abbr b blockquote br caption cite code dd del div dl dt em figcaption figure footer h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p "
    "pre q rp rt ruby s samp section small span strong sub sup table tbody td tfoot th thead time tr u ul".split())
_ATTRIBUTES = frozenset(
    "align alt border cellpadding cellspacing colspan datetime dir height href lang rowspan scope src start title type value width".split())
_GONE = frozenset(("script", "style", "iframe", "object", "embed"))
_RENAMED = {"aside": "blockquote", "main": "div", "article": "div", "header": "div", "nav": "div"}


def _cleaned(markup: str, url: str) -> str:
    """The markup with what may stand in a feed. Unknown elements keep their text; links within the text lead to the page at ``url``."""
    from lxml import etree

    root = etree.fromstring(f"<div>{markup}</div>".encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _GONE or element.get("role") == "doc-backlink":
            _drop(element)
            continue
        _plainly(element)
        element.tag = _RENAMED.get(element.tag, element.tag if element.tag in _ELEMENTS else "span")
        if (href := element.get("href", "")).startswith("#"):  # a relative address: no reader agrees with another on its base
            if url:
                element.set("href", url.partition("#")[0] + href)
            else:
                element.tag = "span"
        for name in element.attrib:
            if name not in _ATTRIBUTES or (name == "href" and element.tag != "a"):
                del element.attrib[name]
        if len(element) == 0 and element.text is None and element.tag not in ("br", "hr", "img"):
            element.text = ""  # <td></td>, not <td/>, which an HTML parser would leave open
    text: str = etree.tostring(root, encoding="unicode")
    text = text.removeprefix("<div>").removesuffix("</div>").replace("<p></p>", "").strip()
    return text.replace("\ufffd", "&#xFFFD;")  # what stands for a lost character is easily taken for a fault of the feed


def _plainly(element: Any) -> None:
    """What our style sheets say by classes, said by elements and attributes that every reader knows."""
    kind = element.get("class", "")
    if element.tag == "table":
        for name, value in (("border", "1"), ("cellspacing", "0"), ("cellpadding", "4")):
            element.set(name, value)
    elif element.tag == "img" and int(element.get("width", 0)) > WIDEST:
        element.set("height", str(max(1, round(int(element.get("height")) * WIDEST / int(element.get("width"))))))
        element.set("width", str(WIDEST))
    elif kind in ("pk-right", "pk-center"):
        element.set("align", kind.removeprefix("pk-"))
    elif kind in ("pk-aside-title", "pk-source"):
        _wrapped(element, "strong" if kind == "pk-aside-title" else "em")


def _wrapped(element: Any, tag: str) -> None:
    """All that stands in an element, in another one within it."""
    from lxml import etree

    inner = etree.Element(tag)
    inner.text, element.text = element.text, None
    inner.extend(list(element))
    element.append(inner)


def _drop(element: Any) -> None:
    """Takes an element out and leaves the text that follows it."""
    parent, before = element.getparent(), element.getprevious()
    tail = element.tail or ""
    parent.remove(element)
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
