"""What a step has computed before the loss: the hidden states that speak of each target token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import StepLoss
from etude.training.lm.steps.chunked import summed_loss
from etude.training.lm.steps.head import Head
from etude.training.lm.steps.targets import Targets, tokens_of, weight_of


@dataclass(frozen=True)
class States:
    """The last hidden states (N, D) before each target token of a batch."""

    hidden_ND: Tensor
    head: Head
    """From these states to logits."""
    order: tuple[int, ...]
    """Positions of the pairs, in the order in which their targets' states stand."""
    computed: int
    """Token positions that went through the model (``StepLoss.computed``)."""


def loss_of(states: States, pairs: Sequence[TokenPair], share: float) -> StepLoss:
    """The loss of these pairs from their states.

    Args:
        states: of these pairs.
        pairs: the batch, in its own order.
        share: weight of the teacher against the gold id, 0 to 1.
    """
    targets = Targets.of([pairs[i] for i in states.order], states.hidden_ND.device)
    total, hits = summed_loss(states.hidden_ND, states.head, targets, share)
    return StepLoss(total, hits, weight_of(pairs), tokens_of(pairs), states.computed)
