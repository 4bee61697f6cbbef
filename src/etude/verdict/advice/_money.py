"""The payback in sentences."""

from __future__ import annotations

import math

from etude.records.advice import Driver, Outlook
from etude.verdict.advice._words import counted, in_months, money

_SHARES = {"gain"}


def told(currency: str, outlook: Outlook) -> tuple[str, ...]:
    """What it costs, what it brings and when it pays, then what that hangs on."""
    low, middle, high = outlook.up_front
    net_low, net, net_high = outlook.net
    return (
        f"To begin with: about {money(middle, currency)} ({money(low, currency)} to "
        f"{money(high, currency)}), collecting, cleaning, training and testing.",
        f"In {in_months(outlook.months)}, after watching and retraining: about {money(net, currency)} "
        f"({money(net_low, currency)} at the worst, {money(net_high, currency)} at the best).",
        pays_back(outlook),
        *hangs_on(currency, outlook),
    )


def pays_back(outlook: Outlook) -> str:
    """When, in months and requests."""
    soon, late = outlook.break_even_months
    first, last = outlook.break_even_requests
    if math.isinf(soon):
        return "It never pays back."
    if soon >= outlook.months:
        return (
            f"It does not pay back within {in_months(outlook.months)}; at the best after "
            f"{_months(math.ceil(soon))} ({counted(first, 'request')})."
        )
    if math.isinf(late):
        return (
            f"It pays back after {_months(soon)} at the best ({counted(first, 'request')}); at the "
            "worst never."
        )
    span = (
        _months(soon) if _months(soon) == _months(late) else f"{_months(soon)} to {_months(late)}"
    )
    many = counted(last, "request")
    requests = many if round(first) == round(last) else f"{first:,.0f} to {many}"
    return f"It pays back after {span} ({requests})."


def _months(months: float) -> str:
    return "less than a month" if months < 1 else counted(round(months), "month")


def hangs_on(currency: str, outlook: Outlook) -> tuple[str, ...]:
    """The inputs that matter most, a sentence each."""
    return tuple(_driver(one, currency) for one in outlook.drivers)


def _driver(one: Driver, currency: str) -> str:
    how = "measured" if one.measured else "stated" if one.stated else "assumed"
    said = (
        f"It hangs on {one.name} ({_figure(one, one.low)} to {_figure(one, one.high)}, {how}): "
        f"{money(one.net_low, currency)} to {money(one.net_high, currency)}"
    )
    if one.tipping is None or not min(one.low, 0) <= one.tipping <= 20 * max(one.high, 1e-9):
        return f"{said}."
    side = "above" if one.net_high > one.net_low else "below"
    return f"{said}; it pays {side} {_figure(one, one.tipping)}."


def _figure(one: Driver, value: float) -> str:
    if one.key in _SHARES:
        return f"{100 * value:.1f}".removesuffix(".0").replace("-", "−")
    text = f"{value:,.0f}" if abs(value) >= 20 else f"{value:,.2g}"
    return text.replace("-", "−")


def minutes(count: float) -> str:
    """``40 minutes``, ``2.5 hours``."""
    return counted(round(count), "minute") if count < 90 else f"{count / 60:.1f} hours"
