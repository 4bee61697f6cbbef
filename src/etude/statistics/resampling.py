"""The bootstrap of means over items or groups, in bounded memory.

Plain resampling of whole units: never stratified, because a resample that always holds the
same number of each class is too sure of itself. Macro-F1 is in `macro_f1`, simultaneous
intervals from replicates in `max_t`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics._arrays import FloatArray, score_matrix, units_of
from etude.statistics.intervals import Interval, check_level, interval_around

DEFAULT_RESAMPLES = 10_000

# Weights held at one time: 4 million doubles, 32 MB.
CELLS_AT_ONCE = 4_000_000


def resampled_weights(
    n_units: int, resamples: int, seed: int, multiplicities: FloatArray | None = None
) -> Iterator[FloatArray]:
    """How often each of U units was drawn: chunks (B', U) that add up to `resamples` rows.

    `multiplicities` (U,): identical items kept as one unit; as many items are then drawn as
    they hold together, which is the plain bootstrap of those items.
    """
    if n_units < 1 or resamples < 1:
        raise ValueError(f"n_units and resamples must be 1 or more: {n_units}, {resamples}")
    rng = np.random.default_rng(seed)
    chunk = max(1, CELLS_AT_ONCE // n_units)
    for start in range(0, resamples, chunk):
        rows = min(chunk, resamples - start)
        if multiplicities is None:
            drawn = rng.integers(0, n_units, size=(rows, n_units))
            drawn += np.arange(rows)[:, None] * n_units
            flat = np.bincount(drawn.ravel(), minlength=rows * n_units)
            yield flat.reshape(rows, n_units).astype(np.float64)
        else:
            total = int(multiplicities.sum())
            drawn = rng.multinomial(total, multiplicities / multiplicities.sum(), size=rows)
            yield drawn.astype(np.float64)


def bootstrap_means(
    scores: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> FloatArray:
    """Replicates (B, C) of the mean score of C candidates, all on the same resamples.

    scores: (N, C) or (N,); groups: (N,), drawn whole. Subtract columns for paired differences.
    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap.
    """
    matrix = score_matrix(scores)
    units = units_of(len(matrix), groups)
    sums = units.sums(matrix)
    parts = [
        (weights @ sums) / (weights @ units.sizes)[:, None]
        for weights in resampled_weights(units.count, resamples, seed)
    ]
    return np.concatenate(parts)


def percentile_interval(
    point: float,
    replicates: ArrayLike,
    level: float = 0.95,
    *,
    floor: float = -np.inf,
    ceiling: float = np.inf,
) -> Interval:
    """The plain percentile interval of replicates (B,), cut to [floor, ceiling]."""
    check_level(level)
    tail = (1 - level) / 2
    low, high = np.quantile(np.asarray(replicates, dtype=np.float64), [tail, 1 - tail])
    return interval_around(point, float(low), float(high), level, floor=floor, ceiling=ceiling)


def paired_bootstrap(
    first: ArrayLike,
    second: ArrayLike,
    groups: ArrayLike | None = None,
    level: float = 0.95,
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Percentile interval of the mean of first - second (N,), over items or groups.

    One pair alone, without the width that zero disagreement needs: decisions take their
    intervals from `simultaneous`.
    """
    differences = score_matrix(first) - score_matrix(second)
    if differences.shape[1] != 1:
        raise ValueError(f"one candidate on either side is expected, found {differences.shape}")
    replicates = bootstrap_means(differences, groups, resamples=resamples, seed=seed)
    return percentile_interval(float(differences.mean()), replicates[:, 0], level)
