"""``report.html``: the verdict and everything it stands on, in one file without rows of data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from etude.records.behaviour import Behaviour
from etude.records.comparison import Comparison
from etude.records.graded import Graded
from etude.report import _beside, _charts, _details, _facts, _view
from etude.report import _figures as figures
from etude.report import _how_quality as counted
from etude.report import _words as words
from etude.report._behaving import behaving
from etude.report._behind import behind
from etude.report._failing import FailedSuite
from etude.report._judge import judge
from etude.report._opened import opened
from etude.report._paying import paybacks
from etude.report._people import people
from etude.report._slices import parts
from etude.report._templates import render
from etude.report.summary import plain_rows
from etude.store import atomic


def write_report(
    comparison: Comparison,
    path: Path,
    *,
    technical: bool = False,
    graded: Graded | None = None,
    behaved: Behaviour | None = None,
    cases: Sequence[FailedSuite] = (),
    rows: pl.DataFrame | None = None,
) -> None:
    """Write the report of ``comparison`` to ``path``, whole or not at all.

    It asks nothing of any other host, holds no rows of data (labels, checks and fields are named),
    and reads without scripts.

    Args:
        technical: the exact terms are shown from the start; a reader can switch them off.
        graded: how good its examples were found to be, where they were looked through.
        behaved: how its candidates behave, where they were tried.
        cases: those that failed; only what is no row of the data is written.
        rows: what ``rows.write_rows`` is given: figures link to the rows behind them there. They are
            counted, and none is written.

    Raises:
        StoreError: the disk is full or refuses; what stood at ``path`` is untouched.
    """
    text = page(
        comparison,
        technical=technical,
        graded=graded,
        behaved=behaved,
        cases=cases,
        rows=rows,
    )
    atomic.write_text(path, text)


def page(
    comparison: Comparison,
    *,
    technical: bool = False,
    graded: Graded | None = None,
    behaved: Behaviour | None = None,
    cases: Sequence[FailedSuite] = (),
    rows: pl.DataFrame | None = None,
) -> str:
    """The report as HTML; see ``write_report``."""
    verdict, linked = comparison.verdict, behind(comparison, rows)
    return render(
        "report.html.j2",
        "report.js",
        comparison=comparison,
        task=comparison.task,
        verdict=verdict,
        technical=technical,
        graded=graded,
        headline=_view.headline(comparison),
        statements=_view.statements(comparison),
        certainty_facts=_view.certainty_facts(comparison),
        scored_on=_view.scored_on(comparison),
        next_words=words.next_words(verdict.next_command),
        rows=plain_rows(comparison),
        hows=opened(comparison, linked),
        linked=linked,
        counted=counted,
        baseline=_view.baseline_title(comparison),
        metric=words.metric_name(comparison.metric),
        margin=figures.points(comparison.task.bar.margin, 0, signed=False)
        if round(comparison.task.bar.margin * 100) == comparison.task.bar.margin * 100
        else figures.points(comparison.task.bar.margin, signed=False),
        quality_chart=_charts.quality_chart(comparison),
        cost_chart=_charts.cost_chart(comparison),
        latency_chart=_charts.latency_chart(comparison),
        paybacks=paybacks(comparison),
        checks_beside=_beside.checks(comparison, _beside.pair_shown(comparison), linked),
        fields_beside=_beside.fields(comparison, _beside.pair_shown(comparison)),
        measures=_beside.measures(comparison),
        judge=judge(comparison, linked),
        behaving=behaving(comparison, behaved, cases),
        people=people(comparison, linked),
        parts=parts(comparison, linked),
        details=_details.details(comparison, linked),
        pairs=_facts.pairs(comparison, linked),
        pair_method=_facts.pair_method(comparison),
        p_method=_facts.p_method(comparison),
        sources=_facts.sources(comparison),
        data_facts=_facts.data_facts(comparison),
        label_counts=_facts.label_counts(comparison),
        measured_facts=_facts.measured_facts(comparison),
    )
