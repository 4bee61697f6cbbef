"""Answering only what one is sure of: coverage against precision, and how well confidence ranks.

Knows nothing of thresholds that promise anything; see `guarantee`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics._arrays import FloatArray
from etude.statistics.guarantee import checked
from etude.statistics.intervals import Interval
from etude.statistics.single import accuracy_interval

POINTS = 20


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold comes to: the share answered, and of these the share right.

    `precision` is None where nothing is answered.
    """

    threshold: float
    coverage: Interval
    precision: Interval | None
    answered: int


def at_threshold(
    score: ArrayLike,
    right: ArrayLike,
    threshold: float,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    level: float = 0.95,
) -> Point:
    """Coverage and precision (N items, by groups and folds (N,)) where the surest are answered.

    Wilson's intervals; NaN confidence is never answered, and counts in the coverage.
    """
    score_N, right_N = checked(score, right)
    answered_N = score_N >= threshold
    names = None if groups is None else np.asarray(groups)
    parts = None if folds is None else np.asarray(folds)
    coverage = accuracy_interval(
        answered_N.astype(np.float64), groups=names, folds=parts, level=level
    )
    precision = None
    if answered_N.any():
        precision = accuracy_interval(
            right_N[answered_N],
            groups=None if names is None else names[answered_N],
            folds=None if parts is None else parts[answered_N],
            level=level,
        )
    return Point(threshold, coverage, precision, int(answered_N.sum()))


def curve(
    score: ArrayLike,
    right: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    points: int = POINTS,
    level: float = 0.95,
) -> tuple[Point, ...]:
    """Points from few answers to all that have a confidence; items as sure go together.

    Each interval stands for itself: they do not hold all at once.
    """
    score_N, _ = checked(score, right)
    known = np.sort(score_N[score_N >= 0])
    if not len(known):
        return ()
    places = 1 - np.arange(1, points + 1) / points
    least = np.floor(places * len(known)).astype(np.int64)
    thresholds = np.unique(known[least])
    return tuple(
        at_threshold(score, right, float(t), groups=groups, folds=folds, level=level)
        for t in thresholds[::-1]
    )


def auroc(score: ArrayLike, right: ArrayLike) -> float | None:
    """The chance that a right answer is surer than a wrong one, ties counted half.

    None where all are right or all are wrong. Source: Mann & Whitney (1947); Hanley & McNeil (1982).
    """
    score_N, right_N = checked(score, right)
    hits, misses = int(right_N.sum()), int((1 - right_N).sum())
    if not hits or not misses:
        return None
    _, place_N, count_U = np.unique(score_N, return_inverse=True, return_counts=True)
    rank_U = np.cumsum(count_U) - (count_U - 1) / 2  # of a tie, the mean of its ranks
    return float((rank_U[place_N][right_N == 1].sum() - hits * (hits + 1) / 2) / (hits * misses))


def aurc(score: ArrayLike, right: ArrayLike) -> float:
    """Mean share of wrong answers over all coverages, the surest first: 0 is best.

    Items as sure share their wrong answers evenly, whatever their order.
    Source: Geifman & El-Yaniv (2017), NeurIPS.
    """
    score_N, right_N = checked(score, right)
    order = np.argsort(-score_N, kind="stable")
    wrong_N = _evened(score_N[order], 1 - right_N[order])
    return float(np.mean(np.cumsum(wrong_N) / np.arange(1, len(wrong_N) + 1)))


def _evened(sorted_N: FloatArray, values_N: FloatArray) -> FloatArray:
    """Values with the mean of their tie in place of each."""
    starts = np.flatnonzero(np.append(True, np.diff(sorted_N) != 0))
    sizes = np.diff(np.append(starts, len(sorted_N)))
    means = np.add.reduceat(values_N, starts) / sizes
    return np.asarray(np.repeat(means, sizes), dtype=np.float64)
