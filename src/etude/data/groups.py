"""Independent groups: rows of one person's group, exact copies and near copies belong together.

It knows canonical rows and returns one integer a row; what is done with groups is for others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from etude.data.copies import Pairs, near_copies
from etude.data.text import short_hash

LARGEST_SHARE = 0.2
"""Where a person gave groups: the most rows that copies may tie into one."""
STOCK_LENGTH = 40
"""Characters: shorter copies are stock phrases ("yes", "thank you") where all copies would tie
too much together."""


@dataclass(frozen=True)
class Groups:
    """``group_N`` numbers the groups from 0, in the order of their first ids.

    ``stock_N``: rows whose text also stands in another group, because it was not allowed to tie.
    """

    group_N: NDArray[np.int64]
    key_N: tuple[str | None, ...]
    """A hash of the person's own group; None where the row has none."""
    exact_N: NDArray[np.bool_]
    """Rows whose text stands more than once."""
    near_N: NDArray[np.bool_]
    """Rows with a near copy, exact ones aside."""
    stock_N: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.group_N.max()) + 1 if len(self.group_N) else 0


def find_groups(frame: pl.DataFrame) -> Groups:
    """Group rows by the person's ``group`` and by copies of the input.

    In conversations, stock phrases would tie everything to everything. So where the person gave
    groups and copies tie more than a fifth of the rows into one, only copies of 40 characters or
    more tie; where that is still too much, none do.

    Args:
        frame: canonical rows sorted by id (``canonical.SCHEMA``).
    """
    texts = frame["normal"].unique().sort()
    text_N = texts.search_sorted(frame["normal"]).to_numpy().astype(np.int64)
    near = near_copies(texts.to_list())
    owner_N, owners = _owners(frame["group"].to_list())
    lengths_T = texts.str.len_chars().to_numpy()
    group_N = np.zeros(len(frame), dtype=np.int64)
    for shortest in (0.0, STOCK_LENGTH, math.inf):
        group_N = _components(text_N, lengths_T, near, owner_N, owners, shortest)
        if owners == 0 or _largest_tied(group_N, owner_N) <= LARGEST_SHARE * len(frame):
            break
    counts_T = np.bincount(text_N, minlength=len(texts))
    near_T = np.zeros(len(texts), dtype=np.bool_)
    near_T[near.ravel()] = True
    return Groups(
        group_N=group_N,
        key_N=_keys(frame["group"].to_list()),
        exact_N=counts_T[text_N] > 1,
        near_N=near_T[text_N],
        stock_N=_in_several(text_N, group_N, len(texts)),
    )


def _owners(groups: Sequence[str | None]) -> tuple[NDArray[np.int64], int]:
    """The number of each row's own group, -1 where it has none, and how many there are."""
    names = sorted({name for name in groups if name is not None})
    number = {name: i for i, name in enumerate(names)}
    return np.array([number.get(g, -1) if g is not None else -1 for g in groups]), len(names)


def _keys(groups: Sequence[str | None]) -> tuple[str | None, ...]:
    hashes = {name: short_hash(name) for name in set(groups) if name is not None}
    return tuple(hashes[name] if name is not None else None for name in groups)


def _components(
    text_N: NDArray[np.int64],
    lengths_T: NDArray[np.int64],
    near: Pairs,
    owner_N: NDArray[np.int64],
    owners: int,
    shortest: float,
) -> NDArray[np.int64]:
    """Connected rows. Nodes: N rows, then T texts, then the person's groups.

    ``shortest``: the least length in characters of a text that ties the person's groups.
    """
    rows, texts = len(text_N), len(lengths_T)
    has = np.flatnonzero(owner_N >= 0)
    edges = [np.stack([has, rows + texts + owner_N[has]], axis=1)]
    # A row without a group of its own always goes with its copies.
    tying_T = lengths_T >= shortest
    tied = np.flatnonzero(tying_T[text_N] | (owner_N < 0))
    edges.append(np.stack([tied, rows + text_N[tied]], axis=1))
    edges.append(rows + near[tying_T[near].all(axis=1)])
    links = np.concatenate(edges)
    ones = np.ones(len(links), dtype=np.int8)
    size = rows + texts + owners
    graph = sparse.coo_matrix((ones, (links[:, 0], links[:, 1])), shape=(size, size))
    label_N = connected_components(graph, directed=False)[1][:rows]
    # Number the groups by first appearance: rows are sorted by id, so the numbers are stable.
    _, first, inverse = np.unique(label_N, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _largest_tied(group_N: NDArray[np.int64], owner_N: NDArray[np.int64]) -> int:
    """Rows of the largest group that holds more than one of the person's groups."""
    pairs = np.unique(np.stack([group_N, owner_N], axis=1)[owner_N >= 0], axis=0)
    several = np.bincount(pairs[:, 0], minlength=int(group_N.max()) + 1) > 1
    sizes = np.bincount(group_N)
    return int(sizes[several].max()) if several.any() else 0


def _in_several(
    text_N: NDArray[np.int64], group_N: NDArray[np.int64], texts: int
) -> NDArray[np.bool_]:
    pairs = np.unique(np.stack([text_N, group_N], axis=1), axis=0)
    return np.asarray(np.bincount(pairs[:, 0], minlength=texts)[text_N] > 1)
