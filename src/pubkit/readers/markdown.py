"""From Markdown with front matter to a raw article.

markdown-it makes tokens, the tokens and any HTML between them become one tree of elements, and the tree becomes blocks and inlines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from pubkit.diagnostics import Diagnostic, LimitError, diagnostic
from pubkit.model import (
    Article,
    Aside,
    Block,
    Cell,
    Embed,
    Figure,
    Heading,
    Inline,
    Math,
    MathBlock,
    Meta,
    Note,
    Paragraph,
    Passage,
    Quote,
    Table,
    Text,
    Verse,
    plain_text,
    walk,
)
from pubkit.readers import front_matter
from pubkit.readers.base import Read
from pubkit.readers.html import Child, Converter, Element, TreeBuilder, strip_ends, tidy

__all__ = ["parse", "parse_inline"]

NESTING = 100
NOTE_NODES = 100_000
ASIDES = {"note": "note", "tip": "tip", "hint": "tip", "important": "important", "warning": "warning", "danger": "caution",
          "caution": "caution", "info": "info", "aside": "aside", "sidebar": "sidebar"}


def parse(text: str, name: str = "") -> Read:
    """Reads a Markdown source.

    Args:
        text: the source, with or without front matter.
        name: the file's name, for errors and diagnostics.

    Returns:
        The raw article, as it stands in the source, and what was noticed.

    Raises:
        MetadataError: the front matter cannot be read.
        LimitError: the markup is nested too deep, or its notes repeat each other without measure.
    """
    mapping, body, first = front_matter.split(text, name)
    try:
        return _read(mapping, body, first, name)
    except RecursionError:
        raise _too_deep(name, first) from None


def _read(mapping: front_matter.FrontMatter, body: str, first: int, name: str) -> Read:
    said: list[Diagnostic] = []

    def inline(words: str) -> tuple[Inline, ...]:
        inside, diagnostics = parse_inline(words, name)
        said.extend(diagnostics)
        return inside

    meta, about_meta = front_matter.to_meta(mapping, inline, name)
    blocks, about_body = _body(body, first, name)
    meta, blocks, about_title = _title(meta, blocks, name)
    found = sorted((*about_meta, *said, *about_title, *about_body), key=lambda d: d.location.line)
    return Read(Article(meta, blocks), tuple(found))


def parse_inline(text: str, name: str = "", line: int = 0) -> tuple[tuple[Inline, ...], tuple[Diagnostic, ...]]:
    """Reads words with inline markup, such as a title.

    Args:
        text: the words.
        name: the file's name, for diagnostics.
        line: the line on which they stand there.

    Returns:
        The inlines, and what was noticed.
    """
    tokens = _parser().parseInline(text, {})
    builder = _Builder(name, 0, {})
    builder.inline_tokens(tokens[0].children or [] if tokens else [], line)
    converter = _Converter(name, builder)
    inside = converter.line_of(builder.finish().children)
    return inside, (*builder.diagnostics, *converter.diagnostics)


def _body(body: str, first: int, name: str) -> tuple[tuple[Block, ...], tuple[Diagnostic, ...]]:
    env: dict[str, Any] = {}
    tokens = _parser().parse(body, env)
    for token in tokens:
        if token.level > NESTING:
            line = next((t.map[0] for t in reversed(tokens[:tokens.index(token) + 1]) if t.map), 0)
            raise _too_deep(name, line + first)
    builder = _Builder(name, first, env)
    builder.block_tokens(tokens)
    root = builder.finish()
    converter = _Converter(name, builder)
    blocks = converter.blocks(root.children, first)
    blocks = (*blocks, *converter.unused_notes())
    return blocks, (*builder.diagnostics, *converter.diagnostics)


def _too_deep(name: str, line: int) -> LimitError:
    return LimitError(f"markup is nested more than {NESTING} levels deep", file=name, line=line, hint="Write it flatter")


# --- The title -----------------------------------------------------------------------------------------------------------------------

def _title(meta: Meta, blocks: tuple[Block, ...], name: str) -> tuple[Meta, tuple[Block, ...], list[Diagnostic]]:
    """The title from a first heading, where the front matter has none or has the same."""
    at = next((i for i, b in enumerate(blocks) if isinstance(b, Heading)), -1)
    heading = blocks[at] if at >= 0 else None
    if not isinstance(heading, Heading) or heading.level != 1:
        return meta, blocks, []
    rest = (*blocks[:at], *blocks[at + 1:])
    if not meta.title:
        alone = not any(isinstance(b, Heading) and b.level == 1 for b in rest)
        return (msgspec.structs.replace(meta, title=heading.content), rest, []) if at == 0 or alone else (meta, blocks, [])
    said = " ".join(plain_text(heading.content, notes=False).split()).casefold()
    if at == 0 and said == meta.title_text.casefold():
        return meta, rest, [diagnostic("title-repeated", "the first heading repeats the title and was left out", name, heading.line)]
    return meta, blocks, []


# --- The dialect ---------------------------------------------------------------------------------------------------------------------

_ATTRIBUTE = r"(?:[#.][^\s{}#.=\"'%<>|]+|[A-Za-z_:][\w:.-]*=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"'<>`]+))"
_ATTRS = re.compile(rf"\{{:?[ \t]*({_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*)[ \t]*\}}")
_ATTRS_END = re.compile(rf"(?:^|[ \t]+)\{{:?[ \t]*({_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*)[ \t]*\}}[ \t]*$")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)


def _attributes(text: str) -> dict[str, str]:
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


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
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
        token.meta = _attributes(found.group(1))
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
        token.attrs = dict(_attributes(found.group(1)))
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
        for key, value in _attributes(found.group(1)).items():
            if key not in ("href", "src"):
                token.attrs[key] = value
    state.pos = found.end()
    return True


_COLONS = re.compile(r"(:{3,})[ \t]*(.*?)[ \t]*:*[ \t]*$")
_CODE_FENCE = re.compile(r"(`{3,}|~{3,})")


def _container_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block between ``::: words`` and ``:::``; such blocks may stand inside each other with fences of any length."""
    opening = _colons(state, start)
    if opening is None or not opening.group(2) or opening.group(2).startswith(":"):
        return False
    if silent:
        return True
    stop = _container_end(state, start, end)
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", min(stop, end)
    token = state.push("container_open", "div", 1)
    token.info, token.map = opening.group(2), [start, min(stop, end)]
    token.meta = {"closed": stop < end}
    state.md.block.tokenize(state, start + 1, min(stop, end))
    state.push("container_close", "div", -1)
    state.parentType, state.lineMax = parent, line_max
    state.line = stop + 1 if stop < end else end
    return True


