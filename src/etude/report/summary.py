"""A comparison as other surfaces want it: the versioned JSON, and a table's cells in plain words.

The page's table and the terminal's are both drawn from ``plain_rows``, so that a figure reads the
same everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from etude.records.candidate import CandidateReport, Gate, State
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.report import _figures as figures
from etude.report import _readings as readings
from etude.report import _words as words

SCHEMA = 1
NOT_COMPARED = "people have not compared enough of its answers"


def to_json(comparison: Comparison) -> dict[str, Any]:
    """What ``etude compare --json`` prints; numbers as measured, null for what was not.

    Shares are 0 to 1, latency milliseconds, cost the task's currency per 1,000 requests.
    ``difference`` is against the verdict's baseline; ``bar`` is met, not_met or uncertain over all
    its conditions, null where it sets none.
    """
    verdict = comparison.verdict
    return {
        "schema": SCHEMA,
        "task": comparison.task.task,
        "dataset": comparison.dataset.id,
        "scored_on": comparison.scored_on,
        "check": comparison.on_dev,
        "quick": comparison.quick,
        "candidates": [_candidate_json(comparison, c) for c in in_order(comparison)],
        "verdict": {
            "decision": verdict.decision,
            "recommended": verdict.recommended,
            "settled": verdict.settled,
            "exploratory": verdict.exploratory,
            "sentence": verdict.sentence,
            "reasons": list(verdict.reasons),
            "more_examples": _finite(verdict.more_examples),
            "missing": list(verdict.missing),
        },
        **_readers_json(comparison),
        **_slices_json(comparison),
    }


def _slices_json(comparison: Comparison) -> dict[str, Any]:
    """Candidates on parts of the examples; nothing where there is no part that is large enough."""
    found = comparison.slices
    return {"slices": found.model_dump(mode="json")} if found is not None else {}


def _readers_json(comparison: Comparison) -> dict[str, Any]:
    """What somebody said who read the answers; nothing where nobody did."""
    found, people = _judge_json(comparison), comparison.people
    if people is None:
        return found
    rows = [row.model_dump(mode="json") | {"n": row.n} for row in people.rows]
    told = people.model_dump(mode="json") | {"rows": rows, "left": people.left}
    return found | {"measured_by": comparison.metric, "people": told}


def _judge_json(comparison: Comparison) -> dict[str, Any]:
    """What a model said as the judge; nothing where a task has none."""
    judge = comparison.judge
    if judge is None:
        return {}
    named = [one.model_dump(mode="json") | {"n": one.n} for one in judge.agreements]
    told = judge.model_dump(mode="json") | {"agreements": named}
    return {"measured_by": comparison.metric, "judge": told}


def _finite(value: float | None) -> float | None:
    """JSON has neither infinity nor NaN."""
    return value if value is not None and math.isfinite(value) else None


def _candidate_json(comparison: Comparison, candidate: CandidateReport) -> dict[str, Any]:
    document = _every_kind(comparison, candidate)
    return document | _written(candidate) if comparison.task.kind in WRITING else document


def _written(candidate: CandidateReport) -> dict[str, Any]:
    """What kinds that write have besides."""
    return {
        "checks": [
            {"check": row.name, "applies": row.applies, "passed": row.passed}
            for row in candidate.checks
        ],
        "fields": [
            {"field": row.name, "wanted": row.wanted, "given": row.given, "right": row.hits}
            for row in candidate.fields
        ],
        "measures": [
            {"measure": row.key, "better": row.better, "value": row.value, "n": row.n}
            for row in candidate.measures
        ],
        "tokens": _tokens(candidate),
    }


def _tokens(candidate: CandidateReport) -> dict[str, float | None]:
    """Of a text, on average: the sums over all ``askings`` where the model is asked again."""
    again = candidate.handover.ask_again if candidate.handover else 0
    return {
        "prompt": candidate.tokens_in,
        "answer": candidate.tokens_out,
        "askings": 1 + again,
    }


def _every_kind(comparison: Comparison, candidate: CandidateReport) -> dict[str, Any]:
    quality, latency, cost = candidate.quality, candidate.latency, candidate.cost
    baseline = comparison.verdict.baseline
    difference = readings.difference(comparison, candidate.name, baseline) if baseline else None
    return {
        "name": candidate.name,
        "rung": candidate.rung,
        "model": candidate.model,
        "quality": quality
        and {
            "metric": quality.metric,
            "value": _finite(quality.value),
            "low": _finite(quality.low),
            "high": _finite(quality.high),
            "n": quality.n,
        },
        "cost_per_1000": _finite(cost.per_1000) if cost else None,
        "latency_ms": latency
        and {
            "p50": _finite(latency.p50.value),
            "p95": _finite(latency.p95.value),
        },
        "flips": None
        if candidate.flip_rate is None
        else {
            "share": candidate.flip_rate,
            "n": candidate.flip_items,
            "askings": candidate.flip_askings,
        },
        "difference": difference
        and {
            "low": _finite(difference.low),
            "high": _finite(difference.high),
            "call": difference.call,
        },
        "bar": readings.whole_bar(candidate.gates),
        "hand_over": candidate.handover
        and candidate.handover.model_dump(mode="json", exclude={"calibrator"}),
        "wrong_turns": candidate.wrong_turns
        and candidate.wrong_turns.model_dump(mode="json", exclude={"level"}),
    }


@dataclass(frozen=True)
class PlainGate:
    """One condition of the bar: ``✓ quality met (at least 90.0 %)``."""

    name: str
    state: State
    symbol: str
    word: str
    limit: str
    value: str
    group: str
    """Where there is little room: gates on how it behaves share a word."""

    @property
    def text(self) -> str:
        """Symbol, name and word: never colour alone."""
        return f"{self.symbol} {self.name} {self.word}"


@dataclass(frozen=True)
class PlainRow:
    """One candidate's cells. Empty where there is nothing to say, never zero for unmeasured."""

    name: str
    title: str
    model: str
    rung: str
    mark: str
    """"recommended" or "for now", else empty."""
    scored: bool
    quality: str
    quality_range: str
    cost: str
    cost_range: str
    typical: str
    """Latency of the median answer."""
    slow: str
    """Latency within which 95 of 100 answers come."""
    slow_range: str
    bar: str
    state: State | None
    gates: tuple[PlainGate, ...]
    difference: str
    difference_range: str
    call: str
    standing: str
    """Whether another candidate beats it on quality, cost and speed together."""


