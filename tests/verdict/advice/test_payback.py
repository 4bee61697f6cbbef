"""The payback, by hand-computed figures; its ranges, and what it hangs on."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.records.advice import Outlook
from etude.records.task import Economics
from etude.verdict.advice import payback
from etude.verdict.advice._money import hangs_on, pays_back
from etude.verdict.advice._words import in_months, money
from etude.verdict.advice.payback import Range, net, outlook

from ._evidence import evidence, examples, tried, way

VALUES = {
    "requests_per_month": 6000.0,
    "minutes_to_fix": 2.0,
    "hourly_rate": 30.0,
    "gain": 0.1,
    "unanswered": 0.0,
    "running": 0.001,
    "hours_to_collect": 6.0,
    "cleaning": 1.0,
    "testing": 3.0,
    "upkeep_hours_per_month": 2.0,
    "training": 0.5,
    "retrainings": 4.0,
}
ECONOMICS = Economics(horizon_months=12, currency="EUR")


def inputs(**changes: Range) -> dict[str, Range]:
    return {name: Range(v * 0.8, v, v * 1.25) for name, v in VALUES.items()} | changes


def test_it_is_what_is_saved_less_what_is_spent() -> None:
    saved = 12 * (6000 * (0.1 * 2 / 60 * 30 + 0.001))
    spent = 12 * 2 * 30 + (6 + 1 + 3) * 30 + 5 * 0.5
    assert net(VALUES, 12) == pytest.approx(saved - spent)


def test_the_range_holds_every_combination_and_its_ends_are_reached() -> None:
    given_, found = inputs(), outlook(ECONOMICS, inputs(), "x")
    ends = [
        net(dict(zip(given_, c, strict=True)), 12)
        for c in product(*((r.low, r.high) for r in given_.values()))
    ]
    assert found.net[0] == pytest.approx(min(ends))
    assert found.net[2] == pytest.approx(max(ends))
    assert found.net[1] == pytest.approx(net(VALUES, 12))
    assert found.net[0] < found.net[1] < found.net[2]


def test_the_lines_add_up_to_the_middle_where_nothing_varies() -> None:
    still = {name: Range(v, v, v) for name, v in VALUES.items()}
    found = outlook(ECONOMICS, still, "x")
    assert sum(line.low for line in found.lines) == pytest.approx(found.net[1])
    assert found.break_even_months[0] == found.break_even_months[1]
    up_front = 10 * 30 + 0.5
    monthly = 6000 * (0.1 * 2 / 60 * 30 + 0.001) - 60 - 4 * 0.5 / 12
    assert found.break_even_months[0] == pytest.approx(up_front / monthly)
    assert found.break_even_requests[0] == pytest.approx(6000 * up_front / monthly)


def test_each_column_adds_up_to_what_is_left() -> None:
    for gain in (Range(0.05, 0.1, 0.2), Range(-0.02, 0.01, 0.02), Range(0.0, 0.0, 0.0)):
        found = outlook(ECONOMICS, inputs(gain=gain), "x")
        assert sum(line.low for line in found.lines) == pytest.approx(found.net[0])
        assert sum(line.high for line in found.lines) == pytest.approx(found.net[2])


def test_the_two_inputs_that_matter_most_come_first_with_their_tipping_points() -> None:
    found = outlook(ECONOMICS, inputs(gain=Range(0.0, 0.1, 0.2)), "x")
    assert len(found.drivers) == 2
    first = found.drivers[0]
    assert first.key == "gain"
    swing = [abs(d.net_high - d.net_low) for d in payback.drivers(inputs(), 12)]
    assert swing == sorted(swing, reverse=True)
    for driver in found.drivers:
        if driver.tipping is not None:
            assert net(VALUES | {driver.key: driver.tipping}, 12) == pytest.approx(0, abs=1e-6)
    assert first.tipping is not None


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 200), st.floats(0, 0.1), st.floats(1, 36))
def test_it_pays_back_within_the_horizon_exactly_where_something_is_left(
    training: float, gain: float, months: float
) -> None:
    values = VALUES | {"training": training, "gain": gain}
    still = {name: Range(v, v, v) for name, v in values.items()}
    found = outlook(ECONOMICS.model_copy(update={"horizon_months": months}), still, "x")
    if abs(found.net[1]) > 1e-6:
        assert (found.break_even_months[0] < months) == (found.net[1] > 0)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 20), st.floats(0, 20), st.floats(0, 0.3), st.floats(0, 0.3))
def test_more_minutes_to_fix_never_make_it_less(
    minutes: float, more: float, a: float, b: float
) -> None:
    low, high = sorted((a, b))
    gain = Range(low, (low + high) / 2, high)

    def found(value: float) -> Outlook:
        minutes_to_fix = Range(0.75 * value, value, 1.25 * value)
        return outlook(ECONOMICS, inputs(gain=gain, minutes_to_fix=minutes_to_fix), "x")

    less, greater = found(minutes), found(minutes + more)
    assert all(a <= b + 1e-6 for a, b in zip(less.net, greater.net, strict=True))
    assert less.break_even_months[0] >= greater.break_even_months[0]


def test_what_is_stated_is_varied_less_than_what_is_assumed() -> None:
    few = examples(learned=60, independent=60)
    stated = payback.closing(evidence(tried=tried(0.72), examples=few))
    assumed = payback.closing(evidence(tried=tried(0.72), examples=few, stated=frozenset()))
    assert stated is not None
    assert assumed is not None
    assert assumed.net[1] == pytest.approx(stated.net[1])
    assert assumed.net[0] < stated.net[0]
    assert assumed.net[2] > stated.net[2]


def test_closing_is_what_lacks_to_the_bar_and_fine_tuning_what_was_measured() -> None:
    found = evidence(tried=tried(0.72, 0.80))
    closing, tuning = payback.closing(found), payback.fine_tuning(found)
    assert closing is not None
    assert tuning is not None
    assert closing.gain == pytest.approx((0.15, 0.18, 0.21))
    assert tuning.gain == pytest.approx((0.06, 0.08, 0.10))
    assert payback.fine_tuning(evidence(tried=tried(0.72))) is None
    assert payback.closing(evidence(tried=tried(0.99))) is None
    assert payback.closing(evidence()) is None


def test_figures_are_put_in_words_that_read() -> None:
    soon = outlook(ECONOMICS, inputs(gain=Range(0.3, 0.4, 0.5)), "x")
    assert soon.break_even_months[1] < 1
    assert pays_back(soon).startswith("It pays back after less than a month (")
    assert money(-0.3, "EUR") == "0 EUR"
    assert money(-1234.5, "EUR").startswith("−1,23")
    assert in_months(1) == "1 month"


@pytest.mark.parametrize(
    ("gain", "word"),
    [
        (Range(0.0, 0.1, 0.3), "measured"),
        (Range(0.0, 0.1, 0.3, said=True), "stated"),
        (Range(0.0, 0.1, 0.3, stated=False), "assumed"),
    ],
)
def test_it_is_said_where_a_figure_is_from(gain: Range, word: str) -> None:
    said = hangs_on("EUR", outlook(ECONOMICS, inputs(gain=gain), "x"))
    assert said[0].startswith(f"It hangs on fewer wrong answers of 100 (0 to 30, {word}): ")
    assert ", stated): " in said[1]


def test_examples_that_are_there_need_no_collecting_unless_somebody_stated_what_it_takes() -> None:
    def collecting(**changes: Any) -> float:
        found = evidence(**changes)
        made = payback.fine_tuning(found) or payback.closing(found)
        assert made is not None
        return next(one.low for one in made.lines if one.name == "collecting the examples")

    bare: dict[str, Any] = {"stated": frozenset()}
    few = examples(learned=60, independent=60)
    assert collecting(tried=tried(0.72, 0.80), **bare) == 0
    assert collecting(tried=tried(0.72), **bare) == 0
    assert collecting(tried=tried(0.72), examples=few, **bare) < 0
    assert collecting(tried=tried(0.72, 0.80)) < 0


def test_shorter_prompts_are_saved_on_every_request() -> None:
    ways = (
        way("prompt", 0.72, 0, running=0.002),
        way("finetune", 0.80, 4, running=0.0005),
    )
    found = payback.fine_tuning(evidence(tried=tried(0.72, 0.80).model_copy(update={"ways": ways})))
    assert found is not None
    (line,) = [one for one in found.lines if one.name == "prompt tokens and machine saved"]
    assert line.high == pytest.approx(12 * 6000 * 1.25 * 0.0015 * 1.25)


def test_it_is_said_when_it_pays_back_and_when_it_never_does() -> None:
    good = outlook(ECONOMICS, inputs(), "x")
    assert pays_back(good).startswith("It pays back after ")
    bad = outlook(ECONOMICS, inputs(gain=Range(0, 0, 0), running=Range(0, 0, 0)), "x")
    assert bad.break_even_months == (math.inf, math.inf)
    assert pays_back(bad) == "It never pays back."
    late = outlook(ECONOMICS, inputs(gain=Range(0.004, 0.005, 0.006)), "x")
    assert late.net[2] < 0
    assert pays_back(late).startswith("It does not pay back within 12 months; at the best after ")
    mixed = outlook(ECONOMICS, inputs(gain=Range(-0.02, 0.1, 0.2)), "x")
    assert "at the worst never" in pays_back(mixed)
    said = hangs_on("EUR", mixed)
    assert len(said) == 2
    assert said[0].startswith("It hangs on fewer wrong answers of 100 (−2 to 20, ")
    assert "it pays above" in said[0]