def _colons(state: StateBlock, line: int) -> re.Match[str] | None:
    at = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(":::", at) or state.is_code_block(line):
        return None
    return _COLONS.match(state.src[at:state.eMarks[line]])


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
        elif not code and (found := _colons(state, line)):
            depth += 1 if found.group(2) else -1
            if depth < 0:
                return line
    return end


# --- From tokens to elements ---------------------------------------------------------------------------------------------------------

_OPEN = {"paragraph_open": "p", "blockquote_open": "blockquote", "bullet_list_open": "ul", "ordered_list_open": "ol",
         "list_item_open": "li", "table_open": "table", "thead_open": "thead", "tbody_open": "tbody", "tr_open": "tr", "th_open": "th",
         "td_open": "td", "dl_open": "dl", "dt_open": "dt", "dd_open": "dd", "em_open": "em", "strong_open": "strong", "s_open": "s",
         "link_open": "a", "span_open": "span"}
_KEPT = frozenset({"id", "class", "lang", "dir", "width", "credit", "href", "title", "src", "start", "style"})
_UNREAD = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
_LOST_NOTE = re.compile(r"\[\^[^\s\[\]]+\]")


class _Builder(TreeBuilder):
    """Makes elements of markdown-it's tokens."""

    def __init__(self, name: str, first: int, env: dict[str, Any]) -> None:
        super().__init__(name, first)
        self.first = first
        self.notes: dict[str, Element] = {}
        self.again: list[Element] = []
        self.env = env
        self._pending: dict[str, str] = {}
        self._inline_notes = 0

    def say(self, code: str, message: str, line: int) -> None:
        """Adds a diagnostic."""
        self.diagnostics.append(diagnostic(code, message, self.name, line))

    def block_tokens(self, tokens: Sequence[Token]) -> None:
        """Adds a document's tokens."""
        line = self.first
        for token in tokens:
            if token.map:
                line = token.map[0] + self.first
            if token.type == "attributes":
                self._pending.update(token.meta)
                continue
            if token.type == "inline":
                self._inline(token, line)
            elif token.nesting < 0:
                self._pending = {}
                self.end()
            else:
                self._block(token, line)

    def _taken(self, token: Token) -> dict[str, str]:
        attrs = {str(k): str(v) for k, v in token.attrs.items() if k in _KEPT}
        attrs.update(self._pending)
        self._pending = {}
        return {k: v for k, v in attrs.items() if k in _KEPT}

    def _block(self, token: Token, line: int) -> None:
        kind = token.type
        if kind == "html_block":
            self.html(token.content, line)
            return
        if kind == "footnote_reference_open":
            self._note(token.meta["label"], line)
            return
        attrs = self._taken(token)
        match kind:
            case "heading_open":
                self.start(token.tag, attrs, line)
            case "fence":
                attrs = {**_fence_attributes(token.info), **attrs}
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
        words, found = token.info, _ATTRS_END.search(token.info)
        if found:
            words = words[:found.start()]
            attrs = {**{k: v for k, v in _attributes(found.group(1)).items() if k in _KEPT}, **attrs}
        if not token.meta["closed"]:
            self.say("markup-unread", f"the block '::: {token.info}' is never closed and reaches to the end of what it stands in", line)
        self.start("$box", {**attrs, "$words": words.strip()}, line)

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
        holder = self.stack[-1]
        last = tokens[-1] if tokens else None
        if last and last.type == "text" and (found := _ATTRS_END.search(last.content)):
            before = last.content[:found.start()]
            heading = re.fullmatch("h[1-6]", holder.tag)
            own_line = not before and len(tokens) > 1 and tokens[-2].type == "softbreak"
            if heading or (holder.tag == "p" and own_line):
                holder.attrs.update((k, v) for k, v in _attributes(found.group(1)).items() if k in _KEPT)
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
            if token.nesting < 0:
                self.end()
            else:
                self._inline_token(token, line)
            line += 1 if token.type in ("softbreak", "hardbreak") else token.content.count("\n") if token.type == "html_inline" else 0
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
                self.void("img", {**attrs, "alt": _alt(token.children or [])}, line)
            case "html_inline":
                self.html(token.content, line)
            case "math_inline" | "math_inline_double":
                self.void("$math", {}, line).children.append(token.content)
            case "footnote_ref":
                self._call(token, line)
            case _ if token.type in _OPEN:
                self.start(_OPEN[token.type], attrs, line)
            case _:
                self.say("markup-unread", f"markup of the kind {token.type} stays as text", line)
                self.text(token.content)

    def _words(self, text: str, line: int) -> None:
        if "{" in text:
            for found in _UNREAD.findall(text):
                self.say("markup-unread", f"'{found[:60]}' is a command of another system and stays as text", line)
        if "[^" in text and (lost := _LOST_NOTE.search(text)):
            self.say("markup-unread", f"no note is defined for '{lost.group()}', which stays as text", line)
        self.text(text)

    def _call(self, token: Token, line: int) -> None:
        label = token.meta.get("label")
        if label is not None:
            self.void("$note", {"label": label}, line)
            return
        self._inline_notes += 1
        key = f"\0{self._inline_notes}"
        definition = Element("$definition", {"label": ""}, line)
        self.notes[key] = definition
        self.void("$note", {"label": key}, line)
        self.push(definition)
        self.start("p", {}, line)
        self.inline_tokens(self.env["footnotes"]["list"][token.meta["id"]]["tokens"], line)
        self.end()
        self.end()


