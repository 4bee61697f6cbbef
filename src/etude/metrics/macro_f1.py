"""Macro-F1: F1 of each label, averaged, so that a rare label counts as much as a common one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etude.metrics._base import Metric, Outputs
from etude.metrics._confusion import confusion


def macro_f1(targets: Sequence[str], outputs: Outputs, labels: Sequence[str]) -> float:
    """Mean F1 over the labels that occur in ``targets`` or ``outputs``; NaN for no targets.

    An answer outside the labels is a miss of its true label and no false alarm of any.
    """
    if not targets:
        return float("nan")
    counts_LM = confusion(targets, outputs, labels)
    hits_L = np.diag(counts_LM[:, : len(labels)])
    support_L = counts_LM.sum(axis=1)
    predicted_L = counts_LM[:, : len(labels)].sum(axis=0)
    seen_L = (support_L + predicted_L) > 0
    return float((2 * hits_L[seen_L] / (support_L + predicted_L)[seen_L]).mean())


METRIC = Metric(
    key="macro_f1",
    plain_name="F1, every category counting the same",
    kind="macro_f1",
    compute=macro_f1,
)
