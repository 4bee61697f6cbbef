"""Accuracy: the share of answers that are right; no answer is a wrong one."""

from __future__ import annotations

from collections.abc import Sequence

from etude.metrics._base import Metric, Outputs


def accuracy(targets: Sequence[str], outputs: Outputs, labels: Sequence[str]) -> float:
    """Share of ``outputs`` equal to ``targets``; NaN for none."""
    if not targets:
        return float("nan")
    return sum(t == o for t, o in zip(targets, outputs, strict=True)) / len(targets)


METRIC = Metric(key="accuracy", plain_name="right answers", kind="right_wrong", compute=accuracy)
