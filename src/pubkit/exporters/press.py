"""Markup of pages and a theme go in; pages laid out by WeasyPrint come out, with our own fetcher and our own fonts, then a PDF's bytes."""

from __future__ import annotations

import functools
import importlib
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pubkit import css
from pubkit.diagnostics import AssetError, Diagnostic, ExportError, PubkitError, diagnostic
from pubkit.exporters import fonts as faces
from pubkit.exporters.pages import Resources
from pubkit.model import Asset
from pubkit.pictures import raster
from pubkit.theme import Theme, font_files

__all__ = ["DPI", "lacking", "lay_out", "spilled", "stills", "write"]

log = logging.getLogger("pubkit.pdf")
OPTIONS = {"pdf_variant": "pdf/a-3b", "pdf_tags": False, "pdf_identifier": None}
DPI = 300
LONG_RUN = 10_000  # characters
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
LINE_END = re.compile(r"[ \n\u200b](?=[^\s\u200b])|[\u3041-\u30fa\u4e00-\u9fff\uac00-\ud7a3](?=[\u4e00-\u9fff\uac00-\ud7a3])")
# What WeasyPrint 70 draws in another way than it is written, or not at all.
BEYOND = re.compile(rb"<(?:filter|mask|pattern)\b|mix-blend-mode|paint-order|stroke\s*[=:]\s*[\"']?\s*url")
RADIAL = re.compile(rb"<radialGradient\b([^>]*)>")
_kept = threading.local()


def _weasyprint() -> Any:
    """WeasyPrint, or an error that says which native library it misses."""
    if "weasyprint" not in sys.modules:
        try:
            with warnings.catch_warnings(), redirect_stdout(StringIO()):  # where it would say that it is broken
                warnings.filterwarnings("ignore", "No fonts configured")  # of this machine's it needs none
                _import()
        except OSError as error:
            raise ExportError(f"PDF needs the native library that is missing here: {error}",
                              hint="Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. "
                                   "Fedora: dnf install pango. macOS: brew install pango") from error
        logger = logging.getLogger("weasyprint")
        if logger.level == logging.NOTSET:  # it speaks of our markup, which the user cannot change; what matters is a diagnostic
            logger.setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", r"unclosed file .*sRGB2014\.icc", ResourceWarning)  # it leaves that to the garbage collector
    return importlib.import_module("weasyprint")


def _import() -> None:
    """Load WeasyPrint; on Linux without the search that asks a compiler for each name that a library has on other systems."""
    import ctypes.util

    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005 (its own signature)
        try:
            importlib.import_module("weasyprint")
            return
        except OSError:
            for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
                del sys.modules[name]
        finally:
            ctypes.util.find_library = find
    importlib.import_module("weasyprint")


def lay_out(root: ET.Element, theme: Theme, resources: Resources, fonts: str | tuple[str, ...] = (), dpi: int = DPI) -> Any:
    """WeasyPrint's document of a page markup: drawn as PDF/A, not yet written, without tags of the engine's own.

    Args:
        root: the markup.
        theme: whose style sheet and faces it wears.
        resources: what the addresses in the markup mean.
        fonts: folders of more fonts, a string as in PATH; by default those that the environment names in PUBKIT_FONTS.
        dpi: the most pixels of a picture to an inch of the page.

    Raises:
        ExportError: for whatever goes wrong in the engine.
        OptionError: for a folder of fonts that is none.
        ThemeError: for a font of the theme that cannot be read.
    """
    weasyprint = _weasyprint()
    more = faces.folders(fonts)
    with _faults():
        _divide(root)
        served, found = _drawable(resources, theme, dpi)
        page = _tree(weasyprint, root, _fetcher(served))
        cache: dict[str, Any] = {}
        document = page.render(font_config=faces.configuration(theme, more, root), stylesheets=[_style_sheet(weasyprint, theme)],
                               **OPTIONS, dpi=dpi, cache=cache)
        document.found = found
        for picture in cache.values():
            if hasattr(picture, "get_x_object"):
                picture.get_x_object = functools.partial(_sampled, picture)
        return document


