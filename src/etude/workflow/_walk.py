"""A person's walk through a queue: where it is, what was said on the way, one step back.

It knows places and words; what is shown and what a word means are its users'.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Word = TypeVar("Word")


@dataclass
class Walk(ABC, Generic[Word]):
    """``at``: the place in the queue; ``skipped``: places that were left undecided."""

    at: int = field(default=0, kw_only=True)
    skipped: int = field(default=0, kw_only=True)
    _history: list[tuple[int, Word]] = field(default_factory=list, kw_only=True)

    @property
    def decided(self) -> int:
        """Words that were said in this walk."""
        return len(self._history)

    def skip(self) -> None:
        """Leave the place undecided; it comes again the next time."""
        self.at += 1
        self.skipped += 1

    def undo(self) -> bool:
        """Take back the last word of this walk and go back to its place; False: there is none."""
        if not self._history:
            return False
        self.at, word = self._history.pop()
        self._take_back(word)
        return True

    @abstractmethod
    def _take_back(self, word: Word) -> None:
        """Undo what a word did; ``at`` is its place again."""
