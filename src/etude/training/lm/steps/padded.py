"""The plain step: every example is a row of its own, padded on the right to the longest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import StepLoss, tokens_of, weight_of


class PaddedStep:
    """Works with every causal model, dropout and recurrent layers included."""

    name = "padded"

    def token_losses(self, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
        """The loss of these pairs (``Step.token_losses``)."""
        device = next(module.parameters()).device
        width = max(len(pair) for pair in pairs)
        ids = np.zeros((len(pairs), width), dtype=np.int64)
        mask = np.zeros((len(pairs), width), dtype=np.int64)
        targets, places, weights = [], [], []
        for row, pair in enumerate(pairs):
            ids[row, : len(pair)] = np.concatenate([pair.prompt, pair.target])
            mask[row, : len(pair)] = 1
            start = row * width + len(pair.prompt) - 1
            places.append(np.arange(start, start + len(pair.target)))
            targets.append(pair.target)
            weights.append(np.full(len(pair.target), pair.weight, dtype=np.float32))
        logits = module(
            input_ids=torch.from_numpy(ids).to(device),
            attention_mask=torch.from_numpy(mask).to(device),
            use_cache=False,
        ).logits
        rows = logits.flatten(0, 1)[torch.from_numpy(np.concatenate(places)).to(device)].float()
        target_N = torch.from_numpy(np.concatenate(targets).astype(np.int64)).to(device)
        losses = F.cross_entropy(rows, target_N, reduction="none")
        total = (losses * torch.from_numpy(np.concatenate(weights)).to(device)).sum()
        return StepLoss(total, weight_of(pairs), tokens_of(pairs), len(pairs) * width)
