"""The difference of two estimates from different items, against published figures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import hypergeom

from etude.statistics.intervals import Interval
from etude.statistics.proportions import wilson
from etude.statistics.unpaired import difference, more_often


def test_newcombe_1998_table_2() -> None:
    """Method 10 on 56/70 against 48/80: 0.0524 to 0.3339."""
    found = difference(wilson(56, 70), wilson(48, 80))
    assert found.point == pytest.approx(0.2)
    assert (found.low, found.high) == (
        pytest.approx(0.0524, abs=5e-5),
        pytest.approx(0.3339, abs=5e-5),
    )


def test_turned_round_it_changes_its_sign() -> None:
    a, b = Interval(0.2, 0.6, 0.5, 0.95), Interval(0.1, 0.4, 0.2, 0.95)
    assert difference(a, b).negated() == difference(b, a)


def test_the_lady_who_tasted_tea() -> None:
    """Fisher (1935): 4 of 4 against 0 of 4 by chance in 1 of 70, 3 or more in 17."""
    assert more_often(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert more_often(3, 4, 1, 4) == pytest.approx(17 / 70)


def test_it_is_the_tail_of_the_hypergeometric_distribution() -> None:
    drawn = np.random.default_rng(0)
    for _ in range(300):
        n, other_n = drawn.integers(0, 300, 2)
        count, other = drawn.integers(0, n + 1), drawn.integers(0, other_n + 1)
        wanted = hypergeom.sf(count - 1, n + other_n, count + other, n)
        assert more_often(int(count), int(n), int(other), int(other_n)) == pytest.approx(
            float(wanted), rel=1e-8, abs=1e-14
        )


def test_a_count_above_its_n_is_refused() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        more_often(5, 4, 0, 4)


def test_two_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="one level"):
        difference(Interval(0, 1, 0.5, 0.9), Interval(0, 1, 0.5, 0.95))
