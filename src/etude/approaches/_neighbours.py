"""Nearest examples by meaning and by words, fused; and the labels they vote for.

Two fusions: reciprocal ranks (Cormack, Clarke and Büttcher 2009, with their constant 60) and a
weighted sum of cosine and BM25 share. It knows positions and scores; settings are chosen elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.approaches._words import WordIndex

RANK_CONSTANT = 60
BLOCK = 512
"""Queries compared at once: bounds memory at BLOCK times the examples."""
SMOOTHING = 0.01
"""Share of the votes that is spread over all labels: none is impossible."""


@dataclass(frozen=True)
class Fusion:
    """``kind`` is "meaning", "words", "ranks" or "weighted" (``weight`` is then meaning's)."""

    kind: str
    weight: float = 1.0


@dataclass(frozen=True)
class Neighbours:
    """The nearest K examples of Q queries, best first: positions and fused scores, both (Q, K)."""

    index_QK: NDArray[np.int64]
    score_QK: NDArray[np.float32]


def _reciprocal_ranks(score_QN: NDArray[np.float32]) -> NDArray[np.float32]:
    order_QN = np.argsort(-score_QN, axis=1, kind="stable")
    rank_QN = np.empty_like(order_QN)
    np.put_along_axis(rank_QN, order_QN, np.arange(1, score_QN.shape[1] + 1)[None, :], axis=1)
    # Scaled so that first place is worth 1, as a perfect cosine is.
    return ((RANK_CONSTANT + 1) / (RANK_CONSTANT + rank_QN)).astype(np.float32)


def fuse(
    meaning_QN: NDArray[np.float32], words_QN: NDArray[np.float32], fusion: Fusion
) -> NDArray[np.float32]:
    """One score for each query and example (Q, N)."""
    if fusion.kind == "meaning":
        return meaning_QN
    if fusion.kind == "words":
        return words_QN
    if fusion.kind == "ranks":
        both_QN = _reciprocal_ranks(meaning_QN) + _reciprocal_ranks(words_QN)
        return np.asarray(both_QN / 2, dtype=np.float32)
    return fusion.weight * meaning_QN + (1 - fusion.weight) * words_QN


def top(score_QN: NDArray[np.float32], most: int) -> Neighbours:
    """The best ``most`` of each row, best first; equal scores in the order of the examples."""
    count = min(most, score_QN.shape[1])
    part_QK = np.argpartition(-score_QN, count - 1, axis=1)[:, :count]
    part_QK.sort(axis=1)
    score_QK = np.take_along_axis(score_QN, part_QK, axis=1)
    order_QK = np.argsort(-score_QK, axis=1, kind="stable")
    return Neighbours(
        np.take_along_axis(part_QK, order_QK, axis=1),
        np.take_along_axis(score_QK, order_QK, axis=1),
    )


class NeighbourIndex:
    """Examples to look up by one or several fusions: their vectors (N, dim), and their words
    where a fusion asks for them."""

    def __init__(
        self, vectors_ND: NDArray[np.float32], texts: Sequence[str], fusions: Sequence[Fusion]
    ) -> None:
        self.vectors_ND = vectors_ND
        self.fusions = tuple(fusions)
        by_words = any(fusion.kind != "meaning" for fusion in fusions)
        self._words = WordIndex(texts) if by_words else None

    def nearest(
        self, vectors_QD: NDArray[np.float32], texts: Sequence[str], most: int
    ) -> list[Neighbours]:
        """For each fusion the nearest ``most`` examples of every query."""
        found: list[list[Neighbours]] = [[] for _ in self.fusions]
        for rows in _blocks(len(texts)):
            meaning_QN = vectors_QD[rows] @ self.vectors_ND.T
            words_QN = self._words.scores(texts[rows]) if self._words else meaning_QN
            for place, fusion in enumerate(self.fusions):
                found[place].append(top(fuse(meaning_QN, words_QN, fusion), most))
        return [
            Neighbours(
                np.concatenate([part.index_QK for part in parts]),
                np.concatenate([part.score_QK for part in parts]),
            )
            for parts in found
        ]


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, max(count, 1), BLOCK):
        yield slice(start, start + BLOCK)


def votes(
    found: Neighbours, target_N: NDArray[np.int64], labels: int, k: int, sharpness: float
) -> NDArray[np.float32]:
    """Log shares of the votes (Q, L) of the first ``k``.

    A vote weighs exp(sharpness · (score − best score)): 0 counts heads.
    """
    index_QK, score_QK = found.index_QK[:, :k], found.score_QK[:, :k]
    weight_QK = np.exp(sharpness * (score_QK - score_QK[:, :1]))
    share_QL = np.zeros((len(index_QK), labels), dtype=np.float64)
    rows_QK = np.repeat(np.arange(len(index_QK)), index_QK.shape[1])
    np.add.at(share_QL, (rows_QK, target_N[index_QK].ravel()), weight_QK.ravel())
    share_QL /= np.maximum(share_QL.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(np.log((1 - SMOOTHING) * share_QL + SMOOTHING / labels), dtype=np.float32)
