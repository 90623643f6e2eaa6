"""Our styles and lists go in, and those of a template; they come out joined, in the manner of the template."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree
from msgspec import Struct

from pubkit.exporters.word.elements import PPR_RANK, RPR_RANK, Element, el, half_points, twips
from pubkit.exporters.word.readings import (
    FONTS,
    NUMBERING,
    OFF,
    STYLES,
    THEME,
    W,
    attribute,
    drop,
    in_points,
    keep,
    local,
    put,
    unset,
    val,
    whole,
    xml,
)

__all__ = ["Joined", "join"]

class Joined(Struct, frozen=True):
    """Our styles and lists joined to those of a template.

    ``parts``: by name the parts of the document that are new (styles, numbering, table of fonts).
    ``ids``: for each style of ours the id that it has there, whether it is the template's or was added.
    ``missing``: the names of our styles that the template lacks, in the order of our sheet, without those that Word hides and those that
    vary another (``Quote + 14 pt left``).
    ``offset``: what was added to the ids of our lists.
    """

    parts: dict[str, bytes]
    ids: dict[str, str]
    missing: tuple[str, ...]
    offset: int

    def rename(self, part: Element) -> None:
        """Change the ids of our styles and lists in the body, a story or a header that we wrote to what they are in the document."""
        for e in part.iter(*WORN):
            number = e.get(W + "val") or ""
            e.set(W + "val", self.ids.get(number, number))
        for e in part.iter(W + "numPr"):
            _shift(e.find(W + "numId"), self.offset)


def join(files: Mapping[str, bytes], measure: float, sheet: bytes, numbering: bytes) -> Joined:
    """Our styles and lists joined to those of a template, whose ``files`` are given, and the width of its column in points."""
    house, lists, fonts = (etree.fromstring(files[name]) for name in (STYLES, NUMBERING, FONTS))
    offset = _last(lists, "num", "numId", 0)
    styles = _Styles(house, etree.fromstring(sheet), measure, offset, files.get(THEME, b""))
    _Lists(lists, offset, styles).add(etree.fromstring(numbering))
    _name_fonts(fonts, styles.code_fonts)
    parts = {STYLES: xml(house), NUMBERING: xml(lists), FONTS: xml(fonts)}
    return Joined(parts, styles.ids, tuple(styles.missing), offset)


# --- Styles -------------------------------------------------------------------------------------------------------------------------

PPR_KEPT = frozenset("keepNext keepLines pageBreakBefore widowControl numPr suppressLineNumbers pBdr tabs suppressAutoHyphens wordWrap "
                     "bidi spacing ind contextualSpacing jc outlineLvl".split())
RPR_KEPT = frozenset("rFonts b bCs i iCs caps smallCaps strike dstrike noProof vanish color sz szCs highlight u shd vertAlign rtl cs "
                     "specVanish".split())
CODE_ONLY = frozenset(("color", "shd"))  # looks of ours that code keeps
THEME_COLOR = ("themeColor", "themeTint", "themeShade")
TOGGLES = frozenset("b bCs i iCs caps smallCaps strike dstrike noProof vanish keepNext keepLines pageBreakBefore suppressLineNumbers "
                    "suppressAutoHyphens contextualSpacing bidi rtl cs".split())
SYMBOLS = re.compile(r"symbol|dings|math|emoji", re.IGNORECASE)
VARIED = " + "
BOLD = re.compile(r"bold|smbld|black|heavy", re.IGNORECASE)  # families whose weight is in their name
TEXT = ("normal", "body text", "first paragraph")  # running text, which is the template's own
FRAME = "11"  # points from the text of a box to the lines of its frame
WIDEST = 0.84  # of a column, for the indents of both sides


class _Index:
    """The styles of a part by id, and by kind and name."""

    def __init__(self, part: Element) -> None:
        self.styles = {number: s for s in part.iter(W + "style") if (number := s.get(W + "styleId"))}
        self.names: dict[tuple[str, str], str] = {}
        self.defaults: dict[str, str] = {}
        for number, s in self.styles.items():
            self.names.setdefault((_kind(s), _name(s).lower()), number)
            if s.get(W + "default") not in (None, *OFF):
                self.defaults.setdefault(_kind(s), number)
        self.run = part.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self.paragraph = part.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")

    def chain(self, number: str | None) -> Iterator[Element]:
        """A style and those that it is based on, in turn."""
        seen = set[str]()
        while number in self.styles and number not in seen:
            seen.add(number)
            yield self.styles[number]
            number = val(self.styles[number], "basedOn")

    def inherited(self, number: str | None, group: str, name: str) -> Element | None:
        """What a style has of a property, itself or from the styles and defaults below it."""
        found = (s.find(f"{W}{group}/{W}{name}") for s in self.chain(number))
        defaults = self.run if group == "rPr" else self.paragraph
        return next((e for e in found if e is not None), None if defaults is None else defaults.find(W + name))

    @property
    def text(self) -> str:
        """The id of the style of running text, '' where there is none."""
        return self.names.get(("paragraph", "normal"), self.defaults.get("paragraph", ""))

    def length(self, number: str, name: str, key: str) -> float:
        """A length that a paragraph style has in points, itself or from the styles and defaults below it; 0 if none says it."""
        found = (attribute(s.find(f"{W}pPr/{W}{name}"), key) for s in self.chain(number))
        defaults = None if self.paragraph is None else self.paragraph.find(W + name)
        return in_points(next((value for value in found if value), attribute(defaults, key))) or 0.0

    def size(self, number: str = "") -> float:
        """The size of a style in points, else of running text: that of the default style, of the defaults, or of Word."""
        e = self.inherited(number or self.text, "rPr", "sz")
        size = in_points(attribute(e, "val"), 0.5)
        return size if size and 1 <= size <= 200 else 10.0


def _kind(style: Element) -> str:
    return style.get(W + "type") or "paragraph"


def _name(style: Element) -> str:
    return val(style, "name") or style.get(W + "styleId") or ""


def _base(style: Element, number: str) -> None:
    """Base a style on another."""
    for e in style.findall(W + "basedOn"):
        drop(e)
    style.insert(sum(1 for child in style if local(child) in ("name", "aliases")), el("w:basedOn", val=number))


def _on(e: Element | None) -> bool:
    return e is not None and e.get(W + "val") not in OFF


class _Styles:
    """Gives the style sheet of a template what it lacks of ours."""

    def __init__(self, house: Element, sheet: Element, measure: float, offset: int, theme: bytes) -> None:
        self.house, self.index, self.ours = house, _Index(house), _Index(sheet)
        self.bare = not self.index.styles  # a template that has no styles has no manner of its own
        self.measure, self.offset, self.theme = measure, offset, theme
        self.size = self.ours.size() if self.bare else self.index.size()
        self.scale = self.size / self.ours.size()
        self.code_fonts: list[str] = []
        self.missing: list[str] = []
        self.had: set[str] = set()
        self.ids = self._ids()
        if self.bare:
            house[:] = [copy.deepcopy(e) for e in sheet]
            for e in house.iter(W + "numPr"):
                _shift(e.find(W + "numId"), offset)
            return
        self._speak()
        for number, style in self.ours.styles.items():
            if number not in self.had:
                house.append(self._adapted(number, style))
        self._default()

    def _ids(self) -> dict[str, str]:
        out: dict[str, str] = {}
        taken = {n.lower() for n in self.index.styles}
        for number, style in self.ours.styles.items():
            kind, name = _kind(style), _name(style)
            found = self.index.names.get((kind, name.lower()))
            if found is None and style.get(W + "default") is not None:
                found = self.index.defaults.get(kind)
            if found is not None:
                out[number] = found
                self.had.add(number)
                continue
            if style.find(W + "semiHidden") is None and VARIED not in name:
                self.missing.append(name)
            unique, n = number, 2
            while unique.lower() in taken:
                unique, n = f"{number}{n}", n + 1
            taken.add(unique.lower())
            out[number] = unique
        return out

    def _speak(self) -> None:
        """Give the template the language of our sheet: it is the article's, and Word checks its spelling by it."""
        lang = None if self.ours.run is None else self.ours.run.find(W + "lang")
        if lang is None:
            return
        for number in sorted(self.ids[n] for n in self.had):
            for style in self.index.chain(number):
                for e in style.findall(f"{W}rPr/{W}lang"):
                    drop(e)
        run = self.index.run
        if run is None:
            run = el("w:rPr")
            defaults = self.house.find(W + "docDefaults")
            if defaults is None:
                defaults = el("w:docDefaults")
                self.house.insert(0, defaults)
            for old in defaults.findall(W + "rPrDefault"):
                drop(old)
            defaults.insert(0, el("w:rPrDefault", run))
        put(run, copy.deepcopy(lang), RPR_RANK)

    def _default(self) -> None:
        """See to it that there is a default of every kind, as paragraphs without a style have it."""
        for kind, number in self.ours.defaults.items():
            if kind not in self.index.defaults:
                new = self.ids[number]
                for style in self.house.iter(W + "style"):
                    if style.get(W + "styleId") == new:
                        style.set(W + "default", "1")

    # One style

    def _adapted(self, number: str, style: Element) -> Element:
        out = copy.deepcopy(style)
        out.tail = None
        out.set(W + "styleId", self.ids[number])
        unset(out, "default")
        for name in ("basedOn", "next", "link"):
            self._refer(out, name)
        name = _name(style).lower()
        if _kind(style) == "paragraph" and name in TEXT:
            return self._text(out, name)
        code = self._is_code(number)
        for pr in list(out.iter(W + "pPr")):
            self._paragraph(pr, number, code)
        for pr in list(out.iter(W + "rPr")):
            self._run(pr, number, code)
        self._table(out)
        base = self.ours.styles.get(val(style, "basedOn") or "")
        if base is not None and _kind(style) == "paragraph" and VARIED not in name and _name(base).lower() in TEXT:
            self._restate(out, number)
        if (_kind(style), name) == ("character", "hyperlink"):
            self._link(out)
        if higher := self._higher(name):
            self._heading(out, number, higher)
        return out

    def _refer(self, style: Element, name: str) -> None:
        """Let a style refer to what the other is called in the template; it is linked to no style of the template."""
        e = style.find(W + name)
        if e is None:
            return
        other = e.get(W + "val") or ""
        if other not in self.ids or (name == "link" and other in self.had):
            drop(e)
        else:
            e.set(W + "val", self.ids[other])

    def _is_code(self, number: str) -> bool:
        return any(_on(s.find(f"{W}rPr/{W}noProof")) or _name(s).lower().startswith("code") for s in self.ours.chain(number))

    def _text(self, style: Element, name: str) -> Element:
        """Running text looks like the template's own; its first paragraph is not indented."""
        for e in (*style.findall(W + "pPr"), *style.findall(W + "rPr")):
            drop(e)
        body = self.ours.names.get(("paragraph", "body text"))
        if name == "first paragraph" and body:
            _base(style, self.ids[body])
            style.append(el("w:pPr", el("w:ind", firstLine="0")))
        return style

    def _higher(self, name: str) -> str:
        """The template's heading of the next higher level than one that it lacks; '' if there is none, or for other styles."""
        found = re.fullmatch(r"heading ([2-9])", name)
        levels = range(int(found[1]) - 1, 0, -1) if found else ()
        return next((n for level in levels if (n := self.index.names.get(("paragraph", f"heading {level}")))), "")

    def _heading(self, style: Element, number: str, higher: str) -> None:
        """A heading below those of the template is like the last of these, as much smaller as it is with us."""
        _base(style, higher)
        for pr in style.findall(W + "pPr"):
            keep(pr, ("outlineLvl",))
            # The number would be of the level above, and the page break is for chapters.
            for e in (el("w:pageBreakBefore", val="0"), el("w:numPr", el("w:numId", val="0"))):
                put(pr, e, PPR_RANK)
        own = self.ours.names.get(("paragraph", _name(self.index.styles[higher]).lower()), number)
        size = self.index.size(higher) * self.ours.size(number) / self.ours.size(own)
        for pr in style.findall(W + "rPr"):
            for name in ("sz", "szCs"):
                put(pr, el(f"w:{name}", val=half_points(max(size, self.size))), RPR_RANK)

    def _redundant(self, number: str, group: str, e: Element) -> bool:
        """Whether a style of ours only repeats what it inherits, so that in the template it is to inherit as well."""
        below = self.ours.inherited(val(self.ours.styles[number], "basedOn"), group, local(e))
        if below is None:
            return local(e) in TOGGLES and not _on(e)
        if set(map(str, (*e.attrib, *below.attrib))) <= {W + "val"} and len(e) == len(below) == 0:
            values = (e.get(W + "val", "1"), below.get(W + "val", "1"))
            return values[0] == values[1] or all(v in OFF for v in values)
        return False

    def _paragraph(self, pr: Element, number: str, code: bool) -> None:
        for e in list(pr):
            name = local(e)
            if name not in PPR_KEPT or (_is_own(pr) and self._redundant(number, "pPr", e)):
                pr.remove(e)
            elif name == "spacing":
                self._scale(e, ("before", "after"))
                if not e.attrib:
                    pr.remove(e)
            elif name == "ind":
                self.indent(e)
            elif name == "tabs":
                for t in e:
                    self._tab(t)
            elif name == "numPr":
                _shift(e.find(W + "numId"), self.offset)
        ragged = code or _name(self.ours.styles[number]).lower() == "table text"
        if ragged and pr.find(W + "jc") is None and _is_own(pr):
            put(pr, el("w:jc", val="left"), PPR_RANK)
        if not code:
            _plain_borders(pr)
        self._boxed_alike(pr)

    def _boxed_alike(self, pr: Element) -> None:
        """Give the part of a box the tint of the template's boxes; where these have none, keep the lines of its frame alone visible."""
        style, lines = pr.getparent(), pr.find(W + "pBdr")
        if style is None or lines is None or " + " not in _name(style) or "boxed" not in _name(style):
            return
        aside = self.index.styles.get(self.ids.get("Aside", ""))
        fill = None if aside is None else aside.find(f"{W}pPr/{W}shd")
        tint = "" if fill is None else fill.get(W + "fill") or ""
        if _name(style).endswith("second") and re.fullmatch("[0-9A-Fa-f]{6}", tint):  # a shade off, or Word would make one box of two
            tint = f"{int(tint, 16) ^ 1:06X}"
        for line in lines:
            inner = local(line) in ("top", "bottom", "between") and line.get(W + "space") != FRAME
            if line.get(W + "val") != "nil" and (tint or inner):
                line.set(W + "color", tint or "FFFFFF")
        if tint:
            put(pr, el("w:shd", val="clear", color="auto", fill=tint), PPR_RANK)

    def _restate(self, style: Element, number: str) -> None:
        """Say in a style the spaces and indents that it has from our running text, where those of the template's are others."""
        pr = style.find(W + "pPr")
        if pr is None:
            return
        house = val(style, "basedOn") or ""
        house = house if house in self.index.styles else self.index.text
        listed = pr.find(W + "numPr") is not None  # whose indents are those of its list
        for name, keys in (("spacing", ("before", "after")), ("ind", () if listed else ("left", "right", "firstLine"))):
            e = pr.find(W + name)
            for key in keys:
                ours, theirs = self.ours.length(number, name, key) * self.scale, self.index.length(house, name, key)
                if abs(ours - theirs) < 0.05 or (e is not None and e.get(W + {"firstLine": "hanging"}.get(key, key)) is not None):
                    continue
                if e is None:
                    e = el(f"w:{name}")
                    put(pr, e, PPR_RANK)
                e.set(W + key, twips(ours))

    def _scale(self, e: Element, names: Iterable[str]) -> None:
        """Scale the lengths of these names and drop the other attributes."""
        for key in list(e.attrib):
            points = in_points(e.get(key)) if str(key)[len(W):] in names else None
            if points is None:
                del e.attrib[key]
            else:
                e.set(key, twips(points * self.scale))

    def indent(self, e: Element) -> None:
        self._scale(e, ("left", "right", "start", "end", "hanging", "firstLine"))
        sides = [key for key in ("left", "right", "start", "end") if e.get(W + key)]
        total = sum(in_points(e.get(W + key)) or 0.0 for key in sides)
        if total > (widest := self.measure * WIDEST):
            for key in sides:
                e.set(W + key, twips((in_points(e.get(W + key)) or 0.0) * widest / total))

    def _tab(self, e: Element) -> None:
        """Tabs to the right and to the centre mean the edge and the middle of the column."""
        part = {"right": 1.0, "end": 1.0, "center": 0.5}.get(e.get(W + "val") or "")
        points = in_points(e.get(W + "pos")) or 0.0
        e.set(W + "pos", twips(points * self.scale if part is None else self.measure * part))

    def _run(self, pr: Element, number: str, code: bool) -> None:
        if not code and BOLD.search(attribute(pr.find(W + "rFonts"), "ascii") or ""):
            for name in ("b", "bCs"):
                put(pr, el(f"w:{name}"), RPR_RANK)
        only_shade = {local(e) for e in pr} - {""} == {"shd"}  # a highlight is nothing without
        for e in list(pr):
            name = local(e)
            ours = name in CODE_ONLY and not code and not only_shade
            if ours or name not in RPR_KEPT or (_is_own(pr) and self._redundant(number, "rPr", e)):
                pr.remove(e)
            elif name == "rFonts":
                self._font(e, code)
            elif name in ("sz", "szCs"):
                points = in_points(e.get(W + "val"), 0.5)
                e.set(W + "val", half_points((points or self.size) * self.scale))
            elif name == "u":
                unset(e, "color", *THEME_COLOR)

    def _font(self, e: Element, code: bool) -> None:
        family = e.get(W + "ascii") or ""
        if not code and not SYMBOLS.search(family):
            drop(e)
        elif code and family and family not in self.code_fonts:
            self.code_fonts.append(family)

    def _table(self, style: Element) -> None:
        for pr in list(style.iter(W + "tblPr", W + "tcPr", W + "trPr")):
            for e in pr.findall(W + "shd"):
                drop(e)
            _plain_borders(pr)

    def _link(self, style: Element) -> None:
        """A link has the colour that the template's theme has for links, if it has a theme."""
        found = re.search(rb'<a:hlink>\s*<a:srgbClr val="([0-9A-Fa-f]{6})"', self.theme)
        if not found:
            return
        pr = style.find(W + "rPr")
        if pr is None:
            pr = el("w:rPr")
            style.append(pr)
        put(pr, el("w:color", val=found[1].decode(), themeColor="hyperlink"), RPR_RANK)


