"""One candidate whole: classes, mix-ups, checks, confidence, trials, spread and settings.

Labels and names of checks are shown, rows never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from etude.records.candidate import CandidateReport, ReliabilityBin
from etude.records.comparison import Comparison
from etude.report import _figures as figures
from etude.report import _words as words
from etude.report._beside import Lines, checks, fields
from etude.report._handover import HandoverView
from etude.report._handover import view as handover
from etude.report._labels import ClassView, MatrixRow, MixUp, classes, matrix, mix_ups
from etude.report._settings import kept
from etude.report._trials import TrialView, trial_views
from etude.report._turns import TurnsView, turns
from etude.report._view import Fact
from etude.report.charts.reliability import reliability
from etude.report.summary import NOT_COMPARED, PlainRow, plain_rows

MOST_CONFUSED = 10
MOST_TRIALS = 12


@dataclass(frozen=True)
class Detail:
    """Everything that a candidate's section shows."""

    row: PlainRow
    anchor: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    classes: tuple[ClassView, ...]
    matrix: tuple[MatrixRow, ...]
    mix_ups: tuple[MixUp, ...]
    mix_ups_left: int
    reliability: Markup | None
    bins: tuple[tuple[str, str, str], ...]
    handover: HandoverView | None
    checks: Lines | None
    fields: Lines | None
    turns: TurnsView | None
    trials: tuple[TrialView, ...]
    trials_left: int
    settings: tuple[Fact, ...]
    candidate_id: str


def details(comparison: Comparison) -> list[Detail]:
    """Every candidate in the order of the table."""
    return [
        _detail(comparison, comparison.candidate(row.name), row, place)
        for place, row in enumerate(plain_rows(comparison))
    ]


def _detail(comparison: Comparison, c: CandidateReport, row: PlainRow, place: int) -> Detail:
    labels = tuple(item.label for item in c.per_class)
    confused = mix_ups(c, labels)
    trials = trial_views(c.trials)
    return Detail(
        row=row,
        anchor=f"candidate-{place + 1}",
        facts=_facts(comparison, c),
        notes=c.notes,
        classes=classes(c),
        matrix=matrix(c, labels),
        mix_ups=confused[:MOST_CONFUSED],
        mix_ups_left=len(confused[MOST_CONFUSED:]),
        reliability=reliability(c.reliability) if c.reliability else None,
        bins=tuple(_bin(item) for item in c.reliability),
        handover=handover(c),
        checks=checks(comparison, [c]),
        fields=fields(comparison, [c]),
        turns=turns(c),
        trials=trials[:MOST_TRIALS],
        trials_left=len(trials[MOST_TRIALS:]),
        settings=kept(c.settings),
        candidate_id=c.candidate_id,
    )


def _facts(comparison: Comparison, c: CandidateReport) -> tuple[Fact, ...]:
    found = [*_quality_facts(c), *_spread_facts(c)]
    dev = figures.percent(c.dev_value)
    found.append(Fact("On the examples to choose by", dev, "value on dev"))
    if c.latency:
        latency = c.latency
        each = figures.counted(latency.concurrency, "request")
        found.append(
            Fact(
                "Speed measured",
                f"{each} at a time, {figures.counted(latency.n, 'answer')}",
                f"warm; p50 {figures.milliseconds_range(latency.p50)}, p95 "
                f"{figures.milliseconds_range(latency.p95)}",
            )
        )
        many = latency.batched_per_second
        found.append(
            Fact(
                "Many at once",
                figures.NOT_MEASURED if many is None else f"{figures.number(many)} a second",
            )
        )
    if c.flip_rate is not None:
        found.append(_flips(c.flip_rate, c.flip_items, c.flip_askings))
    if c.cost:
        currency = comparison.task.economics.currency
        found.append(
            Fact(
                "Cost stands on",
                c.cost.basis,
                f"{figures.money(c.cost.per_1000, currency, exact=True)} per 1,000, of which fitting "
                f"and upkeep {figures.money(c.cost.fixed_per_1000, currency, exact=True)}",
            )
        )
    found.append(Fact("Time to fit", figures.duration(c.fit_seconds)))
    return tuple(found)


def _flips(rate: float, items: int, askings: int) -> Fact:
    changed = round(rate * items)
    was = "was" if changed == 1 else "were"
    said = f"{changed:,} of {figures.counted(items, 'text')} {was} answered otherwise"
    return Fact("Asked the same again", said, f"flip rate {_plain(rate)}, asked {askings} times")


def _quality_facts(c: CandidateReport) -> list[Fact]:
    if c.quality is None:
        why = NOT_COMPARED if c.finalist else "it was not among the finalists"
        return [Fact("Quality", f"{figures.NOT_MEASURED}: {why}")]
    q = c.quality
    found = [
        Fact(
            words.metric_name(q.metric).capitalize(),
            f"{figures.quality_text(q)} ({figures.quality_range(q)})",
            _interval(q.metric, q.method, q),
        )
    ]
    for key, other in c.secondary.items():
        found.append(
            Fact(
                words.metric_name(key).capitalize(),
                f"{figures.quality_text(other)} ({figures.quality_range(other)})",
                _interval(key, other.method, other),
            )
        )
    invalid = "No valid answer" if c.per_class else "Breaks the schema" if c.fields else None
    if invalid:
        counted = ", counted as wrong" if c.per_class else ""
        found.append(Fact(invalid, f"{c.invalid:,} of {q.n:,}{counted}"))
    found.append(Fact("Failed to answer", f"{c.failures:,} of {q.n:,}, counted as wrong"))
    if c.brier is not None or c.ece is not None:
        found.append(
            Fact(
                "Its sureness is off by",
                figures.percent(c.ece, q.n),
                f"ECE {_plain(c.ece)}, Brier score {_plain(c.brier)}",
            )
        )
    return found


def _interval(metric: str, method: str, q: Any) -> str:
    groups = f", {figures.counted(q.groups, 'independent group')}"
    return (
        f"{metric}: {100 * q.level:g} % interval{f', {method}' if method else ''}, "
        f"n = {q.n:,}{groups}"
    )


def _spread_facts(c: CandidateReport) -> list[Fact]:
    if not c.spread or not c.spread_over:
        return []
    one = c.spread_over.removesuffix("s")
    each = ", ".join(figures.number(100 * value, 1) for value in c.spread)
    name = "From part to part" if one == "fold" else "From one training to the next (on dev)"
    value = (
        f"{figures.percent_range(min(c.spread), max(c.spread))} over "
        f"{figures.counted(len(c.spread), 'part' if one == 'fold' else 'training')}"
    )
    return [Fact(name, value, f"by {one}: {each}")]


def _plain(value: float | None) -> str:
    return figures.NOT_MEASURED if value is None else f"{value:.3f}"


def _bin(item: ReliabilityBin) -> tuple[str, str, str]:
    return figures.percent(item.confidence, 0), figures.percent(item.accuracy, 0), f"{item.count:,}"
