"""The words of a text come in; the language (BCP 47) that its letters and small words tell goes out, or '' where that is not sure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from pubkit.model import Article, Code, CodeBlock, Embed, Math, MathBlock, Node, Quote, Text, children

__all__ = ["sample", "tell"]

SAMPLE = 20_000   # characters that tell the language
FOREIGN = 0.03    # share of letters that a language is not written with: names, loans
SECOND = 0.2      # share of letters that a script has at least to tell anything
EAST = 3          # letters that one sign of Chinese, Japanese or Korean stands for
# Of a text of 200 words: the share of small words in it, and how many of those that the table has for the language stand in it.
SMALL = (0.19, 0.34)
ENDED = (0.16, 0.22)

# Languages that say with endings much of what others say with small words.
_ENDINGS = frozenset("fi et hu tr az uz lv lt pl cs sk sl hr bs sr-Latn eu la eo id ms vi is".split())
# One script, one language.
_SCRIPTS = {
    "GREEK": "el", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy", "BENGALI": "bn",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or", "SINHALA": "si",
    "TIBETAN": "bo", "THAANA": "dv",
}
_EAST = {"CJK": "han", "HIRAGANA": "kana", "KATAKANA": "kana", "KATAKANA-HIRAGANA": "kana", "HANGUL": "hangul"}
# Signs that only one way of writing Chinese has, each beside its counterpart.
_SIMPLE = frozenset("们这说国为来会时个对开学后发过还没样实现问关点从进动经")
_TRADITIONAL = frozenset("們這說國為來會時個對開學後發過還沒樣實現問關點從進動經")

# Scripts of several languages: the language of a text that does not say more ('': none), the letters that all of them have, then a row for
# each: its tag, its other letters (where there are neither: any), and small words. Languages that are near to one another have to stand
# here even if few write in them, lest one is taken for the other.
_TABLES = {
    "LATIN": ("", "abcdefghijklmnopqrstuvwxyz", """
en||the of and to in is that for it was on are with as his he be at by had not but from they this which or have an you we were been their
 has will would there what if more when can all so about who
de|äöüß|der die das und ist nicht ein eine mit den von zu auf im dem des es sich auch war als an sie er für wird oder werden sind bei aus
 nach wie einer wenn nur noch zum zur hat kann aber durch über ich wir
fr|àâæçéèêëîïôœùûüÿ|le la les des et est un une que qui dans pour pas sur du au en ne il par plus avec ce cette sont aux ou nous vous mais
 être son sa ses leur elle ils comme a à été ont se d l qu s n c j
es|áéíñóúü|el la los las de que y en un una es por con no para se del al como más lo su sus o pero son este esta entre ha sobre ser
 también cuando muy sin hay todo toda porque está
pt|áâãàçéêíóôõúü|o os as de que e em um uma do da dos das no na não para com por se mais já ao ou como são pelo pela sua seu foi também é
 à nos nas isso este esta ser entre sobre mas muito quando está
it|àèéìíîòóùú|il lo la gli le di che e un una in per con non del della dei delle è si sono al alla nel nella da come più anche ma questo
 questa o suo sua ha i l ed essere dal dalla sul tra quando ogni
nl|áéëïíóöüè|de het een en van is niet dat op te in zijn met voor er aan door ook als of worden wordt bij uit naar maar om heeft hebben
 kan dit deze die tot wat over nog ik we je geen meer moet
sv|åäöéà|och att det en som är på av för med den till inte ett om var har de från kan jag men eller han vi så när vid efter under mellan
 vara ska skall sig sin också detta alla genom mycket hon
da|æøåéó|og at det en som er på af for med den til ikke et om var har de i fra kan jeg men eller han vi så når ved efter under mellem være
 skal sig sin også dette alle blev bliver hvad meget nogle noget kun ud op end deres
nb|æøåéòóôà|og at det en som er på av for med den til ikke et om var har de i fra kan jeg men eller han vi så når ved etter under mellom
 være skal seg sin også dette alle ble blir hva mye noen noe bare ut opp enn deres
