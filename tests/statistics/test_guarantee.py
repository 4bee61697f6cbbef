from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from etude.statistics.guarantee import fewest_right, grouped_p_value, promise

SEEDS = 200


def _drawn(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and right answers that are as frequent as the score, less a hundredth."""
    score = rng.beta(3, 0.6, count)
    return score, (rng.random(count) < 0.99 * score).astype(float)


SURE = np.sort(np.random.default_rng(1).beta(3, 0.6, 100_000))[::-1]
RIGHT = 0.99 * np.cumsum(SURE) / np.arange(1, len(SURE) + 1)


def _true_precision(threshold: float) -> float:
    return float(RIGHT[max(np.searchsorted(-SURE, -threshold, side="right") - 1, 0)])


@pytest.mark.parametrize("precision", [0.85, 0.92])
def test_the_promise_is_broken_no_more_often_than_asked(precision: float) -> None:
    rng = np.random.default_rng(7)
    found = [promise(*_drawn(rng, 300), precision=precision, confidence=0.9) for _ in range(SEEDS)]
    made = [one.threshold for one in found if one.threshold is not None]
    broken = sum(_true_precision(threshold) < precision for threshold in made)
    assert len(made) > SEEDS / 4
    # 10 % are allowed; three standard errors above that would be 16.4 %.
    assert broken / SEEDS <= 0.164


def test_a_threshold_that_is_too_low_would_break_it() -> None:
    """The simulation can tell: thresholds picked by the point estimate break the promise."""
    rng = np.random.default_rng(7)
    broken = 0
    for _ in range(SEEDS):
        score, right = _drawn(rng, 300)
        order = np.argsort(-score)
        share = np.cumsum(right[order]) / np.arange(1, 301)
        lowest = np.flatnonzero(share >= 0.92).max(initial=0)
        broken += _true_precision(score[order][lowest]) < 0.92
    assert broken / SEEDS > 0.3


def test_groups_that_are_right_or_wrong_together_keep_the_promise() -> None:
    rng = np.random.default_rng(3)
    broken = made = naive = 0
    for _ in range(SEEDS):
        score, right = _drawn(rng, 100)
        rows = np.repeat(np.arange(100), 4)
        given = {"precision": 0.9, "confidence": 0.9}
        held = promise(score[rows], right[rows], groups=rows, **given)
        alone = promise(score[rows], right[rows], **given)
        made += held.threshold is not None
        broken += held.threshold is not None and _true_precision(held.threshold) < 0.9
        naive += alone.threshold is not None and _true_precision(alone.threshold) < 0.9
    assert made > SEEDS / 20
    assert broken / SEEDS <= 0.164
    assert naive / SEEDS > 0.164


def test_more_examples_answer_more() -> None:
    rng = np.random.default_rng(0)
    shares = []
    for count in (100, 400, 1600):
        made = [promise(*_drawn(rng, count), precision=0.9) for _ in range(20)]
        shares.append(np.mean([one.answered / one.items for one in made]))
    assert shares[0] < shares[1] < shares[2]
    # With everything known, 0.79 could be answered.
    assert 0.6 < shares[2] < 0.79


def test_all_right_answers_everything() -> None:
    found = promise(np.full(40, 0.7), np.ones(40), precision=0.9)
    assert found.answered == 40
    assert found.threshold == 0.0


def test_all_wrong_and_no_confidence_answer_nothing() -> None:
    assert promise(np.linspace(0, 1, 60), np.zeros(60), precision=0.9).threshold is None
    assert promise(np.full(60, np.nan), np.ones(60), precision=0.9).threshold is None


def test_what_has_no_confidence_is_never_answered() -> None:
    score = np.append(np.full(60, 0.8), np.full(30, np.nan))
    right = np.append(np.ones(60), np.zeros(30))
    found = promise(score, right, precision=0.9)
    assert (found.answered, found.items) == (60, 90)


def test_items_as_sure_as_each_other_stand_or_fall_together() -> None:
    score = np.append(np.full(100, 0.9), np.full(100, 0.4))
    right = np.append(np.ones(100), np.tile([1.0, 0.0], 50))
    found = promise(score, right, precision=0.9)
    assert found.answered == 100
    assert 0.4 < found.threshold <= 0.9


def test_too_few_examples_say_how_many_would_do() -> None:
    found = promise(np.full(20, 0.9), np.ones(20), precision=0.9)
    assert found.threshold is None
    assert found.fewest == fewest_right(0.9) == 29
    assert promise(np.full(29, 0.9), np.ones(29), precision=0.9).threshold is not None
    assert fewest_right(0.98) == 149


def test_a_single_start_is_the_exact_binomial_test() -> None:
    score = np.full(50, 0.5)
    for wrong in range(6):
        right = np.append(np.zeros(wrong), np.ones(50 - wrong))
        expected = binom.sf(50 - wrong - 1, 50, 0.9) <= 0.05
        assert (promise(score, right, precision=0.9).threshold is not None) == expected


def test_gains_that_only_come_by_chance_seldom_surprise() -> None:
    rng = np.random.default_rng(2)
    small = 0
    for _ in range(2000):
        sizes = rng.integers(1, 5, 80)
        hit = rng.random(80) < 0.9
        small += grouped_p_value(np.where(hit, 0.1, -0.9) * sizes, 0.9, 4.0) <= 0.05
    assert small / 2000 <= 0.05
    assert grouped_p_value(np.full(80, 0.1), 0.9, 1.0) < 0.01
    assert grouped_p_value(np.full(80, -0.9), 0.9, 1.0) == 1.0


@pytest.mark.parametrize(
    "given",
    [
        {"score": [0.1, 0.2], "right": [1.0], "precision": 0.9},
        {"score": [1.2], "right": [1.0], "precision": 0.9},
        {"score": [0.2], "right": [0.5], "precision": 0.9},
        {"score": [], "right": [], "precision": 0.9},
        {"score": [0.2], "right": [1.0], "precision": 1.0},
    ],
)
def test_what_can_not_be_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected|must"):
        promise(**given)
