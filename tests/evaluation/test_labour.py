"""What is left to people: minutes on wrong answers and on what is handed over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from etude.evaluation.handover import handover
from etude.evaluation.labour import labour, labour_pairs, left_to_people
from etude.evaluation.scorecard import Scored
from etude.records.task import Economics

from .test_handover import ASKED, FIRST, RIGHT, SECOND, N, answered, found_with, judge

ECONOMICS = Economics(minutes_to_fix=2, minutes_per_handover=1)
WRONG = float(1 - RIGHT[FIRST].mean())


def test_without_hand_over_every_wrong_answer_is_fixed_and_every_missing_one_is_handed_over() -> (
    None
):
    scored = answered(judge(), FIRST)
    outputs = [None if i < 30 else text for i, text in enumerate(scored.answers.outputs)]
    failed = replace(scored, answers=replace(scored.answers, outputs=tuple(outputs)))
    found = labour(left_to_people("a", failed, None), failed, ECONOMICS)
    wrong = float((~RIGHT[30:N]).sum()) / N
    assert (found.handed, found.wrong) == (0.1, pytest.approx(wrong))
    assert found.per_1000.value == pytest.approx(1000 * (2 * wrong + 0.1))
    assert found.per_1000.low < found.per_1000.value < found.per_1000.high
    assert not found.hands_over


def test_what_is_below_the_threshold_is_handed_over_and_not_fixed() -> None:
    scored, when = answered(ASKED, FIRST), found_with()
    found = labour(left_to_people("a", scored, when), scored, ECONOMICS)
    assert when.coverage is not None
    assert when.precision is not None
    answers = when.coverage.value
    assert found.handed == pytest.approx(1 - answers)
    assert found.wrong == pytest.approx(answers * (1 - when.precision.value))
    assert found.per_1000.value == pytest.approx(1000 * (2 * found.wrong + found.handed))
    # A threshold that only follows from the minimum was not asked for.
    implied = labour(
        left_to_people("a", scored, when.model_copy(update={"stated": False})), scored, ECONOMICS
    )
    assert (implied.handed, implied.wrong) == (0, pytest.approx(WRONG))
    # Where it is asked for and can't be kept, a person gets everything.
    for none in (None, when.model_copy(update={"threshold": None})):
        every = labour(left_to_people("a", scored, none), scored, ECONOMICS)
        assert (every.handed, every.wrong, every.hands_over) == (1, 0, True)
        whole = every.per_1000  # by rule, whatever is asked: nothing about it is uncertain
        assert whole.low == whole.value == whole.high == 1000 * ECONOMICS.minutes_per_handover


def test_folds_and_groups_make_the_range_of_minutes_wider() -> None:
    scored = answered(judge(), FIRST)
    left = left_to_people("a", scored, None)

    def width(one: Scored) -> float:
        found = labour(left, one, ECONOMICS).per_1000
        return found.high - found.low

    crossed = replace(scored, folds=np.arange(N) % 5)
    grouped = replace(scored, examples=replace(scored.examples, groups=np.arange(N) // 10))
    assert width(crossed) == pytest.approx(1.5 * width(scored), rel=0.01)
    assert width(grouped) != pytest.approx(width(scored), rel=1e-6)


def test_no_minutes_leave_nothing_to_people() -> None:
    scored = answered(judge(), FIRST)
    free = Economics(minutes_to_fix=0, minutes_per_handover=0)
    found = labour(left_to_people("a", scored, None), scored, free)
    assert (found.per_1000.value, found.per_1000.high) == (0, 0)


def test_what_is_gained_on_requests_that_a_person_gets_anyway_saves_nothing() -> None:
    """Half of them hold a phrase, and the second candidate is better on those alone."""
    bounded = judge(boundaries={"phrases": [f"text {i}" for i in range(0, N, 2)]})
    first = answered(bounded, FIRST)
    said = [f"text {i}" if i % 2 == 0 else one for i, one in enumerate(first.answers.outputs)]
    second = replace(first, answers=replace(first.answers, outputs=tuple(said)))
    assert second.right_N.sum() > first.right_N.sum()
    every = [left_to_people(name, one, None) for name, one in (("a", first), ("b", second))]
    (pair,) = labour_pairs(every, first.examples.groups, None)
    assert pair.handed.value == pair.wrong.value == 0
    assert every[0].handed_N.mean() == 0.5


def test_pairs_are_of_those_that_hand_over() -> None:
    scored = answered(ASKED, FIRST)
    when = handover(scored, answered(ASKED, SECOND))
    assert when is not None
    assert when.threshold is not None
    stricter = when.model_copy(update={"threshold": 0.99})
    every = [
        left_to_people("all", answered(judge(), FIRST), None),
        left_to_people("some", scored, when),
        left_to_people("few", scored, stricter),
    ]
    (pair,) = labour_pairs(every, scored.examples.groups, None)
    assert (pair.a, pair.b) == ("some", "few")
    assert pair.handed.low > 0  # the stricter one hands over more, and leaves fewer wrong ones
    assert pair.wrong.value <= 0
    assert pair.handed.value == pytest.approx(every[2].handed_N.mean() - every[1].handed_N.mean())
