"""What a metric is: a value from 0 to 1 for answers and what they are judged by, and its statistics.

A metric is one file in this folder with ``METRIC: Metric``; its name is the ``bar.metric`` key.
More of a metric is always better. What is shown beside it and never decides is in ``measures/``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from etude.records.task import Kind

Outputs = Sequence[str | None]
Scores = NDArray[np.float64]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit rows (n, dim): passed in, for a metric knows no models."""
Statistic = Literal["right_wrong", "mean", "ratio", "macro_f1"]


@dataclass(frozen=True)
class Judged:
    """``N`` answers beside everything that says how good they are; every sequence has length N.

    An output of None is a failure and is always wrong. ``target_values`` and ``output_values``
    are parsed JSON (``extract`` alone; None where it does not parse), ``valid_N`` says where the
    output keeps the schema. ``checks_NC`` has 1 for passed, 0 for failed and -1 where a check does
    not apply; ``criteria_NC`` has 1 where a model that judges said yes, 0 for no and -1 where it could
    not be asked; ``preferred_N`` has 1 where people preferred it to the baseline's, 0.5 where the two
    are the same, 0 where they did not and NaN where nobody compared them. ``passages`` are those of the
    knowledge that each answer was shown (empty: none was).
    ``embed`` gives unit rows (n, dim) of texts; None: no encoder is here.
    """

    targets: Sequence[str]
    outputs: Outputs
    labels: Sequence[str] = ()
    inputs: Sequence[str] = ()
    target_values: Sequence[Any] = ()
    output_values: Sequence[Any] = ()
    valid_N: NDArray[np.bool_] | None = None
    checks_NC: NDArray[np.int8] | None = None
    check_names: tuple[str, ...] = ()
    criteria_NC: NDArray[np.int8] | None = None
    preferred_N: NDArray[np.float64] | None = None
    fields: Sequence[Mapping[str, str]] = field(default=())
    passages: Sequence[Sequence[str]] = ()
    embed: Embed | None = None

    @property
    def sources(self) -> list[str]:
        """What each answer was given, as one text: its input, and the passages shown with it."""
        shown = self.passages or ((),) * len(self.inputs)
        return ["\n".join((text, *found)) for text, found in zip(self.inputs, shown, strict=True)]

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class Metric:
    """``statistic`` says how items make the value, and so which intervals fit it.

    ``right_wrong``: the mean of a 0/1 score an item, so Wilson and Bonett–Price apply. ``mean``:
    the mean of a score in 0..1. ``ratio``: a sum over a sum. ``macro_f1``: a function of the whole
    confusion matrix; only resampling fits the last three.
    """

    key: str
    plain_name: str
    kinds: frozenset[Kind]
    """Kinds of task that it can measure."""
    statistic: Statistic
    items: Callable[[Judged], Scores]
    """(N,) scores; for ``ratio`` (N, 2) numerators and denominators; for ``macro_f1`` right or
    wrong, which is what pairs of items are counted by."""
    whole: Callable[[Judged], float] | None = None
    """The value where the items alone do not make it (macro-F1)."""
    needs: str | None = None
    """What the task must have for it: "checks", "schema", "judge" or "person"."""

    def value(self, judged: Judged) -> float:
        """The metric over all answers; NaN for none."""
        if not len(judged):
            return float("nan")
        if self.whole is not None:
            return self.whole(judged)
        scores = self.items(judged)
        if self.statistic == "ratio":
            over, under = (float(total) for total in scores.sum(axis=0))
            return over / under if under else 1.0
        return float(scores.mean())

    def each(self, judged: Judged) -> Scores:
        """(N,) one score in 0..1 an item; for a ratio that of the item alone."""
        return self.alone(self.items(judged))

    def alone(self, scores: Scores) -> Scores:
        """The same of ``items`` that are there."""
        if self.statistic != "ratio":
            return scores
        over, under = scores[:, 0], scores[:, 1]
        return np.divide(over, under, out=np.ones(len(scores)), where=under > 0)


LABELLED: frozenset[Kind] = frozenset({"classify", "image"})
WRITTEN: frozenset[Kind] = frozenset({"write", "rewrite", "chat"})
EXTRACTED: frozenset[Kind] = frozenset({"extract"})
EVERY: frozenset[Kind] = LABELLED | WRITTEN | EXTRACTED


def column(values: Sequence[float] | Sequence[bool]) -> Scores:
    """(N,) float64."""
    return np.asarray(values, dtype=np.float64)
