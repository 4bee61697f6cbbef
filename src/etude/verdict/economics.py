"""Money and people's minutes: cost per 1,000 requests, and when a candidate pays back.

A person's minutes on wrong answers and hand-overs feed the payback only; in the cost that dominance
compares they would count quality twice. Money is in the task's currency.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from etude.records.advice import COLLECTING, Outlook
from etude.records.candidate import CandidateReport, Cost
from etude.records.estimate import Estimate
from etude.records.labour import LabourPair
from etude.records.task import Economics
from etude.records.verdict import Payback
from etude.verdict._pairs import Difference
from etude.verdict.advice import payback as account
from etude.verdict.advice._money import hangs_on, pays_back
from etude.verdict.advice._words import in_months, money


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
        by_speed=True,
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


OF_TRAINING = (
    "hours_to_collect",
    "cleaning",
    "testing",
    "upkeep_hours_per_month",
    "retrainings",
)
"""Inputs that are nothing where no weights were trained, or the other's were too."""


def payback(
    economics: Economics,
    candidate: CandidateReport,
    baseline: CandidateReport,
    difference: Difference,
    *,
    handing: LabourPair | None = None,
    stated: Collection[str] = frozenset(),
    cleaning: float = 0.0,
) -> Payback:
    """What ``candidate`` saves against ``baseline`` over the horizon, by the same account as advice.

    A wrong answer takes ``minutes_to_fix``, no answer at all (a failure) ``minutes_per_handover``.
    Where both hand over what they are unsure of, or what holds a phrase of the boundaries, that takes
    ``minutes_per_handover`` too, and only wrong answers that stand are fixed.
    Collecting the examples is counted against trained weights where a person stated the hours, although
    simpler rungs use some of them too; where nobody did it is nothing, for the examples are there: the
    candidate was trained on them.

    Args:
        economics: volume, people's time and prices.
        candidate: what is weighed.
        baseline: against it.
        difference: in the share of right answers, with its interval.
        handing: the two in what stands wrong and in what is handed over; None where one of them hands
            over nothing.
        stated: dotted fields of the economics that the task file has a value for.
        cleaning: a person's hours to look through what was found in the examples.
    """
    extra = candidate.trained and not baseline.trained
    beyond = candidate.fit_seconds - (0.0 if extra else baseline.fit_seconds)
    inputs = account.inputs_of(
        economics,
        stated,
        _gained(economics, candidate, baseline, difference)
        | ({} if handing is None else _handed(economics, candidate, handing)),
        cleaning=cleaning,
        training=max(0.0, beyond) / 3600,
    )
    if not extra:
        inputs |= dict.fromkeys(OF_TRAINING, account.NOTHING)
    elif COLLECTING not in stated:
        inputs["hours_to_collect"] = account.NOTHING
    who = f"{candidate.plain_name} against {baseline.plain_name}"
    found = account.outlook(economics, inputs, who)
    saved, minutes = account.a_month(inputs)
    upkeep = inputs["upkeep_hours_per_month"].middle * economics.hourly_rate
    return Payback(
        candidate=candidate.name,
        baseline=baseline.name,
        saved_per_month=saved,
        up_front=found.up_front[1],
        upkeep_per_month=upkeep,
        minutes_saved_per_month=minutes,
        break_even_months=found.break_even_months,
        break_even_requests=found.break_even_requests,
        sentence=_sentence(economics.currency, found),
        outlook=found,
        hangs_on=hangs_on(economics.currency, found),
    )


def _gained(
    economics: Economics,
    candidate: CandidateReport,
    baseline: CandidateReport,
    difference: Difference,
) -> dict[str, account.Range]:
    fewer = _failure_share(baseline) - _failure_share(candidate)
    minutes = fewer * (economics.minutes_per_handover - economics.minutes_to_fix)
    return {
        "gain": account.Range(difference.low, difference.value, difference.high),
        "unanswered": account.Range(minutes, minutes, minutes),
        "running": account.saved_on_each((_variable(baseline) - _variable(candidate)) / 1000),
    }


def _handed(
    economics: Economics, candidate: CandidateReport, pair: LabourPair
) -> dict[str, account.Range]:
    """What fewer wrong answers that stand, and fewer hand-overs, save on a request."""
    sign = -1 if candidate.name == pair.b else 1

    def fewer(found: Estimate, times: float) -> account.Range:
        low, high = sorted((sign * times * found.low, sign * times * found.high))
        return account.Range(low, sign * times * found.value, high)

    return {
        "gain": fewer(pair.wrong, 1.0),
        "unanswered": fewer(pair.handed, economics.minutes_per_handover),
    }


def _failure_share(candidate: CandidateReport) -> float:
    return candidate.failures / candidate.quality.n if candidate.quality else 0.0


def _variable(candidate: CandidateReport) -> float:
    return candidate.cost.per_1000 - candidate.cost.fixed_per_1000 if candidate.cost else 0.0


def _sentence(currency: str, found: Outlook) -> str:
    low, middle, high = found.net
    span = f"{money(low, currency)} at the worst, {money(high, currency)} at the best"
    when = f"in {in_months(found.months)}, after all that it costs"
    what = "saves about" if middle >= 0 else "loses about"
    return f"{found.of}: {what} {money(abs(middle), currency)} {when} ({span}). {pays_back(found)}"
