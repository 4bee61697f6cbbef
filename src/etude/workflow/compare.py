"""``compare``: the ladder, from examples to the verdict.

What is spent, sent or looked at is said before it happens: what would leave this machine, what
the examples can show, and which look at the held-out examples this is.
"""

from __future__ import annotations

from dataclasses import dataclass

from etude import __version__
from etude.data.stored import Prepared
from etude.evaluation.expected import Expected
from etude.evaluation.finalists import Field, choose_finalists
from etude.evaluation.handover import asked_of
from etude.evaluation.parts import Layout
from etude.evaluation.remaining import remaining
from etude.evaluation.scoring import (
    candidate_ids,
    expected_detectable,
    score,
    unscored_report,
)
from etude.evaluation.stages import Entrant, Stages
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.run import Run
from etude.records.verdict import Detectable, Verdict
from etude.verdict.behaving import with_gates
from etude.verdict.decide import Circumstances, decide
from etude.verdict.stakes import held
from etude.workflow import behaved, egress, estimate, keeping
from etude.workflow._judged import keep_table
from etude.workflow._unlearnable import refuse_beyond_words
from etude.workflow.assemble import assemble, paybacks
from etude.workflow.check import prepare
from etude.workflow.deciding import Basis, basis
from etude.workflow.entrants import beside_the_metric, entrants, open_models
from etude.workflow.layout import dev_layout, layout_of, whole_part
from etude.workflow.ledger import written_look
from etude.workflow.model_judge import Hearing, bench
from etude.workflow.people import asked_people
from etude.workflow.rehearsal import of_endpoints
from etude.workflow.session import Session, now, recorded
from etude.workflow.stages import stages_for

USUAL_DISCORDANCE = 0.1
"""Before dev has spoken: on one example in ten exactly one of two good candidates is right."""

SCORED = {
    "holdout": "examples kept aside",
    "out-of-fold": "scored examples",
    "dev": "dev examples",
}


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
class _Climb:
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


def compare(session: Session, options: CompareOptions) -> Comparison:
    """Climb the ladder and decide; the comparison is stored with its run.

    Raises:
        DataError, ModelError, SpendLimitReached: what is finished stays cached.
        Interrupted: Ctrl-C; the same command goes on.
    """
    with recorded(session, keeping.CHECK if options.dev else "compare", options.recorded()) as run:
        prepared, _ = prepare(session, strict=options.strict)
        session.store.describe_run(run.id, dataset=prepared.version.id)
        refuse_beyond_words(session.taskfile.task, prepared.frame)
        _say_rejected(session, prepared)
        taking_part = entrants(session, open_models(session), session.say)
        embed = beside_the_metric(session, taking_part)
        stages = stages_for(session, session.taskfile.task, prepared.version, embed)
        calibrating = asked_of(stages.judge) is not None
        layout = layout_of(prepared, options.quick, calibrating)
        if options.dev:
            layout = dev_layout(prepared, layout)
        rungs = len({entrant.approach.key for entrant in taking_part})
        last = whole_part(prepared) if _kept_whole(layout, options) else None
        seeds = 1 if options.quick else options.seeds
        left = remaining(stages, layout, taking_part, seeds, last)
        asked = of_endpoints(stages, left)
        hearing = Hearing(
            session, stages, layout, options.confirm, bench(session), not left.nothing
        )
        sent = egress.planned(stages, layout, taking_part, asked) + hearing.planned(rungs)
        hosts = egress.agree(stages, sent, options.confirm, stored=left.nothing)
        _announce_detectable(session, layout, rungs, USUAL_DISCORDANCE, "on one example in ten")
        expected = estimate.announce(stages, layout, taking_part, left, asked, sent)
        embed_all(session, layout, taking_part)
        field = choose_finalists(stages, layout, taking_part, seeds, expected)
        picked = {a.entrant.name: a.seeds[0] for a in field.finalists}
        session.store.describe_run(run.id, seeds=picked)
        comparison = _finish(
            _Climb(session, run, options, prepared, layout, stages, field, hosts, expected, hearing)
        )
        session.store.prune()
        return comparison


def _say_rejected(session: Session, prepared: Prepared) -> None:
    """Rows that can't be used are never left out in silence: a schema may refuse a whole side."""
    if rejected := prepared.version.rejected:
        rows = "1 row of the data is" if rejected == 1 else f"{rejected:,} rows of the data are"
        session.say(f"{rows} left out, for they can't be used; etude check says why.")


def _announce_detectable(
    session: Session, layout: Layout, candidates: int, discordance: float, assumed: str
) -> Detectable:
    """Say what the examples can show: before anything is spent, and again once dev has spoken."""
    found = expected_detectable(layout, candidates, discordance)
    scored = SCORED[layout.side]
    session.say(
        f"{found.n:,} {scored} can show a difference of about {100 * found.difference:.1f} points "
        f"or more, where two candidates differ {assumed}."
    )
    return found


