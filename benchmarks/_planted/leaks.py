"""Held-out rows that are rows of training, word for word or nearly: the result can't be trusted."""

from __future__ import annotations

from _planted._base import Bed, Clean, Sort
from _planted._edits import NEAR, RECORD_NEAR, RECORD_SAME, SAME, near_copy
from _planted.near_duplicates import long_enough


def _plant(bed: Bed, rate: float) -> None:
    exact = RECORD_SAME if bed.clean.record else SAME
    near = RECORD_NEAR if bed.clean.record else NEAR
    names = [*exact, *near]
    trained = lambda row: row["side"] == "train" and long_enough(bed, row)  # noqa: E731
    for name, row in bed.dealt(rate, names, trained):
        words = bed.words(row, "input")
        made = exact[name](words, bed.random) if name in exact else near_copy(
            near[name], words, bed.random
        )  # fmt: skip
        copy = bed.new(row, side="holdout")
        bed.write(copy, "input", made)
        bed.fault(name, copy, other=row["id"])


def _fits(clean: Clean) -> bool:
    return any(row.get("side") == "holdout" for row in clean.rows)


SORT = Sort("rows of training that stand in the holdout as well", _fits, _plant)
