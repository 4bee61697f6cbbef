"""Whether two ways of running one candidate answer alike, input by input.

It knows answers, nothing of how they came about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import Answers
from etude.records.release import Difference, Leg
from etude.statistics.intervals import Interval

INPUTS = 50
"""Inputs that go through every way."""


@dataclass(frozen=True)
class Compared:
    """A leg, and the inputs that were answered differently."""

    leg: Leg
    differences: tuple[Difference, ...]


def places(count: int, wanted: int = INPUTS) -> list[int]:
    """``wanted`` of ``count`` positions, evenly spread; all where there are fewer."""
    if count <= wanted:
        return list(range(count))
    return [round(place) for place in np.linspace(0, count - 1, wanted)]


def compare(name: str, expected: Answers, found: Answers) -> Compared:
    """``found`` held against ``expected``, output by output; failures count as outputs.

    Args:
        name: what the second way is called.
        expected: of the candidate as it was evaluated.
        found: of the other way, in the same order.
    """
    rows = [
        Difference(row=place + 1, expected=said(expected, place), found=said(found, place))
        for place in range(len(expected))
        if said(expected, place) != said(found, place)
    ]
    leg = Leg(
        name=name,
        inputs=len(expected),
        differing=len(rows),
        confidence_moved=_moved(expected.confidence, found.confidence),
    )
    return Compared(leg, tuple(rows))


def lossy(compared: Compared, difference: Interval, margin: float) -> Compared:
    """The same for a way that is known to round: its score must be no worse by ``margin``.

    ``difference``: of the scores, the rounded way less the exact one.
    """
    leg = compared.leg.model_copy(
        update={
            "exact": False,
            "difference": difference.point,
            "low": difference.low,
            "margin": margin,
        }
    )
    return Compared(leg, compared.differences)


def said(answers: Answers, place: int) -> str | None:
    """The output, or the word for why there is none, in brackets."""
    output = answers.outputs[place]
    if output is not None:
        return output
    failure = answers.failures[place]
    return None if failure is None else f"[{failure}]"


def _moved(first_N: NDArray[np.float64], second_N: NDArray[np.float64]) -> float | None:
    moved_N = np.abs(first_N - second_N)
    known = moved_N[~np.isnan(moved_N)]
    return float(known.max()) if len(known) else None
