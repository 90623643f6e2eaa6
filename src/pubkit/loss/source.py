"""The text of a source comes in; its words and the number of its headings, lists and so on go out, found without pubkit's readers.

Markdown is rendered by plain markdown-it and read back by Python's own HTML parser. What pubkit reads beyond that (commands of other
systems, boxes, attributes) is markup: a short list of patterns sets its words aside, and keeps those that are meant to be read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from pubkit.loss.words import Pen, Word, words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

__all__ = ["Mark", "Source", "of_markdown", "of_text"]


@dataclass
class Source:
    """What stands in a source.

    Attributes:
        body: the words of the text.
        notes: the words of the notes.
        arguments: words that markup names and readers shall see somewhere: captions, titles, credits.
        markup: the words of markup itself, set aside.
        signs: how many names of signs, such as ``:warning:``, are among the markup.
        marks: headings, lists and so on.
        references: for each id, whether the links to it, in order, have words.
    """

    body: list[Word] = field(default_factory=list)
    notes: list[Word] = field(default_factory=list)
    arguments: list[tuple[Word, ...]] = field(default_factory=list)
    markup: Counter[str] = field(default_factory=Counter)
    signs: int = 0
    marks: list[Mark] = field(default_factory=list)
    references: dict[str, list[bool]] = field(default_factory=dict)


@dataclass
class Mark:
    """A heading, list, table, link, picture or note: its kind, the words by which it is known, and its line."""

    kind: str
    text: str
    line: int


# --- Text ----------------------------------------------------------------------------------------------------------------------------

_BULLET = re.compile(r"[>\s]*[o•‣·●○▪◦■□▫◆◇►▶➤★☆☐☑☒✓✔✗✘]\s")


_HINT = re.compile(r"%%[ \t]+[a-z-]+(?:[ \t]+\d)?[ \t]*$")


def of_text(text: str) -> Source:
    """The words of a plain text: all there are, but bullets, of which ``o`` is one that may be a word too."""
    pen, source = Pen(), Source()
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if _HINT.match(line):
            source.markup.update(words(line))
            pen.gap(number, number)
            continue
        found = _BULLET.match(line)
        source.markup.update(words(found[0]) if found else ())
        pen.write(line[found.end():] if found else line, number)
        pen.gap(number, number)
    source.body = pen.words
    return source


# --- Markdown ------------------------------------------------------------------------------------------------------------------------

_FENCED = re.compile(r"(---(?: ?(?:yaml|yml|toml|json))?|\+\+\+|;;;)[ \t]*\n")
_DEFINITIONS = re.compile(r'(?:@def[ \t]+\w+[ \t]*=[ \t]*(?:"""[^"]*"""|[^\n]*)[ \t]*\n+)+')  # Franklin
_HEADER = re.compile(r"(?:[A-Z][\w -]{0,40}:[ \t]|[ \t]+\S)")


def of_markdown(text: str) -> Source:
    """The words of a Markdown source, without those of its front matter."""
    text = text.removeprefix("\ufeff")
    head = _head(text)
    md = _markdown_it()
    source, env = Source(), {}  # type: Source, dict[str, Any]
    env["source"], env["first"] = source, text.count("\n", 0, head) + 1
    env["franklin"] = re.search(r"^@def \w|^\w+ *= *Date\(", text, re.MULTILINE) is not None
    tokens = md.parse(_without_lone_commands(_without_indents(text[head:]), env["first"], source), env)
    page = _Page(source)
    for line, last, markup in _markup(md, tokens, env):
        page.part(markup, line, last)
    page.done()
    return source


def _head(text: str) -> int:
    """The length of the front matter."""
    if found := _FENCED.match(text):
        end = re.compile(rf"^{re.escape(found[1][:3])}[ \t]*$" if found[1][0] != "-" else r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
        close = end.search(text, found.end())
        first = text[found.end():text.find("\n", found.end())]
        return close.end() + 1 if close and first.strip() and re.match(r"[\"'#\w{\[-]", first) else 0
    if found := _DEFINITIONS.match(text):
        return found.end()
    lines = text.split("\n\n", 1)[0].split("\n")
    known = re.match(r"(?:title|date|author|authors|slug|category|tags|layout|summary)[ \t]*:", text, re.IGNORECASE)
    return sum(map(len, lines)) + len(lines) if known and all(map(_HEADER.match, lines)) else 0


@lru_cache(maxsize=1)
def _markdown_it() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    md = MarkdownIt("commonmark", {"html": True, "maxNesting": 200}).enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=True, move_to_end=False).use(deflist_plugin)
    plain: Any = md
    plain.validateLink = lambda _: True
    plain.normalizeLink = lambda url: url
    plain.normalizeLinkText = lambda url: url
    md.core.ruler.before("inline", "set_aside", _set_aside)
    for name, rule in _RULES.items():
        md.add_render_rule(name, rule)
    return md


