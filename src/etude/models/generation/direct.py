"""Llama-shaped models computed straight from their weights, without a module in between.

A small model's pass is over in a few milliseconds, and with few rows a good part of them goes into
calling modules (`benchmarks/generation.py` has both ways): on a CPU its projections are joined
(queries, keys and values in one product; gate and up in another), weights lie as oneDNN wants them
(``models._linear``), its norms are one kernel each, and angles come from a table. It knows Llama,
Mistral and Qwen 2 in float32 on a CPU; everything else is computed by its own module. Whether it
computes the same is tried by ``engine.make_engine``, never believed.

Letters in names as in ``passes``, and E the width of the model, K the logits that are wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from etude.models._linear import Linear, PackedLinear, packing_works
from etude.models.generation.attention import attend, running
from etude.models.generation.passes import Pass

SHAPES = frozenset({"LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM"})
STILL_ANGLES = frozenset({"default", "linear", "llama3"})
"""Kinds of rotary positions whose angles depend on the position alone."""
FIRST_ANGLES = 1024
MOST_PACKED = 2**30
"""Bytes of weights up to which they are laid out anew. They are in memory twice then: the module keeps
its own, around which adapters are put."""


@dataclass(frozen=True)
class _Layer:
    """Weights of one layer. ``layer_idx`` is what attention asks for its place."""

    layer_idx: int
    before: Tensor
    qkv: Linear
    out: Linear
    after: Tensor
    gate_up: Linear
    down: Linear
    window: int | None


class Direct:
    """One model's weights, and its pass. Made by ``direct_of``."""

    def __init__(self, module: Any) -> None:
        config, body = module.config, module.model
        self.heads = int(config.num_attention_heads)
        self.shared = int(config.num_key_value_heads)
        self.size = int(body.layers[0].self_attn.head_dim)
        self.eps = float(config.rms_norm_eps)
        self.words: Tensor = body.embed_tokens.weight.detach()
        self.last: Tensor = body.norm.weight.detach()
        self.rotary: Any = body.rotary_emb
        kind = _kind_for(module)
        self.head = _joined(kind, module.lm_head)
        self.layers = [_layer(index, one, config, kind) for index, one in enumerate(body.layers)]
        self._angles = self._table(FIRST_ANGLES)

    def __call__(self, step: Pass, ids_N: Tensor, keep_K: Tensor | None) -> Tensor:
        """Logits (K, V) of the tokens at the places ``keep_K``, all where None."""
        cos_N1D, sin_N1D = self._angles_at(step)
        x_NE = self.words[ids_N]
        with running(step):
            for layer in self.layers:
                x_NE = layer.out.plus(self._attended(layer, x_NE, cos_N1D, sin_N1D), x_NE)
                gate, up = layer.gate_up(self._normed(x_NE, layer.after)).chunk(2, -1)
                x_NE = layer.down.plus(F.silu(gate) * up, x_NE)
        if keep_K is not None:
            x_NE = x_NE[keep_K]
        return self.head(self._normed(x_NE, self.last))

    def _attended(self, layer: _Layer, x_NE: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        both, size = self.heads + self.shared, self.size
        qkv_NHD = layer.qkv(self._normed(x_NE, layer.before)).view(len(x_NE), -1, size)
        qk_NHD = qkv_NHD[:, :both]
        first, second = qk_NHD.chunk(2, -1)
        qk_NHD = qk_NHD * cos + torch.cat((-second, first), -1) * sin
        out, _ = attend(
            layer,
            qk_NHD[:, : self.heads].transpose(0, 1)[None],
            qk_NHD[:, self.heads :].transpose(0, 1)[None],
            qkv_NHD[:, both:].transpose(0, 1)[None],
            None,
            sliding_window=layer.window,
        )
        return out.reshape(len(x_NE), -1)

    def _normed(self, x_NE: Tensor, weight_E: Tensor) -> Tensor:
        return F.rms_norm(x_NE, weight_E.shape, weight_E, self.eps)

    def _angles_at(self, step: Pass) -> tuple[Tensor, Tensor]:
        while step.last_position >= len(self._angles[0]):
            self._angles = self._table(2 * len(self._angles[0]))
        cos, sin = self._angles
        return cos[step.position_N, None], sin[step.position_N, None]

    def _table(self, count: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines (count, D) as the model's own rotary embedding gives them."""
        positions = torch.arange(count, device=self.words.device)[None]
        cos, sin = self.rotary(self.words[:1], positions)
        return cos[0], sin[0]


def direct_of(module: Any) -> Direct | None:
    """The module's weights ready to be computed directly; None where it is of another shape.

    Where weights are joined without being laid out anew, the module looks at parts of the joined ones.
    """
    if type(module).__name__ not in SHAPES or not _is_plain(module):
        return None
    try:
        return Direct(module)
    except (AttributeError, TypeError, ValueError, RuntimeError):
        return None  # a newer transformers names its parts otherwise


def _is_plain(module: Any) -> bool:
    config = module.config
    rope = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    return bool(
        module.device.type == "cpu"
        and module.dtype == torch.float32
        and config.hidden_act == "silu"
        and rope.get("rope_type", "default") in STILL_ANGLES
    )


def _kind_for(module: Any) -> type[Linear]:
    """How the products of a module are computed here."""
    size = sum(one.numel() * one.element_size() for one in module.parameters())
    works = size <= MOST_PACKED and packing_works(module.device, module.dtype)
    return PackedLinear if works else Linear


def _layer(index: int, layer: Any, config: Any, kind: type[Linear]) -> _Layer:
    attention, feed = layer.self_attn, layer.mlp
    if any(part.bias is not None for part in (feed.gate_proj, feed.up_proj, feed.down_proj)):
        raise ValueError("a feed-forward part with biases")
    return _Layer(
        layer_idx=index,
        before=layer.input_layernorm.weight.detach(),
        qkv=_joined(kind, attention.q_proj, attention.k_proj, attention.v_proj),
        out=_joined(kind, attention.o_proj),
        after=layer.post_attention_layernorm.weight.detach(),
        gate_up=_joined(kind, feed.gate_proj, feed.up_proj),
        down=_joined(kind, feed.down_proj),
        window=getattr(attention, "sliding_window", getattr(config, "sliding_window", None)),
    )


def _joined(kind: type[Linear], *parts: Any) -> Linear:
    """Linear layers one above the other as one. A weight that is not laid out anew is held once: the
    layers then look at their parts of it."""
    if any(type(part) is not nn.Linear for part in parts):
        raise TypeError("a layer that is no plain linear one")
    one = len(parts) == 1
    weight = parts[0].weight.detach() if one else torch.cat([p.weight.detach() for p in parts])
    bias = None
    if parts[0].bias is not None:
        bias = torch.cat([part.bias.detach() for part in parts])
    if kind is Linear and not one:
        start = 0
        for part in parts:
            end = start + len(part.weight)
            part.weight = nn.Parameter(weight[start:end], requires_grad=False)
            start = end
    return kind(weight, bias, weight.dtype)
