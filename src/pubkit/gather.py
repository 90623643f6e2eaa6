"""The results of a run go in; its feeds come out, and what the publication is to remember of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    Job,
    Result,
    Settings,
    key_of,
    placed,
    seen,
    write_all,
)
from pubkit.model import Feed, FeedMeta
from pubkit.preserve.records import Made
from pubkit.publication import FILE as PUBLICATION_FILE
from pubkit.publication import Publication
from pubkit.references import path_key
from pubkit.state import Record, State, apart, moment
from pubkit.theme import load as theme_of

__all__ = ["distinct", "feeds", "memory", "remember", "stranded"]


def stranded(results: Sequence[Result]) -> Result | None:
    """What there is to say of links to articles that turned out to have no outputs."""
    gone = {path_key(r.source): r for r in results if r.source and (r.error or r.skipped)}
    found = [diagnostic("link-broken", f"a link leads to {gone[key].source}, which has no outputs", result.source, line)
             for result in results for key, line in result.links if key in gone]
    return Result("", diagnostics=tuple(found)) if found else None


def feeds(results: Sequence[Result], settings: Settings, whole: bool = True) -> Result | None:
    """The feeds of a run, made of the entries of all its articles; a file that would be the same is not touched."""
    names = [name for name in settings.formats if exporters.exporter(name).format.work == "feed"]
    entries = [r.entry for r in results if r.entry]
    if not names or not entries:
        return None
    about = settings.publication
    own = [name for name in names if name in syndication.FORMATS]
    found: list[Diagnostic] = []
    made: list[Made] = []
    taken = {made.name.casefold(): r.source for r in results for made in r.made}
    try:
        worn = theme_of(settings.theme)
        if why := _partial(results, settings, whole):
            there = any((Path(settings.out) / indexed(about.feeds.file(f), "xml")).exists() for f in own) if about.feeds else False
            if there:
                return Result("", diagnostics=(diagnostic("feed-kept", f"{why}: the feeds were left as they are", _file(settings)),))
            found.append(diagnostic("feed-part", f"{why}: the feeds lack the others", _file(settings)))
        about, missing = _with_emblems(settings)
        found += missing
        listed: list[tuple[FeedMeta, str, str]] = []
        for document in syndication.documents(entries, about, own):
            output = exporters.exporter(document.format)(document.feed, worn, settings.options.get(document.format, {}))
            found += [d for one in output.diagnostics if (d := placed(one, _file(settings))) not in found]
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
        made += write_all((), settings.out, copies=_emblems(about, settings))
        return Result("", made=tuple(made), diagnostics=tuple(found))
    except PubkitError as error:
        return Result("", made=tuple(made), diagnostics=tuple(found), error=error)


def _free(output: Output, taken: Mapping[str, str]) -> None:
    """Raises `UsageError` where an article has a file of this name."""
    for file in output.files:
        if source := taken.get(file.name.casefold()):
            raise UsageError(f"{file.name} is a feed, and an output of this article too", file=source,
                             hint="Give the article another slug, or the feed another file below [feeds] in pubkit.toml")


def _partial(results: Sequence[Result], settings: Settings, whole: bool) -> str:
    """Why the feeds of a run would lack articles that its publication has; '' where they would not, or where that does no harm."""
    if settings.publication.feeds is None:
        return ""
    if not whole:
        return "this run has a part of the publication's articles"
    failed = sum(1 for r in results if r.source and r.error)
    if settings.publication.feeds.complete and failed:  # readers would delete what a complete feed lacks (RFC 5005, section 2)
        return f"{failed} of the articles failed"
    return ""


def _file(settings: Settings) -> str:
    return str(Path(settings.home) / PUBLICATION_FILE) if settings.home else ""


def distinct(results: Sequence[Result]) -> tuple[list[Result], list[Diagnostic]]:
    """The results of a run, each entry with an id of its own: of two with the same, the one that was published first keeps it."""
    found: list[Diagnostic] = []
    first: dict[str, Result] = {}
    new: dict[str, str] = {}
    for result in sorted((r for r in results if r.entry), key=lambda r: (r.entry.published, r.source) if r.entry else ()):
        assert result.entry is not None
        other = first.setdefault(result.entry.id, result)
        if other is not result:
            same = result.entry.id
            own = new[result.source] = apart(same, result.entry.slug)
            found.append(diagnostic("id-duplicate", f"the id {same!r} is also that of {other.source}; {own} is used", result.source))

    def changed(result: Result) -> Result:
        if result.source not in new or result.entry is None:
            return result
        own = new[result.source]
        record = msgspec.structs.replace(result.record, id=own) if result.record else None
        return msgspec.structs.replace(result, entry=msgspec.structs.replace(result.entry, id=own), record=record)

    return [changed(result) for result in results], found


def _with_emblems(settings: Settings) -> tuple[Publication, list[Diagnostic]]:
    """The publication without a logo or icon that is not there, and what there is to say of these."""
    about, found, home = settings.publication, list[Diagnostic](), Path(settings.home)
    for field in ("logo", "icon"):
        name = getattr(about, field)
        if not name or urlsplit(name).scheme or not settings.home:
            continue
        path = (home / name).resolve()
        if not (path.is_file() and path.is_relative_to(home.resolve())):
            found.append(diagnostic("file-missing", f"there is no {name} beside {PUBLICATION_FILE}", _file(settings)))
            about = msgspec.structs.replace(about, **{field: ""})
    return about, found


def _emblems(about: Publication, settings: Settings) -> dict[str, Path]:
    """The files of logo and icon, by the names that feeds give them."""
    names = (about.logo, about.icon) if about.url and settings.home else ()
    return {name: Path(settings.home) / name for name in names if name and not urlsplit(name).scheme}


def memory(settings: Settings, now: datetime | None, planned: Sequence[Job]) -> tuple[State | None, list[Result]]:
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
    new = {key: work for work in planned if (key := key_of(work.source, settings)) and key not in state.records} if state.records else {}
    return state.tracked({key: seen(work, settings) for key, work in new.items()}), []


def remember(results: Sequence[Result], settings: Settings, whole: bool) -> Result | None:
    """Write what is to be remembered of this run, if it is anything new."""
    state, about = settings.state, settings.publication.feeds
    if state is None or about is None:
        return None
    new = {key_of(r.source, settings): r.record for r in results if r.record}
    gone = state.lost if whole else frozenset(state.moved.values()) & state.lost
    records = {**{key: record for key, record in state.records.items() if key not in gone}, **new}
    path = Path(settings.home) / about.state
    found = tuple(_traced(new, state, settings)) if whole else ()
    try:
        if records != state.records or (records and not path.exists()):
            write_file(path, msgspec.structs.replace(state, records=records).encode())
        return Result("", diagnostics=found) if found else None
    except PubkitError as error:
        hint = "The feeds were left as they are, for what is new would be announced twice; see that the file can be written"
        return Result("", diagnostics=found, error=PubkitError(error.message, file=str(path), hint=hint))


def _traced(new: Mapping[str, Record], state: State, settings: Settings) -> Iterator[Diagnostic]:
    """What there is to say of texts that are gone, or stand where others were announced."""
    before = {record.content: key for key, record in state.records.items()}
    for key, record in new.items():
        old, place = state.records.get(key), before.get(record.content, "")
        first = state.records[place].id if place else ""
        if old and old.content != record.content and place not in ("", key) and key not in state.moved:
            yield diagnostic("id-changed", f"this text was announced as {first!r} and stands in another file now: readers will see it as a "
                             f"change of {record.id!r}", str(Path(settings.home) / key))
    for key in sorted(state.lost - set(state.moved.values())):
        first = state.records[key].id
        yield diagnostic("article-gone", f"this file is gone, and nothing new has its text; it was announced as {first!r}: if it was "
                         "renamed and changed at once, write this id into its front matter", str(Path(settings.home) / key))
