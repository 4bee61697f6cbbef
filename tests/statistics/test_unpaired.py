"""The difference of two estimates from different items, against published figures."""

from __future__ import annotations

import pytest

from etude.statistics.intervals import Interval
from etude.statistics.proportions import wilson
from etude.statistics.unpaired import difference


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


def test_two_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="one level"):
        difference(Interval(0, 1, 0.5, 0.9), Interval(0, 1, 0.5, 0.95))
