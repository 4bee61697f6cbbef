"""Pairs of unit vectors with a high cosine: all against all, and above ``EXACT`` by neighbourhoods.

It knows vectors and no texts. Up to ``EXACT`` vectors every pair is looked at, a block at a time.
Above, as inverted files do it (Sivic and Zisserman, "Video Google", ICCV 2003): vectors gather
around centres, and only those that share one of their two nearest centres are compared; so a few
pairs are missed, the fewer the higher the cosine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.data.copies import Pairs

EXACT = 50_000
MOST = 8
"""Pairs of one vector with later ones that are kept, the nearest first."""
_BLOCK = 256
_CELL = 1_000
"""Vectors around a centre, on average."""
_LARGEST = 20_000
_SAMPLE = 40
"""Vectors a centre that its place is found from."""
_SEED = 11

Vectors = NDArray[np.float32]


def pairs_above(vectors_ND: Vectors, least: float) -> tuple[Pairs, NDArray[np.float64]]:
    """Pairs (P, 2), first below second, and their cosines (P,), the nearest first.

    Args:
        vectors_ND: N unit vectors.
        least: the least cosine.
    """
    cells = [np.arange(len(vectors_ND))]
    if len(vectors_ND) > EXACT:
        cells = list(_cells(vectors_ND))
    found = [part for cell in cells for part in _within(vectors_ND, cell, least)]
    table = pl.DataFrame(
        {
            "a": np.concatenate([part[0] for part in found] or [np.zeros(0, dtype=np.int64)]),
            "b": np.concatenate([part[1] for part in found] or [np.zeros(0, dtype=np.int64)]),
            "cosine": np.concatenate([part[2] for part in found] or [np.zeros(0)]),
        }
    )
    ordered = table.unique(["a", "b"]).sort("cosine", "a", "b", descending=[True, False, False])
    kept = ordered.filter(pl.col("a").cum_count().over("a") <= MOST)
    return kept.select("a", "b").to_numpy().astype(np.int64), kept["cosine"].to_numpy()


def _within(
    vectors_ND: Vectors, cell: NDArray[np.int64], least: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Pairs among the vectors of one cell (places in ascending order)."""
    own = vectors_ND[cell] if len(cell) < len(vectors_ND) else vectors_ND
    for begin in range(0, len(cell), _BLOCK):
        cosines = own[begin : begin + _BLOCK] @ own[begin:].T
        # Only later ones: below the diagonal of the block, each pair stands a second time.
        cosines[np.tril_indices(cosines.shape[0], 0, cosines.shape[1])] = -1.0
        if cosines.shape[1] > MOST:
            # Of thousands that are alike, the nearest are enough.
            floor = np.partition(cosines, -MOST, axis=1)[:, -MOST] if _many(cosines, least) else -1
            cosines[cosines < np.reshape(floor, (-1, 1))] = -1.0
        row, column = np.nonzero(cosines >= least)
        yield (
            cell[begin + row],
            cell[begin + column],
            cosines[row, column].astype(np.float64),
        )


def _many(cosines: Vectors, least: float) -> bool:
    return int(np.count_nonzero(cosines >= least)) > 4 * MOST * len(cosines)


def _cells(vectors_ND: Vectors) -> Iterator[NDArray[np.int64]]:
    """Places of the vectors around each centre, each vector with two; none of above ``_LARGEST``."""
    count = -(-len(vectors_ND) // _CELL) * 2
    centres = _centres(vectors_ND, count)
    nearest_N2 = _nearest(vectors_ND, centres)
    rows = np.tile(np.arange(len(vectors_ND)), 2)
    cell = nearest_N2.T.ravel()
    order = np.lexsort((rows, cell))
    bounds = np.searchsorted(cell[order], np.arange(count + 1))
    for begin, end in pairwise(bounds.tolist()):
        members = rows[order[begin:end]]
        for start in range(0, len(members), _LARGEST):
            yield members[start : start + _LARGEST]


def _centres(vectors_ND: Vectors, count: int) -> Vectors:
    """Centres of a sample, after two rounds of k-means."""
    rng = np.random.default_rng(_SEED)
    size = min(len(vectors_ND), count * _SAMPLE)
    sample = vectors_ND[np.sort(rng.choice(len(vectors_ND), size, replace=False))]
    centres = sample[rng.choice(size, count, replace=False)]
    for _ in range(2):
        own = _nearest(sample, centres)[:, 0]
        sums = np.zeros_like(centres)
        np.add.at(sums, own, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
    return centres.astype(np.float32)


def _nearest(vectors_ND: Vectors, centres: Vectors) -> NDArray[np.int64]:
    """The two nearest centres of each vector (N, 2), the nearest first."""
    found = np.empty((len(vectors_ND), 2), dtype=np.int64)
    for begin in range(0, len(vectors_ND), _BLOCK * 4):
        cosines = vectors_ND[begin : begin + _BLOCK * 4] @ centres.T
        two = np.argpartition(-cosines, 1, axis=1)[:, :2]
        values = np.take_along_axis(cosines, two, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        found[begin : begin + _BLOCK * 4] = np.take_along_axis(two, order, axis=1)
    return found
