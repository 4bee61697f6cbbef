"""What is saved less what is spent over the horizon, as a range, and what it hangs on most.

    net = months * requests * ((gain * minutes + unanswered)/60 * rate + running)
          - months * upkeep * rate - (collecting + cleaning + testing) * rate
          - (1 + retrainings) * training

Every input has a low, a middle and a high figure: what is stated is varied by a quarter, what is
assumed is halved and doubled, what is measured has its own interval. ``net`` is linear in each input,
so its least and its largest value stand at corners, and where one input alone makes it nothing follows
from two points.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from etude.records.advice import COLLECTED, COLLECTING, Driver, Evidence, Line, Outlook
from etude.records.task import Economics
from etude.verdict.advice.known import Lack, best_simple, best_trained, gained, lacking
from etude.verdict.advice.questions import MANY

STATED, ASSUMED = (0.75, 1.25), (0.5, 2.0)
"""Times the middle, at the low and at the high end."""
TESTING_H = 3.0
"""A person's hours to look at answers before the candidate is put to use. Assumed."""
RETRAININGS_A_YEAR = 4.0
"""Trainings after the first. Assumed; a person's hours on them are part of the upkeep."""
TRAINING_H = 1.0
"""Of a machine for one training, where none was measured. Assumed."""
SHOWN = 2
WRITTEN = (
    "requests_per_month",
    "minutes_to_fix",
    "hourly_rate",
    "hours_to_collect",
    "upkeep_hours_per_month",
    "machine_per_hour",
    "horizon_months",
)
"""Fields of the economics that it is made of."""
NAMES = {
    "requests_per_month": "requests a month",
    "minutes_to_fix": "minutes to fix a wrong answer",
    "hourly_rate": "what a person's hour costs",
    "gain": "fewer wrong answers of 100",
    "unanswered": "minutes saved on a request, for less goes to a person",
    "running": "saved on each request (prompt tokens, machine)",
    "hours_to_collect": "hours to collect the examples",
    "cleaning": "hours to clean them",
    "testing": "hours to test",
    "upkeep_hours_per_month": "hours of watching and retraining a month",
    "training": "machine costs of a training",
    "retrainings": "trainings after the first",
}


@dataclass(frozen=True)
class Range:
    """An input's low, middle and high figure; ``stated``: nobody assumed it. ``said``: a person did
    say it, where the input is one that is measured otherwise."""

    low: float
    middle: float
    high: float
    stated: bool = True
    said: bool = False


NOTHING = Range(0.0, 0.0, 0.0)
Inputs = Mapping[str, Range]
Values = Mapping[str, float]


def around(middle: float, stated: bool) -> Range:
    """A figure that a person stated, or that was assumed."""
    low, high = STATED if stated else ASSUMED
    return Range(middle * low, middle, middle * high, stated)


def closing(evidence: Evidence) -> Outlook | None:
    """What closing everything that the simple ways lack would bring; None: nobody can tell, or
    nothing is lacking."""
    lack = lacking(evidence)
    if lack is None or lack.high <= 0:
        return None
    gain = _gain_of(lack, said=best_simple(evidence) is None)
    inputs = _inputs(evidence, gain, _saved_running(evidence))
    return outlook(evidence.task.economics, inputs, lack.of)


def fine_tuning(evidence: Evidence) -> Outlook | None:
    """What the best fine-tuned way brings above the best simple one; None: it was not measured."""
    gap, tuned = gained(evidence), best_trained(evidence)
    if gap is None or tuned is None:
        return None
    gain = Range(gap.low, gap.value, gap.high)
    inputs = _inputs(evidence, gain, _saved_running(evidence))
    return outlook(evidence.task.economics, inputs, f"“{tuned.title}”")


def _gain_of(lack: Lack, said: bool) -> Range:
    return Range(max(0.0, lack.low), max(0.0, lack.middle), min(1.0, lack.high), said=said)


