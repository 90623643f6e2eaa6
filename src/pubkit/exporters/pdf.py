"""A volume and a theme go in; one PDF comes out, archival and accessible at once, with every file that is to travel inside."""

from __future__ import annotations

from hashlib import md5
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from pubkit.diagnostics import Diagnostic, ExportError, diagnostic
from pubkit.exporters import pages, passes, press, xmp
from pubkit.exporters.base import Attachment, File, Output
from pubkit.exporters.tags import Tagger
from pubkit.exporters.xmp import Standard
from pubkit.model import Meta, Volume
from pubkit.theme import Theme

__all__ = ["STANDARDS", "Options", "export"]

MEDIA_TYPE = "application/pdf"
Name: TypeAlias = Literal["a-3a+ua-1", "a-2a+ua-1", "a-2u", "a-4f", "none"]
STANDARDS: dict[Name, Standard] = {
    "a-3a+ua-1": Standard(3, "A", 1),
    "a-2a+ua-1": Standard(2, "A", 1),
    "a-2u": Standard(2, "U"),
    "a-4f": Standard(4, "F", version="2.0"),
    "none": Standard(),
}


class Options(pages.Options, frozen=True, forbid_unknown_fields=True):
    """What may be chosen of a PDF, beside what may be chosen of its pages.

    ``standard``: what the file claims to be; "a-4f" is for files that hold others.
    ``attachments``: files to embed, in a standard that allows them.
    ``fonts``: folders of more fonts, a string as in PATH; by default those that the environment names in PUBKIT_FONTS.
    ``dpi``: the most pixels of a picture to an inch of the page; where it has more, it is scaled down.
    """

    standard: Name = "a-3a+ua-1"
    attachments: tuple[Attachment, ...] = ()
    fonts: str | tuple[str, ...] = ()
    dpi: Annotated[int, msgspec.Meta(ge=36, le=2400)] = press.DPI


def export(work: Volume, theme: Theme, options: Options = Options()) -> Output:  # noqa: B008 (frozen)
    """The PDF of a volume, named ``<slug>.pdf``.

    Raises `ExportError` if it cannot be laid out, or if it cannot be what ``options.standard`` claims.
    """
    standard, asked = STANDARDS[options.standard], options.notes
    _check(options, standard)
    theme = pages.worn(theme, options, work.meta.language)
    if options.notes == "auto" and pages.overflowing(work):
        options = replace(options, notes="end")
    document, resources = _laid_out(work, theme, options)
    if options.notes == "auto" and press.spilled(document):
        options = replace(options, notes="end")
        document, resources = _laid_out(work, theme, options)
    said = (diagnostic("export-note", "notes are too long or too many for the foot of their pages, and stand at the end"),) if (
        options.notes != asked) else ()
    finisher = _Finisher(work.meta, standard, options.attachments, Tagger(document))
    data = press.write(document, finisher, standard.version, options.dpi)
    return Output((File(f"{work.meta.slug}.pdf", MEDIA_TYPE, data),), (*said, *press.stills(resources), *finisher.found), standard.claims)


def _laid_out(work: Volume, theme: Theme, options: Options) -> tuple[Any, pages.Resources]:
    resources: pages.Resources = {}
    root = pages.markup(work, theme, options, resources)
    with passes.settling(passes.Settler(root, theme, options.moves, options.settle)):
        return press.lay_out(root, theme, resources, options.fonts, options.dpi), resources


def _check(options: Options, standard: Standard) -> None:
    """Raise `ExportError` where a file with these attachments cannot be what is claimed."""
    names = [file.name for file in options.attachments]
    if wrong := [name for name in names if not name or names.count(name) > 1]:
        raise ExportError(f"{wrong[0]!r} cannot be the name of an embedded file" if not wrong[0] else
                          f"two embedded files are called {wrong[0]!r}", hint="Give each attachment a name of its own")
    if options.attachments and not standard.holds_files:
        raise ExportError(f"{standard.claims[0]} holds no files of other kinds, and {len(options.attachments)} are to be embedded",
                          hint="Choose the standard a-3a+ua-1 or a-4f, or embed nothing")
    if standard.part == 4 and not options.attachments:
        raise ExportError("PDF/A-4f is for files that hold others, and nothing is to be embedded",
                          hint="Choose the standard a-3a+ua-1, or embed what the article was made from (--archive)")


