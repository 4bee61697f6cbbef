"""What the newest comparison says for advice, read off dev or out-of-fold answers alone: rows that
are kept aside take no part, nor does any figure that was made of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.data.stored import Prepared
from etude.errors import DataError
from etude.metrics.measures.retyping import MEASURE as RETYPING
from etude.metrics.measures.retyping import left_to_type
from etude.records.advice import Failure, Gap, Share, Tried, Way
from etude.records.candidate import CandidateReport, Cost
from etude.records.comparison import Comparison
from etude.records.task import WRITING, Task
from etude.report._shown import shown
from etude.report.summary import titles
from etude.statistics.crossfit import shared_training_factor
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.proportions import wilson, wilson_grouped
from etude.verdict.advice.known import LOOKING_UP, told_way
from etude.workflow import keeping
from etude.workflow.session import Session

FAILURES = 3
EXCERPT = 160
"""Characters of a row's text."""


def newest(session: Session, prepared: Prepared) -> Tried | None:
    """The newest comparison of this task by its metric, else the newest such check; None where there
    is neither.

    Raises:
        StoreError: what it left can't be read.
    """
    task = session.taskfile.task
    comparison = next((one for one in _compared(session) if _metric_of(one, task) is None), None)
    if comparison is None:
        return None
    rows = keeping.rows_of(session, comparison).filter(pl.col("side") != "holdout")
    if not len(rows):
        return None
    return (
        _Reading(comparison, rows, prepared)
        .tried()
        .model_copy(
            update={
                "looked_up": _looked_up(comparison, task),
                "changed": changed(comparison.task, task),
            }
        )
    )


def other_metric(session: Session) -> str:
    """The metric of what was compared last, where the task asks for another one now; else "".

    Raises:
        StoreError: what it left can't be read.
    """
    task = session.taskfile.task
    return next((key for one in _compared(session) if (key := _metric_of(one, task))), "")


def _compared(session: Session) -> Iterator[Comparison]:
    """The newest comparison, and the newest check."""
    with suppress(DataError):
        yield keeping.latest(session)
    if (check := keeping.latest_check(session)) is not None:
        yield check


def _metric_of(comparison: Comparison, task: Task) -> str | None:
    """None where it is the task's own, by a comparison of its kind; "" where the kind is another."""
    if comparison.task.kind != task.kind:
        return ""
    key = comparison.task.bar.metric
    return None if key == task.bar.metric else key


def changed(old: Task, new: Task) -> tuple[str, ...]:
    """What of the task a way's answers, or how they are judged, depend on, and is another than it
    was, in words."""
    parts = {
        "the instructions": (old.instructions, new.instructions),
        "the categories": (old.labels, new.labels),
        "the schema": (old.output_schema, new.output_schema),
        "the checks": (old.checks, new.checks),
        "the knowledge": (old.data.knowledge, new.data.knowledge),
        "the preferences": (old.data.preferences, new.data.preferences),
        "the models": (_answering(old), _answering(new)),
    }
    return tuple(name for name, (before, now) in parts.items() if before != now)


def _answering(task: Task) -> list[tuple[str | int | None, ...]]:
    """What answers, without prices and how fast an endpoint is asked."""
    return [
        (one.name, *((at.base_url, at.model, at.window) if (at := one.openai) else ()))
        for one in task.models
    ]


def _looked_up(comparison: Comparison, task: Task) -> bool:
    """Whether a way that looks knowledge up was scored, with the knowledge that the task names."""
    place = task.data.knowledge
    if place is None or comparison.task.data.knowledge != place:
        return False
    scored = (c.rung for c in comparison.candidates if c.quality is not None)
    return any(rung in LOOKING_UP for rung in scored)


