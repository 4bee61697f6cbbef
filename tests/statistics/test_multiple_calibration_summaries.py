from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax
from scipy.stats import false_discovery_control

from etude.statistics.calibration import (
    apply_temperature,
    brier_score,
    expected_calibration_error,
    fit_temperature,
)
from etude.statistics.multiple import benjamini_hochberg, bonferroni_level, holm
from etude.statistics.summaries import intraclass_correlation, quantile_interval

RNG = np.random.default_rng(31)


def test_holm_by_hand() -> None:
    assert np.allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert np.allclose(holm([0.9, 0.8]), [1, 1])
    assert holm([]).shape == (0,)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_p_values(values: list[float]) -> None:
    assert np.allclose(benjamini_hochberg(values), false_discovery_control(values))
    assert (holm(values) >= benjamini_hochberg(values) - 1e-12).all()
    assert (benjamini_hochberg(values) >= np.array(values) - 1e-12).all()


def test_bonferroni() -> None:
    assert bonferroni_level(0.95, 10) == pytest.approx(0.995)
    with pytest.raises(ValueError, match="comparisons"):
        bonferroni_level(0.95, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.2])


def test_brier() -> None:
    assert brier_score([[1, 0], [0, 1]], [0, 1]) == 0
    assert brier_score([[1, 0]], [1]) == 2
    assert brier_score([[0.7, 0.2, 0.1]], [0]) == pytest.approx(0.09 + 0.04 + 0.01)
    with pytest.raises(ValueError, match="add up to 1"):
        brier_score([[0.7, 0.7]], [0])
    with pytest.raises(ValueError, match="rows"):
        brier_score([[0.5, 0.5]], [0, 1])


@pytest.mark.parametrize("binning", ["equal_mass", "equal_width"])
def test_calibration_error(binning: str) -> None:
    sure = RNG.random(40_000)
    fair = expected_calibration_error(sure, RNG.random(40_000) < sure, binning=binning)
    assert fair.value < 0.015
    assert len(fair.items) == 15
    assert sum(fair.items) == 40_000
    brash = expected_calibration_error(np.full(1000, 0.9), np.arange(1000) % 2, binning=binning)
    assert brash.value == pytest.approx(0.4)
    assert brash.items == (1000,)


def test_calibration_bins_by_hand() -> None:
    sure, right = [0.1, 0.2, 0.8, 0.9], [0, 1, 1, 1]
    assert expected_calibration_error(sure, right, bins=2).value == pytest.approx(
        0.5 * 0.35 + 0.5 * 0.15
    )
    narrow = expected_calibration_error([0.0, 0.5, 1.0], [0, 0, 1], bins=2, binning="equal_width")
    assert narrow.items == (2, 1)  # an edge belongs to the bin below
    with pytest.raises(ValueError, match="confidence"):
        expected_calibration_error([1.2], [1])


def test_temperature_is_recovered() -> None:
    logits = RNG.normal(0, 2, (6000, 5))
    chances = np.exp(log_softmax(logits, axis=1))
    truth = (chances.cumsum(axis=1) < RNG.random((6000, 1))).sum(axis=1)
    fitted = fit_temperature(logits * 2.5, truth)
    assert fitted.value == pytest.approx(2.5, rel=0.06)
    assert fitted.nll_after < fitted.nll_before
    assert not fitted.at_bound
    calm = apply_temperature(logits * 2.5, fitted.value)
    assert np.allclose(np.exp(calm).sum(axis=1), 1)
    assert brier_score(np.exp(calm), truth) < brier_score(
        np.exp(apply_temperature(logits * 2.5, 1.0)), truth
    )


def test_a_temperature_that_nothing_holds_back_is_flagged() -> None:
    assert fit_temperature([[1.0, 0.0], [0.0, 1.0]], [0, 1]).at_bound
    with pytest.raises(ValueError, match="finite"):
        fit_temperature([[0.0, -math.inf]], [0])
    with pytest.raises(ValueError, match="above 0"):
        apply_temperature([[0.0, 1.0]], 0)


def test_median_interval_published_ranks() -> None:
    # n = 20: order statistics 6 and 15 cover the median with 95.9 %
    interval = quantile_interval(np.arange(1, 21), 0.5)
    assert (interval.low, interval.high, interval.point) == (6, 15, 10.5)


def test_p95_needs_72_values_for_an_upper_limit() -> None:
    assert quantile_interval(np.arange(71), 0.95).high == math.inf
    assert quantile_interval(np.arange(72), 0.95).high == 71
    lone = quantile_interval([0.3], 0.5)
    assert (lone.low, lone.point, lone.high) == (0, 0.3, math.inf)


def test_quantile_interval_covers() -> None:
    draws = np.random.default_rng(4).exponential(size=(1500, 150))
    true = -math.log(0.05)
    hits = [i.low <= true <= i.high for i in (quantile_interval(d, 0.95) for d in draws)]
    assert 0.95 <= np.mean(hits) <= 0.985
    with pytest.raises(ValueError, match="quantile"):
        quantile_interval([1.0], 1.0)
    with pytest.raises(ValueError, match="finite"):
        quantile_interval([], 0.5)


def test_intraclass_correlation() -> None:
    names = np.repeat(np.arange(400), 4)
    shared, own = RNG.normal(size=400), RNG.normal(size=1600)
    assert intraclass_correlation(own, names) == pytest.approx(0, abs=0.05)
    assert intraclass_correlation(shared[names] + own, names) == pytest.approx(0.5, abs=0.06)
    assert intraclass_correlation(shared[names], names) == pytest.approx(1)
    assert intraclass_correlation([0, 1, 0, 1], [0, 0, 1, 1]) == pytest.approx(-1)
    assert intraclass_correlation([0, 1, 2], [0, 1, 2]) is None
    assert intraclass_correlation([0, 1, 2], [0, 0, 0]) is None
    assert intraclass_correlation([1, 1, 1], [0, 0, 1]) is None
