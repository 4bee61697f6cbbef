"""``predict``: the kept candidate on new texts, or on a table with every column kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.approaches._base import Candidate, Choice
from etude.data import versions
from etude.data.answers import Answers
from etude.data.sources import read_table
from etude.data.tables import texts_of, with_columns, writer
from etude.evaluation.stages import Stages
from etude.records.comparison import Comparison
from etude.records.dataset import Reject
from etude.store import atomic
from etude.workflow import egress, keeping, rehearsal
from etude.workflow.egress import Confirm
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import whole_part
from etude.workflow.session import Session
from etude.workflow.stages import stages_for


@dataclass(frozen=True)
class Prediction:
    """One answer; ``label`` is None where there was none, and ``failure`` says why."""

    text: str
    label: str | None
    confidence: float | None
    failure: str | None


@dataclass(frozen=True)
class Predictions:
    """Answers in the order of the texts, and who gave them."""

    candidate: str
    answers: tuple[Prediction, ...]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude predict --json``."""
        return {
            "schema": 1,
            "candidate": self.candidate,
            "predictions": [
                {
                    "text": a.text,
                    "prediction": a.label,
                    "confidence": a.confidence,
                    "failure": a.failure,
                }
                for a in self.answers
            ],
        }


@dataclass(frozen=True)
class PredictedFile:
    """What was written where; ``unanswered`` rows have an empty prediction."""

    candidate: str
    source: Path
    target: Path
    rows: int
    unanswered: int
    rejects: tuple[Reject, ...]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude predict FILE --json``."""
        return {
            "schema": 1,
            "candidate": self.candidate,
            "source": str(self.source),
            "target": str(self.target),
            "rows": self.rows,
            "unanswered": self.unanswered,
            "rejected": [r.model_dump(mode="json") for r in self.rejects],
        }


def predict(
    session: Session,
    texts: Sequence[str],
    name: str | None = None,
    confirm: Confirm | None = None,
) -> Predictions:
    """Answers to ``texts``; ``confirm`` is asked before they are sent anywhere, None refuses.

    Raises:
        UsageError: texts would leave this machine and nobody agreed.
        DataError: nothing has been compared yet.
        UnknownName: no candidate of that name was scored.
    """
    candidate, called = _candidate(session, name, texts, confirm)
    answers = candidate.answer(list(texts))
    return Predictions(called, tuple(_predictions(texts, answers)))


def predict_file(
    session: Session,
    source: Path,
    target: Path,
    name: str | None = None,
    confirm: Confirm | None = None,
) -> PredictedFile:
    """Read a table, answer each row, write it with ``prediction`` and ``confidence`` added.

    The input columns are those of the task. A row without an input gets no prediction. Rows that
    can't be read are counted, and listed in ``rejects`` of the result with their lines.

    Raises:
        DataError: the table can't be read, or lacks the input columns.
        UsageError: rows would leave this machine and nobody agreed.
        StoreError: the target can't be written.
    """
    comparison = keeping.latest(session)
    write = writer(target)
    table = read_table(source)
    inputs = texts_of(table, comparison.task.data, comparison.dataset.columns["input"])
    filled = [i for i, text in enumerate(inputs) if text]
    texts = [inputs[i] for i in filled]
    candidate, called = _candidate(session, name, texts, confirm)
    answers = candidate.answer(texts)
    outputs: list[str | None] = [None] * len(inputs)
    confidence: list[float | None] = [None] * len(inputs)
    for row, prediction in zip(filled, _predictions(texts, answers), strict=True):
        outputs[row], confidence[row] = prediction.label, prediction.confidence
    frame = with_columns(table, {"prediction": outputs, "confidence": confidence})
    atomic.write_with(target, lambda path: write(frame, path))
    return PredictedFile(
        called,
        source,
        target,
        rows=len(inputs),
        unanswered=sum(output is None for output in outputs),
        rejects=table.rejects,
    )


def _candidate(
    session: Session, name: str | None, texts: Sequence[str], confirm: Confirm | None
) -> tuple[Candidate, str]:
    """The fitted candidate, once it is agreed that ``texts`` may go where it answers."""
    comparison = keeping.latest(session)
    stages = stages_for(session, comparison.task, comparison.dataset)
    if texts:
        called = keeping.chosen_name(comparison, name)
        egress.agree(stages, _planned(session, comparison, stages, called, texts), confirm)
    kept = keeping.kept(session, comparison, stages, name)
    work = session.store.run_folder(comparison.run)
    return stages.load(kept.entrant, kept.folder, work), kept.name


def _planned(
    session: Session, comparison: Comparison, stages: Stages, name: str, texts: Sequence[str]
) -> list[egress.Egress]:
    """What answering would send, and fitting where the candidate is not fitted yet."""
    entrant = entrant_called(session, name)
    if entrant.reference.openai is None:
        return []
    prepared = versions.read(session.store.version_folder(comparison.dataset.id))
    crossed = prepared.version.scheme == "cross_fitting"
    examples = prepared.everything() if crossed else prepared.train().join(prepared.dev())
    settings = comparison.candidate(name).settings
    choice = Choice(settings={"temperature": 1.0, **settings}, dev_value=0.0, trials=())
    requests = rehearsal.answering(stages, entrant, examples, choice, texts)
    rows = len(texts)
    if crossed and (comparison.quick or name != comparison.verdict.recommended):
        requests += rehearsal.comparing(stages, entrant, [whole_part(prepared)])
        rows += len(examples)
    return [egress.planned_for(stages, entrant, rows, requests)]


def _predictions(texts: Sequence[str], answers: Answers) -> list[Prediction]:
    rows = zip(texts, answers.outputs, answers.confidence, answers.failures, strict=True)
    return [
        Prediction(text, label, None if math.isnan(sure) else float(sure), failure)
        for text, label, sure, failure in rows
    ]
