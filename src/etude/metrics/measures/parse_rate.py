"""Parse rate: the share of answers that are JSON at all."""

from __future__ import annotations

from etude.metrics._base import EXTRACTED, Judged, Scores, column
from etude.metrics.measures._base import Measure


def parsed(judged: Judged) -> Scores:
    """(N,) 1 where the output parsed."""
    return column([value is not None for value in judged.output_values])


MEASURE = Measure("parse_rate", "are JSON", EXTRACTED, "higher", "share", parsed)
