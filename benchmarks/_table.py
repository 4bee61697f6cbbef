"""Rows of a table with an interval in each cell, as they are printed and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from _written import Cell, Column, Ran
from etude.evaluation.scorecard import Scored
from etude.records.candidate import CandidateReport
from etude.records.verdict import Pair


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
