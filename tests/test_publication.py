"""What a publication says, how its faults are named, and what it adds to an article."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pubkit.diagnostics import PubkitError
from pubkit.model import Article, Correction, Heading, Meta, Paragraph, Person
from pubkit.publication import EPOCH, NAMELESS, Publication, checked, complete, file_slug, find, load, localised, override, slug_of

KYIV = Publication(timezone="Europe/Kyiv")
SUMMER, WINTER = timezone(timedelta(hours=3)), timezone(timedelta(hours=2))


def naive(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - these name no zone


# --- pubkit.toml ---

def test_a_folder_without_a_file_has_an_empty_publication(tmp_path: Path) -> None:
    assert find(tmp_path) == Publication()


def test_all_keys(tmp_path: Path) -> None:
    path = tmp_path / "pubkit.toml"
    lines = [f'{key} = "{value}"' for key, value in (
        ("title", "T"), ("url", "https://example.org/"), ("language", "uk"), ("author", "A"), ("description", "D"), ("rights", "R"),
        ("theme", "journal"), ("timezone", "Europe/Kyiv"))]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert find(tmp_path) == Publication("T", "https://example.org/", "uk", "A", "D", "R", "journal", "Europe/Kyiv")


@pytest.mark.parametrize(("raw", "words"), [
    ({"titel": "x"}, "Did you mean title?"), ({"title": 3}, "Expected `str`"), ({"url": "example.org"}, "whole address"),
    ({"language": "?"}, "BCP 47"), ({"timezone": "Europe/Kiiv"}, "Did you mean Europe/Kyiv?"),
    ({"timezone": "Kyiv"}, "Did you mean Europe/Kyiv?"),
    ({"timezone": "europe/kyiv"}, "Did you mean Europe/Kyiv?"), ({"timezone": "new york"}, "Did you mean America/New_York?"),
    ({"timezone": "+02:00"}, "the name of a place"), ({"timezone": ""}, "the name of a place"),
    ({"timezone": "../../etc"}, "the name of a place"),
    ({"timezone": "localtime"}, "the name of a place"), ({"timezone": "Europe"}, "the name of a place"),
])
def test_faults(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(PubkitError) as caught:
        checked(raw, "pubkit.toml")
    assert caught.value.location.file == "pubkit.toml"
    assert words in str(caught.value)


def test_what_is_no_toml_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "pubkit.toml"
    path.write_text('title = "x"\nurl = x\n', encoding="utf-8")
    with pytest.raises(PubkitError) as caught:
        load(path)
    assert (caught.value.location.line, caught.value.location.column) == (2, 7)


# --- Time zones ---

def test_dates_without_a_zone_are_those_of_the_publication() -> None:
    meta = Meta(published=naive(2024, 7, 1), updated=naive(2024, 12, 1, 9, 30), corrections=[Correction(naive(2024, 12, 2), "x")])
    found = localised(meta, KYIV)
    assert [d.isoformat() for d in (found.published, found.updated, found.corrections[0].date) if d] == [
        "2024-07-01T00:00:00+03:00", "2024-12-01T09:30:00+02:00", "2024-12-02T00:00:00+02:00"]


def test_dates_with_a_zone_stay() -> None:
    meta = Meta(published=datetime(2024, 7, 1, tzinfo=UTC), corrections=[Correction(datetime(2024, 7, 1, tzinfo=SUMMER), "x")])
    assert localised(meta, KYIV) == meta
    assert localised(Meta(), KYIV) == Meta()


def test_without_a_zone_of_its_own_a_publication_is_in_utc() -> None:
    assert localised(Meta(published=naive(2024, 7, 1)), Publication()).published == datetime(2024, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(("moment", "offset"), [
    (naive(2024, 3, 31, 3, 30), WINTER),  # the hour that is left out in spring
    (naive(2024, 10, 27, 3, 30), SUMMER),  # the hour that comes twice in autumn: its first time
    (naive(1900, 1, 1), timezone(timedelta(hours=2, minutes=2))),  # seconds of local mean time are rounded
])
def test_odd_hours(moment: datetime, offset: timezone) -> None:
    found = localised(Meta(published=moment), KYIV).published
    assert found is not None
    assert (found.replace(tzinfo=None), found.utcoffset()) == (moment, offset.utcoffset(None))


def test_a_zone_that_was_not_checked_is_named() -> None:
    with pytest.raises(PubkitError, match="timezone is 'Nowhere'"):
        localised(Meta(published=naive(2024, 7, 1)), Publication(timezone="Nowhere"))


# --- What is filled in ---

@pytest.mark.parametrize(("name", "slug", "date"), [
    ("2024-05-31-tides.md", "tides", naive(2024, 5, 31)), ("a b.md", "a-b", None), ("x/index.md", "x", None),
    ("2024-05-31.md", "2024-05-31", naive(2024, 5, 31)), ("2024-13-31-x.md", "2024-13-31-x", None),
    ("0001-01-01-x.md", "0001-01-01-x", None),
])
def test_slugs_of_names(name: str, slug: str, date: datetime | None) -> None:
    assert slug_of(name) == (slug, date)


def test_slugs_keep_letters_of_any_script() -> None:
    assert (file_slug("Привіт, світе!"), file_slug("?!"), len(file_slug("x" * 200))) == ("Привіт-світе", "article", 80)


def test_the_day_of_a_name_is_midnight_of_the_publication() -> None:
    whole, _ = complete(Article(Meta(title="x"), (Paragraph("x"),)), KYIV, "2024-07-01-x.md")
    assert whole.meta.published == whole.meta.updated == datetime(2024, 7, 1, tzinfo=SUMMER)


def test_complete_puts_zones_on_dates() -> None:
    meta = Meta(title="x", published=naive(2024, 7, 1), updated=naive(2024, 6, 1), language="en", authors=["A"])
    whole, said = complete(Article(meta, (Paragraph("x"),)), KYIV)
    assert [d.code for d in said] == ["metadata-invalid"]  # updated before it was published
    assert whole.meta.published == whole.meta.updated == datetime(2024, 7, 1, tzinfo=SUMMER)
    assert complete(whole, KYIV)[0] == whole


def test_what_is_missing_is_filled_in_and_said() -> None:
    whole, said = complete(Article(Meta(), (Heading(2, "A heading"),)), Publication(url="https://example.org/blog", timezone="Asia/Tokyo"))
    meta = whole.meta
    assert (meta.title_text, meta.slug, meta.language, meta.authors, meta.published) == (
        "A heading", "a-heading", "en", (Person(NAMELESS, role="publisher"),), EPOCH)
    assert meta.url == "https://example.org/blog/a-heading.html"
    assert meta.id.startswith("urn:uuid:")
    assert [d.code for d in said] == ["title-missing", "language-missing", "author-missing", "date-missing"]


def test_what_the_user_says_stands_above() -> None:
    assert override(Meta(slug="a", language="en"), {"slug": "b", "language": None}) == Meta(slug="b", language="en")
