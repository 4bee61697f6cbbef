"""What a look at the examples leaves: its grade and the learning curve in the run's folder, its page
in the project's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etude.audit._summary import Item, Summary
from etude.data.stored import Prepared
from etude.records.audit import LearningCurve
from etude.records.graded import Graded, GradedFinding
from etude.report.audit import AuditPage, PageFinding, write_audit
from etude.store import atomic
from etude.workflow._faults import faults, minutes_of
from etude.workflow._held import held_out, veiled
from etude.workflow.audit import NotRun
from etude.workflow.session import Session, now

if TYPE_CHECKING:
    from etude.workflow.check import CheckResult

GRADE, CURVE, PAGE = "graded.json", "curve.json", "audit.html"


def keep(session: Session, run: str, result: CheckResult) -> None:
    """Write the grade of a check into its run's folder, in counts alone."""
    titles = dict(result.ran)
    found = [item for item in result.summary.items if item.finding.audit]
    made = Graded(
        dataset=result.version.id,
        created=now(),
        word=result.summary.grade.word,
        reasons=result.summary.grade.reasons,
        findings=tuple(
            GradedFinding(
                code=item.code,
                title=titles.get(item.finding.audit, item.finding.audit),
                severity=item.finding.severity,
                count=item.finding.count,
            )
            for item in found
        ),
        not_run=tuple(one.title for one in result.not_run),
        minutes=minutes_of(faults(result.summary.items)),
    )
    folder = session.store.run_folder(run)
    atomic.write_text(folder / GRADE, made.model_dump_json(indent=1))
    if result.measured is not None:
        atomic.write_text(folder / CURVE, result.measured.curve.model_dump_json(indent=1))


def of(session: Session, dataset: str) -> Graded | None:
    """The newest grade of a dataset version; None where it was never looked through."""
    for run in session.store.runs():
        path = session.store.run_folder(run.id) / GRADE
        if run.dataset == dataset and path.is_file():
            try:
                return Graded.model_validate_json(path.read_bytes())
            except (OSError, ValueError):
                continue  # damaged: the one before tells nearly the same
    return None


def curve_of(session: Session, dataset: str, metric: str) -> LearningCurve | None:
    """The newest learning curve of a dataset version by this metric; None: it was not measured."""
    for run in session.store.runs():
        path = session.store.run_folder(run.id) / CURVE
        if run.dataset == dataset and path.is_file():
            try:
                curve = LearningCurve.model_validate_json(path.read_bytes())
            except (OSError, ValueError):
                continue  # damaged: the one before tells the same
            if curve.metric == metric:
                return curve
    return None


def command(item: Item) -> str | None:
    """What to type to settle a finding; None: it is no row that is at fault. Labels are never for
    bulk: what proposes them errs too."""
    if item.in_bulk and not _relabels(item):
        return f"etude fix {item.code}"
    return f"etude review --finding {item.code}" if item.one_by_one else None


def _relabels(item: Item) -> bool:
    repair = item.finding.repair
    return repair is not None and repair.apply == "relabel"


def write_page(session: Session, prepared: Prepared, result: CheckResult) -> Path:
    """Write ``audit.html``; where it is."""
    task, summary = session.taskfile.task, result.summary
    held = held_out(prepared.frame)
    page = AuditPage(
        task=task.task,
        kind=task.kind,
        created=now(),
        word=summary.grade.word,
        reasons=summary.grade.reasons,
        findings=[_for_page(item, held) for item in summary.items],
        rows=prepared.frame,
        not_run=_left_out(result.not_run),
        notes=_notes(summary),
        curve=None if result.measured is None else result.measured.curve,
    )
    write_audit(page, session.root / PAGE)
    return session.root / PAGE


def _for_page(item: Item, held: frozenset[str]) -> PageFinding:
    """The page shows nothing of what is kept aside, quoted or not."""
    hits = None if item.hits is None else veiled(item.hits, held)
    return PageFinding(item.finding, hits, item.kept, item.points, command(item))


def _left_out(not_run: Sequence[NotRun]) -> list[tuple[str, str]]:
    return [(one.title, one.reason) for one in not_run]


def _notes(summary: Summary) -> list[str]:
    if not summary.settled:
        return []
    findings = "finding" if summary.settled == 1 else "findings"
    return [f"{summary.settled:,} more {findings}: you have let all of their rows stand"]
