"""Retyping share: the edit distance to the ideal answer over its length: what is left to type.

Levenshtein's distance in characters (rapidfuzz); above 1 where more is wrong than the ideal answer
is long.
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from etude.metrics._base import WRITTEN, Judged, Scores, column
from etude.metrics.measures._base import Measure


def retyping(judged: Judged) -> Scores:
    """(N,) shares; 1 for no answer: everything is to be typed."""
    rows = zip(judged.targets, judged.outputs, strict=True)
    return column([left_to_type(target, output) for target, output in rows])


def left_to_type(target: str, output: str | None) -> float:
    """Of one answer."""
    return 1.0 if output is None else Levenshtein.distance(output, target) / max(1, len(target))


MEASURE = Measure("retyping", "to be retyped", WRITTEN, "lower", "ratio", retyping)
