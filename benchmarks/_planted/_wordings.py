"""Two sets of wordings for one sort: ``first``, by which rules are tuned, and ``aside``, which is run
only once they are."""

from __future__ import annotations

from typing import TypeVar

from _planted._base import Bed, Clean

FIRST, ASIDE = "first", "aside"
T = TypeVar("T")


def both(clean: Clean) -> tuple[str, ...]:
    """The variants of a sort that has two sets of wordings."""
    return (FIRST, ASIDE)


def of(bed: Bed, first: T, aside: T) -> T:
    """The wordings that were asked for; the first where none were."""
    return aside if bed.variant == ASIDE else first
