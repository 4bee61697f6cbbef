"""How much memory a training will take, estimated from sizes, before anything is loaded.

Counted: weights, gradients, the optimizer's averages, the copy that a checkpoint is written from,
activations kept for the backward pass, and logits at the targets. Figures are for a decoder with a
gated MLP and fused attention (after Korthikanti et al. 2022, without the scores that fused
attention does not keep); they are estimates, meant to be within a third.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
import torch

from etude.models._base import TunableCausal
from etude.training.lm.pairs import TokenPair
from etude.training.lm.settings import LmSettings

FLOAT = 4
"""Bytes of a float32."""
BASE, ADAPTERS = 480 * 1024**2, 50 * 1024**2
"""Of Python, torch and transformers themselves, and of PEFT where it is needed."""
KEPT = {
    ("full", torch.float32): 5.2,
    ("full", torch.bfloat16): 3.5,
    ("adapter", torch.float32): 6.8,
    ("adapter", torch.bfloat16): 3.9,
}
"""Bytes a number of a layer's activations, as ``benchmarks/memory.py`` found them: norms and sums
stay in float32, and an adapter keeps its own inputs."""
GOING_BACK = {"full": 6.0, "adapter": 14.0}
"""The same for the one layer that is computed again, the gradients of its activations among them."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a model: ``hidden`` and ``inner`` (of its MLP) in numbers."""

    parameters: int
    vocabulary: int
    hidden: int
    inner: int
    layers: int


@dataclass(frozen=True)
class Memory:
    """Bytes by use."""

    weights: int
    gradients: int
    optimizer: int
    checkpoint: int
    activations: int
    logits: int
    libraries: int = BASE
    gathered: int = 0
    """Of sharded weights: the layers at hand, the word vectors and the output, whole."""

    @property
    def total(self) -> int:
        """At the worst moment: a checkpoint is written when activations are gone."""
        passing = max(self.activations + self.logits, self.checkpoint)
        return self.libraries + self.fixed + passing

    @property
    def fixed(self) -> int:
        """What no smaller batch changes."""
        return self.weights + self.gradients + self.optimizer + self.gathered


