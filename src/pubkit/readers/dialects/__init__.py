"""Markup of other systems: tokens of `pubkit.readers.dialects.rules` come in, and the elements that say the same go into the tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pubkit.readers.dialects.commands import COMMAND, Command, Found, Term, command_at, key_of, terms
from pubkit.readers.dialects.rules import commands_of
from pubkit.readers.dialects.table import DECISIONS, KINDS, ROWS, TABLE, VERBATIM, Context, Made, Row, box, kind_of
from pubkit.readers.dialects.words import ShortForms, emoji
from pubkit.readers.html import Child, Element
from pubkit.readers.html.tree import BLOCK, INLINE, MEDIA

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Command", "Dialects", "box_of_classes", "container", "emoji", "kind_of", "language_of", "table"]

_NARROW = INLINE - {"$soft"} | {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "figcaption", "summary"}
_TOO_MUCH = BLOCK - MEDIA
_SITE = frozenset({"site.baseurl", "site.url", "site.base_url", "site.root", "site.base", "config.base_url", "config.root", "base_url",
                   "baseurl", "base_path", "site.github.url", "root"})
_SAME = frozenset({"relative_url", "absolute_url", "url", "relurl", "absurl", "escape", "strip", "uri_escape", "safe", "url_for",
                   "xml_escape", "cgi_escape", "full_url", "asset_url", "static_url", "markdownify", "smartify"})
_CALLS = frozenset({"get_url", "url_for", "relref", "ref", "resize_image", "asset", "static"})
_CONTENTS = re.compile(r"\[\[?_?toc_?\]?\]|\$\{toc\}|@\[toc\](?:\([^()]*\))?|\\toc|\{\{toc\}\}", re.IGNORECASE)
_LOOKS_LIKE = re.compile(r"\{\{[<%]|\{%-?[ \t]*[a-z]")
_WIKI = re.compile(r"!?\[\[(?=[^\[\]\n]*[^\W\d_])[^\[\]\n]{1,200}\]\]")


class _Named(dict[str, str]):
    """Arguments that remember which of them were asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


_LOOKS = frozenset({"style", "class", "classes", "wrapper_class", "sizes", "srcset", "options", "allow", "hl_lines", "loading", "width"})
SPENT = 1_000_000
"""How many characters the values of names may put into an article."""


class Tree(Protocol):
    """What is asked of the one who makes the tree."""

    env: dict[str, Any]
    stack: list[Element]
    notes: dict[str, Element]
    pending: dict[str, str]

    def say(self, code: str, message: str, line: int) -> None: ...
    def text(self, text: str) -> None: ...
    def push(self, element: Element) -> None: ...
    def end(self) -> None: ...
    def inline_tokens(self, tokens: Sequence[Token], line: int) -> None: ...
    def plain_html(self, source: str, line: int) -> None: ...
    def taken(self, token: Token) -> dict[str, str]: ...
    def note_key(self) -> str: ...


