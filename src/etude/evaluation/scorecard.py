"""A candidate's scorecard: from answers to quality with intervals, by label and in all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from etude.contracts.schema import field_names
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.phrases import phrases_in
from etude.metrics import metric, registry
from etude.metrics._base import Judged, Metric, Scores
from etude.metrics._confusion import codes, confusion
from etude.metrics._fields import hits, leaves
from etude.metrics.measures import measures_for
from etude.metrics.measures._base import Measure
from etude.records.candidate import (
    CheckRow,
    ClassRow,
    FieldRow,
    MeasureRow,
    Quality,
    ReliabilityBin,
)
from etude.statistics.calibration import brier_score, expected_calibration_error
from etude.statistics.intervals import Interval
from etude.statistics.single import (
    accuracy_interval,
    macro_f1_interval,
    mean_interval,
    ratio_interval,
)


@dataclass(frozen=True)
class Scored:
    """Answers beside their targets: everything statistics need, as numbers.

    ``truth_N`` and ``answers_N`` index ``labels``; an answer of -1 is outside the contract. They
    are of use to tasks with labels alone.
    """

    examples: Examples
    answers: Answers
    judge: Judge
    folds: NDArray[np.int64] | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The task's, in its order."""
        return self.judge.labels

    @cached_property
    def judged(self) -> Judged:
        """The answers beside everything that says how good they are."""
        return self.judge.judged(self.examples, self.answers.outputs, self.answers.passages)

    @cached_property
    def truth_N(self) -> NDArray[np.int64]:
        """Index of each target (N,)."""
        return codes(self.examples.targets, self.labels)

    @cached_property
    def answers_N(self) -> NDArray[np.int64]:
        """Index of each answer (N,), -1 where it is no label."""
        found = codes(self.answers.outputs, self.labels)
        return np.where(found == len(self.labels), -1, found)

    @cached_property
    def right_N(self) -> NDArray[np.float64]:
        """1 where nobody has to mend the answer, else 0 (N,): a failure is wrong."""
        return self.items(self.judge.right)

    @cached_property
    def _known(self) -> dict[str, Scores]:
        return {}

    def items(self, measure: Metric) -> Scores:
        """``measure``'s scores of the answers, worked out once: every pair asks for them."""
        if measure.key not in self._known:
            self._known[measure.key] = measure.items(self.judged)
        return self._known[measure.key]

    def each(self, measure: Metric) -> Scores:
        """One score an answer (N,)."""
        return measure.alone(self.items(measure))

    @cached_property
    def held_N(self) -> NDArray[np.bool_]:
        """Whether each input holds a phrase of the boundaries, so that a person gets it (N,)."""
        said = phrases_in(self.judge.task, self.examples.inputs)
        return np.array([bool(found) for found in said], dtype=np.bool_)

    @property
    def invalid(self) -> int:
        """Answers that are none: outside the labels or the schema, or failed."""
        if self.labels:
            return int((self.answers_N < 0).sum())
        if self.judged.valid_N is not None:
            return int((~self.judged.valid_N).sum())
        return sum(output is None for output in self.answers.outputs)


def quality(scored: Scored, key: str) -> Quality:
    """The metric ``key`` with its interval over independent groups."""
    interval = _interval(scored, metric(key))
    method = "Wilson" if metric(key).statistic == "right_wrong" else "bootstrap"
    return Quality(
        metric=key,
        value=interval.point,
        low=interval.low,
        high=interval.high,
        level=interval.level,
        method=method + (", cross-fitted" if scored.folds is not None else ""),
        n=len(scored.examples),
        groups=len(np.unique(scored.examples.groups)),
    )


def _interval(scored: Scored, key: Metric) -> Interval:
    groups, folds = scored.examples.groups, scored.folds
    if key.statistic == "macro_f1":
        return macro_f1_interval(
            scored.truth_N, scored.answers_N, len(scored.labels), groups=groups, folds=folds
        )
    items = scored.items(key)
    if key.statistic == "right_wrong":
        return accuracy_interval(items, groups=groups, folds=folds)
    if key.statistic == "ratio":
        return ratio_interval(items[:, 0], items[:, 1], groups=groups, folds=folds)
    return mean_interval(items, groups=groups, folds=folds)


def secondary(scored: Scored) -> tuple[str, ...]:
    """The other metrics that this task can be measured by."""
    task = scored.judge.task
    # What somebody has to read is measured where it was read.
    has = {
        "checks": bool(scored.judge.checks),
        "schema": scored.judge.contract is not None,
        "judge": False,
        "person": False,
    }
    return tuple(
        key
        for key in registry.names()
        if key != task.counted
        and task.kind in metric(key).kinds
        and has.get(metric(key).needs or "", True)
        and not (scored.labels and key == "exact")
    )


def measured(scored: Scored) -> tuple[MeasureRow, ...]:
    """What is shown beside the metrics, each with an interval over groups; unmeasured included."""
    return tuple(_measured(scored, one) for one in measures_for(scored.judge.task.kind))


def _measured(scored: Scored, measure: Measure) -> MeasureRow:
    each_N = measure.each(scored.judged)
    known = ~np.isnan(each_N)
    interval = None
    if known.any():
        each_N = each_N[known]
        interval = mean_interval(
            each_N,
            groups=scored.examples.groups[known],
            score_range=(min(0.0, float(each_N.min())), max(1.0, float(each_N.max()))),
            resamples=2000,
        )
    return MeasureRow(
        key=measure.key,
        plain_name=measure.plain_name,
        better=measure.better,
        unit=measure.unit,
        value=interval.point if interval else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=int(known.sum()),
    )


def field_rows(scored: Scored) -> tuple[FieldRow, ...]:
    """How often each field of a record was right; empty where answers are no records."""
    contract, judged = scored.judge.contract, scored.judged
    if contract is None:
        return ()
    rows = []
    for name in field_names(contract.schema):
        pairs = [
            ((target or {}).get(name), (output or {}).get(name))
            for target, output in zip(judged.target_values, judged.output_values, strict=True)
        ]
        wanted = sum(leaves(target) for target, _ in pairs)
        given = sum(leaves(output) for _, output in pairs)
        found = sum(hits(target, output) for target, output in pairs)
        f1 = 2 * found / (wanted + given) if wanted + given else None
        rows.append(FieldRow(name=name, wanted=wanted, given=given, hits=found, f1=f1))
    return tuple(rows)


def check_rows(scored: Scored) -> tuple[CheckRow, ...]:
    """How often each check was passed where it applies, with an interval over independent groups."""
    table_NC = scored.judged.checks_NC
    if table_NC is None:
        return ()
    rows = []
    for name, column_N in zip(scored.judged.check_names, table_NC.T, strict=True):
        applies = column_N >= 0
        passed = (column_N == 1)[applies].astype(np.float64)
        found = _over_groups(scored, passed, applies) if applies.any() else None
        rows.append(
            CheckRow(
                name=name,
                applies=int(applies.sum()),
                passed=int(passed.sum()),
                low=found.low if found else None,
                high=found.high if found else None,
            )
        )
    return tuple(rows)


def _over_groups(scored: Scored, passed: NDArray[np.float64], which: NDArray[np.bool_]) -> Interval:
    folds = scored.folds[which] if scored.folds is not None else None
    return accuracy_interval(passed, groups=scored.examples.groups[which], folds=folds)


def per_class(scored: Scored) -> tuple[tuple[ClassRow, ...], tuple[tuple[int, ...], ...]]:
    """A row a label, and the confusion matrix whose last column holds invalid answers."""
    if not scored.labels:
        return (), ()
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
