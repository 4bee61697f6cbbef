"""BERT in plain torch, trainable, on packed rows: the parameters of a transformers folder.

It knows the architecture of Devlin et al. 2018 (https://arxiv.org/abs/1810.04805) with its
parameters under transformers' names, so a folder goes in and out unchanged. It ignores
tokenizers, heads and training loops. The fast inference path is ``_fast.py``.

Letters in names: N texts, R rows, W places of a row, T = R·W places, E = hidden size.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from etude.errors import ModelError
from etude.models._files import read_config, read_weights
from etude.models._ops import activate, block_mask, first_pool, mean_pool
from etude.models._packing import Batch, fill, single_plan

ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
}
"""Names in config.json that this file computes; others go through transformers."""


@dataclass(frozen=True)
class BertShape:
    """What ``config.json`` says of a BERT encoder; sizes in numbers, not bytes."""

    vocabulary: int
    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float
    activation: str
    hidden_dropout: float
    attention_dropout: float

    @property
    def head_size(self) -> int:
        """Numbers of one head."""
        return self.hidden // self.heads

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> BertShape:
        """Read the keys of a transformers ``config.json``.

        Raises:
            ModelError: a key is missing, or the model is not the plain encoder built here.
        """
        why_not = unsupported(config)
        if why_not:
            raise ModelError(f"this BERT can't be computed directly: {why_not}")
        try:
            return cls(
                vocabulary=int(config["vocab_size"]),
                hidden=int(config["hidden_size"]),
                layers=int(config["num_hidden_layers"]),
                heads=int(config["num_attention_heads"]),
                inner=int(config["intermediate_size"]),
                positions=int(config["max_position_embeddings"]),
                types=int(config.get("type_vocab_size", 2)),
                epsilon=float(config.get("layer_norm_eps", 1e-12)),
                activation=ACTIVATIONS[config.get("hidden_act", "gelu")],
                hidden_dropout=float(config.get("hidden_dropout_prob", 0.1)),
                attention_dropout=float(config.get("attention_probs_dropout_prob", 0.1)),
            )
        except KeyError as error:
            raise ModelError(f"config.json has no {error.args[0]!r}") from error


def unsupported(config: dict[str, Any]) -> str | None:
    """Why a config is not the plain BERT encoder built here, or None if it is."""
    if config.get("model_type") != "bert":
        return f"its model_type is {config.get('model_type')!r}"
    if config.get("hidden_act", "gelu") not in ACTIVATIONS:
        return f"its activation is {config['hidden_act']!r}"
    if config.get("position_embedding_type", "absolute") != "absolute":
        return "its positions are relative"
    if config.get("is_decoder") or config.get("add_cross_attention"):
        return "it is a decoder"
    return None


class _Attention(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        E = shape.hidden
        self.self = nn.ModuleDict({name: nn.Linear(E, E) for name in ("query", "key", "value")})
        self.output = _Output(E, E, shape.epsilon)


class _Output(nn.Module):
    def __init__(self, inner: int, hidden: int, epsilon: float) -> None:
        super().__init__()
        self.dense = nn.Linear(inner, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=epsilon)


class _Layer(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.attention = _Attention(shape)
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(shape.hidden, shape.inner)})
        self.output = _Output(shape.inner, shape.hidden, shape.epsilon)


def _table(rows: int, width: int) -> nn.Embedding:
    """An embedding of even random values: torch's own normal ones, drawn on the device "meta",
    bring in its compiler, which takes more than a second to import."""
    return nn.Embedding(rows, width, _weight=torch.empty(rows, width).uniform_(-1, 1))


class _Embeddings(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.word_embeddings = _table(shape.vocabulary, shape.hidden)
        self.position_embeddings = _table(shape.positions, shape.hidden)
        self.token_type_embeddings = _table(shape.types, shape.hidden)
        self.LayerNorm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)


class EncoderModule(nn.Module):
    """A trainable BERT encoder that pools: token lists in, one vector a text out.

    Parameters are float32 under transformers' names (``encoder.layer.0.attention.self.query…``);
    transformers' unused pooler head is left out, as mean pooling never reads it.

    Args:
        shape: sizes.
        config: the ``config.json`` it came from; written back by ``save``.
        pooling: "mean" or "cls".
        dropout: 0 turns dropout off, None takes the config's two rates. Only in train mode.
        compute_dtype: precision of matrix products; layer norms and pooling stay float32.
    """

    def __init__(
        self,
        shape: BertShape,
        config: dict[str, Any],
        *,
        pooling: str = "mean",
        dropout: float | None = 0.0,
        compute_dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.config = dict(config)
        self.pooling = pooling
        self.compute_dtype = compute_dtype
        self.hidden_dropout = shape.hidden_dropout if dropout is None else dropout
        self.attention_dropout = shape.attention_dropout if dropout is None else dropout
        self.embeddings = _Embeddings(shape)
        self.encoder = nn.ModuleDict(
            {"layer": nn.ModuleList(_Layer(shape) for _ in range(shape.layers))}
        )

    @property
    def dim(self) -> int:
        """Numbers of a pooled vector."""
        return self.shape.hidden

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        *,
        pooling: str = "mean",
        dropout: float | None = 0.0,
        compute_dtype: torch.dtype = torch.float32,
    ) -> EncoderModule:
        """Read ``config.json`` and ``model.safetensors``.

        Raises:
            ModelError: a file is missing, damaged or not of this architecture.
        """
        config = read_config(folder)
        with torch.device("meta"):  # no time spent on random values that are replaced below
            module = cls(
                BertShape.from_config(config),
                config,
                pooling=pooling,
                dropout=dropout,
                compute_dtype=compute_dtype,
            )
        module._take(read_weights(folder), folder)
        return module

    def _take(self, weights: dict[str, Tensor], folder: Path) -> None:
        own = self.state_dict()
        missing = [name for name in own if name not in weights]
        wrong = [n for n in own if n in weights and weights[n].shape != own[n].shape]
        if missing or wrong:
            what = f"has no {missing[0]}" if missing else f"has another shape for {wrong[0]}"
            raise ModelError(
                f"the weights do not fit the config: model.safetensors {what}", where=str(folder)
            )
        taken = {name: weights[name].float() for name in own}
        self.load_state_dict(taken, assign=True)

    def forward(self, tokens: Sequence[NDArray[np.int32]] | Batch) -> Tensor:
        """Pooled vectors (N, E), float32, not normalised, in the order of the texts.

        Args:
            tokens: token ids of each text with its special tokens, at most ``shape.positions``
                each and none empty; or a batch already filled (then in its segments' order).
        """
        if isinstance(tokens, Batch):
            return self._pooled(tokens)
        plan = single_plan([len(ids) for ids in tokens])
        batch = fill(plan, tokens)
        back = np.argsort(batch.texts)
        return self._pooled(batch)[torch.from_numpy(back).to(self.device)]

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return self.embeddings.word_embeddings.weight.device

    def _pooled(self, batch: Batch) -> Tensor:
        device = self.device
        segments_RW = torch.from_numpy(batch.segments_RW).to(device)
        positions_RW = torch.from_numpy(batch.positions_RW).to(device)
        x_TE = self._embed(torch.from_numpy(batch.ids_RW).to(device), positions_RW)
        mask = block_mask(segments_RW, self.compute_dtype)
        layers: Any = self.encoder["layer"]
        for layer in layers:
            x_TE = self._layer(layer, x_TE, mask)
        if self.pooling == "cls":
            return first_pool(x_TE, segments_RW, positions_RW)
        return mean_pool(x_TE, segments_RW, len(batch.texts))

    def _embed(self, ids_RW: Tensor, positions_RW: Tensor) -> Tensor:
        parts = self.embeddings
        x = parts.word_embeddings(ids_RW.reshape(-1))
        x = x + parts.token_type_embeddings.weight[0]
        x = x + parts.position_embeddings(positions_RW.reshape(-1))
        return self._drop(parts.LayerNorm(x))

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.hidden_dropout, self.training and self.hidden_dropout > 0)

    def _linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        dtype = self.compute_dtype
        return F.linear(x.to(dtype), weight.to(dtype), bias.to(dtype))

    def _layer(self, layer: Any, x_TE: Tensor, mask: Tensor) -> Tensor:
        attended = self._attend(layer.attention.self, x_TE, mask)
        output = layer.attention.output
        attended = self._linear(attended, output.dense.weight, output.dense.bias).float()
        x_TE = output.LayerNorm(x_TE + self._drop(attended))
        inner = layer.intermediate["dense"]
        h = activate(self._linear(x_TE, inner.weight, inner.bias), self.shape.activation)
        h = self._linear(h, layer.output.dense.weight, layer.output.dense.bias).float()
        return layer.output.LayerNorm(x_TE + self._drop(h))  # type: ignore[no-any-return]

    def _attend(self, parts: Any, x_TE: Tensor, mask: Tensor) -> Tensor:
        R, W = mask.shape[0], mask.shape[-1]
        H, D = self.shape.heads, self.shape.head_size
        three = [parts[name] for name in ("query", "key", "value")]
        weight = torch.cat([part.weight for part in three])
        bias = torch.cat([part.bias for part in three])
        qkv = self._linear(x_TE, weight, bias).view(R, W, 3, H, D).permute(2, 0, 3, 1, 4)
        if x_TE.device.type == "cpu":
            # On CPUs plain products beat the fused kernel for rows this narrow (measured 2–3×).
            q, k, v = qkv.reshape(3, R * H, W, D)
            scores = torch.bmm(q * D**-0.5, k.transpose(1, 2)).view(R, H, W, W) + mask
            shares = torch.softmax(scores, -1)
            shares = F.dropout(shares, self.attention_dropout, self.training)
            out = torch.bmm(shares.view(R * H, W, W), v).view(R, H, W, D)
        else:
            rate = self.attention_dropout if self.training else 0.0
            q, k, v = qkv.unbind()
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=rate)
        return out.transpose(1, 2).reshape(R * W, H * D)

    def save(self, folder: Path) -> None:
        """Write ``config.json`` and ``model.safetensors`` that transformers loads."""
        folder.mkdir(parents=True, exist_ok=True)
        weights = {
            name: value.detach().cpu().contiguous() for name, value in self.state_dict().items()
        }
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "config.json").write_text(json.dumps(self.config, indent=2) + "\n", "utf-8")
