"""What the finalists answer to the suites' cases: asked, judged, counted, and set side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etude.behaviour.cases import Material
from etude.behaviour.replies import Reply
from etude.behaviour.results import Judged, broken, judged, result
from etude.evaluation.stages import Stages
from etude.records.behaviour import Broken, SuiteResult
from etude.workflow.behave_cases import Plan
from etude.workflow.finalist import Finalist
from etude.workflow.replies import replies_of

Rows = dict[str, dict[str, list[Judged]]]
"""Judged cases by candidate and suite."""


def asked(stages: Stages, material: Material, plan: Plan, finalists: Sequence[Finalist]) -> Rows:
    """Every finalist's judged cases."""
    rows: Rows = {}
    with stages.progress.step("asking", len(finalists), "ways") as step:
        for one in finalists:
            step.advance(0, note=one.report.plain_name)
            replies = replies_of(stages, one.entrant, one.folder, plan.texts, one.report.handover)
            rows[one.name] = _judged(material, plan, replies)
            step.advance(1)
    return rows


def _judged(material: Material, plan: Plan, replies: dict[str, Reply]) -> dict[str, list[Judged]]:
    sure = np.array([replies[text].score for text in plan.ordinary])
    known = sure[~np.isnan(sure)]
    usual = float(np.median(known)) if len(known) else float("nan")
    return {one.key: judged(one, material.kind, cases, replies, usual) for one, cases in plan.cases}


def counted(plan: Plan, rows: Rows) -> tuple[SuiteResult, ...]:
    """Each suite's counts, candidate after candidate."""
    return tuple(
        result(one, name, own[one.key]) for one, _ in plan.cases for name, own in rows.items()
    )


def done_by_tuning(plan: Plan, finalists: Sequence[Finalist], rows: Rows) -> tuple[Broken, ...]:
    """Each trained candidate against the same model with instructions only."""
    reports = [one.report for one in finalists]
    found = []
    for tuned in (c for c in reports if c.trained):
        base = next((c for c in reports if c.rung == "prompt" and c.model == tuned.model), None)
        if base is None:
            continue
        for one, _ in plan.cases:
            pair = broken(
                one, base.name, tuned.name, rows[base.name][one.key], rows[tuned.name][one.key]
            )
            found += [pair] if pair else []
    return tuple(found)
