from __future__ import annotations

import math

import pytest

from etude.records.estimate import Estimate
from etude.report import _figures as figures


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
    assert figures.percent(share, n) == text


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
    assert figures.points(difference, n) == text


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
    assert figures.money(amount, "EUR") == text


def test_a_cost_below_a_cent_is_exact_where_asked() -> None:
    assert figures.money(0.000173, "EUR", exact=True) == "0.00017\u00a0EUR"


def test_a_range_that_reads_as_one_figure_is_left_out() -> None:
    assert figures.money_range(0.0001, 0.002, "EUR") == ""
    assert figures.money_range(2.8, 3.25, "EUR") == "2.80 to 3.25\u00a0EUR"


def test_milliseconds() -> None:
    assert figures.milliseconds(6.13) == "6.1\u00a0ms"
    assert figures.milliseconds(1240.4) == "1,240\u00a0ms"
    assert figures.milliseconds_range(Estimate(value=9, low=8.04, high=11.6)) == "8 to 12\u00a0ms"


@pytest.mark.parametrize(("count", "text"), [(837, "840"), (7, "7"), (12_345, "13,000")])
def test_planning_figures_have_two_digits(count: float, text: str) -> None:
    assert figures.about(count) == text
