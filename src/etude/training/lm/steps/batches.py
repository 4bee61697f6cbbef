"""Which examples stand together in a batch: shared beginnings first, then similar lengths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import Step

BUCKET_BATCHES = 8
"""Examples are shuffled, cut into buckets of this many batches, and sorted by length only inside
a bucket: almost no padding, and every batch is still a random draw of its length."""


def plan_batches(
    pairs: Sequence[TokenPair], batch_size: int, seed: int, epoch: int, step: Step
) -> list[NDArray[np.int64]]:
    """Positions in ``pairs`` of each batch; every example once an epoch, batches in random order.

    The same arguments give the same plan on every machine.
    """
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(pairs)).astype(np.int64)
    lengths = np.array([len(pair) for pair in pairs], dtype=np.int64)
    size = batch_size * BUCKET_BATCHES
    batches = []
    for start in range(0, len(order), size):
        bucket = order[start : start + size]
        bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
        batches += [bucket[i : i + batch_size] for i in range(0, len(bucket), batch_size)]
    return [batches[i] for i in random.permutation(len(batches))]
