"""Every pair of scored candidates: simultaneous intervals, the call, and what would settle it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from etude.evaluation.apart import Apart
from etude.evaluation.scorecard import Scored
from etude.metrics import metric
from etude.metrics._base import Metric
from etude.records.estimate import Estimate
from etude.records.verdict import Detectable, Pair
from etude.statistics import ratios
from etude.statistics.calls import call_pair
from etude.statistics.crossfit import difference_factor
from etude.statistics.multiple import holm
from etude.statistics.paired import count_pairs, mcnemar_mid_p
from etude.statistics.permutation import macro_f1_permutation_test, sign_flip_test
from etude.statistics.power import minimum_detectable_effect, settling
from etude.statistics.simultaneous import PairDifference, PairwiseDifferences, pairwise_intervals
from etude.statistics.summaries import intraclass_correlation


@dataclass(frozen=True)
class _Setting:
    """What all pairs of one comparison share."""

    names: tuple[str, ...]
    cards: tuple[Scored, ...]
    metric: Metric
    margin: float
    group_size: float
    factor: float

    @property
    def alone(self) -> bool:
        """Whether every item is a group of its own."""
        return self.group_size == 1


def compare_pairs(cards: Mapping[str, Scored], key: str, margin: float) -> tuple[Pair, ...]:
    """All pairs of ``cards`` (lowest rung first) on metric ``key``; b minus a, b the later.

    P-values are two-sided, corrected over all pairs by Holm, and never decide.
    """
    names = tuple(cards)
    if len(names) < 2:
        return ()
    scored = tuple(cards.values())
    measured = metric(key)
    differences = _intervals(scored, measured)
    setting = _Setting(
        names,
        scored,
        measured,
        margin,
        group_size=differences.n_items / differences.n_units,
        factor=difference_factor(scored[0].folds, differences.n_items),
    )
    p_values = [_p_value(setting, pair, measured) for pair in differences.pairs]
    corrected = holm(p_values)
    return tuple(
        _pair(setting, pair, differences, p, float(h))
        for pair, p, h in zip(differences.pairs, p_values, corrected, strict=True)
    )


def _intervals(scored: tuple[Scored, ...], key: Metric) -> PairwiseDifferences:
    groups, folds = scored[0].examples.groups, scored[0].folds
    if key.statistic == "macro_f1":
        return pairwise_intervals(
            metric="macro_f1",
            truth=scored[0].truth_N,
            predictions=np.stack([card.answers_N for card in scored], axis=1),
            n_labels=len(scored[0].labels),
            groups=groups,
            folds=folds,
        )
    items = np.stack([card.items(key) for card in scored], axis=1)
    if key.statistic == "ratio":
        over, under = items[:, :, 0], items[:, :, 1]
        return pairwise_intervals(
            over, metric="ratio", denominators=under, groups=groups, folds=folds
        )
    return pairwise_intervals(items, metric=key.statistic, groups=groups, folds=folds)


def _p_value(setting: _Setting, pair: PairDifference, key: Metric) -> float:
    a, b = setting.cards[pair.first], setting.cards[pair.second]
    if key.statistic == "macro_f1":
        return macro_f1_permutation_test(
            a.truth_N, b.answers_N, a.answers_N, len(a.labels), groups=a.examples.groups
        )
    first, second = a.items(key), b.items(key)
    if key.statistic == "right_wrong" and setting.alone:
        return mcnemar_mid_p(count_pairs(second, first))
    if key.statistic == "ratio":
        over, under = (np.stack([first[:, i], second[:, i]], axis=1) for i in (0, 1))
        first, second = ratios.linearised(over, under).T
    return sign_flip_test(first, second, a.examples.groups)


def _moved(setting: _Setting, pair: PairDifference, key: Metric) -> float:
    """Mean square of an item's difference: for right and wrong the share on which they differ."""
    a, b = (setting.cards[i].each(key) for i in (pair.first, pair.second))
    return float(np.mean(np.square(a - b)))


def _pair(
    setting: _Setting, pair: PairDifference, all_pairs: PairwiseDifferences, p: float, h: float
) -> Pair:
    low = setting.cards[pair.first]
    high = setting.cards[pair.second]
    interval = pair.interval.negated()
    call = call_pair(interval, setting.margin)
    counts = count_pairs(high.right_N, low.right_N)
    return Pair(
        a=setting.names[pair.first],
        b=setting.names[pair.second],
        difference=Estimate(
            value=interval.point,
            low=interval.low,
            high=interval.high,
            level=all_pairs.level,
            method=all_pairs.method,
        ),
        call=call.call.value,
        worth_it=call.worth_it,
        mid_p=p,
        holm_p=h,
        only_a_right=round(counts.only_second),
        only_b_right=round(counts.only_first),
        more_examples=_more(setting, pair, (low, high), len(all_pairs.pairs)),
        n=len(low.examples),
    )


def _more(
    setting: _Setting,
    pair: PairDifference,
    both: tuple[Scored, Scored],
    comparisons: int,
) -> float | None:
    """Examples until the lower rung is likely known to be no worse, or worse; None if it is known."""
    low, high = both
    if not _open(pair, setting.margin):
        return None
    correlation = None
    if not setting.alone:
        correlation = intraclass_correlation(low.right_N - high.right_N, low.examples.groups)
    key = setting.metric
    moved = pair.discordance if key.statistic == "macro_f1" else _moved(setting, pair, key)
    found = settling(
        pair.interval.point,
        min(1.0, max(moved, abs(pair.interval.point))),
        setting.margin,
        len(low.examples),
        comparisons=comparisons,
        group_size=setting.group_size,
        correlation=correlation or 0.0,
        variance_factor=setting.factor,
    )
    return math.inf if found.more is None else float(max(found.more, 1))


def _open(pair: PairDifference, margin: float) -> bool:
    """Whether nothing can be said of the lower rung against the higher one."""
    return call_pair(pair.interval, margin).call == "cant_tell"


def detectable(
    n: int, comparisons: int, apart: Apart, group_size: float, factor: float
) -> Detectable:
    """The smallest true difference that ``n`` scored examples would show, before they are seen.

    Groups count as far as dev says how alike their differences are.
    """
    effect = minimum_detectable_effect(
        n,
        apart.discordance,
        comparisons=comparisons,
        group_size=group_size,
        correlation=apart.correlation or 0.0,
        variance_factor=factor,
    )
    return Detectable(
        difference=effect.difference,
        discordance=apart.discordance,
        n=n,
        comparisons=comparisons,
        beyond_reach=effect.beyond_reach,
        groups_left_out=group_size > 1 and apart.correlation is None,
    )
