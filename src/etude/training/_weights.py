"""The weights that a training moves, with their optimizer: what a checkpoint must hold of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from etude.training._gradients import Classifier, word_weights
from etude.training._settings import TrainSettings

ADAM_STATE = ("step", "exp_avg", "exp_avg_sq")


class TrainedWeights:
    """The trained weights in the module's order, and AdamW over them in one fused pass.

    Biases and norms do not decay; the head has a rate of its own.
    """

    def __init__(self, classifier: Classifier, settings: TrainSettings) -> None:
        word_weights(classifier.encoder).requires_grad_(not settings.freeze_words)
        named = [(name, w) for name, w in classifier.named_parameters() if w.requires_grad]
        self.names = [name for name, _ in named]
        self.weights = [weight for _, weight in named]
        self._clip = settings.clip
        self._optimizer = _adam(classifier, self.weights, settings)

    def move(self, gradients: Sequence[Tensor | None], share: float) -> None:
        """One optimizer step at this share of the peak learning rates."""
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * share
        for weight, gradient in zip(self.weights, gradients, strict=True):
            weight.grad = gradient
        nn.utils.clip_grad_norm_(self.weights, self._clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        """Weights and optimizer state by name."""
        kept: dict[str, Tensor] = {}
        for name, weight in zip(self.names, self.weights, strict=True):
            kept[f"weight/{name}"] = weight.detach()
            for key, value in self._optimizer.state[weight].items():
                kept[f"optimizer/{key}/{name}"] = value
        return kept

    def restore(self, kept: dict[str, Tensor]) -> None:
        """Take back what ``tensors`` gave."""
        with torch.no_grad():
            for name, weight in zip(self.names, self.weights, strict=True):
                weight.copy_(kept[f"weight/{name}"])
                for key in ADAM_STATE:
                    value = kept.get(f"optimizer/{key}/{name}")
                    if value is not None:
                        self._optimizer.state[weight][key] = value.to(weight.device)


def _adam(
    classifier: Classifier, weights: Sequence[nn.Parameter], settings: TrainSettings
) -> torch.optim.AdamW:
    head = {id(weight) for weight in classifier.head.parameters()}
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for weight in weights:
        groups.setdefault((id(weight) in head, weight.dim() > 1), []).append(weight)
    described = []
    for (of_head, decays), members in groups.items():
        peak = settings.head_learning_rate if of_head else settings.learning_rate
        described.append(
            {
                "params": members,
                "lr": peak,
                "peak": peak,
                "weight_decay": settings.weight_decay if decays else 0.0,
            }
        )
    return torch.optim.AdamW(described, fused=True)
