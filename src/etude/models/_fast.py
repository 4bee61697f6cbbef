"""BERT for inference only, as fast as the machine allows: one file, no graph, no training.

Weights are folded and laid out once (query scale into the weights, one product for query, key and
value, oneDNN's own weight layout, GELU and residual sums inside the products), texts are packed
into rows without padding, and each core works on its own batch. On CPUs with bfloat16
instructions products run in bfloat16 with float32 accumulation; elsewhere in float32.

Letters in names as in ``_bert.py``; N here the places of a batch that are computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from etude.models._bert import EncoderModule
from etude.models._linear import Linear, PackedLinear, packing_works
from etude.models._ops import block_mask, first_pool, mean_pool
from etude.models._packing import Batch, Plan, fill, needed_places, plan_batches
from etude.models._workers import map_ordered

TOKENS_PER_BATCH = 1024
"""Places of a batch on a CPU: activations stay near the core's cache (512–2048 within 5 %)."""
TOKENS_PER_GPU_BATCH = 65536
VERSION = 1
"""Raised when the same weights and texts give other bits; part of every fingerprint."""


def best_device() -> torch.device:
    """The accelerator where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def best_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the processor multiplies it natively, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    native = any(bool(getattr(torch.cpu, probe, bool)()) for probe in probes)
    return torch.bfloat16 if native else torch.float32


@dataclass(frozen=True)
class _Norm:
    weight: Tensor
    bias: Tensor
    epsilon: float

    def __call__(self, x: Tensor) -> Tensor:
        if x.device.type == "cpu":  # statistics in float32 inside the kernel, one pass
            return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.epsilon)
        wide = F.layer_norm(x.float(), self.weight.shape, self.weight, self.bias, self.epsilon)
        return wide.to(x.dtype)


@dataclass(frozen=True)
class _Layer:
    qkv: Linear
    out: Linear
    norm1: _Norm
    up: Linear
    down: Linear
    norm2: _Norm


@dataclass(frozen=True)
class _Needed:
    """Which places of a batch are computed: attention looks at whole rows, all else leaves most of the
    padding out. ``places_N``: where they stand; ``source_T``: which of them stands at each place,
    any of them where none does, as the mask hides it. Both are None where all are computed."""

    places_N: Tensor | None
    source_T: Tensor | None

    @classmethod
    def of(cls, batch: Batch, device: torch.device) -> _Needed:
        places_N = needed_places(batch)
        if places_N is None:
            return cls(None, None)
        source_T = np.zeros(batch.ids_RW.size, dtype=np.int64)
        source_T[places_N] = np.arange(len(places_N))
        return cls(torch.from_numpy(places_N).to(device), torch.from_numpy(source_T).to(device))

    def gather(self, x_T: Tensor) -> Tensor:
        """From every place (T, …) to those that are computed (N, …)."""
        return x_T if self.places_N is None else x_T.index_select(0, self.places_N)

    def spread(self, x_N: Tensor) -> Tensor:
        """(N, …) back to (T, …)."""
        return x_N if self.source_T is None else x_N.index_select(0, self.source_T)


class FastBert:
    """Pooled vectors of many texts from a frozen copy of an ``EncoderModule``.

    Args:
        module: its weights are copied; later training does not change this object.
        device: default the best there is.
        dtype: default the best for the device.
    """

    def __init__(
        self,
        module: EncoderModule,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        self.shape = module.shape
        self.pooling = module.pooling
        self.device = device or best_device()
        self.dtype = dtype or best_dtype(self.device)
        packed = self.dtype == torch.bfloat16 and packing_works(self.device, self.dtype)
        kind = PackedLinear if packed else Linear
        with torch.inference_mode():
            self._prepare(module, kind)

    def _prepare(self, module: EncoderModule, kind: type[Linear]) -> None:
        parts = module.embeddings
        own = self._own
        self._words = own(parts.word_embeddings.weight)
        places = parts.position_embeddings.weight + parts.token_type_embeddings.weight[0]
        self._places = own(places)
        self._norm0 = self._norm(parts.LayerNorm)
        layers: Any = module.encoder["layer"]
        self._layers = [self._layer(layer, kind) for layer in layers]

    def _own(self, value: Tensor) -> Tensor:
        return value.detach().to(self.device, torch.float32, copy=True)

    def _norm(self, norm: Any) -> _Norm:
        return _Norm(self._own(norm.weight), self._own(norm.bias), self.shape.epsilon)

    def _linear(self, part: Any, kind: type[Linear]) -> Linear:
        return kind(self._own(part.weight), self._own(part.bias), self.dtype)

    def _layer(self, layer: Any, kind: type[Linear]) -> _Layer:
        parts = layer.attention.self
        scale = float(self.shape.head_size) ** -0.5
        scales = {"query": scale, "key": 1.0, "value": 1.0}
        weight = torch.cat([self._own(parts[n].weight) * s for n, s in scales.items()])
        bias = torch.cat([self._own(parts[n].bias) * s for n, s in scales.items()])
        return _Layer(
            qkv=kind(weight, bias, self.dtype),
            out=self._linear(layer.attention.output.dense, kind),
            norm1=self._norm(layer.attention.output.LayerNorm),
            up=self._linear(layer.intermediate["dense"], kind),
            down=self._linear(layer.output.dense, kind),
            norm2=self._norm(layer.output.LayerNorm),
        )

    def pool(self, tokens: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Pooled vectors (N, E), not normalised, in the order of the texts."""
        result = np.zeros((len(tokens), self.shape.hidden), dtype=np.float32)
        for texts, vectors in self.pool_batches(tokens):
            result[texts] = vectors
        return result

    def pool_batches(
        self, tokens: Sequence[NDArray[np.int32]]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """As ``pool``, batch by batch: (places in the list, their vectors)."""
        on_cpu = self.device.type == "cpu"
        budget = TOKENS_PER_BATCH if on_cpu else TOKENS_PER_GPU_BATCH
        plans = plan_batches([len(ids) for ids in tokens], budget)

        def compute(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            batch = fill(plan, tokens)
            return batch.texts, self._run(batch)

        threads = torch.get_num_threads()
        if on_cpu and threads > 1 and len(plans) > 1:
            yield from map_ordered(compute, plans, threads)
        else:
            yield from map(compute, plans)

    def _run(self, batch: Batch) -> NDArray[np.float32]:
        with torch.inference_mode():
            segments_RW, positions_RW, ids_RW = (
                torch.from_numpy(one).to(self.device)
                for one in (batch.segments_RW, batch.positions_RW, batch.ids_RW)
            )
            needed = _Needed.of(batch, self.device)
            segments_N, positions_N, ids_N = (
                needed.gather(one.view(-1)) for one in (segments_RW, positions_RW, ids_RW)
            )
            x_NE = F.embedding(ids_N, self._words)
            x_NE += F.embedding(positions_N, self._places)
            x_NE = self._norm0(x_NE).to(self.dtype)
            mask = block_mask(segments_RW, self.dtype)
            for layer in self._layers:
                x_NE = self._compute(layer, x_NE, mask, needed)
            if self.pooling == "cls":
                pooled = first_pool(x_NE, segments_N, positions_N)
            else:
                pooled = mean_pool(x_NE, segments_N, len(batch.texts))
            return np.asarray(pooled.cpu().numpy(), dtype=np.float32)

    def _compute(self, layer: _Layer, x_NE: Tensor, mask: Tensor, needed: _Needed) -> Tensor:
        attended = needed.gather(self._attend(needed.spread(layer.qkv(x_NE)), mask))
        x_NE = layer.norm1(layer.out.plus(attended, x_NE))
        inner = layer.up.activated(x_NE, self.shape.activation)
        return layer.norm2(layer.down.plus(inner, x_NE))

    def _attend(self, qkv_TE: Tensor, mask: Tensor) -> Tensor:
        R, W = mask.shape[0], mask.shape[-1]
        H, D = self.shape.heads, self.shape.head_size
        qkv = qkv_TE.view(R, W, 3, H, D).permute(2, 0, 3, 1, 4)
        if self.device.type == "cpu":
            q, k, v = qkv.reshape(3, R * H, W, D)
            scores = torch.bmm(q, k.transpose(1, 2)).view(R, H, W, W)
            scores += mask
            shares = torch.softmax(scores, -1).view(R * H, W, W)
            out = torch.bmm(shares, v).view(R, H, W, D)
        else:
            q, k, v = qkv.unbind()
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0)
        return out.transpose(1, 2).reshape(R * W, H * D)
