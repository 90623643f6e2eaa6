"""Any article goes in, whoever built it; a checked and clean one comes out, with what was changed said out loud. Idempotent.

This is the one door: no exporter checks again what stands here.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

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
    Image,
    Inline,
    LineBreak,
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

__all__ = ["Limits", "clean_text", "folded", "language_tag", "near", "normalize", "placed", "safe_url", "slugify"]

# Those that lead somewhere and run nothing: the web, people, files, talk, places (the safe ones of HTML, "custom scheme handlers").
SCHEMES = ("http", "https", "mailto", "tel", "sms", "ftp", "sftp", "irc", "ircs", "xmpp", "matrix", "sip", "sips", "geo", "news", "webcal")
FILE_NAME = re.compile(r'[^\x00-\x1f\x7f/\\:*?"<>|.\s][^\x00-\x1f\x7f/\\:*?"<>|]{0,150}')
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
    whole = work.pictures(Article(meta, tuple(content), article.assets))
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
        elif isinstance(node, (Link, Abbreviation)):  # a definition may be called ever so often
            size += len(node.title) + (len(node.url) if isinstance(node, Link) else 0)
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
_IRI = "(?!(?i:javascript|vbscript|data|file|blob):)[A-Za-z][A-Za-z0-9+.-]*:"  # what an id may begin with
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# BCP 47 (RFC 5646, 2.1): language, script, region, variants, extensions, private use; what is private alone; old tags that were registered.
_TAG = re.compile(r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*"
                  r"(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+"
                  r"|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)", re.ASCII | re.IGNORECASE)


def clean_text(text: str, line: bool = False) -> str:
    """Text without the characters that no output can hold; with ``line``, on one line without isolates."""
    text = _FORBIDDEN.sub("", _BREAKS.sub("\n", text))
    return " ".join(re.sub("[\u2066-\u2069]", "", text).split()) if line else text


def language_tag(text: str) -> str:
    """A language tag (BCP 47) in its usual case, or '' where the text is none."""
    text = text.strip().replace("_", "-")
    if not _TAG.fullmatch(text):
        return ""
    first, *rest = text.lower().split("-")
    private = next((i for i, part in enumerate(rest) if len(part) == 1), len(rest))
    cased = (p.title() if len(p) == 4 and p.isalpha() else p.upper() if len(p) == 2 else p for p in rest[:private])
    return "-".join([first, *cased, *rest[private:]])


# GitHub keeps letters, marks, digits and connectors, and the letters in circles and squares, which Unicode counts as signs.
_SLUG = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Pc"))
_RINGED = re.compile("[\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]")


def slugify(text: str) -> str:
    """The anchor that GitHub makes of a heading: lower case, each space a hyphen, signs and emoji dropped. '' where nothing is left."""
    return "".join("-" if c == " " else c for c in text.lower()
                   if c in " -" or unicodedata.category(c) in _SLUG or _RINGED.match(c))


MAX_ID = 1000
_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'*+,;=:@/?")
_OURS = re.compile(r"_(?:note|ref)-\d+(?:-\d+)?|pk-toc-title")


def _valid_id(text: str) -> str:
    """An id that stands in every output and, as it is, in an address (HTML 3.2.6, RFC 3986 3.5), and is none that exporters make."""
    name = "".join(c if (c in _ID if c.isascii() else unicodedata.category(c)[0] not in "ZC") else "-" for c in text[:MAX_ID]) or "part"
    return f"id-{name}" if _OURS.fullmatch(name) else name


def folded(target: str) -> str:
    """A link's target as it is compared where it is no id as written: whatever its case, its accents, and how its words are joined."""
    return re.sub("[-_]+", "-", unicodedata.normalize("NFC", unquote(target)).removeprefix("user-content-").casefold())


def near(name: str, names: Iterable[str]) -> str:
    """The name that is most like another, with the same digits; or ''. Where there are very many, none is looked for."""
    known = list(islice(names, 501))
    if len(known) > 500 or len(name) > 100:
        return ""
    digits = re.sub(r"\D", "", name)
    return next(iter(difflib.get_close_matches(name, [n for n in known if len(n) <= 100 and re.sub(r"\D", "", n) == digits], 1)), "")


