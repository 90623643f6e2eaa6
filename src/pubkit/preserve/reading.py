"""A PDF goes in; the files that it carries come out, each checked against the manifest, and all that is needed to make the outputs again.

A PDF may come from anywhere: names are checked before anything is written, and nothing is unpacked beyond a limit.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from pubkit.diagnostics import ExportError, PreserveError, PubkitError
from pubkit.exporters.base import Attachment
from pubkit.files import write_file
from pubkit.model import UNDATED, Article, content_hash, decode
from pubkit.pictures import load
from pubkit.preserve.making import ABOUT, MANIFEST, VERSION, Facts, Kept, Manifest, Wardrobe, dressed, is_plain_path
from pubkit.publication import Publication, checked
from pubkit.theme import Theme
from pubkit.theme import load as load_theme

if TYPE_CHECKING:
    import pikepdf

__all__ = ["Archive", "Limits", "Raw", "assembled", "extract", "opened", "raw", "unpacked", "whole"]

T = TypeVar("T")
HINT = "Make it anew with `pubkit build --archive`, or take another copy"


class Limits(Struct, frozen=True):
    """How large a PDF, and all that it carries once it is unpacked, may be in bytes; and how many files it may carry."""

    bytes: int = 1_000_000_000
    files: int = 5_000


STREAM = 100_000_000  # bytes: what a stream of the PDF's own structure may unpack to
_structure = threading.RLock()


class Raw(Struct, frozen=True):
    """The embedded files of a PDF as they are, by name (None: damaged), and its manifest. ``found``: file, what is wrong, words."""

    name: str
    files: dict[str, bytes | None]
    manifest: Manifest
    found: tuple[tuple[str, str, str], ...]


class Archive(Struct, frozen=True):
    """What a PDF carries, whole and as its manifest says.

    Attributes:
        name: the PDF's name.
        files: the embedded files, the manifest last.
        manifest: what is said of each.
        article: the article, with its pictures.
        facts: what it was read and its outputs were made with.
        versions: the versions it was made under.
    """

    name: str
    files: tuple[Attachment, ...]
    manifest: Manifest
    article: Article
    facts: Facts
    versions: dict[str, str]

    @property
    def source(self) -> bytes:
        """The bytes of the source."""
        return self.data("source")

    def data(self, role: str) -> bytes:
        """The bytes of the first file with a role."""
        name = next(kept.name for kept in self.manifest.files if kept.role == role)
        return next(file.data for file in self.files if file.name == name)

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write every file where it belongs below ``folder``, and give back the paths. All are written, or none.

        Raises `PreserveError` where another file stands in the way, and `ExportError` where one cannot be written.
        """
        root = Path(folder)
        placed = [(path, file.data) for path, file in self._placed()]
        written: list[Path] = []
        try:
            root.mkdir(parents=True, exist_ok=True)
            goals = [(_goal(root, path, data, self.name), data) for path, data in placed]
            for goal, data in goals:
                if goal.exists():
                    continue
                written.append(write_file(goal, data))
            return [goal for goal, _ in goals]
        except (ExportError, OSError) as error:
            for path in written:
                path.unlink(missing_ok=True)
            if isinstance(error, ExportError):
                raise
            raise ExportError(f"cannot write to {folder}: {error.strerror or error}", hint="Choose another folder with -o") from error

    def _placed(self) -> Iterator[tuple[str, Attachment]]:
        places = {kept.name: kept.paths for kept in self.manifest.files} | {MANIFEST: (MANIFEST,)}
        for file in self.files:
            for path in places[file.name]:
                yield path, file

    @contextmanager
    def dressed(self) -> Iterator[Theme]:
        """The theme, ready to be worn while the context lasts. Raises `PreserveError`, and `ThemeError` without its fonts."""
        wardrobe = _decoded(self.data("theme"), Wardrobe, "theme.json", self.name)
        _check_theme(wardrobe.theme, self.name)
        with tempfile.TemporaryDirectory(prefix="pubkit-") as scratch:
            fonts = {kept.name for kept in self.manifest.files if kept.role in ("font", "licence")}
            for path, file in self._placed():
                if file.name in fonts:
                    write_file(Path(scratch) / path, file.data)
            yield dressed(wardrobe, Path(scratch))