def _sampled(picture: Any, interpolate: bool, ratio: float) -> Any:
    """What the engine draws of a bitmap, scaled down with more care than it takes itself."""
    from PIL import Image

    if ratio < 1:
        with Image.open(BytesIO(picture.image_data.data)) as whole:
            small = whole.resize([max(1, round(side * ratio)) for side in whole.size], Image.Resampling.LANCZOS, reducing_gap=3.0)
            out = BytesIO()
            small.save(out, whole.format, **({"quality": 90} if whole.format == "JPEG" else {}))
        picture.image_data = picture.cache_image_data(out.getvalue())
        picture.width, picture.height = small.size
    return type(picture).get_x_object(picture, interpolate, 1)


def _divide(root: ET.Element) -> None:
    """Put the later parts of a very long run of text into elements of their own: the engine copies the rest of a run for each line."""
    for element in [element for body in root.iter("body") for element in body.iter()]:
        if len(element.text or "") > LONG_RUN:
            element.text, *rest = _parts(element.text or "")
            element[:0] = map(_plain_span, rest)
        for child in list(element):
            if len(child.tail or "") > LONG_RUN:
                child.tail, *rest = _parts(child.tail or "")
                place = list(element).index(child) + 1
                element[place:place] = map(_plain_span, rest)


def _plain_span(text: str) -> ET.Element:
    span = ET.Element("span")
    span.text = text
    return span


def _parts(text: str) -> list[str]:
    """A text in parts of a few thousand characters, cut where a line may end: behind a space, or before a wide character.

    Text from right to left stays whole, since the engine orders the parts of a line one by one.
    """
    if RIGHT_TO_LEFT.search(text):
        return [text]
    parts, start = [], 0
    while len(text) - start > LONG_RUN:
        middle = start + LONG_RUN // 2
        found = LINE_END.search(text, middle)
        if not found or found.end() == len(text):
            break
        parts.append(text[start:found.end()])
        start = found.end()
    return [*parts, text[start:]]


def _drawable(resources: Resources, theme: Theme, dpi: int) -> tuple[Resources, list[Diagnostic]]:
    """The resources with every drawing as the engine can draw it, those beyond it as dots; and what there is to say of that."""
    served, found = dict(resources), []
    for url, (data, media_type) in resources.items():
        if media_type != "image/svg+xml":
            continue
        if BEYOND.search(data):
            try:
                box, dots = _dots(data, dpi, tuple(str(path) for path in font_files(theme).values()))
            except AssetError as error:
                found.append(diagnostic("export-note", f"the drawing {_name(url)} may lack filters or masks: it {error.message}"))
            else:
                served[f"{url}-dots"] = dots, "image/png"
                served[url] = box.replace(b"HREF", f"{url}-dots".encode()), media_type
                found.append(diagnostic("export-note", f"the drawing {_name(url)} has filters, masks, patterns or the like, and stands on "
                                                       f"the page as dots, {dpi} to an inch"))
        elif b"<radialGradient" in data:
            served[url] = RADIAL.sub(_round, data), media_type
    return served, found


def _name(url: str) -> str:
    return url.rpartition("/")[2]


@functools.lru_cache(maxsize=16)
def _dots(data: bytes, dpi: int, fonts: tuple[str, ...]) -> tuple[bytes, bytes]:
    """A drawing as PNG, and an SVG of its size to hold it. Raises `AssetError`."""
    root = ET.fromstring(data)
    width, height = float(root.get("width", "300")), float(root.get("height", "150"))
    asset = Asset("drawing.svg", "image/svg+xml", data, round(width), round(height))
    box = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
           f'<image href="HREF" width="{width:g}" height="{height:g}" preserveAspectRatio="none"/></svg>')
    return box.encode(), raster(asset, round(width * dpi / 96), [Path(font) for font in fonts]).data


