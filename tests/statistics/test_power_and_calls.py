from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.statistics.calls import (
    BarCall,
    Call,
    call_at_least,
    call_at_most,
    call_pair,
)
from etude.statistics.intervals import Interval, interval_around, two_sided_quantile, widened
from etude.statistics.paired import PairedCounts, bonett_price
from etude.statistics.power import (
    design_effect,
    minimum_detectable_effect,
    required_n,
    settling,
)

SIZES = [50, 100, 200, 500, 1000, 2000]
# In points, 80 % power, 5 % error, one comparison.
TABLE = {
    0.10: [10, 8.5, 6.1, 3.9, 2.8, 2.0],
    0.20: [16.5, 12.1, 8.7, 5.6, 3.9, 2.8],
    0.30: [20, 14.8, 10.6, 6.8, 4.8, 3.4],
}


@pytest.mark.parametrize("discordance", TABLE)
def test_the_published_table(discordance: float) -> None:
    for n, points in zip(SIZES, TABLE[discordance], strict=True):
        effect = minimum_detectable_effect(n, discordance)
        digits = 0 if points == 20 else 1
        assert round(100 * effect.difference, digits) == points
        assert effect.beyond_reach == (discordance == 0.10 and n == 50)


@settings(deadline=None, derandomize=True)
@given(st.integers(100, 5000), st.floats(0.05, 0.9), st.integers(1, 10), st.floats(0, 0.5))
def test_required_n_and_detectable_effect_are_inverse(
    n: int, discordance: float, comparisons: int, rho: float
) -> None:
    shared = {"comparisons": comparisons, "group_size": 3, "correlation": rho}
    effect = minimum_detectable_effect(n, discordance, **shared)
    if not effect.beyond_reach:
        assert required_n(effect.difference, discordance, **shared) == pytest.approx(n, abs=1)


def test_required_n_by_hand() -> None:
    # (1.95996 + 0.84162)^2 (0.1 - 0.05^2) / 0.05^2 = 306.1
    assert required_n(0.05, 0.1) == 307
    assert required_n(-0.05, 0.1) == 307
    assert required_n(0.05, 0.1, group_size=4, correlation=0.2) == math.ceil(306.1 * 1.6)
    assert required_n(0.0, 0.1) == math.inf
    assert design_effect(5, -0.2) == 1
    with pytest.raises(ValueError, match="discordance"):
        required_n(0.2, 0.1)


def test_settling_as_expected_is_the_number_at_which_the_word_changes() -> None:
    found = settling(0.03, 0.12, 0.02, 100, goal=Call.NO_WORSE, chance=0.5)
    assert found.call is Call.NO_WORSE
    assert found.total is not None
    assert found.more == found.total - 100
    assert settling(0.03, 0.12, 0.02, found.total, goal=Call.NO_WORSE).more == 0
    better = settling(0.03, 0.12, 0.02, 100, goal=Call.BETTER, chance=0.5)
    # half-width 1.96 sqrt(0.12 - 0.03^2) / sqrt(n) = 0.03
    assert better.total == pytest.approx(1.96**2 * 0.1191 / 0.03**2, rel=0.05)
    assert settling(-0.1, 0.2, 0.02, 40).call is Call.WORSE
    assert settling(0.0, 0.12, 0.02, 5000, goal=Call.NO_WORSE).more == 0  # better is no worse
    with pytest.raises(ValueError, match="at least 1"):
        settling(0.03, 0.12, 0.02, 0)


