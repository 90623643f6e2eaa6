"""What came of a run goes in; its records come out: ``manifest.json``, ``report.csv`` and, on request, a bag (RFC 8493).

The bag is written here and not by the library ``bagit``, which works in place, moves the files it is given and changes the folder of the
whole process meanwhile; a test has that library judge it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from pubkit.diagnostics import ExportError, UsageError

__all__ = ["BAG", "MANIFEST", "REPORT", "Made", "Outcome", "bag", "check_bag", "manifest", "report"]

MANIFEST = "manifest.json"
REPORT = "report.csv"
BAG = "bagit.txt"
COLUMNS = ("source", "title", "output", "bytes", "sha256", "claims", "diagnostics", "failure")


class Made(Struct, frozen=True):
    """One file of a run: where it was written, its name below the outputs' folder, and what it is."""

    path: str
    name: str
    media_type: str
    size: int
    sha256: str
    claims: tuple[str, ...] = ()


class Outcome(Struct, frozen=True):
    """What came of one source: ``codes`` of its diagnostics, and what stopped it or why it was left out."""

    source: str
    title: str = ""
    made: tuple[Made, ...] = ()
    codes: tuple[str, ...] = ()
    failure: str = ""


def manifest(outcomes: Sequence[Outcome]) -> bytes:
    """The SHA-256 of every file of a run, as JSON, by name."""
    files = [{"name": made.name, "media_type": made.media_type, "size": made.size, "sha256": made.sha256, "claims": made.claims,
              "source": outcome.source} for outcome in outcomes for made in outcome.made]
    whole = {"format": "pubkit-manifest", "version": 1, "files": sorted(files, key=lambda file: str(file["name"]))}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def report(outcomes: Sequence[Outcome]) -> bytes:
    """A table of a run as CSV (RFC 4180, UTF-8): a row for each output, and one for each source without any."""
    rows = []
    for outcome in outcomes:
        codes = " ".join(f"{code}:{count}" if count > 1 else code for code, count in sorted(Counter(outcome.codes).items()))
        rows += [(outcome.source, outcome.title, made.name, str(made.size) if made.name else "", made.sha256, ", ".join(made.claims), codes,
                  outcome.failure) for made in outcome.made or (Made("", "", "", 0, ""),)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in row] for row in sorted(rows))
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a beginning gets an apostrophe before it, as spreadsheets do themselves."""
    return f"'{value}" if value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value


# --- Bags ---------------------------------------------------------------------------------------------------------------------------

def bag(folder: str | os.PathLike[str], files: Mapping[str, Path], organization: str, agent: str) -> Path:
    """Copy files into a bag, which is whole or absent.

    Args:
        folder: the bag; missing, or empty.
        files: by name below the payload folder, where each file lies.
        organization: whose files they are; may be empty.
        agent: the program that bags them.

    The bag is dated only where ``SOURCE_DATE_EPOCH`` says what now is. Raises `UsageError` where something else is in the folder, and
    `ExportError` where it cannot be written.
    """
    target = Path(folder)
    check_bag(target)
    stage = target.with_name(f".{target.name[:40]}.{os.getpid()}.tmp")
    try:
        stage.mkdir(parents=True)
        _fill(stage, files, organization, agent)
        if target.is_dir():
            target.rmdir()
        os.replace(stage, target)
    except OSError as error:
        shutil.rmtree(stage, ignore_errors=True)
        raise ExportError(f"the bag {target} cannot be written: {error.strerror or error}", hint="Choose another folder") from error
    return target


def check_bag(target: Path) -> None:
    """Raise `UsageError` where a bag cannot be put there."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already, and a bag is made anew", hint="Give a folder that is missing or empty")
    _today()


def _fill(stage: Path, files: Mapping[str, Path], organization: str, agent: str) -> None:
    sums: list[tuple[str, str, str]] = []
    size = 0
    for name in sorted(files):
        goal = stage / "data" / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[name], goal)
        data = goal.read_bytes()
        size += len(data)
        sums.append((f"data/{name}", hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest()))
    (stage / "data").mkdir(exist_ok=True)
    about = {"Source-Organization": organization, "Bagging-Date": _today(), "Bag-Software-Agent": agent,
             "Payload-Oxum": f"{size}.{len(sums)}"}
    tags = {BAG: "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": "".join(f"{label}: {' '.join(value.split())}\n" for label, value in about.items() if value),
            "manifest-sha256.txt": _sums((name, digest) for name, digest, _ in sums),
            "manifest-sha512.txt": _sums((name, digest) for name, _, digest in sums)}
    for kind, hasher in (("sha256", hashlib.sha256), ("sha512", hashlib.sha512)):
        tags[f"tagmanifest-{kind}.txt"] = _sums((name, hasher(text.encode()).hexdigest()) for name, text in sorted(tags.items())
                                                if not name.startswith("tagmanifest"))
    for name, text in tags.items():
        (stage / name).write_bytes(text.encode())


def _sums(pairs: Iterable[tuple[str, str]]) -> str:
    """Lines of a manifest (RFC 8493, 2.1.3): line ends in a name are written as percents."""
    return "".join(f"{digest}  {_quoted(name)}\n" for name, digest in pairs)


def _quoted(name: str) -> str:
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _today() -> str:
    """The day that the environment says it is; nothing where it does not."""
    now = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%d") if now else ""
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {now!r}", hint="Give seconds since 1970, or unset it") from error
