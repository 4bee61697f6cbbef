"""The same in other words, by rule: contractions, polite openings, a few synonyms, no greeting.

English. A word that the ideal answer repeats stays as it is.
"""

from __future__ import annotations

import re
from random import Random

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._changing import changed

WORDS = {
    "i'm": "I am",
    "i am": "I'm",
    "i've": "I have",
    "i'll": "I will",
    "we're": "we are",
    "we've": "we have",
    "you're": "you are",
    "they're": "they are",
    "don't": "do not",
    "do not": "don't",
    "doesn't": "does not",
    "does not": "doesn't",
    "didn't": "did not",
    "did not": "didn't",
    "isn't": "is not",
    "is not": "isn't",
    "wasn't": "was not",
    "haven't": "have not",
    "hasn't": "has not",
    "can't": "cannot",
    "cannot": "can't",
    "couldn't": "could not",
    "won't": "will not",
    "can you": "could you please",
    "could you please": "can you",
    "can you please": "could you",
    "could you": "can you please",
    "i want to": "I would like to",
    "i would like to": "I want to",
    "i need to": "I have to",
    "let me know": "tell me",
    "buy": "purchase",
    "maybe": "perhaps",
    "perhaps": "maybe",
    "at the moment": "right now",
    "phone": "telephone",
    "telephone": "phone",
}
"""Lower-case words, and what says the same; the longest that fits counts."""
_PHRASE = re.compile(
    r"(?<![\w'])(?:"
    + "|".join(re.escape(one) for one in sorted(WORDS, key=len, reverse=True))
    + r")(?![\w'])",
    re.IGNORECASE,
)
_TURNED = re.compile(r"\s+(?:i|you|we|they|he|she|it|there|the|that|this|my|your)\b", re.IGNORECASE)
"""After "don't" and the like: a question, which the long form would not begin so."""
_ASKS = re.compile(r"(?:can|could) you\b", re.IGNORECASE)
_NO_REQUEST = re.compile(r"\s+(?:believe|imagine)\b", re.IGNORECASE)
"""After "can you": nothing is asked for."""
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\"'“‘(]*$")
_QUESTION = re.compile(r"[^.!?\n]*\?")
_WHY = re.compile(r"(?:why|how|what|when|where|who)\s+$", re.IGNORECASE)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|dear (?:sir or madam|team|all))"
    r"(?: there| all| team)?\s*[,.!]+\s+(?=\w)",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"^please (?!(?:i|we|you|he|she|it|they|there|the|that|this|these|those|my|our|your|his|her|their|"
    r"a|an|no|not|if|when|as)\b)([^.!?\n]+)(?=[.!?\n]|$)",
    re.IGNORECASE,
)
"""Before a request, which goes on with what is to be done."""


def _paraphrased(text: str, target: str, chance: Random) -> str:
    repeated = {word.casefold() for word in re.findall(r"[\w']+", target)}
    greeting = _GREETING.match(text)
    if greeting and not _words(greeting.group()) & repeated:
        rest = text[greeting.end() :]
        text = rest[:1].upper() + rest[1:]
    text = _PHRASE.sub(lambda found: _other(found, repeated), text)
    if "please" in repeated:
        return text
    return _PLEASE.sub(lambda found: f"{_capital(found.group(1))}, please", text)


def _other(found: re.Match[str], repeated: set[str]) -> str:
    """What says the same as what was found; itself where that would not do."""
    said = found.group()
    plain = said.casefold()
    turned = _is_turned(found, plain)
    if _ASKS.match(plain) and not _is_request(found):
        return said
    ends = plain in ("i am", "i've", "i'm") and not re.match(r"\s+\w", found.string[found.end() :])
    if turned or ends or _words(plain) & repeated:
        return said
    other = WORDS[plain]
    return _capital(other) if said[:1].isupper() else other


def _is_request(found: re.Match[str]) -> bool:
    """Whether "can you" begins a sentence that asks for something."""
    starts = _SENTENCE_START.search(found.string, 0, found.start())
    return starts is not None and not _NO_REQUEST.match(found.string, found.end())


def _is_turned(found: re.Match[str], plain: str) -> bool:
    """Whether "don't" and the like stand in a question, whatever its subject is."""
    if not plain.endswith(("n't", "not")):
        return False
    if _TURNED.match(found.string, found.end()) or _QUESTION.match(found.string, found.end()):
        return True
    before = found.string[: found.start()]
    opens = plain not in ("don't", "do not") and _SENTENCE_START.search(before)
    return bool(opens or _WHY.search(before))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[\w']+", text)}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _make(material: Material) -> list[Case]:
    return changed("paraphrase", material, _paraphrased)


SUITE = Suite(
    key="paraphrase",
    plain_name="the same in other words",
    about="normal",
    test="invariance",
    version=2,
    rules=dict.fromkeys(("classify", "extract", "write", "rewrite", "chat"), "same"),
    unfit="its inputs are not texts",
    make=_make,
    empty="no example has words that the rules, which are English, can say otherwise",
)
