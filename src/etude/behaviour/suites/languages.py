"""Sentences of everyday talk in other languages, about nothing that a task is about.

German, French, Spanish, Italian, Dutch, Polish, Portuguese, Turkish.
"""

from __future__ import annotations

from etude.behaviour.cases import Case, Material, Suite

TEXTS = (
    "Gestern haben wir im Wald Pilze gesammelt.",
    "Wie hoch ist der höchste Berg der Alpen?",
    "Il a neigé toute la nuit dans les montagnes.",
    "Quel est le plus long fleuve de France ?",
    "Mi abuela cocinaba los domingos para toda la familia.",
    "¿Cuántas patas tiene una araña?",
    "Ieri sera abbiamo guardato le stelle in giardino.",
    "De kat ligt de hele dag in de zon te slapen.",
    "Wczoraj cały dzień padał deszcz.",
    "O mar estava calmo ao fim da tarde.",
    "Dün akşam bahçede yıldızlara baktık.",
    "Welches Instrument spielt deine Schwester?",
)


def _make(material: Material) -> list[Case]:
    return [Case("", "", text) for text in TEXTS]


SUITE = Suite(
    key="languages",
    plain_name="idle talk in other languages",
    about="unusual",
    test="direction",
    version=2,
    rules={"classify": "no_surer"},
    unfit="what should be written then is not known; of a form, a value that was translated could not "
    "be told from one that was invented",
    make=_make,
)
