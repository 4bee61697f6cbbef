"""Every place of every finding as a table, with the file and the line that it stands on, what it
costs and what to do. Of rows that are kept aside it says where they are, not what is in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import polars as pl

from etude.audit import HITS
from etude.audit._summary import Item
from etude.data.stored import Prepared
from etude.errors import UsageError
from etude.store import atomic
from etude.workflow._held import veiled

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
    "sentence",
    "costs",
    "to_do",
    "minutes",
)
"""``minutes`` are those of all rows of the finding together."""
_FIRST = COLUMNS[:12]
"""Those that files had at first."""
_FORMULA = r"^[=+\-@\t\r\n']"
"""How a cell begins that a spreadsheet would run
(https://owasp.org/www-community/attacks/CSV_Injection)."""

WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".csv": lambda frame, path: harmless(frame).write_csv(path),
    ".jsonl": lambda frame, path: frame.write_ndjson(path),
    ".parquet": lambda frame, path: frame.write_parquet(path),
}


def table(items: Sequence[Item], prepared: Prepared, held: Collection[str] = ()) -> pl.DataFrame:
    """All places, in the order of the findings.

    A finding that names rows alone has one a row; one that names none has one without an id.

    Args:
        items: the findings.
        prepared: the examples.
        held: ids of rows of which nothing is shown.
    """
    parts = [_of(item, _ids(item, prepared), held) for item in items]
    places = prepared.frame.select("id", pl.col("source").alias("file"), "line")
    said = dict.fromkeys(("sentence", "costs", "to_do"), pl.String) | {"minutes": pl.Float64}
    schema = {"finding": pl.String, "severity": pl.String} | HITS | said
    found = pl.concat([pl.DataFrame(schema=schema), *parts])
    return found.join(places, on="id", how="left", maintain_order="left").select(COLUMNS)


def _ids(item: Item, prepared: Prepared) -> Sequence[str]:
    """Of a finding without places: all rows of its code, of which a summary names the first."""
    same = [one for one in prepared.version.findings if one.code == item.code]
    return tuple(dict.fromkeys(name for one in same for name in one.ids or one.rows)) or item.ids


def _of(item: Item, ids: Sequence[str], held: Collection[str]) -> pl.DataFrame:
    hits = item.hits
    if hits is None:
        named: list[str | None] = [*ids] or [None]
        rows = pl.DataFrame({"id": named}, schema={"id": pl.String})
        empty = [pl.lit(None, kind).alias(name) for name, kind in HITS.items() if name != "id"]
        hits = rows.with_columns(empty).with_columns(pl.col("field").fill_null(""))
    return veiled(hits, held).select(
        pl.lit(item.code).alias("finding"),
        pl.lit(item.finding.severity).alias("severity"),
        *(pl.col(name).cast(kind) for name, kind in HITS.items()),
        pl.lit(item.finding.sentence).alias("sentence"),
        pl.lit(item.finding.costs, pl.String).alias("costs"),
        pl.lit(item.to_do, pl.String).alias("to_do"),
        pl.lit(item.finding.minutes, pl.Float64).alias("minutes"),
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


def is_one(path: Path) -> bool:
    """Whether a file is one that such rows were written to, by its columns; an empty one may be."""
    try:
        if not path.stat().st_size:
            return True
        columns = _READERS[path.suffix.lower()](path)
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        return False
    return tuple(columns[: len(_FIRST)]) == _FIRST


_READERS: dict[str, Callable[[Path], list[str]]] = {
    ".csv": lambda path: pl.read_csv(path, n_rows=0, infer_schema=False).columns,
    ".jsonl": lambda path: pl.read_ndjson(path).columns,
    ".parquet": lambda path: list(pl.read_parquet_schema(path)),
}


def write_rows(
    items: Sequence[Item], prepared: Prepared, path: Path, held: Collection[str] = ()
) -> int:
    """Write all places to ``path``, whole or not at all; how many. ``held``: see ``table``.

    Raises:
        UsageError: the name ends in nothing that is known.
        StoreError: the disk is full or refuses.
    """
    write = writer(path)
    rows = table(items, prepared, held)
    atomic.write_with(path, lambda temp: write(rows, temp))
    return len(rows)
