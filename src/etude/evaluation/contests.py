"""Two candidates by which of their answers to the same inputs a reader preferred: figures and pairs.

An input gives 1 to the candidate whose answer was preferred, and a half to each where the two are the
same. A candidate's figure is its mean against the baseline, whose own is a half. Preferred, the same
and not preferred are what only one right, both alike and only the other right are to answers that are
right or wrong, so the same interval holds (Bonett–Price, over groups) for the difference of the two
shares of preferred answers; half of it is what a figure is above a half.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from etude.records.candidate import Quality
from etude.records.estimate import Estimate
from etude.records.verdict import Pair
from etude.statistics.calls import call_pair
from etude.statistics.crossfit import difference_factor
from etude.statistics.intervals import Interval
from etude.statistics.multiple import holm
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.permutation import sign_flip_test
from etude.statistics.power import settling
from etude.statistics.summaries import intraclass_correlation

LEVEL = 0.95
METHOD = "Bonett–Price, halved"


@dataclass(frozen=True)
class Contest:
    """The candidate ``b`` against ``a`` on M of the scored items.

    ``rows_M``: the items' places; ``score_M``: of ``b``, 1, 0.5 or 0; ``judged``: items of which
    somebody had to say something; ``left``: pairs of answers of which nobody has; ``same``: items
    that both answer alike, letter for letter.
    """

    a: str
    b: str
    rows_M: NDArray[np.int64]
    score_M: NDArray[np.float64]
    judged: int
    left: int
    same: int

    def turned(self) -> Contest:
        """The same, ``a`` against ``b``."""
        return Contest(
            self.b, self.a, self.rows_M, 1 - self.score_M, self.judged, self.left, self.same
        )


@dataclass(frozen=True)
class Items:
    """The scored items: ``groups`` (N,), and ``folds`` (N,) where they were scored out of fold."""

    groups: NDArray[np.int64]
    folds: NDArray[np.int64] | None


@dataclass(frozen=True)
class _Sides:
    """Two candidates' scores (M,) in 0..1 on the same items; their difference times ``scale`` is that
    of their figures."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    rows: NDArray[np.int64]
    scale: float

    @classmethod
    def of(cls, contest: Contest) -> _Sides:
        return cls(contest.score_M, 1 - contest.score_M, contest.rows_M, 0.5)

    @property
    def differences(self) -> NDArray[np.float64]:
        return self.first - self.second

    def interval(self, items: Items, comparisons: int) -> Interval:
        """Of the difference of the two figures."""
        if not len(self.rows):
            return Interval(-self.scale, self.scale, 0.0, LEVEL)
        found = bonett_price_grouped(
            self.first,
            self.second,
            items.groups[self.rows],
            LEVEL,
            comparisons=comparisons,
            variance_factor=self._factor(items),
        )
        scale = self.scale
        return Interval(found.low * scale, found.high * scale, found.point * scale, LEVEL)

    def _factor(self, items: Items) -> float:
        return difference_factor(None if items.folds is None else items.folds[self.rows])

    def p_value(self, items: Items) -> float:
        if not len(self.rows):
            return 1.0
        return sign_flip_test(self.first, self.second, items.groups[self.rows])

    def more(self, items: Items, margin: float, comparisons: int) -> float:
        """How many more items would likely settle whether the second is no worse than the first."""
        count, groups = len(self.rows), items.groups[self.rows]
        if count < 2:
            return math.inf
        point = float(self.differences.mean())
        moved = float(np.square(self.differences).mean())
        found = settling(
            -point,
            min(1.0, max(moved, abs(point))),
            margin / self.scale,
            count,
            comparisons=comparisons,
            group_size=count / len(np.unique(groups)),
            correlation=intraclass_correlation(self.differences, groups) or 0.0,
            variance_factor=self._factor(items),
        )
        return math.inf if found.more is None else float(max(found.more, 1))


def figure(contest: Contest, items: Items, key: str) -> Quality:
    """How often ``b`` is preferred over ``a``, the same counting half, with its interval."""
    found = _Sides.of(contest).interval(items, 1)
    groups = items.groups[contest.rows_M]
    return Quality(
        metric=key,
        value=0.5 + found.point,
        low=0.5 + found.low,
        high=0.5 + found.high,
        level=LEVEL,
        method=METHOD + (", cross-fitted" if items.folds is not None else ""),
        n=len(groups),
        groups=len(np.unique(groups)),
    )


def own_figure(against: Sequence[Quality], key: str) -> Quality:
    """The baseline's, which is held against nothing: a half, without doubt."""
    widest = max(against, key=lambda one: one.n)
    update = {"metric": key, "value": 0.5, "low": 0.5, "high": 0.5, "method": "by definition"}
    return widest.model_copy(update=update)


def compare_contests(
    baseline: str,
    names: Sequence[str],
    contests: Sequence[Contest],
    items: Items,
    margin: float,
) -> tuple[Pair, ...]:
    """All pairs of ``names`` (lowest rung first, the baseline among them); b minus a, b the later.

    Two that are not the baseline are held against each other where that was judged on at least as
    many items as both were against the baseline; else by their scores against it, on the same items.
    Intervals hold together over all pairs (Bonferroni); P-values are corrected by Holm and never
    decide.
    """
    pairs = list(combinations(names, 2))
    sides = [_sides(a, b, baseline, contests) for a, b in pairs]
    p_values = [one.p_value(items) for one in sides]
    corrected = holm(p_values)
    return tuple(
        _pair(names, side, items, margin, len(pairs), p, float(h))
        for names, side, p, h in zip(pairs, sides, p_values, corrected, strict=True)
    )


def _open(found: Interval, margin: float) -> bool:
    """Whether nothing can be said yet: what is open is whether the lower rung is no worse."""
    return call_pair(found.negated(), margin).call == "cant_tell"


def _sides(a: str, b: str, baseline: str, contests: Sequence[Contest]) -> _Sides:
    """Of b and a: by what was said of them both, or by what was said of each and the baseline."""
    direct = _between(a, b, contests)
    if baseline in (a, b):
        assert direct is not None
        return _Sides.of(direct)
    mine, theirs = _between(baseline, b, contests), _between(baseline, a, contests)
    assert mine is not None
    assert theirs is not None
    rows, here, there = np.intersect1d(mine.rows_M, theirs.rows_M, return_indices=True)
    if direct is not None and len(direct.rows_M) >= len(rows):
        return _Sides.of(direct)
    return _Sides(mine.score_M[here], theirs.score_M[there], rows, 1.0)


def _between(a: str, b: str, contests: Sequence[Contest]) -> Contest | None:
    for one in contests:
        if (one.a, one.b) == (a, b):
            return one
        if (one.b, one.a) == (a, b):
            return one.turned()
    return None


def _pair(
    names: tuple[str, str],
    side: _Sides,
    items: Items,
    margin: float,
    comparisons: int,
    p: float,
    h: float,
) -> Pair:
    found = side.interval(items, comparisons)
    call = call_pair(found, margin)
    still = _open(found, margin)
    return Pair(
        a=names[0],
        b=names[1],
        difference=Estimate(
            value=found.point, low=found.low, high=found.high, level=LEVEL, method=METHOD
        ),
        call=call.call.value,
        worth_it=call.worth_it,
        mid_p=p,
        holm_p=h,
        more_examples=side.more(items, margin, comparisons) if still else None,
        n=len(side.rows),
    )
