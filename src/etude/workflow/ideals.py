"""What the examples of a kind that writes are like, and whether their ideal answers keep the
task's own checks: a check that ideal answers fail is a wrong check, or they are wrong examples.

It runs no model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from etude.checks import compile_checks, run_checks
from etude.checks._base import Subject
from etude.data.conversations import flat, turns_of
from etude.data.examples import Examples
from etude.data.findings import count_of
from etude.metrics._fields import leaves
from etude.records.dataset import NAMED, Finding, IdealCheck, Ideals, Lengths
from etude.records.task import WRITING, Task

LOOKED_AT = 5_000
"""Examples that are held against the checks, evenly spaced over all."""


def about_ideals(
    task: Task, frame: pl.DataFrame, root: Path
) -> tuple[Ideals | None, tuple[Finding, ...]]:
    """The facts, and a finding for each check that ideal answers fail.

    Args:
        task: the task; kinds with labels have nothing to look at.
        frame: the canonical rows.
        root: the project's folder, where the files of ``python`` checks lie.

    Raises:
        TaskError: a check can't be used.
        DataError: a check reads a column that the examples do not have.
    """
    if task.kind not in WRITING or frame.is_empty():
        return None, ()
    looked = frame.gather_every(max(1, -(-len(frame) // LOOKED_AT)))
    examples = Examples.from_frame(looked)
    held, passing = _checks(task, examples, root)
    checks = tuple(check for check, _ in held)
    asked = [flat(turns_of(text)) if task.kind == "chat" else text for text in examples.inputs]
    ideals = Ideals(
        examples=len(examples),
        inputs=_lengths("word", [len(text.split()) for text in asked]),
        targets=_targets(task, examples.targets),
        passing=passing,
        checks=checks,
        shaped=task.output_schema is not None,
    )
    return ideals, tuple(_finding(check, ids) for check, ids in held if ids)


def _checks(
    task: Task, examples: Examples, root: Path
) -> tuple[list[tuple[IdealCheck, tuple[str, ...]]], int]:
    """Each check on the ideal answers with the examples that fail it, the most often failed first;
    and how many pass all."""
    checks = compile_checks(task.checks, root)
    if not checks:
        return [], len(examples)
    rows = zip(examples.inputs, examples.targets, examples.fields, strict=True)
    subjects = [Subject(target, text, target, fields) for text, target, fields in rows]
    table = run_checks(checks, subjects)
    found = []
    for place, name in enumerate(table.names):
        column_N = table.passed_NC[:, place]
        failing = np.flatnonzero(column_N == 0)
        ids = tuple(examples.ids[i] for i in failing)
        check = IdealCheck(
            name=name,
            applies=int((column_N >= 0).sum()),
            passed=int((column_N == 1).sum()),
            failing=ids[:NAMED],
            reason=table.reasons[int(failing[0]), place] if len(failing) else "",
        )
        found.append((check, ids))
    found.sort(key=lambda held: held[0].passed - held[0].applies)
    return found, int((table.passed_NC != 0).all(axis=1).sum())


def _targets(task: Task, targets: Sequence[str]) -> Lengths:
    if task.output_schema is not None:
        return _lengths("value", [leaves(json.loads(text)) for text in targets])
    return _lengths("word", [len(text.split()) for text in targets])


def _lengths(unit: Literal["word", "value"], counts: Sequence[int]) -> Lengths:
    low, middle, high = (int(np.quantile(counts, share)) for share in (0.05, 0.5, 0.95))
    return Lengths(unit=unit, low=low, middle=middle, high=high, longest=max(counts))


def _finding(check: IdealCheck, ids: tuple[str, ...]) -> Finding:
    count = check.applies - check.passed
    most = count * 2 > check.applies
    fail = "fails" if count == 1 else "fail"
    return Finding(
        code="ideal_answers_fail",
        severity="warning",
        count=count,
        # Without the reason: it may quote an answer, and the report shows this sentence.
        sentence=f"{count_of(count, 'ideal answer')} of {check.applies:,} {fail} the check "
        f"“{check.name}”",
        hint="most fail it, so the check is likely wrong: change it under `checks` in etude.yaml"
        if most
        else "mend those answers, or the check under `checks` in etude.yaml: no way of doing the "
        "task can learn both",
    ).naming(ids)
