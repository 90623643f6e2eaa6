"""Plain text for a terminal: title, authors and text, wrapped at a width that is an option

    python a_format_of_ones_own.py [OUT]

An exporter is a module with `Options` and `export(work, theme, options) -> Output`; the first line above is its description. A package
that holds it makes it known with two lines in its pyproject.toml, and from then on `-f plain` works like any other format:

    [project.entry-points."pubkit.exporters"]
    plain = "a_format_of_ones_own"
"""

from __future__ import annotations

import sys
import tempfile
import textwrap
from pathlib import Path

from msgspec import Struct

import pubkit
from pubkit import File, Output
from pubkit.model import Article, plain_text
from pubkit.theme import Theme

WORK = "article"          # what `export` takes: "article", "volume" or "feed"
FILES = "<slug>.txt"      # what `pubkit formats` shows


class Options(Struct, frozen=True):
    width: int = 72


def export(work: Article, theme: Theme, options: Options = Options()) -> Output:  # noqa: ARG001, B008 (a text has no theme; frozen)
    paragraphs = [work.meta.title_text, ", ".join(person.name for person in work.meta.authors)]
    paragraphs += [part for block in work.content for part in plain_text(block).split("\n")]
    text = "\n\n".join(textwrap.fill(part, options.width) for part in paragraphs if part.strip())
    return Output((File(f"{work.meta.slug}.txt", "text/plain", text.encode() + b"\n"),))


def main(out: Path) -> list[Path]:
    """Without an installed package the function can be called as it is."""
    from pubkit import theme

    read = pubkit.parse("# Rain\n\nIt rained for a week,[^1] and then it stopped.\n\n[^1]: Eight days, in fact.\n")
    return export(read.article, theme.load("journal"), Options(width=40)).write(out)


if __name__ == "__main__":
    for path in main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "out"):
        print(path)
