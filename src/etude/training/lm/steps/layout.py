"""One row that holds a whole batch: [prefix][rest][rest] … [prefix][rest] …, without padding.

It says which token stands where, at which position of its own example, and who may see whom: a
rest sees the prefix of its cluster and itself, a prefix itself. It knows ids and places, nothing of
attention functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps.pieces import Piece, Segment, cut
from etude.training.lm.steps.prefix import Cluster


@dataclass(frozen=True)
class Layout:
    """The row, its segments, and the pairs in the order of their targets."""

    ids_T: NDArray[np.int64]
    segments: tuple[Segment, ...]
    prefixes: dict[int, int]
    """The segment that is a cluster's prefix."""
    order: tuple[int, ...]
    """Positions of the pairs, in the order in which their targets stand."""
    places_N: NDArray[np.int64]
    """Where the logits of each target token come from."""
    device: torch.device

    @property
    def length(self) -> int:
        """Places of the row."""
        return len(self.ids_T)

    @cached_property
    def positions_T(self) -> NDArray[np.int64]:
        """Each token's position in its own example."""
        return np.concatenate(
            [np.arange(s.first_position, s.first_position + s.length) for s in self.segments]
        )

    @cached_property
    def furthest(self) -> int:
        """The most that a token and one that it may see are apart."""
        return max(segment.first_position + segment.length for segment in self.segments) - 1

    @cached_property
    def owners_T(self) -> NDArray[np.int64]:
        """The segment of each place."""
        return np.repeat(np.arange(len(self.segments)), [s.length for s in self.segments])

    @cached_property
    def prefixes_T(self) -> NDArray[np.int64]:
        """The segment that is each place's prefix, or -1."""
        shared = np.array([self.prefixes.get(s.cluster, -1) for s in self.segments])
        return shared[self.owners_T]

    def pieces(self, heads: int) -> list[Piece]:
        """The attention of this row, cut into products."""
        made: list[Piece] = self.kept(
            ("pieces", heads), lambda: cut(self.segments, self.prefixes, heads, self.device)
        )
        return made

    def visible(self, window: int | None = None) -> Tensor:
        """Who may see whom (T, T): True where the row's token sees the column's."""
        made: Tensor = self.kept(("visible", window), lambda: self._visible(window))
        return made

    def kept(self, key: tuple[str, int | None], make: Callable[[], Any]) -> Any:
        """What is made of this row once and the same in every layer."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[str, int | None], Any]:
        return {}

    def _visible(self, window: int | None) -> Tensor:
        owners = torch.from_numpy(self.owners_T).to(self.device)
        positions = torch.from_numpy(self.positions_T).to(self.device)
        prefixes = torch.from_numpy(self.prefixes_T).to(self.device)
        seen = (owners[:, None] == owners[None]) | (prefixes[:, None] == owners[None])
        apart = positions[:, None] - positions[None]
        seen &= apart >= 0
        return seen if window is None else seen & (apart < window)


def lay_out(
    pairs: Sequence[TokenPair], clusters: Sequence[Cluster], device: torch.device
) -> Layout:
    """The row of these clusters; the last target token is left out, as nothing follows it."""
    segments: list[Segment] = []
    ids, places, order = [], [], []
    prefixes: dict[int, int] = {}
    at = 0
    for number, cluster in enumerate(clusters):
        if cluster.prefix:
            prefixes[number] = len(segments)
            segments.append(Segment(at, cluster.prefix, 0, number))
            ids.append(pairs[cluster.members[0]].prompt[: cluster.prefix])
            at += cluster.prefix
        for index in cluster.members:
            pair = pairs[index]
            own = np.concatenate([pair.prompt[cluster.prefix :], pair.target[:-1]])
            first = at + len(pair.prompt) - cluster.prefix - 1
            segments.append(Segment(at, len(own), cluster.prefix, number))
            places.append(np.arange(first, first + len(pair.target)))
            ids.append(own)
            order.append(index)
            at += len(own)
    return Layout(
        np.concatenate(ids).astype(np.int64),
        tuple(segments),
        prefixes,
        tuple(order),
        np.concatenate(places),
        device,
    )