def _is_own(pr: Element) -> bool:
    """Whether properties are those of a style itself and not of a part of its tables."""
    parent = pr.getparent()
    return parent is not None and local(parent) == "style"


def _plain_borders(pr: Element) -> None:
    """Borders in the colour of the text."""
    for e in pr.iter(etree.Element):
        if e.get(W + "color") is not None and local(e.getparent()) in ("pBdr", "tblBorders", "tcBorders"):  # type: ignore[arg-type]
            e.set(W + "color", "auto")
            unset(e, *THEME_COLOR)


# --- Lists --------------------------------------------------------------------------------------------------------------------------

FAR = 2 ** 30  # ids beyond are passed over: the next one would soon be more than Word can count
WORN = tuple(W + n for n in ("pStyle", "rStyle", "tblStyle"))
LEVEL = "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr".split()  # the order of CT_Lvl (17.9.6)
LEVEL_RANK = {name: n for n, name in enumerate(LEVEL)}
DEEPEST = 5  # of the list styles that Word has


class _Lists:
    """Puts our lists behind those of a template."""

    def __init__(self, house: Element, offset: int, styles: _Styles) -> None:
        self.house, self.offset, self.styles = house, offset, styles
        self.behind = _last(house, "abstractNum", "abstractNumId", -1) + 1
        self.known = {val(a, "nsid") for a in house.iter(W + "abstractNum")}
        self.marks = {kind: [self._mark(f"list {kind}", n) for n in range(DEEPEST)] for kind in ("bullet", "number")}

    def add(self, ours: Element) -> None:
        """Add the lists of a part: all abstract lists before all lists (17.9.17)."""
        abstracts = [self._abstract(a) for a in ours.iter(W + "abstractNum")]
        numbers = [self._number(n) for n in ours.iter(W + "num")]
        for new, before in ((abstracts, ("numPicBullet", "abstractNum")), (numbers, ("numPicBullet", "abstractNum", "num"))):
            place = max((i for i, e in enumerate(self.house, 1) if local(e) in before), default=0)
            self.house[place:place] = new

    def _number(self, number: Element) -> Element:
        out = _copy(number)
        out.set(W + "numId", str((whole(out.get(W + "numId")) or 0) + self.offset))
        e = out.find(W + "abstractNumId")
        if e is not None:
            e.set(W + "val", str((whole(e.get(W + "val")) or 0) + self.behind))
        return out

    def _abstract(self, abstract: Element) -> Element:
        out, styles = _copy(abstract), self.styles
        out.set(W + "abstractNumId", str((whole(out.get(W + "abstractNumId")) or 0) + self.behind))
        if val(out, "nsid") in self.known:
            for e in out.findall(W + "nsid"):
                drop(e)
        for e in list(out.iter(W + "pStyle", W + "styleLink", W + "numStyleLink")):
            number = e.get(W + "val") or ""
            if number in styles.had or number not in styles.ids:
                drop(e)  # a style of the template is linked with the template's list
            else:
                e.set(W + "val", styles.ids[number])
        if not styles.bare:
            for level in out.iter(W + "lvl"):
                self._look(level)
        return out

    def _look(self, level: Element) -> None:
        """Give a level the mark that the template's list style of its depth has, and the indents of ours, scaled."""
        for ind in level.iter(W + "ind"):
            self.styles.indent(ind)
        for pr in level.findall(W + "rPr"):
            _mark_look(pr)
        depth = whole(level.get(W + "ilvl")) or 0
        kind = "bullet" if val(level, "numFmt") == "bullet" else "number"
        donor = self.marks[kind][min(depth, DEEPEST - 1)]
        if donor is None or not (_is_plain(level, kind) and _is_plain(donor, kind)):
            return
        for name in ("lvlText", "lvlPicBulletId", "rPr"):
            for old in level.findall(W + name):
                drop(old)
            found = donor.find(W + name)
            if found is not None:
                put(level, _copy(found), LEVEL_RANK)
        new = level.find(W + "lvlText")
        if new is not None:
            new.set(W + "val", re.sub("%[1-9]", f"%{depth + 1}", new.get(W + "val") or ""))

    # The marks of the template

    def _mark(self, name: str, depth: int) -> Element | None:
        """The level that the template's list style of a depth is linked with, or that of the nearest style above it."""
        index = self.styles.index
        for n in range(depth, -1, -1):
            number = index.names.get(("paragraph", name if n == 0 else f"{name} {n + 1}"))
            if number is not None and (found := self._linked(number)) is not None:
                return found
        return None

    def _linked(self, style: str) -> Element | None:
        """The level of a list that a paragraph style is linked with: the one that names it (17.9.23), or what the style says."""
        chain = self.styles.index.chain(style)
        holder = next((s for s in chain if s.find(f"{W}pPr/{W}numPr/{W}numId") is not None), None)
        abstract = self._of(val(holder, "pPr", "numPr", "numId") or "0")
        levels = [] if abstract is None else [e for e in abstract.iter(W + "lvl") if whole(e.get(W + "ilvl")) in range(9)]
        said = val(holder, "pPr", "numPr", "ilvl") or "0"
        named = (e for e in levels if val(e, "pStyle") == style)
        return next(named, next((e for e in levels if e.get(W + "ilvl") == said), None))

    def _of(self, number: str) -> Element | None:
        """The abstract list of a list; one that only names a style of lists is that of the style (17.9.21)."""
        for _ in range(3):
            num = next((n for n in self.house.iter(W + "num") if n.get(W + "numId") == number), None)
            wanted = val(num, "abstractNumId")
            found = next((a for a in self.house.iter(W + "abstractNum") if a.get(W + "abstractNumId") == wanted), None)
            link = val(found, "numStyleLink")
            if link is None:
                return found if wanted is not None and number != "0" else None
            number = val(self.styles.index.styles.get(link), "pPr", "numPr", "numId") or "0"
        return None


