"""Whether the scored examples are of another kind than dev: what was chosen on one fails on the other.

A little worse is usual, for settings were chosen to do well on dev. Far worse than chance makes it
means other names, other groups or other texts than those that could be learned from. Only examples
that are kept aside can be of another kind: in cross-fitting each is learned from too.
"""

from __future__ import annotations

import math

from etude.metrics import metric
from etude.records.candidate import CandidateReport

FAR = 0.1
"""Between the two ranges: a smaller gap may come of choosing."""
READ = ("judge", "person")
"""Metrics that nobody counts on dev, where another one stands in."""
MEANS = ("right_wrong", "mean")
"""Statistics that are means of values from 0 to 1, which vary by at most so much."""


def unlike_dev(candidate: CandidateReport) -> tuple[float, float] | None:
    """The values on dev and on the scored examples, where these are further apart than chance and
    choosing explain; else None, as where the metric is no mean over examples.

    The range on dev is the widest that values from 0 to 1 can have (95 %, normal).
    """
    dev, examples, found = candidate.dev_value, candidate.dev_n, candidate.quality
    if dev is None or not examples or found is None or found.metric in READ:
        return None
    if metric(found.metric).statistic not in MEANS:
        return None
    room = 1.96 * 0.5 / math.sqrt(examples)
    return (dev, found.value) if dev - room > found.high + FAR else None
