"""A model as the judge of a comparison: announced, asked, and held against people's labels.

It goes through the same agreement and spend limit as every other endpoint. Its word is advisory until
people's labels have shown that it can be believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from etude.data.examples import Examples
from etude.errors import ModelError
from etude.evaluation import model_judge, pair_judge
from etude.evaluation.finalists import Field
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import Scores
from etude.evaluation.stages import Stages
from etude.models._base import ChatModel, ChatRequest
from etude.models._remembering import Remembering, Tally
from etude.models.openai import EndpointModel
from etude.records.judgement import PairsByModel
from etude.records.task import ModelJudge
from etude.workflow import egress, judgements
from etude.workflow._judged import Answered, Heard, Said, table_of, weighed
from etude.workflow.blind_pairs import of_scores, words
from etude.workflow.entrants import open_reference
from etude.workflow.judged_pairs import PairsAsked, PairsSaid
from etude.workflow.session import Session

ANSWER_TOKENS = 6
"""Of a yes or a no as JSON, about."""


@dataclass(frozen=True)
class Bench:
    """The judge of a task, opened: nothing is sent yet."""

    judge: ModelJudge
    model: ChatModel

    @property
    def endpoint(self) -> EndpointModel | None:
        """Where rows would go; None: it runs on this machine."""
        return cast("EndpointModel", self.model) if self.judge.model.openai is not None else None


def bench(session: Session) -> Bench | None:
    """The task's judge; None where it has none.

    Raises:
        ModelError: it can't be had, or writes nothing.
    """
    judge = session.taskfile.task.judge
    if judge is None:
        return None
    model = open_reference(session, judge.model)
    if "chat" not in model.abilities:
        raise ModelError(
            f"{judge.model.name} can't judge: it reads texts and writes none",
            where="etude.yaml, judge.model",
            expected="a model that follows instructions",
        )
    return Bench(judge, cast("ChatModel", model))


@dataclass(frozen=True)
class Hearing:
    """A judge that will be asked when there are answers; ``agreed``: somebody has agreed to what was
    planned, else it is asked where anything is left. ``bench`` None: the task has no judge."""

    session: Session
    stages: Stages
    layout: Layout
    confirm: egress.Confirm | None
    bench: Bench | None
    agreed: bool

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where its requests go."""
        endpoint = self.bench.endpoint if self.bench is not None else None
        return (endpoint.host,) if endpoint is not None else ()

    def planned(self, rungs: int) -> list[egress.Egress]:
        """What would be sent before anybody has answered: the ideal answers stand in for the answers of
        every rung. Of a judge on this machine is said how much it is asked."""
        if self.bench is None or not self.agreed:
            return []
        rows, judge, endpoint = _judged_rows(self.layout), self.bench.judge, self.bench.endpoint
        asked = model_judge.requests(
            self.stages.task, judge, rows.inputs, rows.targets, rows.targets
        )
        if judge.pairs:
            twice = list(zip(rows.targets, rows.targets, strict=True))[: len(self.layout.scored)]
            scored = self.layout.scored
            asked += pair_judge.requests(
                self.stages.task, judge, scored.inputs, scored.targets, twice
            )
        if endpoint is None:
            self.stages.progress.say(
                f"{judge.model.name} judges on this machine, with about "
                f"{len(asked) * rungs:,} questions."
            )
            return []
        one = egress.planned_requests(self.stages, endpoint, len(rows), asked, ANSWER_TOKENS)
        return [replace(one, requests=one.requests * rungs, price=one.price * rungs)]

    def _pairs(self, field: Field, scores: Scores) -> PairsAsked | None:
        """The answers to compare with the baseline's; None where that was not asked for."""
        if self.bench is None or not self.bench.judge.pairs or len(scores.cards) < 2:
            return None
        names = [card.report.name for card in scores.cards]
        baseline = field.baseline.entrant.name if field.baseline else names[0]
        answered = of_scores(self.layout, scores)
        return PairsAsked(self.stages.task, self.bench.judge, answered, baseline)

    def hear(self, field: Field, scores: Scores) -> Heard | None:
        """Ask about every finalist's answers to what is scored, and with a holdout to dev, which
        people can label.

        Raises:
            UsageError: nobody agreed.
            ModelError: not one answer of the judge can be read.
            EndpointError, SpendLimitReached: what was answered is kept.
        """
        if self.bench is None:
            return None
        answers = _answers(self.layout, field, scores)
        pairs = self._pairs(field, scores)
        self._agree(answers, pairs)
        said = {
            name: _said(self.stages, self.bench, examples, outputs)
            for name, (examples, outputs) in answers.items()
        }
        _refuse_unreadable(self.bench, said)
        table = table_of(self.layout, self.bench.judge, answers, said)
        scored = {name: rows[: len(self.layout.scored)] for name, rows in said.items()}
        heard = weighed(self.session, self.bench.judge, scores, scored, table)
        report = heard.report.model_copy(update={"pairs": self._compared(pairs)})
        return replace(heard, report=report)

    def _compared(self, pairs: PairsAsked | None) -> tuple[PairsByModel, ...]:
        if pairs is None:
            return ()
        found = self.bench
        assert found is not None
        people = words(judgements.read(self.session.root).pairs)
        return pairs.told(lambda asked: _pairs_said(self.stages, found, asked), people)

    def _agree(self, answers: Answered, pairs: PairsAsked | None) -> None:
        assert self.bench is not None
        endpoint = self.bench.endpoint
        if endpoint is None or self.agreed:
            return
        asked = [
            request
            for rows, outputs in answers.values()
            for request in model_judge.requests(
                self.stages.task, self.bench.judge, rows.inputs, rows.targets, outputs
            )
        ]
        asked += pairs.requests if pairs is not None else []
        if endpoint.unanswered(asked):
            count = len(_judged_rows(self.layout))
            sent = egress.planned_requests(self.stages, endpoint, count, asked, ANSWER_TOKENS)
            egress.agree(self.stages, [sent], self.confirm)


