"""An article comes in; the labels and numbers of its figures and tables go out, and where a cross reference names them.

No format is meant: an exporter that can count (Word with its SEQ fields) takes the numbers from here. What the author wrote stands:
`labels` says when nothing is added to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from pubkit import words
from pubkit.model import (
    Article,
    Aside,
    DefinitionList,
    Emphasis,
    Figure,
    Heading,
    Highlight,
    Inline,
    Node,
    Note,
    Paragraph,
    Quote,
    Reference,
    SmallCaps,
    Span,
    Strong,
    Table,
    Text,
    Verse,
    children,
    plain_text,
    walk,
)

__all__ = ["Kind", "Label", "Mark", "Mention", "labels", "mention"]

Kind: TypeAlias = Literal["figure", "table"]
Mark: TypeAlias = Emphasis | Strong | Highlight | SmallCaps | Span

SPACES = " \t\u00a0\u2007\u2009\u202f\u3000"
DASHES = "\u2010-\u2013-"  # hyphens and the en dash, as a range of characters
ENDS = ".:|\uff1a\uff0e\u3002\u3001\u2013\u2014\u2015-"  # what may stand between the number and the words of a caption
ALPHABETIC = "A-Za-z\u00c0-\u024f\u0370-\u052f\u0590-\u06ff\u1e00-\u1fff\uac00-\ud7a3"  # letters of scripts that part their words
CLOSE = "図图圖表格림표"  # after these a number may stand without a space
OTHERWISE = "代発发發"    # with these before it, 表 is the end of another word
AND = "and|und|et|y|e|en|i|a|och|og|ja|та|і|и|και|ve|و"
SHORT = 200              # characters within which a label stands, if a caption begins with one
UNKNOWN = 10 ** 6        # in place of a number that cannot be one of ours
LEADING = re.compile(r"\A[\W_]+")
COUNTED = re.compile(r"0|[1-9][0-9]{0,3}")

# How authors write "figure" and "table", one language a line: the forms for figures; those for tables; other words that open captions of
# figures. Each is a regular expression; "~" stands for an ending, "." at the end for a full stop that must follow.
_TABLE = """
en ; figures? figs? ; tables? tab. ; charts? diagram graph image map photo(?:graph)? picture plate
de ; abbildung(?:en)? abbn? figur(?:en)? fig. ; tabellen? tab. tafeln? ; bild diagramm foto grafik karte schaubild
fr ; figures? figs? ; tableaux? tabl? tab. ; carte diagramme graphique illustration image photo schéma
es ; figuras? figs? ilustraci[óo]n(?:es)? ; tablas? cuadros? tab. ; esquema foto(?:grafía)? gráfic[oa] imagen mapa
it ; figur[ae] figg? ; tabell[ae] tavol[ae] tabb?. tav. ; foto grafico immagine mappa schema
pt ; figuras? figs? ; tabelas? quadros? tab. ; esquema foto(?:grafia)? gráfico imagem mapa
nl ; figu(?:ur|ren) fig. afbeelding(?:en)? afb ; tabel(?:len)? tab. ; diagram foto grafiek kaart
pl ; rysun(?:ek|k~) rys. rycin~ ryc ; tabel~ tablic~ tab. ; diagram fot mapa schemat wykres zdjęcie
cs ; obráz(?:ek|k~) obr ; tabul(?:k~|ce) tab. ; diagram foto graf mapa schéma
sv ; figur~ fig. ; tabell~ tab. ; bild diagram foto karta
da ; figur~ fig. ; tabel~ tab. ; billede diagram foto kort
nb ; figur~ fig. ; tabell~ tab. ; bilde diagram foto kart
fi ; kuv(?:a|i)~ kuvio~ ; taulukko~ tauluko~ taulu ; kaavio kartta valokuva
uk ; рисун(?:ок|к~) рис. мал(?:юн(?:ок|к~))? ; таблиц~ табл таб. ; діаграма іл карта світлина схема фото
ru ; рисун(?:ок|к~) рис. ; таблиц~ табл таб. ; график диаграмма илл? карта схема фото
el ; εικ[όο]ν~ εικ. σχ[ήη]μα~ σχ. ; π[ίι]ν[αά]κ~ π[ίι]ν. ; διάγραμμα φωτογραφία χάρτης
tr ; şek(?:il|l)~ şek. ; tablo~ çizelge~ tab. ; fotoğraf grafik görsel harita resim
ar ; [وفبك]{0,2}(?:ال)?(?:شكل|أشكال) [وف]?للشكل ; [وفبك]{0,2}(?:ال)?(?:جدول|جداول) [وف]?للجدول ; خريطة (?:ال)?صورة
he ; [ובהלמשכ]{0,3}(?:איור(?:ים)?|תרשים) ; [ובהלמשכ]{0,3}(?:טבל(?:ה|אות)|לוח) ; מפה צילום תמונה
ja ; 図 ; 表 ; 画像 写真 地図
zh ; 图 圖 ; 表格? ; 图片 圖片 地图 地圖 照片
ko ; 그림 ; 표 ; 도표 사진 지도
"""


def _expression(forms: str) -> str:
    return "|".join(re.sub(r"\.$", r"(?=\\.)", form).replace("~", r"[^\W\d_]{0,6}") for form in forms.split())


_FORMS = {line[:2]: tuple(_expression(forms) for forms in line.split(";")[1:]) for line in _TABLE.strip().split("\n")}

_GAP = f"[{SPACES}]{{0,3}}"
_NUMERO = rf"(?:(?:№|n[º°o]|nr)\.?{_GAP}(?=\d))?"
_DIGITS = rf"\d++(?:[.{DASHES}]\d++)*+"
_NUMBER = rf"(?-i:[A-Z]?\.?{_DIGITS}[A-Za-z]?|(?<=[{SPACES}.{CLOSE}])(?:[IVXLC]++|[A-Z]))(?![{ALPHABETIC}\d])"
_AFTER = rf"(?:[{SPACES}]{{0,2}}(?P<end>[{ENDS}]))*+[{SPACES}]*+"
_AND = rf"(?:\s(?:{AND})\s|\s?[&、和と及]\s?)"
_EACH = re.compile(_DIGITS)


class _Patterns(NamedTuple):
    own: re.Pattern[str]    # a label with which a caption begins
    named: re.Pattern[str]  # a label within a text, with one number or several


@cache
def _patterns(kind: Kind, tongue: str) -> _Patterns:
    """What finds the labels of a kind in one of `words.LANGUAGES`, and in English."""
    rows = dict.fromkeys((_FORMS[tongue[:2]], _FORMS["en"]))
    at = 0 if kind == "figure" else 1
    forms = "|".join(row[at] for row in rows)
    more = "|".join(row[2] for row in rows) if kind == "figure" else "(?!)"
    own = rf"(?P<word>(?:{forms}|(?P<other>{more}))\.?)(?P<between>{_GAP}{_NUMERO})(?P<number>{_NUMBER})(?P<after>{_AFTER})"
    apart = rf"(?:(?<=[.{CLOSE}]){_GAP}|[{SPACES}\n]{{1,3}})"
    named = rf"(?<![{ALPHABETIC}{OTHERWISE}])(?:{forms})\.?{apart}{_NUMERO}(?P<numbers>{_DIGITS}(?:{_AND}{_DIGITS})*)"
    return _Patterns(re.compile(own, re.IGNORECASE), re.compile(named, re.IGNORECASE))


class Label(Struct, frozen=True):
    """What a figure or table is called: ``word``, ``between``, ``number``, ``after`` and ``rest`` are, one after the other, its caption.

    Attributes:
        kind: which of the two it is.
        word: "Figure", "Рис.", or what the author wrote ("Fig.").
        number: "1"; the author's may be any other, or one that nothing counts on from ("2.1", "A", "IV"): see `counted`.
        between: what stands between word and number, '' in Chinese and Japanese.
        after: what stands between the number and the rest.
        rest: the caption without the label.
        own: whether the author wrote it.
        reset: whether counting on from the label before would give another number; always so for the first of a later chapter.
        marks: what stands around the label, the outermost first: nodes without content, such as ``Strong(())``.
    """

    kind: Kind
    word: str
    number: str
    between: str
    after: str
    rest: tuple[Inline, ...]
    own: bool = False
    reset: bool = False
    marks: tuple[Mark, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether the number is one that a counter can show: in the digits 0 to 9, without leading zeros, up to 9999."""
        return COUNTED.fullmatch(self.number) is not None

    @property
    def text(self) -> str:
        """Word and number."""
        return self.word + self.between + self.number