def placed(work: Node) -> Iterator[tuple[Node, int]]:
    """Every node of an article or a volume in reading order, with the line of the innermost block that has one."""
    stack: list[tuple[Node, int]] = [(work, 0)]
    while stack:
        node, line = stack.pop()
        line = getattr(node, "line", 0) or line
        yield node, line
        stack.extend((child, line) for child in list(children(node))[::-1])


class _Normalizer:
    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.line = 0
        self.found: list[Diagnostic] = []
        self.levels: list[tuple[int, int]] = []
        self.ids = _Names()
        self.note_ids = _Names()
        self.notes: dict[tuple[str, tuple[Block, ...]], str] = {}
        self.alias: dict[str, str] = {}

    def say(self, code: str, message: str, line: int = 0) -> None:
        self.found.append(diagnostic(code, message, self.file, line or self.line))

    def pictures(self, article: Article) -> Article:
        """The article with names of assets that can be names of files, one for each."""
        known = [asset.name for asset in article.assets]
        names: dict[str, str] = {}
        for number, name in enumerate(known, 1):
            if not FILE_NAME.fullmatch(name) and name not in names:
                end = re.search(r"\.[A-Za-z0-9]{1,8}\Z", name)
                new = f"picture-{number}{end[0] if end else ''}"
                names[name] = new if new not in known else f"picture-{number}-{len(known)}{end[0] if end else ''}"
                self.say("id-changed", f"the picture's name {name[:60]!r} was changed into {names[name]!r}", 0)
        if not names:
            return article
        renamed = rewrite(article, lambda n: msgspec.structs.replace(n, asset=names[n.asset])
                          if isinstance(n, Image) and n.asset in names else n)
        assets = {names.get(a.name, a.name): msgspec.structs.replace(a, name=names.get(a.name, a.name)) for a in article.assets}
        return msgspec.structs.replace(renamed, assets=tuple(assets.values()))

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
        if type(node) in (Text, Code) and node.text.isprintable():  # type: ignore[attr-defined]
            return node  # most words: no sign in them is one that is changed below
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
                    named = ", ".join(gone[:20]) + " and others" * (len(gone) > 20)
                    self.say("character-dropped", f"{named} taken out of the text", getattr(node, "line", 0))
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
        if not node.content or not node.id:
            return node if node.content else None
        # Notes of one id are one note that is called again; where their words differ, some would be lost.
        key = (node.id, node.content)
        if key not in self.notes:
            self.notes[key] = self.note_ids.free(node.id)
            if self.notes[key] != node.id:
                self.say("id-duplicate", f"another note has the id {node.id!r}; this one became {self.notes[key]!r}")
        return Note(node.content, self.notes[key])

    def link(self, node: Link) -> Node | Iterable[Node] | None:
        url = node.url.strip()
        notes = _notes_in(node.content)
        content = tuple(self.unlinked(node.content))
        if url and not _shows(content):
            content = (Text(url),)
        if not url or url == "#":
            return (*content, *notes)
        if url.startswith("#"):
            return (Reference(content, url[1:]), *notes)
        safe = safe_url(url)
        if safe is None:
            self.say("link-unsafe", f"the link to {url[:60]!r} is left out, its words stay; {_refusal(url)}")
            return (*content, *notes)
        return (Link(content, safe, node.title), *notes)

    def reference(self, node: Reference) -> Iterable[Node]:
        content = tuple(self.unlinked(node.content))
        return (Reference(content if _shows(content) else (Text(node.target),), node.target.lstrip("#")), *_notes_in(node.content))

    def unlinked(self, inlines: tuple[Inline, ...]) -> Iterable[Inline]:
        """Inlines without links in them: a link cannot stand in a link, and the call of a note is one, so it follows (`_notes_in`)."""
        for inline in inlines:
            if isinstance(inline, (Link, Reference)):
                yield from self.unlinked(inline.content)
            elif isinstance(inline, Note):
                continue
            elif hasattr(inline, "content"):
                if content := tuple(self.unlinked(inline.content)):
                    yield msgspec.structs.replace(inline, content=content)
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
        safe = safe_url(url) if url else ""
        if safe is None or (absolute and safe and not safe.startswith(("http://", "https://"))):
            self.say("link-unsafe", f"the address of {what}, {url[:60]!r}, is left out; {_refusal(url)}", line)
            return ""
        return safe

    def person(self, node: Person) -> Node | None:
        return msgspec.structs.replace(node, url=self.address(node.url, node.name)) if node.name else None

    def enclosure(self, node: Enclosure) -> Node | None:
        url = self.address(node.url, "an enclosure")
        return msgspec.structs.replace(node, url=url) if url else None

    def metadata(self, node: Meta) -> Node:
        identifier = node.id
        if identifier and not re.fullmatch(_IRI + r"[^\s<>\"{}|\\^`]+", identifier):
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
        return Heading(node.level, content, node.id, node.line) if _shows(content) else None

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
        """Heading levels without gaps, and ids that are unique and can stand in every output."""
        levels = [n.level for n in walk(article.content) if isinstance(n, Heading)]
        shift = 1 if any(level <= 1 for level in levels) else 0
        if shift:
            self.say("heading-shifted", "a heading of level 1 stands below the title: all headings moved down a level")

        def change(node: Node) -> Node:
            if isinstance(node, Note):
                return notes.setdefault(node.id, node) if node.id else node
            if isinstance(node, Heading):
                node = self.level(node, shift)
            given = "" if isinstance(node, Meta) else str(getattr(node, "id", ""))
            if given:
                own = self.claim(given, node)
            elif isinstance(node, Heading):
                own = self.ids.free(_valid_id(slugify(_words(node.content)) or slugify(plain_text(node.content, notes=False)) or "section"))
            else:
                return node
            if isinstance(node, Heading) and (slug := slugify(_words(node.content))):
                self.alias.setdefault(slug, own)
            return msgspec.structs.replace(node, id=own)

        # Ids that authors gave go first, so that a heading's own never takes one away.
        names = [str(getattr(n, "id", "")) for n in walk(article) if getattr(n, "id", "") and not isinstance(n, (Meta, Note))]
        self.ids.wanted = dict.fromkeys(map(_valid_id, names), False) | {n: True for n in names if _valid_id(n) == n}
        notes: dict[str, Note] = {}
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
        """The id of a block whose author gave one."""
        final = _valid_id(name)
        line = getattr(node, "line", 0)
        if final in self.ids.taken or (final != name and self.ids.wanted[final]):
            final = self.ids.free(final)
            self.say("id-duplicate", f"the id {name!r} is taken; this one became {final!r}", line)
        elif final != name:
            self.say("id-changed", f"the id {name!r} is written {final!r}, which every output can hold; links to it follow", line)
        self.ids.taken[final] = None
        self.alias.setdefault(name, final)
        return final

    def references(self, article: Article) -> Article:
        """References that lead somewhere; the others keep their words. Notes whose ids no block has."""
        used: list[tuple[str, int]] = []
        for node, line in placed(article):
            if isinstance(node, Reference):
                used.append((node.target, line))
            elif isinstance(node, Image) and not (node.decorative or is_described(node) or node is article.meta.book_cover):
                said = f"the alternative text {node.alt!r}, which describes nothing" if node.alt else "no alternative text"
                self.found.append(diagnostic("alt-missing", f"the picture {node.src[:80]!r} has {said}", self.file, line))
        goals = {target: target for target, _ in used if target in self.ids.taken}
        others = [target for target in dict.fromkeys(t for t, _ in used) if target not in goals]
        if others:
            article = self.sought(article, others, goals)
        self.note_ids.wanted = dict.fromkeys(self.ids.taken, True)
        notes = {name: self.note_ids.free(f"note-{name}") for name in tuple(self.note_ids.taken) if name in self.ids.taken}
        hints = 20
        for target, line in used:
            if target not in goals:
                hint = near(target, self.ids.taken) if hints else ""
                hints -= bool(hints)
                self.found.append(diagnostic(
                    "link-broken", f"there is no block with the id {target!r}; the link's words stay"
                                   + (f". Did you mean {hint!r}?" if hint else ""), self.file, line))

        def change(node: Node) -> Node | Iterable[Node]:
            if isinstance(node, Note) and node.id in notes:
                return Note(node.content, notes[node.id])
            if not isinstance(node, Reference) or goals.get(node.target) == node.target:
                return node
            goal = goals.get(node.target)
            return Reference(node.content, goal) if goal else node.content

        return msgspec.structs.replace(article, meta=rewrite(article.meta, change), content=tuple(_each(article.content, change)))

    def sought(self, article: Article, targets: Iterable[str], goals: dict[str, str]) -> Article:
        """Puts what each target that is no id means into ``goals``: an id, or '' for the top of the article, where no output has an anchor.

        A link to a note leads to the block that calls it, which is given an id.
        """
        top = {"", "top", folded(slugify(" ".join(plain_text(article.meta.title, notes=False).split())))}
        same: dict[str, str] = {}
        for name, own in (*((n, n) for n in self.ids.taken), *self.alias.items()):
            same.setdefault(folded(name), own)
        calls = _calls(article)
        needed: dict[int, tuple[str, list[str]]] = {}
        for target in targets:
            key = folded(target)
            goal = self.alias.get(target) or same.get(key) or ("" if key in top else None)
            note = _NOTE.fullmatch(key)
            label = next((name for name in ((note[1], f"fn{note[1]}") if note else (key,)) if name in calls), "")
            if goal is None and label:
                home = calls[label]
                goal = home.id if home else ""
                if home and not home.id:
                    needed.setdefault(id(home), (label, []))[1].append(target)
            if goal is not None:
                goals[target] = goal

        def change(node: Node) -> Node:
            if not (named := needed.pop(id(node), None)):
                return node
            own = self.ids.free(_valid_id(f"call-{named[0]}"))
            goals.update(dict.fromkeys(named[1], own))
            return msgspec.structs.replace(node, id=own)

        return msgspec.structs.replace(article, content=tuple(_each(article.content, change))) if needed else article


