"""Lines come in; what shape they have goes out: an address, keys with values, a heading in capitals, who speaks, which signs recur."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from pubkit.readers.plaintext.lines import LONG, Line, ends_sentence, first_word, has_gap, starts_lower, width
from pubkit.readers.plaintext.lists import marker

__all__ = [
    "CONTACT", "KEY", "SPEAKER", "groups", "hangs", "has_first_line_indents",
    "has_keys", "is_alone", "is_list_of_names", "is_shouted", "recurring_signs", "recurring_speakers",
]

KEY = re.compile(r"[^\W\d_][\w ./&'’()-]{0,30}?[ \u00a0\u202f]?(?::(?:\s|\Z)|：)")
SPEAKER = re.compile(r"([^\W\d_][^\n:.：]{0,30}?)([:.：])(?=\s|\Z)")
CONTACT = re.compile(r"\d|@|\bwww\.|://")


def recurring_speakers(lines: list[Line]) -> frozenset[str]:
    """The names, with colon or full stop, that more than one line begins with: who speaks in a play, or Q and A."""
    counts = Counter(m[0] for x in lines if (m := SPEAKER.match(x.text)) and (m[2] != "." or m[1].isupper())
                     and len(m[1].split()) <= 3 and m[1][0].isupper())
    named = Counter(a.text for a, b in pairwise(lines) if a.text.isupper() and b.text and len(a.text) <= 30 and len(a.text.split()) <= 3)
    counts.update({name: count for name, count in named.items() if name not in counts})
    counted = counts["B."] > 0      # then single letters count, and do not speak
    return frozenset(name for name, count in counts.items() if count > 1 and not (counted and len(name) == 2))


def recurring_signs(lines: list[Line]) -> frozenset[str]:
    """The bullet signs that at least three lines begin with."""
    counts = Counter(x.text[0] for x in lines if x.text[:1] in ("-", "*", "+") and x.text[1:2] in (" ", "\t"))
    return frozenset(sign for sign, count in counts.items() if count > 2)


def is_alone(lines: list[Line], at: int) -> bool:
    """Whether no line stands right above or below a line."""
    return not (at and lines[at - 1].text) and not (at + 1 < len(lines) and lines[at + 1].text)


def groups(lines: list[Line]) -> list[list[Line]]:
    """The runs of lines between blank ones."""
    out: list[list[Line]] = [[]]
    for x in lines:
        if x.text:
            out[-1].append(x)
        elif out[-1]:
            out.append([])
    return [g for g in out if g]


def is_shouted(a: Line, b: Line) -> bool:
    """Whether a line in capitals stands as a heading right above running text."""
    return (a.text.isupper() and 3 < width(a.text) <= 60 and not b.text.isupper() and ":" not in a.text and a.text[-1] not in ",;"
            and marker(a) is None
            and len(a.text.split()) <= 8 and not has_gap(a.text) and not starts_lower(b.text)
            and (width(b.text) > width(a.text) + 20 or width(b.text) > 60 or ends_sentence(b.text)))


def has_keys(chunk: list[Line]) -> bool:
    """Whether most lines are of the kind `Place: the sea`, each key once."""
    keys = [m[0] for x in chunk if (m := KEY.match(x.text))]
    return (len(keys) >= 2 and len(keys) * 3 >= len(chunk) * 2 and len(set(keys)) == len(keys) and KEY.match(chunk[0].text) is not None
            and all(len(x.text) <= LONG for x in chunk))


def is_list_of_names(chunk: list[Line]) -> bool:
    """Whether short lines are an address, a list of people or figures, and not verse."""
    texts = [x.text for x in chunk]
    if sum(1 for t in texts if CONTACT.search(t)) * 3 >= len(texts):
        return True
    shouted = sum(1 for t in texts if len(w := first_word(t).strip(",.:;")) > 1 and w.isupper())
    if shouted * 3 >= len(texts) * 2 and not "".join(texts).isupper():
        return True
    words = [w for t in texts for w in t.split() if len(w) > 3 and w[0].isalpha()]
    named = sum(1 for w in words if w[0].isupper()) * 5 >= len(words) * 4
    cased = any(w[0].islower() for w in words) or any(w[0].isupper() for w in words)
    return cased and named and len(words) <= 4 * len(texts) and not any(ends_sentence(t) or t[-1] in ",;" for t in texts)


def has_first_line_indents(group: list[Line], low: int) -> bool:
    """Whether the indented lines of a run all have one indent and follow the end of a sentence, as in a novel."""
    deep = [i for i, x in enumerate(group) if x.indent > low]
    return (len({group[i].indent for i in deep}) == 1 and group[deep[0]].indent >= low + 2
            and all(ends_sentence(group[i - 1].text) for i in deep if i))


def hangs(group: list[Line]) -> bool:
    rest = {x.indent for x in group[1:]}
    return len(rest) == 1 and group[0].indent < min(rest)