class _Reading:
    """One comparison's open rows (N,), with groups where the rows are still there."""

    def __init__(self, comparison: Comparison, rows: pl.DataFrame, prepared: Prepared) -> None:
        self.comparison = comparison
        self.rows = rows.join(
            prepared.frame.select("id", "group"), on="id", how="left", maintain_order="left"
        )
        self.crossed = comparison.dataset.scheme == "cross_fitting"
        self.scored = self.crossed or comparison.on_dev
        """Whether these rows are what was scored, and nothing was chosen on them."""
        self.titles = titles(comparison)
        self.current = comparison.dataset.id == prepared.version.id

    def tried(self) -> Tried:
        """Everything, in one record."""
        scored = [c for c in self.comparison.candidates if c.quality is not None]
        ways = tuple(way for c in scored if (way := self._way(c)) is not None)
        told = told_way(ways, self.comparison.task.bar.margin)
        return Tried(
            created=self.comparison.created,
            on="out-of-fold" if self.crossed else "dev",
            check=self.comparison.on_dev,
            current=self.current,
            quick=self.comparison.quick,
            ways=ways,
            gaps=self._gaps(ways),
            told=told.name if told else None,
            failures=self._failures(told.name) if told else (),
        )

    def _right(self, name: str) -> NDArray[np.float64]:
        """(N,) 1 where nobody has to mend the answer, 0 where somebody has, NaN where it was not
        asked for."""
        if self.comparison.task.kind in WRITING:
            right = self.rows[f"{name}|right"]
        else:
            output = self.rows[f"{name}|output"]
            right = output == self.rows["target"]
            # Of what is scored every row is asked: no answer is a wrong one.
            right = right.fill_null(False) if self.scored else right
        return right.cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)

    def _groups(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Groups of these rows; a row that is gone stands alone."""
        alone = -1 - np.arange(len(self.rows))
        known = self.rows["group"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return np.where(np.isnan(known), alone, known).astype(np.int64)[which]

    @property
    def _factor(self) -> float:
        """What folds that share training rows cost; they are of one size."""
        if not self.crossed or self.comparison.folds_scored < 2:
            return 1.0
        return shared_training_factor(np.arange(self.comparison.dataset.folds))

    def _way(self, candidate: CandidateReport) -> Way | None:
        right = self._right(candidate.name)
        asked = ~np.isnan(right)
        if not asked.any():
            return None
        groups, count = self._groups(asked), int(asked.sum())
        found = wilson_grouped(right[asked], groups, variance_factor=self._factor)
        share = Share(value=found.point, low=found.low, high=found.high, n=count)
        value, metric = self._value(candidate, count) or (share, self._right_metric)
        return Way(
            name=candidate.name,
            title=self.titles[candidate.name],
            rung=candidate.rung,
            order=candidate.order,
            trained=candidate.trained,
            value=value,
            right=share,
            retyping=self._retyping(candidate.name),
            tokens_in=candidate.tokens_in,
            running=_running(candidate.cost),
            fit_seconds=candidate.fit_seconds,
            wordings=_wordings(candidate),
            metric="" if metric == self.comparison.task.bar.metric else metric,
        )

    def _value(self, candidate: CandidateReport, count: int) -> tuple[Share, str] | None:
        """By a metric, which is named: the bar's, or what stands in for it. A score between 0 and 1
        varies no more than one that is either, so Wilson's limits are wide enough where items are
        scored in between."""
        quality, dev = candidate.quality, candidate.dev_value
        if self.scored and quality is not None:
            found = Share(value=quality.value, low=quality.low, high=quality.high, n=quality.n)
            return found, quality.metric
        if dev is None:
            return None
        limits = wilson(dev * count, count)
        share = Share(value=dev, low=limits.low, high=limits.high, n=count)
        return share, self.comparison.task.counted

    @property
    def _right_metric(self) -> str:
        """What counts right answers."""
        task = self.comparison.task
        if task.kind not in WRITING:
            return "accuracy"
        return "all_checks" if task.checks else "exact"

    def _retyping(self, name: str) -> float | None:
        if self.comparison.task.kind not in RETYPING.kinds:
            return None
        pairs = self.rows.select("target", f"{name}|output").iter_rows()
        known = [left_to_type(t, o) for t, o in pairs if self.scored or o is not None]
        return float(np.mean(known)) if known else None

    def _gaps(self, ways: tuple[Way, ...]) -> tuple[Gap, ...]:
        """Each fine-tuned way less each simple one; the intervals hold together."""
        pairs = list(product([w for w in ways if w.trained], [w for w in ways if not w.trained]))
        return tuple(self._gap(a.name, b.name, len(pairs)) for a, b in pairs)

    def _gap(self, way: str, against: str, comparisons: int) -> Gap:
        first, second = self._right(way), self._right(against)
        both = ~np.isnan(first) & ~np.isnan(second)
        if not both.any():
            return Gap(way=way, against=against, value=0.0, low=-1.0, high=1.0, n=0)
        found = bonett_price_grouped(
            first[both],
            second[both],
            self._groups(both),
            comparisons=comparisons,
            variance_factor=self._factor,
        )
        return Gap(
            way=way,
            against=against,
            value=found.point,
            low=found.low,
            high=found.high,
            n=int(both.sum()),
        )

    def _failures(self, name: str) -> tuple[Failure, ...]:
        """What goes wrong most often and more than once, each with the first row that it is seen in."""
        right = self._right(name)
        wrong = self.rows.filter(pl.Series(right == 0))
        kinds: Counter[str] = Counter()
        first: dict[str, dict[str, Any]] = {}
        seen: defaultdict[str, str] = defaultdict(str)
        for row in wrong.iter_rows(named=True):
            for what, reason in self._what(row, name):
                kinds[what] += 1
                first.setdefault(what, row)
                seen[what] = seen[what] or reason
        of = int((~np.isnan(right)).sum())
        return tuple(
            Failure(
                what=shown(what, EXCERPT),
                count=count,
                of=of,
                row=str(first[what]["id"]),
                input=shown(" ".join(str(first[what]["input"]).split()), EXCERPT),
                wanted=shown(str(first[what]["target"]), EXCERPT) if not seen[what] else "",
                given=shown(seen[what] or str(first[what][f"{name}|output"]), EXCERPT),
            )
            for what, count in kinds.most_common(FAILURES)
            if count > 1
        )

    def _what(self, row: dict[str, Any], name: str) -> list[tuple[str, str]]:
        """What is wrong with one answer: sorts, each with the reason where there is one."""
        output = row[f"{name}|output"]
        if output is None:
            return [("no valid answer", str(row[f"{name}|failure"] or "nothing came back"))]
        if self.comparison.task.kind not in WRITING:
            return [(f"{row['target']} taken for {output}", "")]
        faults = {one["check"]: one["reason"] for one in row[f"{name}|faults"] or ()}
        return list(faults.items()) or [("not the ideal answer", "")]


def _wordings(candidate: CandidateReport) -> int:
    """Settings of its prompt; 0 where it reads none, for how vectors are compared is no wording."""
    if not candidate.tokens_in:
        return 0
    return len({str(trial.settings) for trial in candidate.trials}) or 1


def _running(cost: Cost | None) -> float | None:
    """Money a request, without what is fixed; None where it was not measured."""
    return None if cost is None else (cost.per_1000 - cost.fixed_per_1000) / 1000
