"""A figure with its interval."""

from __future__ import annotations

from etude.records._base import Record, Unbounded


class Estimate(Record):
    """A figure with its interval (two-sided, at ``level``)."""

    value: float
    low: float
    high: Unbounded
    """Infinite where the measurements give no upper limit (null in JSON)."""
    level: float = 0.95
    method: str = ""