def _fence_attributes(info: str) -> dict[str, str]:
    """The language and id that the line of a fence names."""
    out: dict[str, str] = {}
    if found := re.search(r"\{([^{}]*)\}", info):
        attrs = _attributes(found.group(1))
        classes = attrs.get("class", "").split()
        out = {k: v for k, v in attrs.items() if k == "id"}
        if classes:
            out["language"] = classes[0]
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


# --- From elements to the model ------------------------------------------------------------------------------------------------------

_ALERT = re.compile(r"\[!([A-Za-z]+)\][+-]?[ \t]*")
_TASK = re.compile(r"\[([ xX])\](?:[ \t]+|$)")
_BY = re.compile(r"[ \t]*(?:\u2014|--|\u2015)[ \t]+")
_CAPTION = re.compile(r"Table:[ \t]+")
_CAPTION_ID = re.compile(r"[ \t]*\{#([^\s{}]+)\}[ \t]*$")


class _Converter(Converter):
    """Knows what Markdown has beyond HTML: notes, formulas, boxes between colons, captions, attributions."""

    def __init__(self, name: str, builder: _Builder) -> None:
        def inline(text: str, line: int) -> tuple[Inline, ...]:
            inside, diagnostics = parse_inline(text, name, line)
            self.diagnostics.extend(diagnostics)
            return inside

        super().__init__(name, inline)
        self.notes = builder.notes
        self.again = builder.again
        self._made: dict[str, tuple[Note, int]] = {}
        self._open_notes: list[str] = []
        self._note_nodes = 0

    # --- notes and formulas ---

    def _inline_by_tag(self, element: Element) -> tuple[Inline, ...]:
        if element.tag == "$math":
            return (Math(element.text().strip()),)
        if element.tag == "$note":
            return self._note(element)
        return super()._inline_by_tag(element)

    def _note(self, element: Element) -> tuple[Inline, ...]:
        label = element.attrs["label"]
        definition = self.notes.get(label)
        if definition is None or label in self._open_notes:
            self.say("markup-unread", f"the call of note '{label}' inside itself stays as text", element.line)
            return (Text(f"[^{label}]"),)
        if label not in self._made:
            self._open_notes.append(label)
            link, self._in_link = self._in_link, 0
            inside = self.blocks(definition.children, definition.line)
            self._in_link = link
            self._open_notes.pop()
            note = Note(inside, "" if label.startswith("\0") else label)
            self._made[label] = (note, sum(1 for _ in walk(note)))
        note, size = self._made[label]
        self._note_nodes += size
        if self._note_nodes > NOTE_NODES:
            raise LimitError("notes call each other too often", file=self.name, line=element.line, hint="Call each note once")
        return (note,)

    def unused_notes(self) -> tuple[Block, ...]:
        """The notes that nothing calls, as asides, so that their words stay."""
        out: list[Block] = []
        for label, definition in self.notes.items():
            if label not in self._made and not label.startswith("\0"):
                self.say("footnote-unused", f"the note '{label}' is never called; it stands at the end", definition.line)
                self._open_notes.append(label)
                inside = self.blocks(definition.children, definition.line)
                self._open_notes.pop()
                if inside:
                    out.append(Aside(inside, "note", line=definition.line))
        for definition in self.again:
            label = definition.attrs["label"]
            self.say("footnote-unused", f"the note '{label}' is defined again; this one stands at the end", definition.line)
            if inside := self.blocks(definition.children, definition.line):
                out.append(Aside(inside, "note", line=definition.line))
        return tuple(out)

    # --- blocks ---

    def _block_by_tag(self, element: Element) -> tuple[Block, ...]:
        if element.tag == "$mathblock":
            return (MathBlock(element.text().strip(), "", element.attrs.get("id", ""), element.line),)
        if element.tag == "$box":
            return self._box(element)
        return super()._block_by_tag(element)

    def item(self, element: Element) -> Any:
        """An item; ``[ ]`` and ``[x]`` at its beginning are a box to tick."""
        first = element.children[0] if element.children else ""
        if not element.raw and isinstance(first, Element) and first.tag == "p" and first.children:
            words = first.children[0]
            if isinstance(words, str) and (found := _TASK.match(words)) and (found.end() < len(words) or len(first.children) > 1):
                first.children[0] = words[found.end():]
                return msgspec.structs.replace(super().item(element), checked=found.group(1) != " ")
        return super().item(element)

    def quote(self, element: Element) -> tuple[Block, ...]:
        """A quotation with whom it is from, or one of the alerts ``[!NOTE]``."""
        if element.raw:
            return super().quote(element)
        first = element.children[0] if element.children else ""
        if isinstance(first, Element) and first.tag == "p" and first.children and isinstance(first.children[0], str):
            found = _ALERT.match(first.children[0])
            if found:
                return self._alert(element, first, found)
        return (self._attributed(element, False),)

    def _alert(self, element: Element, first: Element, found: re.Match[str]) -> tuple[Block, ...]:
        words = first.children[0]
        assert isinstance(words, str)
        lines = _lines([words[found.end():], *first.children[1:]])
        title = self.line_of(lines[0])
        rest = Element("p", first.attrs, first.line, "", _unlined(lines[1:]))
        inside = self.blocks([*([rest] if lines[1:] else []), *element.children[1:]], element.line)
        kind = found.group(1).lower()
        return (Aside(inside, ASIDES.get(kind, kind), title, element.attrs.get("id", ""), element.line),)

    def _attributed(self, element: Element, pull: bool) -> Quote:
        nodes, by = list(element.children), ()
        last = next((n for n in reversed(nodes) if not isinstance(n, str) or n.strip()), None)
        if isinstance(last, Element) and last.tag == "p" and not last.raw:
            lines = _lines(last.children)
            words = lines[-1][0] if lines[-1] else ""
            if isinstance(words, str) and (found := _BY.match(words)) and (len(lines) > 1 or len(nodes) > 1):
                by = cast(Any, self.line_of([words[found.end():], *lines[-1][1:]]))
                nodes.remove(last)
                if len(lines) > 1:
                    nodes.append(Element("p", last.attrs, last.line, "", _unlined(lines[:-1])))
        return Quote(self.blocks(nodes, element.line), by, pull, element.attrs.get("id", ""), element.line)

    # --- boxes between colons ---

    def _box(self, element: Element) -> tuple[Block, ...]:
        words = element.attrs.get("$words", "")
        kind, _, rest = words.partition(" ")
        if not kind:
            classes = element.classes()
            kind = next((c for c in classes if c.lower() in (*_BOXES, *ASIDES)), "")
            kind = classes[0] + " aside" if not kind and "aside" in classes else kind
            kind, _, rest = kind.partition(" ")
        made = self._box_of(kind.lower(), rest.strip(), element)
        language = element.attrs.get("lang", "").strip()
        direction = element.attrs.get("dir", "").lower()
        if made and (language or direction in ("ltr", "rtl")) and not (len(made) == 1 and isinstance(made[0], Passage)):
            return (Passage(made, language, cast(Any, direction if direction in ("ltr", "rtl") else ""), line=element.line),)
        return made

    def _box_of(self, kind: str, rest: str, element: Element) -> tuple[Block, ...]:
        key, line = element.attrs.get("id", ""), element.line
        if kind in _BOXES:
            return _BOXES[kind](self, rest, element)
        second, _, more = rest.partition(" ")
        if second.lower() == "aside" or kind in ASIDES:
            title = self.read_inline(more.strip() if second.lower() == "aside" else rest, line)
            return (Aside(self.blocks(element.children, line), ASIDES.get(kind, kind), title, key, line),)
        language = element.attrs.get("lang") or element.attrs.get("dir")
        if kind:
            self.say("dialect-dropped", f"'::: {kind}' is no known block; what it holds stays", line)
        inside = self.blocks(element.children, line)
        if rest:
            inside = (Paragraph(self.read_inline(rest, line), line=line), *inside)
        if language and key and inside:
            attrs = element.attrs
            direction = cast(Any, attrs.get("dir", "") if attrs.get("dir") in ("ltr", "rtl") else "")
            return (Passage(inside, attrs.get("lang", ""), direction, key, line),)
        return (msgspec.structs.replace(inside[0], id=key), *inside[1:]) if inside and key and not inside[0].id else inside

    def _verse(self, rest: str, element: Element) -> tuple[Block, ...]:
        lines: list[tuple[Inline, ...]] = [self.read_inline(rest, element.line)] if rest else []
        after: list[Child] = []
        for node in element.children:
            if isinstance(node, Element) and node.tag == "p":
                if lines:
                    lines.append(())
                lines.extend(self.line_of(part) for part in _lines(node.children))
            elif not isinstance(node, str) or node.strip():
                after.append(node)
        verse = (Verse(lines, element.attrs.get("id", ""), element.line),) if lines else ()
        return (*verse, *self.blocks(after, element.line))

    def _pull(self, rest: str, element: Element) -> tuple[Block, ...]:
        inside = [c for c in element.children if not isinstance(c, str) or c.strip()]
        only = inside[0] if len(inside) == 1 else None
        holder = only if isinstance(only, Element) and only.tag == "blockquote" else element
        quote = self._attributed(holder, True)
        by = self.read_inline(rest, element.line) or quote.attribution
        return (msgspec.structs.replace(quote, attribution=by, id=element.attrs.get("id", ""), line=element.line),)

    def _figure_box(self, rest: str, element: Element) -> tuple[Block, ...]:
        pictures: list[Element] = []
        captions: list[tuple[Inline, ...]] = [self.read_inline(rest, element.line)] if rest else []
        after: list[Child] = []
        for node in element.children:
            if isinstance(node, Element) and node.tag == "p":
                pictures.extend(e for e in node.descendants() if e.tag == "img")
                words = self.line_of(_no_pictures(node.children))
                captions.extend([words] if words else [])
            elif isinstance(node, Element) and node.tag == "img":
                pictures.append(node)
            elif not isinstance(node, str) or node.strip():
                after.append(node)
        if not pictures:
            made = list(self.blocks(element.children, element.line))
            self.say("dialect-dropped", "'::: figure' holds no picture; what it holds stays", element.line)
            return tuple(made)
        words = strip_ends(tidy([n for i, c in enumerate(captions) for n in ((Text(" "), *c) if i else c)]))
        return (self.figure_of(pictures, element, words), *self.blocks(after, element.line))

    def _embed_box(self, rest: str, element: Element) -> tuple[Block, ...]:
        url, _, title = rest.partition(" ")
        url = url.strip("<>")
        pictures = [e for c in element.children if isinstance(c, Element) for e in (c, *c.descendants()) if e.tag == "img"]
        if not url:
            self.say("markup-unread", "'::: embed' names no address; what it holds stays", element.line)
            return self.blocks(element.children, element.line)
        thumbnail = self.image(pictures[0]) if pictures else None
        left = self.blocks(_no_pictures(element.children) if pictures else element.children, element.line)
        others = tuple(Figure(self.image(p), line=p.line) for p in pictures[1:])
        words = title.strip()
        if not words and len(left) == 1 and isinstance(left[0], Paragraph):
            words, left = plain_text(left[0]).strip(), ()
        return (Embed(url, words, thumbnail, element.attrs.get("id", ""), element.line), *others, *left)

    # --- captions of tables ---

    def gather(self, blocks: list[Block]) -> tuple[Block, ...]:
        """Joins paragraphs that begin with ``Table:`` to the table beside them."""
        if not any(isinstance(b, Table) for b in blocks):
            return tuple(blocks)
        out: list[Block] = []
        waiting: Paragraph | None = None
        for at, block in enumerate(blocks):
            if isinstance(block, Table):
                block = _last_row_caption(block)
                if waiting and not block.caption:
                    block, waiting = _with_caption(block, waiting), None
                if waiting:
                    out.append(waiting)
                    waiting = None
                out.append(block)
            elif isinstance(block, Paragraph) and _is_caption(block):
                if out and isinstance(before := out[-1], Table) and not before.caption:
                    out[-1] = _with_caption(before, block)
                elif at + 1 < len(blocks) and isinstance(blocks[at + 1], Table):
                    waiting = block
                else:
                    out.append(block)
            else:
                out.append(block)
        return tuple(out)


