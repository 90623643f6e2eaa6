"""Reads one article from a file and exports it; prints what pubkit noticed on the way.

    python from_a_file.py [OUT] [FILE]

FILE is the sample article of the checkout unless another is given.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pubkit

SAMPLE = Path(__file__).resolve().parents[1] / "article" / "article.md"


def main(out: Path, file: Path = SAMPLE) -> list[Path]:
    read = pubkit.read(file)
    for found in read.diagnostics:
        print(found)
    print(f"{read.article.meta.title_text} ({read.article.meta.language}), {len(read.article.content)} blocks, "
          f"{len(read.article.assets)} pictures")
    written = []
    for name in ("epub", "docx"):
        written += pubkit.export(read.article, name).write(out)
    return written


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:3]]
    for path in main(given[0] if given else Path(tempfile.gettempdir()) / "out", *given[1:]):
        print(path)
