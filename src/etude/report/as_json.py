"""A comparison as versioned JSON: what ``etude compare --json`` prints."""

from __future__ import annotations

import math
from typing import Any

from etude.records.candidate import CandidateReport, Latency
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.records.labour import Labour
from etude.records.task import WRITING
from etude.records.verdict import Pair
from etude.report import _readings as readings
from etude.report.summary import in_order

SCHEMA = 1


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
        "by_phrase": comparison.by_phrase,
        "candidates": [_candidate_json(comparison, c) for c in in_order(comparison)],
        "verdict": {
            "decision": verdict.decision,
            "recommended": verdict.recommended,
            "settled": verdict.settled,
            "exploratory": verdict.exploratory,
            "sentence": verdict.sentence,
            "reasons": list(verdict.reasons),
            "more_examples": _finite(verdict.more_examples),
            "largest_loss": verdict.largest_loss,
            "frontier": list(verdict.frontier),
            "missing": list(verdict.missing),
        },
        "pairs": [_pair_json(pair) for pair in comparison.pairs],
        **_readers_json(comparison),
        **_slices_json(comparison),
    }


def _pair_json(pair: Pair) -> dict[str, Any]:
    """``b`` less ``a``, and how many more examples would likely settle the two."""
    d = pair.difference
    return {
        "a": pair.a,
        "b": pair.b,
        "difference": d.value,
        "low": d.low,
        "high": d.high,
        "level": d.level,
        "call": pair.call,
        "more_examples": _finite(pair.more_examples),
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


_MAPS: dict[str, Any] = {"calibrator": True, "fields": {"__all__": {"calibrator"}}}
"""Of a hand-over, what only turns scores into probabilities."""


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
        "person_minutes_per_1000": candidate.labour and _labour_json(candidate.labour),
        "latency_ms": latency and _latency_json(latency),
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
        and candidate.handover.model_dump(mode="json", exclude=_MAPS),
        "wrong_turns": candidate.wrong_turns
        and candidate.wrong_turns.model_dump(mode="json", exclude={"level"}),
    }


def _labour_json(labour: Labour) -> dict[str, Any]:
    """A person's minutes, and the shares of requests that they are spent on."""
    minutes = {key: _finite(getattr(labour.per_1000, key)) for key in ("value", "low", "high")}
    shares = {"wrong": labour.wrong, "handed": labour.handed, "hands_over": labour.hands_over}
    return minutes | shares


def _latency_json(latency: Latency) -> dict[str, Any]:
    """Both quantiles with their limits, of whole answers and of their first tokens."""
    first = latency.first
    return {
        **_quantiles_json(latency.p50, latency.p95),
        "n": latency.n,
        "concurrency": latency.concurrency,
        "first_token": first and {**_quantiles_json(first.p50, first.p95), "n": first.n},
    }


def _quantiles_json(p50: Estimate, p95: Estimate) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, one in (("p50", p50), ("p95", p95)):
        found[name] = _finite(one.value)
        found |= {f"{name}_low": _finite(one.low), f"{name}_high": _finite(one.high)}
    return found
