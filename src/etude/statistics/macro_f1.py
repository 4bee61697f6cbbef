"""Macro-F1 from counts: its value, its bootstrap, and each item's influence on it.

Macro-F1 is the mean F1 over the labels that occur, in the truth or among the answers (as
scikit-learn has it); in every resample likewise. An answer that is no label is -1: a miss
for the true label and a false alarm for none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from etude.statistics._arrays import FloatArray, IntArray, code_matrix, label_vector, units_of
from etude.statistics.resampling import DEFAULT_RESAMPLES, resampled_weights


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Counts of U units over L labels, sparse (U, L) each; lists have one entry a candidate."""

    truth: csr_array
    predicted: list[csr_array]
    right: list[csr_array]
    multiplicities: FloatArray | None

    @property
    def units(self) -> int:
        """U, the number of rows."""
        return int(self.truth.shape[0])


def macro_f1(truth: ArrayLike, predictions: ArrayLike, n_labels: int) -> FloatArray:
    """Macro-F1 (C,) of C candidates.

    truth: (N,) labels in 0..L-1; predictions: (N, C) or (N,) labels in -1..L-1.
    """
    labels, answers = checked_labels(truth, predictions, n_labels)
    counts = label_counts(labels, answers, n_labels, None)
    whole = counts.multiplicities
    weights = (np.ones(counts.units) if whole is None else whole)[None, :]
    values: FloatArray = weighted_macro_f1(counts, weights)[0]
    return values


def bootstrap_macro_f1(
    truth: ArrayLike,
    predictions: ArrayLike,
    n_labels: int,
    groups: ArrayLike | None = None,
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> FloatArray:
    """Replicates (B, C) of macro-F1 of C candidates, all on the same resamples.

    Shapes as in `macro_f1`; groups (N,) are drawn whole. Items that share their truth and
    all answers are one multinomial cell, so the cost grows with the kinds of item.
    """
    labels, answers = checked_labels(truth, predictions, n_labels)
    counts = label_counts(labels, answers, n_labels, groups)
    chunks = resampled_weights(counts.units, resamples, seed, counts.multiplicities)
    return np.concatenate([weighted_macro_f1(counts, weights) for weights in chunks])


def influences(truth: IntArray, answers: IntArray, n_labels: int) -> FloatArray:
    """(N, C) what each item adds to macro-F1, to first order; columns add up to 0.

    The derivative of macro-F1 by the item's weight: the empirical influence over N.
    """
    support = np.bincount(truth, minlength=n_labels)
    out = np.empty(answers.shape)
    for column in range(answers.shape[1]):
        answer = answers[:, column]
        given = answer >= 0
        total = support + np.bincount(answer[given], minlength=n_labels)
        right = np.bincount(truth[answer == truth], minlength=n_labels)
        occurs = total > 0
        safe = np.where(occurs, total, 1)
        f1 = 2 * right / safe
        share = f1 / safe
        value = 2 * (answer == truth) / safe[truth] - share[truth]
        value[given] -= share[answer[given]]
        out[:, column] = value / occurs.sum()
    return out


def item_effects(truth: IntArray, n_labels: int) -> FloatArray:
    """(N,) about what macro-F1 loses when one more item is wrong: 1 / (support x labels)."""
    support = np.bincount(truth, minlength=n_labels)
    effects: FloatArray = 1.0 / (support[truth] * np.count_nonzero(support))
    return effects


def checked_labels(
    truth: ArrayLike, predictions: ArrayLike, n_labels: int
) -> tuple[IntArray, IntArray]:
    """Truth (N,) and answers (N, C), or `ValueError` where they do not fit."""
    labels = label_vector(truth, n_labels)
    answers = code_matrix(predictions, n_labels, lowest=-1)
    if len(labels) != len(answers):
        raise ValueError(f"{len(labels)} true labels but {len(answers)} rows of answers")
    return labels, answers


def label_counts(
    truth: IntArray, answers: IntArray, n_labels: int, groups: ArrayLike | None
) -> LabelCounts:
    """Counts by group or, without repeated groups, by kind of item with its multiplicity."""
    units = units_of(len(truth), groups)
    if units.repeated:
        return unit_counts(truth, answers, n_labels, units.index)
    kinds, sizes = np.unique(np.column_stack([truth, answers]), axis=0, return_counts=True)
    rows = np.arange(len(kinds))
    multiplicities = sizes.astype(np.float64)
    return unit_counts(kinds[:, 0], kinds[:, 1:], n_labels, rows, multiplicities)


def unit_counts(
    truth: IntArray,
    answers: IntArray,
    n_labels: int,
    rows: IntArray,
    multiplicities: FloatArray | None = None,
) -> LabelCounts:
    """Counts of items (N,) added up in the row (N,) that each belongs to."""
    shape = (int(rows.max()) + 1, n_labels)
    columns = range(answers.shape[1])
    right = [answers[:, c] == truth for c in columns]
    given = [answers[:, c] >= 0 for c in columns]
    return LabelCounts(
        truth=_count(rows, truth, shape),
        predicted=[_count(rows[given[c]], answers[given[c], c], shape) for c in columns],
        right=[_count(rows[right[c]], truth[right[c]], shape) for c in columns],
        multiplicities=multiplicities,
    )


def weighted_macro_f1(counts: LabelCounts, weights: FloatArray) -> FloatArray:
    """Macro-F1 (B, C) of units weighted by (B, U)."""
    support = weights @ counts.truth
    columns = [
        macro_f1_from_totals(weights @ right, support, weights @ predicted)
        for right, predicted in zip(counts.right, counts.predicted, strict=True)
    ]
    return np.column_stack(columns)


def macro_f1_from_totals(
    right: FloatArray, support: FloatArray, predicted: FloatArray
) -> FloatArray:
    """Macro-F1 (B,) from counts (B, L) of right answers, true labels and given labels."""
    total = support + predicted
    occurs = total > 0
    f1 = np.divide(2 * right, total, out=np.zeros_like(total), where=occurs)
    return np.asarray(f1.sum(axis=1) / np.maximum(occurs.sum(axis=1), 1), dtype=np.float64)


def _count(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> csr_array:
    # Entries that name one place twice are added up.
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
