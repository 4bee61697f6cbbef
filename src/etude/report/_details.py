"""One candidate whole: classes, mix-ups, checks, confidence, trials, spread and settings.

Labels and names of checks are shown, rows never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from etude.records.candidate import CandidateReport, ReliabilityBin
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.report import _figures as figures
from etude.report import _how_quality as quality
from etude.report import _how_use as use
from etude.report import _words as words
from etude.report._behind import Behind
from etude.report._beside import Lines, checks, fields
from etude.report._handover import HandoverView
from etude.report._handover import view as handover
from etude.report._how import How, how
from etude.report._labels import ClassView, MatrixRow, MixUp, classes, matrix, mix_ups
from etude.report._notes import merged
from etude.report._settings import kept
from etude.report._trials import Against, TrialView, against, trial_views
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
    handover_how: How | None
    checks: Lines | None
    fields: Lines | None
    turns: TurnsView | None
    trials: tuple[TrialView, ...]
    trials_left: int
    bought: Against | None
    settings: tuple[Fact, ...]
    candidate_id: str


def details(comparison: Comparison, behind: Behind | None = None) -> list[Detail]:
    """Every candidate in the order of the table, with links to the rows ``behind`` its figures."""
    return [
        _detail(comparison, comparison.candidate(row.name), row, place, behind)
        for place, row in enumerate(plain_rows(comparison))
    ]


def _detail(
    comparison: Comparison, c: CandidateReport, row: PlainRow, place: int, behind: Behind | None
) -> Detail:
    labels = tuple(item.label for item in c.per_class)
    confused = mix_ups(c, labels, behind, MOST_CONFUSED)
    trials = trial_views(c.trials)
    return Detail(
        row=row,
        anchor=f"candidate-{place + 1}",
        facts=_facts(comparison, c, behind),
        notes=merged(c.notes),
        classes=classes(c, behind),
        matrix=matrix(c, labels, behind),
        mix_ups=confused[:MOST_CONFUSED],
        mix_ups_left=len(confused[MOST_CONFUSED:]),
        reliability=reliability(c.reliability) if c.reliability else None,
        bins=tuple(_bin(item) for item in c.reliability),
        handover=handover(c),
        handover_how=use.of_handover(comparison, behind, c),
        checks=checks(comparison, [c], behind),
        fields=fields(comparison, [c]),
        turns=turns(c, behind),
        trials=trials[:MOST_TRIALS],
        trials_left=len(trials[MOST_TRIALS:]),
        bought=against(c.trials),
        settings=kept(c.settings),
        candidate_id=c.candidate_id,
    )


def _facts(comparison: Comparison, c: CandidateReport, behind: Behind | None) -> tuple[Fact, ...]:
    dev = figures.percent(c.dev_value)
    chosen = how(
        "The same metric over dev, of the settings that were kept: they were chosen by it, so it "
        "flatters a little."
    )
    return (
        *_quality_facts(comparison, c, behind),
        *_spread_facts(c),
        Fact("On the examples to choose by", dev, "value on dev", chosen),
        *_use_facts(comparison, c),
        Fact("Time to fit", figures.duration(c.fit_seconds)),
    )


def _use_facts(comparison: Comparison, c: CandidateReport) -> list[Fact]:
    """Time, answers that change, and money."""
    found = []
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
        if latency.first is not None:
            found.append(
                Fact(
                    "Until the first token",
                    f"{figures.milliseconds(latency.first.p50.value)}; 95 of 100 within "
                    f"{figures.milliseconds(latency.first.p95.value)}",
                    f"warm; p50 {figures.milliseconds_range(latency.first.p50)}, p95 "
                    f"{figures.milliseconds_range(latency.first.p95) or 'without an upper limit'}",
                    use.of_first_token(c),
                )
            )
        elif comparison.task.kind in WRITING:
            found.append(Fact("Until the first token", figures.NOT_MEASURED))
        many = latency.batched_per_second
        said = figures.NOT_MEASURED if many is None else f"{figures.number(many)} a second"
        found.append(Fact("Many at once", said, how=use.of_throughput(c)))
    if c.flip_rate is not None:
        found.append(_flips(c.flip_rate, c))
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
    return found


def _flips(rate: float, c: CandidateReport) -> Fact:
    changed = round(rate * c.flip_items)
    was = "was" if changed == 1 else "were"
    said = f"{changed:,} of {figures.counted(c.flip_items, 'text')} {was} answered otherwise"
    exact = f"flip rate {_plain(rate)}, asked {c.flip_askings} times"
    return Fact("Asked the same again", said, exact, use.of_flips(c))


def _quality_facts(comparison: Comparison, c: CandidateReport, behind: Behind | None) -> list[Fact]:
    if c.quality is None:
        why = NOT_COMPARED if c.finalist else "it was not among the finalists"
        return [Fact("Quality", f"{figures.NOT_MEASURED}: {why}")]
    q = c.quality
    found = [
        Fact(
            words.metric_name(key).capitalize(),
            f"{figures.quality_text(one)} ({figures.quality_range(one)})",
            _interval(key, one.method, one),
            quality.of_metric(comparison, behind, c, one),
        )
        for key, one in {q.metric: q, **c.secondary}.items()
    ]
    invalid = "No valid answer" if c.per_class else "Breaks the schema" if c.fields else None
    if invalid:
        counted = ", counted as wrong" if c.per_class else ""
        told = quality.of_invalid(comparison, behind, c, q)
        found.append(Fact(invalid, f"{c.invalid:,} of {q.n:,}{counted}", how=told))
    failed = f"{c.failures:,} of {q.n:,}, counted as wrong"
    found.append(Fact("Failed to answer", failed, how=quality.of_failures(comparison, q)))
    if c.brier is not None or c.ece is not None:
        found.append(
            Fact(
                "Its sureness is off by",
                figures.percent(c.ece, q.n),
                f"ECE {_plain(c.ece)}, Brier score {_plain(c.brier)}",
                use.of_sureness(c, comparison),
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
    what = "fold" if one == "fold" else "training, with another start each,"
    told = how(f"The metric of each {what} by itself: the least and the greatest of them.")
    return [Fact(name, value, f"by {one}: {each}", told)]


def _plain(value: float | None) -> str:
    return figures.NOT_MEASURED if value is None else f"{value:.3f}"


def _bin(item: ReliabilityBin) -> tuple[str, str, str]:
    return figures.percent(item.confidence, 0), figures.percent(item.accuracy, 0), f"{item.count:,}"
