"""Look-up by words: BM25 over the examples' inputs (bm25s, Lucene's variant).

It finds what embeddings blur: names, codes, numbers. It knows texts and nothing of labels.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray


def words_of(text: str) -> list[str]:
    """Lower-case runs of letters and digits; rare words weigh more, so none is left out."""
    return re.findall(r"\w+", text.lower())


def rarity(texts: Sequence[str]) -> dict[str, float]:
    """How much each word of these texts weighs: log(1 + texts / texts that have it)."""
    counts = Counter(word for text in texts for word in set(words_of(text)))
    return {word: math.log(1 + len(texts) / count) for word, count in counts.items()}


class WordIndex:
    """BM25 over N texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.count = len(texts)
        documents = [words_of(text) for text in texts]
        self._index: bm25s.BM25 | None = None
        if any(documents):
            self._index = bm25s.BM25(method="lucene")
            self._index.index(documents, show_progress=False)

    def scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Scores (Q, N) as shares of each query's best, so 0 to 1; 0 where no word is shared."""
        found_QN = np.zeros((len(queries), self.count), dtype=np.float32)
        if self._index is None:
            return found_QN
        known = self._index.vocab_dict
        for i, query in enumerate(queries):
            words = [word for word in words_of(query) if word in known]
            if words:
                found_QN[i] = self._index.get_scores(words)
        best_Q1 = found_QN.max(axis=1, keepdims=True, initial=0.0)
        return np.asarray(found_QN / np.where(best_Q1 > 0, best_Q1, 1), dtype=np.float32)
