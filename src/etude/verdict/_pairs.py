"""Pairs looked up in either direction: a stored pair is ``b`` minus ``a``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etude.records.verdict import Pair


@dataclass(frozen=True)
class Difference:
    """``challenger`` minus ``other`` with its simultaneous interval."""

    value: float
    low: float
    high: float
    more_examples: float | None
    """So many that this pair is likely settled."""

    def no_worse(self, margin: float) -> bool:
        """Certainly less than ``margin`` below the other (better included)."""
        return self.low > -margin

    @property
    def worse(self) -> bool:
        """Certainly below the other."""
        return self.high < 0


class Differences:
    """All simultaneous differences, by (challenger, other)."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._by_names: dict[tuple[str, str], Difference] = {}
        self.comparisons = len(pairs)
        self.level = pairs[0].difference.level if pairs else 0.95
        self.n = max((pair.n or 0 for pair in pairs), default=0)
        """Items that a pair was compared on, of the one that has most; 0 where none says."""
        for pair in pairs:
            d, more = pair.difference, pair.more_examples
            self._by_names[pair.b, pair.a] = Difference(d.value, d.low, d.high, more)
            self._by_names[pair.a, pair.b] = Difference(-d.value, -d.high, -d.low, more)

    def of(self, challenger: str, other: str) -> Difference:
        """``challenger`` minus ``other``; zero with no width for the same name."""
        if challenger == other:
            return Difference(0.0, 0.0, 0.0, None)
        return self._by_names[challenger, other]

    def no_worse_than_all(self, name: str, others: Iterable[str], margin: float) -> bool:
        """No worse than each of ``others``: what is recommended then loses less than ``margin``
        against the true best, whichever of them that is, at the intervals' joint level."""
        return all(self.of(name, other).no_worse(margin) for other in others)

    def largest_loss(self, name: str, others: Iterable[str]) -> float:
        """The most by which ``name`` could still be below one of ``others``."""
        return max([0.0, *(-self.of(name, other).low for other in others if other != name)])
