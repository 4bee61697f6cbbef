"""Labels that can't be learned or measured, or only just."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from etude.data.findings._words import listed, shortened
from etude.data.splits import Splits
from etude.records.dataset import Finding

RARE = 5
"""Examples: of a label with fewer, next to nothing can be learned or measured."""


def about_labels(frame: pl.DataFrame, labels: Sequence[str], splits: Splits) -> list[Finding]:
    """Labels that can't be learned or measured, or only just. ``frame`` has side and fold."""
    counts = Counter(frame["target"].to_list())
    groups = dict(frame.group_by("target").agg(pl.col("group").n_unique()).iter_rows())
    without = [label for label in labels if not counts[label]]
    findings = _label(
        "label_without_examples",
        "warning",
        without,
        "has no example, so it can't be learned or measured",
        "have no example, so they can't be learned or measured",
    )
    learnable = set(frame.filter(pl.col("side").is_in(["train", "all"]))["target"].to_list())
    unseen = [label for label in labels if counts[label] and label not in learnable]
    findings += _label(
        "holdout_only_label",
        "warning",
        unseen,
        "stands in held-out examples only, so nothing can learn it",
        "stand in held-out examples only, so nothing can learn them",
    )
    alone = [x for x in labels if groups.get(x, 0) == 1 and x not in unseen]
    held = set(frame.filter(pl.col("side") == "holdout")["target"].to_list())
    unheld = [
        x
        for x in labels
        if splits.scheme == "holdout" and counts[x] and x not in held and x not in alone
    ]
    findings += _label(
        "unmeasured_label",
        "warning",
        unheld,
        "stands in no held-out example, so it can't be measured",
        "stand in no held-out example, so they can't be measured",
    )
    findings += _label(
        "single_example_label",
        "warning",
        alone,
        "has one independent example, which stays in training, so it can't be measured",
        "have one independent example each, which stays in training, so they can't be measured",
    )
    rare = [x for x in labels if 1 < groups.get(x, 0) < RARE and x not in unseen]
    folds = " (and some folds are scored without them)" if splits.folds else ""
    findings += _label(
        "rare_label",
        "warning",
        rare,
        f"has fewer than {RARE} independent examples: little can be said about it",
        f"have fewer than {RARE} independent examples each: little can be said about them{folds}",
    )
    return findings


def _label(code: str, severity: str, names: Sequence[str], one: str, several: str) -> list[Finding]:
    if not names:
        return []
    sentence = (
        f"the label {shortened(names[0])!r} {one}"
        if len(names) == 1
        else f"{len(names):,} labels {several}: {listed(names)}"
    )
    return [
        Finding.model_validate(
            {
                "code": code,
                "severity": severity,
                "sentence": sentence,
                "count": len(names),
                "hint": "add examples, or take the label out",
            }
        )
    ]
