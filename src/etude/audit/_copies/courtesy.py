"""Politeness around a message: a greeting before it and thanks after it, which ask for nothing.

It knows words of bare forms (``forms``). What is polite in the middle of a sentence is left where it
stands, for there it may be what is spoken of ("how do I say thanks to the driver").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

_THANKS = ("thanks", "thank you", "thx", "ty", "many thanks", "danke", "vielen dank", "merci",
           "merci beaucoup", "gracias", "muchas gracias", "grazie", "obrigado")  # fmt: skip
_HOW_MUCH = ("", "in advance", "a lot", "so much", "very much", "again", "all")
_GREETINGS = ("hi", "hello", "hey", "greetings", "hallo", "bonjour", "hola", "ciao", "guten tag")
_TO_WHOM = ("", "there", "all", "team", "everyone", "guys")
_BEFORE = (
    *(" ".join(words).strip() for words in product(_GREETINGS, _TO_WHOM)),
    *(f"good {part}" for part in ("morning", "afternoon", "evening", "day")),
    *("dear team", "dear all", "dear sir", "dear madam", "dear sir or madam", "to whom it may concern"),
    *("sorry", "excuse me", "pardon", "so", "well", "ok", "okay"),
)  # fmt: skip
_AFTER = (
    *(" ".join(words).strip() for words in product(_THANKS, _HOW_MUCH)),
    *("cheers", "please help", "please help me", "please advise", "regards", "kind regards"),
    *("best regards", "best wishes", "yours sincerely", "have a nice day", "have a good day"),
)


def _by_end(phrases: Iterable[str], end: int) -> dict[str, list[list[str]]]:
    """Phrases as words, by their first (0) or last (-1) one, the longest first."""
    found: dict[str, list[list[str]]] = {}
    for words in sorted((phrase.split() for phrase in phrases), key=len, reverse=True):
        found.setdefault(words[end], []).append(words)
    return found


_FIRST, _LAST = _by_end(_BEFORE, 0), _by_end(_AFTER, -1)
_ANY = _by_end((*_BEFORE, *_AFTER), 0)


def without_courtesy(words: Sequence[str]) -> list[str]:
    """The words without greetings before and thanks after them; all of them where nothing is left."""
    begin, end = 0, len(words)
    while step := _length(_FIRST, words, begin, end, 0):
        begin += step
    while step := _length(_LAST, words, begin, end, -1):
        end -= step
    return list(words[begin:end] if begin < end else words)


def is_courteous(words: Sequence[str]) -> bool:
    """Whether a text greets or thanks, or does nothing else."""
    stripped = without_courtesy(words)
    whole = " ".join(words)
    return len(stripped) < len(words) or whole in _BEFORE or whole in _AFTER


def only_courtesy(words: Sequence[str]) -> bool:
    """Whether words are greetings and thanks, one after another, and nothing else."""
    at = 0
    while at < len(words):
        step = _length(_ANY, words, at, len(words), 0)
        if not step:
            return False
        at += step
    return at > 0


def _length(
    phrases: dict[str, list[list[str]]], words: Sequence[str], begin: int, end: int, side: int
) -> int:
    """How many words a phrase takes at that end; 0 where none stands there."""
    if begin >= end:
        return 0
    for phrase in phrases.get(words[begin if side == 0 else end - 1], ()):
        count = len(phrase)
        at = begin if side == 0 else end - count
        if count <= end - begin and list(words[at : at + count]) == phrase:
            return count
    return 0
