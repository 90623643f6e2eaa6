"""The markup of pages goes in; it comes out, and is laid out, with the last corrections that a careful setter makes.

`glue` works on words before pages are laid out: no last line of one short word, no name broken over two lines. `Settler` works while
they are: a block of any height is padded so that the text after it stands on the grid of lines again, and a figure that opens a page and
would leave a hole on the page before changes places with the paragraph after it. For that it takes part in WeasyPrint's own layout, a
block and a page at a time, so that no page is laid out twice that has nothing to move.

It leans on names that WeasyPrint does not publish: ``layout.block.block_level_layout_switch``, ``layout.page.remake_page`` and
``layout.LayoutContext``.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TypeAlias
from xml.etree import ElementTree as ET

from pubkit.theme import Theme

__all__ = ["Settler", "glue", "settling"]

HOLE = 5  # lines that may stay empty before a figure that did not fit
FURTHEST = 3  # paragraphs that a figure may be moved over
CLOSE = 0.05  # of a pixel: no difference
PIXELS = 4 / 3  # in a point
Side: TypeAlias = Literal["before", "around", "after"]
AFTER: tuple[str, ...] = ("p", "ul", "ol", "dl", "blockquote", "hr")
BEFORE: tuple[str, ...] = ("h2", "h3", "h4", "h5", "h6")
RUNT = re.compile(r" (?=[^\W\d_]{1,5}[.,;:!?…”’»)\]]{0,3}\s*\Z)")
COLONS = (":", "\uff1a")
MOST_EVENED = 5  # lines
EVENED = ("pk-title", "pk-deck")  # and pull quotations: lines of about the same length


# --- Words --------------------------------------------------------------------------------------------------------------------------

def glue(root: ET.Element) -> None:
    """Join a short last word of a paragraph, and the words of an author's name, to what stands before: by a space that does not break."""
    for element in root.iter():
        if element.get("class") == "pk-author" and element.text:
            element.text = element.text.replace(" ", "\u00a0")
        elif element.tag == "p" and element.get("class") in (None, "pk-deck"):
            if len(element) == 0:
                element.text = _glued(element.text)
            else:
                element[-1].tail = _glued(element[-1].tail)


def _glued(text: str | None) -> str | None:
    """A text whose last word is joined to the one before, if it is short and many stand before it."""
    return RUNT.sub("\u00a0", text[-12:]).join((text[:-12], "")) if text and len(text) > 40 else text


# --- Pages --------------------------------------------------------------------------------------------------------------------------

