"""The rungs of the ladder: one a file, found by its name."""

from __future__ import annotations

from etude.approaches._base import Approach, Candidate, Choice, Embeddings, FitContext
from etude.registry import Registry

__all__ = [
    "Approach",
    "Candidate",
    "Choice",
    "Embeddings",
    "FitContext",
    "approach",
    "registry",
]

registry = Registry("etude.approaches", "APPROACH", "rung")


def approach(key: str) -> Approach:
    """The rung called ``key``.

    Raises:
        UnknownName: there is none.
    """
    found: Approach = registry.load(key)
    return found
