"""One article in, every form it is published in out: PDF, EPUB, DOCX, RSS, Atom, HTML and JSON.

    read = pubkit.read("article.md")
    pubkit.export(read.article, "pdf").write("out/")
    pubkit.build(["articles/"], "out/", formats=["pdf", "epub"])
"""

from __future__ import annotations

import logging

from pubkit.api import export, feed, feed_entry, parse, read, read_bytes, read_volume
from pubkit.build import Report, build
from pubkit.diagnostics import (
    AssetError,
    Diagnostic,
    ExportError,
    LimitError,
    Location,
    MetadataError,
    OptionError,
    PreserveError,
    PubkitError,
    ReadError,
    ThemeError,
    UnknownFormat,
    UsageError,
)
from pubkit.exporters.base import Attachment, File, Output
from pubkit.model import Article, Entry, Feed, Meta, Volume
from pubkit.normalize import Limits, normalize
from pubkit.publication import Publication
from pubkit.readers.base import Guess, Provenance, Read

__version__ = "0.1.0"

__all__ = [
    "Article",
    "AssetError",
    "Attachment",
    "Diagnostic",
    "Entry",
    "ExportError",
    "Feed",
    "File",
    "Guess",
    "LimitError",
    "Limits",
    "Location",
    "Meta",
    "MetadataError",
    "OptionError",
    "Output",
    "PreserveError",
    "Provenance",
    "PubkitError",
    "Publication",
    "Read",
    "ReadError",
    "Report",
    "ThemeError",
    "UnknownFormat",
    "UsageError",
    "Volume",
    "build",
    "export",
    "feed",
    "feed_entry",
    "normalize",
    "parse",
    "read",
    "read_bytes",
    "read_volume",
]

logging.getLogger("pubkit").addHandler(logging.NullHandler())
