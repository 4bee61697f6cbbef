"""What every step gives, whichever way it computes it.

A step is the forward pass of one batch: token ids in, the summed loss out. All steps give the same
sum and the same gradients; they differ in how many token positions they compute.

Letters in names: B examples of a batch, T places of a row, N target tokens, R target tokens that
have a teacher, D the model's width, V its vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from torch import Tensor

from etude.training.lm.pairs import TokenPair

if TYPE_CHECKING:
    from etude.training.lm.steps.states import States


@dataclass(frozen=True)
class StepLoss:
    """The loss of one batch and what it cost."""

    total: Tensor
    """Weighted sum of the target tokens' losses, a float32 scalar with its graph."""
    hits: Tensor
    """Sum of the weights of those target tokens that were the likeliest ones, a scalar."""
    weight: float
    """Sum of the weights of the target tokens: ``total / weight`` is the mean loss."""
    tokens: int
    """Tokens of all prompts and targets."""
    computed: int
    """Token positions that went through the model: fewer than ``tokens`` where a prefix is shared,
    more where rows are padded."""


class Step(Protocol):
    """One way through the model."""

    name: str
    shares: bool
    """A beginning that prompts of a batch have in common is computed once."""
    pads: bool
    """Rows are filled up to the longest, so examples of one length belong together."""

    def token_losses(self, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
        """The loss of these pairs, under the autocast and gradient mode that are set.

        Args:
            module: the ``transformers`` causal LM that the step was chosen for, PEFT's included.
            pairs: at least one; every prompt and every target has at least one token.
        """
        ...

    def states(self, module: Any, pairs: Sequence[TokenPair]) -> States:
        """The hidden states that ``token_losses`` makes the loss of; arguments as there."""
        ...
