"""A candidate's scorecard: from answers to quality with intervals, by label and in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.metrics import metric
from etude.metrics._confusion import codes, confusion
from etude.records.comparison import ClassRow, Quality, ReliabilityBin
from etude.statistics.calibration import brier_score, expected_calibration_error
from etude.statistics.intervals import Interval
from etude.statistics.single import accuracy_interval, macro_f1_interval

METRICS = ("accuracy", "macro_f1")
"""Both are always measured: one is the task's bar, the other stands beside it."""


@dataclass(frozen=True)
class Scored:
    """Answers beside their targets: everything statistics need, as numbers.

    ``truth_N`` and ``answers_N`` index ``labels``; an answer of -1 is outside the contract.
    """

    examples: Examples
    answers: Answers
    labels: tuple[str, ...]
    folds: NDArray[np.int64] | None

    @property
    def truth_N(self) -> NDArray[np.int64]:
        """Index of each target (N,)."""
        return codes(self.examples.targets, self.labels)

    @property
    def answers_N(self) -> NDArray[np.int64]:
        """Index of each answer (N,), -1 where it is no label."""
        found = codes(self.answers.outputs, self.labels)
        return np.where(found == len(self.labels), -1, found)

    @property
    def right_N(self) -> NDArray[np.float64]:
        """1 where the answer is the target, else 0 (N,): a failure is wrong."""
        right_N: NDArray[np.float64] = (self.truth_N == self.answers_N).astype(np.float64)
        return right_N


def quality(scored: Scored, key: str) -> Quality:
    """The metric ``key`` with its interval over independent groups."""
    interval = _interval(scored, key)
    return Quality(
        metric=key,
        value=interval.point,
        low=interval.low,
        high=interval.high,
        level=interval.level,
        method=_METHODS[key] + (", cross-fitted" if scored.folds is not None else ""),
        n=len(scored.examples),
        groups=len(np.unique(scored.examples.groups)),
    )


_METHODS = {"accuracy": "Wilson", "macro_f1": "bootstrap"}


def _interval(scored: Scored, key: str) -> Interval:
    groups = scored.examples.groups
    if metric(key).kind == "right_wrong":
        return accuracy_interval(scored.right_N, groups=groups, folds=scored.folds)
    return macro_f1_interval(
        scored.truth_N, scored.answers_N, len(scored.labels), groups=groups, folds=scored.folds
    )


def per_class(scored: Scored) -> tuple[tuple[ClassRow, ...], tuple[tuple[int, ...], ...]]:
    """A row a label, and the confusion matrix whose last column holds invalid answers."""
    counts = confusion(scored.examples.targets, scored.answers.outputs, scored.labels)
    rows = []
    for position, label in enumerate(scored.labels):
        hits = int(counts[position, position])
        support, predicted = int(counts[position].sum()), int(counts[:, position].sum())
        rows.append(
            ClassRow(
                label=label,
                support=support,
                predicted=predicted,
                precision=hits / predicted if predicted else None,
                recall=hits / support if support else None,
                f1=2 * hits / (support + predicted) if support + predicted else None,
            )
        )
    return tuple(rows), tuple(tuple(int(cell) for cell in row) for row in counts)


@dataclass(frozen=True)
class Calibration:
    """How far confidence can be believed; all None or empty where a model gives none."""

    brier: float | None = None
    ece: float | None = None
    bins: tuple[ReliabilityBin, ...] = ()


def calibration(scored: Scored) -> Calibration:
    """Brier score and expected calibration error over the answers that have probabilities."""
    if scored.answers.probabilities_NL is None or not len(scored.examples):
        return Calibration()
    error = expected_calibration_error(np.clip(scored.answers.confidence, 0, 1), scored.right_N)
    rows = zip(error.confidence, error.accuracy, error.items, strict=True)
    return Calibration(
        brier=brier_score(_whole_rows(scored.answers.probabilities_NL), scored.truth_N),
        ece=error.value,
        bins=tuple(ReliabilityBin(confidence=c, accuracy=a, count=n) for c, a, n in rows),
    )


def _whole_rows(probabilities_NL: NDArray[np.float32]) -> NDArray[np.float64]:
    # float32 rows add up to 1 only roughly; the score wants them to.
    rows = probabilities_NL.astype(np.float64)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def join_answers(parts: Sequence[Answers]) -> Answers:
    """Answers of several parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    lists = [part.probabilities_NL for part in parts]
    known = [rows for rows in lists if rows is not None]
    return Answers(
        outputs=tuple(output for part in parts for output in part.outputs),
        probabilities_NL=np.concatenate(known) if len(known) == len(parts) else None,
        failures=tuple(failure for part in parts for failure in part.failures),
        seconds=np.concatenate([part.seconds for part in parts]),
        tokens_in=np.concatenate([part.tokens_in for part in parts]),
        tokens_out=np.concatenate([part.tokens_out for part in parts]),
    )
