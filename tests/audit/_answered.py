"""Labelled rows with the answers of a classifier that has not seen them, made up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.audit import Material
from etude.audit._base import Predictions
from tests.audit._material import material

NAMES = ("billing", "delivery", "login", "refund", "praise", "other", "press", "jobs")


@dataclass(frozen=True)
class Made:
    """``wrong_N``: rows that bear another label than their true one."""

    given_N: NDArray[np.int64]
    true_N: NDArray[np.int64]
    probabilities_NL: NDArray[np.float64]

    @property
    def wrong_N(self) -> NDArray[np.bool_]:
        return self.given_N != self.true_N


def answers(
    count: int = 300, labels: int = 4, rate: float = 0.08, *, seed: int = 0, sharp: float = 3.0
) -> Made:
    """Labels of which ``rate`` are wrong, and answers that know the true ones as ``sharp`` says."""
    random = np.random.default_rng(seed)
    true = random.integers(0, labels, count)
    logits = random.normal(0, 1, (count, labels))
    logits[np.arange(count), true] += sharp
    moved = random.random(count) < rate
    given = np.where(moved, (true + random.integers(1, labels, count)) % labels, true)
    raised = np.exp(logits)
    return Made(given, true, raised / raised.sum(axis=1, keepdims=True))


def as_material(made: Made, **columns: Any) -> Material:
    """One row an answer; ``columns`` are lists with a value a row."""
    labels = made.probabilities_NL.shape[1]
    rows = [
        {"input": f"message number {at}", "target": NAMES[label]}
        | {name: values[at] for name, values in columns.items()}
        for at, label in enumerate(made.given_N.tolist())
    ]
    read = material("classify", rows)
    predicted = Predictions(NAMES[:labels], made.probabilities_NL)
    return replace(read, labels=NAMES[:labels], predict=lambda: predicted)
