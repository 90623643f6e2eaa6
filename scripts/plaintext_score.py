"""How well the plain-text reader tells blocks apart: precision and recall per kind over a folder of labelled texts.

    python scripts/plaintext_score.py [-v] [FOLDER]

Each ``NAME.txt`` with a ``NAME.labels`` beside it counts. A label is a line ``LINE KIND``: a human reader says that a block of this kind
begins on this line; headings and items have their level after the kind. The kinds are those of `KINDS` below.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pubkit.model import Block, CodeBlock, Heading, List, Paragraph, Quote, Rule, Table, Verse
from pubkit.readers.base import Read
from pubkit.readers.plaintext import parse

CASES = Path(__file__).parents[1] / "tests" / "cases" / "plaintext"
KINDS = ("title", "deck", "byline", "dateline", "heading", "heading level", "sub-heading", "paragraph", "list", "item", "quote", "verse",
         "code", "table", "rule", "dropped")
_BLOCKS: dict[type[Block], str] = {Paragraph: "paragraph", Heading: "heading", List: "list", Quote: "quote", Verse: "verse",
                                   CodeBlock: "code", Table: "table", Rule: "rule"}
_HEAD = ("title", "deck", "byline", "dateline", "dropped")


class Mark(NamedTuple):
    """A block that begins on a line, as labelled or as found. Only what has the same line, kind and level is alike."""

    line: int
    kind: str
    level: int = 0


class Score(NamedTuple):
    """Of one kind: how many were labelled, how many were found, and how many of these are right."""

    labelled: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what was labelled that was found; 1 where nothing was labelled."""
        return self.right / self.labelled if self.labelled else 1.0


def labels(path: Path) -> set[Mark]:
    """The labels of a text.

    Args:
        path: the ``.labels`` file.

    Raises:
        ValueError: a line is no label.
    """
    out: set[Mark] = set()
    for no, row in enumerate(path.read_text("utf-8").splitlines(), 1):
        parts = row.split("#")[0].split()
        if not parts:
            continue
        if len(parts) not in (2, 3) or parts[1] not in KINDS or not all(p.isdigit() for p in (parts[0], *parts[2:])):
            raise ValueError(f"{path}:{no}: not a label: {row}")
        out |= set(_with_level(int(parts[0]), parts[1], int(parts[2]) if len(parts) > 2 else 0))
    return out


def marks(read: Read) -> set[Mark]:
    """What the reader found, in the terms of the labels."""
    out = {Mark(g.line, g.kind) for g in read.guesses if g.kind in _HEAD}
    said = {(g.line, g.kind) for g in read.guesses}
    for block in read.article.content:
        kind = _BLOCKS[type(block)]
        if (block.line, "sub-heading") in said and kind == "heading":
            out.add(Mark(block.line, "sub-heading"))
        elif kind == "code" and (block.line, "table") in said:
            out.add(Mark(block.line, "table"))
        elif kind != "paragraph" or (block.line, "dateline") not in said or (block.line, "paragraph") in said:
            out |= set(_with_level(block.line, kind, block.level if isinstance(block, Heading) else 0))
        if isinstance(block, List):
            out |= set(_items(block, 1))
    return out


def _with_level(line: int, kind: str, level: int) -> Iterator[Mark]:
    if kind == "heading":
        yield Mark(line, kind)
        yield Mark(line, "heading level", level)
    else:
        yield Mark(line, kind, level)


def _items(block: List, depth: int) -> Iterator[Mark]:
    for item in block.items:
        yield Mark(item.line, "item", depth)
        for inner in item.content:
            if isinstance(inner, List):
                yield from _items(inner, depth + 1)


def scores(pairs: Iterable[tuple[set[Mark], set[Mark]]]) -> dict[str, Score]:
    """The score of each kind, and of all together under ``all``, from pairs of what was labelled and what was found."""
    labelled: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for wanted, got in pairs:
        for counts, some in ((labelled, wanted), (found, got), (right, wanted & got)):
            counts.update(m.kind for m in some)
    out = {k: Score(labelled[k], found[k], right[k]) for k in KINDS}
    return {**out, "all": Score(sum(labelled.values()), sum(found.values()), sum(right.values()))}


def table(made: dict[str, Score], texts: int) -> str:
    """The scores as the Markdown table of the manual."""
    rows = [f"| kind | precision | recall | of {texts} texts |", "|---|---:|---:|---:|"]
    rows += [f"| {kind} | {s.precision:.3f} | {s.recall:.3f} | {s.labelled} |" for kind, s in made.items() if s.labelled or s.found]
    return "\n".join(rows)


def measure(folder: Path) -> dict[Path, tuple[set[Mark], set[Mark]]]:
    """What was labelled and what was found, for each labelled text of a folder."""
    texts = sorted(p for p in folder.glob("*.txt") if p.with_suffix(".labels").exists())
    return {p: (labels(p.with_suffix(".labels")), marks(parse(p.read_text("utf-8"), p.name))) for p in texts}


def _differences(found: dict[Path, tuple[set[Mark], set[Mark]]]) -> Iterator[str]:
    for path, (wanted, got) in found.items():
        for mark in sorted(wanted ^ got):
            what = "missed" if mark in wanted else "not so"
            yield f"{path}:{mark.line}: {what}: {mark.kind}{f' {mark.level}' if mark.level else ''}"


def main() -> int:
    """The command line; 1 where a folder has no labelled text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=CASES)
    parser.add_argument("-v", "--verbose", action="store_true", help="show every miss, with its file and line")
    given = parser.parse_args()
    found = measure(given.folder)
    if not found:
        print(f"no .txt with .labels in {given.folder}", file=sys.stderr)
        return 1
    if given.verbose:
        print(*_differences(found), "", sep="\n")
    print(table(scores(found.values()), len(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
