"""An article and what its pages are made with go in; the files that its PDF carries come out, and the PDF with its seal.

Names in the PDF are flat, for viewers save attachments by name; the manifest says where in a folder each belongs. Nothing in them depends
on the machine, its clock or the folder.
"""

from __future__ import annotations

import functools
import hashlib
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from pubkit import exporters, readers, theme
from pubkit.diagnostics import PreserveError, PubkitError, ThemeError
from pubkit.exporters.base import Attachment, Output
from pubkit.model import UNDATED, Article, Enclosure, Image, Node, Volume, content, content_hash, encode, rewrite, walk
from pubkit.publication import Publication
from pubkit.readers.base import Provenance
from pubkit.theme import FALLBACKS, Face, Theme

__all__ = ["Facts", "Kept", "Manifest", "Role", "Wardrobe", "archived", "comparable", "dressed", "is_plain_path", "payload",
           "read_anew", "seal", "sealed", "versions", "without_pictures"]

FORMAT = "pubkit-archive"
VERSION = 1
MANIFEST = "manifest.json"
ABOUT = "Every file with its SHA-256"
OWN = ("article.json", "theme.json", "settings.json", "versions.json", MANIFEST)
NO_DATA = ("click", "pikepdf", "platformdirs", "rich")  # of our requirements, those that no output depends on
HIDDEN = ("pydyf", "pyphen")  # WeasyPrint's, on which the bytes of a PDF depend
NATIVE = {"pango": ("libpango-1.0.so.0", "libpango-1.0.dylib"), "harfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
          "fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib")}
Role: TypeAlias = Literal["source", "article", "picture", "theme", "font", "licence", "settings", "versions"]
Relationship: TypeAlias = Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]


class Kept(Struct, frozen=True, kw_only=True):
    """One embedded file as the manifest has it. ``paths`` are where it belongs in a folder: a picture may have several addresses."""

    name: str
    role: Role
    paths: tuple[str, ...]
    media_type: str
    relationship: Relationship
    description: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """Every embedded file but the manifest itself. ``article`` is the `content_hash` of the article, pictures included."""

    format: Literal["pubkit-archive"] = "pubkit-archive"
    version: int = VERSION
    article: str
    files: tuple[Kept, ...]


class Reading(Struct, frozen=True):
    """What a source was read with: `Provenance.settings`."""

    encoding: str = ""
    smart: bool = False
    publication: Publication = Publication()
    meta: dict[str, Any] = {}


class Facts(Struct, frozen=True, kw_only=True):
    """What an article was read and its outputs were made with.

    Attributes:
        name: the source's name, with its folder's where the slug comes from that.
        kind: the kind of the source.
        reading: what it was read with.
        links: where links to other sources of the run lead, by their path from the source's folder.
        derived: whether reading the source anew gives the article; not so where a program changed it in between.
        publication: the publication of the outputs.
        theme: the name of the theme.
        formats: the formats that were made together.
        options: the options of each format, defaults included.
    """

    name: str
    kind: str
    reading: Reading = Reading()
    links: dict[str, str] = {}
    derived: bool = True
    publication: Publication = Publication()
    theme: str = "journal"
    formats: tuple[str, ...] = ()
    options: dict[str, dict[str, Any]] = {}


class Wardrobe(Struct, frozen=True, kw_only=True):
    """A theme by value: its faces name their files as ``fonts/<folder>/<file>``, and ``fonts`` says the SHA-256 of each."""

    theme: Theme
    fonts: dict[str, str]


def archived(article: Article, worn: Theme, options: Mapping[str, Any], attachments: tuple[Attachment, ...]) -> Output:
    """The PDF of an article, with its attachments and its seal. Raises what the exporter raises."""
    output = exporters.exporter("pdf")(Volume(article.meta, (article,)), worn, {**options, "attachments": attachments})
    return msgspec.structs.replace(output, files=tuple(msgspec.structs.replace(f, data=seal(f.data)) for f in output.files))


