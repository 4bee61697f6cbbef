"""Intervals of one share: right answers of one candidate, failures of none.

Knows nothing of pairs; see `paired`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics._arrays import FloatArray, Units, share_matrix, units_of
from etude.statistics.intervals import Interval, check_level, interval_around, two_sided_quantile


def wilson(
    successes: float, n: float, level: float = 0.95, *, variance_factor: float = 1.0
) -> Interval:
    """Wilson's score interval of a share.

    `variance_factor` divides the sample size: 2 makes `n` items worth half as many (see
    `crossfit.shared_training_factor`). Source: Wilson (1927), JASA 22:209-212.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"wilson needs 0 <= successes <= n and n > 0, found {successes} of {n}")
    quantile = two_sided_quantile(level)
    return _wilson_limits(successes / n, n / variance_factor, quantile, level)


def wilson_grouped(
    scores: ArrayLike, groups: ArrayLike, level: float = 0.95, *, variance_factor: float = 1.0
) -> Interval:
    """Wilson's interval at the effective sample size, with t on groups - 1.

    scores: (N,) shares of right in [0, 1] (repeats averaged); groups: (N,) names or numbers.
    The design effect is the cluster-robust variance of the mean over its variance for
    independent items, never below 1. Where all items agree nothing tells how alike a
    group's items are, so each group then counts as about one item. One group alone says
    nothing: [0, 1]. Without repeated groups this is `wilson`.
    Source: Korn & Graubard (1998), Survey Methodology 24:193-201; Dean & Pagano (2015),
    Journal of Survey Statistics and Methodology 3:484-503.
    """
    column = _column(scores)
    units = units_of(len(column), groups)
    if not units.repeated:
        return wilson(float(column.sum()), len(column), level, variance_factor=variance_factor)
    point = float(column.mean())
    if units.count == 1:
        return interval_around(point, 0.0, 1.0, level)
    quantile = two_sided_quantile(level, freedom=units.count - 1)
    size = _effective_size(column, units) / variance_factor
    return _wilson_limits(point, size, quantile, level)


def effective_size(scores: ArrayLike, groups: ArrayLike) -> float:
    """How many independent items (N,) grouped shares of right are worth; at most N."""
    column = _column(scores)
    return _effective_size(column, units_of(len(column), groups))


def rule_of_three(n: int, level: float = 0.95) -> float:
    """The upper bound of a failure rate after no failure in `n`: about 3/n at 95 %.

    `-ln(1 - level) / n`, at most 1. Source: Hanley & Lippman-Hand (1983), JAMA 249:1743-1745.
    """
    check_level(level)
    if n < 1:
        raise ValueError(f"n must be at least 1, found {n}")
    return min(1.0, -math.log1p(-level) / n)


def _column(scores: ArrayLike) -> FloatArray:
    matrix = share_matrix(scores)
    if matrix.shape[1] != 1:
        raise ValueError(f"one candidate's scores are expected, found {matrix.shape}")
    column: FloatArray = matrix[:, 0]
    return column


def _effective_size(column: FloatArray, units: Units) -> float:
    n = len(column)
    if not units.repeated:
        return float(n)
    point = float(column.mean())
    independent = point * (1 - point) / n
    if independent == 0:
        return float(n * n / np.square(units.sizes).sum())
    residuals = units.sums(column - point)
    correction = units.count / max(units.count - 1, 1)
    clustered = correction * float(np.square(residuals).sum()) / n**2
    return n / max(1.0, clustered / independent)


def _wilson_limits(point: float, n: float, quantile: float, level: float) -> Interval:
    if math.isinf(quantile):
        return interval_around(point, 0.0, 1.0, level)
    squared = quantile * quantile
    scale = 1 + squared / n
    centre = (point + squared / (2 * n)) / scale
    half = quantile * math.sqrt(point * (1 - point) / n + squared / (4 * n * n)) / scale
    return interval_around(point, centre - half, centre + half, level, floor=0.0, ceiling=1.0)