@pytest.mark.parametrize(("difference", "n"), [(0.01, 200), (0.0, 300), (-0.02, 150)])
def test_so_many_more_settle_it_as_often_as_said(difference: float, n: int) -> None:
    """The true difference is drawn from what n items leave open, then the new items are."""
    discordance, margin = 0.12, 0.02
    rng = np.random.default_rng(5)

    def share_settled(size: int) -> float:
        words = []
        for true in rng.normal(difference, math.sqrt(discordance / n), 3000).clip(-0.11, 0.11):
            more = size - n
            shares = [(discordance + true) / 2, (discordance - true) / 2, 1 - discordance]
            first, second, _ = rng.multinomial(more, shares)
            first += n * (discordance + difference) / 2
            second += n * (discordance - difference) / 2
            words.append(call_pair(bonett_price(PairedCounts(first, second, size)), margin).call)
        return float(np.mean([word is not Call.CANT_TELL for word in words]))

    total = settling(difference, discordance, margin, n).total
    assert total is not None
    assert share_settled(total) == pytest.approx(0.8, abs=0.04)
    assert share_settled(int(n + 0.5 * (total - n))) < 0.77
    assert settling(difference, discordance, margin, n, chance=0.9).total > total  # type: ignore[operator]


def test_settling_pays_for_folds_groups_and_comparisons() -> None:
    plain = settling(0.0, 0.12, 0.02, 500).more
    assert plain is not None
    for dearer in (
        settling(0.0, 0.12, 0.02, 500, variance_factor=2.25),
        settling(0.0, 0.12, 0.02, 500, group_size=3, correlation=0.5),
        settling(0.0, 0.12, 0.02, 500, comparisons=10),
    ):
        assert dearer.more is not None
        assert dearer.more > 1.2 * plain


def test_some_questions_never_settle() -> None:
    assert settling(0.0, 0.1, 0.02, 100, goal=Call.BETTER).total is None
    assert settling(0.0, 0.1, 0.02, 100, goal=Call.BETTER).more is None
    assert settling(-0.03, 0.1, 0.02, 100, goal=Call.BETTER).total is None
    assert settling(0.0, 0.0, 0.02, 10).total is not None  # no disagreement settles by itself


@pytest.mark.parametrize(
    ("low", "high", "call", "worth_it"),
    [
        (0.02, 0.08, Call.BETTER, True),
        (0.001, 0.08, Call.BETTER, False),
        (0.0, 0.08, Call.NO_WORSE, False),
        (-0.019, 0.001, Call.NO_WORSE, False),
        (-0.015, -0.001, Call.NO_WORSE, False),
        (-0.02, 0.01, Call.CANT_TELL, False),
        (-0.02, -0.001, Call.WORSE, False),
        (-0.1, 0.0, Call.CANT_TELL, False),
    ],
)
def test_the_words(low: float, high: float, call: Call, worth_it: bool) -> None:
    found = call_pair(Interval(low, high, (low + high) / 2, 0.95), 0.02)
    assert (found.call, found.worth_it) == (call, worth_it)


def test_margin_must_not_be_negative() -> None:
    with pytest.raises(ValueError, match="margin"):
        call_pair(Interval(0, 1, 0.5, 0.95), -0.1)


def test_bars() -> None:
    interval = Interval(0.8, 0.9, 0.85, 0.95)
    assert call_at_least(interval, 0.8) is BarCall.MET
    assert call_at_least(interval, 0.85) is BarCall.UNCERTAIN
    assert call_at_least(interval, 0.91) is BarCall.NOT_MET
    assert call_at_most(interval, 0.9) is BarCall.MET
    assert call_at_most(interval, 0.85) is BarCall.UNCERTAIN
    assert call_at_most(interval, 0.79) is BarCall.NOT_MET


def test_intervals_keep_their_order() -> None:
    with pytest.raises(ValueError, match="low <= point <= high"):
        Interval(0.5, 0.4, 0.45, 0.95)
    assert interval_around(0.5, 0.6, 0.9, 0.95).low == 0.5
    assert widened(Interval(0.2, 0.5, 0.4, 0.95), 4, floor=0).low == 0
    assert widened(Interval(0.2, 0.5, 0.4, 0.95), 4).high == pytest.approx(0.6)
    assert two_sided_quantile(0.95) == pytest.approx(1.959964)
    assert two_sided_quantile(0.95, 10) == pytest.approx(2.807034)
    assert two_sided_quantile(0.95, 1, 9) == pytest.approx(2.262157)
    assert two_sided_quantile(0.95, 1, 0) == math.inf
    with pytest.raises(ValueError, match="comparisons"):
        two_sided_quantile(0.95, 0)
