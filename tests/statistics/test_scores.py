"""Scores of any sort of metric: the same questions, each answered by its own statistics."""

from __future__ import annotations

import numpy as np
import pytest

from etude.statistics.paired import bonett_price_grouped
from etude.statistics.scores import MacroF1, Means, Ratios, Scores
from etude.statistics.single import macro_f1_interval

ITEMS, LABELS = 400, 4


def right(seed: int, share: float) -> np.ndarray:
    return (np.random.default_rng(seed).random(ITEMS) < share).astype(float)


def answered(right_NC: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Answers that are right where they shall be, else the next label."""
    return np.where(right_NC == 1, truth[:, None], (truth[:, None] + 1) % LABELS)


def every_sort(shares: tuple[float, ...]) -> dict[str, Scores]:
    right_NC = np.column_stack([right(seed, share) for seed, share in enumerate(shares)])
    truth = np.random.default_rng(9).integers(0, LABELS, ITEMS)
    weight = np.random.default_rng(8).integers(1, 6, ITEMS)[:, None].astype(float)
    return {
        "right": Means(right_NC),
        "mean": Means(0.2 + 0.6 * right_NC, right=False),
        "ratio": Ratios(right_NC * weight, np.broadcast_to(weight, right_NC.shape)),
        "macro_f1": MacroF1(truth, answered(right_NC, truth), LABELS),
    }


@pytest.mark.parametrize("sort", ["right", "mean", "ratio", "macro_f1"])
def test_a_better_candidate_is_better_by_an_interval_that_widens_with_comparisons(
    sort: str,
) -> None:
    scores = every_sort((0.9, 0.7))[sort]
    groups, folds = np.arange(ITEMS), np.arange(ITEMS) % 5
    value = scores.values()
    alone = scores.difference(groups, None)
    assert alone.point == pytest.approx(value[0] - value[1])
    assert 0 < alone.low < alone.point < alone.high
    many = scores.difference(groups, None, comparisons=10)
    assert many.width > alone.width
    assert scores.difference(groups, folds).width > alone.width


@pytest.mark.parametrize("sort", ["right", "mean", "ratio", "macro_f1"])
def test_replicates_lie_around_the_value_and_groups_spread_them(sort: str) -> None:
    scores = every_sort((0.9, 0.7))[sort]
    plain = scores.replicates(None, 500, 0)
    assert plain.shape == (500, 2)
    assert plain.mean(axis=0) == pytest.approx(scores.values(), abs=0.01)
    in_tens = scores.replicates(np.arange(ITEMS) // 40, 500, 0)
    assert plain.std(axis=0) != pytest.approx(in_tens.std(axis=0), rel=0.01)
    assert scores.items == ITEMS


@pytest.mark.parametrize("sort", ["right", "mean", "ratio", "macro_f1"])
def test_the_mean_over_candidates_is_near_their_values(sort: str) -> None:
    scores = every_sort((0.8, 0.8, 0.8))[sort]
    found = scores.mean(np.arange(ITEMS), np.arange(ITEMS) % 5)
    assert found.low < found.point < found.high
    assert found.point == pytest.approx(scores.values().mean(), abs=0.005)


def test_orders_of_one_item_are_no_more_items() -> None:
    """Three orders alike say no more than one: the interval must not shrink."""
    truth = np.random.default_rng(9).integers(0, LABELS, ITEMS)
    given = answered(right(0, 0.8)[:, None], truth)
    one = macro_f1_interval(truth, given, LABELS, resamples=2_000)
    three = MacroF1(truth, np.repeat(given, 3, axis=1), LABELS).mean(None, None)
    assert three.point == pytest.approx(one.point)
    assert three.width > 0.9 * one.width


def test_right_and_wrong_is_compared_by_bonett_and_price() -> None:
    scores = every_sort((0.9, 0.7))["right"]
    assert isinstance(scores, Means)
    groups = np.arange(ITEMS) // 2
    first, second = scores.scores.T
    expected = bonett_price_grouped(first, second, groups, comparisons=3)
    assert scores.difference(groups, None, comparisons=3) == expected
