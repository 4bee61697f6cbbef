"""Gates on behaviour: the share of a suite's cases that may fail, held against what was found.

Where none of n cases fails, the share may still be up to 3/n (the rule of three, 95 %), and that is
what a gate is held against; else Wilson's limits. What was not tried is uncertain, never met.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from etude.records.behaviour import Behaviour, SuiteResult
from etude.records.candidate import BEHAVIOUR_GATE, CandidateReport, Gate, State
from etude.verdict.bar import at_most
from etude.verdict.figures import limit as written
from etude.verdict.figures import percent

UNTRIED = "not tried yet"
FEWEST = 10
"""Cases from which on a range says something."""


def with_gates(
    candidates: tuple[CandidateReport, ...], limits: Mapping[str, float], found: Behaviour | None
) -> tuple[CandidateReport, ...]:
    """The scored candidates with these gates in place of those on behaviour that they had.

    Args:
        candidates: all of a comparison's.
        limits: a suite's key to the largest share of failures.
        found: how these very candidates behaved; None: nobody has tried.
    """
    results = {(one.candidate, one.suite): one for one in found.results} if found else {}
    return tuple(
        c
        if c.quality is None
        else c.model_copy(
            update={
                "gates": tuple(gate for gate in c.gates if not gate.of_suite)
                + tuple(
                    gate(key, limit, results.get((c.name, key)), found.pool if found else 0)
                    for key, limit in limits.items()
                )
            }
        )
        for c in candidates
    )


def gate(key: str, limit: float, result: SuiteResult | None, pool: int = 0) -> Gate:
    """One suite's gate for one candidate; ``pool``: examples that there are to try with, 0: unknown."""
    name, plain = BEHAVIOUR_GATE + key, key.replace("_", " ")
    if result is None or result.failed is None:
        found = UNTRIED if result is None else _untold(result)
        plain = plain if result is None else result.plain_name
        return Gate(
            name=name, limit=limit, value=None, state="uncertain", plain_name=plain, found=found
        )
    low, high = result.failed.low, result.failed.high
    if result.at_most is not None:
        low, high = 0.0, result.at_most
    state = at_most(limit, result.failed.value, low, high)
    found = _clean(result, limit, pool) if not result.failures else _failing(result, state)
    return Gate(
        name=name,
        limit=limit,
        value=result.failed.value,
        state=state,
        plain_name=result.plain_name,
        found=found,
    )


def enough_cases(limit: float) -> int:
    """Cases without a failure that show a share of at most ``limit``."""
    return math.ceil(3 / limit - 1e-9)


def _untold(result: SuiteResult) -> str:
    return f"can't be told: {result.untold_why or 'its answers give nothing to go by'}"


def _failing(result: SuiteResult, state: State) -> str:
    assert result.failed is not None
    end, words = (
        (result.failed.low, "at least") if state == "not_met" else (result.failed.high, "at most")
    )
    share = percent(end, result.n)
    return f"{result.failures} of {result.n} fail; the true share is likely {words} {share}"


def _clean(result: SuiteResult, limit: float, pool: int) -> str:
    """None failed: what may still be so, and how many more cases would show that it isn't."""
    worth, needed = result.worth, enough_cases(limit)
    words = f"none of {result.n} fails"
    if worth != result.n:
        words += f" (as good as {worth} independent cases)"
    if worth >= FEWEST:
        words += f", and up to 3/{worth} = {written(min(1.0, 3 / worth))} may still"
    if needed > worth:
        words += f"; {written(limit)} takes {needed} cases without a failure"
        words += _out_of_reach(result, needed, pool)
    return words


def _out_of_reach(result: SuiteResult, needed: int, pool: int) -> str:
    """Why so many cases can't be had; "" where they can."""
    if result.made_of == "sentences":
        return f", and its fixed sentences are {result.n}: it can't be shown"
    if result.made_of == "examples" and 0 < pool < needed:
        return f", and {pool} examples are all there is to try with: it can't be shown with them"
    return ""