class Dialects:
    """Reads the tokens of other systems' markup on behalf of a maker of trees."""

    def __init__(self, tree: Tree, parser: MarkdownIt | None = None) -> None:
        self.tree = tree
        self.parser = parser
        self.values: dict[str, str] = {}
        self.literal = 0
        self._ends: list[Callable[[str], None]] = []
        self._links: list[str] = []
        self._short: ShortForms | None = None
        self._reading = 0
        self._bare = False
        self._spent = 0

    # --- tokens ---

    def block(self, token: Token, line: int) -> bool:
        """Reads a token among blocks; whether it was one of these."""
        match token.type:
            case "attributes":
                self._attributes(token, line)
            case "command":
                self._command(token, line, self.tree.taken(token), True)
            case "command_open":
                self._open(token, line, self.tree.taken(token), True)
            case "command_close":
                self._ends.pop()(token.content)
            case _:
                return False
        return True

    def inline(self, token: Token, line: int) -> bool:
        """Reads a token among words; whether nothing is left to do with it."""
        match token.type:
            case "command":
                self._command(token, line, {}, False)
            case "command_open":
                self._open(token, line, {}, False)
            case "command_close":
                self._ends.pop()(token.content)
            case "attributes_inline":
                self._inline_attributes(token, line)
            case "link_open":
                return self._link(token, line)
            case "link_close":
                self._bare = False
                if raw := self._links.pop():
                    self.tree.text(f"]({raw})")
                    return True
                return False
            case "image":
                return self._image(token, line)
            case _:
                return False
        return True

    def words(self, text: str, line: int) -> None:
        """Adds words, with emoji for their codes and with what short forms mean."""
        if self.literal or self._bare:
            self.tree.text(text)
            return
        if found := _LOOKS_LIKE.search(text):
            self.tree.say("markup-unread", f"'{text[found.start():found.start() + 60]}' looks like a command and stays as text", line)
        for wiki in _WIKI.finditer(text) if "[[" in text else ():
            self.tree.say("markup-unread", f"'{wiki.group()[:60]}' links within a wiki and stays as text", line)
        short = self.tree.env.get("$short")
        if not short:
            self.tree.text(emoji(text))
            return
        self._short = self._short or ShortForms(short)
        for part, meaning in self._short.parts(text):
            if meaning:
                self.tree.stack[-1].children.append(Element("abbr", {"title": meaning}, line, "", [part]))
            else:
                self.tree.text(emoji(part))

    def contents(self, token: Token, line: int) -> bool:
        """Whether a paragraph is only a mark for a table of contents, which is then left out, aloud."""
        words = token.content.strip()
        if len(words) > 40 or self.tree.stack[-1].tag != "p" or not _CONTENTS.fullmatch(words):
            return False
        if any(t.type == "link_open" for t in token.children or []):
            return False
        self.tree.say("dialect-dropped", f"'{words}' was left out: every output makes its own contents", line)
        return True

    # --- commands ---

    def _command(self, token: Token, line: int, attrs: dict[str, str], block: bool) -> None:
        command = replace(token.meta["command"], line=line)
        made = None if self.literal else self._make(command, line, block)
        if made is None:
            self._unread(command, line)
            self._put([token.content], block, line)
        else:
            self._place(made, attrs, block, line)

    def _place(self, made: Made, attrs: dict[str, str], block: bool, line: int) -> None:
        """Puts into the tree what a command became."""
        self._given(made, attrs)
        if made.note:
            self._note(made.children, line, block)
        elif made.html is not None:
            self.html(made.html, line)
        else:
            self._put(made.children, block, line)

    def _open(self, token: Token, line: int, attrs: dict[str, str], block: bool) -> None:
        command = replace(token.meta["command"], line=line)
        made = None if self.literal else self._make(command, line, block)
        if made is None:
            self._unread(command, line)
            self._put([token.content], block, line)
            self._ends.append(lambda raw: self._put([raw], block, line) if raw else None)
            return
        self._given(made, attrs)
        if made.note:
            self._open_note(line, block)
            return
        self._put(made.children, block and not (made.hole and made.hole.tag in INLINE), line)
        hole = made.hole
        if hole is None:
            hole = Element("$root", {}, line)
            self.tree.stack[-1].children.append(hole)
        self.literal += made.literal
        self.tree.push(hole)

        def end(raw: str) -> None:
            self.tree.end()
            self.literal -= made.literal
            if not raw and command.style != "directive":
                self.tree.say("markup-unread", f"'{_short(command.raw)}' is not closed in what it stands in", line)
            elif not raw and command.raw[:1] in "`~:":
                self.tree.say("markup-unread", f"'{_short(command.raw)}' is never closed and reaches to the end of what it stands in", line)
        self._ends.append(end)

    def _put(self, children: Sequence[Child], block: bool, line: int) -> None:
        if block and children and all(isinstance(c, str) or (c.tag in INLINE and not c.children) for c in children):
            self.tree.stack[-1].children.append(Element("p", {}, line, "", list(children)))
            return
        for child in children:
            if isinstance(child, str):
                self.tree.text(child)
            elif child.tag == "figure" and len(child.children) == 1 and any(e.tag == "figure" and e.raw for e in self.tree.stack):
                self.tree.stack[-1].children.extend(child.children)
            else:
                self.tree.stack[-1].children.append(child)

    def _given(self, made: Made, attrs: dict[str, str]) -> None:
        first = next((c for c in made.children if isinstance(c, Element)), None)
        if first is not None and attrs:
            _merge(first, attrs)

    def _unread(self, command: Command, line: int) -> None:
        if self.literal:
            return
        why = "is a command of another system and stays as text"
        if key_of(command.name) in DECISIONS:
            why = "asks for what only its own system can do, and stays as text"
        self.tree.say("markup-unread", f"'{_short(command.raw)}' {why}", line)

    def _make(self, command: Command, line: int, block: bool) -> Made | None:
        tree = self.tree
        narrow = not block and (len(tree.stack) == 1 or any(e.tag in _NARROW for e in tree.stack))
        if command.closes and key_of(command.name) in ("raw", "verbatim"):
            # Its beginning stands in code, where it is code.
            tree.say("dialect-dropped", f"'{_short(command.raw)}' was left out: nothing that it could end stands before it", line)
            return Made()
        if command.closes:
            return None
        if command.style == "expression" and not (command.call and key_of(command.name) in TABLE):
            return self._value_of(command, line)
        filled = self._filled(command)
        if filled is None:
            return None
        named = _Named(filled.named)
        filled = replace(filled, named=named)
        context = Context(line, narrow, lambda words: self.read(words, line), lambda code, text: tree.say(code, text, line), self.values)
        if command.style == "remark" and command.name in ("script", "options"):
            context.say("dialect-dropped", f"'{_short(command.raw)}' is for a program and was left out")
            return Made()
        if "$kind" in filled.named:
            hole = box(kind_of(filled.named["$kind"]), filled.named.get("title", ""), line)
            return Made([hole], hole)
        row = _row(filled)
        made = row.make(filled, context) if row else None
        if made and narrow and _is_block(made.children):
            return None
        if made:
            for key, value in named.items():
                if " " in value.strip() and key not in named.asked | _LOOKS:
                    context.say("dialect-dropped", f"'{key}' of '{_short(command.raw)}' has no place here and was left out")
        return made

    def _filled(self, command: Command) -> Command | None:
        """The command with the commands in its arguments done; None where one of them cannot be."""
        if not any(COMMAND[0] in v or COMMAND[1] in v for v in (*command.positional, *command.named.values())) or command.name == "/*":
            return command
        positional = [self.address(v, True) for v in command.positional]
        named = {k: self.address(v, True) for k, v in command.named.items()}
        if None in positional or None in named.values():
            return None
        return replace(command, positional=tuple(v or "" for v in positional), named={k: v or "" for k, v in named.items()})

    def read(self, words: str, line: int) -> list[Child]:
        """The children that words with inline Markdown make."""
        holder = Element("$root", {}, line)
        if self.parser is None or self._reading > 20:
            return [words]
        self._reading += 1
        depth = len(self.tree.stack)
        links, self._links = self._links, []
        tokens = self.parser.parseInline(words, {"references": self.tree.env.get("references", {})})
        # Among other words, so that blocks have no room.
        self.tree.push(Element("span", {}, line, "", holder.children))
        self.tree.stack[-1].children = holder.children
        self.tree.inline_tokens(tokens[0].children or [] if tokens else [], line)
        while len(self.tree.stack) > depth:
            self.tree.stack.pop()
        self._links = links
        self._reading -= 1
        return holder.children

    # --- notes ---

    def _call(self, line: int, block: bool) -> Element:
        """Calls a new note, and gives back what holds it."""
        key = self.tree.note_key()
        definition = self.tree.notes[key] = Element("$definition", {"label": ""}, line)
        call = Element("$note", {"label": key}, line)
        last = self.tree.stack[-1].children[-1] if block and self.tree.stack[-1].children else None
        if isinstance(last, Element) and last.tag == "p":
            last.children.append(call)
        else:
            self._put([call], block, line)
        return definition

    def _note(self, children: list[Child], line: int, block: bool) -> None:
        self._call(line, block).children.append(Element("p", {}, line, "", children))

    def _open_note(self, line: int, block: bool) -> None:
        definition = self._call(line, block)
        self.tree.push(definition)
        if not block:
            inside = Element("p", {}, line)
            definition.children.append(inside)
            self.tree.push(inside)

        def end(_: str) -> None:
            if not block:
                self.tree.end()
            self.tree.end()
        self._ends.append(end)

    # --- addresses and values ---

    def _link(self, token: Token, line: int) -> bool:
        # The words of a bare address are an address too.
        self._bare = token.info == "auto"
        url = str(token.attrs.get("href", ""))
        raw = "" if self.literal else self._unresolved(token, "href", url, line)
        self._links.append(raw)
        if raw:
            self.tree.text("[")
        return bool(raw)

    def _image(self, token: Token, line: int) -> bool:
        src = str(token.attrs.get("src", ""))
        raw = "" if self.literal else self._unresolved(token, "src", src, line)
        if raw:
            self.tree.text(f"![{token.content}]({raw})")
        return bool(raw)

    def _unresolved(self, token: Token, name: str, url: str, line: int) -> str:
        """Puts a plain address into a token; gives back the address as written where there is a command in it that cannot be read."""
        if not any(sign in url for sign in COMMAND[:2]):
            return ""
        made = self.address(url)
        if made is None:
            self.tree.say("markup-unread", f"the address '{url[:60]}' has a command of another system in it and stays as text", line)
            return url
        token.attrs[name] = made
        return ""

    def address(self, text: str, words: bool = False) -> str | None:
        """An address without commands, as written otherwise; None where a command in it cannot be read.

        Args:
            text: the address.
            words: whether it may be words as well, so that what stands for the site counts only before a path.
        """
        out, at, site, page = "", 0, False, False
        while at < len(text):
            made = command_at(text, at) if text[at] == "{" else None
            if made is None:
                stop = text.find("{", at + 1)
                piece = text[at:stop if stop >= 0 else len(text)]
                if page and not out and piece[0] != "#":
                    return None
                out += "/" + piece if site and not out and not words and piece[0] not in "/#?" else piece
                at += len(piece)
                continue
            command, at = made
            if _is_page(command):
                page = True
                continue
            value = self._part(command)
            if value is None:
                return None
            site = site or (not out and not value)
            out += value
        return None if page and not out else out or ("/" if site and not words else "")

    def _part(self, command: Command) -> str | None:
        if command.style == "expression":
            words = command.raw[2:-2].strip("-~ \t\n")
            return self.value(words, True)
        row = _row(command)
        if command.closes or row is None or row.address is None:
            return None
        return row.address(command) or None

    def value(self, expression: str, address: bool) -> str | None:
        """What an expression says: a quoted text, a name that has been given a value, or where an address begins.

        Args:
            expression: what stands between the braces.
            address: whether it stands in an address.
        """
        parts = terms(expression)
        if not parts:
            return None
        value = self._term(parts[0], address)
        for part in parts[1:]:
            argument = part.positional[0] if part.positional else ""
            if part.name.lower() in _SAME or value is None:
                continue
            if part.name not in ("append", "prepend") or not part.positional:
                return None
            other = argument if part.quotes[0] else self._term(Term(argument), address or value.startswith("/"))
            if other is None:
                return None
            value = value + other if part.name == "append" else other + value
        return value

    def _term(self, term: Term, address: bool) -> str | None:
        if term.quoted:
            return term.name
        if term.name in self.values:
            self._spent += len(self.values[term.name])
            return self.values[term.name] if self._spent < SPENT else None
        if term.name in _CALLS and (term.named or term.positional):
            return term.named.get("path") or (term.positional[0] if term.positional else None)
        return "" if address and term.name in _SITE else None

    def _value_of(self, command: Command, line: int) -> Made | None:
        words = command.raw[2:-2].strip("-~ \t\n")
        if words.lower() == "toc":
            self.tree.say("dialect-dropped", f"'{command.raw}' was left out: every output makes its own contents", line)
            return Made()
        value = self.value(words, False)
        if value is None:
            return None
        return Made([value] if words[:1] in "\"'" else self.read(value, line))

    # --- HTML ---

    def html(self, source: str, line: int) -> None:
        """Reads a piece of HTML in which commands stand."""
        commands = {} if self.literal else commands_of(source, self.tree.env)
        if not commands:
            self.tree.plain_html(source, line)
            return
        out: list[str] = []
        ends: list[int] = []
        at = counted = 0
        told = here = line
        tag = False
        for start, found in sorted(commands.items()):
            if start < at:
                continue
            here += source.count("\n", counted, start)
            counted = start
            out.append(source[at:start])
            tag = _in_tag(source, at, start, tag)
            at = found.end
            if tag:
                out.append(self._in_attribute(found.command, source[at:at + 1], here))
                continue
            made = None if found.partner else self._make(found.command, here, False)
            if made is None and not found.partner:
                self._unread(found.command, here)
                out.append(escape(found.command.raw, quote=False))
                continue
            self.tree.plain_html("".join(out), told)
            if made is not None:
                self._place(made, {}, False, here)
            else:
                at = self._pair_in_html(source, found, here, ends)
            out, told = [], here + source.count("\n", start, at)
        self.tree.plain_html("".join(out) + source[at:], told)
        while ends:
            ends.pop()
            self._ends.pop()("")

    def _in_attribute(self, command: Command, after: str, line: int) -> str:
        value = "" if _is_page(command) and after == "#" else self._part(command)
        if value is None:
            self._unread(command, line)
            return command.raw
        return escape(value) if value or after in ("/", "#", "?", "{") else "/"

    def _pair_in_html(self, source: str, found: Found, line: int, ends: list[int]) -> int:
        """Reads the beginning or the end of a pair between tags; gives back where to go on."""
        command, partner = found.command, found.partner
        token = Token("command", "", 0)
        token.meta, token.content = {"command": replace(command, paired=True)}, command.raw
        if ends and ends[-1] == found.start:
            ends.pop()
            self._ends.pop()(command.raw)
        elif partner is None or partner.start < found.start:
            self._put([command.raw], False, line)
        elif key_of(command.name) in ("raw", "verbatim"):
            self.tree.plain_html(source[found.end:partner.start], line)
            return partner.end
        elif key_of(command.name) in VERBATIM:
            inside = source[found.end:partner.start]
            token.meta, token.content = {"command": replace(command, paired=True, inside=inside)}, source[found.start:partner.end]
            self._command(token, line, {}, False)
            return partner.end
        else:
            self._open(token, line, {}, False)
            ends.append(partner.start)
        return found.end

    # --- attributes of kramdown ---

    def _attributes(self, token: Token, line: int) -> None:
        attrs = self._resolved(token.meta, line)
        toc = attrs.pop("$toc", "")
        children = self.tree.stack[-1].children
        target = next((c for c in reversed(children) if not isinstance(c, str) or c.strip()), None) if "$after" in attrs else None
        if toc:
            self.tree.say("dialect-dropped", f"'{token.content}' was left out: every output makes its own contents", line)
            if isinstance(target, Element) and target.tag in ("ul", "ol"):
                children.remove(target)
        elif isinstance(target, Element):
            _merge(target, attrs)
        else:
            self.tree.pending.update((k, v) for k, v in attrs.items() if k[0] != "$")

    def _inline_attributes(self, token: Token, line: int) -> None:
        top = self.tree.stack[-1]
        last = top.children[-1] if top.children else None
        if isinstance(last, Element):
            _merge(last, self._resolved(token.meta, line))
        elif last is None and top.tag == "p" and self.tree.stack[-2].tag == "li":
            _merge(self.tree.stack[-2], self._resolved(token.meta, line))
        else:
            self.tree.say("markup-unread", f"'{token.content}' stands after nothing that it could belong to and stays as text", line)
            self.tree.text(token.content)

    def _resolved(self, given: dict[str, str], line: int) -> dict[str, str]:
        """Attributes with those of the lists that they name."""
        out = dict(given)
        for name in out.pop("$names", "").split():
            if (listed := self.tree.env.get("$lists", {}).get(name)) is not None:
                for key, value in listed.items():
                    if key != "$names":
                        out[key] = f"{value} {out[key]}" if key == "class" and key in out else out.get(key, value)
            elif name == "toc":
                out["$toc"] = "1"
            elif name not in ("no_toc", "footnotes"):
                self.tree.say("dialect-dropped", f"no list of attributes has the name '{name}'", line)
        return out


