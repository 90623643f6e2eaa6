"""The bytes of an EPUB that carries its articles (``epub.source = true``) come in; the articles go out as they went in, pictures included.

What the book carries is one JSON file, the volume without the bytes of those pictures that are files of the book. Other EPUBs are not
read. Nothing of a book is trusted: its members are checked before any is unpacked, and pictures go through the door that all go through.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from pubkit.diagnostics import AssetError, LimitError, ReadError
from pubkit.model import VERSION, Article, Asset, Meta, Volume
from pubkit.readers import MAX_BOOK
from pubkit.readers.base import Read

__all__ = ["FILE", "FOLDER", "Book", "encode", "meta", "parse", "volume"]

FILE = "article.json"
FOLDER = "OEBPS"
MAX_JSON = 50_000_000
MAX_MEMBERS = 20_000
_ANOTHER = "Take another copy of the book"
_CHANGED = "The book was changed since pubkit made it: take another copy"
_OURS = "Only EPUBs that pubkit made with the option epub.source=true can be read"


class Book(Struct, frozen=True, forbid_unknown_fields=True):
    """What an EPUB carries of its making.

    ``pictures`` are, chapter by chapter, the names of assets that are files of the book, and where these lie below `FOLDER`; in
    ``volume`` such an asset has no data.
    """

    volume: Volume
    pictures: tuple[dict[str, str], ...] = ()
    format: Literal["pubkit-book"] = "pubkit-book"
    version: int = VERSION


class _Head(Struct, frozen=True):
    """The first thing to know of a JSON: what it is, and which version."""

    format: str = ""
    version: int = 0


# --- Written ------------------------------------------------------------------------------------------------------------------------

def encode(work: Volume, pictures: Sequence[Mapping[str, str]]) -> bytes:
    """The file that a book carries.

    Args:
        work: the volume, as the exporter got it.
        pictures: for each chapter, where in `FOLDER` the asset of a name lies; assets that are not named keep their data in the file.
    """
    chapters = tuple(msgspec.structs.replace(chapter, assets=tuple(_without_data(asset, places) for asset in chapter.assets))
                     for chapter, places in zip(work.chapters, pictures, strict=True))
    book = Book(msgspec.structs.replace(work, chapters=chapters), tuple(dict(places) for places in pictures))
    return msgspec.json.encode(book, order="sorted")


def _without_data(asset: Asset, places: Mapping[str, str]) -> Asset:
    return msgspec.structs.replace(asset, data=b"") if asset.name in places else asset


# --- Read ---------------------------------------------------------------------------------------------------------------------------

def parse(data: bytes, name: str = "") -> Read:
    """The article of a book that holds one. Raises `ReadError` for every other book, and for what is no book."""
    chapters = volume(data, name).chapters
    if len(chapters) > 1:
        raise ReadError(f"the book holds {len(chapters):,} articles", file=name,
                        hint="pubkit.read_volume reads them all; `pubkit extract` writes each as JSON, which can be built")
    return Read(chapters[0])


def volume(data: bytes, name: str = "") -> Volume:
    """The articles of a book, as they were bound. Raises `ReadError` for another maker's EPUB, and for what is none or is damaged."""
    with _Zip(data, name) as box:
        book = _book(box)
        chapters = tuple(_chapter(chapter, places, box) for chapter, places in zip(book.volume.chapters, book.pictures, strict=True))
    return msgspec.structs.replace(book.volume, chapters=chapters)


def meta(data: bytes, name: str = "") -> Meta:
    """The metadata of a book's first article; no picture is read. Raises `ReadError` as `volume`."""
    with _Zip(data, name) as box:
        return _book(box).volume.chapters[0].meta


def _book(box: _Zip) -> Book:
    data = box.source()
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format != "pubkit-book":
            raise ReadError(f"{FILE} in this EPUB is not of pubkit", file=box.name, hint=_OURS)
        if head.version > VERSION:
            raise ReadError(f"the book has version {head.version}, this pubkit reads up to {VERSION}", file=box.name, hint="Update pubkit")
        book = msgspec.json.decode(data, type=Book)
    except (msgspec.MsgspecError, ValueError) as error:  # ValueError: what is no UTF-8
        raise ReadError(f"{FILE} in the EPUB is damaged: {error}", file=box.name, hint=_CHANGED) from error
    except RecursionError as error:
        raise LimitError(f"{FILE} in the EPUB is nested too deeply", file=box.name) from error
    if not book.volume.chapters or len(book.pictures) != len(book.volume.chapters):
        raise ReadError(f"{FILE} in the EPUB is damaged: it holds {len(book.volume.chapters)} articles, and places of pictures for "
                        f"{len(book.pictures)}", file=box.name, hint=_CHANGED)
    return book


