"""A project whose ways have been compared, made in a moment: every way's answers are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from etude.records.comparison import Comparison
from etude.records.task import Task
from etude.workflow import keeping
from etude.workflow.session import open_session, recorded
from tests.report import fixtures

TASK = """\
task: names
kind: write
instructions: Say the name of the thing.
checks: [{type: word-count, value: {max: 9}}]
data: {examples: data/rows.csv, input: thing, target: name, id: id}
bar: {metric: all_checks, margin: 0.05}
models: [some-model]
ladder: [prompt, few_shot, retrieval]
"""
COUNT = 60


def answer(rung: str, number: int) -> str:
    """Every fifth answer is the same whichever way is asked."""
    return f"lamp {number}" if number % 5 == 0 else f"{rung.replace('_', ' ')[::-1]} {number}"


def compared_project(folder: Path, scheme: str = "cross_fitting", **verdict: Any) -> Path:
    """A task that writes, and a comparison of five ways of it; ``verdict`` changes what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "etude.yaml").write_text(TASK, encoding="utf-8")
    session = open_session(folder)
    with recorded(session, "compare", {}) as run:
        made = _comparison(run.id, session.taskfile.task, scheme, verdict)
        place = session.store.run_folder(run.id)
        _rows(made).write_parquet(place / keeping.ROWS)
        text = made.model_dump_json(by_alias=True)
        (place / keeping.COMPARISON).write_text(text, encoding="utf-8")
    return folder


def _comparison(run: str, task: Task, scheme: str, verdict: dict[str, Any]) -> Comparison:
    made = fixtures.cant_tell()
    dataset = made.dataset.model_copy(update={"scheme": scheme, "holdout_id": "some-holdout"})
    said = made.verdict.model_copy(update=verdict)
    update = {"run": run, "task": task, "dataset": dataset, "verdict": said}
    return made.model_copy(update=update)


def _rows(made: Comparison) -> pl.DataFrame:
    numbers = range(COUNT)
    columns: dict[str, Any] = {
        "id": [f"r{n}" for n in numbers],
        "input": [f"box {n} with a lamp" for n in numbers],
        "target": [f"lamp {n}" for n in numbers],
        "side": [made.scored_on] * COUNT,
        "group": list(numbers),
        "fold": [n % 5 for n in numbers] if made.scored_on == "out-of-fold" else [None] * COUNT,
    }
    for one in made.candidates:
        columns[f"{one.name}|output"] = [answer(one.rung, n) for n in numbers]
        columns[f"{one.name}|score"] = [1.0] * COUNT
    return pl.DataFrame(columns)
