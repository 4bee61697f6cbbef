"""What a candidate leaves to people, counted on the scored examples: wrong answers and hand-overs.

What is handed over takes ``minutes_per_handover``, a wrong answer that stands ``minutes_to_fix``. Where
the task asks for no hand-over, only what got no answer at all is handed over; where it asks and a
candidate has no threshold that keeps what is asked, everything is. What holds a phrase of the task's
boundaries always is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from etude.evaluation.handover import scores_of
from etude.evaluation.scorecard import Scored
from etude.evaluation.to_person import why_everything
from etude.records.estimate import Estimate
from etude.records.handover import Handover
from etude.records.labour import Labour, LabourPair
from etude.records.task import Economics
from etude.statistics.crossfit import difference_factor
from etude.statistics.intervals import Interval
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.single import mean_interval

RESAMPLES = 2_000


@dataclass(frozen=True)
class Left:
    """Of a candidate: 1 where a person gets the request, and where an answer stands that is wrong.

    ``everything``: a person gets every request, whatever it is. ``by_phrase``: a person gets what holds
    a phrase of the task's boundaries.
    """

    name: str
    handed_N: NDArray[np.float64]
    wrong_N: NDArray[np.float64]
    hands_over: bool
    everything: bool = False
    by_phrase: bool = False


def left_to_people(name: str, scored: Scored, found: Handover | None) -> Left:
    """What becomes of each scored example; ``found``: when the candidate hands over."""
    missing_N = np.array([output is None for output in scored.answers.outputs], dtype=np.bool_)
    handed_N = missing_N | scored.held_N
    everything = why_everything(scored.judge, found) is not None
    least = found.threshold if found is not None and found.stated else None
    if everything:
        handed_N[:] = True
    elif least is not None:
        # A comparison with NaN is false: what has no score, or a known fault, goes to a person.
        handed_N |= ~(scores_of(scored.judge, scored) >= least)
    wrong_N = np.where(handed_N, 0.0, 1 - scored.right_N)
    return Left(
        name,
        handed_N.astype(np.float64),
        wrong_N,
        hands_over=everything or least is not None,
        everything=everything,
        by_phrase=bool(scored.judge.task.boundaries.phrases),
    )


def labour(left: Left, scored: Scored, economics: Economics) -> Labour:
    """A person's minutes on 1,000 requests, with the interval of a mean over groups."""
    fix, handing = economics.minutes_to_fix, economics.minutes_per_handover
    minutes_N = left.wrong_N * fix + left.handed_N * handing
    most = max(fix, handing)
    found = Interval(handing, handing, handing, 0.95)
    if most > 0 and not left.everything:
        found = mean_interval(
            minutes_N,
            groups=scored.examples.groups,
            folds=scored.folds,
            score_range=(0.0, most),
            resamples=RESAMPLES,
        )
    return Labour(
        per_1000=_estimate(found, "bootstrap" + _crossed(scored.folds), times=1000),
        wrong=float(left.wrong_N.mean()),
        handed=float(left.handed_N.mean()),
        hands_over=left.hands_over,
    )


def labour_pairs(
    every: Sequence[Left], groups: NDArray[np.int64], folds: NDArray[np.int64] | None
) -> tuple[LabourPair, ...]:
    """All pairs of those that hand over what they are unsure of, or what holds a phrase, lowest rung
    first."""
    pairs = list(combinations([one for one in every if one.hands_over or one.by_phrase], 2))

    def apart(first: NDArray[np.float64], second: NDArray[np.float64]) -> Estimate:
        found = bonett_price_grouped(
            first,
            second,
            groups,
            comparisons=math.comb(len(every), 2),
            variance_factor=difference_factor(folds, len(groups)),
        )
        return _estimate(found, "Bonett–Price" + _crossed(folds))

    return tuple(
        LabourPair(
            a=a.name,
            b=b.name,
            wrong=apart(b.wrong_N, a.wrong_N),
            handed=apart(b.handed_N, a.handed_N),
        )
        for a, b in pairs
    )


def _crossed(folds: NDArray[np.int64] | None) -> str:
    return "" if folds is None else ", cross-fitted"


def _estimate(found: Interval, method: str, times: float = 1.0) -> Estimate:
    return Estimate(
        value=times * found.point,
        low=times * found.low,
        high=times * found.high,
        level=found.level,
        method=method,
    )
