"""Instructions that a search wrote anew, for the page of rows: they may say what examples say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etude.records.candidate import CandidateReport, Trial
from etude.report import _figures as figures
from etude.report._masking import mask


@dataclass(frozen=True)
class Rewritten:
    """The best of one search. ``part``: counted from 1; None where there is one alone."""

    name: str
    part: int | None
    text: str
    value: str


def rewritten(scored: Sequence[CandidateReport], called: dict[str, str]) -> list[Rewritten]:
    """Of each candidate the instructions that won in each of its parts, where the task's own did not.

    Args:
        scored: the candidates.
        called: their names on the page.
    """
    found = []
    for one in scored:
        for fold in dict.fromkeys(trial.fold for trial in one.trials):
            best = _best([trial for trial in one.trials if trial.fold == fold])
            text = _instructions(best)
            if text:
                part = None if fold is None else fold + 1
                found.append(
                    Rewritten(called[one.name], part, mask(text), figures.percent(best.value))
                )
    return found


def _best(trials: Sequence[Trial]) -> Trial:
    """The one that was kept: the best of those on the most examples, the earlier of equals."""
    most = max(trial.n for trial in trials)
    return max((trial for trial in trials if trial.n == most), key=lambda trial: trial.value)


def _instructions(trial: Trial) -> str:
    wording = trial.settings.get("wording")
    return str(wording.get("instructions", "")) if isinstance(wording, dict) else ""
