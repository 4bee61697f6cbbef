"""Calling parts of a module whose weights are shared out over processes.

Such a module gathers its own weights (word vectors, last norm, output) only while its ``forward``
runs, and steps call its halves by themselves. ``training.lm._sharded`` gives it a method that
gathers them around any work; without that method nothing is sharded, and the work is just done.
Nothing distributed is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps._base import Step, StepLoss

METHOD = "etude_entered"
"""Of a sharded module: takes work that gives a tensor, and does it with the weights at hand."""
DTYPE = "etude_dtype"
"""Of a sharded module: the dtype of the weights while they are gathered."""


def entered(module: Any, work: Callable[[], Tensor]) -> Tensor:
    """The tensor that ``work`` gives; going back from it gathers the weights again."""
    method: Callable[[Callable[[], Tensor]], Tensor] | None = getattr(module, METHOD, None)
    return work() if method is None else method(work)


def losses(step: Step, module: Any, pairs: Sequence[TokenPair]) -> StepLoss:
    """``step.token_losses``, whether the module is sharded or not."""
    found: list[StepLoss] = []

    def work() -> Tensor:
        found.append(step.token_losses(module, pairs))
        return found[0].total

    total = entered(module, work)
    return replace(found[0], total=total)


def tried(module: Any) -> torch.autocast:
    """How products are computed while a way through the module is tried: exactly, or under
    autocast where some weights rest in bfloat16 and would not go with the others without it."""
    gathered = getattr(module, DTYPE, torch.float32)
    low = gathered == torch.bfloat16 or any(
        weight.dtype == torch.bfloat16 for weight in module.parameters()
    )
    device = next(module.parameters()).device.type
    return torch.autocast(device, dtype=torch.bfloat16, enabled=low)


def in_float32(module: Any) -> bool:
    """Whether every weight is in float32 when it is used."""
    gathered = getattr(module, DTYPE, torch.float32)
    return gathered == torch.float32 and all(
        weight.dtype == torch.float32 for weight in module.parameters()
    )