def payload(article: Article, worn: Theme, provenance: Provenance, *, publication: Publication | None = None,
            options: Mapping[str, Mapping[str, Any]] | None = None, formats: Iterable[str] = ("pdf",),
            links: Mapping[str, str] | None = None) -> tuple[Attachment, ...]:
    """The files that the PDF of an article carries, the manifest last.

    Args:
        article: as every exporter gets it: clean, complete, its links resolved.
        worn: the theme.
        provenance: where the article came from, as `pubkit.read` says.
        publication: the publication of the outputs.
        options: by format, what was chosen.
        formats: the formats that are made together.
        links: as in `Facts`; empty where links were left as they are.
    """
    formats = tuple(formats)
    chosen = {name: _options(name, (options or {}).get(name, {})) for name in dict.fromkeys((*formats, *(options or {})))}
    facts = Facts(name=_source_name(provenance.name), kind=provenance.kind, reading=msgspec.convert(provenance.settings, Reading),
                  links=dict(links or {}), publication=publication or Publication(), theme=worn.name, formats=formats, options=chosen)
    facts = msgspec.structs.replace(facts, derived=_derived(article, facts, provenance.source))
    files = _Files(article.meta.updated or article.meta.published or UNDATED)
    # Source is the original material; a source without its pictures is not whole.
    own = PurePath(facts.name).name.strip("-") or f"source{_suffix(provenance.kind)}"
    files.add(own, "source", (own,), _media_type(provenance.kind), provenance.source, "Source", "The source, as it was read")
    for asset in article.assets:
        paths = _picture_paths(article, asset.name, own)
        files.add(asset.name, "picture", paths or (f"pictures/{asset.name}",), asset.media_type, asset.data, "Source",
                  "A picture of the article, turned and without private metadata")
    # Data is what a presentation is derived from; pages are derived from the model and a theme.
    bare = msgspec.structs.replace(article, assets=tuple(msgspec.structs.replace(a, data=b"") for a in article.assets))
    files.add("article.json", "article", ("article.json",), "application/json", encode(bare), "Data",
              "The article as the model has it; its pictures are files of their own")
    wardrobe, fonts = _wardrobe(worn)
    files.add("theme.json", "theme", ("theme.json",), "application/json", _json(wardrobe), "Data", "The theme, every value resolved")
    for place, data, role in fonts:
        files.add(place.rpartition("/")[2] if role == "font" else "-".join(place.split("/")[-2:]), role, (place,),
                  "font/woff2" if role == "font" else "text/plain", data, "Data", "A font of the theme, or its licence")
    files.add("settings.json", "settings", ("settings.json",), "application/json", _json(facts), "Data",
              "What the article was read and its outputs were made with")
    # Unspecified is what no other word describes.
    files.add("versions.json", "versions", ("versions.json",), "application/json", _json(versions()), "Unspecified",
              "The versions of the programs that made it")
    manifest = Manifest(article=content_hash(article), files=tuple(files.kept))
    files.add(MANIFEST, "settings", (MANIFEST,), "application/json", _json(manifest), "Unspecified", ABOUT)
    return tuple(files.attachments)


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n"


class _Files:
    """Collects attachments under names that no two share, and paths that no two share on any system."""

    def __init__(self, modified: datetime) -> None:
        self.modified = modified
        self.names = set(OWN)
        self.paths = set(OWN)
        self.kept: list[Kept] = []
        self.attachments: list[Attachment] = []

    def add(self, name: str, role: Role, paths: tuple[str, ...], media_type: str, data: bytes, relationship: Relationship,
            description: str) -> None:
        if role in ("source", "picture", "font", "licence"):
            name = _free(name, self.names)
            paths = tuple(_free(path, self.paths) for path in paths)
        digest = hashlib.sha256(data).hexdigest()
        self.kept.append(Kept(name=name, role=role, paths=paths, media_type=media_type, relationship=relationship,
                              description=description, size=len(data), sha256=digest))
        self.attachments.append(Attachment(name, media_type, data, relationship, description, self.modified))


def _free(wanted: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; it is taken from now on."""
    name, number = wanted, 1
    stem, dot, suffix = wanted.rpartition(".")
    while unicodedata.normalize("NFC", name).casefold() in taken:
        number += 1
        name = f"{stem}-{number}{dot}{suffix}" if stem else f"{wanted}-{number}"
    taken.add(unicodedata.normalize("NFC", name).casefold())
    return name


def _options(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option of a format, as it was chosen or by default."""
    checked = exporters.exporter(name).checked({k: v for k, v in given.items() if k != "attachments"})
    return {field: msgspec.to_builtins(getattr(checked, field)) for field in checked.__struct_fields__ if field != "attachments"}


# --- Names --------------------------------------------------------------------------------------------------------------------------

def _plain(name: str) -> str:
    """A name that is one on every system."""
    return re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "-", name).strip(". ")[-120:].strip(". ")


def _suffix(kind: str) -> str:
    return next((known.suffixes[0] for known in readers.kinds() if known.name == kind and known.suffixes), "")