def in_order(comparison: Comparison) -> list[CandidateReport]:
    """Scored candidates first, each part from the least effort to the most."""
    return sorted(comparison.candidates, key=lambda c: (c.quality is None, c.order, c.name))


def titles(comparison: Comparison) -> dict[str, str]:
    """What people call each candidate; the model is added where the words alone are not enough."""
    scored = [c.plain_name for c in comparison.candidates if c.quality is not None]
    every = [c.plain_name for c in comparison.candidates]

    def alone(c: CandidateReport) -> bool:
        return (scored if c.quality is not None else every).count(c.plain_name) == 1

    return {
        c.name: _capital(c.plain_name if alone(c) else f"{c.plain_name} ({c.model})")
        for c in comparison.candidates
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def plain_gate(gate: Gate, currency: str, n: int) -> PlainGate:
    """A gate in words."""
    word = words.STATES[gate.state] if gate.value is not None else figures.NOT_MEASURED
    return PlainGate(
        name=gate.plain_name or words.GATES.get(gate.name, gate.name),
        state=gate.state,
        symbol=words.SYMBOLS[gate.state],
        word=word,
        limit=words.gate_limit(gate, currency),
        value=words.gate_value(gate, currency, n),
        group="behaviour" if gate.of_suite else words.GATES.get(gate.name, gate.name),
    )


def plain_rows(comparison: Comparison) -> list[PlainRow]:
    """Every candidate as formatted cells, in the order of the table."""
    called = titles(comparison)
    return [_row(comparison, candidate, called) for candidate in in_order(comparison)]


def _mark(comparison: Comparison, name: str) -> str:
    if comparison.verdict.recommended != name:
        return ""
    return "for now" if comparison.verdict.provisional else "recommended"


def _row(comparison: Comparison, c: CandidateReport, called: dict[str, str]) -> PlainRow:
    currency = comparison.task.economics.currency
    n = c.quality.n if c.quality else figures.DECIMALS_FROM
    gates = tuple(plain_gate(gate, currency, n) for gate in c.gates)
    state = readings.whole_bar(c.gates)
    difference, spread, call = _against_baseline(comparison, c)
    cost, latency = c.cost, c.latency
    return PlainRow(
        name=c.name,
        title=called[c.name],
        model=c.model,
        rung=c.rung,
        mark=_mark(comparison, c.name),
        scored=c.quality is not None,
        quality=figures.quality_text(c.quality),
        quality_range=figures.quality_range(c.quality),
        cost=figures.money(cost.per_1000 if cost else None, currency),
        cost_range=figures.money_range(cost.low, cost.high, currency) if cost else "",
        typical=figures.milliseconds(latency.p50.value if latency else None),
        slow=figures.milliseconds(latency.p95.value if latency else None),
        slow_range=figures.milliseconds_range(latency.p95) if latency else "",
        bar=f"{words.SYMBOLS[state]} {words.STATES[state]}" if state else "no bar set",
        state=state,
        gates=gates,
        difference=difference,
        difference_range=spread,
        call=call,
        standing=_standing(comparison, c, called),
    )


def _against_baseline(comparison: Comparison, c: CandidateReport) -> tuple[str, str, str]:
    baseline = comparison.verdict.baseline
    if baseline is None or c.quality is None:
        return "", "", ""
    if baseline == c.name:
        return "", "", "the others are measured against this one"
    d = readings.difference(comparison, c.name, baseline)
    if d is None:
        return figures.NOT_MEASURED, "", ""
    n = c.quality.n
    call = words.CALLS[d.call]
    if d.call == "better" and d.worth_it:
        call += ", by enough to matter"
    return figures.points(d.value, n), figures.points_range(d.low, d.high, n), call


def _standing(comparison: Comparison, c: CandidateReport, called: dict[str, str]) -> str:
    if c.quality is None:
        return NOT_COMPARED if c.finalist else "tried, but not among the finalists"
    if c.dominated_by is not None:
        other = called.get(c.dominated_by, c.dominated_by)
        return f"“{other}” is no worse, and better in quality, cost or speed"
    return ""
