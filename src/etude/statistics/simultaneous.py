"""The interval of every pair of candidates, all holding together: what decides.

- right/wrong scores: Bonett & Price at the Bonferroni level; where groups hold several items,
  the same over groups with t on groups - 1
- macro-F1, ratios of sums (field-F1) and other scores: max-t over a paired bootstrap of items
  or groups; under 30 of them, flipped signs with t on groups - 1
- where no item disagrees every interval still has width: two imagined disagreements, one of
  either sign, are part of each standard error (exactly so in Bonett & Price)
- with `folds`, the variance is multiplied by `crossfit.difference_factor`

Knows nothing of what candidates are or what a difference means; see `calls`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics import macro_f1 as f1
from etude.statistics import ratios
from etude.statistics._arrays import (
    FloatArray,
    IntArray,
    Units,
    score_matrix,
    share_matrix,
    units_of,
)
from etude.statistics.crossfit import difference_factor
from etude.statistics.disagreement import macro_f1_floors, mean_floors
from etude.statistics.intervals import Interval
from etude.statistics.max_t import FEW_UNITS, bootstrap_intervals, sign_flip_intervals
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.resampling import DEFAULT_RESAMPLES, bootstrap_means


class MetricKind(StrEnum):
    """How items make a metric: a share of right ones, a mean of scores, a ratio of two sums over
    items (field-F1), or macro-F1."""

    RIGHT_WRONG = "right_wrong"
    MEAN = "mean"
    RATIO = "ratio"
    MACRO_F1 = "macro_f1"


@dataclass(frozen=True, slots=True)
class PairDifference:
    """Candidate `first` minus candidate `second` (column numbers), with its interval.

    `discordance` is the share of items on which their scores (for macro-F1, answers) differ.
    """

    first: int
    second: int
    interval: Interval
    discordance: float


@dataclass(frozen=True, slots=True)
class PairwiseDifferences:
    """All pairs of C candidates, first < second; the intervals hold together at `level`.

    `n_units` counts independent groups; `variance_factor` is the correction for folds.
    """

    pairs: tuple[PairDifference, ...]
    method: str
    level: float
    n_items: int
    n_units: int
    variance_factor: float

    def between(self, first: int, second: int) -> PairDifference:
        """The pair in either order: exchanged, the interval changes its sign."""
        for pair in self.pairs:
            if (pair.first, pair.second) == (first, second):
                return pair
            if (pair.first, pair.second) == (second, first):
                return PairDifference(first, second, pair.interval.negated(), pair.discordance)
        raise ValueError(f"no pair of candidates {first} and {second} was compared")


@dataclass(frozen=True, slots=True)
class _Answers:
    """Checked labels for macro-F1: truth (N,) and given (N, C)."""

    truth: IntArray
    given: IntArray
    n_labels: int


@dataclass(frozen=True, slots=True)
class _Paired:
    """What every method needs: candidates' scores or answers, units, and the settings."""

    table: FloatArray
    units: Units
    groups: ArrayLike | None
    pairs: list[tuple[int, int]]
    level: float
    factor: float
    resamples: int
    seed: int

    def differences(self, columns: FloatArray) -> FloatArray:
        """(…, P) from (…, C): first minus second."""
        first, second = zip(*self.pairs, strict=True)
        out: FloatArray = columns[..., list(first)] - columns[..., list(second)]
        return out