class Mention(Struct, frozen=True):
    """Where a cross reference names a label: ``before``, ``text`` and ``after`` are, one after the other, its words.

    ``what`` is "label" where ``text`` is `Label.text` (though spaces may be of another kind), "number" where it is `Label.number`.
    ``marks`` stand around the text as in `Label`; what they hold of the words beside it is in ``before`` and ``after``.
    """

    before: tuple[Inline, ...]
    what: Literal["label", "number"]
    text: str
    after: tuple[Inline, ...]
    marks: tuple[Mark, ...] = ()


def labels(article: Article, language: str, later: bool = False) -> dict[int, Label]:
    """The labels of the figures and tables in an article's text, by the ``id()`` of the node.

    Only those with a caption have one. Figures and tables count for themselves, in reading order and wherever they stand (in asides,
    lists, quotations, passages and cells too), but those in notes have none, as a word processor does not count there. The lead picture,
    ``meta.image``, has none.

    A label with which the author began a caption ("Fig. 3.", in bold as well, in the article's language or in English) is taken as it
    is. Where there is one, captions of the same kind without one stay without. The kind has no labels of ours, either, where they might
    contradict the author, which is where

    - a caption begins with a label that cannot be taken, as it stands in brackets or in a link or is marked in part, or a paragraph begins
      as a caption made by hand does ("Figure 2: The tower");
    - a caption names its own number elsewhere ("The tower (Fig. 2)");
    - a reference to one of the kind names a number that is not the one it would have;
    - the text names a number that none would have ("Figure 7" where there are three, "Figure 2.1"); a figure of another work cannot be
      told apart from the article's own, so that it counts here, too;
    - the text names any number outside of such references, and not all of the kind have captions: the author may have counted those too;
    - one and the same node stands in two places (it has no label, whoever wrote it).

    Args:
        article: the article; the labels hold as long as its nodes live.
        language: the article's language (BCP 47).
        later: whether it is a later chapter of a volume, where a counter has to begin anew.

    Returns:
        The label of each node that has one, figures first, in reading order. The time is linear in the length of the article.
    """
    nodes = [node for node in _outside_notes(article.content) if isinstance(node, (Figure, Table))]
    said: _Said | None = None
    found: dict[int, Label] = {}
    kinds: tuple[tuple[Kind, type[Figure] | type[Table]], ...] = (("figure", Figure), ("table", Table))
    for kind, type_ in kinds:
        patterns = _patterns(kind, words.spoken(language))
        every = [node for node in nodes if isinstance(node, type_)]
        captioned = [node for node in every if plain_text(node.caption, notes=False).strip()]
        places = Counter(map(id, captioned))
        taken = {id(node): label for node in captioned if places[id(node)] == 1 and (label := _own(node.caption, kind, patterns))}
        if captioned and not taken:
            said = said or _said(article)
            if not _contradicted(captioned, len(every), said, kind, patterns):
                taken = {id(node): _ours(node.caption, kind, n, language) for n, node in enumerate(captioned, 1)}
        found.update(_counted_on(taken, later))
    return found


