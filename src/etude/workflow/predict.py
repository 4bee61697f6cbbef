"""``predict``: the kept candidate on new texts, or on a table with every column kept.

What it answers is held against the task's own schema and checks, as far as that needs no ideal
answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from etude.approaches._base import Choice
from etude.data import stored
from etude.data.answers import Answers
from etude.data.sources import read_table
from etude.data.tables import WRITERS, with_columns, writer
from etude.errors import UsageError
from etude.evaluation.field_sureness import field_probabilities
from etude.evaluation.handover import probabilities
from etude.evaluation.judging import Fault, Judge
from etude.evaluation.stages import Stages
from etude.evaluation.to_person import to_person, why_everything
from etude.models._base import ChatRequest
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.releases.contents import PROJECT
from etude.releases.loading import Release
from etude.store import atomic
from etude.workflow import egress, keeping, rehearsal
from etude.workflow._unlearnable import refuse_asked
from etude.workflow.asked import Asked, Described, Inputs, of_asked, of_table
from etude.workflow.egress import Confirm
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import whole_part
from etude.workflow.loading import judge_of, load_release, scorecard_of
from etude.workflow.openings import all_begun, systems
from etude.workflow.phrases import refuse_others
from etude.workflow.predictions import PredictedFile, Prediction, Predictions, columns
from etude.workflow.released import agree_to_answers
from etude.workflow.session import Session
from etude.workflow.stages import stages_for

__all__ = [
    "PredictedFile",
    "Prediction",
    "Predictions",
    "judged",
    "place_for",
    "predict",
    "predict_file",
]


def predict(
    session: Session,
    asked: Sequence[Asked],
    name: str | None = None,
    confirm: Confirm | None = None,
    release: str | None = None,
) -> Predictions:
    """Answers to texts or rows, of a candidate of the newest comparison or of a release.

    ``confirm`` is asked before they are sent anywhere, None refuses.

    Raises:
        UsageError: texts would leave this machine and nobody agreed.
        DataError: nothing has been compared yet.
        UnknownName: no candidate of that name was scored.
    """
    who = _who(session, name, release)
    return who.ask(of_asked(asked, who.described), confirm)


def predict_file(
    session: Session,
    source: Path,
    target: Path,
    name: str | None = None,
    confirm: Confirm | None = None,
    release: str | None = None,
) -> PredictedFile:
    """Read a table, answer each row, write it with the prediction added, and how sure it is; for
    kinds that write, whether it passes, and what it fails.

    The input columns are those of the task. A row without an input gets no prediction. Rows that
    can't be read are counted, and listed in ``rejects`` of the result with their lines.

    Raises:
        DataError: the table can't be read, or lacks the input columns.
        UsageError: rows would leave this machine and nobody agreed.
        StoreError: the target can't be written.
    """
    who = _who(session, name, release)
    write = writer(target)
    table = read_table(source)
    inputs = of_table(table, who.described)
    filled = [i for i, text in enumerate(inputs.texts) if text]
    found = who.ask(inputs.take(filled), confirm)
    answers: list[Prediction | None] = [None] * len(table)
    for row, prediction in zip(filled, found.answers, strict=True):
        answers[row] = prediction
    kind = who.described.task.kind
    frame = with_columns(table, columns(answers, kind))
    atomic.write_with(target, lambda path: write(frame, path))
    return PredictedFile(
        found.candidate,
        source,
        target,
        rows=len(table),
        unanswered=sum(answer is None or answer.label is None for answer in answers),
        rejects=table.rejects,
        failing=sum(bool(one.faults) for one in found.answers) if kind in WRITING else None,
        not_checked=found.not_checked,
        escalated=sum(one.escalate for one in found.answers),
        everything=found.everything,
    )


@dataclass(frozen=True)
class _Who:
    """Who answers, and how its inputs are read; ``opening``: see ``openings``."""

    described: Described
    opening: Sequence[str]
    answer: Callable[[Inputs, Confirm | None], Predictions]

    def ask(self, inputs: Inputs, confirm: Confirm | None) -> Predictions:
        """The answers, beside the texts as they were given."""
        found = self.answer(all_begun(inputs, self.opening), confirm)
        told = zip(found.answers, inputs.texts, strict=True)
        return replace(found, answers=tuple(replace(one, text=text) for one, text in told))


def _who(session: Session, name: str | None, release: str | None) -> _Who:
    """A release, or a candidate of the newest comparison.

    Raises:
        UsageError: both were asked for; or the phrases of the boundaries are not those of the newest
            comparison.
    """
    if release is None:
        comparison = keeping.latest(session)
        refuse_others(session, comparison)
        _, opening = systems(session.store, comparison)
        return _Who(comparison, opening, partial(_answered, session, comparison, name))
    if name is not None:
        raise UsageError(
            "a release and a candidate at once",
            where="etude predict",
            expected="one of --release and --candidate",
        )
    loaded = load_release(session, release)
    return _Who(loaded.asked, loaded.asked.opening, partial(_by_release, session, loaded))


def place_for(source: Path, target: Path | None = None, *, replace: bool = False) -> Path:
    """Where the answered table goes: ``target``, else beside ``source`` as NAME.predicted.csv (or
    in the source's own format). Never onto the source; onto another file with ``replace``.

    Raises:
        UsageError: it is there already.
    """
    file = source.with_name(source.name.partition("#")[0]) if "#" in source.name else source
    suffix = file.suffix if file.suffix.lower() in WRITERS else ".csv"
    place = target or file.with_name(f"{file.stem}.predicted{suffix}")
    if not place.exists():
        return place
    if file.exists() and place.samefile(file):
        raise UsageError(
            "--out is the file that is read",
            where=str(place),
            expected="another name: your file is never changed",
        )
    if not replace:
        raise UsageError(
            "this file is there already",
            where=str(place),
            hint="--force replaces it; or --out ANOTHER_NAME",
        )
    return place


def _answered(
    session: Session,
    comparison: Comparison,
    name: str | None,
    inputs: Inputs,
    confirm: Confirm | None,
) -> Predictions:
    """Who answers, once it is agreed that the inputs may go there; and the answers, judged."""
    refuse_asked(comparison.task, inputs.texts)
    stages = stages_for(session, comparison.task, comparison.dataset)
    called = keeping.chosen_name(comparison, name)
    if name is None and comparison.verdict.recommended is None:
        session.say(
            f"Nothing met the bar in the newest comparison: {called} did best of all, and answers."
        )
    if inputs.texts:
        sent = planned(session, comparison, stages, called, inputs.texts)
        egress.agree(stages, sent, confirm)
    kept = keeping.kept(session, comparison, stages, name)
    work = session.store.run_folder(comparison.run)
    answers = stages.load(kept.entrant, kept.folder, work).answer(list(inputs.texts))
    return judged(stages.judge, comparison.candidate(kept.name), inputs, answers)


def _by_release(
    session: Session, release: Release, inputs: Inputs, confirm: Confirm | None
) -> Predictions:
    """As the candidate answered that the release was made of, threshold and all."""
    refuse_asked(release.asked.task, inputs.texts)
    report = scorecard_of(release)
    judge = judge_of(release.asked, release.folder / PROJECT)
    if inputs.texts:
        agree_to_answers(session, release, report, inputs.texts, confirm)
    return judged(judge, report, inputs, release.answer(inputs.texts))


def planned(
    session: Session, comparison: Comparison, stages: Stages, name: str, texts: Sequence[str]
) -> list[egress.Egress]:
    """What answering would send, and fitting where the candidate is not fitted yet."""
    entrant = entrant_called(session, name)
    if entrant.reference.openai is None:
        return []
    prepared = stored.read(session.store.version_folder(comparison.dataset.id))
    crossed = prepared.version.scheme == "cross_fitting"
    examples = prepared.everything() if crossed else prepared.train().join(prepared.dev())
    settings = comparison.candidate(name).settings
    choice = Choice(settings={"temperature": 1.0, **settings}, dev_value=0.0, trials=())
    requests = rehearsal.answering(stages, entrant, examples, choice, texts)
    rewriting: list[ChatRequest] = []
    rows = len(texts)
    if crossed and (comparison.quick or name != comparison.verdict.recommended):
        fitting, rewriting = rehearsal.comparing(stages, entrant, [whole_part(prepared)])
        requests += fitting
        rows += len(examples)
    tokens = egress.answer_tokens(stages, examples)
    plan = egress.planned_for(stages, entrant, rows, requests, tokens)
    return egress.with_rewriting(stages, plan, entrant, rewriting)


def judged(
    judge: Judge, candidate: CandidateReport, inputs: Inputs, answers: Answers
) -> Predictions:
    """The answers with what they fail, how probable it is that they are right, and who looks."""
    faults: list[tuple[Fault, ...]] = [()] * len(answers)
    left: tuple[str, ...] = ()
    if judge.task.kind in WRITING and len(answers):
        known = {name for row in inputs.columns for name in row}
        asking, left = judge.for_columns(known)
        faults = asking.faults(inputs.examples(), answers.outputs, answers.passages)
    rows = zip(
        inputs.texts,
        answers.outputs,
        probabilities(candidate.handover, answers),
        answers.failures,
        faults,
        to_person(judge, candidate.handover, inputs.texts, answers, faults),
        field_probabilities(candidate.handover, answers),
        strict=True,
    )
    found = tuple(
        Prediction(
            text, label, None if math.isnan(sure) else float(sure), failure, failed, why, fields
        )
        for text, label, sure, failure, failed, why, fields in rows
    )
    everything = why_everything(judge, candidate.handover)
    return Predictions(candidate.name, _shown(found, answers), judge.task.kind, left, everything)


def _shown(found: Sequence[Prediction], answers: Answers) -> tuple[Prediction, ...]:
    """With what was looked up for each."""
    nothing: tuple[tuple[str, ...], ...] = ((),) * len(found)
    rows = zip(found, answers.evidence or nothing, answers.passages or nothing, strict=True)
    return tuple(replace(one, evidence=names, passages=texts) for one, names, texts in rows)
