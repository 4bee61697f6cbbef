from __future__ import annotations

import numpy as np
import pytest

from etude.statistics.platt import Platt, cross_fitted, fit_platt
from etude.statistics.proportions import wilson
from etude.statistics.selective import at_threshold, aurc, auroc, curve

NAN = float("nan")


def test_auroc_counts_pairs() -> None:
    score, right = [0.9, 0.8, 0.8, 0.3, NAN], [1, 1, 0, 0, 0]
    # Six pairs of a right and a wrong answer: five in order, one tied.
    assert auroc(score, right) == pytest.approx((5 + 0.5) / 6)
    assert auroc([0.2, 0.4], [1, 1]) is None


def test_aurc_by_hand_and_whatever_the_order_of_ties() -> None:
    assert aurc([0.9, 0.7, 0.5], [1, 0, 1]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert aurc([0.5, 0.5], [1, 0]) == aurc([0.5, 0.5], [0, 1]) == pytest.approx(0.5)
    assert aurc([0.9, 0.1], [1, 1]) == 0


def test_a_threshold_has_its_coverage_and_precision() -> None:
    score, right = np.linspace(0.01, 1, 100), np.append(np.zeros(40), np.ones(60))
    point = at_threshold(score, right, 0.31)
    assert point.answered == 70
    assert (point.coverage.low, point.coverage.point) == (wilson(70, 100).low, 0.7)
    assert point.precision == wilson(60, 70)
    assert at_threshold(score, right, 1.5).precision is None


def test_groups_widen_both() -> None:
    score, right = np.repeat(np.linspace(0.1, 1, 25), 4), np.repeat(np.arange(25) % 3 > 0, 4)
    alone = at_threshold(score, right, 0.3)
    grouped = at_threshold(score, right, 0.3, groups=np.repeat(np.arange(25), 4))
    assert grouped.coverage.width > alone.coverage.width
    assert grouped.precision.width > alone.precision.width


def test_the_curve_goes_from_few_to_all_that_have_a_confidence() -> None:
    rng = np.random.default_rng(0)
    score = np.append(rng.random(90), [NAN] * 10)
    points = curve(score, np.append(rng.random(90) < score[:90], np.zeros(10)))
    answered = [point.answered for point in points]
    assert answered == sorted(set(answered))
    assert (answered[0], answered[-1]) == (5, 90)
    assert points[0].precision.point > points[-1].precision.point
    assert curve([NAN], [0]) == ()
    assert len(curve([0.5] * 30, [1, 0] * 15)) == 1


def test_platt_finds_the_odds_that_scores_were_made_with() -> None:
    rng = np.random.default_rng(0)
    score = rng.random(20_000)
    truth = Platt(0.5, 1.0).apply(score)
    found = fit_platt(score, (rng.random(20_000) < truth).astype(float))
    assert (found.slope, found.intercept) == pytest.approx((0.5, 1.0), abs=0.06)


def test_platt_never_turns_the_order_round_nor_is_certain() -> None:
    score = np.linspace(0.1, 0.9, 30)
    turned = fit_platt(score, (score < 0.5).astype(float)).apply(score)
    assert (np.diff(turned) > 0).all()
    sure = fit_platt(score, np.ones(30)).apply(score)
    assert 0.9 < sure.min() <= sure.max() < 0.999
    assert np.isnan(fit_platt(score, np.ones(30)).apply([NAN])).all()
    assert fit_platt([NAN], [0]) is None


def test_cross_fitted_probabilities_do_not_see_their_own_fold() -> None:
    score, fold = np.tile([0.2, 0.8], 40), np.repeat([0, 1], 40)
    right = np.append(np.ones(40), np.zeros(40))
    found = cross_fitted(score, right, fold)
    assert found[:40].max() < 0.05
    assert found[40:].min() > 0.95
    assert np.isnan(cross_fitted([0.5, 0.5], [1, 0], [0, 0])).all()