def _source_name(name: str) -> str:
    """A source's name without the folder it lies in, but where it takes its slug from that."""
    path = PurePath(name)
    if path.stem.lower() in ("index", "_index", "readme") and path.parent.name:
        return f"{_plain(path.parent.name)}/{_plain(path.name)}"
    return _plain(path.name)


def _media_type(kind: str) -> str:
    return {"markdown": "text/markdown", "text": "text/plain", "html": "text/html", "json": "application/json",
            "epub": "application/epub+zip"}.get(kind, "application/octet-stream")


def _picture_paths(article: Article, asset: str, own: str) -> tuple[str, ...]:
    """Where the source looks for a picture, if that is below its own folder."""
    srcs = {node.src for node in walk(article) if isinstance(node, Image) and node.asset == asset}
    paths = {posixpath.normpath(unquote(src.split("?")[0].split("#")[0]).lstrip("/")) for src in srcs if ":" not in src and "\\" not in src}
    return tuple(sorted(path for path in paths if is_plain_path(path) and path.partition("/")[0] not in (own, *OWN)))


def is_plain_path(path: str) -> bool:
    """Whether a path leads below the folder it stands in, on every system."""
    parts = path.split("/")
    return (0 < len(path) <= 400 and len(parts) <= 16 and not re.search(r'[\x00-\x1f\x7f<>:"\\|?*]', path)
            and all(part and part.strip(". ") == part for part in parts))


# --- The theme ----------------------------------------------------------------------------------------------------------------------

def _wardrobe(worn: Theme) -> tuple[Wardrobe, list[tuple[str, bytes, Role]]]:
    """A theme by value, and of its fonts those that are not pubkit's own, with their licences."""
    every = theme.font_files(worn)
    ours = Path(next(face.path for face in every if face.family in FALLBACKS)).parents[1]
    places = {face.path: f"fonts/{Path(face.path).parent.name}/{Path(face.path).name}" for face in every}
    bare = msgspec.structs.replace(worn, diagnostics=(), faces=tuple(msgspec.structs.replace(f, path=places[f.path]) for f in worn.faces))
    fonts = {places[path]: _digest(path) for path in sorted(places)}
    foreign = sorted({face.path for face in worn.faces if not Path(face.path).is_relative_to(ours)})
    files: list[tuple[str, bytes, Role]] = [(places[path], Path(path).read_bytes(), "font") for path in foreign if _may_travel(path)]
    for folder in sorted({Path(path).parent for path in foreign}):
        files += [(f"fonts/{folder.name}/{file.name}", file.read_bytes(), "licence") for file in sorted(folder.glob("OFL*"))]
    return Wardrobe(theme=bare, fonts=fonts), files


