"""Accuracy: the share of answers that are right; no answer is a wrong one."""

from __future__ import annotations

from etude.metrics._base import LABELLED, Judged, Metric, Scores, column


def right(judged: Judged) -> Scores:
    """(N,) 1 where the output is the target."""
    return column([t == o for t, o in zip(judged.targets, judged.outputs, strict=True)])


METRIC = Metric(
    key="accuracy",
    plain_name="right answers",
    kinds=LABELLED,
    statistic="right_wrong",
    items=right,
)
