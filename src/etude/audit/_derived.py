"""Numbers that follow from a text's own: sums, shares, other units, another clock, counts of a list.

It knows numbers and the words that say which way of reckoning fits (a unit, a clock, a per cent sign).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

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
CLOCK = re.compile(r"\d\s*(?:am|pm|a\.m|p\.m|h\b|uhr|o['’]clock)|\d[:.]\d\d|\bnoon\b|\bmidnight\b")
_PERCENT = re.compile(r"%|\bper ?cent\b|\bdiscount|\boff\b")
_FEW = 6
"""Numbers of a source whose pairs are added, subtracted and multiplied: of many, anything is a sum."""
MOST_LISTED = 12
"""Things in a line that are counted, at most."""


def converted(value: Decimal, text: str, own: list[Decimal], plain: Iterable[Decimal]) -> bool:
    """Whether a number is one of a text's in another unit.

    Args:
        value: the number asked about.
        text: in small letters; it says which units are spoken of.
        own: its numbers in digits that a unit may change.
        plain: all its numbers, those in words too.
    """
    return (
        (bool(_MEASURED.search(text)) and _near(value, own, _CONVERSIONS))
        or (bool(_TIMED.search(text)) and _near(value, plain, _TIMES))
        or (bool(_DEGREES.search(text)) and _warm(value, own))
    )


def follow(text: str, own: set[Decimal]) -> Iterable[Decimal]:
    """Sums, differences, products and shares; clocks, decades and roundings."""
    ordered = sorted(own)
    clock, percent = bool(CLOCK.search(text)), bool(_PERCENT.search(text))
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


def counts(source: str, answer: str) -> Iterable[Decimal]:
    """How many things are listed, in the source or in the answer itself."""
    for text in (source, answer):
        lines = [line for line in text.split("\n") if line.strip()]
        items = sum(bool(re.match(r"\s*(?:[-*•–]|\(?\d{1,2}[.)])\s", line)) for line in lines)
        for count in (len(lines), items):
            if count > 1:
                yield Decimal(count)
        for line in lines:
            listed = len(re.split(r",\s|;\s|\s(?:and|or|&)\s", line))
            yield from (Decimal(n) for n in range(2, min(listed, MOST_LISTED) + 1))