def _goal(root: Path, path: str, data: bytes, name: str) -> Path:
    """Where a file goes. Raises `PreserveError` where that is outside the folder, or another file is there."""
    goal = root / path
    if not goal.resolve().is_relative_to(root.resolve()):
        raise PreserveError(f"{goal} leads out of the folder by a link", file=name, hint="Choose an empty folder")
    if goal.exists() and (not goal.is_file() or goal.stat().st_size != len(data) or goal.read_bytes() != data):
        raise PreserveError(f"{goal} is there already, with other contents", file=name, hint="Choose an empty folder")
    return goal


def extract(pdf: str | os.PathLike[str] | bytes, folder: str | os.PathLike[str] | None = None, *, limits: Limits | None = None) -> Archive:
    """What a PDF carries.

    Args:
        pdf: a path, or the bytes.
        folder: where to write the files, made if it is missing; nowhere by default.
        limits: how much may be unpacked.

    Raises `PreserveError`: for what is no PDF, or is encrypted, cut off or not made with an archive; where an embedded file is missing or
    was changed; and where a name or a size is not safe.
    """
    found = raw(*whole(pdf, limits or Limits()), limits or Limits())
    gone = [(name, state, words) for name, state, words in found.found if state in ("missing", "changed")]
    if gone:
        raise PreserveError("; ".join(f"{name} is {state}" + (f" ({words})" if words else "") for name, state, words in gone[:8]),
                            file=found.name, hint="`pubkit verify` says all that was changed. Take another copy of the PDF")
    archive = assembled(found)
    if folder is not None:
        archive.write(folder)
    return archive


def assembled(found: Raw) -> Archive:
    """The archive of files that are as their manifest says. Raises `PreserveError` where they do not fit together."""
    data = {name: data for name, data in found.files.items() if data is not None}
    by_role: dict[str, bytes] = {kept.role: data[kept.name] for kept in reversed(found.manifest.files)}
    for role in ("source", "article", "theme", "settings", "versions"):
        if role not in by_role:
            raise PreserveError(f"the manifest names no file with the role {role}", file=found.name, hint=HINT)
    facts = _decoded(by_role["settings"], Facts, "settings.json", found.name)
    try:
        facts = msgspec.structs.replace(facts, publication=checked(msgspec.to_builtins(facts.publication), found.name))
    except PubkitError as error:
        raise PreserveError(f"settings.json cannot be used: {error.message}", file=found.name, hint=HINT) from error
    versions = _decoded(by_role["versions"], dict[str, str], "versions.json", found.name)
    pictures = [data[kept.name] for kept in found.manifest.files if kept.role == "picture"]
    article = _article(by_role["article"], pictures, facts.publication, found)
    described = {kept.name: kept for kept in found.manifest.files}
    modified = article.meta.updated or article.meta.published or UNDATED
    files = [_attachment(described[name], data[name], modified) for name in described]
    manifest = Attachment(MANIFEST, "application/json", data[MANIFEST], "Unspecified", ABOUT, modified)
    return Archive(found.name, (*files, manifest), found.manifest, article, facts, versions)


def _check_theme(worn: Theme, name: str) -> None:
    """Raise `PreserveError` for words that would mean something in a style sheet or a page, and for sizes that no page can have."""
    values = list(_values(msgspec.to_builtins(msgspec.structs.replace(worn, title=""))))
    marks = re.compile(r"[\x00-\x1f\x7f<>{};&\"'\\]")
    wrong = [value for value in values if (marks.search(value) if isinstance(value, str) else abs(value) > 10_000)]
    page = worn.page
    if page.measure < 72 or page.height - page.top - page.bottom < 72 or worn.type.base < 4 or worn.type.leading < 4:
        wrong.append("a page without room")
    wrong += [f"no style for {role}" for role in load_theme().styles if role not in worn.styles]
    if wrong:
        raise PreserveError(f"theme.json holds {str(wrong[0])[:40]!r}, which no theme has", file=name,
                            hint="The PDF was changed: trust nothing in it")


def _values(value: Any) -> Iterator[str | float]:
    """The words and numbers anywhere inside; the names of tables too."""
    if isinstance(value, (str, int, float)):
        yield value
    elif isinstance(value, dict):
        yield from (one for pair in value.items() for half in pair for one in _values(half))
    elif isinstance(value, list):
        yield from (one for inside in value for one in _values(inside))


def _attachment(kept: Kept, data: bytes, modified: Any) -> Attachment:
    return Attachment(kept.name, kept.media_type, data, kept.relationship, kept.description, modified)


