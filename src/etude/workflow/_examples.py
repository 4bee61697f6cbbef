"""What the examples say for advice, without a model having been tried on them: counts, the audit's
findings, the learning curve where it was measured."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from etude.audit._base import LABELLED
from etude.audit._labelled import UNLEARNED
from etude.audit._summary import Item, Summary
from etude.audit.enough import THIN
from etude.data.stored import Prepared
from etude.records.advice import Examples, Fault
from etude.workflow import grades
from etude.workflow._faults import CHANGING, ELSEWHERE, UNGIVEN, faults, minutes_of
from etude.workflow.audit import Audited, Options
from etude.workflow.check import looked_through
from etude.workflow.session import Session

CONFLICTING = "conflicts"
WAVERING = ("mixed_tone", "format_drift")


def of_examples(session: Session, prepared: Prepared) -> Examples:
    """Counts and what audits that need no model find; of the others only what is stored.

    Raises:
        StoreError: the disk is full or refuses.
    """
    found, summary = looked_through(session, prepared, Options(quick=True))
    task, version = session.taskfile.task, prepared.version
    learned = prepared.frame.filter(~pl.col("side").is_in(list(UNLEARNED)))
    ideals = version.ideals if task.checks else None
    against = faults(summary.items)
    return Examples(
        usable=version.rows,
        learned=len(learned),
        independent=learned["group"].n_unique(),
        labels=len(version.labels) if task.kind in LABELLED else 0,
        thin=_thin(learned, list(version.labels)) if task.kind in LABELLED else 0,
        grade=f"{summary.grade.word} ({'; '.join(summary.grade.reasons)})",
        faults=tuple(_fault(item) for item in against),
        doubtful=len({row for item in against for row in item.ids}),
        minutes=minutes_of(against),
        changing=_rows(found, summary, (CHANGING,)),
        ungiven=_rows(found, summary, (UNGIVEN,)),
        conflicting=_rows(found, summary, (CONFLICTING,)) or 0,
        wavering=_rows(found, summary, WAVERING),
        kept_checks=ideals.passing / ideals.examples if ideals and ideals.examples else None,
        curve=grades.curve_of(session, version.id, task.counted),
    )


def _thin(learned: pl.DataFrame, labels: list[str]) -> int:
    """Labels with few independent examples, or none."""
    groups = learned.group_by("target").agg(pl.col("group").n_unique().alias("groups"))
    counted = dict(groups.iter_rows())
    return sum(counted.get(label, 0) < THIN for label in labels)


def _fault(item: Item) -> Fault:
    finding = item.finding
    return Fault(
        code=item.code,
        severity=finding.severity,
        count=finding.count,
        sentence=finding.sentence[:1].upper() + finding.sentence[1:],
        command=f"etude review --finding {item.code}" if item.one_by_one else "etude check",
    )


def _rows(found: Audited, summary: Summary, audits: Iterable[str]) -> int | None:
    """Rows in which these audits found more than is good to know, each once; None: none of them has
    run on this kind of task."""
    ran = found.keys.intersection(audits)
    if not ran:
        return None
    items = [item for item in summary.items if item.finding.audit in ran]
    rows = {
        row for item in items if item.serious or item.finding.audit in ELSEWHERE for row in item.ids
    }
    return len(rows)
