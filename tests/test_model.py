"""The model: construction, walking, rewriting, JSON."""

from __future__ import annotations

import pickle

import msgspec
import pytest
from hypothesis import given, settings

from pubkit import model as m
from samples import articles, every_node


def test_strings_stand_for_inlines_and_blocks() -> None:
    article = m.Article(m.Meta(title="T", authors=["A"]), ["one", m.List(["x"])])
    assert article.content[0] == m.Paragraph((m.Text("one"),))
    assert article.meta.authors == (m.Person("A"),)
    assert article.meta.title_text == "T"


def test_the_sample_holds_every_node() -> None:
    kinds = {type(n) for n in m.walk(every_node())}
    assert {*m.Block.__args__, *m.Inline.__args__} <= kinds


@given(articles)
@settings(max_examples=60, deadline=None)
def test_json_and_pickle_lose_nothing(article: m.Article) -> None:
    assert m.decode(m.encode(article)) == article
    assert pickle.loads(pickle.dumps(article)) == article


@given(articles)
@settings(max_examples=60, deadline=None)
def test_rewriting_with_the_same_gives_the_same(article: m.Article) -> None:
    assert m.rewrite(article, lambda node: node) is article


def test_rewrite_drops_replaces_and_splices() -> None:
    paragraph = m.Paragraph(["a ", m.Strong("b"), m.Emphasis("c")])
    def change(node: m.Node) -> m.Node | tuple[m.Node, ...] | None:
        match node:
            case m.Strong(content):
                return content
            case m.Emphasis():
                return None
        return node
    assert m.rewrite(paragraph, change) == m.Paragraph(["a ", "b"])


def test_content_takes_lines_off_and_nothing_else() -> None:
    article = m.Article(m.Meta(title="T"), [m.Paragraph("x", line=7), m.List([m.ListItem("y", line=9)], line=8)])
    bare = m.Article(m.Meta(title="T"), [m.Paragraph("x"), m.List([m.ListItem("y")])])
    assert m.content(article) == bare
    assert m.content_hash(article) == m.content_hash(bare)


def test_json_of_a_later_version_is_refused() -> None:
    data = b'{"format":"pubkit-article","version":99,"article":{"type":"article","meta":{"type":"meta"}}}'
    with pytest.raises(msgspec.ValidationError, match="update pubkit"):
        m.decode(data)


def test_json_faults_name_their_path() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"content\[0\]\.level"):
        m.decode(b'{"format":"pubkit-article","version":1,"article":{"type":"article","meta":{"type":"meta"},"content":[{"type":"heading","level":"x","content":[]}]}}')


def test_plain_text_keeps_order_and_notes() -> None:
    text = m.plain_text(every_node().content)
    assert text.index("Said aside.") < text.index("Lists") < text.index("apples") < text.index("The end.")
    assert "Said aside." not in m.plain_text(every_node().content, notes=False)
