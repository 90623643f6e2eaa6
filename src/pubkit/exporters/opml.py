"""The feeds of a publication go in; a list of them that any reader of feeds can take over comes out (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pubkit.exporters.base import File
from pubkit.files import indexed
from pubkit.xhtml import attr, escape

__all__ = ["Outline", "opml"]


class Outline(Struct, frozen=True):
    """One feed: what it is called, its address, that of its site, its language; ``group`` is the heading that it stands below."""

    title: str
    feed: str
    site: str = ""
    language: str = ""
    description: str = ""
    group: str = ""


def opml(name: str, title: str, feeds: Sequence[Outline]) -> File:
    """The file ``name``, with the feeds in the order given, those of a group together."""
    body, group = "", ""
    for one in feeds:
        if one.group != group:
            body += ("</outline>\n" if group else "") + (f"<outline{attr('text', one.group)}>\n" if one.group else "")
            group = one.group
        said = (("text", one.title), ("title", one.title), ("xmlUrl", one.feed), ("htmlUrl", one.site), ("language", one.language),
                ("description", one.description))
        body += f'<outline type="rss"{"".join(attr(name, value) for name, value in said)}/>\n'
    body += "</outline>\n" if group else ""
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head>\n<title>{escape(title)}</title>\n</head>\n'
            f"<body>\n{body}</body>\n</opml>\n")
    return File(indexed(name, "opml"), "text/x-opml", text.encode())
