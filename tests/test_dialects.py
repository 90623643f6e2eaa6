"""Markup of other systems: what each command and mark becomes, what stays as text, and that nothing goes without a word."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pubkit import model as m
from pubkit.diagnostics import LimitError
from pubkit.readers import dialects
from pubkit.readers.dialects.commands import Command, command_at, terms
from pubkit.readers.dialects.table import ROWS, TABLE
from pubkit.readers.markdown import parse, parse_inline

DOCS = Path(__file__).parents[1] / "docs" / "dialects.md"


def blocks(text: str) -> tuple[m.Block, ...]:
    return m.content(parse(text).article).content


def only(text: str) -> m.Block:
    made = blocks(text)
    assert len(made) == 1, made
    return made[0]


def inlines(text: str) -> tuple[m.Inline, ...]:
    made = only(text)
    assert isinstance(made, m.Paragraph), made
    return made.content


def words(text: str) -> str:
    return " ".join(m.plain_text(parse(text).article.content).split())


def said(text: str) -> list[tuple[str, int]]:
    return [(d.code, d.location.line) for d in parse(text).diagnostics if d.code in ("markup-unread", "dialect-dropped")]


def urls(text: str) -> list[str]:
    return [n.url for n in m.walk(parse(text).article.content) if isinstance(n, (m.Link, m.Embed))]


def aside(*inside: m.Block | str, kind: str = "note", title: m.InlineLike = (), id: str = "") -> m.Aside:
    return m.Aside([m.Paragraph(i) if isinstance(i, str) else i for i in inside], kind, title, id)


# --- How commands are written ---

@pytest.mark.parametrize(("text", "name", "positional", "named", "style"), [
    ('{{< a "b c" d >}}', "a", ("b c", "d"), {}, "shortcode"),
    ('{{% a k="v \\"w\\"" L=\'x\' %}}', "a", (), {"k": 'v "w"', "l": "x"}, "shortcode"),
    ("{{< a\n  k=`v`\n>}}", "a", (), {"k": "v"}, "shortcode"),
    ("{{< a / >}}", "a", (), {}, "shortcode"),
    ("{%- a k=v -%}", "a", (), {"k": "v"}, "tag"),
    ('{% a "f.html", k: "v", n: 3 %}', "a", ("f.html",), {"k": "v", "n": "3"}, "tag"),
    ("{% a b?c=d %}", "a", ("b?c=d",), {}, "tag"),
    ('{% a(k="v", n=1) %}', "a", (), {"k": "v", "n": "1"}, "tag"),
    ('{{ a(k="v") }}', "a", (), {"k": "v"}, "expression"),
    ('{{< a "never closed >}}', "a", ("never closed",), {}, "shortcode"),
    ("{# words #}", "comment", (), {}, "remark"),
    ("{% # words %}", "comment", (), {}, "remark"),
])
def test_a_command_has_a_name_and_arguments(text: str, name: str, positional: tuple[str, ...], named: dict[str, str], style: str) -> None:
    made = command_at(text, 0)
    assert made is not None
    command, end = made
    assert (command.name, command.positional, dict(command.named), command.style, end) == (name, positional, named, style, len(text))
    assert command.raw == text


@pytest.mark.parametrize("text", ["{{", "{{<", "{{< a", "{% a", "{%!s(bool=false)%}", "{{}}", "a {#id}", "{{ a\n\nb }}", "{x}",
    "{{< {{< a >}}", "{% 5 %}"])
def test_what_only_looks_like_a_command_is_none(text: str) -> None:
    assert command_at(text, 0) is None
    assert words(text) == " ".join(text.split())


@pytest.mark.parametrize(("text", "closes"), [("{{< /a >}}", "a"), ("{{%/a%}}", "a"), ("{% enda %}", "a"), ("{% end_a %}", "a"),
    ("{% end %}", "")])
def test_the_end_of_a_pair(text: str, closes: str) -> None:
    made = command_at(text, 0)
    assert made is not None
    assert (made[0].name, made[0].closes) == (closes, True)


def test_the_parts_of_an_expression() -> None:
    assert [(t.name, t.quoted, t.positional) for t in terms("\"/a|b\" | prepend: site.url | append: '?'")] == [
        ("/a|b", True, ()), ("prepend", False, ("site.url",)), ("append", False, ("?",))]
    assert terms("a b") == ()


# --- The table ---

FIGURE = m.Figure(m.Image("a.png", "Alt"), "Cap")

MAPPINGS: list[tuple[str, str, m.Block]] = [
    ("figure", '{{< figure src="a.png" alt="Alt" caption="Cap" >}}', FIGURE),
    ("figure", '{{< figure src="a.png" caption="*C*" title="T" attr="Jo" attrlink="https://e.org/" id="f" >}}',
     m.Figure(m.Image("a.png", "C"), [m.Strong("T"), m.Text(" "), m.Emphasis("C")], m.Link("Jo", "https://e.org/"), "f")),
    ("figure", '{{< figure src="a.png" alt="Alt" >}}\nCap\n{{< /figure >}}', FIGURE),
    ("figure", '{% image "a.png" "Alt" "Cap" %}', FIGURE),
    ("figure", '{% img left a.png 300 200 "Cap" "Alt" %}', FIGURE),
    ("figure", '{% asset_img a.png Cap Alt %}', FIGURE),
    ("figure", '{% image_with_class "a.png" "wide" "Alt" %}', m.Figure(m.Image("a.png", "Alt"))),
    ("figure", "```{figure} a.png\n:alt: Alt\n:width: 50%\n:name: f\n\nCap\n```", m.Figure(m.Image("a.png",
    "Alt", width=0.5), "Cap", id="f")),
    ("figure", '{% include figure.html src="a.png" alt="Alt" caption="Cap" %}', FIGURE),
    ("figure", '{% include "linked-figure.html", image: "a.png", alt: "Alt", caption: "Cap" %}', FIGURE),
    ("youtube", "{{< youtube abc123 >}}", m.Embed("https://www.youtube.com/watch?v=abc123")),
    ("youtube", '{{< youtube id="abc123" title="T" >}}', m.Embed("https://www.youtube.com/watch?v=abc123", "T")),
    ("youtube", '{{ youtube(id="abc123") }}', m.Embed("https://www.youtube.com/watch?v=abc123")),
    ("youtube", "{% youtube https://youtu.be/abc123 %}", m.Embed("https://www.youtube.com/watch?v=abc123")),
    ("youtube", '{% include youtubePlayer.html id="abc123" %}', m.Embed("https://www.youtube.com/watch?v=abc123")),
    ("youtube", "{{< asciinema 12 >}}", m.Embed("https://asciinema.org/a/12")),
    ("youtube", "{{< vimeo 12 >}}", m.Embed("https://vimeo.com/12")),
    ("gist", "{{< gist ada 1234 b.py >}}", m.Embed("https://gist.github.com/ada/1234#file-b-py")),
    ("gist", "{% gist ada/1234 %}", m.Embed("https://gist.github.com/ada/1234")),
    ("tweet", '{{< tweet user="ada" id="12" >}}', m.Embed("https://x.com/ada/status/12")),
    ("codepen", "{% codepen ada pqr %}", m.Embed("https://codepen.io/ada/pen/pqr")),
    ("video", '{{< video src="a.mp4" caption="T" >}}', m.Embed("a.mp4", "T")),
    ("video", '{% include video id="12" provider="vimeo" %}', m.Embed("https://vimeo.com/12")),
    ("note",
    "{{% notice warning \"Mind *it*\" %}}\nb\n{{% /notice %}}", aside("b", kind="warning", title=[m.Text("Mind "), m.Emphasis("it")])),
    ("note", "{% note info T U %}\nb\n{% endnote %}", aside("b", kind="info", title="T U")),
    ("note", '{{% alert title="T" color="danger" %}}\nb\n{{% /alert %}}', aside("b", kind="caution", title="T")),
    ("note", '{% hint style="success" %}\nb\n{% endhint %}', aside("b", kind="success")),
    ("note", '{% tip(title="T") %}\nb\n{% end %}', aside("b", kind="tip", title="T")),
    ("note", '{% include alert.html type="info" content="b" %}', aside("b", kind="info")),
    ("note", '{{< tip "b" >}}', aside("b", kind="tip")),
    ("note", "```{warning} T\nb\n```", aside("b", kind="warning", title="T")),
    ("note", ":::{admonition} T\n:class: tip\nb\n:::", aside("b", kind="tip", title="T")),
    ("note", '!!! note "T"\n    b', aside("b", title="T")),
    ("note", "??? bug\n    b", aside("b", kind="bug")),
    ("note", '!!! recipe "T"\n    b', aside("b", kind="recipe", title="T")),
    ("details", '{{< details "T" >}}\nb\n{{< /details >}}', aside("b", title="T")),
    ("details", "{% details T U %}\nb\n{% enddetails %}", aside("b", title="T U")),
    ("quote", '{{< quote author="Ada" source="Notes" link="https://e.org/" >}}\nb\n{{< /quote >}}',
     m.Quote("b", m.Link("Ada, Notes", "https://e.org/"))),
    ("quote", "{% blockquote Ada Lovelace, Notes https://e.org/ %}\nb\n{% endblockquote %}",
     m.Quote("b", m.Link("Ada Lovelace, Notes", "https://e.org/"))),
    ("pullquote", "{% pullquote %}\nb\n{% endpullquote %}", m.Quote("b", pull=True)),
    ("highlight", "{% highlight ruby linenos %}\nx = {{ y }}\n\n  # *z*\n{% endhighlight %}", m.CodeBlock("x = {{ y }}\n\n  # *z*",
    "ruby")),
    ("highlight", '{{< highlight go "linenos=table" >}}\nx\n{{< /highlight >}}', m.CodeBlock("x", "go")),
    ("highlight", "{{< mermaid >}}\ngraph LR\n{{< /mermaid >}}", m.CodeBlock("graph LR", "mermaid")),
    ("math", "{{< math >}}\na^2\n{{< /math >}}", m.MathBlock("a^2")),
    ("math", "```{math}\n:label: eq\na^2\n```", m.MathBlock("a^2", "", "eq")),
    ("raw", "{% raw %}\n{{ a }} {% if b %}\n{% endraw %}", m.Paragraph("{{ a }} {% if b %}")),
    ("rawhtml", "{{< rawhtml >}}\n<p><b>a</b></p>\n{{< /rawhtml >}}", m.Paragraph(m.Strong("a"))),
    ("/*", "{{</* youtube a */>}}", m.Paragraph("{{< youtube a >}}")),
    ("ref", '{{< relref "a.md" >}}', m.Paragraph("a.md")),
    ("post_link", '{% post_link my-post "The *post*" %}', m.Paragraph(m.Link([m.Text("The "), m.Emphasis("post")], "my-post.md"))),
    ("post_link", '{{< button href="/a" >}}Go{{< /button >}}', m.Paragraph(m.Link("Go", "/a"))),
    ("link", "{% link words https://e.org/ %}", m.Paragraph(m.Link("words", "https://e.org/"))),
    ("hr", "{{< hr >}}", m.Rule()),
    ("kbd", "{{< kbd Ctrl >}}", m.Paragraph(m.Code("Ctrl"))),
    ("kbd", "{{< sup >}}a{{< /sup >}}", m.Paragraph(m.Superscript("a"))),
    ("abbr", '{{< abbr title="World" >}}W{{< /abbr >}}', m.Paragraph(m.Abbreviation("W", "World"))),
]


@pytest.mark.parametrize(("name", "text", "expected"), MAPPINGS, ids=[f"{i}-{n}" for i, (n, _, _) in enumerate(MAPPINGS)])
def test_a_command_becomes_what_it_means(name: str, text: str, expected: m.Block) -> None:
    assert name in TABLE
    assert only(text) == expected
    assert said(text) == []


DROPPED = ["{{< toc >}}", "{% toc %}", "{% include toc.html html=content %}", "{{ toc }}", "[TOC]", "[[toc]]", "[[_TOC_]]",
           "${toc}", "\\toc", "{% more %}", "{{< pagebreak >}}", "{# c #}", "{% comment %}\nc\n\nd\n{% endcomment %}", "{/* c */}",
           "{::options a=\"b\" /}", "{::comment}\nc\n{:/comment}",
           'import A from "./a"', "* TOC\n{:toc}", "1. x\n{: toc}"]


@pytest.mark.parametrize("text", DROPPED)
def test_what_has_no_place_in_an_article_is_left_out_aloud(text: str) -> None:
    assert blocks(text) == ()
    assert [code for code, _ in said(text)] == ["dialect-dropped"]
    assert words(f"Before.\n\n{text}\n\nAfter.") == "Before. After."


def test_a_definition_of_franklin_within_the_text_is_left_out_aloud() -> None:
    text = 'Before.\n\n@def a = "b"\n\nAfter.'
    assert words(text) == "Before. After."
    assert [code for code, _ in said(text)] == ["dialect-dropped"]


def test_an_argument_that_says_something_and_has_no_place_is_named() -> None:
    text = '{{< figure src="a.png" alt="b" motto="some words" style="a: b" >}}'
    assert only(text) == m.Figure(m.Image("a.png", "b"))
    message, = [d.message for d in parse(text).diagnostics]
    assert message.startswith("'motto' of '{{< figure")
    assert words("```{figure} a.png\n:alt: {{ b }} c\n```") == "```{figure} a.png :alt: {{ b }} c ```"


def test_layout_goes_and_what_it_holds_stays() -> None:
    text = '{{< tabs >}}\n{{< tab "A" >}}\n- one\n{{< /tab >}}\n{{< /tabs >}}'
    assert blocks(text) == (m.Paragraph(m.Strong("A")), m.List(["one"]))
    assert said(text) == [("dialect-dropped", 1)]


def test_no_name_of_the_table_loses_words_or_is_silent() -> None:
    for name in TABLE:
        pair = parse(f"{{{{< {name} >}}}}\n\nkept\n\n{{{{< /{name} >}}}}")
        assert (b"kept" in m.encode(pair.article)) == (name not in ("comment", "jscomment")), name
        alone = f"{{{{< {name} >}}}}"
        assert blocks(alone) or said(alone) or name in ("br", "linebreak"), name


def test_the_documentation_shows_the_table() -> None:
    page = DOCS.read_text(encoding="utf-8").splitlines()
    shown = [line for line in page if line in set(dialects.table())]
    assert shown == dialects.table()
    assert len({name for row in ROWS for name in row.names}) == sum(len(row.names) for row in ROWS)


# --- What is not known ---

@pytest.mark.parametrize("text", ["{{< nothing a=\"b\" >}}", "{% nothing 'a' | b %}", "{{ page.author }}", "{{< param x >}}",
    "{% include a.md %}",
                                  "{% if a > b %}", "{% assign a = b | c %}", "{{< /note >}}", "{{< figure >}}", "{{< youtube >}}",
                                  "{{< gist >}}",
                                  "{% include youtube.html id=page.video %}"])
def test_an_unknown_command_stays_as_it_is_written(text: str) -> None:
    assert words(f"Before {text} after.") == f"Before {text} after."
    assert said(f"Line one.\n\nBefore {text} after.") == [("markup-unread", 3)]
    assert words(text) == text


def test_what_stands_inside_an_unknown_pair_is_markdown() -> None:
    text = "{% if a %}\n- *b*\n{% else %}\n## c\n{% endif %}"
    assert blocks(text) == (m.Paragraph("{% if a %}"), m.List([m.ListItem(m.Paragraph(m.Emphasis("b")))]), m.Paragraph("{% else %}"),
                            m.Heading(2, "c"), m.Paragraph("{% endif %}"))
    assert said(text) == [("markup-unread", 1), ("markup-unread", 3)]
    assert inlines("a {{< x >}}*b*{{< /x >}} c") == (m.Text("a {{< x >}}"), m.Emphasis("b"), m.Text("{{< /x >}} c"))


def test_a_pair_that_is_not_closed_where_it_stands_loses_nothing() -> None:
    text = "- {{< note >}}\n  in\n\nout\n\n{{< /note >}}"
    assert words(text) == "in out {{< /note >}}"
    assert said(text) == [("markup-unread", 1), ("markup-unread", 6)]
    assert words("{{< note >}}\n\nopen") == "{{< note >}} open"
    assert words("{{< a >}} {{< b >}} x {{< /a >}} {{< /b >}}") == "{{< a >}} {{< b >}} x {{< /a >}} {{< /b >}}"


@pytest.mark.parametrize("text", ["`{{< toc >}}`", "``{% toc %}``", "    {% toc %}", "```\n{{< toc >}}\n```", "~~~\n{% toc %}\n~~~",
                                  "> ```\n> {{ toc }}\n> ```"])
def test_in_code_nothing_is_a_command(text: str) -> None:
    found = [n for n in m.walk(parse(text).article.content) if isinstance(n, (m.Code, m.CodeBlock))]
    assert len(found) == 1
    assert found[0].text.startswith("{")
    assert said(text) == []


def test_code_does_not_open_or_close_commands_outside() -> None:
    assert words("`{{` and `}}` are braces") == "{{ and }} are braces"
    text = "{{< note >}}\nUse:\n\n```\n{{< /note >}}\n```\n{{< /note >}}"
    assert only(text) == aside("Use:", m.CodeBlock("{{< /note >}}"))


def test_a_backslash_keeps_braces() -> None:
    assert words(r"\{{ a }} and \{% b %}") == "{{ a }} and {% b %}"


def test_raw_holds_no_commands() -> None:
    text = "{% raw %}\n{% if a %}\n{{< toc >}}\n\n[x]({{a}}/b)\n{% endraw %}"
    assert words(text) == "{% if a %} {{< toc >}} x"
    assert said(text) == []
    assert words("a {% raw %}{{ b }}{% endraw %} c") == "a {{ b }} c"
    assert said("```\n{% raw %}\n```\n{% endraw %}") == [("dialect-dropped", 4)]


# --- Places ---

def test_commands_over_several_lines() -> None:
    assert only('{{< figure\n  src="a.png"\n\n  alt="# Alt"\n>}}') == m.Figure(m.Image("a.png", "# Alt"))
    assert only('> {% include figure.html\n>   src="a.png"\n>   alt="Alt"\n> %}') == m.Quote(m.Figure(m.Image("a.png", "Alt")))


def test_pairs_in_pairs() -> None:
    text = "{{< note >}}\n{{< tip >}}\na\n{{< /tip >}}\n\n{{< note >}}\nb\n{{< /note >}}\n{{< /note >}}"
    assert only(text) == aside(aside("a", kind="tip"), aside("b"))


def test_a_pair_may_begin_and_end_in_its_text() -> None:
    assert only("{% note %}a *b*{% endnote %}") == aside(m.Paragraph([m.Text("a "), m.Emphasis("b")]))
    assert only("{% note %}a\n\n- b {% endnote %}") == aside("a", m.List(["b"]))
    assert blocks("a\n{{< note >}}\n- b\n{{< /note >}}\nc") == (m.Paragraph("a"), aside(m.List(["b"])), m.Paragraph("c"))


@pytest.mark.parametrize(("text", "expected"), [
    ("- a\n\n  {{< tip >}}\n  b\n  {{< /tip >}}", m.List([m.ListItem(["a", aside("b", kind="tip")])], tight=False)),
    ("> {{< tip >}}\n> b\n> {{< /tip >}}\n> c", m.Quote([aside("b", kind="tip"), m.Paragraph("c")])),
    ("a\n: {{< kbd b >}}", m.DefinitionList([m.Definition(["a"], [m.Paragraph(m.Code("b"))])])),
])
def test_commands_within_blocks(text: str, expected: m.Block) -> None:
    assert only(text) == expected


def test_commands_in_headings_tables_and_notes() -> None:
    assert blocks("a\n\n## {{< kbd b >}} c")[1] == m.Heading(2, [m.Code("b"), m.Text(" c")])
    text = "a\n\n## {{< note >}}b{{< /note >}}"
    assert blocks(text)[1] == m.Heading(2, "{{< note >}}b{{< /note >}}")
    assert said(text) == [("markup-unread", 3)]
    table = only('| a | b |\n|---|---|\n| [x]({{ "/y" | url }}) | {{ c | d }} |')
    assert isinstance(table, m.Table)
    assert [c.content for c in table.body[0].cells] == [(m.Paragraph(m.Link("x", "/y")),), (m.Paragraph("{{ c | d }}"),)]
    assert inlines("a[^1]\n\n[^1]: {{< kbd b >}}") == (m.Text("a"), m.Note(m.Paragraph(m.Code("b")), "1"))
    assert parse_inline("{{< kbd b >}} {{< note >}}c{{< /note >}}")[0] == (m.Code("b"), m.Text(" {{< note >}}c{{< /note >}}"))


def test_a_block_among_words_parts_the_paragraph() -> None:
    assert blocks("a {{< youtube abc123 >}} b") == (m.Paragraph("a"), m.Embed("https://www.youtube.com/watch?v=abc123"), m.Paragraph("b"))


def test_notes_at_the_side_are_notes() -> None:
    note = m.Note(m.Paragraph([m.Text("b "), m.Emphasis("c")]))
    assert inlines('a{{< sidenote "k" >}}b *c*{{< /sidenote >}}.') == (m.Text("a"), note, m.Text("."))
    assert inlines("a{% sidenote 'k' 'b *c*' %}.") == (m.Text("a"), note, m.Text("."))


# --- Addresses ---

@pytest.mark.parametrize(("written", "url"), [
    ('{{< ref "a.md#b" >}}', "a.md#b"), ('{{% relref "a.md" %}}', "a.md"), ("{% link _posts/a.md %}", "_posts/a.md"),
    ("{% link a.md %}#b", "a.md#b"),
    ("{% post_url 2020-01-01-title %}", "2020-01-01-title.md"), ("{% post_url en/2020-01-01-title %}#b", "en/2020-01-01-title.md#b"),
    ("{{ site.baseurl }}/a.png", "/a.png"), ("{{site.url}}/a(b).png", "/a(b).png"), ("{{ site.url }}{{ site.baseurl }}/a", "/a"),
    ("{{ site.baseurl }}a/", "/a/"), ("{{ site.url }}", "/"), ("{{ site.baseurl }}{% post_url 2020-01-01-t %}", "2020-01-01-t.md"),
    ('{{ "/a/b c/" | relative_url }}', "/a/b c/"), ("{{ '/a' | prepend: site.baseurl | append: '?b' }}", "/a?b"),
    ('{{ site.baseurl | append: "/a" }}', "/a"), ('{{ get_url(path="@/a.md") }}', "@/a.md"), ("{{ page.url }}#b", "#b"),
])
def test_addresses_without_commands(written: str, url: str) -> None:
    assert inlines(f'[a]({written} "t") b') == (m.Link("a", url, "t"), m.Text(" b"))
    assert inlines(f"[a][r] b\n\n[r]: {written}") == (m.Link("a", url), m.Text(" b"))
    assert only(f"![a]({written})") == m.Figure(m.Image(url, "a"))
    assert inlines(f"a <a href='{written}'>b</a>" if "'" not in written else f'a <a href="{written}">b</a>')[1] == m.Link("b", url)
    assert said(f"[a]({written})") == []


def test_an_html_block_may_have_commands() -> None:
    assert only('<img src="{{ site.baseurl }}/a.png" alt="b">') == m.Figure(m.Image("/a.png", "b"))
    assert only('<figure>{% image "a.png" "b" %}<figcaption>c</figcaption></figure>') == m.Figure(m.Image("a.png", "b"), "c")
    assert only("<div>\n{{< note >}}\n<p>a</p>\n{{< /note >}}\n</div>") == aside("a")
    assert words("<div>\n{{ a.b }}\n<!-- {{ c }} -->\n</div>") == "{{ a.b }}"
    assert words("<div>\n{% raw %}{{ a }}{% endraw %} b\n</div>") == "{{ a }} b"
    assert said("<div>\n{{ a.b }}\n<!-- {{ c }} -->\n</div>") == [("markup-unread", 2)]


@pytest.mark.parametrize("text", ["[*a*]({{ site.some }}/b)", "![a]({{ x }}.png)", "[a]({{b}}c)", "[a]({% if b %}c)",
    "[a]({{ page.url }})"])
def test_a_link_whose_address_cannot_be_read_stays(text: str) -> None:
    assert words(f"x {text} y") == f"x {text.replace('*', '')} y"
    assert urls(text) == []
    assert said(text) == [("markup-unread", 1)]


def test_values_that_the_article_gives() -> None:
    text = '{% assign base = "https://e.org/" %}\n\n[a]({{base}}1) [b][c] {{ base }}\n\n{% set w = \'*x*\' %}{{ w }}\n\n[c]: {{ base }}2'
    assert urls(text) == ["https://e.org/1", "https://e.org/2", "https://e.org/"]
    assert blocks(text)[1] == m.Paragraph(m.Emphasis("x"))
    assert said(text) == []
    assert words('{{ a }} {% assign a = "b" %}{{ a }}') == "{{ a }} b"


# --- Boxes ---

@pytest.mark.parametrize(("text", "expected"), [
    ("> [!note]\n> b", aside("b")), ("> [!WARNING]\n> b", aside("b", kind="warning")), ("> [!Danger]\n> b", aside("b", kind="caution")),
    ("> [!info]- T *u*\n> b", aside("b", kind="info", title=[m.Text("T "), m.Emphasis("u")])),
    ("> [!success]+\n> b", aside("b", kind="success")),
    ("> [!my-own|wide] T\n> b", aside("b", kind="my-own", title="T")),
    ("::: {.callout-important title=\"T u\"}\nb\n:::", aside("b", kind="important", title="T u")),
    (":::tip[T *u*]\nb\n:::", aside("b", kind="tip", title=[m.Text("T "), m.Emphasis("u")])),
    (":::danger T\nb\n:::", aside("b", kind="caution", title="T")),
    ("::: details T\nb\n:::", aside("b", title="T")), ("::: {.column-margin}\nb\n:::", aside("b", kind="aside")),
    ("::: {.callout-note #k}\nb\n:::", aside("b", id="k")),
    ("::: note Aside from that\nb\n:::", aside("b", title="from that", kind="note")),
    ("{: .note }\nb", aside("b")), ("b\n{: .warning #k}", aside("b", kind="warning", id="k")),
    ("> b\n{: .notice--info}", aside("b", kind="info")),
    ("{: .note-title }\n> T\n>\n> b", aside("b", title="T")),
    (":::{note}\nb\n:::", aside("b")), ("````{tip}\n```{note} T\nb\n```\n````", aside(aside("b", title="T"), kind="tip")),
    ("!!! note\n    - b\n\n    !!! tip \"\"\n        c", aside(m.List(["b"]), aside("c", kind="tip"))),
])
def test_boxes_of_many_systems(text: str, expected: m.Block) -> None:
    assert only(text) == expected
    assert said(text) == []


def test_an_open_box_in_an_item_ends_with_the_item() -> None:
    assert blocks("- ::: note\n  a\n\nb") == (m.List([m.ListItem(aside("a"))]), m.Paragraph("b"))
    assert words("- ::: note\nb") == "b"


def test_what_only_looks_like_a_box_stays() -> None:
    assert words("!!! that was loud") == "!!! that was loud"
    assert words("!!!") == "!!!"
    assert blocks("a\n\nb\n===\n\nc\n===")[1] == m.Heading(1, "b")
    assert words("!!! note\n\nb") == "!!! note b"


# --- kramdown ---

@pytest.mark.parametrize(("text", "expected"), [
    ("a\n{: #k}", m.Paragraph("a", "k")), ("{: #k}\na", m.Paragraph("a", "k")), ("- a\n{: #k}", m.List(["a"], id="k")),
    ("- {: #k} a", m.List([m.ListItem("a", id="k")])), ("> a\n{: #k}", m.Quote("a", id="k")),
    ("```\na\n```\n{: .language-ruby #k}", m.CodeBlock("a", "ruby", "k")),
    ("![a](b.png)\n{: #k width=\"50%\"}", m.Figure(m.Image("b.png", "a"), id="k")),
    ("a\n{: #k}{: lang=\"fr\"}", m.Passage(m.Paragraph("a", "k"), "fr")), ("a\n{: k}\n\n{:k: #b}", m.Paragraph("a", "b")),
    ("a\n{:.center}", m.Paragraph("a")), ("*a*{: lang=\"fr\"}", m.Paragraph(m.Span(m.Emphasis("a"), "fr"))),
    ("**a**{:lang=fr} b", m.Paragraph([m.Span(m.Strong("a"), "fr"), m.Text(" b")])),
    ("[a](b){:target=\"_blank\"}", m.Paragraph(m.Link("a", "b"))),
    ("`a`{: .language-ruby}", m.Paragraph(m.Code("a"))), ("a {::comment}b{:/comment} c", m.Paragraph("a c")),
    ("{::nomarkdown}\n<b>*a*</b>\n{:/}", m.Paragraph(m.Strong("*a*"))),
    ("| a |\n|---|\n| b |\n{: #k}", m.Table([m.Column()], [m.Row([m.Cell("a")])], [m.Row([m.Cell("b")])], id="k")),
])
def test_kramdown(text: str, expected: m.Block) -> None:
    assert only(text) == expected
    assert [code for code, _ in said(text)] in ([], ["dialect-dropped"])
    assert "markup-unread" not in [code for code, _ in said(text)]


@pytest.mark.parametrize("text", ["a {: .b} c", "{:?}", "println!(\"{:?}\", x)", "{: }", "a {::b}", "{::unknown}", "{:/comment}",
    "a\n{:?}"])
def test_what_is_no_attribute_stays(text: str) -> None:
    assert words(text).replace("\u201c", '"').replace("\u201d", '"') == " ".join(text.split())


def test_short_forms() -> None:
    text = "The HTML of W3C C. XHTML html [HTML](a) `HTML`\n\n*[HTML]: Hypertext *Markup*\n*[W3C C]: Web"
    html = m.Abbreviation("HTML", "Hypertext *Markup*")
    assert inlines(text) == (m.Text("The "), html, m.Text(" of "), m.Abbreviation("W3C C",
        "Web"), m.Text(". XHTML html "), m.Link([html], "a"),
                             m.Text(" "), m.Code("HTML"))
    assert said(text) == []
    assert words(f"*[A]: {'b' * 400}").startswith("*[A]")


# --- Other marks ---

@pytest.mark.parametrize(("text", "expected"), [
    (":tada:", "\U0001f389"), ("a :tada: b", "a \U0001f389 b"), ("(:+1:)", "(\U0001f44d)"), (":tada::+1:", "\U0001f389\U0001f44d"),
    ("\u4f60\u597d:smile:\u5417", "\u4f60\u597d\U0001f604\u5417"), ("*:tada:*", "\U0001f389"), ("[:tada:](a)", "\U0001f389"),
    ("\u0645\u0631\u062d\u0628\u0627 :tada:", "\u0645\u0631\u062d\u0628\u0627 \U0001f389"),
])
def test_emoji(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["12:30:45", "a::b:c:", ":no-such-code:", "x:tada:", ":tada:x", "::tada::", ":tada", "a:100:b",
    "https://e.org/:tada:/a",
                                  "<https://e.org/:tada:>", "`:tada:`"])
def test_colons_that_are_no_emoji_stay(text: str) -> None:
    assert words(text) == text.strip("<>`")
    assert said(text) == []


def test_emoji_in_titles_and_texts_of_pictures_but_not_in_addresses_or_ids() -> None:
    assert parse("---\ntitle: 'Go :rocket:'\n---\n").article.meta.title_text == "Go \U0001f680"
    assert only("![:tada:](a/:tada:/b.png)") == m.Figure(m.Image("a/:tada:/b.png", "\U0001f389"))
    assert blocks("a\n\n## b :tada: {#c:tada:}")[1] == m.Heading(2, "b \U0001f389", "c:tada:")


def test_the_emoji_are_only_loaded_when_there_is_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "emoji", None)
    assert words("no code at 12:30:45 a: b") == "no code at 12:30:45 a: b"
    with pytest.raises(ImportError):
        parse("a :tada: b")


@pytest.mark.parametrize(("text", "marked"), [("a ==b *c*== d", "b c"), ("==a==", "a"), ("(==a=b==)", "a=b")])
def test_marked_words(text: str, marked: str) -> None:
    found = [n for n in m.walk(parse(text).article.content) if isinstance(n, m.Highlight)]
    assert [m.plain_text(n) for n in found] == [marked]


@pytest.mark.parametrize("text", ["a==b==c", "a == b == c", "==", "====", "== a ==", "==a", "x ==a\n\nb== y", "a === b === c", "==a==b"])
def test_equals_signs_that_mark_nothing_stay(text: str) -> None:
    assert not [n for n in m.walk(parse(text).article.content) if isinstance(n, m.Highlight)]
    assert words(text) == " ".join(text.split())


def test_pictures_and_links_of_a_wiki() -> None:
    assert only("![[a b.png]]") == m.Figure(m.Image("a b.png"))
    assert only("![[a.png|Alt|300]]") == m.Figure(m.Image("a.png", "Alt"))
    assert words("[[Page|text]] ![[page]] [[1]]") == "[[Page|text]] ![[page]] [[1]]"
    assert said("[[Page|text]] ![[page]] [[1]]") == [("markup-unread", 1)] * 2
    assert inlines("[[a](b)]") == (m.Text("["), m.Link("a", "b"), m.Text("]"))
    assert said("[[a](b)]") == []


def test_a_mark_for_contents_that_is_a_link_is_a_link() -> None:
    assert urls("[TOC]\n\n[toc]: /a") == ["/a"]


@pytest.mark.parametrize(("fence", "language"), [("{python}", "python"), ("{r, echo=FALSE}", "r"), ("{.ruby}", "ruby"),
    ("python {#k}", "python")])
def test_languages_in_braces(fence: str, language: str) -> None:
    made = only(f"```{fence}\na\n```")
    assert isinstance(made, m.CodeBlock)
    assert made.language == language


def test_franklin() -> None:
    text = '@def title = "T"\n\n~~~\n<b>a</b>\n~~~\n\n@@wide\nb\n@@\n'
    assert blocks(text)[0] == m.Paragraph(m.Strong("a"))
    assert words(text) == "a b"
    assert only("~~~\n<b>a</b>\n~~~") == m.CodeBlock("<b>a</b>")
    assert words("import os\n\nfrom a import b\n\nemail @def") == "import os from a import b email @def"


# --- Line ends between signs of Chinese and Japanese ---

@pytest.mark.parametrize(("text", "expected"), [
    ("\u4eca\u5929\n\u5929\u6c14", "\u4eca\u5929\u5929\u6c14"), ("\u4eca\u5929\u3002\n\u660e\u5929", "\u4eca\u5929\u3002\u660e\u5929"),
    ("\u3053\u308c\u306f\n\u30da\u30f3\u3067\u3059", "\u3053\u308c\u306f\u30da\u30f3\u3067\u3059"),
    ("\u300c\u306f\u3044\u300d\n\uff08\u6ce8\uff09", "\u300c\u306f\u3044\u300d\uff08\u6ce8\uff09"),
    ("*\u4eca\u5929*\n\u5929\u6c14", "\u4eca\u5929\u5929\u6c14"), ("\u4eca\u5929\n**\u5929\u6c14**", "\u4eca\u5929\u5929\u6c14"),
    ("[\u4eca\u5929](a)\n[\u5929\u6c14](b)", "\u4eca\u5929\u5929\u6c14"), ("\u4eca\u5929  \n\u5929\u6c14", "\u4eca\u5929 \u5929\u6c14"),
    ("\uc624\ub298\n\ub0a0\uc528", "\uc624\ub298 \ub0a0\uc528"), ("\u4eca\u5929\nweather", "\u4eca\u5929 weather"),
    ("weather\n\u4eca\u5929", "weather \u4eca\u5929"), ("one\ntwo", "one two"), ("\u4eca\u5929 \u5929\u6c14", "\u4eca\u5929 \u5929\u6c14"),
    ("> \u4eca\u5929\n> \u5929\u6c14", "\u4eca\u5929\u5929\u6c14"), ("- \u4eca\u5929\n  \u5929\u6c14", "\u4eca\u5929\u5929\u6c14"),
    ("*\u4eca\n\u5929*", "\u4eca\u5929"), ("\u4eca\u5929\n`a`", "\u4eca\u5929 a"), ("{{< kbd \u4eca >}}\n\u5929", "\u4eca\u5929"),
])
def test_line_ends_between_signs_without_spaces(text: str, expected: str) -> None:
    assert words(text) == expected


# --- Limits ---

HOSTILE: dict[str, Callable[[int], str]] = {
    piece: (lambda n, piece=piece: piece * (n // len(piece))) for piece in (  # type: ignore[misc]
        "{{< ", "{{< a >}}\n", "{{< note >}}\n\n", "{% ", "{% x %}\n", "{{ ", ":a", ":a:", "{: ", "{:.a}\n", "{: a a ", "==a",
        "![[a.png", "[[a", "!!! a \"b\"\n",
        "```{note}\n", "`{{`", "{% raw %}\n", "{% highlight %}", "{# ", "[a]({{ x ", "[a]({{x}}", "<a b=\"{{ c }} ", "{::comment} ",
        "{::comment}\n",
        "{{< x \"\\\"\\\"", "| {{ a | b }} ", "{{< a >}}{{< b >}}{{< /a >}}{{< /b >}}\n", "{% assign a = \"b\" %}{{a}} ", ":tada: ",
    )
}
HOSTILE["short forms"] = lambda n: "*[a a a a a a]: b\n\n" + "a " * (n // 2)
HOSTILE["many short forms"] = lambda n: "".join(f"*[a{i}]: b\n" for i in range(n // 20)) + "\n" + "a1 " * (n // 6)
HOSTILE["half closed"] = lambda n: "{{< a >}}x\n" * (n // 22) + "x{{< /a >}}\n" * (n // 24)


@pytest.mark.parametrize("make", HOSTILE.values(), ids=[repr(k)[1:-1] for k in HOSTILE])
def test_time_grows_with_the_length(make: Callable[[int], str]) -> None:
    def taken(size: int) -> float:
        text = make(size)
        start = time.process_time()
        with contextlib.suppress(LimitError):
            parse(text)
        return time.process_time() - start

    taken(1_000)
    small = min(taken(10_000), taken(10_000))
    # Twice as much as in proportion, and something for the machine.
    assert any(taken(40_000) < small * 8 + 0.5 for _ in range(3))


def test_a_value_cannot_be_multiplied() -> None:
    text = '{% assign a = "' + "x" * 400 + '" %}' + "{{a}}" * 5_000
    assert len(words(text)) < 1_100_000
    doubled = '{% assign a0 = "xx" %}' + "".join(f'{{% assign a{i + 1} = "{{{{a{i}}}}}{{{{a{i}}}}}" %}}' for i in range(30)) + "{{a30}}"
    assert len(words(doubled)) < 5_000


def test_a_command_is_what_it_was() -> None:
    command = Command("a", ("b",), {"c": "d"}, "{{< a >}}", 3)
    with pytest.raises(AttributeError):
        command.name = "x"  # type: ignore[misc]
    assert command.get("x", "c") == "d"
