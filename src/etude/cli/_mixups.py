"""Which labels are taken for which, or which checks are failed: counts alone, no rows."""

from __future__ import annotations

from dataclasses import dataclass

from etude.cli._drawing import Paper
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.report import _figures as figures
from etude.report import _readings as readings
from etude.report._beside import checks, fields
from etude.report._turns import turns
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
    """What the recommended candidate, else the best, gets wrong."""
    name = readings.best_name(comparison)
    _again(paper, comparison.candidate(name), titles(comparison)[name])
    if comparison.task.kind in WRITING:
        _failed(paper, comparison, comparison.candidate(name))
        return
    found = mixups(comparison, comparison.candidate(name))
    title = titles(comparison)[name]
    if not found:
        paper.prose(f"“{title}” got every example right.")
        paper.line()
        return
    wrong = sum(mixup.count for mixup in found)
    of = sum(sum(row) for row in comparison.candidate(name).confusion)
    paper.prose(f"“{title}” got {wrong:,} of {figures.counted(of, 'example')} wrong. Most often:")
    for mixup in found[:SHOWN]:
        paper.prose(
            f"{mixup.label} → {mixup.answered}: {mixup.count:,} of {mixup.support:,} "
            f"({figures.percent(mixup.count / mixup.support, 0)})",
            first="  ",
            rest="    ",
        )
    if len(found) > SHOWN:
        rest = sum(mixup.count for mixup in found[SHOWN:])
        paper.line(f"  and {rest:,} others, each pair as rare or rarer")
    paper.line()


def _again(paper: Paper, candidate: CandidateReport, title: str) -> None:
    """What comes back, and how much of what is wrong that is."""
    found = turns(candidate)
    if found is None:
        return
    paper.prose(f"“{title}”: {found.sentence} {found.advice}".rstrip())
    for line in found.lines:
        paper.prose(
            f"{line.count}: {line.name} (shown right by {line.examples} examples)",
            first="  ",
            rest="    ",
        )
    paper.line()


def _failed(paper: Paper, comparison: Comparison, candidate: CandidateReport) -> None:
    """For kinds that write: the checks failed most, and the fields that are right least."""
    title = titles(comparison)[candidate.name]
    for head, found in (
        ("passes these checks least", checks(comparison, [candidate])),
        ("gets these fields right least", fields(comparison, [candidate])),
    ):
        lines = [] if found is None else [line for line in found.lines if line.shares[0]]
        missed = [line for line in lines if (share := line.shares[0]) and share.missed]
        missed.sort(key=lambda line: line.shares[0].part if line.shares[0] else 1.0)
        if lines and not missed:
            paper.prose(f"“{title}” {head}: none, all are passed or right everywhere.")
        elif missed:
            paper.prose(f"“{title}” {head}:")
        for line in missed[:SHOWN]:
            share = line.shares[0]
            if share is not None:
                paper.prose(
                    f"{line.name}: {share.value} ({share.counted})", first="  ", rest="    "
                )
    paper.prose("The answers themselves, each with what it fails, stand in rows.html.")
    paper.line()
