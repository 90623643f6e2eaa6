"""The bytes of a feed (RSS 2.0, Atom 1.0, JSON Feed 1.1) go in, every error and warning against the rules of feeds comes out.

The findings bear the names that the W3C feed validator gives them; what it holds to be mere information is left out.
JSON Feed, which it does not know, is judged by its specification, under the same names.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import email.utils
import html
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html.entities import html5, name2codepoint
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit
from xml.parsers import expat

__all__ = ["judge"]

LIMIT = 5_000_000  # the validator reads no further
ATOM = "http://www.w3.org/2005/Atom"
OLD_ATOM = "http://purl.org/atom/ns#"
XHTML = "http://www.w3.org/1999/xhtml"
SVG = "http://www.w3.org/2000/svg"
MATHML = "http://www.w3.org/1998/Math/MathML"
MRSS = "http://search.yahoo.com/mrss/"

# The namespaces that feeds are known to use, by the prefix that everybody writes for them.
SPACES = dict(
    line.split()
    for line in f"""
{ATOM} atom
{XHTML} xhtml
{SVG} svg
{MATHML} mathml
{MRSS} media
http://www.w3.org/XML/1998/namespace xml
http://purl.org/dc/elements/1.1/ dc
http://purl.org/dc/terms/ dcterms
http://purl.org/rss/1.0/modules/content/ content
http://purl.org/rss/1.0/modules/slash/ slash
http://purl.org/rss/1.0/modules/syndication/ sy
http://purl.org/syndication/history/1.0 fh
http://purl.org/syndication/thread/1.0 thr
http://purl.org/rss/1.0/modules/threading/ thr
http://backend.userland.com/creativeCommonsRssModule creativeCommons
http://web.resource.org/cc/ cc
http://wellformedweb.org/CommentAPI/ wfw
http://madskills.com/public/xml/rss/module/trackback/ trackback
http://www.w3.org/2007/app app
http://www.w3.org/1999/02/22-rdf-syntax-ns# rdf
http://www.w3.org/2000/01/rdf-schema# rdfs
http://webns.net/mvcb/ admin
http://backend.userland.com/blogChannelModule blogChannel
http://rssnamespace.org/feedburner/ext/1.0 feedburner
http://www.bloglines.com/about/specs/fac-1.0 access
http://purl.org/rss/1.0/modules/aggregation/ ag
http://purl.org/rss/1.0/modules/annotate/ annotate
http://media.tangent.org/rss/1.0/ audio
http://www.microsoft.com/schemas/rss/core/2005 cf
http://purl.org/rss/1.0/modules/company company
http://conversationsnetwork.org/rssNamespace-1.0/ conversationsNetwork
http://my.theinfo.org/changed/1.0/rss/ cp
http://purl.org/rss/1.0/modules/email/ email
http://purl.org/rss/1.0/modules/event/ ev
http://www.w3.org/2003/01/geo/wgs84_pos# geo
http://geourl.org/rss/module/ geourl
http://www.georss.org/georss georss
http://www.opengis.net/gml gml
http://postneo.com/icbm icbm
http://purl.org/rss/1.0/modules/image/ image
urn:atom-extension:indexing indexing
http://www.itunes.com/dtds/podcast-1.0.dtd itunes
http://xmlns.com/foaf/0.1/ foaf
http://purl.org/rss/1.0/modules/link/ l
http://a9.com/-/spec/opensearchrss/1.0/ opensearch10
http://a9.com/-/spec/opensearch/1.1/ opensearch
http://www.opml.org/spec2 opml
http://purl.org/rss/1.0/modules/reference/ ref
http://purl.org/rss/1.0/modules/richequiv/ reqv
http://purl.org/rss/1.0/modules/rss091# rss091
http://purl.org/rss/1.0/modules/search/ search
http://purl.org/rss/1.0/modules/servicestatus/ ss
http://hacks.benhammersley.com/rss/streaming/ str
http://purl.org/rss/1.0/modules/subscription/ sub
http://feedsync.org/2007/feedsync sx
http://purl.org/rss/1.0/modules/taxonomy/ taxo
http://purl.org/rss/1.0/modules/wiki/ wiki
http://www.usemod.com/cgi-bin/mb.pl?ModWiki wiki
http://schemas.xmlsoap.org/soap/envelope/ soap
http://my.netscape.com/rdf/simple/0.9/ rss090
http://purl.org/rss/1.0/ rss1
http://purl.org/net/rss1.1# rss11
http://base.google.com/ns/1.0 g
http://openid.net/xmlns/1.0 openid
http://earth.google.com/kml/2.0 kml20
http://earth.google.com/kml/2.1 kml21
http://www.opengis.net/kml/2.2 kml22
http://www.w3.org/1999/xlink xlink
xri://$xrd*($v*2.0) xrd
xri://$xrds xrds
""".split("\n")
    if line
)
UNSUPPORTED = {"http://schemas.google.com/g/2005", "http://www.rawvoice.com/rawvoiceRssModule/"}
# Judged element by element; the elements of every other namespace pass.
JUDGED = set("atom media dc dcterms content slash sy fh thr creativeCommons cc wfw trackback app xhtml".split())

SCHEMES = set(
    """aaa aaas acap cap cid crid data dav dict dns fax file ftp go gopher http https iax icap im imap info ipp iris ldap mailto mid
    modem msrp msrps mtqp mupdate news nfs nntp opaquelocktoken pop pres prospero rtsp service shttp sip sips snmp tag tel telnet tftp
    thismessage tip tv urn vemmi wais xmpp""".split()
)
# ISO 639-1 and what once was in it; a code of three letters is taken at its word.
LANGUAGES = set(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa
    ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks
    ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps
    pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz
    ve vi vo wa wo x xh xx yi yo za zh zu""".split()
)
RELATIONS = set(
    """alternate current describedby edit edit-media enclosure first hub last license next next-archive payment prev-archive previous
    related replies search self service up via""".split()
)
HISTORY = {"current", "first", "last", "next", "next-archive", "prev-archive", "previous"}  # RFC 5005
FEED_TYPES = {
    "rss": {"application/rss+xml", "application/xml", "text/xml"},
    "atom": {"application/atom+xml", "application/xml", "text/xml"},
    "json": {"application/feed+json", "application/json"},
}
COMMON_ENCODINGS = set(
    """utf-8 utf-16 us-ascii iso-8859-1 euc-jp iso-8859-2 iso-8859-15 iso-8859-7 koi8-r shift_jis windows-1250 windows-1251 windows-1252
    windows-1254 windows-1255 windows-1256 gb18030""".split()
)

# --- the tree of a document -------------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Node:
    """An element; `key` is its name under the prefix that everybody writes, without one if it belongs to the format itself."""

    key: str
    space: str
    name: str
    attrs: dict[str, str]
    line: int
    parent: Node | None
    declared: list[tuple[str, str]]
    children: list[Node] = field(default_factory=list)
    text: str = ""  # what stands in it, not in its children
    base: str = ""

    @property
    def value(self) -> str:
        return self.text.strip()

    def kids(self, key: str) -> list[Node]:
        return [child for child in self.children if child.key == key]

    def has(self, *keys: str) -> bool:
        return any(child.key in keys for child in self.children)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def _near(space: str) -> str:
    """A namespace that differs from a known one by its last slash or by case is meant to be that one."""
    found = re.match(r".*\w", space)
    return found.group().lower() if found else space


NEAR = {_near(space): prefix for space, prefix in SPACES.items()}


