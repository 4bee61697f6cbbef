"""Whether the scored examples are of another kind than dev: what was chosen on one fails on the other.

A little worse is usual, for settings were chosen to do well on dev. Far worse than chance makes it
means other names, other groups or other texts than those that could be learned from.
"""

from __future__ import annotations

import math

from etude.records.candidate import CandidateReport

FAR = 0.1
"""Between the two ranges: a smaller gap may come of choosing."""
READ = ("judge", "person")
"""Metrics that nobody counts on dev, where another one stands in."""


def unlike_dev(candidate: CandidateReport) -> tuple[float, float] | None:
    """The values on dev and on the scored examples, where these are further apart than chance and
    choosing explain; else None.

    The range on dev is the widest that values from 0 to 1 can have (95 %, normal).
    """
    dev, found = candidate.dev_value, candidate.quality
    examples = max((trial.n for trial in candidate.trials), default=0)
    if dev is None or found is None or not examples or found.metric in READ:
        return None
    room = 1.96 * 0.5 / math.sqrt(examples)
    return (dev, found.value) if dev - room > found.high + FAR else None
