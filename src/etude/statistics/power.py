"""How many examples a comparison needs, before it is run and after it could not tell.

Right/wrong scores of two candidates on the same items. `discordance` is p_d, the share of
items on which exactly one of the two is right; differences are in shares, not points.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

from etude.statistics.calls import Call, call_pair
from etude.statistics.intervals import Interval, check_level, two_sided_quantile
from etude.statistics.paired import PairedCounts, bonett_price

# Beyond this many examples the honest answer is that more examples will not settle it.
MOST_EXAMPLES = 10_000_000
LIKELY = 0.8
"""The probability that is meant where so many examples "would likely" settle something."""


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """The smallest true difference found with the stated power.

    `beyond_reach`: the formula asks for more than p_d, and no difference can be larger than
    the share of items that differ; `difference` is then p_d, to be read as "at least".
    """

    difference: float
    beyond_reach: bool


@dataclass(frozen=True, slots=True)
class Settling:
    """The examples at which the interval likely settles, and the word that is then expected.

    `total` and `more` (than there are now) are None where no number of examples would do.
    """

    total: int | None
    more: int | None
    call: Call


def design_effect(group_size: float, correlation: float) -> float:
    """`1 + (k - 1) rho`: the factor on n for groups of k items with correlation rho >= 0.

    A negative estimate of rho counts as 0. Source: Kish (1965), Survey Sampling.
    """
    if group_size < 1 or correlation > 1:
        raise ValueError(f"need group_size >= 1 and correlation <= 1: {group_size}, {correlation}")
    return 1 + (group_size - 1) * max(correlation, 0.0)


def minimum_detectable_effect(
    n: int,
    discordance: float,
    *,
    comparisons: int = 1,
    group_size: float = 1.0,
    correlation: float = 0.0,
    level: float = 0.95,
    power: float = 0.8,
    variance_factor: float = 1.0,
) -> DetectableEffect:
    """The difference that `n` items find: `required_n` solved for it."""
    if n < 1:
        raise ValueError(f"n must be at least 1, found {n}")
    _check_discordance(discordance)
    factor = _squared_quantiles(level, comparisons, power)
    factor *= design_effect(group_size, correlation) * variance_factor
    difference = math.sqrt(factor * discordance / (n + factor))
    return DetectableEffect(min(difference, discordance), difference > discordance)


def required_n(
    difference: float,
    discordance: float,
    *,
    comparisons: int = 1,
    group_size: float = 1.0,
    correlation: float = 0.0,
    level: float = 0.95,
    power: float = 0.8,
    variance_factor: float = 1.0,
) -> float:
    """Items needed to find a true difference with the stated power; inf where none would do.

    `(z_{1-a/2m} + z_power)^2 (p_d - d^2) / d^2 (1 + (k - 1) rho)`, rounded up.
    Source: Connett, Smith & McHugh (1987), Statistics in Medicine 6:757-768 (McNemar's test);
    Kish for groups, Bonferroni for m comparisons, `crossfit` for folds.
    """
    _check_discordance(discordance)
    if abs(difference) > discordance:
        raise ValueError(
            f"a difference of {difference} needs at least as much discordance, found {discordance}"
        )
    if difference == 0:
        return math.inf
    factor = _squared_quantiles(level, comparisons, power)
    factor *= design_effect(group_size, correlation) * variance_factor
    # The tiny allowance keeps a whole number from being rounded up by its last binary digit.
    return float(math.ceil(factor * (discordance - difference**2) / difference**2 - 1e-9))


def settling(
    difference: float,
    discordance: float,
    margin: float,
    n: int,
    *,
    comparisons: int = 1,
    group_size: float = 1.0,
    correlation: float = 0.0,
    level: float = 0.95,
    variance_factor: float = 1.0,
    goal: Call | None = None,
    chance: float = LIKELY,
) -> Settling:
    """About how many more examples until the interval says something, or says `goal`.

    Finds the smallest n at which Bonett & Price's interval is with probability `chance` no longer
    "can't tell" (or says `goal`; "better" is also "no worse"). The probability is predictive: the
    `n` items that are there leave the true difference as uncertain as they do, and those that are
    added bring chance of their own. Margins and differences in shares.
    Source: Spiegelhalter, Abrams & Myles (2004), Bayesian Approaches to Clinical Trials, 6.5, with
    a flat prior.
    """
    _check_discordance(discordance)
    if abs(difference) > discordance:
        raise ValueError(f"difference {difference} exceeds discordance {discordance}")
    if n < 1:
        raise ValueError(f"n must be at least 1, found {n}")
    factor = design_effect(group_size, correlation) * variance_factor
    # As in Bonett & Price: two imagined items that differ, one of either sign.
    spread = factor * max((n * discordance + 2) / (n + 2) - difference**2, 0.0)

    def interval_at(size: int) -> Interval:
        expected = PairedCounts(
            only_first=size * (discordance + difference) / 2,
            only_second=size * (discordance - difference) / 2,
            n=size,
        )
        return bonett_price(expected, level, comparisons=comparisons, variance_factor=factor)

    def settled(size: int) -> bool:
        moves = math.sqrt(spread * (size - n) / (size * n))
        return _chance(interval_at(size), moves, margin, goal) >= chance

    enough = smallest(settled, n)
    if enough is None:
        return Settling(None, None, Call.CANT_TELL)
    return Settling(enough, enough - n, call_pair(interval_at(enough), margin).call)


def _chance(interval: Interval, moves: float, margin: float, goal: Call | None) -> float:
    """How probable it is that an interval settles (or says `goal`) which, with its width as it is,
    comes to lie `moves` (a standard error) beside where it is expected."""

    def beyond(distance: float) -> float:
        return float(ndtr(distance / moves)) if moves > 0 else float(distance > 0)

    better, no_worse = beyond(interval.low), beyond(interval.low + margin)
    worse = beyond(-interval.high)
    if goal is not None:
        return {Call.BETTER: better, Call.NO_WORSE: no_worse, Call.WORSE: worse}[goal]
    # Narrower than the margin it says something wherever it lies.
    return 1.0 if interval.width < margin else no_worse + worse


def smallest(holds: Callable[[int], bool], start: int) -> int | None:
    """The smallest number from `start` on for which `holds`; None beyond MOST_EXAMPLES."""
    if holds(start):
        return start
    enough = start
    while not holds(enough):
        enough *= 2
        if enough > MOST_EXAMPLES:
            return None
    short = enough // 2
    while enough - short > 1:
        middle = (enough + short) // 2
        short, enough = (short, middle) if holds(middle) else (middle, enough)
    return enough


def _squared_quantiles(level: float, comparisons: int, power: float) -> float:
    check_level(level)
    if not 0 < power < 1:
        raise ValueError(f"power must lie between 0 and 1, found {power}")
    return (two_sided_quantile(level, comparisons) + float(ndtri(power))) ** 2


def _check_discordance(discordance: float) -> None:
    if not 0 <= discordance <= 1:
        raise ValueError(f"discordance must lie between 0 and 1, found {discordance}")
