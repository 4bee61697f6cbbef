"""``review --blind``: a person compares two ways' answers to one input at a time, without names.

Which of the two is A is drawn for each input by a stated seed; the order of the inputs is by chance
too, so that any number of them is a fair sample. What was said is written at once. It knows answers
and labels, and nothing of terminals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from etude.data.conversations import flat, turns_of
from etude.errors import DataError, UsageError
from etude.evaluation.contests import Contest, figure
from etude.records.candidate import Quality
from etude.records.comparison import Comparison
from etude.records.judgement import ContestRow, PairLabel, Preferred
from etude.records.run import Look
from etude.records.task import FREE
from etude.workflow import judgements, keeping
from etude.workflow._walk import Walk
from etude.workflow.blind_pairs import (
    SEED,
    Answered,
    Key,
    asked,
    challengers,
    contest,
    first_on_the_left,
    of_table,
    row_of,
    words,
)
from etude.workflow.people import PERSON, People, people_of, reviewed
from etude.workflow.review import person
from etude.workflow.session import Session, now


@dataclass(frozen=True)
class TwoAnswers:
    """What is shown at once: the place among the scored items, and the answers on their sides.

    ``number`` counts from 1.
    """

    number: int
    at: int
    a: str
    b: str


@dataclass
class Blind(Walk[PairLabel]):
    """The walk through the answers of two candidates, ``other`` against ``first``.

    ``seen``: examples left out because a person has reviewed them; ``hidden``: pairs that are not shown
    because their examples are kept aside; ``named``: the person named the two.
    """

    session: Session
    comparison: Comparison
    first: str
    other: str
    answered: Answered
    queue: Sequence[int]
    seen: int
    hidden: int
    named: bool = False
    _said: dict[Key, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Pairs of answers to compare."""
        return len(self.queue)

    def pair(self) -> TwoAnswers | None:
        """What to show now; None at the end. The same two answers are shown once."""
        while self.at < len(self.queue):
            place = self.queue[self.at]
            if self._key(place) not in self._said:
                one, other = self._texts(place)
                left = first_on_the_left(self.answered.of[place], *self._hashes(place))
                a, b = (one, other) if left else (other, one)
                return TwoAnswers(self.at + 1, place, a, b)
            self.at += 1
        return None

    def shown(self, pair: TwoAnswers) -> str:
        """What both are answers to."""
        text = self.answered.inputs[pair.at]
        return flat(turns_of(text)) if self.comparison.task.kind == "chat" else text

    def say(self, pair: TwoAnswers, said: Preferred) -> None:
        """Write it down."""
        label = PairLabel(
            row=self.answered.ids[pair.at],
            of=self.answered.of[pair.at],
            a=judgements.text_hash(pair.a),
            b=judgements.text_hash(pair.b),
            said=said,
            at=now(),
            by=person(),
        )
        judgements.add(self.session, [label])
        self._history.append((self.at, label))
        self._said |= words([label])
        self.at += 1

    def _take_back(self, word: PairLabel) -> None:
        judgements.take_back(self.session, [word])
        del self._said[self._key(self.queue[self.at])]

    def _texts(self, place: int) -> tuple[str, str]:
        outputs = self.answered.outputs
        return outputs[self.first][place] or "", outputs[self.other][place] or ""

    def _hashes(self, place: int) -> tuple[str, str]:
        one, other = self._texts(place)
        return judgements.text_hash(one), judgements.text_hash(other)

    def _key(self, place: int) -> Key:
        return self.answered.of[place], frozenset(self._hashes(place))

    @property
    def contest(self) -> Contest:
        """What was said of the two by now."""
        return contest(self.answered, self._said, self.first, self.other)

    @property
    def row(self) -> ContestRow:
        """The same, counted."""
        return row_of(self.contest)

    @property
    def quality(self) -> Quality | None:
        """How often ``other``'s answers are preferred by now; None before anything was said."""
        found = self.contest
        return figure(found, self.answered.items, PERSON) if len(found.rows_M) else None

    def people(self) -> People:
        """What is said of all ways of the comparison by now."""
        baseline = baseline_of(self.comparison, self.answered)
        margin = self.comparison.task.bar.margin
        return people_of(self.answered, self._said, list(self.answered.outputs), baseline, margin)

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude review --blind --json``."""
        quality = self.quality
        return {
            "schema": 1,
            "run": self.comparison.run,
            "seed": SEED,
            "pair": [self.first, self.other],
            "to_judge": self.total,
            "kept_aside": self.hidden,
            "answers_seen": self.seen,
            "said": self.row.model_dump(mode="json") | {"n": self.row.n},
            "preferred": quality
            and {"value": quality.value, "low": quality.low, "high": quality.high},
            "pairs": [
                row.model_dump(mode="json") | {"n": row.n} for row in self.people().report.rows
            ],
        }


def open_blind(
    session: Session, pair: tuple[str, str] | None = None, *, show_holdout: bool = False
) -> Blind:
    """The answers of the newest comparison to compare, two ways at a time.

    Args:
        session: the project.
        pair: the two candidates; None: those that the verdict hangs on and that are not compared
            whole yet: the recommended one against the baseline (or, where that is the recommended
            one, the best that was trained), then the others.
        show_holdout: examples that are kept aside too, which is written in the ledger.

    Raises:
        UsageError, DataError, UnknownName: the task's answers are no texts, nothing was compared, or
            one way alone was scored.
    """
    task = session.taskfile.task
    if task.kind not in FREE:
        raise UsageError(
            f"the answers of a task of kind {task.kind!r} can be counted: nobody has to compare them",
            where="etude review --blind",
            expected="a task of kind write, rewrite or chat",
        )
    comparison = keeping.latest(session)
    kept = judgements.read(session.root)
    if kept.warning:
        session.say(kept.warning)
    whole = of_table(keeping.rows_of(session, comparison), comparison)
    answered, said = whole.without(reviewed(session)), words(kept.pairs)
    first, other = _two(comparison, answered, said, pair)
    places = [
        at
        for at in asked(answered, first, other)
        if (answered.of[at], _both(answered, at, first, other)) not in said
    ]
    hidden = len(places) if answered.aside and not show_holdout else 0
    if answered.aside and places and not hidden:
        _write_down(session, comparison)
    return Blind(
        session,
        comparison,
        first,
        other,
        answered,
        [] if hidden else places,
        seen=len(whole.ids) - len(answered.ids),
        hidden=hidden,
        named=pair is not None,
        _said=said,
    )


def baseline_of(comparison: Comparison, answered: Answered) -> str:
    """What the others are held against: the verdict's baseline, else the lowest rung."""
    baseline = comparison.verdict.baseline
    lowest = next(iter(answered.outputs))
    return baseline if baseline is not None and baseline in answered.outputs else lowest


