"""``behave``: the finalists of the newest comparison answer the behaviour suites.

Cases are made from examples that are not held out. Answers are a unit of the store, as every stage's
are, so the same suites on the same candidate are asked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etude.behaviour.cases import Material, Suite
from etude.data import stored
from etude.data.columns import HOLE
from etude.data.examples import Examples
from etude.data.stored import Prepared
from etude.data.tables import input_columns
from etude.evaluation.stages import Stages
from etude.records.behaviour import Behaviour, LeftOut
from etude.records.comparison import Comparison
from etude.records.extraction import Extraction
from etude.workflow import behaved, egress, keeping, signing
from etude.workflow.behave_answers import asked, counted, groups_of, own_failing
from etude.workflow.behave_cases import Plan, drawn, planned, to_send
from etude.workflow.behave_general import forgotten
from etude.workflow.behave_standing import standing
from etude.workflow.behave_tuning import done_by_tuning
from etude.workflow.finalist import Finalist, finalists_of
from etude.workflow.own_cases import chosen as suites_called
from etude.workflow.own_cases import refuse_unknown_gates, suites_of
from etude.workflow.phrases import refuse_others
from etude.workflow.session import Session, now, recorded
from etude.workflow.stages import stages_for


@dataclass(frozen=True)
class BehaveOptions:
    """How far to go.

    Args:
        suites: keys of those to run; empty: all that fit the task.
        examples: how many examples cases are made from.
        seed: of which examples, and of every change to them.
        canaries: secrets are planted in a throw-away copy, which every trained way that writes is
            trained on once more.
        sign_off: the person who signs the recommended way off after it; None: nobody.
        confirm: asked before anything leaves this machine; None refuses.
    """

    suites: tuple[str, ...] = ()
    examples: int = 60
    seed: int = 0
    canaries: bool = False
    sign_off: str | None = None
    confirm: egress.Confirm | None = None


@dataclass(frozen=True)
class Behaved:
    """The record, the candidates' plain names, the file with every case, and the newest comparison with
    the gates that follow from it."""

    record: Behaviour
    plain_names: dict[str, str]
    rows: Path
    comparison: Comparison
    failing: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """By candidate and suite, of a team's own cases that fail: the place, and why."""


def behave(session: Session, options: BehaveOptions) -> Behaved:
    """Run the suites on every finalist; the record and the rows are stored with the run, and the newest
    comparison is decided anew where the task file sets gates.

    Raises:
        DataError: nothing has been compared, or no example is left to make cases from.
        TaskError: a case of the team's own is wrong.
        UnknownName: there is no such suite.
        UsageError: no suite fits the task, the phrases of its boundaries were changed since the
            comparison, or rows would leave this machine and nobody agreed.
        GateNotMet: a person wants to sign off what can't be.
    """
    if options.sign_off is not None:
        signing.refuse_no_name(options.sign_off)
    comparison = keeping.latest(session)
    refuse_others(session, comparison)
    chosen = _chosen(session, comparison, options)
    with recorded(session, "behave", {"suites": ",".join(one.key for one in chosen)}) as run:
        task, version = comparison.task, comparison.dataset
        session.store.describe_run(run.id, dataset=version.id)
        prepared = stored.read(session.store.version_folder(version.id))
        stages = stages_for(session, task, version)
        picked = drawn(prepared, stages, options.examples, options.seed)
        examples = picked.examples
        material = _material(session, comparison, stages, examples, options.seed)
        # A suite that is asked for by name is run, whatever the task file leaves out.
        without = {} if options.suites else session.taskfile.task.behaviour.leave_out
        plan, left_out = planned(material, chosen, bool(stages.judge.checks), without)
        if options.sign_off is not None:
            _refuse_signing(session, comparison, _due(session, comparison, stages, material), plan)
        finalists = finalists_of(session, comparison)
        sent = to_send(stages, prepared, finalists, plan)
        hosts = egress.agree(stages, sent, options.confirm)
        rows = asked(stages, material, plan, finalists)
        groups, stands = groups_of(examples), standing(session, comparison.candidates)
        broken, no_base = done_by_tuning(stages, material, plan, finalists, rows, groups)
        general, silent = ((), ()) if options.suites else forgotten(stages, finalists)
        extraction, unplanted = _planted(stages, prepared, finalists, options)
        found = Behaviour(
            run=run.id,
            comparison=comparison.run,
            candidate_ids=stands.ids,
            created=now(),
            seed=options.seed,
            examples=len(examples),
            pool=picked.pool,
            unseen=picked.unseen,
            results=counted(material.kind, plan, rows, groups, stands),
            broken=broken,
            general=general,
            left_out=(*left_out, *no_base, *silent, *unplanted),
            extraction=extraction,
            egress=hosts,
        )
        table = behaved.keep(session, found, rows)
        due = _due(session, comparison, stages, material) if options.sign_off else ()
        decided = _decided(session, comparison, found, options, due)
        names = {c.name: c.report.plain_name for c in finalists}
        return Behaved(found, names, table, decided, own_failing(rows))


