"""Shares and differences of shares that were seen through a judge who errs at known rates.

A judge says yes to a good answer with its sensitivity and no to a bad one with its specificity; both
are known from the items that somebody labelled. It is taken to err alike on all candidates.
"""

from __future__ import annotations

import math

from etude.statistics.agreement import YesNo
from etude.statistics.intervals import Interval, interval_around, two_sided_quantile
from etude.statistics.proportions import wilson


def sensitivity(table: YesNo, level: float = 0.95) -> Interval | None:
    """Of what the second (the one who knows) calls yes, the share that the first does too; Wilson."""
    return _share(table.both_yes, table.both_yes + table.only_second, level)


def specificity(table: YesNo, level: float = 0.95) -> Interval | None:
    """Of what the second (the one who knows) calls no, the share that the first does too; Wilson."""
    return _share(table.both_no, table.both_no + table.only_first, level)


def _share(hits: int, n: int, level: float) -> Interval | None:
    return wilson(hits, n, level) if n else None


def sharpness(table: YesNo, level: float = 0.95, *, comparisons: int = 1) -> Interval | None:
    """Youden's J, sensitivity + specificity - 1: what is left of a true difference when this judge
    sees it; None where the labels are all yes or all no.

    With one imagined hit and miss on either side (Agresti & Caffo 2000, Am. Stat. 54:280-288).
    """
    good, bad = table.both_yes + table.only_second, table.both_no + table.only_first
    if not good or not bad:
        return None
    point = table.both_yes / good + table.both_no / bad - 1
    hit, pass_over = (table.both_yes + 1) / (good + 2), (table.both_no + 1) / (bad + 2)
    variance = hit * (1 - hit) / (good + 2) + pass_over * (1 - pass_over) / (bad + 2)
    half = two_sided_quantile(level, comparisons) * math.sqrt(variance)
    middle = hit + pass_over - 1
    return interval_around(point, middle - half, middle + half, level, floor=-1.0, ceiling=1.0)


def true_share(seen: float, n: float, table: YesNo, level: float = 0.95) -> Interval:
    """The true share of good items, from the share ``seen`` by the judge in ``n`` items.

    ``n``: independent items, or what grouped ones are worth. The point is Rogan & Gladen's (1978,
    Am. J. Epidemiol. 107:71-76), cut to [0, 1]; the limits, which carry the uncertainty of both
    rates, are Lang & Reiczigel's (2014, Prev. Vet. Med. 113:13-22).

    Raises:
        ValueError: the labels are all yes or all no, or the judge is no better than chance.
    """
    good, bad = table.both_yes + table.only_second, table.both_no + table.only_first
    if not good or not bad or n <= 0:
        raise ValueError(f"labels of both kinds and items are needed, found {table} and n={n}")
    point = _unseen(seen, table.both_yes / good, table.both_no / bad)
    z = two_sided_quantile(level)
    share, size = (n * seen + z * z / 2) / (n + z * z), n + z * z
    hit, pass_over = (table.both_yes + 1) / (good + 2), (table.both_no + 1) / (bad + 2)
    middle = (share + pass_over - 1) / (hit + pass_over - 1)
    hit_variance = hit * (1 - hit) / (good + 2)
    pass_variance = pass_over * (1 - pass_over) / (bad + 2)
    shift = 2 * z * z * (middle * hit_variance - (1 - middle) * pass_variance)
    variance = (
        share * (1 - share) / size + middle**2 * hit_variance + (1 - middle) ** 2 * pass_variance
    )
    half = z * math.sqrt(variance) / (hit + pass_over - 1)
    low, high = (min(1.0, max(0.0, middle + shift + side)) for side in (-half, half))
    return interval_around(point, low, high, level)


def _unseen(seen: float, hit: float, pass_over: float) -> float:
    sharp = hit + pass_over - 1
    if sharp <= 0:
        raise ValueError(f"a judge no better than chance tells nothing: {hit=}, {pass_over=}")
    return min(1.0, max(0.0, (seen + pass_over - 1) / sharp))


def true_difference(seen: Interval, sharp: Interval, *, limit: float = 1.0) -> Interval:
    """The true difference of two candidates, from the one that a judge of this sharpness saw.

    A difference of shares shrinks by Youden's J, so this is a ratio of two independent estimates:
    MOVER-R (Donner & Zou 2012, Stat. Methods Med. Res. 21:347-359). Both intervals must have the same
    level for a single comparison. The sign never changes.

    Raises:
        ValueError: the sharpness may be 0: nothing can be said of the truth.
    """
    if sharp.low <= 0:
        raise ValueError(f"a sharpness that may be 0 tells nothing, found {sharp}")
    point = seen.point / sharp.point
    low = -_far(-seen.point, -seen.low, sharp)
    high = _far(seen.point, seen.high, sharp)
    return interval_around(
        max(-limit, min(limit, point)), low, high, seen.level, floor=-limit, ceiling=limit
    )


def _far(point: float, far: float, sharp: Interval) -> float:
    """The upper limit of ``point`` over the sharpness, where ``far`` is that of ``point``."""
    product = point * sharp.point
    under = sharp.low if far >= 0 else sharp.high
    root = math.sqrt(
        max(0.0, product**2 - far * under * (2 * point - far) * (2 * sharp.point - under))
    )
    return (product + root) / (under * (2 * sharp.point - under))
