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
from etude.data.written import CONTEXT
from etude.errors import UsageError
from etude.records.task import Task
from etude.store import atomic
from etude.workflow.check import prepare
from etude.workflow.session import Session

ROLES = ("input", "target", "context")


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
    _refuse(target, session, replace)
    write = writer(target)
    prepared, _ = prepare(session)
    outcome, version = prepared.outcome, prepared.version
    frame = _own_columns(session, prepared)
    if frame is None:
        write = _plain_writer(target, task, write)
        frame = _plainly(prepared, task)
    atomic.write_with(target, lambda temp: write(frame, temp))
    own = version.sources[0].path
    changed = prepared.frame.filter(
        pl.col("id").is_in(list(outcome.changed)), pl.col("source") == own
    )
    return Exported(
        target, len(frame), len(outcome.dropped), len(changed), version.sources[0].rejected
    )


def _refuse(target: Path, session: Session, replace: bool) -> None:
    data = session.taskfile.task.data
    for name in (data.examples, data.holdout, data.preferences, data.knowledge):
        if name is None:
            continue
        source = session.root / name.partition("#")[0]
        if target.resolve() == source.resolve():
            raise UsageError(
                "this is the file that the examples are read from",
                where=str(target),
                expected="another name: your files are never changed",
            )
    if target.exists() and not replace:
        raise UsageError(
            "this file is there already",
            where=str(target),
            hint="--force replaces it; or --export ANOTHER_NAME",
        )


def _own_columns(session: Session, prepared: Prepared) -> pl.DataFrame | None:
    """The person's table with the decided cells; None where cells and fields do not correspond."""
    task, columns = session.taskfile.task, prepared.version.columns
    table = read_table(task.data.examples, session.root)
    named = {role: columns[role] for role in ROLES if role in columns}
    if task.kind == "chat" or not {"input", "target"} <= named.keys():
        return None
    if not set(named.values()) <= set(table.columns):
        return None
    rows = prepared.frame.filter(pl.col("source") == table.path)
    changed = rows.filter(pl.col("id").is_in(list(prepared.outcome.changed)))
    frame = table.frame.with_columns(pl.Series("__line", table.lines))
    for role, column in named.items():
        new = changed.select(pl.col("line").alias("__line"), _cell(role, task).alias("__new"))
        frame = (
            frame.join(new, on="__line", how="left", maintain_order="left")
            .with_columns(pl.coalesce("__new", column).alias(column))
            .drop("__new")
        )
    return frame.filter(pl.col("__line").is_in(rows["line"].to_list())).drop("__line")


def _cell(role: str, task: Task) -> pl.Expr:
    """A field as its own column has it: what an answer may use has a column of its own."""
    if role != "input" or task.kind not in ("extract", "write", "rewrite"):
        return pl.col(role)
    ending = pl.concat_str(pl.lit(CONTEXT), "context")
    return (
        pl.when(pl.col("context").is_not_null())
        .then(pl.col("input").str.strip_suffix(ending))
        .otherwise(pl.col("input"))
    )


def _plainly(prepared: Prepared, task: Task) -> pl.DataFrame:
    """A column for each part of an example, in the order of the file."""
    own = prepared.frame.filter(pl.col("source") == prepared.version.sources[0].path).sort("line")
    if task.kind == "chat":
        return own.select("id", "input", "target")
    parts = ["id", _cell("input", task).alias("input"), "target", "context"]
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
