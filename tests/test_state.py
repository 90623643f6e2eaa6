"""What a publication remembers: when an article's content changed, and the id it was announced under."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import pubkit
from pubkit.diagnostics import PubkitError, UsageError
from pubkit.metadata import complete
from pubkit.model import Article, Asset, Correction, Figure, Image, Meta, Paragraph
from pubkit.publication import Publication
from pubkit.state import Record, State, fingerprint, moment, remembered

SITE = Publication(title="T", url="https://example.org/")
DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def article(text: str = "Words.", **more: Any) -> Article:
    given = Meta(**{"title": "One", "slug": "one", "language": "en", "authors": ["A"], "published": DAY, **more})
    return complete(Article(given, (Paragraph(text),)), SITE)[0]


def state(**records: Record) -> State:
    return State(records, frozenset(), NOW)


def known(work: Article, memory: State, key: str = "one") -> tuple[datetime | None, Record, list[str]]:
    new, record, found = remembered(work, key, memory, SITE, "one.md")
    assert record.id == new.meta.id
    return new.meta.updated, record, [d.code for d in found]


# --- When an article was updated ----------------------------------------------------------------------------------------------------

def test_a_new_article_is_as_it_was_published() -> None:
    updated, record, found = known(article(), state())
    assert (updated, record.updated, found) == (DAY, None, [])


def test_what_did_not_change_keeps_its_date() -> None:
    first = known(article(), state())[1]
    changed = known(article("Other words."), state(one=first))
    assert (changed[0], changed[1].updated) == (NOW, NOW)
    later = State({"one": changed[1]}, frozenset(), NOW + timedelta(days=9))
    assert known(article("Other words."), later)[:2] == changed[:2]


def test_the_front_matter_stands_over_what_is_remembered() -> None:
    said = DAY + timedelta(days=2)
    assert known(article("Other.", updated=said), state(one=Record("https://example.org/one.html", "0" * 64)))[0] == said


def test_an_article_without_a_date_is_dated_by_its_first_sight() -> None:
    updated, record, _ = known(article(published=None), state())
    assert (updated, record.updated) == (NOW, NOW)
    first = State({}, frozenset(), NOW, fresh=True)  # where nothing is remembered, it may be as old as any
    assert known(article(published=None), first)[1].updated is None


@pytest.mark.parametrize("more", [
    {"tags": ["x"]}, {"section": "S"}, {"published": DAY + timedelta(1)}, {"id": "urn:x:1"}, {"url": "https://e.example/"}, {"slug": "two"},
    {"authors": ["B"]}, {"rights": "R"}, {"publisher": "P"}, {"language": "uk"}, {"extra": {"weight": 3}},
])
def test_what_readers_do_not_read_changes_nothing(more: dict[str, Any]) -> None:
    assert fingerprint(article(**more)) == fingerprint(article())


@pytest.mark.parametrize("more", [
    {"text": "Words?"}, {"title": "Two"}, {"subtitle": "Deck"}, {"summary": "S"}, {"corrections": [Correction(DAY, "x")]},
    {"image": Figure(Image("a.png", alt="a"))},
])
def test_what_readers_read_changes_it(more: dict[str, Any]) -> None:
    assert fingerprint(article(**more)) != fingerprint(article())


def test_lines_and_bytes_of_pictures_change_nothing_but_their_size_does() -> None:
    def drawn(data: bytes, width: int) -> str:
        name = f"a-{data.hex()}.png"  # as assets are called
        work = Article(Meta(title="x"), (Figure(Image("a.png", alt="a", asset=name), line=width),))
        return fingerprint(Article(work.meta, work.content, (Asset(name, "image/png", data, width, 10),)))

    assert drawn(b"1", 10) == drawn(b"2", 10) != drawn(b"1", 20)


# --- The id -------------------------------------------------------------------------------------------------------------------------

def test_an_article_that_moves_keeps_its_id() -> None:
    first = known(article(), state())[1]
    updated, record, found = known(article(slug="two"), state(one=first))
    assert (updated, record.id, found) == (DAY, "https://example.org/one.html", ["id-kept"])


def test_a_file_that_was_renamed_is_known_by_its_content() -> None:
    first = known(article(), state())[1]
    memory = State({"old": first}, frozenset({"old"}), NOW).tracked({"new": first.content})
    assert known(article(slug="two"), memory, "new")[1:] == (first, ["id-kept"])
    memory = State({"old": first}, frozenset({"old"}), NOW).tracked({"new": "0" * 64})
    assert known(article("Quite new.", slug="two"), memory, "new")[1].id == "https://example.org/two.html"


def test_an_id_of_the_front_matter_that_changed_is_said() -> None:
    first = known(article(id="urn:x:1"), state())[1]
    _, record, found = known(article(id="urn:x:2"), state(one=first))
    assert (record.id, found) == ("urn:x:2", ["id-changed"])
    assert known(article(), state(one=first))[1].id == "urn:x:1"  # what was announced once stays, though it is written no more


# --- The file -----------------------------------------------------------------------------------------------------------------------

def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    memory = state(b=Record("urn:x:ü", "1" * 64, NOW), a=Record('"', "2" * 64))
    path.write_bytes(memory.encode())
    read = State.load(path, NOW)
    assert read is not None
    assert (read.records, read.lost) == (memory.records, {"a", "b"})
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(":")[0].strip() for line in lines[4:6]] == ['"a"', '"b"']
    assert msgspec.json.decode(path.read_bytes())["version"] == 1


def test_an_empty_state_is_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(state().encode())
    assert State.load(path, NOW) == state()
    assert State.load(tmp_path / "none.json", NOW) is None


@pytest.mark.parametrize(("data", "words"), [
    (b"", "not the memory"), (b"{", "not the memory"), (b"[]", "not the memory"), (b"\xff\xfe", "not the memory"),
    (b'{"format": "other", "version": 1, "articles": {}}', "'other'"),
    (b'{"format": "pubkit-state", "version": 9, "articles": {}}', "Update"),
    (b'{"format": "pubkit-state", "version": 1, "articles": {"a": {"id": "x"}}}', "content"),
    (b'{"format": "pubkit-state", "version": 1, "articles": {"a": {"id": "x", "content": "0", "updated": "2026-01-01T00:00:00"}}}', "zone"),
    (b"<<<<<<< HEAD\n{}", "not the memory"),
])
def test_a_broken_or_foreign_file_is_named(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(data)
    with pytest.raises(PubkitError) as caught:
        State.load(path, NOW)
    assert caught.value.location.file == str(path)
    assert words in str(caught.value)


# --- Now ----------------------------------------------------------------------------------------------------------------------------

def test_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert abs(moment().timestamp() - time.time()) < 5
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert moment() == datetime(1970, 1, 2, tzinfo=UTC)
    assert moment(NOW) == NOW
    with pytest.raises(UsageError):
        moment(datetime(2026, 1, 1))  # noqa: DTZ001 - the fault that is asked for
    for bad in ("soon", "9" * 30, "-1e5"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", bad)
        with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
            moment()


def test_without_feeds_nothing_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    (tmp_path / "pubkit.toml").write_text('title = "T"\n')
    assert pubkit.build(tmp_path, tmp_path / "out", ["rss"]).ok
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.md", "out", "pubkit.toml"]
