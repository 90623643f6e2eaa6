"""Laid-out pages go in; the structure tree of their PDF comes out, built from the elements of the markup that the boxes were made of.

WeasyPrint draws without tags of its own. `Tagger` switches its marking of content on while a page is painted, and then gives every
marked piece to the element of the markup it came from: an element that runs over lines, columns or pages is one structure element. What
a reader takes out of the marked pieces is compared with the words of the markup, and where the glyphs would say something else (a space
lost at a line's end, a hyphen of the layout, a line from right to left) the true text is written beside them.

It leans on names that WeasyPrint does not publish: ``Page._page_box``, ``Document._html``, ``Stream._tags``, ``Stream._resources``, the
box classes and their ``element``, ``element_tag`` and ``link_annotation``.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from pubkit import words
from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.exporters import glyphs
from pubkit.exporters.structure import Annotation, Content, Element, write

__all__ = ["Tagger"]

TYPES = {
    "article": "Art", "section": "Sect", "aside": "Aside", "blockquote": "BlockQuote", "nav": "Div", "figure": "Div",
    "p": "P", "pre": "P", "h1": "H1", "h2": "H2", "h3": "H3", "h4": "H4", "h5": "H5", "h6": "H6",
    "ul": "L", "ol": "L", "dl": "L", "figcaption": "Caption",
    "table": "Table", "caption": "Caption", "thead": "THead", "tbody": "TBody", "tfoot": "TFoot", "tr": "TR", "th": "TH", "td": "TD",
    "a": "Link", "code": "Code", "kbd": "Code", "samp": "Code", "q": "Quote", "abbr": "Span", "em": "Em", "strong": "Strong",
    "b": "Strong", "i": "Em", "sub": "Sub", "sup": "Sup", "del": "Span", "s": "Span", "mark": "Span",
}
"""Elements of the markup and their types (ISO 32000-1, 14.8.4); others are passed over, and what they hold goes to their parent."""
INLINE = frozenset(("a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "s",
                    "samp", "small", "span", "strong", "sub", "sup", "time", "u", "wbr"))
INLINE_TYPES = frozenset(("Span", "Em", "Strong", "Sub", "Sup", "Quote", "Code", "Link", "Reference", "Formula"))
GROUPS = frozenset(("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Aside", "Note"))  # text in them stands in a P
KEPT_EMPTY = frozenset(("TD", "TH", "LBody"))
TEXT_TYPES = frozenset(("P", "H1", "H2", "H3", "H4", "H5", "H6"))
_PLACES = frozenset(("Table", "LBody", "Lbl", "Caption", "L", "Document"))
_BLOCKS = frozenset(("L", "P", "Table", "Div", "Note"))
NUMBERINGS = {"disc": "Disc", "circle": "Circle", "square": "Square", "decimal": "Decimal", "lower-roman": "LowerRoman",
              "upper-roman": "UpperRoman", "lower-alpha": "LowerAlpha", "upper-alpha": "UpperAlpha"}
UNSEEN = dict.fromkeys((0x200B, 0x00AD, 0x2060))  # places to break, which are no part of a text
ALIKE = {**UNSEEN, 0x00A0: " ", 0x202F: " "}
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
OBJECT = "\ufffc"  # a picture among words
REACH = 400
HYPHENS = "-\u2010\u2011\u00ad"
GLYPHS = re.compile(rb"<([0-9a-f]+)>")
LAST_GLYPH = re.compile(rb"<([0-9a-f]*?)([0-9a-f]{4})>([^<>]*)\] TJ\Z")


class Mark(NamedTuple):
    """Marked content in a content stream.

    ``at``: where its property list stands. ``form``: the form it is drawn in, if any. ``shown``: where its texts stand, and their fonts.
    """

    stream: Any
    at: int
    form: Any
    shown: list[tuple[int, str]]


class Piece:
    """One drawn box of text: what it must say to a reader, and what follows it in the markup before the next piece.

    ``element``: the structure element that says it, where the content cannot.
    """

    __slots__ = ("element", "gap", "hyphenated", "mark", "text")

    def __init__(self, mark: Mark, text: str, element: Element | None) -> None:
        self.mark = mark
        self.text = text
        self.element = element
        self.gap = ""
        self.hyphenated = False


class Flow:
    """The text of one block as the markup has it, followed piece by piece as it is drawn."""

    def __init__(self, source: str, exact: bool) -> None:
        self.exact = exact
        self.source = self.plain(source)
        self.at = 0
        self.piece: Piece | None = None

    def plain(self, text: str) -> str:
        text = text.translate(UNSEEN)
        return text if self.exact else re.sub(r"[ \t\r\n\f]+", " ", text)

    def add(self, piece: Piece, hyphen: str) -> None:
        """Find the next piece in the source, and keep with the last one what lies between them."""
        text = self.plain(piece.text)
        found = self.find(text)
        if found is None and hyphen and text.endswith(hyphen) and (found := self.find(text.removesuffix(hyphen))) is not None:
            text = text.removesuffix(hyphen)
            piece.hyphenated = True
        if found is None:  # not as the markup has it: a word ends where a piece ends; go on where the words are seen again
            gap, text = " ", text.strip()
            found = self.source.find(text, self.at, self.at + len(text) + REACH)
        else:
            gap = self.source[self.at : found].replace(OBJECT, "")
        if found >= 0:
            self.at = found + len(text)
        self.follow(piece, gap)

    def find(self, text: str) -> int | None:
        """Where the text stands, if only space and pictures lie before it."""
        at, source = self.at, self.source
        while not source.startswith(text, at):
            if at >= len(source) or not (source[at].isspace() or source[at] == OBJECT):
                return None
            at += 1
        return at

    def follow(self, piece: Piece, gap: str) -> None:
        """Take a piece that stands behind ``gap``."""
        if self.piece and gap and not self.piece.text[-1:].isspace() and not piece.text[:1].isspace():
            self.piece.gap = gap
        self.piece = piece


class Tagger:
    """The structure tree of one document: make it before the document is drawn, call `finish` when its PDF objects are there.

    Args:
        document: what WeasyPrint laid out, to be drawn without tags of its own.
    """

    def __init__(self, document: Any) -> None:
        from weasyprint.formatting_structure import boxes

        self.document = document
        self.kinds = boxes
        root = document._html.etree_element
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.notes: dict[Any, int] = {}
        self.texts = glyphs.Texts()
        self.painted: list[tuple[Any, dict[Any, Any], dict[int, Mark]]] = []
        self.found: list[Diagnostic] = []
        for page in document.pages:
            self._links(page)
            self._watch(page)

    # --- Before drawing -------------------------------------------------------------------------------------------------------------

    def _links(self, page: Any) -> None:
        """One annotation for each line of a link, none in margins; calls and marks of notes lead to each other."""
        left_out: set[int] = set()
        for box in page._page_box.descendants():
            if isinstance(box, self.kinds.MarginBox):
                left_out.update(id(inner) for inner in box.descendants())
        for *_, box in page.links:
            left_out.update(id(inner) for inner in box.descendants() if inner is not box)
        page.links[:] = [link for link in page.links if id(link[3]) not in left_out]
        for box in page._page_box.descendants():
            part = _pseudo(box)
            if part in ("footnote-call", "footnote-marker") and isinstance(box, self.kinds.InlineBox):
                number = self.notes.setdefault(box.element, len(self.notes) + 1)
                here, there = ("call", "note") if part == "footnote-call" else ("note", "call")
                x, y, width, height = box.hit_area()
                area = (x, y, x + width, y + height)
                page.anchors[f"_note-{number}-{here}"] = area
                page.links.append(("internal", f"_note-{number}-{there}", area, box))

    def _watch(self, page: Any) -> None:
        """Mark content while the page is painted, and keep which box was marked how. An override on the instance, not on the class."""
        paint = page.paint

        def painted(stream: Any, scale: float = 1) -> None:
            before = set(stream._resources["XObject"])
            tags: dict[Any, Any] = {}
            stream._tags = tags
            paint(stream, scale)
            stream._tags = None
            marks: dict[int, Mark] = {}
            _scan(stream, None, marks)
            for key, form in stream._resources["XObject"].items():  # what shows through is drawn in a form of its own
                if key not in before and hasattr(form, "stream"):
                    _scan(form, form, marks)
            for box in tags:
                if isinstance(box, self.kinds.TextBox) and glyphs.RIGHT_TO_LEFT.search(box.text):
                    self.texts.add(box)
            self.painted.append((page, {box: tag["mcid"] for box, tag in tags.items()}, marks))
            self.scale = scale
            if len(self.painted) == len(self.document.pages):  # the next step writes the fonts
                self.texts.settle(self.document.fonts)
                for font in self.document.fonts.values():
                    _tell_apart(font.to_unicode)

        page.paint = painted

    # --- The tree -------------------------------------------------------------------------------------------------------------------

    def finish(self, pdf: Any) -> None:
        """Build the tree and add it to a pydyf ``PDF``. ``found`` then holds what had no place in it."""
        self.root = Element("Document", None)
        self.elements: dict[tuple[Any, str], Element] = {}
        self.bodies: list[tuple[Element, Any]] = []
        self.flows: dict[Any, Flow] = {}
        self.pieces: list[Piece] = []
        self.first_page: dict[Any, int] = {}
        for number, (page, boxes, marks) in enumerate(self.painted):
            self.number, self.page, self.boxes, self.marks = number, page, boxes, marks
            self._walk(page._page_box, self.root, None, "")
            for box in list(boxes):
                self.found.append(diagnostic("content-untagged", f"page {number + 1} shows {getattr(box, 'text', 'something')!r:.60}, "
                                                                 "which has no place in the structure tree"))
                self._artifact(box, {})
        self._place_notes()
        self.root.prune(KEPT_EMPTY)
        self._tidy(self.root)
        _Texts(self.document).settle(self.pieces)
        write(pdf, self.root)

    def _walk(self, box: Any, parent: Element, artifact: dict[str, Any] | None, gap: str) -> None:
        """Give what a box and the boxes in it have drawn to structure elements, or make artifacts of it."""
        boxes = self.kinds
        if type(box).__name__ == "AbsolutePlaceholder":
            box, gap = box._box, " "
        if artifact is None:
            artifact = self._artifact_of(box)
        if artifact is None:
            if box.element is not None:
                parent = self._element_of(box, parent)
            if getattr(box, "link_annotation", None):
                self._annotate(box, parent)
        if box in self.boxes:
            blank = isinstance(box, boxes.TextBox) and not box.text.strip(" \n\t\u200b")
            if artifact is not None or blank or box.style["visibility"] != "visible":
                self._artifact(box, artifact or {})
            else:
                self._content(box, parent, isinstance(box, boxes.TextBox), gap)
        for child in box.children if isinstance(box, boxes.ParentBox) else ():
            self._walk(child, parent, artifact, gap)

    def _artifact_of(self, box: Any) -> dict[str, Any] | None:
        """The properties of an artifact (14.8.2.2) where a box begins one, else None."""
        import pydyf

        if isinstance(box, self.kinds.MarginBox):
            edge = box.at_keyword.lstrip("@").split("-")[0].capitalize()
            kind = {"Top": {"Subtype": "/Header"}, "Bottom": {"Subtype": "/Footer"}}.get(edge, {})
            return {"Type": "/Pagination", "Attached": pydyf.Array([f"/{edge}"]), **kind}
        element = box.element
        if box.is_leader or (element is not None and _decorative(element)):
            return {"Type": "/Layout"}
        repeats = getattr(box, "is_header", False) or getattr(box, "is_footer", False) or isinstance(box, self.kinds.TableCaptionBox)
        if repeats and self.first_page.setdefault(element, self.number) != self.number:  # drawn again on a later page
            return {"Type": "/Pagination"}
        return None

    def _content(self, box: Any, parent: Element, text: bool, gap: str) -> None:
        mcid = self.boxes.pop(box)
        mark = self.marks.get(mcid)
        if mark is None:  # never reached the page
            return
        host = self._host(parent)
        spoken = None
        if text and glyphs.RIGHT_TO_LEFT.search(box.text):  # drawn as it is seen: what is said stands in an element of its own
            host = spoken = Element("Span", host)
        host.kids.append(Content(self.number, mcid, mark.form))
        if text:
            piece = Piece(mark, box.text, spoken)
            self.pieces.append(piece)
            flow = self._flow(box)
            if _pseudo(box):
                flow.follow(piece, gap)
            else:
                flow.add(piece, box.style["hyphenate_character"])

    def _artifact(self, box: Any, properties: dict[str, Any]) -> None:
        """Turn marked content into an artifact: rewrite its property list and operator."""
        import pydyf

        mark = self.marks.get(self.boxes.pop(box))
        if mark is None:
            return
        operators = mark.stream.stream
        operators[mark.at - 1] = "/Artifact"
        operators[mark.at], operators[mark.at + 1] = (pydyf.Dictionary(properties), b"BDC") if properties else (b"", b"BMC")

    def _host(self, parent: Element) -> Element:
        """Where inline content of an element goes: groups hold blocks alone, so it stands in a paragraph there."""
        if parent.type not in GROUPS:
            return parent
        last = parent.last()
        return last if last and last.source is None and last.type == "P" else Element("P", parent)

    def _element_of(self, box: Any, parent: Element) -> Element:
        source, part = box.element, _pseudo(box)
        if (source, part) not in self.elements:
            if not part and isinstance(box, (self.kinds.TextBox, self.kinds.LineBox)) and (source, "") in self.elements:
                return self.elements[source, ""]
            self.elements[source, part] = self._made_part(box, part, parent) if part else self._made(box, source, parent)
        return self.elements[source, part]

    def _made_part(self, box: Any, part: str, parent: Element) -> Element:
        """The element of generated content."""
        source = box.element
        if part == "marker":
            item = self.elements.get((source, "item"))
            return Element("Lbl", item, source, 0) if item else parent
        if part == "footnote-call":
            return Element("Link", Element("Reference", self._host(parent), source), source)
        if part == "footnote-marker":
            return Element("Lbl", parent, source)
        return parent

    def _made(self, box: Any, source: Any, parent: Element) -> Element:
        """The new structure element of an element of the markup, or ``parent`` where there is to be none."""
        tag = source.tag
        if box.style["float"] == "footnote" or (source, "footnote-call") in self.elements:
            note = Element("Note", None, source)
            note.attributes["ID"] = f"note-{self.notes[source]}"
            self.bodies.append((note, source))
            return self._spoken(note, source)
        if tag == "li" and (of := self.parents.get(self.parents[source])) is not None and _has_class(of, "pk-notes"):
            note = self.elements[source, "item"] = self._spoken(Element("Note", parent, source), source)
            note.attributes["ID"] = source.get("id", "").lstrip("_")
            return note
        if tag == "li":
            return self._item(source, parent)
        if tag in ("dt", "dd"):
            return self._definition(source, parent)
        if tag == "img":
            return self._picture(box, source, parent)
        if _has_class(source, "pk-check"):
            item = self.elements.get((self.parents[source], "item"))
            label = Element("Lbl", item, source, 0) if item else Element("Span", self._host(parent), source)
            label.attributes["Alt"] = source.get("aria-label", "")
            return label
        kind = TYPES.get(tag, "")
        if _has_class(source, "pk-pull"):
            kind = "BlockQuote"
        elif kind == "L" and self._in_contents(source):
            kind = "TOC"
        elif ((kind == "Code" and parent.type == "Code") or (kind == "Link" and not source.get("href"))
              or (kind == "L" and _has_class(self.parents[source], "pk-notes"))):
            kind = ""
        kind = kind or self._plain(source)
        if not kind:
            return parent
        if kind in INLINE_TYPES:
            parent = self._host(parent)
        if kind == "Link" and (source.get("role") == "doc-noteref" or (parent.type in ("TOCI", "P") and self._in_contents(source))):
            parent = Element("Reference", parent, source)
        made = self._spoken(Element(kind, parent, source), source)
        self._describe(made, box)
        return Element("Code", made) if tag == "pre" and source.find("code") is None else made

    def _plain(self, source: Any) -> str:
        """The type of an element without a meaning of its own: P for a box of words, a group or span for a language, else ''."""
        if source.tag in INLINE:
            return "Span" if source.get("lang") or source.get("aria-label") else ""
        if source.tag in ("html", "body"):
            return ""
        if (source.text or "").strip() or any(child.tag in INLINE and child.tag != "img" for child in source):
            return "P"
        return "Div" if source.get("lang") else ""

    def _item(self, source: Any, parent: Element) -> Element:
        if self._in_contents(source):
            return self.elements.setdefault((source, "item"), Element("TOCI", parent, source))
        item = self.elements[source, "item"] = self._spoken(Element("LI", parent, source), source)
        return Element("LBody", item, source)

    def _definition(self, source: Any, parent: Element) -> Element:
        """A term or a definition: the terms of a group are its labels, the definitions one body."""
        last = parent.last()
        bodies = [kid for kid in last.elements if kid.type == "LBody"] if last else []
        if source.tag == "dt":
            item = last if last and not bodies else Element("LI", parent)
            return self._spoken(Element("Lbl", item, source), source)
        body = bodies[0] if bodies else Element("LBody", last or Element("LI", parent))
        words_alone = (source.text or "").strip() or any(child.tag in INLINE for child in source)
        return self._spoken(Element("P", body, source), source) if words_alone else body

    def _picture(self, box: Any, source: Any, parent: Element) -> Element:
        import pydyf

        formula = _has_class(source, "pk-formula")
        inline = source.tag in INLINE and parent.type not in GROUPS
        made = Element("Formula" if formula else "Figure", parent, source)
        made.attributes["Alt"] = source.get("alt", "")
        scale, height = self.scale, self.page.height
        x, y = box.content_box_x(), box.content_box_y()
        made.attributes["A"] = pydyf.Dictionary({
            "O": "/Layout", "Placement": "/Inline" if inline else "/Block",
            "BBox": pydyf.Array((x * scale, (height - y - box.height) * scale, (x + box.width) * scale, (height - y) * scale))})
        return made

    def _describe(self, made: Element, box: Any) -> None:
        """The attributes of lists, cells, struck words and abbreviations (14.8.5)."""
        import pydyf

        source = box.element
        if made.type == "L":
            style = "none" if source.tag == "dl" else str(box.style["list_style_type"])
            made.attributes["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{NUMBERINGS.get(style, 'None')}"})
        elif made.type in ("TH", "TD"):
            cell: dict[str, Any] = {}
            if box.colspan != 1:
                cell["ColSpan"] = box.colspan
            if box.rowspan != 1:
                cell["RowSpan"] = box.rowspan
            if made.type == "TH":
                cell["Scope"] = "/Row" if source.get("scope") == "row" else "/Column"
            if cell:
                made.attributes["A"] = pydyf.Dictionary({"O": "/Table", **cell})
        elif source.tag in ("del", "s"):
            made.attributes["A"] = pydyf.Dictionary({"O": "/Layout", "TextDecorationType": "/LineThrough"})
        elif source.tag == "abbr" and source.get("title"):
            made.attributes["E"] = source.get("title")

    def _spoken(self, made: Element, source: Any) -> Element:
        """The element with its language, where that is not the one around it."""
        own = source.get("lang")
        if own and own != self._language(self.parents.get(source)):
            made.attributes["Lang"] = own
        return made

    def _language(self, source: Any) -> str:
        while source is not None:
            if lang := source.get("lang"):
                return str(lang)
            source = self.parents.get(source)
        return ""

    def _in_contents(self, source: Any) -> bool:
        while source is not None:
            if source.tag == "nav":
                return True
            source = self.parents.get(source)
        return False

    def _annotate(self, box: Any, parent: Element) -> None:
        """Put a link's annotation into its element, with the words of the link for readers that list links alone."""
        import pydyf

        source, part = box.element, _pseudo(box)
        link = parent
        if part == "footnote-marker":  # the number before a note leads back
            link = self.elements.setdefault((source, "back"), Element("Link", parent, source))
            self.elements[source, part] = link
        if part in ("footnote-call", "footnote-marker"):
            language = self._language(source) or "en"
            number = str(self.notes[source])
            back = f"{words.word('back_to_text', language)}: {number}"
            said = words.word("footnote", language, n=number) if part == "footnote-call" else back
        else:
            text = "".join(_inner(source, self._is_block)) + "".join(f" {image.get('alt', '')}" for image in source.iter("img"))
            said = " ".join(text.translate(UNSEEN).replace(OBJECT, "").split()) or source.get("title") or source.get("href")
        box.link_annotation["Contents"] = pydyf.String(said)
        link.kids.append(Annotation(self.number, box.link_annotation))

    # --- Texts ----------------------------------------------------------------------------------------------------------------------

    def _is_block(self, source: Any) -> bool:
        return source.tag not in INLINE or source in self.notes

    def _flow(self, box: Any) -> Flow:
        """The text that a box is a piece of: that of the block around it."""
        source = box.element
        if _pseudo(box) == "footnote-call":
            source = self.parents[source]
        elif _pseudo(box) in ("marker", "footnote-marker"):  # beside the text, not in it
            return Flow("", False)
        while not self._is_block(source) and source in self.parents:
            source = self.parents[source]
        if source not in self.flows:
            self.flows[source] = Flow("".join(_inner(source, self._is_block)), source.tag == "pre")
        return self.flows[source]

    # --- When all pages are walked --------------------------------------------------------------------------------------------------

    def _place_notes(self) -> None:
        """Notes stand behind the paragraph that calls them: behind the whole table for calls in cells, within the item of a list."""
        behind: dict[int, Element] = {}
        for note, source in self.bodies:
            call = self.elements.get((source, "footnote-call"), self.root)
            anchor = next((up for up in _ups(call) if up.type == "Table"), call)
            place = next(up for up in _ups(anchor) if up.type in TEXT_TYPES or up.type in _PLACES)
            if place.type in ("LBody", "Caption", "Document"):
                note.move(place, _behind_words(place, anchor))
            elif place.parent is not None:
                after = behind.get(id(place), place)
                note.move(place.parent, place.parent.kids.index(after) + 1)
                behind[id(place)] = note

    def _tidy(self, element: Element) -> None:
        """Give elements the form that they ought to have, now that it is known what they hold."""
        for kid in list(element.elements):
            self._tidy(kid)
            if kid.type == "Table" and not any(part.type == "TBody" for part in kid.elements):  # a head of nothing: rows alone (7.2-14)
                for part in [part for part in kid.elements if part.type in ("THead", "TFoot")]:
                    part.dissolve()
            elif kid.type == "Div" and kid.source is not None and kid.source.tag == "figure":
                self._tidy_figure(kid)

    def _tidy_figure(self, group: Element) -> None:
        """The caption of a table is its first kid; words under what is no picture are a paragraph; what stands alone needs no group."""
        inside = {inner.type: inner for inner in group.elements}
        caption, table = inside.get("Caption"), inside.get("Table")
        if caption and table:
            caption.move(table, 0)
        elif caption and "Figure" not in inside:
            caption.type = "P"
        if len(group.kids) == 1:
            group.dissolve()


