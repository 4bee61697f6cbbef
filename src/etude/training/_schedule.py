"""What happens when: the batches of an epoch, and the learning rate of a step.

Both are derived from (seed, epoch, step) and never carried along, so a training that goes on after
a kill does exactly what it would have done. It knows lengths and numbers, nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BATCHES_SORTED_TOGETHER = 8
"""Rows are sorted by length within so many batches: enough for batches of nearly one length,
few enough that a batch is still a random draw."""


def epoch_batches(
    lengths: Sequence[int], batch_size: int, seed: int, epoch: int
) -> list[NDArray[np.int64]]:
    """Every row once, in batches of near-equal length and random order (the last may be short).

    Args:
        lengths: tokens of each row (N,).
        batch_size: rows of a batch.
        seed: of the whole training.
        epoch: counts from 0.
    """
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(lengths))
    length_N = np.asarray(lengths)
    lot = batch_size * BATCHES_SORTED_TOGETHER
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), lot):
        rows = order[start : start + lot]
        rows = rows[np.argsort(length_N[rows], kind="stable")]
        batches += [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]
    return [batches[i] for i in random.permutation(len(batches))]


def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Batches of an epoch, as ``epoch_batches`` makes them."""
    return -(-rows // batch_size)


def rate_share(step: int, total: int, warmup: float) -> float:
    """Share of the peak learning rate at ``step`` (from 0): up in a line, then down in a line.

    The last step is not 0: it would be computed for nothing.
    """
    rising = round(total * warmup)
    if step < rising:
        return (step + 1) / rising
    return max(total - step, 1) / max(total - rising, 1)
