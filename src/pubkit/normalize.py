"""Any article goes in, whoever built it; a checked and clean one comes out, with what was changed said out loud. Idempotent.

This is the one door: no exporter checks again what stands here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, LimitError, PubkitError, diagnostic
from pubkit.model import (
    Abbreviation,
    Article,
    Aside,
    Block,
    Cell,
    Code,
    CodeBlock,
    Column,
    DefinitionList,
    Embed,
    Emphasis,
    Enclosure,
    Figure,
    Heading,
    Highlight,
    Inline,
    Link,
    List,
    Math,
    MathBlock,
    Meta,
    Node,
    Note,
    Paragraph,
    Passage,
    Person,
    Quote,
    Reference,
    Row,
    SmallCaps,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
    children,
    plain_text,
    rewrite,
    walk,
)

__all__ = ["Limits", "clean_text", "language_tag", "normalize", "slugify"]

SCHEMES = ("http", "https", "mailto")
MARKED = (Emphasis, Strong, Strikethrough, Highlight, SmallCaps, Subscript, Superscript, Span, Abbreviation, Link, Reference)


class Limits(Struct, frozen=True):
    """How large an article may be: characters of text, levels of blocks within blocks, levels of inlines, columns and rows of a table."""

    characters: int = 20_000_000
    nesting: int = 24
    inline_nesting: int = 32
    columns: int = 200
    rows: int = 20_000


def normalize(article: Article, file: str = "", limits: Limits = Limits()) -> tuple[Article, tuple[Diagnostic, ...]]:  # noqa: B008 (frozen)
    """The article with clean text, safe addresses, unbroken heading levels, unique ids, whole tables and readable formulas.

    ``file`` names the source in diagnostics. Raises `LimitError` beyond ``limits`` and `PubkitError` where a field has the wrong type.
    """
    article = _checked(article, file, limits)
    work = _Normalizer(file, limits)
    # Metadata first, then block by block, so that every finding knows a line.
    meta = work.clean(article.meta)
    content: list[Block] = []
    for block in article.content:
        work.line = getattr(block, "line", 0) or work.line
        content.extend(work.cleaned(block))
    whole = Article(meta, tuple(content), article.assets)
    whole = work.structure(whole)
    return work.references(whole), tuple(dict.fromkeys(work.found))


# --- Types and limits ---------------------------------------------------------------------------------------------------------------

def _checked(article: Article, file: str, limits: Limits) -> Article:
    """The article after a check of every field's type (Python itself checks none) and of its depth and size."""
    try:
        _depth(article, file, limits)
        plain = msgspec.to_builtins(msgspec.structs.replace(article, assets=()), builtin_types=(bytes,))
        checked: Article = msgspec.convert(plain, Article)
    except msgspec.ValidationError as error:
        raise PubkitError(f"this is no article: {error}", file=file, hint="The path after 'at' names the field") from error
    except (RecursionError, TypeError, UnicodeEncodeError) as error:
        if isinstance(error, RecursionError):
            raise LimitError("the article is nested too deeply", file=file) from error
        raise PubkitError(f"this is no article: {error}", file=file) from error
    return msgspec.structs.replace(checked, assets=article.assets)


def _depth(article: Article, file: str, limits: Limits) -> None:
    size = 0
    stack: list[tuple[Node, int, int, int]] = [(b, 1, 0, getattr(b, "line", 0)) for b in article.content]
    stack += [(m, 0, 0, 0) for m in children(article.meta)]
    while stack:
        node, blocks, inlines, line = stack.pop()
        if isinstance(node, (Text, Code, CodeBlock)):
            size += len(node.text)
        if blocks > limits.nesting or inlines > limits.inline_nesting:
            raise LimitError(f"blocks stand more than {limits.nesting} levels deep, or marked words more than {limits.inline_nesting}",
                             file=file, line=line, hint="Nest less, or raise the limit")
        here = getattr(node, "line", 0) or line
        inner = isinstance(node, (List, Quote, Aside, Passage, DefinitionList, Table, Note))
        marked = isinstance(node, MARKED)
        stack.extend((c, blocks + inner, inlines + marked, here) for c in children(node))
    if size > limits.characters:
        raise LimitError(f"the article has {size:,} characters, more than {limits.characters:,}", file=file,
                         hint="Split it, or raise the limit")


