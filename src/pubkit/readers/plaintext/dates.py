"""A short text comes in; the date it says goes out: of a line that is a date, or of the place and date a report begins with."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from pubkit.readers.plaintext.lines import squeeze

__all__ = ["VERSION", "Dateline", "date_line", "dateline", "is_only_date"]

VERSION = re.compile(r"(?:[^\W\d_]{1,10} )?\[?v?\d{1,4}(?:\.\d{1,4}){1,3}\b")     # a line that begins so is of a release, dated or not

# The beginnings of the names of months, in many languages; what follows them is an ending.
_MONTHS = (
    "jan|jän|janv|ene|gen|sty|led|tammi|січ|янв|ιαν|oca|يناير|كانون الثاني|ינואר",
    "feb|fév|fev|feber|lut|únor|února|helmi|лют|фев|φεβ|şub|فبراير|شباط|פברואר",
    "mar|mär|mrz|maart|mrt|březn|břez|maalis|бер|март|μαρ|μάρ|مارس|آذار|מרץ|מרס",
    "apr|avr|abr|kwi|dub|huhti|квіт|квіт|апр|απρ|nis|أبريل|نيسان|אפריל",
    "may|mai|maj|mei|mag|květ|touko|трав|май|мая|μαΐ|μάι|μαι|مايو|أيار|מאי",
    "jun|juin|giu|cze|červn|červen|kesä|черв|июн|ιουν|ιούν|haz|يونيو|حزيران|יוני",
    "jul|juil|lug|lip|července|červenec|heinä|лип|июл|ιουλ|ιούλ|tem|يوليو|تموز|יולי",
    "aug|août|aout|ago|sie|srp|elo|серп|авг|αυγ|αύγ|ağu|أغسطس|آب|אוגוסט",
    "sep|set|wrz|září|syys|вер|сен|σεπ|eyl|سبتمبر|أيلول|ספטמבר",
    "oct|okt|out|ott|paź|říj|loka|жовт|окт|οκτ|eki|أكتوبر|تشرين الأول|אוקטובר",
    "nov|lis|list|marras|лист|ноя|νοε|νοέ|kas|نوفمبر|تشرين الثاني|נובמבר",
    "dec|dez|déc|dic|gru|pros|joulu|груд|дек|δεκ|ara|ديسمبر|كانون الأول|דצמבר",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_MONTH = rf"(?P<month>{_NAMES})[^\W\d_]{{0,10}}\.?"
_DAY = r"(?<!\d)(?P<day>[0-3]?\d)(?!\d)(?:st|nd|rd|th|er|\.|º|ª)?"
_YEAR = r"(?P<year>(?:1[5-9]|20|21)\d\d)(?!\d)"
_OF = r"(?:de |of |del |d’|d'|ב)?"
_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in (
    r"(?<!\d)(?P<year>(?:1[5-9]|20|21)\d\d)([-/.])(?P<number>[01]?\d)\2(?P<day>[0-3]?\d)(?!\d)",
    r"(?P<year>(?:1[5-9]|20|21)\d\d) ?[年년] ?(?P<number>[01]?\d) ?[月월] ?(?P<day>[0-3]?\d) ?[日일]",
    rf"{_DAY} {_OF}\b{_MONTH},? {_OF}{_YEAR}",
    rf"\b{_MONTH} {_DAY},? {_YEAR}",
    rf"(?<!\d)(?P<day>[0-3]?\d)\. ?(?P<number>[01]?\d)\. ?{_YEAR}",
    rf"(?<!\d)(?P<day>[0-3]?\d)([/-])(?P<number>[01]?\d)\2{_YEAR}",
    rf"{_DAY} {_OF}\b{_MONTH}(?![^\W\d_])",
    rf"\b{_MONTH} {_DAY}(?!\d)",
))
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?(?:\s*(?:[+-]\d{4}|[A-Z]{2,4}|Uhr|h)\b)?")
_PUBLISHED = re.compile(
    r"\b(?:published|posted|updated|written|revised|modified|printed|dated|created|valid|date|stand|veröffentlicht|aktualisiert|erstellt"
    r"|gültig|datum|publié|mis|mise|fecha|publicado|actualizado|publicato|aggiornato|data|gepubliceerd|опубліковано|оновлено|дата"
    r"|опубликовано|обновлено)\b", re.IGNORECASE)
_YEAR_SHORT = re.compile(r"\b(?:r|р|г|в)\.\Z")
_OPENING = re.compile(r"(?P<place>\S[^\n–—]{1,80}?)(?:\s*[–—]|\s*--|\s+-|\.-|(?<=\))[.:])\s*(?=\S)")
_CHINESE = re.compile(r"\S{2,16}?(?P<number>\d{1,2})月(?P<day>\d{1,2})日[电電]")


class Dateline(NamedTuple):
    """A date that was found: the moment (None if no year is said), how sure that is, and why."""

    date: datetime | None
    score: float
    reason: str


def _find(text: str) -> tuple[datetime | None, int, int] | None:
    """The first date in a text, and from where to where it is written."""
    text = text.translate(_DIGITS)
    for form in _FORMS:
        m = form.search(text)
        if m is None:
            continue
        parts = m.groupdict()
        month = int(parts["number"]) if parts.get("number") else _MONTH_OF.get(parts["month"].lower(), 0)
        day = int(parts["day"])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            continue
        ambiguous = form is _FORMS[5] and day <= 12
        try:
            date = None if ambiguous or not parts.get("year") else datetime(int(parts["year"]), month, day, tzinfo=UTC)
        except ValueError:
            continue
        return date, m.start(), m.end()
    return None


def date_line(text: str) -> Dateline | None:
    """The date of a line that says little more than one; None if it does not.

    Args:
        text: the line. A place, a day of the week, a time or a word such as "Published" may stand beside the date.
    """
    text = squeeze(text)
    if parts := re.split(r" [/|·•] ", text)[1:]:
        return next((inner for part in parts if len(text) <= 80 and (inner := date_line(part))), None)
    end = _TIME.sub("", text).rstrip()[-1:]
    if len(text) > 80 or (end in tuple(".!?。") and not _YEAR_SHORT.search(text)):
        return None
    found = _find(text)
    if found is None or (found[0] is None and not re.search(r"\d{4}", text)):
        return None
    date, start, stop = found
    others = _TIME.sub(" ", text[:start] + " " + text[stop:])
    words = [w for w in re.findall(r"[^\W_]+", others) if len(w) > 1]
    release = VERSION.match(text)
    if len(words) > 4 or any(w.isdigit() for w in words) or (release and release.end() <= start):
        return None
    return Dateline(date, 0.9 - 0.05 * len(words), "a line with a date and little else")


def is_only_date(text: str) -> bool:
    """Whether a short text is a date and no title that ends in one ("Minutes of 3 May 2024", "The Wars (1914-1918)").

    Args:
        text: the line. Beside the date of such a line stands a place with a comma, a day of the week, or a word such as "Published".
    """
    text = squeeze(text)
    if date_line(text) is None:
        bare = re.sub(rf"\b(?:{_NAMES})[^\W\d_]{{0,10}}", "", text, flags=re.IGNORECASE)
        return not re.search(r"[^\W\d_]{4}|[\u3040-\u9fff]{3}", bare) or (bare != text and re.match(r"[^\d:]{1,40}, ", text) is not None)
    found = _find(text)
    before = text[:found[1]] if found else ""
    if found is None or "," in before or ":" in text[:found[2]] or _PUBLISHED.search(before):
        return True
    words = re.findall(r"[^\W\d_]+", before)
    return len(words) < 2 or (len(words) == 2 and (len(words[0]) < 4 or words[1].lower() in ("den", "dne", "le", "il")))


def dateline(text: str) -> Dateline | None:
    """The place and date a report begins with ("KYIV, 3 May –"); None if it begins otherwise.

    Args:
        text: the first paragraph.
    """
    head = squeeze(text[:160])
    if m := _CHINESE.match(head):
        return Dateline(None, 0.8, "a place and a date before the first sentence")
    m = _OPENING.match(head)
    if m is None or len(m["place"].split()) > 10:
        return None
    place = m["place"].rstrip(" .,")
    found = _find(place)
    first = re.findall(r"[^\W\d_]+", place)[:1]
    shout = bool(first) and first[0].isupper() and len(first[0]) > 1
    agency = place.endswith(")") or "/" in place
    if not first or not first[0][0].isalpha() or first[0][0].islower():
        return None
    if found is not None:
        names = [w for w in re.findall(r"[^\W\d_]+", place[:found[1]]) if len(w) > 2]
        after = [w for w in re.findall(r"[^\W\d_]+", place[found[2]:]) if w[0].islower()]
        named = bool(names) and all(not w[0].islower() for w in names[:4]) and len(after) < 2
        return Dateline(found[0], 0.9, "a place and a date before the first sentence") if named else None
    others = [w for w in re.findall(r"[^\W\d_]+", place) if len(w) > 3]
    if (shout and "," in place) or (agency and (shout or "," not in place)):
        return Dateline(None, 0.75, "a place before the first sentence") if not any(w[0].islower() for w in others) else None
    return Dateline(None, 0.65, "a place in capitals before the first sentence") if shout and place.isupper() else None
