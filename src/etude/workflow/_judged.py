"""What a model that judges said of each answer, beside what people say of the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.data.examples import Examples
from etude.data.overlay import row_hash
from etude.evaluation import model_judge
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import Scores
from etude.records.judgement import CriterionRow, JudgeReport
from etude.records.task import ModelJudge
from etude.store import atomic
from etude.workflow import agreement, judgements
from etude.workflow.session import Session

Said = NDArray[np.int8]
Answered = Mapping[str, tuple[Examples, list[str | None]]]
"""By candidate: rows, and its answers to them."""


@dataclass(frozen=True)
class Heard:
    """What the judge said: ``said`` (N, C) of the scored rows by candidate, ``table`` with dev rows
    too, and the ``report``. ``trust`` says whether it may decide."""

    said: Mapping[str, Said]
    table: pl.DataFrame
    report: JudgeReport
    trust: agreement.Trust


def keep_table(session: Session, run: str, heard: Heard | None) -> None:
    """What was said of each answer, in the run's folder, for people to be asked of the same."""
    if heard is not None:
        path = session.store.run_folder(run) / agreement.TABLE
        atomic.write_with(path, lambda place: heard.table.write_parquet(place))


def table_of(
    layout: Layout,
    judge: ModelJudge,
    answers: Answered,
    said: Mapping[str, Said],
) -> pl.DataFrame:
    scored = "out-of-fold" if layout.cross_fitting else "holdout"
    frames = []
    for name, (examples, outputs) in answers.items():
        count = len(layout.scored)
        sides = [scored] * count + ["dev"] * (len(examples) - count)
        hashes = [
            row_hash(text, target, None)
            for text, target in zip(examples.inputs, examples.targets, strict=True)
        ]
        columns: dict[str, Any] = {
            "id": examples.ids,
            "candidate": [name] * len(examples),
            "side": sides,
            "input": examples.inputs,
            "target": examples.targets,
            "output": outputs,
            "of": hashes,
            "answer": [judgements.text_hash(output or "") for output in outputs],
        }
        columns |= {f"said|{key}": said[name][:, at] for at, key in enumerate(judge.criteria)}
        frames.append(pl.DataFrame(columns, schema_overrides={"output": pl.String}))
    # An answer that is none has nothing to be labelled.
    return pl.concat(frames).filter(pl.col("output").is_not_null())


def weighed(
    session: Session,
    judge: ModelJudge,
    scores: Scores,
    said: Mapping[str, Said],
    table: pl.DataFrame,
) -> Heard:
    kept = judgements.read(session.root)
    if kept.warning:
        session.say(kept.warning)
    names = list(judge.criteria)
    found = agreement.both(table, agreement.marks(kept.labels, judge.criteria), names)
    pairs = len(scores.cards) * (len(scores.cards) - 1) // 2
    trust = agreement.trust(agreement.of_all(found, names), max(1, pairs))
    unmeasured = [float((rows == -1).any(axis=1).mean()) for rows in said.values() if len(rows)]
    hit, clear = trust.rates
    report = JudgeReport(
        model=judge.model.name,
        criteria=judge.criteria,
        agreements=agreement.agreements(found, names),
        rows=_rows(judge, said),
        trusted=trust.trusted,
        why_not=trust.why_not,
        more_labels=trust.more_labels,
        unmeasured=max(unmeasured, default=0.0),
        sensitivity=hit,
        specificity=clear,
    )
    return Heard(said, table, report, trust)


def _rows(judge: ModelJudge, said: Mapping[str, Said]) -> tuple[CriterionRow, ...]:
    return tuple(
        CriterionRow(
            candidate=name,
            criterion=criterion,
            yes=int((rows[:, at] == model_judge.YES).sum()),
            n=int((rows[:, at] != model_judge.UNMEASURED).sum()),
            unmeasured=int((rows[:, at] == model_judge.UNMEASURED).sum()),
        )
        for name, rows in said.items()
        for at, criterion in enumerate(judge.criteria)
    )
