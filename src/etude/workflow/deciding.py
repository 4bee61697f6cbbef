"""By what a comparison is decided: what can be counted, or what somebody who read the answers says.

While a reader's word may not decide, what can be counted puts the ways in order, and the verdict says
so and what to type.
"""

from __future__ import annotations

from dataclasses import dataclass

from etude.evaluation.readers import beside, by_model, replaced
from etude.evaluation.scoring import Scores
from etude.records.judgement import JudgeReport
from etude.records.task import Task
from etude.workflow._judged import Heard
from etude.workflow.agreement import MOST_UNMEASURED

REVIEW_JUDGE = "etude review --judge"


@dataclass(frozen=True)
class Basis:
    """``scores`` to decide on, in the metric ``metric``. ``advisory``: why the task's own metric may
    not decide, and ``then`` what to type for it; both "" where it does."""

    scores: Scores
    metric: str
    advisory: str = ""
    then: str = ""
    judge: JudgeReport | None = None


def basis(task: Task, scores: Scores, heard: Heard | None) -> Basis:
    """What decides, and what is shown beside it.

    Args:
        task: with the metric that somebody wants.
        scores: as counted.
        heard: what a model said; None where the task has no judge.
    """
    if heard is None:
        return Basis(scores, task.counted)
    errs = heard.trust.table if heard.trust.trusted else None
    found, pairs = by_model(scores, heard.said, task.bar.margin, errs)
    if task.bar.metric != "judge":
        return Basis(beside(scores, "judge", found), task.counted, judge=heard.report)
    advisory, then = _advisory(heard.report)
    if advisory:
        shown = beside(scores, "judge", found)
        return Basis(shown, task.counted, advisory, then, heard.report)
    return Basis(replaced(scores, found, pairs), "judge", judge=heard.report)


def _advisory(report: JudgeReport) -> tuple[str, str]:
    """Why a judge may not decide, and what to type; "" where it may."""
    if report.unmeasured > MOST_UNMEASURED:
        return (
            f"The judge could not be asked of {100 * report.unmeasured:.1f} % of the answers of one "
            f"way; with more than {100 * MOST_UNMEASURED:g} % it decides nothing.",
            "etude compare",
        )
    if report.trusted:
        return "", ""
    if report.more_labels:
        return f"The judge is only advisory: {report.why_not}.", REVIEW_JUDGE
    return (
        f"The judge is only advisory: {report.why_not}; make its questions clearer, or name another "
        "model.",
        f"{REVIEW_JUDGE} --json",
    )
