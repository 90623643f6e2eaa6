"""Tokens of markdown-it, and any HTML between them, come in; one tree of elements goes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markdown_it.token import Token

from pubkit.diagnostics import diagnostic
from pubkit.readers import dialects
from pubkit.readers.html import Element, TreeBuilder
from pubkit.readers.markdown.rules import ATTRS_END, attributes, markdown_it

__all__ = ["Builder"]

_OPEN = {"paragraph_open": "p", "blockquote_open": "blockquote", "bullet_list_open": "ul", "ordered_list_open": "ol",
         "list_item_open": "li", "table_open": "table", "thead_open": "thead", "tbody_open": "tbody", "tr_open": "tr", "th_open": "th",
         "td_open": "td", "dl_open": "dl", "dt_open": "dt", "dd_open": "dd", "em_open": "em", "strong_open": "strong", "s_open": "s",
         "link_open": "a", "span_open": "span", "mark_open": "mark"}
_KEPT = frozenset({"id", "class", "lang", "dir", "width", "credit", "href", "title", "src", "start", "style"})
_MANY_LINES = frozenset({"html_inline", "command", "command_open", "command_close"})
# What a fence's line says of its code, as Docusaurus, MkDocs and Hugo write it; Obsidian writes a picture's size into its text.
_FENCE_TITLE = re.compile(r"""\b(?:title|caption|filename|file|name)=(["'])([^"'\n]+)\1""")
_SIZE_IN_ALT = re.compile(r"\|\d{1,5}(?:x\d{1,5})?$")
_LOST_NOTE = re.compile(r"\[\^[^\s\[\]]+\]")


class Builder(TreeBuilder):
    """Makes elements of markdown-it's tokens."""

    def __init__(self, name: str, first: int, env: dict[str, Any]) -> None:
        super().__init__(name, first)
        self.first = first
        self.notes: dict[str, Element] = {}
        self.again: list[Element] = []
        self.env = env
        self.pending: dict[str, str] = {}
        self._inline_notes = 0
        self._dialects = dialects.Dialects(self, markdown_it())

    def say(self, code: str, message: str, line: int) -> None:
        """Adds a diagnostic."""
        self.diagnostics.append(diagnostic(code, message, self.name, line))

    def block_tokens(self, tokens: Sequence[Token]) -> None:
        """Adds a document's tokens."""
        line = self.first
        for token in tokens:
            if token.map:
                line = token.map[0] + self.first
            if self._dialects.block(token, line):
                continue
            if token.type == "inline":
                self._inline(token, line)
            elif token.nesting < 0:
                self.pending = {}
                self.end()
            else:
                self._block(token, line)

    def taken(self, token: Token) -> dict[str, str]:
        """The attributes of a block: its own, and those that waited for it."""
        attrs = {str(k): str(v) for k, v in token.attrs.items() if k in _KEPT}
        attrs.update(self.pending)
        self.pending = {}
        return {k: v for k, v in attrs.items() if k in _KEPT}

    def _block(self, token: Token, line: int) -> None:
        kind = token.type
        if kind == "html_block":
            self.html(token.content, line)
            return
        if kind == "footnote_reference_open":
            self._note(token.meta["label"], line)
            return
        if kind == "tr_open" and (more := token.meta.get("extra", 0)):
            self.say("table-ragged", f"this row has {more} more cell{'s'[:more > 1]} than the head of its table; they are kept", line)
        attrs = self.taken(token)
        match kind:
            case "heading_open":
                self.start(token.tag, attrs, line)
            case "fence":
                if token.map and 0 < token.map[1] - token.map[0] - 1 <= len(token.content.splitlines()):
                    self.say("markup-unread", "the code that begins here is never closed and reaches to the end of what it stands in", line)
                attrs = {**_fence(token.info), **attrs}
                if named := _FENCE_TITLE.search(token.info):
                    self.start("p", {}, line)
                    self._words(named.group(2), line)
                    self.end()
                self.void("pre", attrs, line).children.append(token.content)
            case "code_block":
                self.void("pre", attrs, line).children.append(token.content)
            case "hr":
                self.void("hr", attrs, line)
            case "math_block" | "math_block_label":
                if token.info:
                    attrs.setdefault("id", token.info)
                self.void("$mathblock", attrs, line).children.append(token.content)
            case "container_open":
                self._container(token, attrs, line)
            case _ if kind in _OPEN:
                self.start(_OPEN[kind], attrs, line).hidden = token.hidden
            case _:
                self._unknown(token, line)

    def _unknown(self, token: Token, line: int) -> None:
        self.say("markup-unread", f"markup of the kind {token.type} stays as text", line)
        if token.nesting > 0:
            self.start("div", {}, line)
        else:
            self.void("p", {}, line).children.append(token.content)

    def _container(self, token: Token, attrs: dict[str, str], line: int) -> None:
        words, found = token.info, ATTRS_END.search(token.info)
        if found:
            words = words[:found.start()]
            attrs = {**{k: v for k, v in attributes(found.group(1)).items() if k in _KEPT}, **attrs}
        words, attrs = dialects.container(words.strip(), attrs)
        if not token.meta["closed"]:
            self.say("markup-unread", f"the block '::: {token.info}' is never closed and reaches to the end of what it stands in", line)
        self.start("$box", {**attrs, "$words": words}, line)

    def _note(self, label: str, line: int) -> None:
        element = Element("$definition", {"label": label}, line)
        if label in self.notes:
            self.again.append(element)
        else:
            self.notes[label] = element
        self.push(element)

    # --- inline ---

    def _inline(self, token: Token, line: int) -> None:
        tokens = list(token.children or [])
        if self._dialects.contents(token, line):
            return
        holder = self.stack[-1]
        last = tokens[-1] if tokens else None
        if last and last.type == "text" and (found := ATTRS_END.search(last.content)):
            before = last.content[:found.start()]
            heading = re.fullmatch("h[1-6]", holder.tag)
            own_line = not before and len(tokens) > 1 and tokens[-2].type == "softbreak"
            if heading or (holder.tag == "p" and own_line):
                holder.attrs.update((k, v) for k, v in attributes(found.group(1)).items() if k in _KEPT)
                tokens.pop()
                if before:
                    copy = Token("text", "", 0)
                    copy.content = before
                    tokens.append(copy)
                elif own_line:
                    tokens.pop()
        self.inline_tokens(tokens, line)

    def inline_tokens(self, tokens: Sequence[Token], line: int) -> None:
        """Adds the tokens of a run of words."""
        depth = len(self.stack)
        for token in tokens:
            if self._dialects.inline(token, line):
                pass
            elif token.nesting < 0:
                self.end()
            else:
                self._inline_token(token, line)
            line += 1 if token.type in ("softbreak", "hardbreak") else token.content.count("\n") if token.type in _MANY_LINES else 0
        while len(self.stack) > depth:
            self._unclosed(self.stack.pop())

    def _inline_token(self, token: Token, line: int) -> None:
        attrs = {str(k): str(v) for k, v in token.attrs.items() if k in _KEPT}
        match token.type:
            case "text" | "text_special":
                self._words(token.content, line)
            case "softbreak":
                self.void("$soft", {}, line)
            case "hardbreak":
                self.void("br", {}, line)
            case "code_inline":
                self.void("code", attrs, line).children.append(token.content)
            case "image":
                alt = _SIZE_IN_ALT.sub("", _alt(token.children or []))
                self.void("img", {**attrs, "alt": dialects.emoji(alt)}, line)
            case "comment":
                self.say("dialect-dropped", "a comment of the author was left out", line)
            case "html_inline":
                self.html(token.content, line)
            case "math_inline" | "math_inline_double":
                attrs = {"display": "block"} if token.type == "math_inline_double" else {}
                self.void("$math", attrs, line).children.append(token.content)
            case "footnote_ref":
                self._call(token, line)
            case _ if token.type in _OPEN:
                self.start(_OPEN[token.type], attrs, line)
            case _:
                self.say("markup-unread", f"markup of the kind {token.type} stays as text", line)
                self.text(token.content)

    def _words(self, text: str, line: int) -> None:
        if "[^" in text and (lost := _LOST_NOTE.search(text)):
            self.say("markup-unread", f"no note is defined for '{lost.group()}', which stays as text", line)
        self._dialects.words(text, line)

    def html(self, source: str, line: int) -> None:
        """Reads a piece of HTML, and the commands in it."""
        self._dialects.html(source, line)

    def plain_html(self, source: str, line: int) -> None:
        """Reads a piece of HTML in which there are no commands."""
        super().html(source, line)

    def note_key(self) -> str:
        """A label for one more note in place."""
        self._inline_notes += 1
        return f"\0{self._inline_notes}"

    def _call(self, token: Token, line: int) -> None:
        label = token.meta.get("label")
        if label is not None:
            self.void("$note", {"label": label}, line)
            return
        key = self.note_key()
        definition = Element("$definition", {"label": ""}, line)
        self.notes[key] = definition
        self.void("$note", {"label": key}, line)
        self.push(definition)
        self.start("p", {}, line)
        self.inline_tokens(self.env["footnotes"]["list"][token.meta["id"]]["tokens"], line)
        self.end()
        self.end()


def _fence(info: str) -> dict[str, str]:
    """The language and id that the line of a fence names."""
    out: dict[str, str] = {}
    if found := re.search(r"\{([^{}]*)\}", info):
        attrs = attributes(found.group(1))
        classes = attrs.get("class", "").split()
        out = {k: v for k, v in attrs.items() if k == "id"}
        if classes:
            out["language"] = classes[0]
        elif word := dialects.language_of(found.group(1)):
            out["language"] = word
        info = info[:found.start()]
    words = re.split(r"[\s,:]+", info.strip())
    if words[0] and "=" not in words[0]:
        out["language"] = words[0].lstrip(".")
    if "language" in out:
        out["language"] = out["language"].lower()
    return out


def _alt(tokens: Iterable[Token]) -> str:
    out = []
    for token in tokens:
        if token.type == "image":
            out.append(_alt(token.children or []))
        elif token.type in ("softbreak", "hardbreak"):
            out.append(" ")
        elif token.type != "html_inline":
            out.append(token.content)
    return "".join(out)
