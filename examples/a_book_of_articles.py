"""Binds articles into one EPUB that can be read again, and says what it claims of its accessibility.

    python a_book_of_articles.py [OUT] [ARTICLE ...]

Without articles, three short ones in two languages are bound.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pubkit

TEXTS = {
    "first-light": "---\ntitle: First light\nlanguage: en\nauthor: Ada Keeper\ndate: 2024-05-30\nurl: https://example.org/first-light/\n---\n"
                   "The lamp was lit again on Thursday.[^1]\n\n## What it burns\n\nOil, as before.\n\n[^1]: After eleven years.\n",
    "second-watch": "---\ntitle: Second watch\nlanguage: en\nauthor: Bo Fisher\ndate: 2024-05-31\nurl: https://example.org/second-watch/\n---\n"
                    "It burned until six, on what [the first note](https://example.org/first-light/#what-it-burns) names.\n",
    "dritte-wache": "---\ntitle: Dritte Wache\nlanguage: de\nauthor: Cora Amsel\ndate: 2024-06-01\nurl: https://example.org/dritte-wache/\n---\n"
                    "Danach kam der Nebel, und niemand sah das Licht.\n",
}


def main(out: Path, files: list[Path] | None = None) -> Path:
    reads = [pubkit.read(file) for file in files] if files else [pubkit.parse(text, slug=slug) for slug, text in TEXTS.items()]
    about = pubkit.Meta(title="The lighthouse", subtitle="Notes of one summer", slug="the-lighthouse", language="en")
    volume = pubkit.Volume(about, tuple(read.article for read in reads))
    book = pubkit.export(volume, "epub", source=True, contents_depth=2)
    for found in book.diagnostics:
        print(found)
    print("claims:", "; ".join(book.claims))
    (path,) = book.write(out)
    again = pubkit.read_volume(path)
    same = sum(article == read.article for article, read in zip(again.chapters, reads, strict=True))
    print(f"{len(again.chapters)} articles read back, {same} as they were")
    return path


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    print(main(given[0] if given else Path(tempfile.gettempdir()) / "out", given[1:]))
