"""What the figures of the page's first table open to, candidate by candidate."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.report._behind import Behind
from etude.report._how import How
from etude.report._how_quality import of_difference, of_quality
from etude.report._how_use import of_cost, of_labour, of_latency


@dataclass(frozen=True)
class Opened:
    """How each figure of a row came about; None where it was not measured."""

    quality: How | None
    cost: How | None
    minutes: How | None
    typical: How | None
    slow: How | None
    difference: How | None


def opened(comparison: Comparison, behind: Behind | None) -> dict[str, Opened]:
    """By the candidates' names."""
    baseline = comparison.verdict.baseline
    return {
        c.name: Opened(
            quality=of_quality(comparison, behind, c),
            cost=of_cost(comparison, c),
            minutes=of_labour(comparison, behind, c),
            typical=of_latency(c, 50),
            slow=of_latency(c, 95),
            difference=of_difference(comparison, behind, baseline, c.name) if baseline else None,
        )
        for c in comparison.candidates
    }
