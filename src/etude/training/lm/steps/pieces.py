"""The attention of a packed row as a few products, each over a set of queries and of keys.

Segments of similar length stand together as one batch of causal squares; the rests of a cluster
meet their prefix in one product. What is too big to stand in memory is cut by rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

SCORES_AT_ONCE = {"cpu": 2**20}
"""Most attention scores of one piece: on a CPU they stay near the core's caches, and blocks of
memory are small enough to be used again without the kernel's help (2**22 takes 20 % longer)."""
SCORES_ELSEWHERE = 2**26
SPREAD = 1.25
"""Segments of one batch are at most so many times as long as its shortest, or padding costs more
than another product."""


@dataclass(frozen=True)
class Segment:
    """Neighbouring places of the row: a prefix, or what one example has after it."""

    start: int
    length: int
    first_position: int
    """Of its first token in the example."""
    cluster: int

    @property
    def stop(self) -> int:
        """The place after its last."""
        return self.start + self.length


@dataclass(frozen=True)
class Piece:
    """Queries and keys: neighbouring places, or a table (n, L) of n segments' places.

    A table is filled up with the place behind the row, where all tensors are zero.
    """

    queries: slice | Tensor
    keys: slice | Tensor
    causal: bool
    """The queries are the last of the keys, one by one, and see none that come later."""


def cut(
    segments: Sequence[Segment], prefixes: Mapping[int, int], heads: int, device: torch.device
) -> list[Piece]:
    """Pieces that together hold every pair of places that see each other exactly once.

    First come those of a segment with itself, so that every place has had one before its prefix.

    Args:
        segments: in the row's order, without gaps; those of a cluster follow its prefix.
        prefixes: cluster to the segment that is its prefix.
        heads: query heads, for which all scores of a piece stand in memory together.
        device: where the tables are wanted.
    """
    made: list[Piece] = []
    most = SCORES_AT_ONCE.get(device.type, SCORES_ELSEWHERE) // heads
    for group in _groups(segments, most):
        if len(group) == 1:
            made += _by_rows(group[0], most)
        else:
            table = _table(group, segments[-1].stop).to(device)
            made.append(Piece(table, table, True))
    for cluster, number in prefixes.items():
        prefix = segments[number]
        last = max(segment.stop for segment in segments if segment.cluster == cluster)
        rows = max(1, most // prefix.length)
        for at in range(prefix.stop, last, rows):
            queries = slice(at, min(at + rows, last))
            made.append(Piece(queries, slice(prefix.start, prefix.stop), False))
    return made


def _groups(segments: Sequence[Segment], most: int) -> Iterator[list[Segment]]:
    """Segments by similar length, as many as fit into ``most`` scores of a head."""
    group: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.length, s.start)):
        scores = segment.length**2 * (len(group) + 1)
        fits = group and segment.length <= SPREAD * group[0].length and scores <= most
        if group and not fits:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _by_rows(segment: Segment, most: int) -> Iterator[Piece]:
    """One long segment, ``most`` scores of a head at a time: some rows, the keys up to them."""
    rows = max(1, most // segment.length)
    for at in range(segment.start, segment.stop, rows):
        stop = min(at + rows, segment.stop)
        yield Piece(slice(at, stop), slice(segment.start, stop), True)


def _table(group: Sequence[Segment], behind: int) -> Tensor:
    table = np.full((len(group), group[-1].length), behind, dtype=np.int64)
    for row, segment in enumerate(group):
        table[row, : segment.length] = np.arange(segment.start, segment.stop)
    return torch.from_numpy(table)
