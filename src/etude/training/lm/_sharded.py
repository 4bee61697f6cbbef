"""Weights, gradients and optimizer shared out over processes: FSDP2, a group for each layer.

A layer's weights are gathered when it runs, forward and back, and given back after it; the rest of
the model (word vectors, last norm, output, tied or not) is one more group, at hand for a whole
step. Gradients are summed, not averaged, while they are scattered. ``fully_shard`` is described in
https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html; the scheme is ZeRO's third
stage (Rajbhandari et al. 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import (
    FSDPModule,
    MixedPrecisionPolicy,
    fully_shard,
    register_fsdp_forward_method,
)
from torch.distributed.tensor import DTensor

from etude.training._adam import AdamWeights
from etude.training.lm.distributed import World
from etude.training.lm.steps import entered


def shard(module: Any, layers: Iterable[nn.Module], world: World, dtype: torch.dtype) -> None:
    """Keep a part of each weight of ``module`` here, on the world's device; in place.

    Accelerators gather bfloat16 weights as such and sum gradients in float32. On a CPU weights
    are gathered as they are stored, and autocast rounds, so the steps are those of one process.

    Args:
        module: a transformers causal LM on the CPU, adapters in its layers.
        layers: its decoder layers.
        world: the processes.
        dtype: in which products are computed.
    """
    mesh = init_device_mesh(world.device.type, (world.size,))
    gathered = gathered_dtype(dtype, world.device)
    low = gathered == torch.bfloat16
    policy = MixedPrecisionPolicy(param_dtype=gathered if low else None, reduce_dtype=torch.float32)
    for part in (*layers, module):
        fully_shard(part, mesh=mesh, mp_policy=policy)
        part.set_gradient_divide_factor(1.0)
        part.set_force_sum_reduction_for_comms(True)  # gloo has no other way
        # A weight may have a gradient in one process alone; they must all scatter it.
        part.set_reduce_scatter_unused_params(True)
    _add_method(module)
    setattr(module, entered.DTYPE, gathered)


def gathered_dtype(dtype: torch.dtype, device: torch.device) -> torch.dtype:
    """In which weights are gathered whose products are computed in ``dtype``."""
    return torch.float32 if device.type == "cpu" else dtype


def _add_method(module: Any) -> None:
    """Give the module the method that ``steps.entered`` asks for."""
    gathered = "_etude_gathered"
    setattr(module, gathered, lambda work: work())
    register_fsdp_forward_method(module, gathered)
    inside: Callable[[Callable[[], Tensor]], Tensor] = getattr(module, gathered)

    def method(work: Callable[[], Tensor]) -> Tensor:
        done = False
        try:
            found = inside(work)
            done = True
        finally:
            if not done:  # work was left in the middle: forget what was gathered for it
                module.reset_iter_state()
        if not torch.is_grad_enabled():
            module.reshard()  # no way back will do it, and weights may change before the next use
        return found

    setattr(module, entered.METHOD, method)


class ShardedWeights(AdamWeights):
    """This process's parts of the trained weights: what it keeps and takes back are parts."""

    def _held(self, tensor: Tensor) -> Tensor:
        return tensor.to_local() if isinstance(tensor, DTensor) else tensor

    def _of(self, weight: nn.Parameter, value: Tensor) -> Tensor:
        here = value.to(weight.device)
        if not isinstance(weight, DTensor) or not value.dim():
            return here  # AdamW's count of steps
        return DTensor.from_local(
            here,
            weight.device_mesh,
            weight.placements,
            run_check=False,
            shape=weight.shape,
            stride=weight.stride(),
        )


def whole_weights(
    module: nn.Module, wanted: Callable[[str], bool], keep: bool
) -> dict[str, Tensor]:
    """The whole values of a module's state on the CPU, by name; a collective of all processes.

    Args:
        module: sharded, or a wrapper around one.
        wanted: which names.
        keep: false where another process writes them: nothing is returned.
    """
    made: dict[int, Tensor] = {}
    found: dict[str, Tensor] = {}
    for name, value in module.state_dict(keep_vars=True).items():
        if not wanted(name):
            continue
        if id(value) not in made:  # tied weights stay tied
            whole = value.detach()
            whole = whole.full_tensor() if isinstance(whole, DTensor) else whole
            made[id(value)] = whole.cpu() if keep else torch.empty(0)
        found[name] = made[id(value)]
    return found if keep else {}


def is_sharded(module: Any) -> bool:
    """True for what ``shard`` was called for."""
    return isinstance(module, FSDPModule)