class Settler:
    """What is corrected while one document is laid out.

    Args:
        root: its markup; figures are moved in it too, so that it stays in the order of the pages.
        theme: whose grid it keeps.
        limit: how many times one page may be laid out anew.
        settle: whether anything is corrected beyond what would be a fault.
    """

    def __init__(self, root: ET.Element, theme: Theme, limit: int, settle: bool = True) -> None:
        self.line = theme.type.leading * PIXELS
        self.unit = self.line if theme.choices.paragraph == "indent" else self.line / 2
        self.indent = theme.styles["text"].indent * PIXELS
        self.limit = limit if settle else 0
        self.evened: set[ET.Element] = set()
        self.sides: dict[ET.Element, Side] = {}
        self.parents: dict[ET.Element, ET.Element] = {}
        self.gridded = settle and _one_leading(root)
        self.moved: dict[ET.Element, int] = {}
        self.stay: set[ET.Element] = set()
        self.tries = 0
        self.tried: tuple[float, Any, int, int] | None = None
        for element in root.iter():
            name = element.get("class", "").partition(" ")[0]
            if settle and (name in EVENED or name == "pk-pull"):
                even = element.iterfind("p") if name == "pk-pull" else (element,)
                self.evened.update(e for e in even if len(e) == 0 or not any(c.get("class") == "pk-fn" for c in e.iter()))
            match name:
                case "pk-body":
                    for child in element:
                        self.sides[child] = "after" if child.tag in AFTER else "before" if child.tag in BEFORE else "around"
                        self.parents[child] = element
                case "pk-head" | "pk-toc":
                    self.sides[element] = "after"
                case _:
                    pass

    def pad(self, context: Any, box: Any, bottom_space: float) -> None:
        """Make a block end where a line of the grid ends, unless the page ends before."""
        if not self.gridded:
            return
        top = context.current_footnote_area.page.content_box_y()
        start = box.border_box_y()
        end = start + box.border_height() + max(box.margin_bottom, 0)
        missing = -(end - top) % self.unit
        if box.element.tag == "p" and self.unit - missing < self.line / 4:  # signs of other fonts have made its lines a little higher
            box.height -= self.unit - missing
            return
        if missing < CLOSE or self.unit - missing < CLOSE or context.overflows_page(bottom_space, end + missing):
            return
        side = self.sides[box.element]
        if side == "around" and start - top < self.line:
            side = "after"
        above = {"before": missing, "around": missing / 2, "after": 0.0}[side]
        if above:
            for child in box.children:
                child.translate(dy=above)
        box.padding_top += above
        box.padding_bottom += missing - above

    def even(self, box: Any, lay_out: Callable[[], Any]) -> None:
        """Narrow a short block as far as its lines allow without more of them, so that they are of about the same length."""
        place, margins = (box.position_x, box.position_y), (box.margin_left, box.margin_right)
        lines = _lines(lay_out())
        if not 2 <= lines <= MOST_EVENED:
            box.position_x, box.position_y = place
            return
        low, high = 0.5 * box.width, box.width
        for step in range(6):
            middle = high if step == 5 else (low + high) / 2
            (box.position_x, box.position_y), box.width, box.max_width = place, "auto", middle
            box.margin_left, box.margin_right = ("auto", "auto") if box.style["text_align_all"] == "center" else margins
            if step < 5:
                low, high = (low, middle) if _lines(lay_out()) == lines else (middle, high)
        box.position_x, box.position_y = place

    def better(self, page: Any, root_box: Any, resume_at: Any) -> bool:
        """Change what leaves a hole on a page, if anything can be done; whether the page is to be laid out anew.

        A figure that opens the next page moves behind the paragraph after it. Where that has not helped, it goes back.
        """
        hole = self.hole(page)
        if self.tried is not None:
            before, parent, at, over = self.tried
            self.tried = None
            if hole > before - self.line:
                self.swap(parent, at, over, back=True)
                self.stay.add(parent.children[at].element)
                return True
        place = _opening(root_box, resume_at)
        if place is None:
            return False
        parent, at = place
        element = parent.children[at].element
        if element.get("class", "").startswith("pk-toc"):  # the list of contents takes the page that the text would have begun
            for box in parent.children[at + 1 :]:
                box.style = box.style.copy()
                box.style["break_before"] = "auto"
            return False
        if hole <= HOLE * self.line or self.tries >= self.limit or element in self.stay or not self.movable(element):
            return False
        over = self.over(parent.children[at + 1 : at + 4])
        if not over:
            return False
        self.tries += 1
        self.moved[element] = self.moved.get(element, 0) + 1
        self.tried = hole, parent, at, over
        self.swap(parent, at, over)
        return True

    def swap(self, parent: Any, at: int, over: int, back: bool = False) -> None:
        """Let a figure change places with the blocks after it, among the boxes and in the markup."""
        children = list(parent.children)
        if back:
            children.insert(at, children.pop(at + over))
        else:
            children.insert(at + over, children.pop(at))
        figure = children[at if back else at + over].element
        parent.children = type(parent.children)(children)
        if self.indent:
            for place in range(max(at, 1), min(at + over + 2, len(children))):
                self.indented(children[place], children[place - 1])
        body = self.parents[figure]
        body.remove(figure)
        if back:
            body.insert(list(body).index(children[at + 1].element), figure)
        else:
            body.insert(list(body).index(children[at + over - 1].element) + 1, figure)

    def indented(self, box: Any, previous: Any) -> None:
        """Give a paragraph the indent that its new place asks for: the style sheet knew the old one."""
        if box.element.tag != "p" or box.element.get("class") not in (None, "pk-first"):
            return
        for part in (box, *box.children):
            length = part.style["text_indent"]
            part.style = part.style.copy()
            part.style["text_indent"] = type(length)(self.indent if previous.element.tag == "p" else 0, "px")

    def over(self, following: Any) -> int:
        """How many blocks a figure may move over: a paragraph, or one with the lower headings before it."""
        for count, box in enumerate(following, 1):
            if box.element not in self.parents or box.element.tag not in ("p", "h3", "h4", "h5", "h6"):
                return 0
            if box.element.tag == "p":
                return 0 if _announces(box.element) else count
        return 0

    def movable(self, figure: Any) -> bool:
        """Whether a block is a figure that may move: it has no notes, and the words before it do not announce it."""
        body = self.parents.get(figure)
        if body is None or figure.tag != "figure" or self.moved.get(figure, 0) >= FURTHEST:
            return False
        at = list(body).index(figure)
        return not (at and _announces(body[at - 1])) and not any(element.get("class") == "pk-fn" for element in figure.iter())

    def hole(self, page: Any) -> float:
        """How much of a page is empty below its text and above its notes."""
        box = page.children[0]
        while box.element not in self.sides:
            below = [child for child in getattr(box, "children", ()) if child.is_in_normal_flow()]
            if not below:
                return 0.0
            box = below[-1]
        if box.element not in self.parents:
            return 0.0
        return float(page.children[1].position_y - box.border_box_y() - box.border_height())


