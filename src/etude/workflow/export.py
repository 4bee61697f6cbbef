"""The examples as people's decisions made them, as a new file; the source is never written to.

Where the table has one column for the input, every column of the person's own stays as it was, and
only the cells that were decided about differ. Other shapes are written out plainly: ``messages`` for
conversations, else a column for each part of an example.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from etude.data.conversations import openai_row
from etude.data.sources import read_table
from etude.data.stored import Prepared
from etude.data.tables import writer
from etude.records.task import Task
from etude.store import atomic
from etude.workflow._target import read_by, refuse_target
from etude.workflow.check import prepare
from etude.workflow.own_examples import LINE, cell, own_columns
from etude.workflow.session import Session


@dataclass(frozen=True)
class Exported:
    """What was written where; ``dropped`` and ``changed`` rows are other than in the source, and
    ``rejected`` ones, which can't be used, are not in it."""

    target: Path
    rows: int
    dropped: int
    changed: int
    rejected: int

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude fix --export FILE --json``."""
        return {
            "schema": 1,
            "target": str(self.target),
            "rows": self.rows,
            "dropped": self.dropped,
            "changed": self.changed,
            "rejected": self.rejected,
        }


def export(session: Session, target: Path, *, replace: bool = False) -> Exported:
    """Write the examples to ``target``, whole or not at all.

    A holdout of the person's own is a file of its own, and not in it.

    Raises:
        UsageError: it is a file of the task's, it is there already, or no table is written so.
        StoreError: the disk is full or refuses.
    """
    task = session.taskfile.task
    refuse_target(target, read_by(session), "--export", replace=replace)
    write = writer(target)
    prepared, _ = prepare(session)
    outcome, version = prepared.outcome, prepared.version
    table = read_table(task.data.examples, session.root)
    frame = own_columns(table, task, prepared)
    if frame is None:
        write = _plain_writer(target, task, write)
        frame = _plainly(prepared, task)
    else:
        used = prepared.frame.filter(pl.col("source") == table.path)["line"]
        frame = frame.filter(pl.col(LINE).is_in(used.to_list())).drop(LINE)
    atomic.write_with(target, lambda temp: write(frame, temp))
    own = version.sources[0].path
    changed = prepared.frame.filter(
        pl.col("id").is_in(list(outcome.changed)), pl.col("source") == own
    )
    return Exported(
        target, len(frame), len(outcome.dropped), len(changed), version.sources[0].rejected
    )


def _plainly(prepared: Prepared, task: Task) -> pl.DataFrame:
    """A column for each part of an example, in the order of the file."""
    own = prepared.frame.filter(pl.col("source") == prepared.version.sources[0].path).sort("line")
    if task.kind == "chat":
        return own.select("id", "input", "target")
    parts = ["id", cell("input", task).alias("input"), "target", "context"]
    frame = own.select(parts)
    return frame if frame["context"].is_not_null().any() else frame.drop("context")


def _plain_writer(
    target: Path, task: Task, write: Callable[[pl.DataFrame, Path], object]
) -> Callable[[pl.DataFrame, Path], object]:
    if task.kind != "chat" or target.suffix.lower() != ".jsonl":
        return write
    return _messages


def _messages(frame: pl.DataFrame, path: Path) -> None:
    """A conversation a line, as most tools read it."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for _, text, target in frame.iter_rows():
            file.write(json.dumps(openai_row(text, target), ensure_ascii=False) + "\n")
