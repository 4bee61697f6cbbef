"""What an interval is, and the normal and t quantiles from which intervals are made.

Knows nothing of how a standard error was found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri, stdtrit


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval with its point estimate, in the unit of the point.

    `level` is the confidence of the interval or, where intervals are simultaneous, of the
    whole family. A limit may be infinite where the data cannot give one.
    """

    low: float
    high: float
    point: float
    level: float

    def __post_init__(self) -> None:
        check_level(self.level)
        if not self.low <= self.point <= self.high:
            raise ValueError(
                f"an interval needs low <= point <= high, found {self.low}, {self.point}, "
                f"{self.high}"
            )

    @property
    def width(self) -> float:
        """`high - low`."""
        return self.high - self.low

    def negated(self) -> Interval:
        """The interval of the same quantity with its sign turned (second minus first)."""
        return Interval(-self.high, -self.low, -self.point, self.level)


def interval_around(
    point: float,
    low: float,
    high: float,
    level: float,
    *,
    floor: float = -math.inf,
    ceiling: float = math.inf,
) -> Interval:
    """Cut limits to the possible range [floor, ceiling] and let them hold the point.

    Shrunken centres and resampling bias can leave the point just outside of its limits; an
    interval that leaves out its own estimate helps nobody, so the nearer limit moves to it.
    """
    return Interval(
        low=min(max(low, floor), point),
        high=max(min(high, ceiling), point),
        point=point,
        level=level,
    )


def widened(
    interval: Interval,
    variance_factor: float,
    *,
    floor: float = -math.inf,
    ceiling: float = math.inf,
) -> Interval:
    """The interval with both arms multiplied by the root of `variance_factor`, then cut."""
    stretch = math.sqrt(variance_factor)
    return interval_around(
        interval.point,
        interval.point - stretch * (interval.point - interval.low),
        interval.point + stretch * (interval.high - interval.point),
        interval.level,
        floor=floor,
        ceiling=ceiling,
    )


def two_sided_quantile(level: float, comparisons: int = 1, freedom: float | None = None) -> float:
    """The half-width in standard errors of `comparisons` intervals at a joint `level`.

    Bonferroni shares the error among them. Normal, or Student's t where `freedom` (the
    degrees of freedom) is given.
    """
    check_level(level)
    if comparisons < 1:
        raise ValueError(f"comparisons must be at least 1, found {comparisons}")
    tail = (1 - level) / (2 * comparisons)
    if freedom is None:
        return -float(ndtri(tail))
    if freedom <= 0:
        return math.inf
    return -float(stdtrit(freedom, tail))


def check_level(level: float) -> None:
    """Raise `ValueError` unless `level` lies strictly between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95; found {level}")
