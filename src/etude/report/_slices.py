"""Parts of the scored examples, as the page and the terminal tell them: exploratory, and said to be."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.records.slices import Slice, SliceRow
from etude.report import _figures as figures
from etude.report._shown import shown
from etude.report.summary import titles

LONGEST = 60
"""Characters of what a part is called."""
AT_TERMINAL = 3
"""Differences that the terminal names."""


@dataclass(frozen=True)
class PartRow:
    """A part: each candidate's share of right answers, in the order of the heads, with what it is above
    the baseline's and the word for it."""

    words: str
    n: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class PartsView:
    """``heads``: the candidates; ``small``: parts of which nothing is said; ``columns``: whether values
    of a person's own columns are among them."""

    against: str
    heads: tuple[str, ...]
    rows: tuple[PartRow, ...]
    small: int
    columns: bool


def parts(comparison: Comparison) -> PartsView | None:
    """The page's table; None where nothing was cut."""
    found = comparison.slices
    if found is None or not found.slices:
        return None
    called = titles(comparison)
    return PartsView(
        against=called.get(found.against, found.against),
        heads=tuple(called.get(row.candidate, row.candidate) for row in found.slices[0].rows),
        rows=tuple(
            PartRow(_words(one), f"{one.n:,}", tuple(_cell(row, one.n) for row in one.rows))
            for one in found.slices
        ),
        small=found.small,
        columns=any(one.sort == "column" for one in found.slices),
    )


def _words(one: Slice) -> str:
    return shown(one.words, LONGEST)


def _cell(row: SliceRow, n: int) -> tuple[str, str, str]:
    """The share with its range, the difference with its own, and the word."""
    right = row.right
    share = f"{figures.percent(right.value, n)} ({figures.percent_range(right.low, right.high, n)})"
    return share, _apart(row), row.word


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
