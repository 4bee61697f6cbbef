"""The learning curve of a fast learner: what the next examples would likely buy, and where.

It learns from growing, nested parts of the examples, in several random orders of independent groups,
and answers only rows whose fold it has not seen; what it scores is the task's own metric. Held-out
examples take no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.data.findings import count_of
from etude.data.stored import Prepared
from etude.records.audit import CurvePoint, LabelCurve, LearningCurve
from etude.statistics.crossfit import shared_training_factor
from etude.statistics.learning_curve import FARTHEST, Carried, carry_on
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.proportions import wilson_grouped
from etude.workflow._fast import fast_of
from etude.workflow._folds import NEVER, limited
from etude.workflow._learner import Learner
from etude.workflow._quick import Quick
from etude.workflow.session import Session

SHARES = (0.125, 0.25, 0.375, 0.5, 0.75, 1.0)
"""Of what may be learned from beside a fold."""
HALF = SHARES.index(0.5)
LEAST_GROUPS = 10
"""Independent examples that the smallest part holds; smaller parts are left out."""
MORE = 100
ORDERS = ((2_000, 5), (6_000, 3), (20_000, 2))
"""Examples up to which so many orders are tried; one beyond."""
VERSION = 3
_FILE = "curve.json"


def measured(session: Session, prepared: Prepared, *, more: int = MORE) -> LearningCurve:
    """The curve, computed once a version and ``more``; where none can be had, why.

    ``more``: the examples to be added; fewer where so many can't be foreseen.

    Raises:
        StoreError: the disk is full or refuses.
    """
    learner = fast_of(session, prepared)
    if isinstance(learner, str):
        return LearningCurve(
            reason=learner, sentence=f"The learning curve was not measured: {learner}."
        )

    def build(out: Path, work: Path) -> None:
        curve = _Measuring(session, learner).curve(more)
        (out / _FILE).write_text(curve.model_dump_json(indent=1), encoding="utf-8")

    key = learner.key_of_grades(prepared, curve=VERSION, more=more)
    unit = session.store.compute("learning_curve", key, build)
    return LearningCurve.model_validate_json((unit.path / _FILE).read_bytes())


class _Measuring:
    """One curve under way. ``scored``: positions that are learned from and scored in turn."""

    def __init__(self, session: Session, learner: Learner) -> None:
        self.session = session
        self.learner = learner
        learned = np.flatnonzero(learner.learned_N)
        self.at_hand = len(learned)
        self.inside_N = np.zeros(len(learner.examples), dtype=np.bool_)
        self.inside_N[limited(learned, learner.examples.groups, learner.most)] = True
        self.scored = np.flatnonzero(self.inside_N & (learner.fold_N != NEVER))
        self.groups_M = learner.examples.groups[self.scored]
        self.folds_M = learner.fold_N[self.scored]
        self.factor = shared_training_factor(self.folds_M)

    def curve(self, more: int) -> LearningCurve:
        """Everything, in one record."""
        orders = next((times for most, times in ORDERS if self.at_hand <= most), 1)
        sizes, answers_SRM = self._answers(orders)
        within = _within_reach(sizes[-1], self.at_hand, more)
        carried = carry_on(
            sizes,
            self.learner.graded(self.scored, answers_SRM.reshape(-1, len(self.scored)).T),
            now=self.at_hand,
            more=within,
            groups=self.groups_M,
            variance_factor=self.factor,
        )
        labels: tuple[LabelCurve, ...] = ()
        if isinstance(self.learner, Quick) and len(sizes) == len(SHARES):
            labels = self._labels(self.learner, answers_SRM)
        gain, margin = carried.gain, self.session.taskfile.task.bar.margin
        return LearningCurve(
            rung=self.learner.rung,
            model=self.learner.model,
            metric=self.session.taskfile.task.counted,
            examples=self.at_hand,
            scored=len(self.scored),
            orders=orders,
            points=tuple(
                self._point(size, answers_SRM[at]) for at, size in enumerate(sizes.tolist())
            ),
            more=within,
            gain=gain.point if gain else None,
            low=gain.low if gain else None,
            high=gain.high if gain else None,
            labels=labels,
            reason=carried.reason,
            sentence=_sentence(self.learner, carried, labels, margin),
        )

    def _answers(self, orders: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Mean sizes (S,), and the answers (S, R, M) to every scored row."""
        shares = [share for share in SHARES if self._smallest(share) >= LEAST_GROUPS]
        shares = shares or [1.0]
        folds = self.learner.folds
        answers = np.zeros((len(shares), orders, len(self.scored)), dtype=np.int64)
        sizes = np.zeros((len(shares), orders, len(folds)))
        settings: dict[float, dict[str, Any]] = {}
        total = ((len(shares) - 1) * orders + 1) * len(folds)
        with self.session.progress.step("learning curve", total, "fits") as step:
            for at, share in enumerate(shares):
                for order in range(orders if share < 1 else 1):
                    for place, fold in enumerate(folds):
                        part = self._part(fold, share, order)
                        if share not in settings:
                            settings[share] = self.learner.choose(part)
                        own = self.folds_M == fold
                        answers[at, order, own] = self.learner.answers(
                            part, self.scored[own], settings[share]
                        )
                        sizes[at, order, place] = len(part)
                        step.advance(1)
                if share == 1:  # all examples are the same in every order
                    answers[at], sizes[at] = answers[at, 0], sizes[at, 0]
        return sizes.mean(axis=(1, 2)), answers

    def _smallest(self, share: float) -> float:
        return share * min(
            len(np.unique(self.learner.examples.groups[self._beside(fold)]))
            for fold in self.learner.folds
        )

    def _beside(self, fold: int) -> NDArray[np.int64]:
        rows = self.learner.beside(fold)
        return rows[self.inside_N[rows]]

    def _part(self, fold: int, share: float, order: int) -> NDArray[np.int64]:
        """The first ``share`` of the groups beside a fold, in this order: parts are nested."""
        rows = self._beside(fold)
        groups = np.unique(self.learner.examples.groups)
        rank = np.random.default_rng(order).permutation(len(groups))
        rank_K = rank[np.searchsorted(groups, self.learner.examples.groups[rows])]
        ranks = np.unique(rank_K)
        last = ranks[int(np.ceil(share * len(ranks))) - 1]
        return np.asarray(rows[rank_K <= last], dtype=np.int64)

    def _point(self, size: float, answers_RM: NDArray[np.int64]) -> CurvePoint:
        graded = self.learner.graded(self.scored, answers_RM.T)
        found = graded.mean(self.groups_M, self.folds_M)
        return CurvePoint(examples=round(size), value=found.point, low=found.low, high=found.high)

    def _labels(self, quick: Quick, answers_SRM: NDArray[np.int64]) -> tuple[LabelCurve, ...]:
        own_M = quick.target_N[self.scored]
        full_M = (answers_SRM[-1] == own_M).mean(axis=0)
        half_M = (answers_SRM[HALF] == own_M).mean(axis=0)
        names = quick.context.labels
        present = [label for label in range(len(names)) if (own_M == label).any()]
        found = []
        for label in present:
            rows = own_M == label
            groups = self.groups_M[rows]
            share = wilson_grouped(full_M[rows], groups, variance_factor=self.factor)
            gain = bonett_price_grouped(
                full_M[rows],
                half_M[rows],
                groups,
                comparisons=len(present),
                variance_factor=self.factor,
            )
            found.append(
                LabelCurve(
                    label=names[label],
                    examples=int(rows.sum()),
                    recognised=share.point,
                    low=share.low,
                    high=share.high,
                    gain=gain.point,
                    gain_low=gain.low,
                    gain_high=gain.high,
                )
            )
        return tuple(sorted(found, key=lambda one: (-one.gain, one.label)))


