"""Token lists into full rows: several short texts share a row, so almost nothing is padding.

A row holds whole texts one after another; ``segments`` says which text each place belongs to, so
that attention stays inside a text. It knows lengths and places, nothing of models or of torch.

Letters in names: N texts, R rows of a batch, W places of a row (its width).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROW_WIDTHS = (32, 64, 128, 256, 512)
"""A text goes into rows of the smallest width that holds it; longer texts get their own length.
Multiples of 32 keep the attention kernels on their fast path (measured)."""

PADDING = -1
EVEN = 32
"""Products are computed for multiples of so many places: each other number of them would be a kernel
of its own, which takes milliseconds to compile."""


@dataclass(frozen=True)
class Plan:
    """Which texts stand in which rows of one batch; ``rows`` holds positions in the list."""

    width: int
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Batch:
    """One batch, filled. ``texts[k]`` is the place in the list of segment ``k``."""

    ids_RW: NDArray[np.int64]
    positions_RW: NDArray[np.int64]
    segments_RW: NDArray[np.int64]
    texts: NDArray[np.int64]


def width_for(length: int) -> int:
    """The width of the rows that a text of this many tokens stands in."""
    for width in ROW_WIDTHS:
        if length <= width:
            return width
    return -(-length // 32) * 32


def fill_rows(lengths: Sequence[int], chosen: Sequence[int], width: int) -> list[tuple[int, ...]]:
    """Best-fit decreasing bin packing of ``chosen`` into rows; the same input, the same rows."""
    rows: list[list[int]] = []
    by_room: list[list[int]] = [[] for _ in range(width + 1)]
    for index in sorted(chosen, key=lambda i: (-lengths[i], i)):
        need = lengths[index]
        room = next((r for r in range(need, width + 1) if by_room[r]), None)
        if room is None:
            rows.append([index])
            by_room[width - need].append(len(rows) - 1)
        else:
            row = by_room[room].pop()
            rows[row].append(index)
            by_room[room - need].append(row)
    return [tuple(row) for row in rows]


def plan_batches(lengths: Sequence[int], tokens_per_batch: int) -> list[Plan]:
    """Batches of about ``tokens_per_batch`` places, short texts first.

    Args:
        lengths: tokens of each text (N,), each at least 1.
        tokens_per_batch: places of a batch, padding counted; a batch has at least one row.
    """
    by_width: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        by_width.setdefault(width_for(length), []).append(index)
    plans = []
    for width in sorted(by_width):
        rows = fill_rows(lengths, by_width[width], width)
        step = max(1, tokens_per_batch // width)
        plans += [Plan(width, tuple(rows[i : i + step])) for i in range(0, len(rows), step)]
    return plans


def single_plan(lengths: Sequence[int]) -> Plan:
    """All texts in one batch, as a training step needs it; the longest sets the width."""
    width = width_for(max(lengths, default=1))
    return Plan(width, tuple(fill_rows(lengths, range(len(lengths)), width)))


def fill(plan: Plan, tokens: Sequence[NDArray[np.int32]]) -> Batch:
    """The arrays of one batch. Padding has id 0, position 0 and segment ``PADDING``."""
    shape = (len(plan.rows), plan.width)
    texts = np.array([i for row in plan.rows for i in row], dtype=np.int64)
    lengths = np.array([len(tokens[i]) for i in texts], dtype=np.int64)
    starts = np.array(
        [
            r * plan.width + start
            for r, row in enumerate(plan.rows)
            for start in _starts([len(tokens[i]) for i in row])
        ],
        dtype=np.int64,
    )
    segments = np.repeat(np.arange(len(texts)), lengths)
    within = np.arange(len(segments)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    places = np.repeat(starts, lengths) + within
    ids = np.zeros(shape, dtype=np.int64)
    positions = np.zeros(shape, dtype=np.int64)
    owners = np.full(shape, PADDING, dtype=np.int64)
    if len(texts):
        ids.ravel()[places] = np.concatenate([tokens[i] for i in texts])
        positions.ravel()[places] = within
        owners.ravel()[places] = segments
    return Batch(ids, positions, owners, texts)


def needed_places(batch: Batch) -> NDArray[np.int64] | None:
    """The places of a batch that are worth computing: its tokens in their order, then as much padding
    as makes their number a multiple of ``EVEN``. None where that is every place."""
    is_padding = batch.segments_RW.ravel() == PADDING
    tokens = np.flatnonzero(~is_padding)
    more = -len(tokens) % EVEN
    if len(tokens) + more >= is_padding.size:
        return None
    return np.concatenate([tokens, np.flatnonzero(is_padding)[:more]])


def _starts(lengths: Sequence[int]) -> list[int]:
    starts, total = [], 0
    for length in lengths:
        starts.append(total)
        total += length
    return starts
