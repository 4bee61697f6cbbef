"""How much a lossy export costs: the paired difference of the task's own metric."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.records.task import Task
from etude.workflow.rounding import difference_of

COUNT = 60
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
KINDS: dict[str, dict[str, Any]] = {
    "accuracy": {"kind": "classify"},
    "macro_f1": {"kind": "classify"},
    "field_f1": {"kind": "extract", "schema": SCHEMA},
    "chrf": {"kind": "write"},
}
TARGETS = {
    "accuracy": ["yes", "no"],
    "macro_f1": ["yes", "no"],
    "field_f1": ['{"a": 1, "b": "x"}', '{"a": 2, "b": "y"}'],
    "chrf": ["a red lamp", "two chairs of oak"],
}


def judged(metric: str) -> tuple[Judge, Examples]:
    """A judge, and examples whose targets take turns."""
    said = {"task": "t", "data": {"examples": "a.csv"}, "bar": {"metric": metric}}
    task = Task.model_validate(said | KINDS[metric])
    labels = TARGETS[metric] if task.kind == "classify" else ()
    targets = tuple(TARGETS[metric][i % 2] for i in range(COUNT))
    ids = tuple(f"r{i}" for i in range(COUNT))
    examples = Examples(ids, ids, targets, np.arange(COUNT))
    return Judge.of(task, labels, Path()), examples


def answers(outputs: Sequence[str | None]) -> Answers:
    nothing = np.zeros(len(outputs), dtype=np.int64)
    failures = tuple(None if output is not None else "timeout" for output in outputs)
    return Answers(tuple(outputs), None, failures, np.zeros(len(outputs)), nothing, nothing)


@pytest.mark.parametrize("metric", list(KINDS))
def test_what_fails_where_the_release_was_right_is_worse(metric: str) -> None:
    judge, examples = judged(metric)
    right = answers(examples.targets)
    third = answers([None if i % 3 == 0 else text for i, text in enumerate(examples.targets)])
    found = difference_of(judge, examples, third, right)
    assert found.low < found.point < -0.1
    assert found.high < 0
    better = difference_of(judge, examples, right, third)
    assert better.point == pytest.approx(-found.point)
    assert better.low > 0


@pytest.mark.parametrize("metric", list(KINDS))
def test_the_same_answers_are_no_worse_as_far_as_so_many_can_tell(metric: str) -> None:
    judge, examples = judged(metric)
    mixed = answers([None if i % 3 == 0 else text for i, text in enumerate(examples.targets)])
    found = difference_of(judge, examples, mixed, mixed)
    assert found.point == 0
    assert -0.15 < found.low <= 0 <= found.high < 0.15


def test_a_label_that_is_none_counts_as_wrong_under_macro_f1() -> None:
    judge, examples = judged("macro_f1")
    right = answers(examples.targets)
    strange = answers(["perhaps" if i < 20 else text for i, text in enumerate(examples.targets)])
    assert difference_of(judge, examples, strange, right).high < 0