# --- Text ---------------------------------------------------------------------------------------------------------------------------

# What XML 1.0 cannot hold, noncharacters, a byte order mark within text, and the overrides that can make a text read otherwise than
# it is stored (Unicode TR 36).
_PLANES = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef\ufeff\u202a-\u202e" + _PLANES + "]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*|[ix]-[A-Za-z0-9-]+|[A-Za-z]{4,8}")


def clean_text(text: str, line: bool = False) -> str:
    """Text without the characters that no output can hold; with ``line``, on one line without isolates."""
    text = _FORBIDDEN.sub("", _BREAKS.sub("\n", text))
    return " ".join(re.sub("[\u2066-\u2069]", "", text).split()) if line else text


def language_tag(text: str) -> str:
    """A language tag (BCP 47) in its usual case, or '' where the text is none."""
    text = text.strip().replace("_", "-")
    if not _TAG.fullmatch(text):
        return ""
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(p.title() if len(p) == 4 and p.isalpha() else p.upper() if len(p) == 2 else p.lower() for p in rest)])


def slugify(text: str, keep: str = "_") -> str:
    """The anchor that GitHub makes of a heading: lower case, words joined by hyphens, other signs dropped."""
    text = unicodedata.normalize("NFC", text).lower().strip()
    return re.sub(r"\s", "-", "".join(c for c in text if c.isalnum() or c.isspace() or c == "-" or c in keep or unicodedata.combining(c)))


def _ncname(text: str) -> str:
    """An id that is an XML name in every output (letters first, then letters, digits, hyphens, dots, underscores)."""
    name = re.sub(r"[^\w.\-]", "-", unicodedata.normalize("NFC", text), flags=re.ASCII if text.isascii() else re.UNICODE).lstrip("_")
    name = "".join(c for c in name if c in "-._" or (unicodedata.category(c)[0] in "LN" and unicodedata.category(c) not in ("No", "Lm")))
    if not name.strip("-._"):
        return ""
    return name if name[0].isalpha() else f"s-{name}"


