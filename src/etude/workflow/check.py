"""``check``: read the examples, split them, audit them, say what a person should know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etude.audit._summary import Item, Summary, summarise
from etude.behaviour.worded import misworded
from etude.data import stored, versions
from etude.data.findings import with_effort
from etude.data.stored import Prepared
from etude.errors import GateNotMet, UsageError
from etude.records.dataset import DatasetVersion
from etude.store import atomic
from etude.workflow import baseline, decisions, found_rows, grades
from etude.workflow._held import held_out, write_down
from etude.workflow._target import read_by, refuse_target
from etude.workflow.audit import Audited, NotRun, Options, audited
from etude.workflow.baseline import Compared
from etude.workflow.ideals import about_ideals
from etude.workflow.measured import Measured, measure
from etude.workflow.reading import about_models
from etude.workflow.session import Session, recorded


@dataclass(frozen=True)
class CheckOptions:
    """How far to look, and what to leave behind.

    Args:
        strict: findings above a note, and rows that can't be used, are an error.
        quick: only audits that need no model.
        full: audits that need one however long they take.
        measure: measure what mending each finding would buy, and what more examples would.
        rows: a file to write every place of every finding to.
        show_holdout: what is found in examples that are kept aside stands there too, which is written
            in the ledger.
        baseline: a file of the faults that are known.
        write_baseline: write that file from what is found now.
        traffic: a file of real inputs to hold the examples against.
        replace: other files of the names of ``rows`` and ``baseline`` may be replaced.

    Raises:
        UsageError: some of it goes against the rest, or no table is written under the name.
    """

    strict: bool = False
    quick: bool = False
    full: bool = False
    measure: bool = False
    rows: Path | None = None
    show_holdout: bool = False
    baseline: Path | None = None
    write_baseline: bool = False
    traffic: Path | None = None
    replace: bool = False

    def __post_init__(self) -> None:
        wrong = None
        if self.quick and self.full:
            wrong = "--quick leaves out what --full asks for"
        elif self.strict and self.baseline is not None:
            wrong = "--strict fails at every finding, --baseline at new ones alone"
        elif self.write_baseline and self.baseline is None:
            wrong = "--write-baseline needs the name of the file: --baseline FILE"
        elif self.show_holdout and self.rows is None:
            wrong = "--show-holdout is about the file of --rows FILE, and none is named"
        if wrong is not None:
            raise UsageError(wrong, where="etude check")
        if self.rows is not None:
            found_rows.writer(self.rows)


@dataclass(frozen=True)
class CheckResult:
    """What was found; ``folder`` holds the examples as read, and ``rejects.csv``.

    ``summary``: the grade and all findings, those of reading too. ``page``: where the rows stand.
    ``compared``: faults against the baseline, where one was named. ``measured``: what mending buys,
    where that was asked.
    """

    version: DatasetVersion
    folder: Path
    rejects: Path | None
    warnings: tuple[str, ...]
    summary: Summary
    ran: tuple[tuple[str, str], ...] = ()
    not_run: tuple[NotRun, ...] = ()
    page: Path | None = None
    rows: Path | None = None
    compared: Compared | None = None
    measured: Measured | None = None

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude check --json``."""
        return {
            "schema": 1,
            "dataset": self.version.model_dump(mode="json", exclude={"schema_version"}),
            "rejects": str(self.rejects) if self.rejects else None,
            "warnings": list(self.warnings),
            "grade": {
                "word": self.summary.grade.word,
                "reasons": list(self.summary.grade.reasons),
            },
            "findings": [_item(item) for item in self.summary.items],
            "to_do": [item.code for item in self.summary.to_do],
            "settled": self.summary.settled,
            "audits": {
                "run": [key for key, _ in self.ran],
                "not_run": [
                    {"audit": one.audit, "title": one.title, "reason": one.reason}
                    for one in self.not_run
                ],
            },
            "page": str(self.page) if self.page else None,
            "rows": str(self.rows) if self.rows else None,
            "baseline": self.compared.to_json() if self.compared else None,
            "measured": self.measured.to_json() if self.measured else None,
        }


def _item(item: Item) -> dict[str, Any]:
    made = item.finding.model_dump(mode="json")
    points = item.points
    measured = None
    if points is not None:
        measured = dict(zip(("low", "value", "high"), points, strict=True))
    return made | {"kept": item.kept, "points": measured}