_KEPT = frozenset({"id", "class", "lang", "dir", "width", "credit", "title"})


def _merge(element: Element, attrs: dict[str, str]) -> None:
    for key, value in attrs.items():
        if key == "class":
            element.attrs[key] = f"{element.attrs.get(key, '')} {value}".strip()
        elif key in _KEPT:
            element.attrs[key] = value


def _in_tag(source: str, start: int, end: int, before: bool) -> bool:
    """Whether a place is within a tag; ``before`` says so of where the search begins."""
    opening, closing = source.rfind("<", start, end), source.rfind(">", start, end)
    return before if opening == closing else opening > closing


def _is_page(command: Command) -> bool:
    """Whether a command is the address of the article itself."""
    return command.style == "expression" and command.name in ("page.url", "page.permalink")


def _row(command: Command) -> Row | None:
    name = key_of(command.name)
    return TABLE.get(name) or TABLE.get(name.rpartition("/")[2].partition(".")[0])


def _is_block(children: Sequence[Child]) -> bool:
    elements = [c for c in children if isinstance(c, Element)]
    return any(e.tag in _TOO_MUCH for c in elements for e in (c, *c.descendants()))


def _short(raw: str) -> str:
    return " ".join(raw[:200].split())[:60]


# --- Boxes that are named by a word or a class ---------------------------------------------------------------------------------------

