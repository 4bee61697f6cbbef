"""Which rows of a version are learned from, and in which fold each is scored.

Held-out rows are never learned from; groups never stand on both sides of a fit. It knows no learner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.data.examples import Examples
from etude.data.stored import Prepared

FOLDS = 5
NEVER = -1
"""The fold of rows that nobody scores."""


@dataclass(frozen=True)
class Rows:
    """``examples`` are all rows in the frame's order. ``learned_N``: may be learned from (never held
    out, never a copy of what is). ``fold_N``: in which fold a row is scored, ``NEVER`` where in none.
    """

    examples: Examples
    learned_N: NDArray[np.bool_]
    fold_N: NDArray[np.int64]

    @property
    def folds(self) -> list[int]:
        """The folds that hold rows."""
        return [int(fold) for fold in np.unique(self.fold_N) if fold != NEVER]

    @property
    def scored(self) -> NDArray[np.int64]:
        """Positions of the rows that are scored out of fold."""
        return np.flatnonzero(self.fold_N != NEVER).astype(np.int64)

    def beside(self, fold: int) -> NDArray[np.int64]:
        """Positions that may be learned from when ``fold`` is scored."""
        return np.flatnonzero(self.learned_N & (self.fold_N != fold)).astype(np.int64)


def rows_of(prepared: Prepared, strata_N: NDArray[np.int64] | None = None) -> Rows:
    """The rows of a version, in its own folds where it is cross-fitted, else in folds of what may be
    learned from. ``strata_N``: what is spread evenly over them."""
    learned = prepared.frame["side"].is_in(["train", "dev", "all"]).to_numpy()
    examples = Examples.from_frame(prepared.frame)
    if prepared.version.scheme == "cross_fitting":
        fold = prepared.frame["fold"].fill_null(NEVER).to_numpy().astype(np.int64)
        return Rows(examples, learned, fold)
    strata = np.zeros(len(learned), dtype=np.int64) if strata_N is None else strata_N
    fold = np.full(len(learned), NEVER, dtype=np.int64)
    fold[learned] = grouped_folds(strata[learned], examples.groups[learned])
    return Rows(examples, learned, fold)


def limited(rows: NDArray[np.int64], groups_N: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most about ``most`` of these rows: whole groups, drawn evenly and always the same."""
    if len(rows) <= most:
        return rows
    groups, inverse = np.unique(groups_N[rows], return_inverse=True)
    rank_G = np.random.default_rng(0).permutation(len(groups))
    order = np.argsort(rank_G[inverse], kind="stable")
    return np.sort(rows[order[:most]])


def grouped_folds(
    strata_N: NDArray[np.int64], groups_N: NDArray[np.int64], count: int = FOLDS
) -> NDArray[np.int64]:
    """A fold for each row (N,): whole groups together, strata spread evenly."""
    groups, first, inverse = np.unique(groups_N, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(0).permutation(len(groups))
    order = shuffled[np.argsort(strata_N[first][shuffled], kind="stable")]
    fold_G = np.empty(len(groups), dtype=np.int64)
    fold_G[order] = np.arange(len(groups)) % count
    return fold_G[inverse]