_BOXES: dict[str, Callable[[_Converter, str, Element], tuple[Block, ...]]] = {
    "verse": _Converter._verse, "poem": _Converter._verse, "pull": _Converter._pull, "figure": _Converter._figure_box,
    "embed": _Converter._embed_box,
}


def _lines(nodes: Iterable[Child]) -> list[list[Child]]:
    """Children parted at the ends of source lines; an element that reaches over one is made twice."""
    out: list[list[Child]] = [[]]
    for node in nodes:
        if isinstance(node, Element) and node.tag in ("$soft", "br"):
            out.append([])
        elif isinstance(node, Element) and any(e.tag in ("$soft", "br") for e in node.descendants()):
            for at, part in enumerate(_lines(node.children)):
                if at:
                    out.append([])
                out[-1].append(Element(node.tag, node.attrs, node.line, node.raw, part))
        else:
            out[-1].append(node)
    return out


def _unlined(lines: Iterable[list[Child]]) -> list[Child]:
    out: list[Child] = []
    for at, line in enumerate(lines):
        if at:
            out.append(Element("$soft"))
        out.extend(line)
    return out


def _no_pictures(nodes: Iterable[Child]) -> list[Child]:
    out: list[Child] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif node.tag != "img":
            out.append(Element(node.tag, node.attrs, node.line, node.raw, _no_pictures(node.children)))
    return out


