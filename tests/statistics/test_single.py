from __future__ import annotations

import numpy as np
import pytest

from etude.statistics.proportions import wilson
from etude.statistics.single import accuracy_interval, macro_f1_interval, mean_interval

RNG = np.random.default_rng(21)
TRUTH = RNG.integers(0, 4, 200)
ANSWERS = np.where(RNG.random(200) < 0.85, TRUTH, RNG.integers(-1, 4, 200))
RIGHT = TRUTH == ANSWERS
FOLDS = np.arange(200) % 5


def test_accuracy_is_wilson_and_folds_make_the_sample_smaller() -> None:
    assert accuracy_interval(RIGHT) == wilson(int(RIGHT.sum()), 200)
    folded = accuracy_interval(RIGHT, folds=FOLDS)
    assert folded == wilson(int(RIGHT.sum()), 200, variance_factor=2.25)


def test_macro_f1_is_near_accuracy_and_widens_with_folds() -> None:
    plain = macro_f1_interval(TRUTH, ANSWERS, 4)
    folded = macro_f1_interval(TRUTH, ANSWERS, 4, folds=FOLDS)
    assert plain.width == pytest.approx(accuracy_interval(RIGHT).width, rel=0.2)
    assert plain.point - folded.low == pytest.approx(1.5 * (plain.point - plain.low))
    assert plain == macro_f1_interval(TRUTH, ANSWERS, 4)


@pytest.mark.parametrize("groups", [None, np.arange(200) // 4])
def test_a_faultless_run_is_not_certain(groups: np.ndarray | None) -> None:
    faultless = macro_f1_interval(TRUTH, TRUTH, 4, groups=groups)
    assert faultless.high == 1
    assert faultless.low < 1 - 2.5 / 200
    assert mean_interval(np.ones(200), groups=groups).low < 1 - 2.5 / 200
    assert accuracy_interval(np.ones(200), groups=groups).low < 1 - 2.5 / 200


def test_groups_of_copies_and_one_group() -> None:
    copies = np.repeat(np.arange(200), 3)
    grouped = macro_f1_interval(TRUTH[copies], ANSWERS[copies], 4, groups=copies)
    assert grouped.width == pytest.approx(macro_f1_interval(TRUTH, ANSWERS, 4).width, rel=0.08)
    lone = np.zeros(200)
    for interval in (
        macro_f1_interval(TRUTH, ANSWERS, 4, groups=lone),
        mean_interval(RIGHT, groups=lone),
        accuracy_interval(RIGHT, groups=lone),
    ):
        assert (interval.low, interval.high) == (0, 1)


def test_mean_of_right_and_wrong_is_near_wilson() -> None:
    ours, known = mean_interval(RIGHT), accuracy_interval(RIGHT)
    assert ours.low == pytest.approx(known.low, abs=0.01)
    assert ours.high == pytest.approx(known.high, abs=0.01)


def test_mean_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        mean_interval([0.5, 70.0])
    assert mean_interval([50.0, 70.0, 65.0], score_range=(0, 100)).point == pytest.approx(
        61.667, abs=1e-3
    )
    with pytest.raises(ValueError, match="one candidate"):
        accuracy_interval(np.ones((3, 2)))
