"""The threshold of confidence from which on answers are right at a promised rate.

Learn-then-Test with fixed-sequence testing: every threshold of a fixed grid is the hypothesis
"answers at least this sure are right less often than promised"; those that the calibration items
refute are safe. Knows nothing of where confidence comes from; it may be on any scale from 0 to 1.

Source: Angelopoulos, Bates, Candes, Jordan & Lei (2021), "Learn then test"; Bauer (1991) for the
fixed sequence. Letters in names: N items, T thresholds, U independent units.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrc

from etude.statistics._arrays import FloatArray, IntArray, Units, units_of
from etude.statistics.intervals import check_level

STEEPEST, STEP = 16.0, 0.05
"""The grid in log-odds: confidence of language models crowds against 1."""
BETS = (0.25, 0.5, 0.75, 0.95)
"""Shares of what a unit that is all wrong could lose, in the test over groups."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The lowest safe threshold, or None and the fewest units that could have shown one.

    Answer where confidence is at least `threshold`: with the asked confidence, at least the asked
    share of such answers is right. `answered` of `items` calibration items are that sure; an item
    without confidence never is. `fewest`: this many units, all of them right, would do.
    """

    threshold: float | None
    answered: int
    items: int
    units: int
    fewest: int


def promise(
    score: ArrayLike,
    right: ArrayLike,
    *,
    precision: float,
    confidence: float = 0.95,
    groups: ArrayLike | None = None,
) -> Promise:
    """The lowest threshold that promises `precision` on what is answered.

    The grid is walked from sure to unsure. Error is handed out where enough units are answered to
    refute anything, and again each time their number has doubled; a threshold that is refuted hands
    its error on to the next, one that is not ends it (the fallback procedure, of which the fixed
    sequence is the case of one handing out). The promise is exact where surer answers are at least
    as often right.

    score: (N,) from 0 to 1, NaN where unknown; right: (N,) 0 or 1; groups: (N,) names or numbers of
    what is independent. Without repeated groups the p-values are exact binomial ones.
    Source of the fallback procedure: Wiens & Dmitrienko (2005), J. Biopharm. Stat. 15:929-942.

    Raises:
        ValueError: shapes differ, or a number is out of its range.
    """
    check_level(precision)
    check_level(confidence)
    score_N, right_N = checked(score, right)
    table = _Table(score_N, right_N, units_of(len(score_N), groups), precision)
    starts, fewest = _starts(table.units, precision, 1 - confidence)
    lowest = table.walk(starts, 1 - confidence)
    threshold = None if lowest is None else float(GRID[lowest])
    answered = 0 if threshold is None else int((score_N >= threshold).sum())
    return Promise(threshold, answered, len(score_N), table.units.count, fewest)


def fewest_right(precision: float, confidence: float = 0.95) -> int:
    """The fewest independent items, all right, that show a precision with this confidence."""
    return math.ceil(math.log(1 - confidence) / math.log(precision))


def _starts(units: Units, precision: float, error: float) -> tuple[list[int], int]:
    """How many units are answered where error is handed out, and the fewest that can refute."""
    # What one unit that is all right takes off the log of the p-value, and what it starts from.
    if units.repeated:
        best = max(BETS) * (1 - precision) / precision
        each = float(np.log1p(best * units.sizes / units.sizes.max()).mean())
        before = math.log(len(BETS))
    else:
        each, before = -math.log(precision), 0.0
    fewest = math.ceil((before - math.log(error)) / each)
    count = max(1, 1 + math.floor(math.log2(max(units.count, 1) / fewest)))
    first = math.ceil((before - math.log(error / count)) / each)
    starts = [first * 2**i for i in range(count) if first * 2**i <= units.count]
    return starts, fewest


def checked(score: ArrayLike, right: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both as (N,) floats; what has no confidence lies below everything (-1).

    Raises:
        ValueError: shapes differ, none at all, or a number is out of its range.
    """
    score_N = np.asarray(score, dtype=np.float64)
    right_N = np.asarray(right, dtype=np.float64)
    if score_N.ndim != 1 or score_N.shape != right_N.shape or not len(score_N):
        raise ValueError(f"two (N,) arrays are expected, found {score_N.shape} and {right_N.shape}")
    known = ~np.isnan(score_N)
    if not ((score_N[known] >= 0) & (score_N[known] <= 1)).all():
        raise ValueError("confidence must lie between 0 and 1, or be NaN")
    if not np.isin(right_N, (0, 1)).all():
        raise ValueError("right must be 0 or 1")
    return np.where(known, score_N, -1.0), right_N


