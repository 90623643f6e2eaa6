"""Words, a style and a place come in; lines of shaped glyphs that fit it go out, in any script and from either side.

Fonts are the theme's, then those of folders, then the last resort. Pillow draws, with the shaping of RAQM; where a text takes several
fonts or runs both ways, its pieces are put in order here.
"""

from __future__ import annotations

import functools
import math
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from pubkit.diagnostics import Diagnostic, diagnostic
from pubkit.exporters import fonts as fontlists
from pubkit.theme import FALLBACKS, Style, Theme, font_files, metrics

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

__all__ = ["IDEOGRAPH", "JOINER", "KEPT", "NBSP", "Block", "Setter", "backward", "fit", "opened"]

replace = msgspec.structs.replace
SHY, ZWSP, JOINER, NBSP = "\u00ad", "\u200b", "\u2060", "\u00a0"
KEPT = f"{SHY}{ZWSP}{JOINER}\u200c\u200d"  # format characters that say where lines may end and what is joined
DRAWN = str.maketrans({SHY: "", ZWSP: "", JOINER: "", NBSP: " "})
OTHERS = 24  # fonts that are tried for a script though their names do not speak of it
SCALE = 200  # pixels at which text is measured; other sizes are in proportion
WEIGHTS = (("thin", 100), ("extralight", 200), ("ultralight", 200), ("semilight", 350), ("light", 300), ("medium", 500), ("semibold", 600),
           ("demibold", 600), ("extrabold", 800), ("ultrabold", 800), ("bold", 700), ("black", 900), ("heavy", 900))
LINE = 10.0  # what one more line costs: more than all else
# Han, kana and the like: a line may end between any two, but for these (JIS X 4051: not at the beginning, not at the end of a line).
IDEOGRAPH = re.compile("[\u2e80-\u2fdf\u3001-\u30ff\u3100-\u312f\u31a0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\U0001b000-\U0001b16f"
                       "\U00020000-\U0003ffff]")
NOT_FIRST = set("、。，．・：；？！゛゜ヽヾゝゞ々ー」』】〉》〕）］｝〟’”%)]}!?,.:;…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ～〜％")
NOT_LAST = set("「『【〈《〔（［｛〝‘“([{¥￥＄$＃#")
SYLLABLES = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")  # Thai and Lao vowels that open a syllable
DIRECTED = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
LETTERS = re.compile("[^\\W\\d_]")
ATTACHED = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")  # joiners, variants, shades of skin
# Scripts whose letters stand apart.
TRACKED = re.compile("[\u0020-\u024f\u0300-\u036f\u0370-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e]*")


class _Font(Struct, frozen=True):
    """A face as Pillow opens it."""

    path: str
    index: int = 0
    family: str = ""
    weight: int = 400
    italic: bool = False


_kept = threading.local()


def opened(font: _Font, size: int) -> FreeTypeFont:
    """An opened font, kept for this thread: FreeType's faces are not for two."""
    from PIL import ImageFont

    kept: dict[tuple[_Font, int], FreeTypeFont] = _kept.__dict__.setdefault("faces", {})
    key = font, size
    if key not in kept:
        for old in list(kept)[:-47]:
            del kept[old]
        layout = ImageFont.Layout.RAQM if _shapes() else ImageFont.Layout.BASIC
        kept[key] = ImageFont.truetype(font.path, size, index=font.index, layout_engine=layout)
    return kept[key]


@functools.cache
def _shapes() -> bool:
    """Whether Pillow has RAQM, which joins letters and places marks."""
    from PIL import features

    return bool(features.check("raqm"))


