"""Person: how often people who compare two answers blind prefer this one to the baseline's.

An answer that reads the same counts half. What they said comes with the answers
(``Judged.preferred_N``): a metric asks nobody.
"""

from __future__ import annotations

import numpy as np

from etude.metrics._base import WRITTEN, Judged, Metric, Scores


def preferred(judged: Judged) -> Scores:
    """(N,) 1 where it was preferred, 0.5 where the two are the same, else 0; NaN where nobody
    compared them."""
    if judged.preferred_N is None:
        return np.full(len(judged), np.nan)
    return judged.preferred_N


METRIC = Metric(
    key="person",
    plain_name="preferred by people",
    kinds=WRITTEN,
    statistic="mean",
    items=preferred,
    needs="person",
)
