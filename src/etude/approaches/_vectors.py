"""Embedded texts for the rungs: from the shared cache where there is one, else computed.

It knows embedders and rows of numbers; what the rows are compared with is the rung's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import cast

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Embeddings, FitContext
from etude.data.answers import Answers
from etude.models._base import Embedder, Model
from etude.records.task import Task


def can_embed(model: Model) -> bool:
    """True where the model turns texts into vectors."""
    return "embed" in model.abilities


def why_unusable(task: Task, model: Model, needs: Sequence[str], words: str) -> str | None:
    """None where the task is a classification and the model has one of the abilities."""
    if task.kind != "classify":
        return f"this rung chooses a label; the task is of the kind {task.kind!r}"
    if not model.abilities.intersection(needs):
        return f"{model.name} {words}"
    return None


def why_it_cannot_write(model: Model) -> str | None:
    """None where the model answers prompts."""
    if "chat" in model.abilities:
        return None
    return f"{model.name} can't write: it is no language model"


def embed(texts: Sequence[str], model: Model, embeddings: Embeddings | None) -> NDArray[np.float32]:
    """Unit rows (N, dim)."""
    embedder = cast("Embedder", model)
    if not len(texts):
        return np.zeros((0, embedder.dim), dtype=np.float32)
    return embeddings.of(texts) if embeddings is not None else embedder.embed(texts)


def embed_for(texts: Sequence[str], context: FitContext) -> NDArray[np.float32]:
    """Unit rows (N, dim), by the context's model and cache."""
    return embed(texts, context.model, context.embeddings)


def unit(rows_ND: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows at length 1; a row of zeros stays one."""
    length = np.linalg.norm(rows_ND, axis=-1, keepdims=True)
    return np.asarray(rows_ND / np.maximum(length, 1e-12), dtype=np.float32)


def answer_by_vectors(
    inputs: Sequence[str],
    model: Model,
    embeddings: Embeddings | None,
    labels: Sequence[str],
    probabilities: Callable[[NDArray[np.float32]], NDArray[np.float32]],
) -> Answers:
    """Embed, score, answer. Counting tokens is bookkeeping and is not in the time."""
    started = perf_counter()
    probabilities_NL = probabilities(embed(inputs, model, embeddings))
    seconds = perf_counter() - started
    tokens = cast("Embedder", model).count_tokens(inputs)
    return Answers.from_probabilities(probabilities_NL, labels, seconds, tokens)
