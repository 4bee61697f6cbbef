"""The fitted curve, what it carries on to, and where it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.statistics.intervals import Interval
from etude.statistics.learning_curve import (
    FARTHEST,
    Carried,
    PowerLaw,
    _beyond_the_edge,
    _over_orders,
    carry_on,
    fit,
)
from etude.statistics.scores import MacroF1, Means, Ratios

SIZES = np.array([50.0, 100, 150, 200, 300, 400])


def measured(
    curve: PowerLaw, *, items: int = 500, orders: int = 5, seed: int = 0, sizes: np.ndarray = SIZES
) -> np.ndarray:
    """(S, R, N) right or wrong of items that each need so much to be right, as a curve has it."""
    random = np.random.default_rng(seed)
    hard = random.random(items)
    chance = np.array([curve.error(size) for size in sizes])
    noise = random.normal(0, 0.02, (len(sizes), orders, 1))
    return (hard[None, None, :] > chance[:, None, None] + noise).astype(float)


def carried(sizes: np.ndarray, right_SRN: np.ndarray, **more: Any) -> Carried:
    """Carried on from right and wrong after each size and order."""
    return carry_on(sizes, Means(right_SRN.reshape(-1, right_SRN.shape[-1]).T), **more)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(floor=st.floats(0, 0.3), scale=st.floats(0.2, 3), exponent=st.floats(0.1, 2))
def test_a_curve_without_noise_is_found_again(floor: float, scale: float, exponent: float) -> None:
    true = PowerLaw(floor, scale, exponent)
    found = fit(SIZES, [true.error(size) for size in SIZES])
    for size in (50, 400, 500):
        assert found.error(size) == pytest.approx(true.error(size), abs=0.004)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_whatever_was_measured_the_curve_never_rises_nor_leaves_what_is_possible(
    errors: list[float],
) -> None:
    found = fit(SIZES, errors)
    assert found.scale >= 0
    assert found.floor >= 0
    assert found.error(50) >= found.error(400) >= found.error(10_000) >= 0


def test_the_gain_of_the_next_hundred_is_inside_its_interval() -> None:
    """Over many draws of items and noise, at the stated 95 % or more."""
    true = PowerLaw(0.05, 2.0, 0.5)
    gain = true.error(500) - true.error(600)
    held = []
    for seed in range(40):
        told = carried(SIZES, measured(true, seed=seed), now=500, more=100, resamples=200)
        assert told.gain is not None
        held.append(told.gain.low <= gain <= told.gain.high)
    assert np.mean(held) >= 0.9


def test_a_flat_curve_promises_next_to_nothing() -> None:
    told = carried(SIZES, measured(PowerLaw(0.1, 0.0, 1.0)), now=400, more=100)
    assert told.gain is not None
    assert told.gain.low == 0
    assert told.gain.high < 0.02


def test_without_any_mistake_the_interval_still_has_width() -> None:
    told = carried(SIZES, np.ones((6, 5, 200)), now=400, more=100)
    assert told.gain is not None
    assert told.gain.point == 0
    assert 0 < told.gain.high < 0.03


def test_folds_that_share_training_rows_widen_it() -> None:
    right = measured(PowerLaw(0.05, 2.0, 0.5))
    plain = carried(SIZES, right, now=500, more=100).gain
    wide = carried(SIZES, right, now=500, more=100, variance_factor=2.25).gain
    assert plain is not None
    assert wide is not None
    assert wide.width > plain.width


def test_items_of_one_group_count_together() -> None:
    right = measured(PowerLaw(0.05, 2.0, 0.5), items=300)
    copies = np.repeat(right, 4, axis=2)
    alone = carried(SIZES, right, now=500, more=100).gain
    grouped = carried(SIZES, copies, now=500, more=100, groups=np.repeat(np.arange(300), 4)).gain
    assert alone is not None
    assert grouped is not None
    assert grouped.width == pytest.approx(alone.width, rel=1e-6)


def reason(told: Carried) -> str:
    assert told.gain is None
    return told.reason


def test_it_is_not_carried_far() -> None:
    right = measured(PowerLaw(0.05, 2.0, 0.5))
    now = int(FARTHEST * 400)
    assert carried(SIZES, right, now=now - 10, more=10).gain is not None
    assert "more than 2.5 times the 400" in reason(carried(SIZES, right, now=now, more=10))


def test_too_few_sizes_or_examples_are_refused() -> None:
    right = measured(PowerLaw(0.05, 2.0, 0.5))
    assert "3 sizes" in reason(carried(SIZES[:3], right[:3], now=200, more=50))
    few = right[:, :, :20]
    assert "20 independent examples" in reason(carried(SIZES, few, now=400, more=100))


def test_what_does_not_follow_a_falling_curve_is_refused() -> None:
    chance = np.array([0.1, 0.1, 0.4, 0.4, 0.1, 0.1])
    hard = np.random.default_rng(0).random(500)
    right = np.repeat((hard > chance[:, None])[:, None, :], 3, axis=1).astype(float)
    assert "does not follow" in reason(carried(SIZES, right, now=400, more=100))


def test_the_same_gives_the_same() -> None:
    right = measured(PowerLaw(0.05, 2.0, 0.5))
    assert carried(SIZES, right, now=500, more=100) == carried(SIZES, right, now=500, more=100)


@pytest.mark.parametrize(
    ("sizes", "right"),
    [(SIZES[::-1], np.ones((6, 2, 40))), (SIZES, np.ones((5, 2, 40)))],
)
def test_shapes_that_do_not_fit_are_refused(sizes: np.ndarray, right: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected"):
        carried(sizes, right, now=400, more=100)


def test_a_ratio_and_macro_f1_are_carried_on_like_the_share_of_right() -> None:
    """Where every item weighs the same and two labels are alike, the three are one curve."""
    right_NC = measured(PowerLaw(0.05, 2.0, 0.5), items=2000).reshape(-1, 2000).T
    truth = np.arange(2000) % 2
    given = np.where(right_NC == 1, truth[:, None], 1 - truth[:, None])
    plain = carry_on(SIZES, Means(right_NC), now=500, more=100)
    ratio = carry_on(SIZES, Ratios(3 * right_NC, np.full(right_NC.shape, 3.0)), now=500, more=100)
    macro = carry_on(SIZES, MacroF1(truth, given, 2), now=500, more=100)
    assert plain.gain is not None
    assert ratio.gain is not None
    assert macro.gain is not None
    assert ratio.gain.low == pytest.approx(plain.gain.low)
    assert ratio.gain.high == pytest.approx(plain.gain.high)
    assert macro.gain.point == pytest.approx(plain.gain.point, abs=0.002)
    assert macro.gain.width == pytest.approx(plain.gain.width, rel=0.3)


def test_where_a_curve_may_have_no_floor_the_gain_has_as_much_room_above_as_below() -> None:
    whole = Interval(0.01, 0.06, 0.05, 0.95)
    assert _beyond_the_edge(whole).high == pytest.approx(0.09)
    assert _beyond_the_edge(Interval(0.04, 0.09, 0.05, 0.95)).high == 0.09


def test_three_orders_drawn_anew_vary_as_much_as_orders_do() -> None:
    errors = np.tile(np.array([0.1, 0.2, 0.3]), (20_000, 2, 1))
    drawn = _over_orders(errors, 0)
    assert drawn.mean() == pytest.approx(0.2, abs=0.002)
    assert drawn.var(axis=0) == pytest.approx(np.var([0.1, 0.2, 0.3], ddof=1) / 3, rel=0.05)
    assert _over_orders(errors[:5, :, :1], 0) == pytest.approx(0.1)
