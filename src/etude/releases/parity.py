"""Whether two ways of running one candidate answer alike, input by input.

It knows answers, nothing of how they came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Told:
    """What whoever asks is told of N inputs.

    ``answers``: the score of each is the confidence that is told. ``escalate``: whether a person is to
    look at each; None where nobody says.
    """

    answers: Answers
    escalate: tuple[bool | None, ...]

    @classmethod
    def of(
        cls,
        outputs: Sequence[str | None],
        failures: Sequence[str | None],
        confidence: Sequence[float | None],
        escalate: Sequence[bool | None],
        passages: Sequence[Sequence[str]] = (),
    ) -> Told:
        """Put together column by column; a confidence that is None is not known."""
        nothing = np.zeros(len(outputs), dtype=np.int64)
        sure_N = np.array([np.nan if one is None else one for one in confidence], dtype=np.float64)
        answers = Answers(
            outputs=tuple(outputs),
            probabilities_NL=None,
            failures=tuple(failures),
            seconds=np.full(len(outputs), np.nan),
            tokens_in=nothing,
            tokens_out=nothing,
            passages=tuple(tuple(one) for one in passages) if any(passages) else (),
            likelihood=sure_N,
        )
        return cls(answers, tuple(escalate))


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
    return _compared(name, expected, found, {i: (ok, not ok) for i, ok in stood.items()})


def compare_told(
    name: str, expected: Told, found: Told, threshold: float | None = None
) -> Compared:
    """What people are told by ``found`` held against ``expected``, hand-over included.

    Where neither has an answer they are alike: the word for why is of whoever was asked. Where nobody
    expects a hand-over to be told, none is compared.

    Args:
        name: what the second way is called.
        expected: of the candidate.
        found: of the other way, in the same order.
        threshold: the confidence from which on answers stand by themselves; near it rounding may
            decide. None: rounding decides nothing.
    """
    first, second = expected.answers, found.answers
    alike = replace(
        second,
        failures=tuple(
            ours if output is None and theirs is None else failure
            for ours, failure, output, theirs in zip(
                first.failures, second.failures, first.outputs, second.outputs, strict=True
            )
        ),
    )
    near = np.nan if threshold is None else threshold
    rounded_N = np.abs(first.score - second.score) <= ROUNDING
    rounded_N &= np.abs(first.score - near) <= ROUNDING
    handed: dict[int, tuple[bool | None, bool | None]] = {}
    for place, (look, said_so) in enumerate(zip(expected.escalate, found.escalate, strict=True)):
        merely_rounded = said_so is not None and bool(rounded_N[place])
        nothing = first.outputs[place] is None and second.outputs[place] is None
        if look is not None and look != said_so and not merely_rounded and not nothing:
            handed[place] = (not look, None if said_so is None else not said_so)
    return _compared(name, first, alike, handed)


def _compared(
    name: str,
    expected: Answers,
    found: Answers,
    handed: Mapping[int, tuple[bool | None, bool | None]],
) -> Compared:
    """``handed``: where the two ways let the same output stand by itself, or not; by its place."""
    rows = []
    for place in range(len(expected)):
        first, second = said(expected, place), said(found, place)
        if first == second and place in handed:
            ours, theirs = handed[place]
            first, second = _handed(first, ours), _handed(second, theirs)
        if first != second:
            rows.append(Difference(row=place + 1, expected=first, found=second))
    leg = Leg(
        name=name,
        inputs=len(expected),
        differing=len(rows),
        confidence_moved=_moved(expected.score, found.score),
    )
    return Compared(leg, tuple(rows))


def untried(name: str, why: str, *, exact: bool = True) -> Compared:
    """A way that nothing could be asked of here."""
    return Compared(Leg(name=name, inputs=0, differing=0, exact=exact, note=why), ())


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


def _handed(output: str | None, stands: bool | None) -> str:
    words = {True: "by itself", False: "to a person", None: "nobody says who looks"}
    return f"[{words[stands]}] {output or ''}".rstrip()


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
