"""What every exporter gives back: files in memory and what there is to say about them."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from pubkit.diagnostics import Diagnostic
from pubkit.files import write_file

__all__ = ["File", "Output"]


class File(Struct, frozen=True):
    """One finished file: name (relative, forward slashes), media type, bytes."""

    name: str
    media_type: str
    data: bytes


class Output(Struct, frozen=True):
    """What an exporter made."""

    files: tuple[File, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write every file below ``folder`` (made if missing), each whole or not at all, and give back the paths.

        Raises `ExportError` if a file cannot be written.
        """
        return [write_file(Path(folder) / file.name, file.data) for file in self.files]
