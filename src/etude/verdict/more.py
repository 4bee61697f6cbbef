"""How many more examples would likely settle which rung is enough.

What is there leaves the true differences as uncertain as their intervals say, and what is added brings
chance of its own, while intervals narrow with the root of the number. Of both so many draws are made,
all pairs of a draw together, and the rule of ``decide`` is held against each: a rung that is certainly
worse than one other needs no word on the rest. Differences that few examples show are larger than they
are, the more so the nearer the ways; a flat prior knows nothing of that, so far more than four draws in
five must be settled for four in five to be (four of the tasks of ``benchmarks/verdicts.py`` told how
many: 300 examples of multidogo's media, finance, software and fastfood).

Source: O'Hagan, Stevens & Campbell (2005), Pharmaceutical Statistics 4:187-201 (assurance), with a
flat prior.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.statistics.intervals import two_sided_quantile
from etude.statistics.power import smallest
from etude.verdict._pairs import Differences

CHANCE = 0.95
DRAWS = 2_000
SEED = 0

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def settles(low_KK: Numbers, high_KK: Numbers, margin: float, keeps: int | None = None) -> Flags:
    """Whether it is settled which of K ways is enough, lowest rung first; over leading axes.

    ``low_KK[i, j]`` and ``high_KK[i, j]`` bound what i is above j. ``keeps`` is the one in production,
    which stays where it is no worse than all.
    """
    itself = np.eye(low_KK.shape[-1], dtype=bool)
    no_worse_K = np.asarray(((low_KK > -margin) | itself).all(axis=-1))
    worse_K = np.asarray(((high_KK < 0) & ~itself).any(axis=-1))
    not_worse_K = np.cumsum(~worse_K, axis=-1)  # of it and those below it
    found = np.asarray((no_worse_K & (not_worse_K - ~worse_K == 0)).any(axis=-1))
    return found if keeps is None else found | no_worse_K[..., keeps]


def more_examples(
    names: Sequence[str],
    differences: Differences,
    margin: float,
    n: int,
    keeps: str | None = None,
) -> float:
    """So many more than the ``n`` there are that ``settles`` likely holds of ``names`` (two or more,
    lowest rung first); inf where no number would do."""
    race = _Race.of(names, differences, n)
    kept = names.index(keeps) if keeps in names else None

    def likely(size: int) -> bool:
        low_SKK, high_SKK = race.at(size)
        return bool(settles(low_SKK, high_SKK, margin, kept).mean() >= CHANCE)

    enough = smallest(likely, n + 1)
    return math.inf if enough is None else float(enough - n)


@dataclass(frozen=True)
class _Race:
    """K ways and what n examples say of them: each above each other, the width of that, and S draws of
    how far the truth lies from it."""

    n: int
    above_KK: Numbers
    half_KK: Numbers
    off_SK: Numbers

    @classmethod
    def of(cls, names: Sequence[str], differences: Differences, n: int) -> _Race:
        places = [(i, j) for i in range(len(names)) for j in range(len(names)) if i != j]
        above_KK, half_KK = np.zeros((2, len(names), len(names)))
        for i, j in places:
            d = differences.of(names[i], names[j])
            above_KK[i, j], half_KK[i, j] = d.value, (d.high - d.low) / 2
        error_KK = half_KK / two_sided_quantile(differences.level, differences.comparisons)
        return cls(n, above_KK, half_KK, _deviations(np.square(error_KK)))

    def at(self, size: int) -> tuple[Numbers, Numbers]:
        """Both ends of all intervals (S, K, K) with ``size`` examples."""
        moved_SK = self.above_KK[:, 0] + self.off_SK * math.sqrt((size - self.n) / size)
        above_SKK = moved_SK[:, :, None] - moved_SK[:, None, :]
        half_KK = self.half_KK * math.sqrt(self.n / size)
        return above_SKK - half_KK, above_SKK + half_KK


def _deviations(variance_KK: Numbers) -> Numbers:
    """Normal errors (S, K), the first way's 0, whose differences have these variances."""
    to_first_K = variance_KK[:, 0]
    covariance_KK = (to_first_K[:, None] + to_first_K[None, :] - variance_KK) / 2
    # Pairs that were compared on items of their own need not fit together in every digit.
    sizes_K, axes_KK = np.linalg.eigh(covariance_KK)
    spread_KK = axes_KK * np.sqrt(np.clip(sizes_K, 0, None))
    normal_SK = np.random.default_rng(SEED).standard_normal((DRAWS, len(variance_KK)))
    found: Numbers = normal_SK @ spread_KK.T
    return found
