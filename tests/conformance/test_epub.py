"""EPUB files before EPUBCheck and Ace."""

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


RANDOM = 4
OPTIONS: dict[str, dict[str, Any]] = {
    "whole-fonts": {"fonts": "embed"}, "no-fonts": {"fonts": "none", "cover": "picture"},
    "no-cover": {"cover": "none", "contents_depth": 1}, "with-source": {"source": True},
    **{f"theme-{name}": {"theme": name} for name in themes.names() if name != "journal"},
}
VOLUMES = ("three-chapters", "three-languages")
OTHERS = (*OPTIONS, *VOLUMES, *(f"random-{number}" for number in range(RANDOM)))


@pytest.fixture(scope="module")
def epubs(built: Callable[[str], dict[str, Path]], sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The articles with the options as they are; the sample with others; articles bound together, and at random."""
    folder = tmp_path_factory.mktemp("epub")
    made = dict(built("epub"))

    def add(name: str, work: pubkit.Article | pubkit.Volume, **options: Any) -> None:
        made[name] = folder / f"{name}.epub"
        made[name].write_bytes(pubkit.export(work, "epub", **options).files[0].data)

    sample = pubkit.read(next(tools.SAMPLE.glob("*.md"))).article
    for name, options in OPTIONS.items():
        add(name, sample, **options)
    about = pubkit.Meta(title="Three of a kind", slug="three", language="en", authors=("Ana Ruiz",), url="https://example.org/three/")
    add("three-chapters", pubkit.Volume(about, (sample, sample, sample)))
    small = tuple(pubkit.read(sources / name).article for name in ("ar-whole.md", "scripts.md", "notes.md"))
    add("three-languages", pubkit.Volume(about, small), source=True)
    for number, article in enumerate(samples.at_random(RANDOM)):
        add(f"random-{number}", article)
    return made


@pytest.fixture(scope="module")
def checked(epubs: dict[str, Path]) -> dict[str, str]:
    """What EPUBCheck finds in each file, warnings included; '' is nothing."""
    jar = Path(tools.module("epubcheck").__file__).parent / "epubcheck.jar"
    java = tools.java()

    def check(path: Path) -> str:
        done = tools.run([*java, "-jar", jar, path, "-q", "--failonwarnings", "--json", "-"])
        if done.returncode == 0:
            return ""
        try:
            messages = json.loads(done.stdout[done.stdout.index("{"):])["messages"]
        except ValueError:
            return tools.report(done)
        return "\n".join(_sentence(message) for message in messages) or tools.report(done)

    return dict(zip(epubs, tools.parallel(check, epubs.values()), strict=True))


def _sentence(message: dict[str, Any]) -> str:
    places = ", ".join(f"{place['path']}:{place['line']}:{place['column']}" for place in message["locations"][:3])
    return f"{message['severity']} {message['ID']}: {message['message']} ({places})"


@pytest.fixture(scope="module")
def assessed(epubs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What Ace finds in each file; '' is nothing."""
    ace = tools.file_in(tools.NODE / ".bin" / "ace-cli", "Ace")
    env = {"PUPPETEER_EXECUTABLE_PATH": tools.browser(), "ACE_TIMEOUT_INITIAL": "30000"}
    out = tmp_path_factory.mktemp("ace")

    def assess(name: str) -> str:
        done = tools.run([tools.command("node"), ace, "-f", "-s", "-E", "-o", out / name, epubs[name]], env=env)
        found = out / name / "report.json"
        if not found.exists():
            return tools.report(done)
        violations = _violations(json.loads(found.read_text("utf-8")))
        return violations or ("" if done.returncode == 0 else tools.report(done))

    return dict(zip(epubs, tools.parallel(assess, epubs), strict=True))


def _violations(report: dict[str, Any]) -> str:
    return "\n".join(
        f"{test['earl:test']['earl:impact']} {test['earl:test']['dct:title']} in {document['earl:testSubject']['url']}: "
        f"{test['earl:result']['dct:description']} {test['earl:result'].get('html', '')[:300]}"
        for document in report["assertions"] for test in document["assertions"] if test["earl:result"]["earl:outcome"] == "fail"
    )


@pytest.mark.parametrize("name", [*tools.NAMES, *OTHERS])
def test_epubcheck_finds_nothing(name: str, checked: dict[str, str]) -> None:
    tools.nothing(checked[name])


@pytest.mark.parametrize("name", [*tools.NAMES, *OTHERS])
def test_ace_finds_nothing(name: str, assessed: dict[str, str]) -> None:
    tools.nothing(assessed[name])
