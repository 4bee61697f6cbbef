"""From a comparison to its charts, each drawn wide and narrow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.report import _figures as figures
from etude.report import _words as words
from etude.report.charts.intervals import Bar, intervals
from etude.report.charts.scatter import Across, Point, scatter
from etude.report.summary import plain_rows, titles

WIDE, HALF, NARROW = 920.0, 520.0, 316.0


@dataclass(frozen=True)
class Chart:
    """One chart at two widths; ``missing`` names those who are not on it, ``endless`` those whose
    upper limit isn't known."""

    wide: Markup
    narrow: Markup
    missing: tuple[str, ...] = ()
    endless: tuple[str, ...] = ()


def quality_chart(comparison: Comparison) -> Chart | None:
    """Quality with intervals; None where nothing was scored."""
    rows = {row.name: row for row in plain_rows(comparison)}
    bars = [
        Bar(
            title=rows[c.name].title,
            note=rows[c.name].mark,
            value=q.value,
            low=q.low,
            high=q.high,
            chosen=comparison.verdict.recommended == c.name,
            reading=f"{rows[c.name].quality} ({rows[c.name].quality_range})",
            short=rows[c.name].quality,
            beaten=c.dominated_by is not None,
        )
        for name in rows
        if (q := (c := comparison.candidate(name)).quality) and math.isfinite(q.value)
    ]
    if not bars:
        return None

    def draw(width: float) -> Markup:
        return intervals(
            bars,
            limit=comparison.minimum,
            margin=comparison.task.bar.margin,
            unit=words.metric_name(comparison.metric),
            width=width,
        )

    return Chart(draw(WIDE), draw(NARROW))


def cost_chart(comparison: Comparison) -> Chart | None:
    """Quality against cost; None where fewer than two have both."""
    currency = comparison.task.economics.currency

    def cost(c: CandidateReport) -> tuple[float, float, float] | None:
        return (c.cost.per_1000, c.cost.low, c.cost.high) if c.cost else None

    across = Across(
        f"{currency} per 1,000 requests", figures.tick, comparison.task.bar.max_cost_per_1000
    )
    return _scatter(comparison, cost, across)


def latency_chart(comparison: Comparison) -> Chart | None:
    """Quality against p95 latency; None where fewer than two have both."""

    def p95(c: CandidateReport) -> tuple[float, float, float] | None:
        e: Estimate | None = c.latency.p95 if c.latency else None
        return (e.value, e.low, e.high) if e else None

    across = Across("95 of 100 answers within, ms", figures.tick, comparison.task.bar.p95_ms)
    return _scatter(comparison, p95, across)


def _scatter(
    comparison: Comparison,
    measure: Callable[[CandidateReport], tuple[float, float, float] | None],
    across: Across,
) -> Chart | None:
    called = titles(comparison)
    points, missing = [], []
    for c in comparison.candidates:
        found = measure(c)
        if c.quality is None:
            continue
        y = (c.quality.value, c.quality.low, c.quality.high)
        # Too few timings have no upper limit, and are measured all the same.
        if found is None or not all(map(math.isfinite, (*found[:2], *y))) or math.isnan(found[2]):
            missing.append(called[c.name])
            continue
        points.append(
            Point(
                called[c.name],
                found,
                y,
                chosen=comparison.verdict.recommended == c.name,
                beaten=c.dominated_by is not None,
            )
        )
    if len(points) < 2:
        return None

    def draw(width: float) -> Markup:
        return scatter(
            points,
            across,
            quality=words.metric_name(comparison.metric),
            minimum=comparison.minimum,
            width=width,
            height=330,
        )

    endless = tuple(point.title for point in points if math.isinf(point.x[2]))
    return Chart(draw(HALF), draw(NARROW), tuple(missing), endless)
