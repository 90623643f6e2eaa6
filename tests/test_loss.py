"""The comparison of an article with its source sees every word that is dropped, doubled or moved, and nothing where nothing is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

import pubkit
from pubkit import model as m
from pubkit.cli import main
from pubkit.diagnostics import diagnostic
from pubkit.loss import check
from pubkit.loss.source import of_markdown, of_text
from pubkit.loss.words import words
from pubkit.readers import Read

ROOT = Path(__file__).parents[1]

SOURCE = """---
title: The tides
author: Ida Marsh
---

The harbour wakes *before* the sun does, and its bell rings twice.

## Morning {#morning}

- First the gulls cry,
- then the **nets** go out,
  1. one by one.

> The sea gives and takes.
>
> — A proverb

| Event | Time |
|-------|------|
| Ebb   | 04:10 |

Table: The turn of the water.

![A pier at dawn](pier.png "The *old* pier")

It is said[^1] that $a^2$ waves make H<sub>2</sub>O, see [the list](https://example.org/list) and `key_code`.

```python
drift = slack + current
```

[^1]: By nobody who would know.
"""


def read(text: str, kind: str = "markdown", **meta: str) -> Read:
    return pubkit.parse(text, kind, name="a", language="en", **meta)


def changed(result: Read, change: Callable[[m.Node], m.Node | None]) -> Read:
    return msgspec.structs.replace(result, article=m.rewrite(result.article, change))


def replaced(old: str, new: str) -> Callable[[m.Node], m.Node]:
    return lambda n: m.Text(n.text.replace(old, new)) if isinstance(n, m.Text) else n


def without(kind: type[m.Node]) -> Callable[[m.Node], m.Node | None]:
    return lambda n: None if isinstance(n, kind) else n


def said(differences: tuple[object, ...]) -> list[tuple[int, str]]:
    return [(d.line, d.words) for d in differences]  # type: ignore[attr-defined]


# --- Nothing is wrong --------------------------------------------------------------------------------------------------------------------

def test_an_article_that_has_all_words_of_its_source() -> None:
    loss = check(read(SOURCE))
    assert loss.ok
    assert (loss.missing, loss.doubled, loss.moved) == ((), (), ())
    assert {c.kind: (c.source, c.article) for c in loss.counts} == {
        "headings": (1, 1), "lists": (2, 2), "tables": (1, 1), "links": (1, 1), "pictures": (1, 1), "notes": (1, 1)}
    assert "nothing is lost" in str(loss)


def test_the_sample_article_and_the_manual_lose_nothing() -> None:
    for path in [ROOT / "article" / "article.md", ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        loss = check(pubkit.read(path))
        assert loss.ok, loss


@pytest.mark.parametrize("text", [
    "# The title\n\nText.\n", "The title\n=========\n\nText.\n", "Some *emph*asis in**side** words, x<sup>2</sup>.\n",
    "<details><summary>More</summary>\n\nHidden words.\n\n</details>\n", "<!-- a remark that is no text -->\n\nText.\n",
    "Text &amp; more, caf&eacute;, ünïcode, 日本語のテキスト, ไทย.\n", "Two  \nlines, then\\\na third.\n",
    "::: note A title\nWords inside.\n:::\n",
    "> [!WARNING]\n> Mind the step.\n", "- [x] Done\n- [ ] Open\n", "Term\n:   What it means.\n", "{% raw %}\n{{ kept }}\n{% endraw %}\n",
    "Inline ^[a note in place] here.\n", "`code with {{ braces }}` and ``a ` tick``.\n", "See <https://example.org/x>.\n",
    "    indented {% code %} stays\n", "$$\ne = mc^2\n$$\n", "1. one\n\n3. three\n",
"![](a.png)\n", "*[HTML]: Hypertext\n\nHTML is old.\n",
])
def test_markup_of_all_kinds_is_not_taken_for_loss(text: str) -> None:
    result = read(text)
    loss = check(result)
    assert loss.ok, f"{loss}\n{result.diagnostics}"


@pytest.mark.parametrize("text", [
    "{{< highlight html >}}\n<b>hi</b>\n{{< /highlight >}}\n", "- x\n\n  {% highlight html %}\n  <b>hi</b>\n  {% endhighlight %}\n",
    "!!! note\n    Words.\n\n    ```python\n    x = 1\n    ```\n",
    '!!! note "A title"\n\n    See [it](https://example.org/x).\n\n    !!! tip\n        ```js\n        <b>\n        ```\n\nEnd.\n',
    '=== "First"\n\n    | a | b |\n    |---|---|\n    | c | d |\n\n=== "Second"\n\n    - one\n',
    "![[a.png|300]]\n", "See ![[a.png]] and ![[b.jpg|An old pier]] and ![[c.webp|Boats|300x200]].\n",
    'The Lake.\n\n{{< figure src="a.png" title="The Lake" alt="Lake" >}}\n\n{{<figure src="b.png" title="The Lake" alt="Lake">}}\n\nLake\n',
    '{% include image.html src="a.png" description="Desc words" %}\n\n{% include image.html src="b.png" description="Other words" %}\n',
    "[a](javascript:a) [b](javascript:a) [c](javascript:c) [d](javascript:c) [e](javascript:e) [f](https://example.org)\n",
    "## The tide {#tide}\n\nSee [](#tide), [this](#tide) and [](#tide).\n", "Words {>>a remark<<} here.\n",
    "| a | b |\n|---|---|\n| c | d | [e](https://example.org/x) *f* &amp; `g` | h |\n", "| a | b |\n|---|---|\n| `c | d` | e |\n",
])
def test_dialects_that_are_read_right_raise_no_alarm(text: str) -> None:
    result = read(text)
    loss = check(result)
    assert loss.ok, f"{loss}\n{result.diagnostics}"
    assert (loss.missing, loss.doubled, loss.moved) == ((), (), ()) or "{>>" in text


def test_an_unknown_tag_that_stays_as_text_is_not_doubled() -> None:
    assert check(read("By the <year> of the tide.\n")).doubled == ()


@pytest.mark.parametrize(("text", "word", "line"), [
    ("{{< highlight html >}}\n<b>tide</b>\n{{< /highlight >}}\n", "tide", 2),
    ("!!! note\n    Words.\n\n    ```python\n    tide = 1\n    ```\n", "tide", 5),
    ("| a | b |\n|---|---|\n| `c | d` | tide |\n", "tide", 3),
    ("> | a | b |\n> |---|---|\n> | c | d | e *tide* |\n", "tide", 3),
    ("## Head {#head}\n\nSee [](#head) and [tide](#head).\n", "tide", 3),
])
def test_a_word_of_a_dialect_that_is_gone(text: str, word: str, line: int) -> None:
    def drop(node: m.Node) -> m.Node:
        if isinstance(node, (m.Text, m.Code, m.CodeBlock)):
            return msgspec.structs.replace(node, text=node.text.replace(word, ""))
        return node
    loss = check(changed(msgspec.structs.replace(read(text), diagnostics=()), drop))
    assert said(loss.missing) == [(line, word)]


def test_the_text_of_a_picture_of_obsidian_that_is_gone() -> None:
    loss = check(changed(read("Words.\n\n![[b.jpg|An old pier]]\n"), without(m.Figure)))
    assert said(loss.missing) == [(3, "An old pier")]
    assert [c.kind for c in loss.counts if c.source != c.article] == ["pictures"]


def test_a_finding_on_another_line_does_not_explain_two_links() -> None:
    result = changed(read("[a](https://example.org/a) [b](https://example.org/b)\n\nMore.\n"),
                     lambda n: m.Span(n.content) if isinstance(n, m.Link) else n)
    for line, ok in ((1, True), (3, False)):
        assert check(msgspec.structs.replace(result, diagnostics=(diagnostic("link-unsafe", "said", "a", line),))).ok is ok


def test_json_has_nothing_to_compare() -> None:
    article = m.Article(m.Meta(title="T", language="en"), "Words.")
    loss = check(pubkit.parse(m.encode(article).decode(), "json"))
    assert (loss.compared, loss.ok) == (False, True)
    assert "nothing to compare" in str(loss)


def test_an_article_without_provenance_is_refused() -> None:
    with pytest.raises(ValueError, match="provenance"):
        check(Read(m.Article(m.Meta())))


# --- Something is wrong ------------------------------------------------------------------------------------------------------------------

def test_a_word_that_was_dropped_is_named_with_its_line() -> None:
    loss = check(changed(read(SOURCE), replaced(" bell", "")))
    assert said(loss.missing) == [(6, "bell")]
    assert not loss.ok
    assert "missing: line 6: bell" in str(loss)
    assert "without a diagnostic: 1 word" in str(loss)


def test_every_word_of_the_text_is_missed_when_it_is_gone() -> None:
    """One word after another is taken out of the article, wherever it stands."""
    result = read(SOURCE)
    texts = {n.text for n in m.walk(result.article.content) if isinstance(n, (m.Text, m.Code, m.CodeBlock))}
    seen = 0
    for text in texts:
        for found in re.finditer(r"\w{2,}", text):
            def drop(node: m.Node, text: str = text, start: int = found.start(), end: int = found.end()) -> m.Node:
                if isinstance(node, (m.Text, m.Code, m.CodeBlock)) and node.text == text:
                    return msgspec.structs.replace(node, text=text[:start] + text[end:])
                return node
            loss = check(changed(result, drop))
            assert not loss.ok, found[0]
            assert sum(d.count for d in loss.missing) >= 1, found[0]
            seen += 1
    assert seen > 50


def test_a_word_that_was_doubled() -> None:
    loss = check(changed(read(SOURCE), replaced("bell", "bell bell")))
    assert said(loss.doubled) == [(6, "bell")]
    assert (loss.missing, loss.moved, loss.ok) == ((), (), False)


def test_a_paragraph_that_stands_twice() -> None:
    result = read(SOURCE)
    article = msgspec.structs.replace(result.article, content=(*result.article.content, result.article.content[0]))
    loss = check(msgspec.structs.replace(result, article=article))
    assert sum(d.count for d in loss.doubled) == 12
    assert not loss.ok


def test_words_that_moved() -> None:
    result = read("The first paragraph has its own words.\n\nAnother one follows it.\n\nNow comes the third of them here.\n")
    article = msgspec.structs.replace(result.article, content=result.article.content[::-1])
    loss = check(msgspec.structs.replace(result, article=article))
    assert loss.moved
    assert (loss.missing, loss.doubled, loss.ok) == ((), (), False)


def test_words_that_ran_together() -> None:
    loss = check(changed(read(SOURCE), replaced("sun does", "sundoes")))
    assert said(loss.missing) == [(6, "sun does")]
    assert said(loss.doubled) == [(6, "sundoes")]


@pytest.mark.parametrize(("kind", "name"), [(m.Heading, "headings"), (m.List, "lists"), (m.Table, "tables"), (m.Link, "links"),
                                            (m.Image, "pictures"), (m.Note, "notes")])
def test_structure_that_is_gone(kind: type[m.Node], name: str) -> None:
    loss = check(changed(read(SOURCE), without(kind) if kind is not m.Image else without(m.Figure)))
    count = next(c for c in loss.counts if c.kind == name)
    assert count.source > count.article
    assert not count.code
    assert count.where
    assert not loss.ok
    assert f"{name}: {count.source} in the source, {count.article} in the article" in str(loss)


def test_a_link_that_kept_its_words_alone() -> None:
    loss = check(changed(read(SOURCE), lambda n: m.Span(n.content) if isinstance(n, m.Link) else n))
    assert not loss.missing
    assert [c.kind for c in loss.counts if c.source != c.article] == ["links"]
    assert not loss.ok


def test_a_caption_and_an_alternative_text_that_are_gone() -> None:
    bare = check(changed(read(SOURCE), lambda n: m.Figure(n.pictures, line=n.line) if isinstance(n, m.Figure) else n))
    assert said(bare.missing) == [(24, "The old pier")]
    blind = check(changed(read(SOURCE), lambda n: m.Image(n.src) if isinstance(n, m.Image) else n))
    assert said(blind.missing) == [(24, "A pier at dawn")]


def test_a_title_that_is_gone() -> None:
    result = read("# Tides and time\n\nText.\n")
    article = msgspec.structs.replace(result.article, meta=msgspec.structs.replace(result.article.meta, title=(m.Text("Another"),)))
    loss = check(msgspec.structs.replace(result, article=article))
    assert said(loss.missing) == [(1, "Tides and time")]


def test_a_text_argument_of_a_command_that_is_gone() -> None:
    text = 'Words.\n\n{{< figure src="a.png" caption="The pier in winter" >}}\n'
    assert check(read(text)).ok
    loss = check(changed(read(text), without(m.Figure)))
    assert said(loss.missing) == [(3, "The pier in winter")]
    assert loss.aside


def test_a_cell_beyond_the_head_of_a_table_that_is_gone() -> None:
    text = "| a | b |\n|---|---|\n| one | two | three |\n"
    assert check(read(text)).ok
    loss = check(changed(msgspec.structs.replace(read(text), diagnostics=()), replaced("three", "")))
    assert said(loss.missing) == [(3, "three")]


def test_the_title_of_code_that_is_gone() -> None:
    text = '```python title="hello tide"\nx = 1\n```\n'
    assert check(read(text)).ok
    assert said(check(changed(read(text), replaced("hello tide", ""))).missing) == [(1, "hello tide")]


# --- What a diagnostic explains ----------------------------------------------------------------------------------------------------------

def test_a_finding_in_the_same_block_explains_what_is_gone() -> None:
    result = changed(read(SOURCE), replaced(" bell", ""))

    def with_finding(code: str, line: int) -> Read:
        return msgspec.structs.replace(result, diagnostics=(diagnostic(code, "said", "a", line),))
    assert check(with_finding("html-dropped", 6)).ok
    assert check(with_finding("html-dropped", 6)).missing[0].code == "html-dropped"
    assert not check(with_finding("html-dropped", 8)).ok     # another block
    assert not check(with_finding("image-missing", 6)).ok    # says nothing of words
    assert not check(with_finding("markup-unread", 6)).ok    # says that words stay


def test_findings_explain_structure_by_their_number() -> None:
    result = changed(read(SOURCE), lambda n: m.Span(n.content) if isinstance(n, m.Link) else n)
    explained = msgspec.structs.replace(result, diagnostics=(diagnostic("link-unsafe", "said", "a", 24),))
    assert check(explained).ok
    assert next(c.code for c in check(explained).counts if c.kind == "links") == "link-unsafe"


def test_a_script_is_left_out_with_a_word() -> None:
    result = read("Before.\n\n<object>gone words</object>\n\n<svg><text>drawn words</text></svg>\n\nAfter.\n")
    loss = check(result)
    assert loss.ok
    assert {d.code for d in loss.missing} <= {"html-dropped"}


# --- Plain text --------------------------------------------------------------------------------------------------------------------------

LETTER = """THE HARBOUR AT DAWN

By Ida Marsh

The harbour wakes before the sun does, and its bell rings twice for those
who have to be at sea by then.

What they take with them:

1. bread
2. water
3. a lamp

o one thing
o another thing

Nobody asks why.
"""


def test_a_plain_text_with_title_byline_and_lists() -> None:
    loss = check(read(LETTER, "text"))
    assert loss.ok, loss
    assert loss.counts == ()


def test_hint_lines_are_no_words_of_the_text() -> None:
    assert check(read("A title\n\n%% code\nx = 1\n%% end\n\nA paragraph of some length, with a stop.\n", "text")).ok


def test_a_word_of_a_plain_text_that_is_gone() -> None:
    loss = check(changed(read(LETTER, "text"), replaced(" lamp", "")))
    assert said(loss.missing) == [(12, "lamp")]


def test_an_author_of_a_plain_text_who_is_gone() -> None:
    result = read(LETTER, "text")
    article = msgspec.structs.replace(result.article, meta=msgspec.structs.replace(result.article.meta, authors=()))
    assert "Marsh" in str(check(msgspec.structs.replace(result, article=article)).missing)


# --- Words and sources -------------------------------------------------------------------------------------------------------------------

def test_what_a_word_is() -> None:
    assert words("Don’t—stop, 3.5 €! e\u0301t\u00e9 snake_case") == ["Don", "t", "stop", "3", "5", "€", "été", "snake", "case"]
    assert words("日本語 text ไทย") == [*"日本語", "text", *"ไทย"]
    assert words("→ “…” – ¶") == ["→"]


def test_lines_of_words() -> None:
    source = of_markdown("---\ntitle: x\n---\n\nOne two\nthree `four\nfive` six.\n\n```\nseven\neight\n```\n\n<div>\nnine\n</div>\n")
    assert [(w.text, w.line) for w in source.body] == [
        ("One", 5), ("two", 5), ("three", 6), ("four", 6), ("five", 6), ("six", 6), ("seven", 10), ("eight", 11), ("nine", 15)]
    assert [(w.text, w.line) for w in of_text("a\n\nb c\n").body] == [("a", 1), ("b", 3), ("c", 3)]


@pytest.mark.parametrize("piece", ["{{", "{% ", "{#a ", "`a ``b ", "<!--", "<a ", 'title="', ":a", "[^1] ", "> ", "*a ", "|x\\|",
                                   "{>>a ", "!!! a\n", "{% code %}\n", "|a|b|\n|-|-|\n|c|d|e|f\n"])
def test_hostile_repetition_takes_no_long_time(piece: str) -> None:
    of_markdown(("![[a.png" if piece == "|x\\|" else "") + piece * (60_000 // len(piece)))


# --- The command line --------------------------------------------------------------------------------------------------------------------

def test_inspect_loss_prints_the_comparison(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(SOURCE, encoding="utf-8")
    shown = CliRunner().invoke(main, ["inspect", "--loss", str(path)])
    assert shown.exit_code == 0
    assert "nothing is lost without a word" in shown.stdout
    report = CliRunner().invoke(main, ["inspect", "--loss", "--json", str(path)])
    assert msgspec.json.decode(report.stdout)["missing"] == []
    piped = CliRunner().invoke(main, ["inspect", "--loss", "-"], input=SOURCE)
    assert piped.exit_code == 0


def test_inspect_loss_fails_where_something_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_text(SOURCE, encoding="utf-8")
    whole = pubkit.read
    monkeypatch.setattr(pubkit, "read", lambda *a, **k: changed(whole(*a, **k), replaced(" bell", "")))
    shown = CliRunner().invoke(main, ["inspect", "--loss", str(path)])
    assert shown.exit_code == 1
    assert "missing: line 6: bell" in shown.stdout