nn|æøåéòóôà|og at det ein som er på av for med den til ikkje eit om var har dei i frå kan eg men eller han vi så når ved etter under
 mellom vere skal seg sin også dette alle vart blir kva mykje nokon noko berre ut opp enn deira
fi|äöåšž|ja on ei että se oli hän joka kun mutta niin myös ovat sen tai kuin tämä jos ole vain olla kaikki sitä tämän jotka voi mukaan
 kanssa sekä jo ne minä ollut sekä hänen jonka mikä sitten
et|äöõüšž|ja on ei et see oli ta mis kui aga ka kes või nii selle seda ning siis nagu mida oma kõik välja ma olema pole ole peab võib saab
 olid üle veel juba tema kas igal iga vaid
lv|āčēģīķļņšūž|un ir ar no par kas ka uz lai tas bet vai arī kā pēc nav tiek viņš ja tā to šo pie viņa līdz pat būt savu ļoti tikai kur
 tam bez šis jau ne visi
lt|ąčęėįšųūž|ir yra kad su iš į tai kaip bet ar buvo jis apie už tik nuo o per dėl ne taip jo po dar visi turi būti kas prie savo jie arba
 kurie pagal kai ji to labai
pl|ąćęłńóśźż|i w na z do się nie że to jest jak po od za przez który o ale są dla jego czy tym tego oraz ich tak być może jako co lub przy
 już które która został ma ze tylko
cs|áčďéěíňóřšťúůýž|a v na se je že z do to s o ve si pro jako ale za po tak byl byla jsou nebo by být jeho které který která jen při už i
 k od podle také není tím této není než mezi
sk|áäčďéíĺľňóôŕšťúýž|a v na sa je že z do to s o vo si pre ako ale za po tak bol bola sú alebo by byť jeho ktoré ktorý ktorá len pri už i
 k od podľa tiež nie tým tejto každý než medzi
sl|čšž|in je v na se da za z so ki s pa po ne kot od tudi do bi ali pri bil bila ni še kar lahko iz o smo to ter sem bo svoje vse tako že
 med ima ko vsak zaradi
hr|čćđšž|i je u na se da su za od s o ne kao što iz koji ili koje ali nije biti to po koja sve ima do sa tijekom također gdje prije nakon
 svoje bi može mogu uvijek vrijeme tko netko nitko sustav ovdje
bs|čćđšž|i je u na se da su za od s o ne kao što iz koji ili koje ali nije biti to po koja sve ima do sa tokom također gdje prije nakon
 svoje bi može mogu uvijek vrijeme ko neko niko sistem ovdje šta
sr-Latn|čćđšž|i je u na se da su za od s o ne kao što iz koji ili koje ali nije biti to po koja sve ima do sa tokom takođe gde pre nakon
 svoje bi može mogu uvek vreme ko neko niko sistem ovde šta posle
hu|áéíóöőúüű|a az és egy hogy nem is ez volt de van meg csak mint még már el ki ha vagy minden lehet amely azt ezt kell olyan után pedig
 aki be fel ezek azok alatt lesz sem nagyon
ro|ăâîșțşţ|și şi de la în a cu nu o pe din că un se mai este era au ce să pentru care ale al sunt fi sau prin ca lui fost după dar ei lor
 iar cel poate această acest dintre orice când
tr|çğıöşüâîû|ve bir bu da de için ile çok o ne gibi daha en var kadar olan olarak ki onu her sonra değil ya veya mi ama ben sen olduğu
 göre tarafından ise hiç şey bütün herkes
az|əçğıöşü|və bir bu da də üçün ilə çox o nə kimi daha ən var qədər olan olaraq ki onu hər sonra deyil ya amma mən sən olduğu görə
 tərəfindən isə heç şey bütün edir olunur öz
ca|àçèéíïòóúül·|el la els les de que i en un una és per amb no del al com més seu seva o però són aquest aquesta entre ha sobre ser també
 quan molt sense hi ho tot dels als pels està va dret seves
gl|áéíïñóúü|o os as de que e en un unha do da dos das no na non para con por se máis ao ou como son pola polo súa seu foi tamén é nos nas
 isto este esta ser entre sobre mais moi cando está toda á ten
