"""Writes the JSON Schemas in ``docs``: that of the canonical JSON, and that of ``pubkit.toml``.

Run from anywhere: ``python scripts/write_schema.py``. A test compares the files with the types.
"""

from __future__ import annotations

import json
from pathlib import Path

from pubkit import model, publication

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    for name, schema in (("article", model.json_schema()), ("publication", publication.json_schema())):
        target = DOCS / f"{name}.schema.json"
        target.write_text(json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
