"""Builds the sample article and the small articles beside this file, one format at a time, for validators that are not ours."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tools

if TYPE_CHECKING:
    from collections.abc import Callable

    from pubkit import Report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder bears the mark ``conformance``."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.conformance)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own with the small articles and the pictures that they show."""
    folder = tmp_path_factory.mktemp("sources") / "articles"
    shutil.copytree(tools.ARTICLES, folder)
    tools.draw_pictures(folder / "pictures")
    return folder


@pytest.fixture(scope="session")
def reports(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, list[Report]]]:
    """Given a format, builds every article in it once and gives back the folder and what the builds said."""
    out = tmp_path_factory.mktemp("out")

    @cache
    def build(name: str) -> tuple[Path, list[Report]]:
        import pubkit

        return out, [
            pubkit.build([tools.SAMPLE], out / "sample", formats=[name]),
            pubkit.build([sources], out / "small", formats=[name]),
        ]

    return build


@pytest.fixture(scope="session")
def built(reports: Callable[[str], tuple[Path, list[Report]]]) -> Callable[[str], dict[str, Path]]:
    """Given a format, gives back the file that each article became in it, by the article's name."""

    def files(name: str) -> dict[str, Path]:
        out, _ = reports(name)
        found = {path.stem: path for path in sorted((out / "small").glob(f"*.{name}"))}
        return {"sample": tools.only((out / "sample").glob(f"*.{name}")), **found}

    return files


@pytest.fixture(scope="session")
def feeds(reports: Callable[[str], tuple[Path, list[Report]]]) -> dict[str, Path]:
    """The feed of the small articles in each dialect."""
    return {name: reports(name)[0] / "small" / f"{name}.xml" for name in ("rss", "atom")}
