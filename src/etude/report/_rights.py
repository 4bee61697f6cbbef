"""Which answers of the table of rows are right: the pages of rows show it, the report counts it."""

from __future__ import annotations

import polars as pl


def rights(rows: pl.DataFrame, name: str) -> list[bool | None]:
    """Of each row, whether the candidate called ``name`` is right; None where it was not asked.

    Rows have the columns of ``rows.write_rows``. No answer is wrong where a failure says why there
    is none.
    """
    outputs, failures = (rows[f"{name}|{part}"].to_list() for part in ("output", "failure"))
    if f"{name}|right" in rows.columns:
        right = [bool(one) for one in rows[f"{name}|right"].to_list()]
    else:
        right = [a == b for a, b in zip(outputs, rows["target"].to_list(), strict=True)]
    return [
        None if output is None and why is None else one
        for output, why, one in zip(outputs, failures, right, strict=True)
    ]
