"""When a candidate pays back, in words: each figure as a range, with how it came about."""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.records.verdict import Payback
from etude.report import _figures as figures
from etude.report._account import account
from etude.report._how import How
from etude.report._how_use import of_payback
from etude.report._view import Fact


@dataclass(frozen=True)
class PaybackView:
    """When a candidate pays back, as ranges in words."""

    sentence: str
    facts: tuple[Fact, ...]
    hangs_on: tuple[str, ...] = ()


def paybacks(comparison: Comparison) -> list[PaybackView]:
    """One for each candidate that the verdict weighed against the baseline."""
    currency = comparison.task.economics.currency
    return [_payback(item, currency, of_payback(comparison, item)) for item in comparison.paybacks]


def _payback(item: Payback, currency: str, hows: dict[str, How]) -> PaybackView:
    def fact(name: str, value: str, key: str) -> Fact:
        return Fact(name, value, how=hows[key])

    sentence = item.sentence[:1].upper() + item.sentence[1:]
    return PaybackView(
        sentence=sentence,
        hangs_on=item.hangs_on,
        facts=(
            fact(
                "Saved a month, before upkeep",
                _whole_money(*item.saved_per_month, currency),
                "saved",
            ),
            fact("A person's time saved a month", _hours(*item.minutes_saved_per_month), "minutes"),
            fact("To start with", _round_money(item.up_front, currency), "start"),
            fact("Upkeep a month", _round_money(item.upkeep_per_month, currency), "upkeep"),
            fact("Pays back", _months(*item.break_even_months), "months"),
            fact("Counted in requests", _requests(*item.break_even_requests), "requests"),
            *(Fact(*row) for row in account(item.outlook, currency, _from_to)),
        ),
    )


def _whole_money(low: float, high: float, currency: str) -> str:
    return _from_to(min(low, high), max(low, high), currency)


def _from_to(low: float, high: float, currency: str) -> str:
    """In this order: parts that are told at the same figures add up."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "can't be said"
    places = 0 if max(abs(low), abs(high)) >= 10 else 2
    least, most = figures.number(low, places), figures.number(high, places)
    return f"{least} to {most}{figures.SPACE}{currency}"


def _round_money(amount: float, currency: str) -> str:
    if math.isfinite(amount) and abs(amount) >= 10:
        return f"{figures.number(amount)}{figures.SPACE}{currency}"
    return figures.money(amount, currency)


def _hours(low: float, high: float) -> str:
    low, high = sorted((low, high))
    if not (math.isfinite(low) and math.isfinite(high)):
        return "can't be said"
    if max(abs(low), abs(high)) < 120:
        return f"{figures.number(low)} to {figures.number(high)} minutes"
    return f"{figures.number(low / 60, 1)} to {figures.number(high / 60, 1)} hours"


def _months(low: float, high: float) -> str:
    if math.isinf(low):
        return "never, at these figures"
    first = _month(low)
    if math.isinf(high):
        return f"after {first} at best; it may never"
    last = _month(high)
    return f"after {first}" if first == last else f"after {first} to {last}"


def _month(months: float) -> str:
    if months < 1:
        return "less than a month"
    return f"{figures.number(months, 0 if months >= 10 else 1)} months"


def _requests(low: float, high: float) -> str:
    if math.isinf(low):
        return "never, at these figures"
    if math.isinf(high):
        return f"{figures.about(low)} requests at best; it may never"
    return f"{figures.about(low)} to {figures.about(high)} requests"
