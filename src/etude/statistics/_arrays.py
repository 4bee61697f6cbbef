"""Array types, checked conversions, and items gathered into independent units (groups)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Units:
    """The independent units behind N items: their groups, or the items themselves.

    `index` (N,) is the unit of each item; `sizes` (U,) the items of each unit.
    """

    index: IntArray
    sizes: FloatArray

    @property
    def count(self) -> int:
        """U, the number of independent units."""
        return len(self.sizes)

    @property
    def repeated(self) -> bool:
        """Whether some unit has several items."""
        return self.count < len(self.index)

    @property
    def weights(self) -> FloatArray:
        """(U,) sizes over their mean: 1 for each unit where all are alike."""
        weights: FloatArray = self.sizes / self.sizes.mean()
        return weights

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum (N,) or (N, C) item values within units: (U,) or (U, C)."""
        if not self.repeated:
            return values
        out = np.zeros((self.count, *values.shape[1:]))
        np.add.at(out, self.index, values)
        return out


def units_of(n_items: int, groups: ArrayLike | None) -> Units:
    """Units from group names or numbers (N,); each item is its own unit without them.

    Items of units of one keep their order, so that `Units.sums` may return them unchanged.
    """
    if groups is None:
        return Units(np.arange(n_items, dtype=np.int64), np.ones(n_items))
    names = np.asarray(groups)
    if names.shape != (n_items,):
        raise ValueError(f"groups must have shape ({n_items},), found {names.shape}")
    _, index, sizes = np.unique(names, return_inverse=True, return_counts=True)
    if len(sizes) == n_items:
        return units_of(n_items, None)
    return Units(index.astype(np.int64), sizes.astype(np.float64))


def score_matrix(scores: ArrayLike) -> FloatArray:
    """(N, C) finite floats from an (N,) or (N, C) array of numbers or booleans."""
    matrix = np.asarray(scores, dtype=np.float64)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"scores must be items x candidates, not empty; found {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError("scores hold nan or infinity; a failed answer must be scored as wrong")
    return matrix


def share_matrix(scores: ArrayLike) -> FloatArray:
    """`score_matrix`, with every score a share of right between 0 and 1."""
    matrix = score_matrix(scores)
    if matrix.min() < 0 or matrix.max() > 1:
        raise ValueError(
            f"right/wrong scores must lie between 0 and 1, found {matrix.min()} to {matrix.max()}"
        )
    return matrix


def code_matrix(codes: ArrayLike, n_labels: int, *, lowest: int) -> IntArray:
    """(N, C) label numbers in [lowest, n_labels) from an (N,) or (N, C) array."""
    matrix = np.asarray(codes)
    if not np.issubdtype(matrix.dtype, np.integer):
        raise ValueError(f"labels must be whole numbers, found {matrix.dtype}")
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"labels must be items x candidates, not empty; found {matrix.shape}")
    if matrix.min() < lowest or matrix.max() >= n_labels:
        raise ValueError(
            f"labels must lie in {lowest}..{n_labels - 1}, found {matrix.min()}..{matrix.max()}"
        )
    return matrix.astype(np.int64)


def label_vector(codes: ArrayLike, n_labels: int) -> IntArray:
    """(N,) true label numbers in [0, n_labels)."""
    matrix = code_matrix(codes, n_labels, lowest=0)
    if matrix.shape[1] != 1:
        raise ValueError(f"truth must have one label an item, found {matrix.shape}")
    column: IntArray = matrix[:, 0]
    return column
