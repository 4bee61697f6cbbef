"""The confusion matrix that label metrics share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def codes(values: Sequence[str | None], labels: Sequence[str]) -> NDArray[np.int64]:
    """Index of each value in ``labels``; ``len(labels)`` for None or a value that is not there."""
    index = {label: position for position, label in enumerate(labels)}
    return np.array(
        [len(labels) if value is None else index.get(value, len(labels)) for value in values],
        dtype=np.int64,
    )


def confusion(
    targets: Sequence[str], outputs: Sequence[str | None], labels: Sequence[str]
) -> NDArray[np.int64]:
    """Counts (L, L + 1): true label by answered label; the last column holds invalid answers."""
    size = len(labels)
    cells = codes(targets, labels) * (size + 1) + codes(outputs, labels)
    return np.bincount(cells, minlength=size * (size + 1)).reshape(size, size + 1)
