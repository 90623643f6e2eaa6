"""Every example of CommonMark goes through model and XHTML; what differs is in docs/commonmark.md, and nothing else."""

from __future__ import annotations

import json
import re

import markup
import pytest
import tools

import pubkit

SPECS = tools.ROOT / ".tools" / "specs"
EXAMPLE = re.compile(r"^\.\n(.*?)^\.\n(.*?)^\.$", re.DOTALL | re.MULTILINE)


def documented() -> set[int]:
    text = (tools.ROOT / "docs" / "commonmark.md").read_text("utf-8")
    cells = re.findall(r"^\| .*\| ([\d, –]+) \|$", text, re.MULTILINE)
    out: set[int] = set()
    for part in ",".join(cells).replace(" ", "").split(","):
        first, _, last = part.partition("–")
        out |= set(range(int(first), int(last or first) + 1))
    return out


def test_only_the_documented_examples_of_commonmark_differ() -> None:
    examples = json.loads(tools.file_in(SPECS / "commonmark.json", "the CommonMark specification").read_text("utf-8"))
    assert len(examples) == 652
    differ = {e["example"] for e in examples if markup.ours(e["markdown"]) != markup.expected(e["html"])}
    assert differ == documented()


@pytest.mark.parametrize("name", ["tables", "tasklists", "strikethrough"])
def test_github_s_examples_come_out_as_they_should(name: str) -> None:
    text = tools.file_in(SPECS / f"{name}.md", "the examples of markdown-it").read_text("utf-8")
    examples = EXAMPLE.findall(text)
    assert len(examples) > 10
    differ = [source for source, html in examples if markup.ours(source) != markup.expected(html) and 'href=""' not in html]
    # A link without an address is no link here; and where a row has more cells than the head, they are kept.
    assert [source for source in differ if not any(d.code == "table-ragged" for d in pubkit.parse(source).diagnostics)] == []
