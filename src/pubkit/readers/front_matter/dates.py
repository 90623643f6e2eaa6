"""Words that say a date come in; a moment goes out, without a zone where the words name none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal, TypeAlias

__all__ = ["ACCEPTED", "BUILD_WORDS", "Precision", "fixed", "parse_date", "read_date"]

Precision: TypeAlias = Literal["year", "month", "day", "time"]

ACCEPTED = "2024-01-31, 2024-01-31T09:30:00+02:00, 2024-01-31 09:30 Europe/Kyiv, 31 January 2024 or Wed, 31 Jan 2024 09:30:00 +0200"

# What build systems replace with a date of their own, as `keys.plain_key` writes it.
BUILD_WORDS = frozenset(("today", "now", "lastmodified", "gitlastmodified", "gitcreated", "created"))

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORD = r"[^\W\d_]+(?:-feira)?\.?"
_WEEKDAY = re.compile(rf"({_WORD}),?\s+(?=[\w])")
_EPOCH = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T?([0-9]{2})([0-9]{2})([0-9]{2})?(?![0-9]))?")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|er|\.|º|ª)?[\s-](?:(?:of|de)\s)?({_WORD}),?[\s-](?:(?:de|del)\s)?(\d{{4}})(?!\d)",
                        re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"({_WORD})\s?(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}})(?!\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(rf"(\d{{4}}),?[\s-]({_WORD})[\s-](\d{{1,2}})(?:st|nd|rd|th)?(?!\d)", re.IGNORECASE)
_YEAR_LAST = re.compile(rf"({_WORD})\s(\d{{1,2}})\s(\d{{1,2}}:\d{{2}}:\d{{2}})\s(?:([A-Z]{{3,4}})\s)?(\d{{4}})(?!\d)")
_MONTH_ALONE = re.compile(rf"(?:(\d{{4}})[-/](\d{{1,2}})|({_WORD}),?\s(\d{{4}}))")
_ERA = re.compile(r"\s?(?:р\.?|г\.?|року|года|roku|r\.)(?=,|\s|$)")
_CLOCK = re.compile(r"(?:[T,]\s?(?:at\s)?|\s(?:at\s)?)(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s?([ap])\.?m\.?(?!\w))?",
                    re.IGNORECASE)
_COMMENT = re.compile(r"\s?\([^()]*\)$")
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+\-−])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)

# Hours from UTC: the names that RFC 2822 (4.3) defines, and the European ones, which mean one thing each.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
          "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}


def parse_date(text: str) -> datetime:
    """The date that a text says.

    Args:
        text: a date in one of the common forms, with or without time and zone.

    Returns:
        The moment; it has no ``tzinfo`` where the text names no zone, and is midnight where it names no time.

    Raises:
        ValueError: it is no date, one that the calendar does not have, or one that can be read in two ways. The message says which.
    """
    return read_date(text)[0]


def read_date(text: str) -> tuple[datetime, Precision]:
    """The date that a text says, as `parse_date` gives it, and how much of a date was said."""
    text = " ".join(text.split())
    if len(text) > 100:
        raise ValueError("it is too long")
    if _EPOCH.fullmatch(text):
        return _from_epoch(int(text)), "time"
    day, rest = _day(text)
    if day is None:
        return _part(text)
    moment, precision = _with_clock(day, rest)
    _in_range(moment)
    return moment, precision


def fixed(value: datetime, zone: tzinfo) -> datetime:
    """A moment without a zone in this one, as a plain offset from UTC in whole minutes."""
    offset = value.replace(tzinfo=zone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    return value.replace(tzinfo=timezone(timedelta(minutes=minutes)) if minutes else UTC)


def _in_range(value: datetime) -> None:
    """Refuses what lies at the edges of the calendar: another zone may have no such day."""
    try:
        for zone in ((value.tzinfo,) if value.tzinfo else (timezone(timedelta(hours=14)), timezone(timedelta(hours=-14)))):
            value.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise ValueError("the year is out of range") from None


def _from_epoch(number: int) -> datetime:
    return datetime.fromtimestamp(number if number < 10**11 else number / 1000, UTC)


# --- Days ----------------------------------------------------------------------------------------------------------------------------

def _day(text: str) -> tuple[date | None, str]:
    """The day that a text begins with, and the rest; None where it begins with none."""
    if found := _COMPACT.match(text):
        year, month, day, hour, minute, second = found.groups()
        clock = f" {hour}:{minute}:{second or '00'}" if hour else ""
        return date(int(year), int(month), int(day)), clock + text[found.end():]
    if found := _ISO.match(text) or _ASIAN.match(text):
        year, month, day = [g for g in found.groups() if g.isdigit()]
        return date(int(year), int(month), int(day)), text[found.end():]
    if found := _NUMBERS.match(text):
        return _day_of_numbers(found), text[found.end():]
    if (found := _WEEKDAY.match(text)) and _is_weekday(found.group(1)):
        text = text[found.end():]
    return _day_of_words(text)


def _day_of_numbers(found: re.Match[str]) -> date:
    """A day with the year last: with dots the day stands first; otherwise the numbers themselves have to tell."""
    first, sign, second, year = int(found.group(1)), found.group(2), int(found.group(3)), int(found.group(4))
    if sign == "." or first == second or first > 12:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    one, other = date(year, second, first), date(year, first, second)
    raise ValueError(f"it may be {one.day} {_MONTHS[one.month - 1].title()} or {other.day} {_MONTHS[other.month - 1].title()}; "
                     f"write {one} or {other}")


def _day_of_words(text: str) -> tuple[date | None, str]:
    if found := _YEAR_LAST.match(text):
        month, day, clock, zone, year = found.groups()
        return date(int(year), _month(month), int(day)), f" {clock} {zone or ''}{text[found.end():]}".rstrip()
    if found := _DAY_FIRST.match(text):
        day, month, year = found.groups()
    elif found := _MONTH_FIRST.match(text):
        month, day, year = found.groups()
    elif found := _YEAR_FIRST.match(text):
        year, month, day = found.groups()
    else:
        return None, text
    return date(int(year), _month(month), int(day)), _ERA.sub("", text[found.end():], count=1)


def _part(text: str) -> tuple[datetime, Precision]:
    """The first day of a year or month that stands alone."""
    if re.fullmatch(r"\d{4}", text):
        return datetime(int(text), 1, 1), "year"  # noqa: DTZ001 - no zone is named
    if found := _MONTH_ALONE.fullmatch(text):
        year, number, word, other = found.groups()
        return datetime(int(year or other), int(number) if number else _month(word), 1), "month"  # noqa: DTZ001 - no zone is named
    raise ValueError("")


def _month(word: str) -> int:
    word = word.rstrip(".").casefold()
    for number, name in enumerate(_MONTHS, 1):
        if word in (name, name[:3]) or (number == 9 and word == "sept"):
            return number
    found = _names()[0].get(word, 0)
    if not found:
        raise ValueError(f"there is no month {word!r}")
    return found


def _is_weekday(word: str) -> bool:
    word = word.rstrip(".").casefold()
    if any(word == name or (len(word) > 2 and name.startswith(word)) for name in _DAYS):
        return True
    return not any(name.startswith(word) for name in _MONTHS) and word in _names()[1]


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, int], frozenset[str]]:
    """The months of the languages that pubkit writes, without the names that mean different months in two of them; and their weekdays."""
    from babel import Locale

    from pubkit.words import LANGUAGES

    months: dict[str, set[int]] = {}
    days: set[str] = set()
    for language in LANGUAGES:
        locale = Locale.parse(language, sep="-")
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    months.setdefault(str(name).rstrip(".").casefold(), set()).add(number)
                days |= {str(name).rstrip(".").casefold() for name in locale.days[context][width].values()}
    return {name: next(iter(numbers)) for name, numbers in months.items() if len(numbers) == 1}, frozenset(days)


# --- Times and zones -----------------------------------------------------------------------------------------------------------------

def _with_clock(day: date, rest: str) -> tuple[datetime, Precision]:
    clock, precision = time(), "day"
    found = _CLOCK.match(rest)
    if found and (found.group(2) or found.group(5)):
        clock, rest = _clock(found), rest[found.end():]
        precision = "time"
    moment = datetime.combine(day, clock)
    zone = rest.strip()
    moment = _in_zone(moment, zone) if zone else moment
    return moment, "time" if precision == "time" else "day"


def _clock(found: re.Match[str]) -> time:
    hour, minute, second, part, half = found.groups()
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            raise ValueError(f"there is no {number} {half.lower()}m")
        number = number % 12 + (12 if half.lower() == "p" else 0)
    return time(number, int(minute or 0), int(second or 0), int((part or "0").ljust(6, "0")[:6]))


def _in_zone(moment: datetime, words: str) -> datetime:
    """A moment in the zone that is named: an offset, a known name, or one of the IANA's."""
    words = (_COMMENT.sub("", words) or words).strip()
    if words.upper() in _ZONES:
        hours = _ZONES[words.upper()]
        return moment.replace(tzinfo=timezone(timedelta(hours=hours)) if hours else UTC)
    if found := _OFFSET.fullmatch(words):
        sign, hours_, minutes = found.group(1), int(found.group(2)), int(found.group(3) or 0)
        if hours_ > 23 or minutes > 59:
            raise ValueError(f"there is no zone {words}")
        offset = timedelta(hours=hours_, minutes=minutes)
        return moment.replace(tzinfo=timezone(offset if sign == "+" else -offset) if offset else UTC)
    if re.fullmatch(r"[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+", words):
        return _in_place(moment, words)
    if re.fullmatch(r"[A-Za-z]{1,5}", words):
        raise ValueError(f"the zone {words} is not known; write it as an offset such as +02:00, or as a place such as Europe/Kyiv")
    raise ValueError("")


def _in_place(moment: datetime, name: str) -> datetime:
    from zoneinfo import ZoneInfo

    try:
        return fixed(moment, ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no zone {name}") from None
