"""From answers to figures: failures by suite with their interval, and tuned against untuned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from etude.behaviour.cases import Case, Suite
from etude.behaviour.replies import CannotTell, Reply
from etude.behaviour.rules import Seen, why_failed
from etude.records.behaviour import Broken, MadeOf, SuiteResult
from etude.records.estimate import Estimate
from etude.records.task import Kind
from etude.records.verdict import Call
from etude.statistics.intervals import Interval
from etude.statistics.paired import bonett_price_grouped, count_pairs
from etude.statistics.proportions import effective_size, wilson_grouped

NO_GROUPS: Mapping[str, int] = MappingProxyType({})
"""Of examples of which each is a group of its own."""


@dataclass(frozen=True)
class Judged:
    """A case and its answer; ``why`` says why it fails, None where it passes or can't be told;
    ``untold`` why it can't be."""

    case: Case
    reply: Reply
    base: Reply | None
    why: str | None
    told: bool = True
    untold: str = ""


def judged(
    suite: Suite, kind: Kind, cases: Sequence[Case], replies: Mapping[str, Reply], usual: float
) -> list[Judged]:
    """Every case of a suite, in order; ``replies`` is by input, ``usual`` as in ``Seen``."""
    found = []
    for case in cases:
        reply = replies[case.input]
        base = replies[case.base] if case.base else None
        try:
            why = why_failed(case.rule or suite.rules[kind], Seen(kind, case, reply, base, usual))
            found.append(Judged(case, reply, base, why))
        except CannotTell as error:
            found.append(Judged(case, reply, base, None, told=False, untold=str(error)))
    return found


def result(
    suite: Suite, candidate: str, rows: Sequence[Judged], groups: Mapping[str, int] = NO_GROUPS
) -> SuiteResult:
    """The share of cases that fail, of those that could be told.

    ``groups``: by example's id, its group. Cases made from one example, or from examples of one
    group, are one independent unit.
    """
    told = [row for row in rows if row.told]
    failed_N = np.array([row.why is not None for row in told], dtype=float)
    units_N = _units(told, groups)
    limits = wilson_grouped(failed_N, units_N) if told else None
    return SuiteResult(
        suite=suite.key,
        plain_name=suite.plain_name,
        about=suite.about,
        test=suite.test,
        candidate=candidate,
        n=len(told),
        failures=int(failed_N.sum()),
        untold=len(rows) - len(told),
        untold_why=next((row.untold for row in rows if row.untold), ""),
        failed=None if limits is None else _estimate(limits, "Wilson, by group"),
        independent=int(effective_size(np.zeros(len(told)), units_N) + 1e-9) if told else 0,
        made_of=_made_of(rows),
    )


def _made_of(rows: Sequence[Judged]) -> MadeOf:
    if any(row.case.demand is not None for row in rows):
        return "own"
    return "examples" if any(row.case.source for row in rows) else "sentences"


def _units(rows: Sequence[Judged], groups: Mapping[str, int]) -> NDArray[np.str_]:
    """The independent unit of each case (N,); a fixed text is one of its own,
    unless several say the same thing."""
    return np.array(
        [
            f"group {groups[row.case.source]}"
            if row.case.source in groups
            else row.case.source or row.case.unit or f"case {place}"
            for place, row in enumerate(rows)
        ],
        dtype=np.str_,
    )


@dataclass(frozen=True)
class Sides:
    """The two that are held against each other, and how many such comparisons are made in all."""

    base: str
    tuned: str
    comparisons: int = 1


def broken(
    suite: Suite,
    sides: Sides,
    of_base: Sequence[Judged],
    of_tuned: Sequence[Judged],
    groups: Mapping[str, int] = NO_GROUPS,
) -> Broken | None:
    """What tuning changed, on the cases that could be told of both; None where there is none.

    The limits of all comparisons hold together (Bonferroni): with many suites one would else differ
    by chance. ``groups``: as in ``result``.
    """
    pairs = [(a, b) for a, b in zip(of_base, of_tuned, strict=True) if a.told and b.told]
    if not pairs:
        return None
    before, after = np.array([[r.why is not None for r in pair] for pair in pairs], dtype=float).T
    counts = count_pairs(after, before)
    units_N = _units([a for a, _ in pairs], groups)
    limits = bonett_price_grouped(after, before, units_N, comparisons=sides.comparisons)
    return Broken(
        suite=suite.key,
        plain_name=suite.plain_name,
        base=sides.base,
        tuned=sides.tuned,
        n=len(pairs),
        only_base_fails=round(counts.only_second),
        only_tuned_fails=round(counts.only_first),
        difference=_estimate(limits, f"Bonett-Price by group, one of {sides.comparisons}"),
        call=_call(limits),
    )


def _call(limits: Interval) -> Call:
    """Of a share of failures: less is better."""
    if limits.high < 0:
        return "better"
    return "worse" if limits.low > 0 else "cant_tell"


def _estimate(limits: Interval, method: str) -> Estimate:
    return Estimate(
        value=limits.point, low=limits.low, high=limits.high, level=limits.level, method=method
    )
