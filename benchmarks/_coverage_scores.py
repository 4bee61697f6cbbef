"""Simulated coverage of scores that are no right and wrong: means, ratios of sums, times, parts.

Truth is measured on 400,000 fresh items where it is not known.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import binom

from _simulated import SEED, any_call, holds, row
from etude.evaluation.slices import FALSE_ALARMS, _p_value
from etude.statistics.intervals import Interval
from etude.statistics.multiple import benjamini_hochberg
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.proportions import rule_of_three, wilson
from etude.statistics.ratios import ratio
from etude.statistics.simultaneous import PairwiseDifferences, pairwise_intervals
from etude.statistics.single import mean_interval, ratio_interval
from etude.statistics.summaries import quantile_interval
from etude.statistics.unpaired import difference

RESAMPLES = 1_000
FRESH = 400_000
SIZES = ((50, 1), (100, 1), (300, 1), (12, 5), (60, 5))
"""Groups, and items of each."""


def texts(groups: int, size: int, skills: list[float], rng: np.random.Generator) -> np.ndarray:
    """Scores (N, C) from 0 to 1 like chrF++: skewed, a tenth of the answers to the letter."""
    hard = np.repeat(rng.beta(2, 1.5, (groups, 1)), size, axis=0)
    own = rng.beta(2, 1.5, (groups * size, len(skills)))
    same = rng.random((groups * size, 1)) + 0.05 * rng.random(own.shape) < 0.1
    return np.where(same, 1.0, np.clip(0.5 * hard + 0.5 * own + np.array(skills), 0, 1))


def records(
    groups: int, size: int, skills: list[float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Twice the hits, and values wanted and given, (N, C) each: documents of one to many values, long
    ones harder, those of a group alike."""
    wanted = 1 + rng.negative_binomial(2, 0.35, groups * size)[:, None]
    hard = np.repeat(rng.normal(size=(groups, 1)), size, axis=0)
    odds = np.array(skills) - 0.8 * hard - 0.06 * wanted + 0.7 * rng.normal(size=(groups * size, 1))
    hits = rng.binomial(wanted, 1 / (1 + np.exp(-odds)))
    given = hits + rng.binomial(wanted - hits, 0.7)
    return 2.0 * hits, (wanted + given).astype(float)


def means(draws: int) -> None:
    print(f"\nA mean of scores, skewed: {draws} draws a line, seed {SEED + 30}")
    rng = np.random.default_rng(SEED + 30)
    skills = [0.0, 0.03]

    def once(groups: int, size: int, names: np.ndarray) -> tuple[Interval, PairwiseDifferences]:
        scores = texts(groups, size, skills, rng)
        found = mean_interval(scores[:, 0], groups=names, resamples=RESAMPLES)
        return found, pairwise_intervals(scores, metric="mean", groups=names, resamples=RESAMPLES)

    _sizes(draws, texts(FRESH, 1, skills, rng).mean(axis=0), once)


def ratios(draws: int) -> None:
    print(f"\nA ratio of sums (field-F1): {draws} draws a line, seed {SEED + 31}")
    rng = np.random.default_rng(SEED + 31)
    skills = [1.6, 1.9]

    def once(groups: int, size: int, names: np.ndarray) -> tuple[Interval, PairwiseDifferences]:
        over, under = records(groups, size, skills, rng)
        found = ratio_interval(over[:, 0], under[:, 0], groups=names, resamples=RESAMPLES)
        both = pairwise_intervals(
            over, metric="ratio", denominators=under, groups=names, resamples=RESAMPLES
        )
        return found, both

    _sizes(draws, ratio(*records(FRESH, 1, skills, rng)), once)


def _sizes(
    draws: int,
    true: np.ndarray,
    once: Callable[[int, int, np.ndarray], tuple[Interval, PairwiseDifferences]],
) -> None:
    """Of every size, how often the interval of one candidate holds, and that of a difference of two.

    ``once``: both of one draw, for so many groups, items of each, and the items' groups."""
    for groups, size in SIZES:
        one, pair, widths = [], [], []
        names = np.repeat(np.arange(groups), size)
        for _ in range(draws):
            found, both = once(groups, size, names)
            apart = both.pairs[0].interval
            one.append(holds(found, true[0]))
            widths.append(apart.width)
            pair.append(holds(apart, true[0] - true[1]))
        what = f"{groups} groups of {size}" if size > 1 else f"n={groups}"
        row(f"{what}: one candidate", one)
        row(f"{what}: difference of two ({both.method})", pair, float(np.mean(widths)))


