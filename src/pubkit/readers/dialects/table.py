"""A command of another system comes in; the elements that say the same go out. The table names all commands that are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from pubkit.readers.dialects.commands import Command, key_of
from pubkit.readers.html import Child, Element

__all__ = ["DECISIONS", "KINDS", "ROWS", "TABLE", "VERBATIM", "WORDS", "Context", "Made", "Row", "box", "kind_of"]


@dataclass
class Context:
    """What a mapping may ask of the reader.

    Attributes:
        line: the line of the command.
        narrow: whether it stands where there is room for words only, as in a heading.
        read: makes children of words with inline Markdown.
        say: adds a diagnostic.
        values: what the names mean that the text has given a value.
    """

    line: int
    narrow: bool
    read: Callable[[str], list[Child]]
    say: Callable[[str, str], None]
    values: dict[str, str]


@dataclass
class Made:
    """What a command becomes.

    Attributes:
        children: what takes its place.
        hole: the element among them that takes what stands between the two commands of a pair.
        literal: whether commands in there are none.
        html: HTML that takes its place.
        note: whether what stands inside is a note, called here.
    """

    children: list[Child] = field(default_factory=list)
    hole: Element | None = None
    literal: bool = False
    html: str | None = None
    note: bool = False


Maker: TypeAlias = Callable[[Command, Context], "Made | None"]


class Row(NamedTuple):
    """One row of the table: names, what they become in the words of the documentation, and the function that makes it."""

    names: tuple[str, ...]
    becomes: str
    make: Maker
    verbatim: bool = False
    address: Callable[[Command], str] | None = None


# --- Pictures ------------------------------------------------------------------------------------------------------------------------

_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|ico)(?:$|[?#])", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:px|%)?|auto|\d+x\d+")
_SOURCE = ("src", "image", "image_path", "img", "path", "file", "filename", "source_file", "data_src", "original", "url")
_ALT = ("alt", "image_alt", "alt_text", "img_alt")


def _path_at(words: tuple[str, ...]) -> int:
    return next((i for i, w in enumerate(words) if _PICTURE.search(w)), next((i for i, w in enumerate(words) if "/" in w), 0))


def _figure(command: Command, context: Context) -> Made | None:
    words = list(command.positional)
    src = command.get(*_SOURCE)
    name = key_of(command.name)
    if not src and words:
        at = _path_at(command.positional)
        src, words = words[at], [w for w in words[at + 1:] if not _SIZE.fullmatch(w)]
    if not src:
        return None
    if name == "image_with_class":
        words = words[1:]
    first, second = (words[0] if words else "", words[1] if len(words) > 1 else "")
    caption_first = name in ("img", "asset_img", "maincolumn", "fullwidth", "marginfigure")
    alt = command.get(*_ALT) or (second if caption_first else first)
    title, caption = command.get("title", "heading"), command.get("caption", "figcaption", "description", "desc", "legend")
    caption = caption or (first if caption_first else second)
    said = caption or title
    caption = f"**{title}** {caption}" if title and caption and title != caption else said
    credit = command.get("credit", "attr", "attribution", "author", "source", "copyright", "byline")
    where = command.get("attrlink", "credit_url")
    credit = f"[{credit}]({where})" if credit and where else credit or where
    if link := command.get("link", "href", "target_url"):
        context.say("dialect-dropped", f"the address '{link[:60]}' behind a picture was left out")
    attrs = {"src": src, "alt": alt or _plain(said), "title": caption, "credit": credit, "width": command.get("width", "scale"),
             "class": command.get("class"), "id": command.get("id", "label", "key", "name" if command.style == "directive" else "id")}
    img = Element("img", {k: v for k, v in attrs.items() if v}, context.line)
    if context.narrow:
        return Made([img])
    figure = Element("figure", {}, context.line, "", [img])
    if not command.paired:
        return Made([figure])
    words_of = Element("figcaption", {}, context.line)
    if caption:
        words_of.children = [*context.read(caption), " "]
    figure.children.append(words_of)
    return Made([figure], words_of)


def _plain(words: str) -> str:
    return re.sub(r"<[^<>]*>|\[([^\[\]]*)\]\([^()]*\)|[*_`]", lambda m: m.group(1) or "", words)


# --- What lives elsewhere ------------------------------------------------------------------------------------------------------------

_SERVICES = {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}", "instagram": "https://www.instagram.com/p/{}/",
    "asciinema": "https://asciinema.org/a/{}", "jsfiddle": "https://jsfiddle.net/{}/", "bilibili": "https://www.bilibili.com/video/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}", "speakerdeck": "https://speakerdeck.com/player/{}",
    "spotify": "https://open.spotify.com/{}", "soundcloud": "https://soundcloud.com/{}", "codesandbox": "https://codesandbox.io/s/{}",
    "stackblitz": "https://stackblitz.com/edit/{}", "streamable": "https://streamable.com/{}", "tiktok": "https://www.tiktok.com/{}",
    "telegram": "https://t.me/{}", "facebook": "https://www.facebook.com/{}", "mastodon": "{}", "bluesky": "{}", "figma": "{}",
    "google_slides": "https://docs.google.com/presentation/d/{}",
}
_OTHER_NAMES = {"youtubeplayer": "youtube", "youtube_player": "youtube", "youtube_embed": "youtube", "youtube_lite": "youtube",
                "lite_youtube": "youtube", "youtubelite": "youtube", "yt": "youtube", "youtube_enhanced": "youtube",
                "vimeo_player": "vimeo", "vimeo_simple": "vimeo", "toot": "mastodon", "jsfiddle_embed": "jsfiddle"}
_ID = re.compile(r"[\w.:/@+?&=%#~-]+")


def _service(command: Command, context: Context) -> Made | None:
    name = key_of(command.name)
    name = _OTHER_NAMES.get(name, name)
    key = command.get("id", "url", "video", "src", "videoid", "video_id", "link") or (command.positional[0] if command.positional else "")
    if not _ID.fullmatch(key):
        return None
    if short := re.fullmatch(r"https?://youtu\.be/([\w-]+)(?:\?(.*))?", key):
        url = _SERVICES["youtube"].format("&".join(w for w in short.groups() if w))
    elif key.startswith(("https://", "http://", "//")):
        url = key
    elif name == "youtube":
        url = _SERVICES[name].format(key.replace("?", "&"))
    elif _SERVICES[name] == "{}":
        return None
    else:
        url = _SERVICES[name].format(key)
    return _embedded(url, command, context)


def _embedded(url: str, command: Command, context: Context) -> Made:
    title = command.get("title", "caption", "alt", "label", "desc") or next((w for w in command.positional if " " in w), "")
    attrs = {"src": url, "title": title, "poster": command.get("poster", "thumbnail")}
    return Made([Element("iframe", {k: v for k, v in attrs.items() if v}, context.line)])


def _gist(command: Command, context: Context) -> Made | None:
    words = [w for w in (command.get("user", "username"), command.get("id", "gist", "gist_id"), command.get("file")) if w]
    words = words or list(command.positional)
    if not words or not all(_ID.fullmatch(w) for w in words):
        return None
    if words[0].startswith("http"):
        return _embedded(words[0], command, context)
    path, rest = (words[0], words[1:]) if "/" in words[0] or len(words) == 1 else (f"{words[0]}/{words[1]}", words[2:])
    anchor = "#file-" + re.sub(r"[^\w]+", "-", rest[0].lower()) if rest else ""
    return _embedded(f"https://gist.github.com/{path}{anchor}", command, context)


def _post(command: Command, context: Context) -> Made | None:
    """A short message on X."""
    user, key = command.get("user", "username"), command.get("id", "url", "tweet")
    words = list(command.positional)
    if words and not key:
        key = words[-1]
        user = words[0] if len(words) > 1 and not words[0].startswith("http") else user
        key = words[0] if words[0].startswith("http") else key
    if not _ID.fullmatch(key):
        return None
    return _embedded(key if key.startswith("http") else f"https://x.com/{user or 'i'}/status/{key}", command, context)


def _pen(command: Command, context: Context) -> Made | None:
    user = command.get("user", "username") or (command.positional[0] if command.positional else "")
    key = command.get("id", "slug", "hash") or (command.positional[1] if len(command.positional) > 1 else "")
    if user.startswith("http"):
        return _embedded(user, command, context)
    return _embedded(f"https://codepen.io/{user}/pen/{key}", command, context) if user and key else None


def _media(command: Command, context: Context) -> Made | None:
    provider = key_of(command.get("provider", "type", "service", "host"))
    if provider in _SERVICES or provider in _OTHER_NAMES:
        return _service(replace(command, name=provider), context)
    src = command.get("src", "url", "file", "path", "mp4", "mp3", "webm", "ogg", "link", "video", "audio")
    src = src or next((w for w in command.positional if "/" in w or "." in w), "")
    return _embedded(src, command, context) if src and ".ipynb" not in src else None


# --- Boxes and quotations ------------------------------------------------------------------------------------------------------------

KINDS = {
    "note": "note", "notes": "note", "notice": "note", "callout": "note", "admonition": "note", "default": "note", "primary": "note",
    "secondary": "note", "light": "note", "dark": "note", "neutral": "note", "tip": "tip", "tips": "tip", "hint": "tip",
    "important": "important",
    "warning": "warning", "warn": "warning", "attention": "warning", "alert": "warning", "danger": "caution", "error": "caution",
    "caution": "caution", "critical": "caution", "info": "info", "information": "info", "aside": "aside", "sidebar": "sidebar",
    "margin": "aside", "topic": "note", "success": "success", "example": "example", "question": "question", "todo": "todo", "bug": "bug",
    "failure": "failure", "abstract": "abstract", "summary": "summary", "tldr": "summary", "seealso": "see-also", "check": "success",
    "done": "success", "help": "question", "faq": "question", "fail": "failure", "missing": "failure", "cite": "quote", "spoiler": "note",
    "details": "note", "green": "success", "blue": "info", "red": "caution", "yellow": "warning", "orange": "warning", "gray": "note",
}
"""The words of others for a kind of box, and ours."""

_GENERAL = frozenset({"note", "notice", "callout", "admonition", "alert", "hint", "panel", "box", "message", "aside"})


def kind_of(word: str) -> str:
    """Our word for a kind of box; the word itself where there is none."""
    plain = key_of(word.strip())
    return KINDS.get(plain, plain.replace("_", "-"))


def box(kind: str, title: str, line: int, key: str = "") -> Element:
    """The element of a box."""
    words = " ".join(f"{kind} aside {title}".split())
    return Element("$box", {"$words": words, **({"id": key} if key else {})}, line)


def _box(command: Command, context: Context) -> Made | None:
    name = key_of(command.name)
    kind = kind_of(name) if name in KINDS else "note"
    words = [w for w in command.positional if w not in ("no-icon", "simple", "modern", "flat", "disabled")]
    asked = command.get("type", "kind", "color", "colour", "style", "level", "status", "class", "theme", "context", "icon", "variant")
    asked = next((w for w in re.split(r"[\s.]+", asked) if key_of(w.removeprefix("alert-").removeprefix("is-")) in KINDS), "")
    if asked:
        kind = kind_of(asked.removeprefix("alert-").removeprefix("is-"))
    elif name in _GENERAL and words and key_of(words[0]) in KINDS:
        kind = kind_of(words.pop(0))
    title = command.get("title", "heading", "header", "caption", "summary", "label")
    text = command.get("content", "text", "body", "message", "note", "description")
    title = title or (" ".join(words) if command.paired or text else "")
    if not command.paired:
        text = text or " ".join(words)
        if not text:
            return None
    made = box(kind, title, context.line, command.get("id"))
    if text:
        made.children.append(Element("p", {}, context.line, "", context.read(text)))
    return Made([made], made if command.paired else None)


def _details(command: Command, context: Context) -> Made | None:
    title = command.get("title", "summary", "header", "label", "name", "text") or " ".join(
        w for w in command.positional if w not in ("open", "closed", "true", "false", "..."))
    if not command.paired:
        return None
    made = box("note", title, context.line, command.get("id"))
    return Made([made], made)


def _quote(command: Command, context: Context) -> Made | None:
    by = command.get("author", "by", "attribution", "cite", "from", "who", "name")
    source, link = command.get("source", "title", "work", "where"), command.get("link", "url", "href")
    text = command.get("text", "quote", "content", "body")
    words = [w for w in command.positional if not w.startswith(("http://", "https://"))]
    link = link or next((w for w in command.positional if w.startswith(("http://", "https://"))), "")
    if not command.paired and not text:
        if not words:
            return None
        text, words = words[0], words[1:]
    by = by or (_unquoted(command) if words else "")
    said = ", ".join(w for w in (by, source) if w)
    if link:
        said = f"[{said or link}]({link})"
    quote = Element("blockquote", {}, context.line)
    if text:
        quote.children.append(Element("p", {}, context.line, "", context.read(text)))
    outer = Element("figure", {}, context.line, "", [quote])
    if said:
        outer.children.append(Element("figcaption", {}, context.line, "", context.read(said)))
    return Made([outer], quote if command.paired else None)


def _unquoted(command: Command) -> str:
    """The words of the arguments as they stand, with their commas, but without addresses and quotation marks."""
    if command.style != "tag" or any(sign in command.raw for sign in "\"'`"):
        return ", ".join(w for w in command.positional if not w.startswith(("http://", "https://")))
    words = command.raw.strip("{}%-~ \t\n").split()[1:]
    return " ".join(w for w in words if not w.startswith(("http://", "https://")))


def _pull(command: Command, context: Context) -> Made | None:
    text = command.get("text", "quote", "content") or ("" if command.paired else " ".join(command.positional))
    if not command.paired and not text:
        return None
    by = command.get("author", "by", "source", "cite")
    made = Element("$box", {"$words": f"pull {by}".strip()}, context.line)
    if text:
        made.children.append(Element("p", {}, context.line, "", context.read(text)))
    return Made([made], made if command.paired else None)


# --- Code and formulas ---------------------------------------------------------------------------------------------------------------

_LANGUAGE = re.compile(r"[A-Za-z][\w+#.-]*")


def _code(command: Command, context: Context) -> Made | None:
    if command.inside is None:
        return None
    words = list(command.positional)
    language = command.get("lang", "language", "type")
    mark = next((w for w in words if w.startswith("lang:")), "")
    if mark:
        words.remove(mark)
        language = mark[5:]
    elif not language and words and _LANGUAGE.fullmatch(words[0]) and key_of(command.name) != "codeblock":
        language = words.pop(0)
    elif not language and key_of(command.name) in ("mermaid", "plantuml", "chart", "dot", "graphviz"):
        language = key_of(command.name)
    title = command.get("title", "caption", "label", "filename", "file")
    if key_of(command.name) == "codeblock":
        words = [w for w in words if not re.match(r"(?:line_number|highlight|first_line|mark|wrap|start|range)\b", w)]
        title = title or " ".join(words)
    text = command.inside.removeprefix("\n")
    attrs = {"language": language.lower()} if language else {}
    code = Element("code" if context.narrow else "pre", attrs, context.line, "", [text])
    if key := command.get("id", "name"):
        code.attrs["id"] = key
    if not title or context.narrow:
        return Made([code])
    return Made([Element("p", {}, context.line, "", context.read(title)), code])


def _math(command: Command, context: Context) -> Made | None:
    if command.inside is None:
        return None
    text = command.inside.strip()
    block = "\n" in command.inside or command.style == "directive" or "display" in command.positional
    tag = "$mathblock" if block and not context.narrow else "$math"
    key = command.get("label", "id", "name")
    text = text.removeprefix("$$").removesuffix("$$").strip()
    return Made([Element(tag, {"id": key} if key else {}, context.line, "", [text])]) if text else None


def _raw(command: Command, context: Context) -> Made | None:
    if not command.paired:
        return None
    hole = Element("$root", {}, context.line)
    return Made([hole], hole, literal=True)


def _html(command: Command, _: Context) -> Made | None:
    return Made(html=command.inside) if command.inside is not None else None


def _comment(command: Command, context: Context) -> Made | None:
    if command.style in ("tag", "shortcode") and command.inside is None and not command.raw.startswith(("{% #", "{%- #", "{%#")):
        return None
    context.say("dialect-dropped", f"the comment '{_short(command.raw)}' was left out")
    return Made()


def _shown(command: Command, _: Context) -> Made:
    return Made([command.positional[0]])


def _short(raw: str) -> str:
    return " ".join(raw[:200].split())[:60]


# --- Addresses -----------------------------------------------------------------------------------------------------------------------

def _path(command: Command) -> str:
    return command.get("path", "file", "page", "name", "slug", "url", "doc") or (command.positional[0] if command.positional else "")


def _post_path(command: Command) -> str:
    """The file of a post: Jekyll and Hexo name it without its ending."""
    path = _path(command)
    head, sign, rest = path.partition("#")
    return f"{head}.md{sign}{rest}" if head and not re.search(r"\.\w{2,8}$", head) else path


def _address(command: Command, context: Context) -> Made | None:
    key = key_of(command.name)
    if key in ("link", "post_link", "asset_link", "a", "button", "btn", "cta") or (command.paired and command.get("href")):
        return _link(command, context)
    path = TABLE[key].address
    url = path(command) if path else ""
    return Made([url]) if url and not command.paired else None


def _link(command: Command, context: Context) -> Made | None:
    name, words = key_of(command.name), list(command.positional)
    url = command.get("href", "url", "link", "relref", "ref", "path", "to", "target")
    text = command.get("text", "title", "label", "content", "name")
    if name == "link" and len(words) == 1 and not text and not command.paired:
        return Made([words[0]])
    if not url and name == "link" and len(words) > 1 and re.match(r"(?:https?:)?/", words[1]):
        text, url = words[0], words[1]
    elif not url and words:
        url = _post_path(replace(command, named={})) if name == "post_link" else words[0]
        text = text or " ".join(w for w in words[1:] if w not in ("true", "false"))
    if not url:
        return None
    link = Element("a", {"href": url}, context.line)
    if command.paired:
        return Made([link], link)
    link.children = context.read(text) if text else [url]
    return Made([link])


# --- Marks, breaks, layout -----------------------------------------------------------------------------------------------------------

def _contents(command: Command, context: Context) -> Made | None:
    if command.paired and command.style != "directive":
        return None
    context.say("dialect-dropped", f"'{_short(command.raw)}' was left out: every output makes its own contents")
    return Made()


def _mark(command: Command, context: Context) -> Made | None:
    if command.paired:
        return _layout(command, context)
    context.say("dialect-dropped", f"'{_short(command.raw)}' was left out: it has no place in an article")
    return Made()


def _rule(_: Command, context: Context) -> Made | None:
    return None if context.narrow else Made([Element("hr", {}, context.line)])


def _break(_: Command, context: Context) -> Made:
    return Made([Element("br", {}, context.line)])


def _layout(command: Command, context: Context) -> Made | None:
    if not command.paired:
        return None
    context.say("dialect-dropped", f"'{_short(command.raw)}' arranges a page and was left out; what it holds stays")
    hole = Element("$root", {}, context.line)
    return Made([hole], hole)


def _tab(command: Command, context: Context) -> Made | None:
    if not command.paired:
        return None
    title = command.get("title", "name", "header", "label", "tabname", "text") or " ".join(command.positional)
    hole = Element("$root", {}, context.line)
    if not title:
        return Made([hole], hole)
    strong = Element("strong", {}, context.line, "", context.read(title))
    return Made([strong if context.narrow else Element("p", {}, context.line, "", [strong]), hole], hole)


# --- Words ---------------------------------------------------------------------------------------------------------------------------

_STYLES = {"kbd": "kbd", "key": "kbd", "mark": "mark", "marker": "mark", "highlighted": "mark", "sub": "sub", "sup": "sup", "strike": "s",
           "small_caps": "span", "newthought": "span"}


def _style(command: Command, context: Context) -> Made | None:
    tag = _STYLES[key_of(command.name)]
    text = command.get("text", "content") or " ".join(command.positional)
    element = Element(tag, {"class": "smallcaps"} if tag == "span" else {}, context.line)
    if command.paired:
        return Made([element], element)
    element.children = context.read(text)
    return Made([element]) if text else None


def _short_form(command: Command, context: Context) -> Made | None:
    title = command.get("title", "full", "meaning")
    text = command.get("text", "short", "abbr") or (command.positional[0] if command.positional and not command.paired else "")
    title = title or " ".join(command.positional if command.paired else command.positional[1:])
    if not title or not (text or command.paired):
        return None
    element = Element("abbr", {"title": title}, context.line, "", context.read(text) if text else [])
    return Made([element], element if command.paired else None)


def _note(command: Command, context: Context) -> Made | None:
    """A note at the side or the foot; systems for notes at the side name it first, by a word that nobody sees."""
    if command.paired:
        return Made(note=True)
    text = command.get("text", "content", "note") or (command.positional[-1] if command.positional else "")
    return Made(context.read(text), note=True) if text else None


# --- Values, files, decisions --------------------------------------------------------------------------------------------------------

_ASSIGNMENT = re.compile(r"\{%[-~]?\s*(?:assign|set)\s+([A-Za-z_][\w-]*)\s*=\s*(?:\"([^\"|]*)\"|'([^'|]*)')\s*[-~]?%\}")


def _assign(command: Command, context: Context) -> Made | None:
    found = _ASSIGNMENT.fullmatch(command.raw)
    if not found:
        return None
    value = found.group(2) if found.group(2) is not None else found.group(3)
    if len(value) > 500 or "{{" in value or "{%" in value:
        return None
    context.values[found.group(1)] = value
    return Made()


_HELPERS = ("figure", "image", "img", "picture", "youtube", "vimeo", "video", "audio", "gist", "tweet")


def _include(command: Command, context: Context) -> Made | None:
    """A file of a theme that is known by its name, with what it is told."""
    if not command.positional or not (command.named or len(command.positional) > 1):
        return _contents(command, context) if command.positional and _stem(command.positional[0]) in ("toc", "table_of_contents") else None
    stem = _stem(command.positional[0])
    row = TABLE.get(stem)
    if row is None or row.make is _include:
        parts = re.sub(r"([a-z])([A-Z])", r"\1_\2", command.positional[0].rpartition("/")[2].partition(".")[0])
        stem = next((p for p in re.split(r"[-_]", parts.lower()) if p in _HELPERS), "")
        row = TABLE.get(stem)
    if row is None or row.verbatim:
        return None
    named = command.named
    for key in command.bare:
        value = named[key]
        if value in context.values:
            named = {**named, key: context.values[value]}
        elif re.fullmatch(r"[A-Za-z_][\w.]*\.[\w.]*", value) and re.match(r"(?:page|site|include|post|forloop|item)\.", value):
            return None
    return row.make(replace(command, name=stem, positional=command.positional[1:], named=named), context)


def _stem(path: str) -> str:
    return key_of(path.rpartition("/")[2].partition(".")[0])


def _stays(_: Command, __: Context) -> None:
    return None


# --- The table -----------------------------------------------------------------------------------------------------------------------

ROWS: tuple[Row, ...] = (
    Row(("figure", "fig", "img", "image", "picture", "imgproc", "asset_img", "image_with_class", "responsive_image", "lazyimg", "rawimg",
         "maincolumn", "fullwidth", "marginfigure"),
        "a figure: `src` (or the first argument) with `alt`, `caption`, `title`, `attr`, `attrlink`, `credit`, `width`", _figure),
    Row((*_SERVICES, *_OTHER_NAMES), "an embed with the address of what is meant, such as `https://www.youtube.com/watch?v=…`", _service),
    Row(("gist",), "an embed: `https://gist.github.com/user/id`", _gist),
    Row(("tweet", "twitter", "x", "twitter_simple", "x_simple"), "an embed: `https://x.com/user/status/id`", _post),
    Row(("codepen",), "an embed: `https://codepen.io/user/pen/id`", _pen),
    Row(("video", "audio", "iframe", "embed", "pdf", "oembed", "media"),
        "an embed of `src`, `url` or the first argument; with `provider`, that service", _media),
    Row(("note", "notes", "tip", "tips", "hint", "important", "warning", "warn", "attention", "danger", "error", "caution", "info",
         "notice", "callout", "admonition", "alert", "panel", "box", "message", "aside", "sidebar", "margin", "topic", "success", "example",
         "question", "todo", "bug", "failure", "abstract", "summary", "tldr", "seealso"),
        "a box; `type`, `color`, `level` … or the first argument say its kind, `title` or the rest its title", _box),
    Row(("details", "expand", "collapse", "collapsible", "spoiler", "fold", "accordion", "accordion_item", "toggle", "dropdown"),
        "a box with the title that `title`, `summary` or the arguments say", _details),
    Row(("quote", "blockquote", "epigraph"), "a quotation; `author`, `source`, `link` or the arguments say whom it is from", _quote),
    Row(("pullquote", "pull", "pull_quote"), "a pull quotation", _pull),
    Row(("highlight", "codeblock", "code", "code_block", "sourcecode", "prism", "code_cell", "mermaid", "plantuml", "chart", "dot",
         "graphviz"),
        "code, with its language; a title becomes the paragraph before", _code, verbatim=True),
    Row(("math", "katex", "latex", "equation", "mathjax"), "a formula", _math, verbatim=True),
    Row(("raw", "verbatim"), "what it holds, in which commands are no commands", _raw, verbatim=True),
    Row(("rawhtml", "raw_html", "html", "unsafe"), "the HTML that it holds", _html, verbatim=True),
    Row(("comment", "jscomment"), "nothing, with `dialect-dropped`; so do `{# … #}`, `{% # … %}` and `{/* … */}`", _comment, verbatim=True),
    Row(("/*",), "the command itself, as words: `{{</* name */>}}` shows `{{< name >}}`", _shown),
    Row(("ref", "relref", "url", "static", "asset_path", "get_url", "permalink", "doc"), "its path, as written", _address, address=_path),
    Row(("post_url", "post_path"), "the file of the post: `2020-01-01-title` is `2020-01-01-title.md`", _address, address=_post_path),
    Row(("link",), "the path of the file; with two arguments or more, a link", _link, address=_path),
    Row(("post_link", "asset_link", "button", "btn", "cta", "a"), "a link", _link),
    Row(("toc", "table_of_contents", "tableofcontents", "contents"),
        "nothing, with `dialect-dropped`: every output makes its own contents", _contents),
    Row(("more", "excerpt", "endexcerpt", "pagebreak", "newpage", "clear", "clearfix", "clear_both", "icon", "fa", "vspace"),
        "nothing, or what it holds, with `dialect-dropped`", _mark),
    Row(("hr", "divider", "rule", "line"), "a rule", _rule),
    Row(("br", "linebreak"), "a line break", _break),
    Row(("columns", "column", "col", "row", "rows", "grid", "tabs", "tabset", "tab_set", "tabpane", "tabgroup", "cards", "steps", "center",
         "centered", "left", "right", "wide", "div", "span", "section", "container", "wrapper", "lead", "gallery", "grid_item", "cell",
         "block", "content_visible"),
        "what it holds, with `dialect-dropped` for the layout", _layout),
    Row(("tab", "tab_item", "tabitem", "step", "card"), "its title as a paragraph in bold, and what it holds", _tab),
    Row(tuple(_STYLES), "the words as a key, marked, below or above the line, struck out, or in small capitals", _style),
    Row(("abbr", "abbreviation"), "an abbreviation", _short_form),
    Row(("footnote", "fn", "sidenote", "marginnote", "margin_note", "side_note"), "a note", _note),
    Row(("assign", "set"), "nothing, where the value is a quoted text: then `{{ name }}` is that text further down", _assign),
    Row(("include", "include_cached", "include_relative", "partial", "render"),
        "what a helper of that name becomes, as with `include figure.html src=…`; any other file stays as text", _include),
    Row(("if", "unless", "elsif", "elif", "elseif", "else", "case", "when", "for", "foreach", "while", "tablerow", "capture", "switch",
         "with", "range", "cycle", "break", "continue", "increment", "decrement", "macro", "import", "from",
         "extends", "filter", "call", "layout"),
        "text, as written: a decision that only its own system can take", _stays),
)
"""All commands that are known. Names are compared without case, and ``-`` is ``_``."""

TABLE: dict[str, Row] = {name: row for row in ROWS for name in row.names}
WORDS = frozenset(name for name, row in TABLE.items() if row.make in (_address, _link, _style, _short_form, _note, _break, _shown))
DECISIONS = frozenset(ROWS[-1].names)
VERBATIM = frozenset(name for name, row in TABLE.items() if row.verbatim)
