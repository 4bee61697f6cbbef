"""What every simulation of intervals shares: a seed, whether one holds, how it is printed."""

from __future__ import annotations

import numpy as np

from etude.statistics.intervals import Interval

SEED = 20_240


def holds(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


def row(name: str, hits: list[bool] | np.ndarray, width: float | None = None) -> None:
    """A share with two standard errors of the simulation itself."""
    share, n = float(np.mean(hits)), len(hits)
    error = 2 * np.sqrt(max(share * (1 - share), 1 / n) / n)
    tail = "" if width is None else f"   mean width {100 * width:5.1f} points"
    print(f"  {name:<58} {100 * share:5.1f} % +/- {100 * error:.1f}{tail}", flush=True)


def any_call(pairs: tuple) -> bool:
    """Whether some pair is called better or worse."""
    return any(pair.interval.low > 0 or pair.interval.high < 0 for pair in pairs)
