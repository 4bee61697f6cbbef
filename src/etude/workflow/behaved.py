"""What is known of how a comparison's candidates behave: the newest results of these very ones.

A result belongs to a candidate, not to a run: the same candidate in a later comparison need not be
tried again, and one suite may be tried alone without losing the others. What it was tried for must be
what counts today: see ``behave_standing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from etude.behaviour.general import VERSION as GENERAL
from etude.errors import StoreError
from etude.records.behaviour import Behaviour, SuiteResult
from etude.records.candidate import BEHAVIOUR_GATE, CandidateReport, Gate
from etude.records.comparison import Comparison
from etude.store import atomic
from etude.verdict.behaving import with_gates
from etude.verdict.decide import Circumstances, decide
from etude.verdict.stakes import held
from etude.workflow import signing
from etude.workflow.behave_answers import Rows
from etude.workflow.behave_standing import Standing, standing
from etude.workflow.keeping import COMPARISON
from etude.workflow.session import Session

BEHAVIOUR, ROWS = "behaviour.json", "behaviour.parquet"


def keep(session: Session, found: Behaviour, rows: Rows) -> Path:
    """Write the rows, then the record, into the run's folder; where the rows are."""
    folder = session.store.run_folder(found.run)
    columns = [
        {
            "candidate": name,
            "suite": key,
            "source": row.case.source,
            "input": row.case.input,
            "base": row.case.base,
            "output": row.reply.output,
            "base_output": row.base.output if row.base else None,
            "told": row.told,
            "why": row.why,
        }
        for name, own in rows.items()
        for key, some in own.items()
        for row in some
    ]
    table = pl.DataFrame(columns, infer_schema_length=None)
    atomic.write_with(folder / ROWS, lambda path: table.write_parquet(path))
    text = json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1)
    atomic.write_text(folder / BEHAVIOUR, text)
    return folder / ROWS


def known(session: Session, candidates: tuple[CandidateReport, ...]) -> Behaviour | None:
    """How these candidates behave, as ``newest`` has it for what counts today."""
    return newest(session, standing(session, candidates))


def newest(session: Session, now: Standing) -> Behaviour | None:
    """How these candidates behave: of each and each suite the newest result that counts today.

    None where nobody has tried any of them.
    """
    found: Behaviour | None = None
    for run in _runs(session):
        one = _of(run, now)
        if one.results:
            found = one if found is None else _joined(found, one)
    return found


def outdated(session: Session, now: Standing) -> dict[tuple[str, str], str]:
    """By candidate and suite that was tried, and not for what counts today: why it no longer counts."""
    found = dict[tuple[str, str], str]()
    counting = set[tuple[str, str]]()
    for run in _runs(session):
        for one in _same(run, now):
            reason = now.against(one)
            if reason is None:
                counting.add((one.candidate, one.suite))
            else:
                found.setdefault((one.candidate, one.suite), reason)
    return {pair: reason for pair, reason in found.items() if pair not in counting}


def _same(found: Behaviour, now: Standing) -> list[SuiteResult]:
    """The results that are of these very candidates."""
    same = _very(found, now)
    return [one for one in found.results if one.candidate in same]


def _very(found: Behaviour, now: Standing) -> set[str]:
    """The names under which it knows these very candidates."""
    return {name for name, known in found.candidate_ids.items() if now.ids.get(name) == known}


def _of(found: Behaviour, now: Standing) -> Behaviour:
    """What of it is about these candidates and counts today."""
    results = tuple(one for one in _same(found, now) if now.against(one) is None)
    told = {(one.candidate, one.suite) for one in results}
    same = _very(found, now)
    broken = [
        one
        for one in found.broken
        if (one.tuned, one.suite) in told and (one.base in same or one.base not in now.ids)
    ]
    general = [one for one in found.general if one.tuned in same and one.version == GENERAL]
    return found.model_copy(
        update={
            "results": results,
            "broken": tuple(broken),
            "general": tuple(general),
            "extraction": tuple(one for one in found.extraction if one.candidate in same),
        }
    )


def _joined(found: Behaviour, older: Behaviour) -> Behaviour:
    """With what only the older one tells."""
    results = {(one.candidate, one.suite) for one in found.results}
    broken = {(one.tuned, one.suite) for one in found.broken}
    more = [one for one in older.results if (one.candidate, one.suite) not in results]
    pairs = [one for one in older.broken if (one.tuned, one.suite) not in broken]
    planted = {one.candidate for one in found.extraction}
    asked = {one.tuned for one in found.general}
    general = [one for one in older.general if one.tuned not in asked]
    secrets = [one for one in older.extraction if one.candidate not in planted]
    return found.model_copy(
        update={
            "results": (*found.results, *more),
            "broken": (*found.broken, *pairs),
            "general": (*found.general, *general),
            "extraction": (*found.extraction, *secrets),
        }
    )


