"""The scripts of examples/, the Python of the manual, and what the manual says of packages that add a format."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pubkit

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
TINY = "---\ntitle: Tides\nauthor: Ida Marsh\ndate: 2024-05-31\nlanguage: en\n---\nA gauge is a pipe.[^1]\n\n[^1]: With a float in it.\n"


def run(name: str) -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "examples" / f"{name}.py"))


def names(paths: list[Path]) -> list[str]:
    assert all(path.stat().st_size > 0 for path in paths)
    return [path.name for path in paths]


def test_an_article_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert names(run("an_article_by_hand")["main"](tmp_path)) == ["tides.pdf", "tides.html", "tides.json"]
    assert capsys.readouterr().out == ""


def test_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gauge.md").write_text(TINY, encoding="utf-8")
    assert names(run("from_a_file")["main"](tmp_path / "out", tmp_path / "gauge.md")) == ["gauge.epub", "gauge.docx"]
    assert capsys.readouterr().out == "Tides (en), 1 blocks, 0 pictures\n"


def test_a_book_of_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert names([run("a_book_of_articles")["main"](tmp_path)]) == ["the-lighthouse.epub"]
    assert capsys.readouterr().out == ("claims: EPUB 3.3; EPUB Accessibility 1.1 - WCAG 2.1 Level AA\n"
                                       "3 articles read back, 3 as they were\n")


def test_a_feed_from_a_folder(tmp_path: Path) -> None:
    made = run("a_feed_from_a_folder")["main"](tmp_path)
    assert names(made) == ["first-light.html", "second-watch.html", "rss.xml", "atom.xml"]
    rss = (tmp_path / "site" / "rss.xml").read_text(encoding="utf-8")
    assert rss.index("Second watch") < rss.index("First light")
    assert "https://example.org/second-watch.html" in rss


def test_a_format_of_ones_own(tmp_path: Path) -> None:
    [path] = run("a_format_of_ones_own")["main"](tmp_path)
    assert path.read_text(encoding="utf-8").startswith("Rain\n\n")
    assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 40


def test_a_theme_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert names(run("a_theme_of_ones_own")["main"](tmp_path)) == ["harbour-notes.pdf", "harbour-notes.html"]
    assert capsys.readouterr().out == ""
    assert "#1f4e79" in (tmp_path / "harbour-notes.html").read_text(encoding="utf-8")


def test_the_newsletter(tmp_path: Path) -> None:
    home = tmp_path / "newsletter"
    shutil.copytree(ROOT / "examples" / "newsletter", home, ignore=shutil.ignore_patterns("site"))
    remembered = (home / "pubkit.state.json").read_bytes()
    report = pubkit.build(home)
    assert report.ok
    assert [str(d) for d in report.diagnostics if d.severity != "info"] == []
    assert (home / "pubkit.state.json").read_bytes() == remembered
    made = {Path(file).relative_to(home / "site").as_posix() for file in report.files}
    assert {"feed/index.xml", "atom.xml", "feed.json", "feeds.opml", "tag/hedgehogs/atom.xml", "language/uk/atom.xml",
            "2026/a-chime-for-closing-time/chime.wav", "archive/2025-11/atom.xml"} <= made
    assert sum(name.endswith("index.html") for name in made) == 12


def test_every_example_is_tried_and_listed() -> None:
    tried = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for name in EXAMPLES:
        assert name in tried
        assert f"({name}.py)" in listed


def test_an_example_runs_as_a_script(tmp_path: Path) -> None:
    script = ROOT / "examples" / "a_format_of_ones_own.py"
    done = subprocess.run([sys.executable, str(script), "here"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(Path("here") / "rain.txt")]


def test_a_package_makes_a_format_known(tmp_path: Path) -> None:
    """What pip would leave of a package with an entry point: the module, and a folder that names it."""
    (tmp_path / "plain_text_format.py").write_bytes((ROOT / "examples" / "a_format_of_ones_own.py").read_bytes())
    about = tmp_path / "plain_text_format-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-text-format\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[pubkit.exporters]\nplain = plain_text_format\n", encoding="utf-8")
    (tmp_path / "tides.md").write_text(TINY, encoding="utf-8")
    code = ("import pubkit; from pubkit import exporters; print([f.name for f in exporters.formats()][-1]);"
            "print(pubkit.build(['tides.md'], 'out', ['plain'], options={'plain': {'width': 30}}).files)")
    place = os.pathsep.join(p for p in (str(tmp_path), str(Path(pubkit.__file__).parents[1]), os.environ.get("PYTHONPATH", "")) if p)
    env = {**os.environ, "PYTHONPATH": place}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "plain"
    assert (tmp_path / "out" / "tides.txt").is_file()


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_python_of_the_manual_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "article.md").write_text(TINY, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("A note\n\nIt is short, but it is one.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sources = blocks(ROOT / page, "python")
    assert sources
    known: dict[str, Any] = {"__name__": "__manual__"}
    for number, source in enumerate(sources):
        exec(compile(source, f"{page}, block {number + 1}", "exec"), known)
    assert any((tmp_path / "out").iterdir())


@pytest.mark.parametrize("page", ["README.md", "docs/front-matter.md"])
def test_the_articles_of_the_manual_can_be_read(page: str) -> None:
    sources = [s for language in ("markdown", "yaml") for s in blocks(ROOT / page, language) if s.startswith("---")]
    assert sources
    out = BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, "PNG")
    for source in sources:
        read = pubkit.parse(f"{source}\n\nWords.\n", pictures={"gauge.png": out.getvalue(), "pier.jpg": out.getvalue()})
        assert [str(d) for d in read.diagnostics] == []


def test_every_link_of_the_manual_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")]:
        text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for address in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" in address:
                continue
            name, _, anchor = address.partition("#")
            target = page.parent / name if name else page
            assert target.exists(), f"{page.name}: {address}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w\s-]", "", h.lower()).replace(" ", "-") for h in headings}, f"{page.name}: {address}"


def test_every_token_of_a_theme_is_documented() -> None:
    from pubkit import theme

    text = (ROOT / "docs" / "themes.md").read_text(encoding="utf-8")
    for table in (theme.Fonts, theme.Type, theme.Color, theme.Dark, theme.Rules, theme.Page, theme.Choices):
        for token in table.__struct_fields__:
            assert f"`{token}`" in text, f"{table.__name__}.{token}"


def test_every_key_of_front_matter_is_documented() -> None:
    from pubkit.readers.front_matter import SYNONYMS

    text = (ROOT / "docs" / "front-matter.md").read_text(encoding="utf-8").lower()
    for field, keys in SYNONYMS.items():
        for key in keys:
            assert f"`{key}`" in text, f"{field}: {key}"
