"""Articles for tests: one with every node, and random ones."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pubkit import model as m

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200014898"
    "5f160000000049454e44ae426082")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#7c2b1d"/></svg>'
DATE = datetime(2024, 2, 29, 9, 30, tzinfo=UTC)


def every_node() -> m.Article:
    """An article by hand that holds every node of the model."""
    meta = m.Meta(
        title=["Every ", m.Emphasis("node")], subtitle="One of each kind", slug="every-node",
        authors=[m.Person("Ada Tester", url="https://example.org/ada")],
        language="en", published=DATE, updated=DATE.replace(month=3), summary="All that there is.", tags=["one", "two"],
        section="Specimens", series=m.Series("Tests", 2), publisher="The Specimen", rights="All wrongs reserved",
        license="https://example.org/licence", source="https://example.org/source", corrections=[m.Correction(DATE, "A word was mended.")],
        image=m.Figure(m.Image("lead.svg", "A red bar"), "The lead picture", "Drawn here"))
    inline = m.Paragraph([
        "Plain, ", m.Emphasis("stressed"), ", ", m.Strong("weighty"), ", ", m.Strikethrough("gone"), ", ", m.Highlight("marked"), ", ",
        m.SmallCaps("small capitals"), ", water H", m.Subscript("2"), "O, the 2", m.Superscript("nd"), ", ", m.Code("code"), ", ",
        m.Link("a link", "https://example.org/?a=1&b=2", "Elsewhere"), ", ", m.Image("dot.png", "a dot"), ", a break", m.LineBreak(),
        "here, a note", m.Note([m.Paragraph("Said aside."), m.Paragraph("And again.")]), ", ", m.Math("x^2"), ", ",
        m.Span("слово", "uk"), ", ", m.Abbreviation("HTML", "Hypertext Markup Language"), ", ", m.Reference("the table", "numbers"), "."])
    blocks: list[m.Block] = [
        inline, m.Heading(2, "Lists"),
        m.List([m.ListItem([m.Paragraph([m.Strong("Lead-in:"), " words after it"])]),
                m.ListItem([m.Paragraph([m.Strong("Second:"), " more words"]), m.List(["nested one", "nested two"])])]),
        m.List(["third", "fourth"], "decimal", 3), m.List(["letter"], "lower-alpha"),
        m.List([m.ListItem("finished", True), m.ListItem("open", False)]),
        m.List(["loose one", "loose two"], tight=False),
        m.DefinitionList([m.Definition(["Term"], ["Its meaning.", "Another meaning."])]),
        m.Heading(3, "Code and quotes"), m.CodeBlock("def f(x):\n    return x  # same\n", "python"), m.CodeBlock("plain  text\n\ttab"),
        m.Quote([m.Paragraph("Somebody said this.")], "Somebody"), m.Quote("Said for effect", pull=True),
        m.Verse(["A line", "another line"]), m.Heading(2, "Figures and tables"),
        m.Figure([m.Image("dot.png", "A dot"), m.Image("lead.svg", "A bar")], "Two pictures", "By hand", id="fig"),
        m.Figure(m.Image("dot.png", decorative=True)),
        m.Table([m.Column(), m.Column("right"), m.Column("center")], [m.Row(["Name", "Count", "Kind"])],
                [m.Row([m.Cell("apples", header=True), "12", m.Cell([m.List(["red", "green"])])]),
                 m.Row([m.Cell("pears", header=True), m.Cell("seven", colspan=2)])],
                [m.Row(["Sum", "19", ""])], caption="Fruit counted", id="numbers"),
        m.Aside("Mind the gap.", "warning", "Beware"), m.Aside("No title of its own."), m.MathBlock(r"\frac{a}{b} = \sqrt{c}"),
        m.Heading(2, "The rest"), m.Embed("https://video.example.org/watch?v=1", "A film", m.Image("dot.png", "A still")),
        m.Embed("https://example.org/bare"),
        m.Passage([m.Paragraph("Ще слова українською.")], "uk"), m.Rule(), m.Paragraph("The end.")]
    return m.Article(meta, blocks)


PICTURES = {"dot.png": PNG, "lead.svg": SVG}

# Random text is drawn from letters that the bundled fonts hold.
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éüßñøłжщїґαβγω .,;:!?-–—“”‘’()&<>\"'"
words = st.text(LETTERS, min_size=1, max_size=30)
text = words.filter(lambda s: bool(s.strip())).map(m.Text)
inlines = st.recursive(
    text | words.map(m.Code) | st.just(m.LineBreak()),
    lambda inner: st.one_of(
        *(st.lists(inner, min_size=1, max_size=3).map(kind) for kind in (m.Emphasis, m.Strong, m.Strikethrough, m.Highlight, m.SmallCaps,
                                                                          m.Subscript, m.Superscript)),
        st.lists(inner, min_size=1, max_size=2).map(lambda c: m.Link(c, "https://example.org/")),
        st.lists(inner, min_size=1, max_size=2).map(lambda c: m.Span(c, "uk")),
        st.lists(inner, min_size=1, max_size=2).map(lambda c: m.Note([m.Paragraph(c)]))),
    max_leaves=6)
lines = st.lists(inlines, min_size=1, max_size=4)
paragraph = lines.map(m.Paragraph)
blocks = st.recursive(
    paragraph | st.builds(m.CodeBlock, words) | st.builds(m.Heading, st.integers(1, 6), lines) | st.just(m.Rule())
    | st.lists(lines, min_size=1, max_size=3).map(m.Verse),
    lambda inner: st.one_of(
        st.builds(lambda items, style, start: m.List([m.ListItem(i) for i in items], style, start),
                  st.lists(st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=3),
                  st.sampled_from(["bullet", "decimal", "lower-roman"]), st.integers(0, 12)),
        st.lists(inner, min_size=1, max_size=2).map(m.Quote), st.lists(inner, min_size=1, max_size=2).map(m.Aside),
        st.builds(lambda rows: m.Table([m.Column()], [], [m.Row([m.Cell(c) for c in row]) for row in rows]),
                  st.lists(st.lists(paragraph, min_size=1, max_size=3), min_size=1, max_size=3))),
    max_leaves=8)
articles = st.builds(
    lambda title, body: m.Article(m.Meta(title=title, slug="random", language="en", published=DATE, authors=["A. Uthor"]), body),
    text, st.lists(blocks, min_size=1, max_size=5))


def at_random(count: int) -> list[m.Article]:
    """So many articles of the property tests, the same each time."""
    found: list[m.Article] = []

    @settings(max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(articles)
    def collect(article: m.Article) -> None:
        found.append(article)

    collect()
    return found[-count:]
