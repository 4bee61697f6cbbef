"""A comparison: every candidate's scorecard, every pair, and the verdict.

Everything the report and ``--json`` show is in here; rows of data are not.
"""

from __future__ import annotations

from typing import Literal

from etude.records._base import Manifest
from etude.records.candidate import CandidateReport
from etude.records.dataset import DatasetVersion
from etude.records.judgement import JudgeReport, PeopleReport
from etude.records.run import Machine
from etude.records.sign_off import SignOff
from etude.records.slices import Slices
from etude.records.task import Assumption, Task
from etude.records.verdict import Detectable, Pair, Payback, Verdict


class Comparison(Manifest):
    """One comparison, whole."""

    run: str
    created: str
    etude_version: str
    task: Task
    task_hash: str
    assumptions: tuple[Assumption, ...]
    dataset: DatasetVersion
    quick: bool
    on_dev: bool = False
    """True for a check between final comparisons: scored on dev, examples kept aside untouched."""
    folds_scored: int
    look: int
    """Which look at this holdout it is; 0 in cross-fitting."""
    detectable: Detectable
    candidates: tuple[CandidateReport, ...]
    pairs: tuple[Pair, ...]
    paybacks: tuple[Payback, ...]
    verdict: Verdict
    machine: Machine
    versions: dict[str, str]
    seeds: dict[str, int]
    seconds: float
    """Work time of the whole comparison, cached stages included as first measured."""
    egress: tuple[str, ...] = ()
    """Hosts that rows were sent to; empty: nothing left this machine."""
    notes: tuple[str, ...] = ()
    by_phrase: int = 0
    """Scored examples that hold a phrase of the boundaries: a person gets such requests."""
    measured_by: str = ""
    """The metric that decides in the place of the task's own, which may not yet; "" where it does."""
    advisory: str = ""
    """Why the task's own may not decide yet, as a sentence."""
    then: str = ""
    """What to type for it."""
    signed: SignOff | None = None
    """Who signed the recommended candidate off; None: nobody has."""
    judge: JudgeReport | None = None
    people: PeopleReport | None = None
    """What people said who compared answers blind; None where nobody has, or there is nothing to."""
    slices: Slices | None = None
    """Candidates on parts of the scored examples; exploratory, and nothing is decided by it."""

    @property
    def metric(self) -> str:
        """What quality and pairs are measured by."""
        return self.measured_by or self.task.bar.metric

    @property
    def minimum(self) -> float | None:
        """The bar's ``at_least``, where quality is measured by what it is a share of."""
        return self.task.bar.at_least if self.metric == self.task.bar.metric else None

    @property
    def scored_on(self) -> Literal["holdout", "out-of-fold", "dev"]:
        """Which examples the candidates were scored on."""
        if self.dataset.scheme == "cross_fitting":
            return "out-of-fold"
        return "dev" if self.on_dev else "holdout"

    def candidate(self, name: str) -> CandidateReport:
        """The candidate called ``name``.

        Raises:
            KeyError: there is none.
        """
        for candidate in self.candidates:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
