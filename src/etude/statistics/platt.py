"""From a score to the probability of being right: two numbers fitted on calibration items.

The map rises strictly, so that it changes no ranking and no threshold, only what a score is called.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit, logit

from etude.statistics._arrays import FloatArray
from etude.statistics.guarantee import checked

EDGE = 1e-7
"""Nearest to 0 and to 1 that a score may lie: its log-odds stay finite."""
FLATTEST = 1e-3
"""Of the slope: scores that rank nothing still keep their order."""


@dataclass(frozen=True, slots=True)
class Platt:
    """Log-odds of being right are `slope` times the log-odds of the score, plus `intercept`."""

    slope: float
    intercept: float

    def apply(self, score: ArrayLike) -> FloatArray:
        """Probabilities (N,); NaN where the score is."""
        score_N = np.asarray(score, dtype=np.float64)
        return np.asarray(expit(self.slope * _odds(score_N) + self.intercept), dtype=np.float64)


def fit_platt(score: ArrayLike, right: ArrayLike) -> Platt | None:
    """The map of least log-loss over items (N,) that have a score; None where none has.

    As in the source, a right answer aims at (n+1)/(n+2), a wrong one at 1/(m+2): a set without a
    mistake does not make the map certain.
    Source: Platt (1999), on log-odds as in Kull, Silva Filho & Flach (2017), AISTATS.
    """
    score_N, right_N = checked(score, right)
    known = score_N >= 0
    if not known.any():
        return None
    odds_N, hit_N = _odds(score_N[known]), right_N[known] == 1
    hits, misses = int(hit_N.sum()), int((~hit_N).sum())
    aim_N = np.where(hit_N, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(values: FloatArray) -> tuple[float, FloatArray]:
        z_N = values[0] * odds_N + values[1]
        gap_N = expit(z_N) - aim_N
        each = np.logaddexp(0, z_N) - aim_N * z_N
        return float(each.mean()), np.array([(gap_N * odds_N).mean(), gap_N.mean()])

    bounds = [(FLATTEST, None), (None, None)]
    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return Platt(float(found.x[0]), float(found.x[1]))


def cross_fitted(score: ArrayLike, right: ArrayLike, folds: ArrayLike) -> FloatArray:
    """Probabilities (N,) of being right, each by the map of the other folds (N,); NaN for none."""
    score_N = np.asarray(score, dtype=np.float64)
    right_N, fold_N = np.asarray(right, dtype=np.float64), np.asarray(folds)
    found = np.full(len(score_N), np.nan)
    for fold in np.unique(fold_N):
        own = fold_N == fold
        fitted = fit_platt(score_N[~own], right_N[~own]) if (~own).any() else None
        if fitted is not None:
            found[own] = fitted.apply(score_N[own])
    return found


def _odds(score_N: FloatArray) -> FloatArray:
    return np.asarray(logit(np.clip(score_N, EDGE, 1 - EDGE)), dtype=np.float64)
