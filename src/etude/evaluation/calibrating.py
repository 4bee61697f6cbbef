"""A fitted probability of being right: as it is stored, and how far it is off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from etude.records.handover import Calibrator
from etude.statistics.calibration import expected_calibration_error
from etude.statistics.platt import Platt, cross_fitted


def calibrator(fitted: Platt | None) -> Calibrator | None:
    """As it is stored."""
    if fitted is None:
        return None
    return Calibrator(slope=fitted.slope, intercept=fitted.intercept)


def calibration_error(
    score_N: NDArray[np.float64],
    right_N: NDArray[np.float64],
    folds: NDArray[np.int64] | None,
    fitted: Platt | None,
) -> float | None:
    """How far the probability is off on examples that it was not fitted on; None where nobody knows.

    Args:
        score_N: of the scored examples, NaN where there is none.
        right_N: whether each is right.
        folds: in cross-fitting, where the map was fitted on these very examples; else None.
        fitted: the map.
    """
    if fitted is None:
        return None
    sure_N = fitted.apply(score_N) if folds is None else cross_fitted(score_N, right_N, folds)
    known = ~np.isnan(sure_N)
    if not known.any():
        return None
    return expected_calibration_error(sure_N[known], right_N[known]).value
