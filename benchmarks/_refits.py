"""Small classifiers that are really fitted, for simulations of cross-fitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid


class SeededFeatures:
    """Logistic regression on random features: like fine-tuning, each fit has its own luck."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, x: np.ndarray, y: np.ndarray) -> SeededFeatures:
        self.weights = np.random.default_rng(self.seed).normal(size=(x.shape[1], 15))
        self.head = LogisticRegression(max_iter=60).fit(np.tanh(x @ self.weights), y)
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(self.head.predict(np.tanh(x @ self.weights)))


LEARNERS: dict[str, Callable[[int], Any]] = {
    "logistic": lambda seed: LogisticRegression(max_iter=60),
    "centroid": lambda seed: NearestCentroid(),
    "neighbour": lambda seed: KNeighborsClassifier(1),
    "seeded": SeededFeatures,
}


def cross_fitted(
    learner: str, x: np.ndarray, y: np.ndarray, folds: np.ndarray, fresh: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Out-of-fold answers, and the answers to fresh items of the candidate fitted on all."""
    out = np.empty_like(y)
    for k in np.unique(folds):
        model = LEARNERS[learner](seed + int(k)).fit(x[folds != k], y[folds != k])
        out[folds == k] = model.predict(x[folds == k])
    kept = LEARNERS[learner](seed + 77).fit(x, y)
    return out, kept.predict(fresh)
