"""Attention in two parts: over a prefix that all rows share, and over each row's own tokens.

The prefix's keys and values stand once in memory; the queries of all rows meet them in one matrix
product. Each part gives its output and the logarithm of its softmax's sum, and the two are joined
exactly by these sums (Dao et al. 2022, https://arxiv.org/abs/2205.14135, section 3.1). The
function stands in for transformers' own through its ``AttentionInterface``, so every architecture
that goes through that interface works, sliding windows, soft caps and sinks included.

Letters in names as in ``passes``, and G query heads a key head.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from etude.models.generation.passes import Layer, Pass

NAME = "etude_two_parts"
"""Under which transformers knows the function."""
SCORES_AT_ONCE = 2**25
"""Most attention scores that stand in memory at a time."""
HIDDEN = torch.finfo(torch.float32).min
"""Score of what may not be seen: not minus infinity, so that no row of them is undefined."""


class _Current(threading.local):
    step: Pass | None = None


_current = _Current()


@contextmanager
def running(step: Pass) -> Iterator[None]:
    """Every attention of this thread belongs to ``step`` until the block ends."""
    _current.step = step
    try:
        yield
    finally:
        _current.step = None


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    **ignored: Any,
) -> tuple[Tensor, None]:
    """transformers' attention interface: (1, heads, N, D) in, (1, N, heads, D) out.

    Masks come from the pass and dropout is off, so ``attention_mask`` and what else is handed over
    are not looked at. ``s_aux`` are the sinks of gpt-oss: one more score a head, without a value.
    """
    step = _current.step
    if step is None:
        raise RuntimeError("this attention runs inside a pass only")
    index = int(module.layer_idx)
    own = step.memory.write(index, step, key[0], value[0])
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    far = sliding_window is not None and step.last_position >= sliding_window
    if step.from_the_start and not far and softcap is None and s_aux is None:
        grouped = key.shape[1] != query.shape[1]
        whole = F.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scale, enable_gqa=grouped
        )
        return whole.transpose(1, 2), None
    q_NHGD = query[0].transpose(0, 1)
    q_NHGD = q_NHGD.reshape(len(q_NHGD), key.shape[1], -1, query.shape[-1]) * scale
    shared = step.prefix.layers.get(index)
    joined = shared is not None or s_aux is not None
    out_NHGD, sums_NHG = _own_part(step, q_NHGD, own, sliding_window, softcap, joined)
    if shared is not None:
        more_NHGD, more_NHG = _shared_part(step, q_NHGD, shared, sliding_window, softcap)
        weight = torch.sigmoid(sums_NHG - more_NHG)[..., None]
        out_NHGD = torch.lerp(more_NHGD, out_NHGD, weight.to(out_NHGD.dtype))
        if s_aux is not None:
            sums_NHG = torch.logaddexp(sums_NHG, more_NHG)
    if s_aux is not None:
        seen = torch.sigmoid(sums_NHG - s_aux.float().view(sums_NHG.shape[1:]))
        out_NHGD = out_NHGD * seen[..., None].to(out_NHGD.dtype)
    return out_NHGD.flatten(1, 2)[None], None


def _own_part(
    step: Pass,
    q_NHGD: Tensor,
    own: Layer,
    window: int | None,
    softcap: float | None,
    joined: bool,
) -> tuple[Tensor, Tensor]:
    """Output (N, H, G, D) over the rows' own columns, and log-sums (N, H, G), which are empty where it
    is not ``joined`` with another part."""
    keys, values = own
    rows, heads, columns, _ = keys.shape
    q_RHGTD = step.spread(q_NHGD).permute(0, 2, 3, 1, 4)
    groups = q_RHGTD.shape[2]
    hidden_RTC = step.hidden(window)
    outs, sums = [], []
    chunk = max(1, SCORES_AT_ONCE // (rows * heads * groups * columns))
    for start in range(0, step.width, chunk):
        part = q_RHGTD[:, :, :, start : start + chunk]
        scores = _capped(part.flatten(2, 3) @ keys.mT, softcap).view(*part.shape[:4], columns)
        if hidden_RTC is not None:
            scores.masked_fill_(hidden_RTC[:, None, None, start : start + chunk], HIDDEN)
        if joined:
            weights, sums_RHGT = _softmax(scores)
            sums.append(sums_RHGT)
        else:
            weights = scores.softmax(-1)
        out = weights.to(values.dtype).flatten(2, 3) @ values
        outs.append(out.view(*part.shape[:4], -1))
    out_RHGTD = outs[0] if len(outs) == 1 else torch.cat(outs, 3)
    out_NHGD = step.gather(out_RHGTD.permute(0, 3, 1, 2, 4))
    if not joined:
        return out_NHGD, out_NHGD.new_empty(0)
    sum_RHGT = sums[0] if len(sums) == 1 else torch.cat(sums, 3)
    return out_NHGD, step.gather(sum_RHGT.permute(0, 3, 1, 2))


def _shared_part(
    step: Pass, q_NHGD: Tensor, shared: Layer, window: int | None, softcap: float | None
) -> tuple[Tensor, Tensor]:
    """Output (N, H, G, D) and log-sums (N, H, G) over the prefix, or what the window leaves."""
    start = 0 if window is None else max(0, step.first_position - window + 1)
    start = min(start, len(step.prefix) - 1)
    keys, values = shared[0][:, start:], shared[1][:, start:]
    cut = window is not None and step.last_position >= window
    if not cut and softcap is None and fused_works(keys.device, keys.dtype):
        return _fused(q_NHGD, keys, values)
    count, heads, groups, _ = q_NHGD.shape
    outs, sums = [], []
    chunk = max(1, SCORES_AT_ONCE // (heads * groups * keys.shape[1]))
    for first in range(0, count, chunk):
        part = q_NHGD[first : first + chunk].permute(1, 0, 2, 3)
        scores = _capped(part.flatten(1, 2) @ keys.mT, softcap).view(*part.shape[:3], -1)
        if window is not None and cut:
            position_P = torch.arange(start, len(step.prefix), device=keys.device)
            far_NP = step.position_N[first : first + chunk, None] - position_P >= window
            scores.masked_fill_(far_NP[None, :, None], HIDDEN)
        weights, sums_HNG = _softmax(scores)
        out = weights.to(values.dtype).flatten(1, 2) @ values
        outs.append(out.view(*part.shape[:3], -1).permute(1, 0, 2, 3))
        sums.append(sums_HNG.transpose(0, 1))
    if len(outs) == 1:
        return outs[0], sums[0]
    return torch.cat(outs), torch.cat(sums)


def _fused(q_NHGD: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """The same where every query sees the whole prefix, in torch's own kernel for CPUs: no scores
    in memory. It is the one behind ``scaled_dot_product_attention``, which keeps the sums back."""
    count, heads, groups, _ = q_NHGD.shape
    q = q_NHGD.permute(1, 0, 2, 3).reshape(1, heads, count * groups, -1)
    out, sums = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        q, keys[None], values[None], 0.0, False, scale=1.0
    )
    out_NHGD = out[0].reshape(heads, count, groups, -1).permute(1, 0, 2, 3)
    return out_NHGD, sums[0].reshape(heads, count, groups).permute(1, 0, 2)


@lru_cache
def fused_works(device: torch.device, dtype: torch.dtype) -> bool:
    """True where torch has the kernel and it gives the sums (tried once on a few numbers)."""
    if device.type != "cpu":
        return False
    q_NHGD = torch.linspace(-1, 1, 3 * 2 * 2 * 8).view(3, 2, 2, 8).to(dtype)
    keys = torch.linspace(-2, 1, 2 * 5 * 8).view(2, 5, 8).to(dtype)
    scores = torch.einsum("nhgd,hpd->nhgp", q_NHGD.float(), keys.float())
    try:
        _, sums = _fused(q_NHGD, keys, keys)
    except (AttributeError, RuntimeError, TypeError, ValueError):
        return False
    tolerance = 1e-4 if dtype == torch.float32 else 0.1
    return bool(torch.allclose(sums.float(), scores.logsumexp(-1), atol=tolerance))


def _capped(scores: Tensor, softcap: float | None) -> Tensor:
    """Scores in float32, squeezed where the architecture does so."""
    scores = scores.float()
    return scores if softcap is None else torch.tanh(scores / softcap) * softcap


def _softmax(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Softmax of the last dimension and the logarithm of its sum: from the largest score and its
    share, as ``softmax`` is one fast kernel and ``logsumexp`` several slow ones."""
    weights = scores.softmax(-1)
    return weights, scores.amax(-1) - weights.amax(-1).log()
