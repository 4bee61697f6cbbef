"""From tables as people have them to canonical rows: normalised, labelled, named, or rejected.

It knows one version's tables and the task; it knows nothing of copies, groups or sides.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from etude.data._laid import Rules
from etude.data.columns import HOLE, Roles, find_roles
from etude.data.ids import hashed, id_findings, unique_ids
from etude.data.labels import Spelling, spell
from etude.data.overlay import NOTHING, Outcome, Placed, lay
from etude.data.shapes import Shaped, read_shapes
from etude.data.sources import Table
from etude.data.text import is_blank, normalise
from etude.data.written import written
from etude.errors import DataError
from etude.records.dataset import Finding, Reject
from etude.records.task import Task

SCHEMA = {
    "id": pl.String,
    "input": pl.String,
    "target": pl.String,
    "group": pl.String,
    "context": pl.String,
    "source": pl.String,
    "line": pl.Int64,
    "cells": pl.String,
    "meta": pl.String,
    "held": pl.Boolean,
    "normal": pl.String,
    "hash": pl.String,
}
"""``group`` is the person's own text here (null where there is none); ``held``: the row is of a
holdout file; ``normal``: the normal form by which copies are found; ``hash``: the short hash of the
input's own normal form. The two forms differ in instructions alone."""

_LABELLED_KINDS = ("classify", "image")
_SHOWN = 500


@dataclass(frozen=True)
class Canonical:
    """Rows sorted by id, in the columns of ``SCHEMA``; rejects by file and line."""

    frame: pl.DataFrame
    rejects: tuple[Reject, ...]
    columns: dict[str, str]
    labels: tuple[str, ...]
    """The task's in its order, else the data's in alphabetical order; empty for other kinds."""
    findings: tuple[Finding, ...]
    outcome: Outcome = NOTHING
    """What came of people's decisions."""


def canonicalise(
    examples: Table,
    task: Task,
    holdout: Table | None = None,
    *,
    labelled: bool = True,
    decisions: Sequence[Placed] = (),
) -> Canonical:
    """Canonical rows of the examples and of a holdout file.

    Args:
        examples: the table.
        task: what the columns mean and which labels there are.
        holdout: a holdout of the person's own.
        labelled: rows need a target; without, targets are "" (for inputs to be answered).
        decisions: of people about rows, in the order in which they were made.

    Raises:
        DataError: columns that are not found, or not a single usable row.
    """
    frames: list[pl.DataFrame] = []
    rejects: list[Reject] = []
    columns: dict[str, str] = {}
    tables = [examples, holdout] if holdout is not None else [examples]
    shaped, findings = read_shapes(tables, task, labelled=labelled)
    for place, one in enumerate(shaped):
        rejects += one.table.rejects
        roles = find_roles(one.table.columns, one.data, one.table.path, labelled=labelled)
        columns = columns or roles.described()
        frame = _frame(one, roles, place > 0, labelled)
        if task.kind not in _LABELLED_KINDS:
            frame = written(frame, one.table, roles, task, labelled)
        frames.append(_reject(frame, rejects))
    frame = pl.concat(frames)
    labels: tuple[str, ...] = ()
    if labelled and task.kind in _LABELLED_KINDS:
        frame, labels = _spelled(frame, task, rejects, findings)
    if frame.is_empty():
        raise _nothing_left(examples, rejects)
    frame = frame.with_columns(hashed(frame, task))
    frame, twice, outcome = _named(frame, task, labels, decisions)
    if frame.is_empty():
        raise _all_dropped(examples)
    if task.labels is None and outcome.any:
        there = set(frame["target"])
        labels = tuple(label for label in labels if label in there)
    findings += id_findings(twice)
    order = {table.path: i for i, table in enumerate(tables)}
    rejects.sort(key=lambda reject: (order.get(reject.path, 0), reject.line))
    made = Canonical(frame.select(*SCHEMA), tuple(rejects), columns, labels, tuple(findings))
    return replace(made, outcome=outcome)


def _named(
    frame: pl.DataFrame, task: Task, labels: Sequence[str], decisions: Sequence[Placed]
) -> tuple[pl.DataFrame, list[str], Outcome]:
    """Rows with their ids, as people decided they should be, sorted by id; ids that stood more than
    once; what came of the decisions. A row keeps the id that it had in the file."""
    bases = frame["id"].fill_null(frame["hash"])
    ids, twice = unique_ids(frame)
    frame = frame.with_columns(pl.Series("id", ids, dtype=pl.String))
    if not decisions:
        return frame.sort("id"), twice, NOTHING
    rules = Rules(task.kind, frozenset(labels), task.output_schema)
    before = frame.select("id", was="input")
    frame, outcome = lay(frame, bases, decisions, rules)
    if outcome.changed and not frame.is_empty():
        edited = pl.col("input") != pl.col("was")
        frame = (
            frame.join(before, on="id", how="left", maintain_order="left")
            .with_columns(pl.when(edited).then(None).otherwise("compared").alias("compared"))
            .drop("was")
        )
        frame = frame.with_columns(hashed(frame, task))
    return frame.sort("id"), twice, outcome


