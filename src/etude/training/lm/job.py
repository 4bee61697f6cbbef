"""A training as files, so that a launcher can start it in several processes or elsewhere.

A job is a folder: ``job.json`` (the model, the settings) with ``train.parquet`` and
``dev.parquet`` beside it (token ids); the tuned ``model`` and everything else come there too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from etude.errors import TrainingError
from etude.store import atomic
from etude.training.lm.pairs import Teacher, TokenPair
from etude.training.lm.settings import LmSettings, settings_from

JOB = "job.json"
_IDS = pl.List(pl.Int32)
_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "prompt": _IDS,
    "target": _IDS,
    "weight": pl.Float64,
    "teacher_ids": pl.List(_IDS),
    "teacher_log_probabilities": pl.List(pl.List(pl.Float32)),
}
"""Of a pairs file; the teacher's are null where there is none. Its rows are target tokens."""


@dataclass(frozen=True)
class Job:
    """What is trained: ``model`` is a reference as in the task file."""

    model: str
    train: tuple[TokenPair, ...]
    dev: tuple[TokenPair, ...]
    settings: LmSettings


def write_job(folder: Path, job: Job) -> Path:
    """Put the job into ``folder``; the path of its ``job.json``, written last."""
    write_pairs(folder / "train.parquet", job.train)
    write_pairs(folder / "dev.parquet", job.dev)
    said = {"schema": 1, "model": job.model, "settings": job.settings.as_dict()}
    atomic.write_json(folder / JOB, said)
    return folder / JOB


def read_job(path: Path) -> Job:
    """The job of a ``job.json``.

    Raises:
        TrainingError: it or a pairs file can't be read, or a setting is wrong.
    """
    try:
        said = json.loads(path.read_text("utf-8"))
        model, settings = said["model"], said["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"the job can't be read: {error!r}",
            where=str(path),
            expected='{"schema": 1, "model": …, "settings": {…}}',
            hint="write it again with etude.training.lm.job.write_job",
        ) from error
    return Job(
        model,
        tuple(read_pairs(path.parent / "train.parquet")),
        tuple(read_pairs(path.parent / "dev.parquet")),
        settings_from(settings),
    )


def write_pairs(path: Path, pairs: Sequence[TokenPair]) -> None:
    """Token pairs as Parquet, whole or not at all."""
    columns: dict[str, list[Any]] = {
        "prompt": [pair.prompt.tolist() for pair in pairs],
        "target": [pair.target.tolist() for pair in pairs],
        "weight": [float(pair.weight) for pair in pairs],
        "teacher_ids": [pair.teacher and pair.teacher.ids_TK.tolist() for pair in pairs],
        "teacher_log_probabilities": [
            pair.teacher and pair.teacher.log_probabilities_TK.tolist() for pair in pairs
        ],
    }
    table = pl.DataFrame(columns, schema=_COLUMNS)
    atomic.write_with(path, table.write_parquet)


def read_pairs(path: Path) -> list[TokenPair]:
    """Token pairs as ``write_pairs`` wrote them.

    Raises:
        TrainingError: the file can't be read, or has other columns.
    """
    try:
        table = pl.read_parquet(path, columns=list(_COLUMNS)).cast(_COLUMNS)  # type: ignore[arg-type]
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TrainingError(
            f"the pairs can't be read: {error}",
            where=str(path),
            expected="Parquet with the columns " + ", ".join(_COLUMNS),
            hint="write it again with etude.training.lm.job.write_pairs",
        ) from error
    return [_pair(row) for row in table.iter_rows(named=True)]


def _pair(row: dict[str, Any]) -> TokenPair:
    teacher = None
    if row["teacher_ids"] is not None:
        teacher = Teacher(
            np.asarray(row["teacher_ids"], np.int32),
            np.asarray(row["teacher_log_probabilities"], np.float32),
        )
    prompt, target = (np.asarray(row[name], np.int32) for name in ("prompt", "target"))
    return TokenPair(prompt, target, row["weight"], teacher)
