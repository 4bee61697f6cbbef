"""``rows.html``: what each candidate got wrong, row by row. It holds data of people: never for
sending on.

Personal data are masked and texts cut before anything is written. The rows lie in the page as
JSON that can't end its script element, and the page's script only ever sets texts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.report._failing import FailedSuite
from etude.report._paged import Paged
from etude.report._shown import LONGEST, shown
from etude.report.summary import in_order
from etude.report.written import page
from etude.store import atomic

__all__ = ["LONGEST", "shown", "write_rows"]

_COLUMNS = ("id", "input", "target", "side")


def write_rows(
    comparison: Comparison, rows: pl.DataFrame, path: Path, cases: Sequence[FailedSuite] = ()
) -> None:
    """Write the page of rows to ``path``, whole or not at all.

    Args:
        rows: columns ``id``, ``input``, ``target``, ``side`` ("dev", "out-of-fold" or "holdout")
            and for each scored candidate ``<name>|output``, ``<name>|confidence`` (0 to 1) and
            ``<name>|failure``. No output and no failure: that candidate was not asked. Kinds that
            write have ``<name>|right``, ``|faults`` and ``|evidence`` besides.
        cases: those of ``etude behave`` that failed.

    Raises:
        ValueError: a column is missing.
        StoreError: the disk is full or refuses; what stood at ``path`` is untouched.
    """
    scored = [c for c in in_order(comparison) if c.quality is not None]
    written = comparison.task.kind in WRITING
    parts = ("output", "confidence", "failure", *(("right", "faults", "evidence") * written))
    wanted = [*_COLUMNS, *(f"{c.name}|{part}" for c in scored for part in parts)]
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        raise ValueError(f"rows lack the columns {', '.join(missing)}")
    paged = Paged(comparison, scored, rows, cases)
    atomic.write_text(path, page(paged) if written else _labelled(paged))


def _labelled(paged: Paged) -> str:
    """The page of a task with labels."""
    return paged.page(
        "rows",
        first=paged.comparison.verdict.recommended,
        second=None,
        answers=[_answers(paged, name) for name in paged.names],
    )


def _answers(paged: Paged, name: str) -> dict[str, list[Any]]:
    return {
        **paged.answers(name),
        "confidence": [
            None if value is None or not math.isfinite(value) else round(value, 3)
            for value in paged.column(name, "confidence")
        ],
    }