def _chapter(article: Article, places: dict[str, str], box: _Zip) -> Article:
    assets = tuple(box.picture(asset, places.get(asset.name)) for asset in article.assets)
    return msgspec.structs.replace(article, assets=assets)


class _Zip:
    """The members of a book, each read once and never beyond what it says of its size."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.pictures: dict[str | bytes, Asset] = {}
        self.archive = _opened(data, name)
        self.members = {info.filename: info for info in self.archive.infolist()}
        self._check()

    def __enter__(self) -> _Zip:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def _check(self) -> None:
        """Raise `ReadError` for what no book of ours is, before anything is unpacked."""
        members = self.archive.infolist()
        if len(self.members) < len(members):
            twice, _ = Counter(info.filename for info in members).most_common(1)[0]
            raise ReadError(f"two files in the EPUB are called {_shown(twice)}", file=self.name, hint=_CHANGED)
        if any(info.flag_bits & 1 for info in members):
            raise ReadError("the EPUB is encrypted, which pubkit never does", file=self.name, hint="Take a copy that is not")
        if (size := sum(info.file_size for info in members)) > MAX_BOOK:
            raise ReadError(f"the EPUB would unpack to {size:,} bytes, more than {MAX_BOOK:,}", file=self.name, hint=_OURS)
        kind = self.members.get("mimetype")
        if kind is None or kind.file_size > 64 or self.member(kind).strip() != b"application/epub+zip":
            raise ReadError("this is a zip file, but no EPUB", file=self.name, hint=_OURS)

    def source(self) -> bytes:
        """The JSON that the book carries."""
        found = self.members.get(f"{FOLDER}/{FILE}")
        if found is None:
            raise ReadError(f"this EPUB holds no {FILE} of pubkit", file=self.name, hint=_OURS)
        if found.file_size > MAX_JSON:
            raise ReadError(f"{FILE} in the EPUB has {found.file_size:,} bytes, more than {MAX_JSON:,}", file=self.name)
        return self.member(found)

    def member(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of a file of the book: as many as it says, which were counted before."""
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadError(f"{_shown(info.filename)} in the EPUB is packed in a way that pubkit never uses", file=self.name, hint=_CHANGED)
        try:
            with self.archive.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise ReadError(f"{_shown(info.filename)} in the EPUB is damaged: {error}", file=self.name, hint=_ANOTHER) from error
        if len(data) != info.file_size:
            raise ReadError(f"{_shown(info.filename)} in the EPUB is damaged: it is shorter than it says", file=self.name, hint=_ANOTHER)
        return data

    def picture(self, asset: Asset, place: str | None) -> Asset:
        """An asset with its data: that of a file of the book, or what stands in the JSON."""
        from pubkit.pictures import load

        key = asset.data if place is None else place
        if key not in self.pictures:
            try:
                self.pictures[key] = load(asset.name, asset.data if place is None else self.member(self._at(place, asset)))
            except AssetError as error:
                raise ReadError(f"the picture {_shown(asset.name)} in the EPUB cannot be used: it {error.message}", file=self.name,
                                hint=_CHANGED) from error
        found = msgspec.structs.replace(self.pictures[key], name=asset.name)
        # An asset that was made by hand may say nothing of its size.
        return found if asset.width or asset.height else msgspec.structs.replace(found, width=0, height=0)

    def _at(self, place: str, asset: Asset) -> zipfile.ZipInfo:
        if re.search(r"[\\:\x00-\x1f]", place) or any(part in ("", ".", "..") for part in place.split("/")):
            raise ReadError(f"the place of the picture {_shown(asset.name)}, {_shown(place)}, leads out of the book", file=self.name,
                            hint="The book was changed: trust nothing in it")
        if (found := self.members.get(f"{FOLDER}/{place}")) is None:
            raise ReadError(f"the picture {_shown(place)} is missing in the EPUB", file=self.name, hint=_CHANGED)
        return found


def _opened(data: bytes, name: str) -> zipfile.ZipFile:
    if not data:
        raise ReadError("the file is empty", file=name, hint=_ANOTHER)
    if not data.startswith(b"PK\x03\x04"):
        if b"%PDF-" in data[:1024]:
            raise ReadError("this is a PDF, not an EPUB", file=name, hint="`pubkit extract` takes archived PDFs apart; rename it to .pdf")
        raise ReadError("this is no EPUB: it does not begin as a zip file does", file=name, hint=_OURS)
    if len(data) > MAX_BOOK:
        raise ReadError(f"the file has {len(data):,} bytes, more than {MAX_BOOK:,}", file=name)
    if data.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise ReadError(f"the EPUB holds more than {MAX_MEMBERS:,} files", file=name, hint=_OURS)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(f"the EPUB is damaged or cut off: {error}", file=name, hint=_ANOTHER) from error


def _shown(text: str) -> str:
    """A name from a book, which may hold anything, as an error can show it."""
    return repr(text if len(text) <= 80 else text[:79] + "…")
