"""The parts of a payback over its horizon, as facts."""

from __future__ import annotations

from collections.abc import Callable

from etude.records.advice import Outlook

LEAST = 0.5
"""Money below which a part is left out: it would read 0."""
ENDS = "every input at its worst, and at its best"


def account(
    found: Outlook | None, currency: str, ranged: Callable[[float, float, str], str]
) -> list[tuple[str, str, str]]:
    """Name, value and exact term of each part that is not nothing, and of what is left.

    Args:
        found: None where nothing was worked out: no facts then.
        currency: the task's.
        ranged: writes two amounts of it.
    """
    if found is None:
        return []
    over = f"over {found.months:g} month{'' if found.months == 1 else 's'}"
    parts = [one for one in found.lines if max(abs(one.low), abs(one.high)) >= LEAST]
    rows = [
        (f"{one.name[:1].upper()}{one.name[1:]}, {over}", ranged(one.low, one.high, currency), "")
        for one in parts
    ]
    return [*rows, (f"Left of it, {over}", ranged(found.net[0], found.net[2], currency), ENDS)]