class _Reader:
    """Reads XML into nodes."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.declared: list[tuple[str, str]] = []
        self.core = {""}
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartNamespaceDeclHandler = self.declare
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def declare(self, prefix: str | None, uri: str | None) -> None:
        self.declared.append((prefix or "", uri or ""))

    def key(self, qname: str) -> str:
        space, _, name = qname.rpartition(" ")
        if not space:
            return name
        return f"{NEAR[_near(space)]}:{name}" if _near(space) in NEAR else f"{{{space}}}{name}"

    def start(self, qname: str, attrs: dict[str, str]) -> None:
        space, _, name = qname.rpartition(" ")
        if self.root is None and name in ("feed", "entry"):
            self.core = {ATOM, space}
        key = name if space in self.core else self.key(qname) if space else f"{{}}{name}"
        parent = self.open[-1] if self.open else None
        named = {self.key(attr): value for attr, value in attrs.items()}
        node = Node(key, space, name, named, self.parser.CurrentLineNumber, parent, self.declared)
        self.declared = []
        if parent is None:
            self.root = node
        else:
            parent.children.append(node)
            node.base = parent.base
        if "xml:base" in named:
            node.base = urljoin(node.base, named["xml:base"])
        self.open.append(node)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].text += text


# --- addresses --------------------------------------------------------------------------------------------------------------------------

URI_CHARS = r"0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#"
PART_CHARS = URI_CHARS[:-1]
FULL = re.compile(rf"[a-zA-Z][0-9a-zA-Z+\-.]*:[{URI_CHARS}]+\Z")
REFERENCE = re.compile(rf"(?:[a-zA-Z][0-9a-zA-Z+\-.]*:)?/{{0,2}}(?:\[[0-9A-Fa-f:]+\])?[{URI_CHARS}]*\Z")
TAG_URI = re.compile(rf"tag:(?:[a-z0-9\-._]+@)?[a-z0-9.\-]+,\d{{4}}(?:-\d\d(?:-\d\d)?)?:[{PART_CHARS}]*(?:#[{PART_CHARS}]*)?\Z")
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:(?:[a-z0-9()+,.:=@;$_!*'\-]|%[0-9a-f]{2})+\Z", re.IGNORECASE)
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
HOST = r"(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.|(?:[A-Z0-9\-]+\.)+)[A-Z0-9][-A-Z0-9]*"
WEB = re.compile(rf"https?://{HOST}(?::\d+)?(?:/|\Z)", re.IGNORECASE)
MAIL = re.compile(rf"[A-Z0-9_\-+.']+@{HOST}\Z", re.IGNORECASE)
ODD_MAIL = re.compile(r"[\w._%+-]+@[A-Za-z][\w.-]+\Z")
TOKEN = r"[^\s()<>,;:\\\"/\[\]?=]+"
MEDIA_TYPE = re.compile(rf"{TOKEN}/{TOKEN}(?:\s*;\s*{TOKEN}=(?:\"(?:\\\"|[^\"])*\"|{TOKEN}))*\Z")
PORTS = {"ftp": 21, "telnet": 23, "gopher": 70, "http": 80, "https": 443, "news": 119, "nntp": 119}
PARTS = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z", re.DOTALL)
PCHAR = "-._~!$&'()*+,;=:@"
RESERVED = ":/?#[]@!$&'()*+,;="


def _ascii(iri: str) -> str:
    """The address with its names in Punycode, unchanged if that cannot be."""
    try:
        return iri.encode("idna").decode("ascii")
    except UnicodeError:
        return iri


def _uri(value: str, *, full: bool, iri: bool = False, error: str = "InvalidLink") -> str:
    """The name of the finding against an address, or nothing."""
    if iri:
        value = _ascii(value)
    pattern = FULL if full else REFERENCE
    scheme = value.split(":")[0].lower()
    if scheme == "tag":
        return "" if TAG_URI.match(value) else "InvalidTAG"
    if scheme == "urn":
        if value.lower().startswith("urn:uuid:") and not UUID.match(value):
            return "InvalidUUID"
        return "" if URN.match(value) else "InvalidURN"
    if not pattern.match(value):
        if any(ord(char) < 128 and not re.match(f"[{URI_CHARS}]", char) for char in value):
            return "InvalidUriChar"
        return "UriNotIri" if not value.isascii() and pattern.match(_ascii(value)) else error
    if scheme in ("http", "ftp"):
        return "" if re.match(r"\w+://[^/]", value) else error
    if ":" in value and scheme.isalpha() and scheme not in SCHEMES:
        return "SchemeNotIANARegistered"
    return ""


def _normal(text: str | None, safe: str) -> str | None:
    """Escapes in the form that RFC 3986, 6.2.2 prefers; ValueError if one is broken."""
    if text is None:
        return None
    result, run = "", bytearray()

    def flush() -> str:
        plain = unquote_to_bytes(bytes(run)).decode("utf-8")
        run.clear()
        return quote(unicodedata.normalize("NFC", plain), safe)

    for part in re.split(r"(%[0-9a-fA-F]{2})", text):
        if re.match(r"%[0-9a-fA-F]{2}\Z", part):
            char = chr(int(part[1:], 16))
            if char in RESERVED and char in safe:
                result += flush() + part.upper()
            else:
                run.append(ord(char))
            continue
        if "%" in part:
            raise ValueError(part)
        for char in part:
            if char in RESERVED and char in safe:
                result += flush() + char
            else:
                run += char.encode("utf-8")
    return result + flush()


def _authority(text: str, port: int | None) -> str:
    user, _, host = text.rpartition("@")
    host = host.lower()
    given = ""
    if found := re.search(r":(\d*)\Z", host):
        host = host[: found.start()]
        given = f":{found.group(1)}" if found.group(1) and int(found.group(1)) != port else ""
    if host.endswith(".") and "." in host[:-1]:
        host = host[:-1]
    if host.startswith("[") != host.endswith("]"):
        raise ValueError(host)
    return (f"{user}@" if user not in ("", ":") else "") + host + given


def _path(text: str) -> str:
    if text.startswith("/"):
        out: list[str] = []
        steps = text.split("/")[1:]
        for number, step in enumerate(steps):
            if step == "..":
                del out[-1:]
            if step not in (".", ".."):
                out.append(step)
            elif number == len(steps) - 1:
                out.append("")
        text = "/" + "/".join(out)
    return "/".join(_normal(step, PCHAR) or "" for step in (text or "/").split("/"))


def _canonical(uri: str) -> str | None:
    """The normal form of an address (RFC 3986, 6.2), if it has one."""
    found = PARTS.match(uri)
    if not found:
        return None
    scheme, authority, path, query, fragment = found.groups()
    scheme = scheme.lower() if scheme is not None else None
    try:
        if authority is not None:
            authority = _authority(authority, PORTS.get(scheme or ""))
            path = _path(path)
        elif scheme is None and not path.startswith("/"):
            return None
        elif scheme == "mailto":
            user, at, host = path.partition("@")
            path = (_normal(user, "") or "") + at + (_normal(host.lower(), "") or "")
        elif path.startswith("/"):
            path = _path(path)
        else:
            path = _normal(path, PCHAR + "/") or ""
        query, fragment = _normal(query, PCHAR + "/?"), _normal(fragment, PCHAR + "/?")
    except ValueError:
        return None
    before = ("" if scheme is None else f"{scheme}:") + ("" if authority is None else f"//{authority}")
    return before + path + ("" if query is None else f"?{query}") + ("" if fragment is None else f"#{fragment}")


# --- dates and languages ----------------------------------------------------------------------------------------------------------------

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d*)?(?:Z|[+-]\d\d:\d\d)\Z")
W3CDTF = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d*)?)?(?:Z|[+-]\d\d:\d\d))?)?)?\Z")
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
DAY = "|".join(DAYS)
MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
ZONE = "UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT"
RFC822 = re.compile(rf"(?:(?:{DAY}), )?\d\d? (?:{MONTH}) \d{{4}} \d\d:\d\d(?::\d\d)? (?:[+-]?\d\d[03]0|{ZONE}|Z)\Z")
LOOSE_RFC822 = re.compile(
    rf"(?:(?:{DAY})\s*,\s*)?\d\d?\s+(?:{MONTH})\s+\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{{4}}|{ZONE}|[a-ik-z])?\Z", re.IGNORECASE
)


def _iso_date(value: str, pattern: re.Pattern[str], error: str) -> str:
    """The name of the finding against a date of ISO 8601, or nothing."""
    if not pattern.match(value):
        return error
    day, _, clock = value.partition("T")
    year, month, number = (*[int(part) for part in day.split("-")], 1, 1)[:3]
    hour, minute, second = (*[int(part) for part in re.findall(r"\d\d", clock[:8])], 0, 0, 0)[:3]
    try:
        date(year, month, number)
    except ValueError:
        return error
    if hour > 23 or minute > 59 or second > 60:
        return error
    tomorrow = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 24 * 3600))
    return "ImplausibleDate" if value < "1990-01-01" or value > tomorrow else ""


def _mail_date(value: str) -> str:
    """The name of the finding against a date of RFC 822, or nothing."""
    if not RFC822.match(value):
        bare, before = re.sub(r"\\.", "", value), ""
        while bare != before:
            before, bare = bare, re.sub(r"\([^(]*?\)", " ", bare)
        return "ProblematicalRFC822Date" if LOOSE_RFC822.match(bare.strip().lower()) else "InvalidRFC2822Date"
    parsed = email.utils.parsedate_tz(value)
    try:
        weekday = DAYS[date(*parsed[:3]).weekday()] if parsed else ""
        when = email.utils.mktime_tz(parsed) if parsed else 0
    except (ValueError, OverflowError):
        return "InvalidRFC2822Date"
    if parsed is None:
        return "InvalidRFC2822Date"
    if "," in value and value[:3] != weekday:
        return "IncorrectDOW"
    return "ImplausibleDate" if parsed[0] < 1990 or when > time.time() + 600 else ""


def _language(value: str) -> bool:
    primary = value.split("-", maxsplit=1)[0].lower()
    return primary in LANGUAGES or re.match(r"(?:[a-z]{3}|i)\Z", primary) is not None


# --- HTML: what it may hold -------------------------------------------------------------------------------------------------------------

# Every element of HTML that may stand in an entry.
HARMLESS = set(
    """a abbr acronym address area article aside audio b bdi big blockquote br button canvas caption center cite code col colgroup
    command data datagrid datalist dd del details dfn dialog dir div dl dt em eventsource fieldset figcaption figure font footer form h1
    h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li m main map mark menu meter nav noscript ol optgroup option
    output p picture pre progress q rp rt ruby s samp section select small source span strike strong sub summary sup table tbody td
    template textarea tfoot th thead time tr track tt u ul var video wbr""".split()
)
# HTML too, but a reader will take them out.
RISKY = set(
    """applet base basefont bdo body comment embed frame frameset head html iframe isindex link listing meta noframes object param
    plaintext script slot style title xmp""".split()
)
HARMLESS_ATTRS = set(
    """abbr accept accept-charset accesskey action align allow allowfullscreen allowpaymentrequest alt as autocapitalize autocomplete
    autofocus autoplay axis background balance bgcolor bgproperties border bordercolor bordercolordark bordercolorlight bottompadding
    cellpadding cellspacing ch challenge char charoff charset checked choff cite class clear color cols colspan compact contenteditable
    coords crossorigin data datafld datapagesize datasrc datetime decoding default delay dir dirname disabled download draggable dynsrc
    enctype end enterkeyhint face for form formenctype frame galleryimg gutter headers height hidden hidefocus high href hreflang hspace
    icon id inputmode is ismap itemid itemprop itemref itemscope itemtype keytype kind label lang leftspacing list loading longdesc loop
    loopcount loopend loopstart low lowsrc max maxlength media method min minlength multiple muted name nohref nonce noshade nowrap open
    optimum pattern ping placeholder playsinline point-size poster pqg preload prompt radiogroup readonly referrerpolicy rel repeat-max
    repeat-min replace required rev reversed rightspacing rows rowspan rules scope selected shape size sizes span spellcheck src srclang
    srcset start step summary suppress tabindex target template title toppadding translate type unselectable urn usemap valign value
    variable volume vrml vspace width wrap xml:lang xmlns""".split()
)
MATHML_NAMES = set(
    """annotation annotation-xml maction math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace
    msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics""".split()
)
MATHML_ATTRS = set(
    """actiontype align columnalign columnlines columnspacing columnspan depth display displaystyle encoding equalcolumns equalrows
    fence fontstyle fontweight frame height linethickness lspace mathbackground mathcolor mathvariant maxsize minsize other rowalign
    rowlines rowspacing rowspan rspace scriptlevel selection separator stretchy width""".split()
)
SVG_NAMES = set(
    """a animate animateColor animateMotion animateTransform circle defs desc ellipse font-face font-face-name font-face-src g glyph
    hkern line linearGradient marker metadata missing-glyph mpath path polygon polyline radialGradient rect set stop svg switch text
    title tspan use""".split()
)
SVG_ATTRS = set(
    """accent-height accumulate additive alphabetic arabic-form ascent attributeName attributeType baseProfile bbox begin by calcMode
    cap-height class color color-rendering content cx cy d descent display dur dx dy end fill fill-opacity fill-rule font-family
    font-size font-stretch font-style font-variant font-weight from fx fy g1 g2 glyph-name gradientUnits hanging height horiz-adv-x
    horiz-origin-x id ideographic k keyPoints keySplines keyTimes lang marker-end marker-mid marker-start markerHeight markerUnits
    markerWidth mathematical max min name offset opacity orient origin overline-position overline-thickness panose-1 path pathLength
    points preserveAspectRatio r refX refY repeatCount repeatDur requiredExtensions requiredFeatures restart rotate rx ry slope stemh
    stemv stop-color stop-opacity strikethrough-position strikethrough-thickness stroke stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width style systemLanguage target text-anchor to transform
    type u1 u2 underline-position underline-thickness unicode unicode-range units-per-em values version viewBox visibility width widths
    x x-height x1 x2 y y1 y2 zoomAndPan""".split()
)
HARMLESS_CSS = set(
    """azimuth background background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width
    border-collapse border-color border-left border-left-color border-left-style border-left-width border-right border-right-color
    border-right-style border-right-width border-spacing border-style border-top border-top-color border-top-style border-top-width
    border-width clear color cursor direction display elevation float font font-family font-size font-style font-variant font-weight
    height letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right margin-top overflow padding
    padding-bottom padding-left padding-right padding-top pause pause-after pause-before pitch pitch-range richness speak speak-header
    speak-numeral speak-punctuation speech-rate stress text-align text-decoration text-indent unicode-bidi vertical-align voice-family
    volume white-space width""".split()
)
CSS_WORDS = set(
    """aqua auto black block blue bold both bottom brown center collapse dashed dotted fuchsia gray green !important italic left lime
    maroon medium none navy normal nowrap olive pointer purple red right solid silver teal top transparent underline white
    yellow""".split()
)
CSS_VALUE = re.compile(r"(?:#[0-9a-f]+|rgb\(\d+%?,\d*%?,?\d*%?\)?|\d?\.?\d?\d(?:cm|em|ex|in|mm|pc|pt|px|%|,|\))?)\Z")
CSS_CHARS = re.compile(r"""(?:[:,;#%.\sa-zA-Z0-9!]|\w-\w|'[\s\w]+'|"[\s\w]+"|\([\d,\s]+\))*\Z""")
CSS_SHAPE = re.compile(r"(?:\s*[-\w]+\s*:[^:;]*(?:;|\Z))*\Z")


def _unsafe_css(style: str) -> list[str]:
    """What a reader would not trust in a style attribute."""
    if not CSS_CHARS.match(style) or not CSS_SHAPE.match(style):
        return [style]
    unsafe: list[str] = []
    for name, value in re.findall(r"([-\w]+)\s*:\s*([^:;]*)", style.lower()):
        if name not in HARMLESS_CSS:
            unsafe.append(name)
        elif name.split("-")[0] in ("background", "border", "margin", "padding"):
            unsafe += [word for word in value.split() if word not in CSS_WORDS and not CSS_VALUE.match(word)]
    return list(dict.fromkeys(unsafe))


# --- HTML: how it is written ------------------------------------------------------------------------------------------------------------


class _Malformed(Exception):
    """The first fault of a piece of HTML."""


@dataclass
class Tag:
    """A tag of a piece of HTML."""

    name: str
    attrs: dict[str, str]
    end: bool
    slash: bool  # written with a slash before the >


RAW = set("script style textarea title xmp iframe noembed noframes".split())
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=`]+))?""")
TAG_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
SPACE = re.compile(r"\s*")
COMMENT = re.compile(r"<!--(?!>|->)(?:(?!--!?>).)*-->", re.DOTALL)
REFERENCES = re.compile(r"&(#[xX][0-9a-fA-F]*;?|#[0-9]*;?|[a-zA-Z0-9]+;?|[^\s<&])")
BAD_CHARS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def _check_text(text: str) -> None:
    """Every ampersand begins a reference that exists or stands alone, and every character may be written."""
    if bad := BAD_CHARS.search(text):
        raise _Malformed(f"the character U+{ord(bad.group()):04X}")
    for found in REFERENCES.finditer(text):
        name = found.group(1)
        if name.startswith("#"):
            digits = re.match(r"#(?:[xX]([0-9a-fA-F]+)|([0-9]+));\Z", name)
            code = 0 if not digits else int(digits.group(1), 16) if digits.group(1) else int(digits.group(2))
            if not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF or BAD_CHARS.match(chr(code)):
                raise _Malformed(f"&{name} stands for no character")
        elif not name.endswith(";") or name not in html5:
            raise _Malformed(f"&{name} stands for no character")


def _tag(text: str, start: int) -> tuple[Tag, int]:
    """The tag whose name begins at `start`, and where the text goes on."""
    end = text[start - 1] == "/"
    found = TAG_NAME.match(text, start)
    if not found:
        raise _Malformed("a < that begins no tag")
    name, at, attrs = found.group().lower(), found.end(), dict[str, str]()
    while True:
        after = SPACE.match(text, at)
        spaced, at = (after is not None and after.end() > at), after.end() if after else at
        slash = text.startswith("/>", at)
        if slash or text.startswith(">", at):
            if end and (attrs or slash):
                raise _Malformed(f"</{name}> holds more than its name")
            return Tag(name, attrs, end, slash), at + (2 if slash else 1)
        one = ATTRIBUTE.match(text, at)
        if not one or not spaced:
            raise _Malformed(f"<{name}> is not written right")
        key, value = one.group(1).lower(), one.group(2) or ""
        if key in attrs:
            raise _Malformed(f"<{name}> has {key} twice")
        value = value[1:-1] if value[:1] in ("'", '"') else value
        _check_text(value)
        attrs[key] = html.unescape(value)
        at = one.end()


def _tokens(text: str) -> Iterator[Tag | str]:
    """The tags and the text between them; raises _Malformed at the first fault."""
    at = 0
    while at < len(text):
        if text[at] != "<":
            stop = text.find("<", at)
            stop = len(text) if stop < 0 else stop
            _check_text(text[at:stop])
            yield text[at:stop]
            at = stop
        elif text.startswith("<!--", at):
            comment = COMMENT.match(text, at)
            if not comment:
                raise _Malformed("a comment that is not closed")
            at = comment.end()
        elif text.startswith(("<!", "<?"), at):
            raise _Malformed(f"{text[at : at + 10]} in the middle of HTML")
        else:
            tag, at = _tag(text, at + (2 if text.startswith("</", at) else 1))
            yield tag
            if tag.name in RAW and not tag.end and not tag.slash:
                close = re.compile(rf"</{tag.name}(?=[\s/>])", re.IGNORECASE).search(text, at)
                if close is None:
                    raise _Malformed(f"<{tag.name}> is not closed")
                at = close.start()


VOID = set("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split())
CLOSES_P = set(
    """address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header
    hgroup hr li dd dt listing main menu nav ol p plaintext pre search section summary table ul xmp""".split()
)
HEADINGS = set("h1 h2 h3 h4 h5 h6".split())
FORMATTING = set("a b big code em font i nobr s small strike strong tt u".split())
SCOPE = set("applet caption html marquee object table td template th".split())
OTHER_SPECIAL = "body button colgroup head iframe noembed noframes noscript script select style tbody textarea tfoot thead title tr"
SPECIAL = (SCOPE | CLOSES_P | VOID | set(OTHER_SPECIAL.split())) - {"search"}
IMPLIED = set("dd dt li optgroup option p rb rp rt rtc".split())
MAY_STAY_OPEN = set("dd dt li p tbody td tfoot th thead tr".split())
ROWS = {"tbody", "thead", "tfoot"}
TABLE_PARTS = ROWS | {"caption", "col", "colgroup", "td", "th", "tr"}
FOREIGN = {"svg", "math"}


class _Nesting:
    """Follows the HTML standard's tree construction up to the first parse error."""

    def __init__(self) -> None:
        self.open: list[str] = []

    def fail(self, tag: Tag) -> None:
        inside = f" in <{self.open[-1]}>" if self.open else ""
        raise _Malformed(f"<{'/' if tag.end else ''}{tag.name}> does not belong{inside}")

    def in_scope(self, names: Iterable[str], bounds: set[str]) -> bool:
        wanted = set(names)
        for name in reversed(self.open):
            if name in wanted:
                return True
            if name in bounds:
                return False
        return False

    def imply(self, *but: str) -> None:
        while self.open and self.open[-1] in IMPLIED and self.open[-1] not in but:
            self.open.pop()

    def close(self, tag: Tag, names: set[str]) -> None:
        """Closes the innermost of these elements; only what needs no end tag may be open in it."""
        self.imply(*names)
        if not self.open or self.open[-1] not in names:
            self.fail(tag)
        self.open.pop()

    def mode(self) -> str:
        for name in reversed(self.open):
            if name in FOREIGN:
                return "foreign"
            if name in ("td", "th"):
                return "cell"
            if name in ROWS:
                return "rows"
            if name in ("select", "tr", "caption", "colgroup", "table"):
                return name
            if name in ("template", "object"):
                return "body"
        return "body"

    def take(self, token: Tag | str) -> None:
        if isinstance(token, str):
            if token.strip() and self.mode() in ("table", "rows", "tr", "colgroup"):
                raise _Malformed(f"text between the cells of a table: {token.strip()[:20]}")
        elif self.mode() == "foreign":
            self.foreign(token)
        else:
            if token.slash and token.name not in VOID | FOREIGN:
                raise _Malformed(f"<{token.name}/> cannot close itself")
            getattr(self, f"in_{self.mode()}")(token)

    def foreign(self, tag: Tag) -> None:
        if tag.end:
            if self.open[-1] != tag.name:
                self.fail(tag)
            self.open.pop()
        elif not tag.slash:
            self.open.append(tag.name)

    def in_body(self, tag: Tag) -> None:
        if tag.end:
            self.end_in_body(tag)
        else:
            self.start_in_body(tag)

    def start_in_body(self, tag: Tag) -> None:
        name = tag.name
        if name in TABLE_PARTS | {"html", "head", "body", "frame", "frameset", "image"}:
            self.fail(tag)
        if name in ("li", "dd", "dt"):
            self.next_item(tag)
        if name in CLOSES_P and self.in_scope({"p"}, SCOPE | {"button"}):
            self.close(tag, {"p"})
        if (
            (name in HEADINGS and self.open and self.open[-1] in HEADINGS)
            or (name == "form" and "form" in self.open)
            or (name in ("button", "nobr") and self.in_scope({name}, SCOPE))
            or (name == "a" and self.in_scope({"a"}, SCOPE - {"table", "html"}))
        ):
            self.fail(tag)
        if name in ("option", "optgroup") and self.open and self.open[-1] == "option":
            self.open.pop()
        if name in ("rb", "rp", "rt", "rtc") and self.in_scope({"ruby"}, SCOPE):
            self.imply("rtc" if name in ("rp", "rt") else "")
            if self.open[-1] not in ("ruby", "rtc"):
                self.fail(tag)
        if name not in VOID and not (name in FOREIGN and tag.slash):
            self.open.append(name)

    def next_item(self, tag: Tag) -> None:
        items = {"li"} if tag.name == "li" else {"dd", "dt"}
        for name in reversed(self.open):
            if name in items:
                self.close(tag, {name})
                return
            if name in SPECIAL - {"address", "div", "p"}:
                return

    def end_in_body(self, tag: Tag) -> None:
        name = tag.name
        if name == "p":
            if not self.in_scope({"p"}, SCOPE | {"button"}):
                self.fail(tag)
            self.close(tag, {"p"})
        elif name in HEADINGS:
            if not self.in_scope(HEADINGS, SCOPE):
                self.fail(tag)
            self.close(tag, {name})
        elif name in FORMATTING:
            if not self.open or self.open[-1] != name:
                self.fail(tag)
            self.open.pop()
        elif name in VOID or name in ("html", "body"):
            self.fail(tag)
        elif name in SPECIAL:
            self.close(tag, {name})
        else:
            while self.open and self.open[-1] in IMPLIED - SPECIAL - {name}:
                self.open.pop()
            if not self.open or self.open[-1] != name:
                self.fail(tag)
            self.open.pop()

    def in_table(self, tag: Tag) -> None:
        name = tag.name
        if tag.end:
            if name != "table":
                self.fail(tag)
            while self.open.pop() != "table":
                pass
        elif name in ROWS | {"caption", "colgroup"}:
            self.open.append(name)
        elif name == "col":
            self.open.append("colgroup")
        elif name == "tr":
            self.open += ["tbody", "tr"]
        elif name in ("style", "script", "template"):
            self.open.append(name)
        else:
            self.fail(tag)

    def in_rows(self, tag: Tag) -> None:
        name = tag.name
        if not tag.end and name == "tr":
            self.open.append("tr")
        elif tag.end and name in ROWS:
            self.close(tag, {name})
        elif (tag.end and name == "table") or (not tag.end and name in ROWS | {"caption", "col", "colgroup"}):
            self.open.pop()
            self.in_table(tag)
        elif name in ("td", "th") or tag.end:
            self.fail(tag)
        else:
            self.in_table(tag)

    def in_tr(self, tag: Tag) -> None:
        name = tag.name
        if not tag.end and name in ("td", "th"):
            self.open.append(name)
        elif tag.end and name == "tr":
            self.open.pop()
        elif (tag.end and name in ROWS | {"table"}) or (not tag.end and name in TABLE_PARTS):
            self.open.pop()
            self.in_rows(tag)
        elif tag.end:
            self.fail(tag)
        else:
            self.in_table(tag)

    def in_cell(self, tag: Tag) -> None:
        name = tag.name
        if tag.end and name in ("td", "th"):
            self.close(tag, {name})
        elif (not tag.end and name in TABLE_PARTS) or (tag.end and name in ROWS | {"table", "tr"}):
            self.close(tag, {"td", "th"})
            self.in_tr(tag)
        elif tag.end and name in TABLE_PARTS:
            self.fail(tag)
        else:
            self.in_body(tag)

    def in_caption(self, tag: Tag) -> None:
        if tag.end and tag.name == "caption":
            self.close(tag, {"caption"})
        elif (tag.end and tag.name == "table") or (not tag.end and tag.name in TABLE_PARTS):
            self.close(tag, {"caption"})
            self.in_table(tag)
        else:
            self.in_body(tag)

    def in_colgroup(self, tag: Tag) -> None:
        if tag.name == "col" and not tag.end:
            return
        self.close(tag, {"colgroup"})
        if not (tag.end and tag.name == "colgroup"):
            self.in_table(tag)

    def in_select(self, tag: Tag) -> None:
        name = tag.name
        if tag.end:
            self.close(tag, {name})
        elif name in ("option", "optgroup", "hr"):
            if self.open[-1] == "option":
                self.open.pop()
            if name != "option" and self.open[-1] == "optgroup":
                self.open.pop()
            if name != "hr":
                self.open.append(name)
        elif name in ("script", "template"):
            self.open.append(name)
        else:
            self.fail(tag)


def _html_faults(text: str) -> Iterator[tuple[str, str]]:
    """The findings against a piece of HTML, each with what it is about."""
    if "<?import " in text.lower():
        yield "SecurityRisk", "<?import>"
    tags: list[Tag] = []
    nesting = _Nesting()
    try:
        for token in _tokens(text):
            if isinstance(token, Tag):
                tags.append(token)
            nesting.take(token)
        left = [name for name in nesting.open if name not in MAY_STAY_OPEN]
        if left:
            raise _Malformed(f"<{left[-1]}> is not closed")
    except _Malformed as fault:
        yield "NotHtml", str(fault)
    for tag in tags:
        if not tag.end:
            yield from _tag_faults(tag)


def _tag_faults(tag: Tag) -> Iterator[tuple[str, str]]:
    if tag.name in RISKY:
        yield "SecurityRisk", f"<{tag.name}>"
    elif tag.name not in HARMLESS:
        yield "NotHtml", f"<{tag.name}> is not HTML"
    else:
        for name, value in tag.attrs.items():
            if name == "style":
                yield from (("DangerousStyleAttr", f"{unsafe} in <{tag.name}>") for unsafe in _unsafe_css(value))
            elif name not in HARMLESS_ATTRS and not name.startswith("data-"):
                yield "SecurityRiskAttr", f"{name} of <{tag.name}>"


def _relative(text: str) -> Iterator[tuple[str, str]]:
    """The findings against references in HTML that only an address outside of it would resolve."""
    for found in re.finditer(r"<([a-zA-Z]\w*)\b((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>", text):
        for key, value in ATTRIBUTE.findall(found.group(2)):
            links = [html.unescape(value.strip("\"'")).strip()]
            if key.lower() == "srcset":
                links = [link.split()[0] for link in re.split(r",\s+", links[0]) if link.split()]
            elif key.lower() not in ("href", "src", "poster"):
                continue
            for link in links:
                if not re.match(r"\w+:", link):
                    wrong = any(ord(char) < 128 and not re.match(f"[{URI_CHARS}]", char) for char in link)
                    yield "InvalidUriChar" if wrong else "ContainsRelRef", link


# --- what stands where ------------------------------------------------------------------------------------------------------------------

Check = Callable[["_Judge", Node], None]


@dataclass(frozen=True)
class Rule:
    """What an element must be: its checks, the finding when there is a second one, its attributes, and what may stand in it."""

    checks: tuple[Check, ...] = ()
    twice: str = ""
    attrs: frozenset[str] = frozenset()
    inside: str = "text"  # text alone, nothing, anything, or the name of a place


def _once(*checks: Check, attrs: str = "", inside: str = "text", twice: str = "DuplicateElement") -> Rule:
    return Rule(checks, twice, frozenset(attrs.split()), inside)


def _many(*checks: Check, attrs: str = "", inside: str = "text") -> Rule:
    return Rule(checks, "", frozenset(attrs.split()), inside)


def _finding(name: str) -> Check:
    return lambda judge, node: judge.add(name, node)


def _plain(judge: _Judge, node: Node) -> None:
    judge.plain(node, node.value)


def _filled(judge: _Judge, node: Node) -> None:
    if not node.value:
        judge.add("NotBlank", node)


def _tight(judge: _Judge, node: Node) -> None:
    if node.text != node.value:
        judge.add("UnexpectedWhitespace", node)


def _full_uri(judge: _Judge, node: Node) -> None:
    judge.add(_uri(node.value, full=True, error="InvalidFullLink"), node, node.value)


def _uri_reference(judge: _Judge, node: Node) -> None:
    judge.add(_uri(node.value, full=False), node, node.value)


def _iri_reference(judge: _Judge, node: Node) -> None:
    judge.add(_uri(node.value, full=False, iri=True, error="InvalidIRI"), node, node.value)


def _atom_id(judge: _Judge, node: Node) -> None:
    fault = _uri(node.value, full=True, error="InvalidFullLink")
    judge.add(fault, node, node.value)
    if not fault and _canonical(node.value) != node.text:
        judge.add("NonCanonicalURI", node, f"{node.text} is {_canonical(node.value)}")


def _rfc3339(judge: _Judge, node: Node) -> None:
    judge.add(_iso_date(node.value, RFC3339, "InvalidRFC3339Date"), node, node.value)


def _w3cdtf(judge: _Judge, node: Node) -> None:
    judge.add(_iso_date(node.value, W3CDTF, "InvalidW3CDTFDate"), node, node.value)


def _rfc822(judge: _Judge, node: Node) -> None:
    judge.add(_mail_date(node.value), node, node.value)


def _lang(judge: _Judge, node: Node) -> None:
    if not _language(node.value):
        judge.add("InvalidLanguage", node, node.value)


def _natural(judge: _Judge, node: Node) -> None:
    judge.number(node, node.value, 0, "InvalidNonNegativeInteger")


def _positive(judge: _Judge, node: Node) -> None:
    judge.number(node, node.value, 1, "InvalidPositiveInteger")


def _one_of(words: str, fault: str) -> Check:
    def check(judge: _Judge, node: Node) -> None:
        if node.value not in words.split():
            judge.add(fault, node, node.value)

    return check


def _safe_html(judge: _Judge, node: Node) -> None:
    if judge.version == "0.91" and node.key == "description":
        judge.plain(node, node.value)
        return
    judge.html(node, node.value)
    for fault, what in _relative(node.value):
        judge.add(fault, node, what)


def _mail_with_name(judge: _Judge, node: Node) -> None:
    value = node.value.removeprefix("mailto:")
    if value.find("@") > 0 and not value.endswith(")"):
        judge.add("EmailFormat" if " " in value else "MissingRealName", node, value)
        return
    judge.plain(node, value)
    judge.mail(node, value, "InvalidContact")


def _mail(judge: _Judge, node: Node) -> None:
    judge.mail(node, node.value, "InvalidAddrSpec")


def _no_mail(judge: _Judge, node: Node) -> None:
    if re.search(f"<{MAIL.pattern[:-2]}>", node.value, re.IGNORECASE):
        judge.add("ContainsEmail", node, node.value)


def _guid(judge: _Judge, node: Node) -> None:
    permanent = node.attrs.get("isPermaLink", "true")
    if permanent not in ("true", "false"):
        judge.add("InvalidBooleanAttribute", node, permanent)
    if permanent == "true":
        fault = _uri(node.value, full=True, error="InvalidHttpGUID")
        if not fault and node.value.lower().startswith(("tag:", "urn:uuid:")):
            fault = "InvalidPermalink"
        judge.add(fault, node, node.value)
    elif len(node.value) < 9 and node.value.isdigit():
        judge.add("NotSufficientlyUnique", node, node.value)


def _enclosure(judge: _Judge, node: Node) -> None:
    attrs = node.attrs
    judge.required(node, "url", "length", "type")
    if "length" in attrs:
        if not re.match(r"\s*[+-]?\d+\s*\Z", attrs["length"]):
            judge.add("InvalidIntegerAttribute", node, attrs["length"])
        elif int(attrs["length"]) < 0:
            judge.add("UseZeroForUnknown" if int(attrs["length"]) == -1 else "InvalidNonNegativeInteger", node, attrs["length"])
    if "type" in attrs and not MEDIA_TYPE.match(attrs["type"]):
        judge.add("InvalidMIMEAttribute", node, attrs["type"])
    if "url" in attrs and not (WEB.match(attrs["url"]) and FULL.match(attrs["url"])):
        judge.add("InvalidURLAttribute", node, attrs["url"])


def _rss_source(judge: _Judge, node: Node) -> None:
    judge.required(node, "url")
    judge.full_attr(node, "url")
    judge.plain(node, node.value)


def _cloud(judge: _Judge, node: Node) -> None:
    judge.required(node, "domain", "port", "path", "registerProcedure", "protocol")
    if "port" in node.attrs:
        judge.number(node, node.attrs["port"], 1, "InvalidIntegerAttribute")


def _image_title(judge: _Judge, node: Node) -> None:
    _filled(judge, node)
    _plain(judge, node)
    if node.parent and (title := judge.said_before(node.parent, "title")) and title.value not in ("", node.value):
        judge.add("ImageTitleDoesntMatch", node, node.value)


def _image_link(judge: _Judge, node: Node) -> None:
    _full_uri(judge, node)
    if node.parent and (link := judge.said_before(node.parent, "link")) and link.value not in ("", node.value):
        judge.add("ImageLinkDoesntMatch", node, node.value)


def _image_url(judge: _Judge, node: Node) -> None:
    _full_uri(judge, node)
    ending = node.value.rsplit(".", 1)[-1].lower()
    if re.match(r"\w+\Z", ending) and ending not in ("jpg", "jpeg", "gif", "png"):
        judge.add("ImageUrlFormat", node, node.value)


def _at_most(limit: int, fault: str) -> Check:
    def check(judge: _Judge, node: Node) -> None:
        if not re.match(r"[+-]?\d+\Z", node.value) or not 0 < int(node.value) <= limit:
            judge.add(fault, node, node.value)

    return check


def _image(judge: _Judge, node: Node) -> None:
    judge.needs(node, title="MissingTitle", url="MissingElement", link="MissingLink")


def _text_input(judge: _Judge, node: Node) -> None:
    judge.add("AvoidTextInput", node)
    judge.needs(node, title="MissingTitle", link="MissingLink", description="MissingDescription", name="MissingElement")


def _skip_hours(judge: _Judge, node: Node) -> None:
    hours = [hour.value for hour in node.kids("hour")]
    if not hours:
        judge.add("MissingElement", node, "hour")
    if len(node.children) > 24:
        judge.add("NotEnoughHoursInTheDay", node)
    seen: set[int] = set()
    for hour in hours:
        if hour == "24":
            judge.add("UseZeroForMidnight", node)
        elif not re.match(r"\d+\Z", hour) or int(hour) > 23:
            judge.add("InvalidHour", node, hour)
            continue
        if int(hour) % 24 in seen:
            judge.add("DuplicateValue", node, hour)
        seen.add(int(hour) % 24)


def _skip_days(judge: _Judge, node: Node) -> None:
    days = [day.value for day in node.kids("day")]
    if not days:
        judge.add("MissingElement", node, "day")
    if len(node.children) > 7:
        judge.add("EightDaysAWeek", node)
    for number, day in enumerate(days):
        if day not in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
            judge.add("InvalidDay", node, day)
        elif day in days[:number]:
            judge.add("DuplicateValue", node, day)


def _person(judge: _Judge, node: Node) -> None:
    if not node.has("name", "atom:name"):
        judge.add("MissingElement", node, "name")


def _generator(judge: _Judge, node: Node) -> None:
    if "uri" in node.attrs:
        judge.add(_uri(node.attrs["uri"], full=False, error="InvalidURIAttribute"), node, node.attrs["uri"])
    _plain(judge, node)
    _filled(judge, node)


def _category(judge: _Judge, node: Node) -> None:
    judge.required(node, "term")
    if not node.attrs.get("term", "x").strip():
        judge.add("NotBlank", node, "term")
    judge.full_attr(node, "scheme")
    if "label" in node.attrs:
        judge.plain(node, node.attrs["label"])


def _link(judge: _Judge, node: Node) -> None:
    judge.link(node)


def _text_construct(judge: _Judge, node: Node) -> None:
    judge.construct(node, content=False)


def _content(judge: _Judge, node: Node) -> None:
    judge.construct(node, content=True)


def _in_reply_to(judge: _Judge, node: Node) -> None:
    for name in ("href", "source", "ref"):
        if name in node.attrs:
            full = name == "ref"
            judge.add(_uri(node.attrs[name], full=full, iri=not full, error="InvalidFullLink" if full else "InvalidIRI"), node, name)
    if not MEDIA_TYPE.match(node.attrs.get("type", "a/b")):
        judge.add("InvalidMIMEType", node, node.attrs["type"])


def _media_text(judge: _Judge, node: Node) -> None:
    kind = node.attrs.get("type", "")
    if kind not in ("", "plain", "html"):
        judge.add("InvalidMediaTextType", node, kind)
    for name in ("start", "end"):
        judge.npt(node, name)
    judge.lang_attr(node, "lang")
    if kind == "html":
        judge.html(node, node.value)
    else:
        judge.plain(node, node.value, "ContainsUndeclaredHTML")


def _media_url(judge: _Judge, node: Node) -> None:
    judge.required(node, "url", blank=False)
    judge.full_attr(node, "url")
    judge.npt(node, "time")
    for name in ("width", "height"):
        if node.attrs.get(name):
            judge.number(node, node.attrs[name], 1, "InvalidPositiveInteger")


def _media_category(judge: _Judge, node: Node) -> None:
    judge.full_attr(node, "scheme")
    judge.plain(node, node.attrs.get("label", ""))
    judge.plain(node, node.value)


def _media_copyright(judge: _Judge, node: Node) -> None:
    judge.full_attr(node, "url")
    judge.plain(node, node.value)


# The roles that the European Broadcasting Union has codes for.
EBU_ROLES = set(
    """actor|adaptor|anchor person|animal trainer|animator|announcer|armourer|art director|artist|artist/performer|assistant camera|
    assistant chief lighting technician|assistant director|assistant producer|assistant visual editor|author|broadcast assistant|broadcast
    journalist|camera operator|carpenter|casting|causeur|chief lighting technician|choir|choreographer|clapper loader|commentary or
    commentator|commissioning broadcaster|composer|computer programmer|conductor|consultant|continuity checker|correspondent|costume
    designer|dancer|dialogue coach|director|director of photography|distribution company|draughtsman|dresser|dubber|editor|editor/producer|
    ensemble|executive producer|expert|fight director|floor manager|focus puller|foley artist|foley editor|foley mixer|graphic assistant|
    graphic designer|greensman|grip|hairdresser|illustrator|interviewed guest|interviewer|key character|key grip|key talents|leadman|
    librettist|lighting director|lighting technician|location manager|lyricist|make up artist|manufacturer|matte artist|music arranger|music
    group|musician|news reader|orchestra|participant|performer|photographer|post|producer|production assistant|production company|production
    department|production manager|production secretary|programme production researcher|programme proposal|property manager|publishing
    company|puppeteer|pyrotechnician|reporter|rigger|runner|scenario|scenic operative|script supervisor|second assistant camera|second
    assistant director|second unit director|set designer|set dresser|sign language|singer|sound designer|sound mixer|sound recordist|special
    effects|stunts|subtitles|technical director|term|translation|transportation manager|treatment|treatment proposal|treatment/programme
    proposal|vision mixer|visual editor|visual effects|wardrobe|witness""".replace("\n    ", " ").replace("| ", "|").split("|")
)


def _media_credit(judge: _Judge, node: Node) -> None:
    scheme, role = node.attrs.get("scheme") or "urn:ebu", node.attrs.get("role") or ""
    if role != role.lower() or (role and scheme == "urn:ebu" and role not in EBU_ROLES):
        judge.add("InvalidCreditRole", node, role)
    judge.full_attr(node, "scheme")


def _media_hash(judge: _Judge, node: Node) -> None:
    algorithm = node.attrs.get("algo") or "md5"
    length = {"md5": 32, "sha-1": 40}.get(algorithm, 0)
    if not re.match(r"[0-9A-Za-z]+\Z", node.value) or len(node.value) != length:
        judge.add("InvalidMediaHash", node, f"{algorithm} {node.value}")


RATINGS = {
    "urn:simple": r"adult|nonadult",
    "urn:mpaa": r"g|m|nc-17|pg|pg-13|r|x",
    "urn:v-chip": r"14\+|18\+|c|c8|g|pg|tv-(14|g|ma|pg|y|y7|y7-fv)",
    "urn:icra": r"r \((?:{code})(?: (?:{code}))*\)".format(
        code=r"[nsvlocx]z [01]|(?:n[a-c]|s[a-f]|v[a-j]|l[a-c]|o[a-h]|c[ab]|x[a-e]) 1"
    ),
}


def _media_rating(judge: _Judge, node: Node) -> None:
    scheme = node.attrs.get("scheme") or "urn:simple"
    if scheme not in RATINGS:
        judge.full_attr(node, "scheme")
    elif not re.fullmatch(RATINGS[scheme], node.value):
        judge.add("InvalidMediaRating", node, node.value)


def _media_restriction(judge: _Judge, node: Node) -> None:
    judge.required(node, "relationship", blank=False)
    if node.attrs.get("relationship", "allow") not in ("allow", "deny"):
        judge.add("InvalidMediaRestrictionRel", node, node.attrs["relationship"])
    kind = node.attrs.get("type", "")
    if not kind:
        if node.value not in ("", "all", "none"):
            judge.add("InvalidMediaRestriction", node, node.value)
    elif kind == "country":
        if any(not re.match(r"[A-Za-z]{2}\Z", country) for country in node.value.split(" ")):
            judge.add("InvalidCountryCode", node, node.value)
    elif kind == "uri":
        _full_uri(judge, node)
    else:
        judge.add("InvalidMediaRestrictionType", node, kind)


def _media_content(judge: _Judge, node: Node) -> None:
    attrs = node.attrs
    for name in ("bitrate", "duration", "framerate", "samplingrate"):
        if attrs.get(name) and not re.match(r"\d", attrs[name]):
            judge.add("InvalidFloat", node, f"{name} {attrs[name]}")
    for name, least in (("channels", 0), ("fileSize", 1), ("height", 1), ("width", 1)):
        if attrs.get(name):
            judge.number(node, attrs[name], least, "InvalidPositiveInteger" if least else "InvalidNonNegativeInteger")
    for name, words, fault in (
        ("expression", "sample full nonstop", "InvalidMediaExpression"),
        ("medium", "image audio video document executable", "InvalidMediaMedium"),
    ):
        if attrs.get(name) and attrs[name] not in words.split():
            judge.add(fault, node, attrs[name])
    if attrs.get("isDefault", "true").lower() not in ("true", "false"):
        judge.add("InvalidTrueFalse", node, attrs["isDefault"])
    if attrs.get("type") and not MEDIA_TYPE.match(attrs["type"]):
        judge.add("InvalidMIMEAttribute", node, attrs["type"])
    judge.lang_attr(node, "lang")
    judge.full_attr(node, "url")


def _media_group(judge: _Judge, node: Node) -> None:
    if len(node.kids("media:content")) < 2:
        judge.add("MediaGroupWithoutAlternatives", node)


def _hit_parade(judge: _Judge, node: Node) -> None:
    if not re.match(r"\d+(?:,\s*\d+)*\Z", node.value):
        judge.add("InvalidCommaSeparatedIntegers", node, node.value)


def _content_before_description(judge: _Judge, node: Node) -> None:
    if judge.kind == "rss" and not judge.said_before(node, "description"):
        judge.add("NeedDescriptionBeforeContent", node)


def _body(judge: _Judge, node: Node) -> None:
    if judge.kind == "rss":
        judge.add("DuplicateDescriptionSemantics", node)
    judge.xhtml(node)


TEXT = _many()
TEXT_ONCE = _once()
ANYTHING = _many(attrs="*", inside="anything")
PERSON = _many(_person, inside="person", attrs="rdf:parseType")
FULL_ONCE = _once(_full_uri)
DUBLIN = {
    **{f"dc:{name}": TEXT for name in "publisher contributor identifier relation coverage".split()},
    **{f"dc:{name}": TEXT_ONCE for name in "title description type format source".split()},
    "dc:language": _once(_lang),
    "dc:rights": _once(_plain),
    **{f"dcterms:{name}": TEXT for name in "alternative audience".split()},
    **{f"dcterms:{name}": TEXT_ONCE for name in "abstract dateAccepted dateCopyrighted dateSubmitted mediator".split()},
    **{f"dcterms:{name}": _once(_w3cdtf) for name in "created issued modified".split()},
    **{
        f"dcterms:{name}": ANYTHING
        for name in """accessRights accrualMethod accrualPeriodicity accrualPolicy available bibliographicCitation conformsTo educationLevel
        hasFormat hasPart hasVersion instructionalMethod isFormatOf isPartOf isReferencedBy isReplacedBy isRequiredBy isVersionOf license
        provenance references replaces requires rightsHolder spatial tableOfContents temporal valid""".split()
    },
    "dcterms:extent": _once(_positive, _filled),
}
MEDIA = {
    "media:adult": _once(_finding("DeprecatedMediaAdult")),
    "media:category": _many(_media_category, attrs="label scheme"),
    "media:copyright": _once(_media_copyright, attrs="url"),
    "media:credit": _many(_media_credit, attrs="role scheme"),
    "media:description": _once(_media_text, attrs="type"),
    "media:hash": _many(_media_hash, attrs="algo"),
    "media:keywords": TEXT,
    "media:player": _many(_media_url, attrs="height url width", inside="nothing"),
    "media:rating": _many(_media_rating, attrs="scheme"),
    "media:restriction": _many(_media_restriction, attrs="relationship type"),
    "media:text": _many(_media_text, attrs="end lang start type"),
    "media:thumbnail": _many(_media_url, attrs="height time url width"),
    "media:title": _once(_media_text, attrs="type"),
}
MEDIA_CONTENT = _many(
    _media_content,
    attrs="bitrate channels duration expression fileSize framerate height isDefault lang medium samplingrate type url width",
    inside="media:content",
)
LINK = _many(_link, attrs="type title rel href length hreflang rdf:type rdf:resource thr:count thr:when thr:updated", inside="anything")
CONSTRUCT = _once(_text_construct, attrs="type src", inside="anything")
CHANNEL_MODULES = {
    **DUBLIN,
    **MEDIA,
    "dc:creator": TEXT,
    "dc:subject": TEXT,
    "dc:date": _once(_w3cdtf),
    "cc:license": ANYTHING,
    "creativeCommons:license": _many(_full_uri),
    "sy:updatePeriod": _once(_one_of("hourly daily weekly monthly yearly", "InvalidUpdatePeriod")),
    "sy:updateFrequency": _once(_positive, _filled),
    "sy:updateBase": _once(_w3cdtf),
    "fh:archive": _many(inside="nothing"),
    "fh:complete": _many(inside="nothing"),
    "thr:in-reply-to": _many(_in_reply_to, attrs="href ref source type"),
    "xhtml:div": ANYTHING,
    "xhtml:meta": ANYTHING,
}
ITEM_MODULES = {
    **DUBLIN,
    **MEDIA,
    "media:group": _many(_media_group, inside="media:group"),
    "media:content": MEDIA_CONTENT,
    "dc:creator": TEXT,
    "dc:subject": TEXT,
    "dc:date": _many(_w3cdtf),
    "cc:license": ANYTHING,
    "creativeCommons:license": _many(_full_uri),
    "slash:comments": _once(_natural),
    "slash:section": TEXT,
    "slash:department": TEXT,
    "slash:hit_parade": _once(_hit_parade),
    "thr:total": _once(_natural),
    "thr:in-reply-to": _many(_in_reply_to, attrs="href ref source type"),
    "wfw:comment": FULL_ONCE,
    "wfw:commentRss": FULL_ONCE,
    "wfw:commentRSS": _once(_finding("CommentRSS"), _full_uri),
    "trackback:ping": FULL_ONCE,
    "trackback:about": _many(_full_uri),
}
FEED = {
    **CHANNEL_MODULES,
    "author": PERSON,
    "contributor": PERSON,
    "category": _many(_category, attrs="term scheme label", inside="nothing"),
    "generator": _once(_generator, attrs="uri version"),
    "id": _once(_atom_id, _tight),
    "icon": _once(_filled, _tight, _uri_reference),
    "logo": _once(_filled, _tight, _uri_reference),
    "link": LINK,
    "title": CONSTRUCT,
    "subtitle": CONSTRUCT,
    "rights": CONSTRUCT,
    "updated": _once(_rfc3339, _tight),
    "app:collection": _once(attrs="*", inside="anything"),
}
PLACES: dict[str, dict[str, Rule]] = {
    "root": {
        "rss": _many(inside="rss", attrs="version"),
        "feed": _many(inside="feed", attrs="indexing:index"),
        "entry": _many(inside="entry", attrs="rdf:parseType"),
    },
    "rss": {"channel": _once(inside="channel", attrs="indexing:index")},
    "channel": {
        **CHANNEL_MODULES,
        "title": _once(_plain, _filled),
        "link": FULL_ONCE,
        "description": _once(_plain),
        "item": _many(inside="item"),
        "image": _once(_image, inside="image"),
        "textInput": _once(_text_input, inside="textInput"),
        "blink": _once(_finding("NoBlink")),
        "category": _many(_plain, attrs="domain"),
        "cloud": _once(_cloud, attrs="domain path registerProcedure protocol port", inside="nothing"),
        "rating": TEXT,
        "ttl": _once(_positive, _filled),
        "docs": FULL_ONCE,
        "generator": TEXT_ONCE,
        "pubDate": _once(_rfc822),
        "lastBuildDate": _once(_rfc822),
        "managingEditor": _once(_mail_with_name),
        "webMaster": _once(_mail_with_name),
        "language": _once(_lang),
        "copyright": _once(_plain),
        "skipHours": _once(_skip_hours, inside="skipHours"),
        "skipDays": _once(_skip_days, inside="skipDays"),
        "atom:author": PERSON,
        "atom:contributor": PERSON,
        "atom:category": FEED["category"],
        "atom:generator": FEED["generator"],
        "atom:id": FULL_ONCE,
        "atom:icon": _once(_filled, _uri_reference),
        "atom:logo": _once(_filled, _uri_reference),
        "atom:link": LINK,
        "atom:title": CONSTRUCT,
        "atom:subtitle": CONSTRUCT,
        "atom:rights": CONSTRUCT,
        "atom:updated": _once(_rfc3339),
    },
    "item": {
        **ITEM_MODULES,
        "title": _once(_plain, _filled),
        "link": FULL_ONCE,
        "description": _once(_safe_html),
        "content:encoded": _once(_content_before_description, _safe_html),
        "content:items": ANYTHING,
        "comments": FULL_ONCE,
        "enclosure": _once(_enclosure, attrs="url length type", inside="nothing", twice="DuplicateEnclosure"),
        "pubDate": _once(_rfc822),
        "author": _once(_mail_with_name),
        "category": _many(_plain, _filled, attrs="domain"),
        "guid": _once(_guid, _filled, attrs="isPermaLink"),
        "source": _once(_rss_source, attrs="url"),
        "xhtml:body": _many(_body, attrs="*", inside="anything"),
        "atom:id": _once(_full_uri, _filled),
        "atom:link": LINK,
        "atom:title": _once(_content, attrs="type src", inside="anything"),
        "atom:summary": CONSTRUCT,
        "atom:author": _once(_person, inside="person", attrs="rdf:parseType"),
        "atom:contributor": PERSON,
        "atom:content": _many(_content, attrs="type src", inside="anything"),
        "atom:published": _once(_rfc3339),
        "atom:updated": _once(_rfc3339),
    },
    "image": {
        **DUBLIN,
        "dc:creator": TEXT,
        "dc:subject": TEXT,
        "dc:date": _once(_w3cdtf),
        "title": _once(_image_title),
        "link": _once(_image_link),
        "url": _once(_image_url),
        "width": _once(_at_most(144, "InvalidWidth")),
        "height": _once(_at_most(400, "InvalidHeight")),
        "description": _once(_plain),
    },
    "textInput": {"title": _once(_plain), "description": TEXT_ONCE, "name": TEXT_ONCE, "link": FULL_ONCE, **DUBLIN},
    "skipHours": {"hour": TEXT},
    "skipDays": {"day": TEXT},
    "feed": {**FEED, "entry": _many(inside="entry", attrs="rdf:parseType")},
    "source": FEED,
    "entry": {
        **ITEM_MODULES,
        "author": PERSON,
        "contributor": PERSON,
        "category": FEED["category"],
        "content": _once(_content, attrs="type src", inside="anything"),
        "id": _once(_atom_id, _tight, _filled),
        "link": LINK,
        "published": _once(_rfc3339, _tight),
        "source": _once(inside="source", attrs="indexing:index"),
        "rights": CONSTRUCT,
        "summary": CONSTRUCT,
        "title": CONSTRUCT,
        "updated": _once(_rfc3339, _tight, _filled),
        "dc:date": _once(_w3cdtf),
        "app:edited": _once(_rfc3339, _tight),
        "app:control": _once(attrs="*", inside="anything"),
    },
    "person": {
        prefix + key: rule
        for prefix in ("", "atom:")
        for key, rule in {
            "name": _once(_plain, _no_mail, _filled),
            "email": _once(_mail),
            "uri": _once(_filled, _iri_reference, _tight),
        }.items()
    },
    "media:group": {**MEDIA, "media:content": MEDIA_CONTENT},
    "media:content": {**MEDIA, **DUBLIN},
    "nothing": {},
    "text": {},
}
# What is the same said twice: the format's own element, the module's, and whether only the one order is a fault.
SAME_IN_CHANNEL = """managingEditor dc:creator|pubDate dc:date|generator admin:generatorAgent|webMaster dc:publisher|language dc:language|
copyright dc:rights|lastBuildDate dcterms:modified|cc:license creativeCommons:license|category > dc:subject""".replace("\n", "")
SAME_IN_ITEM = """guid atom:id|pubDate dc:date|author dc:creator|category dc:subject|source dc:source|cc:license creativeCommons:license|
atom:published > pubDate""".replace("\n", "")
FEED_METADATA = set("author category contributor generator id icon link logo title subtitle rights updated".split())
CHANNEL_METADATA = set(
    """image textInput link title description atom:link category cloud ttl docs generator pubDate managingEditor webMaster language
    copyright lastBuildDate skipHours skipDays""".split()
)
ATOM_NAMES = FEED_METADATA | {"content", "published", "summary"}


# --- the judge --------------------------------------------------------------------------------------------------------------------------


class _Judge:
    """Walks a tree and keeps what it finds."""

    def __init__(self, text: str, url: str) -> None:
        self.url = url
        self.kind = ""
        self.version = ""
        self.found: list[str] = []
        # A line that writes its markup as &#x3C; says that it means it (RSS profile, character data).
        self.escaped = ["&#x" in line for line in text.split("\n")]

    def add(self, name: str, node: Node, about: str = "") -> None:
        if name:
            parent = f" in {node.parent.key}" if node.parent else ""
            self.found.append(f"{name}: line {node.line}, {node.key}{parent}" + (f": {about[:120]}" if about else ""))

    # --- helpers of the rules

    def plain(self, node: Node, value: str, fault: str = "ContainsHTML") -> None:
        """Nothing in it that a reader would take for markup."""
        if any(name.lower() in HARMLESS | RISKY for name in re.findall(r"</(\w+)>", value)):
            self.add(fault, node, value)
        elif names := re.findall(r"&(#?\w+)", value):
            known = [name for name in names if name in name2codepoint or name == "apos" or not name.isalpha()]
            if known and not self.is_escaped(node):
                self.add(fault, node, f"&{known[0]};")
        elif self.version.startswith("2.") and re.search(r"&#[x0-9]|<[/a-zA-Z]", value) and not self.is_escaped(node):
            self.add("CharacterData", node, value)

    def is_escaped(self, node: Node) -> bool:
        return any(self.escaped[node.line - 1 : node.line])

    def html(self, node: Node, value: str) -> None:
        for fault, what in _html_faults(value):
            self.add(fault, node, what)

    def number(self, node: Node, value: str, least: int, fault: str) -> None:
        if not re.match(r"\s*[+-]?\d+\s*\Z", value) or int(value) < least:
            self.add(fault, node, value)

    def mail(self, node: Node, value: str, fault: str) -> None:
        pairs = email.utils.getaddresses([value])
        address = pairs[0][1] if fault == "InvalidContact" and len(pairs) == 1 and pairs[0][1] else value
        if not MAIL.match(address):
            self.add("UnknownHost" if ODD_MAIL.match(address) else fault, node, value)

    def required(self, node: Node, *names: str, blank: bool = True) -> None:
        for name in names:
            if name not in node.attrs or not (blank or node.attrs[name]):
                self.add("MissingAttribute", node, name)

    def needs(self, node: Node, **faults: str) -> None:
        for key, fault in faults.items():
            if not node.has(key):
                self.add(fault, node, key)

    def full_attr(self, node: Node, name: str) -> None:
        if node.attrs.get(name):
            self.add(_uri(node.attrs[name], full=True, error="InvalidFullLink"), node, node.attrs[name])

    def lang_attr(self, node: Node, name: str) -> None:
        if node.attrs.get(name) and not _language(node.attrs[name]):
            self.add("InvalidLanguage", node, node.attrs[name])

    def npt(self, node: Node, name: str) -> None:
        if node.attrs.get(name) and not re.match(r"now|\d", node.attrs[name]):
            self.add("InvalidNPTTime", node, node.attrs[name])

    def said_before(self, node: Node, key: str) -> Node | None:
        """The first sibling of this name, if it stands before the node."""
        siblings = node.parent.children if node.parent else []
        return next((sibling for sibling in siblings[: siblings.index(node)] if sibling.key == key), None) if siblings else None

    # --- the walk

    def document(self, root: Node) -> None:
        self.root(root)
        for node in root.walk():
            self.spaces(node)
            self.characters(node)
        if root.key in PLACES["root"] and root.space != OLD_ATOM:
            self.element(root, "root", root.parent)
        self.dedupe()

    def root(self, root: Node) -> None:
        """The kind of the document, and whether its root says it well."""
        if root.name == "rss":
            self.kind, self.version = "rss", root.attrs.get("version", "2.0")
            if "version" not in root.attrs:
                self.add("MissingAttribute", root, "version")
            elif self.version not in ("0.91", "0.92", "2.0"):
                self.add("InvalidRSSVersion", root, self.version)
            if root.space:
                self.add("InvalidNamespace", root, root.space)
            if not root.has("channel"):
                self.add("MissingElement", root, "channel")
        elif root.name in ("feed", "entry"):
            self.kind = "atom" if root.name == "feed" else "atom entry"
            if root.space == OLD_ATOM:
                self.add("ObsoleteNamespace", root, root.space)
            elif not root.space:
                self.add("MissingNamespace", root)
            elif root.space != ATOM:
                self.add("InvalidNamespace", root, root.space)
        else:
            self.add("UndefinedElement", root)

    def spaces(self, node: Node) -> None:
        """The namespaces that an element declares."""
        atom = self.kind.startswith("atom")
        for prefix, uri in node.declared:
            known = SPACES.get(uri)
            if uri == MRSS.rstrip("/"):
                self.add("MediaRssNamespace", node, uri)
            elif prefix and prefix in SPACES.values():
                if known != prefix:
                    self.add("ReservedPrefix", node, prefix)
                elif prefix == "wiki" and "usemod" in uri:
                    self.add("ObsoleteWikiNamespace", node, uri)
                elif prefix in ("atom", "xhtml") and atom:
                    self.add("AvoidNamespacePrefix", node, prefix)
            elif known:
                if prefix and known in ("atom", "xhtml") and (atom or node.parent is None):
                    self.add("AvoidNamespacePrefix", node, prefix)
            elif uri in UNSUPPORTED:
                self.add("UnsupportedNamespace", node, uri)
            elif uri not in (ATOM, OLD_ATOM):
                self.add(_uri(uri, full=False, iri=True, error="InvalidIRI") or "UnknownNamespace", node, uri)

    def characters(self, node: Node) -> None:
        """Windows-1252 taken for Latin 1, UTF-8 taken for Latin 1, and what could not be decoded."""
        for text in (node.text, *node.attrs.values()):
            if re.search("[\u0080-\u009f\ufffd]", text):
                self.add("BadCharacters", node)
        if re.search("[\u00c2\u00c3][\u0080-\u00bf]", node.text):
            try:
                node.text.encode("latin-1").decode("utf-8")
            except UnicodeError:
                return
            self.add("BadCharacters", node)

    def element(self, node: Node, place: str, parent: Node | None) -> None:
        rule = PLACES[place].get(node.key)
        if rule is None:
            self.stranger(node, place)
            return
        if "xml:base" in node.attrs:
            self.add(_uri(node.attrs["xml:base"], full=False, iri=True, error="InvalidIRI"), node, "xml:base")
        self.lang_attr(node, "xml:lang")
        self.attributes(node, rule)
        if rule.twice and parent and parent.kids(node.key)[0] is not node:
            self.add(rule.twice, node)
        if rule.inside == "anything":
            pass
        elif rule.inside == "text":
            for child in node.children:
                self.add("UndefinedElement", child)
        else:
            if node.value:
                self.add("UnexpectedText", node, node.value)
            for child in node.children:
                self.element(child, rule.inside, node)
        for check in rule.checks:
            check(self, node)
        if whole := getattr(self, f"whole_{node.key}", None):
            whole(node)

    def attributes(self, node: Node, rule: Rule) -> None:
        for name in node.attrs:
            if name in rule.attrs or "*" in rule.attrs or name in ("xml:base", "xml:id", "xml:lang", "xml:space"):
                continue
            if not name.startswith("{"):
                self.add("UnexpectedAttribute", node, name)
            elif self.kind == "rss" and not node.space and not self.of_the_board(node):
                self.add("UseOfExtensionAttr", node, name)

    def of_the_board(self, node: Node) -> bool:
        """The RSS Advisory Board's version of RSS 2.0 has extension attributes."""
        top = node
        while top.parent:
            top = top.parent
        docs = [docs.value for channel in top.kids("channel") for docs in channel.kids("docs")]
        return "http://www.rssboard.org/rss-specification" in docs

    def stranger(self, node: Node, place: str) -> None:
        """An element that has no rule where it stands."""
        prefix = node.key.split(":", 1)[0]
        misplaced_atom = node.name in ATOM_NAMES and (prefix == "atom" or (":" not in node.key and ":" in place and self.kind != "rss"))
        if node.key.startswith("{}"):
            self.add("UndeterminableVocabulary", node)
        elif node.key.startswith("{") or (":" in node.key and prefix not in JUDGED):
            for child in node.walk():
                if self.kind == "rss" and child is not node and not child.space:
                    self.add("NotInANamespace", child)
        elif prefix == "xhtml":
            self.add("MisplacedXHTMLContent", node)
        else:
            self.add("QuestionableUsage" if misplaced_atom or node.key in DUBLIN else "UndefinedElement", node)

    def dedupe(self) -> None:
        """The same thing once: a warning that every entry repeats is one about the feed."""
        self.found = list(dict.fromkeys(self.found))

    # --- RSS

    def same(self, node: Node, table: str, fault: str) -> None:
        keys = [child.key for child in node.children]
        for pair in table.split("|"):
            first, *_, last = pair.split()
            if first not in keys or last not in keys:
                continue
            late = len(keys) - 1 - keys[::-1].index(last)
            if ">" not in pair or keys.index(first) < late:
                self.add(fault, node.children[late], f"{first} and {last}")

    def whole_channel(self, node: Node) -> None:
        self.needs(node, title="MissingTitle", link="MissingLink", description="MissingDescription")
        keys = [child.key for child in node.children]
        late = max((place for place, key in enumerate(keys) if key in CHANNEL_METADATA), default=0)
        for place, item in enumerate(node.children):
            if item.key == "item" and place < late:
                self.add("MisplacedItem", item)
        self.same(node, SAME_IN_CHANNEL, "DuplicateSemantics")
        items = node.kids("item")
        for key in ("guid", "atom:id"):
            self.unique([child for item in items for child in item.kids(key)], "DuplicateValue")
        links = node.kids("atom:link")
        if self.version == "2.0" and "self" not in map(_relation, links):
            self.add("MissingAtomSelfLink", node)
        self.history(node, links)

    def whole_item(self, node: Node) -> None:
        if not node.has("title", "description"):
            self.add("ItemMustContainTitleOrDescription", node)
        if not node.has("guid") and self.version.startswith("2."):
            self.add("MissingGuid", node)
        if node.has("slash:comments") and node.parent and not self.said_before(node, "lastBuildDate"):
            self.add("SlashDate", node)
        self.same(node, SAME_IN_ITEM, "DuplicateItemSemantics")

    def unique(self, nodes: list[Node], fault: str) -> int:
        seen: set[str] = set()
        count = 0
        for node in nodes:
            if node.value in seen:
                self.add(fault, node, node.value)
                count += 1
            elif node.value:
                seen.add(node.value)
        return count

    # --- Atom

    def whole_feed(self, node: Node) -> None:
        entries = node.kids("entry")
        before = node.children[: node.children.index(entries[0])] if entries else node.children
        self.metadata(node, before, "MissingElement")
        links = [child for child in before if child.key == "link"]
        if "self" not in map(_relation, links):
            self.add("MissingSelf", node)
        for child in node.children[len(before) :]:
            if child.key in FEED_METADATA:
                self.add("MisplacedMetadata", child)
        mark = len(self.found)
        twice = self.unique([child for entry in entries for child in entry.kids("id")], "DuplicateEntries")
        if len(entries) > 9 and twice == len(entries) - 1:
            del self.found[mark:]
            self.add("DuplicateIds", node)
        self.unique([child for entry in entries for child in entry.kids("updated")], "DuplicateUpdated")
        self.history(node, links)

    def metadata(self, node: Node, before: list[Node], fault: str) -> None:
        for key in ("title", "id", "updated"):
            if not any(child.key == key for child in before):
                self.add(fault, node, key)
        self.alternates([child for child in before if child.key == "link"])

    def alternates(self, links: list[Node]) -> None:
        seen: set[tuple[str, str]] = set()
        for link in links:
            kind = (link.attrs.get("type", ""), link.attrs.get("hreflang", ""))
            if _relation(link) == "alternate":
                if kind in seen:
                    self.add("DuplicateAtomLink", link, " ".join(kind))
                seen.add(kind)

    def whole_source(self, node: Node) -> None:
        if self.kind != "rss":
            self.metadata(node, node.children, "MissingSourceElement")

    def whole_entry(self, node: Node) -> None:
        for key in ("title", "id", "updated"):
            if not node.has(key):
                self.add("MissingElement", node, key)
        of_source = any(source.has("author") for source in node.kids("source"))
        if not node.has("author") and not of_source and not self.said_before(node, "author"):
            self.add("MissingElement", node, "author")
        links = node.kids("link")
        self.alternates(links)
        if not node.has("content"):
            if not node.has("summary"):
                self.add("MissingTextualContent", node)
            if "alternate" not in map(_relation, links):
                self.add("MissingContentOrAlternate", node)
        elif not node.has("summary"):
            content = node.kids("content")[-1]
            if "src" in content.attrs or _binary(content.attrs.get("type", "")):
                self.add("MissingSummary", node)

    def link(self, node: Node) -> None:
        attrs = node.attrs
        relation = _relation(node)
        feed = node.parent is not None and node.parent.key in ("feed", "channel")
        if "rel" in attrs:
            if relation not in RELATIONS and not FULL.match(_ascii(relation)):
                self.add("UnregisteredAtomLinkRel", node, relation)
            if not attrs["rel"]:
                self.add("AttrNotBlank", node, "rel")
            if relation in HISTORY and node.parent and node.parent.key == "entry":
                self.add("FeedHistoryRelInEntry", node, relation)
        if "type" in attrs:
            if not MEDIA_TYPE.match(attrs["type"]):
                self.add("InvalidMIMEType", node, attrs["type"])
            elif relation == "self" and attrs["type"] not in ("application/atom+xml", "application/rss+xml", "application/rdf+xml"):
                self.add("SelfNotAtom", node, attrs["type"])
        if "title" in attrs:
            if not attrs["title"]:
                self.add("AttrNotBlank", node, "title")
            self.plain(node, attrs["title"])
        if "length" in attrs:
            self.number(node, attrs["length"], 0, "InvalidNonNegativeInteger")
        if "hreflang" in attrs and not _language(attrs["hreflang"]):
            self.add("InvalidLanguage", node, attrs["hreflang"])
        if "thr:when" in attrs:
            self.add("NoThrWhen", node)
        for name in ("thr:count", "thr:updated"):
            if name in attrs and relation != "replies":
                self.add("UnexpectedAttribute", node, name)
        if "thr:count" in attrs:
            self.number(node, attrs["thr:count"], 0, "InvalidNonNegativeInteger")
        if "thr:updated" in attrs:
            self.add(_iso_date(attrs["thr:updated"], RFC3339, "InvalidRFC3339Date"), node, attrs["thr:updated"])
        if node.value:
            self.add("AtomLinkNotEmpty", node, node.value)
        if "href" not in attrs:
            self.add("MissingHref", node)
            return
        fault = _uri(attrs["href"], full=False, iri=True, error="InvalidIRI")
        self.add(fault, node, attrs["href"])
        target = urljoin(node.base or self.url, attrs["href"])
        if not fault and node.base:
            here = (_canonical(_ascii(node.base)) or "").split("#")[0]
            if (_canonical(_ascii(target)) or "").split("#")[0] == here != (_canonical(_ascii(self.url)) or "").split("#")[0]:
                self.add("SameDocumentReference", node, attrs["href"])
        if relation == "self" and feed:
            self.self_link(node, target)
        if relation == "hub" and urlsplit(target).scheme not in ("http", "https"):
            self.add("InvalidFullLink", node, attrs["href"])  # WebSub 4: a hub is an address of the web

    def self_link(self, node: Node, target: str) -> None:
        if not urlsplit(node.attrs["href"]).netloc and not urlsplit(node.base).netloc:
            self.add("RelativeSelf", node, node.attrs["href"])
        if self.url and target.split("#", maxsplit=1)[0] != self.url.split("#")[0] and _canonical(target) != _canonical(self.url):
            self.add("SelfDoesntMatchLocation", node, target)

    def history(self, node: Node, links: list[Node]) -> None:
        """RFC 5005: complete feeds, paged feeds and archived feeds."""
        relations = {_relation(link): urljoin(link.base or self.url, link.attrs.get("href", "")) for link in links}
        here = {self.url} if self.url else {target for relation, target in relations.items() if relation == "self"}
        complete, archive = node.has("fh:complete"), node.has("fh:archive")
        if complete:
            for relation in HISTORY & set(relations):
                if relation != "current":
                    self.add("FeedRelInCompleteFeed", node, relation)
                elif relations[relation] not in here:
                    self.add("CurrentNotSelfInCompleteFeed", node, relations[relation])
        for end, beyond in (("first", "previous"), ("last", "next")):
            if relations.get(end) in here and beyond in relations:
                self.add("LinkPastEnd", node, beyond)
        if archive and not complete:
            if self.kind == "atom" and not {"prev-archive", "next-archive"} & set(relations):  # of RSS the validator does not ask it
                self.add("ArchiveIncomplete", node)
            if "current" not in relations:
                self.add("MissingCurrentInArchive", node)

    def construct(self, node: Node, *, content: bool) -> None:
        """A text construct or the content of an entry (RFC 4287, 3.1 and 4.1.3)."""
        attrs, value = node.attrs, node.text
        src = "src" in attrs
        kind = attrs.get("type", "" if src else "text")
        if self.kind == "rss" and not src and node.name != "summary":
            self.add("DuplicateDescriptionSemantics", node)
        if attrs.get("type") == "":
            self.add("AttrNotBlank", node, "type")
        if content and kind == "multipart/alternative":
            self.add("InvalidMIMEType", node, kind)
        if not content and "/" in kind:
            self.add("InvalidTextType", node, kind)
        if src:
            self.add(_uri(attrs["src"], full=False, error="InvalidURIAttribute"), node, attrs["src"])
            if "type" not in attrs:
                self.add("MissingTypeAttr", node, "type")
        if kind and (src or kind not in ("text", "html", "xhtml")) and not MEDIA_TYPE.match(kind):
            self.add("InvalidMIMEType", node, kind)
        markup = kind == "xhtml" or kind.endswith(("+xml", "/xml"))
        for child in node.children:
            if not markup:
                self.add("UndefinedElement", child)
        if node.children and node.value:
            self.add("UnexpectedText", node, node.value)
        if kind == "xhtml":
            value += self.xhtml_construct(node)
        elif kind == "application/xhtml+xml":
            for child in node.children:
                if child.name != "html":
                    self.add("HtmlFragment", node, kind)
                elif child.space != XHTML:
                    self.add("NotHtml", node, child.space)
        if _binary(kind):
            try:
                value = base64.b64decode("".join(value.split()), validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                self.add("NotBase64", node)
            if not kind.endswith("/html"):
                value = "bytes" if value else ""
        if kind == "html" or kind.endswith("/html"):
            self.html(node, value)
            if kind.endswith("/html") and "<html" not in value and not src:
                self.add("HtmlFragment", node, kind)
        else:
            self.plain(node, value, "NotInline" if kind == "xhtml" else "ContainsUndeclaredHTML")
        if not value and not node.children and not src:
            self.add("NotBlank", node)

    def xhtml_construct(self, node: Node) -> str:
        """Judges what must be one div of XHTML; returns the text of a div that holds nothing else."""
        if node.value or any(child.name != "div" or child.space != XHTML for child in node.children):
            self.add("MissingXhtmlDiv", node)
        text = ""
        for child in node.children:
            if child.space != XHTML:
                self.add("NotHtml", node, f"{child.name} of {child.space or 'no namespace'}")
            self.xhtml(child)
            if not child.children:
                text += child.value
        return text

    def xhtml(self, top: Node) -> None:
        for node in top.walk():
            if node is top:
                continue
            if not node.space or node.key.startswith("{}"):
                self.add("MissingNamespace", node)
            elif node.space == XHTML:
                if node.name in RISKY:
                    self.add("SecurityRisk", node)
                elif node.name not in HARMLESS:
                    self.add("NotHtml", node)
                self.foreign_attrs(node, HARMLESS_ATTRS)
            elif node.space in (SVG, MATHML):
                names, attrs = (SVG_NAMES, SVG_ATTRS) if node.space == SVG else (MATHML_NAMES, MATHML_ATTRS)
                if node.name not in names:
                    self.add("SecurityRisk", node)
                self.foreign_attrs(node, attrs)
            elif node.space in SPACES and (node.parent is None or node.parent.name != "metadata"):
                self.add("UndefinedElement", node)

    def foreign_attrs(self, node: Node, harmless: set[str]) -> None:
        for name, value in node.attrs.items():
            if ":" in name or name.startswith("{") or name in harmless:
                continue
            if name == "style" and node.space == XHTML:
                for unsafe in _unsafe_css(value):
                    self.add("DangerousStyleAttr", node, unsafe)
            else:
                self.add("SecurityRiskAttr", node, name)


def _relation(link: Node) -> str:
    return link.attrs.get("rel", "alternate").removeprefix("http://www.iana.org/assignments/relation/")


def _binary(kind: str) -> bool:
    """Whether content of this type is written in Base64 (RFC 4287, 4.1.3.3)."""
    return "/" in kind and not kind.endswith(("+xml", "/xml")) and not kind.startswith("text/")


# --- JSON Feed --------------------------------------------------------------------------------------------------------------------------

AUTHOR = {"name": "text", "url": "url", "avatar": "url"}
JSON_FEED = {
    "version": "text", "title": "text", "home_page_url": "url", "feed_url": "url", "description": "text", "user_comment": "text",
    "next_url": "url", "icon": "url", "favicon": "url", "authors": "authors", "author": "author", "language": "language", "expired": "flag",
    "hubs": "hubs", "items": "items",
}  # fmt: skip
JSON_ITEM = {
    "id": "text", "url": "url", "external_url": "url", "title": "text", "content_html": "html", "content_text": "text", "summary": "text",
    "image": "url", "banner_image": "url", "date_published": "date", "date_modified": "date", "authors": "authors", "author": "author",
    "tags": "tags", "language": "language", "attachments": "attachments",
}  # fmt: skip
ATTACHMENT = {"url": "url", "mime_type": "type", "title": "text", "size_in_bytes": "number", "duration_in_seconds": "number"}
HUB = {"type": "text", "url": "url"}
NEEDED = {"feed": ["version", "title", "items"], "item": ["id"], "attachment": ["url", "mime_type"], "hub": ["type", "url"]}


class _JsonJudge:
    """Judges a JSON Feed by its specification, version 1.1."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.found: list[str] = []

    def add(self, name: str, where: str, about: object = "") -> None:
        if name:
            self.found.append(f"{name}: {where}" + (f": {about!s:.120}" if about != "" else ""))

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            self.add("DuplicateElement", name)
        return dict(pairs)

    def document(self, text: str) -> None:
        try:
            feed = json.loads(text, object_pairs_hook=self.pairs, parse_constant=self.constant)
        except ValueError as fault:
            self.add("InvalidJSON", "the document", fault)
            return
        if not isinstance(feed, dict):
            self.add("InvalidJSON", "the document", "is not an object")
            return
        self.object(feed, JSON_FEED, "feed", "feed")
        version = feed.get("version")
        if version == "https://jsonfeed.org/version/1":
            self.add("ObsoleteVersion", "version", version)
        elif isinstance(version, str) and version != "https://jsonfeed.org/version/1.1":
            self.add("InvalidValue", "version", version)
        here = feed.get("feed_url")
        if not here:
            self.add("MissingSelf", "feed_url")
        elif self.url and _canonical(str(here)) != _canonical(self.url):
            self.add("SelfDoesntMatchLocation", "feed_url", here)
        if feed.get("next_url") and feed["next_url"] in (here, self.url):
            self.add("LinkPastEnd", "next_url", feed["next_url"])
        items = [item for item in feed.get("items", []) if isinstance(item, dict)] if isinstance(feed.get("items"), list) else []
        ids = [item.get("id") for item in items]
        for number, name in enumerate(ids):
            if name is not None and name in ids[:number]:
                self.add("DuplicateValue", f"items[{number}].id", name)

    def constant(self, name: str) -> float:
        raise ValueError(f"{name} is not JSON")

    def object(self, value: Any, members: dict[str, str], kind: str, where: str) -> None:
        if not isinstance(value, dict):
            self.add("InvalidValue", where, value)
            return
        for name in NEEDED.get(kind, []):
            if name not in value:
                self.add("MissingElement", f"{where}.{name}")
        for name, member in value.items():
            if name in members:
                getattr(self, f"is_{members[name]}")(member, f"{where}.{name}")
            elif not re.match(r"_[^.]+\Z", name):
                self.add("UndefinedElement", f"{where}.{name}")
        if kind == "author" and not any(value.get(name) for name in AUTHOR):
            self.add("MissingElement", f"{where}.name")
        if kind == "item" and not ("content_html" in value or "content_text" in value):
            self.add("MissingTextualContent", where)

    def array(self, value: Any, where: str, one: Callable[[Any, str], None]) -> None:
        if not isinstance(value, list):
            self.add("InvalidValue", where, value)
            return
        for number, member in enumerate(value):
            one(member, f"{where}[{number}]")

    def is_text(self, value: Any, where: str) -> None:
        if not isinstance(value, str):
            self.add("InvalidValue", where, value)
        elif re.search("[\u0080-\u009f\ufffd]", value):
            self.add("BadCharacters", where)
        elif not value.strip() and where.rsplit(".", 1)[-1] in ("id", "title", "name", "version", "type"):
            self.add("NotBlank", where)

    def is_url(self, value: Any, where: str) -> None:
        if not isinstance(value, str):
            self.add("InvalidValue", where, value)
            return
        fault = _uri(value, full=True, iri=True, error="InvalidFullLink")
        self.add(fault or ("" if urlsplit(value).scheme in ("http", "https", "mailto", "data") else "InvalidFullLink"), where, value)

    def is_flag(self, value: Any, where: str) -> None:
        if not isinstance(value, bool):
            self.add("InvalidValue", where, value)

    def is_number(self, value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self.add("InvalidNonNegativeInteger", where, value)

    def is_language(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or not _language(value):
            self.add("InvalidLanguage", where, value)

    def is_date(self, value: Any, where: str) -> None:
        self.add(_iso_date(value if isinstance(value, str) else "", RFC3339, "InvalidRFC3339Date"), where, value)

    def is_type(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or not MEDIA_TYPE.match(value):
            self.add("InvalidMIMEAttribute", where, value)

    def is_html(self, value: Any, where: str) -> None:
        self.is_text(value, where)
        for fault, what in [*_html_faults(value), *_relative(value)] if isinstance(value, str) else []:
            self.add(fault, where, what)

    def is_tags(self, value: Any, where: str) -> None:
        self.array(value, where, self.is_text)

    def is_author(self, value: Any, where: str) -> None:
        self.add("Deprecated", where)
        self.object(value, AUTHOR, "author", where)

    def is_authors(self, value: Any, where: str) -> None:
        self.array(value, where, lambda member, place: self.object(member, AUTHOR, "author", place))

    def is_hubs(self, value: Any, where: str) -> None:
        self.array(value, where, lambda member, place: self.object(member, HUB, "hub", place))

    def is_attachments(self, value: Any, where: str) -> None:
        self.array(value, where, lambda member, place: self.object(member, ATTACHMENT, "attachment", place))

    def is_items(self, value: Any, where: str) -> None:
        self.array(value, where, lambda member, place: self.object(member, JSON_ITEM, "item", place))


# --- bytes ------------------------------------------------------------------------------------------------------------------------------


def _decode(data: bytes, charset: str, text_type: bool) -> tuple[str, list[str]]:
    """The text of an XML document, and what is wrong with its encoding."""
    found: list[str] = []
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    mark = next((name for bom, name in marks.items() if data.startswith(bom)), "")
    head = data[:200].decode("utf-16" if mark == "utf-16" else "latin-1", "replace").lstrip("\ufeff\u00ef\u00bb\u00bf")
    said = re.match(r"<\?xml\s+version\s*=\s*[\"'][^\"']*[\"']\s+encoding\s*=\s*[\"']([-A-Za-z0-9._]+)[\"']", head)
    declared = said.group(1).lower() if said else ""
    if (version := re.match(r"<\?xml\s+version\s*=\s*[\"']([^\"']*)", head)) and version.group(1) != "1.0":
        found.append(f"BadXmlVersion: {version.group(1)}")
    if mark and declared and declared != mark:
        found.append(f"UnicodeError: the mark says {mark}, the declaration {declared}")
    encoding = mark or declared
    if charset and encoding and charset.lower() != encoding:
        found.append(f"EncodingMismatch: the media type says {charset}, the document {encoding}")
    if text_type and not charset and not data.isascii():
        found.append("EncodingMismatch: text without a charset is US-ASCII")
    encoding = charset or encoding or "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        return data.decode("utf-8", "replace"), [*found, f"UnknownEncoding: {encoding}"]
    if declared and declared not in COMMON_ENCODINGS:
        found.append(f"ObscureEncoding: {declared}")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        found.append(f"UnicodeError: {fault}")
        text = data.decode(encoding, "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), found


def _media_type(data: bytes, media_type: str, kind: str) -> list[str]:
    name = media_type.split(";", maxsplit=1)[0].strip().lower()
    if name.endswith("/xml") and not re.search(rb"<rss|<feed", data[:512]):
        return [f"NonSpecificMediaType: {name}"]
    if not name or name in FEED_TYPES.get(kind.split(maxsplit=1)[0] if kind else "", ()):
        return []
    return [f"UnexpectedContentType: {name} for {kind or 'an unknown format'}"]


def _charset(media_type: str) -> str:
    found = re.search(r";\s*charset\s*=\s*\"?([^\s;\"]+)", media_type, re.IGNORECASE)
    return found.group(1) if found else ""


def judge(data: bytes, *, url: str = "", media_type: str = "") -> list[str]:
    """Judge a feed, whose format its content tells.

    Args:
        data: the document, as it would be served.
        url: the address that it is served from; without one no link is compared with it.
        media_type: the Content-Type that it is served with; without one it is not judged.

    Returns:
        Every error and warning, one a line, each beginning with the name of the rule.
    """
    too_long = [f"ValidatorLimit: {len(data)} bytes"] if len(data) > LIMIT else []
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return too_long + _judge_json(data, url, media_type)
    text, found = _decode(data, _charset(media_type), media_type.lower().startswith("text/"))
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as fault:
        undefined = "undefined entity" in str(fault)
        return [*too_long, *found, f"{'UndefinedNamedEntity' if undefined else 'SAXError'}: {fault}"]
    assert reader.root is not None  # a document without a root is not well-formed
    judging = _Judge(text, url)
    judging.document(reader.root)
    return [*too_long, *found, *_media_type(data, media_type, judging.kind), *judging.found]


def _judge_json(data: bytes, url: str, media_type: str) -> list[str]:
    found = ["UnicodeError: JSON has no byte order mark"] if data.startswith(codecs.BOM_UTF8) else []
    charset = _charset(media_type)
    if charset and charset.lower() != "utf-8":
        found.append(f"EncodingMismatch: the media type says {charset}, JSON is UTF-8")
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as fault:
        return [*found, f"UnicodeError: {fault}"]
    judging = _JsonJudge(url)
    judging.document(text)
    return [*found, *_media_type(data, media_type, "json"), *judging.found]
