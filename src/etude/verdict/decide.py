"""From scored candidates and their paired differences to the verdict.

Rules (the statistics page of the documentation gives the reasons):

1. A candidate whose bar is certainly not met is out; an uncertain bar stays in.
2. From the lowest rung up: the first candidate that is no worse than every survivor is
   recommended, if every rung below it is certainly worse than some survivor.
3. Where a lower rung can't be told apart from the best, nothing is settled: one is named
   provisionally (``provisional``).
4. What is in production stays where nothing is better by what matters, and while nothing is settled.

It knows records only: no data, no models.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from etude.records.candidate import CandidateReport
from etude.records.judgement import PeopleReport
from etude.records.task import Task
from etude.records.verdict import Decision, Pair, Verdict
from etude.verdict import preferred, wording
from etude.verdict._pairs import Differences
from etude.verdict.conditions import failed_gates
from etude.verdict.dominance import dominated_by
from etude.verdict.figures import called
from etude.verdict.more import more_examples
from etude.verdict.provisional import best, provisional, value, why


@dataclass(frozen=True)
class Circumstances:
    """What about the run bears on how far the verdict may be trusted."""

    exploratory: bool = False
    quick: bool = False
    on_dev: bool = False
    kept_aside: bool = False
    """Whether no scored example was learned from or chosen by, in any part."""
    baseline: str | None = None
    incumbent: str | None = None
    """The way that is in production."""
    losing: frozenset[str] = frozenset()
    """Ways that have to be trained and cost more than they save, as far as the examples tell and by
    figures that a person stated."""
    scored: int = 0
    """Examples that were scored: "M in all" counts from them."""
    advisory: str = ""
    """Why what was measured may not decide yet, as a sentence; "" where it may."""
    then: str = ""
    """Where it may not: what to type for it."""
    people: PeopleReport | None = None
    """What people said who compared answers, where it decides."""


@dataclass(frozen=True)
class _Pick:
    name: str
    settled: bool
    open: tuple[str, ...] = ()
    """Rungs that can't be told apart from some survivor: why nothing is settled."""


def decide(
    task: Task,
    candidates: Sequence[CandidateReport],
    pairs: Sequence[Pair],
    circumstances: Circumstances,
) -> Verdict:
    """The verdict over the scored finalists.

    Raises:
        ValueError: no candidate was scored.
    """
    scored = sorted((c for c in candidates if c.quality), key=lambda c: (c.order, c.name))
    if not scored:
        raise ValueError("a verdict needs at least one scored candidate")
    differences = Differences(pairs)
    # Where no minimum is set, one that never gets it right is still no way of doing the task.
    survivors = [
        c
        for c in scored
        if (value(c) > 0 or circumstances.advisory)
        and all(gate.state != "not_met" for gate in c.gates)
    ]
    beaten = dominated_by(scored, differences, task.bar.margin)
    said = _said(candidates, circumstances)
    frontier = tuple(c.name for c in scored if c.name not in beaten)
    if not survivors:
        found = _none_good_enough(task, scored, differences, circumstances, frontier)
    else:
        pick = _pick(survivors, differences, task.bar.margin, circumstances)
        found = _verdict(task, scored, survivors, pick, differences, circumstances, frontier)
    return found.model_copy(update={"reasons": said + found.reasons}) if said else found


def _said(candidates: Sequence[CandidateReport], circumstances: Circumstances) -> tuple[str, ...]:
    """What people who compared answers said, where it decides."""
    if circumstances.people is None:
        return ()
    finalists = sorted((c for c in candidates if c.finalist), key=lambda c: (c.order, c.name))
    return preferred.lines(circumstances.people, {c.name: called(c) for c in finalists})


def _pick(
    survivors: Sequence[CandidateReport],
    differences: Differences,
    margin: float,
    circumstances: Circumstances,
) -> _Pick:
    names, incumbent = [c.name for c in survivors], circumstances.incumbent
    if incumbent in names and differences.no_worse_than_all(incumbent, names, margin):
        return _Pick(incumbent, settled=True)
    open_rungs: list[str] = []
    for candidate in survivors:
        others = [name for name in names if name != candidate.name]
        if differences.no_worse_than_all(candidate.name, others, margin):
            if open_rungs:
                break
            return _Pick(candidate.name, settled=True)
        if not any(differences.of(candidate.name, other).worse for other in others):
            open_rungs.append(candidate.name)
    if incumbent and incumbent in open_rungs:
        return _Pick(incumbent, settled=False, open=tuple(open_rungs))
    name = provisional(survivors, differences, circumstances.losing).name
    return _Pick(name, settled=False, open=tuple(open_rungs))


