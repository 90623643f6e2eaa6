"""Bytes and a path go in; a file that is whole or absent comes out."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from pubkit.diagnostics import ExportError

__all__ = ["copy_file", "indexed", "media_type_of", "write_file"]


# The system's own table differs from machine to machine.
_TYPES = {
    "aac": "audio/aac", "avif": "image/avif", "csv": "text/csv", "epub": "application/epub+zip", "flac": "audio/flac", "gif": "image/gif",
    "htm": "text/html", "html": "text/html", "ics": "text/calendar", "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json",
    "m4a": "audio/mp4", "m4b": "audio/mp4", "m4v": "video/mp4", "md": "text/markdown", "mkv": "video/matroska", "mov": "video/quicktime",
    "mp3": "audio/mpeg", "mp4": "video/mp4", "oga": "audio/ogg", "ogg": "audio/ogg", "ogv": "video/ogg", "opus": "audio/ogg",
    "pdf": "application/pdf", "png": "image/png", "srt": "application/x-subrip", "svg": "image/svg+xml", "txt": "text/plain",
    "vtt": "text/vtt", "wav": "audio/wav", "weba": "audio/webm", "webm": "video/webm", "webp": "image/webp", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def media_type_of(name: str) -> str:
    """The media type that a file's name tells; '' where it tells none."""
    return _TYPES.get(PurePosixPath(name).suffix.lower().lstrip("."), "")


def indexed(name: str, suffix: str) -> str:
    """The file of a name that may be a folder: ``feed/`` is ``feed/index.xml``."""
    return f"{name}index.{suffix}" if name.endswith("/") else name


def write_file(path: Path, data: bytes) -> Path:
    """Write ``data`` beside ``path`` and rename it into place, so that ``path`` is whole or absent; what is the same already is left alone.

    Raises `ExportError`.
    """
    temporary = ""
    try:
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise ExportError(f"cannot write {path}: {error.strerror or error}", hint="Choose a folder that may be written with -o") from error
    return path


def copy_file(source: Path, path: Path) -> tuple[int, str]:
    """Copy a file to ``path``, which is whole or absent, and left alone where it is the same already; its size and SHA-256.

    Raises `ExportError`.
    """
    try:
        size, digest = _digest(source)
        if path.is_file() and path.stat().st_size == size and _digest(path)[1] == digest:
            return size, digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as out, source.open("rb") as data:
                shutil.copyfileobj(data, out)
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"cannot copy {source} to {path}: {error.strerror or error}",
                          hint="Choose a folder that may be written with -o") from error
    return size, digest


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
        return data.tell(), digest


def _umask() -> int:
    value = os.umask(0o022)
    os.umask(value)
    return value
