"""PDF files before veraPDF, qpdf, poppler and pikepdf."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tools

if TYPE_CHECKING:
    from collections.abc import Callable

FLAVOURS = ["3a", "ua1"]  # what the files claim to be, both at once


@pytest.fixture(scope="module")
def pdfs(built: Callable[[str], dict[str, Path]]) -> dict[str, Path]:
    return built("pdf")


@pytest.fixture(scope="module")
def verdicts(pdfs: dict[str, Path]) -> dict[tuple[str, str], str]:
    """What veraPDF says against each file, by flavour and article; '' is nothing."""
    jar = tools.file_in(tools.ROOT / ".tools" / "verapdf.jar", "veraPDF")
    java = tools.java()

    def validate(flavour: str) -> dict[tuple[str, str], str]:
        done = tools.run(
            [*java, "-cp", jar, "org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "json", *pdfs.values()], timeout=300)
        try:
            jobs = {job["itemDetails"]["name"]: job for job in json.loads(done.stdout)["report"]["jobs"]}
        except ValueError:
            return dict.fromkeys([(flavour, name) for name in pdfs], tools.report(done))
        return {(flavour, name): _verdict(jobs.get(str(path))) for name, path in pdfs.items()}

    found: dict[tuple[str, str], str] = {}
    for part in tools.parallel(validate, FLAVOURS):
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


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", tools.NAMES)
def test_verapdf_finds_nothing(name: str, flavour: str, verdicts: dict[tuple[str, str], str]) -> None:
    tools.nothing(verdicts[flavour, name])


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
