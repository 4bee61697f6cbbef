"""Quantiles with intervals (latency), and how alike the items of a group are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from etude.statistics._arrays import score_matrix, units_of
from etude.statistics.intervals import Interval, check_level, interval_around


def quantile_interval(
    values: ArrayLike, quantile: float, level: float = 0.95, *, least: float = 0.0
) -> Interval:
    """A quantile of (N,) values, between two order statistics: right for any distribution.

    For seconds, p50 is quantile 0.5 and p95 is 0.95. With too few values for a limit the
    upper one is infinite and the lower one `least`, the smallest possible value (p95 needs
    72 values for a finite upper limit at 95 %). The point is numpy's interpolated quantile.
    Source: David & Nagaraja (2003), Order Statistics, section 7.1.
    """
    check_level(level)
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1 or len(column) == 0 or not np.isfinite(column).all():
        raise ValueError(f"finite values (N,) are expected, found shape {column.shape}")
    if not 0 < quantile < 1:
        raise ValueError(f"quantile must lie between 0 and 1, found {quantile}")
    ordered = np.sort(column)
    n, tail = len(ordered), (1 - level) / 2
    # below[k] = P(at most k values lie under the true quantile)
    below = np.asarray(bdtr(np.arange(n), n, quantile))
    lower_rank = int(np.searchsorted(below, tail, side="right"))
    upper_rank = int(np.searchsorted(below, 1 - tail, side="left")) + 1
    low = float(ordered[lower_rank - 1]) if lower_rank >= 1 else least
    high = float(ordered[upper_rank - 1]) if upper_rank <= n else math.inf
    return interval_around(float(np.quantile(ordered, quantile)), low, high, level, floor=least)


def intraclass_correlation(values: ArrayLike, groups: ArrayLike) -> float | None:
    """rho of (N,) values within (N,) groups, by analysis of variance; may be below 0.

    None where it is not defined: one group, no group of several items, or values all alike.
    Source: Donner (1986), International Statistical Review 54:67-82 (unequal group sizes).
    """
    column = score_matrix(values)[:, 0]
    units = units_of(len(column), groups)
    n, count = len(column), units.count
    if count < 2 or not units.repeated:
        return None
    means = units.sums(column) / units.sizes
    between = float(np.sum(units.sizes * np.square(means - column.mean()))) / (count - 1)
    within = float(np.sum(np.square(column - means[units.index]))) / (n - count)
    size = (n - float(np.square(units.sizes).sum()) / n) / (count - 1)
    spread = between + (size - 1) * within
    return (between - within) / spread if spread > 0 else None
