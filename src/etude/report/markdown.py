"""A summary for pull requests, in GitHub's Markdown: verdict, candidates, pairs, what changed.

It has figures and ids, no rows of data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.records.comparison import Comparison
from etude.records.difference import Difference
from etude.report import _figures as figures
from etude.report import _view as view
from etude.report import _words as words
from etude.report import changes
from etude.report.summary import plain_rows, titles

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~@])")
"""What would draw, link, mention somebody or end a table's cell."""


def safe(text: str) -> str:
    """Text that reads as itself: on one line, with nothing that Markdown or HTML would act on."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (
        _SPECIAL.sub(r"\\\1", flat)
        .replace("\\<", "&lt;")
        .replace("\\>", "&gt;")
        .replace("\\@", "@\u200b")
    )


def of_comparison(comparison: Comparison, difference: Difference | None = None) -> str:
    """The comparison; with ``difference`` also what changed against the one before."""
    lines = [f"### {safe(comparison.task.task)}", "", f"**{safe(comparison.verdict.sentence)}**"]
    lines += ["", f"Scored on {safe(view.scored_on(comparison))}.", ""]
    lines += [f"- {safe(s.word)}: {safe(s.text)}" for s in view.statements(comparison)]
    lines += ["", *_candidates(comparison), *_pairs(comparison)]
    if difference is not None:
        lines += ["", f"#### Against {safe(difference.old.run)}", "", *_changed(difference)]
    return "\n".join(lines) + "\n"


def of_difference(difference: Difference, objection: str | None) -> str:
    """The difference alone; ``objection``: why the gate would not let it in."""
    lines = [f"### {safe(difference.new.task)}: what changed", ""]
    if objection is not None:
        lines += [f"**✗ Not to be accepted: {safe(objection)}.**", ""]
    lines += [f"- Old: {safe(changes.compared(difference.old))}"]
    lines += [f"- New: {safe(changes.compared(difference.new))}", "", *_changed(difference)]
    return "\n".join(lines) + "\n"


def _candidates(comparison: Comparison) -> list[str]:
    metric = words.metric_name(comparison.metric)
    heads = (
        "Approach",
        metric,
        "Cost per 1,000",
        "A person's minutes per 1,000",
        "95 of 100 within",
        "Bar",
        "",
    )
    rows = [
        (
            row.title,
            f"{row.quality} ({row.quality_range})",
            row.cost,
            f"{row.minutes} ({row.minutes_range})" if row.minutes_range else row.minutes,
            row.slow,
            ", ".join(gate.text for gate in row.gates) or row.bar,
            row.mark,
        )
        for row in plain_rows(comparison)
        if row.scored
    ]
    return _table(heads, rows)


def _pairs(comparison: Comparison) -> list[str]:
    if not comparison.pairs:
        return []
    called = titles(comparison)
    rows = []
    for pair in comparison.pairs:
        d = pair.difference
        n = min(
            q.n
            for name in (pair.a, pair.b)
            if (q := comparison.candidate(name).quality) is not None
        )
        between = f"{figures.points_range(d.low, d.high, n)} points"
        rows.append((called[pair.b], called[pair.a], words.CALLS[pair.call], between))
    table = _table(("Approach", "against", "is", "between"), rows)
    return ["", "<details><summary>Every pair</summary>", "", *table, "", "</details>"]


def _changed(difference: Difference) -> list[str]:
    lines = [f"- {safe(changes.verdict_line(difference))}"]
    lines += [f"- ⚠ {safe(caution)}" for caution in changes.cautions(difference)]
    lines += [f"- Task: {safe(line)}" for line in changes.task_lines(difference.task)]
    lines += [f"- Examples: {safe(line)}" for line in changes.examples_lines(difference.examples)]
    for candidate in difference.candidates:
        told = changes.candidate_lines(candidate, difference.currency)
        lines += [f"- {safe(candidate.plain_name)}: {safe(line)}" for line in told]
    return lines


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(safe(cell) for cell in cells)} |"

    return [line(heads), f"|{'---|' * len(heads)}", *(line(row) for row in rows)]
