"""What happened to the examples between two dataset versions, by id."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from etude.records.dataset import DatasetVersion
from etude.records.difference import NAMED, ExamplesChange, Ids

_CONTENT = ("input", "target", "context", "meta")


def ids(found: Iterable[str]) -> Ids:
    """Counted, and the first of them named, in their order."""
    every = sorted(found)
    return Ids(count=len(every), ids=tuple(every[:NAMED]))


def examples_change(
    old: DatasetVersion,
    new: DatasetVersion,
    old_rows: pl.DataFrame | None,
    new_rows: pl.DataFrame | None,
) -> ExamplesChange:
    """Rows added, removed, edited and moved.

    ``old_rows``, ``new_rows``: canonical rows with ``side``, as versions keep them; None where they
    are not here. Two versions of one hash need neither.
    """
    known = old.id == new.id or (old_rows is not None and new_rows is not None)
    change = ExamplesChange(
        same=old.id == new.id, old_rows=old.rows, new_rows=new.rows, rows_known=known
    )
    if change.same or old_rows is None or new_rows is None:
        return change
    before, after = set(old_rows["id"].to_list()), set(new_rows["id"].to_list())
    both = old_rows.join(new_rows, on="id", suffix="|new")
    content = [name for name in _CONTENT if name in old_rows.columns and name in new_rows.columns]
    edited = pl.any_horizontal(_differs(name) for name in content)
    return change.model_copy(
        update={
            "added": ids(after - before),
            "removed": ids(before - after),
            "edited": ids(both.filter(edited)["id"].to_list()),
            "moved": ids(both.filter(_differs("side"))["id"].to_list()),
        }
    )


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(f"{name}|new"))
