"""Word documents before the Open XML SDK, LibreOffice and mammoth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tools

import pubkit
import samples
from pubkit import theme as themes

if TYPE_CHECKING:
    from collections.abc import Callable

RANDOM = 6
OPTIONS: dict[str, dict[str, Any]] = {
    "contents": {"contents": True}, "endnotes": {"notes": "end"}, "plain-captions": {"captions": "plain"}, "fonts": {"embed_fonts": True},
    **{f"theme-{name}": {"theme": name, "contents": True} for name in themes.names() if name != "journal"},
}
TEMPLATES = ("python-docx", *(f"template-{name}" for name in themes.names()))
VOLUMES = ("three-chapters", "three-languages")
OTHERS = (*OPTIONS, *TEMPLATES, *VOLUMES, *(f"random-{number}" for number in range(RANDOM)))


@pytest.fixture(scope="module")
def documents(built: Callable[[str], dict[str, Path]], sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The articles with the options as they are; the sample with others and in templates; articles bound together, and at random."""
    from docx import Document

    from pubkit.exporters.docx import template

    folder = tmp_path_factory.mktemp("docx")
    made = dict(built("docx"))

    def add(name: str, work: pubkit.Article | pubkit.Volume, **options: Any) -> None:
        made[name] = folder / f"{name}.docx"
        made[name].write_bytes(pubkit.export(work, "docx", **options).files[0].data)

    sample = pubkit.read(next(tools.SAMPLE.glob("*.md"))).article
    for name, options in OPTIONS.items():
        add(name, sample, **options)
    for name in TEMPLATES:
        house = folder / f"house-{name}.docx"
        if name == "python-docx":
            Document().save(str(house))
        else:
            house.write_bytes(template(themes.load(name.removeprefix("template-"))))
        add(name, sample, reference_doc=str(house), contents=True)
    about = pubkit.Meta(title="Three of a kind", slug="three", language="en", authors=("Ana Ruiz",), url="https://example.org/three/")
    add("three-chapters", pubkit.Volume(about, (sample, sample, sample)), contents=True, theme="report")
    small = tuple(pubkit.read(sources / name).article for name in ("ar-whole.md", "scripts.md", "notes.md"))
    add("three-languages", pubkit.Volume(about, small), notes="end")
    for number, article in enumerate(samples.at_random(RANDOM)):
        add(f"random-{number}", article)
    return made


@pytest.fixture(scope="module")
def validated(documents: dict[str, Path]) -> dict[str, str]:
    """What the Open XML SDK finds in each file; '' is nothing."""
    validator = tools.file_in(tools.NODE / ".bin" / "ooxml-validator", "the Open XML SDK validator")

    def validate(path: Path) -> str:
        done = tools.run([tools.command("node"), validator, path])
        return "" if done.returncode == 0 and json.loads(done.stdout)["ok"] else tools.report(done)

    return dict(zip(documents, tools.parallel(validate, documents.values()), strict=True))


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


@pytest.mark.parametrize("name", [*tools.NAMES, *OTHERS])
def test_open_xml_sdk_finds_nothing(name: str, validated: dict[str, str]) -> None:
    tools.nothing(validated[name])


@pytest.mark.parametrize("name", tools.NAMES)
def test_libreoffice_reads_it_to_the_end(name: str, office_text: dict[str, Path]) -> None:
    assert office_text[name].exists(), "LibreOffice could not load the document"
    assert tools.squash(tools.last_words(name)) in tools.squash(office_text[name].read_text("utf-8-sig"))


@pytest.mark.parametrize("name", [*tools.NAMES, *OTHERS])
def test_libreoffice_sets_its_pages(name: str, office_pages: dict[str, Path]) -> None:
    assert office_pages[name].exists(), "LibreOffice could not load the document"
    assert tools.run([tools.command("qpdf"), "--check", office_pages[name]]).returncode == 0


@pytest.mark.parametrize("name", tools.NAMES)
def test_mammoth_reads_it_to_the_end(name: str, documents: dict[str, Path]) -> None:
    with documents[name].open("rb") as file:
        text = tools.module("mammoth").extract_raw_text(file).value
    assert tools.squash(tools.last_words(name)) in tools.squash(text)
