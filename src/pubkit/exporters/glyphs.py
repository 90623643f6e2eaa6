"""Drawn boxes of right-to-left text go in; what the glyphs of their fonts stand for comes out.

WeasyPrint says of each glyph what it stood for when it was first drawn. In scripts whose signs are joined from several glyphs that may
have been a part of a cluster, and every later use would be read as that part, or as nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

__all__ = ["RIGHT_TO_LEFT", "Texts"]

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_EMPTY, _UNKNOWN = 0x0FFFFFFF, 0x10000000  # Pango's PANGO_GLYPH_EMPTY and PANGO_GLYPH_UNKNOWN_FLAG


class Texts:
    """What glyphs stand for, counted over all boxes, since a file can say it of each glyph only once."""

    def __init__(self) -> None:
        self.counts: dict[Any, dict[int, Counter[str]]] = {}

    def add(self, box: Any) -> None:
        """Count the glyphs of a text box: a glyph for its whole cluster, several for a sign each where there are as many."""
        from weasyprint.text.ffi import ffi
        from weasyprint.text.fonts import get_pango_font_key

        layout = box.pango_layout
        layout.reactivate(box.style)
        text = layout.text.encode()
        run = layout.get_first_line()[0].runs[0]
        while run != ffi.NULL:
            item, shaped = run.data.item, run.data.glyphs
            clusters: dict[int, list[int]] = {}
            for i in range(shaped.num_glyphs):
                glyph = shaped.glyphs[i].glyph
                if glyph != _EMPTY and not glyph & _UNKNOWN:
                    clusters.setdefault(shaped.log_clusters[i], []).append(glyph)
            ends = dict(zip(starts := sorted(clusters), [*starts[1:], item.length], strict=True))
            counts = self.counts.setdefault(get_pango_font_key(item.analysis.font)[0], {})
            for start, glyphs in clusters.items():
                signs = text[item.offset + start : item.offset + ends[start]].decode("utf-8", "ignore")
                ordered = glyphs[::-1] if item.analysis.level % 2 else glyphs
                parts = [signs] if len(ordered) == 1 else list(signs) if len(ordered) == len(signs) else []
                for glyph, part in zip(ordered, parts, strict=False):
                    counts.setdefault(glyph, Counter())[part] += 1
            run = run.next
        layout.deactivate()

    def settle(self, fonts: dict[Any, Any]) -> None:
        """Let every counted glyph of WeasyPrint's fonts stand for what it stood for most often."""
        for key, glyphs in self.counts.items():
            for glyph, texts in glyphs.items():
                if glyph in fonts[key].to_unicode:
                    fonts[key].to_unicode[glyph] = min(texts.items(), key=lambda item: (-item[1], item[0]))[0]
