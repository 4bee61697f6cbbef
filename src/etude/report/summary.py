"""A comparison as a table's cells in plain words.

The page's table and the terminal's are both drawn from ``plain_rows``, so that a figure reads the
same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.candidate import CandidateReport, Gate, State
from etude.records.comparison import Comparison
from etude.records.labour import Labour
from etude.report import _figures as figures
from etude.report import _readings as readings
from etude.report import _words as words

NOT_COMPARED = "people have not compared enough of its answers"


@dataclass(frozen=True)
class PlainGate:
    """One condition of the bar: ``✓ quality met (at least 90.0 %)``."""

    name: str
    state: State
    symbol: str
    word: str
    limit: str
    value: str
    group: str
    """Where there is little room: gates on how it behaves share a word."""

    @property
    def text(self) -> str:
        """Symbol, name and word: never colour alone."""
        return f"{self.symbol} {self.name} {self.word}"


@dataclass(frozen=True)
class PlainRow:
    """One candidate's cells. Empty where there is nothing to say, never zero for unmeasured."""

    name: str
    title: str
    model: str
    rung: str
    mark: str
    """"recommended" or "for now", else empty."""
    scored: bool
    quality: str
    quality_range: str
    cost: str
    cost_range: str
    minutes: str
    """A person's minutes on 1,000 requests."""
    minutes_range: str
    minutes_on: str
    """What they are spent on: ``8.0 % wrong, 12.0 % handed over``."""
    typical: str
    """Latency of the median answer."""
    slow: str
    """Latency within which 95 of 100 answers come."""
    slow_range: str
    bar: str
    state: State | None
    gates: tuple[PlainGate, ...]
    difference: str
    difference_range: str
    call: str
    standing: str
    """Whether another candidate beats it on quality, cost and speed together."""


def in_order(comparison: Comparison) -> list[CandidateReport]:
    """Scored candidates first, each part from the least effort to the most."""
    return sorted(comparison.candidates, key=lambda c: (c.quality is None, c.order, c.name))


def titles(comparison: Comparison) -> dict[str, str]:
    """What people call each candidate; the model is added where the words alone are not enough."""
    scored = [c.plain_name for c in comparison.candidates if c.quality is not None]
    every = [c.plain_name for c in comparison.candidates]

    def alone(c: CandidateReport) -> bool:
        return (scored if c.quality is not None else every).count(c.plain_name) == 1

    return {
        c.name: _capital(c.plain_name if alone(c) else f"{c.plain_name} ({c.model})")
        for c in comparison.candidates
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def plain_gate(gate: Gate, currency: str, n: int) -> PlainGate:
    """A gate in words."""
    word = words.STATES[gate.state] if gate.value is not None else figures.NOT_MEASURED
    return PlainGate(
        name=gate.plain_name or words.GATES.get(gate.name, gate.name),
        state=gate.state,
        symbol=words.SYMBOLS[gate.state],
        word=word,
        limit=words.gate_limit(gate, currency),
        value=words.gate_value(gate, currency, n),
        group="behaviour" if gate.of_suite else words.GATES.get(gate.name, gate.name),
    )


def plain_rows(comparison: Comparison) -> list[PlainRow]:
    """Every candidate as formatted cells, in the order of the table."""
    called = titles(comparison)
    return [_row(comparison, candidate, called) for candidate in in_order(comparison)]


def _mark(comparison: Comparison, name: str) -> str:
    if comparison.verdict.recommended != name:
        return ""
    return "for now" if comparison.verdict.provisional else "recommended"


def _row(comparison: Comparison, c: CandidateReport, called: dict[str, str]) -> PlainRow:
    currency = comparison.task.economics.currency
    n = c.quality.n if c.quality else figures.DECIMALS_FROM
    gates = tuple(plain_gate(gate, currency, n) for gate in c.gates)
    state = readings.whole_bar(c.gates)
    difference, spread, call = _against_baseline(comparison, c)
    cost, latency = c.cost, c.latency
    return PlainRow(
        name=c.name,
        title=called[c.name],
        model=c.model,
        rung=c.rung,
        mark=_mark(comparison, c.name),
        scored=c.quality is not None,
        quality=figures.quality_text(c.quality),
        quality_range=figures.quality_range(c.quality),
        cost=figures.money(cost.per_1000 if cost else None, currency),
        cost_range=figures.money_range(cost.low, cost.high, currency) if cost else "",
        minutes=figures.minutes(c.labour.per_1000 if c.labour else None),
        minutes_range=figures.minutes_range(c.labour.per_1000) if c.labour else "",
        minutes_on=_spent_on(c.labour, n) if c.labour else "",
        typical=figures.milliseconds(latency.p50.value if latency else None),
        slow=figures.milliseconds(latency.p95.value if latency else None),
        slow_range=figures.milliseconds_range(latency.p95) if latency else "",
        bar=f"{words.SYMBOLS[state]} {words.STATES[state]}" if state else "no bar set",
        state=state,
        gates=gates,
        difference=difference,
        difference_range=spread,
        call=call,
        standing=_standing(comparison, c, called),
    )


def _against_baseline(comparison: Comparison, c: CandidateReport) -> tuple[str, str, str]:
    baseline = comparison.verdict.baseline
    if baseline is None or c.quality is None:
        return "", "", ""
    if baseline == c.name:
        return "", "", "the others are measured against this one"
    d = readings.difference(comparison, c.name, baseline)
    if d is None:
        return figures.NOT_MEASURED, "", ""
    n = c.quality.n
    call = words.CALLS[d.call]
    if d.call == "better" and d.worth_it:
        call += ", by enough to matter"
    return figures.points(d.value, n), figures.points_range(d.low, d.high, n), call


def _spent_on(labour: Labour, n: int) -> str:
    handed = (
        f", {figures.percent(labour.handed, n)} handed{figures.SPACE}over" if labour.handed else ""
    )
    return f"{figures.percent(labour.wrong, n)}{figures.SPACE}wrong{handed}"


def _standing(comparison: Comparison, c: CandidateReport, called: dict[str, str]) -> str:
    if c.quality is None:
        return NOT_COMPARED if c.finalist else "tried, but not among the finalists"
    if c.dominated_by is not None:
        other = called.get(c.dominated_by, c.dominated_by)
        return f"“{other}” is no worse, and better in quality, cost or speed"
    return ""
