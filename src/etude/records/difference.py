"""What changed between two comparisons: the task, the examples, the candidates, the verdict.

Rows are named by their ids alone, and those kept aside only where that was asked for.
"""

from __future__ import annotations

from typing import Literal

from etude.records._base import Record, Unbounded
from etude.records.candidate import Gate, Quality
from etude.records.estimate import Estimate
from etude.records.verdict import Call, Decision

Side = Literal["holdout", "out-of-fold", "dev"]
ChangeCall = Call | Literal["same"]
"""``same``: not one answer is another."""
NAMED = 200
"""Ids that a list names at most; counts are of all."""


class Compared(Record):
    """One of the two comparisons: which it was, and what it was scored on."""

    run: str
    created: str
    task: str
    dataset: str
    scored_on: Side
    quick: bool
    scored: int
    """Examples that its candidates were scored on."""


class Change(Record):
    """A field of the task file, and what it says in each; None where it says nothing."""

    field: str
    old: str | None
    new: str | None


class Ids(Record):
    """Some rows: how many, and the first ``NAMED`` of them by id."""

    count: int = 0
    ids: tuple[str, ...] = ()


class ExamplesChange(Record):
    """What happened to the examples. ``rows_known`` is False where a side's rows are not here: then
    only the hashes and counts are compared."""

    same: bool
    old_rows: int
    new_rows: int
    rows_known: bool
    added: Ids = Ids()
    removed: Ids = Ids()
    edited: Ids = Ids()
    """Same id, another input, ideal answer or column."""
    moved: Ids = Ids()
    """Same id, another side: train, dev, kept aside."""


class QualityChange(Record):
    """New minus old on the primary metric.

    ``paired``: over the ``items`` that both answered; else from the two intervals, which is wider.
    ``difference`` and ``call`` are None where nothing may be said; ``note`` says why.
    """

    metric: str
    old: Quality
    new: Quality
    paired: bool
    items: int
    difference: Estimate | None
    call: ChangeCall | None
    note: str = ""


class GateChange(Record):
    """A condition of the bar in each comparison; None where it was not asked.

    ``by_speed``: what it is held to hangs on how fast the machine is.
    """

    name: str
    old: Gate | None
    new: Gate | None
    by_speed: bool = False

    @property
    def changed(self) -> bool:
        """Whether it is met otherwise than before, or is new or gone."""
        states = [gate and gate.state for gate in (self.old, self.new)]
        return states[0] != states[1]


class CandidateChange(Record):
    """One candidate in both comparisons, or in one of them.

    ``newly_wrong`` and ``newly_right`` are of items that both answered; ``held_back`` counts those of
    them that are kept aside and so not named.
    """

    name: str
    plain_name: str
    seen: Literal["both", "old", "new"]
    settings_changed: bool = False
    quality: QualityChange | None = None
    gates: tuple[GateChange, ...] = ()
    newly_wrong: Ids = Ids()
    newly_right: Ids = Ids()
    held_back: int = 0
    old_cost: Unbounded | None = None
    new_cost: Unbounded | None = None
    old_p95_ms: float | None = None
    new_p95_ms: float | None = None


class VerdictChange(Record):
    """The decision and the recommended candidate of each."""

    old_decision: Decision
    new_decision: Decision
    old_recommended: str | None
    new_recommended: str | None

    @property
    def changed(self) -> bool:
        """Another decision, or another candidate."""
        return (self.old_decision, self.old_recommended) != (
            self.new_decision,
            self.new_recommended,
        )


class Difference(Record):
    """All of it. ``recommended`` compares what each comparison recommends, the same or not.

    ``margin`` is the smaller of the two tasks': a change may not loosen what it is held to.
    """

    old: Compared
    new: Compared
    margin: float
    old_margin: float
    new_margin: float
    currency: str
    task: tuple[Change, ...]
    examples: ExamplesChange
    candidates: tuple[CandidateChange, ...]
    recommended: QualityChange | None
    verdict: VerdictChange
    yardstick_changed: bool
    """The checks, the schema or the metric are others: a difference is partly theirs."""
    recommended_gates: tuple[GateChange, ...] = ()
    """The conditions of what was recommended in ``old``, against those of what is in ``new``."""
    other_machine: bool = False
    """The two were measured on different machines: so are their speeds, and the costs made of them."""
