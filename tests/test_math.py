"""Formulas: what is read and what is not, clean MathML, drawings that are the same each time, and a line of text."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pubkit.math import MATHML, clean, spoken, to_mathml, to_svg

READABLE = [
    r"E = mc^2", r"\frac{a}{b}", r"\sqrt[3]{x}", r"\sum_{i=0}^n i^2", r"\lim_{x \to 0} \frac{\sin x}{x} = 1", r"\int_0^\infty e^{-x^2}\,dx",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{cases}1 & x>0\\ 0 & \text{otherwise}\end{cases}",
    r"\begin{align}a&=b\\c&=d\end{align}", r"\begin{aligned}[t]a&=b\\c&=d\end{aligned}", r"\begin{gather}a\\b\end{gather}",
    r"\begin{eqnarray}a&=&b\end{eqnarray}", r"a \\ b", r"\left\{x\right.", r"\hat x \widehat{abc} \overline{ab}", r"f''(x)",
    r"\mathrm{kg}\,\mathbf{x}\,\mathbb{R}\,\boldsymbol{\alpha}", r"\binom n k", r"\xrightarrow{abc}", r"\underbrace{a+b}_{n}",
    r"\text{a $x$ b}", r"\Bigl\{x\Bigr\}", r"\color{red}x", r"50\%", r"a < b", r"\Alpha", r"größe", r"\not=", r"\big(x\big)", r"\cancel{x}",
]
UNREADABLE = [
    "", " ", "{", "}", r"\frac{1}{2", r"\unknown{x}", r"\text{\unknown}", r"\sqrt", r"\left( x", r"x & y", "$x$", "x \\", r"\ce{H2O}",
    r"\begin{matrix}1", r"\end{matrix}", r"\begin{foo}a\end{foo}", r"\eqref{x}", r"\def\a{\a\a}\a", r"\newcommand{\x}{y}\x",
    r"\sideset{a}{b}\sum", r"\rule{99999em}{1em}", "{" * 5000 + "}" * 5000, "x" * 30_000, "%comment", "\x00",
]
ALLOWED = frozenset("mi mn mo mtext mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mspace mstyle mpadded "
                    "mphantom menclose math".split())


def words(mathml: str | None) -> str:
    assert mathml
    return "".join(ET.fromstring(mathml).itertext())


@pytest.mark.parametrize("tex", READABLE)
@pytest.mark.parametrize("display", [True, False])
def test_readable_tex_becomes_clean_mathml(tex: str, display: bool) -> None:
    mathml = to_mathml(tex, display)
    assert mathml
    root = ET.fromstring(mathml)
    assert root.tag == f"{{{MATHML}}}math"
    assert root.get("display") == ("block" if display else "inline")
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= ALLOWED
    assert not {k for e in root.iter() for k in e.attrib} & {"href", "style", "class", "id", "linebreak"}
    assert "\\" not in words(mathml)
    assert "&#" not in mathml
    assert clean(mathml) == mathml
    assert to_mathml(tex, display) == mathml


@pytest.mark.parametrize("tex", UNREADABLE)
def test_what_cannot_be_read_as_a_whole_is_none(tex: str) -> None:
    assert to_mathml(tex, display=True) is None
    assert spoken(tex) == " ".join(tex.split())


def test_the_meaning_of_letters_and_signs() -> None:
    assert "<mo>\u2032</mo>" in (to_mathml("x'", False) or "")
    assert '<mi mathvariant="normal">d</mi>' in (to_mathml(r"\mathrm{d}x", False) or "")
    assert "<mi>kg</mi>" in (to_mathml(r"\mathrm{kg}", False) or "")
    assert "<mn>1,000</mn>" in (to_mathml("1{,}000", False) or "")
    assert "<mi>sin</mi><mo>\u2061</mo>" in (to_mathml(r"\sin x", False) or "")
    assert "<munder>" in (to_mathml(r"\lim_{x \to 0} x", True) or "")
    assert "<msub>" in (to_mathml(r"\lim_{x \to 0} x", False) or "")
    assert "(1)" not in words(to_mathml(r"\begin{align}a&=b\end{align}", True))  # no number that only this formula would have


def test_nothing_unsafe_comes_from_tex() -> None:
    for tex in (r"\href{javascript:x}{y}", r"\style{background:url(http://e.example)}{y}"):
        mathml = to_mathml(tex, False) or ""
        assert "javascript" not in mathml
        assert "url(" not in mathml


def test_foreign_mathml_is_cleaned() -> None:
    dirty = (f'<m:math xmlns:m="{MATHML}" onclick="a()"><m:semantics><m:mrow><m:mi href="javascript:a()">x</m:mi>'
             '<m:mtext><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>if</m:mtext><m:mfenced><m:mi>a</m:mi><m:mi>b</m:mi>'
             '</m:mfenced></m:mrow><m:annotation encoding="TeX">secret</m:annotation></m:semantics></m:math>')
    result = clean(dirty) or ""
    for bad in ("script", "alert(", "onclick", "href", "secret", "m:"):
        assert bad not in result.replace("xmlns", "")
    assert "(a,b)" in words(result)
    assert clean(result) == result


@pytest.mark.parametrize("bad", ["", "x", "<svg/>", "<math>", "<math/>", "<math><mfrac><mi>x</mi></mfrac></math>",
                                 '<!DOCTYPE math [<!ENTITY a "b">]><math><mi>&a;</mi></math>', "<math>" + "<mrow>" * 9000])
def test_what_is_no_mathml_is_none(bad: str) -> None:
    assert clean(bad) is None


@pytest.mark.parametrize("tex", READABLE)
def test_drawings_are_whole_and_in_em_or_points(tex: str) -> None:
    mathml = to_mathml(tex, True) or ""
    em, points = to_svg(mathml), to_svg(mathml, 10)
    root = ET.fromstring(em.data)
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= {"svg", "path", "rect", "g", "line", "polyline", "ellipse", "polygon"}
    assert b"href" not in em.data
    assert b"font" not in em.data
    assert em.width > 0 < em.height
    assert 0 <= em.depth <= em.height
    assert points.width == pytest.approx(em.width * 10, abs=0.01)
    assert root.get("width", "").endswith("em")
    assert len(ET.fromstring(em.data).get("viewBox", "").split()) == 4


def test_drawings_do_not_depend_on_what_was_drawn_before() -> None:
    first = [to_svg(to_mathml(t, True) or "", 12) for t in READABLE]
    again = [to_svg(to_mathml(t, True) or "", 12) for t in reversed(READABLE)][::-1]
    assert again == first
    code = "import sys; from pubkit.math import *; sys.stdout.buffer.write(to_svg(to_mathml(sys.argv[1], True), 12).data)"
    alone = subprocess.run([sys.executable, "-c", code, READABLE[6]], capture_output=True, check=True,
                           env={"PYTHONPATH": ":".join(sys.path)})
    assert alone.stdout == first[6].data


def test_round_numbers_keep_their_noughts() -> None:
    """A fraction bar at 500 units drawn at 5 would cut the formula to pieces."""
    svg = to_svg(to_mathml(r"\frac{a}{b}", True) or "")
    assert 0.4 < svg.width < 1.5
    assert 1.0 < svg.height < 2.5


@pytest.mark.parametrize("mathml", ["<math", "<math/>", f'<math xmlns="{MATHML}"><unknown>x</unknown></math>',
                                    f'<math xmlns="{MATHML}"><mtable columnalign="?"><mtr/></mtable><mfrac/></math>'])
def test_a_drawing_never_fails(mathml: str) -> None:
    assert to_svg(mathml).data.startswith(b"<svg")


@pytest.mark.parametrize(("tex", "line"), [
    ("E=mc^2", "E = mc²"), (r"\frac{a+b}{2}", "(a + b)/2"), (r"\sqrt x", "√x"), (r"\sum_{i=0}^n i", "∑_(i=0)ⁿ i"), (r"\sin^2 x", "sin² x"),
    (r"x_1", "x₁"), (r"a \le b", "a ≤ b"), (r"\mathbb{R}", "ℝ"), (r"\hat x", "x̂"), (r"e^{-1}", "e⁻¹"), (r"\unknown x", r"\unknown x")])
def test_a_line_of_text(tex: str, line: str) -> None:
    assert spoken(tex) == line


@given(st.text(alphabet=r"\{}^_&$%#ab1+=()[] frac sqrt left right begin end matrix text'", max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_tex_is_read_or_refused(tex: str) -> None:
    mathml = to_mathml(tex, True)
    assert spoken(tex) or not tex.split()
    if mathml is not None:
        assert clean(mathml) == mathml
        to_svg(mathml)
