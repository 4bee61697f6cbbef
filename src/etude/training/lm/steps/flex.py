"""Attention of a packed row by torch's FlexAttention, for accelerators that compile it.

One fused kernel skips the blocks in which nobody sees anybody, so neither scores nor a mask of the
row's square stand in memory. Its mask is tested on a CPU; on CUDA itself it has not been run yet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

from etude.training.lm.steps.layout import Layout

AMPERE = (8, 0)
"""The first CUDA generation that the kernel is made for."""


def serves(device: torch.device) -> bool:
    """Whether this device runs the compiled kernel."""
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= AMPERE


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: Layout,
    scale: float,
    window: int | None,
    softcap: float | None,
) -> Tensor:
    """Attention (1, H, T, E) of (1, H, T, D) with (1, G, T, D) and (1, G, T, E)."""

    function = _compiled() if serves(query.device) else flex_attention
    out: Tensor = function(
        query,
        key,
        value,
        score_mod=None if softcap is None else _capped(softcap),
        block_mask=layout.kept(("blocks", window), lambda: _blocks(layout, window)),
        scale=scale,
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return out


def _capped(softcap: float) -> Callable[..., Tensor]:
    def capped(score: Tensor, b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        return torch.tanh(score / softcap) * softcap

    return capped


@cache
def _compiled() -> Any:
    return torch.compile(flex_attention, dynamic=True)


def _blocks(layout: Layout, window: int | None) -> Any:
    """Which blocks of the row's square hold anything, and who sees whom in them."""
    device = layout.device
    owners_T = torch.from_numpy(layout.owners_T).to(device)
    prefixes_T = torch.from_numpy(layout.prefixes_T).to(device)
    positions_T = torch.from_numpy(layout.positions_T).to(device)

    def seen(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        apart = positions_T[q] - positions_T[k]
        near = apart >= 0 if window is None else (apart >= 0) & (apart < window)
        return near & ((owners_T[q] == owners_T[k]) | (prefixes_T[q] == owners_T[k]))

    return create_block_mask(seen, None, None, layout.length, layout.length, device=str(device))
