"""A key as somebody wrote it comes in; the field of the metadata that it means, or the nearest one, goes out."""

from __future__ import annotations

import difflib
import re

__all__ = ["ELSEWHERE", "IMAGE_PARTS", "SERIES_PARTS", "SYNONYMS", "field_of", "is_known", "near", "plain_key"]

# The first is the field of the model; the others are read as the same, the earlier before the later.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "subtitle": ("subtitle", "deck", "dek", "subhead", "subheadline", "subheading", "standfirst"),
    "slug": ("slug",),
    "authors": ("authors", "author", "byline", "creator", "creators", "primaryauthor"),
    "language": ("language", "lang", "locale"),
    "published": ("published", "date", "pubdate", "publishdate", "publisheddate", "publishedat", "pubdatetime", "datepublished",
                  "publicationdate", "created", "createdat", "datecreated"),
    "updated": ("updated", "lastmod", "modified", "lastmodified", "lastmodifiedat", "datemodified", "updatedat", "updateddate",
                "dateupdated", "lastupdated", "lastupdate", "modifiedat", "modifieddate", "moddate", "moddatetime"),
    "id": ("id", "guid", "uuid"),
    "url": ("url", "canonicalurl", "canonical", "permalink"),
    "summary": ("summary", "description", "excerpt", "customexcerpt", "abstract", "teaser", "metadescription"),
    "tags": ("tags", "keywords", "categories", "topics", "tag"),
    "section": ("section", "category", "primarytag"),
    "series": ("series",),
    "publisher": ("publisher",),
    "rights": ("rights", "copyright"),
    "license": ("license", "licence"),
    "image": ("image", "hero", "cover", "leadimage", "featuredimage", "featureimage", "heroimage", "coverimage", "bannerimage",
              "headerimage", "banner", "images"),
    "book_cover": ("bookcover", "ebookcover", "epubcover", "epubcoverimage"),
    "enclosures": ("enclosures", "enclosure"),
    "corrections": ("corrections", "correction"),
    "draft": ("draft",),
    "source": ("source",),
}
_FIELD_OF = {name: field for field, names in SYNONYMS.items() for name in names}

# Keys of their own for what is said of the picture or the series: each with the name of the picture's key and of the part.
IMAGE_PARTS = {name + part: (name, part) for name in SYNONYMS["image"] for part in ("alt", "caption", "credit")}
SERIES_PARTS = ("seriesorder", "seriespart", "seriesposition", "seriesnumber", "seriesindex")

# What systems take for themselves. They mean nothing here, but they tell that a block is front matter and that no other key was meant.
ELSEWHERE = frozenset(
    "layout template weight path alias aliases redirectfrom redirectto outputs toc tocdepth comments math "
    "mathjax sidebar sidebarposition sidebarlabel hidetitle hidetableofcontents paginationnext paginationprev customediturl "
    "displayedsidebar nav navorder navtitle excerptseparator eleventycomputed eleventynavigation eleventyexcludefromcollections "
    "pagination expirydate linktitle iscjklanguage resources markup headless cascade build sitemap sortby paginateby insertanchorlinks "
    "render transparent insearchindex pagetemplate generatefeeds status saveas visibility codeinjectionhead codeinjectionfoot "
    "customtemplate metatitle ogimage ogtitle ogdescription twitterimage twittertitle twitterdescription format execute jupyter engine "
    "bibliography csl citation numbersections titleblockbanner dateformat filters listing freeze crossref "
    "css htmlheader baseheaderlevel latexmode latexinput quoteslanguage authorurl".split())


def plain_key(key: str) -> str:
    """A key without what makes no difference: capitals, hyphens, underscores and spaces."""
    return re.sub(r"[-_ ]", "", key.lower())


def field_of(key: str) -> str:
    """The field of the metadata that a key means; empty where it means none."""
    return _FIELD_OF.get(plain_key(key), "")


def is_known(key: str) -> bool:
    """Whether a key means something here, or is known to mean something to another system."""
    plain = plain_key(key)
    return plain in _FIELD_OF or plain in IMAGE_PARTS or plain in SERIES_PARTS or plain in ELSEWHERE


def near(key: str) -> str:
    """The name that was meant where a key looks like a slip of the pen; empty where it does not."""
    plain = plain_key(key)
    if is_known(plain) or len(plain) > 30:
        return ""
    alike = [name for name in _FIELD_OF if name[0] == plain[:1] and abs(len(name) - len(plain)) < 3]
    return next(iter(difflib.get_close_matches(plain, alike, 1, 0.8)), "")
