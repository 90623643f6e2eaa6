"""Rules of markdown-it for HTML in Markdown: ``markdown="1"``, by which an element holds Markdown, and formulas as MathML."""

from __future__ import annotations

import re
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_inline import StateInline

__all__ = ["install"]

_MARKED = re.compile(r"<([A-Za-z][\w-]*)((?:\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*)\s*>")
_VALUE = re.compile(r"\smarkdown\s*=\s*[\"']?(1|true|block|span|inline)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)(?=[\s/>])[^<>]*>")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_WORDS_ONLY = frozenset("p h1 h2 h3 h4 h5 h6 dt summary figcaption caption legend address th span a em strong b i small q cite".split())
_Pairs: TypeAlias = dict[int, tuple[int, int]]
_PAIRS, _INSIDE = "html_pairs", "html_with_markdown"
_FORMULA = re.compile(r"<(math|svg)[\s>]", re.IGNORECASE)


def install(md: MarkdownIt) -> None:
    """Adds the rules to a parser."""
    md.block.ruler.at("html_block", _html_rule, {"alt": ["paragraph", "reference", "blockquote"]})
    md.inline.ruler.before("html_inline", "formula", _formula_rule)


def _formula_rule(state: StateInline, silent: bool) -> bool:
    """A formula or a drawing in the line is one piece of HTML: an asterisk in it is no stress."""
    if state.src[state.pos] != "<" or not (found := _FORMULA.match(state.src, state.pos)):
        return False
    close = f"</{found.group(1)}>"
    absent = state.env.setdefault("formulas_without_end", set())
    if (close, state.src) in absent:
        return False
    at = state.src.find(close, state.pos)
    if at < 0:
        absent.add((close, state.src))
    end = at + len(close)
    if at < 0 or end > state.posMax:
        return False
    if not silent:
        token = state.push("html_inline", "", 0)
        token.content = state.src[state.pos:end]
    state.pos = end
    return True


# --- Elements that hold Markdown -----------------------------------------------------------------------------------------------------

