"""How grades, severities, minutes and measured points read, the same on screens and pages."""

from __future__ import annotations

from etude.records.dataset import Severity
from etude.report import _figures as figures

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
    """What leaving a finding's rows out does: ``measured: leaving them out brings +1.2 points (+0.4 to
    +2.0)``; from points, low, middle and high."""
    low, middle, high = (point / 100 for point in value)
    spread = figures.points_range(low, high)
    if low <= 0 <= high:
        return f"measured: leaving them out changes nothing for certain ({spread} points)"
    if low > 0:
        return f"measured: leaving them out brings {figures.points(middle)} ({spread})"
    lost = figures.points(-middle, signed=False)
    return f"measured: leaving them out costs {lost} ({spread})"
