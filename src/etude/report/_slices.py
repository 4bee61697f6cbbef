"""Parts of the scored examples, as the page and the terminal tell them: exploratory, and said to be."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.records.slices import Slice, SliceRow
from etude.report import _figures as figures
from etude.report._behind import Behind, Link
from etude.report._how_quality import wrong_answers
from etude.report._shown import shown
from etude.report.summary import titles

LONGEST = 60
"""Characters of what a part is called."""
AT_TERMINAL = 3
"""Differences that the terminal names."""


@dataclass(frozen=True)
class PartCell:
    """A candidate's share of right answers on a part, what that is above the baseline's, and the word
    for it; ``wrong``: to the rows that it gets wrong."""

    share: str
    apart: str
    word: str
    wrong: Link | None


@dataclass(frozen=True)
class PartRow:
    """A part, with a cell for each candidate in the order of the heads; ``rows``: to its examples."""

    words: str
    n: str
    rows: Link | None
    cells: tuple[PartCell, ...]


@dataclass(frozen=True)
class PartsView:
    """``heads``: the candidates; ``small``: parts of which nothing is said; ``columns``: whether values
    of a person's own columns are among them."""

    against: str
    heads: tuple[str, ...]
    rows: tuple[PartRow, ...]
    small: int
    columns: bool


def parts(comparison: Comparison, behind: Behind | None = None) -> PartsView | None:
    """The page's table, with links to the rows ``behind`` its counts; None where nothing was cut."""
    found = comparison.slices
    if found is None or not found.slices:
        return None
    called = titles(comparison)
    return PartsView(
        against=called.get(found.against, found.against),
        heads=tuple(called.get(row.candidate, row.candidate) for row in found.slices[0].rows),
        rows=tuple(
            PartRow(
                _words(one),
                f"{one.n:,}",
                behind.link(found.against, "example", show="all", part=one.words)
                if behind
                else None,
                tuple(_cell(comparison, behind, one, row) for row in one.rows),
            )
            for one in found.slices
        ),
        small=found.small,
        columns=any(one.sort == "column" for one in found.slices),
    )


def _words(one: Slice) -> str:
    return shown(one.words, LONGEST)


def _cell(comparison: Comparison, behind: Behind | None, one: Slice, row: SliceRow) -> PartCell:
    """The share with its range, the difference with its own, and the word."""
    right, n = row.right, one.n
    share = f"{figures.percent(right.value, n)} ({figures.percent_range(right.low, right.high, n)})"
    wrong = wrong_answers(comparison, behind, row.candidate, part=one.words)
    return PartCell(share, _apart(row), row.word, wrong)


def _apart(row: SliceRow) -> str:
    found = row.difference
    if found is None:
        return ""
    return f"{figures.points(found.value)} ({figures.points_range(found.low, found.high)})"


def sentences(comparison: Comparison) -> list[str]:
    """The surest differences on parts, for the terminal; none where none has a word."""
    found = comparison.slices
    if found is None or not found.told:
        return []
    called = titles(comparison)
    told = [
        f"{_words(one)} ({one.n:,} examples): “{called.get(row.candidate, row.candidate)}” is "
        f"{row.word} than “{called.get(found.against, found.against)}”, {_apart(row)}."
        for one, row in found.told[:AT_TERMINAL]
    ]
    more = len(found.told) - len(told)
    return [*told, f"{more:,} more such differences are in the report."] if more else told
