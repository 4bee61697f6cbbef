"""Weights that a training moves, with AdamW over them: what a checkpoint must hold of both.

It knows names, tensors and rates; nothing of what the weights compute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

STATE = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Group:
    """Weights that share a peak learning rate and a weight decay."""

    weights: Sequence[nn.Parameter]
    peak: float
    weight_decay: float


class AdamWeights:
    """The trained weights in the module's order, and AdamW over them in one fused pass.

    Args:
        named: what is trained, by name.
        groups: every one of these weights, once.
        clip: most that the norm of all gradients may be.
    """

    def __init__(
        self, named: Mapping[str, nn.Parameter], groups: Sequence[Group], clip: float
    ) -> None:
        self.names = list(named)
        self.weights = list(named.values())
        self._clip = clip
        described = [
            {
                "params": list(group.weights),
                "lr": group.peak,
                "peak": group.peak,
                "weight_decay": group.weight_decay,
            }
            for group in groups
        ]
        self._optimizer = torch.optim.AdamW(described, fused=True)

    def step(self, share: float) -> None:
        """One optimizer step with the gradients that are there, at this share of the peak rates;
        the gradients are gone afterwards."""
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * share
        nn.utils.clip_grad_norm_(self.weights, self._clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def values(self) -> dict[str, Tensor]:
        """The weights alone, by name."""
        return {
            name: self._held(weight.detach())
            for name, weight in zip(self.names, self.weights, strict=True)
        }

    def take(self, values: Mapping[str, Tensor]) -> None:
        """Take back what ``values`` gave."""
        with torch.no_grad():
            for name, weight in zip(self.names, self.weights, strict=True):
                self._held(weight.detach()).copy_(values[name])

    def tensors(self) -> dict[str, Tensor]:
        """Weights and optimizer state by name."""
        kept = {f"weight/{name}": value for name, value in self.values().items()}
        for name, weight in zip(self.names, self.weights, strict=True):
            for key, value in self._optimizer.state[weight].items():
                kept[f"optimizer/{key}/{name}"] = self._held(value)
        return kept

    def restore(self, kept: Mapping[str, Tensor]) -> None:
        """Take back what ``tensors`` gave."""
        self.take({name: kept[f"weight/{name}"] for name in self.names})
        for name, weight in zip(self.names, self.weights, strict=True):
            for key in STATE:
                value = kept.get(f"optimizer/{key}/{name}")
                if value is not None:
                    self._optimizer.state[weight][key] = self._of(weight, value)

    def _held(self, tensor: Tensor) -> Tensor:
        """What this process holds of a weight or of its state, in the same memory."""
        return tensor

    def _of(self, weight: nn.Parameter, value: Tensor) -> Tensor:
        """State of ``weight`` from what ``_held`` gave."""
        return value.to(weight.device)
