"""``review --judge``: a person answers the judge's questions about answers that it has judged.

The person sees neither what the judge said nor whose answer it is, and no example that is kept aside.
The order is by chance, so that any number of labels is a fair sample. What was said is written at once.
It knows answers and labels, and nothing of terminals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from etude.data.conversations import flat, turns_of
from etude.records.judgement import Agreement, Label, Said
from etude.workflow import agreement, decisions, judgements
from etude.workflow._walk import Walk
from etude.workflow.agreement import Both, Newest, Trust
from etude.workflow.review import person
from etude.workflow.session import Session, now


@dataclass(frozen=True)
class Question:
    """One question about one answer. ``number`` counts answers from 1."""

    number: int
    row: Mapping[str, Any]
    criterion: str
    words: str


@dataclass
class Labelling(Walk[Label]):
    """The walk through the answers of the newest comparison. ``aside``: answers left out because the
    example is kept aside; ``seen``: because a person has reviewed the example itself."""

    session: Session
    newest: Newest
    queue: Sequence[Mapping[str, Any]]
    aside: int
    seen: int
    _given: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Answers in all that nobody has labelled by every criterion."""
        return len(self.queue)

    def question(self) -> Question | None:
        """What to ask now; None at the end."""
        while self.at < len(self.queue):
            row = self.queue[self.at]
            for name, words in self.newest.judge.criteria.items():
                if (row["of"], row["answer"], name) not in self._given:
                    return Question(self.at + 1, row, name, words)
            self.at += 1
        return None

    def shown(self, question: Question) -> dict[str, str]:
        """What the person sees of it, the title first."""
        row, chat = question.row, self.session.taskfile.task.kind == "chat"
        return {
            "what is read": flat(turns_of(row["input"])) if chat else row["input"],
            "an ideal answer": row["target"],
            "the answer": row["output"],
        }

    def say(self, question: Question, said: Said) -> None:
        """Write it down."""
        row = question.row
        label = Label(
            row=row["id"],
            of=row["of"],
            answer=row["answer"],
            criterion=question.criterion,
            question=judgements.text_hash(question.words),
            said=said,
            at=now(),
            by=person(),
        )
        judgements.add(self.session, [label])
        self._history.append((self.at, label))
        self._given[label.of, label.answer, label.criterion] = said == "yes"

    def _take_back(self, word: Label) -> None:
        judgements.take_back(self.session, [word])
        del self._given[word.of, word.answer, word.criterion]

    def both(self) -> list[Both]:
        """The answers of which the judge and a person have spoken."""
        return agreement.both(self.newest.table, self._given, list(self.newest.judge.criteria))

    def agreements(self) -> tuple[Agreement, ...]:
        """How far the two agree by now."""
        return agreement.agreements(self.both(), list(self.newest.judge.criteria))

    def trust(self) -> Trust:
        """Whether the judge may decide by now."""
        scored = sum(c.quality is not None for c in self.newest.comparison.candidates)
        table = agreement.of_all(self.both(), list(self.newest.judge.criteria))
        return agreement.trust(table, max(1, scored * (scored - 1) // 2))

    def apart(self) -> list[tuple[str, str, bool]]:
        """Where they disagree: the example's id, the criterion, and whether the judge said yes."""
        return [
            (str(one.row["id"]), name, model)
            for one in self.both()
            for name, (model, human) in one.said.items()
            if model != human
        ]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude review --judge --json``."""
        trust = self.trust()
        return {
            "schema": 1,
            "judge": self.newest.judge.model.name,
            "agreement": [
                one.model_dump(mode="json") | {"criterion": one.criterion or "all", "n": one.n}
                for one in self.agreements()
            ],
            "trusted": trust.trusted,
            "why_not": trust.why_not,
            "more_labels": trust.more_labels,
            "to_label": self.total,
            "kept_aside": self.aside,
            "disagreements": [
                {"id": name, "criterion": criterion, "judge": "yes" if yes else "no"}
                for name, criterion, yes in self.apart()
            ],
        }


def open_labelling(session: Session) -> Labelling:
    """The answers to label: of dev, or out of fold, each text once, in an order by chance that stays.

    Raises:
        UsageError, DataError: the task has no judge, or it has not been asked.
    """
    newest = agreement.newest(session)
    kept = judgements.read(session.root)
    if kept.warning:
        session.say(kept.warning)
    criteria = newest.judge.criteria
    given = agreement.marks(kept.labels, criteria)
    table = newest.table.unique(["of", "answer"], maintain_order=True)
    shown = table.filter(pl.col("side") != "holdout")
    reviewed = {
        placed.decision.row
        for placed in decisions.read(session.root).placed
        if placed.decision.via == "review"
    }
    left = shown.filter(~pl.col("id").is_in(list(reviewed)))
    rows = [
        row
        for row in left.iter_rows(named=True)
        if any((row["of"], row["answer"], name) not in given for name in criteria)
    ]
    rows.sort(key=lambda row: hashlib.sha256(f"{row['of']}:{row['answer']}".encode()).digest())
    return Labelling(
        session,
        newest,
        rows,
        aside=len(table) - len(shown),
        seen=len(shown) - len(left),
        _given=dict(given),
    )
