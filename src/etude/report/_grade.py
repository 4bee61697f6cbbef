"""How grades, severities, minutes and measured points read, the same on screens and pages."""

from __future__ import annotations

from etude.records.dataset import Severity

MARKS: dict[Severity, tuple[str, str, str]] = {
    "error": ("✗", "wrong", "red"),
    "warning": ("!", "look at", "yellow"),
    "note": ("·", "note", ""),
}
"""Severity to its sign, its word and its colour at a terminal."""
SYMBOLS = {"good": "✓", "usable": "✓", "needs work": "!", "not ready": "✗"}
STYLES = {"good": "green", "usable": "", "needs work": "yellow", "not ready": "red"}


def minutes(value: float) -> str:
    """``1 minute``, ``40 minutes``, ``3 hours``."""
    whole = max(1, round(value))
    if whole >= 120:
        return f"{value / 60:.0f} hours"
    return f"{whole:,} minute{'' if whole == 1 else 's'}"


def points(value: tuple[float, float, float]) -> str:
    """``+1.2 points of quality, measured (0.4 to 2.0)``."""
    low, middle, high = value
    if low <= 0 <= high:
        return f"measured: no difference can be told ({low:+.1f} to {high:+.1f} points)"
    return f"measured: {middle:+.1f} points ({low:+.1f} to {high:+.1f})"
