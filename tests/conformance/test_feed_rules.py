"""The judge of feeds: a good feed of each format has no finding, and every damage to it has the one that names it."""

from __future__ import annotations

import codecs

import pytest
from feed_rules import judge

PLACE = "https://example.org/news/"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dcterms="http://purl.org/dc/terms/"
     xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
     xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule" xmlns:fh="http://purl.org/syndication/history/1.0">
<channel>
<title>Harbour News</title>
<link>https://example.org/</link>
<description>What the tide brought in</description>
<atom:link rel="self" type="application/rss+xml" href="https://example.org/news/rss.xml"/>
<atom:link rel="hub" href="https://hub.example.org/"/>
<language>en-GB</language>
<copyright>© Harbour Press</copyright>
<managingEditor>desk@example.org (Ada Quay)</managingEditor>
<pubDate>Tue, 02 Jun 2020 08:00:00 GMT</pubDate>
<lastBuildDate>Tue, 02 Jun 2020 08:00:00 +0000</lastBuildDate>
<category domain="https://example.org/topics">Sea</category>
<generator>our own</generator>
<docs>https://www.rssboard.org/rss-specification</docs>
<cloud domain="rpc.example.org" port="80" path="/ping" registerProcedure="ping" protocol="soap"/>
<ttl>60</ttl>
<image>
<url>https://example.org/logo.png</url>
<title>Harbour News</title>
<link>https://example.org/</link>
<width>144</width>
<height>64</height>
</image>
<skipHours><hour>0</hour><hour>23</hour></skipHours>
<skipDays><day>Sunday</day></skipDays>
<sy:updatePeriod>daily</sy:updatePeriod>
<sy:updateFrequency>2</sy:updateFrequency>
<sy:updateBase>2020-01-01T00:00Z</sy:updateBase>
<creativeCommons:license>https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>
<item>
<title>A crane &#x26;amp; a gull</title>
<link>https://example.org/crane/</link>
<description>&lt;p&gt;Short of it: &lt;a href="https://example.org/crane/"&gt;the crane&lt;/a&gt;.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p id="a" style="color: red; text-align: center">Long of it.<br/><img src="https://example.org/crane.png" alt=""
srcset="https://example.org/crane.png 1x, https://example.org/crane2.png 2x"/> R&amp;D &lt; <a href="https://example.org/?a=1&amp;b=2">x</a>
<table><thead><tr><th>Tide<td>1</thead><tbody><tr><td><p>High</td></tr></tbody></table><ul><li>one<li>two</ul>]]></content:encoded>
<dc:creator>Ada Quay</dc:creator>
<dc:language>en</dc:language>
<dcterms:modified>2020-06-02</dcterms:modified>
<category>Cranes</category>
<comments>https://example.org/crane/#comments</comments>
<slash:comments>0</slash:comments>
<enclosure url="https://example.org/crane.mp3" length="0" type="audio/mpeg"/>
<guid>https://example.org/crane/</guid>
<pubDate>Mon, 01 Jun 2020 08:00:00 +0200</pubDate>
<source url="https://example.net/rss.xml">Elsewhere</source>
<media:group>
<media:content url="https://example.org/crane.png" type="image/png" medium="image" width="640" height="480" fileSize="900" lang="en"/>
<media:content url="https://example.org/crane.mp4" type="video/mp4" duration="12.5" isDefault="true" expression="full"/>
<media:credit role="photographer">Ada Quay</media:credit>
<media:rating scheme="urn:mpaa">pg</media:rating>
<media:hash algo="md5">dfdec888b72151965a34b4b59031290a</media:hash>
<media:restriction relationship="allow" type="country">gb de</media:restriction>
</media:group>
<media:thumbnail url="https://example.org/small.png" width="75" height="50" time="12:05:01.123"/>
<media:title type="plain">A crane</media:title>
<media:text type="html" lang="en" start="0:00:03">&lt;b&gt;Creak&lt;/b&gt;</media:text>
</item>
<item>
<title>Second</title>
<guid isPermaLink="false">tag:example.org,2020:second</guid>
<author>desk@example.org (Ada Quay)</author>
<pubDate>Sun, 31 May 2020 08:00:00 +0200</pubDate>
</item>
</channel>
</rss>
"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" xml:lang="en"
      xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:thr="http://purl.org/syndication/thread/1.0">
