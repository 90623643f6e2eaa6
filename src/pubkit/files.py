"""Bytes and a path go in; a file that is whole or absent comes out."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pubkit.diagnostics import ExportError

__all__ = ["write_file"]


def write_file(path: Path, data: bytes) -> Path:
    """Write ``data`` beside ``path`` and rename it into place, so that ``path`` is whole or absent. Raises `ExportError`."""
    temporary = ""
    try:
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


def _umask() -> int:
    value = os.umask(0o022)
    os.umask(value)
    return value
