"""Excel workbooks: one sheet as text, formulas by their values, dates as ISO text."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import fastexcel
import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.data.sources._base import Builder, Place, Table
from etude.data.sources._content import HEAD, OLE, ZIP, digest
from etude.data.sources._errors import error_cells
from etude.data.sources._header import (
    column_names,
    is_header,
    names_without_header,
    without_blank,
)
from etude.errors import DataError
from etude.registry import nearest

_PEEK = 200
_NAMED = 5
"""Cells with an error that are named in a note."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream of an encrypted workbook ([MS-OFFCRYPTO] 2.3.4.4)."""


class Workbook:
    """The first sheet, or the one that ``file.xlsx#Sheet`` names; lines are the sheet's rows."""

    key = "xlsx"
    suffixes = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

    def read(self, place: Place) -> Table:
        """Every row of the sheet that is not empty.

        Raises:
            DataError: no workbook, a password, no such sheet, or an empty sheet.
        """
        grid, current, others = _grid(place)
        errors = error_cells(place.path, current)
        lines = np.flatnonzero(_filled(grid)) + 1
        filled = frozenset(lines.tolist())
        if not len(lines):
            raise _empty(place, others)
        notes = (*_unread(place, others), *_told(errors))
        cells, lines, names, blank, note = _headed(place, grid[(lines - 1).tolist()], lines)
        cells.columns = names
        builder = Builder(place)
        builder.frame(lines, cells)
        for line in sorted(errors.keys() - filled):
            builder.reject(line, "it holds nothing but errors", ", ".join(errors[line]))
        frame, lines_N, rejects = builder.done()
        frame = without_blank(frame, blank)
        return Table(
            path=place.shown,
            columns=tuple(frame.columns),
            frame=frame,
            lines=lines_N,
            rejects=rejects,
            shape=self.key,
            bytes=place.path.stat().st_size,
            sha256=digest(place.path),
            notes=(*notes, *note),
        )


def _empty(place: Place, others: Sequence[str]) -> DataError:
    return DataError(
        "the sheet is empty, or holds a chart alone",
        where=place.shown,
        expected="a header row and rows below it",
        hint=f"name another sheet: {place.shown}#{others[0]}"
        if others
        else "check that the export finished: no sheet of the workbook holds rows",
    )


def _unread(place: Place, others: Sequence[str]) -> tuple[str, ...]:
    """A note of the other sheets, where nobody chose one."""
    if not others or place.sheet is not None:
        return ()
    named = ", ".join(repr(other) for other in others)
    return (
        f"the first sheet alone is read, not {named}; {place.shown}#{others[0]} would read another",
    )


def _told(errors: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    """A note of cells that hold an error."""
    places = [place for line in sorted(errors) for place in errors[line]]
    if not places:
        return ()
    more = ", …" if len(places) > _NAMED else ""
    return (
        f"cells that hold an error (#N/A, #DIV/0! and the like) were read as empty: "
        f"{', '.join(places[:_NAMED])}{more} ({len(places):,} in all)",
    )


def _headed(
    place: Place, cells: pl.DataFrame, lines: NDArray[np.int64]
) -> tuple[pl.DataFrame, NDArray[np.int64], list[str], list[str], tuple[str, ...]]:
    """The rows below the header with their lines, the columns' names, those that the header leaves
    blank, and a note where there is no header.

    Raises:
        DataError: there is nothing below the header.
    """
    first = ["" if cell is None else cell for cell in cells.row(0)]
    peek = [["" if c is None else c for c in row] for row in cells[1:_PEEK].iter_rows()]
    if not is_header(first, peek):
        names, note = names_without_header(cells.width)
        return cells, lines, names, [], (note,)
    names = column_names(first, f"{place.shown}, row {lines[0]}")
    if len(cells) == 1:
        raise DataError(
            "the sheet holds a header and no rows",
            where=place.shown,
            expected="rows below the header",
        )
    blank = [name for name, cell in zip(names, first, strict=True) if not cell.strip()]
    return cells[1:], lines[1:], names, blank, ()


def _grid(place: Place) -> tuple[pl.DataFrame, str, list[str]]:
    """The cells of the sheet, its name, and the names of the other sheets that hold rows."""
    with place.path.open("rb") as file:
        head = file.read(HEAD)
    if not head.startswith((ZIP, OLE)):
        raise DataError(
            "this is not an Excel workbook, though its name says so",
            where=place.shown,
            expected="a workbook saved as .xlsx",
            hint="if it is CSV, rename it to .csv",
        )
    if head.startswith(OLE) and _ENCRYPTED in place.path.read_bytes():
        raise DataError(
            "the workbook is protected by a password",
            where=place.shown,
            expected="a workbook without a password, saved as .xlsx",
            hint="open it, take the password away (File, Info), save it, and try again",
        )
    # Complaints about chart sheets and empty columns mean nothing to a person: they have no cells.
    for library in ("calamine", "fastexcel"):
        logging.getLogger(library).setLevel(logging.ERROR)
    try:
        reader = fastexcel.read_excel(place.path)
        sheet: str | int = 0
        if place.sheet is not None:
            sheet = _named(place, reader.sheet_names)
        # Without skip_rows empty rows at the top are dropped and every row number is wrong.
        loaded = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        current = reader.sheet_names[sheet] if isinstance(sheet, int) else sheet
        others = [
            name
            for name in reader.sheet_names
            if name != current
            and reader.load_sheet(name, header_row=None, skip_rows=0, n_rows=1).height
        ]
        return loaded.to_polars(), current, others
    except fastexcel.FastExcelError as error:
        raise DataError(
            f"the workbook can't be read: {str(error).splitlines()[0]}",
            where=place.shown,
            expected="a workbook without a password, saved as .xlsx",
            hint="open it, save it as .xlsx, and try again",
        ) from error


def _named(place: Place, names: list[str]) -> str:
    if place.sheet in names:
        return str(place.sheet)
    near = nearest(str(place.sheet), names)
    raise DataError(
        f"the workbook has no sheet {place.sheet!r}",
        where=place.shown,
        expected=f"one of {', '.join(names)}",
        hint=f"did you mean {place.shown}#{near}?" if near else None,
    )


def _filled(grid: pl.DataFrame) -> pl.Series:
    """Rows with at least one cell that is not empty."""
    if grid.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    return grid.select(pl.any_horizontal(pl.all().fill_null("") != "")).to_series()


SOURCE = Workbook()