ast|áéíñóúü|el la los les de que y en un una ye por con nun pa se del al como más lo so sos o pero ye esti esta ente sobre ser tamién
 cuando ensin tien toa tol toles cola polos nel na dalguna asina derechu
lad|áéíóú|el la los las de ke i en un una es por kon no para se del al komo mas lo su sus o ma son este esta entre sovre ser tambien
 kuando sin ay todo toda kada kualker tiene deve
oc|áàçéèíïóòúü|lo la los las de que e en un una es per amb pas del al coma mai sa son o mas aqueste aquesta entre sus ésser tanben quand
 sens tot dels als dins son dreit tota a las aver an
eo|ĉĝĥĵŝŭ|la de kaj en estas ne al ke por kun li mi tio sed ĝi sur aŭ oni tiu ĉi ili kiu pri pli ĉiu kiel el se da kiuj kio havas per tiuj
 antaŭ nur jam ĉiuj homo
la|āēīōūæœ|et in est non ad ut cum sed qui quae quod ex per si esse sunt ab de aut eius hoc enim nec atque etiam quam autem se ac ipse
 omnes ipsum dolor sit amet eum quis nam pro
af||die van en in is het nie n dat op te met vir aan om as sy ook deur hulle word was by hy of ek ons kan sal maar uit tot so wat
 baie hierdie daar geen moet enige
fy|âêôûúäëï|de fan en yn is it net dat op te in mei foar oan ek as troch by hy wie har har der wurde wurdt út mar om hat hawwe kin dizze
 dy ta nei of alle syn elk elkenien wat
lb|äëéüöèê|de den d dei déi dat an a vun op mat ass net sinn huet fir och wéi eng en ee et hien si mir oder als bei no am zum ginn gëtt
 kann awer iwwer ech muss hir säi seng all
is|áðéíóúýþæö|og að í á er það sem til við um ekki en var með af fyrir hann ég eða hún þeir þau frá því eru sé hafa skal hefur eftir sér
 þess þegar verið alla rétt sínum mannréttindi
fo|áðíóúýæø|og at í á er tað sum til við um ikki men var hevur hava av fyri hann eg ella hon tey teir frá tí eru skal eftir sær sín øll
 allar rætt hvør verða vera
ga|áéíóú|an na agus ar i le is a go ag do bhí sé ní sin nach chun atá tá nó mar gach de ach faoi iad ó seo bheith aon siad lena duine ina
gd|àèéìíòóùú|an na agus air le is a gu aig do bha e chan sin nach gus tha no mar gach de ach fo iad bho seo bhith sam duine ann anns aon
 còir
cy|âêîôûŵŷäëïöẅÿáéíóú|y yr a yn o i ar mae ei bod am wedi ac fel gan nid oedd hyn neu eu un bydd wrth cael hawl ond hefyd pob sydd na ni
 dros
br|âêôûùüñ|ar an al ha e da a eo en gant evit ur un ul eus zo n d war ne ket pe hag o vez int pep dre hep gwir dezhañ den
eu|ñü|eta da ez du bat dira bere hau edo ere dute den izan baina egin zuen zen dio baino hori ditu dago beste oro behar bezala arteko dela
 orok eskubidea
sq|çë|dhe të në e i një për me që nuk është nga më se ka si do janë ky kjo po shumë u ishte por tij të tyre duhet ose çdo cila cili gjithë
 tek
mt|àċġħżìòèù|il li u ta fl tal l għal ma fil lill dan jew biex kull minn huwa kif bħala din hemm għandu f bi kien mill dwar jista
 tiegħu hija wara
id||yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka lebih kata atau oleh adalah
 sebagai setiap orang kita telah sudah kami ia dapat harus saat bahwa hak
ms||yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke kerana tersebut boleh ada mereka lebih kata atau oleh adalah
 sebagai setiap orang kita telah sudah kami ia dapat hendaklah bahawa hak
tl|ñ|ang ng sa mga na at ay para kung hindi ito si may niya siya mga isang ko ka nang pag bawat lahat o kanyang walang karapatan maging
 dapat ito kaniyang
