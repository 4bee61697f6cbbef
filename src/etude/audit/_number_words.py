"""Numbers that a text says in words: "two", "a dozen", "twenty-five", "3 thousand", "'24".

It knows one text in small letters, English alone; what follows from its numbers is for ``_derived``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from etude.audit._facts import readings

_UNITS_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_UNITS = _UNITS_WORDS.split()
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = _TENS_WORDS.split()
_ORDINALS_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = _ORDINALS_WORDS.split()
_SAID: dict[str, tuple[int | str, ...]] = (
    {word: (at,) for at, word in enumerate(_UNITS)}
    | {word: (20 + 10 * at,) for at, word in enumerate(_TENS)}
    | {word: (at,) for at, word in enumerate(_ORDINALS, 1)}
    | {
        "a": (1,),
        "an": (1,),
        "once": (1,),
        "single": (1,),
        "each": (1,),
        "per": (1,),
        "twice": (2,),
        "both": (2,),
        "pair": (2,),
        "couple": (2,),
        "double": (2,),
        "triple": (3,),
        "dozen": (12,),
        "half": ("0.5", 2, 50, 30, 6),
        "halves": ("0.5", 2),
        "quarter": ("0.25", 4, 25, 15, 3),
        "quarters": ("0.25", 75, 45),
        "hundred": (100,),
        "thousand": (1000,),
        "million": (1_000_000,),
        "billion": (1_000_000_000,),
        "noon": (12,),
        "midday": (12,),
        "midnight": (0, 12, 24),
        "daily": (1, 24),
        "day": (1, 24),
        "overnight": (24,),
        "fortnight": (2, 14),
        "week": (1, 7, 5),
        "weekly": (1, 7),
        "month": (1, 30),
        "monthly": (1, 12),
        "year": (1, 12, 365),
        "annual": (1, 12),
        "decade": (10,),
        "century": (100,),
        "free": (0,),
        "no": (0,),
        "none": (0,),
        "always": (24, 7, 365),
        "round-the-clock": (24, 7),
    }
)
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "grand": 1000,
    "million": 10**6,
    "m": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "dozen": 12,
}
_SCALED = re.compile(
    r"(\d+(?:[.,]\d+)*)\s*(hundred|thousand|grand|million|billion|dozen|k|mn|m|bn|b)\b",
    re.IGNORECASE,
)
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_UNITS[1:10])})\b")
_LONG_SCALES = ("hundred", "thousand", "million", "billion", "dozen")
_SAID_SCALED = re.compile(
    rf"\b({'|'.join([*_UNITS[1:], *_TENS])}|a|several) ({'|'.join(_LONG_SCALES)})\b"
)
_HYPHEN = "-"
_TEN = "ty"
"""All tens end so."""
_SHORT_YEAR = re.compile(r"(?:['’/–-])(\d\d)\b")


def said(low: str, words: Iterable[str]) -> Iterable[Decimal]:
    """Numbers in words: "two", "a dozen", "twenty-five", "3 thousand", "1.2m"."""
    for word in words:
        if word in _SAID:
            yield from _meant(word)
        elif _HYPHEN in word:
            for piece in word.split(_HYPHEN):
                yield from _meant(piece)
    # A word that every match holds is looked for first: it stands in few texts.
    for tens, unit in _COMPOUND.findall(low) if _TEN in low else ():
        yield sum((*_meant(tens), *_meant(unit)), Decimal(0))
    for count, scale in (
        _SAID_SCALED.findall(low) if any(map(low.__contains__, _LONG_SCALES)) else ()
    ):
        yield next(_meant(count), Decimal(1)) * _SCALES[scale]
    for number, scale in _SCALED.findall(low):
        for value in readings(number):
            yield value * _SCALES[scale.lower()]
    for year in _SHORT_YEAR.findall(low):
        yield from (1900 + Decimal(year), 2000 + Decimal(year))


def _meant(word: str) -> Iterator[Decimal]:
    return (Decimal(value) for value in _SAID.get(word, ()))
