"""A dataset version in hand, and the folder that it is kept in.

It knows files and sides; where the folder lies, and which version is in use, is the store's
business.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etude.data._history import ASSIGNMENTS
from etude.data.examples import Examples
from etude.data.overlay import NOTHING, Outcome
from etude.errors import DataError
from etude.records.dataset import DatasetVersion, Reject

EXAMPLES, SPLITS, REJECTS, MANIFEST = (
    "examples.parquet",
    "splits.parquet",
    "rejects.csv",
    "manifest.json",
)


@dataclass(frozen=True)
class Prepared:
    """A version and its rows.

    ``frame``: the canonical columns (``group`` an integer), ``meta``, ``side`` (train, dev,
    holdout, left_out; all in cross-fitting) and ``fold`` (0 to K-1; -1 always in training; null
    with a holdout), sorted by id. ``assignments``: what the next version must respect. ``outcome``:
    what came of people's decisions, where the version was built just now.
    """

    version: DatasetVersion
    frame: pl.DataFrame
    rejects: tuple[Reject, ...]
    assignments: pl.DataFrame
    outcome: Outcome = NOTHING

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


def held_out(folder: Path) -> tuple[str, frozenset[str]] | None:
    """The name of the held-out examples of a stored version, and their ids; None where there are
    none, or the folder can't be read."""
    try:
        version = DatasetVersion.model_validate_json((folder / MANIFEST).read_bytes())
        if version.holdout_id is None:
            return None
        held = pl.scan_parquet(folder / EXAMPLES).filter(pl.col("side") == "holdout")
        return version.holdout_id, frozenset(held.select("id").collect()["id"].to_list())
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return None


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