def _two(
    comparison: Comparison, answered: Answered, said: dict[Key, str], pair: tuple[str, str] | None
) -> tuple[str, str]:
    names = list(answered.outputs)
    if len(names) < 2:
        raise DataError(
            "the newest comparison scored one way alone: there is nothing to compare its answers with",
            where=comparison.run,
            hint="name a second way in ladder, then: etude compare",
        )
    if pair is not None:
        first, other = (keeping.chosen_name(comparison, name) for name in pair)
        if first == other:
            raise UsageError(
                f"{first} can't be held against itself",
                where="--pair",
                expected=f"two of {', '.join(names)}",
            )
        return first, other
    baseline = baseline_of(comparison, answered)
    scored = [c for c in comparison.candidates if c.name in names]
    order = challengers(scored, baseline, comparison.verdict.recommended)
    unfinished = (name for name in order if contest(answered, said, baseline, name).left)
    return baseline, next(unfinished, order[0])


def _both(answered: Answered, at: int, first: str, other: str) -> frozenset[str]:
    texts = (answered.outputs[first][at], answered.outputs[other][at])
    return frozenset(judgements.text_hash(text or "") for text in texts)


def _write_down(session: Session, comparison: Comparison) -> None:
    holdout = comparison.dataset.holdout_id
    if holdout is not None:
        reason = "answers to rows compared by a person"
        session.store.record_look(
            Look(time=now(), holdout_id=holdout, run=comparison.run, candidates=(), reason=reason)
        )
