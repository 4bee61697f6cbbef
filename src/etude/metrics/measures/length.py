"""Length: words in the answer over words in the ideal one."""

from __future__ import annotations

from etude.metrics._base import WRITTEN, Judged, Scores, column
from etude.metrics.measures._base import Measure


def length(judged: Judged) -> Scores:
    """(N,) ratios; NaN for no answer."""
    rows = zip(judged.targets, judged.outputs, strict=True)
    return column(
        [
            float("nan") if output is None else len(output.split()) / max(1, len(target.split()))
            for target, output in rows
        ]
    )


MEASURE = Measure("length", "length beside the ideal answer", WRITTEN, "neither", "ratio", length)
