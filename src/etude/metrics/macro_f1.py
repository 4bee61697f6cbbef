"""Macro-F1: F1 of each label, averaged, so that a rare label counts as much as a common one."""

from __future__ import annotations

import numpy as np

from etude.metrics._base import LABELLED, Judged, Metric
from etude.metrics._confusion import confusion
from etude.metrics.accuracy import right


def macro_f1(judged: Judged) -> float:
    """Mean F1 over the labels that occur in targets or outputs.

    An answer outside the labels is a miss of its true label and no false alarm of any.
    """
    labels = judged.labels
    counts_LM = confusion(judged.targets, judged.outputs, labels)
    hits_L = np.diag(counts_LM[:, : len(labels)])
    support_L = counts_LM.sum(axis=1)
    predicted_L = counts_LM[:, : len(labels)].sum(axis=0)
    seen_L = (support_L + predicted_L) > 0
    return float((2 * hits_L[seen_L] / (support_L + predicted_L)[seen_L]).mean())


METRIC = Metric(
    key="macro_f1",
    plain_name="F1, every category counting the same",
    kinds=LABELLED,
    statistic="macro_f1",
    items=right,
    whole=macro_f1,
)
