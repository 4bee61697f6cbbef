"""Two estimates from different items: their difference, and whether one is larger; nothing is paired.

Far wider than a paired interval of as many items: what both items and candidates vary by is in it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from etude.statistics.intervals import Interval, interval_around


def difference(first: Interval, second: Interval) -> Interval:
    """First minus second, from the interval of each (both at one level, of independent items).

    Each limit takes the variance that its side of the two intervals speaks of, so that the
    asymmetry of Wilson's intervals is kept.
    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10; for other intervals Zou &
    Donner (2008), Statistics in Medicine 27:1693-1702 (MOVER).

    Raises:
        ValueError: the levels differ.
    """
    if not math.isclose(first.level, second.level):
        raise ValueError(f"two intervals at one level are expected: {first}, {second}")
    point = first.point - second.point
    below = math.hypot(first.point - first.low, second.high - second.point)
    above = math.hypot(first.high - first.point, second.point - second.low)
    return interval_around(point, point - below, point + above, first.level)


def more_often(count: int, n: int, other_count: int, other_n: int) -> float:
    """P-value of ``count`` of n not being a larger share than ``other_count`` of other_n: Fisher's
    exact test, one-sided. Source: Fisher (1935), Journal of the Royal Statistical Society 98:39-82.

    Raises:
        ValueError: a count is negative or above its n.
    """
    if not (0 <= count <= n and 0 <= other_count <= other_n):
        raise ValueError(
            f"counts within n are expected: {count} of {n}, {other_count} of {other_n}"
        )
    found, total = count + other_count, n + other_n
    # The ways that so many of all that were found, or more, are among the n.
    among = np.arange(count, min(found, n) + 1)
    ways = _log_choose(n, among) + _log_choose(other_n, found - among) - _log_choose(total, found)
    return min(1.0, float(np.exp(ways).sum()))


def _log_choose(n: int, k: NDArray[np.int64] | int) -> NDArray[np.float64]:
    k_K = np.asarray(k)
    known = (k_K >= 0) & (k_K <= n)
    safe_K = np.where(known, k_K, 0)
    logs = gammaln(n + 1) - gammaln(safe_K + 1) - gammaln(n - safe_K + 1)
    return np.asarray(np.where(known, logs, -np.inf), dtype=np.float64)
