"""The conditions that a candidate has to meet (the bar, and gates of suites), in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from etude.records.candidate import CandidateReport, Gate
from etude.records.task import Task
from etude.verdict.figures import called, limit, percent

_GATES = {
    "quality": "quality of at least {}",
    "p95_ms": "95 of 100 answers within {}",
    "cost_per_1000": "at most {} per 1,000 requests",
}
_STATES = {"met": "met", "not_met": "not met", "uncertain": "not certain yet"}


def gate_words(gate: Gate, task: Task, n: int) -> str:
    """One condition: what it asks, whether it is met, and what was found on ``n`` examples."""
    currency = task.economics.currency
    asked = condition(gate, currency)
    return f"{asked[:1].upper()}{asked[1:]}: {_STATES[gate.state]} ({measured(gate, currency, n)})."


def condition(gate: Gate, currency: str) -> str:
    """What it asks: ``the bar, quality of at least 85 %``."""
    if gate.of_suite:
        return f"the gate on {gate.plain_name}, at most {limit(gate.limit)} of cases failing"
    return f"the bar, {_GATES[gate.name].format(_said(gate, gate.limit, currency, 0))}"


def measured(gate: Gate, currency: str, n: int) -> str:
    """What was found, on ``n`` examples."""
    return gate.found if gate.of_suite else _said(gate, gate.value, currency, n)


def _said(gate: Gate, value: float | None, currency: str, n: int) -> str:
    if value is None:
        return "not measured"
    if gate.name == "quality":
        return limit(value) if value == gate.limit else percent(value, n)
    if gate.name == "p95_ms":
        return f"{value:,.0f} ms" if value >= 100 else f"{value:,.3g} ms"
    return f"{value:,.2f} {currency}"


def failed_gates(task: Task, candidates: Sequence[CandidateReport]) -> tuple[str, ...]:
    """Which candidates are out, and by which condition."""
    return tuple(
        f"{called(c)} is out. {gate_words(gate, task, c.quality.n if c.quality else 0)}"
        for c in candidates
        for gate in c.gates
        if gate.state == "not_met"
    )
