from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.statistics._arrays import units_of
from etude.statistics.crossfit import difference_factor, shared_training_factor
from etude.statistics.disagreement import disagreement_sizes
from etude.statistics.paired import bonett_price, count_pairs
from etude.statistics.simultaneous import PairwiseDifferences, pairwise_intervals

RNG = np.random.default_rng(11)
TRUTH = RNG.integers(0, 5, 240)
ANSWERS = np.where(RNG.random((240, 3)) < 0.8, TRUTH[:, None], RNG.integers(-1, 5, (240, 3)))
RIGHT = (TRUTH[:, None] == ANSWERS).astype(float)
METRICS = ["right_wrong", "mean", "macro_f1"]


def compared(metric: str, columns: list[int], **settings: object) -> PairwiseDifferences:
    if metric == "macro_f1":
        return pairwise_intervals(
            metric=metric, truth=TRUTH, predictions=ANSWERS[:, columns], n_labels=5, **settings
        )
    return pairwise_intervals(RIGHT[:, columns], metric=metric, **settings)


def test_right_wrong_is_bonett_price_at_the_bonferroni_level() -> None:
    result = compared("right_wrong", [0, 1, 2])
    expected = bonett_price(count_pairs(RIGHT[:, 0], RIGHT[:, 2]), 0.95, comparisons=3)
    pair = result.between(0, 2)
    assert pair.interval.low == pytest.approx(expected.low)
    assert pair.interval.high == pytest.approx(expected.high)
    assert pair.discordance == np.mean(RIGHT[:, 0] != RIGHT[:, 2])
    assert result.method == "bonett_price"
    assert (result.n_items, result.n_units, result.variance_factor) == (240, 240, 1)


