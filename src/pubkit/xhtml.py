"""Blocks and a dialect go in; the one XHTML markup that PDF, EPUB, web page and feeds share comes out.

No format's name stands in this room: what differs between formats is a field of `Dialect`. The markup is well-formed XML with the
``pk-*`` classes that the style sheets know.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, assert_never

from msgspec import Struct

from pubkit import words
from pubkit.model import (
    Abbreviation,
    Article,
    Aside,
    Asset,
    Block,
    Cell,
    Code,
    CodeBlock,
    DefinitionList,
    Embed,
    Emphasis,
    Figure,
    Heading,
    Highlight,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Math,
    MathBlock,
    Note,
    Paragraph,
    Passage,
    Person,
    Quote,
    Reference,
    Row,
    Rule,
    SmallCaps,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
    plain_text,
    walk,
)

__all__ = ["Dialect", "Outline", "Rendered", "Renderer", "aside_title", "attr", "escape", "has_lead_ins", "lead_in", "outline", "tokens"]


WIDE = 64
"""Code with a line of more characters is marked, so that pages can set it smaller."""


def escape(text: str) -> str:
    """Text as XML character data."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attr(name: str, value: str) -> str:
    """One attribute with a space before it, or nothing where the value is empty."""
    return f' {name}="{escape(value).replace(chr(34), "&quot;")}"' if value else ""


def _mathml(tex: str, mathml: str, display: bool) -> str:  # noqa: ARG001 (one signature for all dialects)
    return mathml.replace("<math ", f"<math{attr('alttext', tex)} ", 1)


class Dialect(Struct, frozen=True):
    """How the shared markup is spoken.

    ``notes``: bodies at the place of the call ("foot"), after the text ("end"), or after the text as pop-ups ("popup").
    ``code``: whether code is coloured by classes. ``xml``: whether languages are written as ``xml:lang`` too.
    ``longest``: after so many characters without a space a line may break (0: as the reader's program does it).
    ``epub``: whether ``epub:type`` is written. ``sections``: whether a heading and what belongs to it stand in a section, those of lower
    level within those of higher. ``prefix`` stands before every id. ``undescribed`` is
    said of a picture that ought to have an alternative text and has none. ``href`` turns an address into the one to write ('' drops
    the link and keeps its words); ``src`` gives the address of a picture ('' shows its alternative text); ``math`` gives the markup of
    a formula from TeX, MathML and whether it stands alone.
    """

    language: str
    notes: Literal["foot", "end", "popup"] = "end"
    code: bool = True
    xml: bool = False
    epub: bool = False
    sections: bool = False
    longest: int = 0
    prefix: str = ""
    undescribed: str = ""
    href: Callable[[str], str] = str
    src: Callable[[Asset], str] = lambda asset: asset.name
    math: Callable[[str, str, bool], str] = _mathml


class Rendered(Struct, frozen=True):
    """Markup of blocks, and that of the notes they call ('' where there are none or they stand in place)."""

    body: str
    notes: str


