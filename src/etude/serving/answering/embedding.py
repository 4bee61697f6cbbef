"""A model that embeds: texts that wait at the same time are computed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.models._base import Embedder
from etude.serving.answering._batching import Batcher


@dataclass(frozen=True)
class Embedded:
    """A text's unit vector (dim,), and its tokens."""

    vector: NDArray[np.float32]
    tokens: int


class Embedding:
    """An encoder: texts that wait are embedded together."""

    def __init__(self, model: Embedder) -> None:
        self.dim = model.dim
        self.most_tokens = model.max_tokens
        self._model = model
        self.embed: Batcher[str, Embedded] = Batcher(f"embed {model.name}", self._embedded)

    def _embedded(self, texts: Sequence[str]) -> list[Embedded]:
        rows_ND = self._model.embed(texts)
        counts = self._model.count_tokens(texts)
        return [Embedded(row, int(n)) for row, n in zip(rows_ND, counts, strict=True)]