def _round(found: re.Match[bytes]) -> bytes:
    """A radial gradient with its measures spelled out as parts of one: of shares the engine takes the wrong whole."""
    given = found[1]
    if b"userSpaceOnUse" in given or b"href" in given:
        return found[0]
    given = re.sub(rb"\b(cx|cy|r|fx|fy)=\"\s*([\d.]+)%\s*\"", lambda m: b'%s="%g"' % (m[1], float(m[2]) / 100), given)
    added = b"".join(b' %s="0.5"' % name for name in (b"cx", b"cy", b"r") if not re.search(rb"\s%s=" % name, given))
    return b"<radialGradient" + added + given + b">"


def lacking(document: Any) -> list[Diagnostic]:
    """What a laid-out and drawn document shows in another way than its article has it: drawings, and characters that the fonts lack."""
    return [*document.found, *faces.lacking(document)]


def write(document: Any, finisher: Any, version: str = "1.7", dpi: int = DPI) -> bytes:
    """The bytes of a laid-out document; ``finisher(document, pdf)`` is called with the PDF's objects before they are written."""
    def finish(drawn: Any, pdf: Any) -> None:
        _enlarge_patterns(pdf)
        if finisher:
            finisher(drawn, pdf)

    with _faults():
        data: bytes = document.write_pdf(finisher=finish, pdf_version=version, **OPTIONS, dpi=dpi)
        return data


def _enlarge_patterns(pdf: Any) -> None:
    """Let patterns count in thousandths: WeasyPrint draws gradients in a cell of one by one, which poppler takes for empty."""
    import pydyf

    for item in pdf.objects:
        extra = getattr(item, "extra", None)
        if extra and extra.get("PatternType") == 1:
            extra["BBox"] = pydyf.Array(number * 1000 for number in extra["BBox"])
            extra["XStep"], extra["YStep"] = extra["XStep"] * 1000, extra["YStep"] * 1000
            extra["Matrix"] = pydyf.Array([*(number / 1000 for number in extra["Matrix"][:4]), *extra["Matrix"][4:]])
            item.stream.insert(0, b"1000 0 0 1000 0 0 cm")


def stills(resources: Resources) -> list[Diagnostic]:
    """A finding for each picture that would move if it could."""
    return [diagnostic("picture-still", f"the picture {_name(url)} moves; its first frame stands on the page")
            for url, (_, media_type) in resources.items() if media_type == "image/gif"]


def spilled(document: Any) -> bool:
    """Whether notes stand off their page: the engine breaks none over pages, so that long or dense ones run out at the top."""
    from weasyprint.formatting_structure.boxes import FootnoteAreaBox

    return any(isinstance(part, FootnoteAreaBox) and part.children and part.position_y < page._page_box.content_box_y() - 1
               for page in document.pages for part in page._page_box.children)


@contextmanager
def _faults() -> Iterator[None]:
    """Any fault of the layout engine as an error of this output, not of the run."""
    try:
        yield
    except PubkitError:
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
    """A fetcher that serves what was resolved, and nothing else from outside."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 (WeasyPrint's own signature)
            if url.startswith("data:image/"):  # a picture within an SVG, which came through the same gate
                return super().fetch(url)
            if url not in resources:
                raise ValueError(f"not served: {url[:80]}")
            data, media_type = resources[url]
            return URLFetcherResponse(url, data, {"Content-Type": media_type})

    return OnlyOurs(allowed_protocols=("pubkit", "data"), allow_redirects=False)


def _style_sheet(weasyprint: Any, theme: Theme) -> Any:
    """The parsed sheet of a theme, kept per thread: parsing costs more than a short article."""
    text = css.sheet("print", theme, "pt")
    return _once("sheets", text, lambda: weasyprint.CSS(string=text, url_fetcher=_fetcher({})))


def _once(kind: str, key: str, make: Callable[[], Any]) -> Any:
    """What was made before for this key in this thread, or what is made now; a handful is kept of each kind."""
    kept: dict[str, Any] = _kept.__dict__.setdefault(kind, {})
    if key not in kept:
        if len(kept) >= 8:
            kept.clear()
        kept[key] = make()
    return kept[key]
