"""CSV and TSV: separated values of any delimiter and encoding, with exact line numbers."""

from __future__ import annotations

import contextlib
import csv
import sys
from collections.abc import Iterator
from itertools import chain, islice

from etude.data.sources._base import CHUNK, Builder, Place, Table
from etude.data.sources._dialect import DELIMITERS, Dialect, Record, guess, records
from etude.data.sources._header import (
    column_names,
    is_header,
    names_without_header,
    without_blank,
)
from etude.data.sources._text import TextFile, inspect, trouble
from etude.errors import DataError

_SAMPLE = 1 << 18
"""Characters that the guess of the dialect looks at."""
_PEEK = 200
"""Rows that are compared with the first to tell a header."""


class Csv:
    """Reads with the standard library's parser: the only one here that counts physical lines."""

    key = "csv"
    suffixes = (".csv", ".tsv", ".tab", ".txt", ".psv")

    def read(self, place: Place) -> Table:
        """Every row of a file of separated values.

        Rejected, with line and reason: a row with more or fewer cells than there are columns, with
        a NUL or undecodable bytes, with broken quoting, or with a cell over the limit. Blank lines
        are passed over.

        Raises:
            DataError: not text, no rows, or two columns of one name.
        """
        text = inspect(place.path, place.shown)
        with text.open() as file:
            sample = file.read(_SAMPLE)
            whole = not file.read(1)
        tab_first = place.path.suffix.lower() in (".tsv", ".tab")
        order = ("\t", ",", ";", "|") if tab_first else DELIMITERS
        dialect = guess(sample, whole, order)
        with _any_length(), text.open() as file:
            return _Reading(place, text, dialect).table(records(file, dialect))


@contextlib.contextmanager
def _any_length() -> Iterator[None]:
    """Lift the parser's limit on a cell (131,072 characters), which is global to the process."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class _Reading:
    """One pass over one file."""

    def __init__(self, place: Place, text: TextFile, dialect: Dialect) -> None:
        self.place = place
        self.text = text
        self.dialect = dialect
        self.builder = Builder(place)
        self.width = 0

    def table(self, source: Iterator[Record]) -> Table:
        good = self._good(source)
        peeked = list(islice(good, _PEEK))
        if not peeked:
            raise self._no_rows()
        first, others = peeked[0][1], [cells for _, cells in peeked[1:]]
        notes = self.text.notes
        blank: list[str] = []
        if is_header(first, others):
            names = column_names(first, f"{self.place.shown}, line {peeked[0][0]}")
            blank = [name for name, cell in zip(names, first, strict=True) if not cell.strip()]
            peeked = peeked[1:]
        else:
            names, note = names_without_header(self.width)
            notes = (*notes, note)
        rows = chain(peeked, good)
        while batch := list(islice(rows, CHUNK)):
            lines, cells = zip(*batch, strict=True)
            self.builder.chunk(lines, dict(zip(names, zip(*cells, strict=True), strict=True)))
        frame, lines_N, rejects = self.builder.done()
        if frame.is_empty() and not rejects:
            raise self._no_rows()
        frame = without_blank(frame, blank)
        return Table(
            path=self.place.shown,
            columns=tuple(frame.columns),
            frame=frame,
            lines=lines_N,
            rejects=rejects,
            shape="csv",
            bytes=self.text.bytes,
            sha256=self.text.sha256,
            encoding=self.text.encoding,
            delimiter=self.dialect.delimiter,
            notes=notes,
        )

    def _good(self, source: Iterator[Record]) -> Iterator[tuple[int, list[str]]]:
        """Records of the first one's width; the others go to the rejects."""
        clean, reject = self.text.clean, self.builder.reject
        for line, cells, raw, wrong in source:
            reason = f"its quotation marks don't pair up ({wrong})" if wrong else None
            if not clean:
                reason = trouble("".join(raw)) or reason
            if reason is not None or cells is None:
                if not self.width:
                    raise self._bad_header(line, str(reason))
                reject(line, str(reason), "".join(raw))
                continue
            if not any(cells):
                continue
            self.width = self.width or len(cells)
            if len(cells) == self.width:
                yield line, cells
            elif len(cells) > self.width and not any(cells[self.width :]):
                yield line, cells[: self.width]
            else:
                reject(
                    line,
                    f"it has {len(cells)} cell{'s' * (len(cells) != 1)} where there are "
                    f"{self.width} column{'s' * (self.width != 1)}",
                    "".join(raw),
                )

    def _bad_header(self, line: int, reason: str) -> DataError:
        return DataError(
            f"the first line can't be read: {reason}",
            where=f"{self.place.shown}, line {line}",
            expected="a line with the names of the columns",
            hint="mend that line",
        )

    def _no_rows(self) -> DataError:
        first = self.builder.rejects[0] if self.builder.rejects else None
        return DataError(
            "no row of the file can be read" if first else "the file holds no rows",
            where=f"{self.place.shown}, line {first.line}" if first else self.place.shown,
            expected="a header line and rows below it",
            hint=f"line {first.line}: {first.reason}"
            if first
            else "check that the export finished",
        )


SOURCE = Csv()
