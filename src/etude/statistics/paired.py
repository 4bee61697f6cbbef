"""Two candidates that are right or wrong on the same items.

Differences are first minus second, in shares of items. Knows nothing of several pairs at
once (`simultaneous`) or of scores that are not right or wrong (`resampling`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import bdtr, gammaln

from etude.statistics._arrays import FloatArray, share_matrix, units_of
from etude.statistics.disagreement import disagreement_sizes
from etude.statistics.intervals import Interval, interval_around, two_sided_quantile


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """Items that only the first, or only the second candidate got right, out of `n`.

    Counts may be fractional (expected counts, repeats averaged).
    """

    only_first: float
    only_second: float
    n: float

    def __post_init__(self) -> None:
        if self.n <= 0 or min(self.only_first, self.only_second) < 0:
            raise ValueError(f"counts must not be negative and n above 0, found {self}")
        if self.only_first + self.only_second > self.n * (1 + 1e-12):
            raise ValueError(f"more items disagree than there are, found {self}")

    @property
    def difference(self) -> float:
        """Share of right of the first minus that of the second."""
        return (self.only_first - self.only_second) / self.n

    @property
    def discordance(self) -> float:
        """p_d: the share of items on which exactly one of the two is right."""
        return (self.only_first + self.only_second) / self.n


def count_pairs(first: ArrayLike, second: ArrayLike) -> PairedCounts:
    """Count from (N,) right/wrong scores of two candidates on the same items."""
    differences = _differences(first, second)
    return PairedCounts(
        only_first=float(np.maximum(differences, 0).sum()),
        only_second=float(np.maximum(-differences, 0).sum()),
        n=len(differences),
    )


def bonett_price(
    counts: PairedCounts, level: float = 0.95, *, comparisons: int = 1, variance_factor: float = 1.0
) -> Interval:
    """The adjusted Wald interval of Bonett & Price: one more of each disagreement.

    It has width even where no item disagrees. `comparisons` intervals hold together at
    `level` (Bonferroni); `variance_factor` is that of `crossfit`.
    Source: Bonett & Price (2012), Journal of Educational and Behavioral Statistics 37:479-488.
    """
    quantile = two_sided_quantile(level, comparisons) * math.sqrt(variance_factor)
    return adjusted_limits(
        counts.only_first - counts.only_second,
        counts.only_first + counts.only_second,
        counts.n,
        quantile,
        level,
        point=counts.difference,
    )


def bonett_price_grouped(
    first: ArrayLike,
    second: ArrayLike,
    groups: ArrayLike | None,
    level: float = 0.95,
    *,
    comparisons: int = 1,
    variance_factor: float = 1.0,
) -> Interval:
    """Bonett & Price over groups: one more disagreement of either sign, t on groups - 1.

    first, second: (N,) shares of right in [0, 1]; groups: (N,). The variance is the
    cluster-robust one of a ratio, over the groups and the two added disagreements, which are
    as large as `disagreement_sizes` says. With one item a group, or none given, it is
    `bonett_price` exactly. One group alone says nothing: [-1, 1].
    """
    differences = _differences(first, second)
    units = units_of(len(differences), groups)
    point = float(differences.mean())
    if not units.repeated:
        quantile = two_sided_quantile(level, comparisons) * math.sqrt(variance_factor)
        squares = float(np.square(differences).sum())
        return adjusted_limits(
            float(differences.sum()), squares, units.count, quantile, level, point=point
        )
    if units.count == 1:
        return interval_around(point, -1.0, 1.0, level)
    quantile = two_sided_quantile(level, comparisons, units.count - 1) * math.sqrt(variance_factor)
    size = float(disagreement_sizes(differences[:, None], units)[0])
    sums = units.sums(differences) / units.sizes.mean()
    weight = units.count + 2 * size
    centre = float(sums.sum()) / weight
    squares = float(np.square(sums - centre * units.weights).sum())
    squares += size**2 * ((1 - centre) ** 2 + (1 + centre) ** 2)
    half = quantile * math.sqrt(squares) / weight
    return interval_around(point, centre - half, centre + half, level, floor=-1.0, ceiling=1.0)


def adjusted_limits(
    total: float, squares: float, n: float, quantile: float, level: float, *, point: float
) -> Interval:
    """Bonett & Price's limits from the sum and the sum of squares of `n` differences."""
    centre = total / (n + 2)
    variance = ((squares + 2) / (n + 2) - centre * centre) / (n + 2)
    half = quantile * math.sqrt(max(variance, 0.0))
    return interval_around(point, centre - half, centre + half, level, floor=-1.0, ceiling=1.0)


def tango(counts: PairedCounts, level: float = 0.95, *, comparisons: int = 1) -> Interval:
    """Tango's score interval: the differences that a score test would not reject.

    Source: Tango (1998), Statistics in Medicine 17:891-908.
    """
    quantile = two_sided_quantile(level, comparisons)
    point = counts.difference
    edge = 1 - 1e-12

    def excess(difference: float, target: float) -> float:
        return _score_statistic(counts, difference) - target

    low = -1.0 if point <= -1 else float(brentq(excess, -edge, edge, args=(quantile,)))
    high = 1.0 if point >= 1 else float(brentq(excess, -edge, edge, args=(-quantile,)))
    return interval_around(point, low, high, level, floor=-1.0, ceiling=1.0)


def mcnemar_exact(counts: PairedCounts) -> float:
    """The two-sided p-value of McNemar's exact conditional test (whole counts).

    Source: McNemar (1947), Psychometrika 12:153-157.
    """
    smaller, total = _whole_counts(counts)
    if total == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(smaller, total, 0.5)))


def mcnemar_mid_p(counts: PairedCounts) -> float:
    """The two-sided mid-p-value of McNemar's test: half the weight on what was observed.

    Source: Fagerland, Lydersen & Laake (2013), BMC Medical Research Methodology 13:91.
    """
    smaller, total = _whole_counts(counts)
    if total == 0:
        return 1.0
    log_choose = gammaln(total + 1) - gammaln(smaller + 1) - gammaln(total - smaller + 1)
    observed = math.exp(float(log_choose) - total * math.log(2))
    return min(1.0, 2 * float(bdtr(smaller, total, 0.5)) - observed)


def _score_statistic(counts: PairedCounts, difference: float) -> float:
    """Tango's statistic, with `only_second` at its restricted maximum likelihood."""
    first, second, n = counts.only_first, counts.only_second, counts.n
    linear = -(first + second) + (2 * n - first + second) * difference
    constant = -second * difference * (1 - difference)
    root = math.sqrt(max(linear * linear - 8 * n * constant, 0.0))
    restricted = (root - linear) / (4 * n)
    variance = n * (2 * restricted + difference * (1 - difference))
    gap = first - second - n * difference
    if variance <= 0:
        return math.copysign(math.inf, gap) if gap else 0.0
    return gap / math.sqrt(variance)


def _whole_counts(counts: PairedCounts) -> tuple[int, int]:
    if counts.only_first % 1 or counts.only_second % 1:
        raise ValueError(f"McNemar's test needs whole counts, found {counts}")
    first, second = int(counts.only_first), int(counts.only_second)
    return min(first, second), first + second


def _differences(first: ArrayLike, second: ArrayLike) -> FloatArray:
    left, right = share_matrix(first), share_matrix(second)
    if left.shape != right.shape or left.shape[1] != 1:
        raise ValueError(f"two (N,) score arrays are expected, found {left.shape}, {right.shape}")
    column: FloatArray = (left - right)[:, 0]
    return column
