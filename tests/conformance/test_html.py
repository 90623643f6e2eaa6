"""Web pages before the Nu HTML checker and axe."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import pytest
import tools

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def pages(built: Callable[[str], dict[str, Path]]) -> dict[str, Path]:
    return built("html")


@pytest.fixture(scope="module")
def nu(pages: dict[str, Path]) -> dict[Path, list[str]]:
    """The errors and warnings of the Nu HTML checker, by file."""
    jar = tools.file_in(tools.NODE / "vnu-jar" / "build" / "dist" / "vnu.jar", "the Nu HTML checker")
    done = tools.run([*tools.java(), "-jar", jar, "--stdout", "--format", "json", *pages.values()], timeout=300)
    try:
        messages = json.loads(done.stdout)["messages"]
    except ValueError:
        pytest.fail(tools.report(done))
    found: dict[Path, list[str]] = defaultdict(list)
    for message in messages:
        if message["type"] == "error" or message.get("subType") == "warning":
            place = Path(unquote(urlparse(message.get("url", "")).path))
            kind = message.get("subType", "error")
            found[place].append(f"{kind} at line {message.get('lastLine')}: {message['message']} {message.get('extract', '')!r}")
    return found


@pytest.fixture(scope="module")
def axe(pages: dict[str, Path]) -> dict[str, list[str]]:
    """The violations that axe finds, by file, in light and in dark."""
    tools.file_in(tools.NODE / "axe-core", "axe")
    tools.file_in(tools.NODE / "puppeteer-core", "puppeteer")
    script = Path(__file__).parent / "axe.mjs"
    done = tools.run([tools.command("node"), script, tools.NODE, tools.browser(), *pages.values()], timeout=300)
    assert done.returncode == 0, tools.report(done)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", tools.NAMES)
def test_nu_finds_nothing(name: str, pages: dict[str, Path], nu: dict[Path, list[str]]) -> None:
    tools.nothing("\n".join(nu[pages[name]]))


@pytest.mark.parametrize("name", tools.NAMES)
def test_axe_finds_nothing(name: str, pages: dict[str, Path], axe: dict[str, list[str]]) -> None:
    tools.nothing("\n".join(axe[str(pages[name])]))
