"""How likely a model held what it wrote: read off the tokens that it chose, at no further cost.

Tokens that a form leaves no choice about don't count. It knows numbers, no model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOWEST = -50.0
"""Of a token's log-probability: one that a model held impossible must not make a mean infinite."""
FieldLogs = tuple[tuple[str, float], ...]
"""Names of fields, each with a log-probability."""


@dataclass(frozen=True)
class Likelihood:
    """Log-probabilities of an answer's tokens, the end included: their mean, and the least.

    ``fields``: the least of each field's own, where the answer is a JSON object and it is known which
    tokens are which field's; else None.
    """

    mean: float
    least: float
    fields: FieldLogs | None = None

    @classmethod
    def of(cls, logs: Sequence[float], fields: FieldLogs | None = None) -> Likelihood:
        """From each token's; an answer without a choice is certain."""
        kept = [clipped(log) for log in logs] or [0.0]
        return cls(sum(kept) / len(kept), min(kept), fields)


def clipped(log: float) -> float:
    """A token's log-probability as it counts."""
    return max(LOWEST, min(0.0, log))


def read_fields(stored: Any) -> FieldLogs | None:
    """As they come out of JSON; None where an older version stored none."""
    return None if stored is None else tuple((str(name), float(log)) for name, log in stored)


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
