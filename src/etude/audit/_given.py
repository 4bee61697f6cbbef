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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise

from rapidfuzz import fuzz, process

from etude.audit._facts import DAYS, MONTHS, parts, readings, stands, values

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
_SAID_SCALED = re.compile(
    rf"\b({'|'.join([*_UNITS[1:], *_TENS])}|a|several) (hundred|thousand|million|billion|dozen)\b"
)
_WORD = re.compile(r"[^\W_][\w'’-]*")
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)")
_SLASHED = re.compile(r"\b(\d{1,2})[./-](\d{1,2})(?:[./-]((?:19|20)?\d\d))?\b")
_FACTORS = (
    "2.54 0.3937 0.3048 0.9144 1.609344 0.453592 28.3495 4.546 3.785 29.5735 6.35029 "
    "10 100 1000 12 16"
)
_CONVERSIONS = tuple(map(float, _FACTORS.split()))
_TIMES = (60.0, 24.0, 7.0, 12.0, 52.0, 30.0, 365.0, 3600.0, 1440.0)
_CLOSE = 0.012
_MEASURED = re.compile(
    r"\d\s*(?:km|cm|mm|m|mi|ft|in|kg|g|mg|lbs?|oz|l|ml|st|yd)\b"
    r"|\b(?:miles?|feet|foot|inch(?:es)?|yards?|pounds?|ounces?|stone|gallons?|pints?|litres?|liters?|"
    r"(?:kilo|centi|milli)?met(?:re|er)s?|(?:kilo)?grams?|kilos?)\b|\d\s?[\"″'′]"
)
_TIMED = re.compile(
    r"\b(?:hours?|hrs?|h|minutes?|mins?|days?|weeks?|months?|years?|seconds?|secs?|quarters?)\b"
)
_DEGREES = re.compile(r"°|\bdegrees?\b|\bcelsius\b|\bfahrenheit\b|\d\s?[cf]\b")
_CLOCK = re.compile(r"\d\s*(?:am|pm|a\.m|p\.m|h\b|uhr|o['’]clock)|\d[:.]\d\d|\bnoon\b|\bmidnight\b")
_FULL_HOUR = re.compile(r"([01]?\d|2[0-4])[:.]?00")
"""1300 says no more than 1 pm, nor does the 00 of 13:00."""
_PERCENT = re.compile(r"%|\bper ?cent\b|\bdiscount|\boff\b")
_SHORT_YEAR = re.compile(r"(?:['’/–-])(\d\d)\b")
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
_FEW = 6
"""Numbers of a source whose pairs are added, subtracted and multiplied: of many, anything is a sum."""
_COUNTED = 12
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
        return frozenset(values(self.text)) | frozenset(_said(self._low, self.own_words))

    @cached_property
    def derived(self) -> frozenset[Decimal]:
        """What follows from them."""
        follow = _follow(self._low, set(values(self.text)))
        return frozenset(follow) | frozenset(_counts(self.text, self.answer))

    @cached_property
    def dates(self) -> tuple[frozenset[int], frozenset[int]]:
        """Months and days of the week of the source's dates."""
        return _dates(self._low, self.own_words)

    def number(self, written: str) -> bool:
        """Whether a number is given."""
        if stands(written, self.text):
            return True
        if written == "00" and _CLOCK.search(self._low):
            return True
        hour = _FULL_HOUR.fullmatch(written)
        if hour and _CLOCK.search(self._low) and self.number(str(int(hour.group(1)))):
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
        return (
            (bool(_MEASURED.search(self._low)) and _near(value, own, _CONVERSIONS))
            or (bool(_TIMED.search(self._low)) and _near(value, self.plain, _TIMES))
            or (bool(_DEGREES.search(self._low)) and _warm(value, own))
        )

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


def _said(low: str, words: Iterable[str]) -> Iterable[Decimal]:
    """Numbers in words: "two", "a dozen", "twenty-five", "3 thousand", "1.2m"."""
    for word in words:
        yield from _meant(word)
        for piece in word.split("-") if "-" in word else ():
            yield from _meant(piece)
    for tens, unit in _COMPOUND.findall(low):
        yield sum((*_meant(tens), *_meant(unit)), Decimal(0))
    for count, scale in _SAID_SCALED.findall(low):
        yield next(_meant(count), Decimal(1)) * _SCALES[scale]
    for number, scale in _SCALED.findall(low):
        for value in readings(number):
            yield value * _SCALES[scale.lower()]
    for year in _SHORT_YEAR.findall(low):
        yield from (1900 + Decimal(year), 2000 + Decimal(year))