def _grid() -> FloatArray:
    odds_T = np.arange(STEEPEST, -STEEPEST - STEP / 2, -STEP)
    return np.concatenate([[1.0], 1 / (1 + np.exp(-odds_T)), [0.0]])


GRID = _grid()
"""(T,) thresholds from 1 down to 0, the same for all data."""


class _Table:
    """What is answered, and how well, at each threshold of the grid."""

    def __init__(
        self, score_N: FloatArray, right_N: FloatArray, units: Units, precision: float
    ) -> None:
        self.units = units
        self.precision = precision
        self.right_N = right_N
        # The first threshold that an item reaches; T where it reaches none.
        self.place_N = np.searchsorted(-GRID, -score_N, side="left").astype(np.int64)
        self.place_N[score_N < 0] = len(GRID)
        first_U = np.full(units.count, len(GRID), dtype=np.int64)
        np.minimum.at(first_U, units.index, self.place_N)
        self.reached_T = _running(first_U)
        self.answered_T = _running(self.place_N)
        hits_T = _running(self.place_N[right_N == 1])
        self.exact_T = bdtrc(hits_T - 1, self.answered_T, precision)

    def walk(self, starts: Sequence[int], error: float) -> int | None:
        """The last threshold that is refuted; None where none is.

        ``starts``: units answered where a share of ``error`` is handed out.
        """
        if not starts:
            return None
        fresh = np.searchsorted(self.reached_T, np.asarray(starts))
        held, last = 0.0, None
        for place in range(int(fresh[0]), len(GRID)):
            held += error / len(starts) * int((fresh == place).sum())
            if held and self._p_value(place) <= held:
                last = place
            else:
                held = 0.0
        return last

    def _p_value(self, place: int) -> float:
        if self.units.repeated:
            return grouped_p_value(self._gains(place), self.precision, self._largest())
        return float(self.exact_T[place])

    def _gains(self, place: int) -> FloatArray:
        """(U,) for each unit, right answers less the promised share of answers."""
        gain_N = np.where(self.place_N <= place, self.right_N - self.precision, 0.0)
        return self.units.sums(gain_N)

    def _largest(self) -> float:
        return float(self.units.sizes.max())


def grouped_p_value(gains: ArrayLike, precision: float, largest: float) -> float:
    """How surprising these gains of units are if answers are right less often than promised.

    gains: (U,), right answers less `precision` times answers, of units with at most `largest` items.
    A gambler bets on every unit that gains are above 0 on average; if they are not, his capital is
    not expected to grow, and so passes 1/p with a chance of at most p. The capital is averaged over
    several sizes of bet. Valid for any number of units and any dependence within them.
    Source: Waudby-Smith & Ramdas (2024), JRSS B 86:1-27 (betting); Ville's inequality.
    """
    gains_U = np.asarray(gains, dtype=np.float64)
    stake = 1 / (precision * largest)
    # A bet of the whole stake on a unit that is all wrong loses everything: log of 0 is allowed.
    with np.errstate(divide="ignore"):
        logs = [float(np.log1p(np.maximum(bet * stake * gains_U, -1)).sum()) for bet in BETS]
    capital = np.logaddexp.reduce(logs) - math.log(len(BETS))
    return float(min(1.0, math.exp(-min(capital, 700.0)))) if capital > 0 else 1.0


def _running(places: IntArray) -> IntArray:
    """(T,) how many places lie at or before each threshold."""
    counts = np.bincount(places[places < len(GRID)], minlength=len(GRID))
    return np.asarray(np.cumsum(counts), dtype=np.int64)
