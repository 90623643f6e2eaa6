"""Word documents before the Open XML SDK, LibreOffice and mammoth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tools

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def documents(built: Callable[[str], dict[str, Path]]) -> dict[str, Path]:
    return built("docx")


def _office(documents: dict[str, Path], folder: Path, target: str, suffix: str) -> dict[str, Path]:
    """Converts all documents in one run of LibreOffice, which says by leaving out a file that it could not read one."""
    profile = (folder / "profile").as_uri()
    tools.run(
        [tools.command("soffice", "libreoffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", target,
         "--outdir", folder / "out", *documents.values()],
        timeout=300,
    )
    return {name: folder / "out" / f"{path.stem}{suffix}" for name, path in documents.items()}


@pytest.fixture(scope="module")
def office_text(documents: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return _office(documents, tmp_path_factory.mktemp("text"), "txt:Text (encoded):UTF8", ".txt")


@pytest.fixture(scope="module")
def office_pages(documents: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return _office(documents, tmp_path_factory.mktemp("pages"), "pdf", ".pdf")


@pytest.mark.parametrize("name", tools.NAMES)
def test_open_xml_sdk_finds_nothing(name: str, documents: dict[str, Path]) -> None:
    validator = tools.file_in(tools.NODE / ".bin" / "ooxml-validator", "the Open XML SDK validator")
    done = tools.run([tools.command("node"), validator, documents[name]])
    tools.nothing(tools.report(done) if done.returncode else "")
    assert json.loads(done.stdout), tools.report(done)


@pytest.mark.parametrize("name", tools.NAMES)
def test_libreoffice_reads_it_to_the_end(name: str, office_text: dict[str, Path]) -> None:
    assert office_text[name].exists(), "LibreOffice could not load the document"
    assert tools.squash(tools.last_words(name)) in tools.squash(office_text[name].read_text("utf-8-sig"))


@pytest.mark.parametrize("name", tools.NAMES)
def test_libreoffice_sets_its_pages(name: str, office_pages: dict[str, Path]) -> None:
    assert office_pages[name].exists(), "LibreOffice could not load the document"
    assert tools.run([tools.command("qpdf"), "--check", office_pages[name]]).returncode == 0


@pytest.mark.parametrize("name", tools.NAMES)
def test_mammoth_reads_it_to_the_end(name: str, documents: dict[str, Path]) -> None:
    with documents[name].open("rb") as file:
        text = tools.module("mammoth").extract_raw_text(file).value
    assert tools.squash(tools.last_words(name)) in tools.squash(text)
