"""Defaults that depend on the kind of task: its metric, its models, its ladder."""

from __future__ import annotations

from typing import Any

from etude.records.task import WRITING, Kind

METRICS: dict[Kind, tuple[str, ...]] = {
    "classify": ("accuracy", "macro_f1"),
    "image": ("accuracy", "macro_f1"),
    "extract": ("field_f1", "exact", "all_checks"),
    "write": ("all_checks", "exact", "chrf", "judge", "person"),
    "rewrite": ("all_checks", "exact", "chrf", "judge", "person"),
    "chat": ("all_checks", "exact", "chrf", "judge", "person"),
}
"""The metrics that fit a kind, its default first; a test holds this to the metrics' own word."""

WRITING_MODELS = ("builtin:starter",)
WRITING_LADDER = ("prompt", "few_shot", "retrieval", "finetune", "finetune_retrieval", "bake")


def with_kind(values: dict[str, Any]) -> dict[str, Any]:
    """``values`` with what the kind decides filled in where nothing is written."""
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in METRICS:
        return values
    filled = dict(values)
    bar = filled.get("bar", {})
    if isinstance(bar, dict) and bar.get("metric") is None:
        filled["bar"] = {**bar, "metric": METRICS[kind][0]}
    if kind in WRITING:
        filled.setdefault("models", list(WRITING_MODELS))
        filled.setdefault("ladder", list(WRITING_LADDER))
    return filled