def _planted(
    stages: Stages, prepared: Prepared, finalists: Sequence[Finalist], options: BehaveOptions
) -> tuple[tuple[Extraction, ...], tuple[LeftOut, ...]]:
    """What came out of planted secrets, where that was asked for; see ``canaries``."""
    if not options.canaries:
        return (), ()
    # Brings torch: every verb would wait for it.
    from etude.workflow.canaries import planting

    return planting(stages, prepared, finalists, options.seed)


def _chosen(session: Session, comparison: Comparison, options: BehaveOptions) -> list[Suite]:
    """The suites that are asked for, the team's own among them; every gate must be of one there is."""
    labels = tuple(comparison.task.labels or comparison.dataset.labels)
    own = suites_of(session, comparison, labels)
    refuse_unknown_gates(session, own)
    return suites_called(options.suites, own)


def _material(
    session: Session, comparison: Comparison, stages: Stages, examples: Examples, seed: int
) -> Material:
    """What cases are made of: the task as it was compared, the boundaries as they are set now."""
    said = comparison.task.data.input
    return Material(
        comparison.task.kind,
        examples,
        stages.labels,
        seed,
        session.taskfile.task.boundaries,
        input_columns(comparison.task.data, comparison.dataset.columns["input"]),
        said if isinstance(said, str) and HOLE.search(said) else None,
        comparison.task.output_schema,
        comparison.task.instructions or "",
    )


def _due(
    session: Session, comparison: Comparison, stages: Stages, material: Material
) -> tuple[str, ...]:
    """Suites that whoever signs must have seen: all that fit, the team's own among them."""
    every = _chosen(session, comparison, BehaveOptions())
    without = session.taskfile.task.behaviour.leave_out
    plan, _ = planned(material, every, bool(stages.judge.checks), without)
    return tuple(one.key for one, _ in plan.cases)


def _refuse_signing(
    session: Session, comparison: Comparison, due: Sequence[str], plan: Plan
) -> None:
    """What can't be signed off is refused before anything is asked.

    Raises:
        GateNotMet: it can't.
    """
    decided = behaved.decided_anew(session, comparison)
    chosen = signing.refuse(decided)
    tried = _tried(behaved.known(session, decided.candidates), chosen.name)
    signing.refuse_untried(chosen, due, {*tried, *(one.key for one, _ in plan.cases)})


def _tried(found: Behaviour | None, name: str) -> set[str]:
    return {one.suite for one in found.results if one.candidate == name} if found else set()


def _decided(
    session: Session,
    comparison: Comparison,
    found: Behaviour,
    options: BehaveOptions,
    due: Sequence[str],
) -> Comparison:
    """The comparison with what was ``found``, and with the word of who signs it off."""
    decided = behaved.decided_anew(session, comparison)
    if options.sign_off is None:
        return decided
    known = behaved.known(session, decided.candidates)
    # With what was found another way may be recommended.
    chosen = signing.refuse(decided)
    signing.refuse_untried(chosen, due, _tried(known, chosen.name))
    results = known.results if known is not None else ()
    signing.sign(session, found.run, decided, options.sign_off, results)
    return behaved.decided_anew(session, decided)