<title>Harbour News</title>
<subtitle type="html">What the &lt;em&gt;tide&lt;/em&gt; brought in</subtitle>
<id>https://example.org/</id>
<updated>2020-06-02T08:00:00Z</updated>
<link rel="self" type="application/atom+xml" href="https://example.org/news/atom.xml"/>
<link rel="alternate" type="text/html" href="https://example.org/"/>
<link rel="hub" href="https://hub.example.org/"/>
<link rel="prev-archive" href="https://example.org/news/atom-2019.xml"/>
<icon>/favicon.png</icon>
<logo>https://example.org/logo.png</logo>
<rights>© Harbour Press</rights>
<generator uri="https://example.org/tool" version="1">our own</generator>
<category term="sea" scheme="https://example.org/topics" label="The sea"/>
<author><name>Ada Quay</name><email>desk@example.org</email><uri>https://example.org/ada</uri></author>
<fh:archive/>
<link rel="current" href="https://example.org/news/atom.xml"/>
<entry>
<title>A crane</title>
<id>urn:uuid:1e8b4a52-7a39-4d54-9d3e-0c8f1b3a7e01</id>
<published>2020-06-01T08:00:00+02:00</published>
<updated>2020-06-01T09:30:10.25Z</updated>
<link href="https://example.org/crane/"/>
<link rel="enclosure" type="audio/mpeg" length="900" href="https://example.org/crane.mp3"/>
<link rel="replies" thr:count="2" thr:updated="2020-06-01T08:00:00Z" type="application/atom+xml" href="https://example.org/crane/replies"/>
<summary>Short of it: AT&amp;T &lt; BT</summary>
<content type="html">&lt;p&gt;Long of it. &lt;a href="#fn"&gt;1&lt;/a&gt;&lt;/p&gt;</content>
<media:thumbnail url="https://example.org/small.png"/>
<source><id>https://example.net/</id><title>Elsewhere</title><updated>2020-01-01T00:00:00Z</updated></source>
</entry>
<entry>
<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <em>gull</em></div></title>
<id>tag:example.org,2020:gull</id>
<updated>2020-05-31T08:00:00Z</updated>
<contributor><name>Ben Mole</name></contributor>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p style="color: red">Long of it.</p>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg></div></content>
</entry>
<entry>
<title>A picture</title>
<id>tag:example.org,2020:picture</id>
<updated>2020-05-30T08:00:00Z</updated>
<content type="image/png" src="https://example.org/crane.png"/>
<summary type="text">A crane</summary>
</entry>
</feed>
"""

JSON = """{
  "version": "https://jsonfeed.org/version/1.1",
  "title": "Harbour News",
  "home_page_url": "https://example.org/",
  "feed_url": "https://example.org/news/feed.json",
  "description": "What the tide brought in",
  "next_url": "https://example.org/news/feed-2.json",
  "icon": "https://example.org/logo.png",
  "language": "en-GB",
  "expired": false,
  "authors": [{"name": "Ada Quay", "url": "https://example.org/ada", "avatar": "https://example.org/ada.png"}],
  "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}],
  "_harbour": {"about": "https://example.org/tool"},
  "items": [
    {
      "id": "https://example.org/crane/",
      "url": "https://example.org/crane/",
      "title": "A crane",
      "content_html": "<p>Long of it. <a href=\\"https://example.org/\\">More</a></p>",
      "summary": "Short of it",
      "image": "https://example.org/crane.png",
      "date_published": "2020-06-01T08:00:00+02:00",
      "date_modified": "2020-06-02T08:00:00Z",
      "tags": ["Sea", "Cranes"],
      "attachments": [
        {"url": "https://example.org/crane.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 900, "duration_in_seconds": 12.5}
      ]
    },
    {"id": "second", "content_text": "Second"}
  ]
}
"""

ENTRY = """<?xml version="1.0"?>
<entry xmlns="http://www.w3.org/2005/Atom">
<title>A crane</title>
<id>tag:example.org,2020:crane</id>
<updated>2020-06-01T09:30:10Z</updated>
<author><name>Ada Quay</name></author>
<content>Long of it.</content>
</entry>
"""

FEEDS = {"rss": (RSS, "rss.xml"), "atom": (ATOM, "atom.xml"), "json": (JSON, "feed.json"), "entry": (ENTRY, "entry.xml")}
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json", "entry": "application/atom+xml"}


def _names(format: str, old: str, new: str) -> list[str]:
    text, name = FEEDS[format]
    assert old in text, old
    return [line.split(":")[0] for line in judge(text.replace(old, new, 1).encode(), url=PLACE + name)]


def _rss_html(html: str) -> str:
    return f"<content:encoded><![CDATA[{html}"


@pytest.mark.parametrize("format", FEEDS)
@pytest.mark.parametrize("media_type", ["", "; charset=utf-8"])
def test_a_good_feed_has_no_finding(format: str, media_type: str) -> None:
    text, name = FEEDS[format]
    assert judge(text.encode(), url=PLACE + name, media_type=TYPES[format] + media_type if media_type else "") == []
    assert judge(text.encode()) == []


def test_a_finding_says_where_and_what() -> None:
    found = judge(ATOM.replace("2020-05-31T08:00:00Z", "yesterday").encode())
    assert found == [f"InvalidRFC3339Date: line {ATOM[: ATOM.index('2020-05-31')].count(chr(10)) + 1}, updated in entry: yesterday"]


RSS_DAMAGE = [
    # the document
    ('<rss version="2.0"', "<rss", "MissingAttribute"),
    ('<rss version="2.0"', '<rss version="3.0"', "InvalidRSSVersion"),
    ('<rss version="2.0"', '<rss xmlns="http://backend.userland.com/rss2" version="2.0"', "InvalidNamespace"),
    ('<rss version="2.0"', '<rss version="2.0" xmlns:zz="https://example.org/ns"', "UnknownNamespace"),
    ('<rss version="2.0"', '<rss version="2.0" xmlns:gd="http://schemas.google.com/g/2005"', "UnsupportedNamespace"),
    ('<rss version="2.0"', '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"', "AvoidNamespacePrefix"),
    ('xmlns:slash="http://purl.org/rss/1.0/modules/slash/"', 'xmlns:slash="https://example.org/slash/"', "ReservedPrefix"),
    ('xmlns:media="http://search.yahoo.com/mrss/"', 'xmlns:media="http://search.yahoo.com/mrss"', "MediaRssNamespace"),
    ('version="1.0"', 'version="1.1"', "BadXmlVersion"),
    ("</channel>", "</canal>", "SAXError"),
    ("Long of it", "&nbsp;]]>&nbsp;<![CDATA[", "UndefinedNamedEntity"),
    ('encoding="utf-8"', 'encoding="x-harbour"', "UnknownEncoding"),
    ('encoding="utf-8"', 'encoding="cp1006"', "ObscureEncoding"),
    ('encoding="utf-8"', 'encoding="us-ascii"', "UnicodeError"),
    ("What the tide", "What the \x93tide\x94", "BadCharacters"),
    ("What the tide", "What the tid\u00c3\u00a9", "BadCharacters"),
    # the channel
    ("<channel>", "<channel><title>Again</title>", "DuplicateElement"),
    ("<title>Harbour News</title>\n<link>", "<link>", "MissingTitle"),
    ("<title>Harbour News</title>", "<title> </title>", "NotBlank"),
    ("<title>Harbour News</title>", "<title>Harbour &lt;b&gt;News&lt;/b&gt;</title>", "ContainsHTML"),
    ("<title>Harbour News</title>", "<title>Harbour &amp;amp; News</title>", "ContainsHTML"),
    ("<title>Harbour News</title>", "<title>Harbour &lt;News</title>", "CharacterData"),
    ("<title>Harbour News</title>", "<title>Harbour <b>News</b></title>", "UndefinedElement"),
    ("<link>https://example.org/</link>\n<description>", "<description>", "MissingLink"),
    ("<link>https://example.org/</link>", "<link>/index.html</link>", "InvalidFullLink"),
    ("<link>https://example.org/</link>", "<link>https://example.org/a b</link>", "InvalidUriChar"),
    ("<link>https://example.org/</link>", "<link>https://exämple.org/</link>", "UriNotIri"),
    ("<link>https://example.org/</link>", "<link>http:///x</link>", "InvalidFullLink"),
    ("<link>https://example.org/</link>", "<link>harbour:x</link>", "SchemeNotIANARegistered"),
    ("<description>What the tide brought in</description>", "", "MissingDescription"),
    ('<atom:link rel="self"', '<atom:link rel="related"', "MissingAtomSelfLink"),
    ("/news/rss.xml", "/old/rss.xml", "SelfDoesntMatchLocation"),
    ('href="https://example.org/news/rss.xml"', 'href="rss.xml"', "RelativeSelf"),
    ('type="application/rss+xml"', 'type="text/html"', "SelfNotAtom"),
    ('href="https://hub.example.org/"', 'href="ftp://hub.example.org/"', "InvalidFullLink"),
    ("<language>en-GB", "<language>english", "InvalidLanguage"),
    ("<copyright>©", "<copyright>&amp;copy;", "ContainsHTML"),
    ("desk@example.org (Ada Quay)</managingEditor>", "desk@example.org</managingEditor>", "MissingRealName"),
    ("desk@example.org (Ada Quay)</managingEditor>", "Ada &lt;desk@example.org&gt;</managingEditor>", "EmailFormat"),
    ("desk@example.org (Ada Quay)</managingEditor>", "Ada Quay</managingEditor>", "InvalidContact"),
    ("desk@example.org (Ada Quay)</managingEditor>", "desk@localhost (Ada Quay)</managingEditor>", "UnknownHost"),
    ("<managingEditor>", "<dc:creator>Ada</dc:creator><managingEditor>", "DuplicateSemantics"),
    ("<category domain", "<atom:published>2020-06-01T08:00:00Z</atom:published><category domain", "QuestionableUsage"),
    ("<generator>", "<dc:subject>Sea</dc:subject><generator>", "DuplicateSemantics"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "Wed, 02 Jun 2020 08:00:00 GMT", "IncorrectDOW"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "02 Jun 20 08:00 GMT", "ProblematicalRFC822Date"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "tue, 02 jun 2020 08:00:00 GMT", "ProblematicalRFC822Date"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "2020-06-02", "InvalidRFC2822Date"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "31 Jun 2020 08:00:00 GMT", "InvalidRFC2822Date"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "02 Jun 2199 08:00:00 GMT", "ImplausibleDate"),
    ("Tue, 02 Jun 2020 08:00:00 GMT", "02 Jun 1980 08:00:00 GMT", "ImplausibleDate"),
    ("<category domain", "<category scheme", "UnexpectedAttribute"),
    ("<generator>", "<blink>x</blink><generator>", "NoBlink"),
    ("<generator>", "<textInput/><generator>", "AvoidTextInput"),
    ("<generator>", "<harbour>x</harbour><generator>", "UndefinedElement"),
    ("<generator>", "stray<generator>", "UnexpectedText"),
    (
        "<generator>",
        '<atom:author xmlns:z="https://example.org/z" z:a="1"/><generator z:a="1" xmlns:z="https://example.org/z">',
        "UseOfExtensionAttr",
    ),
    ("<generator>", '<z:a xmlns:z="https://example.org/z"><b/></z:a><generator>', "NotInANamespace"),
    (
        "<generator>",
        '<div xmlns="http://www.w3.org/1999/xhtml"/><p xmlns="http://www.w3.org/1999/xhtml"/><generator>',
        "MisplacedXHTMLContent",
    ),
    ("https://www.rssboard.org/rss-specification", "rss", "InvalidFullLink"),
    (' port="80"', "", "MissingAttribute"),
    (' port="80"', ' port="no"', "InvalidIntegerAttribute"),
    ("<ttl>60", "<ttl>0", "InvalidPositiveInteger"),
    ("logo.png</url>", "logo.svg</url>", "ImageUrlFormat"),
    ("<url>https://example.org/logo.png</url>", "", "MissingElement"),
    (
        "<title>Harbour News</title>\n<link>https://example.org/</link>\n<width>",
        "<title>Logo</title>\n<link>https://example.org/</link>\n<width>",
        "ImageTitleDoesntMatch",
    ),
    ("<link>https://example.org/</link>\n<width>", "<link>https://example.org/news/</link>\n<width>", "ImageLinkDoesntMatch"),
    ("<width>144", "<width>145", "InvalidWidth"),
    ("<height>64", "<height>tall", "InvalidHeight"),
    ("<hour>0", "<hour>24", "UseZeroForMidnight"),
    ("<hour>0", "<hour>25", "InvalidHour"),
    ("<hour>0", "<hour>23", "DuplicateValue"),
    ("<hour>0", "<hour>1</hour>" * 24 + "<hour>0", "NotEnoughHoursInTheDay"),
    ("<day>Sunday", "<day>Sun", "InvalidDay"),
    ("<day>Sunday", "<day>Monday</day>" * 7 + "<day>Sunday", "EightDaysAWeek"),
    ("<sy:updatePeriod>daily", "<sy:updatePeriod>often", "InvalidUpdatePeriod"),
    ("<sy:updateFrequency>2", "<sy:updateFrequency>x", "InvalidPositiveInteger"),
    ("2020-01-01T00:00Z", "2020-01-01T00:00", "InvalidW3CDTFDate"),
    ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0", "InvalidFullLink"),
    ("</item>\n</channel>", "</item><ttl>9</ttl></channel>", "MisplacedItem"),
    ("<ttl>60</ttl>", "<ttl>60</ttl><fh:archive/>", "MissingCurrentInArchive"),
    ("<ttl>60</ttl>", "<ttl>60</ttl><fh:archive>yes</fh:archive>", "UnexpectedText"),
    ("<ttl>60</ttl>", '<ttl>60</ttl><fh:complete/><atom:link rel="next" href="https://example.org/2"/>', "FeedRelInCompleteFeed"),
    ("<ttl>60</ttl>", "<ttl>60</ttl><atom:title>Again</atom:title>", "DuplicateDescriptionSemantics"),
    # an item
    ("<title>Second</title>", "", "ItemMustContainTitleOrDescription"),
    ('<guid isPermaLink="false">tag:example.org,2020:second</guid>', "", "MissingGuid"),
    ("<guid>https://example.org/crane/", "<guid>crane", "InvalidHttpGUID"),
    ('isPermaLink="false"', 'isPermaLink="no"', "InvalidBooleanAttribute"),
    (' isPermaLink="false"', "", "InvalidPermalink"),
    ("tag:example.org,2020:second", "1234", "NotSufficientlyUnique"),
    ("tag:example.org,2020:second", "https://example.org/crane/", "DuplicateValue"),
    ("<comments>https:", "<comments>//", "InvalidFullLink"),
    ("<guid>", '<w:commentRSS xmlns:w="http://wellformedweb.org/CommentAPI/">https://example.org/c</w:commentRSS><guid>', "CommentRSS"),
    ("<guid>", '<wiki:diff xmlns:wiki="http://www.usemod.com/cgi-bin/mb.pl?ModWiki">x</wiki:diff><guid>', "ObsoleteWikiNamespace"),
    ("<category>Cranes", "<category>", "NotBlank"),
    ("<category>Cranes", "<dc:subject>Sea</dc:subject><category>Cranes", "DuplicateItemSemantics"),
    ("<author>", "<dc:creator>Ada</dc:creator><author>", "DuplicateItemSemantics"),
    ("<slash:comments>0", "<slash:comments>none", "InvalidNonNegativeInteger"),
    ("<slash:comments>0", "<slash:hit_parade>1;2</slash:hit_parade><slash:comments>0", "InvalidCommaSeparatedIntegers"),
    ("<lastBuildDate>Tue, 02 Jun 2020 08:00:00 +0000</lastBuildDate>", "", "SlashDate"),
    (' length="0"', "", "MissingAttribute"),
    (' length="0"', ' length="-1"', "UseZeroForUnknown"),
    (' length="0"', ' length="-2"', "InvalidNonNegativeInteger"),
    (' length="0"', ' length="big"', "InvalidIntegerAttribute"),
    ('type="audio/mpeg"', 'type="audio"', "InvalidMIMEAttribute"),
    ('url="https://example.org/crane.mp3"', 'url="crane.mp3"', "InvalidURLAttribute"),
    ('url="https://example.org/crane.mp3"', 'url="http://localhost/crane.mp3"', "InvalidURLAttribute"),
    ("<enclosure", '<enclosure url="https://example.org/b.mp3" length="1" type="audio/mpeg"/><enclosure', "DuplicateEnclosure"),
    (' url="https://example.net/rss.xml"', "", "MissingAttribute"),
    ("<dc:language>en", "<dc:language>zq", "InvalidLanguage"),
    ("2020-06-02</dcterms", "2020-06-31</dcterms", "InvalidW3CDTFDate"),
    ("2020-06-02</dcterms", "1970-01-01</dcterms", "ImplausibleDate"),
    ("<dc:language>", "<dc:harbour/><dc:language>", "UndefinedElement"),
    ("<guid>", "<atom:published>2020-06-01T08:00:00Z</atom:published><guid>", "DuplicateItemSemantics"),
    # the HTML of an item
    ("<content:encoded>", "<content:encoded/><content:encoded>", "DuplicateElement"),
    ("<description>&lt;p&gt;", "<content:encoded>x</content:encoded><description>&lt;p&gt;", "NeedDescriptionBeforeContent"),
    ('href="https://example.org/crane/"', 'href="/crane/"', "ContainsRelRef"),
    ('href="https://example.org/crane/"', 'href="#crane"', "ContainsRelRef"),
    ('href="https://example.org/crane/"', 'href="a b"', "InvalidUriChar"),
    ('src="https://example.org/crane.png"', 'src="crane.png"', "ContainsRelRef"),
    ("https://example.org/crane2.png 2x", "crane2.png 2x", "ContainsRelRef"),
    ("color: red", "position: fixed", "DangerousStyleAttr"),
    ("color: red", "background: url(x.png)", "DangerousStyleAttr"),
    ("color: red", "margin: 9999px", "DangerousStyleAttr"),
    (' id="a"', ' onclick="x()"', "SecurityRiskAttr"),
    (' id="a"', ' role="note"', "SecurityRiskAttr"),
    (' id="a"', ' aria-label="x"', "SecurityRiskAttr"),
    # Media RSS
    ('medium="image"', 'medium="picture"', "InvalidMediaMedium"),
    ('expression="full"', 'expression="half"', "InvalidMediaExpression"),
    ('isDefault="true"', 'isDefault="yes"', "InvalidTrueFalse"),
    ('duration="12.5"', 'duration="long"', "InvalidFloat"),
    ('width="640"', 'width="0"', "InvalidPositiveInteger"),
    ('type="image/png"', 'type="png"', "InvalidMIMEAttribute"),
    ('url="https://example.org/crane.png"', 'url="crane.png"', "InvalidFullLink"),
    ('fileSize="900" lang="en"', 'lang="??"', "InvalidLanguage"),
    ("<media:content url", "<!--", "SAXError"),
    ("<media:group>\n<media:content", "<media:group/>\n<media:group><media:content", "MediaGroupWithoutAlternatives"),
    ('role="photographer"', 'role="snapper"', "InvalidCreditRole"),
    ("pg</media:rating>", "harmless</media:rating>", "InvalidMediaRating"),
    ("dfdec888b72151965a34b4b59031290a", "dfdec888", "InvalidMediaHash"),
    ('relationship="allow"', 'relationship="forbid"', "InvalidMediaRestrictionRel"),
    ('type="country"', 'type="planet"', "InvalidMediaRestrictionType"),
    ("gb de</media:restriction>", "Britain</media:restriction>", "InvalidCountryCode"),
    (' type="country">gb de', ">some", "InvalidMediaRestriction"),
    ('<media:thumbnail url="https://example.org/small.png"', "<media:thumbnail", "MissingAttribute"),
    ('time="12:05:01.123"', 'time="noon"', "InvalidNPTTime"),
    ('<media:title type="plain">A crane', '<media:title type="text">A crane', "InvalidMediaTextType"),
    ("A crane</media:title>", "A &lt;b&gt;crane&lt;/b&gt;</media:title>", "ContainsUndeclaredHTML"),
    ("&lt;b&gt;Creak&lt;/b&gt;", "&lt;script&gt;&lt;/script&gt;", "SecurityRisk"),
    ("<media:title", "<media:adult>false</media:adult><media:title", "DeprecatedMediaAdult"),
    ("<media:title", "<media:harbour/><media:title", "UndefinedElement"),
]


@pytest.mark.parametrize(("old", "new", "name"), RSS_DAMAGE)
def test_damaged_rss(old: str, new: str, name: str) -> None:
    assert name in _names("rss", old, new)


PICTURE = '<content type="image/png" src="https://example.org/crane.png"/>\n<summary type="text">A crane</summary>'
ATOM_DAMAGE = [
    # the document
    ('xmlns="http://www.w3.org/2005/Atom"', 'xmlns="http://purl.org/atom/ns#"', "ObsoleteNamespace"),
    ('xmlns="http://www.w3.org/2005/Atom"', 'xmlns="https://example.org/atom"', "InvalidNamespace"),
    (' xmlns="http://www.w3.org/2005/Atom"', "", "MissingNamespace"),
    ('<feed xmlns="http://www.w3.org/2005/Atom"', '<feed xmlns="http://www.w3.org/2005/Atom" version="1.0"', "UnexpectedAttribute"),
    ("<feed xmlns=", '<feed xmlns:atom="http://www.w3.org/2005/Atom" xmlns=', "AvoidNamespacePrefix"),
    ('xml:lang="en"', 'xml:lang="en_GB"', "InvalidLanguage"),
    ('xml:lang="en"', 'xml:base="http://a b/"', "InvalidUriChar"),
    # the feed
    ("<title>Harbour News</title>\n", "", "MissingElement"),
    ("<id>https://example.org/</id>\n", "", "MissingElement"),
    ("<updated>2020-06-02T08:00:00Z</updated>\n", "", "MissingElement"),
    ("<id>https://example.org/</id>", "<id>https://example.org</id>", "NonCanonicalURI"),
    ("<id>https://example.org/</id>", "<id>HTTPS://EXAMPLE.ORG/</id>", "NonCanonicalURI"),
    ("<id>https://example.org/</id>", "<id>https://example.org/%7eada</id>", "NonCanonicalURI"),
    ("<id>https://example.org/</id>", "<id>https://example.org/</id><id>https://example.org/</id>", "DuplicateElement"),
    ("<id>https://example.org/</id>", "<id>example.org</id>", "InvalidFullLink"),
    ("<id>https://example.org/</id>", "<id>urn:uuid:1234</id>", "InvalidUUID"),
    ("<id>https://example.org/</id>", "<id>urn:x</id>", "InvalidURN"),
    ("<id>https://example.org/</id>", "<id>tag:example.org:news</id>", "InvalidTAG"),
    ("<id>https://example.org/</id>", "<id> https://example.org/ </id>", "UnexpectedWhitespace"),
    ('<link rel="self"', '<link rel="related"', "MissingSelf"),
    ("/news/atom.xml", "/old/atom.xml", "SelfDoesntMatchLocation"),
    ('rel="alternate" type="text/html"', 'rel="canonical" type="text/html"', "UnregisteredAtomLinkRel"),
    ('rel="alternate" type="text/html"', 'rel="alternate" type="html"', "InvalidMIMEType"),
    ('rel="alternate" type="text/html"', 'rel="alternate" type="text/html" hreflang="english"', "InvalidLanguage"),
    ('rel="alternate" type="text/html"', 'rel="alternate" title="" type="text/html"', "AttrNotBlank"),
    ('rel="hub"', 'rel="alternate" type="text/html"', "DuplicateAtomLink"),
    ('<link rel="hub" href="https://hub.example.org/"/>', '<link rel="hub"/>', "MissingHref"),
    ('<link rel="hub" href="https://hub.example.org/"/>', '<link rel="hub" href="https://hub.example.org/">x</link>', "AtomLinkNotEmpty"),
    ("https://hub.example.org/", "https://hub.example.org/{x}", "InvalidUriChar"),
    ("https://hub.example.org/", "http:///hub", "InvalidIRI"),
    ('<link href="https://example.org/crane/"/>', '<link xml:base="https://example.org/crane/" href="#top"/>', "SameDocumentReference"),
    ("<icon>/favicon.png", "<icon>", "NotBlank"),
    ("<icon>/favicon.png", "<icon>http:favicon.png", "InvalidLink"),
    ("<icon>/favicon.png", "<icon>a b", "InvalidUriChar"),
    ('uri="https://example.org/tool"', 'uri="https://exämple.org:x:ü..ü/"', "InvalidURIAttribute"),
    ('term="sea" ', "", "MissingAttribute"),
    ('scheme="https://example.org/topics"', 'scheme="topics"', "InvalidFullLink"),
    ('label="The sea"', 'label="&lt;b>The sea&lt;/b>"', "ContainsHTML"),
    ("<author><name>Ada Quay</name>", "<author>", "MissingElement"),
    ("<name>Ada Quay</name>", "<name/>", "NotBlank"),
    ("<name>Ada Quay</name>", "<name>Ada &lt;ada@example.org></name>", "ContainsEmail"),
    ("<email>desk@example.org", "<email>Ada Quay", "InvalidAddrSpec"),
    ("<uri>https://example.org/ada", "<uri>a b", "InvalidUriChar"),
    ("<author>", "<author><url>x</url>", "UndefinedElement"),
    ("<rights>", "<tagline>x</tagline><rights>", "UndefinedElement"),
    ("<rights>", '<simple xmlns="">x</simple><rights>', "UndeterminableVocabulary"),
    ("</feed>", "<subtitle>late</subtitle></feed>", "MisplacedMetadata"),
    ("<author><name>Ada Quay</name><email>desk@example.org</email><uri>https://example.org/ada</uri></author>", "", "MissingElement"),
    # RFC 5005
    ('rel="prev-archive"', 'rel="related"', "ArchiveIncomplete"),
    ('<link rel="current"', '<link rel="related"', "MissingCurrentInArchive"),
    ("<fh:archive/>", "<fh:complete/>", "FeedRelInCompleteFeed"),
    (
        '<fh:archive/>\n<link rel="current" href="https://example.org/news/',
        '<fh:complete/>\n<link rel="current" href="https://example.org/old/',
        "CurrentNotSelfInCompleteFeed",
    ),
    (
        "<fh:archive/>",
        '<link rel="last" href="https://example.org/news/atom.xml"/><link rel="next" href="https://example.org/2"/>',
        "LinkPastEnd",
    ),
    ('<link href="https://example.org/crane/"/>', '<link rel="prev-archive" href="https://example.org/crane/"/>', "FeedHistoryRelInEntry"),
    # an entry
    ("<title>A crane</title>", "", "MissingElement"),
    ("<title>A crane</title>", "<title/>", "NotBlank"),
    ("<title>A crane</title>", '<title type="text/html">A crane</title>', "InvalidTextType"),
    ("<title>A crane</title>", '<title type="">A crane</title>', "AttrNotBlank"),
    ("<title>A crane</title>", "<title>A &lt;b&gt;crane&lt;/b&gt;</title>", "ContainsUndeclaredHTML"),
    ("<title>A crane</title>", "<title>A crane&amp;nbsp;</title>", "ContainsUndeclaredHTML"),
    ("<title>A crane</title>", "<title>A <b>crane</b></title>", "UndefinedElement"),
    ("tag:example.org,2020:gull", "urn:uuid:1e8b4a52-7a39-4d54-9d3e-0c8f1b3a7e01", "DuplicateEntries"),
    ("2020-05-31T08:00:00Z", "2020-05-30T08:00:00Z", "DuplicateUpdated"),
    ("2020-05-31T08:00:00Z", "2020-05-31T08:00Z", "InvalidRFC3339Date"),
    ("2020-05-31T08:00:00Z", "2020-05-31T08:00:00", "InvalidRFC3339Date"),
    ("2020-05-31T08:00:00Z", "2020-05-31t08:00:00z", "InvalidRFC3339Date"),
    ("2020-05-31T08:00:00Z", "2020-05-32T08:00:00Z", "InvalidRFC3339Date"),
    ("2020-05-31T08:00:00Z", "2020-05-31T24:00:00Z", "InvalidRFC3339Date"),
    ("2020-05-31T08:00:00Z", " 2020-05-31T08:00:00Z", "UnexpectedWhitespace"),
    ("2020-05-31T08:00:00Z", "2199-05-31T08:00:00Z", "ImplausibleDate"),
    ("2020-05-31T08:00:00Z", "1900-05-31T08:00:00Z", "ImplausibleDate"),
    ('length="900"', 'length="big"', "InvalidNonNegativeInteger"),
    ('<link rel="replies"', '<link rel="related"', "UnexpectedAttribute"),
    ('thr:count="2"', 'thr:when="2"', "NoThrWhen"),
    ("<title>Elsewhere</title>", "", "MissingSourceElement"),
    ("</source>", "<entry/></source>", "UndefinedElement"),
    ("<contributor>", "<source/><contributor>", "MissingSourceElement"),
    ("<contributor>", '<div xmlns="http://www.w3.org/1999/xhtml"/><contributor>', "MisplacedXHTMLContent"),
    ('<summary type="text">A crane</summary>', "", "MissingSummary"),
    (PICTURE, "", "MissingContentOrAlternate"),
    (PICTURE, "", "MissingTextualContent"),
    ('type="image/png" src=', "src=", "MissingTypeAttr"),
    ('type="image/png" src=', 'type="html" src=', "InvalidMIMEType"),
    ('src="https://example.org/crane.png"', 'src="a b"', "InvalidUriChar"),
    ('<content type="image/png" src="https://example.org/crane.png"/>', '<content type="image/png">not a picture</content>', "NotBase64"),
    ('<content type="html">', '<content type="text/html">', "HtmlFragment"),
    ('<content type="html">', '<content type="multipart/alternative">', "InvalidMIMEType"),
    ('<content type="html">', '<content type="html" mode="escaped">', "UnexpectedAttribute"),
    ("&lt;p&gt;Long of it.", "&lt;p&gt;&lt;iframe&gt;&lt;/iframe&gt;", "SecurityRisk"),
    ("&lt;p&gt;Long of it.", "&lt;p&gt;&lt;b&gt;", "NotHtml"),
    # XHTML in it
    ('<content type="xhtml"><div xmlns', '<content type="xhtml"><p xmlns="http://www.w3.org/1999/xhtml"/><div xmlns', "MissingXhtmlDiv"),
    ('<content type="xhtml">', '<content type="xhtml">Text ', "MissingXhtmlDiv"),
    ('<p style="color: red">Long of it.</p>', "<p><script/></p>", "SecurityRisk"),
    ('<p style="color: red">Long of it.</p>', "<harbour/>", "NotHtml"),
    ('<p style="color: red">Long of it.</p>', '<p xmlns="">x</p>', "MissingNamespace"),
    ('<p style="color: red">Long of it.</p>', '<p data-x="1">x</p>', "SecurityRiskAttr"),
    ('<p style="color: red">Long of it.</p>', "<dc:title>x</dc:title>", "UndefinedElement"),
    ("color: red", "position: absolute", "DangerousStyleAttr"),
    ('<path d="M0 0"/>', "<foreignObject/>", "SecurityRisk"),
    ('<path d="M0 0"/>', '<path onclick="x"/>', "SecurityRiskAttr"),
    ("A <em>gull</em>", "A &lt;em>gull&lt;/em>", "NotInline"),
]


@pytest.mark.parametrize(("old", "new", "name"), ATOM_DAMAGE)
def test_damaged_atom(old: str, new: str, name: str) -> None:
    assert name in _names("atom", old, new)


JSON_DAMAGE = [
    ('"version": "https://jsonfeed.org/version/1.1",', "", "MissingElement"),
    ("version/1.1", "version/1", "ObsoleteVersion"),
    ("https://jsonfeed.org/version/1.1", "1.1", "InvalidValue"),
    ('"title": "Harbour News",', "", "MissingElement"),
    ('"title": "Harbour News"', '"title": 7', "InvalidValue"),
    ('"title": "Harbour News"', '"title": "Harbour\x93News"', "BadCharacters"),
    ('"title": "Harbour News"', '"title": "Harbour News", "title": "x"', "DuplicateElement"),
    ('"title": "Harbour News"', '"titel": "x", "title": "Harbour News"', "UndefinedElement"),
    ('"_harbour"', '"_har.bour"', "UndefinedElement"),
    ('"feed_url": "https://example.org/news/feed.json",', "", "MissingSelf"),
    ("/news/feed.json", "/old/feed.json", "SelfDoesntMatchLocation"),
    ("/news/feed-2.json", "/news/feed.json", "LinkPastEnd"),
    ('"https://example.org/logo.png"', '"logo.png"', "InvalidFullLink"),
    ('"https://example.org/logo.png"', '"https://example.org/a b"', "InvalidUriChar"),
    ('"language": "en-GB"', '"language": "english"', "InvalidLanguage"),
    ('"expired": false', '"expired": "no"', "InvalidValue"),
    ('"expired": false', '"expired": NaN', "InvalidJSON"),
    ('"authors": [', '"author": {"name": "Ada"}, "authors": [', "Deprecated"),
    ('{"name": "Ada Quay", "url": "https://example.org/ada", "avatar": "https://example.org/ada.png"}', "{}", "MissingElement"),
    ('{"name": "Ada Quay", "url": "https://example.org/ada", "avatar": "https://example.org/ada.png"}', '"Ada"', "InvalidValue"),
    ('"type": "WebSub", ', "", "MissingElement"),
    ('"id": "https://example.org/crane/",', "", "MissingElement"),
    ('"id": "https://example.org/crane/"', '"id": 1', "InvalidValue"),
    ('"id": "second"', '"id": "https://example.org/crane/"', "DuplicateValue"),
    ('"id": "second"', '"id": ""', "NotBlank"),
    (', "content_text": "Second"', "", "MissingTextualContent"),
    ('"2020-06-01T08:00:00+02:00"', '"2020-06-01"', "InvalidRFC3339Date"),
    ('"2020-06-01T08:00:00+02:00"', '"2199-06-01T08:00:00Z"', "ImplausibleDate"),
    ('["Sea", "Cranes"]', '"Sea, Cranes"', "InvalidValue"),
    ('["Sea", "Cranes"]', "[1]", "InvalidValue"),
    ("Long of it.", "<script></script>", "SecurityRisk"),
    ("Long of it.", "<b>", "NotHtml"),
    ('href=\\"https://example.org/\\"', 'href=\\"/\\"', "ContainsRelRef"),
    (', "mime_type": "audio/mpeg"', "", "MissingElement"),
    ('"audio/mpeg"', '"mp3"', "InvalidMIMEAttribute"),
    ('"size_in_bytes": 900', '"size_in_bytes": "900"', "InvalidNonNegativeInteger"),
    ('"items": [', '"items": {}, "_items": [', "InvalidValue"),
    ("{\n", "[\n", "InvalidJSON"),
]


@pytest.mark.parametrize(("old", "new", "name"), JSON_DAMAGE)
def test_damaged_json(old: str, new: str, name: str) -> None:
    assert name in _names("json", old, new)


# HTML that the standard's parser calls an error at once.
NOT_HTML = [
    "<p>a</p></p>", "<b>a", "<b><p>a</b></p>", "<p><b>a</p></b>", "<div><span>a</div>", "<p><div>a</div></p>",
    "<a href='x:a'><a href='x:b'>a</a></a>", "<h1>a<h2>b</h2></h1>", "<h1>a</h2>", "<li><b>a<li>b", "<table>a</table>",
    "<table><td>a</td></table>", "<table><tr><div></div></table>", "<table><tr><td>a", "<td>a</td>", "<tr></tr>",
    "<table><caption><b>a</caption></table>", "<select><p></p></select>", "<br></br>", "<div/>", "<form><form></form></form>",
    "<button><button></button></button>", "a < b <", "a <3", "</>", "<!DOCTYPE html>", "<?xml version='1.0'?>", "<!-- a", "<!-->",
    "<![CDATA[a]]>", "a &nbsp b", "a &harbour; b", "AT&T", "&#0;", "&#x80;", "&#;", '<p id="a" id="b">a</p>', '<p id="a"class="b">a</p>',
    "<p id=>a</p>", '<p "a">a</p>', "<p id='a", "</p id='a'>", "<a href='x:?a=1&b=2'>a</a>", "<textarea>a", "<body>", "<image>",
    "<harbour>a</harbour>", "<svg></svg>", "<math></math>", "<ruby>a<span><rt>b</rt></span></ruby>", "<dl><dt><b>a<dd>b</dl>", "\x01",
]  # fmt: skip
RISKS = [
    "<script>x</script>", "<style>p{}</style>", "<iframe src='x:a'></iframe>", "<object></object>", "<meta>", "<base>", "<link>",
    "<bdo>a</bdo>",
]  # fmt: skip
# HTML that is unusual and right.
FINE = [
    "a & b", "a &amp; b", "1 &lt; 2 > 1", "<p>a<p>b", "<ul><li>a<li><p>b</ul>", "<dl><dt>a<dd>b<dt>c</dl>", "<p>a<div>b</div>",
    "<table><tr><td>a<td>b<tr><td>c</table>",
    "<table><caption>a</caption><colgroup><col><col></colgroup><tbody><tr><td><table><tr><td>a</table></table>",
    "<table><col><thead><tr><th>a<tbody><tr><td>b<tfoot><tr><td>c</table>",
    "<select><optgroup label='a'><option>b<option>c<optgroup label='d'></select>", "<ruby>a<rp>(<rt>b<rp>)</ruby>",
    "<br/><hr><img src='x:a' alt=b>", "<P CLASS=a>b</P>", "<!-- a -- b -->", "<p hidden title=''>a</p>",
    "<a href='x:a'>a<div>b</div></a>", "<details open><summary>a</summary><p>b</details>",
    "<figure><img src=x:a><figcaption>b</figcaption></figure>", "<pre>a\n<code class='language-c'>b</code></pre>",
    "<textarea><b></textarea>", "&#8217;&#x2019;&hellip;&copy;", "<p data-a='1'>b</p>", "<button><p>a</button>", "<h1>a</h1><h2>b</h2>",
    "<video src='x:a'></video>", "<p style='color:#f00;'>a</p>", "<a href='x:?a=1&amp;b=2'>a</a>",
    "<ol start=3 reversed type=a><li value=2>a</ol>",
]  # fmt: skip


def _html_findings(html: str) -> list[str]:
    start = ATOM.index('<content type="html">') + len('<content type="html">')
    end = ATOM.index("</content>", start)
    escaped = "<![CDATA[" + html.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    if "\x01" in html:
        escaped = "&amp;#1;"
    return [line.split(":")[0] for line in judge((ATOM[:start] + escaped + ATOM[end:]).encode())]


@pytest.mark.parametrize("html", NOT_HTML)
def test_not_html(html: str) -> None:
    assert "NotHtml" in _html_findings(html)


@pytest.mark.parametrize("html", RISKS)
def test_risky_html(html: str) -> None:
    assert "SecurityRisk" in _html_findings(html)


@pytest.mark.parametrize("html", FINE)
def test_fine_html(html: str) -> None:
    assert _html_findings(html) == []


# What looks like a fault and is none.
ACCEPTED = [
    ("rss", "<title>Second</title>", "<title>AT&amp;T &amp; BT, 1 &lt; 2</title>"),
    ("rss", "<title>Second</title>", "<title>The &#x3C;b> element</title>"),
    ("rss", "<title>Second</title>", "<description>Only this</description>"),
    ("rss", "Sun, 31 May 2020 08:00:00 +0200", "31 May 2020 08:00 EST"),
    ("rss", "</copyright>", "</copyright><itunes:author xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>Ada</itunes:author>"),
    ("rss", "tag:example.org,2020:second", "123456789"),
    ("rss", "<category>Cranes", "<category>Gulls</category><category>Cranes"),
    ("rss", "<dc:creator>Ada Quay</dc:creator>", "<dc:creator>Ada Quay</dc:creator><dc:creator>Ben Mole</dc:creator>"),
    ("rss", "<ttl>60</ttl>", "<ttl>60</ttl><fh:complete/>"),
    ("atom", "<title>A crane</title>", "<title>AT&amp;T &lt;b> &amp; BT</title>"),
    ("atom", "<title>A crane</title>", '<title type="html">A &lt;b>crane&lt;/b> &amp;amp; a gull</title>'),
    ("atom", "https://example.org/crane/", "https://exämple.org/crane/"),
    ("atom", "https://example.org/crane/", "../crane/?a=1:2#b"),
    ("atom", "2020-05-31T08:00:00Z", "2020-05-31T08:00:00.5+05:30"),
    ("atom", '<link rel="hub"', '<link rel="alternate" hreflang="de" type="text/html" href="https://example.org/de/"/><link rel="hub"'),
    ("atom", '<link rel="hub"', '<link rel="https://example.org/rel" href="https://example.org/de/"/><link rel="hub"'),
    ("atom", "<id>https://example.org/</id>", "<id>https://example.org/?q=%C3%A4</id>"),
    ("atom", ' xml:lang="en"', ' xml:lang=""'),
    ("atom", ' xml:lang="en"', ' xml:lang="gsw-CH" xml:base="https://example.org/news/"'),
    ("json", '"tags": ["Sea", "Cranes"],', '"tags": [],'),
    ("json", '"home_page_url": "https://example.org/",', ""),
]


@pytest.mark.parametrize(("format", "old", "new"), ACCEPTED)
def test_accepted(format: str, old: str, new: str) -> None:
    assert _names(format, old, new) == []


def test_every_entry_with_one_id_is_one_finding() -> None:
    entry = ATOM[ATOM.index("<entry>\n<title>A picture") : ATOM.index("</feed>")]
    entries = "".join(entry.replace("05-30T08", f"05-{day:02}T08") for day in range(1, 12))
    found = [line.split(":")[0] for line in judge((ATOM[: ATOM.index("<entry>")] + entries + "</feed>").encode())]
    assert found == ["DuplicateIds"]


def test_an_entry_alone_needs_an_author() -> None:
    assert _names("entry", "<author><name>Ada Quay</name></author>", "") == ["MissingElement"]


@pytest.mark.parametrize(
    ("data", "media_type", "name"),
    [
        (RSS.encode(), "application/atom+xml", "UnexpectedContentType"),
        (ATOM.encode(), "application/rss+xml", "UnexpectedContentType"),
        (JSON.encode(), "text/html", "UnexpectedContentType"),
        (RSS.encode(), "application/rss+xml; charset=iso-8859-1", "EncodingMismatch"),
        (RSS.encode(), "text/xml", "EncodingMismatch"),
        (JSON.encode(), "application/feed+json; charset=utf-16", "EncodingMismatch"),
        (RSS.replace("<rss", f"<!-- {'x' * 600} --><rss").encode(), "application/xml", "NonSpecificMediaType"),
        (codecs.BOM_UTF16_LE + RSS.encode("utf-16-le"), "", "UnicodeError"),
        (codecs.BOM_UTF8 + JSON.encode(), "", "UnicodeError"),
        (JSON.encode("utf-16"), "", "SAXError"),
        (JSON.replace("tide", "t\u00efde").encode("latin-1"), "", "UnicodeError"),
        (b"<html/>", "", "UndefinedElement"),
        (b"", "", "SAXError"),
        (RSS.replace("</rss>", " " * 5_000_000 + "</rss>").encode(), "", "ValidatorLimit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bytes_and_media_types(data: bytes, media_type: str, name: str) -> None:
    assert name in [line.split(":")[0] for line in judge(data, media_type=media_type)]