def _within_reach(largest: float, now: int, more: int) -> int:
    """``more``, or the largest round number below it that a curve may be carried on to."""
    steps = [more, *(step for step in (50, 25, 10) if step < more)]
    return next((step for step in steps if now + step <= FARTHEST * largest), more)


def _sentence(
    learner: Learner, carried: Carried, labels: Sequence[LabelCurve], margin: float
) -> str:
    needing = _needing(labels)
    more = count_of(carried.more, "example")
    if carried.gain is None:
        return f"What the next {more} would buy can't be told: {carried.reason}.{needing}"
    low, high = _points(carried.gain.low), _points(carried.gain.high)
    if carried.gain.low >= margin:
        worth = "worth having by the task's margin"
    elif carried.gain.high < margin:
        worth = f"less than the {_points(margin)} points that the task calls worth having"
    else:
        worth = (
            f"so it can't be told whether that reaches the {_points(margin)} points worth having"
        )
    return (
        f"The next {more} like these would likely lift {learner.name} by {low} to {high} points "
        f"of “{learner.unit}”, {worth}.{_of_what(learner)}{needing}"
    )


def _of_what(learner: Learner) -> str:
    """That a model which learns to write is something else than copying."""
    if isinstance(learner, Quick):
        return ""
    return " Nothing was trained for this: a fine-tuned model may gain more or less."


def _needing(labels: Sequence[LabelCurve]) -> str:
    """Which labels gained for certain when examples doubled; "" where that can't be told."""
    sure = [one for one in labels if one.gain_low > 0][:3]
    if not sure:
        return ""
    named = ", ".join(
        f"{one.label!r} ({count_of(one.examples, 'example')}, {round(100 * one.recognised)} % "
        "recognised)"
        for one in sure
    )
    return f" Most was gained by twice the examples of {named}: add there first."


def _points(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")