def mention(content: tuple[Inline, ...], label: Label, language: str) -> Mention | None:
    """Where the words of a reference name the label of the figure or table that it leads to.

    Args:
        content: the words of the reference.
        label: the label of its target.
        language: the article's language (BCP 47).

    Returns:
        None where they do not name it, or where formatting parts word and number; then the words stay as they are.
    """
    number = re.escape(label.number)
    between = f"[{SPACES}\\n]+" if label.between and not label.between.strip(SPACES) else re.escape(label.between)
    end = rf"(?!\d|[.{DASHES}]\d)" if label.number[-1].isdigit() else r"(?!\w)"
    whole = re.compile(rf"(?<![{ALPHABETIC}]){re.escape(label.word)}{between}{number}{end}")
    if parts := _parted(content, lambda text: match.span() if (match := whole.search(text)) else None):
        return Mention(parts.before, "label", parts.text, parts.after, parts.marks)
    if plain_text(content, notes=False).strip(SPACES + "()[]") == label.number:
        parts = _parted(content, lambda text: match.span() if (match := re.search(number, text)) else None)
    else:
        named = _patterns(label.kind, words.spoken(language)).named
        parts = _parted(content, lambda text: next((each.span() for match in named.finditer(text) for each in _each(match)
                                                    if each.group() == label.number), None))
    return Mention(parts.before, "number", parts.text, parts.after, parts.marks) if parts else None


