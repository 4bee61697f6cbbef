"""Whether the first row of a sheet is its header, and what the columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import polars as pl

from etude.data.names import KNOWN_NAMES, plain
from etude.errors import DataError

_LONG = 60
"""Characters: a cell this long is no column name."""
_WORDS = 5
_SENTENCE = re.compile(r"[,;] |[.?!]$|\n")


def known(row: Sequence[str]) -> bool:
    """Whether a cell is a column name that people commonly use."""
    return any(plain(cell) in KNOWN_NAMES for cell in row)


def is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether ``first`` names the columns of ``others`` (the rows after it, a sample will do).

    It does where it holds a usual name. It does not where one of its cells comes again below it in
    its column (a label does), or reads like a sentence or a number.
    """
    if known(first):
        return True
    for place, cell in enumerate(first):
        below = (row[place] for row in others if place < len(row))
        if cell.strip() and cell in below:
            return False
    cells = [cell.strip() for cell in first if cell.strip()]
    return bool(cells) and not any(
        len(cell) > _LONG or len(cell.split()) > _WORDS or _SENTENCE.search(cell) or _number(cell)
        for cell in cells
    )


def _number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def names_without_header(width: int) -> tuple[list[str], str]:
    """Names for the columns of a file without a header, and the note that says so."""
    if width <= 2:
        named = ["input", "target"][:width]
        return named, ("no header row was found: the columns were taken as " + " and ".join(named))
    return [f"column_{i + 1}" for i in range(width)], (
        "no header row was found: the columns were numbered"
    )


def column_names(row: Sequence[str], where: str) -> list[str]:
    """The header's cells as names; a cell without a name becomes ``column_3``.

    Raises:
        DataError: two columns have the same name.
    """
    names = [cell.strip() or f"column_{i + 1}" for i, cell in enumerate(row)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        places = "; ".join(
            f"{name!r} is the name of columns "
            + " and ".join(str(i + 1) for i, other in enumerate(names) if other == name)
            for name in twice
        )
        raise DataError(
            f"columns of the same name: {places}",
            where=where,
            expected="a name of its own for every column",
            hint="rename one of them in the header",
        )
    return names


def without_blank(frame: pl.DataFrame, unnamed: Sequence[str]) -> pl.DataFrame:
    """The frame without those unnamed columns in which every cell is empty.

    Spreadsheets export the empty columns at their right.
    """
    empty = [n for n in unnamed if n in frame.columns and not frame[n].fill_null("").ne("").any()]
    return frame.drop(empty) if empty else frame
