"""A PDF goes in; what was changed in it since pubkit wrote it comes out.

Without a signature nobody can tell a PDF from another that somebody made whole with pubkit. What can be told is said in docs/archive.md.
"""

from __future__ import annotations

import os
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from pubkit.diagnostics import PreserveError, PubkitError, ThemeError
from pubkit.preserve.making import archived, comparable, read_anew, sealed, without_pictures
from pubkit.preserve.reading import Archive, Limits, assembled, opened, raw, unpacked, whole

__all__ = ["Check", "Verdict", "verify"]

State: TypeAlias = Literal["same", "changed", "missing", "added", "not comparable"]
PAGE_BYTES = 50_000_000


class Check(Struct, frozen=True):
    """What was looked at, what came of it, and why: an embedded file by its name, ``PDF``, ``pages`` or ``article``."""

    what: str
    state: State
    why: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.state}" + (f" ({self.why})" if self.why else "")


class Verdict(Struct, frozen=True):
    """What `verify` found out of one PDF."""

    name: str
    checks: tuple[Check, ...]

    @property
    def changes(self) -> tuple[Check, ...]:
        """The checks that found a change."""
        return tuple(check for check in self.checks if check.state not in ("same", "not comparable"))

    @property
    def ok(self) -> bool:
        """Whether nothing was changed."""
        return not self.changes


def verify(pdf: str | os.PathLike[str] | bytes, *, limits: Limits | None = None) -> Verdict:
    """What was changed in an archived PDF since pubkit wrote it.

    The whole file is held against its seal, each embedded file against the manifest, the article against its source read anew, and the
    pages against a PDF that is made again from what is embedded. The last says ``not comparable`` under other versions.

    Raises `PreserveError` as `pubkit.preserve.extract` does, but for embedded files that are missing or were changed: these are the result.
    """
    limits = limits or Limits()
    data, name = whole(pdf, limits)
    found = raw(data, name, limits)
    checks = [_file(data)]
    wrong = {what: Check(what, state, why) for what, state, why in found.found}  # type: ignore[arg-type]
    checks += [wrong.pop(kept.name, Check(kept.name, "same")) for kept in found.manifest.files]
    checks += wrong.values()
    if any(check.state in ("missing", "changed") for check in checks[1:]):
        return Verdict(name, tuple(checks))
    try:
        archive = assembled(found)
    except PreserveError as error:
        checks.append(Check("embedded files", "changed", error.message))
        return Verdict(name, tuple(checks))
    try:
        checks += [_article(archive), _pages(archive, data)]
    except Exception as error:  # what was forged may break anything
        raise PreserveError(f"what is inside cannot be made again: {type(error).__name__}: {error}", file=name) from error
    return Verdict(name, tuple(checks))


def _file(data: bytes) -> Check:
    """The file as a whole."""
    if sealed(data):
        return Check("PDF", "same")
    end = data.rfind(b"%%EOF", 0, max(0, data.rstrip().rfind(b"%%EOF")))
    for _ in range(8):
        if end < 0:
            break
        stop = end + len(b"%%EOF\n")
        if sealed(data[:stop]):
            return Check("PDF", "changed", f"{len(data) - stop:,} bytes were added at its end; all before them is as it was")
        end = data.rfind(b"%%EOF", 0, end)
    return Check("PDF", "changed", "the file is not byte for byte as pubkit wrote it")


def _article(archive: Archive) -> Check:
    """The article against the source, read anew."""
    if not archive.facts.derived:
        return Check("article", "not comparable", "a program changed it between the source and the PDF")
    other = [text for text in comparable(archive.versions) if not text.startswith(("pango ", "harfbuzz ", "fontconfig ", "weasyprint "))]
    try:
        if without_pictures(read_anew(archive.facts, archive.source)) == without_pictures(archive.article):
            return Check("article", "same")
        why = "the source, read anew, gives another"
    except PubkitError as error:
        why = f"the source cannot be read: {error.message}"
    return Check("article", "not comparable", f"{why}; made under {_some(other)}") if other else Check("article", "changed", why)


def _pages(archive: Archive, data: bytes) -> Check:
    """The PDF against one that is made again."""
    if other := comparable(archive.versions):
        return Check("pages", "not comparable", f"made under {_some(other)}")
    try:
        with archive.dressed() as worn:
            again = archived(archive.article, worn, archive.facts.options.get("pdf", {}), archive.files).files[0].data
    except ThemeError as error:  # a font that may not travel is not on this machine
        return Check("pages", "not comparable", error.message)
    except PubkitError as error:
        return Check("pages", "changed", f"they cannot be made again: {error.message}")
    if again == data:
        return Check("pages", "same")
    return Check("pages", "changed", "made again, they differ: " + ", ".join(_parts(data, again, archive.name)))


def _parts(data: bytes, again: bytes, name: str) -> list[str]:
    """What differs between two PDFs, in words."""
    with opened(data, name) as one, opened(again, name) as two:
        parts = []
        if len(one.pages) != len(two.pages):
            parts.append(f"{len(one.pages)} pages, not {len(two.pages)}")
        pages = [str(number) for number, (a, b) in enumerate(zip(one.pages, two.pages, strict=False), 1)
                 if _drawn(a.obj.get("/Contents")) != _drawn(b.obj.get("/Contents"))]
        if pages:
            parts.append(f"what is drawn on page {', '.join(pages[:12])}")
        if _drawn(one.Root.get("/Metadata")) != _drawn(two.Root.get("/Metadata")):
            parts.append("the metadata")
        return parts or ["neither pages nor metadata but other objects, or how they are written"]


def _drawn(stream: Any) -> list[bytes | None]:
    """What a stream, or streams, hold; None for one that is coded in a way that pubkit never uses."""
    import pikepdf

    streams = list(stream) if isinstance(stream, pikepdf.Array) else [stream] if stream is not None else []
    out: list[bytes | None] = []
    for one in streams:
        try:
            out.append(unpacked(one, PAGE_BYTES))
        except (pikepdf.PdfError, AttributeError, TypeError):
            out.append(None)
    return out


def _some(texts: list[str] | tuple[str, ...]) -> str:
    return ", ".join(texts[:6]) + (f" and {len(texts) - 6} other differences" if len(texts) > 6 else "")
