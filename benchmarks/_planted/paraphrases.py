"""Rows whose input says the same as another's in other words, as two people really wrote it.

Only where the data put the same facts into words several times (E2E); by rule they can't be made.
"""

from __future__ import annotations

from _planted._base import Bed, Sort


def _plant(bed: Bed, rate: float) -> None:
    others = bed.clean.paraphrases
    for name, row in bed.dealt(rate, ["people"], lambda row: bool(others.get(row["id"]))):
        copy = bed.new(row)
        bed.write(copy, "input", bed.random.choice(others[row["id"]]))
        bed.fault(name, copy, other=row["id"])


SORT = Sort("inputs that say the same in other words", lambda c: bool(c.paraphrases), _plant)
