"""Judge: the share of answers of which a model says yes to every criterion of the task.

What the model said comes with the answers (``Judged.criteria_NC``): a metric asks no models. How far
it can be believed, and what that does to the figure, is for whoever holds a person's labels.
"""

from __future__ import annotations

import numpy as np

from etude.metrics._base import WRITTEN, Judged, Metric, Scores


def every_criterion(judged: Judged) -> Scores:
    """(N,) 1 where every criterion got a yes; NaN where one could not be asked; 0 for no answer."""
    answered = np.array([output is not None for output in judged.outputs], dtype=np.bool_)
    if judged.criteria_NC is None:
        return np.where(answered, np.nan, 0.0)
    yes = (judged.criteria_NC == 1).all(axis=1)
    unasked = (judged.criteria_NC == -1).any(axis=1)
    scores: Scores = np.where(unasked, np.nan, yes.astype(np.float64))
    return np.where(answered, scores, 0.0)


METRIC = Metric(
    key="judge",
    plain_name="good by the model that judges",
    kinds=WRITTEN,
    statistic="right_wrong",
    items=every_criterion,
    needs="judge",
)
