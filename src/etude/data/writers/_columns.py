"""Rows gathered as columns of text, and columns of text as the values that they were.

No more than ``CHUNK`` rows are held as Python objects. It knows rows and columns, not files.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from etude.data.sources._base import CHUNK
from etude.data.sources._values import as_text, columns_of
from etude.data.writers._base import Row


class Columns:
    """Rows, chunk by chunk as columns of text; ``kinds`` are the types that a column's values had."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[type]] = defaultdict(set)
        self._frames: list[pl.DataFrame] = []
        self._held: list[dict[str, str | None]] = []

    def add(self, row: Row) -> None:
        """One row."""
        for name, value in row.items():
            if value is not None:
                self.kinds[name].add(type(value))
        self._held.append({name: as_text(value) for name, value in row.items()})
        if len(self._held) >= CHUNK:
            self._put_down()

    def _put_down(self) -> None:
        if self._held:
            data = columns_of(self._held)
            self._frames.append(pl.DataFrame(data, schema=dict.fromkeys(data, pl.String)))
            self._held.clear()

    def frame(self) -> pl.DataFrame:
        """All rows, every column text, null where a row has no such cell."""
        self._put_down()
        return pl.concat(self._frames, how="diagonal") if self._frames else pl.DataFrame()


def typed(
    frame: pl.DataFrame, kinds: Mapping[str, set[type]], lists: Sequence[str]
) -> tuple[pl.DataFrame, list[str]]:
    """Columns of text as the values that they were, and the names of those that stay JSON text.

    A column gets a type where all its values had it: truth values, numbers, lists of texts. Lists of
    messages (the columns ``lists``) become lists where all of their contents are text.
    """
    columns = [
        _messages(column) if column.name in lists else _typed(column, kinds.get(column.name, set()))
        for column in frame.get_columns()
    ]
    coded = [
        column.name
        for column in columns
        if column.dtype == pl.String and kinds.get(column.name, set()) - {str}
    ]
    return pl.DataFrame(columns), coded


def _typed(column: pl.Series, kinds: set[type]) -> pl.Series:
    if kinds == {bool}:
        return column == "true"
    if kinds == {list}:
        return _texts(column)
    if kinds and kinds <= {int, float} and _exact(column, kinds):
        numbers = column.cast(pl.Int64 if kinds == {int} else pl.Float64, strict=False)
        # With a number that 64 bits can't hold the column stays as it was written.
        return numbers if numbers.null_count() == column.null_count() else column
    return column


def _exact(column: pl.Series, kinds: set[type]) -> bool:
    """Whether no whole number changes where others have a fraction: beyond 2**53 some do."""
    if kinds != {int, float}:
        return True
    whole = (cell for cell in column.drop_nulls() if cell.lstrip("-").isdigit())
    return all(int(cell) == float(cell) for cell in whole)


def _decoded(column: pl.Series) -> Iterator[Any]:
    whole = column.drop_nulls()
    for start in range(0, len(whole), CHUNK):
        yield from map(json.loads, whole[start : start + CHUNK])


def _texts(column: pl.Series) -> pl.Series:
    """Lists of texts; the column as it is where a list holds anything else."""
    for cell in _decoded(column):
        if not all(isinstance(one, str) for one in cell):
            return column
    return column.str.json_decode(pl.List(pl.String))


def _messages(column: pl.Series) -> pl.Series:
    whole = column.drop_nulls()
    if not len(whole) or not whole.str.starts_with("[").all():
        return column
    keys: dict[str, None] = {}
    for cell in _decoded(column):
        for message in cell:
            if not all(isinstance(value, str | int | None) for value in message.values()):
                return column
            keys |= dict.fromkeys(message)
    kinds = {key: pl.Int64 if key == "weight" else pl.String for key in keys}
    return column.str.json_decode(pl.List(pl.Struct(kinds)))
