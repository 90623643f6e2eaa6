"""The press, run after run: the same bytes whatever went before, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

import pubkit
from pubkit.exporters import press
from tagged import Tagged

ONE = "Words with *stress*, `code` and fi ligatures in 1984.\n\n## A heading\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nA formula $a^2$.\n"
TWO = "- an item in 2001\n- **another**\n\n> A quotation, שלום, 漢字.\n\nThe end.[^1]\n\n[^1]: A note.\n"


def pdf(text: str) -> bytes:
    return pubkit.export(pubkit.parse(text, title="A title", language="en").article, "pdf").files[0].data


def test_bytes_do_not_depend_on_what_was_made_before() -> None:
    one, two = pdf(ONE), pdf(TWO)
    assert (pdf(TWO), pdf(ONE)) == (two, one)


def test_bytes_are_the_same_in_each_thread() -> None:
    ready = threading.Barrier(3)

    def both(first: bool) -> set[bytes]:
        ready.wait()
        return {pdf(text) for text in ((ONE, TWO) if first else (TWO, ONE))}

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(both, (True, False, True)))
    assert made == [{pdf(ONE), pdf(TWO)}] * 3


GROWTH = """
import gc, resource, sys, pubkit
article = pubkit.parse("Words of 1984.\\n\\n" * 40, title="Many").article
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1000 if sys.platform == "darwin" else 1)
for number in range(60):
    pubkit.export(article, "pdf")
    gc.collect()
    if number == 19:
        before = peak()
print(int(peak() - before))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_documents_leave_no_memory_behind() -> None:
    """Without care, each leaves its font configuration and the attributes of its lines: some 400 kB."""
    grown = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 4000


def test_no_file_is_left_open() -> None:
    code = "import pubkit; pubkit.export(pubkit.parse('Words.', title='One').article, 'pdf')"
    run = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=True)
    assert "ResourceWarning" not in run.stderr


def divided(text: str, monkeypatch: pytest.MonkeyPatch, run: int) -> tuple[int, list[tuple[str, str]]]:
    """Pages, and what is told of each element, where no run of text is longer than this."""
    monkeypatch.setattr(press, "LONG_RUN", run)
    made = Tagged(BytesIO(pdf(text)))
    return len(made.pdf.pages), [(node.type, node.text) for node in made.document.all()]


@pytest.mark.parametrize("text", [
    " ".join(f"word{n}" for n in range(2000)), "-".join("漢字仮名交" for _ in range(300)), "漢字仮名交" * 500,
    "a" * 3000, "```\n" + "\n".join(f"line  {n}" for n in range(200)) + "\n```", "שלום עולם " * 300,
    "*" + "An emphasis " * 300 + "ends* " + "and the tail " * 300], ids=["words", "dashes", "han", "unbroken", "code", "hebrew", "tail"])
def test_long_text_is_laid_out_in_parts_that_do_not_show(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert divided(text, monkeypatch, 100) == divided(text, monkeypatch, 1_000_000)


def test_time_does_not_grow_with_the_square_of_a_text() -> None:
    def seconds(length: int) -> float:
        article = pubkit.parse("x" * length, title="Long").article
        start = time.process_time()
        pubkit.export(article, "pdf")
        return time.process_time() - start

    seconds(1000)
    assert seconds(400_000) < 7 * seconds(100_000)