def _none_good_enough(
    task: Task,
    scored: Sequence[CandidateReport],
    differences: Differences,
    circumstances: Circumstances,
    frontier: tuple[str, ...],
) -> Verdict:
    leading = best(scored)
    return Verdict(
        decision="none_good_enough",
        recommended=None,
        settled=True,
        provisional=False,
        sentence=wording.none_good_enough(task, leading),
        reasons=(wording.unlike(leading) if circumstances.kept_aside else ())
        + failed_gates(task, scored)
        + wording.cautions(circumstances),
        more_examples=None,
        largest_loss=differences.largest_loss(leading.name, [c.name for c in scored]),
        frontier=frontier,
        baseline=circumstances.baseline,
        incumbent=circumstances.incumbent,
        exploratory=circumstances.exploratory,
        next_command="etude compare" if circumstances.on_dev else "etude report --rows",
    )


def _decision(pick: _Pick, chosen: CandidateReport, scored: Sequence[CandidateReport]) -> Decision:
    if not pick.settled:
        return "cant_tell"
    if chosen.trained:
        return "fine_tune"
    tried = any(c.trained for c in scored)
    met = all(gate.state == "met" for gate in chosen.gates)
    # Without a fine-tuned candidate, "don't" is only proven where the bar is certainly met.
    return "dont_fine_tune" if tried or (chosen.gates and met) else "cant_tell"


def _verdict(
    task: Task,
    scored: Sequence[CandidateReport],
    survivors: Sequence[CandidateReport],
    pick: _Pick,
    differences: Differences,
    circumstances: Circumstances,
    frontier: tuple[str, ...],
) -> Verdict:
    chosen = next(c for c in survivors if c.name == pick.name)
    others = [c.name for c in survivors]
    decision = "cant_tell" if circumstances.advisory else _decision(pick, chosen, scored)
    certain_bar = all(gate.state == "met" for gate in chosen.gates)
    settled = decision != "cant_tell" and certain_bar
    more = None
    if not pick.settled:
        more = _more_examples(pick, others, differences, task.bar.margin, circumstances)
    loss = differences.largest_loss(chosen.name, others)
    facts = wording.Facts(
        task=task,
        chosen=chosen,
        decision=decision,
        loss=loss,
        more=more,
        scored=circumstances.scored,
        fine_tuned=next((c for c in scored if c.trained), None),
        differences=differences,
        advisory=circumstances.advisory,
        people=circumstances.people,
        kept_aside=circumstances.kept_aside,
        incumbent=circumstances.incumbent,
    )
    stays = pick.settled or chosen.name == circumstances.incumbent
    told: tuple[str, ...] = ()
    if not stays:
        told = why(chosen, survivors, differences, circumstances.losing, task.bar.margin)
    return Verdict(
        decision=decision,
        recommended=chosen.name,
        settled=settled,
        provisional=decision == "cant_tell",
        sentence=wording.sentence(facts),
        reasons=told + wording.reasons(facts, scored) + wording.cautions(circumstances),
        more_examples=more,
        largest_loss=loss,
        frontier=frontier,
        baseline=circumstances.baseline,
        incumbent=circumstances.incumbent,
        exploratory=circumstances.exploratory,
        next_command=wording.next_command(facts, circumstances),
    )


def _more_examples(
    pick: _Pick,
    survivors: Sequence[str],
    differences: Differences,
    margin: float,
    circumstances: Circumstances,
) -> float | None:
    """So many that the rung that is enough is likely settled; None where it is, or where nothing says
    how many there are."""
    open_pairs = [
        difference
        for name in pick.open
        for other in survivors
        if other != name
        and not (difference := differences.of(name, other)).no_worse(margin)
        and not difference.worse
    ]
    # A pair that a judge's own errors keep open: nobody knows how many would do.
    if any(pair.more_examples == math.inf for pair in open_pairs):
        return math.inf
    n = differences.n or circumstances.scored
    if not open_pairs or not n:
        return None
    return more_examples(survivors, differences, margin, n, circumstances.incumbent)
