"""The verdict in plain words: one sentence, the reasons, and the next command to type.

Numbers are said as people read them; the exact ones stand in the records.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etude.metrics import metric
from etude.records.candidate import CandidateReport
from etude.records.judgement import PeopleReport
from etude.records.task import WRITING, Task
from etude.records.verdict import Decision
from etude.verdict import preferred
from etude.verdict._pairs import Differences
from etude.verdict.conditions import failed_gates, gate_words
from etude.verdict.figures import called, percent, points, rounded, signed
from etude.verdict.unlike import unlike_dev

if TYPE_CHECKING:
    from etude.verdict.decide import Circumstances


@dataclass(frozen=True)
class Facts:
    """What the words are made of."""

    task: Task
    chosen: CandidateReport
    decision: Decision
    loss: float
    more: float | None
    scored: int
    fine_tuned: CandidateReport | None
    differences: Differences
    advisory: str = ""
    """Why what was measured may not decide yet."""
    people: PeopleReport | None = None
    """What people said who compared answers, where it decides."""
    kept_aside: bool = False
    """Whether no scored example was learned from or chosen by."""
    incumbent: str | None = None
    """The way that is in production."""

    @property
    def stays(self) -> bool:
        """Whether the chosen one is in production already."""
        return self.chosen.name == self.incumbent


_GETS = {
    "all_checks": "of its answers past every check",
    "exact": "of its answers exactly right",
    "field_f1": "of the fields right",
    "judge": "of its answers past the model that judges",
    "person": "of blind pairs with ties as halves",
    "macro_f1": "by F1 with every category counting the same",
    "chrf": "of the wording of the ideal answers (chrF++)",
}
"""What a way "gets", after the percentage; the others go by the metric's own name."""


def _with_quality(candidate: CandidateReport) -> str:
    q = candidate.quality
    if q is None:
        return "not measured"
    if q.metric == "person" and q.low == q.high:
        return "half of blind pairs by definition, for the others are held against it"
    name = _GETS.get(q.metric) or metric(q.metric).plain_name
    return f"{percent(q.value, q.n)} {name} ({percent(q.low, q.n)} to {percent(q.high, q.n)})"


def sentence(facts: Facts) -> str:
    """The verdict in one or two sentences."""
    chosen, quality = called(facts.chosen), _with_quality(facts.chosen)
    use = "use"
    if facts.stays:
        chosen, use = f"{chosen}, which is in production", "keep"
    if facts.decision == "fine_tune":
        return _fine_tune(facts, chosen, quality)
    if facts.decision == "dont_fine_tune":
        comma = "," if facts.stays else ""
        return f"Don't fine-tune: {chosen}{comma} {_why_not(facts, quality)}"
    if facts.advisory:
        return f"Can't tell yet: for now {use} {chosen}, {quality}. {facts.advisory}"
    if facts.fine_tuned is None:
        why = "fine-tuning was not measured"
        if facts.people is not None:
            why = "nobody has compared answers of a fine-tuned way"
        rest = f" Of what was measured: {_what_settles(facts)}" if facts.more is not None else ""
        return f"Can't tell yet: {why}. For now {use} {chosen}: {quality}.{rest}"
    settles = _what_settles(facts)
    return f"Can't tell yet: for now {use} {chosen}, {quality}. {settles[0].upper()}{settles[1:]}"


def _fine_tune(facts: Facts, chosen: str, quality: str) -> str:
    if facts.stays:
        margin = points(facts.task.bar.margin)
        return f"Keep {chosen}: it gets {quality}, and nothing is better by {margin}."
    rest = "nothing simpler is as good"
    if facts.people is not None:
        rest = "nothing simpler that people compared is as good"
    return f"Fine-tune: {chosen} gets {quality}, and {rest}."


def _why_not(facts: Facts, quality: str) -> str:
    tuned = facts.fine_tuned
    if tuned is None or tuned.quality is None:
        return f"already gets {quality} and meets the bar."
    if any(gate.state == "not_met" for gate in tuned.gates):
        return f"gets {quality}; fine-tuning does not meet the bar."
    their = percent(tuned.quality.value, tuned.quality.n)
    return (
        f"gets {quality} and is as good as fine-tuning ({their}), within the "
        f"{points(facts.task.bar.margin)} that you said would matter."
    )


def _what_settles(facts: Facts) -> str:
    at_most = f"at most {points(facts.loss)} could be lost by that"
    if facts.people is not None:
        about = f"{rounded(facts.more):,}" if facts.more and math.isfinite(facts.more) else ""
        return f"{at_most}; {preferred.what_settles(facts.people, facts.more, about)}."
    if facts.more is None or math.isinf(facts.more):
        return f"{at_most}; more examples alone may not settle it, so near are they."
    aside = " kept aside" if facts.kept_aside else ""
    return (
        f"{at_most}; about {rounded(facts.more):,} more examples{aside} would likely settle it "
        f"({rounded(facts.scored + facts.more):,} in all)."
    )


