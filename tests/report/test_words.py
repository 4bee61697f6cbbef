from __future__ import annotations

import math

import pytest

from etude.records.comparison import Estimate
from etude.report import _words as words

from . import fixtures


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [
        (0.9324, 200, "93.2\u00a0%"),
        (0.9324, 199, "93\u00a0%"),
        (0.0, 500, "0.0\u00a0%"),
        (None, 500, "not measured"),
        (float("nan"), 500, "not measured"),
    ],
)
def test_a_percentage_is_as_exact_as_its_items_allow(
    share: float | None, n: int, text: str
) -> None:
    assert words.percent(share, n) == text


@pytest.mark.parametrize(
    ("difference", "n", "text"),
    [
        (0.014, 500, "+1.4\u00a0points"),
        (-0.014, 500, "−1.4\u00a0points"),
        (0.0001, 500, "0.0\u00a0points"),
        (-0.0001, 500, "0.0\u00a0points"),
        (0.01, 500, "+1.0\u00a0point"),
        (-0.07, 96, "−7\u00a0points"),
    ],
)
def test_a_difference_has_its_sign_and_no_minus_zero(difference: float, n: int, text: str) -> None:
    assert words.points(difference, n) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (3.012, "3.01\u00a0EUR"),
        (0.00017, "under 0.01\u00a0EUR"),
        (0.0, "0\u00a0EUR"),
        (0.31, "0.31\u00a0EUR"),
        (0.031, "0.031\u00a0EUR"),
        (1234.5, "1,234\u00a0EUR"),
        (None, "not measured"),
        (math.inf, "can't be said: no requests a month"),
    ],
)
def test_money_names_its_currency(amount: float | None, text: str) -> None:
    assert words.money(amount, "EUR") == text


def test_a_cost_below_a_cent_is_exact_where_asked() -> None:
    assert words.money(0.000173, "EUR", exact=True) == "0.00017\u00a0EUR"


def test_a_range_that_reads_as_one_figure_is_left_out() -> None:
    assert words.money_range(0.0001, 0.002, "EUR") == ""
    assert words.money_range(2.8, 3.25, "EUR") == "2.80 to 3.25\u00a0EUR"


def test_milliseconds() -> None:
    assert words.milliseconds(6.13) == "6.1\u00a0ms"
    assert words.milliseconds(1240.4) == "1,240\u00a0ms"
    assert words.milliseconds_range(Estimate(value=9, low=8.04, high=11.6)) == "8 to 12\u00a0ms"


def test_a_difference_reads_the_same_from_both_ends() -> None:
    comparison = fixtures.fine_tune()
    a, b = "probe@builtin:minilm", "finetune@builtin:minilm"
    there, back = words.difference(comparison, b, a), words.difference(comparison, a, b)
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == (-back.high, -back.low)
    assert there.call == "better"
    assert back.call == "worse"
    assert words.difference(comparison, a, "none@such") is None


@pytest.mark.parametrize(("count", "text"), [(837, "840"), (7, "7"), (12_345, "13,000")])
def test_planning_figures_have_two_digits(count: float, text: str) -> None:
    assert words.about(count) == text


def test_every_next_command_of_the_verdict_has_words() -> None:
    for command in ("etude compare", "etude report --rows", 'etude predict "a new text"'):
        assert words.next_words(command) != words.next_words("something else")
