"""What a publication remembers of its articles: the id each was announced under, and when its content was last seen to change.

It is one JSON file beside ``pubkit.toml``, meant to be committed with the articles. This is the only room that reads the clock.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, PubkitError, UsageError, diagnostic
from pubkit.metadata import default_id
from pubkit.model import Article, Image, Meta, Node, content, rewrite
from pubkit.publication import Publication

__all__ = ["Record", "State", "apart", "fingerprint", "moment", "remembered"]

FORMAT = "pubkit-state"
VERSION = 1


class Record(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One article: its id, the `fingerprint` of its content, and when that was first seen (None: with the article itself)."""

    id: str
    content: str
    updated: datetime | None = None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    version: int
    articles: dict[str, Record]


class State(Struct, frozen=True):
    """What is remembered, by the sources' paths from the folder of the publication. ``lost`` are those whose source is gone; ``now`` is
    the date of what is new; ``fresh``: nothing was remembered before, so that nothing is known to be new; ``moved``: where texts that are
    remembered stand now, by their new paths the old ones."""

    records: Mapping[str, Record]
    lost: frozenset[str]
    now: datetime
    fresh: bool = False
    moved: Mapping[str, str] = {}

    def record(self, key: str) -> Record | None:
        """What is remembered of an article, wherever its text stood; None of a text that took the place of another."""
        if key in self.moved:
            return self.records[self.moved[key]]
        return None if key in self.moved.values() else self.records.get(key)

    def tracked(self, seen: Mapping[str, str]) -> State:
        """The state with the moves of texts that stand in new places: ``seen`` gives their fingerprints by path."""
        moved: dict[str, str] = {}
        for key in sorted(seen):
            same = (old for old in sorted(self.records, key=lambda k: (k not in self.lost, k)) if self.records[old].content == seen[key])
            if old := next((one for one in same if one not in moved.values()), ""):
                moved[key] = old
        return msgspec.structs.replace(self, moved=moved)

    @staticmethod
    def load(path: Path, now: datetime) -> State | None:
        """The state in a file; None where there is none. Raises `PubkitError` for a file that is broken or another program's."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PubkitError(f"the file cannot be read: {error.strerror or error}", file=str(path)) from error
        hint = ("Undo what changed it, such as a merge, or take it from version control; without the file, articles that changed are "
                "dated by their publication")
        try:
            found = msgspec.json.decode(data, type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise PubkitError(f"this is not the memory of a publication: {error}", file=str(path), hint=hint) from error
        if found.format != FORMAT:
            raise PubkitError(f"this is not the memory of a publication: its format is {found.format!r}", file=str(path), hint=hint)
        if found.version > VERSION:
            raise PubkitError(f"the file has version {found.version}, this pubkit reads up to {VERSION}", file=str(path),
                              hint="Update pubkit")
        if bad := next((key for key, r in found.articles.items() if r.updated and r.updated.tzinfo is None), ""):
            raise PubkitError(f"the date of {bad} names no zone", file=str(path), hint=hint)
        lost = frozenset(key for key in found.articles if not (path.parent / key).is_file())
        return State(found.articles, lost, now)

    def encode(self) -> bytes:
        """The file: one line an article, sorted, so that changes are easily seen and merged."""
        lines = (f"  {_json(key)}: {_json(self.records[key])}" for key in sorted(self.records))
        body = ",\n".join(lines)
        return f'{{\n "format": "{FORMAT}",\n "version": {VERSION},\n "articles": {{\n{body}\n }}\n}}\n'.encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def moment(given: datetime | None = None) -> datetime:
    """Now, to the second: as given, else ``SOURCE_DATE_EPOCH`` (reproducible-builds.org), else by the clock. Raises `UsageError`."""
    if given is not None:
        if given.tzinfo is None:
            raise UsageError(f"now is {given.isoformat()}, which names no zone", hint="Write it as 2026-05-31T09:00:00Z")
        return given.astimezone(UTC).replace(microsecond=0)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise UsageError(f"SOURCE_DATE_EPOCH is {epoch[:40]!r}", hint="It is a number of seconds since 1970") from error
    return datetime.fromtimestamp(int(time.time()), UTC)


def fingerprint(article: Article, titled: bool = True) -> str:
    """The SHA-256, in hexadecimal, of what readers of an article see: its words and their structure, and its pictures.

    ``titled``: whether the title is its own; one that was filled in from the file's name is not.

    Dates, ids, addresses, tags and what the publication fills in are no part of it, so that nothing is announced anew for their sake; nor
    are the bytes of pictures, which a newer library may write in another way, but their names and sizes.
    """
    meta = article.meta
    seen = Meta(title=meta.title if titled else (), subtitle=meta.subtitle, summary=meta.summary, image=meta.image,
                enclosures=meta.enclosures, corrections=meta.corrections)
    bare = rewrite(content(msgspec.structs.replace(article, meta=seen, assets=())), _nameless)
    sizes = sorted((a.media_type, a.width, a.height) for a in article.assets)
    return hashlib.sha256(msgspec.json.encode((bare, sizes), order="sorted")).hexdigest()


def _nameless(node: Node) -> Node:
    """A picture by its address alone: the name of its asset tells its bytes."""
    return msgspec.structs.replace(node, asset="") if isinstance(node, Image) and node.asset else node


def apart(identifier: str, what: str) -> str:
    """An id for what cannot have one that is taken: the same for the same."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{identifier}#{what}").urn


def remembered(article: Article, key: str, state: State, publication: Publication, file: str = "",
               titled: bool = True) -> tuple[Article, Record, tuple[Diagnostic, ...]]:
    """The article with the id it was announced under and the date of its last change, and what is to be remembered of it.

    Args:
        article: a complete article.
        key: the path of its source from the folder of the publication.
        state: what is remembered.
        publication: the one it was completed with.
        file: what diagnostics call its source.
        titled: as for `fingerprint`.

    What the front matter says stands over what is remembered.
    """
    meta, seen, found = article.meta, fingerprint(article, titled), list[Diagnostic]()
    record, own = state.record(key), default_id(meta, publication)
    updated = record.updated if record else None
    if record and record.content != seen:
        updated = state.now
    if record is None and not meta.is_dated and not state.fresh:
        updated = state.now
    if record and record.id in (meta.id, apart(meta.id, meta.slug)):  # the id that another article has too was taken apart before
        meta = msgspec.structs.replace(meta, id=record.id)
    elif record and meta.id == own:
        found.append(diagnostic("id-kept", f"the article was announced as {record.id!r} and keeps this id, not {own!r}", file))
        meta = msgspec.structs.replace(meta, id=record.id)
    elif record:
        found.append(diagnostic("id-changed", f"the article was announced as {record.id!r} and is {meta.id!r} now: readers will see it as "
                                              "a new one", file))
    elif meta.id == own and any(r.id == own for r in state.records.values()):  # another text was announced under this address
        meta = msgspec.structs.replace(meta, id=apart(own, seen))
    assert meta.published is not None
    assert meta.updated is not None
    if updated and meta.updated == meta.published:  # else the front matter says when it was updated
        meta = msgspec.structs.replace(meta, updated=max(meta.published, updated))
    return msgspec.structs.replace(article, meta=meta), Record(meta.id, seen, updated), tuple(found)
