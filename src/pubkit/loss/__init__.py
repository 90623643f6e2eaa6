"""An article that was read comes in; what its source has and it has not goes out: words missing, doubled or moved, and structure.

The words of the source are found in a way that is not the readers' (see `pubkit.loss.source`). Both rows of words are laid beside each
other; what is left over on either side is looked for elsewhere, and what cannot be found must be explained by a diagnostic.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from msgspec import Struct

from pubkit.loss.model import Words, marks_of, words_of
from pubkit.loss.source import Mark, Source, of_markdown, of_text
from pubkit.loss.words import Word, words
from pubkit.readers import Read, decode_text

__all__ = ["KINDS", "Count", "Difference", "Loss", "check"]

KINDS = ("headings", "lists", "tables", "links", "pictures", "notes")

# What a reader says where it leaves something out or changes it: such a finding explains words that are gone on its line or in its block,
# and one that says what stays as text explains words that have come.
_LEFT_OUT = frozenset(("character-dropped", "dialect-dropped", "footnote-unused", "html-dropped", "math-unreadable", "pagebreak-dropped",
                       "span-clamped", "table-ragged", "title-repeated"))
_CHANGED = _LEFT_OUT | {"markup-unread"}
_OF_KIND = {
    "headings": frozenset(("title-repeated", "html-dropped", "dialect-dropped", "markup-unread")),
    "lists": frozenset(("html-dropped", "dialect-dropped", "markup-unread")),
    "tables": frozenset(("html-dropped", "dialect-dropped", "table-ragged", "markup-unread")),
    "links": frozenset(("link-unsafe", "link-broken", "html-dropped", "dialect-dropped", "markup-unread", "footnote-unused")),
    "pictures": frozenset(("html-dropped", "dialect-dropped", "markup-unread")),
    "notes": frozenset(("footnote-unused", "markup-unread", "dialect-dropped")),
}


class Difference(Struct, frozen=True):
    """Words that stand together, the line they stand on (0: not known), and the code of the diagnostic that explains them, if one does."""

    line: int
    words: str
    count: int
    code: str = ""


class Count(Struct, frozen=True):
    """How many of a kind there are in the source and in the article, the code that explains a difference, and what differs."""

    kind: str
    source: int
    article: int
    code: str = ""
    where: tuple[str, ...] = ()


class Loss(Struct, frozen=True):
    """What came of a comparison.

    Attributes:
        name: the file's name.
        compared: False where the source has nothing to compare with, as JSON.
        words: how many words the source has.
        aside: how many of them belong to markup and were set aside.
        missing: words that the article has not.
        doubled: words that it has more often than the source.
        moved: words that stand in another place.
        counts: headings, lists and so on, on both sides; none for plain text, which has no markup to count.
    """

    name: str
    compared: bool = True
    words: int = 0
    aside: int = 0
    missing: tuple[Difference, ...] = ()
    doubled: tuple[Difference, ...] = ()
    moved: tuple[Difference, ...] = ()
    counts: tuple[Count, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all that differs is explained by a diagnostic."""
        return not any(d.count for d in self.unexplained) and not any(c.source != c.article and not c.code for c in self.counts)

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The words that differ, and of which no diagnostic speaks."""
        return tuple(d for d in (*self.missing, *self.doubled, *self.moved) if not d.code)

    def __str__(self) -> str:
        return "\n".join(_report(self)) + "\n"


def check(read: Read) -> Loss:
    """Compares an article with its source.

    Args:
        read: an article that was read, with its provenance.

    Returns:
        What is missing, doubled or moved, and how often headings, lists and so on stand on both sides.

    Raises:
        ValueError: the article does not know where it is from.
    """
    provenance = read.provenance
    if provenance is None:
        raise ValueError("this article has no provenance to compare it with")
    if provenance.kind not in ("markdown", "text"):
        return Loss(provenance.name, compared=False)
    text = decode_text(provenance.source, provenance.name)
    if provenance.kind == "text":
        source, article = _without_bylines(of_text(text), read), words_of(read.article, markers=True)
    else:
        source = of_markdown(text)
        article = words_of(read.article, references=source.references)
    ends = sorted({w.line for w in (*article.body, *article.notes)})
    article.body, article.notes = _in_blocks(article.body, ends), _in_blocks(article.notes, ends)
    missing, doubled, moved = _compared(source, article)
    counts = () if provenance.kind == "text" else tuple(_counts(source.marks, marks_of(read.article), read))
    return Loss(
        provenance.name, words=len(source.body) + len(source.notes), aside=sum(source.markup.values()), counts=counts,
        missing=tuple(_differences(missing, read, _LEFT_OUT)), doubled=tuple(_differences(doubled, read, _CHANGED)),
        moved=tuple(_differences(moved, read, _CHANGED)))


def _in_blocks(row: list[Word], lines: list[int]) -> list[Word]:
    """Words of the article, of which the block reaches to the line before the next one."""
    last = {a: b - 1 for a, b in pairwise(lines)}
    return [w._replace(last=last.get(w.line, 10**9)) if w.line else w for w in row]


def _without_bylines(source: Source, read: Read) -> Source:
    """A text without the words around the names in its bylines, which are markup there: the first word, and those with a small letter."""
    lines = {g.line for g in read.guesses if g.kind == "byline"}
    names = {w for p in read.article.meta.authors for w in words(f"{p.name} {p.email} {p.url} {p.role}")}
    kept: list[Word] = []
    line = 0
    for word in source.body:
        if word.line in lines and word.text not in names and (word.line != line or not word.text[0].isupper()):
            source.markup[word.text] += 1
        else:
            kept.append(word)
        line = word.line
    source.body = kept
    return source


# --- Words ----------------------------------------------------------------------------------------------------------------------------

Runs = list[list[Word]]


def _compared(source: Source, article: Words) -> tuple[Runs, Runs, Runs]:
    """The runs of words that are missing, doubled and moved."""
    left, right = _left_over(source.body, article.body, article.beside)
    # Notes may stand in the order of their calls or of their definitions.
    notes = _left_over(source.notes, article.notes, article.beside)
    gone, come = (Counter(w.text for run in side for w in run) for side in notes)
    for side, mine, all_ in ((left, notes[0], gone - come), (right, notes[1], come - gone)):
        side += [part for run in mine for part, there in _parts(run, all_) if there]
    left = [part for run in left for part in _without(run, article.beside)]
    left += _arguments(source, article, right)
    return _sorted_out(left, right, source)


def _left_over(ours: list[Word], theirs: list[Word], beside: list[list[str]]) -> tuple[Runs, Runs]:
    gaps = list(_gaps(ours, theirs, beside))
    return [gone for gone, _ in gaps if gone], [come for _, come in gaps if come]


def _without(run: list[Word], beside: list[list[str]]) -> Iterator[list[Word]]:
    """A run without the things that stand beside the text, such as title and captions. Each is used once.

    Where a run begins may be off by some words that are alike at its end, so that it may hold such a thing from the middle on.
    """
    texts = [w.text for w in run]
    if row := next((b for b in beside if len(b) == len(texts) and sorted(b) == sorted(texts)), None):
        beside.remove(row)
        return
    part: list[Word] = []
    for word, keep in zip(run, _kept(texts, beside), strict=True):
        if keep:
            part.append(word)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _kept(texts: list[str], beside: list[list[str]], least: int = 1) -> list[bool]:
    """Which words of a row belong to nothing, of so many words at least, that stands beside the text; what they belong to is used up."""
    held = Counter(texts)
    mine = sorted((b for b in beside if len(b) >= least and b[0] in held and not Counter(b) - held), key=len, reverse=True)
    at, kept = 0, [True] * len(texts)
    while at < len(texts):
        row = next((b for b in mine if texts[at:at + len(b)] == b), [])
        if row:
            beside.remove(row)
            mine.remove(row)
            kept[at:at + len(row)] = [False] * len(row)
        at += max(1, len(row))
    return kept


def _arguments(source: Source, article: Words, right: Runs) -> Runs:
    """The texts that markup names and that stand nowhere in the article; those that do are taken out of what was left over there."""
    if not source.arguments:
        return []
    rows = (article.body, article.notes)
    there = " | ".join(["", *(" ".join(w.text for w in row) for row in rows), *(" ".join(b) for b in article.beside), ""])
    rest = [[w.text for w in argument] for argument in source.arguments]
    right[:] = [part for run in right for part in _without(run, rest)]
    over = Counter(map(tuple, rest))
    whole = {tuple(b) for b in article.beside}
    out: Runs = []
    for argument in source.arguments:
        key = tuple(w.text for w in argument)
        if over[key]:
            over[key] -= 1
            if key not in whole and f" {' '.join(key)} " not in there:
                out.append(list(argument))
    return out


def _sorted_out(left: Runs, right: Runs, source: Source) -> tuple[Runs, Runs, Runs]:
    """What is left over on both sides was moved; on one, it is missing or doubled. Words of markup that stayed as text are neither."""
    gone, come = (Counter(w.text for run in side for w in run) for side in (left, right))
    both = gone & come
    stayed, signs = source.markup.copy(), source.signs
    missing: Runs = []
    moved: Runs = []
    again = both.copy()
    for run in left:
        for part, there in _parts(run, again):
            (moved if there else missing).append(part)
    doubled: Runs = []
    for run in right:
        for part, there in _parts(run, both):
            if not there:
                for word in part:
                    if not word.text.isalnum() and signs:
                        signs -= 1
                        stayed[word.text] += 1
                doubled += [p for p, markup in _parts(part, stayed) if not markup]
    return missing, doubled, moved


def _parts(run: list[Word], bag: Counter[str]) -> Iterator[tuple[list[Word], bool]]:
    """A run in parts: words that a bag has, which are taken out of it, and others."""
    part: list[Word] = []
    was = False
    for word in run:
        there = bag[word.text] > 0
        if there:
            bag[word.text] -= 1
        if part and there != was:
            yield part, was
            part = []
        part.append(word)
        was = there
    if part:
        yield part, was


# --- Laying two rows beside each other -------------------------------------------------------------------------------------------------

SHORT = 400  # rows of so many words are compared word by word


def _gaps(ours: list[Word], theirs: list[Word], beside: list[list[str]]) -> Iterator[tuple[list[Word], list[Word]]]:
    """The runs of words that stand on one side only, between words that stand on both."""
    a, b = [w.text for w in ours], [w.text for w in theirs]
    at_a = at_b = 0
    for start_a, start_b in [*_anchors(a, b), (len(a), len(b))]:
        if start_a < at_a or start_b < at_b:
            continue
        yield from _between(ours[at_a:start_a], theirs[at_b:start_b], beside)
        at_a, at_b = start_a, start_b
        while at_a < len(a) and at_b < len(b) and a[at_a] == b[at_b]:
            at_a, at_b = at_a + 1, at_b + 1
    yield from _between(ours[at_a:], theirs[at_b:], beside)


def _anchors(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    """Where four words that stand once on each side stand, as many as keep their order."""
    pairs: list[tuple[int, int]] = []
    in_b = _once(b)
    for key, at in _once(a).items():
        if key in in_b:
            pairs.append((at, in_b[key]))
    pairs.sort()
    if a[:1] == b[:1]:
        pairs.insert(0, (0, 0))
    return _rising(pairs)


def _once(row: list[str]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for at in range(len(row) - 3):
        key = tuple(row[at:at + 4])
        found[key] = -1 if key in found else at
    return {key: at for key, at in found.items() if at >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of pairs of which the second numbers rise."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, b) in enumerate(pairs):
        place = bisect_left(ends, b)
        before.append(last[place - 1] if place else -1)
        ends[place:place + 1] = [b]
        last[place:place + 1] = [at]
    out: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        out.append(pairs[at])
        at = before[at]
    return out[::-1]


def _between(left: list[Word], right: list[Word], beside: list[list[str]]) -> Iterator[tuple[list[Word], list[Word]]]:
    end = 0
    while end < min(len(left), len(right)) and left[-end - 1].text == right[-end - 1].text:
        end += 1
    if end == min(len(left), len(right)) or max(len(left), len(right)) > SHORT:
        left, right = left[:len(left) - end], right[:len(right) - end]
    if not left or not right:
        if left or right:
            yield left, right
        return
    if len(left) > SHORT or len(right) > SHORT:
        yield _long(left, right)
        return
    # First what stands beside the text as a whole: its words may be like those around it.
    left = [w for w, keep in zip(left, _kept([w.text for w in left], beside, 3), strict=True) if keep]
    matcher = SequenceMatcher(None, [w.text for w in left], [w.text for w in right], autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what != "equal":
            yield left[i:j], right[k:m]


def _long(left: list[Word], right: list[Word]) -> tuple[list[Word], list[Word]]:
    """Long rows without anything alike to hold on to: what one has more often than the other, whatever the order."""
    more, less = (Counter(w.text for w in side) for side in (left, right))
    gone, come = more - less, less - more
    return [w for run, there in _parts(left, gone) if there for w in run], [w for run, there in _parts(right, come) if there for w in run]


def _differences(runs: Runs, read: Read, codes: frozenset[str]) -> Iterator[Difference]:
    found = sorted((d.location.line, d.code) for d in read.diagnostics if d.code in codes)
    for run in sorted(runs, key=lambda run: run[0].line):
        for line in _by_blocks(run):
            text = " ".join(w.text for w in line[:12]) + (" …" if len(line) > 12 else "")
            yield Difference(line[0].line, text, len(line), _code(line, found))


def _by_blocks(run: list[Word]) -> Iterator[list[Word]]:
    """A run cut where one block ends and another begins: each has its own explanation."""
    part: list[Word] = []
    for word in run:
        if part and word.first != part[-1].first:
            yield part
            part = []
        part.append(word)
    yield part


def _code(run: list[Word], found: list[tuple[int, str]]) -> str:
    """The code of a diagnostic on the line of a run or in its block."""
    first, last = min(w.first or w.line for w in run), max(w.last or w.line for w in run)
    at = bisect_left(found, (first, ""))
    return found[at][1] if at < len(found) and found[at][0] <= last else ""


# --- Structure ---------------------------------------------------------------------------------------------------------------------------

def _counts(ours: list[Mark], theirs: list[Mark], read: Read) -> Iterator[Count]:
    title = _key(read.article.meta.title_text)
    for kind in KINDS:
        a, b = [m for m in ours if m.kind == kind], [m for m in theirs if m.kind == kind]
        if kind == "headings" and title not in {_key(m.text) for m in b}:
            at = next((i for i, m in enumerate(a) if _key(m.text) == title), -1)
            a = a if at < 0 else [*a[:at], *a[at + 1:]]
        if kind == "links":
            known = {_key(m.text) for m in a}
            b = [m for m in b if _key(m.text) in known or not _ADDRESS.search(m.text)]
        code = ""
        if len(a) != len(b):
            said = Counter(d.code for d in read.diagnostics if d.code in _OF_KIND[kind])
            lines = {d.location.line for d in read.diagnostics if d.code in _OF_KIND[kind]}
            # What is alike on a line is said once.
            if said and (sum(said.values()) >= abs(len(a) - len(b)) or all(m.line in lines for m in _only(a, b))):
                code = max(said, key=lambda c: said[c])
        yield Count(kind, len(a), len(b), code, tuple(_apart(a, b)) if len(a) != len(b) else ())


_ADDRESS = re.compile(r"\w[.@:/]+\w")  # an address that was written bare is words in the source


def _key(text: str) -> str:
    return " ".join(words(text[:60])).casefold()[:40]


def _apart(a: list[Mark], b: list[Mark]) -> Iterator[str]:
    """The first of the marks that only one side has."""
    for mine, others, name in ((a, b, "only in the source"), (b, a, "only in the article")):
        for mark in _only(mine, others)[:3]:
            yield f"{name}: line {mark.line}, {' '.join(mark.text.split())[:50] or '(no words)'}"


def _only(mine: list[Mark], others: list[Mark]) -> list[Mark]:
    bag = Counter(_key(m.text) for m in others)
    left: list[Mark] = []
    for mark in mine:
        if bag[_key(mark.text)]:
            bag[_key(mark.text)] -= 1
        else:
            left.append(mark)
    return left


# --- In words -----------------------------------------------------------------------------------------------------------------------

def _report(loss: Loss) -> Iterator[str]:
    if not loss.compared:
        yield f"{loss.name}: nothing to compare with: its words are the article's own"
        return
    aside = f", and {loss.aside:,} of markup set aside" if loss.aside else ""
    yield f"{loss.name}: {loss.words:,} words{aside}"
    for name, differences in (("missing", loss.missing), ("doubled", loss.doubled), ("moved", loss.moved)):
        for d in differences:
            place = f"line {d.line}: " if d.line else ""
            yield f"  {name}: {place}{d.words}" + (f"   ({d.code})" if d.code else "")
    for count in loss.counts:
        if count.source != count.article:
            why = f"   ({count.code})" if count.code else ""
            yield f"  {count.kind}: {count.source} in the source, {count.article} in the article{why}"
            yield from (f"    {x}" for x in count.where)
    left = sum(d.count for d in loss.unexplained)
    uneven = sum(1 for c in loss.counts if c.source != c.article and not c.code)
    parts = [_count(left, "word")] * bool(left) + [_count(uneven, "count")] * bool(uneven)
    yield f"  without a diagnostic: {', '.join(parts)}" if parts else "  nothing is lost without a word"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
