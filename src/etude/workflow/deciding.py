"""By what a comparison is decided: what can be counted, or what somebody who read the answers says.

While a reader's word may not decide, what can be counted puts the ways in order, and the verdict says
so and what to type.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from etude.evaluation.readers import beside, by_model, replaced
from etude.evaluation.scoring import Scores
from etude.records.judgement import JudgeReport, PeopleReport
from etude.records.task import Task
from etude.workflow._judged import Heard
from etude.workflow.agreement import MOST_UNMEASURED
from etude.workflow.people import PERSON, People

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
    people: PeopleReport | None = None

    @property
    def deciding(self) -> PeopleReport | None:
        """What people said who compared answers, where that decides."""
        return self.people if self.metric == PERSON else None


def basis(task: Task, scores: Scores, heard: Heard | None, people: People | None = None) -> Basis:
    """What decides, and what is shown beside it.

    Args:
        task: with the metric that somebody wants.
        scores: as counted.
        heard: what a model said; None where the task has no judge.
        people: what people said who compared answers; None where there is nothing to compare.
    """
    found = _by_model(task, scores, heard)
    if task.bar.metric == PERSON:
        return _by_people(found, people)
    compared = people is not None and any(row.n > row.identical for row in people.report.rows)
    return replace(found, people=people.report) if people is not None and compared else found


def _by_people(found: Basis, people: People | None) -> Basis:
    if people is None:
        only = "Only one way was scored: there is nothing to compare its answers with."
        return replace(found, advisory=only, then="etude report --rows")
    told = replace(found, people=people.report)
    if people.report.judged:
        scores = replaced(found.scores, people.found, people.pairs)
        return replace(told, scores=scores, metric=PERSON)
    count = people.report.to_judge
    pairs = "1 pair" if count == 1 else f"{count:,} pairs"
    more = " more" if people.report.pairs else ""
    why = (
        f"People decide, and {'too few have' if more else 'nobody has'} compared answers yet: judge "
        f"{pairs}{more}: {people.command}."
    )
    return replace(told, advisory=why, then=people.command)


def _by_model(task: Task, scores: Scores, heard: Heard | None) -> Basis:
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