_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*$", re.MULTILINE)


_BOX = re.compile(r"([ \t]*)(?:[!?]{3}\+?|===[!+]?)[ \t]+[\w\"][^\n]*$")
_WIDTH = 4  # what a box holds is indented by so much


def _without_indents(text: str) -> str:
    """A text in which what boxes (``!!! note``) hold is not indented: plain Markdown would take it for code."""
    if not re.search(r"^[ \t]*(?:!!!|\?\?\?|===)", text, re.MULTILINE):
        return text
    out: list[str] = []
    boxes: list[int] = []
    fence = ""
    for line in text.split("\n"):
        blank = not line.strip()
        width = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        while boxes and not blank and width < boxes[-1]:
            boxes.pop()
            fence = ""
        shown = line.expandtabs(4)[_WIDTH * len(boxes):] if boxes and not blank else line
        if found := _FENCE.match(shown):
            fence = "" if fence and found[1].startswith(fence) else fence or found[1]
        elif not fence and (found := _BOX.match(shown)) and len(boxes) < 50:
            boxes.append(width + _WIDTH)
        out.append(shown)
    return "\n".join(out)


_CODE = re.compile(r"\{[{%][-<%+]?\s*(?:end|/)?\s*(?:highlight|code|codeblock|code_block|code-block|sourcecode|prism)\b")
_ENDS = re.compile(r"\{[{%][-<%+]?\s*(?:end|/)")


def _without_lone_commands(text: str, first: int, source: Source) -> str:
    """A text in which a comment stands for each command on lines of its own: plain Markdown would join it to the line below."""
    if "{" not in text:
        return text
    fences = _fences(text)
    commands = list(_lone_commands(text, fences))
    ends = [at for at, (found, _) in enumerate(commands) if _CODE.match(found[0]) and _ENDS.match(found[0])]
    out: list[str] = []
    at = until = 0
    sign = "`" * 12
    for number, (found, indent) in enumerate(commands):
        if number < until:
            continue
        code = number == until and until > 0
        if not code and _CODE.match(found[0]) and not _ENDS.match(found[0]):
            place = bisect_right(ends, number)
            code = place < len(ends) and commands[ends[place]][1] == indent and "\n" not in found[0]
            until = ends[place] if code else until
        _markup_words(found[0], first + text.count("\n", 0, found.start()), source)
        out += [text[at:found.start()], *((sign, "\n" * found[0].count("\n")) if code else ("<!--", "\n" * found[0].count("\n"), "-->"))]
        at = found.end()
    return "".join([*out, text[at:]])


def _lone_commands(text: str, fences: list[tuple[int, int]]) -> Iterator[tuple[re.Match[str], str]]:
    """The commands outside of code that have lines of their own, each with the white space before it."""
    for found in _COMMAND.finditer(text):
        before = text[text.rfind("\n", 0, found.start()) + 1:found.start()]
        behind = text[found.end():text.find("\n", found.end()) % (len(text) + 1)]
        place = bisect_right(fences, (found.start(), 0)) - 1
        if not before.strip() and not behind.strip() and not (place >= 0 and found.start() < fences[place][1]):
            yield found, before


def _fences(text: str) -> list[tuple[int, int]]:
    """Where fenced code stands."""
    out: list[tuple[int, int]] = []
    sign, start = "", 0
    for found in _FENCE.finditer(text):
        if not sign:
            sign, start = found[1], found.start()
        elif found[1].startswith(sign):
            out.append((start, found.end()))
            sign = ""
    return [*out, (start, len(text))] if sign else out


def _set_aside(state: StateCore) -> None:
    source, first = state.env["source"], state.env["first"]
    state.tokens = _with_all_cells(state)
    line = first
    for token in state.tokens:
        if token.map:
            line = token.map[0] + first
        if token.type == "fence" and token.markup == "~~~" and token.info[:1] in ("", "<") and state.env["franklin"]:
            token.type, token.content = "html_block", f"{token.info}\n{token.content}"  # so HTML is written there
        if token.type == "inline":
            token.content = _aside(token.content, line, source)
        elif token.type == "html_block":
            token.content = _commands(token.content, line, source)
            if _MARKDOWN_INSIDE.search(token.content):
                token.content = _LINK.sub(lambda m: f'<a href="">{m[1]}</a>', _IMAGE.sub(r'<img alt="\1" src="\2">', token.content))
        elif token.type == "fence" and token.info:
            _info(token.info, line, source)


