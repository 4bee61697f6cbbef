"""Attention of a packed row in place of a transformers model's own.

It enters through transformers' ``AttentionInterface``, so the model's projections, norms and
positions stay as they are, adapters included. The row's layout comes as the keyword ``layout``
(kept by gradient checkpointing like every other argument); a call without one is an ordinary call
and goes to torch's own function.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from etude.training.lm.steps import flex
from etude.training.lm.steps.layout import Layout
from etude.training.lm.steps.scores import attend

NAME = "etude_packed"
"""Under which transformers knows the function."""
UNKNOWN = ("position_bias", "s_aux")
"""What some models hand over and this attention does not compute."""


class NotComputed(ValueError):
    """This model's attention has a part that is not computed here."""


def register() -> None:
    """Make the function known to transformers, with the masks of its ``sdpa`` for ordinary calls."""
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(NAME, packed_attention)
    ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])


def packed_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    layout: Layout | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """transformers' attention interface: (B, heads, T, D) in, (B, T, heads, E) out.

    Raises:
        NotComputed: a bias of positions or attention sinks; a packed row with dropout.
    """
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    if any(others.get(name) is not None for name in UNKNOWN) or (layout is not None and dropout):
        raise NotComputed(f"attention of {type(module).__name__}")
    if layout is None:
        causal = (
            attention_mask is None and query.shape[2] > 1 and others.get("is_causal") is not False
        )
        return _whole(query, key, value, attention_mask, causal, scale, softcap, dropout), None
    far = sliding_window is not None and layout.furthest >= sliding_window
    window = sliding_window if far else None
    device = query.device.type
    mixed = torch.is_autocast_enabled(device)
    dtype = torch.get_autocast_dtype(device) if mixed else query.dtype
    if flex.serves(query.device):
        query, key, value = (x.to(dtype) for x in (query, key, value))
        packed = flex.attend(query, key, value, layout, scale, window, softcap)
        return packed.transpose(1, 2), None
    if far or softcap is not None:
        seen = layout.visible(window)[None, None]
        return _whole(query, key, value, seen, False, scale, softcap, 0.0), None
    out = attend(query[0], key[0], value[0], layout.pieces(query.shape[1]), scale, dtype)
    return out.transpose(0, 1)[None], None


def _whole(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    causal: bool,
    scale: float,
    softcap: float | None,
    dropout: float,
) -> Tensor:
    """Attention over all scores at once, for what the pieces do not compute."""
    groups = query.shape[1] // key.shape[1]
    key, value = (x.repeat_interleave(groups, 1) if groups > 1 else x for x in (key, value))
    if softcap is None:
        out = F.scaled_dot_product_attention(
            query, key, value, mask, dropout_p=dropout, is_causal=causal, scale=scale
        )
        return out.transpose(1, 2)
    scores = torch.tanh(query @ key.transpose(2, 3) * (scale / softcap)) * softcap
    if causal:
        shape = scores.shape[-2:]
        mask = torch.ones(shape, dtype=torch.bool, device=query.device).tril(shape[1] - shape[0])
    if mask is not None and mask.dtype == torch.bool:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    elif mask is not None:
        scores = scores + mask
    shares = F.dropout(scores.softmax(-1, dtype=torch.float32), dropout)
    return (shares.to(value.dtype) @ value).transpose(1, 2)
