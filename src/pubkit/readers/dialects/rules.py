"""Rules for a markdown-it parser that find the markup of other systems and make tokens of it, for `pubkit.readers.dialects` to read."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as plain_table
from markdown_it.rules_block.table import escapedSplit, getLine
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from pubkit.readers.dialects.commands import COMMAND, Command, Found, Scan, command_at, key_of, scan
from pubkit.readers.dialects.table import DECISIONS, TABLE, VERBATIM, WORDS

__all__ = ["commands_of", "install"]

_OPAQUE = VERBATIM - {"raw", "verbatim"}
_ANYWHERE = ["paragraph", "reference", "blockquote", "list"]


def install(md: MarkdownIt) -> None:
    """Adds the rules to a parser whose other rules are there already."""
    md.block.ruler.before("container", "command", _command_rule, {"alt": _ANYWHERE})
    md.block.ruler.before("container", "directive", _directive_rule, {"alt": _ANYWHERE})
    md.block.ruler.before("container", "admonition", _admonition_rule, {"alt": _ANYWHERE})
    md.block.ruler.before("container", "kramdown", _kramdown_rule, {"alt": _ANYWHERE})
    md.block.ruler.before("container", "abbreviation", _abbreviation_rule)
    md.block.ruler.before("container", "script", _script_rule, {"alt": _ANYWHERE})
    md.block.ruler.at("table", _table_rule, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.before("link", "command", _inline_command_rule)
    md.inline.ruler.before("link", "wiki_picture", _wiki_picture_rule)
    md.inline.ruler.before("html_inline", "tag_with_command", _tag_rule)
    md.inline.ruler.before("emphasis", "mark", _mark_rule)
    md.inline.ruler.push("kramdown", _inline_kramdown_rule)
    parser: Any = md
    parser.helpers = SimpleNamespace(parseLinkLabel=md.helpers.parseLinkLabel, parseLinkTitle=md.helpers.parseLinkTitle,
                                     parseLinkDestination=_destination(md.helpers.parseLinkDestination))


def commands_of(src: str, env: Any) -> Scan:
    """The commands of a text, looked for once."""
    scans: dict[str, Scan] = env.setdefault("$commands", {})
    found = scans.get(src)
    if found is None:
        found = scans[src] = scan(src, VERBATIM)
    return found


# --- Commands as blocks --------------------------------------------------------------------------------------------------------------

def _line_at(state: StateBlock, place: int, first: int) -> int:
    return max(first, bisect_right(state.bMarks, place, first, state.lineMax) - 1)


def _command_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A command that begins a line, alone or with its end further down."""
    at = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{", at) or not state.src.startswith(COMMAND, at) or state.is_code_block(start):
        return False
    found = commands_of(state.src, state.env).get(at)
    if found is None or found.command.closes or found.command.style == "expression":
        return False
    last = _line_at(state, found.end - 1, start)
    if last >= end:
        return False
    rest = state.src[found.end:state.eMarks[last]].strip()
    if found.partner:
        stop = _line_at(state, found.partner.start, last)
        if stop < end and _is_block(state, found, last, stop, rest):
            if not silent:
                _pair(state, found, found.partner, (start, last, stop), rest)
            return True
    key = key_of(found.command.name)
    if rest or (last == start and key in WORDS) or (silent and key not in DECISIONS
                                                    and not any(state.isEmpty(n) for n in range(start + 1, last))):
        return False
    if not silent:
        text = state.getLines(start, last + 1, state.blkIndent, False).strip()
        _push(state, _reread(found.command, text), text, [start, last + 1])
        state.line = last + 1
    return True


def _push(state: StateBlock | StateInline, command: Command, text: str, lines: list[int] | None = None) -> None:
    """A token for a command that stands alone."""
    token = state.push("command", "", 0)
    token.meta, token.content, token.map = {"command": command}, text, lines


def _around(state: StateBlock | StateInline, command: Command, lines: list[int] | None = None) -> None:
    """A token for the beginning of a pair."""
    token = state.push("command_open", "div", 1)
    token.meta, token.content, token.map = {"command": command}, command.raw, lines


def _reread(command: Command, text: str) -> Command:
    """A command over several lines, read again without what stands before its lines in a list or a quotation."""
    made = command_at(text, 0) if "\n" in text else None
    return made[0] if made else command


def _is_block(state: StateBlock, found: Found, last: int, stop: int, rest: str) -> bool:
    """Whether a pair holds blocks, and not words of one paragraph."""
    partner = found.partner
    if partner is None:
        return False
    after = state.src[partner.end:state.eMarks[_line_at(state, partner.end - 1, stop)]].strip()
    if after or stop == last:
        return False
    before = state.src[state.bMarks[stop] + state.tShift[stop]:partner.start].strip()
    if not (rest and before):
        return True
    empty = state.env.get("$empty")
    if empty is None:
        empty = state.env["$empty"] = [m.start() for m in re.finditer(r"\n[ \t>]*(?=\n)", state.src)]
    return bisect_right(empty, found.end) < bisect_right(empty, partner.start)


def _pair(state: StateBlock, found: Found, partner: Found, lines: tuple[int, int, int], rest: str) -> None:
    start, last, stop = lines
    marks = (state.bMarks[last], state.tShift[last], state.sCount[last], state.eMarks[stop])
    first, behind = last + 1, stop
    text = state.getLines(start, last + 1, state.blkIndent, False).strip() if last > start else found.command.raw
    command = replace(_reread(found.command, text) if last > start and not rest else found.command, paired=True)
    if rest:
        first = last
        gap = len(state.src[found.end:state.eMarks[last]]) - len(state.src[found.end:state.eMarks[last]].lstrip())
        state.bMarks[last], state.tShift[last], state.sCount[last] = found.end, gap, state.blkIndent
    if state.src[state.bMarks[stop] + state.tShift[stop]:partner.start].strip():
        behind = stop + 1
        state.eMarks[stop] = partner.start
    closing = _line_at(state, partner.end - 1, stop)
    if key_of(command.name) in _OPAQUE:
        inside = state.getLines(first, behind, state.blkIndent, False)
        text = f"{command.raw}\n{inside}\n{partner.command.raw}"
        _push(state, replace(command, inside=f"\n{inside}\n" if inside else ""), text, [start, closing + 1])
        state.line = closing + 1
    else:
        _around(state, command, [start, stop])
        parent, line_max, made = state.parentType, state.lineMax, len(state.tokens)
        state.parentType, state.lineMax = "container", behind
        state.md.block.tokenize(state, first, behind)
        token = state.push("command_close", "div", -1)
        token.content = partner.command.raw
        # Where what holds the command ends before the command does, the rest is read outside, and its end stays as text.
        broken = state.line < behind and not all(state.isEmpty(n) for n in range(state.line, behind))
        if broken:
            token.content = ""
        state.line = max(state.line, start + 1) if broken else closing + 1
        state.parentType, state.lineMax = parent, line_max
        if behind > stop and made < len(state.tokens) - 1 and state.tokens[-2].content.endswith("{"):
            state.tokens[-2].content = state.tokens[-2].content[:-1] + "\n"
    state.bMarks[last], state.tShift[last], state.sCount[last], state.eMarks[stop] = marks


_BAR = "\ufdd0"


def _table_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, in which a ``|`` within a command parts no cells."""
    masked = state.env.get("$masked")
    if masked is None:
        masked = state.src
        if "|" in masked:
            for at, found in commands_of(masked, state.env).items():
                if "|" in found.command.raw:
                    masked = masked[:at] + masked[at:found.end].replace("|", _BAR) + masked[found.end:]
        state.env["$masked"] = masked
    src, made = state.src, len(state.tokens)
    state.src = masked if len(masked) == len(src) else src
    done = plain_table(state, start, end, silent)
    if done and not silent:
        state.tokens[made:] = _with_all_cells(state, state.tokens[made:])
    state.src = src
    for token in state.tokens[made:]:
        token.content = token.content.replace(_BAR, "|")
    return done


def _with_all_cells(state: StateBlock, tokens: list[Token]) -> list[Token]:
    """A table's tokens with the cells that its rows have beyond the columns of the head, which the plain rule leaves out."""
    columns = sum(1 for token in tokens if token.type == "th_open")
    out: list[Token] = []
    row: Token | None = None
    head = True
    for token in tokens:
        if token.type == "tr_open":
            row = token
        elif token.type == "tr_close" and row is not None and row.map and not head:
            cells = escapedSplit(getLine(state, row.map[0]).strip())
            cells = cells[1:] if cells and not cells[0] else cells
            more = [cell.strip() for cell in cells[columns:]]
            while more and not more[-1]:
                more.pop()
            for cell in more:
                out += [Token("td_open", "td", 1, level=row.level + 1),
                        Token("inline", "", 0, content=cell, map=row.map, children=[], level=row.level + 2, block=True),
                        Token("td_close", "td", -1, level=row.level + 1)]
            row.meta = {"extra": len(more)} if more else {}
        elif token.type == "thead_close":
            head = False
        out.append(token)
    return out


# --- Directives of MyST, boxes of MkDocs ---------------------------------------------------------------------------------------------

_DIRECTIVE = re.compile(r"(`{3,}|~{3,}|:{3,})[ \t]*\{([A-Za-z][\w:-]*)\}[ \t]*(.*?)[ \t]*$")
_OPTION = re.compile(r"[ \t]*:([\w-]+):(?:[ \t]+(.*?))?[ \t]*$")


def _directive_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence of backquotes or colons whose first line names a directive, such as ``{note} Title``."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at:at + 3] not in ("```", "~~~", ":::") or state.is_code_block(start):
        return False
    opening = _DIRECTIVE.match(state.src[at:state.eMarks[start]])
    if not opening or key_of(opening.group(2)) not in TABLE:
        return False
    if silent:
        return True
    fence, name, argument = opening.groups()
    stop, closed = _fence_end(state, start, end, fence)
    line, options = start + 1, {}
    while line < stop and (option := _OPTION.match(state.src[state.bMarks[line]:state.eMarks[line]])):
        options[option.group(1).lower()] = option.group(2) or ""
        line += 1
    raw = state.getLines(start, line, state.blkIndent, False).strip()
    command = Command(name, (argument,) if argument else (), options, raw, style="directive", paired=True)
    if key_of(name) == "admonition" and argument:
        command = replace(command, positional=(), named={"title": argument, **options})
    after = stop + 1 if closed else stop
    if key_of(name) in _OPAQUE:
        inside = state.getLines(line, stop, state.sCount[start], True)
        _push(state, replace(command, inside=inside), state.getLines(start, after, state.blkIndent, False), [start, after])
    else:
        _tokens(state, command, (start, line, stop))
        state.tokens[-1].content = fence if closed else ""
    state.line = after
    return True


def _tokens(state: StateBlock, command: Command, lines: tuple[int, int, int]) -> None:
    """A pair of tokens around what stands from the second line to the third."""
    start, line, stop = lines
    parent, line_max = state.parentType, state.lineMax
    _around(state, command, [start, stop])
    state.parentType, state.lineMax = "container", stop
    state.md.block.tokenize(state, line, stop)
    state.push("command_close", "div", -1)
    state.parentType, state.lineMax = parent, line_max


def _fence_end(state: StateBlock, start: int, end: int, fence: str) -> tuple[int, bool]:
    """The line of the closing fence and whether there is one."""
    depth = 0
    for line in range(start + 1, end):
        at = state.bMarks[line] + state.tShift[line]
        if at < state.eMarks[line] and state.sCount[line] < state.blkIndent:
            return line, False
        if state.src.startswith(fence[:3], at):
            text = state.src[at:state.eMarks[line]].rstrip()
            signs = len(text) - len(text.lstrip(fence[0]))
            if signs == len(text) and signs >= len(fence):
                depth -= 1
            elif fence[0] == ":" and signs < len(text):
                depth += 1
            if depth < 0:
                return line, True
    return end, False


_ADMONITION = re.compile(r"(!!!|\?\?\?\+?|===[!+]?)(?:[ \t]+([A-Za-z][\w-]*(?:[ \t]+[\w-]+)*))?(?:[ \t]+\"(.*)\")?[ \t]*$")


def _admonition_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``!!! note "Title"``, ``??? note``, ``=== "Tab"``, with what it holds indented by four."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at:at + 3] not in ("!!!", "???", "===") or state.is_code_block(start):
        return False
    found = _ADMONITION.match(state.src[at:state.eMarks[start]])
    if not found or (found.group(1)[0] == "=") != (found.group(2) is None) or (found.group(2) is None and found.group(3) is None):
        return False
    inner = state.sCount[start] + 4
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= inner):
        line += 1
    holds = any(not state.isEmpty(n) for n in range(start + 1, min(start + 3, line)))
    if not holds and not found.group(3):
        return False
    if silent:
        return True
    title = found.group(3) or ""
    word = (found.group(2) or "").split()
    name = "tab" if found.group(1)[0] == "=" else "admonition"
    named = {"title": title, **({"$kind": word[0]} if word else {})}
    indent, state.blkIndent = state.blkIndent, inner
    _tokens(state, Command(name, (), named, found.group().rstrip(), style="directive", paired=True), (start, start + 1, line))
    state.blkIndent = indent
    state.line = line
    return True


# --- kramdown ------------------------------------------------------------------------------------------------------------------------

_PART = r"(?:[#.][A-Za-z_][\w:-]*|[A-Za-z_][\w:.-]*=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"'<>`=]+)|[A-Za-z_][\w-]*)"
_LIST = re.compile(rf"\{{:[ \t]*((?:{_PART}(?:[ \t]+|(?=[.#}}])))+)\}}")
_DEFINED = re.compile(rf"\{{:([A-Za-z_][\w-]*):[ \t]*({_PART}(?:[ \t]+{_PART})*)?[ \t]*\}}")
_ONE = re.compile(_PART)
_EXTENSION = re.compile(r"\{::([A-Za-z_]+)([^{}\n]*?)(/?)\}")


