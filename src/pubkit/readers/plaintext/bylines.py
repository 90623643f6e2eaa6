"""A line comes in; the people it names as authors go out, and the words beside them that are no names."""

from __future__ import annotations

import re

from pubkit.model import Person
from pubkit.readers.plaintext.dates import date_line
from pubkit.readers.plaintext.lines import ends_sentence, squeeze

__all__ = ["BYLINE", "byline", "byline_parts", "is_name", "people_in"]

_BY = (
    "(?:an )?interview (?:by|von|door|av|af)|das gespräch führte|die fragen stellte|(?:entretien|interview) réalisée? par"
    "|entrevista (?:de|por)|intervista di|(?:by|von) (?:our|unserem|unserer) (?:correspondent|reporter|korrespondent(?:en|in))"
    "|rozmawiała?|розмовляла?|беседовала?"
    "|by|(?:written|words|text|posted|reported|recorded|compiled|told) by|von|(?:aufgezeichnet|aufgeschrieben|erzählt|text) von|par|de"
    "|texte de|(?:texte|écrit|propos recueillis) par|(?:texte|texto|testo|récit|reportage)(?=\\s?:)|por|(?:escrito|publicado) por|texto de"
    "|di|testo di|(?:door|van) onze (?:verslaggever|verslaggeefster|correspondent|redacteur|medewerker)|door|tekst|av|af|przez|od|text"
    "|autor|autorka|autorin|author|authors|auteur|autrice|auteurs|autore|autora|auteure|автор"
    "|авторка|авторы|автори|текст|από|του|της|κείμενο|συντάκτης|συντάκτρια|بقلم|كتب|كتبت|מאת|文|著者|作者|記者|记者|取材・文|撰文|글"
)
BYLINE = re.compile(rf"(?:{_BY})\s*(?:[:：]\s*|\s)(?=\S)", re.IGNORECASE)
_SURE = re.compile(r"[^:：]+[:：]")
_AND = re.compile(
    r"\s*[,;&、،]\s*(?:(?:and|und|et|y|e|en|og|och|i|і|та|й|и|και)\s+)?|\s+(?:and|und|et|y|e|en|og|och|i|і|та|й|и|και)\s+")
_APART = re.compile(r"\s+[|·•–—/]\s+")
_ON = re.compile(r"\s(?:on|am|le|el|il|em|den|op)\s")
_ROLE = re.compile(r"(?:staff|senior|special|chief)?\s*(?:writer|reporter|correspondent|editor|columnist|contributor)s?\Z", re.IGNORECASE)
_MAIL = re.compile(r"\s*[<(]([^\s<>()@]{1,64}@[^\s<>()@]{1,200})[>)]\Z")
_PARTICLES = frozenset("de da di du del della des la le van von der den ten ter zu zur al el bin ibn y e и та до af av".split())


def byline(text: str) -> list[Person]:
    """The people a line names as the authors; empty if it is no such line."""
    text = squeeze(text[:300])
    m = BYLINE.match(text)
    if m is None or len(text) > 120 or (ends_sentence(text) and not re.search(r"\b[^\W\d_]{1,3}\.\Z", text)):
        return []
    return people_in(text[m.end():], check=True, alone=bool(_SURE.match(text[:m.end()])))


def byline_parts(text: str) -> tuple[list[Person], str]:
    """The people a line names as the authors, and the words beside them that are no names: a date, a role."""
    text = squeeze(text[:300])
    first, *others = _APART.split(text, maxsplit=1)
    if others:
        return byline(first), others[0]
    if (m := _ON.search(text)) and date_line(text[m.start():]):
        return byline(text[:m.start()]), text[m.start():].strip()
    name, _, beside = text.partition(", ")
    if beside and (date_line(beside) or _ROLE.match(beside)):
        return byline(name), beside
    return byline(text), ""


def people_in(text: str, check: bool, alone: bool = True) -> list[Person]:
    """The people of a list of names; empty if ``check`` and one of them is no name."""
    people: list[Person] = []
    for part in _AND.split(text):
        mail = _MAIL.search(part)
        name = (part[:mail.start()] if mail else part).strip("\"' ")
        if check and not is_name(name, alone):
            return []
        if name:
            people.append(Person(name, email=mail[1] if mail else ""))
    return people


def is_name(name: str, alone: bool) -> bool:
    words = name.split()
    if not words or len(words) > 6 or any(c.isdigit() or c in "():!?\"“«" for c in name) or (len(words) == 1 and not alone):
        return False
    return all(not w[0].islower() or w in _PARTICLES for w in words) and not words[0][0].islower()
