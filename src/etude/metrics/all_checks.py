"""All checks: the share of answers that pass every check that applies to them."""

from __future__ import annotations

import numpy as np

from etude.metrics._base import EXTRACTED, WRITTEN, Judged, Metric, Scores


def all_checks(judged: Judged) -> Scores:
    """(N,) 1 where no check that applies has failed; no answer passes none."""
    answered = np.array([output is not None for output in judged.outputs], dtype=np.float64)
    if judged.checks_NC is None:
        return answered
    passed: Scores = (judged.checks_NC != 0).all(axis=1).astype(np.float64) * answered
    return passed


METRIC = Metric(
    key="all_checks",
    plain_name="pass every check",
    kinds=WRITTEN | EXTRACTED,
    statistic="right_wrong",
    items=all_checks,
    needs="checks",
)
