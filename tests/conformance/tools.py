"""Finds and runs programs that are not ours, and draws the pictures of the small articles."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = [
    "ARTICLES", "JAVA_OPTIONS", "NAMES", "NODE", "ROOT", "SAMPLE", "SMALL", "browser", "command", "draw_pictures", "file_in", "java",
    "last_words", "module", "nothing", "only", "parallel", "report", "run", "squash",
]

Item = TypeVar("Item")
Result = TypeVar("Result")

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "article"
ARTICLES = Path(__file__).parent / "articles"
SMALL = sorted(path.stem for path in ARTICLES.iterdir() if path.suffix in {".md", ".txt"})
NAMES = ["sample", *SMALL]
NODE = ROOT / ".tools" / "node" / "node_modules"
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m", "-Djava.awt.headless=true")


def _absent(what: str) -> Any:
    reason = f"{what} is not installed (make conformance)"
    if os.environ.get("PUBKIT_REQUIRE_TOOLS"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def command(*names: str) -> str:
    """The path of the first of these commands that this machine has; else the test is skipped, or fails if tools are required."""
    for name in names:
        if path := shutil.which(name):
            return path
    return str(_absent(names[0]))


def browser() -> str:
    """The path of a Chromium."""
    return command("chromium", "chromium-browser", "google-chrome")


def java() -> list[str]:
    """A java command with options for short runs."""
    return [command("java"), *JAVA_OPTIONS]


def module(name: str) -> Any:
    """An imported module, or a skip."""
    if importlib.util.find_spec(name) is None:
        _absent(name)
    return importlib.import_module(name)


def file_in(path: Path, what: str) -> Path:
    """``path`` if it exists, or a skip that names ``what``."""
    return path if path.exists() else Path(_absent(what))


def run(arguments: Sequence[str | Path], timeout: float = 120, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end and gives back what it said, whatever its exit code."""
    return subprocess.run(
        [str(argument) for argument in arguments], capture_output=True, text=True, errors="replace", timeout=timeout, check=False,
        env={**os.environ, **(env or {})},
    )


def report(done: subprocess.CompletedProcess[str]) -> str:
    """What a command said, for the message of a failed test."""
    return f"exit code {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}".strip()


def nothing(findings: str) -> None:
    """Fails with the findings, if there are any."""
    if findings:
        pytest.fail(findings, pytrace=False)


def parallel(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 2) -> list[Result]:
    """Calls a function that waits for a program on each item, two at a time."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))


def only(paths: Iterable[Path]) -> Path:
    """The one path of these."""
    found = list(paths)
    assert len(found) == 1, f"one file was expected, not {[path.name for path in found]}"
    return found[0]


def last_words(name: str) -> str:
    """The last line of an article's source that begins with a letter and holds no markup."""
    path = SAMPLE / "article.md" if name == "sample" else only(ARTICLES.glob(f"{name}.*"))
    lines = [line for line in path.read_text("utf-8").splitlines() if line[:1].isalpha() and not set(line) & set("[]{}*_`$<>\\^|")]
    return lines[-1]


def squash(text: str) -> str:
    """Text without spaces, hyphens, and marks of direction, in which words can be found however lines were broken."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in {"Cf", "Zs", "Cc"} and c not in "-‐‑")
    return re.sub(r"\s", "", "".join(kept))


def draw_pictures(folder: Path) -> None:
    """Makes the pictures that ``articles/pictures.md`` shows: turned, transparent, CMYK, palette, WebP, SVG, tall and tiny."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    gradient = Image.linear_gradient("L").resize((320, 200))
    photo = Image.merge("RGB", (gradient, gradient.transpose(Image.Transpose.FLIP_TOP_BOTTOM), Image.new("L", gradient.size, 128)))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif[0x010F] = "A camera"
    photo.save(folder / "photo.jpg", exif=exif)
    photo.convert("CMYK").save(folder / "cmyk.jpg")
    photo.convert("P").save(folder / "palette.gif")
    photo.save(folder / "modern.webp")
    photo.resize((120, 1800)).save(folder / "tall.png")
    photo.resize((64, 64)).save(folder / "with space.png")
    clear = photo.resize((96, 96)).convert("RGBA")
    clear.putalpha(gradient.resize((96, 96)))
    clear.save(folder / "alpha.png")
    Image.new("RGB", (8, 8), (180, 40, 40)).save(folder / "dot.png")
    (folder / "drawing.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60" width="120" height="60">'
        '<path d="M5 55 L60 5 L115 55 Z" fill="none" stroke="#226" stroke-width="2"/><circle cx="60" cy="35" r="8" fill="#c33"/></svg>',
        encoding="utf-8",
    )