def _saved_running(evidence: Evidence) -> Range:
    """Money a request that the fine-tuned way saves: shorter prompts, or less of the machine."""
    tuned, simple = best_trained(evidence), best_simple(evidence)
    if tuned is None or simple is None or tuned.running is None or simple.running is None:
        return NOTHING
    return saved_on_each(simple.running - tuned.running)


def saved_on_each(money: float) -> Range:
    """Money a request that is saved, as far as it was measured."""
    low, high = sorted((money * STATED[0], money * STATED[1]))
    return Range(low, money, high)


def collected(evidence: Evidence) -> bool:
    """Whether the examples are there, so that hours to collect them that nobody stated are none: what
    was trained learned from them, or there are many."""
    if COLLECTING in evidence.stated:
        return False
    return best_trained(evidence) is not None or evidence.examples.independent >= MANY


def _inputs(evidence: Evidence, gain: Range, running: Range) -> dict[str, Range]:
    tuned = best_trained(evidence)
    hours = tuned.fit_seconds / 3600 if tuned is not None else None
    found = inputs_of(
        evidence.task.economics,
        evidence.stated,
        {"gain": gain, "running": running},
        cleaning=evidence.examples.minutes / 60,
        training=hours,
    )
    return found | ({"hours_to_collect": NOTHING} if collected(evidence) else {})


def inputs_of(
    economics: Economics,
    stated: Collection[str],
    gained: Inputs,
    *,
    cleaning: float,
    training: float | None,
) -> dict[str, Range]:
    """Everything that the result is made of.

    Args:
        economics: what the task file says, or what is assumed for it.
        stated: its dotted fields that the task file has a value for.
        gained: ``gain`` (a share of requests), ``running`` (money a request) and, where known,
            ``unanswered`` (minutes a request).
        cleaning: a person's hours to look through what was found in the examples.
        training: hours of a machine for one training; None: not measured.
    """
    hours = TRAINING_H if training is None else training
    found = {
        name: around(getattr(economics, name), f"economics.{name}" in stated)
        for name in (
            "requests_per_month",
            "minutes_to_fix",
            "hourly_rate",
            "hours_to_collect",
            "upkeep_hours_per_month",
        )
    }
    return found | {
        "unanswered": NOTHING,
        **gained,
        "cleaning": around(cleaning, True),
        "testing": around(TESTING_H, False),
        "training": around(hours * economics.machine_per_hour, training is not None),
        "retrainings": around(RETRAININGS_A_YEAR / 12 * economics.horizon_months, False),
    }


def outlook(economics: Economics, inputs: Inputs, of: str) -> Outlook:
    """Ranges, break-even and the inputs that matter most, by ``economics``' horizon and currency."""
    months = economics.horizon_months
    middle = {name: one.middle for name, one in inputs.items()}
    corners = _corners(inputs)
    nets = [net(values, months) for values in corners]
    worst, best = nets.index(min(nets)), nets.index(max(nets))
    even = [_break_even(values, months) for values in corners]
    up_front = [_up_front(values) for values in corners]
    gain = inputs["gain"]
    return Outlook(
        of=of,
        months=months,
        gain=(gain.low, gain.middle, gain.high),
        lines=_lines(corners[worst], corners[best], months),
        net=(nets[worst], net(middle, months), nets[best]),
        up_front=(min(up_front), _up_front(middle), max(up_front)),
        break_even_months=(min(e[0] for e in even), max(e[0] for e in even)),
        break_even_requests=(min(e[1] for e in even), max(e[1] for e in even)),
        drivers=drivers(inputs, months)[:SHOWN],
    )


def net(values: Values, months: float) -> float:
    """Everything saved less everything spent over so many months."""
    return (
        months * _monthly(values) - _up_front(values) - values["retrainings"] * values["training"]
    )


