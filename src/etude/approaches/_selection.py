"""Which few examples stand for a class: the ones that together lie near all of its examples.

Greedy facility location over cosine similarity (Lin and Bilmes 2011): each next example is the one
that raises the summed similarity of every example to its nearest chosen one the most, so the first
is the medoid and the next ones cover what it leaves out. It knows vectors and labels only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CROWD = 1000
"""A class beyond this many examples is thinned evenly first: similarities grow with its square."""


def spread_out(vectors_ND: NDArray[np.float32], count: int) -> list[int]:
    """Up to ``count`` positions in the order they were chosen; ties go to the earlier row.

    The first k of a longer choice are the choice for k.
    """
    rows = np.arange(len(vectors_ND))
    if len(rows) > CROWD:
        rows = np.unique(np.linspace(0, len(rows) - 1, CROWD).round().astype(np.int64))
    similar_NN = vectors_ND[rows] @ vectors_ND[rows].T
    nearest_N = np.full(len(rows), -1.0, dtype=np.float32)
    left = np.ones(len(rows), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < min(count, len(rows)):
        gain_N = np.maximum(similar_NN, nearest_N).sum(axis=1)
        best = int(np.where(left, gain_N, -np.inf).argmax())
        chosen.append(int(rows[best]))
        left[best] = False
        nearest_N = np.maximum(nearest_N, similar_NN[best])
    return chosen


def spread_by_label(
    vectors_ND: NDArray[np.float32], target_N: NDArray[np.int64], labels: int, count: int
) -> list[list[int]]:
    """For each label up to ``count`` positions, the most telling first."""
    chosen = []
    for label in range(labels):
        rows = np.flatnonzero(target_N == label)
        chosen.append([int(rows[i]) for i in spread_out(vectors_ND[rows], count)])
    return chosen


def largest_class(target_N: NDArray[np.int64]) -> int:
    """How many examples the most frequent label has."""
    return int(np.bincount(target_N).max()) if len(target_N) else 0


def doubling(limit: int, most: int) -> Sequence[int]:
    """1, 2, 4 … up to ``most``, and no further than the first that reaches ``limit``."""
    steps = [1]
    while steps[-1] < limit and steps[-1] * 2 <= most:
        steps.append(steps[-1] * 2)
    return steps
