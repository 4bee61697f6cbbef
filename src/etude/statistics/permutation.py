"""Paired permutation tests: would the difference be as large if the names were exchanged?

P-values are for those who ask; they never decide (`simultaneous` does).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from etude.statistics._arrays import FloatArray, score_matrix, units_of
from etude.statistics.macro_f1 import checked_labels, macro_f1_from_totals, unit_counts
from etude.statistics.resampling import CELLS_AT_ONCE, DEFAULT_RESAMPLES


def sign_flip_test(
    first: ArrayLike,
    second: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    permutations: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> float:
    """Two-sided p-value for the mean of first - second (N,): signs of items or groups flipped.

    Never 0: the observed order counts as one permutation.
    Source: Phipson & Smyth (2010), Statistical Applications in Genetics 9:39.
    """
    differences = score_matrix(first) - score_matrix(second)
    if differences.shape[1] != 1:
        raise ValueError(f"one candidate on either side is expected, found {differences.shape}")
    units = units_of(len(differences), groups)
    sums = units.sums(differences)[:, 0]
    moving = sums[sums != 0]
    observed = abs(float(moving.sum()))
    extreme = 0
    for swapped in _swaps(len(moving), permutations, seed):
        # A tie with what was observed must count whatever the order of summation.
        extreme += int(np.sum(np.abs((1 - 2 * swapped) @ moving) >= observed * (1 - 1e-12)))
    return (extreme + 1) / (permutations + 1)


def macro_f1_permutation_test(
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    n_labels: int,
    groups: ArrayLike | None = None,
    *,
    permutations: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> float:
    """Two-sided p-value for a difference in macro-F1: answers of items or groups exchanged.

    truth: (N,) labels; first, second: (N,) answers, -1 for none of the labels.
    """
    labels, answers = checked_labels(truth, np.column_stack([first, second]), n_labels)
    units = units_of(len(labels), groups)
    counts = unit_counts(labels, answers, n_labels, units.index)
    # Only units in which some answer differs can move the statistic.
    moving = np.unique(units.index[answers[:, 0] != answers[:, 1]])
    if len(moving) == 0:
        return 1.0
    support = _total(counts.truth)
    right, given = _total(counts.right[0]), _total(counts.predicted[0])
    other_right, other_given = _total(counts.right[1]), _total(counts.predicted[1])
    right_moves = counts.right[1][moving] - counts.right[0][moving]
    given_moves = counts.predicted[1][moving] - counts.predicted[0][moving]

    def gaps(swapped: FloatArray) -> FloatArray:
        more_right, more_given = swapped @ right_moves, swapped @ given_moves
        return macro_f1_from_totals(
            right + more_right, support, given + more_given
        ) - macro_f1_from_totals(other_right - more_right, support, other_given - more_given)

    observed = abs(float(gaps(np.zeros((1, len(moving))))[0]))
    extreme = sum(
        int(np.sum(np.abs(gaps(swapped)) >= observed - 1e-12))
        for swapped in _swaps(len(moving), permutations, seed)
    )
    return (extreme + 1) / (permutations + 1)


def _total(counts: csr_array) -> FloatArray:
    return np.asarray(counts.sum(axis=0), dtype=np.float64).reshape(1, -1)


def _swaps(n_units: int, permutations: int, seed: int) -> Iterator[FloatArray]:
    """Chunks (B', U) of 0 and 1: whether each unit's answers are exchanged."""
    rng = np.random.default_rng(seed)
    chunk = max(1, CELLS_AT_ONCE // max(n_units, 1))
    for start in range(0, permutations, chunk):
        rows = min(chunk, permutations - start)
        yield rng.integers(0, 2, size=(rows, n_units)).astype(np.float64)
