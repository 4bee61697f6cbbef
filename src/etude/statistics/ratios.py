"""A ratio of two sums over items, such as micro-averaged F1 = sum of 2 x hits / sum of values.

The bootstrap draws items or groups whole and takes the ratio anew; to first order a ratio is the
mean of the items' linearised scores. A ratio of nothing over nothing is 1: nothing was missed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics._arrays import FloatArray, score_matrix
from etude.statistics.resampling import DEFAULT_RESAMPLES, bootstrap_means


def checked(over: ArrayLike, under: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Numerators and denominators (N, C), or `ValueError` where they do not fit."""
    top, bottom = score_matrix(over), score_matrix(under)
    if top.shape != bottom.shape:
        raise ValueError(f"numerators are {top.shape}, denominators {bottom.shape}")
    if (bottom < 0).any() or (top > bottom + 1e-9).any():
        raise ValueError("a ratio needs 0 <= numerator <= denominator for every item")
    return top, bottom


def ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """(C,) from (N, C): sum over sum."""
    return _safe(over.sum(axis=0), under.sum(axis=0))


def linearised(over: FloatArray, under: FloatArray) -> FloatArray:
    """(N, C) scores whose mean is the ratio and whose spread is its first-order spread.

    Source: the delta method for a ratio estimator, Cochran (1977), Sampling Techniques, ch. 6.
    """
    value = ratio(over, under)
    mean = under.mean(axis=0)
    pulls = np.divide(over - value * under, mean, out=np.zeros_like(over), where=mean > 0)
    out: FloatArray = value + pulls
    return out


def bootstrap_ratios(
    over: FloatArray,
    under: FloatArray,
    groups: ArrayLike | None = None,
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> FloatArray:
    """Replicates (B, C) of C ratios from (N, C), all on the same resamples."""
    both = np.concatenate([over, under], axis=1)
    means = bootstrap_means(both, groups, resamples=resamples, seed=seed)
    return _safe(means[:, : over.shape[1]], means[:, over.shape[1] :])


def _safe(over: FloatArray, under: FloatArray) -> FloatArray:
    out: FloatArray = np.divide(over, under, out=np.ones_like(over), where=under > 0)
    return out