def _frame(shaped: Shaped, roles: Roles, held: bool, labelled: bool) -> pl.DataFrame:
    """Normalised cells of every row, with ``why`` it can't be used (null where it can) and the text
    by which copies are found where that is not the input (``compared``)."""
    table = shaped.table
    inputs = list(input_texts(table, roles))
    targets = [""] * len(table)
    if roles.target is not None:
        targets = [normalise(cell or "") for cell in table.frame[roles.target].to_list()]
    why = [
        "the input is empty"
        if is_blank(text)
        else "the target is empty"
        if labelled and is_blank(target)
        else None
        for text, target in zip(inputs, targets, strict=True)
    ]
    return pl.DataFrame(
        {
            "id": _texts(table, roles.id),
            "input": inputs,
            "target": targets,
            "group": _texts(table, roles.group),
            "context": _texts(table, roles.context),
            "source": [table.path] * len(table),
            "line": table.lines,
            "cells": [None] * len(table),
            "meta": _meta(table, roles),
            "held": [held] * len(table),
            "why": why,
            "compared": shaped.compared or [None] * len(table),
        },
        schema={
            **{name: kind for name, kind in SCHEMA.items() if name not in ("normal", "hash")},
            "why": pl.String,
            "compared": pl.String,
        },
    )


def input_texts(table: Table, roles: Roles) -> Iterator[str]:
    """The normalised input of each row, "" where it has none."""
    if roles.template is None and len(roles.input) == 1:
        yield from (normalise(cell or "") for cell in table.frame[roles.input[0]].to_list())
        return
    rows = table.frame.select(roles.input).fill_null("").iter_rows()
    if roles.template is None:
        for row in rows:
            pairs = zip(roles.input, map(normalise, row), strict=True)
            yield normalise("\n".join(f"{name}: {cell}" for name, cell in pairs if cell))
        return
    pieces = HOLE.split(roles.template)
    for row in rows:
        cells = dict(zip(roles.input, map(normalise, row), strict=True))
        filled = [cells[piece] if i % 2 else piece for i, piece in enumerate(pieces)]
        # A template's own words are no input.
        yield normalise("".join(filled)) if any(cells.values()) else ""


def _texts(table: Table, column: str | None) -> list[str | None]:
    if column is None:
        return [None] * len(table)
    return [normalise(cell) or None if cell else None for cell in table.frame[column].to_list()]


def _meta(table: Table, roles: Roles) -> list[str | None]:
    others = [name for name in table.columns if name not in roles.used]
    if not others:
        return [None] * len(table)
    return [
        json.dumps(
            {name: cell for name, cell in zip(others, row, strict=True) if cell is not None},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row in table.frame.select(others).iter_rows()
    ]


def _reject(frame: pl.DataFrame, rejects: list[Reject]) -> pl.DataFrame:
    """The rows without a ``why``; the others go to ``rejects``."""
    for row in frame.filter(pl.col("why").is_not_null()).iter_rows(named=True):
        text = row["input"] or row["target"]
        rejects.append(
            Reject(
                path=row["source"],
                line=row["line"],
                reason=row["why"],
                text=text[:_SHOWN],
            )
        )
    return frame.filter(pl.col("why").is_null()).drop("why")


def _spelled(
    frame: pl.DataFrame, task: Task, rejects: list[Reject], findings: list[Finding]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    declared = None if task.labels is None else tuple(map(normalise, task.labels))
    counts = Counter(frame["target"].to_list())
    spelling = spell(counts, declared)
    why = {text: _unknown(text, spelling) for text in counts if text not in spelling.of}
    targets = frame["target"]
    known = targets.replace_strict(spelling.of, default=None, return_dtype=pl.String)
    frame = frame.with_columns(
        known.fill_null(targets).alias("target"),
        targets.replace_strict(why, default=None, return_dtype=pl.String).alias("why"),
    )
    for text, label in sorted(spelling.changed.items()):
        rows = counts[text]
        findings.append(
            Finding(
                code="label_spelling",
                severity="note",
                count=rows,
                sentence=f"{_short(text)!r} was read as the label {_short(label)!r} in {rows:,} "
                f"row{'s' if rows != 1 else ''}",
                hint="write it one way in the file",
            )
        )
    return _reject(frame, rejects), spelling.labels


def _unknown(text: str, spelling: Spelling) -> str:
    near = spelling.nearest(text)
    found = f"{_short(text)!r} is not one of the labels"
    return found + (f"; the nearest is {_short(near)!r}" if near else "")


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _all_dropped(table: Table) -> DataError:
    return DataError(
        "by the decisions about them every example is left out",
        where=table.path,
        expected="examples that stay",
        hint="etude fix --undo CODE takes a finding's decisions back",
    )


def _nothing_left(table: Table, rejects: Sequence[Reject]) -> DataError:
    reasons = Counter(reject.reason for reject in rejects).most_common(3)
    first = min(rejects, key=lambda reject: reject.line, default=None)
    listed = "; ".join(f"{reason} ({count:,} rows)" for reason, count in reasons)
    return DataError(
        "no row can be used" + (f": {listed}" if listed else ""),
        where=f"{table.path}, line {first.line}" if first else table.path,
        expected="rows with an input and a target",
        hint="check `input`, `target` and `labels` in etude.yaml against the file",
    )