def _article(data: bytes, pictures: list[bytes], publication: Publication, found: Raw) -> Article:
    """The article with its pictures put back, through the doors that every article and picture goes through. Raises `PreserveError`."""
    from pubkit.api import ready

    try:
        bare = decode(data)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise PreserveError(f"article.json cannot be read: {error}", file=found.name, hint=HINT) from error
    if any(not is_plain_path(asset.name) or "/" in asset.name for asset in bare.assets):
        raise PreserveError("the name of a picture is not safe", file=found.name, hint="The PDF was changed: trust nothing in it")
    if len(pictures) != len(bare.assets):
        raise PreserveError(f"the article has {len(bare.assets)} pictures, and the PDF {len(pictures)}", file=found.name, hint=HINT)
    assets = tuple(msgspec.structs.replace(asset, data=data) for asset, data in zip(bare.assets, pictures, strict=True))
    article = msgspec.structs.replace(bare, assets=assets)
    if content_hash(article) != found.manifest.article:
        raise PreserveError("the article is not the one that the manifest speaks of", file=found.name, hint=HINT)
    try:
        clean, _ = ready(article, publication)
        pictures_again = tuple(msgspec.structs.replace(load(asset.name, asset.data), name=asset.name) for asset in clean.assets)
    except PubkitError as error:
        raise PreserveError(f"the article cannot be used: {error.message}", file=found.name, hint=HINT) from error
    return msgspec.structs.replace(clean, assets=pictures_again)