def _is_plain(level: Element, kind: str) -> bool:
    """Whether a level has a mark, and one that counts nothing but the level itself."""
    text = val(level, "lvlText") or ""
    return bool(text) and re.findall("%[1-9]", text) == ([f"%{(whole(level.get(W + 'ilvl')) or 0) + 1}"] if kind == "number" else [])


def _copy(e: Element) -> Element:
    out = copy.deepcopy(e)
    out.tail = None
    return out


def _shift(e: Element | None, offset: int) -> None:
    """Add to the id of a list, unless it says that there is none."""
    old = whole(attribute(e, "val"))
    if e is not None and old:
        e.set(W + "val", str(old + offset))


def _last(part: Element, tag: str, key: str, none: int) -> int:
    return max((n for e in part.iter(W + tag) if (n := whole(e.get(W + key))) is not None and n < FAR), default=none)


def _mark_look(pr: Element) -> None:
    """A mark in the font and colour of the template, but for fonts that are made of signs."""
    for e in list(pr):
        if local(e) in ("color", "") or (local(e) == "rFonts" and not SYMBOLS.search(e.get(W + "ascii") or "")):
            pr.remove(e)


def _name_fonts(table: Element, families: Iterable[str]) -> None:
    """Say what may stand for fonts of code that a machine has not."""
    known = {e.get(W + "name") for e in table.iter(W + "font")}
    for family in families:
        if family not in known:
            table.append(el("w:font", el("w:altName", val="Consolas"), el("w:family", val="modern"), el("w:pitch", val="fixed"),
                            name=family))
