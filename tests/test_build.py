"""Runs: many articles, same bytes, bad input, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import pubkit
from pubkit import model as m
from pubkit.cli import main
from samples import PNG

GOOD = "---\ntitle: Good\ndate: 2024-05-01\nauthor: A\nlang: en\n---\n\nWords.[^1]\n\n![A dot](dot.png)\n\n[^1]: A note.\n"
LIGHT = ("docx", "epub", "rss", "atom", "html", "json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "articles"
    here.mkdir()
    (here / "good.md").write_text(GOOD, encoding="utf-8")
    (here / "dot.png").write_bytes(PNG)
    return here


def run(*args: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(a) for a in args], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_every_format_comes_out(folder: Path, tmp_path: Path) -> None:
    report = pubkit.build([folder], tmp_path / "out", ["pdf", *LIGHT], publication=pubkit.Publication(url="https://example.org/"))
    assert report.ok
    assert [d for d in report.diagnostics if d.severity != "info"] == []
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        ["good", "good.pdf", "good.epub", "good.docx", "rss.xml", "atom.xml", "good.html", "good.json"])  # good: the picture, for feeds


SCRIPT = "import sys, pubkit; r = pubkit.build([sys.argv[1]], sys.argv[2], sys.argv[3].split(',')); sys.exit(0 if r.ok else 1)"


def test_same_bytes_in_another_folder_zone_process_and_hash_seed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "deeper"
    other.mkdir(parents=True)
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    outs = []
    for place, zone, seed, locale in ((folder, "UTC", "0", "C.UTF-8"), (other, "Asia/Tokyo", "4242", "C")):
        out = place.parent / "out"
        env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        subprocess.run([sys.executable, "-c", SCRIPT, str(place), str(out), ",".join(("pdf", *LIGHT))], env=env, check=True, cwd=place)
        outs.append({p.name: p.read_bytes() for p in out.iterdir()})
    assert outs[0].keys() == outs[1].keys()
    for name, data in outs[0].items():
        assert data == outs[1][name], name


def test_a_machine_without_fonts_makes_the_same_pdf(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text('<?xml version="1.0"?>\n<fontconfig></fontconfig>\n')
    env = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    subprocess.run([sys.executable, "-c", SCRIPT, str(folder), str(tmp_path / "bare"), "pdf"], env=env, check=True, capture_output=True)
    pubkit.build([folder], tmp_path / "here", ["pdf"])
    assert (tmp_path / "bare" / "good.pdf").read_bytes() == (tmp_path / "here" / "good.pdf").read_bytes()


@pytest.mark.parametrize(("name", "data", "words"), [
    ("binary.md", b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
    ("nul.txt", b"a\x00\x01\x02b\x00\x00\x03c\x00", "binary"),
    ("yaml.md", b"---\ntitle: [unclosed\n---\n\nx\n", "yaml.md:"),
    ("date.md", b"---\ntitle: T\ndate: 2024-13-45\n---\n\nx\n", "date.md:3"),
    ("deep.md", b"> " * 500 + b"x\n", "nested"),
    ("broken.json", b"{\"format\": ", "broken.json:1"),
    ("wrong.json", b'{"format":"pubkit-article","version":1,"article":{"type":"article","meta":{"type":"meta","slug":7}}}', "slug"),
])
def test_bad_input_is_named_and_others_are_built(folder: Path, tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (folder / name).write_bytes(data)
    out = tmp_path / "out"
    report = pubkit.build([folder, folder / name], out, ["html", "atom"])
    assert len(report.errors) == 1
    assert words in str(report.errors[0])
    assert name in str(report.errors[0])
    assert "fault in pubkit" not in str(report.errors[0])
    assert sorted(p.name for p in out.iterdir()) == ["atom.xml", "good.html"]


@pytest.mark.parametrize(("name", "text"), [
    ("empty.md", ""), ("only.md", "---\ntitle: Only\n---\n"), ("empty.txt", ""), ("space.txt", " \n\n")])
def test_empty_articles_come_out_in_every_format(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    report = pubkit.build([tmp_path / name], tmp_path / "out", ["pdf", *LIGHT])
    assert report.ok, report.errors


def test_a_very_long_title_comes_out_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text(f"# {'word ' * 1000}\n\ntext\n", encoding="utf-8")
    assert pubkit.build([tmp_path], tmp_path / "out", ["pdf", *LIGHT]).ok


def test_control_characters_come_out_in_no_format(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("# A\u202eb\x0bc\x1b\n\nx\x00y\ufffe &#xD800; z\n".encode())
    report = pubkit.build([tmp_path], tmp_path / "out", ["pdf", *LIGHT])
    assert report.ok, report.errors


def test_pictures_that_cannot_be_had_are_findings(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "text.png").write_text("no picture")
    (folder / "p.md").write_text("# P\n\n![a](gone.png) ![b](../secret.png) ![c](text.png) ![d](link.png) "
                                 "![e](https://e.example/x.png) ![f](/etc/passwd)\n")
    report = pubkit.build([folder / "p.md"], tmp_path / "out", ["html"])
    assert report.ok
    codes = [d.code for d in report.diagnostics if d.severity == "warning"]
    assert sorted(codes) == ["image-missing", "image-missing", "image-missing", "image-outside", "image-outside", "image-remote"] or sorted(
        codes) == ["image-missing", "image-missing", "image-outside", "image-outside", "image-outside", "image-remote"]
    assert all(d.location.line == 3 for d in report.diagnostics if d.code.startswith("image-"))


def test_two_articles_with_one_slug_name_both(folder: Path, tmp_path: Path) -> None:
    (folder / "2024-01-01-good.md").write_text("# Other\n")
    report = pubkit.build([folder], tmp_path / "out", ["html"])
    assert len(report.errors) == 2
    assert "good.md" in report.errors[0].message
    assert not list((tmp_path / "out").iterdir())


def test_drafts_readmes_and_hidden_files_are_left_out(folder: Path, tmp_path: Path) -> None:
    (folder / "draft.md").write_text("---\ntitle: D\ndraft: true\n---\nx\n")
    for name in ("README.md", "LICENSE.txt", ".hidden.md", "_index.md"):
        (folder / name).write_text("# No\n")
    assert [p.name for p in pubkit.build([folder], tmp_path / "a", ["html"]).files and (tmp_path / "a").iterdir()] == ["good.html"]
    assert len(list((tmp_path / "a").iterdir())) == 1
    pubkit.build([folder], tmp_path / "b", ["html"], drafts=True)
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == ["draft.html", "good.html"]


def test_workers_give_the_same(folder: Path, tmp_path: Path) -> None:
    (folder / "second.md").write_text("# Second\n\ntext\n")
    one = pubkit.build([folder], tmp_path / "one", ["html", "atom", "rss"])
    two = pubkit.build([folder], tmp_path / "two", ["html", "atom", "rss"], jobs=2)
    assert one.ok
    assert two.ok
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_workers_give_the_same_archives_and_records(folder: Path, tmp_path: Path) -> None:
    (folder / "second.md").write_text("# Second\n\nSee [the first](good.md).\n")
    assert pubkit.build([folder], tmp_path / "one", ["pdf", "atom"], archive=True).ok
    assert pubkit.build([folder], tmp_path / "two", ["pdf", "atom"], archive=True, jobs=2).ok
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == ["atom.xml", "good.pdf", "manifest.json", "report.csv", "second.pdf"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_archives_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    code, out, err = run("build", str(folder), "-o", str(tmp_path / "a"), "-f", "html", "--archive")
    assert (code, "pdf" in err) == (2, True)
    assert not (tmp_path / "a").exists()
    code, out, err = run("build", str(folder), "-o", str(tmp_path / "b"), "-f", "pdf", "--archive", "--no-report")
    assert (code, [p.name for p in (tmp_path / "b").iterdir()]) == (0, ["good.pdf"]), err
    code, out, err = run("build", str(folder), "-o", str(tmp_path / "c"), "-f", "json", "--report", "--json")
    assert (code, sorted(p.name for p in (tmp_path / "c").iterdir())) == (0, ["good.json", "manifest.json", "report.csv"]), err
    assert [file for result in json.loads(out)["results"] for file in result["files"]] == [
        str(tmp_path / "c" / name) for name in ("good.json", "report.csv", "manifest.json")]
    code, _, err = run("build", str(folder), "-o", str(tmp_path / "d"), "-f", "json", "--bag", str(tmp_path / "d"))
    assert (code, "bag" in err) == (2, True)
    code, _, err = run("build", str(folder / "good.md"), "-o", "-", "-f", "pdf", "--archive")
    assert code == 0, err


def test_a_bag_is_no_folder_of_sources(folder: Path, tmp_path: Path) -> None:
    assert pubkit.build([folder], tmp_path / "out", ["json"], bag=folder / "bag").ok
    report = pubkit.build([folder], tmp_path / "out", ["json"])
    assert report.ok
    assert [Path(r.source).name for r in report.results] == ["good.md"]


def test_strict_lets_no_warning_pass(folder: Path, tmp_path: Path) -> None:
    (folder / "w.md").write_text("# W\n\n[x](#nowhere)\n")
    report = pubkit.build([folder / "w.md"], tmp_path / "out", ["html"], strict=True)
    assert not report.ok
    assert not list((tmp_path / "out").iterdir())


def test_a_transform_goes_through_the_door_again(folder: Path, tmp_path: Path) -> None:
    def shout(article: m.Article) -> m.Article:
        return m.rewrite(article, lambda n: m.Text(n.text.upper() + "\x00") if isinstance(n, m.Text) else n)
    report = pubkit.build([folder], tmp_path / "out", ["json"], transform=shout)
    assert report.ok
    assert b"WORDS." in (tmp_path / "out" / "good.json").read_bytes()


def test_command_line_builds_and_counts(folder: Path, tmp_path: Path) -> None:
    code, out, err = run("build", str(folder), "-o", str(tmp_path / "out"), "-f", "html,atom", "--site-url", "https://example.org/",
                         "--title", "T")
    assert code == 0, err
    assert "1 article, 3 files" in out  # the picture, for the feed
    assert "https://example.org/good.html" in (tmp_path / "out" / "atom.xml").read_text()


@pytest.mark.parametrize(("args", "code", "words"), [
    (["-f", "pfd"], 2, "Did you mean pdf"), (["--theme", "jurnal"], 2, "Did you mean journal"),
    (["--option", "pdf.contnts=no"], 2, "contents"), (["--option", "pdf.contents=maybe"], 2, "pdf"),
    (["--date", "soon"], 2, "--date"), (["--from", "word"], 2, "reader"),
    (["--site-url", "example"], 2, "url"), (["--language", "!!"], 2, "language"), (["--nonsense"], 2, "nonsense")])
def test_command_line_says_what_is_wrong(folder: Path, tmp_path: Path, args: list[str], code: int, words: str) -> None:
    got, _, err = run("build", str(folder / "good.md"), "-o", str(tmp_path / "out"), *args)
    assert got == code, err
    assert words in err
    assert "Traceback" not in err


def test_missing_files_and_empty_folders_fail_and_others_are_built(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = run("build", str(tmp_path / "no.md"), str(tmp_path / "empty"), str(folder), "-o", str(tmp_path / "out"), "-f", "html")
    assert code == 1
    assert "no such file" in err
    assert "no articles" in err
    assert (tmp_path / "out" / "good.html").exists()


def test_an_output_folder_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = run("build", str(folder), "-o", str(tmp_path / "file" / "out"), "-f", "html")
    assert code == 1
    assert "folder" in err


def test_standard_input_and_output() -> None:
    code, out, err = run("build", "-", "-o", "-", "-f", "json", "--slug", "x", stdin=b"# Hi\n\nthere\n")
    assert code == 0, err
    assert json.loads(out)["article"]["meta"]["slug"] == "x"


def test_json_report(folder: Path, tmp_path: Path) -> None:
    code, out, _ = run("build", str(folder), "-o", str(tmp_path / "out"), "-f", "html", "--json")
    assert code == 0
    assert json.loads(out)["results"][0]["slug"] == "good"


def test_inspect_formats_themes_version(folder: Path) -> None:
    assert "Good" in run("inspect", str(folder / "good.md"))[1]
    assert '"format": "pubkit-article"' in run("inspect", str(folder / "good.md"), "--json")[1]
    assert "docx" in run("formats")[1]
    assert "journal" in run("themes")[1]
    assert "0.1.0" in run("--version")[1]


def test_dates_in_file_names_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "2023-07-09-a-title.txt").write_text("A Title\n\nSome words that make a paragraph here.\n")
    meta = pubkit.read(tmp_path / "2023-07-09-a-title.txt", language="uk").article.meta
    assert (meta.slug, meta.published and meta.published.date().isoformat(), meta.language) == ("a-title", "2023-07-09", "uk")


def test_what_a_source_does_not_say() -> None:
    paper = pubkit.Publication(title="The Paper", url="https://example.org/", language="de")
    read = pubkit.parse("words\n", publication=paper, name="my-piece.md")
    meta = read.article.meta
    assert (meta.title_text, meta.slug, meta.language, meta.authors[0].name) == ("My piece", "my-piece", "de", "The Paper")
    assert meta.id == meta.url == "https://example.org/my-piece.html"
    assert {d.code for d in read.diagnostics} == {"title-missing", "author-missing", "date-missing"}
    assert pubkit.parse("words\n", name="my-piece.md").article.meta.id.startswith("urn:uuid:")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.md").write_text("# Secret\n\nWords.\n", encoding="utf-8")
    (inside / "own.md").write_text("# Own\n\nWords.\n", encoding="utf-8")
    (inside / "away.md").symlink_to(outside / "secret.md")
    (inside / "here.md").symlink_to(inside / "own.md")
    report = pubkit.build([inside], tmp_path / "made", formats=["html"])
    assert sorted(Path(f).name for f in report.files) == ["here.html", "own.html"]
    assert [Path(e.location.file).name for e in report.errors] == ["away.md"]
