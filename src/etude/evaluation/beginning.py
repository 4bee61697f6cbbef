"""How long until the first token of what is written: a request is asked for one token alone.

What is timed holds all that a person waits for before anything can be shown: looking up, building the
prompt, reading it. It knows candidates that write, not what they write.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from etude.models._base import Completion

FEWEST = 20
"""Different texts below which nothing is timed: an engine still holds the prompts that it read last."""
ASKED = 25
"""Texts for which an endpoint is asked for the first token, at most."""
BUDGET_S = 6.0
"""Seconds on this machine, about."""


@runtime_checkable
class Begins(Protocol):
    """A candidate that writes token by token."""

    def begin(self, inputs: Sequence[str]) -> list[Completion]:
        """What its model says to each input where it may write one token."""
        ...


def first_tokens(candidate: object, inputs: Sequence[str]) -> tuple[float, ...]:
    """Milliseconds until the first token of each of these texts, one request after another.

    Nothing where the candidate does not write token by token, or there are too few different texts.
    """
    texts = list(dict.fromkeys(inputs))
    if not isinstance(candidate, Begins) or len(texts) < FEWEST:
        return ()
    taken: list[float] = []
    began = time.perf_counter()
    for text in texts:
        started = time.perf_counter()
        candidate.begin([text])
        taken.append(1000 * (time.perf_counter() - started))
        if time.perf_counter() - began > BUDGET_S and len(taken) >= FEWEST:
            break
    return tuple(taken)
