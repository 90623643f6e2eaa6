"""The words that pubkit writes itself: every key in every language, dates, names, directions."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pubkit.words import KEYS, LANGUAGES, date, direction, names, role, word

DAY = datetime(2024, 3, 4, 23, 30, tzinfo=timezone(timedelta(hours=9)))


def holders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_every_language(language: str) -> None:
    for key in KEYS:
        assert word(key, language).strip()
        assert holders(word(key, language)) == holders(word(key, "en")), key
        assert word(key, language).strip("« »") == word(key, language).strip("« »\u00a0").strip()


def test_the_languages_asked_for_are_there() -> None:
    assert set("en de fr es it pt nl pl cs sv da uk ru el tr ar he ja zh".split()) <= set(LANGUAGES)
    assert {"contents", "figure", "table", "listing", "by", "updated", "corrections", "image", "embed", "series", "untitled"} <= set(KEYS)


def test_a_tag_falls_back_to_its_shorter_forms_then_to_english() -> None:
    assert word("contents", "de-AT-1996") == word("contents", "de") == "Inhalt"
    assert word("contents", "zh-TW") == word("contents", "zh-Hant-HK") != word("contents", "zh")
    assert word("contents", "no") == word("contents", "nn-NO") == word("contents", "nb")
    assert word("contents", "tlh") == word("contents", "") == "Contents"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["figure_label", "table_label"])
def test_a_label_has_its_number_after_its_word(key: str, language: str) -> None:
    before, after = word(key, language).split("{n}")
    assert before.rstrip(" .").isalpha()
    assert before.endswith(" ") == (language not in ("ja", "zh", "zh-Hant"))
    assert after.strip(" \u00a0") in ("", ".", ":", "–")


def test_values_and_what_is_not_known() -> None:
    assert word("by", "en", names="A") == "By A"
    assert word("series", "de", n=2, name="Reihe") == "Teil 2 von Reihe"
    assert word("embed", "fr", host="{x}") == "À voir ou à lire sur {x}"
    with pytest.raises(KeyError):
        word("no such key", "en")
    with pytest.raises(KeyError):
        word("by", "en", name="A")


@pytest.mark.parametrize(("language", "text"), [("en-GB", "4 March 2024"), ("en", "March 4, 2024"), ("de", "4. März 2024"),
                                                ("ja", "2024年3月4日"), ("tlh", "2024-03-04"), ("", "2024-03-04"), ("!", "2024-03-04")])
def test_dates_keep_their_own_day(language: str, text: str) -> None:
    assert date(DAY, language) == text
    assert date(datetime(2024, 3, 4, tzinfo=UTC), language) == text


@pytest.mark.parametrize(("language", "text"), [("en", "A, B and C"), ("en-US", "A, B, and C"), ("de", "A, B und C"), ("ja", "A、B、C"),
                                                ("tlh", "A, B and C")])
def test_names(language: str, text: str) -> None:
    assert names(["A", "B", "C"], language) == text
    assert names(["A"], language) == "A"
    assert names([], language) == ""


@pytest.mark.parametrize(("language", "way"), [("ar", "rtl"), ("he-IL", "rtl"), ("fa", "rtl"), ("az-Arab", "rtl"), ("ar-Latn", "ltr"),
                                               ("en", "ltr"), ("", "ltr"), ("ur_PK", "rtl")])
def test_direction(language: str, way: str) -> None:
    assert direction(language) == way


def test_roles_are_named_in_the_language() -> None:
    assert [role("translator", tag) for tag in ("en", "uk-UA", "es", "xx")] == ["translator", "переклад", "traducción", "translator"]
    assert role("witness", "uk") == "witness"
