"""A dataset version: from the task file's files to rows with sides, named by their content.

It composes reading, canonical rows, groups and sides. How a version is kept is in ``stored``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from etude.data import findings as say
from etude.data.canonical import Canonical, canonicalise
from etude.data.groups import Groups, find_groups
from etude.data.overlay import Placed
from etude.data.sources import Table, read_table
from etude.data.splits import Splits, assign
from etude.data.stored import Prepared, read_assignments
from etude.errors import DataError
from etude.progress import Progress, Silent
from etude.records.dataset import DatasetVersion, Reject
from etude.records.task import Task

_CONTENT = ("id", "input", "target", "group", "context", "meta", "side", "fold")
_HELD_OUT = ("id", "input", "target", "context")
_MANY_LABELS = 0.5
_SEVERAL_RIGHT = ("write", "rewrite", "chat")
"""Kinds in which one input may have several good answers."""
_COLUMNS = (
    "id",
    "input",
    "target",
    "group",
    "context",
    "source",
    "line",
    "cells",
    "meta",
    "side",
    "fold",
)


def build(
    task: Task,
    root: Path,
    previous: pl.DataFrame | Path | None = None,
    *,
    strict: bool = False,
    created: str | None = None,
    progress: Progress | None = None,
    decisions: Sequence[Placed] = (),
) -> Prepared:
    """Read the task's examples and give every row a side.

    The same contents give the same ``version.id``, whatever the order of rows.

    Args:
        task: the task; its paths are relative to ``root``.
        root: the project's folder.
        previous: the assignments of the version before (a table, or its Parquet file).
        strict: rejected rows and copies of held-out examples are errors.
        created: ISO 8601, UTC; now where None.
        progress: told what is under way.
        decisions: of people about rows; see ``overlay``.

    Raises:
        DataError: the files can't be read, columns are missing, or the examples are too few.
    """
    steps = progress or Silent()
    with steps.step("Reading the examples"):
        examples = read_table(task.data.examples, root)
        holdout = read_table(task.data.holdout, root) if task.data.holdout else None
        canonical = canonicalise(examples, task, holdout, decisions=decisions)
    _refuse_labels(task, canonical, examples.path)
    if strict and canonical.rejects:
        raise _strict_rejects(canonical.rejects)
    with steps.step("Looking for copies"):
        groups = find_groups(canonical.frame)
    frame = canonical.frame.with_columns(
        pl.Series("group", groups.group_N),
        pl.Series("group_key", groups.key_N, dtype=pl.String),
        (pl.col("target") if canonical.labels else pl.lit("")).alias("stratum"),
    )
    splits = _splits(task, frame, previous, examples.path)
    frame = frame.with_columns(_side_columns(splits))
    left_out = say.left_out_findings(frame)
    if strict and left_out:
        raise DataError(
            left_out[0].sentence,
            where=task.data.examples,
            expected="no copies (--strict)",
            hint=left_out[0].hint,
        )
    tables = [table for table in (examples, holdout) if table is not None]
    version = _version(task, tables, canonical, groups, frame, splits)
    stamp = created or datetime.now(UTC).isoformat(timespec="seconds")
    version = version.model_copy(update={"created": stamp})
    rows = frame.select(_COLUMNS)
    return Prepared(version, rows, canonical.rejects, splits.assignments, canonical.outcome)


def _splits(
    task: Task, frame: pl.DataFrame, previous: pl.DataFrame | Path | None, where: str
) -> Splits:
    """Every row's side; an error of the whole set is said to be in the file ``where``."""
    if isinstance(previous, Path):
        previous = read_assignments(previous)
    try:
        return assign(frame, previous, split=task.data.split)
    except DataError as error:
        raise DataError(
            error.found, where=error.where or where, expected=error.expected, hint=error.hint
        ) from error


def _side_columns(splits: Splits) -> list[pl.Series]:
    fold_N = splits.fold_N if splits.fold_N is not None else [None] * len(splits.side_N)
    return [
        pl.Series("side", splits.side_N.tolist(), dtype=pl.String),
        pl.Series("fold", fold_N, dtype=pl.Int64),
    ]


def _refuse_labels(task: Task, canonical: Canonical, where: str) -> None:
    if not canonical.labels:
        return
    present = canonical.frame["target"].unique().to_list()
    if len(present) == 1:
        raise DataError(
            f"every example has the label {say.shortened(present[0])!r}: there is nothing to "
            "choose between",
            where=where,
            expected="examples of at least two labels",
            hint="add examples of the other labels, or check `target` in etude.yaml",
        )
    rows = len(canonical.frame)
    if task.labels is None and rows >= 20 and len(present) > _MANY_LABELS * rows:
        raise DataError(
            f"{rows:,} examples have {len(present):,} different labels",
            where=where,
            expected="a few labels that come again and again",
            hint="check `target` in etude.yaml; it is read from the column "
            f"{canonical.columns.get('target')!r}",
        )


def _strict_rejects(rejects: Sequence[Reject]) -> DataError:
    first = rejects[0]
    return DataError(
        f"{say.count_of(len(rejects), 'row')} can't be used; the first: {first.reason}",
        where=f"{first.path}, line {first.line}",
        expected="every row usable (--strict)",
        hint="mend the rows, or leave --strict out to go on without them",
    )


def _version(
    task: Task,
    tables: Sequence[Table],
    canonical: Canonical,
    groups: Groups,
    frame: pl.DataFrame,
    splits: Splits,
) -> DatasetVersion:
    counts = Counter(frame["target"].to_list())
    sides = Counter(frame["side"].to_list())
    rejected = Counter(reject.path for reject in canonical.rejects)
    held = frame.filter(pl.col("side") == "holdout")
    return DatasetVersion(
        id=_digest(frame, _CONTENT, splits.scheme),
        created="",
        sources=tuple(table.source(rejected[table.path]) for table in tables),
        columns=canonical.columns,
        rows=len(frame),
        rejected=len(canonical.rejects),
        scheme=splits.scheme,
        folds=splits.folds,
        sizes={
            side: sides[side]
            for side in (
                ("all",) if splits.scheme == "cross_fitting" else ("train", "dev", "holdout")
            )
        },
        labels={label: counts[label] for label in canonical.labels},
        groups=groups.count,
        left_out=sides["left_out"],
        holdout_id=_digest(held, _HELD_OUT, "holdout") if len(held) else None,
        findings=(
            *say.about_reading(tables, canonical.rejects),
            *canonical.findings,
            *say.about_decisions(canonical.outcome),
            *say.about_copies(frame, groups, one_right=task.kind not in _SEVERAL_RIGHT),
            *say.about_labels(frame, canonical.labels, splits),
            *say.about_splits(frame, splits, groups),
            *say.about_rights(task.data.rights),
        ),
    )


def _digest(frame: pl.DataFrame, columns: Sequence[str], salt: str) -> str:
    """sha256 of the rows in the order of their ids, first 16 hexadecimal digits."""
    digest = hashlib.sha256(salt.encode())
    for row in frame.select(columns).iter_rows():
        for cell in row:
            data = b"" if cell is None else str(cell).encode("utf-8")
            # Lengths keep "ab","c" and "a","bc" apart; -1 keeps null and "" apart.
            digest.update(f"{-1 if cell is None else len(data)}:".encode())
            digest.update(data)
    return digest.hexdigest()[:16]
