"""A volume and a theme go in; the markup of its pages comes out, with the pictures and formulas that it names."""

from __future__ import annotations

from typing import Literal, TypeAlias
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from msgspec import Struct

from pubkit import math, words
from pubkit.model import Article, Asset, Heading, Volume, plain_text
from pubkit.theme import Theme
from pubkit.xhtml import Dialect, Outline, Renderer, attr, escape, outline

__all__ = ["Options", "Resources", "markup"]

LONGEST_WORD = 60  # the layout engine takes time with the square of a word that fits no line
Resources: TypeAlias = dict[str, tuple[bytes, str]]
"""What the addresses in the markup mean: bytes and media type."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be chosen of pages.

    ``contents``: whether a list of the sections stands on the first page ("auto": where there are three or more).
    """

    contents: Literal["auto", "yes", "no"] = "auto"


def markup(work: Volume, theme: Theme, options: Options, resources: Resources) -> ET.Element:
    """The element tree of a volume's pages; ``resources`` is filled with what its pictures' addresses (``pubkit:…``) mean."""
    meta = work.meta
    language = meta.language or "en"
    chapters = [_chapter(chapter, index, theme, options, resources) for index, chapter in enumerate(work.chapters)]
    publication = attr("data-publication", meta.publisher or meta.title_text)
    text = (f'<html{attr("lang", language)}{attr("dir", words.direction(language))}><head><title>{escape(meta.title_text)}</title></head>\n'
            f'<body><div class="pk-running"{publication}>\n{"".join(chapters)}</div></body></html>')
    return ET.fromstring(text)


def _chapter(article: Article, index: int, theme: Theme, options: Options, resources: Resources) -> str:
    language = article.meta.language or "en"
    base = article.meta.url

    def src(asset: Asset) -> str:
        url = f"pubkit:{index}/{asset.name}"
        resources[url] = (asset.data, asset.media_type)
        return url

    def href(url: str) -> str:
        absolute = urljoin(base, url) if base else url
        return absolute if absolute.startswith(("http://", "https://", "mailto:")) else ""

    def formula(tex: str, mathml: str, display: bool) -> str:
        size = theme.type.base * (1.1 if display else 1.0)
        drawn = math.to_svg(mathml, size)
        url = f"pubkit:math/{len(resources)}.svg"
        resources[url] = (drawn.data, "image/svg+xml")
        box = f"width:{drawn.width:.2f}pt;height:{drawn.height:.2f}pt;max-height:none"
        if not display:
            box += f";vertical-align:{-drawn.depth:.2f}pt"
        return f'<img class="pk-formula"{attr("src", url)}{attr("alt", math.spoken(tex) or tex)} style="{box}"/>'

    prefix = f"c{index}-" if index else ""
    renderer = Renderer(article, Dialect(language, notes="foot", longest=LONGEST_WORD, prefix=prefix, href=href, src=src, math=formula,
                                         undescribed=words.word("undescribed", language)))
    body = renderer.title_block()
    lines = outline(article.content)
    if options.contents == "yes" or (options.contents == "auto" and sum(1 for line in lines if line.level == 2) >= 3):
        body += _contents(lines, renderer)
    body += f'<div class="pk-body">\n{renderer.render(article.content).body}</div>\n'
    masthead = renderer.masthead() if index == 0 else ""
    return f'<article class="pk-chapter"{attr("lang", language)}>\n{masthead}{body}{renderer.end_matter()}</article>\n'


def _contents(lines: list[Outline], renderer: Renderer) -> str:
    def items(lines: list[Outline], depth: int) -> str:
        out = ""
        for line in lines:
            below = f"\n<ol>\n{items(line.below, depth + 1)}</ol>\n" if line.below and depth < 2 else ""
            target = attr("href", f"#{renderer.dialect.prefix}{line.heading.id}")
            out += f"<li><a{target}>{escape(_words(line.heading))}</a>{below}</li>\n"
        return out

    title = escape(words.word("in_this_article", renderer.dialect.language))
    return f'<nav class="pk-toc">\n<p class="pk-toc-title">{title}</p>\n<ol>\n{items(lines, 1)}</ol>\n</nav>\n'


def _words(heading: Heading) -> str:
    return " ".join(plain_text(heading.content, notes=False).split())
