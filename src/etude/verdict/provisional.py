"""What to use until more is known: the pick where nothing is settled and nothing is in production.

Among candidates that cost nothing to make anew, the best estimate: the lowest within the margin of it
loses more than the margin half as often again (``benchmarks/verdicts.py``). Of those as good as even
with it, the one with the better probabilities: a score of probabilities varies less with the examples
than a count of right answers, and tells the same two apart sooner. A candidate that has to be trained,
and trained again when things change, must be ahead by what is worth having.
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.records.candidate import CandidateReport
from etude.verdict._pairs import Differences
from etude.verdict.figures import called, points

EVEN = 1 / 7
"""Share of the way from a difference to the end of its interval within which zero counts as even:
about half a standard error, the interval being for all pairs at once and often over folds."""


def value(candidate: CandidateReport) -> float:
    """What is compared; 0 where nothing was scored."""
    return candidate.quality.value if candidate.quality else 0.0


def best(candidates: Sequence[CandidateReport]) -> CandidateReport:
    """The best point estimate; the lower rung where two are equal."""
    return max(candidates, key=lambda c: (value(c), -c.order))


def provisional(
    survivors: Sequence[CandidateReport], differences: Differences, margin: float
) -> CandidateReport:
    """The pick among ``survivors`` (at least one)."""
    simple = [c for c in survivors if not c.trained]
    trained = [c for c in survivors if c.trained]
    if not simple:
        return best(trained)
    if trained and value(best(trained)) - value(best(simple)) >= margin:
        return best(trained)
    return _surest(simple, differences)


def why_not_best(chosen: CandidateReport, survivors: Sequence[CandidateReport]) -> tuple[str, ...]:
    """A sentence where the pick is not the best estimate among what needs no training."""
    simple = [c for c in survivors if not c.trained]
    ahead = best(simple) if simple and not chosen.trained else chosen
    if ahead.name == chosen.name or ahead.brier is None or chosen.brier is None:
        return ()
    return (
        f"{called(chosen)} and {called(ahead)} come to the same here "
        f"({points(value(ahead) - value(chosen))} apart); the probabilities that "
        f"{called(chosen)} gives are nearer to what is right (Brier score {chosen.brier:.3f}, not "
        f"{ahead.brier:.3f}).",
    )


def _surest(simple: Sequence[CandidateReport], differences: Differences) -> CandidateReport:
    """The best estimate, or the one even with it whose Brier score is lower."""
    first = best(simple)
    even = [c for c in simple if _even(c, first, differences)]
    if any(c.brier is None for c in even):
        return first
    return min(even, key=lambda c: (c.brier or 0.0, c.order))


def _even(candidate: CandidateReport, first: CandidateReport, differences: Differences) -> bool:
    d = differences.of(candidate.name, first.name)
    return -d.value <= EVEN * (d.high - d.value)
