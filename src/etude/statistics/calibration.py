"""How far probabilities can be believed: Brier score, calibration error, temperature.

Arrays of N items by L labels. Knows nothing of thresholds or of handing over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from etude.statistics._arrays import FloatArray, IntArray, label_vector

COLDEST, HOTTEST = 0.05, 20.0


class Binning(StrEnum):
    """Bins that hold as many items each, or that span as much confidence each."""

    EQUAL_MASS = "equal_mass"
    EQUAL_WIDTH = "equal_width"


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected calibration error, with the bins that it was computed in.

    (B,) each, empty bins left out: mean confidence, share of right, items.
    """

    value: float
    binning: Binning
    confidence: tuple[float, ...]
    accuracy: tuple[float, ...]
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Temperature:
    """The divisor of log-probabilities, and the mean negative log-likelihood without and with.

    `at_bound`: the best value lies at or beyond the searched range, so it is not to be
    trusted (every answer right, or none informative).
    """

    value: float
    nll_before: float
    nll_after: float
    at_bound: bool


def brier_score(probabilities: ArrayLike, truth: ArrayLike) -> float:
    """Mean squared distance from the truth over all labels: 0 is best, 2 is worst.

    probabilities: (N, L), rows adding up to 1; truth: (N,).
    Source: Brier (1950), Monthly Weather Review 78:1-3 (the multi-class form).
    """
    matrix, labels = _probabilities(probabilities, truth)
    right = matrix[np.arange(len(labels)), labels]
    return float(np.mean(np.square(matrix).sum(axis=1) - 2 * right + 1))


def expected_calibration_error(
    confidence: ArrayLike,
    right: ArrayLike,
    *,
    bins: int = 15,
    binning: Binning | str = Binning.EQUAL_MASS,
) -> CalibrationError:
    """Mean gap between confidence and the share of right, over bins of confidence.

    confidence: (N,) of the given answer, in [0, 1]; right: (N,) 0 or 1. Equal-mass bins
    (the default) keep items of one confidence together and so may be fewer.
    Source: Guo et al. (2017), ICML (equal width); Nixon et al. (2019), CVPR workshops (mass).
    """
    sure = np.asarray(confidence, dtype=np.float64)
    hits = np.asarray(right, dtype=np.float64)
    if sure.ndim != 1 or sure.shape != hits.shape or len(sure) == 0:
        raise ValueError(f"two (N,) arrays are expected, found {sure.shape} and {hits.shape}")
    if not ((sure >= 0) & (sure <= 1)).all() or bins < 1:
        raise ValueError("confidence must lie between 0 and 1, and bins be at least 1")
    kind = Binning(binning)
    if kind is Binning.EQUAL_WIDTH:
        edges = np.linspace(0, 1, bins + 1)[1:-1]
    else:
        edges = np.quantile(sure, np.linspace(0, 1, bins + 1)[1:-1], method="inverted_cdf")
    # A value on an edge belongs to the bin below it, as in the source.
    index = np.searchsorted(edges, sure, side="left")
    items = np.bincount(index, minlength=bins)
    filled = items > 0
    mean_sure = np.bincount(index, sure, bins)[filled] / items[filled]
    mean_right = np.bincount(index, hits, bins)[filled] / items[filled]
    return CalibrationError(
        value=float(np.sum(items[filled] * np.abs(mean_sure - mean_right)) / len(sure)),
        binning=kind,
        confidence=tuple(float(x) for x in mean_sure),
        accuracy=tuple(float(x) for x in mean_right),
        items=tuple(int(x) for x in items[filled]),
    )


def fit_temperature(log_probabilities: ArrayLike, truth: ArrayLike) -> Temperature:
    """The temperature that makes the truth most likely.

    log_probabilities: (N, L), log-probabilities or logits, finite; truth: (N,) in 0..L-1.
    Source: Guo et al. (2017), ICML.
    """
    matrix = _log_matrix(log_probabilities)
    labels = label_vector(truth, matrix.shape[1])
    if len(labels) != len(matrix):
        raise ValueError(f"{len(labels)} true labels but {len(matrix)} rows")

    def nll(log_temperature: float) -> float:
        scaled = log_softmax(matrix / math.exp(log_temperature), axis=1)
        return -float(scaled[np.arange(len(labels)), labels].mean())

    bounds = (math.log(COLDEST), math.log(HOTTEST))
    found = minimize_scalar(nll, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    best = float(found.x)
    at_bound = min(best - bounds[0], bounds[1] - best) < 1e-3
    return Temperature(math.exp(best), nll(0.0), nll(best), at_bound)


def apply_temperature(log_probabilities: ArrayLike, temperature: float) -> FloatArray:
    """Log-probabilities (N, L) at a temperature, rows adding up to 1 again."""
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, found {temperature}")
    scaled = log_softmax(_log_matrix(log_probabilities) / temperature, axis=1)
    return np.asarray(scaled, dtype=np.float64)


def _probabilities(probabilities: ArrayLike, truth: ArrayLike) -> tuple[FloatArray, IntArray]:
    matrix = np.asarray(probabilities, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"probabilities must be items x labels, found {matrix.shape}")
    if not (matrix >= 0).all() or not np.allclose(matrix.sum(axis=1), 1, atol=1e-4):
        raise ValueError("each row of probabilities must be 0 or more and add up to 1")
    labels = label_vector(truth, matrix.shape[1])
    if len(labels) != len(matrix):
        raise ValueError(f"{len(labels)} true labels but {len(matrix)} rows")
    return matrix, labels


def _log_matrix(log_probabilities: ArrayLike) -> FloatArray:
    matrix = np.asarray(log_probabilities, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape or not np.isfinite(matrix).all():
        raise ValueError(f"finite log-probabilities (N, L) are expected, found {matrix.shape}")
    return matrix
