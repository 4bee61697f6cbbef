"""The report's section on behaviour: suites by candidate, what went wrong, gates, what tuning did,
what came out of planted secrets. No row of the data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from etude.records.behaviour import Behaviour, SuiteResult
from etude.records.candidate import BEHAVIOUR_GATE, CandidateReport, Gate, State
from etude.records.comparison import Comparison
from etude.report import _figures as figures
from etude.report import behaviour as said
from etude.report._failing import FailedSuite, InReport, for_report
from etude.report._how import How
from etude.report._how_behaviour import of_gate, of_secrets, of_suite
from etude.report._secrets import SecretsView, view
from etude.report.summary import in_order, titles

UNTOLD = "can't be told"


@dataclass(frozen=True)
class Cell:
    """One candidate in one suite; ``state`` is its gate's, None where there is none."""

    value: str
    spread: str
    state: State | None
    how: How | None = None


@dataclass(frozen=True)
class Line:
    """A suite; a cell a candidate, None where it was not tried. ``untold``: why nothing can be told of
    it, where that is the same for all."""

    name: str
    about: str
    cells: tuple[Cell | None, ...]
    untold: str = ""


@dataclass(frozen=True)
class Behaving:
    """What the section shows."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    failing: tuple[InReport, ...]
    gates: tuple[tuple[said.GateLine, How], ...]
    tuning: tuple[str, ...]
    secrets: tuple[tuple[SecretsView, How], ...]
    left_out: tuple[str, ...]
    changes: str
    caution: str
    examples: int
    date: str


def behaving(
    comparison: Comparison, found: Behaviour | None, cases: Sequence[FailedSuite] = ()
) -> Behaving | None:
    """The section; None where none of these candidates was tried.

    ``cases``: those that failed; what of them is a row of the data stays out.
    """
    if found is None:
        return None
    scored = [c for c in in_order(comparison) if c.quality is not None]
    called = titles(comparison)
    results = {(one.candidate, one.suite): one for one in found.results}
    suites = {one.suite: one for _, some in said.by_suite(found) for one in some}
    failing = for_report(cases, comparison.task.kind)
    shown = {one.key for one in failing}
    return Behaving(
        heads=tuple(called[c.name] for c in scored),
        lines=tuple(
            _line(one, tuple(_cell(c, results.get((c.name, key)), key, shown) for c in scored))
            for key, one in suites.items()
        ),
        failing=failing,
        gates=tuple(
            (line, of_gate(line.gate, results.get((line.candidate, _suite(line.gate)))))
            for line in said.gate_lines(comparison)
            if line.gate is not None
        ),
        tuning=tuple(sentence for sentence, _ in said.tuning_sentences(found)),
        secrets=tuple(
            (view(one, called[one.candidate]), of_secrets(one)) for one in found.extraction
        ),
        left_out=tuple(f"{one.plain_name}: {one.reason}" for one in found.left_out),
        changes=said.what_changes(comparison),
        caution=said.caution(found),
        examples=found.examples,
        date=found.created[:10],
    )


def _suite(gate: Gate) -> str:
    return gate.name.removeprefix(BEHAVIOUR_GATE)


def _line(one: SuiteResult, cells: tuple[Cell | None, ...]) -> Line:
    name = one.plain_name[:1].upper() + one.plain_name[1:]
    about = said.about(one)
    shown = {cell.spread for cell in cells if cell is not None}
    if len(shown) > 1 or any(cell is not None and cell.value != UNTOLD for cell in cells):
        return Line(name, about, cells)
    bare = tuple(cell and replace(cell, spread="") for cell in cells)
    return Line(name, about, bare, untold="".join(shown))


def _cell(
    candidate: CandidateReport, one: SuiteResult | None, key: str, shown: Collection[str]
) -> Cell | None:
    """``shown``: suites whose failing cases stand below."""
    if one is None:
        return None
    state = next((g.state for g in candidate.gates if g.name == BEHAVIOUR_GATE + key), None)
    if one.failed is None:
        return Cell(UNTOLD, one.untold_why, state)
    value, how = f"{one.failures} of {one.n}", of_suite(one, shown)
    if one.worth < said.FEWEST:
        return Cell(value, "too few cases to say more", state, how)
    if one.at_most is not None:
        return Cell(value, f"up to {figures.percent(one.at_most, one.n)} may still", state, how)
    low, high = one.failed.low, one.failed.high
    spread = f"{figures.percent(low, one.n)} to {figures.percent(high, one.n)}"
    return Cell(value, spread, state, how)
