"""Nothing is lost: every letter of an article is in every output, once and in order."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import pubkit
from pubkit import model as m
from reading import body, docx_text, epub_text, feed_text, html_text, letters, losses, notes, pdf_text
from samples import PICTURES, articles, every_node
from tagged import Tagged

ROOT = Path(__file__).parents[1]
FORMATS = ("pdf", "epub", "docx", "html", "rss", "atom")
# Letters that a format may add: heads, contents, labels, note numbers, alternative texts that stand for pictures.
ADDED = {"pdf": 1600, "epub": 900, "docx": 900, "html": 900, "rss": 600, "atom": 600}

TEXT = """\
A Bridge Reopens After Two Years

The crossing carries trains again, and the town has its river back.

The first train crossed at dawn, slowly, with the windows open. Nobody had announced it, and everybody was there.

What was done

The engineers replaced three spans and kept one. The work had four parts:

  • Survey: Every rivet was photographed before anything was touched.
  • Spans: Three were lifted out by barge in a single night.
  • Piers: The stone was repointed with lime, as it had been built.
  • Signals: New ones stand where the old ones stood.

What it cost

Pros:

  1. It is cheaper than a new bridge.
  2. It took two years, not six.

The accounts are at https://example.org/bridge and anyone may read them.
"""


def read_back(article: m.Article, format_: str) -> str:
    options = {"moves": 0} if format_ == "pdf" else {}  # a figure that is moved stands in another order
    output = pubkit.export(article, format_, publication=pubkit.Publication(title="Tests", url="https://example.org/"), **options)
    data = output.files[0].data
    match format_:
        case "pdf":
            return pdf_text(data)
        case "epub":
            return epub_text(data)
        case "docx":
            return docx_text(data)
        case "html":
            return html_text(data.decode())
        case _:
            title, text = next(feed_text(data))
            deck = m.plain_text(article.meta.subtitle, notes=False)
            lead = m.plain_text(article.meta.image, notes=False) if article.meta.image else ""
            return title + (deck if letters(deck) not in letters(text[: len(deck) * 3 + 400]) else "") + (
                lead if letters(lead) not in letters(text[:3000]) else "") + text


@pytest.fixture(scope="module")
def whole() -> m.Article:
    article = every_node()
    raw = pubkit.parse(m.encode(article).decode(), "json", pictures=PICTURES)
    return raw.article


@pytest.mark.parametrize("format_", FORMATS)
def test_every_node_arrives(whole: m.Article, format_: str) -> None:
    assert losses(whole, read_back(whole, format_), ADDED[format_]) == []


@pytest.mark.parametrize("format_", FORMATS)
def test_the_sample_arrives(format_: str) -> None:
    article = pubkit.read(ROOT / "article" / "article.md").article
    assert losses(article, read_back(article, format_), ADDED[format_]) == []


@pytest.mark.parametrize("format_", FORMATS)
def test_a_plain_text_arrives(format_: str) -> None:
    article = pubkit.parse(TEXT, "text").article
    assert len(article.content) >= 8
    assert losses(article, read_back(article, format_), ADDED[format_]) == []


@pytest.mark.parametrize("format_", ["epub", "docx", "html", "atom"])
@given(article=articles)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_articles_arrive(format_: str, article: m.Article) -> None:
    clean, _ = pubkit.normalize(article)
    assert losses(clean, read_back(clean, format_), ADDED[format_] + 200) == []


@given(article=articles)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_articles_arrive_in_pdf(article: m.Article) -> None:
    clean, _ = pubkit.normalize(article)
    data = pubkit.export(clean, "pdf", moves=0).files[0].data
    assert losses(clean, pdf_text(data), ADDED["pdf"]) == []
    tree = Tagged(io.BytesIO(data))
    assert tree.unowned == {}
    assert losses(clean, tree.document.text, ADDED["pdf"]) == []


@pytest.mark.parametrize("name", ["every node", "sample", "text"])
def test_the_structure_tree_of_a_pdf_says_it_all(name: str, whole: m.Article) -> None:
    article = {"every node": lambda: whole, "sample": lambda: pubkit.read(ROOT / "article" / "article.md").article,
               "text": lambda: pubkit.parse(TEXT, "text").article}[name]()
    tree = Tagged(io.BytesIO(pubkit.export(article, "pdf", moves=0).files[0].data))
    assert tree.unowned == {}
    assert losses(article, tree.document.text, ADDED["pdf"]) == []


def test_the_check_itself_sees_what_is_lost_moved_or_doubled(whole: m.Article) -> None:
    text = read_back(whole, "html")
    assert losses(whole, text, 900) == []
    assert losses(whole, text.replace("Its meaning.", ""), 900)
    swapped = text.replace("Its meaning.", "\x00").replace("Another meaning.", "Its meaning.").replace("\x00", "Another meaning.")
    assert losses(whole, swapped, 900)
    assert losses(whole, text + text, 900)
    assert losses(whole, text.replace("Said aside", "Said"), 900)
    assert body(whole)
    assert notes(whole)
