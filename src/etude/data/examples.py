"""Examples in memory: parallel columns, in a fixed order, with stable ids.

It knows the canonical columns and nothing of where they came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

CANONICAL = ("id", "input", "target", "group", "context", "source", "line")
"""Columns of ``examples.parquet``; a person's other columns follow as ``meta`` (JSON text)."""


@dataclass(frozen=True)
class Examples:
    """``N`` examples; every column has length N.

    ``groups`` are integers: examples of one independent group (a person's ``group``, or copies of
    one text) share one. ``targets`` is "" where an input has no ideal output (prediction only).
    """

    ids: tuple[str, ...]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    groups: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, index: Sequence[int] | NDArray[np.int64]) -> Examples:
        """The examples at these positions, in the order given."""
        chosen = [int(i) for i in index]
        return Examples(
            ids=tuple(self.ids[i] for i in chosen),
            inputs=tuple(self.inputs[i] for i in chosen),
            targets=tuple(self.targets[i] for i in chosen),
            groups=self.groups[chosen],
        )

    def join(self, other: Examples) -> Examples:
        """These, then the other's (train, then dev)."""
        return Examples(
            ids=self.ids + other.ids,
            inputs=self.inputs + other.inputs,
            targets=self.targets + other.targets,
            groups=np.concatenate([self.groups, other.groups]),
        )

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Examples:
        """From canonical columns; ``group`` must be integer."""
        return cls(
            ids=tuple(frame["id"].to_list()),
            inputs=tuple(frame["input"].to_list()),
            targets=tuple(frame["target"].to_list()),
            groups=frame["group"].to_numpy().astype(np.int64),
        )
