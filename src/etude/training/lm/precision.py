"""In which numbers products are computed: bfloat16 where the processor has it, else float32.

Trained weights, their gradients and the optimizer's averages stay in float32 (autocast); so do
softmax and loss.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from etude.errors import TrainingError
from etude.models._fast import best_dtype
from etude.training.lm.settings import Precision


def compute_dtype(precision: Precision, device: torch.device) -> torch.dtype:
    """The dtype of products.

    Raises:
        TrainingError: bf16 is asked for on an accelerator that has none.
    """
    if precision == "fp32":
        return torch.float32
    best = best_dtype(device)
    if precision == "bf16" and best != torch.bfloat16 and device.type != "cpu":
        raise TrainingError(
            f"this accelerator ({device.type}) has no bfloat16",
            where="training.precision",
            hint="set precision: fp32, or leave it out",
        )
    return torch.bfloat16 if precision == "bf16" else best


def autocast(device: torch.device, dtype: torch.dtype) -> torch.autocast:
    """The context of a forward pass."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16)


def rest_frozen(module: Any, dtype: torch.dtype) -> None:
    """Keep the frozen matrices of linear layers in ``dtype``: autocast would round them to it at
    each use anyway, and they take half the memory. The output layer is left as it is: its weights
    may be the word vectors."""
    output = module.get_output_embeddings()
    for part in module.modules():
        if not isinstance(part, nn.Linear) or part is output or part.weight.requires_grad:
            continue
        if part.weight.dtype == torch.float32:
            part.to(dtype)
