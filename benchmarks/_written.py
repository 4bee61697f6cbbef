"""One comparison of a project that writes, and what its answers are measured by.

Rivals that need no model (the input copied, an empty record) are judged by the very code that
judges candidates.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import _slots
import etude
from etude.cli.progress import progress
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.scorecard import Scored, measured, quality
from etude.project import CompareOptions
from etude.records.comparison import Comparison
from etude.statistics.proportions import wilson
from etude.statistics.ratios import bootstrap_ratios, ratio
from etude.statistics.resampling import percentile_interval
from etude.workflow import keeping
from etude.workflow.check import prepare
from etude.workflow.layout import layout_of


@dataclass(frozen=True)
class Ran:
    """A finished comparison with what it was scored on."""

    comparison: Comparison
    examples: Examples
    folds: Any
    judge: Judge
    outputs: dict[str, Sequence[str | None]]
    seconds: float

    def scored(self, outputs: Sequence[str | None]) -> Scored:
        """Any answers to the same examples."""
        count = len(outputs)
        answers = Answers(
            tuple(outputs), None, (None,) * count, np.full(count, np.nan), *[np.zeros(count)] * 2
        )
        return Scored(self.examples, answers, self.judge, self.folds)


def run(folder: Path, *, quick: bool, seeds: int | None) -> Ran:
    """``Project.compare`` in ``folder``, and what it left."""
    project = etude.open(folder, progress(quiet=False))
    started = time.perf_counter()
    comparison = project.compare(CompareOptions(quick=quick, seeds=seeds))
    seconds = time.perf_counter() - started
    session = project._session
    prepared, _ = prepare(session)
    layout = layout_of(prepared, quick)
    table = {row["id"]: row for row in keeping.rows_of(session, comparison).to_dicts()}
    outputs = {
        one.name: [table[key][f"{one.name}|output"] for key in layout.scored.ids]
        for one in comparison.candidates
        if one.quality is not None
    }
    judge = Judge.of(project.task, (), folder)
    return Ran(comparison, layout.scored, layout.folds, judge, outputs, seconds)


@dataclass(frozen=True)
class Cell:
    """A share with its 95 % interval; ``None``: it can't be measured here."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} [{100 * self.low:.1f}, {100 * self.high:.1f}]"


Column = Callable[[Scored], Cell | None]


def metric(key: str) -> Column:
    """One of Etude's metrics."""

    def cell(scored: Scored) -> Cell:
        found = quality(scored, key)
        return Cell(found.value, found.low, found.high)

    return cell


def measure(key: str) -> Column:
    """One of what Etude shows beside them."""

    def cell(scored: Scored) -> Cell | None:
        found = next((row for row in measured(scored) if row.key == key), None)
        if found is None or found.value is None:
            return None
        return Cell(found.value, found.low, found.high)

    return cell


def slot_errors(scored: Scored) -> Cell:
    """Errors over slots of the inputs; groups (inputs) are drawn whole."""
    counts = []
    for fields, output in zip(scored.examples.fields, scored.answers.outputs, strict=True):
        asked = _slots.columns(fields)
        counts.append((len(_slots.faults(asked, output or "")), sum(map(bool, asked.values()))))
    errors, slots = (np.array(column, dtype=float)[:, None] for column in zip(*counts, strict=True))
    value = float(ratio(errors, slots)[0])
    drawn = bootstrap_ratios(errors, slots, scored.examples.groups)[:, 0]
    found = percentile_interval(value, drawn, floor=0.0)
    return Cell(value, found.low, found.high)


def first_line(column: str, prefix: str) -> Column:
    """Share of answers whose first line is ``prefix`` and the column, letter for letter."""

    def cell(scored: Scored) -> Cell:
        rows = zip(scored.examples.fields, scored.answers.outputs, strict=True)
        right = sum((out or "").split("\n")[0] == prefix + fields[column] for fields, out in rows)
        found = wilson(right, len(scored.examples))
        return Cell(found.point, found.low, found.high)

    return cell
