"""Cases that failed, for the page of rows: what was asked, what was answered, and why that fails.

They hold texts of the data, so personal data are masked and texts cut, as everywhere on that page.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from etude.records.behaviour import Behaviour
from etude.records.comparison import Comparison
from etude.report._shown import shown
from etude.report.summary import in_order, titles

MOST, LETTERS = 30, 600
"""Cases of a suite that are shown, and letters of a text."""


@dataclass(frozen=True)
class Failed:
    """One case; ``answers`` are of those candidates that fail it: title, answer and why."""

    source: str
    asked: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class FailedSuite:
    """A suite's cases that anybody fails; ``more`` of them are not shown."""

    name: str
    cases: tuple[Failed, ...]
    more: int


def failing(
    comparison: Comparison, found: Behaviour | None, rows: pl.DataFrame | None
) -> tuple[FailedSuite, ...]:
    """Every suite in which a case failed, in the record's order.

    Args:
        comparison: names the candidates.
        found: names the suites; None: nobody has tried.
        rows: the table that ``etude behave`` left.
    """
    if found is None or rows is None:
        return ()
    names = {one.suite: one.plain_name for one in found.results}
    called = titles(comparison)
    order = {c.name: place for place, c in enumerate(in_order(comparison))}
    failed = rows.filter(pl.col("why").is_not_null() & pl.col("candidate").is_in(list(order)))
    return tuple(
        _suite(name, failed.filter(pl.col("suite") == key), called, order)
        for key, name in names.items()
        if failed.filter(pl.col("suite") == key).height
    )


def _suite(
    name: str, rows: pl.DataFrame, called: dict[str, str], order: dict[str, int]
) -> FailedSuite:
    cases: dict[tuple[str, str], list[tuple[int, tuple[str, str, str]]]] = {}
    for row in rows.iter_rows(named=True):
        answer = "no answer" if row["output"] is None else shown(row["output"], LETTERS)
        told = (called[row["candidate"]], answer, shown(row["why"], LETTERS))
        place = order[row["candidate"]]
        cases.setdefault((row["source"], row["input"]), []).append((place, told))
    kept = list(cases.items())[:MOST]
    return FailedSuite(
        name[:1].upper() + name[1:],
        tuple(
            Failed(
                shown(source, 200),
                shown(asked, LETTERS),
                tuple(told for _, told in sorted(answers)),
            )
            for (source, asked), answers in kept
        ),
        len(cases) - len(kept),
    )
