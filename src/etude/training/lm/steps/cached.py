"""The cached step: the shared prefix goes forward once into a cache that all rows then look at.

The cache's keys and values keep their graph and are expanded over the batch without a copy, so
every example's gradient flows through the one prefix. For models whose attention can't be
exchanged; dropout and gradient checkpointing do not go with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import StepLoss
from etude.training.lm.steps.chunked import summed_loss
from etude.training.lm.steps.head import Head, bare
from etude.training.lm.steps.padded import Rows, target_places
from etude.training.lm.steps.prefix import clusters_of
from etude.training.lm.steps.targets import Targets, tokens_of, weight_of


class CachedStep:
    """For models whose whole memory is the keys and values of attention.

    Args:
        head: the model's halves.
        share: weight of the teacher against the gold id, 0 to 1.
    """

    name = "cached prefix"
    shares = True
    pads = True

    def __init__(self, head: Head, share: float) -> None:
        self._head, self._share = head, share

    def token_losses(self, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
        """The loss of these pairs (``Step.token_losses``)."""
        device = next(module.parameters()).device
        hidden, order, computed = [], [], 0
        for cluster in clusters_of([pair.prompt for pair in pairs]):
            members = [pairs[i] for i in cluster.members]
            states_ND, places = self._hidden(module, cluster.prefix, members, device)
            hidden.append(states_ND)
            order += members
            computed += places
        targets = Targets.of(order, device)
        total = summed_loss(torch.cat(hidden), self._head, targets, self._share)
        return StepLoss(total, weight_of(pairs), tokens_of(pairs), computed)

    def _hidden(
        self, module: Any, prefix: int, pairs: Sequence[TokenPair], device: torch.device
    ) -> tuple[Tensor, int]:
        """Hidden states at the targets (N, D) of one cluster, and the places it computed."""
        rows = Rows.of([np.concatenate([p.prompt[prefix:], p.target])[:-1] for p in pairs])
        places = torch.from_numpy(target_places(pairs, rows.width, prefix)).to(device)
        inputs: dict[str, Any] = {"use_cache": False}
        if prefix:
            shared = torch.from_numpy(pairs[0].prompt[None, :prefix].astype(np.int64)).to(device)
            inputs = {
                "use_cache": True,
                "past_key_values": self._memory(module, shared, len(pairs)),
                "position_ids": torch.arange(prefix, prefix + rows.width, device=device)[None],
            }
        seen = torch.ones((len(pairs), prefix), dtype=torch.int64)
        mask = torch.cat([seen, rows.mask], 1).to(device)
        states = self._head.hidden(input_ids=rows.ids.to(device), attention_mask=mask, **inputs)
        return states.flatten(0, 1)[places], prefix + rows.ids.numel()

    def _memory(self, module: Any, shared: Tensor, rows: int) -> Any:
        """A cache of the prefix, expanded to this many rows."""
        from transformers.cache_utils import DynamicCache

        memory: Any = DynamicCache(config=bare(module).config)
        self._head.hidden(input_ids=shared, past_key_values=memory, use_cache=True)
        for layer in memory.layers:
            layer.keys = layer.keys.expand(rows, -1, -1, -1)
            layer.values = layer.values.expand(rows, -1, -1, -1)
        return memory