vi|àáâãăđèéêìíòóôõơùúưýạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ|và của là có không được trong cho các người một những với này để khi
 đã từ đến về như ra nhiều cũng mọi đó quyền phải hay bị tại vào theo
sw||na ya wa kwa ni katika za la hii kama au si cha huo ambao hiyo kuwa yake watu wote lakini hayo huu bila mtu haki yeyote kila pia vya
 nchi ana
uz|ʻʼ|va bu bilan uchun ham bir yoki har emas esa deb kerak lekin u ega huquqiga hamda kishi inson
 uning shu kabi ning
ht|èàò|yon nan pou ki ak sou li pa se nou yo gen tout moun pwal pral te sa a la ap dwa genyen oswa osinon chak peyi
"""),
    "CYRILLIC": ("", "абвгдежзклмнопрстуфхцчш", """
ru|йъыьэюящёи|и в на с что не по к из за это как его он от но для так был была а о у мы же все она или только если они бы быть может при
 также их который которые чтобы ещё того вы имеет каждый
uk|йиьюящґєії|і в у на з що не до та за це як його від є але про для так був була по а ми ж всі вона або тільки якщо вони би бути може
 при також їх який які щоб ще того ви має кожна свої із
be|йыьэюяёіў|і ў у на з што не да за гэта як яго ад але для так быў была па а мы ж усе яна або толькі калі яны бы быць можа пры таксама іх
 які якія каб яшчэ таго вы мае кожны чалавек сваё
bg|йъьюящи|и в на се да от за с че не го са е по как но това той през ще а ние към всички тя или само ако те би бъде може при също им
 който които още този ви има всеки си след между която
mk|ѓѕјљњќџи|и во на се да од за со дека не го се е по како но тоа тој низ ќе а ние кон сите таа или само ако тие би биде може при исто им
 кој кои уште овој има секој си што која нив меѓу бил
sr|ђјљњћџи|и у на се да је су за од са о не као што из који или које али није бити то по која све има до током такође где гдје пре прије
 након своје би може могу свако ко њих сваки његове буде шта
kk|әғқңөұүһійыьэюящъёцв|және бір бұл үшін мен деп да де бар болып ол әр адам өз жоқ емес туралы үшін құқығы тиіс немесе болуға керек қарай
 оның осы мүмкін қажет
ky|ңөүйыьэюящъёи|жана бир бул үчүн менен деп да де бар болуп ал ар адам өз жок эмес тууралуу укугу тийиш же болууга керек анын ушул мүмкүн
 кандай
tt|әөүҗңһйыьэюящъёи|һәм бер бу өчен белән дип да дә бар булып ул һәр кеше үз юк түгел турында хокукы яки булырга кирәк аның шушы мөмкин
ba|әөүҙҫғҡңһйыьэюящъёи|һәм бер был өсөн менән тип да дә бар булып ул һәр кеше үҙ юҡ түгел тураһында хоҡуғы йәки булырға кәрәк уның ошо
 мөмкин
mn|өүйыьэюяёъ|нь байна бол юм энэ гэж байгаа ба болон эрхтэй хүн бүр түүний ямар бус эсвэл тухай өөрийн аливаа байх болох улс ч мөн
tg|ғӣқӯҳҷйъэюяёи|ва дар ба аз ки ин барои бо аст ё ҳар ҳақ дорад шахс худ набояд бошад як он инсон мешавад ҳуқуқ
uz-Cyrl|ўқғҳйъьэюяёи|ва бу билан учун ҳам бир ўз бўлган ёки ҳар эмас эса керак лекин эга ҳуқуқига ҳамда инсон бўлиши унинг шу каби
tk-Cyrl|җңөүйъыьэюяёи|ве бир бу билен үчин хем хер адам өз ёк дәл хукугы болмалыдыр эдип онуң болан
cv|ӑӗҫӳйыьэюящъёи|тата та пур мар е ҫын хӑй ҫак ҫав пӗр тивӗҫ унӑн ирӗклӗ вӗл патне
os|ӕйъыи|ӕмӕ у ӕй уый йӕ фӕлӕ кӕнӕ куы нӕй ӕмӕй бар ис адӕймаг алы ӕви йе
"""),
    "ARABIC": ("ar", "ابتثجحخدذرزسشصضطظعغفقلمنهوءآأإؤئةىيكىيـ", """