class _Finisher:
    """Everything that WeasyPrint does not write: metadata, claims, tags, embedded files, how the file is to be shown."""

    def __init__(self, meta: Meta, standard: Standard, attachments: tuple[Attachment, ...], tagger: Tagger) -> None:
        self.meta = meta
        self.standard = standard
        self.attachments = attachments
        self.tagger = tagger
        self.found: list[Diagnostic] = []

    def __call__(self, document: Any, pdf: Any) -> None:
        self._fonts(document)
        self.tagger.finish(pdf)
        self.found += self.tagger.found
        self._metadata(pdf)
        self._shown(pdf)
        self._pictures(pdf)
        if self.attachments:
            self._embed(pdf)

    def _fonts(self, document: Any) -> None:
        """Say what the fonts lack. Raises `ExportError` for characters that not even the last resort has."""
        self.found += press.lacking(document)
        missing = {character for font in document.fonts.values() for character in font.missing}
        if missing:
            shown = ", ".join(f"U+{c:04X}" for c in sorted(missing)[:8])
            if self.standard.part:
                raise ExportError(f"no font at all has {shown}, and {self.standard.claims[0]} allows no missing glyph",
                                  hint="Take the characters out, or give a folder of fonts that have them")
            self.found.append(diagnostic("glyph-missing", f"no font at all has {shown}"))

    def _metadata(self, pdf: Any) -> None:
        import pydyf

        pdf.info.clear()
        if self.standard.part != 4:  # ISO 19005-4, 6.1.3: the dictionary is not to be there
            pdf.info.update(xmp.information(self.meta))
        old = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
        old.stream[:] = [xmp.packet(self.meta, self.standard)]
        old.compress = False  # so that programs find it without reading PDF
        pdf.catalog["Lang"] = pydyf.String(self.meta.language or "en")

    def _shown(self, pdf: Any) -> None:
        """Title in the window's bar, and the outline open."""
        import pydyf

        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        if "Outlines" in pdf.catalog:
            pdf.catalog["PageMode"] = "/UseOutlines"

    def _pictures(self, pdf: Any) -> None:
        """No picture is interpolated (ISO 19005-3, 6.2.8)."""
        for item in pdf.objects:
            extra = getattr(item, "extra", None)
            if extra and extra.get("Interpolate"):
                extra["Interpolate"] = "false"

    def _embed(self, pdf: Any) -> None:
        """Embed files and say what they are to the document (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8)."""
        import pydyf

        names, associated = pydyf.Array(), pydyf.Array()
        for file in sorted(self.attachments, key=lambda a: a.name.encode("utf-16-be")):
            parameters = pydyf.Dictionary({"Size": len(file.data)})
            parameters["CheckSum"] = f"<{md5(file.data, usedforsecurity=False).hexdigest()}>"
            modified = file.modified or self.meta.updated or self.meta.published
            if modified:
                parameters["ModDate"] = pydyf.String(xmp.pdf_date(modified))
            subtype = "/" + "".join(c if c.isalnum() or c in "-._+" else f"#{ord(c):02x}" for c in file.media_type)
            stream = pydyf.Stream([file.data], {"Type": "/EmbeddedFile", "Subtype": subtype, "Params": parameters}, compress=True)
            pdf.add_object(stream)
            held = pydyf.Dictionary({"F": stream.reference, "UF": stream.reference})
            entry = pydyf.Dictionary({"Type": "/Filespec", "F": pydyf.String(file.name), "UF": pydyf.String(file.name), "EF": held,
                                      "AFRelationship": f"/{file.relationship}"})
            if file.description:
                entry["Desc"] = pydyf.String(file.description)
            pdf.add_object(entry)
            names.extend((pydyf.String(file.name), entry.reference))
            associated.append(entry.reference)
        tree = pydyf.Dictionary({"Names": names})
        pdf.add_object(tree)
        pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = tree.reference
        pdf.catalog["AF"] = associated