_BY_CLASS = {"note", "tip", "hint", "important", "warning", "caution", "danger", "info", "notice", "success", "attention", "error"}
_BY_TITLE = re.compile(r"([A-Za-z][\w-]*)\[(.*)\]$")


def box_of_classes(element: Element) -> Element | None:
    """The box that a paragraph or a quotation is because of its class, as in Just the Docs and Minimal Mistakes; None where it is none."""
    for name in element.classes():
        plain = re.sub(r"^(?:notice--|alert-|callout-|admonition-)", "", name.lower())
        titled = plain.endswith("-title")
        plain = plain.removesuffix("-title")
        if plain not in _BY_CLASS:
            continue
        made = box(kind_of(plain), "", element.line, element.attrs.get("id", ""))
        rest = {k: v for k, v in element.attrs.items() if k not in ("class", "id")}
        if element.tag == "blockquote":
            made.children = list(element.children)
        else:
            made.children = [Element("p", rest, element.line, "", element.children)]
        first = next((c for c in made.children if isinstance(c, Element)), None)
        if titled and first is not None and first.tag == "p":
            made.attrs["$words"] += " " + " ".join(first.text().split())
            made.children = [c for c in made.children if c is not first]
        return made
    return None


def container(words: str, attrs: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The words and attributes of a block between colons as pubkit writes them.

    Args:
        words: what follows the colons.
        attrs: the attributes at the end of that line.
    """
    if titled := _BY_TITLE.match(words):
        words = f"{titled.group(1)} {titled.group(2)}".strip()
    kind, _, rest = words.partition(" ")
    if not kind:
        for name in attrs.get("class", "").split():
            plain = re.sub(r"^(?:callout-|alert-|admonition-)", "", name.lower())
            plain = "aside" if plain in ("column-margin", "margin-note") else plain
            if plain in KINDS and plain not in ("quote", "cite", "details", "light", "dark"):
                title = attrs.get("title", "")
                return f"{kind_of(plain)} aside {title}".strip(), {k: v for k, v in attrs.items() if k != "title"}
        return words, attrs
    title = rest or attrs.get("title", "")
    if key_of(kind) in KINDS and rest.partition(" ")[0].lower() != "aside":
        return f"{kind_of(kind)} aside {title}".strip(), {k: v for k, v in attrs.items() if k != "title"}
    return words, attrs


def language_of(braces: str) -> str:
    """The language of a chunk of code, ``{r, echo=FALSE}`` or ``{python}``; empty where there is none."""
    found = re.match(r"\s*([A-Za-z][\w+#-]*)(?:[\s,]|$)", braces)
    return found.group(1) if found else ""


def table() -> list[str]:
    """The rows of the table of commands, as the documentation shows them."""
    return [f"| {', '.join(f'`{name}`' for name in row.names)} | {row.becomes} |" for row in ROWS]
