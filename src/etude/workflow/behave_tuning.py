"""What tuning changed: each trained way beside its own model as it was, on the same cases.

The model as it was is "instructions only" where that was compared with the same model; else a
language model on this machine is asked once more, with the instructions. An encoder that was not
compared so answers nothing before it is tuned, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etude.behaviour.cases import Material
from etude.behaviour.results import Judged, Sides, broken
from etude.evaluation.stages import Stages
from etude.records.behaviour import Broken, LeftOut
from etude.workflow.behave_answers import Rows, judged_by_suite
from etude.workflow.behave_cases import Plan
from etude.workflow.finalist import Finalist
from etude.workflow.replies import replies_of

KEY = "tuning"
NO_BASE = (
    "“instructions only” was not among the ways that were compared with the same model, and an encoder "
    "answers nothing before it is tuned"
)


@dataclass(frozen=True)
class Before:
    """A tuned way's own model as it was: its name, and its judged cases by suite."""

    name: str
    rows: Mapping[str, Sequence[Judged]]


def done_by_tuning(
    stages: Stages,
    material: Material,
    plan: Plan,
    finalists: Sequence[Finalist],
    rows: Rows,
    groups: Mapping[str, int],
) -> tuple[tuple[Broken, ...], tuple[LeftOut, ...]]:
    """Each trained way against its model as it was, and the ways of which that can't be told.

    Every line that could be said counts as a comparison, so that none is said by chance.
    """
    trained = [one for one in finalists if one.report.trained]
    comparisons = len(trained) * len(plan.cases)
    found, left = list[Broken](), list[LeftOut]()
    for one in trained:
        before = _before(stages, material, plan, finalists, rows, one)
        if before is None:
            name = f"what tuning did to “{one.report.plain_name}”"
            left.append(LeftOut(suite=KEY, plain_name=name, reason=NO_BASE))
            continue
        sides = Sides(before.name, one.name, comparisons)
        for suite, _ in plan.cases:
            own, tuned = before.rows[suite.key], rows[one.name][suite.key]
            pair = broken(suite, sides, own, tuned, groups)
            found += [pair] if pair else []
    return tuple(found), tuple(left)


def speaks(one: Finalist) -> bool:
    """Whether a trained way is a language model on this machine, which also answers untuned."""
    return one.report.trained and "tune_causal" in one.entrant.model.abilities


def _before(
    stages: Stages,
    material: Material,
    plan: Plan,
    finalists: Sequence[Finalist],
    rows: Rows,
    tuned: Finalist,
) -> Before | None:
    """Its model as it was; None where that answers nothing."""
    same = [one.report for one in finalists if one.report.model == tuned.report.model]
    for report in same:
        if report.rung == "prompt":
            return Before(report.name, rows[report.name])
    if not speaks(tuned):
        return None
    stages.progress.say(
        f"“Instructions only” was not compared with {tuned.report.model}: it is asked too, so that "
        "what tuning changed can be told."
    )
    replies = replies_of(
        stages, tuned.entrant, tuned.folder, plan.texts, handover=None, untuned=True
    )
    return Before(f"untuned@{tuned.report.model}", judged_by_suite(material, plan, replies))
