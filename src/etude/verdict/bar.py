"""The bar: each condition met, not met or uncertain, by the interval of what was measured."""

from __future__ import annotations

from etude.records.candidate import Cost, Gate, Latency, Quality, State
from etude.records.estimate import Estimate
from etude.records.task import Bar
from etude.statistics.calls import BarCall, call_at_least, call_at_most
from etude.statistics.intervals import Interval

_STATES: dict[BarCall, State] = {
    BarCall.MET: "met",
    BarCall.NOT_MET: "not_met",
    BarCall.UNCERTAIN: "uncertain",
}


def at_least(limit: float, estimate: Estimate) -> State:
    """Met where the whole interval is at or above ``limit``, not met where it is below."""
    return _STATES[call_at_least(_interval(estimate.value, estimate.low, estimate.high), limit)]


def at_most(limit: float, value: float, low: float, high: float) -> State:
    """Met where the whole range is at or below ``limit``, not met where it is above."""
    return _STATES[call_at_most(_interval(value, low, high), limit)]


def _interval(value: float, low: float, high: float) -> Interval:
    return Interval(low, high, value, 0.95)


def gates(
    bar: Bar, quality: Quality | None, latency: Latency | None, cost: Cost | None
) -> tuple[Gate, ...]:
    """The bar's conditions for one candidate. What was not measured is uncertain, never met.

    Quality is a proportion (0..1), latency milliseconds, cost money per 1,000 requests.
    """
    found: list[Gate] = []
    if bar.at_least is not None:
        found.append(_quality_gate(bar.at_least, quality))
    if bar.p95_ms is not None:
        found.append(_latency_gate(bar.p95_ms, latency))
    if bar.max_cost_per_1000 is not None:
        found.append(_cost_gate(bar.max_cost_per_1000, cost))
    return tuple(found)


def _quality_gate(limit: float, quality: Quality | None) -> Gate:
    if quality is None:
        return Gate(name="quality", limit=limit, value=None, state="uncertain")
    state = at_least(limit, quality)
    return Gate(name="quality", limit=limit, value=quality.value, state=state)


def _latency_gate(limit: float, latency: Latency | None) -> Gate:
    if latency is None:
        return Gate(name="p95_ms", limit=limit, value=None, state="uncertain")
    p95 = latency.p95
    state = at_most(limit, p95.value, p95.low, p95.high)
    return Gate(name="p95_ms", limit=limit, value=p95.value, state=state)


def _cost_gate(limit: float, cost: Cost | None) -> Gate:
    if cost is None:
        return Gate(name="cost_per_1000", limit=limit, value=None, state="uncertain")
    state = at_most(limit, cost.per_1000, cost.low, cost.high)
    return Gate(name="cost_per_1000", limit=limit, value=cost.per_1000, state=state)