class _Normalizer:
    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.line = 0
        self.found: list[Diagnostic] = []
        self.taken: set[str] = set()
        self.alias: dict[str, str] = {}
        self.levels: list[tuple[int, int]] = []
        self.reserved: set[str] = set()

    def say(self, code: str, message: str, line: int = 0) -> None:
        self.found.append(diagnostic(code, message, self.file, line or self.line))

    # -- One node at a time, innermost first -----------------------------------------------------------------------------------------

    def clean(self, meta: Meta) -> Meta:
        new = self.node(rewrite(meta, self.node))
        assert isinstance(new, Meta)
        return new

    def cleaned(self, block: Block) -> list[Block]:
        return _each((block,), self.node)

    def node(self, node: Node) -> Node | Iterable[Node] | None:
        """What stands in place of a node: itself, cleaned; others; or nothing where it was empty."""
        node = self.strings(node)
        change: Callable[[Any], Node | Iterable[Node] | None] | None = _CHANGES.get(type(node))
        return change(self, node) if change else node  # type: ignore[call-arg]

    def strings(self, node: Node) -> Node:
        """The node with clean strings; runs of text within it joined."""
        changed: dict[str, Any] = {}
        for name in node.__struct_fields__:
            value = getattr(node, name)
            if type(value) is str and value:
                body = isinstance(node, (Text, Code, CodeBlock, Math, MathBlock)) and name in ("text", "tex")
                if name in ("url", "src"):  # a browser takes tabs and line feeds out of an address (WHATWG URL, 4.4)
                    new = re.sub("[\t\n]", "", clean_text(value)).strip()
                else:
                    new = clean_text(value, line=not body) if name != "mathml" else value
                if isinstance(node, Text) and any(c in new for c in "\n\t"):
                    new = re.sub("[ \t]*\n[ \t]*|\t", " ", new)
                if _FORBIDDEN.search(value):
                    gone = sorted({f"U+{ord(c):04X}" for c in _FORBIDDEN.findall(value)})
                    self.say("character-dropped", f"{', '.join(gone[:5])} taken out of the text", getattr(node, "line", 0))
                if new != value:
                    changed[name] = new
            elif type(value) is tuple and value and isinstance(value[0], _INLINE_TYPES):
                new_inlines = _joined(value)
                if new_inlines != value:
                    changed[name] = new_inlines
            elif name == "tags":
                changed[name] = tuple(dict.fromkeys(t for v in value if (t := clean_text(v, line=True))))
        if getattr(node, "language", "") and not isinstance(node, (CodeBlock,)):
            changed["language"] = self.language(str(changed.get("language", node.language)))  # type: ignore[attr-defined]
        return msgspec.structs.replace(node, **changed) if changed else node

    def language(self, value: str) -> str:
        tag = language_tag(value)
        if not tag:
            self.say("language-unknown", f"{value!r} is no language tag; write one of BCP 47, such as en, uk or pt-BR")
        return tag

    # -- Inlines ---------------------------------------------------------------------------------------------------------------------

    def marked(self, node: Any) -> Node | None:
        return node if node.content else None

    def text(self, node: Text) -> Node | None:
        return node if node.text else None

    def code(self, node: Code) -> Node | None:
        return node if node.text else None

    def note(self, node: Note) -> Node | None:
        return node if node.content else None

    def link(self, node: Link) -> Node | Iterable[Node] | None:
        url = node.url.strip()
        notes = _notes_in(node.content)
        content = tuple(self.unlinked(node.content)) or ((Text(url),) if url else ())
        if not url or url == "#":
            return (*content, *notes)
        if url.startswith("#"):
            return (Reference(content, url[1:]), *notes)
        safe = _safe_url(url)
        if safe is None:
            self.say("link-unsafe", f"the link to {url[:60]!r} is left out, its words stay; allowed are {', '.join(SCHEMES)}")
            return (*content, *notes)
        return (Link(content, safe, node.title), *notes)

    def reference(self, node: Reference) -> Iterable[Node]:
        content = tuple(self.unlinked(node.content))
        return (Reference(content or (Text(node.target),), node.target.lstrip("#")), *_notes_in(node.content))

    def unlinked(self, inlines: tuple[Inline, ...]) -> Iterable[Inline]:
        """Inlines without links in them: a link cannot stand in a link, and the call of a note is one, so it follows (`_notes_in`)."""
        for inline in inlines:
            if isinstance(inline, (Link, Reference)):
                yield from self.unlinked(inline.content)
            elif isinstance(inline, Note):
                continue
            elif hasattr(inline, "content"):
                yield msgspec.structs.replace(inline, content=tuple(self.unlinked(inline.content)))
            else:
                yield inline

    def math(self, node: Math) -> Node | None:
        mathml = _mathml(node, display=False)
        if mathml is None:
            self.say("math-unreadable", f"the formula {node.tex[:60]!r} stays as code")
            return Code(node.tex) if node.tex else None
        return Math(node.tex, mathml)

    def address(self, url: str, what: str, line: int = 0, absolute: bool = False) -> str:
        """A safe address that is not part of the text, or '' with a finding."""
        safe = _safe_url(url) if url else ""
        if safe is None or (absolute and safe and not safe.startswith(("http://", "https://"))):
            self.say("link-unsafe", f"the address of {what}, {url[:60]!r}, is left out; allowed are {', '.join(SCHEMES)}", line)
            return ""
        return safe

    def person(self, node: Person) -> Node | None:
        return msgspec.structs.replace(node, url=self.address(node.url, node.name)) if node.name else None

    def enclosure(self, node: Enclosure) -> Node | None:
        url = self.address(node.url, "an enclosure")
        return msgspec.structs.replace(node, url=url) if url else None

    def metadata(self, node: Meta) -> Node:
        identifier = node.id
        if identifier and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", identifier):
            self.say("metadata-invalid", f"the id {identifier!r} is no IRI such as urn:uuid:… or https://…; it is left out")
            identifier = ""
        title, subtitle = _trimmed(node.title), _trimmed(node.subtitle)
        return msgspec.structs.replace(node, id=identifier, url=self.address(node.url, "the article", absolute=True), title=title,
                                       subtitle=subtitle)

    def embed(self, node: Embed) -> Node | None:
        url = self.address(node.url, "an embed", node.line)
        if url:
            return msgspec.structs.replace(node, url=url)
        return Paragraph(node.title or node.url, node.id, node.line) if node.title or node.url else None

    # -- Blocks ----------------------------------------------------------------------------------------------------------------------

    def math_block(self, node: MathBlock) -> Node | None:
        mathml = _mathml(node, display=True)
        if mathml is None:
            self.say("math-unreadable", f"the formula {node.tex[:60]!r} stays as code", node.line)
            return CodeBlock(node.tex, "latex", node.id, node.line) if node.tex else None
        return MathBlock(node.tex, mathml, node.id, node.line)

    def paragraph(self, node: Paragraph) -> Node | None:
        content = _trimmed(node.content)
        return Paragraph(content, node.id, node.line) if content else None

    def heading(self, node: Heading) -> Node | None:
        content = _trimmed(node.content)
        return Heading(node.level, content, node.id, node.line) if plain_text(content).strip() or content else None

    def code_block(self, node: CodeBlock) -> Node:
        return CodeBlock(node.text.rstrip("\n"), node.language.strip().lower(), node.id, node.line)

    def with_items(self, node: Any) -> Node | None:
        return node if node.items else None

    def quote(self, node: Quote) -> Node | None:
        return node if node.content or node.attribution else None

    def aside(self, node: Aside) -> Node | None:
        return node if node.content or node.title else None

    def passage(self, node: Passage) -> Node | Iterable[Node] | None:
        if not node.content:
            return None
        return node if node.language or node.direction or node.id else node.content

    def verse(self, node: Verse) -> Node | None:
        return node if any(node.lines) else None

    def figure(self, node: Figure) -> Node | Iterable[Node] | None:
        for picture in node.pictures:
            if not picture.alt and not picture.decorative:
                self.say("alt-missing", f"the picture {picture.src[:80]!r} has no alternative text", node.line)
        if node.pictures:
            return msgspec.structs.replace(node, caption=_trimmed(node.caption), credit=_trimmed(node.credit))
        return [Paragraph(x, line=node.line) for x in (node.caption, node.credit) if x]

    def table(self, node: Table) -> Node | None:
        rows = (*node.head, *node.body, *node.foot)
        if not rows:
            return None
        width = max(len(node.columns), 1)
        parts = {}
        grids = {name: _grid_width(getattr(node, name)) for name in ("head", "body", "foot")}
        width = max(width, *grids.values())
        limits = self.limits
        if width > limits.columns or len(rows) > limits.rows:
            raise LimitError(f"the table has {width:,} columns and {len(rows):,} rows; at most {limits.columns:,} and {limits.rows:,}",
                             file=self.file, line=node.line, hint="Split it, or raise the limit")
        for name in grids:
            parts[name], clamped, ragged = _whole(getattr(node, name), width)
            if clamped:
                self.say("span-clamped", "a cell spanned beyond its table", node.line)
            if ragged:
                self.say("table-ragged", "rows of unequal length were filled with empty cells", node.line)
        columns = (*node.columns, *(Column() for _ in range(width - len(node.columns))))[:width]
        return Table(columns, **parts, caption=_trimmed(node.caption), id=node.id, line=node.line)

    def cell(self, node: Cell) -> Cell:
        return msgspec.structs.replace(node, colspan=min(max(node.colspan, 1), 1000), rowspan=min(max(node.rowspan, 0), 1000) or 1)

    # -- The whole article -----------------------------------------------------------------------------------------------------------

    def structure(self, article: Article) -> Article:
        """Heading levels without gaps, and ids that are unique XML names."""
        levels = [n.level for n in walk(article.content) if isinstance(n, Heading)]
        shift = 1 if any(level <= 1 for level in levels) else 0
        if shift:
            self.say("heading-shifted", "a heading of level 1 stands below the title: all headings moved down a level")

        def change(node: Node) -> Node:
            if isinstance(node, Heading):
                node = self.level(node, shift)
            if isinstance(node, Note):
                return node
            given_id = "" if isinstance(node, Meta) else str(getattr(node, "id", ""))
            if given_id:
                return msgspec.structs.replace(node, id=self.claim(given_id, node))
            if isinstance(node, Heading):
                words = " ".join(plain_text(node.content, notes=False).split())
                slug = slugify(words)
                final = self.free(_ncname(slug)[:80].strip("-") or "section")
                self.alias.setdefault(slug, final)
                return msgspec.structs.replace(node, id=final)
            return node

        # Ids that authors gave go first, so that a heading's own never takes one away.
        given = (str(getattr(n, "id", "")) for n in walk(article.content) if not isinstance(n, Note))
        self.reserved = {_ncname(name) for name in given if name}
        meta = article.meta
        if meta.image and meta.image.id:
            meta = msgspec.structs.replace(meta, image=msgspec.structs.replace(meta.image, id=self.claim(meta.image.id, meta.image)))
        return msgspec.structs.replace(article, meta=meta, content=tuple(_each(article.content, change)))

    def level(self, node: Heading, shift: int) -> Heading:
        wanted = max(node.level, 1) + shift
        while self.levels and self.levels[-1][0] >= wanted:
            self.levels.pop()
        new = min((self.levels[-1][1] if self.levels else 1) + 1, 6)
        self.levels.append((wanted, new))
        if new != wanted and wanted <= 6:
            self.say("heading-skipped", f"the heading {plain_text(node.content, notes=False)[:50]!r} moved from level {wanted} to {new}",
                     node.line)
        return msgspec.structs.replace(node, level=new)

    def claim(self, name: str, node: Node) -> str:
        final = _ncname(name) or "part"
        if final in self.taken:
            other = self.free(final)
            self.say("id-duplicate", f"the id {name!r} is taken; this one became {other!r}", getattr(node, "line", 0))
            return other
        self.taken.add(final)
        self.alias[name] = final
        return final

    def free(self, name: str) -> str:
        final, n = name, 0
        while final in self.taken or (final in self.reserved and n == 0 and name == final):
            n += 1
            final = f"{name}-{n}"
        self.taken.add(final)
        return final

    def references(self, article: Article) -> Article:
        """References that lead somewhere; the others keep their words."""
        folded = {k.casefold(): v for k, v in self.alias.items()}

        def change(node: Node) -> Node | Iterable[Node]:
            if not isinstance(node, Reference) or node.target in self.taken:
                return node
            target = self.alias.get(node.target) or folded.get(node.target.casefold())
            if target:
                return Reference(node.content, target)
            self.say("link-broken", f"there is no block with the id {node.target!r}; the link's words stay")
            return node.content

        content = []
        for block in article.content:
            self.line = getattr(block, "line", 0)
            content.extend(_each((block,), change))
        return msgspec.structs.replace(article, meta=rewrite(article.meta, change), content=tuple(content))


