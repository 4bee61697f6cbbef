"""Llama-shaped models computed straight from their weights, without a module in between.

A small model's pass is over in a few milliseconds, and with few rows a good part of them goes into
calling modules (`benchmarks/generation.py` has both ways): on a CPU its projections are joined
(queries, keys and values in one product; gate and up in another), its norms are one kernel each, and
angles come from a table. It knows Llama, Mistral and Qwen 2 in float32
on a CPU; everything else is computed by its own module. Whether it computes the same is tried by
``engine.make_engine``, never believed.

Letters in names as in ``passes``, and E the width of the model, K the logits that are wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from etude.models.generation.attention import attend, running
from etude.models.generation.passes import Pass

SHAPES = frozenset({"LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM"})
STILL_ANGLES = frozenset({"default", "linear", "llama3"})
"""Kinds of rotary positions whose angles depend on the position alone."""
FIRST_ANGLES = 1024


@dataclass(frozen=True)
class _Layer:
    """Weights of one layer. ``layer_idx`` is what attention asks for its place."""

    layer_idx: int
    before: Tensor
    qkv: Tensor
    qkv_bias: Tensor | None
    out: Tensor
    out_bias: Tensor | None
    after: Tensor
    gate_up: Tensor
    down: Tensor
    window: int | None


class Direct:
    """One model's weights, and its pass. Made by ``direct_of``."""

    def __init__(self, module: Any) -> None:
        config, body = module.config, module.model
        self.heads = int(config.num_attention_heads)
        self.shared = int(config.num_key_value_heads)
        self.size = int(body.layers[0].self_attn.head_dim)
        self.eps = float(config.rms_norm_eps)
        self.words: Tensor = body.embed_tokens.weight
        self.last: Tensor = body.norm.weight
        self.head: Tensor = module.lm_head.weight
        self.rotary: Any = body.rotary_emb
        self.layers = [_layer(index, one, config) for index, one in enumerate(body.layers)]
        self._angles = self._table(FIRST_ANGLES)

    def __call__(self, step: Pass, ids_N: Tensor, keep_K: Tensor | None) -> Tensor:
        """Logits (K, V) of the tokens at the places ``keep_K``, all where None."""
        cos_N1D, sin_N1D = self._angles_at(step)
        x_NE = self.words[ids_N]
        with running(step):
            for layer in self.layers:
                x_NE = x_NE + self._attended(layer, x_NE, cos_N1D, sin_N1D)
                gate_up = F.linear(self._normed(x_NE, layer.after), layer.gate_up)
                gate, up = gate_up.chunk(2, -1)
                x_NE = x_NE + F.linear(F.silu(gate) * up, layer.down)
        if keep_K is not None:
            x_NE = x_NE[keep_K]
        return F.linear(self._normed(x_NE, self.last), self.head)

    def _attended(self, layer: _Layer, x_NE: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        both, size = self.heads + self.shared, self.size
        qkv = F.linear(self._normed(x_NE, layer.before), layer.qkv, layer.qkv_bias)
        qkv_NHD = qkv.view(len(x_NE), -1, size)
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
        return F.linear(out.reshape(len(x_NE), -1), layer.out, layer.out_bias)

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

    The projections that are joined stay the module's own too: it looks at parts of the joined ones.
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


def _layer(index: int, layer: Any, config: Any) -> _Layer:
    attention, feed = layer.self_attn, layer.mlp
    qkv, qkv_bias = _joined(attention.q_proj, attention.k_proj, attention.v_proj)
    gate_up, gate_up_bias = _joined(feed.gate_proj, feed.up_proj)
    if gate_up_bias is not None or feed.down_proj.bias is not None:
        raise ValueError("a feed-forward part with biases")
    return _Layer(
        layer_idx=index,
        before=layer.input_layernorm.weight,
        qkv=qkv,
        qkv_bias=qkv_bias,
        out=attention.o_proj.weight,
        out_bias=attention.o_proj.bias,
        after=layer.post_attention_layernorm.weight,
        gate_up=gate_up,
        down=feed.down_proj.weight,
        window=getattr(attention, "sliding_window", getattr(config, "sliding_window", None)),
    )


def _joined(*parts: Any) -> tuple[Tensor, Tensor | None]:
    """Weights and biases of linear layers one above the other; the layers then look at theirs."""
    if any(type(part) is not nn.Linear for part in parts):
        raise TypeError("a layer that is no plain linear one")
    weight = torch.cat([part.weight.detach() for part in parts])
    bias = None
    if parts[0].bias is not None:
        bias = torch.cat([part.bias.detach() for part in parts])
    start = 0
    for part in parts:
        end = start + len(part.weight)
        part.weight = nn.Parameter(weight[start:end], requires_grad=False)
        start = end
    return weight, bias