ar||في من على إلى أن لا ما عن هذا هذه التي الذي كان مع إن أو كل ذلك لم قد بعد بين هو هي حق ولا وفي لكل أي
fa|پچژگکیۀ|و در به از که این را با است برای می آن یک خود هر تا شود کرد بر هم نیز یا ها اند های باشد دارد کند شده ما
ur|پچژگکیٹڈڑںہےھۂۓ|کے کی میں کا اور ہے سے کو پر کہ نے اس یہ ہیں جو نہیں ایک بھی تو ہو کر تھا یا گا ہر اپنی اپنے
ps|پچژگکیټډړږښڅځڼېۍګۀ|د په او چې ته کې یې له نه سره هم دی دا وي لري هر خپل باندې کړي شي حق یا
ckb|پچژگکیڕڵێۆەڤھ|لە و بە بۆ کە ئەو ئەم هەموو یان نە خۆی دا بێ ی هەیە مافی کەس
ug|پچژگكۇۆۈۋېەىڭھ|ۋە بىر بۇ ئۈچۈن بىلەن دەپ بولۇپ ھەر ئادەم ئۆز ئەمەس ھەم
sd|پچژگکڪڳڏڍٻڀٺٽٿڃڄڇڊڌڙڦڻھ|جي ۾ جو کي ۽ آهي کان تي ته هن نه هر جا سان پنهنجي يا
"""),
    "DEVANAGARI": ("hi", "", """
hi||के है में की और का को से हैं पर यह कि इस नहीं लिए एक ने भी या तो जो कर हो था करने किया वह अपने गया
mr||आणि आहे या व नाही हे तर ते हा की मध्ये आहेत होते साठी असे काही एक असलेल्या केले ला त्याच्या प्रत्येक किंवा मला पण
ne||छ र को मा लागि हो गर्न यो पनि भएको गरेको छन् हुन् तथा वा बाट एक लाई प्रत्येक हुने अधिकार त्यो गरी हुनेछ भने
sa||च न वा तस्य इति अस्ति एव तु सः भवति हि यत् तत् अपि सर्वे
"""),
    "HEBREW": ("he", "", """
he||של את על לא הוא היא עם כל זה אל גם או כי היה הם אם מן אשר יש זכאי אדם אני לו
yi||און די איז אין דער פון פֿון צו מיט נישט ניט זיך אויף א אַ דאָס דאס וואָס ווערן האט האָט אדער אָדער יעדער
"""),
    "ETHIOPIC": ("am", "", """
