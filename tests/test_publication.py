"""What a publication says, how its faults are named, and what it adds to an article."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import pubkit
from pubkit.diagnostics import PubkitError
from pubkit.metadata import complete, file_slug, localised, override, slug_of
from pubkit.model import (
    UNDATED,
    Article,
    Block,
    Cell,
    Code,
    CodeBlock,
    Column,
    Correction,
    Heading,
    List,
    MathBlock,
    Meta,
    Paragraph,
    Passage,
    Person,
    Quote,
    Row,
    Rule,
    Span,
    Table,
    Volume,
)
from pubkit.publication import NAMELESS, Publication, checked, find, load
from pubkit.zipfiles import unpack

KYIV = Publication(timezone="Europe/Kyiv")
SUMMER, WINTER = timezone(timedelta(hours=3)), timezone(timedelta(hours=2))


def naive(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - these name no zone


# --- pubkit.toml ---

def test_a_folder_without_a_file_has_an_empty_publication(tmp_path: Path) -> None:
    assert find(tmp_path) == Publication()


def test_all_keys(tmp_path: Path) -> None:
    path = tmp_path / "pubkit.toml"
    lines = [f'{key} = "{value}"' for key, value in (
        ("title", "T"), ("url", "https://example.org/"), ("language", "uk"), ("author", "A"), ("description", "D"), ("rights", "R"),
        ("theme", "journal"), ("timezone", "Europe/Kyiv"))]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert find(tmp_path) == Publication("T", "https://example.org/", "uk", "A", "D", "R", "journal", "Europe/Kyiv")


@pytest.mark.parametrize(("raw", "words"), [
    ({"titel": "x"}, "Did you mean title?"), ({"title": 3}, "Expected text"), ({"url": "example.org"}, "whole address"),
    ({"language": "?"}, "BCP 47"), ({"timezone": "Europe/Kiiv"}, "Did you mean Europe/Kyiv?"),
    ({"timezone": "Kyiv"}, "Did you mean Europe/Kyiv?"),
    ({"timezone": "europe/kyiv"}, "Did you mean Europe/Kyiv?"), ({"timezone": "new york"}, "Did you mean America/New_York?"),
    ({"timezone": "+02:00"}, "the name of a place"), ({"timezone": ""}, "the name of a place"),
    ({"timezone": "../../etc"}, "the name of a place"),
    ({"url": "https://u:secret@e.example/"}, "a name or a password"), ({"url": "https://e.example/?q"}, "alone"),
    ({"feeds": {"hubs": ["https://u:secret@h.example/"]}}, "password"), ({"feeds": {"rss": "feed/", "jsonfeed": "feed/"}}, "one place"),
    ({"feeds": {"rss": "feed", "atom": "feed/atom.xml"}}, "one place"), ({"feeds": {"limt": 3}}, "Did you mean limit?"),
    ({"feeds": {"name": "{kind}/{file}"}}, "{key}"), ({"paths": {"address": "../{slug}"}}, "below the site"),
    ({"timezone": "localtime"}, "the name of a place"), ({"timezone": "Europe"}, "the name of a place"),
])
def test_faults(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(PubkitError) as caught:
        checked(raw, "pubkit.toml")
    assert caught.value.location.file == "pubkit.toml"
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_is_no_toml_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "pubkit.toml"
    path.write_text('title = "x"\nurl = x\n', encoding="utf-8")
    with pytest.raises(PubkitError) as caught:
        load(path)
    assert (caught.value.location.line, caught.value.location.column) == (2, 7)


# --- Time zones ---

def test_dates_without_a_zone_are_those_of_the_publication() -> None:
    meta = Meta(published=naive(2024, 7, 1), updated=naive(2024, 12, 1, 9, 30), corrections=[Correction(naive(2024, 12, 2), "x")])
    found = localised(meta, KYIV)
    assert [d.isoformat() for d in (found.published, found.updated, found.corrections[0].date) if d] == [
        "2024-07-01T00:00:00+03:00", "2024-12-01T09:30:00+02:00", "2024-12-02T00:00:00+02:00"]


def test_dates_with_a_zone_stay() -> None:
    meta = Meta(published=datetime(2024, 7, 1, tzinfo=UTC), corrections=[Correction(datetime(2024, 7, 1, tzinfo=SUMMER), "x")])
    assert localised(meta, KYIV) == meta
    assert localised(Meta(), KYIV) == Meta()


def test_without_a_zone_of_its_own_a_publication_is_in_utc() -> None:
    assert localised(Meta(published=naive(2024, 7, 1)), Publication()).published == datetime(2024, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(("moment", "offset"), [
    (naive(2024, 3, 31, 3, 30), WINTER),  # the hour that is left out in spring
    (naive(2024, 10, 27, 3, 30), SUMMER),  # the hour that comes twice in autumn: its first time
    (naive(1900, 1, 1), timezone(timedelta(hours=2, minutes=2))),  # seconds of local mean time are rounded
])
def test_odd_hours(moment: datetime, offset: timezone) -> None:
    found = localised(Meta(published=moment), KYIV).published
    assert found is not None
    assert (found.replace(tzinfo=None), found.utcoffset()) == (moment, offset.utcoffset(None))


def test_a_zone_that_was_not_checked_is_named() -> None:
    with pytest.raises(PubkitError, match="timezone is 'Nowhere'"):
        localised(Meta(published=naive(2024, 7, 1)), Publication(timezone="Nowhere"))


# --- What is filled in ---

@pytest.mark.parametrize(("name", "slug", "date"), [
    ("2024-05-31-tides.md", "tides", naive(2024, 5, 31)), ("a b.md", "a-b", None), ("x/index.md", "x", None),
    ("2024-05-31.md", "2024-05-31", naive(2024, 5, 31)), ("2024-13-31-x.md", "2024-13-31-x", None),
    ("0001-01-01-x.md", "0001-01-01-x", None),
])
def test_slugs_of_names(name: str, slug: str, date: datetime | None) -> None:
    assert slug_of(name) == (slug, date)


def test_slugs_keep_letters_of_any_script() -> None:
    assert (file_slug("Привіт, світе!"), file_slug("?!"), len(file_slug("x" * 200))) == ("Привіт-світе", "article", 80)


def test_the_day_of_a_name_is_midnight_of_the_publication() -> None:
    whole, _ = complete(Article(Meta(title="x"), (Paragraph("x"),)), KYIV, "2024-07-01-x.md")
    assert whole.meta.published == whole.meta.updated == datetime(2024, 7, 1, tzinfo=SUMMER)


def test_complete_puts_zones_on_dates() -> None:
    meta = Meta(title="x", published=naive(2024, 7, 1), updated=naive(2024, 6, 1), language="en", authors=["A"])
    whole, said = complete(Article(meta, (Paragraph("x"),)), KYIV)
    assert [d.code for d in said] == ["metadata-invalid"]  # updated before it was published
    assert whole.meta.published == whole.meta.updated == datetime(2024, 7, 1, tzinfo=SUMMER)
    assert complete(whole, KYIV)[0] == whole


def test_what_is_missing_is_filled_in_and_said() -> None:
    whole, said = complete(Article(Meta(), (Heading(2, "A heading"),)), Publication(url="https://example.org/blog", timezone="Asia/Tokyo"))
    meta = whole.meta
    assert (meta.title_text, meta.slug, meta.language, meta.authors, meta.published) == (
        "A heading", "a-heading", "en", (Person(NAMELESS, role="publisher"),), UNDATED)
    assert meta.url == "https://example.org/blog/a-heading.html"
    assert meta.id == meta.url
    assert [d.code for d in said] == ["title-missing", "language-missing", "author-missing", "date-missing"]


def test_what_the_user_says_stands_above() -> None:
    assert override(Meta(slug="a", language="en"), {"slug": "b", "language": None}) == Meta(slug="b", language="en")


# --- The language of an article that names none ---

TOLD = {
    "en": ("The sea is not the same on any two days, and those who live by it know that. When the wind comes from the west they stay"
           " at home, or they mend what has been torn; but if the sky is clear, all of them will be out before it is light."),
    "de": ("Das Meer ist an keinen zwei Tagen gleich, und wer an ihm lebt, der weiß das. Wenn der Wind aus dem Westen kommt, bleiben"
           " sie zu Hause oder flicken, was zerrissen ist; aber bei klarem Himmel sind sie alle auf dem Wasser, noch ehe es hell "
           "wird. So war es auch für die Alten, und es wird wohl noch lange so sein."),
    "fr": ("La mer n’est pas la même deux jours de suite, et ceux qui vivent près d’elle le savent. Quand le vent est à l’ouest, ils"
           " restent dans leur maison ou réparent ce qui a été déchiré ; mais si le ciel est clair, ils sont sur l’eau avec leurs "
           "filets avant le jour. C’est ainsi que vivaient les anciens, et nous ne faisons pas plus que ce qu’ils nous ont appris."),
    "es": ("El mar no es el mismo dos días seguidos, y los que viven cerca de él lo saben. Cuando el viento es del oeste se quedan "
           "en su casa o remiendan lo que está roto; pero si el cielo está claro, todos salen con las redes antes de que haya luz. "
           "También era así para los viejos, y no hay más que decir sobre esto, porque todo sigue como entonces."),
    "pt": ("O mar não é o mesmo em dois dias, e os que vivem perto dele sabem isso. Quando o vento vem do oeste, ficam em casa ou "
           "remendam o que está roto; mas se o céu está claro, são muitos os que saem com as redes antes da luz. Também foi assim "
           "para os velhos, e já não há mais a dizer sobre isso, como se diz na aldeia, por uma razão ou pela outra."),
    "it": ("Il mare non è lo stesso per due giorni, e quelli che vivono con il mare lo sanno. Quando il vento è da ponente, restano "
           "nella casa o riparano ciò che si è rotto; ma se il cielo è chiaro, sono tutti sul mare con le reti prima della luce. Era"
           " così anche per i vecchi, e di questo non ha più senso dire altro: ogni cosa del paese è come era, tra il porto e la "
           "piazza."),
    "nl": ("De zee is niet op twee dagen dezelfde, en wie er aan woont weet dat. Als de wind uit het westen komt, blijven ze thuis "
           "of maken ze wat kapot is; maar met een heldere hemel gaan ze het water op, nog voor het licht wordt. Zo was het ook voor"
           " de ouden, en dit zal nog lang zo zijn, want van de zee kan men geen andere dingen vragen."),
    "pl": ("Morze nie jest takie samo przez dwa dni i ci, którzy nad nim żyją, o tym wiedzą. Gdy wiatr wieje z zachodu, zostają w "
           "domu albo naprawiają to, co się podarło; ale jak niebo jest czyste, to już przed świtem są na wodzie. Tak było też dla "
           "starych i nie ma co do tego dodać, bo od morza nie można chcieć, żeby było inne."),
    "tr": ("Deniz iki gün aynı değil ve onun yanında yaşayan herkes bunu bilir. Rüzgâr batıdan gelirse evde kalır ya da yırtık "
           "ağları onarır; ama gök açık olursa, güneş doğmadan önce bir kayık gibi suya iner. Eskiler için de bu böyle olarak kaldı,"
           " ve çok söz gerek olmadan daha ne kadar sürer, kimse bilmez; her şey var olan gibi ki sonra da öyle olur."),
    "uk": ("Море не буває однаковим два дні, і ті, хто живе біля нього, це знають. Якщо вітер із заходу, вони сидять удома або "
           "лагодять сіті."),
    "ru": ("Море не бывает одинаковым два дня, и те, кто живёт у моря, это знают. Если ветер с запада, они сидят дома или чинят "
           "сети, но не все."),
    "bg": ("Морето не е същото два дни, и тези, които живеят при него, го знаят. Ако вятърът е от запад, те са у дома или кърпят "
           "мрежите си."),
    "be": ("Мора не бывае аднолькавым два дні, і тыя, хто жыве каля яго, гэта ведаюць. Калі вецер з захаду, яны сядзяць дома або "
           "ладзяць сеткі."),
    "sr": ("Море није исто ни два дана, и они који живе поред њега то знају. Ако је ветар са запада, они су код куће или крпе мреже,"
           " али ако је небо чисто, сви су на води пре него што сване. То је било тако и за старе, и не може да буде другачије."),
    "mk": ("Морето не е исто два дена, и тие што живеат покрај него го знаат тоа. Ако ветерот е од запад, тие се дома или ги крпат "
           "мрежите."),
    "ar": "ليس البحر هو نفسه في يومين، ومن يعيش على الشاطئ يعرف هذا. إذا جاءت الريح من الغرب بقوا في البيت.",
    "fa": "دریا دو روز یکسان نیست و هر کس که در کنار آن زندگی می کند این را می داند. اگر باد از غرب باشد در خانه می مانند.",
    "ur": "سمندر دو دن ایک جیسا نہیں ہوتا اور جو اس کے کنارے رہتے ہیں وہ یہ جانتے ہیں۔ ہوا مغرب سے ہو تو وہ گھر میں رہتے ہیں۔",
    "he": "הים אינו אותו ים יומיים, ומי שגר לידו יודע זאת.",
    "yi": "דער ים איז ניט דער זעלבער צוויי טעג, און די מענטשן ווייסן עס. זיי בלייבן אין דער היים מיט די נעצן.",
    "el": "Η θάλασσα δεν είναι ποτέ η ίδια.",
    "ko": "바다는 이틀을 같은 모습으로 있지 않다.",
    "ja": "海は二日と同じ姿をしていない。",
    "zh": "大海没有两天是一样的，这里的人们都知道。",
    "zh-Hant": "大海沒有兩天是一樣的，這裡的人們都知道。",
    "th": "ทะเลไม่เหมือนเดิม",
    "ka": "ზღვა ყოველდღე სხვაა",
    "hy": "Ծովը ամեն օր ուրիշ է",
    "hi": "समुद्र दो दिन एक जैसा नहीं होता और जो उसके पास रहते हैं वे यह जानते हैं।",
    "bn": "সমুদ্র দুই দিন এক থাকে না।",
    "ta": "கடல் இரண்டு நாள் ஒன்றாக இல்லை.",
    "te": "సముద్రం రోజూ ఒకేలా ఉండదు.",
    "kn": "ಸಮುದ್ರ ದಿನವೂ ಒಂದೇ ಅಲ್ಲ.",
    "ml": "കടൽ എന്നും ഒരുപോലെയല്ല.",
    "gu": "દરિયો રોજ સરખો નથી.",
    "pa": "ਸਮੁੰਦਰ ਰੋਜ਼ ਇੱਕੋ ਨਹੀਂ.",
    "si": "මුහුද දිනපතා වෙනස්.",
    "km": "សមុទ្រមិនដូចគ្នា",
    "lo": "ທະເລບໍ່ຄືກັນ",
    "my": "ပင်လယ်သည် နေ့တိုင်း ကွဲပြားသည်",
    "am": "ባሕሩ በየቀኑ ይለያያል።",
}


def said(*blocks: Block, title: str = "", publication: Publication | None = None) -> tuple[str, str]:
    """The language that an article gets, and what is said of it."""
    meta = Meta(title=title, slug="x", authors=["A"], published=UNDATED)
    article, found = complete(Article(meta, blocks), publication or Publication())
    return article.meta.language, " ".join(d.message for d in found if d.code == "language-missing")


@pytest.mark.parametrize("language", TOLD)
def test_the_letters_tell_the_language(language: str) -> None:
    told, message = said(Paragraph(TOLD[language]))
    assert told == language
    assert message == f"there is no language; {language} is used, as the letters and words of the text tell"


@pytest.mark.parametrize("text", [
    "", "12 + 30 = 42", "Kubernetes, Helm, Docker.", "Rock ’n’ roll", "Новое дня", "qwrt zxcv " * 60, "🌊 🌊 🌊", "ⵣⵓⵍ ⵖⵓⵔⵡⵏ",
    "la la la la la la la la la la la la la la la la la la la la",  # many small words, and ever the same
    "Morze jest.", "Il mare.",
])
def test_where_they_do_not_it_is_english(text: str) -> None:
    assert said(Paragraph(text)) == ("en", "there is no language; en is used")


def test_what_the_publication_says_stands_over_the_letters() -> None:
    assert said(Paragraph(TOLD["uk"]), publication=Publication(language="de")) == ("de", "")


def test_what_the_article_says_stands_over_all() -> None:
    article, found = complete(Article(Meta(title="x", language="fr"), [Paragraph(TOLD["uk"])]), Publication(language="de"))
    assert article.meta.language == "fr"
    assert "language-missing" not in [d.code for d in found]


@pytest.mark.parametrize("foreign", [
    CodeBlock(TOLD["uk"] * 3), Quote(TOLD["uk"] * 3), Passage([Paragraph(TOLD["uk"] * 3)], "uk"), Paragraph([Span(TOLD["uk"] * 3, "uk")]),
    Paragraph([Code(TOLD["uk"] * 3)]), Paragraph("https://example.org/" + TOLD["uk"].replace(" ", "/") * 3), MathBlock(TOLD["uk"] * 3),
])
def test_code_quotations_and_addresses_do_not_vote(foreign: Block) -> None:
    assert said(foreign, Paragraph(TOLD["de"]))[0] == "de"
    assert said(Paragraph(TOLD["uk"] * 3), Paragraph(TOLD["de"]))[0] == "uk"  # as words of its own they would


def test_terms_in_latin_letters_hide_no_other_language() -> None:
    assert said(Paragraph(TOLD["ja"] + " Kubernetes Helm Docker Prometheus"))[0] == "ja"
    assert said(Paragraph("git-commit GitHub JavaScript TypeScript Kubernetes. " + TOLD["uk"]))[0] == "uk"
    assert said(Paragraph(TOLD["en"] + " " + TOLD["th"]))[0] == "en"


def test_a_title_and_words_in_lists_and_tables_vote() -> None:
    assert said(Rule(), title="Η θάλασσα")[0] == "el"
    assert said(List([TOLD["uk"]]))[0] == "uk"
    assert said(Table([Column()], [], [Row([Cell(TOLD["uk"])])]))[0] == "uk"


def test_a_long_text_is_told_by_its_beginning_and_fast() -> None:
    begun = time.process_time()
    assert said(*[Paragraph(TOLD["uk"])] * 200, *[Paragraph(TOLD["el"])] * 5000)[0] == "uk"
    assert said(Paragraph("\u4e00\u0301a" * 2_000_000))[0] in ("zh", "en")
    assert time.process_time() - begun < 3


def test_a_volume_speaks_as_its_chapters_do() -> None:
    chapter = Article(Meta(title="Море", slug="a"), [Paragraph(TOLD["uk"])])
    [file] = pubkit.export(Volume(Meta(title="1", slug="v"), (chapter, chapter)), "epub", fonts="none").files
    assert b"<dc:language>uk</dc:language>" in unpack(file.data)["OEBPS/content.opf"]