def _is_caption(block: Paragraph) -> bool:
    return bool(block.content) and isinstance(block.content[0], Text) and _CAPTION.match(block.content[0].text) is not None


def _caption(words: tuple[Inline, ...]) -> tuple[tuple[Inline, ...], str]:
    """The words of a caption without its mark, and the id at its end."""
    out, key = list(words), ""
    if isinstance(first := out[0], Text):
        out[0] = Text(_CAPTION.sub("", first.text, count=1))
    if isinstance(last := out[-1], Text) and (found := _CAPTION_ID.search(last.text)):
        out[-1], key = Text(last.text[:found.start()]), found.group(1)
    return strip_ends(out), key


def _with_caption(table: Table, paragraph: Paragraph) -> Table:
    words, key = _caption(paragraph.content)
    return msgspec.structs.replace(table, caption=words, id=table.id or key or paragraph.id)


def _last_row_caption(table: Table) -> Table:
    """A line ``Table:`` right under a table, without an empty line between, was read as a row."""
    if table.caption or not table.body:
        return table
    first, *others = table.body[-1].cells or (Cell(),)
    only = first.content[0] if len(first.content) == 1 and not any(c.content for c in others) else None
    if isinstance(only, Paragraph) and _is_caption(only):
        return _with_caption(msgspec.structs.replace(table, body=table.body[:-1]), only)
    return table