@functools.lru_cache(maxsize=48)
def _signs(path: str, index: int) -> frozenset[int]:
    """The characters that a font has."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except Exception:  # noqa: BLE001 (it raises what it likes on broken files)
        return frozenset()


@functools.lru_cache(maxsize=8)
def _found(folders: tuple[str, ...]) -> tuple[_Font, ...]:
    """The fonts below some folders that Pillow can draw at any size."""
    from PIL import ImageFont

    found = []
    for path in sorted(path for folder in folders for path in fontlists.below(folder, fontlists.FILES)):
        try:
            with open(path, "rb") as data:
                head = data.read(12)
            number = int.from_bytes(head[8:12], "big") if head[:4] == b"ttcf" else 1
            for index in range(min(number, 64)):
                family, style = ImageFont.truetype(path, 20, index=index).getname()
                found.append(_named(path, index, family or "", style or ""))
        except OSError:
            continue
    return tuple(f for f in found if not f.family.startswith(fontlists.LAST_RESORT[0]) and "emoji" not in f.family.lower())


def _named(path: str, index: int, family: str, style: str) -> _Font:
    plain = style.lower().replace(" ", "").replace("-", "")
    weight = next((w for name, w in WEIGHTS if name in plain), 400)
    return _Font(path, index, family, weight, "italic" in plain or "oblique" in plain)


class _Text(Struct):
    """A text with its style: for each character the font that shows it and its level (even: from left to right)."""

    text: str
    style: Style
    base: int
    fonts: list[_Font]
    levels: list[int]
    setter: Setter

    def pieces(self) -> list[_Piece]:
        """What lines are made of."""
        out, start, n = [], 0, len(self.text)
        for end in range(1, n + 1):
            if end == n or _may_break(self.text, end):
                stop = end
                while stop > start and self.text[stop - 1] in " \u00ad\u200b\u3000":
                    stop -= 1
                if stop > start:
                    gap = self.text[stop:end].translate(DRAWN)
                    line = self.line(start, stop)
                    space = self.setter.width(gap, self.fonts[stop], self.style) if gap else 0.0
                    out.append(_Piece(start, stop, line.width, line.ascent, line.descent, space, self.text[stop:end] == SHY))
                start = end
        return out

    def line(self, start: int, end: int, hyphen: bool = False) -> _Line:
        """The characters from ``start`` to ``end`` as runs, in the order in which they are seen."""
        runs = []
        for (font, level), group in groupby(range(start, end), key=lambda i: (self.fonts[i], self.levels[i])):
            text = "".join(self.text[i] for i in group).translate(DRAWN)
            if text:
                runs.append(self.setter.run(text, font, level, self.style))
        if hyphen and runs:
            runs.append(self.setter.run("-", runs[-1].font, runs[-1].level, self.style))
        return _Line(_seen(runs))


class _Piece(Struct, frozen=True):
    """A part of a text between two places where a line may end; lengths in em."""

    start: int
    end: int
    width: float
    ascent: float
    descent: float
    space: float
    hyphen: bool


class _Run(Struct, frozen=True):
    """Characters of one font and direction. Lengths in em; ``tracking`` is added after each cluster but the last."""

    text: str
    font: _Font
    level: int
    width: float
    ascent: float
    descent: float
    tracking: float
    features: tuple[str, ...]


class _Line:
    """Runs from left to right."""

    def __init__(self, runs: list[_Run]) -> None:
        self.runs = runs
        self.width = sum(r.width for r in runs)
        self.ascent = max((r.ascent for r in runs), default=0.0)
        self.descent = max((r.descent for r in runs), default=0.0)


class Block(Struct):
    """Lines at a size, in pixels; base lines from the top of the block; ``cut``: whether the end is left out."""

    lines: list[_Line]
    size: int
    baselines: list[float]
    height: float
    cut: bool = False


class _Plan(Struct, frozen=True):
    """A size in pixels, the distance of base lines in em, the first and last piece of each line, and what is ill about these ends."""

    size: int
    gap: float
    ends: list[tuple[int, int]]
    cost: float


def _seen(runs: list[_Run]) -> list[_Run]:
    """Runs in the order in which they are seen (UAX #9, L2)."""
    for level in range(max((r.level for r in runs), default=0), 0, -1):
        ordered: list[_Run] = []
        for turned, group in groupby(runs, key=lambda r: r.level >= level):
            part = list(group)
            ordered += part[::-1] if turned else part
        runs = ordered
    return runs


class Setter:
    """Finds fonts for characters, measures and draws them."""

    def __init__(self, theme: Theme, more: tuple[str, ...], language: str) -> None:
        self.theme, self.more, self.language = theme, more, language
        files = font_files(theme)
        own = [_Font(str(path), 0, face.family, face.weight, face.italic) for face, path in files.items()]
        self.families: dict[str, list[_Font]] = {}
        for font in own:
            self.families.setdefault(font.family, []).append(font)
        self.last: dict[str, set[str]] = {}
        self.memory: dict[tuple[str, int, bool, str], _Font | None] = {}
        self.measured: dict[tuple[str, _Font, int, float, tuple[str, ...]], _Run] = {}

    # -- Fonts -----------------------------------------------------------------------------------------------------------------------

    def text(self, text: str, style: Style, base: int) -> _Text:
        """A text with fonts and levels; what no font has is left out."""
        found = [(cluster, font) for cluster in _clusters(text) if (font := self.font(cluster, style))]
        kept = [(cluster, self._beside(found, place)) for place, (cluster, _) in enumerate(found)]
        whole = "".join(cluster for cluster, _ in kept)
        fonts = [font for cluster, font in kept for _ in cluster]
        return _Text(whole, style, base, fonts, _levels(whole, base), self)

    def _beside(self, found: list[tuple[str, _Font]], place: int) -> _Font:
        """The font of a cluster; a space or sign between letters of one font, or behind the last, is set in theirs."""
        cluster, own = found[place]
        if cluster.isalnum():
            return own
        before = next((font for other, font in reversed(found[:place]) if other[0].isalnum()), own)
        after = next((font for other, font in found[place + 1:] if other[0].isalnum()), before)
        same = before == after and before.family not in fontlists.LAST_RESORT
        return before if same and _signs(before.path, before.index).issuperset(map(ord, cluster.translate(DRAWN))) else own

    def font(self, cluster: str, style: Style) -> _Font | None:
        """The font that shows a cluster of characters: the theme's, one of the folders', the last resort."""
        key = style.font, style.weight, style.italic, cluster
        if key not in self.memory:
            needed = [c for c in cluster.translate(DRAWN) if not _unseen(c)] or [" "]
            self.memory[key] = self._find(needed, style)
        return self.memory[key]

    def _find(self, needed: Sequence[str], style: Style) -> _Font | None:
        for parts in (needed, needed[:1]):
            codes = [ord(c) for c in parts]
            for font in self._candidates(parts[0], style):
                if _signs(font.path, font.index).issuperset(codes):
                    if font.family in fontlists.LAST_RESORT:
                        self.last.setdefault(fontlists.LAST_RESORT[0], set()).update(parts)
                    return font
        self.last.setdefault("", set()).update(needed)
        return None

    def _candidates(self, character: str, style: Style) -> Iterator[_Font]:
        def far(font: _Font) -> tuple[bool, int]:
            return font.italic != style.italic, abs(font.weight - style.weight)

        for family in dict.fromkeys((*self.theme.stack(style.font), *self.theme.stack("text"), *FALLBACKS)):
            if family not in fontlists.LAST_RESORT:
                yield min(self.families[family], key=far)
        if self.more:
            from fontTools.unicodedata import script

            code = "Hani" if IDEOGRAPH.match(character) else script(character)
            yield from _ranked(self.more, code, self.language, self.theme.stack(style.font)[0], style.italic, style.weight)
        for family in fontlists.LAST_RESORT:
            yield from self.families.get(family, ())

    def rough(self, text: _Text) -> bool:
        """Whether a text is set in the last resort."""
        return any(font.family in fontlists.LAST_RESORT for font in text.fonts)

    def findings(self) -> Iterator[Diagnostic]:
        """What the fonts lack."""
        if not _shapes():
            yield diagnostic("export-note", "this Pillow has no RAQM: letters of the cover are neither joined nor marked as they should be")
        for resort, characters in sorted(self.last.items()):
            shown = fontlists.some(characters, numbers=not resort)
            yield diagnostic("glyph-missing", f"no font of the theme has {shown}; set in the last-resort font Unifont on the cover. "
                                              "Name a folder with a better font in PUBKIT_FONTS" if resort else
                             f"no font has {shown}; left out of the cover")

    # -- Measuring and drawing -------------------------------------------------------------------------------------------------------

    def run(self, text: str, font: _Font, level: int, style: Style) -> _Run:
        """A run, measured."""
        tracking = 0.0
        features: tuple[str, ...] = ()
        own = font.family in self.theme.stack(style.font) or font.family in self.theme.stack("text")
        if own and _shapes():
            features = _features(style, metrics(font.path).small_caps)
        apart = not level % 2 and TRACKED.fullmatch(text)
        if apart and (style.tracking <= 0 or "c2sc" in features):
            tracking = style.tracking
        if tracking:
            features = (*features, "-liga", "-clig")
        key = text, font, level, tracking, features
        if key not in self.measured:
            face, more = opened(font, SCALE), self._more(level, features)
            _, top, _, bottom = face.getbbox(text, anchor="ls", **more)
            width = face.getlength(text, **more) / SCALE + tracking * len(_clusters(text))
            self.measured[key] = _Run(text, font, level, width, -top / SCALE, bottom / SCALE, tracking, features)
        return self.measured[key]

    def width(self, text: str, font: _Font, style: Style) -> float:
        """The width of a gap, in em."""
        return self.run(text, font, 0, style).width

    def _more(self, level: int, features: tuple[str, ...]) -> dict[str, Any]:
        if not _shapes():
            return {}
        return {"direction": "rtl" if level % 2 else "ltr", "language": self.language, "features": list(features) or None}

    def draw(self, pen: Any, line: _Line, x: float, y: float, size: int, color: str) -> None:
        """Draw a line from ``x`` on the base line ``y``."""
        for run in line.runs:
            face, more = opened(run.font, size), self._more(run.level, run.features)
            if run.tracking:
                done = ""
                for number, cluster in enumerate(_clusters(run.text)):
                    done += cluster
                    place = x + face.getlength(done, **more) - face.getlength(cluster, **more) + number * run.tracking * size
                    pen.text((place, y), cluster, color, face, "ls", **more)
            else:
                text = run.text if _shapes() or not run.level % 2 else run.text[::-1]
                pen.text((x, y), text, color, face, "ls", **more)
            x += run.width * size


@functools.lru_cache(maxsize=64)
def _ranked(folders: tuple[str, ...], code: str, language: str, beside: str, italic: bool, weight: int) -> tuple[_Font, ...]:
    """The fonts of some folders to be tried for a script (ISO 15924), one a family: those made for it, and of a like kind, first."""
    from fontTools.unicodedata import script_name

    han = code in fontlists.CJK
    name = script_name(code, "").replace("_", " ").lower()
    regions = next(r for tag, r in reversed(fontlists.HAN) if not tag or f"{language.lower()}-".startswith(f"{tag}-"))
    kind = fontlists.font_kind(beside)

    def foreign(font: _Font) -> bool:
        family = font.family.lower()
        return not (("cjk" in family or fontlists.font_region(font.family)) if han else (name in family or "symbol" in family))

    def order(font: _Font) -> tuple[Any, ...]:
        region = fontlists.font_region(font.family)
        return (foreign(font), regions.index(region) if region in regions else len(regions), fontlists.font_kind(font.family) != kind,
                font.italic != italic, abs(font.weight - weight), len(font.family), font.family, font.path, font.index)

    ranked: dict[str, _Font] = {}
    for font in sorted(_found(folders), key=order):
        ranked.setdefault(font.family, font)
    made = [font for font in ranked.values() if not foreign(font)]
    others = [font for font in ranked.values() if foreign(font) and not fontlists.font_region(font.family)]
    return (*made, *others[:OTHERS])


def _features(style: Style, small_caps: bool) -> tuple[str, ...]:
    caps = {"small": ["smcp"], "all-small": ["smcp", "c2sc"]}.get(style.caps, []) if small_caps else []
    return (*caps, *(["onum"] if style.figures == "oldstyle" else []))


def _unseen(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in ("Cf", "Cc") or "\ufe00" <= character <= "\ufe0f"


def _clusters(text: str) -> list[str]:
    """Characters with the marks and joiners that belong to them."""
    out: list[str] = []
    for character in text:
        if out and out[-1] != " " and (ATTACHED.match(character) or unicodedata.category(character)[0] == "M" or out[-1][-1] == "\u200d"):
            out[-1] += character
        else:
            out.append(character)
    return out


# --- Lines --------------------------------------------------------------------------------------------------------------------------

def _may_break(text: str, place: int) -> bool:
    """Whether a line may end before the character at ``place``."""
    before, after = text[place - 1], text[place]
    if after in " \u00ad\u200b\u3000":
        return False
    if before in " \u00ad\u200b\u3000":
        # A dash or mark between spaces stays with what it ends.
        return not (after in "-–—:;!?»·" and text[place + 1:place + 2] in ("", " "))
    if before in "-‐–—/" and place > 1:
        return text[place - 2].isalnum() and after.isalnum() and not after.isdigit()
    if IDEOGRAPH.match(before) or IDEOGRAPH.match(after):
        return not (after in NOT_FIRST or before in NOT_LAST or {NBSP, JOINER} & {before, after} or unicodedata.combining(after))
    return bool(SYLLABLES.match(after)) and unicodedata.category(before) in ("Lo", "Mn")


def fit(text: _Text, width: float, height: float, sizes: tuple[int, int], leading: float, most: int, shape: float = 0.0) -> Block:
    """The text at the largest size at which it fits, in lines of like length; its end is cut off where none fits.

    ``shape`` is how much the ends of lines count against the size.
    """
    if not text.text:
        return Block([], sizes[1], [], 0)
    largest, least = sizes
    steps = list(_steps(largest, least))
    pieces = text.pieces()
    if block := _best(text, pieces, width, height, [size for size in steps if size >= largest * 0.5], leading, most, shape):
        return block
    text = _split(text, pieces, width / max(largest * 0.5, least))
    pieces = text.pieces()
    return _best(text, pieces, width, height, steps, leading, most, shape) or _cut(text, pieces, width, height, least, leading, most)


def _best(text: _Text, pieces: list[_Piece], width: float, height: float, sizes: list[int], leading: float, most: int,
          shape: float) -> Block | None:
    """The block at the size that is largest and whose lines are of like length and end well."""
    best, worth, first = None, float("-inf"), 0
    for size in sizes:
        if size < first * 0.6:
            break
        if plan := _plan(text.text, pieces, width, height, size, leading + 0.16 * (1 - size / sizes[0]), most):
            first = first or size
            value = math.log(size) - plan.cost * shape
            if value > worth + 0.001:
                best, worth = plan, value
            if not shape:
                break
    return _set(text, pieces, best) if best else None


def _steps(largest: int, least: int) -> Iterator[int]:
    size = float(largest)
    while size > least:
        yield round(size)
        size *= 0.94
    yield least


def _plan(text: str, pieces: list[_Piece], width: float, height: float, size: int, leading: float, most: int) -> _Plan | None:
    """Where the lines end at a size; None if the text does not fit."""
    limit = width * 0.995 / size
    if max(p.width for p in pieces) > limit:
        return None
    count = _count(pieces, limit)
    gap = max(leading, _tight(pieces) if count > 1 else 0.0)
    if count > most or (pieces[0].ascent + (count - 1) * gap + pieces[-1].descent) * size > height:
        return None
    ends, cost = _ends(pieces, min(limit, _narrowest(pieces, limit, count) * 1.12), text, min(1.0, 3 / count))
    return _Plan(size, gap, ends, cost)


def _set(text: _Text, pieces: list[_Piece], plan: _Plan) -> Block:
    """The lines of a plan."""
    lines = [text.line(pieces[first].start, pieces[last].end, pieces[last].hyphen and last + 1 < len(pieces)) for first, last in plan.ends]
    first, gap = lines[0].ascent * plan.size, plan.gap * plan.size
    baselines = [first + n * gap for n in range(len(lines))]
    return Block(lines, plan.size, baselines, baselines[-1] + max(lines[-1].descent, 0.16) * plan.size)


def _narrowest(pieces: list[_Piece], limit: float, count: int) -> float:
    """The narrowest measure at which there are no more lines."""
    low, high = max(p.width for p in pieces), limit
    while high - low > 0.01:
        middle = (low + high) / 2
        if _count(pieces, middle) <= count:
            high = middle
        else:
            low = middle
    return high


def _tight(pieces: list[_Piece]) -> float:
    """The least distance of base lines at which no two lines touch, in em."""
    return max(p.ascent for p in pieces) + max(p.descent for p in pieces) + 0.04


def _count(pieces: list[_Piece], limit: float) -> int:
    lines, used = 1, 0.0
    space = 0.0
    for piece in pieces:
        if used and used + space + piece.width > limit:
            lines, used, space = lines + 1, 0.0, 0.0
        used += (space if used else 0.0) + piece.width
        space = piece.space
    return lines


def _ends(pieces: list[_Piece], limit: float, text: str, sense: float) -> tuple[list[tuple[int, int]], float]:
    """The first and last piece of each line, as few as can be, of like length, ending with the sense; and what is ill about them.

    ``sense`` is how much the latter counts, 0 to 1.
    """
    best, back = [0.0], [0]
    for end in range(1, len(pieces) + 1):
        cost, start, used = float("inf"), end - 1, 0.0
        for first in range(end - 1, -1, -1):
            used += pieces[first].width + (pieces[first].space if first < end - 1 else 0.0)
            if used > limit * 1.0001 and first < end - 1:
                break
            alone = 0.08 if first == end - 1 and len(pieces) > 1 and pieces[first].space else 0.0
            halt = _halt(pieces[end - 1], pieces[end], text) if end < len(pieces) else 0.0
            tried = best[first] + LINE + (1 - used / limit) ** 2 + alone + halt * sense
            if tried < cost:
                cost, start = tried, first
        best.append(cost)
        back.append(start)
    ends, end = [], len(pieces)
    while end:
        ends.append((back[end], end - 1))
        end = back[end]
    return ends[::-1], best[-1] / len(ends) - LINE


def _halt(piece: _Piece, after: _Piece, text: str) -> float:
    """What it costs to end a line here: less after a stop; more within words, before numbers and after a short word, which leads on."""
    if piece.hyphen:
        return 0.1
    if text[piece.end - 1] in ",.;:!?—–،؛；：。，、！？":
        return -0.03
    if not piece.space and IDEOGRAPH.match(text[piece.end - 1]):  # in Japanese a phrase mostly ends in hiragana
        return 0.0 if "ぁ" <= text[piece.end - 1] <= "ゟ" and not "ぁ" <= text[after.start] <= "ゟ" else 0.1
    if text[after.start].isdigit():
        return 0.25
    if after.end - after.start == 1:
        return 0.06
    return 0.03 if piece.space and piece.end - piece.start <= 3 else 0.0


def _split(text: _Text, pieces: list[_Piece], limit: float) -> _Text:
    """The text with places to break in words that are too long for a line, in em."""
    out, place = [], 0
    for piece in pieces:
        if piece.width > limit:
            clusters = _clusters(text.text[piece.start:piece.end])
            letters = all(TRACKED.fullmatch(c) and LETTERS.match(c) for c in clusters)
            ends = 3 if letters else 1
            out.append(text.text[place:piece.start])
            for number, cluster in enumerate(clusters):
                inside = ends <= number <= len(clusters) - ends
                out.append((SHY if letters else ZWSP) + cluster if inside else cluster)
            place = piece.end
    whole = "".join([*out, text.text[place:]])
    return text if whole == text.text else text.setter.text(whole, text.style, text.base)


def _cut(text: _Text, pieces: list[_Piece], width: float, height: float, size: int, leading: float, most: int) -> Block:
    """As much of a text as fits at a size, with an ellipsis; at least its first piece."""
    best = _set(text, pieces[:1], _Plan(size, leading, [(0, 0)], 0.0))
    low, high = 1, len(pieces)
    while low < high:
        middle = (low + high) // 2
        short = text.setter.text(text.text[:pieces[middle - 1].end].rstrip(",;:.") + "…", text.style, text.base)
        parts = short.pieces()
        if plan := _plan(short.text, parts, width, height, size, leading, most):
            best, low = _set(short, parts, plan), middle + 1
        else:
            high = middle
    return replace(best, cut=True)


# --- Directions (UAX #9, without explicit ones) -------------------------------------------------------------------------------------

BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "「": "」", "（": "）"}


def _levels(text: str, base: int) -> list[int]:
    """The level of each character: even ones run from left to right."""
    if not base and not DIRECTED.search(text):
        return [0] * len(text)
    kinds = [unicodedata.bidirectional(c) or "L" for c in text]
    base = 1 if backward(text) else base
    own = "R" if base else "L"
    _weak(kinds, own)
    _neutral(kinds, own, text)
    return [{"L": 2 * base, "R": 1}.get(kind, 2) for kind in kinds]  # I1, I2


def backward(text: str) -> bool:
    """Whether all letters of a text run from right to left, whatever its language is said to be."""
    return bool(DIRECTED.search(text)) and "L" not in {unicodedata.bidirectional(c) for c in text}


def _weak(kinds: list[str], own: str) -> None:
    """W1 to W7."""
    before, strong = own, own
    for i, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kind = before
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        kinds[i] = before = kind
    for i, kind in enumerate(kinds):
        around = kinds[i - 1] if 0 < i < len(kinds) - 1 and kinds[i - 1] == kinds[i + 1] else ""
        if (kind in ("ES", "CS") and around == "EN") or (kind == "CS" and around == "AN"):
            kinds[i] = around
    for order in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        before = ""
        for i in order:
            if kinds[i] == "ET" and before == "EN":
                kinds[i] = "EN"
            before = kinds[i]
    strong = own
    for i, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        kinds[i] = "R" if kind == "AL" else "L" if kind == "EN" and strong == "L" else "ON" if kind in ("ES", "ET", "CS") else kind


def _neutral(kinds: list[str], own: str, text: str) -> None:
    """N0 to N2."""
    open_ones: list[tuple[str, int]] = []
    for i, character in enumerate(text):
        if character in BRACKETS and kinds[i] == "ON":
            open_ones.append((BRACKETS[character], i))
        elif open_ones and character == open_ones[-1][0]:
            _, start = open_ones.pop()
            inside = {_side(k) for k in kinds[start + 1:i]} - {""}
            if own in inside:
                kinds[start] = kinds[i] = own
            elif inside:
                before = next((_side(k) for k in reversed(kinds[:start]) if _side(k)), own)
                kinds[start] = kinds[i] = before if before in inside else own
    i = 0
    while i < len(kinds):
        end = i
        while end < len(kinds) and not _side(kinds[end]):
            end += 1
        if end > i:
            before = _side(kinds[i - 1]) if i else own
            after = _side(kinds[end]) if end < len(kinds) else own
            kinds[i:end] = [before if before == after else own] * (end - i)
        i = max(end, i + 1)


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R" if kind in ("R", "EN", "AN") else ""
