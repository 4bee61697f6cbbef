"""The starter's shape, and causal attention that is quick on one core.

Plain matrix products over blocks of queries: with short rows on a CPU they beat the fused kernel
(5,300 against 4,400 tokens a second for the whole step), and the result is the same.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, LlamaConfig, LlamaForCausalLM

_BLOCK = 256


def blockwise(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float = 1.0,
    dropout: float = 0.0,
    **ignored: object,
) -> tuple[Tensor, None]:
    """Causal attention; query (batch, heads, length, width), key and value with fewer heads.

    For training rows only: no cache, no padding, no dropout.
    """
    shared = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(shared, 1), value.repeat_interleave(shared, 1)
    length = query.shape[2]
    parts = []
    for start in range(0, length, _BLOCK):
        end = min(length, start + _BLOCK)
        scores = (query[:, :, start:end] @ key[:, :, :end].transpose(-1, -2)).float() * scaling
        seen = torch.ones(end - start, end, dtype=torch.bool).tril(start)
        scores = scores.masked_fill(~seen, float("-inf"))
        parts.append(torch.softmax(scores, -1).to(value.dtype) @ value[:, :, :end])
    return torch.cat(parts, 2).transpose(1, 2).contiguous(), None


AttentionInterface.register("blockwise", blockwise)


def config() -> LlamaConfig:
    """5.4 million parameters; ids as in `tokenizer.SPECIAL`."""
    return LlamaConfig(
        vocab_size=4096,
        hidden_size=256,
        intermediate_size=688,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=3,
    )


def build(attention: str = "blockwise") -> LlamaForCausalLM:
    """Fresh random weights."""
    model = LlamaForCausalLM(config())
    model.set_attn_implementation(attention)
    return model