def shape_of(source: TunableCausal) -> Shape:
    """Sizes from the source's ``config`` where it has one; else a usual shape of that many
    parameters (layers of hidden size 64 × their number)."""
    config = getattr(source, "config", None)
    said: Mapping[str, Any] = config if isinstance(config, dict) else {}
    if config is not None and not said and hasattr(config, "to_dict"):
        said = config.to_dict()
    said = said.get("text_config") or said
    guess = round(math.pow(source.parameters * 64 / 12, 1 / 3))
    hidden = int(said.get("hidden_size") or said.get("n_embd") or guess)
    inner = said.get("intermediate_size") or said.get("n_inner") or 4 * hidden
    layers = said.get("num_hidden_layers") or said.get("n_layer") or max(1, hidden // 64)
    return Shape(source.parameters, source.format.vocab_size, hidden, int(inner), int(layers))


def estimate(
    shape: Shape,
    pairs: Sequence[TokenPair],
    settings: LmSettings,
    dtype: torch.dtype,
    device: torch.device,
    *,
    processes: int = 1,
    sharded: bool = False,
) -> Memory:
    """Bytes that each process of a training takes on ``device``, at its largest batch.

    Args:
        shape: of the model.
        pairs: what is trained on.
        settings: of the training.
        dtype: in which products are computed.
        device: where.
        processes: each takes its share of a batch ...
        sharded: ... and, here, of weights, gradients and optimizer.
    """
    trained = trained_parameters(shape, settings)
    tokens, targets = batch_tokens(pairs, settings, processes)
    parts = processes if sharded else 1
    return Memory(
        weights=_weights(shape, settings, dtype, device, trained, sharded) // parts,
        gradients=FLOAT * trained // parts,
        optimizer=2 * FLOAT * trained // parts,
        checkpoint=3 * FLOAT * trained // parts,
        libraries=BASE + (ADAPTERS if settings.method != "full" else 0),
        gathered=_gathered(shape, settings, dtype, device) if sharded else 0,
        activations=_activations(shape, settings, dtype, tokens),
        # Logits, their softmax and their gradient, in float32.
        logits=3 * FLOAT * targets * shape.vocabulary,
    )


def asking(
    shape: Shape, tokens: int, logits: int, dtype: torch.dtype, device: torch.device
) -> Memory:
    """Bytes of a forward pass without gradients: one layer's activations at a time.

    Args:
        shape: of the model, whose matrices rest in ``dtype``.
        tokens: that go through it together.
        logits: that stand in memory at once.
        dtype: in which products are computed.
        device: where.
    """
    frozen = LmSettings(method="lora")
    return Memory(
        weights=_weights(shape, frozen, dtype, device, 0, False),
        gradients=0,
        optimizer=0,
        checkpoint=0,
        activations=FLOAT * tokens * (12 * shape.hidden + 4 * shape.inner),
        logits=2 * FLOAT * logits,
    )


def trained_parameters(shape: Shape, settings: LmSettings) -> int:
    """How many weights are trained, about."""
    live = 1 - settings.frozen_layers / max(shape.layers, 1)
    if settings.method == "full":
        return round(shape.parameters * live)
    ends = 4 * 2 * shape.hidden + 3 * (shape.hidden + shape.inner)
    return round(settings.rank * ends * shape.layers * live)


def batch_tokens(
    pairs: Sequence[TokenPair], settings: LmSettings, processes: int = 1
) -> tuple[int, int]:
    """Token positions that a process computes of the largest batch, and its target tokens."""
    rows = math.ceil(settings.batch_size / processes)
    lengths = np.sort([len(pair) for pair in pairs])[-rows:]
    targets = np.sort([len(pair.target) for pair in pairs])[-rows:]
    shared = shared_prefix(pairs) if settings.sharing == "auto" and not settings.dropout else 0
    return int(shared + len(lengths) * (lengths[-1] - shared)), int(targets.sum())


def shared_prefix(pairs: Sequence[TokenPair]) -> int:
    """Tokens that all prompts begin with."""
    first = pairs[0].prompt
    shared = len(first)
    for pair in pairs:
        width = min(shared, len(pair.prompt))
        differ = np.flatnonzero(first[:width] != pair.prompt[:width])
        shared = int(differ[0]) if len(differ) else width
    return shared


def each_needs(
    shape: Shape,
    pairs: Sequence[TokenPair],
    settings: LmSettings,
    dtype: torch.dtype,
    device: torch.device,
    *,
    processes: int,
    wanted: bool | None,
    free: int,
) -> tuple[Memory, bool]:
    """What each process needs (``estimate``), and whether weights are shared out for that.

    ``wanted``: as ``sharding.asked`` says; None shares them out over accelerators where the whole
    training needs more than ``free``.
    """
    whole = estimate(shape, pairs, settings, dtype, device, processes=processes)
    if wanted is None:
        wanted = device.type != "cpu" and whole.total > free
    if not wanted or processes < 2:
        return whole, False
    parts = estimate(shape, pairs, settings, dtype, device, processes=processes, sharded=True)
    return parts, True


def available(device: torch.device) -> int:
    """Bytes that are free for a training."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def _weights(
    shape: Shape,
    settings: LmSettings,
    dtype: torch.dtype,
    device: torch.device,
    trained: int,
    sharded: bool,
) -> int:
    loaded = FLOAT * shape.parameters
    low = dtype == torch.bfloat16
    if settings.method == "full":
        copies = low and not sharded  # autocast's live through a step; sharded ones are gathered
        return loaded + (2 * trained if copies else 0)
    words = FLOAT * shape.vocabulary * shape.hidden
    matrices = max(loaded - words, 0)
    if device.type == "cpu" and not sharded:
        return loaded + FLOAT * trained  # they are loaded there in float32 before they shrink
    if settings.method == "qlora":
        return words + round(matrices * 0.56 / FLOAT) + FLOAT * trained
    return words + (matrices // 2 if low else matrices) + FLOAT * trained


def _gathered(shape: Shape, settings: LmSettings, dtype: torch.dtype, device: torch.device) -> int:
    """Two layers, one of them on its way, and what stands outside the layers; with gradients of
    as much where all weights are trained, in the gathered dtype and once more to be summed."""
    size = 2 if dtype == torch.bfloat16 and device.type != "cpu" else FLOAT
    outside = shape.vocabulary * shape.hidden
    layer = max(shape.parameters - outside, 0) // max(shape.layers, 1)
    gradients = (size + FLOAT) * (layer + outside) if settings.method == "full" else 0
    return size * (2 * layer + outside) + gradients


def _activations(shape: Shape, settings: LmSettings, dtype: torch.dtype, tokens: int) -> int:
    way = "full" if settings.method == "full" else "adapter"
    layer = 12 * shape.hidden + 4 * shape.inner
    if settings.gradient_checkpointing:
        return round(tokens * (layer * GOING_BACK[way] + FLOAT * shape.hidden * shape.layers))
    size = KEPT[way, torch.float32 if dtype == torch.float32 else torch.bfloat16]
    return round(tokens * layer * size * shape.layers)