@functools.lru_cache(maxsize=256)
def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@functools.lru_cache(maxsize=256)
def _may_travel(path: str) -> bool:
    """Whether a font's maker lets it go along whole (OS/2 fsType, bits 0 to 3: 0 is installable)."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return "OS/2" in font and font["OS/2"].fsType & 0x000F == 0


def dressed(wardrobe: Wardrobe, folder: Path) -> Theme:
    """The theme of a wardrobe, its fonts found: in ``folder``, where those of an archive were put, else among the themes of this machine.

    Raises `ThemeError` for a font that is not there.
    """
    known: dict[str, str] = {}
    for name in theme.names():
        known |= {_digest(face.path): face.path for face in theme.load(name).faces}

    def found(face: Face) -> Face:
        wanted = wardrobe.fonts.get(face.path, "")
        own = folder / face.path
        if is_plain_path(face.path) and own.is_file():
            return msgspec.structs.replace(face, path=str(own))
        if wanted in known:
            return msgspec.structs.replace(face, path=known[wanted])
        raise ThemeError(f"the font {face.path} of the theme {wardrobe.theme.name!r} is neither in the PDF nor on this machine",
                         hint=f"Install the theme that has it; its SHA-256 is {wanted or 'not known'}")

    return msgspec.structs.replace(wardrobe.theme, faces=tuple(found(face) for face in wardrobe.theme.faces))


# --- Versions -----------------------------------------------------------------------------------------------------------------------

@functools.cache
def versions() -> dict[str, str]:
    """The versions of all that the bytes of an output depend on; of pubkit also a digest of its own code and style sheets."""
    import platform
    import zlib
    from importlib.metadata import PackageNotFoundError, requires, version

    names = {m[0] for text in requires("pubkit") or () if "extra ==" not in text and (m := re.match(r"[\w.-]+", text))}
    found = {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION, "pubkit": version("pubkit"), "pubkit-code": _code()}
    for name in sorted({*names, *HIDDEN} - {*NO_DATA}):
        try:
            found[name.lower()] = version(name)
        except PackageNotFoundError:
            found[name.lower()] = "not installed"
    return found | {name: _native(name) for name in NATIVE}


def _code() -> str:
    """A digest of pubkit itself: between two releases its version stays and its outputs may change."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".css") and p.is_file()):
        digest.update(f"{path.relative_to(root).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _native(name: str) -> str:
    """The version of a library that WeasyPrint loads."""
    import ctypes

    for file in NATIVE[name]:
        try:
            library = ctypes.CDLL(file)
        except OSError:
            continue
        if name == "fontconfig":
            number = int(library.FcGetVersion())
            return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
        function = library.pango_version_string if name == "pango" else library.hb_version_string
        function.restype = ctypes.c_char_p
        return str(function().decode())
    return "not found"


def comparable(then: Mapping[str, str]) -> tuple[str, ...]:
    """What keeps outputs of those versions from being compared with ours: one text a difference, such as ``weasyprint 69.0, here 70.0``."""
    now = versions()
    return tuple(f"{name} {then.get(name, 'unknown')}, here {now.get(name, 'unknown')}" for name in sorted({*then, *now})
                 if then.get(name) != now.get(name))


# --- The source, read anew ----------------------------------------------------------------------------------------------------------

def read_anew(facts: Facts, source: bytes) -> Article:
    """The article that the source gives, without its pictures. Raises `PubkitError`."""
    from pubkit.api import read_bytes, ready
    from pubkit.model import Meta
    from pubkit.references import linked, table

    reading = facts.reading
    try:
        given = msgspec.convert({**reading.meta, "type": "meta"}, Meta)
    except msgspec.ValidationError as error:
        raise PreserveError(f"the metadata that the source was read with cannot be used: {error}") from error
    article = read_bytes(source, facts.name, facts.kind, publication=reading.publication, encoding=reading.encoding, smart=reading.smart,
                         **{name: getattr(given, name) for name in reading.meta if name != "type"}).article
    article, _ = ready(article, facts.publication)
    if facts.links:
        home = "/a/b/c/d/e/f"  # any folder does: paths are compared as text
        addresses = {posixpath.normpath(f"{home}/{path}"): address for path, address in facts.links.items()}
        article, _, _ = linked(article, f"{home}/{PurePath(facts.name).name}", table(addresses, {}))
    return article


def without_pictures(article: Article) -> Article:
    """What can be compared of an article and of its source read without its folder."""
    def bare(node: Node) -> Node:
        if isinstance(node, Enclosure):  # what is known of it is that of a file beside the source
            return Enclosure("")
        return msgspec.structs.replace(node, asset="") if isinstance(node, Image) and node.asset else node
    return rewrite(msgspec.structs.replace(content(article), assets=()), bare)


def _derived(article: Article, facts: Facts, source: bytes) -> bool:
    try:
        return without_pictures(read_anew(facts, source)) == without_pictures(article)
    except PubkitError:
        return False


# --- The seal -----------------------------------------------------------------------------------------------------------------------

_ID = re.compile(rb"/ID\s*\[\s*(?:\([0-9A-Za-z]*\)|<[0-9A-Fa-f]*>)\s*(?:\(([0-9A-Za-z]*)\)|<([0-9A-Fa-f]*)>)\s*\]")


def seal(data: bytes) -> bytes:
    """A PDF whose second identifier (ISO 32000-1, 14.4: that of its contents) is taken from the SHA-256 of all its other bytes."""
    place = _seal_place(data)
    if place is None:
        raise PreserveError("the PDF has no identifier to seal it with")
    return data[:place.start] + _seal(data, place) + data[place.stop:]


def sealed(data: bytes) -> bool:
    """Whether a PDF is, to the byte, as it was sealed."""
    place = _seal_place(data)
    return place is not None and data[place] == _seal(data, place)


def _seal(data: bytes, place: slice) -> bytes:
    digest = hashlib.sha256(data[:place.start] + b"0" * (place.stop - place.start) + data[place.stop:])
    return digest.hexdigest()[:place.stop - place.start].encode()


def _seal_place(data: bytes) -> slice | None:
    """Where the second identifier stands, in the trailer that ``startxref`` leads to."""
    end = re.search(rb"startxref\s+(\d{1,12})\s+%%EOF\s*\Z", data[-200:])
    found = _ID.search(data, int(end[1])) if end else None
    if found is None:
        return None
    group = 1 if found[1] is not None else 2
    return slice(found.start(group), found.end(group)) if len(found[group]) >= 32 else None

