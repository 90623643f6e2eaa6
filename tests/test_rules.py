"""Rules of the house that a program can check: imports, public names, documentation."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pubkit
from pubkit import exporters, model, publication
from pubkit.diagnostics import CODES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "pubkit"
MODULES = sorted(name for _, name, _ in pkgutil.walk_packages(pubkit.__path__, "pubkit.") if not name.endswith("__main__"))

# Rooms from left to right: an import may point to the left or to its own room, never to the right.
ROOMS = [
    {"model", "diagnostics", "files", "plugins"},
    {"normalize", "typography", "theme", "words", "languages", "math", "pictures", "zipfiles", "css"},
    {"xhtml", "resolve", "readers", "outline", "loss"},
    {"exporters"},
    {"publication", "metadata", "state", "syndication", "scaffold", "websub", "preserve", "references", "api", "jobs", "plan",
     "gather", "build"},
    {"cli"},
]
HEAVY = ("weasyprint", "ebooklib", "docx", "feedgen", "lxml", "PIL", "pygments", "yaml", "markdown_it", "latex2mathml", "ziamath",
         "babel", "pikepdf", "uharfbuzz", "fontTools",
         "rich", "emoji", "charset_normalizer")


def room(module: str) -> int:
    name = module.split(".")[1]
    return next(i for i, names in enumerate(ROOMS) if name in names)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{alias.name}" if node.module == "pubkit" else node.module for alias in node.names}
    return {name for name in found if name.startswith("pubkit.")}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_to_the_left(module: str) -> None:
    if module == "pubkit.cli" or module.count(".") == 0:
        return
    path = Path(str(importlib.util.find_spec(module).origin))  # type: ignore[union-attr]
    for other in imports(path):
        if other.split(".")[1] in {n for names in ROOMS for n in names}:
            assert room(other) <= room(module), f"{module} imports {other}"


def test_exporters_do_not_import_each_other() -> None:
    helpers = {"accessibility", "base", "boxes", "captions", "cover", "entries", "feedparts", "fonts", "glyphs", "lettering", "navigation",
               "package", "pages", "passes", "press", "structure", "tags", "word", "xmp"}
    for path in (SOURCE / "exporters").glob("*.py"):
        if path.stem == "__init__":
            continue
        others = {n.split(".")[2] for n in imports(path) if n.startswith("pubkit.exporters.")}
        assert others <= helpers, path.name


def test_importing_pubkit_loads_nothing_heavy() -> None:
    code = f"import sys, pubkit; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("module", MODULES)
def test_all_names_exist_and_modules_say_what_they_do(module: str) -> None:
    loaded = importlib.import_module(module)
    assert (loaded.__doc__ or "").strip(), module
    for name in getattr(loaded, "__all__", ()):
        assert hasattr(loaded, name), f"{module}.{name}"


def docs() -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])


def test_every_diagnostic_code_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(CODES)


def test_every_code_that_is_said_is_known() -> None:
    for path in SOURCE.rglob("*.py"):
        for code in re.findall(r"""(?:diagnostic|say|missing|_note|_say)\(\s*["']([a-z]+-[a-z-]+)["']""", path.read_text(encoding="utf-8")):
            assert code in CODES, f"{path.name}: {code}"


def test_every_format_and_option_is_documented() -> None:
    text = docs()
    for format_ in exporters.FORMATS:
        assert f"`{format_.name}`" in text
        for option in exporters.exporter(format_.name).options.__struct_fields__:
            assert f"`{format_.name}.{option}`" in text, f"{format_.name}.{option}"


def test_every_command_line_option_is_documented() -> None:
    from pubkit.cli import main

    text = docs()
    for name, command in main.commands.items():
        assert f"pubkit {name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--"):
                    assert option in text, f"{name} {option}"


def test_the_published_schemas_are_those_of_the_types() -> None:
    import msgspec

    for name, schema in (("article", model.json_schema()), ("publication", publication.json_schema())):
        published = (ROOT / "docs" / f"{name}.schema.json").read_bytes()
        assert msgspec.json.decode(published) == msgspec.json.decode(msgspec.json.encode(schema)), "run `make schema`"


def test_every_key_of_a_publication_is_documented() -> None:
    text = (ROOT / "docs" / "publication.md").read_text(encoding="utf-8")
    for table in (publication.Publication, publication.Paths, publication.Feeds):
        for key in table.__struct_fields__:
            assert f"`{key}`" in text or f"`[{key}]`" in text, key


def test_the_sample_article_uses_every_node_that_markdown_has() -> None:
    article = pubkit.read(ROOT / "article" / "article.md").article
    kinds = {type(n) for n in model.walk(article)}
    assert {*model.Block.__args__, *model.Inline.__args__} <= kinds
