"""Cosine: how near the answer's embedding is to the ideal answer's. A diagnostic only: it stays high
where a "not" or a number is wrong, and is as good as the encoder (the builtin one reads English and
the first 256 word pieces).

The encoder is passed in with what is judged; where there is none, nothing is measured.
"""

from __future__ import annotations

import numpy as np

from etude.metrics._base import WRITTEN, Judged, Scores
from etude.metrics.measures._base import Measure

MOST = 200
"""Answers that are embedded, spread evenly over all: at about 10 ms each on a small machine that is
seconds, and a diagnostic needs no more."""


def cosine(judged: Judged) -> Scores:
    """(N,) from -1 to 1, 0 for no answer; NaN for those left out, and for all without an encoder."""
    found = np.full(len(judged), np.nan)
    if judged.embed is None or not len(judged):
        return found
    rows = np.linspace(0, len(judged) - 1, min(len(judged), MOST)).astype(np.int64)
    found[rows] = 0.0
    said = {int(row): text for row in rows if (text := judged.outputs[row]) and text.strip()}
    if said:
        ideal = [judged.targets[row] for row in said]
        vectors = judged.embed([*ideal, *said.values()]).astype(np.float64)
        found[list(said)] = np.sum(vectors[: len(said)] * vectors[len(said) :], axis=1).clip(-1, 1)
    return found


MEASURE = Measure(
    "cosine", "nearness in meaning (embedding cosine)", WRITTEN, "higher", "ratio", cosine
)
