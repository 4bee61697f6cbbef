"""A comparison under way, and the record of it at its end: everything that is kept, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from etude import __version__
from etude.data.stored import Prepared
from etude.evaluation.expected import Expected
from etude.evaluation.finalists import Field
from etude.evaluation.parts import Layout
from etude.evaluation.phrases import phrases_in
from etude.evaluation.scoring import unscored_report
from etude.evaluation.stages import Stages
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.run import Run
from etude.records.sign_off import SignOff
from etude.records.slices import Slices
from etude.records.task import Task
from etude.records.verdict import Detectable, Verdict
from etude.taskfile.untold import untold
from etude.workflow import egress
from etude.workflow.assemble import paybacks
from etude.workflow.deciding import Basis
from etude.workflow.model_judge import Hearing
from etude.workflow.session import Session, now
from etude.workflow.spent import spent_on


@dataclass(frozen=True)
class CompareOptions:
    """How far to go.

    Args:
        dev: a check between final comparisons: dev is scored, what is kept aside stays untouched and no
            candidate is kept to be used; the result says so.
        quick: score one fold of the five (one seed with a holdout); the result says so.
        seeds: how many seeds to try where a rung varies with its seed.
        strict: stop at rejected rows or copies of held-out examples.
        confirm: asked before anything leaves this machine; None refuses.
    """

    dev: bool = False
    quick: bool = False
    seeds: int | None = None
    strict: bool = False
    confirm: egress.Confirm | None = None

    def recorded(self) -> dict[str, str]:
        """For the run's record."""
        return {
            "dev": str(self.dev),
            "quick": str(self.quick),
            "seeds": str(self.seeds),
            "strict": str(self.strict),
        }


@dataclass(frozen=True)
class Climb:
    """A comparison under way, when its finalists are chosen and nothing is scored yet."""

    session: Session
    run: Run
    options: CompareOptions
    prepared: Prepared
    layout: Layout
    stages: Stages
    field: Field
    hosts: tuple[str, ...]
    expected: Expected
    hearing: Hearing
    incumbent: str | None = None
    """The way that is in production, where it is scored."""

    @property
    def kept_whole(self) -> bool:
        """Whether the recommended candidate is fitted on everything in the end, to be used."""
        return kept_whole(self.layout, self.options)

    @property
    def simple(self) -> str | None:
        """The name of the best way below fine-tuning on dev."""
        return self.field.baseline.entrant.name if self.field.baseline else None

    @property
    def baseline(self) -> str | None:
        """What the others are held against: the way that is in production, else the best simple one."""
        return self.incumbent or self.simple


def kept_whole(layout: Layout, options: CompareOptions) -> bool:
    """Whether a candidate is fitted on everything at the end of such a comparison."""
    return layout.cross_fitting and not options.quick and not options.dev


def record(
    climb: Climb,
    decided: Basis,
    finalists: tuple[CandidateReport, ...],
    verdict: Verdict,
    look: int,
    detectable: Detectable,
    signed: SignOff | None,
    parts: Slices | None,
) -> Comparison:
    """Everything that is kept of it, as one record."""
    task, field, stages = climb.stages.task, climb.field, climb.stages
    return Comparison(
        run=climb.run.id,
        created=now(),
        etude_version=__version__,
        task=task,
        task_hash=climb.session.taskfile.text_hash,
        assumptions=climb.session.taskfile.assumptions,
        dataset=climb.prepared.version,
        quick=climb.options.quick,
        on_dev=climb.options.dev,
        folds_scored=len(climb.layout.parts),
        look=look,
        detectable=detectable,
        candidates=_all_candidates(field, finalists),
        pairs=decided.scores.pairs,
        paybacks=paybacks(
            task,
            finalists,
            decided.scores,
            climb.baseline,
            spent_on(climb.session, climb.prepared.version.id),
        ),
        verdict=verdict,
        machine=climb.session.machine,
        versions=stages.versions,
        seeds={a.entrant.name: a.seeds[0] for a in field.finalists},
        seconds=sum(unit.seconds for _, unit in stages.used),
        egress=tuple(dict.fromkeys((*climb.hosts, *climb.hearing.hosts))),
        notes=_notes(climb.layout, climb.options, task),
        by_phrase=sum(map(bool, phrases_in(task, climb.layout.scored.inputs))),
        measured_by=decided.metric if decided.metric != task.bar.metric else "",
        advisory=decided.advisory,
        then=decided.then,
        judge=decided.judge,
        people=decided.people,
        signed=signed,
        slices=parts,
    )


def _all_candidates(
    field: Field, finalists: tuple[CandidateReport, ...]
) -> tuple[CandidateReport, ...]:
    """Finalists, and the attempts that dev did not pick, in rung order."""
    by_name = {report.name: report for report in finalists}
    return tuple(
        by_name.get(attempt.entrant.name) or unscored_report(attempt) for attempt in field.attempts
    )


def _notes(layout: Layout, options: CompareOptions, task: Task) -> tuple[str, ...]:
    notes = []
    if options.dev:
        notes.append(
            "A check (--dev): examples kept aside were not opened, and nothing was kept to use."
        )
    if options.quick:
        notes.append(
            "Quick: one fold of the examples was scored, the first."
            if layout.cross_fitting
            else "Quick: one seed was tried where a rung varies with its seed."
        )
    if layout.cross_fitting:
        notes.append(
            "Each example was scored by a candidate fitted without it (cross-fitting)"
            + ("." if options.dev else "; the one that is kept is then fitted on all of them.")
        )
    if bounds := untold(task):
        notes.append(
            f"The instructions have no word of {', '.join(bounds)}: no model was told what to answer "
            "then, for boundaries are tested (etude behave) and not put into prompts."
        )
    return tuple(notes)
