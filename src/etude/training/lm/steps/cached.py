"""The cached step: the shared prefix goes forward once into a cache that all rows then look at.

The cache's keys and values keep their graph and are expanded over the batch without a copy, so
every example's gradient flows through the one prefix. For models whose attention can't be
exchanged; dropout and gradient checkpointing do not go with it.

Where weights are sharded every process must call the model equally often: then the one beginning
of all examples is the prefix, not one for each kind of prompt in the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import StepLoss
from etude.training.lm.steps.head import Head, bare
from etude.training.lm.steps.padded import Rows, target_places
from etude.training.lm.steps.prefix import Cluster, clusters_of
from etude.training.lm.steps.states import States, loss_of


class CachedStep:
    """For models whose whole memory is the keys and values of attention.

    Args:
        head: the model's halves.
        share: weight of the teacher against the gold id, 0 to 1.
        beginning: tokens that all prompts begin with, for sharded weights; None finds the kinds of
            prompts in each batch.
    """

    name = "cached prefix"
    shares = True
    pads = True

    def __init__(self, head: Head, share: float, beginning: int | None = None) -> None:
        self._head, self._share, self._beginning = head, share, beginning

    def of(self, beginning: int | None) -> CachedStep:
        """The same with another ``beginning``."""
        return CachedStep(self._head, self._share, beginning)

    def token_losses(self, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
        """The loss of these pairs (``Step.token_losses``)."""
        return loss_of(self.states(module, pairs), pairs, self._share)

    def states(self, module: Any, pairs: Sequence[TokenPair]) -> States:
        """The hidden states of these pairs (``Step.states``)."""
        device = next(module.parameters()).device
        hidden: list[Tensor] = []
        order: list[int] = []
        computed = 0
        for cluster in self._clusters(pairs):
            members = [pairs[i] for i in cluster.members]
            states_ND, places = self._hidden(module, cluster.prefix, members, device)
            hidden.append(states_ND)
            order += cluster.members
            computed += places
        return States(torch.cat(hidden), self._head, tuple(order), computed)

    def _clusters(self, pairs: Sequence[TokenPair]) -> list[Cluster]:
        if self._beginning is not None:
            return [Cluster(self._beginning, tuple(range(len(pairs))))]
        return clusters_of([pair.prompt for pair in pairs])

    def _hidden(
        self, module: Any, prefix: int, pairs: Sequence[TokenPair], device: torch.device
    ) -> tuple[Tensor, int]:
        """Hidden states at the targets (N, D) of one cluster, and the places it computed."""
        rows = Rows.of([np.concatenate([p.prompt[prefix:], p.target])[:-1] for p in pairs])
        places = torch.from_numpy(target_places(pairs, rows.width, prefix)).to(device)
        inputs: dict[str, Any] = {"use_cache": False}
        last: Tensor | None = None
        if prefix:
            shared = torch.from_numpy(pairs[0].prompt[None, :prefix].astype(np.int64)).to(device)
            memory, last = self._memory(module, shared, len(pairs))
            inputs = {
                "use_cache": True,
                "past_key_values": memory,
                "position_ids": torch.arange(prefix, prefix + rows.width, device=device)[None],
            }
        seen = torch.ones((len(pairs), prefix), dtype=torch.int64)
        mask = torch.cat([seen, rows.mask], 1).to(device)
        states = self._head.hidden(input_ids=rows.ids.to(device), attention_mask=mask, **inputs)
        if last is not None and self._beginning is not None:
            # Sharded layers gather their weights on the way back when a gradient comes to what
            # they gave; the last layer's keys and values get theirs past that.
            states = states + 0.0 * last.sum()
        return states.flatten(0, 1)[places], prefix + rows.ids.numel()

    def _memory(self, module: Any, shared: Tensor, rows: int) -> tuple[Any, Tensor]:
        """A cache of the prefix, expanded to this many rows, and the prefix's hidden states."""
        from transformers.cache_utils import DynamicCache

        memory: Any = DynamicCache(config=bare(module).config)
        last = self._head.hidden(input_ids=shared, past_key_values=memory, use_cache=True)
        for layer in memory.layers:
            layer.keys = layer.keys.expand(rows, -1, -1, -1)
            layer.values = layer.values.expand(rows, -1, -1, -1)
        return memory, last
