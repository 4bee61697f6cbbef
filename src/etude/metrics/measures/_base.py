"""A measure: one number an answer, of which less may be better, with no say in the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from etude.metrics._base import Judged, Scores
from etude.records.task import Kind


@dataclass(frozen=True)
class Measure:
    """``each`` gives (N,) numbers, NaN where an answer can't be measured (a failure, mostly)."""

    key: str
    plain_name: str
    kinds: frozenset[Kind]
    better: Literal["higher", "lower", "neither"]
    unit: Literal["share", "ratio"]
    each: Callable[[Judged], Scores]
