"""Schema rate: the share of answers that keep the task's schema."""

from __future__ import annotations

import numpy as np

from etude.metrics._base import EXTRACTED, Judged, Scores
from etude.metrics.measures._base import Measure


def valid(judged: Judged) -> Scores:
    """(N,) 1 where the schema holds."""
    if judged.valid_N is None:
        return np.full(len(judged), np.nan)
    return judged.valid_N.astype(np.float64)


MEASURE = Measure("schema_rate", "keep the schema", EXTRACTED, "higher", "share", valid)