class Renderer:
    """One article's rendering in one dialect: counts notes and knows the pictures. ``render`` may be called several times."""

    def __init__(self, article: Article, dialect: Dialect) -> None:
        self.article = article
        self.dialect = dialect
        self.assets = {asset.name: asset for asset in article.assets}
        self.numbers: dict[str, int] = {}
        self.calls: dict[int, int] = {}
        self.bodies: list[tuple[str, int, str]] = []  # what stands before and after the links back to all calls of a note
        self.depth = 0
        self.in_link = 0
        self.in_cell = 0

    # -- The parts of a page ---------------------------------------------------------------------------------------------------------

    def masthead(self) -> str:
        """The line above the title block: publication and series. '' where neither is known."""
        meta, language = self.article.meta, self.dialect.language
        issue = ""
        if meta.series:
            position = str(meta.series.position)
            issue = words.word("series", language, n=position, name=meta.series.name) if meta.series.position else meta.series.name
        if not meta.publisher and not issue:
            return ""
        return (f'<p class="pk-masthead"><span class="pk-publication">{escape(meta.publisher)}</span> '
                f'<span class="pk-issue">{escape(issue)}</span></p>\n')

    def title_block(self) -> str:
        """The header: section, title, deck, byline, date, lead picture."""
        meta, language = self.article.meta, self.dialect.language
        parts = ['<header class="pk-head">']
        if meta.section:
            parts.append(f'<p class="pk-kicker">{escape(meta.section)}</p>')
        parts.append(f'<h1 class="pk-title"{self._label(meta.title)}>{self.inlines(meta.title)}</h1>')
        if meta.subtitle:
            role = ' role="doc-subtitle"' if self.dialect.xml else ""
            kind = ' epub:type="subtitle"' if self.dialect.epub else ""
            parts.append(f'<p class="pk-deck"{kind}{role}>{self.inlines(meta.subtitle)}</p>')
        byline = self._byline(meta.authors)
        date = ""
        if meta.published and meta.is_dated:
            iso = meta.published.isoformat()
            date = f'<p class="pk-date"><time datetime="{iso}">{escape(words.date(meta.published, language))}</time></p>'
        if byline or date:
            parts.append(f'<div class="pk-meta">{byline}{date}</div>')
        if meta.image:
            parts.append(self._figure(meta.image, "pk-lead"))
        parts.append("</header>")
        return "\n".join(parts) + "\n"

    def _byline(self, authors: Sequence[Person]) -> str:
        named = [a for a in authors if a.role == "author"] or [a for a in authors if a.role != "publisher"]
        if not named:
            return ""
        marks = [f"\ue000{i}\ue001" for i in range(len(named))]
        text = escape(words.word("by", self.dialect.language, names=words.names(marks, self.dialect.language)))
        for mark, person in zip(marks, named, strict=True):
            name = f'<span class="pk-author">{escape(person.name)}</span>'
            url = self.dialect.href(person.url) if person.url else ""
            text = text.replace(mark, f"<a{attr('href', url)}>{name}</a>" if url else name)
        return f'<p class="pk-byline">{text}</p>'

    def end_matter(self) -> str:
        """The footer: corrections, other contributors, update, files that go along, source, rights. '' where there is nothing to say."""
        meta, language = self.article.meta, self.dialect.language
        lines = []
        for correction in meta.corrections:
            label = words.word("correction", language)
            lines.append(f"<b>{escape(label)}</b> ({escape(words.date(correction.date, language))}): {self.inlines(correction.content)}")
        if any(p.role == "author" for p in meta.authors):
            lines.extend(f"<b>{escape(p.name)}</b>, {escape(words.role(p.role, language))}"
                         for p in meta.authors if p.role not in ("author", "publisher"))
        if meta.updated and meta.published and meta.updated.date() != meta.published.date():
            lines.append(escape(words.word("updated", language, date=words.date(meta.updated, language))))
        lines.extend(f"<a{attr('href', url)}>{escape(e.label)}</a>" for e in meta.enclosures if (url := self._whole(e.url)))
        if meta.source:
            lines.append(f"{escape(words.word('source', language))}: {self._address(meta.source)}")
        if meta.rights:
            lines.append(escape(meta.rights))
        if meta.license and meta.license != meta.rights:
            lines.append(self._address(meta.license))
        body = "\n".join(f"<p>{line}</p>" for line in lines)
        return f'<footer class="pk-colophon">\n{body}\n</footer>\n' if body else ""

    def _whole(self, text: str) -> str:
        """An address that needs no other to lead from; '' for what is none."""
        return self.dialect.href(text) if text.startswith(("http://", "https://", "mailto:")) else ""

    def _address(self, text: str) -> str:
        url = self._whole(text)
        return f"<a{attr('href', url)}>{escape(text)}</a>" if url else escape(text)

    def render(self, blocks: Sequence[Block]) -> Rendered:
        """The markup of blocks and of the notes that were called since the last time."""
        body = self._sections(blocks) if self.dialect.sections else self.blocks(blocks)
        bodies = [before + self._backs(number) + after for before, number, after in self.bodies]
        self.bodies = []
        if not bodies:
            return Rendered(body, "")
        title = escape(words.word("notes", self.dialect.language))
        if self.dialect.notes == "popup":
            # No heading: systems that show pop-ups leave the notes out here, and it would stand alone.
            kind = ' epub:type="footnotes"' if self.dialect.epub else ""
            return Rendered(body, f'<section class="pk-notes"{kind} aria-label="{title}">\n' + "".join(bodies) + "</section>\n")
        return Rendered(body, f'<section class="pk-notes" role="doc-endnotes">\n<h2>{title}</h2>\n<ol>\n' + "".join(bodies)
                        + "</ol>\n</section>\n")

    def _sections(self, blocks: Iterable[Block]) -> str:
        """Blocks in sections nested by their headings."""
        out: list[str] = []
        open_: list[int] = []
        for block in blocks:
            if isinstance(block, Heading):
                while open_ and open_[-1] >= block.level:
                    open_.pop()
                    out.append("</section>\n")
                open_.append(block.level)
                out.append("<section>\n")
            out.append(self.block(block) + "\n")
        return "".join(out) + "</section>\n" * len(open_)

    # -- Blocks ----------------------------------------------------------------------------------------------------------------------

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Blocks, each followed by a line feed."""
        return "".join(self.block(b) + "\n" for b in blocks)

    def block(self, node: Block) -> str:
        """One block."""
        ids = self._id(node.id)
        match node:
            case Paragraph(content):
                return f"<p{ids}>{self.inlines(content)}</p>"
            case Heading(level, content):
                return f"<h{level}{ids}{self._label(content)}{self._spoken(content)}>{self.inlines(content)}</h{level}>"
            case List():
                return self._list(node)
            case DefinitionList(items):
                # HTML wants both of every group; an empty one stands for what the author has not written.
                inner = "".join(
                    "".join(f"<dt>{self.inlines(t)}</dt>\n" for t in d.terms or ((),))
                    + "".join(f"<dd>{self._tight(x)}</dd>\n" for x in d.definitions or ((),))
                    for d in items)
                return f"<dl{ids}>\n{inner}</dl>"
            case CodeBlock(text, language):
                long = " pk-long" if max(map(len, text.split("\n"))) > WIDE else ""
                return f'<pre{ids} class="pk-code{long}" dir="ltr" tabindex="0"><code>{self._code(text, language)}</code></pre>'
            case Quote(content, attribution, pull):
                inner = self.blocks(content)
                inner += f'<div class="pk-source">{self.inlines(attribution)}</div>\n' if attribution else ""
                if pull:
                    return f'<aside{ids} class="pk-pull"{self._kind("pullquote")}>\n{inner}</aside>'
                return f'<blockquote{ids} class="pk-quote">\n{inner}</blockquote>'
            case Verse(lines):
                return f'<p{ids} class="pk-verse">' + "<br/>\n".join(f"<span>{self.inlines(x)}</span>" for x in lines) + "</p>"
            case Figure():
                return self._figure(node, "pk-figure")
            case Table():
                return self._table(node)
            case Aside(content, kind, title):
                words_title = self.inlines(title) if title else escape(aside_title(kind, self.dialect.language))
                return (f'<aside{ids} class="pk-aside"{self._kind(kind)}>\n<p class="pk-aside-title">{words_title}</p>\n'
                        f"{self.blocks(content)}</aside>")
            case MathBlock(tex, mathml):
                inner = self.dialect.math(tex, mathml, True) if mathml else f"<code>{escape(tex)}</code>"
                return f'<div{ids} class="pk-math" tabindex="0">{inner}</div>'
            case Embed():
                return self._embed(node)
            case Passage(content, language, direction):
                return f'<div{ids} class="pk-passage"{self._lang(language, direction)}>\n{self.blocks(content)}</div>'
            case Rule():
                return f"<hr{ids}/>"
            case _:
                assert_never(node)

    def _list(self, node: List) -> str:
        leads = has_lead_ins(node)
        tasks = any(item.checked is not None for item in node.items)
        tag = "ol" if node.ordered else "ul"
        classes = [f"pk-{node.style}"] if node.ordered else []
        classes += ["pk-leads"] * leads + ["pk-tasks"] * tasks + ["pk-loose"] * (not node.tight)
        kind = {"lower-alpha": "a", "upper-alpha": "A", "lower-roman": "i", "upper-roman": "I"}.get(node.style, "")
        start = str(node.start) if node.ordered and node.start != 1 else ""
        items = "".join(self._item(item, node.tight, leads) for item in node.items)
        open_ = f"<{tag}{self._id(node.id)}{attr('class', ' '.join(classes))}{attr('type', kind)}{attr('start', start)}"
        if start and self.dialect.notes == "foot":
            open_ += f' style="counter-reset: list-item {node.start - 1}"'
        return f"{open_}>\n{items}</{tag}>"

    def _item(self, item: ListItem, tight: bool, leads: bool) -> str:
        box = ""
        if item.checked is not None:
            state, mark = ("done", "\u2611") if item.checked else ("open", "\u2610")
            box = f'<span class="pk-check" role="img" aria-label="{escape(words.word(state, self.dialect.language))}">{mark}</span> '
        content = item.content
        if leads and (lead := lead_in(item)) and isinstance(content[0], Paragraph):
            first = f'<strong class="pk-leadin">{self.inlines(lead.content)}</strong>{self.inlines(content[0].content[1:])}'
            first = first if tight and not content[0].id else f"<p{self._id(content[0].id)}>{first}</p>\n"
            inner = first + ("\n" + self.blocks(content[1:]) if content[1:] else "")
        else:
            inner = self._tight(content) if tight else self.blocks(content)
        return f"<li{self._id(item.id)}>{box}{inner}</li>\n"

    def _tight(self, blocks: Sequence[Block]) -> str:
        """Blocks of a tight item: a first paragraph stands bare."""
        if blocks and isinstance(blocks[0], Paragraph) and not blocks[0].id:
            first, rest = self.inlines(blocks[0].content), self.blocks(blocks[1:])  # in this order, which numbers notes
            return first + ("\n" + rest if rest else "")
        return self.blocks(blocks)

    def _figure(self, node: Figure, kind: str) -> str:
        pictures = "\n".join(self._image(p, block=True) for p in node.pictures)
        caption = self.inlines(node.caption)
        if node.credit:
            caption += (" " if caption else "") + f'<span class="pk-credit">{self.inlines(node.credit)}</span>'
        caption = f"\n<figcaption>{caption}</figcaption>" if caption else ""
        return f'<figure{self._id(node.id)} class="{kind}">\n{pictures}{caption}\n</figure>'

    def _table(self, node: Table) -> str:
        def section(tag: str, rows: tuple[Row, ...], head: bool) -> str:
            hanging: dict[int, int] = {}  # by column, how many rows more the cell above it reaches down
            return f"<{tag}>\n" + "".join(self._row(r, node, head, hanging) for r in rows) + f"</{tag}>\n" if rows else ""

        caption = f"<figcaption>{self.inlines(node.caption)}</figcaption>\n" if node.caption else ""
        inner = section("thead", node.head, True) + section("tbody", node.body, False) + section("tfoot", node.foot, False)
        return (f'<figure{self._id(node.id)} class="pk-table">\n{caption}<div class="pk-scroll" tabindex="0">'
                f"<table>\n{inner}</table></div>\n</figure>")

    def _row(self, row: Row, table: Table, head: bool, hanging: dict[int, int]) -> str:
        cells, column, below = [], 0, {at: rows - 1 for at, rows in hanging.items() if rows > 1}
        for cell in row.cells:
            while column in hanging:
                column += 1
            align = table.columns[column].align if column < len(table.columns) else ""
            cells.append(self._cell(cell, align, head))
            below.update({column + n: cell.rowspan - 1 for n in range(cell.colspan) if cell.rowspan > 1})
            column += cell.colspan
        hanging.clear()
        hanging.update(below)
        return "<tr>" + "".join(cells) + "</tr>\n"

    def _cell(self, cell: Cell, align: str, head: bool) -> str:
        # A head cell without words names nothing: it is a plain cell (WCAG H63, axe empty-table-header).
        header = (head or cell.header) and bool(plain_text(cell.content).strip())
        tag = "th" if header else "td"
        spans = (attr("colspan", str(cell.colspan) if cell.colspan > 1 else "")
                 + attr("rowspan", str(cell.rowspan) if cell.rowspan > 1 else ""))
        scope = f' scope="{"col" if head else "row"}"' if header else ""
        kind = f' class="pk-{align}"' if align in ("right", "center") else ""
        self.in_cell += 1
        inner = self._tight(cell.content).rstrip()
        self.in_cell -= 1
        return f"<{tag}{scope}{spans}{kind}>{inner}</{tag}>"

    def _embed(self, node: Embed) -> str:
        title = node.title or node.url
        url = self.dialect.href(node.url)
        link = f"<a{attr('href', url)}>{escape(title)}</a>" if url else escape(title)
        picture = self._image(node.thumbnail, block=True) + "\n" if node.thumbnail else ""
        return f'<figure{self._id(node.id)} class="pk-embed">\n{picture}<figcaption>{link}</figcaption>\n</figure>'

    def _code(self, text: str, language: str) -> str:
        if not self.dialect.code:
            return escape(self._broken(text))
        parts = ((kind, escape(self._broken(part))) for kind, part in tokens(text, language))
        return "".join(f'<span class="pk-{kind}">{part}</span>' if kind else part for kind, part in parts)

    # -- Inlines ---------------------------------------------------------------------------------------------------------------------

    def inlines(self, inlines: Iterable[Inline]) -> str:
        """Inlines, one after the other."""
        return "".join(self.inline(i) for i in inlines)

    def inline(self, node: Inline) -> str:
        """One inline."""
        match node:
            case Text(text):
                return escape(self._broken(text))
            case Emphasis(content):
                return f"<em>{self.inlines(content)}</em>"
            case Strong(content):
                return f"<strong>{self.inlines(content)}</strong>"
            case Strikethrough(content):
                return f"<s>{self.inlines(content)}</s>"
            case Highlight(content):
                return f"<mark>{self.inlines(content)}</mark>"
            case SmallCaps(content):
                return f'<span class="pk-smallcaps">{self.inlines(content)}</span>'
            case Subscript(content):
                return f"<sub>{self.inlines(content)}</sub>"
            case Superscript(content):
                return f"<sup>{self.inlines(content)}</sup>"
            case Code(text):
                return f"<code>{escape(self._broken(text))}</code>"
            case Link(content, url, title):
                name = "" if self._named(content) else title or url
                return self._link(self._linked(content) or escape(url), self.dialect.href(url), title, name)
            case Reference(content, target):
                return f'<a href="#{self.dialect.prefix}{escape(target)}">{self._linked(content)}</a>'
            case Image():
                return self._image(node, block=False)
            case LineBreak():
                return "<br/>"
            case Note():
                return self._note(node)
            case Math(tex, mathml):
                return self.dialect.math(tex, mathml, False) if mathml else f"<code>{escape(tex)}</code>"
            case Span(content, language, direction):
                return f"<span{self._lang(language, direction)}>{self.inlines(content)}</span>"
            case Abbreviation(content, title):
                return f"<abbr{attr('title', title)}>{self.inlines(content)}</abbr>"
            case _:
                assert_never(node)

    def _linked(self, content: Iterable[Inline]) -> str:
        """What stands in a link: a remote picture there is not a link of its own."""
        self.in_link += 1
        inner = self.inlines(content)
        self.in_link -= 1
        return inner

    def _named(self, content: Sequence[Inline]) -> bool:
        """Whether a link has words that can be spoken; one without content shows its address."""
        pictures = (n for n in walk(content) if isinstance(n, Image) and not n.decorative)
        return not content or any(p.alt or self.dialect.undescribed for p in pictures) or bool(plain_text(content, notes=False).strip())

    def _link(self, inner: str, url: str, title: str, name: str = "") -> str:
        return f"<a{attr('href', url)}{attr('title', title)}{attr('aria-label', name)}>{inner}</a>" if url else inner

    def _image(self, node: Image, block: bool) -> str:
        asset = self.assets.get(node.asset)
        src = self.dialect.src(asset) if asset else ""
        if not asset or not src:
            text = "" if node.decorative else escape(node.alt or words.word("image", self.dialect.language))
            address = f"https:{node.src}" if node.src.startswith("//") else node.src
            url = self.dialect.href(address) if address.startswith(("http://", "https://")) and not self.in_link else ""
            tag = "p" if block else "span"
            return f'<{tag} class="pk-missing">{self._link(text, url, "")}</{tag}>' if text else ""
        alt = attr("alt", "" if node.decorative else node.alt or self.dialect.undescribed) or ' alt=""'
        size = f' width="{asset.width}" height="{asset.height}"' if asset.width and asset.height else ""
        style = attr("style", f"width:{node.width * 100:g}%;height:auto" if node.width else "")
        return f'<img{attr("src", src)}{alt}{attr("title", node.title if not block else "")}{size}{style}/>'

    def _note(self, note: Note) -> str:
        prefix = self.dialect.prefix
        if self.dialect.notes == "foot":
            if self.depth:  # a footnote area cannot call another footnote
                return f" ({self.inlines(_flat(note.content))})"
            self.depth += 1
            body = self._tight(note.content)
            self.depth -= 1
            return f'<span class="pk-fn">{body.rstrip()}</span>'
        again = note.id in self.numbers if note.id else False
        number = self.numbers[note.id] if again else len(self.calls) + 1
        if note.id:
            self.numbers[note.id] = number
        self.calls[number] = self.calls.get(number, 0) + 1
        if not again:
            place = len(self.bodies)
            self.bodies.append(("", number, ""))
            self.bodies[place] = self._note_body(note, number)
        call = f"{prefix}_ref-{number}" + (f"-{self.calls[number]}" if self.calls[number] > 1 else "")
        kind = ' epub:type="noteref"' if self.dialect.epub else ""
        return f'<a class="pk-call" id="{call}" href="#{prefix}_note-{number}"{kind} role="doc-noteref"><sup>{number}</sup></a>'

    def _note_body(self, note: Note, number: int) -> tuple[str, int, str]:
        place = f'id="{self.dialect.prefix}_note-{number}"'
        blocks = note.content
        if self.dialect.notes == "popup":
            first = blocks[0] if blocks and isinstance(blocks[0], Paragraph) else None
            before = f'<aside {place} class="pk-note" epub:type="footnote" role="doc-footnote">\n<p{self._id(first.id if first else "")}>'
            if first:
                after = f"\u2002{self.inlines(first.content)}</p>\n{self.blocks(blocks[1:])}"
            else:
                after = f"</p>\n{self.blocks(blocks)}"
            return before, number, f"{after}</aside>\n"
        last = blocks[-1] if blocks else None
        if isinstance(last, Paragraph):
            inner = f"{self.blocks(blocks[:-1])}<p{self._id(last.id)}>{self.inlines(last.content)} "
        else:
            inner = f"{self.blocks(blocks)}<p>"
        return f'<li {place} value="{number}">{inner}', number, "</p></li>\n"

    def _backs(self, number: int) -> str:
        """The links from a note back to every call of it."""
        back = escape(words.word("back_to_text", self.dialect.language))
        popup = self.dialect.notes == "popup"
        first = str(number) if popup else back
        look = f'role="doc-backlink" title="{back}"' if popup else 'class="pk-back" role="doc-backlink"'
        call = f"#{self.dialect.prefix}_ref-{number}"
        more = "".join(f' <a href="{call}-{n}" {look}{attr("aria-label", f"{back} {n}")}><sup>{n}</sup></a>'
                       for n in range(2, self.calls[number] + 1))
        return f'<a href="{call}" {look}>{first}</a>{more}'

    def _broken(self, text: str) -> str:
        """Text with places to break within words beyond the dialect's longest."""
        n = self.dialect.longest // (2 if self.in_cell else 1)
        return re.sub(rf"\S{{{n}}}(?=\S)", "\\g<0>\u200b", text) if n and len(text) > n else text

    # -- Attributes ------------------------------------------------------------------------------------------------------------------

    def _id(self, name: str) -> str:
        return attr("id", self.dialect.prefix + name if name else "")

    def _kind(self, kind: str) -> str:
        """What an aside is: in a book, where EPUB and ARIA have a word for it (DPUB-ARIA 1.1), that word."""
        if self.dialect.epub and kind in ("pullquote", "tip"):
            return f' epub:type="{kind}" role="doc-{kind}"'
        return ' role="note"'

    def _lang(self, language: str, direction: str) -> str:
        xml = attr("xml:lang", language) if self.dialect.xml else ""
        return attr("lang", language) + xml + attr("dir", direction)

    def _spoken(self, inlines: Sequence[Inline]) -> str:
        """The words of a heading that is nothing but formulas: not every program speaks these."""
        if not any(isinstance(n, Math) for n in inlines) or any(isinstance(n, (Text, Code)) for n in walk(inlines)):
            return ""
        return attr("aria-label", " ".join(plain_text(inlines, notes=False).split()))

    def _label(self, inlines: Iterable[Inline]) -> str:
        """The heading's words without its notes, for the outline of a paged format."""
        return attr("data-label", " ".join(plain_text(inlines, notes=False).split())) if self.dialect.notes == "foot" else ""


