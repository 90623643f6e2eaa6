"""The faces of the library: read, parse, export and feed entries, each one straight line through the rooms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from pubkit import exporters, readers
from pubkit.diagnostics import Diagnostic, OptionError, PubkitError, ReadError
from pubkit.exporters import Output
from pubkit.exporters.entries import Site
from pubkit.metadata import complete, override, page_path
from pubkit.model import Article, Entry, Feed, Meta, Volume
from pubkit.normalize import Limits, normalize
from pubkit.publication import Publication, find
from pubkit.readers import Provenance, Read
from pubkit.theme import load as load_theme

__all__ = ["export", "feed", "feed_entry", "parse", "read", "read_bytes", "read_volume", "ready"]

MAX_BYTES = 50_000_000
FEW = 6  # authors that stand on the title page of a volume that does not name its own


def read(path: str | os.PathLike[str], kind: str | None = None, *, encoding: str = "", smart: bool | None = None,
         publication: Publication | None = None, limits: Limits | None = None, **meta: Any) -> Read:
    """The article of a file, clean and complete, with its pictures loaded from the file's own folder.

    Args:
        path: the source file.
        kind: markdown, text, json or epub; by default what the file's name says.
        encoding: the name of the file's encoding; by default UTF-8 or UTF-16, else what the file declares or its letters show.
        smart: whether straight quotes and hyphens become those of print; by default what the publication says.
        publication: what the article does not say of itself; by default that of the ``pubkit.toml`` beside the file or above it.
        limits: how large an article may be.
        meta: fields of `pubkit.model.Meta` that stand over those of the source, such as ``language="uk"``.

    Raises `ReadError` (with file, line and column), `LimitError`, `UnknownFormat`.
    """
    file = Path(path)
    name = str(path)
    kind = kind or readers.kind_of(name)
    data = _bytes(file, name, kind)
    publication = publication if publication is not None else find(file)
    return _read(data, name, kind, encoding, publication, file.parent, limits, smart, meta)


def read_bytes(data: bytes, name: str, kind: str, *, encoding: str = "", smart: bool | None = None,
               publication: Publication | None = None, limits: Limits | None = None, **meta: Any) -> Read:
    """The article of a file's bytes; nothing is read from disk, so that its pictures are missing. Arguments as for `read`."""
    return _read(data, name, kind, encoding, publication or Publication(), None, limits, smart, meta)


def _read(data: bytes, name: str, kind: str, encoding: str, publication: Publication, root: Path | None, limits: Limits | None,
          smart: bool | None, meta: dict[str, Any]) -> Read:
    raw = readers.of_bytes(data, kind, name, encoding)
    provenance = Provenance(name, kind, data, {"encoding": encoding})
    if kind == "epub":  # the article was completed before it was bound; to do it again could change it
        publication, root, smart = Publication(timezone=publication.timezone), None, False
    return _finished(raw, provenance, publication, root, {}, limits, smart, meta)


def parse(text: str, kind: str = "markdown", *, name: str = "", pictures: Mapping[str, bytes] | None = None,
          smart: bool | None = None, publication: Publication | None = None, limits: Limits | None = None, **meta: Any) -> Read:
    """The article of a text in memory; nothing is read from disk. ``pictures`` maps addresses, as the text writes them, to bytes.

    Other arguments, and what is raised, as for `read`.
    """
    raw = readers.parser(kind)(text, name)
    data = text.encode("utf-8", "surrogatepass")
    return _finished(raw, Provenance(name, kind, data), publication or Publication(), None, pictures or {}, limits, smart, meta)


def read_volume(path: str | os.PathLike[str]) -> Volume:
    """The articles of an EPUB that pubkit made with ``epub.source = true``, as they were bound. Raises `ReadError`, `LimitError`."""
    from pubkit.readers import epub

    name = str(path)
    bound = epub.volume(_bytes(Path(path), name, "epub"), name)
    about, _ = ready(Article(bound.meta), Publication(), name)
    return Volume(about.meta, tuple(ready(chapter, Publication(), name)[0] for chapter in bound.chapters))


def _bytes(file: Path, name: str, kind: str) -> bytes:
    most = readers.MAX_BOOK if kind == "epub" else MAX_BYTES
    try:
        if file.is_dir():
            raise ReadError("this is a folder, not a file", file=name, hint="pubkit.build and `pubkit build` take folders")
        if file.stat().st_size > most:
            raise ReadError(f"the file has {file.stat().st_size:,} bytes, more than {most:,}", file=name)
        return file.read_bytes()
    except OSError as error:
        raise ReadError(f"the file cannot be read: {error.strerror or error}", file=name) from error


def _finished(raw: Read, provenance: Provenance, publication: Publication, root: Path | None, pictures: Mapping[str, bytes],
              limits: Limits | None, smart: bool | None, meta: dict[str, Any]) -> Read:
    """From a reader's article to one that every exporter can take."""
    from pubkit.resolve import resolve

    name = provenance.name
    article = msgspec.structs.replace(raw.article, meta=override(raw.article.meta, meta)) if meta else raw.article
    smart = publication.smart if smart is None else smart
    given = {field: getattr(article.meta, field) for field, value in meta.items() if value is not None}
    provenance = msgspec.structs.replace(provenance, settings={
        **provenance.settings, "smart": smart, "publication": msgspec.to_builtins(publication), "meta": msgspec.to_builtins(given)})
    article, found = ready(article, publication, name, limits)
    if smart:
        from pubkit import typography

        # After the ids of headings and the slug, which do not change with the signs.
        article = typography.smart(article)
    article, resolved = resolve(article, root, pictures, name)
    return Read(article, (*raw.diagnostics, *found, *resolved), provenance, raw.guesses)


