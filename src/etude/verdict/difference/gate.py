"""Whether a change may go in: what ``etude diff --gate`` holds."""

from __future__ import annotations

from etude.records.difference import Difference
from etude.verdict.difference.missed import newly_missed
from etude.verdict.figures import points


def objection(found: Difference) -> str | None:
    """Why the new comparison is not to be accepted; None where nothing speaks against it.

    What is recommended now must not be certainly worse, beyond the smaller of the two margins, than
    what was, and no condition that was met may now be missed for certain.
    """
    if found.verdict.old_recommended is None:
        return None
    reasons = (_worse(found), *newly_missed(found))
    return "; ".join(reason for reason in reasons if reason is not None) or None


def _worse(found: Difference) -> str | None:
    """What speaks against what is recommended now, by the metric alone.

    Where that can't be said because the two were measured differently, that is an objection too: a gate
    that can't be held is not open.
    """
    if found.verdict.new_recommended is None:
        return "nothing is good enough to recommend any more"
    change = found.recommended
    if change is not None and change.call == "same":
        return None
    if change is None or change.difference is None:
        return change.note if change is not None else "the new comparison scored nothing"
    if change.difference.high < -found.margin:
        low, high = change.difference.low, change.difference.high
        return (
            "what is recommended now is certainly worse than what was: by "
            f"{points(high)} at least and {points(low)} at most, where "
            f"{points(found.margin)} matter"
        )
    return None
