"""Text that was decoded by way of trial comes in; the language whose words it holds goes out, or nothing where it reads like no language.

The evidence is small words that every text of a language has, and letters that stand where the language's letters can stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from msgspec import Struct

__all__ = ["ENCODINGS", "fitting", "is_sensible", "is_text"]

ENOUGH = 3       # small words that have to be found
FOREIGN = 0.25   # share of words with letters that another language of the same encodings has: names, loans
BAD = 0.02       # share of words that no language could have


class _Language(Struct, frozen=True):
    """A language: what it is written with besides ASCII, and small words; ``encodings`` that it is found in."""

    name: str
    encodings: frozenset[str]
    letters: frozenset[str]
    words: frozenset[str]


_GROUPS = {
    "english": "cp1252 iso8859_15", "west": "cp1252 iso8859_15 mac_roman cp850", "centre": "cp1250 iso8859_2 cp852",
    "turkish": "cp1254", "greek": "cp1253 iso8859_7", "cyrillic": "cp1251 koi8_u koi8_r iso8859_5 mac_cyrillic cp866",
    "hebrew": "cp1255", "arabic": "cp1256", "japanese": "cp932 euc_jp", "simplified": "gb18030", "traditional": "big5", "korean": "cp949",
}
ENCODINGS = tuple(dict.fromkeys(" ".join(_GROUPS.values()).split()))

_ALPHABET_UK = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_ALPHABET_RU = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_ALPHABET_AR = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيـ"
_ALPHABET_EL = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
_WEST = "àáâãäåæçèéêëìíîïñòóôõöøùúûüœß"

# One line a language: name, group, letters beside ASCII, small words.
_TABLE = f"""
English|english|{_WEST}|the of and to in is that for it was on are with as his he be at by had not but from they this which or
German|west|äöüß|der die das und ist nicht ein eine mit den von zu auf im dem des es sich auch war als an sie er für
French|west|àâæçéèêëîïôœùûü|le la les des et est un une que qui dans pour pas sur du au en ne il par plus avec
Spanish|west|áéíñóúü|el la los las de que y en un una es por con no para se del al como más lo
Portuguese|west|áâãàçéêíóôõúü|o os as de que e em um uma do da dos das no na não para com por se mais já
Italian|west|àèéìíîòóùú|il lo la gli le di che e un una in per con non del della dei è si sono al
Dutch|west|áéëïíóöüè|de het een en van is niet dat op te in zijn met voor er aan door ook als
Swedish|west|åäöé|och att det en som är på av för med den till inte ett om var har de
Danish|west|æøåé|og at det en som er på af for med den til ikke et om var har de i
Finnish|west|äöåšž|ja on ei että se oli hän joka kun mutta niin myös ovat sen tai kuin
Polish|centre|ąćęłńóśźż|i w na z do się nie że to jest jak po od za przez który o ale ją go co tak
Czech|centre|áčďéěíňóřšťúůýž|a v na se je že z do to s o ve si pro jako ale by za po tak byl byla ho
Slovak|centre|áäčďéíĺľňóôŕšťúýž|a v na sa je že z do to s o vo si pre ako ale by za po tak bol bola
Hungarian|centre|áéíóöőúüű|a az és egy hogy nem is ez volt de van meg csak mint még már el ki
Croatian|centre|čćđšž|i u na se je da su za od s ne bi što kao ali iz o po koji
Romanian|centre|ăâîşţ|şi de la în a cu nu o pe din că un se mai este era au ce să
Turkish|turkish|çğıöşüâîû|ve bir bu da de için ile çok o ne gibi daha en var kadar olan olarak ki onu her sonra
Greek|greek|{_ALPHABET_EL}|ο η το οι τα και του της την τον των στο στη στην με για που να από ότι δεν είναι ένα
Ukrainian|cyrillic|{_ALPHABET_UK}|і в у на з що не до та за це як й його від є але про для так був була по
Russian|cyrillic|{_ALPHABET_RU}|и в на с что не по к из за это как его он от но для так был была а о у
Bulgarian|cyrillic|абвгдежзийклмнопрстуфхцчшщъьюя|и в на се да от за с че не го са е по как но това той през ще
Hebrew|hebrew|אבגדהוזחטיךכלםמןנסעףפץצקרשת|של את על לא הוא היא עם כל זה אל גם או כי היה הם אם מן
Arabic|arabic|{_ALPHABET_AR}|في من على إلى أن لا ما عن هذا هذه التي الذي كان مع إن أو كل
Chinese|simplified||的 是 了 在 不 有 人 一 和 他 这 个 我 们 上 来 大 中 之 者 其 也 以
Chinese|traditional||的 是 了 在 不 有 人 一 和 他 這 個 我 們 上 來 大 中 之 者 其 也 以
Japanese|japanese||の に は を た が で て と し れ さ い る
Korean|korean||다 는 은 이 가 을 를 에 의 고 로 한 지 사
"""


def _language(line: str) -> _Language:
    name, group, letters, words = line.split("|")
    return _Language(name, frozenset(_GROUPS[group].split()), frozenset(letters), frozenset(words.split()))


_LANGUAGES = tuple(map(_language, _TABLE.strip().split("\n")))


def is_text(text: str) -> bool:
    """Whether a text has no controls, and no signs that are not assigned or of private use."""
    return all(c in "\t\n\r\f\x1b" or unicodedata.category(c) not in ("Cc", "Cn", "Co", "Cs") for c in set(text))


_SCRIPTS = frozenset("""LATIN CYRILLIC GREEK ARMENIAN HEBREW ARABIC DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA
MALAYALAM SINHALA THAI LAO TIBETAN MYANMAR GEORGIAN ETHIOPIC KHMER CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA HANGUL""".split())
_MARKS = "\u00ad\u200c\u200d\u200e\u200f"
_EAST = frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"))
_LEVELS = (("gb2312", 0xD7), ("big5", 0xC6), ("shift_jis", 0x97))  # the last lead byte of the common ideographs


def is_sensible(text: str) -> bool:
    """Whether a text that was put together from pairs of bytes is one: letters of one script or two besides Latin, and usual signs."""
    if not is_text(text) or "\u2000" in text:
        return False
    signs = Counter(text)
    scripts = Counter[str]()
    odd = 0
    for sign, count in signs.items():
        category = unicodedata.category(sign)
        if category[0] in "LM":
            script = unicodedata.name(sign, "?").split()[0]
            scripts["CJK" if script in _EAST else script] += count
        elif not sign.isascii() and category not in ("Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Nd") and sign not in _MARKS:
            odd += count
    total = sum(scripts.values())
    main = [(k, n) for k, n in scripts.most_common(3) if n * 20 > total]
    if not total or odd * 10 > len(text) or sum(n for _, n in main) < 0.95 * total:
        return False
    if not _SCRIPTS.issuperset(k for k, _ in main) or sum(1 for k, _ in main if k != "LATIN") > 2:
        return False
    latin = {c: n for c, n in signs.items() if c.isalpha() and c < "\u0250"}
    plain = sum(n for c, n in latin.items() if c.isascii())
    if main[0][0] == "LATIN" and plain and plain * 2 < sum(latin.values()):
        return False
    hanzi = {c: n for c, n in signs.items() if _kind(c) == "hanzi" or "\u3400" <= c <= "\u4dbf"}
    usual = max(_leading(hanzi, codec, last) for codec, last in _LEVELS)
    return usual >= 0.9 * sum(hanzi.values()) and (not scripts["HANGUL"] or _share(signs, "euc_kr") >= 0.98)


def _leading(signs: dict[str, int], codec: str, last: int) -> int:
    return sum(n for c, n in signs.items() if (code := c.encode(codec, "ignore")) and code[0] <= last)


def fitting(text: str, encodings: Collection[str]) -> tuple[str, int] | None:
    """The language that a text reads like, if it may be in one of these encodings.

    Args:
        text: decoded text.
        encodings: the names of the encodings that give this text.

    Returns:
        The language's name and the number of words (in East Asia, signs) that bear it out; None where it reads like none.
    """
    able = [x for x in _LANGUAGES if not x.encodings.isdisjoint(encodings)]
    lettered = [x for x in able if x.letters]
    if lettered:
        return _lettered(text, lettered)
    return next((found for x in able if (found := _signs(text, x))), None)


# --- Languages with letters ----------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_²³¹¼½¾ªº]+")
_JOINS = "’‘‑–—…·´״׳،٬\u00ad\u200c\u200d"      # signs that may stand between two letters
_BEFORE = "„“”‘’‚«»‹›–—…¿¡€£§°©"               # signs that may stand right before a word
_AFTER = "„“”‘’«»‹›–—…°،؛؟"              # signs that may stand right after one
_OTHERS = "£€§©±×÷µ•†‡№·"                   # signs that stand alone or beside figures
_ANYWHERE = "\u00a0\u202f" + _JOINS
_LETTER_WORDS = frozenset("àáèéíóúöåäő")
_NEAR = re.compile(r"(.?)([^\x00-\x7f])(?=(.?))", re.DOTALL)


def _lettered(text: str, languages: list[_Language]) -> tuple[str, int] | None:
    text = unicodedata.normalize("NFC", text)
    if not is_text(text):
        return None
    words = _WORD.findall(text.replace("İ", "i"))
    counts = Counter(w.lower() for w in words)
    special = [w for w in words if not w.isascii()]
    bad = _bad_signs(text) + sum(map(_bad_word, special))
    if bad > BAD * len(special):
        return None
    scores = {x: sum(1 for w in x.words if counts[w]) for x in _LANGUAGES if x.letters}
    best = max(scores.values())
    if best < ENOUGH:
        return None
    for language in languages:
        if scores[language] < best or (language.name != "Spanish" and ("¿" in text or "¡" in text)):
            continue
        if _written_in(special, language, languages):
            return language.name, len(special) + sum(counts[w] for w in language.words)
    return None


def _bad_word(word: str) -> bool:
    """Whether no word can be so: a small letter before a large one, or hardly any letter of ASCII in Latin script."""
    if any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(word)):
        return True
    latin = [c for c in word if c < "\u0250"]
    if len(latin) < len(word):
        return False
    odd = sum(1 for c in latin if not c.isascii())
    return word.lower() not in _LETTER_WORDS if len(word) == 1 else odd > 0.85 * len(word) > 1.7


def _bad_signs(text: str) -> int:
    """How many signs stand where none of their kind stands in a text that was decoded rightly."""
    return sum(1 for before, sign, after in _NEAR.findall(text) if not _in_place(before, sign, after))


def _in_place(before: str, sign: str, after: str) -> bool:
    if sign.isalpha() and sign not in "ªº":
        return not (before.isdigit() or after.isdigit())
    if sign in _ANYWHERE or unicodedata.category(sign) == "Mn":
        return True
    left, right = before.isalpha(), after.isalpha()
    if sign in "¿¡":
        return not (left or before.isdigit()) and (right or after in "¿¡«“\"'*_")
    if sign in "²³™®ªº":
        return (left or before.isdigit() or before in ")*_.") and not right
    if sign in "¼½¾":
        return not (left or right or after.isdigit())
    if left and right:
        return False
    if left:
        return sign in _AFTER
    if right:
        return sign in _BEFORE
    return sign in _BEFORE or sign in _AFTER or sign in _OTHERS


def _written_in(words: list[str], language: _Language, others: list[_Language]) -> bool:
    """Whether words have the letters of a language; a few may have those of another one."""
    foreign = 0
    for word in words:
        letters = {c for c in word.lower() if not c.isascii()}
        if "ß" in letters and word.isupper():
            return False
        if not any(letters <= x.letters for x in others if x.name != "English"):
            return False
        foreign += not letters <= language.letters or _mixed(word, language)
    return foreign <= FOREIGN * len(words)


def _mixed(word: str, language: _Language) -> bool:
    """Whether a word has letters of ASCII among those of a script of its own."""
    return len(language.letters) > 20 and language.name != "English" and any(c.isascii() for c in word)


# --- Languages with signs --------------------------------------------------------------------------------------------------------------

def _signs(text: str, language: _Language) -> tuple[str, int] | None:
    signs = Counter(c for c in text if not c.isascii())
    kinds = Counter[str]()
    for sign, count in signs.items():
        kinds[_kind(sign)] += count
    known = sum(signs[w] for w in language.words)
    total = sum(kinds.values())
    if total < 6 or kinds["other"] > 0.02 * total:
        return None
    kana, hanzi, hangul = kinds["kana"], kinds["hanzi"], kinds["hangul"]
    match language.name:
        case "Japanese":
            sure = kana >= 0.2 * total and not hangul
        case "Korean":
            sure = hangul >= 0.7 * total and not kana and hanzi <= 0.1 * total and _share(signs, "euc_kr") >= 0.98
        case _:
            sure = hanzi >= 0.6 * total and not hangul and kana <= 0.01 * total and _common(signs, language) >= 0.95
    return (language.name, total) if sure and known >= 0.04 * total and sum(1 for w in language.words if signs[w]) > 2 else None


def _kind(sign: str) -> str:
    if "\u3041" <= sign <= "\u30ff":
        return "kana"
    if "\u4e00" <= sign <= "\u9fff":
        return "hanzi"
    if "\uac00" <= sign <= "\ud7a3":
        return "hangul"
    return "sign" if "\u3000" <= sign <= "\u303f" or "\uff01" <= sign <= "\uff5e" or sign in "“”‘’—…·×《》" else "other"


def _share(signs: Counter[str], encoding: str) -> float:
    """The share of Hangul that an encoding of the usual syllables holds."""
    mine = {c: n for c, n in signs.items() if "\uac00" <= c <= "\ud7a3"}
    return sum(n for c, n in mine.items() if c.encode(encoding, "ignore")) / max(1, sum(mine.values()))


def _common(signs: Counter[str], language: _Language) -> float:
    """The share of the ideographs that are of the first, common level of their character set."""
    codec, last = ("big5", 0xC6) if "big5" in language.encodings else ("gb2312", 0xD7)
    mine = {c: n for c, n in signs.items() if "\u4e00" <= c <= "\u9fff"}
    level = {c for c in mine if (code := c.encode(codec, "ignore")) and code[0] <= last}
    return sum(n for c, n in mine.items() if c in level) / max(1, sum(mine.values()))
