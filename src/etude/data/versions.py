"""A dataset version: from the task file's files to rows with sides, named by their content.

It composes reading, canonical rows, groups and sides, and writes and reads the folder of a
version. Where that folder lies, and which version is in use, is the store's business.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from etude.data import findings as say
from etude.data._history import ASSIGNMENTS
from etude.data.canonical import Canonical, canonicalise
from etude.data.examples import Examples
from etude.data.groups import Groups, find_groups
from etude.data.sources import Table, read_table
from etude.data.splits import Splits, assign
from etude.errors import DataError
from etude.progress import Progress, Silent
from etude.records.dataset import DatasetVersion, Reject
from etude.records.task import Task

EXAMPLES, SPLITS, REJECTS, MANIFEST = (
    "examples.parquet",
    "splits.parquet",
    "rejects.csv",
    "manifest.json",
)
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


@dataclass(frozen=True)
class Prepared:
    """A version and its rows.

    ``frame``: the canonical columns (``group`` an integer), ``meta``, ``side`` (train, dev,
    holdout, left_out; all in cross-fitting) and ``fold`` (0 to K-1; -1 always in training; null
    with a holdout), sorted by id. ``assignments``: what the next version must respect.
    """

    version: DatasetVersion
    frame: pl.DataFrame
    rejects: tuple[Reject, ...]
    assignments: pl.DataFrame

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order of the task file, else alphabetical."""
        return tuple(self.version.labels)

    def train(self) -> Examples:
        """What is trained on, with a holdout; empty in cross-fitting."""
        return self._examples(pl.col("side") == "train")

    def dev(self) -> Examples:
        """What settings are chosen on, with a holdout; empty in cross-fitting."""
        return self._examples(pl.col("side") == "dev")

    def holdout(self) -> Examples:
        """What finalists are scored on; empty in cross-fitting."""
        return self._examples(pl.col("side") == "holdout")

    def fold(self, index: int) -> tuple[Examples, Examples]:
        """(the rest, the fold): what may be used, and what is scored with it.

        Raises:
            IndexError: there is no such fold.
        """
        if not 0 <= index < self.version.folds:
            raise IndexError(f"fold {index} of {self.version.folds}")
        inside = pl.col("fold") == index
        return self._examples(~inside), self._examples(inside)

    def everything(self) -> Examples:
        """All that may be trained on once nothing more is scored: all but held-out rows."""
        return self._examples(pl.col("side").is_in(["train", "dev", "all"]))

    def _examples(self, which: pl.Expr) -> Examples:
        return Examples.from_frame(self.frame.filter(which))


def build(
    task: Task,
    root: Path,
    previous: pl.DataFrame | Path | None = None,
    *,
    strict: bool = False,
    created: str | None = None,
    progress: Progress | None = None,
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

    Raises:
        DataError: the files can't be read, columns are missing, or the examples are too few.
    """
    steps = progress or Silent()
    with steps.step("Reading the examples"):
        examples = read_table(task.data.examples, root)
        holdout = read_table(task.data.holdout, root) if task.data.holdout else None
        canonical = canonicalise(examples, task, holdout)
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
    return Prepared(version, frame.select(_COLUMNS), canonical.rejects, splits.assignments)


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


def write(prepared: Prepared, folder: Path) -> None:
    """Write a version into a folder that is there; the manifest comes last.

    Raises:
        OSError: the disk refuses.
    """
    prepared.frame.write_parquet(folder / EXAMPLES)
    prepared.assignments.write_parquet(folder / SPLITS)
    with (folder / REJECTS).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "line", "reason", "text"))
        rows.writerows((r.path, r.line, r.reason, _as_text(r.text)) for r in prepared.rejects)
    manifest = prepared.version.model_dump_json(indent=2)
    (folder / MANIFEST).write_text(manifest + "\n", encoding="utf-8")


def _as_text(text: str) -> str:
    """Rejected text that a spreadsheet would run as a formula, or that begins with an apostrophe,
    with an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "'")) else text


def intact(folder: Path) -> bool:
    """Whether the stored version can be read: its record, and as many rows as the record says."""
    try:
        version = DatasetVersion.model_validate_json((folder / MANIFEST).read_bytes())
        rows = pl.scan_parquet(folder / EXAMPLES).select(pl.len()).collect().item()
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return False
    return bool(rows == version.rows) and (folder / REJECTS).is_file()


def read(folder: Path) -> Prepared:
    """The version that ``write`` left in a folder.

    Raises:
        DataError: a file is missing or damaged.
    """
    try:
        version = DatasetVersion.model_validate_json((folder / MANIFEST).read_bytes())
        frame = pl.read_parquet(folder / EXAMPLES)
        with (folder / REJECTS).open(encoding="utf-8", newline="") as file:
            rejects = tuple(
                Reject(
                    path=row["path"],
                    line=int(row["line"]),
                    reason=row["reason"],
                    text=row["text"].removeprefix("'"),
                )
                for row in csv.DictReader(file)
            )
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise DataError(
            "the stored examples are missing or damaged",
            where=str(folder),
            expected=", ".join((EXAMPLES, SPLITS, REJECTS, MANIFEST)),
            hint="put the folder back from a copy, or run `etude check` to make it again",
        ) from error
    return Prepared(version, frame, rejects, read_assignments(folder / SPLITS))


def read_assignments(path: Path) -> pl.DataFrame:
    """The assignments table in a version's folder.

    Raises:
        DataError: it is missing or damaged: going on would forget what was kept aside.
    """
    try:
        return pl.read_parquet(path).select(*ASSIGNMENTS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            "the table of which examples are kept aside can't be read",
            where=str(path),
            expected="the file that an earlier run wrote",
            hint="put it back from a copy",
        ) from error
