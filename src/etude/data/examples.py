"""Examples in memory: parallel columns, in a fixed order, with stable ids.

It knows the canonical columns and nothing of where they came from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

CANONICAL = ("id", "input", "target", "group", "context", "source", "line")
"""Columns of ``examples.parquet``; ``cells`` (the columns that the input is made of) and ``meta``
(a person's other columns) follow as JSON text."""


@dataclass(frozen=True)
class Examples:
    """``N`` examples; every column has length N.

    ``groups`` are integers: examples of one independent group (a person's ``group``, or copies of
    one text) share one. ``targets`` is "" where an input has no ideal output (prediction only).
    ``columns`` is the JSON text of a person's own columns, for checks that name them; empty where
    nothing names any.
    """

    ids: tuple[str, ...]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    groups: NDArray[np.int64]
    columns: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> tuple[Mapping[str, str], ...]:
        """Each example's columns by name."""
        if not self.columns:
            return ({},) * len(self)
        return tuple(json.loads(text) for text in self.columns)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def independent(self) -> float:
        """How many independent examples say at least as much: those of a group might be all alike.

        Source: Kish (1965), Survey Sampling, the effective size under unequal weights.
        """
        _, sizes = np.unique(self.groups, return_counts=True)
        return float(sizes.sum() ** 2 / np.square(sizes).sum()) if len(sizes) else 0.0

    def take(self, index: Sequence[int] | NDArray[np.int64]) -> Examples:
        """The examples at these positions, in the order given."""
        chosen = [int(i) for i in index]
        return Examples(
            ids=tuple(self.ids[i] for i in chosen),
            inputs=tuple(self.inputs[i] for i in chosen),
            targets=tuple(self.targets[i] for i in chosen),
            groups=self.groups[chosen],
            columns=tuple(self.columns[i] for i in chosen) if self.columns else (),
        )

    def join(self, other: Examples) -> Examples:
        """These, then the other's (train, then dev)."""
        return Examples(
            ids=self.ids + other.ids,
            inputs=self.inputs + other.inputs,
            targets=self.targets + other.targets,
            groups=np.concatenate([self.groups, other.groups]),
            columns=self._own_columns() + other._own_columns()
            if self.columns or other.columns
            else (),
        )

    def _own_columns(self) -> tuple[str, ...]:
        return self.columns or ("{}",) * len(self)

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Examples:
        """From canonical columns; ``group`` must be integer."""
        return cls(
            ids=tuple(frame["id"].to_list()),
            inputs=tuple(frame["input"].to_list()),
            targets=tuple(frame["target"].to_list()),
            groups=frame["group"].to_numpy().astype(np.int64),
            columns=_columns(frame),
        )


def _columns(frame: pl.DataFrame) -> tuple[str, ...]:
    """The input's own cells, then the other columns, as one JSON object each."""
    named = [name for name in ("cells", "meta") if name in frame.columns]
    if not any(frame[name].is_not_null().any() for name in named):
        return ()
    return tuple(
        json.dumps(
            {key: cell for text in row if text for key, cell in json.loads(text).items()},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row in frame.select(named).iter_rows()
    )
