"""A volume and a theme go in; one Word document comes out, with live notes, links, lists, captions, tables and formulas.

Nothing in it is formatted but by styles: who changes a style changes all that wears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Struct

from pubkit import words
from pubkit.diagnostics import Diagnostic, LimitError, OptionError, ReadError, diagnostic
from pubkit.exporters.base import File, Output
from pubkit.exporters.captions import Label, labels
from pubkit.exporters.word import elements as word
from pubkit.exporters.word import properties
from pubkit.exporters.word.blocks import Blocks, Place
from pubkit.exporters.word.elements import Element
from pubkit.exporters.word.numbering import NUMBERED
from pubkit.exporters.word.package import Package
from pubkit.exporters.word.reference import MAX_TOTAL, Reference, load
from pubkit.exporters.word.runs import Look
from pubkit.exporters.word.story import Grid, Number, Story
from pubkit.exporters.word.story import Paragraph as Par
from pubkit.model import Article, Heading, Inline, Link, Meta, Person, Strong, Text, Volume, plain_text, walk
from pubkit.theme import Theme

__all__ = ["MEDIA_TYPE", "Options", "check", "export", "template"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CELLS = ("TableText", "TableHead", "TableTotal", "TableEnd")
TOP = 2  # the level of the headings below a title


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be chosen for Word.

    ``contents``: whether a table of contents that Word can update stands below the title.
    ``contents_depth``: how many levels of headings stand in it.
    ``notes``: whether notes stand at the foot of the page or at the end of the chapter.
    ``captions``: whether figures and tables with captions are numbered by fields that Word counts, where that contradicts no words of the
    article, or stand as they are.
    ``reference_doc``: the path of a Word document of somebody's own, whose styles, page, heads and feet are worn instead of the theme's.
    ``embed_fonts``: carry the theme's fonts in the file, so that it looks the same where they are not installed (some 2 MB more).
    """

    contents: bool = False
    contents_depth: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3
    notes: Literal["foot", "end"] = "foot"
    captions: Literal["numbered", "plain"] = "numbered"
    reference_doc: str = ""
    embed_fonts: bool = False


def check(options: Options) -> None:
    """Raise `OptionError` where the reference document cannot be used."""
    if options.reference_doc:
        try:
            _reference(options.reference_doc)
        except (ReadError, LimitError) as error:
            raise OptionError(error.message, file=error.location.file, hint=error.hint) from error


