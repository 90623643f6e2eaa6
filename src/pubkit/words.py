"""A key and a language come in; the words that pubkit itself writes, dates and lists of names in that language go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

__all__ = ["KEYS", "LANGUAGES", "date", "direction", "gap", "names", "role", "spoken", "word"]

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "nb", "fi", "uk", "ru", "el", "tr", "ar", "he", "ja", "zh",
             "zh-Hant", "ko")

# One line a key, one column a language, in the order of LANGUAGES. The columns are kept apart by "|".
_TABLE = """
contents         Contents|Inhalt|Sommaire|Índice|Indice|Índice|Inhoud|Spis treści|Obsah|Innehåll|Indhold|Innhold|Sisällys|Зміст|Содержание|Περιεχόμενα|İçindekiler|المحتويات|תוכן העניינים|目次|目录|目錄|차례
in_this_article  In this article|In diesem Artikel|Dans cet article|En este artículo|In questo articolo|Neste artigo|In dit artikel|W tym artykule|V tomto článku|I den här artikeln|I denne artikel|I denne artikkelen|Tässä artikkelissa|У цій статті|В этой статье|Σε αυτό το άρθρο|Bu yazıda|في هذا المقال|במאמר זה|この記事の内容|本文内容|本文內容|이 글의 내용
note             Note|Hinweis|Remarque|Nota|Nota|Nota|Opmerking|Uwaga|Poznámka|Anmärkning|Bemærk|Merk|Huomautus|Примітка|Примечание|Σημείωση|Not|ملاحظة|הערה|注|注意|注意|참고
notes            Notes|Anmerkungen|Notes|Notas|Note|Notas|Noten|Przypisy|Poznámky|Noter|Noter|Noter|Viitteet|Примітки|Примечания|Σημειώσεις|Notlar|الهوامش|הערות|注釈|注释|註釋|주석
footnote         Footnote {n}|Fußnote {n}|Note {n}|Nota al pie {n}|Nota {n}|Nota de rodapé {n}|Voetnoot {n}|Przypis {n}|Poznámka pod čarou {n}|Fotnot {n}|Fodnote {n}|Fotnote {n}|Alaviite {n}|Виноска {n}|Сноска {n}|Υποσημείωση {n}|Dipnot {n}|الحاشية {n}|הערת שוליים {n}|脚注 {n}|脚注 {n}|註腳 {n}|각주 {n}
back_to_text     Back to the text|Zurück zum Text|Retour au texte|Volver al texto|Torna al testo|Voltar ao texto|Terug naar de tekst|Powrót do tekstu|Zpět k textu|Tillbaka till texten|Tilbage til teksten|Tilbake til teksten|Takaisin tekstiin|Назад до тексту|Назад к тексту|Επιστροφή στο κείμενο|Metne dön|العودة إلى النص|חזרה לטקסט|本文に戻る|返回正文|返回正文|본문으로 돌아가기
figure           Figure|Abbildung|Figure|Figura|Figura|Figura|Figuur|Rysunek|Obrázek|Figur|Figur|Figur|Kuva|Рисунок|Рисунок|Εικόνα|Şekil|الشكل|איור|図|图|圖|그림
table            Table|Tabelle|Tableau|Tabla|Tabella|Tabela|Tabel|Tabela|Tabulka|Tabell|Tabel|Tabell|Taulukko|Таблиця|Таблица|Πίνακας|Tablo|الجدول|טבלה|表|表|表|표
figure_label     Figure {n}.|Abbildung {n}:|Figure {n} –|Figura {n}.|Figura {n}.|Figura {n} –|Figuur {n}.|Rysunek {n}.|Obrázek {n}:|Figur {n}.|Figur {n}.|Figur {n}.|Kuva {n}.|Рис. {n}.|Рис. {n}.|Εικόνα {n}.|Şekil {n}.|الشكل {n}:|איור {n}:|図{n}|图{n}|圖{n}|그림 {n}.
table_label      Table {n}.|Tabelle {n}:|Tableau {n} –|Tabla {n}.|Tabella {n}.|Tabela {n} –|Tabel {n}.|Tabela {n}.|Tabulka {n}:|Tabell {n}.|Tabel {n}.|Tabell {n}.|Taulukko {n}.|Таблиця {n}.|Таблица {n}.|Πίνακας {n}.|Tablo {n}.|الجدول {n}:|טבלה {n}:|表{n}|表{n}|表{n}|표 {n}.
listing          Listing|Listing|Extrait de code|Listado|Listato|Listagem|Codefragment|Listing|Výpis|Kodlista|Kodeliste|Kodeliste|Koodilistaus|Лістинг|Листинг|Κώδικας|Kod listesi|الشيفرة|קטע קוד|リスト|代码清单|程式碼清單|코드
by               By {names}|Von {names}|Par {names}|Por {names}|Di {names}|Por {names}|Door {names}|{names}|{names}|Av {names}|Af {names}|Av {names}|{names}|{names}|{names}|{names}|{names}|بقلم {names}|מאת {names}|{names}|作者：{names}|作者：{names}|{names}
role_editor      editor|Redaktion|édition|edición|redazione|edição|redactie|redakcja|redakce|redaktion|redaktion|redaksjon|toimitus|редагування|редактура|επιμέλεια|düzenleme|تحرير|עריכה|編集|编辑|編輯|편집
role_translator  translator|Übersetzung|traduction|traducción|traduzione|tradução|vertaling|przekład|překlad|översättning|oversættelse|oversettelse|käännös|переклад|перевод|μετάφραση|çeviri|ترجمة|תרגום|翻訳|翻译|翻譯|번역
role_illustrator illustrator|Illustration|illustrations|ilustraciones|illustrazioni|ilustrações|illustraties|ilustracje|ilustrace|illustrationer|illustrationer|illustrasjoner|kuvitus|ілюстрації|иллюстрации|εικονογράφηση|çizimler|رسوم|איורים|イラスト|插图|插圖|삽화
role_photographer photographer|Foto|photographie|fotografía|fotografia|fotografia|fotografie|zdjęcia|fotografie|foto|foto|foto|valokuvat|фото|фото|φωτογραφίες|fotoğraflar|تصوير|צילום|写真|摄影|攝影|사진
published        Published {date}|Veröffentlicht am {date}|Publié le {date}|Publicado el {date}|Pubblicato il {date}|Publicado em {date}|Gepubliceerd op {date}|Opublikowano {date}|Publikováno {date}|Publicerad {date}|Udgivet {date}|Publisert {date}|Julkaistu {date}|Опубліковано {date}|Опубликовано {date}|Δημοσιεύτηκε: {date}|Yayımlanma: {date}|نُشر في {date}|פורסם ב-{date}|{date}公開|发布于{date}|發布於{date}|{date} 게시
updated          Updated {date}|Aktualisiert am {date}|Mis à jour le {date}|Actualizado el {date}|Aggiornato il {date}|Atualizado em {date}|Bijgewerkt op {date}|Zaktualizowano {date}|Aktualizováno {date}|Uppdaterad {date}|Opdateret {date}|Oppdatert {date}|Päivitetty {date}|Оновлено {date}|Обновлено {date}|Ενημερώθηκε: {date}|Güncelleme: {date}|حُدّث في {date}|עודכן ב-{date}|{date}更新|更新于{date}|更新於{date}|{date} 수정
correction       Correction|Korrektur|Rectificatif|Corrección|Correzione|Correção|Correctie|Sprostowanie|Oprava|Rättelse|Rettelse|Rettelse|Oikaisu|Виправлення|Исправление|Διόρθωση|Düzeltme|تصويب|תיקון|訂正|更正|更正|정정
corrections      Corrections|Korrekturen|Rectificatifs|Correcciones|Correzioni|Correções|Correcties|Sprostowania|Opravy|Rättelser|Rettelser|Rettelser|Oikaisut|Виправлення|Исправления|Διορθώσεις|Düzeltmeler|تصويبات|תיקונים|訂正|更正|更正|정정
tip              Tip|Tipp|Astuce|Consejo|Suggerimento|Dica|Tip|Wskazówka|Tip|Tips|Tip|Tips|Vinkki|Порада|Совет|Συμβουλή|İpucu|نصيحة|טיפ|ヒント|提示|提示|팁
important        Important|Wichtig|Important|Importante|Importante|Importante|Belangrijk|Ważne|Důležité|Viktigt|Vigtigt|Viktig|Tärkeää|Важливо|Важно|Σημαντικό|Önemli|مهم|חשוב|重要|重要|重要|중요
warning          Warning|Warnung|Avertissement|Advertencia|Avvertenza|Aviso|Waarschuwing|Ostrzeżenie|Varování|Varning|Advarsel|Advarsel|Varoitus|Попередження|Предупреждение|Προειδοποίηση|Uyarı|تحذير|אזהרה|警告|警告|警告|경고
caution          Caution|Vorsicht|Attention|Precaución|Attenzione|Cuidado|Let op|Ostrożnie|Pozor|Försiktigt|Forsigtig|Forsiktig|Varo|Обережно|Осторожно|Προσοχή|Dikkat|تنبيه|זהירות|注意|小心|小心|주의
info             Information|Information|Information|Información|Informazione|Informação|Informatie|Informacja|Informace|Information|Information|Informasjon|Tietoa|Інформація|Информация|Πληροφορία|Bilgi|معلومة|מידע|情報|信息|資訊|정보
image            Picture|Bild|Image|Imagen|Immagine|Imagem|Afbeelding|Obraz|Obrázek|Bild|Billede|Bilde|Kuva|Зображення|Изображение|Εικόνα|Görsel|صورة|תמונה|画像|图片|圖片|그림
undescribed      Picture without a description|Bild ohne Beschreibung|Image sans description|Imagen sin descripción|Immagine senza descrizione|Imagem sem descrição|Afbeelding zonder beschrijving|Obraz bez opisu|Obrázek bez popisu|Bild utan beskrivning|Billede uden beskrivelse|Bilde uten beskrivelse|Kuva ilman kuvausta|Зображення без опису|Изображение без описания|Εικόνα χωρίς περιγραφή|Açıklaması olmayan görsel|صورة بلا وصف|תמונה ללא תיאור|説明のない画像|没有说明的图片|沒有說明的圖片|설명이 없는 그림
credit           Picture: {names}|Bild: {names}|Image : {names}|Imagen: {names}|Immagine: {names}|Imagem: {names}|Beeld: {names}|Fot. {names}|Foto: {names}|Bild: {names}|Billede: {names}|Bilde: {names}|Kuva: {names}|Зображення: {names}|Изображение: {names}|Εικόνα: {names}|Görsel: {names}|الصورة: {names}|תמונה: {names}|画像：{names}|图片：{names}|圖片：{names}|그림: {names}
link             Link|Link|Lien|Enlace|Collegamento|Ligação|Link|Odnośnik|Odkaz|Länk|Link|Lenke|Linkki|Посилання|Ссылка|Σύνδεσμος|Bağlantı|رابط|קישור|リンク|链接|連結|링크
embed            Watch or read at {host}|Ansehen oder lesen auf {host}|À voir ou à lire sur {host}|Ver o leer en {host}|Da vedere o leggere su {host}|Ver ou ler em {host}|Bekijken of lezen op {host}|Zobacz lub przeczytaj na {host}|Zhlédnout nebo přečíst na {host}|Se eller läs på {host}|Se eller læs på {host}|Se eller les på {host}|Katso tai lue: {host}|Переглянути або прочитати на {host}|Смотреть или читать на {host}|Δείτε ή διαβάστε στο {host}|İzlemek veya okumak için: {host}|شاهد أو اقرأ على {host}|לצפייה או לקריאה באתר {host}|{host}で見る・読む|在 {host} 观看或阅读|在 {host} 觀看或閱讀|{host}에서 보기
untitled         Untitled|Ohne Titel|Sans titre|Sin título|Senza titolo|Sem título|Zonder titel|Bez tytułu|Bez názvu|Utan titel|Uden titel|Uten tittel|Nimetön|Без назви|Без названия|Χωρίς τίτλο|Başlıksız|بلا عنوان|ללא כותרת|無題|无标题|無標題|제목 없음
page             Page|Seite|Page|Página|Pagina|Página|Pagina|Strona|Strana|Sida|Side|Side|Sivu|Сторінка|Страница|Σελίδα|Sayfa|صفحة|עמוד|ページ|页|頁|쪽
cover            Cover|Umschlag|Couverture|Cubierta|Copertina|Capa|Omslag|Okładka|Obálka|Omslag|Omslag|Omslag|Kansi|Обкладинка|Обложка|Εξώφυλλο|Kapak|الغلاف|כריכה|表紙|封面|封面|표지
source           Source|Quelle|Source|Fuente|Fonte|Fonte|Bron|Źródło|Zdroj|Källa|Kilde|Kilde|Lähde|Джерело|Источник|Πηγή|Kaynak|المصدر|מקור|出典|来源|來源|출처
rights           Rights|Rechte|Droits|Derechos|Diritti|Direitos|Rechten|Prawa|Práva|Rättigheter|Rettigheder|Rettigheter|Oikeudet|Права|Права|Δικαιώματα|Haklar|الحقوق|זכויות|権利|版权|版權|저작권
about            About this article|Über diesen Artikel|À propos de cet article|Sobre este artículo|Informazioni sull’articolo|Sobre este artigo|Over dit artikel|O tym artykule|O tomto článku|Om den här artikeln|Om denne artikel|Om denne artikkelen|Tietoja artikkelista|Про цю статтю|Об этой статье|Σχετικά με το άρθρο|Bu yazı hakkında|عن هذا المقال|על המאמר|この記事について|关于本文|關於本文|이 글에 대하여
series           Part {n} of {name}|Teil {n} von {name}|{name}, partie {n}|{name}, parte {n}|{name}, parte {n}|{name}, parte {n}|Deel {n} van {name}|{name}, część {n}|{name}, {n}. díl|{name}, del {n}|{name}, del {n}|{name}, del {n}|{name}, osa {n}|{name}, частина {n}|{name}, часть {n}|{name}, μέρος {n}|{name}, {n}. bölüm|{name}، الجزء {n}|{name}, חלק {n}|{name} 第{n}回|{name}（第 {n} 篇）|{name}（第 {n} 篇）|{name} {n}편
code             Code|Code|Code|Código|Codice|Código|Code|Kod|Kód|Kod|Kode|Kode|Koodi|Код|Код|Κώδικας|Kod|شيفرة|קוד|コード|代码|程式碼|코드
formula          Formula|Formel|Formule|Fórmula|Formula|Fórmula|Formule|Wzór|Vzorec|Formel|Formel|Formel|Kaava|Формула|Формула|Τύπος|Formül|معادلة|נוסחה|数式|公式|公式|수식
done             done|erledigt|fait|hecho|fatto|feito|gedaan|zrobione|hotovo|klart|færdig|ferdig|valmis|виконано|сделано|έγινε|tamamlandı|تم|בוצע|完了|已完成|已完成|완료
open             not done|offen|à faire|pendiente|da fare|por fazer|nog te doen|do zrobienia|nehotovo|ej klart|ikke færdig|ikke ferdig|kesken|не виконано|не сделано|εκκρεμεί|tamamlanmadı|لم يتم|טרם בוצע|未完了|未完成|未完成|미완료
figures          Figures|Abbildungen|Figures|Figuras|Figure|Figuras|Figuren|Rysunki|Obrázky|Figurer|Figurer|Figurer|Kuvat|Рисунки|Рисунки|Εικόνες|Şekiller|الأشكال|איורים|図|插图|插圖|그림
tables           Tables|Tabellen|Tableaux|Tablas|Tabelle|Tabelas|Tabellen|Tabele|Tabulky|Tabeller|Tabeller|Tabeller|Taulukot|Таблиці|Таблицы|Πίνακες|Tablolar|الجداول|טבלאות|表|表格|表格|표
access_text      A table of contents leads through the text, which takes on the font, size and colours that the reader chooses.|Ein Inhaltsverzeichnis führt durch den Text, der Schrift, Größe und Farben annimmt, die die Lesenden wählen.|Une table des matières guide dans le texte, qui prend la police, la taille et les couleurs que choisit le lecteur.|Un índice guía por el texto, que adopta el tipo de letra, el tamaño y los colores que elija quien lee.|Un indice guida attraverso il testo, che assume il carattere, la dimensione e i colori scelti da chi legge.|Um índice guia pelo texto, que assume o tipo de letra, o tamanho e as cores que o leitor escolher.|Een inhoudsopgave leidt door de tekst, die het lettertype, de grootte en de kleuren aanneemt die de lezer kiest.|Spis treści prowadzi przez tekst, który przyjmuje krój pisma, rozmiar i kolory wybrane przez czytelnika.|Textem provází obsah; písmo, velikost a barvy si volí čtenář.|En innehållsförteckning leder genom texten, som antar det typsnitt, den storlek och de färger som läsaren väljer.|En indholdsfortegnelse fører gennem teksten, som antager den skrift, størrelse og de farver, læseren vælger.|En innholdsfortegnelse leder gjennom teksten, som får den skriften, størrelsen og de fargene leseren velger.|Sisällysluettelo opastaa tekstissä, joka mukautuu lukijan valitsemaan fonttiin, kokoon ja väreihin.|Зміст веде текстом, а шрифт, розмір і кольори обирає читач.|Оглавление ведёт по тексту, а шрифт, размер и цвета выбирает читатель.|Ένας πίνακας περιεχομένων οδηγεί στο κείμενο, που παίρνει τη γραμματοσειρά, το μέγεθος και τα χρώματα που επιλέγει ο αναγνώστης.|İçindekiler listesi metinde yol gösterir; yazı tipini, boyutunu ve renkleri okur seçer.|تقود قائمة المحتويات القارئ عبر النص، ويتخذ النص الخط والحجم والألوان التي يختارها القارئ.|תוכן עניינים מוביל לאורך הטקסט, והקורא בוחר את הגופן, הגודל והצבעים.|目次から本文の各部分に移動でき、書体、文字の大きさ、色は読む人が選べます。|目录可引导读者浏览全文，字体、字号和颜色均可由读者选择。|目錄可引導讀者瀏覽全文，字型、字級和顏色均可由讀者選擇。|차례를 따라 본문을 옮겨 다닐 수 있으며, 글꼴과 크기, 색은 읽는 이가 고를 수 있습니다.
access_alt       All pictures have alternative text.|Alle Bilder haben einen Alternativtext.|Toutes les images ont un texte de remplacement.|Todas las imágenes tienen texto alternativo.|Tutte le immagini hanno un testo alternativo.|Todas as imagens têm texto alternativo.|Alle afbeeldingen hebben een alternatieve tekst.|Wszystkie obrazy mają tekst alternatywny.|Všechny obrázky mají textovou alternativu.|Alla bilder har alternativtext.|Alle billeder har alternativ tekst.|Alle bilder har alternativ tekst.|Kaikilla kuvilla on tekstivastine.|Усі зображення мають текстовий опис.|У всех изображений есть текстовое описание.|Όλες οι εικόνες έχουν εναλλακτικό κείμενο.|Bütün görsellerin alternatif metni vardır.|لجميع الصور نص بديل.|לכל התמונות יש טקסט חלופי.|すべての画像に代替テキストがあります。|所有图片均有替代文字。|所有圖片均有替代文字。|모든 그림에 대체 텍스트가 있습니다.
access_no_alt    Not all pictures have alternative text.|Nicht alle Bilder haben einen Alternativtext.|Certaines images n’ont pas de texte de remplacement.|No todas las imágenes tienen texto alternativo.|Non tutte le immagini hanno un testo alternativo.|Nem todas as imagens têm texto alternativo.|Niet alle afbeeldingen hebben een alternatieve tekst.|Nie wszystkie obrazy mają tekst alternatywny.|Ne všechny obrázky mají textovou alternativu.|Alla bilder har inte alternativtext.|Ikke alle billeder har alternativ tekst.|Ikke alle bilder har alternativ tekst.|Kaikilla kuvilla ei ole tekstivastinetta.|Не всі зображення мають текстовий опис.|Не у всех изображений есть текстовое описание.|Δεν έχουν όλες οι εικόνες εναλλακτικό κείμενο.|Görsellerin hepsinin alternatif metni yoktur.|ليس لجميع الصور نص بديل.|לא לכל התמונות יש טקסט חלופי.|代替テキストのない画像があります。|部分图片没有替代文字。|部分圖片沒有替代文字。|대체 텍스트가 없는 그림이 있습니다.
access_math      Formulas are written as MathML.|Formeln sind in MathML geschrieben.|Les formules sont écrites en MathML.|Las fórmulas están escritas en MathML.|Le formule sono scritte in MathML.|As fórmulas estão escritas em MathML.|Formules zijn geschreven als MathML.|Wzory zapisano w MathML.|Vzorce jsou zapsány v MathML.|Formler är skrivna i MathML.|Formler er skrevet i MathML.|Formler er skrevet i MathML.|Kaavat on kirjoitettu MathML-muodossa.|Формули записано мовою MathML.|Формулы записаны на языке MathML.|Οι τύποι είναι γραμμένοι σε MathML.|Formüller MathML olarak yazılmıştır.|الصيغ مكتوبة بلغة MathML.|הנוסחאות כתובות ב־MathML.|数式は MathML で書かれています。|公式以 MathML 书写。|公式以 MathML 書寫。|수식은 MathML로 쓰여 있습니다.
access_moving    Some pictures move; whether they flash has not been checked.|Einige Bilder bewegen sich; ob sie blitzen, wurde nicht geprüft.|Certaines images sont animées ; la présence de clignotements n’a pas été vérifiée.|Algunas imágenes se mueven; no se ha comprobado si destellan.|Alcune immagini sono animate; non è stato verificato se lampeggiano.|Algumas imagens movem-se; não se verificou se piscam.|Sommige afbeeldingen bewegen; of ze flitsen is niet nagegaan.|Niektóre obrazy się poruszają; nie sprawdzono, czy migają.|Některé obrázky se pohybují; zda blikají, nebylo ověřeno.|Några bilder rör sig; om de blinkar har inte kontrollerats.|Nogle billeder bevæger sig; om de blinker, er ikke undersøgt.|Noen bilder beveger seg; om de blinker, er ikke undersøkt.|Jotkin kuvat liikkuvat; niiden välkkymistä ei ole tarkistettu.|Деякі зображення рухаються; чи вони блимають, не перевірено.|Некоторые изображения движутся; мигают ли они, не проверялось.|Μερικές εικόνες κινούνται· δεν έχει ελεγχθεί αν αναβοσβήνουν.|Bazı görseller hareketlidir; yanıp sönüp sönmedikleri denetlenmemiştir.|بعض الصور متحركة، ولم يُتحقق مما إذا كانت تومض.|חלק מהתמונות נעות; לא נבדק אם הן מהבהבות.|動く画像があります。点滅するかどうかは確認していません。|部分图片会动，是否闪烁未经检查。|部分圖片會動，是否閃爍未經檢查。|움직이는 그림이 있으며, 깜박이는지는 확인하지 않았습니다.
quote_open       “|„|« |«|«|“|‘|„|„|”|»|«|”|«|«|«|“|«|”|「|“|「|“
quote_close      ”|“| »|»|»|”|’|”|“|”|«|»|”|»|»|»|”|»|”|」|”|」|”
"""

_WORDS: dict[str, dict[str, str]] = {
    line[:16].strip(): dict(zip(LANGUAGES, line[17:].split("|"), strict=True)) for line in _TABLE.strip("\n").split("\n")
}

KEYS = tuple(_WORDS)

_SAME = {"no": "nb", "nn": "nb", "iw": "he", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "cmn": "zh", "yue": "zh-Hant"}
_BY_CASE = {tag.lower(): tag for tag in LANGUAGES}
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "lrc", "mzn", "nqo", "pnb", "ps", "sd", "syr", "ug",
                            "ur", "yi"))
_RIGHT_TO_LEFT_SCRIPTS = frozenset(("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"))


def word(key: str, language: str, **values: object) -> str:
    """One word or phrase of pubkit's own.

    Args:
        key: one of `KEYS`.
        language: a BCP 47 tag; an unknown one falls back to its shorter forms and then to English.
        values: what stands in the phrase: ``names``, ``date``, ``host``, ``n`` and ``name``.

    Returns:
        The phrase in plain text. Without values a phrase keeps its place holders.

    Raises:
        KeyError: for an unknown key, or a value that the phrase wants and did not get.
    """
    phrase = _WORDS[key][spoken(language)]
    return phrase.format_map(values) if values else phrase


def _prefixes(language: str) -> list[str]:
    parts = language.replace("_", "-").lower().split("-")
    return ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]


@lru_cache(maxsize=256)
def spoken(language: str) -> str:
    """The one of `LANGUAGES` that words for ``language`` (BCP 47) come in."""
    for tag in _prefixes(language):
        tag = _SAME.get(tag, tag)
        if tag.lower() in _BY_CASE:
            return _BY_CASE[tag.lower()]
    return "en"


def gap(language: str) -> str:
    """What stands between two sentences: a space, or nothing where the language writes without."""
    return "" if spoken(language) in ("ja", "zh", "zh-Hant") else " "


def direction(language: str) -> Literal["ltr", "rtl"]:
    """The direction that a language (BCP 47) is written in; its script subtag decides where it has one."""
    parts = language.replace("_", "-").lower().split("-")
    scripts = [p for p in parts[1:] if len(p) == 4 and p.isalpha()]
    right = scripts[0] in _RIGHT_TO_LEFT_SCRIPTS if scripts else parts[0] in _RIGHT_TO_LEFT
    return "rtl" if right else "ltr"


@lru_cache(maxsize=256)
def _locale(language: str) -> Any:
    """Babel's locale of the language or of its nearest shorter form; None where it has none."""
    from babel import Locale, UnknownLocaleError

    for tag in _prefixes(language):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def role(name: str, language: str) -> str:
    """What somebody did, in a language; the word itself where pubkit does not know it."""
    return word(f"role_{name}", language) if f"role_{name}" in KEYS else name


def date(value: datetime, language: str) -> str:
    """A day in words, as the language writes it ("4 March 2024"); ISO 8601 for a language without data.

    The day is that of the date's own time zone: a date is never moved to another.
    """
    from babel.dates import format_date

    locale = _locale(language)
    if locale is None:
        return value.date().isoformat()
    return str(format_date(value.date(), format="long", locale=locale))


def names(names: Sequence[str], language: str) -> str:
    """Names as a list in running text: "A, B and C"."""
    from babel.lists import format_list

    locale = _locale(language) if language.lower() != "en" else None
    locale = locale or _locale("en-GB")  # English without a territory: no comma before "and"
    return str(format_list(list(names), style="standard", locale=locale)) if names else ""
