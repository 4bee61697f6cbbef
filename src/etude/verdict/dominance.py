"""Which candidates nothing dominates: never a weighted score.

B dominates A if its quality is no worse, its cost and p95 are no worse than 10 % by their
intervals, and it is clearly better on one of the three.
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.records.candidate import CandidateReport
from etude.verdict._pairs import Differences

SLACK = 1.10
"""Cost and latency within 10 % count as the same."""


def _range(candidate: CandidateReport, measure: str) -> tuple[float, float] | None:
    if measure == "cost":
        cost = candidate.cost
        return (cost.low, cost.high) if cost else None
    latency = candidate.latency
    return (latency.p95.low, latency.p95.high) if latency else None


def _compare(b: CandidateReport, a: CandidateReport, measure: str) -> tuple[bool, bool]:
    """(no worse, clearly better) of ``b`` against ``a`` on a measure where less is better."""
    mine, theirs = _range(b, measure), _range(a, measure)
    if mine is None or theirs is None:
        return False, False
    return mine[1] <= SLACK * theirs[0] or mine == theirs, SLACK * mine[1] < theirs[0]


def dominates(
    b: CandidateReport, a: CandidateReport, differences: Differences, margin: float
) -> bool:
    """True where ``b`` dominates ``a``; what was not measured dominates nothing."""
    quality = differences.of(b.name, a.name)
    if not quality.no_worse(margin):
        return False
    cost_fine, cost_better = _compare(b, a, "cost")
    latency_fine, latency_better = _compare(b, a, "latency")
    if not (cost_fine and latency_fine):
        return False
    return quality.low > 0 or cost_better or latency_better


def dominated_by(
    candidates: Sequence[CandidateReport], differences: Differences, margin: float
) -> dict[str, str]:
    """Each dominated candidate's name with the one that dominates it (the best in quality).

    Two candidates can't drop each other: where both dominate (within the margin and the slack),
    the one of less effort stays.
    """
    found: dict[str, str] = {}
    for a in candidates:
        over = [
            b
            for b in candidates
            if b.name != a.name
            and dominates(b, a, differences, margin)
            and not (dominates(a, b, differences, margin) and a.order < b.order)
        ]
        if over:
            found[a.name] = max(over, key=lambda b: b.quality.value if b.quality else 0.0).name
    return found
