"""The report on a folder of articles: what was read, what was said, what was lost; one bad file does not end it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

import pubkit
from pubkit import model as m

SCRIPT = Path(__file__).parents[1] / "scripts" / "corpus.py"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.md").write_text("# One\n\n## Part\n\n- an item\n\nSee [there](https://example.org/).\n", encoding="utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "two.txt").write_text("TWO\n\nA text of some words, and then of some more.\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.md").write_bytes(b"\xff\xff")
    return tmp_path


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "corpus", module)
    spec.loader.exec_module(module)
    return module


def test_a_folder_in_which_nothing_is_lost(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert "2 files, 2 read, 0 refused, 0 crashed" in done.stdout
    assert "lost words" not in done.stdout


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(folder: Path) -> None:
    (folder / "bad.md").write_text("---\ntitle: [\n---\n\nText.\n", encoding="utf-8")
    done = run(folder)
    assert done.returncode == 1
    assert "3 files, 2 read, 1 refused, 0 crashed" in done.stdout
    assert "bad.md:" in done.stdout


def test_the_report_for_programs(folder: Path) -> None:
    (first, second) = msgspec.json.decode(run("--json", folder, folder / "one.md").stdout)
    assert (first["ok"], first["files"], first["differ"]["missing"]) == (True, 2, {"words": 0, "unexplained": 0})
    assert second["structure"]["lists"] == {"source": 1, "article": 1, "uneven": 0, "unexplained": 0}
    assert second["diagnostics"]["date-missing"] == {"times": 1, "files": 1}


def test_a_folder_without_articles_is_a_mistake(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 2


def test_what_is_lost_is_counted_and_the_worst_files_are_named(folder: Path, corpus: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pubkit.read

    def lossy(path: Path, kind: str) -> pubkit.Read:
        read = whole(path, kind)
        def change(node: m.Node) -> m.Node | None:
            return None if isinstance(node, m.List) else m.Text(node.text.replace("some ", "")) if isinstance(node, m.Text) else node
        return msgspec.structs.replace(read, article=m.rewrite(read.article, change))
    monkeypatch.setattr(pubkit, "read", lossy)
    found = [corpus.tried(path, kind) for path, kind in corpus.files(folder)]
    assert [(Path(f.name).name, f.lost, f.uneven) for f in found] == [("two.txt", 2, []), ("one.md", 2, ["lists"])]
    shown = corpus.table("x", found, 5)
    assert "missing              4                       4" in shown
    assert "lists" in shown.split("lost words")[1]


def test_a_crash_is_named_with_its_place(folder: Path, corpus: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubkit, "read", lambda *_: {}["nothing"])
    (first, *_) = [corpus.tried(path, kind) for path, kind in corpus.files(folder)]
    assert (first.crashed, first.ok) == (True, False)
    assert "KeyError" in first.error
    assert "crashed: KeyError" in corpus.table("x", [first], 5)