def _outside_notes(content: Iterable[Node]) -> Iterator[Node]:
    stack = list(content)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, Note):
            stack.extend(list(children(node))[::-1])


def _counted_on(taken: dict[int, Label], later: bool) -> Iterator[tuple[int, Label]]:
    due = None if later else 1
    for key, label in taken.items():
        if label.counted:
            yield key, msgspec.structs.replace(label, reset=int(label.number) != due)
            due = int(label.number) + 1
        else:
            yield key, label


def _ours(caption: tuple[Inline, ...], kind: Kind, number: int, language: str) -> Label:
    before, after = words.word(f"{kind}_label", language).split("{n}")
    between = "\u00a0" if before.endswith(" ") else ""  # word and number stay on one line
    gap = words.gap(language) or "\u3000"
    return Label(kind, before.rstrip(" "), str(number), between, after.replace(" ", "\u00a0") + gap, caption)


# --- What the author wrote ----------------------------------------------------------------------------------------------------------

class _Parts(NamedTuple):
    before: tuple[Inline, ...]
    marks: tuple[Mark, ...]
    text: str
    after: tuple[Inline, ...]


def _parted(content: tuple[Inline, ...], find: Callable[[str], tuple[int, int] | None]) -> _Parts | None:
    """Inlines parted at the first place that ``find`` finds in one of their texts; what stands around the place is around each part."""
    for n, node in enumerate(content):
        if isinstance(node, Text):
            if span := find(node.text):
                start, end = span
                before, after = node.text[:start], node.text[end:]
                return _Parts((*content[:n], *((Text(before),) if before else ())), (), node.text[start:end],
                              (*((Text(after),) if after else ()), *content[n + 1:]))
        elif isinstance(node, Mark) and (inner := _parted(node.content, find)):
            return _Parts((*content[:n], *_around(node, inner.before)), (msgspec.structs.replace(node, content=()), *inner.marks),
                          inner.text, (*_around(node, inner.after), *content[n + 1:]))
    return None