def _decoded(data: bytes, kind: type[T], what: str, name: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise PreserveError(f"{what} cannot be read: {error}", file=name,
                            hint="The PDF may be of another pubkit, whose version is in versions.json") from error


# --- The PDF ------------------------------------------------------------------------------------------------------------------------

def raw(data: bytes, name: str, limits: Limits) -> Raw:
    """The embedded files and what is wrong with them. Raises `PreserveError` where there is no manifest to go by."""
    with opened(data, name) as document:
        files = dict(_embedded(document, limits, name))
    listed = files.get(MANIFEST)
    if MANIFEST in files and listed is None:
        raise PreserveError(f"{MANIFEST} is damaged and cannot be unpacked", file=name, hint="Take another copy")
    if listed is None:
        others = f"; it carries {len(files)} other files" if files else ""
        raise PreserveError(f"the PDF holds no {MANIFEST} of pubkit{others}", file=name,
                            hint="Only a PDF of `pubkit build --archive` can be taken apart")
    manifest = _manifest(listed, name)
    copies = [(len(kept.paths), len(files.get(kept.name) or b"")) for kept in manifest.files]
    if sum(n for n, _ in copies) > limits.files or sum(n * size for n, size in copies) > limits.bytes:
        raise PreserveError(f"what the PDF carries would be more than {limits.files:,} files or {limits.bytes:,} bytes", file=name,
                            hint="The PDF was changed: trust nothing in it")
    return Raw(name, files, manifest, tuple(_differences(files, manifest)))


def whole(pdf: str | os.PathLike[str] | bytes, limits: Limits) -> tuple[bytes, str]:
    """The bytes of a PDF and what to call it. Raises `PreserveError`."""
    if isinstance(pdf, bytes):
        return pdf, "<pdf>"
    path = Path(pdf)
    try:
        if path.is_dir():
            raise PreserveError("this is a folder, not a PDF", file=str(path), hint="Give the files in it")
        if path.stat().st_size > limits.bytes:
            raise PreserveError(f"the file has more than {limits.bytes:,} bytes", file=str(path))
        return path.read_bytes(), str(path)
    except OSError as error:
        raise PreserveError(f"the file cannot be read: {error.strerror or error}", file=str(path)) from error


@contextmanager
def opened(data: bytes, name: str) -> Iterator[pikepdf.Pdf]:
    """The PDF of bytes. Raises `PreserveError` for what is none, is encrypted or cannot be read to its end."""
    import pikepdf

    if not data.strip():
        raise PreserveError("the file is empty", file=name, hint="Take another copy")
    if b"%PDF-" not in data[:1024]:
        raise PreserveError("this is no PDF", file=name)
    if b"%%EOF" not in data[-1024:]:
        raise PreserveError("the PDF is cut off: its end is missing", file=name, hint="Take another copy")
    encrypted = PreserveError("the PDF is encrypted, which pubkit never does", file=name, hint="Take a copy that is not")
    with _limited():
        try:
            with pikepdf.Pdf.open(BytesIO(data), suppress_warnings=True, attempt_recovery=False) as document:
                if document.is_encrypted:
                    raise encrypted
                yield document
        except PubkitError:
            raise
        except pikepdf.PasswordError as error:
            raise encrypted from error
        except Exception as error:  # a hostile PDF may hold anything at any place
            words = re.sub(r"(?:stream )?<_io\.BytesIO[^>]*>(?: \([^)]*\))?:? ?", "", str(error))
            raise PreserveError(f"the PDF is damaged: {words}", file=name, hint="Take another copy") from error


@contextmanager
def _limited() -> Iterator[None]:
    """qpdf unpacks no more than `STREAM`. Its limits are those of the process, so that PDFs are read one at a time."""
    from pikepdf import settings

    with _structure:
        before = settings.set_qpdf_limits(flate_max_memory=STREAM)
        try:
            yield
        finally:
            settings.set_qpdf_limits(flate_max_memory=int(before["flate_max_memory"]))


def _embedded(document: pikepdf.Pdf, limits: Limits, name: str) -> Iterator[tuple[str, bytes | None]]:
    """The embedded files by name, unpacked within limits; None for those that are damaged. Raises `PreserveError` beyond the limits."""
    import pikepdf

    tree = document.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles")
    if tree is None:
        return
    left, seen = limits.bytes, set()
    for number, (key, entry) in enumerate(pikepdf.NameTree(tree).items()):
        if number >= limits.files:
            raise PreserveError(f"the PDF carries more than {limits.files:,} files", file=name)
        label = str(entry.get("/UF", entry.get("/F", key)))
        if label in seen:
            raise PreserveError(f"two embedded files are called {label!r}", file=name, hint=HINT)
        seen.add(label)
        data = unpacked(entry.EF.get("/UF", entry.EF.get("/F")), left)
        if data is not None and len(data) > left:
            raise PreserveError(f"what the PDF carries has more than {limits.bytes:,} bytes", file=name,
                                hint="If you trust the PDF, raise preserve.Limits.bytes in Python")
        left -= len(data or b"")
        yield label, data


def unpacked(stream: Any, limit: int) -> bytes | None:
    """The first ``limit`` bytes of a stream and one more; None where it is damaged, or packed in a way that pubkit never uses."""
    import pikepdf

    packed = bytes(stream.read_raw_bytes())
    coded = stream.get("/Filter")
    if coded is None:
        return packed[:limit + 1]
    if coded not in (pikepdf.Name.FlateDecode, pikepdf.Array([pikepdf.Name.FlateDecode])) or "/DecodeParms" in stream:
        return None
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(packed, limit + 1)
    except zlib.error:
        return None
    return data if engine.eof or len(data) > limit else None


def _manifest(data: bytes, name: str) -> Manifest:
    """A manifest whose every name and path is safe. Raises `PreserveError`."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise PreserveError(f"{MANIFEST} is not one of pubkit's, or was changed: {error}", file=name, hint=HINT) from error
    if manifest.version > VERSION:
        raise PreserveError(f"the archive has version {manifest.version}, this pubkit reads up to {VERSION}", file=name,
                            hint="Update pubkit")
    taken = {MANIFEST}
    if len({kept.name for kept in manifest.files} | taken) <= len(manifest.files):
        raise PreserveError("the manifest names a file twice", file=name, hint="The PDF was changed: trust nothing in it")
    for kept in manifest.files:
        for path in kept.paths:
            if not is_plain_path(path):
                raise PreserveError(f"the path {path[:80]!r} is not safe", file=name, hint="The PDF was changed: trust nothing in it")
            folded = unicodedata.normalize("NFC", path).casefold()
            if folded in taken:
                raise PreserveError(f"two files belong at {path[:80]!r}", file=name, hint="The PDF was changed: trust nothing in it")
            taken.add(folded)
    return manifest


def _differences(files: dict[str, bytes | None], manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    """File, state (missing, changed, added) and words, in the manifest's order."""
    for kept in manifest.files:
        data = files.get(kept.name)
        if kept.name not in files:
            yield kept.name, "missing", ""
        elif data is None:
            yield kept.name, "changed", "it is damaged, or packed in a way that pubkit never uses"
        elif hashlib.sha256(data).hexdigest() != kept.sha256:
            size = f"{len(data):,} bytes, not {kept.size:,}" if len(data) != kept.size else "its SHA-256 is another"
            yield kept.name, "changed", size
    for name in sorted(set(files) - {kept.name for kept in manifest.files} - {MANIFEST}):
        yield re.sub(r"[\x00-\x1f\x7f]", "?", name)[:120], "added", "the manifest does not name it"
