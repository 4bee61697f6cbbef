"""Two comparisons, held against each other: everything that ``etude diff`` tells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.difference import (
    CandidateChange,
    Compared,
    Difference,
    GateChange,
    Ids,
    QualityChange,
    VerdictChange,
)
from etude.verdict.difference.answers import Then, common, quality_change
from etude.verdict.difference.examples import examples_change, ids
from etude.verdict.difference.task import task_changes, yardstick_changed


@dataclass(frozen=True)
class Told:
    """A comparison and what lies beside it: its answers and its examples, None where not here."""

    comparison: Comparison
    answers: pl.DataFrame | None = None
    examples: pl.DataFrame | None = None


def difference(old: Told, new: Told, *, show_holdout: bool = False) -> Difference:
    """What changed from ``old`` to ``new``; held-out rows are named only with ``show_holdout``."""
    before, after = old.comparison, new.comparison
    return Difference(
        old=_compared(before),
        new=_compared(after),
        margin=_margin(before, after),
        old_margin=before.task.bar.margin,
        new_margin=after.task.bar.margin,
        currency=after.task.economics.currency,
        task=task_changes(before.task, after.task),
        examples=examples_change(before.dataset, after.dataset, old.examples, new.examples),
        candidates=_candidates(old, new, show_holdout),
        recommended=_recommended(old, new),
        verdict=VerdictChange(
            old_decision=before.verdict.decision,
            new_decision=after.verdict.decision,
            old_recommended=before.verdict.recommended,
            new_recommended=after.verdict.recommended,
        ),
        yardstick_changed=yardstick_changed(before.task, after.task),
        recommended_gates=_recommended_gates(before, after),
        other_machine=before.machine.id != after.machine.id,
    )


def _compared(comparison: Comparison) -> Compared:
    return Compared(
        run=comparison.run,
        created=comparison.created,
        task=comparison.task.task,
        dataset=comparison.dataset.id,
        scored_on=comparison.scored_on,
        quick=comparison.quick,
        scored=max((c.quality.n for c in comparison.candidates if c.quality), default=0),
    )


def _candidates(old: Told, new: Told, show_holdout: bool) -> tuple[CandidateChange, ...]:
    before = {c.name: c for c in old.comparison.candidates if c.quality is not None}
    after = {c.name: c for c in new.comparison.candidates if c.quality is not None}
    both = [name for name in after if name in before]
    found = [_both(old, new, after[name], before[name], len(both), show_holdout) for name in both]
    found += [_one(c, "new") for name, c in after.items() if name not in before]
    found += [_one(c, "old") for name, c in before.items() if name not in after]
    return tuple(found)


def _one(candidate: CandidateReport, seen: str) -> CandidateChange:
    return CandidateChange.model_validate(
        {"name": candidate.name, "plain_name": candidate.plain_name, "seen": seen}
    )


def _both(
    old: Told,
    new: Told,
    after: CandidateReport,
    before: CandidateReport,
    comparisons: int,
    show_holdout: bool,
) -> CandidateChange:
    then, now = Then(before, old.answers), Then(after, new.answers)
    items = common(then, now)
    wrong, right, held = _turned(items, show_holdout)
    return CandidateChange(
        name=after.name,
        plain_name=after.plain_name,
        seen="both",
        settings_changed=before.settings != after.settings,
        quality=_quality(then, now, items, (old.comparison, new.comparison), comparisons),
        gates=_gates(before, after),
        newly_wrong=wrong,
        newly_right=right,
        held_back=held,
        old_cost=before.cost.per_1000 if before.cost else None,
        new_cost=after.cost.per_1000 if after.cost else None,
        old_p95_ms=before.latency.p95.value if before.latency else None,
        new_p95_ms=after.latency.p95.value if after.latency else None,
    )


def _margin(old: Comparison, new: Comparison) -> float:
    return min(old.task.bar.margin, new.task.bar.margin)


def _gates(before: CandidateReport, after: CandidateReport) -> tuple[GateChange, ...]:
    """Every condition that either was held to, in the order of the newer."""
    old, new = ({gate.name: gate for gate in c.gates} for c in (before, after))
    speeds = {"p95_ms"}
    if any(c.cost is not None and c.cost.by_speed for c in (before, after)):
        speeds.add("cost_per_1000")
    return tuple(
        GateChange(name=name, old=old.get(name), new=new.get(name), by_speed=name in speeds)
        for name in {**new, **old}
    )


def _quality(
    then: Then,
    now: Then,
    items: pl.DataFrame | None,
    both: tuple[Comparison, Comparison],
    comparisons: int,
) -> QualityChange | None:
    labels = tuple(both[1].dataset.labels)
    return quality_change(then, now, items, labels, _margin(*both), comparisons)


def _turned(items: pl.DataFrame | None, show_holdout: bool) -> tuple[Ids, Ids, int]:
    """Newly wrong, newly right, and how many of both stay unnamed."""
    if items is None:
        return Ids(), Ids(), 0
    wrong = items.filter(~pl.col("right") & pl.col("old|right"))
    right = items.filter(pl.col("right") & ~pl.col("old|right"))
    # Kept aside in either: a row that was held out once may not be read because it moved since.
    aside = (pl.col("side") == "holdout") | (pl.col("old|side") == "holdout")
    shown = [table if show_holdout else table.filter(~aside) for table in (wrong, right)]
    named = [
        Ids(count=len(table), ids=ids(few["id"].to_list()).ids)
        for table, few in zip((wrong, right), shown, strict=True)
    ]
    held = sum(len(table) - len(few) for table, few in zip((wrong, right), shown, strict=True))
    return named[0], named[1], held


def _recommended(old: Told, new: Told) -> QualityChange | None:
    """What is recommended now against what was, though it may be another candidate."""
    names = old.comparison.verdict.recommended, new.comparison.verdict.recommended
    if names[0] is None or names[1] is None:
        return None
    then = Then(old.comparison.candidate(names[0]), old.answers)
    now = Then(new.comparison.candidate(names[1]), new.answers)
    return _quality(then, now, common(then, now), (old.comparison, new.comparison), 1)


def _recommended_gates(old: Comparison, new: Comparison) -> tuple[GateChange, ...]:
    names = old.verdict.recommended, new.verdict.recommended
    if names[0] is None or names[1] is None:
        return ()
    return _gates(old.candidate(names[0]), new.candidate(names[1]))
