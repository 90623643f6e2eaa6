"""An article and its folder go in; the article with every picture loaded and every enclosure measured that lies in that folder comes out.

Nothing else is ever read: no file outside the folder (symbolic links are followed first), and nothing on the network.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import msgspec

from pubkit.diagnostics import AssetError, Diagnostic, diagnostic
from pubkit.files import media_type_of
from pubkit.model import Article, Asset, Enclosure, Image, Node, children, rewrite
from pubkit.pictures import INKS, MOVEMENT, Limits, load

__all__ = ["OutsideError", "local_file", "resolve"]


def resolve(article: Article, root: Path | None, pictures: Mapping[str, bytes] | None = None, file: str = "",
            limits: Limits | None = None) -> tuple[Article, tuple[Diagnostic, ...]]:
    """The article with its pictures as assets.

    Args:
        article: a normalized article.
        root: the folder that its pictures lie below; None where there is no disk.
        pictures: addresses, as the article writes them, to bytes; looked at first.
        file: what diagnostics call the source.
        limits: how large a picture may be.

    Returns:
        The article, each `Image` naming its `Asset`, each enclosure with the length and type of its file, and a finding for each that
        could not be had. Pictures keep their address and words then; enclosures are left out.
    """
    work = _Resolver(root, pictures or {}, file, limits or Limits())
    for image, line in _images(article):
        work.take(image, line)
    found = {src: asset.name for src, asset in work.assets.items()}

    def change(node: Node) -> Node:
        if isinstance(node, Image) and node.src in found and node.asset != found[node.src]:
            return msgspec.structs.replace(node, asset=found[node.src])
        return node

    new = rewrite(article, change)
    new = msgspec.structs.replace(new, meta=msgspec.structs.replace(new.meta, enclosures=tuple(
        one for given in new.meta.enclosures if (one := work.enclosure(given)))))
    kept = {asset.name: asset for asset in (*article.assets, *work.assets.values())}
    return msgspec.structs.replace(new, assets=tuple(kept.values())), tuple(work.found)


def _images(article: Article) -> list[tuple[Image, int]]:
    """The pictures of an article that have no asset yet, with the line of the block they stand in."""
    known = {asset.name for asset in article.assets}
    out: list[tuple[Image, int]] = []
    stack: list[tuple[Node, int]] = [(article, 0)]
    while stack:
        node, line = stack.pop()
        line = getattr(node, "line", 0) or line
        if isinstance(node, Image) and node.asset not in known:
            out.append((node, line))
        stack.extend((child, line) for child in list(children(node))[::-1])
    return out


class _Resolver:
    def __init__(self, root: Path | None, pictures: Mapping[str, bytes], file: str, limits: Limits) -> None:
        self.root = root.resolve() if root else None
        self.pictures = pictures
        self.file = file
        self.limits = limits
        self.assets: dict[str, Asset] = {}
        self.by_bytes: dict[str, Asset] = {}
        self.failed: dict[str, tuple[str, str]] = {}
        self.found: list[Diagnostic] = []

    def take(self, image: Image, line: int) -> None:
        """Load one picture, or say why it cannot be had."""
        if image.src in self.assets:
            return
        if image.src not in self.failed:
            try:
                data, name = self.data(image.src)
                lost: set[str] = set()
                asset = load(name, data, self.limits, lost)
                self.assets[image.src] = self.by_bytes.setdefault(asset.sha256, asset)
                self.found += [diagnostic(code, f"the picture {image.src[:80]!r} {message}", self.file, line)
                               for code, message in _losses(asset, lost)]
                return
            except _Gone as gone:
                self.failed[image.src] = (gone.code, gone.message)
            except AssetError as error:
                self.failed[image.src] = ("image-missing", error.message)
        code, message = self.failed[image.src]
        self.found.append(diagnostic(code, f"the picture {image.src[:80]!r} {message}", self.file, line))

    def data(self, src: str) -> tuple[bytes, str]:
        """The bytes of an address and a name for them. Raises `_Gone`."""
        if src in self.pictures:
            return self.pictures[src], src
        if not src.strip():
            raise _Gone("image-missing", "has no address")
        scheme = src.partition(":")[0].lower() if ":" in src.partition("/")[0] else ""
        if scheme == "data":
            return _inline(src), "picture"
        if scheme in ("http", "https") or src.startswith("//"):
            raise _Gone("image-remote", "lies on the network; it stays a link. Put it into the article's folder to have it in every output")
        if scheme:
            raise _Gone("image-outside", f"has the scheme {scheme!r}; only files of the article's folder are read")
        if self.root is None:
            raise _Gone("image-missing", "was not given: nothing is read from disk here")
        path = self.path(src)
        if path is None:
            raise _Gone("image-missing", "is not there")
        try:
            if path.stat().st_size > self.limits.bytes:
                raise _Gone("image-missing", f"has more than {self.limits.bytes:,} bytes")
            return path.read_bytes(), path.name
        except OSError as error:
            raise _Gone("image-missing", f"cannot be read: {error.strerror or error}") from error

    def path(self, src: str) -> Path | None:
        """The file of an address below the root; None where there is none. Raises `_Gone` outside."""
        assert self.root is not None
        try:
            return local_file(self.root, src)
        except OutsideError:
            raise _Gone("image-outside", "lies outside the article's folder; only pictures below it are read") from None

    def enclosure(self, given: Enclosure) -> Enclosure | None:
        """An enclosure with the length and type of its file, or as it is where it lies on the network; None where its file is missing."""
        kind = given.media_type or media_type_of(urlsplit(given.url).path)
        if urlsplit(given.url).scheme or self.root is None:
            return msgspec.structs.replace(given, media_type=kind)
        try:
            path = local_file(self.root, given.url)
            why = "is not there"
        except OutsideError:
            path, why = None, "lies outside the article's folder; only files below it are read"
        if path is None:
            self.found.append(diagnostic("file-missing", f"the enclosure {given.url[:80]!r} {why}; it is left out", self.file))
            return None
        return msgspec.structs.replace(given, media_type=media_type_of(path.name) or kind, length=path.stat().st_size)


class OutsideError(ValueError):
    """An address in an article leads out of its folder."""


def local_file(root: Path, src: str) -> Path | None:
    """The file below a folder that an address in an article means, symbolic links followed; None where there is none.

    Raises `OutsideError` for a file outside the folder.
    """
    for name in _spellings(src):
        try:
            path = (root / name.replace("\\", "/").lstrip("/")).resolve()
            if not path.is_relative_to(root.resolve()):
                raise OutsideError(src)
            if path.is_file():
                return path
        except OutsideError:
            raise
        except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, a loop of links
            continue
    return None


def _losses(asset: Asset, lost: set[str]) -> list[tuple[str, str]]:
    """What a picture has lost on its way in: the code of the finding, and the rest of its sentence."""
    if asset.media_type == "image/svg+xml":
        return [("svg-cleaned", f"lost {', '.join(sorted(lost))}")] if lost else []
    found = [("picture-still", "moves; its first frame stands for it")] if MOVEMENT in lost else []
    return found + ([("picture-converted", "is in CMYK; its colours are now those of screens (sRGB)")] if INKS in lost else [])


class _Gone(Exception):
    """A picture that cannot be had: the code of the finding and the rest of its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _spellings(src: str) -> dict[str, None]:
    """The file names that an address may mean: with and without what stands behind ``?`` and ``#``, accents as typed, joined or apart."""
    try:
        plain = (unquote(src), unquote(urlsplit(src).path))
    except ValueError:  # brackets that are no host
        plain = (unquote(src), unquote(re.split(r"[?#]", src, maxsplit=1)[0]))
    return dict.fromkeys(spelled for name in plain for spelled in (name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))))


def _inline(src: str) -> bytes:
    """The bytes of a ``data:`` address (RFC 2397)."""
    head, comma, body = src.partition(",")
    try:
        data = unquote_to_bytes(body)
        return base64.b64decode(data, validate=False) if head.lower().endswith(";base64") and comma else data
    except (binascii.Error, ValueError) as error:
        raise _Gone("image-missing", "holds no readable data") from error