class _Known(dict[int, str]):
    """The texts of a font's glyphs; a glyph without one says nothing."""

    def __missing__(self, glyph: int) -> str:
        return ""


class _Texts:
    """What readers take out of marked content, and how to make that the text of the markup."""

    def __init__(self, document: Any) -> None:
        self.fonts = {font.hash: font for font in document.fonts.values()}
        self.texts = {name: _Known(font.to_unicode) for name, font in self.fonts.items()}
        self.spaces = {name: next((glyph for glyph, text in known.items() if text == " "), None) for name, known in self.texts.items()}

    def settle(self, pieces: list[Piece]) -> None:
        """Write beside the glyphs what they do not say by themselves: as few bytes as will do."""
        import pydyf

        for piece in pieces:
            text = piece.text.translate(UNSEEN) + piece.gap
            if piece.hyphenated:
                text = piece.text[:-1].translate(UNSEEN) + "\u00ad"
            if piece.element:
                piece.element.attributes["ActualText"] = text
                continue
            shown = self.shown(piece.mark)
            if PRIVATE.search(text):  # what no standard names is said beside the glyph (ISO 19005-2, 6.2.11.7.3)
                piece.mark.stream.stream[piece.mark.at]["ActualText"] = pydyf.String(text)
                continue
            if shown.translate(ALIKE) == text.translate(ALIKE) and not piece.hyphenated:
                continue
            if piece.hyphenated and shown[:-1].translate(ALIKE) == text.translate(ALIKE) and self.hyphenate(piece.mark):
                continue
            if piece.gap == " " and (shown + " ").translate(ALIKE) == text.translate(ALIKE) and self.space(piece.mark):
                continue
            piece.mark.stream.stream[piece.mark.at]["ActualText"] = pydyf.String(text)

    def shown(self, mark: Mark) -> str:
        """The text that the glyphs of marked content stand for."""
        out = []
        for at, name in mark.shown:
            digits = b"".join(GLYPHS.findall(mark.stream.stream[at])).decode()
            codes = array("B" if self.fonts[name].bitmap else "H", bytes.fromhex(digits))
            if sys.byteorder == "little":
                codes.byteswap()
            out.append("".join(map(self.texts[name].__getitem__, codes)))
        return "".join(out)

    def space(self, mark: Mark) -> bool:
        """Put the font's space behind the last glyph. False where that cannot be."""
        if not mark.shown:
            return False
        at, name = mark.shown[-1]
        glyph, operator = self.spaces[name], mark.stream.stream[at]
        if glyph is None or self.fonts[name].bitmap or not operator.endswith(b"] TJ"):
            return False
        mark.stream.stream[at] = operator[:-4] + b"<%04x>] TJ" % glyph
        return True

    def hyphenate(self, mark: Mark) -> bool:
        """Say that the last glyph is a hyphen of the layout (14.9.4). False where that cannot be."""
        at, name = mark.shown[-1]
        last = LAST_GLYPH.search(mark.stream.stream[at])
        if not last or self.fonts[name].bitmap:
            return False
        before, glyph, rest = last.groups()
        head = mark.stream.stream[at][: last.start()] + (b"<" + before + b">" if before else b"")
        tail = b"/Span << /ActualText <feff00ad> >> BDC\n[<" + glyph + b">" + rest + b"] TJ\nEMC"
        mark.stream.stream[at] = tail if head == b"[" else head + b"] TJ\n" + tail
        return True


