"""Tiny random models of many architectures, and pairs for them: what the steps' tests share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import transformers
from torch import Tensor

from etude.training.lm.pairs import Teacher, TokenPair
from etude.training.lm.steps import Step

VOCAB = 61
_BASE: dict[str, Any] = {
    "vocab_size": VOCAB,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_NEOX = {k: v for k, v in _BASE.items() if k not in ("num_key_value_heads", "head_dim")}
_GPT2 = {
    "vocab_size": VOCAB,
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 128,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "attn_pdrop": 0.0,
    "embd_pdrop": 0.0,
    "resid_pdrop": 0.0,
}
WINDOW = 10
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("LlamaConfig", _BASE),
    "qwen2": ("Qwen2Config", _BASE),
    "qwen3": ("Qwen3Config", _BASE),
    "gemma": ("GemmaConfig", _BASE),
    "gemma2": ("Gemma2Config", {**_BASE, "sliding_window": WINDOW}),
    "gemma3": ("Gemma3TextConfig", {**_BASE, "sliding_window": WINDOW}),
    "mistral, window": ("MistralConfig", {**_BASE, "sliding_window": WINDOW}),
    "gpt_neox": ("GPTNeoXConfig", _NEOX),
    "gpt2": ("GPT2Config", _GPT2),
    "granite": ("GraniteConfig", {**_BASE, "logits_scaling": 3.0}),
    "cohere": ("CohereConfig", {**_BASE, "logit_scale": 0.25}),
    "mamba": ("MambaConfig", {"vocab_size": VOCAB, "hidden_size": 16, "num_hidden_layers": 1}),
    "gpt_oss": ("GptOssConfig", {**_BASE, "num_local_experts": 2, "num_experts_per_tok": 1}),
}


def make(shape: str, **changed: Any) -> Any:
    """A random model of this shape in train mode; its weights are large enough to matter."""
    name, values = SHAPES[shape]
    config = getattr(transformers, name)(**{**values, **changed})
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 2:
                weight.normal_(0, 0.2, generator=generator)
    return model.train()


def some_pairs(
    count: int = 6, prefix: int = 24, seed: int = 0, weights: bool = True
) -> list[TokenPair]:
    """Pairs behind ``prefix`` tokens in common, of mixed lengths."""
    random = np.random.default_rng(seed)
    start = random.integers(3, VOCAB, prefix)
    made = []
    for _ in range(count):
        own = random.integers(3, VOCAB, random.integers(1, 12))
        target = random.integers(3, VOCAB, random.integers(1, 14))
        weight = float(random.uniform(0.5, 2.0)) if weights else 1.0
        made.append(TokenPair(ids(start, own), ids(target), weight))
    return made


def ids(*parts: Any) -> Any:
    return np.concatenate(parts).astype(np.int32)


def some_teacher(length: int, k: int = 4, seed: int = 0, rest: float = 0.2) -> Teacher:
    random = np.random.default_rng(seed)
    chosen = np.stack([random.choice(VOCAB, k, replace=False) for _ in range(length)])
    shares = random.dirichlet(np.ones(k), length) * (1 - rest)
    return Teacher(chosen.astype(np.int32), np.log(shares).astype(np.float32))


def loss_and_gradients(
    step: Step, module: Any, pairs: Sequence[TokenPair]
) -> tuple[float, dict[str, Tensor]]:
    """The summed loss, and the gradient of every weight that has one."""
    module.zero_grad()
    loss = step.token_losses(module, pairs)
    loss.total.backward()
    gradients = {
        name: weight.grad.clone()
        for name, weight in module.named_parameters()
        if weight.grad is not None
    }
    return float(loss.total.detach()), gradients


def assert_same(
    one: tuple[float, dict[str, Tensor]],
    other: tuple[float, dict[str, Tensor]],
    relative: float = 1e-5,
) -> None:
    """Losses and the gradient of every weight agree to 1e-5.

    A weight's gradient is compared against the largest of its own or, where that is near zero (a
    key's bias has none at all in exact arithmetic), of the whole model's.
    """
    assert abs(one[0] - other[0]) <= relative * abs(one[0])
    assert one[1].keys() == other[1].keys()
    largest = max(float(gradient.norm()) for gradient in one[1].values())
    assert largest > 0
    for name, gradient in one[1].items():
        apart = float((gradient - other[1][name]).norm())
        assert apart <= relative * max(float(gradient.norm()), 1e-3 * largest), name