def _html_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block of HTML; what stands in an element with the attribute ``markdown`` is read as Markdown."""
    if state.is_code_block(start):
        return False
    marked, pairs = _pairs(state)
    begin = state.bMarks[start] + state.tShift[start]
    whole = bool(marked) and _whole(state, start, end)
    if whole and begin in marked:
        last = _line_of(state, marked[begin][0], start)
        if last < end and not state.src[marked[begin][1]:state.eMarks[last]].strip():
            state.line = start if silent else _read(state, start, last + 1, end, marked)
            return True
    if not html_block(state, start, end, silent):
        return False
    if silent or not whole:
        return True
    if _next(state, begin, state.eMarks[state.line - 1], marked):
        state.tokens.pop()
        state.line = _read(state, start, state.line, end, marked)
    elif state.env.get(_INSIDE) and begin in pairs:
        last = _line_of(state, pairs[begin][0], start)
        if last + 1 < state.line and not state.src[pairs[begin][1]:state.eMarks[last]].strip():
            state.tokens.pop()
            _push(state, begin, pairs[begin][1], start, last + 1)
            state.line = last + 1
    return True


def _read(state: StateBlock, start: int, stop: int, end: int, pairs: _Pairs) -> int:
    """Makes tokens of the HTML from the line ``start`` to ``stop``, which elements that hold Markdown put off; gives the line after it."""
    at = state.bMarks[start] + state.tShift[start]
    while True:
        opened = _next(state, at, state.eMarks[stop - 1], pairs)
        if opened is None:
            _push(state, at, state.eMarks[stop - 1] + 1, start, stop)
            return stop
        close, after = pairs[opened.start()]
        line = _line_of(state, opened.end(), start)
        last = _line_of(state, close, line)
        if last >= end:
            _push(state, at, state.eMarks[stop - 1] + 1, start, stop)
            return stop
        _push(state, at, opened.end(), start, line + 1)
        _inside(state, opened, close, line, last)
        alone = state.bMarks[start] + state.tShift[start] == opened.start() and not state.src[after:state.eMarks[last]].strip()
        start, at = last, close
        if alone:  # unlike other HTML, it does not reach to the next empty line
            stop = last + 1
        elif stop <= last:
            stop = last + 1
            while stop < end and not state.isEmpty(stop):
                stop += 1


def _inside(state: StateBlock, opened: re.Match[str], close: int, line: int, last: int) -> None:
    value = _VALUE.search(opened.group(2))
    if (value and value.group(1).lower() in ("span", "inline")) or (opened.group(1).lower() in _WORDS_ONLY
                                                                     and value and value.group(1).lower() != "block"):
        token = state.push("inline", "", 0)
        token.content = "\n".join(part.strip() for part in state.src[opened.end():close].strip().split("\n"))
        token.map = [line, last + 1]
        token.children = []
        return
    first = line if state.src[opened.end():state.eMarks[line]].strip() else line + 1
    final = last + 1 if state.src[state.bMarks[last]:close].strip() and close > state.bMarks[last] else last
    if final <= first and not (first == line == last):
        return
    # For as long as it is read, the first line begins behind the start tag, and the last one ends before the end tag.
    kept = state.bMarks[line], state.tShift[line], state.sCount[line], state.eMarks[last]
    if first == line:
        begin = opened.end()
        words = state.src[begin:state.eMarks[line]]
        state.bMarks[line], state.tShift[line] = begin, len(words) - len(words.lstrip(" \t"))
        state.sCount[line] = state.blkIndent
    if final > last:
        state.eMarks[last] = close
    before, level = state.lineMax, state.level
    state.lineMax, state.level = final, level + 1
    state.env[_INSIDE] = state.env.get(_INSIDE, 0) + 1
    state.md.block.tokenize(state, first, final)
    state.env[_INSIDE] -= 1
    state.lineMax, state.level = before, level
    state.bMarks[line], state.tShift[line], state.sCount[line], state.eMarks[last] = kept


def _push(state: StateBlock, begin: int, finish: int, start: int, stop: int) -> None:
    content = state.src[begin:finish]
    if content.strip():
        token = state.push("html_block", "", 0)
        token.content, token.map = content, [start, stop]


def _whole(state: StateBlock, start: int, end: int) -> bool:
    """Whether the lines follow each other in the source, without the signs of a quotation between them."""
    return start + 1 >= end or state.bMarks[start + 1] == state.eMarks[start] + 1


def _line_of(state: StateBlock, at: int, line: int) -> int:
    while line < state.lineMax and state.eMarks[line] < at:
        line += 1
    return line


def _next(state: StateBlock, at: int, finish: int, pairs: _Pairs) -> re.Match[str] | None:
    """The next start tag that says that its element holds Markdown, and that is closed."""
    while (sign := state.src.find("<", at, finish)) >= 0:
        if sign in pairs:
            return _MARKED.match(state.src, sign)
        at = sign + 1
    return None


def _pairs(state: StateBlock) -> tuple[_Pairs, _Pairs]:
    """The elements that hold Markdown, and all: where they begin, and where their end tags begin and end. Found once for a source."""
    known: tuple[str, _Pairs, _Pairs] | None = state.env.get(_PAIRS)
    if known and known[0] is state.src:
        return known[1:]
    pairs: _Pairs = {}
    if "markdown" not in state.src:
        state.env[_PAIRS] = (state.src, pairs, pairs)
        return pairs, pairs
    waiting: dict[str, list[int]] = {}
    at, fence = 0, ""
    for text in state.src.split("\n"):
        if found := _FENCE.match(text):
            sign = found.group(1)
            fence = sign if not fence else "" if sign.startswith(fence) else fence
        elif not fence:
            for tag in _TAG.finditer(text):
                name = tag.group(2).lower()
                if not tag.group(1):
                    if not tag.group().endswith("/>"):
                        waiting.setdefault(name, []).append(at + tag.start())
                elif waiting.get(name):
                    begun = waiting[name].pop()
                    pairs[begun] = (at + tag.start(), at + tag.end())
        at += len(text) + 1
    chosen = {begin: span for begin, span in pairs.items()
              if (found := _MARKED.match(state.src, begin)) and _VALUE.search(found.group(2))}
    state.env[_PAIRS] = (state.src, chosen, pairs)
    return chosen, pairs
