"""What several questions read off the evidence: the best simple way, what it lacks, what was gained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etude.metrics import metric
from etude.records.advice import Evidence, Examples, Gap, Way
from etude.records.task import Economics, Task

PROMPTED = ("prompt", "few_shot")
"""Rungs that better instructions could mend, the plainest first."""
TRAINED = ("finetune", "finetune_retrieval", "bake")
"""Rungs that train weights of a model."""
LOOKING_UP = ("retrieval", "finetune_retrieval")
"""Rungs that try passages of the knowledge, where a task names any."""


@dataclass(frozen=True)
class Lack:
    """What is missing, as a share of answers: at least, in the middle, at most; below 0 where the bar
    is passed. ``of``: in words, what it is."""

    low: float
    middle: float
    high: float
    of: str


def prompted(evidence: Evidence) -> list[Way]:
    """Ways that train no weights of a model, the least effort first."""
    if evidence.tried is None:
        return []
    return sorted((w for w in evidence.tried.ways if not w.trained), key=lambda w: w.order)


def best_simple(evidence: Evidence) -> Way | None:
    """The best way that trains no weights; the one of less effort where two are equal."""
    ways = prompted(evidence)
    return max(ways, key=_rank, default=None)


def told_way(ways: Sequence[Way], margin: float) -> Way | None:
    """The simple way to work on: the best one, or one by instructions that is as good within the
    margin, for those are mended with a sentence."""
    simple = [way for way in ways if not way.trained]
    best = max(simple, key=_rank, default=None)
    by_words = max((way for way in simple if way.rung in PROMPTED), key=_rank, default=None)
    if best is None or by_words is None:
        return best
    return by_words if by_words.value.value >= best.value.value - margin else best


def _rank(way: Way) -> tuple[float, int]:
    return way.value.value, -way.order


def best_trained(evidence: Evidence) -> Way | None:
    """The best fine-tuned way; None where none was tried."""
    ways = [w for w in evidence.tried.ways if w.trained] if evidence.tried else []
    return max(ways, key=_rank, default=None)


def gained(evidence: Evidence) -> Gap | None:
    """What fine-tuning measured above the best simple way, in answers nobody has to mend."""
    tuned, simple = best_trained(evidence), best_simple(evidence)
    if evidence.tried is None or tuned is None or simple is None:
        return None
    names = (tuned.name, simple.name)
    return next((g for g in evidence.tried.gaps if (g.way, g.against) == names), None)


def trifle(economics: Economics) -> float:
    """Money over the horizon below which nothing is worth the trouble: an hour of a person's time a
    month."""
    return economics.hourly_rate * economics.horizon_months


def counts_answers(task: Task) -> bool:
    """Whether a point of the metric is one of 100 answers."""
    return metric(task.bar.metric).statistic == "right_wrong"


def lacking(evidence: Evidence) -> Lack | None:
    """What the simple ways lack to the bar in answers, or to all of them where no bar is set or the
    metric counts something else; from a comparison, else from what a person corrects today."""
    bar, simple = evidence.task.bar, best_simple(evidence)
    if simple is not None:
        lacks = f"what “{simple.title}” still lacks"
        if bar.at_least is not None and simple.by_bar and counts_answers(evidence.task):
            limit, value = bar.at_least, simple.value
            return Lack(limit - value.high, limit - value.value, limit - value.low, lacks)
        right = simple.right
        return Lack(1 - right.high, 1 - right.value, 1 - right.low, lacks)
    if evidence.corrected is None:
        return None
    allowed = (
        1 - bar.at_least if bar.at_least is not None and counts_answers(evidence.task) else 0.0
    )
    middle, spread = evidence.corrected - allowed, evidence.corrected / 4
    return Lack(middle - spread, middle, middle + spread, "what a person corrects today")


def fresh_rows(examples: Examples) -> int | None:
    """Rows whose ideal answer hangs on facts from elsewhere: the more of those that go out of date
    and those that the input does not give. None: not looked for."""
    known = [n for n in (examples.changing, examples.ungiven) if n is not None]
    return max(known) if known else None


def fresh_share(examples: Examples) -> float | None:
    """The share of them."""
    rows = fresh_rows(examples)
    return None if rows is None else rows / max(1, examples.usable)
