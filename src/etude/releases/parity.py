"""Whether two ways of running one candidate answer alike, input by input.

It knows answers, nothing of how they came about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import Answers
from etude.records.release import Difference, Leg
from etude.statistics.intervals import Interval

INPUTS = 50
"""Inputs that go through every way."""
ROUNDING = 0.01
"""Of a score between 0 and 1: as far as other batches move it, where weights are computed in 16 bits.
An answer whose score lies that near to the threshold may fall on either side of it."""


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


def compare(
    name: str, expected: Answers, found: Answers, threshold: float | None = None
) -> Compared:
    """``found`` held against ``expected``, output by output; failures count as outputs.

    An input also counts as answered differently where the same output is handed to a person by one
    way alone, and not merely because the score was rounded.

    Args:
        name: what the second way is called.
        expected: of the candidate as it was evaluated.
        found: of the other way, in the same order.
        threshold: the score from which on answers stand by themselves; None: nothing is handed over.
    """
    stood = _stood(expected.score, found.score, threshold)
    rows = []
    for place in range(len(expected)):
        first, second = said(expected, place), said(found, place)
        if first == second and place in stood:
            first, second = _handed(first, stood[place]), _handed(second, not stood[place])
        if first != second:
            rows.append(Difference(row=place + 1, expected=first, found=second))
    leg = Leg(
        name=name,
        inputs=len(expected),
        differing=len(rows),
        confidence_moved=_moved(expected.score, found.score),
    )
    return Compared(leg, tuple(rows))


def _stood(
    first_N: NDArray[np.float64], second_N: NDArray[np.float64], threshold: float | None
) -> dict[int, bool]:
    """Where one score alone reaches the threshold, by more than rounding: whether the first does.

    Nothing is said where the first is not known; where the second alone is not, a person is asked.
    """
    if threshold is None:
        return {}
    first_stands_N, second_stands_N = first_N >= threshold, second_N >= threshold
    rounded_N = np.abs(first_N - second_N) <= ROUNDING
    crossed_N = (first_stands_N != second_stands_N) & ~rounded_N & ~np.isnan(first_N)
    return {int(place): bool(first_stands_N[place]) for place in np.flatnonzero(crossed_N)}


def _handed(output: str | None, stands: bool) -> str:
    return f"[{'by itself' if stands else 'to a person'}] {output or ''}".rstrip()


def with_scores(answers: Answers, known: Answers) -> Answers:
    """``answers`` with the scores of ``known``, the same candidate's, where they have none."""
    return replace(
        answers, likelihood=np.where(np.isnan(answers.score), known.score, answers.score)
    )


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
