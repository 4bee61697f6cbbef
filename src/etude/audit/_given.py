"""Whether a fact is given: it stands in the source, or follows from what stands there.

A number follows when it is another way to write one of the source (words, fractions, thousands,
another clock), a sum, difference, product or share of its numbers, a conversion of units, a count of
what is listed. A name follows from a longer or shorter form of it, an initial, a small typo. A date
follows from the same date written in digits. That is lenient: a made-up number that happens to be a
sum passes, and few that are right are called made up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from rapidfuzz import fuzz, process

from etude.audit._dated import dates_of
from etude.audit._derived import CLOCK, converted, counts, follow
from etude.audit._facts import DAYS, MONTHS, parts, readings, stands, values
from etude.audit._number_words import said

_WORD = re.compile(r"[^\W_][\w'’-]*")
_FULL_HOUR = re.compile(r"([01]?\d|2[0-4])[:.]?00")
"""1300 says no more than 1 pm, nor does the 00 of 13:00."""
_LONG_WORD = 4
_SHARED = 2
"""Long words that a passage and what is asked or answered must share."""
_MONEY = {
    "£": ("british", "pound", "pounds", "gbp", "sterling"),
    "$": ("us", "american", "dollar", "dollars", "usd"),
    "€": ("euro", "euros", "eur"),
    "¥": ("yen", "yuan", "japanese", "jpy", "cny"),
    "₹": ("rupee", "rupees", "indian", "inr"),
}
_ALIKE = 82
"""Of 100: how alike a name and a word of the source are that a typo parts."""


@dataclass
class Source:
    """What is given for one answer: a text, and what is given for all (words and numbers)."""

    text: str
    words: frozenset[str] = frozenset()
    numbers: frozenset[Decimal] = frozenset()
    passages: Mapping[Decimal, Sequence[frozenset[str]]] = field(default_factory=dict)
    """Numbers of the knowledge, each with the long words of the passages that have it."""
    answer: str = ""
    """The answer itself: it may count what it lists."""
    _low: str = field(init=False)

    def __post_init__(self) -> None:
        self._low = self.text.casefold()

    @cached_property
    def own_words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._low))

    @cached_property
    def plain(self) -> frozenset[Decimal]:
        """The source's numbers, in digits and in words."""
        return frozenset(values(self.text)) | frozenset(said(self._low, self.own_words))

    @cached_property
    def derived(self) -> frozenset[Decimal]:
        """What follows from them."""
        ways = follow(self._low, set(values(self.text)))
        return frozenset(ways) | frozenset(counts(self.text, self.answer))

    @cached_property
    def dates(self) -> tuple[frozenset[int], frozenset[int]]:
        """Months and days of the week of the source's dates."""
        return dates_of(self._low, self.own_words)

    def number(self, written: str) -> bool:
        """Whether a number is given."""
        if stands(written, self.text):
            return True
        if written == "00" and CLOCK.search(self._low):
            return True
        hour = _FULL_HOUR.fullmatch(written)
        if hour and CLOCK.search(self._low) and self.number(str(int(hour.group(1)))):
            return True
        known = self.plain | self.numbers
        pieces = parts(written)
        if pieces and all(readings(piece) & known for piece in pieces):
            return True
        meant = readings(written)
        if meant & known or (not meant and not pieces):
            return True
        if any(value in self.derived for value in meant):
            return True
        if self.passages and self._in_passages(meant or {v for p in pieces for v in readings(p)}):
            return True
        if pieces and all((readings(piece) & (known | self.derived)) for piece in pieces):
            return True
        return any(self._converted(value) for value in meant)

    def _converted(self, value: Decimal) -> bool:
        own = [number for number in values(self.text) if number > 1 or number % 1]
        return converted(value, self._low, own, self.plain)

    def _in_passages(self, meant: Iterable[Decimal]) -> bool:
        """Whether a passage of the knowledge has the number and is about the same."""
        about = self.own_words | frozenset(_WORD.findall(self.answer.casefold()))
        about = frozenset(word for word in about if len(word) >= _LONG_WORD)
        return any(
            len(passage & about) >= _SHARED
            for value in meant
            for passage in self.passages.get(value, ())
        )

    def name(self, word: str) -> bool:
        """Whether a name is given."""
        low = word.casefold()
        if low in self._low or low in self.words or self._other_words(low):
            return True
        pieces = [piece for piece in re.split(r"[-'’]", low) if len(piece) > 2]
        if len(pieces) > 1 and all(p in self._low or p in self.words for p in pieces):
            return True
        stem = low[: max(4, round(len(low) * 0.65))]
        if len(low) > 4 and (stem in self._low or any(w.startswith(stem) for w in self.words)):
            return True
        if word.isupper() and len(word) <= 6 and self._initials(low):
            return True
        if 4 <= len(low) <= 8 and self._shortened(low):
            return True
        near = process.extractOne(low, self.own_words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return near is not None and len(low) > 3

    def day(self, written: str) -> bool:
        """Whether a month or a day of the week is given."""
        low = written.casefold().rstrip(".")
        if low in self._low or low in self.words:
            return True
        months, days = self.dates
        if low in MONTHS:
            return MONTHS[low] in months
        return DAYS.get(low) in days

    def _other_words(self, low: str) -> bool:
        """Signs of money are words, and accents may be left out."""
        if any(sign in self.text for sign, words in _MONEY.items() if low in words):
            return True
        bare = _bare(low)
        return (bare != low or not self._low.isascii()) and bare in _bare(self._low)

    def _initials(self, low: str) -> bool:
        initials = "".join(word[0] for word in _WORD.findall(self._low))
        return low in initials

    def _shortened(self, low: str) -> bool:
        """Whether it is the beginnings of two words: "Amex" of "American Express"."""
        words = _WORD.findall(self._low)
        return any(
            low.startswith(one[:2])
            and any(
                one.startswith(low[:n]) and two.startswith(low[n:]) for n in range(2, len(low) - 1)
            )
            for one, two in pairwise(words)
        )


def _bare(text: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