def _mostly_wrong(facts: Facts) -> tuple[str, ...]:
    """That most answers of the chosen one are wrong, where the task sets no minimum that says so."""
    found = facts.chosen.quality
    if facts.task.bar.at_least is not None or found is None or found.high >= 0.5:
        return ()
    if metric(found.metric).statistic != "right_wrong":
        return ()
    return (
        f"{called(facts.chosen)} is the best of these and wrong more often than not, and the task says "
        "nothing of what is good enough: set bar.at_least in etude.yaml.",
    )


def unlike(candidate: CandidateReport) -> tuple[str, ...]:
    """That what was good on dev is bad here, where it is."""
    values = unlike_dev(candidate)
    if values is None:
        return ()
    dev, here = (percent(value) for value in values)
    return (
        f"On the examples it was chosen by (dev) {called(candidate)} gets {dev}, on those that count "
        f"{here}. Chance does not explain that: these are of another kind than what could be learned "
        "from. See what only they have (names, groups, sources): etude report --rows.",
    )


def _in_production(facts: Facts) -> tuple[str, ...]:
    """What is there already, where that bears on the choice."""
    if facts.incumbent is None:
        return ()
    if facts.stays:
        return (f"{called(facts.chosen)} is in production: it stays while nothing is better.",)
    return (f"{facts.incumbent} is in production now.",)


def reasons(facts: Facts, scored: Sequence[CandidateReport]) -> tuple[str, ...]:
    """Why: the chosen one against the rest, in rung order, then its bar; first of all, where most of
    its answers are wrong, or where they were right on dev."""
    found = [*_mostly_wrong(facts), *(unlike(facts.chosen) if facts.kept_aside else ())]
    found += _in_production(facts)
    for other in scored:
        if other.name == facts.chosen.name:
            continue
        found.append(_against(facts, other))
    found += [gate_words(gate, facts.task, facts.scored) for gate in facts.chosen.gates]
    found += failed_gates(facts.task, [c for c in scored if c.name != facts.chosen.name])
    if facts.chosen.dominated_by:
        over = next(c for c in scored if c.name == facts.chosen.dominated_by)
        found.append(
            f"{called(over)} is no worse and cheaper or faster on this machine; it is more effort."
        )
    return tuple(found)


def _against(facts: Facts, other: CandidateReport) -> str:
    d = facts.differences.of(facts.chosen.name, other.name)
    gap = f"between {signed(d.low)} and {signed(d.high)} points"
    who = f"{called(facts.chosen)} against {called(other)}"
    if d.low > 0:
        return f"{who}: better ({gap})."
    if d.no_worse(facts.task.bar.margin):
        return f"{who}: as good as it ({gap})."
    if d.worse:
        return f"{who}: worse ({gap})."
    return f"{who}: can't tell ({gap})."


def none_good_enough(task: Task, best: CandidateReport) -> str:
    """The sentence where nothing meets the bar."""
    failing = [gate.plain_name for gate in best.gates if gate.of_suite and gate.state == "not_met"]
    behaves = f" It fails too often on {', '.join(failing)}." if failing else ""
    return (
        f"None is good enough: the best, {called(best)}, gets {_with_quality(best)}.{behaves} "
        f"Look at what it gets wrong, make {_unclear(task)} or the examples clearer, or lower the "
        "bar; a larger model may do it too."
    )


def _unclear(task: Task) -> str:
    """What a person can make clearer, by kind."""
    if task.kind in WRITING:
        return "the instructions, the checks" if task.checks else "the instructions"
    return "the categories"


def cautions(circumstances: Circumstances) -> tuple[str, ...]:
    """What limits how far this verdict may be trusted."""
    found: list[str] = []
    if circumstances.on_dev:
        found.append(
            "This was a check (--dev), made to be repeated: dev is what changes are tuned on, so it "
            "proves less. Run `etude compare` for the final answer."
        )
    if circumstances.quick:
        found.append(
            "This was a quick run: one part in five of the examples was scored. "
            "Run `etude compare` without --quick for the whole answer."
        )
    if circumstances.exploratory:
        found.append(
            "These examples kept aside have been looked at before, under another candidate or by "
            "another bar: the result is exploratory. Fresh examples would make it firm."
        )
    return tuple(found)


def next_command(facts: Facts, circumstances: Circumstances) -> str:
    """What to type next."""
    if circumstances.advisory and circumstances.then:
        return circumstances.then
    if circumstances.quick or circumstances.on_dev:
        return "etude compare"
    if any(gate.of_suite and gate.value is None for gate in facts.chosen.gates):
        return "etude behave"
    if facts.decision == "cant_tell":
        if facts.people is not None and any(row.left for row in facts.people.rows):
            return preferred.command(facts.people)
        return "etude report --rows"
    return 'etude predict "a new text"'
