"""Lines come in; pieces go out: lists, quotes, verse, code, tables, rules, underlined lines and paragraphs, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pubkit.model import Block, CodeBlock, Inline, List, ListItem, Paragraph, Quote, Rule, Verse
from pubkit.readers.base import Guess
from pubkit.readers.plaintext.hints import REASON, Hint, Part
from pubkit.readers.plaintext.inline import inlines, lead_in, lines_as_inlines, with_lead_in
from pubkit.readers.plaintext.lines import (
    LEADERS,
    LONG,
    LOOK_AHEAD,
    Line,
    code_share,
    ends_sentence,
    has_gap,
    indented,
    is_break,
    is_full,
    is_rule,
    join,
    looks_wrapped,
    squeeze,
    starts_lower,
    tabular,
    width,
)
from pubkit.readers.plaintext.lists import Marker, follows, is_list, marker
from pubkit.readers.plaintext.shapes import (
    CONTACT,
    KEY,
    SPEAKER,
    groups,
    hangs,
    has_first_line_indents,
    has_keys,
    is_alone,
    is_list_of_names,
    is_shouted,
)
from pubkit.readers.plaintext.tables import aligned, table

__all__ = ["Piece", "Segmenter", "guess"]

DEPTH = 12          # deeper quotes and lists stay text inside the last level

_REFERENCE = re.compile(r"\[[^\]\s]{1,12}\] |\(?[^\W\d_a-zA-Z]\) ")
_ATTRIBUTION = re.compile(r"(?:—|–|--|―)\s*(?=\S)")
_RULER = re.compile(r"\+(?:-\+){3,}\Z")        # of the bits in a drawing
_ENCLOSED = re.compile(r"(={2,6}|\*{2,6}|#{1,6}) +(\S.*?)(?: +(\1))?\Z")
_MARKER_OF_BOOKS = re.compile(r"(?:START|END) OF ")
_UNDERLINES = "=-~^*#+\"'`_"


@dataclass
class Piece:
    """A part of the text: the block it becomes, its lines, the blank lines before it, and why it was taken for this kind."""

    kind: str
    line: int
    block: Block
    guess: Guess
    lines: list[Line]
    before: int = 0
    mark: str = ""
    text: str = ""
    fixed: str = ""     # the kind that a hint or the head of the text gave: no later guess changes it
    level: int = 0
    spoken: bool = False


def guess(line: int, kind: str, score: float, reason: str, text: str) -> Guess:
    """A `Guess` with the beginning of its words."""
    return Guess(line, kind, round(score, 2), reason, squeeze(text[:240])[:60])


@dataclass
class Segmenter:
    """Cuts lines into pieces; ``base`` is the indent of running text. What is decided inside lists and quotes goes to ``guesses``."""

    lines: list[Line]
    wrap: int
    base: int
    guesses: list[Guess]
    depth: int = 0
    speakers: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    pieces: list[Piece] = field(default_factory=list)
    blanks: int = 0
    group_start: bool = True

    def run(self) -> list[Piece]:
        """All pieces."""
        self._cut()
        return self._finished()

    def run_parts(self, parts: list[Part]) -> list[Piece]:
        """All pieces of these parts of the text, some of which have a hint; ``lines`` holds the lines of one part at a time."""
        for part in parts:
            self.lines = part.lines
            if part.hint is None:
                self._cut()
            elif part.hint.kind == "off":
                self._plain()
            elif part.lines:
                self._hinted(part.hint, part.lines)
        return self._finished()

    def _cut(self) -> None:
        at = 0
        self.group_start = True
        while at < len(self.lines):
            if not self.lines[at].text:
                self.blanks += 1
                self.group_start = True
                at += 1
                continue
            at = self._next(at)
            self.blanks = 0
            self.group_start = False

    def _finished(self) -> list[Piece]:
        for piece in self.pieces:
            if piece.kind == "code":
                piece.block = _code_block(piece)
        for i, piece in enumerate(self.pieces):
            if _is_couplet(piece) and any(p.kind == "verse" and not p.fixed for p in self.pieces[max(i - 1, 0):i + 2] if p is not piece):
                lines = [inlines(squeeze(x.text)) for x in piece.lines]
                found = guess(piece.line, "verse", 0.65, "two short lines beside verse", piece.text)
                self.pieces[i] = replace(piece, kind="verse", block=Verse(lines, line=piece.line), guess=found)
        return self.pieces

    def blocks(self) -> tuple[Block, ...]:
        """All pieces as blocks, for the inside of lists and quotes."""
        pieces = self.run()
        self.guesses.extend(p.guess for p in pieces if p.kind not in ("paragraph", "rule"))
        return tuple(p.block for p in pieces)

    def _next(self, at: int) -> int:
        x = self.lines[at]
        if self.group_start and (end := self._table(at)):
            return end
        if self.group_start and not self.depth and (end := self._underlined(at) or self._enclosed(at)):
            return end
        if is_break(x.text) and not (x.indent - self.base >= 2 and self._after_code(x.indent)):
            self._add("rule", Rule(line=x.no), 1, "a drawn line", [x])
            return at + 1
        if x.text[0] == ">":
            return self._quote(at)
        if x.text == "--" and self.group_start and not self.depth:
            return self._signature(at)
        first = marker(x)
        if first is not None and self.depth < DEPTH and (reason := self._list_reason(at, first, self._introduced())):
            return self._list(at, first, reason)
        return self._text(at)

    def _add(self, kind: str, block: Block, score: float, reason: str, lines: list[Line], mark: str = "", text: str = "") -> None:
        no = lines[0].no
        words = text or " ".join(x.text[:60] for x in lines[:4])
        said = "table" if kind == "code" and mark.startswith("table") else kind
        self.pieces.append(Piece(kind, no, block, guess(no, said, score, reason, words), lines, self.blanks, mark, text))
        self.blanks = 0

    def _inside(self, lines: list[Line], base: int) -> tuple[Block, ...]:
        return Segmenter(lines, self.wrap, base, self.guesses, self.depth + 1, self.speakers, self.signs).blocks()

    def _introduced(self) -> bool:
        last = self.pieces[-1] if self.pieces else None
        return last is not None and last.kind == "paragraph" and last.text.endswith((":", "："))

    # --- Headings with a drawn line, tables -----------------------------------------------------------------------------------------

    def _underlined(self, at: int) -> int:
        part = [x.text for x in self.lines[at:at + 3]] + ["", "", ""]
        over = is_rule(part[0]) and part[0][0] in _UNDERLINES
        text, under = (part[1], part[2]) if over else (part[0], part[1])
        if not text or not is_rule(under) or under[0] not in _UNDERLINES or is_rule(text) or (over and under[0] != part[0][0]):
            return 0
        if width(text) > 100 or len(under) < min(width(text), 8) * 0.5 or not any(c.isalnum() for c in text) or text[0] == ">":
            return 0
        if not over and (ends_sentence(text) and text[-1] == "." and width(text) > 60):
            return 0
        lines = self.lines[at:at + (3 if over else 2)]
        if over and text[0] == text[-1] == under[0]:
            text = text.strip(under[0] + " ")
        self._add("underlined", Paragraph(inlines(squeeze(text)), line=lines[over].no), 0.95, f"a line drawn below with {under[0]}",
                  lines[over:over + 1], mark=under[0] * (2 if over else 1), text=squeeze(text))
        return at + len(lines)

    def _enclosed(self, at: int) -> int:
        """A line alone between signs, as `== Words ==`, or after them, as `## Words`."""
        x = self.lines[at]
        m = _ENCLOSED.match(x.text) if width(x.text) <= 100 and is_alone(self.lines, at) else None
        if m is None or not any(c.isalpha() for c in m[2]) or (m[1][0] != "#" and not m[3]) or _MARKER_OF_BOOKS.match(m[2]):
            return 0
        self._add("underlined", Paragraph(inlines(squeeze(m[2])), line=x.no), 0.8, f"a line between or after {m[1]}", [x], mark=m[1],
                  text=squeeze(m[2]))
        return at + 1

    def _table(self, at: int) -> int:
        end = at
        while end < len(self.lines) and self.lines[end].text:
            end += 1
        group = self.lines[at:end]
        reason = tabular(group)
        listed = reason != LEADERS and sum(1 for x in group if marker(x) is not None) * 3 >= len(group)
        if not reason or listed or group[0].text[0] == ">":
            return 0
        if any(_RULER.match(x.text) for x in group):
            self._code(group, 0.8, "a drawing", "drawing")
        elif (made := table(group)) is not None:
            self._add("table", made[0], 0.9, made[1], group)
        else:
            self._code(group, 0.8, reason, "table")
        return end

    # --- Code -----------------------------------------------------------------------------------------------------------------------

    def _code(self, lines: list[Line], score: float, reason: str, what: str = "program") -> None:
        last = self.pieces[-1] if self.pieces else None
        mark = f"table {reason}" if what == "table" else what
        if last is not None and last.kind == "code" and last.mark == mark and self.blanks < 3 and not last.fixed:
            last.lines.extend(Line(0, "", 0, "") for _ in range(self.blanks))
            last.lines.extend(lines)
            return
        self._add("code", CodeBlock("", line=lines[0].no), score, reason, list(lines), mark=mark)

    def _after_code(self, indent: int) -> bool:
        """Whether the piece before is a program that stands no deeper than this indent."""
        last = self.pieces[-1] if self.pieces else None
        return (last is not None and last.kind == "code" and last.mark == "program" and self.blanks < 3
                and indent >= min(x.indent for x in last.lines[:50] if x.text))

    def _is_code(self, group: list[Line]) -> tuple[float, str]:
        share = code_share(group)
        indent = min(x.indent for x in group)
        last = self.pieces[-1] if self.pieces else None
        before = last.text if last is not None and last.kind == "paragraph" else ""
        after_code = self._after_code(indent)
        if indent - self.base >= 2:
            if before.endswith("::"):
                return 0.9, "indented after a double colon"
            announced = share >= 0.3 and (after_code or before.endswith(":")) and not looks_wrapped(group, self.wrap)
            if share >= 0.5 or announced or (after_code and (share > 0 or self._after_code(indent - 1))):
                return 0.8, "indented, and written like a program"
        if share >= 0.6 and (len(group) > 1 or after_code) and (after_code or any(x.indent > indent for x in group)):
            return 0.7, "written like a program"
        return 0, ""

    # --- Quotes ---------------------------------------------------------------------------------------------------------------------

    def _quote(self, at: int) -> int:
        end = at
        while end < len(self.lines) and self.lines[end].text[:1] == ">":
            end += 1
        group = self.lines[at:end]
        prompts = all(x.text.startswith(">>>") for x in group)
        if prompts and group[0].text.startswith(">>> ") and code_share(group) > 0.3:
            while end < len(self.lines) and self.lines[end].text:
                end += 1
            self._code(self.lines[at:end], 0.8, "a Python prompt")
            return end
        self._add_quote([_unquoted(x, everything=self.depth + 1 >= DEPTH) for x in group], group, 0.95, "lines that begin with >")
        return end

    def _add_quote(self, inner: list[Line], group: list[Line], score: float, reason: str) -> None:
        attribution: tuple[Inline, ...] = ()
        said, last = [x for x in inner if x.text][-2:-1], inner[-1]
        if said and (m := _ATTRIBUTION.match(last.text)) and not _ATTRIBUTION.match(said[0].text):
            attribution = inlines(squeeze(last.text[m.end():]))
            inner = inner[:-1]
        base = min((x.indent for x in inner if x.text), default=0)
        content = self._inside(inner, base) if self.depth < DEPTH else tuple(Paragraph(x.text) for x in inner if x.text)
        self._add("quote", Quote(content, attribution, line=group[0].no), score, reason, group)

    # --- Lists ----------------------------------------------------------------------------------------------------------------------

    def _list_reason(self, at: int, first: Marker, introduced: bool) -> str:
        if first.counts and not self.depth and first.indent < self.base:
            return ""
        return is_list(self.lines, at, first, introduced, self.base, self.signs)

    def _list(self, at: int, first: Marker, reason: str) -> int:
        start = self.lines[at]
        items: list[tuple[Marker, list[Line]]] = []
        following: Marker | None = first
        loose = False
        while following is not None:
            current = following
            end, content = self._item(at, current)
            items.append((current, content))
            at = end
            while at < len(self.lines) and not self.lines[at].text:
                at += 1
            following = self._sibling(at, current)
            if following is not None:
                loose = loose or at > end
            else:
                at = end
        block = self._build(items, loose, start.no)
        self._add("list", block, 0.95 if reason == "a bullet sign" else 0.85, f"{reason}, {len(items)} item{'s'[:len(items) > 1]}", [start])
        return at

    def _sibling(self, at: int, last: Marker) -> Marker | None:
        if at >= len(self.lines):
            return None
        m = marker(self.lines[at])
        return follows(last, m, self.lines[at]) if m is not None and abs(m.indent - last.indent) <= 1 else None

    def _item(self, at: int, m: Marker) -> tuple[int, list[Line]]:
        """The end of the item that begins at a line, and its lines (the first without the marker)."""
        x = self.lines[at]
        content = [indented(x.no, x.text[m.column - m.indent:], m.column)]
        end = at + 1
        i = end
        while i < len(self.lines):
            x = self.lines[i]
            if x.text:
                inside = self._belongs(i, m, after_blank=i > end)
                if inside is None:
                    break
                content.extend(Line(y.no, "", 0, "") for y in self.lines[end:i])
                content.append(inside)
                end = i + 1
            i += 1
        return end, content

    def _belongs(self, i: int, m: Marker, after_blank: bool) -> Line | None:
        """Line ``i`` as a line of the item with marker ``m``; None if the item ends before it."""
        x = self.lines[i]
        if after_blank:
            return x if x.indent > m.indent + 1 else None
        mark = marker(x)
        if mark is not None and abs(x.indent - m.indent) <= 1:
            nested = m.sign in ("•", "●", "*") and mark.sign in ("◦", "▪", "○", "▫", "o", "-", "–") and follows(m, mark, x) is None
            if nested or (mark.sign in ("-", "–", "—", "o") and follows(m, mark, x) is None and self._runs_on(i)):
                return indented(x.no, x.text, m.column)
            weak = mark.counts and follows(m, mark, x) is None and self._runs_on(i)
            return indented(x.no, x.text, m.column) if weak else None
        if x.indent > m.indent + (mark is not None):
            return x if mark is not None or x.indent > m.column + 1 else indented(x.no, x.text, m.column)
        if is_break(x.text) or x.text[0] == ">" or mark is not None:
            return None
        goes_on = starts_lower(x.text) and x.indent >= m.indent and not ends_sentence(self.lines[i - 1].text)
        return indented(x.no, x.text, m.column) if goes_on or self._runs_on(i) else None

    def _runs_on(self, i: int) -> bool:
        """Whether line ``i`` goes on with the sentence of the line before, as far as a wrapped width tells."""
        a, b = self.lines[i - 1], self.lines[i]
        return is_full(a, b, self.wrap, slack=round(self.wrap * 0.15)) and not (ends_sentence(a.text) and not starts_lower(b.text))

    def _build(self, items: list[tuple[Marker, list[Line]]], loose: bool, no: int) -> List:
        firsts: list[str] = []
        rests: list[tuple[Block, ...]] = []
        for m, content in items:
            cut = next((i for i, x in enumerate(content) if i and (not x.text or self._nested_at(content, i))), len(content))
            firsts.append(join([x.text for x in content[:cut]]))
            rest = content[cut:]
            base = min([m.column, *(x.indent for x in rest if x.text)])
            rests.append(self._inside(rest, base) if rest else ())
        made = with_lead_in if sum(1 for text in firsts if lead_in(text)) * 2 > len(firsts) else inlines
        built = [ListItem((Paragraph(made(text), line=content[0].no), *rest), checked=m.checked, line=content[0].no)
                 for (m, content), text, rest in zip(items, firsts, rests, strict=True)]
        first = items[0][0]
        return List(built, style=first.style, start=first.value if first.counts else 1, tight=not loose, line=no)

    def _nested_at(self, content: list[Line], i: int) -> bool:
        """Whether a list inside an item begins at this line."""
        m = marker(content[i])
        if m is None or self.depth + 1 >= DEPTH:
            return False
        return bool(is_list(content, i, m, introduced=content[i - 1].text.endswith(":"), base=content[0].indent - 1))

    # --- Paragraphs, verse ----------------------------------------------------------------------------------------------------------

    def _text(self, at: int) -> int:
        end = at + 1
        while end < len(self.lines) and self.lines[end].text and not self._breaks(end):
            end += 1
        group = self.lines[at:end]
        score, reason = self._is_code(group)
        if self._is_entry(group):
            self._prose(group[:1])
            return at + 1
        if reason:
            self._code(group, score, reason)
        elif len(group) > 1 and min(x.indent for x in group) - self.base >= 2 and not hangs(group):
            self._set_off(group)
        elif self.group_start and len(group) > 1 and is_shouted(group[0], group[1]) and not self._speaks(group[0].text):
            self._prose(group[:1])
            return at + 1
        else:
            for chunk in self._chunks(group):
                self._prose(chunk)
        return end

    def _is_entry(self, group: list[Line]) -> bool:
        """Whether a line in capitals stands right above text that is indented, as in a manual page."""
        a = group[0]
        return (self.group_start and not self.depth and len(group) > 1 and all(x.indent >= a.indent + 3 for x in group[1:])
                and a.text.isupper() and a.text[-1].isalpha() and 3 < width(a.text) <= 60 and len(a.text.split()) < 6
                and not has_gap(a.text) and not group[1].text.isupper() and not self._speaks(a.text))

    def _breaks(self, i: int) -> bool:
        """Whether line ``i`` cannot belong to the paragraph of the line before."""
        a, b = self.lines[i - 1], self.lines[i]
        if len(b.raw) > LONG or len(a.raw) > LONG or is_break(b.text) or b.text[0] == ">":
            return True
        m = marker(b)
        if m is None or self.depth >= DEPTH:
            return False
        colon = a.text.endswith((":", "："))
        if not colon and is_full(a, b, self.wrap) and m.sign in ("-", "–", "—", "o", ".", ")", "*", "+") and not ends_sentence(a.text):
            return False
        return bool(self._list_reason(i, m, colon))

    def _set_off(self, group: list[Line]) -> None:
        """Indented lines: a quotation if they were wrapped, else lines that stay lines."""
        signed = len(group) > 2 and _ATTRIBUTION.match(group[-1].text) is not None
        if not signed and _is_uneven(group):
            self._verse(group, 0.65, "indented lines of uneven indent")
            return
        if looks_wrapped(group[:-1] if signed else group, 0) or looks_wrapped(group, self.wrap):
            self._add_quote(group, group, 0.6, "an indented paragraph")
            return
        self._verse(group, 0.65, "indented lines of uneven length")

    def _chunks(self, group: list[Line]) -> list[list[Line]]:
        """A run of lines cut where a first-line indent, a reference mark or a line of speech begins a new paragraph."""
        low = min(x.indent for x in group)
        chunks = [group[:1]]
        marked = _REFERENCE.match(group[0].text) is not None
        novel = has_first_line_indents(group, low)
        for i in range(1, len(group)):
            a, x = group[i - 1], group[i]
            follower = group[i + 1].indent if i + 1 < len(group) else low
            first = follower == low or (novel and follower == x.indent)
            indented = x.indent >= low + 2 and first and (a.indent == low or len(chunks[-1]) == 1) and ends_sentence(a.text)
            speech = _ATTRIBUTION.match(x.text) is not None and ends_sentence(a.text) and not is_full(a, x, self.wrap)
            spoken = self._speaks(x.text) and self._speaks(group[0].text) and (ends_sentence(a.text) or not is_full(a, x, self.wrap))
            if indented or speech or spoken or (marked and _REFERENCE.match(x.text)):
                chunks.append([x])
            else:
                chunks[-1].append(x)
        return chunks

    def _speaks(self, text: str) -> bool:
        m = SPEAKER.match(text)
        return text in self.speakers or (m is not None and m[0] in self.speakers)

    def _prose(self, chunk: list[Line]) -> None:
        texts = [squeeze(x.text) for x in chunk]
        if len(chunk) == 1:
            self._paragraph(texts, chunk, "a line of its own")
        elif hangs(chunk):
            self._paragraph([join(texts)], chunk, "lines with a hanging indent")
        elif has_keys(chunk):
            self._paragraph(texts, chunk, "lines with a word and a colon each", 0.8)
        elif looks_wrapped(chunk, self.wrap):
            self._paragraph(self._between_breaks(chunk), chunk, "wrapped lines, joined")
        elif sum(width(x.raw) for x in chunk) <= 0.75 * max(self.wrap or 85, 70) * len(chunk):
            if len(chunk) > 2 and is_list_of_names(chunk):
                self._paragraph(texts, chunk, "short lines with names or numbers", 0.7)
            elif len(chunk) > 2:
                self._verse(chunk, 0.6 + 0.15 * (len(chunk) > 3), "short lines of uneven length")
            elif starts_lower(texts[1]) and texts[0][-1].isalnum():
                self._paragraph([join(texts)], chunk, "a sentence over two lines")
            else:
                self._paragraph(texts, chunk, "two short lines")
        elif all(ends_sentence(t) for t in texts):
            for x in chunk:
                self._paragraph([squeeze(x.text)], [x], "a line that ends as a sentence")
        else:
            self._paragraph([join(texts)], chunk, "lines of one paragraph")

    def _between_breaks(self, chunk: list[Line]) -> list[str]:
        """The texts between the line breaks that the author wanted: where a line ends long before the width."""
        parts = [[chunk[0].text]]
        for a, b in pairwise(chunk):
            wanted = self.wrap and not is_full(a, b, self.wrap, slack=round(self.wrap * 0.25)) and not starts_lower(b.text)
            if wanted:
                parts.append([b.text])
            else:
                parts[-1].append(b.text)
        return [join(p) for p in parts]

    def _verse(self, lines: list[Line], score: float, reason: str) -> None:
        self._add("verse", Verse([inlines(squeeze(x.text)) for x in lines], line=lines[0].no), score, reason, lines)

    def _paragraph(self, parts: list[str], lines: list[Line], reason: str, score: float = 0.9) -> None:
        self._add("paragraph", Paragraph(lines_as_inlines(parts), line=lines[0].no), score, reason, lines, text="\n".join(parts))
        self.pieces[-1].spoken = self._speaks(lines[0].text)

    def _signature(self, at: int) -> int:
        """The two dashes before a signature, and its lines, which stay lines."""
        self._add("rule", Rule(line=self.lines[at].no), 1, "two dashes before a signature", [self.lines[at]])
        end = at + 1
        while end < len(self.lines) and self.lines[end].text and end - at < LOOK_AHEAD:
            end += 1
        if group := self.lines[at + 1:end]:
            self._paragraph([squeeze(x.text) for x in group], group, "lines of a signature", 0.85)
        return end

    # --- Hints ----------------------------------------------------------------------------------------------------------------------

    def _plain(self) -> None:
        """Paragraphs and nothing else, between blank lines."""
        group: list[Line] = []
        for x in [*self.lines, Line(0, "", 0, "")]:
            if x.text:
                group.append(x)
            elif group:
                self._hinted(Hint("paragraph"), group)
                group = []

    def _hinted(self, hint: Hint, lines: list[Line]) -> None:
        """What a hint says that these lines are."""
        written = [x for x in lines if x.text]
        if not written:
            return
        texts = [squeeze(x.text) for x in written]
        count = len(self.pieces)
        match hint.kind:
            case "list":
                self._add("list", self._hinted_list(lines), 1, REASON, written)
            case "quote":
                inner = [_unquoted(x, everything=False) if x.text[:1] == ">" else x for x in lines]
                self._add_quote(inner, written, 1, REASON)
            case "verse":
                for group in groups(lines):
                    self._verse(group, 1, REASON)
            case "table" if (made := table(written)) is not None:
                self._add("table", made[0], 1, REASON, written)
            case "table" if (found := aligned(written)) is not None:
                self._add("table", found, 1, REASON, written)
            case "code" | "table":
                self._add("code", CodeBlock("", line=written[0].no), 1, REASON, list(lines), mark=f"{hint.kind} by a hint")
            case "lines":
                self._paragraph(texts, written, REASON, 1)
            case _:
                for group in groups(lines) if hint.kind == "paragraph" else [written]:
                    self._paragraph([join([x.text for x in group])], group, REASON, 1)
        for piece in self.pieces[count:]:
            piece.fixed, piece.level = hint.kind, hint.level
        self.blanks = 1

    def _hinted_list(self, lines: list[Line]) -> List:
        """A list of these lines: an item for each line that stands as far out as the first, and no marker is needed."""
        margin = min(x.indent for x in lines if x.text)
        items: list[tuple[Marker, list[Line]]] = []
        loose = False
        for i, x in enumerate(lines):
            if x.text and (x.indent <= margin or not items):
                m = marker(x) or Marker("", "bullet", 0, x.indent, x.indent)
                loose = loose or bool(items and not lines[i - 1].text)
                items.append((m, [indented(x.no, x.text[m.column - m.indent:], m.column)]))
            elif items:
                items[-1][1].append(x)
        for _, content in items:
            while not content[-1].text:
                content.pop()
        return self._build(items, loose, items[0][1][0].no)


def _code_block(piece: Piece) -> CodeBlock:
    indent = min(x.indent for x in piece.lines if x.text)
    return CodeBlock("\n".join(x.raw[indent:] for x in piece.lines), line=piece.line)


def _is_couplet(piece: Piece) -> bool:
    """Two lines of a paragraph that may be verse: short, and not joined by a hint or a closing formula."""
    return (piece.kind == "paragraph" and not piece.fixed and len(piece.lines) == 2 and max(width(x.raw) for x in piece.lines) < 60
            and not any(CONTACT.search(x.text) or KEY.match(x.text) for x in piece.lines) and len(piece.lines[1].text.split()) > 2)


def _is_uneven(group: list[Line]) -> bool:
    """Whether these lines are short, begin as lines of verse do, and are indented otherwise than wrapped text is."""
    return (len(group) > 2 and len({x.indent for x in group[1:]}) > 1 and max(width(x.text) for x in group) < 60
            and not any(starts_lower(x.text) for x in group))


def _unquoted(x: Line, everything: bool) -> Line:
    rest = x.text.lstrip("> ") if everything else x.text[1:].removeprefix(" ")
    text = rest.strip()
    return Line(x.no, rest, len(rest) - len(rest.lstrip()), text)
