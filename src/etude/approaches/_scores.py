"""From scores to probabilities: softmax, and the temperature that makes confidence honest.

It knows rows of logits over the labels and nothing of where they came from. A label that can't be
answered (no example, no description) has the logit -inf and the probability 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from etude.errors import DataError

FLOOR = 1e-9
"""Smallest probability that enters a log-likelihood: a true label at 0 must not be infinite."""
COLDEST, HOTTEST = 1e-3, 1e3


def softmax(logits_NL: NDArray[np.floating], temperature: float = 1.0) -> NDArray[np.float32]:
    """Rows of probabilities (N, L) from logits divided by ``temperature``."""
    if logits_NL.size == 0:
        return np.zeros(logits_NL.shape, dtype=np.float32)
    scaled = np.asarray(logits_NL, dtype=np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    raised = np.exp(scaled)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def log_probabilities(
    logits_NL: NDArray[np.floating], temperature: float = 1.0
) -> NDArray[np.float64]:
    """Log of the softmax (N, L), no lower than the log of ``FLOOR``."""
    scaled = np.asarray(logits_NL, dtype=np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    scaled -= np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return np.asarray(np.maximum(scaled, np.log(FLOOR)), dtype=np.float64)


def fit_temperature(logits_NL: NDArray[np.floating], target_N: NDArray[np.int64]) -> float:
    """The temperature of least log-loss; 1 where there is nothing to fit it on.

    Source: Guo et al. 2017, "On calibration of modern neural networks". A small dev part may be
    answered without a mistake, and the plain fit would then be certain of everything: as in Platt
    1999, the true label is given n+1 of n+2 parts, and the others share the rest.
    """
    count, labels = logits_NL.shape
    if not count or labels < 2:
        return 1.0
    # A rung's scores may be cosines or logits of hundreds: search relative to their spread.
    finite = np.where(np.isfinite(logits_NL), logits_NL, np.nan)
    spread = float(np.nanmean(np.nanstd(finite, axis=1))) or 1.0
    aim_NL = np.full((count, labels), 1 / ((count + 2) * (labels - 1)))
    aim_NL[np.arange(count), target_N] = (count + 1) / (count + 2)

    def loss(log_temperature: float) -> float:
        return -float(
            (aim_NL * log_probabilities(logits_NL, spread * float(np.exp(log_temperature)))).sum()
            / count
        )

    found = minimize_scalar(
        loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded", options={"xatol": 1e-4}
    )
    return float(spread * np.exp(found.x))


def log_loss(
    logits_NL: NDArray[np.floating], target_N: NDArray[np.int64], temperature: float
) -> float:
    """Mean negative log-probability of the true label; 0 over no rows."""
    if not len(target_N):
        return 0.0
    logs_NL = log_probabilities(logits_NL, temperature)
    return -float(logs_NL[np.arange(len(target_N)), target_N].mean())


def label_index(targets: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    """Positions of the targets among the labels (N,).

    Raises:
        DataError: a target is no label of the task.
    """
    place = {label: i for i, label in enumerate(labels)}
    try:
        return np.array([place[target] for target in targets], dtype=np.int64)
    except KeyError as missing:
        raise DataError(
            f"an example has the target {missing.args[0]!r}, which is no label of the task",
            expected=f"one of {', '.join(labels[:8])}{' …' if len(labels) > 8 else ''}",
            hint="add it to `labels` in etude.yaml, or correct the example",
        ) from None


def best_labels(logits_NL: NDArray[np.floating], labels: Sequence[str]) -> list[str]:
    """The highest label of each row; ties go to the label that stands first."""
    if not len(logits_NL):
        return []
    return [labels[int(i)] for i in logits_NL.argmax(axis=1)]
