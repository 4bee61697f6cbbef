"""Rounding and units, once: how the page and the terminal write each figure.

Shares come as 0 to 1, latencies in milliseconds, money in the task's currency. It knows numbers,
and nothing of what they say about a candidate.
"""

from __future__ import annotations

import math

from etude.records.candidate import Quality
from etude.records.dataset import Lengths
from etude.records.estimate import Estimate

NOT_MEASURED = "not measured"
SPACE = "\u00a0"
"""Between a number and its unit: they stay on one line."""
DECIMALS_FROM = 200
"""Items from which a tenth of a per cent is worth showing."""


def known(value: float | None) -> bool:
    """Whether there is a figure to show."""
    return value is not None and math.isfinite(value)


def number(value: float, decimals: int = 0) -> str:
    """With thousands separators and a true minus sign; never "−0"."""
    text = f"{value:,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def decimals(n: int) -> int:
    """Decimals of a percentage that ``n`` items can carry."""
    return 1 if n >= DECIMALS_FROM else 0


def percent(share: float | None, n: int = DECIMALS_FROM) -> str:
    """A share of 1 as a percentage, as exact as ``n`` items allow."""
    if share is None or not math.isfinite(share):
        return NOT_MEASURED
    return f"{number(100 * share, decimals(n))}{SPACE}%"


def percent_range(low: float, high: float, n: int = DECIMALS_FROM) -> str:
    """``91.8 to 94.4 %``."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{number(100 * low, decimals(n))} to {percent(high, n)}"


def points(difference: float, n: int = DECIMALS_FROM, signed: bool = True) -> str:
    """A difference of shares in points: ``+1.4 points``."""
    text = number(100 * difference, decimals(n))
    unit = "point" if text in ("1", "1.0", "−1", "−1.0") else "points"
    return f"{_signed(text) if signed else text}{SPACE}{unit}"


def points_range(low: float, high: float, n: int = DECIMALS_FROM) -> str:
    """``−0.2 to +3.0``, in points; a limit that the data can't give is said so."""
    return " to ".join(
        _signed(number(100 * end, decimals(n))) if math.isfinite(end) else "no limit"
        for end in (low, high)
    )


def _signed(text: str) -> str:
    positive = not text.startswith("−") and any(digit in text for digit in "123456789")
    return f"+{text}" if positive else text


def bare_money(amount: float) -> str:
    """An amount without its currency: two decimals from 1 on, two digits below."""
    size = abs(amount)
    if size >= 100 or amount == 0:
        return number(amount)
    if size >= 0.1:
        return number(amount, 2)
    return number(amount, min(8, 1 - math.floor(math.log10(size))))


def money(amount: float | None, currency: str, exact: bool = False) -> str:
    """``3.01 EUR``; below a cent only the bound is said, unless ``exact``."""
    if amount is None or math.isnan(amount):
        return NOT_MEASURED
    if math.isinf(amount):
        return "can't be said: no requests a month"
    if 0 < amount < 0.01 and not exact:
        return f"under 0.01{SPACE}{currency}"
    return f"{bare_money(amount)}{SPACE}{currency}"


def money_range(low: float, high: float, currency: str) -> str:
    """``2 to 5 EUR``; empty where both ends read the same."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    ends = money(low, currency), money(high, currency)
    if ends[0] == ends[1]:
        return ""
    return f"{ends[0].removesuffix(f'{SPACE}{currency}')} to {ends[1]}"


def milliseconds(value: float | None) -> str:
    """``8.4 ms``, ``120 ms``."""
    if value is None or not math.isfinite(value):
        return NOT_MEASURED
    return f"{number(value, 1 if value < 10 else 0)}{SPACE}ms"


def milliseconds_range(estimate: Estimate) -> str:
    """``8.1 to 8.9 ms``."""
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high)):
        return ""
    places = 1 if estimate.high < 10 else 0
    return f"{number(estimate.low, places)} to {number(estimate.high, places)}{SPACE}ms"


def minutes(estimate: Estimate | None) -> str:
    """A person's: ``120 min``, ``8.5 min``."""
    if estimate is None or not math.isfinite(estimate.value):
        return NOT_MEASURED
    return f"{number(estimate.value, 1 if estimate.high < 10 else 0)}{SPACE}min"


def minutes_range(estimate: Estimate) -> str:
    """``96 to 150 min``; empty where both ends read the same."""
    places = 1 if estimate.high < 10 else 0
    low, high = number(estimate.low, places), number(estimate.high, places)
    return "" if low == high else f"{low} to {high}{SPACE}min"


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if not math.isfinite(seconds):
        return NOT_MEASURED
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        return counted(round(seconds), "second")
    if seconds < 5400:
        return counted(round(seconds / 60), "minute")
    return f"{number(seconds / 3600, 1)} hours"


def counted(count: int, unit: str, plural: str | None = None) -> str:
    """``1 example``, ``1,200 examples``."""
    return f"{count:,} {unit if count == 1 else plural or unit + 's'}"


def quality_text(quality: Quality | None) -> str:
    """``93.2 %``."""
    return NOT_MEASURED if quality is None else percent(quality.value, quality.n)


def quality_range(quality: Quality | None) -> str:
    """``91.8 to 94.4 %``; empty where it was not measured, or is so by definition."""
    return (
        ""
        if quality is None or quality.low == quality.high
        else percent_range(quality.low, quality.high, quality.n)
    )


def bare_percent(share: float) -> str:
    """A percentage with no more digits than it has: ``90 %``, ``92.5 %``."""
    return f"{100 * share:.10g}{SPACE}%"


def lengths(found: Lengths) -> str:
    """``12 to 40 words in nine of ten (middle 22, longest 80)``."""
    if found.low == found.high:
        usual = counted(found.low, found.unit)
    else:
        usual = f"{found.low:,} to {found.high:,} {found.unit}s in nine of ten"
    most = "longest" if found.unit == "word" else "most"
    return f"{usual} (middle {found.middle:,}, {most} {found.longest:,})"


def about(count: float) -> str:
    """A planning figure: up to two significant digits."""
    step = 10 ** max(0, math.floor(math.log10(max(count, 1))) - 1)
    return f"{math.ceil(count / step) * step:,}"


def tick(value: float) -> str:
    """A value on an axis, as short as it can be: ``0.001``, ``1,000``."""
    if abs(value) < 1:
        return f"{value:,.10f}".rstrip("0").rstrip(".")
    return number(value, 0 if value == round(value) else 2)
