"""A theme and what is known of an article go in; the sheet of its pages and their running heads come out."""

from __future__ import annotations

from collections.abc import Iterator

from pubkit.exporters.word.elements import Element, Props, field, languages, merge, paragraph, run, tab, text
from pubkit.exporters.word.styles import Styles
from pubkit.model import Meta
from pubkit.theme import Theme

__all__ = ["Heads"]

CHARACTERS = 2.1  # of running text to an em


class Heads:
    """The heads and feet of a section's pages. On the first page, which carries the title, there is the number of the page alone."""

    def __init__(self, theme: Theme, styles: Styles, meta: Meta, language: str, rtl: bool) -> None:
        self.theme = theme
        self.styles = styles
        self.meta = meta
        self.rtl = rtl
        self.look: Props = merge({"lang": languages(language)}, {"rtl": {}} if rtl else {})

    def all(self) -> Iterator[tuple[str, str, Element]]:
        """Header or footer, the pages that it is for, and its paragraph."""
        heads = self.theme.choices.heads
        title, house = (self._short(text, 0.5 if heads == "both" else 0.9) for text in (self.meta.title_text, self.meta.publisher))
        if heads == "foot":
            yield "header", "default", self._line("Header", "", "")
            yield "footer", "default", self._line("Footer", house or title, "PAGE")
        else:
            left = house if heads == "both" else ""
            yield "header", "default", self._line("Header", left, title)
            yield "footer", "default", self._line("Footer", "", "PAGE")
        yield "header", "first", self._line("Header", "", "")
        yield "footer", "first", self._line("Footer", "", "" if heads == "foot" else "PAGE")
        if self.two_sided:
            yield "header", "even", self._line("Header", house or title, "") if heads != "foot" else self._line("Header", "", "")
            yield "footer", "even", self._line("Footer", "PAGE", house or title if heads == "foot" else "")

    def _short(self, text: str, share: float) -> str:
        """A text that fits a share of the line, cut between words."""
        length = int(self.theme.page.measure * share / self.theme.style("running-head").size * CHARACTERS)
        return text if len(text) <= length else (text[:length].rpartition(" ")[0] or text[:length]).rstrip(",;:–— ") + "…"

    @property
    def two_sided(self) -> bool:
        """Whether pages face each other."""
        return self.theme.choices.sides == "two"

    def _line(self, style: str, left: str, right: str) -> Element:
        content = [*self._words(left), *([run(None, tab()), *self._words(right)] if right else [])]
        return paragraph(style, content, rtl=self.rtl)

    def _words(self, words: str) -> list[Element]:
        if words == "PAGE":
            return field("PAGE", "1", {"rStyle": {"val": "PageNumber"}})
        return [run(self.look, text(words))] if words else []

    def page(self) -> tuple[tuple[float, float], dict[str, float]]:
        """Width and height of the sheet and its margins, in points."""
        page, lead = self.theme.page, self.theme.type.leading
        margins = {"top": page.top, "right": page.right, "bottom": page.bottom, "left": page.left,
                   "header": max(18.0, page.top - 2 * lead), "footer": max(18.0, page.bottom - 2 * lead)}
        return (page.width, page.height), margins
