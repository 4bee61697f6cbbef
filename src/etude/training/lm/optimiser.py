"""Which weights of a language model are trained by AdamW, and which of them decay."""

from __future__ import annotations

from torch import nn

from etude.errors import TrainingError
from etude.training._adam import AdamWeights, Group
from etude.training.lm.settings import LmSettings


def trained_weights(
    module: nn.Module, settings: LmSettings, kind: type[AdamWeights] = AdamWeights
) -> AdamWeights:
    """What ``requires_grad`` of ``module``, with its optimizer, as this ``kind`` keeps them.

    Raises:
        TrainingError: nothing is left to train.
    """
    named = {name: weight for name, weight in module.named_parameters() if weight.requires_grad}
    if not named:
        raise TrainingError(
            "every weight of the model is frozen",
            where="training.frozen_layers",
            hint="set fewer frozen_layers" if settings.frozen_layers else None,
        )
    kept = words(module)
    decaying = [w for name, w in named.items() if _decays(name, w) and id(w) not in kept]
    ids = {id(weight) for weight in decaying}
    others = [weight for weight in named.values() if id(weight) not in ids]
    groups = [
        Group(members, settings.learning_rate, decay)
        for members, decay in ((decaying, settings.weight_decay), (others, 0.0))
        if members
    ]
    return kind(named, groups, settings.clip)


def words(module: nn.Module) -> set[int]:
    """The ids of word and position vectors, those of a tied output layer among them."""
    return {id(part.weight) for part in module.modules() if isinstance(part, nn.Embedding)}


def _decays(name: str, weight: nn.Parameter) -> bool:
    # A norm's weight, a bias and DoRA's magnitudes are vectors; an adapter of word vectors is a
    # matrix, but of words.
    return weight.dim() > 1 and "lora_embedding" not in name
