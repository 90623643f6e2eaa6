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
def built(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Path]]:
    """Given a format, builds every article in it once and gives back the file that each became, by the article's name."""
    out = tmp_path_factory.mktemp("out")

    @cache
    def build(name: str) -> dict[str, Path]:
        import pubkit

        pubkit.build([tools.SAMPLE], out / "sample", formats=[name])
        pubkit.build([sources], out / "small", formats=[name])
        files = {path.stem: path for path in (out / "small").glob(f"*.{name}")}
        files["sample"] = tools.only((out / "sample").glob(f"*.{name}"))
        return files

    return build


@pytest.fixture(scope="session")
def feeds(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The feed of the small articles in each dialect."""
    import pubkit

    out = tmp_path_factory.mktemp("feeds")
    pubkit.build([sources], out, formats=["rss", "atom"])
    return {"rss": out / "rss.xml", "atom": out / "atom.xml"}
