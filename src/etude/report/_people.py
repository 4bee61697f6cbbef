"""Answers that people compared blind, as the page tells it."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.report._behind import Behind
from etude.report._how import How
from etude.report._how_readers import of_people
from etude.report.summary import titles


@dataclass(frozen=True)
class PeopleRow:
    """Two ways, and on how many inputs the first one's answer was better, the same, worse."""

    candidate: str
    against: str
    better: str
    same: str
    worse: str
    left: str
    how: How


@dataclass(frozen=True)
class PeopleView:
    """``standing``: whether it decides, in words."""

    standing: str
    rows: tuple[PeopleRow, ...]


def people(comparison: Comparison, behind: Behind | None = None) -> PeopleView | None:
    """What the page says of it; None where nobody compared anything."""
    found = comparison.people
    if found is None or not any(row.n for row in found.rows):
        return None
    called = titles(comparison)
    if comparison.metric == "person":
        standing = "How often they preferred each is what decides here, the same counting half."
    elif comparison.task.bar.metric == "person":
        standing = f"Too few were compared to decide: {found.to_judge:,} more to judge."
    else:
        standing = "Another metric decides here."
    rows = [
        PeopleRow(
            candidate=called.get(row.candidate, row.candidate),
            against=called.get(row.against, row.against),
            better=f"{row.better:,}",
            same=f"{row.same:,} ({row.identical:,} letter for letter)",
            worse=f"{row.worse:,}",
            left=f"{row.left:,}",
            how=of_people(comparison, behind, row),
        )
        for row in found.rows
        if row.n
    ]
    return PeopleView(standing, tuple(rows))