def _lists(text: str) -> list[str] | None:
    """The parts of one or more lists of attributes, ``{: #id .class}``; None for anything else."""
    out: list[str] = []
    at = 0
    while at < len(text):
        found = _LIST.match(text, at)
        if not found:
            return None
        out.extend(_ONE.findall(found.group(1)))
        at = found.end()
    return out or None


def _attributes(parts: list[str]) -> dict[str, str]:
    """Attributes by name; ``$names`` are the bare words."""
    out: dict[str, str] = {}
    for part in parts:
        key, sign, value = part.partition("=")
        if sign:
            out[key.lower()] = value[1:-1] if value[0] in "\"'" else value
        elif part[0] == "#":
            out["id"] = part[1:]
        else:
            key = "class" if part[0] == "." else "$names"
            out[key] = f"{out.get(key, '')} {part.removeprefix('.')}".strip()
    return out


def _kramdown_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines that hold attributes, definitions of attributes, or extensions of kramdown."""
    at = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{:", at) or state.is_code_block(start):
        return False
    line = state.src[at:state.eMarks[start]].rstrip()
    if line.startswith("{::"):
        return _extension_rule(state, start, end, silent)
    defined = _DEFINED.fullmatch(line)
    parts = None if defined else _lists(line)
    if not defined and parts is None:
        return False
    if silent:
        return True
    if defined:
        state.env.setdefault("$lists", {})[defined.group(1)] = _attributes(_ONE.findall(defined.group(2) or ""))
    else:
        token = state.push("attributes", "", 0)
        token.meta = _attributes(parts or [])
        before = state.tokens[-2] if len(state.tokens) > 1 else None
        follows = before is not None and before.nesting <= 0 and (before.type != "attributes" or "$after" in before.meta)
        if start and follows and not state.isEmpty(start - 1):
            token.meta["$after"] = "1"
        token.content, token.map = line, [start, start + 1]
    state.line = start + 1
    return True


def _extension_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    found = _EXTENSION.match(state.src, at, state.eMarks[start])
    if not found or found.group(1) not in ("comment", "nomarkdown", "options"):
        return False
    name, single = found.group(1), bool(found.group(3))
    stop = state.src.find("{:/", found.end(), state.eMarks[end - 1]) if not single and state.env.get("$open", -1) < at else -1
    close = re.compile(r"\{:/[a-z]*\}").match(state.src, stop) if stop >= 0 else None
    if not single and not close:
        state.env["$open"] = len(state.src)
        return False
    last = _line_at(state, close.end() - 1, start) if close else start
    tail = close.end() if close else found.end()
    if last >= end or state.src[tail:state.eMarks[last]].strip():
        return False
    if not silent:
        inside = state.src[found.end():stop] if close else ""
        named = "options" if name == "options" else "html" if name == "nomarkdown" else "comment"
        _push(state, Command(named, (), {}, found.group(), style="remark", inside=inside), state.src[at:tail], [start, last + 1])
        state.line = last + 1
    return True


def _inline_kramdown_rule(state: StateInline, silent: bool) -> bool:
    """``{: .class}`` right after emphasis and the like, or before the words of an item; ``{::comment}`` within words."""
    if not state.src.startswith("{:", state.pos):
        return False
    if found := _EXTENSION.match(state.src, state.pos, state.posMax):
        return _inline_extension(state, found, silent)
    listed = _LIST.match(state.src, state.pos, min(state.posMax, state.pos + 1000))
    before = state.src[state.pos - 1] if state.pos else ""
    if not listed or before not in ("", "*", "_", "~", "`", ")", "]", ">", "}"):
        return False
    if not silent:
        token = state.push("attributes_inline", "", 0)
        token.meta = _attributes(_ONE.findall(listed.group(1)))
        token.content = listed.group()
    state.pos = listed.end()
    return True


def _inline_extension(state: StateInline, found: re.Match[str], silent: bool) -> bool:
    name, end, inside = found.group(1), found.end(), ""
    if name not in ("comment", "nomarkdown", "options"):
        return False
    if not found.group(3):
        if state.html_terminator_last("{:/") < end:
            return False
        stop = state.src.find("{:/", end, state.posMax)
        close = re.compile(r"\{:/[a-z]*\}").match(state.src, stop, state.posMax) if stop >= 0 else None
        if not close:
            return False
        inside, end = state.src[end:stop], close.end()
    if not silent:
        named = {"nomarkdown": "html"}.get(name, name)
        _push(state, Command(named, (), {}, found.group(), style="remark", inside=inside), state.src[state.pos:end])
    state.pos = end
    return True


# A meaning is repeated wherever its short form stands: it must not be long.
_ABBREVIATION = re.compile(r"\*\[([^\[\]\n]{1,80})\]:[ \t]*(.{0,300}?)[ \t]*$")


def _abbreviation_rule(state: StateBlock, start: int, _: int, silent: bool) -> bool:
    """``*[HTML]: what it means``."""
    at = state.bMarks[start] + state.tShift[start]
    if silent or not state.src.startswith("*[", at) or state.is_code_block(start):
        return False
    found = _ABBREVIATION.match(state.src[at:state.eMarks[start]])
    if not found or not found.group(1).strip():
        return False
    state.env.setdefault("$short", {})[found.group(1).strip()] = found.group(2)
    state.line = start + 1
    return True


_IMPORT = re.compile(r"import[ \t]+(?:[\w$*{}, \t]+[ \t]from[ \t]+)?([\"'])[^\"'\n]+\1;?[ \t]*$")
_FRANKLIN = re.compile(r"@def[ \t]+\w+[ \t]*=.*|\\toc|@@[\w, -]*(?:@@[\w, -]*)*")
_IS_FRANKLIN = re.compile(r"^(?:@def[ \t]+\w+[ \t]*=|\\toc[ \t]*$|@@[A-Za-z])", re.MULTILINE)


def _script_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines for a program: ``import X from 'y'`` of MDX; ``@def``, ``@@``, ``\\toc`` and HTML between ``~~~`` of Franklin."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at:at + 1] not in ("i", "@", "\\", "~") or state.is_code_block(start):
        return False
    line = state.src[at:state.eMarks[start]].rstrip()
    if silent:
        return line.startswith("@@") and _FRANKLIN.fullmatch(line) is not None and _is_franklin(state)
    if line == "~~~" or line.startswith("~~~<"):
        return _is_franklin(state) and _html_rule(state, start, end)
    if not _IMPORT.match(line) and not (line[0] in "@\\" and _FRANKLIN.fullmatch(line) and _is_franklin(state)):
        return False
    _push(state, Command("toc" if line == "\\toc" else "script", raw=line, style="remark"), line, [start, start + 1])
    state.line = start + 1
    return True


def is_franklin(text: str) -> bool:
    """Whether a text is written for Franklin: it has its definitions or marks, or front matter that calls functions of Julia."""
    return bool(_IS_FRANKLIN.search(text)) or (text.startswith("+++") and re.search(r"= *(?:Dates\.)?Date\(", text) is not None)


def _is_franklin(state: StateBlock) -> bool:
    if state.env.get("franklin") is None:
        state.env["franklin"] = is_franklin(state.src)
    return bool(state.env["franklin"])


def _html_rule(state: StateBlock, start: int, end: int) -> bool:
    stop, closed = _fence_end(state, start, end, "~~~")
    token = state.push("html_block", "", 0)
    first = state.src[state.bMarks[start] + state.tShift[start]:state.eMarks[start]].lstrip("~")
    token.content, token.map = first + "\n" + state.getLines(start + 1, stop, state.blkIndent, True), [start, stop]
    state.line = stop + 1 if closed else stop
    return True


# --- Commands among words ------------------------------------------------------------------------------------------------------------

def _inline_command_rule(state: StateInline, silent: bool) -> bool:
    start, maximum = state.pos, state.posMax
    if state.src[start] != "{" or not state.src.startswith(COMMAND, start):
        return False
    found = commands_of(state.src, state.env).get(start)
    if found is None or found.end > maximum:
        return False
    partner = found.partner if found.partner and found.partner.start >= found.end and found.partner.end <= maximum else None
    if not silent:
        command = found.command
        if partner and key_of(command.name) in _OPAQUE:
            _push(state, replace(command, paired=True, inside=state.src[found.end:partner.start]), state.src[start:partner.end])
        elif partner:
            _around(state, replace(command, paired=True))
            state.pos, state.posMax = found.end, partner.start
            state.md.inline.tokenize(state)
            state.push("command_close", "span", -1).content = partner.command.raw
        else:
            _push(state, command, command.raw)
    state.pos, state.posMax = (partner or found).end, maximum
    return True


_TO_COMMAND = re.compile(r"[^\s<>(){]*(?:\{(?![{%])[^\s<>(){]*)*\{[{%]")


def _destination(plain: Any) -> Any:
    """The reader of addresses, which knows that a command may hold spaces."""
    def read(src: str, start: int, maximum: int) -> Any:
        if not _TO_COMMAND.match(src, start, maximum):
            return plain(src, start, maximum)
        if "(" in src and src.find(")", start, maximum) < 0:
            return SimpleNamespace(ok=False, pos=start, str="")
        at, depth, out, piece = start, 0, "", start
        while at < maximum and src[at] > " " and src[at] != "\x7f":
            made = command_at(src, at) if src[at] == "{" else None
            if made and made[1] <= maximum:
                out += unescapeAll(src[piece:at]) + src[at:made[1]]
                at = piece = made[1]
                continue
            if src[at] == "\\" and at + 1 < maximum and src[at + 1] != " ":
                at += 2
                continue
            depth += (src[at] == "(") - (src[at] == ")")
            if depth < 0 or depth > 32:
                break
            at += 1
        ok = at > start and depth <= 0
        return SimpleNamespace(ok=ok, pos=at, str=out + unescapeAll(src[piece:at]))
    return read


_TAG_TO_COMMAND = re.compile(r"<[A-Za-z][\w-]*(?=[\s/])[^<>{]*(?:\{(?![{%])[^<>{]*)*\{[{%]")


def _tag_rule(state: StateInline, silent: bool) -> bool:
    """A tag in whose attributes there are commands, which may hold quotation marks and angle brackets."""
    if state.src[state.pos] != "<":
        return False
    found = _TAG_TO_COMMAND.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    commands = commands_of(state.src, state.env)
    at, out = found.end() - 2, [state.src[state.pos:found.end() - 2]]
    while at < state.posMax and len(out) < 100:
        if inner := commands.get(at):
            out.append("x" * (inner.end - at))
            at = inner.end
        elif state.src[at] in "<>":
            break
        else:
            out.append(state.src[at])
            at += 1
    if at >= state.posMax or state.src[at] != ">" or not HTML_TAG_RE.fullmatch("".join(out) + ">"):
        return False
    if not silent:
        state.push("html_inline", "", 0).content = state.src[state.pos:at + 1]
    state.pos = at + 1
    return True


# --- Other marks among words ---------------------------------------------------------------------------------------------------------

_WIKI_PICTURE = re.compile(r"!\[\[([^\[\]|\n]{1,500}\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?))(?:\|([^\[\]\n]{0,500}))?\]\]",
                           re.IGNORECASE)


def _wiki_picture_rule(state: StateInline, silent: bool) -> bool:
    """A picture of Obsidian, ``![[picture.png|text]]``."""
    if not state.src.startswith("![[", state.pos):
        return False
    found = _WIKI_PICTURE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        words = [w for w in (found.group(2) or "").split("|") if not re.fullmatch(r"\s*\d+(?:x\d+)?\s*", w)]
        token = state.push("image", "img", 0)
        token.attrs = {"src": found.group(1).strip()}
        text = Token("text", "", 0)
        text.content = token.content = " ".join(" ".join(words).split())
        token.children = [text]
    state.pos = found.end()
    return True


_MARKED = re.compile(r"==(?=[^\s=])((?:[^=\n`\\]|=(?!=)){1,2000}?)(?<=[^\s=])==(?![\w=])")


def _mark_rule(state: StateInline, silent: bool) -> bool:
    """Words marked for attention, ``==words==``; not between letters."""
    at = state.pos
    if not state.src.startswith("==", at) or (at and (state.src[at - 1].isalnum() or state.src[at - 1] in "=_<>!")):
        return False
    found = _MARKED.match(state.src, at, state.posMax)
    if not found:
        return False
    if not silent:
        maximum = state.posMax
        state.push("mark_open", "mark", 1)
        state.pos, state.posMax = at + 2, found.end() - 2
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.posMax = maximum
    state.pos = found.end()
    return True
