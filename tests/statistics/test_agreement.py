"""Kappa, and what a judge who errs saw: published figures and simulated coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from etude.statistics.agreement import YesNo, kappa, kappa_interval
from etude.statistics.intervals import Interval
from etude.statistics.misclassification import (
    sensitivity,
    sharpness,
    specificity,
    true_difference,
    true_share,
)
from etude.statistics.paired import PairedCounts, bonett_price

DRAWS = 600


def drawn(random: np.random.Generator, good: int, bad: int, hit: float, clear: float) -> YesNo:
    """Labels of a judge with these true rates."""
    yes, no = int(random.binomial(good, hit)), int(random.binomial(bad, clear))
    return YesNo(yes, bad - no, good - yes, no)


def test_kappa_of_a_textbook_table() -> None:
    # Grants read by two: 20 yes-yes, 5 and 10 apart, 15 no-no (the usual worked example).
    table = YesNo(20, 5, 10, 15)
    assert kappa(table) == pytest.approx(0.4)
    assert kappa(YesNo(50, 0, 0, 50)) == 1.0
    assert kappa(YesNo(25, 25, 25, 25)) == 0.0
    assert math.isnan(kappa(YesNo(9, 0, 0, 0)))
    assert kappa_interval(YesNo(9, 0, 0, 0)) is None


def test_full_agreement_still_leaves_doubt() -> None:
    few, many = kappa_interval(YesNo(10, 0, 0, 10)), kappa_interval(YesNo(100, 0, 0, 100))
    assert few is not None
    assert many is not None
    assert few.high == many.high == 1.0
    assert few.low < many.low < 1.0


@pytest.mark.parametrize("cells", [(0.6, 0.06, 0.04, 0.3), (0.8, 0.05, 0.05, 0.1)])
def test_kappas_interval_covers(cells: tuple[float, float, float, float]) -> None:
    random = np.random.default_rng(0)
    both, first, second, neither = cells
    chance = (both + first) * (both + second) + (second + neither) * (first + neither)
    truth = (both + neither - chance) / (1 - chance)
    held = 0
    for counts in random.multinomial(120, cells, DRAWS):
        found = kappa_interval(YesNo(*map(int, counts)))
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.92 <= held / DRAWS <= 0.99


def test_rates_of_a_judge() -> None:
    table = YesNo(both_yes=45, only_first=10, only_second=5, both_no=40)
    hit, clear, sharp = sensitivity(table), specificity(table), sharpness(table)
    assert hit is not None
    assert clear is not None
    assert sharp is not None
    assert (hit.point, clear.point) == (pytest.approx(0.9), pytest.approx(0.8))
    assert sharp.low < sharp.point < sharp.high
    assert sharp.point == pytest.approx(0.7)
    assert sharpness(YesNo(50, 0, 0, 0)) is None


def test_a_share_is_put_right() -> None:
    table = YesNo(both_yes=90, only_first=20, only_second=10, both_no=80)
    # Of 60 % good ones such a judge passes 0.6 x 0.9 + 0.4 x 0.2 = 62 %.
    assert true_share(0.62, 400, table).point == pytest.approx(0.6)
    sure = YesNo(90_000, 20_000, 10_000, 80_000)
    assert true_share(0.62, 400, sure).width < true_share(0.62, 400, table).width
    with pytest.raises(ValueError, match="chance"):
        true_share(0.5, 100, YesNo(10, 30, 30, 10))


@pytest.mark.parametrize("truth", [0.5, 0.9])
@pytest.mark.parametrize(("good", "bad"), [(60, 40), (90, 30)])
def test_a_true_share_is_covered(truth: float, good: int, bad: int) -> None:
    random, hit, clear = np.random.default_rng(1), 0.9, 0.85
    seen = truth * hit + (1 - truth) * (1 - clear)
    held = 0
    for share in random.binomial(300, seen, DRAWS) / 300:
        found = true_share(float(share), 300, drawn(random, good, bad, hit, clear))
        held += found.low <= truth <= found.high
    assert 0.925 <= held / DRAWS <= 0.99


def test_a_difference_shrinks_in_a_judges_eyes() -> None:
    seen, sharp = Interval(0.02, 0.12, 0.07, 0.95), Interval(0.6, 0.8, 0.7, 0.95)
    found = true_difference(seen, sharp)
    assert found.point == pytest.approx(0.1)
    assert 0 < found.low < found.point < found.high
    back = true_difference(seen.negated(), sharp).negated()
    assert (back.low, back.high) == (pytest.approx(found.low), pytest.approx(found.high))
    perfect = true_difference(seen, Interval(1.0, 1.0, 1.0, 0.95))
    assert (perfect.low, perfect.high) == (pytest.approx(0.02), pytest.approx(0.12))
    with pytest.raises(ValueError, match="may be 0"):
        true_difference(seen, Interval(-0.1, 0.5, 0.2, 0.95))


@pytest.mark.parametrize("gap", [0.0, 0.1])
def test_a_true_difference_is_covered(gap: float) -> None:
    random, hit, clear, n = np.random.default_rng(2), 0.9, 0.85, 300
    held = 0
    for _ in range(DRAWS):
        first, second = random.random(n) < 0.7 + gap, random.random(n) < 0.7
        said = [
            np.where(good, random.random(n) < hit, random.random(n) > clear)
            for good in (first, second)
        ]
        counts = PairedCounts(int((said[0] & ~said[1]).sum()), int((said[1] & ~said[0]).sum()), n)
        sharp = sharpness(drawn(random, 70, 50, hit, clear))
        assert sharp is not None
        found = true_difference(bonett_price(counts), sharp)
        held += found.low <= gap <= found.high
    assert 0.925 <= held / DRAWS <= 0.99
