"""Unsupported values: of the values in an answer, the share found neither in the source (the input,
and the passages of the knowledge shown with it) nor in the ideal record. A model that invents is
seen here first.
"""

from __future__ import annotations

from typing import Any

from etude.metrics._base import EXTRACTED, Judged, Scores, column
from etude.metrics._fields import normal, texts
from etude.metrics._given import is_given
from etude.metrics.measures._base import Measure


def unsupported(judged: Judged) -> Scores:
    """(N,) shares; NaN where there is no value."""
    rows = zip(judged.sources, judged.target_values, judged.output_values, strict=True)
    return column([_share(source, target, output) for source, target, output in rows])


def _share(source: str, target: Any, output: Any) -> float:
    values = texts(output)
    if not values:
        return float("nan")
    known = {normal(value) for value in texts(target)}
    missing = [v for v in values if normal(v) not in known and not is_given(v, source)]
    return len(missing) / len(values)


MEASURE = Measure(
    "unsupported_values",
    "values that are not in the source",
    EXTRACTED,
    "lower",
    "share",
    unsupported,
)
