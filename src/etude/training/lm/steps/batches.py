"""Which examples stand together in a batch: shared beginnings first, then similar lengths.

Where a step shares prefixes, examples of one kind of prompt fill batches of their own as far as
they go, and what is left over of all kinds is mixed. Where a step pads, examples are shuffled, cut
into buckets of some batches, and sorted by length only inside a bucket: little padding, and a
batch is still a random draw of its length. Batches come in random order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import Step
from etude.training.lm.steps.prefix import clusters_of

BUCKET_BATCHES = 8


def plan_batches(
    pairs: Sequence[TokenPair], batch_size: int, seed: int, epoch: int, step: Step
) -> list[NDArray[np.int64]]:
    """Positions in ``pairs`` of each batch; every example is in one batch of the epoch.

    The same arguments give the same plan on every machine.

    Args:
        pairs: all examples.
        batch_size: most examples of a batch; only the last ones may have fewer.
        seed: of the training.
        epoch: counts from 0; other epochs, other batches.
        step: what will compute them.
    """
    random = np.random.default_rng([seed, epoch])
    batches: list[NDArray[np.int64]] = []
    left: list[NDArray[np.int64]] = []
    for kind in _kinds(pairs, batch_size, step):
        mixed = random.permutation(kind)
        whole = len(mixed) - len(mixed) % batch_size
        left.append(mixed[whole:])
        batches += _bucketed(mixed[:whole], pairs, batch_size, random, step)
    rest = random.permutation(np.concatenate(left)) if left else np.empty(0, np.int64)
    batches += _bucketed(rest, pairs, batch_size, random, step)
    return [batches[i] for i in random.permutation(len(batches))]


def _kinds(pairs: Sequence[TokenPair], batch_size: int, step: Step) -> list[NDArray[np.int64]]:
    """Examples by the beginning of their prompts, where that saves tokens."""
    if not step.shares:
        return [np.arange(len(pairs), dtype=np.int64)]
    clusters = clusters_of([pair.prompt for pair in pairs], batch_size)
    return [np.array(cluster.members, dtype=np.int64) for cluster in clusters]


def _bucketed(
    mixed: NDArray[np.int64],
    pairs: Sequence[TokenPair],
    batch_size: int,
    random: np.random.Generator,
    step: Step,
) -> list[NDArray[np.int64]]:
    """Batches of examples that are in random order already."""
    size = batch_size * BUCKET_BATCHES
    batches = []
    for start in range(0, len(mixed), size):
        bucket = mixed[start : start + size]
        if step.pads:
            lengths = np.array([len(pairs[i]) for i in bucket])
            bucket = bucket[np.argsort(lengths, kind="stable")]
        batches += [bucket[i : i + batch_size] for i in range(0, len(bucket), batch_size)]
    return batches
