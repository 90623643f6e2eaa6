"""What a step has to say: diagnostics for what is lost or doubtful, and the tree of errors for what stops.

    PubkitError
    ├── UsageError            a call or a command that cannot be meant
    │   ├── UnknownFormat     no exporter or reader of that name
    │   └── OptionError       an option that the format does not have
    ├── ReadError             a source that cannot be read
    │   └── MetadataError     front matter that cannot be read
    ├── LimitError            a source beyond a limit (size, nesting, spans)
    ├── AssetError            a picture that was asked for and cannot be had
    ├── ThemeError            a theme that cannot be used
    ├── PreserveError         a PDF whose embedded files cannot be had, or are not what they were
    └── ExportError           an output that could not be made or written
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

__all__ = [
    "CODES", "AssetError", "Diagnostic", "ExportError", "LimitError", "Location", "MetadataError", "OptionError", "PreserveError",
    "PubkitError", "ReadError", "Severity", "ThemeError", "UnknownFormat", "UsageError", "diagnostic",
]

Severity = Literal["error", "warning", "info"]


class Location(Struct, frozen=True, omit_defaults=True):
    """A place in a source: file name as given, line and column from 1 (0: not known)."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file or "<article>"]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class Diagnostic(Struct, frozen=True):
    """One finding that does not stop: a stable code, how grave it is, a sentence, and where."""

    code: str
    severity: Severity
    message: str
    location: Location = Location()

    def __str__(self) -> str:
        return f"{self.location}: {self.severity} {self.code}: {self.message}"


# Every code, how grave it is, and what it says. docs/diagnostics.md explains each one; a test keeps both lists alike.
CODES: dict[str, tuple[Severity, str]] = {
    "alt-missing": ("warning", "a picture has no alternative text"),
    "archive-changed": ("warning", "an archived PDF is not as it was made, though the files in it are"),
    "archive-versions": ("warning", "an archived PDF was made under other versions, so that outputs made from it may differ"),
    "article-gone": ("info", "an article that was announced is there no more"),
    "author-missing": ("info", "the source names no author"),
    "character-dropped": ("warning", "a character that no output can hold was taken out"),
    "claim-withheld": ("info", "a book does not say that it conforms to EPUB Accessibility, since a check failed"),
    "content-missing": ("warning", "the source has no text besides its metadata"),
    "content-untagged": ("warning", "something on a page has no place in the structure tree of the PDF"),
    "date-future": ("warning", "an article is dated later than now"),
    "date-missing": ("info", "the source has no date"),
    "dialect-dropped": ("warning", "markup of another system was left out"),
    "empty-dropped": ("info", "a heading, a list or other block without anything in it was left out"),
    "encoding-guessed": ("warning", "the source is in no Unicode encoding, and its encoding was guessed"),
    "export-note": ("info", "an exporter shows something in another way"),
    "feed-kept": ("warning", "feeds were left as they are, since the run has a part of the publication's articles alone"),
    "feed-part": ("warning", "feeds hold a part of the publication's articles alone"),
    "file-missing": ("warning", "a file that goes with an article or a publication could not be had"),
    "footnote-unused": ("warning", "a note is defined but never called"),
    "glyph-missing": ("warning", "no font of the theme has a character"),
    "heading-shifted": ("info", "headings were moved down a level"),
    "heading-skipped": ("warning", "a heading level was skipped"),
    "html-dropped": ("warning", "an HTML element has no place in the model"),
    "id-changed": ("warning", "an article has another id than it was announced under"),
    "id-duplicate": ("warning", "two articles have one id"),
    "id-kept": ("info", "an article keeps the id that it was announced under"),
    "image-missing": ("warning", "a picture cannot be loaded"),
    "image-outside": ("warning", "a picture lies outside the article's folder"),
    "image-remote": ("warning", "a picture lies on the network and stays a link"),
    "language-missing": ("info", "the source names no language"),
    "language-unknown": ("warning", "a language tag is not one of BCP 47"),
    "link-broken": ("warning", "a link leads to no block of this article, or to a source that is not in the run"),
    "link-relative": ("warning", "a relative link has no site address to lead from"),
    "link-unsafe": ("warning", "a link's scheme is not allowed"),
    "markup-unread": ("warning", "markup that could not be read stays as text"),
    "math-unreadable": ("warning", "a formula cannot be read and stays as code"),
    "metadata-invalid": ("warning", "a value of the front matter is not usable"),
    "metadata-unknown": ("info", "a key of the front matter is not known and is kept aside"),
    "pagebreak-dropped": ("info", "a page break of the source was left out"),
    "picture-converted": ("info", "the colours of a picture were converted"),
    "picture-still": ("info", "a picture that moves is shown by its first frame"),
    "span-clamped": ("warning", "a table cell spans more than the table has"),
    "state-missing": ("info", "there is no file that remembers when articles changed"),
    "style-missing": ("info", "a Word template lacks styles of ours, which were added"),
    "svg-cleaned": ("warning", "an SVG lost what could run or fetch"),
    "table-ragged": ("warning", "a table row has too many or too few cells"),
    "theme-contrast": ("warning", "two colours of the theme are too close to be read"),
    "title-missing": ("warning", "the source has no title"),
    "title-repeated": ("info", "the title stands twice in the source and is kept once"),
}


def diagnostic(code: str, message: str, file: str = "", line: int = 0, column: int = 0) -> Diagnostic:
    """A `Diagnostic` with the severity that its code has in `CODES`."""
    return Diagnostic(code, CODES[code][0], message, Location(file, line, column))


class PubkitError(Exception):
    """What stops. ``message`` says what is wrong, ``hint`` what to do; the place may be known."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.location = Location(str(file), line, column)
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location.file else ""
        return f"{place}{self.message}" + (f". {self.hint}" if self.hint else "")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.location, self.hint)


def _rebuild(kind: type[PubkitError], message: str, location: Location, hint: str) -> PubkitError:
    return kind(message, file=location.file, line=location.line, column=location.column, hint=hint)


class UsageError(PubkitError):
    """A call or a command that cannot be meant."""


class UnknownFormat(UsageError):
    """No exporter or reader of that name."""


class OptionError(UsageError):
    """An option that the format does not have, or a value it cannot take."""


class ReadError(PubkitError):
    """A source that cannot be read."""


class MetadataError(ReadError):
    """Front matter that cannot be read."""


class LimitError(PubkitError):
    """A source beyond a limit."""


class AssetError(PubkitError):
    """A picture that was asked for and cannot be had."""


class ThemeError(PubkitError):
    """A theme that cannot be used."""


class PreserveError(PubkitError):
    """A PDF whose embedded files cannot be had, or are not what they were."""


class ExportError(PubkitError):
    """An output that could not be made or written."""
