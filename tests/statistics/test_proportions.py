from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.statistics.proportions import effective_size, rule_of_three, wilson, wilson_grouped


def test_wilson_published_example() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I: 81 of 263, 15 of 148, 0 of 20
    for successes, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        interval = wilson(successes, n)
        assert interval.low == pytest.approx(low, abs=5e-5)
        assert interval.high == pytest.approx(high, abs=5e-5)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.5, 0.95))
def test_wilson_holds_its_point_and_grows_with_level(n: int, share: float, level: float) -> None:
    successes = round(n * share)
    narrow, wide = wilson(successes, n, level), wilson(successes, n, level + 0.04)
    assert 0 <= wide.low <= narrow.low <= successes / n <= narrow.high <= wide.high <= 1
    assert narrow.width > 0


def test_variance_factor_is_a_smaller_sample() -> None:
    assert wilson(40, 100, variance_factor=2).low == pytest.approx(wilson(20, 50).low)


def test_groups_of_one_are_plain_wilson() -> None:
    scores = np.arange(50) % 3 == 0
    assert wilson_grouped(scores, np.arange(50)) == wilson(17, 50)


def test_copies_of_an_item_add_nothing_but_the_t_quantile() -> None:
    scores = np.arange(60) % 3 == 0
    copies = np.repeat(scores, 4)
    names = np.repeat(np.arange(60), 4)
    assert effective_size(copies, names) == pytest.approx(59, abs=1e-9)
    assert wilson_grouped(copies, names).width > wilson(20, 60).width
    assert wilson_grouped(copies, names).width == pytest.approx(wilson(20, 60).width, rel=0.05)


def test_unlike_items_of_a_group_count_in_full() -> None:
    scores = np.tile([0, 1], 40)
    assert effective_size(scores, np.repeat(np.arange(40), 2)) == 80


def test_all_right_counts_groups_not_items() -> None:
    interval = wilson_grouped(np.ones(100), np.repeat(np.arange(10), 10))
    assert interval.low < wilson(10, 10).low
    assert interval.high == 1


def test_one_group_says_nothing() -> None:
    interval = wilson_grouped(np.arange(20) % 2, np.zeros(20))
    assert (interval.low, interval.high) == (0, 1)


def test_rule_of_three() -> None:
    assert rule_of_three(100) == pytest.approx(0.03, abs=1e-4)
    assert rule_of_three(1) == 1
    assert rule_of_three(300, 0.99) == pytest.approx(4.605 / 300, abs=1e-5)


@pytest.mark.parametrize(("successes", "n"), [(5, 0), (-1, 3), (4, 3)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, n)


def test_scores_that_are_no_shares_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_grouped([0, 2], [1, 1])
    with pytest.raises(ValueError, match="nan"):
        wilson_grouped([0, np.nan], [1, 1])
    with pytest.raises(ValueError, match="groups"):
        wilson_grouped([0, 1], [1])
