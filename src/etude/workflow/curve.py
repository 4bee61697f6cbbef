"""The learning curve of the fast rung: what the next examples would likely buy, and where.

The quick classifier learns from growing, nested parts of the examples, in several random orders of
independent groups, and answers only rows whose fold it has not seen. Held-out examples take no part.
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
from etude.statistics.single import mean_interval
from etude.workflow._quick import NEVER, Quick, limited, quick_of, why_not
from etude.workflow.session import Session

SHARES = (0.125, 0.25, 0.375, 0.5, 0.75, 1.0)
"""Of what may be learned from beside a fold."""
HALF = SHARES.index(0.5)
LEAST_GROUPS = 10
"""Independent examples that the smallest part holds; smaller parts are left out."""
MORE = 100
ORDERS = ((2_000, 5), (6_000, 3), (20_000, 2))
"""Examples up to which so many orders are tried; one beyond."""
MOST = 20_000
"""Examples that the curve is measured on; of more, whole groups are drawn."""
VERSION = 1
_FILE = "curve.json"


def measured(session: Session, prepared: Prepared, *, more: int = MORE) -> LearningCurve:
    """The curve, computed once a version and ``more``; where none can be had, why.

    ``more``: the examples to be added; fewer where so many can't be foreseen.

    Raises:
        StoreError: the disk is full or refuses.
    """
    reason = why_not(session)
    if reason is not None:
        return LearningCurve(
            reason=reason, sentence=f"The learning curve was not measured: {reason}."
        )
    quick = quick_of(session, prepared)

    def build(out: Path, work: Path) -> None:
        curve = _Measuring(session, quick).curve(more)
        (out / _FILE).write_text(curve.model_dump_json(indent=1), encoding="utf-8")

    key = quick.key(prepared, curve=VERSION, more=more)
    unit = session.store.compute("learning_curve", key, build)
    return LearningCurve.model_validate_json((unit.path / _FILE).read_bytes())


class _Measuring:
    """One curve under way. ``rows``: positions that are learned from and scored in turn."""

    def __init__(self, session: Session, quick: Quick) -> None:
        self.session = session
        self.quick = quick
        learned = np.flatnonzero(quick.learned_N)
        self.at_hand = len(learned)
        self.inside_N = np.zeros(len(quick.examples), dtype=np.bool_)
        self.inside_N[limited(learned, quick.examples.groups, MOST)] = True
        self.scored = np.flatnonzero(self.inside_N & (quick.fold_N != NEVER))
        self.groups_M = quick.examples.groups[self.scored]
        self.factor = shared_training_factor(quick.fold_N[self.scored])

    def curve(self, more: int) -> LearningCurve:
        """Everything, in one record."""
        orders = next((times for most, times in ORDERS if self.at_hand <= most), 1)
        sizes, right_SRM = self._right(orders)
        within = _within_reach(sizes[-1], self.at_hand, more)
        carried = carry_on(
            sizes,
            right_SRM,
            now=self.at_hand,
            more=within,
            groups=self.groups_M,
            variance_factor=self.factor,
        )
        labels = self._labels(right_SRM) if len(sizes) == len(SHARES) else ()
        gain = carried.gain
        return LearningCurve(
            rung=self.quick.entrant.approach.key,
            model=self.quick.entrant.model.name,
            examples=self.at_hand,
            scored=len(self.scored),
            orders=orders,
            points=tuple(
                self._point(size, right_SRM[at]) for at, size in enumerate(sizes.tolist())
            ),
            more=within,
            gain=gain.point if gain else None,
            low=gain.low if gain else None,
            high=gain.high if gain else None,
            labels=labels,
            reason=carried.reason,
            sentence=_sentence(carried, labels, self.session.taskfile.task.bar.margin),
        )

    def _right(self, orders: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean sizes (S,), and right or wrong (S, R, M) of every scored row."""
        shares = [share for share in SHARES if self._smallest(share) >= LEAST_GROUPS]
        shares = shares or [1.0]
        right = np.zeros((len(shares), orders, len(self.scored)))
        sizes = np.zeros((len(shares), orders, len(self.quick.folds)))
        settings: dict[float, dict[str, Any]] = {}
        total = (len(shares) - 1) * orders * len(self.quick.folds) + len(self.quick.folds)
        with self.session.progress.step("learning curve", total, "fits") as step:
            for at, share in enumerate(shares):
                for order in range(orders if share < 1 else 1):
                    for place, fold in enumerate(self.quick.folds):
                        part = self._part(fold, share, order)
                        if share not in settings:
                            settings[share] = self.quick.choose(part)
                        score = self.quick.fold_N[self.scored] == fold
                        found = self.quick.right(part, self.scored[score], settings[share])
                        right[at, order, score], sizes[at, order, place] = found, len(part)
                        step.advance(1)
                if share == 1:  # all examples are the same in every order
                    right[at], sizes[at] = right[at, 0], sizes[at, 0]
        return sizes.mean(axis=(1, 2)), right

    def _smallest(self, share: float) -> float:
        return share * min(
            len(np.unique(self.quick.examples.groups[self._beside(fold)]))
            for fold in self.quick.folds
        )

    def _beside(self, fold: int) -> NDArray[np.int64]:
        rows = self.quick.beside(fold)
        return rows[self.inside_N[rows]]

    def _part(self, fold: int, share: float, order: int) -> NDArray[np.int64]:
        """The first ``share`` of the groups beside a fold, in this order: parts are nested."""
        rows = self._beside(fold)
        groups = np.unique(self.quick.examples.groups)
        rank = np.random.default_rng(order).permutation(len(groups))
        rank_K = rank[np.searchsorted(groups, self.quick.examples.groups[rows])]
        ranks = np.unique(rank_K)
        last = ranks[int(np.ceil(share * len(ranks))) - 1]
        return np.asarray(rows[rank_K <= last], dtype=np.int64)

    def _point(self, size: float, right_RM: NDArray[np.float64]) -> CurvePoint:
        of_folds = self.quick.fold_N[self.scored]
        found = mean_interval(
            right_RM.mean(axis=0), groups=self.groups_M, folds=of_folds, resamples=2_000
        )
        return CurvePoint(examples=round(size), value=found.point, low=found.low, high=found.high)

    def _labels(self, right_SRM: NDArray[np.float64]) -> tuple[LabelCurve, ...]:
        full_M, half_M = right_SRM[-1].mean(axis=0), right_SRM[HALF].mean(axis=0)
        own_M = self.quick.target_N[self.scored]
        names = self.quick.context.labels
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


def _sentence(carried: Carried, labels: Sequence[LabelCurve], margin: float) -> str:
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
        f"The next {more} like these would likely lift the quick classifier by {low} to {high} "
        f"points, {worth}.{needing}"
    )


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
