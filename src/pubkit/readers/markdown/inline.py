"""Inline rules of markdown-it that are ours: the end of a link's words, notes in place, and bare addresses as links."""

from __future__ import annotations

import re
import unicodedata
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = ["install"]


def install(md: MarkdownIt, www: bool) -> None:
    """Adds the rules to a parser that has the footnote plugin.

    Args:
        md: the parser.
        www: whether words that begin with ``www.`` are addresses; this slows the parser down and is only worth it where there are some.
    """
    parser: Any = md
    parser.helpers = SimpleNamespace(parseLinkLabel=_label_end, parseLinkDestination=helpers.parseLinkDestination,
                                     parseLinkTitle=helpers.parseLinkTitle)
    md.inline.ruler.at("footnote_inline", _note_rule)
    md.inline.ruler.before("strikethrough", "comment", _comment_rule)
    md.inline.ruler.push("address", _address_rule)
    md.inline.ruler.before("strikethrough", "mail", _mail_rule)
    if www:
        md.inline.add_terminator_char("w")
        md.inline.ruler.push("www", _www_rule)


# --- The end of a link's words -------------------------------------------------------------------------------------------------------

def _label_end(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803 markdown-it's name
    """Where the bracket that opens at ``start`` is closed; -1 where it is not.

    This is markdown-it's own search with a memory: a way through the text that once led to no closing bracket is not gone again, so that
    many open brackets take time in proportion to their number.
    """
    if state.html_terminator_last("]") <= start:
        return -1
    # For each place: how far below its own level the brackets after it ever close.
    dead: dict[tuple[int, int], int] = state.__dict__.setdefault("_dead_ends", {})
    before, end, level, lowest = state.pos, state.posMax, 1, 1
    way: list[tuple[int, int]] = []
    state.pos = start + 1
    found = -1
    while state.pos < end:
        here = state.pos
        known = dead.get((here, end))
        if known is not None and level + known > 0:
            lowest = level + known
            break
        way.append((here, level))
        sign = state.src[here]
        if sign == "]":
            level -= 1
            if level == 0:
                found = here
                break
        state.md.inline.skipToken(state)
        if sign == "[":
            if state.pos == here + 1:
                level += 1
            elif disableNested:
                state.pos = before
                return -1
        lowest = level
    state.pos = before
    if found < 0:
        for place, at in reversed(way):
            lowest = min(lowest, at)
            dead[place, end] = lowest - at
    return found


def _note_rule(state: StateInline, silent: bool) -> bool:
    """A note in place, ``^[words]``."""
    if not state.src.startswith("^[", state.pos):
        return False
    start, maximum = state.pos + 2, state.posMax
    end = _label_end(state, start - 1)
    if end < 0:
        return False
    if not silent:
        notes = state.env.setdefault("footnotes", {}).setdefault("list", {})
        number = len(notes)
        tokens: list[Token] = []
        notes[number] = {"content": state.src[start:end], "tokens": tokens}
        state.md.inline.parse(state.src[start:end], state.md, state.env, tokens)
        state.push("footnote_ref", "", 0).meta = {"id": number}
    state.pos, state.posMax = end + 1, maximum
    return True


_COMMENTS = {"%%": re.compile(r"%%(?=\W|$)"), "{>>": re.compile(r"<<\}")}


def _comment_rule(state: StateInline, silent: bool) -> bool:
    """A comment that is not to be published: ``%%words%%`` of Obsidian, where a word would begin, or ``{>>words<<}`` of CriticMarkup."""
    at = state.pos
    sign = next((sign for sign in _COMMENTS if state.src.startswith(sign, at)), "")
    if not sign or (sign == "%%" and at and not state.src[at - 1].isspace()):
        return False
    # Where no end was found once, there is none further on.
    ends: dict[str, bool] = state.__dict__.setdefault("_comment_ends", {})
    found = _COMMENTS[sign].search(state.src, at + 3, state.posMax) if ends.get(sign, True) else None
    if not found:
        ends[sign] = state.posMax < len(state.src)
        return False
    if not silent:
        state.push("comment", "", 0).content = state.src[at:found.end()]
    state.pos = found.end()
    return True


# --- Bare addresses (GitHub Flavored Markdown 0.29, section 6.9) ---------------------------------------------------------------------

LONGEST = 4_000
# White space, < and the punctuation of scripts that are written without spaces end an address.
_ADDRESS = re.compile("[^\\s<\u3000-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]+")
_ENTITY_END = re.compile(r"&[A-Za-z0-9]+;$")
_HOST = re.compile(r"(?:[A-Za-z]+://)?(?:[^/?#@]*@)?([^/?#:]*)")
_LOCAL = re.compile(r"[A-Za-z0-9._+-]+$")
_MAIL = re.compile(r"[A-Za-z0-9._+-]{0,64}@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_BEFORE = frozenset("*_~(\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a\u201e\u201a[{|,;:!=\u2013\u2014")


def _may_begin(state: StateInline, at: int) -> bool:
    """Whether an address may begin at ``at``: after white space, punctuation or a sign of a script that is written without spaces."""
    if at <= 0:
        return True
    sign = state.src[at - 1]
    return sign.isspace() or sign in _BEFORE or not (sign.isascii() or (unicodedata.category(sign)[0] == "L" and not _wide(sign)))


def _wide(sign: str) -> bool:
    return "\u2e80" <= sign <= "\ud7ff" or "\U00020000" <= sign <= "\U0003ffff"


def _address_end(text: str) -> int:
    """How much of ``text``, an address and what follows it without a space, belongs to the address."""
    end = len(text)
    surplus = text.count(")") - text.count("(")
    while end:
        sign = text[end - 1]
        if sign == ")":
            if surplus <= 0:
                return end
            surplus -= 1
        elif sign == "(":
            surplus += 1
        elif sign == ";":
            found = _ENTITY_END.search(text, max(0, end - 40), end)
            if found:
                end = found.start() + 1
        elif sign not in "?!.,:*_~'\"\u201d\u2019\u00bb|]":
            return end
        end -= 1
    return 0


def _good_domain(host: str, dots: int) -> bool:
    """Whether a host has enough dots, and no underscore in its last two parts (GFM 6.9)."""
    parts = host.split(".")
    return len(parts) > dots and all(parts) and not any("_" in part for part in parts[-2:])


def _link(state: StateInline, url: str, words: str) -> None:
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": url}
    token.markup, token.info = "autolink", "auto"
    state.push("text", "", 0).content = words
    token = state.push("link_close", "a", -1)
    token.markup, token.info = "autolink", "auto"


def _take(state: StateInline, start: int, prefix: str, dots: int) -> bool:
    """Makes a link of the address that begins at ``start``, whose part before the parser's place is pending."""
    found = _ADDRESS.match(state.src, start, min(state.posMax, start + LONGEST))
    text = found.group() if found else ""
    text = text[:_address_end(text)]
    host = _HOST.match(text)
    if not host or not _good_domain(host.group(1), dots):
        return False
    if start < state.pos:
        state.pending = state.pending[:start - state.pos]
    _link(state, prefix + text, text)
    state.pos = start + len(text)
    return True


def _address_rule(state: StateInline, silent: bool) -> bool:
    """``https://example.org/path``, found by its colon."""
    if state.linkLevel or not state.src.startswith("://", state.pos) or silent:
        return False
    for scheme in ("https", "http", "ftp"):
        start = state.pos - len(scheme)
        if start >= 0 and state.src[start:state.pos].lower() == scheme and state.pending[-5:].lower().endswith(scheme):
            return _may_begin(state, start) and _take(state, start, "", 0)
    return False


def _www_rule(state: StateInline, silent: bool) -> bool:
    if state.linkLevel or silent or not state.src.startswith("www.", state.pos) or not _may_begin(state, state.pos):
        return False
    return _take(state, state.pos, "http://", 1)


def _mail_rule(state: StateInline, silent: bool) -> bool:
    """``name@example.org``; ``mailto:`` before it belongs to it.

    It is found by its sign in the middle, or by an underscore before that, which must not begin emphasis.
    """
    at = state.pos
    if state.linkLevel or silent or state.src[at] not in "@_":
        return False
    found = _MAIL.match(state.src, at, min(state.posMax, at + 320))
    if not found or found.group()[-1] in "-_" or state.src[found.end():found.end() + 1] == "@":
        return False
    before = state.pending
    local = _LOCAL.search(before, max(0, len(before) - 64))
    start = at - len(local.group()) if local else at
    words = state.src[start:found.end()]
    if words.startswith("@") or (local and state.src[start:at] != local.group()):
        return False
    url = f"mailto:{words}"
    if before.endswith(url[:7 + at - start]):
        start -= len("mailto:")
    if not _may_begin(state, start):
        return False
    if start < at:
        state.pending = before[:start - at]
    _link(state, url, state.src[start:found.end()])
    state.pos = found.end()
    return True
