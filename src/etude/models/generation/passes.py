"""One forward pass over packed tokens: where each token stands, what it may see, what is kept.

N tokens stand one after another without padding. Each belongs to a row of a memory that holds the
keys and values of the rows' own tokens; before every row stands one prefix, held once. It knows
places and shapes, no model and no arithmetic of attention.

Letters in names: N tokens of a pass, R rows, T most new tokens of a row, C columns of the rows' own
memory, P tokens of the prefix, H key heads, D head size.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Layer = tuple[Tensor, Tensor]
"""Keys and values of one layer."""


@dataclass(frozen=True)
class Prefix:
    """Tokens that stand before every row, and each layer's keys and values (H, P, D) of them."""

    ids: NDArray[np.int32]
    layers: dict[int, Layer]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def bytes(self) -> int:
        """Of all its layers."""
        return sum(
            part.numel() * part.element_size() for pair in self.layers.values() for part in pair
        )

    def cut(self, length: int) -> Prefix:
        """Its first ``length`` tokens; nothing is copied. Exact: nothing sees what follows."""
        if length == len(self):
            return self
        layers = {i: (k[:, :length], v[:, :length]) for i, (k, v) in self.layers.items()}
        return Prefix(self.ids[:length], layers)


EMPTY = Prefix(np.zeros(0, dtype=np.int32), {})


class Memory:
    """Keys and values (rows, H, columns, D) of the rows' own tokens, a pair for each layer.

    A layer's tensors are made when it is first written, in the shape and type of what it writes.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.rows = rows
        self.columns = columns
        self.layers: dict[int, Layer] = {}

    def write(self, index: int, step: Pass, key_HND: Tensor, value_HND: Tensor) -> Layer:
        """Keep a layer's new tokens; the rows and columns that this pass looks at (R, H, C, D)."""
        if index not in self.layers:
            self.layers[index] = (self._empty(key_HND), self._empty(value_HND))
        seen = []
        for store, new in zip(self.layers[index], (key_HND, value_HND), strict=True):
            store[step.row_N, :, step.column_N] = new.transpose(0, 1)
            seen.append(store[step.first_row : step.first_row + step.rows, :, : step.columns])
        return seen[0], seen[1]

    def _empty(self, like_HND: Tensor) -> Tensor:
        heads, _, size = like_HND.shape
        return like_HND.new_zeros((self.rows, heads, self.columns, size))

    @property
    def bytes(self) -> int:
        """Of all its layers."""
        return sum(
            part.numel() * part.element_size() for pair in self.layers.values() for part in pair
        )

    def resize(self, rows: int, columns: int) -> None:
        """Make room for so many, or give room back; what the first ones hold stays."""
        self.rows, self.columns = rows, columns
        for index, (keys, values) in self.layers.items():
            self.layers[index] = _resized(keys, rows, columns), _resized(values, rows, columns)

    def adopt(self, other: Memory, place: int, columns: int) -> None:
        """Copy the first ``columns`` of another memory's first row to the row ``place``."""
        for index, pair in other.layers.items():
            if index not in self.layers:
                self.layers[index] = self._empty(pair[0][0]), self._empty(pair[1][0])
            for store, found in zip(self.layers[index], pair, strict=True):
                store[place, :, :columns] = found[0, :, :columns]

    def move(self, source: int, target: int, columns: int) -> None:
        """Copy the first ``columns`` of one row over another row's."""
        for pair in self.layers.values():
            for store in pair:
                store[target, :, :columns] = store[source, :, :columns]


def _resized(store: Tensor, rows: int, columns: int) -> Tensor:
    _, heads, _, size = store.shape
    kept = store[:rows, :, :columns]
    fresh = store.new_zeros((rows, heads, columns, size))
    fresh[: kept.shape[0], :, : kept.shape[2]] = kept
    return fresh


@dataclass
class Pass:
    """N new tokens of ``rows`` rows from ``first_row`` on. Positions count the prefix.

    ``slot_N``: place of each token among R·T, None where every row has T tokens. ``hidden_RTC``:
    True where a new token may not see a column of its row. ``causal``: each sees all before it.
    """

    prefix: Prefix
    memory: Memory
    first_row: int
    rows: int
    width: int
    columns: int
    row_N: Tensor
    column_N: Tensor
    position_N: Tensor
    slot_N: Tensor | None
    hidden_RTC: Tensor | None
    key_position_RC: Tensor
    first_position: int
    last_position: int
    causal: bool = True
    _windows: dict[int, Tensor] = field(default_factory=dict)

    @property
    def from_the_start(self) -> bool:
        """True for one row from its very first token on: plain causal attention."""
        whole = self.columns == self.width and self.first_position == 0
        return self.causal and self.rows == 1 and whole

    def spread(self, x_N: Tensor) -> Tensor:
        """(N, …) as (R, T, …), zeros where a row has fewer than T tokens."""
        shape = (self.rows, self.width, *x_N.shape[1:])
        if self.slot_N is None:
            return x_N.reshape(shape)
        padded = x_N.new_zeros((self.rows * self.width, *x_N.shape[1:]))
        padded[self.slot_N] = x_N
        return padded.view(shape)

    def gather(self, x_RT: Tensor) -> Tensor:
        """(R, T, …) back to (N, …)."""
        flat = x_RT.flatten(0, 1)
        return flat if self.slot_N is None else flat[self.slot_N]

    def hidden(self, window: int | None) -> Tensor | None:
        """``hidden_RTC`` with what lies behind a sliding window hidden too."""
        if window is None or self.last_position < window:
            return self.hidden_RTC
        if window not in self._windows:
            query_position_RT = self.spread(self.position_N)
            far = query_position_RT[:, :, None] - self.key_position_RC[:, None] >= window
            self._windows[window] = far if self.hidden_RTC is None else far | self.hidden_RTC
        return self._windows[window]


def plan_rows(
    prefix: Prefix,
    memory: Memory,
    first_row: int,
    lengths: NDArray[np.int64],
    counts: NDArray[np.int64],
    device: torch.device,
) -> Pass:
    """A pass in which row ``first_row + i``, ``lengths[i]`` tokens long, gets ``counts[i]`` more.

    Args:
        prefix: what stands before every row.
        memory: where the rows' tokens are kept.
        first_row: the first row of the pass; the others follow it.
        lengths: own tokens of each row so far (R,).
        counts: new tokens of each row (R,), at least 1.
        device: where the model is.
    """
    rows, width, columns = len(lengths), int(counts.max()), int((lengths + counts).max())
    row_N = np.repeat(np.arange(rows), counts)
    nth_N = np.arange(len(row_N)) - np.repeat(np.cumsum(counts) - counts, counts)
    column_N = np.repeat(lengths, counts) + nth_N
    even = int(counts.min()) == width
    column_RT = torch.from_numpy(lengths[:, None] + np.arange(width))
    every_C = torch.arange(columns)
    hidden_RTC = every_C > column_RT[:, :, None]
    position_N = column_N + len(prefix)
    return Pass(
        prefix=prefix,
        memory=memory,
        first_row=first_row,
        rows=rows,
        width=width,
        columns=columns,
        row_N=torch.from_numpy(row_N + first_row).to(device),
        column_N=torch.from_numpy(column_N).to(device),
        position_N=torch.from_numpy(position_N).to(device),
        slot_N=None if even else torch.from_numpy(row_N * width + nth_N).to(device),
        hidden_RTC=hidden_RTC.to(device) if columns > 1 else None,
        key_position_RC=(every_C + len(prefix)).expand(rows, columns).to(device),
        first_position=int(position_N.min()),
        last_position=int(position_N.max()),
    )
