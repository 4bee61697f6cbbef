"""The plain step: every example is a row of its own, padded on the right to the longest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import StepLoss
from etude.training.lm.steps.head import Head
from etude.training.lm.steps.states import States, loss_of


class PaddedStep:
    """Works with every causal model, dropout and recurrent layers included.

    Args:
        head: the model's halves; None where only the whole model gives its logits, which then
            stand in memory for every place.
        share: weight of the teacher against the gold id, 0 to 1.
    """

    name = "padded"
    shares = False
    pads = True

    def __init__(self, head: Head | None, share: float) -> None:
        self._head, self._share = head, share

    def token_losses(self, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
        """The loss of these pairs (``Step.token_losses``)."""
        return loss_of(self.states(module, pairs), pairs, self._share)

    def states(self, module: Any, pairs: Sequence[TokenPair]) -> States:
        """The hidden states of these pairs (``Step.states``); without halves, their logits."""
        device = next(module.parameters()).device
        rows = Rows.of([np.concatenate([pair.prompt, pair.target])[:-1] for pair in pairs])
        places = torch.from_numpy(target_places(pairs, rows.width)).to(device)
        order, computed = tuple(range(len(pairs))), rows.ids.numel()
        inputs = {
            "input_ids": rows.ids.to(device),
            "attention_mask": rows.mask.to(device),
            "use_cache": False,
        }
        if self._head is None:
            # Not the call itself: a sharded module is entered already (``entered``).
            logits_NV = module.forward(**inputs).logits.flatten(0, 1)[places]
            ready = Head(module, nn.Identity(), logits_NV.shape[1])
            return States(logits_NV, ready, order, computed)
        hidden_ND = self._head.hidden(**inputs).flatten(0, 1)[places]
        return States(hidden_ND, self._head, order, computed)


class Rows:
    """Token lists as one rectangle with its mask (B, T), filled up on the right."""

    def __init__(self, ids: Tensor, mask: Tensor) -> None:
        self.ids, self.mask = ids, mask
        self.width = ids.shape[1]

    @classmethod
    def of(cls, tokens: Sequence[NDArray[np.int32]]) -> Rows:
        """The rectangle of these lists."""
        shape = (len(tokens), max(len(ids) for ids in tokens))
        ids_BT = np.zeros(shape, dtype=np.int64)
        mask_BT = np.zeros(shape, dtype=np.int64)
        for row, ids in enumerate(tokens):
            ids_BT[row, : len(ids)] = ids
            mask_BT[row, : len(ids)] = 1
        return cls(torch.from_numpy(ids_BT), torch.from_numpy(mask_BT))


def target_places(pairs: Sequence[TokenPair], width: int, before: int = 0) -> NDArray[np.int64]:
    """Places in the flattened rectangle whose logits speak of each target token (N,).

    ``before``: tokens of every prompt that stand elsewhere.
    """
    starts = [row * width + len(pair.prompt) - before - 1 for row, pair in enumerate(pairs)]
    return np.concatenate(
        [
            np.arange(start, start + len(pair.target))
            for start, pair in zip(starts, pairs, strict=True)
        ]
    )
