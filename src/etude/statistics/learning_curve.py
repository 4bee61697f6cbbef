"""What more examples would buy: an inverse power law fitted to measured errors, and carried on.

    error(n) = floor + scale * n ** -exponent,  floor >= 0, scale >= 0

The form of Cortes et al. (1993), "Learning curves: asymptotic values and rate of convergence", NIPS
6, and of Viering & Loog (2023), IEEE TPAMI 45:7799-7819, in whose survey it fits best, and who warn
of carrying any form far. So a curve is carried no further than `FARTHEST` times what was measured,
and not where the measured errors do not follow it; then the answer is that nobody can tell.

The interval comes of fitting again to resampled groups and to resampled orders in which examples
were added. What it covers of known curves is simulated by `benchmarks/coverage.py planning`: it errs on
the wide side, least where a curve falls slowly and has no floor. That is of the share of right
answers; the error of another metric is what it lacks to 1, and is carried on by the same form.
It knows scores, and nothing of rungs, folds or labels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics._arrays import FloatArray, units_of
from etude.statistics.intervals import Interval, interval_around, two_sided_quantile, widened
from etude.statistics.resampling import percentile_interval
from etude.statistics.scores import Scores

FARTHEST = 2.5
"""Times the largest measured size that a curve is carried on to."""
FEWEST_SIZES = 4
FEWEST_UNITS = 30
RESAMPLES = 1000
_EXPONENTS = np.geomspace(0.05, 3.0, 48)
_OFF = 3.0
"""Standard errors by which one measured point may miss the curve before the fit counts as poor."""


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """`error(n) = floor + scale * n ** -exponent`, errors and floor from 0 to 1."""

    floor: float
    scale: float
    exponent: float

    def error(self, n: float) -> float:
        """What the metric lacks to 1 after n examples."""
        return self.floor + self.scale * math.pow(n, -self.exponent)


@dataclass(frozen=True, slots=True)
class Carried:
    """The curve, and by how much the metric would rise with `more` examples.

    `gain` is None where that can't be told; `reason` then says why, in plain words.
    """

    curve: PowerLaw
    more: int
    gain: Interval | None
    reason: str = ""


def fit(sizes: ArrayLike, errors: ArrayLike, variances: ArrayLike | None = None) -> PowerLaw:
    """The curve of least weighted squares through (S,) errors at (S,) sizes.

    variances: (S,) of the errors, above 0; all alike where None.
    """
    n, wrong = np.asarray(sizes, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if n.ndim != 1 or n.shape != wrong.shape or len(n) < 2 or (n <= 0).any():
        raise ValueError(f"(S,) sizes above 0 and (S,) errors are expected, found {n}, {wrong}")
    spread = np.ones(len(n)) if variances is None else np.asarray(variances, dtype=np.float64)
    return PowerLaw(*(float(part[0]) for part in _fitted(n, wrong[None, :], spread)))


def carry_on(
    sizes: ArrayLike,
    scores: Scores,
    *,
    now: int,
    more: int,
    groups: ArrayLike | None = None,
    level: float = 0.95,
    variance_factor: float = 1.0,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Carried:
    """What `more` examples beyond the `now` at hand would likely buy.

    sizes: (S,) examples learned from, rising. scores: of the same N items, S times R candidates:
    after each size in turn, each of R orders in which examples were added. groups: (N,) names or
    numbers. variance_factor: that of `crossfit`, where N were scored in folds.
    """
    n, values = np.asarray(sizes, dtype=np.float64), scores.values()
    orders, over = divmod(len(values), max(len(n), 1))
    if n.ndim != 1 or over or not orders or (np.diff(n) <= 0).any():
        raise ValueError(f"rising (S,) sizes and S x R scores are expected: {n}, {len(values)}")
    if now < 1 or more < 1:
        raise ValueError(f"now and more must be 1 or more, found {now} and {more}")
    drawn = scores.replicates(groups, resamples, seed).reshape(resamples, len(n), orders)
    replicates = _over_orders(1 - drawn, seed + 1)
    variances = np.maximum(replicates.var(axis=0), 1e-8)
    errors = 1 - values.reshape(len(n), orders).mean(axis=1)
    curve = fit(n, errors, variances)
    units = units_of(scores.items, groups).count
    reason = _why_not(n, errors, np.sqrt(variances * variance_factor), curve, units, now + more)
    if reason:
        return Carried(curve, more, None, reason)
    floors, scales, exponents = _fitted(n, replicates, variances)
    gains = scales * (float(now) ** -exponents - float(now + more) ** -exponents)
    point = curve.error(now) - curve.error(now + more)
    plain = percentile_interval(point, gains, level)
    if float(np.mean(floors == 0)) > (1 - level) / 2:
        plain = _beyond_the_edge(plain)
    return Carried(curve, more, _with_least_width(plain, units, variance_factor))


def _why_not(
    n: FloatArray,
    errors: FloatArray,
    standard: FloatArray,
    curve: PowerLaw,
    units: int,
    end: int,
) -> str:
    """Why the curve can't be carried on to `end` examples; "" where it can."""
    if len(n) < FEWEST_SIZES:
        return f"{len(n)} sizes were measured, and a curve needs {FEWEST_SIZES}"
    if units < FEWEST_UNITS:
        return f"{units} independent examples were scored: too few to see a curve"
    if end > FARTHEST * n[-1]:
        return (
            f"{end:,} examples are more than {FARTHEST:g} times the {round(n[-1]):,} that were "
            "learned from at most"
        )
    missed = np.abs(errors - [curve.error(size) for size in n])
    if (missed > _OFF * standard).any():
        return "what was measured does not follow the usual falling curve"
    return ""


