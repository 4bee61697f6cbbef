"""A scored candidate of the newest comparison, with what it takes to ask it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etude.evaluation.stages import Entrant
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.workflow import keeping
from etude.workflow.entrants import entrant_called
from etude.workflow.session import Session


@dataclass(frozen=True)
class Finalist:
    """``report``: what was found of it. ``folder``: where it lies as it was scored."""

    report: CandidateReport
    entrant: Entrant
    folder: Path

    @property
    def name(self) -> str:
        """``rung@model``."""
        return self.report.name


def finalists_of(session: Session, comparison: Comparison) -> list[Finalist]:
    """Every scored candidate, in the comparison's order.

    Raises:
        ModelError: the task no longer has the model of one.
        StoreError: the folder of one is gone.
    """
    return [
        Finalist(
            c,
            entrant_called(session, c.name),
            keeping.scored_folder(session, comparison, c.name),
        )
        for c in comparison.candidates
        if c.quality is not None
    ]