def aside_title(kind: str, language: str) -> str:
    """The title of an aside that has none of its own: pubkit's word for its kind, or the kind itself."""
    known = ("note", "tip", "important", "warning", "caution", "info")
    return words.word(kind, language) if kind in known else kind.replace("-", " ").capitalize() or words.word("note", language)


def has_lead_ins(node: List) -> bool:
    """Whether more than half of a list's items begin with a lead-in, so that all that do are set as such."""
    return sum(bool(lead_in(item)) for item in node.items) * 2 > len(node.items)


def lead_in(item: ListItem) -> Strong | None:
    """The strong words that an item begins with, if it does and goes on after them."""
    first = item.content[0] if item.content else None
    if isinstance(first, Paragraph) and len(first.content) > 1 and isinstance(first.content[0], Strong):
        return first.content[0]
    return None


def _flat(blocks: Iterable[Block]) -> list[Inline]:
    """The inlines of a note that has to stand within a line."""
    out: list[Inline] = []
    for block in blocks:
        if out:
            out.append(Text(" "))
        if isinstance(block, Paragraph):
            out.extend(block.content)
        else:
            out.append(Text(" ".join(plain_text(block).split())))
    return out


# --- The outline of an article ------------------------------------------------------------------------------------------------------

class Outline(Struct):
    """One line of a table of contents: level 2 to 6, the heading's inlines and id, and the lines below it."""

    level: int
    heading: Heading
    below: list[Outline]


def outline(blocks: Iterable[Block]) -> list[Outline]:
    """The headings among blocks as a tree."""
    top: list[Outline] = []
    path: list[Outline] = []
    for block in blocks:
        if isinstance(block, Heading):
            while path and path[-1].level >= block.level:
                path.pop()
            line = Outline(block.level, block, [])
            (path[-1].below if path else top).append(line)
            path.append(line)
    return top


# --- Code in colour -----------------------------------------------------------------------------------------------------------------

@functools.lru_cache(maxsize=256)
def tokens(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """Code as (kind, text) pairs; kind is '', comment, keyword, string or number. The texts put together are the code, whatever happens."""
    if not language:
        return (("", text),)
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False, stripall=False, ensurenl=False)
    except ClassNotFound:
        return (("", text),)
    out: list[tuple[str, str]] = []
    for token, part in lexer.get_tokens(text):
        kind = next((name.lower() for name in str(token).split(".") if name in ("Comment", "Keyword", "String", "Number")), "")
        if out and out[-1][0] == kind:
            out[-1] = (kind, out[-1][1] + part)
        else:
            out.append((kind, part))
    return tuple(out) if "".join(part for _, part in out) == text else (("", text),)
