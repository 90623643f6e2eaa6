"""The blocks of an article go in; the paragraphs and tables of a Word document come out, each in a style of its own kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, assert_never, cast

import msgspec
from msgspec import Struct

from pubkit import words
from pubkit.exporters.word import elements as word
from pubkit.exporters.word import tables
from pubkit.exporters.word.elements import Element
from pubkit.exporters.word.numbering import LEVELS, Format, Level
from pubkit.exporters.word.package import Host
from pubkit.exporters.word.runs import PIXEL, Look, Runs
from pubkit.exporters.word.story import Box, Grid, Number, Story, Variation
from pubkit.exporters.word.story import Paragraph as Par
from pubkit.exporters.word.styles import BOX, SYMBOLS, list_style
from pubkit.model import (
    Aside,
    Block,
    CodeBlock,
    DefinitionList,
    Embed,
    Figure,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    MathBlock,
    Note,
    Paragraph,
    Passage,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
    Verse,
    plain_text,
)
from pubkit.xhtml import aside_title, has_lead_ins, lead_in, tokens

__all__ = ["Blocks", "Place"]

TALLEST = 0.7               # of the text's height, for one picture
CODE_KINDS = {"comment": "CodeComment", "keyword": "CodeKeyword", "string": "CodeString", "number": "CodeNumber"}
BOXES = ("\u2610", "\u2612")
PADDING = 10.0              # points, at the sides of a cell
LISTS = ("ListBullet", "ListNumber", "ListContinue")


class Place(Struct, frozen=True):
    """Where blocks stand: the style of running text ('' in the body), indent and room in points, depth of lists, language, direction.

    ``box``: indent and room of the tinted box that they stand in.
    """

    host: Host
    room: float
    style: str = ""
    indent: float = 0.0
    depth: int = 0
    language: str = ""
    rtl: bool = False
    align: str = ""
    noted: bool = False
    box: tuple[float, float] | None = None

    def within(self, node: Passage) -> Place:
        """The place of the blocks of a passage: in its language and direction."""
        rtl = node.direction == "rtl" or (not node.direction and bool(node.language) and words.direction(node.language) == "rtl")
        rtl = self.rtl if not node.direction and not node.language else rtl
        return msgspec.structs.replace(self, language=node.language or self.language, rtl=rtl)


class _Chain(Struct, frozen=True):
    """The list of several levels that a list belongs to, as Word counts it."""

    number: str
    levels: tuple[Level, ...]


class Blocks(Runs):
    """Writes the blocks of one article."""

    @property
    def tallest(self) -> float:
        """The height that a picture may have, in points."""
        return TALLEST * self.package.height

    @property
    def lead(self) -> float:
        """The leading of the theme."""
        return self.theme.type.leading

    # -- Paragraphs ------------------------------------------------------------------------------------------------------------------

    def look(self, place: Place, style: str = "") -> Look:
        """How words look at a place before anything is done to them."""
        bold = bool(style) and self.package.styles.sheet.paras[style].bold
        return Look(place.host, (), place.language, place.rtl, noted=place.noted, width=place.room, bold=bold)

    def paragraph(self, style: str, inlines: Iterable[Inline], place: Place, name: str = "", lead: Sequence[Element] = ()) -> Par:
        """A paragraph of inlines; ``name`` is its id, ``lead`` what stands before the inlines."""
        return self.made(style, [*lead, *self.inlines(inlines, self.look(place, style))], place, name)

    def made(self, style: str, content: list[Element], place: Place, name: str = "") -> Par:
        """A paragraph of elements, with what the place asks of it. Where a picture or formula stands in it, its lines grow."""
        tall = any(next(e.iter(word.qn("w:drawing"), word.qn("m:oMath")), None) is not None for e in content)
        indent = place.indent + (BOX if place.box and not place.depth and not style.startswith("Aside") else 0.0)
        own = 0.0 if place.box and style == "Code" else self.package.styles.sheet.paras[style].left  # a box leaves no bar beside code
        left = indent + own if indent else None
        align = cast('Literal["", "left", "center", "right"]', place.align)
        return Par(style, self.marked(content, name), Variation(left=left, align=align, grows=tall), rtl=place.rtl)

    def mark_first(self, story: Story, name: str) -> Story:
        """Put a bookmark for an id at the first paragraph of a story."""
        if not name or name not in self.anchors:
            return story
        if not story:
            story.append(Par("TableEnd", []))
        first, ends = story[0], self.marked([], name)
        if isinstance(first, Par):
            first.content[0:0] = ends
        else:
            word.begin(first.element, ends)
        return story

    # -- Blocks ----------------------------------------------------------------------------------------------------------------------

    def blocks(self, blocks: Iterable[Block], place: Place) -> Story:
        """Blocks, one after the other."""
        out: Story = []
        previous: Block | None = None
        asides = 0
        for node in blocks:
            part = self.block(node, place, isinstance(previous, Paragraph))
            if isinstance(previous, List) and isinstance(node, List) and part:
                self._parted(out, part)
            asides = asides + 1 if isinstance(node, Aside) and place.style != "Aside" else 0
            if asides % 2 == 0 and asides:
                self._second(part)
            self.spaced(out, part)
            out.extend(part)
            previous = node
        return out

    def _parted(self, above: Story, below: Story) -> None:
        """Keep two lists apart that would otherwise close ranks."""
        for par, side in ((above[-1], "after"), (below[0], "before")):
            if isinstance(par, Par):
                par.vary(apart=True, **{side: self.lead / 2})

    def spaced(self, above: Story, below: Story) -> None:
        """Give room to tables, which have no spacing of their own: by the paragraphs beside them, or an empty one between two."""
        if not above or not below:
            return
        last, first = above[-1], below[0]
        sheet = self.package.styles.sheet.paras
        if isinstance(last, Grid) and isinstance(first, Grid):
            above.append(Par("TableEnd", []))
        elif isinstance(last, Grid) and isinstance(first, Par):
            now = first.variation.before
            first.vary(before=max(self.lead, sheet[first.style].before if now is None else now), apart=True)
        elif isinstance(first, Grid) and isinstance(last, Par) and last.style not in ("TableCaption", "TableEnd"):
            now = last.variation.after
            last.vary(after=max(self.lead, sheet[last.style].after if now is None else now), apart=True)

    def block(self, node: Block, place: Place, after_paragraph: bool = False) -> Story:
        """One block; ``after_paragraph`` says whether a paragraph stands before it."""
        match node:
            case Paragraph(content, name):
                return [self.paragraph(place.style or ("BodyText" if after_paragraph else "FirstParagraph"), content, place, name)]
            case Heading(level, content, name):
                return [self.heading(level, content, name, place)]
            case List():
                return self._list(node, place)
            case DefinitionList():
                return self._definitions(node, place)
            case CodeBlock(text, language, name):
                return [self._code_block(text, language, name, place)]
            case Quote():
                return self._quote(node, place)
            case Verse(lines, name):
                inlines: list[Inline] = []
                for n, line in enumerate(lines):
                    inlines.extend((*((LineBreak(),) if n else ()), *line))
                return [self.paragraph("Verse", inlines, place, name)]
            case Figure():
                return self.figure(node, place)
            case Table():
                return self._table(node, place)
            case Aside():
                return self._aside(node, place)
            case MathBlock():
                return [self._math_block(node, place)]
            case Embed():
                return self._embed(node, place)
            case Passage(content, _, _, name):
                return self.mark_first(self.blocks(content, place.within(node)), name)
            case Rule(name):
                return [self.paragraph("Rule", (), place, name)]
            case _:
                assert_never(node)

    def heading(self, level: int, content: Sequence[Inline], name: str, place: Place) -> Par:
        """A heading; level 1 is the title's."""
        return self.paragraph(f"Heading{min(max(level, 1), 6)}", content, place, name)

    def _quote(self, node: Quote, place: Place) -> Story:
        style = "PullQuote" if node.pull else "Quote"
        step = self.lead if place.style in ("Quote", "PullQuote") else 0.0
        inner = msgspec.structs.replace(place, style=style, indent=place.indent + step, room=place.room - self.lead * 2)
        out = self.blocks(node.content, inner)
        if node.attribution:
            if out and isinstance(out[-1], Par) and out[-1].style == style:
                out[-1].vary(after=0.0, keep_next=True, apart=True)
            where = msgspec.structs.replace(place, indent=inner.indent)
            out.append(self.paragraph("PullQuoteAttribution" if node.pull else "Attribution", node.attribution, where))
        return self.mark_first(out, node.id)

    def _code_block(self, text: str, language: str, name: str, place: Place) -> Par:
        look = msgspec.structs.replace(self.look(place), rtl=False)
        runs: list[Element] = []
        for kind, part in tokens(text, language):
            style = CODE_KINDS.get(kind, "")
            runs.extend(self.text(part, look.with_(style) if style else look))
        return self.made("Code", runs, msgspec.structs.replace(place, rtl=False, align=""), name)

    def _definitions(self, node: DefinitionList, place: Place) -> Story:
        """In the body terms and definitions have styles of their own; within another style its terms are strong."""
        out: Story = []
        own = "" if place.style in ("", "Definition") else place.style
        outer = msgspec.structs.replace(place, indent=place.indent + (self.lead if place.style == "Definition" else 0.0))
        inner = msgspec.structs.replace(outer, style=own or "Definition", room=place.room - self.lead,
                                        indent=outer.indent + (self.lead if own else 0.0))
        for item in node.items:
            for term in item.terms:
                par = self.paragraph(own or "DefinitionTerm", (Strong(term),) if own else term, outer)
                par.vary(keep_next=True)
                out.append(par)
            for definition in item.definitions:
                out.extend(self.blocks(definition, inner))
        return self.mark_first(out, node.id)

    def _math_block(self, node: MathBlock, place: Place) -> Par:
        formula = self.formula(node.tex, node.mathml)
        content = self.text(node.tex, self.look(place).with_("CodeChar")) if formula is None else [word.el("m:oMathPara", formula)]
        return self.made("Formula", content, msgspec.structs.replace(place, rtl=False, align=""), node.id)

    def _embed(self, node: Embed, place: Place) -> Story:
        title = node.title or node.url
        url = self.address(node.url)
        out: Story = []
        if node.thumbnail and (picture := self.image(node.thumbnail, self.look(place), place.room - 12, self.tallest, url)):
            out.append(self.made("EmbedPicture", picture, place))
        link: Inline = Link(title, node.url) if url else Text(title)
        out.append(self.paragraph("Embed", (link,), place))
        return self.mark_first(out, node.id)

    # -- Notes -----------------------------------------------------------------------------------------------------------------------

    def note(self, note: Note, number: str, mark: Element) -> None:
        """Write what a note says, its first paragraph with the note's number."""
        style = f"{self.package.kind.title()}Text"
        place = Place(self.package.notes, self.package.measure, style, language=self.language, rtl=self.rtl, noted=True)
        lead = [mark, *self.text("\u2002", self.look(place))]
        first, rest = (note.content[0], note.content[1:]) if note.content else (Paragraph(()), ())
        if isinstance(first, Paragraph):
            story: Story = [self.paragraph(style, first.content, place, first.id, lead)]
        else:
            story, rest = [self.made(style, lead, place)], note.content
        story.extend(self.blocks(rest, place))
        self.package.add_note(number, self._closed(story, style))

    def _closed(self, story: Story, style: str) -> Story:
        """A story that ends in a paragraph, as Word wants it."""
        if not story or isinstance(story[-1], Grid):
            story.append(Par(style, []))
        return story

    # -- Asides ----------------------------------------------------------------------------------------------------------------------

    def _aside(self, node: Aside, place: Place) -> Story:
        title: Sequence[Inline] = node.title or (Text(aside_title(node.kind, self.language)),)
        inner = msgspec.structs.replace(place, style="Aside", room=place.room - 2 * BOX, depth=0, box=(place.indent, place.room))
        out = [self.paragraph("AsideTitle", title, place), *self.blocks(node.content, inner)]
        if place.style != "Aside":
            self._boxed(out, place)
        return self.mark_first(out, node.id)

    def _boxed(self, out: Story, place: Place) -> None:
        """Tie the paragraphs of an aside to one tinted box.

        Their styles carry the box, and Word makes one of alike neighbours. Where lists or other blocks stand among them, every paragraph
        is given borders of its own that reach as far as its neighbours', at the left and over the space above it.
        """
        if isinstance(out[-1], Grid):
            out.append(Par("Aside", []))
        paragraphs = [p for p in out if isinstance(p, Par)]
        if len(paragraphs) < len(out) or any(p.style not in ("Aside", "AsideTitle") or p.number or p.variation.left for p in paragraphs):
            gaps = [self._gap(above, below) for above, below in pairwise(out)]
            sides = [(BOX, gaps[0] if gaps else BOX), *pairwise(gaps), (gaps[-1] if gaps else BOX, BOX)]
            for block, (above, below) in zip(out, sides, strict=False):
                if isinstance(block, Par):
                    last = block is out[-1]
                    beside_table = not last and isinstance(out[out.index(block) + 1], Grid)
                    reach = max(1.0, self._left_edge(block) - place.indent - 0.5)
                    block.vary(box=Box(above, below if last or beside_table else 0.0, reach), right=BOX, before=0.0, after=0.0)
        paragraphs[0].vary(before=self.lead * 1.5)
        paragraphs[-1].vary(after=self.lead * 1.5)

    def _gap(self, above: Par | Grid, below: Par | Grid) -> float:
        """The space between two blocks, in points."""
        sheet = self.package.styles.sheet.paras
        first, second = (b if isinstance(b, Par) else None for b in (above, below))
        alike = first is not None and second is not None and first.style == second.style and sheet[first.style].contextual
        gaps = [0.0]
        for par, side in ((first, "after"), (second, "before")):
            if par and not (alike and not par.variation.apart):
                own = 0.0 if par.style.startswith("Aside") else getattr(sheet[par.style], side)  # that of an aside is around its box
                varied = getattr(par.variation, side)
                gaps.append(own if varied is None else varied)
        return max(gaps)

    def _second(self, out: Story) -> None:
        """Tell the box of an aside from that of another one above it."""
        for block in out:
            if isinstance(block, Par):
                box = block.variation.box or Box(BOX, BOX, BOX - 0.5)
                block.vary(box=msgspec.structs.replace(box, second=True))

    def _left_edge(self, p: Par) -> float:
        """Where a paragraph begins at the left, its mark included, in points."""
        if p.number:
            return p.number.mark
        return self.package.styles.sheet.paras[p.style].left if p.variation.left is None else p.variation.left

    # -- Lists -----------------------------------------------------------------------------------------------------------------------

    def _list(self, node: List, place: Place, chain: _Chain | None = None, level: int = 0) -> Story:
        """A list; ``chain`` is the list that it is a level of, where it continues one."""
        if level == LEVELS:
            chain, level = None, 0
        own_left = self.package.styles.sheet.paras[place.style].left if place.style and chain is None else 0.0
        chain = self._chained(node, place.indent + own_left, chain, level)
        own = chain.levels[level]
        inner = msgspec.structs.replace(place, depth=place.depth + 1, indent=own.left, room=place.room - own.hanging)
        leads = has_lead_ins(node)
        out: Story = []
        for item in node.items:
            part = self._item(item, node, chain, level, place, inner, leads)
            if out:
                self._joined(part, node.tight)
            out.extend(part)
        if not place.depth:
            if not place.style:
                if isinstance(out[-1], Par) and out[-1].style.startswith(LISTS):
                    out[-1].vary(after=self.lead / 2)
                self._close_ranks(out)
            elif place.style.startswith(("Definition", "Footnote", "Endnote")):
                for par in out[:-1]:
                    if isinstance(par, Par) and par.style == place.style:
                        par.vary(after=0.0)
        return self.mark_first(out, node.id)

    def _joined(self, below: Story, tight: bool) -> None:
        """Let an item of a list follow what stands above it: close in a tight list, half a line apart in a loose one."""
        first = below[0]
        if isinstance(first, Par) and first.style.startswith(LISTS):
            first.close = tight
            if not tight:
                first.vary(before=self.lead / 2, apart=True)

    def _close_ranks(self, story: Story) -> None:
        """Take the space from between items that stand close. Word does that by itself where both wear the same style (17.3.1.9)."""
        pairs = [(a, b) for a, b in pairwise(story) if isinstance(a, Par) and isinstance(b, Par) and b.close and a.style.startswith(LISTS)]
        for above, below in (*pairs, *pairs[::-1], *pairs):  # what one item loses, its neighbours on both sides must know
            if above.style != below.style or above.variation != below.variation:
                above.vary(after=0.0)
                below.vary(before=0.0)

    def _chained(self, node: List, base: float, chain: _Chain | None, level: int) -> _Chain:
        """The list of several levels that a list is part of, from its own level on: that around it where it fits, else one of its own."""
        format_ = _format(node)
        if chain and level < len(chain.levels):
            own = chain.levels[level]
            if own.format == format_ and _hanging(node, self.lead) <= own.hanging and (node.start == 1 or not node.ordered):
                return chain
        above = chain.levels[:level] if chain else ()
        levels = list(above)
        left, lists = levels[-1].left if levels else base, [node]
        while lists and len(levels) < LEVELS:
            own_format = _format(lists[0])
            wide = max(_hanging(each, self.lead) for each in lists if _format(each) == own_format)
            left += wide
            levels.append(Level(own_format, left, wide))
            lists = [sub for each in lists for item in each.items for sub in item.content if isinstance(sub, List)]
        return _Chain(self.package.lists.new(tuple(levels), level, node.start), tuple(levels))

    def _item(self, item: ListItem, node: List, chain: _Chain, level: int, outer: Place, place: Place, leads: bool) -> Story:
        style = outer.style or list_style("ListNumber" if node.ordered else "ListBullet", outer.depth)
        first, at, names, rest = _opening(item.content, place)
        look = self.look(at, style)
        own = chain.levels[level]
        number, box = chain.number, list[Element]()
        if item.checked is not None:
            props = self.props(look.with_("CheckBox"))
            box = [word.checkbox(self.package.next_control(), item.checked, BOXES, SYMBOLS, props)]
            box += self.text(" ", look) if node.ordered else [word.run(None, word.tab())]
        if not node.ordered and (item.checked is not None) != (own.format == "check"):
            other = msgspec.structs.replace(own, format="bullet" if item.checked is None else "check")
            number = self.package.lists.new((*chain.levels[:level], other), level, 1)
        lead: Sequence[Inline] = first.content
        runs: list[Element] = []
        if leads and (strong := lead_in(item)):
            runs = self.inlines(strong.content, look.with_("LeadIn"))
            lead = lead[1:]
        content = [*box, *runs, *self.inlines(lead, look)]
        par = self.made(style, content, msgspec.structs.replace(at, indent=0.0), first.id)
        par.number = Number(number, level, own.left - own.hanging, own.left)
        out: Story = [par]
        for name in names:
            out = self.mark_first(out, name)
        return self.mark_first([*out, *self._continued(rest, par, node, chain, level, outer, place)], item.id)

    def _continued(self, blocks: Sequence[Block], first: Par, node: List, chain: _Chain, level: int, outer: Place, place: Place) -> Story:
        """What follows the first paragraph of an item: paragraphs as continuations, lists a level below, all else at the item's indent."""
        out: Story = []
        counted = False
        for block in blocks:
            if isinstance(block, Paragraph):
                style = outer.style or list_style("ListContinue", outer.depth)
                par = self.paragraph(style, block.content, msgspec.structs.replace(place, indent=0.0), block.id)
                par.vary(left=place.indent)
                if not outer.style:
                    par.vary(before=self.lead / 2, apart=True)
                part: Story = [par]
            elif isinstance(block, List):
                fresh = block.ordered and (counted or (first.number is not None and first.number.list != chain.number))
                part = self._list(block, place, _Chain("", chain.levels[: level + 1]) if fresh else chain, level + 1)
                counted = counted or block.ordered
                if part:
                    self._joined(part, node.tight)
            elif isinstance(block, Passage):
                part = self.mark_first(self._continued(block.content, first, node, chain, level, outer, place.within(block)), block.id)
            else:
                part = self.block(block, place)
            self.spaced(out or [first], part)
            out.extend(part)
        return out

    # -- Figures ---------------------------------------------------------------------------------------------------------------------

    def figure(self, node: Figure, place: Place) -> Story:
        """Pictures, in rows, and the caption with the credit below them."""
        look = self.look(place)
        captioned = bool(node.caption or node.credit)
        rows = self._picture_rows(node.pictures, place.room)
        out: Story = []
        for n, row in enumerate(rows):
            runs: list[Element] = []
            for picture, width, height in row:
                if runs:
                    runs.extend(self.text(" ", look))
                runs.extend(self.image(picture, look, width, height, ""))
            if runs:
                out.append(self.made("CaptionedFigure" if captioned or n < len(rows) - 1 else "Figure", runs, place))
        if captioned:
            runs = self._caption(node, look)
            if node.credit:
                runs += [*(self.text(" ", look) if node.caption else ()), *self.inlines(node.credit, look.with_("Credit"))]
            out.append(self.made("Caption", runs, place))
        return self.mark_first(out, node.id)

    def _caption(self, node: Figure | Table, look: Look) -> list[Element]:
        """A caption, with the label and number that Word counts where it has one."""
        label = self.labels.get(id(node))
        return [*self.label(label, look), *self.inlines(label.rest, look)] if label else self.inlines(node.caption, look)

    def _picture_rows(self, pictures: Sequence[Image], room: float) -> list[list[tuple[Image, float, float]]]:
        """Rows of pictures with the width and height that each may take: two or three loaded ones stand side by side at one height."""
        sizes = [self.size(p) for p in pictures]
        if 2 <= len(pictures) <= 3 and all(w and h for w, h in sizes) and not any(p.width for p in pictures):
            height = (room - 6.0 * (len(pictures) - 1)) / sum(w / h for w, h in sizes)
            height = min(height, self.tallest, min(h for _, h in sizes) * PIXEL)
            return [[(p, w / h * height, height) for p, (w, h) in zip(pictures, sizes, strict=True)]]
        return [[(p, room, self.tallest)] for p in pictures]

    # -- Tables ----------------------------------------------------------------------------------------------------------------------

    def _table(self, node: Table, place: Place) -> Story:
        out: Story = []
        if node.caption:
            look = self.look(place, "TableCaption")
            out.append(self.made("TableCaption", self._caption(node, look), msgspec.structs.replace(place, align="")))
        count = len(node.columns)
        if count and (node.head or node.body or node.foot):
            if place.box:  # from edge to edge, or there would be holes in the tint
                place = msgspec.structs.replace(place, indent=place.box[0], room=place.box[1])
            room, padding = place.room, 2 * BOX if place.box else PADDING
            pieces = tables.parts(node, count, room, self.theme.style("table-cell").size, padding)
            if len(pieces) > 1:
                self.say("export-note", f"a table of {count} columns is too wide for Word's pages: it stands in {len(pieces)} parts")
            for n, part in enumerate(pieces):
                if n:
                    out.append(Par("TableEnd", []))
                out.append(self._grid(node, part, place))
        return self.mark_first(out, node.id)

    def _grid(self, node: Table, part: tables.Part, place: Place) -> Grid:
        title = _shortened(plain_text(node.caption, notes=False))
        rows = node.head or node.body or node.foot
        description = _shortened("; ".join(filter(None, (" ".join(plain_text(c.content, notes=False).split()) for c in rows[0].cells))))
        element = word.table(
            "TableBoxed" if place.box else "TablePublished", part.widths, indent=place.indent, rtl=place.rtl,
            head=bool(node.head), foot=bool(node.foot), row_heads=any(r.cells and r.cells[0].header for r in node.body),
            title=title, description=description)
        for kind, group in (("head", part.head), ("body", part.body), ("foot", part.foot)):
            for row in group:
                element.append(word.row([self._cell(spot, kind, part, place) for spot in row], kind == "head"))
        return Grid(element)

    def _cell(self, spot: tables.Spot, kind: str, part: tables.Part, place: Place) -> Element:
        width = sum(part.widths[spot.column : spot.column + spot.span])
        style = {"head": "TableHead", "foot": "TableTotal"}.get(kind, "TableText")
        align = part.aligns[spot.column]
        room = width - (2 * BOX if place.box else PADDING)
        inner = Place(place.host, room, style, language=place.language, rtl=place.rtl, align=align if align != "left" else "",
                      noted=place.noted, box=(0.0, width) if place.box else None)
        story = self._closed(self.blocks(spot.cell.content, inner), style)
        return word.cell(width, self.package.elements(story), spot.span, spot.merged)


