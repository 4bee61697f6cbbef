"""Texts as vectors of hashed words: for models that have no embeddings to choose examples by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def word_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit rows (N, 1024) of hashed words, the rare ones weighing more."""
    if not len(texts):
        return np.zeros((0, 1024), dtype=np.float32)
    # Takes a second to import: every verb would wait for what few of them need.
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counts = HashingVectorizer(n_features=1024, norm=None).transform(texts)
    return np.asarray(TfidfTransformer().fit_transform(counts).toarray(), dtype=np.float32)
