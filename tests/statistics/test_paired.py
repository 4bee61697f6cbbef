from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.statistics.paired import (
    PairedCounts,
    bonett_price,
    bonett_price_grouped,
    count_pairs,
    mcnemar_exact,
    mcnemar_mid_p,
    tango,
)

counts_of = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 200)).map(
    lambda t: PairedCounts(t[0], t[1], t[0] + t[1] + t[2])
)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # statpsych, ci.prop.ps(.05, 12, 4, 26, 6), by the authors of the interval
        (PairedCounts(26, 4, 48), 0.2548067, 0.6251933),
        # Fagerland, Lydersen & Laake (2014): airway reactivity (Bentur et al. 2009)
        (PairedCounts(1, 7, 21), -0.508, -0.013),
    ],
)
def test_bonett_price_published(counts: PairedCounts, low: float, high: float) -> None:
    interval = bonett_price(counts)
    assert interval.low == pytest.approx(low, abs=6e-4 if counts.n == 21 else 1e-6)
    assert interval.high == pytest.approx(high, abs=6e-4 if counts.n == 21 else 1e-6)


@pytest.mark.parametrize(
    ("counts", "level", "low", "high"),
    [
        # Fagerland, Lydersen & Laake (2014)
        (PairedCounts(1, 7, 21), 0.95, -0.517, -0.026),
        # Tango (1998), contact lenses: 43 both, 0 and 1 discordant
        (PairedCounts(0, 1, 44), 0.90, -0.096, 0.037),
        # R PropCIs::scoreci.mp(25, 28, 618, 0.90)
        (PairedCounts(28, 25, 618), 0.90, -0.0148, 0.0247),
    ],
)
def test_tango_published(counts: PairedCounts, level: float, low: float, high: float) -> None:
    interval = tango(counts, level)
    assert interval.low == pytest.approx(low, abs=5e-4)
    assert interval.high == pytest.approx(high, abs=5e-4)


def test_tango_at_the_edges() -> None:
    assert tango(PairedCounts(10, 0, 10)).high == 1
    assert tango(PairedCounts(0, 10, 10)).low == -1
    nothing = tango(PairedCounts(0, 0, 100))
    assert nothing.low == pytest.approx(-nothing.high, abs=1e-9)
    assert nothing.high == pytest.approx(1.96**2 / (100 + 1.96**2), abs=1e-4)


@pytest.mark.parametrize("interval_of", [bonett_price, tango])
@settings(deadline=None, derandomize=True, max_examples=60)
@given(counts=counts_of, level=st.floats(0.3, 0.95))
def test_pairs_are_antisymmetric_and_grow(interval_of, counts: PairedCounts, level: float) -> None:
    interval, wider = interval_of(counts, level), interval_of(counts, level + 0.03)
    swapped = replace(counts, only_first=counts.only_second, only_second=counts.only_first)
    other = interval_of(swapped, level).negated()
    assert interval.low == pytest.approx(other.low, abs=1e-9)
    assert interval.high == pytest.approx(other.high, abs=1e-9)
    assert wider.low <= interval.low <= counts.difference <= interval.high <= wider.high
    assert interval.width > 0
    assert interval_of(counts, level, comparisons=10).width > interval.width


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_items_and_counts_agree(pairs: list[tuple[bool, bool]]) -> None:
    first, second = np.array(pairs).T
    counts = count_pairs(first, second)
    plain = bonett_price(counts)
    assert counts.discordance == pytest.approx(np.mean(first != second))
    for groups in (None, np.arange(len(pairs))):
        grouped = bonett_price_grouped(first, second, groups)
        assert grouped.low == pytest.approx(plain.low)
        assert grouped.high == pytest.approx(plain.high)


def test_groups_that_agree_within_are_one_observation_each() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.random((2, 40)) < 0.7
    names = np.repeat(np.arange(40), 5)
    plain = bonett_price(count_pairs(first, second))
    grouped = bonett_price_grouped(np.repeat(first, 5), np.repeat(second, 5), names)
    assert grouped.width > plain.width
    assert grouped.width == pytest.approx(plain.width, rel=0.06)  # t on 39 in place of normal


def test_groups_of_independent_items_cost_little() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.random((2, 3000)) < 0.8
    grouped = bonett_price_grouped(first, second, np.arange(3000) // 30)
    assert grouped.width == pytest.approx(bonett_price(count_pairs(first, second)).width, rel=0.2)


def test_no_disagreement_still_has_width_by_groups() -> None:
    same = np.ones(100)
    items = bonett_price_grouped(same, same, None)
    groups = bonett_price_grouped(same, same, np.arange(100) // 10)
    assert 0.02 < items.high < groups.high
    lone = bonett_price_grouped(same, same, np.zeros(100))
    assert (lone.low, lone.high) == (-1, 1)


def test_mcnemar_published() -> None:
    # Fagerland, Lydersen & Laake (2013): 1 and 7 discordant: exact 0.0703, mid-p 0.0391
    counts = PairedCounts(1, 7, 21)
    assert mcnemar_exact(counts) == pytest.approx(0.0703, abs=5e-5)
    assert mcnemar_mid_p(counts) == pytest.approx(0.0391, abs=5e-5)
    assert mcnemar_exact(PairedCounts(2, 12, 40)) == pytest.approx(2 * 106 / 2**14)
    assert mcnemar_exact(PairedCounts(0, 0, 9)) == mcnemar_mid_p(PairedCounts(0, 0, 9)) == 1
    assert mcnemar_exact(PairedCounts(4, 4, 9)) == 1
    assert mcnemar_mid_p(PairedCounts(4, 4, 9)) <= 1


def test_bad_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="disagree"):
        PairedCounts(3, 3, 5)
    with pytest.raises(ValueError, match="negative"):
        PairedCounts(-1, 3, 5)
    with pytest.raises(ValueError, match="whole counts"):
        mcnemar_exact(PairedCounts(1.5, 2, 9))
    with pytest.raises(ValueError, match="score arrays"):
        count_pairs([1, 0], [1])
    with pytest.raises(ValueError, match="level"):
        bonett_price(PairedCounts(1, 2, 9), 95)