def rows_of(session: Session, found: Behaviour, now: Standing) -> pl.DataFrame:
    """Every case that the results of ``found`` count, with its answers.

    Args:
        session: the project.
        found: what ``newest`` found of these candidates.
        now: what counts today.

    Raises:
        StoreError: a table is gone or damaged.
    """
    wanted = {(one.candidate, one.suite) for one in found.results}
    tables = []
    for run in _runs(session):
        own = wanted & {(one.candidate, one.suite) for one in _of(run, now).results}
        if own:
            tables.append(_table(session, run).filter(_among(own)))
            wanted -= own
    return pl.concat(tables, how="diagonal_relaxed")


def _among(pairs: set[tuple[str, str]]) -> pl.Expr:
    return pl.struct("candidate", "suite").is_in(
        [{"candidate": candidate, "suite": suite} for candidate, suite in sorted(pairs)]
    )


def _table(session: Session, found: Behaviour) -> pl.DataFrame:
    path = session.store.run_folder(found.run) / ROWS
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(
            "the cases of a behaviour run can't be read", where=str(path), hint="etude behave"
        ) from error


def gated(session: Session, candidates: tuple[CandidateReport, ...]) -> tuple[CandidateReport, ...]:
    """The candidates with the gates on behaviour that the task file sets now, as far as these very ones
    were tried for what counts today; where they were tried for something else, it is said."""
    now = standing(session, candidates)
    limits = session.taskfile.task.behaviour.gates
    reasons = outdated(session, now)
    return tuple(
        c.model_copy(update={"gates": tuple(_said(c.name, gate, reasons) for gate in c.gates)})
        for c in with_gates(candidates, limits, newest(session, now))
    )


def _said(name: str, gate: Gate, reasons: Mapping[tuple[str, str], str]) -> Gate:
    """The gate; one that is open since a result no longer counts says why."""
    reason = reasons.get((name, gate.name.removeprefix(BEHAVIOUR_GATE)))
    if reason is None or not gate.of_suite or gate.value is not None:
        return gate
    return gate.model_copy(update={"found": f"to be tried again: {reason}"})


def decided_anew(session: Session, comparison: Comparison) -> Comparison:
    """The comparison with the gates and the stakes that the task file sets now, and the verdict that
    they lead to.

    It takes the place of the one that is stored where anything changed.
    """
    said = session.taskfile.task
    task = comparison.task.model_copy(update={"stakes": said.stakes, "behaviour": said.behaviour})
    candidates = gated(session, comparison.candidates)
    verdict = decide(task, _finalists(candidates), comparison.pairs, _circumstances(comparison))
    by = signing.signed(session, candidates, verdict.recommended)
    made = comparison.model_copy(
        update={
            "task": task,
            "candidates": candidates,
            "verdict": held(task, verdict, candidates, by),
            "signed": by,
        }
    )
    if made != comparison:
        place = session.store.run_folder(comparison.run) / COMPARISON
        atomic.write_text(place, made.model_dump_json(indent=1, by_alias=True))
    return made


def _finalists(candidates: tuple[CandidateReport, ...]) -> tuple[CandidateReport, ...]:
    return tuple(c for c in candidates if c.quality is not None)


def _circumstances(comparison: Comparison) -> Circumstances:
    """What bore on it when it was first decided."""
    return Circumstances(
        exploratory=comparison.verdict.exploratory,
        quick=comparison.quick and comparison.dataset.scheme == "cross_fitting",
        on_dev=comparison.on_dev,
        kept_aside=comparison.scored_on == "holdout",
        baseline=comparison.verdict.baseline,
        incumbent=comparison.verdict.incumbent,
        scored=comparison.detectable.n,
        advisory=comparison.advisory,
        then=comparison.then,
        people=comparison.people if comparison.metric == "person" else None,
    )


def _runs(session: Session) -> Iterator[Behaviour]:
    """What runs of ``behave`` left, newest first; one that can't be read is as good as none."""
    for run in session.store.runs():
        path: Path = session.store.run_folder(run.id) / BEHAVIOUR
        if run.verb == "behave" and path.exists():
            try:
                yield Behaviour.model_validate_json(path.read_bytes())
            except (OSError, ValueError):
                continue
