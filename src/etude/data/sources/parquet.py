"""Parquet: columns as text, nested values as JSON; lines are row numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from etude.data.sources._base import Builder, Place, Table
from etude.data.sources._columns import coded_columns, frame_of, without_bytes
from etude.data.sources._content import HEAD, PARQUET, digest
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
        frame = frame_of(
            lambda: pl.read_parquet(place.path),
            lambda found: DataError(
                f"the file {found}",
                where=place.shown,
                expected="a whole Parquet file",
                hint="copy or export it again",
            ),
        )
        if frame.is_empty():
            raise DataError("the file holds no rows", where=place.shown, expected="rows")
        notes: list[str] = []
        texts = without_bytes(frame, place, notes)
        builder = Builder(place)
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
            notes=tuple(notes),
            coded=coded_columns(frame),
        )


SOURCE = Parquet()
