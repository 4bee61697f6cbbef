"""Two estimates from different items: their difference, where nothing can be paired.

Far wider than a paired interval of as many items: what both items and candidates vary by is in it.
"""

from __future__ import annotations

import math

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
