"""A project's own examples as people's decisions made them, in the columns of their file.

Where the table has one column for each part of an example, the cells that were decided about differ
and nothing else. Of other shapes rows can be left out, and what is in them can't be changed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from etude.data.findings import count_of
from etude.data.sources import Table, read_table
from etude.data.stored import Prepared
from etude.data.written import CONTEXT
from etude.records.task import Task
from etude.workflow import decisions
from etude.workflow._target import read_by
from etude.workflow.check import prepare
from etude.workflow.convert import ConvertOptions, convert_table
from etude.workflow.converted import Converted
from etude.workflow.session import Session

ROLES = ("input", "target", "context")
LINE = "__line"


def is_own(session: Session, source: str | Path) -> bool:
    """Whether a file, named from where the person is, is the project's examples."""
    own, named = session.root / session.taskfile.task.data.examples, Path(source)
    return own.exists() and named.exists() and named.samefile(own)


def convert_own(session: Session, options: ConvertOptions) -> Converted:
    """Write the examples in another shape, as people's decisions made them; see ``convert_file``."""
    task, root = session.taskfile.task, session.root
    table, notes = decided(session)
    where = root / task.data.examples
    kept = read_by(session)
    return convert_table(table, where, options, data=task.data, kept=kept, notes=notes)


def decided(session: Session) -> tuple[Table, tuple[str, ...]]:
    """The table of the examples under people's decisions, and what to say of them.

    Raises:
        DataError: there are decisions, and the examples can't be used.
    """
    task, root = session.taskfile.task, session.root
    table = read_table(task.data.examples, root)
    if all(one.decision.action == "keep" for one in decisions.read(root).placed):
        return table, ()
    prepared, _ = prepare(session)
    outcome = prepared.outcome
    if not outcome.any:
        return table, ()
    frame = own_columns(table, task, prepared)
    if frame is None and outcome.changed:
        count = count_of(len(outcome.changed) + len(outcome.dropped), "decided row")
        return table, (
            f"{count} stand here as in the file, without your decisions: in such rows they have no "
            "cells of their own (etude fix --export FILE writes the examples with them)",
        )
    if frame is None:
        frame = table.frame.with_columns(pl.Series(LINE, table.lines))
    own = prepared.frame.filter(pl.col("source") == table.path)["line"].to_list()
    rejected = [one.line for one in prepared.rejects if one.path == table.path]
    left = frame.filter(pl.col(LINE).is_in([*own, *rejected]))
    said = [f"{len(frame) - len(left):,} left out"] * (len(left) < len(frame))
    said += [f"{len(outcome.changed):,} changed"] * bool(outcome.changed)
    made = replace(table, frame=left.drop(LINE), lines=left[LINE].to_numpy())
    return made, (f"by your decisions ({decisions.FILE}), of its rows: {', '.join(said)}",)


def own_columns(table: Table, task: Task, prepared: Prepared) -> pl.DataFrame | None:
    """The person's table with the decided cells and a column ``LINE``, rows that are left out among
    them; None where cells and fields do not correspond."""
    columns = prepared.version.columns
    named = {role: columns[role] for role in ROLES if role in columns}
    if task.kind == "chat" or not {"input", "target"} <= named.keys():
        return None
    if not set(named.values()) <= set(table.columns):
        return None
    changed = prepared.frame.filter(
        pl.col("source") == table.path, pl.col("id").is_in(list(prepared.outcome.changed))
    )
    frame = table.frame.with_columns(pl.Series(LINE, table.lines))
    for role, column in named.items():
        new = changed.select(pl.col("line").alias(LINE), cell(role, task).alias("__new"))
        frame = (
            frame.join(new, on=LINE, how="left", maintain_order="left")
            .with_columns(pl.coalesce("__new", column).alias(column))
            .drop("__new")
        )
    return frame


def cell(role: str, task: Task) -> pl.Expr:
    """A field as its own column has it: what an answer may use has a column of its own."""
    if role != "input" or task.kind not in ("extract", "write", "rewrite"):
        return pl.col(role)
    ending = pl.concat_str(pl.lit(CONTEXT), "context")
    return (
        pl.when(pl.col("context").is_not_null())
        .then(pl.col("input").str.strip_suffix(ending))
        .otherwise(pl.col("input"))
    )
