"""One comparison of a project that writes, and rows of a table with an interval in each cell.

Rivals that need no model (the input copied, an empty record) are judged by the very code that
judges candidates.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import _slots
import etude
from etude.cli.progress import progress
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.pairs import compare_pairs
from etude.evaluation.scorecard import Scored, measured, quality
from etude.models.opening import open_model
from etude.project import CompareOptions
from etude.records.comparison import CandidateReport, Comparison, Pair
from etude.records.task import ModelRef
from etude.statistics.proportions import wilson
from etude.statistics.ratios import bootstrap_ratios, ratio
from etude.statistics.resampling import percentile_interval
from etude.workflow import keeping
from etude.workflow.check import prepare
from etude.workflow.layout import layout_of

TRAINED = ("finetune", "finetune_retrieval")
"""Rungs that make sense from random weights."""


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
        return None if found is None else Cell(found.value, found.low, found.high)

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


@dataclass(frozen=True)
class Line:
    """One row: who answered, how good it was by each column, and at what cost."""

    name: str
    scored: Scored
    columns: dict[str, Column]
    report: CandidateReport | None = field(default=None)

    @cached_property
    def cells(self) -> dict[str, Cell | None]:
        """Each column's value."""
        return {title: column(self.scored) for title, column in self.columns.items()}

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        found: dict[str, Any] = {"name": self.name, "n": len(self.scored.examples)}
        found |= {key: None if c is None else vars(c) for key, c in self.cells.items()}
        if self.report is not None:
            found["report"] = self.report.model_dump(
                mode="json",
                include={
                    "name", "settings", "dev_value", "tokens_in", "tokens_out", "fit_seconds",
                    "latency", "checks", "fields", "measures", "spread", "failures", "invalid",
                    "notes", "trials",
                },
            )  # fmt: skip
        return found


def lines_of(ran: Ran, columns: dict[str, Column], suffix: str = "") -> list[Line]:
    """A line for each candidate that was scored, lowest rung first."""
    return [
        Line(one.plain_name + suffix, ran.scored(ran.outputs[one.name]), columns, one)
        for one in ran.comparison.candidates
        if one.name in ran.outputs
    ]


def gap(ran: Ran, scratch: Ran, key: str) -> list[Pair]:
    """The same rung with the model's own weights and from random ones, on the same examples."""
    if ran.examples.ids != scratch.examples.ids:
        return []
    ours = {name.partition("@")[0]: out for name, out in ran.outputs.items()}
    pairs = []
    for name, outputs in scratch.outputs.items():
        rung = name.partition("@")[0]
        if rung in ours:
            both = {
                f"{rung} from random weights": scratch.scored(outputs),
                rung: ran.scored(ours[rung]),
            }
            pairs += compare_pairs(both, key, ran.judge.task.bar.margin)
    return pairs


def show(lines: Sequence[Line]) -> None:
    """The table."""
    titles = list(lines[0].columns)
    widths = {t: max(len(t), *(len(str(one.cells[t] or "–")) for one in lines)) for t in titles}
    side = max(len(one.name) for one in lines)
    head = "  ".join(f"{title:>{widths[title]}}" for title in titles)
    print(f"\n{'%':{side}}  {head}  {'in+out':>10} {'p50/p95 ms':>13} {'fit s':>6}")
    for one in lines:
        cells = "  ".join(f"{one.cells[t] or '–'!s:>{widths[t]}}" for t in titles)
        print(f"{one.name:{side}}  {cells}{_costs(one.report)}")


def _costs(report: CandidateReport | None) -> str:
    if report is None:
        return ""
    tokens = f"{report.tokens_in or 0:.0f}+{report.tokens_out or 0:.0f}"
    late = report.latency
    took = f"{late.p50.value:.0f}/{late.p95.value:.0f}" if late else "–"
    return f"  {tokens:>10} {took:>13} {report.fit_seconds:6.0f}"


def show_gap(pairs: Sequence[Pair]) -> None:
    """What the pretrained weights are worth."""
    for pair in pairs:
        d = pair.difference
        print(
            f"{pair.b} minus {pair.a}: {100 * d.value:+.1f} "
            f"[{100 * d.low:+.1f}, {100 * d.high:+.1f}] points, {pair.call}"
        )


def show_samples(line: Line, count: int) -> None:
    """The first answers beside the ideal ones."""
    rows = zip(line.scored.examples.inputs, line.scored.examples.targets, line.scored.answers.outputs,
               strict=True)  # fmt: skip
    for text, target, output in list(rows)[:count]:
        print(f"\n  input:  {text!r}\n  ideal:  {target!r}\n  answer: {output!r}")


def model_line(name: str) -> str:
    """What the model is, so that a figure can be traced."""
    model: Any = open_model(ModelRef(name=name))
    return f"{name} ({model.parameters:,} parameters, fingerprint {model.fingerprint})"


def machine_line(comparison: Comparison, seconds: float) -> str:
    """The time it took and where."""
    machine = comparison.machine
    return f"{seconds:.0f} s on {machine.processor}, {machine.cores} cores"