def a_month(inputs: Inputs) -> tuple[tuple[float, float], tuple[float, float]]:
    """Money and a person's minutes that are saved a month before upkeep, each at the least and at
    the most."""
    corners = _corners(inputs)
    money = [_saved(values) for values in corners]
    minutes = [_minutes(values) for values in corners]
    return (min(money), max(money)), (min(minutes), max(minutes))


def _minutes(values: Values) -> float:
    each = values["gain"] * values["minutes_to_fix"] + values["unanswered"]
    return values["requests_per_month"] * each


def _saved(values: Values) -> float:
    machine = values["requests_per_month"] * values["running"]
    return _minutes(values) / 60 * values["hourly_rate"] + machine


def _monthly(values: Values) -> float:
    return _saved(values) - values["upkeep_hours_per_month"] * values["hourly_rate"]


def _up_front(values: Values) -> float:
    hours = values["hours_to_collect"] + values["cleaning"] + values["testing"]
    return hours * values["hourly_rate"] + values["training"]


def _break_even(values: Values, horizon: float) -> tuple[float, float]:
    """Months and requests until what was spent up front is back; infinite where it never is.

    The machine time of retraining is spread over the horizon, so that it is back within it exactly
    where ``net`` is above 0.
    """
    monthly = _monthly(values) - values["retrainings"] * values["training"] / horizon
    if monthly <= 0:
        return math.inf, math.inf
    months = _up_front(values) / monthly
    return months, months * values["requests_per_month"]


def _corners(inputs: Inputs) -> list[dict[str, float]]:
    ends = [sorted({one.low, one.high}) for one in inputs.values()]
    return [dict(zip(inputs, corner, strict=True)) for corner in product(*ends)]


def drivers(inputs: Inputs, months: float) -> tuple[Driver, ...]:
    """One input at a time from its low to its high figure, the others in the middle; what moves
    the result most comes first."""
    middle = {name: one.middle for name, one in inputs.items()}
    base = net(middle, months)
    found = []
    for name, one in inputs.items():
        low, high = (net(middle | {name: end}, months) for end in (one.low, one.high))
        found.append(
            Driver(
                key=name,
                name=NAMES[name],
                low=one.low,
                middle=one.middle,
                high=one.high,
                net_low=low,
                net_high=high,
                tipping=_tipping(one, base, low, high),
                stated=one.stated,
                measured=one.stated and not one.said and name not in WRITTEN,
            )
        )
    return tuple(sorted(found, key=lambda d: (-abs(d.net_high - d.net_low), d.key)))


def _tipping(one: Range, base: float, low: float, high: float) -> float | None:
    """Where this input alone makes nothing of it: exact, for the result is linear in it."""
    if high == low:
        return None
    at = one.middle - base * (one.high - one.low) / (high - low)
    return at if at > 0 else None


def _lines(worst: Values, best: Values, months: float) -> tuple[Line, ...]:
    """Each part of the result where that is least and where it is most, in the order in which it
    arises: at the same figures all of them, so that they add up."""
    rate = ("hourly_rate",)
    parts: Sequence[tuple[str, float, tuple[str, ...]]] = (
        ("corrections saved", months / 60, ("requests_per_month", "gain", "minutes_to_fix", *rate)),
        (
            "less that goes to a person",
            months / 60,
            ("requests_per_month", "unanswered", *rate),
        ),
        ("prompt tokens and machine saved", months, ("requests_per_month", "running")),
        (COLLECTED, -1.0, ("hours_to_collect", *rate)),
        ("cleaning them", -1.0, ("cleaning", *rate)),
        ("training", -1.0, ("training",)),
        ("testing", -1.0, ("testing", *rate)),
        ("watching and retraining", -months, ("upkeep_hours_per_month", *rate)),
        ("machine for retraining", -1.0, ("retrainings", "training")),
    )
    return tuple(
        Line(
            name=name,
            low=factor * math.prod(worst[key] for key in factors),
            high=factor * math.prod(best[key] for key in factors),
        )
        for name, factor, factors in parts
    )