def _judged_rows(layout: Layout) -> Examples:
    """What is scored, then with a holdout what people may see: dev."""
    if layout.cross_fitting:
        return layout.scored
    return layout.scored.join(layout.parts[0].dev)


def _answers(layout: Layout, field: Field, scores: Scores) -> Answered:
    rows = _judged_rows(layout)
    dev = {a.entrant.name: a.choices[0].dev_outputs for a in field.finalists}
    found = {}
    for card in scores.cards:
        outputs = list(card.scored.answers.outputs)
        if not layout.cross_fitting:
            # Dev may have been asked in part.
            more = [*dev[card.report.name], *[None] * len(rows)]
            outputs += more[: len(rows) - len(outputs)]
        found[card.report.name] = (rows, outputs)
    return found


def _said(stages: Stages, found: Bench, examples: Examples, outputs: list[str | None]) -> Said:
    asked = model_judge.requests(
        stages.task, found.judge, examples.inputs, examples.targets, outputs
    )
    criteria = len(found.judge.criteria)
    if found.endpoint is not None:
        # Its answers are kept one by one, and a failure is asked again the next time.
        done = found.model.complete(asked, stages.progress)
        return model_judge.read(done, outputs, criteria)

    def build(out: Path, work: Path) -> None:
        done = _remembering(stages, found).complete(asked, stages.progress)
        np.save(out / "said.npy", model_judge.read(done, outputs, criteria), allow_pickle=False)

    texts = [message.content for request in asked for message in request.messages]
    key: dict[str, Any] = {
        "version": model_judge.VERSION,
        "model": found.model.fingerprint,
        "asked": judgements.text_hash("\0".join(texts)),
        "answers": [output is not None for output in outputs],
        "libraries": stages.versions,
    }
    unit = stages.store.compute("judge", key, build)
    stages.used.append(("judge", unit))
    return np.asarray(np.load(unit.path / "said.npy", allow_pickle=False), dtype=np.int8)


def _remembering(stages: Stages, found: Bench) -> Remembering:
    """A judge on this machine, which is asked again only of answers that are new."""
    space: dict[str, Any] = {
        "what": "judge",
        "model": found.model.fingerprint,
        "libraries": stages.versions,
    }
    return Remembering(found.model, stages.store.remembered(space), Tally())


def _pairs_said(stages: Stages, found: Bench, asked: list[ChatRequest]) -> PairsSaid:
    """(M, 2), kept as ``_said`` keeps it."""
    if found.endpoint is not None:
        return pair_judge.read(found.model.complete(asked, stages.progress))

    def build(out: Path, work: Path) -> None:
        done = _remembering(stages, found).complete(asked, stages.progress)
        np.save(out / "said.npy", pair_judge.read(done), allow_pickle=False)

    texts = [message.content for request in asked for message in request.messages]
    key: dict[str, Any] = {
        "version": pair_judge.VERSION,
        "model": found.model.fingerprint,
        "asked": judgements.text_hash("\0".join(texts)),
        "libraries": stages.versions,
    }
    unit = stages.store.compute("judge_pairs", key, build)
    stages.used.append(("judge", unit))
    return np.asarray(np.load(unit.path / "said.npy", allow_pickle=False), dtype=np.int8)


def _refuse_unreadable(found: Bench, said: Mapping[str, Said]) -> None:
    unmeasured = [(rows == model_judge.UNMEASURED).all() for rows in said.values() if rows.size]
    if unmeasured and all(unmeasured):
        raise ModelError(
            f"{found.judge.model.name} answered not one question with yes or no",
            where="etude.yaml, judge.model",
            expected="a model that follows instructions",
            hint="name another model",
        )
