"""The rules of our Markdown: a markdown-it parser with tables, notes, definitions, formulas, boxes, attributes and spans."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from pubkit.readers.dialects import rules as dialects_rules
from pubkit.readers.markdown import html, inline

__all__ = ["ATTRS_END", "NESTING", "attributes", "markdown_it"]

NESTING = 100

_ATTRIBUTE = r"(?:[#.][^\s{}#.=\"'%<>|]+|[A-Za-z_:][\w:.-]*=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"'<>`]+))"
_ATTRS = re.compile(rf"\{{:?[ \t]*({_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*)[ \t]*\}}")
ATTRS_END = re.compile(rf"(?:^|(?<![ \t])[ \t]+)\{{:?[ \t]*({_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*)[ \t]*\}}[ \t]*$")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)


def attributes(text: str) -> dict[str, str]:
    """The attributes that stand between braces."""
    out: dict[str, str] = {}
    for part in _ONE_ATTRIBUTE.findall(text):
        if part[0] == "#":
            out["id"] = part[1:]
        elif part[0] == ".":
            out["class"] = f"{out.get('class', '')} {part[1:]}".strip()
        else:
            key, _, value = part.partition("=")
            value = value[1:-1] if value[:1] in "\"'" else value
            key = key.lower()
            out[key] = f"{out[key]} {value}" if key == "class" and key in out else value
    return out


@lru_cache(maxsize=2)
def markdown_it(www: bool = False) -> MarkdownIt:
    """The parser of our Markdown; ``www`` says whether words that begin with ``www.`` are addresses too."""
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": NESTING + 8})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=True, move_to_end=False)
    md.use(deflist_plugin)
    md.use(dollarmath_plugin, allow_labels=True, allow_space=False, allow_digits=False, allow_blank_lines=False,
           double_inline=True)
    md.block.ruler.before("fence", "container", _container_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.block.ruler.before("fence", "attributes", _attributes_rule)
    md.inline.ruler.after("link", "span", _span_rule)
    md.inline.ruler.push("attributes", _inline_attributes_rule)
    inline.install(md, www)
    html.install(md)
    dialects_rules.install(md)
    # Addresses stay as written, and which ones are safe is decided later, aloud.
    plain = cast(Any, md)
    plain.validateLink = lambda _: True
    plain.normalizeLink = lambda url: url
    plain.normalizeLinkText = lambda url: url
    return md


def _attributes_rule(state: StateBlock, start: int, _: int, silent: bool) -> bool:
    """A line that holds only attributes gives them to the block after it."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start]:state.eMarks[start]].rstrip()
    found = _ATTRS.fullmatch(line) if line.startswith("{") else None
    if not found:
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.meta = attributes(found.group(1))
        token.map = [start, start + 1]
        state.line = start + 1
    return True


def _span_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    start, maximum = state.pos + 1, state.posMax
    end = state.md.helpers.parseLinkLabel(state, state.pos, False)
    found = _ATTRS.match(state.src, end + 1, maximum) if end >= 0 else None
    if not found:
        return False
    if not silent:
        state.pos, state.posMax = start, end
        token = state.push("span_open", "span", 1)
        token.attrs = dict(attributes(found.group(1)))
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
    state.pos, state.posMax = found.end(), maximum
    return True


def _inline_attributes_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    token = state.tokens[-1]
    found = _ATTRS.match(state.src, state.pos, state.posMax)
    if not found or token.type not in ("image", "code_inline", "link_close", "span_close"):
        return False
    if not silent:
        level, at = 0, len(state.tokens) - 1
        while token.nesting == -1:
            level += state.tokens[at].nesting
            if level == 0:
                token = state.tokens[at]
                break
            at -= 1
        for key, value in attributes(found.group(1)).items():
            if key not in ("href", "src"):
                token.attrs[key] = value
    state.pos = found.end()
    return True


_CODE_FENCE = re.compile(r"(`{3,}|~{3,})")


def _container_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block between ``::: words`` and ``:::``; such blocks may stand inside each other with fences of any length."""
    opening = _colons(state, start)
    if not opening:
        return False
    if silent:
        return True
    stop = _container_end(state, start, end)
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", min(stop, end)
    token = state.push("container_open", "div", 1)
    token.info, token.map = opening, [start, min(stop, end)]
    token.meta = {"closed": stop < end}
    state.md.block.tokenize(state, start + 1, min(stop, end))
    state.push("container_close", "div", -1)
    state.parentType, state.lineMax = parent, line_max
    # Where what holds the block ends before it, the rest is read outside.
    state.line = stop + 1 if stop < end else max(state.line, start + 1)
    return True


def _colons(state: StateBlock, line: int) -> str | None:
    """The words after three colons or more at the beginning of a line, without colons that end it; None where there are no colons."""
    at = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(":::", at) or state.is_code_block(line):
        return None
    return state.src[at:state.eMarks[line]].lstrip(":").strip(" \t").rstrip(":").rstrip(" \t")


def _container_end(state: StateBlock, start: int, end: int) -> int:
    """The line of the closing fence; ``end`` where there is none."""
    depth, code, line = 0, "", start
    while (line := line + 1) < end:
        at = state.bMarks[line] + state.tShift[line]
        if at < state.eMarks[line] and state.sCount[line] < state.blkIndent:
            return end
        if fence := _CODE_FENCE.match(state.src, at, state.eMarks[line]):
            sign = fence.group(1)
            if not code:
                code = sign
            elif sign.startswith(code) and not state.src[fence.end():state.eMarks[line]].strip():
                code = ""
        elif not code and (found := _colons(state, line)) is not None:
            depth += 1 if found else -1
            if depth < 0:
                return line
    return end
