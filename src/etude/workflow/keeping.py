"""What a comparison leaves in its run's folder, and how a kept candidate is found again.

``runs/<id>/comparison.json``: the record; ``rows.parquet``: every candidate's answers to dev and
scored rows; ``candidates.json``: where each fitted candidate lies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from etude.data import stored
from etude.errors import DataError, StoreError, UnknownName
from etude.evaluation.finalists import Field
from etude.evaluation.parts import Layout
from etude.evaluation.remaining import EVERYTHING_SEED
from etude.evaluation.scoring import Scores
from etude.evaluation.stages import Entrant, Stages
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.run import Run
from etude.registry import nearest
from etude.store import atomic
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import whole_part
from etude.workflow.rows import rows
from etude.workflow.session import Place, Session

CHECK = "compare --dev"
"""The verb of a check between final comparisons: a bucket of its own, so that however many there are,
what the newest final comparisons left stays, and is what other verbs work with."""
HAND_OVER = {"threshold", "sure", "precision_asked", "confidence", "calibrator"}
COMPARISON, ROWS, CANDIDATES = "comparison.json", "rows.parquet", "candidates.json"


def keep(
    session: Session,
    run: Run,
    layout: Layout,
    field: Field,
    scores: Scores,
    comparison: Comparison,
    parts: Sequence[Sequence[str]] | None = None,
) -> None:
    """Write the comparison, its rows and its candidates; the record comes last. ``parts``: those of
    each scored row."""
    folder = session.store.run_folder(run.id)
    table = rows(layout, field, scores, parts)
    atomic.write_with(folder / ROWS, lambda path: table.write_parquet(path))
    places = {
        card.report.name: {
            "folder": str(card.folder.relative_to(session.store.folder)),
            "settings": card.choice.settings,
            "dev_value": card.choice.dev_value,
            "hand_over": _hand_over(card.report),
        }
        for card in scores.cards
    }
    atomic.write_text(folder / CANDIDATES, json.dumps(places, ensure_ascii=False, indent=1))
    atomic.write_text(folder / COMPARISON, comparison.model_dump_json(indent=1, by_alias=True))


def _hand_over(report: CandidateReport) -> dict[str, Any] | None:
    """What tells a candidate when to hand over: its threshold, and how sure a score is."""
    found = report.handover
    return None if found is None else found.model_dump(mode="json", include=HAND_OVER)


def latest(session: Session) -> Comparison:
    """The newest finished comparison of this project that is no check (``CHECK``).

    Raises:
        DataError: there is none.
    """
    found = _newest(session, "compare", "run")
    if found is not None:
        return found
    raise DataError(
        "nothing has been compared in this project yet",
        where=str(session.root),
        hint="etude compare",
    )


def latest_check(session: Session) -> Comparison | None:
    """The newest finished check (``CHECK``) of this project; None where there is none."""
    return _newest(session, CHECK)


def _newest(session: Session, *verbs: str) -> Comparison | None:
    for run in session.store.runs():
        path = session.store.run_folder(run.id) / COMPARISON
        if run.verb in verbs and path.exists():
            return _read(path)
    return None


def of_run(session: Place, run: str) -> Comparison | None:
    """The comparison of one run; None where there is no such run, or what it left was cleared away."""
    if all(run != one.id for one in session.store.runs()):
        return None
    path = session.store.run_folder(run) / COMPARISON
    return _read(path) if path.exists() else None


def _read(path: Path) -> Comparison:
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(path) from error


def rows_of(session: Place, comparison: Comparison) -> pl.DataFrame:
    """The answers table that ``comparison`` left."""
    path = session.store.run_folder(comparison.run) / ROWS
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "what the newest comparison left can't be read",
        where=str(path),
        expected="the file that etude compare wrote",
        hint="etude compare writes it again, mostly from what is stored; or put the file back "
        "from a copy",
    )


@dataclass(frozen=True)
class Kept:
    """A fitted candidate of a comparison."""

    name: str
    entrant: Entrant
    folder: Path


def kept(session: Session, comparison: Comparison, stages: Stages, name: str | None) -> Kept:
    """The candidate called ``name`` (or by its rung; None: the recommended one), fitted.

    In cross-fitting the kept candidate is fitted on every example of the comparison's dataset
    version: done here if it was not yet.

    Raises:
        UnknownName: no such candidate was scored.
    """
    chosen = chosen_name(comparison, name)
    if comparison.dataset.scheme == "cross_fitting":
        entrant, folder = fit_on_everything(session, comparison, stages, chosen)
        return Kept(chosen, entrant, folder)
    return Kept(chosen, entrant_called(session, chosen), scored_folder(session, comparison, chosen))


def scored_folder(session: Session, comparison: Comparison, name: str) -> Path:
    """Where the candidate called ``name`` lies as it was scored; in cross-fitting, as it was fitted
    without the first fold.

    Raises:
        StoreError: its folder, or the record of it, is gone.
    """
    path = session.store.run_folder(comparison.run) / CANDIDATES
    try:
        folder = session.store.folder / str(json.loads(path.read_bytes())[name]["folder"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error
    if not folder.is_dir():
        raise StoreError(
            f"the fitted candidate {name} is gone", where=str(folder), hint="etude compare"
        )
    return folder


def chosen_name(comparison: Comparison, name: str | None) -> str:
    """The scored candidate called ``name``, by its rung too; None: the recommended, else the best.

    Raises:
        UnknownName: no such candidate was scored.
    """
    scored = [c for c in comparison.candidates if c.finalist]
    if name is None:
        best = max(scored, key=lambda c: c.quality.value if c.quality else 0.0)
        return comparison.verdict.recommended or best.name
    for candidate in scored:
        if name in (candidate.name, candidate.rung, candidate.plain_name):
            return candidate.name
    known = [c.name for c in scored] + [c.rung for c in scored]
    near = nearest(name, known)
    raise UnknownName(
        f"no candidate called {name!r} was scored",
        expected=f"one of {', '.join(c.name for c in scored)}",
        hint=f"did you mean {near!r}?" if near else None,
    )


def fit_on_everything(
    session: Session, comparison: Comparison, stages: Stages, name: str
) -> tuple[Entrant, Path]:
    """The candidate chosen and fitted on all examples: what is kept after cross-fitting."""
    entrant = entrant_called(session, name)
    prepared = stored.read(session.store.version_folder(comparison.dataset.id))
    part = whole_part(prepared)
    choice, _ = stages.choose(entrant, part, EVERYTHING_SEED)
    fitted = stages.fit(entrant, part, choice, EVERYTHING_SEED, keep=True)
    return entrant, fitted.folder
