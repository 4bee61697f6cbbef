"""``report``: the pages of the newest comparison, written into the project folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etude.data.stored import EXAMPLES
from etude.errors import StoreError
from etude.records.comparison import Comparison
from etude.records.run import Look
from etude.report._failing import failing
from etude.report.page import write_report
from etude.report.rows import write_rows
from etude.workflow import behaved, grades, keeping
from etude.workflow.behave_standing import standing
from etude.workflow.cards import write_cards
from etude.workflow.session import Session, now


@dataclass(frozen=True)
class Pages:
    """Where the pages of ``comparison`` are. ``report`` has no rows of data; ``rows`` does. ``cards``:
    the folder with a card of each candidate and one of the examples."""

    report: Path
    rows: Path
    cards: Path
    comparison: Comparison


def report(session: Session, *, show_holdout: bool = False) -> Pages:
    """Write ``report.html``, ``rows.html`` and the cards.

    ``show_holdout`` puts held-out rows on the rows page, which is written in the ledger: whoever
    reads them can no longer be surprised by them.

    Raises:
        DataError: nothing has been compared yet.
    """
    comparison = keeping.latest(session)
    root = session.root
    cards = write_cards(session, comparison)
    pages = Pages(root / "report.html", root / "rows.html", cards, comparison)
    stands = standing(session, comparison.candidates)
    tried = behaved.newest(session, stands)
    graded = grades.of(session, comparison.dataset.id)
    cases = failing(comparison, tried, behaved.rows_of(session, tried, stands) if tried else None)
    rows = _as_in_the_files(session, comparison, keeping.rows_of(session, comparison))
    if show_holdout:
        _write_down(session, comparison)
    else:
        rows = rows.filter(pl.col("side") != "holdout")
    write_report(comparison, pages.report, graded=graded, behaved=tried, cases=cases, rows=rows)
    write_rows(comparison, rows, pages.rows, cases)
    return pages


def _as_in_the_files(session: Session, comparison: Comparison, rows: pl.DataFrame) -> pl.DataFrame:
    """In the order in which the examples were read: they are scored part after part. As they are where
    the examples are not here any more."""
    try:
        path = session.store.version_folder(comparison.dataset.id) / EXAMPLES
        places = pl.read_parquet(path, columns=["id"]).with_row_index("place")
    except (OSError, StoreError, pl.exceptions.PolarsError):
        return rows
    placed = rows.join(places, on="id", how="left", maintain_order="left")
    return placed.sort("place", nulls_last=True, maintain_order=True).drop("place")


def _write_down(session: Session, comparison: Comparison) -> None:
    if comparison.dataset.holdout_id is None:
        return
    session.store.record_look(
        Look(
            time=now(),
            holdout_id=comparison.dataset.holdout_id,
            run=comparison.run,
            candidates=(),
            reason="rows shown to a person",
        )
    )
