"""Whether a text looks English: a light guess from its letters and its commonest words.

It knows scripts and some function words of languages in Latin script, and no grammar. A short text
without such a word is left undecided; names, codes and mixed texts may be judged wrongly, so it is
fit for a share over many texts and never for one text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LONG = 10
"""Words: an English text of so many has a function word, whatever it is about."""
_SAMPLE = 400
"""Characters of a text that are looked at."""
_WORDS = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = (
    "the and is are was were to of in on at for from with without my your our their his her i you "
    "we they it this that these those not no do does did don doesn didn can could cannot have has "
    "had be been will would should a an or but if when where what why how which who me us them "
    "there here as by about please thanks hello hi am get got any some all"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHERS = {
    "German": "der das und ich nicht ist mein meine meinen ein eine einen mit für auf wie zu von "
    "noch wir kann habe haben bitte sie es dem den im bei wurde warum",
    "French": "le la les des une et est je pas mon ma mes pour dans avec vous nous ne que qui "
    "sur au aux du ce cette bonjour ai comment",
    "Spanish": "el la los las una y es mi mis para con que por no se lo del cómo está tengo puedo "
    "gracias hola quiero su pero",
    "Italian": "il la le gli una è mio mia per con che non di del della sono come ho posso grazie "
    "questo nel si",
    "Portuguese": "os uma e é meu minha para com que não por do da em como obrigado está tenho "
    "posso você ao foi",
    "Dutch": "de het een en ik niet mijn met voor van op hoe kan heb wat zijn er dat te bij ook "
    "naar nog",
    "Polish": "nie jest się na do mam mi moje moja jak czy dla proszę że czemu od po który",
    "Swedish, Danish or Norwegian": "och jag inte är mitt min med för på hur kan har som det og "
    "jeg ikke er mit et av til",
    "Czech or Slovak": "je se na mi moje jak že pro není jsem prosím kde od ktorý nie som ako",
    "Turkish": "ve bir bu için ne değil mi nasıl benim çok ile var yok kartım lütfen",
    "Indonesian or Malay": "saya tidak dan yang di ke dari untuk dengan ini itu bagaimana bisa "
    "sudah apa",
    "Vietnamese": "tôi không của và là có cho được như thế này một",
    "Romanian": "și nu este cu pentru meu mea sunt cum am de la care să din",
    "Hungarian": "nem és egy az hogy van kérem meg hogyan mert",
    "Finnish": "ei ja on minun miten mutta että olen voi kuinka mitä se",
}
_FOREIGN = {name: frozenset(words.split()) - _ENGLISH for name, words in _OTHERS.items()}


@dataclass(frozen=True)
class Languages:
    """``judged``: texts that something could be said about; ``other``: of them, not English;
    ``kinds``: what those seem to be, the commonest first."""

    judged: int
    other: int
    kinds: tuple[str, ...]


def languages(texts: Sequence[str]) -> Languages:
    """Judge every text; see the module for what that is worth."""
    found = [kind for kind in map(language, texts) if kind is not None]
    others = Counter(kind for kind in found if kind != "English")
    return Languages(len(found), others.total(), tuple(kind for kind, _ in others.most_common(3)))


def language(text: str) -> str | None:
    """``English``, another language, a script, ``another language``, or None: undecided."""
    text = text[:_SAMPLE]
    if not text.isascii():
        script = _script(text)
        if script is not None:
            return script
    words = [word.lower() for word in _WORDS.findall(text)]
    english = sum(word in _ENGLISH for word in words)
    counts = {name: sum(word in known for word in words) for name, known in _FOREIGN.items()}
    best = max(counts, key=lambda name: counts[name])
    if counts[best] > english and (counts[best] >= 2 or (english == 0 and len(words) <= LONG)):
        return best
    if english:
        return "English"
    return "another language" if len(words) >= LONG else None


def _script(text: str) -> str | None:
    """The script of most letters, where that is not Latin: ``Cyrillic letters``."""
    letters = [character for character in text if character.isalpha()]
    names = Counter(unicodedata.name(letter, "?").split()[0] for letter in letters)
    if not names or 2 * names["LATIN"] >= len(letters):
        return None
    names.pop("LATIN", None)
    return _SCRIPTS.get(script := names.most_common(1)[0][0], f"{script.capitalize()} letters")


_SCRIPTS = {
    "CJK": "Chinese or Japanese characters",
    "HIRAGANA": "Japanese characters",
    "KATAKANA": "Japanese characters",
    "HANGUL": "Korean letters",
}
