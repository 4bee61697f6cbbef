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
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from rapidfuzz import fuzz, process

from etude.audit._dated import dates_of
from etude.audit._derived import CLOCK, MOST_LISTED, converted, counts, follow
from etude.audit._facts import DAYS, MONTHS, parts, readings, stands, values
from etude.audit._number_words import said

_WORD = re.compile(r"[^\W_][\w'’-]*")
_FULL_HOUR = re.compile(r"([01]?\d|2[0-4])[:.]?00")
"""1300 says no more than 1 pm, nor does the 00 of 13:00."""
_JOINT = re.compile(r"[-'’]")
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
_MEANT_BY = {word: sign for sign, words in _MONEY.items() for word in words}
_ALIKE = 82
"""Of 100: how alike a name and a word of the source are that a typo parts."""


class Words:
    """Words that are given for all answers; one that begins so is found without reading them all.

    Args:
        words: in small letters.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._all = frozenset(words)
        self._ordered = sorted(self._all)

    def __contains__(self, word: str) -> bool:
        return word in self._all

    def one_begins(self, stem: str) -> bool:
        """Whether any of them begins so."""
        at = bisect_left(self._ordered, stem)
        return at < len(self._ordered) and self._ordered[at].startswith(stem)


_NONE = Words()


@dataclass
class Source:
    """What is given for one answer: a text, and what is given for all (words and numbers)."""

    text: str
    words: Words = _NONE
    numbers: frozenset[Decimal] = frozenset()
    passages: Mapping[Decimal, Sequence[frozenset[str]]] = field(default_factory=dict)
    """Numbers of the knowledge, each with the long words of the passages that have it."""
    answer: str = ""
    """The answer itself: it may count what it lists."""
    _low: str = field(init=False)

    def __post_init__(self) -> None:
        self._low = self.text.casefold()

    @cached_property
    def _in_order(self) -> list[str]:
        return _WORD.findall(self._low)

    @cached_property
    def own_words(self) -> frozenset[str]:
        return frozenset(self._in_order)

    @cached_property
    def plain(self) -> frozenset[Decimal]:
        """The source's numbers, in digits and in words."""
        return frozenset(values(self.text)) | frozenset(said(self._low, self.own_words))

    @cached_property
    def known(self) -> frozenset[Decimal]:
        """Those, and what is given for all."""
        return self.plain | self.numbers

    @cached_property
    def derived(self) -> frozenset[Decimal]:
        """What follows from them."""
        return frozenset(follow(self._low, set(values(self.text))))

    @cached_property
    def counted(self) -> frozenset[Decimal]:
        """How many things it, or the answer itself, lists."""
        return frozenset(counts(self.text, self.answer))

    def _follows(self, value: Decimal) -> bool:
        """Whether a number follows; only whole ones count things, large ones lines alone."""
        if value in self.derived:
            return True
        most = max(MOST_LISTED, 1 + self.text.count("\n"), 1 + self.answer.count("\n"))
        return value <= most and value in self.counted

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
        known = self.known
        pieces = parts(written)
        if pieces and all(readings(piece) & known for piece in pieces):
            return True
        meant = readings(written)
        if meant & known or (not meant and not pieces):
            return True
        if any(map(self._follows, meant)):
            return True
        if self.passages and self._in_passages(meant or {v for p in pieces for v in readings(p)}):
            return True
        if pieces and all(self._piece(piece) for piece in pieces):
            return True
        return any(self._converted(value) for value in meant)

    def _piece(self, piece: str) -> bool:
        return any(value in self.known or self._follows(value) for value in readings(piece))

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
        pieces = [piece for piece in _JOINT.split(low) if len(piece) > 2]
        if len(pieces) > 1 and all(p in self._low or p in self.words for p in pieces):
            return True
        stem = low[: max(4, round(len(low) * 0.65))]
        if len(low) > 4 and (stem in self._low or self.words.one_begins(stem)):
            return True
        if word.isupper() and len(word) <= 6 and low in self._all_initials:
            return True
        if 4 <= len(low) <= 8 and self._shortened(low):
            return True
        return len(low) > 3 and (
            process.extractOne(low, self.own_words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
            is not None
        )

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
        sign = _MEANT_BY.get(low)
        if sign is not None and sign in self.text:
            return True
        if low.isascii() and self._low.isascii():
            return False
        return _bare(low) in self._low_bare

    @cached_property
    def _low_bare(self) -> str:
        return _bare(self._low)

    @cached_property
    def _all_initials(self) -> str:
        return "".join(word[0] for word in self._in_order)

    def _shortened(self, low: str) -> bool:
        """Whether it is the beginnings of two words: "Amex" of "American Express"."""
        begin = low[:2]
        return begin in self._low and any(
            one.startswith(begin)
            and any(
                one.startswith(low[:n]) and two.startswith(low[n:]) for n in range(2, len(low) - 1)
            )
            for one, two in pairwise(self._in_order)
        )


def _bare(text: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
