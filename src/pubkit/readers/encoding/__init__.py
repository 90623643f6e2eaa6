"""The bytes of a source come in; its text goes out, with a finding where its encoding had to be guessed, or an error.

Unicode is read as it stands. Anything else is read only when it is sure: the encoding is declared in the text, or charset-normalizer
proposes it and the words it gives are those of a language that is written so, and no other proposal gives other words as good. A text
that is wrong without a word is worse than one that is refused. UTF-8 that is broken in a few places stays UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from msgspec import Struct

from pubkit.diagnostics import Diagnostic, ReadError, UsageError, diagnostic
from pubkit.readers.encoding.languages import ENCODINGS, fitting, is_sensible, is_text

__all__ = ["decode"]

SAVE = "Save the file as UTF-8, or name its encoding"
_MARKS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
          (b"\xfe\xff", "utf-16"))
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b")
_HEAD = 2048  # bytes at either end in which a declaration is looked for


class _Found(Struct, frozen=True):
    text: str
    encoding: str
    why: str


def decode(data: bytes, name: str = "", encoding: str = "") -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a source.

    Args:
        data: the bytes, with or without a byte order mark.
        name: the file's name, for errors and diagnostics.
        encoding: the name of the encoding, if it is known; nothing is guessed then.

    Returns:
        The text with line feeds only, and ``encoding-guessed`` where it is in no Unicode encoding or does not say in which.

    Raises:
        ReadError: the bytes are no text, or it is not sure what text they are.
        UsageError: there is no encoding of that name.
    """
    if encoding:
        return _lines(_named(data, name, encoding)), ()
    mark = next((found for sign, found in _MARKS if data.startswith(sign)), "")
    if mark:
        return _lines(_text(_strict(data, mark, name), name)), ()
    found = _by_escapes(data) or _by_units(data) or _by_seven_bits(data)
    if found is None and _controls(data) > max(1, len(data) // 20):
        raise _binary(name)
    if found is None and _is_utf8(data):
        return _lines(_text(data.decode(), name)), ()
    if found is None and (mended := _mended(data, name)):
        return _lines(mended[0]), mended[1]
    found = found or _declared(data) or _guessed(data, name)
    first = next((i for i, byte in enumerate(data) if byte > 0x7F or byte == 0x1B), 0)
    line = data.count(b"\n", 0, first) + 1
    message = f"the source is not in UTF-8; it was read as {_label(found.encoding)}, {found.why}. Save it as UTF-8 if the words are right"
    return _lines(_text(found.text, name)), (diagnostic("encoding-guessed", message, name, line),)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(text: str, name: str) -> str:
    if text.count("\x00") > max(4, len(text) // 1000):
        raise _binary(name)
    return text


def _binary(name: str) -> ReadError:
    return ReadError("this is a binary file, or UTF-16 without a byte order mark", file=name,
                     hint="Give a Markdown, text or JSON file; if it is UTF-16, name that: --encoding utf-16-le or utf-16-be")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _wrong_byte(data, error.start, f"this is not {_label(encoding)} text", name, SAVE) from error


def _wrong_byte(data: bytes, at: int, message: str, name: str, hint: str) -> ReadError:
    line, column = _place(data, at)
    return ReadError(f"{message}: byte 0x{data[at]:02x} at offset {at:,}", file=name, line=line, column=column, hint=hint)


def _label(codec: str) -> str:
    """The name by which an encoding is known."""
    name = codec.removesuffix("-sig")
    named = {"cp932": "Shift_JIS", "cp949": "EUC-KR", "mac_roman": "Mac Roman", "mac_cyrillic": "Mac Cyrillic"}
    if name in named:
        return named[name]
    if found := re.fullmatch(r"cp(125\d)", name):
        return f"windows-{found[1]}"
    return name.replace("iso8859_", "iso-8859-").replace("_", "-").upper()


# --- Named and declared --------------------------------------------------------------------------------------------------------------

_AS_ON_THE_WEB = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
                  "iso8859-9": "cp1254", "utf-8": "utf-8-sig"}
_DECLARED = re.compile(
    rb"""-\*-[^\n]{0,200}?coding[:=][ \t]*([\w.-]+) | \b(?:vim?|ex):[^\n]{0,200}?\b(?:fileencoding|fenc)=([\w.-]+)
         | <meta\s[^<>]{0,200}?charset=["']?\s*([\w.-]+) | <\?xml\s[^<>]{0,200}?encoding=["']([\w.-]+)
         | ^content-type:[^\n]{0,200}?charset=["']?([\w.-]+)""", re.VERBOSE | re.IGNORECASE | re.MULTILINE)


def _codec(name: str) -> str:
    """Python's name of a text encoding; empty where there is none."""
    try:
        found = codecs.lookup(name)
        b"\0\0\0\0".decode(name)  # refuses what turns bytes into bytes
    except (LookupError, ValueError):
        return ""
    odd = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "utf-7")
    return "" if found.name.replace("_", "-") in odd else _AS_ON_THE_WEB.get(found.name, found.name)


def _named(data: bytes, name: str, encoding: str) -> str:
    codec = _codec(encoding)
    if not codec:
        raise UsageError(f"there is no encoding {encoding!r}", hint="Write a name such as utf-8, windows-1252, koi8-u or shift_jis")
    return _text(_strict(data, codec, name).removeprefix("\ufeff"), name)


