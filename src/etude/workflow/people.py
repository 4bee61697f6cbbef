"""What people who compared answers blind say of the ways of one comparison, and whether it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from etude.evaluation.contests import Contest, Items, compare_contests, figure, own_figure
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import Scores
from etude.records.candidate import Quality
from etude.records.judgement import PeopleReport
from etude.records.task import FREE
from etude.records.verdict import Pair
from etude.verdict.preferred import command
from etude.workflow import decisions, judgements
from etude.workflow.blind_pairs import Answered, Words, contest, of_scores, row_of, words
from etude.workflow.session import Session

PERSON = "person"
"""The metric that their word makes."""
ENOUGH = 30
"""Inputs on which two ways were compared, below which nothing is decided by it."""


@dataclass(frozen=True)
class People:
    """Figures by candidate and pairs, of those that enough was said of; and the ``report``.

    ``command``: what to type to compare more of these answers.
    """

    found: Mapping[str, Quality]
    pairs: tuple[Pair, ...]
    report: PeopleReport
    command: str


def asked_people(
    session: Session, layout: Layout, scores: Scores, baseline: str | None
) -> People | None:
    """What people said of these answers so far; None where nobody is asked or there is nothing to
    compare."""
    names, task = [card.report.name for card in scores.cards], session.taskfile.task
    if task.kind not in FREE or len(names) < 2:
        return None
    kept = judgements.read(session.root)
    if not kept.pairs and task.bar.metric != PERSON:
        return None
    if kept.warning:
        session.say(kept.warning)
    answered = of_scores(layout, scores).without(reviewed(session))
    said = words(kept.pairs)
    people = people_of(answered, said, names, baseline or names[0], task.bar.margin)
    # Answers of a check on dev are kept nowhere that they could be compared.
    return replace(people, command="etude compare") if layout.on_dev else people


def reviewed(session: Session) -> set[str]:
    """Examples that a person has reviewed: who works on an example sees no candidate's answer to it."""
    placed = decisions.read(session.root).placed
    return {one.decision.row for one in placed if one.decision.via == "review"}


def people_of(
    answered: Answered, said: Words, names: Sequence[str], baseline: str, margin: float
) -> People:
    """Every two of ``names`` (lowest rung first) by what was ``said``."""
    contests = [
        contest(answered, said, *sorted(two, key=lambda name: name != baseline))
        for two in combinations(names, 2)
    ]
    against = {one.b: one for one in contests if one.a == baseline}
    judged = [name for name, one in against.items() if _enough(one)]
    found, pairs = _figures(baseline, names, judged, contests, answered.items, margin)
    rows = [row_of(one) for one in contests if one.a == baseline or one.judged]
    report = PeopleReport(
        baseline=baseline,
        rows=tuple(rows),
        judged=(baseline, *judged) if judged else (),
        to_judge=0 if judged else _to_judge(list(against.values())),
        aside=answered.aside,
    )
    return People(found, pairs, report, command(report))


def _enough(one: Contest) -> bool:
    return len(one.rows_M) >= ENOUGH or not one.left


def _to_judge(against: Sequence[Contest]) -> int:
    """Pairs to judge until the two of which most was said can be told of."""
    nearest = max(against, key=lambda one: len(one.rows_M))
    return min(nearest.left, ENOUGH - len(nearest.rows_M))


def _figures(
    baseline: str,
    names: Sequence[str],
    judged: Sequence[str],
    contests: Sequence[Contest],
    items: Items,
    margin: float,
) -> tuple[dict[str, Quality], tuple[Pair, ...]]:
    if not judged:
        return {}, ()
    against = {one.b: one for one in contests if one.a == baseline}
    found = {name: figure(against[name], items, PERSON) for name in judged}
    found[baseline] = own_figure(list(found.values()), PERSON)
    order = [name for name in names if name in found]
    return found, compare_contests(baseline, order, contests, items, margin)
