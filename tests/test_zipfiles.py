"""The zip writer: same content, same bytes."""

from __future__ import annotations

import io
import zipfile

import pytest

from pubkit.zipfiles import pack, unpack

FILES = [("mimetype", b"application/epub+zip"), ("a/\u00fc.txt", b"x" * 5000), ("b.bin", b"")]


def test_round_trip_keeps_order() -> None:
    assert list(unpack(pack(FILES)).items()) == FILES


def test_same_bytes_and_no_clock() -> None:
    assert pack(FILES) == pack(iter(FILES))
    with zipfile.ZipFile(io.BytesIO(pack(FILES))) as archive:
        assert {(i.date_time, i.create_system, i.external_attr) for i in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 3, 0o644 << 16)}


def test_stored_first_as_epub_wants_it() -> None:
    data = pack(FILES, frozenset({"mimetype"}))
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [i.compress_type for i in archive.infolist()] == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED]
        assert archive.testzip() is None


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.txt"):
        pack([("a.txt", b"1"), ("a.txt", b"2")])
