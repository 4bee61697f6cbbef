"""A fine-tuned encoder with its head, frozen for answering; and the plan of its training.

It knows modules, label positions and numbers of rows. How dev decides is in ``_encoder_tuning``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from etude.approaches._base import FitContext
from etude.approaches._logistic import Linear
from etude.approaches._vectors import unit
from etude.errors import StoreError
from etude.models._base import TunableEncoder
from etude.models._bert import EncoderModule
from etude.models._fast import FastBert, best_device, best_dtype
from etude.training._settings import Precision, TrainSettings
from etude.training.classifier import Classifier, Encoder

LEAST_EXAMPLES_SEEN = 6000
"""Few rows are seen more often: at least this many in all, up to ``MOST_EPOCHS`` times each."""
LEAST_EPOCHS, MOST_EPOCHS = 4, 30
SMALL = 1000
"""Rows up to which batches are halved, so that an epoch is not a handful of steps."""
RATES, RATES_WHEN_SMALL = (2e-4,), (1e-4, 5e-5)
"""Peak learning rates of the encoder, of which a later one is tried where an earlier did not learn the
examples. On 77 intents with 3,000 rows 2e-4 gave 91.9 % on dev and 1e-4 91.3; with 200 rows nothing
between 5e-5 and 2e-4 differed beyond noise, but 2e-4 in log-loss, for the worse."""
TEXTS_AT_ONCE = 32

Pool = Callable[[Sequence[NDArray[np.int32]]], NDArray[np.float32]]


def plans(rows: int, precision: Precision) -> list[TrainSettings]:
    """The settings that are tried for so many rows, the plainest first."""
    epochs = min(MOST_EPOCHS, max(LEAST_EPOCHS, math.ceil(LEAST_EXAMPLES_SEEN / max(rows, 1))))
    return [
        TrainSettings(
            epochs=epochs,
            planned_epochs=epochs,
            learning_rate=rate,
            precision=precision,
            batch_size=16 if rows <= SMALL else 32,
            patience=max(2, epochs // 4),
        )
        for rate in (RATES_WHEN_SMALL if rows <= SMALL else RATES)
    ]


def best_precision() -> Precision:
    """bf16 where the machine computes in it natively."""
    return "bf16" if best_dtype(best_device()) == torch.bfloat16 else "fp32"


def dtype_of(precision: str) -> torch.dtype:
    """As torch calls it."""
    return torch.bfloat16 if precision == "bf16" else torch.float32


def new_classifier(
    context: FitContext, head: Linear, present: NDArray[np.int64], settings: TrainSettings
) -> Classifier:
    """The base encoder, with a head that begins as the regression on its frozen vectors.

    Only labels that have an example get a row in the head.
    """
    model = cast("Any", context.model)
    encoder: Encoder = model.load_module(
        dropout=settings.dropout, compute_dtype=dtype_of(settings.precision)
    )
    linear = nn.Linear(encoder.dim, len(present))
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(head.weight_LD[present]))
        linear.bias.copy_(torch.from_numpy(head.bias_L[present]))
    return Classifier(encoder, linear).to(best_device())


def _pooler(encoder: Encoder, dtype: torch.dtype) -> Pool:
    """Pooled vectors of many texts: the fast path for plain BERTs, else the module in batches of
    like length (which follows the module if that is trained on)."""
    if isinstance(encoder, EncoderModule):
        return FastBert(encoder, best_device(), dtype).pool

    def pool(tokens: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        vectors_ND = np.zeros((len(tokens), encoder.dim), dtype=np.float32)
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        before, encoder.compute_dtype = encoder.compute_dtype, dtype
        with torch.inference_mode():
            for start in range(0, len(order), TEXTS_AT_ONCE):
                rows = order[start : start + TEXTS_AT_ONCE]
                vectors_ND[rows] = encoder([tokens[i] for i in rows]).cpu().numpy()
        encoder.compute_dtype = before
        return vectors_ND

    return pool


@dataclass(frozen=True)
class FrozenClassifier:
    """What answers: the encoder and the head's weights (K, dim) and biases (K,)."""

    pool: Pool
    precision: str
    weight_KD: NDArray[np.float32]
    bias_K: NDArray[np.float32]

    @classmethod
    def of(cls, classifier: Classifier, precision: str) -> FrozenClassifier:
        """A frozen copy; training on does not change it."""
        head = classifier.head
        return cls.from_parts(
            classifier.encoder,
            head.weight.detach().cpu().numpy().copy(),
            head.bias.detach().cpu().numpy().copy(),
            precision,
        )

    @classmethod
    def from_parts(
        cls,
        encoder: Encoder,
        weight_KD: NDArray[np.float32],
        bias_K: NDArray[np.float32],
        precision: str,
    ) -> FrozenClassifier:
        """From an encoder and a head."""
        return cls(_pooler(encoder, dtype_of(precision)), precision, weight_KD, bias_K)

    def logits(self, tokens: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Logits (N, K)."""
        vectors_ND = unit(self.pool(tokens))
        return np.asarray(vectors_ND @ self.weight_KD.T + self.bias_K, dtype=np.float32)


def spread_labels(
    logits_NK: NDArray[np.float32], present: NDArray[np.int64], labels: int
) -> NDArray[np.float32]:
    """From the labels that had examples to all of them (N, L): the others can't be answered."""
    logits_NL = np.full((len(logits_NK), labels), -np.inf, dtype=np.float32)
    logits_NL[:, present] = logits_NK
    return logits_NL


def token_lists(texts: Sequence[str], context: FitContext) -> list[NDArray[np.int32]]:
    """Token ids of each text."""
    return cast("TunableEncoder", context.model).tokenize(texts)


def token_counts(
    texts: Sequence[str], tokens: Sequence[NDArray[np.int32]], context: FitContext
) -> NDArray[np.int64]:
    """Tokens of each text before it is cut (N,).

    Args:
        texts: N of them.
        tokens: what ``token_lists`` gave: only what fills the window may have been cut, and is counted
            anew.
        context: whose model it was.
    """
    model = cast("TunableEncoder", context.model)
    counts_N = np.array([len(ids) for ids in tokens], dtype=np.int64)
    full = np.flatnonzero(counts_N >= model.max_tokens)
    if len(full):
        counts_N[full] = model.count_tokens([texts[int(i)] for i in full])
    return counts_N


def save_encoder(encoder: Encoder, context: FitContext, folder: Path) -> None:
    """``config.json``, ``model.safetensors`` and the tokenizer: what transformers loads."""
    encoder.save(folder)
    cast("TunableEncoder", context.model).save_tokenizer(folder)


def load_encoder(context: FitContext, folder: Path) -> Encoder:
    """The encoder that ``save_encoder`` wrote, pooling as the base model does.

    Raises:
        StoreError: the weights are missing or damaged.
    """
    model = cast("Any", context.model)
    encoder: Encoder = model.load_module()
    inner = encoder if isinstance(encoder, EncoderModule) else encoder.model
    try:
        inner.load_state_dict(load_file(folder / "model.safetensors"))
    except (OSError, SafetensorError, RuntimeError) as problem:
        raise StoreError(
            f"the fine-tuned weights can't be read: {problem}",
            where=str(folder),
            hint="run `etude compare` again: what is missing is made anew",
        ) from None
    return encoder.to(best_device()).eval()
