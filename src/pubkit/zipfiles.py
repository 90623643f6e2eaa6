"""Names and bytes come in, a zip goes out whose bytes depend on them alone; and back again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

__all__ = ["pack", "unpack"]

EARLIEST = (1980, 1, 1, 0, 0, 0)
LEVEL = 6  # the highest takes three times as long for half a percent


def pack(files: Iterable[tuple[str, bytes]], stored: frozenset[str] = frozenset()) -> bytes:
    """The zip of ``files`` in the order given; those named in ``stored`` are not compressed. Raises `ValueError` for a name given twice."""
    out, seen = io.BytesIO(), set[str]()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files:
            if name in seen:
                raise ValueError(f"two files have the name {name!r}")
            seen.add(name)
            info = zipfile.ZipInfo(name, EARLIEST)
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compresslevel=LEVEL)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a zip (no folders), in its order. Raises `zipfile.BadZipFile` for anything else."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
