"""Scorecards plus the task's prices: cost, gates, dominance and paybacks."""

from __future__ import annotations

import numpy as np

from etude.evaluation.scorecard import Scored
from etude.evaluation.scoring import Card, Scores
from etude.records.candidate import CandidateReport, Cost
from etude.records.task import OpenAIModel, Task
from etude.records.verdict import Payback
from etude.verdict._pairs import Differences
from etude.verdict.bar import gates
from etude.verdict.dominance import dominated_by
from etude.verdict.economics import machine_cost, payback, token_cost
from etude.verdict.provisional import best
from etude.workflow.spent import Spent

PRICED = frozenset({"economics.requests_per_month", "economics.minutes_to_fix"})
"""What a person has to state for money to have a say in the pick."""


def assemble(task: Task, scores: Scores) -> tuple[CandidateReport, ...]:
    """The finalists' reports, whole: with cost, the bar's gates, and what dominates them."""
    reports = [_priced(task, card) for card in scores.cards]
    measured = [report for report in reports if report.quality is not None]
    beaten = dominated_by(measured, Differences(scores.pairs), task.bar.margin)
    return tuple(
        report.model_copy(update={"dominated_by": beaten.get(report.name)}) for report in reports
    )


def paybacks(
    task: Task,
    finalists: tuple[CandidateReport, ...],
    scores: Scores,
    baseline: str | None,
    spent: Spent,
) -> tuple[Payback, ...]:
    """Each finalist of more effort than the baseline against it, in right answers.

    Of those of less effort nobody asks when they pay back: the table shows what they lose.
    """
    base = next((c for c in finalists if c.name == baseline), None)
    if base is None:
        return ()
    differences = Differences(scores.right_pairs)
    handing = {frozenset((pair.a, pair.b)): pair for pair in scores.handing_pairs}
    return tuple(
        payback(
            task.economics,
            candidate,
            base,
            differences.of(candidate.name, base.name),
            handing=handing.get(frozenset((candidate.name, base.name))),
            stated=spent.stated,
            cleaning=spent.cleaning,
        )
        for candidate in finalists
        if candidate.order > base.order
    )


def losing(
    task: Task, finalists: tuple[CandidateReport, ...], scores: Scores, spent: Spent
) -> frozenset[str]:
    """Those that have to be trained and, by their own estimate, cost more than they save against the
    best that need not be; none where nobody stated the volume and what a wrong answer takes."""
    simple = [c for c in finalists if not c.trained and c.quality is not None]
    if not simple or not spent.stated >= PRICED:
        return frozenset()
    trained = frozenset(c.name for c in finalists if c.trained)
    against = paybacks(task, finalists, scores, best(simple).name, spent)
    return trained & {p.candidate for p in against if p.outlook and p.outlook.net[1] < 0}


def _priced(task: Task, card: Card) -> CandidateReport:
    report = card.report
    cost = _cost(task, card)
    quality = report.quality
    # A minimum is of the task's own metric: what stands in for it says nothing about it.
    if quality is not None and quality.metric != task.bar.metric:
        quality = None
    return report.model_copy(
        update={"cost": cost, "gates": gates(task.bar, quality, report.latency, cost)}
    )


def _cost(task: Task, card: Card) -> Cost | None:
    trained, fit_seconds = card.report.trained, card.report.fit_seconds
    endpoint = card.attempt.entrant.reference.openai
    if endpoint is not None:
        money = _money_per_request(endpoint, card.scored)
        return token_cost(
            task.economics,
            money,
            trained,
            0.0,
            basis=f"tokens at {endpoint.price_in:g} in and {endpoint.price_out:g} out "
            f"{task.economics.currency} a million",
        )
    if card.timing is None or not card.timing.rates:
        return None
    seconds = sorted(1 / rate for rate in card.timing.rates)
    middle = float(np.median(seconds))
    return machine_cost(task.economics, (middle, seconds[0], seconds[-1]), trained, fit_seconds)


def _money_per_request(endpoint: OpenAIModel, scored: Scored) -> tuple[float, float, float]:
    """Mean money a request with a 95 % interval, from the tokens of the scored answers."""
    answers = scored.answers
    each = (answers.tokens_in * endpoint.price_in + answers.tokens_out * endpoint.price_out) / 1e6
    mean = float(each.mean())
    error = 1.96 * float(each.std(ddof=1)) / len(each) ** 0.5 if len(each) > 1 else 0.0
    return mean, max(0.0, mean - error), mean + error