def _kept_whole(layout: Layout, options: CompareOptions) -> bool:
    """Whether the recommended candidate is fitted on everything in the end, to be used."""
    return layout.cross_fitting and not options.quick and not options.dev


def embed_all(session: Session, layout: Layout, taking_part: list[Entrant]) -> None:
    """Every text once for every embedding model, before any rung asks.

    All at once, so that the batches, and with them the bits, do not depend on which rung runs.
    """
    part = layout.parts[0]
    texts = sorted(set(part.train.inputs + part.dev.inputs + part.asked))
    done: set[str] = set()
    for entrant in taking_part:
        whose = (entrant.lookup or entrant.model).fingerprint
        if entrant.embeddings is not None and whose not in done:
            done.add(whose)
            entrant.embeddings.of(texts)


def _finish(climb: _Climb) -> Comparison:
    """Score the finalists, decide, and keep everything with the run."""
    session, layout, field, options = climb.session, climb.layout, climb.field, climb.options
    detectable = _announce_detectable(
        session, layout, len(field.finalists), field.discordance, "as they do on dev"
    )
    look, exploratory = (0, False)
    if not options.dev:
        ids = candidate_ids(climb.stages, layout, field)
        look, exploratory = written_look(session, climb.run, climb.prepared, ids)
    counted = score(climb.stages, layout, field, expected=climb.expected)
    heard = climb.hearing.hear(field, counted)
    people = asked_people(session, layout, counted, _baseline(field))
    decided = basis(climb.stages.task, counted, heard, people)
    finalists = _held(climb, assemble(climb.stages.task, decided.scores))
    verdict = _decide(climb, decided, finalists, exploratory, detectable.n)
    signed = None if options.dev else behaved.signed(session, finalists, verdict.recommended)
    if not options.dev:
        verdict = held(climb.stages.task, verdict, finalists, signed)
    comparison = _comparison(climb, decided, finalists, verdict, look, detectable)
    comparison = comparison.model_copy(update={"signed": signed})
    keep_table(session, climb.run.id, heard)
    keeping.keep(session, climb.run, layout, field, decided.scores, comparison)
    if verdict.recommended and _kept_whole(layout, options):
        keeping.fit_on_everything(session, comparison, climb.stages, verdict.recommended)
    return comparison


def _held(climb: _Climb, finalists: tuple[CandidateReport, ...]) -> tuple[CandidateReport, ...]:
    """With the gates on how they behave, as far as these very candidates were tried before.

    A check fits ways that are kept nowhere, so none of them can have been tried.
    """
    if climb.options.dev:
        return finalists
    found = behaved.newest(climb.session, behaved.ids_of(finalists))
    return with_gates(finalists, climb.stages.task.behaviour.gates, found)


def _decide(
    climb: _Climb,
    decided: Basis,
    finalists: tuple[CandidateReport, ...],
    exploratory: bool,
    scored: int,
) -> Verdict:
    return decide(
        climb.stages.task,
        finalists,
        decided.scores.pairs,
        Circumstances(
            exploratory=exploratory,
            on_dev=climb.options.dev,
            quick=climb.options.quick and climb.layout.cross_fitting,
            baseline=_baseline(climb.field),
            scored=scored,
            advisory=decided.advisory,
            then=decided.then,
            people=decided.deciding,
        ),
    )


def _baseline(field: Field) -> str | None:
    return field.baseline.entrant.name if field.baseline else None


def _comparison(
    climb: _Climb,
    decided: Basis,
    finalists: tuple[CandidateReport, ...],
    verdict: Verdict,
    look: int,
    detectable: Detectable,
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
        paybacks=paybacks(task, finalists, decided.scores, _baseline(field)),
        verdict=verdict,
        machine=climb.session.machine,
        versions=stages.versions,
        seeds={a.entrant.name: a.seeds[0] for a in field.finalists},
        seconds=sum(unit.seconds for _, unit in stages.used),
        egress=tuple(dict.fromkeys((*climb.hosts, *climb.hearing.hosts))),
        notes=_notes(climb.layout, climb.options),
        measured_by=decided.metric if decided.metric != task.bar.metric else "",
        advisory=decided.advisory,
        then=decided.then,
        judge=decided.judge,
        people=decided.people,
    )


def _all_candidates(
    field: Field, finalists: tuple[CandidateReport, ...]
) -> tuple[CandidateReport, ...]:
    """Finalists, and the attempts that dev did not pick, in rung order."""
    by_name = {report.name: report for report in finalists}
    return tuple(
        by_name.get(attempt.entrant.name) or unscored_report(attempt) for attempt in field.attempts
    )


def _notes(layout: Layout, options: CompareOptions) -> tuple[str, ...]:
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
    return tuple(notes)
