"""Builds every article of a folder as a web page, and one feed of them all in RSS and Atom.

    python a_feed_from_a_folder.py [OUT] [FOLDER]

Without a folder, two short articles are written first, so that there is something to build.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pubkit

ARTICLES = {
    "2024-05-30-first-light.md": "# First light\n\nThe lamp was lit again on Thursday. See [the second note](second-watch.html).\n",
    "2024-05-31-second-watch.md": "# Second watch\n\nIt burned until six.\n",
}


def some_articles(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def main(out: Path, folder: Path | None = None) -> list[Path]:
    folder = folder or some_articles(out / "articles")
    about = pubkit.Publication(title="The lighthouse", url="https://example.org/", language="en", author="The keeper")
    report = pubkit.build([folder], out / "site", ["html", "rss", "atom"], publication=about)
    for found in report.diagnostics:
        print(found)
    for error in report.errors:
        print(error)
    return [Path(file) for file in report.files]


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:3]]
    for path in main(given[0] if given else Path(tempfile.gettempdir()) / "out", *given[1:]):
        print(path)
