"""Themes: every token said once and checked, one table of styles, and style sheets made from both."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import tinycss2

from pubkit import css, theme
from pubkit.diagnostics import ThemeError
from pubkit.exporters import docx, epub, html
from pubkit.model import Article, Heading, Meta, Paragraph, Text, Volume

NAMES = ("journal", "letter", "report")
SHEETS = (("print", "pt"), ("book", "rem"), ("web", "rem"))
FOLDER = Path(__file__).parents[1] / "themes"


def changed(tmp_path: Path, old: str, new: str) -> str:
    """A copy of `journal` with a line changed; the path of its folder."""
    text = (FOLDER / "journal" / "theme.toml").read_text(encoding="utf-8")
    assert re.search(old, text, re.MULTILINE), old
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "theme.toml").write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE), encoding="utf-8")
    return str(folder)


def test_the_bundled_themes_are_known() -> None:
    assert set(NAMES) <= set(theme.names())


@pytest.mark.parametrize("name", NAMES)
def test_every_theme_loads_and_can_be_read_by_everybody(name: str) -> None:
    worn = theme.load(name)
    assert worn.name == name
    assert worn.diagnostics == ()  # no colour below WCAG AA
    assert theme.contrast(worn.color.on_accent, worn.color.accent) >= 4.5


@pytest.mark.parametrize("name", NAMES)
def test_every_style_has_a_face_of_its_weight(name: str) -> None:
    worn = theme.load(name)
    for role, style in worn.styles.items():
        faces = [f for f in worn.faces if f.family == worn.family(style)]
        assert any(abs(f.weight - style.weight) <= 100 and f.italic == style.italic for f in faces), role
        assert style.size > 0, role
        assert style.leading >= style.size * 0.95, role


@pytest.mark.parametrize("name", NAMES)
def test_every_table_of_a_theme_says_its_tokens_once(name: str) -> None:
    lines = (FOLDER / name / "theme.toml").read_text(encoding="utf-8").splitlines()
    table, seen = "", set()
    for line in lines:
        if line.startswith("["):
            table = line
        elif token := re.match(r"([\w\" ]+?) =", line):
            assert (table, token[1]) not in seen
            seen.add((table, token[1]))


@pytest.mark.parametrize("name", NAMES)
def test_a_theme_holds_no_style_sheet(name: str) -> None:
    assert {p.suffix for p in (FOLDER / name).rglob("*") if p.is_file()} <= {".toml", ".woff2", ".md", ".txt"}


@pytest.mark.parametrize("family", ["ibm-plex-sans", "source-serif-4", "source-sans-3", "source-code-pro", "noto", "unifont"])
def test_every_family_has_its_licence_beside_it(family: str) -> None:
    assert list((FOLDER / "fonts" / family).glob("OFL*"))


@pytest.mark.parametrize(("old", "new", "said"), [
    (r"^leading = .*$", "", "leading"),
    (r"^leading = (.*)$", r"leading = \1\nleding = 15.0", "leding"),
    (r"^title_weight = .*$", 'title_weight = "bold"', "title_weight"),
    (r'^layout = "column"', 'layout = "columns"', "layout"),
    (r'^accent = ".*"', 'accent = "red"', "accent"),
    (r'^text = .*$', 'text = ["Comic Sans"]', "Comic Sans"),
    (r'^"400" = "source-serif-4/.*$', '"400" = "nowhere.woff2"', "nowhere.woff2"),
    (r'^"400" = "source-serif-4/', '"regular" = "source-serif-4/', "regular"),
])
def test_a_wrong_token_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ThemeError, match=said):
        theme.load(changed(tmp_path, old, new))


def test_pale_colours_are_said(tmp_path: Path) -> None:
    found = theme.load(changed(tmp_path, r'^ink_soft = "#57534d"', 'ink_soft = "#b9b9b9"')).diagnostics
    assert {d.code for d in found} == {"theme-contrast"}
    assert any("color.ink_soft on color.paper" in d.message for d in found)


def test_words_on_the_accent_are_measured_against_it(tmp_path: Path) -> None:
    found = theme.load(changed(tmp_path, r'^on_accent = "#ffffff"', 'on_accent = "#202020"')).diagnostics
    assert any("on_accent" in d.message for d in found)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("sheet", "unit"), SHEETS)
def test_style_sheets_are_whole(name: str, sheet: str, unit: css.Unit) -> None:
    text = css.sheet(sheet, theme.load(name), unit)
    assert not re.search(r"^@(when|end)", text, re.MULTILINE)
    assert "$" not in text
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    assert [rule.message for rule in rules if rule.type == "error"] == []
    assert "text-transform" not in text  # no theme changes letters


@pytest.mark.parametrize("choice", theme.Choices.__struct_fields__)
def test_every_choice_changes_the_pages(choice: str) -> None:
    """No token is there for nothing: each value of each choice gives pages another style sheet."""
    base = theme.load("journal")
    kind = theme.Choices.__annotations__[choice]
    values = (True, False) if kind == "bool" else re.findall(r'"([\w-]+)"', kind)
    texts = set()
    for value in values:
        choices = msgspec.structs.replace(base.choices, **{choice: value})
        worn = msgspec.structs.replace(base, choices=choices, styles=theme._styles(base.type, choices))
        texts.add(css.sheet("print", worn, "pt"))
    assert len(texts) == len(values)


def test_a_first_letter_stands_on_the_third_line() -> None:
    text = css.sheet("print", theme.load("journal"), "pt")
    found = re.search(r"\.pk-initial \{[^}]*font-size: ([\d.]+)pt;[^}]*margin-top: (-?[\d.]+)pt", text)
    assert found is not None
    assert 50 < float(found[1]) < 60
    assert -8 < float(found[2]) < 8


@pytest.mark.parametrize("name", NAMES)
def test_every_format_wears_every_theme(name: str) -> None:
    worn = theme.load(name)
    meta = Meta(title=(Text("A title"),), slug="a", language="en")
    article = Article(meta=meta, content=(Heading(2, (Text("A part"),)), Paragraph((Text("Words."),))))
    assert html.export(article, worn, html.Options(fonts="none")).files[0].data
    assert epub.export(Volume(article.meta, (article,)), worn, epub.Options(fonts="none")).files[0].data
    assert docx.export(Volume(article.meta, (article,)), worn).files[0].data