_INLINE_TYPES = (*MARKED, Text, Code, Math, Note, *(t for t in Inline.__args__ if t not in MARKED))

_CHANGES: dict[type[Node], Any] = {
    Text: _Normalizer.text, Code: _Normalizer.code, Note: _Normalizer.note, Link: _Normalizer.link, Reference: _Normalizer.reference,
    Math: _Normalizer.math, MathBlock: _Normalizer.math_block, Paragraph: _Normalizer.paragraph, Heading: _Normalizer.heading,
    CodeBlock: _Normalizer.code_block, List: _Normalizer.with_items, DefinitionList: _Normalizer.with_items, Quote: _Normalizer.quote,
    Aside: _Normalizer.aside, Passage: _Normalizer.passage, Verse: _Normalizer.verse, Figure: _Normalizer.figure,
    Table: _Normalizer.table, Embed: _Normalizer.embed, Person: _Normalizer.person, Enclosure: _Normalizer.enclosure,
    Meta: _Normalizer.metadata, Cell: _Normalizer.cell,
    **dict.fromkeys((Emphasis, Strong, Strikethrough, Highlight, SmallCaps, Subscript, Superscript, Span, Abbreviation),
                    _Normalizer.marked),
}


def _each(blocks: Iterable[Block], change: Callable[[Node], Node | Iterable[Node] | None]) -> list[Block]:
    out: list[Any] = []
    for block in blocks:
        new = change(rewrite(block, change))
        if isinstance(new, Node):
            out.append(new)
        elif new is not None:
            out.extend(new)
    return out


