"""A volume and a theme go in; one tagged PDF comes out, laid out by WeasyPrint with our own fetcher and our own fonts.

The file claims PDF/A-3u: every picture and font is inside, colours are sRGB, every character has a glyph and its Unicode value.
"""

from __future__ import annotations

import functools
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from msgspec import Struct

from pubkit import css, math, words
from pubkit.diagnostics import Diagnostic, ExportError, diagnostic
from pubkit.exporters.base import File, Output
from pubkit.model import Article, Asset, Heading, Volume, plain_text
from pubkit.theme import Theme, font_files
from pubkit.xhtml import Dialect, Outline, Renderer, attr, escape, outline

__all__ = ["Options", "export"]

log = logging.getLogger("pubkit.pdf")
MEDIA_TYPE = "application/pdf"
LONGEST_WORD = 60  # the layout engine takes time with the square of a word that fits no line


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """``contents``: whether a list of the sections stands on the first page ("auto": where there are three or more)."""

    contents: Literal["auto", "yes", "no"] = "auto"


def export(work: Volume, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 (frozen)
    """The PDF of a volume, named ``<slug>.pdf``. Raises `ExportError` if it cannot be laid out."""
    resources: dict[str, tuple[bytes, str]] = {}
    markup = _document(work, theme, options, resources)
    data, found = _laid_out(markup, theme, resources)
    return Output((File(f"{work.meta.slug}.pdf", MEDIA_TYPE, data),), tuple(found))


# --- Markup -------------------------------------------------------------------------------------------------------------------------

def _document(work: Volume, theme: Theme, options: Options, resources: dict[str, tuple[bytes, str]]) -> str:
    meta = work.meta
    language = meta.language or "en"
    head = [f"<title>{escape(meta.title_text)}</title>"]
    head += [_meta("author", person.name) for person in meta.authors]
    head += [_meta("description", meta.summary or meta.subtitle_text), _meta("keywords", ", ".join(meta.tags))]
    head += [_meta("generator", "pubkit")]
    head += [_meta("dcterms.created", _utc(meta.published)), _meta("dcterms.modified", _utc(meta.updated or meta.published))]
    chapters = [_chapter(chapter, index, theme, options, resources) for index, chapter in enumerate(work.chapters)]
    publication = attr("data-publication", meta.publisher or meta.title_text)
    return (f'<html{attr("lang", language)}{attr("dir", words.direction(language))}><head>{"".join(head)}</head>\n'
            f'<body><div class="pk-running"{publication}>\n{"".join(chapters)}</div></body></html>')


def _chapter(article: Article, index: int, theme: Theme, options: Options, resources: dict[str, tuple[bytes, str]]) -> str:
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
    renderer = Renderer(article, Dialect(language, notes="foot", longest=LONGEST_WORD, prefix=prefix, href=href, src=src, math=formula))
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


def _meta(name: str, value: str) -> str:
    return f'<meta name="{name}"{attr("content", value)}/>' if value else ""


def _utc(value: datetime | None) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else ""


# --- Layout -------------------------------------------------------------------------------------------------------------------------

_fonts = threading.Lock()


def _weasyprint() -> Any:
    """WeasyPrint, or an error that says which native library it misses."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No fonts configured")  # of this machine's it needs none
            import weasyprint
    except OSError as error:
        raise ExportError(f"PDF needs the native library that is missing here: {error}",
                          hint="Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. "
                               "Fedora: dnf install pango. macOS: brew install pango") from error
    logger = logging.getLogger("weasyprint")
    if logger.level == logging.NOTSET:  # it speaks of our markup, which the user cannot change; what matters is a diagnostic
        logger.setLevel(logging.CRITICAL)
    return weasyprint


def _laid_out(markup: str, theme: Theme, resources: dict[str, tuple[bytes, str]]) -> tuple[bytes, list[Diagnostic]]:
    weasyprint = _weasyprint()
    fetcher = _fetcher(resources)
    options = {"pdf_variant": "pdf/a-3u", "pdf_tags": True, "pdf_identifier": None, "dpi": 300}
    with _font_configuration(theme) as fonts:
        try:
            page = _tree(weasyprint, markup, fetcher)
            document = page.render(font_config=fonts, stylesheets=[_style_sheet(weasyprint, theme)], **options)
            finish = _Finisher()
            data: bytes = document.write_pdf(finisher=finish, **options)
        except RecursionError as error:
            raise ExportError("the article is nested too deeply to be laid out", hint="Nest less") from error
        except Exception as error:  # any fault of the layout engine is an error of this output, not of the run
            log.debug("layout failed", exc_info=True)
            raise ExportError(f"the pages could not be laid out: {type(error).__name__}: {error}",
                              hint="This is a fault of the layout engine; please report the article") from error
    return data, finish.found


class _Finisher:
    """Last changes to the PDF's objects; collects characters that only the last resort could show."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def __call__(self, document: Any, pdf: Any) -> None:
        last, missing = set(), set()
        for font in document.fonts.values():
            missing |= set(getattr(font, "missing", ()))
            if "unifont" in str(getattr(font, "name", b"")).lower() or "unifont" in str(getattr(font, "family", "")).lower():
                last |= {c for text in font.to_unicode.values() for c in text if not c.isspace()}
        if last:
            shown = "".join(sorted(last)[:12])
            self.found.append(diagnostic("glyph-missing", f"no font of the theme has {shown!r}{' and others' if len(last) > 12 else ''}; "
                                                          "set in the last-resort font Unifont"))
        if missing:
            shown = ", ".join(f"U+{c:04X}" for c in sorted(missing)[:8])
            self.found.append(diagnostic("glyph-missing", f"no font at all has {shown}"))
        if "Outlines" in pdf.catalog:
            pdf.catalog["PageMode"] = "/UseOutlines"


def _tree(weasyprint: Any, markup: str, fetcher: Any) -> Any:
    """WeasyPrint's document of well-formed markup, without a way through an HTML parser, which would take blocks out of inline notes."""
    from cssselect2 import ElementWrapper

    html = weasyprint.HTML.__new__(weasyprint.HTML)
    html.base_url, html.url_fetcher, html.media_type = None, fetcher, "print"
    html.wrapper_element = ElementWrapper.from_html_root(ET.fromstring(markup), content_language=None)
    html.etree_element = html.wrapper_element.etree_element
    return html


def _fetcher(resources: dict[str, tuple[bytes, str]]) -> Any:
    """A fetcher that serves what was resolved and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 (WeasyPrint's own signature)
            if url not in resources:
                raise ValueError(f"not served: {url[:80]}")
            data, media_type = resources[url]
            return URLFetcherResponse(url, data, {"Content-Type": media_type})

    return OnlyOurs(allowed_protocols=("pubkit",), allow_redirects=False)


_sheets = threading.local()


def _style_sheet(weasyprint: Any, theme: Theme) -> Any:
    """The parsed sheet of a theme, kept per thread: parsing costs more than a short article."""
    text = css.sheet("print", theme, "pt")
    kept: dict[str, Any] = _sheets.__dict__.setdefault("kept", {})
    if text not in kept:
        kept[text] = weasyprint.CSS(string=text, url_fetcher=_fetcher({}))
    return kept[text]


@contextmanager
def _font_configuration(theme: Theme) -> Iterator[Any]:
    """A font configuration that knows the theme's faces and the last resort, and nothing of this machine."""
    from weasyprint.text.fonts import FontConfiguration

    with _fonts:  # fontconfig reads the file's name from the process' environment
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = _fontconfig_file(tuple(sorted({str(p.parent) for p in font_files(theme).values()})))
        try:
            fonts = FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
    yield fonts


@functools.lru_cache(maxsize=8)
def _fontconfig_file(folders: tuple[str, ...]) -> str:
    """A fontconfig file that lists these folders alone; written once beside them."""
    from hashlib import sha256

    from pubkit.files import write_file

    root = Path(folders[0]).parent.parent
    dirs = "".join(f"<dir>{escape(folder)}</dir>" for folder in folders)
    text = ('<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
            f"<fontconfig>{dirs}<cachedir>{escape(str(root / 'fontconfig'))}</cachedir></fontconfig>\n")
    path = root / f"fonts-{sha256(text.encode()).hexdigest()[:12]}.conf"
    if not path.is_file():
        write_file(path, text.encode())
    return str(path)
