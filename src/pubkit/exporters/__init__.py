"""The table of formats: a name, what goes in, the module that makes it, and what it is.

A format of another package is found by entry point (group ``pubkit.exporters``): a module with ``WORK`` ("article", "volume" or "feed"),
``Options`` and ``export(work, theme, options) -> Output``. It is loaded only when it is named.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from pubkit.diagnostics import ExportError, OptionError, UnknownFormat
from pubkit.exporters.base import Attachment, File, Output
from pubkit.plugins import offered
from pubkit.theme import Theme

__all__ = ["Attachment", "Exporter", "File", "Format", "Output", "exporter", "formats"]


class Format(Struct, frozen=True):
    """One format: its name, the work that goes in, the files it makes, and what it is in a few words."""

    name: str
    work: Literal["article", "volume", "feed"]
    files: str
    description: str


FORMATS = (
    Format("pdf", "volume", "<slug>.pdf", "PDF/A-3a and PDF/UA-1 at once, with notes at the foot"),
    Format("epub", "volume", "<slug>.epub", "EPUB 3.3 for reading systems"),
    Format("docx", "volume", "<slug>.docx", "Word, formatted by styles alone, with real lists, notes and captions"),
    Format("rss", "feed", "rss.xml", "RSS 2.0 with full content"),
    Format("atom", "feed", "atom.xml", "Atom 1.0 with full content"),
    Format("jsonfeed", "feed", "feed.json", "JSON Feed 1.1 with full content"),
    Format("html", "article", "<slug>.html", "a web page of its own"),
    Format("json", "article", "<slug>.json", "the canonical model"),
)
_WHERE = {
    "pdf": ("pubkit.exporters.pdf", "export"),
    "epub": ("pubkit.exporters.epub", "export"),
    "docx": ("pubkit.exporters.docx", "export"),
    "rss": ("pubkit.exporters.feeds", "export_rss"),
    "atom": ("pubkit.exporters.feeds", "export_atom"),
    "jsonfeed": ("pubkit.exporters.jsonfeed", "export"),
    "html": ("pubkit.exporters.html", "export"),
    "json": ("pubkit.exporters.json", "export"),
}


class Exporter(Struct, frozen=True):
    """A format, loaded: call it with a work, a theme and options. ``check`` raises where options name what cannot be used."""

    format: Format
    function: Callable[[Any, Theme, Any], Output]
    options: type[Struct]
    check: Callable[[Any], None] | None = None

    def __call__(self, work: Any, theme: Theme, options: Mapping[str, Any]) -> Output:
        """The output of a work. Raises `OptionError` for an option that the format does not have, and what the exporter raises."""
        checked = self.checked(options)
        try:
            return self.function(work, theme, checked)
        except ImportError as error:
            raise ExportError(f"{self.format.name} needs {error.name}, which is not installed", hint=f"pip install {error.name}, or leave "
                              f"{self.format.name} out of the formats") from error

    def checked(self, options: Mapping[str, Any]) -> Struct:
        """The options as the exporter's own record. Raises `OptionError`."""
        known = self.options.__struct_fields__
        for name in options:
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                hint = (f"Did you mean {close[0]}? " if close else "") + f"{self.format.name} knows: {', '.join(known) or 'no options'}"
                raise OptionError(f"{self.format.name} has no option {name!r}", hint=hint)
        try:
            given = {name: os.fspath(value) if isinstance(value, os.PathLike) else value for name, value in options.items()}
            return msgspec.convert(given, self.options, strict=False)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `$")
            name = place.strip(".`").partition(".")[0].partition("[")[0]
            hints = get_type_hints(self.options, include_extras=True)
            where = f"{self.format.name}.{name}" if name in hints else self.format.name
            raise OptionError(f"{where}: {message}", hint=_wanted(hints[name]) if name in hints else "") from error


def _wanted(hint: Any) -> str:
    """What an option takes, in words; '' where its type says all."""
    if get_origin(hint) is Literal:
        return f"Values: {', '.join(map(str, get_args(hint)))}"
    if get_origin(hint) is Annotated and (bounds := next((x for x in get_args(hint) if isinstance(x, msgspec.Meta)), None)):
        least, most = bounds.ge, bounds.le
        ends = [f"from {least:g}" if least is not None else "", f"to {most:g}" if most is not None else ""]
        return f"A number {' '.join(filter(None, ends))}"
    return "true or false" if hint is bool else ""


def formats() -> tuple[Format, ...]:
    """Every format that can be made: ours and those of installed packages."""
    ours = {f.name for f in FORMATS}
    return (*FORMATS, *(_foreign(e)[0] for e in offered("exporters") if e.name not in ours))


def _foreign(entry: Any) -> tuple[Format, Any]:
    module = entry.load()
    work: Literal["article", "volume", "feed"] = getattr(module, "WORK", "article")
    files = getattr(module, "FILES", f"<slug>.{entry.name}")
    return Format(entry.name, work, files, (module.__doc__ or entry.value).strip().splitlines()[0]), module


def exporter(name: str) -> Exporter:
    """The exporter of a format, loaded now. Raises `UnknownFormat` with the list of what is known."""
    for known in FORMATS:
        if known.name == name:
            module = import_module(_WHERE[name][0])
            return Exporter(known, getattr(module, _WHERE[name][1]), module.Options, getattr(module, "check", None))
    for entry in offered("exporters"):
        if entry.name == name:
            found, module = _foreign(entry)
            return Exporter(found, module.export, module.Options)
    names = [f.name for f in FORMATS] + [e.name for e in offered("exporters")]
    close = difflib.get_close_matches(name, names, 1)
    raise UnknownFormat(f"there is no format {name!r}", hint=(f"Did you mean {close[0]}? " if close else "") + f"Known: {', '.join(names)}")
