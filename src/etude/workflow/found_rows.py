"""Every place of every finding as a table, with the file and the line that it stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from etude.audit import HITS
from etude.audit._summary import Item
from etude.data.stored import Prepared
from etude.errors import UsageError
from etude.store import atomic

COLUMNS = (
    "finding",
    "severity",
    "id",
    "file",
    "line",
    "field",
    "start",
    "end",
    "evidence",
    "proposal",
    "other",
    "score",
)
_FORMULA = r"^[=+\-@\t\r\n']"
"""How a cell begins that a spreadsheet would run
(https://owasp.org/www-community/attacks/CSV_Injection)."""

WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".csv": lambda frame, path: harmless(frame).write_csv(path),
    ".jsonl": lambda frame, path: frame.write_ndjson(path),
    ".parquet": lambda frame, path: frame.write_parquet(path),
}


def table(items: Sequence[Item], prepared: Prepared) -> pl.DataFrame:
    """All places, in the order of the findings; a finding that names rows alone has one a row."""
    parts = [_of(item) for item in items]
    places = prepared.frame.select("id", pl.col("source").alias("file"), "line")
    schema = {"finding": pl.String, "severity": pl.String} | HITS
    found = pl.concat([pl.DataFrame(schema=schema), *parts])
    return found.join(places, on="id", how="left", maintain_order="left").select(COLUMNS)


def _of(item: Item) -> pl.DataFrame:
    hits = item.hits
    if hits is None:
        rows = pl.DataFrame({"id": list(item.finding.rows)}, schema={"id": pl.String})
        empty = [pl.lit(None, kind).alias(name) for name, kind in HITS.items() if name != "id"]
        hits = rows.with_columns(empty).with_columns(pl.col("field").fill_null(""))
    return hits.select(
        pl.lit(item.code).alias("finding"),
        pl.lit(item.finding.severity).alias("severity"),
        *(pl.col(name).cast(kind) for name, kind in HITS.items()),
    )


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would run as formulas, or that begin with an apostrophe, with an
    apostrophe before them."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )


def writer(path: Path) -> Callable[[pl.DataFrame, Path], object]:
    """How a table of this name is written.

    Raises:
        UsageError: no table is written under such a name.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise UsageError(
            f"{path.name} is not a name that the rows are written under",
            where="--rows",
            expected=f"a name that ends in {', '.join(WRITERS)}",
            hint=f"--rows {path.stem}.csv",
        )
    return write


def write_rows(items: Sequence[Item], prepared: Prepared, path: Path) -> int:
    """Write all places to ``path``, whole or not at all; how many.

    Raises:
        UsageError: the name ends in nothing that is known.
        StoreError: the disk is full or refuses.
    """
    write = writer(path)
    rows = table(items, prepared)
    atomic.write_with(path, lambda temp: write(rows, temp))
    return len(rows)
