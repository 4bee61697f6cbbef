"""How likely a model held what it wrote: read off the tokens that it chose, at no further cost.

Tokens that a form leaves no choice about don't count. It knows numbers, no model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST = -50.0
"""Of a token's log-probability: one that a model held impossible must not make a mean infinite."""


@dataclass(frozen=True)
class Likelihood:
    """Log-probabilities of an answer's tokens, the end included: their mean, and the least."""

    mean: float
    least: float

    @classmethod
    def of(cls, logs: Sequence[float]) -> Likelihood:
        """From each token's; an answer without a choice is certain."""
        kept = [max(LOWEST, min(0.0, log)) for log in logs] or [0.0]
        return cls(sum(kept) / len(kept), min(kept))


def likelihoods(given: Sequence[Likelihood | None], *, weakest: bool) -> NDArray[np.float64] | None:
    """From 0 to 1 for each answer (N,), NaN where unknown; None where all are.

    ``weakest``: the probability of the token that the model was least sure of: where an answer has
    a form, one token is one value. Else the geometric mean over tokens, which length does not pull
    down.
    """
    if all(one is None for one in given):
        return None
    logs = [math.nan if one is None else one.least if weakest else one.mean for one in given]
    return np.exp(np.array(logs, dtype=np.float64))
