"""``behave``: the finalists of the newest comparison answer the behaviour suites.

Cases are made from examples that are not held out. Answers are a unit of the store, as every stage's
are, so the same suites on the same candidate are asked once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from etude.approaches._base import Choice
from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.replies import Reply
from etude.behaviour.results import Judged, broken, judged, result
from etude.data import stored
from etude.data.examples import Examples
from etude.data.stored import Prepared
from etude.errors import DataError, UsageError
from etude.evaluation.handover import asked_of
from etude.evaluation.stages import Entrant, Stages
from etude.records.behaviour import Behaviour, Broken, LeftOut, SuiteResult
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.store import atomic
from etude.workflow import behaved, egress, keeping, rehearsal, signing
from etude.workflow.behaved import BEHAVIOUR, ROWS
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import layout_of
from etude.workflow.own_cases import chosen as suites_called
from etude.workflow.own_cases import refuse_unknown_gates, suites_of
from etude.workflow.replies import replies_of
from etude.workflow.session import Session, now, recorded
from etude.workflow.stages import stages_for

CHECKED = ("write", "rewrite")
"""Kinds whose answers are the same while they pass the same checks."""


@dataclass(frozen=True)
class BehaveOptions:
    """How far to go.

    Args:
        suites: keys of those to run; empty: all that fit the task.
        examples: how many examples cases are made from.
        seed: of which examples, and of every change to them.
        sign_off: the person who signs the recommended way off after it; None: nobody.
        confirm: asked before anything leaves this machine; None refuses.
    """

    suites: tuple[str, ...] = ()
    examples: int = 60
    seed: int = 0
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


_Rows = dict[str, dict[str, list[Judged]]]
"""Judged cases by candidate and suite."""


@dataclass(frozen=True)
class _Plan:
    """The cases of each suite, and every input that they ask, each once."""

    cases: tuple[tuple[Suite, tuple[Case, ...]], ...]
    ordinary: tuple[str, ...]
    """Inputs as they are: how sure a candidate usually is, is read off them."""

    @property
    def texts(self) -> tuple[str, ...]:
        asked = [t for _, cases in self.cases for c in cases for t in (c.base, c.input)]
        bare = {case.input for _, cases in self.cases for case in cases}
        return tuple(dict.fromkeys(t for t in (*self.ordinary, *asked) if t or t in bare))


def behave(session: Session, options: BehaveOptions) -> Behaved:
    """Run the suites on every finalist; the record and the rows are stored with the run, and the newest
    comparison is decided anew where the task file sets gates.

    Raises:
        DataError: nothing has been compared, or no example is left to make cases from.
        TaskError: a case of the team's own is wrong.
        UnknownName: there is no such suite.
        UsageError: no suite fits the task, or rows would leave this machine and nobody agreed.
        GateNotMet: a person wants to sign off what can't be.
    """
    if options.sign_off is not None:
        signing.refuse_no_name(options.sign_off)
    comparison = keeping.latest(session)
    chosen = _chosen(session, comparison, options)
    with recorded(session, "behave", {"suites": ",".join(one.key for one in chosen)}) as run:
        task, version = comparison.task, comparison.dataset
        session.store.describe_run(run.id, dataset=version.id)
        prepared = stored.read(session.store.version_folder(version.id))
        stages = stages_for(session, task, version)
        examples, unseen = _drawn(prepared, stages, options)
        bounds = session.taskfile.task.boundaries
        material = Material(task.kind, examples, stages.labels, options.seed, bounds)
        plan, left_out = _plan(material, chosen, bool(stages.judge.checks))
        finalists = [c for c in comparison.candidates if c.quality is not None]
        entrants = {c.name: entrant_called(session, c.name) for c in finalists}
        sent = _planned(stages, prepared, finalists, entrants, plan)
        hosts = egress.agree(stages, sent, options.confirm)
        folders = {c.name: keeping.scored_folder(session, comparison, c.name) for c in finalists}
        rows = _asked(stages, material, plan, finalists, entrants, folders)
        found = Behaviour(
            run=run.id,
            comparison=comparison.run,
            candidate_ids=behaved.ids_of(comparison.candidates),
            created=now(),
            seed=options.seed,
            examples=len(examples),
            unseen=unseen,
            results=_results(plan, rows),
            broken=tuple(_broken(plan, finalists, rows)),
            left_out=left_out,
            egress=hosts,
        )
        table = _keep(session, found, rows)
        decided = _decided(session, comparison, run.id, options)
        return Behaved(found, {c.name: c.plain_name for c in finalists}, table, decided)


def _chosen(session: Session, comparison: Comparison, options: BehaveOptions) -> list[Suite]:
    """The suites that are asked for, the team's own among them; every gate must be of one there is."""
    labels = tuple(comparison.task.labels or comparison.dataset.labels)
    own = suites_of(session, comparison, labels)
    refuse_unknown_gates(session, own)
    return suites_called(options.suites, own)


def _decided(
    session: Session, comparison: Comparison, run: str, options: BehaveOptions
) -> Comparison:
    """The comparison with what was found in ``run``, and with the word of who signs it off."""
    decided = behaved.decided_anew(session, comparison)
    if options.sign_off is None:
        return decided
    signing.sign(session, run, decided, options.sign_off)
    return behaved.decided_anew(session, decided)


