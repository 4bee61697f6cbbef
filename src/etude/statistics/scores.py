"""Scores of N items under C candidates, by any sort of metric: values, replicates, intervals.

Three sorts: the mean of a score (a share of right ones among them), a ratio of two sums, macro-F1.
Whoever compares candidates of one kind again and again needs not know which. How pairs of finalists
are decided is in ``simultaneous``, which this asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from etude.statistics import macro_f1 as f1
from etude.statistics import ratios
from etude.statistics._arrays import FloatArray, IntArray
from etude.statistics.crossfit import difference_factor
from etude.statistics.intervals import Interval
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.resampling import bootstrap_means
from etude.statistics.simultaneous import pairwise_intervals
from etude.statistics.single import macro_f1_interval, mean_interval, ratio_interval

RESAMPLES = 2_000


class Scores(Protocol):
    """What N items scored under C candidates; ``groups`` and ``folds`` (N,) as everywhere."""

    @property
    def items(self) -> int:
        """N."""
        ...

    def values(self) -> FloatArray:
        """The metric (C,)."""
        ...

    def replicates(self, groups: ArrayLike | None, resamples: int, seed: int) -> FloatArray:
        """The metric (B, C) over groups drawn anew, all candidates on the same draws."""
        ...

    def mean(self, groups: ArrayLike | None, folds: ArrayLike | None) -> Interval:
        """The metric over all candidates together: those that differ by chance alone."""
        ...

    def difference(
        self, groups: ArrayLike | None, folds: ArrayLike | None, comparisons: int = 1
    ) -> Interval:
        """The first candidate less the second, at 95 % over so many comparisons together."""
        ...


@dataclass(frozen=True)
class Means:
    """``scores`` (N, C) in 0..1; ``right``: they are shares of right answers."""

    scores: FloatArray
    right: bool = True

    @property
    def items(self) -> int:
        """See ``Scores``."""
        return len(self.scores)

    def values(self) -> FloatArray:
        """See ``Scores``."""
        return np.asarray(self.scores.mean(axis=0))

    def replicates(self, groups: ArrayLike | None, resamples: int, seed: int) -> FloatArray:
        """See ``Scores``."""
        return bootstrap_means(self.scores, groups, resamples=resamples, seed=seed)

    def mean(self, groups: ArrayLike | None, folds: ArrayLike | None) -> Interval:
        """See ``Scores``."""
        return mean_interval(
            self.scores.mean(axis=1), groups=groups, folds=folds, resamples=RESAMPLES
        )

    def difference(
        self, groups: ArrayLike | None, folds: ArrayLike | None, comparisons: int = 1
    ) -> Interval:
        """See ``Scores``."""
        if not self.right:
            return _pair(comparisons, scores=self.scores, metric="mean", groups=groups, folds=folds)
        first, second = self.scores.T
        return bonett_price_grouped(
            first,
            second,
            groups,
            comparisons=comparisons,
            variance_factor=difference_factor(folds, len(first)),
        )


@dataclass(frozen=True)
class Ratios:
    """Numerators and denominators (N, C) each."""

    over: FloatArray
    under: FloatArray

    @property
    def items(self) -> int:
        """See ``Scores``."""
        return len(self.over)

    def values(self) -> FloatArray:
        """See ``Scores``."""
        return ratios.ratio(self.over, self.under)

    def replicates(self, groups: ArrayLike | None, resamples: int, seed: int) -> FloatArray:
        """See ``Scores``."""
        return ratios.bootstrap_ratios(
            self.over, self.under, groups, resamples=resamples, seed=seed
        )

    def mean(self, groups: ArrayLike | None, folds: ArrayLike | None) -> Interval:
        """See ``Scores``."""
        over, under = self.over.mean(axis=1), self.under.mean(axis=1)
        return ratio_interval(over, under, groups=groups, folds=folds, resamples=RESAMPLES)

    def difference(
        self, groups: ArrayLike | None, folds: ArrayLike | None, comparisons: int = 1
    ) -> Interval:
        """See ``Scores``."""
        return _pair(
            comparisons,
            scores=self.over,
            denominators=self.under,
            metric="ratio",
            groups=groups,
            folds=folds,
        )


@dataclass(frozen=True)
class MacroF1:
    """``truth`` (N,) in 0..labels-1, ``given`` (N, C) likewise or -1 for an answer that is none."""

    truth: IntArray
    given: IntArray
    labels: int

    @property
    def items(self) -> int:
        """See ``Scores``."""
        return len(self.truth)

    def values(self) -> FloatArray:
        """See ``Scores``."""
        return f1.macro_f1(self.truth, self.given, self.labels)

    def replicates(self, groups: ArrayLike | None, resamples: int, seed: int) -> FloatArray:
        """See ``Scores``."""
        return f1.bootstrap_macro_f1(
            self.truth, self.given, self.labels, groups, resamples=resamples, seed=seed
        )

    def mean(self, groups: ArrayLike | None, folds: ArrayLike | None) -> Interval:
        """See ``Scores``: of all answers laid together, an item's own being one group."""
        items, times = self.given.shape
        names = np.arange(items) if groups is None else np.asarray(groups)
        return macro_f1_interval(
            np.repeat(self.truth, times),
            self.given.ravel(),
            self.labels,
            groups=np.repeat(names, times),
            folds=None if folds is None else np.repeat(np.asarray(folds), times),
            resamples=RESAMPLES,
        )

    def difference(
        self, groups: ArrayLike | None, folds: ArrayLike | None, comparisons: int = 1
    ) -> Interval:
        """See ``Scores``."""
        return _pair(
            comparisons,
            truth=self.truth,
            predictions=self.given,
            n_labels=self.labels,
            metric="macro_f1",
            groups=groups,
            folds=folds,
        )


def _pair(comparisons: int, **given: object) -> Interval:
    """First less second; the Bonferroni level over comparisons that were made on other items."""
    level = 1 - 0.05 / comparisons
    return pairwise_intervals(level=level, **given).between(0, 1).interval  # type: ignore[arg-type]