_TITLE = re.compile(r"""\b(?:title|caption|filename|file|name)=(["'])([^"'\n]+)\1""")
_LEADING = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*")


def _with_all_cells(state: StateCore) -> list[Token]:
    """The blocks with the cells that a row of a table has beyond the columns of its head: markdown-it leaves them out."""
    from markdown_it.rules_block.table import escapedSplit
    from markdown_it.token import Token

    lines, columns, row = state.src.split("\n"), 0, -1
    out: list[Token] = []
    for token in state.tokens:
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open":
            row = token.map[0] if token.map else -1
        elif token.type == "tr_close" and row >= 0:
            cells = escapedSplit(_LEADING.sub("", lines[row], count=1).strip())
            cells = cells[not cells[0]:len(cells) - (len(cells) > 1 and not cells[-1])]
            for cell in cells[columns:]:
                words_inside = Token("inline", "", 0, map=[row, row + 1], content=cell.strip(), children=[])
                out += [Token("td_open", "td", 1), words_inside, Token("td_close", "td", -1)]
        out.append(token)
    return out


def _info(info: str, line: int, source: Source) -> None:
    """The line of a fence: its language and attributes are markup; where it holds HTML, words of the text have come there."""
    if _TAG.search(info):
        source.body += [Word(w, line, line, line) for w in words(_TAG.sub(" ", info))]
    source.arguments += [tuple(Word(w, line, line, line) for w in words(m[2])) for m in _TITLE.finditer(info)]
    _markup_words(_TITLE.sub("", info), line, source)


