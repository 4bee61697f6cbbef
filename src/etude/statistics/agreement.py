"""How far two who answer yes or no agree beyond chance: Cohen's kappa with its interval.

Knows nothing of who the two are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.statistics.intervals import Interval, interval_around, two_sided_quantile


@dataclass(frozen=True, slots=True)
class YesNo:
    """What two said of the same items, in counts."""

    both_yes: int
    only_first: int
    """The first said yes, the second no."""
    only_second: int
    both_no: int

    def __post_init__(self) -> None:
        if min(self.both_yes, self.only_first, self.only_second, self.both_no) < 0:
            raise ValueError(f"counts must not be negative, found {self}")

    @property
    def n(self) -> int:
        """Items in all."""
        return self.both_yes + self.only_first + self.only_second + self.both_no


def kappa(table: YesNo) -> float:
    """Cohen's kappa: agreement beyond that of chance, as a share of what chance leaves.

    1 is full agreement, 0 is chance. NaN where it can't be said: of no items, or where both always
    gave the same one answer. Source: Cohen (1960), Educ. Psychol. Meas. 20:37-46.
    """
    cells = (table.both_yes, table.only_first, table.only_second, table.both_no)
    return _kappa(*(float(cell) for cell in cells))


def kappa_interval(table: YesNo, level: float = 0.95) -> Interval | None:
    """The interval of kappa; None where kappa can't be said.

    The large-sample standard error of a table with half an item added to each cell, so that an
    interval has width where nobody disagrees. Source: Fleiss, Cohen & Everitt (1969), Psychol.
    Bull. 72:323-327.
    """
    point = kappa(table)
    if math.isnan(point):
        return None
    cells = (table.both_yes, table.only_first, table.only_second, table.both_no)
    smooth = tuple(cell + 0.5 for cell in cells)
    middle, half = _kappa(*smooth), two_sided_quantile(level) * _standard_error(*smooth)
    return interval_around(point, middle - half, middle + half, level, floor=-1.0, ceiling=1.0)


def _kappa(both: float, first: float, second: float, neither: float) -> float:
    n = both + first + second + neither
    if not n:
        return math.nan
    seen = (both + neither) / n
    chance = ((both + first) * (both + second) + (second + neither) * (first + neither)) / n**2
    return (seen - chance) / (1 - chance) if chance < 1 else math.nan


def _standard_error(both: float, first: float, second: float, neither: float) -> float:
    n = both + first + second + neither
    rows = ((both + first) / n, (second + neither) / n)
    columns = ((both + second) / n, (first + neither) / n)
    seen = (both + neither) / n
    chance = rows[0] * columns[0] + rows[1] * columns[1]
    same = sum(
        share / n * ((1 - chance) - (row + column) * (1 - seen)) ** 2
        for share, row, column in zip((both, neither), rows, columns, strict=True)
    )
    # Of a cell in row i and column j: the column's share of i and the row's share of j.
    apart = first / n * (columns[0] + rows[1]) ** 2 + second / n * (columns[1] + rows[0]) ** 2
    variance = same + (1 - seen) ** 2 * apart - (seen * chance - 2 * chance + seen) ** 2
    return math.sqrt(max(variance, 0.0) / n) / (1 - chance) ** 2