class _Names:
    """Names of which each stands once: those that are ``taken``, and those ``wanted`` by authors (True: as written)."""

    def __init__(self) -> None:
        self.taken: dict[str, None] = {}
        self.wanted: dict[str, bool] = {}
        self.counts: dict[str, int] = {}

    def free(self, name: str) -> str:
        """The name, or the first of name-1, name-2, ... that is neither taken nor wanted; from now on it is taken."""
        final = name
        while final in self.taken or final in self.wanted:
            self.counts[name] = self.counts.get(name, 0) + 1
            final = f"{name}-{self.counts[name]}"
        self.taken[final] = None
        return final


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


_NOTE = re.compile(r"(?:fnref|footnote-?ref|noteref|fn|footnote|endnote|-?note|-ref)[-:.]?(.{1,99})")


def _calls(article: Article) -> dict[str, Block | None]:
    """The block in which each note is called, by the note's id and as fn1, fn2, ...; None where it has no place of its own."""
    by_id: dict[str, Block | None] = {}
    homes: list[Block | None] = []
    stack: list[tuple[Node, Block | None, bool]] = [(article, None, False)]
    while stack:
        node, home, inside = stack.pop()
        if isinstance(node, (Paragraph, Heading, Verse, Figure)) and not inside:
            home = node
        elif isinstance(node, Note):
            inside = True
            if not node.id or folded(node.id) not in by_id:
                homes.append(home)
                by_id.setdefault(folded(node.id), home)
        stack.extend((child, home, inside) for child in list(children(node))[::-1])
    return {f"fn{n}": home for n, home in enumerate(homes, 1)} | by_id


