"""Parquet: columns as text, nested values as JSON; lines are row numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from etude.data.sources._base import Builder, Place, Table
from etude.data.sources._content import HEAD, PARQUET, digest
from etude.data.sources._values import as_text
from etude.errors import DataError


class Parquet:
    """Numbers, dates and truth values become text as JSON writes them (dates as ISO)."""

    key = "parquet"
    suffixes = (".parquet", ".pq")

    def read(self, place: Place) -> Table:
        """Every row of the file.

        Raises:
            DataError: not Parquet, damaged, without rows, or with no column of values.
        """
        with place.path.open("rb") as file:
            head = file.read(HEAD)
        if not head.startswith(PARQUET):
            raise DataError(
                "this is not a Parquet file, though its name says so",
                where=place.shown,
                expected="a file that begins with PAR1",
                hint="rename it to what it is",
            )
        try:
            frame = pl.read_parquet(place.path)
        except pl.exceptions.PolarsError as error:
            raise DataError(
                f"the file is damaged: {str(error).splitlines()[0]}",
                where=place.shown,
                expected="a whole Parquet file",
                hint="copy or export it again",
            ) from error
        if frame.is_empty():
            raise DataError("the file holds no rows", where=place.shown, expected="rows")
        kept = [s for s in frame.get_columns() if s.dtype != pl.Binary]
        left = [s.name for s in frame.get_columns() if s.dtype == pl.Binary]
        if not kept:
            raise DataError(
                "every column holds bytes",
                where=place.shown,
                expected="columns of text",
            )
        builder = Builder(place)
        texts = pl.DataFrame([_text(column) for column in kept])
        builder.frame(np.arange(1, len(frame) + 1, dtype=np.int64), texts)
        made, lines, rejects = builder.done()
        return Table(
            path=place.shown,
            columns=tuple(texts.columns),
            frame=made,
            lines=lines,
            rejects=rejects,
            shape=self.key,
            bytes=place.path.stat().st_size,
            sha256=digest(place.path),
            notes=(f"columns of bytes were left out: {', '.join(left)}",) if left else (),
        )


def _text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return column
    if column.dtype in (pl.Categorical, pl.Enum) or column.dtype.is_numeric():
        return column.cast(pl.String)
    if column.dtype == pl.Datetime:
        return column.dt.to_string("iso")
    if column.dtype.is_temporal() or column.dtype == pl.Boolean:
        return column.cast(pl.String)
    return pl.Series(column.name, [as_text(v) for v in column.to_list()], dtype=pl.String)


SOURCE = Parquet()
