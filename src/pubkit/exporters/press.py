"""Markup of pages and a theme go in; pages laid out by WeasyPrint come out, with our own fetcher and our own fonts, then a PDF's bytes."""

from __future__ import annotations

import functools
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pubkit import css
from pubkit.diagnostics import ExportError
from pubkit.exporters.pages import Resources
from pubkit.theme import Theme, font_files
from pubkit.xhtml import escape

__all__ = ["lay_out", "write"]

log = logging.getLogger("pubkit.pdf")
OPTIONS = {"pdf_variant": "pdf/a-3b", "pdf_tags": False, "pdf_identifier": None, "dpi": 300}


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


def lay_out(root: ET.Element, theme: Theme, resources: Resources) -> Any:
    """WeasyPrint's document of a page markup: drawn as PDF/A, not yet written, without tags of the engine's own.

    Raises `ExportError` for whatever goes wrong in the engine.
    """
    weasyprint = _weasyprint()
    with _faults():
        page = _tree(weasyprint, root, _fetcher(resources))
        return page.render(font_config=_font_configuration(theme), stylesheets=[_style_sheet(weasyprint, theme)], **OPTIONS)


def write(document: Any, finisher: Any, version: str = "1.7") -> bytes:
    """The bytes of a laid-out document; ``finisher(document, pdf)`` is called with the PDF's objects before they are written."""
    with _faults():
        data: bytes = document.write_pdf(finisher=finisher, pdf_version=version, **OPTIONS)
        return data


@contextmanager
def _faults() -> Iterator[None]:
    """Any fault of the layout engine as an error of this output, not of the run."""
    try:
        yield
    except ExportError:
        raise
    except RecursionError as error:
        raise ExportError("the article is nested too deeply to be laid out", hint="Nest less") from error
    except Exception as error:
        log.debug("layout failed", exc_info=True)
        raise ExportError(f"the pages could not be laid out: {type(error).__name__}: {error}",
                          hint="This is a fault of the layout engine; please report the article") from error


def _tree(weasyprint: Any, root: ET.Element, fetcher: Any) -> Any:
    """WeasyPrint's document of an element tree, without a way through an HTML parser, which would take blocks out of inline notes."""
    from cssselect2 import ElementWrapper

    html = weasyprint.HTML.__new__(weasyprint.HTML)
    html.base_url, html.url_fetcher, html.media_type = None, fetcher, "print"
    html.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
    html.etree_element = html.wrapper_element.etree_element
    return html


def _fetcher(resources: Resources) -> Any:
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


def _font_configuration(theme: Theme) -> Any:
    """A font configuration that knows the theme's faces and the last resort, and nothing of this machine."""
    from weasyprint.text.fonts import FontConfiguration

    with _fonts:  # fontconfig reads the file's name from the process' environment
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = _fontconfig_file(tuple(sorted({str(p.parent) for p in font_files(theme).values()})))
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


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
