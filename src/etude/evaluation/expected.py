"""How long stages are expected to take, for progress that tells the time left.

A rung that trains takes a hundred times as long as one that does not: counted one like the other,
the time left would be far too short until just before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Expected:
    """Seconds of the stages that are still to be computed; what is not named takes none.

    ``choosing``: by entrant, part and seed. ``fitting``: by entrant and part.
    """

    choosing: Mapping[tuple[str, int, int], float] = field(default_factory=dict)
    fitting: Mapping[tuple[str, int], float] = field(default_factory=dict)


class Shares(Generic[Piece]):
    """A step in per cent of its expected seconds; in its pieces where nothing is expected.

    Args:
        seconds: of each piece.
        pieces: how many there are in all.
        unit: what a piece is called.
    """

    def __init__(self, seconds: Mapping[Piece, float], pieces: int, unit: str) -> None:
        self._seconds = seconds
        self._whole = sum(seconds.values())
        self.total = 100.0 if self._whole else float(pieces)
        self.unit = "%" if self._whole else unit

    def of(self, piece: Piece) -> float:
        """How much further the step is when this piece is done."""
        return 100 * self._seconds.get(piece, 0.0) / self._whole if self._whole else 1.0
