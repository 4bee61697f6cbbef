"""Scales from values to pixels, and ticks that people can read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 20
"""A range over this many times its start is drawn on a logarithmic axis."""


@dataclass(frozen=True)
class Axis:
    """Values ``low`` to ``high`` over pixels ``start`` to ``end`` (which may run downwards)."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value; values outside are drawn at the edge."""
        low, high, value = self._scaled(self.low), self._scaled(self.high), self._scaled(value)
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return self.start + share * (self.end - self.start)

    def _scaled(self, value: float) -> float:
        return math.log10(max(value, 1e-300)) if self.log else value

    def ticks(self, most: int) -> list[float]:
        """At most about ``most`` round values in the range."""
        return (
            _log_ticks(self.low, self.high, most) if self.log else _ticks(self.low, self.high, most)
        )


def axis(
    values: Sequence[float],
    start: float,
    end: float,
    *,
    may_log: bool = False,
    floor: float = -math.inf,
    ceiling: float = math.inf,
    least: float = 0.0,
) -> Axis:
    """An axis that holds all ``values`` with some air, at least ``least`` wide.

    Args:
        may_log: logarithmic where all values are positive and their range is wide.
        floor: no air below it (a share can't be negative).
        ceiling: no air above it.
    """
    low, high = min(values), max(values)
    if may_log and low > 0 and high / low > WIDE:
        air = (high / low) ** 0.06
        return Axis(low / air, high * air, start, end, log=True)
    middle, half = (low + high) / 2, max((high - low) / 2, least / 2, 1e-9)
    low, high = middle - 1.1 * half, middle + 1.1 * half
    low, high = max(low, floor), min(high, ceiling)
    return Axis(low, high if high > low else low + 1e-9, start, end)


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of the smallest round step that gives no more than ``most`` and one."""
    power = 10 ** math.floor(math.log10((high - low) / max(most, 1)))
    found: list[float] = []
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        found = [round(i * step, 12) for i in range(first, last + 1)]
        if len(found) <= most + 1:
            break
    return found


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        found = [m * 10.0**p for p in powers for m in steps if low <= m * 10.0**p <= high]
        if len(found) <= most:
            return found
    return found[:: math.ceil(len(found) / max(most, 1))]
