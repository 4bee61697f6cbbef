"""Labels put on the wrong rows: any other label (a slip), or one that is easily mixed up."""

from __future__ import annotations

from _planted._base import Bed, Sort
from _planted._labels import another, confusable


def _plant(bed: Bed, rate: float) -> None:
    labels = sorted({row["target"] for row in bed.clean.rows})
    nearest = confusable(bed.clean.rows)
    for name, row in bed.dealt(rate, ["uniform", "confusable"]):
        was = row["target"]
        row["target"] = (
            another(labels, was, bed.random)
            if name == "uniform"
            else bed.random.choice(nearest[was])
        )
        bed.fault(name, row, field="target", text=row["target"], was=was)


SORT = Sort(
    "labels on the wrong rows",
    lambda clean: clean.kind == "classify" and len({row["target"] for row in clean.rows}) > 1,
    _plant,
)