def _one_leading(root: ET.Element) -> bool:
    """Whether the text is of scripts that the theme's faces have; lines that others are mixed in are of many heights."""
    text = "".join(root.itertext())
    return sum(c > "\u058f" and not "\u1e00" <= c <= "\u2bff" for c in text) * 20 < len(text)


def _lines(result: Any) -> int:
    """How many lines a laid-out block of nothing else has; 0 where it has been broken off."""
    new, resume_at = result[:2]
    return sum(type(child).__name__ == "LineBox" for child in new.children) if new and not resume_at else 0


def _announces(element: ET.Element) -> bool:
    """Whether a paragraph ends with a colon: what it speaks of has to follow."""
    return "".join(element.itertext()).rstrip().endswith(COLONS)


def _opening(root_box: Any, resume_at: Any) -> tuple[Any, int] | None:
    """The box, with its parent, that the next page begins with; None where it goes on with one that this page has begun."""
    parent, at = None, 0
    box = root_box
    while resume_at:
        if len(resume_at) != 1:
            return None
        (at, resume_at), = resume_at.items()
        parent = box
        if at >= len(getattr(parent, "children", ())):
            return None
        box = parent.children[at]
    return (parent, at) if parent is not None else None


_settler: ContextVar[Settler | None] = ContextVar("settler", default=None)
_joined = threading.Lock()


@contextmanager
def settling(settler: Settler) -> Iterator[None]:
    """Let a settler take part in the layout of the document that is laid out within."""
    _join()
    token = _settler.set(settler)
    try:
        yield
    finally:
        _settler.reset(token)


def _join() -> None:
    """Put ourselves between WeasyPrint's layout and its blocks and pages, once in a process; without a settler nothing changes."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No fonts configured")
            from weasyprint.layout import LayoutContext, block, page
    except OSError:
        return  # a library is missing: the press says which
    with _joined:
        if hasattr(block.block_level_layout_switch, "pubkit"):
            return
        lay_out_block, lay_out_page, lay_out_notes = block.block_level_layout_switch, page.remake_page, LayoutContext._update_footnote_area

        def laid_out_block(context: Any, box: Any, bottom_space: float, *others: Any, **named: Any) -> Any:
            settler = _settler.get()
            if settler is None or box.element is None or box.element_tag != box.element.tag:
                return lay_out_block(context, box, bottom_space, *others, **named)
            if box.element in settler.evened:
                settler.even(box, lambda: lay_out_block(
                    context, box, bottom_space, *(list(o) if isinstance(o, list) else o for o in others), **named))
            result = lay_out_block(context, box, bottom_space, *others, **named)
            if box.element in settler.sides and result[0] is not None and result[1] is None:
                settler.pad(context, result[0], bottom_space)
            return result

        def laid_out_page(index: int, context: Any, root_box: Any, html: Any) -> Any:
            settler = _settler.get()
            if settler is not None:
                settler.tries, settler.tried = 0, None
            while True:
                before = list(context.footnotes), list(context.reported_footnotes), context.broken_out_of_flow
                page, resume_at = lay_out_page(index, context, root_box, html)
                if settler is None or resume_at is None or not settler.better(page, root_box, resume_at):
                    return page, resume_at
                context.footnotes[:], context.reported_footnotes, context.broken_out_of_flow = before
                context.page_maker[index][-1].update(content_changed=False, pages_wanted=False, anchors=[], content_lookups=[])

        def laid_out_notes(context: Any) -> Any:
            over = lay_out_notes(context)
            # Notes without a highest height never overflow their area: what says so is a rounding error, and would put them off.
            return over and _settler.get() is None

        laid_out_block.pubkit = True  # type: ignore[attr-defined]
        block.block_level_layout_switch, page.remake_page = laid_out_block, laid_out_page
        LayoutContext._update_footnote_area = laid_out_notes
