"""A volume and a theme go in; the markup of its pages comes out, with the pictures and formulas that it names."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pubkit import math, words
from pubkit.exporters.passes import glue
from pubkit.model import Article, Asset, Heading, List, Note, Table, Volume, plain_text, walk
from pubkit.theme import Choices, Page, Theme
from pubkit.xhtml import Dialect, Outline, Renderer, attr, escape, outline

__all__ = ["Options", "Resources", "markup", "overflowing", "worn"]

LONGEST_WORD = 60  # the layout engine takes time with the square of a word that fits no line
LONG_TITLE = 70  # characters; a longer one is set smaller
LONG_CONTENTS = 16  # lines
SHORT_TABLE = 12  # rows; so many stay together
OPENING = 180  # characters of a first paragraph that can carry a large initial
LEAST_MARGIN = 42.0  # points
MOST_NOTES, LONGEST_NOTE = 20, 2500  # notes of one block, characters of one note: the engine breaks no note over pages
CHARACTERS = 2.1  # of running text to an em
Paper: TypeAlias = Literal["theme", "a4", "a5", "letter"]
SHEETS: dict[str, tuple[float, float]] = {"a4": (595.28, 841.89), "a5": (419.53, 595.28), "letter": (612.0, 792.0)}
Resources: TypeAlias = dict[str, tuple[bytes, str]]
"""What the addresses in the markup mean: bytes and media type."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be chosen of pages.

    ``paper``: the sheet, "theme" for that of the theme; margins follow, the text stays as wide as it can.
    ``sides``: "two" mirrors heads and margins for pages that face each other, "one" does not ("theme": as the theme says).
    ``links``: whether links stand out in colour ("screen") or look like the text around them ("print").
    ``contents``: whether a list of the sections stands on the first page ("auto": where there are ``contents_from`` or more).
    ``contents_from``: how many sections make a list of contents worth while.
    ``notes``: whether notes stand at the foot of the page that calls them or at the end of the article ("auto": at the foot, unless they
    are too long or too many for their pages).
    ``settle``: whether blocks are padded to the grid of lines, figures moved out of the way of holes, and short last words kept company.
    ``moves``: how many times a page may be laid out anew to move a figure.
    """

    paper: Paper = "theme"
    sides: Literal["theme", "one", "two"] = "theme"
    links: Literal["screen", "print"] = "screen"
    contents: Literal["auto", "yes", "no"] = "auto"
    contents_from: Annotated[int, msgspec.Meta(ge=1)] = 3
    notes: Literal["auto", "foot", "end"] = "auto"
    settle: bool = True
    moves: Annotated[int, msgspec.Meta(ge=0, le=20)] = 5


# --- The theme on a sheet -----------------------------------------------------------------------------------------------------------

def worn(theme: Theme, options: Options, language: str) -> Theme:
    """The theme as pages of this paper and language wear it; where one reads from right to left, the sheet is mirrored."""
    page, choices, direction = theme.page, theme.choices, words.direction(language or "en")
    if options.paper != "theme":
        page, choices = _on(SHEETS[options.paper], page, choices)
    if options.sides != "theme":
        choices = replace(choices, sides=options.sides)
    if direction == "rtl":
        page = replace(page, left=page.right, right=page.left)
    return replace(theme, page=page, choices=choices, direction=direction, links=options.links)


def _on(sheet: tuple[float, float], page: Page, choices: Choices) -> tuple[Page, Choices]:
    """A page on another sheet: the text as wide as before where margins allow, heights in proportion. A strip has its room, or goes."""
    width, height = sheet
    tall, strip, measure = height / page.height, page.strip, page.measure
    if strip and width - strip - measure < LEAST_MARGIN * 2:
        strip, choices = 0.0, replace(choices, layout="column")
    outer = page.left - page.strip, page.right
    room = max(width - strip - measure, LEAST_MARGIN * 2)  # for both margins
    left, right = (max(room * margin / sum(outer), LEAST_MARGIN) for margin in outer)
    bleeds = page.lead_out >= min(outer)  # to the edges of the sheet
    return Page(width, height, page.top * tall, right, page.bottom * tall, strip + left, page.first_top * tall, strip,
                min(left, right) if bleeds else min(page.lead_out, left, right), max(int(page.lead_lines * tall), 8)), choices


def overflowing(work: Volume) -> bool:
    """Whether notes of a volume are more or longer than the foot of a page can bear."""
    for chapter in work.chapters:
        for block in chapter.content:
            notes = [node for node in walk(block) if isinstance(node, Note)]
            if len(notes) > MOST_NOTES and not isinstance(block, (List, Table)):
                return True
            if any(len(plain_text(note.content)) > LONGEST_NOTE for note in notes):
                return True
    return False


# --- The markup ---------------------------------------------------------------------------------------------------------------------

def markup(work: Volume, theme: Theme, options: Options, resources: Resources) -> ET.Element:
    """The element tree of a volume's pages; ``resources`` is filled with what its pictures' addresses (``pubkit:…``) mean."""
    meta = work.meta
    language = meta.language or "en"
    chapters = [_chapter(chapter, index, work, theme, options, resources) for index, chapter in enumerate(work.chapters)]
    text = (f'<html{attr("lang", language)}{attr("dir", words.direction(language))}><head><title>{escape(meta.title_text)}</title></head>\n'
            f'<body>\n{"".join(chapters)}</body></html>')
    root = ET.fromstring(text)
    _fit(root, theme)
    if options.settle:
        glue(root)
    return root


def _chapter(article: Article, index: int, work: Volume, theme: Theme, options: Options, resources: Resources) -> str:
    language = article.meta.language or "en"
    base = article.meta.url

    def src(asset: Asset) -> str:
        url = f"pubkit:{index}/{asset.name}"
        resources[url] = (asset.data, asset.media_type)
        return url

    def href(url: str) -> str:
        absolute = urljoin(base, url) if base else url
        return absolute if absolute.startswith(("http://", "https://", "mailto:")) else ""

    def formula(tex: str, mathml: str, display: bool) -> str:
        size = theme.type.base * (1.1 if display else 1.0)
        drawn = math.to_svg(mathml, size)
        url = f"pubkit:math/{len(resources)}.svg"
        resources[url] = (drawn.data.replace(b"currentColor", theme.color.ink.encode()), "image/svg+xml")
        box = f"width:{drawn.width:.2f}pt;height:{drawn.height:.2f}pt;max-height:none"
        if not display:
            box += f";vertical-align:{-drawn.depth:.2f}pt"
        return f'<img class="pk-formula"{attr("src", url)}{attr("alt", math.spoken(tex) or tex)} style="{box}"/>'

    prefix = f"c{index}-" if index else ""
    notes: Literal["foot", "end"] = "end" if options.notes == "end" else "foot"
    renderer = Renderer(article, Dialect(language, notes=notes, longest=LONGEST_WORD, prefix=prefix, href=href, src=src, math=formula,
                                         undescribed=words.word("undescribed", language)))
    masthead = renderer.masthead() if index == 0 else ""
    if not masthead and index == 0 and theme.choices.layout == "band":
        masthead = '<p class="pk-masthead" aria-hidden="true"></p>\n'  # the band alone
    head = renderer.title_block()
    lines = outline(article.content)
    listed = options.contents == "yes" or sum(line.level == 2 for line in lines) >= options.contents_from
    contents = _contents(lines, renderer) if lines and listed and options.contents != "no" else ""
    rendered = renderer.render(article.content)
    body = f'<div class="pk-body">\n{rendered.body}</div>\n'
    end = renderer.end_matter()
    notes_below = rendered.notes + renderer.render(()).notes  # those of the text, then those that the end matter calls
    cover = " pk-cover" if article.meta.image and theme.choices.opening == "page" else ""
    return (f'<article class="pk-chapter{cover}"{attr("lang", language)}{_running(article, work, theme)}>\n'
            f"{masthead}{head}{contents}{body}{notes_below}{end}</article>\n")


def _running(article: Article, work: Volume, theme: Theme) -> str:
    """What running heads show, as attributes: where the title stands beside it, the title does not stand for a missing publication."""
    meta, series = article.meta, article.meta.series
    issue = series.name if series else ""
    if series and series.position:
        issue = words.word("series", meta.language or "en", n=str(series.position), name=series.name)
    publication = work.meta.publisher or ("" if theme.choices.heads == "both" else work.meta.title_text)
    room = int((theme.page.measure + theme.page.strip) * (0.5 if theme.choices.heads == "both" else 0.9)
               / theme.style("running-head").size * CHARACTERS)
    shown = {"publication": publication, "section": meta.section, "issue": issue, "title": meta.title_text}
    return "".join(f' data-{name}="{escape(_shortened(value, room)).replace(chr(34), "&quot;")}"' for name, value in shown.items())


def _shortened(text: str, length: int) -> str:
    """A text that is not longer than a running head can show, cut between words."""
    return text if len(text) <= length else (text[:length].rpartition(" ")[0] or text[:length]).rstrip(",;:–— ") + "…"


def _contents(lines: list[Outline], renderer: Renderer) -> str:
    """The list of contents: two levels, or one where two would be long."""
    depth = 2 if len(lines) + sum(len(line.below) for line in lines) <= LONG_CONTENTS else 1

    def items(lines: list[Outline], depth: int) -> str:
        out = ""
        for line in lines:
            below = f"\n<ol>\n{items(line.below, depth - 1)}</ol>\n" if line.below and depth > 1 else ""
            target = attr("href", f"#{renderer.dialect.prefix}{line.heading.id}")
            out += f"<li><a{target}>{escape(_words(line.heading))}</a>{below}</li>\n"
        return out

    title = escape(words.word("in_this_article", renderer.dialect.language))
    many = " pk-many" if len(lines) > LONG_CONTENTS else ""
    return f'<nav class="pk-toc{many}">\n<p class="pk-toc-title">{title}</p>\n<ol>\n{items(lines, depth)}</ol>\n</nav>\n'


def _words(heading: Heading) -> str:
    return " ".join(plain_text(heading.content, notes=False).split())


# --- What pages need beyond the shared markup ---------------------------------------------------------------------------------------

def _fit(root: ET.Element, theme: Theme) -> None:
    """Mark long titles, tall lead pictures, short tables and wide lists, set the initial, and gather what stands beside captions."""
    for element in list(root.iter()):
        match element.get("class", "").partition(" ")[0]:
            case "pk-title" if len("".join(element.itertext())) > LONG_TITLE:
                _also(element, "pk-long")
            case "pk-lead" if _tall(element, theme.page, theme.type.leading):
                _also(element, "pk-tall")
            case "pk-table" if sum(1 for _ in element.iter("tr")) <= SHORT_TABLE:
                _also(element, "pk-short")
            case "pk-chapter":
                body = next(child for child in element if child.get("class") == "pk-body")
                if theme.choices.initial and len(body) and _set_initial(body[0], element.get("lang", "")):
                    _also(element, "pk-opened")
                if theme.choices.layout == "strip":
                    for figure in body.iterfind("figure"):
                        if figure.get("class") == "pk-figure":
                            _gather_pictures(figure)
            case _:
                pass
        if element.tag == "ol" and (len(element) + int(element.get("start", "1"))) > 100:
            _also(element, "pk-hundreds")


def _also(element: ET.Element, name: str) -> None:
    element.set("class", f'{element.get("class", "")} {name}'.strip())


def _tall(figure: ET.Element, page: Page, leading: float) -> bool:
    """Whether a lead picture as wide as it is meant to be would be too high."""
    width = page.measure + 2 * page.lead_out + page.strip
    return any(int(img.get("height", "0")) * width > int(img.get("width", "1")) * page.lead_lines * leading for img in figure.iter("img"))


def _set_initial(paragraph: ET.Element, language: str) -> bool:
    """Set the first letter of a long enough first paragraph apart, if it is one of a script that has capitals."""
    text = (paragraph.text or "").lstrip()
    if paragraph.tag != "p" or paragraph.get("class") or words.direction(language) == "rtl" or not text[:1].isupper():
        return False
    if len("".join(paragraph.itertext())) < OPENING or not text[1:2].strip(".’'"):
        return False
    initial = ET.Element("span", {"class": "pk-initial"})
    initial.text, initial.tail, paragraph.text = text[0], text[1:], None
    paragraph.insert(0, initial)
    _also(paragraph, "pk-first")
    return True


def _gather_pictures(figure: ET.Element) -> None:
    """Put the pictures of a figure into one box, beside which the caption can stand."""
    box = ET.Element("div", {"class": "pk-pictures"})
    box.extend([child for child in figure if child.tag != "figcaption"])
    for child in box:
        figure.remove(child)
    figure.insert(0, box)
