"""The results of a run go in; its feeds come out, and what the publication is to remember of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pubkit import exporters, syndication
from pubkit.diagnostics import Diagnostic, PubkitError, UsageError, diagnostic
from pubkit.exporters import Output
from pubkit.exporters.feedparts import newest_first
from pubkit.files import indexed, write_file
from pubkit.jobs import (
    Inputs,
    Result,
    Settings,
    name_from,
    write_all,
)
from pubkit.model import Entry, Feed, FeedMeta
from pubkit.preserve.records import Made
from pubkit.publication import FILE as PUBLICATION_FILE
from pubkit.references import path_key
from pubkit.state import State, moment
from pubkit.theme import load as theme_of

__all__ = ["feeds", "memory", "remember", "stranded"]


def stranded(results: Sequence[Result]) -> Result | None:
    """What there is to say of links to articles that turned out to have no outputs."""
    gone = {path_key(r.source): r for r in results if r.source and (r.error or r.skipped)}
    found = [diagnostic("link-broken", f"a link leads to {gone[key].source}, which has no outputs", result.source, line)
             for result in results for key, line in result.links if key in gone]
    return Result("", diagnostics=tuple(found)) if found else None


def feeds(results: Sequence[Result], settings: Settings, whole: bool = True) -> Result | None:
    """The feeds of a run, made of the entries of all its articles; a file that would be the same is not touched."""
    names = [name for name in settings.formats if exporters.exporter(name).format.work == "feed"]
    built = [r for r in results if r.entry]
    if not names or not built:
        return None
    about = settings.publication
    own = [name for name in names if name in syndication.FORMATS]
    entries, found = _distinct(built)
    made: list[Made] = []
    taken = {made.name.casefold(): r.source for r in results for made in r.made}
    try:
        worn = theme_of(settings.theme)
        if about.feeds and not whole and any((Path(settings.out) / indexed(about.feeds.file(f), "xml")).exists() for f in own):
            return Result("", diagnostics=(diagnostic("feed-kept", "this run has a part of the publication's articles: its feeds were left "
                                                      f"as they are; build {settings.home or 'its folder'}"),))
        listed: list[tuple[FeedMeta, str, str]] = []
        for document in syndication.documents(entries, about, own):
            output = exporters.exporter(document.format)(document.feed, worn, settings.options.get(document.format, {}))
            found += [d for d in output.diagnostics if d not in found]
            _free(output, taken)
            made += write_all([output], settings.out, Inputs(settings))
            listed.append((document.feed.meta, document.format, document.group))
        for name in names:
            if name not in own:
                output = exporters.exporter(name)(Feed(syndication.feed_meta(about), tuple(newest_first(entries))), worn,
                                                  settings.options.get(name, {}))
                found += output.diagnostics
                made += write_all([output], settings.out, Inputs(settings))
        if file := syndication.listing(listed, about):
            made += write_all([Output((file,))], settings.out, Inputs(settings))
        more, missing = _emblems(settings)
        return Result("", made=(*made, *more), diagnostics=(*found, *missing))
    except PubkitError as error:
        return Result("", made=tuple(made), diagnostics=tuple(found), error=error)


def _free(output: Output, taken: Mapping[str, str]) -> None:
    """Raises `UsageError` where an article has a file of this name."""
    for file in output.files:
        if source := taken.get(file.name.casefold()):
            raise UsageError(f"{file.name} is a feed, and an output of this article too", file=source,
                             hint="Give the article another slug, or the feed another file below [feeds] in pubkit.toml")


def _distinct(results: Sequence[Result]) -> tuple[list[Entry], list[Diagnostic]]:
    """The entries of a run, each with an id of its own."""
    entries: list[Entry] = []
    found: list[Diagnostic] = []
    first: dict[str, Result] = {}
    for result in sorted(results, key=lambda r: (r.entry.published, r.source) if r.entry else ()):
        entry = result.entry
        assert entry is not None
        other = first.setdefault(entry.id, result)
        if other is not result:
            new = uuid.uuid5(uuid.NAMESPACE_URL, f"{entry.id}#{entry.slug}").urn
            found.append(diagnostic("id-duplicate", f"the id {entry.id!r} is also that of {other.source}; {new} is used", result.source))
            entry = msgspec.structs.replace(entry, id=new)
        entries.append(entry)
    return entries, found


def _emblems(settings: Settings) -> tuple[tuple[Made, ...], list[Diagnostic]]:
    """Logo and icon of the publication, copied to where its feeds say that they are."""
    found: list[Diagnostic] = []
    copies: dict[str, Path] = {}
    for name in dict.fromkeys((settings.publication.logo, settings.publication.icon)):
        if not name or urlsplit(name).scheme or not settings.publication.url or not settings.home:
            continue
        home = Path(settings.home)
        path = (home / name).resolve()
        if path.is_file() and path.is_relative_to(home.resolve()):
            copies[name] = path
        else:
            found.append(diagnostic("file-missing", f"there is no {name} beside {PUBLICATION_FILE}", str(home / PUBLICATION_FILE)))
    return write_all((), settings.out, copies=copies), found


def memory(settings: Settings, now: datetime | None) -> tuple[State | None, list[Result]]:
    """What the publication remembers, and what there is to say of it. Without feeds nothing is remembered."""
    if settings.publication.feeds is None or not settings.home:
        return None, []
    path = Path(settings.home) / settings.publication.feeds.state
    today = moment(now)
    try:
        state = State.load(path, today)
    except PubkitError as error:
        return None, [Result("", error=error)]
    if state is None:
        said = diagnostic("state-missing", "nothing is remembered of this publication yet: articles that do not say when they were "
                          "updated are taken to be as they were published", str(path))
        return State({}, frozenset(), today, fresh=True), [Result("", diagnostics=(said,))]
    return state, []


def remember(results: Sequence[Result], settings: Settings, whole: bool) -> Result | None:
    """Write what is to be remembered of this run, if it is anything new."""
    if settings.state is None or settings.publication.feeds is None:
        return None
    home = Path(settings.home).resolve()
    new = {name_from(r.source, str(home)): r.record for r in results if r.record}
    gone = settings.state.lost if whole else frozenset[str]()
    records = {**{k: r for k, r in settings.state.records.items() if k not in gone}, **new}
    path = Path(settings.home) / settings.publication.feeds.state
    if records == settings.state.records and (path.exists() or not records):
        return None
    try:
        write_file(path, msgspec.structs.replace(settings.state, records=records).encode())
        return None
    except PubkitError as error:
        return Result("", error=error)
