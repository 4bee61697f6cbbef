"""Which labels are taken for which: counts alone, no rows."""

from __future__ import annotations

from dataclasses import dataclass

from etude.cli._drawing import Paper
from etude.records.comparison import CandidateReport, Comparison
from etude.report import _words as plain
from etude.report.summary import titles

SHOWN = 12
NO_LABEL = "no valid answer"


@dataclass(frozen=True)
class Mixup:
    """``count`` of the ``support`` examples of ``label`` were answered ``answered``."""

    label: str
    answered: str
    count: int
    support: int


def mixups(comparison: Comparison, candidate: CandidateReport) -> list[Mixup]:
    """What the candidate gets wrong, most often first."""
    labels = list(comparison.dataset.labels)
    found = [
        Mixup(labels[i], [*labels, NO_LABEL][j], count, sum(row))
        for i, row in enumerate(candidate.confusion)
        for j, count in enumerate(row)
        if i != j and count
    ]
    return sorted(found, key=lambda m: (-m.count, m.label, m.answered))


def show_mixups(paper: Paper, comparison: Comparison) -> None:
    """The mix-ups of the recommended candidate, else of the best."""
    scored = [c for c in comparison.candidates if c.quality is not None]
    best = max(scored, key=lambda c: c.quality.value if c.quality else 0.0)
    name = comparison.verdict.recommended or best.name
    found = mixups(comparison, comparison.candidate(name))
    title = titles(comparison)[name]
    if not found:
        paper.prose(f"“{title}” got every example right.")
        paper.line()
        return
    wrong = sum(mixup.count for mixup in found)
    of = sum(sum(row) for row in comparison.candidate(name).confusion)
    paper.prose(f"“{title}” got {wrong:,} of {plain.counted(of, 'example')} wrong. Most often:")
    for mixup in found[:SHOWN]:
        paper.prose(
            f"{mixup.label} → {mixup.answered}: {mixup.count:,} of {mixup.support:,} "
            f"({plain.percent(mixup.count / mixup.support, 0)})",
            first="  ",
            rest="    ",
        )
    if len(found) > SHOWN:
        rest = sum(mixup.count for mixup in found[SHOWN:])
        paper.line(f"  and {rest:,} others, each pair as rare or rarer")
    paper.line()
