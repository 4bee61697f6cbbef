"""Gates on behaviour: none failed is held against 3/n, some against Wilson's limits."""

from __future__ import annotations

import pytest

from etude.records.behaviour import Behaviour, SuiteResult
from etude.records.candidate import CandidateReport, Gate
from etude.records.estimate import Estimate
from etude.statistics.proportions import wilson
from etude.verdict.behaving import UNTRIED, enough_cases, gate, with_gates
from tests.verdict.test_decide import candidate, verdict


def of(failures: int, n: int, who: str = "probe@m") -> SuiteResult:
    """A result of ``n`` cases."""
    limits = wilson(failures, n) if n else None
    return SuiteResult(
        suite="typos",
        plain_name="typing mistakes",
        about="normal",
        test="invariance",
        candidate=who,
        n=n,
        failures=failures,
        untold=0,
        failed=limits and Estimate(value=limits.point, low=limits.low, high=limits.high),
    )


@pytest.mark.parametrize(
    ("failures", "n", "limit", "state"),
    [
        (0, 60, 0.05, "met"),
        (0, 59, 0.05, "uncertain"),
        (0, 150, 0.02, "met"),
        (1, 60, 0.05, "uncertain"),
        (1, 60, 0.09, "met"),
        (13, 60, 0.12, "not_met"),
        (0, 0, 0.5, "uncertain"),
    ],
)
def test_a_gate_is_held_by_what_may_still_be_true(
    failures: int, n: int, limit: float, state: str
) -> None:
    assert gate("typos", limit, of(failures, n)).state == state


def test_the_rule_of_three_is_said_aloud() -> None:
    few = gate("typos", 0.02, of(0, 60)).found
    assert (
        few
        == "none of 60 fails, and up to 3/60 = 5 % may still; 2 % takes 150 cases without a failure"
    )
    assert "takes" not in gate("typos", 0.05, of(0, 60)).found
    assert (
        gate("typos", 0.1, of(0, 1)).found
        == "none of 1 fails; 10 % takes 30 cases without a failure"
    )
    made = of(0, 22).model_copy(update={"made_of": "examples"})
    assert gate("typos", 0.02, made, 22).found.endswith(
        "takes 150 cases without a failure, and 22 examples are all there is to try with: it can't be "
        "shown with them"
    )
    assert gate("typos", 0.02, made, 200).found.endswith("takes 150 cases without a failure")
    fixed = of(0, 12).model_copy(update={"made_of": "sentences"})
    assert gate("absurd", 0.02, fixed, 22).found.endswith("sentences are 12: it can't be shown")
    assert "likely at least" in gate("typos", 0.1, of(13, 60)).found
    assert "likely at most" in gate("typos", 0.9, of(13, 60)).found
    assert [enough_cases(share) for share in (0.3, 0.1, 0.02)] == [10, 30, 150]
    several = of(0, 60).model_copy(update={"independent": 40})
    assert (
        gate("typos", 0.05, several).found
        == "none of 60 fails (as good as 40 independent cases), and up to 3/40 = 7.5 % may still; "
        "5 % takes 60 cases without a failure"
    )


def test_what_was_not_tried_is_uncertain() -> None:
    (found,) = gates_of(None)
    assert (found.state, found.value, found.found) == ("uncertain", None, UNTRIED)


def gates_of(*results: SuiteResult | None) -> tuple[Gate, ...]:
    (c,) = with_gates((candidate("probe", 0.9),), {"typos": 0.05}, behaviour(*results))
    return c.gates


def behaviour(*results: SuiteResult | None) -> Behaviour:
    told = tuple(one for one in results if one is not None)
    return Behaviour(
        run="b", comparison="c", created="", seed=0, examples=60, unseen=True, results=told
    )


def test_gates_take_the_place_of_older_ones() -> None:
    once = with_gates((candidate("probe", 0.9),), {"typos": 0.05}, behaviour(of(0, 60)))
    twice = with_gates(once, {"typos": 0.05}, behaviour(of(30, 60)))
    assert [one.state for one in twice[0].gates] == ["not_met"]
    assert with_gates(twice, {}, None)[0].gates == ()


def climbed(probe: int, tuned: int) -> tuple[CandidateReport, ...]:
    found = behaviour(of(probe, 60), of(tuned, 60, "finetune@m"))
    candidates = (candidate("probe", 0.932), candidate("finetune", 0.938))
    return with_gates(candidates, {"typos": 0.06}, found)


def test_only_a_gate_that_is_not_met_puts_a_way_out() -> None:
    assert verdict(list(climbed(0, 0)), half=0.01).recommended == "probe@m"
    out = verdict(list(climbed(30, 0)), half=0.01)
    assert out.recommended == "finetune@m"
    assert any(
        "“probe” is out. The gate on typing mistakes, at most" in line for line in out.reasons
    )
    unsure = verdict(list(climbed(2, 0)), half=0.01)
    assert (unsure.recommended, unsure.settled) == ("probe@m", False)
    none = verdict(list(climbed(30, 30)), half=0.01)
    assert none.decision == "none_good_enough"
    assert "It fails too often on typing mistakes." in none.sentence


def test_what_was_not_tried_is_what_to_do_next() -> None:
    untried = with_gates((candidate("probe", 0.932),), {"typos": 0.06}, None)
    assert verdict(list(untried), half=0.01).next_command == "etude behave"
