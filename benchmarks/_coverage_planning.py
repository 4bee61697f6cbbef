"""Simulated truth of what is said before examples are there: what so many would show, what more buy."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from _simulated import SEED, holds, row
from etude.statistics.learning_curve import PowerLaw, carry_on
from etude.statistics.paired import PairedCounts, bonett_price, mcnemar_mid_p
from etude.statistics.power import minimum_detectable_effect
from etude.statistics.scores import Means

SIZES = (40, 80, 160, 240, 320)
ORDERS = 3


def detectable(draws: int) -> None:
    print(f"\nThe smallest difference that shows (80 % stated): it is claimed, seed {SEED + 60}")
    rng = np.random.default_rng(SEED + 60)
    for n, apart, pairs in ((200, 0.2, 1), (500, 0.1, 1), (500, 0.2, 1), (1000, 0.2, 10)):
        gain = minimum_detectable_effect(n, apart, comparisons=pairs).difference
        shares = [(apart + gain) / 2, (apart - gain) / 2, 1 - apart]
        decided, tested = [], []
        for a, b, _ in rng.multinomial(n, shares, size=draws).tolist():
            counts = PairedCounts(a, b, n)
            decided.append(bonett_price(counts, comparisons=pairs).low > 0)
            tested.append(mcnemar_mid_p(counts) <= 0.05 / pairs)
        what = f"n={n}, p_d={apart:.2f}, {pairs} at once, {100 * gain:.1f} points"
        row(f"{what}: interval", decided)
        row(f"{what}: mid-p", tested)


def carried(draws: int) -> None:
    """Right answers after each size, from a known curve; each order of learning has its own luck."""
    print(f"\nWhat as many examples again would buy: {draws} draws a line, seed {SEED + 61}")
    rng = np.random.default_rng(SEED + 61)
    for items, curve, luck in (
        (100, PowerLaw(0.05, 1.5, 0.5), 0.01),
        (400, PowerLaw(0.05, 1.5, 0.5), 0.01),
        (400, PowerLaw(0.0, 2.0, 0.4), 0.02),
        (400, PowerLaw(0.1, 8.0, 1.0), 0.01),
    ):
        now = SIZES[-1]
        true = curve.error(now) - curve.error(2 * now)
        hits, widths = [], []
        for _ in range(draws):
            found = carry_on(SIZES, Means(_right(items, curve, luck, rng)), now=now, more=now)
            if found.gain is not None:
                hits.append(holds(found.gain, true))
                widths.append(found.gain.width)
        what = f"{items} items, exponent {curve.exponent:g}, {100 * true:.1f} points"
        if hits:
            row(what, hits, float(np.mean(widths)))
        print(f"    said in {100 * len(hits) / draws:.0f} % of draws")


def _right(items: int, curve: PowerLaw, luck: float, rng: np.random.Generator) -> np.ndarray:
    """(N, S x R): an item is about as hard after every size and in every order."""
    hard = np.sqrt(0.7) * rng.normal(size=(items, 1))
    own = np.sqrt(0.3) * rng.normal(size=(items, len(SIZES) * ORDERS))
    errors = np.repeat([curve.error(size) for size in SIZES], ORDERS)
    errors = np.clip(errors + luck * rng.normal(size=errors.shape), 0.001, 0.999)
    return (hard + own < ndtri(1 - errors)).astype(float)