def export(work: Article | Volume | Feed, format: str, *, theme: str = "journal", publication: Publication | None = None,
           archive: Provenance | None = None, **options: Any) -> Output:
    """A work in a format: files in memory, and diagnostics.

    Args:
        work: an article (any format); a volume (pdf, epub, docx); a feed (rss, atom, jsonfeed).
        format: a name of ``pubkit formats``.
        theme: the name of a theme, or the path of one.
        publication: what the article does not say of itself.
        archive: where the article came from (`Read.provenance`), for a PDF that carries all that it is made from; of an article alone.
        options: what the format's ``Options`` knows.

    Raises `UnknownFormat`, `OptionError`, `ThemeError`, `ExportError`.
    """
    make = exporters.exporter(format)
    if archive and (format != "pdf" or not isinstance(work, Article)):
        raise OptionError(f"a {type(work).__name__.lower()} as {format} cannot be an archive",
                          hint="archive= is for the pdf of an article; every other format can be made from that PDF")
    worn = load_theme(theme)
    found: tuple[Diagnostic, ...] = worn.diagnostics
    if isinstance(work, Article):
        work, more = ready(work, publication or Publication())
        found += more
    elif isinstance(work, Volume):
        chapters = []
        for chapter in work.chapters:
            chapter, more = ready(chapter, publication or Publication())
            chapters.append(chapter)
            found += more
        bound, more = ready(Article(_about(work.meta, [chapter.meta for chapter in chapters])), publication or Publication())
        found += tuple(d for d in more if d.code != "content-missing")  # a volume has no text of its own
        work = Volume(bound.meta, tuple(chapters))
    given: Any = work
    if archive and isinstance(work, Article):
        from pubkit import preserve

        files = preserve.payload(work, worn, archive, publication=publication, options={"pdf": options})
        output = preserve.archived(work, worn, options, files)
        return msgspec.structs.replace(output, diagnostics=(*found, *output.diagnostics))
    if make.format.work == "volume" and isinstance(work, Article):
        given = Volume(work.meta, (work,))
    elif make.format.work == "feed" and isinstance(work, Article):
        from pubkit.exporters import entries

        about = publication or Publication()
        entry, more = entries.entry(work, _site(work, about), about.feeds is None or about.feeds.content == "full")
        found += more
        given = feed([entry], about)
    elif make.format.work != type(work).__name__.lower():
        raise PubkitError(f"{format} is made from {make.format.work}s, not from a {type(work).__name__.lower()}")
    output = make(given, worn, options)
    return msgspec.structs.replace(output, diagnostics=(*found, *output.diagnostics))


def _about(meta: Meta, chapters: list[Meta]) -> Meta:
    """The metadata of a volume; what it does not say is that of its articles: their language if it is one, a few authors, last dates."""
    known: dict[str, Any] = {}
    if not meta.language and len({chapter.language for chapter in chapters}) == 1:
        known["language"] = chapters[0].language
    authors = {p.name: p for chapter in chapters for p in chapter.authors if p.role == "author"}
    if not meta.authors and 0 < len(authors) <= FEW:
        known["authors"] = tuple(authors.values())
    dates = [chapter.published for chapter in chapters if chapter.published and chapter.is_dated]
    if not meta.published and dates:
        known["published"] = max(dates)
    changes = [chapter.updated for chapter in chapters if chapter.updated and chapter.is_dated]
    if not meta.updated and changes:
        known["updated"] = max(changes)
    return msgspec.structs.replace(meta, **known)


def ready(article: Article, publication: Publication, name: str = "",
          limits: Limits | None = None) -> tuple[Article, tuple[Diagnostic, ...]]:
    """An article of any origin as every exporter can take it, but for its pictures: clean, then complete. ``name`` is its source's."""
    clean, found = normalize(article, name, limits or Limits())
    whole, more = complete(clean, publication, name, name)
    return whole, (*found, *more)


def feed_entry(article: Article, *, publication: Publication | None = None) -> Entry:
    """The entry that feeds make of an article: metadata, rendered content with absolute links, content hash."""
    from pubkit.exporters import entries

    about = publication or Publication()
    whole, _ = ready(article, about)
    return entries.entry(whole, _site(whole, about), about.feeds is None or about.feeds.content == "full")[0]


def _site(article: Article, publication: Publication) -> Site:
    return Site(publication.url, page_path(article.meta, publication))


def feed(entries: list[Entry], publication: Publication | None = None) -> Feed:
    """A feed of entries, newest first."""
    from pubkit.exporters.feedparts import newest_first
    from pubkit.syndication import feed_meta

    return Feed(feed_meta(publication or Publication()), tuple(newest_first(entries)))