def _declared(data: bytes) -> _Found | None:
    """What the text says of itself, where the bytes agree with it."""
    for part in (data[:_HEAD], data[-_HEAD:]):
        for found in _DECLARED.finditer(part):
            said = next(g for g in found.groups() if g).decode("ascii", "replace")
            codec = _codec(said)
            if not codec or codec.startswith(("utf", "iso2022")):
                continue
            try:
                text = data.decode(codec)
            except UnicodeDecodeError:
                continue
            if is_text(text):
                return _Found(text, codec, f"as it says of itself ({said})")
    return None


# --- Without bytes above 127, or with controls between ------------------------------------------------------------------------------------

def _by_escapes(data: bytes) -> _Found | None:
    """ISO 2022: seven bits, and escape sequences between."""
    for signs, codec in (((b"\x1b$B", b"\x1b$@", b"\x1b(J"), "iso2022_jp_2"), ((b"\x1b$)C",), "iso2022_kr")):
        if any(sign in data for sign in signs):
            try:
                return _Found(data.decode(codec), codec.removesuffix("_2"), "as its escape sequences say")
            except UnicodeDecodeError:
                continue
    return None


def _controls(data: bytes) -> int:
    """How many bytes are controls that no text has."""
    return len(data) - len(data.translate(None, _CONTROLS))


def _by_units(data: bytes) -> _Found | None:
    """UTF-16 without a byte order mark: zeros or other controls among the bytes, and sensible text in just one order of them."""
    if len(data) % 2 or not _controls(data):
        return None
    found = []
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if is_sensible(text):
            found.append(_Found(text, codec, "without a byte order mark, as its pairs of bytes say"))
    return found[0] if len(found) == 1 else None


_HZ = re.compile(rb"~\{(?:[!-w][!-~])+~\}")
_UTF_7 = re.compile(rb"\+[A-Za-z0-9+/]{3,}-?")


def _by_seven_bits(data: bytes) -> _Found | None:
    """HZ and UTF-7: ASCII alone, and several runs that stand for sensible text and make up a good part of the whole."""
    if not data.isascii():
        return None
    for sign, runs, codec in ((b"~{", _HZ, "hz"), (b"+", _UTF_7, "utf-7")):
        if data.count(sign) < 2:
            continue
        coded = runs.findall(data)
        if len(coded) < 2 or sum(map(len, coded)) * 4 < len(data):
            continue
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if is_sensible("".join(c for c in text if not c.isascii())):
            return _Found(text, codec, "as its runs of coded signs say")
    return None


# --- Broken UTF-8 ----------------------------------------------------------------------------------------------------------------------

FEW = 20  # broken places that are mended
_HIGH = re.compile(rb"[\x80-\xff]+")
_MULTI = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _mended(data: bytes, name: str) -> tuple[str, tuple[Diagnostic, ...]] | None:
    """UTF-8 that is broken in a few places, with U+FFFD there, and a finding for each; None for what is not UTF-8 at all.

    Such a text is never read in another encoding: every other character would be wrong.
    """
    if b"\x00" in data:
        return None
    whole, sound, broken = 0, 0, 0
    for run in _HIGH.findall(data):
        found = _MULTI.findall(run)
        whole += len(found)
        sound += sum(map(len, found))
        broken += len(run) - sum(map(len, found))
    if sound < broken:
        return None
    places: list[int] = []
    out: list[str] = []
    at = 0
    while True:
        try:
            out.append(data[at:].decode())
            break
        except UnicodeDecodeError as error:
            places.append(at + error.start)
            if len(places) > min(FEW, whole // 10):
                raise _wrong_byte(data, places[0], "this is UTF-8, but broken", name,
                                  "Mend the character there, and save the file as UTF-8") from None
            out += [data[at:at + error.start].decode(), "\ufffd"]
            at += error.end
    return "".join(out), tuple(_broken(data, place, name) for place in places)


def _broken(data: bytes, at: int, name: str) -> Diagnostic:
    line, column = _place(data, at)
    message = f"the source was taken for UTF-8, in which byte 0x{data[at]:02x} is broken; U+FFFD stands in its place. Mend the character"
    return diagnostic("encoding-guessed", message, name, line, column)


def _place(data: bytes, at: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at) + 1, len(data[start:at].decode("utf-8", "replace")) + 1


# --- Guessed -----------------------------------------------------------------------------------------------------------------------------

def _guessed(data: bytes, name: str) -> _Found:
    if b"\x00" in data or _controls(data) * 200 > len(data):
        raise _binary(name)
    fits = list(_proposals(data))
    if len({f.text for f, _, _ in fits}) == 1:
        found, language, certainty = max(fits, key=lambda fit: fit[2])
        return _Found(found.text, found.encoding, f"a guess from its words, which are {language} (certainty {certainty:.0%})")
    at = next(i for i, byte in enumerate(data) if byte > 0x7F)
    what = " or ".join(dict.fromkeys(_label(f.encoding) for f, _, _ in fits))
    message = "this is not UTF-8, and " + (f"it is not sure whether it is {what}" if what else "its encoding cannot be told")
    raise _wrong_byte(data, at, message, name, SAVE)


def _proposals(data: bytes) -> Iterator[tuple[_Found, str, float]]:
    """What charset-normalizer proposes and the words bear out: the text, the language, and the certainty from 0 to 1."""
    from charset_normalizer import from_bytes

    for match in from_bytes(data, cp_isolation=list(ENCODINGS), threshold=0.5, preemptive_behaviour=False, enable_fallback=False):
        text = data.decode(match.encoding)
        if found := fitting(text, match.could_be_from_charset):
            language, words = found
            yield _Found(text, match.encoding, ""), language, (1 - match.chaos) * words / (words + 1)
