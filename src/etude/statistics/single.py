"""One candidate's interval: for its scorecard and the bar, never for comparing two.

The same kinds of metric, groups and folds as `simultaneous`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics import macro_f1 as f1
from etude.statistics import ratios
from etude.statistics._arrays import FloatArray, score_matrix, share_matrix, units_of
from etude.statistics.crossfit import shared_training_factor
from etude.statistics.disagreement import macro_f1_floors, mean_floors
from etude.statistics.intervals import Interval, interval_around, two_sided_quantile, widened
from etude.statistics.proportions import wilson, wilson_grouped
from etude.statistics.resampling import DEFAULT_RESAMPLES, bootstrap_means, percentile_interval


def accuracy_interval(
    scores: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Wilson's interval of the share of right (N,); by groups and folds (N,) where given."""
    column = _column(share_matrix(scores))
    factor = shared_training_factor(folds, len(column))
    if groups is None:
        return wilson(float(column.sum()), len(column), level, variance_factor=factor)
    return wilson_grouped(column, groups, level, variance_factor=factor)


def macro_f1_interval(
    truth: ArrayLike,
    predictions: ArrayLike,
    n_labels: int,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Plain percentile interval of macro-F1 over items or groups.

    truth: (N,) in 0..n_labels-1; predictions: (N,) in -1..n_labels-1. Never narrower than
    two wrong items would make it, so that a faultless run is not taken for certainty.
    """
    labels, answers = f1.checked_labels(truth, predictions, n_labels)
    point = float(f1.macro_f1(labels, answers, n_labels)[0])
    units = units_of(len(labels), groups)
    if units.count == 1:
        return interval_around(point, 0.0, 1.0, level)
    wrong = (answers != labels[:, None]).astype(np.float64)
    replicates = f1.bootstrap_macro_f1(
        labels, answers, n_labels, groups, resamples=resamples, seed=seed
    )
    return _finished(
        percentile_interval(point, _column(replicates), level),
        float(macro_f1_floors(wrong, labels, n_labels, units)[0]),
        units.count,
        shared_training_factor(folds, len(labels)),
        (0.0, 1.0),
    )


def mean_interval(
    scores: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    level: float = 0.95,
    score_range: tuple[float, float] = (0.0, 1.0),
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Percentile interval of a mean score (N,) over items or groups.

    score_range: the least and the greatest possible score. Never narrower than two items
    that differ from the mean would make it.
    """
    least, greatest = score_range
    column = _column(score_matrix(scores))
    if not least <= column.min() <= column.max() <= greatest or least == greatest:
        raise ValueError(
            f"scores lie between {column.min()} and {column.max()}, outside {score_range}"
        )
    point = float(column.mean())
    units = units_of(len(column), groups)
    if units.count == 1:
        return interval_around(point, least, greatest, level)
    replicates = bootstrap_means(column, groups, resamples=resamples, seed=seed)
    # From the median, so that scores which are nearly all alike count as alike.
    unlike = (column - np.median(column))[:, None]
    return _finished(
        percentile_interval(point, _column(replicates), level),
        float(mean_floors(unlike, units, greatest - least)[0]),
        units.count,
        shared_training_factor(folds, len(column)),
        score_range,
    )


def ratio_interval(
    numerators: ArrayLike,
    denominators: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Percentile interval of a ratio of sums (N,) over (N,), over items or groups.

    Never narrower than two items with nothing right among so many would make it.
    """
    over, under = ratios.checked(numerators, denominators)
    point = float(ratios.ratio(over, under)[0])
    units = units_of(len(over), groups)
    if units.count == 1:
        return interval_around(point, 0.0, 1.0, level)
    replicates = ratios.bootstrap_ratios(over, under, groups, resamples=resamples, seed=seed)
    scores = ratios.linearised(over, under)
    unlike = scores - np.median(scores)
    return _finished(
        percentile_interval(point, _column(replicates), level),
        float(mean_floors(unlike, units, 1.0)[0]),
        units.count,
        shared_training_factor(folds, len(over)),
        (0.0, 1.0),
    )


def _finished(
    plain: Interval,
    floor_error: float,
    n_units: int,
    variance_factor: float,
    possible: tuple[float, float],
) -> Interval:
    """Percentile limits with t in place of the normal, a least width, and folds' correction."""
    student = two_sided_quantile(plain.level, freedom=n_units - 1)
    stretch = (student / two_sided_quantile(plain.level)) ** 2
    stretched = widened(plain, stretch)
    least = student * floor_error
    held = Interval(
        min(stretched.low, plain.point - least),
        max(stretched.high, plain.point + least),
        plain.point,
        plain.level,
    )
    return widened(held, variance_factor, floor=possible[0], ceiling=possible[1])


def _column(matrix: FloatArray) -> FloatArray:
    if matrix.shape[1] != 1:
        raise ValueError(f"one candidate is expected, found {matrix.shape}")
    column: FloatArray = np.asarray(matrix[:, 0])
    return column
