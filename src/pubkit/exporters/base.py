"""What every exporter gives back: files in memory and what there is to say about them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from msgspec import Struct

from pubkit.diagnostics import Diagnostic, ExportError
from pubkit.files import write_file

__all__ = ["Attachment", "File", "Output"]


class File(Struct, frozen=True):
    """One finished file: name (relative, forward slashes), media type, bytes."""

    name: str
    media_type: str
    data: bytes


class Attachment(Struct, frozen=True):
    """One file that travels inside another.

    ``relationship`` is that of ISO 19005-3, 6.8 and ISO 32000-2, 7.11.3: what the file is to the document that holds it. ``modified`` is
    taken as UTC where it names no zone; by default it is the date of the article.
    """

    name: str
    media_type: str
    data: bytes
    relationship: Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"] = "Unspecified"
    description: str = ""
    modified: datetime | None = None


class Output(Struct, frozen=True):
    """What an exporter made; ``claims`` are the standards that the file says it follows, such as ("PDF/A-3a", "PDF/UA-1")."""

    files: tuple[File, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    claims: tuple[str, ...] = ()

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write every file below ``folder`` (made if missing), each whole or not at all, and give back the paths.

        Raises `ExportError` if a file cannot be written, or its name leads out of the folder.
        """
        for file in self.files:
            if not file.name or PurePosixPath(file.name).is_absolute() or ".." in PurePosixPath(file.name).parts or "\\" in file.name:
                raise ExportError(f"{file.name!r} is no name of a file below the folder")
        return [write_file(Path(folder) / file.name, file.data) for file in self.files]
