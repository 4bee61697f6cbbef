"""Figures of a text that nobody gave: in none of the texts that an answer may take them from.

A number counts as given however it is written: "12,500" for "12500", "two" for "2". It knows texts
and nothing of where they come from. English words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"\d+(?:[.,' \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*")
_LISTED = re.compile(r"^[\s*-]*\d+[.)]\s", re.MULTILINE)
"""The number of an item in a list, which says nothing."""
_UNITS_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_ORDINALS_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_TENS_WORDS = "thirty forty fifty sixty seventy eighty ninety hundred"
_WORDS = (
    {word: str(number) for number, word in enumerate(_UNITS_WORDS.split())}
    | {word: str(number) for number, word in enumerate(_ORDINALS_WORDS.split(), 1)}
    | {word: str(10 * number) for number, word in enumerate(_TENS_WORDS.split(), 3)}
    | {"dozen": "12", "once": "1", "twice": "2", "both": "2", "half": "50", "thousand": "1000"}
)


def ungiven(text: str, given: Iterable[str]) -> list[str]:
    """Figures of ``text`` that stand in none of ``given``, as they are written."""
    known = set[str]().union(*(_known(one) for one in given))
    return [
        number
        for number in _NUMBER.findall(_LISTED.sub("", text))
        if not known & _whole(number) and not _groups(number) <= known
    ]


def _known(text: str) -> set[str]:
    found = {_WORDS[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in _WORDS}
    for number in _NUMBER.findall(text):
        found |= _whole(number) | _groups(number)
    return found


def _whole(number: str) -> set[str]:
    """A number without what its digits are grouped by, and without the noughts of a fraction."""
    whole = {_bare(re.sub(r"\D", "", number))}
    if "." in number:
        whole.add(_bare(re.sub(r"[^\d.]", "", number).rstrip("0").rstrip(".")))
    return whole


def _groups(number: str) -> set[str]:
    return {_bare(group) for group in re.findall(r"\d+", number)}


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"