def _reference(path: str) -> Reference:
    file = Path(path)
    try:
        state = file.stat()
        if not file.is_file():
            raise ReadError("the reference document is no file", file=path, hint=_TEMPLATE)
    except (OSError, ValueError) as error:
        raise ReadError(f"the reference document cannot be read: {getattr(error, 'strerror', None) or error}", file=path,
                        hint=_TEMPLATE) from error
    return _loaded(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _loaded(path: str, _changed: int, size: int) -> Reference:
    if size > MAX_TOTAL:
        raise LimitError(f"the reference document has {size:,} bytes, more than {MAX_TOTAL:,}", file=path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ReadError(f"the reference document cannot be read: {error.strerror}", file=path, hint=_TEMPLATE) from error
    return load(data, path)


_TEMPLATE = "Name a Word document (*.docx); `pubkit template` writes one to begin with"


def export(work: Volume, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 - frozen
    """The Word document of a volume, as one file ``<slug>.docx``.

    Args:
        work: chapters with resolved pictures; each begins on a page of its own.
        theme: where styles, page and colours come from.
        options: see `Options`.

    Returns:
        The file, and a diagnostic for everything that Word shows in another way.
    """
    meta = work.meta if len(work.chapters) != 1 else work.chapters[0].meta
    reference = _reference(options.reference_doc) if options.reference_doc else None
    package = Package(theme, meta.language or "en", "footnote" if options.notes == "foot" else "endnote", options.embed_fonts, reference)
    found: list[Diagnostic] = []
    chapters: list[_Chapter] = []
    for article in work.chapters:
        language = article.meta.language or meta.language or "en"
        numbers = labels(article, language, later=bool(chapters)) if options.captions == "numbered" else {}
        chapters.append(_Chapter(package, theme, article, language, found, numbers, len(work.chapters) > 1))
    contents = _contents(package, chapters, options)
    if len(chapters) != 1:
        cover = _Chapter(package, theme, Article(msgspec.structs.replace(meta, image=None)), meta.language or "en", found, {}, bound=False)
        cover.write("VolumeTitle", contents, not chapters)
    for chapter in chapters:
        chapter.write("Title", contents if len(chapters) == 1 else [], chapter is chapters[-1])
    data, missing = package.save(properties.parts(meta, package.body))
    if missing:
        found.append(diagnostic("style-missing", f"{Path(options.reference_doc).name} lacks these styles, which are made to fit it: "
                                                 f"{', '.join(missing)}"))
    slug = work.meta.slug or meta.slug or "article"
    return Output((File(f"{slug}.docx", MEDIA_TYPE, data),), tuple(dict.fromkeys(found)))


def template(theme: Theme, language: str = "en") -> bytes:
    """A Word document that shows every style that pubkit uses in a theme, to be changed and then given as ``reference_doc``.

    Args:
        theme: what the styles are made from.
        language: BCP 47, that of the documents to come.
    """
    package = Package(theme, language)
    names = package.sheet.names
    story: Story = [Par(style, [word.run(None, word.text(names[style]))]) for style in package.sheet.paras if style not in CELLS]
    looks = [word.run({"rStyle": {"val": style}}, word.text(names[style])) for style in list(package.sheet.chars)[1:]]
    spaces = [word.run(None, word.text(" ")) for _ in looks]
    story.append(Par("BodyText", [run for pair in zip(looks, spaces, strict=True) for run in pair]))
    for style in ("TablePublished", "TableBoxed"):
        widths = [package.measure / 2] * 2
        table = word.table(style, widths, head=True, foot=True, title=names[style])
        for cells, head in (("TableHead", True), ("TableText", False), ("TableTotal", False)):
            words_ = [package.elements([Par(cells, [word.run(None, word.text(names[cells]))])]) for _ in widths]
            table.append(word.row([word.cell(w, p) for w, p in zip(widths, words_, strict=True)], head))
        story += [Grid(table), Par("TableEnd", [])]
    package.add(story)
    meta = Meta(language=language)  # no words of ours in its heads, which all documents made with it would carry
    package.body.append(package.section(meta, language, words.direction(language) == "rtl"))
    return package.save(properties.parts(meta, package.body))[0]


def _contents(package: Package, chapters: list[_Chapter], options: Options) -> Story:
    """The contents of a volume, chapters and their headings, or of an article, as a field that Word can update, with its entries.

    Which page an entry stands on is known to Word alone: it writes the numbers when it updates the field.
    """
    if not options.contents:
        return []
    bound = len(chapters) > 1
    lines = [line for chapter in chapters for line in chapter.lines(options.contents_depth, bound)]
    if not lines:
        return []
    top = 1 if bound else TOP
    outline = " \\u" if bound else ""  # titles of chapters are no headings, but have their level
    lines[0].content[0:0] = word.start_of_field(f'TOC \\o "{top}-{top + options.contents_depth - 1}" \\h \\z{outline}')
    lines[-1].content.append(word.end_of_field())
    language = package.language if bound else chapters[0].language
    heading = Par("TOCHeading", [word.run(None, word.text(words.word("contents", language)))], rtl=words.direction(language) == "rtl")
    return [Grid(word.contents(package.next_control(), package.elements([heading, *lines])))]


class _Chapter(Blocks):
    """Writes one article into a package."""

    def __init__(self, package: Package, theme: Theme, article: Article, language: str, found: list[Diagnostic],
                 labels: Mapping[int, Label], bound: bool) -> None:
        super().__init__(package, theme, article, language, found, labels)
        self.place = Place(package.main, package.measure, language=self.language, rtl=self.rtl)
        self.title_anchor = ""
        counted = bound and theme.choices.numbered and not package.reference
        self.sections = package.lists.headings() if counted else ""

    # -- The whole -------------------------------------------------------------------------------------------------------------------

    def write(self, style: str, contents: Story, last: bool) -> None:
        """Write title block, contents, text and end matter as a section of its own.

        The title of a volume has no outline level: those belong to its chapters.
        """
        story: Story = []
        for part in (self.title_block(style), contents, self.blocks(self.article.content, self.place), self.end_matter()):
            self.spaced(story, part)
            story.extend(part)
        self._end(story, last)

    def _end(self, story: Story, last: bool) -> None:
        """Close the section: in the last paragraph, but for the last one, which is the document's own."""
        section = self.package.section(self.meta, self.language, self.rtl)
        if not story or not isinstance(story[-1], Par):
            story.append(Par("TableEnd", []))
        closing = story[-1]
        if not last and isinstance(closing, Par):
            closing.section = section
        self.package.add(story)
        if last:
            self.package.body.append(section)

    def title_block(self, style: str) -> Story:
        """Section, title, deck, byline with the date, lead picture."""
        meta, place, out = self.meta, self.place, list[Par | Grid]()
        if meta.section:
            out.append(self.paragraph("Kicker", (Text(meta.section),), place))
        title = self.paragraph(style, meta.title, place)
        if self.title_anchor:
            start, end = word.bookmark(self.title_anchor, self.package.next_bookmark())
            title.content = [start, *title.content, end]
        out.append(title)
        if meta.subtitle:
            out.append(self.paragraph("Subtitle", meta.subtitle, place))
        if byline := self._byline():
            out.append(self.made("Byline", byline, place))
        if meta.image:
            out.extend(self.figure(meta.image, place))
        return out

    def _byline(self) -> list[Element]:
        meta, look = self.meta, self.look(self.place)
        named = [a for a in meta.authors if a.role == "author"] or [a for a in meta.authors if a.role != "publisher"]
        out: list[Element] = []
        if named:
            marks = [f"\ue000{i}\ue001" for i in range(len(named))]
            text = words.word("by", self.language, names=words.names(marks, self.language))
            for piece in re.split("(\ue000\\d+\ue001)", text):
                if piece in marks:
                    out.extend(self._author(named[marks.index(piece)], look))
                else:
                    out.extend(self.text(piece, look))
        if meta.published and meta.is_dated:
            if out:
                out.append(word.run(None, word.tab()))
            out.extend(self.text(words.date(meta.published, self.language), look.with_("ArticleDate")))
        return out

    def _author(self, person: Person, look: Look) -> list[Element]:
        runs = self.text(person.name, look.with_("Author"))
        url = self.address(person.url) if person.url else ""
        return [self.linked(runs, url, look)] if url else runs

    def end_matter(self) -> Story:
        """Corrections, other contributors, series, update, files that go along, source and rights."""
        meta, language = self.meta, self.language
        lines: list[tuple[Inline, ...]] = []
        for correction in meta.corrections:
            label = Strong(words.word("correction", language))
            lines.append((label, Text(f" ({words.date(correction.date, language)}): "), *correction.content))
        if any(p.role == "author" for p in meta.authors):
            lines.extend((Strong(p.name), Text(f", {words.role(p.role, language)}"))
                         for p in meta.authors if p.role not in ("author", "publisher"))
        if meta.series:
            position, name = meta.series.position, meta.series.name
            lines.append((Text(words.word("series", language, n=str(position), name=name) if position else name),))
        if meta.updated and meta.published and meta.updated.date() != meta.published.date():
            lines.append((Text(words.word("updated", language, date=words.date(meta.updated, language))),))
        lines.extend((Link(e.label, e.url),) for e in meta.enclosures if e.url.startswith(("http://", "https://")))
        if meta.source:
            lines.append((Text(f"{words.word('source', language)}: "), *_web(meta.source)))
        lines.extend((Text(x),) for x in (meta.publisher, meta.rights) if x)
        if meta.license and meta.license != meta.rights:
            lines.append(_web(meta.license))
        return [self.paragraph("Colophon" if n else "ColophonFirst", line, self.place) for n, line in enumerate(lines)]

    def heading(self, level: int, content: Sequence[Inline], name: str, place: Place) -> Par:
        """A heading; where the theme numbers sections, those of a chapter count for themselves."""
        par = super().heading(level, content, name, place)
        if self.sections and TOP <= level < TOP + NUMBERED:
            par.number = Number(self.sections, level - TOP, 0.0, 0.0)
        return par

    # -- Contents --------------------------------------------------------------------------------------------------------------------

    def lines(self, depth: int, bound: bool) -> list[Par]:
        """The lines of the contents down to a depth: those of a chapter begin with its title."""
        lines = [(node.level, self.anchors[node.id], _one_line(node.content)) for node in walk(self.article.content)
                 if isinstance(node, Heading) and node.id in self.anchors and node.level < depth + TOP - bound]
        if bound:
            self.title_anchor = self.package.name("title")
            lines.insert(0, (1, self.title_anchor, self.meta.title_text))
        look = self.look(self.place)
        return [Par(f"TOC{level}", [word.hyperlink(anchor=anchor, content=self.text(text, look))], rtl=self.rtl)
                for level, anchor, text in lines]


def _one_line(inlines: Iterable[Inline]) -> str:
    return " ".join(plain_text(inlines, notes=False).split())


def _web(text: str) -> tuple[Inline, ...]:
    return (Link(text, text),) if text.startswith(("http://", "https://", "mailto:")) else (Text(text),)
