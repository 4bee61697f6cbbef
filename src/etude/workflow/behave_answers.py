"""What the finalists answer to the suites' cases: asked, judged and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from etude.behaviour.cases import Material
from etude.behaviour.replies import Reply
from etude.behaviour.results import Judged, judged, result
from etude.data.examples import Examples
from etude.evaluation.stages import Stages
from etude.records.behaviour import SuiteResult
from etude.records.task import Kind
from etude.workflow.behave_cases import Plan
from etude.workflow.behave_standing import Standing
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
            rows[one.name] = judged_by_suite(material, plan, replies)
            step.advance(1)
    return rows


def judged_by_suite(
    material: Material, plan: Plan, replies: Mapping[str, Reply]
) -> dict[str, list[Judged]]:
    """One candidate's cases, suite after suite; ``replies`` is by input."""
    sure = np.array([replies[text].score for text in plan.ordinary])
    known = sure[~np.isnan(sure)]
    usual = float(np.median(known)) if len(known) else float("nan")
    return {one.key: judged(one, material.kind, cases, replies, usual) for one, cases in plan.cases}


def counted(
    kind: Kind, plan: Plan, rows: Rows, groups: Mapping[str, int], now: Standing
) -> tuple[SuiteResult, ...]:
    """Each suite's counts, candidate after candidate, with what they were given for.

    ``groups``: by example's id, its group.
    """
    return tuple(
        result(one, name, own[one.key], groups).model_copy(
            update={
                "made": now.made(one.key),
                "handing": now.handing[name],
                "rule": one.rules[kind],
            }
        )
        for one, _ in plan.cases
        for name, own in rows.items()
    )


def own_failing(rows: Rows) -> dict[tuple[str, str], tuple[str, ...]]:
    """By candidate and suite, the cases that a person wrote and that fail: ``cases.yaml:12: why``."""
    found = {
        (name, key): tuple(
            f"{row.case.source}: {row.why}"
            for row in some
            if row.case.demand is not None and row.why is not None
        )
        for name, own in rows.items()
        for key, some in own.items()
    }
    return {pair: lines for pair, lines in found.items() if lines}


def groups_of(examples: Examples) -> dict[str, int]:
    """By example's id, its group: examples of one group are alike."""
    return dict(zip(examples.ids, examples.groups.tolist(), strict=True))