def _around(mark: Mark, content: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return (msgspec.structs.replace(mark, content=content),) if content else ()


def _own(caption: tuple[Inline, ...], kind: Kind, patterns: _Patterns) -> Label | None:
    """The label with which a caption begins, if all of it stands in one text."""
    first, marked = caption[:1], False
    while first and isinstance(first[0], Mark):
        first, marked = first[0].content[:1], True
    if not first or not isinstance(first[0], Text) or not (match := patterns.own.match(first[0].text)):
        return None
    parts = _parted(caption, lambda _: match.span())
    if parts is None or not _is_label(match, marked or not parts.after):
        return None
    word, between, number, after = match.group("word", "between", "number", "after")
    return Label(kind, word, number, between, after, parts.after, own=True, marks=parts.marks)


def _is_label(match: re.Match[str], closes: bool) -> bool:
    """Whether it is one beyond doubt: "Figure 1", but "Figure A", "Figure 2.1" and "Photo 1" only if something ends them.

    ``closes``: the end of the text is such an end.
    """
    ended = match["end"] is not None or (closes and match.end() == len(match.string))
    return ended or (match["other"] is None and match["number"].isdecimal())


def _each(match: re.Match[str]) -> Iterator[re.Match[str]]:
    return _EACH.finditer(match.string, *match.span("numbers"))


def _numbers(text: str, named: re.Pattern[str]) -> list[int]:
    """The numbers that a text names: of a range the last, `UNKNOWN` for "2.1"."""
    return [_number(each.group()) for match in named.finditer(text) for each in _each(match)]


def _number(written: str) -> int:
    first, *more = (part[:6] for part in re.split(f"[{DASHES}]", written))
    if "." in written or len(more) > 1 or (more and int(more[0]) <= int(first)):
        return UNKNOWN
    return int(more[0] if more else first)


class _Said(NamedTuple):
    """The words of an article that may name labels, those of notes too."""

    texts: list[str]
    paragraphs: list[tuple[Inline, ...]]
    references: list[tuple[type[Node], str, str]]  # the kind and the id of the block that each leads to, and its words


def _said(article: Article) -> _Said:
    nodes = list(walk(article.content))
    kinds = {node.id: type(node) for node in nodes if isinstance(node, (Figure, Table))}
    return _Said([plain_text(inlines, notes=False) for node in nodes for inlines in _inlines(node) if inlines],
                 [node.content for node in nodes if isinstance(node, Paragraph)],
                 [(kinds[node.target], node.target, plain_text(node.content, notes=False))
                  for node in nodes if isinstance(node, Reference) and node.target in kinds])


def _inlines(node: Node) -> tuple[tuple[Inline, ...], ...]:
    """The inlines of a block, without those of blocks within it."""
    match node:
        case Paragraph() | Heading():
            return (node.content,)
        case Figure():
            return node.caption, node.credit
        case Table():
            return (node.caption,)
        case Quote():
            return (node.attribution,)
        case Aside():
            return (node.title,)
        case Verse(lines):
            return lines
        case DefinitionList(items):
            return tuple(term for item in items for term in item.terms)
        case _:
            return ()


def _contradicted(captioned: Sequence[Figure | Table], every: int, said: _Said, kind: Kind, patterns: _Patterns) -> bool:
    """Whether labels of ours for what is captioned, some of ``every`` of the kind, might contradict the author; see `labels`."""
    if len({id(node) for node in captioned}) < len(captioned):
        return True
    for n, node in enumerate(captioned, 1):
        caption = plain_text(node.caption, notes=False)
        match = patterns.own.match(LEADING.sub("", caption)[:SHORT])
        if (match and _is_label(match, closes=True)) or n in _numbers(caption, patterns.named):
            return True
    if any((label := _own(content, kind, patterns)) and label.after.strip(SPACES) for content in said.paragraphs):
        return True
    numbers = {node.id: n for n, node in enumerate(captioned, 1) if node.id}
    linked = 0
    for type_, target, text in said.references:
        if type_ is type(captioned[0]):
            alone = text.strip(SPACES + "()[]")
            named = [_number(alone)] if alone.isdecimal() else _numbers(text, patterns.named)
            if named and numbers.get(target) not in named:
                return True
            linked += len(named)
    named = [number for text in said.texts for number in _numbers(text, patterns.named)]
    return any(not 0 < number <= len(captioned) for number in named) or (every > len(captioned) and len(named) > linked)
