"""Builds an article from Python objects, with no source file at all, and exports it as a PDF, a web page and JSON.

    python an_article_by_hand.py [OUT]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pubkit
from pubkit.model import (
    Article,
    CodeBlock,
    Column,
    Emphasis,
    Heading,
    Link,
    List,
    Math,
    Meta,
    Note,
    Paragraph,
    Person,
    Quote,
    Reference,
    Row,
    Table,
)

FORMATS = ("pdf", "html", "json")


def article() -> Article:
    """Plain strings stand for text, paragraphs, list items and cells; node types are needed only for what is more than that."""
    meta = Meta(
        title="How tides are measured", subtitle=["A gauge, a clock and ", Emphasis("patience")], slug="tides",
        authors=[Person("Ida Marsh", url="https://example.org/ida")], language="en", published=datetime(2024, 5, 31, 9, tzinfo=UTC),
        summary="What a tide gauge does, and why one year is not enough.", tags=["sea", "measurement"])
    return Article(meta, [
        Paragraph(["A tide gauge is a pipe with a float in it", Note("The pipe keeps the waves out and lets the water level in."),
                   ". Results stand in the ", Reference("table", "levels"), "."]),
        Heading(2, "What it shows"),
        List(["high water, twice a day", "low water, between them", "a slow change over years"]),
        Quote("Time and tide wait for no man.", attribution="Proverb"),
        Paragraph(["The moon's part repeats with a period of ", Math(r"12.42\,\mathrm{h}"), ", as ",
                   Link("tables of constituents", "https://example.org/constituents"), " show."]),
        Table([Column(), Column("right")], head=[Row(["Day", "High water (m)"])], body=[Row(["Monday", "4.1"]), Row(["Tuesday", "4.3"])],
              caption="Levels of two days", id="levels"),
        CodeBlock("mean = sum(levels) / len(levels)", language="python"),
    ])


def main(out: Path) -> list[Path]:
    written = []
    for name in FORMATS:
        output = pubkit.export(article(), name)
        for found in output.diagnostics:
            print(found)
        written += output.write(out)
    return written


if __name__ == "__main__":
    for path in main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "out"):
        print(path)
