"""Costs and paybacks, by hand-computed figures."""

from __future__ import annotations

import math

import pytest

from etude.records.task import Economics
from etude.verdict._pairs import Difference
from etude.verdict.economics import fixed_per_1000, machine_cost, payback, token_cost
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


def test_payback_counts_minutes_saved_less_upkeep() -> None:
    base, tuned = candidate("probe", 0.90, cost=0), candidate("finetune", 0.95, cost=0)
    found = payback(ECONOMICS, tuned, base, Difference(0.05, 0.02, 0.08, None))
    assert found.minutes_saved_per_month == pytest.approx((800, 3200))
    assert found.saved_per_month == pytest.approx((400, 1600))
    assert found.up_front == pytest.approx(180)
    assert found.break_even_months == pytest.approx((180 / 1540, 180 / 340))
    assert found.break_even_requests[1] == pytest.approx(20000 * 180 / 340)


def test_a_gain_that_may_be_a_loss_may_never_pay_back() -> None:
    base, tuned = candidate("probe", 0.90, cost=0), candidate("finetune", 0.91, cost=0)
    found = payback(ECONOMICS, tuned, base, Difference(0.01, -0.02, 0.04, None))
    assert found.break_even_months[1] == math.inf
    assert "may never pay back" in found.sentence


def test_unanswered_requests_cost_a_handover_not_a_correction() -> None:
    base = candidate("probe", 0.90, cost=0).model_copy(update={"failures": 50})
    better = candidate("retrieval", 0.90, cost=0)
    found = payback(ECONOMICS, better, base, Difference(0.0, 0.0, 0.0, None))
    # 10 % of the baseline's requests cost one minute rather than two.
    assert found.minutes_saved_per_month == pytest.approx((-2000, -2000))
