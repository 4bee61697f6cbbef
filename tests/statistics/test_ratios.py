"""Ratios of sums: their value, their intervals, and the coverage that they promise."""

from __future__ import annotations

import numpy as np
import pytest

from etude.statistics import ratios
from etude.statistics.simultaneous import pairwise_intervals
from etude.statistics.single import ratio_interval


def _documents(rng: np.random.Generator, n: int, chance: float) -> tuple[np.ndarray, np.ndarray]:
    fields = rng.integers(2, 12, size=n)
    return rng.binomial(fields, chance).astype(float), fields.astype(float)


def test_a_ratio_is_sum_over_sum_and_the_mean_of_its_linearised_scores() -> None:
    over, under = np.array([[1.0], [3.0], [0.0]]), np.array([[2.0], [3.0], [4.0]])
    assert ratios.ratio(over, under)[0] == pytest.approx(4 / 9)
    assert ratios.linearised(over, under).mean() == pytest.approx(4 / 9)


def test_nothing_over_nothing_is_one() -> None:
    assert ratios.ratio(np.zeros((3, 1)), np.zeros((3, 1)))[0] == 1.0


def test_a_numerator_above_its_denominator_is_refused() -> None:
    with pytest.raises(ValueError, match="numerator"):
        ratios.checked([2.0], [1.0])


def test_the_interval_covers_the_true_ratio_at_about_its_rate() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for draw in range(120):
        over, under = _documents(rng, 80, 0.8)
        found = ratio_interval(over, under, resamples=500, seed=draw)
        covered += found.low <= 0.8 <= found.high
    assert covered >= 108  # 90 % at least, of a nominal 95


def test_equal_candidates_differ_by_nothing_and_the_interval_still_has_width() -> None:
    over, under = _documents(np.random.default_rng(1), 60, 0.9)
    pair = pairwise_intervals(
        np.stack([over, over], axis=1),
        metric="ratio",
        denominators=np.stack([under, under], axis=1),
    ).pairs[0]
    assert pair.interval.point == 0
    assert pair.interval.low < 0 < pair.interval.high


@pytest.mark.parametrize("n", [12, 200])
def test_a_clear_difference_is_seen_with_few_and_with_many_documents(n: int) -> None:
    rng = np.random.default_rng(2)
    good, under = _documents(rng, n, 0.95)
    bad = rng.binomial(under.astype(int), 0.4).astype(float)
    pair = pairwise_intervals(
        np.stack([good, bad], axis=1),
        metric="ratio",
        denominators=np.stack([under, under], axis=1),
    ).pairs[0]
    assert pair.interval.low > 0.2


def test_paired_intervals_cover_the_true_difference_at_about_their_rate() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for draw in range(120):
        over, under = _documents(rng, 80, 0.8)
        other = rng.binomial(under.astype(int), 0.7).astype(float)
        pair = pairwise_intervals(
            np.stack([over, other], axis=1),
            metric="ratio",
            denominators=np.stack([under, under], axis=1),
            resamples=500,
            seed=draw,
        ).pairs[0]
        covered += pair.interval.low <= 0.1 <= pair.interval.high
    assert covered >= 108
