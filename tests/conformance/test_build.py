"""Every format of every article is built without an error, before anybody judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pubkit import Report


@pytest.mark.parametrize("name", ["pdf", "epub", "docx", "html", "json", "rss", "atom"])
def test_everything_is_built(name: str, reports: Callable[[str], tuple[Path, list[Report]]]) -> None:
    _, said = reports(name)
    tools.nothing("\n".join(f"{result.source}: {result.error}" for report in said for result in report.results if result.error))
    assert len([file for report in said for file in report.files if file.endswith((f".{name}", f"{name}.xml"))]) >= 2
