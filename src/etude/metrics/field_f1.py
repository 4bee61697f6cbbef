"""Field F1: of all values in all records, how many are found and how many found ones are right.

Micro-averaged over documents: 2 x hits / (values in the targets + values in the outputs), after
normalisation by type (``_fields``). An answer that is no JSON has no values.
"""

from __future__ import annotations

import numpy as np

from etude.metrics._base import EXTRACTED, Judged, Metric, Scores
from etude.metrics._fields import hits, leaves


def field_counts(judged: Judged) -> Scores:
    """(N, 2) twice the hits, and the values of target and output together."""
    rows = [
        (2 * hits(target, output), leaves(target) + leaves(output))
        for target, output in zip(judged.target_values, judged.output_values, strict=True)
    ]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 2)


METRIC = Metric(
    key="field_f1",
    plain_name="fields right",
    kinds=EXTRACTED,
    statistic="ratio",
    items=field_counts,
    needs="schema",
)