@pytest.mark.parametrize("metric", METRICS)
def test_exchanged_candidates_exchange_the_sign(metric: str) -> None:
    forward, back = compared(metric, [0, 1]), compared(metric, [1, 0])
    assert forward.between(1, 0).interval == forward.pairs[0].interval.negated()
    assert back.pairs[0].interval.low == pytest.approx(-forward.pairs[0].interval.high, abs=0.002)
    with pytest.raises(ValueError, match="no pair"):
        forward.between(0, 5)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("groups", [None, np.arange(240) // 4, np.arange(240) // 20])
def test_intervals_hold_their_point_and_grow(metric: str, groups: np.ndarray | None) -> None:
    narrow = compared(metric, [0, 1, 2], groups=groups, level=0.8)
    wide = compared(metric, [0, 1, 2], groups=groups, level=0.99)
    for small, large in zip(narrow.pairs, wide.pairs, strict=True):
        assert small.interval.low <= small.interval.point <= small.interval.high
        assert large.interval.low < small.interval.low
        assert large.interval.high > small.interval.high


@pytest.mark.parametrize("metric", METRICS)
def test_more_candidates_never_narrow_a_pair(metric: str) -> None:
    alone, together = compared(metric, [0, 1]), compared(metric, [0, 1, 2])
    assert together.pairs[0].interval.width > alone.pairs[0].interval.width


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("group_size", [1, 3, 20, 240])
def test_no_disagreement_still_has_width(metric: str, group_size: int) -> None:
    groups = np.arange(240) // group_size
    interval = compared(metric, [0, 0], groups=groups).pairs[0].interval
    assert interval.point == 0
    assert interval.low == pytest.approx(-interval.high)
    assert interval.high >= 1.9 * np.sqrt(2) / 242
    if group_size == 240:
        assert (interval.low, interval.high) == (-1, 1)


def test_no_disagreement_is_alike_for_every_metric() -> None:
    widths = [compared(metric, [0, 0]).pairs[0].interval.width for metric in METRICS]
    assert max(widths) < 1.1 * min(widths)


@pytest.mark.parametrize("metric", METRICS)
def test_folds_widen_by_the_shared_rows(metric: str) -> None:
    plain = compared(metric, [0, 1])
    folded = compared(metric, [0, 1], folds=np.arange(240) % 5)
    assert folded.variance_factor == pytest.approx(1.75)
    ratio = folded.pairs[0].interval.width / plain.pairs[0].interval.width
    assert ratio == pytest.approx(1.75**0.5, abs=1e-6)


def test_shared_training_factor() -> None:
    assert shared_training_factor(None) == 1
    assert shared_training_factor(["a"] * 9) == 1
    assert shared_training_factor(np.arange(100) % 10) == pytest.approx(1 + 10 / 9)
    assert difference_factor(None) == difference_factor(["a"] * 9) == 1
    assert difference_factor(np.arange(100) % 10) == pytest.approx(1 + 0.6 * 10 / 9)
    with pytest.raises(ValueError, match="folds"):
        shared_training_factor([1, 2], 3)


@pytest.mark.parametrize("metric", METRICS)
def test_copied_items_in_groups_are_no_evidence(metric: str) -> None:
    copies = np.repeat(np.arange(240), 3)
    plain = compared(metric, [0, 1]).pairs[0].interval
    if metric == "macro_f1":
        grouped = pairwise_intervals(
            metric=metric, truth=TRUTH[copies], predictions=ANSWERS[copies][:, :2], n_labels=5,
            groups=copies,
        )  # fmt: skip
    else:
        grouped = pairwise_intervals(RIGHT[copies][:, :2], metric=metric, groups=copies)
    assert grouped.n_units == 240
    assert grouped.pairs[0].interval.width == pytest.approx(plain.width, rel=0.08)


@pytest.mark.parametrize("metric", ["mean", "macro_f1"])
def test_few_groups_use_sign_flips_about_as_wide_as_the_bootstrap(metric: str) -> None:
    few = compared(metric, [0, 1], groups=np.arange(240) % 29)
    many = compared(metric, [0, 1], groups=np.arange(240) % 30)
    assert (few.method, many.method) == ("sign_flip", "max_t_bootstrap")
    assert few.pairs[0].interval.width == pytest.approx(many.pairs[0].interval.width, rel=0.35)


def test_mean_takes_scores_on_any_scale() -> None:
    scores = RNG.normal(50, 5, (120, 2))
    wide = pairwise_intervals(scores, metric="mean", score_range=100).pairs[0].interval
    small = pairwise_intervals(scores / 100, metric="mean").pairs[0].interval
    assert wide.low == pytest.approx(100 * small.low)
    with pytest.raises(ValueError, match="score_range"):
        pairwise_intervals(scores, metric="mean")
    error = (scores[:, 0] - scores[:, 1]).std() / np.sqrt(120)
    assert wide.width == pytest.approx(2 * 1.98 * error, rel=0.6)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.integers(-1, 1), min_size=2, max_size=60), st.integers(1, 6))
def test_imagined_disagreements_are_at_most_a_unit(signs: list[int], size: int) -> None:
    differences = np.array(signs, dtype=float)[:, None]
    units = units_of(len(signs), np.arange(len(signs)) // size)
    found = disagreement_sizes(differences, units)[0]
    assert 0 < found <= 1
    if size == 1 or not differences.any():
        assert found == pytest.approx(1)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"scores": RIGHT, "metric": "auc"}, "auc"),
        ({"scores": RIGHT[:, :1]}, "two candidates"),
        ({"scores": None}, "needs scores"),
        ({"metric": "macro_f1", "truth": TRUTH}, "n_labels"),
        ({"scores": RIGHT * 2}, "between 0 and 1"),
        ({"scores": RIGHT, "groups": [1, 2]}, "groups"),
        ({"scores": RIGHT, "folds": [1, 2]}, "folds"),
        ({"scores": RIGHT, "level": 1.0}, "level"),
    ],
)
def test_bad_input_is_named(settings: dict[str, object], found: str) -> None:
    with pytest.raises(ValueError, match=found):
        pairwise_intervals(**settings)