def _notes_in(inlines: Iterable[Inline]) -> list[Note]:
    """The notes that are called within inlines, but not those within these notes."""
    found: list[Note] = []
    for inline in inlines:
        if isinstance(inline, Note):
            found.append(inline)
        else:
            found += _notes_in(getattr(inline, "content", ()))
    return found


def _joined(inlines: tuple[Any, ...]) -> tuple[Any, ...]:
    """Inlines with neighbouring texts made one."""
    out: list[Any] = []
    for inline in inlines:
        if isinstance(inline, Text) and out and isinstance(out[-1], Text):
            out[-1] = Text(out[-1].text + inline.text)
        else:
            out.append(inline)
    return tuple(out)


def _trimmed(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Inlines without white space or line breaks at either end."""
    items = list(_joined(inlines))
    while items and ((isinstance(items[0], Text) and not items[0].text.strip()) or type(items[0]).__name__ == "LineBreak"):
        items.pop(0)
    while items and ((isinstance(items[-1], Text) and not items[-1].text.strip()) or type(items[-1]).__name__ == "LineBreak"):
        items.pop()
    if items and isinstance(items[0], Text):
        items[0] = Text(items[0].text.lstrip())
    if items and isinstance(items[-1], Text):
        items[-1] = Text(items[-1].text.rstrip())
    return tuple(items)


def _safe_url(url: str) -> str | None:
    """The address with its signs quoted, or None where its scheme is not allowed or it cannot be read."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        if scheme and scheme not in SCHEMES:
            return None
        if scheme in ("http", "https") and not parts.hostname:
            return None
        _ = parts.port
    except ValueError:
        return None
    if scheme in ("http", "https") and not (parts.hostname or "").isascii():
        try:
            host = (parts.hostname or "").encode("idna").decode("ascii")
        except UnicodeError:
            return None
        url = url.replace(parts.netloc, f"{host}:{parts.port}" if parts.port else host, 1)
    # Letters of any script, quotes and brackets are written as RFC 3986 wants them; what is quoted already stays.
    rest = urlsplit(url)
    path, query, fragment = (quote(part, safe=f"%{more}:@!$&'()*+,;=~-._")
                             for part, more in ((rest.path, "/"), (rest.query, "/?"), (rest.fragment, "/?")))
    host = quote(rest.netloc, safe="%:@!$&'()*+,;=~-._[]")
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", urlunsplit((rest.scheme, host, path, query, fragment)))


def _mathml(node: Math | MathBlock, display: bool) -> str | None:
    """The formula's MathML without anything that is none, wherever it came from; else what its TeX gives; None where neither is read."""
    from pubkit.math import clean, to_mathml

    return (clean(node.mathml) if node.mathml else None) or to_mathml(node.tex, display)


def _grid_width(rows: tuple[Row, ...]) -> int:
    """How many columns the rows fill. A row's last cell counts as one: its span adds no column that nothing else stands in."""
    width = 0
    hanging: dict[int, int] = {}
    for row in rows:
        column = 0
        for index, cell in enumerate(row.cells):
            while hanging.get(column, 0):
                column += 1
            span = 1 if index == len(row.cells) - 1 else min(cell.colspan, 1000)
            for c in range(column, column + span):
                hanging[c] = max(hanging.get(c, 0), cell.rowspan)
            column += span
        width = max(width, column)
        hanging = {c: n - 1 for c, n in hanging.items() if n > 1}
    return width


def _whole(rows: tuple[Row, ...], width: int) -> tuple[tuple[Row, ...], bool, bool]:
    """Rows in which every place of the grid belongs to one cell; whether a span was cut, and whether cells were added."""
    out, hanging, clamped, ragged = [], dict.fromkeys(range(width), 0), False, False
    for index, row in enumerate(rows):
        cells, column = [], 0
        for cell in row.cells:
            while column < width and hanging[column]:
                column += 1
            room = next((c for c in range(column, width) if hanging[c]), width) - column
            colspan, rowspan = min(cell.colspan, max(room, 1)), min(cell.rowspan, len(rows) - index)
            clamped = clamped or (colspan, rowspan) != (cell.colspan, cell.rowspan)
            for c in range(column, min(column + colspan, width)):
                hanging[c] = rowspan
            cells.append(msgspec.structs.replace(cell, colspan=colspan, rowspan=rowspan))
            column += colspan
        for c in range(column, width):
            if not hanging[c]:
                cells.append(Cell())
                ragged = True
        hanging = {c: max(n - 1, 0) for c, n in hanging.items()}
        if cells:
            out.append(Row(tuple(cells)))
    return tuple(out), clamped, ragged

