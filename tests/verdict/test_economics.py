"""Costs and paybacks, by hand-computed figures."""

from __future__ import annotations

import math

import pytest

from etude.records.estimate import Estimate
from etude.records.labour import LabourPair
from etude.records.task import Economics
from etude.verdict._pairs import Difference
from etude.verdict.advice import payback as account
from etude.verdict.economics import fixed_per_1000, machine_cost, payback, token_cost
from tests.verdict.advice._evidence import evidence, examples, tried
from tests.verdict.test_decide import candidate

ECONOMICS = Economics(
    requests_per_month=20000,
    minutes_to_fix=2,
    hourly_rate=30,
    upkeep_hours_per_month=2,
    machine_per_hour=0.10,
    horizon_months=12,
    hours_to_collect=6,
)


def test_machine_cost_is_seconds_times_the_hourly_price() -> None:
    cost = machine_cost(ECONOMICS, (0.036, 0.030, 0.040), trained=False, fit_seconds=0)
    assert cost.per_1000 == pytest.approx(0.036 * 1000 / 3600 * 0.10)
    assert cost.low < cost.per_1000 < cost.high


def test_upkeep_is_spread_over_the_volume_and_charged_to_trained_weights_only() -> None:
    assert fixed_per_1000(ECONOMICS, True, 0) == pytest.approx(2 * 30 / 20)
    assert fixed_per_1000(ECONOMICS, False, 0) == 0


def test_no_volume_makes_upkeep_infinitely_dear() -> None:
    idle = ECONOMICS.model_copy(update={"requests_per_month": 0})
    assert fixed_per_1000(idle, True, 0) == math.inf
    assert token_cost(idle, (0.001, 0.001, 0.001), False, 0, "tokens").per_1000 == 1.0


STATED = frozenset(f"economics.{name}" for name in Economics.model_fields)


def test_payback_counts_everything_that_training_takes() -> None:
    base, tuned = candidate("probe", 0.90, cost=0), candidate("finetune", 0.95, cost=0)
    tuned = tuned.model_copy(update={"fit_seconds": 7200})
    gap = Difference(0.05, 0.02, 0.08, None)
    found = payback(ECONOMICS, tuned, base, gap, stated=STATED, cleaning=2)
    # Stated figures are varied by a quarter: requests, minutes and the hour.
    assert found.minutes_saved_per_month == pytest.approx((800 * 0.75**2, 3200 * 1.25**2))
    assert found.saved_per_month == pytest.approx((400 * 0.75**3, 1600 * 1.25**3))
    assert found.up_front == pytest.approx((6 + 2 + 3) * 30 + 2 * 0.10)
    assert found.upkeep_per_month == pytest.approx(60)
    assert found.outlook is not None
    parts = {line.name: line for line in found.outlook.lines}
    for name in ("collecting the examples", "cleaning them", "testing", "machine for retraining"):
        assert parts[name].high < 0
    assert found.outlook.net[0] < found.outlook.net[1] < found.outlook.net[2]
    assert len(found.hangs_on) == 2
    assert all(one.startswith("It hangs on ") for one in found.hangs_on)
    assert "pays back after" in found.sentence


def test_collecting_that_nobody_stated_is_nothing_for_the_examples_are_there() -> None:
    base, tuned = candidate("probe", 0.90, cost=0), candidate("finetune", 0.95, cost=0)
    gap = Difference(0.05, 0.02, 0.08, None)
    assumed = STATED - {account.COLLECTING}
    with_hours = payback(ECONOMICS, tuned, base, gap, stated=STATED)
    without = payback(ECONOMICS, tuned, base, gap, stated=assumed)
    assert with_hours.up_front - without.up_front == pytest.approx(6 * 30)
    assert without.outlook is not None
    (line,) = (one for one in without.outlook.lines if one.name == "collecting the examples")
    assert (line.low, line.high) == (0, 0)


def test_one_project_has_one_break_even() -> None:
    given = evidence(tried=tried(0.72, 0.90), examples=examples(minutes=90))
    advised = account.fine_tuning(given)
    tuned = candidate("finetune", 0.90, cost=0).model_copy(update={"fit_seconds": 600})
    base = candidate("prompt", 0.72, cost=0)
    gap = Difference(0.18, 0.16, 0.20, None)
    said = payback(given.task.economics, tuned, base, gap, stated=given.stated, cleaning=1.5)
    assert advised is not None
    assert said.outlook is not None
    assert said.outlook.break_even_months == pytest.approx(advised.break_even_months)
    assert said.outlook.net == pytest.approx(advised.net)
    ends = [[(one.net_low, one.net_high) for one in o.drivers] for o in (said.outlook, advised)]
    assert ends[0][0] == pytest.approx(ends[1][0])
    assert len(ends[0]) == len(ends[1]) == 2


def test_what_trains_nothing_pays_for_no_training() -> None:
    base, better = candidate("prompt", 0.80, cost=0), candidate("retrieval", 0.90, cost=0)
    found = payback(ECONOMICS, better, base, Difference(0.1, 0.05, 0.15, None), cleaning=5)
    assert (found.up_front, found.upkeep_per_month) == (0, 0)
    assert found.break_even_months == (0, 0)


def test_a_gain_that_may_be_a_loss_may_never_pay_back() -> None:
    base, tuned = candidate("probe", 0.90, cost=0), candidate("finetune", 0.91, cost=0)
    found = payback(ECONOMICS, tuned, base, Difference(0.01, -0.02, 0.04, None))
    assert found.break_even_months[1] == math.inf
    assert "at the worst never" in found.sentence
    worse = payback(ECONOMICS, tuned, base, Difference(-0.05, -0.06, -0.04, None))
    assert "loses about" in worse.sentence
    assert worse.sentence.endswith("It never pays back.")


def test_unanswered_requests_cost_a_handover_not_a_correction() -> None:
    base = candidate("probe", 0.90, cost=0).model_copy(update={"failures": 50})
    better = candidate("retrieval", 0.90, cost=0)
    found = payback(ECONOMICS, better, base, Difference(0.0, 0.0, 0.0, None), stated=STATED)
    # 10 % of the baseline's requests cost one minute rather than two.
    assert found.minutes_saved_per_month == pytest.approx((-2000 * 1.25, -2000 * 0.75))


def test_where_both_hand_over_that_takes_time_and_what_stands_wrong_is_fixed() -> None:
    base, better = candidate("probe", 0.90, cost=0), candidate("retrieval", 0.93, cost=0)
    pair = LabourPair(
        a=base.name,
        b=better.name,
        wrong=Estimate(value=-0.01, low=-0.02, high=0.0),
        handed=Estimate(value=-0.10, low=-0.15, high=-0.05),
    )
    gap = Difference(0.03, 0.01, 0.05, None)
    found = payback(ECONOMICS, better, base, gap, handing=pair, stated=STATED)
    # At most 2 points of 20,000 at 2 minutes, and 15 points at one, a quarter more requests.
    most = 20000 * 1.25 * (0.02 * 2 * 1.25 + 0.15)
    assert found.minutes_saved_per_month == pytest.approx((20000 * 0.75 * 0.05, most))
    turned = payback(ECONOMICS, base, better, gap, handing=pair, stated=STATED)
    assert turned.minutes_saved_per_month[0] == pytest.approx(-most)
