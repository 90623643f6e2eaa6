"""A byline comes in; the people that it names go out, each with name, address or handle as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pubkit.model import Person

__all__ = ["names", "person"]

_BY = re.compile(r"(?:written\s+)?by:?\s+(?=\S)", re.IGNORECASE)
_LINKED = re.compile(r"""<a\s[^<>]*?href=["']([^"'<>]*)["'][^<>]*>([^<>]*)</a>""", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+")
_TAIL = re.compile(r"[<(]([^<>()]*)[>)]$")
_MAIL = re.compile(r"[^<>\s@,]+@[^<>\s@,]+")
_HANDLE = re.compile(r"@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")
_SUFFIXES = frozenset("jr sr ii iii iv md phd dphil esq mba msc bsc ma ba mph rn cpa jd llb llm dds frs obe mbe cbe facp dvm edd".split())
_PARTICLES = frozenset("de da del della di do du dos das van von der den la le el al bin ibn y e ter ten zu af av".split())
# Words of organisations and of offices: what holds one is no list of personal names.
_NO_NAMES = frozenset(
    "team group committee council board foundation association institute agency department ministry office service services society "
    "company inc ltd llc gmbh corp corporation university college school press news staff editors partners sons brothers bros co "
    "translations media project community contributors administration commission union bank church studio studios lab labs consulting "
    "solutions network alliance center centre the safety security writer editor reporter correspondent columnist journalist professor "
    "director manager engineer scientist chief president writers others".split())


def names(text: str, several: bool = False) -> list[str]:
    """The names that a byline holds.

    Args:
        text: the byline on one line, such as ``By Ana Ruiz, Bo Li & Cy Young``.
        several: commas part names, whatever stands between them; otherwise only where each part looks like a whole name.

    Returns:
        Each name as written, with what stands in brackets after it.
    """
    text = re.sub("[\u3001\uff1b]", ";", text).replace("\uff0c", ", ")
    text = _LINKED.sub(r"\2 (\1)", text).strip()
    text = _BY.sub("", text, count=1) if _BY.match(text) else text
    if ";" in text:
        return [part.strip() for part in text.split(";") if part.strip()]
    pieces = _with_suffixes(_outside_brackets(text))
    if len(pieces) == 1:
        return _joined(text)
    last = re.sub(r"^(?:and|&)\s+", "", pieces[-1])
    ended = last != pieces[-1] or bool(_AND.search(last))
    parted = [*pieces[:-1], *_joined(last)]
    if several or all(_like_a_name(part, 1 if ended else 2) for part in parted):
        return parted
    return [text] if text else []


def _joined(text: str, words: int = 1) -> list[str]:
    """Names that "and" joins; what only looks so, such as a department's name, stays whole."""
    parts = _AND.split(text)
    if len(parts) > 1 and all(_like_a_name(part, words) for part in parts):
        return parts
    return [text] if text else []


def _outside_brackets(text: str) -> Iterator[str]:
    """The pieces between commas, those in brackets left alone."""
    depth, start = 0, 0
    for at, sign in enumerate(text):
        if sign in "(<":
            depth += 1
        elif sign in ")>":
            depth = max(depth - 1, 0)
        elif sign == "," and not depth:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _with_suffixes(pieces: Iterator[str]) -> list[str]:
    """Pieces, with degrees and the like back at the names that they follow."""
    out: list[str] = []
    for piece in pieces:
        if out and re.sub(r"[.\s]", "", piece).lower() in _SUFFIXES:
            out[-1] = f"{out[-1]}, {piece}"
        elif piece:
            out.append(piece)
    return out or [""]


def _like_a_name(text: str, least: int) -> bool:
    """Whether a text looks like the name of a person, of at least so many words."""
    bare = re.sub(r"\s*[<(][^<>()]*[>)]", "", text)
    if bare != text and (_MAIL.search(text) or "@" in text):
        return True
    words = bare.split(",")[0].split()
    if not least <= len(words) <= 5:
        return False
    return all((w in _PARTICLES or not w[0].islower()) and not any(c.isdigit() for c in w) and w.strip(".").lower() not in _NO_NAMES
               for w in words)


def person(text: str, github: bool = False) -> Person:
    """The person that a name with or without an address in brackets means.

    Args:
        text: such as ``Ana``, ``Ana <ana@example.org>``, ``Ana (https://example.org)`` or ``Ana (@ana)``.
        github: handles are those of GitHub, and lead there; otherwise they stay in the name.
    """
    name, email, url = text, "", ""
    while found := _TAIL.search(name):
        inside, rest = found.group(1).strip(), name[:found.start()].strip()
        handle = _HANDLE.fullmatch(inside)
        if not rest:
            break
        if _MAIL.fullmatch(inside) and not email:
            email = inside
        elif re.match(r"https?://", inside) and not url:
            url = inside
        elif handle and github and not url:
            url = f"https://github.com/{handle.group(1)}"
        elif _MAIL.fullmatch(rest) and not email:
            name, email = inside, rest
            break
        else:
            break
        name = rest
    return Person(name, email, url)
