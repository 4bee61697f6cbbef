"""The gradient of one batch, in shards that each run on one core.

Two halves of a batch on one core each are as fast as one batch on two cores where the machine is
idle, and much faster where anything else runs: no small product waits for its slowest thread.
Gradients are summed in the order of the shards, so they do not depend on which finished first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from etude.models._auto import AutoModule
from etude.models._bert import EncoderModule
from etude.models._workers import map_ordered

MOST_SHARDED_THREADS = 4
"""With more cores a shard of a batch would be too small to pay: all cores share each product."""
LEAST_ROWS = 4
"""Rows of a shard below which it is not split further."""


Encoder = EncoderModule | AutoModule
"""Token lists in, pooled vectors (N, dim) in float32 out."""


class Classifier(nn.Module):
    """An encoder with a linear head on its unit vectors: token lists in, logits (N, K) out."""

    def __init__(self, encoder: Encoder, head: nn.Linear) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.random = False
        """True where the forward pass draws random numbers (dropout)."""

    def forward(self, tokens: Sequence[NDArray[np.int32]]) -> Tensor:
        """Logits (N, K) in float32."""
        return self.head(F.normalize(self.encoder(tokens), dim=1))  # type: ignore[no-any-return]


def word_weights(encoder: Encoder) -> Tensor:
    """The word vectors (vocabulary, dim)."""
    if isinstance(encoder, EncoderModule):
        return encoder.embeddings.word_embeddings.weight
    return encoder.model.get_input_embeddings().weight  # type: ignore[no-any-return, operator]


def shards_of(rows: NDArray[np.int64], classifier: Classifier) -> list[NDArray[np.int64]]:
    """Rows dealt out like cards, so that shards of a batch sorted by length weigh the same.

    With dropout there is one: threads would take turns at one stream of random numbers.
    """
    threads = torch.get_num_threads()
    on_cpu = classifier.encoder.device.type == "cpu"
    if not on_cpu or threads > MOST_SHARDED_THREADS or classifier.random:
        return [rows]
    count = max(1, min(threads, len(rows) // LEAST_ROWS))
    return [rows[start::count] for start in range(count)]


def batch_gradients(
    classifier: Classifier,
    weights: Sequence[nn.Parameter],
    tokens: Sequence[NDArray[np.int32]],
    target_N: NDArray[np.int64],
    rows: NDArray[np.int64],
    label_smoothing: float = 0.0,
    total: int | None = None,
) -> tuple[float, list[Tensor | None]]:
    """The mean loss of these rows and its gradients, in the order of ``weights``.

    ``total``: divide by this many rows instead; batches that are accumulated give the rows of all
    of them, so that eight of one row are one of eight.
    """
    divisor = total or len(rows)

    def one(shard: NDArray[np.int64]) -> tuple[float, tuple[Tensor | None, ...]]:
        logits = classifier([tokens[i] for i in shard])
        target = torch.from_numpy(target_N[shard]).to(logits.device)
        summed = F.cross_entropy(logits, target, reduction="sum", label_smoothing=label_smoothing)
        loss = summed / divisor
        return float(loss.detach()), torch.autograd.grad(loss, weights, allow_unused=True)

    shards = shards_of(rows, classifier)
    parts = list(map_ordered(one, shards, len(shards))) if len(shards) > 1 else [one(rows)]
    gradients = list(parts[0][1])
    for _, more in parts[1:]:
        for ours, theirs in zip(gradients, more, strict=True):
            if ours is not None and theirs is not None:
                ours.add_(theirs)
    return sum(loss for loss, _ in parts), gradients
