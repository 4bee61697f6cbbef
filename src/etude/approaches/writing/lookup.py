"""Which examples and which passages of the knowledge are like an input: words and meaning, fused.

With no embedder words alone decide. It knows texts and positions, nothing of prompts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Embeddings
from etude.approaches._neighbours import Fusion, NeighbourIndex
from etude.models._base import Embedder

BY_WORDS = Fusion("words")
FUSED = Fusion("ranks")


@dataclass(frozen=True)
class Finder:
    """Looks texts up among ``texts``.

    ``vectors_ND`` are those of ``texts``; None: words alone are compared.
    """

    texts: tuple[str, ...]
    vectors_ND: NDArray[np.float32] | None
    embedder: Embedder | None
    _index: NeighbourIndex = field(init=False)

    def __post_init__(self) -> None:
        vectors, fusion = self.vectors_ND, FUSED
        if vectors is None:
            vectors, fusion = np.zeros((len(self.texts), 1), dtype=np.float32), BY_WORDS
        index = NeighbourIndex(vectors, self.texts, (fusion,))
        object.__setattr__(self, "_index", index)

    def nearest(
        self, texts: Sequence[str], count: int, embeddings: Embeddings | None = None
    ) -> list[list[int]]:
        """Positions of the ``count`` nearest of each text, the nearest first."""
        if not self.texts or not count:
            return [[] for _ in texts]
        (found,) = self._index.nearest(self._embed(texts, embeddings), texts, count)
        return [[int(i) for i in row] for row in found.index_QK]

    def _embed(self, texts: Sequence[str], embeddings: Embeddings | None) -> NDArray[np.float32]:
        if self.vectors_ND is None or self.embedder is None:
            return np.zeros((len(texts), 1), dtype=np.float32)
        return embeddings.of(texts) if embeddings is not None else self.embedder.embed(texts)


def finder(
    texts: Sequence[str], embedder: Embedder | None, embeddings: Embeddings | None = None
) -> Finder:
    """A finder over ``texts``, by meaning too where there is an embedder."""
    if embedder is None or not len(texts):
        return Finder(tuple(texts), None, None)
    vectors = embeddings.of(texts) if embeddings is not None else embedder.embed(texts)
    return Finder(tuple(texts), vectors, embedder)
