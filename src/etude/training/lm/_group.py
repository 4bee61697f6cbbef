"""Several processes through ``torch.distributed``: gloo on CPUs, NCCL on CUDA.

Gradients are summed once a step, after the last of its batches, in lots of 64 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn

LOT = 16 * 1024 * 1024
"""Numbers that are sent together."""
PATIENCE = timedelta(hours=2)
"""How long processes wait for one that loads or writes a large model."""


class Group:
    """The processes of a launcher (``distributed.World``).

    Args:
        environment: ``RANK``, ``WORLD_SIZE``, ``LOCAL_RANK``, ``MASTER_ADDR``, ``MASTER_PORT``.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.rank = int(environment["RANK"])
        self.size = int(environment["WORLD_SIZE"])
        self.local = int(environment.get("LOCAL_RANK", "0"))
        self.device = torch.device("cpu")
        if torch.cuda.is_available():
            self.device = torch.device("cuda", self.local)
            torch.cuda.set_device(self.device)
        self._ours = not dist.is_initialized()
        if self._ours:
            backend = "nccl" if self.device.type == "cuda" else "gloo"
            dist.init_process_group(backend, timeout=PATIENCE)

    def sum(self, values: Sequence[float]) -> list[float]:
        """The sums over all processes, in float64."""
        sums = torch.tensor(list(values), dtype=torch.float64, device=self.device)
        dist.all_reduce(sums)
        return [float(value) for value in sums]

    def sum_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        """Replace each gradient by the sum; a process without one counts as zeros.

        A weight without a gradient anywhere keeps none: the optimizer must pass it over, as it
        does in one process.
        """
        moved = self.sum([float(weight.grad is not None) for weight in weights])
        moving = [weight for weight, count in zip(weights, moved, strict=True) if count]
        for weight in moving:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        for lot in _lots(moving):
            gradients = [weight.grad for weight in lot if weight.grad is not None]
            flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
            dist.all_reduce(flat)
            parts = torch.split(flat, [gradient.numel() for gradient in gradients])
            for gradient, part in zip(gradients, parts, strict=True):
                gradient.copy_(part.view_as(gradient))

    def same(self, tensors: Sequence[Tensor]) -> None:
        """Give every process the first one's values."""
        for tensor in tensors:
            dist.broadcast(tensor, 0)

    def wait(self) -> None:
        """Until all are here."""
        dist.barrier()

    def leave(self) -> None:
        """Leave the group, if this training made it."""
        if self._ours:
            dist.destroy_process_group()


def _lots(weights: Sequence[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    lot: list[nn.Parameter] = []
    for weight in weights:
        if lot and sum(one.numel() for one in lot) + weight.numel() > LOT:
            yield lot
            lot = []
        lot.append(weight)
    if lot:
        yield lot