def _over_orders(errors_BSR: FloatArray, seed: int) -> FloatArray:
    """Mean errors (B, S) of orders drawn anew, the same for all sizes of a replicate.

    Drawing R things anew varies by (R - 1) / R of what it should, much where R is 2 to 5: their mean's
    distance from that of all is stretched to make up for it.
    Source: Davison & Hinkley (1997), Bootstrap Methods and their Application, section 2.3.
    """
    count, _, orders = errors_BSR.shape
    drawn = np.random.default_rng(seed).integers(0, orders, size=(count, 1, orders))
    picked = np.take_along_axis(errors_BSR, np.broadcast_to(drawn, errors_BSR.shape), axis=2)
    middle = errors_BSR.mean(axis=2)
    stretch = math.sqrt(orders / (orders - 1)) if orders > 1 else 1.0
    means: FloatArray = middle + stretch * (picked.mean(axis=2) - middle)
    return means


def _fitted(
    n: FloatArray, errors_BS: FloatArray, variances: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Floors, scales and exponents, all (B,): for each exponent of a grid the rest is linear."""
    weights = (1 / variances) / (1 / variances).sum()
    best = np.full(len(errors_BS), np.inf)
    floors, scales = np.zeros(len(errors_BS)), np.zeros(len(errors_BS))
    exponents = np.ones(len(errors_BS))
    middle = errors_BS @ weights
    for exponent in _EXPONENTS:
        x = n**-exponent
        centred = x - weights @ x
        slope = np.maximum(errors_BS @ (weights * centred) / (weights @ centred**2), 0.0)
        floor = middle - slope * (weights @ x)
        below = floor < 0
        slope = np.where(below, errors_BS @ (weights * x) / (weights @ x**2), slope)
        floor = np.where(below, 0.0, floor)
        missed = np.square(errors_BS - floor[:, None] - slope[:, None] * x) @ weights
        better = missed < best - 1e-15
        best = np.where(better, missed, best)
        floors, scales = np.where(better, floor, floors), np.where(better, slope, scales)
        exponents = np.where(better, exponent, exponents)
    return floors, scales, exponents


def _beyond_the_edge(plain: Interval) -> Interval:
    """With as much room above as below, where the floor may be 0.

    No replicate can fall further than a curve without a floor does, so the bootstrap is blind on that
    side: a parameter on the edge of what it may be (Andrews 2000, Econometrica 68:399-405).
    """
    high = max(plain.high, 2 * plain.point - plain.low)
    return Interval(plain.low, high, plain.point, plain.level)


def _with_least_width(plain: Interval, units: int, variance_factor: float) -> Interval:
    """The folds' correction, and never narrower than two items that changed would make it."""
    stretched = widened(plain, variance_factor, floor=0.0)
    quantile = two_sided_quantile(plain.level)
    least = quantile * math.sqrt(2 * variance_factor) / (units + 2)
    low = min(stretched.low, plain.point - least)
    high = max(stretched.high, plain.point + least)
    return interval_around(plain.point, low, high, plain.level, floor=0.0, ceiling=1.0)
