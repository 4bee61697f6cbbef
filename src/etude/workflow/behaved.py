"""What is known of how a comparison's candidates behave: the newest results of these very ones.

A result belongs to a candidate, not to a run: the same candidate in a later comparison need not be
tried again, and one suite may be tried alone without losing the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from etude.errors import StoreError
from etude.records.behaviour import Behaviour
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.sign_off import SignOff
from etude.store import atomic
from etude.verdict.behaving import with_gates
from etude.verdict.decide import Circumstances, decide
from etude.verdict.stakes import held
from etude.workflow.behave_answers import Rows
from etude.workflow.keeping import COMPARISON
from etude.workflow.session import Session

BEHAVIOUR, ROWS, SIGNED = "behaviour.json", "behaviour.parquet", "sign_off.json"


def ids_of(candidates: tuple[CandidateReport, ...]) -> dict[str, str]:
    """What each scored candidate is, by its name."""
    return {c.name: c.candidate_id for c in candidates if c.quality is not None}


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


def newest(session: Session, ids: Mapping[str, str]) -> Behaviour | None:
    """How the candidates with these ids behave: of each and each suite the newest result.

    None where nobody has tried any of them.
    """
    found: Behaviour | None = None
    for run in _runs(session):
        one = _of(run, ids)
        if one.results:
            found = one if found is None else _joined(found, one)
    return found


def _of(found: Behaviour, ids: Mapping[str, str]) -> Behaviour:
    """What of it is about these candidates."""
    same = {name for name, known in found.candidate_ids.items() if ids.get(name) == known}
    return found.model_copy(
        update={
            "results": tuple(one for one in found.results if one.candidate in same),
            "broken": tuple(one for one in found.broken if {one.base, one.tuned} <= same),
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
    secrets = [one for one in older.extraction if one.candidate not in planted]
    return found.model_copy(
        update={
            "results": (*found.results, *more),
            "broken": (*found.broken, *pairs),
            "extraction": (*found.extraction, *secrets),
        }
    )


def rows_of(session: Session, found: Behaviour, ids: Mapping[str, str]) -> pl.DataFrame:
    """Every case that the results of ``found`` count, with its answers.

    Args:
        session: the project.
        found: what ``newest`` found of these candidates.
        ids: theirs.

    Raises:
        StoreError: a table is gone or damaged.
    """
    wanted = {(one.candidate, one.suite) for one in found.results}
    tables = []
    for run in _runs(session):
        own = wanted & {(one.candidate, one.suite) for one in _of(run, ids).results}
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


def signed(
    session: Session, candidates: tuple[CandidateReport, ...], name: str | None
) -> SignOff | None:
    """Who signed the candidate called ``name`` off last, as it is among these; None: nobody."""
    known = ids_of(candidates).get(name or "")
    for run in session.store.runs():
        path = session.store.run_folder(run.id) / SIGNED
        if known is None or run.verb != "behave" or not path.exists():
            continue
        try:
            found = SignOff.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            continue
        if (found.candidate, found.candidate_id) == (name, known):
            return found
    return None


def decided_anew(session: Session, comparison: Comparison) -> Comparison:
    """The comparison with the gates and the stakes that the task file sets now, and the verdict that
    they lead to.

    It takes the place of the one that is stored where anything changed.
    """
    said = session.taskfile.task
    task = comparison.task.model_copy(update={"stakes": said.stakes, "behaviour": said.behaviour})
    found = newest(session, ids_of(comparison.candidates))
    candidates = with_gates(comparison.candidates, said.behaviour.gates, found)
    verdict = decide(task, _finalists(candidates), comparison.pairs, _circumstances(comparison))
    by = signed(session, candidates, verdict.recommended)
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