def _opening(blocks: Sequence[Block], place: Place) -> tuple[Paragraph, Place, list[str], Sequence[Block]]:
    """The paragraph that begins an item, within passages too: with its place, the ids of these passages, and the blocks that follow."""
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph):
        return first, place, [], blocks[1:]
    if isinstance(first, Passage) and first.content:
        par, at, names, rest = _opening(first.content, place.within(first))
        left = (msgspec.structs.replace(first, content=tuple(rest), id=""),) if rest else ()
        return par, at, [first.id, *names], (*left, *blocks[1:])
    return Paragraph(()), place, [], blocks


def _format(node: List) -> Format:
    """The marks of a list: where every item has a box to tick, it has no others."""
    if not node.ordered and node.items and all(item.checked is not None for item in node.items):
        return "check"
    return node.style


def _hanging(node: List, lead: float) -> float:
    """How far the marks of a list stand before its lines, in points: as wide as its widest number asks."""
    last = node.start + len(node.items) - 1
    if "roman" in node.style:
        return lead * (1.5 if last < 13 else 2.5)
    return lead * max(1.0, 0.25 + 0.5 * len(str(last))) if node.style == "decimal" else lead


def _shortened(text: str) -> str:
    """An alternative text of a table on one line, with an ellipsis where it is very long."""
    text = " ".join(text.split())
    return text if len(text) <= 255 else text[:254].rstrip() + "…"