def _meant(word: str) -> Iterator[Decimal]:
    return (Decimal(value) for value in _SAID.get(word, ()))


def _follow(text: str, own: set[Decimal]) -> Iterable[Decimal]:
    """Sums, differences, products and shares; clocks, decades and roundings."""
    ordered = sorted(own)
    clock, percent = bool(_CLOCK.search(text)), bool(_PERCENT.search(text))
    if len(ordered) > 1:
        yield sum(ordered, Decimal(0))
    for value in ordered:
        yield from _ways(value, clock, percent)
    if len(ordered) <= _FEW:
        for one, other in combinations(ordered, 2):
            yield from (one + other, other - one, one * other)
            if one:
                yield (other / one).quantize(Decimal("0.01")).normalize()
            if percent:
                yield from _percent(one, other)
                yield from _percent(other, one)


def _ways(value: Decimal, clock: bool, percent: bool) -> Iterable[Decimal]:
    """Other ways to write one number."""
    yield value.quantize(Decimal(1))
    if clock and value <= 24:
        yield value + 12 if value <= 12 else value - 12
        if value == 12:
            yield Decimal(0)  # 12 am
    if percent and value <= 100:
        yield from (100 - value, value * 100, value / 100)
    if 1000 <= value <= 2099:
        yield from (value % 100, value - value % 10, (value - value % 100) / 100 + 1)
    if value >= 1000:
        yield from ((value / 1000).normalize(), (value / 10**6).normalize())


def _percent(part: Decimal, whole: Decimal) -> Iterable[Decimal]:
    cut = whole * part / 100
    yield from (cut, whole - cut, whole + cut)


def _near(written: Decimal, known: Iterable[Decimal], factors: Iterable[float]) -> bool:
    """Whether a number is one of the known in another unit, within a rounding."""
    value = float(written)
    close = _CLOSE * value
    for number in known:
        own = float(number)
        for factor in factors:
            if abs(own * factor - value) <= close or abs(own / factor - value) <= close:
                return True
    return False


def _warm(written: Decimal, known: Iterable[Decimal]) -> bool:
    """Whether a number is one of the known in the other scale of temperature."""
    value = float(written)
    owns = [float(number) for number in known]
    return any(
        abs(own * 9 / 5 + 32 - value) < 1 or abs((own - 32) * 5 / 9 - value) < 1 for own in owns
    )


def _counts(source: str, answer: str) -> Iterable[Decimal]:
    """How many things are listed, in the source or in the answer itself."""
    for text in (source, answer):
        lines = [line for line in text.split("\n") if line.strip()]
        items = sum(bool(re.match(r"\s*(?:[-*•–]|\(?\d{1,2}[.)])\s", line)) for line in lines)
        for count in (len(lines), items):
            if count > 1:
                yield Decimal(count)
        for line in lines:
            listed = len(re.split(r",\s|;\s|\s(?:and|or|&)\s", line))
            yield from (Decimal(n) for n in range(2, min(listed, _COUNTED) + 1))


def _dates(low: str, words: frozenset[str]) -> tuple[frozenset[int], frozenset[int]]:
    months = {MONTHS[word] for word in words if word in MONTHS}
    days = {DAYS[word.rstrip("s")] for word in words if word.rstrip("s") in DAYS}
    days |= {DAYS[word] for word in words if word in DAYS}
    full = []
    for year, month, day in _ISO.findall(low):
        full.append((int(year), int(month), int(day)))
    for first, second, year in _SLASHED.findall(low):
        for month, day in ((int(second), int(first)), (int(first), int(second))):
            if 1 <= month <= 12 and 1 <= day <= 31:
                months.add(month)
                if year:
                    full.append((int(year) + (2000 if len(year) == 2 else 0), month, day))
    for year, month, day in full:
        try:
            days.add(date(year, month, day).weekday())
        except ValueError:
            continue
        months.add(month)
    if {"today", "tomorrow", "yesterday", "tonight"} & words:
        days |= set(range(7))
    if "weekend" in words or "weekends" in words:
        days |= {4, 5, 6, 0}
    if "weekday" in words or "weekdays" in words or "week" in words:
        days |= set(range(7))
    if any(DAYS.get(word) is not None for word in words) and re.search(
        r"\b(?:to|until|through|till|-|–)\b", low
    ):
        days |= set(range(7))
    return frozenset(months), frozenset(days)
