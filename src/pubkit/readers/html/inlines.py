"""Elements in a run of words come in; inlines of the model go out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from pubkit.diagnostics import Diagnostic
from pubkit.model import (
    Abbreviation,
    Code,
    Emphasis,
    Highlight,
    Image,
    Inline,
    LineBreak,
    Link,
    Math,
    SmallCaps,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Text,
    plain_text,
)
from pubkit.readers.html import media
from pubkit.readers.html.math import formula, is_math
from pubkit.readers.html.text import direction, language, shown, strip_ends, style, tidy
from pubkit.readers.html.tree import BLOCK, GONE, MEDIA, Child, Element, Findings
from pubkit.typography import quotation_marks

__all__ = ["WRAPPERS", "InlineConverter", "InlineReader", "has_source"]

InlineReader: TypeAlias = Callable[[str, int], tuple[Inline, ...]]

# What only groups or styles words, and the parts of an element that is said itself.
SILENT = frozenset(
    "a ins small big font center nobr tt blink time data label bdi bdo span output picture rb rp rt rtc ruby map slot abbr acronym p div "
    "li dt dd tr td th thead tbody tfoot caption option optgroup legend summary figcaption section address hgroup $root $soft".split())
CODE = frozenset("code kbd samp tt".split())
WRAPPERS: dict[str, Callable[[tuple[Inline, ...]], Inline]] = {
    "em": Emphasis, "i": Emphasis, "cite": Emphasis, "dfn": Emphasis, "var": Emphasis, "u": Emphasis, "strong": Strong, "b": Strong,
    "s": Strikethrough, "del": Strikethrough, "strike": Strikethrough, "mark": Highlight, "sub": Subscript, "sup": Superscript,
}
# Attributes that hold words, or lead to something, and go with an element that has no place.
_WORDS = ("title", "label", "caption", "heading", "summary", "description", "alt", "aria-label", "placeholder", "value", "text", "src",
          "href")
_TITLED = MEDIA | {"a", "img", "abbr", "acronym", "dfn"}
_QUOTE_SIGNS = "\"\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019\u201a\u2039\u203a\u300c\u300e'"


class InlineConverter:
    """Turns the elements of a run of words into inlines; ``diagnostics`` collects what it has to say.

    ``language`` is that of the words being read, where it is known; a reader sets that of the article.
    """

    def __init__(self, name: str = "", inline: InlineReader | None = None) -> None:
        self.name = name
        self.language = ""
        self.diagnostics: list[Diagnostic] = []
        self.read_inline: InlineReader = inline or _as_text
        self._findings = Findings(name, self.diagnostics)
        self._anchors: list[str] = []
        self._in_link = 0
        self._quotes = 0
        self._last_picture = ""

    def say(self, code: str, message: str, line: int, kind: str = "") -> None:
        """Adds a diagnostic; see `Findings.add`."""
        self._findings.add(code, message, line, kind)

    def dropped(self, element: Element) -> None:
        """Says that an element was left out, where one was written, and what words of its own went with it."""
        if not element.raw or element.tag == "$root":
            return
        attrs = element.attrs
        lost = [f"its {name} {shown(attrs[name])}" for name in _WORDS if attrs.get(name, "").strip()]
        if element.tag in GONE - {"script", "style"} and (words := element.words()):
            lost.append(f"its words {shown(words)}")
        if element.tag not in GONE and element.solid():
            fate = "; what it holds stays" + (f", {' and '.join(lost)} not" if lost else "")
        else:
            fate = " and was left out" + (f" with {' and '.join(lost)}" if lost else "")
        self.say("html-dropped", f"<{element.tag}> has no place in an article{fate}", element.line, f"<{element.tag}>")

    def noticed(self, element: Element) -> None:
        """Says what an element has beside its words: a title that nothing keeps, or that a browser hides it."""
        attrs, tag = element.attrs, element.tag
        if not element.raw or tag in GONE:
            return
        title = attrs.get("title", "").strip()
        if title and tag not in _TITLED and (tag in SILENT or tag in BLOCK or tag in WRAPPERS):
            self.say("html-dropped", f"the title {shown(title)} of <{tag}> was left out", element.line, f"<{tag} title>")
        if attrs.get("hidden", "until-found") != "until-found" or style(attrs).get("display") == "none":
            self.say("html-dropped", f"<{tag}> is hidden in browsers; here what it holds is shown", element.line, "hidden")
        if tag in ("q", "ins", "del") and attrs.get("cite", "").strip():
            self.say("html-dropped", f"the source {shown(attrs['cite'])} of <{tag}> was left out", element.line, f"<{tag} cite>")

    # --- runs ---

    def inlines(self, nodes: Iterable[Child]) -> tuple[Inline, ...]:
        """The inlines of some children."""
        out: list[Inline] = []
        for node in nodes:
            if isinstance(node, str):
                out.append(Text(node))
            else:
                out.extend(self._inline(node))
        return tuple(tidy(out))

    def line_of(self, nodes: Iterable[Child]) -> tuple[Inline, ...]:
        """The inlines of some children, without white space at the ends."""
        return strip_ends(self.inlines(nodes))

    def line_in(self, element: Element) -> tuple[Inline, ...]:
        """The inlines of all that an element holds, in its own language; its id is kept for the block around."""
        self._keep_anchor(element)
        self.noticed(element)
        before, self.language = self.language, language(element.attrs) or self.language
        inside = self.line_of(element.children)
        self.language = before
        return _spanned(inside, element)

    def _keep_anchor(self, element: Element) -> None:
        anchor = element.attrs.get("id") or (element.attrs.get("name", "") if element.tag == "a" else "")
        if anchor:
            self._anchors.append(anchor)

    def _inline(self, element: Element) -> tuple[Inline, ...]:
        if element.tag not in ("img", "$note"):
            self._keep_anchor(element)
        self.noticed(element)
        before, self.language = self.language, language(element.attrs) or self.language
        out = self._inline_by_tag(element)
        self.language = before
        return _spanned(out, element)

    def _inline_by_tag(self, element: Element) -> tuple[Inline, ...]:
        tag = element.tag
        if is_math(element):
            tex, mathml = formula(element)
            return (Math(tex, mathml),) if tex else ()
        if tag in WRAPPERS:
            return self._marked(element)
        if tag in CODE:
            return self._code(element.children)
        match tag:
            case "$soft":
                return (Text("\n"),)
            case "br":
                return (LineBreak(),)
            case "wbr" | "rp":
                return ()
            case "a":
                return self._link(element)
            case "img":
                return self._picture_in_line(element)
            case "abbr" | "acronym" if element.attrs.get("title", "").strip():
                inside = self.inlines(element.children)
                return (Abbreviation(inside, " ".join(element.attrs["title"].split())),) if inside else ()
            case "q":
                return self._quoted(element)
            case "rt" | "rtc":
                return self._reading([element])
            case "ruby":
                return self._ruby(element)
            case "select":
                self.dropped(element)
                options = [self.line_in(e) for e in element.descendants() if e.tag == "option"]
                return tuple(n for at, option in enumerate(options) for n in ((Text(", "), *option) if at else option))
            case "iframe" | "video" | "audio" | "embed" | "object":
                return self._media_link(element)
            case _:
                return self._other_inline(element)

    def _other_inline(self, element: Element) -> tuple[Inline, ...]:
        tag = element.tag
        if tag in GONE:
            self.dropped(element)
            return ()
        if "katex" in element.classes() and (made := next((e for e in element.descendants() if e.tag == "math"), None)):
            return self._inline(made)  # the rest draws the same formula once more
        if tag not in SILENT:
            self.dropped(element)
        inside = styled(self.inlines(element.children), element)
        return (Text(" "), *inside, Text(" ")) if tag in BLOCK else inside

    def _marked(self, element: Element) -> tuple[Inline, ...]:
        tag, declared = element.tag, style(element.attrs)
        inside = styled(self.inlines(element.children), element)
        if not inside or (tag in ("b", "strong") and declared.get("font-weight") in ("normal", "400")):
            return inside
        title = " ".join(element.attrs.get("title", "").split())
        if tag == "dfn" and title:
            inside = (Abbreviation(inside, title),)
        return (WRAPPERS[tag](inside),)

    # --- code ---

    def _code(self, nodes: Iterable[Child]) -> tuple[Inline, ...]:
        """Code; what stands in it and is more than colour stays what it is."""
        out: list[Inline] = []
        for node in nodes:
            if isinstance(node, str):
                out.append(Code(node.replace("\n", " ")))
            elif node.tag == "a" and (url := node.attrs.get("href", "").strip()):
                out.append(Link(self._code(node.children), url, node.attrs.get("title", "")))
            elif node.tag in ("img", "$note", "$math", "math", "br"):
                out.extend(self._inline(node))
            elif node.tag in ("sub", "sup", "del", "s", "mark", "em", "strong", "var"):
                inside = self._code(node.children)
                out.extend((WRAPPERS[node.tag](inside),) if inside else ())
            elif node.tag == "$soft":
                out.append(Code(" "))
            elif node.tag not in GONE:
                self._keep_anchor(node)
                out.extend(self._code(node.children))
        whole: list[Inline] = []
        for part in out:
            if isinstance(part, Code) and whole and isinstance(last := whole[-1], Code):
                whole[-1] = Code(last.text + part.text)
            elif not isinstance(part, Code) or part.text:
                whole.append(part)
        return tuple(whole)

    # --- links and pictures ---

    def _link(self, element: Element) -> tuple[Inline, ...]:
        url = element.attrs.get("href", "").strip()
        if self._in_link or "href" not in element.attrs:
            if url:
                message = f"a link within a link, to {shown(url)}, was left out; its words stay"
                self.say("html-dropped", message, element.line, "link in link")
            return self.inlines(element.children)
        self._in_link += 1
        inside = self.inlines(element.children)
        self._in_link -= 1
        if not url:
            if inside:
                self.say("link-broken", "a link has no address", element.line)
            return inside
        title = element.attrs.get("title", "")
        if inside and (not element.raw or plain_text(inside).strip() or any(not isinstance(n, Text) for n in inside)):
            return (Link(inside, url, title),)
        if url.startswith("#") and element.raw:  # a mark to copy the address of a heading
            return inside
        label = " ".join((element.attrs.get("aria-label") or title).split()) or ("" if element.raw else url)
        if label:
            return (Link((Text(label),), url, title if title.strip() != label else ""),)
        self.say("html-dropped", f"a link without words, to {shown(url)}, was left out", element.line, "link without words")
        return inside

    def _picture_in_line(self, element: Element) -> tuple[Inline, ...]:
        if has_source(element):
            return (self.image(element),)
        alt = " ".join(element.attrs.get("alt", "").split())
        stays = "; its alternative text stays" if alt else ""
        self.say("html-dropped", f"a picture without an address was left out{stays}", element.line)
        return (Text(alt),) if alt else ()

    def image(self, element: Element) -> Image:
        """The picture of an ``img``, or of an ``object`` or ``embed`` that is one."""
        made = media.image(element)
        self._last_picture = made.src
        return made

    def _media_link(self, element: Element) -> tuple[Inline, ...]:
        if media.is_picture(element):
            return (self.image(element),)
        made = media.embed(element)
        if made is None:
            self.dropped(element)
            return self.inlines(element.children)
        self.unseen(element)
        return (Link((Text(made.title or made.url),), made.url),)

    def unseen(self, element: Element) -> None:
        """Says what stands inside an embed for programs that cannot show it."""
        tag, words = element.tag, re.sub(r"<[^<>]*>", " ", element.text())
        if words.strip():
            message = f"the words inside <{tag}>, {shown(words)}, for programs that cannot show it, were left out"
            self.say("html-dropped", message, element.line, f"inside <{tag}>")
        for track in element.elements():
            if track.tag == "track" and track.attrs.get("src", "").strip():
                kind = track.attrs.get("kind", "subtitles")
                self.say("html-dropped", f"the {kind} of <{tag}>, {shown(track.attrs['src'])}, were left out", element.line, "<track>")

    # --- quotations and readings ---

    def _quoted(self, element: Element) -> tuple[Inline, ...]:
        """Words between the quotation marks of their language; a quotation in a quotation has the inner ones."""
        marks = quotation_marks(self.language)
        opening, closing = (marks[2], marks[3]) if self._quotes % 2 else (marks[0], marks[1])
        self._quotes += 1
        inside = self.line_of(element.children)
        self._quotes -= 1
        words = plain_text(inside, notes=False)
        if not inside or (len(words) > 1 and words[0] in _QUOTE_SIGNS and words[-1] in _QUOTE_SIGNS
                          and not any(e.tag == "q" for e in element.descendants())):
            return inside
        return (Text(opening), *inside, Text(closing))

    def _ruby(self, element: Element) -> tuple[Inline, ...]:
        """The words, and after them in parentheses how they are read."""
        out: list[Inline] = []
        readings: list[Element] = []
        for node in element.children:
            if isinstance(node, Element) and node.tag in ("rt", "rtc"):
                if readings and "rtc" in (node.tag, readings[-1].tag):
                    out.extend(self._reading(readings))
                    readings = []
                readings.append(node)
            elif isinstance(node, Element) and node.tag == "rp":
                continue
            elif not isinstance(node, str) or node.strip():
                out.extend(self._reading(readings))
                readings = []
                out.extend(self.inlines([node]))
        out.extend(self._reading(readings))
        return tuple(out)

    def _reading(self, elements: list[Element]) -> tuple[Inline, ...]:
        parts: list[tuple[Inline, ...]] = []
        for element in elements:
            inner = [e for e in element.elements() if e.tag == "rt"]
            parts.extend(self.line_in(e) for e in (inner or [element]))
        parts = [p for p in parts if p]
        inside = tuple(n for at, part in enumerate(parts) for n in ((Text(" "), *part) if at else part))
        return (Text("("), *inside, Text(")")) if inside else ()


def _as_text(text: str, _: int) -> tuple[Inline, ...]:
    return (Text(text),) if text else ()


def _spanned(inside: tuple[Inline, ...], element: Element) -> tuple[Inline, ...]:
    tongue, way = language(element.attrs), direction(element.attrs)
    return (Span(inside, tongue, way),) if inside and (tongue or way) else inside


def has_source(element: Element) -> bool:
    """Whether a picture leads anywhere; that of Markdown is taken as it is."""
    return not element.raw or bool(media.source_of(element))


def styled(inside: tuple[Inline, ...], element: Element) -> tuple[Inline, ...]:
    """The inlines with the marks that an element's style and classes mean."""
    small = {"smallcaps", "small-caps", "sc"} & set(element.classes())
    if not inside or not (small or element.attrs.get("style")):
        return inside
    declared = style(element.attrs)
    weight = declared.get("font-weight", "")
    if small or "small-caps" in declared.get("font-variant", "") + declared.get("font-variant-caps", ""):
        inside = (SmallCaps(inside),)
    if "line-through" in declared.get("text-decoration", "") + declared.get("text-decoration-line", ""):
        inside = (Strikethrough(inside),)
    if declared.get("font-style") in ("italic", "oblique") and element.tag not in ("em", "i", "cite", "dfn", "var"):
        inside = (Emphasis(inside),)
    if (weight.startswith("bold") or (weight.isdigit() and int(weight) >= 600)) and element.tag not in ("b", "strong"):
        inside = (Strong(inside),)
    if (place := declared.get("vertical-align")) in ("super", "sub") and element.tag not in ("sub", "sup"):
        inside = (Superscript(inside) if place == "super" else Subscript(inside),)
    return inside