am||ነው ውስጥ እና ላይ ነበር ወይም ሁሉ ያለው እንደ ጋር አለው የሰው ማንኛውም ሰው መብት ለ በ የ አይደለም
ti||እዩ ኣብ ናይ እቲ ካብ ከም ወይ ምስ ዝኾነ ኣለዎ ሰብ መሰል ነቲ እዚ ወይውን ክኸውን
"""),
}


class _Language(Struct, frozen=True, eq=False):
    """A language: its tag, the letters it is written with (none: any), and small words."""

    tag: str
    letters: frozenset[str]
    words: frozenset[str]


@cache
def _languages(script: str) -> tuple[_Language, ...]:
    _, common, table = _TABLES[script]
    lines = [line.split("|") for line in table.strip().replace("\n ", " ").split("\n")]
    return tuple(_Language(tag, frozenset(common + letters if common else ""), frozenset(words.split())) for tag, letters, words in lines)


_ADDRESS = re.compile(r"\w+://\S+|www\.\S+|\S+@\S+")


def sample(article: Article) -> str:
    """The first words of an article that are its own: no code, formulas, addresses, quotations, or words in a language that is named."""
    parts: list[str] = []
    size = 0
    stack: list[Node] = [*article.content[::-1], *article.meta.subtitle[::-1], *article.meta.title[::-1]]
    while stack and size < SAMPLE:
        node = stack.pop()
        if isinstance(node, Text):
            parts.append(_ADDRESS.sub(" ", node.text[:SAMPLE]))
            size += len(parts[-1])
        elif not isinstance(node, (Code, CodeBlock, Math, MathBlock, Embed, Quote)) and not getattr(node, "language", ""):
            parts.append("\n")
            stack.extend(list(children(node))[::-1])
    return "".join(parts)


def tell(text: str) -> str:
    """The language of a text, as far as its letters and small words tell it surely; '' where they do not."""
    text = unicodedata.normalize("NFC", text)
    signs = Counter(text)
    scripts = Counter[str]()
    for sign, count in signs.items():
        if sign.isalpha():
            scripts[_script(sign)] += count * (EAST if _script(sign) == "EAST" else 1)
    for script, count in scripts.most_common(2):
        if count < SECOND * scripts.total():
            break
        if tag := _of_script(script, text, signs):
            return tag
        if script != "LATIN":  # words in Latin letters that are no prose - names, terms - hide no other language
            break
    return ""


def _of_script(script: str, text: str, signs: Counter[str]) -> str:
    if script == "EAST":
        return _east(signs)
    return _of_words(script, text) if script in _TABLES else _SCRIPTS.get(script, "")


def _script(sign: str) -> str:
    if sign.isascii():
        return "LATIN"
    name = unicodedata.name(sign, "?").split()[0]
    return "EAST" if name in _EAST else name


def _east(signs: Counter[str]) -> str:
    kinds = Counter[str]()
    for sign, count in signs.items():
        kinds[_EAST.get(unicodedata.name(sign, "?").split()[0], "")] += count
    del kinds[""]
    if kinds["hangul"] * 3 > kinds.total():
        return "ko"
    if kinds["kana"] * 12 > kinds.total():
        return "ja"
    traditional, simple = (sum(signs[sign] for sign in those - other)
                           for those, other in ((_TRADITIONAL, _SIMPLE), (_SIMPLE, _TRADITIONAL)))
    return "zh-Hant" if traditional > 4 * simple else "zh"


# --- Scripts of several languages -----------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u0900-\u0903\u093a-\u094f\u0962\u0963\u200c\u200d])*")


def _of_words(script: str, text: str) -> str:
    words = Counter(word for word in _WORD.findall(text.replace("İ", "i").lower()) if _script(word[0]) == script)
    letters = Counter[str]()
    for word, count in words.items():
        for sign in filter(str.isalpha, word):
            letters[sign] += count
    able = [language for language in _languages(script) if _writes(language, letters)]
    ranked = sorted(able, key=lambda language: -_count(words, language.words))
    if ranked and _sure(words, ranked[0], ranked[1:], script == "LATIN"):
        return ranked[0].tag
    default = _TABLES[script][0]
    return default if any(language.tag == default for language in able) else ""


def _writes(language: _Language, letters: Counter[str]) -> bool:
    return not language.letters or sum(n for sign, n in letters.items() if sign not in language.letters) <= FOREIGN * letters.total()


def _count(words: Counter[str], those: Iterable[str]) -> int:
    return sum(words[word] for word in those)


def _sure(words: Counter[str], language: _Language, others: list[_Language], latin: bool) -> bool:
    """Whether a text has as many small words of a language as its texts have, and of those that tell it from each other one far more.

    In Latin letters, languages are written that are not in the table. A text in one of them may have a few small words of a language that
    is - ever the same few.
    """
    found, different = _count(words, language.words), sum(1 for word in language.words if words[word])
    if latin:
        cover, share = ENDED if language.tag in _ENDINGS else SMALL
        # A longer text has more of the words.
        most = len(language.words) * min(0.5, share * (words.total() / 200) ** 0.5)
    else:
        cover, most = 0.05, 3
    if found < max(4, cover * words.total()) or different < max(6 if latin else 3, most):
        return False
    return all(_count(words, language.words - other.words) >= 2 * _count(words, other.words - language.words) + 3 for other in others)
