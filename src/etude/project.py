"""A project on disk: opens a folder, one thin method a verb, and nothing else.

import etude

project = etude.open("support-triage")
print(project.compare().verdict.sentence)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etude.progress import Progress
from etude.records.comparison import Comparison
from etude.records.task import Task
from etude.workflow import asked, check, compare, egress, predict, report, run
from etude.workflow.session import Session, open_session

if TYPE_CHECKING:
    from etude.workflow.training import Planned

Asked = asked.Asked
CheckResult = check.CheckResult
CompareOptions = compare.CompareOptions
Confirm = egress.Confirm
Pages = report.Pages
Predictions = predict.Predictions
PredictedFile = predict.PredictedFile
RunResult = run.RunResult


class Project:
    """One task with its examples and everything that was found about it.

    Args:
        root: the folder that holds ``etude.yaml``.
        progress: how long work shows itself; None: silently.

    Raises:
        TaskError: the task file has problems; all are named.
        StoreError: the folder can't be read or written.
    """

    def __init__(self, root: str | Path = ".", progress: Progress | None = None) -> None:
        self._session: Session = open_session(Path(root), progress)

    @property
    def root(self) -> Path:
        """The project folder."""
        return self._session.root

    @property
    def task(self) -> Task:
        """What ``etude.yaml`` says."""
        return self._session.taskfile.task

    def check(self, *, strict: bool = False) -> CheckResult:
        """Read the examples, split them, and say what a person should know."""
        return check.check(self._session, strict=strict)

    def planned_trainings(self) -> list[Planned]:
        """What the comparison's trainings of language models would be, before any runs."""
        # Brings torch, which no other look at the examples needs.
        from etude.workflow import training

        return training.planned_trainings(self._session)

    def compare(self, options: CompareOptions | None = None) -> Comparison:
        """Climb the ladder and decide."""
        return compare.compare(self._session, options or CompareOptions())

    def run(self, options: CompareOptions | None = None) -> RunResult:
        """Check, compare, report."""
        return run.run(self._session, options or CompareOptions())

    def report(self, *, show_holdout: bool = False) -> Pages:
        """Write the pages of the newest comparison."""
        return report.report(self._session, show_holdout=show_holdout)

    def predict(
        self, texts: Sequence[Asked], candidate: str | None = None, confirm: Confirm | None = None
    ) -> Predictions:
        """Answers of the recommended candidate, or of the one called ``candidate``.

        Each of ``texts`` is a text, or a mapping of the task's input columns to their values.
        ``confirm`` is asked before texts leave this machine; None refuses.
        """
        return predict.predict(self._session, texts, candidate, confirm)

    def predict_file(
        self,
        source: Path,
        target: Path,
        candidate: str | None = None,
        confirm: Confirm | None = None,
    ) -> PredictedFile:
        """A table in, the same table out with ``prediction`` and ``confidence``; for kinds that
        write ``passed`` and ``failed_checks`` instead of ``confidence``."""
        return predict.predict_file(self._session, source, target, candidate, confirm)


def open(root: str | Path = ".", progress: Progress | None = None) -> Project:
    """The project in ``root``."""
    return Project(root, progress)
