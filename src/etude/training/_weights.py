"""The weights of a classifier's training: which are trained, at which rate, with which decay."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from etude.training._adam import AdamWeights, Group
from etude.training._gradients import Classifier, word_weights
from etude.training._settings import TrainSettings


class TrainedWeights(AdamWeights):
    """Biases and norms do not decay; the head has a rate of its own."""

    def __init__(self, classifier: Classifier, settings: TrainSettings) -> None:
        word_weights(classifier.encoder).requires_grad_(not settings.freeze_words)
        named = {name: w for name, w in classifier.named_parameters() if w.requires_grad}
        super().__init__(named, _groups(classifier, list(named.values()), settings), settings.clip)

    def move(self, gradients: Sequence[Tensor | None], share: float) -> None:
        """One optimizer step at this share of the peak learning rates."""
        for weight, gradient in zip(self.weights, gradients, strict=True):
            weight.grad = gradient
        self.step(share)


def _groups(
    classifier: Classifier, weights: Sequence[nn.Parameter], settings: TrainSettings
) -> list[Group]:
    head = {id(weight) for weight in classifier.head.parameters()}
    sorted_out: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for weight in weights:
        sorted_out.setdefault((id(weight) in head, weight.dim() > 1), []).append(weight)
    return [
        Group(
            members,
            settings.head_learning_rate if of_head else settings.learning_rate,
            settings.weight_decay if decays else 0.0,
        )
        for (of_head, decays), members in sorted_out.items()
    ]
