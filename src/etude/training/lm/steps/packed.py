"""The packed step: one row without padding, in which a shared prefix stands once.

Every token is computed once however many examples need it, and no cache is involved, so gradient
checkpointing works. Without a shared prefix it is packing: examples stand side by side and do not
see each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import StepLoss
from etude.training.lm.steps.head import Head
from etude.training.lm.steps.layout import Layout, lay_out
from etude.training.lm.steps.prefix import Cluster, clusters_of
from etude.training.lm.steps.states import States, loss_of


class PackedStep:
    """For models whose attention goes through transformers' interface (``attention.register``).

    Args:
        head: the model's halves.
        share: weight of the teacher against the gold id, 0 to 1.
        sharing: whether a beginning that prompts have in common is computed once.
    """

    pads = False

    def __init__(self, head: Head, share: float, sharing: bool) -> None:
        self._head, self._share, self.shares = head, share, sharing
        self.name = "packed, shared prefix" if sharing else "packed"

    def token_losses(self, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
        """The loss of these pairs (``Step.token_losses``)."""
        return loss_of(self.states(module, pairs), pairs, self._share)

    def states(self, module: Any, pairs: Sequence[TokenPair]) -> States:
        """The hidden states of these pairs (``Step.states``)."""
        device = next(module.parameters()).device
        layout = lay_out(pairs, self._clusters(pairs), device)
        hidden_TD = packed_hidden(self._head, layout)
        places = torch.from_numpy(layout.places_N).to(device)
        return States(hidden_TD[places], self._head, layout.order, layout.length)

    def _clusters(self, pairs: Sequence[TokenPair]) -> list[Cluster]:
        if self.shares:
            return clusters_of([pair.prompt for pair in pairs])
        return [Cluster(0, tuple(range(len(pairs))))]


def packed_hidden(head: Head, layout: Layout) -> torch.Tensor:
    """The last hidden states of the row (T, D).

    A mask of four dimensions is handed through by transformers as it is, so none is made; who sees
    whom is in the layout.
    """
    device = layout.device
    return head.hidden(
        input_ids=torch.from_numpy(layout.ids_T).to(device)[None],
        position_ids=torch.from_numpy(layout.positions_T).to(device)[None],
        attention_mask=torch.ones((1, 1, 1, 1), dtype=torch.bool, device=device),
        use_cache=False,
        layout=layout,
    )[0]
