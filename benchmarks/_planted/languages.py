"""Rows in another language than the rest: the whole text, half of it, or one sentence.

Decoys: names, dishes and places from elsewhere in a text that is in the language of the rest.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

from _planted._base import Bed, Clean, Sort
from _planted._carriers import put_in

SENTENCES: dict[str, tuple[str, ...]] = {
    "de": ("Ja, das Frühstück ist im Preis enthalten.", "Wie lange dauert es, bis meine Karte kommt?",
           "Leider dürfen keine Haustiere mitgebracht werden.", "Ich habe mein Passwort vergessen."),
    "fr": ("Oui, le petit déjeuner est compris dans le prix.", "Je n'ai toujours pas reçu ma carte.",
           "Nous n'acceptons malheureusement pas les animaux.", "Comment puis-je annuler mon virement ?"),
    "es": ("Sí, el desayuno está incluido en el precio.", "¿Cuánto tarda en llegar mi tarjeta?",
           "Lo siento, no se admiten animales en el hotel.", "No puedo entrar en mi cuenta."),
    "it": ("Sì, la colazione è inclusa nel prezzo.", "La mia carta non è ancora arrivata.",
           "Purtroppo non possiamo accettare animali domestici.", "Vorrei cambiare il mio indirizzo."),
    "nl": ("Ja, het ontbijt is bij de prijs inbegrepen.", "Mijn pas is nog steeds niet aangekomen.",
           "Helaas zijn huisdieren niet toegestaan.", "Hoe kan ik mijn wachtwoord wijzigen?"),
    "pl": ("Tak, śniadanie jest wliczone w cenę.", "Moja karta jeszcze nie dotarła.",
           "Niestety nie przyjmujemy zwierząt.", "Jak mogę anulować ten przelew?"),
    "pt": ("Sim, o café da manhã está incluído no preço.", "O meu cartão ainda não chegou.",
           "Infelizmente não aceitamos animais.", "Como posso cancelar a transferência?"),
    "sv": ("Ja, frukosten ingår i priset.", "Mitt kort har fortfarande inte kommit.",
           "Tyvärr får man inte ta med husdjur.", "Hur byter jag min PIN-kod?"),
    "ru": ("Да, завтрак включён в цену.", "Моя карта ещё не пришла."),
    "ja": ("はい、朝食は料金に含まれています。", "カードがまだ届きません。"),
    "zh": ("是的，房价包含早餐。", "我的卡还没有到。"),
    "ar": ("نعم، الإفطار مشمول في السعر.", "لم تصل بطاقتي حتى الآن."),
    "hi": ("हाँ, नाश्ता कीमत में शामिल है।", "मेरा कार्ड अभी तक नहीं आया।"),
}  # fmt: skip
NAMES = ("whole", "two_sentences", "half", "one_sentence")
DECOYS = (
    ("We had {} there.", "crème brûlée and pain au chocolat"), ("We met at {}.", "the Goldener Löwe"),
    ("It was near {}.", "Plaça de Catalunya"), ("They serve {} too.", "bratwurst with sauerkraut"),
    ("It has a certain {}.", "je ne sais quoi"), ("The menu says {}.", "gnocchi al pesto"),
    ("It is run by {}.", "González y Hijos S.L."), ("She said {} to me.", "hasta la vista"),
    ("Ask for {}.", "寿司"), ("We liked {}.", "Пельмени"),
)  # fmt: skip


def _plant(bed: Bed, rate: float) -> None:
    count = bed.count(rate)
    where = "target" if bed.clean.prose_targets else "input"
    languages = sorted(SENTENCES)
    for at, row in enumerate(bed.take(count)):
        name, language = NAMES[at % len(NAMES)], languages[(at // len(NAMES)) % len(languages)]
        said = bed.random.sample(SENTENCES[language], 2)
        if name in ("whole", "two_sentences"):
            was = bed.words(row, where)
            made = said[0] if name == "whole" else " ".join(said)
            bed.write(row, where, made)
            bed.fault(f"{name}.{language}", row, was=was, **bed.mark(row, where, made, 0))
            continue
        text = " ".join(said) if name == "half" else said[0]
        bed.fault(f"{name}.{language}", row, **put_in(bed, row, where, "{}", text))
    for at, row in enumerate(bed.take(count)):
        carrier, text = DECOYS[at % len(DECOYS)]
        bed.decoy("foreign_words", row, **put_in(bed, row, where, carrier, text))


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("rows in another language than the rest", _fits, _plant)
