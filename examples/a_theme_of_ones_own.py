"""Writes a theme file from the tokens of `journal`, with a few of them changed, and builds a PDF and a web page with it.

    python a_theme_of_ones_own.py [OUT]

A theme is a folder with a theme.toml; every token has to be there. Starting from a finished one saves most of the work.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

import pubkit
from pubkit import theme

CHANGES: dict[str, dict[str, Any]] = {
    "fonts": {"text": ["Source Sans 3"], "display": ["Source Sans 3"], "note": ["Source Sans 3"]},
    "type": {"base": 10.5, "title": 30.0, "title_weight": 700},
    "color": {"accent": "#1f4e79", "link": "#1f4e79"},
    "dark": {"accent": "#9cc4ee", "link": "#9cc4ee"},
    "page": {"width": 612.0, "height": 792.0},  # US Letter
    "choices": {"paragraph": "space", "align": "left", "table_rules": "grid", "list_mark": "bullet", "lead_in": "strong"},
}
ARTICLE = """\
# Harbour notes

Two boats came in.

- **Gull:** herring
- **Tern:** nothing at all

| Boat | Crates |
|:-----|-------:|
| Gull |     40 |
"""


def tokens(title: str) -> str:
    """The theme file: each table of `journal` with its changes. A JSON value of these kinds is a TOML value too."""
    base = theme.load("journal")
    lines = [f"title = {json.dumps(title)}"]
    for table in ("fonts", "type", "color", "dark", "rules", "page", "choices"):
        values = {**msgspec.structs.asdict(getattr(base, table)), **CHANGES.get(table, {})}
        lines += ["", f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    for family in dict.fromkeys(face.family for face in base.faces):
        lines += ["", f"[faces.{json.dumps(family)}]"]
        for face in base.faces:
            if face.family == family:
                lines.append(f'"{face.weight}{" italic" * face.italic}" = {json.dumps(face.path)}')
    return "\n".join(lines) + "\n"


def main(out: Path) -> list[Path]:
    folder = out / "harbour"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "theme.toml").write_text(tokens("Harbour"), encoding="utf-8")
    read = pubkit.parse(ARTICLE, language="en")
    written = []
    for name in ("pdf", "html"):
        output = pubkit.export(read.article, name, theme=str(folder / "theme.toml"))
        for found in output.diagnostics:
            print(found)
        written += output.write(out)
    return written


if __name__ == "__main__":
    for path in main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "out"):
        print(path)
