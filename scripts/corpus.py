"""Reads every article of some folders and says what came of it: what was read, what was said, what was lost, how long it took.

    python scripts/corpus.py [--json] [--worst N] FOLDER ...

Exit code 0 where every file was read and nothing is lost without a diagnostic; 1 otherwise; 2 where there is nothing to read.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

import pubkit
from pubkit import readers
from pubkit.diagnostics import PubkitError
from pubkit.loss import KINDS, Count, Difference, Loss, check


@dataclass
class File:
    """What came of one file."""

    name: str
    seconds: float = 0.0
    error: str = ""
    crashed: bool = False
    codes: Counter[str] = field(default_factory=Counter)
    loss: Loss | None = None

    @property
    def lost(self) -> int:
        """Words missing, doubled or moved that no diagnostic speaks of."""
        return sum(d.count for d in self.loss.unexplained) if self.loss else 0

    @property
    def uneven(self) -> list[str]:
        """The kinds of structure that differ without a diagnostic."""
        return [c.kind for c in self.loss.counts if c.source != c.article and not c.code] if self.loss else []

    @property
    def ok(self) -> bool:
        """Whether it was read and nothing is lost without a word."""
        return not self.error and not self.lost and not self.uneven


def files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files of a folder that can be compared, with their kinds; hidden ones are left out."""
    kinds = {suffix: kind.name for kind in readers.kinds() for suffix in kind.suffixes if kind.name in ("markdown", "text")}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in kinds and path.is_file() and not hidden:
            yield path, kinds[path.suffix.lower()]


def tried(path: Path, kind: str) -> File:
    """Reads one file; whatever it raises is what came of it."""
    file = File(str(path))
    start = time.perf_counter()
    try:
        read = pubkit.read(path, kind)
        file.seconds = time.perf_counter() - start
        file.codes = Counter(d.code for d in read.diagnostics)
        file.loss = check(read)
    except PubkitError as error:
        file.error = str(error)
    except Exception as error:  # noqa: BLE001 (one bad file must not end the run)
        file.error, file.crashed = "".join(traceback.format_exception_only(error)).strip(), True
        place = traceback.extract_tb(error.__traceback__)[-1]
        file.error += f" ({Path(place.filename).name}, line {place.lineno})"
    file.seconds = file.seconds or time.perf_counter() - start
    return file


def totals(found: list[File]) -> dict[str, Any]:
    """The sums over files, as the table and the JSON report show them."""
    losses = [f.loss for f in found if f.loss]
    codes, where = Counter[str](), Counter[str]()
    for f in found:
        codes.update(f.codes)
        where.update(set(f.codes))
    return {
        "files": len(found), "read": sum(1 for f in found if not f.error), "refused": sum(1 for f in found if f.error and not f.crashed),
        "crashed": sum(1 for f in found if f.crashed), "seconds": round(sum(f.seconds for f in found), 2),
        "words": sum(x.words for x in losses), "aside": sum(x.aside for x in losses),
        "differ": {name: differ([d for x in losses for d in getattr(x, name)]) for name in ("missing", "doubled", "moved")},
        "structure": {kind: structure([c for x in losses for c in x.counts if c.kind == kind]) for kind in KINDS},
        "diagnostics": {code: {"times": n, "files": where[code]} for code, n in codes.most_common()},
    }


def differ(differences: list[Difference]) -> dict[str, int]:
    """How many words differ, and of how many no diagnostic speaks."""
    return {"words": sum(d.count for d in differences), "unexplained": sum(d.count for d in differences if not d.code)}


def structure(counts: list[Count]) -> dict[str, int]:
    """How often a kind stands on both sides, in how many files that differs, and in how many of them without a diagnostic."""
    uneven = [c for c in counts if c.source != c.article]
    return {"source": sum(c.source for c in counts), "article": sum(c.article for c in counts), "uneven": len(uneven),
            "unexplained": sum(1 for c in uneven if not c.code)}


def table(name: str, found: list[File], worst: int) -> str:
    """The report of one folder for people."""
    sums = totals(found)
    head = (f"{name}: {sums['files']:,} files, {sums['read']:,} read, {sums['refused']:,} refused, {sums['crashed']:,} crashed; "
            f"{sums['words']:,} words, {sums['aside']:,} of markup set aside; {sums['seconds']:.1f} s")
    out = [head, "", f"{'words':<12}{'differ':>10}{'without a diagnostic':>24}"]
    out += [f"{what:<12}{n['words']:>10,}{n['unexplained']:>24,}" for what, n in sums["differ"].items()]
    out += ["", f"{'structure':<12}{'source':>10}{'article':>10}{'files that differ':>20}{'without a diagnostic':>24}"]
    out += [f"{kind:<12}{n['source']:>10,}{n['article']:>10,}{n['uneven']:>20,}{n['unexplained']:>24,}"
            for kind, n in sums["structure"].items()]
    if sums["diagnostics"]:
        out += ["", f"{'diagnostic':<22}{'times':>8}{'files':>8}"]
        out += [f"{code:<22}{n['times']:>8,}{n['files']:>8,}" for code, n in sums["diagnostics"].items()]
    if bad := [f for f in found if f.error]:
        out += ["", "not read:", *(f"  {f'{f.name}: crashed: ' if f.crashed else ''}{f.error}" for f in bad)]
    if lossy := sorted((f for f in found if f.lost or f.uneven), key=lambda f: (-f.lost, -len(f.uneven)))[:worst]:
        out += ["", f"{'lost words':>10}  {'seconds':>7}  structure, file"]
        out += [f"{f.lost:>10,}  {f.seconds:>7.2f}  {', '.join(f.uneven) or '-'}  {f.name}" for f in lossy]
    out += ["", "slowest:", *(f"  {f.seconds:.2f} s  {f.name}" for f in sorted(found, key=lambda f: -f.seconds)[:min(worst, 3)])]
    return "\n".join([*out, ""])


def report(name: str, found: list[File], worst: int) -> dict[str, Any]:
    """The report of one folder for programs."""
    bad = sorted((f for f in found if not f.ok), key=lambda f: (not f.error, -f.lost, -len(f.uneven)))[:worst]
    return {"folder": name, "ok": all(f.ok for f in found), **totals(found),
            "worst": [{**asdict(f), "lost": f.lost, "uneven": f.uneven} for f in bad]}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder of articles, or a file")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--worst", type=int, default=20, metavar="N", help="rows for the files that came out worst (20)")
    given = parser.parse_args()
    done = {str(folder): [tried(path, kind) for path, kind in files(folder)] for folder in given.folders}
    if not any(done.values()):
        parser.error("there is no Markdown or text file in " + ", ".join(done))
    if given.json:
        print(msgspec.json.format(msgspec.json.encode([report(name, found, given.worst) for name, found in done.items()])).decode())
    else:
        print("\n".join(table(name, found, given.worst) for name, found in done.items()), end="")
    sys.exit(0 if all(f.ok for found in done.values() for f in found) else 1)


if __name__ == "__main__":
    main()
