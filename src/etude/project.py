"""A project on disk: opens a folder, one thin method a verb, and nothing else.

import etude

project = etude.open("support-triage")
print(project.compare().verdict.sentence)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from etude.progress import Progress
from etude.records.comparison import Comparison
from etude.records.difference import Difference
from etude.records.task import Task
from etude.workflow import (
    advise,
    asked,
    behave,
    blind,
    check,
    compare,
    convert,
    converted,
    diff,
    egress,
    export,
    fix,
    labelling,
    own_examples,
    predict,
    report,
    review,
    run,
)
from etude.workflow.files import named_files
from etude.workflow.session import Session, open_session

if TYPE_CHECKING:
    from etude.releases.loading import Release
    from etude.releases.served import AsServed
    from etude.workflow.release import Made, ReleaseOptions
    from etude.workflow.shelved import Releases
    from etude.workflow.training import Planned

Advised = advise.Advised
AdviseOptions = advise.AdviseOptions
Asked = asked.Asked
Behaved = behave.Behaved
BehaveOptions = behave.BehaveOptions
CheckOptions = check.CheckOptions
CheckResult = check.CheckResult
CompareOptions = compare.CompareOptions
Confirm = egress.Confirm
ConvertOptions = convert.ConvertOptions
Converted = converted.Converted
convert_file = convert.convert_file
Exported = export.Exported
Fixed = fix.Fixed
Pages = report.Pages
Predictions = predict.Predictions
PredictedFile = predict.PredictedFile
Blind = blind.Blind
Labelling = labelling.Labelling
Repairs = fix.Repairs
Review = review.Review
RunResult = run.RunResult
Undone = fix.Undone


class Project:
    """One task with its examples and everything that was found about it.

    Args:
        root: the folder that holds ``etude.yaml``.
        progress: how long work shows itself; None: silently.
        as_served: how a release answers once it is served, which is tried before one is sealed.
            ``etude.open`` hands in the server's own way.

    Raises:
        TaskError: the task file has problems; all are named.
        StoreError: the folder can't be read or written.
    """

    def __init__(
        self,
        root: str | Path = ".",
        progress: Progress | None = None,
        as_served: AsServed | None = None,
    ) -> None:
        self._session: Session = open_session(Path(root), progress, as_served)

    @property
    def root(self) -> Path:
        """The project folder."""
        return self._session.root

    @property
    def task(self) -> Task:
        """What ``etude.yaml`` says."""
        return self._session.taskfile.task

    def files(self) -> tuple[Path, ...]:
        """The files that a comparison reads: the task file and all that it names."""
        return named_files(self.task, self.root)

    def check(self, options: CheckOptions | None = None, *, strict: bool = False) -> CheckResult:
        """Read the examples, split and audit them, and say what a person should know."""
        chosen = options or CheckOptions()
        return check.check(self._session, replace(chosen, strict=strict or chosen.strict))

    def advise(self, options: AdviseOptions | None = None) -> Advised:
        """Whether fine-tuning is the right next step, from what the project holds already."""
        return advise.advise(self._session, options)

    def to_review(self, finding: str | None = None, *, show_holdout: bool = False) -> Review:
        """The rows that a person should decide about, one after the other."""
        return review.open_review(self._session, finding, show_holdout=show_holdout)

    def to_label(self) -> Labelling:
        """The answers that a person should judge, as a model has, one after the other."""
        return labelling.open_labelling(self._session)

    def to_compare(
        self, pair: tuple[str, str] | None = None, *, show_holdout: bool = False
    ) -> Blind:
        """Two ways' answers to the same inputs that a person should compare without names."""
        return blind.open_blind(self._session, pair, show_holdout=show_holdout)

    def repairs(self, codes: Sequence[str] = ()) -> Repairs:
        """What can be mended by accepting all proposals of a finding; of these alone, if any."""
        return fix.repairs(self._session, codes)

    def fix(self, codes: Sequence[str]) -> Fixed:
        """Accept all proposals of these findings."""
        return fix.accept(self._session, codes)

    def undo_fix(self, code: str) -> Undone:
        """Take back what was accepted of a finding at once."""
        return fix.undo(self._session, code)

    def tidy_decisions(self) -> int:
        """Take decisions that no longer fit their rows out of the file; how many."""
        return fix.tidy(self._session)

    def export_examples(self, target: Path, *, replace: bool = False) -> Exported:
        """Write the examples as people's decisions made them to a new file."""
        return export.export(self._session, target, replace=replace)

    def planned_trainings(self) -> list[Planned]:
        """What the comparison's trainings of language models would be, before any runs."""
        # Brings torch, which no other look at the examples needs.
        from etude.workflow import training

        return training.planned_trainings(self._session)

    def compare(self, options: CompareOptions | None = None) -> Comparison:
        """Climb the ladder and decide."""
        return compare.compare(self._session, options or CompareOptions())

    def behave(self, options: BehaveOptions | None = None) -> Behaved:
        """Ask the newest comparison's ways inputs that were changed on purpose; count failures."""
        return behave.behave(self._session, options or BehaveOptions())

    def diff(
        self, old: str = "previous", new: str = "latest", *, show_holdout: bool = False
    ) -> Difference:
        """What changed between two stored comparisons; see ``workflow.diff``."""
        return diff.diff(self._session, old, new, show_holdout=show_holdout)

    def convert(self, options: ConvertOptions, source: str | None = None) -> Converted:
        """Write the examples as people's decisions made them, or another file ``source``, in another
        shape."""
        if source is None or own_examples.is_own(self._session, source):
            return own_examples.convert_own(self._session, options)
        return convert.convert_file(source, options, data=self.task.data)

    def run(self, options: CompareOptions | None = None) -> RunResult:
        """Check, compare, report."""
        return run.run(self._session, options or CompareOptions())

    def report(self, *, show_holdout: bool = False) -> Pages:
        """Write the pages of the newest comparison."""
        return report.report(self._session, show_holdout=show_holdout)

    def predict(
        self,
        texts: Sequence[Asked],
        candidate: str | None = None,
        confirm: Confirm | None = None,
        release: str | None = None,
    ) -> Predictions:
        """Answers of the recommended candidate, of the one called ``candidate``, or of a release.

        Each of ``texts`` is a text, or a mapping of the task's input columns to their values.
        ``confirm`` is asked before texts leave this machine; None refuses.
        """
        return predict.predict(self._session, texts, candidate, confirm, release)

    def predict_file(
        self,
        source: Path,
        target: Path,
        candidate: str | None = None,
        confirm: Confirm | None = None,
        release: str | None = None,
    ) -> PredictedFile:
        """A table in, the same table out with ``prediction`` and ``confidence``; for kinds that
        write ``passed`` and ``failed_checks`` instead of ``confidence``."""
        return predict.predict_file(self._session, source, target, candidate, confirm, release)

    def release(self, candidate: str | None = None, options: ReleaseOptions | None = None) -> Made:
        """Seal the recommended candidate, or the one called ``candidate``, for good."""
        # Brings torch, which looking at examples does without.
        from etude.workflow import release

        return release.release(self._session, candidate, options or release.ReleaseOptions())

    def load_release(self, name: str) -> Release:
        """A release by its name, its first digits or an alias: verified, and ready to answer."""
        return self.releases.load(name)

    @property
    def releases(self) -> Releases:
        """What was sealed, and what can be done with it."""
        from etude.workflow.shelved import Releases

        return Releases(self._session)
