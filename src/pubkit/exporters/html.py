"""An article goes in; a web page of its own comes out: style, fonts and pictures inside, light and dark, notes at the end."""

from __future__ import annotations

import base64
import json
import posixpath
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from pubkit import words
from pubkit.css import font_face, sheet, subset
from pubkit.exporters.base import File, Output
from pubkit.model import Article, Asset, Meta, plain_text
from pubkit.normalize import SCHEMES
from pubkit.theme import Theme
from pubkit.xhtml import Dialect, Outline, Renderer, attr, escape, outline

__all__ = ["Alternate", "Options", "export"]


class Alternate(Struct, frozen=True):
    """A feed that a page names: its media type, title and address."""

    type: str
    title: str
    url: str


class Options(Struct, frozen=True):
    """``fonts``: the theme's fonts inside the page ("embed"), or those of the reader's machine ("none").
    ``pictures``: inside the page ("embed"), or beside it in a folder named after the slug ("files").
    ``path``: the file of the page; by default ``<slug>.html``.
    ``feeds``: what the page's head says of feeds that it belongs to."""

    fonts: Literal["embed", "none"] = "embed"
    pictures: Literal["embed", "files"] = "embed"
    path: str = ""
    feeds: tuple[Alternate, ...] = ()


def export(work: Article, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 (frozen)
    """``<slug>.html``; with ``pictures="files"`` the pictures too, as ``<slug>/<name>`` beside it, or beside an ``index.html``."""
    meta, beside = work.meta, dict[str, Asset]()
    path = options.path or f"{meta.slug}.html"
    folder = posixpath.dirname(path)
    if not folder or posixpath.basename(path) != "index.html":  # else the folder is the page's own
        folder = posixpath.join(folder, meta.slug)

    def src(asset: Asset) -> str:
        if options.pictures == "embed":
            return _data(asset.media_type, asset.data)
        beside[asset.name] = asset
        return posixpath.relpath(f"{folder}/{asset.name}", posixpath.dirname(path) or ".")

    def href(url: str) -> str:
        if scheme := urlsplit(url).scheme:
            return url if scheme in SCHEMES else ""
        return urljoin(meta.url, url) if meta.url else url

    body = _body(Renderer(work, Dialect(meta.language, href=href, src=src)), theme)
    page = _page(meta, _head(work, theme, options, body), body)
    files = [File(path, "text/html", page.encode())]
    files += [File(f"{folder}/{name}", asset.media_type, asset.data) for name, asset in beside.items()]
    return Output(tuple(files))


# --- The page -----------------------------------------------------------------------------------------------------------------------

def _page(meta: Meta, head: str, body: str) -> str:
    direction = ' dir="rtl"' if words.direction(meta.language) == "rtl" else ""
    return f'<!DOCTYPE html>\n<html{attr("lang", meta.language)}{direction}>\n<head>\n{head}</head>\n{body}</html>\n'


def _body(renderer: Renderer, theme: Theme) -> str:
    meta, choices = renderer.article.meta, theme.choices
    head = renderer.title_block()
    rendered = renderer.render(renderer.article.content)
    end = renderer.end_matter()
    more = renderer.render(()).notes  # those that the end matter calls
    publisher = f'<p class="pk-publication">{escape(meta.publisher)}</p>'
    masthead = f'<header class="pk-masthead">\n{publisher}\n</header>\n' if meta.publisher else ""
    body = f'<div class="pk-body">\n{rendered.body}</div>\n{rendered.notes}{more}'
    return (f'<body class="pk-{choices.paragraph} pk-rules-{choices.table_rules}">\n{masthead}<main>\n<article class="pk-article">\n'
            f"{head}{_contents(renderer)}{body}{end}</article>\n</main>\n</body>\n")


def _contents(renderer: Renderer) -> str:
    tree = outline(renderer.article.content)
    if sum(line.level == 2 for line in tree) < 3:
        return ""
    title = escape(words.word("in_this_article", renderer.dialect.language))
    return (f'<nav class="pk-toc" aria-labelledby="pk-toc-title">\n<p class="pk-toc-title" id="pk-toc-title">{title}</p>\n'
            f"{_lines(tree, 2)}</nav>\n")


def _lines(tree: list[Outline], levels: int) -> str:
    items = ""
    for line in tree:
        label = " ".join(plain_text(line.heading.content, notes=False).split()) or "\u2014"
        below = _lines(line.below, levels - 1) if line.below and levels > 1 else ""
        items += f'<li><a href="#{escape(line.heading.id)}">{escape(label)}</a>{below}</li>\n'
    return f"<ol>\n{items}</ol>\n"


# --- The head -----------------------------------------------------------------------------------------------------------------------

def _head(work: Article, theme: Theme, options: Options, body: str) -> str:
    meta = work.meta
    title = meta.title_text or words.word("untitled", meta.language)
    summary = meta.summary or meta.subtitle_text
    names = [p.name for p in meta.authors if p.role == "author"] or [p.name for p in meta.authors]
    published = meta.published.isoformat() if meta.published and meta.is_dated else ""
    properties = [("og:type", "article"), ("og:title", title), ("og:description", summary), ("og:url", meta.url),
                  ("og:site_name", meta.publisher), ("article:published_time", published),
                  ("article:modified_time", meta.updated.isoformat() if meta.updated else ""), ("article:section", meta.section),
                  *(("article:tag", tag) for tag in meta.tags)]
    named = [("description", summary), *(("author", name) for name in names), ("keywords", ", ".join(meta.tags)), ("generator", "pubkit")]
    lines = ['<meta charset="utf-8">', '<meta name="viewport" content="width=device-width, initial-scale=1">',
             f"<title>{escape(title)}</title>"]
    lines += [f"<meta{attr('name', name)}{attr('content', value)}>" for name, value in named if value]
    lines += [f"<link{attr('rel', rel)}{attr('href', url)}>" for rel, url in (("canonical", meta.url), ("license", _license(meta))) if url]
    lines += [f'<link rel="alternate"{attr("type", feed.type)}{attr("title", feed.title)}{attr("href", feed.url)}>'
              for feed in options.feeds]
    lines += [f"<meta{attr('property', name)}{attr('content', value)}>" for name, value in properties if value]
    lines.append('<meta name="color-scheme" content="light dark">')
    for scheme, paper in (("light", theme.color.paper), ("dark", theme.dark.paper)):
        lines.append(f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="{paper}">')
    lines.append(f'<script type="application/ld+json">{_linked_data(meta, title, summary, published)}</script>')
    lines.append(f"<style>\n{_style(work, theme, options, body)}</style>")
    return "\n".join(lines) + "\n"


def _license(meta: Meta) -> str:
    return meta.license if urlsplit(meta.license).scheme in ("http", "https") else ""


def _linked_data(meta: Meta, title: str, summary: str, published: str) -> str:
    """The article in the words of schema.org, as JSON that cannot end its own script element."""
    people: dict[str, list[dict[str, str]]] = {}
    for person in meta.authors:
        known = {"@type": "Person", "name": person.name, "url": person.url, "sameAs": person.orcid if "://" in person.orcid else ""}
        role = person.role if person.role in ("author", "editor", "translator", "illustrator") else "contributor"
        people.setdefault(role, []).append({k: v for k, v in known.items() if v})
    data: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Article", "headline": title, "description": summary, "inLanguage": meta.language,
        "identifier": meta.id, "url": meta.url, "mainEntityOfPage": meta.url, "datePublished": published,
        "dateModified": meta.updated.isoformat() if meta.updated else "", **people,
        "publisher": {"@type": "Organization", "name": meta.publisher} if meta.publisher else None,
        "articleSection": meta.section, "keywords": list(meta.tags),
        "isPartOf": {"@type": "CreativeWorkSeries", "name": meta.series.name} if meta.series else None,
        "copyrightNotice": meta.rights, "license": _license(meta),
    }
    text = json.dumps({k: v for k, v in data.items() if v}, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _style(work: Article, theme: Theme, options: Options, body: str) -> str:
    """The style sheet, with the fonts inside that it names: the signs that the page needs alone."""
    css = sheet("web", theme, "rem")
    fonts = subset.fonts(theme, (work,), (body,), css) if options.fonts == "embed" else {}
    packed = ((face, subset.woff(font)) for face, font in fonts.items())
    return "".join(font_face(face, _data(font.media_type, font.data), font.format) for face, font in packed) + css


def _data(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
