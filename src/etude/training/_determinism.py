"""The same training gives the same bits: kernels whose sums have one order, random numbers apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def deterministic(module: nn.Module, device: torch.device) -> Iterator[None]:
    """Train mode with deterministic kernels; on accelerators some have none, so only on a CPU."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(before or device.type == "cpu")
    module.train()
    try:
        yield
    finally:
        module.eval()
        torch.use_deterministic_algorithms(before)