def _asked(
    stages: Stages,
    material: Material,
    plan: _Plan,
    finalists: Sequence[CandidateReport],
    entrants: dict[str, Entrant],
    folders: dict[str, Path],
) -> _Rows:
    """Every finalist's judged cases."""
    rows: _Rows = {}
    with stages.progress.step("asking", len(finalists), "ways") as step:
        for c in finalists:
            step.advance(0, note=c.plain_name)
            replies = replies_of(stages, entrants[c.name], folders[c.name], plan.texts, c.handover)
            rows[c.name] = _judged(material, plan, replies)
            step.advance(1)
    return rows


def _results(plan: _Plan, rows: _Rows) -> tuple[SuiteResult, ...]:
    """Each suite's counts, candidate after candidate."""
    return tuple(
        result(one, name, own[one.key]) for one, _ in plan.cases for name, own in rows.items()
    )


def _drawn(prepared: Prepared, stages: Stages, options: BehaveOptions) -> tuple[Examples, bool]:
    """Examples to make cases from, and whether the kept candidates were fitted without them.

    In cross-fitting those are of the fold that the kept candidates have not seen. With a holdout
    they are the ones set apart for calibration, else dev.
    """
    part = layout_of(prepared, True, asked_of(stages.judge) is not None).parts[0]
    if prepared.version.scheme == "cross_fitting":
        pool, unseen = part.scored, True
    elif part.calibration is not None:
        pool, unseen = part.calibration, True
    else:
        pool, unseen = part.dev, False
    if not len(pool):
        raise DataError(
            "no example is left to make cases from",
            where="the dev examples",
            hint="etude check says how the examples are split",
        )
    chance = np.random.default_rng(options.seed)
    picked = np.sort(chance.permutation(len(pool))[: options.examples])
    return pool.take(picked), unseen


def _plan(
    material: Material, chosen: Sequence[Suite], checked: bool
) -> tuple[_Plan, tuple[LeftOut, ...]]:
    cases, left = [], []
    for one in chosen:
        rule = one.rules.get(material.kind)
        reason = one.unfit if rule is None else ""
        if rule == "same" and material.kind in CHECKED and not checked:
            reason = "the task has no checks that tell whether two texts are as good"
        made = () if reason else tuple(one.make(material))
        if made:
            cases.append((one, made))
        else:
            reason = reason or one.empty
            left.append(LeftOut(suite=one.key, plain_name=one.plain_name, reason=reason))
    if not cases:
        raise UsageError(
            "none of these suites fits the task",
            where="etude behave",
            expected="one that does",
            hint="; ".join(f"{one.suite}: {one.reason}" for one in left),
        )
    return _Plan(tuple(cases), material.examples.inputs), tuple(left)


def _planned(
    stages: Stages,
    prepared: Prepared,
    finalists: Sequence[CandidateReport],
    entrants: dict[str, Entrant],
    plan: _Plan,
) -> list[egress.Egress]:
    """What would be sent, a candidate of an endpoint at a time, less the answers that are kept."""
    found = []
    for c in finalists:
        entrant = entrants[c.name]
        if entrant.reference.openai is None:
            continue
        examples = prepared.train().join(prepared.dev())
        if prepared.version.scheme == "cross_fitting":
            examples = prepared.everything()
        choice = Choice(settings={"temperature": 1.0, **c.settings}, dev_value=0.0, trials=())
        requests = rehearsal.answering(stages, entrant, examples, choice, plan.texts)
        tokens = egress.answer_tokens(stages, examples)
        found.append(egress.planned_for(stages, entrant, len(plan.texts), requests, tokens))
    return found


def _judged(material: Material, plan: _Plan, replies: dict[str, Reply]) -> dict[str, list[Judged]]:
    sure = np.array([replies[text].score for text in plan.ordinary])
    known = sure[~np.isnan(sure)]
    usual = float(np.median(known)) if len(known) else float("nan")
    return {one.key: judged(one, material.kind, cases, replies, usual) for one, cases in plan.cases}


def _broken(
    plan: _Plan,
    finalists: Sequence[CandidateReport],
    rows: _Rows,
) -> list[Broken]:
    """Each trained candidate against the same model with instructions only."""
    found = []
    for tuned in (c for c in finalists if c.trained):
        base = next((c for c in finalists if c.rung == "prompt" and c.model == tuned.model), None)
        if base is None:
            continue
        for one, _ in plan.cases:
            pair = broken(
                one, base.name, tuned.name, rows[base.name][one.key], rows[tuned.name][one.key]
            )
            found += [pair] if pair else []
    return found


def _keep(session: Session, found: Behaviour, rows: _Rows) -> Path:
    """The rows, then the record, in the run's folder; where the rows are."""
    folder = session.store.run_folder(found.run)
    columns = [
        {
            "candidate": name,
            "suite": key,
            "source": row.case.source,
            "input": row.case.input,
            "base": row.case.base,
            "output": row.reply.output,
            "base_output": row.base.output if row.base else None,
            "told": row.told,
            "why": row.why,
        }
        for name, own in rows.items()
        for key, some in own.items()
        for row in some
    ]
    table = pl.DataFrame(columns, infer_schema_length=None)
    atomic.write_with(folder / ROWS, lambda path: table.write_parquet(path))
    text = json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1)
    atomic.write_text(folder / BEHAVIOUR, text)
    return folder / ROWS