def _words(inlines: Iterable[Inline]) -> str:
    """The words that GitHub makes a heading's anchor of: those of its text, not of pictures and notes."""
    return "".join(n.tex if isinstance(n, Math) else str(getattr(n, "text", "")) or _words(getattr(n, "content", ()))
                   for n in inlines if not isinstance(n, Note))


def _joined(inlines: tuple[Any, ...]) -> tuple[Any, ...]:
    """Inlines with neighbouring texts made one."""
    out: list[Any] = []
    for texts, group in groupby(inlines, lambda inline: isinstance(inline, Text)):
        run = list(group)
        out += [Text("".join(t.text for t in run))] if texts and len(run) > 1 else run
    return tuple(out)


def _trimmed(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Inlines without white space or line breaks at either end."""
    items = _joined(inlines)
    solid = [i for i, item in enumerate(items) if not (isinstance(item, LineBreak) or (isinstance(item, Text) and not item.text.strip()))]
    trimmed = list(items[solid[0]:solid[-1] + 1]) if solid else []
    if trimmed and isinstance(trimmed[0], Text):
        trimmed[0] = Text(trimmed[0].text.lstrip())
    if trimmed and isinstance(trimmed[-1], Text):
        trimmed[-1] = Text(trimmed[-1].text.rstrip())
    return tuple(trimmed)


# The name of a file, or a word for any picture, is no text alternative (WCAG 2.1, failure F30).
_NO_ALT = re.compile(r"[\w .()%+-]*\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|avif)|(?:image|img|picture|photo|dsc)[\s_-]*\d*", re.IGNORECASE)


def is_described(image: Image) -> bool:
    """Whether a picture has an alternative text that says more than the name of a file does."""
    alt = image.alt.strip()
    return bool(alt) and not _NO_ALT.fullmatch(alt)


def _shows(inlines: tuple[Inline, ...]) -> bool:
    """Whether there is anything to be seen but space: words, a picture, a formula, a note."""
    return any(isinstance(n, (Image, Math, Note)) or (isinstance(n, (Text, Code)) and n.text.strip()) for n in walk(inlines))


_NO_HOST = re.compile(r"[\x00-\x20\x7f#%/<>?@\[\\\]^|]")


def _is_host(name: str) -> bool:
    """Whether a name can be that of a host (WHATWG URL, 3.5): no empty parts, none of the signs that addresses are made of, and a number
    at its end only in an address of IP.
    """
    if ":" in name:  # urlsplit has read the brackets of IPv6
        return True
    parts = name.removesuffix(".").split(".")
    if not all(parts) or _NO_HOST.search(name):
        return False
    if not (parts[-1].isascii() and parts[-1].isdigit()):
        return True
    if len(parts) > 4 or not all(p.isascii() and p.isdigit() and len(p) < 11 for p in parts):
        return False
    return all(int(p) < 256 for p in parts[:-1]) and int(parts[-1]) < 256 ** (5 - len(parts))


def _refusal(url: str) -> str:
    """Why `safe_url` does not take an address."""
    if url.lower().startswith(("http:", "https:")):
        return "it names no host, or a port that is none"
    return f"allowed are {', '.join(SCHEMES)}"


def safe_url(url: str) -> str | None:
    """The address with its signs quoted, or None where its scheme is not allowed or it cannot be read."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        if scheme and scheme not in SCHEMES:
            return None
        if scheme in ("http", "https") and not _is_host(parts.hostname or ""):
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
    """How many columns the rows fill. Columns at the end in which no cell begins are only spanned, and count for nothing."""
    width = 0
    hanging: dict[int, int] = {}
    for row in rows:
        column = 0
        for cell in row.cells:
            while hanging.get(column, 0):
                column += 1
            width = max(width, column + 1)
            for _ in range(min(cell.colspan, 1000)):
                hanging[column] = max(hanging.get(column, 0), cell.rowspan)
                column += 1
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