def prepare(session: Session, *, strict: bool = False) -> tuple[Prepared, Path]:
    """The current dataset version as people's decisions make it, and its folder; stored if new.

    Raises:
        DataError: the examples can't be used, or ``strict`` and rows were rejected.
    """
    store, task = session.store, session.taskfile.task
    decided = decisions.read(session.root)
    prepared = versions.build(
        task, session.root, store.assignments(), strict=strict, decisions=decided.placed
    )
    ideals, wrong = about_ideals(task, prepared.frame, session.root)
    warned = prepared.version.findings + about_models(task, prepared.frame, session.root) + wrong
    warned += decided.findings()
    known = {"findings": tuple(map(with_effort, warned)), "ideals": ideals}
    prepared = replace(prepared, version=prepared.version.model_copy(update=known))
    folder = store.save_version(prepared.version.id, lambda where: stored.write(prepared, where))
    if not stored.intact(folder):
        session.say(f"the stored examples were damaged and are written again: {folder}")
        with atomic.replacing(folder) as again:
            stored.write(prepared, again)
    kept = DatasetVersion.model_validate_json((folder / stored.MANIFEST).read_bytes())
    version = prepared.version.model_copy(update={"created": kept.created})
    return replace(prepared, version=version), folder


def looked_through(
    session: Session, prepared: Prepared, options: Options | None = None
) -> tuple[Audited, Summary]:
    """What audits find in a version, and all findings ranked."""
    found = audited(session, prepared, options)
    return found, _summary(prepared, found)


def _summary(prepared: Prepared, found: Audited, measured: Measured | None = None) -> Summary:
    return summarise(
        prepared.version.rows,
        prepared.version.findings,
        found.found,
        ran=found.keys,
        kept=prepared.outcome.kept,
        points=measured.points if measured is not None else None,
    )


def check(session: Session, options: CheckOptions | None = None) -> CheckResult:
    """Read, normalise, split, audit; write the page of what was found.

    Raises:
        DataError: the examples can't be used at all.
        UsageError: options that go against one another, or a file that can't be written.
        GateNotMet: ``strict``, and there are findings above a note.
    """
    options = options or CheckOptions()
    _may_write(session, options)
    with recorded(session, "check", {"strict": str(options.strict)}) as run:
        prepared, folder = prepare(session)
        session.store.describe_run(run.id, dataset=prepared.version.id)
        looks = Options(options.quick, options.full, options.traffic)
        found, summary = looked_through(session, prepared, looks)
        measured = measure(session, prepared, summary.items) if options.measure else None
        summary = _summary(prepared, found, measured) if measured is not None else summary
        result = CheckResult(
            version=prepared.version,
            folder=folder,
            rejects=folder / "rejects.csv" if prepared.version.rejected else None,
            warnings=(*session.taskfile.warnings, *misworded(session.taskfile.task)),
            summary=summary,
            ran=found.ran,
            not_run=found.not_run,
            rows=options.rows,
            compared=_baseline(options, summary, prepared, found),
            measured=measured,
        )
        if options.rows is not None:
            _write_rows(session, summary, prepared, options)
        grades.keep(session, run.id, result)
        result = replace(result, page=grades.write_page(session, prepared, result))
        if options.strict:
            _hold(result)
        return result


def _may_write(session: Session, options: CheckOptions) -> None:
    """Stop before minutes go by where a file of a person would be written over.

    Raises:
        UsageError: it would.
    """
    read = [*read_by(session), *([options.traffic] if options.traffic is not None else [])]
    if options.rows is not None:
        kept = [*read, *([options.baseline] if options.baseline is not None else [])]
        mine = found_rows.is_one
        refuse_target(options.rows, kept, "--rows", replace=options.replace, mine=mine)
    if options.baseline is not None and options.write_baseline:
        mine = baseline.is_one
        refuse_target(options.baseline, read, "--baseline", replace=options.replace, mine=mine)


def _write_rows(
    session: Session, summary: Summary, prepared: Prepared, options: CheckOptions
) -> None:
    assert options.rows is not None
    held = held_out(prepared.frame)
    if options.show_holdout and any(item.hits is not None for item in summary.items) and held:
        write_down(session, prepared.version.holdout_id, "check")
    hidden = frozenset[str]() if options.show_holdout else held
    found_rows.write_rows(summary.items, prepared, options.rows, hidden)


def _baseline(
    options: CheckOptions, summary: Summary, prepared: Prepared, found: Audited
) -> Compared | None:
    if options.baseline is None:
        return None
    if options.write_baseline:
        baseline.write(options.baseline, summary.items, prepared, found.keys)
    return baseline.compare(options.baseline, summary.items, prepared, found.keys)


def _hold(result: CheckResult) -> None:
    serious = sum(item.serious for item in result.summary.items)
    rejected = result.version.rejected
    if serious or rejected:
        raise GateNotMet(
            f"--strict: {serious} findings and {rejected} rejected rows",
            where=str(result.rejects or result.folder),
            hint="mend them, or leave --strict out to go on without those rows",
        )
