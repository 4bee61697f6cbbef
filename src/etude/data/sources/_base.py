"""What every reader returns: a table of text with the line of each row, and what it rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.records.dataset import Reject, SourceFile

CELL_LIMIT = 1_000_000
"""Characters: a row with a longer cell is rejected, with its line."""
TEXT_LIMIT = 500
"""Characters of a rejected row that are kept."""
CHUNK = 50_000
"""Rows that are held as Python objects before they go into a column."""


@dataclass(frozen=True)
class Place:
    """A file to read: where it is, what people call it, and the sheet asked for."""

    path: Path
    shown: str
    sheet: str | None = None


@dataclass(frozen=True)
class Table:
    """One file, read. ``frame`` has N rows; every column is text, null where a cell is absent.

    ``lines`` (N,) counts from 1: the physical line of the file on which a row begins; for Excel
    the sheet's row, for Parquet the row.
    """

    path: str
    columns: tuple[str, ...]
    frame: pl.DataFrame
    lines: NDArray[np.int64]
    rejects: tuple[Reject, ...]
    shape: str
    bytes: int
    sha256: str
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()
    """What the reader had to assume, in plain words."""
    coded: frozenset[str] = frozenset()
    """Columns in which every value was no text, and is its JSON: numbers, truth values, lists."""

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """Cells by column, "" where absent: for looking at a few; columns are faster for all."""
        return self.frame.fill_null("").to_dicts()

    def source(self, rejected: int | None = None) -> SourceFile:
        """The file's record; ``rejected`` counts later stages' rejects too, where given."""
        return SourceFile(
            path=self.path,
            sha256=self.sha256,
            bytes=self.bytes,
            shape=self.shape,
            encoding=self.encoding,
            delimiter=self.delimiter,
            rows=len(self) + len(self.rejects),
            rejected=len(self.rejects) if rejected is None else rejected,
        )


class Source(Protocol):
    """One shape of file. ``key`` is the module's name; ``suffixes`` are lower case, with a dot."""

    key: str
    suffixes: tuple[str, ...]

    def read(self, place: Place) -> Table:
        """Every row of the file, or its place among the rejects.

        Raises:
            DataError: the file as a whole can't be read.
        """
        ...


def excerpt(text: str) -> str:
    """Text for the list of rejects: cut, and without what no file can hold."""
    shown = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text[:TEXT_LIMIT])
    return shown.replace("\0", "\ufffd").rstrip("\r\n")


def _with_long_cells(frame: pl.DataFrame) -> list[str]:
    """Columns with a cell over the limit; asked of all at once, because there may be 100,000."""
    if frame.estimated_size() <= CELL_LIMIT:
        return []
    longest = frame.select(pl.all().str.len_chars().max()).row(0)
    return [
        name for name, most in zip(frame.columns, longest, strict=True) if (most or 0) > CELL_LIMIT
    ]


class Builder:
    """Gathers rows chunk by chunk into columns; a column may first appear in a later chunk."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.rejects: list[Reject] = []
        self._frames: list[pl.DataFrame] = []
        self._lines: list[NDArray[np.int64]] = []

    def reject(self, line: int, reason: str, text: str) -> None:
        """List a row that can't be used."""
        self.rejects.append(
            Reject(path=self.place.shown, line=line, reason=reason, text=excerpt(text))
        )

    def chunk(self, lines: Sequence[int], data: Mapping[str, Sequence[str | None]]) -> None:
        """Rows as columns of equal length; a row with a cell over the limit is rejected."""
        frame = pl.DataFrame(dict(data), schema=dict.fromkeys(data, pl.String))
        self.frame(np.asarray(lines, dtype=np.int64), frame)

    def frame(self, lines: NDArray[np.int64], frame: pl.DataFrame) -> None:
        """The same, from a frame whose columns are all text."""
        if frame.is_empty():
            return
        fits = np.ones(len(frame), dtype=np.bool_)
        for name in _with_long_cells(frame):
            lengths = frame[name].str.len_chars().fill_null(0).to_numpy()
            for row in np.flatnonzero((lengths > CELL_LIMIT) & fits):
                fits[row] = False
                self.reject(
                    int(lines[row]),
                    f"the cell in column {name!r} has {int(lengths[row]):,} characters; "
                    f"the most is {CELL_LIMIT:,}",
                    frame[name][int(row)],
                )
        self._frames.append(frame if fits.all() else frame.filter(pl.Series(fits)))
        self._lines.append(lines[fits])

    def done(self) -> tuple[pl.DataFrame, NDArray[np.int64], tuple[Reject, ...]]:
        """The columns in the order of their first appearance, the lines, and the rejects."""
        frame = pl.concat(self._frames, how="diagonal") if self._frames else pl.DataFrame()
        lines = np.concatenate(self._lines) if self._lines else np.zeros(0, dtype=np.int64)
        return frame, lines, tuple(sorted(self.rejects, key=lambda reject: reject.line))
