"""Several tests at once: Bonferroni, Holm, Benjamini-Hochberg.

Knows nothing of where the p-values come from. P-values never decide; see `simultaneous`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics._arrays import FloatArray
from etude.statistics.intervals import check_level


def bonferroni_level(level: float, comparisons: int) -> float:
    """The level of each of `comparisons` intervals that together hold at `level`."""
    check_level(level)
    if comparisons < 1:
        raise ValueError(f"comparisons must be at least 1, found {comparisons}")
    return 1 - (1 - level) / comparisons


def holm(p_values: ArrayLike) -> FloatArray:
    """Holm's adjusted p-values (M,), in the order given: no false alarm among all.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65-70.
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")
    stepped = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Benjamini-Hochberg adjusted p-values (M,): the share of false ones among alarms.

    Source: Benjamini & Hochberg (1995), JRSS B 57:289-300.
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")[::-1]
    stepped = values[order] * len(values) / np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(stepped))
    return adjusted


def _checked(p_values: ArrayLike) -> FloatArray:
    values = np.asarray(p_values, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"p-values must have one dimension, found {values.shape}")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p-values must lie between 0 and 1")
    return values
