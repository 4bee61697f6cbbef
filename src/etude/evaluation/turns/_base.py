"""What a turn is: a way of going wrong that several answers share, and whether it is more than chance.

Answers of one independent group count once. It knows counts and positions, nothing of tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from etude.statistics.unpaired import more_often

LEVEL = 0.05
"""Of the chance, corrected for everything that was looked at (Bonferroni)."""
LEAST = 3
"""Wrong answers, of as many independent groups, that make a turn."""


@dataclass(frozen=True)
class Turn:
    """``rows`` are positions of the wrong answers that share ``name``.

    ``chance``: that so many share it where mistakes fall evenly, corrected; None where the very same
    rule explains each of them, so that only their number counts. ``alike``: positions of the
    examples to learn from that show how it is done right. ``shared``: False where these answers have
    in common only that nothing else explains them.
    """

    name: str
    rows: tuple[int, ...]
    chance: float | None
    alike: tuple[int, ...] = ()
    shared: bool = True


@dataclass(frozen=True)
class Counter:
    """Counts independent groups among rows; ``groups`` (N,)."""

    groups: NDArray[np.int64]

    def of(self, rows: Iterable[int]) -> int:
        """How many independent groups these rows belong to."""
        return len({int(self.groups[row]) for row in rows})

    def evenly(
        self, rows: Collection[int], among: Collection[int], rate: float, looked: int
    ) -> float:
        """The chance of so many of ``among`` at ``rate`` (exact binomial), times ``looked``."""
        count, total = self.of(rows), self.of(among)
        return min(1.0, looked * float(bdtrc(count - 1, total, min(1.0, rate))))

    def more_than(
        self, rows: Collection[int], among: Collection[int], other: int, of: int
    ) -> float:
        """The chance that ``rows`` of ``among`` share something that ``other`` of ``of`` others have
        too (Fisher's exact test, one-sided)."""
        return more_often(self.of(rows), self.of(among), other, of)


def is_repeatable(turn: Turn, counter: Counter) -> bool:
    """Whether the turn is enough answers, and either one rule or more than chance."""
    return comes_back(turn, counter) and (turn.chance is None or turn.chance <= LEVEL)


def comes_back(turn: Turn, counter: Counter) -> bool:
    """Whether enough answers share it, be it by chance or not."""
    return turn.shared and counter.of(turn.rows) >= LEAST
