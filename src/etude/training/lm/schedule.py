"""The learning rate of a step, as a share of its peak: up in a line, then as the settings say.

Derived from the step's number alone, so a training that goes on after a kill does what it would
have done.
"""

from __future__ import annotations

import math

from etude.training.lm.settings import LmSettings

FLOOR = 0.05
"""Share of the peak at the end: the last steps are not computed for nothing."""
DECAYED = 0.2
"""Share of the steps over which ``wsd`` comes down (Hägele et al. 2024)."""


def rate_share(step: int, total: int, settings: LmSettings) -> float:
    """Share of the peak at ``step`` (from 0) of ``total``, in (0, 1]."""
    rising = round(total * settings.warmup_share)
    if step < rising:
        return (step + 1) / rising
    if settings.schedule == "constant":
        return 1.0
    if settings.schedule == "cosine":
        done = (step - rising) / max(total - 1 - rising, 1)
        return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * min(done, 1.0))) / 2
    left = (total - step) / max(total * DECAYED, 1.0)
    return min(1.0, FLOOR + (1 - FLOOR) * left)
