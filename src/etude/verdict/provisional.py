"""What to use until more is known: the pick where nothing is settled and nothing is in production.

The best estimate, whatever it takes: the lowest rung within the margin of it loses more than the margin
half as often again (``benchmarks/verdicts.py``). Of those as good as even with it, the one with the
better probabilities: a score of probabilities varies less with the examples than a count of right
answers, and tells the same two apart sooner. Where there are none to go by, one that needs no training.
What has to be trained and costs more than it saves, by figures that a person stated, is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from etude.records.candidate import CandidateReport
from etude.verdict._pairs import Differences
from etude.verdict.figures import called, points

EVEN = 1 / 7
"""Share of the way from a difference to the end of its interval within which zero counts as even:
half a standard error where four or five ways are compared over folds, less where fewer are."""


def value(candidate: CandidateReport) -> float:
    """What is compared; 0 where nothing was scored."""
    return candidate.quality.value if candidate.quality else 0.0


def best(candidates: Sequence[CandidateReport]) -> CandidateReport:
    """The best point estimate; the lower rung where two are equal."""
    return max(candidates, key=lambda c: (value(c), -c.order))


def provisional(
    survivors: Sequence[CandidateReport],
    differences: Differences,
    losing: Collection[str] = frozenset(),
) -> CandidateReport:
    """The pick among ``survivors`` (at least one), of those in ``losing`` only where all are."""
    worth = [c for c in survivors if c.name not in losing] or list(survivors)
    first = best(worth)
    even = [c for c in worth if _even(c, first, differences)]
    if all(c.brier is not None for c in even):
        return min(even, key=lambda c: (c.brier or 0.0, c.order))
    untrained = [c for c in even if not c.trained]
    return best(untrained) if first.trained and untrained else first


def why(
    chosen: CandidateReport,
    survivors: Sequence[CandidateReport],
    differences: Differences,
    losing: Collection[str],
    margin: float,
) -> tuple[str, ...]:
    """Sentences on the pick where its estimate alone doesn't explain it."""
    passed = provisional(survivors, differences)
    if passed.name != chosen.name and passed.name in losing:
        grounds = f"By its answers {called(passed)} would be named here"
        if passed.name != best(survivors).name:
            grounds = f"{called(passed)} comes to the same here and gives the better probabilities"
        return (
            f"{grounds}, but by your figures under `economics` it costs more than it saves, as far "
            "as these examples tell.",
        )
    return _not_the_best(chosen, survivors) + _little_ahead(chosen, survivors, margin)


def _not_the_best(chosen: CandidateReport, survivors: Sequence[CandidateReport]) -> tuple[str, ...]:
    ahead = best(survivors)
    if ahead.name == chosen.name:
        return ()
    same = (
        f"{called(chosen)} and {called(ahead)} come to the same here "
        f"({points(value(ahead) - value(chosen))} apart)"
    )
    if ahead.brier is None or chosen.brier is None or chosen.brier > ahead.brier:
        return (f"{same}, and {called(chosen)} needs no training.",)
    return (
        f"{same}; the probabilities that {called(chosen)} gives are nearer to what is right "
        f"(Brier score {chosen.brier:.3f}, not {ahead.brier:.3f}).",
    )


def _little_ahead(
    chosen: CandidateReport, survivors: Sequence[CandidateReport], margin: float
) -> tuple[str, ...]:
    """Where the pick has to be trained and leads by less than is worth having."""
    simple = [c for c in survivors if not c.trained]
    if not chosen.trained or not simple:
        return ()
    other = best(simple)
    lead = value(chosen) - value(other)
    if lead >= margin:
        return ()
    apart = f"is not ahead of {called(other)} here"
    if lead > 0:
        apart = (
            f"is {points(lead)} ahead of {called(other)} here, less than the {points(margin)} that "
            "are worth having"
        )
    return (
        f"{called(chosen)} {apart}: if training again whenever things change is a burden, take "
        f"{called(other)}.",
    )


def _even(candidate: CandidateReport, first: CandidateReport, differences: Differences) -> bool:
    d = differences.of(candidate.name, first.name)
    return -d.value <= EVEN * (d.high - d.value)
