"""Words and rounding, once: what the page and the terminal say for each figure.

Shares come as 0 to 1, latencies in milliseconds, money in the task's currency. It knows records,
and nothing of HTML or terminals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.errors import UnknownName
from etude.metrics import metric
from etude.records.comparison import (
    Call,
    Comparison,
    Decision,
    Estimate,
    Gate,
    Quality,
    State,
)
from etude.records.dataset import Lengths
from etude.statistics.calls import Call as Said
from etude.statistics.calls import call_pair
from etude.statistics.intervals import Interval

NOT_MEASURED = "not measured"
SPACE = "\u00a0"
"""Between a number and its unit: they stay on one line."""
DECIMALS_FROM = 200
"""Items from which a tenth of a per cent is worth showing."""

HEADLINES: dict[Decision, str] = {
    "fine_tune": "Fine-tune",
    "dont_fine_tune": "Don't fine-tune",
    "cant_tell": "Can't tell yet",
    "none_good_enough": "None is good enough",
}
CALLS: dict[Call, str] = {
    "better": "better",
    "no_worse": "as good as",
    "worse": "worse",
    "cant_tell": "can't tell",
}
_CALLS: dict[Said, Call] = {
    Said.BETTER: "better",
    Said.NO_WORSE: "no_worse",
    Said.WORSE: "worse",
    Said.CANT_TELL: "cant_tell",
}
STATES: dict[State, str] = {"met": "met", "not_met": "not met", "uncertain": "not certain yet"}
SYMBOLS: dict[State, str] = {"met": "✓", "not_met": "✗", "uncertain": "?"}
GATES = {"quality": "quality", "p95_ms": "speed", "cost_per_1000": "cost"}
METRICS = {"invalid_rate": "answers that are no category", "brier": "Brier score", "ece": "ECE"}
NEXT = {
    "etude predict": "Try it on a text of your own:",
    "etude report --rows": "Read what each candidate gets wrong:",
    "etude compare": "Run the whole comparison:",
}


FAILURES = {
    "refusal": "the model refused",
    "timeout": "it took too long",
    "empty": "the answer was empty",
    "not_a_choice": "the answer was none of the labels",
    "not_json": "the answer was no JSON",
    "unfinished_json": "there was no room left to finish the JSON",
    "too_long": "the prompt fills the whole of what the model can read",
}
"""Why there is no answer; other words are shown as they are."""


def failure(word: str | None) -> str | None:
    """Why there is no answer, in plain words."""
    return FAILURES.get(word, word) if word is not None else None


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


def metric_name(key: str) -> str:
    """The metric in plain words, or its key where there are none."""
    if key in METRICS:
        return METRICS[key]
    try:
        return metric(key).plain_name
    except UnknownName:
        return key


def quality_text(quality: Quality | None) -> str:
    """``93.2 %``."""
    return NOT_MEASURED if quality is None else percent(quality.value, quality.n)


def quality_range(quality: Quality | None) -> str:
    """``91.8 to 94.4 %``; empty where it was not measured."""
    return "" if quality is None else percent_range(quality.low, quality.high, quality.n)


def gate_value(gate: Gate, currency: str, n: int) -> str:
    """What was measured, in the gate's own unit."""
    if gate.name == "quality":
        return percent(gate.value, n)
    return milliseconds(gate.value) if gate.name == "p95_ms" else money(gate.value, currency)


def gate_limit(gate: Gate, currency: str) -> str:
    """What the gate asks: ``at least 90 %``; a person wrote it, so it is shown as exact."""
    if gate.name == "quality":
        return f"at least {bare_percent(gate.limit)}"
    limit = milliseconds(gate.limit) if gate.name == "p95_ms" else money(gate.limit, currency)
    return f"at most {limit}"


def bare_percent(share: float) -> str:
    """A percentage with no more digits than it has: ``90 %``, ``92.5 %``."""
    return f"{100 * share:.10g}{SPACE}%"


def whole_bar(gates: tuple[Gate, ...]) -> State | None:
    """All gates as one; None where the bar sets no condition."""
    states = {gate.state for gate in gates}
    if not states:
        return None
    if "not_met" in states:
        return "not_met"
    return "uncertain" if "uncertain" in states else "met"


@dataclass(frozen=True)
class Difference:
    """One candidate minus another, with what may be said of it."""

    value: float
    low: float
    high: float
    call: Call
    worth_it: bool


def difference(comparison: Comparison, candidate: str, other: str) -> Difference | None:
    """``candidate`` minus ``other``, whichever way round the pair is stored; None if unmeasured."""
    for pair in comparison.pairs:
        d = pair.difference
        if (pair.b, pair.a) == (candidate, other):
            return Difference(d.value, d.low, d.high, pair.call, pair.worth_it)
        if (pair.a, pair.b) == (candidate, other):
            turned = Interval(-d.high, -d.low, -d.value, d.level)
            said = call_pair(turned, comparison.task.bar.margin)
            call = _CALLS[said.call]
            return Difference(turned.point, turned.low, turned.high, call, said.worth_it)
    return None


def lengths(found: Lengths) -> str:
    """``12 to 40 words in nine of ten (middle 22, longest 80)``."""
    if found.low == found.high:
        usual = counted(found.low, found.unit)
    else:
        usual = f"{found.low:,} to {found.high:,} {found.unit}s in nine of ten"
    most = "longest" if found.unit == "word" else "most"
    return f"{usual} (middle {found.middle:,}, {most} {found.longest:,})"


def best_name(comparison: Comparison) -> str:
    """The recommended candidate, else the best of those that were scored."""
    scored = [c for c in comparison.candidates if c.quality is not None]
    best = max(scored, key=lambda c: c.quality.value if c.quality else 0.0)
    return comparison.verdict.recommended or best.name


def next_words(command: str) -> str:
    """What the next command is for."""
    for start, words in NEXT.items():
        if command.startswith(start):
            return words
    return "Type this in the project's folder:"


def about(count: float) -> str:
    """A planning figure: up to two significant digits."""
    step = 10 ** max(0, math.floor(math.log10(max(count, 1))) - 1)
    return f"{math.ceil(count / step) * step:,}"


def tick(value: float) -> str:
    """A value on an axis, as short as it can be: ``0.001``, ``1,000``."""
    if abs(value) < 1:
        return f"{value:,.10f}".rstrip("0").rstrip(".")
    return number(value, 0 if value == round(value) else 2)
