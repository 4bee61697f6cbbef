"""Rows that stand twice: the input the same but for case, spaces, punctuation or code points."""

from __future__ import annotations

from _planted._base import Bed, Sort
from _planted._edits import RECORD_SAME, SAME, cased, spaced


def _plant(bed: Bed, rate: float) -> None:
    edits = RECORD_SAME if bed.clean.record else SAME
    for name, row in bed.dealt(rate, list(edits), lambda row: len(bed.words(row, "input")) > 8):
        copy = bed.new(row)
        bed.write(copy, "input", edits[name](bed.words(row, "input"), bed.random))
        if bed.clean.prose_targets and bed.random.random() < 0.3:
            # An export that came through another tool has changed both sides alike.
            copy["target"] = bed.random.choice([cased, spaced])(row["target"], bed.random)
        bed.fault(name, copy, other=row["id"])


SORT = Sort("copies after case, spaces and punctuation are put aside", lambda clean: True, _plant)
