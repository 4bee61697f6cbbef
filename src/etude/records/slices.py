"""How candidates do on parts of the scored examples: looked at afterwards, so exploratory.

No text of a row is in here; values of a person's own columns are, where many rows share them.
"""

from __future__ import annotations

from typing import Literal

from etude.records._base import Record
from etude.records.estimate import Estimate

SliceSort = Literal["label", "length", "column", "likeness"]


class SliceRow(Record):
    """One candidate on a slice: the share of answers that nobody has to mend, and what that is above
    the baseline's, with plain intervals (95 %).

    ``adjusted``: the P-value of the difference after Benjamini and Hochberg over all slices and
    candidates; ``word``: said where it is at most 5 %. The baseline itself has neither.
    """

    candidate: str
    right: Estimate
    difference: Estimate | None = None
    adjusted: float | None = None
    word: Literal["", "better", "worse"] = ""


class Slice(Record):
    """``n`` scored examples in ``groups`` independent groups that share something: their ``label``, how
    long they are, the value of a column, or whether they mean what one learned from means. ``words``:
    what that is, for people."""

    sort: SliceSort
    words: str
    n: int
    groups: int
    rows: tuple[SliceRow, ...]


class Slices(Record):
    """``against``: the baseline. ``small``: slices with too few examples to say anything of."""

    against: str
    slices: tuple[Slice, ...]
    small: int = 0

    @property
    def told(self) -> tuple[tuple[Slice, SliceRow], ...]:
        """The differences that have a word, the surest first."""
        found = [(one, row) for one in self.slices for row in one.rows if row.word]
        return tuple(sorted(found, key=lambda pair: pair[1].adjusted or 0.0))