def _tell_apart(texts: dict[int, str]) -> None:
    """A glyph stands for one text in the whole file: where a font draws several signs alike, let that be the common one."""
    known = set(texts.values())
    for glyph, text in texts.items():
        if text in ("\u00a0", "\u202f") and " " not in known:
            texts[glyph] = " "
        elif text in HYPHENS and len(text) == 1 and "-" not in known:
            texts[glyph] = "-"


def _scan(stream: Any, form: Any, marks: dict[int, Mark]) -> None:
    """Find marked content and the texts in it in a drawn stream, and in the forms that it draws."""
    font, mark = "", None
    for at, operator in enumerate(stream.stream):
        if isinstance(operator, dict):
            if "MCID" in operator:
                mark = marks[operator["MCID"]] = Mark(stream, at, form, [])
        elif isinstance(operator, bytes):
            if operator == b"EMC":
                mark = None
            elif operator.endswith(b"TJ"):
                if mark:
                    mark.shown.append((at, font))
            elif operator.endswith(b" Tf"):
                font = operator.split()[0][1:].decode()
    if form is not None:
        for inner in form.extra["Resources"].get("XObject", {}).values():
            if hasattr(inner, "stream"):
                _scan(inner, inner, marks)


def _inner(source: Any, is_block: Any) -> Iterator[str]:
    """The text of an element without that of the blocks in it, which stand for a space."""
    yield source.text or ""
    for child in source:
        if is_block(child):
            yield "" if child.tag == "span" else "\n"
        elif child.tag == "br":
            yield "\n"
        elif child.tag == "img":
            yield OBJECT
        else:
            yield from _inner(child, is_block)
        yield child.tail or ""


def _behind_words(place: Element, anchor: Element) -> int:
    """Where a note goes among the kids of the element that holds its call: behind the running words, before the blocks below them."""
    below = next(up for up in _ups(anchor) if up.parent is place or up is place)
    at = place.kids.index(below) + 1 if below is not place else len(place.kids)
    while at < len(place.kids) and not (isinstance(kid := place.kids[at], Element) and kid.type in _BLOCKS):
        at += 1
    while at < len(place.kids) and isinstance(kid := place.kids[at], Element) and kid.type == "Note":
        at += 1
    return at


def _ups(element: Element) -> Iterator[Element]:
    """An element and those around it, from the inside."""
    up: Element | None = element
    while up is not None:
        yield up
        up = up.parent


def _pseudo(box: Any) -> str:
    return (box.element_tag or "").partition("::")[2]


def _has_class(source: Any, name: str) -> bool:
    return name in (source.get("class") or "").split()


def _decorative(source: Any) -> bool:
    return (source.get("aria-hidden") == "true" or source.get("role") in ("presentation", "none") or source.tag == "hr"
            or (source.tag == "img" and not source.get("alt")))
