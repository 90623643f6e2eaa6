"""Times reading: a long Markdown text goes in; its time beside markdown-it's own, and how it grows with length, come out.

    python benchmarks/reading.py [-n RUNS] [--size KB] [--hostile] [--profile]

The text is built from the sample article and generated paragraphs, in which every common construct stands in the share that articles have
it. ``read`` is the whole of `pubkit.parse`; ``reader`` is the Markdown reader alone, before articles are checked and completed. Beside
them stands markdown-it rendering the same text to HTML with the plugins that the reader uses, and pandoc writing its own JSON where
``pypandoc`` is installed. ``--hostile`` reads texts that repeat one piece of markup, once and twice as long: a factor near 2 is linear.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import time

from formats import ARTICLE, Run, clock, pandoc, source, timed

import pubkit
from pubkit.readers import parser as reader_of

SENTENCES = (
    "The harbour wakes before the sun does, and its *bell* rings twice for those who have to be at sea by then.",
    "Nobody asks why the **second** stroke is the louder one; the keeper says it is [the wind](https://example.org/wind).",
    "A tide of three metres and a half takes six hours to turn, and `slack` water lasts for the time of a pipe.",
    "What the almanac calls neap is, in the words of the town, a lazy sea that will not carry anything home.",
)


def section(number: int) -> str:
    """One section of an article of which no two are alike."""
    words = [s.replace("the", f"the {number}th", 1) for s in SENTENCES]
    parts = [f"## Part {number} of the day", " ".join(words), "\n".join(words[1:3]),
             f"- the first of {number}\n- the *second* thing\n  - with one below\n- a third, [linked](https://example.org/{number})",
             words[2] + f"[^n{number}] " + words[3]]
    if number % 3 == 0:
        parts += [f"> {words[0]}\n>\n> {words[1]}", f"1. one of {number}\n2. two of it\n3. three of it"]
    if number % 5 == 0:
        rows = (f"| {h}:00 | {h * number} cm | *west* |" for h in range(1, 9))
        parts += ["\n".join(["| Hour | Water | Wind |", "|------|------:|------|", *rows])]
    if number % 7 == 0:
        parts += ["```python\ndef drift(slack, current):\n    return slack + current * 2\n```", "The sum is $a^2 + b_n$, no more."]
    return "\n\n".join([*parts, f"[^n{number}]: As the harbour book of the year {1800 + number % 200} has it."])


def text_of(size: int) -> str:
    """About so many bytes of Markdown: the body of the sample article, then sections."""
    article = ARTICLE.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    parts, length, number = [article], len(article), 0
    while length < size:
        number += 1
        parts.append(section(number))
        length += len(parts[-1])
    return "\n\n".join(parts)


def rendering(text: str) -> Run:
    """markdown-it rendering to HTML with tables, strikethrough, notes, definition lists and formulas."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    md = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin).use(deflist_plugin).use(dollarmath_plugin)
    return lambda: md.render(text)


HOSTILE = (
    "*a ", "**a", "_a_", "`a ", "[", "[a](", "![a](", "[^1]", "^[", "> ", "- ", "1. ", "<a ", "<b>", "<!--", "&amp", "$a ", "$$", ":::",
    "::: note\n", "{#a ", "{{", "{% ", "{{< a", "|a", "| a | b |\n|---|---|\n", "a\n: b\n\n", "\\", "~~a", "==a", "[a]: /b\n",
    "[^a]: b\n\n", "# a\n", "***", "---\n", "\t", "é", "<div>\n\n", "</div>", ":a:", "https://a.b/", "a@b.c ", "'a \"b ", "[a][b]",
    "*[A]: b\n\n", "!!! a\n", "&#", "<a href='",
)


def hostile(size: int) -> None:
    """Reads each piece of markup repeated, at a size and at twice that."""
    print(f"\n{'piece':<28}{f'{size // 1000} kB':>10}{f'{2 * size // 1000} kB':>10}{'factor':>9}")
    for piece in HOSTILE:
        seconds = []
        refused = ""
        for length in (size, 2 * size):
            start = time.process_time()
            try:
                pubkit.parse(piece * (length // len(piece)), title="Hostile")
            except pubkit.PubkitError as error:
                refused = f"   {error.message}"
            seconds.append(time.process_time() - start)
        factor = seconds[1] / max(seconds[0], 1e-6)
        print(f"{piece!r:<28}{seconds[0]:>8.2f} s{seconds[1]:>8.2f} s{factor:>9.1f}{refused}", flush=True)


def profiled(text: str) -> None:
    """Prints where the time of reading goes."""
    profile = cProfile.Profile()
    profile.runcall(pubkit.parse, text, title="Profiled")
    pstats.Stats(profile, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(25)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", "--runs", type=int, default=3, help="runs to take the median of (3)")
    parser.add_argument("--size", type=int, default=1000, metavar="KB", help="length of the text in kilobytes (1000)")
    parser.add_argument("--hostile", action="store_true", help="read texts that repeat one piece of markup")
    parser.add_argument("--profile", action="store_true", help="show where the time goes, and nothing else")
    given = parser.parse_args()
    text = text_of(given.size * 1000)
    if given.profile:
        profiled(text)
        return
    markdown = reader_of("markdown")
    jobs: dict[str, Run] = {"markdown-it": rendering(text), "reader": lambda: markdown(text, ""),
                            "read": lambda: pubkit.parse(text, title="Long")}
    timed(list(jobs.values()), 1)
    times = dict(zip(jobs, timed(list(jobs.values()), given.runs), strict=True))
    with source(text) as file:
        if other := pandoc(file, "json"):
            times["pandoc -t json"] = clock(other, given.runs)
    print(f"{len(text.encode()) / 1000:,.0f} kB of Markdown")
    print(f"{'':<16}{'seconds':>9}{'ratio':>8}")
    for name, taken in times.items():
        print(f"{name:<16}{taken / 1000:>9.2f}{taken / times['markdown-it']:>8.2f}", flush=True)
    if given.hostile:
        hostile(50_000)


if __name__ == "__main__":
    main()
