"""``compare``: the ladder, from examples to the verdict.

What is spent, sent or looked at is said before it happens: what would leave this machine, what
the examples can show, and which look at the held-out examples this is.
"""

from __future__ import annotations

from etude.evaluation.finalists import choose_finalists
from etude.evaluation.handover import asked_of
from etude.evaluation.parts import Layout
from etude.evaluation.remaining import remaining
from etude.evaluation.scoring import candidate_ids, score
from etude.evaluation.slices import named, slices
from etude.evaluation.stages import Entrant
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.run import Terms
from etude.records.verdict import Verdict
from etude.verdict.decide import Circumstances, decide
from etude.verdict.stakes import held
from etude.workflow import behaved, egress, estimate, keeping, signing
from etude.workflow._judged import keep_table
from etude.workflow._unlearnable import refuse_beyond_words
from etude.workflow.alike import alike
from etude.workflow.assemble import assemble, losing
from etude.workflow.check import prepare
from etude.workflow.climb import Climb, kept_whole, record
from etude.workflow.climb import CompareOptions as CompareOptions
from etude.workflow.deciding import Basis, basis
from etude.workflow.entrants import beside_the_metric, entrants, open_models
from etude.workflow.incumbent import incumbent
from etude.workflow.layout import dev_layout, layout_of, whole_part
from etude.workflow.ledger import written_look
from etude.workflow.model_judge import Hearing, bench
from etude.workflow.people import asked_people
from etude.workflow.rehearsal import of_endpoints
from etude.workflow.session import Session, recorded
from etude.workflow.spent import spent_on
from etude.workflow.stages import stages_for
from etude.workflow.telling import say_detectable, say_rejected, say_reused


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
        say_rejected(session, prepared)
        taking_part = entrants(session, open_models(session), session.say)
        embed = beside_the_metric(session, taking_part)
        stages = stages_for(session, session.taskfile.task, prepared.version, embed)
        calibrating = asked_of(stages.judge) is not None
        layout = layout_of(prepared, options.quick, calibrating)
        if options.dev:
            layout = dev_layout(prepared, layout)
        rungs = len({entrant.approach.key for entrant in taking_part})
        last = whole_part(prepared) if kept_whole(layout, options) else None
        seeds = 1 if options.quick else options.seeds
        left = remaining(stages, layout, taking_part, seeds, last)
        asked = of_endpoints(stages, left)
        hearing = Hearing(
            session, stages, layout, options.confirm, bench(session), not left.nothing
        )
        sent = egress.planned(stages, layout, taking_part, asked) + hearing.planned(rungs)
        hosts = egress.agree(stages, sent, options.confirm, stored=left.nothing)
        say_detectable(session, layout, rungs)
        expected = estimate.announce(stages, layout, taking_part, left, asked, sent)
        embed_all(session, layout, taking_part)
        field = choose_finalists(stages, layout, taking_part, seeds, expected)
        picked = {a.entrant.name: a.seeds[0] for a in field.finalists}
        session.store.describe_run(run.id, seeds=picked)
        comparison = _finish(
            Climb(
                session,
                run,
                options,
                prepared,
                layout,
                stages,
                field,
                hosts,
                expected,
                hearing,
                incumbent(session, picked),
            )
        )
        session.store.prune()
        return comparison


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


def _finish(climb: Climb) -> Comparison:
    """Score the finalists, decide, and keep everything with the run."""
    session, layout, field, options = climb.session, climb.layout, climb.field, climb.options
    detectable = say_detectable(session, layout, len(field.finalists), field.apart)
    look, exploratory = (0, False)
    if not options.dev:
        ids = candidate_ids(climb.stages, layout, field)
        look, exploratory = written_look(session, climb.run, climb.prepared, ids, _terms(climb))
    counted = score(climb.stages, layout, field, expected=climb.expected)
    say_reused(session, climb.stages, field)
    heard = climb.hearing.hear(field, counted)
    people = asked_people(session, layout, counted, climb.baseline)
    decided = basis(climb.stages.task, counted, heard, people)
    finalists = _held(climb, assemble(climb.stages.task, decided.scores))
    verdict = _decide(climb, decided, finalists, exploratory, detectable.n)
    signed = None if options.dev else signing.signed(session, finalists, verdict.recommended)
    if not options.dev:
        verdict = held(climb.stages.task, verdict, finalists, signed)
    cards = {card.report.name: card.scored for card in counted.cards}
    same = alike(session, climb.prepared) or ()
    parts = slices(cards, climb.baseline, same)
    of_rows = named(next(iter(cards.values())), same) if parts else None
    comparison = record(climb, decided, finalists, verdict, look, detectable, signed, parts)
    keep_table(session, climb.run.id, heard)
    keeping.keep(session, climb.run, layout, field, decided.scores, comparison, of_rows)
    if verdict.recommended and climb.kept_whole:
        keeping.fit_on_everything(session, comparison, climb.stages, verdict.recommended)
    return comparison


def _terms(climb: Climb) -> Terms:
    """What the comparison is decided by."""
    bar = climb.stages.task.bar
    return Terms(metric=bar.metric, margin=bar.margin, at_least=bar.at_least, baseline=climb.simple)


def _held(climb: Climb, finalists: tuple[CandidateReport, ...]) -> tuple[CandidateReport, ...]:
    """With the gates on how they behave, as far as these very candidates were tried before.

    A check fits ways that are kept nowhere, so none of them can have been tried.
    """
    if climb.options.dev:
        return finalists
    return behaved.gated(climb.session, finalists)


def _decide(
    climb: Climb,
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
            kept_aside=not climb.options.dev and not climb.layout.cross_fitting,
            quick=climb.options.quick and climb.layout.cross_fitting,
            baseline=climb.baseline,
            incumbent=climb.incumbent,
            losing=losing(
                climb.stages.task,
                finalists,
                decided.scores,
                spent_on(climb.session, climb.prepared.version.id),
            ),
            scored=scored,
            advisory=decided.advisory,
            then=decided.then,
            people=decided.deciding,
        ),
    )
