"""Rows that nearly stand twice: a few words changed, added, dropped, moved or mistyped."""

from __future__ import annotations

from _planted._base import Bed, Row, Sort
from _planted._edits import (
    FEWEST_WORDS,
    NEAR,
    RECORD_NEAR,
    near_copy,
    one_word,
    typos,
)


def _plant(bed: Bed, rate: float) -> None:
    edits = RECORD_NEAR if bed.clean.record else NEAR
    for name, row in bed.dealt(rate, list(edits), lambda row: long_enough(bed, row)):
        copy = bed.new(row)
        bed.write(copy, "input", near_copy(edits[name], bed.words(row, "input"), bed.random))
        if bed.clean.prose_targets and bed.random.random() < 0.5:
            change = bed.random.choice([one_word, typos])
            copy["target"] = change(row["target"], bed.random)
        bed.fault(name, copy, other=row["id"])


def long_enough(bed: Bed, row: Row) -> bool:
    """Whether a near copy of its input still asks the same."""
    words = bed.words(row, "input")
    return words.count("], ") >= 3 if bed.clean.record else len(words.split()) >= FEWEST_WORDS


SORT = Sort("copies with a few words changed", lambda clean: True, _plant)
