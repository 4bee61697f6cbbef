"""What a comparison's records amount to for a reader: the difference of any two candidates, the
bar as one state, the candidate to look at first. It knows no words for them."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.candidate import Gate, State
from etude.records.comparison import Comparison
from etude.records.verdict import Call
from etude.statistics.calls import Call as Said
from etude.statistics.calls import call_pair
from etude.statistics.intervals import Interval

_CALLS: dict[Said, Call] = {
    Said.BETTER: "better",
    Said.NO_WORSE: "no_worse",
    Said.WORSE: "worse",
    Said.CANT_TELL: "cant_tell",
}


def whole_bar(gates: tuple[Gate, ...]) -> State | None:
    """All gates as one; None where the bar sets no condition."""
    states = {gate.state for gate in gates}
    if not states:
        return None
    if "not_met" in states:
        return "not_met"
    return "uncertain" if "uncertain" in states else "met"


@dataclass(frozen=True)
class Difference:
    """One candidate minus another, with what may be said of it."""

    value: float
    low: float
    high: float
    call: Call
    worth_it: bool


def difference(comparison: Comparison, candidate: str, other: str) -> Difference | None:
    """``candidate`` minus ``other``, whichever way round the pair is stored; None if unmeasured."""
    for pair in comparison.pairs:
        d = pair.difference
        if (pair.b, pair.a) == (candidate, other):
            return Difference(d.value, d.low, d.high, pair.call, pair.worth_it)
        if (pair.a, pair.b) == (candidate, other):
            turned = Interval(-d.high, -d.low, -d.value, d.level)
            said = call_pair(turned, comparison.task.bar.margin)
            call = _CALLS[said.call]
            return Difference(turned.point, turned.low, turned.high, call, said.worth_it)
    return None


def best_name(comparison: Comparison) -> str:
    """The recommended candidate, else the best of those that were scored."""
    scored = [c for c in comparison.candidates if c.quality is not None]
    best = max(scored, key=lambda c: c.quality.value if c.quality else 0.0)
    return comparison.verdict.recommended or best.name