def pairwise_intervals(
    scores: ArrayLike | None = None,
    *,
    metric: MetricKind | str = MetricKind.RIGHT_WRONG,
    truth: ArrayLike | None = None,
    predictions: ArrayLike | None = None,
    n_labels: int | None = None,
    denominators: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    level: float = 0.95,
    score_range: float = 1.0,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> PairwiseDifferences:
    """Simultaneous intervals of the differences of all pairs of C >= 2 candidates.

    scores: (N, C), shares of right in [0, 1] for right_wrong, any finite numbers for mean
    (`score_range` is then the largest possible difference of two scores). For ratio scores are
    the numerators (N, C) and `denominators` (N, C) stands beside them. For macro_f1
    instead truth (N,) in 0..n_labels-1 and predictions (N, C) in -1..n_labels-1, -1 being
    an answer that is no label. groups, folds: (N,) names or numbers; folds only for
    cross-fitted scores. Repeats of an item are averaged by the caller.
    """
    kind = MetricKind(metric)
    answers = None
    if kind is MetricKind.MACRO_F1:
        answers = _answers(truth, predictions, n_labels)
        table = answers.given.astype(np.float64)
    elif scores is None:
        raise ValueError(f"{kind} needs scores, items x candidates")
    elif kind is MetricKind.RATIO:
        if denominators is None:
            raise ValueError("ratio needs denominators beside the scores")
        over, under = ratios.checked(scores, denominators)
        table = ratios.linearised(over, under)
    else:
        table = share_matrix(scores) if kind is MetricKind.RIGHT_WRONG else score_matrix(scores)
    if table.shape[1] < 2:
        raise ValueError("pairs need at least two candidates")
    case = _Paired(
        table=table,
        units=units_of(len(table), groups),
        groups=groups,
        pairs=list(combinations(range(table.shape[1]), 2)),
        level=level,
        factor=difference_factor(folds, len(table)),
        resamples=resamples,
        seed=seed,
    )
    if answers is not None:
        return _gathered(case, *_macro_f1(case, answers))
    if kind is MetricKind.MEAN:
        return _gathered(case, *_mean(case, score_range))
    if kind is MetricKind.RATIO:
        return _gathered(case, *_ratio(case, over, under))
    return _gathered(case, *_right_wrong(case))


def _answers(
    truth: ArrayLike | None, predictions: ArrayLike | None, n_labels: int | None
) -> _Answers:
    if truth is None or predictions is None or n_labels is None:
        raise ValueError("macro_f1 needs truth, predictions and n_labels")
    return _Answers(*f1.checked_labels(truth, predictions, n_labels), n_labels)


def _gathered(case: _Paired, method: str, intervals: list[Interval]) -> PairwiseDifferences:
    return PairwiseDifferences(
        pairs=tuple(
            PairDifference(a, b, interval, float(np.mean(case.table[:, a] != case.table[:, b])))
            for (a, b), interval in zip(case.pairs, intervals, strict=True)
        ),
        method=method,
        level=case.level,
        n_items=len(case.table),
        n_units=case.units.count,
        variance_factor=case.factor,
    )


def _right_wrong(case: _Paired) -> tuple[str, list[Interval]]:
    intervals = [
        bonett_price_grouped(
            case.table[:, a],
            case.table[:, b],
            case.groups,
            case.level,
            comparisons=len(case.pairs),
            variance_factor=case.factor,
        )
        for a, b in case.pairs
    ]
    return "bonett_price_groups" if case.units.repeated else "bonett_price", intervals


def _mean(case: _Paired, score_range: float) -> tuple[str, list[Interval]]:
    if not score_range > 0 or math.isinf(score_range):
        raise ValueError(f"score_range must be above 0 and finite, found {score_range}")
    differences = case.differences(case.table)
    if np.abs(differences).max() > score_range * (1 + 1e-9):
        raise ValueError(
            f"scores differ by {np.abs(differences).max()}, more than score_range={score_range}"
        )
    points = differences.mean(axis=0)
    by_unit = case.units.sums(differences) / case.units.sizes.mean()
    floors = mean_floors(differences, case.units, score_range)
    contributions = (by_unit - points * case.units.weights[:, None]) / case.units.count

    if case.units.count < FEW_UNITS:
        return _few(case, points, contributions, floors, score_range)
    means = bootstrap_means(case.table, case.groups, resamples=case.resamples, seed=case.seed)
    return _many(case, points, case.differences(means), floors, score_range)


def _ratio(case: _Paired, over: FloatArray, under: FloatArray) -> tuple[str, list[Interval]]:
    points = case.differences(ratios.ratio(over, under))
    # To first order a ratio is the mean of its linearised scores: few units go by these.
    differences = case.differences(case.table)
    floors = mean_floors(differences, case.units, 1.0)
    if case.units.count < FEW_UNITS:
        by_unit = case.units.sums(differences) / case.units.sizes.mean()
        contributions = (by_unit - points * case.units.weights[:, None]) / case.units.count
        return _few(case, points, contributions, floors, 1.0)
    replicates = ratios.bootstrap_ratios(
        over, under, case.groups, resamples=case.resamples, seed=case.seed
    )
    return _many(case, points, case.differences(replicates), floors, 1.0)


def _macro_f1(case: _Paired, answers: _Answers) -> tuple[str, list[Interval]]:
    truth, given, n_labels = answers.truth, answers.given, answers.n_labels
    points = case.differences(f1.macro_f1(truth, given, n_labels))
    right = case.differences((given == truth[:, None]).astype(np.float64))
    floors = macro_f1_floors(right, truth, n_labels, case.units)
    if case.units.count < FEW_UNITS:
        influences = case.units.sums(f1.influences(truth, given, n_labels))
        return _few(case, points, case.differences(influences), floors, 1.0)
    replicates = f1.bootstrap_macro_f1(
        truth, given, n_labels, case.groups, resamples=case.resamples, seed=case.seed
    )
    return _many(case, points, case.differences(replicates), floors, 1.0)


def _few(
    case: _Paired,
    points: FloatArray,
    contributions: FloatArray,
    floors: FloatArray,
    limit: float,
) -> tuple[str, list[Interval]]:
    if case.units.count == 1:
        whole = [Interval(-limit, limit, float(point), case.level) for point in points]
        return "one_group", whole
    intervals = sign_flip_intervals(
        points,
        contributions,
        floors,
        case.level,
        variance_factor=case.factor,
        limit=limit,
        seed=case.seed,
    )
    return "sign_flip", intervals


def _many(
    case: _Paired, points: FloatArray, replicates: FloatArray, floors: FloatArray, limit: float
) -> tuple[str, list[Interval]]:
    intervals = bootstrap_intervals(
        points,
        replicates,
        floors,
        case.units.count,
        case.level,
        variance_factor=case.factor,
        limit=limit,
    )
    return "max_t_bootstrap", intervals
