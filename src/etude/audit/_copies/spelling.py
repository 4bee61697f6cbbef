"""Whether one of two words is the other, misspelt: a slip of the pen, an American spelling, a plural.

It knows the two words and in how many texts each word stands; what texts say is not its business.
"""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz.distance import OSA

from etude.audit._copies.words import LOOK_ALIKES, NEGATIONS, OPPOSITES, VALUES

_RARE = 2
_OFTEN = 3
"""A word that comes so many times as often as its look-alike is the one that was meant."""
_SHORT, _LONG = 4, 8
_ONCE, _CERTAIN = 1, 10
"""A word of no other text, a letter more, less or swapped from one of so many texts, is a slip even
where it is short, a name, or begins otherwise."""
_SHORTEST_CERTAIN = 3


class Spelling:
    """Slips of the pen among words.

    Args:
        counts: in how many texts each word stands; a word that is not there stands in none.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    def is_rare(self, word: str) -> bool:
        """Whether no two texts have it, as a misspelt word is."""
        return self._counts.get(word, 0) <= _ONCE

    def is_slip(self, one: str, other: str) -> bool:
        """Whether one of two words is the other, misspelt, or with a plural's s."""
        if one[0] != other[0] or min(len(one), len(other)) < _SHORT or not _may_slip(one, other):
            return False
        short, long = sorted((one, other), key=len)
        if long == short + "s" or frozenset((one, other)) in LOOK_ALIKES:
            return long == short + "s"
        if len(short) > _SHORT and _american(one) == _american(other):
            return True
        if OSA.distance(one, other) > (2 if len(short) >= _LONG else 1):
            return False
        rare, often = sorted((self._counts.get(one, 0), self._counts.get(other, 0)))
        return rare <= max(_RARE, often // 100) and (
            often >= _OFTEN * rare or _swapped_or_missing(one, other)
        )

    def certainly(self, one: str, other: str) -> bool:
        """Whether one of two words is misspelt beyond doubt, going by all texts."""
        if min(len(one), len(other)) < _SHORTEST_CERTAIN or abs(len(one) - len(other)) > 1:
            return False
        rare, often = sorted((self._counts.get(one, 0), self._counts.get(other, 0)))
        return (
            rare <= _ONCE
            and often >= _CERTAIN
            and _may_slip(one, other)
            and frozenset((one, other)) not in LOOK_ALIKES
            and _swapped_or_missing(one, other)
            and OSA.distance(one, other) <= 1
        )


def _spelt(word: str) -> bool:
    """Made of letters of an alphabet in which a slip of the pen can be told."""
    return word.isalpha() and all(c < "\u0590" or "\u1e00" <= c < "\u2000" for c in word)


def _may_slip(one: str, other: str) -> bool:
    """Whether neither word is one that a letter more or less makes another of its kind."""
    kinds = VALUES | NEGATIONS
    return _spelt(one) and _spelt(other) and not (
        one in kinds or other in kinds or other in OPPOSITES.get(one, ())
    )  # fmt: skip


def _swapped_or_missing(one: str, other: str) -> bool:
    return len(one) != len(other) or sorted(one) == sorted(other)


def _american(word: str) -> str:
    return word.replace("our", "or").replace("is", "iz").replace("ys", "yz").replace("ll", "l")
