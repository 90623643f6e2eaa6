"""Every encoding gives the right text or a refusal; never other words without a word."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pubkit.cli import main
from pubkit.diagnostics import ReadError, UsageError
from pubkit.readers import decode_text
from pubkit.readers.encoding import decode
from pubkit.readers.encoding.languages import ENCODINGS

# Four sentences of our own in each language, one to try short texts with.
TEXTS = {
    "de": ("Der alte Leuchtturm an der Küste war früher grün gestrichen.",
           "Heute erzählt der Wärter gern, dass die Fischer ihn für ein Gespenst hielten.",
           "Im Winter heult der Wind so laut, daß man die Glocke nicht hört.",
           "Über der Tür hängt ein Schild: „Schöne Grüße aus dem Norden“."),
    "fr": ("Le vieux phare de la côte était jadis peint en vert.",
           "Le gardien raconte que les pêcheurs le prenaient pour un fantôme.",
           "En hiver, le vent hurle si fort qu'on n'entend plus la cloche.",
           "À la fenêtre, un écriteau dit : « Élève ton cœur, voyageur, et reviens l'été prochain, ça ira mieux. »"),
    "es": ("El viejo faro de la costa estaba antes pintado de verde.", "El guardián cuenta que los niños creían ver un fantasma.",
           "¿Quién sabe si volverá mañana?", "En el pueblo no había más que una campana y dos cañones oxidados."),
    "sv": ("Den gamla fyren vid kusten var förr målad grön.", "Väktaren säger att fiskarna höll den för ett spöke.",
           "På vintern tjuter vinden så högt att ingen hör klockan.", "Båten kom hem sent, och barnen sjöng för det gula ljuset."),
    "pl": ("Stara latarnia na wybrzeżu była kiedyś pomalowana na zielono.", "Strażnik opowiada, że rybacy brali ją za ducha.",
           "Zimą wiatr wyje tak głośno, że nie słychać dzwonu.", "Łódź wróciła późną nocą, a dzieci śpiewały pieśń o żółtym świetle."),
    "cs": ("Starý maják na pobřeží býval kdysi natřený na zeleno.", "Strážce vypráví, že ho rybáři považovali za přízrak.",
           "V zimě vítr kvílí tak hlasitě, že není slyšet zvon.", "Loď se vrátila pozdě v noci a děti zpívaly píseň o žlutém světle."),
    "tr": ("Kıyıdaki eski deniz feneri bir zamanlar yeşile boyanmıştı.", "Bekçi, balıkçıların onu hayalet sandığını anlatır.",
           "Kışın rüzgâr öyle güçlü uğuldar ki çanın sesi duyulmaz.", "Çocuklar ışığın altında şarkı söylerdi."),
    "uk": ("Старий маяк на узбережжі колись був пофарбований у зелений колір.",
           "Доглядач розповідає, що рибалки вважали його привидом.", "Узимку вітер виє так голосно, що не чути дзвона.",
           "Їхній човен повернувся пізно вночі, а діти співали пісню про жовте світло."),
    "ru": ("Старый маяк на побережье когда-то был выкрашен в зелёный цвет.",
           "Смотритель рассказывает, что рыбаки принимали его за привидение.",
           "Зимой ветер воет так громко, что не слышно колокола.", "Лодка вернулась поздно ночью, и дети пели песню о жёлтом свете."),
    "el": ("Ο παλιός φάρος στην ακτή ήταν κάποτε βαμμένος πράσινος.",
           "Ο φύλακας λέει ότι οι ψαράδες τον περνούσαν για φάντασμα.",
           "Τον χειμώνα ο άνεμος ουρλιάζει τόσο δυνατά, που δεν ακούγεται η καμπάνα.", "Τα παιδιά τραγουδούσαν για το κίτρινο φως."),
    "he": ("המגדלור הישן על החוף היה פעם צבוע ירוק.", "השומר מספר שהדייגים חשבו אותו לרוח רפאים.",
           "בחורף הרוח מייללת חזק כל כך עד שלא שומעים את הפעמון.", "הילדים שרו שיר על האור הצהוב."),
    "ar": ("كانت المنارة القديمة على الساحل مطلية باللون الأخضر.", "يقول الحارس إن الصيادين ظنوها شبحا.",
           "في الشتاء تعوي الريح بقوة حتى لا يسمع أحد صوت الجرس.", "غنى الأطفال عن الضوء الأصفر."),
    "ja": ("海岸の古い灯台は、昔は緑色に塗られていました。", "番人の話では、漁師たちはそれを幽霊だと思っていたそうです。",
           "冬になると風が激しく吹き、鐘の音が聞こえません。", "カメラを持った旅人が夜遅くに戻ってきました。"),
    "zh": ("海边的老灯塔从前漆成绿色。", "看守人说，渔民们曾经把它当作鬼魂。", "冬天的风很大，人们听不见钟声。",
           "那条船深夜才回来，孩子们唱着关于黄色灯光的歌。"),
    "zh-Hant": ("海邊的老燈塔從前漆成綠色。", "看守人說，漁民們曾經把它當作鬼魂。", "冬天的風很大，人們聽不見鐘聲。",
                "那條船深夜才回來，孩子們唱著關於黃色燈光的歌。"),
    "ko": ("해안의 오래된 등대는 예전에 초록색으로 칠해져 있었습니다.", "등대지기는 어부들이 그것을 유령으로 여겼다고 말합니다.",
           "겨울에는 바람이 너무 세게 불어 종소리가 들리지 않습니다.", "아이들은 노란 불빛에 대한 노래를 불렀습니다."),
    "en": ("The old lighthouse on the coast used to be painted green.",
           "The keeper says “the fishermen took it for a ghost” – it’s a tale he likes.",
           "It is at 54° 10' north; the fee is £200 for a flat of 60 m², a café beside it.",
           "In winter the wind howls so loudly that nobody hears the bell."),
}
# Whole texts in the encodings that their languages are found in are read, not refused.
READ = [
    ("de", "cp1252"), ("fr", "cp1252"), ("es", "cp1252"), ("sv", "cp1252"), ("en", "cp1252"), ("de", "iso8859_15"),
    ("fr", "iso8859_15"), ("es", "iso8859_15"),
    ("pl", "cp1250"), ("pl", "iso8859_2"), ("cs", "cp1250"), ("cs", "iso8859_2"), ("tr", "cp1254"), ("uk", "cp1251"), ("uk", "koi8_u"),
    ("uk", "iso8859_5"), ("ru", "cp1251"), ("ru", "koi8_r"), ("ru", "mac_cyrillic"), ("el", "cp1253"), ("el", "iso8859_7"),
    ("he", "cp1255"), ("ar", "cp1256"), ("ja", "shift_jis"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("zh", "gb18030"), ("zh", "gb2312"),
    ("zh-Hant", "big5"), ("ko", "euc_kr"),
]
OTHERS = ("cp437", "cp737", "cp1257", "cp1258", "iso8859_4", "iso8859_6", "iso8859_9", "iso8859_16", "mac_greek", "mac_latin2",
          "mac_turkish", "johab")


def whole(language: str) -> str:
    return " ".join(TEXTS[language]) + "\n"


def encoded(text: str, encoding: str) -> bytes:
    """The bytes of a text, without the typographic signs that an encoding has not."""
    plain = str.maketrans("„“”–’°£²", "\"\"\"-'   ")
    return (text if text.encode(encoding, "ignore").decode(encoding) == text else text.translate(plain)).encode(encoding)


@pytest.mark.parametrize(("language", "encoding"), READ)
def test_a_text_in_an_encoding_of_its_language_is_read(language: str, encoding: str) -> None:
    data = encoded("# Title\n\n" + whole(language), encoding)
    text, found = decode(data, "a.md")
    assert text == data.decode(encoding)
    assert [d.code for d in found] == ["encoding-guessed"]
    assert "Save it as UTF-8" in found[0].message
    assert found[0].location.line == 3


@pytest.mark.parametrize("language", TEXTS)
def test_the_right_words_or_a_refusal_and_never_other_words_without_a_finding(language: str) -> None:
    """Each sentence, pairs of them and the whole in every encoding that can hold them, and what these are when they are read wrongly."""
    sentences = TEXTS[language]
    pieces = [*sentences, *map(" ".join, itertools.pairwise(sentences)), whole(language), " ".join(sentences[0].split()[:3])]
    for text, encoding in itertools.product(pieces, (*ENCODINGS, *OTHERS)):
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if data == text.encode():
            continue
        try:
            got, found = decode(data, "a.txt")
        except ReadError:
            continue
        assert got == text, (encoding, got)
        assert found, encoding


def test_few_words_are_no_evidence() -> None:
    for data in ("Café".encode("cp1252"), "Żółć".encode("cp1250"), "Привет".encode("cp1251"), "日本".encode("shift_jis"), b"\xe9" * 50):
        with pytest.raises(ReadError, match=r"encoding cannot be told|not sure") as caught:
            decode(data, "a.txt")
        assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "utf-32", "utf-32-be-bom"])
def test_unicode_is_read_without_a_word(encoding: str) -> None:
    codec = encoding.removesuffix("-bom")
    text = ("\ufeff" if encoding.endswith("-bom") else "") + "Grüße,\r\nمرحبا\rДякую 😀\n"
    assert decode(text.encode(codec)) == ("Grüße,\nمرحبا\nДякую 😀\n", ())
    assert decode_text(text.encode(codec), "a") == "Grüße,\nمرحبا\nДякую 😀\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(codec: str) -> None:
    text = whole("de") + whole("uk") + whole("zh")
    got, found = decode(text.encode(codec))
    assert got == text
    assert [d.code for d in found] == ["encoding-guessed"]
    assert codec.upper() in found[0].message


# Short texts in more scripts, for UTF-16 only.
MORE = {
    "th": "ประกาศ\n\nพรุ่งนี้จะไม่มีน้ำประปาในเขตเหนือของเมือง\n", "lv": "Vecā bāka krastā kādreiz bija zaļa.", "hi": "तट पर पुराना प्रकाशस्तंभ हरा था।",
    "ta": "கடற்கரையில் பழைய கலங்கரை விளக்கம்.", "ka": "ძველი შუქურა ზღვის პირას.", "hy": "Հին փարոսը ծովի ափին։", "am": "ጥንታዊው የባህር መብራት።",
    "ru": "Съешь ещё этих булок.", "vi": "Ngọn hải đăng cũ từng được sơn màu xanh.",
}


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [*MORE.values(), *map(whole, TEXTS)])
def test_utf_16_without_a_mark_is_read_in_every_script(text: str, codec: str) -> None:
    for piece in (text, text * 30):
        got, found = decode(piece.encode(codec), "a.txt")
        assert got == piece
        assert [d.code for d in found] == ["encoding-guessed"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [*MORE.values(), *map(whole, TEXTS)])
def test_a_few_words_in_utf_16_without_a_mark_are_right_or_refused(text: str, codec: str) -> None:
    words = text.split()
    for piece in (*(" ".join(words[:n]) + end for n in (1, 2, 3) for end in ("", "\n")), text[:40]):
        data = piece.encode(codec)
        for part, right in ((data, piece), (data[:-1], None)):
            if len(part) < 6:
                continue
            try:
                got, _ = decode(part, "a.txt")
            except ReadError:
                continue
            assert got == right


@pytest.mark.parametrize("text", ["A fine text with\x00 a zero.", "A fine text with \x08one control.\n",
                                  "a\x00b", "Grüße,\x01 zwei.\x02 " + whole("de"),
                                  "Дякую\x00 за все."])
def test_stray_controls_in_utf_8_stay_for_normalize(text: str) -> None:
    for padded in (text, text + " "):
        assert decode(padded.encode(), "a.md") == (padded, ())


def test_controls_all_over_are_refused_with_a_word_on_utf_16() -> None:
    with pytest.raises(ReadError, match="UTF-16") as caught:
        decode("Съешь ещё".encode("utf-16-le")[:-1], "a.txt")
    assert "--encoding utf-16-le" in caught.value.hint


@pytest.mark.parametrize(("language", "codec"), [("zh", "hz"), ("ru", "utf-7"), ("uk", "utf-7"), ("el", "utf-7")])
def test_seven_bits_that_stand_for_other_signs_are_read_with_a_finding(language: str, codec: str) -> None:
    text = "\n".join(TEXTS[language]).replace("，", ", ").replace("。", ".") + "\n"
    got, found = decode(text.encode(codec), "a.md")
    assert got == text
    assert [d.code for d in found] == ["encoding-guessed"]


@pytest.mark.parametrize("text", ["~{ and ~} are used in ~{HZ~} and ~{ab~}.", "Call +380-44-123 or +123-456 or +100-200.", "a+bcd-e+fgh-i",
                                  "C++ and --x=+abc-", "1+1000+2000+3000", "+one +two +three", "a++b++c+++d",
                                  "`~{<:Ky2;R*~}` is how HZ writes Chinese; it stood in many letters on the early net."])
def test_plain_ascii_stays(text: str) -> None:
    assert decode(text.encode(), "a.md") == (text, ())


def test_a_few_broken_characters_in_utf_8_are_shown_as_such_and_named() -> None:
    good = whole("fr") * 3
    text, found = decode(good.encode() + b"Deuxi\xe8me ligne, cass\xc3\n" + good.encode(), "a.md")
    assert text == f"{good}Deuxi\ufffdme ligne, cass\ufffd\n{good}"
    assert [(d.code, d.location.line, d.location.column) for d in found] == [("encoding-guessed", 4, 6), ("encoding-guessed", 4, 21)]
    assert "0xe8" in found[0].message


def test_utf_8_that_is_broken_all_over_is_refused_with_the_first_place() -> None:
    with pytest.raises(ReadError, match="broken: byte 0xe8") as caught:
        decode("Été, déjà\n".encode() + b"Deuxi\xe8me ligne\n", "a.md")
    assert (caught.value.location.line, caught.value.location.column) == (2, 6)
    with pytest.raises(ReadError, match="broken"):
        decode("déjà vu".encode()[:-3] + b"\xc3", "a.md")


def test_a_broken_utf_16_is_refused() -> None:
    with pytest.raises(ReadError, match="not UTF-16"):
        decode(b"\xff\xfea\x00\x00\xd8a\x00")


@pytest.mark.parametrize("data", [b"%PDF-1.7\n\x00\x01\x02\xff\xfe\x00\x00", bytes(range(256)) * 9, b"\x00" * 60,
                                  b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match="binary"):
        decode(data)


@pytest.mark.parametrize("line", ["<!-- -*- coding: {} -*- -->", "# vim: set fileencoding={} :", '<meta charset="{}">',
                                  '<meta http-equiv="Content-Type" content="text/html; charset={}">',
                                  '<?xml version="1.0" encoding="{}"?>', "Content-Type: text/plain; charset={}"])
def test_what_a_text_says_of_its_encoding_is_believed_where_it_can_be(line: str) -> None:
    text = line.format("windows-1250") + "\n\nŽluťoučký.\n"
    got, found = decode(text.encode("cp1250"), "a.md")
    assert got == text
    assert "windows-1250" in found[0].message
    with pytest.raises(ReadError):
        decode(line.format("shift_jis").encode() + b"\n\xfd\xff.", "a.md")  # these bytes are none of it
    with pytest.raises(ReadError):
        decode(line.format("rot13").encode() + b"\n\xfd\xff.", "a.md")


def test_a_text_that_is_utf_8_is_that_whatever_it_says() -> None:
    text = '<meta charset="windows-1252">\nGrüße\n'
    assert decode(text.encode()) == (text, ())


def test_an_encoding_that_is_named_is_not_guessed() -> None:
    assert decode("Żółć".encode("cp1250"), encoding="windows-1250") == ("Żółć", ())
    assert decode("\ufeffa".encode(), encoding="UTF-8") == ("a", ())
    with pytest.raises(ReadError, match="byte 0xe9"):
        decode(b"caf\xe9", encoding="utf-8")
    for name in ("windows-1259", "rot13", "base64", "idna", "unicode_escape"):
        with pytest.raises(UsageError, match="no encoding"):
            decode(b"a", encoding=name)


def test_a_replacement_character_of_the_source_stays() -> None:
    assert decode("a sign (\ufffd)".encode()) == ("a sign (\ufffd)", ())


def test_inspect_says_what_was_guessed_and_takes_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(("# Faro\n\n" + whole("es")).encode("cp1252"))
    guessed = CliRunner().invoke(main, ["inspect", str(path)])
    assert guessed.exit_code == 0
    assert "encoding-guessed" in guessed.stderr
    named = CliRunner().invoke(main, ["inspect", "--encoding", "windows-1252", str(path)])
    assert "encoding-guessed" not in named.stderr
    piped = CliRunner().invoke(main, ["inspect", "--encoding", "utf-16-le", "-"], input="Grüße".encode("utf-16-le"))
    assert "Grüße" in piped.stdout
    assert CliRunner().invoke(main, ["inspect", "--encoding", "windows-1259", str(path)]).exit_code == 2


def test_reading_unicode_loads_no_detection() -> None:
    code = "import sys; from pubkit.readers.encoding import decode; decode('é'.encode()); print('charset_normalizer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
