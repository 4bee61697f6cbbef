"""Simultaneous intervals of several differences at once, from their joint distribution.

The largest studentised deviation among all differences is what must stay inside, so one
multiplier serves them all: narrower than Bonferroni where differences go together.
Knows nothing of what is compared: columns are differences.
"""

from __future__ import annotations

import math

import numpy as np

from etude.statistics._arrays import FloatArray
from etude.statistics.intervals import Interval, check_level, interval_around, two_sided_quantile

FEW_UNITS = 30


def max_t_quantile(replicates: FloatArray, points: FloatArray, level: float) -> float:
    """The `level` quantile of the largest |replicate - point| in standard errors.

    replicates: (B, P) bootstrap differences; points: (P,). Differences that never vary are
    left out. 0 where none varies.
    Source: Romano & Wolf (2005), Econometrica 73:1237-1282; Efron & Tibshirani (1993) ch. 12.
    """
    check_level(level)
    errors = replicates.std(axis=0, ddof=1)
    varies = errors > 0
    if not varies.any():
        return 0.0
    deviations = np.abs(replicates[:, varies] - points[varies]) / errors[varies]
    return float(np.quantile(deviations.max(axis=1), level))


def sign_flip_quantile(
    contributions: FloatArray, level: float, *, flips: int = 10_000, seed: int = 0
) -> float:
    """The multiplier for few groups, from flipping the sign of whole groups.

    contributions: (G, P) what each of G groups adds to each difference, less its mean. The
    t statistic has G - 1 degrees of freedom and is computed anew for every flip. Never below
    Student's t for one difference; with too few groups for a quantile (2^(G-1) patterns),
    Student's t at the Bonferroni level.
    Source: Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90:414-427.
    """
    count, differences = contributions.shape
    if 2.0 ** (count - 1) < 10 / (1 - level):
        return two_sided_quantile(level, differences, count - 1)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(flips, count))
    sums = signs @ contributions
    squares = np.square(contributions).sum(axis=0)
    spread = count / (count - 1) * (squares - np.square(sums) / count)
    safe = np.where(spread > 0, spread, np.inf)
    largest = np.max(np.abs(sums) / np.sqrt(safe), axis=1)
    return max(float(np.quantile(largest, level)), two_sided_quantile(level, 1, count - 1))


def bootstrap_intervals(
    points: FloatArray,
    replicates: FloatArray,
    floors: FloatArray,
    n_units: int,
    level: float,
    *,
    variance_factor: float = 1.0,
    limit: float = math.inf,
) -> list[Interval]:
    """Max-t intervals (P) from a joint bootstrap of `n_units` units.

    floors: (P,) the standard error that a difference has even when no item disagrees, added
    in quadrature. A difference that never varied gets the Bonferroni multiplier. The
    multiplier is raised by t over normal at n_units - 1, since the error itself is estimated, as far
    out as so many differences reach; and a bootstrap's error is that of n_units, not n_units - 1
    (Efron & Tibshirani 1993, section 5.3).
    """
    bonferroni = two_sided_quantile(level, len(points), n_units - 1)
    small_sample = bonferroni / two_sided_quantile(level, len(points))
    multiplier = max_t_quantile(replicates, points, level) * small_sample
    errors = replicates.std(axis=0, ddof=1) * math.sqrt(n_units / (n_units - 1))
    multipliers = np.where(errors > 0, multiplier, bonferroni)
    return _symmetric(points, errors, floors, multipliers, level, variance_factor, limit)


def sign_flip_intervals(
    points: FloatArray,
    contributions: FloatArray,
    floors: FloatArray,
    level: float,
    *,
    variance_factor: float = 1.0,
    limit: float = math.inf,
    seed: int = 0,
) -> list[Interval]:
    """Simultaneous intervals (P) for few units, from their contributions (G, P)."""
    count, differences = contributions.shape
    multiplier = sign_flip_quantile(contributions, level, seed=seed)
    errors = np.sqrt(count / (count - 1) * np.square(contributions).sum(axis=0))
    bonferroni = two_sided_quantile(level, differences, count - 1)
    multipliers = np.where(errors > 0, multiplier, bonferroni)
    return _symmetric(points, errors, floors, multipliers, level, variance_factor, limit)


def _symmetric(
    points: FloatArray,
    errors: FloatArray,
    floors: FloatArray,
    multipliers: FloatArray,
    level: float,
    variance_factor: float,
    limit: float,
) -> list[Interval]:
    arms = multipliers * np.sqrt(variance_factor * (np.square(errors) + np.square(floors)))
    return [
        interval_around(
            float(point),
            float(point - arm),
            float(point + arm),
            level,
            floor=-limit,
            ceiling=limit,
        )
        for point, arm in zip(points, arms, strict=True)
    ]
