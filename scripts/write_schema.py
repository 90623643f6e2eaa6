"""Writes ``docs/article.schema.json``, the JSON Schema of the canonical JSON, from the model.

Run from anywhere: ``python scripts/write_schema.py``. A test compares the file with the model.
"""

from __future__ import annotations

import json
from pathlib import Path

from pubkit.model import json_schema

TARGET = Path(__file__).resolve().parents[1] / "docs" / "article.schema.json"


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
