"""Money and people's minutes: cost per 1,000 requests, and when a candidate pays back.

A person's minutes on wrong answers feed the payback only; in the cost that dominance compares they
would count quality twice. Money is in the task's currency.
"""

from __future__ import annotations

import math

from etude.records.candidate import CandidateReport, Cost
from etude.records.task import Economics
from etude.records.verdict import Payback
from etude.verdict._pairs import Difference


def fixed_per_1000(economics: Economics, trained: bool, fit_seconds: float) -> float:
    """Fitting and upkeep spread over the declared volume and horizon.

    Upkeep (a person's hours a month) is charged to candidates whose weights were trained: they
    are what must be watched and retrained. Infinite for no requests at all.
    """
    requests = economics.requests_per_month * economics.horizon_months
    total = fit_seconds / 3600 * economics.machine_per_hour
    if trained:
        total += economics.upkeep_hours_per_month * economics.hourly_rate * economics.horizon_months
    if total == 0:
        return 0.0
    return total / requests * 1000 if requests else math.inf


def machine_cost(
    economics: Economics,
    seconds_per_request: tuple[float, float, float],
    trained: bool,
    fit_seconds: float,
) -> Cost:
    """Cost of a local candidate from seconds a request (value, low, high) at full throughput."""
    value, low, high = (s * 1000 / 3600 * economics.machine_per_hour for s in seconds_per_request)
    fixed = fixed_per_1000(economics, trained, fit_seconds)
    return Cost(
        per_1000=value + fixed,
        low=low + fixed,
        high=high + fixed,
        fixed_per_1000=fixed,
        basis=f"{seconds_per_request[0] * 1000:.2f} ms of this machine a request at "
        f"{economics.machine_per_hour:g} {economics.currency} an hour"
        + (", with upkeep" if trained else ""),
    )


def token_cost(
    economics: Economics,
    money_per_request: tuple[float, float, float],
    trained: bool,
    fit_seconds: float,
    basis: str,
) -> Cost:
    """Cost of an endpoint's candidate from money a request (value, low, high)."""
    fixed = fixed_per_1000(economics, trained, fit_seconds)
    value, low, high = (1000 * money for money in money_per_request)
    return Cost(
        per_1000=value + fixed,
        low=low + fixed,
        high=high + fixed,
        fixed_per_1000=fixed,
        basis=basis,
    )


def payback(
    economics: Economics,
    candidate: CandidateReport,
    baseline: CandidateReport,
    difference: Difference,
) -> Payback:
    """What ``candidate`` saves against ``baseline`` a month, and when that pays its start.

    ``difference`` is in the share of right answers; its interval gives the range. A wrong answer
    takes ``minutes_to_fix``, no answer at all (a failure) ``minutes_per_handover``. Collecting
    the examples is counted in full against trained weights, although simpler rungs use some of
    them too: the start is what it can cost at most.
    """
    volume = economics.requests_per_month
    unanswered = _failure_share(baseline) - _failure_share(candidate)
    shift = unanswered * (economics.minutes_per_handover - economics.minutes_to_fix)
    minutes = [
        volume * (share * economics.minutes_to_fix + shift)
        for share in (difference.low, difference.high)
    ]
    running = (_variable(baseline) - _variable(candidate)) * volume / 1000
    saved = [m / 60 * economics.hourly_rate + running for m in minutes]
    extra = candidate.trained and not baseline.trained
    upkeep = economics.upkeep_hours_per_month * economics.hourly_rate if extra else 0.0
    fit_hours = max(0.0, candidate.fit_seconds - baseline.fit_seconds) / 3600
    up_front = fit_hours * economics.machine_per_hour
    up_front += economics.hours_to_collect * economics.hourly_rate if extra else 0.0
    months = [_months(up_front, s - upkeep) for s in reversed(saved)]
    return Payback(
        candidate=candidate.name,
        baseline=baseline.name,
        saved_per_month=(saved[0], saved[1]),
        up_front=up_front,
        upkeep_per_month=upkeep,
        minutes_saved_per_month=(minutes[0], minutes[1]),
        break_even_months=(months[0], months[1]),
        break_even_requests=(months[0] * volume, months[1] * volume),
        sentence=_sentence(economics, candidate, baseline, (saved[0] - upkeep, saved[1] - upkeep)),
    )


def _failure_share(candidate: CandidateReport) -> float:
    return candidate.failures / candidate.quality.n if candidate.quality else 0.0


def _variable(candidate: CandidateReport) -> float:
    return candidate.cost.per_1000 - candidate.cost.fixed_per_1000 if candidate.cost else 0.0


def _months(up_front: float, net_per_month: float) -> float:
    return up_front / net_per_month if net_per_month > 0 else math.inf


def _sentence(
    economics: Economics,
    candidate: CandidateReport,
    baseline: CandidateReport,
    net: tuple[float, float],
) -> str:
    low, high = sorted(net)
    money = f"{low:,.0f} to {high:,.0f} {economics.currency} a month".replace("-", "−")
    who = f"{candidate.plain_name} against {baseline.plain_name}"
    if low > 0:
        return f"{who}: saves {money} after upkeep."
    if high < 0:
        low, high = -high, -low
        return f"{who}: costs {low:,.0f} to {high:,.0f} {economics.currency} a month more."
    return f"{who}: between a loss and a gain ({money} after upkeep); it may never pay back."
