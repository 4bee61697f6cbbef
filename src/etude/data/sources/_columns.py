"""Columns of any type as text: shared by Parquet and saved datasets."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from etude.data.sources._base import Place
from etude.data.sources._values import as_text
from etude.errors import DataError


def frame_of(read: Callable[[], pl.DataFrame], damaged: Callable[[str], DataError]) -> pl.DataFrame:
    """What a reader in Rust makes of a file.

    Args:
        read: reads it.
        damaged: the error to raise, of what is wrong.
    """
    try:
        return read()
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        first = (str(error).splitlines() or ["it can't be read"])[0]
        raise damaged(f"is damaged: {first}") from error
    except BaseException as error:
        # On some files such a reader gives up with a panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(
            "is damaged, or has columns of one name or of a type that can't be read"
        ) from error


def without_bytes(frame: pl.DataFrame, place: Place, notes: list[str]) -> pl.DataFrame:
    """The columns as text; those of bytes are left out, which ``notes`` says.

    Raises:
        DataError: no other column is there.
    """
    kept = [s for s in frame.get_columns() if s.dtype != pl.Binary]
    left = [s.name for s in frame.get_columns() if s.dtype == pl.Binary]
    if not kept:
        raise DataError("every column holds bytes", where=place.shown, expected="columns of text")
    if left:
        notes.append(f"columns of bytes were left out: {', '.join(left)}")
    return pl.DataFrame([text_column(column) for column in kept])


def coded_columns(frame: pl.DataFrame) -> frozenset[str]:
    """Columns whose text is JSON of values that are no text: numbers, truth values, lists."""
    return frozenset(s.name for s in frame.get_columns() if _is_coded(s.dtype))


def _is_coded(kind: pl.DataType) -> bool:
    return kind.is_nested() or kind.is_numeric() or kind == pl.Boolean


def text_column(column: pl.Series) -> pl.Series:
    """A column as text: nested values as JSON, dates as ISO."""
    if column.dtype == pl.String:
        return column
    if column.dtype in (pl.Categorical, pl.Enum) or column.dtype.is_numeric():
        return column.cast(pl.String)
    if column.dtype in (pl.Datetime, pl.Duration):
        return column.dt.to_string("iso")
    if column.dtype.is_temporal() or column.dtype == pl.Boolean:
        return column.cast(pl.String)
    return pl.Series(column.name, [as_text(v) for v in column.to_list()], dtype=pl.String)