def _note(self: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
    """A call is a mark without words; a note in place stands where it is called."""
    meta = tokens[at].meta
    if "label" in meta:
        return ""
    inside = env["footnotes"]["list"][meta["id"]]["tokens"]
    return f"<note-text>{self.renderInline(inside, options, env)}</note-text>"


_RULES = {
    "footnote_ref": _note, "footnote_anchor": lambda *_: "", "footnote_reference_open": lambda *_: "<note-text>",
    "footnote_reference_close": lambda *_: "</note-text>",
}


def _markup(md: MarkdownIt, tokens: Sequence[Any], env: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    """The rendering in pieces, each with the first and last line of the block it is from."""
    first, last = env["first"], env["first"]
    start = first
    renderer: Any = md.renderer
    for at, token in enumerate(tokens):
        if token.map:
            start, last = token.map[0] + first, token.map[1] + first - 1
        if token.type == "inline":
            markup = renderer.renderInline(token.children or [], md.options, env)
        elif token.type in renderer.rules:
            markup = renderer.rules[token.type](tokens, at, md.options, env)
        else:
            markup = renderer.renderToken(tokens, at, md.options, env)
        yield start + (token.type == "fence"), last, markup


# --- Markup of other systems ----------------------------------------------------------------------------------------------------------

_TEXT_KEYS = ("caption|title|alt|text|content|summary|label|header|heading|credit|attr|attribution|author|by|source|description|desc|quote|"
              "figcaption")
_TEXT = re.compile(rf"""\b(?:{_TEXT_KEYS})\s*[=:]\s*(?:"([^"\n]*)"|'([^'\n]*)')""", re.IGNORECASE)
_COMMAND = re.compile("|".join(
    rf"\{{{a}(?:(?!\{{{a}|{b}\}}).){{0,4000}}{b}\}}" for a, b in (("%", "%"), (r"\{", r"\}"), ("#", "#"))),
    re.DOTALL)
_ATTRIBUTE = r"(?:[#.][^\s{}#.=\"'%<>|]+|[A-Za-z_:][\w:.-]*=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"'<>`]+))"
_PATTERNS = re.compile(rf"""
    \{{:?[ \t]*{_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}          # {{#id .class key="value"}}
    | \{{::?[^{{}}\n]{{1,200}}\}}                                    # {{:toc}}
    | (?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])                         # :emoji:
    | ^[ \t]*:::+[ \t]*(?:embed[ \t]+\S+|[\w-]+[ \t]+aside\b|[\w.-]+)?    # ::: kind
    | ^[!?]{{3}}\+?[ \t]+[\w-]+                                      # !!! kind
    | ^\[![\w-]+\][+-]?                                              # [!NOTE]
    | \{{>>(?:(?!<<\}}|\{{>>).){{0,2000}}<<\}}                       # {{>>a comment<<}}
    | ^\*\[[^\]\n]+\]:                                               # *[ABC]:
    | ^Table:(?=\s)
    | \A\[[xX]\](?=\s)                                               # a task that is done
    | (?<=\$\$)[ \t]*\([^()\s]+\)                                    # the name of a formula
    """, re.VERBOSE | re.MULTILINE)
_PICTURES = re.compile(r"\{[{%][-<%+]?\s*(?:include(?:_relative|_cached)?\s+)?[\w/\"'-]*(?:fig|img|image|picture|photo)", re.IGNORECASE)
_PICTURE = re.compile(r"[^\s\"'=]+\.(?:png|jpe?g|gif|svg|webp|avif)\b", re.IGNORECASE)
_EMBEDDED = re.compile(r"!\[\[([^\[\]|\n\\]+\.(?:png|jpe?g|gif|svg|webp|avif|bmp))((?:\\?\|[^\[\]|\n\\]*)*)\]\]", re.IGNORECASE)
_SIZE = re.compile(r"\s*\d+(?:x\d+)?\s*")
_MARKDOWN_INSIDE = re.compile(r"\smarkdown\s*=\s*[\"']?(?:1|block|span)")  # kramdown reads such HTML
_IMAGE = re.compile(r"!\[([^\[\]\"]*)\]\(([^()\s]+)[^()\n]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*[^()\s]+[^()\n]*\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TICKS = re.compile(r"`+")


def _aside(text: str, line: int, source: Source) -> str:
    """A text without markup of other systems; line feeds stay, and so does what stands in code."""
    out: list[str] = []
    at = 0
    for start, end in _codes(text):
        out += [_stripped(text[at:start], line + text.count("\n", 0, at), source, at == 0), text[start:end]]
        at = end
    out.append(_stripped(text[at:], line + text.count("\n", 0, at), source, at == 0))
    return "".join(out)


def _codes(text: str) -> list[tuple[int, int]]:
    """Where code stands in a line of words: between two runs of as many backticks."""
    runs = [(m.start(), m.end()) for m in _TICKS.finditer(text)]
    nearest: dict[int, list[int]] = {}
    for at in range(len(runs) - 1, -1, -1):
        nearest.setdefault(runs[at][1] - runs[at][0], []).append(at)
    out: list[tuple[int, int]] = []
    at = 0
    while at < len(runs):
        same = nearest[runs[at][1] - runs[at][0]]
        while same and same[-1] <= at:
            same.pop()
        if same:
            out.append((runs[at][0], runs[same[-1]][1]))
            at = same[-1]
        at += 1
    return out


def _stripped(text: str, line: int, source: Source, begins: bool) -> str:
    text = _EMBEDDED.sub(lambda m: _embedded(m, line + m.string.count("\n", 0, m.start()), source), _commands(text, line, source))

    def markup(found: re.Match[str]) -> str:
        if found[0].startswith("[x") and not begins:
            return found[0]
        _markup_words(found[0], line + text.count("\n", 0, found.start()), source)
        source.signs += found[0].startswith(":") and found[0].endswith(":")
        return "\n" * found[0].count("\n") or " " * (found[0][0] not in "{:")
    return _PATTERNS.sub(markup, text)


def _embedded(found: re.Match[str], line: int, source: Source) -> str:
    """A picture of Obsidian: its name is markup, and so is its width; what else stands behind a bar is to be read."""
    source.marks.append(Mark("pictures", found[1], line))
    source.markup.update(words(found[1]))
    for part in re.split(r"\\?\|", found[2])[1:]:
        if _SIZE.fullmatch(part):
            source.markup.update(words(part))
        elif said := words(part):
            source.arguments.append(tuple(Word(w, line, line, line) for w in said))
    return " "


def _commands(text: str, line: int, source: Source) -> str:
    def command(found: re.Match[str]) -> str:
        _markup_words(found[0], line + text.count("\n", 0, found.start()), source)
        return "\n" * found[0].count("\n")
    return _COMMAND.sub(command, text) if "{" in text else text


def _markup_words(markup: str, line: int, source: Source) -> None:
    """Sets the words of a piece of markup aside, but for those that are meant to be read."""
    markup = markup[:3] + _TAG.sub("", markup[3:])
    for found in _TEXT.finditer(markup):
        if said := words(found[1] or found[2] or ""):
            source.arguments.append(tuple(Word(w, line, line, line) for w in said))
    if _PICTURES.match(markup) and (picture := _PICTURE.search(markup)):
        source.marks.append(Mark("pictures", picture[0], line))
    source.markup.update(words(_TEXT.sub(" ", markup)))
    source.markup.update(words(" ".join(re.split("[=:]", m[0])[0] for m in _TEXT.finditer(markup))))


# --- Its rendering ------------------------------------------------------------------------------------------------------------------

_SILENT = frozenset("script style template".split())
_INLINE = frozenset("a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q ruby s samp small span strike strong sub sup "
                    "time tt u var wbr note-text".split())
_KNOWN = _SILENT | _INLINE | frozenset(
    "address article aside audio base blockquote body br button canvas caption center col colgroup dd details dialog dir div dl dt embed "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input label legend li "
    "link main map math menu meta nav noscript object ol optgroup option output p param picture pre progress rp rt search section select "
    "source strike summary svg table tbody td textarea tfoot th thead title tr track ul video".split())
_MARKS = {"h1": "headings", "h2": "headings", "h3": "headings", "h4": "headings", "h5": "headings", "h6": "headings", "ul": "lists",
          "ol": "lists", "dl": "lists", "table": "tables", "a": "links", "img": "pictures", "note-text": "notes"}


class _Page(HTMLParser):
    """Gathers words and marks of a rendering that comes in pieces."""

    def __init__(self, source: Source) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.body, self.notes = Pen(), Pen()
        self.first = self.last = self.above = 0
        self.silent = ""
        self.in_note = 0
        self.open: list[Mark] = []
        self.link: tuple[str, bool] = ("", False)

    def part(self, markup: str, line: int, last: int) -> None:
        """Goes on with a piece that is from these lines."""
        self.above = self.getpos()[0] - line
        self.first, self.last = line, last
        # A comment or a tag that never ends would take what follows with it.
        unclosed = markup.find("<!--", markup.rfind("-->") + 1)
        if unclosed < 0 and (last_tag := markup.rfind("<")) > markup.rfind(">"):
            unclosed = last_tag
        self.feed(markup if unclosed < 0 else markup[:unclosed] + markup[unclosed:].replace("<", "&lt;"))

    def done(self) -> None:
        """Ends the page."""
        self.close()
        self.gap()
        self.source.body += self.body.words
        self.source.notes += self.notes.words

    def gap(self) -> None:
        (self.notes if self.in_note else self.body).gap(self.first, self.last)

    @property
    def line(self) -> int:
        return self.getpos()[0] - self.above

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent:
            return
        self.silent = tag if tag in _SILENT else ""
        if tag not in _INLINE:
            self.gap()
        given = {k: v or "" for k, v in attrs}
        kind = _MARKS.get(tag, "")
        if kind and not (tag == "a" and "href" not in given):
            mark = Mark(kind, given.get("src", ""), self.line)
            self.source.marks.append(mark)
            if tag != "img":
                self.open.append(mark)
        if tag not in _KNOWN:  # such as <year>, which readers may keep as text
            self.source.markup.update(words(self.get_starttag_text() or ""))
        if tag == "a":
            self.link = (given.get("href", ""), False)
        if tag == "note-text":
            self.in_note += 1
        if tag == "img":
            self.link = (self.link[0], True)
            (self.notes if self.in_note else self.body).write(given.get("alt", ""), self.line)
            self.gap()
        for key in ("title", "caption", "summary", "credit"):
            if said := words(given.get(key, "")):
                self.source.arguments.append(tuple(Word(w, self.line, self.first, self.last) for w in said))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _SILENT or (tag in _MARKS and tag != "img"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            self.silent = "" if tag == self.silent else self.silent
            return
        if tag not in _INLINE or tag == "note-text":
            self.gap()
        if tag == "note-text":
            self.in_note = max(0, self.in_note - 1)
        if tag == "a" and self.link[0].startswith("#"):
            self.source.references.setdefault(self.link[0][1:], []).append(self.link[1])
            self.link = ("", False)
        if tag not in _KNOWN:
            self.source.markup.update(words(tag))
        if tag in _MARKS and self.open and self.open[-1].kind == _MARKS[tag]:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        (self.notes if self.in_note else self.body).write(data, self.line)
        self.link = (self.link[0], self.link[1] or not data.isspace())
        for mark in self.open:
            if len(mark.text) < 60:
                mark.text += data[:60]