def equal_scores(draws: int) -> None:
    print(
        f"\nFive equal candidates by such scores: some pair called better or worse, {draws} draws, "
        f"seed {SEED + 32}"
    )
    rng = np.random.default_rng(SEED + 32)
    for groups, size in SIZES[1:]:
        names = np.repeat(np.arange(groups), size)
        by_mean, by_ratio = [], []
        for _ in range(draws):
            scores = texts(groups, size, [0.0] * 5, rng)
            over, under = records(groups, size, [1.6] * 5, rng)
            mean = pairwise_intervals(scores, metric="mean", groups=names, resamples=RESAMPLES)
            sums = pairwise_intervals(
                over, metric="ratio", denominators=under, groups=names, resamples=RESAMPLES
            )
            by_mean.append(any_call(mean.pairs))
            by_ratio.append(any_call(sums.pairs))
        what = f"{groups} groups of {size}" if size > 1 else f"n={groups}"
        row(f"{what}: mean", by_mean)
        row(f"{what}: ratio of sums", by_ratio)


def times() -> None:
    print("\np50 and p95 of measured times: exact coverage, whatever their distribution")
    for n in (20, 50, 100, 200):
        cells = []
        for quantile in (0.5, 0.95):
            # Ranks in the place of times: which two of the sorted times are the limits.
            found = quantile_interval(np.arange(1.0, n + 1), quantile)
            last = n if np.isinf(found.high) else found.high - 1
            inside = binom.cdf(last, n, quantile) - binom.cdf(found.low - 1, n, quantile)
            cells.append(f"p{100 * quantile:g}: {100 * inside:.1f} %")
        print(f"  n={n:<5} " + "   ".join(cells))


def no_failure() -> None:
    print("\nNo failure in n: chance to see none where the rate is the bound that is stated (5 %)")
    cells = [f"n={n}: {100 * (1 - rule_of_three(n)) ** n:.1f} %" for n in (10, 30, 100, 1000)]
    print("  " + "   ".join(cells))


def unpaired(draws: int) -> None:
    print(f"\nTwo shares of different examples: {draws} draws a line, seed {SEED + 33}")
    rng = np.random.default_rng(SEED + 33)
    for n, other, first, second in (
        (100, 100, 0.8, 0.9),
        (100, 400, 0.95, 0.95),
        (50, 50, 0.7, 0.7),
    ):
        hits = []
        for a, b in zip(
            rng.binomial(n, first, draws), rng.binomial(other, second, draws), strict=True
        ):
            hits.append(holds(difference(wilson(int(a), n), wilson(int(b), other)), first - second))
        row(f"{first:.2f} of {n} and {second:.2f} of {other}", hits)


def parts(draws: int) -> None:
    """Equal candidates on many parts of the examples: is some part given a word?"""
    print(f"\nFour equal challengers on 12 parts: a word for any of the 48, seed {SEED + 34}")
    rng = np.random.default_rng(SEED + 34)
    for n in (400, 1000):
        corrected, naive = [], []
        for _ in range(draws):
            part = rng.integers(0, 12, n)
            hard = rng.random((n, 1))
            right = (0.7 * hard + 0.3 * rng.random((n, 5)) < 0.7).astype(float)
            p = [
                _p_value(
                    bonett_price_grouped(right[inside, c], right[inside, 0], None),
                    np.arange(inside.sum()),
                )
                for inside in (part == k for k in range(12))
                for c in range(1, 5)
                if inside.sum() >= 30
            ]
            naive.append(min(p) <= FALSE_ALARMS)
            corrected.append(min(benjamini_hochberg(p)) <= FALSE_ALARMS)
        row(f"n={n}: by Benjamini and Hochberg over all", corrected)
        row(f"n={n}: each by itself, for contrast", naive)
