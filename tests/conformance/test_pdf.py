"""PDF files before veraPDF, qpdf, poppler and pikepdf."""

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

CLAIMED = ("3a", "ua1")  # what the files claim to be by default, both at once
STANDARDS = {"a-2a+ua-1": ("2a", "ua1"), "a-2u": ("2u",), "a-4f": ("4f",)}
RANDOM = 12


@pytest.fixture(scope="module")
def pdfs(built: Callable[[str], dict[str, Path]]) -> dict[str, Path]:
    return built("pdf")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """The sample under other standards, in every theme and archived; articles at random. Each with the flavours to judge it by."""
    folder = tmp_path_factory.mktemp("pdf")
    sample = pubkit.read(next(tools.SAMPLE.glob("*.md")))
    made: dict[str, tuple[Path, tuple[str, ...]]] = {}

    def add(name: str, article: pubkit.Article, flavours: tuple[str, ...], **options: Any) -> None:
        path = folder / f"{name}.pdf"
        path.write_bytes(pubkit.export(article, "pdf", **options).files[0].data)
        made[name] = path, flavours

    held = (pubkit.Attachment("source.md", "text/markdown", b"# A source", "Source"),)
    for standard, flavours in STANDARDS.items():
        add(standard, sample.article, flavours, standard=standard, attachments=held if standard == "a-4f" else ())
    for theme in themes.names():
        add(f"theme-{theme}", sample.article, CLAIMED, theme=theme)
    add("archived", sample.article, CLAIMED, archive=sample.provenance)
    add("archived-a-4f", sample.article, ("4f",), archive=sample.provenance, standard="a-4f")
    for number, article in enumerate(samples.at_random(RANDOM)):
        add(f"random-{number}", article, CLAIMED)
    return made


@pytest.fixture(scope="module")
def verdicts(pdfs: dict[str, Path], others: dict[str, tuple[Path, tuple[str, ...]]]) -> dict[tuple[str, str], str]:
    """What veraPDF says against each file, by flavour and name; '' is nothing."""
    jar = tools.file_in(tools.ROOT / ".tools" / "verapdf.jar", "veraPDF")
    java = tools.java()
    by_flavour: dict[str, dict[str, Path]] = {flavour: dict(pdfs) for flavour in CLAIMED}
    for name, (path, flavours) in others.items():
        for flavour in flavours:
            by_flavour.setdefault(flavour, {})[name] = path

    def validate(flavour: str) -> dict[tuple[str, str], str]:
        files = by_flavour[flavour]
        done = tools.run(
            [*java, "-cp", jar, "org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "json", *files.values()], timeout=300)
        try:
            jobs = {job["itemDetails"]["name"]: job for job in json.loads(done.stdout)["report"]["jobs"]}
        except ValueError:
            return dict.fromkeys([(flavour, name) for name in files], tools.report(done))
        return {(flavour, name): _verdict(jobs.get(str(path))) for name, path in files.items()}

    found: dict[tuple[str, str], str] = {}
    for part in tools.parallel(validate, by_flavour):
        found |= part
    return found


def _verdict(job: dict[str, Any] | None) -> str:
    if job is None:
        return "veraPDF does not mention the file"
    if "validationResult" not in job:
        return str(job.get("taskException", job))
    return "\n".join(
        f"{rule['specification']} {rule['clause']}-{rule['testNumber']}: {rule['description']} "
        f"({rule['failedChecks']} times, first at {rule['checks'][0]['context']})"
        for result in job["validationResult"] for rule in result["details"]["ruleSummaries"] if rule["failedChecks"]
    )


@pytest.mark.parametrize("flavour", CLAIMED)
@pytest.mark.parametrize("name", tools.NAMES)
def test_verapdf_finds_nothing(name: str, flavour: str, verdicts: dict[tuple[str, str], str]) -> None:
    tools.nothing(verdicts[flavour, name])


def test_verapdf_finds_nothing_under_other_standards_themes_and_at_random(
    verdicts: dict[tuple[str, str], str], others: dict[str, tuple[Path, tuple[str, ...]]],
) -> None:
    assert len(others) >= len(STANDARDS) + RANDOM + 2
    tools.nothing("\n".join(f"{name}, {flavour}: {verdicts[flavour, name]}"
                            for name, (_, flavours) in others.items() for flavour in flavours if verdicts[flavour, name]))


@pytest.mark.parametrize("name", tools.NAMES)
def test_qpdf_finds_nothing(name: str, pdfs: dict[str, Path]) -> None:
    done = tools.run([tools.command("qpdf"), "--check", pdfs[name]])
    tools.nothing(tools.report(done) if done.returncode or "WARNING" in done.stdout + done.stderr else "")


@pytest.mark.parametrize("name", tools.NAMES)
def test_its_words_can_be_taken_out(name: str, pdfs: dict[str, Path]) -> None:
    done = tools.run([tools.command("pdftotext"), "-enc", "UTF-8", pdfs[name], "-"])
    assert done.returncode == 0, tools.report(done)
    if name != "ar-whole":  # poppler turns lines of Arabic round by rules of its own
        assert tools.squash(tools.last_words(name)) in tools.squash(done.stdout)


@pytest.mark.parametrize("name", tools.NAMES)
def test_its_fonts_are_within(name: str, pdfs: dict[str, Path]) -> None:
    done = tools.run([tools.command("pdffonts"), pdfs[name]])
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert rows
    assert all(row[-5] == "yes" for row in rows), done.stdout  # columns from the right: object (two), uni, sub, emb


@pytest.mark.parametrize("name", tools.NAMES)
def test_it_says_what_it_is(name: str, pdfs: dict[str, Path]) -> None:
    with tools.module("pikepdf").open(pdfs[name]) as pdf:
        assert str(pdf.Root.get("/Lang", "")), "no language"
        assert pdf.Root.get("/MarkInfo", {}).get("/Marked"), "not tagged"
        assert str(pdf.docinfo.get("/Title", "")), "no title"
