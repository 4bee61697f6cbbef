"""Which examples and which passages of the knowledge are like an input: words and meaning, fused.

With no embedder words alone decide. It knows texts and positions, nothing of prompts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Embeddings
from etude.approaches._neighbours import Fusion, NeighbourIndex
from etude.approaches._words import rarity, words_of
from etude.models._base import Embedder

BY_WORDS = Fusion("words")
FUSED = Fusion("ranks")


@dataclass(frozen=True)
class Finder:
    """Looks texts up among ``texts``.

    ``vectors_ND`` are those of ``texts``; None: words alone are compared. ``by``: "ranks" (words and
    meaning, by reciprocal ranks), "meaning" or "words".
    """

    texts: tuple[str, ...]
    vectors_ND: NDArray[np.float32] | None
    embedder: Embedder | None
    by: str = FUSED.kind
    _index: NeighbourIndex = field(init=False)

    def __post_init__(self) -> None:
        vectors, fusion = self.vectors_ND, Fusion(self.by)
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

    def likeness(
        self,
        texts: Sequence[str],
        found: Sequence[Sequence[int]],
        embeddings: Embeddings | None = None,
    ) -> NDArray[np.float64]:
        """How like each text the best of what was ``found`` for it is (Q,), from 0 to 1: its cosine
        or, without an embedder, the share of the text's words that it has, rare ones weighing more.
        0 where nothing was found."""
        if self.vectors_ND is None or self.embedder is None:
            weights = rarity(self.texts)
            pairs = zip(texts, found, strict=True)
            likes = [[_shared(text, self.texts[i], weights) for i in own] for text, own in pairs]
        else:
            vectors_QD = self._embed(texts, embeddings)
            pairs_QD = zip(vectors_QD, found, strict=True)
            likes = [[float(row @ self.vectors_ND[i]) for i in own] for row, own in pairs_QD]
        return np.array([max(0.0, *own) if own else 0.0 for own in likes], dtype=np.float64)

    def _embed(self, texts: Sequence[str], embeddings: Embeddings | None) -> NDArray[np.float32]:
        if self.vectors_ND is None or self.embedder is None:
            return np.zeros((len(texts), 1), dtype=np.float32)
        return embeddings.of(texts) if embeddings is not None else self.embedder.embed(texts)


def finder(
    texts: Sequence[str],
    embedder: Embedder | None,
    embeddings: Embeddings | None = None,
    by: str = FUSED.kind,
) -> Finder:
    """A finder over ``texts``, by meaning too where there is an embedder."""
    if embedder is None or not len(texts):
        return Finder(tuple(texts), None, None, by)
    vectors = embeddings.of(texts) if embeddings is not None else embedder.embed(texts)
    return Finder(tuple(texts), vectors, embedder, by)


def _shared(text: str, other: str, weights: Mapping[str, float]) -> float:
    own, theirs = set(words_of(text)), set(words_of(other))
    # A word that no text has is as rare as can be.
    rarest = max(weights.values(), default=1.0)
    whole = sum(weights.get(word, rarest) for word in own)
    return sum(weights.get(word, rarest) for word in own & theirs) / whole if whole else 0.0
