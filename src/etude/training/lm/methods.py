"""What of a model is trained: all weights, all but the lowest layers, or an adapter.

It knows modules and settings; nothing of examples or of steps.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from etude.errors import TrainingError
from etude.training.lm import _peft, _quantised
from etude.training.lm.precision import rest_frozen
from etude.training.lm.settings import LmSettings


@dataclass(frozen=True)
class Prepared:
    """A module with ``requires_grad`` where it is trained.

    ``module`` is the causal LM itself, adapters in its layers; ``adapter`` is PEFT's wrapper
    around it, which knows how to save them, or None.
    """

    module: Any
    adapter: Any | None

    @property
    def trained(self) -> int:
        """How many weights are trained."""
        return sum(w.numel() for w in self.module.parameters() if w.requires_grad)


def prepare(
    module: Any, settings: LmSettings, device: torch.device, dtype: torch.dtype
) -> Prepared:
    """Choose what is trained and move it all to ``device``. Draws an adapter's first values.

    Args:
        module: a fresh transformers causal LM in float32.
        settings: their ``method``, and what belongs to it.
        device: where it trains.
        dtype: in which products are computed.

    Raises:
        MissingDependency: the method's library is not installed.
        TrainingError: the method can't be had here, or every layer would be frozen.
    """
    layers = layers_of(module)
    if settings.frozen_layers >= len(layers):
        raise TrainingError(
            f"{settings.frozen_layers} layers are to be frozen; the model has {len(layers)}",
            where="training.frozen_layers",
            expected=f"at most {len(layers) - 1}",
            hint=f"write frozen_layers: {len(layers) // 2}, or leave it out",
        )
    if settings.method == "full":
        _freeze(module, layers, settings.frozen_layers)
        made = Prepared(module.to(device), None)
    else:
        made = _with_adapter(module, settings, device, dtype)
    if settings.gradient_checkpointing:
        _checkpoint_activations(made.module)
    return made


def _checkpoint_activations(module: Any) -> None:
    # transformers gave it a new name in 5.x and will drop the old one in 6.
    enable = getattr(module, "activation_checkpointing_enable", None)
    (enable or module.gradient_checkpointing_enable)({"use_reentrant": False})


def layers_of(module: Any) -> nn.ModuleList:
    """The stack of a causal LM's layers.

    Raises:
        TrainingError: none is found.
    """
    config = module.config.get_text_config()
    for part in module.modules():
        if isinstance(part, nn.ModuleList) and len(part) == config.num_hidden_layers:
            return part
    raise TrainingError(
        f"the layers of a {type(module).__name__} can't be found",
        expected=f"a list of {config.num_hidden_layers} layers, as its config says",
    )


def _freeze(module: Any, layers: nn.ModuleList, count: int) -> None:
    if not count:
        return
    module.get_input_embeddings().requires_grad_(False)
    for layer in layers[:count]:
        layer.requires_grad_(False)


def _with_adapter(
    module: Any, settings: LmSettings, device: torch.device, dtype: torch.dtype
) -> Prepared:
    peft = _peft.library()
    if settings.method == "qlora":
        _quantised.quantise(module, _quantised.library(), device, dtype)
    with warnings.catch_warnings():
        # It sets what GPT-2's transposed layers need by itself, and says so on every run; and it
        # calls what newer transformers name otherwise.
        warnings.filterwarnings("ignore", message="fan_in_fan_out")
        warnings.filterwarnings("ignore", category=FutureWarning)
        adapter = peft.get_peft_model(module, _config(peft, module, settings))
    adapter.to(device)
    if settings.method == "lora" and not settings.dora:  # DoRA measures the frozen weights
        rest_frozen(module, dtype)
    return Prepared(adapter.get_base_model(), adapter)


def _config(peft: Any, module: Any, settings: LmSettings) -> Any:
    layers, frozen = layers_of(module), settings.frozen_layers
    return peft.LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        use_rslora=settings.rslora,
        use_dora=settings.dora,
        # Every linear layer but the output, Conv1D of GPT-2 among them: attention alone learns
        # less (Hu et al. 2021 tried it alone; Dettmers et al. 2023, figure 2, found all are needed).
        target_modules=_linear_names(layers) if frozen else "all-linear",
        layers_to_transform=list(range(frozen, len(layers))) if frozen else None,
    )


def _linear_names(layers: nn.ModuleList) -> list[str]:
    """The last names of the linear parts of layers: PEFT wants them where it counts layers."""
    linear = (
        name.rpartition(".")[2]
        for name, part in layers.named_modules()
        if isinstance(part, nn.Linear) or type(part).__name__ == "Conv1D"
    )
    return sorted(set(linear))
