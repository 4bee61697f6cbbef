"""Tables that are answered rather than learned from: every column kept, answers added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from etude.data import conversations
from etude.data.canonical import input_texts
from etude.data.columns import HOLE, find_roles
from etude.data.sources import Table
from etude.data.text import normalise
from etude.data.written import CONTEXT
from etude.errors import UsageError
from etude.records.task import Data

WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".csv": lambda frame, path: frame.write_csv(path),
    ".tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    ".jsonl": lambda frame, path: frame.write_ndjson(path),
    ".xlsx": lambda frame, path: frame.write_excel(path),
    ".parquet": lambda frame, path: frame.write_parquet(path),
}
"""How a table is written, by the ending of its name."""


def input_columns(data: Data, described: str) -> tuple[str, ...]:
    """The columns that an input is made of.

    Args:
        data: the task file's ``data``.
        described: ``DatasetVersion.columns["input"]``.
    """
    written = data.input if data.input is not None else described
    if isinstance(written, tuple):
        return written
    holes = tuple(dict.fromkeys(HOLE.findall(written)))
    return holes or ((written,) if data.input is not None else tuple(described.split(" + ")))


def one_table(row: Mapping[str, str]) -> Table:
    """One row by column as a table."""
    frame = pl.DataFrame([dict(row)], schema=dict.fromkeys(row, pl.String))
    return Table(
        path="the fields given",
        columns=tuple(row),
        frame=frame,
        lines=np.ones(1, dtype=np.int64),
        rejects=(),
        shape="fields",
        bytes=0,
        sha256="",
    )


def texts_of(table: Table, data: Data, described: str, *, with_context: bool = False) -> list[str]:
    """The input of each row ("" where a row has none).

    Args:
        table: the rows to answer.
        data: the task file's ``data``.
        described: what the training examples' input was read from, for columns found by
            themselves (``DatasetVersion.columns["input"]``).
        with_context: what an answer may use is part of the input, as in training.

    Raises:
        DataError: the table lacks a column of the input.
    """
    named = (
        data
        if data.input is not None
        else data.model_copy(update={"input": _as_written(described, table.columns)})
    )
    dropped = ("target", "id", "group", *(() if with_context else ("context",)))
    only_input = named.model_copy(update=dict.fromkeys(dropped))
    roles = find_roles(table.columns, only_input, table.path, labelled=False)
    texts = list(input_texts(table, roles))
    if roles.context is None:
        return texts
    used = [normalise(cell or "") for cell in table.frame[roles.context].to_list()]
    return [
        conversations.with_context(text, CONTEXT, context) if text and context else text
        for text, context in zip(texts, used, strict=True)
    ]


def _as_written(described: str, columns: Sequence[str]) -> str | tuple[str, ...]:
    if HOLE.search(described) or described in columns:
        return described
    return tuple(described.split(" + "))


def with_columns(table: Table, added: Mapping[str, Sequence[object]]) -> pl.DataFrame:
    """The table's columns, then ``added``; a name that is taken gets a number."""
    frame = table.frame
    for name, values in added.items():
        free, number = name, 2
        while free in frame.columns:
            free, number = f"{name}_{number}", number + 1
        frame = frame.with_columns(pl.Series(free, list(values)))
    return frame


def writer(target: Path) -> Callable[[pl.DataFrame, Path], object]:
    """How to write a table called ``target``.

    Raises:
        UsageError: no table is written under such a name.
    """
    found = WRITERS.get(target.suffix.lower())
    if found is None:
        raise UsageError(
            f"{target.name} is not a name that a table is written under",
            expected=f"a name that ends in {', '.join(WRITERS)}",
            hint=f"--out {target.stem}.csv",
        )
    return found
