"""Times the feeds of a publication beside bare feedgen: entries go in, a table of milliseconds and ratios comes out.

    python benchmarks/feeds.py [-n RUNS] [time|growth|again|memory ...]

time: one feed of 10,000 entries of 1 kB as RSS, Atom and JSON Feed, beside feedgen writing the same entries with nothing of their own; then
the whole system of feeds of such a publication (archives by month, feeds by 30 tags, 5 authors and 3 languages, in three formats).
growth: twice as many entries, by half as many: a factor near 2 says that time grows as the number does.
again: a publication of 300 articles built, built again with nothing changed, and with one word changed: seconds, and files written.
memory: the most that a fresh process needs for the whole system of feeds, and beside it for bare feedgen's RSS and Atom.
Nothing is asserted.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from formats import Run, child, memory, run, timed

import pubkit
from pubkit import syndication
from pubkit.exporters import exporter
from pubkit.model import Entry, Person
from pubkit.publication import Feeds, Publication
from pubkit.theme import load

MANY = 10_000
SITE = Publication(title="Benchmark", url="https://example.org/", language="en", feeds=Feeds(by=("tag", "author", "language")))
ONE = Publication(title="Benchmark", url="https://example.org/", language="en")
TEXT = "".join(f"<p>{'words of an entry that is as long as many are '}{n}</p>" for n in range(18))


def entries(count: int) -> list[Entry]:
    day = datetime(2000, 1, 1, 9, tzinfo=UTC)
    return [Entry(id=f"https://example.org/{n}.html", title=f"Entry {n}", slug=str(n), url=f"https://example.org/{n}.html",
                  summary="What the entry is about.", content=TEXT, authors=(Person(f"Author {n % 5}"),),
                  published=day + timedelta(hours=20 * n), updated=day + timedelta(hours=20 * n), language=("en", "uk", "es")[n % 3],
                  tags=(f"tag {n % 30}", f"tag {n % 7}")) for n in range(count)]


def written(given: list[Entry], about: Publication, *formats: str) -> int:
    """How many bytes the documents of a publication have."""
    worn = load("journal")
    return sum(len(exporter(d.format)(d.feed, worn, {}).files[0].data) for d in syndication.documents(given, about, formats))


def bare(given: list[Entry], atom: bool) -> object:
    """feedgen writing the same entries: title, link, id, dates, summary, content."""
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.id("https://example.org/")
    feed.title("Benchmark")
    feed.description("Benchmark")
    feed.link(href="https://example.org/", rel="alternate")
    for item in given:
        made = feed.add_entry(order="append")
        made.id(item.id)
        made.title(item.title)
        made.link(href=item.url)
        made.published(item.published)
        made.updated(item.updated)
        made.summary(item.summary)
        made.content(item.content, type="html" if atom else "CDATA")
    return feed.atom_str(pretty=True) if atom else feed.rss_str(pretty=True)


def times(runs: int) -> None:
    given = entries(MANY)
    print(f"{'':<34}{'pubkit':>12}{'feedgen':>12}{'ratio':>8}")
    for name in ("rss", "atom"):
        ours, theirs = timed([lambda name=name: written(given, ONE, name),  # type: ignore[misc]
                              lambda name=name: bare(given, name == "atom")], runs)  # type: ignore[misc]
        print(f"{f'{MANY:,} entries as {name}':<34}{ours:>9.0f} ms{theirs:>9.0f} ms{ours / theirs:>8.2f}", flush=True)
    ours, theirs = timed([lambda: written(given, ONE, "jsonfeed"), lambda: bare(given, True)], runs)
    print(f"{f'{MANY:,} entries as jsonfeed':<34}{ours:>9.0f} ms{'-':>12}{'-':>8}", flush=True)
    count = len(list(syndication.documents(given, SITE, tuple(syndication.FORMATS))))
    ours, theirs = timed([lambda: written(given, SITE, *syndication.FORMATS), lambda: (bare(given, False), bare(given, True))], runs)
    print(f"{f'all {count:,} documents':<34}{ours:>9.0f} ms{theirs:>9.0f} ms{ours / theirs:>8.2f}   (feedgen: one RSS and one Atom)")


def growth(runs: int) -> None:
    half, whole = entries(MANY // 2), entries(MANY)
    small, large = timed([lambda: written(half, SITE, *syndication.FORMATS), lambda: written(whole, SITE, *syndication.FORMATS)], runs)
    print(f"{MANY // 2:,} entries {small:.0f} ms, {MANY:,} entries {large:.0f} ms: {large / small:.2f}")


def again(runs: int) -> None:  # noqa: ARG001 (one signature for all)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "pubkit.toml").write_text('title = "B"\nurl = "https://example.org/"\nlanguage = "en"\nauthor = "A"\n'
                                          'formats = ["rss", "atom", "jsonfeed"]\n[paths]\narticles = ["articles"]\nout = "site"\n[feeds]\n'
                                          'by = ["tag"]\n')
        (home / "articles").mkdir()
        for n in range(300):
            day = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=5 * n)
            text = f"---\ntags: [a{n % 9}]\n---\n# Article {n}\n\nWords.[^1]\n\n[^1]: A note.\n"
            (home / "articles" / f"{day:%Y-%m-%d}-article-{n}.md").write_text(text)
        article = next((home / "articles").iterdir())
        for what in ("first", "nothing changed", "one word changed"):
            if what == "one word changed":
                article.write_text(article.read_text().replace("Words.", "Words, more."))
            mark = time.time_ns()
            begin = time.perf_counter()
            report = pubkit.build(home, now=datetime(2026, 1, 1, tzinfo=UTC))
            took = time.perf_counter() - begin
            fresh = sum(1 for file in report.files if Path(file).stat().st_mtime_ns >= mark)
            print(f"300 articles, {what:<18}{took:>6.2f} s{fresh:>6} of {len(report.files)} files written", flush=True)


def ours_alone() -> None:
    written(entries(MANY), SITE, *syndication.FORMATS)
    print(memory())


def theirs_alone() -> None:
    given = entries(MANY)
    bare(given, False)
    bare(given, True)
    print(memory())


def most(runs: int) -> None:  # noqa: ARG001 (one signature for all)
    ours, theirs = (child(__file__, job)[0] for job in ("ours", "theirs"))
    print(f"memory: {ours:.0f} MB, feedgen {theirs:.0f} MB: {ours / theirs:.2f}")


MEASURES: dict[str, Any] = {"time": times, "growth": growth, "again": again, "memory": most}
JOBS: dict[str, Run] = {"ours": ours_alone, "theirs": theirs_alone}

if __name__ == "__main__":
    run(__doc__, MEASURES, JOBS)
