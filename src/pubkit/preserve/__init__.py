"""What archives need: PDFs that carry what they were made from, the way back out of them, and records of a run."""

from __future__ import annotations

from pubkit.preserve.checking import Check, Verdict, verify
from pubkit.preserve.making import Facts, Kept, Manifest, archived, comparable, payload, sealed, versions
from pubkit.preserve.reading import Archive, Limits, extract

__all__ = ["Archive", "Check", "Facts", "Kept", "Limits", "Manifest", "Verdict", "archived", "comparable", "extract", "payload", "sealed",
           "verify", "versions"]
