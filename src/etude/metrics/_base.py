"""What a metric is: a value from 0 to 1 for targets and outputs, and how it is compared.

A metric is one file in this folder with ``METRIC: Metric``; its name is the ``bar.metric`` key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Outputs = Sequence[str | None]


@dataclass(frozen=True)
class Metric:
    """``kind`` says which statistics fit it.

    ``right_wrong``: the mean of a 0/1 score an item, so Wilson and Bonett–Price apply.
    ``macro_f1``: a function of the whole confusion matrix, so only resampling does.
    """

    key: str
    plain_name: str
    kind: Literal["right_wrong", "macro_f1"]
    compute: Callable[[Sequence[str], Outputs, Sequence[str]], float]
    """(targets, outputs, labels) → value; an output of None is wrong."""
