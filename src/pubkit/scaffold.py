"""A name goes in; the files of a new publication come out: ``pubkit.toml``, a first article, and what version control is to leave out."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from pubkit.diagnostics import PubkitError, UsageError
from pubkit.files import write_file
from pubkit.publication import FILE, checked

__all__ = ["new"]

_SETTINGS = """\
# What this publication is. `pubkit build` in this folder makes everything; `pubkit schema` prints a JSON Schema for editors.
title = {title}
{url}
language = {language}
{author}
description = ""
timezone = "UTC"
theme = "journal"
formats = ["html", "rss", "atom", "jsonfeed"]

[paths]
articles = ["articles"]
out = "site"
address = "{{year}}/{{slug}}/"

[options.html]
pictures = "files"

[feeds]
limit = 20
by = ["tag", "series", "language"]
# hubs = ["https://hub.example/"]      # WebSub: `pubkit ping` tells them what is new
"""
_ARTICLE = """\
---
title: A first article
date: {date}
language: en
summary: What a new publication begins with.
tags: [beginnings]
---

This is an article of your publication. It lies in `articles/`, and its name begins with the day it appears.

Change it, add others, and run `pubkit build` again: the pages are in `site/`, with a feed for every reader of feeds[^1] beside them. What
changed since the last time is remembered in `pubkit.state.json`, so that no reader is shown an old story as a new one. Keep that file with
the articles.

- **Pages** stand at the address that `[paths]` in `pubkit.toml` gives them.
- **Feeds** are there in RSS, Atom and JSON Feed: one of all articles, one for each tag.
- **More formats**, such as PDF and EPUB, are a word in `formats`.

[^1]: Programs that fetch new articles from many places, such as Thunderbird or NetNewsWire.
"""
_IGNORED = "site/\n"


def new(folder: Path, today: datetime, *, title: str = "", url: str = "", language: str = "en", author: str = "") -> list[Path]:
    """Write a new publication into a folder that is missing or empty, and give back its files.

    Args:
        folder: the folder to make.
        today: the date of the first article.
        title: by default made from the folder's name.
        url: the address of the site.
        language: a tag of BCP 47.
        author: the author of articles that name none.

    Raises `UsageError` where there is something already or a value cannot be used, and `ExportError`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder.resolve()} is there already, and is not empty", hint="Choose another name, or an empty folder")
    words = title or " ".join(folder.resolve().name.replace("-", " ").replace("_", " ").split())
    about = {"title": words[:1].upper() + words[1:], "url": url, "language": language, "author": author}
    try:
        checked({key: value for key, value in about.items() if value}, "")
    except PubkitError as error:
        raise UsageError(error.message, hint=error.hint) from error
    settings = _SETTINGS.format(
        title=_toml(about["title"]), language=_toml(language),
        url=f"url = {_toml(url)}" if url else '# url = "https://example.org/"   # the address of your site: say it before you publish',
        author=f"author = {_toml(author)}" if author else '# author = "Your name"')
    day = f"{today:%Y-%m-%d}"
    files = {FILE: settings, f"articles/{day}-a-first-article.md": _ARTICLE.format(date=day), ".gitignore": _IGNORED}
    return [write_file(folder / name, text.encode()) for name, text in files.items()]


def _toml(text: str) -> str:
    """Text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
