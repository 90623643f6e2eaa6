"""Outputs of the article with every node, member by member; ``PUBKIT_ACCEPT=1`` writes them anew.

Pictures and fonts are left out: their bytes are those of other libraries' versions. PDF is: it changes with every version of Pango.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import pubkit
from pubkit import model as m
from pubkit.zipfiles import unpack
from samples import PICTURES, every_node

GOLDEN = Path(__file__).parent / "golden"
TEXT = (".xml", ".rels", ".xhtml", ".opf", ".ncx", ".css", ".html", ".json", "mimetype")
OPTIONS = {"epub": {"fonts": "none"}, "html": {"fonts": "none"}}


def members(format_: str) -> Iterator[tuple[str, bytes]]:
    article = pubkit.parse(m.encode(every_node()).decode(), "json", pictures=PICTURES).article
    tests = pubkit.Publication(title="Tests", url="https://example.org/")
    output = pubkit.export(article, format_, publication=tests, **OPTIONS.get(format_, {}))
    for file in output.files:
        inside = unpack(file.data) if format_ in ("epub", "docx") else {file.name: file.data}
        yield from ((name, data) for name, data in inside.items() if name.endswith(TEXT))


@pytest.mark.parametrize("format_", ["epub", "docx", "html", "rss", "atom", "json"])
def test_outputs_are_those_that_were_accepted(format_: str) -> None:
    folder = GOLDEN / format_
    made = dict(members(format_))
    if os.environ.get("PUBKIT_ACCEPT"):
        for name, data in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    accepted = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert sorted(made) == sorted(accepted), "members came or went; PUBKIT_ACCEPT=1 accepts them"
    for name, data in made.items():
        assert data.decode() == accepted[name].decode(), f"{name} has changed; PUBKIT_ACCEPT=1 accepts it"
