"""What a candidate keeps on disk: JSON for settings, safetensors for arrays, Parquet for texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from etude.data.examples import Examples
from etude.errors import StoreError

SETTINGS, ARRAYS, EXAMPLES = "candidate.json", "arrays.safetensors", "examples.parquet"


def write_candidate(
    folder: Path,
    rung: str,
    settings: dict[str, Any],
    arrays: Mapping[str, NDArray[Any]] | None = None,
    examples: Examples | None = None,
) -> None:
    """Write the parts that are given into ``folder`` (made where it is missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema_version": 1, "rung": rung, "settings": settings}, indent=2)
    (folder / SETTINGS).write_text(text + "\n", encoding="utf-8")
    if arrays is not None:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, folder / ARRAYS)
    if examples is not None:
        columns = {
            "id": list(examples.ids),
            "input": list(examples.inputs),
            "target": list(examples.targets),
            "group": examples.groups,
        }
        pl.DataFrame(columns, schema_overrides={"group": pl.Int64}).write_parquet(folder / EXAMPLES)


def read_settings(folder: Path, rung: str) -> dict[str, Any]:
    """The settings that ``write_candidate`` wrote.

    Raises:
        StoreError: the file is missing, damaged, or another rung's.
    """
    path = folder / SETTINGS
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["rung"] == rung:
            return dict(stored["settings"])
        found = f"this candidate is of the rung {stored['rung']!r}"
    except (OSError, ValueError, KeyError, TypeError) as problem:
        found = f"the candidate's settings can't be read: {problem}"
    raise _damaged(path, found, rung)


def read_arrays(folder: Path, rung: str) -> dict[str, NDArray[Any]]:
    """The arrays that ``write_candidate`` wrote.

    Raises:
        StoreError: the file is missing or damaged.
    """
    path = folder / ARRAYS
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as problem:
        raise _damaged(path, f"the candidate's numbers can't be read: {problem}", rung) from None


def read_examples(folder: Path, rung: str) -> Examples:
    """The examples that ``write_candidate`` wrote.

    Raises:
        StoreError: the file is missing or damaged.
    """
    path = folder / EXAMPLES
    try:
        return Examples.from_frame(pl.read_parquet(path))
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise _damaged(path, f"the candidate's examples can't be read: {problem}", rung) from None


def _damaged(path: Path, found: str, rung: str) -> StoreError:
    return StoreError(
        found,
        where=str(path),
        expected=f"a candidate of the rung {rung!r}",
        hint="run `etude compare` again: what is missing is made anew",
    )
